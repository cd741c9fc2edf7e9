//! Journeys that two drivers share over a meeting place: one trip becomes two stages, each decided like any other trip, here or by a
//! neighbour. Nobody is chosen for the one before somebody is found for the other, and what ends the one ends the other. Must never
//! leave a person half of the way because only one of the two was thought of.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use maillage_dispatch::{Journey, Pair};
use maillage_domain::{
    handover::{Outgoing, best_bid},
    place::{NewPlace, Place},
    roads::RoadsSource,
    roles::Operation,
    trip::{Custody, Leg, RelayPlan, Stage, Stretch, Trip, TripAction, TripStatus},
};
use maillage_engine::{Transaction, View};
use maillage_federation::ids::{HandoverKind, Id, TripKind};
use maillage_platform::refusal::Refusal;
use maillage_store::{driver_offers, handovers, requests};

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
        let shared = Shared { place, slack_s: slack_min * 60, far: &far[..legs.len().min(far.len())] };
        let mut stages = Vec::new();
        for (number, leg) in legs.iter().enumerate() {
            stages.extend(share(app, transaction, leg, (&shared, number))?);
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
            let far = near.terms.relay.ok_or_else(|| refusals::conflict("relay-none"))?.other;
            let far = find(transaction, far)?;
            let ends = match near.terms.leg {
                Leg::Outbound => (near.terms.pickup.commune, far.terms.dropoff.commune),
                Leg::Return => (far.terms.pickup.commune, near.terms.dropoff.commune),
            };
            let road = stretch(roads::ride(app, transaction, ends)?);
            check_unasked(transaction, &[&near, &far])?;
            let (near, far) = near.rejoin(&far, road, app.now()).map_err(refusals::relay)?;
            for trip in [&near, &far] {
                save(app, transaction, trip)?;
            }
            frames::follow(app, transaction, &near, true, None)?;
            whole.push(near);
        }
        note(app, transaction, &by, Operation::TripRejoin, &whole)?;
        Ok(whole)
    })
    .await
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
    (shared, number): (&Shared<'_>, usize),
) -> Result<[Trip; 2], Aborted> {
    check_unasked(transaction, &[leg])?;
    let far = *shared.far.get(number).ok_or_else(|| refusals::unknown("trip-unknown"))?;
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
        for (trip, action) in following(transaction, &cause)? {
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
    let lead = |leg: Trip| {
        let Some(relay) = leg.terms.relay.filter(|relay| relay.stage == Stage::Far) else { return Ok(leg) };
        let near = find(view, relay.other)?;
        let leads = near.needs_decision() && near.terms.relay.is_some_and(|relay| relay.other == leg.id());
        Ok(if leads { near } else { leg })
    };
    legs.into_iter().map(lead).collect()
}

/// The trips that end because another has, and how.
fn following(view: &dyn View, cause: &Trip) -> Result<Vec<(Trip, TripAction)>, Aborted> {
    let Some(relay) = cause.terms.relay else { return Ok(Vec::new()) };
    let other = find(view, relay.other)?;
    // Made into one again: the far stage is over, and the trip goes on.
    let mine = other.terms.relay.is_some_and(|relay| relay.other == cause.id());
    let mut ends: Vec<_> = other
        .after_other(cause.status())
        .filter(|_| mine)
        .map(|action| (other, action))
        .into_iter()
        .collect();
    // A pair that was handed over together is called off together.
    let with = cause.custody().handover().filter(|_| matches!(cause.status(), TripStatus::Cancelled { .. }));
    if let Some(outgoing) = with.map(|handover| handovers::outgoing(view, handover)).transpose()?.flatten() {
        for id in outgoing.trips.iter().filter(|id| **id != cause.id()) {
            let beside = find(view, *id)?;
            ends.extend(beside.after_other(cause.status()).map(|action| (beside, action)));
        }
    }
    Ok(ends)
}

/// Whether somebody is found for the other stage of every trip of a handover: promised here, with a neighbour, or proposed by one.
///
/// # Errors
/// The store.
pub(super) fn others_are_found(view: &dyn View, outgoing: &Outgoing) -> Result<bool, Aborted> {
    for other in others(view, outgoing)? {
        if !is_found(view, &other)? {
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
    Ok(others(view, outgoing)?.iter().any(is_carried))
}

/// Whether the other stage of a trip of a handover waits for a decision here.
///
/// # Errors
/// The store.
pub(super) fn other_waits(view: &dyn View, outgoing: &Outgoing) -> Result<bool, Aborted> {
    Ok(others(view, outgoing)?.iter().any(Trip::needs_decision))
}

fn others(view: &dyn View, outgoing: &Outgoing) -> Result<Vec<Trip>, Aborted> {
    let mut others = Vec::new();
    for id in &outgoing.trips {
        if let Some(relay) = find(view, *id)?.terms.relay {
            others.push(find(view, relay.other)?);
        }
    }
    Ok(others)
}

fn is_found(view: &dyn View, stage: &Trip) -> Result<bool, Aborted> {
    let Custody::OfferedOut { handover } = stage.custody() else { return Ok(is_carried(stage)) };
    let Some(outgoing) = handovers::outgoing(view, handover)? else { return Ok(false) };
    let trust = agreements::trusting(view, &outgoing)?;
    Ok(best_bid(&outgoing.bids, &outgoing.declined, &trust).is_some())
}

fn is_carried(stage: &Trip) -> bool {
    match (stage.custody(), stage.status()) {
        (_, TripStatus::Cancelled { .. } | TripStatus::NoShow(_) | TripStatus::Unmet(_)) => false,
        (Custody::HeldBy { .. } | Custody::Uncertain { .. }, _) => true,
        (Custody::OfferedOut { .. }, _) => false,
        (Custody::Local, TripStatus::Confirmed | TripStatus::PickedUp | TripStatus::Completed { .. }) => true,
        (Custody::Local, TripStatus::Requested | TripStatus::Offered) => false,
    }
}
