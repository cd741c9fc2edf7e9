//! Figures over time: an indicator, or the cells of a vocabulary, for every month or half-year, of all models together and of each.
//! Integers only for totals. It must never show a point that may not be shown, nor one that would tell such a point.

use std::collections::{BTreeMap, BTreeSet};

use maillage_comparison::{ArmResult, StudyError, Withheld, whole_and_parts};
use maillage_federation::{
    models::ModelKey,
    month::Month,
    statistics::{Period, Vocabulary},
};
use maillage_geography::Geography;

use super::{
    Range,
    indicator::IndicatorKey,
    material::{Counting, Material, Part, Stands, arm, arm_of_all, arm_of_model, counting, fingerprint},
};
use crate::{
    ledger::{self, CellTotal, Sum},
    limits,
    store::ReceivedReport,
};

/// What all models together are called where a model is named.
pub(crate) const NATIONAL: &str = "national";

/// What is followed over time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Followed {
    /// An indicator.
    Indicator(IndicatorKey),
    /// The totals of all cells of a vocabulary.
    Vocabulary(Vocabulary),
}

/// A series.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Series {
    /// What is followed.
    pub(super) followed: Followed,
    /// By period; in each, all models together first.
    pub(super) points: Vec<Point>,
    /// Reports it rests on.
    pub(super) reports: u32,
    /// BLAKE3 over their hashes.
    pub(super) fingerprint: [u8; 32],
    /// Reports of territories that this version's geography does not know.
    pub(super) left_out: u32,
    /// Reports that no model's figure can be made of.
    pub(super) set_aside: u32,
}

/// One period of one model, or of all together.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Point {
    /// The month, or the last one of the half-year.
    pub(super) period: Month,
    /// The model; none for all together.
    pub(super) model: Option<ModelKey>,
    /// Territories that reported.
    pub(super) territories: u32,
    /// Reports summed.
    pub(super) reports: u32,
    /// What there is to show.
    pub(super) value: Value,
}

/// What a point shows.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// Totals of cells.
    Totals(Result<Vec<CellTotal>, Withheld>),
    /// A figure with its interval.
    Figure(Box<ArmResult>),
}

/// What was reported for one period.
#[derive(Debug, Default)]
pub(super) struct PeriodSums<'a> {
    pub(super) whole: Sum,
    pub(super) models: BTreeMap<ModelKey, Sum>,
    pub(super) reports: Vec<&'a ReceivedReport>,
}

impl Followed {
    /// The period that goes by a month.
    pub(super) fn period(&self, month: Month) -> Option<Period> {
        match self {
            Self::Indicator(indicator) => Period::of(indicator.vocabularies().last()?.name, month),
            Self::Vocabulary(vocabulary) => Period::of(vocabulary.name, month),
        }
    }
}

/// Follows something over the periods of a range.
///
/// # Errors
/// What was put together is no study: a fault of this program.
pub(super) fn series(
    reports: &[ReceivedReport],
    geography: &Geography,
    followed: Followed,
    range: Range,
) -> Result<Series, StudyError> {
    let counting = counting(reports);
    match &followed {
        Followed::Indicator(indicator) => {
            let material = Material::of(&counting, geography, *indicator, range);
            Ok(Series {
                points: figures(&material.parts, geography, *indicator)?,
                reports: number(material.used().count()),
                fingerprint: fingerprint(material.used()),
                left_out: material.left_out,
                set_aside: material.set_aside,
                followed,
            })
        }
        Followed::Vocabulary(vocabulary) => {
            let (sums, left_out) = sums(&counting, geography, vocabulary, range);
            let used = || sums.values().flat_map(|sums| sums.reports.iter().copied());
            Ok(Series {
                points: sums.iter().flat_map(|(period, sums)| totals(*period, sums, vocabulary)).collect(),
                reports: number(used().count()),
                fingerprint: fingerprint(used()),
                left_out,
                set_aside: 0,
                followed,
            })
        }
    }
}

/// What was reported in a vocabulary, by period; and how many reports are left out as their territory is not known, as in every figure.
pub(super) fn sums<'a>(
    counting: &[Counting<'a>],
    geography: &Geography,
    vocabulary: &Vocabulary,
    range: Range,
) -> (BTreeMap<Month, PeriodSums<'a>>, u32) {
    let (mut by_period, mut left_out) = (BTreeMap::<Month, PeriodSums<'a>>::new(), 0);
    let wanted =
        |one: &&Counting<'_>| one.vocabulary.name == vocabulary.name && range.contains(one.received.period);
    for one in counting.iter().filter(wanted) {
        if geography.territory(&one.received.territory).is_none() {
            left_out += 1;
            continue;
        }
        let sums = by_period.entry(one.received.period).or_default();
        for section in &one.report.sections {
            let territory = one.received.territory;
            sums.whole.add(vocabulary, territory, &section.cells);
            let model = sums.models.entry(section.model.clone()).or_default();
            model.add(vocabulary, territory, &section.cells);
        }
        sums.reports.push(one.received);
    }
    (by_period, left_out)
}

impl PeriodSums<'_> {
    /// Why the total of all models together may not be shown.
    pub(super) fn withheld(&self) -> Option<Withheld> {
        let reason = self.whole.withheld_beside(self.models.values())?;
        Some(in_words(reason, NATIONAL, &self.whole))
    }
}

/// The points of one period of a vocabulary.
fn totals(period: Month, sums: &PeriodSums<'_>, vocabulary: &Vocabulary) -> Vec<Point> {
    let point = |model: Option<&ModelKey>, sum: &Sum, reports: u32, withheld: Option<Withheld>| Point {
        period,
        model: model.cloned(),
        territories: sum.territories(),
        reports,
        value: Value::Totals(withheld.map_or_else(|| Ok(sum.cells(vocabulary)), Err)),
    };
    let whole = point(None, &sums.whole, number(sums.reports.len()), sums.withheld());
    let models = sums.models.iter().map(|(model, sum)| {
        let withheld = sum.withheld().map(|reason| in_words(reason, &model.to_string(), sum));
        point(Some(model), sum, sum.sections(), withheld)
    });
    [whole].into_iter().chain(models).collect()
}

/// The reason of the ledger, as the comparison says it.
fn in_words(reason: ledger::Withheld, of: &str, sum: &Sum) -> Withheld {
    let arm = of.to_owned();
    match reason {
        ledger::Withheld::TooFewTerritories => Withheld::TooFewTerritories {
            arm,
            has: sum.territories(),
            needed: limits::TERRITORIES_TO_PUBLISH,
        },
        ledger::Withheld::OneTerritoryDominates => Withheld::OneTerritoryDominates { arm },
        ledger::Withheld::TellsAPart => Withheld::TellsAPart { arm },
    }
}

/// The points of an indicator.
fn figures(parts: &[Part], geography: &Geography, indicator: IndicatorKey) -> Result<Vec<Point>, StudyError> {
    let mut by_period: BTreeMap<Month, Vec<&Part>> = BTreeMap::new();
    for part in parts {
        by_period.entry(part.period).or_default().push(part);
    }
    let mut points = Vec::new();
    for (period, parts) in by_period {
        let of_models = || parts.iter().copied().filter(|part| part.stands == Stands::InModel);
        let models: BTreeSet<&ModelKey> = of_models().map(|part| &part.model).collect();
        let of_model =
            |model: &ModelKey| -> Vec<&Part> { of_models().filter(|part| part.model == *model).collect() };
        let of_none = parts.iter().copied().filter(|part| part.stands == Stands::InAll);
        let of_none = arm(String::new(), indicator, geography, of_none).observations;
        let arms = models.iter().map(|model| arm_of_model(model, indicator, geography, &parts, false));
        let whole = arm_of_all(NATIONAL, indicator, geography, &parts);
        let shown = whole_and_parts(&indicator.indicator(), whole, arms.collect(), of_none)?;
        let point = |model: Option<&ModelKey>, parts: &[&Part], result: ArmResult| Point {
            period,
            model: model.cloned(),
            territories: result.mix.territories,
            reports: reports_behind(parts),
            value: Value::Figure(Box::new(result)),
        };
        let of_all: Vec<&Part> =
            parts.iter().copied().filter(|part| part.stands != Stands::Nowhere).collect();
        points.push(point(None, &of_all, shown.whole));
        let of_models = models.into_iter().zip(shown.parts);
        points.extend(of_models.map(|(model, result)| point(Some(model), &of_model(model), result)));
    }
    Ok(points)
}

/// Reports behind parts, each once: two territories may well send the same bytes.
fn reports_behind(parts: &[&Part]) -> u32 {
    let of = |part: &&Part| ((part.territory, part.report), part.reports);
    parts.iter().map(of).collect::<BTreeMap<_, _>>().values().sum()
}

fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
