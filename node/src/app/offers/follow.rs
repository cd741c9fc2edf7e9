//! What a change of a trip means for those who were asked or told about it.

use jiff::{SignedDuration, Timestamp, ToSpan as _};
use maillage_domain::{
    calendar::LostDrive,
    ids::VolunteerKind,
    message::{Recipient, Topic},
    offer::{AnsweredBy, DriverOffer, OfferAction, OfferEnd},
    trip::{CancelledBy, DriverRefusal, Trip, TripEventKind, TripStatus},
};
use maillage_engine::Transaction;
use maillage_federation::{ids::Id, month::paris};
use maillage_store::{driver_offers, lost_drives, trips};

use super::{barred, pending, policy, say_over};
use crate::app::{Aborted, App, company, frames, handover, messages, refusals, relays, suggest::find};

/// Civil hour of Europe/Paris at which a beneficiary is reminded the day before.
const REMINDER_HOUR: i8 = 17;

/// Writes a trip, new or changed. Its offer follows, and whoever has to know is told. Every way to ask a driver, and every yes,
/// comes through here.
///
/// # Errors
/// `driver-cannot` if the volunteer who says yes may not drive any more; `restored-not-reconciled` if a driver is asked or
/// says yes before a restored node has heard where its handovers stand; the store.
pub fn save(app: &App, transaction: &mut Transaction<'_>, trip: &Trip) -> Result<(), Aborted> {
    let former = trips::find(transaction, trip.id())?;
    if is_newly_promised(former.as_ref(), trip) {
        handover::recovery::require_reconciled(app, transaction)?;
    }
    if former.as_ref().is_some_and(|former| former.status() == TripStatus::Offered)
        && trip.status() == TripStatus::Confirmed
        && let Some(code) = barred(transaction, std::slice::from_ref(trip))?
    {
        return Err(refusals::conflict("driver-cannot").with("code", code).into());
    }
    trips::put(transaction, trip)?;
    if let Some(offer) = driver_offers::open_for(transaction, trip.id())? {
        conclude(app, transaction, &offer, trip)?;
    }
    let Some(former) = former else { return Ok(()) };
    if trip.is_open() && legal_side(&former) != legal_side(trip) {
        frames::settle(app, transaction, trip)?;
    }
    company::left(app, transaction, &former, trip)?;
    handover::talk::follow(app, transaction, &former, trip)?;
    tell(app, transaction, &former, trip)
}

/// Whether a driver is asked, or says yes.
fn is_newly_promised(former: Option<&Trip>, trip: &Trip) -> bool {
    let undecided = |former: &Trip| matches!(former.status(), TripStatus::Requested | TripStatus::Offered);
    let promised = matches!(trip.status(), TripStatus::Offered | TripStatus::Confirmed);
    promised && former.is_none_or(|former| undecided(former) && former.status() != trip.status())
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
        | OfferAction::Call { .. }
        | OfferAction::Overdue
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
    let now = app.now();
    let driver = |trip: &Trip| trip.volunteer().filter(|_| trip.status() == TripStatus::Confirmed);
    let cancelled = match trip.status() {
        TripStatus::Cancelled { by, .. } if former.is_open() => Some(by),
        TripStatus::Requested
        | TripStatus::Offered
        | TripStatus::Confirmed
        | TripStatus::PickedUp
        | TripStatus::Completed { .. }
        | TripStatus::Cancelled { .. }
        | TripStatus::NoShow(_)
        | TripStatus::Unmet(_) => None,
    };
    if cancelled.is_some() || (driver(former).is_some() && driver(trip) != driver(former)) {
        messages::drop_about(transaction, trip.id(), now)?;
    }
    if let Some(lost) = LostDrive::between(former, trip, now) {
        lost_drives::put(transaction, &lost)?;
        if driver(former).is_some() && !has_withdrawn(trip, lost.volunteer) {
            tell_lost(app, transaction, trip, lost.volunteer)?;
        }
    }
    tell_of_other_stage(app, transaction, former, trip)?;
    match (driver(trip), cancelled) {
        (Some(volunteer), _) if driver(former) != Some(volunteer) => {
            lost_drives::remove(transaction, volunteer, trip.id())?;
            messages::drop_lost(transaction, trip.id(), volunteer, now)?;
            tell_confirmed(app, transaction, trip, volunteer)
        }
        (_, Some(by)) => tell_cancelled(app, transaction, former, by),
        (_, None) => Ok(()),
    }
}

/// Whether the volunteer took back the word, as the last thing that happened: such a one knows.
fn has_withdrawn(trip: &Trip, volunteer: Id<VolunteerKind>) -> bool {
    let last = trip.history().last().map(|event| event.kind);
    matches!(last, Some(TripEventKind::Refused { volunteer: who, .. }) if who == volunteer)
}

fn tell_lost(
    app: &App,
    transaction: &mut Transaction<'_>,
    trip: &Trip,
    volunteer: Id<VolunteerKind>,
) -> Result<(), Aborted> {
    let about = (Recipient::Volunteer(volunteer), Topic::DriveCancelled(trip.id()));
    messages::tell(app, transaction, about, app.now())
}

fn tell_confirmed(
    app: &App,
    transaction: &mut Transaction<'_>,
    trip: &Trip,
    volunteer: Id<VolunteerKind>,
) -> Result<(), Aborted> {
    let to = Recipient::Volunteer(volunteer);
    messages::tell_in_writing(app, transaction, (to, Topic::DriveConfirmed(trip.id())))?;
    // Half of a journey is none: what is arranged is told once both stages are.
    if relays::is_arranged(transaction, trip)? { tell_arranged(app, transaction, trip) } else { Ok(()) }
}

/// Tells the person that somebody drives, and again on the day before.
fn tell_arranged(app: &App, transaction: &mut Transaction<'_>, trip: &Trip) -> Result<(), Aborted> {
    let (now, policy) = (app.now(), policy(transaction)?);
    let Some(person) = trip.person().map(Recipient::Person) else { return Ok(()) };
    if policy.tell_confirmed {
        messages::tell(app, transaction, (person, Topic::TripConfirmed(trip.id())), now)?;
    }
    // Told today that it is tomorrow: once is enough.
    if policy.tell_day_before
        && let Some(at) = day_before(trip).filter(|at| *at > now + SignedDuration::from_hours(12))
    {
        messages::tell(app, transaction, (person, Topic::TripTomorrow(trip.id())), at)?;
    }
    Ok(())
}

/// What was not told of the one stage before the other was arranged as well.
fn tell_of_other_stage(
    app: &App,
    transaction: &mut Transaction<'_>,
    former: &Trip,
    trip: &Trip,
) -> Result<(), Aborted> {
    if relays::is_sure(former) || !relays::is_sure(trip) {
        return Ok(());
    }
    let other = trip.terms.relay.map(|relay| find(transaction, relay.other)).transpose()?;
    match other.filter(|other| other.status() == TripStatus::Confirmed) {
        Some(other) if relays::is_arranged(transaction, &other)? => tell_arranged(app, transaction, &other),
        Some(_) | None => Ok(()),
    }
}

fn tell_cancelled(
    app: &App,
    transaction: &mut Transaction<'_>,
    former: &Trip,
    by: CancelledBy,
) -> Result<(), Aborted> {
    if former.status() == TripStatus::Confirmed
        && let Some(volunteer) = former.volunteer()
    {
        tell_lost(app, transaction, former, volunteer)?;
    }
    match (by, former.person().map(Recipient::Person)) {
        // Made into one trip again, which goes on.
        _ if relays::goes_on(transaction, former)? => Ok(()),
        (CancelledBy::Platform, Some(person)) if policy(transaction)?.tell_cancelled => {
            messages::tell(app, transaction, (person, Topic::TripCancelled(former.id())), app.now())
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
