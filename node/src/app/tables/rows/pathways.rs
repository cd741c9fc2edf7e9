//! Pathways: that one begins is taken in; how it went on is given out. Each further step is a decision of somebody who looks
//! at what came before, and a prescriber's part in it begins with a referral.

use maillage_domain::{ids::PersonKind, pathway::Pathway, roles::Operation};
use maillage_federation::ids::Id;
use maillage_store::pathways;

use super::super::{
    ExportDesk, Exported, ImportDesk, Outcome, RowError, Table,
    limits::PAGE,
    of_row,
    sheet::{Column, Row},
};
use crate::app::{Aborted, pathways as desk_of_pathways, refusals};

/// One row is one pathway. The columns from `prescriber` on are what became of it, and are not read.
pub(super) struct Pathways;

const COLUMNS: &[Column] = &[
    Column::required("reference", "PA-001"),
    Column::required("person", "B-001"),
    Column::required("entered_on", "2026-10-01"),
    Column::optional("notes", "Ligne d’exemple"),
    Column::optional("prescriber", "P-001"),
    Column::optional("stage", "accompanied"),
    Column::optional("follow_ups", "1"),
    Column::optional("id", ""),
];

impl Table for Pathways {
    fn code(&self) -> &'static str {
        "pathways"
    }

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn importing(&self) -> Option<Operation> {
        Some(Operation::PathwayOpen)
    }

    fn exporting(&self) -> Operation {
        Operation::PathwayList
    }

    fn import(&self, desk: &mut ImportDesk<'_, '_>, row: &Row) -> Result<Outcome, RowError> {
        let person: Id<PersonKind> = desk.subject(row, "person", "persons")?;
        let (on, notes) = (row.date("entered_on"), row.text("notes"));
        let new = desk_of_pathways::read(desk.app, person, (&on, &notes));
        let new = new.map_err(|refusal| {
            if refusal.reason().starts_with("day-") {
                RowError::Bad(row.bad("entered_on", refusal))
            } else {
                of_row(row, refusal)
            }
        })?;
        let former = match desk.known(row)? {
            Some(id) => pathways::find(desk.transaction, id).map_err(Aborted::from)?,
            None => None,
        };
        if let Some(former) = former {
            let told = |pathway: &Pathway| (pathway.person, pathway.entered, pathway.notes.clone());
            if told(&former) == told(&new) {
                return Ok(Outcome::Unchanged);
            }
            let refusal = refusals::conflict("table-pathway-differs").with("id", former.id);
            return Err(row.bad("reference", refusal).into());
        }
        desk_of_pathways::put_new(desk.app, desk.transaction, desk.caller, &new)
            .map_err(|aborted| of_row(row, aborted))?;
        desk.remember(row, new.id)?;
        Ok(Outcome::Added)
    }

    fn export(&self, desk: &ExportDesk<'_>) -> Result<Exported, Aborted> {
        let found = pathways::list(desk.view, desk.after(), PAGE)?;
        let id = |pathway: &Pathway| pathway.id;
        Exported::page(&found, PAGE, id, |pathway| {
            if desk.wants(pathway.entered) { Ok(vec![cells(desk, pathway)?]) } else { Ok(Vec::new()) }
        })
    }
}

fn cells(desk: &ExportDesk<'_>, pathway: &Pathway) -> Result<Vec<String>, Aborted> {
    Ok(vec![
        desk.name("pathways", pathway.id)?,
        desk.name("persons", pathway.person)?,
        pathway.entered.to_string(),
        pathway.notes.as_str().to_owned(),
        desk.name_if_any("prescribers", pathway.prescriber)?,
        pathway.stage.code().to_owned(),
        pathway.follow_ups.len().to_string(),
        pathway.id.to_string(),
    ])
}
