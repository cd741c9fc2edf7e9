//! Accounts as people read them: what somebody owes or is owed, line by line with where each comes from, and who owes whom at
//! all. Whose name is read with a sum is noted. Must never book anything.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use maillage_domain::{
    ids::{EntryKind, PersonKind, ReceiptKind, VolunteerKind},
    ledger::{
        Account, Basis, Books, Entry, EntryNumber, Expense, Party, PersonBalance, ReceiptNumber, Statement,
        VolunteerBalance,
    },
    money::Cents,
    roles::Operation,
    text::Line,
    volunteer::DriverStatus,
};
use maillage_engine::View;
use maillage_federation::{ids::Id, month::Month};
use maillage_platform::refusal::Refusal;
use maillage_store::{access_log, ledger, legal, persons, volunteers};

use super::{
    books::{self, EVER},
    person, today, volunteer,
};
use crate::{
    app::{Aborted, App, caller::Caller, people::opened},
    limits::CARRIERS,
};

/// The account of a person.
#[derive(Clone)]
pub struct PersonAccount {
    /// The name.
    pub name: String,
    /// Where the person stands over all time: the closing is what is owed now.
    pub balance: PersonBalance,
    /// Every entry by day, with what was owed after it.
    pub lines: Vec<AccountLine>,
}

/// The account of a volunteer.
#[derive(Clone)]
pub struct VolunteerAccount {
    /// The name.
    pub name: String,
    /// Whether the platform pays the driver: then no expense is noted here.
    pub is_employee: bool,
    /// Where the volunteer stands over all time: the closing is what the association owes now.
    pub balance: VolunteerBalance,
    /// Every entry by day, with what was owed to the volunteer after it.
    pub lines: Vec<AccountLine>,
    /// What waits for a statement, by month.
    pub waiting: Vec<Waiting>,
    /// Expenses that wait for a statement.
    pub expenses: Vec<Expense>,
    /// Closed statements, newest first.
    pub statements: Vec<Statement>,
}

/// A line of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountLine {
    /// The entry.
    pub entry: Entry,
    /// What was owed after it.
    pub after: Cents,
    /// The entry that takes it back.
    pub countered_by: Option<EntryNumber>,
    /// The receipt that acknowledges it.
    pub receipt: Option<(Id<ReceiptKind>, ReceiptNumber)>,
    /// Whether it can be taken back.
    pub may_counter: bool,
}

/// What waits for a volunteer's statement of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// In whose books.
    pub books: Books,
    /// Whether it is owed.
    pub basis: Basis,
    /// The month it happened in.
    pub month: Month,
    /// How many trips and expenses.
    pub lines: usize,
    /// Metres that count.
    pub counted_m: u64,
}

/// Who owes whom.
#[derive(Clone, Default)]
pub struct Owed {
    /// People who owe something, or have paid too much (below zero), the most first: at most as many as were asked for.
    pub people: Vec<(Id<PersonKind>, String, Cents)>,
    /// How many people there are in all.
    pub people_count: usize,
    /// What people owe in all.
    pub by_people: Cents,
    /// What people have paid too much in all.
    pub to_people: Cents,
    /// Volunteers: what they are owed, and what they have collected and not handed over.
    pub volunteers: Vec<(Id<VolunteerKind>, String, Cents, Cents)>,
    /// What volunteers are owed in all.
    pub to_volunteers: Cents,
    /// What volunteers have to hand over in all.
    pub by_volunteers: Cents,
}

/// The account of a person; the access log keeps who opened it.
///
/// # Errors
/// `person-unknown`; the store.
pub async fn of_person(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<PersonKind>,
) -> Result<PersonAccount, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::MoneyShow, move |app, transaction| {
        let name = person(transaction, id)?.details.name.as_str().to_owned();
        let entries = ledger::entries_of(transaction, Party::Person(id), None, usize::MAX)?;
        let balance = PersonBalance::of(id, &entries, EVER);
        let owed = |entry: &Entry| PersonBalance::of(id, [entry], EVER).closing;
        let lines = lines(app, transaction, entries, owed)?;
        access_log::record(transaction, &opened(app, &by, id, Operation::MoneyShow))?;
        Ok(PersonAccount { name, balance, lines })
    })
    .await
}

/// The account of a volunteer.
///
/// # Errors
/// `volunteer-unknown`, `not-yours`; the store.
pub fn of_volunteer(app: &App, caller: &Caller, id: Id<VolunteerKind>) -> Result<VolunteerAccount, Refusal> {
    caller.check(Operation::StatementShow)?;
    app.look(caller, Operation::MoneyShow, |app, view| {
        caller.check_volunteer(Some(id))?;
        let known = volunteer(view, id)?;
        let entries = ledger::entries_of(view, Party::Volunteer(id), None, usize::MAX)?;
        let balance = VolunteerBalance::of(id, &entries, EVER);
        let owed = |entry: &Entry| VolunteerBalance::of(id, [entry], EVER).closing;
        let lines = lines(app, view, entries, owed)?;
        let mut expenses = Vec::new();
        let mut statements = Vec::new();
        for books in all_books(view)? {
            expenses.extend(ledger::expenses(view, books, id)?);
            statements.extend(ledger::statements_of(view, books, id)?);
        }
        statements.sort_by_key(|statement| std::cmp::Reverse((statement.month, statement.closed)));
        let is_employee = known.details.status == DriverStatus::Employee;
        let waiting = waiting(view, id, &expenses)?;
        let name = known.details.name.as_str().to_owned();
        Ok(VolunteerAccount { name, is_employee, balance, lines, waiting, expenses, statements })
    })
}

/// Who owes whom now: at most `limit` of the people, those who owe the most first. Whose names are told is noted.
///
/// # Errors
/// The store.
pub async fn owed(app: &Arc<App>, caller: &Caller, limit: usize) -> Result<Owed, Refusal> {
    caller.check(Operation::MoneyShow)?;
    let owed = app.read_aside(move |_, view| summed(view, limit)).await?;
    note(app, caller, owed.people.iter().map(|(id, ..)| *id).collect()).await?;
    Ok(owed)
}

/// One entry, with how it stands; whose it is was noted when the account was opened.
///
/// # Errors
/// `entry-unknown`; the store.
pub fn entry(app: &App, caller: &Caller, id: Id<EntryKind>) -> Result<AccountLine, Refusal> {
    app.look(caller, Operation::MoneyShow, |app, view| {
        let entry = books::find(view, id)?;
        line(app, view, (entry, Cents::ZERO))
    })
}

/// Notes in the access log that a caller read the names of people with their sums.
///
/// # Errors
/// The store.
pub async fn note(app: &Arc<App>, caller: &Caller, people: BTreeSet<Id<PersonKind>>) -> Result<(), Refusal> {
    if people.is_empty() {
        return Ok(());
    }
    let by = caller.clone();
    app.act(caller, Operation::MoneyShow, move |app, transaction| {
        for person in people {
            access_log::record(transaction, &opened(app, &by, person, Operation::MoneyShow))?;
        }
        Ok(())
    })
    .await
}

/// The name of whom an entry concerns; a dash for who is not there any more.
pub(super) fn name_of(view: &(impl View + ?Sized), party: Party) -> Result<String, Aborted> {
    let name = match party {
        Party::Person(id) => persons::find(view, id)?.map(|person| person.details.name),
        Party::Volunteer(id) => volunteers::find(view, id)?.map(|volunteer| volunteer.details.name),
    };
    Ok(name.map_or_else(|| "–".to_owned(), |name| name.as_str().to_owned()))
}

/// Every book there may be: those from before an association was declared, and those of each.
fn all_books(view: &(impl View + ?Sized)) -> Result<Vec<Books>, Aborted> {
    let carriers = legal::carriers(view, None, CARRIERS)?.into_iter().map(|carrier| Books(Some(carrier.id)));
    Ok(std::iter::once(Books(None)).chain(carriers).collect())
}

fn lines(
    app: &App,
    view: &(impl View + ?Sized),
    entries: Vec<Entry>,
    owed: impl Fn(&Entry) -> Cents,
) -> Result<Vec<AccountLine>, Aborted> {
    let mut after = Cents::ZERO;
    let mut lines = Vec::with_capacity(entries.len());
    for entry in entries {
        after = after.plus(owed(&entry));
        lines.push(line(app, view, (entry, after))?);
    }
    Ok(lines)
}

fn line(
    app: &App,
    view: &(impl View + ?Sized),
    (entry, after): (Entry, Cents),
) -> Result<AccountLine, Aborted> {
    let counter = ledger::counter_of(view, entry.id)?;
    let countered_by = counter.map(|id| ledger::entry(view, id)).transpose()?.flatten();
    let receipt = ledger::receipt_of(view, entry.id)?;
    let receipt = receipt.map(|id| ledger::receipt(view, id)).transpose()?.flatten();
    let can = entry.counter(today(app.now()), counter.is_some(), Line::default()).is_ok();
    Ok(AccountLine {
        may_counter: can && receipt.is_none(),
        entry,
        after,
        countered_by: countered_by.map(|entry| entry.number),
        receipt: receipt.map(|receipt| (receipt.id, receipt.number)),
    })
}

/// What waits of a volunteer, by month.
fn waiting(
    view: &(impl View + ?Sized),
    id: Id<VolunteerKind>,
    expenses: &[Expense],
) -> Result<Vec<Waiting>, Aborted> {
    let mut sums: BTreeMap<(Month, Basis, Books), (usize, u64)> = BTreeMap::new();
    let mut add = |month: Option<Month>, basis, books, counted_m: u64| {
        if let Some(month) = month {
            let (lines, metres) = sums.entry((month, basis, books)).or_default();
            *lines += 1;
            *metres += counted_m;
        }
    };
    for books in all_books(view)? {
        for drive in ledger::drives(view, books, id)? {
            add(Month::of_day(drive.day).ok(), drive.rate.basis, books, drive.counted_m());
        }
    }
    for expense in expenses {
        add(Month::of_day(expense.day).ok(), expense.basis, expense.books, 0);
    }
    let waiting =
        |((month, basis, books), (lines, counted_m))| Waiting { books, basis, month, lines, counted_m };
    Ok(sums.into_iter().map(waiting).collect())
}

fn summed(view: &dyn View, limit: usize) -> Result<Owed, Aborted> {
    let mut sums: BTreeMap<(Party, Account), Cents> = BTreeMap::new();
    for entry in ledger::entries_between(view, EVER, None, usize::MAX)? {
        for side in entry.postings() {
            if let Some(party) = side.party {
                let sum = sums.entry((party, side.account)).or_default();
                *sum = sum.plus(side.debit).minus(side.credit);
            }
        }
    }
    let mut owed = Owed::default();
    let mut drivers: BTreeMap<Id<VolunteerKind>, (Cents, Cents)> = BTreeMap::new();
    let mut people = Vec::new();
    for ((party, account), sum) in sums.into_iter().filter(|(_, sum)| !sum.is_zero()) {
        match (party, account) {
            (Party::Person(id), _) => {
                let total = if sum.is_positive() { &mut owed.by_people } else { &mut owed.to_people };
                *total = total.plus(Cents::new(sum.get().saturating_abs()));
                people.push((id, sum));
            }
            (Party::Volunteer(id), Account::Collected) => {
                owed.by_volunteers = owed.by_volunteers.plus(sum);
                drivers.entry(id).or_default().1 = sum;
            }
            (Party::Volunteer(id), _) => {
                owed.to_volunteers = owed.to_volunteers.plus(sum.negated());
                drivers.entry(id).or_default().0 = sum.negated();
            }
        }
    }
    people.sort_by_key(|(id, sum)| (std::cmp::Reverse(*sum), *id));
    owed.people_count = people.len();
    for (id, sum) in people.into_iter().take(limit) {
        owed.people.push((id, name_of(view, Party::Person(id))?, sum));
    }
    for (id, (spent, collected)) in drivers {
        owed.volunteers.push((id, name_of(view, Party::Volunteer(id))?, spent, collected));
    }
    owed.volunteers.sort_by(|one, other| one.1.cmp(&other.1));
    Ok(owed)
}
