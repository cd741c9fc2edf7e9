//! Messages to volunteers and beneficiaries: written with the change they tell about, put into facts at the moment they
//! leave, and followed until they arrived, were called, or turned out useless. Must never hold words: those are the
//! business of whoever sends.

mod calls;
mod forget;
pub(super) mod letter;
mod listed;
mod post;

use jiff::Timestamp;
use maillage_domain::{
    contact::Channel,
    ids::VolunteerKind,
    message::{Medium, Message, Recipient, Topic},
    text::{Email, Name, Phone},
};
use maillage_engine::{Transaction, View};
use maillage_federation::ids::{Id, TripKind};
use maillage_store::{lost_drives, messages as queue, persons, trips, volunteers};

pub use self::{
    calls::{Call, CallOutcome, Calls, call_list, calls_on, note_call},
    forget::{Forgotten, forget_old},
    letter::{Facts, LegFacts, StillFacts, offer_facts},
    listed::{MessageFilter, MessagePage, list, list_failed},
    post::{Letter, Outcome, expire, next_letter, record},
};
use super::{Aborted, App, offers};

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

/// Tells somebody about a drive, from an instant on: in writing if that is in time, by phone otherwise. Nothing is said about
/// what is over.
///
/// # Errors
/// The store.
pub(super) fn tell(
    app: &App,
    transaction: &mut Transaction<'_>,
    (to, topic): (Recipient, Topic),
    not_before: Timestamp,
) -> Result<(), Aborted> {
    let now = app.now();
    let Some(drive) = concerned(transaction, to, topic)?.filter(|drive| now < drive.over) else {
        return Ok(());
    };
    let written = written_until(transaction, topic, not_before.max(now), &drive)?;
    let (medium, expires_at) = match (medium(app, transaction, to)?, written) {
        (Medium::Call, _) | (_, None) => (Medium::Call, drive.call_by(now)),
        (medium @ (Medium::Email | Medium::Sms), Some(until)) => (medium, until),
    };
    write(app, transaction, (to, medium, topic), (not_before, expires_at))
}

/// As [`tell`], for a word that is worth an e-mail or a text message and no call.
///
/// # Errors
/// The store.
pub(super) fn tell_in_writing(
    app: &App,
    transaction: &mut Transaction<'_>,
    (to, topic): (Recipient, Topic),
) -> Result<(), Aborted> {
    let now = app.now();
    let Some(drive) = concerned(transaction, to, topic)? else { return Ok(()) };
    let written = written_until(transaction, topic, now, &drive)?;
    match (medium(app, transaction, to)?, written) {
        (Medium::Call, _) | (_, None) => Ok(()),
        (medium @ (Medium::Email | Medium::Sms), Some(until)) => {
            write(app, transaction, (to, medium, topic), (now, until))
        }
    }
}

/// Until when a word that is given from an instant on may leave in writing; none if that is too late. What must not be
/// missed is not left to the last moment: there has to be time to call.
fn written_until(
    view: &dyn View,
    topic: Topic,
    from: Timestamp,
    drive: &Concerned,
) -> Result<Option<Timestamp>, Aborted> {
    let policy = offers::policy(view)?;
    let in_time = policy.written_until(from, drive.begins);
    let just = (policy.quiet.end_of_silence(from) < drive.begins).then_some(drive.begins);
    Ok(match topic {
        Topic::DriveCancelled(_) | Topic::TripCancelled(_) => in_time,
        Topic::Offer(_)
        | Topic::OfferReminder(_)
        | Topic::OfferOver(_)
        | Topic::DriveConfirmed(_)
        | Topic::TripConfirmed(_)
        | Topic::TripTomorrow(_) => in_time.or(just),
    })
}

/// The drive a word is about, for whoever is told.
struct Concerned {
    /// When it begins: for a driver when to set out, for a passenger when to be ready.
    begins: Timestamp,
    /// When nobody needs the word any more.
    over: Timestamp,
}

impl Concerned {
    /// By when somebody has to call: before it begins, or while it is still of use.
    fn call_by(&self, now: Timestamp) -> Timestamp {
        if now < self.begins { self.begins } else { self.over }
    }
}

/// The drive that a topic is about; none for an offer, which has times of its own.
fn concerned(view: &dyn View, to: Recipient, topic: Topic) -> Result<Option<Concerned>, Aborted> {
    let Some(id) = topic.trip() else { return Ok(None) };
    if let (Recipient::Volunteer(volunteer), Topic::DriveCancelled(_)) = (to, topic)
        && let Some(lost) = lost_drives::find(view, volunteer, id)?
    {
        return Ok(Some(Concerned { begins: lost.start, over: lost.end }));
    }
    let Some(trip) = trips::find(view, id)? else { return Ok(None) };
    let begins = match (to, trip.assignment()) {
        (Recipient::Volunteer(_), Some(drive)) => drive.start,
        (Recipient::Person(_), Some(drive)) => drive.pickup,
        (Recipient::Volunteer(_) | Recipient::Person(_), None) => trip.terms.earliest_pickup,
    };
    Ok(Some(Concerned { begins, over: trip.terms.latest_arrival }))
}

/// Puts aside what waits to be said about the other leg and is told by a message that leaves now: one tells both.
///
/// # Errors
/// The store.
fn take_along(
    app: &App,
    transaction: &mut Transaction<'_>,
    message: &Message,
    told: &Facts,
) -> Result<(), Aborted> {
    let trip = message.topic.trip().map(|id| trips::find(transaction, id)).transpose()?.flatten();
    let Some(sibling) = trip.and_then(|trip| trip.terms.sibling) else { return Ok(()) };
    let now = app.now();
    for other in queue::about(transaction, sibling.to_array())? {
        let alike = other.is_waiting()
            && other.not_before <= now
            && (other.to, other.medium) == (message.to, message.medium)
            && other.topic.code() == message.topic.code();
        if alike && letter::facts(app, transaction, &other)?.is_some_and(|facts| facts.legs == told.legs) {
            queue::put(transaction, &other.dropped(now))?;
        }
    }
    Ok(())
}

/// Nothing that waits about a trip leaves any more, but for the word to whoever has lost the drive: that stays true.
///
/// # Errors
/// The store.
pub(super) fn drop_about(
    transaction: &mut Transaction<'_>,
    trip: Id<TripKind>,
    now: Timestamp,
) -> Result<(), Aborted> {
    drop_waiting(transaction, trip, now, |message| !matches!(message.topic, Topic::DriveCancelled(_)))
}

/// The word to a volunteer who had lost a drive, and has it again, leaves no more.
///
/// # Errors
/// The store.
pub(super) fn drop_lost(
    transaction: &mut Transaction<'_>,
    trip: Id<TripKind>,
    volunteer: Id<VolunteerKind>,
    now: Timestamp,
) -> Result<(), Aborted> {
    let to = Recipient::Volunteer(volunteer);
    let lost = |message: &Message| message.to == to && matches!(message.topic, Topic::DriveCancelled(_));
    drop_waiting(transaction, trip, now, lost)
}

fn drop_waiting(
    transaction: &mut Transaction<'_>,
    trip: Id<TripKind>,
    now: Timestamp,
    which: impl Fn(&Message) -> bool,
) -> Result<(), Aborted> {
    for message in queue::about(transaction, trip.to_array())? {
        if message.is_waiting() && which(&message) {
            queue::put(transaction, &message.dropped(now))?;
        }
    }
    Ok(())
}
