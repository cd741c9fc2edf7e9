//! Series and targets by hand: sums with the noise of every section, what is hidden, and what is hidden lest it be worked out.

use maillage_comparison::Withheld;
use maillage_federation::statistics::{Vocabulary, WithdrawalReason};
use maillage_geography::{Geography, Siren};

use super::{ONE, OTHER, indicators::half_year, received_in};
use crate::{
    statistics::{
        IndicatorKey, Range,
        series::{Followed, Point, Series, Value, series},
        targets::{Noisy, TargetKey, Unknown, targets},
    },
    store::{ReceivedReport, WithdrawnReport},
};

fn sirens() -> impl Iterator<Item = Siren> {
    Geography::embedded().territories().iter().map(|territory| territory.siren)
}

fn pulse(territory: Siren, month: &str, model: &str, cells: [i64; 2]) -> ReceivedReport {
    received_in("v1/pulse", territory, month, &[(model, cells.to_vec())])
}

/// A half-year in which a number of persons need nothing and one is under zero by noise.
fn persons(territory: Siren, month: &str, model: &str, number: i64) -> ReceivedReport {
    received_in("v1/half-year", territory, month, &[(model, half_year([number + 1, 0, -1], [0; 6], 0))])
}

fn totals(reports: &[ReceivedReport], vocabulary: Vocabulary) -> Series {
    let followed = Followed::Vocabulary(vocabulary);
    series(reports, Geography::embedded(), followed, Range::default()).unwrap()
}

fn told(point: &Point) -> (String, Option<String>, u32, u32) {
    (
        point.period.to_string(),
        point.model.as_ref().map(ToString::to_string),
        point.territories,
        point.reports,
    )
}

fn shown(point: &Point) -> Result<Vec<(i64, u64)>, Withheld> {
    match &point.value {
        Value::Totals(Ok(cells)) => Ok(cells.iter().map(|cell| (cell.total, cell.noise_2sd)).collect()),
        Value::Totals(Err(withheld)) => Err(withheld.clone()),
        Value::Figure(_) => panic!("an indicator"),
    }
}

fn few(arm: &str, has: u32) -> Withheld {
    Withheld::TooFewTerritories { arm: arm.to_owned(), has, needed: 3 }
}

#[test]
fn totals_are_summed_by_period_of_all_models_and_of_each() {
    let at: Vec<Siren> = sirens().take(6).collect();
    let reports = [
        pulse(at[0], "2026-01", ONE, [100, -8]),
        pulse(at[1], "2026-01", ONE, [50, 3]),
        pulse(at[2], "2026-01", ONE, [-20, 60]),
        pulse(at[3], "2026-01", OTHER, [10, 10]),
        pulse(at[4], "2026-01", OTHER, [20, 20]),
        // One report of two models.
        received_in("v1/pulse", at[5], "2026-01", &[(ONE, vec![5, 6]), (OTHER, vec![30, -5])]),
        pulse(at[0], "2026-03", ONE, [7, 7]),
    ];
    let all = totals(&reports, Vocabulary::pulse());
    let points: Vec<_> = all.points.iter().map(told).collect();
    let of = |period: &str, model: Option<&str>, territories, reports| {
        (period.to_owned(), model.map(str::to_owned), territories, reports)
    };
    assert_eq!(
        points,
        [
            of("2026-01", None, 6, 6),
            of("2026-01", Some(ONE), 4, 4),
            of("2026-01", Some(OTHER), 3, 3),
            of("2026-03", None, 1, 1),
            of("2026-03", Some(ONE), 1, 1),
        ]
    );
    assert_eq!((all.reports, all.left_out), (7, 0));
    // Seven sections: 2 × 40 × √7 = 211.7; four: 160; three: 138.6.
    assert_eq!(shown(&all.points[0]), Ok(vec![(195, 212), (86, 212)]));
    assert_eq!(shown(&all.points[1]), Ok(vec![(135, 160), (61, 160)]));
    assert_eq!(shown(&all.points[2]), Ok(vec![(60, 139), (25, 139)]));
    assert_eq!(shown(&all.points[3]), Err(few("national", 1)));
    assert_eq!(shown(&all.points[4]), Err(few(ONE, 1)));
}

#[test]
fn all_models_together_are_hidden_where_they_would_tell_a_hidden_one() {
    let territories: Vec<Siren> = sirens().take(9).collect();
    let of = |models: &[&str]| {
        let report = |(siren, model): (&Siren, &&str)| pulse(*siren, "2026-01", model, [50, 10]);
        let reports: Vec<_> = territories.iter().zip(models).map(report).collect();
        let points = totals(&reports, Vocabulary::pulse()).points;
        points.iter().map(|point| shown(point).map(|cells| cells[0].0)).collect::<Vec<_>>()
    };
    let tells = || Err(Withheld::TellsAPart { arm: "national".to_owned() });
    assert_eq!(of(&[ONE, ONE, ONE]), [Ok(150), Ok(150)]);
    assert_eq!(of(&[ONE, ONE, ONE, OTHER]), [tells(), Ok(150), Err(few(OTHER, 1))]);
    assert_eq!(of(&[ONE, ONE, ONE, OTHER, OTHER]), [tells(), Ok(150), Err(few(OTHER, 2))]);
    assert_eq!(of(&[ONE, ONE, ONE, OTHER, OTHER, OTHER]), [Ok(300), Ok(150), Ok(150)]);
    let third = "libre-service@1";
    assert_eq!(
        of(&[ONE, ONE, ONE, OTHER, OTHER, third]),
        [Ok(300), Ok(150), Err(few(OTHER, 2)), Err(few(third, 1))],
        "three hidden together"
    );
}

#[test]
fn an_indicator_is_followed_by_its_own_periods() {
    let territories: Vec<Siren> = sirens().take(4).collect();
    let mut reports: Vec<ReceivedReport> =
        territories.iter().map(|siren| persons(*siren, "2026-06", ONE, 200)).collect();
    reports.extend(territories.iter().take(2).map(|siren| persons(*siren, "2026-12", ONE, 300)));
    let followed = Followed::Indicator(IndicatorKey::PersonsPerThousand);
    let all = series(&reports, Geography::embedded(), followed.clone(), Range::default()).unwrap();
    let points: Vec<_> = all.points.iter().map(told).collect();
    assert_eq!(points.len(), 4);
    assert_eq!((points[0].2, points[0].3, points[1].1.as_deref()), (4, 4, Some(ONE)));
    let inhabitants: u32 =
        territories.iter().map(|siren| Geography::embedded().territory(siren).unwrap().population).sum();
    let Value::Figure(national) = &all.points[0].value else { panic!("totals") };
    assert_eq!(national.figure.as_deref(), Ok(&(1_000.0 * (800.0 / f64::from(inhabitants)))));
    assert!(matches!(national.interval, Err(Withheld::TooFewTerritories { needed: 5, .. })));
    let Value::Figure(second) = &all.points[2].value else { panic!("totals") };
    assert_eq!(second.figure, Err(few("national", 2)));
    assert_eq!(followed.period(all.points[2].period).unwrap().to_string(), "2026-H2");
    let june = Some("2026-06".parse().unwrap());
    let only = Range { from: june, to: june };
    assert_eq!(series(&reports, Geography::embedded(), followed, only).unwrap().points, all.points[..2]);
}

#[test]
fn people_are_told_as_sums_of_half_years_each_with_its_noise() {
    let territories: Vec<Siren> = sirens().take(3).collect();
    let mut reports: Vec<ReceivedReport> = Vec::new();
    for (siren, [first, second]) in territories.iter().zip([[500, 600], [300, 250], [200, 300]]) {
        reports.push(persons(*siren, "2026-06", ONE, first));
        reports.push(persons(*siren, "2026-12", ONE, second));
    }
    reports.push(pulse(territories[0], "2026-12", ONE, [9_999, 9_999]));
    let all = targets(&reports, Geography::embedded(), &[].into(), None);
    assert_eq!((all.year, all.reports), (Some(2026), 6));
    let people = all.each[0].progress.clone().unwrap();
    // 2 × 10 × √9 = 60; of both 2 × 10 × √18 = 84.9.
    assert_eq!(people.larger_half_year, Noisy { total: 1_150, noise_2sd: 60 });
    assert_eq!(people.both_half_years, Some(Noisy { total: 2_150, noise_2sd: 85 }));
    assert_eq!((people.half_years.len(), people.incomplete), (2, false));
    assert_eq!(all.each[1].key, TargetKey::SolutionsOpened);
    assert_eq!(all.each[1].progress, Err(Unknown::NotDeclared));
    assert_eq!(all.each[2].progress, Err(Unknown::PilotNotNamed), "the national number is not the pilot's");
    assert_eq!(
        targets(&reports, Geography::embedded(), &[].into(), Some(2025)).each[0].progress,
        Err(Unknown::NothingReported)
    );

    // The second half-year loses a report: it may not be shown, and is not counted.
    let taken = WithdrawnReport { at_ms: 1, reason: WithdrawalReason::TestData, envelope: vec![] };
    reports[5].withdrawn = Some(taken.clone());
    let people = targets(&reports, Geography::embedded(), &[].into(), None).each[0].progress.clone().unwrap();
    assert_eq!(people.larger_half_year, Noisy { total: 1_000, noise_2sd: 60 });
    assert_eq!((people.both_half_years, people.incomplete), (None, true));
    reports[4].withdrawn = Some(taken);
    let none = targets(&reports, Geography::embedded(), &[].into(), None).each[0].progress.clone();
    assert_eq!(none, Err(Unknown::Withheld(few("national", 2))));
    assert_eq!(targets(&[], Geography::embedded(), &[].into(), None).year, None);
}

#[test]
fn the_pilot_is_the_sum_of_its_territories_by_the_same_rules() {
    let territories: Vec<Siren> = sirens().take(6).collect();
    let reports: Vec<ReceivedReport> = territories
        .iter()
        .zip([500, 300, 200, 100, 90, 80])
        .map(|(siren, number)| persons(*siren, "2026-06", ONE, number))
        .collect();
    let pilot = |numbers: &[usize]| {
        let pilot = numbers.iter().map(|number| territories[*number]).collect();
        targets(&reports, Geography::embedded(), &pilot, None).each[2].progress.clone()
    };
    let three = pilot(&[1, 2, 3]).unwrap();
    assert_eq!((three.larger_half_year, three.both_half_years), (Noisy { total: 600, noise_2sd: 60 }, None));
    assert_eq!(pilot(&[0, 1]), Err(Unknown::Withheld(few("national", 2))));
    assert_eq!(pilot(&[]), Err(Unknown::PilotNotNamed));
    let silent = [sirens().nth(9).unwrap()].into();
    let silent = targets(&reports, Geography::embedded(), &silent, None).each[2].progress.clone();
    assert_eq!(silent, Err(Unknown::NothingReported));
}

/// Which models' persons by inhabitants are shown in the first half-year.
pub(super) fn persons_by_model(reports: &[ReceivedReport]) -> Vec<bool> {
    let followed = Followed::Indicator(IndicatorKey::PersonsPerThousand);
    let points = series(reports, Geography::embedded(), followed, Range::default()).unwrap().points;
    let shown = points.into_iter().filter(|point| point.model.is_some()).map(|point| match point.value {
        Value::Figure(result) => result.figure.is_ok(),
        Value::Totals(_) => panic!("totals"),
    });
    shown.collect()
}
