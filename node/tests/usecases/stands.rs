//! Decisions about handovers as somebody saw them: refused inside the transaction when things stand otherwise by then, and what one
//! handover is told of is what the list of all tells.

use maillage_domain::handover::Decision;
use maillage_federation::{
    handover::{DisputeReason, GiveBackReason},
    ids::{HandoverKind, Id, TripKind},
};
use maillage_node::app::{
    App,
    caller::Caller,
    edits::NewTripChange,
    handover::{
        candidate, changes, concerns, origin, recovery, show,
        stand::{self, Stand},
        talk::{self, Judgement},
    },
};
use maillage_platform::refusal::Refusal;

use crate::{
    driving::reason,
    world::{A, B, C, World, ready},
};

fn local() -> Caller {
    Caller::local()
}

fn seen(app: &App, handover: Id<HandoverKind>) -> Caller {
    local().seeing(handover, stand::of(app, &local(), handover).unwrap())
}

/// Everything a desk can decide about a handover.
fn everything(
    world: &World,
    node: usize,
    (handover, trip): (Id<HandoverKind>, Id<TripKind>),
    by: &Caller,
) -> Vec<(&'static str, Result<(), Refusal>)> {
    fn done<T>(answer: impl Future<Output = Result<T, Refusal>>) -> Result<(), Refusal> {
        ready(answer).map(drop)
    }
    let app = world.app(node);
    let (why, text) = (GiveBackReason::NoDriver, || "Un mot d’essai.".to_owned());
    let dispute = Judgement::Dispute { reason: DisputeReason::Distance, text: text() };
    let change = NewTripChange { arrive_by: Some("2026-10-06T10:15".into()), ..NewTripChange::default() };
    vec![
        ("award", done(origin::award(app, by, handover, None))),
        ("withdraw", done(origin::withdraw(app, by, handover))),
        ("cancel", done(origin::cancel(app, by, handover))),
        ("bid", done(candidate::place_bid(app, by, handover, None))),
        ("decline", done(candidate::decline(app, by, handover))),
        ("accept", done(candidate::accept_award(app, by, handover, None))),
        ("refuse", done(candidate::refuse_award(app, by, handover, why))),
        ("release", done(candidate::release(app, by, handover, why))),
        ("message", done(talk::send_message(app, by, handover, text()))),
        ("judge", done(talk::judge(app, by, handover, dispute))),
        ("change", done(changes::ask(app, by, (handover, trip), change, text()))),
        ("answer", done(changes::answer(app, by, handover, (true, false)))),
        ("looked at", done(recovery::looked_at(app, by, handover))),
    ]
}

#[test]
fn nothing_is_decided_about_what_is_not_so_any_more() {
    let mut world = World::new();
    for node in [A, B, C] {
        world.policy(node, Decision::Ask, Decision::Ask);
    }
    let (trip, handover) = world.offered();
    let before = seen(world.app(A), handover);
    world.settle();
    let old_bid = seen(world.app(B), handover);
    ready(candidate::place_bid(world.app(B), &local(), handover, None)).unwrap();
    world.settle();
    let state = (world.at(A, trip), world.outgoing(handover), world.incoming(B, handover));
    for (node, by) in [(A, before), (B, old_bid)] {
        let written = world.app(node).store.durable_sequence();
        for (what, answer) in everything(&world, node, (handover, trip), &by) {
            // What is no node's to decide is refused as it always was.
            let refused = reason(answer);
            let not_its = node == B && matches!(what, "cancel");
            assert!(refused == "handover-changed-meanwhile" || not_its, "{node} {what}: {refused}");
        }
        assert_eq!(world.app(node).store.durable_sequence(), written, "nothing is written");
    }
    assert_eq!(state, (world.at(A, trip), world.outgoing(handover), world.incoming(B, handover)));
    let present = seen(world.app(A), handover);
    ready(origin::withdraw(world.app(A), &present, handover)).unwrap();
    assert_eq!(
        reason(ready(origin::withdraw(world.app(A), &present, handover))),
        "handover-changed-meanwhile"
    );
    assert_eq!(world.at(A, trip), ("requested", "local"));
}

#[test]
fn how_a_handover_stands_is_written_and_read_and_nothing_else_is() {
    let world = World::new();
    let (_, handover) = world.offered();
    let stand = stand::of(world.app(A), &local(), handover).unwrap();
    assert_eq!(stand.to_string().parse::<Stand>().unwrap(), stand);
    assert_eq!(stand::of(world.app(A), &local(), handover).unwrap(), stand, "looking changes nothing");
    for text in ["", "x", "0123", &"0".repeat(34), &stand.to_string().to_uppercase()] {
        assert_eq!(text.parse::<Stand>().unwrap_err().reason(), "handover-changed-meanwhile", "{text}");
    }
}

#[test]
fn one_handover_is_told_of_as_the_list_of_all_tells() {
    let mut world = World::new();
    for node in [A, B, C] {
        world.policy(node, Decision::Ask, Decision::Ask);
    }
    let handovers: Vec<_> = (0..3).map(|_| world.offered().1).collect();
    world.settle();
    ready(candidate::place_bid(world.app(B), &local(), handovers[0], None)).unwrap();
    world.settle();
    world.wait(20);
    let mut told = 0;
    for node in [A, B, C] {
        let (all, _) = concerns::list(world.app(node), &local(), (None, 99)).unwrap();
        for handover in &handovers {
            let listed = all.iter().find(|(one, _)| one.id() == *handover);
            let listed = listed.map(|(_, concerns)| concerns.clone()).unwrap_or_default();
            let one = show(world.app(node), &local(), *handover).unwrap();
            assert_eq!(concerns::of(world.app(node), &local(), &one).unwrap(), listed, "{node} {handover}");
            told += listed.len();
        }
    }
    assert!(told > 2, "there is something to be told");
}
