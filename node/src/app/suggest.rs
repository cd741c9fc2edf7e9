//! Who could drive: dispatch asked with what the store knows. Must never assign anybody.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::{Timestamp, ToSpan as _, civil::Date};
use maillage_dispatch::{Candidate, Commitment, LegRequest, Pair, Ranked, Ranking, rank};
use maillage_domain::{
    civil::day_of,
    ids::VolunteerKind,
    person::PersonDetails,
    request::places,
    roads::RoadsSource,
    roles::Operation,
    trip::{Anchor, Trip, TripStatus},
    volunteer::Volunteer,
};
use maillage_engine::View;
use maillage_federation::{
    handover::Offer,
    ids::{HandoverKind, Id, TripKind},
    month::paris,
};
use maillage_platform::refusal::Refusal;
use maillage_store::{handovers, persons, reference, trips, volunteers};

use super::{Aborted, App, caller::Caller, people::documents, planning::rounds, refusals, roads};
use crate::limits::VOLUNTEERS;

/// Who could drive a trip, and its sibling if it is as open as the trip itself. The road router is asked first, for a short while.
///
/// # Errors
/// `trip-unknown`; what dispatch cannot answer; the store.
pub async fn suggest(
    app: &Arc<App>,
    caller: &Caller,
    trip: Id<TripKind>,
    single: bool,
) -> Result<Suggestion, Refusal> {
    caller.check(Operation::TripSuggest)?;
    roads::prepare(app, |_, view| pairs_of_trip(view, trip, single)).await;
    app.look(caller, Operation::TripSuggest, |app, view| {
        let trips = together(view, trip, single)?;
        let legs: Vec<LegRequest> =
            trips.iter().map(|trip| leg_of(view, trip)).collect::<Result<_, Aborted>>()?;
        suggest_legs(app, view, &legs, None)
    })
}

/// The pairs of communes that a suggestion for a trip needs.
///
/// # Errors
/// `trip-unknown`; the store.
pub fn pairs_of_trip(view: &dyn View, trip: Id<TripKind>, single: bool) -> Result<BTreeSet<Pair>, Aborted> {
    let legs: Vec<LegRequest> = together(view, trip, single)?.iter().map(LegRequest::of).collect();
    rounds::pairs_of(view, &legs)
}

/// A ranking with the volunteers it speaks of.
#[derive(Debug, Clone)]
pub struct Suggestion {
    /// Who can and who cannot.
    pub ranking: Ranking,
    /// Where every distance and time in it comes from.
    pub roads: RoadsSource,
    /// The volunteers, by id.
    pub volunteers: BTreeMap<Id<VolunteerKind>, Volunteer>,
}

impl Suggestion {
    /// The candidate for a volunteer.
    pub fn candidate(&self, volunteer: Id<VolunteerKind>) -> Option<&Ranked> {
        self.ranking.candidates.iter().find(|candidate| candidate.volunteer == volunteer)
    }
}

/// What has to be driven for a trip, with what its passenger needs now and the drivers she or he does not want.
///
/// # Errors
/// A person and companions who fit into no vehicle; the store.
pub fn leg_of(view: &dyn View, trip: &Trip) -> Result<LegRequest, Aborted> {
    let leg = LegRequest::of(trip);
    let person = trip.person().map(|person| persons::find(view, person)).transpose()?.flatten();
    let Some(person) = person else { return Ok(leg) };
    let (_, seats) = places(trip.terms.companions, &person).map_err(refusals::request)?;
    let PersonDetails { needs, avoid, pooling, .. } = person.details;
    let pooling = trip.may_share(pooling);
    Ok(LegRequest { seats, needs, avoid: avoid.into_iter().collect(), pooling, ..leg })
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
    suggest_legs_with(app, view, legs, without, None)
}

/// As [`suggest_legs`], as if some trips were not driven at all: those the legs would replace. Rounds are not looked at.
///
/// # Errors
/// As [`suggest_legs`].
pub fn suggest_instead(
    app: &App,
    view: &dyn View,
    legs: &[LegRequest],
    (without, replaced): (Option<Id<HandoverKind>>, &[Id<TripKind>]),
) -> Result<Suggestion, Aborted> {
    ranked(app, view, legs, (without, replaced), None)
}

/// As [`suggest_legs`], with one volunteer looked at as given: in a vehicle that was chosen.
///
/// # Errors
/// As [`suggest_legs`].
pub fn suggest_legs_with(
    app: &App,
    view: &dyn View,
    legs: &[LegRequest],
    without: Option<Id<HandoverKind>>,
    instead: Option<Volunteer>,
) -> Result<Suggestion, Aborted> {
    ranked(app, view, legs, (without, &[]), instead)
}

fn ranked(
    app: &App,
    view: &dyn View,
    legs: &[LegRequest],
    (without, replaced): (Option<Id<HandoverKind>>, &[Id<TripKind>]),
    instead: Option<Volunteer>,
) -> Result<Suggestion, Aborted> {
    let mut all = volunteers::list(view, None, VOLUNTEERS)?;
    let chosen_vehicle = instead.is_some();
    if let Some(instead) = instead
        && let Some(known) = all.iter_mut().find(|known| known.id == instead.id)
    {
        *known = instead;
    }
    let from = legs.iter().map(|leg| leg.earliest_pickup).min().unwrap_or_default();
    let to = legs.iter().map(|leg| leg.latest_arrival).max().unwrap_or_default();
    let (from, to, done) = if all.iter().any(counts_its_weeks) {
        let (first, last) = weeks(from, to);
        (from.min(start_of(first)), to.max(start_of(last)), driven(view, first, last)?)
    } else {
        (from, to, BTreeMap::new())
    };
    let required = documents::required(view)?;
    let reserved = reservations(app, view, without)?;
    let mut committed = BTreeMap::new();
    for volunteer in &all {
        let drives = trips::commitments_of(view, volunteer.id, from, to)?;
        let kept = drives.into_iter().filter(|(trip, _)| !replaced.contains(trip));
        let mut commitments: Vec<Commitment> = kept.map(|(_, drive)| Commitment::from(drive)).collect();
        commitments.extend(reserved.get(&volunteer.id).into_iter().flatten().copied());
        committed.insert(volunteer.id, commitments);
    }
    let schools = reference::school_holidays(view)?;
    let candidates: Vec<Candidate<'_>> = all
        .iter()
        .filter_map(|volunteer| {
            let commitments = committed.get(&volunteer.id)?;
            let done = done.get(&volunteer.id).map(Vec::as_slice).unwrap_or_default();
            Some(Candidate { volunteer, commitments, done, schools: &schools })
        })
        .collect();
    // For the rounds of the day too: what a driver adds to them is compared with what the ranking says.
    let roads = roads::choose(app, view, &rounds::pairs_of(view, legs)?)?;
    let ranking = rank(legs, &candidates, &required, &roads, app.geography).map_err(refusals::rank)?;
    let volunteers = all.into_iter().map(|volunteer| (volunteer.id, volunteer)).collect();
    let mut suggestion = Suggestion { ranking, roads: roads.source(), volunteers };
    if !chosen_vehicle && replaced.is_empty() {
        rounds::add(app, view, legs, without, &roads, &mut suggestion)?;
    }
    Ok(suggestion)
}

/// Drives of a volunteer that are over, of the weeks that legs fall into, if the volunteer has set a limit to a week.
///
/// # Errors
/// The store.
pub fn driven_in_weeks_of(
    view: &dyn View,
    volunteer: &Volunteer,
    legs: &[LegRequest],
) -> Result<Vec<Commitment>, Aborted> {
    let from = legs.iter().map(|leg| leg.earliest_pickup).min();
    let to = legs.iter().map(|leg| leg.latest_arrival).max();
    match (from, to) {
        (Some(from), Some(to)) if counts_its_weeks(volunteer) => {
            let (first, last) = weeks(from, to);
            Ok(driven(view, first, last)?.remove(&volunteer.id).unwrap_or_default())
        }
        (_, _) => Ok(Vec::new()),
    }
}

/// Whether a volunteer has set a limit to a week.
fn counts_its_weeks(volunteer: &Volunteer) -> bool {
    let limits = &volunteer.details.limits;
    limits.trips_per_week.is_some() || limits.hours_per_week.is_some()
}

/// The Monday of the civil week of an instant, and the Monday after the week of another.
pub(super) fn weeks(from: Timestamp, to: Timestamp) -> (Date, Date) {
    let monday = |instant: Timestamp, days: i8| {
        let day = day_of(instant);
        let back = i32::from(days - day.weekday().to_monday_zero_offset());
        day.checked_add(back.days()).unwrap_or(day)
    };
    (monday(from, 0), monday(to, 7))
}

pub(super) fn start_of(day: Date) -> Timestamp {
    day.to_zoned(paris()).map(|start| start.timestamp()).unwrap_or_default()
}

/// Drives that are over, of days from the first on and before the last, by volunteer.
pub(super) fn driven(
    view: &dyn View,
    first: Date,
    last: Date,
) -> Result<BTreeMap<Id<VolunteerKind>, Vec<Commitment>>, Aborted> {
    let mut driven: BTreeMap<_, Vec<Commitment>> = BTreeMap::new();
    for day in first.series(1.day()).take_while(|day| *day < last) {
        for trip in trips::on_day(view, day)? {
            if let (TripStatus::Completed { .. }, Some(drive)) = (trip.status(), trip.state().assignment) {
                driven.entry(drive.volunteer).or_default().push(Commitment::from(drive));
            }
        }
    }
    Ok(driven)
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
            passenger: None,
            avoid: BTreeSet::new(),
            // Nobody there was asked for a ride with people of ours.
            pooling: false,
        })
        .collect()
}

/// Spans in which volunteers are reserved for bids that are still live.
pub(super) fn reservations(
    app: &App,
    view: &dyn View,
    without: Option<Id<HandoverKind>>,
) -> Result<BTreeMap<Id<VolunteerKind>, Vec<Commitment>>, Aborted> {
    let mut reserved: BTreeMap<_, Vec<Commitment>> = BTreeMap::new();
    let Some(membership) = app.link.membership() else {
        return Ok(reserved);
    };
    for incoming in handovers::open_incoming(view, membership.me)? {
        if Some(incoming.handover) == without {
            continue;
        }
        if let Some(reservation) = incoming.counts_on(membership.me, app.now()) {
            let spans = reservation.spans.iter().map(|(start, end)| Commitment { start: *start, end: *end });
            reserved.entry(reservation.volunteer).or_default().extend(spans);
        }
    }
    Ok(reserved)
}

/// Whether two legs wait for the same decision: same status, same driver, same custody, and a time both.
fn alike(one: &Trip, other: &Trip) -> bool {
    let waits = one.waits_for_call() || other.waits_for_call();
    !waits
        && one.status() == other.status()
        && one.volunteer() == other.volunteer()
        && one.custody() == other.custody()
}
