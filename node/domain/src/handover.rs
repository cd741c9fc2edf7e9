//! Handovers as one node sees them: what it offered ([`Outgoing`]) and what it was offered ([`Incoming`]). The
//! hub's record is the only answer to who owns a trip; this module derives from the newest record, and from what
//! this node itself has said, what it may do. It must never conclude more than that.

mod concern;
mod incoming;
mod outgoing;
mod policy;
mod rules;
mod timeline;

pub use self::{
    concern::{Concern, ConcernKind, Known},
    incoming::{Incoming, IncomingStanding, Reservation},
    outgoing::{Outgoing, OutgoingStanding, TakeBack},
    policy::{CirclesAfter, Decision, Policy, PolicyError, Trusting, best_bid},
    rules::{Decided, Offering, Rule, RuleError, Rules, Scope},
    timeline::{Happening, Moment, open_change, word_on_outcome},
};
