//! A second opinion on a plan of a day, from the rules alone: reads the printed times and adds them up. Shares no code
//! with the search, so that a mistake in one is seen by the other. Run on every plan before it is kept.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    model::{Day, Driver, Hold, Load, Request, Road, Window},
    objective::Cost,
    plan::{Figures, Plan, PlannedStop, Tour},
    refuse::End,
};

/// Which rule a plan breaks. Requests, drivers and tours by index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Breach {
    /// Names something that is not in the day.
    #[error("tour {0} names a driver, window, configuration or request that is not in the day")]
    Unknown(usize),
    /// A window of a driver that two tours use.
    #[error("tour {0} uses a window that another one uses")]
    WindowTwice(usize),
    /// Not exactly once: driven or refused.
    #[error("request {0} is not planned exactly once")]
    NotOnce(usize),
    /// Not in and out in one tour, in that order.
    #[error("request {0} does not get in and then out in one tour")]
    Order(usize),
    /// A driver who must not or does not accept.
    #[error("request {0} is with a driver who may not drive it")]
    Driver(usize),
    /// A trip longer than the driver's limit.
    #[error("request {0} is longer than the driver's limit of one trip")]
    TripTooLong(usize),
    /// Locked, and refused or with somebody else.
    #[error("request {0} is locked and was moved")]
    LockMoved(usize),
    /// Outside its window, or outside what was promised.
    #[error("request {0} is outside its window or what was promised")]
    Window(usize),
    /// A ride over its limit.
    #[error("the ride of request {0} is {1} s over its limit")]
    Ride(usize, i64),
    /// With others, without consent.
    #[error("request {0} shares the vehicle without consent")]
    Consent(usize),
    /// More on board than the configuration holds.
    #[error("tour {0} has more on board than the vehicle holds after stop {1}")]
    Capacity(usize, usize),
    /// Not enough time for the road.
    #[error("tour {0} is too fast before stop {1}")]
    TooFast(usize, usize),
    /// Outside of the availability.
    #[error("tour {0} is outside the driver's availability")]
    Availability(usize),
    /// Home in between, with somebody on board or for too short a rest, or where that is not done.
    #[error("tour {0} goes home wrongly after stop {1}")]
    Home(usize, usize),
    /// Over the metres of the day.
    #[error("driver {0} drives {1} m too many")]
    Metres(usize, i64),
    /// Over the seconds of the day.
    #[error("driver {0} is away {1} s too long")]
    Seconds(usize, i64),
    /// More requests than agreed for the day.
    #[error("driver {0} drives {1} requests too many")]
    Trips(usize, usize),
    /// The figures are not those of the road.
    #[error("the figures of tour {0} are wrong")]
    Figures(usize),
    /// The cost is not the sum of its terms.
    #[error("the cost of the plan is wrong")]
    Cost,
}

/// Verifies that a plan keeps every rule.
///
/// # Errors
/// Everything that is broken, sorted.
pub fn audit(day: &Day, plan: &Plan) -> Result<(), Vec<Breach>> {
    let mut audit = Audit { day, breaches: BTreeSet::new(), cost: Cost::default() };
    let mut seen: BTreeMap<usize, usize> = BTreeMap::new();
    let mut driven_by: BTreeMap<usize, usize> = BTreeMap::new();
    let mut by_driver: BTreeMap<usize, Figures> = BTreeMap::new();
    let mut windows = BTreeSet::new();
    for (index, tour) in plan.tours.iter().enumerate() {
        if !windows.insert((tour.driver, tour.window)) {
            audit.breaches.insert(Breach::WindowTwice(index));
        }
        let Some(figures) = audit.tour(index, tour) else { continue };
        let sum = by_driver.entry(tour.driver).or_default();
        *sum = sum.and(figures);
        for stop in tour.stops.iter().filter(|stop| stop.end == End::Pickup) {
            *seen.entry(stop.request).or_default() += 1;
            driven_by.insert(stop.request, tour.driver);
        }
    }
    for refused in &plan.refused {
        *seen.entry(refused.request).or_default() += 1;
    }
    audit.requests(&seen, &driven_by);
    audit.budgets(&by_driver);
    audit.trips(&driven_by);
    if audit.breaches.is_empty() && audit.cost != plan.cost {
        audit.breaches.insert(Breach::Cost);
    }
    if audit.breaches.is_empty() { Ok(()) } else { Err(audit.breaches.into_iter().collect()) }
}

struct Audit<'a> {
    day: &'a Day,
    breaches: BTreeSet<Breach>,
    cost: Cost,
}

/// What one tour refers to.
struct Parts<'a> {
    driver: &'a Driver,
    window: &'a Window,
    room: Load,
}

impl<'a> Audit<'a> {
    fn parts(&self, tour: &Tour) -> Option<Parts<'a>> {
        let driver = self.day.drivers.get(tour.driver)?;
        let window = driver.windows.get(tour.window)?;
        let room = *driver.configurations.get(tour.configuration)?;
        let known = tour.stops.iter().all(|stop| stop.request < self.day.requests.len());
        known.then_some(Parts { driver, window, room })
    }

    fn tour(&mut self, index: usize, tour: &Tour) -> Option<Figures> {
        let Some(parts) = self.parts(tour) else {
            self.breaches.insert(Breach::Unknown(index));
            return None;
        };
        let span = parts.window.span;
        if tour.leave_s < span.from_s || tour.back_s > span.until_s || tour.back_s < tour.leave_s {
            self.breaches.insert(Breach::Availability(index));
        }
        let mut figures = self.roads(index, tour, &parts);
        figures.excess_s = self.rides(tour);
        if figures != tour.figures {
            self.breaches.insert(Breach::Figures(index));
        }
        let weights = &self.day.weights;
        self.cost.deadhead += figures.deadhead_m * weights.deadhead_per_m;
        self.cost.loaded += figures.loaded_m * weights.loaded_per_m;
        self.cost.waiting += figures.wait_s * weights.waiting_per_s;
        self.cost.excess += figures.excess_s * weights.excess_per_s;
        Some(figures)
    }

    /// Follows the road from stop to stop with those on board.
    fn roads(&mut self, index: usize, tour: &Tour, parts: &Parts<'_>) -> Figures {
        let (start, end) = Day::ends(parts.driver, parts.window);
        let mut figures = Figures { away_s: tour.back_s - tour.leave_s, ..Figures::default() };
        let mut on_board: BTreeSet<usize> = BTreeSet::new();
        let (mut place, mut free_s, mut home) = (start, tour.leave_s, false);
        for (position, stop) in tour.stops.iter().enumerate() {
            let Some(request) = self.day.requests.get(stop.request) else { continue };
            let halt = if stop.end == End::Pickup { &request.pickup } else { &request.dropoff };
            let step = Step { from: place, to: halt.place, free_s, until_s: stop.begin_s, home };
            self.step((index, position), step, parts, on_board.is_empty(), &mut figures);
            if stop.end == End::Pickup {
                on_board.insert(stop.request);
            } else {
                on_board.remove(&stop.request);
            }
            self.on_board((index, position), &on_board, parts.room);
            place = halt.place;
            free_s = stop.begin_s + i64::from(halt.service_s);
            home = stop.home_after;
        }
        if home {
            self.breaches.insert(Breach::Home(index, tour.stops.len()));
        }
        let step = Step { from: place, to: end, free_s, until_s: tour.back_s, home: false };
        self.step((index, tour.stops.len()), step, parts, on_board.is_empty(), &mut figures);
        figures
    }

    /// One stretch of road, home in between or not.
    fn step(&mut self, at: (usize, usize), step: Step, parts: &Parts<'_>, empty: bool, sum: &mut Figures) {
        let spare_s;
        let metres;
        if step.home {
            let out = self.day.matrix.road(step.from, parts.driver.home);
            let back = self.day.matrix.road(parts.driver.home, step.to);
            metres = i64::from(out.metres) + i64::from(back.metres);
            spare_s = step.until_s - step.free_s - i64::from(out.seconds) - i64::from(back.seconds);
            let allowed = self.day.rules.home_rest_s.is_some_and(|rest| spare_s >= i64::from(rest));
            if !allowed || !empty || out.is_unreachable() || back.is_unreachable() {
                self.breaches.insert(Breach::Home(at.0, at.1));
            }
            sum.rest_m += metres - i64::from(self.day.matrix.road(step.from, step.to).metres);
        } else {
            let road: Road = self.day.matrix.road(step.from, step.to);
            metres = i64::from(road.metres);
            spare_s = step.until_s - step.free_s - i64::from(road.seconds);
            if spare_s < 0 || road.is_unreachable() {
                self.breaches.insert(Breach::TooFast(at.0, at.1));
            }
            sum.wait_s += spare_s;
        }
        if empty {
            sum.deadhead_m += metres;
        } else {
            sum.loaded_m += metres;
        }
    }

    fn on_board(&mut self, (tour, position): (usize, usize), on_board: &BTreeSet<usize>, room: Load) {
        let requests = || on_board.iter().filter_map(|index| self.day.requests.get(*index));
        let seats: u32 = requests().map(|request| u32::from(request.load.seats)).sum();
        let wheelchairs: u32 = requests().map(|request| u32::from(request.load.wheelchairs)).sum();
        if seats > u32::from(room.seats) || wheelchairs > u32::from(room.wheelchairs) {
            self.breaches.insert(Breach::Capacity(tour, position));
        }
        if on_board.len() > 1 {
            let alone =
                |index: &&usize| self.day.requests.get(**index).is_some_and(|request| !request.pooling);
            let without_consent: Vec<usize> = on_board.iter().filter(alone).copied().collect();
            self.breaches.extend(without_consent.into_iter().map(Breach::Consent));
        }
    }

    /// Every ride of a tour; gives the seconds beyond the direct road.
    fn rides(&mut self, tour: &Tour) -> i64 {
        let mut excess_s = 0;
        let mut waiting: BTreeMap<usize, &PlannedStop> = BTreeMap::new();
        for stop in &tour.stops {
            let Some(request) = self.day.requests.get(stop.request) else { continue };
            match stop.end {
                End::Pickup => {
                    if waiting.insert(stop.request, stop).is_some() {
                        self.breaches.insert(Breach::Order(stop.request));
                    }
                }
                End::Dropoff => {
                    let Some(pickup) = waiting.remove(&stop.request) else {
                        self.breaches.insert(Breach::Order(stop.request));
                        continue;
                    };
                    excess_s += self.ride(stop.request, request, (pickup.begin_s, stop.begin_s));
                    self.may_drive(tour.driver, stop.request, request);
                }
            }
        }
        self.breaches.extend(waiting.into_keys().map(Breach::Order));
        excess_s
    }

    fn ride(&mut self, index: usize, request: &Request, (in_s, out_s): (i64, i64)) -> i64 {
        let promised = request
            .hold
            .promise()
            .is_none_or(|promise| promise.pickup.holds(in_s) && out_s <= promise.arrival_s);
        if !request.pickup.window.holds(in_s) || !request.dropoff.window.holds(out_s) || !promised {
            self.breaches.insert(Breach::Window(index));
        }
        let ride_s = out_s - in_s - i64::from(request.pickup.service_s);
        if let Some(limit_s) = self.day.ride_limit_s(request).filter(|limit_s| ride_s > *limit_s) {
            self.breaches.insert(Breach::Ride(index, ride_s - limit_s));
        }
        let direct = self.day.matrix.road(request.pickup.place, request.dropoff.place);
        ride_s - i64::from(direct.seconds)
    }

    fn may_drive(&mut self, index: usize, request_index: usize, request: &Request) {
        let Some(driver) = self.day.drivers.get(index) else { return };
        let barred = request.barred.iter().any(|(barred, _)| *barred == index);
        let allowed = request.allowed.as_ref().is_none_or(|allowed| allowed.contains(&index));
        if barred || !allowed || request.needs & !driver.accepts != 0 {
            self.breaches.insert(Breach::Driver(request_index));
        }
        let roads = [
            (driver.home, request.pickup.place),
            (request.pickup.place, request.dropoff.place),
            (request.dropoff.place, driver.home),
        ];
        let metres: u64 = roads.iter().map(|(a, b)| u64::from(self.day.matrix.road(*a, *b).metres)).sum();
        if driver.trip_metres_max.is_some_and(|limit| metres > u64::from(limit)) {
            self.breaches.insert(Breach::TripTooLong(request_index));
        }
    }

    /// Every request once, locked ones with their driver; what refusals, preferences and changes cost.
    fn requests(&mut self, seen: &BTreeMap<usize, usize>, driven_by: &BTreeMap<usize, usize>) {
        let weights = self.day.weights;
        for (index, request) in self.day.requests.iter().enumerate() {
            let wanted = usize::from(request.hold != Hold::Withdrawn);
            if seen.get(&index).copied().unwrap_or(0) != wanted {
                self.breaches.insert(Breach::NotOnce(index));
            }
            let driver = driven_by.get(&index);
            if matches!(request.hold, Hold::Locked(promise) if driver != Some(&promise.driver)) {
                self.breaches.insert(Breach::LockMoved(index));
            }
            let Some(driver) = driver.filter(|_| wanted == 1) else {
                self.cost.refusals += if wanted == 1 { weights.refusal_of(request.priority) } else { 0 };
                continue;
            };
            if request.usual.is_some_and(|usual| usual != *driver) {
                self.cost.preferences += weights.unusual_driver;
            }
            if request.hold.promise().is_some_and(|promise| promise.driver != *driver) {
                self.cost.changes += weights.change;
            }
            let outbound = request.return_of.and_then(|outbound| driven_by.get(&outbound));
            if outbound.is_some_and(|outbound| outbound != driver) {
                self.cost.preferences += weights.split_return;
            }
        }
    }

    fn trips(&mut self, driven_by: &BTreeMap<usize, usize>) {
        for (index, driver) in self.day.drivers.iter().enumerate() {
            let Some(most) = driver.trips_max.and_then(|most| usize::try_from(most).ok()) else { continue };
            let driven = driven_by.values().filter(|other| **other == index).count();
            if driven > most {
                self.breaches.insert(Breach::Trips(index, driven - most));
            }
        }
    }

    fn budgets(&mut self, by_driver: &BTreeMap<usize, Figures>) {
        for (index, figures) in by_driver {
            let Some(driver) = self.day.drivers.get(*index) else { continue };
            let over_m =
                driver.metres_max.map_or(0, |limit| figures.metres() - figures.rest_m - i64::from(limit));
            if over_m > 0 {
                self.breaches.insert(Breach::Metres(*index, over_m));
            }
            let over_s = driver.seconds_max.map_or(0, |limit| figures.away_s - i64::from(limit));
            if over_s > 0 {
                self.breaches.insert(Breach::Seconds(*index, over_s));
            }
            let target = driver.target_metres.map(i64::from);
            let past = i64::from(driver.past_metres);
            self.cost.fairness += self.day.weights.fairness(past, figures.metres(), target);
        }
    }
}

/// A stretch between two stops.
struct Step {
    from: usize,
    to: usize,
    free_s: i64,
    until_s: i64,
    home: bool,
}
