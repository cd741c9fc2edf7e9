//! What is made once from all reports and answers everybody who asks for a while.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::limits;

/// Something that was made, and when.
pub(super) struct Keep<T> {
    age: SignedDuration,
    made: Mutex<Option<(Timestamp, Arc<T>)>>,
}

impl<T> Keep<T> {
    /// What is kept for a minute, as the team needs it.
    pub(super) fn of_a_minute() -> Self {
        Self { age: limits::BOARD_KEPT, made: Mutex::new(None) }
    }

    /// What was made, if it is young enough.
    pub(super) fn fresh(&self, now: Timestamp) -> Option<Arc<T>> {
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = |at: Timestamp| now.duration_since(at).abs() < self.age;
        made.as_ref().filter(|(at, _)| fresh(*at)).map(|(_, made)| Arc::clone(made))
    }

    /// Keeps nothing any more: it has changed.
    pub(super) fn forget(&self) {
        *self.made.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Keeps something anew.
    pub(super) fn put(&self, at: Timestamp, made: Arc<T>) {
        *self.made.lock().unwrap_or_else(PoisonError::into_inner) = Some((at, made));
    }
}

impl<T> Default for Keep<T> {
    fn default() -> Self {
        Self { age: limits::PAGES_KEPT, made: Mutex::new(None) }
    }
}

/// Whether what was made then still holds.
pub(super) fn is_fresh(at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(at).abs() < limits::PAGES_KEPT
}
