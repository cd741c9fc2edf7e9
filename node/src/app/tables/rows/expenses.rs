//! What volunteers spent and no statement has taken yet; what one has taken is in the statements.

use maillage_domain::{
    ids::{CarrierKind, ExpenseKind, VolunteerKind},
    ledger::{Books, Expense, LineOf, NewExpense, StatementLine},
    money::Cents,
    roles::Operation,
};
use maillage_engine::View;
use maillage_federation::ids::{Id, TripKind};
use maillage_store::{ledger, legal};

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
        let trip: Option<Id<TripKind>> = row.parsed("trip")?;
        let books = ledger_books(desk, carrier)?;
        if let Some(known) = known(desk, row, spender, books)? {
            return again(row, &known, (&new, trip, books));
        }
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

/// An expense that was brought in before: it waits, or a statement has taken it, which does not keep its note.
enum Known {
    Waiting(Expense),
    Stated(StatementLine),
}

/// The books of a carrier, or the usual ones.
fn ledger_books(desk: &ImportDesk<'_, '_>, carrier: Option<Id<CarrierKind>>) -> Result<Books, RowError> {
    if carrier.is_some() {
        return Ok(Books(carrier));
    }
    let usual = legal::default_carrier(desk.transaction).map_err(Aborted::from)?;
    Ok(Books(usual.map(|carrier| carrier.id)))
}

/// What a row's reference or identifier means, if it is there still: one that was removed is not.
fn known(
    desk: &ImportDesk<'_, '_>,
    row: &Row,
    spender: Id<VolunteerKind>,
    books: Books,
) -> Result<Option<Known>, RowError> {
    let Some(id) = desk.known::<ExpenseKind>(row)? else { return Ok(None) };
    if let Some(expense) = waiting(desk.transaction, spender, id)? {
        return Ok(Some(Known::Waiting(expense)));
    }
    for books in [books, Books(None)] {
        for statement in ledger::statements_of(desk.transaction, books, spender).map_err(Aborted::from)? {
            let lines = ledger::lines(desk.transaction, statement.id).map_err(Aborted::from)?;
            let taken =
                |line: &StatementLine| matches!(line.of, LineOf::Expense { expense, .. } if expense == id);
            if let Some(line) = lines.into_iter().find(taken) {
                return Ok(Some(Known::Stated(line)));
            }
        }
    }
    Ok(None)
}

/// A row that was brought in before: the same in every column the file has, or refused under the one that differs.
fn again(
    row: &Row,
    known: &Known,
    (new, trip, books): (&NewExpense, Option<Id<TripKind>>, Books),
) -> Result<Outcome, RowError> {
    let (kind, day, amount, of_trip) = match known {
        Known::Waiting(expense) => (expense.kind, expense.day, expense.amount, expense.trip),
        Known::Stated(StatementLine { day, amount, of: LineOf::Expense { kind, trip, .. }, .. }) => {
            (*kind, *day, *amount, *trip)
        }
        Known::Stated(_) => return Ok(Outcome::Unchanged),
    };
    let mut columns = vec![
        ("kind", kind.code() == new.kind),
        ("day", day.to_string() == new.day),
        ("amount", amount == new.amount),
        ("proof_seen", new.proof_seen),
        ("trip", !row.has("trip") || of_trip == trip),
    ];
    if let Known::Waiting(expense) = known {
        columns.extend([
            ("basis", new.basis.is_empty() || expense.basis.code() == new.basis),
            ("carrier", row.cell("carrier").is_empty() || expense.books == books),
            ("note", !row.has("note") || expense.note.as_str() == new.note),
        ]);
    }
    match columns.into_iter().find(|(_, same)| !same) {
        None => Ok(Outcome::Unchanged),
        Some((column, _)) => Err(row.bad(column, refusals::conflict("table-expense-differs")).into()),
    }
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
