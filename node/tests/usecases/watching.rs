//! What a candidate does by itself between its bid and the end: a bid follows what its driver can do, a driver is not kept
//! for ever, and who was to travel is forgotten without the hub's word.

use maillage_domain::{
    handover::{Decision, IncomingStanding},
    ids::VolunteerKind,
    trip::Custody,
};
use maillage_federation::{
    handover::{DisputeReason, GiveBackReason, State},
    ids::{HandoverKind, Id},
};
use maillage_node::app::{
    caller::Caller,
    edits::NewTripChange,
    handover::{
        self, Handover, candidate, changes, concerns, origin,
        talk::{self, Judgement},
        uncertain_since,
    },
    people, trips,
};

use crate::world::{A, B, C, DAY, World, page_by_page, ready};

impl World {
    /// A driver of B is away on the day of the trips of these tests.
    fn is_away(&self, volunteer: Id<VolunteerKind>) {
        ready(people::add_absence(self.app(B), &Caller::local(), volunteer, DAY, DAY)).unwrap();
    }

    fn counted_on(&self, handover: Id<HandoverKind>) -> Option<Id<VolunteerKind>> {
        self.incoming(B, handover).bid.map(|bid| bid.volunteer)
    }
}

#[test]
fn a_bid_whose_driver_is_away_is_placed_with_another_and_goes_when_nobody_is_left() {
    let mut world = World::empty(1);
    let drivers = [world.volunteer(B, "81222", true), world.volunteer(B, "81222", true)];
    world.volunteer(C, "81042", true);
    let (trip, handover) = world.offered();
    world.settle();
    let first = world.counted_on(handover).unwrap();
    let other = if first == drivers[0] { drivers[1] } else { drivers[0] };
    assert_eq!(world.tend(B), 0);
    assert!(world.oldest(B).is_none(), "nothing has changed, nothing is said");
    world.is_away(first);
    world.tend(B);
    assert_eq!(world.counted_on(handover), Some(other));
    world.settle();
    assert_eq!(world.outgoing(handover).bids.len(), 2, "B's newer bid replaces its former one");
    world.is_away(other);
    world.tend(B);
    assert_eq!(world.counted_on(handover), None);
    world.settle();
    assert_eq!(world.outgoing(handover).bids.keys().copied().collect::<Vec<_>>(), [world.id(C)]);
    world.pass(11);
    assert_eq!(world.trip(A, trip).custody(), Custody::HeldBy { handover, node: world.id(C) });
}

#[test]
fn a_platform_that_wants_to_be_asked_has_its_bid_taken_back_and_no_other_placed() {
    let mut world = World::empty(1);
    world.volunteer(B, "81222", true);
    world.volunteer(B, "81222", true);
    let (_, handover) = world.offered();
    world.settle();
    world.policy(B, Decision::Ask, Decision::Ask);
    world.is_away(world.counted_on(handover).unwrap());
    world.tend(B);
    assert_eq!(world.counted_on(handover), None);
    world.settle();
    assert!(world.outgoing(handover).bids.is_empty());
}

#[test]
fn an_award_that_crosses_the_end_of_its_bid_goes_to_the_next_at_once() {
    let mut world = World::empty(1);
    let driver = world.volunteer(B, "81222", true);
    world.volunteer(C, "81042", true);
    let (trip, handover) = world.offered();
    world.settle();
    world.is_away(driver);
    world.wait(11);
    assert_eq!(world.tend(A), 1, "A has chosen B");
    world.carry_all(A);
    world.tend(B);
    assert_eq!(world.carry(B).unwrap().as_deref(), Some("handover-wrong-state"), "too late to take back");
    world.deliver_all(B);
    assert!(!world.knows_the_person(B), "nobody of B's can drive: the details are gone at once");
    world.settle();
    world.pass(11);
    assert_eq!(world.hub.state(handover), State::Held { holder: world.id(C) });
    assert_eq!(world.at(A, trip), ("requested", "held-by-neighbour"));
}

#[test]
fn who_was_to_travel_is_forgotten_when_it_is_too_late_although_the_hub_says_nothing() {
    let mut world = World::empty(1);
    world.volunteer(B, "81222", false);
    let (_, handover) = world.offered();
    world.settle();
    world.wait(11);
    world.tend(A);
    world.carry_all(A);
    world.deliver_all(B);
    let IncomingStanding::Chosen { accept_by_ms } = world.incoming(B, handover).standing(world.id(B)) else {
        panic!("B was chosen")
    };
    assert!(world.knows_the_person(B));
    let minutes = (accept_by_ms - world.now().as_millisecond()) / 60_000;
    world.wait(u64::try_from(minutes).unwrap() - 1);
    world.tend(B);
    assert!(world.knows_the_person(B), "a person may still say yes");
    world.wait(2);
    world.tend(B);
    assert!(!world.knows_the_person(B), "no letter has come, and none is needed");
    assert_eq!(world.incoming(B, handover).details, None);
}

#[test]
fn what_was_accepted_in_time_is_kept_until_the_hub_answers_and_said_to_be_uncertain() {
    let mut world = World::empty(1);
    world.volunteer(B, "81222", false);
    let (_, handover) = world.offered();
    world.settle();
    world.wait(11);
    world.tend(A);
    world.carry_all(A);
    world.deliver_all(B);
    let unsure = |world: &World| uncertain_since(world.app(B), &world.incoming(B, handover));
    assert_eq!(unsure(&world), None);
    let since = world.now();
    ready(candidate::accept_award(world.app(B), &Caller::local(), handover, None)).unwrap();
    assert_eq!(unsure(&world), Some(since));
    assert!(world.carry_and_lose_the_answer(B));
    world.wait(30 * 24 * 60);
    world.tend(B);
    assert!(world.knows_the_person(B), "the hub may have taken our word in time");
    assert_eq!(unsure(&world), Some(since), "call the other desk");
    world.settle();
    assert_eq!((unsure(&world), world.carried(B, handover).len()), (None, 1));
    let nobody = GiveBackReason::NoDriver;
    let since = world.now();
    ready(candidate::release(world.app(B), &Caller::local(), handover, nobody)).unwrap();
    assert_eq!(unsure(&world), Some(since));
}

/// A hub that cannot be reached never says that an offer is over.
#[test]
fn a_driver_is_counted_on_no_longer_than_an_award_can_come() {
    let mut world = World::empty(1);
    let driver = world.volunteer(B, "81222", true);
    let (_, handover) = world.offered();
    world.settle();
    let incoming = world.incoming(B, handover);
    assert_eq!(incoming.counts_on(world.id(B), world.now()).map(|bid| bid.volunteer), Some(driver));
    let last_ms = incoming.record.reply_by_ms + i64::from(incoming.offer.accept_within_s) * 1000;
    let at = |ms| jiff::Timestamp::from_millisecond(ms).unwrap();
    assert!(incoming.counts_on(world.id(B), at(last_ms - 1)).is_some());
    assert!(incoming.counts_on(world.id(B), at(last_ms)).is_none());
    world.pass(11);
    let held = world.incoming(B, handover);
    assert!(held.counts_on(world.id(B), world.now()).is_none(), "the trip itself binds the driver now");
}

/// The answer was lost with the line, and comes when the trip is offered anew.
#[test]
fn a_late_refusal_of_a_bid_does_not_take_the_one_that_was_placed_since() {
    let mut world = World::new();
    world.policy(C, Decision::Ask, Decision::Auto);
    let (_, handover) = world.offered();
    world.carry_all(A);
    world.deliver(C);
    world.deliver(B);
    world.carry_all(B);
    world.deliver(A);
    ready(origin::award(world.app(A), &Caller::local(), handover, Some(world.id(B)))).unwrap();
    world.carry_all(A);
    world.deliver(B);
    world.carry_all(B);
    assert_eq!(world.hub.state(handover), State::Held { holder: world.id(B) });
    let bid = |world: &World| ready(candidate::place_bid(world.app(C), &Caller::local(), handover, None));
    bid(&world).unwrap();
    assert!(world.carry_and_lose_the_answer(C));
    ready(candidate::release(world.app(B), &Caller::local(), handover, GiveBackReason::NoDriver)).unwrap();
    world.carry_all(B);
    while world.deliver(A) {}
    world.carry_all(A);
    assert_eq!(world.hub.state(handover), State::Open);
    while world.deliver(C) {}
    bid(&world).unwrap();
    let late = world.carry(C).unwrap();
    assert_eq!(late.as_deref(), Some("handover-wrong-state"));
    assert_eq!(world.incoming(C, handover).bid.map(|bid| bid.round), Some(2));
    assert_eq!(world.carry(C), Some(None), "the hub takes it");
}

#[test]
fn a_long_list_of_handovers_goes_on_where_the_page_before_ended() {
    let mut world = World::empty(1);
    let mut all: Vec<_> = (0..3).map(|_| world.offered().1).collect();
    world.settle();
    all.sort();
    all.reverse();
    for node in [A, B] {
        for open in [true, false] {
            let page = |after| {
                let found = handover::list(world.app(node), &Caller::local(), open, (after, 2)).unwrap();
                found.iter().map(Handover::id).collect::<Vec<_>>()
            };
            assert_eq!(page(None), all[..2], "{node} {open}");
            assert_eq!(page(Some(all[1])), all[2..], "{node} {open}");
            assert_eq!(page(Some(all[2])), []);
        }
    }
}

fn concerns(world: &World, node: usize) -> Vec<&'static str> {
    let one = |after| concerns::list(world.app(node), &Caller::local(), (after, 1)).unwrap();
    let found = page_by_page(one);
    found.iter().flat_map(|(_, concerns)| concerns.iter().map(|concern| concern.what.code())).collect()
}

#[test]
fn each_desk_is_told_what_it_has_to_look_at_and_until_when() {
    let mut world = World::empty(1);
    let nothing: [&str; 0] = [];
    let driver = world.volunteer(B, "81222", false);
    world.policy(A, Decision::Auto, Decision::Ask);
    let (_, handover) = world.offered();
    assert_eq!(concerns(&world, A), nothing);
    world.settle();
    assert_eq!((concerns(&world, A), concerns(&world, B)), (vec!["to-choose"], vec![]));
    ready(origin::award(world.app(A), &Caller::local(), handover, None)).unwrap();
    assert_eq!(concerns(&world, A), ["uncertain"]);
    world.settle();
    assert_eq!((concerns(&world, A), concerns(&world, B)), (vec!["uncertain"], vec!["to-answer"]));
    let due = concerns::list(world.app(B), &Caller::local(), (None, 100)).unwrap().0[0].1[0];
    assert!(due.until.is_some_and(|until| world.now() < until));
    ready(candidate::accept_award(world.app(B), &Caller::local(), handover, None)).unwrap();
    assert_eq!(concerns(&world, B), ["uncertain"], "said, and not answered");
    world.settle();
    assert_eq!((concerns(&world, A), concerns(&world, B)), (vec![], vec![]));
    let write = |world: &World, node: usize| {
        let text = "À quelle porte ?".to_owned();
        ready(talk::send_message(world.app(node), &Caller::local(), handover, text)).unwrap();
    };
    write(&world, B);
    world.settle();
    assert_eq!((concerns(&world, A), concerns(&world, B)), (vec!["message"], vec![]));
    write(&world, A);
    world.settle();
    assert_eq!((concerns(&world, A), concerns(&world, B)), (vec![], vec!["message"]));
    let carried = world.carried(B, handover)[0].id();
    let new = NewTripChange { arrive_by: Some(format!("{DAY}T14:00")), ..NewTripChange::default() };
    let which = (handover, carried);
    ready(changes::ask(world.app(B), &Caller::local(), which, new, String::new())).unwrap();
    world.settle();
    assert_eq!(concerns(&world, A), ["change-asked"]);
    ready(changes::answer(world.app(A), &Caller::local(), handover, (false, false))).unwrap();
    world.settle();
    assert_eq!(concerns(&world, A), nothing);
    world.wait(8 * 24 * 60);
    assert_eq!(
        (concerns(&world, A), concerns(&world, B)),
        (vec!["account-missing"], vec!["account-missing"])
    );
    ready(trips::driver_accepts(world.app(B), &Caller::local(), carried, false)).unwrap();
    assert_eq!(world.trip(B, carried).volunteer(), Some(driver));
    world.complete(B, carried);
    world.settle();
    assert_eq!((concerns(&world, A), concerns(&world, B)), (vec![], vec![]));
    let dispute = Judgement::Dispute { reason: DisputeReason::Result, text: "Personne n’est venu".into() };
    ready(talk::judge(world.app(A), &Caller::local(), handover, dispute)).unwrap();
    world.settle();
    assert_eq!((concerns(&world, A), concerns(&world, B)), (vec!["disputed"], vec!["disputed"]));
}

#[test]
fn a_trip_that_came_back_is_pointed_at_until_somebody_drives_it() {
    let mut world = World::empty(1);
    world.volunteer(B, "81222", true);
    world.policy(A, Decision::Auto, Decision::Ask);
    let (trip, handover) = world.offered();
    world.settle();
    ready(origin::award(world.app(A), &Caller::local(), handover, None)).unwrap();
    world.settle();
    let nobody = GiveBackReason::NoDriver;
    ready(candidate::release(world.app(B), &Caller::local(), handover, nobody)).unwrap();
    world.settle();
    assert_eq!(world.at(A, trip), ("requested", "local"));
    assert_eq!(concerns(&world, A), ["returned"]);
    let found = concerns::list(world.app(A), &Caller::local(), (None, 100)).unwrap().0;
    let pickup = world.trip(A, trip).terms.earliest_pickup;
    assert!(found[0].1[0].until.is_some_and(|until| until <= pickup), "counts down to the pickup");
    let own = world.volunteer(A, "81003", false);
    world.promise(A, trip, own);
    assert_eq!(concerns(&world, A), Vec::<&str>::new());
}
