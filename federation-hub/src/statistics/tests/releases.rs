//! Reports enter what is published on the first of a month, and never one or two alone.

use std::collections::BTreeSet;

use jiff::Timestamp;
use maillage_federation::statistics::WithdrawalReason;
use maillage_geography::{Geography, Siren};

use super::{ONE, OTHER, received_in};
use crate::{
    statistics::releases::released,
    store::{ReceivedReport, WithdrawnReport},
};

fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn siren(number: usize) -> Siren {
    Geography::embedded().territories()[number].siren
}

/// June of a territory, under some models, received on a day.
fn june(number: usize, models: &[&str], on: &str) -> ReceivedReport {
    let sections: Vec<(&str, Vec<i64>)> = models.iter().map(|model| (*model, vec![100, 10])).collect();
    let report = received_in("v1/pulse", siren(number), "2026-06", &sections);
    ReceivedReport { received_at_ms: instant(&format!("{on}T10:00:00Z")).as_millisecond(), ..report }
}

/// The numbers of the territories that stand in what is published on a day.
fn inside(reports: &[ReceivedReport], on: &str) -> BTreeSet<usize> {
    let now = instant(&format!("{on}T10:00:00Z"));
    let place = |report: ReceivedReport| {
        Geography::embedded().territories().iter().position(|one| one.siren == report.territory).unwrap()
    };
    released(reports, now).into_iter().map(place).collect()
}

fn on(day: &str, numbers: std::ops::Range<usize>, model: &str) -> Vec<ReceivedReport> {
    numbers.map(|number| june(number, &[model], day)).collect()
}

#[test]
fn a_report_enters_with_the_month_after_it_came() {
    let reports = on("2026-07-02", 0..4, ONE);
    assert_eq!(inside(&reports, "2026-07-31"), [].into());
    assert_eq!(inside(&reports, "2026-08-01"), (0..4).collect());
    // 31 July at 22:30 UTC is August in Paris.
    let late = ReceivedReport {
        received_at_ms: instant("2026-07-31T22:30:00Z").as_millisecond(),
        ..june(0, &[ONE], "2026-07-02")
    };
    assert_eq!(inside(std::slice::from_ref(&late), "2026-08-15"), [].into());
    assert_eq!(inside(&[late], "2026-09-01"), [0].into());
}

#[test]
fn whoever_comes_later_waits_for_two_others() {
    let mut reports = on("2026-07-02", 0..4, ONE);
    reports.extend(on("2026-08-03", 4..6, ONE));
    assert_eq!(inside(&reports, "2026-09-01"), (0..4).collect(), "two would be told by the difference");
    reports.extend(on("2026-10-20", 6..7, ONE));
    assert_eq!(inside(&reports, "2026-10-31"), (0..4).collect());
    assert_eq!(inside(&reports, "2026-11-01"), (0..7).collect(), "three enter together");
}

#[test]
fn what_waits_is_judged_by_model_and_in_all() {
    // One of each of two models that are published already: two territories, of which each model tells one.
    let first = [on("2026-07-02", 0..3, ONE), on("2026-07-02", 3..6, OTHER)].concat();
    let mixed = [first.clone(), on("2026-08-02", 6..8, ONE), on("2026-08-02", 8..11, OTHER)].concat();
    let expected: BTreeSet<usize> = (0..6).chain(8..11).collect();
    assert_eq!(inside(&mixed, "2026-09-01"), expected, "the two of one model wait");
    // A model that is not published yet: its two are hidden, but all together would tell them.
    let new = [first.clone(), on("2026-08-02", 6..8, "libre-service@1")].concat();
    assert_eq!(inside(&new, "2026-09-01"), (0..6).collect());
    let with_others = [new, on("2026-08-02", 8..11, ONE)].concat();
    assert_eq!(inside(&with_others, "2026-09-01"), (0..11).collect());
    // A report of both models waits for both, and whoever would have come with it waits too.
    let both = [first, on("2026-08-02", 6..8, ONE), vec![june(8, &[ONE, OTHER], "2026-08-02")]].concat();
    assert_eq!(inside(&both, "2026-09-01"), (0..6).collect());
}

#[test]
fn periods_and_vocabularies_wait_by_themselves_and_reports_taken_back_are_not_there() {
    let mut reports = on("2026-07-02", 0..4, ONE);
    let may: Vec<ReceivedReport> = (0..4)
        .map(|number| {
            let report = received_in("v1/pulse", siren(number), "2026-05", &[(ONE, vec![1, 1])]);
            ReceivedReport { received_at_ms: instant("2026-08-02T00:00:00Z").as_millisecond(), ..report }
        })
        .collect();
    reports.extend(may);
    let now = instant("2026-09-01T00:00:00Z");
    assert_eq!(released(&reports, now).len(), 8, "May is a first of its own");
    reports[0].withdrawn =
        Some(WithdrawnReport { at_ms: 1, reason: WithdrawalReason::TestData, envelope: vec![] });
    assert_eq!(released(&reports, now).len(), 7);
}
