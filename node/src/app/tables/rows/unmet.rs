//! The ledger of unmet need: given out alone.

use jiff::civil::Date;
use maillage_domain::{civil::day_of, roles::Operation, unmet::UnmetEntry};
use maillage_store::unmet::{self, UnmetRange};

use super::{
    super::{
        ExportDesk, Exported, ImportDesk, Outcome, RowError, Table,
        limits::PAGE,
        sheet::{Column, Row},
    },
    number,
};
use crate::app::{Aborted, refusals};

/// One row is one trip that nobody could carry.
pub(super) struct Unmet;

const COLUMNS: &[Column] = &[
    Column::optional("trip", ""),
    Column::optional("wanted_on", "2026-10-05"),
    Column::optional("pickup_commune", "81003"),
    Column::optional("home_commune", "81003"),
    Column::optional("needs", "walking-aid"),
    Column::optional("reason", "no-driver"),
    Column::optional("cause", "nobody"),
    Column::optional("declared_on", "2026-10-04"),
    Column::optional("declared_by", "exemple"),
    Column::optional("times", "1"),
    Column::optional("reopened_on", ""),
    Column::optional("served_on", ""),
];

impl Table for Unmet {
    fn code(&self) -> &'static str {
        "unmet"
    }

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn importing(&self) -> Option<Operation> {
        None
    }

    fn exporting(&self) -> Operation {
        Operation::UnmetRows
    }

    fn import(&self, _: &mut ImportDesk<'_, '_>, row: &Row) -> Result<Outcome, RowError> {
        Err(row.bad("", refusals::invalid("table-not-importable")).into())
    }

    fn export(&self, desk: &ExportDesk<'_>) -> Result<Exported, Aborted> {
        let range = UnmetRange {
            from: desk.page.from.unwrap_or(Date::MIN),
            to: desk.page.to.unwrap_or(Date::MAX),
            commune: None,
        };
        let found = unmet::list(desk.view, &range, desk.after(), PAGE)?;
        let id = |entry: &UnmetEntry| entry.trip;
        Exported::page(&found, PAGE, id, |entry| Ok(vec![cells(desk, entry)]))
    }
}

/// An entry. What somebody needs is for the desk alone.
fn cells(desk: &ExportDesk<'_>, entry: &UnmetEntry) -> Vec<String> {
    let needs: Vec<&str> = entry.needs.iter().map(maillage_federation::needs::Need::code).collect();
    vec![
        entry.trip.to_string(),
        entry.wanted.to_string(),
        entry.pickup.to_string(),
        number(entry.home),
        if desk.may(Operation::PersonShow) { needs.join(",") } else { String::new() },
        entry.reason.code().to_owned(),
        entry.cause.code().to_owned(),
        day_of(entry.declared).to_string(),
        entry.declared_by.clone(),
        entry.times.to_string(),
        number(entry.reopened.map(day_of)),
        number(entry.served.map(day_of)),
    ]
}
