//! A volunteer is asked to drive: the vehicle, the times that dispatch finds possible now, and the question. Must never ask
//! for a trip that somebody has decided about.

use std::sync::Arc;

use maillage_dispatch::LegRequest;
use maillage_domain::{
    ids::VolunteerKind,
    roles::Operation,
    trip::{Custody, Trip, TripAction, TripError, TripStatus},
};
use maillage_engine::Transaction;
use maillage_federation::ids::{Id, TripKind};
use maillage_platform::refusal::Refusal;

use super::note;
use crate::app::{
    Aborted, App,
    caller::Caller,
    company,
    driving::{self, Ride},
    handover,
    offers::{self, save},
    people::follow::as_needed,
    refusals, relays, roads,
    suggest::{find, leg_of, pairs_of_trip, suggest_legs_with, together},
};

/// Asks a volunteer to drive, with times that dispatch finds possible now.
///
/// # Errors
/// `driver-cannot` with the reason; `trip-wrong-…`; the store.
pub async fn offer_to_driver(
    app: &Arc<App>,
    caller: &Caller,
    trip: Id<TripKind>,
    volunteer: Id<VolunteerKind>,
    single: bool,
) -> Result<Vec<Trip>, Refusal> {
    offer_ride(app, caller, trip, volunteer, (single, Ride::default())).await
}

/// Asks a volunteer to drive in a vehicle that was chosen, or on a journey of her or his own.
///
/// # Errors
/// As [`offer_to_driver`]; `vehicle-…`, `asset-…`, `loan-taken` for the vehicle.
pub async fn offer_ride(
    app: &Arc<App>,
    caller: &Caller,
    trip: Id<TripKind>,
    volunteer: Id<VolunteerKind>,
    (single, ride): (bool, Ride),
) -> Result<Vec<Trip>, Refusal> {
    caller.check(Operation::TripOffer)?;
    roads::prepare(app, |_, view| pairs_of_trip(view, trip, single)).await;
    let by = caller.clone();
    app.act(caller, Operation::TripOffer, move |app, transaction| {
        let trips = together(transaction, trip, single)?;
        let offered = assign_ride(app, transaction, trips, volunteer, ride)?;
        note(app, transaction, &by, Operation::TripOffer, &offered)?;
        Ok(offered)
    })
    .await
}

/// Asks a volunteer for trips inside a transaction.
///
/// # Errors
/// As [`offer_to_driver`].
pub fn assign(
    app: &App,
    transaction: &mut Transaction<'_>,
    legs: Vec<Trip>,
    volunteer: Id<VolunteerKind>,
) -> Result<Vec<Trip>, Aborted> {
    assign_ride(app, transaction, legs, volunteer, Ride::default())
}

fn assign_ride(
    app: &App,
    transaction: &mut Transaction<'_>,
    legs: Vec<Trip>,
    volunteer: Id<VolunteerKind>,
    ride: Ride,
) -> Result<Vec<Trip>, Aborted> {
    for trip in &legs {
        check_undecided(trip).map_err(refusals::trip)?;
    }
    relays::check_whole(transaction, &legs)?;
    let legs: Vec<Trip> =
        legs.into_iter().map(|trip| as_needed(app, transaction, trip)).collect::<Result<_, Aborted>>()?;
    let mut asked: Vec<LegRequest> =
        legs.iter().map(|trip| leg_of(transaction, trip)).collect::<Result<_, Aborted>>()?;
    // Where the driver goes anyway, what is agreed is for that person alone.
    for leg in &mut asked {
        leg.pooling &= !ride.own_trip;
    }
    let handover = legs.first().and_then(handover::carried_in);
    let driver = driving::substitute(app, transaction, volunteer, ride.vehicle)?;
    let suggestion = suggest_legs_with(app, transaction, &asked, handover, driver)?;
    let Some(candidate) = suggestion.candidate(volunteer) else {
        let refused = suggestion.ranking.refusals.iter().find(|refused| refused.volunteer == volunteer);
        return Err(match refused {
            Some(refused) => refusals::conflict("driver-cannot").with("code", refused.reason.code()).into(),
            None => refusals::unknown("volunteer-unknown").with("id", volunteer).into(),
        });
    };
    let at = app.now();
    // All or none: whoever tries the next candidate after a refusal must find nothing half asked.
    let mut offered = Vec::new();
    for (trip, drive) in legs.iter().zip(&candidate.drives) {
        let drive = driving::chosen(app, transaction, *drive, trip.id(), ride)?;
        offered.push(trip.apply(TripAction::OfferTo(drive), at).map_err(refusals::trip)?);
    }
    for trip in &offered {
        save(app, transaction, trip)?;
    }
    company::joined(app, transaction, &offered, false)?;
    let offered: Vec<Trip> =
        offered.iter().map(|trip| find(transaction, trip.id())).collect::<Result<_, Aborted>>()?;
    offers::ask(app, transaction, &offered, volunteer)?;
    Ok(offered)
}

/// A driver is asked for what nobody has decided about yet: said before dispatch would call the driver busy with it.
pub(in crate::app) fn check_undecided(trip: &Trip) -> Result<(), TripError> {
    let action = "offer to a driver";
    if trip.custody() != Custody::Local {
        return Err(TripError::WrongCustody { action, custody: trip.custody().code() });
    }
    if trip.status() != TripStatus::Requested {
        return Err(TripError::WrongStatus { action, status: trip.status().code() });
    }
    Ok(())
}
