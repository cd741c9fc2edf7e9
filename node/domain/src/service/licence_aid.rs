//! Aid towards a licence: applied for, granted, lessons, theory passed, licence obtained, or given up. Theory may come
//! before or among the lessons: both orders are usual.

use std::{fmt, str::FromStr};

use jiff::civil::Date;

use super::{ServiceError, ServiceReason, sum};
use crate::{
    codes::{UnknownCode, coded},
    limits::LESSON_HOURS,
    money::Cents,
};

/// Which licence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LicenceCategory {
    /// Cars.
    B,
    /// Cars with automatic gears.
    BAutomatic,
    /// Mopeds and light quadricycles.
    Am,
    /// Light motorcycles.
    A1,
    /// The highway code alone.
    Theory,
}

coded!(LicenceCategory { B = "b", BAutomatic = "b-automatic", Am = "am", A1 = "a1", Theory = "theory" });

/// Where aid towards a licence stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LicenceAid {
    /// Asked for.
    Applied,
    /// Not granted.
    Refused {
        /// Why.
        reason: ServiceReason,
    },
    /// Granted; nothing learnt yet.
    Granted(Grant),
    /// Lessons are being taken.
    Lessons(Grant),
    /// The theory is passed.
    TheoryPassed(Grant),
    /// The licence, or the theory alone if that was the aim, is there.
    Obtained {
        /// What was granted.
        grant: Grant,
        /// When it was obtained.
        on: Date,
    },
    /// Given up.
    Abandoned {
        /// What had been granted, if anything.
        grant: Option<Grant>,
        /// Why.
        reason: ServiceReason,
    },
}

/// What was granted, and what came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    /// How much.
    pub amount: Cents,
    /// When.
    pub on: Date,
    /// Hours of lessons taken so far.
    pub lesson_hours: u16,
}

/// Something that is done to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LicenceAidAction {
    /// It is granted.
    Grant {
        /// How much.
        amount: Cents,
        /// When.
        on: Date,
    },
    /// It is not granted.
    Refuse {
        /// Why.
        reason: ServiceReason,
    },
    /// Hours of lessons were taken.
    AddLessons {
        /// How many more.
        hours: u16,
    },
    /// The theory is passed.
    PassTheory {
        /// When.
        on: Date,
    },
    /// The licence is there.
    Obtain {
        /// When.
        on: Date,
    },
    /// It is given up.
    Abandon {
        /// Why.
        reason: ServiceReason,
    },
}

impl LicenceAid {
    /// What it is after an action.
    ///
    /// # Errors
    /// A state that does not allow it; a sum or hours beyond belief.
    pub fn apply(&self, action: LicenceAidAction) -> Result<Self, ServiceError> {
        let wrong = ServiceError::WrongState { action: action.name(), state: self.code() };
        match (*self, action) {
            (Self::Applied, LicenceAidAction::Grant { amount, on }) => {
                Ok(Self::Granted(Grant { amount: sum(amount)?, on, lesson_hours: 0 }))
            }
            (Self::Applied, LicenceAidAction::Refuse { reason }) => Ok(Self::Refused { reason }),
            (Self::Granted(grant) | Self::Lessons(grant), LicenceAidAction::AddLessons { hours }) => {
                grant.with_lessons(hours).map(Self::Lessons)
            }
            (Self::TheoryPassed(grant), LicenceAidAction::AddLessons { hours }) => {
                grant.with_lessons(hours).map(Self::TheoryPassed)
            }
            (Self::Granted(grant) | Self::Lessons(grant), LicenceAidAction::PassTheory { .. }) => {
                Ok(Self::TheoryPassed(grant))
            }
            (
                Self::Granted(grant) | Self::Lessons(grant) | Self::TheoryPassed(grant),
                LicenceAidAction::Obtain { on },
            ) => Ok(Self::Obtained { grant, on }),
            (Self::Applied, LicenceAidAction::Abandon { reason }) => {
                Ok(Self::Abandoned { grant: None, reason })
            }
            (
                Self::Granted(grant) | Self::Lessons(grant) | Self::TheoryPassed(grant),
                LicenceAidAction::Abandon { reason },
            ) => Ok(Self::Abandoned { grant: Some(grant), reason }),
            (
                Self::Applied
                | Self::Refused { .. }
                | Self::Granted(_)
                | Self::Lessons(_)
                | Self::TheoryPassed(_)
                | Self::Obtained { .. }
                | Self::Abandoned { .. },
                LicenceAidAction::Grant { .. }
                | LicenceAidAction::Refuse { .. }
                | LicenceAidAction::AddLessons { .. }
                | LicenceAidAction::PassTheory { .. }
                | LicenceAidAction::Obtain { .. }
                | LicenceAidAction::Abandon { .. },
            ) => Err(wrong),
        }
    }

    /// Its code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Refused { .. } => "refused",
            Self::Granted(_) => "granted",
            Self::Lessons(_) => "lessons",
            Self::TheoryPassed(_) => "theory-passed",
            Self::Obtained { .. } => "obtained",
            Self::Abandoned { .. } => "abandoned",
        }
    }

    /// Whether something is left to do.
    pub fn is_open(&self) -> bool {
        match self {
            Self::Applied | Self::Granted(_) | Self::Lessons(_) | Self::TheoryPassed(_) => true,
            Self::Refused { .. } | Self::Obtained { .. } | Self::Abandoned { .. } => false,
        }
    }

    /// What was granted.
    pub fn grant(&self) -> Option<Grant> {
        match self {
            Self::Granted(grant)
            | Self::Lessons(grant)
            | Self::TheoryPassed(grant)
            | Self::Obtained { grant, .. } => Some(*grant),
            Self::Abandoned { grant, .. } => *grant,
            Self::Applied | Self::Refused { .. } => None,
        }
    }

    /// The day it was granted.
    pub fn granted_on(&self) -> Option<Date> {
        self.grant().map(|grant| grant.on)
    }
}

impl Grant {
    fn with_lessons(self, hours: u16) -> Result<Self, ServiceError> {
        let lesson_hours = self.lesson_hours.saturating_add(hours);
        if hours == 0 || lesson_hours > LESSON_HOURS {
            return Err(ServiceError::Hours);
        }
        Ok(Self { lesson_hours, ..self })
    }
}

impl LicenceAidAction {
    fn name(&self) -> &'static str {
        match self {
            Self::Grant { .. } => "grant",
            Self::Refuse { .. } => "refuse",
            Self::AddLessons { .. } => "add-lessons",
            Self::PassTheory { .. } => "pass-theory",
            Self::Obtain { .. } => "obtain",
            Self::Abandon { .. } => "abandon",
        }
    }

    pub(super) fn day(&self) -> Option<Date> {
        match self {
            Self::Grant { on, .. } | Self::PassTheory { on } | Self::Obtain { on } => Some(*on),
            Self::Refuse { .. } | Self::AddLessons { .. } | Self::Abandon { .. } => None,
        }
    }
}
