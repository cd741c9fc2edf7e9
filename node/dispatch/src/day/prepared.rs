//! A day made ready for the search: checked once, then flat. Drivers stand in an order that follows from what they are
//! and not from how they are numbered, so that relabelling them changes no plan. Must never search.
#![expect(clippy::indexing_slicing, reason = "indices are checked on entry or made here")]

use super::{
    check_day::check_day,
    model::{Day, Driver, Hold, Load, Request, Road, Window},
    refuse::DayError,
    why_not::Obstacle,
};

/// No request, no route, no position.
pub(crate) const NONE: usize = usize::MAX;

/// No limit, small enough to add to.
pub(crate) const UNLIMITED: i64 = i64::MAX / 8;

/// What it would cost to refuse a locked leg: more than anything else together.
const LOCKED: i64 = 1_000_000_000_000_000;

/// One end of a request; node 2r gets in, node 2r + 1 gets out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node {
    pub(crate) place: usize,
    pub(crate) open: i64,
    pub(crate) close: i64,
    pub(crate) service: i64,
}

/// A request as the search sees it.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    pub(crate) load: u64,
    pub(crate) ride_max: i64,
    pub(crate) direct: Road,
    pub(crate) refusal: i64,
    /// The other leg.
    pub(crate) partner: usize,
    /// In the search's order of drivers.
    pub(crate) usual: usize,
    /// The driver of a promise.
    pub(crate) announced: usize,
    pub(crate) locked: bool,
    /// Whoever drives, it cannot be done.
    pub(crate) impossible: Option<Obstacle>,
}

/// A driver as the search sees it.
#[derive(Debug, Clone)]
pub(crate) struct Wheel {
    /// Index in the day.
    pub(crate) index: usize,
    pub(crate) home: usize,
    pub(crate) rooms: Vec<u64>,
    pub(crate) metres_max: i64,
    pub(crate) seconds_max: i64,
    pub(crate) trips_max: usize,
    pub(crate) past: i64,
    pub(crate) target: Option<i64>,
    /// First and one past the last of its shifts.
    pub(crate) shifts: (usize, usize),
    /// Dropped out: drives nothing more.
    pub(crate) out: bool,
}

/// One window of one driver: room for one round.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shift {
    /// In the search's order of drivers.
    pub(crate) driver: usize,
    /// Index in the driver's windows.
    pub(crate) window: usize,
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) open: i64,
    pub(crate) close: i64,
    /// Shifts of one number are alike while they are empty.
    pub(crate) twin: usize,
}

/// A day made ready.
#[derive(Debug, Clone)]
pub(crate) struct Prepared {
    pub(crate) day: Day,
    pub(crate) nodes: Vec<Node>,
    pub(crate) asks: Vec<Ask>,
    pub(crate) wheels: Vec<Wheel>,
    pub(crate) shifts: Vec<Shift>,
    /// From the day's index of a driver to the search's.
    pub(crate) wheel_of: Vec<usize>,
    /// One bit for each driver, `words` for each request.
    allowed: Vec<u64>,
    words: usize,
    /// Whether waiting, long rides or rests at home matter; if not, only the roads do.
    pub(crate) times_matter: bool,
}

impl Prepared {
    pub(crate) fn new(day: Day) -> Result<Self, DayError> {
        check_day(&day)?;
        let order = order_of_drivers(&day);
        let mut wheel_of = vec![0; day.drivers.len()];
        for (position, (index, _)) in order.iter().enumerate() {
            wheel_of[*index] = position;
        }
        let (wheels, shifts) = wheels(&day, &order);
        let words = wheels.len().div_ceil(64).max(1);
        let weights = &day.weights;
        let hours_shared =
            day.drivers.iter().any(|driver| driver.seconds_max.is_some() && driver.windows.len() > 1);
        let times_matter = weights.waiting_per_s != 0
            || weights.excess_per_s != 0
            || day.rules.home_rest_s.is_some()
            || hours_shared;
        let mut prepared = Self {
            nodes: Vec::with_capacity(day.requests.len() * 2),
            asks: Vec::with_capacity(day.requests.len()),
            allowed: vec![0; words * day.requests.len()],
            wheels,
            shifts,
            wheel_of,
            words,
            times_matter,
            day,
        };
        for request in 0..prepared.day.requests.len() {
            prepared.add(request);
        }
        prepared.link();
        prepared.check_locks()?;
        Ok(prepared)
    }

    pub(crate) fn road(&self, from: usize, to: usize) -> Road {
        self.day.matrix.roads()[from * self.day.matrix.places() + to]
    }

    pub(crate) fn seconds(&self, from: usize, to: usize) -> i64 {
        i64::from(self.road(from, to).seconds)
    }

    pub(crate) fn is_allowed(&self, request: usize, driver: usize) -> bool {
        self.allowed[request * self.words + driver / 64] >> (driver % 64) & 1 == 1
    }

    /// What it costs that this driver drives this request, whatever the road.
    pub(crate) fn preference(&self, request: usize, driver: usize) -> i64 {
        let ask = &self.asks[request];
        let weights = &self.day.weights;
        let unusual = if ask.usual != NONE && ask.usual != driver { weights.unusual_driver } else { 0 };
        let changed = if ask.announced != NONE && ask.announced != driver { weights.change } else { 0 };
        unusual + changed
    }

    /// Puts one request of the day into the search's shape.
    fn add(&mut self, index: usize) {
        let request = &self.day.requests[index];
        let ride_max = self.day.ride_limit_s(request).unwrap_or(UNLIMITED);
        let (nodes, ask) = flatten(&self.day, request, ride_max, &self.wheel_of);
        self.nodes.extend(nodes);
        self.asks.push(ask);
        self.allow(index);
    }

    /// Notes who may drive a request.
    fn allow(&mut self, index: usize) {
        let request = &self.day.requests[index];
        let possible = self.asks[index].impossible.is_none() && request.hold != Hold::Withdrawn;
        let row = index * self.words;
        self.allowed[row..row + self.words].fill(0);
        for (driver, wheel) in self.wheels.iter().enumerate() {
            let who = &self.day.drivers[wheel.index];
            if possible && !wheel.out && may_drive(&self.day, request, who, wheel) {
                self.allowed[row + driver / 64] |= 1 << (driver % 64);
            }
        }
    }

    /// Takes a driver out of the day: what was locked to that driver is free to go to others, at the promised times.
    pub(crate) fn drop_out(&mut self, driver: usize) {
        self.wheels[driver].out = true;
        for index in 0..self.asks.len() {
            if let Hold::Locked(promise) = self.day.requests[index].hold
                && self.asks[index].announced == driver
            {
                self.replace(
                    index,
                    Request { hold: Hold::Announced(promise), ..self.day.requests[index].clone() },
                );
            }
            self.allowed[index * self.words + driver / 64] &= !(1 << (driver % 64));
        }
    }

    fn link(&mut self) {
        for index in 0..self.asks.len() {
            if let Some(outbound) = self.day.requests[index].return_of {
                self.asks[index].partner = outbound;
                self.asks[outbound].partner = index;
            }
        }
    }

    fn check_locks(&self) -> Result<(), DayError> {
        for (request, ask) in self.asks.iter().enumerate() {
            if ask.locked && !self.is_allowed(request, ask.announced) {
                let driver = self.wheels[ask.announced].index;
                return Err(DayError::LockImpossible { request, driver });
            }
        }
        Ok(())
    }

    /// Takes over a changed request.
    pub(crate) fn replace(&mut self, index: usize, request: Request) {
        let ride_max = self.day.ride_limit_s(&request).unwrap_or(UNLIMITED);
        self.replace_with_ride(index, request, ride_max);
    }

    /// Takes over a changed request, with another longest ride than the rules say.
    pub(crate) fn replace_with_ride(&mut self, index: usize, request: Request, ride_max: i64) {
        let (nodes, mut ask) = flatten(&self.day, &request, ride_max, &self.wheel_of);
        ask.partner = self.asks[index].partner;
        self.nodes[2 * index] = nodes[0];
        self.nodes[2 * index + 1] = nodes[1];
        self.asks[index] = ask;
        self.day.requests[index] = request;
        self.allow(index);
    }
}

/// Seats, wheelchair places and company in one word, 16 bits each, for one comparison.
pub(crate) fn packed(load: Load, company: u64) -> u64 {
    u64::from(load.seats) | u64::from(load.wheelchairs) << 16 | company << 32
}

/// Everybody on board together; one who wants to be alone weighs as much.
pub(crate) const COMPANY: u64 = 0x4000;

/// Whether a packed load fits into a packed room, all parts at once.
pub(crate) fn fits(load: u64, room: u64) -> bool {
    const GUARDS: u64 = 0x8000_8000_8000_8000;
    ((room | GUARDS) - load) & GUARDS == GUARDS
}

/// Windows as narrow as the ride makes them, and what else the search wants to know.
fn flatten(day: &Day, request: &Request, ride_max: i64, wheel_of: &[usize]) -> ([Node; 2], Ask) {
    let direct = day.matrix.road(request.pickup.place, request.dropoff.place);
    let (mut inside, mut outside) = (request.pickup.window, request.dropoff.window);
    if let Some(promise) = request.hold.promise() {
        inside = inside.and(promise.pickup);
        outside.until_s = outside.until_s.min(promise.arrival_s);
    }
    let service = i64::from(request.pickup.service_s);
    let direct_s = i64::from(direct.seconds);
    let within = inside.until_s >= inside.from_s && outside.until_s >= outside.from_s;
    let missing_s = (inside.from_s + service + direct_s - outside.until_s)
        .max(outside.from_s - inside.until_s - service - ride_max)
        .max(direct_s - ride_max);
    inside.until_s = inside.until_s.min(outside.until_s - service - direct_s);
    outside.from_s = outside.from_s.max(inside.from_s + service + direct_s);
    outside.until_s = outside.until_s.min(inside.until_s + service + ride_max);
    inside.from_s = inside.from_s.max(outside.from_s - service - ride_max);
    let impossible = if direct.is_unreachable() {
        Some(Obstacle::Unreachable)
    } else if !within || missing_s > 0 {
        Some(Obstacle::WindowTooShort { missing_s: missing_s.max(1) })
    } else {
        too_many(day, request)
    };
    let company = if request.pooling { 1 } else { COMPANY };
    let locked = matches!(request.hold, Hold::Locked(_));
    let wheel = |index: usize| wheel_of.get(index).copied().unwrap_or(NONE);
    let ask = Ask {
        load: packed(request.load, company),
        ride_max,
        direct,
        refusal: match request.hold {
            Hold::Locked(_) => LOCKED,
            Hold::Withdrawn => 0,
            Hold::Free | Hold::Announced(_) => day.weights.refusal_of(request.priority),
        },
        partner: NONE,
        usual: request.usual.map_or(NONE, wheel),
        announced: request.hold.promise().map_or(NONE, |promise| wheel(promise.driver)),
        locked,
        impossible,
    };
    let node = |halt: &super::model::Halt, window: super::model::Span| Node {
        place: halt.place,
        open: window.from_s,
        close: window.until_s,
        service: i64::from(halt.service_s),
    };
    ([node(&request.pickup, inside), node(&request.dropoff, outside)], ask)
}

/// More riders than any vehicle of the day holds.
fn too_many(day: &Day, request: &Request) -> Option<Obstacle> {
    let rooms = || day.drivers.iter().flat_map(|driver| &driver.configurations);
    if rooms().any(|room| request.load.fits(*room)) {
        return None;
    }
    let missing = |room: &Load| {
        (
            request.load.wheelchairs.saturating_sub(room.wheelchairs),
            request.load.seats.saturating_sub(room.seats),
        )
    };
    let (wheelchairs, seats) =
        rooms().map(missing).min().unwrap_or((request.load.wheelchairs, request.load.seats));
    Some(Obstacle::NoVehicle { seats, wheelchairs })
}

/// Whether a driver may drive a request at all, whatever else there is that day.
fn may_drive(day: &Day, request: &Request, driver: &Driver, wheel: &Wheel) -> bool {
    let barred = request.barred.iter().any(|(index, _)| *index == wheel.index);
    let allowed = request.allowed.as_ref().is_none_or(|allowed| allowed.contains(&wheel.index));
    let room = driver.configurations.iter().any(|room| request.load.fits(*room));
    let accepted = request.needs & !driver.accepts == 0;
    let short =
        driver.trip_metres_max.is_none_or(|limit| trip_metres(day, request, driver) <= u64::from(limit));
    let elsewhere = matches!(request.hold, Hold::Locked(promise) if promise.driver != wheel.index);
    !barred && allowed && room && accepted && short && !elsewhere
}

/// Metres of a trip by itself: home, pickup, drop-off, home.
pub(crate) fn trip_metres(day: &Day, request: &Request, driver: &Driver) -> u64 {
    let roads = [
        day.matrix.road(driver.home, request.pickup.place),
        day.matrix.road(request.pickup.place, request.dropoff.place),
        day.matrix.road(request.dropoff.place, driver.home),
    ];
    roads.iter().map(|road| u64::from(road.metres)).sum()
}

/// Drivers by what they are and what requests say of them, never by their number; with a number for those who are
/// alike.
fn order_of_drivers(day: &Day) -> Vec<(usize, usize)> {
    let mut said: Vec<Vec<(usize, u8)>> = vec![Vec::new(); day.drivers.len()];
    for (index, request) in day.requests.iter().enumerate() {
        request.barred.iter().for_each(|(driver, _)| said[*driver].push((index, 0)));
        request.allowed.iter().flatten().for_each(|driver| said[*driver].push((index, 1)));
        request.usual.iter().for_each(|driver| said[*driver].push((index, 2)));
        request.hold.promise().iter().for_each(|promise| said[promise.driver].push((index, 3)));
    }
    let key = |index: usize| {
        let driver = &day.drivers[index];
        let mut windows: Vec<Window> = driver.windows.clone();
        windows.sort_unstable();
        let limits = (driver.metres_max, driver.seconds_max, driver.trip_metres_max, driver.trips_max);
        let load = (driver.past_metres, driver.target_metres);
        (driver.home, windows, driver.configurations.clone(), driver.accepts, limits, load, &said[index])
    };
    let mut order: Vec<usize> = (0..day.drivers.len()).collect();
    order.sort_by_cached_key(|index| key(*index));
    let mut alike = 0;
    let mut numbered = Vec::with_capacity(order.len());
    for (position, index) in order.iter().enumerate() {
        if position > 0 && key(order[position - 1]) != key(*index) {
            alike += 1;
        }
        numbered.push((*index, alike));
    }
    numbered
}

fn wheels(day: &Day, order: &[(usize, usize)]) -> (Vec<Wheel>, Vec<Shift>) {
    let mut shifts: Vec<Shift> = Vec::new();
    let mut wheels = Vec::with_capacity(order.len());
    for (position, (index, alike)) in order.iter().enumerate() {
        let driver = &day.drivers[*index];
        let first = shifts.len();
        let mut windows: Vec<(usize, &Window)> = driver.windows.iter().enumerate().collect();
        windows.sort_unstable_by_key(|(_, window)| **window);
        for (window, what) in windows {
            let (start, end) = Day::ends(driver, what);
            // Only with a single window is an empty shift all there is to know of a driver.
            let twin = if driver.windows.len() == 1 { *alike } else { day.drivers.len() + shifts.len() };
            let (open, close) = (what.span.from_s, what.span.until_s);
            shifts.push(Shift { driver: position, window, start, end, open, close, twin });
        }
        wheels.push(Wheel {
            index: *index,
            home: driver.home,
            rooms: driver.configurations.iter().map(|room| packed(*room, COMPANY)).collect(),
            metres_max: driver.metres_max.map_or(UNLIMITED, i64::from),
            seconds_max: driver.seconds_max.map_or(UNLIMITED, i64::from),
            trips_max: driver
                .trips_max
                .map_or(usize::MAX, |most| usize::try_from(most).unwrap_or(usize::MAX)),
            past: i64::from(driver.past_metres),
            target: driver.target_metres.map(i64::from),
            shifts: (first, shifts.len()),
            out: false,
        });
    }
    (wheels, shifts)
}
