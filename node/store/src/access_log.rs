//! Who saw whose data, when and for what: the answer a person can ask for. Rows are added, never changed. A table that is given
//! out whole is one row, whoever is in it.

use std::{borrow::Cow, ops::Bound};

use jiff::{Timestamp, civil::Date};
use maillage_engine::{EngineError, Record, RecordError, Table, Transaction, Tree, View, decode_record};
use serde::{Deserialize, Serialize};

use crate::{
    events::{Actor, Subject},
    fields::{instant, upgraded},
    kinds, sequences,
};

/// Accesses by what was seen and sequence.
pub const TREE: Tree = Tree::named("access_log");

/// Tables given out, by sequence: the same sequence as that of the accesses, so that both are one order.
pub const EXPORTS_TREE: Tree = Tree::named("table_exports");

const ACCESSES: Table<((u16, [u8; 16]), u64), AccessRecord> = Table::new(TREE);
const EXPORTS: Table<u64, TableExportRecord> = Table::new(EXPORTS_TREE);
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

/// A table was given out whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableExport {
    /// When.
    pub at: Timestamp,
    /// To whom.
    pub actor: Actor,
    /// For what: the operation it was given out by, such as `table.export`.
    pub purpose: Cow<'static, str>,
    /// The code of the table.
    pub table: Cow<'static, str>,
    /// First day that was asked for; none for the beginning.
    pub from: Option<Date>,
    /// Last day that was asked for; none for the end.
    pub to: Option<Date>,
}

/// A table that was given out, version 2. Version 1 did not say by which operation.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TableExportRecord {
    at_ms: i64,
    actor: Actor,
    #[serde(default = "given_out_as_a_table")]
    purpose: String,
    table: String,
    from: Option<Date>,
    to: Option<Date>,
}

impl Record for TableExportRecord {
    const KIND: u16 = kinds::TABLE_EXPORT;
    const VERSION: u16 = 2;

    fn upgrade(version: u16, payload: &[u8]) -> Result<Self, RecordError> {
        match version {
            1 => upgraded(Self::KIND, payload),
            version => Err(RecordError::Unreadable { kind: Self::KIND, version }),
        }
    }
}

fn given_out_as_a_table() -> String {
    "table.export".to_owned()
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

/// Adds a table that is given out.
///
/// # Errors
/// A label of an operator that is too long to be one is refused.
pub fn record_export(transaction: &mut Transaction<'_>, export: &TableExport) -> Result<(), EngineError> {
    export.actor.check()?;
    let sequence = sequences::next(transaction, TREE.name())?;
    EXPORTS.put(transaction, &sequence, &TableExportRecord::from(export))
}

/// At most `limit` tables given out with their sequences, newest first, before a sequence.
pub fn exports_before(
    view: &(impl View + ?Sized),
    before: u64,
    limit: usize,
) -> Result<Vec<(u64, TableExport)>, EngineError> {
    let rows = EXPORTS.scan_reverse(view, 0..before, limit)?;
    rows.into_iter().map(|(sequence, record)| Ok((sequence, record.try_into()?))).collect()
}

/// At most `limit` accesses to a subject's data, newest first.
pub fn of(view: &(impl View + ?Sized), subject: Subject, limit: usize) -> Result<Vec<Access>, EngineError> {
    Ok(of_before(view, subject, u64::MAX, limit)?.into_iter().map(|(_, access)| access).collect())
}

/// At most `limit` accesses to a subject's data with their sequences, newest first, before one of them.
pub fn of_before(
    view: &(impl View + ?Sized),
    subject: Subject,
    before: u64,
    limit: usize,
) -> Result<Vec<(u64, Access)>, EngineError> {
    let last = (subject.key(), before);
    let rows = ACCESSES.scan_reverse(view, (subject.key(), 0)..last, limit)?;
    rows.into_iter().map(|((_, sequence), record)| Ok((sequence, record.try_into()?))).collect()
}

/// At most `limit` accesses of all, by what was seen and then in their order, after a mark, with the mark to go on from; none at
/// the end.
pub fn all(
    view: &(impl View + ?Sized),
    after: Option<&[u8]>,
    limit: usize,
) -> Result<(Vec<Access>, Option<Vec<u8>>), EngineError> {
    let from = after.map_or(Bound::Unbounded, Bound::Excluded);
    let rows = view.scan(TREE, from, Bound::Unbounded, limit)?;
    let next = rows.last().filter(|_| rows.len() == limit).map(|(key, _)| key.clone());
    let found = rows.into_iter().map(|(_, value)| Access::try_from(decode_record::<AccessRecord>(&value)?));
    Ok((found.collect::<Result<_, _>>()?, next))
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

impl From<&TableExport> for TableExportRecord {
    fn from(export: &TableExport) -> Self {
        let TableExport { at, actor, purpose, table, from, to } = export;
        Self {
            at_ms: at.as_millisecond(),
            actor: actor.clone(),
            purpose: purpose.clone().into_owned(),
            table: table.clone().into_owned(),
            from: *from,
            to: *to,
        }
    }
}

impl TryFrom<TableExportRecord> for TableExport {
    type Error = EngineError;

    fn try_from(record: TableExportRecord) -> Result<Self, EngineError> {
        let TableExportRecord { at_ms, actor, purpose, table, from, to } = record;
        let at = instant(at_ms, kinds::TABLE_EXPORT)?;
        Ok(Self { at, actor, purpose: purpose.into(), table: table.into(), from, to })
    }
}

impl TryFrom<AccessRecord> for Access {
    type Error = EngineError;

    fn try_from(record: AccessRecord) -> Result<Self, EngineError> {
        let AccessRecord { at_ms, subject, actor, purpose } = record;
        Ok(Self { at: instant(at_ms, KIND)?, subject, actor, purpose: purpose.into() })
    }
}
