//! What two members have agreed: who carries for whom, at what rates, how far they trust one another. This module holds
//! what is said ([`Command`]), where things stand with all that proves it ([`Agreement`]) and the one transition function
//! ([`decide`]). Everything in it is readable by the hub: it must never hold a person's data, nor read a clock.

mod convert;
mod given_back;
mod machine;
mod record;
mod terms;

pub use self::{
    convert::AgreementError,
    machine::{NoticeKind, Refused, Step, decide},
    record::{Agreement, BidRefused, End, Pair, Proposal, Unproven, Version},
    terms::{Carriers, Rates, Terms, TermsError, Trust},
};

use jiff::civil::Date;

use crate::{
    envelope::Envelope,
    ids::{Id, NodeKind},
};

/// A move in the agreement of its sender with another member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The other member.
    pub with: Id<NodeKind>,
    /// The version it is about: the next number for a proposal, the proposal's for an answer, the newest accepted for an end.
    pub version: u32,
    /// What the sender wants.
    pub action: Action,
}

/// What a member can want.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Either: we could agree on this.
    Propose(Terms),
    /// Whoever was asked: agreed, to the terms that have this digest ([`Terms::digest`]).
    Accept([u8; 32]),
    /// Whoever was asked: no.
    Decline,
    /// Whoever proposed: never mind.
    TakeBack,
    /// Either: it ends.
    End {
        /// The last day, in Europe/Paris.
        last_day: Date,
    },
}

/// The hub tells a member that its agreement with another moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgreementNotice {
    /// Where it stands now.
    pub agreement: Agreement,
    /// What this is about.
    pub kind: NoticeKind,
    /// The signed envelope that moved it, as the other member wrote it.
    pub cause: Envelope,
}
