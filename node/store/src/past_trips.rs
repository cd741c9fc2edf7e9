//! Trips from before the platform kept its trips here. In a tree of their own, so that nothing that plans, costs or counts
//! trips ever meets one.

use maillage_domain::{
    ids::{PersonKind, VolunteerKind},
    past_trip::{PastJourney, PastTrip},
};
use maillage_engine::{EngineError, Record, Table, Transaction, Tree, View};
use maillage_federation::ids::{Id, TripKind};
use serde::{Deserialize, Serialize};

use crate::{
    fields::{after, parsed},
    kinds,
};

/// Trips from before by identifier.
pub const TREE: Tree = Tree::named("past_trips");

const PAST_TRIPS: Table<[u8; 16], PastTripRecord> = Table::new(TREE);
const KIND: u16 = kinds::PAST_TRIP;

/// A trip from before, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PastTripRecord {
    id: Id<TripKind>,
    person: Id<PersonKind>,
    volunteer: Option<Id<VolunteerKind>>,
    day: String,
    pickup: String,
    dropoff: String,
    loaded_m: u32,
    empty_m: u32,
}

impl Record for PastTripRecord {
    const KIND: u16 = KIND;
    const VERSION: u16 = 1;
}

/// Writes a trip from before.
pub fn put(transaction: &mut Transaction<'_>, trip: &PastTrip) -> Result<(), EngineError> {
    PAST_TRIPS.put(transaction, &trip.id.to_array(), &PastTripRecord::from(trip))
}

/// One trip from before.
pub fn find(view: &(impl View + ?Sized), id: Id<TripKind>) -> Result<Option<PastTrip>, EngineError> {
    PAST_TRIPS.get(view, &id.to_array())?.map(PastTrip::try_from).transpose()
}

/// At most `limit` trips from before in the order they were taken in, after one of them.
pub fn list(
    view: &(impl View + ?Sized),
    from: Option<Id<TripKind>>,
    limit: usize,
) -> Result<Vec<PastTrip>, EngineError> {
    let rows = PAST_TRIPS.scan(view, after(from), limit)?;
    rows.into_iter().map(|(_, record)| record.try_into()).collect()
}

impl From<&PastTrip> for PastTripRecord {
    fn from(trip: &PastTrip) -> Self {
        let PastJourney { person, volunteer, day, pickup, dropoff, loaded_m, empty_m } = &trip.journey;
        Self {
            id: trip.id,
            person: *person,
            volunteer: *volunteer,
            day: day.to_string(),
            pickup: pickup.to_string(),
            dropoff: dropoff.to_string(),
            loaded_m: *loaded_m,
            empty_m: *empty_m,
        }
    }
}

impl TryFrom<PastTripRecord> for PastTrip {
    type Error = EngineError;

    fn try_from(record: PastTripRecord) -> Result<Self, EngineError> {
        let journey = PastJourney {
            person: record.person,
            volunteer: record.volunteer,
            day: parsed(&record.day, KIND)?,
            pickup: parsed(&record.pickup, KIND)?,
            dropoff: parsed(&record.dropoff, KIND)?,
            loaded_m: record.loaded_m,
            empty_m: record.empty_m,
        };
        Ok(Self { id: record.id, journey })
    }
}
