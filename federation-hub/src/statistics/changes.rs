//! Territories that change to a model, put together for the comparison from the reports as received: half-year by half-year, since a month of one
//! territory is mostly noise. It must never take a territory in that ran several models at once or changed more than once: nobody could say
//! what its change was.

use std::collections::{BTreeMap, BTreeSet};

use maillage_comparison::{Changes, Course, Panel, Privacy, StudyError, changes as compare_courses};
use maillage_federation::{
    half_year::HalfYear,
    models::ModelKey,
    month::Month,
    statistics::{Cadence, rho_per_year},
};
use maillage_geography::{Geography, Siren};

use super::{
    Range,
    indicator::{IndicatorKey, Sums},
    material::{Material, Part, Stands, counting, fingerprint, place},
    real,
};
use crate::store::ReceivedReport;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    /// The indicator.
    pub(super) indicator: IndicatorKey,
    /// The model changed to.
    pub(super) to: ModelKey,
    /// First and last half-year, where given.
    pub(super) half_years: (Option<HalfYear>, Option<HalfYear>),
}

/// What the reports say of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    /// The changes.
    pub(super) changes: Changes,
    /// Half-years looked at.
    pub(super) half_years: Vec<HalfYear>,
    /// Territories with several models at once, or that changed more than once.
    pub(super) several_models: u32,
    /// Reports it rests on.
    pub(super) reports: u32,
    /// BLAKE3 over their hashes.
    pub(super) fingerprint: [u8; 32],
    /// Reports of territories that the geography does not know.
    pub(super) unknown: u32,
}

/// What is associated with changing to a model. None where no report is under it, or no half-year was reported to its end.
///
/// # Errors
/// What was put together is no panel: a fault of this program.
pub(super) fn changes(
    reports: &[ReceivedReport],
    geography: &Geography,
    asked: &Asked,
) -> Result<Option<Found>, StudyError> {
    let Asked { indicator, to, half_years: (from, last) } = asked;
    let range =
        Range { from: from.map(|half_year| half_year.months()[0]), to: last.map(HalfYear::last_month) };
    let material = Material::of(&counting(reports), geography, *indicator, range);
    let mut territories: BTreeMap<Siren, Vec<&Part>> = BTreeMap::new();
    for part in material.parts.iter().filter(|part| part.stands != Stands::Nowhere) {
        territories.entry(part.territory).or_default().push(part);
    }
    let read: Vec<(Siren, Option<History>)> =
        territories.iter().map(|(siren, parts)| (*siren, History::of(parts, to))).collect();
    let several_models = read.iter().filter(|(_, history)| history.is_none()).count();
    let histories: Vec<(Siren, History)> =
        read.into_iter().filter_map(|(siren, history)| Some((siren, history?))).collect();
    let half_years = half_years(&histories, *indicator);
    if half_years.is_empty() || material.parts.iter().all(|part| part.model != *to) {
        return Ok(None);
    }
    let course =
        |(siren, history): &(Siren, History)| history.course(geography, *indicator, siren, &half_years);
    let courses: Vec<Course> = histories.iter().filter_map(course).collect();
    let panel = Panel {
        indicator: indicator.indicator(),
        periods: half_years.len(),
        courses,
        privacy: Privacy::Noise { rho_per_year: real(rho_per_year()) },
    };
    Ok(Some(Found {
        changes: compare_courses(&panel)?,
        half_years,
        several_models: u32::try_from(several_models).unwrap_or(u32::MAX),
        reports: u32::try_from(material.used().count()).unwrap_or(u32::MAX),
        fingerprint: fingerprint(material.used()),
        unknown: material.left_out,
    }))
}

/// From the first to the last half-year that at least half as many territories reported to its end as the one that most did: neither a
/// beginning in March nor an early June makes all others incomplete.
fn half_years(histories: &[(Siren, History)], indicator: IndicatorKey) -> Vec<HalfYear> {
    let mut complete: BTreeMap<HalfYear, usize> = BTreeMap::new();
    for (_, history) in histories {
        for (half_year, (_, periods)) in &history.sums {
            *complete.entry(*half_year).or_default() += usize::from(is_whole(indicator, periods));
        }
    }
    let most = complete.values().copied().max().unwrap_or_default();
    let mut enough = complete.into_iter().filter(|(_, whole)| *whole > 0 && 2 * whole >= most);
    let Some((first, _)) = enough.next() else { return Vec::new() };
    let last = enough.next_back().map_or(first, |(last, _)| last);
    let following = std::iter::successors(Some(first), |half_year| Some(half_year.next()));
    following.take_while(|half_year| half_year.last_month() <= last.last_month()).collect()
}

/// Whether every period of a half-year was reported.
fn is_whole(indicator: IndicatorKey, periods: &BTreeSet<Month>) -> bool {
    let wanted = match indicator.cadence() {
        Cadence::Monthly => 6,
        Cadence::HalfYearly => 1,
    };
    periods.len() == wanted
}

/// What one territory reported, half-year by half-year.
struct History {
    sums: BTreeMap<HalfYear, (Sums, BTreeSet<Month>)>,
    /// The first half-year with a month under the model changed to.
    changed_at: Option<HalfYear>,
}

impl History {
    /// Of a territory that has one model all through, or one before the model changed to and none other after it. The period of the change may
    /// have both.
    fn of(parts: &[&Part], to: &ModelKey) -> Option<Self> {
        let mut models: BTreeMap<Month, BTreeSet<&ModelKey>> = BTreeMap::new();
        let mut sums: BTreeMap<HalfYear, (Sums, BTreeSet<Month>)> = BTreeMap::new();
        for part in parts {
            models.entry(part.period).or_default().insert(&part.model);
            let half_year =
                sums.entry(HalfYear::of(part.period)).or_insert_with(|| (Sums::NOTHING, [].into()));
            half_year.0 = half_year.0.plus(part.sums);
            half_year.1.insert(part.period);
        }
        let changed = models.iter().find(|(_, models)| models.contains(to)).map(|(month, _)| *month);
        let others: BTreeSet<&ModelKey> =
            models.values().flatten().copied().filter(|model| *model != to).collect();
        let is_after = |month: Month| changed.is_some_and(|changed| month > changed);
        let stays =
            models.iter().all(|(month, models)| !is_after(*month) || models.iter().all(|model| *model == to));
        (others.len() <= 1 && stays).then(|| Self { sums, changed_at: changed.map(HalfYear::of) })
    }

    /// Over the half-years looked at: one that was not reported in every month is missing.
    fn course(
        &self,
        geography: &Geography,
        indicator: IndicatorKey,
        siren: &Siren,
        half_years: &[HalfYear],
    ) -> Option<Course> {
        let place = place(geography, siren)?;
        let observations = half_years.iter().map(|half_year| {
            let (sums, periods) = self.sums.get(half_year)?;
            is_whole(indicator, periods).then(|| indicator.observation(place, *sums, periods.len()))
        });
        // Whoever changes after the last half-year looked at has not changed yet in any of them.
        let changed_at =
            self.changed_at.and_then(|changed| half_years.iter().position(|half_year| *half_year == changed));
        Some(Course { place, changed_at, observations: observations.collect() })
    }
}
