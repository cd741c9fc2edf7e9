//! What a change of a trip does to its legal frame, and what of it is history.

use maillage_domain::{
    legal::{ExceptionSubject, NewCarrier, Verdict},
    place::NewPlace,
    request::NewRequest,
    roles::{Role, Roles},
    trip::{Trip, UnmetReason},
};
use maillage_federation::ids::{Id, TripKind};
use maillage_node::app::{
    caller::{Caller, Scope},
    carriers,
    edits::{self, NewTripChange},
    frames,
    reference::{self, NewTable},
    trips,
    unmet::{self, UnmetFilter},
};
use maillage_platform::refusal::Refusal;
use maillage_store::{legal, reference::ReferenceTable};

use crate::world::{A, DAY, World, ready};

/// Alban and Villefranche are rural; Albi, with a neighbour, is a unit of far more than 12 000 inhabitants. Synthetic.
const UNITS: &str = "insee,unite_urbaine_2020\n81003,81000\n81198,81000\n81004,81501\n81144,81501\n";

fn local() -> Caller {
    Caller::local()
}

/// A node with a carrier and the tables it needs.
fn prepared() -> World {
    let world = World::empty(1);
    ready(carriers::add(world.app(A), &local(), carrier("Association de synthèse"))).unwrap();
    import(&world, UNITS);
    world
}

fn carrier(name: &str) -> NewCarrier {
    NewCarrier {
        name: name.into(),
        address: NewPlace { commune: "81003".into(), address: "1 place fictive".into() },
        ..NewCarrier::default()
    }
}

fn import(world: &World, content: &str) {
    let table = ReferenceTable::UrbanUnits;
    let new = NewTable { table, source: "synthèse".into(), content: content.into(), dry_run: false };
    ready(reference::import(world.app(A), &local(), new)).unwrap();
}

fn to(commune: &str) -> NewRequest {
    NewRequest {
        dropoff: NewPlace { commune: commune.into(), address: String::new() },
        arrive_by: Some(format!("{DAY}T10:00")),
        purpose: "health".into(),
        ..NewRequest::default()
    }
}

/// A trip from Alban to Villefranche, of somebody who lives in Alban.
fn asked(world: &World) -> Trip {
    let person = world.person(A, "ask");
    ready(trips::add_request(world.app(A), &local(), person, to("81198"))).unwrap().1.remove(0)
}

fn completed(world: &World) -> Id<TripKind> {
    let trip = asked(world).id();
    let driver = world.volunteer(A, "81003", true);
    ready(trips::offer_to_driver(world.app(A), &local(), trip, driver, true)).unwrap();
    ready(trips::driver_accepts(world.app(A), &local(), trip, true)).unwrap();
    world.clock.set(world.trip(A, trip).assignment().unwrap().start);
    ready(trips::complete(world.app(A), &local(), trip, 0, 0)).unwrap();
    trip
}

fn edit(world: &World, trip: Id<TripKind>, change: NewTripChange) -> Result<Trip, Refusal> {
    let etag = world.trip(A, trip).revision().to_string();
    ready(edits::edit(world.app(A), &local(), trip, change, etag)).map(|edited| edited.trip)
}

fn to_albi() -> NewTripChange {
    let dropoff = Some(NewPlace { commune: "81004".into(), address: String::new() });
    NewTripChange { dropoff, ..NewTripChange::default() }
}

fn verdict(world: &World, trip: Id<TripKind>) -> Verdict {
    frames::show(world.app(A), &local(), trip).unwrap().frame.decision.verdict
}

#[test]
fn an_edit_out_of_every_frame_is_refused_or_signed_for() {
    let world = prepared();
    let trip = asked(&world).id();
    let refused = edit(&world, trip, to_albi()).unwrap_err();
    assert_eq!(refused.reason(), "out-of-frame");
    assert_eq!(world.trip(A, trip).terms.dropoff.commune.as_str(), "81198", "nothing was changed");
    assert_eq!(verdict(&world, trip), Verdict::Within);
    let auditor = Caller::new("auditor", Roles::from([Role::Auditor]), Scope::Everything);
    let signed = NewTripChange { exception_reason: "raison de synthèse".into(), ..to_albi() };
    let etag = world.trip(A, trip).revision().to_string();
    let refused = ready(edits::edit(world.app(A), &auditor, trip, signed.clone(), etag)).unwrap_err();
    assert_eq!(refused.reason(), "not-allowed");
    edit(&world, trip, signed).unwrap();
    let shown = frames::show(world.app(A), &local(), trip).unwrap();
    assert_eq!(shown.frame.decision.verdict, Verdict::Outside);
    assert_eq!(shown.exception.unwrap().subject, ExceptionSubject::Trip(trip));
    // What was signed for covers the next edit too.
    edit(&world, trip, NewTripChange { arrive_by: Some(format!("{DAY}T11:00")), ..NewTripChange::default() })
        .unwrap();
}

#[test]
fn a_trip_that_became_outside_stays_editable_as_long_as_it_does_not_move() {
    let world = World::empty(1);
    let person = world.person(A, "ask");
    let trip = ready(trips::add_request(world.app(A), &local(), person, to("81004"))).unwrap().1[0].id();
    ready(carriers::add(world.app(A), &local(), carrier("Association de synthèse"))).unwrap();
    import(&world, UNITS);
    ready(frames::reconsider(world.app(A), &local(), trip)).unwrap();
    assert_eq!(verdict(&world, trip), Verdict::Outside);
    let notes = NewTripChange { notes: Some("sonner deux fois".into()), ..NewTripChange::default() };
    edit(&world, trip, notes).unwrap();
    let moved = NewTripChange { arrive_by: Some(format!("{DAY}T11:00")), ..NewTripChange::default() };
    assert_eq!(edit(&world, trip, moved).unwrap_err().reason(), "out-of-frame");
}

#[test]
fn the_frame_of_a_closed_trip_is_history() {
    let world = prepared();
    let trip = completed(&world);
    let before = legal::frame(&world.app(A).store, trip).unwrap().unwrap();
    let other = ready(carriers::add(world.app(A), &local(), carrier("Autre association"))).unwrap();
    ready(carriers::set_default(world.app(A), &local(), other.id)).unwrap();
    // Villefranche has become a town.
    import(&world, "insee,unite_urbaine_2020\n81003,81000\n81198,81501\n81004,81501\n");
    let refused = ready(frames::reconsider(world.app(A), &local(), trip)).unwrap_err();
    assert_eq!(refused.reason(), "frame-closed");
    assert_eq!(legal::frame(&world.app(A).store, trip), Ok(Some(before)));
}

#[test]
fn an_incomplete_unit_below_the_limit_is_to_be_verified() {
    let world = World::empty(1);
    ready(carriers::add(world.app(A), &local(), carrier("Association de synthèse"))).unwrap();
    // Villefranche alone of a unit whose other communes nobody imported.
    import(&world, "insee,unite_urbaine_2020\n81003,81000\n81198,81501\n");
    assert_eq!(verdict(&world, asked(&world).id()), Verdict::ToBeVerified);
    import(&world, "insee,unite_urbaine_2020,population\n81003,81000,\n81198,81501,11999\n");
    assert_eq!(verdict(&world, asked(&world).id()), Verdict::Within);
    import(&world, "insee,unite_urbaine_2020,population\n81003,81000,\n81198,81501,12000\n");
    let person = world.person(A, "ask");
    let refused = ready(trips::add_request(world.app(A), &local(), person, to("81198"))).unwrap_err();
    assert_eq!(refused.reason(), "out-of-frame");
}

#[test]
fn only_the_desk_sees_the_rows_of_unmet_need() {
    let world = World::empty(1);
    let trip = asked(&world).id();
    ready(trips::declare_unmet(world.app(A), &local(), trip, UnmetReason::NoDriver, true)).unwrap();
    let filter = UnmetFilter {
        from: "2026-10-01".parse().unwrap(),
        to: "2026-10-31".parse().unwrap(),
        commune: None,
        reason: None,
    };
    for (role, rows) in
        [(Role::Coordinator, 1), (Role::Treasurer, 0), (Role::Administrator, 0), (Role::Auditor, 0)]
    {
        let caller = Caller::new("tried", Roles::from([role]), Scope::Everything);
        let report = unmet::list(world.app(A), &caller, &filter, None, 9).unwrap();
        assert_eq!((report.total, report.entries.len(), report.next_after), (1, rows, None), "{role}");
    }
}
