//! All rounds of a day while they are being changed: who drives what, what it costs, and how to take a change back
//! without copying the plan. Must never choose.
#![expect(clippy::indexing_slicing, reason = "indices are those of the prepared day")]

use super::{
    insertion::{Placement, Target},
    prepared::{NONE, Prepared},
    route::Route,
    schedule::Sheet,
};

/// What a driver does that day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) metres: i64,
    /// Without rests at home.
    pub(crate) budgeted: i64,
    pub(crate) away: i64,
    pub(crate) trips: usize,
}

/// A plan in the making.
#[derive(Debug, Clone)]
pub(crate) struct State {
    pub(crate) routes: Vec<Route>,
    /// The shift that drives each request; none if absent.
    pub(crate) home: Vec<usize>,
    /// Requests nobody drives, in no order.
    pub(crate) absent: Vec<usize>,
    absent_at: Vec<usize>,
    /// By driver, in the search's order.
    pub(crate) totals: Vec<Totals>,
    /// Everything together, refusals included.
    pub(crate) cost: i64,
    /// A change did not fit: the roads contradict one another (a detour that is faster than the direct road). Whoever
    /// changes takes back.
    pub(crate) broken: bool,
    journal: Journal,
    nodes: Vec<usize>,
    shifts: Vec<usize>,
}

/// What was before the changes since [`State::begin`].
#[derive(Debug, Clone, Default)]
pub(crate) struct Journal {
    on: bool,
    cost: i64,
    /// Routes as they were; only the first `used` count, the rest are spare buffers.
    routes: Vec<(usize, Route)>,
    used: usize,
    homes: Vec<(usize, usize)>,
    totals: Vec<(usize, Totals)>,
    touched: Vec<bool>,
}

impl State {
    pub(crate) fn new(prepared: &Prepared) -> Self {
        let count = prepared.asks.len();
        Self {
            routes: prepared.shifts.iter().map(|shift| Route::empty(prepared, shift)).collect(),
            home: vec![NONE; count],
            absent: (0..count).collect(),
            absent_at: (0..count).collect(),
            totals: vec![Totals::default(); prepared.wheels.len()],
            cost: prepared.asks.iter().map(|ask| ask.refusal).sum(),
            broken: false,
            journal: Journal { touched: vec![false; prepared.shifts.len()], ..Journal::default() },
            nodes: Vec::new(),
            shifts: Vec::new(),
        }
    }

    pub(crate) fn target<'a>(&'a self, prepared: &'a Prepared, shift: usize, request: usize) -> Target<'a> {
        let what = &prepared.shifts[shift];
        Target {
            prepared,
            shift: what,
            route: &self.routes[shift],
            totals: self.totals[what.driver],
            request,
        }
    }

    /// The driver of a request, in the search's order; none if absent.
    pub(crate) fn driver(&self, prepared: &Prepared, request: usize) -> usize {
        match self.home.get(request) {
            Some(shift) if *shift != NONE => prepared.shifts[*shift].driver,
            _ => NONE,
        }
    }

    /// What it costs besides the round that this driver drives this request, as the other leg stands now.
    pub(crate) fn preference(&self, prepared: &Prepared, request: usize, driver: usize) -> i64 {
        let other = self.driver(prepared, prepared.asks[request].partner);
        let split = if other != NONE && other != driver { prepared.day.weights.split_return } else { 0 };
        prepared.preference(request, driver) + split
    }

    /// Remembers everything that changes from now on.
    pub(crate) fn begin(&mut self) {
        let journal = &mut self.journal;
        for (shift, _) in journal.routes.iter().take(journal.used) {
            journal.touched[*shift] = false;
        }
        journal.on = true;
        journal.used = 0;
        journal.homes.clear();
        journal.totals.clear();
        journal.cost = self.cost;
    }

    /// Shifts changed since [`State::begin`].
    pub(crate) fn touched(&self) -> impl Iterator<Item = usize> + '_ {
        self.journal.routes.iter().take(self.journal.used).map(|(shift, _)| *shift)
    }

    /// Takes back everything since [`State::begin`].
    pub(crate) fn undo(&mut self) {
        while let Some((request, shift)) = self.journal.homes.pop() {
            self.put_home(request, shift);
        }
        while let Some((driver, totals)) = self.journal.totals.pop() {
            self.totals[driver] = totals;
        }
        for index in 0..self.journal.used {
            let (shift, route) = &mut self.journal.routes[index];
            std::mem::swap(route, &mut self.routes[*shift]);
            self.journal.touched[*shift] = false;
        }
        self.journal.used = 0;
        self.cost = self.journal.cost;
        self.broken = false;
    }

    /// Forgets what was remembered: changes are final from now on.
    pub(crate) fn end(&mut self) {
        self.begin();
        self.journal.on = false;
    }

    /// Puts what is remembered aside, so that a question may use the journal for itself.
    pub(crate) fn set_journal_aside(&mut self) -> Journal {
        let fresh = Journal { touched: vec![false; self.routes.len()], ..Journal::default() };
        std::mem::replace(&mut self.journal, fresh)
    }

    /// Takes back what was put aside.
    pub(crate) fn take_journal_back(&mut self, journal: Journal) {
        self.journal = journal;
    }

    /// Says that all of one shift's requests are driven by it, after [`State::set`] on absent requests.
    pub(crate) fn settle(&mut self, prepared: &Prepared, shift: usize) {
        let driver = prepared.shifts[shift].driver;
        let nodes: Vec<usize> = self.routes[shift].nodes().filter(|node| node & 1 == 0).collect();
        for node in nodes {
            let request = node / 2;
            self.cost += self.preference(prepared, request, driver) - prepared.asks[request].refusal;
            self.log_home(request);
            self.put_home(request, shift);
        }
    }

    /// Puts an absent request where a placement says.
    pub(crate) fn insert(
        &mut self,
        prepared: &Prepared,
        (shift, request): (usize, usize),
        placement: Placement,
        sheet: &mut Sheet,
    ) {
        let driver = prepared.shifts[shift].driver;
        let preference = self.preference(prepared, request, driver);
        let mut nodes = std::mem::take(&mut self.nodes);
        nodes.clear();
        nodes.extend(self.routes[shift].nodes());
        // Position p of the line is index p − 1 of the nodes.
        nodes.insert(placement.dropoff, 2 * request + 1);
        nodes.insert(placement.pickup, 2 * request);
        self.set(prepared, shift, &nodes, sheet);
        self.nodes = nodes;
        self.log_home(request);
        self.put_home(request, shift);
        self.cost += preference - prepared.asks[request].refusal;
    }

    /// Takes a request out of its round.
    pub(crate) fn remove(&mut self, prepared: &Prepared, request: usize, sheet: &mut Sheet) {
        let shift = self.home[request];
        if shift == NONE {
            return;
        }
        let mut nodes = std::mem::take(&mut self.nodes);
        nodes.clear();
        nodes.extend(self.routes[shift].nodes().filter(|node| node / 2 != request));
        self.set(prepared, shift, &nodes, sheet);
        self.nodes = nodes;
        self.log_home(request);
        self.put_home(request, NONE);
        let driver = prepared.shifts[shift].driver;
        self.cost += prepared.asks[request].refusal - self.preference(prepared, request, driver);
    }

    /// Takes several requests out, each changed round rebuilt once.
    pub(crate) fn remove_all(&mut self, prepared: &Prepared, requests: &[usize], sheet: &mut Sheet) {
        let mut nodes = std::mem::take(&mut self.nodes);
        let mut shifts = std::mem::take(&mut self.shifts);
        shifts.clear();
        for request in requests {
            let shift = self.home[*request];
            if shift == NONE {
                continue;
            }
            if !shifts.contains(&shift) {
                shifts.push(shift);
            }
            let driver = prepared.shifts[shift].driver;
            let preference = self.preference(prepared, *request, driver);
            self.log_home(*request);
            self.put_home(*request, NONE);
            self.cost += prepared.asks[*request].refusal - preference;
        }
        for shift in &shifts {
            nodes.clear();
            nodes.extend(self.routes[*shift].nodes().filter(|node| self.home[node / 2] != NONE));
            self.set(prepared, *shift, &nodes, sheet);
        }
        self.nodes = nodes;
        self.shifts = shifts;
    }

    /// Gives a shift another sequence of nodes, without looking at who drives what; false and
    /// broken if that breaks its times.
    pub(crate) fn set(
        &mut self,
        prepared: &Prepared,
        shift: usize,
        nodes: &[usize],
        sheet: &mut Sheet,
    ) -> bool {
        self.touch(shift);
        let what = &prepared.shifts[shift];
        let before = self.routes[shift].figures;
        let trips_before = self.routes[shift].trips;
        let old_cost = self.routes[shift].cost;
        if !self.routes[shift].rebuild(prepared, what, nodes, sheet) {
            self.broken = true;
            return false;
        }
        let route = &self.routes[shift];
        let wheel = &prepared.wheels[what.driver];
        let old = self.totals[what.driver];
        let new = Totals {
            metres: old.metres - before.metres() + route.figures.metres(),
            budgeted: old.budgeted - before.budgeted_m() + route.figures.budgeted_m(),
            away: old.away - before.away_s + route.figures.away_s,
            trips: old.trips - trips_before + route.trips,
        };
        let weights = &prepared.day.weights;
        self.cost += route.cost - old_cost + weights.fairness(wheel.past, new.metres, wheel.target)
            - weights.fairness(wheel.past, old.metres, wheel.target);
        if self.journal.on {
            self.journal.totals.push((what.driver, old));
        }
        self.totals[what.driver] = new;
        true
    }

    /// Takes over a whole plan, nodes by shift, valid as it was when it was kept.
    pub(crate) fn restore(&mut self, prepared: &Prepared, nodes: &[Vec<usize>], sheet: &mut Sheet) -> bool {
        self.journal.on = false;
        for request in 0..self.home.len() {
            self.put_home(request, NONE);
        }
        let mut fits = true;
        for (shift, nodes) in nodes.iter().enumerate() {
            if !self.routes[shift].nodes().eq(nodes.iter().copied()) {
                fits &= self.set(prepared, shift, nodes, sheet);
            }
            for node in nodes.iter().filter(|node| *node & 1 == 0) {
                self.put_home(node / 2, shift);
            }
        }
        self.cost = self.count(prepared);
        fits
    }

    /// Takes everybody out of a shift.
    pub(crate) fn vacate(&mut self, prepared: &Prepared, shift: usize, riders: &[usize], sheet: &mut Sheet) {
        let driver = prepared.shifts[shift].driver;
        for request in riders {
            self.cost += prepared.asks[*request].refusal - self.preference(prepared, *request, driver);
            self.log_home(*request);
            self.put_home(*request, NONE);
        }
        self.set(prepared, shift, &[], sheet);
    }

    /// Counts the cost anew, after what refusals or preferences cost has changed.
    pub(crate) fn recount(&mut self, prepared: &Prepared) {
        self.cost = self.count(prepared);
    }

    /// The cost, counted anew from what stands in the plan.
    pub(crate) fn count(&self, prepared: &Prepared) -> i64 {
        let weights = &prepared.day.weights;
        let rounds: i64 = self.routes.iter().map(|route| route.cost).sum();
        let fairness = prepared.wheels.iter().zip(&self.totals);
        let fairness: i64 =
            fairness.map(|(wheel, totals)| weights.fairness(wheel.past, totals.metres, wheel.target)).sum();
        let mut rest = 0;
        for (request, ask) in prepared.asks.iter().enumerate() {
            let driver = self.driver(prepared, request);
            if driver == NONE {
                rest += ask.refusal;
                continue;
            }
            rest += prepared.preference(request, driver);
            let other = self.driver(prepared, ask.partner);
            if ask.partner < request && other != NONE && other != driver {
                rest += weights.split_return;
            }
        }
        rounds + fairness + rest
    }

    /// Whether a driver keeps the budgets of the day.
    pub(crate) fn within_budgets(&self, prepared: &Prepared, driver: usize) -> bool {
        let (wheel, totals) = (&prepared.wheels[driver], self.totals[driver]);
        totals.budgeted <= wheel.metres_max
            && totals.away <= wheel.seconds_max
            && totals.trips <= wheel.trips_max
    }

    /// Says that another shift drives a request, after [`State::set`]; preferences included.
    pub(crate) fn reassign(&mut self, prepared: &Prepared, request: usize, shift: usize) {
        let old = prepared.shifts[self.home[request]].driver;
        let new = prepared.shifts[shift].driver;
        self.cost += self.preference(prepared, request, new) - self.preference(prepared, request, old);
        self.log_home(request);
        self.put_home(request, shift);
    }

    fn touch(&mut self, shift: usize) {
        let journal = &mut self.journal;
        if !journal.on || journal.touched[shift] {
            return;
        }
        journal.touched[shift] = true;
        if journal.used == journal.routes.len() {
            journal.routes.push((shift, self.routes[shift].clone()));
        } else {
            let (kept, route) = &mut journal.routes[journal.used];
            *kept = shift;
            route.copy_from(&self.routes[shift]);
        }
        journal.used += 1;
    }

    fn log_home(&mut self, request: usize) {
        if self.journal.on {
            self.journal.homes.push((request, self.home[request]));
        }
    }

    fn put_home(&mut self, request: usize, shift: usize) {
        let was_absent = self.home[request] == NONE;
        self.home[request] = shift;
        if was_absent && shift != NONE {
            let at = self.absent_at[request];
            self.absent.swap_remove(at);
            if let Some(moved) = self.absent.get(at) {
                self.absent_at[*moved] = at;
            }
        } else if !was_absent && shift == NONE {
            self.absent_at[request] = self.absent.len();
            self.absent.push(request);
        }
    }
}
