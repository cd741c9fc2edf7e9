//! Where a handover stands: the record everybody may see, and the thread the arbiter keeps around it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    circles::{self, Circle},
    terms::{Bid, Offer, OfferedLeg},
};
use crate::ids::{HandoverKind, Id, NodeKind};

/// Where a handover stands; the single answer to "who owns this trip?".
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Record {
    /// The handover.
    pub handover: Id<HandoverKind>,
    /// The node that offered.
    pub origin: Id<NodeKind>,
    /// Its state.
    pub state: State,
    /// Rises with every re-publication, from 1.
    pub round: u32,
    /// Bids are taken until then, milliseconds since 1970 UTC.
    pub reply_by_ms: i64,
    /// Rises by one with every change.
    pub revision: u64,
    /// How far an offer that widens has been shown; `None` for one that was shown to everybody at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub circle: Option<Circle>,
}

/// State of a handover.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum State {
    /// Bids are taken; the origin owns the trip.
    Open,
    /// One node has been chosen and has not answered yet.
    Awarded {
        /// The chosen node.
        winner: Id<NodeKind>,
        /// Its answer is taken until then, milliseconds since 1970 UTC.
        accept_by_ms: i64,
    },
    /// One node carries the trip and owns it.
    Held {
        /// The carrying node.
        holder: Id<NodeKind>,
    },
    /// Given back by its holder: the origin owns the trip and may offer it again.
    Released,
    /// Final: taken back by the origin.
    Withdrawn,
    /// Final: nobody was awarded in time; the origin owns the trip.
    Expired,
    /// The person does not travel. Final, but for the outcome of a holder who had driven before the word arrived.
    Cancelled {
        /// The node that held it.
        holder: Id<NodeKind>,
    },
    /// Final: carried out or accounted for by its holder.
    Done {
        /// The node that carried it.
        holder: Id<NodeKind>,
    },
}

/// What the arbiter keeps about one handover. Holds nothing about a person.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Thread {
    /// Where it stands.
    pub record: Record,
    /// What is offered.
    pub offer: Offer,
    /// Live bids by node.
    pub bids: BTreeMap<Id<NodeKind>, Bid>,
    /// Nodes that have been shown the offer.
    pub audience: BTreeSet<Id<NodeKind>>,
    /// Nodes that will be shown the offer if it widens as far as their circle.
    pub later: BTreeMap<Id<NodeKind>, Circle>,
    /// A change that one of the two asks for and the other has not answered.
    pub change: Option<PendingChange>,
    /// Words that origin and holder have sent each other.
    pub words: u32,
}

/// A change that has been asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PendingChange {
    /// Who asks.
    pub by: Id<NodeKind>,
    /// Revision of the record that the question led to: its name in the answer.
    pub revision: u64,
    /// The legs as they would be.
    pub legs: Vec<OfferedLeg>,
}

/// What a notice tells its recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum NoticeKind {
    /// To candidates: an offer they could serve.
    Offered,
    /// To candidates: open again, in a new round.
    Reopened,
    /// To the origin: a bid came in or went away.
    Bid,
    /// To the winner: the award.
    Awarded,
    /// To the origin: accepted.
    Accepted,
    /// To the origin: refused, open again.
    Refused,
    /// To origin and awarded node: not accepted in time, open again.
    Lapsed,
    /// To the origin: given back.
    Released,
    /// To candidates: no longer needed.
    Closed,
    /// To the holder: the person does not travel.
    Cancelled,
    /// To the origin: nobody was awarded in time.
    Expired,
    /// To the origin: the outcome.
    Outcome,
    /// To origin or holder: a word of the other.
    Word,
    /// To origin or holder: the other asks for a change.
    ChangeAsked,
    /// To origin or holder: the other has answered, or asks no more.
    ChangeAnswered,
    /// To both: a change was not answered before the times were locked.
    ChangeLapsed,
    /// To the origin: nobody was chosen so far, and the offer is now shown to more.
    Widened,
}

impl Thread {
    /// Whether it may still be shown to others.
    pub fn is_offered(&self) -> bool {
        circles::is_offered(self.record.state)
    }
}

impl Record {
    /// The node that must see to it that the trip is carried out.
    pub fn owner(&self) -> Id<NodeKind> {
        match self.state {
            State::Held { holder } | State::Done { holder } => holder,
            State::Open
            | State::Awarded { .. }
            | State::Released
            | State::Withdrawn
            | State::Expired
            | State::Cancelled { .. } => self.origin,
        }
    }

    /// What a node may know of it. The origin and the node it names see everything, and so does everybody while it is
    /// open; any other sees that another is chosen, or that it is not theirs, and neither who nor what became of it.
    /// Such a record proves nothing about an ownership.
    #[must_use]
    pub fn as_told_to(&self, node: Id<NodeKind>) -> Self {
        let another = Id::another();
        let state = match self.state {
            _ if node == self.origin => self.state,
            State::Open => State::Open,
            State::Awarded { winner, .. } if winner != node => {
                State::Awarded { winner: another, accept_by_ms: 0 }
            }
            State::Held { holder } | State::Cancelled { holder } | State::Done { holder }
                if holder != node =>
            {
                State::Held { holder: another }
            }
            State::Released | State::Withdrawn | State::Expired => State::Held { holder: another },
            State::Awarded { .. } | State::Held { .. } | State::Cancelled { .. } | State::Done { .. } => {
                self.state
            }
        };
        Self { state, ..self.clone() }
    }

    /// What the answer to a command that was applied tells its sender. Whoever moved it knows what it was moved to; who took a
    /// bid back while another is chosen moved nothing, and does not learn who that is.
    #[must_use]
    pub fn as_answered_to(&self, node: Id<NodeKind>) -> Self {
        if matches!(self.state, State::Awarded { .. }) { self.as_told_to(node) } else { self.clone() }
    }
}

impl State {
    /// Whether nothing can move it to another state any more; words may still pass. A cancelled handover is not final: the node
    /// that held it may still account for a drive that had begun, and nothing else can come of it.
    pub fn is_final(self) -> bool {
        match self {
            Self::Withdrawn | Self::Expired | Self::Done { .. } => true,
            Self::Open
            | Self::Awarded { .. }
            | Self::Held { .. }
            | Self::Released
            | Self::Cancelled { .. } => false,
        }
    }

    /// Who carries it, or did.
    pub fn holder(self) -> Option<Id<NodeKind>> {
        match self {
            Self::Held { holder } | Self::Done { holder } | Self::Cancelled { holder } => Some(holder),
            Self::Open | Self::Awarded { .. } | Self::Released | Self::Withdrawn | Self::Expired => None,
        }
    }

    /// Who has to know who travels: the node that is chosen, or the one that carries.
    pub fn entitled(self) -> Option<Id<NodeKind>> {
        match self {
            Self::Awarded { winner: node, .. } | Self::Held { holder: node } => Some(node),
            Self::Open
            | Self::Released
            | Self::Withdrawn
            | Self::Expired
            | Self::Cancelled { .. }
            | Self::Done { .. } => None,
        }
    }

    /// Its name in messages to people and programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Awarded { .. } => "awarded",
            Self::Held { .. } => "held",
            Self::Released => "released",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
            Self::Cancelled { .. } => "cancelled",
            Self::Done { .. } => "done",
        }
    }
}
