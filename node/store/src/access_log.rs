//! Who saw whose data, when and for what: the answer a person can ask for. Rows are added, never changed.

use std::borrow::Cow;

use jiff::Timestamp;
use maillage_engine::{EngineError, Record, Table, Transaction, Tree, View};
use serde::{Deserialize, Serialize};

use crate::{
    events::{Actor, Subject},
    fields::instant,
    kinds, sequences,
};

/// Accesses by what was seen and sequence.
pub const TREE: Tree = Tree::named("access_log");

const ACCESSES: Table<((u16, [u8; 16]), u64), AccessRecord> = Table::new(TREE);
const KIND: u16 = kinds::ACCESS;

/// Somebody saw data about a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// When.
    pub at: Timestamp,
    /// Whose: a person of ours, or the trip or handover that brought a neighbour's.
    pub subject: Subject,
    /// Who saw it.
    pub actor: Actor,
    /// For what, such as `award.opened`: a word of the program, never something typed.
    pub purpose: Cow<'static, str>,
}

/// An access, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AccessRecord {
    at_ms: i64,
    subject: Subject,
    actor: Actor,
    purpose: String,
}

impl Record for AccessRecord {
    const KIND: u16 = KIND;
    const VERSION: u16 = 1;
}

/// Adds an access.
///
/// # Errors
/// A label of an operator that is too long to be one is refused.
pub fn record(transaction: &mut Transaction<'_>, access: &Access) -> Result<(), EngineError> {
    access.actor.check()?;
    let sequence = sequences::next(transaction, TREE.name())?;
    ACCESSES.put(transaction, &(access.subject.key(), sequence), &AccessRecord::from(access))
}

/// At most `limit` accesses to a subject's data, newest first.
pub fn of(view: &(impl View + ?Sized), subject: Subject, limit: usize) -> Result<Vec<Access>, EngineError> {
    let last = (subject.key(), u64::MAX);
    let rows = ACCESSES.scan_reverse(view, (subject.key(), 0)..last, limit)?;
    rows.into_iter().map(|(_, record)| record.try_into()).collect()
}

impl From<&Access> for AccessRecord {
    fn from(access: &Access) -> Self {
        let Access { at, subject, actor, purpose } = access;
        Self {
            at_ms: at.as_millisecond(),
            subject: *subject,
            actor: actor.clone(),
            purpose: purpose.clone().into_owned(),
        }
    }
}

impl TryFrom<AccessRecord> for Access {
    type Error = EngineError;

    fn try_from(record: AccessRecord) -> Result<Self, EngineError> {
        let AccessRecord { at_ms, subject, actor, purpose } = record;
        Ok(Self { at: instant(at_ms, KIND)?, subject, actor, purpose: purpose.into() })
    }
}
