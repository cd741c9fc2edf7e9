//! Handing trips over and taking neighbours' trips: what a coordinator or the node's policy does
//! ([`origin`], [`candidate`]), what the two desks say to each other while one carries for the other ([`talk`], [`changes`]),
//! what the hub tells ([`notices`], [`receipts`]), and what follows for the trips ([`settle`]) and the time line ([`lines`]), what becomes of our bids meanwhile ([`watch`]),
//! what it does by itself and which rule says so ([`deciding`], [`policy`], [`offering`]),
//! and what this node decides itself for partners without a node ([`arbiter`]). Ownership moves only by a record of the hub; the domain's types say what that means.

pub(in crate::app) mod arbiter;
pub mod candidate;
pub mod changes;
pub mod concerns;
pub mod deciding;
mod desk;
mod lines;
pub mod notices;
pub mod offering;
pub mod origin;
pub mod policy;
pub mod receipts;
pub mod recovery;
mod settle;
pub mod stand;
pub mod talk;
pub mod watch;

pub use self::{
    desk::Desk,
    settle::{account_for, carried_in, other_leg, person_cancelled},
};

use jiff::Timestamp;
use maillage_domain::{
    handover::{Happening, Incoming, Outgoing},
    roles::Operation,
};
use maillage_engine::View;
use maillage_federation::ids::{HandoverKind, Id};
use maillage_platform::refusal::Refusal;
use maillage_store::{handovers, moments};

use super::{Aborted, App, caller::Caller, refusals};

/// A handover in either direction.
#[derive(Debug, Clone)]
pub enum Handover {
    /// Ours, offered to others.
    Outgoing(Box<Outgoing>),
    /// A neighbour's.
    Incoming(Box<Incoming>),
}

/// One handover.
///
/// # Errors
/// `handover-unknown`; the store.
pub fn show(app: &App, caller: &Caller, id: Id<HandoverKind>) -> Result<Handover, Refusal> {
    app.look(caller, Operation::HandoverShow, |_, view| {
        if let Some(outgoing) = handovers::outgoing(view, id)? {
            return Ok(Handover::Outgoing(Box::new(outgoing)));
        }
        handovers::incoming(view, id)?
            .map(|incoming| Handover::Incoming(Box::new(incoming)))
            .ok_or_else(|| refusals::unknown("handover-unknown").with("id", id).into())
    })
}

/// At most `limit` handovers in both directions, newest first, from one of them on.
///
/// # Errors
/// The store.
pub fn list(
    app: &App,
    caller: &Caller,
    open: bool,
    (after, limit): (Option<Id<HandoverKind>>, usize),
) -> Result<Vec<Handover>, Refusal> {
    app.look(caller, Operation::HandoverShow, |app, view| {
        let (outgoing, incoming) = if open {
            let incoming = match app.link.membership() {
                Some(membership) => handovers::open_incoming(view, membership.me)?,
                None => Vec::new(),
            };
            (handovers::open_outgoing(view)?, incoming)
        } else {
            (handovers::list_outgoing(view, after, limit)?, handovers::list_incoming(view, after, limit)?)
        };
        let mut all: Vec<Handover> =
            outgoing.into_iter().map(|outgoing| Handover::Outgoing(Box::new(outgoing))).collect();
        all.extend(incoming.into_iter().map(|incoming| Handover::Incoming(Box::new(incoming))));
        all.retain(|handover| after.is_none_or(|after| handover.id() < after));
        all.sort_by_key(|handover| std::cmp::Reverse(handover.id()));
        all.truncate(limit);
        Ok(all)
    })
}

/// Since when this node does not know whether a neighbour's trip is its own: it has said that it takes it, or gives it back,
/// and the hub has not answered.
pub fn uncertain_since(app: &App, incoming: &Incoming) -> Option<Timestamp> {
    app.read(|_, view| unsure_since(view, incoming.handover)).ok().flatten()
}

fn unsure_since(view: &dyn View, handover: Id<HandoverKind>) -> Result<Option<Timestamp>, Aborted> {
    let said = moments::said(view, handover)?.into_iter();
    let moves = said.filter(|(_, what)| matches!(what, Happening::Accepted | Happening::Released));
    Ok(moves.map(|(since, _)| since).min())
}

impl Handover {
    /// Its identifier.
    pub fn id(&self) -> Id<HandoverKind> {
        match self {
            Self::Outgoing(outgoing) => outgoing.handover,
            Self::Incoming(incoming) => incoming.handover,
        }
    }
}
