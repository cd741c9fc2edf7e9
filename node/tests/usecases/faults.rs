//! What the network, the disk and the power do: answers are lost, letters come twice or out of step with receipts,
//! disks fill up, nodes stop in the middle of a transaction.

use maillage_domain::handover::IncomingStanding;
use maillage_federation::handover::{GiveBackReason, NoticeKind, State};
use maillage_node::app::caller::Caller;
use maillage_node::app::{
    handover::{candidate, origin},
    trips,
};
use maillage_store::{
    inbox,
    settings::{self, ModelsInForce},
};

use crate::{
    driving::reason,
    world::{A, B, World, ready},
};

#[test]
fn answers_lost_on_the_way_back_change_nothing() {
    let mut world = World::new();
    let (trip, handover) = world.offered();
    for _ in 0..40 {
        for node in 0..3 {
            world.carry_and_lose_the_answer(node);
            world.carry_and_lose_the_answer(node);
            world.carry(node);
            world.deliver(node);
        }
    }
    world.wait(11);
    world.tend(A);
    assert!(world.carry_and_lose_the_answer(A));
    world.deliver_all(B);
    assert!(world.carry_and_lose_the_answer(B), "the acceptance arrived");
    assert_eq!(world.hub.state(handover), State::Held { holder: world.id(B) });
    assert!(world.carried(B, handover).is_empty(), "B does not know it yet");
    assert_eq!(world.at(A, trip), ("requested", "uncertain"));
    world.settle();
    assert_eq!(world.carried(B, handover).len(), 1);
    assert_eq!(world.at(A, trip), ("requested", "held-by-neighbour"));
    let carried = world.carried(B, handover)[0].id();
    world.complete(B, carried);
    world.carry_and_lose_the_answer(B);
    world.settle();
    assert_eq!(world.at(A, trip).0, "completed");
    assert_eq!(world.hub.record(handover).unwrap().revision, 8, "each command and word moved it once");
}

#[test]
fn letters_that_come_twice_are_applied_once_and_never_turn_the_cursor_back() {
    let mut world = World::new();
    let (trip, handover, carried) = world.held();
    let state = (world.at(A, trip), world.incoming(B, handover), world.outgoing(handover));
    for node in [A, B] {
        let read = inbox::cursor(&world.app(node).store).unwrap();
        for index in 0..usize::try_from(read).unwrap() {
            world.deliver_again(node, index);
            assert_eq!(inbox::cursor(&world.app(node).store).unwrap(), read);
        }
        assert!(world.waiting(node).is_empty(), "a letter was answered twice");
    }
    assert_eq!(state, (world.at(A, trip), world.incoming(B, handover), world.outgoing(handover)));
    assert_eq!(world.carried(B, handover).len(), 1);
    world.complete(B, carried);
    world.settle();
    assert_eq!(world.at(A, trip).0, "completed");
}

#[test]
fn a_bid_that_is_delivered_again_after_its_node_gave_up_is_no_bid() {
    let mut world = World::empty(1);
    world.volunteer(B, "81222", false);
    let (_, handover) = world.offered();
    world.settle();
    assert_eq!(world.unread(A), 0);
    world.pass(11);
    ready(candidate::refuse_award(world.app(B), &Caller::local(), handover, GiveBackReason::NoDriver))
        .unwrap();
    world.settle();
    let before = world.outgoing(handover);
    assert!(before.bids.is_empty());
    world.deliver_again(A, 0);
    assert_eq!(world.outgoing(handover), before);
    world.pass(60);
    assert_eq!(world.hub.state(handover), State::Open, "it was awarded to again");
}

#[test]
fn an_outcome_that_arrives_before_anything_else_was_read_still_closes_the_trip() {
    let mut world = World::empty(1);
    world.volunteer(B, "81222", false);
    let (trip, handover) = world.offered();
    world.settle();
    world.pass(11);
    ready(origin::withdraw(world.app(A), &Caller::local(), handover)).unwrap();
    ready(candidate::accept_award(world.app(B), &Caller::local(), handover, None)).unwrap();
    world.carry_all(B);
    let carried = world.carried(B, handover)[0].id();
    ready(trips::driver_accepts(world.app(B), &Caller::local(), carried, false)).unwrap();
    world.complete(B, carried);
    world.carry_all(B);
    // A's withdrawal is refused with a record that says "done", before A has read that B accepted.
    assert_eq!(world.carry(A), Some(Some("handover-wrong-state".to_owned())));
    assert_eq!(world.at(A, trip), ("requested", "held-by-neighbour"));
    world.settle();
    assert_eq!(world.at(A, trip), ("completed", "held-by-neighbour"));
}

#[test]
fn a_letter_read_before_the_receipt_and_the_other_way_round_lead_to_the_same() {
    for letters_first in [true, false] {
        let mut world = World::new();
        let (trip, handover) = world.offered();
        world.settle();
        world.wait(11);
        world.tend(A);
        for _ in 0..12 {
            for node in [A, B] {
                if letters_first {
                    world.carry_and_lose_the_answer(node);
                    world.deliver_all(node);
                    world.carry(node);
                } else {
                    world.carry_all(node);
                    world.deliver(node);
                }
            }
        }
        world.settle();
        assert_eq!(world.at(A, trip), ("requested", "held-by-neighbour"), "{letters_first}");
        assert_eq!(world.carried(B, handover).len(), 1, "{letters_first}");
    }
}

#[test]
fn an_old_award_is_not_taken_for_the_award_of_a_later_round() {
    let mut world = World::empty(1);
    world.volunteer(B, "81222", false);
    let (_, handover) = world.offered();
    world.settle();
    world.wait(11);
    world.tend(A);
    world.carry_all(A);
    let first = world.hub.mail[&world.id(B)].last().unwrap().clone();
    world.wait(4 * 60 + 1);
    world.hub.let_time_pass();
    let record = world.hub.record(handover).unwrap().clone();
    world.settle();
    ready(candidate::place_bid(world.app(B), &Caller::local(), handover, None)).unwrap();
    world.settle();
    world.wait(11);
    world.tend(A);
    world.carry_all(A);
    let now = world.hub.record(handover).unwrap().clone();
    assert_eq!((record.round, now.round), (2, 2));
    let news = world.hub.letter(world.id(B), now, NoticeKind::Closed, None);
    world.hand_in(B, 1, &news).unwrap();
    assert!(matches!(world.incoming(B, handover).standing(world.id(B)), IncomingStanding::Chosen { .. }));
    world.hand_in(B, 1, &first).unwrap();
    assert!(!world.knows_the_person(B), "the details of round 1 were opened in round 2");
    world.settle();
    assert!(world.knows_the_person(B));
}

#[test]
fn a_full_disk_stops_a_node_whole_and_it_goes_on_when_there_is_room() {
    let mut world = World::new();
    let (trip, handover) = world.offered();
    world.settle();
    world.wait(11);
    world.tend(A);
    world.carry_all(A);
    world.deliver_all(B);
    let before = world.incoming(B, handover);
    world.nodes[B].disk.limit_capacity(Some(0));
    let mut refused = None;
    for _ in 0..2_000 {
        if let Err(refusal) = ready(register_somebody(&world)) {
            refused = Some(refusal);
            break;
        }
    }
    assert_eq!(refused.unwrap().reason(), "store-disk-full");
    let answer = world.try_carry(B).unwrap();
    assert_eq!(reason(answer), "store-disk-full");
    assert_eq!(world.incoming(B, handover), before, "the receipt was half applied");
    assert!(world.carried(B, handover).is_empty());
    assert_eq!(world.hub.state(handover), State::Held { holder: world.id(B) });
    world.nodes[B].disk.limit_capacity(None);
    for _ in 0..50 {
        if world.try_carry(B).is_none_or(|carried| carried.is_ok()) {
            break;
        }
    }
    world.settle();
    assert_eq!(world.carried(B, handover).len(), 1);
    assert_eq!(world.at(A, trip), ("requested", "held-by-neighbour"));
}

impl World {
    /// Fills the disk of a node, until it takes no writes.
    pub(crate) fn fill_disk(&self, node: usize) {
        self.nodes[node].disk.limit_capacity(Some(0));
        let taken = (0..20_000).take_while(|_| self.write_something(node).is_ok()).count();
        assert!(taken < 20_000, "the disk of node {node} is never full");
    }

    /// Makes room on it again, until it takes writes.
    pub(crate) fn make_room(&self, node: usize) {
        self.nodes[node].disk.limit_capacity(None);
        assert!((0..50).any(|_| self.write_something(node).is_ok()), "node {node} does not recover");
    }

    fn write_something(&self, node: usize) -> Result<(), maillage_platform::refusal::Refusal> {
        ready(self.app(node).transact("test.write", |_, transaction| {
            let models = settings::find::<ModelsInForce>(transaction)?.unwrap_or_default();
            Ok(settings::put(transaction, &models)?)
        }))
    }
}

/// Fills the disk of B a little.
async fn register_somebody(world: &World) -> Result<(), maillage_platform::refusal::Refusal> {
    let add = maillage_node::app::people::add_person;
    let confirmed = maillage_node::app::people::Confirmed { outside: true, duplicate: true };
    let new = maillage_domain::person::NewPerson {
        name: "Quelqu'un".into(),
        home: maillage_domain::place::NewPlace { commune: "81222".into(), address: String::new() },
        ..maillage_domain::person::NewPerson::default()
    };
    add(world.app(B), &maillage_node::app::caller::Caller::local(), new, confirmed).await.map(|_| ())
}

#[test]
fn a_node_that_loses_power_anywhere_in_taking_a_trip_over_takes_it_once() {
    for (step, seed) in (0..14_u64).flat_map(|step| [(step, 0), (step, step + 1)]) {
        let mut world = World::new();
        let (trip, handover) = world.offered();
        world.settle();
        world.wait(11);
        world.tend(A);
        world.carry_all(A);
        world.nodes[B].disk.fail_after_operations(step);
        while world.try_deliver(B).is_some_and(|delivered| delivered.is_ok()) {}
        let _ = world.try_carry(B);
        world.nodes[B].crash(seed);
        world.settle();
        assert_eq!(world.hub.state(handover), State::Held { holder: world.id(B) }, "{step} {seed}");
        assert_eq!(world.carried(B, handover).len(), 1, "{step} {seed}");
        assert_eq!(world.at(A, trip), ("requested", "held-by-neighbour"), "{step} {seed}");
        let carried = world.carried(B, handover)[0].id();
        world.complete(B, carried);
        world.settle();
        assert_eq!(world.at(A, trip).0, "completed");
        assert_eq!(world.hub.record(handover).unwrap().revision, 8, "{step} {seed}");
    }
}

#[test]
fn an_origin_that_loses_power_anywhere_in_an_award_never_drives_what_it_awarded() {
    for (step, seed) in (0..10_u64).flat_map(|step| [(step, 0), (step, step + 1)]) {
        let mut world = World::new();
        let own = world.volunteer(A, "81003", true);
        let (trip, handover) = world.offered();
        world.settle();
        world.wait(11);
        world.nodes[A].disk.fail_after_operations(step);
        let _ = ready(origin::award(world.app(A), &Caller::local(), handover, None));
        if let Some((_, row)) = world.oldest(A) {
            world.hub.submit(&row.bytes);
        }
        world.nodes[A].crash(seed);
        let drives = ready(trips::offer_to_driver(world.app(A), &Caller::local(), trip, own, false));
        assert!(drives.is_err(), "{step} {seed}");
        world.settle();
        world.pass(11);
        assert_eq!(world.hub.state(handover), State::Held { holder: world.id(B) }, "{step} {seed}");
        assert_eq!(world.at(A, trip), ("requested", "held-by-neighbour"));
    }
}

#[test]
fn a_node_that_was_away_for_a_week_finds_out_and_lets_go() {
    let mut world = World::new();
    let (trip, handover) = world.offered();
    world.carry_all(A);
    world.deliver_all(B);
    // B's bid waits; meanwhile C carries, gives back, and the trip is offered again.
    let others = [A, crate::world::C];
    let rounds = |world: &mut World| {
        for _ in 0..20 {
            for node in others {
                world.carry_all(node);
                world.deliver_all(node);
            }
        }
    };
    rounds(&mut world);
    world.wait(11);
    world.tend(A);
    rounds(&mut world);
    assert_eq!(world.carried(crate::world::C, handover).len(), 1);
    ready(candidate::release(
        world.app(crate::world::C),
        &Caller::local(),
        handover,
        GiveBackReason::NoDriver,
    ))
    .unwrap();
    rounds(&mut world);
    assert_eq!(world.carry(B), Some(Some("handover-wrong-round".to_owned())));
    assert!(world.incoming(B, handover).bid.is_some(), "it proposes itself again, in the round there is");
    world.settle();
    assert!(world.outgoing(handover).bids.contains_key(&world.id(B)));
    world.pass(11);
    assert_eq!(world.hub.state(handover), State::Held { holder: world.id(B) });
    assert_eq!(world.carried(B, handover)[0].status().code(), "confirmed");
    assert_eq!(world.at(A, trip), ("requested", "held-by-neighbour"));
}
