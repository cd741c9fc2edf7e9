//! An outbound and its return, offered apart: two neighbours share them, or one of them alone is carried. Beside it the pair that
//! goes together or not at all.

use maillage_domain::{
    place::NewPlace,
    trip::{CancelledBy, TripStatus},
    volunteer::NewVolunteer,
};
use maillage_federation::{
    handover::State,
    ids::{HandoverKind, Id, TripKind},
};
use maillage_node::app::{caller::Caller, handover::origin, people, trips};

use crate::{
    driving::reason,
    world::{A, B, C, MEANT, World, ready},
};

impl World {
    /// Somebody of standing word who is there on the day of the trips between two hours.
    fn driver_between(&self, node: usize, home: &str, hours: &str) {
        let new = NewVolunteer {
            name: "Bénévole".into(),
            home: NewPlace { commune: home.into(), address: String::new() },
            seats: 4,
            availability: format!("mar {hours}"),
            standing_yes: true,
            ..NewVolunteer::default()
        };
        ready(people::add_volunteer(self.app(node), &Caller::local(), new, MEANT)).unwrap();
    }

    fn there_and_back(&self) -> Vec<Id<TripKind>> {
        self.request(A, self.person(A, "always"), true)
    }

    /// Offers both legs apart; gives their handovers, the outbound's first.
    fn offer_each(&self, legs: &[Id<TripKind>]) -> [Id<HandoverKind>; 2] {
        let terms = origin::OfferTerms::default();
        let there = ready(origin::offer_each(self.app(A), &Caller::local(), legs[0], terms)).unwrap();
        let back = self.outgoing(there.offer.goes_with.unwrap());
        assert_eq!((there.trips.as_slice(), back.trips.as_slice()), (&legs[..1], &legs[1..]));
        assert_eq!(back.offer.goes_with, Some(there.handover));
        [there.handover, back.handover]
    }

    fn holders(&self, handovers: &[Id<HandoverKind>]) -> Vec<Option<usize>> {
        let holder = |handover: &Id<HandoverKind>| match self.hub.state(*handover) {
            State::Held { holder } => [A, B, C].into_iter().find(|node| self.id(*node) == holder),
            State::Open
            | State::Awarded { .. }
            | State::Released
            | State::Withdrawn
            | State::Expired
            | State::Cancelled { .. }
            | State::Done { .. } => None,
        };
        handovers.iter().map(holder).collect()
    }
}

/// B is there in the morning, C in the afternoon.
fn morning_and_afternoon() -> World {
    let world = World::empty(1);
    world.driver_between(B, "81222", "05:00-11:00");
    world.driver_between(C, "81042", "11:00-22:00");
    world
}

#[test]
fn two_neighbours_share_what_neither_could_carry_whole() {
    let mut world = morning_and_afternoon();
    let whole = world.offer(world.there_and_back()[0]).handover;
    let apart = world.offer_each(&world.there_and_back());
    world.settle();
    world.pass(11);
    assert_eq!(world.holders(&[whole]), [None], "all or nothing");
    assert_eq!(world.holders(&apart), [Some(B), Some(C)]);
    assert_eq!(
        world.incoming(B, apart[0]).offer.goes_with,
        Some(apart[1]),
        "B knows that there is a way back"
    );
}

#[test]
fn one_leg_alone_is_carried_and_the_desk_is_told_of_the_other() {
    let mut world = World::empty(1);
    world.driver_between(B, "81222", "05:00-11:00");
    let legs = world.there_and_back();
    let apart = world.offer_each(&legs);
    world.settle();
    world.pass(11);
    assert_eq!(world.holders(&apart), [Some(B), None]);
    assert_eq!(world.concerned(A), Vec::<&str>::new(), "somebody may still bid for the way back");
    world.pass(24 * 60);
    assert_eq!(world.hub.state(apart[1]), State::Expired);
    assert_eq!(world.at(A, legs[1]), ("requested", "local"));
    assert_eq!(world.concerned(A), ["half-carried"], "the person would not come home");
    let own = world.volunteer(A, "81003", false);
    world.promise(A, legs[1], own);
    assert_eq!(world.concerned(A), Vec::<&str>::new());
}

#[test]
fn the_same_driver_may_carry_both_and_each_is_taken_back_by_itself() {
    let mut world = World::new();
    let legs = world.there_and_back();
    let apart = world.offer_each(&legs);
    world.settle();
    ready(origin::withdraw(world.app(A), &Caller::local(), apart[0])).unwrap();
    world.settle();
    world.pass(11);
    assert_eq!(world.at(A, legs[0]), ("requested", "local"));
    assert_eq!(world.at(A, legs[1]).1, "held-by-neighbour");
}

#[test]
fn who_does_not_travel_is_called_off_for_both_legs_or_for_the_one_that_is_named() {
    for (single, left) in [(false, 0), (true, 1)] {
        let mut world = World::new();
        let legs = world.there_and_back();
        let apart = world.offer_each(&legs);
        world.settle();
        world.pass(11);
        assert!(world.holders(&apart).iter().all(Option::is_some));
        ready(trips::cancel(world.app(A), &Caller::local(), legs[0], CancelledBy::Person, single)).unwrap();
        world.settle();
        let held = world.holders(&apart);
        assert_eq!(held[0], None);
        assert_eq!(held.iter().flatten().count(), left, "{single}");
        let gone =
            legs.iter().filter(|leg| matches!(world.trip(A, **leg).status(), TripStatus::Cancelled { .. }));
        assert_eq!(gone.count(), 2 - left, "{single}");
    }
}

#[test]
fn a_trip_alone_is_no_journey_there_and_back() {
    let world = World::empty(1);
    let alone = world.request(A, world.person(A, "always"), false)[0];
    let each =
        |trip| ready(origin::offer_each(world.app(A), &Caller::local(), trip, origin::OfferTerms::default()));
    assert_eq!(reason(each(alone)), "handover-no-pair");
    let legs = world.there_and_back();
    each(legs[1]).unwrap();
    assert_eq!(reason(each(legs[0])), "handover-no-pair", "already offered");
    assert_eq!(world.trip(A, legs[0]).custody().code(), "offered-out");
}
