//! The life of an offer: every action in every state, what is due when, and what holds whatever happens.

use jiff::{SignedDuration, Timestamp};
use maillage_federation::{ids::Id, month::paris};
use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};

use super::{
    AnsweredBy, DriverOffer, Means, OfferAction, OfferEnd, OfferError, OfferEventKind, OfferPolicy,
    OfferPolicyError, OfferStatus, OfferTerms, Pace, QuietHours,
};
use crate::{handover::Decision, limits::OFFER_EVENTS, trip::DriverRefusal};

/// An instant of civil time in Paris.
fn paris_at(text: &str) -> Timestamp {
    let civil: jiff::civil::DateTime = text.parse().unwrap();
    paris().to_ambiguous_timestamp(civil).compatible().unwrap()
}

fn hours(count: i64) -> SignedDuration {
    SignedDuration::from_hours(count)
}

/// Monday morning.
fn monday() -> Timestamp {
    paris_at("2026-10-05T09:00")
}

/// A drive on Friday morning.
fn friday() -> Timestamp {
    paris_at("2026-10-09T09:30")
}

fn offer_for(now: Timestamp, departs_at: Timestamp, writable: bool) -> DriverOffer {
    let terms = OfferTerms {
        id: Id::new(1, [1; 10]),
        trips: vec![Id::new(1, [2; 10])],
        volunteer: Id::new(1, [3; 10]),
        departs_at,
        round: 1,
        created: now,
    };
    DriverOffer::ask(terms, OfferPolicy::default().plan(now, departs_at, writable)).unwrap()
}

fn offer() -> DriverOffer {
    offer_for(monday(), friday(), true)
}

fn remind() -> OfferAction {
    OfferAction::Remind { next: None, expires_at: monday() + hours(60) }
}

fn call() -> OfferAction {
    OfferAction::Call { expires_at: monday() + hours(60) }
}

#[test]
fn what_each_action_leads_to_in_each_state() {
    let no = DriverRefusal::TooFar;
    let states = [
        offer(),
        offer().apply(remind(), monday()).unwrap(),
        offer_for(monday(), friday(), false),
        offer().apply(OfferAction::Accept(AnsweredBy::Link), monday()).unwrap(),
        offer().apply(OfferAction::Refuse(no, AnsweredBy::Desk), monday()).unwrap(),
        offer().apply(OfferAction::TimeOut, monday()).unwrap(),
        offer().apply(OfferAction::End(OfferEnd::Unmet), monday()).unwrap(),
    ];
    let actions = [
        (remind(), ["reminded", "reminded", "by-phone"]),
        (call(), ["notified", "reminded", "by-phone"]),
        (OfferAction::CalledInVain, ["by-message", "by-message", "notified"]),
        (OfferAction::Overdue, ["by-message", "by-message", "notified"]),
        (OfferAction::Accept(AnsweredBy::Link), ["accepted"; 3]),
        (OfferAction::Accept(AnsweredBy::Desk), ["accepted"; 3]),
        (OfferAction::Refuse(no, AnsweredBy::Link), ["refused"; 3]),
        (OfferAction::TimeOut, ["timed-out"; 3]),
        (OfferAction::End(OfferEnd::Cancelled), ["ended"; 3]),
    ];
    for (action, expected) in actions {
        for (state, expected) in states.iter().zip(expected) {
            let code = match state.apply(action, monday()) {
                Ok(offer) => offer.status().code(),
                Err(OfferError::ByPhone) => "by-phone",
                Err(OfferError::ByMessage) => "by-message",
                Err(OfferError::Closed { .. } | OfferError::Trips(_)) => "closed",
            };
            assert_eq!(code, expected, "{action:?} in {:?}", state.status());
        }
        for state in states.iter().skip(3) {
            let closed = OfferError::Closed { status: state.status().code() };
            assert_eq!(state.apply(action, monday()), Err(closed));
        }
    }
}

#[test]
fn the_pace_follows_the_time_that_is_left() {
    let policy = OfferPolicy::default();
    let plan = |now: &str, departs: &str| {
        let plan = policy.plan(paris_at(now), paris_at(departs), true);
        let shown = |at: Timestamp| at.to_zoned(paris()).datetime().strftime("%d %H:%M").to_string();
        let remind = plan.remind_at.map(shown).unwrap_or_default();
        (plan.means.code(), shown(plan.leaves_at), remind, shown(plan.expires_at))
    };
    let check = |now: &str, departs: &str, expected: (&str, &str, &str, &str)| {
        let (means, leaves, remind, expires) = plan(now, departs);
        assert_eq!((means, leaves.as_str(), remind.as_str(), expires.as_str()), expected, "{now} {departs}");
    };
    check("2026-10-05T09:00", "2026-10-09T09:30", ("message", "05 09:00", "06 09:00", "07 09:00"));
    check("2026-10-05T09:00", "2026-10-07T09:30", ("message", "05 09:00", "05 15:00", "06 08:00"));
    check("2026-10-05T09:00", "2026-10-05T17:00", ("message", "05 09:00", "05 10:00", "05 11:00"));
    // At night nothing leaves; the time to answer counts from the morning.
    check("2026-10-05T22:00", "2026-10-06T17:00", ("message", "06 08:00", "06 09:00", "06 10:00"));
    // Too near, or too near once the night is over: somebody calls.
    check("2026-10-05T09:00", "2026-10-05T11:59", ("phone", "05 09:00", "", "05 11:00"));
    check("2026-10-05T22:00", "2026-10-06T10:00", ("phone", "05 22:00", "", "06 00:00"));
    // The end of waiting leaves time to find somebody else.
    check("2026-10-05T09:00", "2026-10-05T13:00", ("message", "05 09:00", "", "05 10:00"));
}

#[test]
fn reminded_once_then_given_up() {
    let policy = OfferPolicy::default();
    let offer = offer();
    let due = |offer: &DriverOffer, after: i64| offer.due(monday() + hours(after), &policy, true);
    assert_eq!(due(&offer, 23), None);
    let Some(action @ OfferAction::Remind { next: None, .. }) = due(&offer, 24) else {
        panic!("no reminder")
    };
    let reminded = offer.apply(action, monday() + hours(24)).unwrap();
    assert_eq!(reminded.status(), OfferStatus::Reminded(1));
    assert_eq!(due(&reminded, 47), None);
    assert_eq!(due(&reminded, 48), Some(OfferAction::TimeOut));
    assert_eq!(due(&reminded.apply(OfferAction::TimeOut, monday()).unwrap(), 49), None);
}

#[test]
fn nobody_is_reminded_at_night_nor_before_the_question_has_left() {
    let policy = OfferPolicy::default();
    let offer = offer();
    let night = paris_at("2026-10-06T23:00");
    assert_eq!(offer.due(night, &policy, true), None);
    assert_eq!(offer.due(monday() + hours(24), &policy, false), None);
    // Whoever has to be called then has as long to answer as from the beginning.
    let call = OfferAction::Call { expires_at: monday() + hours(60) };
    assert_eq!(offer.due(monday() + hours(48), &policy, false), Some(call));
}

#[test]
fn a_node_that_was_off_asks_once_more_or_has_somebody_called() {
    let policy = OfferPolicy::default();
    let far = offer_for(monday(), monday() + hours(24 * 20), true);
    let week_later = monday() + hours(24 * 7);
    let action = far.due(week_later, &policy, true);
    assert_eq!(action, Some(OfferAction::Remind { next: None, expires_at: week_later + hours(24) }));
    let again = far.apply(action.unwrap(), week_later).unwrap();
    assert_eq!(again.due(week_later, &policy, true), None);
    assert_eq!(again.due(week_later + hours(24), &policy, true), Some(OfferAction::TimeOut));
    // Two hours before the drive there is no time to write any more; after it there is nothing to ask.
    let call = OfferAction::Call { expires_at: friday() };
    assert_eq!(offer().due(friday() - hours(2), &policy, true), Some(call));
    assert_eq!(offer().due(friday(), &policy, true), Some(OfferAction::TimeOut));
    assert_eq!(offer().due(friday() + hours(24 * 7), &policy, false), Some(OfferAction::TimeOut));
}

#[test]
fn whoever_was_never_called_is_not_given_up_but_shown_as_overdue() {
    let policy = OfferPolicy::default();
    let offer = offer_for(monday(), friday(), false);
    assert_eq!(offer.state().means, Means::Phone);
    assert_eq!((offer.next_due(), offer.is_overdue()), (Some(monday() + hours(48)), false));
    assert_eq!(offer.due(monday() + hours(47), &policy, false), None);
    assert_eq!(offer.due(monday() + hours(48), &policy, false), Some(OfferAction::Overdue));
    let overdue = offer.apply(OfferAction::Overdue, monday() + hours(48)).unwrap();
    assert!(overdue.is_overdue() && overdue.is_open());
    assert_eq!(overdue.due(friday() - hours(1), &policy, false), None);
    assert_eq!(overdue.next_due(), Some(friday()));
    assert_eq!(overdue.due(friday(), &policy, false), Some(OfferAction::TimeOut));
    // Called in vain after that: the next is asked, if the territory does so by itself.
    let called = overdue.apply(OfferAction::CalledInVain, monday() + hours(50)).unwrap();
    assert!(!called.is_overdue() && called.next_due() < Some(monday() + hours(50)));
    assert_eq!(called.due(monday() + hours(50), &policy, false), Some(OfferAction::TimeOut));
}

#[test]
fn whoever_was_called_in_vain_is_given_up_after_the_time_to_answer_as_the_policy_says() {
    let policy = |escalation| OfferPolicy { escalation, ..OfferPolicy::default() };
    let (auto, ask) = (policy(Decision::Auto), policy(Decision::Ask));
    let called = offer_for(monday(), friday(), false).apply(OfferAction::CalledInVain, monday()).unwrap();
    assert_eq!(called.due(monday() + hours(47), &auto, false), None);
    assert_eq!(called.due(monday() + hours(48), &auto, false), Some(OfferAction::TimeOut));
    assert_eq!(called.due(monday() + hours(48), &ask, false), Some(OfferAction::Overdue));
    let overdue = called.apply(OfferAction::Overdue, monday() + hours(48)).unwrap();
    assert_eq!(overdue.due(friday() - hours(1), &ask, false), None);
}

#[test]
fn a_message_about_a_drive_leaves_in_time_for_a_call_or_not_at_all() {
    let policy = OfferPolicy::default();
    for (now, drive, until) in [
        ("2026-10-05T10:00", "2026-10-07T14:00", Some("2026-10-07T11:00")),
        // What would have to leave in the quiet hours leaves before them.
        ("2026-10-05T18:00", "2026-10-06T06:30", Some("2026-10-05T21:00")),
        ("2026-10-05T22:00", "2026-10-06T06:30", None),
        ("2026-10-06T01:00", "2026-10-06T06:30", None),
        ("2026-10-05T22:00", "2026-10-06T11:30", Some("2026-10-06T08:30")),
        ("2026-10-05T10:00", "2026-10-05T12:59", None),
        ("2026-10-05T10:00", "2026-10-05T09:00", None),
    ] {
        let found = policy.written_until(paris_at(now), paris_at(drive));
        assert_eq!(found, until.map(paris_at), "{now} {drive}");
    }
}

#[test]
fn calls_in_vain_fill_no_history() {
    let offer = offer_for(monday(), friday(), false);
    let kinds =
        |offer: &DriverOffer| offer.state().history.iter().map(|event| event.kind).collect::<Vec<_>>();
    let mut called = offer.clone();
    for _ in 0..2 * OFFER_EVENTS {
        called = called.apply(OfferAction::CalledInVain, monday()).unwrap();
    }
    let accepted = called.apply(OfferAction::Accept(AnsweredBy::Desk), monday()).unwrap();
    assert_eq!(accepted.state().history.len(), OFFER_EVENTS);
    assert_eq!(kinds(&accepted).first(), Some(&OfferEventKind::ToCall));
    assert_eq!(kinds(&accepted).last(), Some(&OfferEventKind::AcceptedByDesk));
}

#[test]
fn quiet_hours_end_in_the_morning_even_when_the_clocks_change() {
    let quiet = OfferPolicy::default().quiet;
    for (at, end) in [
        ("2026-10-05T20:59", "2026-10-05T20:59"),
        ("2026-10-05T21:00", "2026-10-06T08:00"),
        ("2026-10-06T07:59", "2026-10-06T08:00"),
        ("2026-10-06T08:00", "2026-10-06T08:00"),
        // Summer time ends on 25 October 2026 and begins on 28 March 2027.
        ("2026-10-24T23:00", "2026-10-25T08:00"),
        ("2027-03-27T23:00", "2027-03-28T08:00"),
    ] {
        assert_eq!(quiet.end_of_silence(paris_at(at)), paris_at(end), "{at}");
    }
    for (at, begin) in [
        ("2026-10-05T20:59", "2026-10-05T20:59"),
        ("2026-10-05T21:00", "2026-10-05T21:00"),
        ("2026-10-06T07:59", "2026-10-05T21:00"),
        ("2026-10-06T08:00", "2026-10-06T08:00"),
        ("2026-10-25T07:00", "2026-10-24T21:00"),
    ] {
        assert_eq!(quiet.begin_of_silence(paris_at(at)), paris_at(begin), "{at}");
    }
    let noon = QuietHours::new(12 * 60, 14 * 60).unwrap();
    assert_eq!(noon.end_of_silence(paris_at("2026-10-05T13:00")), paris_at("2026-10-05T14:00"));
    assert_eq!(noon.end_of_silence(paris_at("2026-10-05T14:00")), paris_at("2026-10-05T14:00"));
    assert_eq!(noon.begin_of_silence(paris_at("2026-10-05T13:59")), paris_at("2026-10-05T12:00"));
    let never = QuietHours::new(0, 0).unwrap();
    assert!(!never.holds_at(paris_at("2026-10-05T00:00")));
    assert_eq!(QuietHours::new(0, 1440), Err(OfferPolicyError::Quiet));
}

#[test]
fn a_policy_that_contradicts_itself_is_refused() {
    let check = |change: fn(&mut OfferPolicy), expected: OfferPolicyError| {
        let mut policy = OfferPolicy::default();
        change(&mut policy);
        assert_eq!(policy.check(), Err(expected));
    };
    assert!(OfferPolicy::default().check().is_ok());
    check(|policy| policy.paces.clear(), OfferPolicyError::Paces);
    check(|policy| policy.paces.reverse(), OfferPolicyError::Paces);
    check(|policy| policy.paces.truncate(2), OfferPolicyError::Paces);
    check(|policy| policy.paces[1].remind_after_min = 720, OfferPolicyError::Times(2));
    check(|policy| policy.paces[0].reminders = 9, OfferPolicyError::Reminders(1));
    check(|policy| policy.call_under_min = u32::MAX, OfferPolicyError::CallUnder(u32::MAX));
    check(|policy| policy.rounds = 0, OfferPolicyError::Rounds(0));
}

fn instants() -> impl Strategy<Value = Timestamp> {
    (0_i64..400 * 24 * 60).prop_map(|minutes| monday() + SignedDuration::from_mins(minutes))
}

fn policies() -> impl Strategy<Value = OfferPolicy> {
    let pace = (1_u32..2_000, 1_u32..2_000, 0_u8..=3);
    let paces = proptest::collection::btree_map(1_u32..10_000, pace, 0..4);
    (paces, (1_u32..500, 1_u32..500, 0_u8..=3), 0_u32..600, (0_u16..1440, 0_u16..1440)).prop_map(
        |(long, last, call_under_min, (from, to))| {
            let mut paces: Vec<(u32, (u32, u32, u8))> = long.into_iter().rev().collect();
            paces.push((0, last));
            let pace = |(lead_min, (remind_after_min, more, reminders))| Pace {
                lead_min,
                remind_after_min,
                reminders,
                timeout_min: remind_after_min + more,
            };
            let paces = paces.into_iter().map(pace).collect();
            let quiet = QuietHours::new(from, to).unwrap();
            OfferPolicy { paces, call_under_min, quiet, ..OfferPolicy::default() }.check().unwrap()
        },
    )
}

fn actions() -> impl Strategy<Value = OfferAction> {
    prop_oneof![
        instants().prop_map(|at| OfferAction::Remind { next: Some(at), expires_at: at }),
        instants().prop_map(|expires_at| OfferAction::Call { expires_at }),
        proptest::strategy::Just(OfferAction::CalledInVain),
        proptest::strategy::Just(OfferAction::Overdue),
        proptest::strategy::Just(OfferAction::Accept(AnsweredBy::Link)),
        proptest::strategy::Just(OfferAction::Refuse(DriverRefusal::Other, AnsweredBy::Link)),
        proptest::strategy::Just(OfferAction::TimeOut),
        proptest::strategy::Just(OfferAction::End(OfferEnd::Withdrawn)),
    ]
}

proptest! {
    #[test]
    fn a_plan_is_in_order_and_wakes_nobody(
        policy in policies(), now in instants(), lead in 0_i64..20_000, writable in any::<bool>(),
    ) {
        let departs = now + SignedDuration::from_mins(lead);
        let plan = policy.plan(now, departs, writable);
        prop_assert!(now <= plan.leaves_at && plan.leaves_at <= plan.expires_at && plan.expires_at <= departs);
        match plan.means {
            Means::Phone => prop_assert_eq!(plan.remind_at, None),
            Means::Message => {
                prop_assert!(writable && !policy.quiet.holds_at(plan.leaves_at));
                let fitting = |at| plan.leaves_at < at && at < plan.expires_at && !policy.quiet.holds_at(at);
                prop_assert!(plan.remind_at.is_none_or(fitting));
            }
        }
    }

    #[test]
    fn whatever_happens_an_offer_is_closed_once_and_stays_so(steps in proptest::collection::vec(actions(), 1..40)) {
        let mut offer = offer();
        for action in steps {
            match offer.apply(action, monday()) {
                Ok(next) => {
                    prop_assert!(offer.is_open());
                    prop_assert!(next.state().history.len() <= OFFER_EVENTS);
                    prop_assert!(DriverOffer::restore(next.terms.clone(), next.state().clone()).is_ok());
                    prop_assert_eq!(next.next_due().is_none(), !next.is_open());
                    offer = next;
                }
                Err(OfferError::Closed { .. }) => prop_assert!(!offer.is_open()),
                Err(_) => prop_assert!(offer.is_open()),
            }
        }
    }

    /// However the clock jumps, an offer comes to its end at the latest with the drive, and only so many reminders leave.
    #[test]
    fn time_alone_ends_every_offer_without_a_burst(
        policy in policies(), jumps in proptest::collection::vec(-3_000_i64..20_000, 1..60), arrived in any::<bool>(),
    ) {
        let departs = monday() + hours(24 * 30);
        let terms = OfferTerms { departs_at: departs, ..offer().terms };
        let mut offer = DriverOffer::ask(terms, policy.plan(monday(), departs, true)).unwrap();
        let mut now = monday();
        for jump in jumps {
            now += SignedDuration::from_mins(jump);
            let Some(action) = offer.due(now, &policy, arrived) else { continue };
            offer = offer.apply(action, now).unwrap();
            // What was due is done: nothing more leaves at the same instant.
            let at_once = offer.due(now, &policy, arrived);
            prop_assert!(!matches!(at_once, Some(OfferAction::Remind { .. })), "{at_once:?}");
        }
        if offer.is_open() {
            prop_assert_eq!(offer.due(departs, &policy, arrived), Some(OfferAction::TimeOut));
        }
    }
}
