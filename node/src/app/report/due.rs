//! Which periods wait for somebody to send or withhold them. Must never close one.

use maillage_domain::roles::Operation;
use maillage_engine::View;
use maillage_federation::{
    half_year::HalfYear,
    month::Month,
    statistics::{Period, Vocabulary},
};
use maillage_platform::refusal::Refusal;

use super::{closed_months, half_year::months_are_closed, newest};
use crate::app::{Aborted, App, caller::Caller};

/// Months told at once: a year is as many as the budget of a year has.
const MONTHS: usize = 12;

/// The periods that are over and open, in the order in which they are closed: the months since the newest that is closed, then the
/// half-years whose months are. Where none was closed yet, the last month takes all that was before with it.
///
/// # Errors
/// The store.
pub fn due(app: &App, caller: &Caller) -> Result<Vec<Period>, Refusal> {
    app.look(caller, Operation::ReportList, |app, view| {
        let last = Month::of(app.now()).previous();
        let mut periods: Vec<Period> = months(view, last)?.into_iter().map(Period::Month).collect();
        periods.extend(half_years(view, last)?.into_iter().map(Period::HalfYear));
        Ok(periods)
    })
}

fn months(view: &dyn View, last: Month) -> Result<Vec<Month>, Aborted> {
    let first = newest(view, &Vocabulary::pulse())?.map_or(last, Month::next);
    let open = std::iter::successors(Some(first), |month| Some(month.next()));
    Ok(open.take_while(|month| *month <= last).take(MONTHS).collect())
}

fn half_years(view: &dyn View, last: Month) -> Result<Vec<HalfYear>, Aborted> {
    let counted = closed_months(view, &Vocabulary::pulse())?;
    let begun = counted.into_iter().min().map(HalfYear::of);
    let newest = newest(view, &Vocabulary::half_year())?.map(|month| HalfYear::of(month).next());
    let Some(first) = newest.or(begun) else { return Ok(Vec::new()) };
    let over = std::iter::successors(Some(first), |half| Some(half.next()));
    let mut open = Vec::new();
    for half in over.take_while(|half| half.last_month() <= last).take(MONTHS) {
        match months_are_closed(view, half) {
            Ok(()) => open.push(half),
            Err(Aborted::Refused(_)) => {}
            Err(error @ Aborted::Engine(_)) => return Err(error),
        }
    }
    Ok(open)
}
