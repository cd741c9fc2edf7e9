//! Statements of volunteers, receipts, and what was waived: given out, never taken in, since their numbers have no gaps.

use maillage_domain::{
    civil::day_of,
    ledger::{Paper, Receipt, Settlement, Statement},
    money::Cents,
    roles::Operation,
};
use maillage_store::{ledger, volunteers};

use super::super::{
    ExportDesk, Exported, ImportDesk, Outcome, RowError, Table,
    limits::PAGE,
    sheet::{Column, Row},
};
use crate::app::{Aborted, refusals};

/// One row is one closed statement.
pub(super) struct Statements;

/// One row is one receipt or credit note.
pub(super) struct Receipts;

/// One row is one statement that a volunteer gave up, with what a tax receipt needs of it.
pub(super) struct Waivers;

const STATEMENT_COLUMNS: &[Column] = &[
    Column::optional("number", "EF-2026-000001"),
    Column::optional("volunteer", "V-001"),
    Column::optional("volunteer_name", "Exemple Inventé"),
    Column::optional("month", "2026-10"),
    Column::optional("basis", "reimbursed"),
    Column::optional("carrier", "A-001"),
    Column::optional("closed_on", "2026-11-02"),
    Column::optional("loaded_m", "124000"),
    Column::optional("empty_m", "90000"),
    Column::optional("counted_m", "214000"),
    Column::optional("mileage", "136,10"),
    Column::optional("expenses", "4,00"),
    Column::optional("total", "140,10"),
    Column::optional("settlement", "paid"),
    Column::optional("settled_on", "2026-11-05"),
    Column::optional("method", "transfer"),
];
const RECEIPT_COLUMNS: &[Column] = &[
    Column::optional("number", "RC-2026-000001"),
    Column::optional("paper", "contribution"),
    Column::optional("issued_on", "2026-10-06"),
    Column::optional("carrier", "A-001"),
    Column::optional("party", "B-001"),
    Column::optional("recipient", "Exemple Inventé"),
    Column::optional("amount", "12,50"),
    Column::optional("paid_on", "2026-10-05"),
    Column::optional("method", "cash"),
    Column::optional("year", ""),
    Column::optional("cancels", ""),
];
const WAIVER_COLUMNS: &[Column] = &[
    Column::optional("statement", "EF-2026-000001"),
    Column::optional("volunteer", "V-001"),
    Column::optional("volunteer_name", "Exemple Inventé"),
    Column::optional("month", "2026-10"),
    Column::optional("signed_on", "2026-11-05"),
    Column::optional("amount", "140,10"),
    Column::optional("receipt", "RC-2026-000002"),
];

impl Table for Statements {
    fn code(&self) -> &'static str {
        "statements"
    }

    fn columns(&self) -> &'static [Column] {
        STATEMENT_COLUMNS
    }

    fn importing(&self) -> Option<Operation> {
        None
    }

    fn exporting(&self) -> Operation {
        Operation::StatementList
    }

    fn import(&self, _: &mut ImportDesk<'_, '_>, row: &Row) -> Result<Outcome, RowError> {
        Err(row.bad("", refusals::invalid("table-not-importable")).into())
    }

    fn export(&self, desk: &ExportDesk<'_>) -> Result<Exported, Aborted> {
        let found = ledger::statements_after(desk.view, desk.after(), PAGE)?;
        let id = |statement: &Statement| statement.id;
        Exported::page(&found, PAGE, id, |statement| {
            if desk.wants_at(statement.closed) {
                Ok(vec![statement_cells(desk, statement)?])
            } else {
                Ok(Vec::new())
            }
        })
    }
}

impl Table for Receipts {
    fn code(&self) -> &'static str {
        "receipts"
    }

    fn columns(&self) -> &'static [Column] {
        RECEIPT_COLUMNS
    }

    fn importing(&self) -> Option<Operation> {
        None
    }

    fn exporting(&self) -> Operation {
        Operation::MoneyExport
    }

    fn import(&self, _: &mut ImportDesk<'_, '_>, row: &Row) -> Result<Outcome, RowError> {
        Err(row.bad("", refusals::invalid("table-not-importable")).into())
    }

    fn export(&self, desk: &ExportDesk<'_>) -> Result<Exported, Aborted> {
        let found = ledger::all_receipts(desk.view, desk.after(), PAGE)?;
        let id = |receipt: &Receipt| receipt.id;
        Exported::page(&found, PAGE, id, |receipt| {
            if desk.wants_at(receipt.issued) {
                Ok(vec![receipt_cells(desk, receipt)?])
            } else {
                Ok(Vec::new())
            }
        })
    }
}

impl Table for Waivers {
    fn code(&self) -> &'static str {
        "waivers"
    }

    fn columns(&self) -> &'static [Column] {
        WAIVER_COLUMNS
    }

    fn importing(&self) -> Option<Operation> {
        None
    }

    fn exporting(&self) -> Operation {
        Operation::MoneyExport
    }

    fn import(&self, _: &mut ImportDesk<'_, '_>, row: &Row) -> Result<Outcome, RowError> {
        Err(row.bad("", refusals::invalid("table-not-importable")).into())
    }

    fn export(&self, desk: &ExportDesk<'_>) -> Result<Exported, Aborted> {
        let found = ledger::statements_after(desk.view, desk.after(), PAGE)?;
        let id = |statement: &Statement| statement.id;
        Exported::page(&found, PAGE, id, |statement| {
            let Settlement::Waived { signed, receipt } = statement.settlement else { return Ok(Vec::new()) };
            if !desk.wants(signed) {
                return Ok(Vec::new());
            }
            let receipt = receipt.map(|id| ledger::receipt(desk.view, id)).transpose()?.flatten();
            Ok(vec![vec![
                statement.number.to_string(),
                desk.name("volunteers", statement.volunteer)?,
                name(desk, statement)?,
                statement.month.to_string(),
                signed.to_string(),
                statement.totals.total().decimal_comma(),
                receipt.map(|receipt| receipt.number.to_string()).unwrap_or_default(),
            ]])
        })
    }
}

fn statement_cells(desk: &ExportDesk<'_>, statement: &Statement) -> Result<Vec<String>, Aborted> {
    let totals = statement.totals;
    let (settlement, on, method) = match statement.settlement {
        Settlement::Open => ("open", String::new(), ""),
        Settlement::Paid { day, method } => ("paid", day.to_string(), method.code()),
        Settlement::Waived { signed, .. } => ("waived", signed.to_string(), ""),
    };
    Ok(vec![
        statement.number.to_string(),
        desk.name("volunteers", statement.volunteer)?,
        name(desk, statement)?,
        statement.month.to_string(),
        statement.basis.code().to_owned(),
        desk.name_if_any("carriers", statement.books.0)?,
        day_of(statement.closed).to_string(),
        totals.loaded_m.to_string(),
        totals.empty_m.to_string(),
        totals.counted_m.to_string(),
        totals.mileage.decimal_comma(),
        totals.expenses.decimal_comma(),
        totals.total().decimal_comma(),
        settlement.to_owned(),
        on,
        method.to_owned(),
    ])
}

fn name(desk: &ExportDesk<'_>, statement: &Statement) -> Result<String, Aborted> {
    let volunteer = volunteers::find(desk.view, statement.volunteer)?;
    Ok(volunteer.map(|volunteer| volunteer.details.name.as_str().to_owned()).unwrap_or_default())
}

/// A receipt. What a credit note takes back is below zero.
fn receipt_cells(desk: &ExportDesk<'_>, receipt: &Receipt) -> Result<Vec<String>, Aborted> {
    let (party, paid_on, method, year, cancels) = match &receipt.paper {
        Paper::Contribution { person, day, method, .. } => {
            let party = desk.name("persons", *person)?;
            (party, day.to_string(), method.code(), String::new(), String::new())
        }
        Paper::Waiver { volunteer, year, .. } => {
            let party = desk.name("volunteers", *volunteer)?;
            (party, String::new(), "", year.to_string(), String::new())
        }
        Paper::CreditNote { number, .. } => {
            (String::new(), String::new(), "", String::new(), number.to_string())
        }
    };
    let amount = if cancels.is_empty() { receipt.amount } else { Cents::negated(receipt.amount) };
    Ok(vec![
        receipt.number.to_string(),
        receipt.paper.code().to_owned(),
        day_of(receipt.issued).to_string(),
        desk.name_if_any("carriers", receipt.books.0)?,
        party,
        receipt.recipient.name.as_str().to_owned(),
        amount.decimal_comma(),
        paid_on,
        method.to_owned(),
        year,
        cancels,
    ])
}
