//! Financial aid: asked for, granted or refused, paid. Maillage notes that it was paid; it pays nothing.

use jiff::civil::Date;

use super::{ServiceError, ServiceReason, sum};
use crate::money::Cents;

/// Where financial aid stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FinancialAid {
    /// Asked for.
    Asked {
        /// How much.
        asked: Cents,
    },
    /// Granted.
    Granted {
        /// How much.
        amount: Cents,
    },
    /// Not granted, or not taken.
    Refused {
        /// Why.
        reason: ServiceReason,
    },
    /// Paid.
    Paid {
        /// How much.
        amount: Cents,
        /// When.
        on: Date,
    },
}

/// Something that is done to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FinancialAidAction {
    /// It is granted.
    Grant {
        /// How much: may be less than was asked, or more.
        amount: Cents,
    },
    /// It is not granted, or not taken.
    Refuse {
        /// Why.
        reason: ServiceReason,
    },
    /// It is paid, as it was granted.
    Pay {
        /// When.
        on: Date,
    },
}

impl FinancialAid {
    /// What it is after an action.
    ///
    /// # Errors
    /// A state that does not allow it; a sum beyond belief.
    pub fn apply(&self, action: FinancialAidAction) -> Result<Self, ServiceError> {
        let wrong = ServiceError::WrongState { action: action.name(), state: self.code() };
        match (*self, action) {
            (Self::Asked { .. }, FinancialAidAction::Grant { amount }) => {
                Ok(Self::Granted { amount: sum(amount)? })
            }
            (Self::Asked { .. } | Self::Granted { .. }, FinancialAidAction::Refuse { reason }) => {
                Ok(Self::Refused { reason })
            }
            (Self::Granted { amount }, FinancialAidAction::Pay { on }) => Ok(Self::Paid { amount, on }),
            (
                Self::Asked { .. } | Self::Granted { .. } | Self::Refused { .. } | Self::Paid { .. },
                FinancialAidAction::Grant { .. }
                | FinancialAidAction::Refuse { .. }
                | FinancialAidAction::Pay { .. },
            ) => Err(wrong),
        }
    }

    /// Its code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Asked { .. } => "asked",
            Self::Granted { .. } => "granted",
            Self::Refused { .. } => "refused",
            Self::Paid { .. } => "paid",
        }
    }

    /// Whether something is left to do.
    pub fn is_open(&self) -> bool {
        match self {
            Self::Asked { .. } | Self::Granted { .. } => true,
            Self::Refused { .. } | Self::Paid { .. } => false,
        }
    }

    /// The day it was paid.
    pub fn paid_on(&self) -> Option<Date> {
        match self {
            Self::Paid { on, .. } => Some(*on),
            Self::Asked { .. } | Self::Granted { .. } | Self::Refused { .. } => None,
        }
    }
}

impl FinancialAidAction {
    fn name(&self) -> &'static str {
        match self {
            Self::Grant { .. } => "grant",
            Self::Refuse { .. } => "refuse",
            Self::Pay { .. } => "pay",
        }
    }

    pub(super) fn day(&self) -> Option<Date> {
        match self {
            Self::Pay { on } => Some(*on),
            Self::Grant { .. } | Self::Refuse { .. } => None,
        }
    }
}
