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
    material::{Material, Part, counting, place},
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
    let range = Range {
        from: from.map(|half_year| half_year.months()[0]),
        to: last.map(|half_year| half_year.last_month()),
    };
    let material = Material::of(&counting(reports), geography, *indicator, range);
    let half_years = half_years(&material.parts);
    if half_years.is_empty() || material.parts.iter().all(|part| part.model != *to) {
        return Ok(None);
    }
    let mut territories: BTreeMap<Siren, Vec<&Part>> = BTreeMap::new();
    for part in &material.parts {
        territories.entry(part.territory).or_default().push(part);
    }
    let (mut courses, mut several_models) = (Vec::new(), 0);
    for (siren, parts) in &territories {
        match History::of(parts, to) {
            Some(history) => courses.extend(history.course(geography, *indicator, siren, &half_years)),
            None => several_models += 1,
        }
    }
    let panel = Panel {
        indicator: indicator.indicator(),
        periods: half_years.len(),
        courses,
        privacy: Privacy::Noise { rho_per_year: real(rho_per_year()) },
    };
    Ok(Some(Found {
        changes: compare_courses(&panel)?,
        half_years,
        several_models,
        reports: material.reports(),
        fingerprint: material.fingerprint(),
        unknown: material.left_out,
    }))
}

/// From the first of which anything was reported to the last that somebody reported to its end.
fn half_years(parts: &[Part]) -> Vec<HalfYear> {
    let first = parts.iter().map(|part| HalfYear::of(part.period)).min();
    let last = parts.iter().filter_map(|part| HalfYear::ending(part.period)).max();
    let (Some(first), Some(last)) = (first, last) else { return Vec::new() };
    let following = std::iter::successors(Some(first), |half_year| Some(half_year.next()));
    following.take_while(|half_year| half_year.last_month() <= last.last_month()).collect()
}

/// What one territory reported, half-year by half-year.
struct History {
    sums: BTreeMap<HalfYear, (Sums, BTreeSet<Month>)>,
    /// The first half-year with a month under the model changed to.
    changed_at: Option<HalfYear>,
}

impl History {
    /// Of a territory that has one model all through, or one before the model changed to and none other after it.
    fn of(parts: &[&Part], to: &ModelKey) -> Option<Self> {
        let mut models: BTreeMap<Month, &ModelKey> = BTreeMap::new();
        let mut sums: BTreeMap<HalfYear, (Sums, BTreeSet<Month>)> = BTreeMap::new();
        for part in parts {
            if models.insert(part.period, &part.model).is_some() {
                return None;
            }
            let half_year =
                sums.entry(HalfYear::of(part.period)).or_insert_with(|| (Sums::NOTHING, [].into()));
            half_year.0 = half_year.0.plus(part.sums);
            half_year.1.insert(part.period);
        }
        let before: Vec<&ModelKey> = models.values().copied().take_while(|model| *model != to).collect();
        let one_before = before.iter().collect::<BTreeSet<_>>().len() <= 1;
        let stays = models.values().skip(before.len()).all(|model| *model == to);
        let changed = models.keys().nth(before.len()).map(|month| HalfYear::of(*month));
        (one_before && stays).then_some(Self { sums, changed_at: changed })
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
        let wanted = |half_year: &HalfYear| -> usize {
            match indicator.cadence() {
                Cadence::Monthly => half_year.months().len(),
                Cadence::HalfYearly => 1,
            }
        };
        let observations = half_years.iter().map(|half_year| {
            let (sums, periods) = self.sums.get(half_year)?;
            (periods.len() == wanted(half_year)).then(|| indicator.observation(place, *sums, periods.len()))
        });
        // Whoever changes after the last half-year looked at has not changed yet in any of them.
        let changed_at =
            self.changed_at.and_then(|changed| half_years.iter().position(|half_year| *half_year == changed));
        Some(Course { place, changed_at, observations: observations.collect() })
    }
}
