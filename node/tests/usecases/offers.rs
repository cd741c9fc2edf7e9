//! Driver offers from the question to the answer, on the memory engine: who is told what, when, and that nothing counts
//! twice.

use maillage_domain::{
    ids::{PersonKind, VolunteerKind},
    message::Medium,
    offer::{DriverOffer, Means},
    person::NewPerson,
    place::NewPlace,
    trip::{CancelledBy, DriverRefusal, UnmetReason},
    volunteer::NewVolunteer,
};
use maillage_engine::View as _;
use maillage_federation::ids::{Id, TripKind};
use maillage_node::app::{
    calendars,
    caller::{Caller, Scope},
    day_sheets,
    messages::{self, CallOutcome, Letter, Outcome},
    offers::{self, Answer, OfferFilter},
    people, trips,
};
use maillage_platform::refusal::Refusal;
use maillage_store::{access_log, driver_offers, events::Subject, messages as queue};

use crate::{
    driving::reason,
    world::{A, MEANT, World, ready},
};

/// Every day, from early to late.
const ALWAYS: &str = "lun 05:00-22:00,mar 05:00-22:00,mer 05:00-22:00,jeu 05:00-22:00,ven 05:00-22:00,\
                      sam 05:00-22:00,dim 05:00-22:00";

fn local() -> Caller {
    Caller::local()
}

impl World {
    /// A driver near the trips who is written to.
    pub(crate) fn driver(&self, name: &str, channel: &str) -> Id<VolunteerKind> {
        let new = NewVolunteer {
            name: name.into(),
            phone: "0600000001".into(),
            email: format!("{}@example.fr", name.to_lowercase()),
            channel: channel.into(),
            home: NewPlace { commune: "81003".into(), address: String::new() },
            seats: 4,
            availability: ALWAYS.into(),
            ..NewVolunteer::default()
        };
        ready(people::add_volunteer(self.app(A), &local(), new, MEANT)).unwrap().id
    }

    pub(crate) fn passenger(&self, channel: &str) -> Id<PersonKind> {
        let new = NewPerson {
            name: "Odette Canari".into(),
            phone: "0563000001".into(),
            email: "odette@example.fr".into(),
            channel: channel.into(),
            home: NewPlace { commune: "81003".into(), address: "12 rue des Lilas".into() },
            driver_notes: "sonnette verte".into(),
            ..NewPerson::default()
        };
        ready(people::add_person(
            self.app(A),
            &local(),
            new,
            people::Confirmed { outside: true, duplicate: true },
        ))
        .unwrap()
        .id
    }

    /// A trip that a driver was asked for by e-mail, five days ahead.
    pub(crate) fn asked(&self) -> (Id<TripKind>, Id<VolunteerKind>, DriverOffer) {
        let driver = self.driver("Paul", "email");
        let person = self.passenger("email");
        let trip = self.request(A, person, false)[0];
        ready(trips::offer_to_driver(self.app(A), &local(), trip, driver, false)).unwrap();
        (trip, driver, self.offer_about(trip))
    }

    pub(crate) fn offer_about(&self, trip: Id<TripKind>) -> DriverOffer {
        driver_offers::of_trip(&self.app(A).store, trip).unwrap().pop().unwrap()
    }

    /// Everything that leaves now, as if the servers took it.
    pub(crate) fn post(&self) -> Vec<(Medium, Letter)> {
        let mut letters = Vec::new();
        for medium in [Medium::Email, Medium::Sms] {
            while let Some(letter) = ready(messages::next_letter(self.app(A), medium)).unwrap() {
                ready(messages::record(self.app(A), letter.id, Outcome::Sent)).unwrap();
                letters.push((medium, letter));
            }
        }
        letters
    }

    pub(crate) fn posted(&self) -> Vec<(String, &'static str)> {
        self.post().into_iter().map(|(_, letter)| (letter.address, letter.topic.code())).collect()
    }

    pub(crate) fn tick(&self) -> usize {
        ready(offers::tend(self.app(A))).unwrap()
    }

    pub(crate) fn token(&self, offer: &DriverOffer) -> String {
        self.app(A).outreach.offer_token(offer)
    }

    pub(crate) fn calls(&self) -> Vec<messages::Call> {
        ready(messages::call_list(self.app(A), &local(), None, 99)).unwrap().calls
    }

    pub(crate) fn status(&self, trip: Id<TripKind>) -> &'static str {
        self.trip(A, trip).status().code()
    }
}

pub(crate) fn mail(name: &str, topic: &'static str) -> (String, &'static str) {
    (format!("{name}@example.fr"), topic)
}

#[test]
fn asked_answered_by_the_link_and_both_are_told() {
    let world = World::empty(1);
    let (trip, _, offer) = world.asked();
    assert_eq!(world.posted(), [mail("paul", "offer")]);
    assert!(world.posted().is_empty());
    let token = world.token(&offer);
    // Looking answers nothing.
    assert!(offers::open_by_link(world.app(A), &token).unwrap().open);
    assert_eq!(world.status(trip), "offered");
    let view = ready(offers::answer_by_link(world.app(A), token.clone(), Answer::Yes)).unwrap();
    assert!(view.answered_now && !view.open);
    assert_eq!((world.status(trip), world.offer_about(trip).status().code()), ("confirmed", "accepted"));
    // A second answer, even another one, has no effect.
    for answer in [Answer::Yes, Answer::No(DriverRefusal::TooFar)] {
        let again = ready(offers::answer_by_link(world.app(A), token.clone(), answer)).unwrap();
        assert!(!again.answered_now);
    }
    assert_eq!(world.status(trip), "confirmed");
    let mut told = world.posted();
    told.sort();
    assert_eq!(told, [mail("odette", "trip-confirmed"), mail("paul", "drive-confirmed")]);
    // The day before, in the evening, once.
    world.wait(4 * 24 * 60 + 8 * 60 + 59);
    assert!(world.posted().is_empty());
    world.wait(1);
    assert_eq!(world.posted(), [mail("odette", "trip-tomorrow")]);
    assert!(world.posted().is_empty());
}

#[test]
fn a_forged_or_foreign_link_opens_nothing() {
    let world = World::empty(1);
    let (_, _, offer) = world.asked();
    let token = world.token(&offer);
    for position in 0..token.len() {
        let mut forged = token.clone().into_bytes();
        forged[position] = if forged[position] == b'A' { b'B' } else { b'A' };
        let forged = String::from_utf8(forged).unwrap();
        assert_eq!(reason(offers::open_by_link(world.app(A), &forged)), "link-unknown", "{position}");
    }
    for token in ["", "x", "/../", &token[..20], &format!("{token}A")] {
        assert_eq!(reason(offers::open_by_link(world.app(A), token)), "link-unknown");
    }
}

#[test]
fn reminded_then_the_next_is_asked_then_the_desk_decides() {
    let world = World::empty(1);
    let second = world.driver("Zoe", "sms");
    let (trip, first, offer) = world.asked();
    world.post();
    world.wait(24 * 60 + 2 * 60);
    assert_eq!(world.tick(), 1);
    assert_eq!(world.tick(), 0);
    assert_eq!(world.posted(), [mail("paul", "offer-reminder")]);
    world.wait(22 * 60);
    assert_eq!(world.tick(), 1);
    let next = world.offer_about(trip);
    assert_eq!((next.terms.volunteer, next.terms.round), (second, 2));
    assert_eq!(world.status(trip), "offered");
    let letters = world.post();
    let told: Vec<_> = letters.iter().map(|(medium, letter)| (*medium, letter.topic.code())).collect();
    assert_eq!(told, [(Medium::Email, "offer-over"), (Medium::Sms, "offer")]);
    // The first one's link is over; a late yes binds nobody.
    let late = ready(offers::answer_by_link(world.app(A), world.token(&offer), Answer::Yes)).unwrap();
    assert!(!late.answered_now);
    assert_eq!(world.trip(A, trip).volunteer(), Some(second));
    // The second says no by the link: nobody is left, the desk decides, and the first is not asked again.
    let no = Answer::No(DriverRefusal::NotFree);
    ready(offers::answer_by_link(world.app(A), world.token(&next), no)).unwrap();
    assert!(world.trip(A, trip).needs_decision());
    assert_ne!(first, second);
    assert!(driver_offers::open(&world.app(A).store, None, 9).unwrap().is_empty());
}

#[test]
fn every_way_a_trip_ends_closes_its_offer() {
    type Way = fn(&World, Id<TripKind>);
    let ways: [(Way, &str, &str); 4] = [
        (
            |world, trip| drop(ready(trips::driver_accepts(world.app(A), &local(), trip, false)).unwrap()),
            "accepted",
            "",
        ),
        (
            |world, trip| {
                let no = DriverRefusal::Vehicle;
                ready(trips::driver_refuses(world.app(A), &local(), trip, no, false)).unwrap();
            },
            "refused",
            "vehicle",
        ),
        (
            |world, trip| {
                let by = CancelledBy::Person;
                ready(trips::cancel(world.app(A), &local(), trip, by, false)).unwrap();
            },
            "ended",
            "cancelled",
        ),
        (
            |world, trip| {
                let no = DriverRefusal::NoAnswer;
                ready(trips::driver_refuses(world.app(A), &local(), trip, no, false)).unwrap();
                ready(trips::declare_unmet(world.app(A), &local(), trip, UnmetReason::NoDriver, false))
                    .unwrap();
            },
            "timed-out",
            "",
        ),
    ];
    for (way, status, reason) in ways {
        let world = World::empty(1);
        let (trip, _, _) = world.asked();
        way(&world, trip);
        let offer = world.offer_about(trip);
        assert_eq!((offer.status().code(), offer.status().reason()), (status, reason));
        let waiting = queue::waiting(&world.app(A).store, Medium::Email, 99).unwrap();
        assert!(waiting.iter().all(|message| message.topic.offer().is_none()), "{status}");
    }
}

#[test]
fn a_cancelled_trip_is_told_to_its_driver_and_by_the_platform_to_the_passenger() {
    let world = World::empty(1);
    let (trip, _, offer) = world.asked();
    ready(offers::answer_by_link(world.app(A), world.token(&offer), Answer::Yes)).unwrap();
    world.post();
    ready(trips::cancel(world.app(A), &local(), trip, CancelledBy::Platform, false)).unwrap();
    let mut told = world.posted();
    told.sort();
    assert_eq!(told, [mail("odette", "trip-cancelled"), mail("paul", "drive-cancelled")]);
    world.wait(5 * 24 * 60);
    assert!(world.posted().is_empty());
}

#[test]
fn one_offer_and_one_message_for_both_ways() {
    let world = World::empty(1);
    let driver = world.driver("Paul", "email");
    let person = world.passenger("sms");
    let legs = world.request(A, person, true);
    ready(trips::offer_to_driver(world.app(A), &local(), legs[0], driver, false)).unwrap();
    let offer = world.offer_about(legs[1]);
    assert_eq!(offer.terms.trips, legs);
    let letters = world.post();
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].1.facts.legs.len(), 2);
    // One way alone is refused: the other still waits for the answer.
    let no = DriverRefusal::NotFree;
    ready(trips::driver_refuses(world.app(A), &local(), legs[1], no, true)).unwrap();
    assert!(world.offer_about(legs[0]).is_open());
    ready(offers::answer_by_link(world.app(A), world.token(&offer), Answer::Yes)).unwrap();
    assert_eq!((world.status(legs[0]), world.status(legs[1])), ("confirmed", "requested"));
    assert_eq!(world.post().len(), 2);
}

#[test]
fn at_night_nothing_leaves_and_a_near_drive_is_called_about() {
    let world = World::empty(1);
    let driver = world.driver("Paul", "email");
    let person = world.passenger("phone");
    world.wait(15 * 60);
    let trip = world.request(A, person, false)[0];
    ready(trips::offer_to_driver(world.app(A), &local(), trip, driver, false)).unwrap();
    assert!(world.posted().is_empty(), "23:00 in Paris");
    world.wait(9 * 60);
    assert_eq!(world.posted(), [mail("paul", "offer")]);
    // The morning of the drive: two hours before, somebody calls.
    let world = World::empty(1);
    let driver = world.driver("Paul", "email");
    let person = world.passenger("phone");
    let trip = world.request(A, person, false)[0];
    world.wait(5 * 24 * 60 - 60);
    ready(trips::offer_to_driver(world.app(A), &local(), trip, driver, false)).unwrap();
    assert_eq!(world.offer_about(trip).state().means, Means::Phone);
    let calls = world.calls();
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0].reach.name.as_str(), "Paul");
}

#[test]
fn the_call_list_is_worked_off() {
    let world = World::empty(1);
    let driver = world.driver("Paul", "phone");
    let person = world.passenger("letter");
    let trip = world.request(A, person, false)[0];
    ready(trips::offer_to_driver(world.app(A), &local(), trip, driver, false)).unwrap();
    let call = world.calls().pop().unwrap();
    let note = |id, outcome| ready(messages::note_call(world.app(A), &local(), id, outcome));
    assert_eq!(reason(note(call.message.id, CallOutcome::Told)), "call-wants-answer");
    note(call.message.id, CallOutcome::NoAnswer).unwrap();
    assert_eq!(world.calls().len(), 1);
    let offer = world.offer_about(trip);
    ready(offers::answer(world.app(A), &local(), offer.id(), Answer::Yes)).unwrap();
    assert_eq!(reason(note(call.message.id, CallOutcome::NoAnswer)), "call-over");
    // The passenger wants a letter: it is on the list until it is noted; the reminder comes the day before.
    let calls = world.calls();
    let topics: Vec<_> = calls.iter().map(|call| call.message.topic.code()).collect();
    assert_eq!(topics, ["trip-confirmed"]);
    note(calls[0].message.id, CallOutcome::Told).unwrap();
    assert!(world.calls().is_empty());
    world.wait(4 * 24 * 60 + 9 * 60);
    assert_eq!(world.calls().len(), 1);
    let seen = access_log::of(&world.app(A).store, Subject::Person(person), 99).unwrap();
    assert!(seen.iter().any(|access| access.purpose == "call.list"));
}

#[test]
fn a_message_that_does_not_arrive_becomes_a_call() {
    let world = World::empty(1);
    let (trip, _, offer) = world.asked();
    let letter = ready(messages::next_letter(world.app(A), Medium::Email)).unwrap().unwrap();
    ready(messages::record(world.app(A), letter.id, Outcome::Refused)).unwrap();
    assert_eq!(world.offer_about(trip).state().means, Means::Phone);
    assert_eq!(world.calls().len(), 1);
    assert_eq!(messages::list_failed(world.app(A), &local(), None, 9).unwrap().messages.len(), 1);
    // Time does not give up on somebody who was never asked; the desk is shown that the call is overdue.
    world.wait(3 * 24 * 60);
    assert_eq!((world.tick(), world.tick()), (1, 0));
    assert!(world.offer_about(trip).is_open() && world.offer_about(trip).is_overdue());
    assert_eq!(offer.id(), world.offer_about(trip).id());
}

#[test]
fn a_server_that_is_away_delays_and_after_the_time_to_answer_somebody_calls() {
    let world = World::empty(1);
    let (trip, ..) = world.asked();
    let mut attempts = 0;
    for _ in 0..49 {
        if let Some(letter) = ready(messages::next_letter(world.app(A), Medium::Email)).unwrap() {
            ready(messages::record(world.app(A), letter.id, Outcome::Later)).unwrap();
            attempts += 1;
        }
        world.tick();
        world.wait(60);
    }
    assert!((10..49).contains(&attempts), "{attempts}");
    assert_eq!(world.offer_about(trip).state().means, Means::Phone);
    assert_eq!(world.calls().len(), 1);
}

#[test]
fn a_node_that_was_off_for_a_week_sends_one_reminder_and_no_stale_word() {
    let world = World::empty(1);
    let (trip, _, _) = world.asked();
    world.post();
    // Three days: the end of waiting is long over, the drive is still ahead.
    world.wait(3 * 24 * 60 + 60);
    assert_eq!(world.tick(), 1);
    assert_eq!(world.posted(), [mail("paul", "offer-reminder")]);
    assert_eq!(world.tick(), 0);
    assert!(world.offer_about(trip).is_open());
    // And a week: nothing is said any more about a drive that is over.
    world.wait(7 * 24 * 60);
    assert_eq!(world.tick(), 1);
    assert!(world.posted().is_empty());
    assert_eq!(world.offer_about(trip).status().code(), "timed-out");
    assert!(world.calls().is_empty());
}

#[test]
fn a_crash_between_sending_and_noting_sends_the_same_letter_again() {
    let mut world = World::empty(1);
    world.asked();
    let first = ready(messages::next_letter(world.app(A), Medium::Email)).unwrap().unwrap();
    world.nodes[A].crash(3);
    let again = ready(messages::next_letter(world.app(A), Medium::Email)).unwrap().unwrap();
    assert_eq!(first.id, again.id);
}

#[test]
fn nothing_about_anybody_is_kept_in_offers_and_messages() {
    let world = World::empty(1);
    let (_, _, offer) = world.asked();
    ready(offers::answer_by_link(world.app(A), world.token(&offer), Answer::Yes)).unwrap();
    let token = world.token(&offer);
    for tree in [driver_offers::TREE, queue::TREE] {
        for (_, bytes) in world.app(A).store.scan_prefix(tree, &[], usize::MAX).unwrap() {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            for canary in ["Canari", "Odette", "Lilas", "sonnette", "example.fr", "0563", "health", &token] {
                assert!(!text.contains(canary), "{canary}");
            }
        }
    }
}

#[test]
fn a_driver_sees_and_answers_for_own_offers_alone() {
    let world = World::empty(1);
    let (_, driver, offer) = world.asked();
    let other = world.driver("Zoe", "sms");
    let as_driver =
        |id| Caller::new("driver", [maillage_domain::roles::Role::Driver].into(), Scope::Volunteer(id));
    let listed = |caller: &Caller, filter| offers::list(world.app(A), caller, filter, 9);
    assert_eq!(listed(&as_driver(driver), OfferFilter::Volunteer(driver, None)).unwrap().offers.len(), 1);
    assert_eq!(reason(listed(&as_driver(other), OfferFilter::Volunteer(driver, None))), "not-yours");
    assert_eq!(reason(listed(&as_driver(driver), OfferFilter::Open(None))), "not-yours");
    let answered = ready(offers::answer(world.app(A), &as_driver(other), offer.id(), Answer::Yes));
    assert_eq!(reason(answered), "not-yours");
    assert_eq!(reason(messages::list_failed(world.app(A), &as_driver(driver), None, 9)), "not-allowed");
    let day = crate::world::DAY.parse().unwrap();
    let sheet = |caller: &Caller, whose| ready(day_sheets::day_sheet(world.app(A), caller, day, whose));
    assert_eq!(reason(sheet(&as_driver(other), Some(driver))), "not-yours");
    assert_eq!(reason(sheet(&as_driver(other), None)), "not-yours");
    assert!(sheet(&as_driver(driver), Some(driver)).is_ok());
}

#[test]
fn before_the_yes_a_sheet_and_a_calendar_tell_nothing_about_the_passenger() {
    let world = World::empty(1);
    let (_, driver, offer) = world.asked();
    let day = crate::world::DAY.parse().unwrap();
    let sheet = || ready(day_sheets::day_sheet(world.app(A), &local(), day, Some(driver))).unwrap();
    let before = sheet().drivers.remove(0).trips.remove(0);
    assert!(before.unanswered);
    assert_eq!((before.passenger.as_str(), before.phone.as_str(), before.notes.as_str()), ("", "", ""));
    assert!(!before.from.contains("Lilas"));
    let link = ready(calendars::make_link(world.app(A), &local(), driver)).unwrap();
    let token = link.expose().rsplit('/').next().unwrap().trim_end_matches(".ics").to_owned();
    let entry =
        |token: &str| -> Result<_, Refusal> { Ok(calendars::feed(world.app(A), token)?.remove(0).entry) };
    let tentative = entry(&token).unwrap();
    assert_eq!(tentative.standing.code(), "tentative");
    ready(offers::answer_by_link(world.app(A), world.token(&offer), Answer::Yes)).unwrap();
    let after = sheet().drivers.remove(0).trips.remove(0);
    assert_eq!((after.passenger.as_str(), after.notes.as_str()), ("Odette Canari", "sonnette verte"));
    assert!(after.from.starts_with("12 rue des Lilas, "));
    let confirmed = entry(&token).unwrap();
    assert_eq!((confirmed.trip, confirmed.standing.code()), (tentative.trip, "confirmed"));
    assert!(confirmed.sequence > tentative.sequence);
    // A new address ends the former one.
    ready(calendars::make_link(world.app(A), &local(), driver)).unwrap();
    assert_eq!(reason(entry(&token)), "link-unknown");
    assert!(ready(calendars::revoke_link(world.app(A), &local(), driver)).unwrap());
}
