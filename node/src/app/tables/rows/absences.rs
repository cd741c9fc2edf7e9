//! Days on which volunteers do not drive.

use maillage_domain::{availability::Absence, ids::VolunteerKind, roles::Operation, volunteer::Volunteer};
use maillage_federation::ids::Id;
use maillage_store::volunteers;

use super::super::{
    ExportDesk, Exported, ImportDesk, Outcome, Page, RowError, Table,
    limits::PAGE,
    of_row,
    sheet::{Column, Row},
};
use crate::app::{Aborted, people, refusals};

/// One row is one absence; a volunteer may have several.
pub(super) struct Absences;

const COLUMNS: &[Column] = &[
    Column::required("volunteer", "V-001"),
    Column::required("first_day", "2026-12-24"),
    Column::optional("last_day", "2027-01-03"),
];

impl Table for Absences {
    fn code(&self) -> &'static str {
        "absences"
    }

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn importing(&self) -> Option<Operation> {
        Some(Operation::VolunteerAbsence)
    }

    fn exporting(&self) -> Operation {
        Operation::VolunteerList
    }

    fn import(&self, desk: &mut ImportDesk<'_, '_>, row: &Row) -> Result<Outcome, RowError> {
        let volunteer: Id<VolunteerKind> = desk.subject(row, "volunteer", "volunteers")?;
        let first = row.date("first_day");
        let last = Some(row.date("last_day")).filter(|day| !day.is_empty());
        let last = last.unwrap_or_else(|| first.clone());
        let absence: Absence = format!("{first}..{last}")
            .parse()
            .map_err(|error| row.bad("first_day", refusals::absence(error)))?;
        let known = volunteers::find(desk.transaction, volunteer).map_err(Aborted::from)?;
        let known = known.ok_or_else(|| row.bad("volunteer", refusals::unknown("volunteer-unknown")))?;
        if known.details.availability.absences().contains(&absence) {
            return Ok(Outcome::Unchanged);
        }
        people::note_absence(desk.app, desk.transaction, desk.caller, volunteer, absence)
            .map_err(|aborted| of_row(row, aborted))?;
        Ok(Outcome::Added)
    }

    fn export(&self, desk: &ExportDesk<'_>) -> Result<Exported, Aborted> {
        let found = volunteers::list(desk.view, desk.after(), PAGE)?;
        let id = |volunteer: &Volunteer| volunteer.id;
        Exported::page(&found, PAGE, id, |volunteer| {
            Ok(rows(volunteer, &desk.name("volunteers", volunteer.id)?, desk.page))
        })
    }
}

fn rows(volunteer: &Volunteer, name: &str, page: &Page) -> Vec<Vec<String>> {
    let absences = volunteer.details.availability.absences().iter();
    let wanted = absences.filter(|absence| {
        page.from.is_none_or(|from| absence.last() >= from) && page.to.is_none_or(|to| absence.first() <= to)
    });
    wanted
        .map(|absence| vec![name.to_owned(), absence.first().to_string(), absence.last().to_string()])
        .collect()
}
