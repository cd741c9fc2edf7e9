//! Stored form of trips, version 2; version 1 lacks what has a default here. Independent of the domain types, so that these can change.

use jiff::Timestamp;
use maillage_domain::{
    ids::{AssetKind, PersonKind, RequestKind, VolunteerKind},
    limits::TOLERANCE_DEFAULT_S,
    roads::RoadsSource,
    text::{Name, Notes},
    trip::{
        Absentee, Assignment, CancelReason, Custody, DrivenVehicle, Origin, Passenger, SharedRide, Trip,
        TripEvent, TripEventKind, TripState, TripStatus, TripTerms, WhichVehicle,
    },
};
use maillage_engine::{EngineError, Record, RecordError};
use maillage_federation::{
    ids::{HandoverKind, Id, NodeKind, TripKind},
    needs::Need,
};
use serde::{Deserialize, Serialize};

use super::{
    occurrence::OccurrenceRecord,
    stages::{MeetingRecord, RelayRecord},
};
use crate::{
    fields::{PlaceRecord, broken, instant, need_codes, needs, parsed, phone, phone_text, upgraded},
    kinds,
};

const KIND: u16 = kinds::TRIP;

/// A trip, version 2.
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
    /// Whether a router gave them; not written where it did not, as records from before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    direct_by_router: bool,
    seats: u8,
    #[serde(default)]
    companions: u8,
    #[serde(default = "usual_tolerance")]
    tolerance_s: u32,
    #[serde(default)]
    late_ok: bool,
    #[serde(default)]
    notes: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pooling: Option<String>,
    #[serde(default)]
    occurrence: Option<OccurrenceRecord>,
    /// Since two drivers may share a journey; left out of every other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    relay: Option<RelayRecord>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    meeting: Option<MeetingRecord>,
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

/// What version 1 did not keep: nobody could choose another.
fn usual_tolerance() -> u32 {
    TOLERANCE_DEFAULT_S
}

fn no_reason() -> String {
    CancelReason::Unspecified.code().to_owned()
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
    Completed {
        loaded_m: u32,
        empty_m: u32,
    },
    Cancelled {
        by: String,
        #[serde(default = "no_reason")]
        reason: String,
        late: bool,
    },
    /// The person was not there.
    NoShow,
    /// The driver was not there.
    DriverAbsent,
    Unmet {
        reason: String,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct AssignmentRecord {
    volunteer: Id<VolunteerKind>,
    start_ms: i64,
    pickup_ms: i64,
    arrival_ms: i64,
    end_ms: i64,
    empty_m: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    vehicle: Option<DrivenRecord>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    own_trip: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shared: Option<SharedRecord>,
}

/// What of a drive with several riders counts as this trip's.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SharedRecord {
    ridden_m: u32,
    own_m: u32,
    own_s: u32,
}

/// The vehicle of a drive: the driver's own by its number, or one of the fleet.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct DrivenRecord {
    number: u8,
    asset: Option<Id<AssetKind>>,
    places: u8,
    power: Option<u8>,
    electric: bool,
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
    Offered {
        volunteer: Id<VolunteerKind>,
    },
    Accepted {
        volunteer: Id<VolunteerKind>,
    },
    Refused {
        volunteer: Id<VolunteerKind>,
        reason: String,
    },
    PickedUp,
    Completed,
    NoShow,
    DriverAbsent,
    Cancelled {
        by: String,
        #[serde(default = "no_reason")]
        reason: String,
    },
    Edited {
        freed: Option<Id<VolunteerKind>>,
    },
    Called,
    Corrected {
        reason: String,
    },
    Reopened,
    DeclaredUnmet {
        reason: String,
    },
    GivenOut {
        handover: Id<HandoverKind>,
    },
    BecameUncertain,
    HeldBy {
        node: Id<NodeKind>,
    },
    CameBack,
    OutcomeFromHolder {
        result: String,
    },
}

impl Record for TripRecord {
    const KIND: u16 = KIND;
    const VERSION: u16 = 2;

    fn upgrade(version: u16, payload: &[u8]) -> Result<Self, RecordError> {
        match version {
            1 => from_version_1(payload),
            version => Err(RecordError::Unreadable { kind: KIND, version }),
        }
    }
}

/// Version 1 had the same fields, without those that have a default. Its seats tell how many travelled along.
fn from_version_1(payload: &[u8]) -> Result<TripRecord, RecordError> {
    let mut record: TripRecord = upgraded(KIND, payload)?;
    let wheelchair = record.needs.iter().any(|need| need.starts_with("wheelchair"));
    let transfers = record.needs.iter().any(|need| need == Need::TransferPossible.code());
    let takes_a_seat = !wheelchair || transfers;
    record.companions = record.seats.saturating_sub(u8::from(takes_a_seat));
    Ok(record)
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
            direct_by,
            seats,
            companions,
            tolerance_s,
            late_ok,
            notes,
            pooling,
            occurrence,
            relay,
            meeting,
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
            direct_by_router: *direct_by == RoadsSource::Router,
            seats: *seats,
            companions: *companions,
            tolerance_s: *tolerance_s,
            late_ok: *late_ok,
            notes: notes.as_str().to_owned(),
            pooling: pooling.map(|choice| choice.code().to_owned()),
            occurrence: occurrence.map(OccurrenceRecord::from),
            relay: relay.map(RelayRecord::from),
            meeting: meeting.map(MeetingRecord::from),
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
            direct_by: if record.direct_by_router { RoadsSource::Router } else { RoadsSource::Estimate },
            seats: record.seats,
            companions: record.companions,
            tolerance_s: record.tolerance_s,
            late_ok: record.late_ok,
            notes: Notes::parse(&record.notes).map_err(|_| broken(KIND))?,
            pooling: record.pooling.as_deref().map(|choice| parsed(choice, KIND)).transpose()?,
            occurrence: record.occurrence.map(TryInto::try_into).transpose()?,
            relay: record.relay.map(TryInto::try_into).transpose()?,
            meeting: record.meeting.map(Into::into),
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
            TripStatus::Cancelled { by, reason, late } => {
                Self::Cancelled { by: by.code().to_owned(), reason: reason.code().to_owned(), late }
            }
            TripStatus::NoShow(Absentee::Person) => Self::NoShow,
            TripStatus::NoShow(Absentee::Driver) => Self::DriverAbsent,
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
            StatusRecord::Cancelled { by, reason, late } => {
                Self::Cancelled { by: parsed(&by, KIND)?, reason: parsed(&reason, KIND)?, late }
            }
            StatusRecord::NoShow => Self::NoShow(Absentee::Person),
            StatusRecord::DriverAbsent => Self::NoShow(Absentee::Driver),
            StatusRecord::Unmet { reason } => Self::Unmet(parsed(&reason, KIND)?),
        })
    }
}

impl From<Assignment> for AssignmentRecord {
    fn from(assignment: Assignment) -> Self {
        let Assignment { volunteer, start, pickup, arrival, end, empty_m, vehicle, own_trip, shared } =
            assignment;
        Self {
            volunteer,
            start_ms: start.as_millisecond(),
            pickup_ms: pickup.as_millisecond(),
            arrival_ms: arrival.as_millisecond(),
            end_ms: end.as_millisecond(),
            empty_m,
            vehicle: vehicle.map(DrivenRecord::from),
            own_trip,
            shared: shared.map(SharedRecord::from),
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
            vehicle: record.vehicle.map(DrivenVehicle::from),
            own_trip: record.own_trip,
            shared: record.shared.map(SharedRide::from),
        })
    }
}

impl From<SharedRide> for SharedRecord {
    fn from(shared: SharedRide) -> Self {
        let SharedRide { ridden_m, own_m, own_s } = shared;
        Self { ridden_m, own_m, own_s }
    }
}

impl From<SharedRecord> for SharedRide {
    fn from(record: SharedRecord) -> Self {
        let SharedRecord { ridden_m, own_m, own_s } = record;
        Self { ridden_m, own_m, own_s }
    }
}

impl From<DrivenVehicle> for DrivenRecord {
    fn from(vehicle: DrivenVehicle) -> Self {
        let DrivenVehicle { which, places, power, electric } = vehicle;
        let (number, asset) = match which {
            WhichVehicle::Own(number) => (number, None),
            WhichVehicle::Fleet(asset) => (0, Some(asset)),
        };
        Self { number, asset, places, power, electric }
    }
}

impl From<DrivenRecord> for DrivenVehicle {
    fn from(record: DrivenRecord) -> Self {
        let DrivenRecord { number, asset, places, power, electric } = record;
        Self { which: asset.map_or(WhichVehicle::Own(number), WhichVehicle::Fleet), places, power, electric }
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
            TripEventKind::NoShow(Absentee::Person) => Self::NoShow,
            TripEventKind::NoShow(Absentee::Driver) => Self::DriverAbsent,
            TripEventKind::Cancelled { by, reason } => {
                Self::Cancelled { by: by.code().to_owned(), reason: reason.code().to_owned() }
            }
            TripEventKind::Edited { freed } => Self::Edited { freed },
            TripEventKind::Called => Self::Called,
            TripEventKind::Corrected(reason) => Self::Corrected { reason: reason.code().to_owned() },
            TripEventKind::Reopened => Self::Reopened,
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
            EventKindRecord::NoShow => Self::NoShow(Absentee::Person),
            EventKindRecord::DriverAbsent => Self::NoShow(Absentee::Driver),
            EventKindRecord::Cancelled { by, reason } => {
                Self::Cancelled { by: parsed(&by, KIND)?, reason: parsed(&reason, KIND)? }
            }
            EventKindRecord::Edited { freed } => Self::Edited { freed },
            EventKindRecord::Called => Self::Called,
            EventKindRecord::Corrected { reason } => Self::Corrected(parsed(&reason, KIND)?),
            EventKindRecord::Reopened => Self::Reopened,
            EventKindRecord::DeclaredUnmet { reason } => Self::DeclaredUnmet(parsed(&reason, KIND)?),
            EventKindRecord::GivenOut { handover } => Self::GivenOut(handover),
            EventKindRecord::BecameUncertain => Self::BecameUncertain,
            EventKindRecord::HeldBy { node } => Self::HeldBy(node),
            EventKindRecord::CameBack => Self::CameBack,
            EventKindRecord::OutcomeFromHolder { result } => Self::OutcomeFromHolder(parsed(&result, KIND)?),
        })
    }
}
