//! The desk between those who want something written and the one who writes. Must never let two groups be written at once, nor
//! hand their rows on in another order than they were written.
//!
//! A lone caller that would only wait commits by itself, which saves two changes of thread; as soon as several come at the
//! same time they queue for the writer thread, whose groups grow with the queue.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvError, Sender, channel};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, TryLockError};

use crate::applier::Batch;
use crate::commit::{Committed, Committer, Job};
use crate::error::EngineError;
use crate::keeper::{self, Chore};
use crate::running::JournalEnd;

/// What the writer is asked to do.
pub(crate) enum Message {
    Job(Box<dyn Job>),
    /// Begin a new segment; answer with the last sequence before it.
    Rotate(Sender<Result<u64, EngineError>>),
    /// Answer with the last durable sequence, once nothing is under way.
    Settle(Sender<Result<u64, EngineError>>),
    /// Answer as to `Settle`, and write nothing until the other end is dropped.
    Hold(Sender<Result<u64, EngineError>>, Receiver<()>),
    Close,
}

/// Who writes, and those who go on from there.
pub(crate) struct Office {
    pub(crate) committer: Committer,
    pub(crate) batches: Sender<Batch>,
    pub(crate) chores: Sender<Chore>,
}

/// Nothing is written while this is kept.
pub(crate) struct Held {
    /// The last durable sequence.
    pub(crate) sequence: u64,
    _release: Sender<()>,
}

/// The queue and the office behind it, which only one thread may be in.
pub(crate) struct Desk {
    queue: Mutex<Queue>,
    arrived: Condvar,
    office: Mutex<Option<Office>>,
    /// Several came at the same time lately.
    crowded: AtomicBool,
}

#[derive(Default)]
struct Queue {
    messages: VecDeque<Message>,
    closed: bool,
}

impl Desk {
    pub(crate) fn new(office: Office) -> Self {
        let (queue, arrived, crowded) = (Mutex::default(), Condvar::new(), AtomicBool::new(false));
        Self { queue, arrived, office: Mutex::new(Some(office)), crowded }
    }

    /// Leaves a message for the writer thread. After closing it is dropped, which answers it.
    pub(crate) fn push(&self, message: Message) {
        let mut queue = self.queue();
        if !queue.closed {
            queue.messages.push_back(message);
            drop(queue);
            self.arrived.notify_one();
        }
    }

    /// Commits at once if nobody else is at the desk, and otherwise queues.
    pub(crate) fn push_or_commit(&self, job: Box<dyn Job>) {
        if !self.crowded.load(Ordering::Relaxed) {
            let office = match self.office.try_lock() {
                Ok(office) => Some(office),
                Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
                Err(TryLockError::WouldBlock) => None,
            };
            if let Some(mut office) = office
                && let Some(office) = office.as_mut()
            {
                return self.commit(office, job);
            }
        }
        self.push(Message::Job(job));
    }

    /// Asks the writer something and waits for its answer.
    pub(crate) fn ask(
        &self,
        question: fn(Sender<Result<u64, EngineError>>) -> Message,
    ) -> Result<u64, EngineError> {
        let (reply, answer) = channel();
        self.push(question(reply));
        answer.recv().map_err(|_| EngineError::Closed)?
    }

    /// Stops the writing between two groups until the answer is dropped; the last durable sequence is in it.
    pub(crate) fn hold(&self) -> Result<Held, EngineError> {
        let (reply, answer) = channel();
        let (release, released) = channel();
        self.push(Message::Hold(reply, released));
        let sequence = answer.recv().map_err(|_| EngineError::Closed)??;
        Ok(Held { sequence, _release: release })
    }

    /// The writer thread: serves messages until told to close.
    pub(crate) fn serve(&self) -> Option<JournalEnd> {
        loop {
            self.wait_for_message();
            let mut slot = self.office.lock().unwrap_or_else(PoisonError::into_inner);
            let office = slot.as_mut()?;
            let message = self.queue().messages.pop_front();
            match message {
                // Whoever was in the office has taken it along.
                None => {}
                Some(Message::Job(job)) => self.commit(office, job),
                Some(Message::Rotate(reply)) => drop(reply.send(office.committer.journal.rotate())),
                Some(Message::Settle(reply)) => {
                    drop(reply.send(Ok(office.committer.journal.next_sequence() - 1)));
                }
                Some(Message::Hold(reply, released)) => {
                    let told = reply.send(Ok(office.committer.journal.next_sequence() - 1));
                    // Nothing is ever sent: the wait ends as soon as the other end is dropped.
                    let _: Result<(), RecvError> = told.map_err(|_| RecvError).and_then(|()| released.recv());
                }
                Some(Message::Close) => {
                    let mut queue = self.queue();
                    queue.closed = true;
                    let unanswered = std::mem::take(&mut queue.messages);
                    drop(queue);
                    drop(unanswered);
                    return slot.take().map(|office| JournalEnd::of(&office.committer));
                }
            }
        }
    }

    fn wait_for_message(&self) {
        let mut queue = self.queue();
        while queue.messages.is_empty() {
            queue = self.arrived.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Commits a group: this job and those that queue.
    fn commit(&self, office: &mut Office, first: Box<dyn Job>) {
        let mut others = false;
        let mut more = || {
            let job = self.next_job();
            others |= job.is_some();
            job
        };
        let Committed { batch, rotated } = office.committer.commit(first, &mut more);
        self.crowded.store(others, Ordering::Relaxed);
        // The receivers outlive this, except at closing.
        if let Some(batch) = batch {
            drop(office.batches.send(batch));
        }
        if let Some(first) = rotated {
            drop(office.chores.send(Chore::Rotated(first)));
            if keeper::snapshot_due(&office.committer.shared) {
                drop(office.chores.send(Chore::Snapshot));
            }
        }
    }

    fn next_job(&self) -> Option<Box<dyn Job>> {
        let mut queue = self.queue();
        match queue.messages.pop_front() {
            Some(Message::Job(job)) => Some(job),
            Some(other @ (Message::Rotate(_) | Message::Settle(_) | Message::Hold(..) | Message::Close)) => {
                queue.messages.push_front(other);
                None
            }
            None => None,
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
