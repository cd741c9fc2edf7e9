//! Finding every row about somebody. Reads tree by tree in small pieces, so that a large node is no burden on memory.

use std::{collections::BTreeMap, ops::Bound};

use jiff::Timestamp;
use maillage_domain::ids::{PersonKind, ReferralKind, VolunteerKind};
use maillage_engine::{EngineError, Loose, Tree, Value, View};
use maillage_federation::ids::Id;

use super::{ALL, Bond, By, Holding, Shown, Who};

/// Whose rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whose {
    /// A beneficiary's.
    Person(Id<PersonKind>),
    /// A volunteer's.
    Volunteer(Id<VolunteerKind>),
    /// Those of somebody who was referred and has no file.
    Referral(Id<ReferralKind>),
}

/// A row about somebody.
pub struct HeldRow {
    /// What its tree holds.
    pub holding: &'static Holding,
    /// How it is bound.
    pub bond: &'static Bond,
    /// Whose it is.
    pub whose: Whose,
    /// Its key.
    pub key: Vec<u8>,
    /// Its record; none for a row of an index, which has no value.
    pub record: Option<Loose>,
}

/// Rows read at once.
const STEP: usize = 500;
/// Rounds of following: request, trip, what hangs on a trip, and what hangs on that.
const ROUNDS: usize = 4;

impl Whose {
    /// What kind of person.
    pub fn who(self) -> Who {
        match self {
            Self::Person(_) => Who::Person,
            Self::Volunteer(_) => Who::Volunteer,
            Self::Referral(_) => Who::Referral,
        }
    }

    /// The identifier.
    pub fn id(self) -> [u8; 16] {
        match self {
            Self::Person(id) => id.to_array(),
            Self::Volunteer(id) => id.to_array(),
            Self::Referral(id) => id.to_array(),
        }
    }
}

/// Everything that is somebody's, by identifier.
type Owners = BTreeMap<[u8; 16], Whose>;

/// Hands over every row that is bound to somebody, tree by tree in the order of the table.
pub fn rows_about<E: From<EngineError>>(
    view: &(impl View + ?Sized),
    whose: Whose,
    visit: &mut dyn FnMut(HeldRow) -> Result<(), E>,
) -> Result<(), E> {
    rows_of(view, &[whose], visit)
}

/// The same for several people in one reading of the store.
pub(super) fn rows_of<E: From<EngineError>>(
    view: &(impl View + ?Sized),
    people: &[Whose],
    visit: &mut dyn FnMut(HeldRow) -> Result<(), E>,
) -> Result<(), E> {
    for who in [Who::Person, Who::Volunteer, Who::Referral] {
        let named: Owners =
            people.iter().filter(|whose| whose.who() == who).map(|whose| (whose.id(), *whose)).collect();
        if named.is_empty() {
            continue;
        }
        let owners = identifiers::<E>(view, who, named)?;
        for (holding, bond) in bonds(who) {
            each_row::<E>(view, holding.tree, &mut |key, value| {
                let record = if bond.reads_the_record() { Some(decoded(&value)?) } else { None };
                match bond.by.owner(&owners, &key, record.as_ref()) {
                    Some(whose) => visit(HeldRow { holding, bond, whose, key, record }),
                    None => Ok(()),
                }
            })?;
        }
    }
    Ok(())
}

/// The people's identifiers and those of everything that is theirs.
fn identifiers<E: From<EngineError>>(
    view: &(impl View + ?Sized),
    who: Who,
    mut owners: Owners,
) -> Result<Owners, E> {
    for _ in 0..ROUNDS {
        let known = owners.len();
        for (holding, bond) in bonds(who).filter(|(_, bond)| bond.follow) {
            let mut found = Owners::new();
            each_row::<E>(view, holding.tree, &mut |key, value| {
                if let Some(own) = key.first_chunk::<16>()
                    && !owners.contains_key(own)
                    && let Some(whose) = bond.by.owner(&owners, &key, Some(&decoded(&value)?))
                {
                    found.insert(*own, whose);
                }
                Ok(())
            })?;
            owners.extend(found);
        }
        if owners.len() == known {
            break;
        }
    }
    Ok(owners)
}

fn bonds(who: Who) -> impl Iterator<Item = (&'static Holding, &'static Bond)> {
    ALL.iter().flat_map(move |holding| {
        holding.bonds.iter().filter(move |bond| bond.who == who).map(move |bond| (holding, bond))
    })
}

fn decoded(value: &[u8]) -> Result<Loose, EngineError> {
    Ok(Loose::decode(value)?)
}

/// Every row of a tree, a piece at a time.
pub(crate) fn each_row<E: From<EngineError>>(
    view: &(impl View + ?Sized),
    tree: Tree,
    visit: &mut dyn FnMut(Vec<u8>, Vec<u8>) -> Result<(), E>,
) -> Result<(), E> {
    let mut last: Option<Vec<u8>> = None;
    loop {
        let from = last.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
        let rows = view.scan(tree, from, Bound::Unbounded, STEP)?;
        let complete = rows.len() < STEP;
        last = rows.last().map(|(key, _)| key.clone());
        rows.into_iter().try_for_each(|(key, value)| visit(key, value))?;
        if complete {
            return Ok(());
        }
    }
}

impl Bond {
    /// Rows of an index may have a value that is no record.
    fn reads_the_record(&self) -> bool {
        matches!(self.by, By::Fields(_)) || !matches!(self.shown, Shown::No)
    }
}

impl By {
    /// Whose a row is.
    fn owner(self, owners: &Owners, key: &[u8], record: Option<&Loose>) -> Option<Whose> {
        match self {
            Self::KeyStart => key.first_chunk::<16>().and_then(|id| owners.get(id)).copied(),
            Self::KeyEnd => key.last_chunk::<16>().and_then(|id| owners.get(id)).copied(),
            Self::InKey => {
                key.windows(16).find_map(|id| owners.get(<&[u8; 16]>::try_from(id).ok()?)).copied()
            }
            Self::Fields(names) => record.and_then(|record| named(&record.payload, names, owners)),
        }
    }
}

/// Whose identifier a field of one of the names is, or lists.
fn named(value: &Value, names: &[&str], owners: &Owners) -> Option<Whose> {
    match value {
        Value::Map(fields) => fields.iter().find_map(|(key, value)| {
            let asked = key.text().is_some_and(|key| names.contains(&key));
            let own = if asked { one_of(value, owners) } else { None };
            own.or_else(|| named(value, names, owners))
        }),
        Value::List(values) => values.iter().find_map(|value| named(value, names, owners)),
        Value::Nil
        | Value::Bool(_)
        | Value::Negative(_)
        | Value::Number(_)
        | Value::Float(_)
        | Value::Text(_)
        | Value::Bytes(_) => None,
    }
}

fn one_of(value: &Value, owners: &Owners) -> Option<Whose> {
    let known = |id: [u8; 16]| owners.get(&id).copied();
    let written = |text: &str| text.parse::<Id<PersonKind>>().ok().and_then(|id| known(id.to_array()));
    value.identifier().and_then(known).or_else(|| value.text().and_then(written)).or_else(|| match value {
        Value::List(values) => values.iter().find_map(|value| one_of(value, owners)),
        Value::Nil
        | Value::Bool(_)
        | Value::Negative(_)
        | Value::Number(_)
        | Value::Float(_)
        | Value::Text(_)
        | Value::Bytes(_)
        | Value::Map(_) => None,
    })
}

/// Keys of the rows of a tree that are older than an instant by their `at_ms`, at most `limit`.
pub fn older_than(
    view: &(impl View + ?Sized),
    tree: Tree,
    before: Timestamp,
    limit: usize,
) -> Result<Vec<Vec<u8>>, EngineError> {
    let before = before.as_millisecond();
    let mut keys = Vec::new();
    each_row::<EngineError>(view, tree, &mut |key, value| {
        let at = match decoded(&value)?.payload.field("at_ms") {
            Some(Value::Number(at)) => i64::try_from(*at).unwrap_or(i64::MAX),
            Some(_) | None => return Ok(()),
        };
        if at < before && keys.len() < limit {
            keys.push(key);
        }
        Ok(())
    })?;
    Ok(keys)
}
