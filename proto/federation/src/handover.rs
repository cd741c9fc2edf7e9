//! A handover: the duty to carry out a trip moves from one node to another. This module holds what is said
//! ([`Command`]), where things stand ([`Record`], [`Thread`]) and the one transition function ([`machine`]).
//! It must never read a clock, deliver a message or know a person.

mod agreed;
mod circles;
mod convert;
mod machine;
pub mod recovery;
mod terms;
mod thread;
mod words;

pub use self::{
    agreed::{check_agreement, is_partner},
    circles::{Circle, Eligible, Widening, all_at_once, recall},
    convert::CommandError,
    machine::{Circumstances, Notice, Refused, Step, decide, dismiss, due_at_ms, elapse},
    terms::{
        AwardDetails, AwardLeg, Bid, GiveBackReason, LegOutcome, LegResult, Meeting, Offer, OfferedLeg,
        OutcomeDetails, TermsError, WithdrawReason,
    },
    thread::{NoticeKind, PendingChange, Record, State, Thread},
    words::{CarriedBy, ChangeDetails, DisputeReason, ProgressStep, Word},
};

use crate::{
    ids::{HandoverKind, Id, NodeKind},
    sealed::Sealed,
};

/// A move in a handover, by one of its parties.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The handover.
    pub handover: Id<HandoverKind>,
    /// The round it is meant for.
    pub round: u32,
    /// What the sender wants.
    pub action: Action,
}

/// What a party of a handover can want.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Origin: who could carry this?
    Offer(Offer),
    /// Candidate: we could.
    Bid(Bid),
    /// Candidate: we no longer can.
    Unbid,
    /// Origin: this node carries it.
    Award {
        /// The chosen node.
        winner: Id<NodeKind>,
        /// Who and where, for the winner alone.
        details: Sealed,
    },
    /// Origin: it is ours again.
    Withdraw(WithdrawReason),
    /// Awarded node: yes.
    Accept,
    /// Awarded node: no.
    Refuse(GiveBackReason),
    /// Holder: we have to give it back.
    Release(GiveBackReason),
    /// Origin: the person does not travel.
    Cancel,
    /// Holder: what became of it, for the origin alone.
    Outcome(Sealed),
    /// Origin or holder: a word for the other alone.
    Word(Sealed),
    /// Origin or holder: could it be otherwise?
    AskChange {
        /// The legs as they would be, rounded as in the offer.
        legs: Vec<OfferedLeg>,
        /// The change in full, for the other alone.
        details: Sealed,
    },
    /// Whoever was asked: whether the change holds; whoever asked: never mind.
    AnswerChange {
        /// Revision of the record that the question led to.
        change: u64,
        /// Whether it holds.
        agreed: bool,
    },
}
