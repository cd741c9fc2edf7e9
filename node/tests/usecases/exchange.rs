//! A trip goes to a partner without a node and its account comes back, by files. The machine is the hub's; the arbiter is the
//! node itself. Who travels is told to the chosen partner alone, and only while it is chosen.

mod arbitrating;
mod given;

use maillage_domain::{
    partner::NewPartner,
    trip::{CancelledBy, Custody, TripStatus},
};
use maillage_federation::{
    handover::{Bid, GiveBackReason, LegOutcome, LegResult, NoticeKind, ProgressStep, State},
    ids::{HandoverKind, Id, NodeKind, TripKind},
};
use maillage_node::app::{
    caller::Caller,
    exchange::{self, GivenOut, TakenIn},
    handover::{
        origin,
        talk::{self, Judgement},
    },
    obligations::accesses,
    trips,
};
use maillage_partners::{About, FromPartner, Place, table, tds};
use maillage_store::{events::Actor, holdings::Whose, moments, partners};

use crate::{
    driving::reason,
    world::{A, B, CANARIES, World, ready},
};

/// A world with two partners at A, of which only the first serves Alban.
pub(crate) struct Firms {
    pub(crate) world: World,
    pub(crate) by: Caller,
    pub(crate) near: Id<NodeKind>,
    pub(crate) other: Id<NodeKind>,
}

impl Firms {
    pub(crate) fn new() -> Self {
        let world = World::empty(1);
        let firm = |name: &str, communes: &[&str]| {
            let new = NewPartner {
                name: name.to_owned(),
                communes: communes.iter().map(|code| (*code).to_owned()).collect(),
                ..NewPartner::default()
            };
            ready(exchange::add(world.app(A), &Caller::local(), new)).unwrap().id
        };
        let (near, other) = (firm("Taxi d’essai", &["81003"]), firm("Association d’essai", &[]));
        Self { world, by: Caller::local(), near, other }
    }

    pub(crate) fn offer(&self, trip: Id<TripKind>, named: &[Id<NodeKind>]) -> Id<HandoverKind> {
        let terms = origin::OfferTerms {
            single: false,
            reply_within_min: None,
            person_agrees: true,
            agreed_only: false,
            at_once: false,
        };
        let named = named.to_vec();
        let offered = origin::offer_to_partners(self.world.app(A), &self.by, (trip, terms), named);
        ready(offered).unwrap().handover
    }

    /// A trip of somebody who agrees, offered to both partners.
    pub(crate) fn offered(&self) -> (Id<TripKind>, Id<HandoverKind>) {
        let person = self.world.person(A, "always");
        let trip = self.world.request(A, person, false)[0];
        (trip, self.offer(trip, &[]))
    }

    pub(crate) fn out(&self, partner: Id<NodeKind>) -> String {
        String::from_utf8(self.given(partner, "", false).file).unwrap()
    }

    /// Everything that is kept and true.
    pub(crate) fn again(&self, partner: Id<NodeKind>) -> String {
        String::from_utf8(self.given(partner, "", true).file).unwrap()
    }

    pub(crate) fn given(&self, partner: Id<NodeKind>, format: &str, again: bool) -> GivenOut {
        let given = exchange::give_out(self.world.app(A), &self.by, partner, (format.to_owned(), again));
        ready(given).unwrap()
    }

    pub(crate) fn take(&self, partner: Id<NodeKind>, file: &[u8]) -> TakenIn {
        let file = (String::new(), file.to_vec());
        ready(exchange::take_in(self.world.app(A), &self.by, partner, file, false)).unwrap()
    }

    pub(crate) fn says(&self, partner: Id<NodeKind>, message: &FromPartner) -> TakenIn {
        self.take(partner, &table::write_answers([(message, "")]))
    }

    /// Says something that has to be taken.
    pub(crate) fn heard(&self, partner: Id<NodeKind>, message: &FromPartner) {
        let taken = self.says(partner, message);
        assert_eq!((taken.taken, taken.faults.as_slice()), (1, [].as_slice()), "{message:?}");
    }

    pub(crate) fn about(&self, handover: Id<HandoverKind>, round: u32) -> About {
        About { handover, round, legs: self.world.outgoing(handover).trips.len() }
    }

    pub(crate) fn bid(&self, handover: Id<HandoverKind>, round: u32, extra_m: u32) -> FromPartner {
        let legs = &self.world.outgoing(handover).offer.legs;
        let pickup_ms = legs.iter().map(|leg| leg.window_start_ms).collect();
        let bid = Bid { firm: true, pickup_ms, extra_m, agreement: None };
        FromPartner::Bid { about: self.about(handover, round), bid, fare_cents: Some(4_500) }
    }

    /// Lets the first partner have it: bid and award.
    pub(crate) fn awarded(&self, handover: Id<HandoverKind>) {
        self.heard(self.near, &self.bid(handover, 1, 2_000));
        self.world.wait(11);
        assert_eq!(self.world.tend(A), 1);
    }

    pub(crate) fn state(&self, handover: Id<HandoverKind>) -> State {
        partners::thread(&self.world.app(A).store, handover).unwrap().unwrap().thread.record.state
    }
}

pub(crate) fn names_somebody(file: &str) -> bool {
    CANARIES.iter().any(|canary| file.contains(canary))
}

pub(crate) fn reasons(taken: &TakenIn) -> Vec<&str> {
    taken.faults.iter().map(|fault| fault.refusal.reason()).collect()
}

#[test]
fn a_trip_is_offered_bid_for_awarded_accepted_and_accounted_for_by_files() {
    let firms = Firms::new();
    let (trip, handover) = firms.offered();
    let (near, other) = (firms.near, firms.other);
    assert_eq!(firms.world.at(A, trip), ("requested", "offered-out"));
    let (to_near, to_other) = (firms.out(near), firms.out(other));
    assert!(to_near.contains("offre") && to_other.contains("offre"));
    assert!(!names_somebody(&to_near) && !names_somebody(&to_other));
    assert_eq!(firms.out(near), "", "told once");
    firms.heard(other, &firms.bid(handover, 1, 9_000));
    let taken = firms.says(near, &firms.bid(handover, 1, 2_000));
    assert_eq!((taken.taken, taken.fares), (1, vec![(handover, 4_500)]));
    assert_eq!(firms.world.outgoing(handover).bids.len(), 2);
    assert_eq!(firms.world.tend(A), 0, "the wait for better bids is not over");
    firms.world.wait(11);
    assert_eq!(firms.world.tend(A), 1);
    assert_eq!(firms.world.at(A, trip), ("requested", "uncertain"));
    assert!(matches!(firms.state(handover), State::Awarded { winner, .. } if winner == near));
    assert_eq!(firms.out(other), "", "another is chosen, which is nobody's business yet");
    let award = firms.out(near);
    assert!(award.contains("attribution") && CANARIES.iter().all(|canary| award.contains(canary)));
    firms.heard(near, &FromPartner::Accept(firms.about(handover, 1)));
    assert_eq!(firms.world.trip(A, trip).custody(), Custody::HeldBy { handover, node: near });
    let closed = firms.out(other);
    assert!(closed.contains("clos") && !names_somebody(&closed));
    let about = firms.about(handover, 1);
    let progress = FromPartner::Progress { about, leg: 0, step: ProgressStep::PickedUp, at_ms: None };
    firms.heard(near, &progress);
    let leg =
        LegOutcome { result: LegResult::Completed, loaded_m: 31_000, empty_m: 2_500, contribution_cents: 0 };
    firms.heard(near, &FromPartner::Outcome { about, legs: vec![leg] });
    assert_eq!(
        firms.world.trip(A, trip).status(),
        TripStatus::Completed { loaded_m: 31_000, empty_m: 2_500 }
    );
    assert_eq!(firms.state(handover), State::Done { holder: near });
    let judged = talk::judge(firms.world.app(A), &firms.by, handover, Judgement::Countersign);
    ready(judged).unwrap();
    assert!(firms.out(near).contains("bilan-vu"));
    let line = moments::of(&firms.world.app(A).store, handover).unwrap();
    let codes: Vec<&str> = line.iter().map(|moment| moment.what.code()).collect();
    let expected = ["offered", "bid", "bid", "awarded", "accepted", "picked-up", "outcome", "countersigned"];
    assert_eq!(codes, expected);
    assert!(firms.world.waiting(A).is_empty(), "and the hub was told nothing of all this");
}

#[test]
fn who_travels_is_told_only_while_a_partner_is_chosen_and_that_is_written_down() {
    let firms = Firms::new();
    let (trip, handover) = firms.offered();
    firms.out(firms.near);
    firms.awarded(handover);
    firms.world.wait(4 * 60 + 1);
    firms.world.tend(A);
    assert_eq!(firms.state(handover), State::Open, "not accepted in time");
    let late = firms.out(firms.near);
    assert!(late.contains("echu") && !names_somebody(&late), "the award was never given out: {late}");
    let late = firms.says(firms.near, &FromPartner::Accept(firms.about(handover, 1)));
    assert_eq!(reasons(&late), ["handover-wrong-round"]);
    assert_eq!(firms.world.at(A, trip), ("requested", "offered-out"));
    firms.heard(firms.near, &firms.bid(handover, 2, 2_000));
    firms.world.wait(11);
    assert_eq!(firms.world.tend(A), 1);
    assert!(names_somebody(&firms.out(firms.near)));
    let person = firms.world.trip(A, trip).person().unwrap();
    let seen = accesses::before(firms.world.app(A), &firms.by, Whose::Person(person), u64::MAX, 9).unwrap();
    let given = |(_, seen): &(u64, accesses::Seen)| seen.access.purpose == "award.given-out";
    let given: Vec<_> =
        seen.into_iter().filter(given).map(|(_, seen)| (seen.access.actor, seen.partner)).collect();
    let partner = (Actor::Neighbour(firms.near), Some("Taxi d’essai".to_owned()));
    assert_eq!(given, [partner, (firms.by.actor(), None)], "the person can ask who was told, by whom");
}

#[test]
fn a_bid_after_the_deadline_is_refused_with_its_line_and_the_trip_comes_back() {
    let firms = Firms::new();
    let (trip, handover) = firms.offered();
    let bid = firms.bid(handover, 1, 2_000);
    firms.world.wait(24 * 60);
    let taken = firms.says(firms.near, &bid);
    assert_eq!((reasons(&taken), taken.nothing_written), (vec!["handover-too-late"], true));
    assert_eq!(taken.faults[0].place, Place::Cell { line: 2, column: "reponse".to_owned() });
    assert_eq!(firms.out(firms.other), "", "nobody is sent an offer that is over");
    firms.world.tend(A);
    assert_eq!(firms.state(handover), State::Expired);
    assert_eq!(firms.world.at(A, trip), ("requested", "local"));
}

#[test]
fn the_same_file_twice_changes_nothing() {
    let firms = Firms::new();
    let (_, handover) = firms.offered();
    let about = firms.about(handover, 1);
    let no = FromPartner::Decline { about, reason: None };
    let bid = firms.bid(handover, 1, 2_000);
    let list = table::write_answers([(&no, ""), (&bid, ""), (&no, "2"), (&bid, "2")]);
    let first = firms.take(firms.near, &list);
    assert_eq!((first.taken, first.known), (4, 0));
    firms.world.wait(11);
    assert_eq!(firms.world.tend(A), 1);
    firms.heard(firms.near, &FromPartner::Accept(about));
    let known = || partners::thread(&firms.world.app(A).store, handover).unwrap().unwrap();
    let held = known();
    assert_eq!(held.thread.record.state, State::Held { holder: firms.near });
    let again = firms.take(firms.near, &list);
    assert_eq!((again.taken, again.known, again.faults.len()), (0, 4, 0));
    assert_eq!(known(), held, "the old no does not give it back");
    let telegrams = tds::write_answers([(&FromPartner::Accept(about), "")]);
    let file = ("tds".to_owned(), telegrams);
    let taken = exchange::take_in(firms.world.app(A), &firms.by, firms.near, file, false);
    assert_eq!(ready(taken).unwrap().known, 1, "nor does the same word in the other format");
}

/// A saved e-mail says what the file attached to it says, and nothing else.
#[test]
fn answers_come_attached_to_a_letter_too() {
    let firms = Firms::new();
    let (_, handover) = firms.offered();
    let table = table::write_answers([(&firms.bid(handover, 1, 4_000), "")]);
    let letter = |kind: &str| {
        let table = String::from_utf8(table.clone()).unwrap();
        let head = "From: x <inconnu@exemple.fr>\r\nSubject: Re: trajets\r\nMIME-Version: 1.0\r\n";
        let parts = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nOui.\r\n--b\r\n";
        format!("{head}{parts}Content-Type: {kind}\r\n\r\n{table}\r\n--b--\r\n").into_bytes()
    };
    let wrong = firms.take(firms.near, &letter("application/pdf"));
    assert_eq!((reasons(&wrong), wrong.nothing_written), (vec!["partner-nothing-attached"], true));
    let taken = firms.take(firms.near, &letter("text/csv; charset=utf-8"));
    assert_eq!((reasons(&taken), taken.taken), (vec![], 1));
    // The same answer as a file was taken before.
    let again = firms.take(firms.near, &table);
    assert_eq!((again.taken, again.known), (0, 1));
}

#[test]
fn a_partner_cannot_speak_of_what_it_was_not_shown() {
    let firms = Firms::new();
    let person = firms.world.person(A, "always");
    let trip = firms.world.request(A, person, false)[0];
    let handover = firms.offer(trip, &[firms.near]);
    let taken = firms.says(firms.other, &firms.bid(handover, 1, 0));
    assert_eq!(reasons(&taken), ["partner-unknown-handover"]);
    firms.awarded(handover);
    let theirs = tds::write_answers([(&FromPartner::Accept(firms.about(handover, 1)), "")]);
    let file = ("tds".to_owned(), theirs);
    let taken = exchange::take_in(firms.world.app(A), &firms.by, firms.other, file, false);
    assert_eq!(reasons(&ready(taken).unwrap()), ["partner-unknown-ticket"]);
    let (_, both) = firms.offered();
    let shown = firms.out(firms.other);
    assert!(shown.contains(&both.to_string()) && !shown.contains(&handover.to_string()), "{shown}");
    firms.awarded(both);
    let taken = firms.says(firms.other, &FromPartner::Accept(firms.about(both, 1)));
    assert_eq!(reasons(&taken), ["handover-not-yours"], "shown, but another is chosen");
    assert!(names_somebody(&firms.out(firms.near)), "what the chosen one is told names somebody");
    firms.heard(firms.near, &FromPartner::Accept(firms.about(both, 1)));
    let told = firms.again(firms.other);
    assert!(told.contains("clos") && told.contains(&both.to_string()), "{told}");
    assert!(!names_somebody(&told) && !told.contains(&handover.to_string()), "{told}");
}

#[test]
fn a_file_is_taken_whole_or_not_at_all() {
    let firms = Firms::new();
    let (_, handover) = firms.offered();
    let bid = firms.bid(handover, 1, 2_000);
    let about = firms.about(handover, 1);
    let FromPartner::Bid { bid: mut early, .. } = bid.clone() else { panic!() };
    early.pickup_ms[0] -= 3_600_000;
    let early = FromPartner::Bid { about, bid: early, fare_cents: None };
    let list = table::write_answers([(&bid, ""), (&early, ""), (&FromPartner::Accept(about), "")]);
    let taken = firms.take(firms.near, &list);
    assert_eq!(reasons(&taken), ["partner-outside-window", "handover-wrong-state"]);
    let places: Vec<String> = taken.faults.iter().map(|fault| fault.place.to_string()).collect();
    assert_eq!(places, ["line 3, reponse", "line 4, reponse"]);
    assert!(taken.nothing_written);
    assert!(firms.world.outgoing(handover).bids.is_empty());
    let good = table::write_answers([(&bid, "")]);
    let file = (String::new(), good.clone());
    let tried = ready(exchange::take_in(firms.world.app(A), &firms.by, firms.near, file, true));
    let tried = tried.unwrap();
    assert_eq!((tried.nothing_written, tried.taken), (true, 1));
    assert!(firms.world.outgoing(handover).bids.is_empty());
    assert_eq!(firms.take(firms.near, &good).taken, 1, "and nothing is remembered of what was not written");
}

#[test]
fn telegrams_carry_an_outbound_and_its_return_from_offer_to_account() {
    let firms = Firms::new();
    let person = firms.world.person(A, "always");
    let legs = firms.world.request(A, person, true);
    let handover = firms.offer(legs[0], &[firms.near]);
    let about = firms.about(handover, 1);
    let out = || {
        let given = ("tds".to_owned(), false);
        let given = exchange::give_out(firms.world.app(A), &firms.by, firms.near, given);
        String::from_utf8(ready(given).unwrap().file).unwrap()
    };
    let hear = |message: &FromPartner| {
        let file = ("tds".to_owned(), tds::write_answers([(message, "")]));
        let taken = exchange::take_in(firms.world.app(A), &firms.by, firms.near, file, false);
        let taken = ready(taken).unwrap();
        assert_eq!((taken.taken, taken.faults.len()), (1, 0), "{:?}", taken.faults);
    };
    let offer = out();
    assert_eq!(offer.matches("\"tripRequest\"").count(), 2);
    assert!(!names_somebody(&offer));
    hear(&firms.bid(handover, 1, 2_000));
    firms.world.wait(11);
    assert_eq!(firms.world.tend(A), 1);
    let award = out();
    assert!(award.contains("customerInfo") && names_somebody(&award));
    hear(&FromPartner::Accept(about));
    assert!(legs.iter().all(|leg| firms.world.at(A, *leg) == ("requested", "held-by-neighbour")));
    let done =
        LegOutcome { result: LegResult::Completed, loaded_m: 30_000, empty_m: 0, contribution_cents: 0 };
    let absent = LegOutcome { result: LegResult::NoShow, loaded_m: 0, empty_m: 4_000, contribution_cents: 0 };
    hear(&FromPartner::Outcome { about, legs: vec![done, absent] });
    assert_eq!(firms.world.at(A, legs[0]).0, "completed");
    assert_eq!(firms.world.at(A, legs[1]).0, "no-show");
}

#[test]
fn what_is_taken_back_or_called_off_is_told_and_what_is_given_back_is_offered_again() {
    let firms = Firms::new();
    let (trip, handover) = firms.offered();
    firms.awarded(handover);
    firms.out(firms.near);
    let back = ready(origin::withdraw(firms.world.app(A), &firms.by, handover)).unwrap();
    assert_eq!(back.code(), "withdrawn");
    assert_eq!(firms.world.at(A, trip), ("requested", "local"));
    assert!(firms.out(firms.near).contains("retire"));
    let late = firms.says(firms.near, &FromPartner::Accept(firms.about(handover, 1)));
    assert_eq!(reasons(&late), ["handover-wrong-state"]);

    let again = firms.offer(trip, &[firms.near]);
    firms.awarded(again);
    firms.heard(firms.near, &FromPartner::Accept(firms.about(again, 1)));
    let give_back = FromPartner::GiveBack { about: firms.about(again, 1), reason: GiveBackReason::Vehicle };
    firms.out(firms.near);
    firms.heard(firms.near, &give_back);
    assert_eq!(firms.state(again), State::Open, "offered again at once");
    assert_eq!(firms.world.at(A, trip), ("requested", "offered-out"));
    let offer = firms.out(firms.near);
    assert!(offer.contains("offre") && !names_somebody(&offer));
    firms.heard(firms.near, &firms.bid(again, 2, 0));
    firms.world.wait(11);
    assert_eq!(firms.world.tend(A), 1);
    firms.heard(firms.near, &FromPartner::Accept(firms.about(again, 2)));
    firms.out(firms.near);
    let cancel = trips::cancel(firms.world.app(A), &firms.by, trip, CancelledBy::Person, false);
    ready(cancel).unwrap();
    assert_eq!(firms.state(again), State::Cancelled { holder: firms.near });
    let told = firms.out(firms.near);
    assert!(told.contains("annule") && !names_somebody(&told));
    firms.heard(firms.near, &FromPartner::CallOffSeen(firms.about(again, 2)));
}

#[test]
fn partners_that_cannot_serve_are_not_asked_and_a_change_is_for_the_phone() {
    let firms = Firms::new();
    let person = firms.world.person(A, "always");
    let trip = firms.world.request(A, person, false)[0];
    let far = NewPartner {
        name: "Taxi lointain".to_owned(),
        communes: vec!["29019".to_owned()],
        ..NewPartner::default()
    };
    let far = ready(exchange::add(firms.world.app(A), &firms.by, far)).unwrap().id;
    let terms = origin::OfferTerms {
        single: false,
        reply_within_min: None,
        person_agrees: true,
        agreed_only: false,
        at_once: false,
    };
    let asked = |named: Vec<Id<NodeKind>>| {
        let offered = origin::offer_to_partners(firms.world.app(A), &firms.by, (trip, terms), named);
        reason(ready(offered))
    };
    assert_eq!(asked(vec![far]), "partner-cannot-serve");
    assert_eq!(asked(vec![firms.world.id(B)]), "partner-unknown");
    assert_eq!(firms.world.at(A, trip), ("requested", "local"), "nothing was written");
    let handover = firms.offer(trip, &[]);
    let kept = partners::thread(&firms.world.app(A).store, handover).unwrap().unwrap();
    assert_eq!(kept.asked, [firms.near, firms.other].into_iter().collect());
    let waiting = partners::notices(&firms.world.app(A).store, firms.near).unwrap();
    assert_eq!(waiting.iter().map(|notice| notice.kind).collect::<Vec<_>>(), [NoticeKind::Offered]);
}

#[test]
fn a_no_gives_back_what_is_held_and_takes_a_bid_back_while_another_is_chosen() {
    let firms = Firms::new();
    let (trip, handover) = firms.offered();
    let (near, other) = (firms.near, firms.other);
    let no = |round| FromPartner::Decline { about: firms.about(handover, round), reason: None };
    firms.heard(other, &no(1));
    firms.heard(other, &firms.bid(handover, 1, 9_000));
    firms.awarded(handover);
    let about = firms.about(handover, 1);
    firms.heard(other, &FromPartner::Decline { about, reason: Some(GiveBackReason::Vehicle) });
    assert!(matches!(firms.state(handover), State::Awarded { winner, .. } if winner == near));
    let kept = partners::thread(&firms.world.app(A).store, handover).unwrap().unwrap();
    assert_eq!(kept.thread.bids.keys().copied().collect::<Vec<_>>(), [near], "nobody is chosen next");
    assert_eq!(firms.world.outgoing(handover).bids.keys().copied().collect::<Vec<_>>(), [near]);
    firms.heard(near, &FromPartner::Accept(about));
    assert_eq!(firms.world.at(A, trip), ("requested", "held-by-neighbour"));
    firms.heard(near, &no(1));
    assert_eq!(firms.state(handover), State::Open, "offered again at once");
    assert_eq!(firms.world.at(A, trip), ("requested", "offered-out"));
    firms.heard(near, &no(2));
    assert_eq!(firms.state(handover), State::Open, "and where nothing is alive it changes nothing");
}
