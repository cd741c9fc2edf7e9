//! What the hub's own code makes of made-up federations, beside what is true of them: how far national totals are off because of noise
//! (beside what nodes count within their bounds, and those that report), how often intervals hold the truth, how often a difference is found that does not exist. Must never be shown as data.

use std::collections::BTreeMap;

use anyhow::Context as _;
use maillage_comparison::Conclusion;
use maillage_federation::{
    ids::Id,
    statistics::{Report, Vocabulary},
};
use maillage_geography::{Geography, Siren};
use maillage_hub::{
    ledger,
    statistics::{IndicatorKey, Question, Range, answer},
    store::{Reading, ReceivedReport},
};
use maillage_proto::federation::v1 as proto;
use prost::Message as _;

use crate::{
    plan::{MODELS, Plan, Wanted},
    reports::{self, Sent},
};

/// How far a total of one model, one year and one cell is off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Off {
    /// The model.
    pub model: String,
    /// The year.
    pub year: i16,
    /// The cell.
    pub cell: &'static str,
    /// As nodes counted it, within their bounds, before noise.
    pub counted: u64,
    /// As the hub sums it.
    pub summed: i64,
    /// Two standard deviations of the noise, as the hub says.
    pub noise_2sd: u64,
}

/// Two models, and what became of their comparison.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Compared {
    /// Federations in which there was a difference with an interval.
    pub shown: u32,
    /// Of these, intervals that hold what is true.
    pub covered: u32,
    /// Of these, p below 0.05 by the first opinion alone.
    pub rejected: u32,
    /// Of these, “a difference is detected”: both opinions, after Holm, and in the direction of what is true.
    pub detected: u32,
    /// Of these, with a difference by the first opinion and no second one, so that nothing is concluded.
    pub one_method: u32,
    /// Of those whose difference detectable by both methods was at most the true one, detected; and how many these were.
    pub as_announced: (u32, u32),
    /// The true difference.
    pub truth: f64,
}

/// A report as the hub keeps it.
fn received(territory: Siren, report: &Report) -> ReceivedReport {
    ReceivedReport {
        node: Id::new(1, [0; 10]),
        territory,
        period: report.period,
        vocabulary: report.vocabulary.clone(),
        hash: report.hash(),
        received_at_ms: 0,
        report: proto::StatisticalReport::from(report.clone()).encode_to_vec(),
        envelope: Vec::new(),
        withdrawn: None,
        quarantine: Vec::new(),
        reading: Reading::default(),
    }
}

/// Everything that a made-up federation has sent.
pub fn stored(plan: &Plan, made: &[Sent]) -> Vec<ReceivedReport> {
    let territories = plan.territories.iter().zip(made);
    territories
        .flat_map(|(planned, sent)| sent.reports.iter().map(|report| received(planned.siren, report)))
        .collect()
}

/// How far the totals of each model, year and cell are off.
pub fn utility(plan: &Plan, made: &[Sent]) -> Vec<Off> {
    let mut counted: BTreeMap<(String, i16, &'static str), u64> = BTreeMap::new();
    for (planned, sent) in plan.territories.iter().zip(made) {
        for (report, counts) in sent.reports.iter().zip(&sent.counts) {
            let Some(vocabulary) = Vocabulary::named(&report.vocabulary) else { continue };
            for ((_, cell), count) in vocabulary.cells().zip(counts) {
                let key = (planned.model.to_string(), report.period.year(), cell);
                *counted.entry(key).or_default() += count;
            }
        }
    }
    let stored = stored(plan, made);
    let mut off = Vec::new();
    let years: std::collections::BTreeSet<i16> = plan.half_years.iter().map(|half| half.year()).collect();
    for year in years {
        let within: Vec<_> = stored.iter().filter(|report| report.period.year() == year).cloned().collect();
        for total in ledger::totals(&within, None, None) {
            for cell in total.cells {
                let model = total.model.to_string();
                let counted = counted.get(&(model.clone(), year, cell.cell)).copied().unwrap_or(0);
                let (summed, noise_2sd) = (cell.total, cell.noise_2sd);
                off.push(Off { model, year, cell: cell.cell, counted, summed, noise_2sd });
            }
        }
    }
    off
}

/// National figures whose error is of interest: a name, and the cells that are summed.
const FIGURES: [(&str, &[&str]); 4] = [
    ("trips-fulfilled", &["trips-fulfilled"]),
    ("trips-asked", &["trips-fulfilled", "trips-not-fulfilled"]),
    ("persons", &["need-none", "need-aid-or-companion", "need-wheelchair"]),
    ("wheelchairs", &["need-wheelchair"]),
];

/// By figure, how far each total of a model and year is off, as parts of what was counted, ascending.
pub fn errors(off: &[Off]) -> Vec<(&'static str, Vec<f64>)> {
    let of = |cells: &[&str]| {
        let mut sums: BTreeMap<(&str, i16), (u64, i64)> = BTreeMap::new();
        for one in off.iter().filter(|one| cells.contains(&one.cell)) {
            let (counted, summed) = sums.entry((one.model.as_str(), one.year)).or_default();
            *counted += one.counted;
            *summed += one.summed;
        }
        let error = |(counted, summed): &(u64, i64)| {
            ratio(summed.abs_diff(i64::try_from(*counted).unwrap_or(i64::MAX)), *counted)
        };
        let mut errors: Vec<f64> = sums.values().map(error).collect();
        errors.sort_by(f64::total_cmp);
        errors
    };
    FIGURES.map(|(name, cells)| (name, of(cells))).into()
}

/// The rate of fulfilment of each model as it was counted, without noise.
fn true_rates(plan: &Plan, made: &[Sent]) -> BTreeMap<String, f64> {
    let mut sums: BTreeMap<String, [u64; 2]> = BTreeMap::new();
    for (planned, sent) in plan.territories.iter().zip(made) {
        let [yes, no] = sums.entry(planned.model.to_string()).or_default();
        for (report, counts) in sent.reports.iter().zip(&sent.counts) {
            if let ("v1/pulse", [fulfilled, not]) = (report.vocabulary.as_str(), counts.as_slice()) {
                *yes += fulfilled;
                *no += not;
            }
        }
    }
    sums.into_iter().map(|(model, [yes, no])| (model, ratio(yes, yes + no))).collect()
}

#[expect(clippy::cast_precision_loss, reason = "numbers of trips")]
fn ratio(part: u64, whole: u64) -> f64 {
    part as f64 / f64::max(whole as f64, 1.0)
}

/// Compares the models of many federations that differ by their seed alone. The first pair is of models that do not differ, the second of
/// one without effect and the one with it. What is true of the second is the crude difference of rates, which density is a part of: its
/// mean over all federations, since territories, too, are drawn. Federations without one of the models are left out.
///
/// # Errors
/// A federation that cannot be made up, or compared at all.
pub fn calibration(wanted: &Wanted, federations: u64) -> anyhow::Result<[Compared; 2]> {
    let [first, second, third] = MODELS;
    let mut played = Vec::new();
    for seed in 0..federations {
        let wanted = Wanted { seed: wanted.seed.wrapping_add(seed), ..wanted.clone() };
        let plan = Plan::make(&wanted, Geography::embedded())?;
        let made: Vec<Sent> =
            plan.territories.iter().map(|planned| reports::of(&plan, planned)).collect::<Result<_, _>>()?;
        let question =
            Question { indicator: IndicatorKey::FulfilmentRate, range: Range::default(), against: None };
        let answer = answer(&stored(&plan, &made), Geography::embedded(), &question)?;
        played.push((true_rates(&plan, &made), answer.context("no report can be compared")?.comparison));
    }
    let compared = [(first, third), (first, second)].map(|pair| {
        let differences: Vec<f64> =
            played.iter().filter_map(|(rates, _)| Some(rates.get(pair.0)? - rates.get(pair.1)?)).collect();
        let number = f64::from(u32::try_from(differences.len()).unwrap_or(u32::MAX));
        let mean = differences.iter().sum::<f64>() / number.max(1.0);
        let mut compared =
            Compared { truth: if pair.1 == third { 0.0 } else { mean }, ..Compared::default() };
        for (_, comparison) in &played {
            let named = |first: &str, second: &str| (first, second) == pair || (second, first) == pair;
            let of_pair = comparison.contrasts.iter().find(|one| named(&one.first, &one.second));
            let Some(contrast) = of_pair else { continue };
            let Ok(difference) = &contrast.difference else { continue };
            let turned = if contrast.first == pair.0 { 1.0 } else { -1.0 };
            let truth = turned * compared.truth;
            let detected = match contrast.conclusion {
                Conclusion::Detected { first_higher } => truth.abs() <= 0.0 || first_higher == (truth > 0.0),
                Conclusion::NotDetected
                | Conclusion::MethodsDisagree
                | Conclusion::OneMethod(_)
                | Conclusion::Withheld(_) => false,
            };
            compared.shown += 1;
            compared.covered +=
                u32::from(difference.interval.low <= truth && truth <= difference.interval.high);
            compared.rejected += u32::from(difference.p < 0.05);
            compared.detected += u32::from(detected);
            compared.one_method += u32::from(matches!(contrast.conclusion, Conclusion::OneMethod(_)));
            if contrast.detectable_by_both.as_ref().is_ok_and(|least| **least <= truth.abs()) {
                compared.as_announced.0 += u32::from(detected);
                compared.as_announced.1 += 1;
            }
        }
        compared
    });
    Ok(compared)
}

#[cfg(test)]
mod tests {
    use maillage_geography::Geography;

    use super::{calibration, utility};
    use crate::{
        plan::{Plan, Wanted},
        reports,
    };

    fn wanted(territories: usize) -> Wanted {
        Wanted {
            seed: 11,
            territories,
            without: [].into(),
            until: "2026-H1".parse().unwrap(),
            half_years: 2,
            effect: 0.8,
        }
    }

    #[test]
    fn totals_are_off_by_noise_alone() {
        let plan = Plan::make(&wanted(30), Geography::embedded()).unwrap();
        let made: Vec<_> = plan.territories.iter().map(|one| reports::of(&plan, one).unwrap()).collect();
        let off = utility(&plan, &made);
        assert_eq!(off.len(), 3 * 2 * (2 + 29), "three models, two years that half a year of each is in");
        let beyond = off.iter().filter(|off| {
            let counted = i64::try_from(off.counted).unwrap();
            (off.summed - counted).unsigned_abs() > off.noise_2sd
        });
        // One in twenty or so.
        let beyond = beyond.count();
        assert!((1..25).contains(&beyond), "{beyond} of {}", off.len());
        assert!(off.iter().all(|off| off.noise_2sd > 0));
        let errors = super::errors(&off);
        let (name, of_trips) = &errors[0];
        assert_eq!((*name, of_trips.len()), ("trips-fulfilled", 6));
        let worst = off.iter().filter(|off| off.cell == *name).map(|off| {
            f64::from(i32::try_from(off.summed).unwrap() - i32::try_from(off.counted).unwrap()).abs()
                / f64::from(u32::try_from(off.counted).unwrap())
        });
        assert_eq!(of_trips.last().copied(), worst.reduce(f64::max));
    }

    #[test]
    fn a_large_effect_is_found_and_none_is_not() {
        let [alike, different] = calibration(&wanted(90), 3).unwrap();
        assert_eq!((alike.shown, different.shown), (3, 3));
        assert!(different.truth < -0.05, "{different:?}");
        // The second opinion has too few territories with enough trips above their noise: nothing is announced by one alone.
        assert!(different.rejected >= 2 && alike.rejected <= 1, "{alike:?} {different:?}");
        assert_eq!((alike.detected, different.detected), (0, 0));
    }
}
