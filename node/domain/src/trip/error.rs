//! Why a trip does not change, or cannot be. Must never tell who travels or where.

use jiff::Timestamp;
use maillage_federation::{ids::Id, month::Month};

use crate::{
    ids::VolunteerKind,
    limits::{DRIVE_M, HISTORY_EVENTS, PASSENGER_PLACES},
};

/// Why an action is refused: what was wanted, and the state the trip was in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TripError {
    /// The status does not allow it.
    #[error("cannot {action} a trip that is {status}")]
    WrongStatus {
        /// What was wanted.
        action: &'static str,
        /// Code of the status.
        status: &'static str,
    },
    /// The trip is not ours to drive at the moment, or not a neighbour's as the action supposes.
    #[error("cannot {action} a trip whose custody is {custody}")]
    WrongCustody {
        /// What was wanted.
        action: &'static str,
        /// Code of the custody.
        custody: &'static str,
    },
    /// A trip that we carry for a neighbour is not handed on.
    #[error("cannot {action} a trip that is carried for a neighbour: give it back to its origin instead")]
    Carried {
        /// What was wanted.
        action: &'static str,
    },
    /// Somebody other than the driver who was asked.
    #[error("the driver of this trip is {}, not the one who answers", asked.map_or("nobody".to_owned(), |id| id.to_string()))]
    OtherDriver {
        /// The driver who was asked.
        asked: Option<Id<VolunteerKind>>,
    },
    /// Its time is not known yet.
    #[error("cannot {action} a trip whose time is not known before the person calls")]
    NotCalled {
        /// What was wanted.
        action: &'static str,
    },
    /// Its time is known already.
    #[error("the time of this trip is known already: edit it instead")]
    NotOnCall,
    /// Changed into something that makes no trip.
    #[error("what it would be changed into makes no trip")]
    Terms(#[source] TermsError),
    /// The times of a drive are not in order, or outside the window of the trip.
    #[error("the times of the drive are not in order, or outside the window of the trip")]
    Times,
    /// More than any drive.
    #[error("{0} m driven; at most {DRIVE_M} m are believed")]
    Distance(u32),
    /// So much happened to this trip that a person must look at it.
    #[error("{HISTORY_EVENTS} things happened to this trip already: declare it unmet or cancel it")]
    TooManyAttempts,
    /// Not to be counted: open, or a neighbour's.
    #[error("a trip that is {status} is not counted here")]
    NotToBeCounted {
        /// Code of the status.
        status: &'static str,
    },
    /// It cannot have ended: the drive has not begun.
    #[error("cannot {action} a trip whose drive begins at {begins} only")]
    NotBegun {
        /// What was wanted.
        action: &'static str,
        /// When the drive begins.
        begins: Timestamp,
    },
    /// It cannot have been told then.
    #[error("a cancellation is told after the request and not after now")]
    Told,
    /// Another driver counts on its times and places.
    #[error("two drivers share this journey: its times and places change together or not at all")]
    Shared,
    /// Counted once already.
    #[error("the trip was counted in the report of {0} already")]
    AlreadyCounted(Month),
}

/// Why terms and state do not make a trip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TermsError {
    /// The window is empty.
    #[error("the latest arrival is not after the earliest pickup")]
    Window,
    /// Too far.
    #[error("{0} m from pickup to arrival; at most {DRIVE_M} m are allowed")]
    Distance(u32),
    /// Nobody travels, or too many.
    #[error("{0} places wanted; 1 to {PASSENGER_PLACES} are allowed")]
    Places(u16),
    /// A state that no life of a trip leads to.
    #[error("the state of the trip contradicts itself")]
    State,
}
