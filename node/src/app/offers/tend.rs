//! What the node does about offers as time passes: remind, have somebody call, give up, ask the next. A worker calls
//! [`tend`]; what is due, the domain decides.

use std::{collections::BTreeSet, sync::Arc};

use maillage_domain::{
    handover::Decision,
    ids::VolunteerKind,
    message::{Recipient, Topic},
    offer::{DriverOffer, OfferAction, OfferEnd, OfferPolicy},
    trip::{DriverRefusal, Trip, TripAction, TripEventKind},
};
use maillage_engine::{Transaction, View};
use maillage_federation::ids::Id;
use maillage_platform::refusal::Refusal;
use maillage_store::driver_offers;

use super::{call_instead, has_left, pending, policy, save, say_over};
use crate::{
    app::{
        Aborted, App,
        handover::carried_in,
        messages, refusals,
        suggest::{leg_of, suggest_legs},
        trips::assign,
    },
    limits::{DUE_OFFERS, NEXT_TRIED},
};

/// Does what is due about every offer. Returns how many offers changed.
///
/// # Errors
/// The store.
pub async fn tend(app: &Arc<App>) -> Result<usize, Refusal> {
    if !app.read(|app, view| Ok(!due(app, view)?.is_empty()))? {
        return Ok(0);
    }
    app.transact("offer.tend", |app, transaction| {
        let policy = policy(transaction)?;
        let due = due(app, transaction)?;
        for (offer, action) in &due {
            step(app, transaction, &policy, offer, *action)?;
        }
        Ok(due.len())
    })
    .await
}

fn due(app: &App, view: &dyn View) -> Result<Vec<(DriverOffer, OfferAction)>, Aborted> {
    let now = app.now();
    let policy = policy(view)?;
    let mut due = Vec::new();
    for offer in driver_offers::due(view, now, DUE_OFFERS)? {
        let arrived = has_left(view, &offer)?;
        due.extend(offer.due(now, &policy, arrived).map(|action| (offer, action)));
    }
    Ok(due)
}

fn step(
    app: &App,
    transaction: &mut Transaction<'_>,
    policy: &OfferPolicy,
    offer: &DriverOffer,
    action: OfferAction,
) -> Result<(), Aborted> {
    match action {
        OfferAction::Remind { .. } => {
            let reminded = offer.apply(action, app.now()).map_err(refusals::offer)?;
            driver_offers::put(transaction, &reminded)?;
            send_reminder(app, transaction, &reminded)
        }
        OfferAction::Call { .. } => call_instead(app, transaction, offer),
        OfferAction::Overdue => {
            let overdue = offer.apply(action, app.now()).map_err(refusals::offer)?;
            Ok(driver_offers::put(transaction, &overdue)?)
        }
        OfferAction::TimeOut => give_up(app, transaction, policy, offer),
        OfferAction::CalledInVain
        | OfferAction::Accept(_)
        | OfferAction::Refuse(..)
        | OfferAction::End(_) => Ok(()),
    }
}

/// A reminder leaves, now or when nobody is disturbed any more.
///
/// # Errors
/// The store.
pub(super) fn send_reminder(
    app: &App,
    transaction: &mut Transaction<'_>,
    offer: &DriverOffer,
) -> Result<(), Aborted> {
    let to = Recipient::Volunteer(offer.terms.volunteer);
    let medium = messages::medium(app, transaction, to)?;
    let about = (to, medium, Topic::OfferReminder(offer.id()));
    messages::write(app, transaction, about, (app.now(), offer.state().expires_at))
}

/// Nobody answered: the trips are undecided again, and the next candidate is asked if the node may.
fn give_up(
    app: &App,
    transaction: &mut Transaction<'_>,
    policy: &OfferPolicy,
    offer: &DriverOffer,
) -> Result<(), Aborted> {
    let closed = offer.apply(OfferAction::TimeOut, app.now()).map_err(refusals::offer)?;
    driver_offers::put(transaction, &closed)?;
    let freed = free(app, transaction, &closed, DriverRefusal::NoAnswer)?;
    say_over(app, transaction, &closed)?;
    ask_next(app, transaction, policy, &closed, freed)
}

/// The trips that waited for an offer's volunteer are undecided again.
///
/// # Errors
/// The store.
pub(super) fn free(
    app: &App,
    transaction: &mut Transaction<'_>,
    offer: &DriverOffer,
    reason: DriverRefusal,
) -> Result<Vec<Trip>, Aborted> {
    let refuse = TripAction::DriverRefuses { volunteer: offer.terms.volunteer, reason };
    let mut freed = Vec::new();
    for trip in pending(transaction, offer)? {
        let trip = trip.apply(refuse, app.now()).map_err(refusals::trip)?;
        save(app, transaction, &trip)?;
        freed.push(trip);
    }
    Ok(freed)
}

/// Asks the best candidate who was not asked for these trips yet. If there is none, or the node may not, the trips wait
/// for a decision of the desk.
///
/// # Errors
/// The store.
pub(super) fn ask_next(
    app: &App,
    transaction: &mut Transaction<'_>,
    policy: &OfferPolicy,
    offer: &DriverOffer,
    freed: Vec<Trip>,
) -> Result<(), Aborted> {
    let may = policy.escalation == Decision::Auto && offer.terms.round < policy.rounds;
    if freed.is_empty() || !may || app.now() >= offer.terms.departs_at {
        return Ok(());
    }
    for journey in journeys(freed) {
        ask_next_for(app, transaction, journey)?;
    }
    Ok(())
}

/// Trips by journey, one person's outbound and return: those who were to ride together are asked for one by one, for somebody else
/// may not go the same way.
fn journeys(mut freed: Vec<Trip>) -> Vec<Vec<Trip>> {
    let mut journeys = Vec::new();
    while !freed.is_empty() {
        let first = freed.remove(0);
        let (siblings, rest): (Vec<Trip>, Vec<Trip>) =
            freed.into_iter().partition(|trip| first.terms.sibling == Some(trip.id()));
        freed = rest;
        journeys.push([vec![first], siblings].concat());
    }
    journeys
}

/// Asks the best candidate for a journey who was not asked for it yet.
fn ask_next_for(app: &App, transaction: &mut Transaction<'_>, freed: Vec<Trip>) -> Result<(), Aborted> {
    let legs = freed.iter().map(|trip| leg_of(transaction, trip)).collect::<Result<Vec<_>, _>>()?;
    let tried: BTreeSet<Id<VolunteerKind>> = freed.iter().flat_map(said_no).collect();
    let suggestion = match suggest_legs(app, transaction, &legs, freed.first().and_then(carried_in)) {
        Ok(suggestion) => suggestion,
        Err(Aborted::Refused(_)) => return Ok(()),
        Err(error) => return Err(error),
    };
    let candidates = suggestion.ranking.candidates.iter().map(|candidate| candidate.volunteer);
    for next in candidates.filter(|candidate| !tried.contains(candidate)).take(NEXT_TRIED) {
        match assign(app, transaction, freed.clone(), next) {
            Ok(_) => return Ok(()),
            Err(Aborted::Refused(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// A volunteer is not asked any more: what waits for her or his answer is taken back, and the next is asked if the node may.
///
/// # Errors
/// The store.
pub(in crate::app) fn take_back(
    app: &App,
    transaction: &mut Transaction<'_>,
    volunteer: Id<VolunteerKind>,
) -> Result<(), Aborted> {
    let policy = policy(transaction)?;
    let offers = driver_offers::of_volunteer(transaction, volunteer, None, usize::MAX)?;
    for offer in offers.iter().filter(|offer| offer.is_open()) {
        withdraw(app, transaction, &policy, offer)?;
    }
    Ok(())
}

/// Takes a question back from somebody who may not drive any more, and asks the next if the node may.
///
/// # Errors
/// The store.
pub(super) fn withdraw(
    app: &App,
    transaction: &mut Transaction<'_>,
    policy: &OfferPolicy,
    offer: &DriverOffer,
) -> Result<DriverOffer, Aborted> {
    let closed = offer.apply(OfferAction::End(OfferEnd::Withdrawn), app.now()).map_err(refusals::offer)?;
    driver_offers::put(transaction, &closed)?;
    let freed = free(app, transaction, &closed, DriverRefusal::Other)?;
    say_over(app, transaction, &closed)?;
    ask_next(app, transaction, policy, &closed, freed)?;
    Ok(closed)
}

/// Who has said no to a trip, or has not answered.
pub(in crate::app) fn said_no(trip: &Trip) -> impl Iterator<Item = Id<VolunteerKind>> {
    trip.history().iter().filter_map(|event| {
        if let TripEventKind::Refused { volunteer, .. } = event.kind { Some(volunteer) } else { None }
    })
}
