//! What a node does by itself in handovers, and how bids are compared. Must never decide for a platform that asked
//! to be asked.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use jiff::{SignedDuration, Timestamp};
use maillage_federation::{
    agreement::Trust,
    handover::Bid,
    ids::{Id, NodeKind},
    limits as shared,
};

use super::{Offering, Outgoing, RuleError};

/// A choice is made at the latest so long before bids end, in milliseconds: the award has to reach the hub in time.
const BEFORE_REPLY_BY_MS: i64 = 2 * 60 * 1000;
/// Longest time for bids, in minutes: 30 days.
const LONGEST_MIN: u32 = 30 * 24 * 60;

/// Whether the node decides by itself or asks its coordinator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// By itself.
    Auto,
    /// The coordinator is asked.
    Ask,
}

/// How soon an offer is shown to more neighbours, in minutes after it is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CirclesAfter {
    /// To those that serve one end of the journey.
    pub second_min: u32,
    /// To all that could carry it.
    pub third_min: u32,
}

/// What a node does by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Offer what nobody here can drive.
    pub offering: Offering,
    /// Propose our drivers for neighbours' offers.
    pub bidding: Decision,
    /// Choose among bids.
    pub awarding: Decision,
    /// Wait for better bids before choosing, in minutes.
    pub award_wait_min: u32,
    /// Take bids for so long, in minutes.
    pub reply_within_min: u32,
    /// Give the winner so long to accept, in minutes.
    pub accept_within_min: u32,
    /// Show offers to more and more neighbours; `None`: to all at once.
    pub circles: Option<CirclesAfter>,
}

/// Why a policy is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// Too short or too long to accept.
    #[error("the time to accept is between 1 minute and 2 days")]
    AcceptWithin,
    /// Too short or too long for bids.
    #[error("the time for bids is between 5 minutes and 30 days")]
    ReplyWithin,
    /// The choice would come after the deadline for bids.
    #[error("the wait before choosing must be shorter than the time for bids")]
    AwardWait,
    /// The third circle before the second, or after a month.
    #[error("the third circle opens with the second or after it, within 30 days")]
    Circles,
    /// When trips are offered.
    #[error(transparent)]
    Offering(#[from] RuleError),
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            offering: Offering::Ask,
            bidding: Decision::Auto,
            awarding: Decision::Auto,
            award_wait_min: 10,
            reply_within_min: 24 * 60,
            accept_within_min: 4 * 60,
            circles: None,
        }
    }
}

impl Policy {
    /// Checks the ranges.
    ///
    /// # Errors
    /// The first range that is broken.
    pub fn check(self) -> Result<Self, PolicyError> {
        let accept_s = self.accept_within_min.saturating_mul(60);
        if !(shared::ACCEPT_WITHIN_MIN_S..=shared::ACCEPT_WITHIN_S).contains(&accept_s) {
            return Err(PolicyError::AcceptWithin);
        }
        if !(5..=LONGEST_MIN).contains(&self.reply_within_min) {
            return Err(PolicyError::ReplyWithin);
        }
        if self.award_wait_min >= self.reply_within_min {
            return Err(PolicyError::AwardWait);
        }
        let in_order = |circles: CirclesAfter| {
            circles.second_min <= circles.third_min && circles.third_min <= LONGEST_MIN
        };
        if !self.circles.is_none_or(in_order) {
            return Err(PolicyError::Circles);
        }
        self.offering.check()?;
        Ok(self)
    }

    /// The bidder to choose now that the node has waited long enough; whom the agreements trust goes before others. Whether the
    /// node may choose it by itself is another question: a worse one is never chosen because of the answer.
    pub fn choice(&self, outgoing: &Outgoing, trust: &Trusting, now: Timestamp) -> Option<Id<NodeKind>> {
        let first = outgoing.first_bid_at?;
        let wait = SignedDuration::from_mins(i64::from(self.award_wait_min));
        let until = first.as_millisecond().saturating_add(wait.as_secs().saturating_mul(1000));
        let latest = outgoing.offer.reply_by_ms - BEFORE_REPLY_BY_MS;
        let waited = now.as_millisecond() >= until.min(latest);
        let open = matches!(outgoing.take_back(), super::TakeBack::AtOnce) && !outgoing.is_released();
        if !waited || !open {
            return None;
        }
        best_bid(&outgoing.bids, &outgoing.declined, trust)
    }
}

/// How far bidders are trusted, by the agreement that each names; those who name none are left out.
pub type Trusting = BTreeMap<Id<NodeKind>, Trust>;

/// The best of the live bids: whom the agreements trust most first, then firm ones, then the fewest empty kilometres, then
/// the lower id so that the choice is reproducible. Nodes that already declined come last.
pub fn best_bid(
    bids: &BTreeMap<Id<NodeKind>, Bid>,
    declined: &BTreeSet<Id<NodeKind>>,
    trust: &Trusting,
) -> Option<Id<NodeKind>> {
    let order = |(node, bid): &(&Id<NodeKind>, &Bid)| {
        (declined.contains(*node), Reverse(trust.get(*node)), !bid.firm, bid.extra_m, **node)
    };
    bids.iter().min_by_key(order).map(|(node, _)| *node)
}
