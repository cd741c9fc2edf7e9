//! The ranking: rules in their order, the first that fails is the reason. Must never assign anybody.

use std::collections::BTreeSet;

use jiff::{Timestamp, ToSpan as _, civil::Date};
use maillage_domain::{
    availability::DayOff,
    document::RequiredDocuments,
    ids::PersonKind,
    trip::Assignment,
    volunteer::{Vehicle, Volunteer},
};
use maillage_federation::{ids::Id, month::paris, needs::Need};
use maillage_geography::{Commune, Geography};

use crate::{
    drive::{Ends, Tour},
    limits::LEGS,
    plan::{Chain, Plan, Task, alone, apart, missing_between},
    ranking::{Candidate, Commitment, LegRequest, Merit, RankError, Ranked, Ranking, RefusalReason, Refused},
    spans::{Span, available, days, seconds_of, without},
    travel::{Journey, Roads},
};

/// Who can drive one leg, or an outbound and return, and who cannot and why not.
///
/// Candidates are in the order of extra metres (driven without passenger), then of identifiers; refusals in the order of
/// identifiers. Of going home between two legs and waiting, the one with fewer extra metres is suggested.
///
/// The roads are those of [`crate::travel::needed`] for these legs and homes; a road that is missing counts as impassable.
///
/// # Errors
/// Only what concerns every driver: no leg or more than two, an unknown commune, a window over several days.
pub fn rank(
    legs: &[LegRequest],
    candidates: &[Candidate<'_>],
    required: &RequiredDocuments,
    roads: &Roads,
    geography: &Geography,
) -> Result<Ranking, RankError> {
    let job = Job::new(legs, required, roads, geography)?;
    let mut ranking = Ranking::default();
    for candidate in candidates {
        let volunteer = candidate.volunteer.id;
        match job.consider(candidate) {
            Ok(ranked) => ranking.candidates.push(ranked),
            Err(reason) => ranking.refusals.push(Refused { volunteer, reason }),
        }
    }
    ranking.candidates.sort_by_key(|ranked| (ranked.extra_m, ranked.volunteer));
    ranking.refusals.sort_by_key(|refused| refused.volunteer);
    Ok(ranking)
}

/// The needs that a driver has to be ready for: somebody who can leave the wheelchair asks no more than the wheelchair.
pub(crate) fn has_to_accept(volunteer: &Volunteer, leg: &LegRequest) -> Option<Need> {
    leg.needs.missing_from(&volunteer.details.accepts).find(|need| *need != Need::TransferPossible)
}

/// What is to be driven, looked up once for all drivers.
struct Job<'a> {
    legs: &'a [LegRequest],
    ends: Vec<Ends<'a>>,
    days: Vec<Vec<Date>>,
    required: &'a RequiredDocuments,
    roads: &'a Roads,
    geography: &'a Geography,
}

impl<'a> Job<'a> {
    fn new(
        legs: &'a [LegRequest],
        required: &'a RequiredDocuments,
        roads: &'a Roads,
        geography: &'a Geography,
    ) -> Result<Self, RankError> {
        if !(1..=LEGS).contains(&legs.len()) {
            return Err(RankError::Legs(legs.len()));
        }
        let ends = legs.iter().map(|leg| Ends::of(leg, geography)).collect::<Result<_, _>>()?;
        let touched = legs.iter().enumerate();
        let touched = touched.map(|(index, leg)| days(leg).ok_or(RankError::WindowTooLong(index)));
        Ok(Self { legs, ends, days: touched.collect::<Result<_, _>>()?, required, roads, geography })
    }

    fn consider(&self, candidate: &Candidate<'_>) -> Result<Ranked, RefusalReason> {
        let volunteer = candidate.volunteer;
        let vehicle = self.check_volunteer(volunteer)?;
        let code = volunteer.details.home.commune;
        let home = self.geography.commune(&code).ok_or(RefusalReason::UnknownHome(code))?;
        let way = self.way(volunteer, home)?;
        way.check_windows()?;
        self.check_absence(candidate)?;
        let days: BTreeSet<Date> = self.days.iter().flatten().copied().collect();
        let available = available(candidate, &days);
        let free = without(&available, candidate.commitments);
        let Some(plan) = way.plan(volunteer, &free) else {
            return Err(way.why_not(candidate, &available));
        };
        check_week(candidate, &plan)?;
        Ok(self.ranked(volunteer, vehicle, plan))
    }

    /// The vehicle this driver would take.
    fn check_volunteer<'v>(&self, volunteer: &'v Volunteer) -> Result<&'v Vehicle, RefusalReason> {
        if !volunteer.active {
            return Err(RefusalReason::Inactive);
        }
        if self.legs.iter().any(|leg| apart_from_each_other(volunteer, leg)) {
            return Err(RefusalReason::Avoided);
        }
        let documents = &volunteer.details.documents;
        let last = self.days.iter().flatten().max();
        if let Some(obstacle) = last.and_then(|day| documents.obstacle(*day, self.required)) {
            return Err(RefusalReason::Document(obstacle));
        }
        let vehicle = self.vehicle(volunteer)?;
        if let Some(need) = self.legs.iter().find_map(|leg| has_to_accept(volunteer, leg)) {
            return Err(RefusalReason::NeedNotAccepted(need));
        }
        let mut stops = self.legs.iter().flat_map(|leg| [leg.pickup, leg.dropoff]);
        match stops.find(|commune| !volunteer.details.limits.covers(*commune)) {
            Some(commune) => Err(RefusalReason::OutsideCommunes(commune)),
            None => Ok(vehicle),
        }
    }

    /// One vehicle for all legs, since the driver does not change cars on the way: the first that takes everybody and has a
    /// good roadworthiness test.
    fn vehicle<'v>(&self, volunteer: &'v Volunteer) -> Result<&'v Vehicle, RefusalReason> {
        let vehicles = &volunteer.details.vehicles;
        let wanted = self.legs.iter().map(|leg| leg.seats).max().unwrap_or(0);
        let wheelchair = self.legs.iter().any(|leg| leg.needs.wheelchair_place());
        let last = self.days.iter().flatten().max().copied().unwrap_or_default();
        let mut forbidden = None;
        for vehicle in vehicles.fitting(wanted, wheelchair) {
            let which = (vehicle.number(), vehicles.is_usual(vehicle.number()));
            match volunteer.details.documents.vehicle_obstacle(which, last, self.required) {
                Some(obstacle) => forbidden = forbidden.or(Some(obstacle)),
                None => return Ok(vehicle),
            }
        }
        if let Some(obstacle) = forbidden {
            return Err(RefusalReason::Document(obstacle));
        }
        let adapted = vehicles.iter().filter(|vehicle| !wheelchair || vehicle.wheelchair_places() > 0);
        let most = adapted.map(Vehicle::seats).max();
        match most {
            Some(has) => Err(RefusalReason::TooFewSeats { wanted, has }),
            None if wanted > vehicles.most_seats() => {
                Err(RefusalReason::TooFewSeats { wanted, has: vehicles.most_seats() })
            }
            None => Err(RefusalReason::NoWheelchairPlace),
        }
    }

    fn check_absence(&self, candidate: &Candidate<'_>) -> Result<(), RefusalReason> {
        let availability = &candidate.volunteer.details.availability;
        let calendar = candidate.calendar();
        for days in &self.days {
            let off = |day: &Date| Some((*day, availability.day_off(*day, calendar)?));
            let off: Option<Vec<_>> = days.iter().map(off).collect();
            if let Some((day, reason)) = off.and_then(|off| off.last().copied()) {
                return Err(match reason {
                    DayOff::Absent(absence) => RefusalReason::Absent { until: absence.last() },
                    DayOff::PublicHoliday(holiday) => RefusalReason::PublicHoliday { day, holiday },
                    DayOff::SchoolHolidays(period) => RefusalReason::SchoolHolidays { day, period },
                    DayOff::SchoolTerm => RefusalReason::SchoolTerm { day },
                    DayOff::SchoolUnknown => RefusalReason::SchoolUnknown { day },
                });
            }
        }
        Ok(())
    }

    /// The ways this driver could go, as far as the limit of a drive allows.
    fn way(&self, volunteer: &Volunteer, home: &Commune) -> Result<Way<'_>, RefusalReason> {
        let tasks = self.legs.iter().zip(&self.ends);
        let tasks: Vec<Task<'_>> =
            tasks.map(|(leg, ends)| Task { leg, tour: Tour::new(home, *ends, self.roads) }).collect();
        let apart_m = tasks.iter().map(|task| task.tour.length_m()).max().unwrap_or(0);
        let chain = self.chain(&tasks);
        let limit_m = volunteer.details.limits.max_trip_m.unwrap_or(u32::MAX);
        let wanted_m = chain.map_or(apart_m, |chain| chain.length_m().min(apart_m));
        if wanted_m > limit_m {
            return Err(RefusalReason::TooFar { wanted_m, limit_m });
        }
        let chain = chain.filter(|chain| chain.length_m() <= limit_m);
        Ok(Way { tasks, chain, apart: apart_m <= limit_m })
    }

    fn chain<'b>(&self, tasks: &[Task<'b>]) -> Option<Chain<'b>> {
        let ([first, second], [there, back]) = (tasks, self.ends.as_slice()) else { return None };
        let link: Journey = there.link(*back, self.roads);
        Some(Chain { first: *first, second: *second, link, wait_s: self.roads.estimator().wait_s })
    }

    fn ranked(&self, volunteer: &Volunteer, vehicle: &Vehicle, plan: Plan) -> Ranked {
        let lives_there = self.legs.first().is_some_and(|leg| leg.pickup == volunteer.details.home.commune);
        let standing = volunteer.details.standing_yes.then_some(Merit::StandingYes);
        let merits = standing.into_iter().chain(lives_there.then_some(Merit::LivesThere)).chain(plan.merit);
        Ranked {
            volunteer: volunteer.id,
            extra_m: plan.extra_m,
            drives: plan.drives.into_iter().map(|drive| in_vehicle(drive, vehicle)).collect(),
            merits: merits.collect(),
        }
    }
}

fn in_vehicle(drive: Assignment, vehicle: &Vehicle) -> Assignment {
    Assignment { vehicle: Some(vehicle.into()), ..drive }
}

/// Whether the passenger of a leg and a driver are not to travel together.
pub(crate) fn apart_from_each_other(volunteer: &Volunteer, leg: &LegRequest) -> bool {
    let driver_avoids = |person: Id<PersonKind>| volunteer.details.avoid.contains(&person);
    leg.avoid.contains(&volunteer.id) || leg.passenger.is_some_and(driver_avoids)
}

/// The limits of the civil weeks that a plan touches: trips, and hours from home back to home. A drive counts in the week
/// in which it begins. Hours are those of the plan with the fewest extra metres.
fn check_week(candidate: &Candidate<'_>, plan: &Plan) -> Result<(), RefusalReason> {
    let limits = &candidate.volunteer.details.limits;
    if limits.trips_per_week.is_none() && limits.hours_per_week.is_none() {
        return Ok(());
    }
    let planned: Vec<Commitment> = plan.drives.iter().copied().map(Commitment::from).collect();
    let weeks: BTreeSet<Date> = planned.iter().map(|drive| week_of(drive.start)).collect();
    for week in weeks {
        let all = candidate.commitments.iter().chain(candidate.done).chain(&planned);
        let of_week: Vec<&Commitment> = all.filter(|drive| week_of(drive.start) == week).collect();
        if let Some(limit) = limits.trips_per_week.filter(|limit| of_week.len() > usize::from(*limit)) {
            return Err(RefusalReason::TripsPerWeek { limit });
        }
        let seconds = seconds_of(of_week.iter().copied());
        if let Some(limit) = limits.hours_per_week.filter(|limit| seconds > i64::from(*limit) * 3600) {
            return Err(RefusalReason::HoursPerWeek { limit });
        }
    }
    Ok(())
}

/// The Monday of the civil week of Europe/Paris in which an instant lies.
fn week_of(instant: Timestamp) -> Date {
    let day = instant.to_zoned(paris()).date();
    let since_monday = day.weekday().to_monday_zero_offset();
    day.checked_sub(i32::from(since_monday).days()).unwrap_or(day)
}

/// The ways one driver could go.
struct Way<'a> {
    tasks: Vec<Task<'a>>,
    /// In one go, if there are two legs and the limit of a drive allows it.
    chain: Option<Chain<'a>>,
    /// Whether the limit of a drive allows each leg by itself.
    apart: bool,
}

impl Way<'_> {
    fn check_windows(&self) -> Result<(), RefusalReason> {
        for (leg, task) in self.tasks.iter().enumerate() {
            if task.window().is_none() {
                let window = task.leg.earliest_pickup.duration_until(task.leg.latest_arrival).as_secs();
                let missing_s = u32::try_from(task.tour.ride_s() - window).unwrap_or(u32::MAX).max(1);
                return Err(RefusalReason::WindowTooShort { leg, missing_s });
            }
        }
        Ok(())
    }

    fn plan(&self, volunteer: &Volunteer, free: &[Span]) -> Option<Plan> {
        let waiting = self.chain.and_then(|chain| chain.plan(volunteer.id, free));
        let apart = match self.tasks.as_slice() {
            [task] => alone(volunteer.id, *task, free),
            [first, second] if self.apart => apart(volunteer.id, [*first, *second], free),
            _ => None,
        };
        waiting.into_iter().chain(apart).min_by_key(|plan| plan.extra_m)
    }

    /// Why there is no plan: not available at all, or available and bound to something else.
    fn why_not(&self, candidate: &Candidate<'_>, available: &[Span]) -> RefusalReason {
        if let Some(plan) = self.plan(candidate.volunteer, available) {
            return busy(&plan, candidate.commitments);
        }
        let unavailable = self.tasks.iter().position(|task| task.pickups(available).is_empty());
        match (unavailable, self.tasks.as_slice()) {
            (None, [first, second]) => {
                RefusalReason::NotBothLegs { missing_s: missing_between([*first, *second], available) }
            }
            (leg, tasks) => {
                let leg = leg.unwrap_or(0);
                let missing = tasks.get(leg).map_or(0, |task| missing_availability(*task, available));
                RefusalReason::Unavailable { leg, missing_s: u32::try_from(missing).unwrap_or(u32::MAX) }
            }
        }
    }
}

/// The commitment that ends last among those in the way of a plan.
fn busy(plan: &Plan, commitments: &[Commitment]) -> RefusalReason {
    let in_the_way = |taken: &&Commitment| {
        plan.drives.iter().any(|drive| taken.start < drive.end && drive.start < taken.end)
    };
    let until = commitments.iter().filter(in_the_way).map(|taken| taken.end).max();
    RefusalReason::Busy { until: until.unwrap_or_default() }
}

/// Seconds of a drive that lie outside the availability, at the best time and in the best stretch.
fn missing_availability(task: Task<'_>, available: &[Span]) -> i64 {
    let whole = task.tour.duration_s();
    let Some(window) = task.window() else { return whole };
    let outside = |span: &Span| {
        let first = span.start + task.tour.before_s();
        let last = span.end - task.tour.ride_s() - task.tour.after_s();
        let at = |pickup: i64| (first - pickup).max(0) + (pickup - last).max(0);
        let times = [first, last].map(|pickup| at(pickup.clamp(window.start, window.end)));
        times.into_iter().min().unwrap_or(whole)
    };
    available.iter().map(outside).min().unwrap_or(whole).min(whole)
}
