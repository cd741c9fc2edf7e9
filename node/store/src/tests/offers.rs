//! Driver offers, messages and calendar links, and the ways to find them.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use maillage_domain::{
    calendar::LostDrive,
    message::{Medium, Message, MessageFailure, Recipient, Topic},
    offer::{AnsweredBy, DriverOffer, OfferAction, OfferEnd, OfferPolicy, OfferTerms},
    trip::{DriverRefusal, Leg},
};
use maillage_engine::{Engine, View};
use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, proptest};

use super::write;
use crate::{
    calendar_links::{self, CalendarLink, CalendarLinkRecord},
    driver_links::{self, DriverLink, DriverLinkRecord},
    driver_offers::{self, DriverOfferRecord},
    golden::check,
    lost_drives::{self, LostDriveRecord},
    messages::{self, MessageRecord},
    offer_policy::OfferPolicyRecord,
    samples::{at, engine, id, now},
};

fn put(engine: &Engine, offer: &DriverOffer) {
    let offer = offer.clone();
    write(engine, move |transaction| driver_offers::put(transaction, &offer));
}

fn put_message(engine: &Engine, message: &Message) {
    let message = message.clone();
    write(engine, move |transaction| messages::put(transaction, &message));
}

#[test]
fn offers_and_messages_in_every_state_are_found_as_they_were_written() {
    let engine = engine();
    for offer in every_offer() {
        put(&engine, &offer);
        assert_eq!(driver_offers::find(&engine, offer.id()), Ok(Some(offer)));
    }
    for message in every_message() {
        put_message(&engine, &message);
        assert_eq!(messages::find(&engine, message.id), Ok(Some(message)));
    }
}

#[test]
fn an_offer_is_due_until_it_is_closed_and_found_by_its_trips_for_ever() {
    let engine = engine();
    let offer = driver_offer(90, &[10, 11]);
    put(&engine, &offer);
    let due = offer.next_due().unwrap();
    let second = SignedDuration::from_secs(1);
    assert!(driver_offers::due(&engine, due - second, 9).unwrap().is_empty());
    assert_eq!(driver_offers::due(&engine, due, 9), Ok(vec![offer.clone()]));
    assert_eq!(driver_offers::open_for(&engine, id(11)), Ok(Some(offer.clone())));
    let closed = offer.apply(OfferAction::Accept(AnsweredBy::Link), now()).unwrap();
    put(&engine, &closed);
    assert!(driver_offers::due(&engine, Timestamp::MAX, 9).unwrap().is_empty());
    assert!(driver_offers::open(&engine, None, 9).unwrap().is_empty());
    assert_eq!(driver_offers::open_for(&engine, id(10)), Ok(None));
    let again = driver_offer(91, &[10]);
    put(&engine, &again);
    assert_eq!(driver_offers::of_trip(&engine, id(10)), Ok(vec![closed.clone(), again.clone()]));
    assert_eq!(driver_offers::of_trip(&engine, id(11)), Ok(vec![closed.clone()]));
    let to_driver = |after| driver_offers::of_volunteer(&engine, id(50), after, 9);
    assert_eq!(to_driver(None), Ok(vec![again.clone(), closed.clone()]));
    assert_eq!(to_driver(Some(again.id())), Ok(vec![closed.clone()]));
    assert_eq!(driver_offers::list(&engine, Some(closed.id()), 9), Ok(vec![again.clone()]));
    // Only what is closed is forgotten, and then found by nothing.
    let forget = |id| write(&engine, move |transaction| driver_offers::forget(transaction, id));
    assert!(!forget(again.id()));
    assert!(forget(closed.id()));
    assert_eq!(driver_offers::of_trip(&engine, id(11)), Ok(Vec::new()));
    assert_eq!(to_driver(None), Ok(vec![again]));
}

#[test]
fn pages_of_open_offers_follow_one_another_whatever_closes_meanwhile() {
    let engine = engine();
    for number in 90..95 {
        put(&engine, &driver_offer(number, &[number]));
    }
    let first = driver_offers::open(&engine, None, 2).unwrap();
    let last = first.last().unwrap();
    let after = (last.next_due().unwrap(), last.id());
    put(&engine, &last.apply(OfferAction::Accept(AnsweredBy::Link), now()).unwrap());
    let rest = driver_offers::open(&engine, Some(after), 9).unwrap();
    let seen: BTreeSet<_> = first.iter().chain(&rest).map(DriverOffer::id).collect();
    assert_eq!((rest.len(), seen.len()), (3, 5));
}

#[test]
fn messages_are_found_by_whom_they_are_for_even_those_of_an_older_store() {
    let engine = engine();
    for message in every_message() {
        put_message(&engine, &message);
    }
    let to = |whom, after, limit| messages::to(&engine, whom, after, limit).unwrap();
    let person = Recipient::Person(id(1));
    let all = to(person, None, 9);
    assert_eq!(all.len(), 4);
    assert!(all.iter().zip(all.iter().skip(1)).all(|(newer, older)| newer.id > older.id));
    assert_eq!(to(person, Some(all[1].id), 9), all[2..]);
    for (key, _) in engine.scan_prefix(messages::BY_RECIPIENT_TREE, &[], 99).unwrap() {
        write(&engine, move |transaction| transaction.delete(messages::BY_RECIPIENT_TREE, &key));
    }
    assert!(to(person, None, 9).is_empty());
    let mut after = None;
    loop {
        after = write(&engine, move |transaction| messages::index_older(transaction, after, 3));
        if after.is_none() {
            break;
        }
    }
    assert_eq!(to(person, None, 9), all);
}

#[test]
fn calls_and_failures_come_in_pages() {
    type Page =
        fn(&Engine, Option<maillage_federation::ids::Id<maillage_domain::ids::MessageKind>>) -> Vec<Message>;
    let engine = engine();
    let minutes = |count: i64| now() + SignedDuration::from_mins(count);
    for number in 100..105_u8 {
        let about = (Recipient::Volunteer(id(50)), Medium::Call, Topic::DriveCancelled(id(number)));
        // The last one made has to be made first.
        let until = minutes(600 - i64::from(number));
        put_message(&engine, &Message::waiting(id(number), about, (now(), now(), until)));
        let about = (Recipient::Volunteer(id(50)), Medium::Email, Topic::DriveCancelled(id(number)));
        let message = Message::waiting(id(number + 10), about, (now(), now(), until));
        put_message(&engine, &message.failed(MessageFailure::Refused, minutes(number.into())));
    }
    let pages: [Page; 2] = [
        |engine, after| messages::calls(engine, after, 2).unwrap(),
        |engine, after| messages::failed(engine, after, 2).unwrap(),
    ];
    for (page, expected) in pages.into_iter().zip([[104, 103, 102, 101, 100], [114, 113, 112, 111, 110]]) {
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let found = page(&engine, after);
            seen.extend(found.iter().map(|message| message.id));
            let Some(last) = found.last() else { break };
            after = Some(last.id);
        }
        assert_eq!(seen, expected.map(id));
    }
}

#[test]
fn a_lost_drive_is_found_until_it_is_got_back_or_old() {
    let engine = engine();
    let lost = lost_drive();
    write(&engine, move |transaction| lost_drives::put(transaction, &lost));
    assert_eq!(lost_drives::find(&engine, id(50), id(10)), Ok(Some(lost)));
    assert_eq!(lost_drives::of_volunteer(&engine, id(50)), Ok(vec![lost]));
    assert_eq!(lost_drives::of_volunteer(&engine, id(51)), Ok(Vec::new()));
    assert_eq!(lost_drives::older_than(&engine, lost.lost_at, 9), Ok(Vec::new()));
    let later = lost.lost_at + SignedDuration::from_secs(1);
    assert_eq!(lost_drives::older_than(&engine, later, 9), Ok(vec![lost]));
    write(&engine, |transaction| lost_drives::remove(transaction, id(50), id(10)));
    assert_eq!(lost_drives::find(&engine, id(50), id(10)), Ok(None));
}

fn lost_drive() -> LostDrive {
    LostDrive {
        volunteer: id(50),
        trip: id(10),
        leg: Leg::Return,
        from: "81003".parse().unwrap(),
        to: "81004".parse().unwrap(),
        start: at("2026-10-05T06:00:00Z"),
        pickup: at("2026-10-05T06:20:00Z"),
        end: at("2026-10-05T08:00:00Z"),
        sequence: 5,
        lost_at: now(),
    }
}

#[test]
fn what_is_over_is_forgotten_after_a_while_and_what_waits_is_not() {
    let engine = engine();
    let messages_written = every_message();
    for message in &messages_written {
        put_message(&engine, message);
    }
    let over = at("2026-10-04T17:00:00Z");
    let old = |before: Timestamp, after: Option<&Message>| {
        messages::ended_before(&engine, before, after, 9).unwrap()
    };
    let later = over + SignedDuration::from_secs(1);
    assert_eq!(messages::failed(&engine, None, 9).unwrap().len(), 1);
    assert!(old(over, None).is_empty());
    let ended = old(later, None);
    assert_eq!((ended.len(), old(later, ended.first()).len()), (3, 2));
    for message in &messages_written {
        let id = message.id;
        let gone = write(&engine, move |transaction| messages::forget(transaction, id));
        assert_eq!(gone, !message.is_waiting());
    }
    assert!(messages::failed(&engine, None, 9).unwrap().is_empty() && old(later, None).is_empty());
    let left = engine.scan_prefix(messages::TREE, &[], 99).unwrap().len();
    assert_eq!(left, messages_written.iter().filter(|message| message.is_waiting()).count());
}

#[test]
fn a_calendar_has_one_link_and_no_token_is_kept() {
    let engine = engine();
    let link = CalendarLink { volunteer: id(3), created: now() };
    for hash in [[1; 32], [2; 32]] {
        write(&engine, move |transaction| calendar_links::put(transaction, hash, link));
    }
    assert_eq!(calendar_links::find(&engine, [1; 32]), Ok(None));
    assert_eq!(calendar_links::find(&engine, [2; 32]), Ok(Some(link)));
    let revoke = || write(&engine, |transaction| calendar_links::revoke(transaction, id(3)));
    assert!(revoke());
    assert!(!revoke());
    assert_eq!(calendar_links::find(&engine, [2; 32]), Ok(None));
}

#[test]
fn the_pages_of_a_driver_have_one_link_apart_from_that_of_the_calendar() {
    let engine = engine();
    let link = DriverLink { volunteer: id(3), created: now() };
    let calendar = CalendarLink { volunteer: id(3), created: now() };
    write(&engine, move |transaction| calendar_links::put(transaction, [9; 32], calendar));
    for hash in [[1; 32], [2; 32]] {
        write(&engine, move |transaction| driver_links::put(transaction, hash, link));
    }
    assert_eq!(driver_links::find(&engine, [1; 32]), Ok(None));
    assert_eq!(driver_links::find(&engine, [9; 32]), Ok(None), "a calendar program opens no page");
    assert_eq!(driver_links::find(&engine, [2; 32]), Ok(Some(link)));
    assert_eq!(driver_links::of_volunteer(&engine, id(3)), Ok(Some(link)));
    assert_eq!(driver_links::of_volunteer(&engine, id(4)), Ok(None));
    let revoke = || write(&engine, |transaction| driver_links::revoke(transaction, id(3)));
    assert!(revoke());
    assert!(!revoke());
    assert_eq!(driver_links::find(&engine, [2; 32]), Ok(None));
    assert_eq!(calendar_links::find(&engine, [9; 32]), Ok(Some(calendar)));
}

fn changes() -> impl Strategy<Value = Vec<(u8, u8, i64, u8)>> {
    proptest::collection::vec((0..8_u8, 0..3_u8, 0..50_i64, 0..5_u8), 1..40)
}

proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 60, ..Default::default() })]

    #[test]
    fn the_queue_gives_what_is_due_and_nothing_else(changes in changes(), wanted in 0..60_i64, call in any::<bool>()) {
        let engine = engine();
        let mut known = std::collections::BTreeMap::new();
        let minutes = |count: i64| now() + SignedDuration::from_mins(count);
        for (number, medium, minute, step) in changes {
            let medium = [Medium::Email, Medium::Sms, Medium::Call][usize::from(medium)];
            let message = known.entry(number).or_insert_with(|| {
                let about = (Recipient::Volunteer(id(50)), medium, Topic::Offer(id(90 + number % 2)));
                Message::waiting(id(100 + number), about, (now(), minutes(minute), minutes(2 * minute + 60)))
            });
            *message = match step {
                0 => message.sent(minutes(minute)),
                1 => message.dropped(minutes(minute)),
                2 | 3 => message.postponed(minutes(minute)),
                _ => message.clone(),
            };
            put_message(&engine, message);
        }
        let medium = if call { Medium::Call } else { Medium::Sms };
        let due: BTreeSet<_> =
            messages::due(&engine, medium, minutes(wanted), 99).unwrap().iter().map(|found| found.id).collect();
        let time = |message: &Message| if call { Some(message.expires_at) } else { message.next() };
        let expected: BTreeSet<_> = known.values()
            .filter(|message| message.medium == medium && message.is_waiting())
            .filter(|message| time(message).is_some_and(|time| time <= minutes(wanted)))
            .map(|message| message.id).collect();
        prop_assert_eq!(due, expected);
        let about = messages::about(&engine, id::<()>(91).to_array()).unwrap();
        prop_assert_eq!(about.len(), known.keys().filter(|number| *number % 2 == 1).count());
        let over = known.values().filter(|message| !message.is_waiting()).count();
        prop_assert_eq!(messages::ended(&engine, 99).unwrap().len(), over);
        prop_assert!(messages::waiting(&engine, medium, 99).unwrap().iter().all(Message::is_waiting));
    }
}

#[test]
fn offers_messages_and_calendar_links_of_version_1() {
    let golden = include_str!("../../golden/driver_offer.v1.hex");
    let offers = every_offer();
    assert_eq!(golden.lines().count(), offers.len());
    for (golden, offer) in golden.lines().zip(&offers) {
        check(golden, &DriverOfferRecord::from(offer));
    }
    let golden = include_str!("../../golden/message.v1.hex");
    let messages = every_message();
    assert_eq!(golden.lines().count(), messages.len());
    for (golden, message) in golden.lines().zip(&messages) {
        check(golden, &MessageRecord::from(message));
    }
    check(include_str!("../../golden/lost_drive.v1.hex"), &LostDriveRecord::from(&lost_drive()));
    let link = CalendarLink { volunteer: id(3), created: now() };
    check(include_str!("../../golden/calendar_link.v1.hex"), &CalendarLinkRecord::from(link));
    let link = DriverLink { volunteer: id(3), created: now() };
    check(include_str!("../../golden/driver_link.v1.hex"), &DriverLinkRecord::from(link));
    let policy = OfferPolicyRecord::new(&OfferPolicy::default(), 7);
    check(include_str!("../../golden/offer_policy.v1.hex"), &policy);
}

/// An offer for a trip to the driver 50, as it was planned on the morning of 1 October 2026.
fn driver_offer(number: u8, trips: &[u8]) -> DriverOffer {
    let departs_at = at("2026-10-05T06:00:00Z");
    let terms = OfferTerms {
        id: id(number),
        trips: trips.iter().map(|trip| id(*trip)).collect(),
        volunteer: id(50),
        departs_at,
        round: 2,
        created: now(),
    };
    DriverOffer::ask(terms, OfferPolicy::default().plan(now(), departs_at, true)).unwrap()
}

/// An offer in every status.
fn every_offer() -> Vec<DriverOffer> {
    let offer = driver_offer(90, &[10, 11]);
    let later = at("2026-10-02T08:00:00.123Z");
    let remind = OfferAction::Remind { next: Some(later), expires_at: later };
    let call = OfferAction::Call { expires_at: offer.state().expires_at };
    let ways: [&[OfferAction]; 8] = [
        &[],
        &[remind],
        &[call, OfferAction::CalledInVain],
        &[OfferAction::Accept(AnsweredBy::Link)],
        &[OfferAction::Accept(AnsweredBy::Desk)],
        &[OfferAction::Refuse(DriverRefusal::TooFar, AnsweredBy::Link)],
        &[remind, OfferAction::TimeOut],
        &[OfferAction::End(OfferEnd::Withdrawn)],
    ];
    let after = |way: &&[OfferAction]| {
        way.iter().fold(offer.clone(), |offer, action| offer.apply(*action, later).unwrap())
    };
    ways.iter().map(after).collect()
}

/// A message of every topic and medium, in every state.
fn every_message() -> Vec<Message> {
    let topics = [
        Topic::Offer(id(90)),
        Topic::OfferReminder(id(90)),
        Topic::OfferOver(id(90)),
        Topic::DriveConfirmed(id(10)),
        Topic::DriveCancelled(id(10)),
        Topic::TripConfirmed(id(10)),
        Topic::TripTomorrow(id(10)),
        Topic::TripCancelled(id(10)),
    ];
    let media = [Medium::Email, Medium::Sms, Medium::Call];
    let recipients = [Recipient::Volunteer(id(50)), Recipient::Person(id(1))];
    let later = at("2026-10-04T17:00:00Z");
    let later_state = |number: u8, message: Message| match number {
        101 => message.sent(later),
        102 => message.dropped(later),
        103 => message.failed(MessageFailure::Refused, later),
        104 => message.postponed(now()),
        _ => message,
    };
    let mut messages = Vec::new();
    for (index, number) in (0_usize..).zip(100..108_u8) {
        let about = (recipients[index % 2], media[index % 3], topics[index]);
        messages.push(later_state(number, Message::waiting(id(number), about, (now(), now(), later))));
    }
    messages
}
