//! Who is told what when a drive changes hands or a time passes: in time, once, and findable afterwards.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use maillage_domain::{
    document::NewDocument,
    ids::VolunteerKind,
    message::{Medium, Recipient},
    offer::DriverOffer,
    person::NewPerson,
    place::NewPlace,
    trip::{CancelledBy, DriverRefusal},
};
use maillage_engine::Engine;
use maillage_federation::ids::{Id, TripKind};
use maillage_node::app::{
    calendars,
    caller::Caller,
    edits::{self, NewTripChange},
    messages::{self, CallOutcome, MessageFilter, Outcome},
    offers::{self, Answer, OfferFilter},
    pages,
    people::{self, documents, volunteers::activate_volunteer},
    trips,
};
use maillage_platform::clock::Clock;
use maillage_store::{access_log, driver_offers, events, lost_drives, messages as queue};

use crate::{
    driving::reason,
    offers::mail,
    world::{A, DAY, World, ready},
};

fn local() -> Caller {
    Caller::local()
}

fn yes(world: &World, offer: &DriverOffer) {
    let view = ready(offers::answer_by_link(world.app(A), world.token(offer), Answer::Yes)).unwrap();
    assert!(view.answered_now);
}

/// A trip that a driver has promised, with everything said about it.
fn promised() -> (World, Id<TripKind>, Id<VolunteerKind>) {
    let world = World::empty(1);
    let (trip, driver, offer) = world.asked();
    world.post();
    yes(&world, &offer);
    world.post();
    (world, trip, driver)
}

/// Moves the clock to a civil time of Paris in October 2026, two hours ahead of UTC.
fn go(world: &World, civil: &str) {
    let at: jiff::civil::DateTime = civil.parse().unwrap();
    world.clock.set(at.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(2))).unwrap().timestamp());
}

fn move_to(world: &World, trip: Id<TripKind>, arrive_by: &str) {
    let etag = world.trip(A, trip).revision().to_string();
    let change = NewTripChange { arrive_by: Some(arrive_by.to_owned()), ..NewTripChange::default() };
    ready(edits::edit(world.app(A), &local(), trip, change, etag)).unwrap();
}

fn cancel(world: &World, trip: Id<TripKind>, by: CancelledBy) {
    ready(trips::cancel(world.app(A), &local(), trip, by, false)).unwrap();
}

fn expire(world: &World) -> usize {
    ready(messages::expire(world.app(A))).unwrap()
}

fn topics(world: &World) -> Vec<&'static str> {
    world.calls().iter().map(|call| call.message.topic.code()).collect()
}

#[test]
fn a_driver_whom_an_edit_frees_is_told_which_drive_it_was() {
    let (world, trip, _) = promised();
    let was = world.trip(A, trip).assignment().unwrap();
    move_to(&world, trip, &format!("{DAY}T16:00"));
    assert_eq!((world.status(trip), world.trip(A, trip).volunteer()), ("requested", None));
    let letters = world.post();
    let [(_, letter)] = letters.as_slice() else { panic!("{} letters", letters.len()) };
    assert_eq!((letter.address.as_str(), letter.topic.code()), ("paul@example.fr", "drive-cancelled"));
    let told: Vec<Timestamp> = letter.facts.legs.iter().map(|leg| leg.pickup).collect();
    assert_eq!(told, [was.pickup]);
    // Nobody is reminded of a trip without a driver.
    go(&world, "2026-10-05T17:00");
    assert!(world.posted().is_empty());
    // Got back before the word has left: only that it is on again is said.
    let (world, trip, driver) = promised();
    go(&world, "2026-10-04T23:00");
    move_to(&world, trip, &format!("{DAY}T16:00"));
    ready(trips::offer_to_driver(world.app(A), &local(), trip, driver, false)).unwrap();
    ready(trips::driver_accepts(world.app(A), &local(), trip, false)).unwrap();
    go(&world, "2026-10-05T09:00");
    let mut told = world.posted();
    told.sort();
    assert_eq!(told, [mail("odette", "trip-confirmed"), mail("paul", "drive-confirmed")]);
}

#[test]
fn a_driver_who_withdraws_is_told_nothing_and_the_passenger_is_reminded_once() {
    let (world, trip, _) = promised();
    let zoe = world.driver("Zoe", "email");
    let no = DriverRefusal::Withdrew;
    ready(trips::driver_refuses(world.app(A), &local(), trip, no, false)).unwrap();
    assert!(world.posted().is_empty());
    ready(trips::offer_to_driver(world.app(A), &local(), trip, zoe, false)).unwrap();
    yes(&world, &world.offer_about(trip));
    world.post();
    go(&world, "2026-10-05T17:00");
    assert_eq!(world.posted(), [mail("odette", "trip-tomorrow")]);
}

#[test]
fn a_word_that_would_come_too_late_in_the_morning_is_a_call_at_night() {
    let (world, trip, _) = promised();
    let start = world.trip(A, trip).assignment().unwrap().start;
    go(&world, "2026-10-05T22:00");
    world.post();
    cancel(&world, trip, CancelledBy::Platform);
    let calls = world.calls();
    let called: Vec<_> =
        calls.iter().map(|call| (call.message.topic.code(), call.reach.name.as_str())).collect();
    assert_eq!(called, [("drive-cancelled", "Paul"), ("trip-cancelled", "Odette Canari")]);
    assert_eq!(calls[0].message.expires_at, start);
    go(&world, "2026-10-06T08:00");
    assert!(world.posted().is_empty());
}

#[test]
fn a_mail_server_that_is_away_leaves_time_to_call() {
    let (world, trip, _) = promised();
    let start = world.trip(A, trip).assignment().unwrap().start;
    go(&world, "2026-10-05T18:30");
    world.post();
    cancel(&world, trip, CancelledBy::Person);
    for minute in (0..150).step_by(10) {
        if let Some(letter) = ready(messages::next_letter(world.app(A), Medium::Email)).unwrap() {
            ready(messages::record(world.app(A), letter.id, Outcome::Later)).unwrap();
        }
        expire(&world);
        assert!(world.now() < start && (minute == 0 || world.calls().len() <= 1));
        world.wait(10);
    }
    // Nine in the evening, when the quiet hours begin: somebody can still call.
    expire(&world);
    assert_eq!(topics(&world), ["drive-cancelled"]);
    assert_eq!(world.calls()[0].message.expires_at, start);
}

#[test]
fn a_call_that_nobody_made_is_noted_and_leaves_the_list() {
    let world = World::empty(1);
    let driver = world.driver("Paul", "phone");
    let person = world.passenger("email");
    let trip = world.request(A, person, false)[0];
    ready(trips::offer_to_driver(world.app(A), &local(), trip, driver, false)).unwrap();
    ready(trips::driver_accepts(world.app(A), &local(), trip, false)).unwrap();
    go(&world, "2026-10-05T16:00");
    world.post();
    cancel(&world, trip, CancelledBy::Person);
    assert_eq!((topics(&world), expire(&world)), (vec!["drive-cancelled"], 0));
    go(&world, "2026-10-06T09:45");
    assert_eq!((expire(&world), expire(&world)), (1, 0));
    assert!(world.calls().is_empty());
    let failed = messages::list_failed(world.app(A), &local(), None, 9).unwrap().messages;
    assert_eq!(failed.iter().map(|message| message.medium).collect::<Vec<_>>(), [Medium::Call]);
}

/// A clock that never says the same instant twice, as a real one.
struct Running(Arc<dyn Clock>, AtomicI64);

impl Clock for Running {
    fn now(&self) -> Timestamp {
        let since = SignedDuration::from_micros(self.1.fetch_add(1_700, Ordering::Relaxed));
        self.0.now() + since
    }
}

#[test]
fn one_message_tells_both_ways_on_a_clock_that_runs() {
    let mut world = World::empty(1);
    let (store, _) = Engine::memory_with(&world.nodes[A].disk, maillage_store::options()).unwrap();
    let mut app = world.nodes[A].with_store(store);
    app.clock = Arc::new(Running(Arc::clone(&app.clock), AtomicI64::new(0)));
    world.nodes[A].app = Arc::new(app);
    let driver = world.driver("Paul", "email");
    let person = world.passenger("email");
    let legs = world.request(A, person, true);
    ready(trips::offer_to_driver(world.app(A), &local(), legs[0], driver, false)).unwrap();
    world.post();
    yes(&world, &world.offer_about(legs[0]));
    let letters = world.post();
    let mut told: Vec<_> = letters.iter().map(|(_, letter)| letter.topic.code()).collect();
    told.sort_unstable();
    assert_eq!(told, ["drive-confirmed", "trip-confirmed"]);
    assert!(letters.iter().all(|(_, letter)| letter.facts.legs.len() == 2));
    go(&world, "2026-10-05T17:01");
    assert_eq!(world.posted(), [mail("odette", "trip-tomorrow")]);
    // On the phone too: one call for both ways.
    go(&world, "2026-10-05T22:00");
    cancel(&world, legs[0], CancelledBy::Person);
    let calls = world.calls();
    assert_eq!((calls.len(), calls[0].facts.legs.len()), (1, 2));
}

#[test]
fn a_yes_of_somebody_who_may_not_drive_any_more_is_not_taken() {
    let world = World::empty(1);
    let (trip, driver, offer) = world.asked();
    let zoe = world.driver("Zoe", "email");
    let licence = NewDocument {
        kind: "licence".into(),
        seen_on: String::new(),
        valid_until: "2026-10-05".into(),
        ..Default::default()
    };
    ready(documents::record_document(world.app(A), &local(), driver, licence, String::new())).unwrap();
    let by_desk = || ready(offers::answer(world.app(A), &local(), offer.id(), Answer::Yes));
    assert_eq!(reason(by_desk()), "driver-cannot");
    let accepted = ready(trips::driver_accepts(world.app(A), &local(), trip, false));
    assert_eq!(reason(accepted), "driver-cannot");
    assert_eq!(world.status(trip), "offered");
    let view = ready(offers::answer_by_link(world.app(A), world.token(&offer), Answer::Yes)).unwrap();
    assert!(view.barred && !view.answered_now && !view.open);
    assert_eq!(view.offer.status().reason(), "withdrawn");
    assert_eq!(world.trip(A, trip).volunteer(), Some(zoe), "the next is asked");
}

#[test]
fn a_volunteer_who_is_not_asked_any_more_is_taken_out_of_what_is_open_and_keeps_what_is_promised() {
    let (world, kept, driver) = promised();
    let zoe = world.driver("Zoe", "email");
    let person = world.passenger("phone");
    let new = maillage_domain::request::NewRequest {
        dropoff: NewPlace { commune: "81004".into(), address: String::new() },
        arrive_by: Some(format!("{DAY}T16:00")),
        purpose: "health".into(),
        ..Default::default()
    };
    let (_, asked) = ready(trips::add_request(world.app(A), &local(), person, new)).unwrap();
    let asked = asked[0].id();
    ready(trips::offer_to_driver(world.app(A), &local(), asked, driver, false)).unwrap();
    let offer = world.offer_about(asked);
    world.post();
    ready(activate_volunteer(world.app(A), &local(), driver, false)).unwrap();
    let ended = offers::show(world.app(A), &local(), offer.id()).unwrap();
    assert_eq!((ended.status().code(), ended.status().reason()), ("ended", "withdrawn"));
    assert_eq!(world.trip(A, asked).volunteer(), Some(zoe));
    assert_eq!((world.status(kept), world.trip(A, kept).volunteer()), ("confirmed", Some(driver)));
    let late = ready(offers::answer_by_link(world.app(A), world.token(&offer), Answer::Yes)).unwrap();
    assert!(!late.answered_now);
}

#[test]
fn the_next_to_be_asked_is_nobody_whom_the_passenger_avoids() {
    let world = World::empty(1);
    let (paul, zoe) = (world.driver("Paul", "email"), world.driver("Zoe", "email"));
    // Further away than the others.
    let luc = world.volunteer(A, "81042", false);
    let new = NewPerson {
        name: "Odette Canari".into(),
        home: NewPlace { commune: "81003".into(), address: String::new() },
        avoid: vec![zoe.to_string()],
        ..NewPerson::default()
    };
    let sure = people::Confirmed { outside: true, duplicate: true };
    let person = ready(people::add_person(world.app(A), &local(), new, sure)).unwrap().id;
    let trip = world.request(A, person, false)[0];
    ready(trips::offer_to_driver(world.app(A), &local(), trip, paul, false)).unwrap();
    world.post();
    let no = Answer::No(DriverRefusal::NotFree);
    ready(offers::answer_by_link(world.app(A), world.token(&world.offer_about(trip)), no)).unwrap();
    assert_eq!(world.trip(A, trip).volunteer(), Some(luc));
}

#[test]
fn a_call_in_vain_is_followed_by_the_next_and_a_call_that_was_never_made_is_overdue() {
    let world = World::empty(1);
    let paul = world.driver("Paul", "phone");
    let person = world.passenger("phone");
    let trip = world.request(A, person, false)[0];
    ready(trips::offer_to_driver(world.app(A), &local(), trip, paul, false)).unwrap();
    let zoe = world.driver("Zoe", "email");
    world.wait(48 * 60);
    assert_eq!((world.tick(), world.tick()), (1, 0));
    let offer = world.offer_about(trip);
    assert!(offer.is_open() && offer.is_overdue());
    assert_eq!((expire(&world), topics(&world)), (0, vec!["offer"]));
    let call = world.calls().remove(0).message.id;
    ready(messages::note_call(world.app(A), &local(), call, CallOutcome::NoAnswer)).unwrap();
    assert_eq!(world.tick(), 1);
    assert_eq!(world.trip(A, trip).volunteer(), Some(zoe));
    assert!(world.calls().is_empty());
}

#[test]
fn the_desk_can_say_whether_somebody_was_told() {
    let (world, trip, driver) = promised();
    let person = world.trip(A, trip).person().unwrap();
    let list = |filter, after, limit| messages::list(world.app(A), &local(), filter, after, limit).unwrap();
    let told = |filter| -> Vec<_> {
        let found = list(filter, None, 99).messages;
        let mut told: Vec<_> =
            found.iter().map(|message| (message.topic.code(), message.state_code())).collect();
        told.sort_unstable();
        told
    };
    let of_person = [("trip-confirmed", "sent"), ("trip-tomorrow", "waiting")];
    assert_eq!(told(MessageFilter::To(Recipient::Person(person))), of_person);
    let of_driver = [("drive-confirmed", "sent"), ("offer", "sent")];
    assert_eq!(told(MessageFilter::To(Recipient::Volunteer(driver))), of_driver);
    assert_eq!(told(MessageFilter::Offer(world.offer_about(trip).id())), [("offer", "sent")]);
    assert_eq!(told(MessageFilter::Trip(trip)).len(), 4);
    for filter in [MessageFilter::Trip(trip), MessageFilter::To(Recipient::Person(person))] {
        let all = list(filter, None, 99);
        assert_eq!(all.next_after, None);
        let first = list(filter, None, 1);
        assert_eq!(first.messages, all.messages[..1]);
        assert_eq!(list(filter, first.next_after, 99).messages, all.messages[1..]);
    }
}

#[test]
fn what_was_told_is_forgotten_after_its_term_and_never_while_the_trip_is_not_over() {
    let (world, trip, _) = promised();
    let app = world.app(A);
    let forget = || ready(messages::forget_old(app)).unwrap();
    let held = || queue::ended(&app.store, 99).unwrap().len();
    // Said long ago, about a trip that nobody has closed.
    world.wait(100 * 24 * 60);
    assert_eq!((forget().messages, forget().offers), (0, 0));
    world.clock.set("2026-10-06T09:00:00Z".parse().unwrap());
    world.post();
    ready(trips::complete(app, &local(), trip, 0, 0)).unwrap();
    let (told, journal) = (held(), events::newest(&app.store).unwrap());
    assert!(told >= 3);
    let accesses = access_log::of(&app.store, person(&world, trip), 99).unwrap().len();
    world.wait(89 * 24 * 60);
    assert_eq!(forget(), messages::Forgotten::default());
    world.wait(3 * 24 * 60);
    let forgotten = forget();
    assert_eq!((forgotten.messages, forgotten.offers, held()), (told, 1, 0));
    assert!(driver_offers::list(&app.store, None, 9).unwrap().is_empty());
    // The trip, the journal and the log of accesses are what they were.
    assert_eq!(world.status(trip), "completed");
    assert_eq!(events::newest(&app.store).unwrap(), journal);
    assert_eq!(access_log::of(&app.store, person(&world, trip), 99).unwrap().len(), accesses);
}

fn person(world: &World, trip: Id<TripKind>) -> events::Subject {
    events::Subject::Person(world.trip(A, trip).person().unwrap())
}

#[test]
fn a_drive_that_was_lost_is_shown_as_called_off_for_a_fortnight() {
    let (world, trip, driver) = promised();
    let link = ready(calendars::make_link(world.app(A), &local(), driver)).unwrap();
    let token = link.expose().rsplit('/').next().unwrap().trim_end_matches(".ics").to_owned();
    let feed = || calendars::feed(world.app(A), &token).unwrap();
    let before = feed().remove(0).entry;
    let zoe = world.driver("Zoe", "email");
    let no = DriverRefusal::Withdrew;
    ready(trips::driver_refuses(world.app(A), &local(), trip, no, false)).unwrap();
    let lost = feed().remove(0).entry;
    assert_eq!((lost.trip, lost.standing.code()), (trip, "cancelled"));
    assert_eq!((lost.start, lost.end), (before.start, before.end));
    assert!(lost.sequence > before.sequence);
    // It stays so while somebody else drives, and is hers again once it is.
    ready(trips::offer_to_driver(world.app(A), &local(), trip, zoe, false)).unwrap();
    assert_eq!(feed().remove(0).entry, lost);
    ready(trips::driver_refuses(world.app(A), &local(), trip, no, false)).unwrap();
    ready(trips::offer_to_driver(world.app(A), &local(), trip, driver, false)).unwrap();
    let again = feed();
    assert_eq!((again.len(), again[0].entry.standing.code()), (1, "tentative"));
    assert!(again[0].entry.sequence > lost.sequence);
    ready(trips::driver_refuses(world.app(A), &local(), trip, no, false)).unwrap();
    assert_eq!(feed().len(), 1);
    world.clock.advance(Duration::from_hours(15 * 24));
    assert!(feed().is_empty());
    let forgotten = ready(messages::forget_old(world.app(A))).unwrap();
    assert_eq!(
        (forgotten.lost_drives, lost_drives::of_volunteer(&world.app(A).store, driver)),
        (2, Ok(vec![]))
    );
}

#[test]
fn offers_come_in_pages_whichever_are_wanted() {
    type Wanted = fn(&str, Id<VolunteerKind>) -> OfferFilter;
    let world = World::empty(1);
    let driver = world.driver("Paul", "email");
    let person = world.passenger("email");
    for hour in [8, 12, 16, 20] {
        let new = maillage_domain::request::NewRequest {
            dropoff: NewPlace { commune: "81004".into(), address: String::new() },
            arrive_by: Some(format!("{DAY}T{hour:02}:00")),
            purpose: "health".into(),
            ..Default::default()
        };
        let (_, legs) = ready(trips::add_request(world.app(A), &local(), person, new)).unwrap();
        ready(trips::offer_to_driver(world.app(A), &local(), legs[0].id(), driver, false)).unwrap();
    }
    let ways: [Wanted; 3] = [
        |after, _| OfferFilter::Open((!after.is_empty()).then(|| pages::read(after).unwrap())),
        |after, driver| OfferFilter::Volunteer(driver, (!after.is_empty()).then(|| after.parse().unwrap())),
        |after, _| OfferFilter::All((!after.is_empty()).then(|| after.parse().unwrap())),
    ];
    for wanted in ways {
        let list =
            |after: &str, limit| offers::list(world.app(A), &local(), wanted(after, driver), limit).unwrap();
        let all = list("", 9);
        assert_eq!((all.offers.len(), all.next_after.as_str()), (4, ""));
        let first = list("", 3);
        let rest = list(&first.next_after, 3);
        assert_eq!([first.offers, rest.offers].concat(), all.offers);
    }
}
