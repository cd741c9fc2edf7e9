//! Requests as they were made. Their trips have a module of their own.

use maillage_domain::{
    ids::{PersonKind, RequestKind},
    request::{OutboundTime, Request, RequestDetails, ReturnTime},
    text::Notes,
};
use maillage_engine::{EngineError, Record, RecordError, Table, Transaction, Tree, View};
use maillage_federation::ids::{Id, TripKind};
use serde::{Deserialize, Serialize};

use crate::{
    fields::{self, PlaceRecord, broken, instant, parsed, upgraded},
    kinds,
};

/// Requests by identifier.
pub const TREE: Tree = Tree::named("requests");

const REQUESTS: Table<[u8; 16], RequestRecord> = Table::new(TREE);
const KIND: u16 = kinds::REQUEST;

/// A request, version 2; version 1 lacks what has a default here.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RequestRecord {
    id: Id<RequestKind>,
    person: Id<PersonKind>,
    trips: Vec<Id<TripKind>>,
    pickup: Option<PlaceRecord>,
    dropoff: PlaceRecord,
    outbound: OutboundRecord,
    return_pickup_ms: Option<i64>,
    companions: u8,
    purpose: String,
    tolerance_s: u32,
    #[serde(default)]
    call_when_done: bool,
    #[serde(default)]
    late_ok: bool,
    #[serde(default)]
    notes: String,
    #[serde(default)]
    model: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pooling: Option<String>,
    created_ms: i64,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum OutboundRecord {
    ArriveByMs(i64),
    PickupAtMs(i64),
}

impl Record for RequestRecord {
    const KIND: u16 = KIND;
    const VERSION: u16 = 2;

    fn upgrade(version: u16, payload: &[u8]) -> Result<Self, RecordError> {
        match version {
            1 => upgraded(KIND, payload),
            version => Err(RecordError::Unreadable { kind: KIND, version }),
        }
    }
}

/// Writes a request.
pub fn put(transaction: &mut Transaction<'_>, request: &Request) -> Result<(), EngineError> {
    REQUESTS.put(transaction, &request.id.to_array(), &RequestRecord::from(request))
}

/// One request.
pub fn find(view: &(impl View + ?Sized), id: Id<RequestKind>) -> Result<Option<Request>, EngineError> {
    REQUESTS.get(view, &id.to_array())?.map(Request::try_from).transpose()
}

/// At most `limit` requests in the order they were made, after one of them.
pub fn list(
    view: &(impl View + ?Sized),
    after: Option<Id<RequestKind>>,
    limit: usize,
) -> Result<Vec<Request>, EngineError> {
    let rows = REQUESTS.scan(view, fields::after(after), limit)?;
    rows.into_iter().map(|(_, record)| record.try_into()).collect()
}

impl From<&Request> for RequestRecord {
    fn from(request: &Request) -> Self {
        let Request { id, person, trips, details, created } = request;
        let RequestDetails {
            pickup,
            dropoff,
            outbound,
            back,
            companions,
            purpose,
            tolerance_s,
            late_ok,
            notes,
            model,
            pooling,
        } = details;
        Self {
            id: *id,
            person: *person,
            trips: trips.clone(),
            pickup: pickup.as_ref().map(PlaceRecord::from),
            dropoff: dropoff.into(),
            outbound: match outbound {
                OutboundTime::ArriveBy(at) => OutboundRecord::ArriveByMs(at.as_millisecond()),
                OutboundTime::PickupAt(at) => OutboundRecord::PickupAtMs(at.as_millisecond()),
            },
            return_pickup_ms: match back {
                Some(ReturnTime::At(at)) => Some(at.as_millisecond()),
                Some(ReturnTime::WhenCalled) | None => None,
            },
            call_when_done: *back == Some(ReturnTime::WhenCalled),
            late_ok: *late_ok,
            notes: notes.as_str().to_owned(),
            model: model.as_ref().map(ToString::to_string),
            pooling: pooling.map(|choice| choice.code().to_owned()),
            companions: *companions,
            purpose: purpose.code().to_owned(),
            tolerance_s: *tolerance_s,
            created_ms: created.as_millisecond(),
        }
    }
}

impl TryFrom<RequestRecord> for Request {
    type Error = EngineError;

    fn try_from(record: RequestRecord) -> Result<Self, EngineError> {
        let details = RequestDetails {
            pickup: record.pickup.map(|place| place.place(KIND)).transpose()?,
            dropoff: record.dropoff.place(KIND)?,
            outbound: match record.outbound {
                OutboundRecord::ArriveByMs(at) => OutboundTime::ArriveBy(instant(at, KIND)?),
                OutboundRecord::PickupAtMs(at) => OutboundTime::PickupAt(instant(at, KIND)?),
            },
            back: match record.return_pickup_ms {
                Some(at) => Some(ReturnTime::At(instant(at, KIND)?)),
                None => record.call_when_done.then_some(ReturnTime::WhenCalled),
            },
            late_ok: record.late_ok,
            notes: Notes::parse(&record.notes).map_err(|_| broken(KIND))?,
            model: record.model.as_deref().map(|key| parsed(key, KIND)).transpose()?,
            pooling: record.pooling.as_deref().map(|choice| parsed(choice, KIND)).transpose()?,
            companions: record.companions,
            purpose: parsed(&record.purpose, KIND)?,
            tolerance_s: record.tolerance_s,
        };
        Ok(Self {
            id: record.id,
            person: record.person,
            trips: record.trips,
            details,
            created: instant(record.created_ms, KIND)?,
        })
    }
}
