//! What nobody here can drive is offered by the node itself: when it is time, once, and never what somebody could drive, was asked to
//! drive or has decided about, nor what a restore may have made look undecided.

use maillage_domain::{
    handover::{Decision, Offering, Policy, Rule},
    ids::VolunteerKind,
    person::NewPerson,
    place::NewPlace,
    trip::{CancelledBy, DriverRefusal},
    volunteer::NewVolunteer,
};
use maillage_federation::{
    handover::{GiveBackReason, State},
    ids::{HandoverKind, Id, TripKind},
};
use maillage_node::{
    app::{
        caller::Caller,
        handover::{
            candidate,
            offering::{self, OfferedBy, offered_by},
            origin, recovery,
        },
        people, settings, trips,
    },
    federation::link::LinkState,
};
use maillage_store::{
    events::{self, Subject},
    handovers,
};

use super::model;
use crate::{
    people::edit,
    world::{A, B, C, DAY, MEANT, World, ready},
};

impl World {
    fn offers(&self, node: usize, offering: Offering) {
        let app = self.app(node);
        let seen = app.read(|_, view| settings::policy(view)).unwrap();
        let (policy, etag) = (Policy { offering, ..seen }, settings::policy_etag(&seen));
        ready(settings::set_policy(app, &Caller::local(), policy, etag)).unwrap();
    }

    /// Lets A, which sees the hub, offer what is due; says how many offers it made.
    fn offer_due(&self) -> usize {
        self.app(A).link.note(LinkState::Attached, "", self.now());
        ready(offering::tend(self.app(A))).unwrap()
    }

    /// A trip of somebody who lets neighbours carry her or him whenever it is needed.
    fn asked_for(&self) -> Id<TripKind> {
        self.request(A, self.person(A, "always"), false)[0]
    }

    fn handed_out(&self) -> Vec<(Id<HandoverKind>, Vec<Id<TripKind>>)> {
        let all = handovers::list_outgoing(&self.app(A).store, None, 99).unwrap();
        all.into_iter().map(|outgoing| (outgoing.handover, outgoing.trips)).collect()
    }

    /// Somebody of A who is there on the day of the trips between two hours.
    fn there(&self, hours: &str) -> Id<VolunteerKind> {
        let new = NewVolunteer {
            name: "Bénévole".into(),
            home: NewPlace { commune: "81003".into(), address: String::new() },
            seats: 4,
            availability: format!("mar {hours}"),
            ..NewVolunteer::default()
        };
        ready(people::add_volunteer(self.app(A), &Caller::local(), new, MEANT)).unwrap().id
    }
}

#[test]
fn what_nobody_can_drive_is_offered_once_and_the_journal_says_why() {
    let mut world = World::new();
    let trip = world.asked_for();
    assert_eq!(world.offer_due(), 0, "nobody has said so");
    world.offers(A, Offering::AtOnce);
    assert_eq!(world.offer_due(), 1);
    assert_eq!(world.at(A, trip), ("requested", "offered-out"));
    assert_eq!((world.offer_due(), world.handed_out().len()), (0, 1));
    let (handover, trips) = world.handed_out().remove(0);
    assert_eq!(trips, [trip]);
    let about = events::about(&world.app(A).store, Subject::Trip(trip), None, 9).unwrap();
    assert!(about.iter().any(|event| event.kind == "handover.offered-by-policy"), "{about:?}");
    let why = |handover| world.app(A).read(|_, view| offered_by(view, handover)).unwrap();
    assert_eq!(why(handover), Some(OfferedBy::Policy));
    let by_hand = world.offer(world.asked_for()).handover;
    assert_eq!(why(by_hand), None);
    world.settle();
    world.pass(11);
    assert_eq!(world.hub.state(handover), State::Held { holder: world.id(B) });
}

#[test]
fn nothing_is_offered_that_would_only_wait_for_the_hub() {
    let world = World::new();
    world.offers(A, Offering::AtOnce);
    let trip = world.asked_for();
    world.app(A).link.note(LinkState::Connecting, "hub-unreachable", world.now());
    assert_eq!(ready(offering::tend(world.app(A))).unwrap(), 0);
    assert_eq!(world.at(A, trip), ("requested", "local"), "it stays on the list of what is to be decided");
    assert_eq!(world.offer_due(), 1);
}

#[test]
fn it_is_offered_in_the_last_hours_before_its_pickup() {
    let world = World::empty(1);
    world.offers(A, Offering::Within { hours: 24 });
    let pickup = world.trip(A, world.asked_for()).terms.earliest_pickup;
    let minutes = pickup.duration_since(world.now()).as_mins() - 24 * 60;
    world.wait(u64::try_from(minutes).unwrap() - 1);
    assert_eq!(world.offer_due(), 0);
    world.wait(2);
    assert_eq!(world.offer_due(), 1);
}

#[test]
fn the_way_back_is_offered_when_it_is_too_late_for_the_way_there() {
    let world = World::empty(1);
    let trips = world.request(A, world.person(A, "always"), true);
    let begins = world.trip(A, trips[0]).terms.earliest_pickup;
    world.wait(u64::try_from(begins.duration_since(world.now()).as_mins()).unwrap());
    world.offers(A, Offering::AtOnce);
    assert_eq!(world.offer_due(), 1);
    assert_eq!(world.handed_out()[0].1, [trips[1]]);
}

/// Who says no while a neighbour holds the trip is offered to nobody when it comes back.
#[test]
fn what_comes_back_is_not_offered_again_against_the_word_of_its_person() {
    for says_no in [false, true] {
        let mut world = World::new();
        let (trip, handover, _) = world.held();
        let person = world.trip(A, trip).person().unwrap();
        let typed = NewPerson { sharing: "never".into(), ..NewPerson::default() };
        let no = edit(typed, &["sharing"], people::PERSON_FIELDS, 1);
        if says_no {
            ready(people::update_person(world.app(A), &Caller::local(), person, no)).unwrap();
        }
        ready(candidate::release(world.app(B), &Caller::local(), handover, GiveBackReason::Vehicle)).unwrap();
        world.settle();
        let standing = if says_no { "local" } else { "offered-out" };
        assert_eq!(world.at(A, trip), ("requested", standing));
    }
}

#[test]
fn a_rule_for_its_model_goes_before_the_policy() {
    let offering = |offering| Rule { offering: Some(offering), ..Rule::default() };
    let world = World::empty(1);
    world.offers(A, Offering::AtOnce);
    world.rule(A, model(), offering(Offering::Ask));
    world.asked_for();
    assert_eq!(world.offer_due(), 0);
    let world = World::empty(1);
    world.rule(A, model(), offering(Offering::AtOnce));
    world.asked_for();
    assert_eq!(world.offer_due(), 1);
    let (handover, _) = world.handed_out()[0];
    assert_eq!(world.app(A).read(|_, view| offered_by(view, handover)).unwrap(), Some(OfferedBy::Model));
}

#[test]
fn what_somebody_here_could_drive_waits_for_the_coordinator_until_nobody_can() {
    let world = World::empty(1);
    world.offers(A, Offering::AtOnce);
    let driver = world.volunteer(A, "81003", false);
    let trip = world.asked_for();
    assert_eq!(world.offer_due(), 0);
    // Asked, and not answered yet.
    ready(trips::offer_to_driver(world.app(A), &Caller::local(), trip, driver, false)).unwrap();
    assert_eq!(world.offer_due(), 0);
    let refusal = DriverRefusal::NotFree;
    ready(trips::driver_refuses(world.app(A), &Caller::local(), trip, refusal, false)).unwrap();
    assert_eq!(world.at(A, trip), ("requested", "local"));
    assert_eq!(world.offer_due(), 1, "the only one who could has said no");
    // Another one, who is away then.
    let other = world.volunteer(A, "81003", false);
    world.asked_for();
    assert_eq!(world.offer_due(), 0);
    for volunteer in [driver, other] {
        ready(people::add_absence(world.app(A), &Caller::local(), volunteer, DAY, DAY)).unwrap();
    }
    assert_eq!(world.offer_due(), 1);
}

#[test]
fn a_trip_that_a_driver_has_promised_is_not_offered() {
    let world = World::empty(1);
    let driver = world.volunteer(A, "81003", false);
    let trip = world.asked_for();
    world.promise(A, trip, driver);
    ready(people::add_absence(world.app(A), &Caller::local(), driver, DAY, DAY)).unwrap();
    world.offers(A, Offering::AtOnce);
    assert_eq!(world.offer_due(), 0, "it is in trip attention, for the coordinator");
}

#[test]
fn who_wants_to_be_asked_is_asked_by_a_person() {
    let world = World::empty(1);
    world.offers(A, Offering::AtOnce);
    for sharing in ["ask", "never"] {
        world.request(A, world.person(A, sharing), false);
    }
    assert_eq!((world.offer_due(), world.handed_out().len()), (0, 0));
}

#[test]
fn an_outbound_and_its_return_are_offered_together_or_the_one_that_nobody_can_drive() {
    for (hours, offered) in [(None, 2), (Some("11:00-22:00"), 1), (Some("05:00-22:00"), 0)] {
        let world = World::empty(1);
        world.offers(A, Offering::AtOnce);
        if let Some(hours) = hours {
            world.there(hours);
        }
        let legs = world.request(A, world.person(A, "always"), true);
        assert_eq!(world.offer_due(), usize::from(offered > 0), "{hours:?}");
        let given: Vec<_> = world.handed_out().into_iter().flat_map(|(_, trips)| trips).collect();
        assert_eq!(given, legs[..offered], "{hours:?}");
        assert_eq!(world.offer_due(), 0);
    }
}

#[test]
fn what_the_coordinator_took_back_and_what_came_to_nothing_is_hers() {
    let mut world = World::empty(1);
    world.offers(A, Offering::AtOnce);
    let taken_back = world.asked_for();
    world.offer_due();
    let (handover, _) = world.handed_out()[0];
    ready(origin::withdraw(world.app(A), &Caller::local(), handover)).unwrap();
    assert_eq!(world.at(A, taken_back), ("requested", "local"));
    assert_eq!(world.offer_due(), 0);
    let expired = world.asked_for();
    assert_eq!(world.offer_due(), 1);
    world.settle();
    world.pass(24 * 60 + 1);
    assert_eq!(world.at(A, expired), ("requested", "local"));
    assert_eq!((world.offer_due(), world.handed_out().len()), (0, 2));
}

#[test]
fn nothing_is_offered_that_nobody_could_bid_for_any_more() {
    let world = World::empty(1);
    let trip = world.asked_for();
    world.offers(A, Offering::AtOnce);
    let left = world.trip(A, trip).terms.earliest_pickup.duration_since(world.now()).as_mins();
    world.wait(u64::try_from(left).unwrap() - 29);
    let before = world.app(A).store.durable_sequence();
    assert_eq!(world.offer_due(), 0);
    assert_eq!(world.app(A).store.durable_sequence(), before, "nothing is tried in vain");
}

/// The power fails at any moment around the offer: it is made once, or not at all and then once.
#[test]
fn a_node_that_lost_its_power_offers_nothing_twice() {
    for seed in 0..40 {
        for carried in [false, true] {
            let mut world = World::new();
            world.offers(A, Offering::AtOnce);
            let trip = world.asked_for();
            world.offer_due();
            if carried {
                world.carry_and_lose_the_answer(A);
            }
            world.nodes[A].crash(seed);
            world.offer_due();
            world.settle();
            world.offer_due();
            world.settle();
            assert_eq!((world.handed_out().len(), world.hub.threads.len()), (1, 1), "seed {seed}");
            let (handover, trips) = world.handed_out().remove(0);
            assert_eq!(trips, [trip], "seed {seed}");
            assert_eq!(world.trip(A, trip).custody().handover(), Some(handover), "seed {seed}");
            world.pass(11);
            assert_eq!(world.hub.state(handover), State::Held { holder: world.id(B) }, "seed {seed}");
        }
    }
}

#[test]
fn after_a_restore_nothing_is_offered_that_somebody_may_carry() {
    let mut world = World::new();
    world.offers(A, Offering::AtOnce);
    let trip = world.asked_for();
    let backup = world.back_up(A);
    let handover = world.offer(trip).handover;
    world.settle();
    world.pass(11);
    ready(trips::cancel(world.app(A), &Caller::local(), trip, CancelledBy::Person, false)).unwrap();
    world.settle();
    world.restore(A, backup);
    assert_eq!(world.offer_due(), 0, "it has not heard yet where its handovers stand");
    world.pull(A, Vec::new()).unwrap();
    assert_eq!((world.at(A, trip), world.lost(A)), (("requested", "local"), vec![handover]));
    assert_eq!(world.offer_due(), 0, "somebody has to look at it first");
    ready(recovery::looked_at(world.app(A), &Caller::local(), handover)).unwrap();
    assert_eq!(world.offer_due(), 0, "the person had called it off since");
}

/// What a person, a driver or a taxi said after the backup is lost.
#[test]
fn a_restored_node_offers_only_what_was_asked_for_since() {
    let mut world = World::new();
    world.offers(A, Offering::AtOnce);
    world.asked_for();
    let backup = world.back_up(A);
    world.wait(5);
    world.restore(A, backup);
    world.pull(A, Vec::new()).unwrap();
    assert_eq!(world.offer_due(), 0);
    world.wait(5);
    let since = world.asked_for();
    assert_eq!(world.offer_due(), 1);
    assert_eq!(world.handed_out()[0].1, [since]);
}

/// C is asked at last, as the policy of circles wants it.
#[test]
fn what_is_offered_by_rule_goes_the_way_of_every_offer() {
    let mut world = World::new();
    world.policy(A, Decision::Auto, Decision::Ask);
    world.offers(A, Offering::AtOnce);
    world.asked_for();
    world.offer_due();
    world.settle();
    let (handover, _) = world.handed_out()[0];
    assert_eq!(world.outgoing(handover).bids.len(), 2, "{B} and {C}");
    assert_eq!(world.concerned(A), ["to-choose"]);
}
