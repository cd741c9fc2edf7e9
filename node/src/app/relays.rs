//! Journeys that two drivers share over a meeting place: one trip becomes two stages, each decided like any other trip, here or by a
//! neighbour. Nobody is chosen for the one before somebody is found for the other, and what ends the one ends the other. Must never
//! leave a person half of the way because only one of the two was thought of.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::Timestamp;
use maillage_dispatch::{Journey, Pair};
use maillage_domain::{
    handover::{Outgoing, best_bid},
    place::{NewPlace, Place},
    roads::RoadsSource,
    roles::Operation,
    trip::{Custody, Leg, RelayPlan, Stage, Stretch, Trip, TripAction, TripStatus},
};
use maillage_engine::{Transaction, View};
use maillage_federation::{
    ids::{HandoverKind, Id, TripKind},
    month::paris,
};
use maillage_platform::refusal::Refusal;
use maillage_store::{driver_offers, handovers, requests, trips};

use super::{
    Aborted, App, agreements,
    caller::Caller,
    frames, handover,
    offers::save,
    refusals, roads,
    suggest::{find, together},
    trips::note,
};
use crate::limits::{RELAY_SLACK_MIN, RELAY_SLACK_MIN_DEFAULT};

/// How a journey is to be shared, as typed.
#[derive(Clone, PartialEq, Eq)]
pub struct NewRelay {
    /// Where one driver hands over to the other.
    pub place: NewPlace,
    /// How long the person waits there at least, in minutes; none for ten.
    pub slack_min: Option<u32>,
    /// This leg alone.
    pub single: bool,
}

/// Shares a journey between two drivers: its trips become the stages near the person's home, and those beyond the meeting place are
/// made. Answers all of them, leg by leg, the near stage first.
///
/// # Errors
/// A meeting place that is not acceptable, `relay-slack`; `relay-…` and `trip-wrong-…` for a trip that cannot be shared (any more);
/// `out-of-frame` with the reasons; the store.
pub async fn split(
    app: &Arc<App>,
    caller: &Caller,
    trip: Id<TripKind>,
    new: NewRelay,
) -> Result<Vec<Trip>, Refusal> {
    caller.check(Operation::TripRelay)?;
    let place = new.place.parse(app.geography).map_err(|error| refusals::place("meeting", error))?;
    let slack_min = new.slack_min.unwrap_or(RELAY_SLACK_MIN_DEFAULT);
    if slack_min > RELAY_SLACK_MIN {
        return Err(refusals::invalid("relay-slack").with("limit", RELAY_SLACK_MIN).with("field", "slack"));
    }
    let meeting = place.commune;
    roads::prepare(app, |_, view| {
        let legs = together(view, trip, new.single)?;
        Ok(legs.iter().flat_map(|leg| <[Pair; 2]>::from(stretches(leg, meeting))).collect())
    })
    .await;
    let far = [app.new_id(), app.new_id()];
    let by = caller.clone();
    app.act(caller, Operation::TripRelay, move |app, transaction| {
        let legs = together(transaction, trip, new.single)?;
        let far: Vec<_> = far.into_iter().take(legs.len()).collect();
        let shared = Shared { place, slack_s: slack_min * 60, far: &far };
        let mut stages = Vec::new();
        for (leg, far) in legs.iter().zip(&far) {
            stages.extend(share(app, transaction, leg, (&shared, *far))?);
        }
        note(app, transaction, &by, Operation::TripRelay, &stages)?;
        Ok(stages)
    })
    .await
}

/// Makes one trip of two stages again, as long as nobody was asked for either. Answers the trips.
///
/// # Errors
/// `relay-none`, `relay-asked`; `out-of-frame` with the reasons; the store.
pub async fn rejoin(
    app: &Arc<App>,
    caller: &Caller,
    trip: Id<TripKind>,
    single: bool,
) -> Result<Vec<Trip>, Refusal> {
    caller.check(Operation::TripRejoin)?;
    let by = caller.clone();
    app.act(caller, Operation::TripRejoin, move |app, transaction| {
        let named = find(transaction, trip)?;
        let near = match named.terms.relay {
            Some(relay) if relay.stage == Stage::Far => relay.other,
            Some(_) | None => trip,
        };
        let mut whole = Vec::new();
        for near in together(transaction, near, single)? {
            if near.terms.relay.is_some() {
                whole.push(made_whole(app, transaction, &near)?);
            }
        }
        if whole.is_empty() {
            return Err(refusals::conflict("relay-none").into());
        }
        note(app, transaction, &by, Operation::TripRejoin, &whole)?;
        Ok(whole)
    })
    .await
}

/// Makes one trip of two stages again, and writes it.
///
/// # Errors
/// As [`rejoin`].
pub(super) fn made_whole(app: &App, transaction: &mut Transaction<'_>, near: &Trip) -> Result<Trip, Aborted> {
    let far = near.terms.relay.ok_or_else(|| refusals::conflict("relay-none"))?.other;
    let far = find(transaction, far)?;
    let ends = match near.terms.leg {
        Leg::Outbound => (near.terms.pickup.commune, far.terms.dropoff.commune),
        Leg::Return => (far.terms.pickup.commune, near.terms.dropoff.commune),
    };
    let road = stretch(roads::ride(app, transaction, ends)?);
    check_unasked(transaction, &[near, &far])?;
    let (near, far) = near.rejoin(&far, road, app.now()).map_err(refusals::relay)?;
    // In this order: a far stage of which its near one knows nothing any more is called off in silence.
    for trip in [&near, &far] {
        save(app, transaction, trip)?;
    }
    frames::follow(app, transaction, &near, true, None)?;
    Ok(near)
}

/// How all legs of a journey are shared.
struct Shared<'a> {
    place: Place,
    slack_s: u32,
    /// The far stages, leg by leg.
    far: &'a [Id<TripKind>],
}

/// Makes two stages of a leg, and writes them.
fn share(
    app: &App,
    transaction: &mut Transaction<'_>,
    leg: &Trip,
    (shared, far): (&Shared<'_>, Id<TripKind>),
) -> Result<[Trip; 2], Aborted> {
    check_unasked(transaction, &[leg])?;
    let (near_ends, far_ends) = stretches(leg, shared.place.commune);
    let ([near_road, far_road], source) = roads::rides(app, transaction, [near_ends, far_ends])?;
    let plan = RelayPlan {
        far,
        far_sibling: shared.far.iter().copied().find(|other| *other != far),
        place: shared.place.clone(),
        near_road: stretch((near_road, source)),
        far_road: stretch((far_road, source)),
        slack_s: shared.slack_s,
    };
    let (near, far) = leg.split(&plan, app.now()).map_err(refusals::relay)?;
    for stage in [&near, &far] {
        save(app, transaction, stage)?;
        frames::follow(app, transaction, stage, true, None)?;
    }
    let request = near.request().map(|request| requests::find(transaction, request)).transpose()?.flatten();
    if let Some(mut request) = request {
        request.trips.push(far.id());
        requests::put(transaction, &request)?;
    }
    Ok([near, far])
}

/// A driver who is asked is asked for the trip as it is.
fn check_unasked(view: &dyn View, trips: &[&Trip]) -> Result<(), Aborted> {
    for trip in trips {
        if driver_offers::open_for(view, trip.id())?.is_some() {
            return Err(refusals::conflict("relay-asked").into());
        }
    }
    Ok(())
}

/// Where each stage of a leg would go: near, far.
fn stretches(leg: &Trip, meeting: maillage_geography::InseeCode) -> (Pair, Pair) {
    let (from, to) = (leg.terms.pickup.commune, leg.terms.dropoff.commune);
    match leg.terms.leg {
        Leg::Outbound => ((from, meeting), (meeting, to)),
        Leg::Return => ((meeting, to), (from, meeting)),
    }
}

fn stretch((ride, source): (Journey, RoadsSource)) -> Stretch {
    Stretch { metres: ride.distance_m, seconds: ride.duration_s, source }
}

/// What follows for the other stages of trips that have just been changed: whoever is not brought to the meeting place is not waited
/// for there. What goes with a stage that a neighbour holds goes with it.
///
/// # Errors
/// The store; a trip that is not as it must be.
pub(super) fn follow(
    app: &App,
    transaction: &mut Transaction<'_>,
    changed: &[Trip],
) -> Result<Vec<Trip>, Aborted> {
    let mut ended: BTreeMap<Id<TripKind>, Trip> = BTreeMap::new();
    let mut told: BTreeSet<Id<HandoverKind>> = BTreeSet::new();
    let mut causes = changed.to_vec();
    while let Some(cause) = causes.pop() {
        for (trip, action) in following(transaction, &cause, app.now())? {
            let trip = trip.apply(action, app.now()).map_err(refusals::trip)?;
            save(app, transaction, &trip)?;
            told.extend(trip.custody().handover());
            ended.insert(trip.id(), trip.clone());
            causes.push(trip);
        }
    }
    for handover in told {
        handover::person_cancelled(app, transaction, handover)?;
    }
    Ok(ended.into_values().collect())
}

/// The stages that lead their journeys, for trips that nobody serves: what was asked for is what is not served, once.
///
/// # Errors
/// `trip-unknown`; the store.
pub(super) fn leading(view: &dyn View, legs: Vec<Trip>) -> Result<Vec<Trip>, Aborted> {
    legs.into_iter().map(|leg| near_if(view, leg, Trip::needs_decision)).collect()
}

/// The stage that leads a journey, where somebody names the other: what is called off is called off from there.
///
/// # Errors
/// `trip-unknown`; the store.
pub(super) fn lead(view: &dyn View, trip: Trip) -> Result<Trip, Aborted> {
    near_if(view, trip, |near| near.is_open() && near.status() != TripStatus::PickedUp)
}

/// The near stage in place of the far one, if it can lead the journey.
fn near_if(view: &dyn View, trip: Trip, can_lead: impl Fn(&Trip) -> bool) -> Result<Trip, Aborted> {
    let Some(relay) = trip.terms.relay.filter(|relay| relay.stage == Stage::Far) else { return Ok(trip) };
    let near = find(view, relay.other)?;
    let leads = near.shares_with(&trip) && can_lead(&near);
    Ok(if leads { near } else { trip })
}

/// The trips that end because another has, and how.
fn following(view: &dyn View, cause: &Trip, now: Timestamp) -> Result<Vec<(Trip, TripAction)>, Aborted> {
    let Some(relay) = cause.terms.relay else { return Ok(Vec::new()) };
    let mut ends = Vec::new();
    let other = find(view, relay.other)?;
    if other.shares_with(cause) && !may_be_on_the_way_home(view, &other, cause.status(), now)? {
        ends.extend(other.after_other(cause.status(), now).map(|action| (other, action)));
    }
    // A pair that was handed over together is called off together.
    let with = cause.custody().handover().filter(|_| matches!(cause.status(), TripStatus::Cancelled { .. }));
    if let Some(outgoing) = with.map(|handover| handovers::outgoing(view, handover)).transpose()?.flatten() {
        for id in outgoing.trips.iter().filter(|id| **id != cause.id()) {
            let beside = find(view, *id)?;
            ends.extend(beside.after_other(cause.status(), now).map(|action| (beside, action)));
        }
    }
    Ok(ends)
}

/// Whether ending a stage of the way home, because the platform failed at the other one, could leave a person where she is: her way
/// there has begun. Then the desk decides.
fn may_be_on_the_way_home(
    view: &dyn View,
    stage: &Trip,
    cause: TripStatus,
    now: Timestamp,
) -> Result<bool, Aborted> {
    if stage.terms.leg == Leg::Outbound || cause.is_the_persons() {
        return Ok(false);
    }
    let outbound = stage.terms.sibling.map(|sibling| find(view, sibling)).transpose()?;
    Ok(outbound.is_some_and(|outbound| {
        let begins = outbound.begins().unwrap_or(outbound.terms.earliest_pickup);
        !outbound.status().has_failed() && begins <= now
    }))
}

/// The stage at which a person is where she goes: the far one of a shared journey.
///
/// # Errors
/// `trip-unknown`; the store.
pub(super) fn at_destination(view: &dyn View, trip: &Trip) -> Result<Trip, Aborted> {
    match trip.terms.relay {
        Some(relay) if relay.stage == Stage::Near => find(view, relay.other),
        Some(_) | None => Ok(trip.clone()),
    }
}

/// A stage is given to nobody while the other one is over: half of a journey is none.
///
/// # Errors
/// `relay-half`; the store.
pub(super) fn check_whole(view: &dyn View, legs: &[Trip]) -> Result<(), Aborted> {
    for leg in legs {
        if other_has_failed(view, leg)? {
            return Err(refusals::conflict("relay-half").into());
        }
    }
    Ok(())
}

/// Whether the other stage of a shared journey was asked for in vain.
///
/// # Errors
/// `trip-unknown`; the store.
pub(super) fn other_has_failed(view: &dyn View, stage: &Trip) -> Result<bool, Aborted> {
    let other = stage.terms.relay.map(|relay| find(view, relay.other)).transpose()?;
    Ok(other.is_some_and(|other| other.shares_with(stage) && other.status().has_failed()))
}

/// Whether a far stage is not needed any more because its journey is one trip again.
///
/// # Errors
/// `trip-unknown`; the store.
pub(super) fn goes_on(view: &dyn View, stage: &Trip) -> Result<bool, Aborted> {
    let near = stage.terms.relay.map(|relay| find(view, relay.other)).transpose()?;
    Ok(near.is_some_and(|near| !near.shares_with(stage) && near.is_open()))
}

/// Whether it is known who drives a stage.
pub(super) fn is_sure(stage: &Trip) -> bool {
    stage.is_taken() && !matches!(stage.custody(), Custody::Uncertain { .. })
}

/// Whether it is known who drives the other stage too, or there is none.
///
/// # Errors
/// `trip-unknown`; the store.
pub(super) fn is_arranged(view: &dyn View, trip: &Trip) -> Result<bool, Aborted> {
    let other = trip.terms.relay.map(|relay| find(view, relay.other)).transpose()?;
    Ok(other.is_none_or(|other| is_sure(&other)))
}

/// Whether a stage is promised here while nobody is found for the other one.
///
/// # Errors
/// `trip-unknown`; the store.
pub(super) fn is_half(view: &dyn View, stage: &Trip) -> Result<bool, Aborted> {
    let Some(relay) = stage.terms.relay.filter(|_| stage.is_taken()) else { return Ok(false) };
    let other = find(view, relay.other)?;
    Ok(other.shares_with(stage) && !is_found(view, &other, &mut has_bid)?)
}

/// The stages after one that began yesterday or today, that nobody known drives.
///
/// # Errors
/// `trip-unknown`; the store.
pub(super) fn stranding(view: &dyn View, now: Timestamp) -> Result<Vec<Trip>, Aborted> {
    let today = now.to_zoned(paris()).date();
    let mut stages = Vec::new();
    for day in [today.yesterday().unwrap_or(today), today] {
        for first in trips::on_day(view, day)? {
            let next = first.terms.relay.map(|relay| find(view, relay.other)).transpose()?;
            stages.extend(next.filter(|next| first.strands(next, now)));
        }
    }
    Ok(stages)
}

/// Whether somebody is found for the other stage of every trip of a handover: promised here, with a neighbour, or proposed by one as
/// `offered` says of its handover.
///
/// # Errors
/// The store.
pub(super) fn others_are_found(
    view: &dyn View,
    outgoing: &Outgoing,
    mut offered: impl FnMut(&dyn View, &Outgoing) -> Result<bool, Aborted>,
) -> Result<bool, Aborted> {
    for other in others(view, outgoing)? {
        if !is_found(view, &other, &mut offered)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether the other stage of a trip of a handover is somebody's, here or elsewhere.
///
/// # Errors
/// The store.
pub(super) fn other_is_carried(view: &dyn View, outgoing: &Outgoing) -> Result<bool, Aborted> {
    Ok(others(view, outgoing)?.iter().any(Trip::is_taken))
}

/// Whether some neighbour proposes itself for a handover.
///
/// # Errors
/// The store.
pub(super) fn has_bid(view: &dyn View, outgoing: &Outgoing) -> Result<bool, Aborted> {
    let trust = agreements::trusting(view, outgoing)?;
    Ok(best_bid(&outgoing.bids, &outgoing.declined, &trust).is_some())
}

fn others(view: &dyn View, outgoing: &Outgoing) -> Result<Vec<Trip>, Aborted> {
    let mut others = Vec::new();
    for id in &outgoing.trips {
        let stage = find(view, *id)?;
        let other = stage.terms.relay.map(|relay| find(view, relay.other)).transpose()?;
        others.extend(other.filter(|other| other.shares_with(&stage)));
    }
    Ok(others)
}

fn is_found(
    view: &dyn View,
    stage: &Trip,
    offered: &mut impl FnMut(&dyn View, &Outgoing) -> Result<bool, Aborted>,
) -> Result<bool, Aborted> {
    let Custody::OfferedOut { handover } = stage.custody() else { return Ok(stage.is_taken()) };
    let Some(outgoing) = handovers::outgoing(view, handover)? else { return Ok(false) };
    offered(view, &outgoing)
}
