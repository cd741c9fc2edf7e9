//! Models compared over reports of real territories with made-up counts.

use maillage_comparison::{Conclusion, StudyError, Withheld};
use maillage_federation::{
    ids::Id,
    statistics::{Report, Section},
};
use maillage_geography::{Geography, Siren};
use maillage_proto::federation::v1 as proto;
use prost::Message as _;

use super::{Answer, Desk, IndicatorKey, Question, Range, answer, material::density, reply};
use crate::store::{Reading, ReceivedReport};

mod changes;
pub(crate) mod costs;
mod doubt;
mod indicators;
mod places;
mod publishing;
mod releases;
mod series;

const ONE: &str = "benevoles-association@1";
const OTHER: &str = "hybride-guichet@1";

fn received(territory: Siren, period: &str, model: &str, cells: [i64; 2]) -> ReceivedReport {
    received_in("v1/pulse", territory, period, &[(model, cells.to_vec())])
}

fn received_in(
    vocabulary: &str,
    territory: Siren,
    period: &str,
    sections: &[(&str, Vec<i64>)],
) -> ReceivedReport {
    let section =
        |(model, cells): &(&str, Vec<i64>)| Section { model: model.parse().unwrap(), cells: cells.clone() };
    let report = Report {
        period: period.parse().unwrap(),
        vocabulary: vocabulary.to_owned(),
        sections: sections.iter().map(section).collect(),
    };
    let body = proto::StatisticalReport::from(report.clone()).encode_to_vec();
    ReceivedReport {
        node: Id::new(1, [1; 10]),
        territory,
        period: report.period,
        vocabulary: report.vocabulary,
        hash: *blake3::hash(&[territory.as_str().as_bytes(), &body].concat()).as_bytes(),
        received_at_ms: 0,
        report: body,
        envelope: vec![],
        withdrawn: None,
        quarantine: vec![],
        reading: Reading::default(),
    }
}

/// Ten territories of each model, of all classes of density, twelve months.
fn reports(first: i64, second: i64) -> Vec<ReceivedReport> {
    let mut reports = Vec::new();
    let territories = Geography::embedded().territories().iter().step_by(31).take(20);
    for (place, territory) in territories.enumerate() {
        let number = i64::try_from(place).unwrap();
        let (model, percent) = if place % 2 == 0 { (ONE, first) } else { (OTHER, second) };
        for month in 1..=12 {
            let asked = 300 + 7 * (number % 5) + month;
            let fulfilled = asked * (percent + number % 7 - 3) / 100;
            reports.push(received(
                territory.siren,
                &format!("2026-{month:02}"),
                model,
                [fulfilled, asked - fulfilled],
            ));
        }
    }
    reports
}

fn ask(reports: &[ReceivedReport], indicator: IndicatorKey) -> Answer {
    let question = Question { indicator, range: Range::default(), against: None };
    answer(reports, Geography::embedded(), &question).unwrap().unwrap()
}

/// The hub's reply for the tests of the command line: ten territories of each model.
pub(crate) fn sample_reply(first: i64, second: i64) -> maillage_proto::hub::v1::CompareReply {
    let answer = ask(&reports(first, second), IndicatorKey::FulfilmentRate);
    reply(answer, &maillage_federation::models::Catalogue::embedded().unwrap())
}

/// A desk for the tests of the command line: the same, with a half-year of two territories.
pub(crate) fn sample_desk() -> Desk {
    let mut all = reports(60, 80);
    for (siren, persons) in [(all[0].territory, 12), (all[12].territory, 400)] {
        let cells = indicators::half_year([persons, 0, 0], [persons, 0, 0, 0, 0, 0], 8 * persons);
        all.push(received_in("v1/half-year", siren, "2026-06", &[(ONE, cells)]));
    }
    Desk {
        reports: std::sync::Arc::new(all),
        accounts: vec![],
        members: std::sync::Arc::default(),
        geography: Geography::embedded(),
        catalogue: std::sync::Arc::new(maillage_federation::models::Catalogue::embedded().unwrap()),
        pilot: std::sync::Arc::default(),
    }
}

#[test]
fn a_difference_that_is_there_is_found_and_one_that_is_not_is_not() {
    let conclusion = |first, second| {
        ask(&reports(first, second), IndicatorKey::FulfilmentRate).comparison.contrasts[0].conclusion.clone()
    };
    assert_eq!(conclusion(60, 80), Conclusion::Detected { first_higher: false });
    assert_eq!(conclusion(70, 70), Conclusion::NotDetected);
}

#[test]
fn the_noise_of_every_month_counts() {
    let months = |number: usize| {
        let last = format!("2026-{number:02}").parse().unwrap();
        reports(60, 80).into_iter().filter(|one| one.period <= last).collect::<Vec<_>>()
    };
    let shown = |reports: &[ReceivedReport]| {
        ask(reports, IndicatorKey::FulfilmentRate).comparison.arms[0].figure.is_ok()
    };
    // 10 territories × about 310 trips a month against 4 × 40 × √(10 × 2 × months).
    assert!(shown(&months(1)));
    let tenth: Vec<_> = months(12)
        .into_iter()
        .map(|one| received(one.territory, &one.period.to_string(), ONE, [4, 2]))
        .collect();
    let withheld = ask(&tenth, IndicatorKey::FulfilmentRate).comparison.arms.remove(0).figure;
    assert!(matches!(withheld, Err(Withheld::DenominatorInNoise { .. })), "{withheld:?}");
}

#[test]
fn the_same_reports_in_another_order_give_the_same_answer_and_others_another_fingerprint() {
    let mut all = reports(60, 80);
    let before = ask(&all, IndicatorKey::TripsPerThousand);
    all.reverse();
    assert_eq!(ask(&all, IndicatorKey::TripsPerThousand), before);
    assert_eq!(before.reports, 240);
    all.pop();
    assert_ne!(ask(&all, IndicatorKey::TripsPerThousand).fingerprint, before.fingerprint);
}

#[test]
fn months_and_models_are_those_asked_for() {
    let all = reports(60, 80);
    let mut question = Question {
        indicator: IndicatorKey::FulfilmentRate,
        range: Range { from: Some("2026-03".parse().unwrap()), to: Some("2026-04".parse().unwrap()) },
        against: Some(ONE.parse().unwrap()),
    };
    let two = answer(&all, Geography::embedded(), &question).unwrap().unwrap();
    assert_eq!(two.reports, 40);
    let contrast = &two.comparison.contrasts[0];
    assert_eq!((contrast.first.as_str(), contrast.second.as_str()), (OTHER, ONE));
    question.against = Some("inconnu@1".parse().unwrap());
    assert_eq!(answer(&all, Geography::embedded(), &question), Err(StudyError::Reference));
    question.range = Range { from: Some("2027-01".parse().unwrap()), to: None };
    assert_eq!(answer(&all, Geography::embedded(), &question), Ok(None));
}

#[test]
fn classes_of_density_begin_at_their_bounds() {
    let classes = [0, 249, 250, 499, 500, 999, 1_000, 2_999, 3_000, u32::MAX].map(|tenths| density(tenths).0);
    assert_eq!(classes, [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]);
}

#[test]
fn indicators_are_found_by_their_keys() {
    for indicator in IndicatorKey::ALL {
        assert_eq!(indicator.code().parse(), Ok(indicator));
    }
    let primary = IndicatorKey::ALL.map(|one| one.standing() == maillage_comparison::Standing::Primary);
    assert!(primary.is_sorted_by(|first, second| first >= second), "primary ones first");
    assert_eq!("x".parse::<IndicatorKey>(), Err(()));
}
