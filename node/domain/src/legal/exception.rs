//! An explicit, signed exception: somebody lets a trip be carried out although every frame excludes it, and says why. Must
//! never be made by the node itself.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use maillage_federation::ids::{Id, TripKind};

use crate::{
    codes::{UnknownCode, coded},
    ids::{ExceptionKind, RequestKind, SeriesKind},
    text::Notes,
};

/// An exception, never changed once signed.
#[derive(Clone, PartialEq, Eq)]
pub struct FrameException {
    /// Identity.
    pub id: Id<ExceptionKind>,
    /// What it is for.
    pub subject: ExceptionSubject,
    /// Which rule it is from.
    pub about: ExceptionAbout,
    /// The account that signed it.
    pub by: String,
    /// Why: internal, may speak of a person.
    pub reason: Notes,
    /// When it was signed.
    pub at: Timestamp,
}

/// What an exception is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExceptionSubject {
    /// One trip.
    Trip(Id<TripKind>),
    /// Every trip of a request.
    Request(Id<RequestKind>),
    /// Every trip of a series.
    Series(Id<SeriesKind>),
}

/// Which rule an exception is from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExceptionAbout {
    /// Every legal frame excludes the trip.
    #[default]
    Frame,
    /// The participation model is for people whom a prescriber refers, and nobody referred this one.
    Access,
}

coded!(ExceptionAbout { Frame = "frame", Access = "access" });

impl ExceptionSubject {
    /// Which of the three, as a code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Trip(_) => "trip",
            Self::Request(_) => "request",
            Self::Series(_) => "series",
        }
    }

    /// The identifier of what it is for, as text.
    pub fn id_text(self) -> String {
        match self {
            Self::Trip(id) => id.to_string(),
            Self::Request(id) => id.to_string(),
            Self::Series(id) => id.to_string(),
        }
    }

    /// The identifier as bytes: they are unique whatever they name.
    pub fn bytes(self) -> [u8; 16] {
        match self {
            Self::Trip(id) => id.to_array(),
            Self::Request(id) => id.to_array(),
            Self::Series(id) => id.to_array(),
        }
    }
}

impl fmt::Debug for FrameException {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("FrameException");
        shown.field("id", &self.id).field("subject", &self.subject).finish_non_exhaustive()
    }
}
