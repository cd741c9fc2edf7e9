//! The candidate's moves: bid, accept, refuse, release. A bid reserves its driver softly; the trip is carried here only
//! once the hub has recorded the acceptance.

use std::{collections::BTreeSet, sync::Arc};

use maillage_domain::{
    handover::{Incoming, IncomingStanding, Reservation},
    ids::VolunteerKind,
    roles::Operation,
    trip::{CancelReason, CancelledBy, TripAction, TripStatus},
};
use maillage_federation::{
    handover::{Action, Bid, GiveBackReason},
    ids::{HandoverKind, Id},
};
use maillage_platform::refusal::Refusal;
use maillage_store::handovers;

use super::{Desk, settle::check_frames};
use crate::app::{
    Aborted, App, agreements,
    caller::Caller,
    offers::save,
    planning::rounds,
    refusals, roads,
    suggest::{Suggestion, find, offered_legs, suggest_legs},
};

/// Who of ours could carry a neighbour's trip.
///
/// # Errors
/// `handover-unknown`; what dispatch cannot answer; the store.
pub async fn suggest(app: &Arc<App>, caller: &Caller, incoming: &Incoming) -> Result<Suggestion, Refusal> {
    caller.check(Operation::HandoverShow)?;
    roads::prepare(app, |_, view| rounds::pairs_of(view, &offered_legs(&incoming.offer))).await;
    app.look(caller, Operation::HandoverShow, |app, view| {
        suggest_legs(app, view, &offered_legs(&incoming.offer), Some(incoming.handover))
    })
}

/// Proposes to carry a neighbour's trip, with the volunteer named or the best.
///
/// # Errors
/// `handover-not-open`, `driver-cannot`, `nobody-can`, `agreement-needed`; the store.
pub async fn place_bid(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<HandoverKind>,
    volunteer: Option<Id<VolunteerKind>>,
) -> Result<Incoming, Refusal> {
    caller.check(Operation::HandoverBid)?;
    roads::prepare(app, |_, view| {
        let incoming = handovers::incoming(view, id)?;
        incoming.map_or_else(
            || Ok(BTreeSet::new()),
            |incoming| rounds::pairs_of(view, &offered_legs(&incoming.offer)),
        )
    })
    .await;
    let by = caller.clone();
    app.act(caller, Operation::HandoverBid, move |app, transaction| {
        let mut desk = Desk::open_for(app, transaction, &by, (Operation::HandoverBid, id))?;
        let incoming = desk.incoming(id)?;
        bid(&mut desk, incoming, volunteer)
    })
    .await
}

/// Places a bid inside a transaction.
///
/// # Errors
/// As [`place_bid`].
pub fn bid(
    desk: &mut Desk<'_, '_>,
    mut incoming: Incoming,
    volunteer: Option<Id<VolunteerKind>>,
) -> Result<Incoming, Aborted> {
    if !incoming.may_bid(desk.at) {
        return Err(not_open(desk, &incoming));
    }
    let reservation = reserve(desk, &incoming, volunteer)?;
    let bid = reservation.bid.clone();
    incoming.bid = Some(reservation);
    incoming.declined = false;
    desk.keep_incoming(&incoming)?;
    desk.say(incoming.handover, incoming.record.round, Action::Bid(bid))?;
    Ok(incoming)
}

/// Says no to a neighbour's offer: a proposal made is taken back, and none is made again unless somebody makes it. Whoever is chosen
/// refuses the award instead.
///
/// # Errors
/// `handover-unknown`, `handover-not-open`; the store.
pub async fn decline(app: &Arc<App>, caller: &Caller, id: Id<HandoverKind>) -> Result<Incoming, Refusal> {
    caller.check(Operation::HandoverDecline)?;
    let by = caller.clone();
    app.act(caller, Operation::HandoverDecline, move |app, transaction| {
        let mut desk = Desk::open_for(app, transaction, &by, (Operation::HandoverDecline, id))?;
        let mut incoming = desk.incoming(id)?;
        if incoming.standing(desk.membership.me) != IncomingStanding::Candidate {
            return Err(not_open(&desk, &incoming));
        }
        incoming.declined = true;
        let had_bid = incoming.bid.take().is_some();
        desk.keep_incoming(&incoming)?;
        if had_bid {
            desk.say(incoming.handover, incoming.record.round, Action::Unbid)?;
        }
        Ok(incoming)
    })
    .await
}

/// Counts on the volunteer named, or the best, for a neighbour's trip.
fn reserve(
    desk: &Desk<'_, '_>,
    incoming: &Incoming,
    volunteer: Option<Id<VolunteerKind>>,
) -> Result<Reservation, Aborted> {
    let legs = offered_legs(&incoming.offer);
    let suggestion = suggest_legs(desk.app, desk.transaction, &legs, Some(incoming.handover))?;
    let chosen = match volunteer {
        Some(volunteer) => suggestion.candidate(volunteer).ok_or_else(|| {
            let refusals = &suggestion.ranking.refusals;
            let reason = refusals.iter().find(|refused| refused.volunteer == volunteer);
            let code = reason.map_or("unknown", |refused| refused.reason.code());
            refusals::conflict("driver-cannot").with("code", code)
        })?,
        None => suggestion.ranking.candidates.first().ok_or_else(|| refusals::conflict("nobody-can"))?,
    };
    let firm =
        suggestion.volunteers.get(&chosen.volunteer).is_some_and(|volunteer| volunteer.details.standing_yes);
    let agreement =
        agreements::to_carry(desk.transaction, (desk.membership.me, incoming.origin), &incoming.offer)?;
    if incoming.offer.agreed_only && agreement.is_none() {
        return Err(refusals::conflict("agreement-needed").into());
    }
    let bid = Bid {
        firm,
        pickup_ms: chosen.drives.iter().map(|drive| drive.pickup.as_millisecond()).collect(),
        extra_m: chosen.extra_m,
        agreement,
    };
    Ok(Reservation {
        bid,
        volunteer: chosen.volunteer,
        spans: chosen.drives.iter().map(|drive| (drive.start, drive.end)).collect(),
        round: incoming.record.round,
        unheard: false,
    })
}

/// Takes an awarded trip, with the volunteer named or the one reserved.
///
/// # Errors
/// `handover-not-awarded`, `driver-cannot`; the store.
pub async fn accept_award(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<HandoverKind>,
    volunteer: Option<Id<VolunteerKind>>,
) -> Result<Incoming, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::HandoverAccept, move |app, transaction| {
        let mut desk = Desk::open_for(app, transaction, &by, (Operation::HandoverAccept, id))?;
        let mut incoming = desk.incoming(id)?;
        if volunteer.is_some() {
            require_chosen(&desk, &incoming)?;
            incoming.bid = Some(reserve(&desk, &incoming, volunteer)?);
        }
        check_frames(&desk, &incoming)?;
        accept(&mut desk, incoming)
    })
    .await
}

/// Accepts an award inside a transaction. The trip is not ours before the hub's record says so.
///
/// # Errors
/// As [`accept_award`].
pub fn accept(desk: &mut Desk<'_, '_>, mut incoming: Incoming) -> Result<Incoming, Aborted> {
    require_chosen(desk, &incoming)?;
    let round = incoming.record.round;
    if incoming.details.is_none() {
        return Err(refusals::conflict("handover-details-missing").into());
    }
    if incoming.accepted_round == Some(round) {
        return Ok(incoming);
    }
    incoming.accepted_round = Some(round);
    desk.keep_incoming(&incoming)?;
    desk.say(incoming.handover, round, Action::Accept)?;
    Ok(incoming)
}

/// Does not take an awarded trip.
///
/// # Errors
/// `handover-not-awarded`; the store.
pub async fn refuse_award(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<HandoverKind>,
    reason: GiveBackReason,
) -> Result<Incoming, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::HandoverRefuse, move |app, transaction| {
        let mut desk = Desk::open_for(app, transaction, &by, (Operation::HandoverRefuse, id))?;
        let incoming = desk.incoming(id)?;
        refuse(&mut desk, incoming, reason)
    })
    .await
}

/// Refuses an award inside a transaction: the details are forgotten at once.
///
/// # Errors
/// As [`refuse_award`].
pub fn refuse(
    desk: &mut Desk<'_, '_>,
    mut incoming: Incoming,
    reason: GiveBackReason,
) -> Result<Incoming, Aborted> {
    require_chosen(desk, &incoming)?;
    let round = incoming.record.round;
    if incoming.accepted_round == Some(round) {
        return Err(refusals::conflict("handover-accept-under-way").into());
    }
    if incoming.refused_round == Some(round) {
        return Ok(incoming);
    }
    incoming.note_refusal();
    desk.keep_incoming(&incoming)?;
    desk.say(incoming.handover, round, Action::Refuse(reason))?;
    Ok(incoming)
}

/// Gives a trip back before pickup. It stays ours until the hub has recorded it.
///
/// # Errors
/// `handover-not-held`, `handover-under-way` after a pickup; the store.
pub async fn release(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<HandoverKind>,
    reason: GiveBackReason,
) -> Result<Incoming, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::HandoverRelease, move |app, transaction| {
        let mut desk = Desk::open_for(app, transaction, &by, (Operation::HandoverRelease, id))?;
        let mut incoming = desk.incoming(id)?;
        if incoming.standing(desk.membership.me) != IncomingStanding::Ours {
            return Err(refusals::conflict("handover-not-held").into());
        }
        for trip in &incoming.trips {
            match find(desk.transaction, *trip)?.status() {
                TripStatus::Requested | TripStatus::Offered | TripStatus::Confirmed => {}
                TripStatus::PickedUp
                | TripStatus::Completed { .. }
                | TripStatus::Cancelled { .. }
                | TripStatus::NoShow(_)
                | TripStatus::Unmet(_) => return Err(refusals::conflict("handover-under-way").into()),
            }
        }
        for trip in &incoming.trips {
            let trip = find(desk.transaction, *trip)?;
            let cancel = TripAction::Cancel { by: CancelledBy::Platform, reason: CancelReason::Unspecified };
            let cancelled = trip.apply(cancel, desk.at);
            save(desk.app, desk.transaction, &cancelled.map_err(refusals::trip)?)?;
        }
        incoming.declined = true;
        desk.keep_incoming(&incoming)?;
        desk.say(incoming.handover, incoming.record.round, Action::Release(reason))?;
        Ok(incoming)
    })
    .await
}

fn require_chosen(desk: &Desk<'_, '_>, incoming: &Incoming) -> Result<(), Aborted> {
    match incoming.standing(desk.membership.me) {
        IncomingStanding::Chosen { accept_by_ms } if desk.at.as_millisecond() < accept_by_ms => Ok(()),
        IncomingStanding::Chosen { .. } => Err(refusals::conflict("handover-too-late").into()),
        IncomingStanding::Candidate
        | IncomingStanding::Ours
        | IncomingStanding::Done
        | IncomingStanding::Cancelled
        | IncomingStanding::Over => Err(refusals::conflict("handover-not-awarded").into()),
    }
}

fn not_open(desk: &Desk<'_, '_>, incoming: &Incoming) -> Aborted {
    let state = incoming.code(desk.membership.me);
    refusals::conflict("handover-not-open").with("state", state).into()
}
