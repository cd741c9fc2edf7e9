//! A handover: the duty to carry out a trip moves from one node to another. This module holds what is said
//! ([`Command`]), where things stand ([`Record`], [`Thread`]) and the one transition function ([`machine`]).
//! It must never read a clock, deliver a message or know a person.

mod convert;
mod machine;
mod terms;
mod thread;

pub use self::{
    convert::CommandError,
    machine::{Circumstances, Notice, Refused, Step, decide, dismiss, elapse},
    terms::{
        AwardDetails, AwardLeg, Bid, GiveBackReason, LegOutcome, LegResult, Offer, OfferedLeg,
        OutcomeDetails, TermsError, WithdrawReason,
    },
    thread::{NoticeKind, Record, State, Thread},
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
}
