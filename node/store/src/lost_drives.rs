//! Drives that volunteers have lost: what a calendar still shows as called off, and what the word about it tells. One row
//! for a volunteer and a trip; it goes when the volunteer gets the drive back, or after a short while. Must never tell who
//! travels.

use jiff::Timestamp;
use maillage_domain::{calendar::LostDrive, ids::VolunteerKind};
use maillage_engine::{EngineError, Record, Table, Transaction, Tree, View};
use maillage_federation::ids::{Id, TripKind};
use serde::{Deserialize, Serialize};

use crate::{
    fields::{instant, parsed},
    kinds,
};

/// Lost drives by volunteer and trip.
pub const TREE: Tree = Tree::named("lost_drives");

const LOST: Table<([u8; 16], [u8; 16]), LostDriveRecord> = Table::new(TREE);
const KIND: u16 = kinds::LOST_DRIVE;

/// A drive that was lost, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LostDriveRecord {
    volunteer: Id<VolunteerKind>,
    trip: Id<TripKind>,
    leg: String,
    from: String,
    to: String,
    start_ms: i64,
    pickup_ms: i64,
    end_ms: i64,
    sequence: u32,
    at_ms: i64,
}

impl Record for LostDriveRecord {
    const KIND: u16 = KIND;
    const VERSION: u16 = 1;
}

/// Writes a lost drive; it takes the place of the one of the same volunteer and trip.
pub fn put(transaction: &mut Transaction<'_>, lost: &LostDrive) -> Result<(), EngineError> {
    LOST.put(transaction, &key(lost.volunteer, lost.trip), &LostDriveRecord::from(lost))
}

/// What a volunteer has lost of a trip.
pub fn find(
    view: &(impl View + ?Sized),
    volunteer: Id<VolunteerKind>,
    trip: Id<TripKind>,
) -> Result<Option<LostDrive>, EngineError> {
    LOST.get(view, &key(volunteer, trip))?.map(LostDrive::try_from).transpose()
}

/// Everything a volunteer has lost of late.
pub fn of_volunteer(
    view: &(impl View + ?Sized),
    volunteer: Id<VolunteerKind>,
) -> Result<Vec<LostDrive>, EngineError> {
    let mut found = Vec::new();
    for (key, _) in view.scan_prefix(TREE, &volunteer.to_array(), usize::MAX)? {
        let Some(trip) = key.last_chunk::<16>() else { continue };
        found.extend(LOST.get(view, &(volunteer.to_array(), *trip))?);
    }
    found.into_iter().map(LostDrive::try_from).collect()
}

/// A volunteer has a drive again, or for the first time: nothing was lost.
pub fn remove(
    transaction: &mut Transaction<'_>,
    volunteer: Id<VolunteerKind>,
    trip: Id<TripKind>,
) -> Result<(), EngineError> {
    let key = key(volunteer, trip);
    if LOST.get(transaction, &key)?.is_some() { LOST.delete(transaction, &key) } else { Ok(()) }
}

/// At most `limit` drives that were lost before an instant.
pub fn older_than(
    view: &(impl View + ?Sized),
    before: Timestamp,
    limit: usize,
) -> Result<Vec<LostDrive>, EngineError> {
    let before = before.as_millisecond();
    let rows = LOST.scan(view, .., usize::MAX)?;
    let old = rows.into_iter().filter(|(_, record)| record.at_ms < before).take(limit);
    old.map(|(_, record)| record.try_into()).collect()
}

fn key(volunteer: Id<VolunteerKind>, trip: Id<TripKind>) -> ([u8; 16], [u8; 16]) {
    (volunteer.to_array(), trip.to_array())
}

impl From<&LostDrive> for LostDriveRecord {
    fn from(lost: &LostDrive) -> Self {
        let LostDrive { volunteer, trip, leg, from, to, start, pickup, end, sequence, lost_at } = lost;
        Self {
            volunteer: *volunteer,
            trip: *trip,
            leg: leg.code().to_owned(),
            from: from.as_str().to_owned(),
            to: to.as_str().to_owned(),
            start_ms: start.as_millisecond(),
            pickup_ms: pickup.as_millisecond(),
            end_ms: end.as_millisecond(),
            sequence: *sequence,
            at_ms: lost_at.as_millisecond(),
        }
    }
}

impl TryFrom<LostDriveRecord> for LostDrive {
    type Error = EngineError;

    fn try_from(record: LostDriveRecord) -> Result<Self, EngineError> {
        Ok(Self {
            volunteer: record.volunteer,
            trip: record.trip,
            leg: parsed(&record.leg, KIND)?,
            from: parsed(&record.from, KIND)?,
            to: parsed(&record.to, KIND)?,
            start: instant(record.start_ms, KIND)?,
            pickup: instant(record.pickup_ms, KIND)?,
            end: instant(record.end_ms, KIND)?,
            sequence: record.sequence,
            lost_at: instant(record.at_ms, KIND)?,
        })
    }
}
