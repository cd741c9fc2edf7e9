//! The pulse: what counts, once, and how much one person can weigh.

use jiff::SignedDuration;
use maillage_federation::{month::Month, needs::Needs};
use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, proptest};

use super::*;
use crate::{
    place::Place,
    roads::RoadsSource,
    text::{Address, Name, Notes},
    trip::{
        Anchor, CancelReason, CancelledBy, HolderResult, Leg, Origin, Passenger, TripAction, TripTerms,
        UnmetReason,
    },
};

const CAP: u32 = 3;

/// How a trip of the tests ended.
#[derive(Debug, Clone, Copy)]
pub(crate) enum End {
    Open,
    DoneByNeighbour,
    CalledOff,
    NotThere,
    CancelledHere,
    Unmet,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    pub(crate) person: u8,
    pub(crate) end: End,
    pub(crate) closed_min: i64,
    pub(crate) model: u8,
    pub(crate) carried: bool,
    pub(crate) counted: bool,
}

fn id<K>(number: u8) -> Id<K> {
    Id::new(1_700_000_000_000, [number; 10])
}

pub(crate) fn closing() -> Timestamp {
    "2026-10-31T23:00:00Z".parse().unwrap()
}

pub(crate) fn trip(number: u8, sample: Sample) -> Trip {
    let place = |code: &str| Place { commune: code.parse().unwrap(), address: Address::default() };
    let start = closing() - SignedDuration::from_hours(240);
    let passenger = Passenger {
        name: Name::parse("A").unwrap(),
        phone: None,
        driver_notes: Notes::default(),
        desk_phone: None,
    };
    let origin = if sample.carried {
        Origin::Carried { handover: id(1), from: id(2), passenger }
    } else {
        Origin::Own { request: id(number), person: id(sample.person) }
    };
    let terms = TripTerms {
        id: id(number),
        origin,
        leg: Leg::Outbound,
        sibling: None,
        pickup: place("81003"),
        dropoff: place("81004"),
        earliest_pickup: start,
        latest_arrival: start + SignedDuration::from_hours(2),
        anchor: Anchor::Pickup,
        direct_m: 1,
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
        model: format!("model@{}", u16::from(sample.model) + 1).parse().unwrap(),
        created: start,
    };
    let outcome = TripAction::OutcomeFromHolder { result: HolderResult::Completed, loaded_m: 1, empty_m: 1 };
    let way = match sample.end {
        End::Open => vec![],
        End::DoneByNeighbour | End::NotThere if sample.carried => {
            vec![TripAction::Cancel { by: CancelledBy::Origin, reason: CancelReason::Other }]
        }
        End::DoneByNeighbour => {
            vec![TripAction::GiveOut { handover: id(1) }, TripAction::HeldBy { node: id(2) }, outcome]
        }
        End::CalledOff => vec![TripAction::Cancel { by: CancelledBy::Person, reason: CancelReason::Other }],
        End::NotThere => {
            let no_show =
                TripAction::OutcomeFromHolder { result: HolderResult::NoShow, loaded_m: 0, empty_m: 1 };
            vec![TripAction::GiveOut { handover: id(1) }, TripAction::HeldBy { node: id(2) }, no_show]
        }
        End::CancelledHere => {
            vec![TripAction::Cancel { by: CancelledBy::Platform, reason: CancelReason::Other }]
        }
        End::Unmet => vec![TripAction::DeclareUnmet(UnmetReason::NoDriver)],
    };
    let at = closing() - SignedDuration::from_mins(sample.closed_min);
    let trip =
        way.into_iter().fold(Trip::requested(terms).unwrap(), |trip, action| trip.apply(action, at).unwrap());
    let countable = sample.counted && trip.is_uncounted();
    if countable { trip.count_in("2026-09".parse().unwrap()).unwrap() } else { trip }
}

fn sample(person: u8, end: End) -> Sample {
    Sample { person, end, closed_min: 60, model: 0, carried: false, counted: false }
}

fn total(trips: &[Trip], objectors: &[u8]) -> (u32, u32) {
    let objectors = objectors.iter().map(|person| id(*person)).collect();
    let total = count(trips, &objectors, closing(), CAP).total();
    (total.fulfilled, total.not_fulfilled)
}

#[test]
fn what_the_platform_did_or_could_not_do_is_in_a_cell_and_what_the_person_did_is_in_none() {
    let check = |sample: Sample, expected: (u32, u32), consumed: usize| {
        let trips = [trip(1, sample)];
        assert_eq!(total(&trips, &[]), expected, "{sample:?}");
        assert_eq!(count(&trips, &BTreeSet::new(), closing(), CAP).consumed.len(), consumed, "{sample:?}");
    };
    check(sample(1, End::DoneByNeighbour), (1, 0), 1);
    check(sample(1, End::Unmet), (0, 1), 1);
    check(sample(1, End::CancelledHere), (0, 1), 1);
    check(sample(1, End::CalledOff), (0, 0), 1);
    check(sample(1, End::NotThere), (0, 0), 1);
    check(sample(1, End::Open), (0, 0), 0);
    check(Sample { carried: true, ..sample(1, End::CancelledHere) }, (0, 0), 0);
    check(Sample { counted: true, ..sample(1, End::Unmet) }, (0, 0), 0);
    check(Sample { closed_min: 0, ..sample(1, End::Unmet) }, (0, 0), 0);
}

#[test]
fn the_first_three_count_and_the_others_are_used_up() {
    let ends = [
        (End::Unmet, 10),
        (End::DoneByNeighbour, 50),
        (End::DoneByNeighbour, 40),
        (End::DoneByNeighbour, 30),
    ];
    let trips: Vec<Trip> = (1..)
        .zip(ends)
        .map(|(number, (end, closed_min))| trip(number, Sample { closed_min, ..sample(1, end) }))
        .collect();
    let pulse = count(&trips, &BTreeSet::new(), closing(), CAP);
    assert_eq!(pulse.total(), PulseCounts { fulfilled: 3, not_fulfilled: 0 });
    assert_eq!(pulse.consumed, [1, 2, 3, 4].map(id));
}

#[test]
fn what_is_in_no_cell_takes_nobodys_place() {
    let ends =
        [(End::CalledOff, 50), (End::NotThere, 40), (End::Unmet, 30), (End::Unmet, 20), (End::Unmet, 10)];
    let trips: Vec<Trip> = (1..)
        .zip(ends)
        .map(|(number, (end, closed_min))| trip(number, Sample { closed_min, ..sample(1, end) }))
        .collect();
    assert_eq!(total(&trips, &[]), (0, 3));
}

#[test]
fn the_bound_is_over_all_models_together() {
    let trips: Vec<Trip> =
        (1..=6).map(|number| trip(number, Sample { model: number % 3, ..sample(1, End::Unmet) })).collect();
    let pulse = count(&trips, &BTreeSet::new(), closing(), CAP);
    assert_eq!(pulse.by_model.len(), 3);
    assert_eq!(pulse.total().not_fulfilled, CAP);
}

#[test]
fn an_objector_is_in_no_cell_and_leaves_no_backlog() {
    let trips = [trip(1, sample(1, End::Unmet)), trip(2, sample(2, End::Unmet))];
    assert_eq!(total(&trips, &[1]), (0, 1));
    let pulse = count(&trips, &BTreeSet::from([id(1)]), closing(), CAP);
    assert_eq!(pulse.consumed, [id(1), id(2)]);
}

/// The two stages of a journey that two drivers share.
pub(crate) fn stages(ends: [End; 2], closed_min: [i64; 2]) -> [Trip; 2] {
    let [mut near, mut far] = [(1, 0), (2, 1)].map(|(number, index): (u8, usize)| {
        trip(number, Sample { closed_min: closed_min[index], ..sample(1, ends[index]) })
    });
    near.terms.relay = Some(Relay { stage: Stage::Near, other: far.id(), paid_from_m: 0, paid_to_m: 1 });
    far.terms.relay = Some(Relay { stage: Stage::Far, other: near.id(), paid_from_m: 0, paid_to_m: 1 });
    [near, far]
}

#[test]
fn a_journey_that_two_drivers_share_is_one_trip() {
    use End::{CalledOff, CancelledHere, DoneByNeighbour as Done, NotThere, Unmet};
    for (ends, expected) in [
        ([Done, Done], (1, 0)),
        ([Done, Unmet], (0, 1)),
        ([Unmet, Unmet], (0, 1)),
        ([CancelledHere, Unmet], (0, 1)),
        ([CalledOff, CalledOff], (0, 0)),
        ([NotThere, CalledOff], (0, 0)),
        ([Done, CalledOff], (0, 0)),
    ] {
        let trips = stages(ends, [60, 60]);
        assert_eq!(total(&trips, &[]), expected, "{ends:?}");
        assert_eq!(count(&trips, &BTreeSet::new(), closing(), CAP).consumed.len(), 2, "{ends:?}");
    }
}

#[test]
fn half_of_a_journey_is_not_counted_before_the_other_half_is_over() {
    for closed_min in [[60, -10], [-10, 60]] {
        let trips = stages([End::DoneByNeighbour, End::DoneByNeighbour], closed_min);
        let pulse = count(&trips, &BTreeSet::new(), closing(), CAP);
        assert_eq!((pulse.total(), pulse.consumed.len()), (PulseCounts::default(), 0));
        let later = count(&trips, &BTreeSet::new(), closing() + SignedDuration::from_hours(1), CAP);
        assert_eq!((later.total().fulfilled, later.consumed.len()), (1, 2));
    }
}

pub(crate) fn samples() -> impl Strategy<Value = Vec<Sample>> {
    let end = (0..6_u8).prop_map(|end| match end {
        0 => End::Open,
        1 => End::DoneByNeighbour,
        2 => End::CalledOff,
        3 => End::NotThere,
        4 => End::CancelledHere,
        _ => End::Unmet,
    });
    let sample = (0..5_u8, end, 0..100_i64, 0..3_u8, any::<(bool, bool, bool, bool)>());
    let sample = sample.prop_map(|(person, end, closed_min, model, (a, b, c, d))| Sample {
        person,
        end,
        closed_min,
        model,
        carried: a && b,
        counted: c && d,
    });
    proptest::collection::vec(sample, 0..60)
}

pub(crate) fn built(samples: &[Sample]) -> Vec<Trip> {
    (0..).zip(samples).map(|(number, sample)| trip(number, *sample)).collect()
}

proptest! {
    #[test]
    fn one_person_weighs_at_most_the_cap(samples in samples(), person in 0..5_u8, objector in 0..6_u8) {
        let objectors = BTreeSet::from([id(objector)]);
        let with = built(&samples);
        let without: Vec<Trip> = with.iter().filter(|trip| trip.person() != Some(id(person))).cloned().collect();
        let (with, without) =
            (count(&with, &objectors, closing(), CAP), count(&without, &objectors, closing(), CAP));
        let mut moved = 0;
        for (model, counts) in &with.by_model {
            let other = without.by_model.get(model).copied().unwrap_or_default();
            moved += counts.fulfilled.abs_diff(other.fulfilled);
            moved += counts.not_fulfilled.abs_diff(other.not_fulfilled);
        }
        prop_assert!(moved <= CAP, "{} cells moved", moved);
        prop_assert!(without.by_model.keys().all(|model| with.by_model.contains_key(model)));
    }

    #[test]
    fn the_order_given_does_not_matter_and_each_trip_is_in_one_report(samples in samples(), split in 0..60_usize) {
        let trips = built(&samples);
        let none = BTreeSet::new();
        let first = count(&trips, &none, closing(), CAP);
        prop_assert_eq!(&count(trips.iter().rev(), &none, closing(), CAP), &first);
        let (early, late) = trips.split_at(split.min(trips.len()));
        prop_assert_eq!(&count(late.iter().chain(early).chain(late), &none, closing(), CAP), &first);

        let month: Month = "2026-10".parse().unwrap();
        let after: Vec<Trip> = trips
            .iter()
            .map(|trip| if first.consumed.contains(&trip.id()) { trip.count_in(month).unwrap() } else { trip.clone() })
            .collect();
        let again = count(&after, &none, closing(), CAP);
        prop_assert_eq!(again, Pulse::default());
    }
}
