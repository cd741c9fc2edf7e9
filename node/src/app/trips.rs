//! Requests and the life of trips at this node.

mod asking;
mod cancellation;
mod changing;
mod preview;

use std::{collections::BTreeSet, sync::Arc};

use jiff::civil::Date;
use maillage_dispatch::Pair;
use maillage_domain::{
    civil::day_of,
    ids::{PersonKind, RequestKind},
    person::Person,
    place::Place,
    request::{NewRequest, OutboundTime, Planning, Request, RequestDetails, plan_request},
    roles::Operation,
    text::{Address, Notes},
    trip::{
        Absentee, CancelReason, CancelledBy, Custody, DriverRefusal, Occurrence, Trip, TripAction,
        TripStatus, UnmetReason,
    },
};
use maillage_engine::Transaction;
use maillage_federation::{
    ids::{Id, TripKind},
    models::ModelKey,
};
use maillage_platform::refusal::Refusal;
use maillage_store::{
    access_log::{self, Access},
    events::Subject,
    persons, requests, trips, unmet,
};

use self::changing::{act_on_asked, change_asked};
pub(super) use self::{
    asking::check_undecided,
    changing::{apply, change_each, note},
};
pub use self::{
    asking::{assign, offer_ride, offer_to_driver},
    cancellation::Cancellation,
    preview::{ForeseenLeg, Preview, preview},
};
use super::{
    Aborted, App,
    caller::Caller,
    frames::{self, Admission},
    handover, models, refusals, relays, roads,
    settlements::book,
    suggest::{find, together},
};

/// Takes a request of a person: one trip, or an outbound and a return.
///
/// # Errors
/// The first thing typed that is not acceptable; `person-unknown`; the store.
pub async fn add_request(
    app: &Arc<App>,
    caller: &Caller,
    person: Id<PersonKind>,
    new: NewRequest,
) -> Result<(Request, Vec<Trip>), Refusal> {
    add_request_excepted(app, caller, person, new, "").await
}

/// Takes a request of a person; `reason` is why its caller signs an exception, should every legal frame exclude it. Empty
/// for none.
///
/// # Errors
/// As [`add_request`]; `out-of-frame` with the reasons, `exception-reason`.
pub async fn add_request_excepted(
    app: &Arc<App>,
    caller: &Caller,
    person: Id<PersonKind>,
    new: NewRequest,
    reason: &str,
) -> Result<(Request, Vec<Trip>), Refusal> {
    let signed = Signed { frame: signed_reason(reason)?, access: None };
    add_request_signed(app, caller, person, new, signed).await
}

/// Why exceptions are signed for a request, should it need them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Signed {
    /// Although every legal frame excludes it.
    pub frame: Option<Notes>,
    /// Although its model is on prescription, and nobody referred the person.
    pub access: Option<Notes>,
}

/// Reads why an exception is signed; empty for none.
///
/// # Errors
/// `exception-reason`.
pub fn signed_reason(reason: &str) -> Result<Option<Notes>, Refusal> {
    if reason.trim().is_empty() { Ok(None) } else { frames::parse_reason(reason).map(Some) }
}

/// Takes a request of a person, with the exceptions its caller signs.
///
/// # Errors
/// As [`add_request`]; `out-of-frame` with the reasons, `prescription-needed`.
pub async fn add_request_signed(
    app: &Arc<App>,
    caller: &Caller,
    person: Id<PersonKind>,
    new: NewRequest,
    signed: Signed,
) -> Result<(Request, Vec<Trip>), Refusal> {
    if signed != Signed::default() {
        caller.check(Operation::FrameExcept)?;
    }
    caller.check(Operation::RequestAdd)?;
    // Asked again later, its times may have passed.
    if let Some(made) = app.answered(caller, Operation::RequestAdd)? {
        return Ok(made);
    }
    let details = new.parse(app.geography, app.now()).map_err(refusals::request)?;
    roads::prepare(app, |_, view| {
        let (from, to) = persons::find(view, person)?.map(|person| ends(&person, &details)).unzip();
        let pairs = from.zip(to).filter(|(from, to)| from != to);
        Ok(pairs.into_iter().flat_map(|(from, to)| [(from, to), (to, from)]).collect())
    })
    .await;
    let by = caller.clone();
    app.act_once(caller, Operation::RequestAdd, move |app, transaction| {
        take_request(app, transaction, &by, person, (details, signed))
    })
    .await
}

/// Takes a request of a person inside a transaction, with the exceptions that are signed. One that is refused leaves nothing
/// behind.
///
/// # Errors
/// As [`add_request_signed`].
pub(super) fn take_request(
    app: &App,
    transaction: &mut Transaction<'_>,
    by: &Caller,
    person: Id<PersonKind>,
    (details, signed): (RequestDetails, Signed),
) -> Result<(Request, Vec<Trip>), Aborted> {
    if signed != Signed::default() {
        by.check(Operation::FrameExcept)?;
    }
    let person = persons::find(transaction, person)?
        .ok_or_else(|| refusals::unknown("person-unknown").with("id", person))?;
    let ids = (app.new_id(), app.new_id(), app.new_id());
    let planning = planning(app, transaction, &person, &details, ids, None)?;
    let (request, legs) = plan_request(details, &person, &planning).map_err(refusals::request)?;
    let signing = |reason: Option<Notes>| reason.map(|reason| (by.label().to_owned(), reason));
    let (exception, access) = (signing(signed.frame), signing(signed.access));
    let admission = Admission { request: request.id, person: &person, exception, access };
    frames::admit(app, transaction, &admission, &legs)?;
    keep(transaction, &request, &legs)?;
    persons::note_contact(transaction, request.person, day_of(app.now()))?;
    let subjects = [Subject::Person(request.person), Subject::Request(request.id)];
    app.note(transaction, by, Operation::RequestAdd, &subjects)?;
    Ok((request, legs))
}

/// What planning a request needs: distances, the participation model, the identifiers it will have.
pub(super) fn planning(
    app: &App,
    view: &dyn maillage_engine::View,
    person: &Person,
    details: &RequestDetails,
    (request, outbound, back): (Id<RequestKind>, Id<TripKind>, Id<TripKind>),
    occurrence: Option<Occurrence>,
) -> Result<Planning, Aborted> {
    let (from, to) = ends(person, details);
    let ([there, way_back], source) = roads::rides(app, view, [(from, to), (to, from)])?;
    Ok(Planning {
        request,
        outbound,
        back,
        model: model(app, view, details, person)?,
        occurrence,
        direct_m: there.distance_m,
        ride_s: there.duration_s,
        back_m: way_back.distance_m,
        back_s: way_back.duration_s,
        roads: source,
        now: app.now(),
    })
}

/// Where a request goes from and to.
fn ends(person: &Person, details: &RequestDetails) -> Pair {
    (details.pickup_of(person).commune, details.dropoff.commune)
}

/// Writes a request and its trips.
pub(super) fn keep(
    transaction: &mut Transaction<'_>,
    request: &Request,
    legs: &[Trip],
) -> Result<(), Aborted> {
    requests::put(transaction, request)?;
    for trip in legs {
        trips::put(transaction, trip)?;
    }
    Ok(())
}

/// Opens a trip, for people: it tells who goes where, so that the access log of the person keeps who looked.
///
/// # Errors
/// `trip-unknown`; `not-yours`; the store.
pub async fn open_file(app: &Arc<App>, caller: &Caller, id: Id<TripKind>) -> Result<Trip, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::TripShow, move |app, transaction| {
        let trip = find(transaction, id)?;
        by.check_volunteer(trip.volunteer())?;
        let subject = trip.person().map_or(Subject::Trip(id), Subject::Person);
        let purpose = Operation::TripShow.code().into();
        access_log::record(transaction, &Access { at: app.now(), subject, actor: by.actor(), purpose })?;
        Ok(trip)
    })
    .await
}

/// One trip, for the node itself and for whoever has opened it before.
///
/// # Errors
/// `trip-unknown`; the store.
pub fn show(app: &App, caller: &Caller, id: Id<TripKind>) -> Result<Trip, Refusal> {
    app.look(caller, Operation::TripShow, |_, view| {
        let trip = find(view, id)?;
        caller.check_volunteer(trip.volunteer())?;
        Ok(trip)
    })
}

/// Trips of a civil day in Europe/Paris, by time.
///
/// # Errors
/// The store.
pub fn on_day(app: &App, caller: &Caller, day: Date, limit: usize) -> Result<Vec<Trip>, Refusal> {
    app.look(caller, Operation::TripList, |_, view| {
        let mut found = trips::on_day(view, day)?;
        found.truncate(limit);
        Ok(found)
    })
}

/// Trips of a person, newest first.
///
/// # Errors
/// The store.
pub fn of_person(
    app: &App,
    caller: &Caller,
    person: Id<PersonKind>,
    limit: usize,
) -> Result<Vec<Trip>, Refusal> {
    app.look(caller, Operation::TripList, |_, view| Ok(trips::of_person(view, person, limit)?))
}

/// Trips that need a decision, soonest first.
///
/// # Errors
/// The store.
pub fn open(app: &App, caller: &Caller, limit: usize) -> Result<Vec<Trip>, Refusal> {
    app.look(caller, Operation::TripList, |_, view| Ok(trips::open(view, limit)?))
}

/// The asked volunteer says yes.
///
/// # Errors
/// `trip-wrong-…`; the store.
pub async fn driver_accepts(
    app: &Arc<App>,
    caller: &Caller,
    trip: Id<TripKind>,
    single: bool,
) -> Result<Vec<Trip>, Refusal> {
    let accept = |trip: &Trip| trip.volunteer().map(TripAction::DriverAccepts);
    act_on_asked(app, caller, Operation::TripAccept, trip, single, accept).await
}

/// The asked volunteer says no, or cannot any more.
///
/// # Errors
/// `trip-wrong-…`; the store.
pub async fn driver_refuses(
    app: &Arc<App>,
    caller: &Caller,
    trip: Id<TripKind>,
    reason: DriverRefusal,
    single: bool,
) -> Result<Vec<Trip>, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::TripRefuse, move |app, transaction| {
        refuse(app, transaction, &by, (trip, single), reason)
    })
    .await
}

/// The asked volunteer says no, or cannot any more, inside a transaction.
///
/// # Errors
/// As [`driver_refuses`].
pub(super) fn refuse(
    app: &App,
    transaction: &mut Transaction<'_>,
    by: &Caller,
    (trip, single): (Id<TripKind>, bool),
    reason: DriverRefusal,
) -> Result<Vec<Trip>, Aborted> {
    let refuse =
        |trip: &Trip| trip.volunteer().map(|volunteer| TripAction::DriverRefuses { volunteer, reason });
    change_asked(app, transaction, by, Operation::TripRefuse, (trip, single, refuse))
}

/// The passenger is in the car.
///
/// # Errors
/// `trip-wrong-…`; `trip-not-begun` before the drive begins; the store.
pub async fn pick_up(app: &Arc<App>, caller: &Caller, trip: Id<TripKind>) -> Result<Vec<Trip>, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::TripPickUp, move |app, transaction| {
        let trip = find(transaction, trip)?;
        by.check_volunteer(trip.volunteer())?;
        trip.check_begun(TripAction::PickUp, app.now()).map_err(refusals::trip)?;
        let changed = apply(app, transaction, vec![trip], |_| Some(TripAction::PickUp))?;
        note(app, transaction, &by, Operation::TripPickUp, &changed)?;
        Ok(changed)
    })
    .await
}

/// The trip is done. Zero loaded metres stand for the estimate, zero empty ones for what was planned.
///
/// # Errors
/// `trip-wrong-…`, `trip-distance`; the store.
pub async fn complete(
    app: &Arc<App>,
    caller: &Caller,
    trip: Id<TripKind>,
    loaded_m: u32,
    empty_m: u32,
) -> Result<Vec<Trip>, Refusal> {
    let empty_m = Some(empty_m).filter(|empty_m| *empty_m > 0);
    complete_driven(app, caller, trip, Driven { loaded_m, empty_m, collected_cents: 0 }).await
}

/// What was driven for a trip, in metres.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Driven {
    /// With the passenger; 0 for the estimate, or the part planned if others were on board.
    pub loaded_m: u32,
    /// Without; none for what was planned.
    pub empty_m: Option<u32>,
    /// What was collected from the passenger of another member, in cents.
    pub collected_cents: u32,
}

/// The trip is done. Somebody who set out from next door may have driven nothing without the passenger.
///
/// # Errors
/// As [`complete`]; `trip-collected-own`, `trip-collected-range`.
pub async fn complete_driven(
    app: &Arc<App>,
    caller: &Caller,
    trip: Id<TripKind>,
    Driven { loaded_m, empty_m, collected_cents }: Driven,
) -> Result<Vec<Trip>, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::TripComplete, move |app, transaction| {
        let trip = find(transaction, trip)?;
        by.check_volunteer(trip.volunteer())?;
        let loaded_m = trip.loaded_m(loaded_m);
        let planned = trip.assignment().map_or(0, |drive| drive.empty_m);
        let empty_m = empty_m.unwrap_or(planned);
        let complete = TripAction::Complete { loaded_m, empty_m };
        trip.check_begun(complete, app.now()).map_err(refusals::trip)?;
        book::note_collected(transaction, &trip, collected_cents)?;
        let changed = apply(app, transaction, vec![trip], |_| Some(complete))?;
        note(app, transaction, &by, Operation::TripComplete, &changed)?;
        Ok(changed)
    })
    .await
}

/// Somebody was not there. A return that waited for the call of who did not go there is called off with it.
///
/// # Errors
/// `trip-wrong-…`; `trip-not-begun` before the drive begins; the store.
pub async fn no_show(
    app: &Arc<App>,
    caller: &Caller,
    trip: Id<TripKind>,
    who: Absentee,
    single: bool,
) -> Result<Vec<Trip>, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::TripNoShow, move |app, transaction| {
        let legs = together(transaction, trip, single)?;
        for leg in &legs {
            by.check_volunteer(leg.volunteer())?;
        }
        // Who is not there for the way there is not there for the way back either, whenever that was to be.
        if let Some(first) = legs.first() {
            first.check_begun(TripAction::NoShow(who), app.now()).map_err(refusals::trip)?;
        }
        let orphan = orphan(transaction, &legs, single)?;
        let mut changed = apply(app, transaction, legs, |_| Some(TripAction::NoShow(who)))?;
        if let Some(back) = orphan {
            let (by, reason) = match who {
                Absentee::Person => (CancelledBy::Person, CancelReason::NoLongerNeeded),
                Absentee::Driver => (CancelledBy::Volunteer, CancelReason::Driver),
            };
            changed.extend(apply(app, transaction, vec![back], |_| Some(TripAction::Cancel { by, reason }))?);
        }
        note(app, transaction, &by, Operation::TripNoShow, &changed)?;
        Ok(changed)
    })
    .await
}

/// The trip is called off. When neighbours are involved, both legs are, and they are told.
///
/// # Errors
/// `cancel-reason-series` for the reason that a series alone gives; `trip-told-at`; `trip-wrong-…`; `trip-carried-release`
/// for a neighbour's trip, which is given back instead; the store.
pub async fn cancel(
    app: &Arc<App>,
    caller: &Caller,
    trip: Id<TripKind>,
    cancellation: impl Into<Cancellation>,
    single: bool,
) -> Result<Vec<Trip>, Refusal> {
    let Cancellation { by, reason, told } = cancellation.into();
    if reason == CancelReason::Series {
        return Err(refusals::invalid("cancel-reason-series"));
    }
    let caller_noted = caller.clone();
    app.act(caller, Operation::TripCancel, move |app, transaction| {
        // Of whoever calls it off on the page of its handover.
        handover::stand::check(transaction, &caller_noted)?;
        let first = relays::lead(transaction, find(transaction, trip)?)?;
        if first.is_carried() {
            return Err(refusals::conflict("trip-carried-release").into());
        }
        let alone = single && first.custody() == Custody::Local;
        let mut legs = together(transaction, first.id(), alone)?;
        legs.extend(orphan(transaction, &legs, alone)?);
        if !single && legs.len() < 2 {
            legs.extend(handover::other_leg(transaction, &first, app.now())?);
        }
        let handovers: BTreeSet<_> = legs.iter().filter_map(|leg| leg.custody().handover()).collect();
        let at = app.now();
        let cancelled = change_each(app, transaction, legs, |trip| {
            let cancelled = trip.cancel_as_told((by, reason), told.unwrap_or(at), at);
            Ok(cancelled.map_err(refusals::trip)?)
        })?;
        for handover in handovers {
            handover::person_cancelled(app, transaction, handover)?;
        }
        note(app, transaction, &caller_noted, Operation::TripCancel, &cancelled)?;
        Ok(cancelled)
    })
    .await
}

/// Nobody could serve it: into the ledger of unmet need.
///
/// # Errors
/// `trip-wrong-…`; the store.
pub async fn declare_unmet(
    app: &Arc<App>,
    caller: &Caller,
    trip: Id<TripKind>,
    reason: UnmetReason,
    single: bool,
) -> Result<Vec<Trip>, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::TripUnmet, move |app, transaction| {
        let mut legs = relays::leading(transaction, together(transaction, trip, single)?)?;
        legs.extend(orphan(transaction, &legs, single)?);
        let unmet = apply(app, transaction, legs, |_| Some(TripAction::DeclareUnmet(reason)))?;
        for trip in &unmet {
            unmet::declared_by(transaction, trip, by.label())?;
        }
        note(app, transaction, &by, Operation::TripUnmet, &unmet)?;
        Ok(unmet)
    })
    .await
}

/// The return that waits for the call of somebody who does not go: it goes the way of its outbound.
pub(super) fn orphan(
    view: &dyn maillage_engine::View,
    legs: &[Trip],
    single: bool,
) -> Result<Option<Trip>, Aborted> {
    let [outbound] = legs else { return Ok(None) };
    let Some(sibling) = outbound.terms.sibling.filter(|_| !single) else { return Ok(None) };
    Ok(Some(find(view, sibling)?).filter(Trip::waits_for_call))
}

/// What a closed trip says about itself, for people: the code of its reason.
pub fn reason_code(status: TripStatus) -> &'static str {
    match status {
        TripStatus::Unmet(reason) => reason.code(),
        TripStatus::Cancelled { by, .. } => by.code(),
        TripStatus::Requested
        | TripStatus::Offered
        | TripStatus::Confirmed
        | TripStatus::PickedUp
        | TripStatus::Completed { .. }
        | TripStatus::NoShow(Absentee::Person) => "",
        TripStatus::NoShow(Absentee::Driver) => Absentee::Driver.code(),
    }
}

/// The participation model asked for, if it is in the catalogue; otherwise the one that serves the person that day.
fn model(
    app: &App,
    view: &dyn maillage_engine::View,
    details: &RequestDetails,
    person: &Person,
) -> Result<ModelKey, Aborted> {
    let (OutboundTime::ArriveBy(at) | OutboundTime::PickupAt(at)) = details.outbound;
    match &details.model {
        None => models::model_for(view, Some(person.details.home.commune), day_of(at)),
        Some(key) if app.catalogue.model(key).is_some() => Ok(key.clone()),
        Some(key) => Err(refusals::unknown("model-unknown").with("model", key).into()),
    }
}

/// A place told by a neighbour; an address that does not parse here is left out rather than losing the trip.
pub fn place(commune: maillage_geography::InseeCode, address: &str) -> Place {
    Place { commune, address: Address::parse(address).unwrap_or_default() }
}
