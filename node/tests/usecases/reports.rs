//! A month is closed: true counts, one draw of noise, one charge, frozen bytes. Whoever asks again, whenever a node stops in
//! the middle, however the clock stands: one draw leaves at most, and each trip is counted once.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use maillage_domain::{
    handover::Decision,
    ids::PersonKind,
    trip::{Absentee, CancelledBy, TripStatus, UnmetReason},
};
use maillage_engine::TransactError;
use maillage_federation::{
    envelope::Body,
    ids::{Id, TripKind},
    month::Month,
    statistics::{Report, Vocabulary},
};
use maillage_node::app::caller::Caller;
use maillage_node::app::{
    noise::{Noise, NoiseError},
    report::{self, BUDGET_UNITS, Kept},
    trips,
};
use maillage_platform::refusal::Refusal;
use maillage_store::{
    budget::{self, BudgetError, Share},
    report_states::ReportState,
};
use num_rational::Ratio;

use crate::{
    driving::reason,
    world::{A, B, World, ready},
};

/// Noise that is known: 100 for the first draw, 101 for the next. Counts how often it was asked.
#[derive(Default)]
struct Counted(AtomicUsize);

impl Noise for Counted {
    fn draw(&self, sigma: Ratio<u64>) -> Result<i64, NoiseError> {
        assert_eq!(sigma, Vocabulary::pulse().groups[0].sigma);
        Ok(100 + i64::try_from(self.0.fetch_add(1, Ordering::SeqCst)).unwrap())
    }
}

impl Counted {
    fn draws(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

fn close(world: &World, node: usize, period: &str, noise: &Arc<Counted>) -> Result<Kept, Refusal> {
    ready(report::close(world.app(node), &Caller::local(), month(period), Arc::clone(noise) as _))
}

/// What a month's report of a node would say without noise: fulfilled, not fulfilled.
fn truth(world: &World, node: usize, period: &str) -> [u64; 2] {
    let preview = report::preview(world.app(node), &Caller::local(), month(period)).unwrap();
    assert_eq!(preview.sections.len(), 1);
    *preview.sections.values().next().unwrap()
}

fn set(world: &World, instant: &str) {
    world.clock.set(instant.parse().unwrap());
}

/// A trip of a person of A that nobody could carry.
fn unmet(world: &World, person: Id<PersonKind>) -> Id<TripKind> {
    let trip = world.request(A, person, false)[0];
    ready(trips::declare_unmet(world.app(A), &Caller::local(), trip, UnmetReason::NoDriver, true)).unwrap();
    trip
}

/// What is in a node's outbox of reports, as bytes are: periods and cells.
fn leaving(world: &World, node: usize) -> Vec<Report> {
    let bodies = world.waiting(node).into_iter();
    bodies
        .filter_map(|body| match body {
            Body::Report(report) => Some(report),
            Body::Command(_)
            | Body::Withdrawal(_)
            | Body::Accounts(_)
            | Body::Notice(_)
            | Body::Agreement(_)
            | Body::AgreementNotice(_)
            | Body::Settlement(_)
            | Body::SettlementNotice(_) => None,
        })
        .collect()
}

#[test]
fn a_month_is_counted_drawn_charged_frozen_sent() {
    let mut world = World::empty(1);
    let person = world.person(A, "never");
    unmet(&world, person);
    unmet(&world, person);
    set(&world, "2026-10-31T23:00:00Z");
    assert_eq!(truth(&world, A, "2026-10"), [0, 2]);
    let noise = Arc::new(Counted::default());
    let kept = close(&world, A, "2026-10", &noise).unwrap();
    assert_eq!(kept.report.sections[0].cells, [100, 103], "true 0 and 2 under noise 100 and 101");
    assert_eq!((kept.spent, kept.state.clone()), (9, ReportState::Frozen));
    assert_eq!(noise.draws(), 2);
    assert_eq!(leaving(&world, A), std::slice::from_ref(&kept.report));
    assert_eq!(truth(&world, A, "2026-10"), [0, 0], "what was counted is not counted again");
    world.settle();
    assert_eq!(world.hub.reports, [(world.id(A), kept.report)]);
    assert_eq!(report::list(world.app(A), &Caller::local(), 5).unwrap()[0].state, ReportState::Sent);
}

#[test]
fn asking_again_gives_the_same_bytes_and_costs_nothing() {
    let mut world = World::empty(1);
    let person = world.person(A, "never");
    unmet(&world, person);
    set(&world, "2026-11-03T08:00:00Z");
    let noise = Arc::new(Counted::default());
    let first = close(&world, A, "2026-10", &noise).unwrap();
    set(&world, "2026-11-20T08:00:00Z");
    let late = unmet_later(&world, person);
    for _ in 0..3 {
        world.settle();
        let again = close(&world, A, "2026-10", &noise).unwrap();
        assert_eq!(again.frozen.bytes, first.frozen.bytes);
        assert_eq!(again.spent, 9);
    }
    assert_eq!(noise.draws(), 2);
    assert_eq!(world.hub.reports.len(), 1);
    assert!(world.trip(A, late).is_uncounted());
}

/// A trip asked for in late November and declared unmet now.
fn unmet_later(world: &World, person: Id<PersonKind>) -> Id<TripKind> {
    let new = maillage_domain::request::NewRequest {
        dropoff: maillage_domain::place::NewPlace { commune: "81004".into(), address: String::new() },
        arrive_by: Some("2026-11-28T10:00".into()),
        purpose: "health".into(),
        ..maillage_domain::request::NewRequest::default()
    };
    let (_, legs) = ready(trips::add_request(world.app(A), &Caller::local(), person, new)).unwrap();
    ready(trips::declare_unmet(world.app(A), &Caller::local(), legs[0].id(), UnmetReason::NoDriver, true))
        .unwrap();
    legs[0].id()
}

#[test]
fn what_a_neighbour_carried_counts_where_it_was_asked_for_and_nowhere_else() {
    let mut world = World::new();
    let (trip, _, carried) = world.held();
    world.complete(B, carried);
    world.settle();
    set(&world, "2026-11-01T08:00:00Z");
    assert_eq!(truth(&world, A, "2026-10"), [1, 0]);
    assert_eq!(truth(&world, B, "2026-10"), [0, 0]);
    let noise = Arc::new(Counted::default());
    close(&world, A, "2026-10", &noise).unwrap();
    close(&world, B, "2026-10", &noise).unwrap();
    assert_eq!(world.trip(A, trip).counted_in(), Some(month("2026-10")));
    assert_eq!(world.trip(B, carried).counted_in(), None);
    set(&world, "2026-12-01T08:00:00Z");
    assert_eq!(truth(&world, A, "2026-11"), [0, 0]);
}

#[test]
fn a_trip_that_is_closed_late_is_counted_in_the_next_report_once() {
    let mut world = World::new();
    let (trip, _, carried) = world.held();
    set(&world, "2026-11-02T08:00:00Z");
    let noise = Arc::new(Counted::default());
    assert_eq!(close(&world, A, "2026-10", &noise).unwrap().report.sections[0].cells, [100, 101]);
    world.complete(B, carried);
    world.settle();
    assert_eq!(world.at(A, trip).0, "completed");
    set(&world, "2026-12-02T08:00:00Z");
    assert_eq!(close(&world, A, "2026-11", &noise).unwrap().report.sections[0].cells, [103, 103]);
    assert_eq!(world.trip(A, trip).counted_in(), Some(month("2026-11")));
    set(&world, "2027-01-02T08:00:00Z");
    assert_eq!(close(&world, A, "2026-12", &noise).unwrap().report.sections[0].cells, [104, 105]);
}

#[test]
fn a_trip_closed_after_the_month_but_before_its_report_waits_for_the_next() {
    let world = World::empty(1);
    let person = world.person(A, "never");
    unmet(&world, person);
    set(&world, "2026-10-31T23:00:00Z");
    unmet_later(&world, person);
    assert_eq!(truth(&world, A, "2026-10"), [0, 1]);
    close(&world, A, "2026-10", &Arc::new(Counted::default())).unwrap();
    assert_eq!(truth(&world, A, "2026-11"), [0, 1]);
}

#[test]
fn one_person_weighs_three_trips_at_most_and_what_is_over_is_used_up() {
    let world = World::empty(1);
    let (one, other) = (world.person(A, "never"), world.person(A, "never"));
    let many: Vec<_> = (0..5).map(|_| unmet(&world, one)).collect();
    unmet(&world, other);
    set(&world, "2026-11-01T08:00:00Z");
    assert_eq!(truth(&world, A, "2026-10"), [0, 4]);
    close(&world, A, "2026-10", &Arc::new(Counted::default())).unwrap();
    assert!(many.iter().all(|trip| world.trip(A, *trip).counted_in() == Some(month("2026-10"))));
    assert_eq!(truth(&world, A, "2026-11"), [0, 0]);
}

#[test]
fn who_objects_is_in_no_count() {
    let world = World::empty(1);
    let objector = world.person_who(A, "never", true);
    let trip = unmet(&world, objector);
    unmet(&world, world.person(A, "never"));
    set(&world, "2026-11-01T08:00:00Z");
    assert_eq!(truth(&world, A, "2026-10"), [0, 1]);
    close(&world, A, "2026-10", &Arc::new(Counted::default())).unwrap();
    assert!(!world.trip(A, trip).is_uncounted());
}

#[test]
fn what_the_person_called_off_is_in_neither_cell_and_what_the_platform_called_off_is_unserved() {
    let world = World::empty(1);
    let person = world.person(A, "never");
    let own = world.volunteer(A, "81003", true);
    let [called_off, cancelled_here, no_show] = [0; 3].map(|_| world.request(A, person, false)[0]);
    ready(trips::cancel(world.app(A), &Caller::local(), called_off, CancelledBy::Person, true)).unwrap();
    ready(trips::cancel(world.app(A), &Caller::local(), cancelled_here, CancelledBy::Platform, true))
        .unwrap();
    world.promise(A, no_show, own);
    let absent = || ready(trips::no_show(world.app(A), &Caller::local(), no_show, Absentee::Person, true));
    world.when_begun(A, no_show, absent).unwrap();
    assert_eq!(world.trip(A, no_show).status(), TripStatus::NoShow(Absentee::Person));
    set(&world, "2026-11-01T08:00:00Z");
    assert_eq!(truth(&world, A, "2026-10"), [0, 1]);
    close(&world, A, "2026-10", &Arc::new(Counted::default())).unwrap();
    for trip in [called_off, cancelled_here, no_show] {
        assert_eq!(world.trip(A, trip).counted_in(), Some(month("2026-10")));
    }
}

#[test]
fn a_month_that_is_not_over_is_not_closed_nor_one_before_a_closed_one_even_if_the_clock_goes_back() {
    let world = World::empty(1);
    let noise = Arc::new(Counted::default());
    set(&world, "2026-10-31T22:59:59Z");
    assert_eq!(reason(close(&world, A, "2026-10", &noise)), "report-period-not-over");
    set(&world, "2026-10-31T23:00:00Z");
    let october = close(&world, A, "2026-10", &noise).unwrap();
    set(&world, "2026-09-15T08:00:00Z");
    assert_eq!(reason(close(&world, A, "2026-09", &noise)), "report-period-not-over");
    assert_eq!(reason(close(&world, A, "2026-08", &noise)), "report-later-month-closed");
    assert_eq!(close(&world, A, "2026-10", &noise).unwrap().frozen.bytes, october.frozen.bytes);
    assert_eq!(noise.draws(), 2);
    assert_eq!(leaving(&world, A).len(), 1);
}

#[test]
fn the_thirteenth_charge_of_a_year_is_refused_and_nothing_is_drawn_into_the_outbox() {
    let world = World::empty(1);
    let charge: Result<u64, TransactError<BudgetError>> = world
        .app(A)
        .store
        .transact("test.charge", |transaction| budget::charge(transaction, (2027, Share::Months), 9, 108));
    assert_eq!(charge.unwrap(), 9);
    let noise = Arc::new(Counted::default());
    let mut period = month("2027-01");
    for closed in 1..=12 {
        world.clock.set(period.end());
        let answer = close(&world, A, &period.to_string(), &noise);
        let expected = if closed == 12 { "report-budget-exhausted" } else { "accepted" };
        assert_eq!(reason(answer), expected, "{period}");
        period = period.next();
    }
    assert_eq!(leaving(&world, A).len(), 11);
    let preview = report::preview(world.app(A), &Caller::local(), month("2027-12")).unwrap();
    assert_eq!((preview.spent, preview.limit), (108, 284));
    assert_eq!(BUDGET_UNITS, 3200);
    world.clock.set(period.end());
    assert_eq!(reason(close(&world, A, "2028-01", &noise)), "accepted", "a new year has a new budget");
}

#[test]
fn two_who_close_at_the_same_time_get_one_draw() {
    let world = World::empty(1);
    unmet(&world, world.person(A, "never"));
    set(&world, "2026-11-01T08:00:00Z");
    let noise = Arc::new(Counted::default());
    let answers = std::thread::scope(|scope| {
        let threads = [(); 4].map(|()| {
            let (app, noise) = (Arc::clone(world.app(A)), Arc::clone(&noise));
            scope.spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
                runtime.block_on(report::close(&app, &Caller::local(), month("2026-10"), noise)).unwrap()
            })
        });
        threads.map(|thread| thread.join().unwrap())
    });
    assert_eq!(noise.draws(), 2, "one draw for each of the two cells");
    assert!(answers.iter().all(|kept| kept.frozen.bytes == answers[0].frozen.bytes && kept.spent == 9));
    assert_eq!(leaving(&world, A).len(), 1);
}

#[test]
fn a_node_that_loses_power_anywhere_in_closing_sends_one_draw_at_most() {
    let mut counted = [0, 0];
    for (step, seed) in (0..12_u64).flat_map(|step| [(step, 0), (step, 2 * step + 1), (step, 2 * step + 2)]) {
        let mut world = World::empty(1);
        let person = world.person(A, "never");
        let trip = unmet(&world, person);
        set(&world, "2026-11-01T08:00:00Z");
        let noise = Arc::new(Counted::default());
        world.nodes[A].disk.fail_after_operations(step);
        let told = close(&world, A, "2026-10", &noise);
        world.nodes[A].crash(seed);
        let left = leaving(&world, A);
        assert!(left.len() <= 1 && (told.is_err() || left.len() == 1), "{step} {seed}");
        counted[left.len()] += 1;
        let after = close(&world, A, "2026-10", &noise).unwrap();
        assert_eq!(after.spent, 9, "{step} {seed}");
        assert_eq!(leaving(&world, A), std::slice::from_ref(&after.report), "{step} {seed}");
        if let (Some(first), Ok(kept)) = (left.first(), told) {
            assert_eq!((first, &kept.frozen.bytes), (&after.report, &after.frozen.bytes), "{step} {seed}");
        }
        assert_eq!(world.trip(A, trip).counted_in(), Some(month("2026-10")));
        world.carry_and_lose_the_answer(A);
        world.nodes[A].crash(seed + 1);
        world.settle();
        assert_eq!(world.hub.reports, [(world.id(A), after.report)], "{step} {seed}");
    }
    assert!(
        counted[0] > 0 && counted[1] > 0,
        "the power never failed on both sides of the commit: {counted:?}"
    );
}

#[test]
fn a_disk_that_fails_closes_nothing() {
    let world = World::empty(1);
    let trip = unmet(&world, world.person(A, "never"));
    set(&world, "2026-11-01T08:00:00Z");
    let noise = Arc::new(Counted::default());
    world.nodes[A].disk.fail_next_sync();
    assert_ne!(reason(close(&world, A, "2026-10", &noise)), "accepted");
    assert!(leaving(&world, A).is_empty());
    assert!(world.trip(A, trip).is_uncounted());
}

#[test]
fn handovers_under_way_do_not_count_before_their_outcome() {
    let mut world = World::new();
    world.policy(A, Decision::Auto, Decision::Ask);
    let (trip, handover) = world.offered();
    world.settle();
    set(&world, "2026-11-01T08:00:00Z");
    world.hub.let_time_pass();
    world.settle();
    assert_eq!(world.at(A, trip), ("requested", "local"), "{handover} has expired");
    assert_eq!(truth(&world, A, "2026-10"), [0, 0]);
    ready(trips::declare_unmet(world.app(A), &Caller::local(), trip, UnmetReason::Unanswered, true)).unwrap();
    assert_eq!(truth(&world, A, "2026-10"), [0, 0]);
    set(&world, "2026-12-01T08:00:00Z");
    assert_eq!(truth(&world, A, "2026-11"), [0, 1]);
}
