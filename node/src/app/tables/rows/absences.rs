//! Days on which volunteers do not drive.

use maillage_domain::{availability::Absence, ids::VolunteerKind, roles::Operation, volunteer::Volunteer};
use maillage_engine::View;
use maillage_federation::ids::Id;
use maillage_store::{references, volunteers};

use super::super::{
    Exported, ImportDesk, Outcome, Page, RowError, Table, of_row,
    sheet::{Column, Row},
};
use crate::app::{Aborted, App, people, refusals};

/// One row is one absence; a volunteer may have several.
pub(super) struct Absences;

const COLUMNS: &[Column] = &[
    Column::required("volunteer", "V-001"),
    Column::required("first_day", "2026-12-24"),
    Column::optional("last_day", "2027-01-03"),
];
/// Volunteers of one page.
const VOLUNTEERS: usize = 200;

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
        let first = row.cell("first_day");
        let last = Some(row.cell("last_day")).filter(|day| !day.is_empty()).unwrap_or(first);
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

    fn export(&self, _: &App, view: &dyn View, page: &Page) -> Result<Exported, Aborted> {
        let after = page.cursor.as_deref().and_then(|cursor| Id::from_bytes(cursor).ok());
        let found = volunteers::list(view, after, VOLUNTEERS)?;
        let mut exported = Exported::default();
        for volunteer in &found {
            let name = references::of(view, "volunteers", volunteer.id.to_array())?;
            let name = name.unwrap_or_else(|| volunteer.id.to_string());
            exported.rows.extend(rows(volunteer, &name, page));
        }
        let full = found.len() == VOLUNTEERS;
        exported.next = found.last().filter(|_| full).map(|last| last.id.to_bytes());
        Ok(exported)
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
