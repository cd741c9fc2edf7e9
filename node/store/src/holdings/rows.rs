//! Finding every row about somebody. Reads tree by tree in small pieces, so that a large node is no burden on memory.

use std::{collections::BTreeSet, ops::Bound};

use jiff::Timestamp;
use maillage_domain::ids::{PersonKind, VolunteerKind};
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
}

/// A row about somebody.
pub struct HeldRow {
    /// What its tree holds.
    pub holding: &'static Holding,
    /// How it is bound.
    pub bond: &'static Bond,
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
        }
    }

    /// The identifier.
    pub fn id(self) -> [u8; 16] {
        match self {
            Self::Person(id) => id.to_array(),
            Self::Volunteer(id) => id.to_array(),
        }
    }
}

/// Hands over every row that is bound to somebody, tree by tree in the order of the table.
pub fn rows_about<E: From<EngineError>>(
    view: &(impl View + ?Sized),
    whose: Whose,
    visit: &mut dyn FnMut(HeldRow) -> Result<(), E>,
) -> Result<(), E> {
    let ids = identifiers(view, whose)?;
    for (holding, bond) in bonds(whose.who()) {
        each_row::<E>(view, holding.tree, &mut |key, value| {
            let record = if bond.reads_the_record() { Some(decoded(&value)?) } else { None };
            if bond.by.binds(&ids, &key, record.as_ref()) {
                visit(HeldRow { holding, bond, key, record })?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// The person's identifier and those of everything that is the person's.
fn identifiers<E: From<EngineError>>(
    view: &(impl View + ?Sized),
    whose: Whose,
) -> Result<BTreeSet<[u8; 16]>, E> {
    let mut ids = BTreeSet::from([whose.id()]);
    for _ in 0..ROUNDS {
        let known = ids.len();
        for (holding, bond) in bonds(whose.who()).filter(|(_, bond)| bond.follow) {
            let mut found = Vec::new();
            each_row::<E>(view, holding.tree, &mut |key, value| {
                if let Some(own) = key.first_chunk::<16>()
                    && !ids.contains(own)
                    && bond.by.binds(&ids, &key, Some(&decoded(&value)?))
                {
                    found.push(*own);
                }
                Ok(())
            })?;
            ids.extend(found);
        }
        if ids.len() == known {
            break;
        }
    }
    Ok(ids)
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
pub(super) fn each_row<E: From<EngineError>>(
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
    pub(super) fn binds(self, ids: &BTreeSet<[u8; 16]>, key: &[u8], record: Option<&Loose>) -> bool {
        match self {
            Self::KeyStart => key.first_chunk::<16>().is_some_and(|id| ids.contains(id)),
            Self::KeyEnd => key.last_chunk::<16>().is_some_and(|id| ids.contains(id)),
            Self::InKey => {
                key.windows(16).any(|id| id.try_into().is_ok_and(|id: [u8; 16]| ids.contains(&id)))
            }
            Self::Fields(names) => record.is_some_and(|record| names_one(&record.payload, names, ids)),
        }
    }
}

/// Whether a field of one of the names is one of the identifiers, or lists one.
fn names_one(value: &Value, names: &[&str], ids: &BTreeSet<[u8; 16]>) -> bool {
    match value {
        Value::Map(fields) => fields.iter().any(|(key, value)| {
            let named = key.text().is_some_and(|key| names.contains(&key));
            (named && is_one(value, ids)) || names_one(value, names, ids)
        }),
        Value::List(values) => values.iter().any(|value| names_one(value, names, ids)),
        Value::Nil
        | Value::Bool(_)
        | Value::Negative(_)
        | Value::Number(_)
        | Value::Float(_)
        | Value::Text(_)
        | Value::Bytes(_) => false,
    }
}

fn is_one(value: &Value, ids: &BTreeSet<[u8; 16]>) -> bool {
    let written = |text: &str| text.parse::<Id<PersonKind>>().is_ok_and(|id| ids.contains(&id.to_array()));
    value.identifier().is_some_and(|id| ids.contains(&id))
        || value.text().is_some_and(written)
        || matches!(value, Value::List(values) if values.iter().any(|value| is_one(value, ids)))
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
