//! Other times or places for a trip that one territory carries for the other: one asks, the other agrees or does not, and
//! the change holds on both sides once the hub has recorded the answer. Must never change a trip before that.

use std::sync::Arc;

use maillage_domain::{
    handover::{Happening, open_change},
    ids::VolunteerKind,
    roles::Operation,
    text::Notes,
    trip::{Edited, Trip, TripChange, TripWindow},
};
use maillage_federation::{
    handover::{Action, AwardLeg, ChangeDetails, OfferedLeg},
    ids::{HandoverKind, Id, TripKind},
    sealed::PayloadKind,
};
use maillage_platform::refusal::Refusal;
use maillage_proto::federation::v1 as proto;
use maillage_store::{handovers, moments};
use prost::Message as _;

use super::{
    Desk,
    origin::{in_full, rounded},
    talk::{Between, between},
};
use crate::app::{
    Aborted, App,
    caller::Caller,
    edits::{self, NewTripChange},
    frames,
    offers::save,
    refusals, roads,
    suggest::{find, leg_of, suggest_instead},
    trips::{assign, place},
};

/// Asks the other desk for other times or places for one of the trips.
///
/// # Errors
/// `handover-unknown`, `handover-nobody-to-tell`, `handover-change-pending`, `handover-change-idle`; what was typed is not
/// acceptable; `trip-wrong-…`; the store.
pub async fn ask(
    app: &Arc<App>,
    caller: &Caller,
    (id, trip): (Id<HandoverKind>, Id<TripKind>),
    new: NewTripChange,
    note: String,
) -> Result<(), Refusal> {
    caller.check(Operation::HandoverChange)?;
    let note = Notes::parse(&note).map_err(|error| refusals::text("note", error))?;
    let by = caller.clone();
    app.act(caller, Operation::HandoverChange, move |app, transaction| {
        let mut desk = Desk::open_for(app, transaction, &by, (Operation::HandoverChange, id))?;
        let Between { partner, round, .. } = between(&desk, id)?;
        let said = moments::said(desk.transaction, id)?;
        let under_way = said.iter().any(|(_, what)| {
            matches!(what, Happening::ChangeAsked(_) | Happening::ChangeAnswered { agreed: true, .. })
        });
        if under_way || open_change(&moments::of(desk.transaction, id)?).is_some() {
            return Err(refusals::conflict("handover-change-pending").into());
        }
        let legs = wished(&desk, id, (trip, &new))?;
        let offered = legs.iter().map(|(edited, _)| rounded(edited)).collect();
        let legs = legs.into_iter().map(|(_, leg)| leg).collect();
        let details = ChangeDetails { legs, note: note.as_str().to_owned() };
        let plain = proto::ChangeDetails::from(details.clone()).encode_to_vec();
        let sealed = desk.seal(PayloadKind::Change, (id, round), partner, &plain)?;
        let action = Action::AskChange { legs: offered, details: sealed };
        desk.say_and_keep((id, round), action, &Happening::ChangeAsked(details))
    })
    .await
}

/// Answers the other desk's question, or takes one's own back. Agreeing to what the driver of ours cannot do is refused,
/// unless `without_driver`: then somebody else has to be found.
///
/// # Errors
/// `handover-unknown`, `handover-no-such-change`, `handover-change-own`, `driver-cannot`, `out-of-frame`; the store.
pub async fn answer(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<HandoverKind>,
    (agreed, without_driver): (bool, bool),
) -> Result<(), Refusal> {
    caller.check(Operation::HandoverChange)?;
    let by = caller.clone();
    app.act(caller, Operation::HandoverChange, move |app, transaction| {
        let mut desk = Desk::open_for(app, transaction, &by, (Operation::HandoverChange, id))?;
        let Between { round, carrying, .. } = between(&desk, id)?;
        let known = moments::of(desk.transaction, id)?;
        let Some((question, details)) = open_change(&known) else {
            return Err(refusals::conflict("handover-no-such-change").into());
        };
        if agreed {
            if question.by == Some(desk.membership.me) {
                return Err(refusals::conflict("handover-change-own").into());
            }
            check_possible(&desk, id, details, carrying && !without_driver)?;
        }
        desk.say(id, round, Action::AnswerChange { change: question.revision, agreed })
    })
    .await
}

/// The hub has recorded that both agree: the trips are as they wanted. A trip that cannot be so any more stays, and is for the
/// desks to talk about.
///
/// # Errors
/// The store.
pub(super) fn hold(desk: &mut Desk<'_, '_>, id: Id<HandoverKind>, change: u64) -> Result<(), Aborted> {
    let Some(details) = question(desk, id, change)? else {
        tracing::error!(handover = %id, "a change was agreed on that this node does not know");
        return Ok(());
    };
    let trips = trips_of(desk, id)?;
    let mut offered = Vec::new();
    for (trip, leg) in trips.iter().zip(&details.legs) {
        match edited(desk, *trip, leg) {
            Ok(edited) => {
                offered.push(rounded(&edited.trip));
                write(desk, edited)?;
            }
            Err(Aborted::Refused(refusal)) => {
                tracing::warn!(%trip, reason = refusal.reason(), "a trip cannot be as it was agreed any more");
                offered.push(rounded(&find(desk.transaction, *trip)?));
            }
            Err(error) => return Err(error),
        }
    }
    remember(desk, id, offered, &details)
}

/// What was asked for: as the hub has recorded it, or as this node has said it and not heard back.
fn question(
    desk: &Desk<'_, '_>,
    id: Id<HandoverKind>,
    change: u64,
) -> Result<Option<ChangeDetails>, Aborted> {
    let asked = |what: Happening| {
        if let Happening::ChangeAsked(details) = what { Some(details) } else { None }
    };
    let recorded = moments::at(desk.transaction, id, change)?;
    if let Some(details) = recorded.and_then(|moment| asked(moment.what)) {
        return Ok(Some(details));
    }
    Ok(moments::said(desk.transaction, id)?.into_iter().find_map(|(_, what)| asked(what)))
}

/// Keeps what is offered, and what is known of the passenger, in line with the change.
fn remember(
    desk: &mut Desk<'_, '_>,
    id: Id<HandoverKind>,
    offered: Vec<OfferedLeg>,
    details: &ChangeDetails,
) -> Result<(), Aborted> {
    if let Some(mut outgoing) = handovers::outgoing(desk.transaction, id)? {
        outgoing.offer.legs = offered;
        return desk.keep_outgoing(&outgoing);
    }
    let mut incoming = desk.incoming(id)?;
    incoming.offer.legs = offered;
    if let Some(known) = &mut incoming.details {
        known.legs.clone_from(&details.legs);
    }
    desk.keep_incoming(&incoming)
}

/// Writes a trip as it was agreed on. A driver who was freed by it is asked again if possible.
fn write(desk: &mut Desk<'_, '_>, edited: Edited) -> Result<(), Aborted> {
    let Edited { trip, freed } = edited;
    save(desk.app, desk.transaction, &trip)?;
    desk.note("trip.change-agreed", &trip)?;
    frames::settle(desk.app, desk.transaction, &trip)?;
    let Some(volunteer) = freed else { return Ok(()) };
    match assign(desk.app, desk.transaction, vec![trip], volunteer) {
        Ok(_) | Err(Aborted::Refused(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// The trips as they would be, with what the other desk has to know of each.
fn wished(
    desk: &Desk<'_, '_>,
    id: Id<HandoverKind>,
    (changed, new): (Id<TripKind>, &NewTripChange),
) -> Result<Vec<(Trip, AwardLeg)>, Aborted> {
    let trips = trips_of(desk, id)?;
    if !trips.contains(&changed) {
        return Err(refusals::unknown("trip-unknown").with("id", changed).into());
    }
    let names = names_at_origin(desk, id, &trips)?;
    let mut legs = Vec::new();
    for (trip, name) in trips.iter().zip(names) {
        let mut trip = find(desk.transaction, *trip)?;
        if trip.id() == changed {
            let change = edits::change(desk.app, desk.transaction, &trip, new)?;
            if change.is_idle(&trip) {
                return Err(refusals::invalid("handover-change-idle").into());
            }
            trip = trip.agree(&change, desk.at).map_err(refusals::trip)?.trip;
        }
        let leg = in_full(name, &trip);
        legs.push((trip, leg));
    }
    Ok(legs)
}

/// Whether a change can be agreed to: the trips have not begun, the law allows them, and if asked for, their drivers can.
fn check_possible(
    desk: &Desk<'_, '_>,
    id: Id<HandoverKind>,
    details: &ChangeDetails,
    with_driver: bool,
) -> Result<(), Aborted> {
    for (trip, leg) in trips_of(desk, id)?.iter().zip(&details.legs) {
        let Edited { trip, freed } = edited(desk, *trip, leg)?;
        if trip.is_carried() {
            frames::check_taking(desk.app, desk.transaction, &trip)?;
        }
        if let Some(volunteer) = freed.filter(|_| with_driver) {
            check_driver(desk, (id, &trip), volunteer)?;
        }
    }
    Ok(())
}

fn check_driver(
    desk: &Desk<'_, '_>,
    (id, trip): (Id<HandoverKind>, &Trip),
    volunteer: Id<VolunteerKind>,
) -> Result<(), Aborted> {
    let leg = leg_of(desk.transaction, trip)?;
    let replaced = trips_of(desk, id)?;
    let suggestion = suggest_instead(desk.app, desk.transaction, &[leg], (Some(id), &replaced))?;
    if suggestion.candidate(volunteer).is_some() {
        return Ok(());
    }
    let refused = suggestion.ranking.refusals.iter().find(|refused| refused.volunteer == volunteer);
    let code = refused.map_or("unknown", |refused| refused.reason.code());
    Err(refusals::conflict("driver-cannot").with("code", code).into())
}

/// A trip with the times and places of a leg.
fn edited(desk: &Desk<'_, '_>, trip: Id<TripKind>, leg: &AwardLeg) -> Result<Edited, Aborted> {
    let trip = find(desk.transaction, trip)?;
    let instant = |ms| jiff::Timestamp::from_millisecond(ms).unwrap_or_default();
    let terms = &trip.terms;
    let ends = (leg.pickup, leg.dropoff);
    let elsewhere = (terms.pickup.commune, terms.dropoff.commune) != ends;
    let direct = if elsewhere {
        let (ride, source) = roads::ride(desk.app, desk.transaction, ends)?;
        Some((ride.distance_m, source))
    } else {
        None
    };
    let change = TripChange {
        pickup: Some(place(leg.pickup, &leg.pickup_address)),
        dropoff: Some(place(leg.dropoff, &leg.dropoff_address)),
        window: Some(TripWindow {
            earliest_pickup: instant(leg.earliest_pickup_ms),
            latest_arrival: instant(leg.latest_arrival_ms),
            anchor: terms.anchor,
            tolerance_s: terms.tolerance_s,
            late_ok: terms.late_ok,
        }),
        direct,
        ..TripChange::default()
    };
    Ok(trip.agree(&change, desk.at).map_err(refusals::trip)?)
}

/// This node's trips of a handover, in the order of its legs.
fn trips_of(desk: &Desk<'_, '_>, id: Id<HandoverKind>) -> Result<Vec<Id<TripKind>>, Aborted> {
    if let Some(outgoing) = handovers::outgoing(desk.transaction, id)? {
        return Ok(outgoing.trips);
    }
    Ok(desk.incoming(id)?.trips)
}

/// What the origin calls the trips.
fn names_at_origin(
    desk: &Desk<'_, '_>,
    id: Id<HandoverKind>,
    trips: &[Id<TripKind>],
) -> Result<Vec<Id<TripKind>>, Aborted> {
    let incoming = handovers::incoming(desk.transaction, id)?;
    let details = incoming.and_then(|incoming| incoming.details);
    Ok(details.map_or_else(|| trips.to_vec(), |details| details.legs.iter().map(|leg| leg.trip).collect()))
}
