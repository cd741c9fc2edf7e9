//! After a restore, of the hub or of this node. To a hub in a higher epoch this node gives back what that hub has signed itself
//! and may have forgotten ([`presentations`]), and takes in where things stand then ([`learn`]). A restored node pulls what
//! the hub knows of its handovers before anything else ([`reconcile`]): until then it says nothing in any of them
//! ([`require_reconciled`]). What it had accepted is its own again, or given back if it lost who is to travel; what it
//! had handed over is not driven here; what cannot be made sense of is told to the coordinator. Must never move an
//! ownership by itself: it only learns records.

use std::{collections::BTreeSet, sync::Arc};

use jiff::Timestamp;
use maillage_domain::{
    handover::{Incoming, IncomingStanding, Outgoing, OutgoingStanding},
    roles::Operation,
    trip::{Trip, TripAction},
};
use maillage_engine::{Transaction, View};
use maillage_federation::{
    envelope::{Body, Envelope, Header, Party},
    handover::{Action, Command, GiveBackReason, Offer, Record, State, recovery::is_presented},
    ids::{HandoverKind, Id, NodeKind},
    lives::{epoch_told, is_of_the_past},
    statistics::Report,
};
use maillage_platform::refusal::Refusal;
use maillage_proto::federation::v1 as proto;
use maillage_store::{
    events::Subject,
    handovers,
    lives::{self, HubEpoch, Incarnation, Lost, Proof},
    partners, settings, trips,
};
use prost::Message as _;

use super::{
    Desk, Handover, arbiter,
    candidate::refuse,
    notices::{consider, is_of_the_rules, offer_what_came_back},
    origin::rounded,
    settle::{drop_carried, learn_incoming, pursue_cancellation, settle_outgoing},
};
use crate::{
    app::{Aborted, App, caller::Caller, offers::save, refusals, report},
    federation::membership::Membership,
    limits::{HANDOVERS_LOOKED_AT, TRIPS_COMPARED},
};

/// Handovers (16 bytes) about which a restored hub still waits for another node.
pub type Waiting = BTreeSet<Vec<u8>>;

/// Whether this node was restored and has not yet heard where its handovers stand.
///
/// # Errors
/// The store.
pub fn is_to_reconcile(view: &(impl View + ?Sized)) -> Result<bool, Aborted> {
    Ok(settings::find::<Incarnation>(view)?.is_some_and(|incarnation| incarnation.to_reconcile))
}

/// Refuses what a restored node must not do before it has heard where its handovers stand: what was promised after the
/// backup is not known here.
///
/// # Errors
/// `restored-not-reconciled`; the store.
pub fn require_reconciled(app: &App, view: &(impl View + ?Sized)) -> Result<(), Aborted> {
    if app.link.membership().is_some() && is_to_reconcile(view)? {
        return Err(refusals::conflict("restored-not-reconciled").into());
    }
    Ok(())
}

/// What this node has of the hub's own about its handovers, and what only the origin can say.
///
/// # Errors
/// The store.
pub fn presentations(app: &App, membership: &Membership) -> Result<Vec<proto::Presentation>, Refusal> {
    app.read(|app, view| {
        let mut presented = Vec::new();
        let now_ms = app.now().as_millisecond();
        let recent = |offer: &Offer| is_presented(offer, now_ms);
        for outgoing in handovers::list_outgoing(view, None, HANDOVERS_LOOKED_AT)? {
            // What is offered to partners without a node is none of the hub's.
            let ours_alone = partners::is_arbiter(view, outgoing.handover)?;
            if outgoing.record.is_some() && !ours_alone && recent(&outgoing.offer) {
                presented.push(of_origin(app, view, membership, &outgoing)?);
            }
        }
        for incoming in handovers::list_incoming(view, None, HANDOVERS_LOOKED_AT)? {
            if recent(&incoming.offer) {
                let handover_id = incoming.handover.to_bytes();
                let proof = proof(view, incoming.handover)?;
                presented.push(proto::Presentation { handover_id, proof, ..proto::Presentation::default() });
            }
        }
        Ok(presented)
    })
}

fn of_origin(
    app: &App,
    view: &dyn View,
    membership: &Membership,
    outgoing: &Outgoing,
) -> Result<proto::Presentation, Aborted> {
    let (handover, round) = (outgoing.handover, outgoing.round);
    let header = Header {
        federation: membership.federation.clone(),
        id: app.new_id(),
        sender: Party::Node(membership.me),
        recipient: Party::Hub,
        sent_at_ms: app.now().as_millisecond(),
    };
    let offer = Command { handover, round, action: Action::Offer(outgoing.offer.clone()) };
    let offer = Envelope::sign(header, Body::Command(offer), &membership.keys.signer);
    Ok(proto::Presentation {
        handover_id: handover.to_bytes(),
        proof: proof(view, handover)?,
        awarded_to: outgoing.award.map(|(node, _)| node.to_bytes()).unwrap_or_default(),
        offer: Some(offer.into()),
    })
}

fn proof(view: &dyn View, handover: Id<HandoverKind>) -> Result<Option<proto::presentation::Proof>, Aborted> {
    use proto::presentation::Proof as Wire;
    Ok(lives::proof(view, handover)?.and_then(|proof| match proof {
        Proof::Receipt(bytes) => proto::Receipt::decode(bytes.as_slice()).ok().map(Wire::Receipt),
        Proof::Notice(bytes) => proto::Envelope::decode(bytes.as_slice()).ok().map(Wire::Notice),
    }))
}

/// Notes that the hub is in an epoch; tells whether there is something to present to it. An epoch that is higher than the known one
/// is one of a restored hub.
///
/// # Errors
/// `hub-of-the-past` for one that is lower: an old copy of the hub. The store.
pub async fn enter_epoch(app: &Arc<App>, epoch: u64) -> Result<bool, Refusal> {
    app.transact("hub.epoch", move |_, transaction| {
        let known = settings::find::<HubEpoch>(transaction)?.unwrap_or_default();
        if is_of_the_past(epoch, known.known) {
            return Err(refusals::forbidden("hub-of-the-past").into());
        }
        let epoch = epoch_told(epoch);
        if epoch == known.known {
            return Ok(known.to_present);
        }
        // A hub that this node has never seen before has lost nothing of it, unless it says that it was restored.
        let to_present = known.known > 0 || epoch > 1;
        settings::put(transaction, &HubEpoch { known: epoch, to_present })?;
        Ok(to_present)
    })
    .await
}

/// The epoch this node knows, and the life it is in.
///
/// # Errors
/// The store.
pub fn lives_of(app: &App) -> Result<(HubEpoch, u64), Refusal> {
    app.read(|_, view| {
        let incarnation = settings::find::<Incarnation>(view)?.map_or(0, |incarnation| incarnation.number);
        Ok((settings::find::<HubEpoch>(view)?.unwrap_or_default(), incarnation))
    })
}

/// Takes in where presented handovers stand; tells which still wait for another node.
///
/// # Errors
/// The store.
pub async fn learn(app: &Arc<App>, standings: Vec<proto::Standing>) -> Result<Waiting, Refusal> {
    let mut waiting = Waiting::new();
    for standing in standings {
        if standing.waiting {
            waiting.insert(standing.handover_id);
            continue;
        }
        let Some(Ok(record)) = standing.record.map(Record::try_from) else { continue };
        let take_in = move |desk: &mut Desk<'_, '_>, record| take_in(desk, record).map(|()| true);
        hear(app, "handover.caught-up", (record, None), take_in).await?;
    }
    Ok(waiting)
}

/// Takes in one record, in a transaction of its own. What the rules refuse, a person has to look at: it is noted and passed
/// over, and holds up no other. Within the transaction a restored node may speak.
async fn hear(
    app: &Arc<App>,
    name: &'static str,
    (record, offer): (Record, Option<Offer>),
    body: impl FnOnce(&mut Desk<'_, '_>, Record) -> Result<bool, Aborted> + Send + 'static,
) -> Result<(), Refusal> {
    let handover = record.handover;
    let told = offer.map(|offer| (offer, record.clone()));
    let told_now = told.clone();
    let heard = app
        .transact(name, move |app, transaction| {
            let incarnation = settings::find::<Incarnation>(transaction)?;
            if let Some(incarnation) = &incarnation {
                settings::put(transaction, &Incarnation { to_reconcile: false, ..incarnation.clone() })?;
            }
            let mut desk = Desk::of_restored(app, transaction)?;
            let clear = body(&mut desk, record)?;
            if let Some(incarnation) = incarnation {
                settings::put(desk.transaction, &incarnation)?;
            }
            if clear { Ok(()) } else { lose(&mut desk, handover, told_now) }
        })
        .await;
    match heard {
        Err(refusal) if is_of_the_rules(&refusal) => {
            tracing::error!(%handover, reason = refusal.reason(), "where a handover stands cannot be taken in");
            let lose = move |app: &App, transaction: &mut Transaction<'_>| {
                lose(&mut Desk::of_restored(app, transaction)?, handover, told)
            };
            app.transact("handover.lost", lose).await
        }
        heard => heard,
    }
}

/// A person has to look at a handover; what the hub told is kept of one that is not known here.
fn lose(
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
pub(super) fn lost(
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
        app.note(transaction, &by, Operation::HandoverLookedAt, &[Subject::Handover(id)])?;
        if !lives::settle_lost(transaction, id)? {
            return Err(refusals::unknown("handover-not-lost").with("id", id).into());
        }
        Ok(lives::lost(transaction, HANDOVERS_LOOKED_AT)?.len())
    })
    .await
}

/// Everything has been presented and is settled at the hub.
///
/// # Errors
/// The store.
pub async fn presented(app: &Arc<App>) -> Result<(), Refusal> {
    app.transact("hub.presented", |_, transaction| {
        let known = settings::find::<HubEpoch>(transaction)?.unwrap_or_default();
        Ok(settings::put(transaction, &HubEpoch { to_present: false, ..known })?)
    })
    .await
}

fn take_in(desk: &mut Desk<'_, '_>, record: Record) -> Result<(), Aborted> {
    if let Some(mut outgoing) = handovers::outgoing(desk.transaction, record.handover)? {
        if outgoing.record.as_ref().is_some_and(|known| known.revision >= record.revision) {
            return Ok(());
        }
        outgoing.learn(record);
        settle_outgoing(desk, &mut outgoing)?;
        desk.keep_outgoing(&outgoing)?;
        if outgoing.is_released() {
            return offer_what_came_back(desk, outgoing.handover);
        }
        return pursue_cancellation(desk, outgoing);
    }
    let Some(mut incoming) = handovers::incoming(desk.transaction, record.handover)? else { return Ok(()) };
    if incoming.record.revision >= record.revision {
        return Ok(());
    }
    learn_incoming(desk, &mut incoming, Some(record))?;
    desk.keep_incoming(&incoming)?;
    if !incoming.may_bid(desk.at) {
        return Ok(());
    }
    // The hub may have forgotten the bid, or the candidate may never have heard of the offer.
    match &incoming.bid {
        Some(reservation) => {
            let bid = Action::Bid(reservation.bid.clone());
            desk.say(incoming.handover, incoming.record.round, bid)
        }
        None => consider(desk, incoming),
    }
}

/// Sends the reports again that a restored hub has forgotten: the very same ones.
///
/// # Errors
/// The store.
pub async fn send_reports_again(app: &Arc<App>, hub_has: Vec<Report>) -> Result<(), Refusal> {
    app.transact("report.again", move |app, transaction| {
        let mut desk = Desk::of_restored(app, transaction)?;
        report::send_again(&mut desk, &hub_has)
    })
    .await
}

/// What a restored node is told of its handovers and reports, each handover in a transaction of its own: when all are heard, it
/// speaks again. Broken off, it is told all of it again.
///
/// # Errors
/// The store.
pub async fn reconcile(
    app: &Arc<App>,
    told: Vec<(Record, Offer)>,
    standings: Vec<proto::Standing>,
    reports: Vec<Report>,
) -> Result<(), Refusal> {
    for (record, offer) in told {
        let told = (record, Some(offer.clone()));
        hear(app, "node.reconcile", told, move |desk, record| {
            let ours = record.origin == desk.membership.me;
            if ours { own(desk, record, offer) } else { of_neighbour(desk, record, offer) }
        })
        .await?;
    }
    // Others that are known here: given to another node, or taken back.
    learn(app, standings).await?;
    app.transact("node.reconciled", move |app, transaction| {
        report::take_back(transaction, &reports, app.now())?;
        let mut desk = Desk::of_restored(app, transaction)?;
        for handover in arbiter::in_doubt(&desk)? {
            lose(&mut desk, handover, None)?;
        }
        if let Some(incarnation) = settings::find::<Incarnation>(desk.transaction)? {
            settings::put(desk.transaction, &Incarnation { to_reconcile: false, ..incarnation })?;
        }
        Ok(())
    })
    .await
}

/// A handover this node offered. `false`: a person has to look at it.
fn own(desk: &mut Desk<'_, '_>, record: Record, offer: Offer) -> Result<bool, Aborted> {
    let handover = record.handover;
    let was_accounted = |outgoing: &Outgoing| matches!(outgoing.standing(), OutgoingStanding::Done { .. });
    if let Some(known) = handovers::outgoing(desk.transaction, handover)? {
        let before = was_accounted(&known);
        take_in(desk, record)?;
        let after = desk.outgoing(handover)?;
        return Ok(before || !(was_accounted(&after) || was_moved(&known.offer, &offer, after.is_over())));
    }
    let back = matches!(record.state, State::Withdrawn | State::Expired);
    let Some(own) = matching(desk, &offer)? else { return Ok(back) };
    if back {
        return Ok(true);
    }
    let mut outgoing = Outgoing::offered(handover, own.iter().map(Trip::id).collect(), offer, desk.at);
    outgoing.learn(record);
    if let State::Awarded { winner, .. } = outgoing.record.as_ref().map_or(State::Open, |record| record.state)
    {
        outgoing.note_award(winner, desk.at);
    }
    for trip in &own {
        let given = trip.apply(TripAction::GiveOut { handover }, desk.at).map_err(refusals::trip)?;
        save(desk.app, desk.transaction, &given)?;
    }
    settle_outgoing(desk, &mut outgoing)?;
    desk.keep_outgoing(&outgoing)?;
    let accounted = was_accounted(&outgoing);
    if outgoing.is_released() {
        offer_what_came_back(desk, handover)?;
    }
    Ok(!accounted)
}

/// Whether the two desks agreed on other times or places after the backup: what stands here is not what is driven.
fn was_moved(known: &Offer, told: &Offer, is_over: bool) -> bool {
    !is_over && known.legs != told.legs
}

/// The trips of ours that an offer is about, if they can be told by their places and times, and nobody drives them yet.
fn matching(desk: &Desk<'_, '_>, offer: &Offer) -> Result<Option<Vec<Trip>>, Aborted> {
    let mut found = Vec::new();
    for leg in &offer.legs {
        let mut like = Vec::new();
        for trip in trips::open(desk.transaction, TRIPS_COMPARED)? {
            if trip.person().is_some() && rounded(&trip) == *leg {
                like.push(trip);
            }
        }
        match like.pop() {
            Some(trip) if like.is_empty() && trip.needs_decision() => found.push(trip),
            Some(_) | None => return Ok(None),
        }
    }
    Ok(Some(found))
}

/// A neighbour's trip that this node was chosen for, or carries, or carried. `false`: a person has to look at it.
fn of_neighbour(desk: &mut Desk<'_, '_>, record: Record, offer: Offer) -> Result<bool, Aborted> {
    let me = desk.membership.me;
    let handover = record.handover;
    let known = handovers::incoming(desk.transaction, handover)?;
    let was_over = known.as_ref().is_some_and(|known| known.is_over(me));
    let told = offer.clone();
    let mut incoming =
        known.unwrap_or_else(|| Incoming::offered(record.origin, offer, record.clone(), desk.at));
    learn_incoming(desk, &mut incoming, Some(record))?;
    desk.keep_incoming(&incoming)?;
    let moved = was_moved(&incoming.offer, &told, incoming.is_over(me));
    match incoming.standing(me) {
        IncomingStanding::Chosen { .. } if incoming.details.is_none() => {
            give_up(desk, incoming).map(|()| true)
        }
        IncomingStanding::Done | IncomingStanding::Cancelled if !was_over => {
            drop_carried(desk, &incoming)?;
            Ok(false)
        }
        // What is ours was taken over above if who travels is still known, otherwise given back as any award that cannot be
        // read.
        IncomingStanding::Ours
        | IncomingStanding::Candidate
        | IncomingStanding::Chosen { .. }
        | IncomingStanding::Done
        | IncomingStanding::Cancelled
        | IncomingStanding::Over => Ok(!moved),
    }
}

/// Chosen, and nobody here knows any more who is to travel. Too late to say so, it lapses by itself.
fn give_up(desk: &mut Desk<'_, '_>, incoming: Incoming) -> Result<(), Aborted> {
    match refuse(desk, incoming, GiveBackReason::Details) {
        Ok(_) | Err(Aborted::Refused(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// What the desk has to know, as codes.
///
/// # Errors
/// The store.
pub fn alarms(app: &App, view: &dyn View) -> Result<Vec<&'static str>, Aborted> {
    let mut alarms = Vec::new();
    if app.link.membership().is_none() {
        return Ok(alarms);
    }
    if is_to_reconcile(view)? {
        alarms.push("restored-not-reconciled");
    }
    if !lives::lost(view, 1)?.is_empty() {
        alarms.push("handovers-lost");
    }
    if settings::find::<HubEpoch>(view)?.is_some_and(|epoch| epoch.to_present) {
        alarms.push("hub-restored");
    }
    Ok(alarms)
}

/// Lets go what the hub has signed about handovers that are not presented any more; gives about how many.
///
/// # Errors
/// The store.
pub async fn forget_proofs(app: &Arc<App>) -> Result<usize, Refusal> {
    let useless = app.read(|app, view| {
        let (mut useless, mut after) = (Vec::new(), None);
        loop {
            let proven = lives::proven(view, after, HANDOVERS_LOOKED_AT)?;
            let Some(last) = proven.last() else { break };
            after = Some(*last);
            for handover in proven {
                if !is_presented_still(app, view, handover)? {
                    useless.push(handover);
                }
            }
        }
        Ok(useless)
    })?;
    for handovers in useless.chunks(HANDOVERS_LOOKED_AT) {
        let handovers = handovers.to_vec();
        app.transact("proofs.forget", move |_, transaction| {
            for handover in handovers {
                lives::forget_proof(transaction, handover)?;
            }
            Ok(())
        })
        .await?;
    }
    Ok(useless.len())
}

fn is_presented_still(app: &App, view: &dyn View, handover: Id<HandoverKind>) -> Result<bool, Aborted> {
    let offer = match handovers::outgoing(view, handover)? {
        Some(outgoing) => Some(outgoing.offer),
        None => handovers::incoming(view, handover)?.map(|incoming| incoming.offer),
    };
    Ok(offer.is_some_and(|offer| is_presented(&offer, app.now().as_millisecond())))
}

/// Keeps what the hub has signed, for the day on which it has forgotten it. What is sealed to a person's carrier is not kept:
/// ownership can be proven without.
///
/// # Errors
/// The store.
pub(super) fn keep_proof(desk: &mut Desk<'_, '_>, record: &Record, proof: Proof) -> Result<(), Aborted> {
    let told: [Option<Id<NodeKind>>; 2] = [record.state.holder(), record.state.entitled()];
    if told.contains(&Some(Id::another())) {
        return Ok(());
    }
    Ok(lives::keep_proof(desk.transaction, record.handover, record.revision, proof)?)
}
