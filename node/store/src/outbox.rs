//! What is to be sent to the hub, in strict order: a row is written in the transaction of the change it tells about, and
//! removed once the hub has receipted it. What cannot be delivered is kept as a dead letter with its reason.

use std::fmt;

use jiff::Timestamp;
use maillage_engine::{EngineError, Record, Table, TooLarge, Transaction, Tree, View};
use maillage_federation::ids::{EnvelopeKind, Id};
use serde::{Deserialize, Serialize};

use crate::{
    fields::instant,
    kinds,
    limits::{CODE_CHARS, ENVELOPE_BYTES},
    sequences,
};

/// Envelopes to be sent, by sequence.
pub const TREE: Tree = Tree::named("outbox");
/// Envelopes that could not be delivered, by sequence.
pub const DEAD_TREE: Tree = Tree::named("outbox_dead");

const OUTBOX: Table<u64, OutboxRecord> = Table::new(TREE);
const DEAD: Table<u64, DeadLetterRecord> = Table::new(DEAD_TREE);

/// An envelope to be sent.
#[derive(Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// Its identifier: the hub takes it once, however often it is sent.
    pub envelope: Id<EnvelopeKind>,
    /// The signed envelope, as it is sent.
    pub bytes: Vec<u8>,
    /// When it was written.
    pub created: Timestamp,
}

/// An envelope that could not be delivered.
#[derive(Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// The envelope.
    pub row: OutboxRow,
    /// Why, as a code.
    pub reason: String,
    /// When it was given up.
    pub at: Timestamp,
}

/// An outbox row, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OutboxRecord {
    envelope: Id<EnvelopeKind>,
    #[serde(with = "crate::fields::bytes")]
    bytes: Vec<u8>,
    created_ms: i64,
}

/// A dead letter, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DeadLetterRecord {
    row: OutboxRecord,
    reason: String,
    at_ms: i64,
}

impl Record for OutboxRecord {
    const KIND: u16 = kinds::OUTBOX;
    const VERSION: u16 = 1;
}

impl Record for DeadLetterRecord {
    const KIND: u16 = kinds::DEAD_LETTER;
    const VERSION: u16 = 1;
}

/// Adds an envelope at the end; gives its sequence.
///
/// # Errors
/// An envelope over the federation's limit is refused.
pub fn push(transaction: &mut Transaction<'_>, row: &OutboxRow) -> Result<u64, EngineError> {
    if row.bytes.len() > ENVELOPE_BYTES {
        let bytes = row.bytes.len();
        return Err(TooLarge::Transaction { bytes, limit: ENVELOPE_BYTES }.into());
    }
    let sequence = sequences::next(transaction, TREE.name())?;
    OUTBOX.put(transaction, &sequence, &OutboxRecord::from(row))?;
    Ok(sequence)
}

/// At most `limit` envelopes to be sent, with their sequences, oldest first.
pub fn pending(view: &(impl View + ?Sized), limit: usize) -> Result<Vec<(u64, OutboxRow)>, EngineError> {
    let rows = OUTBOX.scan(view, .., limit)?;
    rows.into_iter().map(|(sequence, record)| Ok((sequence, record.try_into()?))).collect()
}

/// Removes an envelope that the hub has receipted; no error if it is gone already.
pub fn remove(transaction: &mut Transaction<'_>, sequence: u64) -> Result<(), EngineError> {
    OUTBOX.delete(transaction, &sequence)
}

/// Gives an envelope up, with a reason code; tells which one if it was still there.
pub fn bury(
    transaction: &mut Transaction<'_>,
    sequence: u64,
    reason: &str,
    at: Timestamp,
) -> Result<Option<Id<EnvelopeKind>>, EngineError> {
    let Some(row) = OUTBOX.get(transaction, &sequence)? else { return Ok(None) };
    OUTBOX.delete(transaction, &sequence)?;
    let envelope = row.envelope;
    let reason = reason.chars().take(CODE_CHARS).collect();
    let letter = DeadLetter { row: row.try_into()?, reason, at };
    DEAD.put(transaction, &sequence, &DeadLetterRecord::from(&letter))?;
    Ok(Some(envelope))
}

/// At most `limit` dead letters with their sequences, newest first.
pub fn dead(view: &(impl View + ?Sized), limit: usize) -> Result<Vec<(u64, DeadLetter)>, EngineError> {
    let rows = DEAD.scan_reverse(view, .., limit)?;
    rows.into_iter().map(|(sequence, record)| Ok((sequence, record.try_into()?))).collect()
}

impl From<&OutboxRow> for OutboxRecord {
    fn from(row: &OutboxRow) -> Self {
        let OutboxRow { envelope, bytes, created } = row;
        Self { envelope: *envelope, bytes: bytes.clone(), created_ms: created.as_millisecond() }
    }
}

impl TryFrom<OutboxRecord> for OutboxRow {
    type Error = EngineError;

    fn try_from(record: OutboxRecord) -> Result<Self, EngineError> {
        let created = instant(record.created_ms, OutboxRecord::KIND)?;
        Ok(Self { envelope: record.envelope, bytes: record.bytes, created })
    }
}

impl From<&DeadLetter> for DeadLetterRecord {
    fn from(letter: &DeadLetter) -> Self {
        let DeadLetter { row, reason, at } = letter;
        Self { row: row.into(), reason: reason.clone(), at_ms: at.as_millisecond() }
    }
}

impl TryFrom<DeadLetterRecord> for DeadLetter {
    type Error = EngineError;

    fn try_from(record: DeadLetterRecord) -> Result<Self, EngineError> {
        let at = instant(record.at_ms, DeadLetterRecord::KIND)?;
        Ok(Self { row: record.row.try_into()?, reason: record.reason, at })
    }
}

impl fmt::Debug for OutboxRow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("OutboxRow");
        shown.field("envelope", &self.envelope).field("length", &self.bytes.len()).finish_non_exhaustive()
    }
}

impl fmt::Debug for DeadLetter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("DeadLetter");
        shown.field("row", &self.row).field("reason", &self.reason).field("at", &self.at).finish()
    }
}
