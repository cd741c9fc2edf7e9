//! Who carries a trip out, with which vehicle, under which model and on whose behalf, and what follows for frame, costs and
//! books.

use maillage_domain::{
    ids::VolunteerKind,
    ledger::{DueSource, Movement, Party},
    legal::{ExceptionAbout, Frame, NewCarrier, ReasonCode, Verdict},
    model_choice::{LocalParameters, ModelRule, ServedBy},
    money::Cents,
    person::NewPerson,
    place::NewPlace,
    request::NewRequest,
    text::Notes,
    trip::{Trip, WhichVehicle},
    tus_return::Figure,
    volunteer::{NewVehicle, NewVolunteer},
};
use maillage_federation::{
    ids::{Id, TripKind},
    models::LocalAmounts,
};
use maillage_node::app::{
    caller::Caller,
    carriers,
    driving::{Ride, VehicleChoice},
    fleet, frames, models,
    obligations::tus_return,
    people,
    reference::{self, NewTable},
    trips::{self, Signed},
};
use maillage_platform::refusal::Refusal;
use maillage_store::{costs, ledger, legal, reference::ReferenceTable};

use crate::world::{A, DAY, MEANT, World, ready};

/// Alban and Villefranche are rural, Albi is not. Synthetic.
const UNITS: &str = "insee,unite_urbaine_2020\n81003,81000\n81198,81000\n81004,81501\n81144,81501\n";
const WEEK: &str = "mar 05:00-22:00";

fn local() -> Caller {
    Caller::local()
}

fn carrier(name: &str) -> NewCarrier {
    let address = NewPlace { commune: "81003".into(), address: "1 place fictive".into() };
    NewCarrier { name: name.into(), address, ..NewCarrier::default() }
}

fn prepared() -> World {
    let world = World::empty(1);
    ready(carriers::add(world.app(A), &local(), carrier("Association de synthèse"))).unwrap();
    let (table, content) = (ReferenceTable::UrbanUnits, UNITS.into());
    let new = NewTable { table, source: "synthèse".into(), content, dry_run: false };
    ready(reference::import(world.app(A), &local(), new)).unwrap();
    world
}

/// A driver with a small car of 4 CV and an electric van of 7 CV.
fn two_cars(world: &World, status: &str) -> Id<VolunteerKind> {
    let car = |seats, power, electric| NewVehicle {
        seats,
        fiscal_power: Some(power),
        electric,
        ..NewVehicle::default()
    };
    let new = NewVolunteer {
        name: "Conductrice".into(),
        home: NewPlace { commune: "81003".into(), address: String::new() },
        vehicles: vec![car(2, 4, false), car(8, 7, true)],
        availability: WEEK.into(),
        status: status.into(),
        ..NewVolunteer::default()
    };
    ready(people::add_volunteer(world.app(A), &local(), new, MEANT)).unwrap().id
}

fn request(commune: &str, model: Option<&str>) -> NewRequest {
    NewRequest {
        dropoff: NewPlace { commune: commune.into(), address: String::new() },
        arrive_by: Some(format!("{DAY}T10:00")),
        purpose: "health".into(),
        model: model.map(str::to_owned),
        ..NewRequest::default()
    }
}

fn ask(world: &World, new: NewRequest, signed: Signed) -> Result<Trip, Refusal> {
    let person = world.person(A, "ask");
    let asked = ready(trips::add_request_signed(world.app(A), &local(), person, new, signed));
    asked.map(|(_, mut legs)| legs.remove(0))
}

fn offer(world: &World, trip: Id<TripKind>, driver: Id<VolunteerKind>, ride: Ride) -> Result<Trip, Refusal> {
    ready(trips::offer_ride(world.app(A), &local(), trip, driver, (true, ride)))
        .map(|mut legs| legs.remove(0))
}

fn done(world: &World, trip: Id<TripKind>) {
    ready(trips::driver_accepts(world.app(A), &local(), trip, true)).unwrap();
    world.clock.set(world.trip(A, trip).assignment().unwrap().start);
    ready(trips::complete(world.app(A), &local(), trip, 30_000, 20_000)).unwrap();
}

fn cost(world: &World, trip: Id<TripKind>) -> costs::TripCost {
    costs::find(&world.app(A).store, trip).unwrap().unwrap()
}

fn shown(world: &World, trip: Id<TripKind>) -> legal::TripFrame {
    frames::show(world.app(A), &local(), trip).unwrap().frame
}

#[test]
fn the_vehicle_of_the_drive_is_in_the_frame_and_in_the_cost() {
    let world = prepared();
    let driver = two_cars(&world, "");
    let van = Ride { vehicle: VehicleChoice::Own(2), own_trip: false };
    let four = NewRequest { companions: 3, ..request("81198", None) };
    let trip = ask(&world, four, Signed::default()).unwrap().id();
    let offered = offer(&world, trip, driver, Ride::default()).unwrap();
    let driven = offered.assignment().unwrap().vehicle.unwrap();
    assert_eq!((driven.which, driven.places), (WhichVehicle::Own(2), 9), "the first that takes four");
    let places = shown(&world, trip).decision.reasons;
    let places = places.iter().find(|reason| reason.code == ReasonCode::PlacesWithin).unwrap();
    assert_eq!(places.figures["places"], "9");
    done(&world, trip);
    // 50 km at 7 CV, 0.697 €, and a fifth more for the battery: the van, not the first car.
    assert_eq!(cost(&world, trip).costing.cost, Cents::new(4_182));
    let alone = ask(&world, request("81198", None), Signed::default()).unwrap().id();
    world.wait(1);
    let other = two_cars(&world, "");
    let unknown = Ride { vehicle: VehicleChoice::Own(3), own_trip: false };
    assert_eq!(offer(&world, alone, other, unknown).unwrap_err().reason(), "vehicle-unknown");
    let chosen = offer(&world, alone, other, van).unwrap();
    assert_eq!(chosen.assignment().unwrap().vehicle.unwrap().which, WhichVehicle::Own(2));
}

#[test]
fn a_journey_of_the_drivers_own_is_carpooling_until_the_driver_refuses() {
    let world = prepared();
    let driver = two_cars(&world, "");
    let signed = Signed { frame: Some(Notes::parse("raison de synthèse").unwrap()), access: None };
    let new = request("81004", Some("entraide-pairs@1"));
    let trip = ask(&world, new, signed).unwrap().id();
    assert_eq!(shown(&world, trip).decision.verdict, Verdict::Outside);
    offer(&world, trip, driver, Ride { own_trip: true, ..Ride::default() }).unwrap();
    let frame = shown(&world, trip).decision;
    assert_eq!((frame.verdict, frame.frame), (Verdict::Within, Some(Frame::Carpool)), "nothing is asked");
    let reason = maillage_domain::trip::DriverRefusal::NotFree;
    ready(trips::driver_refuses(world.app(A), &local(), trip, reason, true)).unwrap();
    assert_eq!(shown(&world, trip).decision.verdict, Verdict::Outside);
}

#[test]
fn an_employee_is_paid_by_the_hour_and_counted_as_one() {
    let world = prepared();
    let driver = two_cars(&world, "employee");
    let model = "benevoles-association@1";
    let trip = ask(&world, request("81198", Some(model)), Signed::default()).unwrap().id();
    let hourly = LocalAmounts { hourly_cents: Some(2_000), ..LocalAmounts::default() };
    let from = "2026-10-01".parse().unwrap();
    let set = LocalParameters { model: model.parse().unwrap(), from, amounts: hourly };
    ready(models::set_parameters(world.app(A), &local(), set, String::new())).unwrap();
    let drive = offer(&world, trip, driver, Ride::default()).unwrap().assignment().unwrap();
    done(&world, trip);
    let frozen = cost(&world, trip).costing;
    let seconds = drive.start.duration_until(drive.end).as_secs();
    assert_eq!(frozen.wages, Cents::new((2_000 * seconds + 1_800) / 3_600));
    assert_eq!(
        (frozen.compensation, frozen.waived, frozen.volunteer),
        (Cents::ZERO, Cents::ZERO, Cents::ZERO)
    );
    assert!(ledger::waiting_volunteers(&world.app(A).store).unwrap().is_empty(), "no statement waits");
    let year = tus_return::of_year(world.app(A), &local(), 2026, None).unwrap();
    let count = |figure| year.figures.count(figure);
    assert_eq!((count(Figure::Drivers), count(Figure::VolunteerDrivers)), (1, 0));
    assert_eq!(count(Figure::LentVehicles), 0);
}

#[test]
fn a_vehicle_of_the_fleet_is_driven_once_at_a_time_and_costs_no_compensation() {
    let world = prepared();
    let new = fleet_car();
    let asset = ready(fleet::add(world.app(A), &local(), new, 0)).unwrap().id;
    let (first, second) = (two_cars(&world, "employee"), two_cars(&world, ""));
    let minibus = Ride { vehicle: VehicleChoice::Fleet(asset), own_trip: false };
    let trips = [0, 1].map(|_| ask(&world, request("81198", None), Signed::default()).unwrap().id());
    let drive = offer(&world, trips[0], first, minibus).unwrap().assignment().unwrap();
    let driven = drive.vehicle.unwrap();
    assert_eq!((driven.which, driven.places), (WhichVehicle::Fleet(asset), 9));
    assert_eq!(offer(&world, trips[1], second, minibus).unwrap_err().reason(), "vehicle-taken");
    done(&world, trips[0]);
    offer(&world, trips[1], second, minibus).unwrap();
    done(&world, trips[1]);
    let costing = cost(&world, trips[1]).costing;
    assert_eq!((costing.compensation, costing.volunteer), (Cents::ZERO, Cents::ZERO));
    assert!(!costing.wages_unknown, "a volunteer at the wheel is not paid");
}

fn fleet_car() -> maillage_domain::fleet::NewAsset {
    maillage_domain::fleet::NewAsset {
        label: "Minibus de synthèse".into(),
        category: "minibus".into(),
        seats: 9,
        ownership: "own".into(),
        ..maillage_domain::fleet::NewAsset::default()
    }
}

#[test]
fn a_model_on_prescription_asks_for_a_prescriber_or_a_signature() {
    let world = prepared();
    let model = Some("service-prescription@1");
    let refused = ask(&world, request("81198", model), Signed::default()).unwrap_err();
    assert_eq!(refused.reason(), "prescription-needed");
    let reason = Some(Notes::parse("raison de synthèse").unwrap());
    let signed = Signed { frame: None, access: reason };
    ask(&world, request("81198", model), signed).unwrap();
    let exceptions = frames::exceptions(world.app(A), &local(), None, 9).unwrap();
    assert_eq!(
        exceptions.iter().map(|exception| exception.about).collect::<Vec<_>>(),
        [ExceptionAbout::Access]
    );
    // It is no exception from the legal frames.
    let signed = Signed { frame: None, access: Some(Notes::parse("raison").unwrap()) };
    let beyond = ask(&world, request("81004", model), signed).unwrap_err();
    assert_eq!(beyond.reason(), "out-of-frame");
}

#[test]
fn a_non_member_owes_the_years_fee_once() {
    let world = prepared();
    let model = Some("membres-association@1");
    let driver = two_cars(&world, "");
    let person = world.person(A, "ask");
    let member = ready(people::add_person(
        world.app(A),
        &local(),
        NewPerson {
            name: "Adhérente".into(),
            home: NewPlace { commune: "81003".into(), address: String::new() },
            member_until: "2026-12-31".into(),
            sharing: "never".into(),
            ..NewPerson::default()
        },
        people::Confirmed { outside: true, duplicate: true },
    ))
    .unwrap()
    .id;
    for who in [person, person, member] {
        let asked = ready(trips::add_request(world.app(A), &local(), who, request("81198", model)));
        let trip = asked.unwrap().1[0].id();
        offer(&world, trip, driver, Ride::default()).unwrap();
        done(&world, trip);
    }
    let fees = |who| {
        let entries = ledger::entries_of(&world.app(A).store, Party::Person(who), None, 99).unwrap();
        let fee = Movement::Due(who, DueSource::Membership(2026));
        entries.iter().filter(|entry| entry.movement == fee).map(|entry| entry.amount).collect::<Vec<_>>()
    };
    assert_eq!(fees(person), [Cents::new(1_500)]);
    assert!(fees(member).is_empty());
}

#[test]
fn a_rule_names_who_carries_and_a_model_of_loans_is_refused() {
    let world = prepared();
    let usual = legal::default_carrier(&world.app(A).store).unwrap().unwrap().id;
    let other = ready(carriers::add(world.app(A), &local(), carrier("Autre association"))).unwrap().id;
    let rule = ModelRule {
        service: None,
        commune: None,
        from: "2026-10-02".parse().unwrap(),
        model: "hybride-guichet@1".parse().unwrap(),
        carrier: Some(other),
    };
    let nobody = ModelRule { carrier: Some(Id::new(1, [9; 10])), ..rule.clone() };
    let refused = ready(models::add_rule(world.app(A), &local(), nobody, String::new())).unwrap_err();
    assert_eq!(refused.reason(), "carrier-unknown");
    for service in [ServedBy::Loan, ServedBy::Shuttle] {
        let unused = ModelRule { service: Some(service), ..rule.clone() };
        let refused = ready(models::add_rule(world.app(A), &local(), unused, String::new())).unwrap_err();
        assert_eq!(refused.reason(), "model-rule-service");
    }
    ready(models::add_rule(world.app(A), &local(), rule, String::new())).unwrap();
    let by_rule = ask(&world, request("81198", None), Signed::default()).unwrap();
    assert_eq!(shown(&world, by_rule.id()).carrier, Some(other));
    let by_hand = ask(&world, request("81198", Some("benevoles-association@1")), Signed::default()).unwrap();
    assert_eq!(shown(&world, by_hand.id()).carrier, Some(usual));
}
