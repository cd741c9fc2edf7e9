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
    Aborted, App, frames, models,
    money::corrected::take_back,
    planning::gather::can_take_others,
    refusals, roads,
    suggest::{find, leg_of},
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

/// All with whom the car is never empty from its first pickup to its last drop-off, themselves in it or not; the trip left out.
///
/// # Errors
/// The store.
pub(super) fn whole_company(view: &dyn View, trip: &Trip) -> Result<Vec<Trip>, Aborted> {
    let Some(drive) = trip.assignment().filter(|drive| drive.shared.is_some() && is_driven(trip)) else {
        return Ok(Vec::new());
    };
    let mut members = of_day(view, drive.volunteer, day_of(trip.terms.earliest_pickup))?;
    let shares = |other: &Trip| other.assignment().is_some_and(|drive| drive.shared.is_some());
    members.retain(|other| shares(other) && !is_absent(other));
    let mut group = group_of(&members, trip.id());
    group.retain(|other| other.id() != trip.id());
    Ok(group)
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
        let in_company = with_company_of(transaction, &members)?;
        let group = group_of(&in_company, trip.id());
        let ids: BTreeSet<Id<TripKind>> = group.iter().map(Trip::id).collect();
        let known = planned_alone && ids.is_subset(&ours);
        if !known && done.is_disjoint(&ids) {
            let vehicle = drive.vehicle;
            let with = |drive| Assignment { vehicle, ..drive };
            split_anew(app, transaction, (&members, &group), (&group, None), with)?;
        }
        done.extend(ids);
    }
    Ok(())
}

/// Those of the trips of a driver whose people share the car already, or have agreed to.
fn with_company_of(view: &dyn View, members: &[Trip]) -> Result<Vec<Trip>, Aborted> {
    let mut found = Vec::new();
    for member in members {
        let Some(drive) = member.assignment() else { continue };
        if drive.shared.is_some() || (can_take_others(drive) && leg_of(view, member)?.pooling) {
            found.push(member.clone());
        }
    }
    Ok(found)
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
    let (members, group) = car_of(transaction, drive, former)?;
    let mut remaining: Vec<Trip> = group.iter().filter(|other| other.id() != trip.id()).cloned().collect();
    if is_absent(trip) {
        remaining.push(trip.clone());
    }
    // What nobody can be given any more stays booked as it was: a trip that ends is not refused for the books of another.
    split_anew(app, transaction, (&members, &group), (&remaining, None), |drive| drive).map(drop)
}

/// Splits anew what those in a car have driven after it was put right who of them was in it. The trip that was put right is booked
/// already, by what was planned for it last.
///
/// # Errors
/// `trip-company-counted` if a statement or a report has counted what would have to count otherwise, and nobody else can be
/// given the difference; the store.
pub(super) fn corrected(
    app: &App,
    transaction: &mut Transaction<'_>,
    former: &Trip,
    trip: &Trip,
) -> Result<(), Aborted> {
    let Some(drive) = trip.assignment().filter(|drive| drive.shared.is_some()) else { return Ok(()) };
    let part = |trip: &Trip| (is_driven(trip), is_absent(trip));
    if part(former) == part(trip) {
        return Ok(());
    }
    let (members, group) = car_of(transaction, drive, trip)?;
    let remaining: Vec<Trip> =
        group.iter().filter(|other| other.id() != trip.id() || is_driven(trip)).cloned().collect();
    let last = Some(trip.id());
    let left_over = split_anew(app, transaction, (&members, &group), (&remaining, last), |drive| drive)?;
    if left_over == LeftOver::default() {
        return Ok(());
    }
    Err(refusals::conflict("trip-company-counted").into())
}

/// What the driver of a trip drives that day, the trip as it is given, and those of them who are in the car with it.
fn car_of(view: &dyn View, drive: Assignment, trip: &Trip) -> Result<(Vec<Trip>, Vec<Trip>), Aborted> {
    let mut members = of_day(view, drive.volunteer, day_of(trip.terms.earliest_pickup))?;
    members.retain(|other| other.id() != trip.id());
    members.push(trip.clone());
    let group = group_of(&with_company_of(view, &members)?, trip.id());
    Ok((members, group))
}

fn same(now: Assignment, former: Assignment) -> bool {
    let said = |drive: Assignment| (drive.volunteer, drive.pickup, drive.arrival);
    said(now) == said(former)
}

/// Metres that count for nobody, or were counted once too often, since what counts with them is closed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct LeftOver {
    loaded_m: i64,
    empty_m: i64,
}

impl LeftOver {
    fn add(&mut self, more: Self) {
        self.loaded_m += more.loaded_m;
        self.empty_m += more.empty_m;
    }

    /// What is planned for a trip with what is left over. What it cannot make good stays left over.
    fn given(&mut self, trip: &Trip, drive: Assignment) -> Assignment {
        let mut drive = drive;
        if self.loaded_m != 0 {
            let mut shared = drive.shared.unwrap_or_else(|| alone(trip, drive));
            shared.own_m = taken(&mut self.loaded_m, shared.own_m);
            drive.shared = Some(shared);
        }
        drive.empty_m = taken(&mut self.empty_m, drive.empty_m);
        drive
    }
}

/// Metres with those that are left over, never below 0; the rest stays left over.
fn taken(left_over: &mut i64, metres: u32) -> u32 {
    let all = i64::from(metres) + std::mem::take(left_over);
    let taken = u32::try_from(all.max(0)).unwrap_or(u32::MAX);
    *left_over = all - i64::from(taken);
    taken
}

/// Writes the drives of those who remain of a group, split anew, and books anew what has arrived. `last` is given what is left over,
/// if it has arrived; otherwise those who are still to be driven are. Gives what nobody could be given.
fn split_anew(
    app: &App,
    transaction: &mut Transaction<'_>,
    (members, group): (&[Trip], &[Trip]),
    (remaining, last): (&[Trip], Option<Id<TripKind>>),
    with: impl Fn(Assignment) -> Assignment,
) -> Result<LeftOver, Aborted> {
    let drives = drives_anew(app, transaction, (members, group), remaining)?;
    let has_arrived = |trip: &Trip| matches!(trip.status(), TripStatus::Completed { .. });
    let mut arrived: Vec<&(Trip, Assignment)> = drives.iter().filter(|(trip, _)| has_arrived(trip)).collect();
    arrived.sort_by_key(|(trip, _)| Some(trip.id()) == last);
    let (mut left_over, mut booked) = (LeftOver::default(), Vec::new());
    for (trip, drive) in arrived {
        let is_last = Some(trip.id()) == last;
        let drive = if is_last { left_over.given(trip, *drive) } else { *drive };
        let refused = rebook(app, transaction, trip, (drive, is_last))?;
        if refused == LeftOver::default() {
            booked.push((trip.id(), drive));
        }
        left_over.add(refused);
    }
    for (trip, drive) in drives.iter().rev().filter(|(trip, _)| trip.is_open()) {
        let mut drive = left_over.given(trip, *drive);
        // Whoever was in company keeps a share, of all of it if need be: what is put right later is found by it.
        if drive.shared.is_none() && trip.assignment().is_some_and(|then| then.shared.is_some()) {
            drive.shared = Some(alone(trip, drive));
        }
        write(app, transaction, trip, with(drive))?;
    }
    // Who has arrived and is not closed makes good the rest.
    for (id, drive) in booked {
        if left_over == LeftOver::default() {
            break;
        }
        let trip = find(transaction, id)?;
        let drive = left_over.given(&trip, drive);
        left_over.add(rebook(app, transaction, &trip, (drive, false))?);
    }
    Ok(left_over)
}

/// The drives of those who remain of a group, in the order of pickups; none for who was not there. `members` are all trips of the
/// driver that day.
fn drives_anew(
    app: &App,
    view: &dyn View,
    (members, group): (&[Trip], &[Trip]),
    remaining: &[Trip],
) -> Result<Vec<(Trip, Assignment)>, Aborted> {
    let Some(volunteer) = group.iter().find_map(Trip::volunteer) else { return Ok(Vec::new()) };
    let Some(home) = volunteers::find(view, volunteer)?.map(|volunteer| volunteer.details.home) else {
        return Ok(Vec::new());
    };
    let groups = with_somebody_in_each(groups(remaining));
    let stops = members.iter().flat_map(|trip| [trip.terms.pickup.commune, trip.terms.dropoff.commune]);
    let communes = DayCommunes { stops: stops.collect(), homes: BTreeSet::from([home.commune]) };
    let roads = roads::choose(app, view, &communes.pairs())?;
    let mut found = Vec::new();
    for (number, together) in groups.iter().enumerate() {
        let bounds = Bounds::of(members, group, &groups, number);
        let rides: Vec<Ride> = together.iter().filter_map(ride).collect();
        let ends = (bounds.before, bounds.after.as_ref().map(|(place, at)| (place, *at)));
        let split = with_company(&home, &rides, ends, &roads, app.geography);
        let drives = split.map_err(wrong_place)?;
        found.extend(together.iter().zip(drives).filter_map(|(trip, drive)| Some((trip.clone(), drive?))));
    }
    Ok(found)
}

fn wrong_place(error: DraftError) -> Refusal {
    match error {
        DraftError::UnknownCommune(code) => refusals::conflict("plan-commune").with("commune", code),
        DraftError::Date(day) => refusals::invalid("plan-past").with("day", day),
        DraftError::Day(_) => Refusal::new(RefusalKind::Internal, "internal"),
    }
}

/// Books anew what counts for somebody who has arrived, since somebody else was not in the car after all, or was. What the driver
/// has told besides stays told, and kilometres without anybody as they are if they were `told` just now. What a statement or a report
/// has counted stays too: then the metres that are left over are given.
fn rebook(
    app: &App,
    transaction: &mut Transaction<'_>,
    trip: &Trip,
    (drive, told): (Assignment, bool),
) -> Result<LeftOver, Aborted> {
    let (TripStatus::Completed { loaded_m, empty_m }, Some(then)) = (trip.status(), trip.assignment()) else {
        return Ok(LeftOver::default());
    };
    let (former, shared) = (then.shared.unwrap_or_else(|| alone(trip, then)), drive.shared);
    let shared = shared.unwrap_or_else(|| alone(trip, drive));
    let left_over = LeftOver {
        loaded_m: i64::from(shared.own_m) - i64::from(former.own_m),
        empty_m: if told && empty_m != then.empty_m {
            0
        } else {
            i64::from(drive.empty_m) - i64::from(then.empty_m)
        },
    };
    if shared == former && left_over == LeftOver::default() {
        return Ok(left_over);
    }
    let loaded_m =
        if loaded_m == former.own_m { shared.own_m } else { shared.counted_m(former.told_m(loaded_m)) };
    let empty_m = i64::from(empty_m).saturating_add(left_over.empty_m).max(0);
    let ending = Ending::Completed { loaded_m, empty_m: u32::try_from(empty_m).unwrap_or(u32::MAX) };
    let replanned = trip.replanned(Assignment { shared: Some(shared), empty_m: drive.empty_m, ..then });
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
    Ok(LeftOver::default())
}

/// What counts for somebody who was the only one in the car.
fn alone(trip: &Trip, drive: Assignment) -> SharedRide {
    SharedRide {
        ridden_m: trip.terms.direct_m,
        own_m: trip.terms.direct_m,
        own_s: u32::try_from(drive.start.duration_until(drive.end).as_secs()).unwrap_or(0),
    }
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

/// Groups in which somebody was driven: the way to a door where nobody was counts with who was driven next, or else before.
fn with_somebody_in_each(groups: Vec<Vec<Trip>>) -> Vec<Vec<Trip>> {
    let mut found: Vec<Vec<Trip>> = Vec::new();
    let mut in_vain: Vec<Trip> = Vec::new();
    for mut group in groups {
        if group.iter().all(is_absent) {
            in_vain.append(&mut group);
        } else {
            group.splice(0..0, std::mem::take(&mut in_vain));
            found.push(group);
        }
    }
    match found.last_mut() {
        Some(last) => last.append(&mut in_vain),
        None => found.push(in_vain),
    }
    found
}

/// Those who ride with a trip, itself included.
fn group_of(members: &[Trip], trip: Id<TripKind>) -> Vec<Trip> {
    let found = groups(members).into_iter().find(|group| group.iter().any(|other| other.id() == trip));
    found.unwrap_or_default()
}
