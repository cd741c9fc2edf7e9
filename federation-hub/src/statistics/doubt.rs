//! Which reports are doubtful: those of a half-year whose trips are more than its persons could take, noise allowed for. A doubt is for a
//! person to look into. It must never leave a report out by itself, nor touch a float.

use std::collections::{BTreeMap, BTreeSet};

use maillage_federation::{
    half_year::HalfYear,
    ids::{Id, NodeKind},
    statistics::Vocabulary,
};
use num_rational::Ratio;

use super::material::{Counting, counting};
use crate::{
    limits,
    store::{ReceivedReport, ReportKey},
};

/// The code of the doubt.
pub(super) const TOO_MANY_TRIPS: &str = "too-many-trips";

/// What a node reported for a half-year: trips, persons, and the variance of trips less what those persons could take.
#[derive(Default)]
struct Claim {
    trips: i128,
    persons: Option<i128>,
    variance: Ratio<u128>,
    reports: Vec<ReportKey>,
}

/// Reports of half-years whose trips T and persons P say T − 36 P > 4σ, where σ² is the variance of the noise in T − 36 P. The months and
/// the table of persons are doubtful together: nobody can tell which of them is wrong.
pub(super) fn doubtful(reports: &[ReceivedReport]) -> BTreeSet<([u8; 16], String, String)> {
    let mut claims: BTreeMap<(Id<NodeKind>, HalfYear), Claim> = BTreeMap::new();
    for one in counting(reports) {
        let half_year = HalfYear::of(one.received.period);
        claims.entry((one.received.node, half_year)).or_default().add(&one);
    }
    let doubtful = claims.into_values().filter(Claim::is_doubtful);
    doubtful.flat_map(|claim| claim.reports).map(|report| key(&report)).collect()
}

/// What a report is found by among the doubtful.
pub(super) fn key(report: &ReportKey) -> ([u8; 16], String, String) {
    (report.node.to_array(), report.period.to_string(), report.vocabulary.clone())
}

impl Claim {
    fn add(&mut self, one: &Counting<'_>) {
        let of_persons = one.vocabulary.name == Vocabulary::half_year().name;
        let factor = if of_persons { limits::TRIPS_PER_PERSON } else { 1 };
        for section in &one.report.sections {
            let cells = one.vocabulary.cells().zip(&section.cells);
            for ((group, _), cell) in cells.filter(|((group, _), _)| group.name == one.vocabulary.denominator)
            {
                if of_persons {
                    *self.persons.get_or_insert(0) += i128::from(*cell);
                } else {
                    self.trips += i128::from(*cell);
                }
                let sigma = Ratio::new(u128::from(*group.sigma.numer()), u128::from(*group.sigma.denom()));
                let weighed = sigma * factor.unsigned_abs();
                self.variance += weighed * weighed;
            }
        }
        let ReceivedReport { node, period, vocabulary, .. } = one.received;
        self.reports.push(ReportKey { node: *node, period: *period, vocabulary: vocabulary.clone() });
    }

    fn is_doubtful(&self) -> bool {
        let Some(persons) = self.persons else { return false };
        let excess = self.trips - limits::TRIPS_PER_PERSON * persons;
        let allowed = u128::from(limits::DOUBTFUL_NOISE_SD * limits::DOUBTFUL_NOISE_SD);
        excess > 0
            && Ratio::from_integer(excess.unsigned_abs() * excess.unsigned_abs()) > self.variance * allowed
    }
}
