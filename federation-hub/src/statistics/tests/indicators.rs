//! What indicators are made of, by hand: which cells, over what, with how much noise, and which half-years are set aside.

use maillage_comparison::{Count, Withheld};
use maillage_federation::{
    ids::Id,
    month::Month,
    statistics::{Vocabulary, WithdrawalReason},
};
use maillage_geography::{Geography, Siren};

use super::{ONE, OTHER, ask, received_in};
use crate::{
    statistics::{
        IndicatorKey, Range,
        indicator::Sums,
        material::{Material, Stands, counting},
    },
    store::{ReceivedReport, WithdrawnReport},
};

const MONTHS: [&str; 6] = ["2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06"];

/// Three real territories, with their inhabitants.
fn three() -> [(Siren, u32); 3] {
    let of = |siren: &str| {
        let siren: Siren = siren.parse().unwrap();
        (siren, Geography::embedded().territory(&siren).unwrap().population)
    };
    ["200034031", "200034049", "200066561"].map(of)
}

/// Cells of a half-year: needs, purposes, sixteenths.
pub(in crate::statistics) fn half_year(needs: [i64; 3], purposes: [i64; 6], sixteenths: i64) -> Vec<i64> {
    let mut cells = vec![0; 29];
    cells[5..8].copy_from_slice(&needs);
    cells[8..14].copy_from_slice(&purposes);
    cells[17] = sixteenths;
    cells
}

fn in_june(territory: Siren, sections: &[(&str, Vec<i64>)]) -> ReceivedReport {
    received_in("v1/half-year", territory, "2026-06", sections)
}

fn pulse(territory: Siren, month: &str, model: &str, fulfilled: i64) -> ReceivedReport {
    received_in("v1/pulse", territory, month, &[(model, vec![fulfilled, 7])])
}

fn material(reports: &[ReceivedReport], indicator: IndicatorKey) -> Material<'_> {
    Material::of(&counting(reports), Geography::embedded(), indicator, Range::default())
}

fn figure(reports: &[ReceivedReport], indicator: IndicatorKey) -> Result<f64, Withheld> {
    let figure = ask(reports, indicator).comparison.arms.remove(0).figure;
    figure.map(maillage_comparison::Shown::into_inner)
}

#[test]
fn persons_are_the_table_of_needs_over_inhabitants_and_half_years() {
    let [first, second, third] = three();
    let with = |needs| half_year(needs, [1; 6], 9_000);
    let mut reports = vec![
        in_june(first.0, &[(ONE, with([60, 30, 10]))]),
        in_june(second.0, &[(ONE, with([80, -6, 3]))]),
        in_june(third.0, &[(ONE, with([-4, 2, -1]))]),
    ];
    let all = material(&reports, IndicatorKey::PersonsPerThousand);
    let persons: Vec<Count> = all.parts.iter().map(|part| part.sums.numerator).collect();
    // Three cells of σ = 10 each.
    assert_eq!(persons, [100, 77, -3].map(|sum| Count::noisy(sum, 3, 10.0)));
    let inhabitants = f64::from(first.1 + second.1 + third.1);
    assert_eq!(figure(&reports, IndicatorKey::PersonsPerThousand), Ok(1_000.0 * (174.0 / inhabitants)));
    // The first reports another half-year: its inhabitants count twice.
    reports.push(received_in("v1/half-year", first.0, "2026-12", &[(ONE, with([20, 0, 0]))]));
    let inhabitants = f64::from(2 * first.1 + second.1 + third.1);
    assert_eq!(figure(&reports, IndicatorKey::PersonsPerThousand), Ok(1_000.0 * (194.0 / inhabitants)));
}

#[test]
fn the_rate_of_persons_is_over_those_with_a_trip() {
    let [first, second, third] = three();
    let with = |purposes, sixteenths| half_year([500, 500, 500], purposes, sixteenths);
    let reports = [
        in_june(first.0, &[(ONE, with([90, 5, 5, 0, 0, 0], 1_500))]),
        in_june(second.0, &[(ONE, with([60, 10, 10, 2, -2, 0], 900))]),
        in_june(third.0, &[(ONE, with([20, 10, 0, 0, 0, 0], -80))]),
    ];
    let all = material(&reports, IndicatorKey::PersonFulfilment);
    let expected = Sums { numerator: Count::noisy(1_500, 1, 160.0), other: Count::noisy(100, 6, 10.0) };
    assert_eq!(all.parts[0].sums, expected);
    assert_eq!(figure(&reports, IndicatorKey::PersonFulfilment), Ok(2_320.0 / 210.0 / 16.0));
    // 4 × 10 × √(3 × 6) = 169.7 persons are needed.
    let thin: Vec<_> = reports[..2]
        .iter()
        .cloned()
        .chain([in_june(third.0, &[(ONE, with([-11, 0, 0, 0, 0, 0], 160))])])
        .collect();
    let withheld = Withheld::DenominatorInNoise { arm: ONE.to_owned(), needed: 170 };
    assert_eq!(figure(&thin, IndicatorKey::PersonFulfilment), Err(withheld));
}

#[test]
fn trips_stand_over_persons_only_where_six_months_and_the_half_year_have_one_model() {
    let [(first, _), ..] = three();
    let persons = || in_june(first, &[(ONE, half_year([60, 30, 10], [0; 6], 0))]);
    let months = |change: Option<(usize, &str)>| -> Vec<ReceivedReport> {
        let of = |(place, month): (usize, &&str)| {
            let model = change.filter(|(at, _)| *at == place).map_or(ONE, |(_, model)| model);
            pulse(first, month, model, 100 + i64::try_from(place).unwrap())
        };
        MONTHS.iter().enumerate().map(of).collect()
    };
    let outcome = |reports: &[ReceivedReport]| {
        let all = material(reports, IndicatorKey::TripsPerPerson);
        let of_model = all.parts.iter().filter(|part| part.stands == Stands::InModel).count();
        (of_model, all.set_aside, all.used().count())
    };
    let whole = [vec![persons()], months(None)].concat();
    let all = material(&whole, IndicatorKey::TripsPerPerson);
    let expected = Sums { numerator: Count::noisy(615, 6, 40.0), other: Count::noisy(100, 3, 10.0) };
    assert_eq!((all.parts[0].sums, all.set_aside, all.used().count()), (expected, 0, 7));

    assert_eq!(outcome(&[vec![persons()], months(Some((3, OTHER)))].concat()), (0, 1, 7), "another model");
    assert_eq!(outcome(&[vec![persons()], months(None)[1..].to_vec()].concat()), (0, 1, 0), "a month less");
    let two = in_june(first, &[(ONE, vec![9; 29]), (OTHER, vec![9; 29])]);
    assert_eq!(outcome(&[vec![two], months(None)].concat()), (0, 1, 7), "a half-year of two models");
    let mut taken_back = whole.clone();
    taken_back[6].withdrawn =
        Some(WithdrawnReport { at_ms: 1, reason: WithdrawalReason::WrongCounts, envelope: vec![] });
    assert_eq!(outcome(&taken_back), (0, 1, 0), "a month taken back");
    let mut of_another = whole.clone();
    of_another[6].node = Id::new(2, [2; 10]);
    assert_eq!(outcome(&of_another), (0, 1, 0), "a month of another node");
    let july = pulse(first, "2026-07", ONE, 10_000);
    assert_eq!(outcome(&[whole.clone(), vec![july]].concat()), (1, 0, 7), "months after it are not its own");

    let june: Month = "2026-06".parse().unwrap();
    let only = Range { from: Some(june), to: Some(june) };
    let all = Material::of(&counting(&whole), Geography::embedded(), IndicatorKey::TripsPerPerson, only);
    assert_eq!(all.parts[0].sums, expected, "all six months, wherever the range begins");
}

#[test]
fn reports_of_unknown_places_or_vocabularies_make_no_figure() {
    let [(first, _), ..] = three();
    let known = pulse(first, "2026-01", ONE, 10);
    // A SIREN that is well formed and no EPCI's.
    let nowhere = pulse("732829320".parse().unwrap(), "2026-01", ONE, 10);
    let mut later = pulse(first, "2026-02", ONE, 10);
    later.vocabulary = "v9/pulse".to_owned();
    let reports = [known, nowhere, later];
    let all = material(&reports, IndicatorKey::FulfilmentRate);
    assert_eq!((all.parts.len(), all.used().count(), all.left_out), (1, 1, 1));
    let persons = material(&reports, IndicatorKey::PersonsPerThousand);
    assert_eq!((persons.parts.len(), persons.left_out), (0, 0));
    // Nor are they in a total: less the figures, it would tell them.
    let pulses = super::super::series::Followed::Vocabulary(Vocabulary::pulse());
    let totals =
        super::super::series::series(&reports, Geography::embedded(), pulses, Range::default()).unwrap();
    assert_eq!((totals.points[0].territories, totals.reports, totals.left_out), (1, 1, 1));
}

#[test]
fn trips_are_per_month_that_a_territory_reported() {
    let [first, second, third] = three();
    let reports = [
        pulse(first.0, "2026-01", ONE, 300),
        pulse(first.0, "2026-02", ONE, 300),
        pulse(second.0, "2026-01", ONE, 300),
        pulse(third.0, "2026-02", ONE, 300),
    ];
    let inhabitants = f64::from(2 * first.1 + second.1 + third.1);
    assert_eq!(figure(&reports, IndicatorKey::TripsPerThousand), Ok(1_000.0 * (1_200.0 / inhabitants)));
}

#[test]
fn a_report_of_two_models_over_the_same_inhabitants_is_no_models_figure() {
    let [(first, _), (second, _), _] = three();
    let of = |persons| half_year([persons, 0, 0], [persons, 0, 0, 0, 0, 0], 8 * persons);
    let reports = [in_june(first, &[(ONE, of(100)), (OTHER, of(300))]), in_june(second, &[(ONE, of(200))])];
    let persons = ask(&reports, IndicatorKey::PersonsPerThousand);
    let arms: Vec<_> =
        persons.comparison.arms.iter().map(|arm| (arm.name.as_str(), arm.mix.territories)).collect();
    assert_eq!((arms, persons.set_aside), (vec![(ONE, 1)], 1));
    let rates = ask(&reports, IndicatorKey::PersonFulfilment);
    assert_eq!((rates.comparison.arms.len(), rates.set_aside), (2, 0), "persons are each under one model");
}

#[test]
fn trips_over_persons_do_not_tell_a_territory_that_is_set_aside() {
    let sirens: Vec<Siren> =
        Geography::embedded().territories().iter().take(9).map(|one| one.siren).collect();
    let half = |siren: Siren| in_june(siren, &[(ONE, half_year([300, 0, 0], [0; 6], 0))]);
    let with_missing = |missing: usize| {
        let mut reports = Vec::new();
        for (place, siren) in sirens.iter().enumerate() {
            let months = MONTHS.iter().skip(usize::from(place < missing));
            let of_territory = months.map(|month| pulse(*siren, month, ONE, 400)).chain([half(*siren)]);
            let node = Id::new(u64::try_from(place).unwrap(), [9; 10]);
            reports.extend(of_territory.map(|report| ReceivedReport { node, ..report }));
        }
        reports
    };
    for (missing, shown) in [(0, true), (1, false), (2, false), (3, true)] {
        let reports = with_missing(missing);
        let answer = ask(&reports, IndicatorKey::TripsPerPerson);
        assert_eq!(answer.comparison.arms[0].figure.is_ok(), shown, "{missing} set aside");
        assert_eq!(usize::try_from(answer.set_aside).unwrap(), missing);
        let followed = super::super::series::Followed::Indicator(IndicatorKey::TripsPerPerson);
        let all = super::super::series::series(&reports, Geography::embedded(), followed, Range::default())
            .unwrap();
        let national = &all.points[0];
        let super::super::series::Value::Figure(result) = &national.value else { panic!("totals") };
        assert_eq!(result.figure.is_ok(), shown, "nor all together: {missing}");
        assert_eq!(usize::try_from(national.territories).unwrap(), 9 - missing);
    }
}
