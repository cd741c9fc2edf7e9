//! Statements of volunteers: drawn up from what waits, closed for good, paid or given up; and the expenses that wait.

use std::sync::Arc;

use maillage_domain::{
    ids::{CarrierKind, ExpenseKind, StatementKind, VolunteerKind},
    ledger::{
        Basis, Books, DrawnUp, Drive, Entry, Expense, Method, Movement, NewEntry, NewExpense, Party,
        Settlement, SettlementAction, Statement, StatementLine, draw_up,
    },
    roles::Operation,
    text::Line,
    volunteer::DriverStatus,
};
use maillage_engine::{Transaction, View};
use maillage_federation::{
    ids::{Id, TripKind},
    month::Month,
};
use maillage_platform::refusal::Refusal;
use maillage_store::{events::Subject, ledger, references};

use super::{book, books_or_usual, code, date, day_or_today, today, volunteer};
use crate::app::{Aborted, App, caller::Caller, refusals};

/// Which statement of a volunteer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Which {
    /// Whose.
    pub volunteer: Id<VolunteerKind>,
    /// Of which month.
    pub month: Month,
    /// Whether it is owed.
    pub basis: Basis,
    /// In whose books; none for the usual ones.
    pub carrier: Option<Id<CarrierKind>>,
}

/// A statement as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// Not closed: what it would be now.
    Draft(Which, Books, DrawnUp),
    /// Closed.
    Closed(Statement, Vec<StatementLine>),
}

/// Notes an expense of a volunteer.
///
/// # Errors
/// `volunteer-unknown`, `expense-…`; the store.
pub async fn add_expense(
    app: &Arc<App>,
    caller: &Caller,
    spender: Id<VolunteerKind>,
    new: NewExpense,
    (trip, carrier): (Option<Id<TripKind>>, Option<Id<CarrierKind>>),
) -> Result<Expense, Refusal> {
    let by = caller.clone();
    app.act_once(caller, Operation::ExpenseAdd, move |app, transaction| {
        note_expense(app, transaction, &by, spender, (new, trip, carrier))
    })
    .await
}

/// Notes an expense of a volunteer inside a transaction.
///
/// # Errors
/// As [`add_expense`].
pub(crate) fn note_expense(
    app: &App,
    transaction: &mut Transaction<'_>,
    by: &Caller,
    spender: Id<VolunteerKind>,
    (new, trip, carrier): (NewExpense, Option<Id<TripKind>>, Option<Id<CarrierKind>>),
) -> Result<Expense, Aborted> {
    if volunteer(transaction, spender)?.details.status == DriverStatus::Employee {
        return Err(refusals::conflict("driver-employee").with("id", spender).into());
    }
    let books = books_or_usual(transaction, carrier)?;
    let read = new.parse(app.new_id(), spender, books, today(app.now()));
    let expense = Expense { trip, ..read.map_err(refusals::money::expense)? };
    ledger::add_expense(transaction, &expense)?;
    app.note(transaction, by, Operation::ExpenseAdd, &[Subject::Volunteer(spender)])?;
    Ok(expense)
}

/// Takes an expense out again that no statement has taken.
///
/// # Errors
/// `expense-unknown`; the store.
pub async fn remove_expense(
    app: &Arc<App>,
    caller: &Caller,
    spender: Id<VolunteerKind>,
    expense: Id<ExpenseKind>,
) -> Result<(), Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::ExpenseRemove, move |app, transaction| {
        let books = ledger::waiting_volunteers(transaction)?;
        for (books, _) in books.into_iter().filter(|(_, volunteer)| *volunteer == spender) {
            let waiting = ledger::expenses(transaction, books, spender)?;
            if let Some(found) = waiting.iter().find(|waiting| waiting.id == expense) {
                ledger::remove_expense(transaction, found)?;
                references::forget(transaction, "expenses", expense.to_array())?;
                app.note(transaction, &by, Operation::ExpenseRemove, &[Subject::Volunteer(spender)])?;
                return Ok(());
            }
        }
        Err(refusals::unknown("expense-unknown").with("id", expense).into())
    })
    .await
}

/// At most `limit` expenses that wait for a statement, of a volunteer or of all, after the mark of one of them.
///
/// # Errors
/// `not-yours`; the store.
pub fn waiting_expenses(
    app: &App,
    caller: &Caller,
    spender: Option<Id<VolunteerKind>>,
    after: Option<&[u8]>,
    limit: usize,
) -> Result<Vec<Expense>, Refusal> {
    app.look(caller, Operation::StatementShow, |_, view| {
        caller.check_volunteer(spender)?;
        Ok(ledger::expenses_after(view, spender, after, limit)?)
    })
}

/// Where an expense stands among those that wait.
pub fn expense_mark(expense: &Expense) -> Vec<u8> {
    ledger::expense_mark(expense)
}

/// A volunteer's statement of a month: as it was closed, or as it would be now.
///
/// # Errors
/// `volunteer-unknown`, `not-yours`, `statement-scale-unknown`; the store.
pub fn show(app: &App, caller: &Caller, which: Which) -> Result<Shown, Refusal> {
    app.look(caller, Operation::StatementShow, |_, view| {
        caller.check_volunteer(Some(which.volunteer))?;
        volunteer(view, which.volunteer)?;
        let books = books_or_usual(view, which.carrier)?;
        let closed = ledger::statements_of(view, books, which.volunteer)?.into_iter();
        let mut closed = closed.filter(|closed| (closed.month, closed.basis) == (which.month, which.basis));
        if let Some(statement) = closed.next() {
            let lines = ledger::lines(view, statement.id)?;
            return Ok(Shown::Closed(statement, lines));
        }
        Ok(Shown::Draft(which, books, draft(view, which, books)?.0))
    })
}

/// One closed statement with its lines.
///
/// # Errors
/// `statement-unknown`, `not-yours`; the store.
pub fn show_closed(
    app: &App,
    caller: &Caller,
    id: Id<StatementKind>,
) -> Result<(Statement, Vec<StatementLine>), Refusal> {
    app.look(caller, Operation::StatementShow, |_, view| {
        let statement = find(view, id)?;
        caller.check_volunteer(Some(statement.volunteer))?;
        Ok((statement, ledger::lines(view, id)?))
    })
}

/// At most `limit` closed statements in the order they were closed, after one of them.
///
/// # Errors
/// The store.
pub fn list(
    app: &App,
    caller: &Caller,
    after: Option<Id<StatementKind>>,
    limit: usize,
) -> Result<Vec<Statement>, Refusal> {
    app.look(caller, Operation::StatementList, |_, view| Ok(ledger::statements_after(view, after, limit)?))
}

/// The closed statements of a volunteer, by basis and month.
///
/// # Errors
/// `not-yours`; the store.
pub fn of_volunteer(
    app: &App,
    caller: &Caller,
    driver: Id<VolunteerKind>,
    carrier: Option<Id<CarrierKind>>,
) -> Result<Vec<Statement>, Refusal> {
    app.look(caller, Operation::StatementShow, |_, view| {
        caller.check_volunteer(Some(driver))?;
        let books = books_or_usual(view, carrier)?;
        Ok(ledger::statements_of(view, books, driver)?)
    })
}

/// Whoever has something waiting that belongs into the statement of a month or an earlier one, with its basis.
///
/// # Errors
/// The store.
pub fn due_in(app: &App, caller: &Caller, month: Month) -> Result<Vec<Which>, Refusal> {
    due_after(app, caller, month, None, usize::MAX)
}

/// Where what is due stands among all of it: in whose books, whose, and on which basis.
pub type DueMark = (Books, Id<VolunteerKind>, Basis);

/// At most `limit` of [`due_in`], after one of them.
///
/// # Errors
/// The store.
pub fn due_after(
    app: &App,
    caller: &Caller,
    month: Month,
    after: Option<DueMark>,
    limit: usize,
) -> Result<Vec<Which>, Refusal> {
    app.look(caller, Operation::StatementList, |_, view| {
        let mut due = Vec::new();
        for (books, volunteer) in ledger::waiting_volunteers(view)? {
            for basis in Basis::ALL.iter().copied() {
                let passed = after.is_some_and(|after| (books, volunteer, basis) <= after);
                if passed || due.len() == limit {
                    continue;
                }
                let which = Which { volunteer, month, basis, carrier: books.0 };
                if !draft(view, which, books)?.0.lines.is_empty() {
                    due.push(which);
                }
            }
        }
        Ok(due)
    })
}

/// Closes a volunteer's statement of a month: numbered, and never changed again.
///
/// # Errors
/// `volunteer-unknown`, `statement-…` with the reason it cannot be closed; the store.
pub async fn close(
    app: &Arc<App>,
    caller: &Caller,
    which: Which,
) -> Result<(Statement, Vec<StatementLine>), Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::StatementClose, move |app, transaction| {
        volunteer(transaction, which.volunteer)?;
        let books = books_or_usual(transaction, which.carrier)?;
        let at = app.now();
        let (drawn, taken) = draft(transaction, which, books)?;
        let latest = ledger::latest_month(transaction, books, which.volunteer, which.basis)?;
        drawn.check(which.month, Month::of(at), latest).map_err(refusals::money::statement)?;
        let statement = Statement {
            id: app.new_id(),
            number: ledger::next_statement_number(transaction, books, today(at).year())?,
            books,
            volunteer: which.volunteer,
            basis: which.basis,
            month: which.month,
            closed: at,
            totals: drawn.totals,
            lines: u32::try_from(drawn.lines.len()).unwrap_or(u32::MAX),
            settlement: Settlement::Open,
        };
        owe(app, transaction, &statement)?;
        ledger::add_statement(transaction, &statement, &drawn.lines)?;
        ledger::put_mileage(transaction, books, which.volunteer, &drawn.mileage)?;
        taken.remove(transaction)?;
        app.note(transaction, &by, Operation::StatementClose, &[Subject::Volunteer(which.volunteer)])?;
        Ok((statement, drawn.lines))
    })
    .await
}

/// What may become of a statement, as it is typed.
#[derive(Debug, Clone, Default)]
pub struct NewSettlement {
    /// `pay`, `waive` or `undo`.
    pub action: String,
    /// The day of the payment or of the signature; empty for today, which a signature cannot do without.
    pub day: String,
    /// How it was paid.
    pub method: String,
}

/// Notes that a statement was paid or given up, or that this was a mistake.
///
/// # Errors
/// `statement-unknown`, `settlement-…`; the store.
pub async fn settle(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<StatementKind>,
    new: NewSettlement,
) -> Result<Statement, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::StatementSettle, move |app, transaction| {
        let statement = find(transaction, id)?;
        let today = today(app.now());
        let action = match new.action.trim() {
            "pay" => SettlementAction::Pay {
                day: day_or_today(&new.day, today)?,
                method: code::<Method>(&new.method, "method")?,
            },
            "waive" => SettlementAction::Waive { signed: date(&new.day)? },
            "undo" => SettlementAction::Undo,
            _ => return Err(refusals::invalid("money-code-unknown").with("field", "action").into()),
        };
        let settlement =
            statement.settlement.apply(action, statement.basis).map_err(refusals::money::settlement)?;
        account_for(app, transaction, &statement, settlement)?;
        let statement = ledger::set_settlement(transaction, &statement, settlement)?;
        let subject = Subject::Volunteer(statement.volunteer);
        app.note(transaction, &by, Operation::StatementSettle, &[subject])?;
        Ok(statement)
    })
    .await
}

/// What a statement is drawn up from, to be taken out of what waits.
struct Taken {
    drives: Vec<Drive>,
    expenses: Vec<Expense>,
}

impl Taken {
    fn remove(&self, transaction: &mut Transaction<'_>) -> Result<(), Aborted> {
        for drive in &self.drives {
            ledger::remove_drive(transaction, drive)?;
        }
        for expense in &self.expenses {
            ledger::remove_expense(transaction, expense)?;
        }
        Ok(())
    }
}

/// A statement as it would be now, and what it takes.
fn draft(view: &(impl View + ?Sized), which: Which, books: Books) -> Result<(DrawnUp, Taken), Aborted> {
    let Which { volunteer, month, basis, .. } = which;
    let over = |day| month_of(day).is_some_and(|of| of > month);
    let mut drives = ledger::drives(view, books, volunteer)?;
    drives.retain(|drive| drive.rate.basis == basis && !over(drive.day));
    let mut expenses = ledger::expenses(view, books, volunteer)?;
    expenses.retain(|expense| expense.basis == basis && !over(expense.day));
    let mileage = ledger::mileage(view, books, volunteer)?;
    let drawn = draw_up(month, &drives, &expenses, &mileage).map_err(refusals::money::statement)?;
    Ok((drawn, Taken { drives, expenses }))
}

fn month_of(day: jiff::civil::Date) -> Option<Month> {
    Month::of_day(day).ok()
}

/// Books what a statement that is being closed comes to. What the model does not pay is owed only once the volunteer gives
/// it up.
fn owe(app: &App, transaction: &mut Transaction<'_>, statement: &Statement) -> Result<(), Aborted> {
    let amount = statement.totals.total();
    if statement.basis == Basis::Reimbursed && amount.is_positive() {
        let movement = Movement::Spent(statement.volunteer, statement.id);
        let day = today(app.now());
        let new = NewEntry { books: statement.books, day, movement, amount, note: Line::default() };
        book(app, transaction, new, None)?;
    }
    Ok(())
}

/// Books what became of a statement: the payment or the waiver, or what takes them back.
fn account_for(
    app: &App,
    transaction: &mut Transaction<'_>,
    statement: &Statement,
    settlement: Settlement,
) -> Result<(), Aborted> {
    let (id, driver) = (statement.id, statement.volunteer);
    let spent = (statement.basis == Basis::Waived).then_some(Movement::Spent(driver, id));
    let movements = match (statement.settlement, settlement) {
        (Settlement::Open, Settlement::Paid { day, method }) => {
            vec![(Movement::Reimbursed(driver, id, method), day)]
        }
        (Settlement::Open, Settlement::Waived { signed, .. }) => spent
            .into_iter()
            .chain([Movement::Waived(driver, id)])
            .map(|movement| (movement, signed))
            .collect(),
        (Settlement::Paid { .. } | Settlement::Waived { .. }, Settlement::Open) => {
            return take_back(app, transaction, statement);
        }
        (
            Settlement::Open | Settlement::Paid { .. } | Settlement::Waived { .. },
            Settlement::Open | Settlement::Paid { .. } | Settlement::Waived { .. },
        ) => Vec::new(),
    };
    let amount = statement.totals.total();
    for (movement, day) in movements.into_iter().filter(|_| amount.is_positive()) {
        let new = NewEntry { books: statement.books, day, movement, amount, note: Line::default() };
        book(app, transaction, new, None)?;
    }
    Ok(())
}

/// Takes back the entries of a settlement: those of the statement that nothing has taken back, except the one by which it
/// is owed since it was closed.
fn take_back(app: &App, transaction: &mut Transaction<'_>, statement: &Statement) -> Result<(), Aborted> {
    let party = Party::Volunteer(statement.volunteer);
    let entries = ledger::entries_of(transaction, party, None, usize::MAX)?;
    for entry in entries.iter().filter(|entry| settles(entry, statement)) {
        if ledger::counter_of(transaction, entry.id)?.is_none() {
            let new = entry.mirror(today(app.now()), Line::default());
            book(app, transaction, new, Some(entry.id))?;
        }
    }
    Ok(())
}

fn settles(entry: &Entry, statement: &Statement) -> bool {
    let of = match entry.movement {
        Movement::Reimbursed(_, of, _) | Movement::Waived(_, of) => Some(of),
        Movement::Spent(_, of) => (statement.basis == Basis::Waived).then_some(of),
        Movement::Due(..)
        | Movement::Received(..)
        | Movement::Refunded(..)
        | Movement::WrittenOff(..)
        | Movement::Remitted(..) => None,
    };
    of == Some(statement.id) && entry.counters.is_none()
}

/// One closed statement.
///
/// # Errors
/// `statement-unknown`; the store.
pub fn find(view: &(impl View + ?Sized), id: Id<StatementKind>) -> Result<Statement, Aborted> {
    ledger::statement(view, id)?.ok_or_else(|| refusals::unknown("statement-unknown").with("id", id).into())
}

/// The name of a volunteer whose statement was shown; empty for one who is not there any more.
pub fn name_of(app: &App, driver: &str) -> String {
    let name = app.read(|_, view| {
        let Ok(driver) = driver.parse() else { return Ok(None) };
        Ok(maillage_store::volunteers::find(view, driver)?.map(|volunteer| volunteer.details.name))
    });
    name.ok().flatten().map(|name| name.as_str().to_owned()).unwrap_or_default()
}
