//! What waits for a volunteer's statement: kilometres and expenses. It leaves when a statement takes it; that a trip was
//! noted stays, so that none is ever noted twice.

use std::{collections::BTreeSet, ops::Bound};

use jiff::civil::Date;
use maillage_domain::{
    ids::{CarrierKind, ExpenseKind, VolunteerKind},
    ledger::{Books, Drive, Expense, Rate, VehicleClass},
    money::Cents,
    text::Line,
};
use maillage_engine::{
    EngineError, Key as _, Record, RecordError, Table, Transaction, Tree, View, decode_record,
};
use maillage_federation::ids::{Id, TripKind};
use serde::{Deserialize, Serialize};

use super::{
    entries::id_of,
    keys::{books_key, day_key},
};
use crate::{
    fields::{broken, parsed},
    kinds,
};

/// Kilometres that wait, by books, volunteer and day.
pub const DRIVES_TREE: Tree = Tree::named("money_drives");
/// Trips whose kilometres were noted.
pub const DRIVES_NOTED_TREE: Tree = Tree::named("money_drives_noted");
/// Expenses that wait, by books, volunteer and day.
pub const EXPENSES_TREE: Tree = Tree::named("money_expenses");

/// Books, volunteer; day, what.
type WaitingKey = (([u8; 16], [u8; 16]), (u32, [u8; 16]));

const DRIVES: Table<WaitingKey, DriveRecord> = Table::new(DRIVES_TREE);
const EXPENSES: Table<WaitingKey, ExpenseRecord> = Table::new(EXPENSES_TREE);

/// Kilometres, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DriveRecord {
    trip: Id<TripKind>,
    volunteer: Id<VolunteerKind>,
    carrier: Option<Id<CarrierKind>>,
    day: String,
    loaded_m: u32,
    empty_m: u32,
    rate: RateRecord,
}

/// The rate of kilometres and the car they were driven with.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RateRecord {
    basis: String,
    flat_cents: Option<u32>,
    empty_kilometres: bool,
    electric_rise: bool,
    power: u8,
    electric: bool,
}

/// An expense, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ExpenseRecord {
    id: Id<ExpenseKind>,
    volunteer: Id<VolunteerKind>,
    carrier: Option<Id<CarrierKind>>,
    basis: String,
    kind: String,
    day: String,
    cents: i64,
    trip: Option<Id<TripKind>>,
    note: String,
}

impl Record for DriveRecord {
    const KIND: u16 = kinds::MONEY_DRIVE;
    const VERSION: u16 = 1;
}

impl Record for ExpenseRecord {
    const KIND: u16 = kinds::MONEY_EXPENSE;
    const VERSION: u16 = 1;
}

/// Notes kilometres; whether they were not noted before.
pub fn add_drive(transaction: &mut Transaction<'_>, drive: &Drive) -> Result<bool, EngineError> {
    let trip = drive.trip.to_array();
    if transaction.contains(DRIVES_NOTED_TREE, &trip)? {
        return Ok(false);
    }
    transaction.put(DRIVES_NOTED_TREE, trip, Vec::new())?;
    let key = key(drive.books, drive.volunteer, (drive.day, trip));
    DRIVES.put(transaction, &key, &DriveRecord::from(drive))?;
    Ok(true)
}

/// Whether a trip's kilometres were noted.
pub fn was_noted(view: &(impl View + ?Sized), trip: Id<TripKind>) -> Result<bool, EngineError> {
    view.contains(DRIVES_NOTED_TREE, &trip.to_array())
}

/// Takes kilometres out of what waits: a statement has them.
pub fn remove_drive(transaction: &mut Transaction<'_>, drive: &Drive) -> Result<(), EngineError> {
    DRIVES.delete(transaction, &key(drive.books, drive.volunteer, (drive.day, drive.trip.to_array())))
}

/// Takes kilometres out of what waits as if they had never been noted: they are noted anew, or were none.
pub fn forget_drive(transaction: &mut Transaction<'_>, drive: &Drive) -> Result<(), EngineError> {
    remove_drive(transaction, drive)?;
    transaction.delete(DRIVES_NOTED_TREE, &drive.trip.to_array())
}

/// The kilometres of a volunteer that wait, by day.
pub fn drives(
    view: &(impl View + ?Sized),
    books: Books,
    volunteer: Id<VolunteerKind>,
) -> Result<Vec<Drive>, EngineError> {
    let prefix = (books_key(books), volunteer.to_array());
    let rows = DRIVES.scan_prefix(view, &prefix, usize::MAX)?;
    rows.into_iter().map(|(_, record)| record.try_into()).collect()
}

/// Notes an expense.
pub fn add_expense(transaction: &mut Transaction<'_>, expense: &Expense) -> Result<(), EngineError> {
    let key = key(expense.books, expense.volunteer, (expense.day, expense.id.to_array()));
    EXPENSES.put(transaction, &key, &ExpenseRecord::from(expense))
}

/// Takes an expense out of what waits.
pub fn remove_expense(transaction: &mut Transaction<'_>, expense: &Expense) -> Result<(), EngineError> {
    EXPENSES.delete(transaction, &key(expense.books, expense.volunteer, (expense.day, expense.id.to_array())))
}

/// The expenses of a volunteer that wait, by day.
pub fn expenses(
    view: &(impl View + ?Sized),
    books: Books,
    volunteer: Id<VolunteerKind>,
) -> Result<Vec<Expense>, EngineError> {
    let prefix = (books_key(books), volunteer.to_array());
    let rows = EXPENSES.scan_prefix(view, &prefix, usize::MAX)?;
    rows.into_iter().map(|(_, record)| record.try_into()).collect()
}

/// At most `limit` expenses that wait, of somebody or of all, in the order of [`expense_mark`], after such a mark.
pub fn expenses_after(
    view: &(impl View + ?Sized),
    volunteer: Option<Id<VolunteerKind>>,
    after: Option<&[u8]>,
    limit: usize,
) -> Result<Vec<Expense>, EngineError> {
    let mut found = Vec::new();
    let mut last = after.map(<[u8]>::to_vec);
    while found.len() < limit {
        let from = last.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
        let rows = view.scan(EXPENSES_TREE, from, Bound::Unbounded, EXPENSES_AT_ONCE)?;
        let complete = rows.len() < EXPENSES_AT_ONCE;
        last = rows.last().map(|(key, _)| key.clone());
        for (_, value) in rows {
            let expense = Expense::try_from(decode_record::<ExpenseRecord>(&value)?)?;
            if volunteer.is_none_or(|volunteer| expense.volunteer == volunteer) && found.len() < limit {
                found.push(expense);
            }
        }
        if complete {
            break;
        }
    }
    Ok(found)
}

/// Where an expense stands among those that wait.
pub fn expense_mark(expense: &Expense) -> Vec<u8> {
    key(expense.books, expense.volunteer, (expense.day, expense.id.to_array())).to_key()
}

/// Expenses read at once.
const EXPENSES_AT_ONCE: usize = 500;

/// Whoever has something waiting, with the books it waits in.
pub fn waiting_volunteers(
    view: &(impl View + ?Sized),
) -> Result<BTreeSet<(Books, Id<VolunteerKind>)>, EngineError> {
    let mut found = BTreeSet::new();
    for tree in [DRIVES_TREE, EXPENSES_TREE] {
        for (key, _) in view.scan_prefix(tree, &[], usize::MAX)? {
            let parts = key.split_first_chunk::<16>();
            let (books, rest) = parts.ok_or(RecordError::Key("a row of what waits"))?;
            let volunteer = rest.first_chunk::<16>().ok_or(RecordError::Key("a row of what waits"))?;
            let carrier = if *books == [0; 16] { None } else { Some(id_of(books)?) };
            found.insert((Books(carrier), id_of(volunteer)?));
        }
    }
    Ok(found)
}

fn key(books: Books, volunteer: Id<VolunteerKind>, (day, what): (Date, [u8; 16])) -> WaitingKey {
    ((books_key(books), volunteer.to_array()), (day_key(day), what))
}

impl RateRecord {
    pub(super) fn new(rate: Rate, vehicle: VehicleClass) -> Self {
        let Rate { basis, flat_cents, empty_kilometres, electric_rise } = rate;
        let VehicleClass { power, electric } = vehicle;
        Self { basis: basis.code().to_owned(), flat_cents, empty_kilometres, electric_rise, power, electric }
    }

    pub(super) fn read(&self, kind: u16) -> Result<(Rate, VehicleClass), EngineError> {
        let Self { ref basis, flat_cents, empty_kilometres, electric_rise, power, electric } = *self;
        let basis = parsed(basis, kind)?;
        let rate = Rate { basis, flat_cents, empty_kilometres, electric_rise };
        Ok((rate, VehicleClass { power, electric }))
    }
}

impl From<&Drive> for DriveRecord {
    fn from(drive: &Drive) -> Self {
        let Drive { trip, volunteer, books, day, loaded_m, empty_m, rate, vehicle } = *drive;
        Self {
            trip,
            volunteer,
            carrier: books.0,
            day: day.to_string(),
            loaded_m,
            empty_m,
            rate: RateRecord::new(rate, vehicle),
        }
    }
}

impl TryFrom<DriveRecord> for Drive {
    type Error = EngineError;

    fn try_from(record: DriveRecord) -> Result<Self, EngineError> {
        let DriveRecord { trip, volunteer, carrier, day, loaded_m, empty_m, rate } = record;
        let (rate, vehicle) = rate.read(kinds::MONEY_DRIVE)?;
        let day = parsed(&day, kinds::MONEY_DRIVE)?;
        Ok(Self { trip, volunteer, books: Books(carrier), day, loaded_m, empty_m, rate, vehicle })
    }
}

impl From<&Expense> for ExpenseRecord {
    fn from(expense: &Expense) -> Self {
        let Expense { id, volunteer, books, basis, kind, day, amount, trip, note } = expense;
        Self {
            id: *id,
            volunteer: *volunteer,
            carrier: books.0,
            basis: basis.code().to_owned(),
            kind: kind.code().to_owned(),
            day: day.to_string(),
            cents: amount.get(),
            trip: *trip,
            note: note.as_str().to_owned(),
        }
    }
}

impl TryFrom<ExpenseRecord> for Expense {
    type Error = EngineError;

    fn try_from(record: ExpenseRecord) -> Result<Self, EngineError> {
        const KIND: u16 = kinds::MONEY_EXPENSE;
        Ok(Self {
            id: record.id,
            volunteer: record.volunteer,
            books: Books(record.carrier),
            basis: parsed(&record.basis, KIND)?,
            kind: parsed(&record.kind, KIND)?,
            day: parsed(&record.day, KIND)?,
            amount: Cents::new(record.cents),
            trip: record.trip,
            note: Line::parse(&record.note).map_err(|_| broken(KIND))?,
        })
    }
}
