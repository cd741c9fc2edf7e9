//! Offers, messages and calls to messages of the contract.

use maillage_domain::{
    message::{Message, MessageState, Recipient},
    offer::{DriverOffer, OfferPolicy, Pace},
};
use maillage_proto::node::v1 as proto;

use crate::app::messages::{Call, LegFacts, MessagePage};

/// A driver offer.
pub fn offer(offer: &DriverOffer) -> proto::DriverOffer {
    let (terms, state) = (&offer.terms, offer.state());
    let event = |event: &maillage_domain::offer::OfferEvent| proto::DriverOfferEvent {
        at: event.at.to_string(),
        kind: event.kind.code().to_owned(),
    };
    proto::DriverOffer {
        id: terms.id.to_string(),
        trips: terms.trips.iter().map(ToString::to_string).collect(),
        volunteer: terms.volunteer.to_string(),
        status: state.status.code().to_owned(),
        reason: state.status.reason().to_owned(),
        means: state.means.code().to_owned(),
        round: terms.round.into(),
        remind_at: state.remind_at.map(|at| at.to_string()).unwrap_or_default(),
        expires_at: state.expires_at.to_string(),
        departs_at: terms.departs_at.to_string(),
        created_at: terms.created.to_string(),
        history: state.history.iter().map(event).collect(),
        overdue: offer.is_overdue(),
    }
}

/// How offers are made.
pub fn policy(policy: &OfferPolicy, revision: u64) -> proto::OfferPolicy {
    let pace = |pace: &Pace| proto::OfferPace {
        lead_min: pace.lead_min,
        remind_after_min: pace.remind_after_min,
        reminders: pace.reminders.into(),
        timeout_min: pace.timeout_min,
    };
    proto::OfferPolicy {
        paces: policy.paces.iter().map(pace).collect(),
        call_under_min: policy.call_under_min,
        quiet_from_min: policy.quiet.from_min().into(),
        quiet_to_min: policy.quiet.to_min().into(),
        escalation: decision(policy.escalation).to_owned(),
        rounds: policy.rounds.into(),
        tell_confirmed: policy.tell_confirmed,
        tell_day_before: policy.tell_day_before,
        tell_cancelled: policy.tell_cancelled,
        etag: revision.to_string(),
    }
}

fn decision(decision: maillage_domain::handover::Decision) -> &'static str {
    match decision {
        maillage_domain::handover::Decision::Auto => "auto",
        maillage_domain::handover::Decision::Ask => "ask",
    }
}

/// A message or a call, without its words.
pub fn message(message: &Message) -> proto::OutgoingMessage {
    let (volunteer, person) = match message.to {
        Recipient::Volunteer(id) => (id.to_string(), String::new()),
        Recipient::Person(id) => (String::new(), id.to_string()),
    };
    let (attempts, reason) = match message.state {
        MessageState::Waiting { attempts, .. } => (attempts.into(), ""),
        MessageState::Failed { reason, .. } => (0, reason.code()),
        MessageState::Sent { .. } | MessageState::Dropped { .. } => (0, ""),
    };
    proto::OutgoingMessage {
        id: message.id.to_string(),
        medium: message.medium.code().to_owned(),
        topic: message.topic.code().to_owned(),
        offer: message.topic.offer().map(|id| id.to_string()).unwrap_or_default(),
        trip: message.topic.trip().map(|id| id.to_string()).unwrap_or_default(),
        volunteer,
        person,
        state: message.state_code().to_owned(),
        reason: reason.to_owned(),
        attempts,
        expires_at: message.expires_at.to_string(),
        created_at: message.created.to_string(),
        ended_at: message.ended_at().map(|at| at.to_string()).unwrap_or_default(),
    }
}

/// Messages and calls, and after which to go on.
pub fn messages(page: &MessagePage) -> proto::ListMessagesReply {
    proto::ListMessagesReply {
        messages: page.messages.iter().map(message).collect(),
        next_after: page.next_after.map(|id| id.to_string()).unwrap_or_default(),
    }
}

/// A call to be made.
pub fn call(call: &Call) -> proto::Call {
    let leg = |leg: &LegFacts| proto::CallLeg {
        leg: leg.leg.code().to_owned(),
        pickup_at: leg.pickup.to_string(),
        from: leg.from.clone(),
        to: leg.to.clone(),
        meeting: leg.meeting.map(|met| met.code().to_owned()).unwrap_or_default(),
    };
    proto::Call {
        message: Some(message(&call.message)),
        name: call.reach.name.as_str().to_owned(),
        phone: call.reach.phone.as_ref().map(|phone| phone.as_str().to_owned()).unwrap_or_default(),
        legs: call.facts.legs.iter().map(leg).collect(),
    }
}
