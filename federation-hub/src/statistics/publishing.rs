//! Over which months models are compared where it is published: a window that moves with the reports, so that a month of few territories
//! keeps a model out for a while and not for good. It must never let a model's figure through of which one of these months is hidden: the
//! others are shown beside it, and together they would tell it.

use std::collections::{BTreeMap, BTreeSet};

use maillage_comparison::{StudyError, display::code_hides};
use maillage_federation::{models::ModelKey, month::Month, statistics::Cadence};
use maillage_geography::Geography;

use super::{
    Answer, Question, Range, compared,
    indicator::IndicatorKey,
    series::{Followed, Point, Value, series},
};
use crate::{limits, store::ReceivedReport};

/// The window of an indicator, and the models that it withholds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Window {
    /// The months.
    pub(super) range: Range,
    /// Models of which a month is hidden.
    pub(super) hidden: BTreeSet<ModelKey>,
}

/// The models compared as it is published. None where nothing was reported.
///
/// # Errors
/// The model to compare with is in none of the reports.
pub(super) fn published(
    reports: &[ReceivedReport],
    geography: &Geography,
    indicator: IndicatorKey,
    against: Option<ModelKey>,
) -> Result<Option<Answer>, StudyError> {
    let Some(Window { range, hidden }) = window(reports, geography, indicator)? else { return Ok(None) };
    compared(reports, geography, &Question { indicator, range, against }, &hidden)
}

/// The window of an indicator: it ends with the newest of the last periods in which most models are shown, for reports of a month come in
/// over some days.
pub(super) fn window(
    reports: &[ReceivedReport],
    geography: &Geography,
    indicator: IndicatorKey,
) -> Result<Option<Window>, StudyError> {
    let follow = |followed| Ok(series(reports, geography, followed, Range::default())?.points);
    let mut points: Vec<Point> = follow(Followed::Indicator(indicator))?;
    let looked_at = match indicator.cadence() {
        Cadence::Monthly => limits::MONTHS_LOOKED_AT,
        Cadence::HalfYearly => limits::HALF_YEARS_LOOKED_AT,
    };
    let Some(last) = last_period(&points, looked_at) else { return Ok(None) };
    for vocabulary in indicator.vocabularies() {
        points.extend(follow(Followed::Vocabulary(vocabulary))?);
    }
    let range = Range { from: Some(months_before(last, limits::COMPARED_MONTHS - 1)), to: Some(last) };
    let hidden = points.into_iter().filter(|point| range.contains(point.period) && is_hidden(point));
    Ok(Some(Window { range, hidden: hidden.filter_map(|point| point.model).collect() }))
}

/// Of the newest periods, the one in which most models are shown; the newest of several.
fn last_period(points: &[Point], looked_at: usize) -> Option<Month> {
    let mut shown: BTreeMap<Month, usize> = BTreeMap::new();
    for point in points.iter().filter(|point| point.model.is_some()) {
        *shown.entry(point.period).or_default() += usize::from(!is_hidden(point));
    }
    let newest = shown.into_iter().rev().take(looked_at);
    newest.max_by_key(|(period, models)| (*models, *period)).map(|(period, _)| period)
}

/// Whether a point hides people. One within its noise does not: its cells are among the totals.
fn is_hidden(point: &Point) -> bool {
    let reason = match &point.value {
        Value::Totals(totals) => totals.as_ref().err(),
        Value::Figure(result) => result.figure.as_ref().err(),
    };
    reason.is_some_and(|withheld| code_hides(withheld.code()))
}

fn months_before(month: Month, number: u32) -> Month {
    (0..number).fold(month, |month, _| month.previous())
}
