//! One movement of the books, and the two accounts it moves money between. Must never be changed once it is booked.

use std::{fmt, str::FromStr};

use jiff::{Timestamp, civil::Date};
use maillage_federation::ids::{Id, TripKind};

use crate::{
    codes::{UnknownCode, coded},
    ids::{CarrierKind, EntryKind, LoanKind, PersonKind, ServiceKind, StatementKind, VolunteerKind},
    money::Cents,
    text::Line,
};

/// Whose books: a carrying association, or the platform itself while none is declared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Books(pub Option<Id<CarrierKind>>);

/// One movement of the books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Identity.
    pub id: Id<EntryKind>,
    /// Its number in the books.
    pub number: EntryNumber,
    /// Whose books.
    pub books: Books,
    /// The day it counts for, in Europe/Paris.
    pub day: Date,
    /// When it was booked.
    pub booked: Timestamp,
    /// What moved.
    pub movement: Movement,
    /// How much; always more than nothing.
    pub amount: Cents,
    /// The entry that this one takes back.
    pub counters: Option<Id<EntryKind>>,
    /// What the books should remember; internal.
    pub note: Line,
}

/// A movement that is to be booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    /// Whose books.
    pub books: Books,
    /// The day it counts for.
    pub day: Date,
    /// What moved.
    pub movement: Movement,
    /// How much.
    pub amount: Cents,
    /// What the books should remember.
    pub note: Line,
}

/// Number of an entry: without gaps per books, journal and year of booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct EntryNumber {
    /// The journal.
    pub journal: Journal,
    /// Civil year of booking.
    pub year: i16,
    /// 1, 2, 3 …
    pub sequence: u64,
}

/// A journal of the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Journal {
    /// What people owe.
    Contributions,
    /// Money that came, went or was handed on.
    Payments,
    /// What volunteers spent.
    Statements,
    /// What volunteers gave up.
    Waivers,
}

/// What moves, and about whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Movement {
    /// A person owes something.
    Due(Id<PersonKind>, DueSource),
    /// A person paid, to the desk or to a volunteer.
    Received(Id<PersonKind>, Method, Option<Id<VolunteerKind>>),
    /// A person was given back what had been paid too much.
    Refunded(Id<PersonKind>, Method),
    /// What a person owes is given up.
    WrittenOff(Id<PersonKind>, WriteOffReason),
    /// A volunteer handed over what people had paid.
    Remitted(Id<VolunteerKind>, Method),
    /// A volunteer's statement was closed: the association owes it.
    Spent(Id<VolunteerKind>, Id<StatementKind>),
    /// A statement was paid.
    Reimbursed(Id<VolunteerKind>, Id<StatementKind>, Method),
    /// A statement was given up in favour of the association.
    Waived(Id<VolunteerKind>, Id<StatementKind>),
}

/// What a person owes something for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DueSource {
    /// A trip.
    Trip(Id<TripKind>),
    /// A loan of a vehicle.
    Loan(Id<LoanKind>),
    /// Another service.
    Service(Id<ServiceKind>),
    /// Membership of a year.
    Membership(i16),
    /// A free donation, booked when it is given.
    Donation,
}

/// How money changed hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// Coins and notes.
    Cash,
    /// A cheque.
    Cheque,
    /// A card.
    Card,
    /// A bank transfer.
    Transfer,
}

/// Why a claim is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WriteOffReason {
    /// The person cannot pay.
    Hardship,
    /// The person has died.
    Deceased,
    /// The person cannot be reached any more.
    Unreachable,
    /// A goodwill gesture of the platform.
    Goodwill,
    /// Asking for it costs more than it is.
    Trifle,
}

coded!(Journal {
    Contributions = "contributions",
    Payments = "payments",
    Statements = "statements",
    Waivers = "waivers",
});
coded!(Method { Cash = "cash", Cheque = "cheque", Card = "card", Transfer = "transfer" });
coded!(WriteOffReason {
    Hardship = "hardship",
    Deceased = "deceased",
    Unreachable = "unreachable",
    Goodwill = "goodwill",
    Trifle = "trifle",
});

/// Who stands behind an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Party {
    /// A beneficiary.
    Person(Id<PersonKind>),
    /// A volunteer.
    Volunteer(Id<VolunteerKind>),
}

/// An account of the French chart of accounts for associations (règlement ANC 2018-06). An accountant maps it to the
/// association's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Account {
    /// What people owe (411).
    People,
    /// What volunteers collected and have not handed over (467).
    Collected,
    /// What volunteers are owed for expenses (4681).
    VolunteerExpenses,
    /// Cheques to be cashed (5112).
    Cheques,
    /// The bank (512).
    Bank,
    /// The cash desk (530).
    Cash,
    /// Travel (625).
    Travel,
    /// Claims given up (654).
    Losses,
    /// Contributions of people (706).
    Contributions,
    /// Donations (7541).
    Donations,
    /// Expenses that volunteers gave up (75412).
    WaivedExpenses,
    /// Memberships (756).
    Memberships,
}

/// One side of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posting {
    /// The account.
    pub account: Account,
    /// Who stands behind it.
    pub party: Option<Party>,
    /// Debited; zero on the other side.
    pub debit: Cents,
    /// Credited; zero on the other side.
    pub credit: Cents,
}

/// Why something cannot be booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BookError {
    /// Nothing, less than nothing, or unbelievably much.
    #[error("the amount is not one that can be booked")]
    Amount,
    /// A day that is not there yet.
    #[error("{0} is in the future")]
    Future(Date),
    /// A day so long ago that its accounts are closed.
    #[error("{0} is too long ago")]
    TooOld(Date),
    /// More than there is.
    #[error("it is more than the {available} € there are")]
    MoreThanThere {
        /// What there is.
        available: Cents,
    },
    /// A counter-entry takes nothing back but what was booked.
    #[error("a counter-entry cannot be taken back")]
    IsCounter,
    /// It was taken back before.
    #[error("it was taken back already")]
    AlreadyCountered,
    /// It belongs to a statement, whose settlement is undone instead.
    #[error("it belongs to a statement")]
    OfStatement,
}

impl NewEntry {
    /// Checks amount and day.
    ///
    /// # Errors
    /// An amount that is not positive or unbelievable; a day after `today`, or before last year began.
    pub fn check(&self, today: Date) -> Result<(), BookError> {
        if !self.amount.is_positive() || !self.amount.is_believable() {
            return Err(BookError::Amount);
        }
        if self.day > today {
            return Err(BookError::Future(self.day));
        }
        if self.day.year() < today.year().saturating_sub(1) {
            return Err(BookError::TooOld(self.day));
        }
        Ok(())
    }

    /// The entry, under its identity and number.
    pub fn book(self, id: Id<EntryKind>, number: EntryNumber, booked: Timestamp) -> Entry {
        let Self { books, day, movement, amount, note } = self;
        Entry { id, number, books, day, booked, movement, amount, counters: None, note }
    }
}

impl Entry {
    /// An entry that takes this one back on a day, still without number; `countered` says whether one was booked before.
    ///
    /// # Errors
    /// A counter-entry, an entry taken back before, an entry of a statement.
    pub fn counter(&self, day: Date, countered: bool, note: Line) -> Result<NewEntry, BookError> {
        if self.counters.is_some() {
            return Err(BookError::IsCounter);
        }
        if countered {
            return Err(BookError::AlreadyCountered);
        }
        match self.movement {
            Movement::Spent(..) | Movement::Reimbursed(..) | Movement::Waived(..) => {
                Err(BookError::OfStatement)
            }
            Movement::Due(..)
            | Movement::Received(..)
            | Movement::Refunded(..)
            | Movement::WrittenOff(..)
            | Movement::Remitted(..) => Ok(self.mirror(day, note)),
        }
    }

    /// The movement of this entry to be booked the other way round on a day; whoever books it sets `counters`.
    #[must_use]
    pub fn mirror(&self, day: Date, note: Line) -> NewEntry {
        NewEntry { books: self.books, day, movement: self.movement, amount: self.amount, note }
    }

    /// The amount, below zero in a counter-entry.
    pub fn signed(&self) -> Cents {
        if self.counters.is_some() { self.amount.negated() } else { self.amount }
    }

    /// The two sides: debit first.
    pub fn postings(&self) -> [Posting; 2] {
        let (debited, credited) = self.movement.accounts();
        let (debited, credited) =
            if self.counters.is_some() { (credited, debited) } else { (debited, credited) };
        let side = |(account, party), debit, credit| Posting { account, party, debit, credit };
        [side(debited, self.amount, Cents::ZERO), side(credited, Cents::ZERO, self.amount)]
    }

    /// Everybody it concerns.
    pub fn parties(&self) -> impl Iterator<Item = Party> {
        let [debit, credit] = self.postings();
        let second = credit.party.filter(|party| debit.party != Some(*party));
        debit.party.into_iter().chain(second)
    }
}

impl Movement {
    /// The journal it is booked in.
    pub fn journal(self) -> Journal {
        match self {
            Self::Due(..) | Self::WrittenOff(..) => Journal::Contributions,
            Self::Received(..) | Self::Refunded(..) | Self::Remitted(..) | Self::Reimbursed(..) => {
                Journal::Payments
            }
            Self::Spent(..) => Journal::Statements,
            Self::Waived(..) => Journal::Waivers,
        }
    }

    /// Its code, as stored and shown to programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Due(..) => "due",
            Self::Received(..) => "received",
            Self::Refunded(..) => "refunded",
            Self::WrittenOff(..) => "written-off",
            Self::Remitted(..) => "remitted",
            Self::Spent(..) => "spent",
            Self::Reimbursed(..) => "reimbursed",
            Self::Waived(..) => "waived",
        }
    }

    /// The accounts debited and credited, with who stands behind each.
    fn accounts(self) -> ((Account, Option<Party>), (Account, Option<Party>)) {
        let people = |person| (Account::People, Some(Party::Person(person)));
        let collected = |volunteer| (Account::Collected, Some(Party::Volunteer(volunteer)));
        let owed = |volunteer| (Account::VolunteerExpenses, Some(Party::Volunteer(volunteer)));
        match self {
            Self::Due(person, source) => (people(person), (source.account(), None)),
            Self::Received(person, _, Some(volunteer)) => (collected(volunteer), people(person)),
            Self::Received(person, method, None) => ((method.account(), None), people(person)),
            Self::Refunded(person, method) => (people(person), (method.account(), None)),
            Self::WrittenOff(person, _) => ((Account::Losses, None), people(person)),
            Self::Remitted(volunteer, method) => ((method.account(), None), collected(volunteer)),
            Self::Spent(volunteer, _) => ((Account::Travel, None), owed(volunteer)),
            Self::Reimbursed(volunteer, _, method) => (owed(volunteer), (method.account(), None)),
            Self::Waived(volunteer, _) => (owed(volunteer), (Account::WaivedExpenses, None)),
        }
    }
}

impl DueSource {
    /// Its code, as stored and shown to programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Trip(_) => "trip",
            Self::Loan(_) => "loan",
            Self::Service(_) => "service",
            Self::Membership(_) => "membership",
            Self::Donation => "donation",
        }
    }

    fn account(self) -> Account {
        match self {
            Self::Trip(_) | Self::Loan(_) | Self::Service(_) => Account::Contributions,
            Self::Membership(_) => Account::Memberships,
            Self::Donation => Account::Donations,
        }
    }
}

impl Method {
    fn account(self) -> Account {
        match self {
            Self::Cash => Account::Cash,
            Self::Cheque => Account::Cheques,
            Self::Card | Self::Transfer => Account::Bank,
        }
    }
}

impl Account {
    /// Its number in the chart.
    pub fn number(self) -> &'static str {
        match self {
            Self::People => "411",
            Self::Collected => "467",
            Self::VolunteerExpenses => "4681",
            Self::Cheques => "5112",
            Self::Bank => "512",
            Self::Cash => "530",
            Self::Travel => "625",
            Self::Losses => "654",
            Self::Contributions => "706",
            Self::Donations => "7541",
            Self::WaivedExpenses => "75412",
            Self::Memberships => "756",
        }
    }

    /// Its name in the chart: a French nomenclature, the same in every language.
    pub fn label(self) -> &'static str {
        match self {
            Self::People => "Bénéficiaires",
            Self::Collected => "Participations encaissées par les bénévoles",
            Self::VolunteerExpenses => "Frais des bénévoles",
            Self::Cheques => "Chèques à encaisser",
            Self::Bank => "Banque",
            Self::Cash => "Caisse",
            Self::Travel => "Déplacements, missions et réceptions",
            Self::Losses => "Pertes sur créances irrécouvrables",
            Self::Contributions => "Participations des bénéficiaires",
            Self::Donations => "Dons manuels",
            Self::WaivedExpenses => "Abandons de frais par les bénévoles",
            Self::Memberships => "Cotisations",
        }
    }
}

impl Journal {
    /// The letters that its numbers begin with.
    fn letters(self) -> &'static str {
        match self {
            Self::Contributions => "PA",
            Self::Payments => "RG",
            Self::Statements => "FB",
            Self::Waivers => "AB",
        }
    }
}

impl fmt::Display for EntryNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { journal, year, sequence } = self;
        write!(formatter, "{}-{year:04}-{sequence:06}", journal.letters())
    }
}

/// Not the number of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an entry has a number such as PA-2026-000012")]
pub struct EntryNumberError;

impl FromStr for EntryNumber {
    type Err = EntryNumberError;

    fn from_str(text: &str) -> Result<Self, EntryNumberError> {
        let mut parts = text.trim().splitn(3, '-');
        let mut next = || parts.next().ok_or(EntryNumberError);
        let (letters, year, sequence) = (next()?, next()?, next()?);
        let journal = Journal::ALL.iter().find(|journal| journal.letters() == letters).copied();
        Ok(Self {
            journal: journal.ok_or(EntryNumberError)?,
            year: year.parse().map_err(|_| EntryNumberError)?,
            sequence: sequence.parse().map_err(|_| EntryNumberError)?,
        })
    }
}
