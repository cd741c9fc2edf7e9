//! What never changes while a model is explored: who takes part, what is offered, the instants of the clock. It must hold
//! nothing that a step can change.

use jiff::Timestamp;
use maillage_domain::{
    handover::Reservation,
    place::Place,
    roads::RoadsSource,
    text::{Address, Notes},
    trip::{
        Anchor, Assignment, Custody, Leg, Origin, Trip, TripAction, TripEvent, TripEventKind, TripState,
        TripStatus, TripTerms,
    },
};
use maillage_federation::{
    handover::{
        Action, AwardDetails, AwardLeg, Bid, Circle, Command, Eligible, GiveBackReason, Offer, OfferedLeg,
        Record, State, Widening,
    },
    ids::{HandoverKind, Id, NodeKind, TripKind},
    needs::Needs,
    sealed::{Context, PayloadKind, Sealed, SealingKey},
};

use crate::{
    memo::Memo,
    state::{OwnTrip, Said, Say},
};

/// An hour, in milliseconds.
const HOUR_MS: i64 = 3_600_000;
/// The first instant: a whole hour of 2027, in milliseconds since 1970 UTC.
const BEGIN_MS: i64 = 1_800_000_000_000;
/// The last instant of the clock.
pub(crate) const LAST_TICK: u8 = 3;
/// Hours after the first instant. An award lapses half an hour after it is made, bids end after an hour and a half or half
/// an hour before the pickup, and the pickup is after three hours: so the second instant is after the `accept_by` of
/// awards of the first, the third after the first `reply_by`, the last after the pickup.
const HOURS: [i64; LAST_TICK as usize + 1] = [0, 1, 2, 4];
/// Bids are taken for so long.
const REPLY_WITHIN_MS: i64 = HOUR_MS * 3 / 2;
/// When the person is fetched.
const PICKUP_MS: i64 = BEGIN_MS + 3 * HOUR_MS;
/// Bids end so long before the pickup.
const BEFORE_PICKUP_MS: i64 = HOUR_MS / 2;
/// Time to accept an award, in seconds.
const ACCEPT_WITHIN_S: u32 = 1800;

/// A node of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Party {
    /// Offers the trip.
    A,
    /// May carry it.
    B,
    /// May carry it.
    C,
}

/// The constants of a model.
#[derive(Debug)]
pub struct Scene {
    /// The handover.
    pub handover: Id<HandoverKind>,
    /// What is offered.
    pub offer: Offer,
    /// What a candidate proposes, and the driver it counts on.
    pub reservation: Reservation,
    /// The instant of everything a node does: a node's clock is only ever too slow here, so that it never gives up by
    /// itself what the hub would refuse.
    pub at: Timestamp,
    /// Whether the offer widens: C is of the second circle, which opens at the second instant.
    pub circles: bool,
    sealed: Sealed,
    terms: TripTerms,
    drive: Assignment,
    drivable: Memo<bool>,
}

impl Party {
    /// Everybody.
    pub const ALL: [Self; 3] = [Self::A, Self::B, Self::C];
    /// Who may carry the trip.
    pub const CANDIDATES: [Self; 2] = [Self::B, Self::C];

    /// Its identifier.
    pub fn id(self) -> Id<NodeKind> {
        let number = match self {
            Self::A => 1,
            Self::B => 2,
            Self::C => 3,
        };
        Id::new(1, [number; 10])
    }

    /// The party of an identifier; none for what names no party.
    pub fn of(id: Id<NodeKind>) -> Option<Self> {
        Self::ALL.into_iter().find(|party| party.id() == id)
    }
}

/// The hub's clock, in milliseconds since 1970 UTC.
pub(crate) fn now_ms(tick: u8) -> i64 {
    BEGIN_MS + HOURS.get(usize::from(tick)).copied().unwrap_or(0) * HOUR_MS
}

/// Until when bids are asked for at an instant; none if it is too late. As `app::handover::origin::reply_by_ms`.
pub(crate) fn reply_by_ms(tick: u8) -> Option<i64> {
    let reply_by = (now_ms(tick) + REPLY_WITHIN_MS).min(PICKUP_MS - BEFORE_PICKUP_MS);
    (reply_by > now_ms(tick)).then_some(reply_by)
}

/// A record as a node keeps it here: without the instants, which only the hub decides by.
pub(crate) fn timeless(record: &Record) -> Record {
    let state = match record.state {
        State::Awarded { winner, .. } => State::Awarded { winner, accept_by_ms: PICKUP_MS },
        state @ (State::Open
        | State::Held { .. }
        | State::Released
        | State::Withdrawn
        | State::Expired
        | State::Cancelled { .. }
        | State::Done { .. }) => state,
    };
    Record { state, reply_by_ms: PICKUP_MS, ..record.clone() }
}

impl Scene {
    /// The one scene: a trip from Alban to Albi.
    ///
    /// # Panics
    /// Never: the codes in it are valid.
    pub fn new() -> Self {
        let commune = |code: &str| code.parse().expect("a commune");
        let instant = |ms| Timestamp::from_millisecond(ms).expect("an instant of our time");
        let (at, pickup) = (instant(BEGIN_MS), instant(PICKUP_MS));
        let arrival = instant(PICKUP_MS + HOUR_MS);
        let (from, to) = (commune("81003"), commune("81004"));
        let offer = Offer {
            origin_territory: "200034031".parse().expect("a territory"),
            legs: vec![OfferedLeg::rounded((from, to), (PICKUP_MS, PICKUP_MS + HOUR_MS), 31_000)],
            seats: 1,
            needs: Needs::none(),
            reply_by_ms: PICKUP_MS,
            accept_within_s: ACCEPT_WITHIN_S,
            agreed_only: false,
            widening: None,
            goes_with: None,
        };
        let volunteer = Id::new(2, [7; 10]);
        let reservation = Reservation {
            bid: Bid { firm: false, pickup_ms: vec![PICKUP_MS], extra_m: 4_000, agreement: None },
            volunteer,
            spans: vec![],
            round: 0,
            unheard: false,
        };
        let place = |commune| Place { commune, address: Address::default() };
        let terms = TripTerms {
            id: Id::new(3, [1; 10]),
            origin: Origin::Own { request: Id::new(4, [1; 10]), person: Id::new(5, [1; 10]) },
            leg: Leg::Outbound,
            sibling: None,
            pickup: place(from),
            dropoff: place(to),
            earliest_pickup: pickup,
            latest_arrival: arrival,
            anchor: Anchor::Pickup,
            direct_m: 31_000,
            direct_by: RoadsSource::Estimate,
            seats: 1,
            companions: 0,
            tolerance_s: 0,
            late_ok: false,
            notes: Notes::default(),
            pooling: None,
            occurrence: None,
            relay: None,
            meeting: None,
            needs: Needs::none(),
            model: "essai@1".parse().expect("a model"),
            created: at,
        };
        let drive = Assignment {
            volunteer,
            start: at,
            pickup,
            arrival,
            end: arrival,
            empty_m: 4_000,
            vehicle: None,
            own_trip: false,
            shared: None,
        };
        let handover = Id::new(6, [1; 10]);
        let (sealed, drivable) = (sealed(handover), Memo::default());
        Self { handover, offer, reservation, at, circles: false, sealed, terms, drive, drivable }
    }

    /// What was said as the hub reads it.
    pub fn command(&self, said: &Said) -> Command {
        let reason = GiveBackReason::NoDriver;
        let action = match said.what {
            Say::Offer { reply_by_ms } => {
                let widening =
                    self.circles.then(|| Widening { second_at_ms: now_ms(1), third_at_ms: now_ms(1) });
                Action::Offer(Offer { reply_by_ms, widening, ..self.offer.clone() })
            }
            Say::Bid => Action::Bid(self.reservation.bid.clone()),
            Say::Unbid => Action::Unbid,
            Say::Award { winner } => Action::Award { winner: winner.id(), details: self.sealed.clone() },
            Say::Withdraw { reason } => Action::Withdraw(reason),
            Say::Accept => Action::Accept,
            Say::Refuse => Action::Refuse(reason),
            Say::Release => Action::Release(reason),
            Say::Cancel => Action::Cancel,
            Say::Outcome { .. } => Action::Outcome(self.sealed.clone()),
        };
        Command { handover: self.handover, round: said.round, action }
    }

    /// Those of these nodes that may carry the trip, with their circles.
    pub fn eligible(&self, nodes: impl Iterator<Item = Party>) -> Eligible {
        let circle = |party| if self.circles && party == Party::C { Circle::Second } else { Circle::First };
        nodes.map(|party| (party.id(), circle(party))).collect()
    }

    /// Who and where, as sealed to a winner in a round: the notes say to whom, so that it is seen where they get to.
    pub fn details(&self, round: u32, winner: Party) -> AwardDetails {
        let leg = |leg: &OfferedLeg| AwardLeg {
            trip: self.terms.id,
            pickup: leg.pickup,
            pickup_address: String::new(),
            dropoff: leg.dropoff,
            dropoff_address: String::new(),
            earliest_pickup_ms: leg.window_start_ms,
            latest_arrival_ms: leg.window_end_ms,
            meeting: None,
        };
        AwardDetails {
            name: "J".to_owned(),
            phone: String::new(),
            legs: self.offer.legs.iter().map(leg).collect(),
            needs: Needs::none(),
            companions: 0,
            driver_notes: format!("{round}{winner:?}"),
            desk_phone: String::new(),
            model: self.terms.model.clone(),
            agreement: None,
        }
    }

    /// The identifier of the trip that a candidate carries in a round.
    pub fn carried(round: u32) -> Id<TripKind> {
        Id::new(u64::from(round), [9; 10])
    }

    /// The origin's trip.
    ///
    /// # Panics
    /// For a state that no life of a trip leads to.
    pub fn own(&self, trip: &OwnTrip) -> Trip {
        self.trip(trip.status, trip.custody)
    }

    /// A trip in a state, with the one driver where there has to be one.
    ///
    /// # Panics
    /// For a state that no life of a trip leads to.
    pub fn trip(&self, status: TripStatus, custody: Custody) -> Trip {
        let driven = matches!(status, TripStatus::Offered | TripStatus::Confirmed | TripStatus::PickedUp);
        let state = TripState {
            status,
            assignment: driven.then_some(self.drive),
            custody,
            history: vec![TripEvent { at: self.at, kind: TripEventKind::Requested }],
            closed_at: status.is_closed().then_some(self.at),
            counted_in: None,
        };
        Trip::restore(self.terms.clone(), state).expect("a trip that can be")
    }

    /// The drive a driver is asked for.
    pub fn drive(&self) -> Assignment {
        self.drive
    }

    /// The end of that drive.
    pub fn arrival() -> TripAction {
        TripAction::Complete { loaded_m: 1, empty_m: 1 }
    }

    /// Whether a driver of the node may drive a trip: the real one is asked whether somebody may set out with it, or arrive.
    pub fn lets_drive(&self, status: TripStatus, custody: Custody) -> bool {
        self.drivable.answer(&(status, custody), || {
            let trip = self.trip(status, custody);
            let acts = [TripAction::OfferTo(self.drive), Self::arrival()];
            acts.into_iter().any(|act| trip.apply(act, self.at).is_ok())
        })
    }
}

impl Default for Scene {
    fn default() -> Self {
        Self::new()
    }
}

/// Something sealed: the machine never looks into it.
fn sealed(handover: Id<HandoverKind>) -> Sealed {
    let (sender, recipient) = (Party::A.id(), Party::B.id());
    let context = Context { kind: PayloadKind::Award, handover, round: 1, sender, recipient };
    let key = SealingKey::from_seed(&[1; 32]).public();
    key.seal(b"x", &context, [2; 32]).expect("it is short")
}
