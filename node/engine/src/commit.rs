//! Group commit: runs the transactions that wait, appends their frames, makes them durable with one sync, publishes them, and
//! only then answers. Must never answer, nor show a row to readers, before the sync returned.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::error::{EngineError, ReadOnlyReason, TransactError};
use crate::journal::{Journal, encode_frame};
use crate::limits::{GROUP_BYTES, GROUP_TRANSACTIONS};
use crate::overlay::{Entry, Layer};
use crate::pending::Answer;
use crate::shared::Shared;
use crate::transaction::Transaction;

thread_local! {
    /// Whether this thread is running the body of a transaction.
    static IN_BODY: Cell<bool> = const { Cell::new(false) };
}

/// Whether the calling thread is inside a transaction's body, where starting another would wait for itself.
pub(crate) fn in_body() -> bool {
    IN_BODY.get()
}

/// A transaction with its types erased.
pub(crate) trait Job: Send {
    /// Its name.
    fn name(&self) -> &'static str;
    /// Runs the body and keeps its answer. Returns the writes if it is to be committed.
    fn run(&mut self, transaction: Transaction<'_>) -> Option<Layer>;
    /// Answers: with what the body returned, or with the engine's error.
    fn finish(self: Box<Self>, outcome: Result<(), EngineError>);
}

/// A body, its answer and where the answer goes.
pub(crate) struct Work<T, E, F> {
    name: &'static str,
    body: Option<F>,
    result: Option<Result<T, TransactError<E>>>,
    answer: Answer<T, E>,
}

impl<T, E, F> Work<T, E, F> {
    pub(crate) fn new(name: &'static str, body: F, answer: Answer<T, E>) -> Self {
        Self { name, body: Some(body), result: None, answer }
    }
}

impl<T, E, F> Job for Work<T, E, F>
where
    F: FnOnce(&mut Transaction<'_>) -> Result<T, E> + Send,
    T: Send,
    E: Send,
{
    fn name(&self) -> &'static str {
        self.name
    }

    fn run(&mut self, mut transaction: Transaction<'_>) -> Option<Layer> {
        let body = self.body.take()?;
        IN_BODY.set(true);
        let returned = catch_unwind(AssertUnwindSafe(|| body(&mut transaction)));
        IN_BODY.set(false);
        let result = match returned {
            Ok(result) => result.map_err(TransactError::Aborted),
            Err(_) => Err(TransactError::Engine(EngineError::BodyPanicked(self.name))),
        };
        let commit = result.is_ok();
        self.result = Some(result);
        commit.then(|| transaction.into_writes())
    }

    fn finish(mut self: Box<Self>, outcome: Result<(), EngineError>) {
        let result = self.result.take().unwrap_or(Err(TransactError::Engine(EngineError::Closed)));
        self.answer.give(outcome.map_err(TransactError::Engine).and(result));
    }
}

/// The one who writes.
pub(crate) struct Committer {
    pub(crate) shared: Arc<Shared>,
    pub(crate) journal: Journal,
}

/// What one group left to do for others.
pub(crate) struct Committed {
    /// Rows for the image, and the last sequence in them.
    pub(crate) batch: Option<(Arc<Layer>, u64)>,
    /// First sequence of the segment begun, if one was.
    pub(crate) rotated: Option<u64>,
}

impl Committed {
    const NOTHING: Self = Self { batch: None, rotated: None };
}

/// A group in the making.
struct Group {
    rows: Layer,
    frames: Vec<u8>,
    first: u64,
    next: u64,
    done: Vec<Box<dyn Job>>,
}

impl Committer {
    /// Runs and commits a group: `first`, and those that `more` still has at hand.
    pub(crate) fn commit(
        &mut self,
        first: Box<dyn Job>,
        more: &mut dyn FnMut() -> Option<Box<dyn Job>>,
    ) -> Committed {
        if let Err(error) = self.ready() {
            first.finish(Err(error));
            return Committed::NOTHING;
        }
        let next = self.journal.next_sequence();
        let mut group =
            Group { rows: Layer::default(), frames: Vec::new(), first: next, next, done: Vec::new() };
        let mut waiting = Some(first);
        while let Some(job) = waiting {
            self.run(job, &mut group);
            let full = group.done.len() >= GROUP_TRANSACTIONS || group.frames.len() >= GROUP_BYTES;
            waiting = if full { None } else { more() };
        }
        self.make_durable(group)
    }

    fn run(&self, mut job: Box<dyn Job>, group: &mut Group) {
        let writes = job.run(Transaction::new(&self.shared, &group.rows));
        group.done.push(job);
        let Some(writes) = writes.filter(|writes| !writes.is_empty()) else { return };
        let operations =
            writes.rows().map(|(tree, key, entry)| (tree, key.as_slice(), entry.value.as_deref()));
        encode_frame(&mut group.frames, group.next, group.first, operations);
        for (tree, key, entry) in writes.into_rows() {
            group.rows.put(tree, key, Entry { sequence: group.next, value: entry.value });
        }
        group.next += 1;
    }

    fn make_durable(&mut self, group: Group) -> Committed {
        let Group { rows, frames, next, done, .. } = group;
        if frames.is_empty() {
            answer(done, &Ok(()));
            return Committed::NOTHING;
        }
        let last = next - 1;
        let appended = self.journal.append(&frames, last);
        self.remember(&appended);
        let rotated = match appended {
            Ok(rotated) => rotated,
            Err(error) => {
                answer(done, &Err(error));
                return Committed::NOTHING;
            }
        };
        let batch = Arc::new(rows);
        self.shared.publish(Layer::clone(&batch), last);
        self.shared.condition().journal_bytes += u64::try_from(frames.len()).unwrap_or_default();
        answer(done, &Ok(()));
        Committed { batch: Some((batch, last)), rotated: rotated.then(|| self.journal.active_first()) }
    }

    /// Whether transactions can be taken at all.
    fn ready(&mut self) -> Result<(), EngineError> {
        self.shared.wait_for_room();
        if self.shared.condition().closed {
            return Err(EngineError::Closed);
        }
        let failed = self.shared.condition().image_failed.clone();
        let checked = match (self.journal.sync_failed(), failed) {
            (Some(reason), _) => Err(reason.into()),
            (None, Some(reason)) => Err(ReadOnlyReason::ImageFailed(reason).into()),
            (None, None) => self.check_space(),
        };
        self.remember(&checked);
        checked
    }

    /// Keeps room for what was acknowledged: sled must never meet a full disk through our own writes.
    fn check_space(&self) -> Result<(), EngineError> {
        let free_bytes = self
            .shared
            .disk
            .free_bytes()
            .map_err(|error| EngineError::io("measure", "the free space", &error))?;
        let wanted_bytes = self.shared.options.reserve_bytes;
        if free_bytes < wanted_bytes {
            return Err(ReadOnlyReason::DiskFull { free_bytes, wanted_bytes }.into());
        }
        Ok(())
    }

    /// Lets the status tell what the last attempt met.
    fn remember<T>(&self, outcome: &Result<T, EngineError>) {
        let reason = match outcome {
            Ok(_) => None,
            Err(EngineError::ReadOnly(reason)) => Some(reason.clone()),
            Err(error) if error.is_disk_full() => Some(ReadOnlyReason::DiskFull {
                free_bytes: self.shared.disk.free_bytes().unwrap_or_default(),
                wanted_bytes: self.shared.options.reserve_bytes,
            }),
            Err(_) => return,
        };
        self.shared.condition().read_only = reason;
    }
}

fn answer(done: Vec<Box<dyn Job>>, outcome: &Result<(), EngineError>) {
    for job in done {
        job.finish(outcome.clone());
    }
}
