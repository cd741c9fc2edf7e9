//! Changing what was asked, before the person is on board. Must never move a trip under a driver who has promised it: a
//! change that the drive does not fit frees the driver, who is asked again or replaced.

use jiff::Timestamp;
use maillage_federation::{
    ids::Id,
    models::ModelKey,
    needs::{Need, Needs},
};

use crate::{
    ids::VolunteerKind,
    person::Pooling,
    place::Place,
    roads::RoadsSource,
    text::Notes,
    trip::{Anchor, Custody, Trip, TripError, TripEvent, TripEventKind, TripStatus, TripTerms},
};

/// What is to be different; nothing means that it stays.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct TripChange {
    /// Where the person is fetched.
    pub pickup: Option<Place>,
    /// Where the person is brought.
    pub dropoff: Option<Place>,
    /// When.
    pub window: Option<TripWindow>,
    /// Road metres and where they come from, when a place changes.
    pub direct: Option<(u32, RoadsSource)>,
    /// How many people travel along.
    pub companions: Option<u8>,
    /// What the driver should know about this trip.
    pub notes: Option<Notes>,
    /// Needs that bear on who can drive. Seats have to be told with them.
    pub needs: Option<Needs>,
    /// Seats wanted, companions included; after `companions`, if both are told.
    pub seats: Option<u8>,
    /// Participation model.
    pub model: Option<ModelKey>,
    /// Whether others may be in the car on this trip.
    pub pooling: Option<PoolingWord>,
}

impl TripChange {
    /// Whether a trip would be the same after it.
    pub fn is_idle(&self, trip: &Trip) -> bool {
        let mut changed = trip.clone();
        changed.take(self);
        changed.terms == trip.terms
    }
}

impl TripChange {
    /// Whether it changes when or where a trip goes.
    fn moves(&self, terms: &TripTerms) -> bool {
        let elsewhere =
            |wanted: &Option<Place>, known: &Place| wanted.as_ref().is_some_and(|wanted| wanted != known);
        let at_another_time = |window: &TripWindow| {
            (window.earliest_pickup, window.latest_arrival) != (terms.earliest_pickup, terms.latest_arrival)
        };
        elsewhere(&self.pickup, &terms.pickup)
            || elsewhere(&self.dropoff, &terms.dropoff)
            || self.window.as_ref().is_some_and(at_another_time)
    }
}

/// The word about riding with others that holds for a trip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PoolingWord {
    /// What the person has said for all trips.
    AsPerson,
    /// Another one for this trip.
    OfTrip(Pooling),
}

/// When a trip takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TripWindow {
    /// The person is ready from then.
    pub earliest_pickup: Timestamp,
    /// The person must be there by then.
    pub latest_arrival: Timestamp,
    /// Which of the two times the person gave.
    pub anchor: Anchor,
    /// How much earlier or later than asked is acceptable, in seconds.
    pub tolerance_s: u32,
    /// Whether being there after the time given is acceptable.
    pub late_ok: bool,
}

/// A trip after a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// The trip.
    pub trip: Trip,
    /// The driver whom the change freed, to be told.
    pub freed: Option<Id<VolunteerKind>>,
}

impl Trip {
    /// The trip with other terms, before the person is on board. A driver stays if the drive that was promised still
    /// fits: same places, enough seats, times in the window.
    ///
    /// # Errors
    /// A trip that is under way, closed, or not ours to drive; terms that make no trip.
    pub fn edit(&self, change: &TripChange, at: Timestamp) -> Result<Edited, TripError> {
        if self.is_stage() && change.moves(&self.terms) {
            return Err(TripError::Shared);
        }
        self.edited(change, at)
    }

    /// The same, whatever it has to do with another stage.
    pub(super) fn edited(&self, change: &TripChange, at: Timestamp) -> Result<Edited, TripError> {
        self.check_editable("edit")?;
        self.changed_terms(change, at)
    }

    /// The trip as its two territories agreed on it while one carries it for the other: at the origin and at the holder
    /// alike. Otherwise as [`Trip::edit`].
    ///
    /// # Errors
    /// A trip that is offered out or uncertain, that is under way, or closed; terms that make no trip.
    pub fn agree(&self, change: &TripChange, at: Timestamp) -> Result<Edited, TripError> {
        const ACTION: &str = "change by agreement";
        if self.is_stage() && change.moves(&self.terms) {
            return Err(TripError::Shared);
        }
        self.check_not_begun(ACTION)?;
        // Local: given back while the agreement was under way.
        if !self.is_carried() && !matches!(self.custody(), Custody::HeldBy { .. } | Custody::Local) {
            return Err(TripError::WrongCustody { action: ACTION, custody: self.custody().code() });
        }
        self.changed_terms(change, at)
    }

    /// The return of a person who has called: its time is known now.
    ///
    /// # Errors
    /// [`TripError::NotOnCall`] if it was known before; as [`Trip::edit`].
    pub fn call(&self, window: TripWindow, at: Timestamp) -> Result<Self, TripError> {
        if self.terms.anchor != Anchor::Call {
            return Err(TripError::NotOnCall);
        }
        let change = TripChange { window: Some(window), ..TripChange::default() };
        self.check_editable("set the time of")?;
        let mut trip = self.changed_terms(&change, at)?.trip;
        if let Some(last) = trip.state.history.last_mut() {
            last.kind = TripEventKind::Called;
        }
        Ok(trip)
    }

    fn changed_terms(&self, change: &TripChange, at: Timestamp) -> Result<Edited, TripError> {
        let mut trip = self.clone();
        trip.take(change);
        trip.terms.check().map_err(TripError::Terms)?;
        let fits = self.assignment().is_none_or(|drive| {
            trip.check_drive(drive).is_ok()
                && trip.terms.pickup == self.terms.pickup
                && trip.terms.dropoff == self.terms.dropoff
                && trip.terms.seats <= self.terms.seats
                && trip.terms.needs.missing_from(&self.terms.needs).next().is_none()
                && trip.terms.anchor != Anchor::Call
                && !(drive.shared.is_some() && trip.terms.pooling == Some(Pooling::Alone))
        });
        let freed = if fits { None } else { self.volunteer() };
        if freed.is_some() {
            trip.state.status = TripStatus::Requested;
            trip.state.assignment = None;
        }
        trip.state.history.push(TripEvent { at, kind: TripEventKind::Edited { freed } });
        Ok(Edited { trip, freed })
    }

    fn check_editable(&self, action: &'static str) -> Result<(), TripError> {
        if self.is_carried() {
            return Err(TripError::Carried { action });
        }
        self.check_not_begun(action)?;
        if self.custody() != Custody::Local {
            return Err(TripError::WrongCustody { action, custody: self.custody().code() });
        }
        Ok(())
    }

    fn check_not_begun(&self, action: &'static str) -> Result<(), TripError> {
        match self.status() {
            TripStatus::Requested | TripStatus::Offered | TripStatus::Confirmed => Ok(()),
            TripStatus::PickedUp
            | TripStatus::Completed { .. }
            | TripStatus::Cancelled { .. }
            | TripStatus::NoShow(_)
            | TripStatus::Unmet(_) => Err(TripError::WrongStatus { action, status: self.status().code() }),
        }
    }

    fn take(&mut self, change: &TripChange) {
        let TripChange { pickup, dropoff, window, direct, companions, notes, needs, seats, model, pooling } =
            change;
        let terms = &mut self.terms;
        terms.needs = needs.clone().unwrap_or_else(|| terms.needs.clone());
        terms.pooling = match pooling {
            None => terms.pooling,
            Some(PoolingWord::AsPerson) => None,
            Some(PoolingWord::OfTrip(choice)) => Some(*choice),
        };
        terms.model = model.clone().unwrap_or_else(|| terms.model.clone());
        terms.pickup = pickup.clone().unwrap_or_else(|| terms.pickup.clone());
        terms.dropoff = dropoff.clone().unwrap_or_else(|| terms.dropoff.clone());
        terms.notes = notes.clone().unwrap_or_else(|| terms.notes.clone());
        (terms.direct_m, terms.direct_by) = direct.unwrap_or((terms.direct_m, terms.direct_by));
        if let Some(companions) = companions {
            let others = terms.seats.saturating_sub(terms.companions);
            let companions = (*companions).max(u8::from(terms.needs.contains(Need::Companion)));
            terms.seats = others.saturating_add(companions);
            terms.companions = companions;
        }
        terms.seats = seats.unwrap_or(terms.seats);
        if let Some(window) = window {
            let TripWindow { earliest_pickup, latest_arrival, anchor, tolerance_s, late_ok } = *window;
            (terms.earliest_pickup, terms.latest_arrival) = (earliest_pickup, latest_arrival);
            (terms.anchor, terms.tolerance_s, terms.late_ok) = (anchor, tolerance_s, late_ok);
        }
    }
}
