//! Referrals and the ways to find them: by prescriber, those that wait for a decision. A referral is never deleted; the
//! contact in it goes when it is decided.

use std::ops::Bound;

use maillage_domain::{
    ids::{PathwayKind, PersonKind, PrescriberKind, ReferralKind},
    pathway::{Contact, Referral, ReferralState},
    text::{Line, Name, Phone},
};
use maillage_engine::{EngineError, Key as _, Record, Table, Transaction, Tree, View};
use maillage_federation::ids::Id;
use serde::{Deserialize, Serialize};

use crate::{
    fields::{after, broken, instant, parsed},
    indexes::{self, Entries},
    kinds,
};

/// Referrals by identifier.
pub const TREE: Tree = Tree::named("referrals");
/// Referrals by prescriber.
pub const BY_PRESCRIBER_TREE: Tree = Tree::named("referrals_by_prescriber");
/// Referrals that wait for a decision.
pub const OPEN_TREE: Tree = Tree::named("referrals_open");

const REFERRALS: Table<[u8; 16], ReferralRecord> = Table::new(TREE);
const KIND: u16 = kinds::REFERRAL;

/// A referral, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReferralRecord {
    id: Id<ReferralKind>,
    prescriber: Option<Id<PrescriberKind>>,
    reference: String,
    contact: Option<ContactRecord>,
    state: StateRecord,
    revision: u64,
    created_ms: i64,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ContactRecord {
    name: String,
    phone: String,
    commune: String,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum StateRecord {
    Received,
    Accepted { person: Id<PersonKind>, pathway: Id<PathwayKind>, on: String },
    Declined { reason: String, on: String },
    Withdrawn { on: String },
}

impl Record for ReferralRecord {
    const KIND: u16 = KIND;
    const VERSION: u16 = 1;
}

/// Writes a referral, new or changed, with its indexes.
pub fn put(transaction: &mut Transaction<'_>, referral: &Referral) -> Result<(), EngineError> {
    let former = find(transaction, referral.id)?;
    indexes::replace(transaction, &former.as_ref().map(entries).unwrap_or_default(), &entries(referral))?;
    REFERRALS.put(transaction, &referral.id.to_array(), &ReferralRecord::from(referral))
}

/// One referral.
pub fn find(view: &(impl View + ?Sized), id: Id<ReferralKind>) -> Result<Option<Referral>, EngineError> {
    REFERRALS.get(view, &id.to_array())?.map(Referral::try_from).transpose()
}

/// At most `limit` referrals in the order they were made, after one of them.
pub fn list(
    view: &(impl View + ?Sized),
    from: Option<Id<ReferralKind>>,
    limit: usize,
) -> Result<Vec<Referral>, EngineError> {
    let rows = REFERRALS.scan(view, after(from), limit)?;
    rows.into_iter().map(|(_, record)| record.try_into()).collect()
}

/// At most `limit` referrals of a prescriber in the order they were made, after one of them.
pub fn of_prescriber(
    view: &(impl View + ?Sized),
    prescriber: Id<PrescriberKind>,
    from: Option<Id<ReferralKind>>,
    limit: usize,
) -> Result<Vec<Referral>, EngineError> {
    let start = (prescriber.to_array(), from.map_or([0; 16], Id::to_array)).to_key();
    let end = (prescriber.to_array(), [u8::MAX; 16]).to_key();
    let rows = view.scan(BY_PRESCRIBER_TREE, Bound::Excluded(&start), Bound::Included(&end), limit)?;
    checked(view, BY_PRESCRIBER_TREE, rows)
}

/// At most `limit` referrals that wait for a decision, the oldest first, after one of them.
pub fn open(
    view: &(impl View + ?Sized),
    from: Option<Id<ReferralKind>>,
    limit: usize,
) -> Result<Vec<Referral>, EngineError> {
    let start = from.map(Id::to_array);
    let start = start.as_ref().map_or(Bound::Unbounded, |id| Bound::Excluded(id.as_slice()));
    let rows = view.scan(OPEN_TREE, start, Bound::Unbounded, limit)?;
    checked(view, OPEN_TREE, rows)
}

fn entries(referral: &Referral) -> Entries {
    let id = referral.id.to_array();
    let mut entries = Entries::new();
    if let Some(prescriber) = referral.prescriber {
        entries.insert((BY_PRESCRIBER_TREE, (prescriber.to_array(), id).to_key()));
    }
    if matches!(referral.state, ReferralState::Received) {
        entries.insert((OPEN_TREE, id.to_key()));
    }
    entries
}

/// The referrals of index rows, without those that have changed since the rows were read.
fn checked(
    view: &(impl View + ?Sized),
    tree: Tree,
    rows: Vec<(Vec<u8>, Vec<u8>)>,
) -> Result<Vec<Referral>, EngineError> {
    let mut referrals = Vec::with_capacity(rows.len());
    for (key, _) in rows {
        let referral = REFERRALS.get(view, &indexes::last_id(&key)?)?.map(Referral::try_from).transpose()?;
        referrals.extend(referral.filter(|referral| entries(referral).contains(&(tree, key))));
    }
    Ok(referrals)
}

impl From<&Referral> for ReferralRecord {
    fn from(referral: &Referral) -> Self {
        let Referral { id, prescriber, reference, contact, state, revision, created } = referral;
        Self {
            id: *id,
            prescriber: *prescriber,
            reference: reference.as_str().to_owned(),
            contact: contact.as_ref().map(ContactRecord::from),
            state: state.into(),
            revision: *revision,
            created_ms: created.as_millisecond(),
        }
    }
}

impl TryFrom<ReferralRecord> for Referral {
    type Error = EngineError;

    fn try_from(record: ReferralRecord) -> Result<Self, EngineError> {
        Ok(Self {
            id: record.id,
            prescriber: record.prescriber,
            reference: Line::parse(&record.reference).map_err(|_| broken(KIND))?,
            contact: record.contact.map(Contact::try_from).transpose()?,
            state: record.state.try_into()?,
            revision: record.revision,
            created: instant(record.created_ms, KIND)?,
        })
    }
}

impl From<&Contact> for ContactRecord {
    fn from(contact: &Contact) -> Self {
        let Contact { name, phone, commune } = contact;
        Self {
            name: name.as_str().to_owned(),
            phone: phone.as_str().to_owned(),
            commune: commune.as_str().to_owned(),
        }
    }
}

impl TryFrom<ContactRecord> for Contact {
    type Error = EngineError;

    fn try_from(record: ContactRecord) -> Result<Self, EngineError> {
        Ok(Self {
            name: Name::parse(&record.name).map_err(|_| broken(KIND))?,
            phone: Phone::parse(&record.phone).map_err(|_| broken(KIND))?,
            commune: parsed(&record.commune, KIND)?,
        })
    }
}

impl From<&ReferralState> for StateRecord {
    fn from(state: &ReferralState) -> Self {
        match state {
            ReferralState::Received => Self::Received,
            ReferralState::Accepted { person, pathway, on } => {
                Self::Accepted { person: *person, pathway: *pathway, on: on.to_string() }
            }
            ReferralState::Declined { reason, on } => {
                Self::Declined { reason: reason.code().to_owned(), on: on.to_string() }
            }
            ReferralState::Withdrawn { on } => Self::Withdrawn { on: on.to_string() },
        }
    }
}

impl TryFrom<StateRecord> for ReferralState {
    type Error = EngineError;

    fn try_from(record: StateRecord) -> Result<Self, EngineError> {
        Ok(match record {
            StateRecord::Received => Self::Received,
            StateRecord::Accepted { person, pathway, on } => {
                Self::Accepted { person, pathway, on: parsed(&on, KIND)? }
            }
            StateRecord::Declined { reason, on } => {
                Self::Declined { reason: parsed(&reason, KIND)?, on: parsed(&on, KIND)? }
            }
            StateRecord::Withdrawn { on } => Self::Withdrawn { on: parsed(&on, KIND)? },
        })
    }
}
