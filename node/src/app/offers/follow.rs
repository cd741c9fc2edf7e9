//! What a change of a trip means for those who were asked or told about it.

use jiff::{SignedDuration, Timestamp, ToSpan as _};
use maillage_domain::{
    message::{Medium, Recipient, Topic},
    offer::{AnsweredBy, DriverOffer, OfferAction, OfferEnd},
    trip::{CancelledBy, DriverRefusal, Trip, TripEventKind, TripStatus},
};
use maillage_engine::Transaction;
use maillage_federation::month::paris;
use maillage_store::{driver_offers, trips};

use super::{pending, policy, say_over};
use crate::app::{Aborted, App, frames, messages, refusals, suggest::find};

/// Civil hour of Europe/Paris at which a beneficiary is reminded the day before.
const REMINDER_HOUR: i8 = 17;

/// Writes a trip, new or changed. Its offer follows, and whoever has to know is told.
///
/// # Errors
/// The store.
pub fn save(app: &App, transaction: &mut Transaction<'_>, trip: &Trip) -> Result<(), Aborted> {
    let former = trips::find(transaction, trip.id())?;
    trips::put(transaction, trip)?;
    if let Some(offer) = driver_offers::open_for(transaction, trip.id())? {
        conclude(app, transaction, &offer, trip)?;
    }
    let Some(former) = former else { return Ok(()) };
    if trip.is_open() && legal_side(&former) != legal_side(trip) {
        frames::settle(app, transaction, trip)?;
    }
    tell(app, transaction, &former, trip)
}

/// What of a drive its legal frame depends on.
fn legal_side(trip: &Trip) -> (Option<u8>, bool) {
    let drive = trip.assignment();
    let places = drive.and_then(|drive| drive.vehicle).map(|vehicle| vehicle.places);
    (places, drive.is_some_and(|drive| drive.own_trip))
}

/// Closes an offer once none of its trips waits for the volunteer any more.
fn conclude(
    app: &App,
    transaction: &mut Transaction<'_>,
    offer: &DriverOffer,
    changed: &Trip,
) -> Result<(), Aborted> {
    if !pending(transaction, offer)?.is_empty() {
        return Ok(());
    }
    let mut promised = false;
    for id in &offer.terms.trips {
        let trip = find(transaction, *id)?;
        promised |= is_promised(&trip) && trip.volunteer() == Some(offer.terms.volunteer);
    }
    let action = if promised { OfferAction::Accept(AnsweredBy::Desk) } else { conclusion(changed) };
    let closed = offer.apply(action, app.now()).map_err(refusals::offer)?;
    driver_offers::put(transaction, &closed)?;
    match action {
        OfferAction::Accept(_) | OfferAction::Refuse(..) => {
            super::drop_waiting(transaction, &closed, app.now())
        }
        OfferAction::Remind { .. }
        | OfferAction::Call
        | OfferAction::CalledInVain
        | OfferAction::TimeOut
        | OfferAction::End(_) => say_over(app, transaction, &closed),
    }
}

fn is_promised(trip: &Trip) -> bool {
    match trip.status() {
        TripStatus::Confirmed
        | TripStatus::PickedUp
        | TripStatus::Completed { .. }
        | TripStatus::NoShow(_) => true,
        TripStatus::Requested | TripStatus::Offered | TripStatus::Cancelled { .. } | TripStatus::Unmet(_) => {
            false
        }
    }
}

/// How an offer ended, as the trip that changed last tells it.
fn conclusion(trip: &Trip) -> OfferAction {
    match (trip.status(), trip.history().last().map(|event| event.kind)) {
        (TripStatus::Cancelled { .. }, _) => OfferAction::End(OfferEnd::Cancelled),
        (TripStatus::Unmet(_), _) => OfferAction::End(OfferEnd::Unmet),
        (_, Some(TripEventKind::Refused { reason: DriverRefusal::NoAnswer, .. })) => OfferAction::TimeOut,
        (_, Some(TripEventKind::Refused { reason, .. })) => OfferAction::Refuse(reason, AnsweredBy::Desk),
        (_, _) => OfferAction::End(OfferEnd::Withdrawn),
    }
}

/// Tells driver and beneficiary what they have to know about a change.
fn tell(app: &App, transaction: &mut Transaction<'_>, former: &Trip, trip: &Trip) -> Result<(), Aborted> {
    if app.now() >= trip.terms.latest_arrival {
        return Ok(());
    }
    match (former.status(), trip.status()) {
        (TripStatus::Confirmed, TripStatus::Confirmed) => Ok(()),
        (_, TripStatus::Confirmed) => tell_confirmed(app, transaction, trip),
        (before, TripStatus::Cancelled { by, .. }) if !before.is_closed() => {
            tell_cancelled(app, transaction, former, by)
        }
        (_, _) => Ok(()),
    }
}

fn tell_confirmed(app: &App, transaction: &mut Transaction<'_>, trip: &Trip) -> Result<(), Aborted> {
    let (now, until) = (app.now(), trip.terms.latest_arrival);
    let policy = policy(transaction)?;
    if let Some(volunteer) = trip.volunteer() {
        let to = Recipient::Volunteer(volunteer);
        let medium = messages::medium(app, transaction, to)?;
        if medium != Medium::Call {
            let about = (to, medium, Topic::DriveConfirmed(trip.id()));
            messages::write_once(app, transaction, about, (now, until), trip)?;
        }
    }
    let Some(person) = trip.person().map(Recipient::Person) else { return Ok(()) };
    let medium = messages::medium(app, transaction, person)?;
    if policy.tell_confirmed {
        let about = (person, medium, Topic::TripConfirmed(trip.id()));
        messages::write_once(app, transaction, about, (now, until), trip)?;
    }
    // Told today that it is tomorrow: once is enough.
    if policy.tell_day_before
        && let Some(at) = day_before(trip).filter(|at| *at > now + SignedDuration::from_hours(12))
    {
        let about = (person, medium, Topic::TripTomorrow(trip.id()));
        messages::write_once(app, transaction, about, (at, until), trip)?;
    }
    Ok(())
}

fn tell_cancelled(
    app: &App,
    transaction: &mut Transaction<'_>,
    former: &Trip,
    by: CancelledBy,
) -> Result<(), Aborted> {
    let (now, until) = (app.now(), former.terms.latest_arrival);
    messages::drop_about(transaction, former.id(), now)?;
    if former.status() == TripStatus::Confirmed
        && let Some(volunteer) = former.volunteer()
    {
        let to = Recipient::Volunteer(volunteer);
        let about = (to, messages::medium(app, transaction, to)?, Topic::DriveCancelled(former.id()));
        messages::write_once(app, transaction, about, (now, until), former)?;
    }
    match (by, former.person().map(Recipient::Person)) {
        (CancelledBy::Platform, Some(person)) if policy(transaction)?.tell_cancelled => {
            let medium = messages::medium(app, transaction, person)?;
            let about = (person, medium, Topic::TripCancelled(former.id()));
            messages::write_once(app, transaction, about, (now, until), former)
        }
        (_, _) => Ok(()),
    }
}

/// The evening before a trip.
fn day_before(trip: &Trip) -> Option<Timestamp> {
    let day = trip.terms.earliest_pickup.to_zoned(paris()).date();
    let evening = day.checked_sub(1.day()).ok()?.at(REMINDER_HOUR, 0, 0, 0);
    paris().to_ambiguous_timestamp(evening).compatible().ok()
}
