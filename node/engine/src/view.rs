//! Reading a store, the same inside and outside a transaction.

use std::ops::Bound;

use crate::error::EngineError;
use crate::options::Tree;

/// A key and its value.
pub type Row = (Vec<u8>, Vec<u8>);

/// Read access: [`crate::Engine`] shows acknowledged, durable state only; [`crate::Transaction`] also shows what it wrote
/// itself and what the transactions before it in the same group wrote.
///
/// Two calls on an `Engine` may straddle a commit: re-check an index hit against its record.
pub trait View {
    /// The value of a key.
    fn get(&self, tree: Tree, key: &[u8]) -> Result<Option<Vec<u8>>, EngineError>;

    /// At most `limit` rows between two bounds, in key order.
    fn scan(
        &self,
        tree: Tree,
        from: Bound<&[u8]>,
        to: Bound<&[u8]>,
        limit: usize,
    ) -> Result<Vec<Row>, EngineError>;

    /// At most `limit` rows between two bounds, greatest key first.
    fn scan_reverse(
        &self,
        tree: Tree,
        from: Bound<&[u8]>,
        to: Bound<&[u8]>,
        limit: usize,
    ) -> Result<Vec<Row>, EngineError>;

    /// At most `limit` rows whose key starts with `prefix`, in key order.
    fn scan_prefix(&self, tree: Tree, prefix: &[u8], limit: usize) -> Result<Vec<Row>, EngineError> {
        let end = prefix_end(prefix);
        self.scan(tree, Bound::Included(prefix), bound(end.as_deref()), limit)
    }

    /// At most `limit` rows whose key starts with `prefix`, greatest key first.
    fn scan_prefix_reverse(&self, tree: Tree, prefix: &[u8], limit: usize) -> Result<Vec<Row>, EngineError> {
        let end = prefix_end(prefix);
        self.scan_reverse(tree, Bound::Included(prefix), bound(end.as_deref()), limit)
    }

    /// The row with the greatest key that starts with `prefix` (of the whole tree if empty).
    fn last(&self, tree: Tree, prefix: &[u8]) -> Result<Option<Row>, EngineError> {
        Ok(self.scan_prefix_reverse(tree, prefix, 1)?.pop())
    }

    /// Whether a key exists.
    fn contains(&self, tree: Tree, key: &[u8]) -> Result<bool, EngineError> {
        Ok(self.get(tree, key)?.is_some())
    }
}

/// The least key greater than every key with this prefix; none if there is no such key.
fn prefix_end(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if let Some(next) = last.checked_add(1) {
            end.push(next);
            return Some(end);
        }
    }
    None
}

fn bound(end: Option<&[u8]>) -> Bound<&[u8]> {
    end.map_or(Bound::Unbounded, Bound::Excluded)
}
