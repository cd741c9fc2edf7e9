//! A trip comes back: nobody bid, nobody answered, it was withdrawn or given back. Whoever does not carry it any more
//! has nothing of it left.

use maillage_domain::{handover::Decision, trip::Custody};
use maillage_federation::handover::{GiveBackReason, State};
use maillage_node::app::caller::Caller;
use maillage_node::app::{
    handover::{candidate, origin},
    trips,
};

use crate::{
    driving::reason,
    world::{A, B, C, World, ready},
};

#[test]
fn an_award_nobody_answers_lapses_and_leaves_nothing_of_the_person_behind() {
    let mut world = World::empty(1);
    world.volunteer(B, "81222", false);
    let (trip, handover) = world.offered();
    world.settle();
    world.pass(11);
    assert!(world.knows_the_person(B));
    world.wait(4 * 60 + 1);
    let late = ready(candidate::accept_award(world.app(B), &Caller::local(), handover, None));
    assert_eq!(reason(late), "handover-too-late");
    world.hub.let_time_pass();
    world.settle();
    assert!(!world.knows_the_person(B));
    assert!(world.incoming(B, handover).bid.is_none(), "the driver is free again");
    let after = ready(candidate::accept_award(world.app(B), &Caller::local(), handover, None));
    assert_eq!(reason(after), "handover-not-awarded");
    assert_eq!(world.at(A, trip), ("requested", "offered-out"));
    assert!(world.carried(B, handover).is_empty());
}

#[test]
fn an_acceptance_that_comes_too_late_carries_nothing() {
    let mut world = World::empty(1);
    world.volunteer(B, "81222", false);
    let (trip, handover) = world.offered();
    world.settle();
    world.pass(11);
    ready(candidate::accept_award(world.app(B), &Caller::local(), handover, None)).unwrap();
    world.wait(4 * 60 + 1);
    assert_eq!(world.carry(B), Some(Some("handover-wrong-round".to_owned())));
    assert!(world.carried(B, handover).is_empty());
    assert!(!world.knows_the_person(B));
    world.settle();
    assert_eq!(world.at(A, trip), ("requested", "offered-out"));
}

#[test]
fn an_offer_nobody_takes_expires_and_the_trip_is_back_on_the_list() {
    let mut world = World::empty(1);
    let (trip, handover) = world.offered();
    world.settle();
    world.pass(24 * 60 + 1);
    assert_eq!(world.hub.state(handover), State::Expired);
    assert_eq!(world.at(A, trip), ("requested", "local"));
    assert!(world.trip(A, trip).needs_decision());
    assert!(trips::open(world.app(A), &Caller::local(), 10).unwrap().iter().any(|open| open.id() == trip));
}

#[test]
fn before_an_award_a_trip_is_taken_back_at_once_even_without_the_hub() {
    let mut world = World::new();
    let own = world.volunteer(A, "81003", true);
    let (trip, handover) = world.offered();
    ready(origin::withdraw(world.app(A), &Caller::local(), handover)).unwrap();
    assert_eq!(world.at(A, trip), ("requested", "local"));
    world.promise(A, trip, own);
    let again = ready(origin::withdraw(world.app(A), &Caller::local(), handover));
    assert_eq!(reason(again), "handover-not-open");
    world.settle();
    world.pass(60);
    assert_eq!(world.hub.state(handover), State::Withdrawn);
    assert_eq!(world.at(A, trip), ("confirmed", "local"), "late mail does not take it from its driver");
    let award = ready(origin::award(world.app(A), &Caller::local(), handover, Some(world.id(B))));
    assert_eq!(reason(award), "handover-not-open");
}

#[test]
fn a_trip_that_is_back_can_be_offered_anew_while_the_hub_still_answers_about_the_first_offer() {
    let mut world = World::new();
    let (trip, first) = world.offered();
    ready(origin::withdraw(world.app(A), &Caller::local(), first)).unwrap();
    let second = world.offer(trip).handover;
    assert_eq!(world.trip(A, trip).custody(), Custody::OfferedOut { handover: second });
    for _ in 0..3 {
        world.carry(A);
        assert_eq!(world.trip(A, trip).custody(), Custody::OfferedOut { handover: second });
    }
    world.settle();
    world.pass(11);
    assert_eq!(world.hub.state(first), State::Withdrawn);
    assert_eq!(world.trip(A, trip).custody(), Custody::HeldBy { handover: second, node: world.id(B) });
    assert_eq!(world.carried(B, second).len(), 1);
}

#[test]
fn after_an_award_only_the_hub_gives_a_trip_back() {
    let mut world = World::empty(1);
    world.volunteer(B, "81222", false);
    let (trip, handover) = world.offered();
    world.settle();
    world.pass(11);
    ready(origin::withdraw(world.app(A), &Caller::local(), handover)).unwrap();
    assert_eq!(world.at(A, trip), ("requested", "uncertain"), "nobody knows before the hub has answered");
    assert_eq!(world.carry(A), Some(None));
    assert_eq!(world.at(A, trip), ("requested", "local"));
    ready(candidate::accept_award(world.app(B), &Caller::local(), handover, None)).unwrap();
    assert_eq!(world.carry(B), Some(Some("handover-wrong-state".to_owned())));
    assert!(world.carried(B, handover).is_empty());
    assert!(!world.knows_the_person(B));
    world.settle();
    assert_eq!(world.at(A, trip), ("requested", "local"));
}

#[test]
fn of_an_acceptance_and_a_withdrawal_the_one_the_hub_sees_first_wins() {
    let mut world = World::empty(1);
    world.volunteer(B, "81222", false);
    let (trip, handover) = world.offered();
    world.settle();
    world.pass(11);
    ready(origin::withdraw(world.app(A), &Caller::local(), handover)).unwrap();
    ready(candidate::accept_award(world.app(B), &Caller::local(), handover, None)).unwrap();
    assert_eq!(world.carry(B), Some(None));
    assert_eq!(world.at(A, trip), ("requested", "uncertain"));
    assert_eq!(world.carry(A), Some(Some("handover-wrong-state".to_owned())));
    assert_eq!(world.at(A, trip), ("requested", "held-by-neighbour"), "the refusal brought the truth");
    world.settle();
    assert_eq!(world.hub.state(handover), State::Held { holder: world.id(B) });
    assert_eq!(world.carried(B, handover).len(), 1);
}

#[test]
fn a_withdrawal_that_crossed_a_lapse_is_made_again() {
    let mut world = World::empty(1);
    world.volunteer(B, "81222", false);
    let (trip, handover) = world.offered();
    world.settle();
    world.pass(11);
    ready(origin::withdraw(world.app(A), &Caller::local(), handover)).unwrap();
    world.wait(4 * 60 + 1);
    assert_eq!(world.carry(A), Some(Some("handover-wrong-round".to_owned())));
    assert_eq!(world.at(A, trip), ("requested", "local"));
    world.settle();
    assert_eq!(world.hub.state(handover), State::Withdrawn);
}

#[test]
fn a_trip_given_back_is_offered_again_at_once_and_carried_by_the_next() {
    let mut world = World::new();
    let (trip, handover, carried) = world.held();
    ready(candidate::release(world.app(B), &Caller::local(), handover, GiveBackReason::Vehicle)).unwrap();
    assert_eq!(world.at(B, carried).0, "cancelled", "its driver is free at once");
    assert_eq!(world.at(A, trip), ("requested", "held-by-neighbour"));
    world.carry(B);
    assert_eq!(world.hub.state(handover), State::Released);
    world.deliver_all(A);
    assert_eq!(world.at(A, trip), ("requested", "offered-out"), "no driver of ours is asked meanwhile");
    world.settle();
    world.pass(11);
    assert_eq!(world.hub.record(handover).unwrap().round, 2);
    assert_eq!(world.trip(A, trip).custody(), Custody::HeldBy { handover, node: world.id(C) });
    let next = world.carried(C, handover)[0].id();
    world.complete(C, next);
    world.settle();
    assert_eq!(world.at(A, trip).0, "completed");
}

#[test]
fn a_node_that_gave_back_may_take_the_trip_again_if_its_coordinator_says_so() {
    let mut world = World::empty(1);
    world.volunteer(B, "81222", true);
    let (trip, handover, first) = world.held();
    ready(candidate::release(world.app(B), &Caller::local(), handover, GiveBackReason::Vehicle)).unwrap();
    world.settle();
    assert!(world.incoming(B, handover).bid.is_none(), "it does not bid by itself again");
    ready(candidate::place_bid(world.app(B), &Caller::local(), handover, None)).unwrap();
    world.settle();
    world.pass(11);
    assert_eq!(world.hub.state(handover), State::Held { holder: world.id(B) });
    let carried = world.carried(B, handover);
    assert_eq!(carried.len(), 1);
    assert_ne!(carried[0].id(), first);
    assert_eq!(world.at(B, carried[0].id()), ("confirmed", "local"));
    world.complete(B, carried[0].id());
    world.settle();
    assert_eq!(world.at(A, trip).0, "completed");
}

#[test]
fn a_trip_given_back_too_late_to_offer_is_on_the_list_and_the_handover_is_over() {
    let mut world = World::new();
    let own = world.volunteer(A, "81003", true);
    let (trip, handover, _) = world.held();
    let pickup = world.trip(A, trip).terms.earliest_pickup;
    let left = world.now().duration_until(pickup).as_mins() - 20;
    world.wait(left.unsigned_abs());
    ready(candidate::release(world.app(B), &Caller::local(), handover, GiveBackReason::NoDriver)).unwrap();
    world.settle();
    assert_eq!(world.at(A, trip), ("requested", "local"));
    assert_eq!(world.hub.state(handover), State::Withdrawn);
    world.promise(A, trip, own);
    assert_eq!(world.at(A, trip).0, "confirmed");
}

#[test]
fn a_platform_that_wants_to_be_asked_gets_a_released_trip_on_its_list_and_can_offer_it_anew() {
    let mut world = World::new();
    let (trip, first, _) = world.held();
    world.policy(A, Decision::Auto, Decision::Ask);
    ready(candidate::release(world.app(B), &Caller::local(), first, GiveBackReason::NoDriver)).unwrap();
    world.settle();
    assert_eq!(world.at(A, trip), ("requested", "local"));
    assert_eq!(world.hub.state(first), State::Withdrawn);
    let second = world.offer(trip).handover;
    world.settle();
    assert_eq!(world.trip(A, trip).custody(), Custody::OfferedOut { handover: second });
}

#[test]
fn a_trip_under_way_is_not_given_back() {
    let mut world = World::new();
    let (_, handover, carried) = world.held();
    world.when_begun(B, carried, || ready(trips::pick_up(world.app(B), &Caller::local(), carried))).unwrap();
    let release =
        ready(candidate::release(world.app(B), &Caller::local(), handover, GiveBackReason::NoDriver));
    assert_eq!(reason(release), "handover-under-way");
    let not_ours =
        ready(candidate::release(world.app(C), &Caller::local(), handover, GiveBackReason::NoDriver));
    assert_eq!(reason(not_ours), "handover-not-held");
}

#[test]
fn after_a_refusal_the_wait_for_bids_begins_with_the_first_new_bid() {
    let mut world = World::empty(1);
    world.volunteer(B, "81222", false);
    let (_, handover) = world.offered();
    world.settle();
    world.pass(11);
    ready(candidate::refuse_award(world.app(B), &Caller::local(), handover, GiveBackReason::NoDriver))
        .unwrap();
    world.settle();
    assert_eq!(world.outgoing(handover).first_bid_at, None);
    world.wait(30);
    world.volunteer(C, "81042", true);
    ready(candidate::place_bid(world.app(C), &Caller::local(), handover, None)).unwrap();
    world.settle();
    assert_eq!(world.tend(A), 0);
    world.wait(11);
    assert_eq!(world.tend(A), 1);
}
