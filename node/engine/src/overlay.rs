//! Rows held in memory over the image: a transaction's own writes, a group's, and the batches that are durable but not
//! yet applied. Must never hold an undurable row where readers look.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use crate::error::EngineError;
use crate::image::Image;
use crate::limits::SCAN_CHUNK_ROWS;
use crate::view::Row;

/// A put (some value) or a delete (none), and the sequence that made it.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) sequence: u64,
    pub(crate) value: Option<Arc<[u8]>>,
}

/// Changes by tree index and key.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layer {
    trees: Vec<BTreeMap<Vec<u8>, Entry>>,
    bytes: usize,
}

impl Layer {
    pub(crate) fn put(&mut self, tree: usize, key: Vec<u8>, entry: Entry) {
        if self.trees.len() <= tree {
            self.trees.resize_with(tree + 1, BTreeMap::new);
        }
        let Some(rows) = self.trees.get_mut(tree) else { return };
        let (key_bytes, added) = (key.len(), weight(&entry));
        self.bytes += key_bytes + added;
        if let Some(old) = rows.insert(key, entry) {
            self.bytes -= key_bytes + weight(&old);
        }
    }

    /// Takes over all rows of a later layer.
    pub(crate) fn absorb(&mut self, later: Self) {
        for (tree, rows) in later.trees.into_iter().enumerate() {
            for (key, entry) in rows {
                self.put(tree, key, entry);
            }
        }
    }

    /// Drops what the image now holds: the rows of an applied layer that were not overwritten since.
    pub(crate) fn forget(&mut self, applied: &Self) {
        for (rows, done) in self.trees.iter_mut().zip(&applied.trees) {
            for (key, entry) in done {
                if rows.get(key).is_some_and(|held| held.sequence <= entry.sequence)
                    && let Some(held) = rows.remove(key)
                {
                    self.bytes -= key.len() + weight(&held);
                }
            }
        }
    }

    /// Drops the rows up to a sequence.
    pub(crate) fn forget_until(&mut self, sequence: u64) {
        let later = std::mem::take(self).into_rows().filter(|(_, _, entry)| entry.sequence > sequence);
        for (tree, key, entry) in later {
            self.put(tree, key, entry);
        }
    }

    pub(crate) fn get(&self, tree: usize, key: &[u8]) -> Option<&Entry> {
        self.trees.get(tree)?.get(key)
    }

    /// Rows by tree index, in key order.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (usize, &Vec<u8>, &Entry)> {
        self.trees
            .iter()
            .enumerate()
            .flat_map(|(tree, rows)| rows.iter().map(move |(key, entry)| (tree, key, entry)))
    }

    /// The rows themselves, in the same order.
    pub(crate) fn into_rows(self) -> impl Iterator<Item = (usize, Vec<u8>, Entry)> {
        let trees = self.trees.into_iter().enumerate();
        trees.flat_map(|(tree, rows)| rows.into_iter().map(move |(key, entry)| (tree, key, entry)))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.trees.iter().all(BTreeMap::is_empty)
    }

    /// Keys and values together, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    fn range<'a>(
        &'a self,
        tree: usize,
        range: &Range,
    ) -> impl Iterator<Item = (&'a Vec<u8>, &'a Entry)> + use<'a> {
        let range = range.clone();
        let rows = self.trees.get(tree).filter(|_| !range.is_empty());
        rows.into_iter().flat_map(move |rows| rows.range::<[u8], _>((by_ref(&range.from), by_ref(&range.to))))
    }
}

fn weight(entry: &Entry) -> usize {
    entry.value.as_ref().map_or(0, |value| value.len())
}

/// Two bounds on keys.
#[derive(Clone, Debug)]
pub(crate) struct Range {
    pub(crate) from: Bound<Vec<u8>>,
    pub(crate) to: Bound<Vec<u8>>,
}

impl Range {
    pub(crate) fn new(from: Bound<&[u8]>, to: Bound<&[u8]>) -> Self {
        Self { from: from.map(<[u8]>::to_vec), to: to.map(<[u8]>::to_vec) }
    }

    /// Whether no key can lie inside (such a range makes the map panic).
    pub(crate) fn is_empty(&self) -> bool {
        match (&self.from, &self.to) {
            (Bound::Unbounded, _) | (_, Bound::Unbounded) => false,
            (Bound::Included(from), Bound::Included(to)) => from > to,
            (Bound::Included(from) | Bound::Excluded(from), Bound::Included(to) | Bound::Excluded(to)) => {
                from >= to
            }
        }
    }

    /// The part up to and with `key`, as seen in the direction of reading.
    fn through(&self, key: &[u8], reverse: bool) -> Self {
        let bound = Bound::Included(key.to_vec());
        if reverse {
            Self { from: bound, to: self.to.clone() }
        } else {
            Self { from: self.from.clone(), to: bound }
        }
    }

    /// What remains after `key`.
    fn after(&self, key: &[u8], reverse: bool) -> Self {
        let bound = Bound::Excluded(key.to_vec());
        if reverse {
            Self { from: self.from.clone(), to: bound }
        } else {
            Self { from: bound, to: self.to.clone() }
        }
    }
}

pub(crate) fn by_ref(bound: &Bound<Vec<u8>>) -> Bound<&[u8]> {
    match bound {
        Bound::Included(key) => Bound::Included(key),
        Bound::Excluded(key) => Bound::Excluded(key),
        Bound::Unbounded => Bound::Unbounded,
    }
}

/// What to scan.
#[derive(Clone, Debug)]
pub(crate) struct Query {
    pub(crate) tree: usize,
    pub(crate) range: Range,
    pub(crate) reverse: bool,
    pub(crate) limit: usize,
}

/// One step of a scan: at most one chunk of image rows with the layers (topmost first) laid over them. Appends to `out`
/// and leaves in `query` what remains; returns whether something may remain.
pub(crate) fn scan_step(
    query: &mut Query,
    layers: &[&Layer],
    image: &dyn Image,
    out: &mut Vec<Row>,
) -> Result<bool, EngineError> {
    if query.limit == 0 || query.range.is_empty() {
        return Ok(false);
    }
    let asked = query.limit.min(SCAN_CHUNK_ROWS);
    let chunk = image.scan(query.tree, &query.range, query.reverse, asked)?;
    let last = chunk.last().map(|(key, _)| key.clone()).filter(|_| chunk.len() == asked);
    let region =
        last.as_ref().map_or_else(|| query.range.clone(), |key| query.range.through(key, query.reverse));
    let mut merged: BTreeMap<Vec<u8>, Option<Arc<[u8]>>> =
        chunk.into_iter().map(|(key, value)| (key, Some(Arc::from(value)))).collect();
    for layer in layers.iter().rev() {
        for (key, entry) in layer.range(query.tree, &region) {
            merged.insert(key.clone(), entry.value.clone());
        }
    }
    let alive = |(key, value): (Vec<u8>, Option<Arc<[u8]>>)| value.map(|value| (key, value.to_vec()));
    let before = out.len();
    if query.reverse {
        out.extend(merged.into_iter().rev().filter_map(alive).take(query.limit));
    } else {
        out.extend(merged.into_iter().filter_map(alive).take(query.limit));
    }
    query.limit -= out.len() - before;
    let Some(last) = last else { return Ok(false) };
    query.range = query.range.after(&last, query.reverse);
    Ok(query.limit > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_overwritten_since_is_not_forgotten() {
        let layer = |sequence, keys: &[u8]| {
            let mut layer = Layer::default();
            for key in keys {
                layer.put(0, vec![*key], Entry { sequence, value: Some(Arc::from([*key; 9])) });
            }
            layer
        };
        let mut overlay = layer(1, &[1, 2, 3]);
        overlay.absorb(layer(2, &[2]));
        overlay.forget(&layer(1, &[1, 2]));
        let left: Vec<(Vec<u8>, u64)> =
            overlay.rows().map(|(_, key, entry)| (key.clone(), entry.sequence)).collect();
        assert_eq!((left, overlay.bytes()), (vec![(vec![2], 2), (vec![3], 1)], 20));
    }
}
