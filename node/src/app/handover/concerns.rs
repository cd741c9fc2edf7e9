//! What a desk has to look at in its handovers: derived each time from what is known, soonest deadline first. Must never decide
//! or write anything.

use jiff::Timestamp;
use maillage_domain::{
    handover::{Concern, ConcernKind, Decision, Incoming, Known, Outgoing, OutgoingStanding, best_bid},
    roles::Operation,
    trip::{Custody, TripStatus},
};
use maillage_engine::View;
use maillage_federation::ids::{HandoverKind, Id, NodeKind, TripKind};
use maillage_platform::refusal::Refusal;
use maillage_store::{handovers, lives, moments, trips};

use super::{Handover, deciding::Deciding, recovery, unsure_since};
use crate::{
    app::{
        Aborted, App, agreements,
        caller::Caller,
        pages::{Mark, page},
        relays,
    },
    limits::HANDOVERS_LOOKED_AT,
};

/// A handover that somebody has to look at, and why.
pub type Concerned = (Handover, Vec<Concern>);

/// A page of the handovers that somebody has to look at, each with why, what is due first first. Of those that are over, the
/// newest alone are looked through.
///
/// # Errors
/// The store.
pub fn list(
    app: &App,
    caller: &Caller,
    wanted: (Option<Mark<HandoverKind>>, usize),
) -> Result<(Vec<Concerned>, Option<Mark<HandoverKind>>), Refusal> {
    app.look(caller, Operation::HandoverShow, |app, view| {
        let Some(looking) = Looking::load(app, view)? else { return Ok((Vec::new(), None)) };
        let me = looking.me;
        let mut found = Vec::new();
        let mut outgoings = handovers::list_outgoing(view, None, HANDOVERS_LOOKED_AT)?;
        outgoings.retain(Outgoing::is_over);
        outgoings.extend(handovers::open_outgoing(view)?);
        for outgoing in outgoings {
            let concerns = looking.at_ours(&outgoing)?;
            found.push((Handover::Outgoing(Box::new(outgoing)), concerns));
        }
        let mut incomings = handovers::list_incoming(view, None, HANDOVERS_LOOKED_AT)?;
        incomings.retain(|incoming| incoming.is_over(me));
        incomings.extend(handovers::open_incoming(view, me)?);
        for incoming in incomings {
            let concerns = looking.at_theirs(&incoming)?;
            found.push((Handover::Incoming(Box::new(incoming)), concerns));
        }
        found.retain(|(_, concerns)| !concerns.is_empty());
        add_lost(view, me, &mut found)?;
        let mark = |(handover, concerns): &Concerned| (first_due(concerns).as_millisecond(), handover.id());
        Ok(page(found, mark, wanted))
    })
}

/// Why somebody has to look at a handover, if somebody has to.
///
/// # Errors
/// The store.
pub fn of(app: &App, caller: &Caller, handover: &Handover) -> Result<Vec<Concern>, Refusal> {
    app.look(caller, Operation::HandoverShow, |app, view| {
        let Some(looking) = Looking::load(app, view)? else { return Ok(Vec::new()) };
        let mut concerns = match handover {
            Handover::Outgoing(outgoing) => looking.at_ours(outgoing)?,
            Handover::Incoming(incoming) => looking.at_theirs(incoming)?,
        };
        let since = lives::lost_since(view, handover.id())?;
        concerns.extend(since.map(|since| Concern { what: ConcernKind::Lost, since, until: None }));
        Ok(concerns)
    })
}

/// What is known once, for every handover that is looked at.
struct Looking<'a> {
    view: &'a dyn View,
    me: Id<NodeKind>,
    deciding: Deciding,
    now: Timestamp,
}

impl<'a> Looking<'a> {
    /// None for a node without a federation.
    fn load(app: &App, view: &'a dyn View) -> Result<Option<Self>, Aborted> {
        let Some(membership) = app.link.membership() else { return Ok(None) };
        Ok(Some(Self { view, me: membership.me, deciding: Deciding::load(view)?, now: app.now() }))
    }

    fn at_ours(&self, outgoing: &Outgoing) -> Result<Vec<Concern>, Aborted> {
        let Self { view, me, deciding, now } = self;
        let moments = moments::of(*view, outgoing.handover)?;
        let waits_here = waits_here(*view, &outgoing.trips)?;
        let asks = asks_whom_to_choose(*view, deciding, outgoing)?;
        let half_carried = half_carried(*view, outgoing, waits_here)?;
        let known = Known { me: *me, moments: &moments, unsure_since: None, waits_here, half_carried, asks };
        Ok(outgoing.concerns(known, *now))
    }

    fn at_theirs(&self, incoming: &Incoming) -> Result<Vec<Concern>, Aborted> {
        let Self { view, me, deciding, now } = self;
        let moments = moments::of(*view, incoming.handover)?;
        let unsure_since = unsure_since(*view, incoming.handover)?;
        let asks = incoming.waits_for_a_bid(*now) && asks_to_bid(*view, deciding, (*me, incoming))?;
        let (waits_here, half_carried) = (false, false);
        let known = Known { me: *me, moments: &moments, unsure_since, waits_here, half_carried, asks };
        Ok(incoming.concerns(known, *now))
    }
}

/// Whether somebody carries one part of a journey and nobody the other.
fn half_carried(view: &dyn View, outgoing: &Outgoing, waits_here: bool) -> Result<bool, Aborted> {
    match outgoing.standing() {
        OutgoingStanding::Back if waits_here => {
            Ok(other_leg_carried(view, outgoing)? || relays::other_is_carried(view, outgoing)?)
        }
        OutgoingStanding::Theirs { .. } => Ok(!relays::others_are_found(view, outgoing, relays::has_bid)?),
        OutgoingStanding::Back
        | OutgoingStanding::Ours
        | OutgoingStanding::Uncertain { .. }
        | OutgoingStanding::Cancelled
        | OutgoingStanding::Done { .. } => Ok(false),
    }
}

/// Whether the other leg of a journey that was offered apart is carried by somebody.
fn other_leg_carried(view: &dyn View, outgoing: &Outgoing) -> Result<bool, Aborted> {
    let other = outgoing.offer.goes_with.map(|other| handovers::outgoing(view, other)).transpose()?.flatten();
    Ok(other.is_some_and(|other| match other.standing() {
        OutgoingStanding::Theirs { .. } | OutgoingStanding::Done { .. } => true,
        OutgoingStanding::Ours
        | OutgoingStanding::Back
        | OutgoingStanding::Uncertain { .. }
        | OutgoingStanding::Cancelled => false,
    }))
}

/// Whether a person is asked which bid is chosen: about the best of them, which decides for all.
fn asks_whom_to_choose(view: &dyn View, deciding: &Deciding, outgoing: &Outgoing) -> Result<bool, Aborted> {
    let trust = agreements::trusting(view, outgoing)?;
    let Some(best) = best_bid(&outgoing.bids, &outgoing.declined, &trust) else { return Ok(false) };
    Ok(deciding.awarding(view, outgoing, Some(best))?.what == Decision::Ask)
}

/// Whether a person is asked if somebody of ours is proposed, and one could be.
fn asks_to_bid(
    view: &dyn View,
    deciding: &Deciding,
    (me, incoming): (Id<NodeKind>, &Incoming),
) -> Result<bool, Aborted> {
    let asks = deciding.bidding(view, me, incoming)?.what == Decision::Ask;
    let for_others = incoming.offer.agreed_only
        && agreements::to_carry(view, (me, incoming.origin), &incoming.offer)?.is_none();
    Ok(asks && !for_others)
}

/// What a restore took is to be looked at too, whether it is known here or not.
fn add_lost(view: &dyn View, me: Id<NodeKind>, found: &mut Vec<Concerned>) -> Result<(), Aborted> {
    for (handover, since) in recovery::lost(view, me)? {
        let concern = Concern { what: ConcernKind::Lost, since, until: None };
        match found.iter_mut().find(|(known, _)| known.id() == handover.id()) {
            Some((_, concerns)) => concerns.push(concern),
            None => found.push((handover, vec![concern])),
        }
    }
    Ok(())
}

fn first_due(concerns: &[Concern]) -> Timestamp {
    concerns.iter().filter_map(|concern| concern.until).min().unwrap_or(Timestamp::MAX)
}

/// Whether one of the trips waits for a driver here.
fn waits_here(view: &dyn View, ids: &[Id<TripKind>]) -> Result<bool, Aborted> {
    for id in ids {
        let trip = trips::find(view, *id)?;
        let waits = |trip: &maillage_domain::trip::Trip| {
            trip.status() == TripStatus::Requested && trip.custody() == Custody::Local
        };
        if trip.as_ref().is_some_and(waits) {
            return Ok(true);
        }
    }
    Ok(false)
}
