//! A neighbour's trip this node could carry, may carry, or carries. Invariant: it is driven here only while
//! [`Incoming::standing`] is `Ours`, which only a record of the hub can say; and personal details are kept only
//! while this node is awarded or holds the trip.

use jiff::Timestamp;
use maillage_federation::{
    handover::{AwardDetails, Bid, Offer, Record, State},
    ids::{HandoverKind, Id, NodeKind, TripKind},
};

use crate::ids::VolunteerKind;

/// A handover this node was offered.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Incoming {
    /// The handover.
    pub handover: Id<HandoverKind>,
    /// The node that offers.
    pub origin: Id<NodeKind>,
    /// What is offered.
    pub offer: Offer,
    /// When this node learnt of it.
    pub offered_at: Timestamp,
    /// Newest record of the hub.
    pub record: Record,
    /// This node's live bid, and the driver it counts on.
    pub bid: Option<Reservation>,
    /// Who and where, opened from the sealed award.
    pub details: Option<AwardDetails>,
    /// Version of the agreement under which it is carried, as the award of this round names it.
    pub agreed: Option<u32>,
    /// This node has sent its acceptance in the round given.
    pub accepted_round: Option<u32>,
    /// This node has said no to the award of the round given.
    pub refused_round: Option<u32>,
    /// Our trips, once we hold it: those of the round the record is in.
    pub trips: Vec<Id<TripKind>>,
    /// This node has given it back, or said no: it does not bid again by itself.
    pub declined: bool,
    /// What the hub last refused, as a code.
    pub last_refusal: Option<String>,
}

/// A bid and the driver softly reserved for it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reservation {
    /// The bid as sent.
    pub bid: Bid,
    /// The driver this node counts on; never leaves the node.
    pub volunteer: Id<VolunteerKind>,
    /// Spans in which the driver is reserved.
    pub spans: Vec<(Timestamp, Timestamp)>,
    /// Round it was placed in.
    pub round: u32,
    /// The hub may not know of it, since it was restored, or had chosen another just then: it is said again as soon as bids are taken.
    pub unheard: bool,
}

/// What this node is to a neighbour's trip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IncomingStanding {
    /// It may bid, or has bid.
    Candidate,
    /// It has been chosen and has until then to answer, milliseconds since 1970 UTC.
    Chosen {
        /// End of the time to accept.
        accept_by_ms: i64,
    },
    /// It carries the trip.
    Ours,
    /// It carried the trip and has accounted for it.
    Done,
    /// The person does not travel.
    Cancelled,
    /// Not ours: another was chosen, it was taken back, it expired.
    Over,
}

impl Incoming {
    /// A neighbour's offer, as it came.
    pub fn offered(origin: Id<NodeKind>, offer: Offer, record: Record, at: Timestamp) -> Self {
        Self {
            handover: record.handover,
            origin,
            offer,
            offered_at: at,
            record,
            bid: None,
            details: None,
            agreed: None,
            accepted_round: None,
            refused_round: None,
            trips: Vec::new(),
            declined: false,
            last_refusal: None,
        }
    }

    /// Whether a record of the hub says something new. What this node has accounted for stays so, whatever a hub that was
    /// restored says: it has been driven.
    pub fn is_news(&self, record: &Record) -> bool {
        let done = matches!(self.record.state, State::Done { .. }) && record.state != self.record.state;
        record.handover == self.handover && record.revision > self.record.revision && !done
    }

    /// Takes in a record of the hub; `me` is this node. No news: nothing changes. Details are forgotten as soon as this
    /// node is neither chosen nor holder.
    pub fn learn(&mut self, record: Record, me: Id<NodeKind>) {
        if !self.is_news(&record) {
            return;
        }
        if record.round > self.record.round {
            self.accepted_round = None;
            self.refused_round = None;
            self.agreed = None;
            self.trips.clear();
            if self.was_chosen(me) {
                self.bid = None;
            }
        }
        self.record = record;
        match self.standing(me) {
            IncomingStanding::Chosen { .. } | IncomingStanding::Ours => {}
            IncomingStanding::Candidate => self.details = None,
            IncomingStanding::Done | IncomingStanding::Cancelled | IncomingStanding::Over => {
                self.details = None;
                self.bid = None;
            }
        }
    }

    /// What this node is to the trip.
    pub fn standing(&self, me: Id<NodeKind>) -> IncomingStanding {
        match self.record.state {
            State::Awarded { winner, accept_by_ms } if winner == me => {
                IncomingStanding::Chosen { accept_by_ms }
            }
            State::Open | State::Awarded { .. } => IncomingStanding::Candidate,
            State::Held { holder } if holder == me => IncomingStanding::Ours,
            State::Done { holder } if holder == me => IncomingStanding::Done,
            State::Cancelled { holder } if holder == me => IncomingStanding::Cancelled,
            State::Held { .. }
            | State::Done { .. }
            | State::Cancelled { .. }
            | State::Released
            | State::Withdrawn
            | State::Expired => IncomingStanding::Over,
        }
    }

    /// Whether nothing is to be done about it any more.
    pub fn is_over(&self, me: Id<NodeKind>) -> bool {
        match self.standing(me) {
            IncomingStanding::Candidate | IncomingStanding::Chosen { .. } | IncomingStanding::Ours => false,
            IncomingStanding::Done | IncomingStanding::Cancelled | IncomingStanding::Over => true,
        }
    }

    /// Whether who and where of the award of a round are for this node to know now: it is chosen in that round and has
    /// not said no. It may have said no before the award itself reached it, since receipts and letters overtake one
    /// another.
    pub fn may_open(&self, me: Id<NodeKind>, round: u32, now: Timestamp) -> bool {
        self.is_chosen(me, now) && self.record.round == round && self.refused_round != Some(round)
    }

    /// Whether this node is chosen and still in time to answer, by its own clock.
    pub fn is_chosen(&self, me: Id<NodeKind>, now: Timestamp) -> bool {
        matches!(self.standing(me), IncomingStanding::Chosen { accept_by_ms } if now.as_millisecond() < accept_by_ms)
    }

    /// A bid of a round was refused: the one that is counted on goes with it, unless it was placed later. Whether it did.
    pub fn lose_bid(&mut self, round: u32) -> bool {
        self.bid.take_if(|bid| bid.round <= round).is_some()
    }

    /// What the hub said leaves open whether it knows of the live bid.
    pub fn doubt_bid(&mut self) {
        if let Some(reservation) = &mut self.bid {
            reservation.unheard = true;
        }
    }

    /// The bid to say again, once, if there is one that the hub may not know of and bids are taken.
    pub fn bid_to_say_again(&mut self, now: Timestamp) -> Option<Bid> {
        let may_bid = self.may_bid(now);
        let reservation = self.bid.as_mut().filter(|reservation| may_bid && reservation.unheard)?;
        reservation.unheard = false;
        Some(reservation.bid.clone())
    }

    /// This node does not take it: who was to travel is forgotten, and no driver is counted on.
    pub fn note_refusal(&mut self) {
        self.details = None;
        self.bid = None;
        self.declined = true;
        self.refused_round = Some(self.record.round);
    }

    /// Whether this node may place a bid now.
    pub fn may_bid(&self, now: Timestamp) -> bool {
        self.record.state == State::Open && now.as_millisecond() < self.record.reply_by_ms
    }

    /// Whether this node could still bid, has not, and has not said no to it before.
    pub fn waits_for_a_bid(&self, now: Timestamp) -> bool {
        self.bid.is_none() && !self.declined && self.may_bid(now)
    }

    /// Whether this node was chosen, has not accepted, and can no longer, by its own clock: nobody has to wait for the hub
    /// to say so.
    pub fn is_too_late(&self, me: Id<NodeKind>, now: Timestamp) -> bool {
        let accepted = self.accepted_round == Some(self.record.round);
        matches!(self.standing(me), IncomingStanding::Chosen { accept_by_ms }
            if now.as_millisecond() >= accept_by_ms && !accepted)
    }

    /// The driver this node counts on, as long as an award can still come of the bid, or has.
    pub fn counts_on(&self, me: Id<NodeKind>, now: Timestamp) -> Option<&Reservation> {
        let reservation = self.bid.as_ref().filter(|_| self.trips.is_empty())?;
        let window_ms = i64::from(self.offer.accept_within_s) * 1000;
        let over_ms = self.record.reply_by_ms.saturating_add(window_ms);
        let candidate = self.standing(me) == IncomingStanding::Candidate;
        (!candidate || now.as_millisecond() < over_ms).then_some(reservation)
    }

    /// Its state in one word, for people and programs.
    pub fn code(&self, me: Id<NodeKind>) -> &'static str {
        match self.standing(me) {
            IncomingStanding::Candidate => "open",
            IncomingStanding::Chosen { .. } => "awarded",
            IncomingStanding::Ours => "held",
            IncomingStanding::Done => "done",
            IncomingStanding::Cancelled => "cancelled",
            IncomingStanding::Over => "closed",
        }
    }

    /// Whether details agree with what was offered and bid: same number of legs, same communes, times inside the window, the
    /// version of the agreement that the bid names.
    pub fn fits(&self, details: &AwardDetails) -> bool {
        details.legs.len() == self.offer.legs.len()
            && details.legs.iter().zip(&self.offer.legs).all(|(leg, offered)| {
                leg.pickup == offered.pickup
                    && leg.dropoff == offered.dropoff
                    && leg.earliest_pickup_ms >= offered.window_start_ms
                    && leg.latest_arrival_ms <= offered.window_end_ms
            })
            && self.bid.as_ref().is_none_or(|bid| bid.bid.agreement == details.agreement)
            && details.companions < self.offer.seats
            && details.needs.missing_from(&self.offer.needs).next().is_none()
    }

    fn was_chosen(&self, me: Id<NodeKind>) -> bool {
        match self.record.state {
            State::Awarded { winner, .. } => winner == me,
            State::Held { holder } => holder == me,
            State::Open
            | State::Released
            | State::Withdrawn
            | State::Expired
            | State::Cancelled { .. }
            | State::Done { .. } => false,
        }
    }
}
