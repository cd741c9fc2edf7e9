//! What a changed file means for trips that are planned already. A trip that nobody has decided about follows the person in
//! the transaction of the change; one that somebody was asked for, or promised, or that a neighbour may hold, is told and
//! left. Must never move a trip under a driver.

use std::borrow::Cow;

use maillage_domain::{
    person::{Person, PersonDetails, Pooling},
    place::NewPlace,
    request::places,
    trip::{Leg, Trip, TripChange, TripStatus},
};
use maillage_engine::{Transaction, View};
use maillage_federation::ids::{Id, TripKind};
use maillage_store::{persons, requests, trips};

use crate::app::{
    Aborted, App,
    edits::{self, NewTripChange},
    frames,
    offers::save,
    refusals, series,
};

/// Somebody after a change of the file, and the trips planned already that it concerns.
#[derive(Debug, Clone)]
pub struct Changed<T> {
    /// Who.
    pub who: T,
    /// The trips.
    pub trips: Vec<Touched>,
}

/// A trip planned already that a change concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched {
    /// Which.
    pub trip: Id<TripKind>,
    /// Whether it was brought in line; if not, somebody has to look at it.
    pub changed: bool,
    /// What is different, or why it does not fit: a code.
    pub code: Cow<'static, str>,
}

/// The trip starts or ends where the person does not live any more.
pub(crate) const HOME_MOVED: &str = "home-moved";
/// The person's needs are others now.
pub(crate) const NEEDS_CHANGED: &str = "needs-changed";
/// The person rides with others and does not agree to it any more.
pub(crate) const COMPANY: &str = "company-not-agreed";
/// The driver and the person are not to travel together.
const AVOIDED: &str = "avoided";
/// The person lives where the trip leads.
const SAME_PLACE: &str = "same-place";

/// Brings the trips of a person in line with a changed file, and tells those it may not touch.
///
/// # Errors
/// The store.
pub(super) fn trips_follow(
    app: &App,
    transaction: &mut Transaction<'_>,
    former: &PersonDetails,
    person: &Person,
) -> Result<Vec<Touched>, Aborted> {
    let now = &person.details;
    let withdrawn = (former.pooling, now.pooling) == (Pooling::Agreed, Pooling::Alone);
    if !withdrawn && (&former.home, &former.needs, &former.avoid) == (&now.home, &now.needs, &now.avoid) {
        return Ok(Vec::new());
    }
    let mut touched = Vec::new();
    for trip in trips::of_person(transaction, person.id, usize::MAX)? {
        if trip.is_open() && trip.terms.latest_arrival > app.now() {
            touched.extend(follows(app, transaction, former, person, &trip)?);
            if withdrawn && rides_unasked(&trip, now.pooling) {
                touched.push(Touched { trip: trip.id(), changed: false, code: COMPANY.into() });
            }
        }
    }
    touched.sort_by_key(|touched| touched.trip);
    Ok(touched)
}

/// A trip nobody has decided about, with the person's needs as they are now: for whoever is asked for it next.
///
/// # Errors
/// The store; a person and companions who fit into no vehicle.
pub(crate) fn as_needed(app: &App, transaction: &mut Transaction<'_>, trip: Trip) -> Result<Trip, Aborted> {
    let person = trip.person().map(|person| persons::find(transaction, person)).transpose()?.flatten();
    let Some(person) = person.filter(|_| trip.needs_decision()) else { return Ok(trip) };
    let change = needs_now(&person, &trip)?;
    if change.is_idle(&trip) { Ok(trip) } else { brought_in_line(app, transaction, &trip, &change) }
}

/// The needs, places and companions of a trip as the person's file asks for them now.
///
/// # Errors
/// A person and companions who fit into no vehicle.
pub(crate) fn needs_now(person: &Person, trip: &Trip) -> Result<TripChange, Aborted> {
    let (companions, seats) = places(trip.terms.companions, person).map_err(refusals::request)?;
    Ok(TripChange {
        companions: Some(companions),
        seats: Some(seats),
        needs: Some(person.details.needs.clone()),
        ..TripChange::default()
    })
}

/// Whether somebody was promised a ride with others and does not agree to it (any more).
pub(crate) fn rides_unasked(trip: &Trip, standing: Pooling) -> bool {
    trip.commitment().is_some_and(|drive| drive.shared.is_some()) && !trip.may_share(standing)
}

fn follows(
    app: &App,
    transaction: &mut Transaction<'_>,
    former: &PersonDetails,
    person: &Person,
    trip: &Trip,
) -> Result<Option<Touched>, Aborted> {
    let told = |code: &'static str| Some(Touched { trip: trip.id(), changed: false, code: code.into() });
    let refused = |refusal: &maillage_platform::refusal::Refusal| {
        let code = Cow::Owned(refusal.reason().to_owned());
        Ok(Some(Touched { trip: trip.id(), changed: false, code }))
    };
    let avoided = trip.volunteer().is_some_and(|driver| person.details.avoid.contains(&driver));
    let moved = moved(transaction, former, person, trip)?;
    let change = match wanted(app, transaction, (person, trip), moved.as_ref()) {
        Ok(change) => change,
        Err(Aborted::Refused(refusal)) => return refused(&refusal),
        Err(error) => return Err(error),
    };
    if change.is_idle(trip) {
        return Ok(if avoided { told(AVOIDED) } else { None });
    }
    match trip.status() {
        TripStatus::Requested if trip.needs_decision() => {}
        TripStatus::PickedUp => return Ok(None),
        TripStatus::Requested
        | TripStatus::Offered
        | TripStatus::Confirmed
        | TripStatus::Completed { .. }
        | TripStatus::Cancelled { .. }
        | TripStatus::NoShow(_)
        | TripStatus::Unmet(_) => {
            return Ok(told(match (avoided, &moved) {
                (true, _) => AVOIDED,
                (false, Some(_)) => HOME_MOVED,
                (false, None) => NEEDS_CHANGED,
            }));
        }
    }
    let terms = &trip.terms;
    let pickup = change.pickup.as_ref().unwrap_or(&terms.pickup);
    if moved.is_some() && pickup == change.dropoff.as_ref().unwrap_or(&terms.dropoff) {
        return Ok(told(SAME_PLACE));
    }
    match brought_in_line(app, transaction, trip, &change) {
        Ok(_) => {
            let code = if moved.is_some() { HOME_MOVED } else { NEEDS_CHANGED };
            Ok(Some(Touched { trip: trip.id(), changed: true, code: code.into() }))
        }
        Err(Aborted::Refused(refusal)) => refused(&refusal),
        Err(error) => Err(error),
    }
}

/// The end of a trip that was the former home, with the new one; none if it starts and ends elsewhere.
fn moved(
    view: &dyn View,
    former: &PersonDetails,
    person: &Person,
    trip: &Trip,
) -> Result<Option<NewTripChange>, Aborted> {
    if former.home == person.details.home || !starts_at_home(view, trip)? {
        return Ok(None);
    }
    let home = Some(NewPlace::of(&person.details.home));
    Ok(match trip.terms.leg {
        Leg::Outbound if trip.terms.pickup == former.home => {
            Some(NewTripChange { pickup: home, ..NewTripChange::default() })
        }
        Leg::Return if trip.terms.dropoff == former.home => {
            Some(NewTripChange { dropoff: home, ..NewTripChange::default() })
        }
        Leg::Outbound | Leg::Return => None,
    })
}

/// Whether the person asked to be fetched at home, without saying where that is.
pub(crate) fn starts_at_home(view: &dyn View, trip: &Trip) -> Result<bool, Aborted> {
    let Some(request) = trip.request() else { return Ok(false) };
    Ok(requests::find(view, request)?.is_some_and(|request| request.details.pickup.is_none()))
}

fn wanted(
    app: &App,
    view: &dyn View,
    (person, trip): (&Person, &Trip),
    moved: Option<&NewTripChange>,
) -> Result<TripChange, Aborted> {
    let TripChange { companions, seats, needs, .. } = needs_now(person, trip)?;
    let places = match moved {
        Some(moved) => edits::change(app, view, trip, moved)?,
        None => TripChange::default(),
    };
    Ok(TripChange { companions, seats, needs, ..places })
}

/// Writes a trip that follows its person, without making it one that was changed by hand.
fn brought_in_line(
    app: &App,
    transaction: &mut Transaction<'_>,
    trip: &Trip,
    change: &TripChange,
) -> Result<Trip, Aborted> {
    let edited = trip.edit(change, app.now()).map_err(refusals::trip)?.trip;
    save(app, transaction, &edited)?;
    frames::settle(app, transaction, &edited)?;
    series::note_followed(transaction, trip, &edited)?;
    Ok(edited)
}
