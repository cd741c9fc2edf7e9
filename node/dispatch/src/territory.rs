//! A territory's day as plain data for the planner: trips, volunteers and roads become a [`Day`], and the rounds of a plan
//! become the drives that trips are offered with. Must never plan anything, nor let anybody ride with others who has not agreed.

mod company;
mod places;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use jiff::{Timestamp, civil::Date};
use maillage_domain::{
    document::RequiredDocuments,
    ids::{SeriesKind, VolunteerKind},
    place::Place,
    plan_rules::PlanRules,
    trip::{Assignment, DrivenVehicle},
    volunteer::{Vehicle, Volunteer},
};
use maillage_federation::{
    ids::{Id, TripKind},
    month::paris,
    needs::{Need, Needs},
};
use maillage_geography::{Geography, InseeCode};

use self::{
    company::{Begins, Ends, Part, Passed, Rider, split},
    places::{PlaceTable, Use},
};
pub use self::{
    company::{Ride, ride_together, with_company},
    places::DayCommunes,
};
use crate::{
    day::{
        Bar, Day, DayError, Driver, End, Halt, Hold, Load, Matrix, Plan, PlannedStop, Priority, Promise,
        Request, Rules, Span, Tour, Weights, Window,
    },
    rank::apart_from_each_other,
    ranking::{Candidate, LegRequest},
    spans::{self, at_or_after, at_or_before, moment},
    travel::Roads,
};

/// How firm a trip stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nobody was asked.
    Free,
    /// A driver was asked and has not answered.
    Asked(Assignment),
    /// A driver has promised, or drives.
    Promised(Assignment),
}

/// A trip of the day.
#[derive(Clone)]
pub struct DayTrip {
    /// Its identity.
    pub id: Id<TripKind>,
    /// What has to be driven.
    pub leg: LegRequest,
    /// Where from.
    pub pickup: Place,
    /// Where to.
    pub dropoff: Place,
    /// The outbound trip, if this is its return.
    pub return_of: Option<Id<TripKind>>,
    /// How much a refusal hurts.
    pub priority: Priority,
    /// Who drives this person, or this series, as a rule.
    pub usual: Option<Id<VolunteerKind>>,
    /// The series it belongs to.
    pub series: Option<Id<SeriesKind>>,
    /// How firm it stands.
    pub standing: Standing,
}

/// Names no place and nobody.
impl fmt::Debug for DayTrip {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("DayTrip")
            .field("id", &self.id)
            .field("standing", &self.standing)
            .finish_non_exhaustive()
    }
}

/// What a day is made of.
#[derive(Debug, Clone, Copy)]
pub struct TerritoryDay<'a> {
    /// The civil day in Europe/Paris.
    pub date: Date,
    /// Its trips.
    pub trips: &'a [DayTrip],
    /// The volunteers, with what binds them beside these trips.
    pub candidates: &'a [Candidate<'a>],
    /// Metres of the 28 days before, and metres wished for in as many days, by volunteer.
    pub loads: &'a BTreeMap<Id<VolunteerKind>, DriverLoad28>,
    /// Papers every driver must have shown.
    pub required: &'a RequiredDocuments,
    /// The roads, chosen for all pairs of the communes of the day ([`DayCommunes`]).
    pub roads: &'a Roads,
    /// Communes.
    pub geography: &'a Geography,
    /// What counts how much, and how far things may go.
    pub rules: &'a PlanRules,
}

/// What a volunteer drove in 28 days, and wishes to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DriverLoad28 {
    /// Metres driven, empty ones included.
    pub driven_m: u32,
    /// Metres wished for; fairness leaves the volunteer alone if none were told.
    pub wished_m: Option<u32>,
}

/// A day the planner reads, and who is who in it.
#[derive(Debug, Clone)]
pub struct Drafted {
    /// The day.
    pub day: Day,
    /// Its trips, in the order of the requests of the day.
    pub trips: Vec<Id<TripKind>>,
    /// Its volunteers, in the order of the drivers of the day.
    pub volunteers: Vec<Id<VolunteerKind>>,
    /// The vehicles of each, in the order of the configurations of the driver.
    vehicles: Vec<Vec<DrivenVehicle>>,
    /// The instant its seconds are counted from, in seconds since 1970 UTC.
    origin_s: i64,
}

/// A trip with the drive a plan gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlannedDrive {
    /// The trip.
    pub trip: Id<TripKind>,
    /// Who, and when.
    pub drive: Assignment,
}

/// Why a day cannot be drafted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// No commune has this code.
    #[error("no commune has the INSEE code {0}: correct the place")]
    UnknownCommune(InseeCode),
    /// The day has no beginning in the calendar.
    #[error("{0} is no day that can be planned")]
    Date(Date),
    /// What is wrong with the day.
    #[error("the day cannot be planned")]
    Day(#[source] DayError),
}

impl From<DayError> for DraftError {
    fn from(error: DayError) -> Self {
        Self::Day(error)
    }
}

impl TerritoryDay<'_> {
    /// The day as the planner reads it.
    ///
    /// # Errors
    /// A place that no commune has; more places than a table holds.
    pub fn draft(&self) -> Result<Drafted, DraftError> {
        let midnight = self.date.to_zoned(paris()).map_err(|_| DraftError::Date(self.date))?;
        let origin_s = midnight.timestamp().as_second();
        let mut places = PlaceTable::default();
        let homes =
            self.candidates.iter().map(|candidate| places.add(&candidate.volunteer.details.home, Use::Home));
        let homes: Vec<usize> = homes.collect();
        let ends: Vec<[usize; 2]> = self
            .trips
            .iter()
            .map(|trip| [places.add(&trip.pickup, Use::Pickup), places.add(&trip.dropoff, Use::Dropoff)])
            .collect();
        let matrix = places.matrix(self.roads, self.geography)?;
        let volunteers: Vec<Id<VolunteerKind>> =
            self.candidates.iter().map(|candidate| candidate.volunteer.id).collect();
        let drivers = self.candidates.iter().zip(&homes);
        let drivers = drivers.map(|(candidate, home)| self.driver(candidate, *home, origin_s)).collect();
        let draft = Draft { of: self, matrix: &matrix, volunteers: &volunteers, origin_s };
        let requests = self.trips.iter().zip(&ends).map(|(trip, ends)| draft.request(trip, *ends)).collect();
        let day = Day {
            matrix,
            requests,
            drivers,
            rules: Rules::from(self.rules),
            weights: Weights::from(self.rules),
        };
        let vehicles = self.candidates.iter().map(|candidate| {
            self.vehicles(candidate.volunteer).into_iter().map(DrivenVehicle::from).collect()
        });
        let vehicles = vehicles.collect();
        Ok(Drafted {
            day,
            trips: self.trips.iter().map(|trip| trip.id).collect(),
            volunteers,
            vehicles,
            origin_s,
        })
    }

    fn driver(&self, candidate: &Candidate<'_>, home: usize, origin_s: i64) -> Driver {
        let volunteer = candidate.volunteer;
        let available = spans::available(candidate, &BTreeSet::from([self.date]));
        let free = spans::without(&available, candidate.commitments);
        let window = |span: &spans::Span| Window {
            span: Span::new(span.start - origin_s, span.end - origin_s),
            start: None,
            end: None,
        };
        let load = self.loads.get(&volunteer.id).copied().unwrap_or_default();
        let limits = &volunteer.details.limits;
        Driver {
            key: key(&volunteer.id.to_array()),
            home,
            windows: if volunteer.active { free.iter().map(window).collect() } else { Vec::new() },
            configurations: self.vehicles(volunteer).into_iter().map(load_of).collect(),
            accepts: bits(&volunteer.details.accepts) | bit(Need::TransferPossible),
            metres_max: None,
            seconds_max: seconds_left(candidate, self.date),
            trip_metres_max: limits.max_trip_m,
            trips_max: self.trips_left(candidate),
            past_metres: load.driven_m,
            target_metres: load.wished_m,
        }
    }

    /// Trips that are left of a volunteer's week, and never fewer than are promised that day already.
    fn trips_left(&self, candidate: &Candidate<'_>) -> Option<u32> {
        let most = usize::from(candidate.volunteer.details.limits.trips_per_week?);
        let promised = self.trips.iter().filter(|trip| match trip.standing {
            Standing::Asked(drive) | Standing::Promised(drive) => drive.volunteer == candidate.volunteer.id,
            Standing::Free => false,
        });
        let left = most.saturating_sub(trips_of_week(candidate, self.date)).max(promised.count());
        u32::try_from(left).ok()
    }

    /// The vehicles whose papers are good that day; all of them if none has good papers, since then nobody is asked.
    fn vehicles<'v>(&self, volunteer: &'v Volunteer) -> Vec<&'v Vehicle> {
        let all = &volunteer.details.vehicles;
        let good: Vec<&Vehicle> =
            all.iter().filter(|vehicle| self.has_good_papers(volunteer, vehicle)).collect();
        if good.is_empty() { all.iter().collect() } else { good }
    }

    fn has_good_papers(&self, volunteer: &Volunteer, vehicle: &Vehicle) -> bool {
        let which = (vehicle.number(), volunteer.details.vehicles.is_usual(vehicle.number()));
        volunteer.details.documents.vehicle_obstacle(which, self.date, self.required).is_none()
    }

    /// Why a volunteer must not be asked for a trip, whatever the hour.
    fn bar(&self, candidate: &Candidate<'_>, trip: &DayTrip) -> Option<Bar> {
        let volunteer = candidate.volunteer;
        let limits = &volunteer.details.limits;
        if !volunteer.active {
            return Some(Bar::Inactive);
        }
        if apart_from_each_other(volunteer, &trip.leg) {
            return Some(Bar::Avoided);
        }
        let drivable =
            volunteer.details.vehicles.iter().any(|vehicle| self.has_good_papers(volunteer, vehicle));
        if !drivable || volunteer.details.documents.obstacle(self.date, self.required).is_some() {
            return Some(Bar::Documents);
        }
        if !limits.covers(trip.leg.pickup) || !limits.covers(trip.leg.dropoff) {
            return Some(Bar::Communes);
        }
        let full = limits
            .trips_per_week
            .is_some_and(|most| trips_of_week(candidate, self.date) >= usize::from(most));
        full.then_some(Bar::Week)
    }
}

/// What one request is made from.
struct Draft<'a> {
    of: &'a TerritoryDay<'a>,
    matrix: &'a Matrix,
    volunteers: &'a [Id<VolunteerKind>],
    origin_s: i64,
}

impl Draft<'_> {
    fn request(&self, trip: &DayTrip, [pickup, dropoff]: [usize; 2]) -> Request {
        let leg = &trip.leg;
        let boarding_s = self.of.roads.estimator().boarding_s;
        let ride_s = i64::from(boarding_s) + i64::from(self.matrix.road(pickup, dropoff).seconds);
        let earliest_s = at_or_after(leg.earliest_pickup) - self.origin_s;
        let latest_s = at_or_before(leg.latest_arrival) - self.origin_s;
        let hold = self.hold(trip.standing);
        // Somebody already told keeps the times that were told, even where the window has changed since.
        let window = match hold.promise() {
            Some(promise) => [promise.pickup, Span::new(promise.pickup.from_s, promise.arrival_s)],
            // A window shorter than the ride makes that trip impossible, and no other one.
            None => [
                Span::new(earliest_s, (latest_s - ride_s).max(earliest_s.min(latest_s))),
                Span::new((earliest_s + ride_s).min(latest_s.max(earliest_s)), latest_s),
            ],
        };
        let [pickup_window, dropoff_window] = window;
        let barred = self.of.candidates.iter().enumerate();
        let barred = barred.filter_map(|(driver, candidate)| Some((driver, self.of.bar(candidate, trip)?)));
        let promised = hold.promise().map(|promise| promise.driver);
        Request {
            key: key(&trip.id.to_array()),
            pickup: Halt { place: pickup, window: pickup_window, service_s: boarding_s },
            dropoff: Halt { place: dropoff, window: dropoff_window, service_s: 0 },
            load: Load { seats: u16::from(leg.seats), wheelchairs: u16::from(leg.needs.wheelchair_place()) },
            max_ride_s: None,
            priority: trip.priority,
            pooling: trip.leg.pooling,
            return_of: trip
                .return_of
                .and_then(|outbound| self.of.trips.iter().position(|other| other.id == outbound)),
            needs: bits(&leg.needs) & !bit(Need::TransferPossible),
            allowed: None,
            barred: barred.filter(|(driver, _)| promised != Some(*driver)).collect(),
            usual: trip.usual.and_then(|volunteer| self.driver(volunteer)),
            hold,
            series: trip.series.map(|series| key(&series.to_array())),
        }
    }

    fn hold(&self, standing: Standing) -> Hold {
        let promise = |drive: Assignment| {
            let pickup_s = drive.pickup.as_second() - self.origin_s;
            let arrival_s = at_or_after(drive.arrival) - self.origin_s;
            Some(Promise {
                driver: self.driver(drive.volunteer)?,
                pickup: Span::new(pickup_s, pickup_s),
                arrival_s,
            })
        };
        match standing {
            Standing::Free => Hold::Free,
            Standing::Asked(drive) | Standing::Promised(drive) => {
                promise(drive).map_or(Hold::Withdrawn, Hold::Locked)
            }
        }
    }

    fn driver(&self, volunteer: Id<VolunteerKind>) -> Option<usize> {
        self.volunteers.iter().position(|known| *known == volunteer)
    }
}

impl Drafted {
    /// The drives of a plan, each with the empty metres that belong to it: the way to the first pickup of a round, and
    /// after the last drop-off the way to the next pickup or home. Together they are the empty metres of the plan, and what
    /// counts as each rider's of those with passengers is together what is driven with passengers.
    pub fn drives(&self, plan: &Plan) -> Vec<PlannedDrive> {
        self.drives_in(&plan.tours)
    }

    /// The drives of some rounds, as [`Self::drives`].
    pub fn drives_in(&self, rounds: &[Tour]) -> Vec<PlannedDrive> {
        rounds.iter().flat_map(|tour| self.drives_of(tour)).collect()
    }

    fn drives_of(&self, tour: &Tour) -> Vec<PlannedDrive> {
        let Some(driver) = self.day.drivers.get(tour.driver) else { return Vec::new() };
        let halt = |stop: &PlannedStop| {
            let request = self.day.requests.get(stop.request)?;
            let (halt, rider) = match stop.end {
                End::Pickup => (&request.pickup, Rider::In(stop.request)),
                End::Dropoff => (&request.dropoff, Rider::Out(stop.request)),
            };
            Some(Passed { place: halt.place, at_s: stop.begin_s, rider })
        };
        let halts: Option<Vec<Passed>> = tour.stops.iter().map(halt).collect();
        let Some(halts) = halts else { return Vec::new() };
        let mut drives = Vec::new();
        let mut on_board = 0_usize;
        let mut begins = Begins::Home;
        let mut first = 0;
        for (at, (stop, halt)) in tour.stops.iter().zip(&halts).enumerate() {
            match halt.rider {
                Rider::In(_) => on_board += 1,
                Rider::Out(_) | Rider::Nobody => on_board = on_board.saturating_sub(1),
            }
            if on_board > 0 {
                continue;
            }
            let next = halts.get(at + 1).filter(|_| !stop.home_after);
            let ends = next.map_or(Ends::Home, |next| Ends::At { place: next.place, from_s: next.at_s });
            let group = halts.get(first..=at).unwrap_or_default();
            let road = |from, to| self.day.matrix.road(from, to);
            let parts = split(group, driver.home, (begins, ends), &road);
            drives.extend(parts.iter().filter_map(|part| self.drive(tour, part)));
            begins = next.map_or(Begins::Home, |next| Begins::At { from_s: next.at_s });
            first = at + 1;
        }
        drives
    }

    fn drive(&self, tour: &Tour, part: &Part) -> Option<PlannedDrive> {
        let vehicle = self.vehicles.get(tour.driver).and_then(|own| own.get(tour.configuration)).copied();
        Some(PlannedDrive {
            trip: *self.trips.get(part.rider)?,
            drive: Assignment {
                volunteer: *self.volunteers.get(tour.driver)?,
                start: self.instant(part.start_s),
                pickup: self.instant(part.pickup_s),
                arrival: self.instant(part.arrival_s),
                end: self.instant(part.end_s),
                empty_m: part.empty_m,
                vehicle,
                own_trip: false,
                shared: part.shared,
            },
        })
    }

    /// The instant of a second of the day.
    pub fn instant(&self, second: i64) -> Timestamp {
        moment(self.origin_s + second)
    }
}

/// What a vehicle takes: each is one way to drive a round.
fn load_of(vehicle: &Vehicle) -> Load {
    Load { seats: u16::from(vehicle.seats()), wheelchairs: u16::from(vehicle.wheelchair_places()) }
}

/// Drives of the civil week of a day that are over or promised.
fn of_week<'a>(candidate: &'a Candidate<'_>, date: Date) -> impl Iterator<Item = &'a crate::Commitment> {
    let week = |instant: Timestamp| {
        let day = instant.to_zoned(paris()).date().iso_week_date();
        (day.year(), day.week())
    };
    let wanted = (date.iso_week_date().year(), date.iso_week_date().week());
    candidate.commitments.iter().chain(candidate.done).filter(move |drive| week(drive.start) == wanted)
}

fn trips_of_week(candidate: &Candidate<'_>, date: Date) -> usize {
    of_week(candidate, date).count()
}

/// Seconds that are left of a volunteer's week.
fn seconds_left(candidate: &Candidate<'_>, date: Date) -> Option<u32> {
    let most = candidate.volunteer.details.limits.hours_per_week?;
    let taken = spans::seconds_of(of_week(candidate, date));
    Some(u32::try_from(i64::from(most) * 3600 - taken).unwrap_or(0))
}

fn bits(needs: &Needs) -> u64 {
    needs.iter().map(bit).fold(0, |all, one| all | one)
}

fn bit(need: Need) -> u64 {
    Need::ALL.iter().position(|known| *known == need).map_or(0, |at| 1 << at)
}

/// A number that stands for an identifier; it steers nothing.
fn key(id: &[u8; 16]) -> u64 {
    id.iter().rev().take(8).rev().fold(0, |key, byte| key << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    //! A day that holds something impossible is planned around it.

    use jiff::civil::date;
    use maillage_domain::trip::Anchor;

    use super::*;
    use crate::{day::Board, travel::Estimator};

    #[test]
    fn a_window_shorter_than_its_ride_is_no_reason_to_plan_nothing() {
        let commune = |code: &str| code.parse::<InseeCode>().unwrap();
        let at = |minute: i64| Timestamp::from_second(1_790_000_000 + minute * 60).unwrap();
        let (alban, albi) = (commune("81003"), commune("81004"));
        let place = |commune| Place { commune, address: maillage_domain::text::Address::default() };
        let trip = |number: u8, minutes: i64| DayTrip {
            id: Id::new(1, [number; 10]),
            leg: LegRequest {
                pickup: alban,
                dropoff: albi,
                earliest_pickup: at(0),
                latest_arrival: at(minutes),
                anchor: Anchor::Arrival,
                seats: 1,
                needs: Needs::none(),
                passenger: None,
                avoid: BTreeSet::new(),
                pooling: false,
            },
            pickup: place(alban),
            dropoff: place(albi),
            return_of: None,
            priority: Priority::Ordinary,
            usual: None,
            series: None,
            standing: Standing::Free,
        };
        let day = TerritoryDay {
            date: date(2026, 9, 21),
            trips: &[trip(1, 5), trip(2, 120)],
            candidates: &[],
            loads: &BTreeMap::new(),
            required: &RequiredDocuments::default(),
            roads: &Roads::estimated(Estimator::DECLARED),
            geography: Geography::embedded(),
            rules: &PlanRules::built_in(),
        };
        let drafted = day.draft().unwrap();
        assert!(Board::new(drafted.day.clone()).is_ok());
        let [short, long] = &drafted.day.requests[..] else { panic!() };
        assert!(short.dropoff.window.from_s - short.pickup.window.from_s < 6 * 60);
        assert!(long.dropoff.window.from_s > long.pickup.window.from_s + 10 * 60);
    }
}
