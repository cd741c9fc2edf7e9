//! A trip goes to a neighbour and its outcome comes back: the paths that a coordinator sees on a good day, and who may
//! drive what at each moment.

use maillage_domain::{
    handover::{Decision, IncomingStanding},
    trip::{Absentee, Custody, TripStatus},
};
use maillage_federation::{
    envelope::Body,
    handover::{Action, GiveBackReason, State},
};
use maillage_node::app::caller::Caller;
use maillage_node::app::{
    handover::{candidate, origin},
    trips,
};

use crate::{
    driving::reason,
    world::{A, B, C, FAR, World, ready},
};

#[test]
fn a_trip_nobody_here_can_drive_is_carried_by_a_neighbour_and_told_of() {
    let mut world = World::new();
    let (trip, handover) = world.offered();
    assert_eq!(world.at(A, trip), ("requested", "offered-out"));
    world.settle();
    assert_eq!(world.outgoing(handover).bids.len(), 2);
    assert!(world.outgoing(handover).bids.values().all(|bid| bid.firm));
    assert_eq!(world.tend(A), 0, "the wait for better bids is not over");
    world.wait(11);
    assert_eq!(world.tend(A), 1);
    assert_eq!(world.at(A, trip), ("requested", "uncertain"));
    assert!(world.carried(B, handover).is_empty(), "nothing is on B's list before the hub has said so");
    world.settle();
    assert_eq!(world.at(A, trip), ("requested", "held-by-neighbour"));
    assert_eq!(world.trip(A, trip).custody(), Custody::HeldBy { handover, node: world.id(B) });
    let carried = world.carried(B, handover).remove(0);
    assert_eq!(world.at(B, carried.id()), ("confirmed", "local"));
    assert_eq!(carried.volunteer(), world.incoming(B, handover).bid.map(|bid| bid.volunteer));
    assert!(world.carried(C, handover).is_empty());
    assert_eq!(world.incoming(C, handover).standing(world.id(C)), IncomingStanding::Over);
    assert!(!world.was_told_of(C, B), "and C does not know whose it is");
    assert_eq!(world.incoming(C, handover).bid, None, "its driver is free again");
    let pick_up = || ready(trips::pick_up(world.app(B), &Caller::local(), carried.id()));
    world.when_begun(B, carried.id(), pick_up).unwrap();
    world.complete(B, carried.id());
    assert_eq!(world.at(A, trip).0, "requested", "A knows when the outcome has come");
    world.settle();
    assert_eq!(world.trip(A, trip).status(), TripStatus::Completed { loaded_m: 30_000, empty_m: 12_000 });
    assert_eq!(world.hub.state(handover), State::Done { holder: world.id(B) });
    assert!(world.trip(A, trip).is_uncounted(), "it counts where it was asked for");
    assert!(!world.trip(B, carried.id()).is_uncounted(), "and not where it was driven");
    assert!(!world.was_told_of(C, B));
    assert!(world.was_told_of(A, B), "the origin knows who carried it");
}

#[test]
fn an_outbound_and_a_return_go_together_and_the_outcome_waits_for_both() {
    let mut world = World::new();
    let person = world.person(A, "always");
    let legs = world.request(A, person, true);
    let handover = world.offer(legs[0]).handover;
    world.settle();
    world.pass(11);
    let carried = world.carried(B, handover);
    assert_eq!(carried.len(), 2);
    assert_eq!(carried[0].terms.sibling, Some(carried[1].id()));
    assert!(carried.iter().all(|trip| trip.status() == TripStatus::Confirmed));
    assert!(legs.iter().all(|leg| world.at(A, *leg) == ("requested", "held-by-neighbour")));
    world.complete(B, carried[0].id());
    world.settle();
    assert_eq!(world.hub.state(handover), State::Held { holder: world.id(B) });
    let back = carried[1].id();
    let absent = || ready(trips::no_show(world.app(B), &Caller::local(), back, Absentee::Person, true));
    world.when_begun(B, back, absent).unwrap();
    world.settle();
    assert_eq!(world.hub.state(handover), State::Done { holder: world.id(B) });
    assert_eq!(world.at(A, legs[0]).0, "completed");
    assert_eq!(world.at(A, legs[1]).0, "no-show");
}

#[test]
fn a_bid_without_standing_word_waits_for_a_person_who_may_name_another_driver() {
    let mut world = World::empty(1);
    let near = world.volunteer(B, "81222", false);
    let other = world.volunteer(B, "81222", false);
    let away = world.volunteer(C, "81042", false);
    let (trip, handover) = world.offered();
    world.settle();
    world.pass(11);
    let incoming = world.incoming(B, handover);
    assert!(!incoming.bid.as_ref().unwrap().bid.firm);
    assert!(matches!(incoming.standing(world.id(B)), IncomingStanding::Chosen { .. }));
    assert_eq!(world.at(A, trip), ("requested", "uncertain"));
    let named = if incoming.bid.unwrap().volunteer == near { other } else { near };
    let stranger = ready(candidate::accept_award(world.app(B), &Caller::local(), handover, Some(away)));
    assert_eq!(reason(stranger), "driver-cannot");
    ready(candidate::accept_award(world.app(B), &Caller::local(), handover, Some(named))).unwrap();
    world.settle();
    let carried = world.carried(B, handover).remove(0);
    assert_eq!((carried.status().code(), carried.volunteer()), ("offered", Some(named)));
    ready(trips::driver_accepts(world.app(B), &Caller::local(), carried.id(), false)).unwrap();
    assert_eq!(world.at(B, carried.id()).0, "confirmed");
}

#[test]
fn a_refused_award_goes_to_the_next_best_and_the_details_are_forgotten() {
    let mut world = World::empty(1);
    world.volunteer(B, "81222", false);
    world.volunteer(C, "81042", false);
    let (trip, handover) = world.offered();
    world.settle();
    world.pass(11);
    assert!(world.knows_the_person(B), "B was awarded");
    ready(candidate::refuse_award(world.app(B), &Caller::local(), handover, GiveBackReason::NoDriver))
        .unwrap();
    assert!(!world.knows_the_person(B));
    let late = ready(candidate::accept_award(world.app(B), &Caller::local(), handover, None));
    assert_eq!(reason(late), "handover-details-missing");
    world.settle();
    assert_eq!(world.at(A, trip), ("requested", "offered-out"));
    world.pass(11);
    assert_eq!(world.hub.record(handover).unwrap().round, 2);
    assert!(matches!(
        world.hub.state(handover), State::Awarded { winner, .. } if winner == world.id(C)
    ));
    ready(candidate::accept_award(world.app(C), &Caller::local(), handover, None)).unwrap();
    world.settle();
    assert_eq!(world.trip(A, trip).custody(), Custody::HeldBy { handover, node: world.id(C) });
    assert_eq!(world.carried(C, handover).len(), 1);
    assert!(world.carried(B, handover).is_empty());
}

/// Found by the model: the receipt of a second bid told that B was chosen before the award itself came.
#[test]
fn an_award_that_was_refused_before_it_came_is_not_opened() {
    let mut world = World::empty(1);
    world.volunteer(B, "81222", false);
    let (_, handover) = world.offered();
    world.settle();
    ready(candidate::place_bid(world.app(B), &Caller::local(), handover, None)).unwrap();
    world.wait(11);
    assert_eq!(world.tend(A), 1);
    world.carry_all(A);
    assert_eq!(world.carry(B), Some(Some("handover-wrong-state".to_owned())));
    assert!(matches!(world.incoming(B, handover).standing(world.id(B)), IncomingStanding::Chosen { .. }));
    let refuse =
        || ready(candidate::refuse_award(world.app(B), &Caller::local(), handover, GiveBackReason::NoDriver));
    refuse().unwrap();
    refuse().unwrap();
    assert_eq!(world.waiting(B).len(), 1, "it is said once");
    world.deliver_all(B);
    assert!(!world.knows_the_person(B), "the letter with the award has come");
    let accept = ready(candidate::accept_award(world.app(B), &Caller::local(), handover, None));
    assert_eq!(reason(accept), "handover-details-missing");
    world.settle();
    assert_eq!(world.hub.record(handover).unwrap().round, 2);
}

#[test]
fn a_person_who_was_not_asked_or_refused_is_not_offered() {
    let world = World::new();
    let terms = |person_agrees| origin::OfferTerms {
        single: false,
        reply_within_min: None,
        person_agrees,
        agreed_only: false,
        at_once: false,
    };
    for (sharing, agrees, expected) in [
        ("never", true, "sharing-never"),
        ("ask", false, "sharing-ask"),
        ("ask", true, "accepted"),
        ("always", false, "accepted"),
    ] {
        let person = world.person(A, sharing);
        let trip = world.request(A, person, false)[0];
        let offered = ready(origin::offer_out(world.app(A), &Caller::local(), trip, terms(agrees)));
        assert_eq!(reason(offered), expected, "{sharing} {agrees}");
        let custody = if expected == "accepted" { "offered-out" } else { "local" };
        assert_eq!(world.at(A, trip), ("requested", custody));
    }
    assert_eq!(world.waiting(A).len(), 2, "nothing was said about the others");
}

#[test]
fn an_offer_says_nothing_of_the_person_to_anybody() {
    let mut world = World::new();
    let (_, handover) = world.offered();
    let (_, row) = world.oldest(A).unwrap();
    let text = String::from_utf8_lossy(&row.bytes).into_owned();
    for canary in crate::world::CANARIES {
        assert!(!text.contains(canary), "{canary}");
    }
    world.settle();
    assert!(!world.knows_the_person(B) && !world.knows_the_person(C));
    world.pass(11);
    assert!(world.knows_the_person(B) && !world.knows_the_person(C));
    assert_eq!(world.hub.state(handover), State::Held { holder: world.id(B) });
}

#[test]
fn a_node_that_cannot_serve_an_offer_is_not_shown_it_and_its_bid_is_refused() {
    let mut world = World::with_a_stranger();
    world.volunteer(FAR, "81222", true);
    let (trip, handover) = world.offered();
    world.settle();
    assert!(!world.hub.mail.contains_key(&world.id(FAR)), "it was shown the offer");
    let letters = &world.hub.mail[&world.id(B)];
    let record = world.hub.record(handover).unwrap().clone();
    let offer = letters.iter().find_map(|letter| {
        match letter.verify(&world.hub.federation, &world.hub.signer.verify_key()).unwrap() {
            Body::Notice(notice) => notice.cause,
            Body::Command(_)
            | Body::Report(_)
            | Body::Withdrawal(_)
            | Body::Accounts(_)
            | Body::Agreement(_)
            | Body::AgreementNotice(_)
            | Body::Settlement(_)
            | Body::SettlementNotice(_) => None,
        }
    });
    let kind = maillage_federation::handover::NoticeKind::Offered;
    let leaked = world.hub.letter(world.id(FAR), record, kind, offer);
    world.hub.mail.entry(world.id(FAR)).or_default().push(leaked);
    assert!(world.deliver(FAR));
    assert!(matches!(world.waiting(FAR).as_slice(), [Body::Command(command)]
        if matches!(command.action, Action::Bid(_))));
    assert_eq!(world.carry(FAR), Some(Some("handover-not-eligible".to_owned())));
    assert!(world.incoming(FAR, handover).bid.is_none(), "its driver is free again");
    world.settle();
    assert!(world.outgoing(handover).bids.is_empty());
    let award = ready(origin::award(world.app(A), &Caller::local(), handover, Some(world.id(FAR))));
    assert_eq!(reason(award), "handover-no-bid");
    assert_eq!(world.at(A, trip), ("requested", "offered-out"));
}

#[test]
fn no_driver_of_ours_is_asked_while_neighbours_are_and_all_are_again_when_the_trip_is_back() {
    let mut world = World::new();
    let own = world.volunteer(A, "81003", true);
    let (trip, handover) = world.offered();
    let ask = |world: &World| {
        reason(ready(trips::offer_to_driver(world.app(A), &Caller::local(), trip, own, false)))
    };
    let unmet = |world: &World| {
        let reason_why = maillage_domain::trip::UnmetReason::NoDriver;
        reason(ready(trips::declare_unmet(world.app(A), &Caller::local(), trip, reason_why, false)))
    };
    let refused = |world: &World, custody: &str| {
        assert_eq!(world.at(A, trip), ("requested", custody));
        for answer in [ask(world), unmet(world)] {
            assert!(answer.starts_with("trip-wrong"), "{custody}: {answer}");
        }
    };
    refused(&world, "offered-out");
    world.settle();
    refused(&world, "offered-out");
    world.wait(11);
    world.tend(A);
    refused(&world, "uncertain");
    world.settle();
    refused(&world, "held-by-neighbour");
    let carried = world.carried(B, handover)[0].id();
    world.policy(A, Decision::Auto, Decision::Ask);
    ready(candidate::release(world.app(B), &Caller::local(), handover, GiveBackReason::NoDriver)).unwrap();
    refused(&world, "held-by-neighbour");
    world.settle();
    assert_eq!(world.at(B, carried).0, "cancelled");
    assert_eq!(world.at(A, trip), ("requested", "local"));
    assert_eq!(ask(&world), "accepted");
}

#[test]
fn two_bids_never_count_on_the_same_driver() {
    let mut world = World::empty(1);
    world.volunteer(B, "81222", true);
    let (_, first) = world.offered();
    let (_, second) = world.offered();
    world.settle();
    assert!(world.incoming(B, first).bid.is_some());
    assert!(world.incoming(B, second).bid.is_none(), "the only driver is reserved for the first");
    let late = ready(candidate::place_bid(world.app(B), &Caller::local(), second, None));
    assert_eq!(reason(late), "nobody-can");
}

#[test]
fn a_platform_that_wants_to_be_asked_is_asked() {
    let mut world = World::new();
    world.policy(A, Decision::Auto, Decision::Ask);
    world.policy(B, Decision::Ask, Decision::Auto);
    let (trip, handover) = world.offered();
    world.settle();
    assert!(world.incoming(B, handover).bid.is_none());
    ready(candidate::place_bid(world.app(B), &Caller::local(), handover, None)).unwrap();
    world.pass(60);
    assert_eq!(world.outgoing(handover).bids.len(), 2);
    assert_eq!(world.at(A, trip), ("requested", "offered-out"), "the coordinator chooses");
    ready(origin::award(world.app(A), &Caller::local(), handover, Some(world.id(C)))).unwrap();
    let twice = ready(origin::award(world.app(A), &Caller::local(), handover, Some(world.id(B))));
    assert_eq!(reason(twice), "handover-not-open");
    world.settle();
    assert_eq!(world.trip(A, trip).custody(), Custody::HeldBy { handover, node: world.id(C) });
}
