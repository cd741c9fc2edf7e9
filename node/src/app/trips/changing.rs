//! Changing trips with all that follows from it, inside a transaction: what they cost, what the other stage of a shared journey becomes,
//! what the origin of a carried one is told, and the note of who did it. Must never change a trip and leave one of these out.

use std::sync::Arc;

use maillage_domain::{
    roles::Operation,
    trip::{Trip, TripAction},
};
use maillage_engine::Transaction;
use maillage_federation::ids::{Id, TripKind};
use maillage_platform::refusal::Refusal;
use maillage_store::events::Subject;

use crate::app::{
    Aborted, App, caller::Caller, handover, models, offers::save, refusals, relays, suggest::together,
};

/// Lets whoever was asked to drive a trip do something with it, in a transaction of its own.
///
/// # Errors
/// `not-yours`; `trip-nobody-asked`, `trip-wrong-…`; the store.
pub(super) async fn act_on_asked(
    app: &Arc<App>,
    caller: &Caller,
    operation: Operation,
    trip: Id<TripKind>,
    single: bool,
    action: impl Fn(&Trip) -> Option<TripAction> + Send + 'static,
) -> Result<Vec<Trip>, Refusal> {
    let by = caller.clone();
    app.act(caller, operation, move |app, transaction| {
        change_asked(app, transaction, &by, operation, (trip, single, action))
    })
    .await
}

/// The same inside a transaction.
///
/// # Errors
/// As [`act_on_asked`].
pub(super) fn change_asked(
    app: &App,
    transaction: &mut Transaction<'_>,
    by: &Caller,
    operation: Operation,
    (trip, single, action): (Id<TripKind>, bool, impl Fn(&Trip) -> Option<TripAction>),
) -> Result<Vec<Trip>, Aborted> {
    let legs = together(transaction, trip, single)?;
    for leg in &legs {
        by.check_volunteer(leg.volunteer())?;
    }
    let changed = apply(app, transaction, legs, action)?;
    note(app, transaction, by, operation, &changed)?;
    Ok(changed)
}

/// Notes in the journal what a caller did to trips.
pub(in crate::app) fn note(
    app: &App,
    transaction: &mut Transaction<'_>,
    caller: &Caller,
    operation: Operation,
    trips: &[Trip],
) -> Result<(), Aborted> {
    let of_trip = |trip: &Trip| {
        let person = trip.person().map(Subject::Person);
        let volunteer = trip.volunteer().map(Subject::Volunteer);
        [Some(Subject::Trip(trip.id())), person, volunteer].into_iter().flatten()
    };
    let subjects: Vec<Subject> = trips.iter().flat_map(of_trip).collect();
    app.note(transaction, caller, operation, &subjects)
}

/// Applies an action to trips, with all that follows from it.
pub(in crate::app) fn apply(
    app: &App,
    transaction: &mut Transaction<'_>,
    legs: Vec<Trip>,
    action: impl Fn(&Trip) -> Option<TripAction>,
) -> Result<Vec<Trip>, Aborted> {
    let at = app.now();
    change_each(app, transaction, legs, |trip| {
        let action = action(trip).ok_or_else(|| refusals::conflict("trip-nobody-asked"))?;
        Ok(trip.apply(action, at).map_err(refusals::trip)?)
    })
}

/// Changes trips, settles what they cost, and tells the origin when the last leg of a carried handover is closed.
pub(in crate::app) fn change_each(
    app: &App,
    transaction: &mut Transaction<'_>,
    legs: Vec<Trip>,
    change: impl Fn(&Trip) -> Result<Trip, Aborted>,
) -> Result<Vec<Trip>, Aborted> {
    let mut changed = Vec::new();
    for trip in legs {
        let trip = change(&trip)?;
        save(app, transaction, &trip)?;
        changed.push(trip);
    }
    changed.extend(relays::follow(app, transaction, &changed)?);
    models::settle(app, transaction, &changed)?;
    let mut closed = changed.iter().filter(|trip| trip.status().is_closed());
    if let Some(handover) = closed.find_map(handover::carried_in) {
        handover::account_for(app, transaction, handover)?;
    }
    Ok(changed)
}
