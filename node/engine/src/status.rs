//! What an operator is told. Must never hold record contents.

use crate::error::{EngineError, ReadOnlyReason};

/// What opening a store did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opening {
    /// A new store was created.
    pub created: bool,
    /// The store had been closed cleanly.
    pub clean: bool,
    /// Last durable transaction found.
    pub sequence: u64,
    /// Transactions read from the journal.
    pub replayed: u64,
    /// Bytes of a torn, never acknowledged tail that were cut off.
    pub torn_bytes: u64,
    /// Why the image was rebuilt, if it was.
    pub rebuilt: Option<RebuildReason>,
    /// Snapshot files that do not check and were passed over.
    pub damaged_snapshots: Vec<String>,
}

/// Why an image was rebuilt from snapshot and journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RebuildReason {
    /// The store was not closed cleanly: such an image is never trusted.
    NotClosedCleanly,
    /// There was no image.
    NoImage,
    /// The image was closed cleanly but its files changed since, or it does not open; it was moved aside.
    Damaged(String),
}

/// State of a running store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Last durable transaction.
    pub durable_sequence: u64,
    /// Bytes of journal frames written since the last snapshot, as far as this process knows.
    pub journal_bytes: u64,
    /// Sequence of the last snapshot made or found, 0 if none.
    pub snapshot_sequence: u64,
    /// Durable bytes not yet in the image.
    pub overlay_bytes: usize,
    /// Why transactions are refused at the moment.
    pub read_only: Option<ReadOnlyReason>,
    /// State of the image.
    pub image: ImageState,
    /// The last snapshot by itself failed for this reason.
    pub snapshot_error: Option<EngineError>,
}

/// State of the image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImageState {
    /// sled, on disk.
    Disk,
    /// In memory: the double, or after the one on disk failed.
    Memory,
    /// It failed; reads may fail, transactions are refused.
    Failed(String),
}

/// A snapshot made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SnapshotReport {
    /// State as of this transaction.
    pub sequence: u64,
    /// Rows in it.
    pub rows: u64,
    /// Bytes written (0 if nothing had changed since the former one).
    pub bytes: u64,
    /// What went with it.
    pub retired: Retirement,
}

/// Files that a snapshot made unnecessary.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retirement {
    /// Older snapshots removed.
    pub snapshots: usize,
    /// Journal segments removed.
    pub segments: usize,
}
