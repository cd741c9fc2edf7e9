//! A week by driver and a day, with what nobody has yet on top. Must never assign anybody.

use std::collections::BTreeSet;

use axum::{
    extract::{Extension, Path, State},
    http::Uri,
    response::Response,
};
use jiff::{ToSpan as _, civil::Date};
use maillage_console::{
    frame::Notice,
    parts::TripRow,
    planning::{DayPage, DriverDay, DriverWeek, OpenDay, Round, WeekDay, WeekPage},
};
use maillage_domain::{
    civil::{day_of, parse_date},
    ids::VolunteerKind,
    roles::Operation,
    trip::{Trip, TripStatus},
    volunteer::Volunteer,
};
use maillage_federation::ids::Id;
use maillage_platform::refusal::Refusal;

use super::{TRIPS, availability::hours_of, done, proposals, shown};
use crate::{
    app::{people, planning, trips},
    console::{
        Console,
        door::Visit,
        fields::Fields,
        reply::{frame, nothing, page, texts, words},
        shown::{self as worded, Names, hours, names_of, row},
    },
    limits::VOLUNTEERS,
};

/// Days of a week.
const WEEK: usize = 7;

/// The trips of a day, by who has them.
struct Sorted {
    trips: Vec<Trip>,
    /// What is to be said if there are more than are shown.
    cut: Option<Notice>,
}

/// The week.
pub(in crate::console) async fn show_week(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    uri: Uri,
) -> Response {
    let query = Fields::read(uri.query().unwrap_or_default().as_bytes()).unwrap_or_default();
    let day = parse_date(query.text("day")).unwrap_or_else(|_| day_of(console.app.now()));
    shown(&console, &visit, week(&console, &visit, day).await)
}

async fn week(console: &Console, visit: &Visit, day: Date) -> Result<Response, Refusal> {
    let (app, caller, texts) = (&console.app, visit.caller(), texts(console, visit));
    caller.check(Operation::TripList)?;
    let (present, dates) = (day_of(app.now()), week_of(day));
    let monday = dates.first().copied().unwrap_or(day);
    let volunteers = people::list_volunteers(app, &caller, None, VOLUNTEERS)?;
    let names = names_of(&volunteers);
    let (mut days, mut week) = (Vec::with_capacity(WEEK), Vec::with_capacity(WEEK));
    for date in &dates {
        days.push(Sorted::read(console, visit, *date)?);
        week.push(WeekDay {
            path: path_of(*date),
            name: short(console, visit, *date),
            is_present: *date == present,
            is_planned: proposals::of_day(console, visit, *date)?.is_some(),
        });
    }
    let seen = (Operation::TripList, days.iter().flat_map(|sorted| &sorted.trips));
    let visit = &worded::seen(console, visit, seen).await?;
    let cut = days.iter_mut().find_map(|sorted| sorted.cut.take());
    let rows = |trips: Vec<&Trip>| rows(console, visit, (&names, trips));
    let open = dates.iter().zip(&days).map(|(date, sorted)| OpenDay {
        path: path_of(*date),
        name: words(console, visit).day(*date),
        trips: rows(sorted.open()),
    });
    let link = |date: Date| format!("/planning?day={date}");
    let plan_from = dates.iter().find(|date| **date >= present);
    let mut around = frame(console, visit, texts.about("desk-week", &words(console, visit).day(monday)));
    around.notice = around.notice.or(cut);
    Ok(page(&WeekPage {
        frame: around,
        day: day.to_string(),
        before: link(monday.checked_sub(7.days()).unwrap_or(monday)),
        after: link(monday.checked_add(7.days()).unwrap_or(monday)),
        present: if dates.contains(&present) { String::new() } else { "/planning".to_owned() },
        open: open.filter(|day| !day.trips.is_empty()).collect(),
        drivers: by_driver(console, visit, (&volunteers, &names), (&dates, &days)),
        elsewhere: days
            .iter()
            .map(|sorted| DriverDay { is_away: false, trips: rows(sorted.elsewhere()) })
            .collect(),
        free: free(console, visit, &volunteers, &days),
        plan_from: plan_from.map(ToString::to_string).unwrap_or_default(),
        days: week,
    }))
}

/// Who drives or is away that week, by name.
fn by_driver(
    console: &Console,
    visit: &Visit,
    (volunteers, names): (&[Volunteer], &Names),
    (dates, days): (&[Date], &[Sorted]),
) -> Vec<DriverWeek> {
    let week_of = |volunteer: &Volunteer| DriverWeek {
        path: format!("/volunteers/{}", volunteer.id),
        name: volunteer.details.name.as_str().to_owned(),
        cells: dates
            .iter()
            .zip(days)
            .map(|(date, day)| DriverDay {
                is_away: volunteer.details.availability.absence_on(*date).is_some(),
                trips: rows(console, visit, (names, day.of(volunteer.id))),
            })
            .collect(),
    };
    let mut weeks: Vec<DriverWeek> = volunteers.iter().map(week_of).collect();
    weeks.retain(|week| week.cells.iter().any(|cell| !cell.trips.is_empty() || cell.is_away));
    weeks.sort_by(|one, other| one.name.cmp(&other.name));
    weeks
}

/// Who may be asked and drives nothing that week, with when she or he can.
fn free(
    console: &Console,
    visit: &Visit,
    volunteers: &[Volunteer],
    days: &[Sorted],
) -> Vec<(String, String, String)> {
    let busy: BTreeSet<_> = days.iter().flat_map(|day| &day.trips).filter_map(Trip::volunteer).collect();
    let free = volunteers.iter().filter(|volunteer| volunteer.active && !busy.contains(&volunteer.id));
    let row = |volunteer: &Volunteer| {
        let name = volunteer.details.name.as_str().to_owned();
        let hours = hours_of(console, visit, &volunteer.details.availability);
        (format!("/volunteers/{}", volunteer.id), name, hours)
    };
    let mut free: Vec<_> = free.map(row).collect();
    free.sort_by(|(_, one, _), (_, other, _)| one.cmp(other));
    free
}

/// Proposes plans for what is left of a week.
pub(in crate::console) async fn propose_week(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
) -> Response {
    let Ok(day) = parse_date(visit.fields.text("day")) else {
        return nothing(State(console), Extension(visit)).await;
    };
    let left = week_of(day).into_iter().filter(|date| *date >= day).count();
    let wish = proposals::wish(day);
    let days = u8::try_from(left).unwrap_or(u8::MAX);
    let plans = planning::plan_days(&console.app, &visit.caller(), wish, days).await;
    let said = plans.map(|plans| texts(&console, &visit).count("desk-plans-made", plans.len()));
    done(&console, &visit, &format!("/planning?day={day}"), said)
}

/// A day.
pub(in crate::console) async fn show_day(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path(typed): Path<String>,
) -> Response {
    match parse_date(&typed) {
        Ok(date) => shown(&console, &visit, day(&console, &visit, date).await),
        Err(_) => nothing(State(console), Extension(visit)).await,
    }
}

async fn day(console: &Console, visit: &Visit, date: Date) -> Result<Response, Refusal> {
    let (app, caller) = (&console.app, visit.caller());
    caller.check(Operation::TripList)?;
    let names = names_of(&people::list_volunteers(app, &caller, None, VOLUNTEERS)?);
    let mut sorted = Sorted::read(console, visit, date)?;
    let visit = &worded::seen(console, visit, (Operation::TripList, &sorted.trips)).await?;
    let proposal = proposals::of_day(console, visit, date)?;
    let may_plan = date >= day_of(app.now()) && Operation::DayPlan.allows(caller.roles());
    let rows = |trips: Vec<&Trip>| rows(console, visit, (&names, trips));
    let title = texts(console, visit).about("desk-day", &words(console, visit).day(date));
    let mut around = frame(console, visit, title);
    around.notice = around.notice.or(sorted.cut.take());
    Ok(page(&DayPage {
        frame: around,
        path: path_of(date),
        week: format!("/planning?day={date}"),
        before: path_of(date.checked_sub(1.day()).unwrap_or(date)),
        after: path_of(date.checked_add(1.day()).unwrap_or(date)),
        open: rows(sorted.open()),
        may_plan,
        plan: proposal.map(|plan| proposals::plan(console, visit, (&plan, &names, &sorted.trips))),
        drivers: rounds(console, visit, &names, &sorted),
        elsewhere: rows(sorted.elsewhere()),
    }))
}

fn rounds(console: &Console, visit: &Visit, names: &Names, sorted: &Sorted) -> Vec<Round> {
    let drivers: BTreeSet<_> = sorted.trips.iter().filter_map(Trip::volunteer).collect();
    let round = |id: Id<VolunteerKind>| {
        let trips = sorted.of(id);
        let (name, phone) = names.get(&id).cloned().unwrap_or_default();
        let released = trips
            .iter()
            .filter(|trip| matches!(trip.status(), TripStatus::Offered | TripStatus::Confirmed))
            .count();
        let path = format!("/volunteers/{id}");
        let trips = rows(console, visit, (names, trips));
        Round { id: id.to_string(), path, name, phone, trips, released }
    };
    let mut rounds: Vec<Round> = drivers.into_iter().map(round).collect();
    rounds.sort_by(|one, other| one.name.cmp(&other.name));
    rounds
}

/// The page of a day.
pub(super) fn path_of(date: Date) -> String {
    format!("/planning/{date}")
}

/// Trips as rows, whoever drives them being said elsewhere.
pub(super) fn rows(console: &Console, visit: &Visit, (names, trips): (&Names, Vec<&Trip>)) -> Vec<TripRow> {
    let row = |trip: &Trip| {
        let shown = row(console, visit, (names, trip, hours(words(console, visit), trip)));
        TripRow { driver: String::new(), ..shown }
    };
    trips.into_iter().map(row).collect()
}

/// The days from Monday to Sunday around a day.
fn week_of(day: Date) -> Vec<Date> {
    let back = i64::from(day.weekday().to_monday_zero_offset());
    let monday = day.checked_sub(back.days()).unwrap_or(day);
    monday.series(1.day()).take(WEEK).collect()
}

/// A day as the heading of a column.
fn short(console: &Console, visit: &Visit, date: Date) -> String {
    let words = words(console, visit);
    let weekday = words.code("weekday", &date.weekday().to_monday_one_offset().to_string());
    let month = words.code("month", &date.month().to_string());
    let day = date.day().to_string();
    words.text("desk-short-day", &[("weekday", weekday.into()), ("day", day.into()), ("month", month.into())])
}

impl Sorted {
    /// The trips of a day by time, without those that were called off.
    fn read(console: &Console, visit: &Visit, date: Date) -> Result<Self, Refusal> {
        let mut trips = trips::on_day(&console.app, &visit.caller(), date, TRIPS + 1)?;
        let cut = worded::cut(console, visit, (&mut trips, TRIPS));
        trips.retain(|trip| !matches!(trip.status(), TripStatus::Cancelled { .. }));
        trips.sort_by_key(|trip| trip.assignment().map_or(trip.terms.earliest_pickup, |drive| drive.pickup));
        Ok(Self { trips, cut })
    }

    /// What somebody has to decide about.
    fn open(&self) -> Vec<&Trip> {
        self.trips.iter().filter(|trip| is_open(trip)).collect()
    }

    /// What somebody drives.
    fn of(&self, volunteer: Id<VolunteerKind>) -> Vec<&Trip> {
        self.trips.iter().filter(|trip| trip.volunteer() == Some(volunteer)).collect()
    }

    /// What neither anybody here has nor anybody has to decide about: with neighbours, to be called for, unmet.
    fn elsewhere(&self) -> Vec<&Trip> {
        self.trips.iter().filter(|trip| trip.volunteer().is_none() && !is_open(trip)).collect()
    }
}

fn is_open(trip: &Trip) -> bool {
    trip.needs_decision() && !trip.waits_for_call()
}
