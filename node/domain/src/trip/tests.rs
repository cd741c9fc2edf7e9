//! The life of a trip: every action in every state, and what holds whatever happens.

use jiff::{SignedDuration, Timestamp};
use maillage_federation::{
    ids::{HandoverKind, Id, NodeKind},
    needs::{Need, Needs},
};
use proptest::prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};

use super::{
    Absentee, Anchor, Assignment, CancelReason, CancelledBy, CorrectionReason, Custody, DriverRefusal,
    Ending, HolderResult, Leg, Origin, Passenger, TermsError, Trip, TripAction, TripChange, TripError,
    TripEventKind, TripState, TripStatus, TripTerms, TripWindow, UnmetReason,
};
use crate::{
    ids::VolunteerKind,
    limits::{DRIVE_M, HISTORY_EVENTS, LATE_CANCELLATION_S},
    place::Place,
    roads::RoadsSource,
    text::{Address, Name, Notes, Phone},
};

fn id<K>(number: u8) -> Id<K> {
    Id::new(1_700_000_000_000, [number; 10])
}

fn driver() -> Id<VolunteerKind> {
    id(3)
}

fn handover() -> Id<HandoverKind> {
    id(4)
}

fn neighbour() -> Id<NodeKind> {
    id(5)
}

fn pickup() -> Timestamp {
    "2026-10-05T07:00:00Z".parse().unwrap()
}

fn minutes(count: i64) -> Timestamp {
    pickup() + SignedDuration::from_mins(count)
}

fn place(commune: &str) -> Place {
    Place { commune: commune.parse().unwrap(), address: Address::parse("1 rue Canary").unwrap() }
}

fn terms() -> TripTerms {
    TripTerms {
        id: id(1),
        origin: Origin::Own { request: id(2), person: id(6) },
        leg: Leg::Outbound,
        sibling: None,
        pickup: place("81003"),
        dropoff: place("81004"),
        earliest_pickup: pickup(),
        latest_arrival: minutes(90),
        anchor: Anchor::Arrival,
        direct_m: 36_000,
        direct_by: RoadsSource::Estimate,
        seats: 1,
        companions: 0,
        tolerance_s: 1_800,
        late_ok: false,
        notes: Notes::parse("Canary").unwrap(),
        pooling: None,
        occurrence: None,
        relay: None,
        meeting: None,
        needs: Needs::none(),
        model: "benevoles-association@1".parse().unwrap(),
        created: minutes(-3 * 24 * 60),
    }
}

fn own() -> Trip {
    Trip::requested(terms()).unwrap()
}

fn carried() -> Trip {
    let passenger = Passenger {
        name: Name::parse("Canary Calvet").unwrap(),
        phone: Phone::parse_optional("0563123456").unwrap(),
        driver_notes: Notes::parse("Canary").unwrap(),
        desk_phone: None,
    };
    let origin = Origin::Carried { handover: handover(), from: neighbour(), passenger };
    Trip::requested(TripTerms { origin, ..terms() }).unwrap()
}

fn drive() -> Assignment {
    Assignment {
        volunteer: driver(),
        start: minutes(-20),
        pickup: minutes(10),
        arrival: minutes(60),
        end: minutes(100),
        empty_m: 40_000,
        vehicle: None,
        own_trip: false,
        shared: None,
    }
}

const REASON: CancelReason = CancelReason::Illness;
const REFUSE: DriverRefusal = DriverRefusal::Withdrew;

/// Every action once, in the order of the columns below.
fn actions() -> [TripAction; 14] {
    [
        TripAction::OfferTo(drive()),
        TripAction::DriverAccepts(driver()),
        TripAction::DriverRefuses { volunteer: driver(), reason: REFUSE },
        TripAction::PickUp,
        TripAction::Complete { loaded_m: 36_000, empty_m: 40_000 },
        TripAction::NoShow(Absentee::Person),
        TripAction::Cancel { by: CancelledBy::Person, reason: REASON },
        TripAction::DeclareUnmet(UnmetReason::NoDriver),
        TripAction::GiveOut { handover: handover() },
        TripAction::Uncertain,
        TripAction::HeldBy { node: neighbour() },
        TripAction::ComeBack,
        TripAction::OutcomeFromHolder { result: HolderResult::Completed, loaded_m: 36_000, empty_m: 1 },
        TripAction::Reopen,
    ]
}

fn after(trip: Trip, actions: &[TripAction]) -> Trip {
    actions.iter().fold(trip, |trip, action| trip.apply(*action, minutes(-60)).unwrap())
}

/// The states a trip can be in, each by the way that leads there.
fn states() -> Vec<(&'static str, Trip)> {
    let [
        offer,
        accept,
        _,
        pick_up,
        complete,
        no_show,
        cancel,
        unmet,
        give_out,
        uncertain,
        held,
        _,
        outcome,
        _,
    ] = actions();
    let at = |actions: &[TripAction]| after(own(), actions);
    vec![
        ("requested", at(&[])),
        ("offered", at(&[offer])),
        ("confirmed", at(&[offer, accept])),
        ("picked-up", at(&[offer, accept, pick_up])),
        ("completed", at(&[offer, accept, complete])),
        ("cancelled", at(&[offer, cancel])),
        ("no-show", at(&[offer, accept, no_show])),
        ("unmet", at(&[unmet])),
        ("offered out", at(&[give_out])),
        ("uncertain", at(&[give_out, uncertain])),
        ("held", at(&[give_out, held])),
        ("offered out, cancelled", at(&[give_out, cancel])),
        ("uncertain, cancelled", at(&[give_out, uncertain, cancel])),
        ("held, cancelled", at(&[give_out, held, cancel])),
        ("held, completed", at(&[give_out, held, outcome])),
        ("carried, requested", carried()),
        ("carried, confirmed", after(carried(), &[offer, accept])),
        ("carried, cancelled", after(carried(), &[cancel])),
    ]
}

/// What each action leads to in each state: the status (custody after a slash where it is not local), or `s` for an
/// error about the status, `c` about the custody, `k` about a trip that we carry.
#[rustfmt::skip]
const TABLE: &[(&str, [&str; 14])] = &[
    //                            offer      accept       refuse       pick up      complete     no show    cancel       unmet    give out                 uncertain               held                               come back    outcome    reopen
    ("requested",              ["offered",  "s",         "s",         "s",         "s",         "s",       "cancelled", "unmet", "requested/offered-out", "c",                    "c",                               "c",         "c", "s"]),
    ("offered",                ["s",        "confirmed", "requested", "s",         "s",         "s",       "cancelled", "s",     "s",                     "s",                    "s",                               "s",         "s", "s"]),
    ("confirmed",              ["s",        "s",         "requested", "picked-up", "completed", "no-show", "cancelled", "s",     "s",                     "s",                    "s",                               "s",         "s", "s"]),
    ("picked-up",              ["s",        "s",         "s",         "s",         "completed", "s",       "s",         "s",     "s",                     "s",                    "s",                               "s",         "s", "s"]),
    ("completed",              ["s",        "s",         "s",         "s",         "s",         "s",       "s",         "s",     "s",                     "s",                    "s",                               "s",         "s", "s"]),
    ("cancelled",              ["s",        "s",         "s",         "s",         "s",         "s",       "s",         "s",     "s",                     "c",                    "c",                               "c",         "c", "s"]),
    ("no-show",                ["s",        "s",         "s",         "s",         "s",         "s",       "s",         "s",     "s",                     "s",                    "s",                               "s",         "s", "s"]),
    ("unmet",                  ["s",        "s",         "s",         "s",         "s",         "s",       "s",         "s",     "s",                     "s",                    "s",                               "s",         "s", "requested"]),
    ("offered out",            ["c",        "c",         "c",         "c",         "c",         "c",       "cancelled/offered-out", "c", "c",             "requested/uncertain",  "requested/held-by-neighbour",     "requested", "c", "c"]),
    ("uncertain",              ["c",        "c",         "c",         "c",         "c",         "c",       "cancelled/uncertain",   "c", "c",             "c",                    "requested/held-by-neighbour",     "requested", "c", "c"]),
    ("held",                   ["c",        "c",         "c",         "c",         "c",         "c",       "cancelled/held-by-neighbour", "c", "c",       "c",                    "requested/held-by-neighbour",     "requested", "completed/held-by-neighbour", "c"]),
    ("offered out, cancelled", ["s",        "s",         "s",         "s",         "s",         "s",       "s",         "s",     "s",                     "cancelled/uncertain",  "cancelled/held-by-neighbour",     "cancelled", "c", "s"]),
    ("uncertain, cancelled",   ["s",        "s",         "s",         "s",         "s",         "s",       "s",         "s",     "s",                     "c",                    "cancelled/held-by-neighbour",     "cancelled", "c", "s"]),
    ("held, cancelled",        ["s",        "s",         "s",         "s",         "s",         "s",       "s",         "s",     "s",                     "c",                    "cancelled/held-by-neighbour",     "cancelled", "completed/held-by-neighbour", "s"]),
    ("held, completed",        ["s",        "s",         "s",         "s",         "s",         "s",       "s",         "s",     "s",                     "s",                    "s",                               "s",         "s", "s"]),
    ("carried, requested",     ["offered",  "s",         "s",         "s",         "s",         "s",       "cancelled", "unmet", "k",                     "k",                    "k",                               "k",         "k", "s"]),
    ("carried, confirmed",     ["s",        "s",         "requested", "picked-up", "completed", "no-show", "cancelled", "s",     "k",                     "k",                    "k",                               "k",         "k", "s"]),
    ("carried, cancelled",     ["s",        "s",         "s",         "s",         "s",         "s",       "s",         "s",     "k",                     "k",                    "k",                               "k",         "k", "s"]),
];

fn outcome_of(trip: &Trip, action: TripAction) -> String {
    match trip.apply(action, minutes(-30)) {
        Ok(next) if next.custody() == Custody::Local => next.status().code().to_owned(),
        Ok(next) => format!("{}/{}", next.status().code(), next.custody().code()),
        Err(TripError::WrongStatus { status, .. }) => {
            assert_eq!(status, trip.status().code());
            "s".to_owned()
        }
        Err(TripError::WrongCustody { custody, .. }) => {
            assert_eq!(custody, trip.custody().code());
            "c".to_owned()
        }
        Err(TripError::Carried { .. }) => "k".to_owned(),
        Err(other) => other.to_string(),
    }
}

#[test]
fn every_action_in_every_state() {
    let states = states();
    assert_eq!(states.len(), TABLE.len());
    for ((name, trip), (row, expected)) in states.iter().zip(TABLE) {
        assert_eq!(name, row);
        for (action, expected) in actions().into_iter().zip(expected) {
            assert_eq!(outcome_of(trip, action), *expected, "{action:?} when {name}");
        }
    }
}

#[test]
fn another_driver_cannot_answer_for_the_one_who_was_asked() {
    let offered = after(own(), &[TripAction::OfferTo(drive())]);
    let other = Err(TripError::OtherDriver { asked: Some(driver()) });
    assert_eq!(offered.apply(TripAction::DriverAccepts(id(9)), pickup()), other);
    let refusal = TripAction::DriverRefuses { volunteer: id(9), reason: DriverRefusal::NotFree };
    assert_eq!(offered.apply(refusal, pickup()), other);
}

#[test]
fn a_drive_has_its_times_in_order_and_in_the_window() {
    let check = |change: fn(&mut Assignment), expected: Option<TripError>| {
        let mut drive = drive();
        change(&mut drive);
        assert_eq!(own().apply(TripAction::OfferTo(drive), minutes(-60)).err(), expected);
    };
    check(|_| (), None);
    check(|drive| (drive.start, drive.pickup) = (minutes(0), minutes(0)), None);
    check(|drive| (drive.arrival, drive.end) = (minutes(90), minutes(90)), None);
    check(|drive| drive.start = minutes(11), Some(TripError::Times));
    check(|drive| drive.pickup = minutes(-1), Some(TripError::Times));
    check(|drive| drive.arrival = minutes(10), Some(TripError::Times));
    check(|drive| drive.arrival = minutes(91), Some(TripError::Times));
    check(|drive| drive.end = minutes(59), Some(TripError::Times));
    check(|drive| drive.empty_m = DRIVE_M + 1, Some(TripError::Distance(DRIVE_M + 1)));
}

#[test]
fn unbelievable_kilometres_are_refused() {
    let [offer, accept, ..] = actions();
    let confirmed = after(own(), &[offer, accept]);
    let complete = TripAction::Complete { loaded_m: 1, empty_m: DRIVE_M + 1 };
    assert_eq!(confirmed.apply(complete, pickup()), Err(TripError::Distance(DRIVE_M + 1)));
}

#[test]
fn a_cancellation_is_late_within_a_day_of_the_pickup() {
    let late_at = |at: Timestamp| {
        let trip = own().apply(TripAction::Cancel { by: CancelledBy::Person, reason: REASON }, at).unwrap();
        trip.status() == TripStatus::Cancelled { by: CancelledBy::Person, reason: REASON, late: true }
    };
    let limit = pickup() - SignedDuration::from_secs(LATE_CANCELLATION_S);
    assert!(!late_at(limit));
    assert!(late_at(limit + SignedDuration::from_secs(1)));
    assert!(late_at(minutes(5)));
}

#[test]
fn a_cancellation_counts_from_when_it_was_told() {
    let cancel = |told, at| own().cancel_as_told((CancelledBy::Person, REASON), told, at);
    let early = pickup() - SignedDuration::from_secs(LATE_CANCELLATION_S);
    let trip = cancel(early, minutes(5)).unwrap();
    let expected = TripStatus::Cancelled { by: CancelledBy::Person, reason: REASON, late: false };
    assert_eq!((trip.status(), trip.closed_at()), (expected, Some(minutes(5))));
    assert_eq!(trip.history().last().map(|event| event.at), Some(minutes(5)));
    assert_eq!(cancel(minutes(6), minutes(5)), Err(TripError::Told));
    let before = own().terms.created - SignedDuration::from_secs(1);
    assert_eq!(cancel(before, minutes(5)), Err(TripError::Told));
}

#[test]
fn nobody_is_on_board_and_nothing_is_over_before_the_drive_begins() {
    let [offer, accept, ..] = actions();
    let confirmed = after(own(), &[offer, accept]);
    let begins = confirmed.begins().unwrap();
    assert_eq!(begins, drive().start.min(pickup()));
    let before = begins - SignedDuration::from_secs(1);
    let complete = TripAction::Complete { loaded_m: 1, empty_m: 1 };
    for action in [TripAction::PickUp, complete, TripAction::NoShow(Absentee::Person)] {
        let refused = confirmed.check_begun(action, before);
        assert!(matches!(refused, Err(TripError::NotBegun { begins: when, .. }) if when == begins));
        assert_eq!(confirmed.check_begun(action, begins), Ok(()));
        assert_eq!(own().check_begun(action, before), Ok(()), "its status says no by itself");
    }
    let refuses = TripAction::DriverRefuses { volunteer: drive().volunteer, reason: DriverRefusal::Withdrew };
    assert_eq!(confirmed.check_begun(refuses, before), Ok(()));
}

#[test]
fn an_end_is_put_right_until_it_is_counted() {
    let [offer, accept, _, _, complete, ..] = actions();
    let done = after(own(), &[offer, accept, complete]);
    let correct = |trip: &Trip, ending| trip.correct(ending, CorrectionReason::Typing, minutes(300));
    let absent = correct(&done, Ending::NoShow(Absentee::Person)).unwrap();
    assert_eq!(
        (absent.status(), absent.closed_at()),
        (TripStatus::NoShow(Absentee::Person), done.closed_at())
    );
    let again = correct(&absent, Ending::Completed { loaded_m: 7, empty_m: 8 }).unwrap();
    assert_eq!(again.status(), TripStatus::Completed { loaded_m: 7, empty_m: 8 });
    assert_eq!(Trip::restore(again.terms.clone(), again.state().clone()), Ok(again));
    let far = Ending::Completed { loaded_m: DRIVE_M + 1, empty_m: 0 };
    assert_eq!(correct(&done, far), Err(TripError::Distance(DRIVE_M + 1)));
    let month = "2026-10".parse().unwrap();
    let counted = done.count_in(month).unwrap();
    assert_eq!(correct(&counted, far), Err(TripError::AlreadyCounted(month)));
    let open = correct(&own(), Ending::NoShow(Absentee::Driver));
    assert_eq!(open, Err(TripError::WrongStatus { action: "correct", status: "requested" }));
    let theirs = after(carried(), &[offer, accept, complete]);
    let theirs = correct(&theirs, Ending::NoShow(Absentee::Driver));
    assert_eq!(theirs, Err(TripError::Carried { action: "correct" }));
}

#[test]
fn what_the_holder_tells_closes_the_trip_and_its_word_wins_over_a_crossing_cancellation() {
    let [.., cancel, _, give_out, _, held, _, _, _] = actions();
    let check = |way: &[TripAction], result: HolderResult, expected: TripStatus| {
        let outcome = TripAction::OutcomeFromHolder { result, loaded_m: 30_000, empty_m: 8_000 };
        let trip = after(own(), way).apply(outcome, minutes(200)).unwrap();
        assert_eq!(trip.status(), expected, "{way:?} {result}");
        assert_eq!(trip.custody(), Custody::HeldBy { handover: handover(), node: neighbour() });
    };
    let completed = TripStatus::Completed { loaded_m: 30_000, empty_m: 8_000 };
    let cancelled = TripStatus::Cancelled { by: CancelledBy::Person, reason: REASON, late: true };
    check(&[give_out, held], HolderResult::Completed, completed);
    check(&[give_out, held], HolderResult::NoShow, TripStatus::NoShow(Absentee::Person));
    check(&[give_out, held], HolderResult::NotDone, TripStatus::Unmet(UnmetReason::Withdrawn));
    check(&[give_out, held, cancel], HolderResult::Completed, completed);
    check(&[give_out, held, cancel], HolderResult::NoShow, cancelled);
    check(&[give_out, held, cancel], HolderResult::NotDone, cancelled);
}

#[test]
fn a_trip_is_counted_once_and_only_where_it_was_asked_for() {
    let month = "2026-10".parse().unwrap();
    let cancel = TripAction::Cancel { by: CancelledBy::Person, reason: REASON };
    let counted = after(own(), &[cancel]).count_in(month).unwrap();
    assert_eq!(counted.counted_in(), Some(month));
    assert_eq!(counted.count_in(month.next()), Err(TripError::AlreadyCounted(month)));
    assert_eq!(own().count_in(month), Err(TripError::NotToBeCounted { status: "requested" }));
    let carried = after(carried(), &[cancel]);
    assert_eq!(carried.count_in(month), Err(TripError::NotToBeCounted { status: "cancelled" }));
}

#[test]
fn nobody_is_asked_to_drive_before_the_person_calls() {
    let [offer, _, _, _, _, _, cancel, unmet, give_out, ..] = actions();
    let on_call = || Trip::requested(TripTerms { anchor: Anchor::Call, ..terms() }).unwrap();
    for action in [offer, give_out] {
        let refused = on_call().apply(action, minutes(-60));
        assert!(matches!(refused, Err(TripError::NotCalled { .. })), "{refused:?}");
    }
    for action in [cancel, unmet] {
        assert!(on_call().apply(action, minutes(-60)).is_ok());
    }
    let window = TripWindow {
        earliest_pickup: pickup(),
        latest_arrival: minutes(90),
        anchor: Anchor::Pickup,
        tolerance_s: 600,
        late_ok: false,
    };
    let called = on_call().call(window, minutes(-5)).unwrap();
    assert!(!called.waits_for_call());
    assert_eq!(called.history().last().unwrap().kind, TripEventKind::Called);
    assert!(called.apply(offer, minutes(-4)).is_ok());
    assert_eq!(called.call(window, minutes(-4)), Err(TripError::NotOnCall));
}

#[test]
fn an_edit_keeps_the_driver_only_if_the_promised_drive_still_fits() {
    let [offer, accept, _, pick_up, complete, ..] = actions();
    let confirmed = after(own(), &[offer, accept]);
    let window = |from: i64, to: i64| TripWindow {
        earliest_pickup: minutes(from),
        latest_arrival: minutes(to),
        anchor: Anchor::Arrival,
        tolerance_s: 1_800,
        late_ok: false,
    };
    let check = |change: TripChange, keeps: bool| {
        let edited = confirmed.edit(&change, minutes(-30)).unwrap();
        assert_eq!(edited.freed, (!keeps).then(driver));
        assert_eq!(edited.trip.status(), if keeps { TripStatus::Confirmed } else { TripStatus::Requested });
        assert_eq!(edited.trip.revision(), confirmed.revision() + 1);
        assert_eq!(edited.trip.history().last().unwrap().kind, TripEventKind::Edited { freed: edited.freed });
    };
    check(TripChange { window: Some(window(10, 60)), ..TripChange::default() }, true);
    check(TripChange { window: Some(window(11, 90)), ..TripChange::default() }, false);
    check(TripChange { window: Some(window(0, 59)), ..TripChange::default() }, false);
    check(TripChange { notes: Some(Notes::default()), ..TripChange::default() }, true);
    check(TripChange { companions: Some(0), ..TripChange::default() }, true);
    check(TripChange { companions: Some(1), ..TripChange::default() }, false);
    check(TripChange { dropoff: Some(place("81004")), ..TripChange::default() }, true);
    check(TripChange { dropoff: Some(place("81065")), ..TripChange::default() }, false);
    let empty = TripChange { window: Some(window(60, 60)), ..TripChange::default() };
    assert_eq!(confirmed.edit(&empty, pickup()), Err(TripError::Terms(TermsError::Window)));
    let crowd = TripChange { companions: Some(8), ..TripChange::default() };
    assert_eq!(confirmed.edit(&crowd, pickup()), Err(TripError::Terms(TermsError::Places(9))));
    for way in [vec![offer, accept, pick_up], vec![offer, accept, complete]] {
        let refused = after(own(), &way).edit(&TripChange::default(), pickup());
        assert!(matches!(refused, Err(TripError::WrongStatus { .. })), "{refused:?}");
    }
    let carried = carried().edit(&TripChange::default(), pickup());
    assert_eq!(carried, Err(TripError::Carried { action: "edit" }));
}

#[test]
fn an_unmet_trip_is_reopened_unless_a_report_has_told_of_it() {
    let [.., unmet, _, _, _, _, _, reopen] = actions();
    let trip = after(own(), &[unmet]);
    let reopened = after(trip.clone(), &[reopen]);
    assert_eq!((reopened.status(), reopened.closed_at()), (TripStatus::Requested, None));
    let month = "2026-10".parse().unwrap();
    let told = trip.count_in(month).unwrap();
    assert_eq!(told.apply(reopen, pickup()), Err(TripError::AlreadyCounted(month)));
    let carried = after(carried(), &[unmet]).apply(reopen, pickup());
    assert_eq!(carried, Err(TripError::Carried { action: "reopen" }));
}

#[test]
fn attempts_end_but_a_trip_can_always_be_closed() {
    let [offer, _, refuse, .., unmet, give_out, _, _, _, _, _] = actions();
    let mut trip = own();
    while trip.history().len() < HISTORY_EVENTS {
        trip = after(trip, &[offer, refuse]);
    }
    assert_eq!(trip.apply(offer, pickup()), Err(TripError::TooManyAttempts));
    assert_eq!(trip.apply(give_out, pickup()), Err(TripError::TooManyAttempts));
    assert!(trip.apply(unmet, pickup()).is_ok());
    assert!(trip.apply(TripAction::Cancel { by: CancelledBy::Platform, reason: REASON }, pickup()).is_ok());
}

#[test]
fn terms_that_make_no_trip_are_refused() {
    let check = |change: fn(&mut TripTerms), expected: TermsError| {
        let mut terms = terms();
        change(&mut terms);
        assert_eq!(Trip::requested(terms), Err(expected));
    };
    check(|terms| terms.latest_arrival = terms.earliest_pickup, TermsError::Window);
    check(|terms| terms.direct_m = DRIVE_M + 1, TermsError::Distance(DRIVE_M + 1));
    check(|terms| terms.seats = 0, TermsError::Places(0));
    check(|terms| terms.seats = 9, TermsError::Places(9));
    let wheelchair = || [Need::WheelchairManual].into_iter().collect::<Needs>();
    assert!(Trip::requested(TripTerms { seats: 0, needs: wheelchair(), ..terms() }).is_ok());
    let full = Trip::requested(TripTerms { seats: 8, needs: wheelchair(), ..terms() });
    assert_eq!(full, Err(TermsError::Places(9)));
}

#[test]
fn a_stored_state_that_contradicts_itself_is_refused() {
    let check = |trip: Trip, change: fn(&mut TripState)| {
        let mut state = trip.state().clone();
        assert_eq!(Trip::restore(terms(), state.clone()), Ok(trip));
        change(&mut state);
        assert_eq!(Trip::restore(terms(), state), Err(TermsError::State));
    };
    let [offer, accept, _, _, complete, .., give_out, _, held, _, _, _] = actions();
    check(own(), |state| state.status = TripStatus::Confirmed);
    check(own(), |state| state.closed_at = Some(pickup()));
    check(own(), |state| state.counted_in = "2026-10".parse().ok());
    check(own(), |state| state.assignment = Some(drive()));
    check(own(), |state| state.history.clear());
    check(after(own(), &[offer]), |state| state.custody = Custody::OfferedOut { handover: handover() });
    check(after(own(), &[offer, accept, complete]), |state| state.closed_at = None);
    check(after(own(), &[give_out, held]), |state| {
        (state.status, state.assignment) = (TripStatus::Confirmed, Some(drive()));
    });
}

#[test]
fn debug_shows_neither_person_nor_place() {
    let shown = format!("{:?} {:?} {:?}", own(), carried(), terms());
    for secret in ["Canary", "0563", "81003", "81004"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert!(!shown.contains(&own().person().unwrap().to_string()), "{shown}");
    assert!(shown.contains(&own().id().to_string()));
}

fn any_action() -> impl Strategy<Value = TripAction> {
    let result =
        prop_oneof![Just(HolderResult::Completed), Just(HolderResult::NoShow), Just(HolderResult::NotDone)];
    prop_oneof![
        4 => (0..14_usize).prop_map(|index| actions()[index]),
        1 => result.prop_map(|result| TripAction::OutcomeFromHolder { result, loaded_m: 1, empty_m: 2 }),
        1 => Just(TripAction::DriverAccepts(id(9))),
    ]
}

proptest! {
    #[test]
    fn whatever_happens_a_trip_is_driven_in_one_place_and_closed_once(
        carry in any::<bool>(),
        actions in proptest::collection::vec(any_action(), 0..60),
    ) {
        let mut trip = if carry { carried() } else { own() };
        for (action, minute) in actions.into_iter().zip(0..) {
            let Ok(next) = trip.apply(action, minutes(minute)) else { continue };
            prop_assert_eq!(next.history().len(), trip.history().len() + 1);
            let restored = Trip::restore(next.terms.clone(), next.state().clone());
            prop_assert_eq!(restored.as_ref(), Ok(&next));
            if next.commitment().is_some() {
                prop_assert_eq!(next.custody(), Custody::Local);
            }
            if carry {
                prop_assert_eq!(next.custody(), Custody::Local);
            }
            if !trip.is_open() {
                let last = next.history().last().unwrap().kind;
                let late_word = matches!(last, TripEventKind::OutcomeFromHolder(_));
                let reopened = last == TripEventKind::Reopened;
                prop_assert_eq!(next.is_open(), reopened);
                prop_assert!(next.status() == trip.status() || late_word || reopened);
                let cancelled = matches!(trip.status(), TripStatus::Cancelled { .. });
                let unmet = matches!(trip.status(), TripStatus::Unmet(_));
                prop_assert!(cancelled || (unmet && reopened), "{:?} changed", trip.status());
            }
            prop_assert_eq!(next.closed_at().is_some(), !next.is_open());
            trip = next;
        }
    }
}
