//! Sharing a journey: the second stage never begins before the first has had its time and the wait, whatever the distances; what one
//! stage comes to is what becomes of the other.

use jiff::{SignedDuration, Timestamp};
use maillage_federation::{handover::Meeting, ids::Id, needs::Needs};
use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, proptest};

use super::{RelayError, RelayPlan, Stage, Stretch};
use crate::{
    place::Place,
    roads::RoadsSource,
    text::{Address, Notes},
    trip::{
        Absentee, Anchor, CancelReason, CancelledBy, Leg, Origin, Trip, TripAction, TripChange, TripError,
        TripStatus, TripTerms, TripWindow, UnmetReason,
    },
};

const MEETING: &str = "81317";

fn id<K>(number: u8) -> Id<K> {
    Id::new(1_700_000_000_000, [number; 10])
}

fn asked() -> Timestamp {
    "2026-10-01T07:00:00Z".parse().unwrap()
}

fn place(commune: &str) -> Place {
    Place { commune: commune.parse().unwrap(), address: Address::parse("1 rue d’essai").unwrap() }
}

fn trip(leg: Leg, anchor: Anchor) -> Trip {
    let earliest_pickup = asked() + SignedDuration::from_hours(100);
    let ends = [place("81003"), place("81004")];
    let [pickup, dropoff] = if leg == Leg::Outbound { ends } else { [ends[1].clone(), ends[0].clone()] };
    let terms = TripTerms {
        id: id(1),
        origin: Origin::Own { request: id(2), person: id(3) },
        leg,
        sibling: None,
        pickup,
        dropoff,
        earliest_pickup,
        latest_arrival: earliest_pickup + SignedDuration::from_mins(60),
        anchor,
        direct_m: 31_000,
        direct_by: RoadsSource::Estimate,
        seats: 1,
        companions: 0,
        tolerance_s: 900,
        late_ok: false,
        notes: Notes::default(),
        pooling: None,
        occurrence: None,
        relay: None,
        meeting: None,
        needs: Needs::none(),
        model: "benevoles-association@1".parse().unwrap(),
        created: asked(),
    };
    Trip::requested(terms).unwrap()
}

fn road(seconds: u32) -> Stretch {
    Stretch { metres: seconds * 15, seconds, source: RoadsSource::Estimate }
}

fn plan(near_s: u32, far_s: u32, slack_s: u32) -> RelayPlan {
    RelayPlan {
        far: id(9),
        far_sibling: None,
        place: place(MEETING),
        near_road: road(near_s),
        far_road: road(far_s),
        slack_s,
    }
}

fn seconds(window: (Timestamp, Timestamp)) -> i64 {
    window.0.duration_until(window.1).as_secs()
}

fn ways() -> impl Strategy<Value = (Leg, Anchor)> {
    (any::<bool>(), any::<bool>()).prop_map(|(back, arrival)| {
        let leg = if back { Leg::Return } else { Leg::Outbound };
        (leg, if arrival { Anchor::Arrival } else { Anchor::Pickup })
    })
}

proptest! {
    #[test]
    fn the_second_driver_is_met_after_the_first_has_had_its_time_and_the_wait(
        (leg, anchor) in ways(),
        near_s in 60_u32..7_200,
        far_s in 60_u32..7_200,
        slack_s in 0_u32..3_600,
    ) {
        let whole = trip(leg, anchor);
        let (near, far) = whole.split(&plan(near_s, far_s, slack_s), asked()).unwrap();
        let (first, second) = if leg == Leg::Outbound { (&near, &far) } else { (&far, &near) };
        prop_assert_eq!(
            seconds((first.terms.latest_arrival, second.terms.earliest_pickup)),
            i64::from(slack_s)
        );
        for (stage, road_s) in [(&near, near_s), (&far, far_s)] {
            let window = (stage.terms.earliest_pickup, stage.terms.latest_arrival);
            prop_assert_eq!(seconds(window), i64::from(road_s) + 900, "its road, and what the person accepts");
        }
        prop_assert_eq!(&first.terms.dropoff, &second.terms.pickup);
        prop_assert_eq!((&first.terms.pickup, &second.terms.dropoff), (&whole.terms.pickup, &whole.terms.dropoff));
        match anchor {
            Anchor::Arrival => prop_assert_eq!(second.terms.latest_arrival, whole.terms.latest_arrival),
            Anchor::Pickup | Anchor::Call => {
                prop_assert_eq!(first.terms.earliest_pickup, whole.terms.earliest_pickup);
            }
        }
        let paid = [&near, &far].map(|stage| stage.terms.relay.map(|relay| (relay.paid_from_m, relay.paid_to_m)));
        let near_m = (near_s * 15).min(whole.terms.direct_m);
        prop_assert_eq!(paid, [Some((0, near_m)), Some((near_m, whole.terms.direct_m))], "the journey, once");
        let met = if leg == Leg::Outbound { Meeting::AtDropoff } else { Meeting::AtPickup };
        prop_assert_eq!(near.terms.meeting, Some(met));
        prop_assert!(far.terms.meeting.is_some_and(|far| far != met));
        // And back into one.
        let road = Stretch { metres: whole.terms.direct_m, seconds: 2_700, source: RoadsSource::Estimate };
        let (again, over) = near.rejoin(&far, road, asked()).unwrap();
        prop_assert_eq!(&again.terms, &whole.terms);
        let by_us = matches!(over.status(), TripStatus::Cancelled { by: CancelledBy::Platform, .. });
        prop_assert!(by_us);
    }
}

#[test]
fn what_cannot_be_shared_says_why() {
    let whole = trip(Leg::Outbound, Anchor::Arrival);
    let refused = |trip: &Trip, plan: &RelayPlan, at| trip.split(plan, at).map(|_| ()).unwrap_err();
    let good = plan(1_200, 1_500, 600);
    for end in ["81003", "81004"] {
        let there = RelayPlan { place: place(end), ..good.clone() };
        assert_eq!(refused(&whole, &there, asked()), RelayError::SamePlace);
    }
    let on_call = trip(Leg::Return, Anchor::Call);
    assert_eq!(refused(&on_call, &good, asked()), RelayError::OnCall);
    let begins = whole.split(&good, asked()).unwrap().0.terms.earliest_pickup;
    assert!(whole.split(&good, begins).is_ok());
    let late = begins + SignedDuration::from_secs(1);
    assert_eq!(refused(&whole, &good, late), RelayError::TooLate(begins));
    let (near, far) = whole.split(&good, asked()).unwrap();
    for stage in [&near, &far] {
        assert_eq!(refused(stage, &good, asked()), RelayError::Already);
    }
    let given_out = whole.apply(TripAction::GiveOut { handover: id(4) }, asked()).unwrap();
    assert_eq!(refused(&given_out, &good, asked()), RelayError::Asked);
    assert_eq!(far.rejoin(&near, good.far_road, asked()).unwrap_err(), RelayError::NotShared);
    let asked_for = far.apply(TripAction::GiveOut { handover: id(4) }, asked()).unwrap();
    assert_eq!(near.rejoin(&asked_for, good.far_road, asked()).unwrap_err(), RelayError::Asked);
}

#[test]
fn no_time_or_place_changes_on_one_side_alone() {
    let (near, far) = trip(Leg::Outbound, Anchor::Arrival).split(&plan(1_200, 1_500, 600), asked()).unwrap();
    let TripTerms { earliest_pickup, latest_arrival, anchor, tolerance_s, late_ok, .. } = near.terms;
    let as_it_is = TripWindow { earliest_pickup, latest_arrival, anchor, tolerance_s, late_ok };
    let window = TripWindow { earliest_pickup: earliest_pickup - SignedDuration::from_mins(5), ..as_it_is };
    let same = TripChange { window: Some(as_it_is), ..TripChange::default() };
    assert!(near.edit(&same, asked()).is_ok(), "a pair is changed whole, and this leg stays as it is");
    for change in [
        TripChange { window: Some(window), ..TripChange::default() },
        TripChange { dropoff: Some(place("81065")), ..TripChange::default() },
    ] {
        for stage in [&near, &far] {
            assert_eq!(stage.edit(&change, asked()).unwrap_err(), TripError::Shared);
            assert_eq!(stage.agree(&change, asked()).unwrap_err(), TripError::Shared);
        }
    }
    let notes = TripChange { notes: Some(Notes::parse("à l’arrêt").unwrap()), ..TripChange::default() };
    assert!(near.edit(&notes, asked()).is_ok());
}

#[test]
fn nobody_is_waited_for_who_is_not_brought() {
    let (near, far) = trip(Leg::Outbound, Anchor::Arrival).split(&plan(1_200, 1_500, 600), asked()).unwrap();
    let held = [TripAction::GiveOut { handover: id(4) }, TripAction::HeldBy { node: id(5) }]
        .into_iter()
        .fold(far.clone(), |trip, action| trip.apply(action, asked()).unwrap());
    let by_person = TripAction::Cancel { by: CancelledBy::Person, reason: CancelReason::Illness };
    let by_us = TripAction::Cancel { by: CancelledBy::Platform, reason: CancelReason::Driver };
    let late = TripStatus::Cancelled { by: CancelledBy::Person, reason: CancelReason::Illness, late: true };
    let unmet = TripStatus::Unmet(UnmetReason::NoDriver);
    for (other, undecided, handed_over) in [
        (late, Some(by_person), Some(by_person)),
        (unmet, Some(by_us), Some(by_us)),
        (TripStatus::NoShow(Absentee::Driver), Some(by_us), Some(by_us)),
        (TripStatus::Completed { loaded_m: 1, empty_m: 1 }, None, None),
        (TripStatus::PickedUp, None, None),
        (TripStatus::Requested, None, None),
    ] {
        let after = |stage: &Trip| stage.after_other(other, asked());
        assert_eq!((after(&far), after(&held)), (undecided, handed_over), "{other:?}");
        let begun = far.terms.earliest_pickup;
        assert_eq!(far.after_other(other, begun), None, "it may have been driven: {other:?}");
    }
    let missing = far.after_other(TripStatus::NoShow(Absentee::Person), asked());
    assert!(matches!(missing, Some(TripAction::Cancel { by: CancelledBy::Person, .. })));
    assert_eq!(near.after_other(unmet, asked()), Some(by_us), "one line of the ledger");
    let over = near.apply(by_person, asked()).unwrap();
    assert_eq!(over.after_other(unmet, asked()), None, "what is over stays as it ended");
    assert_eq!(near.terms.relay.map(|relay| relay.stage), Some(Stage::Near));
}

#[test]
fn who_is_on_the_way_to_a_stage_that_nobody_drives_is_stranded() {
    for leg in [Leg::Outbound, Leg::Return] {
        let (near, far) = trip(leg, Anchor::Arrival).split(&plan(1_200, 1_500, 600), asked()).unwrap();
        let (first, second) = if leg == Leg::Outbound { (near, far) } else { (far, near) };
        let held = |stage: &Trip| {
            [TripAction::GiveOut { handover: id(4) }, TripAction::HeldBy { node: id(5) }]
                .into_iter()
                .fold(stage.clone(), |trip, action| trip.apply(action, asked()).unwrap())
        };
        let begins = first.terms.earliest_pickup;
        assert!(!first.strands(&second, begins), "nobody drives the first");
        let under_way = held(&first);
        assert!(under_way.strands(&second, begins));
        assert!(!under_way.strands(&second, begins - SignedDuration::from_secs(1)));
        assert!(!under_way.strands(&held(&second), begins), "both are driven");
        assert!(
            !held(&second).strands(&first, second.terms.earliest_pickup),
            "the second does not come first"
        );
        let stays = TripAction::Cancel { by: CancelledBy::Person, reason: CancelReason::Illness };
        assert!(!under_way.strands(&second.apply(stays, asked()).unwrap(), begins), "she does not go on");
        let failed = TripAction::Cancel { by: CancelledBy::Platform, reason: CancelReason::Driver };
        assert!(under_way.strands(&second.apply(failed, asked()).unwrap(), begins));
        let unsure = [TripAction::GiveOut { handover: id(4) }, TripAction::Uncertain]
            .into_iter()
            .fold(second.clone(), |trip, action| trip.apply(action, asked()).unwrap());
        assert!(under_way.strands(&unsure, begins), "nobody knows who drives it");
        let mut other = second.clone();
        other.terms.relay = None;
        assert!(!under_way.strands(&other, begins), "a trip of its own again");
    }
}
