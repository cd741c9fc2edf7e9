//! Half-open stretches of time: a span begins at its first instant and has ended at its last, so that two spans that touch
//! do not overlap. Must never hold an empty one.

use jiff::{SignedDuration, Timestamp};

/// From an instant on, until just before a later one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    from: Timestamp,
    until: Timestamp,
}

/// The end is not after the beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the end is not after the beginning")]
pub struct EmptySpan;

impl Span {
    /// The span between two instants.
    ///
    /// # Errors
    /// An end that is not after the beginning.
    pub fn new(from: Timestamp, until: Timestamp) -> Result<Self, EmptySpan> {
        if from < until { Ok(Self { from, until }) } else { Err(EmptySpan) }
    }

    /// Its first instant.
    pub fn from(self) -> Timestamp {
        self.from
    }

    /// The instant at which it is over.
    pub fn until(self) -> Timestamp {
        self.until
    }

    /// How long it is, in whole seconds.
    pub fn seconds(self) -> i64 {
        self.from.duration_until(self.until).as_secs()
    }

    /// Whether an instant is in both.
    pub fn overlaps(self, other: Self) -> bool {
        self.from < other.until && other.from < self.until
    }

    /// The span with some seconds more at either end; at the edge of time, the edge.
    #[must_use]
    pub fn widened(self, seconds: u32) -> Self {
        let more = SignedDuration::from_secs(i64::from(seconds));
        Self {
            from: self.from.saturating_sub(more).unwrap_or(Timestamp::MIN),
            until: self.until.saturating_add(more).unwrap_or(Timestamp::MAX),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn span(from: i64, until: i64) -> Span {
        Span::new(at(from), at(until)).unwrap()
    }

    #[test]
    fn an_empty_span_is_none() {
        assert_eq!(Span::new(at(5), at(5)), Err(EmptySpan));
        assert_eq!(Span::new(at(6), at(5)), Err(EmptySpan));
        assert_eq!(span(5, 6).seconds(), 1);
    }

    #[test]
    fn the_edge_of_time_widens_no_further() {
        let all = Span::new(Timestamp::MIN, Timestamp::MAX).unwrap();
        assert_eq!(all.widened(u32::MAX), all);
    }

    proptest! {
        #[test]
        fn two_spans_overlap_when_a_second_is_in_both(a in 0..40_i64, b in 1..20_i64, c in 0..40_i64, d in 1..20_i64) {
            let (one, other) = (span(a, a + b), span(c, c + d));
            let shared = (a..a + b).any(|second| (c..c + d).contains(&second));
            prop_assert_eq!(one.overlaps(other), shared);
            prop_assert_eq!(other.overlaps(one), shared);
        }

        #[test]
        fn widening_keeps_both_sides_apart_by_as_much(a in 0..40_i64, c in 0..80_i64, gap in 0..10_u32) {
            let (one, other) = (span(a, a + 5), span(c, c + 5));
            prop_assert_eq!(one.widened(gap).overlaps(other), one.overlaps(other.widened(gap)));
        }
    }
}
