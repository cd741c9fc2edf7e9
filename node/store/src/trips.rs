//! Trips and the ways to find them: by day, by person, by the driver's time, those that need a decision, those that wait
//! to be counted, the ledger of unmet need. A trip is never deleted.

mod occurrence;
mod records;
mod stages;

use std::{collections::BTreeSet, ops::Bound};

use jiff::{Timestamp, civil::Date};
use maillage_domain::{
    civil::day_of,
    ids::{PersonKind, VolunteerKind},
    trip::{Assignment, Trip, TripEventKind, TripStatus},
};
use maillage_engine::{EngineError, Key as _, RecordError, Table, Transaction, Tree, View};
use maillage_federation::{
    ids::{Id, TripKind},
    month::{Month, paris},
};

pub(crate) use self::{
    records::{SharedRecord, TripRecord},
    stages::MeetingRecord,
};
use crate::{
    fields::{after, time_key},
    reports::month_key,
    sequences, unmet,
};

/// Trips by identifier.
pub const TREE: Tree = Tree::named("trips");
/// By civil day of the earliest pickup.
pub const BY_DAY_TREE: Tree = Tree::named("trips_by_day");
/// Trips asked for here, by person.
pub const BY_PERSON_TREE: Tree = Tree::named("trips_by_person");
/// Drives that volunteers are bound to, by volunteer and end.
pub const BY_VOLUNTEER_TREE: Tree = Tree::named("trips_by_volunteer");
/// Trips that have or had a driver, by volunteer and civil day of the earliest pickup.
pub const BY_DRIVER_TREE: Tree = Tree::named("trips_by_driver");
/// Trips that need a decision, by earliest pickup.
pub const OPEN_TREE: Tree = Tree::named("trips_open");
/// Closed trips that no report has counted, by closing time.
pub const UNCOUNTED_TREE: Tree = Tree::named("trips_uncounted");
/// Trips that a report has counted or used up, by its month.
pub const COUNTED_TREE: Tree = Tree::named("trips_counted");
/// Unmet trips, by closing time.
pub const UNMET_TREE: Tree = Tree::named("trips_unmet");

const TRIPS: Table<[u8; 16], TripRecord> = Table::new(TREE);

/// Writes a trip, new or changed, with its indexes.
pub fn put(transaction: &mut Transaction<'_>, trip: &Trip) -> Result<(), EngineError> {
    let former = find(transaction, trip.id())?;
    let old = former.as_ref().map(entries).unwrap_or_default();
    let new = entries(trip);
    for (tree, key) in old.difference(&new) {
        transaction.delete(*tree, key)?;
    }
    for (tree, key) in new.difference(&old) {
        transaction.put(*tree, key.clone(), Vec::new())?;
    }
    TRIPS.put(transaction, &trip.id().to_array(), &TripRecord::from(trip))?;
    let unmet = matches!(trip.status(), TripStatus::Unmet(_));
    if unmet || trip.history().iter().any(|event| event.kind == TripEventKind::Reopened) {
        unmet::note(transaction, trip, "")?;
    }
    Ok(())
}

/// Makes at most `limit` trips after one of them findable by their driver and by the month that has counted them, and writes the unmet
/// ones into the ledger: for stores from before any of these. Gives after which trip to go on; none once that is done for good. Doing it again changes
/// nothing.
pub fn index_older(
    transaction: &mut Transaction<'_>,
    from: Option<Id<TripKind>>,
    limit: usize,
) -> Result<Option<Id<TripKind>>, EngineError> {
    if sequences::last(transaction, COUNTED_TREE.name())? == u64::MAX {
        return Ok(None);
    }
    let trips = list(transaction, from, limit)?;
    for trip in &trips {
        for (tree, key) in entries(trip) {
            transaction.put(tree, key, Vec::new())?;
        }
        if matches!(trip.status(), TripStatus::Unmet(_)) {
            unmet::note(transaction, trip, "")?;
        }
    }
    let next = trips.last().map(Trip::id);
    if next.is_none() {
        sequences::set(transaction, COUNTED_TREE.name(), u64::MAX)?;
    }
    Ok(next)
}

/// One trip.
pub fn find(view: &(impl View + ?Sized), id: Id<TripKind>) -> Result<Option<Trip>, EngineError> {
    TRIPS.get(view, &id.to_array())?.map(Trip::try_from).transpose()
}

/// At most `limit` trips in the order they were made, after one of them.
pub fn list(
    view: &(impl View + ?Sized),
    from: Option<Id<TripKind>>,
    limit: usize,
) -> Result<Vec<Trip>, EngineError> {
    let rows = TRIPS.scan(view, after(from), limit)?;
    rows.into_iter().map(|(_, record)| record.try_into()).collect()
}

/// Every trip whose earliest pickup is on a civil day of Europe/Paris, in that order.
pub fn on_day(view: &(impl View + ?Sized), day: Date) -> Result<Vec<Trip>, EngineError> {
    let mut trips = hits(view, BY_DAY_TREE, &day_key(day).to_key(), usize::MAX)?;
    trips.sort_by_key(|trip| (trip.terms.earliest_pickup, trip.id()));
    Ok(trips)
}

/// Which trips of some days. Trips are looked at in the order of their days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TripRange {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// Driven, or to be driven, by this volunteer.
    pub volunteer: Option<Id<VolunteerKind>>,
}

/// Some trips, and after which one to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TripPage {
    /// The trips.
    pub trips: Vec<Trip>,
    /// The last one looked at, if there may be more.
    pub next_after: Option<Id<TripKind>>,
}

/// At most `limit` trips of some days that `wanted` keeps, after one of them; no more than `looked_at` rows are looked at.
/// Within a day they come in the order they were asked for.
pub fn in_range(
    view: &(impl View + ?Sized),
    range: &TripRange,
    after: Option<Id<TripKind>>,
    (limit, looked_at): (usize, usize),
    wanted: impl Fn(&Trip) -> bool,
) -> Result<TripPage, EngineError> {
    let prefix = range.volunteer.map(|volunteer| volunteer.to_array().to_vec()).unwrap_or_default();
    let tree = if range.volunteer.is_some() { BY_DRIVER_TREE } else { BY_DAY_TREE };
    let key = |day: Date, id: [u8; 16]| [prefix.as_slice(), &(day_key(day), id).to_key()].concat();
    let start = match after.map(|id| find(view, id)).transpose()?.flatten() {
        Some(trip) => Bound::Excluded(key(day_of(trip.terms.earliest_pickup), trip.id().to_array())),
        None => Bound::Included(key(range.from, [0; 16])),
    };
    let end = key(range.to, [u8::MAX; 16]);
    let rows = view.scan(tree, start.as_ref().map(Vec::as_slice), Bound::Included(&end), looked_at)?;
    let all = rows.len() < looked_at;
    let mut page = TripPage { trips: Vec::new(), next_after: None };
    for (key, _) in rows {
        let id = *key.last_chunk::<16>().ok_or(RecordError::Key("an index row of a trip"))?;
        let Some(trip) = TRIPS.get(view, &id)?.map(Trip::try_from).transpose()? else { continue };
        if page.trips.len() == limit {
            return Ok(page);
        }
        page.next_after = Some(trip.id());
        if entries(&trip).contains(&(tree, key)) && wanted(&trip) {
            page.trips.push(trip);
        }
    }
    if all {
        page.next_after = None;
    }
    Ok(page)
}

/// At most `limit` trips of a person, newest first, before one of them.
pub fn of_person_before(
    view: &(impl View + ?Sized),
    person: Id<PersonKind>,
    before: Option<Id<TripKind>>,
    limit: usize,
) -> Result<Vec<Trip>, EngineError> {
    let start = (person.to_array(), [0_u8; 16]).to_key();
    let end = match before {
        Some(id) => Bound::Excluded((person.to_array(), id.to_array()).to_key()),
        None => Bound::Included((person.to_array(), [u8::MAX; 16]).to_key()),
    };
    let end = end.as_ref().map(Vec::as_slice);
    let rows = view.scan_reverse(BY_PERSON_TREE, Bound::Included(&start), end, limit)?;
    checked(view, BY_PERSON_TREE, rows)
}

/// At most `limit` trips of a person, newest first.
pub fn of_person(
    view: &(impl View + ?Sized),
    person: Id<PersonKind>,
    limit: usize,
) -> Result<Vec<Trip>, EngineError> {
    let rows = view.scan_prefix_reverse(BY_PERSON_TREE, &person.to_array(), limit)?;
    checked(view, BY_PERSON_TREE, rows)
}

/// The drives that a volunteer is bound to (asked, promised or on the way) and that overlap a stretch of time, with
/// their trips, in the order of their ends.
pub fn commitments_of(
    view: &(impl View + ?Sized),
    volunteer: Id<VolunteerKind>,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<(Id<TripKind>, Assignment)>, EngineError> {
    let start = (volunteer.to_array(), time_key(from)).to_key();
    let end = (volunteer.to_array(), u64::MAX).to_key();
    let rows = view.scan(BY_VOLUNTEER_TREE, Bound::Included(&start), Bound::Excluded(&end), usize::MAX)?;
    let trips = checked(view, BY_VOLUNTEER_TREE, rows)?;
    let drives = trips.iter().filter_map(|trip| trip.commitment().map(|drive| (trip.id(), drive)));
    Ok(drives.filter(|(_, drive)| drive.start < to && from < drive.end).collect())
}

/// At most `limit` trips that need a decision, most urgent first.
pub fn open(view: &(impl View + ?Sized), limit: usize) -> Result<Vec<Trip>, EngineError> {
    hits(view, OPEN_TREE, &[], limit)
}

/// At most `limit` trips asked for here, closed before an instant and counted in no report, in the order they were
/// closed.
pub fn uncounted(
    view: &(impl View + ?Sized),
    closed_before: Timestamp,
    limit: usize,
) -> Result<Vec<Trip>, EngineError> {
    between(view, UNCOUNTED_TREE, Timestamp::MIN, closed_before, limit)
}

/// Every trip that the report of a month has counted or used up. No limit, since what is left out of a half-year would depend on the
/// trips of others.
pub fn counted_in(view: &(impl View + ?Sized), month: Month) -> Result<Vec<Trip>, EngineError> {
    hits(view, COUNTED_TREE, &month_key(month).to_key(), usize::MAX)
}

/// At most `limit` trips of the ledger of unmet need, declared in a stretch of time, in that order.
pub fn unmet(
    view: &(impl View + ?Sized),
    from: Timestamp,
    to: Timestamp,
    limit: usize,
) -> Result<Vec<Trip>, EngineError> {
    between(view, UNMET_TREE, from, to, limit)
}

/// The index rows of a trip.
fn entries(trip: &Trip) -> BTreeSet<(Tree, Vec<u8>)> {
    let id = trip.id().to_array();
    let day = trip.terms.earliest_pickup.to_zoned(paris()).date();
    let mut entries = BTreeSet::from([(BY_DAY_TREE, (day_key(day), id).to_key())]);
    if let Some(person) = trip.person() {
        entries.insert((BY_PERSON_TREE, (person.to_array(), id).to_key()));
    }
    if let Some(volunteer) = trip.volunteer() {
        let key = [volunteer.to_array().as_slice(), &(day_key(day), id).to_key()].concat();
        entries.insert((BY_DRIVER_TREE, key));
    }
    if let Some(drive) = trip.commitment() {
        let key = (drive.volunteer.to_array(), time_key(drive.end), id).to_key();
        entries.insert((BY_VOLUNTEER_TREE, key));
    }
    if trip.needs_decision() {
        entries.insert((OPEN_TREE, (time_key(trip.terms.earliest_pickup), id).to_key()));
    }
    if let Some(month) = trip.counted_in() {
        entries.insert((COUNTED_TREE, (month_key(month), id).to_key()));
    }
    if let Some(closed) = trip.closed_at() {
        let key = (time_key(closed), id).to_key();
        if trip.is_uncounted() {
            entries.insert((UNCOUNTED_TREE, key.clone()));
        }
        if matches!(trip.status(), TripStatus::Unmet(_)) {
            entries.insert((UNMET_TREE, key));
        }
    }
    entries
}

/// `YYYYMMDD`.
pub(crate) fn day_key(day: Date) -> u32 {
    let part = |number: i16| u32::try_from(number).unwrap_or(0);
    part(day.year()) * 10_000 + part(day.month().into()) * 100 + part(day.day().into())
}

/// The trips of the index rows between two instants.
fn between(
    view: &(impl View + ?Sized),
    tree: Tree,
    from: Timestamp,
    to: Timestamp,
    limit: usize,
) -> Result<Vec<Trip>, EngineError> {
    let (start, end) = (time_key(from).to_key(), time_key(to).to_key());
    let rows = view.scan(tree, Bound::Included(&start), Bound::Excluded(&end), limit)?;
    checked(view, tree, rows)
}

/// The trips of the index rows with a prefix.
fn hits(
    view: &(impl View + ?Sized),
    tree: Tree,
    prefix: &[u8],
    limit: usize,
) -> Result<Vec<Trip>, EngineError> {
    let rows = view.scan_prefix(tree, prefix, limit)?;
    checked(view, tree, rows)
}

/// The trips of index rows, without those that have changed since the rows were read.
fn checked(
    view: &(impl View + ?Sized),
    tree: Tree,
    rows: Vec<(Vec<u8>, Vec<u8>)>,
) -> Result<Vec<Trip>, EngineError> {
    let mut trips = Vec::with_capacity(rows.len());
    for (key, _) in rows {
        let id = *key.last_chunk::<16>().ok_or(RecordError::Key("an index row of a trip"))?;
        let trip = TRIPS.get(view, &id)?.map(Trip::try_from).transpose()?;
        trips.extend(trip.filter(|trip| entries(trip).contains(&(tree, key))));
    }
    Ok(trips)
}
