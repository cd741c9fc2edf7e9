//! Snapshots: checksummed exports of the whole state as of one sequence, made by merging the former snapshot with the journal.
//! Must never take a row from the image while snapshot and journal are whole.

mod file;
mod make;
mod truth;

pub(crate) use file::{SnapshotReader, SnapshotWriter, snapshot_name};
pub(crate) use make::{Stored, make_snapshot, to_engine_error};
pub(crate) use truth::{Truth, load_truth};
