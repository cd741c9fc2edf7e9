//! The desk's board for one day: the requests, the drivers, and the plan as it stands. Everything that is asked of a day
//! is asked here; questions leave the plan as it was. Must never read a clock or assign anybody by itself.
#![expect(clippy::indexing_slicing, reason = "indices are those of the prepared day")]

use super::{
    fill::Filler,
    locks::place_locked,
    model::{Day, Hold},
    plan::{Ending, Figures, Plan, PlannedStop, Refused, Tour},
    prepared::{NONE, Prepared},
    price::price,
    refuse::{DayError, End},
    route::{rest_at_home, timed},
    search::{Budget, Settings, improve},
    state::State,
    why_not::{Obstacle, obstacle},
};

/// One day with its plan.
#[derive(Debug, Clone)]
pub struct Board {
    pub(crate) prepared: Prepared,
    pub(crate) state: State,
    pub(crate) filler: Filler,
}

impl Board {
    /// A day in which nothing is planned but the locked legs.
    ///
    /// # Errors
    /// What is wrong with the day, and what to change; locked legs that cannot be kept.
    pub fn new(day: Day) -> Result<Self, DayError> {
        let mut board = Self::bare(day)?;
        place_locked(&board.prepared, &mut board.state, &mut board.filler)?;
        Ok(board)
    }

    /// A day with a plan that is kept, stop by stop; locked legs the plan does not know are added.
    ///
    /// # Errors
    /// What is wrong with the day; a plan that breaks a rule.
    pub fn with_plan(day: Day, plan: &Plan) -> Result<Self, DayError> {
        let mut board = Self::bare(day)?;
        for tour in &plan.tours {
            board.adopt(tour)?;
        }
        place_locked(&board.prepared, &mut board.state, &mut board.filler)?;
        Ok(board)
    }

    fn bare(day: Day) -> Result<Self, DayError> {
        let prepared = Prepared::new(day)?;
        let state = State::new(&prepared);
        Ok(Self { prepared, state, filler: Filler::default() })
    }

    /// Takes over one tour.
    fn adopt(&mut self, tour: &Tour) -> Result<(), DayError> {
        let prepared = &self.prepared;
        let shift = shift_of(prepared, tour.driver, tour.window).ok_or(DayError::PlanInvalid)?;
        if !self.state.routes[shift].is_empty() {
            return Err(DayError::PlanInvalid);
        }
        let driver = prepared.shifts[shift].driver;
        let mut nodes = Vec::with_capacity(tour.stops.len());
        for stop in &tour.stops {
            let request = stop.request;
            let inside = nodes.iter().position(|node| *node == 2 * request);
            let known = request < prepared.asks.len() && prepared.is_allowed(request, driver);
            let fresh = stop.end == End::Pickup && self.state.home.get(request) == Some(&NONE);
            let in_order =
                if fresh { inside.is_none() } else { inside.is_some() && stop.end == End::Dropoff };
            let node = 2 * request + usize::from(stop.end == End::Dropoff);
            if !known || !in_order || nodes.contains(&node) {
                return Err(DayError::PlanInvalid);
            }
            nodes.push(node);
        }
        let complete = nodes.iter().all(|node| nodes.contains(&(node ^ 1)));
        let state = &mut self.state;
        let fits = complete && state.set(prepared, shift, &nodes, &mut self.filler.inserter.sheet);
        if !fits || state.routes[shift].rooms == 0 || !state.within_budgets(prepared, driver) {
            return Err(DayError::PlanInvalid);
        }
        state.settle(prepared, shift);
        Ok(())
    }

    /// The day as it was given.
    pub fn day(&self) -> &Day {
        &self.prepared.day
    }

    /// Who drives a request, by index; none if nobody.
    pub fn driver_of(&self, request: usize) -> Option<usize> {
        let driver = self.state.driver(&self.prepared, request);
        self.prepared.wheels.get(driver).map(|wheel| wheel.index)
    }

    /// Puts in, one after the other, what can be put in: care first, then appointments, then by time. A complete plan
    /// at once, to be improved.
    pub fn fill(&mut self) {
        let prepared = &self.prepared;
        let mut todo = self.state.absent.clone();
        let key =
            |request: &usize| (-prepared.asks[*request].refusal, prepared.nodes[2 * request].open, *request);
        todo.sort_by_key(key);
        self.filler.greedy(prepared, &mut self.state, &todo, None);
    }

    /// Improves the plan until the budget is used up, or `stop` says so: a safety stop that may look at a clock.
    pub fn improve(&mut self, budget: Budget, stop: &(dyn Fn() -> bool + Sync)) -> Ending {
        improve(&self.prepared, &mut self.state, budget, &Settings::TUNED, stop)
    }

    /// The plan as it stands, with printed times and, for each refused request, the nearest obstacle.
    pub fn plan(&mut self) -> Plan {
        let mut plan = self.print();
        let refused = std::mem::take(&mut plan.refused);
        plan.refused = refused.into_iter().map(|refused| self.nearest_obstacle(refused.request)).collect();
        plan
    }

    /// The plan as it stands, without looking for obstacles.
    pub fn print(&mut self) -> Plan {
        let prepared = &self.prepared;
        let mut order: Vec<usize> = (0..prepared.shifts.len()).collect();
        order.retain(|shift| !self.state.routes[*shift].is_empty());
        order.sort_by_key(|shift| {
            (prepared.wheels[prepared.shifts[*shift].driver].index, prepared.shifts[*shift].window)
        });
        let mut refused: Vec<usize> = self.state.absent.clone();
        refused.retain(|request| prepared.day.requests[*request].hold != Hold::Withdrawn);
        refused.sort_unstable();
        let refused = refused.into_iter().map(|request| Refused { request, obstacle: None }).collect();
        let tours: Vec<Tour> = order.into_iter().map(|shift| self.tour(shift)).collect();
        let mut plan = Plan { tours, refused, ..Plan::default() };
        plan.cost = price(&self.prepared.day, &plan);
        plan
    }

    /// Prints one round.
    pub(crate) fn tour(&mut self, shift: usize) -> Tour {
        let prepared = &self.prepared;
        let (what, route) = (&prepared.shifts[shift], &self.state.routes[shift]);
        let sheet = &mut self.filler.inserter.sheet;
        let figures: Figures = timed(prepared, what, &route.line, &route.early, sheet);
        let last = route.line.len() - 1;
        let stop = |at: usize| {
            let point = &route.line[at];
            let wait_s = sheet.begin[at + 1] - sheet.begin[at] - point.service - point.travel;
            let home = route.load[at] == 0 && rest_at_home(prepared, what, &route.line, at, wait_s).is_some();
            PlannedStop {
                request: point.node / 2,
                end: if point.is_pickup() { End::Pickup } else { End::Dropoff },
                begin_s: sheet.begin[at],
                home_after: home,
            }
        };
        Tour {
            driver: prepared.wheels[what.driver].index,
            window: what.window,
            configuration: usize::try_from(route.rooms.trailing_zeros()).unwrap_or(0),
            leave_s: sheet.begin[0],
            back_s: sheet.begin[last],
            stops: (1..last).map(stop).collect(),
            figures,
        }
    }

    /// Whether a driver can drive a request as the plan stands; if not, the first reason why not.
    ///
    /// # Errors
    /// The obstacle; [`Obstacle::NotAllowed`] for a request or driver that is not there.
    pub fn why_not(&mut self, request: usize, driver: usize) -> Result<(), Obstacle> {
        let Some(wheel) = self.prepared.wheel_of.get(driver).copied() else {
            return Err(Obstacle::NotAllowed);
        };
        if request >= self.prepared.asks.len() {
            return Err(Obstacle::NotAllowed);
        }
        self.without(request, |board| board.verdict(request, wheel))
    }

    /// For an absent request and a driver in the search's order.
    pub(crate) fn verdict(&mut self, request: usize, wheel: usize) -> Result<(), Obstacle> {
        let (prepared, state) = (&self.prepared, &self.state);
        let (first, past) = prepared.wheels[wheel].shifts;
        let allowed = prepared.is_allowed(request, wheel);
        let inserter = &mut self.filler.inserter;
        let fits =
            allowed && (first..past).any(|shift| inserter.has_place(state.target(prepared, shift, request)));
        if fits { Ok(()) } else { Err(obstacle(prepared, state, (request, wheel), inserter)) }
    }

    /// The obstacle over all drivers that lies furthest along the rules.
    pub(crate) fn nearest_obstacle(&mut self, request: usize) -> Refused {
        let mut nearest: Option<(usize, Obstacle)> = None;
        for wheel in 0..self.prepared.wheels.len() {
            let Err(found) = self.verdict(request, wheel) else { continue };
            let index = self.prepared.wheels[wheel].index;
            let nearer =
                nearest.is_none_or(|(kept, than)| super::why_not::nearer((found, index), (than, kept)));
            if nearer {
                nearest = Some((index, found));
            }
        }
        Refused { request, obstacle: nearest }
    }

    /// Answers a question as if a request were not planned, and puts everything back.
    pub(crate) fn without<T>(&mut self, request: usize, question: impl FnOnce(&mut Self) -> T) -> T {
        if self.state.home[request] == NONE {
            return question(self);
        }
        self.state.begin();
        self.state.remove(&self.prepared, request, &mut self.filler.inserter.sheet);
        let kept = self.state.set_journal_aside();
        let answer = question(self);
        self.state.take_journal_back(kept);
        self.state.undo();
        self.state.end();
        answer
    }
}

/// The search's number of a window of a driver.
pub(crate) fn shift_of(prepared: &Prepared, driver: usize, window: usize) -> Option<usize> {
    let wheel = prepared.wheels.get(*prepared.wheel_of.get(driver)?)?;
    (wheel.shifts.0..wheel.shifts.1).find(|shift| prepared.shifts[*shift].window == window)
}

/// Plans a day from nothing, or from a plan that is to be changed as little as its announcements ask.
///
/// # Errors
/// What is wrong with the day, and what to change.
pub fn plan_day(
    day: Day,
    current: Option<&Plan>,
    budget: Budget,
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<Plan, DayError> {
    let mut board = match current {
        Some(plan) => Board::with_plan(day, plan)?,
        None => Board::new(day)?,
    };
    board.fill();
    let ending = board.improve(budget, stop);
    let mut plan = board.plan();
    plan.ending = ending;
    Ok(plan)
}
