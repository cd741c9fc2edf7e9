//! What a restore took of a handover: kept for a person to look at, until somebody says that it was. Must never move an ownership,
//! nor touch a trip.

use std::sync::Arc;

use jiff::Timestamp;
use maillage_domain::{
    handover::{Incoming, IncomingStanding, Outgoing, OutgoingStanding},
    roles::Operation,
};
use maillage_engine::View;
use maillage_federation::{
    handover::{Offer, Record},
    ids::{HandoverKind, Id, NodeKind},
};
use maillage_platform::refusal::Refusal;
use maillage_store::{
    events::Subject,
    handovers,
    lives::{self, Lost},
};

use crate::{
    app::{
        Aborted, App,
        caller::Caller,
        handover::{Desk, Handover, stand},
        refusals,
        suggest::find,
    },
    limits::HANDOVERS_LOOKED_AT,
};

/// A person has to look at a handover; what the hub told is kept of one that is not known here.
///
/// # Errors
/// The store.
pub(in crate::app::handover) fn lose(
    desk: &mut Desk<'_, '_>,
    handover: Id<HandoverKind>,
    told: Option<(Offer, Record)>,
) -> Result<(), Aborted> {
    desk.note_handover("handover.lost", handover)?;
    let is_known = handovers::outgoing(desk.transaction, handover)?.is_some()
        || handovers::incoming(desk.transaction, handover)?.is_some();
    let lost = Lost { handover, since: desk.at, told: told.filter(|_| !is_known) };
    Ok(lives::lose(desk.transaction, lost)?)
}

/// The handovers that a person has to look at after a restore, oldest first, with since when.
///
/// # Errors
/// The store.
pub(in crate::app::handover) fn lost(
    view: &(impl View + ?Sized),
    me: Id<NodeKind>,
) -> Result<Vec<(Handover, Timestamp)>, Aborted> {
    let mut found = Vec::new();
    for Lost { handover, since, told } in lives::lost(view, HANDOVERS_LOOKED_AT)? {
        if let Some(outgoing) = handovers::outgoing(view, handover)? {
            found.push((Handover::Outgoing(Box::new(outgoing)), since));
        } else if let Some(incoming) = handovers::incoming(view, handover)? {
            found.push((Handover::Incoming(Box::new(incoming)), since));
        } else if let Some((offer, record)) = told {
            found.push((as_told(me, offer, record, since), since));
        }
    }
    Ok(found)
}

/// A handover of which this node knows what the hub told, and no trip of its own.
fn as_told(me: Id<NodeKind>, offer: Offer, record: Record, at: Timestamp) -> Handover {
    if record.origin == me {
        let mut outgoing = Outgoing::offered(record.handover, Vec::new(), offer, at);
        outgoing.learn(record);
        Handover::Outgoing(Box::new(outgoing))
    } else {
        Handover::Incoming(Box::new(Incoming::offered(record.origin, offer, record, at)))
    }
}

/// A person has looked at a handover that was lost; gives how many are left.
///
/// # Errors
/// `handover-not-lost`; the store.
pub async fn looked_at(app: &Arc<App>, caller: &Caller, id: Id<HandoverKind>) -> Result<usize, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::HandoverLookedAt, move |app, transaction| {
        stand::check(transaction, &by)?;
        app.note(transaction, &by, Operation::HandoverLookedAt, &[Subject::Handover(id)])?;
        if !lives::settle_lost(transaction, id)? {
            return Err(refusals::unknown("handover-not-lost").with("id", id).into());
        }
        Ok(lives::lost(transaction, HANDOVERS_LOOKED_AT)?.len())
    })
    .await
}

/// Whether the two desks agreed on other times or places after the backup: what stands here is not what is driven.
pub(super) fn was_moved(known: &Offer, told: &Offer, is_over: bool) -> bool {
    !is_over && known.legs != told.legs
}

/// Whether trips of this node hang: the hub says that the handover is over, nothing says what became of them, and nobody is going to.
///
/// # Errors
/// The store; a trip that is not known.
pub(in crate::app::handover) fn hangs(desk: &Desk<'_, '_>, outgoing: &Outgoing) -> Result<bool, Aborted> {
    match outgoing.standing() {
        OutgoingStanding::Cancelled | OutgoingStanding::Done { .. } => {}
        OutgoingStanding::Ours
        | OutgoingStanding::Back
        | OutgoingStanding::Uncertain { .. }
        | OutgoingStanding::Theirs { .. } => return Ok(false),
    }
    for id in &outgoing.trips {
        let trip = find(desk.transaction, *id)?;
        if trip.is_open() && trip.custody().handover() == Some(outgoing.handover) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether somebody here relies on a handover: its origin until it is over, and whoever is chosen or carries.
///
/// # Errors
/// The store.
pub(super) fn is_relied_on(desk: &Desk<'_, '_>, handover: Id<HandoverKind>) -> Result<bool, Aborted> {
    if let Some(outgoing) = handovers::outgoing(desk.transaction, handover)? {
        return Ok(!outgoing.is_over());
    }
    let incoming = handovers::incoming(desk.transaction, handover)?;
    Ok(incoming.is_some_and(|incoming| is_ours_to_carry(&incoming, desk.membership.me)))
}

/// Whether this node is chosen, or carries.
pub(super) fn is_ours_to_carry(incoming: &Incoming, me: Id<NodeKind>) -> bool {
    match incoming.standing(me) {
        IncomingStanding::Chosen { .. } | IncomingStanding::Ours => true,
        IncomingStanding::Candidate
        | IncomingStanding::Done
        | IncomingStanding::Cancelled
        | IncomingStanding::Over => false,
    }
}
