//! Driver offers and the ways to find them: what time changes next, by trip, by volunteer. An offer tells how a driver was
//! found; a closed one is forgotten once its trip cannot be disputed any more.

use std::{collections::BTreeSet, ops::Bound};

use jiff::Timestamp;
use maillage_domain::{
    ids::{DriverOfferKind, VolunteerKind},
    offer::{DriverOffer, OfferEvent, OfferState, OfferStatus, OfferTerms},
};
use maillage_engine::{EngineError, Key as _, Record, RecordError, Table, Transaction, Tree, View};
use maillage_federation::ids::{Id, TripKind};
use serde::{Deserialize, Serialize};

use crate::{
    fields::{after, broken, instant, parsed, time_key},
    kinds,
};

/// Offers by identifier.
pub const TREE: Tree = Tree::named("driver_offers");
/// Open offers, by when time changes something about them.
pub const DUE_TREE: Tree = Tree::named("driver_offers_due");
/// By trip.
pub const BY_TRIP_TREE: Tree = Tree::named("driver_offers_by_trip");
/// By volunteer.
pub const BY_VOLUNTEER_TREE: Tree = Tree::named("driver_offers_by_volunteer");

const OFFERS: Table<[u8; 16], DriverOfferRecord> = Table::new(TREE);
const KIND: u16 = kinds::DRIVER_OFFER;

/// A driver offer, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DriverOfferRecord {
    id: Id<DriverOfferKind>,
    trips: Vec<Id<TripKind>>,
    volunteer: Id<VolunteerKind>,
    departs_at_ms: i64,
    round: u8,
    created_ms: i64,
    status: StatusRecord,
    means: String,
    remind_at_ms: Option<i64>,
    expires_at_ms: i64,
    history: Vec<EventRecord>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum StatusRecord {
    Notified,
    Reminded { times: u8 },
    Accepted,
    Refused { reason: String },
    TimedOut,
    Ended { end: String },
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct EventRecord {
    at_ms: i64,
    kind: String,
}

impl Record for DriverOfferRecord {
    const KIND: u16 = KIND;
    const VERSION: u16 = 1;
}

/// Writes an offer, new or changed, with its indexes.
pub fn put(transaction: &mut Transaction<'_>, offer: &DriverOffer) -> Result<(), EngineError> {
    let old = find(transaction, offer.id())?.as_ref().map(entries).unwrap_or_default();
    let new = entries(offer);
    for (tree, key) in old.difference(&new) {
        transaction.delete(*tree, key)?;
    }
    for (tree, key) in new.difference(&old) {
        transaction.put(*tree, key.clone(), Vec::new())?;
    }
    OFFERS.put(transaction, &offer.id().to_array(), &DriverOfferRecord::from(offer))
}

/// One offer.
pub fn find(
    view: &(impl View + ?Sized),
    id: Id<DriverOfferKind>,
) -> Result<Option<DriverOffer>, EngineError> {
    OFFERS.get(view, &id.to_array())?.map(DriverOffer::try_from).transpose()
}

/// At most `limit` offers in the order they were made, after one of them.
pub fn list(
    view: &(impl View + ?Sized),
    from: Option<Id<DriverOfferKind>>,
    limit: usize,
) -> Result<Vec<DriverOffer>, EngineError> {
    let rows = OFFERS.scan(view, after(from), limit)?;
    rows.into_iter().map(|(_, record)| record.try_into()).collect()
}

/// At most `limit` open offers, those first that time changes first; after the one that was due then and is called so.
pub fn open(
    view: &(impl View + ?Sized),
    last: Option<(Timestamp, Id<DriverOfferKind>)>,
    limit: usize,
) -> Result<Vec<DriverOffer>, EngineError> {
    let last = last.map(|(due, id)| (time_key(due), id.to_array()).to_key());
    let start = last.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
    let rows = view.scan(DUE_TREE, start, Bound::Unbounded, limit)?;
    checked(view, DUE_TREE, rows)
}

/// Forgets a closed offer; an open one stays. Tells whether it went.
pub fn forget(transaction: &mut Transaction<'_>, id: Id<DriverOfferKind>) -> Result<bool, EngineError> {
    let Some(offer) = find(transaction, id)?.filter(|offer| !offer.is_open()) else { return Ok(false) };
    for (tree, key) in entries(&offer) {
        transaction.delete(tree, &key)?;
    }
    OFFERS.delete(transaction, &id.to_array())?;
    Ok(true)
}

/// At most `limit` open offers that time changes by an instant.
pub fn due(
    view: &(impl View + ?Sized),
    now: Timestamp,
    limit: usize,
) -> Result<Vec<DriverOffer>, EngineError> {
    let end = time_key(now).saturating_add(1).to_key();
    let rows = view.scan(DUE_TREE, Bound::Unbounded, Bound::Excluded(&end), limit)?;
    checked(view, DUE_TREE, rows)
}

/// The offers about a trip, oldest first; at most [`maillage_domain::limits::HISTORY_EVENTS`] can be.
pub fn of_trip(view: &(impl View + ?Sized), trip: Id<TripKind>) -> Result<Vec<DriverOffer>, EngineError> {
    let rows = view.scan_prefix(BY_TRIP_TREE, &trip.to_array(), usize::MAX)?;
    checked(view, BY_TRIP_TREE, rows)
}

/// The open offer about a trip, if there is one.
pub fn open_for(view: &(impl View + ?Sized), trip: Id<TripKind>) -> Result<Option<DriverOffer>, EngineError> {
    let rows = view.scan_prefix_reverse(BY_TRIP_TREE, &trip.to_array(), 1)?;
    Ok(checked(view, BY_TRIP_TREE, rows)?.into_iter().find(DriverOffer::is_open))
}

/// At most `limit` offers to a volunteer, newest first, after one of them.
pub fn of_volunteer(
    view: &(impl View + ?Sized),
    volunteer: Id<VolunteerKind>,
    last: Option<Id<DriverOfferKind>>,
    limit: usize,
) -> Result<Vec<DriverOffer>, EngineError> {
    let start = (volunteer.to_array(), [0_u8; 16]).to_key();
    let end = match last {
        Some(id) => Bound::Excluded((volunteer.to_array(), id.to_array()).to_key()),
        None => Bound::Included((volunteer.to_array(), [u8::MAX; 16]).to_key()),
    };
    let end = end.as_ref().map(Vec::as_slice);
    let rows = view.scan_reverse(BY_VOLUNTEER_TREE, Bound::Included(&start), end, limit)?;
    checked(view, BY_VOLUNTEER_TREE, rows)
}

fn entries(offer: &DriverOffer) -> BTreeSet<(Tree, Vec<u8>)> {
    let id = offer.id().to_array();
    let by_volunteer = (offer.terms.volunteer.to_array(), id).to_key();
    let mut entries = BTreeSet::from([(BY_VOLUNTEER_TREE, by_volunteer)]);
    entries.extend(offer.terms.trips.iter().map(|trip| (BY_TRIP_TREE, (trip.to_array(), id).to_key())));
    if let Some(due) = offer.next_due() {
        entries.insert((DUE_TREE, (time_key(due), id).to_key()));
    }
    entries
}

fn checked(
    view: &(impl View + ?Sized),
    tree: Tree,
    rows: Vec<(Vec<u8>, Vec<u8>)>,
) -> Result<Vec<DriverOffer>, EngineError> {
    let mut offers = Vec::with_capacity(rows.len());
    for (key, _) in rows {
        let id = *key.last_chunk::<16>().ok_or(RecordError::Key("an index row of an offer"))?;
        let offer = OFFERS.get(view, &id)?.map(DriverOffer::try_from).transpose()?;
        offers.extend(offer.filter(|offer| entries(offer).contains(&(tree, key))));
    }
    Ok(offers)
}

impl From<&DriverOffer> for DriverOfferRecord {
    fn from(offer: &DriverOffer) -> Self {
        let OfferTerms { id, trips, volunteer, departs_at, round, created } = &offer.terms;
        let OfferState { status, means, remind_at, expires_at, history } = offer.state();
        let event = |event: &OfferEvent| EventRecord {
            at_ms: event.at.as_millisecond(),
            kind: event.kind.to_string(),
        };
        Self {
            id: *id,
            trips: trips.clone(),
            volunteer: *volunteer,
            departs_at_ms: departs_at.as_millisecond(),
            round: *round,
            created_ms: created.as_millisecond(),
            status: (*status).into(),
            means: means.to_string(),
            remind_at_ms: remind_at.map(Timestamp::as_millisecond),
            expires_at_ms: expires_at.as_millisecond(),
            history: history.iter().map(event).collect(),
        }
    }
}

impl From<OfferStatus> for StatusRecord {
    fn from(status: OfferStatus) -> Self {
        match status {
            OfferStatus::Notified => Self::Notified,
            OfferStatus::Reminded(times) => Self::Reminded { times },
            OfferStatus::Accepted => Self::Accepted,
            OfferStatus::Refused(reason) => Self::Refused { reason: reason.to_string() },
            OfferStatus::TimedOut => Self::TimedOut,
            OfferStatus::Ended(end) => Self::Ended { end: end.to_string() },
        }
    }
}

impl TryFrom<StatusRecord> for OfferStatus {
    type Error = EngineError;

    fn try_from(record: StatusRecord) -> Result<Self, EngineError> {
        Ok(match record {
            StatusRecord::Notified => Self::Notified,
            StatusRecord::Reminded { times } => Self::Reminded(times),
            StatusRecord::Accepted => Self::Accepted,
            StatusRecord::Refused { reason } => Self::Refused(parsed(&reason, KIND)?),
            StatusRecord::TimedOut => Self::TimedOut,
            StatusRecord::Ended { end } => Self::Ended(parsed(&end, KIND)?),
        })
    }
}

impl TryFrom<DriverOfferRecord> for DriverOffer {
    type Error = EngineError;

    fn try_from(record: DriverOfferRecord) -> Result<Self, EngineError> {
        let event = |event: EventRecord| {
            Ok::<_, EngineError>(OfferEvent {
                at: instant(event.at_ms, KIND)?,
                kind: parsed(&event.kind, KIND)?,
            })
        };
        let terms = OfferTerms {
            id: record.id,
            trips: record.trips,
            volunteer: record.volunteer,
            departs_at: instant(record.departs_at_ms, KIND)?,
            round: record.round,
            created: instant(record.created_ms, KIND)?,
        };
        let state = OfferState {
            status: record.status.try_into()?,
            means: parsed(&record.means, KIND)?,
            remind_at: record.remind_at_ms.map(|at| instant(at, KIND)).transpose()?,
            expires_at: instant(record.expires_at_ms, KIND)?,
            history: record.history.into_iter().map(event).collect::<Result<_, _>>()?,
        };
        Self::restore(terms, state).map_err(|_| broken(KIND))
    }
}
