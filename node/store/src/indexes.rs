//! Index rows without a value: the rows that a record has, kept in step with it, and read back against it. Must never
//! give a record that its row does not fit any more.

use std::collections::BTreeSet;

use maillage_engine::{EngineError, RecordError, Transaction, Tree};

/// The rows of a record in its indexes.
pub(crate) type Entries = BTreeSet<(Tree, Vec<u8>)>;

/// Removes the rows a record had and has no more, and writes those it has now.
pub(crate) fn replace(
    transaction: &mut Transaction<'_>,
    old: &Entries,
    new: &Entries,
) -> Result<(), EngineError> {
    for (tree, key) in old.difference(new) {
        transaction.delete(*tree, key)?;
    }
    for (tree, key) in new.difference(old) {
        transaction.put(*tree, key.clone(), Vec::new())?;
    }
    Ok(())
}

/// The identifier at the end of a row's key.
pub(crate) fn last_id(key: &[u8]) -> Result<[u8; 16], EngineError> {
    let id = key.last_chunk::<16>().ok_or(RecordError::Key("a row that ends with an identifier"))?;
    Ok(*id)
}
