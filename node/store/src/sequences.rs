//! Counters that never give a number twice, even when the rows that had it are gone.

use maillage_engine::{EngineError, Record, Table, Transaction, Tree, View};
use serde::{Deserialize, Serialize};

use crate::kinds;

/// Last number given, by name.
pub(crate) const TREE: Tree = Tree::named("sequences");

const SEQUENCES: Table<String, SequenceRecord> = Table::new(TREE);

#[derive(Serialize, Deserialize)]
pub(crate) struct SequenceRecord {
    pub(crate) last: u64,
}

impl Record for SequenceRecord {
    const KIND: u16 = kinds::SEQUENCE;
    const VERSION: u16 = 1;
}

/// The next number of a name: 1, 2, 3 …
pub(crate) fn next(transaction: &mut Transaction<'_>, name: &str) -> Result<u64, EngineError> {
    let next = last(transaction, name)? + 1;
    set(transaction, name, next)?;
    Ok(next)
}

/// The last number given for a name; 0 before the first.
pub(crate) fn last(view: &(impl View + ?Sized), name: &str) -> Result<u64, EngineError> {
    Ok(SEQUENCES.get(view, &name.to_owned())?.map_or(0, |record| record.last))
}

/// Says how far something that is no counter has come.
pub(crate) fn set(transaction: &mut Transaction<'_>, name: &str, last: u64) -> Result<(), EngineError> {
    SEQUENCES.put(transaction, &name.to_owned(), &SequenceRecord { last })
}
