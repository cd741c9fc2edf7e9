//! What came from the hub: which envelopes were applied, and how far the mailbox was read. Both are written in the
//! transaction that applies an envelope, so that each is applied once, however often it comes.

use jiff::Timestamp;
use maillage_engine::{EngineError, Record, Table, Transaction, Tree, View};
use maillage_federation::ids::{EnvelopeKind, Id};
use serde::{Deserialize, Serialize};

use crate::kinds;

/// Envelopes that were applied, by identifier.
pub const SEEN_TREE: Tree = Tree::named("inbox_seen");
/// How far the mailbox was read.
pub const CURSOR_TREE: Tree = Tree::named("inbox_cursor");

const SEEN: Table<[u8; 16], SeenRecord> = Table::new(SEEN_TREE);
const CURSOR: Table<String, CursorRecord> = Table::new(CURSOR_TREE);
const CURSOR_KEY: &str = "hub";

/// An envelope that was applied, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SeenRecord {
    pub(crate) at_ms: i64,
}

/// How far the mailbox was read, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CursorRecord {
    pub(crate) cursor: u64,
}

impl Record for SeenRecord {
    const KIND: u16 = kinds::INBOX_SEEN;
    const VERSION: u16 = 1;
}

impl Record for CursorRecord {
    const KIND: u16 = kinds::INBOX_CURSOR;
    const VERSION: u16 = 1;
}

/// Whether an envelope was applied already.
pub fn seen(view: &(impl View + ?Sized), envelope: Id<EnvelopeKind>) -> Result<bool, EngineError> {
    SEEN.contains(view, &envelope.to_array())
}

/// Marks an envelope as applied; tells whether it is new. If it is not, nothing of it may be applied again.
pub fn mark(
    transaction: &mut Transaction<'_>,
    envelope: Id<EnvelopeKind>,
    at: Timestamp,
) -> Result<bool, EngineError> {
    if seen(transaction, envelope)? {
        return Ok(false);
    }
    SEEN.put(transaction, &envelope.to_array(), &SeenRecord { at_ms: at.as_millisecond() })?;
    Ok(true)
}

/// Last sequence of the mailbox that was applied; 0 at first.
pub fn cursor(view: &(impl View + ?Sized)) -> Result<u64, EngineError> {
    Ok(CURSOR.get(view, &CURSOR_KEY.to_owned())?.map_or(0, |record| record.cursor))
}

/// Writes how far the mailbox was read.
pub fn set_cursor(transaction: &mut Transaction<'_>, cursor: u64) -> Result<(), EngineError> {
    CURSOR.put(transaction, &CURSOR_KEY.to_owned(), &CursorRecord { cursor })
}
