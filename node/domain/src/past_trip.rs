//! A trip from before the platform kept its trips here: somebody went from one commune to another on a day. It is told and
//! remembered; must never be offered to anybody, costed, booked or counted in a report.

use std::fmt;

use jiff::civil::Date;
use maillage_federation::ids::{Id, TripKind};
use maillage_geography::InseeCode;

use crate::{
    ids::{PersonKind, VolunteerKind},
    limits::DRIVE_M,
};

/// A trip from before.
#[derive(Clone, PartialEq, Eq)]
pub struct PastTrip {
    /// Its identifier.
    pub id: Id<TripKind>,
    /// What is known of it.
    pub journey: PastJourney,
}

/// What is known of a trip from before.
#[derive(Clone, PartialEq, Eq)]
pub struct PastJourney {
    /// Who went.
    pub person: Id<PersonKind>,
    /// Who drove, if that is known and the volunteer is registered.
    pub volunteer: Option<Id<VolunteerKind>>,
    /// The day.
    pub day: Date,
    /// Commune of pickup.
    pub pickup: InseeCode,
    /// Commune of arrival.
    pub dropoff: InseeCode,
    /// Metres with the person on board; 0 if nobody knows.
    pub loaded_m: u32,
    /// Metres without; 0 if nobody knows.
    pub empty_m: u32,
}

/// Why something is no trip from before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PastTripError {
    /// It is not over yet: it is asked for like any other.
    #[error("{0} is not over yet")]
    NotPast(Date),
    /// No trip is so long.
    #[error("{0} m is longer than any trip")]
    Distance(u32),
}

impl PastJourney {
    /// Whether it can be one.
    ///
    /// # Errors
    /// A day that is not over; a distance nobody drives.
    pub fn check(&self, today: Date) -> Result<(), PastTripError> {
        if self.day >= today {
            return Err(PastTripError::NotPast(self.day));
        }
        match [self.loaded_m, self.empty_m].into_iter().find(|metres| *metres > DRIVE_M) {
            Some(metres) => Err(PastTripError::Distance(metres)),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for PastTrip {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PastTrip").field("id", &self.id).finish_non_exhaustive()
    }
}

impl fmt::Debug for PastJourney {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PastJourney(…)")
    }
}
