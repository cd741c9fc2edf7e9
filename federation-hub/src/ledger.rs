//! National totals by participation model, recomputed from the reports as received. Integers only: noisy counts are
//! summed as they came, and the noise alone accounts for two standard deviations that are rounded up. It must never
//! show a figure as publishable that rests on fewer than three territories or mostly on one.

use std::collections::{BTreeMap, BTreeSet};

use maillage_federation::{
    models::ModelKey,
    month::Month,
    statistics::{Report, Vocabulary},
};
use maillage_geography::Siren;
use maillage_proto::federation::v1 as proto;
use prost::Message as _;

use crate::{limits, store::ReceivedReport};

/// Noisy totals of one model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelTotal {
    /// The model.
    pub model: ModelKey,
    /// Territories that reported under it.
    pub territories: u32,
    /// Reports summed.
    pub reports: u32,
    /// By cell, in the vocabulary's order.
    pub cells: Vec<CellTotal>,
    /// Why it is not to be published; `None` when it may be.
    pub withheld: Option<Withheld>,
}

/// One cell summed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellTotal {
    /// Its name in the vocabulary.
    pub cell: &'static str,
    /// Sum of noisy counts; may be negative.
    pub total: i64,
    /// Two standard deviations of the sum's noise, rounded up.
    pub noise_2sd: u64,
}

/// Why a figure is not published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Withheld {
    /// Fewer than three.
    TooFewTerritories,
    /// More than 85 % is one territory's.
    OneTerritoryDominates,
}

impl Withheld {
    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Self::TooFewTerritories => "too-few-territories",
            Self::OneTerritoryDominates => "one-territory-dominates",
        }
    }
}

/// What is summed for one model.
#[derive(Default)]
struct Sum {
    by_territory: BTreeMap<Siren, i128>,
    reporting: BTreeSet<Siren>,
    reports: u32,
    cells: Vec<i64>,
}

/// Totals over the months from `from` to `to`, both included where given. Reports in a vocabulary that this version
/// does not know are left out.
pub fn totals(reports: &[ReceivedReport], from: Option<Month>, to: Option<Month>) -> Vec<ModelTotal> {
    let mut sums: BTreeMap<(&'static str, ModelKey), Sum> = BTreeMap::new();
    for received in reports {
        let inside =
            from.is_none_or(|from| received.period >= from) && to.is_none_or(|to| received.period <= to);
        let Some(vocabulary) = Vocabulary::named(&received.vocabulary).filter(|_| inside) else { continue };
        let Some(report) = read(received) else { continue };
        for section in report.sections {
            let sum = sums.entry((vocabulary.name, section.model)).or_default();
            sum.add(received.territory, &section.cells);
        }
    }
    sums.into_iter().filter_map(|((vocabulary, model), sum)| sum.total(vocabulary, model)).collect()
}

/// Half-width of two standard deviations of a sum of `reports` noisy counts: the least integer k with
/// k² ≥ 4 σ² n, where σ = `sigma.0` / `sigma.1`.
pub fn noise_2sd(sigma: (u64, u64), reports: u32) -> u64 {
    let (numerator, denominator) = (u128::from(sigma.0), u128::from(sigma.1));
    let wanted = 4 * numerator * numerator * u128::from(reports);
    let square = denominator * denominator;
    let root = wanted.div_ceil(square).isqrt();
    let root = if root * root * square >= wanted { root } else { root + 1 };
    u64::try_from(root).unwrap_or(u64::MAX)
}

/// A stored report, read again.
pub(crate) fn read(received: &ReceivedReport) -> Option<Report> {
    let message = proto::StatisticalReport::decode(received.report.as_slice()).ok()?;
    Report::try_from(message).ok()
}

impl Sum {
    fn add(&mut self, territory: Siren, cells: &[i64]) {
        self.reports += 1;
        self.reporting.insert(territory);
        self.cells.resize(cells.len(), 0);
        for (sum, cell) in self.cells.iter_mut().zip(cells) {
            *sum = sum.saturating_add(*cell);
        }
        let all: i128 = cells.iter().map(|cell| i128::from(*cell)).sum();
        *self.by_territory.entry(territory).or_default() += all;
    }

    fn total(self, vocabulary: &str, model: ModelKey) -> Option<ModelTotal> {
        let vocabulary = Vocabulary::named(vocabulary)?;
        let sigma = (*vocabulary.sigma.numer(), *vocabulary.sigma.denom());
        let noise_2sd = noise_2sd(sigma, self.reports);
        let withheld = self.withheld();
        let cells = vocabulary.cells.iter().zip(&self.cells);
        let cells = cells.map(|(cell, total)| CellTotal { cell, total: *total, noise_2sd }).collect();
        let territories = u32::try_from(self.reporting.len()).unwrap_or(u32::MAX);
        Some(ModelTotal { model, territories, reports: self.reports, cells, withheld })
    }

    /// The display rule of a model's figure.
    fn withheld(&self) -> Option<Withheld> {
        if self.reporting.len() < limits::TERRITORIES_TO_PUBLISH as usize {
            return Some(Withheld::TooFewTerritories);
        }
        let whole: i128 = self.by_territory.values().sum();
        let dominates = |share: &i128| share * 100 > whole * limits::DOMINANCE_PERCENT;
        // A sum that is not positive is noise: no share of it means anything.
        let dominated = whole <= 0 || self.by_territory.values().any(dominates);
        dominated.then_some(Withheld::OneTerritoryDominates)
    }
}

#[cfg(test)]
mod tests {
    use maillage_federation::{
        ids::Id,
        statistics::{Report, Section},
    };
    use maillage_proto::federation::v1 as proto;
    use prost::Message as _;

    use super::{ReceivedReport, Withheld, noise_2sd, totals};

    fn received(territory: &str, period: &str, model: &str, cells: [i64; 2]) -> ReceivedReport {
        let section = Section { model: model.parse().unwrap(), cells: cells.to_vec() };
        let report = Report {
            period: period.parse().unwrap(),
            vocabulary: "v1/pulse".into(),
            sections: vec![section],
        };
        ReceivedReport {
            node: Id::new(1, [1; 10]),
            territory: territory.parse().unwrap(),
            period: report.period,
            vocabulary: report.vocabulary.clone(),
            hash: [0; 32],
            received_at_ms: 0,
            report: proto::StatisticalReport::from(report).encode_to_vec(),
            envelope: vec![],
        }
    }

    const THREE: [&str; 3] = ["200034031", "200034049", "200066561"];
    const MODEL: &str = "hybride-guichet@1";

    fn withheld(cells: &[[i64; 2]]) -> Option<Withheld> {
        let reports: Vec<_> =
            THREE.iter().zip(cells).map(|(siren, cells)| received(siren, "2026-01", MODEL, *cells)).collect();
        totals(&reports, None, None)[0].withheld
    }

    #[test]
    fn two_standard_deviations_are_rounded_up_and_exact_where_they_can_be() {
        for (sigma, reports, expected) in [
            ((40, 1), 0, 0),
            ((40, 1), 1, 80),
            ((40, 1), 4, 160),
            ((40, 1), 2, 114), // 113.137
            ((40, 1), 9, 240),
            ((1, 3), 1, 1), // 0.667
            ((3, 2), 1, 3),
            ((3, 2), 2, 5), // 4.243
        ] {
            assert_eq!(noise_2sd(sigma, reports), expected, "{sigma:?} {reports}");
        }
    }

    #[test]
    fn cells_are_summed_over_months_and_territories_negatives_kept() {
        let reports = [
            received(THREE[0], "2026-01", MODEL, [100, 10]),
            received(THREE[0], "2026-02", MODEL, [-30, 5]),
            received(THREE[1], "2026-02", MODEL, [50, -60]),
            received(THREE[2], "2026-03", "benevoles-association@1", [7, 8]),
        ];
        let all = totals(&reports, None, None);
        assert_eq!(all.len(), 2);
        assert_eq!((all[1].territories, all[1].reports), (2, 3));
        let cells: Vec<_> = all[1].cells.iter().map(|cell| (cell.cell, cell.total, cell.noise_2sd)).collect();
        assert_eq!(cells, [("trips-fulfilled", 120, 139), ("trips-not-fulfilled", -45, 139)]);
        let february = Some("2026-02".parse().unwrap());
        let some = totals(&reports, february, february);
        assert_eq!((some.len(), some[0].reports, some[0].cells[0].total), (1, 2, 20));
    }

    #[test]
    fn a_figure_needs_three_territories_and_no_giant() {
        assert_eq!(withheld(&[[40, 0], [40, 0]]), Some(Withheld::TooFewTerritories));
        assert_eq!(withheld(&[[40, 0], [40, 0], [40, 0]]), None);
        assert_eq!(withheld(&[[85, 0], [10, 0], [5, 0]]), None, "85 % is allowed");
        assert_eq!(withheld(&[[86, 0], [9, 0], [5, 0]]), Some(Withheld::OneTerritoryDominates));
        assert_eq!(withheld(&[[0, 86], [9, 0], [5, 0]]), Some(Withheld::OneTerritoryDominates));
        assert_eq!(withheld(&[[-40, 0], [30, 0], [5, 0]]), Some(Withheld::OneTerritoryDominates));
    }
}
