//! The bytes of version 1 of handovers and of report states, as files under `golden/`. They are never changed.

use std::collections::{BTreeMap, BTreeSet};

use maillage_domain::handover::{Incoming, Outgoing, Reservation};
use maillage_federation::{
    handover::{AwardDetails, AwardLeg, Bid, Circle, Offer, OfferedLeg, Record, State, Widening},
    ids::{HandoverKind, Id},
    needs::{Need, Needs},
};

use super::records::{IncomingRecord, OutgoingRecord};
use crate::{
    golden::check,
    samples::{id, now},
};

fn offer() -> Offer {
    let commune = |code: &str| code.parse().unwrap();
    let leg = OfferedLeg::rounded((commune("81003"), commune("81004")), (0, 3_600_000), 31_000);
    Offer {
        origin_territory: "200034031".parse().unwrap(),
        legs: vec![leg],
        seats: 1,
        needs: [Need::WalkingAid].into_iter().collect::<Needs>(),
        reply_by_ms: 1_000,
        accept_within_s: 600,
        agreed_only: false,
        widening: None,
        goes_with: None,
    }
}

fn record(state: State) -> Record {
    Record { handover: id(1), origin: id(2), state, round: 2, reply_by_ms: 1_000, revision: 7, circle: None }
}

fn bid() -> Bid {
    Bid { firm: true, pickup_ms: vec![900], extra_m: 12_000, agreement: None }
}

fn outgoing() -> Outgoing {
    let handover: Id<HandoverKind> = id(1);
    let mut outgoing = Outgoing::offered(handover, vec![id(3)], offer(), now());
    outgoing.learn(record(State::Open));
    outgoing.bids = BTreeMap::from([(id(4), bid())]);
    outgoing.first_bid_at = Some(now());
    outgoing.note_award(id(4), now());
    outgoing.declined = BTreeSet::from([id(5)]);
    outgoing.last_refusal = Some("handover-too-late".to_owned());
    outgoing
}

fn reservation() -> Reservation {
    Reservation { bid: bid(), volunteer: id(6), spans: vec![(now(), now())], round: 0, unheard: false }
}

fn incoming() -> Incoming {
    let mut incoming = Incoming::offered(id(2), offer(), record(State::Held { holder: id(4) }), now());
    incoming.bid = Some(reservation());
    incoming.details = Some(AwardDetails {
        name: "Canary Calvet".to_owned(),
        phone: "05 00 00 00 00".to_owned(),
        legs: vec![AwardLeg {
            trip: id(3),
            pickup: "81003".parse().unwrap(),
            pickup_address: "rue d'essai".to_owned(),
            dropoff: "81004".parse().unwrap(),
            dropoff_address: "place d'essai".to_owned(),
            earliest_pickup_ms: 1,
            latest_arrival_ms: 2,
            meeting: None,
        }],
        needs: Needs::none(),
        companions: 0,
        driver_notes: String::new(),
        desk_phone: "05 00 00 00 01".to_owned(),
        model: "hybride-guichet@1".parse().unwrap(),
        agreement: None,
    });
    incoming.accepted_round = Some(2);
    incoming.trips = vec![id(8)];
    incoming
}

#[test]
fn handovers_of_version_1_keep_their_bytes_and_lose_nothing() {
    let out = OutgoingRecord::from(&outgoing());
    check(include_str!("../../golden/handover-outgoing.v1.hex"), &out);
    assert_eq!(Outgoing::try_from(out).unwrap(), outgoing());
    let taken = IncomingRecord::from(&incoming());
    check(include_str!("../../golden/handover-incoming.v1.hex"), &taken);
    assert_eq!(Incoming::try_from(taken).unwrap(), incoming());
}

/// What offers in circles have added, left out where an offer does not widen.
#[test]
fn handovers_in_circles_keep_their_bytes_and_lose_nothing() {
    let widening = Some(Widening { second_at_ms: 300, third_at_ms: 600 });
    let in_circles = Offer { widening, goes_with: Some(id(11)), ..offer() };
    let shown = Record { circle: Some(Circle::Second), ..record(State::Open) };
    let mut out = Outgoing { offer: in_circles.clone(), ..outgoing() };
    out.learn(Record { revision: 8, ..shown.clone() });
    let written = OutgoingRecord::from(&out);
    check(include_str!("../../golden/handover-outgoing-circles.v1.hex"), &written);
    assert_eq!(Outgoing::try_from(written).unwrap(), out);
    let asked = Incoming::offered(id(2), in_circles, shown, now());
    let written = IncomingRecord::from(&asked);
    check(include_str!("../../golden/handover-incoming-circles.v1.hex"), &written);
    assert_eq!(Incoming::try_from(written).unwrap(), asked);
}

/// What a bid that the hub may not know of has added, left out of every other.
#[test]
fn a_bid_that_is_to_be_said_again_keeps_its_bytes_and_loses_nothing() {
    let unheard = Reservation { round: 2, unheard: true, ..reservation() };
    let mut asked = Incoming::offered(id(2), offer(), record(State::Open), now());
    asked.bid = Some(unheard);
    let written = IncomingRecord::from(&asked);
    check(include_str!("../../golden/handover-incoming-unheard.v1.hex"), &written);
    assert_eq!(Incoming::try_from(written).unwrap(), asked);
}
