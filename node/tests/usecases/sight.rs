//! What a driver sees of a trip, before and after the promise.

use maillage_domain::{account::Scope, ids::VolunteerKind, roles::Role};
use maillage_federation::ids::{Id, TripKind};
use maillage_node::{
    app::{caller::Caller, people, trips},
    grpc::convert::trips as convert,
};

use crate::world::{A, CANARIES, World, ready};

fn shown(world: &World, caller: &Caller, trip: Id<TripKind>) -> String {
    let app = world.app(A);
    let trip = trips::show(app, caller, trip).unwrap();
    format!("{:?}", convert::trip(app, caller, &trip))
}

fn driver(id: Id<VolunteerKind>) -> Caller {
    Caller::new("conducteur", [Role::Driver].into(), Scope::Volunteer(id))
}

#[test]
fn a_driver_learns_who_travels_and_where_with_the_promise_and_no_longer_than_the_drive() {
    let world = World::empty(1);
    let (app, desk) = (world.app(A), Caller::local());
    let (own, other) = (world.volunteer(A, "81003", false), world.volunteer(A, "81003", false));
    let person = world.person(A, "always");
    let trip = world.request(A, person, false)[0];
    ready(trips::offer_to_driver(app, &desk, trip, own, true)).unwrap();
    let secrets = [CANARIES[0], CANARIES[1], CANARIES[2], CANARIES[3], "Lapérouse", &person.to_string()];
    let known = |caller: &Caller| {
        let text = shown(&world, caller, trip);
        secrets.iter().filter(|secret| text.contains(**secret)).count()
    };
    assert_eq!((known(&driver(own)), known(&desk)), (0, secrets.len()));
    assert!(shown(&world, &driver(own), trip).contains("81004"), "the commune is told before");
    ready(trips::driver_accepts(app, &driver(own), trip, true)).unwrap();
    // All but the identifier, which opens nothing for a driver.
    assert_eq!(known(&driver(own)), secrets.len() - 1);
    assert_eq!(trips::show(app, &driver(other), trip).unwrap_err().reason(), "not-yours");
    world.when_begun(A, trip, || ready(trips::pick_up(app, &driver(own), trip))).unwrap();
    assert_eq!(known(&driver(own)), secrets.len() - 1);
    world.when_begun(A, trip, || ready(trips::complete(app, &driver(own), trip, 0, 0))).unwrap();
    assert_eq!((known(&driver(own)), known(&desk)), (0, secrets.len()));
}

#[test]
fn whoever_keeps_the_books_sees_no_needs_and_no_notes() {
    let world = World::empty(1);
    world.person(A, "always");
    let list = |role: Role| {
        let caller = Caller::new("compte", [role].into(), Scope::Everything);
        people::list_persons(world.app(A), &caller, None, "", 9).unwrap().remove(0).details
    };
    let (books, desk) = (list(Role::Treasurer), list(Role::Coordinator));
    assert_eq!((books.name.as_str(), books.phone.is_some()), (CANARIES[0], true));
    assert_eq!((books.driver_notes.as_str(), desk.driver_notes.as_str()), ("", CANARIES[3]));
}
