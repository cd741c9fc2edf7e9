//! Outreach: a visit to a commune, done or called off. Who came is a number and nothing else.

use jiff::{Timestamp, civil::Date};

use super::{ServiceError, ServiceReason};

/// Where a visit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outreach {
    /// It is planned.
    Planned {
        /// When.
        at: Timestamp,
    },
    /// It took place.
    Done {
        /// When.
        on: Date,
        /// How many came.
        attendance: u16,
    },
    /// It does not take place.
    Cancelled {
        /// Why.
        reason: ServiceReason,
    },
}

/// Something that is done to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutreachAction {
    /// Another time.
    Replan {
        /// When.
        at: Timestamp,
    },
    /// It took place.
    Finish {
        /// When.
        on: Date,
        /// How many came.
        attendance: u16,
    },
    /// It does not take place.
    Cancel {
        /// Why.
        reason: ServiceReason,
    },
}

impl Outreach {
    /// What it is after an action.
    ///
    /// # Errors
    /// A state that does not allow it.
    pub fn apply(&self, action: OutreachAction) -> Result<Self, ServiceError> {
        let wrong = ServiceError::WrongState { action: action.name(), state: self.code() };
        match (self, action) {
            (Self::Planned { .. }, OutreachAction::Replan { at }) => Ok(Self::Planned { at }),
            (Self::Planned { .. }, OutreachAction::Finish { on, attendance }) => {
                Ok(Self::Done { on, attendance })
            }
            (Self::Planned { .. }, OutreachAction::Cancel { reason }) => Ok(Self::Cancelled { reason }),
            (
                Self::Done { .. } | Self::Cancelled { .. },
                OutreachAction::Replan { .. } | OutreachAction::Finish { .. } | OutreachAction::Cancel { .. },
            ) => Err(wrong),
        }
    }

    /// Its code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Planned { .. } => "planned",
            Self::Done { .. } => "done",
            Self::Cancelled { .. } => "cancelled",
        }
    }

    /// Whether something is left to do.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Planned { .. })
    }

    /// The day it took place.
    pub fn done_on(&self) -> Option<Date> {
        match self {
            Self::Done { on, .. } => Some(*on),
            Self::Planned { .. } | Self::Cancelled { .. } => None,
        }
    }
}

impl OutreachAction {
    fn name(self) -> &'static str {
        match self {
            Self::Replan { .. } => "plan",
            Self::Finish { .. } => "finish",
            Self::Cancel { .. } => "cancel",
        }
    }

    pub(super) fn day(self) -> Option<Date> {
        match self {
            Self::Finish { on, .. } => Some(on),
            Self::Replan { .. } | Self::Cancel { .. } => None,
        }
    }
}
