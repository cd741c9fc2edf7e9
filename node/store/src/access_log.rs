//! Who saw whose data, when and for what: the answer a person can ask for. Rows are added, never changed. A table that is given
//! out whole is one row, whoever is in it.

use std::{borrow::Cow, ops::Bound};

use jiff::{Timestamp, civil::Date};
use maillage_engine::{
    EngineError, Key as _, Record, RecordError, Table, Transaction, Tree, View, decode_record,
};
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

/// Accesses by time, then by what was seen and sequence: a day is found without going through the log from end to end.
pub const BY_TIME_TREE: Tree = Tree::named("access_log_by_time");

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
    let place = (access.subject.key(), sequences::next(transaction, TREE.name())?);
    ACCESSES.put(transaction, &place, &AccessRecord::from(access))?;
    transaction.put(BY_TIME_TREE, time_key(access.at.as_millisecond(), place), Vec::new())
}

/// Where an access stands in the log.
type Place = ((u16, [u8; 16]), u64);

fn time_key(at_ms: i64, place: Place) -> Vec<u8> {
    (u64::try_from(at_ms).unwrap_or_default(), place).to_key()
}

/// Makes at most `limit` accesses that were written before there was an index findable by their time, after a mark; gives the mark to go
/// on from, none once that is done for good.
pub fn index_older(
    transaction: &mut Transaction<'_>,
    after: Option<&[u8]>,
    limit: usize,
) -> Result<Option<Vec<u8>>, EngineError> {
    if sequences::last(transaction, BY_TIME_TREE.name())? == u64::MAX {
        return Ok(None);
    }
    let from = after.map_or(Bound::Unbounded, Bound::Excluded);
    let rows = transaction.scan(TREE, from, Bound::Unbounded, limit)?;
    for (key, value) in &rows {
        let at_ms = decode_record::<AccessRecord>(value)?.at_ms;
        transaction.put(BY_TIME_TREE, time_key(at_ms, Place::from_key(key)?), Vec::new())?;
    }
    if rows.len() < limit {
        sequences::set(transaction, BY_TIME_TREE.name(), u64::MAX)?;
        return Ok(None);
    }
    Ok(rows.last().map(|(key, _)| key.clone()))
}

/// At most `limit` accesses from an instant until before another, in the order of time, after a mark, with the mark to go on from;
/// none at the end.
pub fn between(
    view: &(impl View + ?Sized),
    (from, until): (Timestamp, Timestamp),
    after: Option<&[u8]>,
    limit: usize,
) -> Result<(Vec<Access>, Option<Vec<u8>>), EngineError> {
    let rows = rows_between(view, (from, until), after, limit)?;
    let next = rows.last().filter(|_| rows.len() == limit).map(|(key, _)| key.clone());
    let mut found = Vec::with_capacity(rows.len());
    for (_, place) in rows {
        // What has gone from the log meanwhile is not told of any more.
        found.extend(ACCESSES.get(view, &place)?.map(Access::try_from).transpose()?);
    }
    Ok((found, next))
}

/// The rows of at most `limit` accesses before an instant, oldest first, those of the index included.
pub fn older_than(
    view: &(impl View + ?Sized),
    before: Timestamp,
    limit: usize,
) -> Result<Vec<(Tree, Vec<u8>)>, EngineError> {
    let rows = rows_between(view, (Timestamp::UNIX_EPOCH, before), None, limit)?;
    let both = |(key, place): (Vec<u8>, Place)| [(TREE, place.to_key()), (BY_TIME_TREE, key)];
    Ok(rows.into_iter().flat_map(both).collect())
}

fn rows_between(
    view: &(impl View + ?Sized),
    (from, until): (Timestamp, Timestamp),
    after: Option<&[u8]>,
    limit: usize,
) -> Result<Vec<(Vec<u8>, Place)>, EngineError> {
    let at = |at: Timestamp| u64::try_from(at.as_millisecond()).unwrap_or_default().to_key();
    let (from, until) = (at(from), at(until));
    let from = after.map_or(Bound::Included(from.as_slice()), Bound::Excluded);
    let rows = view.scan(BY_TIME_TREE, from, Bound::Excluded(&until), limit)?;
    let placed = |(key, _): (Vec<u8>, Vec<u8>)| {
        let (_, place) = <(u64, Place)>::from_key(&key)?;
        Ok::<_, EngineError>((key, place))
    };
    rows.into_iter().map(placed).collect()
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
