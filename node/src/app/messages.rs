//! Messages to volunteers and beneficiaries: written with the change they tell about, put into facts at the moment they
//! leave, and followed until they arrived, were called, or turned out useless. Must never hold words: those are the
//! business of whoever sends.

mod calls;
mod letter;
mod post;

use jiff::Timestamp;
use maillage_domain::{
    contact::Channel,
    message::{Medium, Message, Recipient, Topic},
    text::{Email, Name, Phone},
    trip::Trip,
};
use maillage_engine::{Transaction, View};
use maillage_federation::ids::{Id, TripKind};
use maillage_store::{messages as queue, persons, volunteers};

pub use self::{
    calls::{Call, CallOutcome, call_list, note_call},
    letter::{Facts, LegFacts, offer_facts},
    post::{Letter, Outcome, forget_old, list_failed, next_letter, record},
};
use super::{Aborted, App};

/// How somebody is reached.
#[derive(Clone)]
pub struct Reach {
    /// Name to ask for.
    pub name: Name,
    /// Phone, if there is one.
    pub phone: Option<Phone>,
    /// E-mail address, if there is one.
    pub email: Option<Email>,
    /// How the person wishes to be reached.
    pub channel: Channel,
}

/// How somebody is reached; none if the person is not known any more.
///
/// # Errors
/// The store.
pub(super) fn reach(view: &dyn View, to: Recipient) -> Result<Option<Reach>, Aborted> {
    Ok(match to {
        Recipient::Volunteer(id) => volunteers::find(view, id)?.map(|volunteer| {
            let details = volunteer.details;
            Reach { name: details.name, phone: details.phone, email: details.email, channel: details.channel }
        }),
        Recipient::Person(id) => persons::find(view, id)?.map(|person| {
            let details = person.details;
            Reach { name: details.name, phone: details.phone, email: details.email, channel: details.channel }
        }),
    })
}

/// By what somebody is told something, as wished and as far as this node can: a letter or a call is for the call list.
///
/// # Errors
/// The store.
pub(super) fn medium(app: &App, view: &dyn View, to: Recipient) -> Result<Medium, Aborted> {
    let Some(reach) = reach(view, to)? else { return Ok(Medium::Call) };
    Ok(match reach.channel {
        Channel::Email if app.outreach.email && reach.email.is_some() => Medium::Email,
        Channel::Sms if app.outreach.sms && reach.phone.is_some() => Medium::Sms,
        Channel::Email | Channel::Sms | Channel::Phone | Channel::Letter => Medium::Call,
    })
}

/// Writes a message that leaves from `not_before` on and is of no use after `expires_at`.
///
/// # Errors
/// The store.
pub(super) fn write(
    app: &App,
    transaction: &mut Transaction<'_>,
    about: (Recipient, Medium, Topic),
    (not_before, expires_at): (Timestamp, Timestamp),
) -> Result<(), Aborted> {
    let message = Message::waiting(app.new_id(), about, (app.now(), not_before, expires_at));
    Ok(queue::put(transaction, &message)?)
}

/// As [`write`], unless the same is waiting to be said about the other leg: one message tells both.
///
/// # Errors
/// The store.
pub(super) fn write_once(
    app: &App,
    transaction: &mut Transaction<'_>,
    about: (Recipient, Medium, Topic),
    window: (Timestamp, Timestamp),
    trip: &Trip,
) -> Result<(), Aborted> {
    let (to, _, topic) = about;
    if let Some(sibling) = trip.terms.sibling {
        let waiting = queue::about(transaction, sibling.to_array())?;
        let same = |message: &Message| {
            message.is_waiting()
                && message.to == to
                && message.topic.code() == topic.code()
                && message.created == app.now()
        };
        if waiting.iter().any(same) {
            return Ok(());
        }
    }
    write(app, transaction, about, window)
}

/// Nothing that waits about a trip leaves any more.
///
/// # Errors
/// The store.
pub(super) fn drop_about(
    transaction: &mut Transaction<'_>,
    trip: Id<TripKind>,
    now: Timestamp,
) -> Result<(), Aborted> {
    for message in queue::about(transaction, trip.to_array())? {
        if message.is_waiting() {
            queue::put(transaction, &message.dropped(now))?;
        }
    }
    Ok(())
}
