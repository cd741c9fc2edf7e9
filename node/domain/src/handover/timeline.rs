//! What happened to a handover, in the order in which the hub decided it: from the award on, both desks see the same lines.
//! Must never be ordered by the clock of a node.

use std::fmt;

use jiff::Timestamp;
use maillage_federation::{
    handover::{Action, ChangeDetails, Circle, OutcomeDetails, State, Word},
    ids::{HandoverKind, Id, NodeKind},
};

/// One line of a time line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// The handover.
    pub handover: Id<HandoverKind>,
    /// Revision of the hub's record it led to: its place in the order.
    pub revision: u64,
    /// When the hub decided it, by the hub's clock.
    pub at: Timestamp,
    /// Whose word it was; none if time did it, or the hub does not say.
    pub by: Option<Id<NodeKind>>,
    /// What happened.
    pub what: Happening,
}

/// What happened to a handover.
#[derive(Clone, PartialEq, Eq)]
pub enum Happening {
    /// Offered, for the first time or again.
    Offered,
    /// A candidate proposed itself, or took its proposal back.
    Bid,
    /// One node was chosen.
    Awarded,
    /// It took the trip.
    Accepted,
    /// It did not take the trip.
    Refused,
    /// It did not answer in time.
    Lapsed,
    /// The holder gave it back.
    Released,
    /// The origin took it back.
    Withdrawn,
    /// The person does not travel.
    Cancelled,
    /// Nobody was chosen in time.
    Expired,
    /// Over for whoever is told no more: another was chosen, or it was taken back.
    Closed,
    /// What became of it.
    Outcome(OutcomeDetails),
    /// A word of one to the other.
    Word(Word),
    /// One asks for other times or places.
    ChangeAsked(ChangeDetails),
    /// The other has answered, or the question was taken back.
    ChangeAnswered {
        /// Revision of the question.
        change: u64,
        /// Whether it holds.
        agreed: bool,
    },
    /// Nobody answered before the times were locked.
    ChangeLapsed,
    /// Nobody was chosen so far, and it is shown up to this circle now.
    Widened(Circle),
    /// Something this node could not read.
    Unreadable,
}

impl Happening {
    /// Its name in messages to people and programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Offered => "offered",
            Self::Bid => "bid",
            Self::Awarded => "awarded",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Lapsed => "lapsed",
            Self::Released => "released",
            Self::Withdrawn => "withdrawn",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::Closed => "closed",
            Self::Outcome(_) => "outcome",
            Self::Word(word) => word.code(),
            Self::ChangeAsked(_) => "change-asked",
            Self::ChangeAnswered { agreed: true, .. } => "change-agreed",
            Self::ChangeAnswered { agreed: false, .. } => "change-not-agreed",
            Self::ChangeLapsed => "change-lapsed",
            Self::Widened(_) => "widened",
            Self::Unreadable => "unreadable",
        }
    }

    /// What a command says, as far as it can be read by whoever has not sealed it.
    pub fn said(action: &Action) -> Self {
        match action {
            Action::Offer(_) => Self::Offered,
            Action::Bid(_) | Action::Unbid => Self::Bid,
            Action::Award { .. } => Self::Awarded,
            Action::Withdraw(_) => Self::Withdrawn,
            Action::Accept => Self::Accepted,
            Action::Refuse(_) => Self::Refused,
            Action::Release(_) => Self::Released,
            Action::Cancel => Self::Cancelled,
            Action::AnswerChange { change, agreed } => {
                Self::ChangeAnswered { change: *change, agreed: *agreed }
            }
            Action::Outcome(_) | Action::Word(_) | Action::AskChange { .. } => Self::Unreadable,
        }
    }

    /// What a closing means to somebody who is not told more.
    pub fn closing(state: State) -> Self {
        match state {
            State::Withdrawn => Self::Withdrawn,
            State::Expired => Self::Expired,
            State::Open
            | State::Awarded { .. }
            | State::Held { .. }
            | State::Released
            | State::Cancelled { .. }
            | State::Done { .. } => Self::Closed,
        }
    }

    /// Whether it ends a question that is open: an answer, or the end of the carrying.
    fn ends_change(&self) -> bool {
        match self {
            Self::ChangeAnswered { .. }
            | Self::ChangeLapsed
            | Self::Released
            | Self::Cancelled
            | Self::Outcome(_)
            | Self::Accepted => true,
            Self::Offered
            | Self::Bid
            | Self::Awarded
            | Self::Refused
            | Self::Lapsed
            | Self::Withdrawn
            | Self::Expired
            | Self::Closed
            | Self::Word(_)
            | Self::ChangeAsked(_)
            | Self::Widened(_)
            | Self::Unreadable => false,
        }
    }
}

/// Names its kind only: words are personal data.
impl fmt::Debug for Happening {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

/// The change that waits for an answer, if one does.
pub fn open_change(moments: &[Moment]) -> Option<(&Moment, &ChangeDetails)> {
    let last = moments
        .iter()
        .rev()
        .find(|moment| matches!(moment.what, Happening::ChangeAsked(_)) || moment.what.ends_change())?;
    if let Happening::ChangeAsked(details) = &last.what { Some((last, details)) } else { None }
}

/// What the origin thinks of the outcome, if it has said so after the last one.
pub fn word_on_outcome(moments: &[Moment]) -> Option<&Word> {
    let mut after = moments.iter().rev().take_while(|moment| !matches!(moment.what, Happening::Outcome(_)));
    let judged = |moment: &'_ &Moment| {
        matches!(&moment.what, Happening::Word(Word::Countersigned | Word::Disputed { .. }))
    };
    let last = after.find(judged)?;
    if let Happening::Word(word) = &last.what { Some(word) } else { None }
}
