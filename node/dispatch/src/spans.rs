//! Stretches of time in whole seconds, and what is left of them. Rounded so that a drive that fits here fits in truth:
//! what is free shrinks, what is taken grows.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date};
use maillage_domain::availability::Window;
use maillage_federation::month::paris;

use crate::{
    limits::WINDOW_DAYS,
    ranking::{Candidate, Commitment, LegRequest},
};

/// From `start` to `end`, in seconds since 1970 UTC, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: i64,
    pub(crate) end: i64,
}

impl Span {
    /// The part of it between two instants, if any is left.
    pub(crate) fn within(self, start: i64, end: i64) -> Option<Self> {
        let span = Self { start: self.start.max(start), end: self.end.min(end) };
        (span.start <= span.end).then_some(span)
    }
}

/// A window that a whole drive may lie in.
impl From<Window> for Span {
    fn from(window: Window) -> Self {
        Self { start: at_or_after(window.start), end: at_or_before(window.end) }
    }
}

/// A stretch that is taken.
impl From<Commitment> for Span {
    fn from(commitment: Commitment) -> Self {
        Self { start: at_or_before(commitment.start), end: at_or_after(commitment.end) }
    }
}

/// The first whole second at or after an instant.
pub(crate) fn at_or_after(instant: Timestamp) -> i64 {
    let second = instant.as_second();
    if instant > moment(second) { second + 1 } else { second }
}

/// The last whole second at or before an instant.
pub(crate) fn at_or_before(instant: Timestamp) -> i64 {
    let second = instant.as_second();
    if instant < moment(second) { second - 1 } else { second }
}

/// The instant of a whole second.
pub(crate) fn moment(second: i64) -> Timestamp {
    let bound = if second < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_second(second).unwrap_or(bound)
}

/// The civil days that a leg's window touches; none if there are too many.
pub(crate) fn days(leg: &LegRequest) -> Option<Vec<Date>> {
    let day_of = |instant: Timestamp| instant.to_zoned(paris()).date();
    let last = day_of(leg.latest_arrival);
    let mut days = vec![day_of(leg.earliest_pickup)];
    while let Some(day) = days.last().filter(|day| **day < last).and_then(|day| day.tomorrow().ok()) {
        if days.len() == WINDOW_DAYS {
            return None;
        }
        days.push(day);
    }
    Some(days)
}

/// When a volunteer is available on some days, in order.
pub(crate) fn available(candidate: &Candidate<'_>, days: &BTreeSet<Date>) -> Vec<Span> {
    let availability = &candidate.volunteer.details.availability;
    let calendar = candidate.calendar();
    days.iter().flat_map(|day| availability.windows_on(*day, calendar)).map(Span::from).collect()
}

/// Seconds that are taken in all. Who has several people in the car at once is bound once.
pub(crate) fn seconds_of<'a>(taken: impl IntoIterator<Item = &'a Commitment>) -> i64 {
    let mut spans: Vec<(Timestamp, Timestamp)> =
        taken.into_iter().map(|taken| (taken.start, taken.end)).collect();
    spans.sort_unstable();
    let mut until = Timestamp::MIN;
    let mut seconds = 0;
    for (start, end) in spans {
        if end > until {
            seconds += start.max(until).duration_until(end).as_secs();
            until = end;
        }
    }
    seconds
}

/// What is left of some stretches without what is taken. A drive may end as a commitment begins.
pub(crate) fn without(spans: &[Span], taken: &[Commitment]) -> Vec<Span> {
    let mut left = spans.to_vec();
    for taken in taken.iter().filter(|taken| taken.start < taken.end).map(|taken| Span::from(*taken)) {
        left = left.into_iter().flat_map(|span| cut(span, taken)).flatten().collect();
    }
    left
}

fn cut(span: Span, taken: Span) -> [Option<Span>; 2] {
    if taken.end <= span.start || taken.start >= span.end {
        return [Some(span), None];
    }
    let before = (span.start < taken.start).then_some(Span { start: span.start, end: taken.start });
    let after = (taken.end < span.end).then_some(Span { start: taken.end, end: span.end });
    [before, after]
}
