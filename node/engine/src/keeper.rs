//! Chores beside the writer: the next segment ahead of its use, the sentinel after a rotation, snapshots when the journal has
//! grown. Must never delay a transaction.

use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::{Damage, EngineError, ReadOnlyReason};
use crate::image::{MemoryImage, fill};
use crate::journal::Prepared;
use crate::shared::Shared;
use crate::snapshot::{Stored, load_truth, make_snapshot, to_engine_error};
use crate::status::SnapshotReport;

/// Something to do.
pub(crate) enum Chore {
    /// A segment was begun with this sequence.
    Rotated(u64),
    /// The journal has grown enough for a snapshot.
    Snapshot,
    /// The image failed.
    Revive,
    /// Stop.
    Close,
}

/// What the keeper asks of the writer.
pub(crate) struct Writer<'a> {
    /// Begins a new segment and returns the last sequence before it.
    pub(crate) rotate: &'a dyn Fn() -> Result<u64, EngineError>,
    /// Waits for what it is doing and returns the last durable sequence.
    pub(crate) settle: &'a dyn Fn() -> Result<u64, EngineError>,
}

/// Does chores until told to stop.
pub(crate) fn run(
    shared: &Shared,
    chores: &Receiver<Chore>,
    prepared: &Prepared,
    writer: &Writer<'_>,
    maintenance: &Mutex<()>,
) {
    prepare(shared, prepared);
    while let Ok(chore) = chores.recv() {
        match chore {
            Chore::Rotated(first) => {
                prepare(shared, prepared);
                note_rotation(shared, first);
            }
            Chore::Snapshot => {
                if snapshot_due(shared) {
                    let outcome = snapshot(shared, writer.rotate, maintenance);
                    if let Err(error) = outcome {
                        tracing::error!(%error, "no snapshot could be made");
                    }
                }
            }
            Chore::Revive => {
                if let Err(error) = (writer.settle)().and_then(|sequence| revive(shared, sequence)) {
                    tracing::error!(%error, "no image could be made in memory; restart to rebuild it on the disk");
                    shared.give_up_revival();
                }
            }
            Chore::Close => break,
        }
    }
    shared.give_up_revival();
}

/// Puts an image in memory in place of one that failed, made of snapshot and journal, so that the store serves on until it is restarted.
fn revive(shared: &Shared, sequence: u64) -> Result<(), EngineError> {
    let (disk, identity) = (&*shared.disk, &shared.identity);
    let stored = Stored::list(disk)?;
    let truth =
        load_truth(&stored.sources(disk, identity.store), &identity.trees).map_err(to_engine_error)?;
    if truth.sequence != sequence {
        return Err(Damage::JournalGap { first: truth.sequence + 1, last: sequence }.into());
    }
    let image = MemoryImage::new(&identity.trees);
    fill(&image, truth)?;
    shared.replace_image(Arc::new(image), sequence);
    tracing::warn!("the store runs on an image in memory; restart it to have one on the disk again");
    Ok(())
}

/// Whether the journal has grown enough since the last snapshot.
pub(crate) fn snapshot_due(shared: &Shared) -> bool {
    let usual = shared.options.snapshot_after_bytes;
    let condition = shared.condition();
    let after = condition.snapshot_bytes.clamp(usual, usual.saturating_mul(4));
    // After a failure not at once again, but after as much journal again.
    let failed = if condition.snapshot_error.is_some() { after } else { 0 };
    condition.journal_bytes > after.saturating_add(failed)
}

/// Makes a snapshot of all that is durable now.
pub(crate) fn snapshot(
    shared: &Shared,
    rotate: &dyn Fn() -> Result<u64, EngineError>,
    maintenance: &Mutex<()>,
) -> Result<SnapshotReport, EngineError> {
    let _one_at_a_time = maintenance.lock().unwrap_or_else(PoisonError::into_inner);
    let journal_bytes = shared.condition().journal_bytes;
    let outcome = check_space(shared).and_then(|()| rotate()).and_then(|boundary| {
        note_rotation(shared, boundary + 1);
        make_snapshot(&*shared.disk, &shared.identity, boundary)
    });
    let mut condition = shared.condition();
    match &outcome {
        Ok(report) => {
            condition.snapshot_sequence = report.sequence;
            if report.bytes > 0 {
                condition.snapshot_bytes = report.bytes;
            }
            condition.journal_bytes = condition.journal_bytes.saturating_sub(journal_bytes);
            condition.snapshot_error = None;
        }
        Err(error) => condition.snapshot_error = Some(error.clone()),
    }
    outcome
}

/// A snapshot must not take the space kept for the image: at most it is as large as the former one and the journal since.
fn check_space(shared: &Shared) -> Result<(), EngineError> {
    let free_bytes =
        shared.disk.free_bytes().map_err(|error| EngineError::io("measure", "the free space", &error))?;
    let condition = shared.condition();
    let wanted_bytes = shared.options.reserve_bytes + condition.snapshot_bytes + condition.journal_bytes;
    if free_bytes < wanted_bytes {
        return Err(ReadOnlyReason::DiskFull { free_bytes, wanted_bytes }.into());
    }
    Ok(())
}

/// Lets the sentinel remember which segment must exist.
pub(crate) fn note_rotation(shared: &Shared, first: u64) {
    let mut sentinel = shared.sentinel.lock().unwrap_or_else(PoisonError::into_inner);
    if sentinel.active_segment >= first {
        return;
    }
    sentinel.active_segment = first;
    sentinel.sequence = first - 1;
    if let Err(error) = sentinel.write(&*shared.disk) {
        tracing::warn!(%error, "the sentinel could not be brought up to date");
    }
}

fn prepare(shared: &Shared, prepared: &Prepared) {
    // Without space the writer will find out by itself, and refuse.
    if let Err(error) = prepared.fill(&*shared.disk, shared.options.segment_bytes) {
        tracing::warn!(%error, "the next journal segment could not be made ahead");
    }
}
