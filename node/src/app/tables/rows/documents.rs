//! Papers of volunteers that were seen.

use maillage_domain::{
    civil::day_of,
    document::{Document, NewDocument},
    ids::VolunteerKind,
    roles::Operation,
    volunteer::Volunteer,
};
use maillage_federation::ids::Id;
use maillage_store::volunteers;

use super::super::{
    ExportDesk, Exported, ImportDesk, Outcome, RowError, Table,
    limits::PAGE,
    of_row,
    sheet::{Column, Row},
};
use crate::app::{
    Aborted,
    people::{documents, volunteers as files},
    refusals,
};

/// One row is one paper; a volunteer has one of each kind and, for roadworthiness tests,
/// of each vehicle, the one seen last.
pub(super) struct Documents;

const COLUMNS: &[Column] = &[
    Column::required("volunteer", "V-001"),
    Column::required("kind", "licence"),
    Column::optional("seen_on", "2026-01-15"),
    Column::optional("valid_until", "2031-01-14"),
    Column::optional("vehicle", ""),
];

impl Table for Documents {
    fn code(&self) -> &'static str {
        "documents"
    }

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn importing(&self) -> Option<Operation> {
        Some(Operation::VolunteerDocument)
    }

    fn exporting(&self) -> Operation {
        Operation::VolunteerShow
    }

    fn import(&self, desk: &mut ImportDesk<'_, '_>, row: &Row) -> Result<Outcome, RowError> {
        let id: Id<VolunteerKind> = desk.subject(row, "volunteer", "volunteers")?;
        let volunteer = files::find(desk.transaction, id).map_err(|aborted| of_row(row, aborted))?;
        let typed = NewDocument {
            kind: row.text("kind"),
            seen_on: row.date("seen_on"),
            valid_until: row.date("valid_until"),
            vehicle: row.parsed("vehicle")?.unwrap_or_default(),
        };
        let document = typed
            .parse(day_of(desk.app.now()))
            .and_then(|document| document.among(&volunteer.details.vehicles))
            .map_err(|error| of_row(row, refusals::document(error)))?;
        let same_paper =
            |known: &Document| (known.kind(), known.vehicle()) == (document.kind(), document.vehicle());
        let former = volunteer.details.documents.iter().find(same_paper);
        let undated = row.cell("seen_on").is_empty();
        let same = |known: Document| {
            known.valid_until() == document.valid_until()
                && (undated || known.seen_on() == document.seen_on())
        };
        if former.is_some_and(same) {
            return Ok(Outcome::Unchanged);
        }
        let papers = volunteer.details.documents.with(document);
        documents::keep(desk.app, desk.transaction, desk.caller, volunteer, papers)
            .map_err(|aborted| of_row(row, aborted))?;
        Ok(if former.is_some() { Outcome::Changed } else { Outcome::Added })
    }

    fn export(&self, desk: &ExportDesk<'_>) -> Result<Exported, Aborted> {
        let found = volunteers::list(desk.view, desk.after(), PAGE)?;
        let id = |volunteer: &Volunteer| volunteer.id;
        Exported::page(&found, PAGE, id, |volunteer| {
            let name = desk.name("volunteers", volunteer.id)?;
            let row = |document| {
                let NewDocument { kind, seen_on, valid_until, vehicle } = NewDocument::of(document);
                vec![
                    name.clone(),
                    kind,
                    seen_on,
                    valid_until,
                    super::number(Some(vehicle).filter(|number| *number != 0)),
                ]
            };
            Ok(volunteer.details.documents.iter().map(row).collect())
        })
    }
}
