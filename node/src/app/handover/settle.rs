//! What a new record means for the trips: custody follows the standing, carried trips come into being when the hub
//! says they are ours, outcomes go back when the last leg is closed. Called inside the transaction that learnt it.

use jiff::Timestamp;
use maillage_domain::{
    handover::{Happening, Incoming, IncomingStanding, Outgoing, OutgoingStanding, TakeBack},
    text::{Name, Notes, Phone},
    trip::{
        Absentee, Anchor, CancelReason, CancelledBy, Custody, HolderResult, Leg, Origin, Passenger, Trip,
        TripAction, TripError, TripStatus, TripTerms,
    },
};
use maillage_engine::{Transaction, View};
use maillage_federation::{
    handover::{
        Action, AwardDetails, AwardLeg, GiveBackReason, LegOutcome, LegResult, OutcomeDetails, Record,
        WithdrawReason,
    },
    ids::{HandoverKind, Id},
    sealed::PayloadKind,
};
use maillage_proto::federation::v1 as proto;
use maillage_store::{handovers, moments, settlements, volunteers};
use prost::Message as _;

use super::{Desk, origin::take_back, talk};
use crate::app::{
    Aborted, App, frames, models, offers::save, refusals, relays, roads, settlements::book, suggest::find,
    trips::assign,
};

/// Brings the custody of the origin's trips in line with whose they are.
///
/// # Errors
/// The store; a trip that is not as it must be.
pub(super) fn settle_outgoing(desk: &mut Desk<'_, '_>, outgoing: &mut Outgoing) -> Result<(), Aborted> {
    let mut own = Vec::new();
    for id in &outgoing.trips {
        own.push(find(desk.transaction, *id)?);
    }
    let settled = match settled(&own, outgoing, desk.at) {
        Err(_) if outgoing.take_back() == TakeBack::AtOnce => {
            outgoing.taken_back = true;
            desk.say(outgoing.handover, outgoing.round, Action::Withdraw(WithdrawReason::Coordinator))?;
            self::settled(&own, outgoing, desk.at)
        }
        settled => settled,
    };
    for (before, after) in own.iter().zip(settled.map_err(refusals::trip)?) {
        if *before != after {
            save(desk.app, desk.transaction, &after)?;
            desk.note("trip.settled", &after)?;
        }
    }
    Ok(())
}

/// Trips with the custody that the standing of their handover asks for.
fn settled(own: &[Trip], outgoing: &Outgoing, at: Timestamp) -> Result<Vec<Trip>, TripError> {
    let settle = |trip: &Trip| {
        let actions = outgoing.custody_actions(trip);
        actions.into_iter().try_fold(trip.clone(), |trip, action| trip.apply(action, at))
    };
    own.iter().map(settle).collect()
}

/// After a record: a person who cancelled meanwhile does not travel, whoever holds the trip now.
///
/// # Errors
/// The store.
pub(super) fn pursue_cancellation(desk: &mut Desk<'_, '_>, outgoing: Outgoing) -> Result<(), Aborted> {
    if !is_called_off(desk, &outgoing)? {
        return Ok(());
    }
    match outgoing.standing() {
        OutgoingStanding::Ours | OutgoingStanding::Uncertain { .. } => {
            take_back(desk, outgoing, WithdrawReason::Cancelled).map(|_| ())
        }
        OutgoingStanding::Theirs { .. } => desk.say(outgoing.handover, outgoing.round, Action::Cancel),
        OutgoingStanding::Back | OutgoingStanding::Cancelled | OutgoingStanding::Done { .. } => Ok(()),
    }
}

/// Whether nobody travels any more.
///
/// # Errors
/// The store.
pub(super) fn is_called_off(desk: &Desk<'_, '_>, outgoing: &Outgoing) -> Result<bool, Aborted> {
    for id in &outgoing.trips {
        if !matches!(find(desk.transaction, *id)?.status(), TripStatus::Cancelled { .. }) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The person called off trips that neighbours are concerned with.
///
/// # Errors
/// The store.
pub fn person_cancelled(
    app: &App,
    transaction: &mut Transaction<'_>,
    handover: Id<HandoverKind>,
) -> Result<(), Aborted> {
    let mut desk = Desk::open(app, transaction)?;
    let outgoing = desk.outgoing(handover)?;
    pursue_cancellation(&mut desk, outgoing)
}

/// The other leg of a journey of which one was offered apart from the other, as long as it is to come: who does not travel does not
/// travel back.
///
/// # Errors
/// `trip-unknown`; the store.
pub fn other_leg(view: &dyn View, trip: &Trip, now: Timestamp) -> Result<Option<Trip>, Aborted> {
    let Some(sibling) = trip.terms.sibling else { return Ok(None) };
    let sibling = find(view, sibling)?;
    let mut apart = false;
    for handover in [trip.custody(), sibling.custody()].into_iter().filter_map(Custody::handover) {
        let outgoing = handovers::outgoing(view, handover)?;
        apart |= outgoing.is_some_and(|outgoing| outgoing.offer.goes_with.is_some());
    }
    let to_come = sibling.begins().unwrap_or(sibling.terms.earliest_pickup) > now;
    Ok(Some(sibling).filter(|sibling| apart && to_come && sibling.is_open()))
}

/// The handover a carried trip came in.
pub fn carried_in(trip: &Trip) -> Option<Id<HandoverKind>> {
    match trip.terms.origin {
        Origin::Carried { handover, .. } => Some(handover),
        Origin::Own { .. } => None,
    }
}

/// Takes in what the hub says of a neighbour's trip, and what it means for ours. Trips of an earlier round are not
/// driven in a later one.
///
/// # Errors
/// The store.
pub(super) fn learn_incoming(
    desk: &mut Desk<'_, '_>,
    incoming: &mut Incoming,
    record: Option<Record>,
) -> Result<(), Aborted> {
    let was_ours = incoming.standing(desk.membership.me) == IncomingStanding::Ours;
    if let Some(record) = record {
        if record.round > incoming.record.round && incoming.is_news(&record) {
            drop_carried(desk, incoming)?;
        }
        incoming.learn(record, desk.membership.me);
    }
    match incoming.standing(desk.membership.me) {
        IncomingStanding::Ours if incoming.trips.is_empty() => take_over(desk, incoming),
        IncomingStanding::Cancelled => {
            let was_open = accounted_for(desk, incoming)?.is_none();
            drop_carried(desk, incoming)?;
            // The way there may have been driven, and the way back is over with this: nobody else will say so.
            if was_ours && was_open { account(desk, incoming) } else { Ok(()) }
        }
        IncomingStanding::Over => drop_carried(desk, incoming),
        // Only a hub that was restored, and has heard neither of the two in time, says so.
        IncomingStanding::Candidate if was_ours => forget_carried(desk, incoming),
        IncomingStanding::Done => match accounted_for(desk, incoming)? {
            Some(legs) => book::carried(desk, incoming, legs),
            None => Ok(()),
        },
        IncomingStanding::Ours | IncomingStanding::Candidate | IncomingStanding::Chosen { .. } => Ok(()),
    }
}

/// Carried trips whose duty has gone elsewhere are called off here, and who was to travel is forgotten.
///
/// # Errors
/// The store; a trip that is not as it must be.
pub(super) fn drop_carried(desk: &mut Desk<'_, '_>, incoming: &Incoming) -> Result<(), Aborted> {
    moments::forget(desk.transaction, incoming.handover)?;
    for id in &incoming.trips {
        let trip = find(desk.transaction, *id)?;
        let dropped = match trip.status() {
            TripStatus::Requested | TripStatus::Offered | TripStatus::Confirmed => {
                let cancel =
                    TripAction::Cancel { by: CancelledBy::Origin, reason: CancelReason::Unspecified };
                trip.apply(cancel, desk.at).map_err(refusals::trip)?
            }
            TripStatus::Cancelled { .. } | TripStatus::Unmet(_) => trip,
            TripStatus::PickedUp | TripStatus::Completed { .. } | TripStatus::NoShow(_) => continue,
        };
        let dropped = dropped.without_passenger();
        save(desk.app, desk.transaction, &dropped)?;
        desk.note("trip.dropped", &dropped)?;
    }
    Ok(())
}

/// The trip is open again in the round in which it was ours: its origin drives it, or awards it again. Somebody on the way is
/// brought there all the same.
fn forget_carried(desk: &mut Desk<'_, '_>, incoming: &mut Incoming) -> Result<(), Aborted> {
    drop_carried(desk, incoming)?;
    for id in &incoming.trips {
        if find(desk.transaction, *id)?.is_open() {
            return Ok(());
        }
    }
    incoming.trips.clear();
    Ok(())
}

/// The trip is ours: it goes on our list, with the reserved driver if that is still possible. One that cannot be
/// written down is given back at once: somebody must own it who can carry it.
fn take_over(desk: &mut Desk<'_, '_>, incoming: &mut Incoming) -> Result<(), Aborted> {
    let carried = match incoming.details.as_ref().map(|details| carried_trips(desk, incoming, details)) {
        Some(Ok(carried)) => carried,
        Some(Err(Aborted::Engine(error))) => return Err(error.into()),
        Some(Err(Aborted::Refused(_))) | None if incoming.declined => return Ok(()),
        Some(Err(Aborted::Refused(_))) | None => {
            incoming.declined = true;
            let release = Action::Release(GiveBackReason::Details);
            return desk.say(incoming.handover, incoming.record.round, release);
        }
    };
    for trip in &carried {
        save(desk.app, desk.transaction, trip)?;
        desk.note("trip.carried", trip)?;
        frames::settle(desk.app, desk.transaction, trip)?;
    }
    incoming.trips = carried.iter().map(Trip::id).collect();
    desk.keep_incoming(incoming)?;
    talk::say_who_carries(desk, incoming)?;
    promise_driver(desk, incoming, carried)
}

/// The trips of an award as they would stand on our list.
fn carried_trips(
    desk: &Desk<'_, '_>,
    incoming: &Incoming,
    details: &AwardDetails,
) -> Result<Vec<Trip>, Aborted> {
    let ids: Vec<_> = details.legs.iter().map(|_| desk.app.new_id()).collect();
    let mut carried = Vec::new();
    for (index, leg) in details.legs.iter().enumerate() {
        let sibling = ids.iter().copied().find(|id| Some(id) != ids.get(index));
        let id = ids.get(index).copied().ok_or_else(|| refusals::unknown("trip-unknown"))?;
        let terms = TripTerms {
            id,
            sibling,
            leg: if index == 0 { Leg::Outbound } else { Leg::Return },
            anchor: if index == 0 { Anchor::Arrival } else { Anchor::Pickup },
            ..terms(desk, incoming, details, leg)?
        };
        carried.push(Trip::requested(terms).map_err(refusals::terms)?);
    }
    Ok(carried)
}

/// The reserved driver is asked, and taken at her or his standing word. If it is not possible any more, the trips
/// wait for a decision on our list.
fn promise_driver(desk: &mut Desk<'_, '_>, incoming: &Incoming, carried: Vec<Trip>) -> Result<(), Aborted> {
    let Some(reservation) = &incoming.bid else { return Ok(()) };
    let offered = match assign(desk.app, desk.transaction, carried, reservation.volunteer) {
        Ok(offered) => offered,
        Err(Aborted::Refused(_)) => return Ok(()),
        Err(error) => return Err(error),
    };
    let volunteer = volunteers::find(desk.transaction, reservation.volunteer)?;
    if !volunteer.is_some_and(|volunteer| volunteer.details.standing_yes) {
        return Ok(());
    }
    for trip in offered {
        let trip = trip.apply(TripAction::DriverAccepts(reservation.volunteer), desk.at);
        save(desk.app, desk.transaction, &trip.map_err(refusals::trip)?)?;
    }
    Ok(())
}

fn terms(
    desk: &Desk<'_, '_>,
    incoming: &Incoming,
    details: &AwardDetails,
    leg: &AwardLeg,
) -> Result<TripTerms, Aborted> {
    let instant = |ms| jiff::Timestamp::from_millisecond(ms).unwrap_or_default();
    let wheelchair = u8::from(details.needs.wheelchair_place());
    let places = u8::try_from(incoming.offer.seats).unwrap_or(u8::MAX);
    let (ride, direct_by) = roads::ride(desk.app, desk.transaction, (leg.pickup, leg.dropoff))?;
    Ok(TripTerms {
        id: leg.trip,
        origin: Origin::Carried {
            handover: incoming.handover,
            from: incoming.origin,
            passenger: passenger(details)?,
        },
        leg: Leg::Outbound,
        sibling: None,
        pickup: crate::app::trips::place(leg.pickup, &leg.pickup_address),
        dropoff: crate::app::trips::place(leg.dropoff, &leg.dropoff_address),
        earliest_pickup: instant(leg.earliest_pickup_ms),
        latest_arrival: instant(leg.latest_arrival_ms),
        anchor: Anchor::Arrival,
        direct_m: ride.distance_m,
        direct_by,
        seats: places.saturating_sub(wheelchair),
        companions: 0,
        tolerance_s: 0,
        late_ok: false,
        notes: Notes::default(),
        pooling: None,
        occurrence: None,
        relay: None,
        meeting: leg.meeting,
        needs: details.needs.clone(),
        model: details.model.clone(),
        created: desk.at,
    })
}

/// Whether the law lets this node's own association carry what it was awarded.
///
/// # Errors
/// `out-of-frame` with the reasons; the store.
pub(super) fn check_frames(desk: &Desk<'_, '_>, incoming: &Incoming) -> Result<(), Aborted> {
    let Some(details) = &incoming.details else { return Ok(()) };
    let carried = carried_trips(desk, incoming, details)?;
    carried.iter().try_for_each(|trip| frames::check_taking(desk.app, desk.transaction, trip))
}

/// Whether details can be written down as trips of this node.
pub(super) fn can_be_carried(desk: &Desk<'_, '_>, incoming: &Incoming, details: &AwardDetails) -> bool {
    carried_trips(desk, incoming, details).is_ok()
}

/// What the award says of the passenger; what does not parse here is left out rather than losing the trip.
fn passenger(details: &AwardDetails) -> Result<Passenger, Aborted> {
    let phone = |text: &str| Phone::parse_optional(text).ok().flatten();
    Ok(Passenger {
        name: Name::parse(&details.name).map_err(|_| refusals::conflict("handover-details-missing"))?,
        phone: phone(&details.phone),
        driver_notes: Notes::parse(&details.driver_notes).unwrap_or_default(),
        desk_phone: phone(&details.desk_phone),
    })
}

/// Tells the origin what became of its trip, once every leg is closed; after a cancellation only if it came while the
/// person was on the way.
///
/// # Errors
/// The store; `desk-unknown` when the origin is not in the directory.
pub fn account_for(
    app: &App,
    transaction: &mut Transaction<'_>,
    handover: Id<HandoverKind>,
) -> Result<(), Aborted> {
    let mut desk = Desk::open(app, transaction)?;
    let Some(incoming) = handovers::incoming(desk.transaction, handover)? else { return Ok(()) };
    account(&mut desk, &incoming)
}

fn account(desk: &mut Desk<'_, '_>, incoming: &Incoming) -> Result<(), Aborted> {
    let (handover, standing) = (incoming.handover, incoming.standing(desk.membership.me));
    if !matches!(standing, IncomingStanding::Ours | IncomingStanding::Cancelled) {
        return Ok(());
    }
    let Some(legs) = accounted_for(desk, incoming)? else { return Ok(()) };
    let driven = legs.iter().any(|leg: &LegOutcome| leg.result == LegResult::Completed);
    if standing == IncomingStanding::Cancelled && !driven {
        return Ok(());
    }
    let outcome = OutcomeDetails { legs };
    let plain = proto::OutcomeDetails::from(outcome.clone()).encode_to_vec();
    let about = (handover, incoming.record.round);
    let sealed = desk.seal(PayloadKind::Outcome, about, incoming.origin, &plain)?;
    desk.say_and_keep(about, Action::Outcome(sealed), &Happening::Outcome(outcome))
}

/// What became of each leg of a neighbour's trip by ours; none while one of them is open.
fn accounted_for(desk: &Desk<'_, '_>, incoming: &Incoming) -> Result<Option<Vec<LegOutcome>>, Aborted> {
    let mut legs = Vec::new();
    for id in &incoming.trips {
        let trip = find(desk.transaction, *id)?;
        if trip.is_open() {
            return Ok(None);
        }
        let contribution_cents = settlements::collected(desk.transaction, *id)?;
        legs.push(leg_outcome(trip.status(), contribution_cents));
    }
    Ok(Some(legs))
}

/// The neighbour's account of our trips. A leg it says nothing about was not carried out.
///
/// # Errors
/// The store.
pub(super) fn take_outcome(
    desk: &mut Desk<'_, '_>,
    outgoing: &Outgoing,
    outcome: &OutcomeDetails,
) -> Result<(), Aborted> {
    let silent = std::iter::repeat(&LegOutcome::NOT_DONE);
    for (id, leg) in outgoing.trips.iter().zip(outcome.legs.iter().chain(silent)) {
        let trip = find(desk.transaction, *id)?;
        let result = match leg.result {
            LegResult::Completed => HolderResult::Completed,
            LegResult::NoShow => HolderResult::NoShow,
            LegResult::NotDone => HolderResult::NotDone,
        };
        let (loaded_m, empty_m) = (leg.loaded_m, leg.empty_m);
        let action = TripAction::OutcomeFromHolder { result, loaded_m, empty_m };
        let trip = trip.apply(action, desk.at).map_err(refusals::trip)?;
        save(desk.app, desk.transaction, &trip)?;
        desk.note("trip.outcome", &trip)?;
        relays::follow(desk.app, desk.transaction, std::slice::from_ref(&trip))?;
        models::settle(desk.app, desk.transaction, &[trip])?;
    }
    book::told(desk, outgoing, outcome)
}

fn leg_outcome(status: TripStatus, contribution_cents: u32) -> LegOutcome {
    let not_done = LegOutcome::NOT_DONE;
    match status {
        TripStatus::Completed { loaded_m, empty_m } => {
            LegOutcome { result: LegResult::Completed, loaded_m, empty_m, contribution_cents }
        }
        TripStatus::NoShow(Absentee::Person) => LegOutcome { result: LegResult::NoShow, ..not_done },
        TripStatus::Requested
        | TripStatus::Offered
        | TripStatus::Confirmed
        | TripStatus::PickedUp
        | TripStatus::Cancelled { .. }
        | TripStatus::NoShow(Absentee::Driver)
        | TripStatus::Unmet(_) => not_done,
    }
}
