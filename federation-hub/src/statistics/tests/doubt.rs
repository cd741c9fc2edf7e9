//! Which reports are doubtful, at the bound and on both sides of it; and that a report left out is in no figure.

use maillage_geography::{Geography, Siren};

use super::{ONE, indicators::half_year, received_in};
use crate::{
    statistics::{
        IndicatorKey, Range,
        doubt::doubtful,
        material::{Material, counting},
    },
    store::{Quarantine, ReceivedReport},
};

fn somewhere() -> Siren {
    Geography::embedded().territories()[0].siren
}

/// The months of a half-year with so many trips in all, and its persons.
fn claimed(trips: i64, persons: i64) -> Vec<ReceivedReport> {
    let month = |number: i64| {
        let cells = vec![if number == 1 { trips - 5 * 90 } else { 100 }, if number == 1 { 0 } else { -10 }];
        received_in("v1/pulse", somewhere(), &format!("2026-{number:02}"), &[(ONE, cells)])
    };
    let mut reports: Vec<ReceivedReport> = (1..=6).map(month).collect();
    let cells = half_year([persons + 3, -2, -1], [0; 6], 0);
    reports.push(received_in("v1/half-year", somewhere(), "2026-06", &[(ONE, cells)]));
    reports
}

#[test]
fn a_half_year_is_doubtful_beyond_36_trips_a_person_and_four_deviations() {
    // 12 cells of σ = 40 and 3 of 36 × 10: 4 × √408 000 = 2 554.997.
    for (trips, persons, expected) in [
        (3_600, 100, 0),
        (3_600 + 2_554, 100, 0),
        (3_600 + 2_555, 100, 7),
        (20_000, 100, 7),
        (2_554 - 360, -10, 0),
        (2_555 - 360, -10, 7),
        (-5_000, -10, 0),
    ] {
        assert_eq!(doubtful(&claimed(trips, persons)).len(), expected, "{trips} {persons}");
    }
    let mut months = claimed(20_000, 100);
    months.pop();
    assert!(doubtful(&months).is_empty(), "without persons there is nothing to set trips against");
    let july = received_in("v1/pulse", somewhere(), "2026-07", &[(ONE, vec![20_000, 0])]);
    let with_july = [claimed(100, 100), vec![july]].concat();
    assert!(doubtful(&with_july).is_empty(), "another half-year");
}

#[test]
fn a_report_left_out_is_in_no_figure_until_it_is_taken_in_again() {
    let decision = |lift| Quarantine { at_ms: 1, by: "A".to_owned(), reason: "b".to_owned(), lift };
    let mut reports = claimed(20_000, 100);
    let used = |reports: &[ReceivedReport]| {
        let indicator = IndicatorKey::FulfilmentRate;
        Material::of(&counting(reports), Geography::embedded(), indicator, Range::default()).used().count()
    };
    assert_eq!(used(&reports), 6);
    reports[0].quarantine.push(decision(false));
    assert_eq!((used(&reports), doubtful(&reports).len()), (5, 0), "nor is it a reason to doubt the others");
    reports[0].quarantine.push(decision(true));
    assert_eq!((used(&reports), doubtful(&reports).len()), (6, 7));
}
