//! What was told, is being told, or did not arrive, as the desk asks for it: "was she told?". Codes and identifiers alone.

use maillage_domain::{
    ids::{DriverOfferKind, MessageKind},
    message::{Message, Recipient},
    roles::Operation,
};
use maillage_engine::View;
use maillage_federation::ids::{Id, TripKind};
use maillage_platform::refusal::Refusal;
use maillage_store::{driver_offers, messages as queue, trips};

use crate::app::{Aborted, App, caller::Caller};

/// Which messages and calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageFilter {
    /// About a trip: also how its driver was asked, and what was told about its other leg, since one message tells both.
    Trip(Id<TripKind>),
    /// About an offer.
    Offer(Id<DriverOfferKind>),
    /// To somebody.
    To(Recipient),
}

/// Some messages, and after which one to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessagePage {
    /// The messages.
    pub messages: Vec<Message>,
    /// The last one, if there may be more.
    pub next_after: Option<Id<MessageKind>>,
}

/// Messages and calls, sent, waiting or over, newest first.
///
/// # Errors
/// `not-allowed`; the store.
pub fn list(
    app: &App,
    caller: &Caller,
    filter: MessageFilter,
    after: Option<Id<MessageKind>>,
    limit: usize,
) -> Result<MessagePage, Refusal> {
    app.look(caller, Operation::MessageList, |_, view| {
        let mut found = match filter {
            MessageFilter::To(recipient) => {
                return Ok(page(queue::to(view, recipient, after, limit)?, limit));
            }
            MessageFilter::Offer(offer) => queue::about(view, offer.to_array())?,
            MessageFilter::Trip(trip) => about_trip(view, trip)?,
        };
        found.retain(|message| after.is_none_or(|after| message.id < after));
        found.sort_by_key(|message| std::cmp::Reverse(message.id));
        found.truncate(limit);
        Ok(page(found, limit))
    })
}

/// Messages that will not arrive, newest first.
///
/// # Errors
/// `not-allowed`; the store.
pub fn list_failed(
    app: &App,
    caller: &Caller,
    after: Option<Id<MessageKind>>,
    limit: usize,
) -> Result<MessagePage, Refusal> {
    app.look(caller, Operation::CallList, |_, view| Ok(page(queue::failed(view, after, limit)?, limit)))
}

fn page(messages: Vec<Message>, limit: usize) -> MessagePage {
    let next_after = messages.last().filter(|_| messages.len() == limit).map(|message| message.id);
    MessagePage { messages, next_after }
}

fn about_trip(view: &dyn View, id: Id<TripKind>) -> Result<Vec<Message>, Aborted> {
    let mut found = queue::about(view, id.to_array())?;
    for offer in driver_offers::of_trip(view, id)? {
        found.extend(queue::about(view, offer.id().to_array())?);
    }
    if let Some(sibling) = trips::find(view, id)?.and_then(|trip| trip.terms.sibling) {
        found.extend(queue::about(view, sibling.to_array())?);
    }
    Ok(found)
}
