//! A typed tree: keys and records instead of bytes.

use std::marker::PhantomData;
use std::ops::{Bound, RangeBounds};

use crate::error::EngineError;
use crate::key::Key;
use crate::options::Tree;
use crate::record::{Record, decode_record, encode_record};
use crate::transaction::Transaction;
use crate::view::{Row, View};

/// A tree whose keys are `K` and whose records are `R`.
pub struct Table<K, R> {
    tree: Tree,
    kinds: PhantomData<fn() -> (K, R)>,
}

impl<K, R> Table<K, R> {
    /// A typed view of a tree; to be declared as a constant.
    pub const fn new(tree: Tree) -> Self {
        Self { tree, kinds: PhantomData }
    }

    /// The tree beneath.
    pub const fn tree(&self) -> Tree {
        self.tree
    }
}

impl<K, R> Clone for Table<K, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K, R> Copy for Table<K, R> {}

impl<K: Key, R: Record> Table<K, R> {
    /// Writes a record.
    pub fn put(&self, transaction: &mut Transaction<'_>, key: &K, record: &R) -> Result<(), EngineError> {
        transaction.put(self.tree, key.to_key(), encode_record(record)?)
    }

    /// Deletes a record; no error if there is none.
    pub fn delete(&self, transaction: &mut Transaction<'_>, key: &K) -> Result<(), EngineError> {
        transaction.delete(self.tree, &key.to_key())
    }

    /// Reads a record.
    pub fn get(&self, view: &(impl View + ?Sized), key: &K) -> Result<Option<R>, EngineError> {
        let bytes = view.get(self.tree, &key.to_key())?;
        Ok(bytes.map(|bytes| decode_record(&bytes)).transpose()?)
    }

    /// Whether a record exists.
    pub fn contains(&self, view: &(impl View + ?Sized), key: &K) -> Result<bool, EngineError> {
        view.contains(self.tree, &key.to_key())
    }

    /// At most `limit` rows in a range of keys, in key order.
    pub fn scan(
        &self,
        view: &(impl View + ?Sized),
        range: impl RangeBounds<K>,
        limit: usize,
    ) -> Result<Vec<(K, R)>, EngineError> {
        let (from, to) = (range.start_bound().map(Key::to_key), range.end_bound().map(Key::to_key));
        rows(&view.scan(self.tree, borrowed(&from), borrowed(&to), limit)?)
    }

    /// At most `limit` rows in a range of keys, greatest key first.
    pub fn scan_reverse(
        &self,
        view: &(impl View + ?Sized),
        range: impl RangeBounds<K>,
        limit: usize,
    ) -> Result<Vec<(K, R)>, EngineError> {
        let (from, to) = (range.start_bound().map(Key::to_key), range.end_bound().map(Key::to_key));
        rows(&view.scan_reverse(self.tree, borrowed(&from), borrowed(&to), limit)?)
    }

    /// At most `limit` rows whose first tuple components are `prefix`, in key order.
    pub fn scan_prefix<P: Key>(
        &self,
        view: &(impl View + ?Sized),
        prefix: &P,
        limit: usize,
    ) -> Result<Vec<(K, R)>, EngineError> {
        let mut bytes = Vec::new();
        prefix.write_part(&mut bytes);
        rows(&view.scan_prefix(self.tree, &bytes, limit)?)
    }

    /// The row with the greatest key.
    pub fn last(&self, view: &(impl View + ?Sized)) -> Result<Option<(K, R)>, EngineError> {
        Ok(rows(view.last(self.tree, &[])?.as_slice())?.pop())
    }
}

fn borrowed(bound: &Bound<Vec<u8>>) -> Bound<&[u8]> {
    match bound {
        Bound::Included(key) => Bound::Included(key),
        Bound::Excluded(key) => Bound::Excluded(key),
        Bound::Unbounded => Bound::Unbounded,
    }
}

fn rows<K: Key, R: Record>(rows: &[Row]) -> Result<Vec<(K, R)>, EngineError> {
    rows.iter().map(|(key, value)| Ok((K::from_key(key)?, decode_record(value)?))).collect()
}
