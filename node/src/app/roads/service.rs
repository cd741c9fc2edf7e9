//! The router of a node with its breaker and what is known of its state. One question at a time: a suggestion and the worker that
//! asks ahead do not knock together. Must never keep an answer: that is the store's.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use maillage_geography::Coordinates;
use maillage_platform::clock::Clock;

use super::{
    breaker::{Breaker, BreakerState},
    router::{Answer, Router, RouterError},
};

/// What the operator said of the router.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RoadTerms {
    /// A fingerprint of its address and profile: another one is another router.
    pub router: String,
    /// Its address, to be shown.
    pub url: String,
    /// Longest wait before a suggestion.
    pub within: Duration,
    /// Places in one question.
    pub places: usize,
    /// How long a road is kept.
    pub expiry: SignedDuration,
    /// How long it is kept that there is none.
    pub retry: SignedDuration,
    /// Failures in a row after which the router is left alone.
    pub failures: u32,
    /// How long it is left alone.
    pub pause: SignedDuration,
}

/// The router of a node, if it has one.
pub struct RoadService {
    router: Option<Arc<dyn Router>>,
    terms: RoadTerms,
    state: Mutex<State>,
    turn: tokio::sync::Mutex<()>,
    changes: AtomicU64,
}

struct State {
    breaker: Breaker,
    last_error: Option<(Timestamp, RouterError)>,
}

impl RoadService {
    /// No router: every road is estimated.
    pub fn none() -> Self {
        Self::over(None, RoadTerms::default())
    }

    /// A router on these terms.
    pub fn new(router: Arc<dyn Router>, terms: RoadTerms) -> Self {
        Self::over(Some(router), terms)
    }

    fn over(router: Option<Arc<dyn Router>>, terms: RoadTerms) -> Self {
        let breaker = Breaker::new(terms.failures, terms.pause);
        let state = Mutex::new(State { breaker, last_error: None });
        Self { router, terms, state, turn: tokio::sync::Mutex::new(()), changes: AtomicU64::new(0) }
    }

    /// Whether there is a router.
    pub fn has_router(&self) -> bool {
        self.router.is_some()
    }

    /// What the operator said of it.
    pub fn terms(&self) -> &RoadTerms {
        &self.terms
    }

    /// The kind of router; empty without one.
    pub fn engine(&self) -> &'static str {
        self.router.as_ref().map_or("", |router| router.engine())
    }

    /// Whether it is asked, failures in a row, and the last failure.
    pub fn state(&self, now: Timestamp) -> (BreakerState, u32, Option<(Timestamp, RouterError)>) {
        let state = self.lock();
        (state.breaker.state(now), state.breaker.failures(), state.last_error)
    }

    /// Whether the router is left alone for the moment.
    pub fn rests(&self, now: Timestamp) -> bool {
        matches!(self.lock().breaker.state(now), BreakerState::Open { .. })
    }

    /// How often roads or assumptions have been kept since the start.
    pub fn changes(&self) -> u64 {
        self.changes.load(Ordering::SeqCst)
    }

    /// Says that roads or assumptions have been kept.
    pub(super) fn changed(&self) {
        self.changes.fetch_add(1, Ordering::SeqCst);
    }

    /// Waits until nobody else asks.
    pub(super) async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    /// Asks, unless the router is left alone.
    pub(super) async fn ask(
        &self,
        clock: &dyn Clock,
        from: &[Coordinates],
        to: &[Coordinates],
    ) -> Result<Answer, RouterError> {
        let Some(router) = &self.router else { return Err(RouterError::Unreachable) };
        if self.rests(clock.now()) {
            return Err(RouterError::Resting);
        }
        let answer = router.table(from, to).await;
        let mut state = self.lock();
        match &answer {
            Ok(_) => state.breaker.succeeded(),
            Err(error) => {
                let now = clock.now();
                state.breaker.failed(now);
                state.last_error = Some((now, *error));
                tracing::warn!(code = error.code(), "the road router gave no answer that can be used");
            }
        }
        drop(state);
        answer
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
