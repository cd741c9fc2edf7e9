//! What the two desks say to each other while one carries the other's trip: both see the same lines, nobody else can read
//! them, and times change on both sides once both agree, whatever crosses on the way.

use maillage_domain::{
    handover::{Happening, Moment},
    place::NewPlace,
    trip::{Custody, Trip, TripStatus},
};
use maillage_engine::View as _;
use maillage_federation::{
    handover::{Action, DisputeReason, GiveBackReason, NoticeKind, ProgressStep, State, Word},
    ids::{HandoverKind, Id, TripKind},
};
use maillage_node::app::{
    caller::Caller,
    edits::NewTripChange,
    handover::{
        candidate, changes, origin,
        talk::{self, Judgement},
    },
    obligations::erasure,
    trips,
};
use maillage_store::{holdings::Whose, moments};

use crate::{
    driving::reason,
    world::{A, B, C, DAY, World, ready},
};

/// What a desk writes, which is for the other desk alone.
const SECRET: &str = "Le portail vert, sonner chez Canari";

impl World {
    fn lines(&self, node: usize, handover: Id<HandoverKind>) -> Vec<Moment> {
        talk::timeline(self.app(node), &Caller::local(), handover).unwrap().moments
    }

    fn codes(&self, node: usize, handover: Id<HandoverKind>) -> Vec<&'static str> {
        self.lines(node, handover).iter().map(|moment| moment.what.code()).collect()
    }

    fn write(&self, node: usize, handover: Id<HandoverKind>, text: &str) -> String {
        reason(ready(talk::send_message(self.app(node), &Caller::local(), handover, text.to_owned())))
    }

    fn judge(&self, handover: Id<HandoverKind>, judgement: Judgement) -> String {
        reason(ready(talk::judge(self.app(A), &Caller::local(), handover, judgement)))
    }

    /// Asks to be there at another time.
    fn ask(&self, node: usize, handover: Id<HandoverKind>, (trip, time): (Id<TripKind>, &str)) -> String {
        let new = NewTripChange { arrive_by: Some(time.to_owned()), ..NewTripChange::default() };
        self.ask_for(node, (handover, trip), new)
    }

    fn ask_for(&self, node: usize, which: (Id<HandoverKind>, Id<TripKind>), new: NewTripChange) -> String {
        let note = "le rendez-vous est déplacé".to_owned();
        reason(ready(changes::ask(self.app(node), &Caller::local(), which, new, note)))
    }

    fn answer(&self, node: usize, handover: Id<HandoverKind>, agreed: bool) -> String {
        self.answer_with(node, handover, (agreed, false))
    }

    fn answer_with(&self, node: usize, handover: Id<HandoverKind>, how: (bool, bool)) -> String {
        reason(ready(changes::answer(self.app(node), &Caller::local(), handover, how)))
    }
}

/// The lines from the award on, which both desks share.
fn from_award(moments: &[Moment]) -> &[Moment] {
    let award = moments.iter().position(|moment| moment.what.code() == "awarded").unwrap();
    &moments[award..]
}

/// When the person is to be fetched and to be there.
fn window(trip: &Trip) -> (String, String) {
    (trip.terms.earliest_pickup.to_string(), trip.terms.latest_arrival.to_string())
}

#[test]
fn both_desks_see_the_same_lines_from_the_award_on() {
    let mut world = World::new();
    let (_, handover, carried) = world.held();
    assert_eq!(world.write(A, handover, SECRET), "accepted");
    assert_eq!(world.write(B, handover, "Bien noté."), "accepted");
    let waiting = talk::timeline(world.app(A), &Caller::local(), handover).unwrap().waiting;
    let word = Happening::Word(Word::Message { text: SECRET.to_owned() });
    assert_eq!(waiting, [(world.now(), word)], "not answered yet");
    world.settle();
    let pick_up = || ready(trips::pick_up(world.app(B), &Caller::local(), carried));
    world.when_begun(B, carried, pick_up).unwrap();
    world.complete(B, carried);
    assert_eq!(world.judge(handover, Judgement::Countersign), "handover-not-done");
    world.settle();
    let text = "Nous comptons 25 km".to_owned();
    let reason = DisputeReason::Distance;
    assert_eq!(world.judge(handover, Judgement::Dispute { reason, text }), "accepted");
    assert_eq!(world.judge(handover, Judgement::Countersign), "accepted");
    world.settle();
    let (at_a, at_b) = (world.lines(A, handover), world.lines(B, handover));
    assert_eq!(from_award(&at_a), from_award(&at_b));
    let codes: Vec<_> = from_award(&at_a).iter().map(|moment| moment.what.code()).collect();
    assert_eq!(
        codes,
        [
            "awarded",
            "accepted",
            "carried-by",
            "driver-found",
            "message",
            "message",
            "picked-up",
            "outcome",
            "disputed",
            "countersigned"
        ]
    );
    let by = |code: &str| at_a.iter().find(|moment| moment.what.code() == code).unwrap().by;
    assert_eq!((by("message"), by("picked-up")), (Some(world.id(A)), Some(world.id(B))));
    let found = at_a.iter().find_map(|moment| {
        if let Happening::Word(Word::Progress { leg: 0, step: ProgressStep::DriverFound, at_ms }) =
            moment.what
        {
            at_ms
        } else {
            None
        }
    });
    let pickup = world.trip(B, carried).assignment().unwrap().pickup;
    assert_eq!(found, Some(pickup.as_millisecond()), "A can tell the person when the driver comes");
    let letters = world.hub.mail[&world.id(A)].len();
    (0..letters).for_each(|letter| world.deliver_again(A, letter));
    assert_eq!(world.lines(A, handover), at_a, "what comes again is no second line");
}

#[test]
fn what_the_desks_write_can_be_read_by_the_two_alone() {
    let mut world = World::new();
    let (_, handover, _) = world.held();
    world.write(A, handover, SECRET);
    world.settle();
    let holds = |bytes: &[u8]| bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes());
    for letter in world.hub.mail.values().flatten() {
        assert!(!holds(&letter.encode()));
    }
    let knows = |node: usize| {
        let rows = world.app(node).store.scan_prefix(moments::TREE, &[], usize::MAX).unwrap();
        rows.iter().any(|(_, bytes)| holds(bytes))
    };
    assert_eq!([A, B, C].map(knows), [true, true, false]);
    assert!(!format!("{:?}", world.lines(B, handover)).contains(SECRET), "not in a log either");
    // Whoever gives the trip back forgets what was said about it; whoever asked for it keeps it.
    let nobody = GiveBackReason::NoDriver;
    ready(candidate::release(world.app(B), &Caller::local(), handover, nobody)).unwrap();
    world.settle();
    let knows = |node: usize| {
        let rows = world.app(node).store.scan_prefix(moments::TREE, &[], usize::MAX).unwrap();
        rows.iter().any(|(_, bytes)| holds(bytes))
    };
    assert_eq!([A, B].map(knows), [true, false]);
    assert!(world.codes(B, handover).contains(&"message"), "that something was said remains");
}

/// What was written goes with the person; that something was said, and when, stays for the other territory's sake.
#[test]
fn what_was_written_about_somebody_goes_with_the_erasure() {
    let mut world = World::new();
    let (trip, handover, _) = world.held();
    world.write(A, handover, SECRET);
    let elsewhere = NewPlace { commune: "81004".into(), address: "3 allée Canari".into() };
    let new = NewTripChange { dropoff: Some(elsewhere), ..NewTripChange::default() };
    assert_eq!(world.ask_for(A, (handover, trip), new), "accepted");
    world.settle();
    assert_eq!(world.answer(B, handover, false), "accepted");
    ready(origin::cancel(world.app(A), &Caller::local(), handover)).unwrap();
    world.settle();
    let person = world.trip(A, trip).person().unwrap();
    let before = world.codes(A, handover);
    assert!(before.contains(&"message") && before.contains(&"change-asked"));
    let written = |world: &World| {
        let rows = world.app(A).store.scan_prefix(moments::TREE, &[], usize::MAX).unwrap();
        let texts = rows.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned());
        texts.filter(|text| ["Canari", "rendez-vous"].iter().any(|word| text.contains(word))).count()
    };
    assert_eq!(written(&world), 2);
    ready(erasure::erase(world.app(A), &Caller::local(), Whose::Person(person), false)).unwrap();
    assert_eq!((written(&world), world.codes(A, handover)), (0, before));
}

#[test]
fn there_is_nobody_to_tell_before_somebody_carries_nor_after_it_was_given_back() {
    let mut world = World::new();
    let (_, handover) = world.offered();
    assert_eq!(world.write(A, handover, "Bonjour"), "handover-nobody-to-tell");
    world.settle();
    assert_eq!(world.write(A, handover, "Bonjour"), "handover-nobody-to-tell");
    assert_eq!(world.write(B, handover, "Bonjour"), "handover-nobody-to-tell");
    world.pass(11);
    assert_eq!(world.write(C, handover, "Bonjour"), "handover-nobody-to-tell", "another was chosen");
    assert_eq!(world.write(A, handover, "  "), "handover-message-empty");
    assert_eq!(world.write(A, handover, &"x".repeat(501)), "text-too-long");
    ready(origin::cancel(world.app(A), &Caller::local(), handover)).unwrap();
    world.settle();
    assert_eq!(world.hub.state(handover), State::Cancelled { holder: world.id(B) });
    assert_eq!(world.write(A, handover, "Merci quand même"), "accepted", "one may still talk about it");
    world.settle();
    assert_eq!(world.codes(B, handover).last(), Some(&"message"));
}

#[test]
fn other_times_hold_on_both_sides_once_both_agree() {
    let mut world = World::new();
    let (trip, handover, carried) = world.held();
    let before = window(&world.trip(A, trip));
    assert_eq!(window(&world.trip(B, carried)), before);
    assert_eq!(world.ask(A, handover, (trip, &format!("{DAY}T14:00"))), "accepted");
    world.settle();
    assert_eq!(window(&world.trip(A, trip)), before, "asked is not agreed");
    assert_eq!(world.answer(A, handover, true), "handover-change-own");
    assert_eq!(world.ask(B, handover, (carried, &format!("{DAY}T15:00"))), "handover-change-pending");
    assert_eq!(world.answer(B, handover, true), "accepted");
    assert_eq!(window(&world.trip(B, carried)), before, "not before the hub has recorded it");
    world.settle();
    let after = window(&world.trip(A, trip));
    assert_eq!(window(&world.trip(B, carried)), after);
    assert_eq!(world.trip(A, trip).terms.latest_arrival.to_string(), "2026-10-06T12:00:00Z");
    assert_eq!(world.trip(A, trip).custody(), Custody::HeldBy { handover, node: world.id(B) });
    assert_eq!(world.at(B, carried).0, "offered", "the driver is asked for the new time");
    assert!(
        world.trip(B, carried).assignment().unwrap().arrival <= world.trip(B, carried).terms.latest_arrival
    );
    assert_eq!(world.incoming(B, handover).offer, world.outgoing(handover).offer);
    assert_eq!(world.hub.threads[&handover].offer.legs, world.outgoing(handover).offer.legs);
    ready(trips::driver_accepts(world.app(B), &Caller::local(), carried, false)).unwrap();
    world.complete(B, carried);
    world.settle();
    assert!(matches!(world.trip(A, trip).status(), TripStatus::Completed { .. }));
    assert_eq!(from_award(&world.lines(A, handover)), from_award(&world.lines(B, handover)));
    let codes = world.codes(A, handover);
    let place = |code: &str| codes.iter().position(|known| *known == code).unwrap();
    assert!(place("change-asked") < place("change-agreed") && place("change-agreed") < place("outcome"));
}

#[test]
fn the_holder_may_ask_too_and_a_no_leaves_everything_as_it_was() {
    let mut world = World::new();
    let (trip, handover, carried) = world.held();
    let before = window(&world.trip(A, trip));
    assert_eq!(world.ask(A, handover, (trip, &format!("{DAY}T10:00"))), "handover-change-idle");
    assert_eq!(world.ask(B, handover, (trip, &format!("{DAY}T11:00"))), "trip-unknown", "A's name for it");
    let elsewhere = NewPlace { commune: "81004".into(), address: "3 avenue Inventée".into() };
    let new = NewTripChange { dropoff: Some(elsewhere), ..NewTripChange::default() };
    assert_eq!(world.ask_for(B, (handover, carried), new), "accepted");
    world.settle();
    assert_eq!(world.answer(A, handover, false), "accepted");
    world.settle();
    assert_eq!(world.answer(A, handover, true), "handover-no-such-change", "it was answered");
    for (node, trip) in [(A, trip), (B, carried)] {
        assert_eq!(window(&world.trip(node, trip)), before);
        assert_eq!(world.trip(node, trip).terms.dropoff.address.as_str(), "1 place Lapérouse");
    }
    assert_eq!(world.at(B, carried).0, "confirmed");
    assert_eq!(world.codes(A, handover).last(), Some(&"change-not-agreed"));
    assert_eq!(world.ask(B, handover, (carried, &format!("{DAY}T11:00"))), "accepted");
    world.settle();
    assert_eq!(world.answer(B, handover, false), "accepted", "whoever asks may think better of it");
    world.settle();
    assert_eq!(world.answer(A, handover, true), "handover-no-such-change");
}

#[test]
fn nobody_agrees_to_what_the_own_driver_cannot_do_without_saying_so() {
    let mut world = World::empty(1);
    let driver = world.volunteer(B, "81222", true);
    let (trip, handover, carried) = world.held();
    let other = world.request(B, world.person(B, "never"), false)[0];
    let moved = NewTripChange { arrive_by: Some(format!("{DAY}T14:00")), ..NewTripChange::default() };
    let etag = world.trip(B, other).revision().to_string();
    ready(maillage_node::app::edits::edit(world.app(B), &Caller::local(), other, moved, etag)).unwrap();
    world.promise(B, other, driver);
    world.ask(A, handover, (trip, &format!("{DAY}T14:00")));
    world.settle();
    assert_eq!(world.answer(B, handover, true), "driver-cannot");
    assert_eq!(world.at(B, carried).0, "confirmed", "nothing has happened");
    assert_eq!(world.answer_with(B, handover, (true, true)), "accepted");
    world.settle();
    assert_eq!(world.at(B, carried).0, "requested", "somebody else has to be found");
    assert_eq!(window(&world.trip(B, carried)), window(&world.trip(A, trip)));
    assert_eq!(world.codes(A, handover).last(), Some(&"driver-lost"), "and A knows");
}

#[test]
fn a_driver_is_not_too_busy_with_the_very_trip_that_is_moved_a_little() {
    let mut world = World::empty(1);
    let driver = world.volunteer(B, "81222", true);
    let (trip, handover, carried) = world.held();
    assert_eq!(world.ask(A, handover, (trip, &format!("{DAY}T10:45"))), "accepted");
    world.settle();
    assert_eq!(world.answer(B, handover, true), "accepted");
    world.settle();
    assert_eq!(world.trip(B, carried).volunteer(), Some(driver), "asked for the new time");
    assert_eq!(window(&world.trip(B, carried)), window(&world.trip(A, trip)));
}

/// The trip comes back before the origin hears that its yes was taken: it is offered again as both had agreed.
#[test]
fn a_yes_that_was_taken_before_the_trip_came_back_holds_for_whoever_carries_it_next() {
    let mut world = World::new();
    let (trip, handover, carried) = world.held();
    world.ask(B, handover, (carried, &format!("{DAY}T14:00")));
    world.settle();
    assert_eq!(world.answer(A, handover, true), "accepted");
    assert!(world.carry_and_lose_the_answer(A));
    world.deliver_all(B);
    let nobody = GiveBackReason::NoDriver;
    ready(candidate::release(world.app(B), &Caller::local(), handover, nobody)).unwrap();
    world.carry_all(B);
    world.deliver_all(A);
    assert_eq!(world.at(A, trip), ("requested", "local"), "not offered before the answer is known");
    world.settle();
    assert_eq!(world.trip(A, trip).terms.latest_arrival.to_string(), "2026-10-06T12:00:00Z");
    assert_eq!(world.at(A, trip).1, "offered-out");
    world.pass(11);
    let next = world.carried(C, handover).remove(0);
    assert_eq!(window(&next), window(&world.trip(A, trip)), "C was awarded the new time");
}

#[test]
fn words_that_arrive_after_the_trip_went_elsewhere_are_not_kept() {
    let mut world = World::new();
    let (_, handover, _) = world.held();
    world.write(A, handover, SECRET);
    world.carry_all(A);
    let nobody = GiveBackReason::NoDriver;
    ready(candidate::release(world.app(B), &Caller::local(), handover, nobody)).unwrap();
    world.carry_all(B);
    world.deliver_all(B);
    let rows = world.app(B).store.scan_prefix(moments::TREE, &[], usize::MAX).unwrap();
    let kept = rows.iter().any(|(_, bytes)| String::from_utf8_lossy(bytes).contains(SECRET));
    assert!(!kept && world.codes(B, handover).contains(&"message"));
}

#[test]
fn one_question_waits_for_the_other_even_while_the_hub_is_out_of_reach() {
    let mut world = World::new();
    let (trip, handover, _) = world.held();
    assert_eq!(world.ask(A, handover, (trip, &format!("{DAY}T14:00"))), "accepted");
    assert_eq!(world.ask(A, handover, (trip, &format!("{DAY}T15:00"))), "handover-change-pending");
}

/// The answer can be read before the hub's receipt for the question is: the receipt was lost, and comes later.
#[test]
fn an_answer_that_overtakes_the_receipt_of_its_question_holds_all_the_same() {
    let mut world = World::new();
    let (trip, handover, carried) = world.held();
    world.ask(A, handover, (trip, &format!("{DAY}T14:00")));
    assert!(world.carry_and_lose_the_answer(A));
    world.deliver_all(B);
    assert_eq!(world.answer(B, handover, true), "accepted");
    world.carry_all(B);
    world.deliver_all(A);
    let agreed = world.trip(A, trip).terms.latest_arrival.to_string();
    assert_eq!(agreed, "2026-10-06T12:00:00Z");
    world.settle();
    assert_eq!(window(&world.trip(B, carried)), window(&world.trip(A, trip)));
    assert_eq!(from_award(&world.lines(A, handover)), from_award(&world.lines(B, handover)));
    assert!(moments::said(&world.app(A).store, handover).unwrap().is_empty());
}

#[test]
fn a_cancellation_that_crosses_a_yes_wins_and_the_yes_is_told_to_be_too_late() {
    let mut world = World::new();
    let (trip, handover, carried) = world.held();
    let before = window(&world.trip(A, trip));
    world.ask(A, handover, (trip, &format!("{DAY}T14:00")));
    world.settle();
    world.answer(B, handover, true);
    ready(origin::cancel(world.app(A), &Caller::local(), handover)).unwrap();
    world.carry_all(A);
    assert_eq!(world.carry(B).unwrap().as_deref(), Some("handover-wrong-state"));
    world.settle();
    assert_eq!(window(&world.trip(A, trip)), before);
    assert_eq!((world.at(A, trip).0, world.at(B, carried).0), ("cancelled", "cancelled"));
    assert_eq!(world.incoming(B, handover).last_refusal.as_deref(), Some("handover-wrong-state"));
    assert!(!world.codes(B, handover).contains(&"change-agreed"));
}

#[test]
fn a_question_nobody_answers_lapses_when_the_times_are_locked() {
    let mut world = World::new();
    let (trip, handover, carried) = world.held();
    world.ask(A, handover, (trip, &format!("{DAY}T14:00")));
    world.settle();
    world.pass(5 * 24 * 60);
    for node in [A, B] {
        assert_eq!(world.codes(node, handover).last(), Some(&"change-lapsed"));
    }
    assert_eq!(world.answer(B, handover, true), "handover-no-such-change");
    assert_eq!(world.ask(B, handover, (carried, &format!("{DAY}T14:00"))), "accepted");
    assert_eq!(world.carry(B).unwrap().as_deref(), Some("handover-change-locked"));
    assert_eq!(world.incoming(B, handover).last_refusal.as_deref(), Some("handover-change-locked"));
    assert!(talk::timeline(world.app(B), &Caller::local(), handover).unwrap().waiting.is_empty());
}

/// Only the two who are concerned are believed, and only under what they have signed.
#[test]
fn a_word_of_a_third_node_is_not_believed() {
    let mut world = World::new();
    let (_, handover, _) = world.held();
    world.write(B, handover, "Bien noté.");
    let said = world.waiting(B);
    assert!(matches!(&said[..], [maillage_federation::envelope::Body::Command(command)]
        if matches!(command.action, Action::Word(_))));
    let (_, row) = world.oldest(B).unwrap();
    let word = maillage_federation::envelope::Envelope::decode(&row.bytes).unwrap();
    let mut record = world.hub.record(handover).unwrap().clone();
    record.revision += 1;
    record.state = State::Held { holder: world.id(C) };
    let letter = world.hub.letter(world.id(A), record, NoticeKind::Word, Some(word));
    assert!(world.believe(A, &letter).is_err(), "B is not the holder of that record");
}
