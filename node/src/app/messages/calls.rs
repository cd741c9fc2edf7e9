//! The call list: whom somebody has to call, about what, by when.

use std::sync::Arc;

use maillage_domain::{
    ids::MessageKind,
    message::{Medium, Message, MessageState, Topic},
    offer::OfferAction,
    roles::Operation,
};
use maillage_federation::ids::Id;
use maillage_platform::refusal::Refusal;
use maillage_store::{access_log, driver_offers, events::Subject, messages as queue};

use super::{Facts, Reach, letter::facts, reach};
use crate::app::{App, caller::Caller, refusals};

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

/// The calls to be made now, the most urgent first. Whose names are read is noted.
///
/// # Errors
/// `not-allowed`; the store.
pub async fn call_list(app: &Arc<App>, caller: &Caller, limit: usize) -> Result<Vec<Call>, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::CallList, move |app, transaction| {
        let now = app.now();
        let mut calls = Vec::new();
        for message in queue::waiting(transaction, Medium::Call, usize::MAX)? {
            if message.not_before > now || calls.len() >= limit {
                continue;
            }
            let facts = facts(app, transaction, &message)?;
            match (reach(transaction, message.to)?, facts) {
                (Some(reach), Some(facts)) => calls.push(Call { message, reach, facts }),
                (_, _) => queue::put(transaction, &message.dropped(now))?,
            }
        }
        for call in &calls {
            if let maillage_domain::message::Recipient::Person(person) = call.message.to {
                let subject = Subject::Person(person);
                let purpose = Operation::CallList.code().into();
                let access = access_log::Access { at: now, subject, actor: by.actor(), purpose };
                access_log::record(transaction, &access)?;
            }
        }
        Ok(calls)
    })
    .await
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
