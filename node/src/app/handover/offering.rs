//! What nobody here can drive is offered to the neighbours without anybody asking, where policy or rules say so: once, in one
//! transaction with the reason. Must never offer what somebody here could drive or was asked to drive, what the person has not
//! agreed to, what was offered before (from then on it is the coordinator's), nor what a restore may have made look undecided.

use std::sync::{Arc, PoisonError};

use jiff::Timestamp;
use maillage_domain::{
    handover::{Offering, Scope},
    person::Sharing,
    trip::{Trip, TripEventKind},
};
use maillage_engine::{Transaction, View};
use maillage_federation::ids::{HandoverKind, Id, NodeKind, TripKind};
use maillage_platform::refusal::Refusal;
use maillage_store::{
    driver_offers,
    events::{self, Actor, NewEvent, Subject},
    lives::Incarnation,
    persons, series, settings, trips,
};

use super::{
    Desk, Handover,
    deciding::Deciding,
    notices::is_of_the_rules,
    origin::{offer_unasked, too_late},
    recovery,
};
use crate::{
    app::{
        Aborted, App,
        offers::said_no,
        roads,
        suggest::{find, leg_of, pairs_of_trip, suggest_legs, together},
    },
    limits::{BIDS_KEPT, TRIPS_TO_OFFER},
};

/// What the journal calls an offer that the policy made.
const BY_POLICY: &str = "handover.offered-by-policy";
/// What the journal calls an offer that the rule of a model made.
const BY_RULE: &str = "handover.offered-by-rule";

/// Offers every trip that is due, each in a transaction of its own, as long as the hub is in sight: an offer that stays here would
/// only take the trip off the list of what is to be decided. Returns how many offers were made.
///
/// # Errors
/// The store.
pub async fn tend(app: &Arc<App>) -> Result<usize, Refusal> {
    let in_sight = app.link.is_attached();
    if !in_sight || !app.read(|_, view| Ok(Deciding::load(view)?.offers()))? {
        return Ok(0);
    }
    let mut made = 0;
    for trip in app.read_aside(due).await? {
        if app.read_aside(move |app, _| left_over(app, trip)).await?.is_none() {
            continue;
        }
        // The transaction looks again, on the router's roads if it has them.
        roads::prepare(app, |_, view| pairs_of_trip(view, trip, false)).await;
        let handover = app.new_id();
        let offered = app.transact("handover.offer-unasked", move |app, transaction| {
            offer(app, transaction, (handover, trip))
        });
        match offered.await {
            Ok(offered) => made += usize::from(offered),
            Err(refusal) if is_of_the_rules(&refusal) => {
                tracing::warn!(%trip, reason = refusal.reason(), "a trip cannot be offered by rule: passed over");
            }
            Err(refusal) => return Err(refusal),
        }
    }
    Ok(made)
}

/// Which rule had the node make an offer by itself, as the journal has it: nothing for one that somebody made.
///
/// # Errors
/// The store.
pub fn offered_by(view: &dyn View, handover: Id<HandoverKind>) -> Result<Option<OfferedBy>, Aborted> {
    // An offer is the first thing that happens to a handover.
    let events = events::about(view, Subject::Handover(handover), None, usize::MAX)?;
    let made = events.iter().rev().find_map(|event| match event.kind.as_str() {
        BY_POLICY => Some(OfferedBy::Policy),
        BY_RULE => Some(OfferedBy::Model),
        _ => None,
    });
    Ok(made)
}

/// What had the node make an offer by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfferedBy {
    /// The policy.
    Policy,
    /// The rule of the model that the trip is served under.
    Model,
}

impl Deciding {
    /// Whether anything is ever offered by the node itself.
    fn offers(&self) -> bool {
        let says = self.rules.iter().filter_map(|(_, rule)| rule.offering);
        says.chain([self.policy.offering]).any(|offering| offering != Offering::Ask)
    }
}

/// Trips that are to be offered if nobody here can drive them, the soonest first.
fn due(app: &App, view: &dyn View) -> Result<Vec<Id<TripKind>>, Aborted> {
    let deciding = Deciding::load(view)?;
    let mut due = Vec::new();
    for trip in trips::open(view, TRIPS_TO_OFFER)? {
        if is_due(app, view, &deciding, &trip)? {
            due.push(trip.id());
        }
    }
    Ok(due)
}

/// Whether a trip is to be offered if nobody here can drive it.
fn is_due(app: &App, view: &dyn View, deciding: &Deciding, trip: &Trip) -> Result<bool, Aborted> {
    let (pickup, now) = (trip.terms.earliest_pickup, app.now());
    Ok(deciding.offering(trip).what.is_due(pickup, now)
        && !too_late(trip, now)
        && may_be_offered(view, trip)?
        && !may_be_elsewhere(app, view, trip)?)
}

/// Whether nobody has decided anything about a trip, and its person lets neighbours carry her or him whenever it is needed.
fn may_be_offered(view: &dyn View, trip: &Trip) -> Result<bool, Aborted> {
    let was_offered = trip.history().iter().any(|event| matches!(event.kind, TripEventKind::GivenOut(_)));
    let Some(person) = trip.person().filter(|_| trip.needs_decision() && !was_offered) else {
        return Ok(false);
    };
    if trip.waits_for_call() || driver_offers::open_for(view, trip.id())?.is_some() {
        return Ok(false);
    }
    Ok(persons::find(view, person)?.is_some_and(|person| person.details.sharing == Sharing::Always))
}

/// Whether a trip looks undecided here because a restore took what was decided since the backup, what the person said included: for
/// good where it was asked for before the restore, and for every trip until a person has looked at every handover of which this node
/// knows no trip.
fn may_be_elsewhere(app: &App, view: &dyn View, trip: &Trip) -> Result<bool, Aborted> {
    let Some(membership) = app.link.membership() else { return Ok(true) };
    if recovery::is_to_reconcile(view)? || knows_no_trip_of(view, membership.me)? {
        return Ok(true);
    }
    let restored = settings::find::<Incarnation>(view)?.and_then(|incarnation| incarnation.restored());
    let Some((restored_at, _)) = restored else { return Ok(false) };
    let made_at = trip.history().first().map_or(Timestamp::MIN, |event| event.at);
    // A day of a series was asked for with its series, whenever it was made.
    let asked_at = match trip.terms.occurrence {
        None => made_at,
        Some(day) => {
            series::find(view, day.series)?.map_or(Timestamp::MIN, |series| made_at.min(series.created))
        }
    };
    Ok(asked_at <= restored_at)
}

/// Whether there is a handover of ours of which this node knows no trip.
fn knows_no_trip_of(view: &dyn View, me: Id<NodeKind>) -> Result<bool, Aborted> {
    let lost = recovery::lost(view, me)?;
    Ok(lost.iter().any(|(lost, _)| match lost {
        Handover::Outgoing(outgoing) => outgoing.trips.is_empty(),
        Handover::Incoming(_) => false,
    }))
}

/// How a trip that nobody here can drive is offered, by what was found out before where nothing was written since: `single` if
/// somebody could drive the other leg of the journey. `None`: somebody could drive it.
fn left_over(app: &App, trip: Id<TripKind>) -> Result<Option<bool>, Aborted> {
    let mut known = app.standing_bids.undriven.lock().unwrap_or_else(PoisonError::into_inner);
    journey(&app.store, (trip, app.now()), |leg| {
        let (nobody, _) =
            known.get(&app.store, (leg.id(), BIDS_KEPT), |view| nobody_can(app, view, leg.id()))?;
        Ok(*nobody)
    })
}

/// The same, with `nobody` saying of a leg whether nobody here can drive it.
fn journey(
    view: &dyn View,
    (trip, now): (Id<TripKind>, Timestamp),
    mut nobody: impl FnMut(&Trip) -> Result<bool, Aborted>,
) -> Result<Option<bool>, Aborted> {
    let deciding = Deciding::load(view)?;
    let mut left = Vec::new();
    let legs = together(view, trip, false)?;
    for leg in &legs {
        // A leg that cannot be offered any more does not keep the other from it.
        let is_offered = || deciding.offering(leg).what != Offering::Ask && !too_late(leg, now);
        let may = leg.id() == trip || is_offered();
        if may && may_be_offered(view, leg)? && nobody(leg)? {
            left.push(leg.id());
        }
    }
    Ok(left.contains(&trip).then_some(left.len() < legs.len()))
}

/// Whether nobody here can drive a trip: no candidate of dispatch who has not said no to it already. Where dispatch cannot answer,
/// somebody may.
fn nobody_can(app: &App, view: &dyn View, trip: Id<TripKind>) -> Result<bool, Aborted> {
    let trip = find(view, trip)?;
    let suggestion = match leg_of(view, &trip).and_then(|leg| suggest_legs(app, view, &[leg], None)) {
        Ok(suggestion) => suggestion,
        Err(Aborted::Refused(_)) => return Ok(false),
        Err(error) => return Err(error),
    };
    let candidates = &suggestion.ranking.candidates;
    Ok(candidates.iter().all(|candidate| said_no(&trip).any(|volunteer| volunteer == candidate.volunteer)))
}

/// Offers a trip as things stand in the transaction; `false` if there is no more reason to.
fn offer(
    app: &App,
    transaction: &mut Transaction<'_>,
    (handover, id): (Id<HandoverKind>, Id<TripKind>),
) -> Result<bool, Aborted> {
    let deciding = Deciding::load(transaction)?;
    let trip = find(transaction, id)?;
    if !is_due(app, transaction, &deciding, &trip)? {
        return Ok(false);
    }
    let view: &dyn View = transaction;
    let Some(single) = journey(view, (id, app.now()), |leg| nobody_can(app, view, leg.id()))? else {
        return Ok(false);
    };
    let mut desk = Desk::open(app, transaction)?;
    let outgoing = offer_unasked(&mut desk, handover, (id, single))?;
    let subjects =
        std::iter::once(Subject::Handover(handover)).chain(outgoing.trips.iter().copied().map(Subject::Trip));
    let kind = match deciding.offering(&trip).by {
        None => BY_POLICY,
        Some(Scope::Model(_) | Scope::Trust(_) | Scope::Partner(_)) => BY_RULE,
    };
    let event = NewEvent { at: desk.at, kind, subjects: subjects.collect(), actor: Actor::Platform };
    events::record(desk.transaction, event)?;
    Ok(true)
}
