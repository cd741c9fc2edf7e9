//! Trips as whoever accounts for them or studies them needs them: given out, never taken in.

use jiff::Timestamp;
use maillage_domain::{
    civil::day_of,
    legal::Ground,
    money::Cents,
    roles::Operation,
    trip::{CancelledBy, Trip, TripStatus},
};
use maillage_federation::month::paris;
use maillage_store::{costs, legal, persons, trips, volunteers};

use super::{
    super::{
        ExportDesk, Exported, ImportDesk, Outcome, RowError, Table,
        limits::PAGE,
        sheet::{Column, Row},
    },
    yes,
};
use crate::app::{Aborted, refusals};

/// One row is one trip.
pub(super) struct Trips;

const COLUMNS: &[Column] = &[
    Column::optional("id", ""),
    Column::optional("request", ""),
    Column::optional("leg", "outbound"),
    Column::optional("day", "2026-10-05"),
    Column::optional("pickup_time", "09:10"),
    Column::optional("arrival_time", "09:40"),
    Column::optional("pickup_commune", "81003"),
    Column::optional("dropoff_commune", "81004"),
    Column::optional("person", "B-001"),
    Column::optional("person_name", "Exemple Inventé"),
    Column::optional("volunteer", "V-001"),
    Column::optional("volunteer_name", "Exemple Inventé"),
    Column::optional("custody", "local"),
    Column::optional("status", "completed"),
    Column::optional("reason", ""),
    Column::optional("cancelled_by", ""),
    Column::optional("late", "non"),
    Column::optional("closed_at", "2026-10-05T09:45:00Z"),
    Column::optional("companions", "0"),
    Column::optional("direct_m", "12000"),
    Column::optional("loaded_m", "12400"),
    Column::optional("empty_m", "9000"),
    Column::optional("model", "exemple@1"),
    Column::optional("verdict", "within"),
    Column::optional("frame", "tus"),
    Column::optional("ground", "residence"),
    Column::optional("carrier", "A-001"),
    Column::optional("contribution", "3,20"),
    Column::optional("compensation", "6,84"),
    Column::optional("waived", "0,00"),
];

impl Table for Trips {
    fn code(&self) -> &'static str {
        "trips"
    }

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn importing(&self) -> Option<Operation> {
        None
    }

    fn exporting(&self) -> Operation {
        Operation::MoneyShow
    }

    fn import(&self, _: &mut ImportDesk<'_, '_>, row: &Row) -> Result<Outcome, RowError> {
        Err(row.bad("", refusals::invalid("table-not-importable")).into())
    }

    fn export(&self, desk: &ExportDesk<'_>) -> Result<Exported, Aborted> {
        let found = trips::list(desk.view, desk.after(), PAGE)?;
        Exported::page(&found, PAGE, Trip::id, |trip| {
            let wanted = desk.wants(day_of(trip.terms.earliest_pickup));
            if wanted { Ok(vec![cells(desk, trip)?]) } else { Ok(Vec::new()) }
        })
    }
}

/// A trip. Where it went is for the desk alone: it can tell what somebody is treated for.
fn cells(desk: &ExportDesk<'_>, trip: &Trip) -> Result<Vec<String>, Aborted> {
    let terms = &trip.terms;
    let desk_sees = desk.may(Operation::TripList);
    let commune = |commune: String| if desk_sees { commune } else { String::new() };
    let drive = trip.assignment();
    let pickup = drive.map_or(terms.earliest_pickup, |drive| drive.pickup);
    let arrival = drive.map_or(terms.latest_arrival, |drive| drive.arrival);
    let (reason, by, late) = ending(trip.status());
    let mut cells = vec![
        trip.id().to_string(),
        desk.name_if_any("requests", trip.request())?,
        terms.leg.code().to_owned(),
        day_of(terms.earliest_pickup).to_string(),
        time(pickup),
        time(arrival),
        commune(terms.pickup.commune.to_string()),
        commune(terms.dropoff.commune.to_string()),
    ];
    cells.extend(people(desk, trip)?);
    cells.extend([
        trip.custody().code().to_owned(),
        trip.status().code().to_owned(),
        reason.to_owned(),
        by.map(CancelledBy::code).unwrap_or_default().to_owned(),
        yes(late),
        trip.closed_at().map(|at| at.to_string()).unwrap_or_default(),
        terms.companions.to_string(),
        terms.direct_m.to_string(),
    ]);
    cells.extend(metres(trip.status()));
    cells.push(terms.model.to_string());
    cells.extend(law(desk, trip)?);
    cells.extend(sums(desk, trip)?);
    Ok(cells)
}

/// Who travels and who drives: references, and names for those who see the lists.
fn people(desk: &ExportDesk<'_>, trip: &Trip) -> Result<[String; 4], Aborted> {
    let person = match trip.person().filter(|_| desk.may(Operation::PersonList)) {
        Some(id) => persons::find(desk.view, id)?.map(|person| person.details.name.as_str().to_owned()),
        None => None,
    };
    let volunteer = match trip.volunteer().filter(|_| desk.may(Operation::VolunteerList)) {
        Some(id) => {
            volunteers::find(desk.view, id)?.map(|volunteer| volunteer.details.name.as_str().to_owned())
        }
        None => None,
    };
    Ok([
        desk.name_if_any("persons", trip.person())?,
        person.unwrap_or_default(),
        desk.name_if_any("volunteers", trip.volunteer())?,
        volunteer.unwrap_or_default(),
    ])
}

/// Why it ended so, who called it off, and whether that was late.
fn ending(status: TripStatus) -> (&'static str, Option<CancelledBy>, bool) {
    match status {
        TripStatus::Requested
        | TripStatus::Offered
        | TripStatus::Confirmed
        | TripStatus::PickedUp
        | TripStatus::Completed { .. } => ("", None, false),
        TripStatus::Cancelled { by, reason, late } => (reason.code(), Some(by), late),
        TripStatus::NoShow(who) => (who.code(), None, false),
        TripStatus::Unmet(reason) => (reason.code(), None, false),
    }
}

fn metres(status: TripStatus) -> [String; 2] {
    match status {
        TripStatus::Completed { loaded_m, empty_m } => [loaded_m.to_string(), empty_m.to_string()],
        TripStatus::Requested
        | TripStatus::Offered
        | TripStatus::Confirmed
        | TripStatus::PickedUp
        | TripStatus::Cancelled { .. }
        | TripStatus::NoShow(_)
        | TripStatus::Unmet(_) => [String::new(), String::new()],
    }
}

/// Verdict, frame, ground, carrier. Which benefit somebody has is for the desk.
fn law(desk: &ExportDesk<'_>, trip: &Trip) -> Result<[String; 4], Aborted> {
    let Some(found) = legal::frame(desk.view, trip.id())? else { return Ok(Default::default()) };
    let ground = match &found.decision.ground {
        None => String::new(),
        Some(Ground::Residence) => "residence".to_owned(),
        Some(Ground::Resources(code)) if desk.may(Operation::PersonShow) => format!("resources:{code}"),
        Some(Ground::Resources(_)) => "resources".to_owned(),
    };
    Ok([
        found.decision.verdict.code().to_owned(),
        found.decision.frame.map(|frame| frame.code().to_owned()).unwrap_or_default(),
        ground,
        desk.name_if_any("carriers", found.carrier)?,
    ])
}

/// Contribution, compensation, what was waived: frozen when the trip was completed.
fn sums(desk: &ExportDesk<'_>, trip: &Trip) -> Result<[String; 3], Aborted> {
    let Some(cost) = costs::find(desk.view, trip.id())? else { return Ok(Default::default()) };
    let costing = cost.costing;
    Ok([costing.contribution, costing.compensation, costing.waived].map(Cents::decimal_comma))
}

fn time(at: Timestamp) -> String {
    at.to_zoned(paris()).strftime("%H:%M").to_string()
}
