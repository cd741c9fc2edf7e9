//! Solidarity garage: a repair asked for, estimated, agreed with the person's share, done, or refused.

use jiff::civil::Date;

use super::{ServiceError, ServiceReason, sum};
use crate::money::Cents;

/// Where a repair stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Garage {
    /// Asked for.
    Requested,
    /// What it will cost is known.
    Estimated {
        /// How much.
        estimate: Cents,
    },
    /// Person and platform agree on it.
    Agreed {
        /// How much it will cost.
        estimate: Cents,
        /// How much of it the person pays.
        share: Cents,
    },
    /// Done.
    Repaired {
        /// What it cost.
        amount: Cents,
        /// What the person pays of it.
        share: Cents,
        /// When.
        on: Date,
    },
    /// Not done.
    Refused {
        /// Why.
        reason: ServiceReason,
    },
}

/// Something that is done to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GarageAction {
    /// What it will cost, or will cost now that more is known.
    Estimate {
        /// How much.
        estimate: Cents,
    },
    /// Person and platform agree.
    Agree {
        /// How much of it the person pays.
        share: Cents,
    },
    /// It is done.
    Repair {
        /// What it cost.
        amount: Cents,
        /// What the person pays of it.
        share: Cents,
        /// When.
        on: Date,
    },
    /// It is not done.
    Refuse {
        /// Why.
        reason: ServiceReason,
    },
}

impl Garage {
    /// What it is after an action.
    ///
    /// # Errors
    /// A state that does not allow it; a share above the whole.
    pub fn apply(&self, action: GarageAction) -> Result<Self, ServiceError> {
        let wrong = ServiceError::WrongState { action: action.name(), state: self.code() };
        match (*self, action) {
            (
                Self::Requested | Self::Estimated { .. } | Self::Agreed { .. },
                GarageAction::Estimate { estimate },
            ) => Ok(Self::Estimated { estimate: sum(estimate)? }),
            (Self::Estimated { estimate }, GarageAction::Agree { share }) => {
                Ok(Self::Agreed { estimate, share: share_of(share, estimate)? })
            }
            (Self::Agreed { .. }, GarageAction::Repair { amount, share, on }) => {
                let amount = sum(amount)?;
                Ok(Self::Repaired { amount, share: share_of(share, amount)?, on })
            }
            (
                Self::Requested | Self::Estimated { .. } | Self::Agreed { .. },
                GarageAction::Refuse { reason },
            ) => Ok(Self::Refused { reason }),
            (
                Self::Requested
                | Self::Estimated { .. }
                | Self::Agreed { .. }
                | Self::Repaired { .. }
                | Self::Refused { .. },
                GarageAction::Estimate { .. }
                | GarageAction::Agree { .. }
                | GarageAction::Repair { .. }
                | GarageAction::Refuse { .. },
            ) => Err(wrong),
        }
    }

    /// Its code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Estimated { .. } => "estimated",
            Self::Agreed { .. } => "agreed",
            Self::Repaired { .. } => "repaired",
            Self::Refused { .. } => "refused",
        }
    }

    /// Whether something is left to do.
    pub fn is_open(&self) -> bool {
        match self {
            Self::Requested | Self::Estimated { .. } | Self::Agreed { .. } => true,
            Self::Repaired { .. } | Self::Refused { .. } => false,
        }
    }

    /// The day it was done.
    pub fn repaired_on(&self) -> Option<Date> {
        match self {
            Self::Repaired { on, .. } => Some(*on),
            Self::Requested | Self::Estimated { .. } | Self::Agreed { .. } | Self::Refused { .. } => None,
        }
    }
}

impl GarageAction {
    fn name(&self) -> &'static str {
        match self {
            Self::Estimate { .. } => "estimate",
            Self::Agree { .. } => "agree",
            Self::Repair { .. } => "repair",
            Self::Refuse { .. } => "refuse",
        }
    }

    pub(super) fn day(&self) -> Option<Date> {
        match self {
            Self::Repair { on, .. } => Some(*on),
            Self::Estimate { .. } | Self::Agree { .. } | Self::Refuse { .. } => None,
        }
    }
}

/// What the person pays: nothing up to everything.
fn share_of(share: Cents, whole: Cents) -> Result<Cents, ServiceError> {
    if share < Cents::ZERO {
        return Err(ServiceError::Amount);
    }
    if share > whole { Err(ServiceError::ShareAboveAmount) } else { Ok(share) }
}
