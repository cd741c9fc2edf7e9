//! A made-up territory for benches: people, volunteers and trips, seeded, of real communes. Everything in it is synthetic.

use jiff::{SignedDuration, Timestamp, civil::Date};
use maillage_domain::{
    person::{Intake, NewPerson, Person},
    place::{NewPlace, Place},
    roads::RoadsSource,
    text::{Address, Notes},
    trip::{Anchor, Assignment, Leg, Origin, Trip, TripAction, TripTerms},
    volunteer::{NewVolunteer, Volunteer},
};
use maillage_engine::{Engine, EngineError, Transaction};
use maillage_federation::{ids::Id, month::paris, needs::Needs};
use maillage_geography::{Geography, InseeCode};
use rand::{RngExt as _, rngs::StdRng};

/// Where.
pub(crate) const TERRITORY: &str = "200034031";
/// People with trips.
pub(crate) const PERSONS: u64 = 2_000;
/// Volunteers that drove.
pub(crate) const VOLUNTEERS: u64 = 200;

pub(crate) fn id<K>(family: u8, number: u64) -> Id<K> {
    let mut rest = [family; 10];
    rest[2..].copy_from_slice(&number.to_be_bytes());
    Id::new(1_700_000_000_000 + number, rest)
}

pub(crate) fn at(day: Date, minute: i64) -> Timestamp {
    day.to_zoned(paris()).unwrap().timestamp() + SignedDuration::from_mins(minute)
}

/// Where people live, a commune as often as it has a hundred inhabitants, and where they go.
pub(crate) struct Map {
    homes: Vec<InseeCode>,
    towns: Vec<InseeCode>,
}

impl Map {
    pub(crate) fn new() -> Self {
        let geography = Geography::embedded();
        let territory = TERRITORY.parse().unwrap();
        let weighed = |siren: &maillage_geography::Siren| {
            let communes: Vec<_> = geography.communes_of(siren).collect();
            communes
                .into_iter()
                .flat_map(|commune| {
                    std::iter::repeat_n(commune.insee, usize::try_from(commune.population / 100 + 1).unwrap())
                })
                .collect::<Vec<_>>()
        };
        let mut homes = weighed(&territory);
        for neighbour in geography.neighbours(&territory) {
            homes.extend(weighed(&neighbour.siren));
        }
        let towns = ["81004", "81003", "81211", "81105"].map(|code| code.parse().unwrap()).to_vec();
        Self { homes, towns }
    }

    fn home(&self, random: &mut StdRng) -> InseeCode {
        self.homes[random.random_range(0..self.homes.len())]
    }

    fn town(&self, random: &mut StdRng) -> InseeCode {
        self.towns[random.random_range(0..self.towns.len())]
    }
}

fn place(commune: InseeCode) -> Place {
    Place { commune, address: Address::parse("12 rue Imaginaire").unwrap() }
}

pub(crate) fn asked(number: u64, map: &Map, random: &mut StdRng, day: Date) -> Trip {
    let (home, town) = (map.home(random), map.town(random));
    let back = random.random_bool(0.5);
    let (from, to) = if back { (town, home) } else { (home, town) };
    let begin = random.random_range(7 * 60..18 * 60);
    let terms = TripTerms {
        id: id(1, number),
        origin: Origin::Own { request: id(2, number), person: id(3, number % PERSONS) },
        leg: if back { Leg::Return } else { Leg::Outbound },
        sibling: None,
        pickup: place(from),
        dropoff: place(to),
        earliest_pickup: at(day, begin),
        latest_arrival: at(day, begin + 120),
        anchor: if back { Anchor::Pickup } else { Anchor::Arrival },
        direct_m: 20_000,
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
        created: at(day, -3 * 24 * 60),
    };
    Trip::requested(terms).unwrap()
}

/// A trip of a day, carried out.
pub(crate) fn done(number: u64, map: &Map, random: &mut StdRng, day: Date) -> Trip {
    let trip = asked(number, map, random, day);
    let volunteer = id(4, random.random_range(0..VOLUNTEERS));
    let start = trip.terms.earliest_pickup;
    let after = |minutes| start + SignedDuration::from_mins(minutes);
    let (pickup, arrival, end) = (after(20), after(60), after(90));
    let drive = Assignment {
        volunteer,
        start,
        pickup,
        arrival,
        end,
        empty_m: 15_000,
        vehicle: None,
        own_trip: false,
        shared: None,
    };
    let way = [
        TripAction::OfferTo(drive),
        TripAction::DriverAccepts(volunteer),
        TripAction::Complete { loaded_m: 20_000, empty_m: 15_000 },
    ];
    way.into_iter().fold(trip, |trip, action| trip.apply(action, after(100)).unwrap())
}

fn intake(today: Date) -> Intake<'static> {
    let territory = TERRITORY.parse().unwrap();
    Intake { geography: Geography::embedded(), territory, today, allow_outside: true }
}

pub(crate) fn person(number: u64, map: &Map, random: &mut StdRng, today: Date) -> Person {
    let home = NewPlace { commune: map.home(random).to_string(), address: "1 rue Imaginaire".into() };
    let typed = NewPerson { name: format!("Personne {number} (synthétique)"), home, ..NewPerson::default() };
    Person::register(id(3, number), typed.parse(&intake(today)).unwrap(), at(today, -1_000_000))
}

pub(crate) fn volunteer(number: u64, map: &Map, random: &mut StdRng, today: Date) -> Volunteer {
    let week: Vec<String> =
        ["lun", "mar", "mer", "jeu", "ven"].iter().map(|day| format!("{day} 07:00-19:00")).collect();
    let typed = NewVolunteer {
        name: format!("Bénévole {number} (synthétique)"),
        home: NewPlace { commune: map.home(random).to_string(), address: "2 rue Imaginaire".into() },
        seats: 4,
        availability: week.join(","),
        wished_m: Some(random.random_range(200_000..1_500_000)),
        ..NewVolunteer::default()
    };
    Volunteer::register(id(4, number), typed.parse(&intake(today)).unwrap(), at(today, -1_000_000))
}

pub(crate) fn put<R: Send + 'static>(
    engine: &Engine,
    records: Vec<R>,
    put: fn(&mut Transaction<'_>, &R) -> Result<(), EngineError>,
) {
    let body = move |transaction: &mut Transaction<'_>| {
        records.iter().try_for_each(|record| put(transaction, record))
    };
    engine.transact::<(), EngineError, _>("bench.load", body).unwrap();
}
