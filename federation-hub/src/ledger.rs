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
    /// The vocabulary of the cells.
    pub vocabulary: &'static str,
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
    /// What is withheld of a model could be worked out from it and what is shown of the others.
    TellsAPart,
}

impl Withheld {
    /// Every reason.
    pub const ALL: [Self; 3] = [Self::TooFewTerritories, Self::OneTerritoryDominates, Self::TellsAPart];

    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Self::TooFewTerritories => "too-few-territories",
            Self::OneTerritoryDominates => "one-territory-dominates",
            Self::TellsAPart => "tells-a-part",
        }
    }
}

/// Sections that are summed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sum {
    by_territory: BTreeMap<Siren, i128>,
    reporting: BTreeSet<Siren>,
    sections: u32,
    cells: Vec<i64>,
}

/// Totals over the months from `from` to `to`, both included where given, by vocabulary and model; a half-year is where its last month
/// is. Reports that were taken back, or in a vocabulary that this version does not know, are left out.
pub fn totals(reports: &[ReceivedReport], from: Option<Month>, to: Option<Month>) -> Vec<ModelTotal> {
    let mut sums: BTreeMap<(&'static str, ModelKey), Sum> = BTreeMap::new();
    for received in reports.iter().filter(|received| counts(received)) {
        let inside =
            from.is_none_or(|from| received.period >= from) && to.is_none_or(|to| received.period <= to);
        let Some(vocabulary) = vocabulary(received).filter(|_| inside) else { continue };
        let Some(report) = read(received) else { continue };
        for section in &report.sections {
            let sum = sums.entry((vocabulary.name, section.model.clone())).or_default();
            sum.add(&vocabulary, received.territory, &section.cells);
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

/// Whether a stored report counts in figures: not if its node has taken it back, nor if somebody has left it out.
pub(crate) fn counts(received: &ReceivedReport) -> bool {
    received.withdrawn.is_none() && received.quarantined().is_none()
}

/// The vocabulary of a stored report, when this version knows it.
pub(crate) fn vocabulary(received: &ReceivedReport) -> Option<Vocabulary> {
    Vocabulary::named(&received.vocabulary)
}

/// What a stored report says, read once.
pub(crate) fn read(received: &ReceivedReport) -> Option<&Report> {
    received.reading.or_read(|| {
        let message = proto::StatisticalReport::decode(received.report.as_slice()).ok()?;
        Report::try_from(message).ok()
    })
}

impl Sum {
    /// Adds one section of a territory.
    pub(crate) fn add(&mut self, vocabulary: &Vocabulary, territory: Siren, cells: &[i64]) {
        self.sections += 1;
        self.reporting.insert(territory);
        self.cells.resize(cells.len(), 0);
        for (sum, cell) in self.cells.iter_mut().zip(cells) {
            *sum = sum.saturating_add(*cell);
        }
        let named = cells.iter().zip(vocabulary.cells());
        let of_denominator = named.filter(|(_, (group, _))| group.name == vocabulary.denominator);
        let all: i128 = of_denominator.map(|(cell, _)| i128::from(*cell)).sum();
        *self.by_territory.entry(territory).or_default() += all;
    }

    /// Adds what another has summed.
    pub(crate) fn add_all(&mut self, other: &Self) {
        self.sections += other.sections;
        self.reporting.extend(&other.reporting);
        self.cells.resize(other.cells.len(), 0);
        for (sum, cell) in self.cells.iter_mut().zip(&other.cells) {
            *sum = sum.saturating_add(*cell);
        }
        for (territory, own) in &other.by_territory {
            *self.by_territory.entry(*territory).or_default() += own;
        }
    }

    /// What a territory is of the sum that shares are shares of, if it is in it.
    pub(crate) fn of_territory(&self, territory: &Siren) -> Option<i128> {
        self.by_territory.get(territory).copied()
    }

    /// The same of some territories only, without cells: what the rules of display ask.
    pub(crate) fn only(&self, territories: impl IntoIterator<Item = Siren>) -> Self {
        let mut only = Self::default();
        for territory in territories {
            if let Some(own) = self.of_territory(&territory) {
                only.by_territory.insert(territory, own);
                only.reporting.insert(territory);
            }
        }
        only
    }

    /// How many territories are in it.
    pub(crate) fn territories(&self) -> u32 {
        u32::try_from(self.reporting.len()).unwrap_or(u32::MAX)
    }

    /// How many sections are in it: each cell carries so many times its noise.
    pub(crate) fn sections(&self) -> u32 {
        self.sections
    }

    /// Its cells, with what the noise alone accounts for.
    pub(crate) fn cells(&self, vocabulary: &Vocabulary) -> Vec<CellTotal> {
        let cells = vocabulary.cells().zip(&self.cells).map(|((group, cell), total)| CellTotal {
            cell,
            total: *total,
            noise_2sd: noise_2sd((*group.sigma.numer(), *group.sigma.denom()), self.sections),
        });
        cells.collect()
    }

    /// Active persons or trips: the sum of the group that shares are shares of, with what the noise of all its cells accounts for.
    pub(crate) fn denominator(&self, vocabulary: &Vocabulary) -> (i128, u64) {
        let group = vocabulary.groups.iter().find(|group| group.name == vocabulary.denominator);
        let noise_2sd = group.map_or(0, |group| {
            let cells = u32::try_from(group.cells.len()).unwrap_or(u32::MAX).saturating_mul(self.sections);
            noise_2sd((*group.sigma.numer(), *group.sigma.denom()), cells)
        });
        (self.by_territory.values().sum(), noise_2sd)
    }

    fn total(self, vocabulary: &str, model: ModelKey) -> Option<ModelTotal> {
        let vocabulary = Vocabulary::named(vocabulary)?;
        Some(ModelTotal {
            model,
            vocabulary: vocabulary.name,
            territories: self.territories(),
            reports: self.sections,
            cells: self.cells(&vocabulary),
            withheld: self.withheld(),
        })
    }

    /// The display rule of a model's figure.
    pub(crate) fn withheld(&self) -> Option<Withheld> {
        if self.reporting.len() < limits::TERRITORIES_TO_PUBLISH as usize {
            return Some(Withheld::TooFewTerritories);
        }
        let whole: i128 = self.by_territory.values().sum();
        let dominates = |share: &i128| share * 100 > whole * limits::DOMINANCE_PERCENT;
        // A sum that is not positive is noise: no share of it means anything.
        let dominated = whole <= 0 || self.by_territory.values().any(dominates);
        dominated.then_some(Withheld::OneTerritoryDominates)
    }

    /// The display rule of the figure of all models together, beside that of each: what is shown of models, taken off it, must leave
    /// nothing, or what may be shown by itself.
    pub(crate) fn withheld_beside<'s>(&self, models: impl IntoIterator<Item = &'s Self>) -> Option<Withheld> {
        self.withheld().or_else(|| {
            let mut rest = Self::default();
            for hidden in models.into_iter().filter(|sum| sum.withheld().is_some()) {
                rest.add_all(hidden);
            }
            (rest.sections > 0).then(|| rest.withheld()).flatten().map(|_| Withheld::TellsAPart)
        })
    }
}

#[cfg(test)]
mod tests {
    use maillage_federation::{
        ids::Id,
        statistics::{Report, Section, WithdrawalReason},
    };
    use maillage_proto::federation::v1 as proto;
    use prost::Message as _;

    use super::{ReceivedReport, Withheld, noise_2sd, totals};
    use crate::store::{Reading, WithdrawnReport};

    fn received(territory: &str, period: &str, model: &str, cells: [i64; 2]) -> ReceivedReport {
        received_in("v1/pulse", territory, period, (model, &cells))
    }

    fn received_in(
        vocabulary: &str,
        territory: &str,
        period: &str,
        (model, cells): (&str, &[i64]),
    ) -> ReceivedReport {
        let section = Section { model: model.parse().unwrap(), cells: cells.to_vec() };
        let report = Report {
            period: period.parse().unwrap(),
            vocabulary: vocabulary.into(),
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
            withdrawn: None,
            quarantine: vec![],
            reading: Reading::default(),
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
    fn each_vocabulary_has_totals_of_its_own_and_each_cell_the_noise_of_its_group() {
        let mut tables = vec![1; 29];
        tables[17] = 320;
        let half_year =
            |territory| received_in("v1/half-year", territory, "2026-06", (MODEL, tables.as_slice()));
        let reports =
            [received(THREE[0], "2026-06", MODEL, [9, 9]), half_year(THREE[0]), half_year(THREE[1])];
        let all = totals(&reports, None, None);
        let named: Vec<_> = all.iter().map(|total| (total.vocabulary, total.reports)).collect();
        assert_eq!(named, [("v1/half-year", 2), ("v1/pulse", 1)]);
        let cells: Vec<_> = all[0].cells.iter().map(|cell| (cell.cell, cell.total, cell.noise_2sd)).collect();
        assert_eq!(cells.len(), 29);
        // 2 × 10 × √2 = 28.28, 2 × 160 × √2 = 452.5, 2 × 20 × √2 = 56.57.
        assert_eq!(cells[0], ("age-under-60", 2, 29));
        assert_eq!(cells[17], ("rate-sixteenths", 640, 453));
        assert_eq!(cells[18], ("service-loan", 2, 57));
        assert_eq!(cells[28], ("outcome-other", 2, 57));
    }

    #[test]
    fn a_giant_of_persons_is_one_by_the_table_of_needs_whatever_other_cells_say() {
        let with = |need: i64, rate: i64| {
            let mut cells = vec![0; 29];
            (cells[5], cells[17]) = (need, rate);
            cells
        };
        let withheld = |cells: [Vec<i64>; 3]| {
            let of = |(siren, cells): (&&str, Vec<i64>)| {
                received_in("v1/half-year", siren, "2026-06", (MODEL, &cells))
            };
            let reports: Vec<_> = THREE.iter().zip(cells).map(of).collect();
            totals(&reports, None, None)[0].withheld
        };
        assert_eq!(withheld([with(30, 9_000), with(30, 0), with(40, 0)]), None);
        let giant = withheld([with(90, 0), with(5, 5_000), with(5, 5_000)]);
        assert_eq!(giant, Some(Withheld::OneTerritoryDominates));
    }

    #[test]
    fn what_was_taken_back_does_not_count() {
        let mut reports =
            [received(THREE[0], "2026-01", MODEL, [9, 9]), received(THREE[1], "2026-01", MODEL, [1, 1])];
        let withdrawn = WithdrawnReport { at_ms: 1, reason: WithdrawalReason::TestData, envelope: vec![] };
        reports[0].withdrawn = Some(withdrawn);
        let all = totals(&reports, None, None);
        assert_eq!((all[0].territories, all[0].reports, all[0].cells[0].total), (1, 1, 1));
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
