//! The life of an offer, and what is due in it as time passes.

use jiff::{SignedDuration, Timestamp};

use super::{AnsweredBy, DriverOffer, Means, OfferEnd, OfferEvent, OfferEventKind, OfferPolicy, OfferStatus};
use crate::{
    handover::Decision,
    limits::{OFFER_EVENTS, OFFER_STALE_S, OFFER_TRIPS},
    trip::DriverRefusal,
};

/// What can happen to an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfferAction {
    /// The volunteer is reminded; tells when the next reminder is due and by when an answer is wanted now.
    Remind {
        /// When the next reminder is due.
        next: Option<Timestamp>,
        /// By when an answer is wanted.
        expires_at: Timestamp,
    },
    /// The volunteer has to be called from now on.
    Call {
        /// By when an answer is wanted now.
        expires_at: Timestamp,
    },
    /// The time to answer a call is over, and the desk has to see that nobody has told what came of it.
    Overdue,
    /// Somebody called and reached nobody.
    CalledInVain,
    /// Yes.
    Accept(AnsweredBy),
    /// No.
    Refuse(DriverRefusal, AnsweredBy),
    /// No answer in time.
    TimeOut,
    /// No answer is needed any more.
    End(OfferEnd),
}

/// Why an offer does not change, or cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OfferError {
    /// It is closed already.
    #[error("the offer is closed: {status}")]
    Closed {
        /// Code of its status.
        status: &'static str,
    },
    /// A reminder by message, where the volunteer is to be called.
    #[error("the volunteer of this offer is called, not written to")]
    ByPhone,
    /// A call noted, where the volunteer is written to.
    #[error("the volunteer of this offer is written to, not called")]
    ByMessage,
    /// The trips.
    #[error("{0} trips in one offer; 1 to {OFFER_TRIPS} are allowed")]
    Trips(usize),
}

impl DriverOffer {
    /// The offer after an action, done at an instant.
    ///
    /// # Errors
    /// What the offer is already; it is unchanged.
    pub fn apply(&self, action: OfferAction, at: Timestamp) -> Result<Self, OfferError> {
        let former = self.state.status;
        if !former.is_open() {
            return Err(OfferError::Closed { status: former.code() });
        }
        let mut offer = self.clone();
        let (status, kind) = match (action, self.state.means) {
            (OfferAction::Remind { next, expires_at }, Means::Message) => {
                offer.state.remind_at = next;
                offer.state.expires_at = expires_at;
                (OfferStatus::Reminded(reminders(former).saturating_add(1)), OfferEventKind::Reminded)
            }
            (OfferAction::Call { expires_at }, Means::Message) => {
                offer.state.means = Means::Phone;
                offer.state.remind_at = None;
                offer.state.expires_at = expires_at;
                (former, OfferEventKind::ToCall)
            }
            (OfferAction::CalledInVain, Means::Phone) => (former, OfferEventKind::CalledInVain),
            (OfferAction::Overdue, Means::Phone) => (former, OfferEventKind::Overdue),
            (OfferAction::Remind { .. } | OfferAction::Call { .. }, Means::Phone) => {
                return Err(OfferError::ByPhone);
            }
            (OfferAction::CalledInVain | OfferAction::Overdue, Means::Message) => {
                return Err(OfferError::ByMessage);
            }
            (OfferAction::Accept(AnsweredBy::Link), _) => {
                (OfferStatus::Accepted, OfferEventKind::AcceptedByLink)
            }
            (OfferAction::Accept(AnsweredBy::Desk), _) => {
                (OfferStatus::Accepted, OfferEventKind::AcceptedByDesk)
            }
            (OfferAction::Refuse(reason, AnsweredBy::Link), _) => {
                (OfferStatus::Refused(reason), OfferEventKind::RefusedByLink)
            }
            (OfferAction::Refuse(reason, AnsweredBy::Desk), _) => {
                (OfferStatus::Refused(reason), OfferEventKind::RefusedByDesk)
            }
            (OfferAction::TimeOut, _) => (OfferStatus::TimedOut, OfferEventKind::TimedOut),
            (OfferAction::End(end), _) => (OfferStatus::Ended(end), OfferEventKind::Ended),
        };
        offer.state.status = status;
        if !status.is_open() {
            offer.state.remind_at = None;
        }
        offer.note(OfferEvent { at, kind });
        Ok(offer)
    }

    /// What time has made due, if anything. `arrived` tells whether the question, or a reminder, has left this node.
    ///
    /// A node that was off for a long time asks once more instead of giving up on somebody who could not answer, and never
    /// sends the reminders it missed. A question that never left is asked by phone. Somebody who was called in vain is given
    /// up after the time to answer if the territory asks the next by itself; whoever was never called is never given up on:
    /// the desk is shown that it is overdue.
    pub fn due(&self, now: Timestamp, policy: &OfferPolicy, arrived: bool) -> Option<OfferAction> {
        if !self.is_open() {
            return None;
        }
        let departs = self.terms.departs_at;
        if now >= departs {
            return Some(OfferAction::TimeOut);
        }
        match self.state.means {
            Means::Phone if now >= self.state.expires_at => self.unanswered_call(policy),
            Means::Phone => None,
            Means::Message if now >= self.state.expires_at => Some(self.at_the_end(now, policy, arrived)),
            Means::Message => {
                let due = self.state.remind_at.is_some_and(|at| at <= now);
                let awake = !policy.quiet.holds_at(now);
                (due && arrived && awake).then(|| self.reminder(now, policy))
            }
        }
    }

    fn unanswered_call(&self, policy: &OfferPolicy) -> Option<OfferAction> {
        let in_vain = self.state.history.iter().any(|event| event.kind == OfferEventKind::CalledInVain);
        match policy.escalation {
            Decision::Auto if in_vain => Some(OfferAction::TimeOut),
            Decision::Auto | Decision::Ask => (!self.is_overdue()).then_some(OfferAction::Overdue),
        }
    }

    fn at_the_end(&self, now: Timestamp, policy: &OfferPolicy, arrived: bool) -> OfferAction {
        let departs = self.terms.departs_at;
        let call = OfferAction::Call { expires_at: policy.called_until(now, departs) };
        if !arrived {
            return call;
        }
        let late = self.state.expires_at.duration_until(now);
        if late <= SignedDuration::from_secs(OFFER_STALE_S) {
            return OfferAction::TimeOut;
        }
        match policy.last_chance(now, departs) {
            Some(expires_at) => OfferAction::Remind { next: None, expires_at },
            None => call,
        }
    }

    fn reminder(&self, now: Timestamp, policy: &OfferPolicy) -> OfferAction {
        let pace = policy.pace(self.terms.created, self.terms.departs_at);
        let more = reminders(self.state.status).saturating_add(1) < pace.reminders;
        let after = SignedDuration::from_mins(i64::from(pace.remind_after_min));
        let next = more.then(|| policy.quiet.end_of_silence(now + after));
        let expires_at = self.state.expires_at;
        OfferAction::Remind { next: next.filter(|next| *next < expires_at), expires_at }
    }

    fn note(&mut self, event: OfferEvent) {
        // Calls in vain could be noted for ever: the newest replaces the one before, the rest of the history stays.
        if self.state.history.len() >= OFFER_EVENTS {
            self.state.history.pop();
        }
        self.state.history.push(event);
    }
}

fn reminders(status: OfferStatus) -> u8 {
    match status {
        OfferStatus::Reminded(times) => times,
        OfferStatus::Notified
        | OfferStatus::Accepted
        | OfferStatus::Refused(_)
        | OfferStatus::TimedOut
        | OfferStatus::Ended(_) => 0,
    }
}
