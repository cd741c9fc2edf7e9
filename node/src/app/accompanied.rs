//! How many people were accompanied: each once a year, however many services. Counted from what was rendered, whenever it is
//! asked for; nothing is kept. People who object to statistics are left out, and how many they are is told.

use jiff::civil::Date;
use maillage_domain::{
    pathway::{Accompanied, Act},
    roles::Operation,
    trip::TripStatus,
};
use maillage_engine::{EngineError, View};
use maillage_federation::{ids::Id, month::paris};
use maillage_platform::refusal::Refusal;
use maillage_store::{loans, pathways, persons, services, trips};

use super::{App, caller::Caller, fleet::today, refusals};
use crate::limits::{COUNTED_DAYS, PAGE_MAX};

/// The people accompanied, and how many of those who were object to being counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Count {
    /// Who is counted.
    pub accompanied: Accompanied,
    /// How many are not.
    pub objecting: usize,
}

/// Counts the people accompanied between two days, both included.
///
/// # Errors
/// `period-order`, `period-too-long`; the store.
pub fn count(app: &App, caller: &Caller, first: Date, last: Date) -> Result<Count, Refusal> {
    caller.check(Operation::PathwayCount)?;
    if last < first {
        return Err(refusals::invalid("period-order"));
    }
    if (last - first).get_days() > COUNTED_DAYS {
        return Err(refusals::invalid("period-too-long").with("max", COUNTED_DAYS));
    }
    app.look(caller, Operation::PathwayCount, |app, view| {
        let mut accompanied = between(app, view, first, last)?;
        let objectors = persons::objectors(view)?;
        let objecting = objectors.into_iter().filter(|person| accompanied.forget(*person)).count();
        Ok(Count { accompanied, objecting })
    })
}

/// The people to whom anything was rendered between two days, both included, whether they object to being counted or not.
pub(super) fn between(
    app: &App,
    view: &dyn View,
    first: Date,
    last: Date,
) -> Result<Accompanied, EngineError> {
    let mut accompanied = Accompanied::default();
    let mut note = |act: Act| accompanied.note(act, first, last);
    of_trips(view, (first, last), &mut note)?;
    of_loans(view, today(app), &mut note)?;
    of_services(view, &mut note)?;
    of_pathways(view, today(app), &mut note)?;
    Ok(accompanied)
}

fn of_trips(
    view: &dyn View,
    (first, last): (Date, Date),
    note: &mut impl FnMut(Act),
) -> Result<(), EngineError> {
    for day in first.series(jiff::Span::new().days(1)).take_while(|day| *day <= last) {
        for trip in trips::on_day(view, day)? {
            if let (TripStatus::Completed { .. }, Some(person)) = (trip.status(), trip.person()) {
                note(Act::on(person, day));
            }
        }
    }
    Ok(())
}

/// A loan counts from the day it was handed out to the day it came back.
fn of_loans(view: &dyn View, today: Date, note: &mut impl FnMut(Act)) -> Result<(), EngineError> {
    pages(
        |after| loans::list(view, after, PAGE_MAX),
        |loan| loan.id,
        |loan| {
            let Some(out) = loan.hand_out() else { return };
            let first = out.at.to_zoned(paris()).date();
            let last = loan.take_back().map_or(today, |back| back.at.to_zoned(paris()).date());
            note(Act { person: loan.person, first, last: last.max(first) });
        },
    )
}

fn of_services(view: &dyn View, note: &mut impl FnMut(Act)) -> Result<(), EngineError> {
    pages(
        |after| services::list(view, after, PAGE_MAX),
        |service| service.id,
        |service| {
            if let Some((person, day)) = service.person().zip(service.rendered()) {
                note(Act::on(person, day));
            }
        },
    )
}

fn of_pathways(view: &dyn View, today: Date, note: &mut impl FnMut(Act)) -> Result<(), EngineError> {
    pages(
        |after| pathways::list(view, after, PAGE_MAX),
        |pathway| pathway.id,
        |pathway| {
            if let Some(act) = pathway.act(today) {
                note(act);
            }
        },
    )
}

/// Goes through a long list page by page, so that it is never in memory as a whole.
pub(super) fn pages<T, K>(
    list: impl Fn(Option<Id<K>>) -> Result<Vec<T>, EngineError>,
    id: impl Fn(&T) -> Id<K>,
    mut each: impl FnMut(&T),
) -> Result<(), EngineError> {
    let mut after = None;
    loop {
        let page = list(after)?;
        page.iter().for_each(&mut each);
        match page.last() {
            Some(last) => after = Some(id(last)),
            None => return Ok(()),
        }
    }
}
