//! Closed statements and their lines, and the year's metres that the fiscal scale has valued. Of a closed statement only
//! what became of it may change.

use maillage_domain::{
    ids::{CarrierKind, ExpenseKind, ReceiptKind, StatementKind, VolunteerKind},
    ledger::{
        Basis, Books, LineOf, Mileage, Settlement, Statement, StatementLine, StatementNumber, Totals,
        VehicleClass,
    },
    money::Cents,
};
use maillage_engine::{EngineError, Key as _, Record, Table, Transaction, Tree, View};
use maillage_federation::{
    ids::{Id, TripKind},
    month::Month,
};
use serde::{Deserialize, Serialize};

use super::{
    entries::id_of,
    keys::{books_key, month_key, year_key},
    waiting::RateRecord,
};
use crate::{
    fields::{after, broken, instant, parsed},
    kinds, sequences,
};

/// Closed statements by identifier.
pub const STATEMENTS_TREE: Tree = Tree::named("money_statements");
/// By books and volunteer, basis and month: one at most.
pub const STATEMENTS_BY_VOLUNTEER_TREE: Tree = Tree::named("money_statements_by_volunteer");
/// Lines by statement and position.
pub const STATEMENT_LINES_TREE: Tree = Tree::named("money_statement_lines");
/// Metres valued by the fiscal scale, by books, volunteer, year and car.
pub const MILEAGE_TREE: Tree = Tree::named("money_mileage");

/// Books, volunteer; year, car.
type MileageKey = (([u8; 16], [u8; 16]), (u32, u16));

const STATEMENTS: Table<[u8; 16], StatementRecord> = Table::new(STATEMENTS_TREE);
const LINES: Table<([u8; 16], u32), LineRecord> = Table::new(STATEMENT_LINES_TREE);
const MILEAGE: Table<MileageKey, MileageRecord> = Table::new(MILEAGE_TREE);
const KIND: u16 = kinds::MONEY_STATEMENT;

/// A closed statement, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StatementRecord {
    id: Id<StatementKind>,
    year: i16,
    sequence: u64,
    carrier: Option<Id<CarrierKind>>,
    volunteer: Id<VolunteerKind>,
    basis: String,
    month: Month,
    closed_ms: i64,
    loaded_m: u64,
    empty_m: u64,
    counted_m: u64,
    mileage_cents: i64,
    expenses_cents: i64,
    lines: u32,
    settlement: SettlementRecord,
}

/// What became of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum SettlementRecord {
    Open,
    Paid { day: String, method: String },
    Waived { signed: String, receipt: Option<Id<ReceiptKind>> },
}

/// A line, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LineRecord {
    day: String,
    cents: i64,
    arrears: bool,
    of: OfRecord,
}

/// What a line is about.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum OfRecord {
    Drive {
        trip: Id<TripKind>,
        loaded_m: u32,
        empty_m: u32,
        counted_m: u64,
        rate: RateRecord,
        continued_from: Option<i16>,
    },
    Expense {
        expense: Id<ExpenseKind>,
        kind: String,
        trip: Option<Id<TripKind>>,
    },
}

/// Metres of a year, version 1.
#[derive(Serialize, Deserialize)]
pub(crate) struct MileageRecord {
    pub(crate) metres: u64,
}

impl Record for StatementRecord {
    const KIND: u16 = KIND;
    const VERSION: u16 = 1;
}

impl Record for LineRecord {
    const KIND: u16 = kinds::MONEY_STATEMENT_LINE;
    const VERSION: u16 = 1;
}

impl Record for MileageRecord {
    const KIND: u16 = kinds::MONEY_MILEAGE;
    const VERSION: u16 = 1;
}

/// Takes the next number of some books and year. What it is taken for has to be written in the same transaction.
pub fn next_statement_number(
    transaction: &mut Transaction<'_>,
    books: Books,
    year: i16,
) -> Result<StatementNumber, EngineError> {
    let carrier = books.0.map(|carrier| carrier.to_string()).unwrap_or_default();
    let sequence = sequences::next(transaction, &format!("statements/{carrier}/{year}"))?;
    Ok(StatementNumber { year, sequence })
}

/// Writes a statement that was just closed, with its lines.
pub fn add_statement(
    transaction: &mut Transaction<'_>,
    statement: &Statement,
    lines: &[StatementLine],
) -> Result<(), EngineError> {
    let id = statement.id.to_array();
    STATEMENTS.put(transaction, &id, &StatementRecord::from(statement))?;
    let key = (
        volunteer_key(statement.books, statement.volunteer),
        (basis_key(statement.basis), month_key(statement.month)),
    );
    transaction.put(STATEMENTS_BY_VOLUNTEER_TREE, key.to_key(), id)?;
    for (position, line) in (0_u32..).zip(lines) {
        LINES.put(transaction, &(id, position), &LineRecord::from(line))?;
    }
    Ok(())
}

/// Notes what became of a statement.
pub fn set_settlement(
    transaction: &mut Transaction<'_>,
    statement: &Statement,
    settlement: Settlement,
) -> Result<Statement, EngineError> {
    let changed = Statement { settlement, ..statement.clone() };
    STATEMENTS.put(transaction, &statement.id.to_array(), &StatementRecord::from(&changed))?;
    Ok(changed)
}

/// One statement.
pub fn statement(
    view: &(impl View + ?Sized),
    id: Id<StatementKind>,
) -> Result<Option<Statement>, EngineError> {
    STATEMENTS.get(view, &id.to_array())?.map(Statement::try_from).transpose()
}

/// The lines of a statement.
pub fn lines(view: &(impl View + ?Sized), id: Id<StatementKind>) -> Result<Vec<StatementLine>, EngineError> {
    let rows = LINES.scan_prefix(view, &id.to_array(), usize::MAX)?;
    rows.into_iter().map(|(_, record)| record.try_into()).collect()
}

/// At most `limit` statements in the order they were closed, after one of them.
pub fn statements_after(
    view: &(impl View + ?Sized),
    from: Option<Id<StatementKind>>,
    limit: usize,
) -> Result<Vec<Statement>, EngineError> {
    let rows = STATEMENTS.scan(view, after(from), limit)?;
    rows.into_iter().map(|(_, record)| record.try_into()).collect()
}

/// Every statement of a volunteer in some books, by basis and month.
pub fn statements_of(
    view: &(impl View + ?Sized),
    books: Books,
    volunteer: Id<VolunteerKind>,
) -> Result<Vec<Statement>, EngineError> {
    let mut prefix = Vec::new();
    volunteer_key(books, volunteer).write_part(&mut prefix);
    let mut found = Vec::new();
    for (_, id) in view.scan_prefix(STATEMENTS_BY_VOLUNTEER_TREE, &prefix, usize::MAX)? {
        found.extend(statement(view, id_of(&id)?)?);
    }
    Ok(found)
}

/// The latest month of a volunteer that was closed on a basis.
pub fn latest_month(
    view: &(impl View + ?Sized),
    books: Books,
    volunteer: Id<VolunteerKind>,
    basis: Basis,
) -> Result<Option<Month>, EngineError> {
    let mut prefix = Vec::new();
    (volunteer_key(books, volunteer), basis_key(basis)).write_part(&mut prefix);
    let Some((_, id)) = view.last(STATEMENTS_BY_VOLUNTEER_TREE, &prefix)? else { return Ok(None) };
    Ok(statement(view, id_of(&id)?)?.map(|statement| statement.month))
}

/// The metres of a volunteer that the fiscal scale has valued.
pub fn mileage(
    view: &(impl View + ?Sized),
    books: Books,
    volunteer: Id<VolunteerKind>,
) -> Result<Mileage, EngineError> {
    let rows = MILEAGE.scan_prefix(view, &volunteer_key(books, volunteer), usize::MAX)?;
    let read = |((_, (year, car)), record): (MileageKey, MileageRecord)| {
        let year = i16::try_from(year).map_err(|_| broken(kinds::MONEY_MILEAGE))?;
        let power = u8::try_from(car / 2).map_err(|_| broken(kinds::MONEY_MILEAGE))?;
        Ok(((year, VehicleClass { power, electric: car % 2 == 1 }), record.metres))
    };
    rows.into_iter().map(read).collect()
}

/// Writes the metres of a volunteer.
pub fn put_mileage(
    transaction: &mut Transaction<'_>,
    books: Books,
    volunteer: Id<VolunteerKind>,
    mileage: &Mileage,
) -> Result<(), EngineError> {
    for ((year, car), metres) in mileage {
        let car = u16::from(car.power) * 2 + u16::from(car.electric);
        let key = (volunteer_key(books, volunteer), (year_key(*year), car));
        MILEAGE.put(transaction, &key, &MileageRecord { metres: *metres })?;
    }
    Ok(())
}

fn volunteer_key(books: Books, volunteer: Id<VolunteerKind>) -> ([u8; 16], [u8; 16]) {
    (books_key(books), volunteer.to_array())
}

fn basis_key(basis: Basis) -> u16 {
    match basis {
        Basis::Reimbursed => 1,
        Basis::Waived => 2,
    }
}

impl From<&Statement> for StatementRecord {
    fn from(statement: &Statement) -> Self {
        let Statement { id, number, books, volunteer, basis, month, closed, totals, lines, settlement } =
            statement;
        let Totals { loaded_m, empty_m, counted_m, mileage, expenses } = *totals;
        Self {
            id: *id,
            year: number.year,
            sequence: number.sequence,
            carrier: books.0,
            volunteer: *volunteer,
            basis: basis.code().to_owned(),
            month: *month,
            closed_ms: closed.as_millisecond(),
            loaded_m,
            empty_m,
            counted_m,
            mileage_cents: mileage.get(),
            expenses_cents: expenses.get(),
            lines: *lines,
            settlement: match settlement {
                Settlement::Open => SettlementRecord::Open,
                Settlement::Paid { day, method } => {
                    SettlementRecord::Paid { day: day.to_string(), method: method.code().to_owned() }
                }
                Settlement::Waived { signed, receipt } => {
                    SettlementRecord::Waived { signed: signed.to_string(), receipt: *receipt }
                }
            },
        }
    }
}

impl TryFrom<StatementRecord> for Statement {
    type Error = EngineError;

    fn try_from(record: StatementRecord) -> Result<Self, EngineError> {
        let totals = Totals {
            loaded_m: record.loaded_m,
            empty_m: record.empty_m,
            counted_m: record.counted_m,
            mileage: Cents::new(record.mileage_cents),
            expenses: Cents::new(record.expenses_cents),
        };
        let settlement = match record.settlement {
            SettlementRecord::Open => Settlement::Open,
            SettlementRecord::Paid { day, method } => {
                Settlement::Paid { day: parsed(&day, KIND)?, method: parsed(&method, KIND)? }
            }
            SettlementRecord::Waived { signed, receipt } => {
                Settlement::Waived { signed: parsed(&signed, KIND)?, receipt }
            }
        };
        let (year, sequence) = (record.year, record.sequence);
        Ok(Self {
            id: record.id,
            number: StatementNumber { year, sequence },
            books: Books(record.carrier),
            volunteer: record.volunteer,
            basis: parsed(&record.basis, KIND)?,
            month: record.month,
            closed: instant(record.closed_ms, KIND)?,
            totals,
            lines: record.lines,
            settlement,
        })
    }
}

impl From<&StatementLine> for LineRecord {
    fn from(line: &StatementLine) -> Self {
        let of = match line.of {
            LineOf::Drive { trip, loaded_m, empty_m, counted_m, rate, vehicle, continued_from } => {
                let rate = RateRecord::new(rate, vehicle);
                OfRecord::Drive { trip, loaded_m, empty_m, counted_m, rate, continued_from }
            }
            LineOf::Expense { expense, kind, trip } => {
                OfRecord::Expense { expense, kind: kind.code().to_owned(), trip }
            }
        };
        Self { day: line.day.to_string(), cents: line.amount.get(), arrears: line.arrears, of }
    }
}

impl TryFrom<LineRecord> for StatementLine {
    type Error = EngineError;

    fn try_from(record: LineRecord) -> Result<Self, EngineError> {
        const KIND: u16 = kinds::MONEY_STATEMENT_LINE;
        let of = match record.of {
            OfRecord::Drive { trip, loaded_m, empty_m, counted_m, rate, continued_from } => {
                let (rate, vehicle) = rate.read(KIND)?;
                LineOf::Drive { trip, loaded_m, empty_m, counted_m, rate, vehicle, continued_from }
            }
            OfRecord::Expense { expense, kind, trip } => {
                LineOf::Expense { expense, kind: parsed(&kind, KIND)?, trip }
            }
        };
        let day = parsed(&record.day, KIND)?;
        Ok(Self { of, day, amount: Cents::new(record.cents), arrears: record.arrears })
    }
}
