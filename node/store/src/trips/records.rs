//! Stored form of trips, version 1. Independent of the domain types, so that these can change.

use jiff::Timestamp;
use maillage_domain::{
    ids::{PersonKind, RequestKind, VolunteerKind},
    text::{Name, Notes},
    trip::{
        Assignment, Custody, Origin, Passenger, Trip, TripEvent, TripEventKind, TripState, TripStatus,
        TripTerms,
    },
};
use maillage_engine::{EngineError, Record};
use maillage_federation::ids::{HandoverKind, Id, NodeKind, TripKind};
use serde::{Deserialize, Serialize};

use crate::{
    fields::{PlaceRecord, broken, instant, need_codes, needs, parsed, phone, phone_text},
    kinds,
};

const KIND: u16 = kinds::TRIP;

/// A trip, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TripRecord {
    id: Id<TripKind>,
    origin: OriginRecord,
    leg: String,
    sibling: Option<Id<TripKind>>,
    pickup: PlaceRecord,
    dropoff: PlaceRecord,
    earliest_pickup_ms: i64,
    latest_arrival_ms: i64,
    anchor: String,
    direct_m: u32,
    seats: u8,
    needs: Vec<String>,
    model: String,
    created_ms: i64,
    status: StatusRecord,
    assignment: Option<AssignmentRecord>,
    custody: CustodyRecord,
    history: Vec<EventRecord>,
    closed_at_ms: Option<i64>,
    counted_in: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum OriginRecord {
    Own {
        request: Id<RequestKind>,
        person: Id<PersonKind>,
    },
    Carried {
        handover: Id<HandoverKind>,
        from: Id<NodeKind>,
        name: String,
        phone: String,
        driver_notes: String,
        desk_phone: String,
    },
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum StatusRecord {
    Requested,
    Offered,
    Confirmed,
    PickedUp,
    Completed { loaded_m: u32, empty_m: u32 },
    Cancelled { by: String, late: bool },
    NoShow,
    Unmet { reason: String },
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct AssignmentRecord {
    volunteer: Id<VolunteerKind>,
    start_ms: i64,
    pickup_ms: i64,
    arrival_ms: i64,
    end_ms: i64,
    empty_m: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum CustodyRecord {
    Local,
    OfferedOut { handover: Id<HandoverKind> },
    Uncertain { handover: Id<HandoverKind> },
    HeldBy { handover: Id<HandoverKind>, node: Id<NodeKind> },
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct EventRecord {
    at_ms: i64,
    kind: EventKindRecord,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum EventKindRecord {
    Requested,
    Offered { volunteer: Id<VolunteerKind> },
    Accepted { volunteer: Id<VolunteerKind> },
    Refused { volunteer: Id<VolunteerKind>, reason: String },
    PickedUp,
    Completed,
    NoShow,
    Cancelled { by: String },
    DeclaredUnmet { reason: String },
    GivenOut { handover: Id<HandoverKind> },
    BecameUncertain,
    HeldBy { node: Id<NodeKind> },
    CameBack,
    OutcomeFromHolder { result: String },
}

impl Record for TripRecord {
    const KIND: u16 = KIND;
    const VERSION: u16 = 1;
}

impl From<&Trip> for TripRecord {
    fn from(trip: &Trip) -> Self {
        let TripTerms {
            id,
            origin,
            leg,
            sibling,
            pickup,
            dropoff,
            earliest_pickup,
            latest_arrival,
            anchor,
            direct_m,
            seats,
            needs,
            model,
            created,
        } = &trip.terms;
        let TripState { status, assignment, custody, history, closed_at, counted_in } = trip.state();
        Self {
            id: *id,
            origin: origin.into(),
            leg: leg.code().to_owned(),
            sibling: *sibling,
            pickup: pickup.into(),
            dropoff: dropoff.into(),
            earliest_pickup_ms: earliest_pickup.as_millisecond(),
            latest_arrival_ms: latest_arrival.as_millisecond(),
            anchor: anchor.code().to_owned(),
            direct_m: *direct_m,
            seats: *seats,
            needs: need_codes(needs),
            model: model.to_string(),
            created_ms: created.as_millisecond(),
            status: (*status).into(),
            assignment: assignment.map(AssignmentRecord::from),
            custody: (*custody).into(),
            history: history.iter().map(EventRecord::from).collect(),
            closed_at_ms: closed_at.map(Timestamp::as_millisecond),
            counted_in: counted_in.map(|month| month.to_string()),
        }
    }
}

impl TryFrom<TripRecord> for Trip {
    type Error = EngineError;

    fn try_from(record: TripRecord) -> Result<Self, EngineError> {
        let terms = TripTerms {
            id: record.id,
            origin: record.origin.try_into()?,
            leg: parsed(&record.leg, KIND)?,
            sibling: record.sibling,
            pickup: record.pickup.place(KIND)?,
            dropoff: record.dropoff.place(KIND)?,
            earliest_pickup: instant(record.earliest_pickup_ms, KIND)?,
            latest_arrival: instant(record.latest_arrival_ms, KIND)?,
            anchor: parsed(&record.anchor, KIND)?,
            direct_m: record.direct_m,
            seats: record.seats,
            needs: needs(&record.needs, KIND)?,
            model: parsed(&record.model, KIND)?,
            created: instant(record.created_ms, KIND)?,
        };
        let state = TripState {
            status: record.status.try_into()?,
            assignment: record.assignment.map(Assignment::try_from).transpose()?,
            custody: record.custody.into(),
            history: record.history.into_iter().map(TripEvent::try_from).collect::<Result<_, _>>()?,
            closed_at: record.closed_at_ms.map(|at| instant(at, KIND)).transpose()?,
            counted_in: record.counted_in.map(|month| parsed(&month, KIND)).transpose()?,
        };
        Self::restore(terms, state).map_err(|_| broken(KIND))
    }
}

impl From<&Origin> for OriginRecord {
    fn from(origin: &Origin) -> Self {
        match origin {
            Origin::Own { request, person } => Self::Own { request: *request, person: *person },
            Origin::Carried { handover, from, passenger } => {
                let Passenger { name, phone, driver_notes, desk_phone } = passenger;
                Self::Carried {
                    handover: *handover,
                    from: *from,
                    name: name.as_str().to_owned(),
                    phone: phone_text(phone.as_ref()),
                    driver_notes: driver_notes.as_str().to_owned(),
                    desk_phone: phone_text(desk_phone.as_ref()),
                }
            }
        }
    }
}

impl TryFrom<OriginRecord> for Origin {
    type Error = EngineError;

    fn try_from(record: OriginRecord) -> Result<Self, EngineError> {
        match record {
            OriginRecord::Own { request, person } => Ok(Self::Own { request, person }),
            OriginRecord::Carried { handover, from, name, phone: number, driver_notes, desk_phone } => {
                let passenger = Passenger {
                    name: Name::parse(&name).map_err(|_| broken(KIND))?,
                    phone: phone(&number, KIND)?,
                    driver_notes: Notes::parse(&driver_notes).map_err(|_| broken(KIND))?,
                    desk_phone: phone(&desk_phone, KIND)?,
                };
                Ok(Self::Carried { handover, from, passenger })
            }
        }
    }
}

impl From<TripStatus> for StatusRecord {
    fn from(status: TripStatus) -> Self {
        match status {
            TripStatus::Requested => Self::Requested,
            TripStatus::Offered => Self::Offered,
            TripStatus::Confirmed => Self::Confirmed,
            TripStatus::PickedUp => Self::PickedUp,
            TripStatus::Completed { loaded_m, empty_m } => Self::Completed { loaded_m, empty_m },
            TripStatus::Cancelled { by, late } => Self::Cancelled { by: by.code().to_owned(), late },
            TripStatus::NoShow => Self::NoShow,
            TripStatus::Unmet(reason) => Self::Unmet { reason: reason.code().to_owned() },
        }
    }
}

impl TryFrom<StatusRecord> for TripStatus {
    type Error = EngineError;

    fn try_from(record: StatusRecord) -> Result<Self, EngineError> {
        Ok(match record {
            StatusRecord::Requested => Self::Requested,
            StatusRecord::Offered => Self::Offered,
            StatusRecord::Confirmed => Self::Confirmed,
            StatusRecord::PickedUp => Self::PickedUp,
            StatusRecord::Completed { loaded_m, empty_m } => Self::Completed { loaded_m, empty_m },
            StatusRecord::Cancelled { by, late } => Self::Cancelled { by: parsed(&by, KIND)?, late },
            StatusRecord::NoShow => Self::NoShow,
            StatusRecord::Unmet { reason } => Self::Unmet(parsed(&reason, KIND)?),
        })
    }
}

impl From<Assignment> for AssignmentRecord {
    fn from(assignment: Assignment) -> Self {
        let Assignment { volunteer, start, pickup, arrival, end, empty_m } = assignment;
        Self {
            volunteer,
            start_ms: start.as_millisecond(),
            pickup_ms: pickup.as_millisecond(),
            arrival_ms: arrival.as_millisecond(),
            end_ms: end.as_millisecond(),
            empty_m,
        }
    }
}

impl TryFrom<AssignmentRecord> for Assignment {
    type Error = EngineError;

    fn try_from(record: AssignmentRecord) -> Result<Self, EngineError> {
        Ok(Self {
            volunteer: record.volunteer,
            start: instant(record.start_ms, KIND)?,
            pickup: instant(record.pickup_ms, KIND)?,
            arrival: instant(record.arrival_ms, KIND)?,
            end: instant(record.end_ms, KIND)?,
            empty_m: record.empty_m,
        })
    }
}

impl From<Custody> for CustodyRecord {
    fn from(custody: Custody) -> Self {
        match custody {
            Custody::Local => Self::Local,
            Custody::OfferedOut { handover } => Self::OfferedOut { handover },
            Custody::Uncertain { handover } => Self::Uncertain { handover },
            Custody::HeldBy { handover, node } => Self::HeldBy { handover, node },
        }
    }
}

impl From<CustodyRecord> for Custody {
    fn from(record: CustodyRecord) -> Self {
        match record {
            CustodyRecord::Local => Self::Local,
            CustodyRecord::OfferedOut { handover } => Self::OfferedOut { handover },
            CustodyRecord::Uncertain { handover } => Self::Uncertain { handover },
            CustodyRecord::HeldBy { handover, node } => Self::HeldBy { handover, node },
        }
    }
}

impl From<&TripEvent> for EventRecord {
    fn from(event: &TripEvent) -> Self {
        Self { at_ms: event.at.as_millisecond(), kind: event.kind.into() }
    }
}

impl TryFrom<EventRecord> for TripEvent {
    type Error = EngineError;

    fn try_from(record: EventRecord) -> Result<Self, EngineError> {
        Ok(Self { at: instant(record.at_ms, KIND)?, kind: record.kind.try_into()? })
    }
}

impl From<TripEventKind> for EventKindRecord {
    fn from(kind: TripEventKind) -> Self {
        match kind {
            TripEventKind::Requested => Self::Requested,
            TripEventKind::Offered(volunteer) => Self::Offered { volunteer },
            TripEventKind::Accepted(volunteer) => Self::Accepted { volunteer },
            TripEventKind::Refused { volunteer, reason } => {
                Self::Refused { volunteer, reason: reason.code().to_owned() }
            }
            TripEventKind::PickedUp => Self::PickedUp,
            TripEventKind::Completed => Self::Completed,
            TripEventKind::NoShow => Self::NoShow,
            TripEventKind::Cancelled(by) => Self::Cancelled { by: by.code().to_owned() },
            TripEventKind::DeclaredUnmet(reason) => Self::DeclaredUnmet { reason: reason.code().to_owned() },
            TripEventKind::GivenOut(handover) => Self::GivenOut { handover },
            TripEventKind::BecameUncertain => Self::BecameUncertain,
            TripEventKind::HeldBy(node) => Self::HeldBy { node },
            TripEventKind::CameBack => Self::CameBack,
            TripEventKind::OutcomeFromHolder(result) => {
                Self::OutcomeFromHolder { result: result.code().to_owned() }
            }
        }
    }
}

impl TryFrom<EventKindRecord> for TripEventKind {
    type Error = EngineError;

    fn try_from(record: EventKindRecord) -> Result<Self, EngineError> {
        Ok(match record {
            EventKindRecord::Requested => Self::Requested,
            EventKindRecord::Offered { volunteer } => Self::Offered(volunteer),
            EventKindRecord::Accepted { volunteer } => Self::Accepted(volunteer),
            EventKindRecord::Refused { volunteer, reason } => {
                Self::Refused { volunteer, reason: parsed(&reason, KIND)? }
            }
            EventKindRecord::PickedUp => Self::PickedUp,
            EventKindRecord::Completed => Self::Completed,
            EventKindRecord::NoShow => Self::NoShow,
            EventKindRecord::Cancelled { by } => Self::Cancelled(parsed(&by, KIND)?),
            EventKindRecord::DeclaredUnmet { reason } => Self::DeclaredUnmet(parsed(&reason, KIND)?),
            EventKindRecord::GivenOut { handover } => Self::GivenOut(handover),
            EventKindRecord::BecameUncertain => Self::BecameUncertain,
            EventKindRecord::HeldBy { node } => Self::HeldBy(node),
            EventKindRecord::CameBack => Self::CameBack,
            EventKindRecord::OutcomeFromHolder { result } => Self::OutcomeFromHolder(parsed(&result, KIND)?),
        })
    }
}
