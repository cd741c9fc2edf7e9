//! Requests: a person asks to be somewhere. Parsed into exact times, then planned into one trip or a linked outbound
//! and return. The purpose stays here: it must never leave the node.

#[cfg(test)]
mod tests;

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use maillage_federation::{
    ids::{Id, TripKind},
    models::ModelKey,
    needs::Need,
};
use maillage_geography::Geography;

use crate::{
    civil::{CivilTimeError, end_of_day, parse_civil},
    codes::UnknownCode,
    ids::{PersonKind, RequestKind},
    limits::{AHEAD_DAYS, PASSENGER_PLACES, TOLERANCE_DEFAULT_S, TOLERANCE_S},
    person::{Person, Pooling},
    place::{NewPlace, Place, PlaceError},
    roads::RoadsSource,
    text::{Notes, TextError},
    trip::{Anchor, Leg, Occurrence, Origin, TermsError, Trip, TripTerms, TripWindow},
};

/// A request, as it was made.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// Identity.
    pub id: Id<RequestKind>,
    /// Who travels.
    pub person: Id<PersonKind>,
    /// The trips it was planned into: outbound, then return.
    pub trips: Vec<Id<TripKind>>,
    /// What was asked.
    pub details: RequestDetails,
    /// When it was made.
    pub created: Timestamp,
}

/// What was asked, parsed.
#[derive(Clone, PartialEq, Eq)]
pub struct RequestDetails {
    /// Where the person is fetched; none means at home.
    pub pickup: Option<Place>,
    /// Where the person goes.
    pub dropoff: Place,
    /// The time the person gave for the outbound.
    pub outbound: OutboundTime,
    /// The way back, if there is one.
    pub back: Option<ReturnTime>,
    /// How many people travel along.
    pub companions: u8,
    /// Why the person travels. Never leaves the node.
    pub purpose: Purpose,
    /// How much earlier or later than asked is acceptable, in seconds.
    pub tolerance_s: u32,
    /// Whether being there after the time given, by the tolerance at most, is acceptable.
    pub late_ok: bool,
    /// What the driver should know about these trips, such as the name of the practice. Never leaves the node.
    pub notes: Notes,
    /// The participation model asked for, instead of the one in force.
    pub model: Option<ModelKey>,
    /// Whether others may be in the car on these trips; none for what the person has said for all of them.
    pub pooling: Option<Pooling>,
}

/// When a person wants to be fetched for the way back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReturnTime {
    /// At an instant, or at most the tolerance later.
    At(Timestamp),
    /// Not known before: the person calls when done.
    WhenCalled,
}

/// The time a person gives for an outbound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutboundTime {
    /// To be there at the latest then, and at most the tolerance earlier; or later, if that is acceptable.
    ArriveBy(Timestamp),
    /// To be fetched then, or at most the tolerance later.
    PickupAt(Timestamp),
}

/// Why a person travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// Health.
    Health,
    /// Shopping.
    Shopping,
    /// Administrative matters.
    Administrative,
    /// Seeing people, culture, leisure.
    Social,
    /// Work or training.
    WorkTraining,
    /// Anything else.
    Other,
}

/// A request as typed. Times are civil times of Europe/Paris such as `2026-10-05T09:30`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct NewRequest {
    /// Where the person is fetched; none means at home.
    pub pickup: Option<NewPlace>,
    /// Where the person goes.
    pub dropoff: NewPlace,
    /// When the person has to be there: this or `pickup_at`.
    pub arrive_by: Option<String>,
    /// When the person wants to be fetched: this or `arrive_by`.
    pub pickup_at: Option<String>,
    /// When the person wants to be fetched for the way back: this, or `call_when_done`, or no way back.
    pub return_at: Option<String>,
    /// Whether the person calls when it is time for the way back.
    pub call_when_done: bool,
    /// How many people travel along.
    pub companions: u8,
    /// Code of the purpose.
    pub purpose: String,
    /// Tolerance in seconds; none means [`TOLERANCE_DEFAULT_S`].
    pub tolerance_s: Option<u32>,
    /// Whether being there after the time given, by the tolerance at most, is acceptable.
    pub late_ok: bool,
    /// What the driver should know about these trips.
    pub notes: String,
    /// Key of the participation model asked for; none means the one in force.
    pub model: Option<String>,
    /// `alone` or `agreed`; blank means what the person has said for all trips.
    pub pooling: String,
}

/// Which time of a request an error is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestTime {
    /// The outbound's.
    Outbound,
    /// The return's.
    Return,
}

/// Why a request is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// The place of pickup.
    #[error("the place of pickup is not accepted")]
    Pickup(#[source] PlaceError),
    /// The place of arrival.
    #[error("the place of arrival is not accepted")]
    Dropoff(#[source] PlaceError),
    /// Neither of the two outbound times, or both.
    #[error("give either the time to be there or the time to be fetched, and not both")]
    OneTime,
    /// A time for the way back, and none before the person calls.
    #[error("give the time of the way back or say that the person calls when done, and not both")]
    OneReturn,
    /// What the driver should know.
    #[error("the notes are not accepted")]
    Notes(#[source] TextError),
    /// The participation model.
    #[error("the participation model is not written like name@version")]
    Model,
    /// The choice about riding with others.
    #[error("the choice about riding with others is not accepted")]
    Pooling(#[source] UnknownCode),
    /// A time that is none.
    #[error("the time of the {0} is not accepted")]
    Time(RequestTime, #[source] CivilTimeError),
    /// A time in the past.
    #[error("the time of the {0} is in the past")]
    InThePast(RequestTime),
    /// A time too far ahead.
    #[error("the time of the {0} is more than {AHEAD_DAYS} days ahead")]
    TooFarAhead(RequestTime),
    /// The way back begins before the way there has ended.
    #[error("the way back begins before the arrival, at {arrival}")]
    ReturnBeforeArrival {
        /// The earliest arrival the outbound allows.
        arrival: Timestamp,
    },
    /// More companions than places.
    #[error("{0} companions do not fit into one vehicle with the person")]
    Companions(u8),
    /// The purpose.
    #[error("the purpose is not accepted")]
    Purpose(#[source] UnknownCode),
    /// The tolerance.
    #[error("{0} s of tolerance; at most {TOLERANCE_S} s are allowed")]
    Tolerance(u32),
    /// Pickup and arrival are one place.
    #[error("the place of arrival is the place of pickup")]
    SamePlace,
    /// What was asked does not make a trip.
    #[error("what was asked does not make a trip")]
    Terms(#[source] TermsError),
}

/// What planning needs beside the request.
#[derive(Debug, Clone)]
pub struct Planning {
    /// Identifier of the request.
    pub request: Id<RequestKind>,
    /// Identifier of the outbound.
    pub outbound: Id<TripKind>,
    /// Identifier of the return; unused without one.
    pub back: Id<TripKind>,
    /// Participation model they are served under.
    pub model: ModelKey,
    /// The day of a series they are made for.
    pub occurrence: Option<Occurrence>,
    /// Road metres from pickup to drop-off.
    pub direct_m: u32,
    /// Seconds with the person from pickup to drop-off.
    pub ride_s: u32,
    /// Road metres of the way back.
    pub back_m: u32,
    /// Seconds with the person on the way back.
    pub back_s: u32,
    /// Where metres and seconds come from.
    pub roads: RoadsSource,
    /// The present instant.
    pub now: Timestamp,
}

impl NewRequest {
    /// Reads what was typed.
    ///
    /// # Errors
    /// The first thing that is not acceptable, with its exact reason.
    pub fn parse(&self, geography: &Geography, now: Timestamp) -> Result<RequestDetails, RequestError> {
        let pickup = self.pickup.as_ref().map(|place| place.parse(geography)).transpose();
        let tolerance_s = self.tolerance_s.unwrap_or(TOLERANCE_DEFAULT_S);
        if tolerance_s > TOLERANCE_S {
            return Err(RequestError::Tolerance(tolerance_s));
        }
        if self.companions >= PASSENGER_PLACES {
            return Err(RequestError::Companions(self.companions));
        }
        Ok(RequestDetails {
            pickup: pickup.map_err(RequestError::Pickup)?,
            dropoff: self.dropoff.parse(geography).map_err(RequestError::Dropoff)?,
            outbound: self.outbound(now)?,
            back: self.back(now)?,
            companions: self.companions,
            purpose: self.purpose.parse().map_err(RequestError::Purpose)?,
            tolerance_s,
            late_ok: self.late_ok,
            notes: Notes::parse(&self.notes).map_err(RequestError::Notes)?,
            model: self.model()?,
            pooling: parse_pooling(&self.pooling)?,
        })
    }

    fn back(&self, now: Timestamp) -> Result<Option<ReturnTime>, RequestError> {
        match (given(self.return_at.as_ref()), self.call_when_done) {
            (Some(_), true) => Err(RequestError::OneReturn),
            (Some(text), false) => time(RequestTime::Return, text, now).map(|at| Some(ReturnTime::At(at))),
            (None, true) => Ok(Some(ReturnTime::WhenCalled)),
            (None, false) => Ok(None),
        }
    }

    fn model(&self) -> Result<Option<ModelKey>, RequestError> {
        let key = given(self.model.as_ref()).map(str::parse).transpose();
        key.map_err(|_| RequestError::Model)
    }

    fn outbound(&self, now: Timestamp) -> Result<OutboundTime, RequestError> {
        match (given(self.arrive_by.as_ref()), given(self.pickup_at.as_ref())) {
            (Some(text), None) => time(RequestTime::Outbound, text, now).map(OutboundTime::ArriveBy),
            (None, Some(text)) => time(RequestTime::Outbound, text, now).map(OutboundTime::PickupAt),
            (Some(_), Some(_)) | (None, None) => Err(RequestError::OneTime),
        }
    }
}

impl RequestDetails {
    /// Where a person is fetched for this request.
    pub fn pickup_of<'a>(&'a self, person: &'a Person) -> &'a Place {
        self.pickup.as_ref().unwrap_or(&person.details.home)
    }
}

/// Plans a request of a person: the request to keep, and its trip, or linked outbound and return.
///
/// The window of a trip follows from the time that was given, the tolerance and the estimated ride: *be there by t* is
/// arrival in \[t − tolerance, t\], or up to t + tolerance if being late is acceptable; *fetch at t* is pickup in \[t, t + tolerance\]. No window begins before now. Seats
/// are the person and the companions; a person who stays in the wheelchair takes a wheelchair place instead of a seat,
/// and one who needs a companion has at least one.
///
/// # Errors
/// Refuses a return before the arrival, places that are the same, and more people than places.
pub fn plan_request(
    details: RequestDetails,
    person: &Person,
    planning: &Planning,
) -> Result<(Request, Vec<Trip>), RequestError> {
    let pickup = details.pickup_of(person).clone();
    if pickup == details.dropoff {
        return Err(RequestError::SamePlace);
    }
    let (outbound, arrival) = outbound_window(details.outbound, Asked::of(&details), planning);
    if let Some(ReturnTime::At(back)) = details.back
        && back < arrival
    {
        return Err(RequestError::ReturnBeforeArrival { arrival });
    }
    let sibling = details.back.map(|_| planning.back);
    let (companions, seats) = places(details.companions, person)?;
    let terms = TripTerms {
        id: planning.outbound,
        origin: Origin::Own { request: planning.request, person: person.id },
        leg: Leg::Outbound,
        sibling,
        pickup,
        dropoff: details.dropoff.clone(),
        earliest_pickup: outbound.earliest_pickup,
        latest_arrival: outbound.latest_arrival,
        anchor: outbound.anchor,
        direct_m: planning.direct_m,
        direct_by: planning.roads,
        seats,
        companions,
        tolerance_s: details.tolerance_s,
        late_ok: details.late_ok,
        notes: details.notes.clone(),
        pooling: details.pooling,
        occurrence: planning.occurrence,
        relay: None,
        meeting: None,
        needs: person.details.needs.clone(),
        model: planning.model.clone(),
        created: planning.now,
    };
    let back = details.back.map(|time| {
        let window = return_window(time, arrival, Asked::of(&details), planning.back_s);
        return_terms(&terms, window, planning)
    });
    let trips = std::iter::once(terms).chain(back).map(Trip::requested);
    let trips: Vec<Trip> = trips.collect::<Result<_, _>>().map_err(RequestError::Terms)?;
    let request = Request {
        id: planning.request,
        person: person.id,
        trips: trips.iter().map(Trip::id).collect(),
        details,
        created: planning.now,
    };
    Ok((request, trips))
}

/// What a person accepts around the time given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// How much earlier or later, in seconds.
    pub tolerance_s: u32,
    /// Whether later than an arrival is acceptable too.
    pub late_ok: bool,
}

impl Asked {
    fn of(details: &RequestDetails) -> Self {
        Self { tolerance_s: details.tolerance_s, late_ok: details.late_ok }
    }
}

/// The window of an outbound, and the earliest arrival that a return has to wait for.
pub fn outbound_window(time: OutboundTime, asked: Asked, planning: &Planning) -> (TripWindow, Timestamp) {
    let ride = seconds(planning.ride_s);
    let tolerance = seconds(asked.tolerance_s);
    let Asked { tolerance_s, late_ok } = asked;
    match time {
        OutboundTime::ArriveBy(arrival) => {
            let later = if late_ok { tolerance } else { SignedDuration::ZERO };
            let window = TripWindow {
                earliest_pickup: before(arrival, ride + tolerance).max(planning.now),
                latest_arrival: after(arrival, later),
                anchor: Anchor::Arrival,
                tolerance_s,
                late_ok,
            };
            (window, arrival)
        }
        OutboundTime::PickupAt(pickup) => {
            let window = TripWindow {
                earliest_pickup: pickup,
                latest_arrival: after(pickup, ride + tolerance),
                anchor: Anchor::Pickup,
                tolerance_s,
                late_ok,
            };
            (window, after(pickup, ride))
        }
    }
}

/// The window of a return: from the time given, or, if the person calls when done, from the arrival of the outbound to
/// the end of that civil day.
pub fn return_window(time: ReturnTime, arrival: Timestamp, asked: Asked, ride_s: u32) -> TripWindow {
    let Asked { tolerance_s, late_ok } = asked;
    let ready = match time {
        ReturnTime::At(at) => at,
        ReturnTime::WhenCalled => arrival,
    };
    let soonest = after(ready, seconds(ride_s) + seconds(tolerance_s));
    let (latest_arrival, anchor) = match time {
        ReturnTime::At(_) => (soonest, Anchor::Pickup),
        ReturnTime::WhenCalled => (end_of_day(ready).max(soonest), Anchor::Call),
    };
    TripWindow { earliest_pickup: ready, latest_arrival, anchor, tolerance_s, late_ok }
}

fn return_terms(outbound: &TripTerms, window: TripWindow, planning: &Planning) -> TripTerms {
    TripTerms {
        id: planning.back,
        leg: Leg::Return,
        sibling: Some(outbound.id),
        pickup: outbound.dropoff.clone(),
        dropoff: outbound.pickup.clone(),
        earliest_pickup: window.earliest_pickup,
        latest_arrival: window.latest_arrival,
        anchor: window.anchor,
        direct_m: planning.back_m,
        ..outbound.clone()
    }
}

/// How many people travel along and how many seats that takes, if so many were asked for: at least one for a person who
/// needs somebody, and no seat for a person who stays in the wheelchair.
///
/// # Errors
/// [`RequestError::Companions`] for more than a vehicle takes.
pub fn places(asked: u8, person: &Person) -> Result<(u8, u8), RequestError> {
    let companions = asked.max(u8::from(person.details.needs.contains(Need::Companion)));
    if companions >= PASSENGER_PLACES {
        return Err(RequestError::Companions(companions));
    }
    Ok((companions, companions + u8::from(!person.details.needs.wheelchair_place())))
}

/// Reads a choice about riding with others for one trip; blank for none.
///
/// # Errors
/// [`RequestError::Pooling`].
pub fn parse_pooling(code: &str) -> Result<Option<Pooling>, RequestError> {
    if code.trim().is_empty() { Ok(None) } else { code.parse().map(Some).map_err(RequestError::Pooling) }
}

fn given(text: Option<&String>) -> Option<&str> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty())
}

/// Reads a civil time of Europe/Paris that is neither past nor too far ahead.
///
/// # Errors
/// Which of the times is not accepted, and why.
pub fn time(which: RequestTime, text: &str, now: Timestamp) -> Result<Timestamp, RequestError> {
    let instant = parse_civil(text).map_err(|error| RequestError::Time(which, error))?;
    if instant < now {
        return Err(RequestError::InThePast(which));
    }
    if now.duration_until(instant) > SignedDuration::from_hours(AHEAD_DAYS * 24) {
        return Err(RequestError::TooFarAhead(which));
    }
    Ok(instant)
}

fn seconds(seconds: u32) -> SignedDuration {
    SignedDuration::from_secs(i64::from(seconds))
}

fn after(instant: Timestamp, duration: SignedDuration) -> Timestamp {
    instant.saturating_add(duration).unwrap_or(Timestamp::MAX)
}

fn before(instant: Timestamp, duration: SignedDuration) -> Timestamp {
    instant.saturating_sub(duration).unwrap_or(Timestamp::MIN)
}

impl fmt::Display for RequestTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Outbound => "outbound",
            Self::Return => "return",
        })
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Request");
        shown.field("id", &self.id).field("trips", &self.trips).finish_non_exhaustive()
    }
}

impl fmt::Debug for RequestDetails {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("RequestDetails(…)")
    }
}

impl fmt::Debug for NewRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("NewRequest(…)")
    }
}
