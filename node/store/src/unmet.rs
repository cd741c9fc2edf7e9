//! The ledger of unmet need: one entry per trip, written with the trip whatever changed it, never deleted. Found by the day
//! it was wanted and by commune, so that a year is read without looking at any trip.

use std::ops::Bound;

use jiff::{Timestamp, civil::Date};
use maillage_domain::{
    trip::Trip,
    unmet::{UnmetCause, UnmetEntry},
};
use maillage_engine::{EngineError, Key as _, Record, RecordError, Table, Transaction, Tree, View};
use maillage_federation::{
    ids::{Id, TripKind},
    needs::Needs,
};
use maillage_geography::InseeCode;
use serde::{Deserialize, Serialize};

use crate::{
    fields::{instant, need_codes, needs, parsed},
    kinds, persons,
    trips::day_key,
};

/// Entries by trip.
pub const TREE: Tree = Tree::named("unmet");
/// By the civil day it was wanted on.
pub const BY_DAY_TREE: Tree = Tree::named("unmet_by_day");
/// By commune of pickup and of home, then by that day.
pub const BY_COMMUNE_TREE: Tree = Tree::named("unmet_by_commune");

const ENTRIES: Table<[u8; 16], UnmetRecord> = Table::new(TREE);
const KIND: u16 = kinds::UNMET;

/// An entry of the ledger, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct UnmetRecord {
    trip: Id<TripKind>,
    pickup: String,
    home: Option<String>,
    wanted: String,
    needs: Vec<String>,
    reason: String,
    cause: String,
    declared_ms: i64,
    declared_by: String,
    times: u32,
    reopened_ms: Option<i64>,
    served_ms: Option<i64>,
}

impl Record for UnmetRecord {
    const KIND: u16 = KIND;
    const VERSION: u16 = 1;
}

/// Which entries, and after which row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmetRange {
    /// First day wanted.
    pub from: Date,
    /// Last day wanted.
    pub to: Date,
    /// Commune of pickup or of home; none for all.
    pub commune: Option<InseeCode>,
}

/// One entry.
pub fn find(view: &(impl View + ?Sized), trip: Id<TripKind>) -> Result<Option<UnmetEntry>, EngineError> {
    ENTRIES.get(view, &trip.to_array())?.map(UnmetEntry::try_from).transpose()
}

/// At most `limit` entries in the order of the days they were wanted on, after one of them.
pub fn list(
    view: &(impl View + ?Sized),
    range: &UnmetRange,
    after: Option<Id<TripKind>>,
    limit: usize,
) -> Result<Vec<UnmetEntry>, EngineError> {
    let prefix = range.commune.map(|commune| commune.as_str().as_bytes().to_vec()).unwrap_or_default();
    let tree = if range.commune.is_some() { BY_COMMUNE_TREE } else { BY_DAY_TREE };
    let key = |day: Date, id: [u8; 16]| [prefix.as_slice(), &(day_key(day), id).to_key()].concat();
    let start = match after.map(|trip| find(view, trip)).transpose()?.flatten() {
        Some(entry) => Bound::Excluded(key(entry.wanted, entry.trip.to_array())),
        None => Bound::Included(key(range.from, [0; 16])),
    };
    let end = key(range.to, [u8::MAX; 16]);
    let rows = view.scan(tree, start.as_ref().map(Vec::as_slice), Bound::Included(&end), limit)?;
    let mut entries = Vec::with_capacity(rows.len());
    for (key, _) in rows {
        let id = *key.last_chunk::<16>().ok_or(RecordError::Key("an index row of the ledger"))?;
        entries.extend(ENTRIES.get(view, &id)?.map(UnmetEntry::try_from).transpose()?);
    }
    Ok(entries)
}

/// Brings the ledger in line with a trip, told who changed it if somebody did.
pub(crate) fn note(transaction: &mut Transaction<'_>, trip: &Trip, by: &str) -> Result<(), EngineError> {
    let former = find(transaction, trip.id())?;
    let home = match trip.person() {
        Some(person) if former.as_ref().is_none_or(|entry| entry.home.is_none()) => {
            persons::find(transaction, person)?.map(|person| person.details.home.commune)
        }
        Some(_) | None => former.as_ref().and_then(|entry| entry.home),
    };
    match UnmetEntry::after(trip, home, former.clone(), by) {
        Some(entry) if former.as_ref() != Some(&entry) => put(transaction, former.as_ref(), &entry),
        Some(_) | None => Ok(()),
    }
}

/// Takes what the person needed and where they live out of an entry, and its row under that commune.
pub(crate) fn forget(transaction: &mut Transaction<'_>, trip: Id<TripKind>) -> Result<(), EngineError> {
    let Some(former) = find(transaction, trip)? else { return Ok(()) };
    let entry = UnmetEntry { home: None, needs: Needs::default(), ..former.clone() };
    put(transaction, Some(&former), &entry)
}

/// Notes who declared a trip unmet.
pub fn declared_by(transaction: &mut Transaction<'_>, trip: &Trip, by: &str) -> Result<(), EngineError> {
    note(transaction, trip, by)
}

fn put(
    transaction: &mut Transaction<'_>,
    former: Option<&UnmetEntry>,
    entry: &UnmetEntry,
) -> Result<(), EngineError> {
    for (tree, key) in former.map(rows).unwrap_or_default() {
        transaction.delete(tree, &key)?;
    }
    for (tree, key) in rows(entry) {
        transaction.put(tree, key, Vec::new())?;
    }
    ENTRIES.put(transaction, &entry.trip.to_array(), &UnmetRecord::from(entry))
}

/// The index rows of an entry. One whose pickup is at home has one row by commune.
fn rows(entry: &UnmetEntry) -> Vec<(Tree, Vec<u8>)> {
    let day = (day_key(entry.wanted), entry.trip.to_array()).to_key();
    let communes = std::iter::once(entry.pickup).chain(entry.home.filter(|home| *home != entry.pickup));
    let by_commune = communes.map(|code| (BY_COMMUNE_TREE, [code.as_str().as_bytes(), &day].concat()));
    by_commune.chain([(BY_DAY_TREE, day.clone())]).collect()
}

impl From<&UnmetEntry> for UnmetRecord {
    fn from(entry: &UnmetEntry) -> Self {
        let UnmetEntry {
            trip,
            pickup,
            home,
            wanted,
            needs,
            reason,
            cause,
            declared,
            declared_by,
            times,
            reopened,
            served,
        } = entry;
        Self {
            trip: *trip,
            pickup: pickup.to_string(),
            home: home.map(|home| home.to_string()),
            wanted: wanted.to_string(),
            needs: need_codes(needs),
            reason: reason.code().to_owned(),
            cause: cause.code().to_owned(),
            declared_ms: declared.as_millisecond(),
            declared_by: declared_by.clone(),
            times: *times,
            reopened_ms: reopened.map(Timestamp::as_millisecond),
            served_ms: served.map(Timestamp::as_millisecond),
        }
    }
}

impl TryFrom<UnmetRecord> for UnmetEntry {
    type Error = EngineError;

    fn try_from(record: UnmetRecord) -> Result<Self, EngineError> {
        let moment = |at: Option<i64>| at.map(|at| instant(at, KIND)).transpose();
        Ok(Self {
            trip: record.trip,
            pickup: parsed(&record.pickup, KIND)?,
            home: record.home.as_deref().map(|home| parsed(home, KIND)).transpose()?,
            wanted: parsed(&record.wanted, KIND)?,
            needs: needs(&record.needs, KIND)?,
            reason: parsed(&record.reason, KIND)?,
            cause: parsed::<UnmetCause>(&record.cause, KIND)?,
            declared: instant(record.declared_ms, KIND)?,
            declared_by: record.declared_by,
            times: record.times,
            reopened: moment(record.reopened_ms)?,
            served: moment(record.served_ms)?,
        })
    }
}
