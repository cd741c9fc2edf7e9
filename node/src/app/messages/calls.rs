//! The call list: whom somebody has to call, about what, by when.

use std::sync::Arc;

use maillage_domain::{
    ids::MessageKind,
    message::{Medium, Message, MessageState, Topic},
    offer::OfferAction,
    roles::Operation,
};
use maillage_engine::Transaction;
use maillage_federation::ids::Id;
use maillage_platform::refusal::Refusal;
use maillage_store::{access_log, driver_offers, events::Subject, messages as queue};

use super::{Facts, Reach, letter::facts, reach, take_along};
use crate::{
    app::{Aborted, App, caller::Caller, refusals},
    limits::MESSAGES_AT_ONCE,
};

/// A call to be made.
#[derive(Clone)]
pub struct Call {
    /// The message that is told by phone.
    pub message: Message,
    /// Whom to call.
    pub reach: Reach,
    /// What to tell.
    pub facts: Facts,
}

/// What came of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallOutcome {
    /// The person was told.
    Told,
    /// Nobody answered.
    NoAnswer,
}

/// Some calls, and after which one to go on.
#[derive(Debug, Clone)]
pub struct Calls {
    /// The calls.
    pub calls: Vec<Call>,
    /// The last one, if there may be more.
    pub next_after: Option<Id<MessageKind>>,
}

/// At most `limit` calls to be made now, the most urgent first, after one of them. Whose names are read is noted.
///
/// # Errors
/// `not-allowed`; the store.
pub async fn call_list(
    app: &Arc<App>,
    caller: &Caller,
    after: Option<Id<MessageKind>>,
    limit: usize,
) -> Result<Calls, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::CallList, move |app, transaction| {
        let now = app.now();
        let calls = page(app, transaction, after, limit)?;
        for call in &calls {
            if let maillage_domain::message::Recipient::Person(person) = call.message.to {
                let subject = Subject::Person(person);
                let purpose = Operation::CallList.code().into();
                let access = access_log::Access { at: now, subject, actor: by.actor(), purpose };
                access_log::record(transaction, &access)?;
            }
        }
        let next_after = calls.last().filter(|_| calls.len() == limit).map(|call| call.message.id);
        Ok(Calls { calls, next_after })
    })
    .await
}

/// Goes through the queue until a page is full. What nobody needs any more is put aside on the way.
fn page(
    app: &App,
    transaction: &mut Transaction<'_>,
    after: Option<Id<MessageKind>>,
    limit: usize,
) -> Result<Vec<Call>, Aborted> {
    let now = app.now();
    let (mut calls, mut last) = (Vec::new(), after);
    loop {
        let found = queue::calls(transaction, last, MESSAGES_AT_ONCE)?;
        let Some(end) = found.last() else { return Ok(calls) };
        last = Some(end.id);
        for message in found {
            // One that is told along with another was put aside meanwhile.
            let waits = queue::find(transaction, message.id)?.is_some_and(|message| message.is_waiting());
            if message.not_before > now || !waits {
                continue;
            }
            match (reach(transaction, message.to)?, facts(app, transaction, &message)?) {
                (Some(reach), Some(facts)) => {
                    take_along(app, transaction, &message, &facts)?;
                    calls.push(Call { message, reach, facts });
                }
                (_, _) => queue::put(transaction, &message.dropped(now))?,
            }
            if calls.len() == limit {
                return Ok(calls);
            }
        }
    }
}

/// Notes what came of a call. A driver's yes or no is given to the offer itself.
///
/// # Errors
/// `call-unknown`, `call-over`; `call-wants-answer` for an offer whose volunteer was reached; the store.
pub async fn note_call(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<MessageKind>,
    outcome: CallOutcome,
) -> Result<Message, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::CallNote, move |app, transaction| {
        let now = app.now();
        let found = queue::find(transaction, id)?.filter(|message| message.medium == Medium::Call);
        let message = found.ok_or_else(|| refusals::unknown("call-unknown").with("id", id))?;
        let MessageState::Waiting { attempts, next } = message.state else {
            return Err(refusals::conflict("call-over").with("state", message.state_code()).into());
        };
        let noted = match (outcome, message.topic) {
            (CallOutcome::Told, Topic::Offer(offer)) => {
                return Err(refusals::conflict("call-wants-answer").with("offer", offer).into());
            }
            (CallOutcome::Told, _) => message.sent(now),
            (CallOutcome::NoAnswer, topic) => {
                if let Some(offer) =
                    topic.offer().map(|id| driver_offers::find(transaction, id)).transpose()?.flatten()
                {
                    let called = offer.apply(OfferAction::CalledInVain, now).map_err(refusals::offer)?;
                    driver_offers::put(transaction, &called)?;
                }
                let state = MessageState::Waiting { attempts: attempts.saturating_add(1), next };
                Message { state, ..message }
            }
        };
        queue::put(transaction, &noted)?;
        app.note(transaction, &by, Operation::CallNote, &[Subject::Message(id)])?;
        Ok(noted)
    })
    .await
}

impl std::fmt::Debug for Call {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Call").field("message", &self.message.id).finish_non_exhaustive()
    }
}
