//! The names that a territory's own lists give to what is kept here, so that a table can be imported again without doubling
//! anything: (table, reference) to identifier and back. A reference is whatever the list uses; it goes when its subject goes.

use maillage_engine::{EngineError, Record, Table, Transaction, Tree, View};
use serde::{Deserialize, Serialize};

use crate::kinds;

/// Identifiers by table and reference.
pub const TREE: Tree = Tree::named("references");
/// References by table and identifier.
pub const BY_ID_TREE: Tree = Tree::named("references_by_id");

const REFERENCES: Table<(String, String), ReferenceRecord> = Table::new(TREE);
const BY_ID: Table<(String, [u8; 16]), NamedRecord> = Table::new(BY_ID_TREE);

/// What a reference means, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReferenceRecord {
    #[serde(with = "crate::fields::bytes")]
    pub(crate) id: Vec<u8>,
}

impl Record for ReferenceRecord {
    const KIND: u16 = kinds::REFERENCE;
    const VERSION: u16 = 1;
}

/// What something is called in a list, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NamedRecord {
    pub(crate) reference: String,
}

impl Record for NamedRecord {
    const KIND: u16 = kinds::REFERENCE_OF;
    const VERSION: u16 = 1;
}

/// Writes what a reference of a table means; what the identifier was called before is forgotten.
pub fn put(
    transaction: &mut Transaction<'_>,
    table: &str,
    reference: &str,
    id: [u8; 16],
) -> Result<(), EngineError> {
    forget(transaction, table, id)?;
    let record = ReferenceRecord { id: id.to_vec() };
    REFERENCES.put(transaction, &(table.to_owned(), reference.to_owned()), &record)?;
    BY_ID.put(transaction, &(table.to_owned(), id), &NamedRecord { reference: reference.to_owned() })
}

/// Forgets what an identifier of a table was called.
pub fn forget(transaction: &mut Transaction<'_>, table: &str, id: [u8; 16]) -> Result<(), EngineError> {
    if let Some(reference) = of(transaction, table, id)? {
        REFERENCES.delete(transaction, &(table.to_owned(), reference))?;
        BY_ID.delete(transaction, &(table.to_owned(), id))?;
    }
    Ok(())
}

/// What a reference of a table means.
pub fn find(
    view: &(impl View + ?Sized),
    table: &str,
    reference: &str,
) -> Result<Option<[u8; 16]>, EngineError> {
    let record = REFERENCES.get(view, &(table.to_owned(), reference.to_owned()))?;
    record.map(|record| record.id.try_into().map_err(|_| crate::fields::broken(kinds::REFERENCE))).transpose()
}

/// What an identifier is called in a table.
pub fn of(view: &(impl View + ?Sized), table: &str, id: [u8; 16]) -> Result<Option<String>, EngineError> {
    Ok(BY_ID.get(view, &(table.to_owned(), id))?.map(|record| record.reference))
}
