//! The person does not travel: her or his word needs nobody's agreement, in whatever state the trip is, and reaches
//! whoever carries it.

use maillage_domain::trip::{CancelledBy, Origin, TripStatus};
use maillage_federation::handover::{GiveBackReason, State};
use maillage_node::app::caller::Caller;
use maillage_node::app::{
    handover::{candidate, origin},
    trips,
};

use maillage_store::{access_log, events::Subject};

use crate::{
    driving::reason,
    world::{A, B, World, ready},
};

fn cancel(world: &World, trip: maillage_federation::ids::Id<maillage_federation::ids::TripKind>) {
    ready(trips::cancel(world.app(A), &Caller::local(), trip, CancelledBy::Person, false)).unwrap();
    assert_eq!(world.at(A, trip).0, "cancelled");
}

#[test]
fn while_neighbours_are_asked() {
    let mut world = World::new();
    let (trip, handover) = world.offered();
    world.settle();
    cancel(&world, trip);
    world.settle();
    world.pass(60);
    assert_eq!(world.hub.state(handover), State::Withdrawn);
    assert_eq!(world.at(A, trip), ("cancelled", "local"));
    assert!(world.incoming(B, handover).bid.is_none(), "the driver is free again");
}

#[test]
fn before_the_hub_has_even_seen_the_offer() {
    let mut world = World::new();
    let (trip, handover) = world.offered();
    cancel(&world, trip);
    world.settle();
    world.pass(60);
    assert_eq!(world.hub.state(handover), State::Withdrawn);
    assert!(world.carried(B, handover).is_empty());
}

#[test]
fn while_one_neighbour_is_chosen() {
    let mut world = World::empty(1);
    world.volunteer(B, "81222", false);
    let (trip, handover) = world.offered();
    world.settle();
    world.pass(11);
    cancel(&world, trip);
    world.settle();
    assert_eq!(world.hub.state(handover), State::Withdrawn);
    assert_eq!(world.at(A, trip), ("cancelled", "local"));
    assert!(!world.knows_the_person(B));
    let late = ready(candidate::accept_award(world.app(B), &Caller::local(), handover, None));
    assert_eq!(reason(late), "handover-not-awarded");
}

#[test]
fn while_the_chosen_neighbour_is_accepting() {
    let mut world = World::new();
    let (trip, handover) = world.offered();
    world.settle();
    world.wait(11);
    world.tend(A);
    world.carry_all(A);
    world.deliver_all(B);
    cancel(&world, trip);
    assert_eq!(world.carry(B), Some(None), "the acceptance is first");
    assert_eq!(world.carried(B, handover).len(), 1);
    world.settle();
    assert_eq!(world.hub.state(handover), State::Cancelled { holder: world.id(B) });
    let carried = world.carried(B, handover).remove(0);
    assert!(matches!(carried.status(), TripStatus::Cancelled { by: CancelledBy::Origin, .. }));
    assert!(!world.knows_the_person(B));
    assert_eq!(world.at(A, trip).0, "cancelled");
}

#[test]
fn while_a_neighbour_carries_it() {
    let mut world = World::new();
    let person = world.person(A, "always");
    let legs = world.request(A, person, true);
    let handover = world.offer(legs[0]).handover;
    world.settle();
    world.pass(11);
    assert!(world.carried(B, handover).iter().all(|trip| trip.commitment().is_some()));
    ready(origin::cancel(world.app(A), &Caller::local(), handover)).unwrap();
    assert!(legs.iter().all(|leg| world.at(A, *leg).0 == "cancelled"));
    world.settle();
    assert_eq!(world.hub.state(handover), State::Cancelled { holder: world.id(B) });
    assert!(world.carried(B, handover).iter().all(|trip| trip.status().code() == "cancelled"));
    assert!(world.carried(B, handover).iter().all(|trip| trip.commitment().is_none()));
    assert!(!world.knows_the_person(B));
    for trip in world.carried(B, handover) {
        let Origin::Carried { passenger, .. } = &trip.terms.origin else { panic!("a carried trip") };
        let places = [&trip.terms.pickup, &trip.terms.dropoff].map(|place| place.address.as_str());
        assert_eq!((passenger.name.as_str(), passenger.phone.is_none(), places), ("–", true, ["", ""]));
    }
    let subject = Subject::Handover(handover);
    let opened = access_log::of(&world.app(B).store, subject, 10).unwrap();
    assert_eq!(opened.len(), 1, "the opening of the award stays on record");
    let twice = ready(origin::cancel(world.app(A), &Caller::local(), handover));
    assert!(reason(twice).starts_with("trip-wrong"));
}

#[test]
fn while_the_neighbour_gives_it_back_nobody_else_gets_it() {
    let mut world = World::new();
    let (trip, handover, _) = world.held();
    ready(candidate::release(world.app(B), &Caller::local(), handover, GiveBackReason::NoDriver)).unwrap();
    cancel(&world, trip);
    assert_eq!(world.carry(B), Some(None), "the release is first");
    assert_eq!(world.carry(A), Some(Some("handover-wrong-round".to_owned())));
    world.settle();
    assert_eq!(world.hub.state(handover), State::Withdrawn);
    world.pass(60);
    assert_eq!(world.hub.state(handover), State::Withdrawn);
    assert_eq!(world.at(A, trip), ("cancelled", "local"));
}

#[test]
fn while_the_neighbour_gives_it_back_and_the_news_of_that_is_read_first() {
    let mut world = World::new();
    let (trip, handover, _) = world.held();
    ready(candidate::release(world.app(B), &Caller::local(), handover, GiveBackReason::NoDriver)).unwrap();
    cancel(&world, trip);
    world.carry(B);
    world.deliver_all(A);
    world.settle();
    assert_eq!(world.hub.state(handover), State::Withdrawn);
    assert_eq!(world.at(A, trip), ("cancelled", "local"));
}

#[test]
fn when_the_person_is_on_board_of_the_neighbours_car_the_ride_goes_on_and_is_told_of() {
    let mut world = World::new();
    let (trip, handover, carried) = world.held();
    world.when_begun(B, carried, || ready(trips::pick_up(world.app(B), &Caller::local(), carried))).unwrap();
    cancel(&world, trip);
    world.settle();
    assert_eq!(world.at(B, carried).0, "picked-up");
    assert_eq!(world.hub.state(handover), State::Cancelled { holder: world.id(B) });
    world.complete(B, carried);
    world.settle();
    assert_eq!(world.hub.state(handover), State::Done { holder: world.id(B) });
    assert_eq!(world.at(A, trip), ("completed", "held-by-neighbour"));
}

#[test]
fn when_the_outcome_is_on_its_way_what_was_carried_out_is_carried_out() {
    let mut world = World::new();
    let (trip, handover, carried) = world.held();
    world.complete(B, carried);
    cancel(&world, trip);
    assert_eq!(world.carry(A), Some(None), "the cancellation is first");
    world.settle();
    assert_eq!(world.hub.state(handover), State::Done { holder: world.id(B) });
    assert_eq!(world.at(A, trip).0, "completed");
}

#[test]
fn when_the_outcome_is_told_first_what_was_carried_out_is_carried_out() {
    let mut world = World::new();
    let (trip, handover, carried) = world.held();
    world.complete(B, carried);
    cancel(&world, trip);
    assert_eq!(world.carry(B), Some(None), "the outcome is first");
    world.settle();
    assert_eq!(world.hub.state(handover), State::Done { holder: world.id(B) });
    assert_eq!(world.at(A, trip).0, "completed");
}

#[test]
fn a_carried_trip_is_not_called_off_by_its_holder_but_given_back() {
    let mut world = World::new();
    let (_, _, carried) = world.held();
    let cancelled = ready(trips::cancel(world.app(B), &Caller::local(), carried, CancelledBy::Person, false));
    assert_eq!(reason(cancelled), "trip-carried-release");
}
