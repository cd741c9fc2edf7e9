//! A transaction: a closure's view of the store, with what it wrote itself. Must never reach the journal unless its body
//! returned `Ok`.

use std::ops::Bound;
use std::sync::Arc;

use crate::error::{EngineError, TooLarge};
use crate::limits::{KEY_BYTES, TRANSACTION_BYTES};
use crate::options::Tree;
use crate::overlay::{Entry, Layer};
use crate::shared::{Scan, Shared};
use crate::view::{Row, View};

/// Reads what is committed before it, and its own writes; writes puts and deletes.
pub struct Transaction<'a> {
    shared: &'a Shared,
    /// Transactions of the same group, before this one.
    group: &'a Layer,
    own: Layer,
    bytes: usize,
}

impl<'a> Transaction<'a> {
    pub(crate) fn new(shared: &'a Shared, group: &'a Layer) -> Self {
        Self { shared, group, own: Layer::default(), bytes: 0 }
    }

    /// Writes a row, replacing any former value.
    pub fn put(
        &mut self,
        tree: Tree,
        key: impl Into<Vec<u8>>,
        value: impl Into<Vec<u8>>,
    ) -> Result<(), EngineError> {
        let value: Vec<u8> = value.into();
        self.write(tree, key.into(), Some(Arc::from(value)))
    }

    /// Deletes a row; no error if there is none.
    pub fn delete(&mut self, tree: Tree, key: &[u8]) -> Result<(), EngineError> {
        self.write(tree, key.to_vec(), None)
    }

    /// What was written.
    pub(crate) fn into_writes(self) -> Layer {
        self.own
    }

    fn write(&mut self, tree: Tree, key: Vec<u8>, value: Option<Arc<[u8]>>) -> Result<(), EngineError> {
        let index = self.shared.identity.trees.index(tree)?;
        if key.is_empty() || key.len() > KEY_BYTES {
            return Err(TooLarge::Key { bytes: key.len(), limit: KEY_BYTES }.into());
        }
        let bytes = self.bytes + key.len() + value.as_ref().map_or(0, |value| value.len());
        if bytes > TRANSACTION_BYTES {
            return Err(TooLarge::Transaction { bytes, limit: TRANSACTION_BYTES }.into());
        }
        self.bytes = bytes;
        self.own.put(index, key, Entry { sequence: 0, value });
        Ok(())
    }

    fn rows(&self, request: &Scan<'_>) -> Result<Vec<Row>, EngineError> {
        self.shared.scan(&[&self.own, self.group], request)
    }
}

impl View for Transaction<'_> {
    fn get(&self, tree: Tree, key: &[u8]) -> Result<Option<Vec<u8>>, EngineError> {
        self.shared.get(&[&self.own, self.group], tree, key)
    }

    fn scan(
        &self,
        tree: Tree,
        from: Bound<&[u8]>,
        to: Bound<&[u8]>,
        limit: usize,
    ) -> Result<Vec<Row>, EngineError> {
        self.rows(&Scan { tree, from, to, reverse: false, limit })
    }

    fn scan_reverse(
        &self,
        tree: Tree,
        from: Bound<&[u8]>,
        to: Bound<&[u8]>,
        limit: usize,
    ) -> Result<Vec<Row>, EngineError> {
        self.rows(&Scan { tree, from, to, reverse: true, limit })
    }
}
