//! What became of a closed statement: paid, or given up by its volunteer. One transition function; amounts never change.

use jiff::civil::Date;
use maillage_federation::ids::Id;

use crate::{
    ids::ReceiptKind,
    ledger::{Basis, Method},
};

/// Where a closed statement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settlement {
    /// Neither paid nor given up.
    Open,
    /// Paid.
    Paid {
        /// On.
        day: Date,
        /// How.
        method: Method,
    },
    /// Given up: the volunteer signed it.
    Waived {
        /// The day of the signature, which decides the year of the gift: the waiver is booked when it is declared.
        signed: Date,
        /// The tax receipt that counts it.
        receipt: Option<Id<ReceiptKind>>,
    },
}

/// What can be done to a closed statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettlementAction {
    /// It is paid.
    Pay {
        /// On.
        day: Date,
        /// How.
        method: Method,
    },
    /// The volunteer gives it up.
    Waive {
        /// The day of the signature.
        signed: Date,
    },
    /// Payment or waiver were noted by mistake.
    Undo,
    /// A tax receipt counts it.
    Acknowledge(Id<ReceiptKind>),
    /// That receipt was cancelled.
    Release(Id<ReceiptKind>),
}

/// Why something cannot be done to a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SettlementError {
    /// It does not stand so that this could be done.
    #[error("it is {state}")]
    Wrong {
        /// What it is.
        state: &'static str,
    },
    /// Expenses under a model that pays nothing can be given up against a receipt alone.
    #[error("its model pays nothing: it can only be given up")]
    NotPayable,
    /// A tax receipt counts it, which has to be cancelled first.
    #[error("a tax receipt counts it")]
    Acknowledged,
}

impl Settlement {
    /// Its code, as stored and shown to programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Open => "closed",
            Self::Paid { .. } => "paid",
            Self::Waived { .. } => "waived",
        }
    }

    /// What becomes of it.
    ///
    /// # Errors
    /// Whatever cannot be done now, with where it stands.
    pub fn apply(self, action: SettlementAction, basis: Basis) -> Result<Self, SettlementError> {
        let wrong = Err(SettlementError::Wrong { state: self.code() });
        match (self, action) {
            (Self::Open, SettlementAction::Pay { day, method }) => match basis {
                Basis::Reimbursed => Ok(Self::Paid { day, method }),
                Basis::Waived => Err(SettlementError::NotPayable),
            },
            (Self::Open, SettlementAction::Waive { signed }) => Ok(Self::Waived { signed, receipt: None }),
            (Self::Paid { .. } | Self::Waived { receipt: None, .. }, SettlementAction::Undo) => {
                Ok(Self::Open)
            }
            (Self::Waived { signed, receipt: None }, SettlementAction::Acknowledge(receipt)) => {
                Ok(Self::Waived { signed, receipt: Some(receipt) })
            }
            (Self::Waived { signed, receipt: Some(present) }, SettlementAction::Release(receipt)) => {
                if present == receipt {
                    Ok(Self::Waived { signed, receipt: None })
                } else {
                    wrong
                }
            }
            (
                Self::Waived { receipt: Some(_), .. },
                SettlementAction::Undo | SettlementAction::Acknowledge(_),
            ) => Err(SettlementError::Acknowledged),
            (
                Self::Paid { .. } | Self::Waived { .. },
                SettlementAction::Pay { .. } | SettlementAction::Waive { .. },
            )
            | (Self::Open, SettlementAction::Undo)
            | (
                Self::Open | Self::Paid { .. },
                SettlementAction::Acknowledge(_) | SettlementAction::Release(_),
            )
            | (Self::Waived { receipt: None, .. }, SettlementAction::Release(_)) => wrong,
        }
    }
}
