//! Books the legs of a handover that went under an agreement, in the transaction in which this node learns that it is over.
//! The origin books what it was told, the carrier what its own trips say; a cancellation is booked by both from the window
//! that was offered and from the instant at which the hub decided it. Must never book what no award names an agreement for.

use maillage_domain::{
    handover::{Incoming, IncomingStanding, Outgoing, OutgoingStanding},
    settlement::{Booked, Carrier},
    trip::Trip,
};
use maillage_engine::Transaction;
use maillage_federation::{
    handover::{LegOutcome, Offer, OutcomeDetails},
    ids::{HandoverKind, Id, NodeKind},
    limits,
    month::Month,
    settlement::{LegKey, What},
};
use maillage_store::settlements;

use crate::app::{Aborted, handover::Desk, refusals};

/// A handover that was carried under a version of the agreement with a member.
struct Carried<'a> {
    handover: Id<HandoverKind>,
    other: Id<NodeKind>,
    carrier: Carrier,
    version: u32,
    offer: &'a Offer,
}

/// Books what the member that carried has told.
///
/// # Errors
/// The store.
pub(in crate::app) fn told(
    desk: &mut Desk<'_, '_>,
    outgoing: &Outgoing,
    outcome: &OutcomeDetails,
) -> Result<(), Aborted> {
    let OutgoingStanding::Done { holder } = outgoing.standing() else { return Ok(()) };
    let Some(carried) = by_them(outgoing, holder) else { return Ok(()) };
    let told = outcome.legs.iter().copied().chain(std::iter::repeat(LegOutcome::NOT_DONE));
    carried.book(desk, told.map(What::of_outcome))
}

/// Books what this node has called off, at the instant at which the hub decided it.
///
/// # Errors
/// The store.
pub(in crate::app) fn called_off(
    desk: &mut Desk<'_, '_>,
    outgoing: &Outgoing,
    decided_at_ms: i64,
) -> Result<(), Aborted> {
    let holder = outgoing.record.as_ref().and_then(|record| record.state.holder());
    let (OutgoingStanding::Cancelled, Some(holder)) = (outgoing.standing(), holder) else { return Ok(()) };
    let Some(carried) = by_them(outgoing, holder) else { return Ok(()) };
    carried.book(desk, outgoing.offer.legs.iter().map(|leg| What::of_cancellation(leg, decided_at_ms)))
}

/// Books what this node has carried, leg by leg as it has accounted for it.
///
/// # Errors
/// The store.
pub(in crate::app) fn carried(
    desk: &mut Desk<'_, '_>,
    incoming: &Incoming,
    legs: impl IntoIterator<Item = LegOutcome>,
) -> Result<(), Aborted> {
    match by_us(incoming) {
        Some(carried) => carried.book(desk, legs.into_iter().map(What::of_outcome)),
        None => Ok(()),
    }
}

/// Books what was called off while this node held it, at the instant at which the hub decided it.
///
/// # Errors
/// The store.
pub(in crate::app) fn called_off_here(
    desk: &mut Desk<'_, '_>,
    incoming: &Incoming,
    decided_at_ms: i64,
) -> Result<(), Aborted> {
    let cancelled = incoming.standing(desk.membership.me) == IncomingStanding::Cancelled;
    match by_us(incoming).filter(|_| cancelled) {
        Some(carried) => carried
            .book(desk, incoming.offer.legs.iter().map(|leg| What::of_cancellation(leg, decided_at_ms))),
        None => Ok(()),
    }
}

/// Notes down what a driver collected from the passenger of another member, before the trip is told of. From a passenger of
/// this node it is a payment, not a matter between members.
///
/// # Errors
/// `trip-collected-own`, `trip-collected-range`; the store.
pub(in crate::app) fn note_collected(
    transaction: &mut Transaction<'_>,
    trip: &Trip,
    cents: u32,
) -> Result<(), Aborted> {
    if cents == 0 {
        return Ok(());
    }
    if !trip.is_carried() {
        return Err(refusals::conflict("trip-collected-own").into());
    }
    if cents > limits::CONTRIBUTION_CENTS {
        return Err(refusals::invalid("trip-collected-range").into());
    }
    Ok(settlements::put_collected(transaction, trip.id(), cents)?)
}

/// A node that was restored from before its award knows the bid alone.
fn by_them(outgoing: &Outgoing, holder: Id<NodeKind>) -> Option<Carried<'_>> {
    let (handover, offer) = (outgoing.handover, &outgoing.offer);
    let version = match outgoing.award {
        Some(_) => outgoing.agreed,
        None => outgoing.bids.get(&holder).and_then(|bid| bid.agreement),
    };
    version.map(|version| Carried { handover, other: holder, carrier: Carrier::Them, version, offer })
}

fn by_us(incoming: &Incoming) -> Option<Carried<'_>> {
    let (handover, other, offer) = (incoming.handover, incoming.origin, &incoming.offer);
    incoming.agreed.map(|version| Carried { handover, other, carrier: Carrier::Us, version, offer })
}

impl Carried<'_> {
    /// Writes each leg. What was booked before gives way, as an outcome does to a cancellation that it crossed; what somebody has
    /// put right stays. A leg that costs nothing is written only in the place of one that did.
    fn book(
        &self,
        desk: &mut Desk<'_, '_>,
        whats: impl IntoIterator<Item = Option<What>>,
    ) -> Result<(), Aborted> {
        for ((leg, day), what) in (0..).zip(self.offer.pickup_days()).zip(whats) {
            let key = LegKey { handover: self.handover, leg };
            let month = Month::of_day(day).map_err(refusals::internal)?;
            let known = settlements::leg(desk.transaction, (self.other, month), key)?;
            let corrected = known.and_then(|known| known.corrected);
            let booked = Booked { key, carrier: self.carrier, day, version: self.version, what, corrected };
            if known.is_some() || what.is_some() {
                settlements::put_leg(desk.transaction, self.other, &booked)?;
            }
        }
        Ok(())
    }
}
