//! Forgets messages, calls, offers and lost drives whose term is over, as the rules of retention say. Must never forget what
//! is not finished, nor what is about a trip that is not over long enough.

use std::sync::Arc;

use jiff::Timestamp;
use maillage_domain::{
    calendar::LostDrive,
    ids::{DriverOfferKind, MessageKind},
    message::Message,
    offer::DriverOffer,
    retention::{Kind, Rules},
};
use maillage_engine::View;
use maillage_federation::{
    ids::{Id, TripKind},
    month::paris,
};
use maillage_platform::refusal::Refusal;
use maillage_store::{driver_offers, lost_drives, messages as queue, trips};

use crate::{
    app::{Aborted, App, fleet::today},
    limits::{FORGOTTEN_AT_ONCE, MESSAGES_AT_ONCE},
};

/// How many were forgotten.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Messages and calls.
    pub messages: usize,
    /// Driver offers.
    pub offers: usize,
    /// Lost drives.
    pub lost_drives: usize,
}

/// What is to be forgotten.
#[derive(Default)]
struct Old {
    messages: Vec<Id<MessageKind>>,
    offers: Vec<Id<DriverOfferKind>>,
    lost: Vec<LostDrive>,
}

/// Forgets what is over for longer than the rules of retention keep it.
///
/// # Errors
/// The store.
pub async fn forget_old(app: &Arc<App>) -> Result<Forgotten, Refusal> {
    let old = app.read(old)?;
    if old.messages.is_empty() && old.offers.is_empty() && old.lost.is_empty() {
        return Ok(Forgotten::default());
    }
    app.transact("message.forget", move |_, transaction| {
        let mut forgotten = Forgotten::default();
        for id in old.messages {
            forgotten.messages += usize::from(queue::forget(transaction, id)?);
        }
        for id in old.offers {
            forgotten.offers += usize::from(driver_offers::forget(transaction, id)?);
        }
        for lost in old.lost {
            lost_drives::remove(transaction, lost.volunteer, lost.trip)?;
            forgotten.lost_drives += 1;
        }
        Ok(forgotten)
    })
    .await
}

fn old(app: &App, view: &dyn View) -> Result<Old, Aborted> {
    let mut old = Old::default();
    if let Some(before) = end_of_term(app, Kind::Message) {
        old.messages = messages(view, before)?;
    }
    if let Some(before) = end_of_term(app, Kind::DriverOffer) {
        old.offers = offers(view, before)?;
    }
    if let Some(before) = end_of_term(app, Kind::LostDrive) {
        old.lost = lost_drives::older_than(view, before, FORGOTTEN_AT_ONCE)?;
    }
    Ok(old)
}

/// What was over before this instant goes; none if no rule says so.
fn end_of_term(app: &App, kind: Kind) -> Option<Timestamp> {
    let today = today(app);
    let day = Rules::on(today).too_old(kind, today)?;
    day.to_zoned(paris()).ok().map(|midnight| midnight.timestamp())
}

fn messages(view: &dyn View, before: Timestamp) -> Result<Vec<Id<MessageKind>>, Aborted> {
    let mut old = Vec::new();
    let mut last: Option<Message> = None;
    loop {
        let found = queue::ended_before(view, before, last.as_ref(), MESSAGES_AT_ONCE)?;
        for message in &found {
            if old.len() == FORGOTTEN_AT_ONCE {
                return Ok(old);
            }
            if is_past(view, message, before)? {
                old.push(message.id);
            }
        }
        last = found.into_iter().next_back();
        if last.is_none() {
            return Ok(old);
        }
    }
}

/// Whether what a message was about is over as long.
fn is_past(view: &dyn View, message: &Message, before: Timestamp) -> Result<bool, Aborted> {
    if let Some(offer) = message.topic.offer() {
        let offer = driver_offers::find(view, offer)?;
        return offer.map_or(Ok(true), |offer| is_settled(view, &offer, before));
    }
    message.topic.trip().map_or(Ok(true), |trip| is_over(view, trip, before))
}

fn offers(view: &dyn View, before: Timestamp) -> Result<Vec<Id<DriverOfferKind>>, Aborted> {
    let mut old = Vec::new();
    let mut last = None;
    loop {
        let found = driver_offers::list(view, last, MESSAGES_AT_ONCE)?;
        for offer in &found {
            if old.len() == FORGOTTEN_AT_ONCE || offer.terms.created >= before {
                return Ok(old);
            }
            if is_settled(view, offer, before)? {
                old.push(offer.id());
            }
        }
        last = found.last().map(DriverOffer::id);
        if last.is_none() {
            return Ok(old);
        }
    }
}

/// Whether an offer is closed, and all of its trips are over long enough.
fn is_settled(view: &dyn View, offer: &DriverOffer, before: Timestamp) -> Result<bool, Aborted> {
    if offer.is_open() || offer.terms.departs_at >= before {
        return Ok(false);
    }
    for trip in &offer.terms.trips {
        if !is_over(view, *trip, before)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether a trip is closed and was over before an instant, or is not known any more.
fn is_over(view: &dyn View, trip: Id<TripKind>, before: Timestamp) -> Result<bool, Aborted> {
    let trip = trips::find(view, trip)?;
    Ok(trip.is_none_or(|trip| !trip.is_open() && trip.terms.latest_arrival < before))
}
