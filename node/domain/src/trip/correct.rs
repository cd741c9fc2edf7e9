//! What was written down wrongly about a trip that is over: put right as long as nobody has counted with it. Also when a
//! trip can have ended at all, and a cancellation that was told before it was written down. Must never touch the books:
//! whoever corrects a trip takes back what was booked for it.

use std::{fmt, str::FromStr};

use jiff::Timestamp;

use crate::{
    codes::{UnknownCode, coded},
    limits::HISTORY_EVENTS,
    trip::{
        Absentee, CancelReason, CancelledBy, Custody, Trip, TripAction, TripError, TripEvent, TripEventKind,
        TripStatus, transition::completed,
    },
};

/// Why something that was written down is put right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CorrectionReason {
    /// A slip of the finger.
    Typing,
    /// It ended otherwise than was thought.
    Outcome,
    /// The driver told other kilometres later.
    Kilometres,
    /// It was written down for the wrong trip.
    WrongTrip,
    /// Anything else.
    Other,
}

coded!(CorrectionReason {
    Typing = "typing",
    Outcome = "outcome",
    Kilometres = "kilometres",
    WrongTrip = "wrong-trip",
    Other = "other",
});

/// How a trip really ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The person arrived.
    Completed {
        /// Metres with the person on board.
        loaded_m: u32,
        /// Metres without.
        empty_m: u32,
    },
    /// Somebody was not there.
    NoShow(Absentee),
}

impl Trip {
    /// When the drive begins at the earliest, as it was planned: nobody is on board and nothing of it is over before. None for a trip nobody was
    /// asked to drive.
    pub fn begins(&self) -> Option<Timestamp> {
        self.assignment().map(|drive| drive.start.min(self.terms.earliest_pickup))
    }

    /// Whether what somebody says of a trip can have happened by now.
    ///
    /// # Errors
    /// [`TripError::NotBegun`] for an end, or somebody on board, that is told before the drive begins.
    pub fn check_begun(&self, action: TripAction, at: Timestamp) -> Result<(), TripError> {
        match (action, self.begins()) {
            (TripAction::PickUp | TripAction::Complete { .. } | TripAction::NoShow(_), Some(begins))
                if self.is_open() && at < begins =>
            {
                Err(TripError::NotBegun { action: action.name(), begins })
            }
            (_, _) => Ok(()),
        }
    }

    /// The trip called off, as was told at an instant before it is written down: whether that was late is reckoned from
    /// when it was told.
    ///
    /// # Errors
    /// [`TripError::Told`] for an instant to come, or before it was asked for; as [`Trip::apply`].
    pub fn cancel_as_told(
        &self,
        (by, reason): (CancelledBy, CancelReason),
        told: Timestamp,
        at: Timestamp,
    ) -> Result<Self, TripError> {
        if told > at || (told < at && told < self.terms.created) {
            return Err(TripError::Told);
        }
        let mut trip = self.apply(TripAction::Cancel { by, reason }, told)?;
        trip.state.closed_at = Some(at);
        if let Some(last) = trip.state.history.last_mut() {
            last.at = at;
        }
        Ok(trip)
    }

    /// The trip with the end it really had. It stays closed when it was closed: the month it counts in is the same.
    ///
    /// # Errors
    /// A trip that did not end by being driven or by somebody's absence; one of a neighbour's, or that a neighbour drove;
    /// one that a report has counted.
    pub fn correct(
        &self,
        ending: Ending,
        reason: CorrectionReason,
        at: Timestamp,
    ) -> Result<Self, TripError> {
        let action = "correct";
        if let Some(month) = self.state.counted_in {
            return Err(TripError::AlreadyCounted(month));
        }
        match self.status() {
            TripStatus::Completed { .. } | TripStatus::NoShow(_) => {}
            TripStatus::Requested
            | TripStatus::Offered
            | TripStatus::Confirmed
            | TripStatus::PickedUp
            | TripStatus::Cancelled { .. }
            | TripStatus::Unmet(_) => {
                return Err(TripError::WrongStatus { action, status: self.status().code() });
            }
        }
        if self.is_carried() {
            return Err(TripError::Carried { action });
        }
        if self.custody() != Custody::Local {
            return Err(TripError::WrongCustody { action, custody: self.custody().code() });
        }
        if self.state.history.len() >= HISTORY_EVENTS {
            return Err(TripError::TooManyAttempts);
        }
        let mut trip = self.clone();
        trip.state.status = match ending {
            Ending::Completed { loaded_m, empty_m } => completed(loaded_m, empty_m)?,
            Ending::NoShow(who) => TripStatus::NoShow(who),
        };
        trip.state.history.push(TripEvent { at, kind: TripEventKind::Corrected(reason) });
        Ok(trip)
    }

    /// How often what was asked was changed since it was asked for.
    pub fn edits(&self) -> u32 {
        let edited =
            |event: &&TripEvent| matches!(event.kind, TripEventKind::Edited { .. } | TripEventKind::Called);
        u32::try_from(self.history().iter().filter(edited).count()).unwrap_or(u32::MAX)
    }
}
