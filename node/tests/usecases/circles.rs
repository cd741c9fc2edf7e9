//! Offers in circles, as desks see them: the policy says when, the origin sees how far its offer was shown, a neighbour that is
//! asked late proposes itself as the others did.

use maillage_domain::handover::{CirclesAfter, Happening, Policy};
use maillage_federation::{
    handover::{Circle, GiveBackReason, State},
    ids::{HandoverKind, Id},
};
use maillage_node::app::{
    caller::Caller,
    handover::{candidate, origin, talk},
    settings,
};

use crate::{
    driving::reason,
    world::{A, B, C, World, ready},
};

const CIRCLES: CirclesAfter = CirclesAfter { second_min: 30, third_min: 120 };

impl World {
    fn circles(&self, node: usize, circles: Option<CirclesAfter>) -> String {
        let app = self.app(node);
        let seen = app.read(|_, view| settings::policy(view)).unwrap();
        let policy = Policy { circles, ..seen };
        let etag = settings::policy_etag(&seen);
        reason(ready(settings::set_policy(app, &Caller::local(), policy, etag)))
    }

    /// B serves Albi too, where the journeys end; C only borders.
    fn with_b_near(&mut self) {
        let b = self.id(B);
        let entry = self.hub.directory.nodes.get_mut(&b).unwrap();
        entry.reach.communes.insert("81004".parse().unwrap());
    }

    fn is_asked(&self, node: usize, handover: Id<HandoverKind>) -> bool {
        maillage_store::handovers::incoming(&self.app(node).store, handover).unwrap().is_some()
    }

    fn happened(&self, handover: Id<HandoverKind>) -> Vec<Happening> {
        let timeline = talk::timeline(self.app(A), &Caller::local(), handover).unwrap();
        timeline.moments.into_iter().map(|moment| moment.what).collect()
    }
}

#[test]
fn a_neighbour_farther_off_is_asked_later_and_the_origin_sees_it() {
    let mut world = World::new();
    world.with_b_near();
    assert_eq!(world.circles(A, Some(CIRCLES)), "accepted");
    let (_, handover) = world.offered();
    world.settle();
    assert!(world.is_asked(B, handover) && !world.is_asked(C, handover));
    let outgoing = world.outgoing(handover);
    assert_eq!(outgoing.circle(), Some(Circle::Second), "nobody serves both ends");
    let offered = outgoing.offered_at.as_millisecond();
    assert_eq!(outgoing.next_circle_ms(), Some(offered + 120 * 60_000));
    world.wait(119);
    world.hub.let_time_pass();
    world.settle();
    assert!(!world.is_asked(C, handover));
    world.wait(1);
    world.hub.let_time_pass();
    world.settle();
    assert!(world.is_asked(C, handover));
    let outgoing = world.outgoing(handover);
    assert_eq!((outgoing.circle(), outgoing.next_circle_ms()), (Some(Circle::Third), None));
    assert_eq!(outgoing.bids.len(), 2, "and proposes itself");
    assert!(world.happened(handover).contains(&Happening::Widened(Circle::Third)));
}

#[test]
fn after_a_refusal_a_farther_neighbour_believes_the_offer_of_the_round_before() {
    let mut world = World::empty(1);
    world.volunteer(B, "81222", false);
    world.volunteer(C, "81042", true);
    world.with_b_near();
    assert_eq!(world.circles(A, Some(CIRCLES)), "accepted");
    let (_, handover) = world.offered();
    world.settle();
    ready(origin::award(world.app(A), &Caller::local(), handover, None)).unwrap();
    world.settle();
    assert!(!world.is_asked(C, handover));
    ready(candidate::refuse_award(world.app(B), &Caller::local(), handover, GiveBackReason::NoDriver))
        .unwrap();
    world.settle();
    assert!(world.is_asked(C, handover));
    assert_eq!(world.incoming(C, handover).record.round, 2);
    let outgoing = world.outgoing(handover);
    assert_eq!(outgoing.bids.keys().copied().collect::<Vec<_>>(), [world.id(C)], "and proposes itself");
    assert!(!world.was_told_of(C, B));
}

#[test]
fn what_comes_back_is_offered_to_one_circle_more() {
    let mut world = World::new();
    world.with_b_near();
    assert_eq!(world.circles(A, Some(CIRCLES)), "accepted");
    let (_, handover) = world.offered();
    world.settle();
    ready(origin::award(world.app(A), &Caller::local(), handover, None)).unwrap();
    world.settle();
    assert_eq!(world.hub.state(handover), State::Held { holder: world.id(B) });
    ready(candidate::release(world.app(B), &Caller::local(), handover, GiveBackReason::NoDriver)).unwrap();
    world.settle();
    assert!(world.is_asked(C, handover));
    assert_eq!(world.outgoing(handover).circle(), Some(Circle::Third));
}

#[test]
fn an_offer_goes_to_all_at_once_where_the_coordinator_or_the_policy_says_so() {
    let mut world = World::new();
    world.with_b_near();
    let (_, plain) = world.offered();
    assert_eq!(world.circles(A, Some(CIRCLES)), "accepted");
    let person = world.person(A, "always");
    let trip = world.request(A, person, false)[0];
    let terms = origin::OfferTerms { at_once: true, ..origin::OfferTerms::default() };
    let at_once = ready(origin::offer_out(world.app(A), &Caller::local(), trip, terms)).unwrap().handover;
    world.settle();
    for handover in [plain, at_once] {
        assert!(world.is_asked(B, handover) && world.is_asked(C, handover));
        assert_eq!(world.outgoing(handover).circle(), None);
    }
}

#[test]
fn circles_in_disorder_are_refused() {
    let world = World::new();
    for (second_min, third_min) in [(2, 1), (0, 30 * 24 * 60 + 1)] {
        let refused = world.circles(A, Some(CirclesAfter { second_min, third_min }));
        assert_eq!(refused, "policy-circles");
    }
    assert_eq!(world.circles(A, Some(CirclesAfter { second_min: 0, third_min: 0 })), "accepted");
    assert_eq!(world.circles(A, None), "accepted");
}
