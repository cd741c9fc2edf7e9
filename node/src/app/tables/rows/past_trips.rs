//! Trips from before the platform kept its trips here: remembered as somebody's history, never planned, costed or counted.

use maillage_domain::{
    civil::day_of,
    ids::{PersonKind, VolunteerKind},
    past_trip::{PastJourney, PastTrip, PastTripError},
    roles::Operation,
};
use maillage_federation::ids::Id;
use maillage_geography::InseeCode;
use maillage_platform::refusal::Refusal;
use maillage_store::{events::Subject, past_trips, persons};

use super::super::{
    ExportDesk, Exported, ImportDesk, Outcome, RowError, Table,
    limits::PAGE,
    of_row,
    sheet::{Column, Row},
};
use crate::app::{Aborted, refusals};

/// One row is one trip from before.
pub(super) struct PastTrips;

const COLUMNS: &[Column] = &[
    Column::required("reference", "T-001"),
    Column::required("person", "B-001"),
    Column::optional("volunteer", "V-001"),
    Column::required("day", "2025-03-14"),
    Column::required("pickup_commune", "81003"),
    Column::required("dropoff_commune", "81004"),
    Column::optional("loaded_m", "32000"),
    Column::optional("empty_m", "9000"),
];

impl Table for PastTrips {
    fn code(&self) -> &'static str {
        "past-trips"
    }

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn importing(&self) -> Option<Operation> {
        Some(Operation::RequestAdd)
    }

    fn exporting(&self) -> Operation {
        Operation::TripList
    }

    fn import(&self, desk: &mut ImportDesk<'_, '_>, row: &Row) -> Result<Outcome, RowError> {
        let journey = read(desk, row)?;
        journey.check(day_of(desk.app.now())).map_err(|error| of_row(row, refused(error)))?;
        let former = match desk.known(row)? {
            Some(id) => past_trips::find(desk.transaction, id).map_err(Aborted::from)?,
            None => None,
        };
        let (id, outcome) = match former {
            Some(former) if former.journey == journey => return Ok(Outcome::Unchanged),
            Some(former) => (former.id, Outcome::Changed),
            None => (desk.app.new_id(), Outcome::Added),
        };
        let (person, day) = (journey.person, journey.day);
        past_trips::put(desk.transaction, &PastTrip { id, journey }).map_err(Aborted::from)?;
        persons::note_contact(desk.transaction, person, day).map_err(Aborted::from)?;
        desk.app.note(desk.transaction, desk.caller, Operation::RequestAdd, &[Subject::Person(person)])?;
        desk.remember(row, id)?;
        Ok(outcome)
    }

    fn export(&self, desk: &ExportDesk<'_>) -> Result<Exported, Aborted> {
        let found = past_trips::list(desk.view, desk.after(), PAGE)?;
        let id = |trip: &PastTrip| trip.id;
        Exported::page(&found, PAGE, id, |trip| {
            if desk.wants(trip.journey.day) { Ok(vec![cells(desk, trip)?]) } else { Ok(Vec::new()) }
        })
    }
}

fn read(desk: &ImportDesk<'_, '_>, row: &Row) -> Result<PastJourney, RowError> {
    let person: Id<PersonKind> = desk.subject(row, "person", "persons")?;
    if persons::find(desk.transaction, person).map_err(Aborted::from)?.is_none() {
        return Err(row.bad("person", refusals::unknown("person-unknown").with("id", person)).into());
    }
    let volunteer: Option<Id<VolunteerKind>> = desk.subject_if_given(row, "volunteer", "volunteers")?;
    Ok(PastJourney {
        person,
        volunteer,
        day: row.date("day").parse().map_err(|_| row.malformed("day"))?,
        pickup: commune(desk, row, "pickup_commune")?,
        dropoff: commune(desk, row, "dropoff_commune")?,
        loaded_m: row.parsed("loaded_m")?.unwrap_or_default(),
        empty_m: row.parsed("empty_m")?.unwrap_or_default(),
    })
}

fn commune(desk: &ImportDesk<'_, '_>, row: &Row, column: &'static str) -> Result<InseeCode, RowError> {
    let code = InseeCode::parse(row.cell(column)).map_err(|_| row.malformed(column))?;
    if desk.app.geography.commune(&code).is_none() {
        return Err(row.bad(column, refusals::unknown("commune-unknown").with("commune", code)).into());
    }
    Ok(code)
}

fn refused(error: PastTripError) -> Refusal {
    match error {
        PastTripError::NotPast(day) => {
            refusals::invalid("past-trip-not-past").with("field", "day").with("day", day)
        }
        PastTripError::Distance(metres) => {
            refusals::invalid("trip-distance").with("field", "loaded_m").with("metres", metres)
        }
    }
}

fn cells(desk: &ExportDesk<'_>, trip: &PastTrip) -> Result<Vec<String>, Aborted> {
    let PastJourney { person, volunteer, day, pickup, dropoff, loaded_m, empty_m } = &trip.journey;
    Ok(vec![
        desk.name("past-trips", trip.id)?,
        desk.name("persons", *person)?,
        desk.name_if_any("volunteers", *volunteer)?,
        day.to_string(),
        pickup.to_string(),
        dropoff.to_string(),
        loaded_m.to_string(),
        empty_m.to_string(),
    ])
}
