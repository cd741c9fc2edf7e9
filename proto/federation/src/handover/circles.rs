//! How the audience of an offer widens: first the nodes that serve every place of it, then those that serve one, then everybody
//! who could carry it. Who has been shown an offer stays so, and is shown it once. Must never ask who could carry what: that is
//! given, by circle; nor read a clock.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    terms::TermsError,
    thread::{State, Thread},
};
use crate::ids::{Id, NodeKind};

/// How near a node is to an offer; also how far an offer has been shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Circle {
    /// It serves both ends of every leg.
    First,
    /// It serves one end of a leg.
    Second,
    /// It could carry it all the same: its territory borders the origin's.
    Third,
}

/// Who could carry an offer, by circle. Where nothing widens, the circle says nothing.
pub type Eligible = BTreeMap<Id<NodeKind>, Circle>;

/// When an offer is shown to whom; an offer without is shown to everybody at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Widening {
    /// The second circle opens then, milliseconds since 1970 UTC.
    pub second_at_ms: i64,
    /// The third circle opens then, not before the second, milliseconds since 1970 UTC.
    pub third_at_ms: i64,
}

impl Circle {
    /// Every circle, the nearest first.
    pub const ALL: [Self; 3] = [Self::First, Self::Second, Self::Third];

    /// Its number, from 1.
    pub fn number(self) -> u32 {
        match self {
            Self::First => 1,
            Self::Second => 2,
            Self::Third => 3,
        }
    }

    /// The circle of a number.
    pub fn of_number(number: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|circle| circle.number() == number)
    }

    /// The next one; the last stays.
    #[must_use]
    pub fn wider(self) -> Self {
        match self {
            Self::First => Self::Second,
            Self::Second | Self::Third => Self::Third,
        }
    }
}

impl Widening {
    /// Instants so long after an offer is made, in milliseconds. The last circle opens no later than half way to the end of
    /// bids: where it would, both instants are drawn nearer in proportion, so that everybody hears of a pressing trip in time.
    pub fn between(
        (from_ms, reply_by_ms): (i64, i64),
        (second_after_ms, third_after_ms): (i64, i64),
    ) -> Self {
        let third_after_ms = third_after_ms.max(0);
        let second_after_ms = second_after_ms.clamp(0, third_after_ms);
        let latest_ms = reply_by_ms.saturating_sub(from_ms).max(0) / 2;
        if third_after_ms <= latest_ms {
            let [second_at_ms, third_at_ms] =
                [second_after_ms, third_after_ms].map(|after_ms| from_ms.saturating_add(after_ms));
            return Self { second_at_ms, third_at_ms };
        }
        let drawn = i128::from(second_after_ms) * i128::from(latest_ms) / i128::from(third_after_ms);
        let second_after_ms = i64::try_from(drawn).unwrap_or(latest_ms);
        Self {
            second_at_ms: from_ms.saturating_add(second_after_ms),
            third_at_ms: from_ms.saturating_add(latest_ms),
        }
    }

    /// When a circle opens, milliseconds since 1970 UTC.
    pub fn opens_at_ms(&self, circle: Circle) -> i64 {
        match circle {
            Circle::First => i64::MIN,
            Circle::Second => self.second_at_ms,
            Circle::Third => self.third_at_ms,
        }
    }

    /// The widest circle that is open by time alone.
    pub fn open_at(&self, now_ms: i64) -> Circle {
        let open = Circle::ALL.into_iter().rev().find(|circle| self.opens_at_ms(*circle) <= now_ms);
        open.unwrap_or(Circle::First)
    }

    pub(super) fn check(&self, reply_by_ms: i64) -> Result<(), TermsError> {
        let in_order = self.second_at_ms <= self.third_at_ms && self.third_at_ms < reply_by_ms;
        if in_order { Ok(()) } else { Err(TermsError::Widening) }
    }
}

/// Everybody in one circle: for offers that do not widen.
pub fn all_at_once(nodes: impl IntoIterator<Item = Id<NodeKind>>) -> Eligible {
    nodes.into_iter().map(|node| (node, Circle::First)).collect()
}

/// Whoever could carry an offer and was not shown it waits.
fn let_wait(thread: &mut Thread, eligible: &Eligible) {
    let origin = thread.record.origin;
    let others = eligible.iter().filter(|(node, _)| **node != origin && !thread.audience.contains(*node));
    thread.later = others.map(|(node, circle)| (*node, *circle)).collect();
}

/// Shows an offer from a circle on, or from the one that is open by now: who could carry it and is not in that circle waits.
pub(super) fn publish(thread: &mut Thread, eligible: &Eligible, from: Circle, now_ms: i64) {
    let_wait(thread, eligible);
    if let Some(widening) = thread.offer.widening {
        open(thread, from.max(widening.open_at(now_ms)));
    } else {
        thread.record.circle = None;
        thread.audience.extend(std::mem::take(&mut thread.later).into_keys());
    }
}

/// When the next circle opens by time alone, milliseconds since 1970 UTC; none if nobody waits.
pub(super) fn opens_at_ms(thread: &Thread) -> Option<i64> {
    if thread.later.is_empty() {
        return None;
    }
    let next = thread.record.circle.map_or(Circle::Third, Circle::wider);
    // Who waits for an offer that does not widen any more waits for nothing.
    Some(thread.offer.widening.map_or(i64::MIN, |widening| widening.opens_at_ms(next)))
}

/// Opens the next circle, and those that are open by now as well. Answers who is shown the offer for the first time.
pub(super) fn widen(thread: &mut Thread, now_ms: i64) -> Vec<Id<NodeKind>> {
    if thread.later.is_empty() {
        return Vec::new();
    }
    let by_time = thread.offer.widening.map_or(Circle::Third, |widening| widening.open_at(now_ms));
    let next = thread.record.circle.map_or(Circle::Third, Circle::wider);
    open(thread, next.max(by_time))
}

/// Opens a circle, or the next one in which somebody waits. Once nobody waits any more, the last circle is open.
fn open(thread: &mut Thread, circle: Circle) -> Vec<Id<NodeKind>> {
    let nearest = thread.later.values().min().copied();
    let circle = nearest.map_or(Circle::Third, |nearest| nearest.max(circle));
    let shown = show_up_to(thread, circle);
    thread.record.circle = Some(if thread.later.is_empty() { Circle::Third } else { circle });
    shown
}

fn show_up_to(thread: &mut Thread, circle: Circle) -> Vec<Id<NodeKind>> {
    let shown: Vec<_> = thread.later.iter().filter(|(_, of)| **of <= circle).map(|(node, _)| *node).collect();
    thread.later.retain(|_, of| *of > circle);
    thread.audience.extend(&shown);
    shown
}

/// Puts those who could carry an offer where the record says: shown it, or waiting. For a hub that was restored: the record and the
/// offer say how far it had been shown, and the directory to whom.
pub fn recall(thread: &mut Thread, eligible: &Eligible) {
    let_wait(thread, eligible);
    catch_up(thread);
}

/// Whoever is within the circle that the record says was shown the offer; nobody waits for what is not offered any more.
pub(super) fn catch_up(thread: &mut Thread) {
    show_up_to(thread, thread.record.circle.unwrap_or(Circle::Third));
    if !is_offered(thread.record.state) {
        thread.later.clear();
    }
}

/// Whether it may still be shown to others.
pub(super) fn is_offered(state: State) -> bool {
    match state {
        State::Open | State::Awarded { .. } => true,
        State::Held { .. }
        | State::Released
        | State::Withdrawn
        | State::Expired
        | State::Cancelled { .. }
        | State::Done { .. } => false,
    }
}
