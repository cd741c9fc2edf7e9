//! What the writer, the applier, the keeper and the readers share. Must never be locked across a file operation, except
//! by the keeper for its own sentinel.

use std::ops::Bound;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use crate::commit::in_body;
use crate::disk::Disk;
use crate::error::{EngineError, ReadOnlyReason};
use crate::footprint::{Footprint, Recent};
use crate::image::{Image, NoImage};
use crate::journal::Identity;
use crate::keeper::Chore;
use crate::limits::OVERLAY_BYTES;
use crate::options::{Options, Tree};
use crate::overlay::{Layer, Query, Range, scan_step};
use crate::sentinel::Sentinel;
use crate::status::{ImageState, Status};
use crate::view::Row;

/// Shared state of one open store.
pub(crate) struct Shared {
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) options: Options,
    pub(crate) identity: Identity,
    pub(crate) sentinel: Mutex<Sentinel>,
    overlay: RwLock<Layer>,
    recent: Mutex<Recent>,
    image: RwLock<Option<Arc<dyn Image>>>,
    durable: AtomicU64,
    condition: Mutex<Condition>,
    applied: Condvar,
    /// Told when the image fails.
    keeper: Mutex<Option<Sender<Chore>>>,
}

/// What changes now and then.
#[derive(Default)]
pub(crate) struct Condition {
    pub(crate) read_only: Option<ReadOnlyReason>,
    pub(crate) image_failed: Option<String>,
    pub(crate) revival_given_up: bool,
    pub(crate) snapshot_error: Option<EngineError>,
    pub(crate) snapshot_sequence: u64,
    pub(crate) snapshot_bytes: u64,
    pub(crate) journal_bytes: u64,
    pub(crate) applied_sequence: u64,
    pub(crate) closed: bool,
}

/// What a store starts with.
pub(crate) struct Start {
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) options: Options,
    pub(crate) identity: Identity,
    pub(crate) sentinel: Sentinel,
    pub(crate) image: Arc<dyn Image>,
    pub(crate) sequence: u64,
    pub(crate) snapshot_sequence: u64,
    pub(crate) snapshot_bytes: u64,
    pub(crate) journal_bytes: u64,
}

impl Shared {
    pub(crate) fn new(start: Start) -> Self {
        let condition = Condition {
            snapshot_sequence: start.snapshot_sequence,
            snapshot_bytes: start.snapshot_bytes,
            journal_bytes: start.journal_bytes,
            applied_sequence: start.sequence,
            ..Condition::default()
        };
        Self {
            disk: start.disk,
            options: start.options,
            identity: start.identity,
            sentinel: Mutex::new(start.sentinel),
            overlay: RwLock::default(),
            recent: Mutex::new(Recent::starting_at(start.sequence)),
            image: RwLock::new(Some(start.image)),
            durable: AtomicU64::new(start.sequence),
            condition: Mutex::new(condition),
            applied: Condvar::new(),
            keeper: Mutex::new(None),
        }
    }

    /// Says who is to be told when the image fails.
    pub(crate) fn watch(&self, keeper: Option<Sender<Chore>>) {
        *self.keeper.lock().unwrap_or_else(PoisonError::into_inner) = keeper;
    }

    pub(crate) fn condition(&self) -> MutexGuard<'_, Condition> {
        self.condition.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn durable(&self) -> u64 {
        self.durable.load(Ordering::Acquire)
    }

    /// The overlay, held for reading.
    pub(crate) fn overlay(&self) -> RwLockReadGuard<'_, Layer> {
        self.overlay.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The image, unless the store was closed.
    pub(crate) fn image(&self) -> Result<Arc<dyn Image>, EngineError> {
        let image = self.image.read().unwrap_or_else(PoisonError::into_inner);
        image.as_ref().map(Arc::clone).ok_or(EngineError::Closed)
    }

    /// Takes the image away, at closing.
    pub(crate) fn take_image(&self) -> Option<Arc<dyn Image>> {
        self.image.write().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Puts an image that holds everything up to `sequence` in place of a failed one.
    pub(crate) fn replace_image(&self, image: Arc<dyn Image>, sequence: u64) {
        *self.image.write().unwrap_or_else(PoisonError::into_inner) = Some(image);
        let mut condition = self.condition();
        (condition.image_failed, condition.applied_sequence) = (None, sequence);
        drop(condition);
        self.overlay.write().unwrap_or_else(PoisonError::into_inner).forget_until(sequence);
        self.applied.notify_all();
    }

    /// Puts an image in place of the one there is, while readers wait. `make` is called once nobody holds the former one any
    /// more; what it returns holds everything durable. If it fails, the store goes on as after a failed image.
    pub(crate) fn exchange_image(
        &self,
        make: impl FnOnce() -> Result<Arc<dyn Image>, EngineError>,
    ) -> Result<(), EngineError> {
        let mut slot = self.image.write().unwrap_or_else(PoisonError::into_inner);
        let former = slot.take().ok_or(EngineError::Closed)?;
        while Arc::strong_count(&former) > 1 {
            std::thread::yield_now();
        }
        drop(former);
        match make() {
            Ok(image) => {
                *slot = Some(image);
                Ok(())
            }
            Err(error) => {
                *slot = Some(Arc::new(NoImage));
                self.condition().image_failed = Some(error.to_string());
                drop(slot);
                self.ask_for_revival();
                Err(error)
            }
        }
    }

    /// Shows readers a group that has become durable.
    pub(crate) fn publish(&self, group: Layer, sequence: u64) {
        // Before anybody can see it: what was read of it is never taken for older than it is.
        self.recent().note(&group, sequence);
        let mut overlay = self.overlay.write().unwrap_or_else(PoisonError::into_inner);
        overlay.absorb(group);
        self.durable.store(sequence, Ordering::Release);
    }

    fn recent(&self) -> MutexGuard<'_, Recent> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether nothing of a footprint was written since, as far as that is remembered; notes up to when that holds.
    pub(crate) fn untouched(&self, footprint: &mut Footprint) -> bool {
        // First the sequence, then what was written: never the other way about.
        let until = self.durable();
        let untouched = self.recent().left_alone(&self.identity.trees, footprint);
        if untouched {
            footprint.untouched_until = until;
        }
        untouched
    }

    /// Forgets what the image now holds.
    pub(crate) fn forget(&self, applied: &Layer, sequence: u64) {
        self.overlay.write().unwrap_or_else(PoisonError::into_inner).forget(applied);
        self.condition().applied_sequence = sequence;
        self.applied.notify_all();
    }

    /// This image does not work any more, unless it was replaced already.
    pub(crate) fn image_failed(&self, image: &Arc<dyn Image>, error: &EngineError) {
        if !self.image().is_ok_and(|current| Arc::ptr_eq(&current, image)) {
            return;
        }
        let first = self.condition().image_failed.replace(error.to_string()).is_none();
        self.applied.notify_all();
        if first {
            tracing::error!(%error, "the image failed; acknowledged data is safe in the journal");
            self.ask_for_revival();
        }
    }

    fn ask_for_revival(&self) {
        let keeper = self.keeper.lock().unwrap_or_else(PoisonError::into_inner);
        if keeper.as_ref().is_none_or(|keeper| keeper.send(Chore::Revive).is_err()) {
            self.give_up_revival();
        }
    }

    /// A failed image will not be replaced while this store is open.
    pub(crate) fn give_up_revival(&self) {
        self.condition().revival_given_up = true;
        self.applied.notify_all();
    }

    /// Runs something on the image. If it fails, waits for another image and tries again; not inside a transaction, for the writer
    /// is needed to make one.
    fn on_image<T>(
        &self,
        mut body: impl FnMut(&dyn Image) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        loop {
            let image = self.image()?;
            let answer = body(&*image);
            let Err(error @ (EngineError::Image(_) | EngineError::Damaged(_))) = &answer else {
                return answer;
            };
            self.image_failed(&image, error);
            drop(image);
            if in_body() || !self.wait_for_revival() {
                return answer;
            }
        }
    }

    fn wait_for_revival(&self) -> bool {
        let mut condition = self.condition();
        while condition.image_failed.is_some() && !condition.revival_given_up {
            condition = self.applied.wait(condition).unwrap_or_else(PoisonError::into_inner);
        }
        condition.image_failed.is_none()
    }

    /// Waits until the applier has caught up enough to go on.
    pub(crate) fn wait_for_room(&self) {
        let mut condition = self.condition();
        while self.overlay().bytes() > OVERLAY_BYTES && condition.image_failed.is_none() {
            condition = self.applied.wait(condition).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Waits until everything durable is in the image, or the image failed.
    pub(crate) fn wait_until_applied(&self) {
        let mut condition = self.condition();
        while condition.applied_sequence < self.durable() && condition.image_failed.is_none() {
            condition = self.applied.wait(condition).unwrap_or_else(PoisonError::into_inner);
        }
    }

    pub(crate) fn status(&self) -> Status {
        let in_memory = self.image().is_ok_and(|image| image.in_memory());
        let overlay_bytes = self.overlay().bytes();
        let condition = self.condition();
        let healthy = if in_memory { ImageState::Memory } else { ImageState::Disk };
        Status {
            durable_sequence: self.durable(),
            journal_bytes: condition.journal_bytes,
            snapshot_sequence: condition.snapshot_sequence,
            overlay_bytes,
            read_only: condition.read_only.clone(),
            image: condition.image_failed.clone().map_or(healthy, ImageState::Failed),
            snapshot_error: condition.snapshot_error.clone(),
        }
    }

    /// One key as the layers (topmost first), the overlay and the image show it.
    pub(crate) fn get(
        &self,
        above: &[&Layer],
        tree: Tree,
        key: &[u8],
    ) -> Result<Option<Vec<u8>>, EngineError> {
        let index = self.identity.trees.index(tree)?;
        if let Some(entry) = above.iter().find_map(|layer| layer.get(index, key)) {
            return Ok(entry.value.as_deref().map(<[u8]>::to_vec));
        }
        // The overlay first: what leaves it is already in the image.
        let held = self.overlay().get(index, key).cloned();
        match held {
            Some(entry) => Ok(entry.value.as_deref().map(<[u8]>::to_vec)),
            None => self.on_image(|image| image.get(index, key)),
        }
    }

    /// Rows as the layers (topmost first), the overlay and the image show them.
    pub(crate) fn scan(&self, above: &[&Layer], request: &Scan<'_>) -> Result<Vec<Row>, EngineError> {
        let tree = self.identity.trees.index(request.tree)?;
        let range = Range::new(request.from, request.to);
        let mut query = Query { tree, range, reverse: request.reverse, limit: request.limit };
        let mut rows = Vec::new();
        let mut step = |image: &dyn Image| {
            let overlay = self.overlay();
            let mut layers = above.to_vec();
            layers.push(&overlay);
            scan_step(&mut query, &layers, image, &mut rows)
        };
        while self.on_image(&mut step)? {}
        Ok(rows)
    }
}

/// A scan as asked for.
pub(crate) struct Scan<'a> {
    pub(crate) tree: Tree,
    pub(crate) from: Bound<&'a [u8]>,
    pub(crate) to: Bound<&'a [u8]>,
    pub(crate) reverse: bool,
    pub(crate) limit: usize,
}
