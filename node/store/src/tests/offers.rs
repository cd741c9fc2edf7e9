//! Driver offers, messages and calendar links, and the ways to find them.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use maillage_domain::{
    message::{Medium, Message, MessageFailure, Recipient, Topic},
    offer::{AnsweredBy, DriverOffer, OfferAction, OfferEnd, OfferPolicy, OfferTerms},
    trip::DriverRefusal,
};
use maillage_engine::{Engine, View};
use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, proptest};

use super::write;
use crate::{
    calendar_links::{self, CalendarLink, CalendarLinkRecord},
    driver_offers::{self, DriverOfferRecord},
    golden::check,
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
    assert!(driver_offers::open(&engine, 9).unwrap().is_empty());
    assert_eq!(driver_offers::open_for(&engine, id(10)), Ok(None));
    let again = driver_offer(91, &[10]);
    put(&engine, &again);
    assert_eq!(driver_offers::of_trip(&engine, id(10)), Ok(vec![closed.clone(), again.clone()]));
    assert_eq!(driver_offers::of_trip(&engine, id(11)), Ok(vec![closed.clone()]));
    assert_eq!(driver_offers::of_volunteer(&engine, id(50), 9), Ok(vec![again.clone(), closed.clone()]));
    assert_eq!(driver_offers::list(&engine, Some(closed.id()), 9), Ok(vec![again]));
}

#[test]
fn what_is_over_is_forgotten_after_a_while_and_what_waits_is_not() {
    let engine = engine();
    let messages_written = every_message();
    for message in &messages_written {
        put_message(&engine, message);
    }
    let over = at("2026-10-04T17:00:00Z");
    let forget =
        |before: Timestamp| write(&engine, move |transaction| messages::forget(transaction, before, 9));
    assert_eq!(messages::failed(&engine, 9).unwrap().len(), 1);
    assert_eq!(forget(over), 0);
    assert_eq!(forget(over + SignedDuration::from_secs(1)), 3);
    assert!(messages::failed(&engine, 9).unwrap().is_empty());
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
    let link = CalendarLink { volunteer: id(3), created: now() };
    check(include_str!("../../golden/calendar_link.v1.hex"), &CalendarLinkRecord::from(link));
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
    let ways: [&[OfferAction]; 8] = [
        &[],
        &[remind],
        &[OfferAction::Call, OfferAction::CalledInVain],
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
