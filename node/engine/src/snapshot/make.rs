//! Making a snapshot and retiring what it makes unnecessary. Must never retire anything before the new snapshot was read back.

use crate::disk::Disk;
use crate::error::{EngineError, OpenError};
use crate::journal::{Identity, segment_name, segment_number};
use crate::snapshot::file::{SnapshotReader, SnapshotWriter, snapshot_name, snapshot_number};
use crate::snapshot::truth::{Sources, Truth, load_truth};
use crate::status::{Retirement, SnapshotReport};

const WRITING: &str = "snapshot.writing";

/// The journal segments and snapshots of a directory, by their sequences, ascending.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stored {
    pub(crate) segments: Vec<u64>,
    pub(crate) snapshots: Vec<u64>,
    /// Every file name.
    pub(crate) names: Vec<String>,
}

impl Stored {
    pub(crate) fn list(disk: &dyn Disk) -> Result<Self, EngineError> {
        let names = disk.list().map_err(|error| EngineError::io("list", "the store directory", &error))?;
        let mut segments: Vec<u64> = names.iter().filter_map(|name| segment_number(name)).collect();
        let mut snapshots: Vec<u64> = names.iter().filter_map(|name| snapshot_number(name)).collect();
        segments.sort_unstable();
        snapshots.sort_unstable();
        Ok(Self { segments, snapshots, names })
    }

    pub(crate) fn sources<'a>(&'a self, disk: &'a dyn Disk, store: [u8; 16]) -> Sources<'a> {
        Sources { disk, store, segments: &self.segments, snapshots: &self.snapshots }
    }
}

/// Makes the snapshot of the state as of `boundary`, the last sequence before the active segment, reads it back, and retires
/// what the two newest snapshots make unnecessary.
pub(crate) fn make_snapshot(
    disk: &dyn Disk,
    identity: &Identity,
    boundary: u64,
) -> Result<SnapshotReport, EngineError> {
    let mut stored = Stored::list(disk)?;
    stored.segments.retain(|first| *first <= boundary);
    if stored.snapshots.last() == Some(&boundary) {
        // Nothing was written since: it only has to be as good as it was.
        let rows = verified(disk, boundary)?;
        return Ok(SnapshotReport { sequence: boundary, rows, bytes: 0, retired: Retirement::default() });
    }
    let truth =
        load_truth(&stored.sources(disk, identity.store), &identity.trees).map_err(to_engine_error)?;
    for name in &truth.damaged_snapshots {
        tracing::error!(
            file = name,
            "a snapshot is damaged; the new one is made from an older one and the journal"
        );
    }
    let damaged = truth.damaged_snapshots.clone();
    let (rows, bytes) = write_aside(disk, identity, boundary, truth).inspect_err(|_| {
        // Half a snapshot only takes space; one that cannot be removed is removed at the next start.
        drop(disk.remove(WRITING));
    })?;
    let name = snapshot_name(boundary);
    disk.rename(WRITING, &name)
        .and_then(|()| disk.sync_directory())
        .map_err(|error| EngineError::io("rename", &name, &error))?;
    let read_back = verified(disk, boundary)?;
    if read_back != rows {
        return Err(crate::error::Damage::Snapshot { file: name, offset: 0 }.into());
    }
    let retired = retire(disk, &damaged)?;
    tracing::info!(sequence = boundary, rows, bytes, "snapshot made");
    Ok(SnapshotReport { sequence: boundary, rows, bytes, retired })
}

fn write_aside(
    disk: &dyn Disk,
    identity: &Identity,
    boundary: u64,
    truth: Truth,
) -> Result<(u64, u64), EngineError> {
    let mut writer = SnapshotWriter::begin(disk, WRITING, identity, boundary)?;
    truth.for_each(&mut |tree, key: &[u8], value: &[u8]| writer.row(tree, key, value))?;
    writer.finish()
}

fn verified(disk: &dyn Disk, sequence: u64) -> Result<u64, EngineError> {
    SnapshotReader::open(disk, &snapshot_name(sequence)).map_err(to_engine_error)?.verify()
}

/// Removes snapshots older than the second newest (damaged ones do not count and go), and segments wholly before it.
fn retire(disk: &dyn Disk, damaged: &[String]) -> Result<Retirement, EngineError> {
    let stored = Stored::list(disk)?;
    let sound: Vec<u64> = stored
        .snapshots
        .iter()
        .copied()
        .filter(|sequence| !damaged.contains(&snapshot_name(*sequence)))
        .collect();
    let mut retired = Retirement::default();
    let Some(keep_from) = sound.iter().rev().nth(1).copied() else { return Ok(retired) };
    for sequence in
        stored.snapshots.iter().filter(|sequence| **sequence < keep_from || !sound.contains(sequence))
    {
        remove(disk, &snapshot_name(*sequence))?;
        retired.snapshots += 1;
    }
    for pair in stored.segments.windows(2) {
        if let [first, next] = pair
            && *next <= keep_from + 1
        {
            remove(disk, &segment_name(*first))?;
            retired.segments += 1;
        }
    }
    disk.sync_directory().map_err(|error| EngineError::io("sync", "the store directory", &error))?;
    Ok(retired)
}

fn remove(disk: &dyn Disk, name: &str) -> Result<(), EngineError> {
    disk.remove(name).map_err(|error| EngineError::io("remove", name, &error))
}

/// Reading the truth of an open store fails for reasons that opening would have met.
pub(crate) fn to_engine_error(error: OpenError) -> EngineError {
    match error {
        OpenError::Damaged(damage) => EngineError::Damaged(damage),
        OpenError::Engine(error) => error,
        other @ (OpenError::InUse(_)
        | OpenError::NewerSchema { .. }
        | OpenError::NewerFormat { .. }
        | OpenError::ForeignFile { .. }
        | OpenError::Missing { .. }
        | OpenError::ImageWithoutJournal(_)
        | OpenError::BadTree(_)) => {
            EngineError::io("read", "the journal and snapshots", &std::io::Error::other(other.to_string()))
        }
    }
}
