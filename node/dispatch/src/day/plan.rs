//! What a plan says: who drives whom, at which printed times, at what cost. Only shapes.

use super::{objective::Cost, refuse::End, why_not::Obstacle};

/// A plan of a day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// The rounds, one for each window of a driver that is used.
    pub tours: Vec<Tour>,
    /// Requests nobody drives, by index.
    pub refused: Vec<Refused>,
    /// Its cost, by term.
    pub cost: Cost,
    /// How the search ended.
    pub ending: Ending,
}

/// How a search ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ending {
    /// Iterations done.
    pub iterations: u64,
    /// Stopped before its budget of iterations: the best plan so far.
    pub cut_short: bool,
}

/// A request nobody drives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Which, by index.
    pub request: usize,
    /// The nearest obstacle over all drivers: what would have to give first; none if it was not looked for.
    pub obstacle: Option<(usize, Obstacle)>,
}

/// One round of one driver in one window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tour {
    /// Who, by index.
    pub driver: usize,
    /// Which window of the driver, by index.
    pub window: usize,
    /// Which configuration of the vehicle, by index.
    pub configuration: usize,
    /// Leaves home, or where the window starts, in seconds.
    pub leave_s: i64,
    /// Is back, in seconds.
    pub back_s: i64,
    /// Stops in order.
    pub stops: Vec<PlannedStop>,
    /// What it adds up to.
    pub figures: Figures,
}

/// One stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlannedStop {
    /// Of which request, by index.
    pub request: usize,
    /// Gets in or out.
    pub end: End,
    /// When getting in or out begins, in seconds.
    pub begin_s: i64,
    /// Whether the driver goes home after it, until the next stop.
    pub home_after: bool,
}

/// What a round, a day or a driver adds up to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// Metres without passenger.
    pub deadhead_m: i64,
    /// Metres with passengers.
    pub loaded_m: i64,
    /// Seconds the driver waits on the way.
    pub wait_s: i64,
    /// Seconds that rides take longer than the direct road.
    pub excess_s: i64,
    /// Metres of those without passenger that only resting at home in between adds; the budget of the day leaves them out.
    pub rest_m: i64,
    /// Seconds from leaving to being back.
    pub away_s: i64,
}

impl Figures {
    /// Metres in all.
    pub fn metres(&self) -> i64 {
        self.deadhead_m + self.loaded_m
    }

    /// Metres that count for the budget of the day: without the driver's own choice to rest at home.
    pub fn budgeted_m(&self) -> i64 {
        self.metres() - self.rest_m
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            deadhead_m: self.deadhead_m + other.deadhead_m,
            loaded_m: self.loaded_m + other.loaded_m,
            wait_s: self.wait_s + other.wait_s,
            excess_s: self.excess_s + other.excess_s,
            rest_m: self.rest_m + other.rest_m,
            away_s: self.away_s + other.away_s,
        }
    }
}
