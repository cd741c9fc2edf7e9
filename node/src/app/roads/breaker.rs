//! Leaves a router alone that failed several times in a row, and tries it again after a pause, once. Must never count what was not
//! asked.

use jiff::{SignedDuration, Timestamp};

/// Whether a router is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    /// It is.
    Closed,
    /// It is left alone until then.
    Open {
        /// When it is tried again.
        until: Timestamp,
    },
    /// The next question is a trial.
    HalfOpen,
}

/// Counts failures in a row.
#[derive(Debug, Clone)]
pub(super) struct Breaker {
    most: u32,
    pause: SignedDuration,
    failures: u32,
    until: Option<Timestamp>,
}

impl BreakerState {
    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open { .. } => "open",
            Self::HalfOpen => "half-open",
        }
    }
}

impl Breaker {
    /// Opens after `most` failures in a row, for `pause`.
    pub(super) fn new(most: u32, pause: SignedDuration) -> Self {
        Self { most, pause, failures: 0, until: None }
    }

    pub(super) fn state(&self, now: Timestamp) -> BreakerState {
        match self.until {
            None => BreakerState::Closed,
            // A clock that was set back does not keep it open for longer than a pause.
            Some(until) if now < until && now.duration_until(until) <= self.pause => {
                BreakerState::Open { until }
            }
            Some(_) => BreakerState::HalfOpen,
        }
    }

    pub(super) fn failures(&self) -> u32 {
        self.failures
    }

    pub(super) fn succeeded(&mut self) {
        (self.failures, self.until) = (0, None);
    }

    pub(super) fn failed(&mut self, now: Timestamp) {
        self.failures = self.failures.saturating_add(1);
        if self.failures >= self.most {
            self.until = Some(now.saturating_add(self.pause).unwrap_or(Timestamp::MAX));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_opens_after_failures_in_a_row_and_one_trial_decides() {
        let at = |second: i64| Timestamp::from_second(1_800_000_000 + second).unwrap();
        let mut breaker = Breaker::new(3, SignedDuration::from_secs(60));
        breaker.failed(at(0));
        breaker.failed(at(1));
        breaker.succeeded();
        breaker.failed(at(2));
        breaker.failed(at(3));
        assert_eq!(breaker.state(at(4)), BreakerState::Closed, "not three in a row");
        breaker.failed(at(5));
        assert_eq!(breaker.state(at(64)), BreakerState::Open { until: at(65) });
        assert_eq!(breaker.state(at(65)), BreakerState::HalfOpen);
        breaker.failed(at(70));
        assert_eq!(breaker.state(at(129)), BreakerState::Open { until: at(130) }, "the trial failed");
        assert_eq!(breaker.state(at(-9_999)), BreakerState::HalfOpen, "the clock was set back");
        breaker.succeeded();
        assert_eq!((breaker.state(at(131)), breaker.failures()), (BreakerState::Closed, 0));
    }
}
