//! Over which months it is published: a month of few territories keeps a model out while it is among them, and no longer.

use maillage_comparison::Withheld;
use maillage_federation::month::Month;
use maillage_geography::{Geography, Siren};

use super::{Answer, IndicatorKey, ONE, OTHER, Range, indicators::half_year, received, received_in};
use crate::{
    statistics::{answer, publishing::published},
    store::ReceivedReport,
};

/// Territories of each model.
const EACH: usize = 9;

fn sirens() -> Vec<Siren> {
    Geography::embedded().territories().iter().take(2 * EACH).map(|territory| territory.siren).collect()
}

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

/// From a month on, so many months; of each model so many territories report each of them.
fn reports(from: &str, months: usize, of_each: impl Fn(usize) -> [usize; 2]) -> Vec<ReceivedReport> {
    let all = std::iter::successors(Some(month(from)), |month| Some(month.next())).take(months);
    let mut reports = Vec::new();
    for (place, month) in all.enumerate() {
        let [first, second] = of_each(place);
        let of = |territory: &Siren, model| {
            let more = i64::from(territory.as_str().as_bytes()[8]);
            received(*territory, &month.to_string(), model, [400 + more, 100 + more])
        };
        let sirens = sirens();
        reports.extend(sirens[..EACH].iter().take(first).map(|siren| of(siren, ONE)));
        reports.extend(sirens[EACH..].iter().take(second).map(|siren| of(siren, OTHER)));
    }
    reports
}

fn told(reports: &[ReceivedReport]) -> Answer {
    published(reports, Geography::embedded(), IndicatorKey::FulfilmentRate, None).unwrap().unwrap()
}

/// The window, and which of the two models are shown in it.
fn shown(reports: &[ReceivedReport]) -> (String, String, [bool; 2]) {
    let answer = told(reports);
    let Range { from: Some(from), to: Some(to) } = answer.range else { panic!("no window") };
    let arms = &answer.comparison.arms;
    (from.to_string(), to.to_string(), [0, 1].map(|place: usize| arms[place].figure.is_ok()))
}

fn window(from: &str, to: &str, shown: [bool; 2]) -> (String, String, [bool; 2]) {
    (from.to_owned(), to.to_owned(), shown)
}

#[test]
fn a_hidden_month_keeps_a_model_out_for_a_year_and_not_for_good() {
    let few_at = |hidden: usize| move |place| if place == hidden { [2, EACH] } else { [EACH, EACH] };
    let whole = reports("2025-01", 12, |_| [EACH, EACH]);
    assert_eq!(shown(&whole), window("2025-01", "2025-12", [true, true]));
    let within = reports("2025-01", 12, few_at(0));
    assert_eq!(shown(&within), window("2025-01", "2025-12", [false, true]));
    let answer = told(&within);
    let tells = Withheld::HiddenPeriod { arm: ONE.to_owned() };
    assert_eq!(answer.comparison.arms[0].figure, Err(tells.clone()));
    assert_eq!(answer.comparison.contrasts[0].difference, Err(tells), "nor what is compared with it");
    let after = reports("2025-01", 13, few_at(0));
    assert_eq!(shown(&after), window("2025-02", "2026-01", [true, true]));
    assert_eq!(told(&after).reports, u32::try_from(12 * 2 * EACH).unwrap());
}

#[test]
fn a_month_that_most_have_not_reported_yet_does_not_end_the_window() {
    let coming_in = |newest: [usize; 2]| {
        reports("2025-01", 14, move |place| if place == 13 { newest } else { [EACH, EACH] })
    };
    assert_eq!(shown(&coming_in([1, 0])), window("2025-02", "2026-01", [true, true]));
    assert_eq!(shown(&coming_in([2, EACH])), window("2025-02", "2026-01", [true, true]));
    assert_eq!(
        shown(&coming_in([3, 3])),
        window("2025-03", "2026-02", [true, true]),
        "as soon as all may be shown"
    );
    // A model that ends is not waited for beyond the periods looked at.
    let ended = reports("2025-01", 16, |place| if place < 12 { [EACH, EACH] } else { [0, EACH] });
    assert_eq!(shown_last(&ended), "2026-04");
}

fn shown_last(reports: &[ReceivedReport]) -> String {
    told(reports).range.to.unwrap().to_string()
}

#[test]
fn counts_within_their_noise_hide_nobody_and_keep_no_model_out() {
    let mut quiet = reports("2025-01", 12, |_| [EACH, EACH]);
    for report in quiet.iter_mut().filter(|report| report.period == month("2025-05")) {
        let model = if sirens()[..EACH].contains(&report.territory) { ONE } else { OTHER };
        *report = received(report.territory, "2025-05", model, [3, -2]);
    }
    assert_eq!(shown(&quiet), window("2025-01", "2025-12", [true, true]));
}

/// A half-year in which persons need nothing.
fn persons(territory: Siren, sections: &[(&'static str, i64)]) -> ReceivedReport {
    let of = |(model, number): &(&'static str, i64)| (*model, half_year([*number, 0, 0], [0; 6], 0));
    received_in("v1/half-year", territory, "2026-06", &sections.iter().map(of).collect::<Vec<_>>())
}

#[test]
fn a_figure_by_inhabitants_does_not_tell_the_persons_of_a_territory_that_runs_two_models() {
    let sirens = sirens();
    let with_both = |both: usize| -> Vec<ReceivedReport> {
        let alone = |(place, siren): (usize, &Siren)| {
            let number = 200 + i64::try_from(place).unwrap();
            persons(*siren, &[(if place % 2 == 0 { ONE } else { OTHER }, number)])
        };
        let of_both = |siren: &Siren| persons(*siren, &[(ONE, 150), (OTHER, 90)]);
        let alone: Vec<_> = sirens[..12].iter().enumerate().map(alone).collect();
        alone.into_iter().chain(sirens[12..].iter().take(both).map(of_both)).collect()
    };
    let figures = |both: usize| {
        let reports = with_both(both);
        let question = super::Question {
            indicator: IndicatorKey::PersonsPerThousand,
            range: Range::default(),
            against: None,
        };
        let answer = answer(&reports, Geography::embedded(), &question).unwrap().unwrap();
        assert_eq!(
            (answer.reports, answer.set_aside),
            (12, u32::try_from(both).unwrap()),
            "not those set aside"
        );
        let followed = super::series::persons_by_model(&reports);
        let compared: Vec<_> = answer.comparison.arms.iter().map(|arm| arm.figure.is_ok()).collect();
        assert_eq!(compared, followed, "over time as compared");
        compared
    };
    assert_eq!(figures(0), [true, true]);
    assert_eq!(figures(1), [false, false], "totals less the figure are that one territory");
    assert_eq!(figures(2), [false, false]);
    assert_eq!(figures(3), [true, true], "three are enough");
}
