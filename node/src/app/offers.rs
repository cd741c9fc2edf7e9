//! Driver offers: how a volunteer is asked, reminded, and answers. The trip stays the truth: every trip is written by
//! [`save`], and its offer follows in the same transaction, whatever path ended it.

mod answer;
mod desk;
mod follow;
mod policy;
mod tend;

use jiff::Timestamp;
use maillage_dispatch::RefusalReason;
use maillage_domain::{
    civil::day_of,
    ids::VolunteerKind,
    message::{Medium, MessageState, Recipient, Topic},
    offer::{DriverOffer, Means, OfferAction, OfferTerms},
    trip::{Trip, TripStatus},
};
use maillage_engine::{Transaction, View};
use maillage_federation::ids::Id;
use maillage_store::{driver_offers, messages as queue, volunteers};

pub(in crate::app) use self::tend::{said_no, take_back};
pub use self::{
    answer::{Answer, LinkView, answer, answer_by_link, open_by_link},
    desk::{OfferFilter, OfferPage, list, remind, show},
    follow::save,
    policy::{policy, set_policy, show_policy},
    tend::tend,
};
use super::{Aborted, App, messages, people::documents, refusals, suggest::find};

/// Asks a volunteer for trips that were offered just now: the question, and the message or the call that carries it.
///
/// # Errors
/// The store.
pub(super) fn ask(
    app: &App,
    transaction: &mut Transaction<'_>,
    offered: &[Trip],
    volunteer: Id<VolunteerKind>,
) -> Result<(), Aborted> {
    let now = app.now();
    let departs = offered.iter().filter_map(Trip::assignment).map(|drive| drive.start).min();
    let (Some(first), Some(departs_at)) = (offered.first(), departs) else { return Ok(()) };
    let former = driver_offers::of_trip(transaction, first.id())?.len();
    let to = Recipient::Volunteer(volunteer);
    let medium = messages::medium(app, transaction, to)?;
    let plan = policy(transaction)?.plan(now, departs_at, medium != Medium::Call);
    let terms = OfferTerms {
        id: app.new_id(),
        trips: offered.iter().map(Trip::id).collect(),
        volunteer,
        departs_at,
        round: u8::try_from(former + 1).unwrap_or(u8::MAX),
        created: now,
    };
    let offer = DriverOffer::ask(terms, plan).map_err(refusals::offer)?;
    driver_offers::put(transaction, &offer)?;
    let medium = match plan.means {
        Means::Message => medium,
        Means::Phone => Medium::Call,
    };
    let about = (to, medium, Topic::Offer(offer.id()));
    messages::write(app, transaction, about, (plan.leaves_at, offer.state().expires_at))
}

/// The trips of an offer that still wait for its volunteer's answer, outbound first.
fn pending(view: &dyn View, offer: &DriverOffer) -> Result<Vec<Trip>, Aborted> {
    let mut trips = Vec::new();
    for id in &offer.terms.trips {
        let trip = find(view, *id)?;
        if trip.status() == TripStatus::Offered && trip.volunteer() == Some(offer.terms.volunteer) {
            trips.push(trip);
        }
    }
    Ok(trips)
}

/// Why the volunteer of trips may not drive them any more, as dispatch calls it: not asked any more, or a paper that is
/// missing or will have expired. None if nothing bars.
fn barred(view: &dyn View, trips: &[Trip]) -> Result<Option<&'static str>, Aborted> {
    let Some(drive) = trips.iter().filter_map(Trip::assignment).max_by_key(|drive| drive.end) else {
        return Ok(None);
    };
    let volunteer = volunteers::find(view, drive.volunteer)?.filter(|volunteer| volunteer.active);
    let Some(volunteer) = volunteer else { return Ok(Some(RefusalReason::Inactive.code())) };
    let required = documents::required(view)?;
    let obstacle = volunteer.details.documents.obstacle(day_of(drive.end), &required);
    Ok(obstacle.map(|obstacle| RefusalReason::Document(obstacle).code()))
}

/// Whether the question, or a reminder of it, has left this node.
fn has_left(view: &dyn View, offer: &DriverOffer) -> Result<bool, Aborted> {
    let about = queue::about(view, offer.id().to_array())?;
    Ok(about.iter().any(|message| message.medium != Medium::Call && message.is_sent()))
}

/// What is still to be said about a closed offer: nothing that waits, and a word to a volunteer who was asked and did not
/// answer.
fn say_over(app: &App, transaction: &mut Transaction<'_>, offer: &DriverOffer) -> Result<(), Aborted> {
    let now = app.now();
    let told = has_left(transaction, offer)?;
    drop_waiting(transaction, offer, now)?;
    if !told || now >= offer.terms.departs_at {
        return Ok(());
    }
    let to = Recipient::Volunteer(offer.terms.volunteer);
    match messages::medium(app, transaction, to)? {
        Medium::Call => Ok(()),
        medium @ (Medium::Email | Medium::Sms) => {
            let about = (to, medium, Topic::OfferOver(offer.id()));
            messages::write(app, transaction, about, (now, offer.terms.departs_at))
        }
    }
}

/// Nothing that waits about an offer leaves any more; a call that was made is noted as made.
fn drop_waiting(
    transaction: &mut Transaction<'_>,
    offer: &DriverOffer,
    now: Timestamp,
) -> Result<(), Aborted> {
    for message in queue::about(transaction, offer.id().to_array())? {
        if matches!(message.state, MessageState::Waiting { .. }) {
            queue::put(transaction, &message.dropped(now))?;
        }
    }
    Ok(())
}

/// The volunteer of an offer has to be called from now on.
///
/// # Errors
/// The store.
pub(super) fn call_instead(
    app: &App,
    transaction: &mut Transaction<'_>,
    offer: &DriverOffer,
) -> Result<(), Aborted> {
    let now = app.now();
    let expires_at = policy(transaction)?.called_until(now, offer.terms.departs_at);
    let Ok(offer) = offer.apply(OfferAction::Call { expires_at }, now) else { return Ok(()) };
    driver_offers::put(transaction, &offer)?;
    drop_waiting(transaction, &offer, now)?;
    let about = (Recipient::Volunteer(offer.terms.volunteer), Medium::Call, Topic::Offer(offer.id()));
    messages::write(app, transaction, about, (now, offer.state().expires_at.max(now)))
}
