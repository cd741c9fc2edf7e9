//! What is asked again because no answer came: done once for whoever names the request, and never for somebody else.

use std::sync::Arc;

use maillage_domain::{
    account::Scope,
    fleet::NewAsset,
    ids::PersonKind,
    ledger::{DueSource, Entry, NewExpense, Party},
    legal::{ExceptionAbout, ExceptionSubject, NewCarrier},
    loan::NewLoan,
    money::Cents,
    pathway::NewReferral,
    person::NewPerson,
    place::NewPlace,
    prescriber::NewPrescriber,
    request::NewRequest,
    roles::Operation,
    series::NewSeries,
    staff::NewProfessional,
    volunteer::NewVolunteer,
};
use maillage_federation::ids::Id;
use maillage_node::{
    app::{
        accounts::{self, NewAccount},
        caller::Caller,
        carriers, fleet, frames, loans,
        money::{
            books::{self, NewBooking},
            statements,
        },
        offers,
        once::Once,
        pathways,
        people::{self, Confirmed, partners},
        referrals, series,
        services::{self, NewService, ServiceQuery},
        trips,
    },
    grpc::{Followers, Services},
};
use maillage_platform::{
    lifecycle::Shutdown,
    random::SeededEntropy,
    refusal::{Refusal, RefusalKind},
    worker::Workers,
};
use maillage_proto::node::v1::{self as proto, money_server::Money as _};
use maillage_store::{
    answered, assets, holdings, ledger, legal, pathways as store_of_pathways, persons, prescribers,
    referrals as store_of_referrals, volunteers,
};
use tonic::Request;

use crate::{
    driving::reason,
    world::{A, World, ready},
};

const NAME: &str = "7d444840-9dc0-41d1-b245-5ffdce74fad2";
const OTHER: &str = "7d444840-9dc0-41d1-b245-5ffdce74fad3";

fn named(caller: Caller, operation: Operation, name: &str, content: &str) -> Caller {
    caller.asking_once(Once::read(name, operation, content.as_bytes()).unwrap())
}

fn pay(world: &World, caller: &Caller, person: Id<PersonKind>, cents: i64) -> Result<Entry, Refusal> {
    let new = NewBooking { cents, ..NewBooking::default() };
    ready(books::receive(world.app(A), caller, person, ("cash".to_owned(), None), new))
}

fn entries(world: &World, person: Id<PersonKind>) -> usize {
    ledger::entries_of(&world.app(A).store, Party::Person(person), None, 99).unwrap().len()
}

#[test]
fn a_payment_that_is_asked_for_again_is_booked_once() {
    let world = World::empty(1);
    let person = world.person(A, "never");
    let asks = |name: &str, content: &str| named(Caller::local(), Operation::MoneyReceive, name, content);
    let first = pay(&world, &asks(NAME, "500"), person, 500).unwrap();
    assert_eq!(pay(&world, &asks(NAME, "500"), person, 500).unwrap(), first);
    assert_eq!(entries(&world, person), 1);
    assert_eq!(reason(pay(&world, &asks(NAME, "600"), person, 600)), "request-id-reused");
    assert_ne!(pay(&world, &asks(OTHER, "500"), person, 500).unwrap().id, first.id);
    pay(&world, &Caller::local(), person, 500).unwrap();
    pay(&world, &Caller::local(), person, 500).unwrap();
    assert_eq!(entries(&world, person), 4, "without a name, twice is two");
    let malformed = Once::read("tomorrow", Operation::MoneyReceive, b"").unwrap_err();
    assert_eq!((malformed.kind(), malformed.reason()), (RefusalKind::InvalidInput, "request-id-malformed"));
}

#[test]
fn what_was_refused_is_not_remembered_and_nobody_is_answered_with_anothers() {
    let world = World::empty(1);
    let person = world.person(A, "never");
    let new = NewAccount {
        label: "tresor".into(),
        roles: vec!["treasurer".into()],
        scope: Scope::Everything,
        days: 0,
    };
    let opened = ready(accounts::add(world.app(A), &Caller::local(), new)).unwrap();
    let treasurer = Caller::of_account(&opened.account);
    let asks = |caller: &Caller| named(caller.clone(), Operation::MoneyReceive, NAME, "500");
    assert_eq!(reason(pay(&world, &asks(&treasurer), person, 0)), "money-amount");
    let theirs = pay(&world, &asks(&treasurer), person, 500).unwrap();
    let mine = pay(&world, &asks(&Caller::local()), person, 500).unwrap();
    assert_ne!(theirs.id, mine.id);
    assert_eq!(pay(&world, &asks(&treasurer), person, 500).unwrap(), theirs);
}

#[test]
fn a_name_is_forgotten_after_a_month_and_survives_a_power_cut_until_then() {
    let mut world = World::empty(1);
    let person = world.person(A, "never");
    let caller = named(Caller::local(), Operation::MoneyReceive, NAME, "500");
    let first = pay(&world, &caller, person, 500).unwrap();
    world.nodes[A].crash(3);
    assert_eq!(pay(&world, &caller, person, 500).unwrap().id, first.id);
    world.wait(30 * 24 * 60);
    assert_eq!(ready(world.app(A).forget_answered()).unwrap(), 0);
    world.wait(1);
    assert_eq!(ready(world.app(A).forget_answered()).unwrap(), 1);
    let late = world.app(A).now();
    assert!(holdings::older_than(&world.app(A).store, answered::TREE, late, 9).unwrap().is_empty());
    assert_ne!(pay(&world, &caller, person, 500).unwrap().id, first.id);
}

#[test]
fn requests_wishes_services_donations_and_expenses_are_made_once() {
    let world = World::empty(1);
    let app = world.app(A);
    let (person, volunteer) = (world.person(A, "never"), world.volunteer(A, "81003", false));
    let asks = |operation| named(Caller::local(), operation, NAME, "the same");
    let journey = || NewRequest {
        dropoff: NewPlace { commune: "81004".into(), address: String::new() },
        arrive_by: Some("2026-10-01T12:00".into()),
        return_at: Some("2026-10-01T14:00".into()),
        purpose: "health".into(),
        ..NewRequest::default()
    };
    let ask = || ready(trips::add_request(app, &asks(Operation::RequestAdd), person, journey())).unwrap();
    let (request, legs) = ask();
    world.wait(5 * 60);
    let again = ask();
    assert_eq!((again.0.id, again.1), (request.id, legs), "its times have passed meanwhile");
    assert_eq!(trips::of_person(app, &Caller::local(), person, 9).unwrap().len(), 2);

    let other = |operation| named(Caller::local(), operation, OTHER, "the same");
    let wish = NewLoan {
        category: "car".into(),
        from: "2026-10-12T09:00".into(),
        until: "2026-10-19T09:00".into(),
        purpose: "work-training".into(),
        notes: String::new(),
    };
    let wish = || ready(loans::ask(app, &other(Operation::LoanAsk), person, wish.clone())).unwrap();
    assert_eq!(wish().id, wish().id);

    let third = "00000000-0000-4000-8000-000000000003";
    let advice = || NewService {
        kind: "advice".into(),
        person: person.to_string(),
        form: "diagnosis".into(),
        at: "2026-10-01T10:00".into(),
        ..NewService::default()
    };
    let caller = named(Caller::local(), Operation::ServiceOpen, third, "");
    let open = || ready(services::open(app, &caller, advice())).unwrap();
    assert_eq!(open().id, open().id);
    let of = ServiceQuery::OfPerson(person, None);
    assert_eq!(services::list(app, &Caller::local(), of, 9).unwrap().len(), 1);

    let fourth = "00000000-0000-4000-8000-000000000004";
    let caller = named(Caller::local(), Operation::MoneyDue, fourth, "");
    let gift = || NewBooking { cents: 900, ..NewBooking::default() };
    let give = || ready(books::due(app, &caller, person, DueSource::Donation, gift())).unwrap();
    assert_eq!(give(), give());
    assert_eq!(entries(&world, person), 1);

    let fifth = "00000000-0000-4000-8000-000000000005";
    let caller = named(Caller::local(), Operation::ExpenseAdd, fifth, "");
    let toll = || NewExpense {
        kind: "toll".into(),
        day: "2026-09-30".into(),
        amount: Cents::new(340),
        proof_seen: true,
        ..NewExpense::default()
    };
    let spend = || ready(statements::add_expense(app, &caller, volunteer, toll(), (None, None)));
    let spent = spend().unwrap();
    assert_eq!(spend().unwrap(), spent);
    let waiting = statements::waiting_expenses(app, &Caller::local(), Some(volunteer), None, 9).unwrap();
    assert_eq!(waiting, std::slice::from_ref(&spent));
    ready(statements::remove_expense(app, &Caller::local(), volunteer, spent.id)).unwrap();
    assert_eq!(reason(spend()), "request-id-gone", "what was taken back is not made again unasked");
}

/// Does something twice under one name, with the name given to each; both must give the same identifier.
fn twice<K: PartialEq + std::fmt::Debug>(operation: Operation, mut does: impl FnMut(&Caller) -> K) -> K {
    let place = Operation::ALL.iter().position(|known| *known == operation).unwrap();
    let name = format!("00000000-0000-4000-8000-{place:012}");
    let caller = named(Caller::local(), operation, &name, "the same");
    let made = does(&caller);
    assert_eq!(does(&caller), made, "{}", operation.code());
    made
}

#[test]
fn people_partners_things_and_pathways_are_entered_once() {
    let world = World::empty(1);
    let app = world.app(A);
    let home = || NewPlace { commune: "81003".into(), address: String::new() };
    let person = || NewPerson { name: "Odette Synthétique".into(), home: home(), ..NewPerson::default() };
    let confirmed = || Confirmed::default();
    let odette = twice(Operation::PersonAdd, |caller| {
        ready(people::add_person(app, caller, person(), confirmed())).unwrap().id
    });
    let again = ready(people::add_person(app, &Caller::local(), person(), confirmed()));
    assert_eq!(reason(again), "person-duplicate", "without a name, she is told of");
    let volunteer =
        || NewVolunteer { name: "Un Bénévole".into(), home: home(), seats: 4, ..Default::default() };
    twice(Operation::VolunteerAdd, |caller| {
        ready(people::add_volunteer(app, caller, volunteer(), people::Confirmed::default())).unwrap().id
    });
    let ccas = || NewPrescriber { organisation: "CCAS synthétique".into(), ..NewPrescriber::default() };
    twice(Operation::PrescriberAdd, |caller| {
        ready(partners::add_prescriber(app, caller, ccas())).unwrap().id
    });
    let staff = || NewProfessional { name: "Une Salariée".into(), ..NewProfessional::default() };
    twice(Operation::StaffAdd, |caller| ready(partners::add_professional(app, caller, staff())).unwrap().id);
    let car = || NewAsset {
        label: "Clio".into(),
        category: "car".into(),
        seats: 5,
        ownership: "own".into(),
        ..NewAsset::default()
    };
    twice(Operation::AssetAdd, |caller| ready(fleet::add(app, caller, car(), 0)).unwrap().id);
    let association =
        || NewCarrier { name: "Association de synthèse".into(), address: home(), ..NewCarrier::default() };
    twice(Operation::CarrierAdd, |caller| ready(carriers::add(app, caller, association())).unwrap().id);
    twice(Operation::PathwayOpen, |caller| ready(pathways::open(app, caller, odette, ("", ""))).unwrap().id);
    let referral = || NewReferral {
        reference: "dossier 12".into(),
        name: "Marcel Synthétique".into(),
        phone: "05 63 00 00 02".into(),
        commune: "81003".into(),
        person_agrees: true,
    };
    twice(Operation::ReferralAdd, |caller| {
        ready(referrals::add(app, caller, None, referral())).unwrap().referral.id
    });
    let trip = world.request(A, odette, false)[0];
    let about = (ExceptionSubject::Trip(trip), ExceptionAbout::Frame);
    twice(Operation::FrameExcept, |caller| ready(frames::sign(app, caller, about, "raison")).unwrap().id);
    let store = &app.store;
    let counts = [
        persons::list(store, None, 9).unwrap().len(),
        volunteers::list(store, None, 9).unwrap().len(),
        prescribers::list(store, None, 9).unwrap().len(),
        assets::list(store, None, 9).unwrap().len(),
        legal::carriers(store, None, 9).unwrap().len(),
        legal::exceptions(store, None, 9).unwrap().len(),
        store_of_referrals::list(store, None, 9).unwrap().len(),
        store_of_pathways::list(store, None, 9).unwrap().len(),
    ];
    assert_eq!(counts, [1; 8]);
}

#[test]
fn a_series_is_made_once_and_a_driver_reminded_once() {
    let world = World::empty(1);
    let app = world.app(A);
    let person = world.person(A, "never");
    let caller = named(Caller::local(), Operation::SeriesAdd, NAME, "");
    let new = || NewSeries {
        weekdays: "mar".into(),
        first: "2026-10-06".into(),
        dropoff: NewPlace { commune: "81004".into(), address: String::new() },
        arrive_by: "10:00".into(),
        purpose: "health".into(),
        ..NewSeries::default()
    };
    let add = || ready(series::add(app, &caller, person, new())).unwrap();
    let (first, again) = (add(), add());
    assert_eq!((first.series.id, &first.report.made), (again.series.id, &again.report.made));
    assert!(!first.report.made.is_empty());
    assert_eq!(series::list(app, &Caller::local(), None, None, 9).unwrap().len(), 1);

    let (_, _, offer) = world.asked();
    let remind = |caller: &Caller| ready(offers::remind(app, caller, offer.id()));
    let taken = named(Caller::local(), Operation::OfferRemind, NAME, "");
    assert_eq!(reason(remind(&taken)), "request-id-reused", "the name was given to the series");
    let caller = named(Caller::local(), Operation::OfferRemind, OTHER, "");
    let reminded = remind(&caller).unwrap();
    assert_eq!(remind(&caller).unwrap(), reminded);
    assert_ne!(remind(&Caller::local()).unwrap(), reminded);
}

#[tokio::test]
async fn the_interface_hands_the_name_on_and_takes_everything_else_as_what_is_asked() {
    let world = World::empty(1);
    let person = world.person(A, "never");
    let shutdown = Shutdown::new();
    let workers =
        Workers::new(shutdown.clone(), Arc::clone(&world.clock) as _, Arc::new(SeededEntropy::new(1)));
    let services = Services {
        app: Arc::clone(world.app(A)),
        workers: Arc::new(workers),
        noise: Arc::new(maillage_node::app::noise::SystemNoise),
        followers: Followers::new(shutdown),
    };
    let ask = async |amount_cents: i64, request_id: &str| {
        let mut request = Request::new(proto::RecordPaymentRequest {
            person: person.to_string(),
            method: "cash".into(),
            booking: Some(proto::Booking { amount_cents, ..Default::default() }),
            request_id: request_id.to_owned(),
            ..Default::default()
        });
        request.extensions_mut().insert(Caller::local());
        services.record_payment(request).await.map(|entry| entry.into_inner().number)
    };
    let first = ask(500, NAME).await.unwrap();
    assert_eq!(ask(500, NAME).await.unwrap(), first);
    let reused = Refusal::from_status(&ask(501, NAME).await.unwrap_err());
    assert_eq!(reused.reason(), "request-id-reused");
    assert_eq!(entries(&world, person), 1);
    let malformed = Refusal::from_status(&ask(500, "5").await.unwrap_err());
    assert_eq!(malformed.reason(), "request-id-malformed");
}
