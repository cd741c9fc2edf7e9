//! A node that was not restored, with a hub that was: what the hub can no longer tell is for a person to look at, and nothing
//! hangs in silence.

use maillage_domain::{
    handover::{Decision, Incoming, Outgoing, OutgoingStanding},
    trip::CancelledBy,
};
use maillage_engine::{EngineError, Transaction};
use maillage_federation::{
    envelope::Body,
    handover::{GiveBackReason, NoticeKind, Offer, Record, State},
    ids::{HandoverKind, Id},
};
use maillage_node::app::{
    caller::Caller,
    handover::{
        candidate, origin,
        recovery::{self, Waiting},
    },
    trips,
};
use maillage_proto::federation::v1 as proto;
use maillage_store::handovers;

use crate::world::{A, B, C, World, ready};

const LOST: [&str; 1] = ["handovers-lost"];

impl World {
    /// A node hears from the restored hub where a handover stands: above all that it has heard before.
    fn catch_up(
        &self,
        node: usize,
        handover: Id<HandoverKind>,
        state: State,
        offer: Option<Offer>,
    ) -> Waiting {
        let record = self.hub.record(handover).unwrap();
        let record = Record { state, revision: record.revision + 1_000, ..record.clone() };
        let standing = proto::Standing {
            handover_id: handover.to_bytes(),
            waiting: false,
            record: Some(record.as_told_to(self.id(node)).into()),
            offer: offer.map(Into::into),
        };
        ready(recovery::learn(self.app(node), vec![standing])).unwrap()
    }

    fn moved(&self, handover: Id<HandoverKind>) -> Offer {
        let mut offer = self.hub.threads[&handover].offer.clone();
        for leg in &mut offer.legs {
            leg.window_start_ms += 3_600_000;
            leg.window_end_ms += 3_600_000;
        }
        offer
    }
}

#[test]
fn an_account_that_went_with_the_hub_is_for_a_person_until_it_comes_after_all() {
    let mut world = World::new();
    let (trip, handover, carried) = world.held();
    world.complete(B, carried);
    world.carry_all(B);
    let state = State::Done { holder: world.id(B) };
    assert_eq!(world.hub.state(handover), state);
    // The letter with the account is not here; the hub says what it has heard of the holder.
    assert!(world.catch_up(A, handover, state, None).is_empty());
    assert_eq!(world.at(A, trip), ("requested", "held-by-neighbour"));
    assert_eq!(world.alarms(A), LOST);
    assert_eq!(world.lost(A), [handover]);
    ready(recovery::looked_at(world.app(A), &Caller::local(), handover)).unwrap();
    world.catch_up(A, handover, state, None);
    assert!(world.alarms(A).is_empty(), "no news");
    let mut other = World::new();
    let (trip, handover, carried) = other.held();
    other.complete(B, carried);
    other.carry_all(B);
    other.catch_up(A, handover, State::Done { holder: other.id(B) }, None);
    other.settle();
    assert_eq!(other.at(A, trip).0, "completed");
    assert!(other.alarms(A).is_empty(), "nothing is left to look at");
}

#[test]
fn an_account_that_the_hub_alone_has_heard_is_for_a_person_in_whatever_way_it_is_told() {
    let mut world = World::new();
    let (_, handover, _) = world.held();
    let record = world.hub.record(handover).unwrap();
    let done = Record { state: State::Done { holder: world.id(B) }, revision: 9_000, ..record.clone() };
    let letter = world.hub.letter(world.id(A), done, NoticeKind::Outcome, None);
    world.hub.mail.entry(world.id(A)).or_default().push(letter);
    world.settle();
    assert_eq!(world.outgoing(handover).standing(), OutgoingStanding::Done { holder: world.id(B) });
    assert_eq!(world.lost(A), [handover]);
}

/// The letter may come before the answer to what was presented.
#[test]
fn a_bid_that_a_restored_hub_has_lost_is_said_again_when_it_shows_the_offer_again() {
    let mut world = World::new();
    let (_, handover) = world.offered();
    world.carry_all(A);
    let shown = world.hub.mail[&world.id(B)].last().unwrap().clone();
    let Body::Notice(shown) = shown.verify(&world.hub.federation, &world.hub.signer.verify_key()).unwrap()
    else {
        panic!("a notice")
    };
    world.settle();
    let bid = world.hub.threads[&handover].bids[&world.id(B)].clone();
    let thread = world.hub.threads.get_mut(&handover).unwrap();
    thread.bids.clear();
    thread.record.revision += 1_000;
    let now = thread.record.clone();
    let again = world.hub.letter(world.id(B), now, NoticeKind::Offered, shown.cause);
    world.hub.mail.entry(world.id(B)).or_default().push(again);
    world.settle();
    assert_eq!(world.hub.threads[&handover].bids.get(&world.id(B)), Some(&bid));
    let told = world.hub.record(handover).unwrap().revision;
    assert!(world.catch_up(B, handover, State::Open, None).is_empty());
    world.settle();
    assert_eq!(world.hub.record(handover).unwrap().revision, told + 1, "heard anew, said anew, and no more");
}

#[test]
fn a_bid_lost_while_another_is_chosen_is_said_again_when_that_one_says_no() {
    let mut world = World::empty(1);
    world.volunteer(B, "81222", true);
    world.volunteer(C, "81042", false);
    let (_, handover) = world.offered();
    world.carry_all(A);
    let shown = world.hub.mail[&world.id(B)].last().unwrap().clone();
    let Body::Notice(shown) = shown.verify(&world.hub.federation, &world.hub.signer.verify_key()).unwrap()
    else {
        panic!("a notice")
    };
    world.settle();
    let b = world.id(B);
    let bid = world.hub.threads[&handover].bids[&b].clone();
    ready(origin::award(world.app(A), &Caller::local(), handover, Some(world.id(C)))).unwrap();
    world.settle();
    // The hub goes on from a backup of before the bid, and tells where the offer stands.
    let thread = world.hub.threads.get_mut(&handover).unwrap();
    thread.bids.remove(&b);
    thread.record.revision += 1_000;
    let now = thread.record.as_told_to(b);
    let again = world.hub.letter(b, now, NoticeKind::Offered, shown.cause);
    world.hub.mail.entry(b).or_default().push(again);
    world.settle();
    assert!(!world.hub.threads[&handover].bids.contains_key(&b), "no bids are taken");
    ready(candidate::refuse_award(world.app(C), &Caller::local(), handover, GiveBackReason::NoDriver))
        .unwrap();
    world.settle();
    assert_eq!(world.hub.threads[&handover].bids.get(&b), Some(&bid));
    assert_eq!(world.outgoing(handover).bids.get(&b), Some(&bid), "and its origin can choose it");
}

#[test]
fn a_bid_that_crossed_the_choice_of_another_is_said_again_when_that_one_says_no() {
    let mut world = World::empty(1);
    let driver = world.volunteer(B, "81222", true);
    world.volunteer(C, "81042", false);
    world.policy(B, Decision::Ask, Decision::Auto);
    let (_, handover) = world.offered();
    world.settle();
    ready(origin::award(world.app(A), &Caller::local(), handover, Some(world.id(C)))).unwrap();
    world.settle();
    // B has not been told that somebody was chosen, and never is who.
    ready(candidate::place_bid(world.app(B), &Caller::local(), handover, Some(driver))).unwrap();
    world.settle();
    assert_eq!(world.incoming(B, handover).last_refusal.as_deref(), Some("handover-wrong-state"));
    ready(candidate::refuse_award(world.app(C), &Caller::local(), handover, GiveBackReason::NoDriver))
        .unwrap();
    world.settle();
    let b = world.id(B);
    assert!(world.hub.threads[&handover].bids.contains_key(&b), "its coordinator had decided already");
    let said = world.hub.record(handover).unwrap().revision;
    let reopened = world.hub.letter(
        b,
        Record { revision: said + 1, ..world.hub.record(handover).unwrap().as_told_to(b) },
        NoticeKind::Reopened,
        None,
    );
    world.hub.mail.entry(b).or_default().push(reopened);
    world.settle();
    assert_eq!(world.hub.record(handover).unwrap().revision, said, "and is said once");
}

#[test]
fn a_cancellation_that_this_desk_has_not_said_is_for_a_person() {
    for said in [false, true] {
        let mut world = World::new();
        let (trip, handover, _) = world.held();
        if said {
            ready(trips::cancel(world.app(A), &Caller::local(), trip, CancelledBy::Person, false)).unwrap();
        }
        world.catch_up(A, handover, State::Cancelled { holder: world.id(B) }, None);
        assert_eq!(world.lost(A), if said { vec![] } else { vec![handover] });
    }
}

#[test]
fn times_that_only_one_of_the_two_has_agreed_on_are_for_a_person_at_the_other() {
    let mut world = World::new();
    let (_, handover, _) = world.held();
    let held = State::Held { holder: world.id(B) };
    for node in [A, B] {
        world.catch_up(node, handover, held, Some(world.hub.threads[&handover].offer.clone()));
        assert!(world.alarms(node).is_empty(), "as they are known here");
    }
    world.hub.threads.get_mut(&handover).unwrap().record.revision += 2_000;
    for node in [A, B] {
        world.catch_up(node, handover, held, Some(world.moved(handover)));
        assert_eq!(world.lost(node), [handover], "node {node}");
    }
}

#[test]
fn a_candidate_takes_the_offer_as_it_stands() {
    let mut world = World::new();
    let (_, handover) = world.offered();
    world.settle();
    let moved = world.moved(handover);
    world.catch_up(C, handover, State::Open, Some(moved.clone()));
    assert!(world.alarms(C).is_empty());
    assert_eq!(world.incoming(C, handover).offer.legs, moved.legs);
}

#[test]
fn a_handover_that_the_hub_will_never_know_again_is_for_whoever_carries_it() {
    let mut world = World::new();
    let (_, handover, carried) = world.held();
    for node in [A, B, C] {
        let handover_id = handover.to_bytes();
        let standing = proto::Standing { handover_id, ..proto::Standing::default() };
        assert!(ready(recovery::learn(world.app(node), vec![standing])).unwrap().is_empty());
        let expected = if node == C { vec![] } else { vec![handover] };
        assert_eq!(world.lost(node), expected, "node {node}");
    }
    assert_eq!(world.trip(B, carried).status().code(), "confirmed", "it is carried all the same");
}

#[test]
fn however_many_there_are_all_are_presented_that_somebody_waits_for() {
    let mut world = World::new();
    let (_, handover, _) = world.held();
    let (outgoing, incoming) = (world.outgoing(handover), world.incoming(B, handover));
    let (me, later) = (world.id(B), world.now().as_millisecond().unsigned_abs() + 1);
    let ids = move || (0..600).map(move |number| Id::new(later + number, [9; 10]));
    let offered = move |transaction: &mut Transaction<'_>| {
        for id in ids() {
            let record = outgoing.record.clone().map(|record| Record { handover: id, ..record });
            handovers::put_outgoing(transaction, &Outgoing { handover: id, record, ..outgoing.clone() })?;
        }
        Ok::<(), EngineError>(())
    };
    world.app(A).store.transact("test.many", offered).unwrap();
    let taken = move |transaction: &mut Transaction<'_>| {
        for id in ids() {
            let record = Record { handover: id, ..incoming.record.clone() };
            handovers::put_incoming(transaction, &Incoming { handover: id, record, ..incoming.clone() }, me)?;
        }
        Ok::<(), EngineError>(())
    };
    world.app(B).store.transact("test.many", taken).unwrap();
    for node in [A, B] {
        let (app, only) = (world.app(node), Waiting::from([handover.to_bytes()]));
        let membership = app.link.membership().unwrap();
        let presented = recovery::presentations(app, &membership, None).unwrap();
        assert_eq!(presented.len(), 601, "node {node}");
        let presented = recovery::presentations(app, &membership, Some(&only)).unwrap();
        assert_eq!(presented.iter().map(|one| one.handover_id.clone()).collect::<Waiting>(), only);
    }
}
