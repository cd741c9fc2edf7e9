//! Driver offers: how a volunteer was asked to drive, reminded, and what came of it. The trip stays the truth about who
//! drives; an offer only tells how it was asked. It changes by [`DriverOffer::apply`] alone; what is due as time passes is
//! [`DriverOffer::due`]. Must never decide who is asked, nor send anything.

mod policy;
mod transition;

#[cfg(test)]
mod tests;

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use maillage_federation::ids::{Id, TripKind};

pub use self::{
    policy::{OfferPolicy, OfferPolicyError, Pace, Plan, QuietHours},
    transition::{OfferAction, OfferError},
};
use crate::{
    codes::{UnknownCode, coded},
    ids::{DriverOfferKind, VolunteerKind},
    limits::{OFFER_EVENTS, OFFER_TRIPS},
    trip::DriverRefusal,
};

/// One question to one volunteer: will you drive these trips?
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriverOffer {
    /// What was asked, and of whom.
    pub terms: OfferTerms,
    state: OfferState,
}

/// What was asked, and of whom: does not change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferTerms {
    /// Identity.
    pub id: Id<DriverOfferKind>,
    /// The trips asked for together: one, or an outbound and its return, with everybody who rides along.
    pub trips: Vec<Id<TripKind>>,
    /// Who is asked.
    pub volunteer: Id<VolunteerKind>,
    /// When the driver would have to set out: after that nothing can be answered.
    pub departs_at: Timestamp,
    /// Which question this is for the trips, from 1: grows with each escalation.
    pub round: u8,
    /// When it was made.
    pub created: Timestamp,
}

/// Where an offer stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferState {
    /// Its status.
    pub status: OfferStatus,
    /// By what the volunteer is asked.
    pub means: Means,
    /// When the next reminder is due, if one is.
    pub remind_at: Option<Timestamp>,
    /// By when an answer is wanted.
    pub expires_at: Timestamp,
    /// What happened, oldest first.
    pub history: Vec<OfferEvent>,
}

/// Status of an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfferStatus {
    /// The volunteer is being asked.
    Notified,
    /// And was reminded so many times.
    Reminded(u8),
    /// Closed: yes.
    Accepted,
    /// Closed: no.
    Refused(DriverRefusal),
    /// Closed: no answer in time.
    TimedOut,
    /// Closed: nobody needs an answer any more.
    Ended(OfferEnd),
}

/// By what a volunteer is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Means {
    /// An e-mail or a text message with a link.
    Message,
    /// The coordinator calls: no address, too little time, or the message did not arrive.
    Phone,
}

/// Why an answer is not needed any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OfferEnd {
    /// The trip was called off.
    Cancelled,
    /// The trip was declared unmet.
    Unmet,
    /// The platform took the question back: it was changed, or somebody else was asked.
    Withdrawn,
}

/// Who brought an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AnsweredBy {
    /// The volunteer, by the link.
    Link,
    /// The volunteer told the desk, or the platform decided by rule.
    Desk,
}

/// Something that happened to an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfferEvent {
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: OfferEventKind,
}

/// What happened to an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OfferEventKind {
    /// The volunteer is asked by message.
    Asked,
    /// The volunteer has to be called.
    ToCall,
    /// A reminder was due.
    Reminded,
    /// Somebody called and reached nobody.
    CalledInVain,
    /// The time to answer a call was over without a word of what came of it.
    Overdue,
    /// Yes, by the link.
    AcceptedByLink,
    /// Yes, through the desk.
    AcceptedByDesk,
    /// No, by the link.
    RefusedByLink,
    /// No, through the desk.
    RefusedByDesk,
    /// No answer in time.
    TimedOut,
    /// Not needed any more.
    Ended,
}

coded!(Means { Message = "message", Phone = "phone" });
coded!(OfferEnd { Cancelled = "cancelled", Unmet = "unmet", Withdrawn = "withdrawn" });
coded!(AnsweredBy { Link = "link", Desk = "desk" });
coded!(OfferEventKind {
    Asked = "asked",
    ToCall = "to-call",
    Reminded = "reminded",
    CalledInVain = "called-in-vain",
    Overdue = "overdue",
    AcceptedByLink = "accepted-by-link",
    AcceptedByDesk = "accepted-by-desk",
    RefusedByLink = "refused-by-link",
    RefusedByDesk = "refused-by-desk",
    TimedOut = "timed-out",
    Ended = "ended",
});

impl DriverOffer {
    /// A new question, asked as planned.
    ///
    /// # Errors
    /// No trip, or more than [`OFFER_TRIPS`].
    pub fn ask(terms: OfferTerms, plan: Plan) -> Result<Self, OfferError> {
        if !(1..=OFFER_TRIPS).contains(&terms.trips.len()) {
            return Err(OfferError::Trips(terms.trips.len()));
        }
        let kind = match plan.means {
            Means::Message => OfferEventKind::Asked,
            Means::Phone => OfferEventKind::ToCall,
        };
        let state = OfferState {
            status: OfferStatus::Notified,
            means: plan.means,
            remind_at: plan.remind_at,
            expires_at: plan.expires_at,
            history: vec![OfferEvent { at: terms.created, kind }],
        };
        Ok(Self { terms, state })
    }

    /// An offer as it was stored.
    ///
    /// # Errors
    /// What no life of an offer leads to.
    pub fn restore(terms: OfferTerms, state: OfferState) -> Result<Self, OfferError> {
        let history = state.history.len();
        if !(1..=OFFER_TRIPS).contains(&terms.trips.len()) || !(1..=OFFER_EVENTS).contains(&history) {
            return Err(OfferError::Trips(terms.trips.len()));
        }
        Ok(Self { terms, state })
    }

    /// Identity.
    pub fn id(&self) -> Id<DriverOfferKind> {
        self.terms.id
    }

    /// Where it stands, in full.
    pub fn state(&self) -> &OfferState {
        &self.state
    }

    /// Its status.
    pub fn status(&self) -> OfferStatus {
        self.state.status
    }

    /// Whether an answer is still wanted.
    pub fn is_open(&self) -> bool {
        self.state.status.is_open()
    }

    /// Whether it waits for the desk: the time to answer a call is over, and nothing was noted since.
    pub fn is_overdue(&self) -> bool {
        let last = self.state.history.last();
        self.is_open() && last.is_some_and(|event| event.kind == OfferEventKind::Overdue)
    }

    /// When time changes something about it next; none once it is closed.
    pub fn next_due(&self) -> Option<Timestamp> {
        if !self.is_open() {
            return None;
        }
        let departs = self.terms.departs_at;
        Some(match (self.state.means, self.state.remind_at) {
            (Means::Phone, _) if self.is_overdue() => departs,
            (Means::Message, Some(remind)) => remind.min(self.state.expires_at).min(departs),
            (Means::Phone, _) | (Means::Message, None) => self.state.expires_at.min(departs),
        })
    }
}

impl OfferStatus {
    /// Whether an answer is still wanted.
    pub fn is_open(self) -> bool {
        match self {
            Self::Notified | Self::Reminded(_) => true,
            Self::Accepted | Self::Refused(_) | Self::TimedOut | Self::Ended(_) => false,
        }
    }

    /// Its name, as shown to programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Notified => "notified",
            Self::Reminded(_) => "reminded",
            Self::Accepted => "accepted",
            Self::Refused(_) => "refused",
            Self::TimedOut => "timed-out",
            Self::Ended(_) => "ended",
        }
    }

    /// Why it is closed, as a code; empty if the status says it all.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Refused(reason) => reason.code(),
            Self::Ended(end) => end.code(),
            Self::Notified | Self::Reminded(_) | Self::Accepted | Self::TimedOut => "",
        }
    }
}
