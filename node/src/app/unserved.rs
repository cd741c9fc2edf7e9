//! What nobody serves, kept all the same: a request that the law or the hour rules out, and a trip that nobody answered for
//! before its time had passed. Both go into the ledger of unmet need. Must never close what a neighbour may hold.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use maillage_domain::{
    civil::day_of,
    ids::PersonKind,
    request::{NewRequest, Planning, Request, plan_request},
    roles::Operation,
    trip::{CancelReason, CancelledBy, Trip, TripAction, TripStatus, TripTerms, UnmetReason},
};
use maillage_engine::{Transaction, View};
use maillage_federation::ids::{Id, TripKind};
use maillage_platform::refusal::Refusal;
use maillage_store::{
    events::{self, Actor, NewEvent, Subject},
    persons, trips, unmet,
};

use super::{
    Aborted, App,
    caller::Caller,
    frames, refusals, relays,
    series::is_rule,
    suggest::find,
    trips::{Signed, add_request_signed, apply, change_each, keep, orphan, planning},
};
use crate::limits::UNANSWERED_AT_ONCE;

/// How long after its time a request may be written down: whoever asked yesterday is remembered today, not next year.
const WRITTEN_DOWN_WITHIN: SignedDuration = SignedDuration::from_hours(31 * 24);

/// Takes a request as [`add_request_signed`] does; one that is outside every legal frame, or asked for too late, is kept
/// all the same, closed as unmet with that reason.
///
/// # Errors
/// As [`add_request_signed`], but for what is kept.
pub async fn add_or_record(
    app: &Arc<App>,
    caller: &Caller,
    person: Id<PersonKind>,
    new: NewRequest,
    signed: Signed,
) -> Result<(Request, Vec<Trip>), Refusal> {
    match add_request_signed(app, caller, person, new.clone(), signed).await {
        Err(refusal) => match unmet_because(&refusal) {
            Some(reason) => record(app, caller, person, new, reason).await,
            None => Err(refusal),
        },
        taken => taken,
    }
}

/// The reason in the ledger that a refusal of a request stands for.
pub(super) fn unmet_because(refusal: &Refusal) -> Option<UnmetReason> {
    match refusal.reason() {
        "out-of-frame" => Some(UnmetReason::OutOfFrame),
        "request-in-the-past" | "trip-window" => Some(UnmetReason::TooLate),
        _ => None,
    }
}

async fn record(
    app: &Arc<App>,
    caller: &Caller,
    person: Id<PersonKind>,
    new: NewRequest,
    reason: UnmetReason,
) -> Result<(Request, Vec<Trip>), Refusal> {
    caller.check(Operation::RequestAdd)?;
    let by = caller.clone();
    app.act(caller, Operation::TripUnmet, move |app, transaction| {
        record_in(app, transaction, &by, (person, &new), reason)
    })
    .await
}

/// Keeps a request that is refused inside a transaction, closed as unmet with a reason.
///
/// # Errors
/// `not-allowed`; `person-unknown`; what was typed and is not acceptable; the store.
pub(super) fn record_in(
    app: &App,
    transaction: &mut Transaction<'_>,
    by: &Caller,
    (person, new): (Id<PersonKind>, &NewRequest),
    reason: UnmetReason,
) -> Result<(Request, Vec<Trip>), Aborted> {
    by.check(Operation::TripUnmet)?;
    let as_of = match reason {
        UnmetReason::TooLate => earliest(app.now()),
        UnmetReason::NoDriver
        | UnmetReason::NoVehicle
        | UnmetReason::Needs
        | UnmetReason::OutOfArea
        | UnmetReason::OutOfFrame
        | UnmetReason::Withdrawn
        | UnmetReason::Unanswered => app.now(),
    };
    let details = new.parse(app.geography, as_of).map_err(refusals::request)?;
    let person = persons::find(transaction, person)?
        .ok_or_else(|| refusals::unknown("person-unknown").with("id", person))?;
    let ids = (app.new_id(), app.new_id(), app.new_id());
    let planning = Planning { now: as_of, ..planning(app, transaction, &person, &details, ids, None)? };
    let (request, legs) = plan_request(details, &person, &planning).map_err(refusals::request)?;
    let request = Request { created: app.now(), ..request };
    let asked_now = |trip: Trip| Trip::requested(TripTerms { created: app.now(), ..trip.terms });
    let legs: Vec<Trip> =
        legs.into_iter().map(asked_now).collect::<Result<_, _>>().map_err(refusals::terms)?;
    keep(transaction, &request, &legs)?;
    persons::note_contact(transaction, request.person, day_of(app.now()))?;
    for leg in &legs {
        frames::settle(app, transaction, leg)?;
    }
    let closed = apply(app, transaction, legs, |_| Some(TripAction::DeclareUnmet(reason)))?;
    for trip in &closed {
        unmet::declared_by(transaction, trip, by.label())?;
    }
    let subjects: Vec<Subject> = [Subject::Person(request.person), Subject::Request(request.id)]
        .into_iter()
        .chain(closed.iter().map(|trip| Subject::Trip(trip.id())))
        .collect();
    app.note(transaction, by, Operation::RequestAdd, &subjects)?;
    app.note(transaction, by, Operation::TripUnmet, &subjects)?;
    Ok((request, closed))
}

/// The earliest time that a request written down at an instant may have been for.
pub(super) fn earliest(at: Timestamp) -> Timestamp {
    at.saturating_sub(WRITTEN_DOWN_WITHIN).unwrap_or(Timestamp::MIN)
}

/// Closes trips that still wait for a decision when their time has passed by more than a grace: as unmet and unanswered; a
/// return whose call never came is called off, for nobody knows of a need. One transaction each. Gives how many were closed.
///
/// # Errors
/// The store.
pub async fn close_unanswered(app: &Arc<App>, grace: SignedDuration) -> Result<usize, Refusal> {
    let due: Vec<Id<TripKind>> = app.read(|app, view| {
        let waiting = trips::open(view, UNANSWERED_AT_ONCE)?;
        Ok(waiting.iter().filter(|trip| is_over(app, trip, grace)).map(Trip::id).collect())
    })?;
    let mut closed = 0;
    for id in due {
        let outcome = app
            .transact("trip.unanswered", move |app, transaction| {
                let trip = find(transaction, id)?;
                if !is_over(app, &trip, grace) {
                    return Ok(0);
                }
                let legs = close(app, transaction, trip)?;
                note(app, transaction, &legs)?;
                Ok(legs.len())
            })
            .await;
        match outcome {
            Ok(legs) => closed += legs,
            // A trip that a rule keeps open keeps no other one open.
            Err(refusal) if is_rule(&refusal) => {
                tracing::warn!(trip = %id, reason = refusal.reason(), "a trip whose time has passed stays open");
            }
            Err(refusal) => return Err(refusal),
        }
    }
    Ok(closed)
}

fn is_over(app: &App, trip: &Trip, grace: SignedDuration) -> bool {
    let until = trip.terms.latest_arrival.saturating_add(grace).unwrap_or(Timestamp::MAX);
    trip.needs_decision() && until <= app.now()
}

fn close(app: &App, transaction: &mut Transaction<'_>, trip: Trip) -> Result<Vec<Trip>, Aborted> {
    if trip.waits_for_call() {
        return close_uncalled(app, transaction, trip);
    }
    let mut legs = relays::leading(transaction, vec![trip])?;
    legs.extend(orphan(transaction, &legs, false)?);
    apply(app, transaction, legs, |_| Some(TripAction::DeclareUnmet(UnmetReason::Unanswered)))
}

/// A return whose call never came goes the way of its outbound. While that is open, somebody still has to say what became of
/// it.
fn close_uncalled(app: &App, transaction: &mut Transaction<'_>, trip: Trip) -> Result<Vec<Trip>, Aborted> {
    match outbound(transaction, &trip)?.map(|outbound| outbound.status()) {
        Some(TripStatus::Unmet(reason)) => {
            apply(app, transaction, vec![trip], |_| Some(TripAction::DeclareUnmet(reason)))
        }
        Some(status) if !status.is_closed() => Ok(Vec::new()),
        Some(_) | None => change_each(app, transaction, vec![trip], |trip| {
            // Not held against the person: when the need went is not known.
            let cancelled = trip.cancel_as_told(
                (CancelledBy::Person, CancelReason::NoLongerNeeded),
                trip.terms.created,
                app.now(),
            );
            Ok(cancelled.map_err(refusals::trip)?)
        }),
    }
}

fn outbound(view: &dyn View, trip: &Trip) -> Result<Option<Trip>, Aborted> {
    trip.terms.sibling.map(|sibling| find(view, sibling)).transpose()
}

fn note(app: &App, transaction: &mut Transaction<'_>, legs: &[Trip]) -> Result<(), Aborted> {
    if legs.is_empty() {
        return Ok(());
    }
    let of_trip = |trip: &Trip| {
        [Some(Subject::Trip(trip.id())), trip.person().map(Subject::Person)].into_iter().flatten()
    };
    let subjects = legs.iter().flat_map(of_trip).collect();
    let event = NewEvent { at: app.now(), kind: "trip.unanswered", subjects, actor: Actor::Platform };
    events::record(transaction, event)?;
    Ok(())
}
