//! A day as plain data: places, roads, requests, drivers. Only shapes; must never plan anything.
//!
//! Units: metres, and seconds counted from an instant the caller chooses (midnight of the day, say). Places, requests
//! and drivers are named by their index in the vectors of [`Day`]; `key` is the caller's own name for them and never
//! steers a decision.

use maillage_domain::plan_rules::{PlanLimits, PlanRules};

use super::{objective::Weights, refuse::DayError};

/// A stretch of road between two places.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Road {
    /// Its length in metres.
    pub metres: u32,
    /// How long it takes, in seconds.
    pub seconds: u32,
}

impl Road {
    /// No way from here to there.
    pub const UNREACHABLE: Self = Self { metres: u32::MAX, seconds: u32::MAX };

    /// Whether there is no way.
    pub fn is_unreachable(self) -> bool {
        self.metres == u32::MAX || self.seconds == u32::MAX
    }
}

/// The roads between all places, row by row: one of either engine, an estimate or a router, never a mixture.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Matrix {
    places: usize,
    roads: Vec<Road>,
}

impl Matrix {
    /// From `places` rows of `places` roads each.
    ///
    /// # Errors
    /// When the number of roads is not the square of the number of places.
    pub fn new(places: usize, roads: Vec<Road>) -> Result<Self, DayError> {
        if places.checked_mul(places) == Some(roads.len()) {
            Ok(Self { places, roads })
        } else {
            Err(DayError::MatrixSize { places, roads: roads.len() })
        }
    }

    /// How many places there are.
    pub fn places(&self) -> usize {
        self.places
    }

    /// All roads, row by row.
    pub fn roads(&self) -> &[Road] {
        &self.roads
    }

    /// The road from one place to another; unreachable if either is unknown.
    pub fn road(&self, from: usize, to: usize) -> Road {
        let known = from < self.places && to < self.places;
        let road = known.then(|| self.roads.get(from * self.places + to)).flatten();
        road.copied().unwrap_or(Road::UNREACHABLE)
    }
}

/// From an instant to another, both included, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The first second.
    pub from_s: i64,
    /// The last second.
    pub until_s: i64,
}

impl Span {
    /// From `from_s` to `until_s`.
    pub const fn new(from_s: i64, until_s: i64) -> Self {
        Self { from_s, until_s }
    }

    /// What both have in common; reversed if nothing.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { from_s: self.from_s.max(other.from_s), until_s: self.until_s.min(other.until_s) }
    }

    /// Whether an instant lies in it.
    pub fn holds(self, instant_s: i64) -> bool {
        self.from_s <= instant_s && instant_s <= self.until_s
    }
}

/// Who sits where: what a request takes, or what a vehicle holds in one of its configurations.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Load {
    /// Seats.
    pub seats: u16,
    /// Places for somebody who stays in the wheelchair.
    pub wheelchairs: u16,
}

impl Load {
    /// Whether this fits into that.
    pub fn fits(self, room: Self) -> bool {
        self.seats <= room.seats && self.wheelchairs <= room.wheelchairs
    }
}

/// One end of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Halt {
    /// The place.
    pub place: usize,
    /// When getting in, or out, may begin.
    pub window: Span,
    /// How long getting in, or out, takes, in seconds.
    pub service_s: u32,
}

/// How much a refusal hurts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// Shopping, visits, leisure.
    #[default]
    Ordinary,
    /// Somebody waits there: an interview, an office.
    Appointment,
    /// Care.
    Medical,
}

/// What a person was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Promise {
    /// Who drives.
    pub driver: usize,
    /// The pickup is in there; promised times never worsen, so nothing outside of it is ever planned.
    pub pickup: Span,
    /// Arrival at the latest.
    pub arrival_s: i64,
}

/// How firm a request stands in the plan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hold {
    /// Nobody was told anything.
    #[default]
    Free,
    /// Told, and not accepted by the driver: another driver may come, at a price, at the promised times.
    Announced(Promise),
    /// Accepted, confirmed or running: this driver, at the promised times, whatever it costs.
    Locked(Promise),
    /// Cancelled: nobody drives it, and that is no refusal.
    Withdrawn,
}

impl Hold {
    /// What was promised, if anything.
    pub fn promise(self) -> Option<Promise> {
        match self {
            Self::Free | Self::Withdrawn => None,
            Self::Announced(promise) | Self::Locked(promise) => Some(promise),
        }
    }
}

/// Why a driver must not be asked for a request: rules that the caller knows better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bar {
    /// Not to be asked at all, or away.
    Inactive,
    /// The passenger and the driver are not to travel together; which of them says so is not told.
    Avoided,
    /// A paper has expired by then, or was never seen.
    Documents,
    /// Picks up and sets down elsewhere.
    Communes,
    /// Too late to ask this driver.
    LeadTime,
    /// The driver's week is full.
    Week,
    /// No legal frame covers the trip with this driver.
    LegalFrame,
}

/// One leg to be driven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The caller's name for it.
    pub key: u64,
    /// Where the person gets in.
    pub pickup: Halt,
    /// Where the person gets out.
    pub dropoff: Halt,
    /// Seats and wheelchair places taken, companions included.
    pub load: Load,
    /// The person's own limit of a ride, in seconds; the rules of [`Rules`] hold besides.
    pub max_ride_s: Option<u32>,
    /// How much a refusal hurts.
    pub priority: Priority,
    /// Whether others may be on board.
    pub pooling: bool,
    /// The outbound leg, if this is its return.
    pub return_of: Option<usize>,
    /// What the driver must accept, one bit each.
    pub needs: u64,
    /// Drivers who may drive; everybody if none.
    pub allowed: Option<Vec<usize>>,
    /// Drivers who must not, and why.
    pub barred: Vec<(usize, Bar)>,
    /// Who drives this person, or this series, as a rule.
    pub usual: Option<usize>,
    /// How firm it stands.
    pub hold: Hold,
    /// The series it belongs to, the same number on every day.
    pub series: Option<u64>,
}

/// When a driver is available: one round from `start` to `end`, home unless said otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Window {
    /// Leaves home in there and is back in there.
    pub span: Span,
    /// Where the driver is when it begins, if not at home.
    pub start: Option<usize>,
    /// Where the driver must be when it ends, if not at home.
    pub end: Option<usize>,
}

/// Somebody who drives, with the vehicle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Driver {
    /// The caller's name for it.
    pub key: u64,
    /// Where the driver lives.
    pub home: usize,
    /// When the driver is available, in any order, none over another.
    pub windows: Vec<Window>,
    /// Ways to arrange the vehicle, one for each round.
    pub configurations: Vec<Load>,
    /// Needs the driver accepts, one bit each.
    pub accepts: u64,
    /// Metres of the whole day, over all windows; what only resting at home in between adds is the driver's own choice
    /// and left out, so that a trip that is cancelled never breaks the budget.
    pub metres_max: Option<u32>,
    /// Seconds from leaving to being back, over all windows of the day.
    pub seconds_max: Option<u32>,
    /// Longest trip by itself: home, pickup, drop-off, home, in metres.
    pub trip_metres_max: Option<u32>,
    /// Requests of the whole day at most, locked ones included.
    pub trips_max: Option<u32>,
    /// Metres of the 28 days before this one.
    pub past_metres: u32,
    /// Metres of 28 days that the driver wishes to drive; fairness leaves the driver alone if none.
    pub target_metres: Option<u32>,
}

/// Rules for everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// A ride is at most `max(direct × permille / 1000, direct + extra_s)`; no such limit if none.
    pub detour: Option<DetourLimit>,
    /// A driver goes home while waiting when that costs less and leaves this many seconds there; never if none.
    pub home_rest_s: Option<u32>,
    /// A road longer than this is nonsense, in seconds.
    pub longest_road_s: u32,
    /// A road longer than this is nonsense, in metres.
    pub longest_road_m: u32,
}

/// How much longer than the direct road a shared ride may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DetourLimit {
    /// Thousandths of the direct time.
    pub permille: u32,
    /// Or so many seconds more, whichever is longer.
    pub extra_s: u32,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            detour: Some(DetourLimit { permille: 1_500, extra_s: 20 * 60 }),
            home_rest_s: Some(30 * 60),
            longest_road_s: 24 * 3600,
            longest_road_m: 2_000_000,
        }
    }
}

impl From<&PlanRules> for Rules {
    fn from(rules: &PlanRules) -> Self {
        let PlanLimits { detour_permille, detour_min, home_rest_min } = rules.limits;
        Self {
            detour: Some(DetourLimit { permille: detour_permille, extra_s: detour_min * 60 }),
            home_rest_s: Some(home_rest_min * 60),
            ..Self::default()
        }
    }
}

/// A day to plan.
#[derive(Debug, Clone, Default)]
pub struct Day {
    /// The roads between all places.
    pub matrix: Matrix,
    /// What is asked.
    pub requests: Vec<Request>,
    /// Who could drive.
    pub drivers: Vec<Driver>,
    /// Rules for everybody.
    pub rules: Rules,
    /// What counts how much.
    pub weights: Weights,
}

impl Day {
    /// The longest ride of a request in seconds, under its own limit and the rules; none if nothing limits it.
    pub fn ride_limit_s(&self, request: &Request) -> Option<i64> {
        let direct = i64::from(self.matrix.road(request.pickup.place, request.dropoff.place).seconds);
        let by_rule = self.rules.detour.map(|limit| {
            let stretched = direct * i64::from(limit.permille) / 1000;
            stretched.max(direct + i64::from(limit.extra_s))
        });
        let own = request.max_ride_s.map(i64::from);
        own.into_iter().chain(by_rule).min()
    }

    /// Where the window of a driver begins and ends.
    pub fn ends(driver: &Driver, window: &Window) -> (usize, usize) {
        (window.start.unwrap_or(driver.home), window.end.unwrap_or(driver.home))
    }
}
