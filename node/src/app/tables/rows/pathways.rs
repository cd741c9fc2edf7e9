//! Pathways: that one begins is taken in; how it went on is given out. Each further step is a decision of somebody who looks
//! at what came before, and a prescriber's part in it begins with a referral.

use maillage_domain::{
    ids::PersonKind,
    pathway::{BasketItem, FollowUp, Milestone, Outcome as Heard, Pathway},
    roles::Operation,
};
use maillage_federation::ids::Id;
use maillage_store::pathways;

use super::{
    super::{
        ExportDesk, Exported, ImportDesk, Outcome, RowError, Table,
        limits::PAGE,
        of_row,
        sheet::{Column, Row},
    },
    number,
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
    Column::later("diagnosed_on", ""),
    Column::later("diagnosis_service", ""),
    Column::later("basket", ""),
    Column::later("basket_on", ""),
    Column::later("heard_3_months", ""),
    Column::later("heard_6_months", ""),
    Column::later("heard_12_months", ""),
    Column::later("exited_on", ""),
    Column::later("outcome", ""),
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
    let (diagnosis, exit) = (pathway.diagnosis(), pathway.exit());
    let basket: Vec<String> =
        pathway.basket.iter().map(|item| in_basket(desk, item)).collect::<Result<_, _>>()?;
    Ok(vec![
        desk.name("pathways", pathway.id)?,
        desk.name("persons", pathway.person)?,
        pathway.entered.to_string(),
        pathway.notes.as_str().to_owned(),
        desk.name_if_any("prescribers", pathway.prescriber)?,
        pathway.stage.code().to_owned(),
        pathway.follow_ups.len().to_string(),
        number(diagnosis.map(|diagnosis| diagnosis.on)),
        desk.name_if_any("services", diagnosis.and_then(|diagnosis| diagnosis.service))?,
        basket.join(","),
        number(pathway.basket_on()),
        heard(pathway, Milestone::ThreeMonths),
        heard(pathway, Milestone::SixMonths),
        heard(pathway, Milestone::TwelveMonths),
        number(exit.map(|exit| exit.on)),
        number(exit.map(|exit| exit.outcome.code())),
        pathway.id.to_string(),
    ])
}

/// Something of a basket: its kind, and what it is called in its table.
fn in_basket(desk: &ExportDesk<'_>, item: &BasketItem) -> Result<String, Aborted> {
    Ok(match *item {
        BasketItem::Request(id) => format!("request:{}", desk.name("requests", id)?),
        BasketItem::Series(id) => format!("series:{}", desk.name("series", id)?),
        BasketItem::Loan(id) => format!("loan:{}", desk.name("loans", id)?),
        BasketItem::Service(id) => format!("service:{}", desk.name("services", id)?),
    })
}

/// The day of a call and what was heard, or that nobody was reached; empty before there was one.
fn heard(pathway: &Pathway, milestone: Milestone) -> String {
    let told = |follow_up: &FollowUp| {
        format!("{}:{}", follow_up.on, follow_up.heard.map_or("not-reached", Heard::code))
    };
    pathway.follow_ups.get(&milestone).map(told).unwrap_or_default()
}
