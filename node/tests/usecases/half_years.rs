//! A half-year is closed: the tables of persons, one draw of noise, one charge, frozen bytes. Whoever asks again, whenever a node stops
//! in the middle, however the clock stands, whatever a backup has forgotten: one draw leaves at most, and each trip and service is
//! counted once.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use maillage_domain::{
    ids::PersonKind,
    model_choice::ModelRule,
    pathway::Outcome,
    place::NewPlace,
    request::NewRequest,
    service::{
        ServiceAction,
        advice::{AdviceAction, Conclusion},
    },
    trip::UnmetReason,
};
use maillage_federation::{
    envelope::Body,
    half_year::HalfYear,
    ids::{Id, TripKind},
    models::ModelKey,
    month::Month,
    statistics::{Period, Report, Vocabulary, Withdrawal},
};
use maillage_node::app::{
    caller::Caller,
    models,
    noise::{Noise, NoiseError},
    obligations::erasure,
    pathways,
    report::{self, Closed, Kept, half_year, journal},
    services::{self, NewService},
    trips,
};
use maillage_platform::refusal::Refusal;
use maillage_store::{holdings::Whose, report_notes::SilenceReason, report_states::ReportState};
use num_rational::Ratio;

use crate::{
    driving::reason,
    world::{A, World, ready},
};

/// Noise that is known: 1000 for the first draw, 1001 for the next. Keeps the deviations it was asked for.
#[derive(Default)]
pub(crate) struct Counted {
    draws: AtomicUsize,
    sigmas: Mutex<Vec<u64>>,
}

impl Noise for Counted {
    fn draw(&self, sigma: Ratio<u64>) -> Result<i64, NoiseError> {
        self.sigmas.lock().unwrap().push(sigma.to_integer());
        Ok(1000 + i64::try_from(self.draws.fetch_add(1, Ordering::SeqCst)).unwrap())
    }
}

impl Counted {
    pub(crate) fn draws(&self) -> usize {
        self.draws.load(Ordering::SeqCst)
    }
}

pub(crate) fn local() -> Caller {
    Caller::local()
}

pub(crate) fn half(text: &str) -> HalfYear {
    text.parse().unwrap()
}

pub(crate) fn period(text: &str) -> Period {
    text.parse().unwrap()
}

pub(crate) fn noise() -> Arc<Counted> {
    Arc::new(Counted::default())
}

pub(crate) fn set(world: &World, instant: &str) {
    world.clock.set(instant.parse().unwrap());
}

/// Node A with twenty people registered, on the morning of 1 October 2026.
pub(crate) fn world() -> (World, Vec<Id<PersonKind>>) {
    let world = World::empty(1);
    let persons = (0..20).map(|_| world.person(A, "never")).collect();
    (world, persons)
}

pub(crate) fn close(world: &World, period: &str, noise: &Arc<Counted>) -> Result<Closed, Refusal> {
    ready(half_year::close(world.app(A), &local(), half(period), Arc::clone(noise) as _))
}

pub(crate) fn closed(world: &World, period: &str, noise: &Arc<Counted>) -> Kept {
    close(world, period, noise).unwrap().report().unwrap().clone()
}

/// Closes months as each of them is over, with noise that nobody looks at.
pub(crate) fn close_months(world: &World, months: &[&str]) {
    for month in months {
        let month: Month = month.parse().unwrap();
        if world.now() < month.end() {
            world.clock.set(month.end());
        }
        ready(report::close(world.app(A), &local(), month, noise() as _)).unwrap();
    }
}

pub(crate) const AUTUMN: [&str; 3] = ["2026-10", "2026-11", "2026-12"];

/// A trip on a day, that nobody can carry.
pub(crate) fn unmet(world: &World, person: Id<PersonKind>, (day, purpose): (&str, &str)) -> Id<TripKind> {
    let new = NewRequest {
        dropoff: NewPlace { commune: "81004".into(), address: String::new() },
        arrive_by: Some(format!("{day}T10:00")),
        purpose: purpose.into(),
        ..NewRequest::default()
    };
    let (_, legs) = ready(trips::add_request(world.app(A), &local(), person, new)).unwrap();
    ready(trips::declare_unmet(world.app(A), &local(), legs[0].id(), UnmetReason::NoDriver, true)).unwrap();
    legs[0].id()
}

/// Advice held with a person on a day.
pub(crate) fn advise(world: &World, person: Id<PersonKind>, on: &str) {
    let new = NewService {
        kind: "advice".into(),
        person: person.to_string(),
        form: "diagnosis".into(),
        at: format!("{on}T10:00"),
        ..NewService::default()
    };
    let service = ready(services::open(world.app(A), &local(), new)).unwrap();
    let hold = AdviceAction::Hold { on: on.parse().unwrap(), conclusions: [Conclusion::Loan].into() };
    let caller = local();
    let held = services::act(world.app(A), &caller, (service.id, String::new()), move |_| {
        Ok(ServiceAction::Advice(hold))
    });
    ready(held).unwrap();
}

pub(crate) fn end_pathway(world: &World, person: Id<PersonKind>, on: &str, outcome: Outcome) {
    let pathway = ready(pathways::open(world.app(A), &local(), person, (on, ""))).unwrap();
    ready(pathways::exit(world.app(A), &local(), pathway.id, on, outcome)).unwrap();
}

/// The true counts of a period that are not zero, of one model.
pub(crate) fn truth(world: &World, of: &str) -> Vec<(&'static str, u64)> {
    let shown = journal::show(world.app(A), &local(), period(of)).unwrap();
    let sections = shown.truth.unwrap().sections;
    assert_eq!(sections.len(), 1);
    named(&sections[0].1)
}

fn named(counts: &[u64]) -> Vec<(&'static str, u64)> {
    let cells = Vocabulary::half_year().cells().map(|(_, cell)| cell).zip(counts.iter().copied());
    cells.filter(|(_, count)| *count > 0).collect()
}

/// Reports in the vocabulary of half-years, and withdrawals, in the outbox of A.
pub(crate) fn leaving(world: &World) -> (Vec<Report>, Vec<Withdrawal>) {
    let (mut reports, mut withdrawals) = (Vec::new(), Vec::new());
    for body in world.waiting(A) {
        match body {
            Body::Report(report) if report.vocabulary == "v1/half-year" => reports.push(report),
            Body::Withdrawal(withdrawal) => withdrawals.push(withdrawal),
            Body::Report(_)
            | Body::Command(_)
            | Body::Accounts(_)
            | Body::Notice(_)
            | Body::Agreement(_)
            | Body::AgreementNotice(_)
            | Body::Settlement(_)
            | Body::SettlementNotice(_) => {}
        }
    }
    (reports, withdrawals)
}

pub(crate) fn states(world: &World) -> Vec<(String, String)> {
    let journal = journal::list(world.app(A), &local(), 99).unwrap();
    let state = |closed: &Closed| match closed {
        Closed::Report(kept) if kept.withdrawn.is_some() => "withdrawn",
        Closed::Report(kept) if kept.state == ReportState::Sent => "sent",
        Closed::Report(_) => "frozen",
        Closed::Silent(silence, _) => silence.reason.code(),
    };
    let row = |closed: &Closed| {
        let period = Period::of(closed.vocabulary(), closed.month()).unwrap();
        (period.to_string(), state(closed).to_owned())
    };
    journal.iter().map(row).collect()
}

#[test]
fn a_half_year_is_counted_drawn_charged_frozen_sent() {
    let (mut world, persons) = world();
    unmet(&world, persons[0], ("2026-10-06", "health"));
    unmet(&world, persons[0], ("2026-10-07", "health"));
    unmet(&world, persons[1], ("2026-10-06", "work-training"));
    advise(&world, persons[1], "2026-10-01");
    advise(&world, persons[2], "2026-10-01");
    end_pathway(&world, persons[2], "2026-10-01", Outcome::JobFound);
    close_months(&world, &AUTUMN);
    let expected = [
        ("age-not-stated", 3),
        ("need-none", 3),
        ("purpose-health", 1),
        ("purpose-work-training", 1),
        ("tariff-shared-cost", 2),
        ("service-advice", 2),
        ("outcome-work", 1),
    ];
    assert_eq!(truth(&world, "2026-H2"), expected);
    let noise = noise();
    let kept = closed(&world, "2026-H2", &noise);
    let sigmas: Vec<u64> = [vec![10; 17], vec![160], vec![20; 11]].concat();
    assert_eq!(*noise.sigmas.lock().unwrap(), sigmas, "one draw for each cell, by its group");
    let cells = &kept.report.sections[0].cells;
    assert_eq!((cells[4], cells[5], cells[17], cells[22]), (1004 + 3, 1005 + 3, 1017, 1022 + 2));
    assert_eq!((kept.spent, kept.state.clone()), (3 * 9 + 88, ReportState::Frozen));
    assert_eq!(leaving(&world).0, std::slice::from_ref(&kept.report));
    assert_eq!(truth(&world, "2026-H2"), expected, "what was counted is shown beside what leaves");
    world.settle();
    assert!(world.hub.reports.contains(&(world.id(A), kept.report)));
    let known: Vec<_> = states(&world).into_iter().take(2).collect();
    let sent = |text: &str| (text.to_owned(), "sent".to_owned());
    assert!(known.contains(&sent("2026-H2")) && known.contains(&sent("2026-12")), "{known:?}");
}

#[test]
fn a_half_year_waits_for_its_end_and_its_months_and_goes_forward_even_if_the_clock_goes_back() {
    let (world, persons) = world();
    unmet(&world, persons[0], ("2026-10-06", "health"));
    let noise = noise();
    close_months(&world, &AUTUMN[..2]);
    set(&world, "2026-12-31T22:59:59Z");
    assert_eq!(reason(close(&world, "2026-H2", &noise)), "report-period-not-over");
    set(&world, "2026-12-31T23:00:00Z");
    assert_eq!(reason(close(&world, "2026-H2", &noise)), "report-months-open");
    close_months(&world, &AUTUMN[2..]);
    let first = closed(&world, "2026-H2", &noise);
    set(&world, "2026-09-15T08:00:00Z");
    assert_eq!(reason(close(&world, "2027-H1", &noise)), "report-period-not-over");
    assert_eq!(reason(close(&world, "2026-H1", &noise)), "report-later-month-closed");
    assert_eq!(closed(&world, "2026-H2", &noise).frozen.bytes, first.frozen.bytes);
    assert_eq!((noise.draws(), leaving(&world).0.len()), (29, 1));
}

#[test]
fn asking_again_or_at_the_same_time_gives_the_same_bytes_and_costs_nothing() {
    let (mut world, persons) = world();
    unmet(&world, persons[0], ("2026-10-06", "health"));
    close_months(&world, &AUTUMN);
    let noise = noise();
    let answers = std::thread::scope(|scope| {
        let threads = [(); 4].map(|()| {
            let (app, noise) = (Arc::clone(world.app(A)), Arc::clone(&noise));
            scope.spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
                let caller = local();
                let closing = half_year::close(&app, &caller, half("2026-H2"), noise);
                runtime.block_on(closing).unwrap().report().unwrap().clone()
            })
        });
        threads.map(|thread| thread.join().unwrap())
    });
    assert_eq!(noise.draws(), 29);
    assert!(answers.iter().all(|kept| kept.frozen.bytes == answers[0].frozen.bytes && kept.spent == 115));
    // A mistake is put right in the file afterwards: it changes nothing.
    for _ in 0..3 {
        world.settle();
        advise(&world, persons[3], "2026-12-01");
        let again = closed(&world, "2026-H2", &noise);
        assert_eq!((again.frozen.bytes, again.spent), (answers[0].frozen.bytes.clone(), 115));
    }
    assert_eq!(noise.draws(), 29);
    let of_half_years = world.hub.reports.iter().filter(|(_, report)| report.vocabulary == "v1/half-year");
    assert_eq!(of_half_years.count(), 1);
}

#[test]
fn what_is_closed_or_written_down_late_is_in_the_next_half_year_once() {
    let (world, persons) = world();
    unmet(&world, persons[0], ("2026-10-06", "health"));
    advise(&world, persons[1], "2026-10-01");
    close_months(&world, &AUTUMN);
    let noise = noise();
    closed(&world, "2026-H2", &noise);
    set(&world, "2027-01-10T08:00:00Z");
    // Of the autumn, known in January: a trip, advice, the end of a pathway; advice from before counting began is too late.
    unmet(&world, persons[2], ("2027-01-12", "shopping"));
    advise(&world, persons[3], "2026-12-20");
    advise(&world, persons[5], "2026-05-20");
    end_pathway(&world, persons[4], "2026-12-21", Outcome::Licence);
    close_months(&world, &["2027-01", "2027-02", "2027-03", "2027-04", "2027-05", "2027-06"]);
    let expected = [
        ("age-not-stated", 3),
        ("need-none", 3),
        ("purpose-shopping", 1),
        ("tariff-shared-cost", 1),
        ("service-advice", 1),
        ("outcome-licence-training", 1),
    ];
    assert_eq!(truth(&world, "2027-H1"), expected);
    assert_eq!(closed(&world, "2027-H1", &noise).spent, 6 * 9 + 88);
    close_months(&world, &["2027-07", "2027-08", "2027-09", "2027-10", "2027-11", "2027-12"]);
    assert_eq!(truth(&world, "2027-H2"), []);
    assert_eq!(closed(&world, "2027-H2", &noise).spent, 284, "a whole year is the whole budget");
}

#[test]
fn who_objects_or_was_erased_is_in_no_table() {
    let (world, persons) = world();
    let objector = world.person_who(A, "never", true);
    unmet(&world, objector, ("2026-10-06", "health"));
    unmet(&world, persons[0], ("2026-10-06", "health"));
    advise(&world, objector, "2026-10-01");
    advise(&world, persons[1], "2026-10-01");
    unmet(&world, persons[1], ("2026-10-06", "social"));
    ready(erasure::erase(world.app(A), &local(), Whose::Person(persons[1]), false)).unwrap();
    close_months(&world, &AUTUMN);
    let expected =
        [("age-not-stated", 1), ("need-none", 1), ("purpose-health", 1), ("tariff-shared-cost", 1)];
    assert_eq!(truth(&world, "2026-H2"), expected);
}

#[test]
fn a_territory_with_several_models_reports_each_and_a_person_under_one() {
    let (world, persons) = world();
    let rule = ModelRule {
        service: None,
        commune: Some("81003".parse().unwrap()),
        from: "2026-11-01".parse().unwrap(),
        model: "hybride-guichet@1".parse().unwrap(),
        carrier: None,
    };
    ready(models::add_rule(world.app(A), &local(), rule, String::new())).unwrap();
    unmet(&world, persons[0], ("2026-10-06", "health"));
    unmet(&world, persons[1], ("2026-10-06", "health"));
    unmet(&world, persons[1], ("2026-11-03", "health"));
    unmet(&world, persons[1], ("2026-11-04", "health"));
    close_months(&world, &AUTUMN);
    let shown = journal::show(world.app(A), &local(), period("2026-H2")).unwrap().truth.unwrap().sections;
    let models: Vec<String> = shown.iter().map(|(model, _)| model.to_string()).collect();
    assert_eq!(models, ["benevoles-association@1", "hybride-guichet@1"]);
    let one = [("age-not-stated", 1), ("need-none", 1), ("purpose-health", 1), ("tariff-shared-cost", 1)];
    assert_eq!(named(&shown[0].1), one);
    assert_eq!(named(&shown[1].1), one);
    let kept = closed(&world, "2026-H2", &noise());
    let sent: Vec<&ModelKey> = kept.report.sections.iter().map(|section| &section.model).collect();
    assert_eq!(sent, shown.iter().map(|(model, _)| model).collect::<Vec<_>>());
    assert_eq!(kept.spent, 115, "two sections cost what one does: a person is in one of them");
}

#[test]
fn a_small_node_closes_its_half_year_without_a_report_and_is_told_so() {
    let world = World::empty(1);
    let persons: Vec<_> = (0..19).map(|_| world.person(A, "never")).collect();
    unmet(&world, persons[0], ("2026-10-06", "health"));
    advise(&world, persons[1], "2026-10-01");
    close_months(&world, &AUTUMN);
    assert!(journal::show(world.app(A), &local(), period("2026-H2")).unwrap().few);
    let noise = noise();
    let silent = close(&world, "2026-H2", &noise).unwrap();
    let Closed::Silent(silence, spent) = &silent else { panic!("a report of nineteen people") };
    assert_eq!((silence.reason, *spent), (SilenceReason::FewBeneficiaries, 115));
    // One more person later opens nothing again, and what was there is not made up for.
    for _ in 0..5 {
        world.person(A, "never");
    }
    assert!(close(&world, "2026-H2", &noise).unwrap().report().is_none());
    assert_eq!((noise.draws(), leaving(&world).0.len()), (0, 0));
    assert_eq!(states(&world)[0], ("2026-H2".to_owned(), "few-beneficiaries".to_owned()));
    close_months(&world, &["2027-01", "2027-06"]);
    assert_eq!(truth(&world, "2027-H1"), []);
    assert!(close(&world, "2027-H1", &noise).unwrap().report().is_some(), "twenty-four people by then");
}
