//! What becomes of our bids and of what we were told, as our drivers' days fill and time passes: a bid whose driver can no
//! longer is placed anew with another or taken back, and who was to travel is forgotten once it is too late to accept. Must
//! never wait for the hub to say so.

use std::sync::{Mutex, PoisonError};

use maillage_domain::handover::{Decision, Incoming, IncomingStanding};
use maillage_engine::View;
use maillage_federation::{
    handover::Action,
    ids::{HandoverKind, Id, NodeKind, TripKind},
};
use maillage_store::handovers;

use super::{Desk, candidate::bid, deciding::Deciding};
use crate::{
    app::{
        Aborted, App,
        memo::Memo,
        suggest::{offered_legs, suggest_legs},
    },
    limits::BIDS_KEPT,
};

/// What dispatch was asked about and need not be asked again until something is written that its answer depends on.
#[derive(Default)]
pub struct StandingBids {
    /// Whether the drivers that bids count on can still drive, by handover.
    bids: Mutex<Memo<Id<HandoverKind>, bool>>,
    /// Whether nobody here can drive a trip, of those that are offered by rule then.
    pub(super) undriven: Mutex<Memo<Id<TripKind>, bool>>,
}

/// What has to be done.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Due {
    /// Bids whose driver can no longer.
    lost: Vec<Id<HandoverKind>>,
    /// Awards it is too late to accept, with somebody's name in them.
    lapsed: Vec<Id<HandoverKind>>,
}

impl Due {
    pub(super) fn is_empty(&self) -> bool {
        self.lost.is_empty() && self.lapsed.is_empty()
    }
}

/// Looks for what has to be done. A bid is looked at again only when something was written that its driver depends on.
///
/// # Errors
/// The store.
pub(super) fn due(app: &App, view: &dyn View, me: Id<NodeKind>) -> Result<Due, Aborted> {
    let (mut due, now) = (Due::default(), app.now());
    let open = handovers::open_incoming(view, me)?;
    for incoming in &open {
        if incoming.is_too_late(me, now) && incoming.details.is_some() {
            due.lapsed.push(incoming.handover);
        }
        let bids = incoming.standing(me) == IncomingStanding::Candidate && incoming.may_bid(now);
        if bids && incoming.bid.is_some() && !still_possible(app, incoming.handover)? {
            due.lost.push(incoming.handover);
        }
    }
    Ok(due)
}

/// Whether the driver a bid counts on can still drive it.
fn still_possible(app: &App, handover: Id<HandoverKind>) -> Result<bool, Aborted> {
    let mut known = app.standing_bids.bids.lock().unwrap_or_else(PoisonError::into_inner);
    let (possible, _) = known.get(&app.store, (handover, BIDS_KEPT), |view| {
        // Read here too: another bid is another question.
        let Some(incoming) = handovers::incoming(view, handover)? else { return Ok(true) };
        let Some(reservation) = &incoming.bid else { return Ok(true) };
        match suggest_legs(app, view, &offered_legs(&incoming.offer), Some(handover)) {
            Ok(suggestion) => Ok(suggestion.candidate(reservation.volunteer).is_some()),
            Err(Aborted::Refused(_)) => Ok(false),
            Err(error) => Err(error),
        }
    })?;
    Ok(*possible)
}

/// Does it.
///
/// # Errors
/// The store.
pub(super) fn act(desk: &mut Desk<'_, '_>, due: &Due) -> Result<(), Aborted> {
    for id in &due.lapsed {
        let mut incoming = desk.incoming(*id)?;
        if incoming.is_too_late(desk.membership.me, desk.at) {
            incoming.details = None;
            desk.keep_incoming(&incoming)?;
            desk.note_handover("handover.details-forgotten", *id)?;
        }
    }
    for id in &due.lost {
        let incoming = desk.incoming(*id)?;
        let standing = incoming.standing(desk.membership.me);
        if standing == IncomingStanding::Candidate && incoming.bid.is_some() {
            replace(desk, incoming)?;
        }
    }
    Ok(())
}

/// Another driver, if the platform lets the node choose one; otherwise the bid goes.
fn replace(desk: &mut Desk<'_, '_>, mut incoming: Incoming) -> Result<(), Aborted> {
    let deciding = Deciding::load(desk.transaction)?;
    if deciding.bidding(desk.transaction, desk.membership.me, &incoming)?.what == Decision::Auto {
        match bid(desk, incoming.clone(), None) {
            Ok(_) => return Ok(()),
            Err(Aborted::Refused(_)) => {}
            Err(error) => return Err(error),
        }
    }
    incoming.bid = None;
    desk.keep_incoming(&incoming)?;
    desk.note_handover("handover.bid-taken-back", incoming.handover)?;
    desk.say(incoming.handover, incoming.record.round, Action::Unbid)
}
