//! The store as its users hold it. Must never differ in meaning between the durable one and the memory double.

use std::ops::Bound;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use crate::commit::{Job, Work, in_body};
use crate::disk::{Disk, FileDisk, MemoryDisk};
use crate::error::{EngineError, OpenError, TransactError};
use crate::footprint::Footprint;
use crate::image::{Images, MemoryImages, SledImages};
use crate::keeper::snapshot;
use crate::options::{Options, Tree};
use crate::pending::{Pending, answer};
use crate::recovery::{Place, recover};
use crate::running::{Inline, Running, Threads};
use crate::shared::{Scan, Shared};
use crate::status::{Opening, SnapshotReport, Status};
use crate::transaction::Transaction;
use crate::view::{Row, View};

/// A store. Cheap to clone; the directory stays locked until the last clone is gone. Dropping the last clone closes
/// cleanly, as [`Engine::close`] does.
#[derive(Clone)]
pub struct Engine {
    handle: Arc<Handle>,
}

struct Handle {
    shared: Arc<Shared>,
    running: Running,
    images: Box<dyn Images>,
    maintenance: Arc<Mutex<()>>,
    closed: Mutex<bool>,
}

impl Engine {
    /// Opens or creates the store in a directory, and says what that took.
    pub fn open(directory: &Path, options: Options) -> Result<(Self, Opening), OpenError> {
        let disk = Arc::new(FileDisk::lock(directory)?);
        Self::open_on(directory, disk, options)
    }

    /// As [`Engine::open`], with the journal and snapshots on a disk of the caller's; the image lies in `directory`.
    pub fn open_on(
        directory: &Path,
        disk: Arc<dyn Disk>,
        options: Options,
    ) -> Result<(Self, Opening), OpenError> {
        let images = SledImages::new(directory, options.cache_bytes, options.image_open_deadline_s);
        Self::start(directory, disk, Box::new(images), options, true)
    }

    /// The memory double: same semantics, nothing survives. Transactions run on the caller's thread, so that a simulation
    /// repeats itself.
    pub fn memory(options: Options) -> Self {
        match Self::memory_with(&MemoryDisk::new(), options) {
            Ok((engine, _)) => engine,
            // Only a wrong declaration of trees can do this, and no program gets far with one.
            Err(error) => panic!("an empty memory store must open: {error}"),
        }
    }

    /// A double on a disk that can be made to fail, cut off, or damaged, and opened again.
    pub fn memory_with(disk: &MemoryDisk, mut options: Options) -> Result<(Self, Opening), OpenError> {
        // Thousands of simulated nodes share one memory.
        options.segment_bytes = options.segment_bytes.min(64 << 10);
        options.reserve_bytes = options.reserve_bytes.min(64 << 10);
        Self::start(Path::new("memory"), disk.session(), Box::new(MemoryImages), options, false)
    }

    fn start(
        directory: &Path,
        disk: Arc<dyn Disk>,
        images: Box<dyn Images>,
        options: Options,
        threads: bool,
    ) -> Result<(Self, Opening), OpenError> {
        let recovered = recover(Place { disk, images: &*images, directory, options })?;
        let shared = Arc::new(Shared::new(recovered.start));
        let maintenance = Arc::default();
        let running = if threads {
            Running::Threads(Threads::start(&shared, recovered.journal, &maintenance)?)
        } else {
            Running::Inline(Inline::new(&shared, recovered.journal))
        };
        let handle = Handle { shared, running, images, maintenance, closed: Mutex::new(false) };
        Ok((Self { handle: Arc::new(handle) }, recovered.opening))
    }

    /// Runs `body` over a read-your-writes view; returns once what it wrote is durable. `Err` from the body, or a panic in it,
    /// leaves nothing written. Blocks the calling thread.
    pub fn transact<T, E, F>(&self, name: &'static str, body: F) -> Result<T, TransactError<E>>
    where
        F: FnOnce(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: Send + 'static,
    {
        let (answer, pending) = answer();
        self.start_work(Work::new(name, body, answer), Running::submit_and_help);
        pending.wait()
    }

    /// As [`Engine::transact`], without blocking: the answer is a future. The transaction runs even if that is dropped.
    pub fn submit<T, E, F>(&self, name: &'static str, body: F) -> Pending<T, E>
    where
        F: FnOnce(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: Send + 'static,
    {
        let (answer, pending) = answer();
        self.start_work(Work::new(name, body, answer), Running::submit);
        pending
    }

    fn start_work(&self, work: impl Job + 'static, submit: fn(&Running, Box<dyn Job>)) {
        let work = Box::new(work);
        if in_body() {
            let nested = EngineError::Nested(work.name());
            return work.finish(Err(nested));
        }
        submit(&self.handle.running, work);
        self.handle.tidy();
    }

    /// Sequence of the last durable transaction that wrote something; 0 in a new store.
    pub fn durable_sequence(&self) -> u64 {
        self.handle.shared.durable()
    }

    /// Whether nothing that was read was written since it was read, or was last found untouched. When too much was written since
    /// to remember, it counts as touched.
    pub fn untouched(&self, footprint: &mut Footprint) -> bool {
        self.handle.shared.untouched(footprint)
    }

    /// How the store is doing.
    pub fn status(&self) -> Status {
        self.handle.shared.status()
    }

    /// Exports the state to a new snapshot, reads it back, and retires the journal that two snapshots make unnecessary.
    pub fn snapshot(&self) -> Result<SnapshotReport, EngineError> {
        let handle = &self.handle;
        snapshot(&handle.shared, &|| handle.running.rotate(), &handle.maintenance)
    }

    /// Makes the image anew from snapshot and journal, so that no file of it holds what was deleted or replaced: sled only
    /// marks such pages free. A damaged image that was kept aside goes too. Transactions and readers wait meanwhile.
    ///
    /// # Errors
    /// An image that failed is only made anew by a restart. If the new one cannot be made, the store serves on from memory.
    pub fn renew_image(&self) -> Result<(), EngineError> {
        let handle = &self.handle;
        let _one_at_a_time = handle.maintenance.lock().unwrap_or_else(PoisonError::into_inner);
        match handle.running.hold()? {
            Some(held) => crate::renewal::renew(&handle.shared, &*handle.images, &held),
            None => Ok(()),
        }
    }

    /// Waits until the image holds everything durable, and makes it durable too. Returns the sequence reached.
    pub fn checkpoint(&self) -> Result<u64, EngineError> {
        let shared = &self.handle.shared;
        let sequence = shared.durable();
        shared.wait_until_applied();
        shared.image()?.checkpoint()?;
        Ok(sequence)
    }

    /// Closes cleanly: what is queued is finished, the image is sealed. Other clones get [`EngineError::Closed`] from now on.
    pub fn close(self) -> Result<(), EngineError> {
        self.handle.close()
    }
}

impl View for Engine {
    fn get(&self, tree: Tree, key: &[u8]) -> Result<Option<Vec<u8>>, EngineError> {
        self.handle.shared.get(&[], tree, key)
    }

    fn scan(
        &self,
        tree: Tree,
        from: Bound<&[u8]>,
        to: Bound<&[u8]>,
        limit: usize,
    ) -> Result<Vec<Row>, EngineError> {
        self.handle.shared.scan(&[], &Scan { tree, from, to, reverse: false, limit })
    }

    fn scan_reverse(
        &self,
        tree: Tree,
        from: Bound<&[u8]>,
        to: Bound<&[u8]>,
        limit: usize,
    ) -> Result<Vec<Row>, EngineError> {
        self.handle.shared.scan(&[], &Scan { tree, from, to, reverse: true, limit })
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Engine")
            .field("durable_sequence", &self.durable_sequence())
            .finish_non_exhaustive()
    }
}

impl Handle {
    /// What the keeper does for a store with threads, done between transactions by the double.
    fn tidy(&self) {
        if let Running::Inline(_) = &self.running
            && crate::keeper::snapshot_due(&self.shared)
            && let Err(error) = snapshot(&self.shared, &|| self.running.rotate(), &self.maintenance)
        {
            tracing::error!(%error, "no snapshot could be made");
        }
    }

    fn close(&self) -> Result<(), EngineError> {
        let mut closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::replace(&mut *closed, true) {
            return Ok(());
        }
        let end = self.running.stop();
        let failed = self.shared.condition().image_failed.is_some();
        self.shared.condition().closed = true;
        let on_disk = self.release_image();
        let Some(end) = end.filter(|end| end.whole) else { return Ok(()) };
        let image = if failed || !on_disk { None } else { self.images.seal()? };
        let mut sentinel = self.shared.sentinel.lock().unwrap_or_else(PoisonError::into_inner);
        sentinel.active_segment = end.active_segment;
        sentinel.sequence = end.sequence;
        sentinel.seal = Some(crate::sentinel::Seal { tail: end.tail, image });
        sentinel.write(&*self.shared.disk)
    }

    /// Drops the image and waits for the readers that still hold it: its files must be still when they are sealed.
    /// Returns whether it lay on the disk.
    fn release_image(&self) -> bool {
        let Some(image) = self.shared.take_image() else { return false };
        let on_disk = !image.in_memory();
        let last = Arc::downgrade(&image);
        drop(image);
        while last.strong_count() > 0 {
            std::thread::yield_now();
        }
        on_disk
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        if let Err(error) = self.close() {
            tracing::warn!(%error, "the store could not be closed cleanly; it will be rebuilt at the next start");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::encode_frame;
    use crate::status::{ImageState, RebuildReason};

    const ROWS: Tree = Tree::named("rows");

    fn options() -> Options {
        Options { segment_bytes: 64 << 10, reserve_bytes: 0, ..Options::new(&[ROWS], 1) }
    }

    fn put(engine: &Engine, key: u8) -> Result<(), TransactError<EngineError>> {
        engine.transact("put", move |transaction| transaction.put(ROWS, [key], vec![key; 4_000]))
    }

    #[test]
    fn a_store_whose_image_fails_serves_on_from_memory_and_has_it_rebuilt_at_the_next_start() {
        let directory = tempfile::tempdir().unwrap();
        let (engine, _) = Engine::open(directory.path(), options()).unwrap();
        (1..=20).for_each(|key| put(&engine, key).unwrap());
        let shared = &engine.handle.shared;
        shared.image_failed(&shared.image().unwrap(), &EngineError::Image("a test".to_owned()));
        while engine.status().image != ImageState::Memory {
            std::thread::yield_now();
        }
        (21..=40).for_each(|key| put(&engine, key).unwrap());
        engine.snapshot().unwrap();
        let whole = |engine: &Engine| {
            (1..=40_u8).for_each(|key| assert_eq!(engine.get(ROWS, &[key]).unwrap(), Some(vec![key; 4_000])));
        };
        whole(&engine);
        engine.close().unwrap();
        let (engine, opening) = Engine::open(directory.path(), options()).unwrap();
        assert_eq!((opening.clean, opening.rebuilt), (true, Some(RebuildReason::NoImage)));
        whole(&engine);
    }

    #[test]
    fn the_rest_of_a_torn_group_never_comes_back_behind_a_later_transaction() {
        let disk = MemoryDisk::new();
        let open = || Engine::memory_with(&disk, options()).unwrap();
        put(&open().0, 1).unwrap();
        disk.kill();
        // Of a group of two only the second frame reached the disk.
        let (mut torn, mut kept) = (Vec::new(), Vec::new());
        encode_frame(&mut torn, 2, 2, [(0, [2].as_slice(), Some([2; 4_000].as_slice()))].into_iter());
        encode_frame(&mut kept, 3, 2, [(0, [3].as_slice(), Some([3; 4_000].as_slice()))].into_iter());
        disk.tamper(&crate::journal::segment_name(1), |bytes| {
            let tail = bytes.iter().rposition(|byte| *byte != 0).unwrap() + 1;
            bytes[tail + torn.len()..][..kept.len()].copy_from_slice(&kept);
        });
        let (engine, opening) = open();
        assert_eq!((opening.sequence, opening.torn_bytes), (1, (torn.len() + kept.len()) as u64));
        // As long as the torn one, so that the kept one would follow it.
        put(&engine, 4).unwrap();
        disk.kill();
        let (engine, opening) = open();
        assert_eq!((opening.sequence, engine.get(ROWS, &[3]).unwrap()), (2, None));
    }
}
