//! An origin that was restored from an old backup: it takes no trip for handed over that is not, nor lets one hang that nobody
//! carries, and it can choose among the bids that came since.

use maillage_domain::{handover::Decision, trip::CancelledBy};
use maillage_federation::handover::State;
use maillage_node::app::{caller::Caller, handover::origin, trips};

use crate::world::{A, B, C, World, ready};

#[test]
fn a_trip_called_off_since_is_for_a_person_and_not_given_out_again() {
    for knows in [false, true] {
        let mut world = World::new();
        let trip = world.request(A, world.person(A, "always"), false)[0];
        let before = world.back_up(A);
        let handover = world.offer(trip).handover;
        world.settle();
        let backup = if knows { world.back_up(A) } else { before };
        world.pass(11);
        ready(trips::cancel(world.app(A), &Caller::local(), trip, CancelledBy::Person, false)).unwrap();
        world.settle();
        assert_eq!(world.hub.state(handover), State::Cancelled { holder: world.id(B) });
        world.restore(A, backup);
        world.pull(A, Vec::new()).unwrap();
        assert_eq!(world.lost(A), [handover], "who travels here is not known: {knows}");
        if knows {
            // Whoever looks at it calls it off again, and nothing is left.
            ready(trips::cancel(world.app(A), &Caller::local(), trip, CancelledBy::Person, false)).unwrap();
            world.settle();
        } else {
            assert_eq!(world.at(A, trip), ("requested", "local"), "nobody drives it, and nobody is said to");
        }
        world.pull(A, Vec::new()).unwrap();
        assert_eq!(world.lost(A), [handover], "until it was looked at");
    }
}

#[test]
fn it_can_choose_among_the_bids_that_came_since() {
    let mut world = World::new();
    world.policy(A, Decision::Auto, Decision::Ask);
    let trip = world.request(A, world.person(A, "always"), false)[0];
    let handover = world.offer(trip).handover;
    world.carry_all(A);
    let backup = world.back_up(A);
    world.settle();
    let (b, c) = (world.id(B), world.id(C));
    assert_eq!(world.outgoing(handover).bids.len(), 2);
    world.restore(A, backup);
    assert!(world.outgoing(handover).bids.is_empty(), "as it was then");
    // Of the two one can no longer.
    let bid = world.hub.threads.get_mut(&handover).unwrap().bids.remove(&c).unwrap();
    world.pull(A, Vec::new()).unwrap();
    let outgoing = world.outgoing(handover);
    assert_eq!(outgoing.bids.keys().copied().collect::<Vec<_>>(), [b]);
    assert_eq!(outgoing.first_bid_at, Some(world.now()));
    assert!(world.alarms(A).is_empty());
    // The other way round: what the backup knows, and is no more.
    let backup = world.back_up(A);
    let thread = world.hub.threads.get_mut(&handover).unwrap();
    let gone = thread.bids.remove(&b).unwrap();
    thread.bids.insert(c, bid);
    world.restore(A, backup);
    world.pull(A, Vec::new()).unwrap();
    assert_eq!(world.outgoing(handover).bids.keys().copied().collect::<Vec<_>>(), [c]);
    world.hub.threads.get_mut(&handover).unwrap().bids.insert(b, gone);
    world.pull(A, Vec::new()).unwrap();
    ready(origin::award(world.app(A), &Caller::local(), handover, Some(b))).unwrap();
    world.settle();
    assert_eq!(world.hub.state(handover), State::Held { holder: b });
    assert_eq!(world.at(A, trip).1, "held-by-neighbour");
}

#[test]
fn bids_after_the_backup_are_found_for_a_trip_that_was_offered_after_it_too() {
    let mut world = World::new();
    world.policy(A, Decision::Auto, Decision::Ask);
    let trip = world.request(A, world.person(A, "always"), false)[0];
    let backup = world.back_up(A);
    let handover = world.offer(trip).handover;
    world.settle();
    world.restore(A, backup);
    world.pull(A, Vec::new()).unwrap();
    ready(origin::award(world.app(A), &Caller::local(), handover, None)).unwrap();
    world.settle();
    assert!(matches!(world.hub.state(handover), State::Held { .. }));
    assert_eq!(world.at(A, trip).1, "held-by-neighbour");
}

#[test]
fn an_older_hub_that_says_nothing_of_bids_takes_none_away() {
    let mut world = World::new();
    world.policy(A, Decision::Auto, Decision::Ask);
    let (_, handover) = world.offered();
    world.settle();
    let backup = world.back_up(A);
    world.restore(A, backup);
    world.pull_from(A, false).unwrap();
    assert_eq!(world.outgoing(handover).bids.len(), 2);
}
