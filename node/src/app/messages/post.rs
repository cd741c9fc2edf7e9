//! The queue as those who send see it: the next letter, and what became of it. A letter is handed over at least once and
//! carries the same identity each time.

use std::sync::Arc;

use maillage_domain::{
    ids::MessageKind,
    message::{Medium, Message, MessageFailure, MessageState, Topic},
};
use maillage_engine::{Transaction, View};
use maillage_federation::ids::Id;
use maillage_platform::refusal::Refusal;
use maillage_store::{driver_offers, messages as queue};

use super::{Facts, concerned, letter::facts, reach, take_along, write};
use crate::{
    app::{Aborted, App, offers},
    limits::{DUE_OFFERS, MESSAGES_AT_ONCE},
};

/// A message ready to be put into words and handed over.
#[derive(Clone)]
pub struct Letter {
    /// Its identity.
    pub id: Id<MessageKind>,
    /// About what.
    pub topic: Topic,
    /// The e-mail address, or the phone number.
    pub address: String,
    /// What it tells.
    pub facts: Facts,
}

/// What came of handing a letter over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The server has taken it.
    Sent,
    /// It may be taken later.
    Later,
    /// It will never be taken.
    Refused,
}

/// The next letter of a medium, once its time has come and nobody is disturbed by it. What is of no use any more is put
/// aside on the way.
///
/// # Errors
/// The store.
pub async fn next_letter(app: &Arc<App>, medium: Medium) -> Result<Option<Letter>, Refusal> {
    let ready = app.read(|app, view| {
        let quiet = offers::policy(view)?.quiet.holds_at(app.now());
        Ok(!quiet && !queue::due(view, medium, app.now(), 1)?.is_empty())
    })?;
    if !ready {
        return Ok(None);
    }
    app.transact("message.next", move |app, transaction| {
        for message in queue::due(transaction, medium, app.now(), MESSAGES_AT_ONCE)? {
            if let Some(letter) = prepare(app, transaction, &message)? {
                return Ok(Some(letter));
            }
        }
        Ok(None)
    })
    .await
}

fn prepare(
    app: &App,
    transaction: &mut Transaction<'_>,
    message: &Message,
) -> Result<Option<Letter>, Aborted> {
    let now = app.now();
    let Some(facts) = facts(app, transaction, message)? else {
        queue::put(transaction, &message.dropped(now))?;
        return Ok(None);
    };
    take_along(app, transaction, message, &facts)?;
    if now >= message.expires_at {
        fail(app, transaction, message, MessageFailure::Expired)?;
        return Ok(None);
    }
    let reach = reach(transaction, message.to)?;
    let address = match message.medium {
        Medium::Email => reach.and_then(|reach| reach.email).map(|email| email.as_str().to_owned()),
        Medium::Sms => reach.and_then(|reach| reach.phone).map(|phone| phone.as_str().to_owned()),
        Medium::Call => None,
    };
    let Some(address) = address else {
        fail(app, transaction, message, MessageFailure::NoAddress)?;
        return Ok(None);
    };
    Ok(Some(Letter { id: message.id, topic: message.topic, address, facts }))
}

/// Notes what came of handing a letter over.
///
/// # Errors
/// The store.
pub async fn record(app: &Arc<App>, id: Id<MessageKind>, outcome: Outcome) -> Result<(), Refusal> {
    app.transact("message.record", move |app, transaction| {
        let Some(message) = queue::find(transaction, id)? else { return Ok(()) };
        match outcome {
            Outcome::Sent => Ok(queue::put(transaction, &message.sent(app.now()))?),
            Outcome::Refused => fail(app, transaction, &message, MessageFailure::Refused),
            Outcome::Later => {
                let postponed = message.postponed(app.now());
                if matches!(postponed.state, MessageState::Failed { .. }) {
                    return fail(app, transaction, &message, MessageFailure::Expired);
                }
                Ok(queue::put(transaction, &postponed)?)
            }
        }
    })
    .await
}

/// A message that will not arrive: whoever has to know is called instead.
fn fail(
    app: &App,
    transaction: &mut Transaction<'_>,
    message: &Message,
    reason: MessageFailure,
) -> Result<(), Aborted> {
    let now = app.now();
    if !message.is_waiting() {
        return Ok(());
    }
    queue::put(transaction, &message.failed(reason, now))?;
    if message.medium == Medium::Call {
        return Ok(());
    }
    match message.topic {
        Topic::Offer(id) | Topic::OfferReminder(id) => {
            match driver_offers::find(transaction, id)?.filter(|offer| now < offer.terms.departs_at) {
                Some(offer) => offers::call_instead(app, transaction, &offer),
                None => Ok(()),
            }
        }
        Topic::OfferOver(_) | Topic::DriveConfirmed(_) => Ok(()),
        Topic::DriveCancelled(_)
        | Topic::TripConfirmed(_)
        | Topic::TripTomorrow(_)
        | Topic::TripCancelled(_) => {
            match concerned(transaction, message.to, message.topic)?.filter(|drive| now < drive.over) {
                Some(drive) => {
                    let about = (message.to, Medium::Call, message.topic);
                    write(app, transaction, about, (now, drive.call_by(now)))
                }
                None => Ok(()),
            }
        }
    }
}

/// Gives up what can be told no more in time: a message becomes a call, a call that nobody made is noted as failed, whatever
/// hour it is and whether or not the medium is at work. Returns how many. A question to a driver lives as long as its offer.
///
/// # Errors
/// The store.
pub async fn expire(app: &Arc<App>) -> Result<usize, Refusal> {
    if app.read(expired)?.is_empty() {
        return Ok(0);
    }
    app.transact("message.expire", |app, transaction| {
        let expired = expired(app, transaction)?;
        for message in &expired {
            match facts(app, transaction, message)? {
                Some(_) => fail(app, transaction, message, MessageFailure::Expired)?,
                None => queue::put(transaction, &message.dropped(app.now()))?,
            }
        }
        Ok(expired.len())
    })
    .await
}

fn expired(app: &App, view: &dyn View) -> Result<Vec<Message>, Aborted> {
    let now = app.now();
    let mut expired = Vec::new();
    for medium in [Medium::Email, Medium::Sms, Medium::Call] {
        let due = queue::due(view, medium, now, DUE_OFFERS)?;
        let is_over = |message: &Message| {
            let question = matches!(message.topic, Topic::Offer(_) | Topic::OfferReminder(_));
            message.expires_at <= now && !question
        };
        expired.extend(due.into_iter().filter(is_over));
    }
    Ok(expired)
}

impl std::fmt::Debug for Letter {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Letter").field("id", &self.id).finish_non_exhaustive()
    }
}
