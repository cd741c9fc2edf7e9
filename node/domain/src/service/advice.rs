//! Mobility advice and diagnosis: an appointment, held with conclusions, or missed. Must never hold what was said.

use std::{collections::BTreeSet, fmt, str::FromStr};

use jiff::{Timestamp, civil::Date};

use super::{ServiceError, ServiceReason};
use crate::codes::{UnknownCode, coded};

/// How deep an appointment goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AdviceForm {
    /// A question answered.
    Advice,
    /// A person's whole situation, looked at together: the beginning of a pathway.
    Diagnosis,
}

coded!(AdviceForm { Advice = "advice", Diagnosis = "diagnosis" });

/// What an appointment leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Conclusion {
    /// Rides with a volunteer.
    Rides,
    /// A loan of a vehicle or bike.
    Loan,
    /// Aid towards a licence.
    LicenceAid,
    /// Repair at the solidarity garage.
    Garage,
    /// Money.
    FinancialAid,
    /// Public transport or on-demand transport suits.
    PublicTransport,
    /// Carpooling suits.
    Carpool,
    /// Lessons: reading a timetable, riding a bike, the highway code.
    Lessons,
    /// Another body helps better.
    Elsewhere,
    /// Nothing to do.
    Nothing,
}

coded!(Conclusion {
    Rides = "rides",
    Loan = "loan",
    LicenceAid = "licence-aid",
    Garage = "garage",
    FinancialAid = "financial-aid",
    PublicTransport = "public-transport",
    Carpool = "carpool",
    Lessons = "lessons",
    Elsewhere = "elsewhere",
    Nothing = "nothing",
});

/// Where advice stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Advice {
    /// There is an appointment.
    Planned {
        /// When.
        at: Timestamp,
    },
    /// It took place.
    Held {
        /// When.
        on: Date,
        /// What it leads to: at least one.
        conclusions: BTreeSet<Conclusion>,
    },
    /// The person did not come.
    Missed {
        /// When.
        on: Date,
    },
    /// It does not take place.
    Cancelled {
        /// Why.
        reason: ServiceReason,
    },
}

/// Something that is done to advice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AdviceAction {
    /// Another appointment.
    Replan {
        /// When.
        at: Timestamp,
    },
    /// It took place.
    Hold {
        /// When.
        on: Date,
        /// What it leads to.
        conclusions: BTreeSet<Conclusion>,
    },
    /// The person did not come.
    Miss {
        /// When.
        on: Date,
    },
    /// It does not take place.
    Cancel {
        /// Why.
        reason: ServiceReason,
    },
}

impl Advice {
    /// What it is after an action.
    ///
    /// # Errors
    /// A state that does not allow it; no conclusion.
    pub fn apply(&self, action: AdviceAction) -> Result<Self, ServiceError> {
        let wrong = ServiceError::WrongState { action: action.name(), state: self.code() };
        match (self, action) {
            (Self::Planned { .. } | Self::Missed { .. }, AdviceAction::Replan { at }) => {
                Ok(Self::Planned { at })
            }
            (Self::Planned { .. }, AdviceAction::Hold { conclusions, .. }) if conclusions.is_empty() => {
                Err(ServiceError::NoConclusion)
            }
            (Self::Planned { .. }, AdviceAction::Hold { on, conclusions }) => {
                Ok(Self::Held { on, conclusions })
            }
            (Self::Planned { .. }, AdviceAction::Miss { on }) => Ok(Self::Missed { on }),
            (Self::Planned { .. } | Self::Missed { .. }, AdviceAction::Cancel { reason }) => {
                Ok(Self::Cancelled { reason })
            }
            (
                Self::Held { .. } | Self::Missed { .. } | Self::Cancelled { .. },
                AdviceAction::Replan { .. }
                | AdviceAction::Hold { .. }
                | AdviceAction::Miss { .. }
                | AdviceAction::Cancel { .. },
            ) => Err(wrong),
        }
    }

    /// Its code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Planned { .. } => "planned",
            Self::Held { .. } => "held",
            Self::Missed { .. } => "missed",
            Self::Cancelled { .. } => "cancelled",
        }
    }

    /// Whether something is left to do: a missed appointment can be planned anew.
    pub fn is_open(&self) -> bool {
        match self {
            Self::Planned { .. } | Self::Missed { .. } => true,
            Self::Held { .. } | Self::Cancelled { .. } => false,
        }
    }

    /// The day it was held.
    pub fn held_on(&self) -> Option<Date> {
        match self {
            Self::Held { on, .. } => Some(*on),
            Self::Planned { .. } | Self::Missed { .. } | Self::Cancelled { .. } => None,
        }
    }
}

impl AdviceAction {
    fn name(&self) -> &'static str {
        match self {
            Self::Replan { .. } => "plan",
            Self::Hold { .. } => "hold",
            Self::Miss { .. } => "miss",
            Self::Cancel { .. } => "cancel",
        }
    }

    pub(super) fn day(&self) -> Option<Date> {
        match self {
            Self::Hold { on, .. } | Self::Miss { on } => Some(*on),
            Self::Replan { .. } | Self::Cancel { .. } => None,
        }
    }
}
