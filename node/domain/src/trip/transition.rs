//! The life of a trip: one total function from state and action to the next state, or to an error that says which
//! state it was in.

use jiff::{SignedDuration, Timestamp};
use maillage_federation::{
    ids::{HandoverKind, Id, NodeKind},
    month::Month,
};

use crate::{
    ids::VolunteerKind,
    limits::{DRIVE_M, HISTORY_EVENTS, LATE_CANCELLATION_S},
    trip::{
        Absentee, Anchor, Assignment, CancelReason, CancelledBy, Custody, DriverRefusal, Trip, TripError,
        TripEvent, TripEventKind, TripStatus, UnmetReason,
    },
};

/// Something that is done to a trip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TripAction {
    /// A driver is asked.
    OfferTo(Assignment),
    /// The driver who was asked says yes.
    DriverAccepts(Id<VolunteerKind>),
    /// The driver who was asked says no, does not answer, or withdraws a yes.
    DriverRefuses {
        /// Who.
        volunteer: Id<VolunteerKind>,
        /// Why.
        reason: DriverRefusal,
    },
    /// The person is on board.
    PickUp,
    /// The person arrived.
    Complete {
        /// Metres with the person on board.
        loaded_m: u32,
        /// Metres without.
        empty_m: u32,
    },
    /// Somebody was not there.
    NoShow(Absentee),
    /// Somebody calls it off.
    Cancel {
        /// Who.
        by: CancelledBy,
        /// Why.
        reason: CancelReason,
    },
    /// Nobody can carry it.
    DeclareUnmet(UnmetReason),
    /// It was unmet, and somebody looks for a driver again. The ledger keeps that it was.
    Reopen,
    /// Neighbours are asked.
    GiveOut {
        /// The handover.
        handover: Id<HandoverKind>,
    },
    /// It was awarded, and the answer is not known yet.
    Uncertain,
    /// The hub recorded that a neighbour holds it.
    HeldBy {
        /// The neighbour.
        node: Id<NodeKind>,
    },
    /// It is ours again: withdrawn, expired, refused or released.
    ComeBack,
    /// The neighbour who holds it tells what became of it.
    OutcomeFromHolder {
        /// What.
        result: HolderResult,
        /// Metres with the person on board.
        loaded_m: u32,
        /// Metres without.
        empty_m: u32,
    },
}

/// What became of a trip at the neighbour who held it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HolderResult {
    /// The person arrived.
    Completed,
    /// The person did not come.
    NoShow,
    /// It was not carried out.
    NotDone,
}

/// What an action changes.
#[derive(Clone, Copy)]
struct Change {
    status: TripStatus,
    assignment: Option<Assignment>,
    custody: Custody,
    event: TripEventKind,
}

impl TripAction {
    /// What it is called in an error: "cannot … a trip that is …".
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::OfferTo(_) => "offer to a driver",
            Self::DriverAccepts(_) => "accept",
            Self::DriverRefuses { .. } => "refuse",
            Self::PickUp => "pick up the person of",
            Self::Complete { .. } => "complete",
            Self::NoShow(_) => "record a no-show for",
            Self::Cancel { .. } => "cancel",
            Self::DeclareUnmet(_) => "declare unmet",
            Self::Reopen => "reopen",
            Self::GiveOut { .. } => "hand over",
            Self::Uncertain => "mark as uncertain",
            Self::HeldBy { .. } => "let a neighbour hold",
            Self::ComeBack => "take back",
            Self::OutcomeFromHolder { .. } => "take a neighbour's outcome for",
        }
    }
}

impl Trip {
    /// The trip after an action, done at an instant.
    ///
    /// # Errors
    /// Says what was wanted and which state did not allow it; the trip is unchanged.
    pub fn apply(&self, action: TripAction, at: Timestamp) -> Result<Self, TripError> {
        let change = match action {
            TripAction::GiveOut { .. }
            | TripAction::Uncertain
            | TripAction::HeldBy { .. }
            | TripAction::ComeBack
            | TripAction::OutcomeFromHolder { .. } => self.custody_change(action)?,
            TripAction::Cancel { by, reason } => self.cancellation(action, (by, reason), at)?,
            TripAction::OfferTo(_)
            | TripAction::DriverAccepts(_)
            | TripAction::DriverRefuses { .. }
            | TripAction::PickUp
            | TripAction::Complete { .. }
            | TripAction::NoShow(_)
            | TripAction::DeclareUnmet(_)
            | TripAction::Reopen => self.local_change(action)?,
        };
        Ok(self.changed(change, at))
    }

    /// The trip, counted in the report of a month.
    ///
    /// # Errors
    /// A trip is counted once, and only a closed one that was asked for here.
    pub fn count_in(&self, month: Month) -> Result<Self, TripError> {
        if let Some(counted) = self.state.counted_in {
            return Err(TripError::AlreadyCounted(counted));
        }
        if self.is_open() || self.is_carried() {
            return Err(TripError::NotToBeCounted { status: self.status().code() });
        }
        let mut trip = self.clone();
        trip.state.counted_in = Some(month);
        Ok(trip)
    }

    fn changed(&self, change: Change, at: Timestamp) -> Self {
        let mut trip = self.clone();
        let closes = change.status.is_closed() && change.status != self.state.status;
        let before = self.state.closed_at.filter(|_| change.status.is_closed());
        trip.state.closed_at = if closes { Some(at) } else { before };
        trip.state.status = change.status;
        trip.state.assignment = change.assignment;
        trip.state.custody = change.custody;
        trip.state.history.push(TripEvent { at, kind: change.event });
        trip
    }

    /// What happens at this node: only while the trip is ours to drive.
    fn local_change(&self, action: TripAction) -> Result<Change, TripError> {
        if self.is_open() && self.custody() != Custody::Local {
            return Err(self.wrong_custody(action));
        }
        let assignment = self.assignment();
        let (status, assignment, event) = match (action, self.status()) {
            (TripAction::OfferTo(drive), TripStatus::Requested) => {
                self.check_called(action)?;
                self.check_attempts()?;
                self.check_drive(drive)?;
                (TripStatus::Offered, Some(drive), TripEventKind::Offered(drive.volunteer))
            }
            (TripAction::DriverAccepts(volunteer), TripStatus::Offered) => {
                self.check_driver(volunteer)?;
                (TripStatus::Confirmed, assignment, TripEventKind::Accepted(volunteer))
            }
            (
                TripAction::DriverRefuses { volunteer, reason },
                TripStatus::Offered | TripStatus::Confirmed,
            ) => {
                self.check_driver(volunteer)?;
                (TripStatus::Requested, None, TripEventKind::Refused { volunteer, reason })
            }
            (TripAction::PickUp, TripStatus::Confirmed) => {
                (TripStatus::PickedUp, assignment, TripEventKind::PickedUp)
            }
            (TripAction::Complete { loaded_m, empty_m }, TripStatus::Confirmed | TripStatus::PickedUp) => {
                (completed(loaded_m, empty_m)?, assignment, TripEventKind::Completed)
            }
            (TripAction::NoShow(who), TripStatus::Confirmed) => {
                (TripStatus::NoShow(who), assignment, TripEventKind::NoShow(who))
            }
            (TripAction::Reopen, TripStatus::Unmet(_)) => {
                self.check_reopening(action)?;
                (TripStatus::Requested, None, TripEventKind::Reopened)
            }
            (TripAction::DeclareUnmet(reason), TripStatus::Requested) => {
                (TripStatus::Unmet(reason), None, TripEventKind::DeclaredUnmet(reason))
            }
            (action, _) => return Err(self.wrong_status(action)),
        };
        Ok(Change { status, assignment, custody: self.custody(), event })
    }

    /// The person's word needs nobody's agreement, whoever holds the trip; a person on board is not called off.
    fn cancellation(
        &self,
        action: TripAction,
        (by, reason): (CancelledBy, CancelReason),
        at: Timestamp,
    ) -> Result<Change, TripError> {
        match self.status() {
            TripStatus::Requested | TripStatus::Offered | TripStatus::Confirmed => {}
            TripStatus::PickedUp
            | TripStatus::Completed { .. }
            | TripStatus::Cancelled { .. }
            | TripStatus::NoShow(_)
            | TripStatus::Unmet(_) => return Err(self.wrong_status(action)),
        }
        let notice = at.duration_until(self.terms.earliest_pickup);
        let late = notice < SignedDuration::from_secs(LATE_CANCELLATION_S);
        Ok(Change {
            status: TripStatus::Cancelled { by, reason, late },
            assignment: self.assignment(),
            custody: self.custody(),
            event: TripEventKind::Cancelled { by, reason },
        })
    }

    /// What the handover does to a trip of ours. The hub's word about who holds it is taken even after a cancellation,
    /// since the two may cross.
    fn custody_change(&self, action: TripAction) -> Result<Change, TripError> {
        if self.is_carried() {
            return Err(TripError::Carried { action: action.name() });
        }
        let status = self.status();
        let settled = !matches!(status, TripStatus::Requested | TripStatus::Cancelled { .. });
        let begins = matches!(action, TripAction::GiveOut { .. });
        if settled || (begins && status != TripStatus::Requested) {
            return Err(self.wrong_status(action));
        }
        let (status, custody, event) = match (action, self.custody()) {
            (TripAction::GiveOut { handover }, Custody::Local) => {
                self.check_called(action)?;
                self.check_attempts()?;
                (status, Custody::OfferedOut { handover }, TripEventKind::GivenOut(handover))
            }
            (TripAction::Uncertain, Custody::OfferedOut { handover }) => {
                (status, Custody::Uncertain { handover }, TripEventKind::BecameUncertain)
            }
            (
                TripAction::HeldBy { node },
                Custody::OfferedOut { handover }
                | Custody::Uncertain { handover }
                | Custody::HeldBy { handover, .. },
            ) => (status, Custody::HeldBy { handover, node }, TripEventKind::HeldBy(node)),
            (
                TripAction::ComeBack,
                Custody::OfferedOut { .. } | Custody::Uncertain { .. } | Custody::HeldBy { .. },
            ) => (status, Custody::Local, TripEventKind::CameBack),
            (
                TripAction::OutcomeFromHolder { result, loaded_m, empty_m },
                custody @ Custody::HeldBy { .. },
            ) => {
                let status = outcome(status, result, completed(loaded_m, empty_m)?);
                (status, custody, TripEventKind::OutcomeFromHolder(result))
            }
            (action, _) => return Err(self.wrong_custody(action)),
        };
        Ok(Change { status, assignment: self.assignment(), custody, event })
    }

    fn check_attempts(&self) -> Result<(), TripError> {
        if self.state.history.len() < HISTORY_EVENTS { Ok(()) } else { Err(TripError::TooManyAttempts) }
    }

    /// A driver is asked for a time, and a neighbour too.
    fn check_called(&self, action: TripAction) -> Result<(), TripError> {
        match self.terms.anchor {
            Anchor::Call => Err(TripError::NotCalled { action: action.name() }),
            Anchor::Pickup | Anchor::Arrival => Ok(()),
        }
    }

    /// What a report has told once stays told; what a neighbour gave back as not done is that handover's.
    fn check_reopening(&self, action: TripAction) -> Result<(), TripError> {
        if let Some(month) = self.state.counted_in {
            return Err(TripError::AlreadyCounted(month));
        }
        if self.is_carried() {
            return Err(TripError::Carried { action: action.name() });
        }
        if self.custody() != Custody::Local {
            return Err(self.wrong_custody(action));
        }
        self.check_attempts()
    }

    pub(super) fn check_drive(&self, drive: Assignment) -> Result<(), TripError> {
        let in_order =
            drive.start <= drive.pickup && drive.pickup < drive.arrival && drive.arrival <= drive.end;
        let in_window =
            self.terms.earliest_pickup <= drive.pickup && drive.arrival <= self.terms.latest_arrival;
        if !(in_order && in_window) {
            return Err(TripError::Times);
        }
        if drive.empty_m > DRIVE_M { Err(TripError::Distance(drive.empty_m)) } else { Ok(()) }
    }

    fn check_driver(&self, volunteer: Id<VolunteerKind>) -> Result<(), TripError> {
        let asked = self.volunteer();
        if asked == Some(volunteer) { Ok(()) } else { Err(TripError::OtherDriver { asked }) }
    }

    fn wrong_status(&self, action: TripAction) -> TripError {
        TripError::WrongStatus { action: action.name(), status: self.status().code() }
    }

    fn wrong_custody(&self, action: TripAction) -> TripError {
        TripError::WrongCustody { action: action.name(), custody: self.custody().code() }
    }
}

pub(super) fn completed(loaded_m: u32, empty_m: u32) -> Result<TripStatus, TripError> {
    match loaded_m.max(empty_m) {
        ..=DRIVE_M => Ok(TripStatus::Completed { loaded_m, empty_m }),
        driven_m => Err(TripError::Distance(driven_m)),
    }
}

/// The status after the holder's outcome: a trip that was carried out is carried out, even if it was called off here
/// meanwhile; one that was called off and not carried out stays called off.
fn outcome(status: TripStatus, result: HolderResult, completed: TripStatus) -> TripStatus {
    match (result, status.is_closed()) {
        (HolderResult::Completed, _) => completed,
        (HolderResult::NoShow | HolderResult::NotDone, true) => status,
        (HolderResult::NoShow, false) => TripStatus::NoShow(Absentee::Person),
        (HolderResult::NotDone, false) => TripStatus::Unmet(UnmetReason::Withdrawn),
    }
}
