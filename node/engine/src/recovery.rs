//! Opening a store: from whatever the last process left to a journal with a clean tail and an image that equals the truth. Must
//! never trust an image that is not sealed, and never change a file before it knows that the store can be opened.

mod rebuild;

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::path::Path;
use std::sync::Arc;

use crate::disk::Disk;
use crate::error::{Damage, EngineError, OpenError};
use crate::image::{Image, Images};
use crate::journal::{
    Active, FORMAT, Identity, Journal, PREPARED, SegmentEnd, blank, read_header, scan_segment, segment_name,
};
use crate::options::Options;
use crate::sentinel::{Found, Seal, Sentinel};
use crate::shared::Start;
use crate::snapshot::{SnapshotReader, Stored, snapshot_name};
use crate::status::{Opening, RebuildReason};
use crate::trees::TreeTable;

use rebuild::{Rebuilt, build_image, truth_to_rebuild};

/// Ready to run.
pub(crate) struct Recovered {
    pub(crate) start: Start,
    pub(crate) journal: Journal,
    pub(crate) opening: Opening,
}

/// Where a store lies and how it is to be opened.
pub(crate) struct Place<'a> {
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) images: &'a dyn Images,
    pub(crate) directory: &'a Path,
    pub(crate) options: Options,
}

/// What is known before anything is changed.
struct Inspected {
    stored: Stored,
    sentinel: Sentinel,
    identity: Identity,
    /// Identity in the header of the last segment.
    written: Option<Identity>,
}

/// Opens or creates the store.
pub(crate) fn recover(place: Place<'_>) -> Result<Recovered, OpenError> {
    let disk = &*place.disk;
    let stored = Stored::list(disk)?;
    let empty = stored.segments.is_empty() && stored.snapshots.is_empty();
    let sentinel = match Sentinel::read(disk)? {
        Found::Whole(sentinel) => Some(*sentinel),
        Found::Nothing if empty && place.images.exists() => {
            return Err(OpenError::ImageWithoutJournal(place.directory.to_owned()));
        }
        Found::Nothing | Found::Damaged => None,
    };
    match sentinel {
        None if empty => create(place),
        Some(sentinel) if stored.segments.is_empty() => {
            Err(OpenError::Missing { sequence: sentinel.sequence })
        }
        sentinel => {
            let inspected = inspect(disk, stored, sentinel, &place.options)?;
            open_existing(place, inspected)
        }
    }
}

fn create(place: Place<'_>) -> Result<Recovered, OpenError> {
    let Place { disk, images, options, .. } = place;
    let identity = Identity {
        store: new_store_id(),
        schema_version: options.schema_version,
        trees: TreeTable::new(options.trees, [])?,
    };
    let journal = Journal::create(Arc::clone(&disk), identity.clone(), options.segment_bytes, 1)?;
    let mut sentinel = Sentinel::new(&identity);
    sentinel.write(&*disk)?;
    let image = Arc::from(images.begin(&identity.trees, true)?);
    let opening = Opening { created: true, ..Opening::default() };
    let start = Start {
        disk,
        options,
        identity,
        sentinel,
        image,
        sequence: 0,
        snapshot_sequence: 0,
        snapshot_bytes: 0,
        journal_bytes: 0,
    };
    Ok(Recovered { start, journal, opening })
}

/// Sixteen bytes that no other store has, from the hasher keys the standard library draws from the system.
pub(crate) fn new_store_id() -> [u8; 16] {
    let half = || RandomState::new().build_hasher().finish();
    (u128::from(half()) << 64 | u128::from(half())).to_le_bytes()
}

/// Reads the headers and refuses what this program must not touch.
fn inspect(
    disk: &dyn Disk,
    stored: Stored,
    sentinel: Option<Sentinel>,
    options: &Options,
) -> Result<Inspected, OpenError> {
    let mut written = None;
    if let Some(last) = stored.segments.last() {
        let name = segment_name(*last);
        let file = disk.open(&name).map_err(|error| EngineError::io("open", &name, &error))?;
        written = Some(read_header(&*file, &name)?.0.identity);
    }
    let exported = stored.snapshots.last().and_then(|sequence| {
        // A damaged snapshot is judged when it is needed.
        SnapshotReader::open(disk, &snapshot_name(*sequence)).ok().map(|reader| reader.identity)
    });
    let known = written.iter().chain(&exported);
    let names = known.clone().flat_map(|identity| identity.trees.names().to_vec());
    let trees = TreeTable::new(options.trees, names)?;
    let newest_schema = known.clone().map(|identity| identity.schema_version).max();
    let found =
        newest_schema.max(sentinel.as_ref().map(|sentinel| sentinel.schema_version)).unwrap_or_default();
    if found > options.schema_version {
        return Err(OpenError::NewerSchema { found, known: options.schema_version });
    }
    if let Some(newer) = sentinel.as_ref().filter(|sentinel| sentinel.format > FORMAT) {
        return Err(OpenError::NewerFormat { found: newer.format, known: FORMAT });
    }
    let Some(store) = known.clone().map(|identity| identity.store).next() else {
        let sequence = stored.snapshots.last().copied().unwrap_or_default();
        return Err(Damage::Snapshot { file: snapshot_name(sequence), offset: 0 }.into());
    };
    let identity = Identity { store, schema_version: options.schema_version, trees };
    let sentinel = sentinel.unwrap_or_else(|| {
        tracing::warn!("the sentinel is missing or damaged; it is made anew from the journal");
        Sentinel::new(&identity)
    });
    if sentinel.store != store {
        return Err(OpenError::ForeignFile { file: "sentinel".to_owned() });
    }
    Ok(Inspected { stored, sentinel, identity, written })
}

fn open_existing(place: Place<'_>, inspected: Inspected) -> Result<Recovered, OpenError> {
    let Inspected { stored, mut sentinel, identity, written } = inspected;
    let disk = Arc::clone(&place.disk);
    let mut opening = Opening { clean: sentinel.seal.is_some(), ..Opening::default() };
    let sealed = match sentinel.seal.take() {
        Some(seal) => open_sealed(&place, &stored, &mut sentinel, &identity, seal)?,
        None => Err(RebuildReason::NotClosedCleanly),
    };
    let (image, end) = match sealed {
        Ok((image, end)) => (Arc::from(image), Some(end)),
        Err(reason) => {
            let truth = truth_to_rebuild(&*disk, &stored, &sentinel, &identity, opening.clean)?;
            opening.replayed = truth.replayed;
            opening.damaged_snapshots.clone_from(&truth.damaged_snapshots);
            sentinel.write(&*disk)?;
            let Rebuilt { image, end } = build_image(place.images, &identity, truth, &reason)?;
            opening.rebuilt = Some(reason);
            (image, end)
        }
    };
    let place = Resuming { disk, options: place.options, stored, identity, written };
    resume(place, sentinel, image, end, opening)
}

/// The image of a clean stop and the end of its journal.
type Sealed = Result<(Box<dyn Image>, SegmentEnd), RebuildReason>;

/// Opens what a clean stop left, or says why the image must be rebuilt.
fn open_sealed(
    place: &Place<'_>,
    stored: &Stored,
    sentinel: &mut Sentinel,
    identity: &Identity,
    seal: Seal,
) -> Result<Sealed, OpenError> {
    let end = sealed_end(&*place.disk, stored, sentinel, &seal)?;
    let Some(files) = seal.image else { return Ok(Err(RebuildReason::NoImage)) };
    if let Err(difference) = place.images.verify(&files) {
        return Ok(Err(RebuildReason::Damaged(difference)));
    }
    // From here on a crash must find the store unsealed: sled touches its files as soon as it opens them.
    sentinel.write(&*place.disk)?;
    let opened = place.images.open(&identity.trees);
    Ok(opened.map(|image| (image, end)).map_err(RebuildReason::Damaged))
}

/// After a clean stop the journal must end exactly where it did.
fn sealed_end(
    disk: &dyn Disk,
    stored: &Stored,
    sentinel: &Sentinel,
    seal: &Seal,
) -> Result<SegmentEnd, OpenError> {
    let active = sentinel.active_segment;
    if stored.segments.last() != Some(&active) {
        return Err(Damage::JournalGap { first: active, last: sentinel.sequence.max(active) }.into());
    }
    let name = segment_name(active);
    let file = disk.open(&name).map_err(|error| EngineError::io("open", &name, &error))?;
    let end = scan_segment(&*file, &name, &mut |_, _, _| {})?;
    if end.next_sequence != sentinel.sequence + 1 || end.tail != seal.tail {
        return Err(Damage::Journal { file: name, offset: end.tail }.into());
    }
    Ok(end)
}

/// What is needed to go on writing.
struct Resuming {
    disk: Arc<dyn Disk>,
    options: Options,
    stored: Stored,
    identity: Identity,
    written: Option<Identity>,
}

fn resume(
    place: Resuming,
    mut sentinel: Sentinel,
    image: Arc<dyn Image>,
    end: Option<SegmentEnd>,
    mut opening: Opening,
) -> Result<Recovered, OpenError> {
    let Resuming { disk, options, stored, identity, written } = place;
    remove_leftovers(&*disk, &stored)?;
    let journal_bytes = journal_bytes(&*disk, &stored, end.as_ref());
    let (writing, segment_bytes) = (Arc::clone(&disk), options.segment_bytes);
    let mut journal = if let Some(end) = end {
        opening.torn_bytes = end.torn_until - end.tail;
        let active = clean_tail(&*disk, &end)?;
        Journal::resume(writing, identity.clone(), segment_bytes, active, end.next_sequence)
    } else {
        let next = stored.snapshots.last().copied().unwrap_or_default() + 1;
        Journal::create(writing, identity.clone(), segment_bytes, next)?
    };
    if written.is_some_and(|written| written != identity) {
        journal.begin_segment()?;
    }
    opening.sequence = journal.next_sequence() - 1;
    sentinel.schema_version = identity.schema_version;
    sentinel.active_segment = journal.active_first();
    sentinel.sequence = opening.sequence;
    sentinel.write(&*disk)?;
    let sequence = opening.sequence;
    let snapshot_sequence = stored.snapshots.last().copied().unwrap_or_default();
    let snapshot_bytes = file_bytes(&*disk, &snapshot_name(snapshot_sequence));
    let start = Start {
        disk,
        options,
        identity,
        sentinel,
        image,
        sequence,
        snapshot_sequence,
        snapshot_bytes,
        journal_bytes,
    };
    Ok(Recovered { start, journal, opening })
}

/// Cuts off a torn tail: zeros over what was never acknowledged, so that nothing of it can come back.
fn clean_tail(disk: &dyn Disk, end: &SegmentEnd) -> Result<Active, EngineError> {
    let name = segment_name(end.header.first_sequence);
    let failed = |error| EngineError::io("clean the tail of", &name, &error);
    let file = disk.open(&name).map_err(failed)?;
    let dirty = end.torn_until > end.tail;
    let short = end.file_bytes < end.header.capacity;
    if dirty {
        tracing::warn!(segment = name, at = end.tail, until = end.torn_until, "a torn tail was cut off");
        blank(&*file, end.tail, end.torn_until).map_err(failed)?;
    }
    if short {
        blank(&*file, end.file_bytes, end.header.capacity).map_err(failed)?;
    }
    if dirty || short {
        file.sync().map_err(failed)?;
    }
    let SegmentEnd { header, tail, .. } = end;
    Ok(Active { file, name, first_sequence: header.first_sequence, capacity: header.capacity, tail: *tail })
}

/// Files that a stopped process had not finished.
fn remove_leftovers(disk: &dyn Disk, stored: &Stored) -> Result<(), EngineError> {
    for name in stored.names.iter().filter(|name| name.starts_with(PREPARED) || name.ends_with(".writing")) {
        match disk.remove(name) {
            Ok(()) => {}
            // Listed at the beginning; the sentinel has been written since.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(EngineError::io("remove", name, &error)),
        }
    }
    Ok(())
}

/// Length of a file, 0 if there is none.
fn file_bytes(disk: &dyn Disk, name: &str) -> u64 {
    disk.open(name).and_then(|file| file.length()).unwrap_or_default()
}

/// Bytes of journal since the newest snapshot, by the lengths of the files.
fn journal_bytes(disk: &dyn Disk, stored: &Stored, end: Option<&SegmentEnd>) -> u64 {
    let snapshot = stored.snapshots.last().copied().unwrap_or_default();
    let last = stored.segments.last().copied();
    let full = stored.segments.iter().filter(|first| **first > snapshot && Some(**first) != last);
    let full: u64 = full.map(|first| file_bytes(disk, &segment_name(*first))).sum();
    full + end.map_or(0, |end| end.tail)
}
