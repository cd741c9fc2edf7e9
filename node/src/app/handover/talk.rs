//! What passes between the two desks while one carries the other's trip: messages, how far it is, who carries and by what
//! right, what is thought of the outcome. Sealed to the other desk, and kept in the time line of both. Must never name a
//! driver, nor move a trip.

use std::sync::Arc;

use jiff::Timestamp;
use maillage_domain::{
    handover::{Happening, Incoming, IncomingStanding, Moment},
    roles::Operation,
    text::Notes,
    trip::{Trip, TripStatus},
};
use maillage_engine::{Transaction, View};
use maillage_federation::{
    handover::{Action, CarriedBy, DisputeReason, ProgressStep, State, Word},
    ids::{HandoverKind, Id, NodeKind},
    sealed::PayloadKind,
};
use maillage_platform::refusal::Refusal;
use maillage_proto::federation::v1 as proto;
use maillage_store::{handovers, legal, moments};
use prost::Message as _;

use super::{Desk, carried_in};
use crate::app::{Aborted, App, caller::Caller, refusals};

/// The time line of a handover, and what this node has said that the hub has not answered yet.
#[derive(Debug, Clone)]
pub struct Timeline {
    /// In the hub's order.
    pub moments: Vec<Moment>,
    /// With since when, in the order in which it was said.
    pub waiting: Vec<(Timestamp, Happening)>,
}

/// What the origin thinks of an outcome.
#[derive(Debug, Clone)]
pub enum Judgement {
    /// It is what we know too.
    Countersign,
    /// It is not.
    Dispute {
        /// For what.
        reason: DisputeReason,
        /// In the desk's own words.
        text: String,
    },
}

/// Two nodes of which one carries the other's trip, or did.
pub(super) struct Between {
    /// The other one.
    pub(super) partner: Id<NodeKind>,
    /// The round it was taken in.
    pub(super) round: u32,
    /// Whether this node is the one that carries.
    pub(super) carrying: bool,
}

/// What happened to a handover.
///
/// # Errors
/// `handover-unknown`; the store.
pub fn timeline(app: &App, caller: &Caller, id: Id<HandoverKind>) -> Result<Timeline, Refusal> {
    app.look(caller, Operation::HandoverShow, |_, view| {
        if handovers::outgoing(view, id)?.is_none() && handovers::incoming(view, id)?.is_none() {
            return Err(refusals::unknown("handover-unknown").with("id", id).into());
        }
        Ok(Timeline { moments: moments::of(view, id)?, waiting: moments::said(view, id)? })
    })
}

/// Writes to the other desk.
///
/// # Errors
/// `handover-unknown`, `handover-nobody-to-tell`, `handover-message-empty`, a text that is too long; the store.
pub async fn send_message(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<HandoverKind>,
    text: String,
) -> Result<(), Refusal> {
    caller.check(Operation::HandoverTell)?;
    let text = Notes::parse(&text).map_err(|error| refusals::text("text", error))?;
    if text.as_str().is_empty() {
        return Err(refusals::invalid("handover-message-empty"));
    }
    let by = caller.clone();
    app.act(caller, Operation::HandoverTell, move |app, transaction| {
        let mut desk = Desk::open_for(app, transaction, &by, (Operation::HandoverTell, id))?;
        say(&mut desk, id, Word::Message { text: text.as_str().to_owned() })
    })
    .await
}

/// Countersigns or disputes what the holder says became of the trip.
///
/// # Errors
/// `handover-unknown`, `handover-not-done`, a text that is too long; the store.
pub async fn judge(
    app: &Arc<App>,
    caller: &Caller,
    id: Id<HandoverKind>,
    judgement: Judgement,
) -> Result<(), Refusal> {
    caller.check(Operation::HandoverJudge)?;
    let word = match judgement {
        Judgement::Countersign => Word::Countersigned,
        Judgement::Dispute { reason, text } => {
            let text = Notes::parse(&text).map_err(|error| refusals::text("text", error))?;
            Word::Disputed { reason, text: text.as_str().to_owned() }
        }
    };
    let by = caller.clone();
    app.act(caller, Operation::HandoverJudge, move |app, transaction| {
        let mut desk = Desk::open_for(app, transaction, &by, (Operation::HandoverJudge, id))?;
        let record = desk.outgoing(id)?.record;
        if !record.is_some_and(|record| matches!(record.state, State::Done { .. })) {
            return Err(refusals::conflict("handover-not-done").into());
        }
        say(&mut desk, id, word)
    })
    .await
}

/// The other of the two, as long as there are two.
///
/// # Errors
/// `handover-unknown`, `handover-nobody-to-tell`; the store.
pub(super) fn between(desk: &Desk<'_, '_>, id: Id<HandoverKind>) -> Result<Between, Aborted> {
    let nobody = || refusals::conflict("handover-nobody-to-tell");
    if let Some(outgoing) = handovers::outgoing(desk.transaction, id)? {
        let record = outgoing.record.ok_or_else(nobody)?;
        let holder = record.state.holder().ok_or_else(nobody)?;
        return Ok(Between { partner: holder, round: record.round, carrying: false });
    }
    let incoming = desk.incoming(id)?;
    match incoming.standing(desk.membership.me) {
        IncomingStanding::Ours | IncomingStanding::Done | IncomingStanding::Cancelled => {
            Ok(Between { partner: incoming.origin, round: incoming.record.round, carrying: true })
        }
        IncomingStanding::Candidate | IncomingStanding::Chosen { .. } | IncomingStanding::Over => {
            Err(nobody().into())
        }
    }
}

/// Says a word to the other desk.
///
/// # Errors
/// As [`between`].
pub(super) fn say(desk: &mut Desk<'_, '_>, id: Id<HandoverKind>, word: Word) -> Result<(), Aborted> {
    let Between { partner, round, .. } = between(desk, id)?;
    let plain = proto::Word::from(word.clone()).encode_to_vec();
    let sealed = desk.seal(PayloadKind::Word, (id, round), partner, &plain)?;
    desk.say_and_keep((id, round), Action::Word(sealed), &Happening::Word(word))
}

/// Tells the origin who carries its trip, and by what right: what the person can be told in writing.
///
/// # Errors
/// The store.
pub(super) fn say_who_carries(desk: &mut Desk<'_, '_>, incoming: &Incoming) -> Result<(), Aborted> {
    for (leg, trip) in (0..).zip(&incoming.trips) {
        if let Some(carried) = carried_by(desk.transaction, leg, *trip)? {
            if_possible(incoming.handover, say(desk, incoming.handover, Word::CarriedBy(carried)))?;
        }
    }
    Ok(())
}

/// A partner that cannot be told does not keep anybody from driving.
fn if_possible(handover: Id<HandoverKind>, told: Result<(), Aborted>) -> Result<(), Aborted> {
    if let Err(Aborted::Refused(refusal)) = told {
        tracing::warn!(%handover, reason = refusal.reason(), "the other desk cannot be told");
        return Ok(());
    }
    told
}

fn carried_by(
    view: &dyn View,
    leg: u32,
    trip: Id<maillage_federation::ids::TripKind>,
) -> Result<Option<CarriedBy>, Aborted> {
    let Some(frame) = legal::frame(view, trip)? else { return Ok(None) };
    let carrier = frame.carrier.map(|carrier| legal::carrier(view, carrier)).transpose()?.flatten();
    let decision = &frame.decision;
    Ok(Some(CarriedBy {
        leg,
        carrier: carrier.map(|carrier| carrier.details.name.as_str().to_owned()).unwrap_or_default(),
        frame: decision.frame.map(|frame| frame.code().to_owned()).unwrap_or_default(),
        verdict: decision.verdict.code().to_owned(),
        ground: decision.reasons.first().map(|reason| reason.code.code().to_owned()).unwrap_or_default(),
    }))
}

/// Tells the origin how far its trip is, when a carried trip has moved.
///
/// # Errors
/// The store. A partner that cannot be told does not keep anybody from driving.
pub fn follow(
    app: &App,
    transaction: &mut Transaction<'_>,
    former: &Trip,
    trip: &Trip,
) -> Result<(), Aborted> {
    let Some(handover) = carried_in(trip) else { return Ok(()) };
    let Some((step, at_ms)) = step(app, former, trip) else { return Ok(()) };
    let Some(incoming) = handovers::incoming(transaction, handover)? else { return Ok(()) };
    let Some(leg) = incoming.trips.iter().position(|known| *known == trip.id()) else { return Ok(()) };
    let mut desk = match Desk::open(app, transaction) {
        Err(Aborted::Refused(_)) => return Ok(()),
        opened => opened?,
    };
    if incoming.standing(desk.membership.me) != IncomingStanding::Ours {
        return Ok(());
    }
    let leg = u32::try_from(leg).unwrap_or(u32::MAX);
    if_possible(handover, say(&mut desk, handover, Word::Progress { leg, step, at_ms: Some(at_ms) }))
}

fn step(app: &App, former: &Trip, trip: &Trip) -> Option<(ProgressStep, i64)> {
    let now_ms = app.now().as_millisecond();
    match (former.status(), trip.status()) {
        (TripStatus::Confirmed, TripStatus::Requested | TripStatus::Offered) => {
            Some((ProgressStep::DriverLost, now_ms))
        }
        (TripStatus::Requested | TripStatus::Offered, TripStatus::Confirmed) => {
            let pickup = trip.assignment().map_or(now_ms, |drive| drive.pickup.as_millisecond());
            Some((ProgressStep::DriverFound, pickup))
        }
        (TripStatus::Confirmed, TripStatus::PickedUp) => Some((ProgressStep::PickedUp, now_ms)),
        (
            TripStatus::Requested
            | TripStatus::Offered
            | TripStatus::Confirmed
            | TripStatus::PickedUp
            | TripStatus::Completed { .. }
            | TripStatus::Cancelled { .. }
            | TripStatus::NoShow(_)
            | TripStatus::Unmet(_),
            _,
        ) => None,
    }
}
