//! Series: made, changed, ended, and turned into requests over a rolling horizon. What was made for a day is noted under
//! series and day in the transaction that makes it, so that doing it again makes nothing twice. A trip that somebody has
//! decided about or changed by hand is never moved: it is told.

mod make;

use std::{collections::BTreeMap, sync::Arc};

use jiff::{ToSpan as _, civil::Date};
use maillage_domain::{
    civil::day_of,
    holidays::Calendar,
    ids::{PersonKind, SeriesKind},
    limits::{SERIES_HORIZON_DAYS, SERIES_HORIZON_DAYS_MAX},
    roles::Operation,
    series::{Exception, Journey, NewSeries, Pattern, Planned, Reach, Series, Split},
    trip::{Occurrence, Trip},
};
use maillage_engine::{Transaction, View};
use maillage_federation::ids::Id;
use maillage_platform::refusal::{Refusal, RefusalKind};
use maillage_store::{
    events::Subject,
    persons, reference,
    series::{self as store, Made, Unmade},
};

use self::make::Making;
pub use self::make::Report;
use super::{Aborted, App, caller::Caller, edit::check_etag, refusals, suggest::find};
use crate::limits::PAGE_MAX;

/// A series after something was done to it, and what became of its trips.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The series, or the new one that a change of the following days made.
    pub series: Series,
    /// What became of the trips.
    pub report: Report,
}

/// What is to be different about a series.
#[derive(Clone)]
pub enum Change {
    /// Other days or another journey, where the mask says so.
    Fields(Fields),
    /// The person does not go on that day.
    Skip,
    /// The person goes on that day, whatever the holidays.
    Keep,
    /// Nothing is different on that day any more.
    AsUsual,
}

/// Fields to be changed, already laid over those of the series by whoever read the mask.
pub type Fields = Arc<dyn Fn(NewSeries) -> NewSeries + Send + Sync>;

/// Makes a series, and its trips of the coming weeks.
///
/// # Errors
/// The first thing typed that is not acceptable; `person-unknown`; the store.
pub async fn add(
    app: &Arc<App>,
    caller: &Caller,
    person: Id<PersonKind>,
    new: NewSeries,
) -> Result<Outcome, Refusal> {
    let read = new.parse(app.geography).map_err(refusals::series)?;
    let by = caller.clone();
    app.act_once(caller, Operation::SeriesAdd, move |app, transaction| {
        take(app, transaction, &by, person, (read, BTreeMap::new()))
    })
    .await
}

/// Makes a series, what is different on some days included, and its trips of the coming weeks inside a transaction.
///
/// # Errors
/// `person-unknown`; the store.
pub(crate) fn take(
    app: &App,
    transaction: &mut Transaction<'_>,
    by: &Caller,
    person: Id<PersonKind>,
    ((pattern, journey), exceptions): ((Pattern, Journey), BTreeMap<Date, Exception>),
) -> Result<Outcome, Aborted> {
    let series = Series {
        id: app.new_id(),
        person,
        follows: None,
        pattern,
        journey,
        exceptions,
        revision: 1,
        created: app.now(),
    };
    let mut making = Making::new(app, transaction, &series, SERIES_HORIZON_DAYS)?;
    making.make_missing(&series)?;
    let report = making.report;
    store::put(transaction, &series)?;
    app.note(transaction, by, Operation::SeriesAdd, &[Subject::Person(person)])?;
    Ok(Outcome { series, report })
}

/// One series.
///
/// # Errors
/// `series-unknown`; the store.
pub fn show(app: &App, caller: &Caller, id: Id<SeriesKind>) -> Result<Series, Refusal> {
    app.look(caller, Operation::SeriesShow, |_, view| load(view, id))
}

/// Series in the order they were made, of one person or of all, after one of them.
///
/// # Errors
/// The store.
pub fn list(
    app: &App,
    caller: &Caller,
    person: Option<Id<PersonKind>>,
    after: Option<Id<SeriesKind>>,
    limit: usize,
) -> Result<Vec<Series>, Refusal> {
    app.look(caller, Operation::SeriesList, |_, view| match person {
        Some(person) => Ok(store::of_person(view, person, after, limit)?),
        None => Ok(store::list(view, after, limit)?),
    })
}

/// A day of a series: what the pattern says, and the trips made for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// What the pattern says.
    pub planned: Planned,
    /// The trips, if they were made.
    pub trips: Vec<Trip>,
}

/// The days of a series between two days, both included.
///
/// # Errors
/// `series-unknown`, `series-range`; the store.
pub fn days(
    app: &App,
    caller: &Caller,
    id: Id<SeriesKind>,
    (from, to): (Date, Date),
) -> Result<Vec<Day>, Refusal> {
    app.look(caller, Operation::SeriesShow, |_, view| {
        let series = load(view, id)?;
        let longest = from.checked_add(i32::from(SERIES_HORIZON_DAYS_MAX).days()).unwrap_or(Date::MAX);
        if to < from || to > longest {
            return Err(refusals::invalid("series-range").with("days", SERIES_HORIZON_DAYS_MAX).into());
        }
        let person = persons::find(view, series.person)?
            .ok_or_else(|| refusals::unknown("person-unknown").with("id", series.person))?;
        let imported = reference::school_holidays(view)?;
        let calendar = Calendar::of(person.details.home.commune).with_imported(&imported);
        let mut days = Vec::new();
        for planned in series.planned(from, to, calendar) {
            let made = store::made(view, planned.occurrence)?;
            let trips = made.map(|made| trips_of(view, &made)).transpose()?.unwrap_or_default();
            days.push(Day { planned, trips });
        }
        Ok(days)
    })
}

/// Changes one day, a day and the following, or all. `even_decided` also moves or calls off trips that a driver was asked
/// for, or that were changed by hand; otherwise they are told and left.
///
/// # Errors
/// `changed-meanwhile`, `series-no-such-day`, what was typed; the store.
pub async fn edit(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<SeriesKind>,
    (reach, change): (Reach, Change),
    etag: String,
    even_decided: bool,
) -> Result<Outcome, Refusal> {
    let (by, following) = (caller.clone(), app.new_id());
    app.act(caller, Operation::SeriesEdit, move |app, transaction| {
        let series = load(transaction, id)?;
        check_etag(&etag, series.revision)?;
        let subject = Subject::Person(series.person);
        let outcome = match reach {
            Reach::This(day) => on_day(app, transaction, &series, (day, change), even_decided),
            Reach::Following(day) => {
                from_day(app, transaction, &series, (day, change, following), even_decided)
            }
            Reach::All => on_all(app, transaction, &series, change, even_decided),
        }?;
        app.note(transaction, &by, Operation::SeriesEdit, &[subject])?;
        Ok(outcome)
    })
    .await
}

/// Ends a series before a day: its trips from that day on are called off, unless somebody has decided about them.
///
/// # Errors
/// `changed-meanwhile`, `series-unknown`; the store.
pub async fn end(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<SeriesKind>,
    from: Date,
    etag: String,
    even_decided: bool,
) -> Result<Outcome, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::SeriesEnd, move |app, transaction| {
        let series = load(transaction, id)?;
        check_etag(&etag, series.revision)?;
        let ended = series.ending_before(from);
        let mut making = Making::new(app, transaction, &series, SERIES_HORIZON_DAYS)?;
        making.even_decided = even_decided;
        making.bring_in_line(&ended, |day| day >= from)?;
        let report = making.report;
        store::put(transaction, &ended)?;
        app.note(transaction, &by, Operation::SeriesEnd, &[Subject::Person(ended.person)])?;
        Ok(Outcome { series: ended, report })
    })
    .await
}

/// Makes the missing trips of every series, as somebody asks for it.
///
/// # Errors
/// `series-horizon`; the store.
pub async fn generate(app: &Arc<App>, caller: &Caller, horizon_days: u16) -> Result<Report, Refusal> {
    caller.check(Operation::SeriesGenerate)?;
    if !(1..=SERIES_HORIZON_DAYS_MAX).contains(&horizon_days) {
        return Err(refusals::invalid("series-horizon").with("days", SERIES_HORIZON_DAYS_MAX));
    }
    roll_on(app, horizon_days).await
}

/// Makes the missing trips of every series: one transaction each, so that one that cannot be planned stops no other. A
/// refusal of one is told beside what was made of the others.
///
/// # Errors
/// The store.
pub async fn roll_on(app: &Arc<App>, horizon_days: u16) -> Result<Report, Refusal> {
    let (mut total, mut after) = (Report::default(), None);
    loop {
        let page = app.read(|_, view| Ok(store::list(view, after, PAGE_MAX)?))?;
        after = page.last().map(|series| series.id);
        let full = page.len() == PAGE_MAX;
        let today = day_of(app.now());
        for series in page.iter().filter(|series| {
            series.last_day().is_none_or(|last| last >= today) || !series.exceptions.is_empty()
        }) {
            let id = series.id;
            let made = app.transact(Operation::SeriesGenerate.code(), move |app, transaction| {
                let series = load(transaction, id)?;
                let mut making = Making::new(app, transaction, &series, horizon_days)?;
                making.make_missing(&series)?;
                Ok(making.report)
            });
            match made.await {
                Ok(report) => total.add(report),
                Err(refusal) if is_rule(&refusal) => total.refused.push((id, refusal.reason().to_owned())),
                Err(refusal) => return Err(refusal),
            }
        }
        if !full {
            return Ok(total);
        }
    }
}

/// A trip of a series followed its person: that is no change by hand.
///
/// # Errors
/// The store.
pub(super) fn note_followed(
    transaction: &mut Transaction<'_>,
    before: &Trip,
    after: &Trip,
) -> Result<(), Aborted> {
    let Some(day) = before.terms.occurrence else { return Ok(()) };
    let Some(mut made) = store::made(transaction, day)? else { return Ok(()) };
    let Some(place) = made.trips.iter().position(|trip| *trip == before.id()) else { return Ok(()) };
    made.edits.resize(made.trips.len(), 0);
    match made.edits.get_mut(place) {
        Some(kept) if before.edits() <= *kept => *kept = after.edits(),
        Some(_) | None => return Ok(()),
    }
    Ok(store::put_made(transaction, day.series, &made)?)
}

/// Whether a rule says no, rather than the store.
pub(super) fn is_rule(refusal: &Refusal) -> bool {
    !matches!(refusal.kind(), RefusalKind::Internal | RefusalKind::Unavailable)
}

/// A day of a series that could not be made, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmadeDay {
    /// The day and why.
    pub unmade: Unmade,
    /// The person, if the series is still known.
    pub person: Option<Id<PersonKind>>,
}

/// At most `limit` days of series that could not be made, with why and whose, by series and day, after one of them. Days
/// that have passed stay.
///
/// # Errors
/// The store.
pub fn unmade(
    app: &App,
    caller: &Caller,
    after: Option<Occurrence>,
    limit: usize,
) -> Result<Vec<UnmadeDay>, Refusal> {
    app.look(caller, Operation::SeriesShow, |_, view| {
        let whose = |unmade: Unmade| -> Result<_, Aborted> {
            let person = store::find(view, unmade.day.series)?.map(|series| series.person);
            Ok(UnmadeDay { unmade, person })
        };
        store::unmade(view, after, limit)?.into_iter().map(whose).collect()
    })
}

impl std::fmt::Debug for Change {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Fields(_) => "Fields",
            Self::Skip => "Skip",
            Self::Keep => "Keep",
            Self::AsUsual => "AsUsual",
        })
    }
}

fn on_day(
    app: &App,
    transaction: &mut Transaction<'_>,
    series: &Series,
    (day, change): (Date, Change),
    even_decided: bool,
) -> Result<Outcome, Aborted> {
    let edited = match change {
        Change::Skip => series.with_exception(day, Exception::Skipped),
        Change::Keep => series.with_exception(day, Exception::Kept),
        Change::AsUsual => Ok(series.without_exception(day)),
        Change::Fields(fields) => {
            let (on, journey) = other_day(app, series, day, &fields)?;
            series.with_exception(day, Exception::Changed { on, journey: Box::new(journey) })
        }
    }
    .map_err(refusals::series)?;
    let mut making = Making::new(app, transaction, series, SERIES_HORIZON_DAYS)?;
    making.even_decided = even_decided;
    making.bring_in_line(&edited, |other| other == day)?;
    let report = making.report;
    store::put(transaction, &edited)?;
    Ok(Outcome { series: edited, report })
}

/// The day and journey of one changed occurrence: `first` stands for the day it takes place.
fn other_day(
    app: &App,
    series: &Series,
    day: Date,
    fields: &Fields,
) -> Result<(Date, maillage_domain::series::Journey), Aborted> {
    let (before, journey) = match series.exceptions.get(&day) {
        Some(Exception::Changed { on, journey }) => (*on, journey.as_ref()),
        Some(Exception::Skipped | Exception::Kept) | None => (day, &series.journey),
    };
    let typed = NewSeries {
        first: before.to_string(),
        until: String::new(),
        count: 0,
        ..NewSeries::of(&series.pattern, journey)
    };
    let (pattern, journey) = fields(typed).parse(app.geography).map_err(refusals::series)?;
    Ok((pattern.first(), journey))
}

fn from_day(
    app: &App,
    transaction: &mut Transaction<'_>,
    series: &Series,
    (day, change, id): (Date, Change, Id<SeriesKind>),
    even_decided: bool,
) -> Result<Outcome, Aborted> {
    let Change::Fields(fields) = change else {
        return Err(refusals::invalid("series-one-day-only").into());
    };
    let Split { before, after } = series.split(day, id).map_err(refusals::series)?;
    let (pattern, journey) = fields(NewSeries::of(&after.pattern, &after.journey))
        .parse(app.geography)
        .map_err(refusals::series)?;
    let edited = Series { pattern, journey, ..after.clone() };
    if let Some(before) = &before {
        hand_over_days(transaction, before.id, id, day)?;
        store::put(transaction, before)?;
    }
    let mut making = Making::new(app, transaction, &edited, SERIES_HORIZON_DAYS)?;
    making.even_decided = even_decided;
    making.bring_in_line(&edited, |_| true)?;
    let report = making.report;
    store::put(transaction, &edited)?;
    Ok(Outcome { series: edited, report })
}

/// What was made for the days from one on belongs to another series now.
fn hand_over_days(
    transaction: &mut Transaction<'_>,
    from: Id<SeriesKind>,
    to: Id<SeriesKind>,
    day: Date,
) -> Result<(), Aborted> {
    for made in store::made_between(transaction, from, day, Date::MAX)? {
        for id in &made.trips {
            let mut trip = find(transaction, *id)?;
            trip.terms.occurrence = Some(Occurrence { series: to, date: made.date });
            maillage_store::trips::put(transaction, &trip)?;
        }
        store::move_made(transaction, from, to, &made)?;
    }
    for unmade in store::unmade_of(transaction, from, day)? {
        store::clear_unmade(transaction, unmade.day)?;
    }
    Ok(())
}

fn on_all(
    app: &App,
    transaction: &mut Transaction<'_>,
    series: &Series,
    change: Change,
    even_decided: bool,
) -> Result<Outcome, Aborted> {
    let Change::Fields(fields) = change else {
        return Err(refusals::invalid("series-one-day-only").into());
    };
    let (pattern, journey) = fields(NewSeries::of(&series.pattern, &series.journey))
        .parse(app.geography)
        .map_err(refusals::series)?;
    let edited = series.with_all(pattern, journey);
    let mut making = Making::new(app, transaction, series, SERIES_HORIZON_DAYS)?;
    making.even_decided = even_decided;
    making.bring_in_line(&edited, |_| true)?;
    let report = making.report;
    store::put(transaction, &edited)?;
    Ok(Outcome { series: edited, report })
}

fn load(view: &dyn View, id: Id<SeriesKind>) -> Result<Series, Aborted> {
    store::find(view, id)?.ok_or_else(|| refusals::unknown("series-unknown").with("id", id).into())
}

fn trips_of(view: &dyn View, made: &Made) -> Result<Vec<Trip>, Aborted> {
    made.trips.iter().map(|id| find(view, *id)).collect()
}
