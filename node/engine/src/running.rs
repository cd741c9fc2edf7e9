//! How a store runs: with a writer, an applier and a keeper thread, or all on the caller's thread for the double. Must never
//! do in one way what it does not do in the other.

use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle, ThreadId};

use crate::applier;
use crate::commit::{Committed, Committer, Job, in_body};
use crate::desk::{Desk, Held, Message, Office};
use crate::error::EngineError;
use crate::journal::Journal;
use crate::keeper::{self, Chore, Writer, note_rotation};
use crate::shared::Shared;

/// One of the two ways.
pub(crate) enum Running {
    Threads(Threads),
    Inline(Inline),
}

/// Where the journal ended when the writer stopped.
pub(crate) struct JournalEnd {
    pub(crate) tail: u64,
    pub(crate) active_segment: u64,
    pub(crate) sequence: u64,
    /// Nothing is unknown about it.
    pub(crate) whole: bool,
}

impl Running {
    pub(crate) fn submit(&self, job: Box<dyn Job>) {
        match self {
            Self::Threads(threads) => threads.desk.push(Message::Job(job)),
            Self::Inline(inline) => inline.submit(job),
        }
    }

    /// As `submit`, from a thread that will wait for the answer and may as well do the work.
    pub(crate) fn submit_and_help(&self, job: Box<dyn Job>) {
        match self {
            Self::Threads(threads) => threads.desk.push_or_commit(job),
            Self::Inline(inline) => inline.submit(job),
        }
    }

    pub(crate) fn rotate(&self) -> Result<u64, EngineError> {
        match self {
            Self::Threads(threads) => threads.desk.ask(Message::Rotate),
            Self::Inline(inline) => inline.lock().as_mut().ok_or(EngineError::Closed)?.journal.rotate(),
        }
    }

    /// Stops the writing while the answer is kept; none for the double, which has nobody to hold.
    pub(crate) fn hold(&self) -> Result<Option<Held>, EngineError> {
        match self {
            Self::Threads(threads) => threads.desk.hold().map(Some),
            Self::Inline(_) => Ok(None),
        }
    }

    /// Finishes what is queued and stops.
    pub(crate) fn stop(&self) -> Option<JournalEnd> {
        match self {
            Self::Threads(threads) => threads.stop(),
            // The last clone died inside a body: the committer is busy running it.
            Self::Inline(_) if in_body() => None,
            Self::Inline(inline) => inline.lock().take().map(|committer| JournalEnd::of(&committer)),
        }
    }
}

impl JournalEnd {
    pub(crate) fn of(committer: &Committer) -> Self {
        let journal = &committer.journal;
        Self {
            tail: journal.tail(),
            active_segment: journal.active_first(),
            sequence: journal.next_sequence() - 1,
            whole: journal.is_whole(),
        }
    }
}

/// All on the caller's thread, one caller at a time.
pub(crate) struct Inline {
    committer: Mutex<Option<Committer>>,
}

impl Inline {
    pub(crate) fn new(shared: &Arc<Shared>, journal: Journal) -> Self {
        Self { committer: Mutex::new(Some(Committer { shared: Arc::clone(shared), journal })) }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Committer>> {
        self.committer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn submit(&self, job: Box<dyn Job>) {
        let mut slot = self.lock();
        let Some(committer) = slot.as_mut() else { return };
        let Committed { batch, rotated } = committer.commit(job, &mut || None);
        if let Some((rows, sequence)) = batch {
            applier::apply(&committer.shared, &rows, sequence);
        }
        if let Some(first) = rotated {
            note_rotation(&committer.shared, first);
        }
    }
}

/// Writer, applier and keeper.
pub(crate) struct Threads {
    desk: Arc<Desk>,
    chores: Sender<Chore>,
    handles: Mutex<Option<Handles>>,
    ids: [ThreadId; 3],
}

struct Handles {
    writer: JoinHandle<Option<JournalEnd>>,
    applier: JoinHandle<()>,
    keeper: JoinHandle<()>,
}

impl Threads {
    pub(crate) fn start(
        shared: &Arc<Shared>,
        journal: Journal,
        maintenance: &Arc<Mutex<()>>,
    ) -> Result<Self, EngineError> {
        let (chores, to_do) = channel();
        let (batches, to_apply) = channel();
        shared.watch(Some(chores.clone()));
        let prepared = journal.prepared();
        let committer = Committer { shared: Arc::clone(shared), journal };
        let desk = Arc::new(Desk::new(Office { committer, batches, chores: chores.clone() }));
        let writing = Arc::clone(&desk);
        let writer = spawn("engine-writer", move || writing.serve())?;
        let applying = Arc::clone(shared);
        let applier = spawn("engine-applier", move || applier::run(&applying, &to_apply))?;
        let (keeping, maintenance, asking) = (Arc::clone(shared), Arc::clone(maintenance), Arc::clone(&desk));
        let keeper = spawn("engine-keeper", move || {
            let writer =
                Writer { rotate: &|| asking.ask(Message::Rotate), settle: &|| asking.ask(Message::Settle) };
            keeper::run(&keeping, &to_do, &prepared, &writer, &maintenance);
        })?;
        let ids = [writer.thread().id(), applier.thread().id(), keeper.thread().id()];
        let handles = Mutex::new(Some(Handles { writer, applier, keeper }));
        Ok(Self { desk, chores, handles, ids })
    }

    fn stop(&self) -> Option<JournalEnd> {
        let handles = self.handles.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        // The keeper first: it may be asking the writer for something.
        drop(self.chores.send(Chore::Close));
        if in_body() || self.ids.contains(&thread::current().id()) {
            // The last clone died inside a body: its thread cannot wait for itself.
            self.desk.push(Message::Close);
            return None;
        }
        drop(handles.keeper.join());
        self.desk.push(Message::Close);
        let end = handles.writer.join().ok().flatten();
        drop(handles.applier.join());
        end
    }
}

fn spawn<T: Send + 'static>(
    name: &str,
    body: impl FnOnce() -> T + Send + 'static,
) -> Result<JoinHandle<T>, EngineError> {
    let builder = thread::Builder::new().name(name.to_owned());
    builder.spawn(body).map_err(|error| EngineError::io("start", "a thread", &error))
}
