//! Loans of vehicles and bikes: asked for, booked, out, back, closed. A loan changes by [`Loan::apply`] alone. Whether a
//! thing is free is told by [`calendar`]; this module must never look at another loan.

pub mod calendar;
mod transition;

#[cfg(test)]
mod tests;

use std::{collections::BTreeSet, fmt, str::FromStr};

use jiff::Timestamp;
use maillage_federation::ids::Id;

pub use self::transition::{LoanAction, LoanError};
use crate::{
    civil::{CivilTimeError, parse_civil},
    codes::{UnknownCode, coded},
    fleet::{AssetCategory, Rate},
    ids::{AssetKind, LoanKind, PersonKind},
    limits::LOAN_DAYS,
    money::Cents,
    request::Purpose,
    span::Span,
    text::{Line, Notes, TextError},
};

/// A loan of something to a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Loan {
    /// Its identifier.
    pub id: Id<LoanKind>,
    /// To whom.
    pub person: Id<PersonKind>,
    /// What was asked for.
    pub terms: LoanTerms,
    /// Where it stands.
    pub state: LoanState,
    /// How often it was changed.
    pub revision: u64,
    /// When it was asked for.
    pub created: Timestamp,
}

/// What is asked for.
#[derive(Clone, PartialEq, Eq)]
pub struct LoanTerms {
    /// What kind of thing.
    pub category: AssetCategory,
    /// From when until when.
    pub span: Span,
    /// What for. Stays at the node: it can reveal health.
    pub purpose: Purpose,
    /// What the desk should know.
    pub notes: Notes,
}

/// Where a loan stands.
#[derive(Clone, PartialEq, Eq)]
pub enum LoanState {
    /// Nothing is booked yet.
    Requested,
    /// Something is kept for the person.
    Booked(Booking),
    /// The person has it.
    Out(Booking, HandOut),
    /// It is back; what is owed is not settled.
    Returned(Booking, HandOut, TakeBack),
    /// Settled.
    Closed(Booking, HandOut, TakeBack, Settlement),
    /// It did not come about.
    Cancelled {
        /// Why.
        reason: LoanCancelled,
        /// When.
        at: Timestamp,
    },
}

/// What is kept for a person, under the conditions of the day it was booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Booking {
    /// Which thing.
    pub asset: Id<AssetKind>,
    /// What kind it is: not always what was asked for.
    pub category: AssetCategory,
    /// What it costs.
    pub rate: Option<Rate>,
    /// What has to be left as a deposit.
    pub deposit: Cents,
}

/// How something was handed out.
#[derive(Clone, PartialEq, Eq)]
pub struct HandOut {
    /// When.
    pub at: Timestamp,
    /// How it looked.
    pub condition: Condition,
    /// Metres on its odometer, if it has one.
    pub odometer_m: Option<u32>,
    /// The deposit that was left.
    pub deposit: Cents,
    /// The papers that were seen.
    pub documents: BTreeSet<LoanDocument>,
    /// Who handed it out.
    pub by: Line,
    /// What was noted together, such as scratches.
    pub notes: Notes,
}

/// How something came back.
#[derive(Clone, PartialEq, Eq)]
pub struct TakeBack {
    /// When.
    pub at: Timestamp,
    /// How it looked.
    pub condition: Condition,
    /// Metres on its odometer, if it has one.
    pub odometer_m: Option<u32>,
    /// Who took it back.
    pub by: Line,
    /// What is damaged; empty if nothing is.
    pub damage: Notes,
}

/// What a loan came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settlement {
    /// What the person has to contribute. Recorded here, collected with the other contributions.
    pub contribution_due: Cents,
    /// What is kept of the deposit.
    pub deposit_kept: Cents,
    /// When it was settled.
    pub at: Timestamp,
}

/// How something looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Condition {
    /// Nothing to note.
    Good,
    /// Worn, fit for use.
    Worn,
    /// Damaged.
    Damaged,
}

coded!(Condition { Good = "good", Worn = "worn", Damaged = "damaged" });

/// A paper seen when something is handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LoanDocument {
    /// The licence for cars.
    DrivingLicence,
    /// The certificate or licence for mopeds and light quadricycles.
    MopedLicence,
    /// A paper of identity.
    Identity,
    /// The signed contract of the loan.
    Contract,
    /// Proof of the borrower's own liability insurance.
    Insurance,
}

coded!(LoanDocument {
    DrivingLicence = "driving-licence",
    MopedLicence = "moped-licence",
    Identity = "identity",
    Contract = "contract",
    Insurance = "insurance",
});

/// Why a loan did not come about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LoanCancelled {
    /// The person does not need it any more.
    NoLongerNeeded,
    /// Nothing was free.
    NothingFree,
    /// The person may not drive it, or a paper is missing.
    Papers,
    /// The person did not come for it.
    NotFetched,
    /// It broke down or is out of service.
    OutOfService,
    /// Anything else.
    Other,
}

coded!(LoanCancelled {
    NoLongerNeeded = "no-longer-needed",
    NothingFree = "nothing-free",
    Papers = "papers",
    NotFetched = "not-fetched",
    OutOfService = "out-of-service",
    Other = "other",
});

/// A wish for a loan as typed; times in Europe/Paris.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct NewLoan {
    /// Code of an [`AssetCategory`].
    pub category: String,
    /// From when, such as `2026-10-05T09:00`.
    pub from: String,
    /// Until when.
    pub until: String,
    /// Code of a purpose.
    pub purpose: String,
    /// What the desk should know.
    pub notes: String,
}

/// Why what was typed is no wish for a loan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NewLoanError {
    /// The kind of thing.
    #[error("the category is not accepted")]
    Category(#[source] UnknownCode),
    /// The beginning.
    #[error("the beginning is not accepted")]
    From(#[source] CivilTimeError),
    /// The end.
    #[error("the end is not accepted")]
    Until(#[source] CivilTimeError),
    /// The end is not after the beginning, or too long after it.
    #[error("a loan ends after its beginning, at most {LOAN_DAYS} days later")]
    Span,
    /// The purpose.
    #[error("the purpose is not accepted")]
    Purpose(#[source] UnknownCode),
    /// The notes.
    #[error("the notes are not accepted")]
    Notes(#[source] TextError),
}

impl NewLoan {
    /// Reads what was typed.
    ///
    /// # Errors
    /// The first thing that is not acceptable.
    pub fn parse(&self) -> Result<LoanTerms, NewLoanError> {
        Ok(LoanTerms {
            category: self.category.parse().map_err(NewLoanError::Category)?,
            span: loan_span(&self.from, &self.until)?,
            purpose: self.purpose.parse().map_err(NewLoanError::Purpose)?,
            notes: Notes::parse(&self.notes).map_err(NewLoanError::Notes)?,
        })
    }
}

/// Reads the time of a loan, typed in Europe/Paris.
///
/// # Errors
/// Times that are none, an end before the beginning, more than [`LOAN_DAYS`].
pub fn loan_span(from: &str, until: &str) -> Result<Span, NewLoanError> {
    let from = parse_civil(from).map_err(NewLoanError::From)?;
    let until = parse_civil(until).map_err(NewLoanError::Until)?;
    let span = Span::new(from, until).map_err(|_| NewLoanError::Span)?;
    if span.seconds() > LOAN_DAYS * 24 * 3600 { Err(NewLoanError::Span) } else { Ok(span) }
}

impl Loan {
    /// Takes a wish for a loan.
    pub fn request(id: Id<LoanKind>, person: Id<PersonKind>, terms: LoanTerms, now: Timestamp) -> Self {
        Self { id, person, terms, state: LoanState::Requested, revision: 1, created: now }
    }

    /// The thing that is or was booked.
    pub fn booking(&self) -> Option<Booking> {
        match &self.state {
            LoanState::Booked(booking)
            | LoanState::Out(booking, _)
            | LoanState::Returned(booking, ..)
            | LoanState::Closed(booking, ..) => Some(*booking),
            LoanState::Requested | LoanState::Cancelled { .. } => None,
        }
    }

    /// How it was handed out.
    pub fn hand_out(&self) -> Option<&HandOut> {
        match &self.state {
            LoanState::Out(_, out) | LoanState::Returned(_, out, _) | LoanState::Closed(_, out, ..) => {
                Some(out)
            }
            LoanState::Requested | LoanState::Booked(_) | LoanState::Cancelled { .. } => None,
        }
    }

    /// How it was brought back.
    pub fn take_back(&self) -> Option<&TakeBack> {
        match &self.state {
            LoanState::Returned(_, _, back) | LoanState::Closed(_, _, back, _) => Some(back),
            LoanState::Requested
            | LoanState::Booked(_)
            | LoanState::Out(..)
            | LoanState::Cancelled { .. } => None,
        }
    }

    /// What it came to.
    pub fn settlement(&self) -> Option<Settlement> {
        match &self.state {
            LoanState::Closed(.., settlement) => Some(*settlement),
            LoanState::Requested
            | LoanState::Booked(_)
            | LoanState::Out(..)
            | LoanState::Returned(..)
            | LoanState::Cancelled { .. } => None,
        }
    }

    /// Why it did not come about.
    pub fn cancelled(&self) -> Option<LoanCancelled> {
        match &self.state {
            LoanState::Cancelled { reason, .. } => Some(*reason),
            LoanState::Requested
            | LoanState::Booked(_)
            | LoanState::Out(..)
            | LoanState::Returned(..)
            | LoanState::Closed(..) => None,
        }
    }

    /// Whether something is left to do for it.
    pub fn is_open(&self) -> bool {
        match self.state {
            LoanState::Requested | LoanState::Booked(_) | LoanState::Out(..) | LoanState::Returned(..) => {
                true
            }
            LoanState::Closed(..) | LoanState::Cancelled { .. } => false,
        }
    }

    /// Whether it should be back by now.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        matches!(self.state, LoanState::Out(..)) && self.terms.span.until() < now
    }

    /// What the person has to contribute by the rate of the day it was booked: by the time it was really out, and by the
    /// metres between the two readings. Nothing before it is back, or without a rate.
    pub fn contribution(&self) -> Cents {
        let (LoanState::Returned(booking, out, back) | LoanState::Closed(booking, out, back, _)) =
            &self.state
        else {
            return Cents::ZERO;
        };
        let metres =
            back.odometer_m.zip(out.odometer_m).map_or(0, |(after, before)| after.saturating_sub(before));
        let used = Span::new(out.at, back.at).unwrap_or(self.terms.span);
        booking.rate.map_or(Cents::ZERO, |rate| rate.contribution(used, metres))
    }
}

impl LoanState {
    /// Its code, as shown to programs and stored.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Booked(_) => "booked",
            Self::Out(..) => "out",
            Self::Returned(..) => "returned",
            Self::Closed(..) => "closed",
            Self::Cancelled { .. } => "cancelled",
        }
    }
}

impl fmt::Debug for Loan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Loan");
        shown.field("id", &self.id).field("state", &self.state.code()).finish_non_exhaustive()
    }
}

/// A `Debug` that tells what it is and nothing of it.
macro_rules! redacted_debug {
    ($($kind:ident),*) => {$(
        impl fmt::Debug for $kind {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(concat!(stringify!($kind), "(…)"))
            }
        }
    )*};
}

redacted_debug!(LoanTerms, NewLoan, HandOut, TakeBack);

impl fmt::Debug for LoanState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}
