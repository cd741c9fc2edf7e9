//! Trips and their indexes, against a plain list of trips.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, civil::Date};
use maillage_domain::trip::{Trip, TripAction, TripStatus};
use maillage_engine::{Engine, View};
use maillage_federation::month::paris;
use proptest::prelude::{Strategy, any, prop_assert_eq, proptest};

use super::write;
use crate::{
    samples::{CANCEL, UNMET, after, at, carried, engine, every_state, held, id, offer, trip},
    trips,
};

fn put(engine: &Engine, trip: &Trip) {
    let trip = trip.clone();
    write(engine, move |transaction| trips::put(transaction, &trip));
}

fn monday() -> Date {
    "2026-10-05".parse().unwrap()
}

#[test]
fn a_trip_in_every_state_is_found_as_it_was_written() {
    let engine = engine();
    for trip in every_state() {
        put(&engine, &trip);
        assert_eq!(trips::find(&engine, trip.id()), Ok(Some(trip)));
    }
}

#[test]
fn a_day_has_its_trips_in_the_order_of_their_pickups() {
    let engine = engine();
    let first = trip(10);
    let mut late = trip(20);
    late.terms.earliest_pickup = at("2026-10-05T21:59:00Z");
    late.terms.latest_arrival = at("2026-10-05T22:40:00Z");
    let mut tomorrow = trip(30);
    tomorrow.terms.earliest_pickup = at("2026-10-05T22:00:00Z");
    tomorrow.terms.latest_arrival = at("2026-10-05T22:40:00Z");
    for trip in [&late, &tomorrow, &first] {
        put(&engine, trip);
    }
    assert_eq!(trips::on_day(&engine, monday()), Ok(vec![first, late]));
    assert_eq!(trips::on_day(&engine, monday().tomorrow().unwrap()), Ok(vec![tomorrow]));
}

#[test]
fn a_driver_is_bound_from_the_question_to_the_end_of_the_trip() {
    let engine = engine();
    let trip = trip(10);
    let bound = |engine: &Engine| {
        let (from, to) = (at("2026-10-05T00:00:00Z"), at("2026-10-06T00:00:00Z"));
        trips::commitments_of(engine, id(50), from, to).unwrap().len()
    };
    let mut state = trip.clone();
    let complete = TripAction::Complete { loaded_m: 1, empty_m: 1 };
    let life = [(offer(&trip, 50), 1), (TripAction::DriverAccepts(id(50)), 1), (complete, 0)];
    for (action, expected) in life {
        state = after(&state, &[action]);
        put(&engine, &state);
        assert_eq!(bound(&engine), expected, "{action:?}");
    }
}

#[test]
fn commitments_are_those_that_overlap() {
    let engine = engine();
    let trip = trip(10);
    let offered = after(&trip, &[offer(&trip, 50)]);
    put(&engine, &offered);
    let drive = offered.assignment().unwrap();
    let second = SignedDuration::from_secs(1);
    let count = |driver: u8, from: Timestamp, to: Timestamp| {
        trips::commitments_of(&engine, id(driver), from, to).unwrap().len()
    };
    assert_eq!(count(50, drive.start - second, drive.start), 0);
    assert_eq!(count(50, drive.start - second, drive.start + second), 1);
    assert_eq!(count(50, drive.pickup, drive.arrival), 1);
    assert_eq!(count(50, drive.end - second, drive.end + second), 1);
    assert_eq!(count(50, drive.end, drive.end + second), 0);
    assert_eq!(count(51, drive.start, drive.end), 0);
    let found = trips::commitments_of(&engine, id(50), drive.start, drive.end).unwrap();
    assert_eq!(found, [(trip.id(), drive)]);
}

#[test]
fn unmet_need_stays_in_its_ledger() {
    let engine = engine();
    put(&engine, &after(&trip(10), &[UNMET]));
    put(&engine, &after(&trip(20), &[CANCEL]));
    let counted = after(&trip(10), &[UNMET]).count_in("2026-10".parse().unwrap()).unwrap();
    put(&engine, &counted);
    let unmet = trips::unmet(&engine, Timestamp::MIN, Timestamp::MAX, 9).unwrap();
    assert_eq!(unmet, [counted]);
    assert!(trips::unmet(&engine, at("2026-10-05T00:00:00Z"), Timestamp::MAX, 9).unwrap().is_empty());
}

#[test]
fn a_counted_trip_is_found_by_its_month_also_in_a_store_from_before() {
    let engine = engine();
    let month = |text: &str| text.parse().unwrap();
    let in_month = |number: u8, text: &str| after(&trip(number), &[UNMET]).count_in(month(text)).unwrap();
    let counted = [in_month(10, "2026-10"), in_month(20, "2026-11"), in_month(30, "2026-10")];
    for trip in &counted {
        put(&engine, trip);
    }
    put(&engine, &after(&trip(40), &[UNMET]));
    let found = |text: &str| sorted(trips::counted_in(&engine, month(text)).unwrap());
    let october = sorted(vec![counted[0].clone(), counted[2].clone()]);
    assert_eq!((found("2026-10"), found("2026-12")), (october.clone(), vec![]));
    // A version that did not know the index.
    let rows = engine.scan_prefix(trips::COUNTED_TREE, &[], 99).unwrap();
    write(&engine, move |transaction| {
        rows.iter().try_for_each(|(key, _)| transaction.delete(trips::COUNTED_TREE, key))
    });
    assert_eq!(found("2026-10"), []);
    let mut from = None;
    loop {
        from = write(&engine, move |transaction| trips::index_older(transaction, from, 3));
        if from.is_none() {
            break;
        }
    }
    assert_eq!((found("2026-10"), found("2026-11")), (october, vec![counted[1].clone()]));
}

#[test]
fn an_index_row_that_does_not_hold_any_more_is_passed_over() {
    let engine = engine();
    put(&engine, &trip(10));
    let stale = engine.scan_prefix(trips::OPEN_TREE, &[], 9).unwrap();
    put(&engine, &after(&trip(10), &[UNMET]));
    write(&engine, move |transaction| {
        stale.into_iter().try_for_each(|(key, value)| transaction.put(trips::OPEN_TREE, key, value))
    });
    assert_eq!(trips::open(&engine, 9), Ok(Vec::new()));
}

/// What each index has to give, from the trips alone.
fn expected(trips: &BTreeMap<u8, Trip>, keep: impl Fn(&Trip) -> bool) -> Vec<Trip> {
    let mut kept: Vec<Trip> = trips.values().filter(|trip| keep(trip)).cloned().collect();
    kept.sort_by_key(Trip::id);
    kept
}

fn sorted(mut trips: Vec<Trip>) -> Vec<Trip> {
    trips.sort_by_key(Trip::id);
    trips
}

fn steps() -> impl Strategy<Value = Vec<(u8, bool, u8)>> {
    proptest::collection::vec((0..6_u8, any::<bool>(), 0..9_u8), 1..50)
}

fn action(trip: &Trip, number: u8) -> TripAction {
    let [give_out, uncertain, held] = held();
    match number {
        0 => offer(trip, 50 + trip.id().to_array()[15] % 2),
        1 => TripAction::DriverAccepts(trip.volunteer().unwrap_or(id(50))),
        2 => TripAction::Complete { loaded_m: 5, empty_m: 6 },
        3 => CANCEL,
        4 => UNMET,
        5 => give_out,
        6 => uncertain,
        7 => held,
        _ => TripAction::ComeBack,
    }
}

proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 60, ..Default::default() })]

    #[test]
    fn indexes_tell_what_the_records_tell(steps in steps()) {
        let engine = engine();
        let mut known: BTreeMap<u8, Trip> = BTreeMap::new();
        for (minute, (number, carry, step)) in (0..).zip(steps) {
            let trip = known.entry(number).or_insert_with(|| {
                if carry { carried(10 + number * 3) } else { trip(10 + number * 3) }
            });
            let at = at("2026-10-01T09:00:00Z") + SignedDuration::from_mins(minute);
            if let Ok(next) = trip.apply(action(trip, step), at) {
                *trip = next;
            } else if let Ok(counted) = trip.count_in("2026-10".parse().unwrap()) {
                *trip = counted;
            }
            put(&engine, trip);
        }
        let day = |trip: &Trip| trip.terms.earliest_pickup.to_zoned(paris()).date() == monday();
        prop_assert_eq!(sorted(trips::on_day(&engine, monday()).unwrap()), expected(&known, day));
        let open = sorted(trips::open(&engine, 99).unwrap());
        prop_assert_eq!(open, expected(&known, Trip::needs_decision));
        let of_person = sorted(trips::of_person(&engine, id(1), 99).unwrap());
        prop_assert_eq!(of_person, expected(&known, |trip| trip.person() == Some(id(1))));
        let uncounted = sorted(trips::uncounted(&engine, Timestamp::MAX, 99).unwrap());
        prop_assert_eq!(uncounted, expected(&known, Trip::is_uncounted));
        let unmet = sorted(trips::unmet(&engine, Timestamp::MIN, Timestamp::MAX, 99).unwrap());
        prop_assert_eq!(unmet, expected(&known, |trip| matches!(trip.status(), TripStatus::Unmet(_))));
        for driver in [50, 51] {
            let bound = trips::commitments_of(&engine, id(driver), Timestamp::MIN, Timestamp::MAX).unwrap();
            let mut bound: Vec<_> = bound.into_iter().map(|(id, _)| id).collect();
            bound.sort_unstable();
            let mine = |trip: &Trip| trip.commitment().is_some_and(|drive| drive.volunteer == id(driver));
            let wanted: Vec<_> = expected(&known, mine).iter().map(Trip::id).collect();
            prop_assert_eq!(bound, wanted);
        }
        prop_assert_eq!(trips::list(&engine, None, 99).unwrap().len(), known.len());
        let rows = |tree| engine.scan_prefix(tree, &[], 999).unwrap().len();
        let count = |keep: fn(&Trip) -> bool| known.values().filter(|trip| keep(trip)).count();
        prop_assert_eq!(rows(trips::BY_DAY_TREE), known.len());
        prop_assert_eq!(rows(trips::BY_PERSON_TREE), count(|trip| trip.person().is_some()));
        prop_assert_eq!(rows(trips::BY_VOLUNTEER_TREE), count(|trip| trip.commitment().is_some()));
        prop_assert_eq!(rows(trips::OPEN_TREE), count(Trip::needs_decision));
        prop_assert_eq!(rows(trips::UNCOUNTED_TREE), count(Trip::is_uncounted));
    }

    #[test]
    fn what_is_closed_before_a_time_and_uncounted_comes_in_order(minutes in proptest::collection::vec(0..50_i64, 1..8)) {
        let engine = engine();
        let start = at("2026-10-01T09:00:00Z");
        for (number, minute) in (0..).zip(&minutes) {
            let closed = trip(10 + number * 3).apply(UNMET, start + SignedDuration::from_mins(*minute)).unwrap();
            put(&engine, &closed);
        }
        let limit = start + SignedDuration::from_mins(25);
        let found = trips::uncounted(&engine, limit, 99).unwrap();
        let times: Vec<_> = found.iter().filter_map(Trip::closed_at).collect();
        let mut wanted: Vec<_> = minutes.iter().map(|minute| start + SignedDuration::from_mins(*minute)).collect();
        wanted.sort_unstable();
        wanted.retain(|time| *time < limit);
        prop_assert_eq!(times, wanted);
    }
}
