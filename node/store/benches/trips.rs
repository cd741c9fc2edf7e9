//! What a desk looks at all day, in a store of a million trips: a day of 200 trips, a page of a person's history, a page of
//! the trips of a volunteer, a year of the ledger of unmet need. Each has to stay under 50 ms.
//!
//! Loading takes some minutes; `MAILLAGE_BENCH_TRIPS` sets another number of trips.

#![expect(clippy::unwrap_used, clippy::many_single_char_names, reason = "a benchmark")]

use std::{env, hint::black_box};

use criterion::{Criterion, criterion_group, criterion_main};
use jiff::{SignedDuration, Timestamp, ToSpan as _, civil::Date};
use maillage_domain::{
    civil::day_of,
    place::Place,
    roads::RoadsSource,
    text::{Address, Notes},
    trip::{Anchor, Assignment, Leg, Origin, Trip, TripAction, TripTerms, UnmetReason},
};
use maillage_engine::{Engine, EngineError};
use maillage_federation::{ids::Id, needs::Needs};
use maillage_store::{
    trips::{self, TripRange},
    unmet::{self, UnmetRange},
};

/// Trips of one day: a busy node.
const PER_DAY: u64 = 200;
/// Who travels, and who drives.
const PERSONS: u64 = 2_000;
const VOLUNTEERS: u64 = 300;
/// One trip in so many is unmet.
const UNMET_IN: u64 = 40;
/// Trips of one transaction while loading.
const AT_ONCE: u64 = 500;

fn id<K>(family: u8, number: u64) -> Id<K> {
    let [a, b, c, d, e, f, g, h] = number.to_be_bytes();
    Id::new(1_700_000_000_000 + number, [family, family, a, b, c, d, e, f, g, h])
}

fn start(number: u64) -> Timestamp {
    let first: Timestamp = "2015-01-01T06:00:00Z".parse().unwrap();
    let day = i64::try_from(number / PER_DAY).unwrap();
    let minute = i64::try_from(number % PER_DAY).unwrap() * 3;
    first + SignedDuration::from_hours(24 * day) + SignedDuration::from_mins(minute)
}

/// A trip that is over: most were carried out, some were unmet.
fn trip(number: u64) -> Trip {
    let pickup = start(number);
    let place = |code: &str| Place {
        commune: code.parse().unwrap(),
        address: Address::parse("12 rue des Lilas (donnée fictive)").unwrap(),
    };
    let after = |minutes: i64| pickup + SignedDuration::from_mins(minutes);
    let terms = TripTerms {
        id: id(1, number),
        origin: Origin::Own { request: id(2, number), person: id(3, number % PERSONS) },
        leg: Leg::Outbound,
        sibling: None,
        pickup: place("81003"),
        dropoff: place("81004"),
        earliest_pickup: pickup,
        latest_arrival: after(90),
        anchor: Anchor::Arrival,
        direct_m: 33_000,
        direct_by: RoadsSource::Estimate,
        seats: 1,
        companions: 0,
        tolerance_s: 1_800,
        late_ok: false,
        notes: Notes::default(),
        pooling: None,
        occurrence: None,
        relay: None,
        meeting: None,
        needs: Needs::none(),
        model: "benevoles-association@1".parse().unwrap(),
        created: after(-3 * 24 * 60),
    };
    let volunteer = id(4, number % VOLUNTEERS);
    let drive = Assignment {
        volunteer,
        start: after(-20),
        pickup: after(10),
        arrival: after(60),
        end: after(80),
        empty_m: 20_000,
        vehicle: None,
        own_trip: false,
        shared: None,
    };
    let way = if number.is_multiple_of(UNMET_IN) {
        vec![TripAction::DeclareUnmet(UnmetReason::NoDriver)]
    } else {
        vec![
            TripAction::OfferTo(drive),
            TripAction::DriverAccepts(volunteer),
            TripAction::Complete { loaded_m: 33_000, empty_m: 20_000 },
        ]
    };
    let asked = Trip::requested(terms).unwrap();
    way.into_iter().fold(asked, |trip, action| trip.apply(action, after(100)).unwrap())
}

fn loaded(path: &std::path::Path, count: u64) -> Engine {
    let (engine, _) = Engine::open(path, maillage_store::options()).unwrap();
    for first in (0..count).step_by(usize::try_from(AT_ONCE).unwrap()) {
        let load = move |transaction: &mut maillage_engine::Transaction<'_>| {
            (first..count.min(first + AT_ONCE)).try_for_each(|number| trips::put(transaction, &trip(number)))
        };
        engine.transact::<(), EngineError, _>("bench.load", load).unwrap();
    }
    engine
}

fn a_million_trips(criterion: &mut Criterion) {
    let count = env::var("MAILLAGE_BENCH_TRIPS").ok().and_then(|text| text.parse().ok()).unwrap_or(1_000_000);
    let directory = tempfile::tempdir().unwrap();
    let engine = loaded(&directory.path().join("store"), count);
    let middle: Date = day_of(start(count / 2));
    assert_eq!(trips::on_day(&engine, middle).unwrap().len() as u64, PER_DAY);
    let person = id(3, 7);
    criterion.bench_function("a day of 200 trips", |bencher| {
        bencher.iter(|| trips::on_day(&engine, black_box(middle)).unwrap());
    });
    let page = trips::of_person_before(&engine, person, None, 100).unwrap();
    let before = page.last().map(Trip::id);
    criterion.bench_function("a page of 100 trips of a person", |bencher| {
        bencher.iter(|| trips::of_person_before(&engine, black_box(person), before, 100).unwrap());
    });
    let range = TripRange { from: middle, to: Date::MAX, volunteer: Some(id(4, 7)) };
    criterion.bench_function("a page of 100 trips of a volunteer", |bencher| {
        bencher.iter(|| trips::in_range(&engine, black_box(&range), None, (100, 2_000), |_| true).unwrap());
    });
    let year = UnmetRange { from: middle, to: middle.saturating_add(1.year()), commune: None };
    let there = UnmetRange { commune: Some("81003".parse().unwrap()), ..year.clone() };
    for (name, range) in [("a year of unmet need", year), ("a year of unmet need of a commune", there)] {
        criterion.bench_function(name, |bencher| {
            bencher.iter(|| unmet::list(&engine, black_box(&range), None, usize::MAX).unwrap().len());
        });
    }
    engine.close().unwrap();
}

criterion_group!(benches, a_million_trips);
criterion_main!(benches);
