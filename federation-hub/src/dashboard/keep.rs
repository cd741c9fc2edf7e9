//! What is made once from all reports and answers everybody who asks for a while.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use crate::limits;

/// Something that was made, and when.
pub(super) struct Keep<T>(Mutex<Option<(Timestamp, Arc<T>)>>);

impl<T> Keep<T> {
    /// What was made, if it is young enough.
    pub(super) fn fresh(&self, now: Timestamp) -> Option<Arc<T>> {
        let made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        made.as_ref().filter(|(at, _)| is_fresh(*at, now)).map(|(_, made)| Arc::clone(made))
    }

    /// Keeps something anew.
    pub(super) fn put(&self, at: Timestamp, made: Arc<T>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((at, made));
    }
}

impl<T> Default for Keep<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

/// Whether what was made then still holds.
pub(super) fn is_fresh(at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(at).abs() < limits::PAGES_KEPT
}
