//! Changing trips before the person is on board, giving a return its time, looking again for a driver; and finding trips
//! in pages. A driver is freed when a promised drive does not fit any more, never moved silently.

use std::{collections::BTreeSet, sync::Arc};

use jiff::civil::Date;
use maillage_dispatch::{Journey, Pair};
use maillage_domain::{
    ids::{PersonKind, SeriesKind, VolunteerKind},
    place::NewPlace,
    request::{
        Asked, OutboundTime, Planning, RequestTime, ReturnTime, outbound_window, parse_pooling,
        return_window, time,
    },
    roads::RoadsSource,
    roles::Operation,
    text::Notes,
    trip::{Anchor, Edited, Leg, PoolingWord, Stage, Trip, TripAction, TripChange, TripWindow},
};
use maillage_engine::View;
use maillage_federation::ids::{Id, TripKind};
use maillage_geography::InseeCode;
use maillage_platform::refusal::Refusal;
use maillage_store::trips::{self, TripPage, TripRange};

use super::{
    Aborted, App,
    caller::Caller,
    edit::check_etag,
    frames,
    offers::save,
    refusals, relays, roads,
    suggest::{find, together},
    trips::{apply, note},
};
use crate::limits::ROWS_LOOKED_AT;

/// What is to be different about a trip, as typed; nothing means that it stays.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct NewTripChange {
    /// Where the person is fetched.
    pub pickup: Option<NewPlace>,
    /// Where the person is brought.
    pub dropoff: Option<NewPlace>,
    /// Civil time to be there: this or `pickup_at`.
    pub arrive_by: Option<String>,
    /// Civil time to be fetched: this or `arrive_by`.
    pub pickup_at: Option<String>,
    /// Tolerance in seconds around the time given with it.
    pub tolerance_s: Option<u32>,
    /// Whether being late is acceptable, for the time given with it.
    pub late_ok: Option<bool>,
    /// How many people travel along.
    pub companions: Option<u32>,
    /// What the driver should know about this trip.
    pub notes: Option<String>,
    /// Whether others may be in the car on this trip: `alone`, `agreed`, or `as-person` for what the person has said for all.
    pub pooling: Option<String>,
    /// Why the caller signs an exception, should the change take the trip out of every legal frame; empty for none.
    pub exception_reason: String,
}

/// Changes what was asked for one trip.
///
/// # Errors
/// `changed-meanwhile`; what was typed is not acceptable; `trip-wrong-…`; `trip-legs-cross` for a return before the
/// arrival; `out-of-frame` with the reasons, `exception-reason`; the store.
pub async fn edit(
    app: &Arc<App>,
    caller: &Caller,
    trip: Id<TripKind>,
    new: NewTripChange,
    etag: String,
) -> Result<Edited, Refusal> {
    caller.check(Operation::TripEdit)?;
    let signing = signing(caller, &new.exception_reason)?;
    roads::prepare(app, |app, view| changed_road(app, view, trip, &new)).await;
    let by = caller.clone();
    app.act(caller, Operation::TripEdit, move |app, transaction| {
        let trip = find(transaction, trip)?;
        check_etag(&etag, trip.revision())?;
        let change = change(app, transaction, &trip, &new)?;
        if trip.is_stage() && change.companions.is_some() {
            // The other car needs the place too.
            return Err(refusals::conflict("trip-shared").into());
        }
        let edited = trip.edit(&change, app.now()).map_err(refusals::trip)?;
        check_legs(transaction, &edited.trip)?;
        save(app, transaction, &edited.trip)?;
        let moved = change.pickup.is_some() || change.dropoff.is_some() || change.window.is_some();
        frames::follow(app, transaction, &edited.trip, moved, signing)?;
        note(app, transaction, &by, Operation::TripEdit, std::slice::from_ref(&edited.trip))?;
        Ok(edited)
    })
    .await
}

/// Who signs an exception and why, if a reason is given.
fn signing(caller: &Caller, reason: &str) -> Result<Option<(String, Notes)>, Refusal> {
    if reason.trim().is_empty() {
        return Ok(None);
    }
    caller.check(Operation::FrameExcept)?;
    Ok(Some((caller.label().to_owned(), frames::parse_reason(reason)?)))
}

/// The person has called: the return that waited has its time now.
///
/// # Errors
/// `trip-not-on-call`, `trip-legs-cross`, a time that is not acceptable; the store.
pub async fn call_for_return(
    app: &Arc<App>,
    caller: &Caller,
    trip: Id<TripKind>,
    pickup_at: String,
) -> Result<Trip, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::TripCall, move |app, transaction| {
        let trip = find(transaction, trip)?;
        let now = app.now();
        let at = if pickup_at.trim().is_empty() {
            now
        } else {
            time(RequestTime::Return, &pickup_at, now).map_err(refusals::request)?
        };
        let window = return_window(
            ReturnTime::At(at),
            at,
            asked(&trip, None, None),
            ride(app, transaction, &trip)?.0.duration_s,
        );
        let called = trip.call(window, now).map_err(refusals::trip)?;
        check_legs(transaction, &called)?;
        save(app, transaction, &called)?;
        note(app, transaction, &by, Operation::TripCall, std::slice::from_ref(&called))?;
        Ok(called)
    })
    .await
}

/// Somebody looks for a driver again. The ledger of unmet need keeps that it was unmet.
///
/// # Errors
/// `trip-wrong-…`, `trip-already-counted`; the store.
pub async fn reopen(
    app: &Arc<App>,
    caller: &Caller,
    trip: Id<TripKind>,
    single: bool,
) -> Result<Vec<Trip>, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::TripReopen, move |app, transaction| {
        let legs = together(transaction, trip, single)?;
        for leg in legs.iter().filter(|leg| leg.terms.relay.is_some_and(|relay| relay.stage == Stage::Far)) {
            relays::check_whole(transaction, std::slice::from_ref(leg))?;
        }
        let mut reopened = apply(app, transaction, legs, |_| Some(TripAction::Reopen))?;
        for leg in &mut reopened {
            // Somebody is looked for again for the whole journey, if the other stage is over as well.
            if relays::other_has_failed(transaction, leg)? {
                *leg = relays::made_whole(app, transaction, leg)?;
            }
        }
        note(app, transaction, &by, Operation::TripReopen, &reopened)?;
        Ok(reopened)
    })
    .await
}

/// Which trips are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TripFilter {
    /// First civil day; none for the beginning.
    pub from: Option<Date>,
    /// Last civil day; none for the end.
    pub to: Option<Date>,
    /// Code of the status; empty for all.
    pub status: String,
    /// Driver, asked or promised.
    pub volunteer: Option<Id<VolunteerKind>>,
    /// Commune of pickup or of arrival.
    pub commune: Option<InseeCode>,
    /// Series they were made for.
    pub series: Option<Id<SeriesKind>>,
    /// Who travels.
    pub person: Option<Id<PersonKind>>,
}

/// A page of trips in the order of their days. A page may be short, or empty, and still not be the last: it says after
/// which trip to go on.
///
/// # Errors
/// `not-yours` for another volunteer's trips; the store.
pub fn page(
    app: &App,
    caller: &Caller,
    filter: &TripFilter,
    after: Option<Id<TripKind>>,
    limit: usize,
) -> Result<TripPage, Refusal> {
    app.look(caller, Operation::TripList, |_, view| {
        let range = TripRange {
            from: filter.from.unwrap_or(Date::ZERO),
            to: filter.to.unwrap_or(Date::MAX),
            volunteer: filter.volunteer,
        };
        let wanted = |trip: &Trip| is_wanted(trip, filter);
        Ok(trips::in_range(view, &range, after, (limit, ROWS_LOOKED_AT), wanted)?)
    })
}

/// A page of a person's trips, newest first.
///
/// # Errors
/// The store.
pub fn history(
    app: &App,
    caller: &Caller,
    person: Id<PersonKind>,
    before: Option<Id<TripKind>>,
    limit: usize,
) -> Result<TripPage, Refusal> {
    app.look(caller, Operation::TripList, |_, view| {
        let found = trips::of_person_before(view, person, before, limit)?;
        let full = found.len() == limit;
        let next_after = found.last().map(Trip::id).filter(|_| full);
        Ok(TripPage { trips: found, next_after })
    })
}

fn is_wanted(trip: &Trip, filter: &TripFilter) -> bool {
    let TripFilter { from: _, to: _, status, volunteer: _, commune, series, person } = filter;
    let terms = &trip.terms;
    let there = |code: InseeCode| terms.pickup.commune == code || terms.dropoff.commune == code;
    (status.is_empty() || trip.status().code() == status)
        && commune.is_none_or(there)
        && series.is_none_or(|series| terms.occurrence.is_some_and(|day| day.series == series))
        && person.is_none_or(|person| trip.person() == Some(person))
}

/// What was typed, as a change of a trip.
pub(super) fn change(
    app: &App,
    view: &dyn View,
    trip: &Trip,
    new: &NewTripChange,
) -> Result<TripChange, Aborted> {
    let place = |typed: &Option<NewPlace>| typed.as_ref().map(|place| place.parse(app.geography)).transpose();
    let pickup = place(&new.pickup).map_err(|error| refusals::place("pickup", error))?;
    let dropoff = place(&new.dropoff).map_err(|error| refusals::place("dropoff", error))?;
    let companions = new.companions.map(u8::try_from).transpose();
    let companions = companions.map_err(|_| {
        refusals::invalid("request-companions").with("companions", new.companions.unwrap_or(0))
    })?;
    let notes = new.notes.as_deref().map(Notes::parse).transpose();
    let mut moved = trip.clone();
    moved.terms.pickup = pickup.clone().unwrap_or(moved.terms.pickup);
    moved.terms.dropoff = dropoff.clone().unwrap_or(moved.terms.dropoff);
    let (ride, source) = ride(app, view, &moved)?;
    let elsewhere = pickup.is_some() || dropoff.is_some();
    Ok(TripChange {
        pickup,
        dropoff,
        window: window(app, (&moved, ride), new, elsewhere)?,
        direct: elsewhere.then_some((ride.distance_m, source)),
        companions,
        notes: notes.map_err(|error| refusals::text("notes", error))?,
        pooling: pooling(new)?,
        ..TripChange::default()
    })
}

/// The choice about riding with others that was typed.
fn pooling(new: &NewTripChange) -> Result<Option<PoolingWord>, Refusal> {
    match new.pooling.as_deref().map(str::trim) {
        None | Some("") => Ok(None),
        Some("as-person") => Ok(Some(PoolingWord::AsPerson)),
        Some(code) => Ok(parse_pooling(code).map_err(refusals::request)?.map(PoolingWord::OfTrip)),
    }
}

/// The window that was typed, or the one that a longer or shorter ride asks for.
fn window(
    app: &App,
    (trip, ride): (&Trip, Journey),
    new: &NewTripChange,
    elsewhere: bool,
) -> Result<Option<TripWindow>, Aborted> {
    let which = match trip.terms.leg {
        Leg::Outbound => RequestTime::Outbound,
        Leg::Return => RequestTime::Return,
    };
    let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    let read = |text: String| time(which, &text, app.now()).map_err(refusals::request);
    let at = match (given(&new.arrive_by), given(&new.pickup_at)) {
        (Some(_), Some(_)) => return Err(refusals::invalid("request-one-time").into()),
        (Some(text), None) => OutboundTime::ArriveBy(read(text)?),
        (None, Some(text)) => OutboundTime::PickupAt(read(text)?),
        (None, None) if new.tolerance_s.is_some() || new.late_ok.is_some() => {
            return Err(refusals::invalid("trip-tolerance-without-time").into());
        }
        (None, None) if !elsewhere => return Ok(None),
        (None, None) => match trip.terms.anchor {
            Anchor::Call => return Ok(None),
            Anchor::Pickup => OutboundTime::PickupAt(trip.terms.earliest_pickup),
            Anchor::Arrival => OutboundTime::ArriveBy(agreed_arrival(trip)),
        },
    };
    let asked = asked(trip, new.tolerance_s, new.late_ok);
    if asked.tolerance_s > maillage_domain::limits::TOLERANCE_S {
        return Err(refusals::invalid("request-tolerance").with("seconds", asked.tolerance_s).into());
    }
    let planning = Planning {
        request: app.new_id(),
        outbound: trip.id(),
        back: trip.id(),
        model: trip.terms.model.clone(),
        occurrence: trip.terms.occurrence,
        direct_m: trip.terms.direct_m,
        ride_s: ride.duration_s,
        back_m: trip.terms.direct_m,
        back_s: ride.duration_s,
        roads: trip.terms.direct_by,
        now: app.now(),
    };
    Ok(Some(outbound_window(at, asked, &planning).0))
}

/// The time of the appointment: the end of the window, less what may be late.
fn agreed_arrival(trip: &Trip) -> jiff::Timestamp {
    let late_s = if trip.terms.late_ok { trip.terms.tolerance_s } else { 0 };
    let late = jiff::SignedDuration::from_secs(late_s.into());
    trip.terms.latest_arrival.saturating_sub(late).unwrap_or(trip.terms.latest_arrival)
}

fn asked(trip: &Trip, tolerance_s: Option<u32>, late_ok: Option<bool>) -> Asked {
    Asked {
        tolerance_s: tolerance_s.unwrap_or(trip.terms.tolerance_s),
        late_ok: late_ok.unwrap_or(trip.terms.late_ok),
    }
}

/// The road that a trip has after a change; what was mistyped is told by the change itself.
fn changed_road(
    app: &App,
    view: &dyn View,
    trip: Id<TripKind>,
    new: &NewTripChange,
) -> Result<BTreeSet<Pair>, Aborted> {
    let terms = find(view, trip)?.terms;
    let commune = |typed: &Option<NewPlace>, now: InseeCode| {
        let typed = typed.as_ref().and_then(|place| place.parse(app.geography).ok());
        typed.map_or(now, |place| place.commune)
    };
    let road = (commune(&new.pickup, terms.pickup.commune), commune(&new.dropoff, terms.dropoff.commune));
    Ok([road].into_iter().filter(|(from, to)| from != to).collect())
}

fn ride(app: &App, view: &dyn View, trip: &Trip) -> Result<(Journey, RoadsSource), Aborted> {
    roads::ride(app, view, (trip.terms.pickup.commune, trip.terms.dropoff.commune))
}

/// The way back begins when the outbound can have arrived.
fn check_legs(view: &dyn View, trip: &Trip) -> Result<(), Aborted> {
    let Some(sibling) = trip.terms.sibling else { return Ok(()) };
    let (trip, sibling) =
        (relays::at_destination(view, trip)?, relays::at_destination(view, &find(view, sibling)?)?);
    let (there, back) = match trip.terms.leg {
        Leg::Outbound => (&trip, &sibling),
        Leg::Return => (&sibling, &trip),
    };
    let crossed = back.terms.latest_arrival <= there.terms.latest_arrival
        || back.terms.earliest_pickup < there.terms.earliest_pickup;
    if sibling.is_open() && crossed { Err(refusals::invalid("trip-legs-cross").into()) } else { Ok(()) }
}

impl std::fmt::Debug for NewTripChange {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("NewTripChange(…)")
    }
}
