//! A handover this node offered. Invariant: the trips may be driven here only while [`Outgoing::standing`] is
//! `Ours`; after an award was issued, only a record of the hub makes them ours again.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use maillage_federation::{
    handover::{Bid, Circle, Offer, Record, State},
    ids::{HandoverKind, Id, NodeKind, TripKind},
};

use crate::trip::{Custody, Trip, TripAction, TripStatus};

/// A handover this node offered to others.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Outgoing {
    /// The handover.
    pub handover: Id<HandoverKind>,
    /// The trips it moves, in the order of the offer's legs.
    pub trips: Vec<Id<TripKind>>,
    /// What was offered.
    pub offer: Offer,
    /// When it was offered.
    pub offered_at: Timestamp,
    /// The round this node's next command is for.
    pub round: u32,
    /// Newest record of the hub; `None` while the hub has not answered yet.
    pub record: Option<Record>,
    /// Live bids known, by node, each with the round it came in.
    pub bids: BTreeMap<Id<NodeKind>, Bid>,
    /// When the first of the live bids came in.
    pub first_bid_at: Option<Timestamp>,
    /// The award issued in this round and when: from then on only the hub's word moves ownership.
    pub award: Option<(Id<NodeKind>, Timestamp)>,
    /// Version of the agreement with the winner that the award names; it outlasts the bids.
    pub agreed: Option<u32>,
    /// This node took the trips back without an award: nobody else can own them.
    pub taken_back: bool,
    /// Nodes that were awarded and did not take or keep it.
    pub declined: BTreeSet<Id<NodeKind>>,
    /// What the hub last refused, as a code.
    pub last_refusal: Option<String>,
}

/// Whose the trips are, as far as this node can know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutgoingStanding {
    /// Ours: offered, and nobody has been chosen; a local driver may still take them.
    Ours,
    /// Ours again for good: the handover is over and the trips need a decision.
    Back,
    /// An award has been issued: not ours to drive until the hub says so.
    Uncertain {
        /// Since when.
        since: Timestamp,
    },
    /// Carried by another node.
    Theirs {
        /// The carrying node.
        holder: Id<NodeKind>,
    },
    /// The person does not travel.
    Cancelled,
    /// Accounted for by its holder.
    Done {
        /// The node that carried it.
        holder: Id<NodeKind>,
    },
}

/// How a trip can be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakeBack {
    /// At once: never awarded in this round, so nobody else can own it. The hub is told.
    AtOnce,
    /// Only when the hub has answered.
    AskHub,
    /// Not any more: another node carries it, or it is over.
    Impossible,
}

impl Outgoing {
    /// A new handover, as offered.
    pub fn offered(
        handover: Id<HandoverKind>,
        trips: Vec<Id<TripKind>>,
        offer: Offer,
        at: Timestamp,
    ) -> Self {
        Self {
            handover,
            trips,
            offer,
            offered_at: at,
            round: 1,
            record: None,
            bids: BTreeMap::new(),
            first_bid_at: None,
            award: None,
            agreed: None,
            taken_back: false,
            declined: BTreeSet::new(),
            last_refusal: None,
        }
    }

    /// Takes in a record of the hub. Older than the one known: nothing changes. Nor does anything once its holder has
    /// accounted for it, whatever a hub that was restored says: it has been driven.
    pub fn learn(&mut self, record: Record) {
        let stands = |known: &Record| {
            let done = matches!(known.state, State::Done { .. }) && record.state != known.state;
            done || known.revision >= record.revision
        };
        if record.handover != self.handover || self.record.as_ref().is_some_and(stands) {
            return;
        }
        if record.round > self.round {
            self.round = record.round;
            if let Some((node, _)) = self.award.take() {
                self.agreed = None;
                self.drop_bid(node);
                self.declined.insert(node);
            }
        }
        if record.state == State::Released {
            self.bids.clear();
            self.first_bid_at = None;
        }
        self.record = Some(record);
    }

    /// Takes in a bid that the hub passed on.
    pub fn take_bid(&mut self, node: Id<NodeKind>, bid: Bid, at: Timestamp) {
        self.bids.insert(node, bid);
        self.first_bid_at.get_or_insert(at);
    }

    /// A bidder can no longer.
    pub fn drop_bid(&mut self, node: Id<NodeKind>) {
        self.bids.remove(&node);
        if self.bids.is_empty() {
            self.first_bid_at = None;
        }
    }

    /// Takes in the bids that stand, all of them, as the hub tells a node that was restored: others came or went since its backup.
    pub fn hear_bids(&mut self, bids: BTreeMap<Id<NodeKind>, Bid>, at: Timestamp) {
        self.first_bid_at = if bids.is_empty() { None } else { self.first_bid_at.or(Some(at)) };
        self.bids = bids;
    }

    /// Notes that an award is issued: called in the transaction that puts it into the outbox.
    pub fn note_award(&mut self, winner: Id<NodeKind>, at: Timestamp) {
        self.award = Some((winner, at));
        self.agreed = self.bids.get(&winner).and_then(|bid| bid.agreement);
    }

    /// The hub refused this round's award: nobody was awarded by it. Only a record newer than the award tells
    /// where things stand, so the caller passes the record that came with the refusal.
    pub fn award_refused(&mut self, record: Option<Record>) {
        let state = record.as_ref().map(|record| record.state);
        let round = record.as_ref().map(|record| record.round);
        if let Some(record) = record {
            self.learn(record);
        }
        let answers_this_round = round == Some(self.round);
        let nobody_awarded = matches!(state, Some(State::Open | State::Withdrawn | State::Expired));
        if answers_this_round
            && nobody_awarded
            && let Some((winner, _)) = self.award.take()
        {
            self.agreed = None;
            self.drop_bid(winner);
        }
    }

    /// Whose the trips are.
    pub fn standing(&self) -> OutgoingStanding {
        if self.taken_back {
            return OutgoingStanding::Back;
        }
        match self.record.as_ref().map(|record| record.state) {
            Some(State::Held { holder }) => OutgoingStanding::Theirs { holder },
            Some(State::Done { holder }) => OutgoingStanding::Done { holder },
            Some(State::Cancelled { .. }) => OutgoingStanding::Cancelled,
            Some(State::Withdrawn | State::Expired) => OutgoingStanding::Back,
            Some(State::Released) => OutgoingStanding::Ours,
            Some(State::Awarded { .. }) => {
                let since = self.award.map_or(self.offered_at, |(_, at)| at);
                OutgoingStanding::Uncertain { since }
            }
            None | Some(State::Open) => match self.award {
                Some((_, since)) => OutgoingStanding::Uncertain { since },
                None => OutgoingStanding::Ours,
            },
        }
    }

    /// How the trips can be taken back now.
    pub fn take_back(&self) -> TakeBack {
        match self.standing() {
            OutgoingStanding::Ours => TakeBack::AtOnce,
            OutgoingStanding::Uncertain { .. } => TakeBack::AskHub,
            OutgoingStanding::Back
            | OutgoingStanding::Theirs { .. }
            | OutgoingStanding::Cancelled
            | OutgoingStanding::Done { .. } => TakeBack::Impossible,
        }
    }

    /// The steps from the custody of one of its trips to the one that its standing asks for. A trip that has come back and was
    /// offered again in another handover is that one's business.
    pub fn custody_actions(&self, trip: &Trip) -> Vec<TripAction> {
        let handover = self.handover;
        if trip.custody().handover().is_some_and(|other| other != handover) {
            return Vec::new();
        }
        let cancelled = matches!(trip.status(), TripStatus::Cancelled { .. });
        let give_out = TripAction::GiveOut { handover };
        match (self.standing(), trip.custody()) {
            (OutgoingStanding::Ours, Custody::Uncertain { .. } | Custody::HeldBy { .. }) => {
                if self.is_released() || cancelled {
                    vec![TripAction::ComeBack]
                } else {
                    vec![TripAction::ComeBack, give_out]
                }
            }
            (OutgoingStanding::Back, custody) if custody != Custody::Local => vec![TripAction::ComeBack],
            (OutgoingStanding::Uncertain { .. }, Custody::OfferedOut { .. }) => vec![TripAction::Uncertain],
            (
                OutgoingStanding::Theirs { holder } | OutgoingStanding::Done { holder },
                Custody::OfferedOut { .. } | Custody::Uncertain { .. },
            ) => vec![TripAction::HeldBy { node: holder }],
            (OutgoingStanding::Theirs { holder }, Custody::HeldBy { node, .. }) if node != holder => {
                vec![TripAction::HeldBy { node: holder }]
            }
            (
                OutgoingStanding::Ours
                | OutgoingStanding::Back
                | OutgoingStanding::Uncertain { .. }
                | OutgoingStanding::Theirs { .. }
                | OutgoingStanding::Cancelled
                | OutgoingStanding::Done { .. },
                _,
            ) => Vec::new(),
        }
    }

    /// Whether nothing can move it any more.
    pub fn is_over(&self) -> bool {
        match self.standing() {
            OutgoingStanding::Back | OutgoingStanding::Cancelled | OutgoingStanding::Done { .. } => true,
            OutgoingStanding::Ours | OutgoingStanding::Uncertain { .. } | OutgoingStanding::Theirs { .. } => {
                false
            }
        }
    }

    /// Whether it waits to be offered again after its holder gave it back.
    pub fn is_released(&self) -> bool {
        !self.taken_back && self.record.as_ref().is_some_and(|record| record.state == State::Released)
    }

    /// How far an offer that widens has been shown, as the newest record says.
    pub fn circle(&self) -> Option<Circle> {
        self.record.as_ref().and_then(|record| record.circle)
    }

    /// When the next circle hears of it by time alone, milliseconds since 1970 UTC.
    pub fn next_circle_ms(&self) -> Option<i64> {
        let open = self.standing() == OutgoingStanding::Ours && !self.is_released();
        let circle = self.circle().filter(|circle| open && *circle != Circle::Third)?;
        self.offer.widening.map(|widening| widening.opens_at_ms(circle.wider()))
    }

    /// Its state in one word, for people and programs.
    pub fn code(&self) -> &'static str {
        match (self.standing(), &self.record) {
            (OutgoingStanding::Back, _) if self.taken_back => "withdrawn",
            (OutgoingStanding::Uncertain { .. }, _) => "awarded",
            (_, Some(record)) => record.state.code(),
            (_, None) => "sending",
        }
    }
}

#[cfg(test)]
mod tests {
    use maillage_federation::needs::Needs;

    use super::*;
    use crate::handover::{Incoming, IncomingStanding};

    fn node(number: u8) -> Id<NodeKind> {
        Id::new(1, [number; 10])
    }

    fn offer() -> Offer {
        Offer {
            origin_territory: "200034031".parse().unwrap(),
            legs: Vec::new(),
            seats: 1,
            needs: Needs::none(),
            reply_by_ms: 0,
            accept_within_s: 600,
            agreed_only: false,
            widening: None,
            goes_with: None,
        }
    }

    fn record(state: State, round: u32, revision: u64) -> Record {
        Record {
            handover: Id::new(2, [9; 10]),
            origin: node(0),
            state,
            round,
            reply_by_ms: 0,
            revision,
            circle: None,
        }
    }

    /// A hub that was restored and heard nobody goes on from its backup, with revisions above every real one.
    #[test]
    fn what_is_accounted_for_stays_so_whatever_a_restored_hub_says() {
        let done = State::Done { holder: node(1) };
        let elsewhere = State::Held { holder: node(2) };
        for (state, round) in [
            (State::Expired, 1),
            (State::Open, 1),
            (State::Released, 2),
            (elsewhere, 1),
            (State::Withdrawn, 1),
        ] {
            let first = record(done, 1, 5);
            let mut outgoing = Outgoing::offered(first.handover, Vec::new(), offer(), Timestamp::UNIX_EPOCH);
            let mut incoming =
                Incoming::offered(node(0), offer(), record(State::Open, 1, 1), Timestamp::UNIX_EPOCH);
            outgoing.learn(first.clone());
            incoming.learn(first, node(1));
            let said = record(state, round, 1 << 40);
            assert!(!incoming.is_news(&said));
            outgoing.learn(said.clone());
            incoming.learn(said, node(1));
            assert_eq!(outgoing.standing(), OutgoingStanding::Done { holder: node(1) }, "{state:?}");
            assert_eq!(outgoing.round, 1);
            assert_eq!(incoming.standing(node(1)), IncomingStanding::Done, "{state:?}");
        }
        let mut outgoing = Outgoing::offered(Id::new(2, [9; 10]), Vec::new(), offer(), Timestamp::UNIX_EPOCH);
        outgoing.learn(record(done, 1, 5));
        outgoing.learn(record(done, 1, 1 << 40));
        assert_eq!(outgoing.record.map(|record| record.revision), Some(1 << 40), "words go on");
    }
}
