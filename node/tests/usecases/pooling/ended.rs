//! Who was in the car after all, put right afterwards: every kilometre counts once, with people and without, in whatever order it
//! is written down. Must never move a promised time.

use maillage_domain::{
    ids::VolunteerKind,
    trip::{Absentee, CancelledBy, TripStatus},
};
use maillage_federation::ids::{Id, TripKind};
use maillage_node::app::{
    corrections::{self, NewEnding},
    money::statements::{self, Which},
    trips,
};
use maillage_platform::refusal::Refusal;
use maillage_store::costs;

use super::{ALBAN, VILLEFRANCHE, local, shared};
use crate::{
    driving::reason,
    world::{A, World, ready},
};

/// Two who rode together with a driver who lives in a commune; the day is over.
fn drove(home: &str) -> (World, Id<VolunteerKind>, [Id<TripKind>; 2]) {
    let world = World::empty(1);
    let driver = world.volunteer(A, home, false);
    let (far, near, _) = world.in_one_car();
    world.promised(&[far, near]);
    world.wait(60 * 24 * 6);
    (world, driver, [far, near])
}

impl World {
    fn arrives(&self, trip: Id<TripKind>) {
        ready(trips::complete(self.app(A), &local(), trip, 0, 0)).unwrap();
    }

    fn is_not_there(&self, trip: Id<TripKind>, who: Absentee) {
        ready(trips::no_show(self.app(A), &local(), trip, who, true)).unwrap();
    }

    fn puts_right(&self, trip: Id<TripKind>, outcome: &str) -> Result<(), Refusal> {
        let new = NewEnding { outcome: outcome.into(), reason: "outcome".into(), ..NewEnding::default() };
        let etag = self.trip(A, trip).revision().to_string();
        ready(corrections::correct(self.app(A), &local(), trip, new, etag)).map(drop)
    }

    /// Metres booked for a trip, with somebody on board and without; as its cost and its own record say.
    fn booked(&self, trip: Id<TripKind>) -> [u32; 2] {
        let cost = costs::find(&self.app(A).store, trip).unwrap();
        let booked = cost.map_or([0, 0], |cost| [cost.facts.loaded_m, cost.facts.empty_m]);
        let written = if let TripStatus::Completed { loaded_m, empty_m } = self.trip(A, trip).status() {
            [loaded_m, empty_m]
        } else {
            [0, 0]
        };
        assert_eq!(booked, written);
        booked
    }

    fn closes_the_month(&self, driver: Id<VolunteerKind>) {
        self.clock.set("2026-11-02T08:00:00Z".parse().unwrap());
        let due = statements::due_in(self.app(A), &local(), "2026-10".parse().unwrap()).unwrap();
        let basis = due[0].basis;
        let which = Which { volunteer: driver, month: "2026-10".parse().unwrap(), basis, carrier: None };
        ready(statements::close(self.app(A), &local(), which)).unwrap();
    }
}

/// Of both, booked.
fn sum(world: &World, trips: [Id<TripKind>; 2]) -> [u32; 2] {
    let [far, near] = trips.map(|trip| world.booked(trip));
    [far[0] + near[0], far[1] + near[1]]
}

#[test]
fn who_was_not_there_after_all_and_then_was_counts_once() {
    let (world, _, [far, near]) = drove(ALBAN);
    let planned = shared(world.drive(far));
    for trip in [far, near] {
        world.arrives(trip);
    }
    let [both_far, both_near] = [far, near].map(|trip| world.booked(trip));
    assert!(both_near[0] > 0);
    world.puts_right(near, "no-show").unwrap();
    assert_eq!((world.booked(far)[0], world.booked(near)), (planned.ridden_m, [0, 0]), "all counts for one");
    world.puts_right(near, "completed").unwrap();
    assert_eq!([far, near].map(|trip| world.booked(trip)), [both_far, both_near], "as at first");
}

#[test]
fn a_driver_who_never_went_to_the_door_did_not_drive_there() {
    let (world, _, [far, near]) = drove(ALBAN);
    for trip in [far, near] {
        world.arrives(trip);
    }
    let both = [far, near].map(|trip| world.booked(trip));
    world.puts_right(near, "driver-absent").unwrap();
    assert_eq!(world.booked(far)[0], world.trip(A, far).terms.direct_m, "straight there");
    world.puts_right(near, "completed").unwrap();
    assert_eq!([far, near].map(|trip| world.booked(trip)), both);
}

#[test]
fn the_way_to_who_did_not_come_counts_with_the_other_in_whatever_order_it_is_noted() {
    let in_order = |absence_first: bool| {
        let (world, _, [far, near]) = drove(VILLEFRANCHE);
        let planned = world.drive(near).empty_m;
        if absence_first {
            world.is_not_there(far, Absentee::Person);
            world.arrives(near);
        } else {
            world.arrives(near);
            world.is_not_there(far, Absentee::Person);
        }
        assert!(world.booked(near)[1] > planned, "out to the door of who did not come, and back");
        (world.booked(near), world.drive(near).empty_m)
    };
    assert_eq!(in_order(true), in_order(false));
}

#[test]
fn a_drive_that_was_not_driven_and_then_was_counts_once_whoever_is_put_right_first() {
    let in_order = |first: usize| {
        let (world, _, trips) = drove(ALBAN);
        for trip in trips {
            world.is_not_there(trip, Absentee::Driver);
        }
        for index in [first, 1 - first] {
            world.puts_right(trips[index], "completed").unwrap();
        }
        trips.map(|trip| world.booked(trip))
    };
    let (world, _, trips) = drove(ALBAN);
    for trip in trips {
        world.arrives(trip);
    }
    let driven = trips.map(|trip| world.booked(trip));
    assert_eq!([in_order(0), in_order(1)], [driven; 2]);
}

#[test]
fn what_the_driver_tells_of_the_way_without_anybody_is_booked_as_told() {
    let (world, _, [far, near]) = drove(VILLEFRANCHE);
    for trip in [near, far] {
        world.is_not_there(trip, Absentee::Person);
    }
    let new = NewEnding {
        outcome: "completed".into(),
        reason: "outcome".into(),
        empty_m: Some(31_000),
        ..NewEnding::default()
    };
    let etag = world.trip(A, near).revision().to_string();
    ready(corrections::correct(world.app(A), &local(), near, new, etag)).unwrap();
    assert_eq!(world.booked(near)[1], 31_000);
}

/// The first and the last never meet; who rode with both calls off, and the first is not there.
#[test]
fn the_way_to_a_door_where_nobody_was_counts_when_who_linked_two_drives_is_gone() {
    let booked = |called_off: bool| {
        let world = World::empty(1);
        world.volunteer(A, ALBAN, false);
        let first = world.ride_to(world.traveller("agreed"), [ALBAN, VILLEFRANCHE], "09:35");
        let link = world.ride(world.traveller("agreed"), ALBAN, "10:00");
        let last = world.ride(world.traveller("agreed"), VILLEFRANCHE, "10:00");
        world.accept_all(&world.plan_of_day());
        world.promised(&[first, link, last]);
        world.wait(60 * 24 * 6);
        world.is_not_there(first, Absentee::Person);
        if called_off {
            ready(trips::cancel(world.app(A), &local(), link, CancelledBy::Person, true)).unwrap();
        } else {
            world.is_not_there(link, Absentee::Driver);
        }
        world.arrives(last);
        world.booked(last)
    };
    let (called_off, not_gone_to) = (booked(true), booked(false));
    assert_eq!(called_off, not_gone_to);
    // Out to the first door, on to the last, and back: no less than for somebody asked for alone.
    let world = World::empty(1);
    world.volunteer(A, ALBAN, false);
    let lone = world.ride(world.traveller("alone"), VILLEFRANCHE, "10:00");
    world.accept_all(&world.plan_of_day());
    world.promised(&[lone]);
    world.wait(60 * 24 * 6);
    world.arrives(lone);
    let alone = world.booked(lone);
    assert!(called_off[0] == alone[0] && called_off[1] >= alone[1], "{called_off:?}, alone {alone:?}");
}

#[test]
fn what_is_closed_stays_and_who_is_put_right_makes_it_good_or_it_is_refused() {
    let (world, driver, [far, near]) = drove(ALBAN);
    world.arrives(far);
    world.is_not_there(near, Absentee::Person);
    let alone = sum(&world, [far, near]);
    world.closes_the_month(driver);
    assert_eq!(reason(world.puts_right(near, "driver-absent")), "trip-company-counted");
    assert_eq!(world.trip(A, near).status(), TripStatus::NoShow(Absentee::Person), "nothing is half done");
    world.puts_right(near, "completed").unwrap();
    assert_eq!(sum(&world, [far, near])[0], alone[0], "the road was the same");
}
