//! What a piece of work has read, and whether any of it was written since, so that what was made of it need not be made
//! anew. Must never take what was written for untouched: in doubt it was touched.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::{Bound, RangeBounds as _};

use crate::engine::Engine;
use crate::error::EngineError;
use crate::limits::RECENT_KEYS;
use crate::options::Tree;
use crate::overlay::{Layer, Range, by_ref};
use crate::trees::TreeTable;
use crate::view::{Row, View};

/// Keys and ranges of keys that were read, and up to which sequence nobody has written any of them.
#[derive(Clone, Debug)]
pub struct Footprint {
    trees: BTreeMap<Tree, Read>,
    pub(crate) untouched_until: u64,
}

/// What was read of one tree.
#[derive(Clone, Debug, Default)]
struct Read {
    keys: BTreeSet<Vec<u8>>,
    ranges: Vec<Range>,
}

impl Read {
    fn covers(&self, key: &[u8]) -> bool {
        let within = |range: &Range| (by_ref(&range.from), by_ref(&range.to)).contains(key);
        self.keys.contains(key) || self.ranges.iter().any(within)
    }
}

/// A view of what is acknowledged that notes what is read through it. A scan counts with all it was asked for, not only the rows
/// it gave.
pub struct Reading<'a> {
    engine: &'a Engine,
    seen: RefCell<Footprint>,
}

impl<'a> Reading<'a> {
    /// Nothing read so far.
    pub fn of(engine: &'a Engine) -> Self {
        // Taken before anything is read: what is newer counts as touched, and is never believed too long.
        let untouched_until = engine.durable_sequence();
        Self { engine, seen: RefCell::new(Footprint { trees: BTreeMap::new(), untouched_until }) }
    }

    /// What was read.
    pub fn footprint(self) -> Footprint {
        self.seen.into_inner()
    }

    /// Counts as read what was read for something that is used again, found untouched since this reading began.
    pub fn also(&self, read: &Footprint) {
        let mut seen = self.seen.borrow_mut();
        for (tree, read) in &read.trees {
            let known = seen.trees.entry(*tree).or_default();
            known.keys.extend(read.keys.iter().cloned());
            known.ranges.extend(read.ranges.iter().cloned());
        }
    }

    fn note_range(&self, tree: Tree, from: Bound<&[u8]>, to: Bound<&[u8]>) {
        self.seen.borrow_mut().trees.entry(tree).or_default().ranges.push(Range::new(from, to));
    }
}

impl View for Reading<'_> {
    fn get(&self, tree: Tree, key: &[u8]) -> Result<Option<Vec<u8>>, EngineError> {
        self.seen.borrow_mut().trees.entry(tree).or_default().keys.insert(key.to_vec());
        self.engine.get(tree, key)
    }

    fn scan(
        &self,
        tree: Tree,
        from: Bound<&[u8]>,
        to: Bound<&[u8]>,
        limit: usize,
    ) -> Result<Vec<Row>, EngineError> {
        self.note_range(tree, from, to);
        self.engine.scan(tree, from, to, limit)
    }

    fn scan_reverse(
        &self,
        tree: Tree,
        from: Bound<&[u8]>,
        to: Bound<&[u8]>,
        limit: usize,
    ) -> Result<Vec<Row>, EngineError> {
        self.note_range(tree, from, to);
        self.engine.scan_reverse(tree, from, to, limit)
    }
}

/// The keys written last, with the sequence that wrote them.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    written: VecDeque<(u64, usize, Vec<u8>)>,
    /// Everything written after this one is known.
    since: u64,
}

impl Recent {
    pub(crate) fn starting_at(sequence: u64) -> Self {
        Self { written: VecDeque::new(), since: sequence }
    }

    /// Notes the keys of a group that ends with `sequence`.
    pub(crate) fn note(&mut self, group: &Layer, sequence: u64) {
        self.written.extend(group.rows().map(|(tree, key, _)| (sequence, tree, key.clone())));
        while self.written.len() > RECENT_KEYS
            && let Some((sequence, ..)) = self.written.pop_front()
        {
            self.since = sequence;
        }
    }

    /// Whether nothing of a footprint was written since it was last known untouched, as far as that is remembered.
    pub(crate) fn left_alone(&self, trees: &TreeTable, footprint: &Footprint) -> bool {
        let since = footprint.untouched_until;
        if since < self.since {
            return false;
        }
        let reads: BTreeMap<&str, &Read> =
            footprint.trees.iter().map(|(tree, read)| (tree.name(), read)).collect();
        let mut later = self.written.iter().rev().take_while(|(sequence, ..)| *sequence > since);
        later.all(|(_, tree, key)| !reads.get(trees.name(*tree)).is_some_and(|read| read.covers(key)))
    }
}
