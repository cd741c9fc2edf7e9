//! A trip: one leg of a journey, from the request to its end. It changes by [`Trip::apply`] alone, and is driven here
//! only while it is ours to drive: two nodes must never both execute it.

mod change;
mod correct;
mod debug;
mod error;
mod relay;
mod state;
mod transition;

#[cfg(test)]
mod tests;

use jiff::{Timestamp, civil::Date};
use maillage_federation::{
    handover::Meeting,
    ids::{HandoverKind, Id, NodeKind, TripKind},
    models::ModelKey,
    month::Month,
    needs::Needs,
};

pub use self::{
    change::{Edited, PoolingWord, TripChange, TripWindow},
    correct::{CorrectionReason, Ending},
    error::{TermsError, TripError},
    relay::{Relay, RelayError, RelayPlan, Stage, Stretch},
    state::{
        Absentee, Assignment, CancelReason, CancelledBy, Custody, DrivenVehicle, DriverRefusal, SharedRide,
        TripEvent, TripEventKind, TripState, TripStatus, UnmetReason, WhichVehicle,
    },
    transition::{HolderResult, TripAction},
};
use crate::{
    ids::{PersonKind, RequestKind, SeriesKind, VolunteerKind},
    limits::{DRIVE_M, PASSENGER_PLACES},
    person::Pooling,
    place::Place,
    roads::RoadsSource,
    text::{Address, Name, Notes, Phone},
};

/// A trip: what was asked, and where it stands.
#[derive(Clone, PartialEq, Eq)]
pub struct Trip {
    /// What was asked.
    pub terms: TripTerms,
    state: TripState,
}

/// What was asked: changes by [`Trip::edit`] alone, never with the life of the trip.
#[derive(Clone, PartialEq, Eq)]
pub struct TripTerms {
    /// Identity.
    pub id: Id<TripKind>,
    /// Whose trip it is.
    pub origin: Origin,
    /// Which way it goes.
    pub leg: Leg,
    /// The other leg of an outbound and return.
    pub sibling: Option<Id<TripKind>>,
    /// Where the person is fetched.
    pub pickup: Place,
    /// Where the person is brought.
    pub dropoff: Place,
    /// The person is ready from then.
    pub earliest_pickup: Timestamp,
    /// The person must be there by then.
    pub latest_arrival: Timestamp,
    /// Which of the two times the person gave.
    pub anchor: Anchor,
    /// Road metres from pickup to drop-off.
    pub direct_m: u32,
    /// Where those metres come from.
    pub direct_by: RoadsSource,
    /// Seats wanted, companions included; none for somebody who stays in the wheelchair.
    pub seats: u8,
    /// How many people travel along.
    pub companions: u8,
    /// How much earlier or later than asked is acceptable, in seconds.
    pub tolerance_s: u32,
    /// Whether being there after the time given, by the tolerance at most, is acceptable.
    pub late_ok: bool,
    /// What the driver should know about this trip, such as the name of the practice. Never leaves the node.
    pub notes: Notes,
    /// Whether others may be in the car on this trip; none for what the person has said for all of them.
    pub pooling: Option<Pooling>,
    /// The day of a series it was made for.
    pub occurrence: Option<Occurrence>,
    /// The other stage, when two drivers share the journey.
    pub relay: Option<Relay>,
    /// Where another driver is met, on such a stage, ours or a neighbour's.
    pub meeting: Option<Meeting>,
    /// Needs that bear on who can drive.
    pub needs: Needs,
    /// Participation model it is served under.
    pub model: ModelKey,
    /// When it was asked for.
    pub created: Timestamp,
}

/// One day of a series: what makes sure that it is planned once, whatever is edited or repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Occurrence {
    /// The series.
    pub series: Id<SeriesKind>,
    /// The day the pattern gave, even if the trip has been moved to another.
    pub date: Date,
}

/// Whose trip it is.
#[derive(Clone, PartialEq, Eq)]
pub enum Origin {
    /// Asked for at this node.
    Own {
        /// The request it belongs to.
        request: Id<RequestKind>,
        /// The person who travels.
        person: Id<PersonKind>,
    },
    /// A neighbour's trip that we carry.
    Carried {
        /// The handover that brought it.
        handover: Id<HandoverKind>,
        /// The node that it was asked for at.
        from: Id<NodeKind>,
        /// Who travels.
        passenger: Passenger,
    },
}

/// Who travels on a neighbour's trip: what the sealed award told.
#[derive(Clone, PartialEq, Eq)]
pub struct Passenger {
    /// Name to ask for.
    pub name: Name,
    /// The person's phone.
    pub phone: Option<Phone>,
    /// What the driver should know.
    pub driver_notes: Notes,
    /// Phone of the desk that the trip comes from.
    pub desk_phone: Option<Phone>,
}

/// Which way a trip goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Leg {
    /// There.
    Outbound,
    /// Back.
    Return,
}

/// Which of the two times of a trip the person gave; the other one follows from distance and tolerance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Anchor {
    /// The time to be fetched: as early as possible in the window.
    Pickup,
    /// The time to be there: as late as possible in the window.
    Arrival,
    /// None yet: the person calls when done, and the window is the rest of that day. Nobody is asked to drive before.
    Call,
}

impl Trip {
    /// A trip that was asked for when its terms say.
    pub fn requested(terms: TripTerms) -> Result<Self, TermsError> {
        terms.check()?;
        let state = TripState {
            status: TripStatus::Requested,
            assignment: None,
            custody: Custody::Local,
            history: vec![TripEvent { at: terms.created, kind: TripEventKind::Requested }],
            closed_at: None,
            counted_in: None,
        };
        Ok(Self { terms, state })
    }

    /// A trip as it was stored.
    ///
    /// # Errors
    /// A state that no life of a trip leads to is refused.
    pub fn restore(terms: TripTerms, state: TripState) -> Result<Self, TermsError> {
        terms.check()?;
        if state.is_consistent() { Ok(Self { terms, state }) } else { Err(TermsError::State) }
    }

    /// A neighbour's trip without who travels and where exactly, once it is not ours to drive any more; one of ours is
    /// unchanged.
    #[must_use]
    pub fn without_passenger(&self) -> Self {
        let mut trip = self.clone();
        if let Origin::Carried { passenger, .. } = &mut trip.terms.origin {
            *passenger = Passenger {
                name: Name::withheld(),
                phone: None,
                driver_notes: Notes::default(),
                desk_phone: passenger.desk_phone.clone(),
            };
            trip.terms.pickup.address = Address::default();
            trip.terms.dropoff.address = Address::default();
        }
        trip
    }

    /// Identity.
    pub fn id(&self) -> Id<TripKind> {
        self.terms.id
    }

    /// Where it stands, in full.
    pub fn state(&self) -> &TripState {
        &self.state
    }

    /// Its status.
    pub fn status(&self) -> TripStatus {
        self.state.status
    }

    /// The driver asked or promised, and when.
    pub fn assignment(&self) -> Option<Assignment> {
        self.state.assignment
    }

    /// The driver asked or promised.
    pub fn volunteer(&self) -> Option<Id<VolunteerKind>> {
        self.state.assignment.map(|assignment| assignment.volunteer)
    }

    /// The drive that a volunteer is bound to: asked, promised or on the way. None once the trip is closed.
    pub fn commitment(&self) -> Option<Assignment> {
        self.state.assignment.filter(|_| self.is_open())
    }

    /// Which node has to carry it out.
    pub fn custody(&self) -> Custody {
        self.state.custody
    }

    /// What happened, oldest first.
    pub fn history(&self) -> &[TripEvent] {
        &self.state.history
    }

    /// When it was closed.
    pub fn closed_at(&self) -> Option<Timestamp> {
        self.state.closed_at
    }

    /// The monthly report it was counted in.
    pub fn counted_in(&self) -> Option<Month> {
        self.state.counted_in
    }

    /// The person who travels, if known here by an identifier.
    pub fn person(&self) -> Option<Id<PersonKind>> {
        match self.terms.origin {
            Origin::Own { person, .. } => Some(person),
            Origin::Carried { .. } => None,
        }
    }

    /// The request it belongs to, if it was asked for here.
    pub fn request(&self) -> Option<Id<RequestKind>> {
        match self.terms.origin {
            Origin::Own { request, .. } => Some(request),
            Origin::Carried { .. } => None,
        }
    }

    /// Whether we carry it for a neighbour.
    pub fn is_carried(&self) -> bool {
        matches!(self.terms.origin, Origin::Carried { .. })
    }

    /// Whether others may be in the car, for a person with a standing word; never on a neighbour's trip: nobody there was asked.
    pub fn may_share(&self, standing: Pooling) -> bool {
        !self.is_carried() && self.terms.pooling.unwrap_or(standing) == Pooling::Agreed
    }

    /// Metres with passengers that count as this trip's, when so many were told with the person on board; 0 for none told.
    pub fn loaded_m(&self, told_m: u32) -> u32 {
        match (self.assignment().and_then(|drive| drive.shared), told_m) {
            (Some(shared), 0) => shared.own_m,
            (Some(shared), told_m) => shared.counted_m(told_m),
            (None, 0) => self.terms.direct_m,
            (None, told_m) => told_m,
        }
    }

    /// The trip with its drive planned otherwise, by the same driver at the same promised times: somebody has joined it or
    /// left it. Unchanged if nobody drives it.
    #[must_use]
    pub fn replanned(&self, drive: Assignment) -> Self {
        let mut trip = self.clone();
        if let Some(known) = &mut trip.state.assignment {
            let Assignment { volunteer, pickup, arrival, own_trip, .. } = *known;
            *known = Assignment { volunteer, pickup, arrival, own_trip, ..drive };
        }
        trip
    }

    /// Whether it is not closed.
    pub fn is_open(&self) -> bool {
        !self.state.status.is_closed()
    }

    /// How often it was changed: two readers who saw the same number saw the same trip.
    pub fn revision(&self) -> u64 {
        u64::try_from(self.state.history.len()).unwrap_or(u64::MAX)
    }

    /// Whether its time is not known before the person calls.
    pub fn waits_for_call(&self) -> bool {
        self.terms.anchor == Anchor::Call && self.is_open()
    }

    /// Whether somebody here has to decide what becomes of it: no driver was asked and no neighbour either.
    pub fn needs_decision(&self) -> bool {
        self.state.status == TripStatus::Requested && self.state.custody == Custody::Local
    }

    /// Whether it waits for the next report: asked for here, closed, not counted yet.
    pub fn is_uncounted(&self) -> bool {
        !self.is_carried() && !self.is_open() && self.state.counted_in.is_none()
    }
}

impl TripTerms {
    /// Takes out what tells where exactly somebody went and what the person needed; a wheelchair's place becomes a seat, so
    /// that as many places are counted as before.
    pub fn forget_person(&mut self) {
        self.seats += u8::from(self.needs.wheelchair_place());
        self.needs = Needs::default();
        self.notes = Notes::default();
        self.pooling = None;
        self.pickup.address = Address::default();
        self.dropoff.address = Address::default();
    }

    fn check(&self) -> Result<(), TermsError> {
        if self.earliest_pickup >= self.latest_arrival {
            return Err(TermsError::Window);
        }
        if self.direct_m > DRIVE_M {
            return Err(TermsError::Distance(self.direct_m));
        }
        let places = u16::from(self.seats) + u16::from(self.needs.wheelchair_place());
        if !(1..=u16::from(PASSENGER_PLACES)).contains(&places) {
            return Err(TermsError::Places(places));
        }
        Ok(())
    }
}
