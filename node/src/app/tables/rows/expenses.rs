//! What volunteers spent and no statement has taken yet; what one has taken is in the statements.

use maillage_domain::{
    ids::{CarrierKind, ExpenseKind, VolunteerKind},
    ledger::{Expense, NewExpense},
    money::Cents,
    roles::Operation,
};
use maillage_engine::View;
use maillage_federation::ids::Id;
use maillage_store::ledger;

use super::{
    super::{
        ExportDesk, Exported, ImportDesk, Outcome, RowError, Table, of_row,
        sheet::{Column, Row},
    },
    yes,
};
use crate::app::{Aborted, money::statements, refusals};

/// One row is one expense.
pub(super) struct Expenses;

const COLUMNS: &[Column] = &[
    Column::required("reference", "X-001"),
    Column::required("volunteer", "V-001"),
    Column::required("kind", "toll"),
    Column::optional("basis", "reimbursed"),
    Column::required("day", "2026-10-05"),
    Column::required("amount", "3,40"),
    Column::required("proof_seen", "oui"),
    Column::optional("carrier", "A-001"),
    Column::optional("trip", ""),
    Column::optional("note", "Ligne d’exemple"),
];

impl Table for Expenses {
    fn code(&self) -> &'static str {
        "expenses"
    }

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn importing(&self) -> Option<Operation> {
        Some(Operation::ExpenseAdd)
    }

    fn exporting(&self) -> Operation {
        Operation::StatementList
    }

    fn import(&self, desk: &mut ImportDesk<'_, '_>, row: &Row) -> Result<Outcome, RowError> {
        let spender: Id<VolunteerKind> = desk.subject(row, "volunteer", "volunteers")?;
        let carrier: Option<Id<CarrierKind>> = desk.subject_if_given(row, "carrier", "carriers")?;
        let new = NewExpense {
            kind: row.text("kind"),
            basis: row.text("basis"),
            day: row.date("day"),
            amount: row.euros("amount")?.unwrap_or(Cents::ZERO),
            proof_seen: row.yes("proof_seen")?,
            note: row.text("note"),
        };
        let known: Option<Id<ExpenseKind>> = desk.referred("expenses", row.cell("reference"))?;
        let known = match known {
            Some(id) => Some(id),
            None => waiting_id(desk, row, spender)?,
        };
        if let Some(id) = known {
            return again(desk, row, spender, (id, &new));
        }
        let trip = row.parsed("trip")?;
        let expense =
            statements::note_expense(desk.app, desk.transaction, desk.caller, spender, (new, trip, carrier))
                .map_err(|aborted| of_row(row, aborted))?;
        desk.remember(row, expense.id)?;
        Ok(Outcome::Added)
    }

    fn export(&self, desk: &ExportDesk<'_>) -> Result<Exported, Aborted> {
        let mut exported = Exported::default();
        for (books, volunteer) in ledger::waiting_volunteers(desk.view)? {
            for expense in ledger::expenses(desk.view, books, volunteer)? {
                if desk.wants(expense.day) {
                    exported.rows.push(cells(desk, &expense)?);
                }
            }
        }
        Ok(exported)
    }
}

/// The expense that a row names by its identifier, if it waits.
fn waiting_id(
    desk: &ImportDesk<'_, '_>,
    row: &Row,
    spender: Id<VolunteerKind>,
) -> Result<Option<Id<ExpenseKind>>, RowError> {
    let Ok(id) = row.cell("reference").parse::<Id<ExpenseKind>>() else { return Ok(None) };
    Ok(waiting(desk.transaction, spender, id)?.map(|expense| expense.id))
}

/// A row that was brought in before: the same, or taken into a statement since, or refused.
fn again(
    desk: &ImportDesk<'_, '_>,
    row: &Row,
    spender: Id<VolunteerKind>,
    (id, new): (Id<ExpenseKind>, &NewExpense),
) -> Result<Outcome, RowError> {
    let Some(expense) = waiting(desk.transaction, spender, id)? else { return Ok(Outcome::Unchanged) };
    let same = expense.kind.code() == new.kind
        && (new.basis.is_empty() || expense.basis.code() == new.basis)
        && expense.day.to_string() == new.day
        && expense.amount == new.amount;
    if same {
        return Ok(Outcome::Unchanged);
    }
    Err(row.bad("reference", refusals::conflict("table-expense-differs")).into())
}

fn waiting(
    view: &(impl View + ?Sized),
    spender: Id<VolunteerKind>,
    id: Id<ExpenseKind>,
) -> Result<Option<Expense>, RowError> {
    for (books, volunteer) in ledger::waiting_volunteers(view).map_err(Aborted::from)? {
        if volunteer == spender {
            let waiting = ledger::expenses(view, books, spender).map_err(Aborted::from)?;
            if let Some(found) = waiting.into_iter().find(|waiting| waiting.id == id) {
                return Ok(Some(found));
            }
        }
    }
    Ok(None)
}

fn cells(desk: &ExportDesk<'_>, expense: &Expense) -> Result<Vec<String>, Aborted> {
    Ok(vec![
        desk.name("expenses", expense.id)?,
        desk.name("volunteers", expense.volunteer)?,
        expense.kind.code().to_owned(),
        expense.basis.code().to_owned(),
        expense.day.to_string(),
        expense.amount.decimal_comma(),
        yes(true),
        desk.name_if_any("carriers", expense.books.0)?,
        expense.trip.map(|trip| trip.to_string()).unwrap_or_default(),
        expense.note.as_str().to_owned(),
    ])
}
