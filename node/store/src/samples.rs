//! Records for the tests: every field used, every state of a trip reached. Names and places carry a canary.

pub(crate) mod money;

use jiff::{SignedDuration, Timestamp};
use maillage_domain::{
    account::{Account, Key, Lifetime, Rights, Scope, TokenHash},
    civil::day_of,
    document::NewDocument,
    eligibility::NewGround,
    password::PasswordHash,
    person::{Intake, NewPerson, Person},
    place::NewPlace,
    request::{NewRequest, Planning, Request, plan_request},
    roads::RoadsSource,
    roles::Role,
    text::{Name, Notes, Phone},
    trip::{
        Absentee, Anchor, Assignment, CancelReason, CancelledBy, DriverRefusal, HolderResult, Occurrence,
        Origin, Passenger, Trip, TripAction, TripChange, TripTerms, TripWindow, UnmetReason,
    },
    volunteer::{NewVehicle, NewVolunteer, Volunteer},
};
use maillage_engine::Engine;
use maillage_federation::ids::Id;
use maillage_geography::{Geography, Siren};

/// A word in every text of the samples.
pub(crate) const CANARY: &str = "Canary";

pub(crate) fn engine() -> Engine {
    Engine::memory(crate::options())
}

pub(crate) fn id<K>(number: u8) -> Id<K> {
    Id::new(1_790_000_000_000 + u64::from(number), [number; 10])
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn now() -> Timestamp {
    at("2026-10-01T08:00:00.123Z")
}

fn intake() -> Intake<'static> {
    let territory: Siren = "200034031".parse().unwrap();
    Intake { geography: Geography::embedded(), territory, today: day_of(now()), allow_outside: false }
}

pub(crate) fn person(number: u8, name: &str) -> Person {
    let typed = NewPerson {
        name: name.to_owned(),
        phone: "+33 5 63 12 34 56".to_owned(),
        home: NewPlace { commune: "81003".to_owned(), address: "1 rue Canary".to_owned() },
        needs: vec!["walking-aid".to_owned(), "companion".to_owned()],
        sharing: "always".to_owned(),
        statistics_objection: number.is_multiple_of(2),
        driver_notes: "Canary\nblue door".to_owned(),
        ..NewPerson::default()
    };
    let details = typed.parse(&intake()).unwrap();
    Person::register(id(number), details, now())
}

pub(crate) fn volunteer(number: u8, name: &str) -> Volunteer {
    let typed = NewVolunteer {
        name: name.to_owned(),
        phone: String::new(),
        home: NewPlace { commune: "81003".to_owned(), address: "2 rue Canary".to_owned() },
        seats: 4,
        wheelchair_places: 1,
        accepts: vec!["wheelchair-manual".to_owned()],
        availability: "mon 08:00-18:00,sun 09:00-24:00".to_owned(),
        absences: vec!["2026-12-24..2027-01-03".to_owned()],
        max_trip_m: Some(120_000),
        standing_yes: true,
        ..NewVolunteer::default()
    };
    let details = typed.parse(&intake()).unwrap();
    Volunteer::register(id(number), details, now())
}

/// The same person with every field of version 2.
pub(crate) fn full_person(number: u8, name: &str) -> Person {
    let person = person(number, name);
    let typed = NewPerson {
        email: "canary@exemple.fr".to_owned(),
        channel: "sms".to_owned(),
        birth_year: Some(1948),
        situation: "retired".to_owned(),
        grounds: vec![NewGround {
            kind: "aspa".to_owned(),
            from: "2026-01-01".to_owned(),
            until: "2026-12-31".to_owned(),
            seen: "2026-09-30".to_owned(),
        }],
        quotient_euros: Some(612),
        member_until: "2027-03-31".to_owned(),
        prescriber: id::<()>(90).to_string(),
        informed_on: "2026-10-01".to_owned(),
        internal_notes: "Canary: daughter calls".to_owned(),
        avoid: vec![id::<()>(50).to_string()],
        ..NewPerson::of(&person.details)
    };
    let details = typed.parse(&intake()).unwrap();
    person.amended(details, at("2026-10-02T08:00:00.456Z"))
}

/// The same volunteer with every field of version 2.
pub(crate) fn full_volunteer(number: u8, name: &str) -> Volunteer {
    let volunteer = volunteer(number, name);
    let van = NewVehicle {
        number: 0,
        label: "Canary van".to_owned(),
        seats: 2,
        wheelchair_places: 1,
        fiscal_power: Some(7),
        electric: true,
    };
    let licence = NewDocument {
        kind: "licence".to_owned(),
        seen_on: "2026-09-30".to_owned(),
        valid_until: "2031-09-30".to_owned(),
        vehicle: 0,
    };
    let mut typed = NewVolunteer::of(&volunteer.details);
    typed.email = "canary@exemple.fr".to_owned();
    typed.channel = "email".to_owned();
    typed.vehicles.push(van);
    typed.documents.push(licence);
    typed.trips_per_week = Some(4);
    typed.hours_per_week = Some(12);
    typed.communes = vec!["81003".to_owned(), "81004".to_owned()];
    typed.avoid = vec![id::<()>(1).to_string()];
    volunteer.amended(typed.parse(&intake()).unwrap())
}

/// A request of a person for the morning of 5 October 2026, with its outbound and return.
pub(crate) fn request(number: u8, person: &Person) -> (Request, Vec<Trip>) {
    let typed = NewRequest {
        pickup: Some(NewPlace { commune: "81003".to_owned(), address: "3 rue Canary".to_owned() }),
        dropoff: NewPlace { commune: "81004".to_owned(), address: "22 bd Canary".to_owned() },
        arrive_by: Some("2026-10-05T09:30".to_owned()),
        pickup_at: None,
        return_at: Some("2026-10-05T11:00".to_owned()),
        companions: 1,
        purpose: "health".to_owned(),
        tolerance_s: Some(900),
        late_ok: true,
        notes: "Canary practice".to_owned(),
        ..NewRequest::default()
    };
    let details = typed.parse(Geography::embedded(), now()).unwrap();
    let planning = Planning {
        request: id(number),
        outbound: id(number + 1),
        back: id(number + 2),
        model: "benevoles-association@1".parse().unwrap(),
        direct_m: 36_000,
        ride_s: 3_000,
        back_m: 36_000,
        back_s: 3_000,
        roads: RoadsSource::Estimate,
        occurrence: Some(Occurrence { series: id(number + 3), date: "2026-10-05".parse().unwrap() }),
        now: now(),
    };
    plan_request(details, person, &planning).unwrap()
}

/// One trip of a person.
pub(crate) fn trip(number: u8) -> Trip {
    request(number, &person(1, CANARY)).1.swap_remove(0)
}

/// A neighbour's trip that we carry.
pub(crate) fn carried(number: u8) -> Trip {
    let passenger = Passenger {
        name: Name::parse("Canary Carried").unwrap(),
        phone: Phone::parse_optional("0563123456").unwrap(),
        driver_notes: Notes::parse("Canary rings twice").unwrap(),
        desk_phone: Phone::parse_optional("0563000000").unwrap(),
    };
    let origin = Origin::Carried { handover: id(200), from: id(201), passenger };
    Trip::requested(TripTerms { origin, occurrence: None, ..trip(number).terms }).unwrap()
}

/// A drive for [`trip`], a number of minutes after the earliest pickup.
pub(crate) fn drive(trip: &Trip, driver: u8, minutes: i64) -> Assignment {
    let pickup = trip.terms.earliest_pickup + SignedDuration::from_mins(minutes);
    Assignment {
        volunteer: id(driver),
        start: pickup - SignedDuration::from_mins(20),
        pickup,
        arrival: pickup + SignedDuration::from_mins(40),
        end: pickup + SignedDuration::from_mins(90),
        empty_m: 40_000,
        vehicle: None,
        own_trip: false,
        shared: None,
    }
}

pub(crate) fn after(trip: &Trip, actions: &[TripAction]) -> Trip {
    let at = at("2026-10-04T08:00:00.456Z");
    actions.iter().fold(trip.clone(), |trip, action| trip.apply(*action, at).unwrap())
}

pub(crate) fn offer(trip: &Trip, driver: u8) -> TripAction {
    TripAction::OfferTo(drive(trip, driver, 0))
}

pub(crate) const CANCEL: TripAction =
    TripAction::Cancel { by: CancelledBy::Person, reason: CancelReason::AppointmentMoved };
pub(crate) const UNMET: TripAction = TripAction::DeclareUnmet(UnmetReason::NoDriver);

pub(crate) fn held() -> [TripAction; 3] {
    [TripAction::GiveOut { handover: id(200) }, TripAction::Uncertain, TripAction::HeldBy { node: id(202) }]
}

/// A trip in every status and custody, with every kind of event.
pub(crate) fn every_state() -> Vec<Trip> {
    let trip = trip(10);
    let (offer, accept) = (offer(&trip, 50), TripAction::DriverAccepts(id(50)));
    let refuse = TripAction::DriverRefuses { volunteer: id(50), reason: DriverRefusal::NotFree };
    let complete = TripAction::Complete { loaded_m: 36_000, empty_m: 40_000 };
    let outcome = |result| TripAction::OutcomeFromHolder { result, loaded_m: 1, empty_m: 2 };
    let [give_out, uncertain, held] = held();
    let ways: [&[TripAction]; 18] = [
        &[],
        &[offer],
        &[offer, refuse],
        &[offer, accept],
        &[offer, accept, TripAction::PickUp],
        &[offer, accept, TripAction::PickUp, complete],
        &[offer, accept, TripAction::NoShow(Absentee::Person)],
        &[offer, accept, TripAction::NoShow(Absentee::Driver)],
        &[UNMET, TripAction::Reopen],
        &[offer, CANCEL],
        &[UNMET],
        &[give_out],
        &[give_out, uncertain],
        &[give_out, uncertain, held],
        &[give_out, held, TripAction::ComeBack],
        &[give_out, held, outcome(HolderResult::Completed)],
        &[give_out, held, outcome(HolderResult::NoShow)],
        &[give_out, held, CANCEL, outcome(HolderResult::NotDone)],
    ];
    let own = ways.iter().map(|way| after(&trip, way));
    let counted = after(&trip, &[UNMET]).count_in("2026-10".parse().unwrap()).unwrap();
    let window = TripWindow {
        earliest_pickup: trip.terms.earliest_pickup + SignedDuration::from_mins(10),
        latest_arrival: trip.terms.latest_arrival,
        anchor: Anchor::Pickup,
        tolerance_s: 600,
        late_ok: false,
    };
    let change = TripChange { window: Some(window), ..TripChange::default() };
    let edited = after(&trip, &[offer]).edit(&change, now()).unwrap().trip;
    let on_call = Trip::requested(TripTerms { anchor: Anchor::Call, ..trip.terms.clone() }).unwrap();
    let called = on_call.call(window, now()).unwrap();
    let carrying = after(&carried(20), &[offer, accept]);
    own.chain([counted, carried(20), carrying, edited, on_call, called]).collect()
}

pub(crate) fn account() -> Account {
    let rights = Rights::new([Role::Driver].into(), Scope::Volunteer(id(3))).unwrap();
    let key = Key { token: TokenHash::new([7; 32]), lifetime: Lifetime::days(365).unwrap() };
    Account::open(id(120), "conducteur-3".parse().unwrap(), rights, key, now())
}

/// An account with a link into the console, and one with a password.
pub(crate) fn accounts_of_the_console() -> [Account; 2] {
    let phc = "$argon2id$v=19$m=19456,t=2,p=1$c2VsIGRlIHRlc3Q$MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI";
    let linked = account().with_link(TokenHash::new([8; 32]), now()).unwrap();
    let entered = linked.with_password(PasswordHash::from_phc(phc.to_owned())).unwrap();
    [linked, entered]
}
