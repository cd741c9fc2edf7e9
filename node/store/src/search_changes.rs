//! Who changed since when: what an index of people in memory reads to keep up. A row is written in the transaction of the
//! record it is about; whoever changes again has one row, the newest, so that the list is never longer than the people.

use maillage_domain::ids::{PersonKind, PrescriberKind, VolunteerKind};
use maillage_engine::{EngineError, Record, Table, Transaction, Tree, View};
use maillage_federation::ids::Id;
use serde::{Deserialize, Serialize};

use crate::{kinds, sequences};

/// Changes by sequence.
pub const TREE: Tree = Tree::named("search_changes");
/// The newest sequence of everybody who changed.
pub const LATEST_TREE: Tree = Tree::named("search_changes_latest");

const CHANGES: Table<u64, ChangeRecord> = Table::new(TREE);
const LATEST: Table<(u16, [u8; 16]), LatestRecord> = Table::new(LATEST_TREE);

/// Somebody whose record was written or removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Changed {
    /// A beneficiary.
    Person(Id<PersonKind>),
    /// A volunteer.
    Volunteer(Id<VolunteerKind>),
    /// A prescriber.
    Prescriber(Id<PrescriberKind>),
}

/// A change, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ChangeRecord {
    pub(crate) who: Changed,
}

/// The newest change of somebody, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LatestRecord {
    pub(crate) sequence: u64,
}

impl Record for ChangeRecord {
    const KIND: u16 = kinds::SEARCH_CHANGE;
    const VERSION: u16 = 1;
}

impl Record for LatestRecord {
    const KIND: u16 = kinds::SEARCH_LATEST;
    const VERSION: u16 = 1;
}

/// Notes that somebody's record is written or removed in this transaction.
pub(crate) fn note(transaction: &mut Transaction<'_>, who: Changed) -> Result<(), EngineError> {
    let key = who.key();
    if let Some(former) = LATEST.get(transaction, &key)? {
        CHANGES.delete(transaction, &former.sequence)?;
    }
    let sequence = sequences::next(transaction, TREE.name())?;
    LATEST.put(transaction, &key, &LatestRecord { sequence })?;
    CHANGES.put(transaction, &sequence, &ChangeRecord { who })
}

/// At most `limit` changes after a sequence, in their order.
pub fn since(
    view: &(impl View + ?Sized),
    sequence: u64,
    limit: usize,
) -> Result<Vec<(u64, Changed)>, EngineError> {
    let rows = CHANGES.scan(view, sequence.saturating_add(1).., limit)?;
    Ok(rows.into_iter().map(|(sequence, record)| (sequence, record.who)).collect())
}

/// The newest sequence; 0 before any change.
pub fn newest(view: &(impl View + ?Sized)) -> Result<u64, EngineError> {
    Ok(CHANGES.last(view)?.map_or(0, |(sequence, _)| sequence))
}

impl Changed {
    fn key(self) -> (u16, [u8; 16]) {
        match self {
            Self::Person(id) => (1, id.to_array()),
            Self::Volunteer(id) => (2, id.to_array()),
            Self::Prescriber(id) => (3, id.to_array()),
        }
    }
}
