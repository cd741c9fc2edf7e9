//! The monthly pulse: how many of the trips asked for here were served, and how many could not be, with a bound on what
//! one person adds. A trip the person called off or did not come to says nothing about the service: it is in neither
//! cell. Exact counts, to be shown to nobody before noise was added. Must never count a trip that we carry for a neighbour: it is
//! counted where it was asked for.

#[cfg(test)]
pub(crate) mod tests;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use maillage_federation::{
    ids::{Id, TripKind},
    models::ModelKey,
};

use crate::{
    ids::PersonKind,
    trip::{Absentee, CancelledBy, Relay, Stage, Trip, TripStatus},
};

/// The two cells of a pulse.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PulseCounts {
    /// Trips that were carried out, here or by a neighbour.
    pub fulfilled: u32,
    /// Trips that were asked for and that the platform could not serve: unmet, or called off by the platform.
    pub not_fulfilled: u32,
}

/// One report's pulse.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pulse {
    /// The cells of each participation model that has a trip. A person's trips are bounded over all models together.
    pub by_model: BTreeMap<ModelKey, PulseCounts>,
    /// The trips that this report has used up, counted or not, in ascending order: none of them is ever counted again.
    pub consumed: Vec<Id<TripKind>>,
}

impl Pulse {
    /// The cells over all models.
    pub fn total(&self) -> PulseCounts {
        self.by_model.values().fold(PulseCounts::default(), |total, counts| PulseCounts {
            fulfilled: total.fulfilled + counts.fulfilled,
            not_fulfilled: total.not_fulfilled + counts.not_fulfilled,
        })
    }
}

/// Counts the trips asked for here, closed before an instant and not counted yet.
///
/// Of each person the first `person_cap` (the vocabulary's) count, in the order they were closed (then by identifier), and
/// none of a person who objects to statistics. Trips over the bound, trips of objectors and trips in neither cell
/// (called off by the person, no-show) are consumed too, so that they cannot pile up and weigh on a later report. A trip
/// given twice counts once.
pub fn count<'a>(
    trips: impl IntoIterator<Item = &'a Trip>,
    objectors: &BTreeSet<Id<PersonKind>>,
    closed_before: Timestamp,
    person_cap: u32,
) -> Pulse {
    let closed_in_time = |trip: &&Trip| trip.closed_at().is_some_and(|closed| closed < closed_before);
    let mut due: Vec<&Trip> =
        trips.into_iter().filter(|trip| trip.is_uncounted()).filter(closed_in_time).collect();
    due.sort_by_key(|trip| (trip.closed_at(), trip.id()));
    due.dedup_by_key(|trip| trip.id());
    let stages = Stages::of(&due);
    let mut pulse = Pulse::default();
    let mut counted: BTreeMap<Id<PersonKind>, u32> = BTreeMap::new();
    for trip in due {
        let Some(person) = trip.person().filter(|_| stages.are_complete(trip)) else { continue };
        pulse.consumed.push(trip.id());
        let Some(cell) = stages.cell(trip) else { continue };
        let of_person = counted.entry(person).or_default();
        if *of_person < person_cap && !objectors.contains(&person) {
            *of_person += 1;
            let counts = pulse.by_model.entry(trip.terms.model.clone()).or_default();
            match cell {
                Cell::Fulfilled => counts.fulfilled += 1,
                Cell::NotFulfilled => counts.not_fulfilled += 1,
            }
        }
    }
    pulse.consumed.sort_unstable();
    pulse
}

/// One of the two cells.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cell {
    /// It was carried out.
    Fulfilled,
    /// It could not be.
    NotFulfilled,
}

/// Journeys that two drivers share: one person's journey is one trip, and is counted once both of its stages are closed.
pub struct Stages {
    /// What became of far stages, by the near stage they belong to.
    far: BTreeMap<Id<TripKind>, TripStatus>,
    /// Every trip that is due.
    due: BTreeSet<Id<TripKind>>,
}

impl Stages {
    /// Those of the trips that are due.
    pub fn of(due: &[&Trip]) -> Self {
        let far = due.iter().filter_map(|trip| {
            let relay = trip.terms.relay.filter(|relay| relay.stage == Stage::Far)?;
            Some((relay.other, trip.status()))
        });
        Self { far: far.collect(), due: due.iter().map(|trip| trip.id()).collect() }
    }

    /// Whether nothing more is to come of the other stage.
    pub(crate) fn are_complete(&self, trip: &Trip) -> bool {
        trip.terms.relay.is_none_or(|relay| self.due.contains(&relay.other))
    }

    /// Served if both stages are, and not served if the platform left one of them out.
    pub(crate) fn cell(&self, trip: &Trip) -> Option<Cell> {
        let own = cell(trip.status());
        match trip.terms.relay {
            None => own,
            Some(Relay { stage: Stage::Far, .. }) => None,
            Some(Relay { stage: Stage::Near, .. }) => {
                let other = self.far.get(&trip.id()).copied().and_then(cell);
                [own, other].into_iter().flatten().find(|one| *one == Cell::NotFulfilled).or(own.and(other))
            }
        }
    }
}

/// The cell a trip is in. One that the person called off or did not come to is in none.
fn cell(status: TripStatus) -> Option<Cell> {
    match status {
        TripStatus::Completed { .. } => Some(Cell::Fulfilled),
        TripStatus::Unmet(_)
        | TripStatus::Cancelled { by: CancelledBy::Platform | CancelledBy::Volunteer, .. }
        | TripStatus::NoShow(Absentee::Driver) => Some(Cell::NotFulfilled),
        TripStatus::Cancelled {
            by: CancelledBy::Person | CancelledBy::Origin | CancelledBy::Prescriber | CancelledBy::Destination,
            ..
        }
        | TripStatus::NoShow(Absentee::Person)
        | TripStatus::Requested
        | TripStatus::Offered
        | TripStatus::Confirmed
        | TripStatus::PickedUp => None,
    }
}
