//! A volunteer's monthly statement: what was driven and spent, what it comes to, line by line. Drawn up from what waits,
//! in the order of the days; once closed it never changes, and what comes late goes into the next.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    str::FromStr,
};

use jiff::{Timestamp, civil::Date};
use maillage_federation::{
    ids::{Id, TripKind},
    models::Compensation,
    month::Month,
};

use crate::{
    codes::{UnknownCode, coded},
    ids::{ExpenseKind, StatementKind, VolunteerKind},
    ledger::{Books, Settlement, StatementNumber},
    limits::STATEMENT_LINES,
    mileage::Scale,
    money::Cents,
    text::{Line, TextError},
};

/// Whether the association owes what a statement says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Basis {
    /// It is owed, unless the volunteer gives it up.
    Reimbursed,
    /// The model pays nothing: the volunteer may give it up against a tax receipt. Valued by the fiscal scale, empty
    /// kilometres included, as art. 200 CGI values the car of a volunteer.
    Waived,
}

coded!(Basis { Reimbursed = "reimbursed", Waived = "waived" });

/// A car as the fiscal scale sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct VehicleClass {
    /// Fiscal power in CV.
    pub power: u8,
    /// Whether it is electric.
    pub electric: bool,
}

/// What a kilometre comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Whether it is owed.
    pub basis: Basis,
    /// Cents per kilometre; none for the fiscal scale.
    pub flat_cents: Option<u32>,
    /// Whether kilometres without passenger count.
    pub empty_kilometres: bool,
    /// Whether an electric car gets the rise of the scale.
    pub electric_rise: bool,
}

/// Kilometres a volunteer drove, that wait for a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drive {
    /// The trip.
    pub trip: Id<TripKind>,
    /// Who drove.
    pub volunteer: Id<VolunteerKind>,
    /// Whose books.
    pub books: Books,
    /// When.
    pub day: Date,
    /// Metres with the passenger.
    pub loaded_m: u32,
    /// Metres without.
    pub empty_m: u32,
    /// What they come to.
    pub rate: Rate,
    /// With which car.
    pub vehicle: VehicleClass,
}

/// What an expense was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExpenseType {
    /// A motorway or bridge.
    Toll,
    /// A car park.
    Parking,
    /// Anything else with a proof.
    Other,
    /// Puts a mistake of a closed statement right; may be below zero.
    Correction,
}

coded!(ExpenseType { Toll = "toll", Parking = "parking", Other = "other", Correction = "correction" });

/// Money a volunteer spent, that waits for a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expense {
    /// Identity.
    pub id: Id<ExpenseKind>,
    /// Who spent it.
    pub volunteer: Id<VolunteerKind>,
    /// Whose books.
    pub books: Books,
    /// Whether it is owed.
    pub basis: Basis,
    /// What it was for.
    pub kind: ExpenseType,
    /// When.
    pub day: Date,
    /// How much.
    pub amount: Cents,
    /// The trip it belongs to.
    pub trip: Option<Id<TripKind>>,
    /// What the books should remember; internal.
    pub note: Line,
}

/// An expense as it is typed.
#[derive(Debug, Clone, Default)]
pub struct NewExpense {
    /// Code of [`ExpenseType`].
    pub kind: String,
    /// Code of [`Basis`]; empty means reimbursed.
    pub basis: String,
    /// The day, `YYYY-MM-DD`.
    pub day: String,
    /// How much.
    pub amount: Cents,
    /// Whether somebody has seen the ticket or bill.
    pub proof_seen: bool,
    /// Note.
    pub note: String,
}

/// Why an expense is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExpenseError {
    /// Not a kind.
    #[error("the kind of expense is not known")]
    Kind(#[source] UnknownCode),
    /// Not a basis.
    #[error("the basis is not known")]
    Basis(#[source] UnknownCode),
    /// Not a date.
    #[error("the day is not a date")]
    Day,
    /// A day that is not there yet.
    #[error("{0} is in the future")]
    Future(Date),
    /// A sum that cannot be: nothing, below zero, unbelievable.
    #[error("the amount is not one that can be spent")]
    Impossible,
    /// Nobody has seen the ticket.
    #[error("nobody has seen a proof")]
    NoProof,
    /// A correction has to say why.
    #[error("a correction needs a note")]
    NoNote,
    /// The note is no line.
    #[error("the note is not accepted")]
    Note(#[source] TextError),
}

/// Metres valued by the fiscal scale so far, by civil year and car. Continues through the year, whatever the statements.
pub type Mileage = BTreeMap<(i16, VehicleClass), u64>;

/// A line of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementLine {
    /// What it is about.
    pub of: LineOf,
    /// The day it happened.
    pub day: Date,
    /// What it comes to.
    pub amount: Cents,
    /// It happened before the month of the statement: it came too late for its own.
    pub arrears: bool,
}

/// What a line of a statement is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineOf {
    /// Kilometres.
    Drive {
        /// The trip.
        trip: Id<TripKind>,
        /// Metres with the passenger.
        loaded_m: u32,
        /// Metres without.
        empty_m: u32,
        /// Metres that count.
        counted_m: u64,
        /// The rate.
        rate: Rate,
        /// The car.
        vehicle: VehicleClass,
        /// The last year the scale used was published for, if it continues into the year of the trip unpublished.
        continued_from: Option<i16>,
    },
    /// Money spent.
    Expense {
        /// The expense.
        expense: Id<ExpenseKind>,
        /// What for.
        kind: ExpenseType,
        /// The trip it belongs to.
        trip: Option<Id<TripKind>>,
    },
}

/// Sums of a statement.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Metres with passengers.
    pub loaded_m: u64,
    /// Metres without.
    pub empty_m: u64,
    /// Metres that count.
    pub counted_m: u64,
    /// What the kilometres come to.
    pub mileage: Cents,
    /// Other expenses.
    pub expenses: Cents,
}

/// A statement as it stands before it is closed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DrawnUp {
    /// By day.
    pub lines: Vec<StatementLine>,
    /// Their sums.
    pub totals: Totals,
    /// The year's metres with those of the lines.
    pub mileage: Mileage,
}

/// A closed statement; its lines are kept beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Identity.
    pub id: Id<StatementKind>,
    /// Its number.
    pub number: StatementNumber,
    /// Whose books.
    pub books: Books,
    /// Whose statement.
    pub volunteer: Id<VolunteerKind>,
    /// Whether it is owed.
    pub basis: Basis,
    /// Its month.
    pub month: Month,
    /// When it was closed.
    pub closed: Timestamp,
    /// Its sums.
    pub totals: Totals,
    /// How many lines it has.
    pub lines: u32,
    /// What became of it.
    pub settlement: Settlement,
}

/// Why a statement cannot be drawn up or closed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// There is nothing in it.
    #[error("there is nothing to be stated")]
    Empty,
    /// The month is not over.
    #[error("{0} is not over")]
    NotOver(Month),
    /// It, or a later one, was closed before.
    #[error("{0} was closed")]
    Closed(Month),
    /// The scale of a year is not known at all.
    #[error("the fiscal scale of {0} is not known")]
    ScaleUnknown(i16),
    /// Corrections outweigh the rest: they wait for a month that bears them.
    #[error("it comes to less than nothing")]
    Negative,
    /// More lines than a statement holds.
    #[error("{0} lines are more than a statement holds")]
    TooLong(usize),
}

impl Rate {
    /// What a participation model pays for kilometres.
    pub fn of(compensation: Compensation) -> Self {
        match compensation {
            Compensation::Waived => {
                Self { basis: Basis::Waived, flat_cents: None, empty_kilometres: true, electric_rise: true }
            }
            Compensation::Flat { rate_cents, empty_kilometres } => Self {
                basis: Basis::Reimbursed,
                flat_cents: Some(rate_cents),
                empty_kilometres,
                electric_rise: false,
            },
            Compensation::FiscalScale { empty_kilometres, electric_rise } => {
                Self { basis: Basis::Reimbursed, flat_cents: None, empty_kilometres, electric_rise }
            }
        }
    }
}

impl Rate {
    /// The car as the rate sees it: one that gets no rise counts as any other.
    pub fn class_of(&self, vehicle: VehicleClass) -> VehicleClass {
        VehicleClass { electric: vehicle.electric && self.electric_rise, ..vehicle }
    }
}

impl Drive {
    /// Metres that count under its rate.
    pub fn counted_m(&self) -> u64 {
        let empty_m = if self.rate.empty_kilometres { self.empty_m } else { 0 };
        u64::from(self.loaded_m) + u64::from(empty_m)
    }

    /// What it comes to, after the year's metres before it, which it adds itself to.
    fn line(&self, month: Month, mileage: &mut Mileage) -> Result<StatementLine, StatementError> {
        let counted_m = self.counted_m();
        let year = self.day.year();
        let mut continued_from = None;
        let amount = if let Some(cents) = self.rate.flat_cents {
            flat(cents, counted_m)
        } else {
            let in_force = Scale::in_force(year).ok_or(StatementError::ScaleUnknown(year))?;
            continued_from = in_force.continued.then(|| in_force.scale.years().1);
            let class = self.rate.class_of(self.vehicle);
            let before = mileage.entry((year, class)).or_default();
            let amount = in_force.scale.marginal(class.power, class.electric, *before, counted_m);
            *before = before.saturating_add(counted_m);
            amount
        };
        let Self { trip, day, loaded_m, empty_m, rate, vehicle, .. } = *self;
        let of = LineOf::Drive { trip, loaded_m, empty_m, counted_m, rate, vehicle, continued_from };
        Ok(StatementLine { of, day, amount, arrears: day < first_day(month) })
    }

    /// The class its metres are valued under; none for a flat rate.
    pub fn valued_as(&self) -> Option<VehicleClass> {
        self.rate.flat_cents.is_none().then(|| self.rate.class_of(self.vehicle))
    }
}

impl NewExpense {
    /// Reads an expense.
    ///
    /// # Errors
    /// The first thing that is not acceptable.
    pub fn parse(
        &self,
        id: Id<ExpenseKind>,
        volunteer: Id<VolunteerKind>,
        books: Books,
        today: Date,
    ) -> Result<Expense, ExpenseError> {
        let kind: ExpenseType = self.kind.parse().map_err(ExpenseError::Kind)?;
        let basis = if self.basis.trim().is_empty() {
            Basis::Reimbursed
        } else {
            self.basis.parse().map_err(ExpenseError::Basis)?
        };
        let day: Date = self.day.trim().parse().map_err(|_| ExpenseError::Day)?;
        if day > today {
            return Err(ExpenseError::Future(day));
        }
        let amount = self.amount;
        let note = Line::parse(&self.note).map_err(ExpenseError::Note)?;
        let correction = kind == ExpenseType::Correction;
        if amount.is_zero() || !amount.is_believable() || (amount.is_negative() && !correction) {
            return Err(ExpenseError::Impossible);
        }
        if correction && note.as_str().is_empty() {
            return Err(ExpenseError::NoNote);
        }
        if !correction && !self.proof_seen {
            return Err(ExpenseError::NoProof);
        }
        Ok(Expense { id, volunteer, books, basis, kind, day, amount, trip: None, note })
    }
}

impl Expense {
    fn line(&self, month: Month) -> StatementLine {
        let of = LineOf::Expense { expense: self.id, kind: self.kind, trip: self.trip };
        StatementLine { of, day: self.day, amount: self.amount, arrears: self.day < first_day(month) }
    }
}

impl Totals {
    /// What the statement comes to.
    pub fn total(&self) -> Cents {
        self.mileage.plus(self.expenses)
    }

    fn of(lines: &[StatementLine]) -> Self {
        let mut totals = Self::default();
        for line in lines {
            match line.of {
                LineOf::Drive { loaded_m, empty_m, counted_m, .. } => {
                    totals.loaded_m += u64::from(loaded_m);
                    totals.empty_m += u64::from(empty_m);
                    totals.counted_m += counted_m;
                    totals.mileage = totals.mileage.plus(line.amount);
                }
                LineOf::Expense { .. } => totals.expenses = totals.expenses.plus(line.amount),
            }
        }
        totals
    }
}

impl DrawnUp {
    /// Whether it may be closed on a day, after the latest month that was closed.
    ///
    /// # Errors
    /// An empty or negative statement, too many lines, a month that is not over, or one at or before the latest closed.
    pub fn check(&self, month: Month, today: Month, latest: Option<Month>) -> Result<(), StatementError> {
        if let Some(latest) = latest.filter(|latest| *latest >= month) {
            return Err(StatementError::Closed(latest));
        }
        if month >= today {
            return Err(StatementError::NotOver(month));
        }
        if self.lines.is_empty() {
            return Err(StatementError::Empty);
        }
        if self.lines.len() > STATEMENT_LINES {
            return Err(StatementError::TooLong(self.lines.len()));
        }
        if self.totals.total().is_negative() {
            return Err(StatementError::Negative);
        }
        Ok(())
    }

    /// The years whose figures continue an older scale: whoever prints the statement says so.
    pub fn continued_from(&self) -> BTreeSet<i16> {
        let continued = self.lines.iter().filter_map(|line| match line.of {
            LineOf::Drive { continued_from, .. } => continued_from,
            LineOf::Expense { .. } => None,
        });
        continued.collect()
    }
}

/// A month's statement of what waits: everything of that month or before it, by day, drives first. `mileage` holds the
/// year's metres of the statements closed before.
///
/// # Errors
/// A year whose scale is not known.
pub fn draw_up(
    month: Month,
    drives: &[Drive],
    expenses: &[Expense],
    mileage: &Mileage,
) -> Result<DrawnUp, StatementError> {
    let next = first_day(month.next());
    let mut drives: Vec<&Drive> = drives.iter().filter(|drive| drive.day < next).collect();
    drives.sort_by_key(|drive| (drive.day, drive.trip));
    let mut mileage = mileage.clone();
    let mut lines = Vec::with_capacity(drives.len() + expenses.len());
    for drive in drives {
        lines.push(drive.line(month, &mut mileage)?);
    }
    lines.extend(expenses.iter().filter(|expense| expense.day < next).map(|expense| expense.line(month)));
    lines.sort_by_key(|line| line.day);
    Ok(DrawnUp { totals: Totals::of(&lines), lines, mileage })
}

/// So many cents per kilometre for so many metres, to the nearest cent, half upwards.
fn flat(rate_cents: u32, metres: u64) -> Cents {
    let milli = u128::from(rate_cents) * u128::from(metres);
    Cents::new(i64::try_from((milli + 500) / 1_000).unwrap_or(i64::MAX))
}

fn first_day(month: Month) -> Date {
    Date::new(month.year(), month.number(), 1).unwrap_or(Date::MIN)
}
