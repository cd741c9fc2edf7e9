//! Services beyond rides and loans, and pathways: given out alone. Each step of them is a decision of somebody who looks at
//! what came before.

use maillage_domain::{
    pathway::Pathway,
    roles::Operation,
    service::{Service, ServiceSubject},
};
use maillage_store::{pathways, services};

use super::super::{
    ExportDesk, Exported, ImportDesk, Outcome, RowError, Table,
    limits::PAGE,
    sheet::{Column, Row},
};
use crate::app::{Aborted, refusals};

/// One row is one service.
pub(super) struct Services;

/// One row is one pathway.
pub(super) struct Pathways;

const SERVICE_COLUMNS: &[Column] = &[
    Column::optional("id", ""),
    Column::optional("kind", "advice"),
    Column::optional("person", "B-001"),
    Column::optional("commune", ""),
    Column::optional("state", "planned"),
    Column::optional("opened_at", "2026-10-01T07:00:00Z"),
    Column::optional("rendered_on", "2026-10-05"),
    Column::optional("notes", "Ligne d’exemple"),
];
const PATHWAY_COLUMNS: &[Column] = &[
    Column::optional("id", ""),
    Column::optional("person", "B-001"),
    Column::optional("prescriber", "P-001"),
    Column::optional("entered_on", "2026-10-01"),
    Column::optional("stage", "accompanied"),
    Column::optional("follow_ups", "1"),
    Column::optional("notes", "Ligne d’exemple"),
];

impl Table for Services {
    fn code(&self) -> &'static str {
        "services"
    }

    fn columns(&self) -> &'static [Column] {
        SERVICE_COLUMNS
    }

    fn importing(&self) -> Option<Operation> {
        None
    }

    fn exporting(&self) -> Operation {
        Operation::ServiceList
    }

    fn import(&self, _: &mut ImportDesk<'_, '_>, row: &Row) -> Result<Outcome, RowError> {
        Err(row.bad("", refusals::invalid("table-not-importable")).into())
    }

    fn export(&self, desk: &ExportDesk<'_>) -> Result<Exported, Aborted> {
        let found = services::list(desk.view, desk.after(), PAGE)?;
        let id = |service: &Service| service.id;
        Exported::page(&found, PAGE, id, |service| {
            if !desk.wants_at(service.created) {
                return Ok(Vec::new());
            }
            let (person, commune) = match service.subject {
                ServiceSubject::Person(id) => (desk.name("persons", id)?, String::new()),
                ServiceSubject::Commune(code) => (String::new(), code.to_string()),
            };
            Ok(vec![vec![
                service.id.to_string(),
                service.case.kind().code().to_owned(),
                person,
                commune,
                service.case.state().to_owned(),
                service.created.to_string(),
                service.rendered().map(|day| day.to_string()).unwrap_or_default(),
                service.notes.as_str().to_owned(),
            ]])
        })
    }
}

impl Table for Pathways {
    fn code(&self) -> &'static str {
        "pathways"
    }

    fn columns(&self) -> &'static [Column] {
        PATHWAY_COLUMNS
    }

    fn importing(&self) -> Option<Operation> {
        None
    }

    fn exporting(&self) -> Operation {
        Operation::PathwayList
    }

    fn import(&self, _: &mut ImportDesk<'_, '_>, row: &Row) -> Result<Outcome, RowError> {
        Err(row.bad("", refusals::invalid("table-not-importable")).into())
    }

    fn export(&self, desk: &ExportDesk<'_>) -> Result<Exported, Aborted> {
        let found = pathways::list(desk.view, desk.after(), PAGE)?;
        let id = |pathway: &Pathway| pathway.id;
        Exported::page(&found, PAGE, id, |pathway| {
            if !desk.wants(pathway.entered) {
                return Ok(Vec::new());
            }
            Ok(vec![vec![
                pathway.id.to_string(),
                desk.name("persons", pathway.person)?,
                desk.name_if_any("prescribers", pathway.prescriber)?,
                pathway.entered.to_string(),
                pathway.stage.code().to_owned(),
                pathway.follow_ups.len().to_string(),
                pathway.notes.as_str().to_owned(),
            ]])
        })
    }
}
