//! How long it takes to rank every driver of a large node: 200 volunteers who are bound to 1 000 drives, on the communes
//! of the Tarn, for one outbound and return.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use jiff::{SignedDuration, Timestamp};
use maillage_dispatch::{Candidate, Commitment, Estimator, LegRequest, rank};
use maillage_domain::{
    availability::Availability,
    contact::Channel,
    document::{Documents, RequiredDocuments},
    place::Place,
    text::{Address, Name},
    trip::Anchor,
    volunteer::{DriverLimits, DriverStatus, Vehicle, Vehicles, Volunteer, VolunteerDetails},
};
use maillage_federation::{ids::Id, needs::Needs};
use maillage_geography::{Geography, InseeCode};

const DRIVERS: u8 = 200;
const COMMITMENTS_EACH: i64 = 5;

fn volunteer(number: u8, home: InseeCode) -> Volunteer {
    let details = VolunteerDetails {
        name: Name::parse("Volunteer").expect("a name"),
        phone: None,
        email: None,
        channel: Channel::Phone,
        home: Place { commune: home, address: Address::default() },
        vehicles: Vehicles::one(Vehicle::new(4, 0).expect("a car")),
        documents: Documents::default(),
        accepts: Needs::none(),
        availability: Availability::parse("mon 07:00-12:30,mon 13:30-20:00", Vec::new()).expect("a week"),
        limits: DriverLimits { max_trip_m: Some(200_000), ..DriverLimits::default() },
        standing_yes: false,
        avoid: Vec::new(),
        status: DriverStatus::Volunteer,
    };
    Volunteer::register(Id::new(1, [number; 10]), details, Timestamp::UNIX_EPOCH)
}

fn leg(ends: [InseeCode; 2], monday: Timestamp, [from_min, to_min]: [i64; 2], anchor: Anchor) -> LegRequest {
    let [pickup, dropoff] = ends;
    LegRequest {
        pickup,
        dropoff,
        earliest_pickup: monday + SignedDuration::from_mins(from_min),
        latest_arrival: monday + SignedDuration::from_mins(to_min),
        anchor,
        seats: 1,
        needs: Needs::none(),
        passenger: None,
        avoid: std::collections::BTreeSet::new(),
        pooling: false,
    }
}

fn bench(criterion: &mut Criterion) {
    let geography = Geography::embedded();
    let tarn: Vec<InseeCode> = geography
        .communes()
        .iter()
        .map(|commune| commune.insee)
        .filter(|code| code.as_str().starts_with("81"))
        .collect();
    let monday: Timestamp = "2026-10-04T22:00:00Z".parse().expect("an instant");
    let homes = tarn.iter().cycle().step_by(7);
    let volunteers: Vec<Volunteer> =
        (0..DRIVERS).zip(homes).map(|(number, home)| volunteer(number, *home)).collect();
    let taken = |number: i64| {
        let starts = (0..COMMITMENTS_EACH).map(move |drive| 430 + (number * 37 + drive * 151) % 700);
        let drives = starts.map(|start| Commitment {
            start: monday + SignedDuration::from_mins(start),
            end: monday + SignedDuration::from_mins(start + 45),
        });
        drives.collect::<Vec<_>>()
    };
    let commitments: Vec<Vec<Commitment>> = (0..DRIVERS).map(|number| taken(number.into())).collect();
    let candidates: Vec<Candidate<'_>> = volunteers
        .iter()
        .zip(&commitments)
        .map(|(volunteer, commitments)| Candidate { volunteer, commitments, done: &[], schools: &[] })
        .collect();
    let [alban, albi]: [InseeCode; 2] = ["81003", "81004"].map(|code| code.parse().expect("a code"));
    let legs = [
        leg([alban, albi], monday, [510, 600], Anchor::Arrival),
        leg([albi, alban], monday, [660, 750], Anchor::Pickup),
    ];
    let ranking =
        rank(&legs, &candidates, &RequiredDocuments::default(), &Estimator::DECLARED.into(), geography)
            .expect("known communes");
    assert!(!ranking.candidates.is_empty() && !ranking.refusals.is_empty(), "a bench of nothing");
    criterion.bench_function("rank 200 drivers bound to 1000 drives for two legs", |bencher| {
        bencher.iter(|| {
            rank(
                black_box(&legs),
                black_box(&candidates),
                &RequiredDocuments::default(),
                &Estimator::DECLARED.into(),
                geography,
            )
        });
    });
}

criterion_group!(benches, bench);
criterion_main!(benches);
