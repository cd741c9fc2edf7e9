//! The journal: append-only segments of checksummed frames, one frame per transaction. Must never overwrite an
//! acknowledged byte, and never skip one that does not check.

mod bytes;
mod frame;
mod scan;
mod segment;

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use crate::disk::{Disk, DiskFile};
use crate::error::{Damage, EngineError, ReadOnlyReason};

pub(crate) use bytes::Reader;
pub(crate) use frame::{Operation, encode_frame};
pub(crate) use scan::{SegmentEnd, scan_segment};
pub(crate) use segment::{
    FORMAT, Identity, SegmentHeader, decode_identity, encode_identity, read_header, segment_name,
    segment_number,
};

/// Beginning of the names of segments made ahead of their use.
pub(crate) const PREPARED: &str = "journal-next";

/// The tail of the journal: where the next frame goes.
pub(crate) struct Journal {
    disk: Arc<dyn Disk>,
    identity: Identity,
    segment_bytes: u64,
    active: Active,
    next_sequence: u64,
    /// Bytes that a refused group may have left after the tail, to be blanked before anything else is written.
    unclean_bytes: u64,
    sync_failed: Option<String>,
    prepared: Arc<Prepared>,
}

/// Where frames go now.
pub(crate) struct Active {
    pub(crate) file: Box<dyn DiskFile>,
    pub(crate) name: String,
    pub(crate) first_sequence: u64,
    pub(crate) capacity: u64,
    pub(crate) tail: u64,
}

/// Hand-over of the segment made ahead.
#[derive(Default)]
pub(crate) struct Prepared(Mutex<Shelf>);

#[derive(Default)]
struct Shelf {
    made: u64,
    ready: Option<Blank>,
}

/// A segment of zeros, not yet in use.
struct Blank {
    file: Box<dyn DiskFile>,
    name: String,
    capacity: u64,
}

impl Prepared {
    /// Makes a segment of zeros unless there is one.
    pub(crate) fn fill(&self, disk: &dyn Disk, capacity: u64) -> io::Result<()> {
        let mut shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if shelf.ready.is_none() {
            shelf.ready = Some(shelf.make(disk, capacity)?);
        }
        Ok(())
    }

    fn take(&self, disk: &dyn Disk, usual: u64, needed: u64) -> io::Result<Blank> {
        let mut shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match shelf.ready.take() {
            Some(blank) if blank.capacity >= needed => Ok(blank),
            Some(small) => {
                disk.remove(&small.name)?;
                shelf.make(disk, usual.max(needed))
            }
            None => shelf.make(disk, usual.max(needed)),
        }
    }
}

impl Shelf {
    /// A file of zeros. Really written, since `fdatasync` is markedly quicker in extents that were written before.
    fn make(&mut self, disk: &dyn Disk, capacity: u64) -> io::Result<Blank> {
        self.made += 1;
        let name = format!("{PREPARED}-{}", self.made);
        let file = disk.create(&name)?;
        if let Err(error) = blank(&*file, 0, capacity).and_then(|()| file.sync()) {
            disk.remove(&name)?;
            return Err(error);
        }
        Ok(Blank { file, name, capacity })
    }
}

impl Journal {
    /// The journal of a new store: its first segment is created.
    pub(crate) fn create(
        disk: Arc<dyn Disk>,
        identity: Identity,
        segment_bytes: u64,
        next_sequence: u64,
    ) -> Result<Self, EngineError> {
        let prepared = Arc::default();
        let active = new_segment(&*disk, &prepared, &identity, next_sequence, segment_bytes, 0)?;
        Ok(Self::resume(disk, identity, segment_bytes, active, next_sequence))
    }

    /// The journal of an existing store, at its tail.
    pub(crate) fn resume(
        disk: Arc<dyn Disk>,
        identity: Identity,
        segment_bytes: u64,
        active: Active,
        next_sequence: u64,
    ) -> Self {
        let prepared = Arc::default();
        Self {
            disk,
            identity,
            segment_bytes,
            active,
            next_sequence,
            unclean_bytes: 0,
            sync_failed: None,
            prepared,
        }
    }

    /// Sequence of the next transaction.
    pub(crate) fn next_sequence(&self) -> u64 {
        self.next_sequence
    }

    /// First sequence of the active segment.
    pub(crate) fn active_first(&self) -> u64 {
        self.active.first_sequence
    }

    /// Where the next frame goes in the active segment, in bytes.
    pub(crate) fn tail(&self) -> u64 {
        self.active.tail
    }

    /// Whether nothing is unknown about what is on the disk.
    pub(crate) fn is_whole(&self) -> bool {
        self.unclean_bytes == 0 && self.sync_failed.is_none()
    }

    /// Where the keeper leaves segments made ahead.
    pub(crate) fn prepared(&self) -> Arc<Prepared> {
        Arc::clone(&self.prepared)
    }

    /// Why nothing may be written any more, if the system once failed to sync.
    pub(crate) fn sync_failed(&self) -> Option<ReadOnlyReason> {
        self.sync_failed.clone().map(ReadOnlyReason::SyncFailed)
    }

    /// Makes frames durable, the last of them having sequence `last`. On an error nothing was written, except after
    /// [`ReadOnlyReason::SyncFailed`], when it is unknown until the store is reopened. Returns whether a new segment was begun.
    pub(crate) fn append(&mut self, frames: &[u8], last: u64) -> Result<bool, EngineError> {
        if let Some(reason) = self.sync_failed() {
            return Err(reason.into());
        }
        self.blank_refused()?;
        let wanted = u64::try_from(frames.len()).unwrap_or(u64::MAX);
        let rotated = self.active.tail + wanted > self.active.capacity;
        if rotated {
            self.rotate_for(wanted)?;
        }
        if let Err(error) = self.active.file.write_at(self.active.tail, frames) {
            let failure = self.failed("append to", &error);
            self.unclean_bytes = wanted;
            if let Err(error) = self.blank_refused() {
                tracing::warn!(%error, "a refused group could not be blanked yet; the next transaction tries again");
            }
            return Err(failure);
        }
        self.sync_active()?;
        self.active.tail += wanted;
        self.next_sequence = last + 1;
        Ok(rotated)
    }

    /// Begins a new segment unless the active one is empty. Returns the last sequence before it.
    pub(crate) fn rotate(&mut self) -> Result<u64, EngineError> {
        if let Some(reason) = self.sync_failed() {
            return Err(reason.into());
        }
        self.blank_refused()?;
        if self.active.first_sequence != self.next_sequence {
            self.rotate_for(0)?;
        }
        Ok(self.next_sequence - 1)
    }

    /// Begins a new segment whatever the active one holds, since the trees or the schema have changed.
    pub(crate) fn begin_segment(&mut self) -> Result<(), EngineError> {
        self.rotate_for(0)
    }

    /// Overwrites with zeros what a refused group may have left, so that no replay can resurrect it.
    fn blank_refused(&mut self) -> Result<(), EngineError> {
        if self.unclean_bytes == 0 {
            return Ok(());
        }
        let end = self.active.tail + self.unclean_bytes;
        blank(&*self.active.file, self.active.tail, end.min(self.active.capacity))
            .map_err(|error| self.failed("blank a refused group in", &error))?;
        self.sync_active()?;
        self.unclean_bytes = 0;
        Ok(())
    }

    fn sync_active(&mut self) -> Result<(), EngineError> {
        self.active.file.sync().map_err(|error| {
            // After a failed sync the system may have dropped the pages: nothing can be promised any more.
            self.sync_failed = Some(error.to_string());
            ReadOnlyReason::SyncFailed(error.to_string()).into()
        })
    }

    fn rotate_for(&mut self, wanted: u64) -> Result<(), EngineError> {
        let fresh = new_segment(
            &*self.disk,
            &self.prepared,
            &self.identity,
            self.next_sequence,
            self.segment_bytes,
            wanted,
        )?;
        let full = std::mem::replace(&mut self.active, fresh);
        // Only to give space back; a full segment may as well end in zeros.
        if let Err(error) = full.file.set_length(full.tail).and_then(|()| full.file.sync()) {
            tracing::warn!(segment = full.name, %error, "a full journal segment could not be trimmed");
        }
        Ok(())
    }

    fn failed(&self, operation: &'static str, error: &io::Error) -> EngineError {
        EngineError::io(operation, &self.active.name, error)
    }
}

fn new_segment(
    disk: &dyn Disk,
    prepared: &Prepared,
    identity: &Identity,
    first_sequence: u64,
    usual: u64,
    wanted: u64,
) -> Result<Active, EngineError> {
    let name = segment_name(first_sequence);
    let failed = |error: io::Error| EngineError::io("create the journal segment", &name, &error);
    let header_bytes = segment::header_bytes(identity);
    let Blank { file, name: aside, capacity } =
        prepared.take(disk, usual, header_bytes + wanted).map_err(failed)?;
    let header = SegmentHeader { identity: identity.clone(), first_sequence, capacity };
    file.write_at(0, &segment::encode_header(&header)).map_err(failed)?;
    file.sync().map_err(failed)?;
    disk.rename(&aside, &name).and_then(|()| disk.sync_directory()).map_err(failed)?;
    Ok(Active { file, name, first_sequence, capacity, tail: header_bytes })
}

/// Writes zeros over a part of a file.
pub(crate) fn blank(file: &dyn DiskFile, from: u64, to: u64) -> io::Result<()> {
    const STEP: usize = 256 * 1024;
    let zeros = vec![0; STEP];
    let mut at = from;
    while at < to {
        let step = usize::try_from(to - at).unwrap_or(STEP).min(STEP);
        file.write_at(at, zeros.get(..step).unwrap_or_default())?;
        at += u64::try_from(step).map_err(io::Error::other)?;
    }
    Ok(())
}

/// Shorthand for a damaged segment.
pub(crate) fn damaged(file: &str, offset: u64) -> EngineError {
    Damage::Journal { file: file.to_owned(), offset }.into()
}
