//! After a restore, of the hub or of this node. To a hub in a higher epoch this node gives back what that hub has signed itself
//! and may have forgotten ([`presentations`]), and takes in where things stand then ([`learn`]). A restored node pulls what
//! the hub knows of its handovers before anything else ([`reconcile`]): until then it says nothing in any of them
//! ([`require_reconciled`]). What it had accepted is its own again, or given back if it lost who is to travel; what it
//! had handed over is not driven here; what cannot be made sense of is told to the coordinator. Must never move an
//! ownership by itself: it only learns records.

mod lost;
mod proofs;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use maillage_domain::{
    handover::{Incoming, IncomingStanding, Outgoing},
    trip::{Trip, TripAction},
};
use maillage_engine::{Transaction, View};
use maillage_federation::{
    handover::{Action, Bid, GiveBackReason, Offer, Record, State},
    ids::{HandoverKind, Id, NodeKind},
    lives::{epoch_told, is_of_the_past},
};
use maillage_platform::refusal::Refusal;
use maillage_proto::federation::v1 as proto;
use maillage_store::{
    handovers,
    lives::{self, HubEpoch, Incarnation},
    settings, trips,
};

use self::lost::{is_ours_to_carry, is_relied_on, was_moved};
pub use self::{
    lost::looked_at,
    proofs::{forget_proofs, presentations},
};
pub(super) use self::{
    lost::{hangs, lose, lost},
    proofs::keep_proof,
};
use super::{
    Desk, arbiter,
    candidate::refuse,
    notices::{consider, is_of_the_rules, offer_what_came_back},
    origin::rounded,
    settle::{drop_carried, learn_incoming, pursue_cancellation, settle_outgoing},
};
use crate::{
    app::{
        Aborted, App,
        offers::save,
        refusals,
        report::restored::{self as reports_restored, HubReports},
    },
    limits::TRIPS_COMPARED,
};

/// What the hub tells a restored node of one of its handovers.
#[derive(Debug, Clone)]
pub struct Told {
    /// Where it stands.
    pub record: Record,
    /// What is offered.
    pub offer: Offer,
    /// To the origin: the bids that stand, all of them. `None`: the hub says nothing of bids.
    pub bids: Option<BTreeMap<Id<NodeKind>, Bid>>,
}

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

/// Notes that the hub is in an epoch; tells whether there is something to present to it. An epoch that is higher than the known one
/// is one of a restored hub.
///
/// # Errors
/// `hub-of-the-past` for one that is lower: an old copy of the hub. The store.
pub async fn enter_epoch(app: &Arc<App>, epoch: u64) -> Result<bool, Refusal> {
    app.transact("hub.epoch", move |_, transaction| {
        lives::move_lost(transaction)?;
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
        let proto::Standing { handover_id, waiting: is_waited_for, record, offer } = standing;
        let Ok(handover) = Id::from_bytes(&handover_id) else { continue };
        if is_waited_for {
            waiting.insert(handover_id);
            continue;
        }
        let Some(record) = record else {
            // Nobody will ever tell the hub of it.
            let relied_on = move |desk: &mut Desk<'_, '_>| Ok(!is_relied_on(desk, handover)?);
            hear(app, "handover.forgotten", (handover, None), relied_on).await?;
            continue;
        };
        match (Record::try_from(record), offer.map(Offer::try_from).transpose()) {
            (Ok(record), Ok(offer)) if record.handover == handover => {
                let take_in = move |desk: &mut Desk<'_, '_>| catch_up(desk, record, offer.as_ref());
                hear(app, "handover.caught-up", (handover, None), take_in).await?;
            }
            (_, _) => not_understood(app, Some(handover)).await?,
        }
    }
    Ok(waiting)
}

/// What the hub says of a handover cannot be read here: it holds up no other, and is for a person if somebody relies on it.
///
/// # Errors
/// The store.
pub async fn not_understood(app: &Arc<App>, handover: Option<Id<HandoverKind>>) -> Result<(), Refusal> {
    app.link.note_newer_mail();
    tracing::error!(?handover, "what the hub says of a handover cannot be read: update this program");
    let Some(handover) = handover else { return Ok(()) };
    let relied_on = move |desk: &mut Desk<'_, '_>| Ok(!is_relied_on(desk, handover)?);
    hear(app, "handover.not-understood", (handover, None), relied_on).await
}

/// Takes in what was told of one handover, in a transaction of its own. What the rules refuse, a person has to look at: it is
/// noted and passed over, and holds up no other. Within the transaction a restored node may speak.
async fn hear(
    app: &Arc<App>,
    name: &'static str,
    (handover, told): (Id<HandoverKind>, Option<(Offer, Record)>),
    body: impl FnOnce(&mut Desk<'_, '_>) -> Result<bool, Aborted> + Send + 'static,
) -> Result<(), Refusal> {
    let told_now = told.clone();
    let heard = app
        .transact(name, move |app, transaction| {
            let incarnation = settings::find::<Incarnation>(transaction)?;
            if let Some(incarnation) = &incarnation {
                settings::put(transaction, &Incarnation { to_reconcile: false, ..incarnation.clone() })?;
            }
            let mut desk = Desk::of_restored(app, transaction)?;
            let clear = body(&mut desk)?;
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

/// Takes in where a handover that is known here stands, and what is offered in it. `false`: a person has to look at it.
fn catch_up(desk: &mut Desk<'_, '_>, record: Record, offer: Option<&Offer>) -> Result<bool, Aborted> {
    let (handover, me) = (record.handover, desk.membership.me);
    let moved = |known: &Offer, is_over| offer.is_some_and(|told| was_moved(known, told, is_over));
    if let Some(before) = handovers::outgoing(desk.transaction, handover)? {
        take_in(desk, record, offer)?;
        let after = desk.outgoing(handover)?;
        let is_news = after.record != before.record;
        return Ok(!is_news || !(moved(&after.offer, after.is_over()) || hangs(desk, &after)?));
    }
    let Some(before) = handovers::incoming(desk.transaction, handover)? else { return Ok(true) };
    take_in(desk, record, offer)?;
    let after = desk.incoming(handover)?;
    let is_news = after.record != before.record;
    Ok(!(is_news && is_ours_to_carry(&after, me) && moved(&after.offer, false)))
}

fn take_in(desk: &mut Desk<'_, '_>, record: Record, offer: Option<&Offer>) -> Result<(), Aborted> {
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
    if let (IncomingStanding::Candidate, Some(offer)) = (incoming.standing(desk.membership.me), offer) {
        incoming.offer = offer.clone();
    }
    desk.keep_incoming(&incoming)?;
    // The hub may have forgotten the bid, or the candidate may never have heard of the offer.
    if incoming.bid.is_some() {
        incoming.doubt_bid();
        bid_again(desk, incoming)
    } else {
        consider(desk, incoming)
    }
}

/// Says a bid again that the hub may not know of: now if bids are taken, otherwise as soon as they are.
///
/// # Errors
/// The store.
pub(super) fn bid_again(desk: &mut Desk<'_, '_>, mut incoming: Incoming) -> Result<(), Aborted> {
    let (handover, round) = (incoming.handover, incoming.record.round);
    let bid = incoming.bid_to_say_again(desk.at);
    desk.keep_incoming(&incoming)?;
    bid.map_or(Ok(()), |bid| desk.say(handover, round, Action::Bid(bid)))
}

/// Sends the reports again that a restored hub has forgotten: the very same ones.
///
/// # Errors
/// The store.
pub async fn send_reports_again(app: &Arc<App>, hub_has: HubReports) -> Result<(), Refusal> {
    app.transact("report.again", move |app, transaction| {
        let mut desk = Desk::of_restored(app, transaction)?;
        reports_restored::send_again(&mut desk, &hub_has)
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
    told: Vec<Told>,
    standings: Vec<proto::Standing>,
    reports: impl Into<HubReports>,
) -> Result<(), Refusal> {
    let reports: HubReports = reports.into();
    for told in told {
        let about = (told.record.handover, Some((told.offer.clone(), told.record.clone())));
        hear(app, "node.reconcile", about, move |desk| {
            if told.record.origin == desk.membership.me { own(desk, told) } else { of_neighbour(desk, told) }
        })
        .await?;
    }
    // Others that are known here: given to another node, or taken back.
    learn(app, standings).await?;
    app.transact("node.reconciled", move |app, transaction| {
        reports_restored::take_back(transaction, &reports, app.now())?;
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
fn own(desk: &mut Desk<'_, '_>, told: Told) -> Result<bool, Aborted> {
    let Told { record, offer, bids } = told;
    let handover = record.handover;
    if handovers::outgoing(desk.transaction, handover)?.is_some() {
        let clear = catch_up(desk, record, Some(&offer))?;
        let mut outgoing = desk.outgoing(handover)?;
        if let Some(bids) = bids {
            outgoing.hear_bids(bids, desk.at);
            desk.keep_outgoing(&outgoing)?;
        }
        return Ok(clear);
    }
    match record.state {
        State::Withdrawn | State::Expired => return Ok(true),
        // The person does not travel: which of ours that was, somebody has to say.
        State::Cancelled { .. } => return Ok(false),
        State::Open | State::Awarded { .. } | State::Held { .. } | State::Released | State::Done { .. } => {}
    }
    let Some(own) = matching(desk, &offer)? else { return Ok(false) };
    let mut outgoing = Outgoing::offered(handover, own.iter().map(Trip::id).collect(), offer, desk.at);
    outgoing.learn(record);
    if let Some(bids) = bids {
        outgoing.hear_bids(bids, desk.at);
    }
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
    if outgoing.is_released() {
        offer_what_came_back(desk, handover)?;
    }
    Ok(!hangs(desk, &outgoing)?)
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
fn of_neighbour(desk: &mut Desk<'_, '_>, told: Told) -> Result<bool, Aborted> {
    let Told { record, offer, bids: _ } = told;
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
