//! What was written down wrongly, too early or too late: ends that cannot be yet, ends put right with their books, words told
//! before they were written down, and what nobody answered for.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use maillage_domain::{
    ids::{PersonKind, VolunteerKind},
    ledger::Basis,
    place::NewPlace,
    request::NewRequest,
    trip::{
        Absentee, CancelReason, CancelledBy, DriverRefusal, Trip, TripEventKind, TripStatus, UnmetReason,
    },
};
use maillage_federation::ids::{Id, TripKind};
use maillage_node::{
    app::{
        caller::Caller,
        corrections::{self, NewEnding},
        edits,
        money::{
            books::{self, EVER},
            statements::{self, Which},
        },
        trips::{self, Cancellation},
        unmet::{self, UnmetFilter},
        unserved,
    },
    federation::link::Link,
};
use maillage_platform::refusal::Refusal;
use maillage_store::{costs, ledger};

use crate::{
    driving::reason,
    world::{A, B, World, ready},
};

fn local() -> Caller {
    Caller::local()
}

impl World {
    fn correct(&self, trip: Id<TripKind>, outcome: &str, loaded_m: u32) -> Result<Vec<Trip>, Refusal> {
        let new = NewEnding { outcome: outcome.into(), loaded_m, empty_m: None, reason: "kilometres".into() };
        let etag = self.trip(A, trip).revision().to_string();
        ready(corrections::correct(self.app(A), &local(), trip, new, etag))
    }

    fn owed(&self, person: Id<PersonKind>) -> i64 {
        books::balance_of_person(self.app(A), &local(), person, EVER).unwrap().closing.get()
    }

    /// A trip of a person that a volunteer drove: 30 km with the person, 12 km without.
    fn driven(&self) -> (Id<TripKind>, Id<PersonKind>, Id<VolunteerKind>) {
        let (person, driver) = (self.person(A, "ask"), self.volunteer(A, "81003", false));
        let trip = self.request(A, person, false)[0];
        self.promise(A, trip, driver);
        self.complete(A, trip);
        (trip, person, driver)
    }

    fn unmet(&self) -> Vec<(Id<TripKind>, UnmetReason)> {
        let filter = UnmetFilter {
            from: "2026-09-01".parse().unwrap(),
            to: "2026-12-31".parse().unwrap(),
            commune: None,
            reason: None,
        };
        let found = unmet::list(self.app(A), &local(), &filter, None, 99).unwrap();
        found.entries.iter().map(|entry| (entry.trip, entry.reason)).collect()
    }
}

#[test]
fn a_trip_is_over_only_once_its_drive_has_begun() {
    let world = World::new();
    let (person, driver) = (world.person(A, "ask"), world.volunteer(A, "81003", false));
    let trip = world.request(A, person, false)[0];
    world.promise(A, trip, driver);
    let complete = || ready(trips::complete(world.app(A), &local(), trip, 0, 0));
    let absent = || ready(trips::no_show(world.app(A), &local(), trip, Absentee::Person, true));
    let pick_up = || ready(trips::pick_up(world.app(A), &local(), trip));
    let begins = world.trip(A, trip).begins().unwrap();
    world.clock.set(begins - SignedDuration::from_secs(1));
    assert_eq!(reason(pick_up()), "trip-not-begun");
    let refused = complete().unwrap_err();
    assert_eq!(
        (refused.reason(), refused.details()["begins"].as_str()),
        ("trip-not-begun", begins.to_string().as_str())
    );
    assert_eq!(reason(absent()), "trip-not-begun");
    assert_eq!(world.at(A, trip).0, "confirmed");
    world.clock.set(begins);
    assert_eq!(reason(pick_up()), "accepted");
    assert_eq!(world.at(A, trip).0, "picked-up");
    assert_eq!(reason(complete()), "accepted");
}

#[test]
fn what_was_unmet_is_served_only_as_long_as_somebody_arrived() {
    let world = World::new();
    let (person, driver) = (world.person(A, "ask"), world.volunteer(A, "81003", false));
    let trip = world.request(A, person, false)[0];
    let served = || maillage_store::unmet::find(&world.app(A).store, trip).unwrap().unwrap().served;
    ready(trips::declare_unmet(world.app(A), &local(), trip, UnmetReason::NoDriver, true)).unwrap();
    ready(edits::reopen(world.app(A), &local(), trip, true)).unwrap();
    world.promise(A, trip, driver);
    assert_eq!(served(), None);
    world.complete(A, trip);
    let arrived = served();
    assert!(arrived.is_some());
    world.correct(trip, "no-show", 0).unwrap();
    assert_eq!(served(), None, "he was not there");
    assert_eq!(world.unmet(), [(trip, UnmetReason::NoDriver)], "it stays in the ledger");
    world.correct(trip, "completed", 30_000).unwrap();
    assert_eq!(served(), arrived);
}

#[test]
fn an_end_is_put_right_with_its_books_until_a_statement_has_it() {
    let world = World::new();
    let (trip, person, driver) = world.driven();
    let owed = world.owed(person);
    assert!(owed > 0);
    let closed_at = world.trip(A, trip).closed_at();
    let corrected = world.correct(trip, "completed", 15_000).unwrap().remove(0);
    assert_eq!(corrected.status(), TripStatus::Completed { loaded_m: 15_000, empty_m: 12_000 });
    assert_eq!(corrected.closed_at(), closed_at, "it counts in the same month");
    assert!(matches!(corrected.history().last().unwrap().kind, TripEventKind::Corrected(_)));
    assert_eq!(world.owed(person) * 2, owed);
    let cost = costs::find(&world.app(A).store, trip).unwrap().unwrap();
    assert_eq!((cost.facts.loaded_m, cost.facts.empty_m), (15_000, 12_000));
    let year = costs::driver_year(&world.app(A).store, driver, 2026, cost.facts.car()).unwrap();
    assert_eq!((year.loaded_m, year.empty_m), (15_000, 12_000));
    // He was not there at all: nothing is owed, nothing waits.
    world.correct(trip, "no-show", 0).unwrap();
    assert_eq!((world.owed(person), costs::find(&world.app(A).store, trip).unwrap()), (0, None));
    assert!(ledger::waiting_volunteers(&world.app(A).store).unwrap().is_empty());
    world.correct(trip, "completed", 30_000).unwrap();
    assert_eq!(world.owed(person), owed);
    world.clock.set("2026-11-02T08:00:00Z".parse().unwrap());
    let which = |basis| Which { volunteer: driver, month: "2026-10".parse().unwrap(), basis, carrier: None };
    let due = statements::due_in(world.app(A), &local(), "2026-10".parse().unwrap()).unwrap();
    ready(statements::close(world.app(A), &local(), which(due[0].basis))).unwrap();
    assert!([Basis::Reimbursed, Basis::Waived].contains(&due[0].basis));
    assert_eq!(reason(world.correct(trip, "completed", 20_000)), "trip-statement-closed");
    let kept = world.trip(A, trip).status();
    assert!(matches!(kept, TripStatus::Completed { loaded_m: 30_000, .. }), "{kept:?}");
}

#[test]
fn what_a_report_has_told_a_neighbour_drove_or_is_not_over_is_not_put_right() {
    let mut world = World::new();
    let (trip, _, _) = world.driven();
    let counted = world.trip(A, trip).count_in("2026-10".parse().unwrap()).unwrap();
    let put = move |transaction: &mut maillage_engine::Transaction<'_>| {
        maillage_store::trips::put(transaction, &counted)
    };
    world.app(A).store.transact::<(), maillage_engine::EngineError, _>("test", put).unwrap();
    assert_eq!(reason(world.correct(trip, "no-show", 0)), "trip-already-counted");
    let open = world.request(A, world.person(A, "ask"), false)[0];
    assert_eq!(reason(world.correct(open, "completed", 1)), "trip-wrong-status");
    assert_eq!(reason(world.correct(open, "done", 1)), "correction-outcome");
    let (handed, _, carried) = world.held();
    world.complete(B, carried);
    world.settle();
    assert_eq!(world.at(A, handed).0, "completed");
    assert_eq!(reason(world.correct(handed, "no-show", 0)), "trip-wrong-custody");
}

fn round_trip(world: &World) -> (Id<TripKind>, Id<TripKind>) {
    let new = NewRequest {
        dropoff: NewPlace { commune: "81004".into(), address: String::new() },
        arrive_by: Some("2026-10-06T10:00".into()),
        call_when_done: true,
        purpose: "health".into(),
        ..NewRequest::default()
    };
    let person = world.person(A, "ask");
    let (_, legs) = ready(trips::add_request(world.app(A), &local(), person, new)).unwrap();
    (legs[0].id(), legs[1].id())
}

#[test]
fn a_return_that_waits_for_a_call_goes_with_the_outbound_that_nobody_took() {
    let world = World::new();
    let driver = world.volunteer(A, "81003", false);
    for (who, by) in [(Absentee::Person, CancelledBy::Person), (Absentee::Driver, CancelledBy::Volunteer)] {
        let (there, back) = round_trip(&world);
        world.promise(A, there, driver);
        let absent = || ready(trips::no_show(world.app(A), &local(), there, who, false));
        let changed = world.when_begun(A, there, absent).unwrap();
        assert_eq!(changed.len(), 2);
        let called_off = world.trip(A, back).status();
        assert!(matches!(called_off, TripStatus::Cancelled { by: who, .. } if who == by), "{called_off:?}");
    }
}

#[test]
fn a_cancellation_is_late_by_when_it_was_told() {
    let world = World::new();
    let person = world.person(A, "ask");
    let [late, early, wrong] = [0; 3].map(|_| world.request(A, person, false)[0]);
    let asked = world.now();
    world.clock.set("2026-10-06T05:00:00Z".parse().unwrap());
    let cancel = |trip, told: Option<Timestamp>| {
        let word = Cancellation { by: CancelledBy::Person, reason: CancelReason::Illness, told };
        ready(trips::cancel(world.app(A), &local(), trip, word, false))
    };
    let is_late = |legs: Vec<Trip>| matches!(legs[0].status(), TripStatus::Cancelled { late: true, .. });
    assert!(is_late(cancel(late, None).unwrap()));
    let told = cancel(early, Some("2026-10-03T08:00:00Z".parse().unwrap())).unwrap();
    assert_eq!(told[0].closed_at(), Some(world.now()), "it is closed when it is written down");
    assert!(!is_late(told));
    let ahead = world.now() + SignedDuration::from_secs(60);
    assert_eq!(reason(cancel(wrong, Some(ahead))), "trip-told-at");
    assert_eq!(reason(cancel(wrong, Some(asked - SignedDuration::from_secs(1)))), "trip-told-at");
}

#[test]
fn the_reason_of_a_series_is_no_reason_of_people() {
    let world = World::new();
    let trip = world.request(A, world.person(A, "ask"), false)[0];
    let word = Cancellation { by: CancelledBy::Person, reason: CancelReason::Series, told: None };
    let refused = ready(trips::cancel(world.app(A), &local(), trip, word, false));
    assert_eq!(reason(refused), "cancel-reason-series");
    assert_eq!(world.at(A, trip).0, "requested");
}

#[test]
fn a_request_that_comes_too_late_is_kept_as_a_need_if_that_is_meant() {
    let world = World::new();
    let person = world.person(A, "ask");
    let new = |at: &str| NewRequest {
        dropoff: NewPlace { commune: "81004".into(), address: String::new() },
        arrive_by: Some(at.into()),
        return_at: None,
        purpose: "health".into(),
        ..NewRequest::default()
    };
    let yesterday = new("2026-09-30T10:00");
    let plain = ready(trips::add_request(world.app(A), &local(), person, yesterday.clone()));
    assert_eq!(reason(plain), "request-in-the-past");
    assert!(world.unmet().is_empty());
    let kept =
        ready(unserved::add_or_record(world.app(A), &local(), person, yesterday, trips::Signed::default()))
            .unwrap();
    assert_eq!(world.unmet(), [(kept.1[0].id(), UnmetReason::TooLate)]);
    let trip = world.trip(A, kept.1[0].id());
    assert_eq!((trip.status(), trip.terms.created), (TripStatus::Unmet(UnmetReason::TooLate), world.now()));
    let in_time = ready(unserved::add_or_record(
        world.app(A),
        &local(),
        person,
        new("2026-10-06T10:00"),
        trips::Signed::default(),
    ));
    assert_eq!(world.at(A, in_time.unwrap().1[0].id()).0, "requested");
    let nonsense = NewRequest { purpose: "x".into(), ..new("2026-09-30T10:00") };
    let refused =
        ready(unserved::add_or_record(world.app(A), &local(), person, nonsense, trips::Signed::default()));
    assert_eq!(reason(refused), "purpose-unknown");
}

#[test]
fn what_nobody_answered_for_is_closed_a_day_after_its_time_and_nothing_a_neighbour_may_hold() {
    let mut world = World::new();
    let driver = world.volunteer(A, "81003", false);
    let grace = SignedDuration::from_hours(24);
    let person = world.person(A, "ask");
    let (open, promised) = (world.request(A, person, false)[0], world.request(A, person, false)[0]);
    world.promise(A, promised, driver);
    let (there, back) = round_trip(&world);
    let (served, uncalled) = round_trip(&world);
    ready(trips::driver_refuses(world.app(A), &local(), promised, DriverRefusal::NotFree, true)).unwrap();
    world.promise(A, served, driver);
    world.complete(A, served);
    world.promise(A, promised, driver);
    let (handed, _, _) = world.held();
    let close = |world: &World| ready(unserved::close_unanswered(world.app(A), grace)).unwrap();
    world.clock.set("2026-10-07T07:59:59Z".parse().unwrap());
    assert_eq!(close(&world), 0, "ten o'clock in Paris and a day");
    world.clock.set("2026-10-07T08:00:00Z".parse().unwrap());
    assert_eq!(close(&world), 3);
    for trip in [open, there, back] {
        assert_eq!(world.trip(A, trip).status(), TripStatus::Unmet(UnmetReason::Unanswered));
    }
    world.clock.set("2026-10-08T22:00:00Z".parse().unwrap());
    assert_eq!(close(&world), 1);
    let called_off =
        TripStatus::Cancelled { by: CancelledBy::Person, reason: CancelReason::NoLongerNeeded, late: false };
    assert_eq!(world.trip(A, uncalled).status(), called_off, "nobody called: no need is known");
    assert_eq!(close(&world), 0);
    assert_eq!(world.at(A, promised).0, "confirmed", "somebody promised: what became of it is to be told");
    assert_eq!(world.at(A, handed), ("requested", "held-by-neighbour"));
    assert_eq!(world.unmet().len(), 3);
    let told = maillage_store::events::list(&world.app(A).store, None, 500).unwrap();
    assert_eq!(told.iter().filter(|event| event.kind == "trip.unanswered").count(), 3);
}

#[test]
fn a_trip_that_cannot_be_closed_keeps_no_other_one_open() {
    let mut world = World::new();
    let (_, handover) = world.offered();
    world.settle();
    world.pass(11);
    let carried = world.carried(B, handover)[0].id();
    ready(trips::driver_refuses(world.app(B), &local(), carried, DriverRefusal::Withdrew, true)).unwrap();
    let own = world.request(B, world.person(B, "never"), false)[0];
    assert_eq!((world.at(B, carried).0, world.at(B, own).0), ("requested", "requested"));
    world.clock.set("2026-10-08T08:00:00Z".parse().unwrap());
    // Without the federation nobody can be told what became of the neighbour's trip.
    let mut alone = world.nodes[B].with_store(world.app(B).store.clone());
    alone.link = Arc::new(Link::new(None, world.now()));
    let closed = ready(unserved::close_unanswered(&Arc::new(alone), SignedDuration::from_hours(24)));
    assert_eq!(closed.unwrap(), 1);
    assert_eq!((world.at(B, carried).0, world.at(B, own).0), ("requested", "unmet"));
}
