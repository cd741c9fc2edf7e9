//! The call list: whom somebody has to call, about what, by when.

use std::{collections::BTreeSet, sync::Arc};

use jiff::civil::Date;
use maillage_domain::{
    civil::day_of,
    ids::MessageKind,
    message::{Medium, Message, MessageState, Recipient, Topic},
    offer::OfferAction,
    roles::Operation,
};
use maillage_engine::{Transaction, View};
use maillage_federation::ids::Id;
use maillage_platform::refusal::Refusal;
use maillage_store::{access_log, driver_offers, events::Subject, messages as queue};

use super::{Facts, Reach, letter::facts, reach, take_along};
use crate::{
    app::{Aborted, App, caller::Caller, people::opened, refusals},
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
            if let Recipient::Person(person) = call.message.to {
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

/// Every call that is to be made on a day, by the time it has to be made by: what waits already, and what comes up on that day.
/// Reading changes nothing. Whose names are read is noted.
///
/// # Errors
/// `not-allowed`; the store.
pub async fn calls_on(app: &Arc<App>, caller: &Caller, day: Date) -> Result<Vec<Call>, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::CallList, move |app, transaction| {
        let calls = of_day(app, transaction, day)?;
        let mut seen = BTreeSet::new();
        for call in &calls {
            if let Recipient::Person(person) = call.message.to
                && seen.insert(person)
            {
                access_log::record(transaction, &opened(app, &by, person, Operation::CallList))?;
            }
        }
        Ok(calls)
    })
    .await
}

fn of_day(app: &App, view: &dyn View, day: Date) -> Result<Vec<Call>, Aborted> {
    let mut calls: Vec<Call> = Vec::new();
    let mut last = None;
    loop {
        let found = queue::calls(view, last, MESSAGES_AT_ONCE)?;
        let Some(end) = found.last() else { return Ok(calls) };
        last = Some(end.id);
        let on_day = |message: &Message| {
            day_of(message.not_before) <= day && day_of(message.expires_at) >= day && message.is_waiting()
        };
        for message in found.into_iter().filter(on_day) {
            let (Some(reach), Some(facts)) = (reach(view, message.to)?, facts(app, view, &message)?) else {
                continue;
            };
            // One call tells both legs.
            let told = |call: &Call| {
                (call.message.to, call.message.topic.code()) == (message.to, message.topic.code())
                    && call.facts.legs == facts.legs
            };
            if !calls.iter().any(told) {
                calls.push(Call { message, reach, facts });
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
