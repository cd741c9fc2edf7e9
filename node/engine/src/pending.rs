//! The answer to a submitted transaction: a future, or something to wait for. Needs no runtime.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use crate::error::{EngineError, TransactError};

/// A transaction under way. It runs to its end even if this is dropped.
#[must_use = "a transaction runs anyway, but only its answer says whether it is durable"]
pub struct Pending<T, E> {
    slot: Arc<Slot<T, E>>,
}

impl<T, E> Pending<T, E> {
    /// Blocks the thread until the answer is there.
    pub fn wait(self) -> Result<T, TransactError<E>> {
        let mut state = self.slot.lock();
        loop {
            if let Some(answer) = state.answer.take() {
                return answer;
            }
            state = self.slot.answered.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl<T, E> Future for Pending<T, E> {
    type Output = Result<T, TransactError<E>>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.slot.lock();
        if let Some(answer) = state.answer.take() {
            return Poll::Ready(answer);
        }
        state.waker = Some(context.waker().clone());
        Poll::Pending
    }
}

/// Where the answer is put, once.
pub(crate) struct Answer<T, E> {
    slot: Arc<Slot<T, E>>,
}

/// A place for an answer and the one who waits for it.
pub(crate) fn answer<T, E>() -> (Answer<T, E>, Pending<T, E>) {
    let slot = Arc::new(Slot {
        state: Mutex::new(State { answer: None, waker: None, given: false }),
        answered: Condvar::new(),
    });
    (Answer { slot: Arc::clone(&slot) }, Pending { slot })
}

impl<T, E> Answer<T, E> {
    pub(crate) fn give(&self, answer: Result<T, TransactError<E>>) {
        let mut state = self.slot.lock();
        if std::mem::replace(&mut state.given, true) {
            return;
        }
        state.answer = Some(answer);
        let waker = state.waker.take();
        drop(state);
        self.slot.answered.notify_all();
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// Nobody is left waiting when a store goes away with work in its queue.
impl<T, E> Drop for Answer<T, E> {
    fn drop(&mut self) {
        self.give(Err(TransactError::Engine(EngineError::Closed)));
    }
}

struct Slot<T, E> {
    state: Mutex<State<T, E>>,
    answered: Condvar,
}

struct State<T, E> {
    answer: Option<Result<T, TransactError<E>>>,
    waker: Option<Waker>,
    given: bool,
}

impl<T, E> Slot<T, E> {
    fn lock(&self) -> MutexGuard<'_, State<T, E>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
