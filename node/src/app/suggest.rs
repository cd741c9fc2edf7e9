//! Who could drive: dispatch asked with what the store knows. Must never assign anybody.

use std::collections::BTreeMap;

use maillage_dispatch::{Candidate, Commitment, LegRequest, Ranked, Ranking, rank};
use maillage_domain::{
    ids::VolunteerKind,
    roles::Operation,
    trip::{Anchor, Trip},
    volunteer::Volunteer,
};
use maillage_engine::View;
use maillage_federation::{
    handover::Offer,
    ids::{HandoverKind, Id, TripKind},
};
use maillage_platform::refusal::Refusal;
use maillage_store::{handovers, trips, volunteers};

use super::{Aborted, App, caller::Caller, refusals};
use crate::limits::VOLUNTEERS;

/// Who could drive a trip, and its sibling if it is as open as the trip itself.
///
/// # Errors
/// `trip-unknown`; what dispatch cannot answer; the store.
pub fn suggest(app: &App, caller: &Caller, trip: Id<TripKind>, single: bool) -> Result<Suggestion, Refusal> {
    app.look(caller, Operation::TripSuggest, |app, view| {
        let trips = together(view, trip, single)?;
        let legs: Vec<LegRequest> = trips.iter().map(LegRequest::of).collect();
        suggest_legs(app, view, &legs, None)
    })
}

/// A ranking with the volunteers it speaks of.
#[derive(Debug, Clone)]
pub struct Suggestion {
    /// Who can and who cannot.
    pub ranking: Ranking,
    /// The volunteers, by id.
    pub volunteers: BTreeMap<Id<VolunteerKind>, Volunteer>,
}

impl Suggestion {
    /// The candidate for a volunteer.
    pub fn candidate(&self, volunteer: Id<VolunteerKind>) -> Option<&Ranked> {
        self.ranking.candidates.iter().find(|candidate| candidate.volunteer == volunteer)
    }
}

/// A trip and, unless `single`, its sibling when both wait for the same decision: outbound first.
///
/// # Errors
/// `trip-unknown`; the store.
pub fn together(view: &dyn View, id: Id<TripKind>, single: bool) -> Result<Vec<Trip>, Aborted> {
    let trip = find(view, id)?;
    let sibling = match trip.terms.sibling {
        Some(sibling) if !single => Some(find(view, sibling)?),
        Some(_) | None => None,
    };
    let mut both = vec![trip];
    if let Some(sibling) = sibling
        && both.iter().all(|trip| alike(trip, &sibling))
    {
        both.push(sibling);
    }
    both.sort_by_key(|trip| trip.terms.leg);
    Ok(both)
}

/// One trip.
///
/// # Errors
/// `trip-unknown`; the store.
pub fn find(view: &dyn View, id: Id<TripKind>) -> Result<Trip, Aborted> {
    trips::find(view, id)?.ok_or_else(|| refusals::unknown("trip-unknown").with("id", id).into())
}

/// Ranks every volunteer for legs. `without` is a handover whose own soft reservation does not count.
///
/// # Errors
/// What dispatch cannot answer; the store.
pub fn suggest_legs(
    app: &App,
    view: &dyn View,
    legs: &[LegRequest],
    without: Option<Id<HandoverKind>>,
) -> Result<Suggestion, Aborted> {
    let all = volunteers::list(view, None, VOLUNTEERS)?;
    let from = legs.iter().map(|leg| leg.earliest_pickup).min().unwrap_or_default();
    let to = legs.iter().map(|leg| leg.latest_arrival).max().unwrap_or_default();
    let reserved = reservations(app, view, without)?;
    let mut committed = BTreeMap::new();
    for volunteer in &all {
        let drives = trips::commitments_of(view, volunteer.id, from, to)?;
        let mut commitments: Vec<Commitment> =
            drives.into_iter().map(|(_, drive)| Commitment::from(drive)).collect();
        commitments.extend(reserved.get(&volunteer.id).into_iter().flatten().copied());
        committed.insert(volunteer.id, commitments);
    }
    let candidates: Vec<Candidate<'_>> = all
        .iter()
        .filter_map(|volunteer| {
            let commitments = committed.get(&volunteer.id)?;
            Some(Candidate { volunteer, commitments })
        })
        .collect();
    let ranking = rank(legs, &candidates, &app.estimator, app.geography).map_err(refusals::rank)?;
    Ok(Suggestion {
        ranking,
        volunteers: all.into_iter().map(|volunteer| (volunteer.id, volunteer)).collect(),
    })
}

/// What a neighbour's offer asks to be driven: the window as offered, rounded outwards.
pub fn offered_legs(offer: &Offer) -> Vec<LegRequest> {
    let seats = u8::try_from(offer.seats).unwrap_or(u8::MAX);
    let wheelchair = offer.needs.wheelchair_place();
    let instant = |ms| jiff::Timestamp::from_millisecond(ms).unwrap_or_default();
    offer
        .legs
        .iter()
        .enumerate()
        .map(|(index, leg)| LegRequest {
            pickup: leg.pickup,
            dropoff: leg.dropoff,
            earliest_pickup: instant(leg.window_start_ms),
            latest_arrival: instant(leg.window_end_ms),
            anchor: if index == 0 { Anchor::Arrival } else { Anchor::Pickup },
            seats: seats.saturating_sub(u8::from(wheelchair)),
            needs: offer.needs.clone(),
        })
        .collect()
}

/// Spans in which volunteers are reserved for bids that are still live.
fn reservations(
    app: &App,
    view: &dyn View,
    without: Option<Id<HandoverKind>>,
) -> Result<BTreeMap<Id<VolunteerKind>, Vec<Commitment>>, Aborted> {
    let mut reserved: BTreeMap<_, Vec<Commitment>> = BTreeMap::new();
    let Some(membership) = app.link.membership() else {
        return Ok(reserved);
    };
    for incoming in handovers::open_incoming(view, membership.me)? {
        if Some(incoming.handover) == without || !incoming.trips.is_empty() {
            continue;
        }
        if let Some(reservation) = incoming.bid {
            let spans = reservation.spans.iter().map(|(start, end)| Commitment { start: *start, end: *end });
            reserved.entry(reservation.volunteer).or_default().extend(spans);
        }
    }
    Ok(reserved)
}

/// Whether two legs wait for the same decision: same status, same driver, same custody.
fn alike(one: &Trip, other: &Trip) -> bool {
    one.status() == other.status() && one.volunteer() == other.volunteer() && one.custody() == other.custody()
}
