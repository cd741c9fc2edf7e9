//! The truth: a snapshot with the journal since laid over it. Source of every new snapshot, of every rebuilt image, and of
//! every verification. Must never be made of a file that does not check.

use crate::disk::Disk;
use crate::error::{Damage, EngineError, OpenError};
use crate::journal::{Operation, SegmentEnd, scan_segment, segment_name};
use crate::overlay::{Entry, Layer};
use crate::snapshot::file::{SnapshotReader, SnapshotRow, snapshot_name};
use crate::trees::TreeTable;

/// State as of one sequence, readable once from front to back.
pub(crate) struct Truth {
    base: Option<SnapshotReader>,
    /// Journal since the base, by the index of `trees`.
    delta: Layer,
    trees: TreeTable,
    /// Sequence of the snapshot beneath, 0 if none.
    pub(crate) base_sequence: u64,
    /// Last sequence contained.
    pub(crate) sequence: u64,
    /// Transactions read from the journal.
    pub(crate) replayed: u64,
    /// Snapshots that were passed over because they do not check.
    pub(crate) damaged_snapshots: Vec<String>,
    /// End of the last segment read.
    pub(crate) last_segment: Option<SegmentEnd>,
}

/// What to make a truth of.
pub(crate) struct Sources<'a> {
    pub(crate) disk: &'a dyn Disk,
    pub(crate) store: [u8; 16],
    /// First sequences of the segments, ascending.
    pub(crate) segments: &'a [u64],
    /// Sequences of the snapshots, ascending.
    pub(crate) snapshots: &'a [u64],
}

/// Reads the newest snapshot that checks and the segments after it.
pub(crate) fn load_truth(sources: &Sources<'_>, trees: &TreeTable) -> Result<Truth, OpenError> {
    let Newest { base, passed: damaged_snapshots, first_damage } = newest_sound(sources)?;
    let base_sequence = base.as_ref().map_or(0, |base| base.sequence);
    if base.as_ref().is_some_and(|base| base.identity.store != sources.store) {
        return Err(OpenError::ForeignFile { file: snapshot_name(base_sequence) });
    }
    let first_needed = needed_from(sources.segments, base_sequence);
    let begins = sources.segments.get(first_needed).copied().unwrap_or(u64::MAX);
    if begins > base_sequence + 1 && (begins != u64::MAX || base.is_none()) {
        // The damage explains better than the gap it leaves.
        let gap = Damage::JournalGap { first: base_sequence + 1, last: begins.saturating_sub(1) };
        return Err(first_damage.unwrap_or(gap).into());
    }
    let mut truth = Truth {
        base,
        delta: Layer::default(),
        trees: trees.clone(),
        base_sequence,
        sequence: base_sequence,
        replayed: 0,
        damaged_snapshots,
        last_segment: None,
    };
    for first in sources.segments.get(first_needed..).unwrap_or_default() {
        truth.read_segment(sources, *first)?;
    }
    Ok(truth)
}

/// Index of the first segment that may hold sequences after the base.
fn needed_from(segments: &[u64], base_sequence: u64) -> usize {
    segments.partition_point(|first| *first <= base_sequence + 1).saturating_sub(1)
}

/// The newest snapshot whose every block checks.
#[derive(Default)]
struct Newest {
    base: Option<SnapshotReader>,
    /// Newer ones that do not check.
    passed: Vec<String>,
    first_damage: Option<Damage>,
}

fn newest_sound(sources: &Sources<'_>) -> Result<Newest, OpenError> {
    let mut newest = Newest::default();
    for sequence in sources.snapshots.iter().rev() {
        let name = snapshot_name(*sequence);
        let checked = SnapshotReader::open(sources.disk, &name).and_then(|reader| Ok(reader.verify()?));
        match checked.and_then(|_| SnapshotReader::open(sources.disk, &name)) {
            Ok(reader) => {
                newest.base = Some(reader);
                return Ok(newest);
            }
            Err(OpenError::Damaged(damage)) => {
                newest.passed.push(name);
                newest.first_damage.get_or_insert(damage);
            }
            Err(other) => return Err(other),
        }
    }
    Ok(newest)
}

impl Truth {
    fn read_segment(&mut self, sources: &Sources<'_>, first: u64) -> Result<(), OpenError> {
        let name = segment_name(first);
        let file = sources.disk.open(&name).map_err(|error| EngineError::io("open", &name, &error))?;
        if let Some(former) = &self.last_segment {
            check_successor(former, first)?;
        }
        let (delta, trees, base) = (&mut self.delta, &self.trees, self.base_sequence);
        let (mut unknown, mut replayed) = (None, 0);
        let mut columns: Option<Vec<Option<usize>>> = None;
        let end = scan_segment(&*file, &name, &mut |identity, sequence, operations| {
            if sequence <= base {
                return;
            }
            replayed += 1;
            let columns = columns.get_or_insert_with(|| {
                identity.trees.names().iter().map(|name| trees.index_of(name)).collect()
            });
            for Operation { tree, key, value } in operations {
                match columns.get(tree).copied().flatten() {
                    Some(tree) => delta.put(tree, key, Entry { sequence, value }),
                    None => unknown = Some(identity.trees.name(tree).to_owned()),
                }
            }
        })?;
        if let Some(tree) = unknown {
            return Err(OpenError::Engine(EngineError::UnknownTree(tree)));
        }
        if end.header.identity.store != sources.store || end.header.first_sequence != first {
            return Err(OpenError::ForeignFile { file: name });
        }
        self.replayed += replayed;
        self.sequence = self.sequence.max(end.next_sequence - 1);
        self.last_segment = Some(end);
        Ok(())
    }

    /// Hands every row over, in order of tree name and key: tree index, key, value.
    pub(crate) fn for_each<V>(mut self, visit: &mut V) -> Result<(), EngineError>
    where
        V: FnMut(usize, &[u8], &[u8]) -> Result<(), EngineError>,
    {
        let mut pending = self.next_base()?;
        for (tree, key, entry) in std::mem::take(&mut self.delta).into_rows() {
            while let Some((base_tree, base_key, base_value)) = pending.take() {
                match (base_tree, base_key.as_slice()).cmp(&(tree, key.as_slice())) {
                    std::cmp::Ordering::Less => {
                        visit(base_tree, &base_key, &base_value)?;
                        pending = self.next_base()?;
                    }
                    std::cmp::Ordering::Equal => {
                        pending = self.next_base()?;
                        break;
                    }
                    std::cmp::Ordering::Greater => {
                        pending = Some((base_tree, base_key, base_value));
                        break;
                    }
                }
            }
            if let Some(value) = &entry.value {
                visit(tree, &key, value)?;
            }
        }
        while let Some((tree, key, value)) = pending.take() {
            visit(tree, &key, &value)?;
            pending = self.next_base()?;
        }
        Ok(())
    }

    fn next_base(&mut self) -> Result<Option<SnapshotRow>, EngineError> {
        let Some(base) = &mut self.base else { return Ok(None) };
        let Some((tree, key, value)) = base.next()? else { return Ok(None) };
        let name = base.identity.trees.name(tree);
        let tree = self.trees.index_of(name).ok_or_else(|| EngineError::UnknownTree(name.to_owned()))?;
        Ok(Some((tree, key, value)))
    }
}

/// A segment that has a successor ends exactly where that one begins, and not in a torn write.
fn check_successor(former: &SegmentEnd, first: u64) -> Result<(), OpenError> {
    let name = segment_name(former.header.first_sequence);
    if former.torn_until != former.tail {
        return Err(Damage::Journal { file: name, offset: former.tail }.into());
    }
    if former.next_sequence == first {
        return Ok(());
    }
    if former.next_sequence > first {
        return Err(OpenError::ForeignFile { file: segment_name(first) });
    }
    if former.tail == former.file_bytes && former.file_bytes == former.header.capacity {
        return Err(Damage::JournalGap { first: former.next_sequence, last: first - 1 }.into());
    }
    Err(Damage::Journal { file: name, offset: former.tail }.into())
}
