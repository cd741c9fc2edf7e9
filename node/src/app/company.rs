//! People in one car: what happens to the drives of the others when somebody joins a drive or leaves it. The promised times of
//! those who stay never change, and what the driver drove counts once. Must never ask or free anybody.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date};
use maillage_dispatch::territory::{DayCommunes, DraftError, Ride, ride_together, with_company};
use maillage_domain::{
    civil::day_of,
    ids::VolunteerKind,
    place::Place,
    trip::{Absentee, Assignment, CorrectionReason, Ending, SharedRide, Trip, TripStatus},
};
use maillage_engine::{Transaction, View};
use maillage_federation::ids::{Id, TripKind};
use maillage_platform::refusal::{Refusal, RefusalKind};
use maillage_store::{
    trips::{self, TripRange},
    volunteers,
};

use super::{
    Aborted, App, frames, models, money::corrected::take_back, planning::gather::can_take_others, refusals,
    roads, suggest::leg_of,
};
use crate::limits::ROWS_LOOKED_AT;

/// The other trips whose people are in the car during a part of a trip, in the order of pickups; none for who rides alone.
///
/// # Errors
/// The store.
pub fn riders_with(view: &dyn View, trip: &Trip) -> Result<Vec<Trip>, Aborted> {
    let Some(drive) = trip.assignment().filter(|drive| drive.shared.is_some() && is_driven(trip)) else {
        return Ok(Vec::new());
    };
    let mut found = of_day(view, drive.volunteer, day_of(trip.terms.earliest_pickup))?;
    found.retain(|other| {
        let overlaps = |other: Assignment| other.pickup < drive.arrival && drive.pickup < other.arrival;
        let shared = |drive: Assignment| drive.shared.is_some() && overlaps(drive);
        other.id() != trip.id() && !is_absent(other) && other.assignment().is_some_and(shared)
    });
    found.sort_by_key(|other| other.assignment().map(|drive| drive.pickup));
    Ok(found)
}

/// A drive from where the car sets out until it is back, with others in it.
pub(super) fn whole_drive(drive: Assignment, with: &[Trip]) -> Assignment {
    let others = || with.iter().filter_map(Trip::assignment);
    let start = others().map(|other| other.start).fold(drive.start, Timestamp::min);
    let end = others().map(|other| other.end).fold(drive.end, Timestamp::max);
    Assignment { start, end, ..drive }
}

/// Splits anew what those in a car drive after a trip has joined them. Those who were asked together, by a plan that knew of nobody
/// else, keep what it says.
///
/// # Errors
/// The store.
pub(super) fn joined(
    app: &App,
    transaction: &mut Transaction<'_>,
    offered: &[Trip],
    planned_alone: bool,
) -> Result<(), Aborted> {
    let ours: BTreeSet<Id<TripKind>> = offered.iter().map(Trip::id).collect();
    let mut done: BTreeSet<Id<TripKind>> = BTreeSet::new();
    for trip in offered {
        // Who was asked alone rides alone: promised times may overlap where the car is empty long before.
        let Some(drive) = trip.assignment().filter(|drive| drive.shared.is_some()) else { continue };
        let members = of_day(transaction, drive.volunteer, day_of(trip.terms.earliest_pickup))?;
        let mut in_company = Vec::new();
        for member in &members {
            if may_have_company(transaction, member)? {
                in_company.push(member.clone());
            }
        }
        let group = group_of(&in_company, trip.id());
        let ids: BTreeSet<Id<TripKind>> = group.iter().map(Trip::id).collect();
        let known = planned_alone && ids.is_subset(&ours);
        if !known && done.is_disjoint(&ids) {
            let vehicle = drive.vehicle;
            split_anew(app, transaction, (&members, &group), &group, |drive| Assignment {
                vehicle,
                ..drive
            })?;
        }
        done.extend(ids);
    }
    Ok(())
}

/// Whether somebody shares the car already, or has agreed to.
fn may_have_company(view: &dyn View, trip: &Trip) -> Result<bool, Aborted> {
    let Some(drive) = trip.assignment() else { return Ok(false) };
    Ok(drive.shared.is_some() || (can_take_others(drive) && leg_of(view, trip)?.pooling))
}

/// Splits anew what those who are left drive when a trip leaves the car: called off, freed, moved, or not there.
///
/// # Errors
/// The store.
pub(super) fn left(
    app: &App,
    transaction: &mut Transaction<'_>,
    former: &Trip,
    trip: &Trip,
) -> Result<(), Aborted> {
    let Some(drive) = former.commitment().filter(|drive| drive.shared.is_some()) else { return Ok(()) };
    let stays = is_driven(trip) && !is_absent(trip) && trip.assignment().is_some_and(|now| same(now, drive));
    if stays {
        return Ok(());
    }
    let mut members = of_day(transaction, drive.volunteer, day_of(former.terms.earliest_pickup))?;
    members.retain(|other| other.id() != trip.id());
    members.push(former.clone());
    let group = group_of(&members, former.id());
    let mut remaining: Vec<Trip> = group.iter().filter(|other| other.id() != trip.id()).cloned().collect();
    if is_absent(trip) {
        remaining.push(trip.clone());
    }
    split_anew(app, transaction, (&members, &group), &remaining, |drive| drive)
}

fn same(now: Assignment, former: Assignment) -> bool {
    let said = |drive: Assignment| (drive.volunteer, drive.pickup, drive.arrival);
    said(now) == said(former)
}

/// Writes the drives of those who remain of a group, split anew.
fn split_anew(
    app: &App,
    transaction: &mut Transaction<'_>,
    (members, group): (&[Trip], &[Trip]),
    remaining: &[Trip],
    with: impl Fn(Assignment) -> Assignment,
) -> Result<(), Aborted> {
    let Some(volunteer) = group.iter().find_map(Trip::volunteer) else { return Ok(()) };
    let Some(home) = volunteers::find(transaction, volunteer)?.map(|volunteer| volunteer.details.home) else {
        return Ok(());
    };
    let groups = groups(remaining);
    let bounds: Vec<Bounds> =
        (0..groups.len()).map(|number| Bounds::of(members, group, &groups, number)).collect();
    let stops = members.iter().flat_map(|trip| [trip.terms.pickup.commune, trip.terms.dropoff.commune]);
    let communes = DayCommunes { stops: stops.collect(), homes: BTreeSet::from([home.commune]) };
    let roads = roads::choose(app, transaction, &communes.pairs())?;
    for (together, bounds) in groups.iter().zip(&bounds) {
        let rides: Vec<Ride> = together.iter().filter_map(ride).collect();
        let ends = (bounds.before, bounds.after.as_ref().map(|(place, at)| (place, *at)));
        let split = with_company(&home, &rides, ends, &roads, app.geography);
        let drives = split.map_err(wrong_place)?;
        let mut left_over = 0;
        for (trip, drive) in together.iter().zip(&drives) {
            if let Some(drive) = drive.filter(|_| matches!(trip.status(), TripStatus::Completed { .. })) {
                left_over += rebook(app, transaction, trip, drive)?;
            }
        }
        for (trip, drive) in together.iter().zip(drives).rev() {
            let Some(mut drive) = drive.filter(|_| trip.is_open()) else { continue };
            if let Some(shared) = &mut drive.shared {
                let own_m = i64::from(shared.own_m) + std::mem::take(&mut left_over);
                shared.own_m = u32::try_from(own_m.max(0)).unwrap_or(u32::MAX);
            }
            write(app, transaction, trip, with(drive))?;
        }
    }
    Ok(())
}

fn wrong_place(error: DraftError) -> Refusal {
    match error {
        DraftError::UnknownCommune(code) => refusals::conflict("plan-commune").with("commune", code),
        DraftError::Date(day) => refusals::invalid("plan-past").with("day", day),
        DraftError::Day(_) => Refusal::new(RefusalKind::Internal, "internal"),
    }
}

/// Books anew what counts for somebody who has arrived, since somebody else was not in the car after all. What a statement or a
/// report has counted with stays: then the metres that are left over are given, for those who are still to be driven.
fn rebook(
    app: &App,
    transaction: &mut Transaction<'_>,
    trip: &Trip,
    drive: Assignment,
) -> Result<i64, Aborted> {
    let (TripStatus::Completed { loaded_m, empty_m }, Some(then)) = (trip.status(), trip.assignment()) else {
        return Ok(0);
    };
    let Some(former) = then.shared else { return Ok(0) };
    let alone = SharedRide {
        ridden_m: trip.terms.direct_m,
        own_m: trip.terms.direct_m,
        own_s: u32::try_from(drive.start.duration_until(drive.end).as_secs()).unwrap_or(0),
    };
    let shared = drive.shared.unwrap_or(alone);
    if shared == former {
        return Ok(0);
    }
    let left_over = i64::from(shared.own_m) - i64::from(former.own_m);
    let loaded_m =
        if loaded_m == former.own_m { shared.own_m } else { shared.counted_m(former.told_m(loaded_m)) };
    let ending = Ending::Completed { loaded_m, empty_m };
    let replanned = trip.replanned(Assignment { shared: Some(shared), ..then });
    let Ok(corrected) = replanned.correct(ending, CorrectionReason::Kilometres, app.now()) else {
        return Ok(left_over);
    };
    match take_back(app, transaction, trip) {
        Ok(()) => {}
        Err(Aborted::Refused(_)) => return Ok(left_over),
        Err(error) => return Err(error),
    }
    trips::put(transaction, &corrected)?;
    models::settle(app, transaction, &[corrected])?;
    Ok(0)
}

fn write(
    app: &App,
    transaction: &mut Transaction<'_>,
    trip: &Trip,
    drive: Assignment,
) -> Result<(), Aborted> {
    let replanned = trip.replanned(drive);
    if replanned == *trip {
        return Ok(());
    }
    trips::put(transaction, &replanned)?;
    if trip.assignment().map(|drive| drive.vehicle) != Some(drive.vehicle) {
        frames::settle(app, transaction, &replanned)?;
    }
    Ok(())
}

/// What comes before and after people who ride together, if the driver does not go home in between.
struct Bounds {
    before: Option<Timestamp>,
    after: Option<(Place, Timestamp)>,
}

impl Bounds {
    /// Of one of the groups that a former group falls into. `members` are all trips of the driver that day.
    fn of(members: &[Trip], former: &[Trip], groups: &[Vec<Trip>], number: usize) -> Self {
        let drives =
            |trips: &[Trip]| -> Vec<Assignment> { trips.iter().filter_map(Trip::assignment).collect() };
        let group = groups.get(number).map(|group| drives(group)).unwrap_or_default();
        let pickup = group.iter().map(|drive| drive.pickup).min().unwrap_or_default();
        let arrival = group.iter().map(|drive| drive.arrival).max().unwrap_or_default();
        let former_drives = drives(former);
        let start = former_drives.iter().map(|drive| drive.start).min().unwrap_or_default();
        let end = former_drives.iter().map(|drive| drive.end).max().unwrap_or_default();
        let others: Vec<&Trip> =
            members.iter().filter(|trip| former.iter().all(|known| known.id() != trip.id())).collect();
        let earlier = others
            .iter()
            .filter_map(|trip| trip.assignment())
            .any(|other| other.arrival <= pickup && other.end >= start);
        let from_group = number.checked_sub(1).and_then(|before| groups.get(before)).is_some();
        let follows = |trip: &&&Trip| {
            trip.assignment().is_some_and(|other| other.pickup >= arrival && other.start <= end)
        };
        let later =
            others.iter().filter(follows).min_by_key(|trip| trip.assignment().map(|drive| drive.pickup));
        let next = groups.get(number + 1).and_then(|group| group.first()).or(later.copied());
        let after = next.and_then(|trip| Some((trip.terms.pickup.clone(), trip.assignment()?.pickup)));
        Self { before: (earlier || from_group).then_some(pickup), after }
    }
}

fn ride(trip: &Trip) -> Option<Ride> {
    Some(Ride {
        pickup: trip.terms.pickup.clone(),
        dropoff: trip.terms.dropoff.clone(),
        drive: trip.assignment()?,
        absent: is_absent(trip),
    })
}

/// Whether a driver is asked for it, has promised it, drives it, has driven it, or came in vain.
fn is_driven(trip: &Trip) -> bool {
    match trip.status() {
        TripStatus::Offered | TripStatus::Confirmed | TripStatus::PickedUp | TripStatus::Completed { .. } => {
            true
        }
        TripStatus::NoShow(who) => who == Absentee::Person,
        TripStatus::Requested | TripStatus::Cancelled { .. } | TripStatus::Unmet(_) => false,
    }
}

fn is_absent(trip: &Trip) -> bool {
    matches!(trip.status(), TripStatus::NoShow(Absentee::Person))
}

/// What a volunteer drives on a day.
fn of_day(view: &dyn View, volunteer: Id<VolunteerKind>, day: Date) -> Result<Vec<Trip>, Aborted> {
    let range = TripRange { from: day, to: day, volunteer: Some(volunteer) };
    let page = trips::in_range(view, &range, None, (ROWS_LOOKED_AT, ROWS_LOOKED_AT), is_driven)?;
    Ok(page.trips)
}

/// Those who ride together, group by group in the order of pickups.
fn groups(trips: &[Trip]) -> Vec<Vec<Trip>> {
    let driven: Vec<&Trip> = trips.iter().filter(|trip| trip.assignment().is_some()).collect();
    let drives: Vec<Assignment> = driven.iter().filter_map(|trip| trip.assignment()).collect();
    let of =
        |group: Vec<usize>| group.into_iter().filter_map(|at| driven.get(at).map(|trip| (*trip).clone()));
    ride_together(&drives).into_iter().map(|group| of(group).collect()).collect()
}

/// Those who ride with a trip, itself included.
fn group_of(members: &[Trip], trip: Id<TripKind>) -> Vec<Trip> {
    let found = groups(members).into_iter().find(|group| group.iter().any(|other| other.id() == trip));
    found.unwrap_or_default()
}
