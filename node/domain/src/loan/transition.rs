//! The life of a loan: one total function from state and action to the next state, or to an error that says which state it
//! was in.

use jiff::Timestamp;

use super::{Booking, HandOut, Loan, LoanCancelled, LoanDocument, LoanState, Settlement, TakeBack};
use crate::{
    fleet::{AssetCategory, RateUnit},
    limits::{AMOUNT_CENTS, LOAN_DAYS},
    money::Cents,
    span::Span,
};

/// Something that is done to a loan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoanAction {
    /// Something is kept for the person; another thing than before, if there was one.
    Book(Booking),
    /// It is wanted at another time. What was booked stays booked, if it is free then.
    Move(Span),
    /// The person fetches it.
    HandOut(HandOut),
    /// The person may keep it longer, or has to bring it earlier.
    Extend(Timestamp),
    /// The person brings it back.
    TakeBack(TakeBack),
    /// What is owed is settled.
    Close {
        /// What the person contributes; what the rate says if nothing else was agreed.
        contribution: Option<Cents>,
        /// What is kept of the deposit.
        deposit_kept: Cents,
    },
    /// It does not come about.
    Cancel(LoanCancelled),
}

/// Why an action is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LoanError {
    /// The state does not allow it.
    #[error("cannot {action} a loan that is {state}")]
    WrongState {
        /// What was wanted.
        action: &'static str,
        /// Code of the state.
        state: &'static str,
    },
    /// The end is not after the beginning, or too long after it.
    #[error("a loan ends after its beginning, at most {LOAN_DAYS} days later")]
    Span,
    /// Not back before it was out, and neither in the future.
    #[error("the times of the loan do not follow one another")]
    Order,
    /// A paper that has to be seen.
    #[error("the {0} was not seen")]
    DocumentMissing(LoanDocument),
    /// A sum below nothing, or above what anybody pays.
    #[error("a sum of the loan is not accepted")]
    Amount,
    /// More than was left as a deposit.
    #[error("more is kept than was left as a deposit")]
    KeptMoreThanDeposit,
    /// The odometer runs forwards.
    #[error("the odometer was at {known_m} m already")]
    OdometerBackwards {
        /// What was read before.
        known_m: u32,
    },
    /// A price by distance needs both readings.
    #[error("the price goes by distance: the odometer has to be read")]
    OdometerMissing,
}

impl LoanAction {
    /// What it is called in an error: "cannot … a loan that is …".
    fn name(&self) -> &'static str {
        match self {
            Self::Book(_) => "book",
            Self::Move(_) => "move",
            Self::HandOut(_) => "hand-out",
            Self::Extend(_) => "extend",
            Self::TakeBack(_) => "take-back",
            Self::Close { .. } => "close",
            Self::Cancel(_) => "cancel",
        }
    }
}

impl Loan {
    /// The loan after an action, done at an instant. Whether the thing is free is not looked at here.
    ///
    /// # Errors
    /// Says what was wanted and which state or paper did not allow it; the loan is unchanged.
    pub fn apply(&self, action: LoanAction, at: Timestamp) -> Result<Self, LoanError> {
        let mut terms = self.terms.clone();
        let wrong = LoanError::WrongState { action: action.name(), state: self.state.code() };
        let state = match (self.state.clone(), action) {
            (LoanState::Requested | LoanState::Booked(_), LoanAction::Book(booking)) => {
                sum(booking.deposit)?;
                LoanState::Booked(booking)
            }
            (state @ (LoanState::Requested | LoanState::Booked(_)), LoanAction::Move(span)) => {
                terms.span = bounded(span)?;
                state
            }
            (LoanState::Booked(booking), LoanAction::HandOut(out)) => {
                self.check_out(booking, &out, at)?;
                LoanState::Out(booking, out)
            }
            (LoanState::Out(booking, out), LoanAction::Extend(until)) => {
                let from = terms.span.from().min(out.at);
                terms.span = bounded(Span::new(from, until).map_err(|_| LoanError::Span)?)?;
                LoanState::Out(booking, out)
            }
            (LoanState::Out(booking, out), LoanAction::TakeBack(back)) => {
                check_back(booking, &out, &back, at)?;
                LoanState::Returned(booking, out, back)
            }
            (LoanState::Returned(booking, out, back), LoanAction::Close { contribution, deposit_kept }) => {
                let contribution_due = sum(contribution.unwrap_or_else(|| self.contribution()))?;
                if sum(deposit_kept)? > out.deposit {
                    return Err(LoanError::KeptMoreThanDeposit);
                }
                LoanState::Closed(booking, out, back, Settlement { contribution_due, deposit_kept, at })
            }
            (LoanState::Requested | LoanState::Booked(_), LoanAction::Cancel(reason)) => {
                LoanState::Cancelled { reason, at }
            }
            (
                LoanState::Requested
                | LoanState::Booked(_)
                | LoanState::Out(..)
                | LoanState::Returned(..)
                | LoanState::Closed(..)
                | LoanState::Cancelled { .. },
                LoanAction::Book(_)
                | LoanAction::Move(_)
                | LoanAction::HandOut(_)
                | LoanAction::Extend(_)
                | LoanAction::TakeBack(_)
                | LoanAction::Close { .. }
                | LoanAction::Cancel(_),
            ) => return Err(wrong),
        };
        Ok(Self { terms, state, revision: self.revision + 1, ..self.clone() })
    }

    fn check_out(&self, booking: Booking, out: &HandOut, now: Timestamp) -> Result<(), LoanError> {
        if out.at > now || out.at >= self.terms.span.until() {
            return Err(LoanError::Order);
        }
        sum(out.deposit)?;
        let wanted = booking.category.licence();
        if let Some(missing) = wanted.filter(|document| !out.documents.contains(document)) {
            return Err(LoanError::DocumentMissing(missing));
        }
        if by_distance(booking) && out.odometer_m.is_none() {
            Err(LoanError::OdometerMissing)
        } else {
            Ok(())
        }
    }
}

fn check_back(booking: Booking, out: &HandOut, back: &TakeBack, now: Timestamp) -> Result<(), LoanError> {
    if back.at <= out.at || back.at > now {
        return Err(LoanError::Order);
    }
    match (out.odometer_m, back.odometer_m) {
        (Some(known_m), Some(read_m)) if read_m < known_m => Err(LoanError::OdometerBackwards { known_m }),
        (_, None) if by_distance(booking) => Err(LoanError::OdometerMissing),
        (Some(_) | None, Some(_) | None) => Ok(()),
    }
}

impl AssetCategory {
    /// The licence without which it is not handed out (art. R.221-4 code de la route). Whether a moped needs one depends
    /// on the borrower's birth (before 1988: none), so that is the desk's to see.
    pub fn licence(self) -> Option<LoanDocument> {
        match self {
            Self::Minibus | Self::Car => Some(LoanDocument::DrivingLicence),
            Self::LicenceFreeCar | Self::Scooter | Self::ElectricBike | Self::Bike => None,
        }
    }
}

fn by_distance(booking: Booking) -> bool {
    booking.rate.is_some_and(|rate| rate.per == RateUnit::Kilometre)
}

fn bounded(span: Span) -> Result<Span, LoanError> {
    if span.seconds() > LOAN_DAYS * 24 * 3600 { Err(LoanError::Span) } else { Ok(span) }
}

fn sum(cents: Cents) -> Result<Cents, LoanError> {
    if (0..=AMOUNT_CENTS).contains(&cents.get()) { Ok(cents) } else { Err(LoanError::Amount) }
}
