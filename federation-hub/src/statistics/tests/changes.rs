//! Changes of model from reports: who changed when, who is left out and why, and what the effect is.

use maillage_comparison::Withheld;
use maillage_geography::{Geography, Siren};

use super::{IndicatorKey, ONE, OTHER, received};
use crate::{
    statistics::changes::{Asked, Found, changes},
    store::ReceivedReport,
};

/// Months of two years.
fn months() -> Vec<String> {
    let of = |year: u32| (1..=12).map(move |month| format!("{year}-{month:02}"));
    of(2025).chain(of(2026)).collect()
}

fn sirens() -> Vec<Siren> {
    Geography::embedded().territories().iter().take(40).map(|territory| territory.siren).collect()
}

/// One territory over the two years, under the models that it has in each month.
fn course(
    siren: Siren,
    fulfilled: impl Fn(usize) -> i64,
    model: impl Fn(usize) -> &'static str,
) -> Vec<ReceivedReport> {
    let report = |(place, month): (usize, &String)| {
        let part = fulfilled(place);
        received(siren, month, model(place), [part, 1_000 - part])
    };
    months().iter().enumerate().map(report).collect()
}

fn asked(from: Option<&str>, to: Option<&str>) -> Asked {
    let half_year = |text: Option<&str>| text.map(|text| text.parse().unwrap());
    Asked {
        indicator: IndicatorKey::FulfilmentRate,
        to: OTHER.parse().unwrap(),
        half_years: (half_year(from), half_year(to)),
    }
}

fn found(reports: &[ReceivedReport], asked: &Asked) -> Option<Found> {
    changes(reports, Geography::embedded(), asked).unwrap()
}

/// Ten that change in March 2026 and have ten points more from then on, and ten that do not.
fn ten_of_twenty() -> Vec<ReceivedReport> {
    let sirens = sirens();
    let mut reports = Vec::new();
    for (place, siren) in sirens.iter().take(20).enumerate() {
        let base = 500 + 3 * i64::try_from(place % 10).unwrap();
        if place < 10 {
            let after = |at: usize| at >= 14;
            reports.extend(course(
                *siren,
                |at| base + if after(at) { 100 } else { 0 },
                |at| if after(at) { OTHER } else { ONE },
            ));
        } else {
            reports.extend(course(*siren, |_| base, |_| ONE));
        }
    }
    reports
}

#[test]
fn those_who_change_are_set_beside_those_who_have_not() {
    let found = found(&ten_of_twenty(), &asked(None, None)).unwrap();
    let half_years: Vec<String> = found.half_years.iter().map(ToString::to_string).collect();
    assert_eq!(half_years, ["2025-H1", "2025-H2", "2026-H1", "2026-H2"]);
    let all = &found.changes;
    assert_eq!((all.territories, all.changing, all.left_out, found.several_models), (20, 10, 0, 0));
    // Two of the first six months are under the model before: 4/6 of ten points. Then all of it.
    let effects: Vec<(usize, usize, f64)> =
        all.cells.iter().map(|cell| (cell.changed_at, cell.period, *cell.effect.clone().unwrap())).collect();
    let expected = [(2, 1, 0.0), (2, 2, 0.1 * 4.0 / 6.0), (2, 3, 0.1)];
    for (effect, expected) in effects.iter().zip(expected) {
        assert!(
            effect.0 == expected.0 && effect.1 == expected.1 && (effect.2 - expected.2).abs() < 1e-9,
            "{effect:?} {expected:?}"
        );
    }
    assert_eq!(effects.len(), 3);
    assert!(all.overall.as_ref().unwrap().p < 0.01, "{:?}", all.overall);
    assert_eq!((found.reports, found.unknown), (480, 0));
}

#[test]
fn who_cannot_be_said_to_have_changed_once_is_left_out_and_counted() {
    let sirens = sirens();
    let mut reports = ten_of_twenty();
    let always = course(sirens[20], |_| 500, |_| OTHER);
    let back = course(sirens[21], |_| 500, |at| if (6..12).contains(&at) { OTHER } else { ONE });
    let third = course(
        sirens[22],
        |_| 500,
        |at| {
            if at < 3 {
                "libre-service@1"
            } else if at < 9 {
                ONE
            } else {
                OTHER
            }
        },
    );
    let mut gap = course(sirens[23], |_| 500, |_| ONE);
    gap.remove(7);
    for more in [always, back, third, gap] {
        reports.extend(more);
    }
    // Both in two months: in the first it may change, in the second it has not.
    reports.extend(["2025-01", "2025-02"].map(|month| both(sirens[24], month)));
    let found = found(&reports, &asked(None, None)).unwrap();
    let all = &found.changes;
    assert_eq!((all.territories, all.changing), (20, 10), "as if they were not there");
    assert_eq!((all.left_out, found.several_models), (2, 3));
    let without = super::changes::found(&ten_of_twenty(), &asked(None, None)).unwrap();
    assert_eq!(all.overall, without.changes.overall);
}

/// A month of both models.
fn both(siren: Siren, month: &str) -> ReceivedReport {
    let sections = [(ONE, vec![250, 250]), (OTHER, vec![300, 200])];
    super::received_in("v1/pulse", siren, month, &sections)
}

#[test]
fn the_month_of_the_change_may_have_both_models_and_counts_under_the_new_one() {
    let sirens = sirens();
    let mut reports = ten_of_twenty();
    reports.retain(|report| !(report.territory == sirens[0] && report.period.to_string() == "2026-02"));
    reports.push(both(sirens[0], "2026-02"));
    let found = found(&reports, &asked(None, None)).unwrap();
    assert_eq!((found.changes.changing, found.changes.left_out, found.several_models), (10, 0, 0));
}

#[test]
fn who_begins_late_or_reports_early_does_not_make_all_others_incomplete() {
    let mut reports = ten_of_twenty();
    reports.retain(|report| report.period.to_string().as_str() >= "2025-03");
    let half_years = |reports: &[ReceivedReport]| {
        let found = found(reports, &asked(None, None)).unwrap();
        let half_years: Vec<String> = found.half_years.iter().map(ToString::to_string).collect();
        (half_years, found.changes.changing, found.changes.left_out)
    };
    let three = ["2025-H2", "2026-H1", "2026-H2"].map(str::to_owned).to_vec();
    assert_eq!(half_years(&reports), (three.clone(), 10, 0), "all began in March");
    // One is ahead by half a year.
    for month in ["2027-01", "2027-02", "2027-03", "2027-04", "2027-05", "2027-06"] {
        reports.push(received(sirens()[15], month, ONE, [500, 500]));
    }
    assert_eq!(half_years(&reports), (three, 10, 0));
}

#[test]
fn where_nothing_before_the_change_could_be_looked_at_it_is_said() {
    let reports = ten_of_twenty();
    let code = |from| {
        let changes = found(&reports, &asked(Some(from), None)).unwrap().changes;
        (changes.sentence.code, changes.overall.unwrap().p_before.is_some())
    };
    assert_eq!(code("2025-H1"), ("comparison-change-associated", true));
    assert_eq!(code("2025-H2"), ("comparison-change-nothing-before", false));
}

#[test]
fn half_years_are_those_asked_for_and_one_that_has_not_ended_is_none() {
    let mut reports = ten_of_twenty();
    let ranged = |from, to| found(&ten_of_twenty(), &asked(from, to)).unwrap();
    let half_years = |found: &Found| found.half_years.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(half_years(&ranged(Some("2025-H2"), Some("2026-H1"))), ["2025-H2", "2026-H1"]);
    let before = found(&reports, &asked(None, Some("2025-H2")));
    assert!(before.is_none(), "nobody has the model in these half-years");
    reports.retain(|report| report.period.to_string() != "2026-12");
    assert_eq!(half_years(&found(&reports, &asked(None, None)).unwrap()), ["2025-H1", "2025-H2", "2026-H1"]);
    let never = Asked { to: "libre-service@1".parse().unwrap(), ..asked(None, None) };
    assert!(found(&reports, &never).is_none(), "nobody has that model");
    assert!(found(&reports, &asked(Some("2030-H1"), None)).is_none());
}

#[test]
fn few_who_changed_show_nothing() {
    let reports: Vec<ReceivedReport> =
        ten_of_twenty().into_iter().filter(|report| !sirens()[..3].contains(&report.territory)).collect();
    let few = found(&reports, &asked(None, None)).unwrap().changes;
    assert_eq!(few.overall, Err(Withheld::TooFewChanges { has: 7, needed: 8 }));
    assert!(few.cells.iter().all(|cell| cell.effect.is_ok()), "a cell is a figure: three are enough");
    let two = found(
        &ten_of_twenty()
            .into_iter()
            .filter(|report| !sirens()[..8].contains(&report.territory))
            .collect::<Vec<_>>(),
        &asked(None, None),
    );
    let two = two.unwrap().changes;
    assert!(two.cells.iter().all(|cell| cell.effect == Err(Withheld::TooFewChanges { has: 2, needed: 3 })));
}
