//! What origin and holder tell each other between acceptance and account, sealed to one another: the hub learns that
//! something was said and how long it was, rounded. Must never name a driver.

use std::fmt;

use super::terms::{AwardLeg, OfferedLeg};

/// A word from one of the two to the other.
#[derive(Clone, PartialEq, Eq)]
pub enum Word {
    /// In a desk's own words; personal data.
    Message {
        /// The text.
        text: String,
    },
    /// Holder: how far a leg is.
    Progress {
        /// Which leg, from 0, in the order of the offer.
        leg: u32,
        /// What has happened.
        step: ProgressStep,
        /// When: of the planned pickup once a driver is found, of the pickup itself; milliseconds since 1970 UTC.
        at_ms: Option<i64>,
    },
    /// Holder: who carries, and by what right.
    CarriedBy(CarriedBy),
    /// Origin: the outcome is what we know too.
    Countersigned,
    /// Origin: the outcome is not what we know.
    Disputed {
        /// For what.
        reason: DisputeReason,
        /// In the desk's own words; personal data.
        text: String,
    },
}

/// What has happened to a leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProgressStep {
    /// A driver has said yes.
    DriverFound,
    /// The driver can no longer; another is looked for.
    DriverLost,
    /// The person is on board.
    PickedUp,
}

/// Who carries a leg, and by what right, as the holder's own rules see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarriedBy {
    /// Which leg, from 0, in the order of the offer.
    pub leg: u32,
    /// Name of the association or service.
    pub carrier: String,
    /// Legal frame, as a code.
    pub frame: String,
    /// Whether it is within that frame, as a code.
    pub verdict: String,
    /// Article or ground that decided, as a code.
    pub ground: String,
}

/// What an outcome is disputed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DisputeReason {
    /// It was carried out, or was not, otherwise than told.
    Result,
    /// The distances.
    Distance,
    /// Something else, said in the text.
    Other,
}

/// A change in full.
#[derive(Clone, PartialEq, Eq)]
pub struct ChangeDetails {
    /// In the order of the offer's legs.
    pub legs: Vec<AwardLeg>,
    /// Why; personal data.
    pub note: String,
}

impl Word {
    /// Whether it is the origin's to say, or the holder's.
    pub fn is_for(&self, origin: bool) -> bool {
        match self {
            Self::Message { .. } => true,
            Self::Progress { .. } | Self::CarriedBy(_) => !origin,
            Self::Countersigned | Self::Disputed { .. } => origin,
        }
    }

    /// What kind of word it is, for journals.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Message { .. } => "message",
            Self::Progress { step, .. } => step.code(),
            Self::CarriedBy(_) => "carried-by",
            Self::Countersigned => "countersigned",
            Self::Disputed { .. } => "disputed",
        }
    }
}

impl ChangeDetails {
    /// Whether it is the change that the hub was told of: as many legs, the same communes, times inside the windows.
    pub fn fits(&self, legs: &[OfferedLeg]) -> bool {
        self.legs.len() == legs.len()
            && self.legs.iter().zip(legs).all(|(leg, offered)| {
                leg.pickup == offered.pickup
                    && leg.dropoff == offered.dropoff
                    && leg.earliest_pickup_ms >= offered.window_start_ms
                    && leg.latest_arrival_ms <= offered.window_end_ms
            })
    }
}

impl ProgressStep {
    /// Its name in messages to people and programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::DriverFound => "driver-found",
            Self::DriverLost => "driver-lost",
            Self::PickedUp => "picked-up",
        }
    }
}

impl DisputeReason {
    /// Every reason.
    pub const ALL: [Self; 3] = [Self::Result, Self::Distance, Self::Other];

    /// Its name in messages to people and programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Result => "result",
            Self::Distance => "distance",
            Self::Other => "other",
        }
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Word({})", self.code())
    }
}

impl fmt::Debug for ChangeDetails {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ChangeDetails({} legs, …)", self.legs.len())
    }
}
