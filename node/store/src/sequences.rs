//! Counters that never give a number twice, even when the rows that had it are gone.

use maillage_engine::{EngineError, Record, Table, Transaction, Tree};
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
    let key = name.to_owned();
    let last = SEQUENCES.get(transaction, &key)?.map_or(0, |record| record.last);
    let next = SequenceRecord { last: last + 1 };
    SEQUENCES.put(transaction, &key, &next)?;
    Ok(next.last)
}
