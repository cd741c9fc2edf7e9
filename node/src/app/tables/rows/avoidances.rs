//! Who is not to drive whom, and who has said so.

use maillage_domain::{
    ids::{PersonKind, VolunteerKind},
    person::{NewPerson, Person},
    roles::Operation,
    volunteer::{NewVolunteer, Volunteer},
};
use maillage_federation::ids::Id;
use maillage_store::{persons, volunteers};

use super::super::{
    ExportDesk, Exported, ImportDesk, Outcome, RowError, Table,
    limits::PAGE,
    of_row,
    sheet::{Column, Row},
};
use crate::app::{
    Aborted,
    people::{self, volunteers as files},
    refusals,
};

/// One row is one pair, as one of the two has asked.
pub(super) struct Avoidances;

const COLUMNS: &[Column] = &[
    Column::required("person", "B-001"),
    Column::required("volunteer", "V-001"),
    Column::required("asked_by", "person"),
];
/// Which list a page of an export is about, before the identifier after which to go on.
const OF_PERSONS: u8 = 0;
const OF_VOLUNTEERS: u8 = 1;

impl Table for Avoidances {
    fn code(&self) -> &'static str {
        "avoidances"
    }

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn importing(&self) -> Option<Operation> {
        Some(Operation::PersonUpdate)
    }

    fn exporting(&self) -> Operation {
        Operation::PersonShow
    }

    fn import(&self, desk: &mut ImportDesk<'_, '_>, row: &Row) -> Result<Outcome, RowError> {
        let person: Id<PersonKind> = desk.subject(row, "person", "persons")?;
        let volunteer: Id<VolunteerKind> = desk.subject(row, "volunteer", "volunteers")?;
        match row.cell("asked_by") {
            "person" => of_person(desk, row, person, volunteer),
            "volunteer" => of_volunteer(desk, row, person, volunteer),
            _ => Err(row.malformed("asked_by").into()),
        }
    }

    fn export(&self, desk: &ExportDesk<'_>) -> Result<Exported, Aborted> {
        let cursor = desk.page.cursor.as_deref().and_then(<[u8]>::split_first);
        match cursor {
            Some((&OF_VOLUNTEERS, after)) => volunteers_page(desk, after),
            Some((_, after)) => persons_page(desk, after),
            None => persons_page(desk, &[]),
        }
    }
}

fn of_person(
    desk: &mut ImportDesk<'_, '_>,
    row: &Row,
    person: Id<PersonKind>,
    volunteer: Id<VolunteerKind>,
) -> Result<Outcome, RowError> {
    let person = people::find(desk.transaction, person).map_err(|aborted| of_row(row, aborted))?;
    if person.details.avoid.contains(&volunteer) {
        return Ok(Outcome::Unchanged);
    }
    let mut new = NewPerson::of(&person.details);
    new.avoid.push(volunteer.to_string());
    let details =
        new.parse(&people::intake(desk.app, true)).map_err(|error| of_row(row, refusals::person(error)))?;
    people::amend_person(desk.app, desk.transaction, desk.caller, person, details)
        .map_err(|aborted| of_row(row, aborted))?;
    Ok(Outcome::Added)
}

fn of_volunteer(
    desk: &mut ImportDesk<'_, '_>,
    row: &Row,
    person: Id<PersonKind>,
    volunteer: Id<VolunteerKind>,
) -> Result<Outcome, RowError> {
    let volunteer = files::find(desk.transaction, volunteer).map_err(|aborted| of_row(row, aborted))?;
    if volunteer.details.avoid.contains(&person) {
        return Ok(Outcome::Unchanged);
    }
    let mut new = NewVolunteer::of(&volunteer.details);
    new.avoid.push(person.to_string());
    let mut details = new
        .parse(&people::intake(desk.app, true))
        .map_err(|error| of_row(row, refusals::volunteer(error)))?;
    details.availability = volunteer.details.availability.clone();
    files::amend_volunteer(desk.app, desk.transaction, desk.caller, volunteer, details)
        .map_err(|aborted| of_row(row, aborted))?;
    Ok(Outcome::Added)
}

fn persons_page(desk: &ExportDesk<'_>, after: &[u8]) -> Result<Exported, Aborted> {
    let found = persons::list(desk.view, Id::from_bytes(after).ok(), PAGE)?;
    let id = |person: &Person| person.id;
    let mut exported = Exported::page(&found, PAGE, id, |person| {
        let name = desk.name("persons", person.id)?;
        let row = |id: &Id<VolunteerKind>| {
            Ok(vec![name.clone(), desk.name("volunteers", *id)?, "person".to_owned()])
        };
        person.details.avoid.iter().map(row).collect()
    })?;
    exported.next = Some(match exported.next {
        Some(last) => [vec![OF_PERSONS], last].concat(),
        None => vec![OF_VOLUNTEERS],
    });
    Ok(exported)
}

fn volunteers_page(desk: &ExportDesk<'_>, after: &[u8]) -> Result<Exported, Aborted> {
    let found = volunteers::list(desk.view, Id::from_bytes(after).ok(), PAGE)?;
    let id = |volunteer: &Volunteer| volunteer.id;
    let mut exported = Exported::page(&found, PAGE, id, |volunteer| {
        let name = desk.name("volunteers", volunteer.id)?;
        let row =
            |id: &Id<PersonKind>| Ok(vec![desk.name("persons", *id)?, name.clone(), "volunteer".to_owned()]);
        volunteer.details.avoid.iter().map(row).collect()
    })?;
    exported.next = exported.next.map(|last| [vec![OF_VOLUNTEERS], last].concat());
    Ok(exported)
}
