//! The origin's moves: offer, award, withdraw. Taking a trip back is immediate while nobody has been chosen in this
//! round; after an award only the hub's answer moves ownership.

use std::{collections::BTreeSet, sync::Arc};

use jiff::Timestamp;
use maillage_domain::{
    handover::{CirclesAfter, Outgoing, OutgoingStanding, TakeBack, best_bid},
    person::{Person, Sharing},
    roles::Operation,
    trip::{Custody, Trip, TripAction, TripStatus},
};
use maillage_federation::{
    handover::{Action, AwardDetails, AwardLeg, Command, Offer, OfferedLeg, Widening, WithdrawReason},
    ids::{HandoverKind, Id, NodeKind, TripKind},
    sealed::PayloadKind,
};
use maillage_platform::refusal::Refusal;
use maillage_proto::federation::v1 as proto;
use maillage_store::{events::Subject, partners, persons, requests};
use prost::Message as _;

use super::{Desk, arbiter, settle::settle_outgoing};
use crate::app::{
    Aborted, App, agreements,
    caller::Caller,
    offers::save,
    people::follow::as_needed,
    refusals, relays, settings,
    suggest::{find, together},
};

/// Bids are taken until then before the first pickup, in milliseconds: half an hour, to reach a driver.
const BEFORE_PICKUP_MS: i64 = 30 * 60 * 1000;

/// How a trip is offered to the neighbours.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a word of its own of the coordinator")]
pub struct OfferTerms {
    /// This leg alone.
    pub single: bool,
    /// Bids are taken for so long, in minutes; `None` for the node's policy.
    pub reply_within_min: Option<u32>,
    /// The person has agreed to it, for this trip and whom it is offered to.
    pub person_agrees: bool,
    /// Only to members that have an agreement with us under which they may carry it.
    pub agreed_only: bool,
    /// To every neighbour at once, whatever the node's policy says about circles.
    pub at_once: bool,
}

/// Whom a trip is offered to. A person's standing consent is about neighbouring territories alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Audience {
    Neighbours,
    Partners,
}

/// Offers a trip, and its sibling, to the neighbours.
///
/// # Errors
/// `not-joined`, `sharing-never`, `sharing-ask`, `handover-too-late-to-offer`, `trip-wrong-…`; the store.
pub async fn offer_out(
    app: &Arc<App>,
    caller: &Caller,
    trip: Id<TripKind>,
    terms: OfferTerms,
) -> Result<Outgoing, Refusal> {
    let handover = app.new_id();
    let by = caller.clone();
    app.act(caller, Operation::HandoverOffer, move |app, transaction| {
        let mut desk = Desk::open(app, transaction)?;
        app.note(desk.transaction, &by, Operation::HandoverOffer, &[Subject::Handover(handover)])?;
        let outgoing = give_out(&mut desk, handover, trip, (terms, Audience::Neighbours, None))?;
        desk.say(handover, 1, Action::Offer(outgoing.offer.clone()))?;
        Ok(outgoing)
    })
    .await
}

/// Offers an outbound and its return to the neighbours, each in a handover of its own that names the other: different neighbours may
/// carry them, or one of them alone is carried. Answers the handover of the trip that was named.
///
/// # Errors
/// As [`offer_out`]; `handover-no-pair` where the two do not wait for the same decision.
pub async fn offer_each(
    app: &Arc<App>,
    caller: &Caller,
    trip: Id<TripKind>,
    terms: OfferTerms,
) -> Result<Outgoing, Refusal> {
    let handovers = [app.new_id(), app.new_id()];
    let by = caller.clone();
    app.act(caller, Operation::HandoverOffer, move |app, transaction| {
        let mut desk = Desk::open(app, transaction)?;
        let subjects = handovers.map(Subject::Handover);
        app.note(desk.transaction, &by, Operation::HandoverOffer, &subjects)?;
        let legs = together(desk.transaction, trip, false)?;
        let [outbound, back] = legs.as_slice() else {
            return Err(refusals::conflict("handover-no-pair").into());
        };
        let mut named = None;
        let [there, returning] = handovers;
        for (leg, handover, goes_with) in [(outbound.id(), there, returning), (back.id(), returning, there)] {
            let terms = OfferTerms { single: true, ..terms };
            let audience = Audience::Neighbours;
            let outgoing = give_out(&mut desk, handover, leg, (terms, audience, Some(goes_with)))?;
            desk.say(handover, 1, Action::Offer(outgoing.offer.clone()))?;
            named = named.or_else(|| (leg == trip).then_some(outgoing));
        }
        named.ok_or_else(|| refusals::unknown("trip-unknown").into())
    })
    .await
}

/// Offers a trip to the neighbours without being asked to, in a transaction of the caller's.
///
/// # Errors
/// As [`offer_out`].
pub(super) fn offer_unasked(
    desk: &mut Desk<'_, '_>,
    handover: Id<HandoverKind>,
    (trip, single): (Id<TripKind>, bool),
) -> Result<Outgoing, Aborted> {
    let terms = OfferTerms { single, ..OfferTerms::default() };
    let outgoing = give_out(desk, handover, trip, (terms, Audience::Neighbours, None))?;
    desk.say(handover, 1, Action::Offer(outgoing.offer.clone()))?;
    Ok(outgoing)
}

/// Offers a trip, and its sibling, to partners without a node: those named, or every one that could carry it.
///
/// # Errors
/// As [`offer_out`]; `sharing-partner` without the person's own word for it; `partner-unknown`, `partner-cannot-serve`, `partner-none`.
pub async fn offer_to_partners(
    app: &Arc<App>,
    caller: &Caller,
    (trip, terms): (Id<TripKind>, OfferTerms),
    named: Vec<Id<NodeKind>>,
) -> Result<Outgoing, Refusal> {
    let handover = app.new_id();
    let by = caller.clone();
    app.act(caller, Operation::HandoverOffer, move |app, transaction| {
        let mut desk = Desk::open(app, transaction)?;
        app.note(desk.transaction, &by, Operation::HandoverOffer, &[Subject::Handover(handover)])?;
        let outgoing = give_out(&mut desk, handover, trip, (terms, Audience::Partners, None))?;
        let asked = asked(&desk, &outgoing.offer, named)?;
        arbiter::publish(&mut desk, handover, outgoing.offer, asked)?;
        desk.outgoing(handover)
    })
    .await
}

/// The partners that are asked.
fn asked(
    desk: &Desk<'_, '_>,
    offer: &Offer,
    named: Vec<Id<NodeKind>>,
) -> Result<BTreeSet<Id<NodeKind>>, Aborted> {
    if named.is_empty() {
        let all = partners::list(desk.transaction, None, usize::MAX)?;
        let asked: BTreeSet<_> =
            all.into_iter().filter(|partner| partner.can_serve(offer)).map(|partner| partner.id).collect();
        return if asked.is_empty() { Err(refusals::conflict("partner-none").into()) } else { Ok(asked) };
    }
    for id in &named {
        let partner = partners::find(desk.transaction, *id)?;
        let partner = partner.ok_or_else(|| refusals::unknown("partner-unknown").with("id", id))?;
        if !partner.can_serve(offer) {
            return Err(refusals::conflict("partner-cannot-serve").with("id", id).into());
        }
    }
    Ok(named.into_iter().collect())
}

/// Gives trips out under a handover: nobody here drives them from now on, unless they come back.
fn give_out(
    desk: &mut Desk<'_, '_>,
    handover: Id<HandoverKind>,
    trip: Id<TripKind>,
    (terms, audience, goes_with): (OfferTerms, Audience, Option<Id<HandoverKind>>),
) -> Result<Outgoing, Aborted> {
    let mut legs = together(desk.transaction, trip, terms.single)?;
    for leg in &mut legs {
        *leg = as_needed(desk.app, desk.transaction, leg.clone())?;
    }
    relays::check_whole(desk.transaction, &legs)?;
    check_consent(desk, &legs, (terms.person_agrees, audience))?;
    let mut offer =
        Offer { agreed_only: terms.agreed_only, goes_with, ..describe(desk, &legs, terms.reply_within_min)? };
    if audience == Audience::Neighbours && !terms.at_once {
        offer.widening = widening(desk, offer.reply_by_ms)?;
    }
    let outgoing = Outgoing::offered(handover, legs.iter().map(Trip::id).collect(), offer, desk.at);
    for trip in &legs {
        let trip = trip.apply(TripAction::GiveOut { handover }, desk.at).map_err(refusals::trip)?;
        save(desk.app, desk.transaction, &trip)?;
    }
    desk.keep_outgoing(&outgoing)?;
    Ok(outgoing)
}

/// Chooses a bidder, or the best.
///
/// # Errors
/// `handover-no-bid`, `handover-not-open`; `relay-other-open` while nobody is found for the other stage of a shared journey; the store.
pub async fn award(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<HandoverKind>,
    node: Option<Id<NodeKind>>,
) -> Result<Outgoing, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::HandoverAward, move |app, transaction| {
        let mut desk = Desk::open_for(app, transaction, &by, (Operation::HandoverAward, id))?;
        let outgoing = desk.outgoing(id)?;
        let trust = agreements::trusting(desk.transaction, &outgoing)?;
        let winner = node
            .or_else(|| best_bid(&outgoing.bids, &outgoing.declined, &trust))
            .ok_or_else(|| refusals::conflict("handover-no-bid"))?;
        award_to(&mut desk, outgoing, winner)
    })
    .await
}

/// Seals who and where to the winner and says so to the hub.
///
/// # Errors
/// As [`award`]; `desk-unknown` when the winner is not in the directory, `partner-cannot-serve` when it is a partner that is not
/// active any more.
pub fn award_to(
    desk: &mut Desk<'_, '_>,
    mut outgoing: Outgoing,
    winner: Id<NodeKind>,
) -> Result<Outgoing, Aborted> {
    if outgoing.take_back() != TakeBack::AtOnce || outgoing.is_released() {
        return Err(refusals::conflict("handover-not-open").with("state", outgoing.code()).into());
    }
    if !outgoing.bids.contains_key(&winner) {
        return Err(refusals::conflict("handover-no-bid").into());
    }
    require_given_out(desk, &outgoing)?;
    if !relays::others_are_found(desk.transaction, &outgoing, relays::has_bid)? {
        return Err(refusals::conflict("relay-other-open").into());
    }
    let (handover, round) = (outgoing.handover, outgoing.round);
    outgoing.note_award(winner, desk.at);
    let plain = proto::AwardDetails::from(details(desk, &outgoing)?).encode_to_vec();
    let sealed = desk.seal(PayloadKind::Award, (handover, round), winner, &plain)?;
    let action = Action::Award { winner, details: sealed };
    arbiter::may_award(desk, winner, &Command { handover, round, action: action.clone() })?;
    settle_outgoing(desk, &mut outgoing)?;
    desk.keep_outgoing(&outgoing)?;
    desk.say(handover, round, action)?;
    desk.outgoing(handover)
}

/// Takes a trip back: at once while nobody has been chosen, otherwise when the hub has answered.
///
/// # Errors
/// `handover-not-open`; the store.
pub async fn withdraw(app: &Arc<App>, caller: &Caller, id: Id<HandoverKind>) -> Result<Outgoing, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::HandoverWithdraw, move |app, transaction| {
        let mut desk = Desk::open_for(app, transaction, &by, (Operation::HandoverWithdraw, id))?;
        let outgoing = desk.outgoing(id)?;
        take_back(&mut desk, outgoing, WithdrawReason::Coordinator)
    })
    .await
}

/// Takes a trip back inside a transaction.
///
/// # Errors
/// As [`withdraw`].
pub fn take_back(
    desk: &mut Desk<'_, '_>,
    mut outgoing: Outgoing,
    reason: WithdrawReason,
) -> Result<Outgoing, Aborted> {
    match outgoing.take_back() {
        TakeBack::AtOnce => outgoing.taken_back = true,
        TakeBack::AskHub => {}
        TakeBack::Impossible => {
            return Err(refusals::conflict("handover-not-open").with("state", outgoing.code()).into());
        }
    }
    settle_outgoing(desk, &mut outgoing)?;
    desk.keep_outgoing(&outgoing)?;
    desk.say(outgoing.handover, outgoing.round, Action::Withdraw(reason))?;
    desk.outgoing(outgoing.handover)
}

/// The person does not travel: cancels the trips and tells whoever is concerned.
///
/// # Errors
/// `handover-unknown`, `trip-wrong-…`; the store.
pub async fn cancel(app: &Arc<App>, caller: &Caller, id: Id<HandoverKind>) -> Result<Outgoing, Refusal> {
    use maillage_domain::trip::CancelledBy;
    let outgoing = app.look(caller, Operation::HandoverCancel, |_, view| {
        maillage_store::handovers::outgoing(view, id)?
            .ok_or_else(|| refusals::unknown("handover-unknown").with("id", id).into())
    })?;
    let trip = *outgoing.trips.first().ok_or_else(|| refusals::unknown("trip-unknown"))?;
    crate::app::trips::cancel(app, caller, trip, CancelledBy::Person, false).await?;
    app.look(caller, Operation::HandoverCancel, |_, view| {
        maillage_store::handovers::outgoing(view, id)?
            .ok_or_else(|| refusals::unknown("handover-unknown").with("id", id).into())
    })
}

/// Offers a released trip again, in the round the hub has opened. Nobody here drives it from now on.
///
/// # Errors
/// `handover-too-late-to-offer`, `trip-wrong-…`; the store. Nothing is written then.
pub fn offer_again(desk: &mut Desk<'_, '_>, mut outgoing: Outgoing) -> Result<(), Aborted> {
    if !outgoing.is_released() || outgoing.standing() != OutgoingStanding::Ours {
        return Err(refusals::conflict("handover-not-open").with("state", outgoing.code()).into());
    }
    let policy = settings::policy(desk.transaction)?;
    outgoing.offer.reply_by_ms = reply_by_ms(desk, outgoing.offer.legs.as_slice(), policy.reply_within_min)?;
    if outgoing.offer.widening.is_some() {
        outgoing.offer.widening = widening(desk, outgoing.offer.reply_by_ms)?;
    }
    let handover = outgoing.handover;
    let mut given_out = Vec::new();
    for id in &outgoing.trips {
        let trip = find(desk.transaction, *id)?;
        given_out.push(trip.apply(TripAction::GiveOut { handover }, desk.at).map_err(refusals::trip)?);
    }
    for trip in &given_out {
        save(desk.app, desk.transaction, trip)?;
    }
    let offer = outgoing.offer.clone();
    desk.keep_outgoing(&outgoing)?;
    desk.say(outgoing.handover, outgoing.round, Action::Offer(offer))
}

/// An award may only be issued for trips that nobody here can drive.
fn require_given_out(desk: &Desk<'_, '_>, outgoing: &Outgoing) -> Result<(), Aborted> {
    for id in &outgoing.trips {
        let trip = find(desk.transaction, *id)?;
        let given_out = Custody::OfferedOut { handover: outgoing.handover };
        if trip.custody() != given_out || trip.status() != TripStatus::Requested {
            return Err(refusals::conflict("handover-not-open").with("state", trip.custody().code()).into());
        }
    }
    Ok(())
}

fn check_consent(
    desk: &Desk<'_, '_>,
    legs: &[Trip],
    (agrees, audience): (bool, Audience),
) -> Result<(), Aborted> {
    for trip in legs {
        let person = person_of(desk, trip)?;
        match (person.details.sharing, audience) {
            (Sharing::Never, _) => return Err(refusals::conflict("sharing-never").into()),
            (Sharing::Always, Audience::Neighbours) => {}
            (Sharing::Always | Sharing::Ask, _) if agrees => {}
            (Sharing::Always | Sharing::Ask, Audience::Partners) => {
                return Err(refusals::conflict("sharing-partner").into());
            }
            (Sharing::Ask, Audience::Neighbours) => return Err(refusals::conflict("sharing-ask").into()),
        }
    }
    Ok(())
}

fn person_of(desk: &Desk<'_, '_>, trip: &Trip) -> Result<Person, Aborted> {
    let id = trip.person().ok_or_else(|| refusals::conflict("trip-carried").with("action", "hand over"))?;
    persons::find(desk.transaction, id)?
        .ok_or_else(|| refusals::unknown("person-unknown").with("id", id).into())
}

/// The offer as candidates may see it.
fn describe(desk: &Desk<'_, '_>, legs: &[Trip], reply_within: Option<u32>) -> Result<Offer, Aborted> {
    let policy = settings::policy(desk.transaction)?;
    let offered: Vec<OfferedLeg> = legs.iter().map(rounded).collect();
    let first = legs.first().ok_or_else(|| refusals::unknown("trip-unknown"))?;
    let within = reply_within.unwrap_or(policy.reply_within_min);
    let offer = Offer {
        origin_territory: desk.app.profile.territory,
        reply_by_ms: reply_by_ms(desk, &offered, within)?,
        legs: offered,
        seats: u32::from(first.terms.seats) + u32::from(first.terms.needs.wheelchair_place()),
        needs: first.terms.needs.clone(),
        accept_within_s: policy.accept_within_min.saturating_mul(60),
        agreed_only: false,
        widening: None,
        goes_with: None,
    };
    offer.check().map_err(|_| refusals::conflict("handover-impossible-offer"))?;
    Ok(offer)
}

/// When more and more neighbours hear of an offer that is made now, by the node's policy.
fn widening(desk: &Desk<'_, '_>, reply_by_ms: i64) -> Result<Option<Widening>, Aborted> {
    let circles = settings::policy(desk.transaction)?.circles;
    Ok(circles.map(|CirclesAfter { second_min, third_min }| {
        let after_ms = |minutes: u32| i64::from(minutes) * 60_000;
        let times = (desk.at.as_millisecond(), reply_by_ms);
        Widening::between(times, (after_ms(second_min), after_ms(third_min)))
    }))
}

/// A leg as everybody may see it.
pub(super) fn rounded(trip: &Trip) -> OfferedLeg {
    let terms = &trip.terms;
    let window = (terms.earliest_pickup.as_millisecond(), terms.latest_arrival.as_millisecond());
    OfferedLeg::rounded((terms.pickup.commune, terms.dropoff.commune), window, terms.direct_m)
}

/// A leg as the other desk needs it, under the name it has at the origin.
pub(super) fn in_full(name: Id<TripKind>, trip: &Trip) -> AwardLeg {
    let terms = &trip.terms;
    AwardLeg {
        trip: name,
        pickup: terms.pickup.commune,
        pickup_address: terms.pickup.address.as_str().to_owned(),
        dropoff: terms.dropoff.commune,
        dropoff_address: terms.dropoff.address.as_str().to_owned(),
        earliest_pickup_ms: terms.earliest_pickup.as_millisecond(),
        latest_arrival_ms: terms.latest_arrival.as_millisecond(),
        meeting: terms.meeting,
    }
}

/// Bids are taken for the time given, and in any case until half an hour before the first pickup.
fn reply_by_ms(desk: &Desk<'_, '_>, legs: &[OfferedLeg], within_min: u32) -> Result<i64, Aborted> {
    let latest = latest_reply_ms(legs);
    let wanted = desk.at.as_millisecond() + i64::from(within_min) * 60_000;
    let reply_by = wanted.min(latest);
    if reply_by <= desk.at.as_millisecond() {
        return Err(refusals::conflict("handover-too-late-to-offer").into());
    }
    Ok(reply_by)
}

/// The last instant at which anybody could bid for legs, in milliseconds.
fn latest_reply_ms(legs: &[OfferedLeg]) -> i64 {
    legs.iter().map(|leg| leg.window_start_ms).min().unwrap_or_default() - BEFORE_PICKUP_MS
}

/// Whether a trip would be offered in vain: nobody could bid for it any more.
pub(super) fn too_late(trip: &Trip, now: Timestamp) -> bool {
    latest_reply_ms(&[rounded(trip)]) <= now.as_millisecond()
}

/// Who and where, for the winner alone.
///
/// # Errors
/// `trip-unknown`, `person-unknown`; the store.
pub(in crate::app) fn details(desk: &Desk<'_, '_>, outgoing: &Outgoing) -> Result<AwardDetails, Aborted> {
    let mut legs = Vec::new();
    let mut first = None;
    for id in &outgoing.trips {
        let trip = find(desk.transaction, *id)?;
        legs.push(in_full(*id, &trip));
        first.get_or_insert(trip);
    }
    let trip = first.ok_or_else(|| refusals::unknown("trip-unknown"))?;
    let person = person_of(desk, &trip)?;
    let request = trip.request().map(|id| requests::find(desk.transaction, id)).transpose()?.flatten();
    let companions = request.map_or(0, |request| u32::from(request.details.companions));
    Ok(AwardDetails {
        name: person.details.name.as_str().to_owned(),
        phone: person.details.phone.as_ref().map(|phone| phone.as_str().to_owned()).unwrap_or_default(),
        legs,
        needs: trip.terms.needs.clone(),
        companions,
        driver_notes: person.details.driver_notes.as_str().to_owned(),
        desk_phone: desk.app.profile.phone.clone(),
        model: trip.terms.model.clone(),
        agreement: outgoing.agreed,
    })
}
