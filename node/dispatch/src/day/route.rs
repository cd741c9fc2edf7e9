//! One round of one shift with everything the search wants to know about it at hand. Must never look at other rounds.
#![expect(clippy::indexing_slicing, reason = "positions are made here and in the search, in hot loops")]

use super::{
    plan::Figures,
    prepared::{NONE, Prepared, Shift, UNLIMITED, fits},
    schedule::{Point, Sheet, lower, raise},
};

/// A round of one shift, between start and end; empty if it has only those two.
#[derive(Debug, Clone, Default)]
pub(crate) struct Route {
    pub(crate) line: Vec<Point>,
    /// Least fixpoint of the times.
    pub(crate) early: Vec<i64>,
    /// Greatest fixpoint of the times.
    pub(crate) late: Vec<i64>,
    /// Packed load after each point.
    pub(crate) load: Vec<u64>,
    /// Configurations that hold every load, one bit each.
    pub(crate) rooms: u8,
    /// What it adds up to; waiting, excess and time away only if times matter.
    pub(crate) figures: Figures,
    /// How many requests it drives.
    pub(crate) trips: usize,
    /// Cost of the round without fairness and preferences.
    pub(crate) cost: i64,
}

impl Route {
    pub(crate) fn empty(prepared: &Prepared, shift: &Shift) -> Self {
        let mut route = Self::default();
        route.rebuild(prepared, shift, &[], &mut Sheet::default());
        route
    }

    /// Like `clone_from`, keeping the buffers.
    pub(crate) fn copy_from(&mut self, other: &Self) {
        self.line.clone_from(&other.line);
        self.early.clone_from(&other.early);
        self.late.clone_from(&other.late);
        self.load.clone_from(&other.load);
        self.rooms = other.rooms;
        self.figures = other.figures;
        self.trips = other.trips;
        self.cost = other.cost;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.line.len() <= 2
    }

    /// Nodes in order, without start and end.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = usize> + '_ {
        let stops = self.line.get(1..self.line.len().saturating_sub(1)).unwrap_or_default();
        stops.iter().map(|point| point.node)
    }

    /// Takes over a sequence of nodes; false, with undefined times, if there is no schedule for it.
    pub(crate) fn rebuild(
        &mut self,
        prepared: &Prepared,
        shift: &Shift,
        nodes: &[usize],
        sheet: &mut Sheet,
    ) -> bool {
        self.lay(prepared, shift, nodes);
        self.early.clear();
        self.early.extend(self.line.iter().map(|point| point.open));
        if !nodes.is_empty() && !raise(&self.line, &mut self.early, 1, &[], usize::MAX) {
            return false;
        }
        self.late.clear();
        self.late.extend(self.line.iter().map(|point| point.close));
        if !nodes.is_empty() {
            lower(&self.line, &mut self.late);
        }
        self.loads(prepared, shift);
        self.figures = figures(prepared, shift, &self.line, &self.early, sheet);
        self.trips = nodes.len() / 2;
        self.cost = cost(prepared, &self.figures);
        true
    }

    fn lay(&mut self, prepared: &Prepared, shift: &Shift, nodes: &[usize]) {
        self.line.clear();
        let end = |place| Point {
            node: NONE,
            place,
            open: shift.open,
            close: shift.close,
            service: 0,
            travel: 0,
            ride_max: UNLIMITED,
            mate: 0,
        };
        self.line.push(end(shift.start));
        self.line.extend(nodes.iter().map(|node| Point::of(prepared, *node)));
        self.line.push(end(shift.end));
        join(prepared, shift, &mut self.line);
    }

    fn loads(&mut self, prepared: &Prepared, shift: &Shift) {
        let rooms = &prepared.wheels[shift.driver].rooms;
        self.rooms = u8::MAX >> (8 - rooms.len().min(8));
        self.load.clear();
        let mut load = 0;
        for point in &self.line {
            if point.is_pickup() {
                load += prepared.asks[point.node / 2].load;
                self.rooms = holding(rooms, load, self.rooms);
            } else if point.is_dropoff() {
                load -= prepared.asks[point.node / 2].load;
            }
            self.load.push(load);
        }
    }
}

/// Which of the configurations of a mask hold a load.
pub(crate) fn holding(rooms: &[u64], load: u64, mask: u8) -> u8 {
    let mut left = mask;
    for (index, room) in rooms.iter().enumerate() {
        if !fits(load, *room) {
            left &= !(1 << index);
        }
    }
    left
}

/// Sets travel times, mates and the longest duration of a line of points.
fn join(prepared: &Prepared, shift: &Shift, line: &mut [Point]) {
    let last = line.len() - 1;
    for at in 0..last {
        line[at].travel = prepared.seconds(line[at].place, line[at + 1].place);
    }
    for at in 1..last {
        if line[at].is_pickup() {
            let out = line[at].node + 1;
            let mate = (at + 1..last).find(|later| line[*later].node == out).unwrap_or(at);
            line[at].mate = mate;
            line[mate].mate = at;
        }
    }
    line[0].mate = last;
    line[last].mate = 0;
    line[last].ride_max = longest_round(prepared, shift);
}

/// The longest a round may take, as far as that is known beforehand: for a driver with one window.
fn longest_round(prepared: &Prepared, shift: &Shift) -> i64 {
    let wheel = &prepared.wheels[shift.driver];
    let single = wheel.shifts.1 - wheel.shifts.0 == 1;
    if single { wheel.seconds_max } else { UNLIMITED }
}

/// What a round adds up to, at the times it is printed with.
pub(crate) fn figures(
    prepared: &Prepared,
    shift: &Shift,
    line: &[Point],
    early: &[i64],
    sheet: &mut Sheet,
) -> Figures {
    let sum = Figures::default();
    if line.len() <= 2 {
        return sum;
    }
    if !prepared.times_matter {
        return roads_only(prepared, line);
    }
    timed(prepared, shift, line, early, sheet)
}

/// What a round adds up to, waiting and all, whether times matter or not; leaves the times to print in the sheet.
pub(crate) fn timed(
    prepared: &Prepared,
    shift: &Shift,
    line: &[Point],
    early: &[i64],
    sheet: &mut Sheet,
) -> Figures {
    let mut sum = Figures::default();
    sheet.print(line, early);
    let begin = &sheet.begin;
    let last = line.len() - 1;
    sum.away_s = begin[last] - begin[0];
    let mut on_board = 0_usize;
    for at in 0..last {
        let (here, next) = (&line[at], &line[at + 1]);
        if here.is_pickup() {
            on_board += 1;
        } else if here.is_dropoff() {
            on_board -= 1;
            let ask = &prepared.asks[here.node / 2];
            let mate = &line[here.mate];
            sum.excess_s += begin[at] - begin[here.mate] - mate.service - i64::from(ask.direct.seconds);
        }
        let metres = i64::from(prepared.road(here.place, next.place).metres);
        let wait_s = begin[at + 1] - begin[at] - here.service - here.travel;
        if on_board > 0 {
            sum.loaded_m += metres;
            sum.wait_s += wait_s;
        } else if let Some(rest) = rest_at_home(prepared, shift, line, at, wait_s) {
            sum.deadhead_m += rest.metres;
            sum.rest_m += rest.metres - metres;
        } else {
            sum.deadhead_m += metres;
            sum.wait_s += wait_s;
        }
    }
    sum
}

fn roads_only(prepared: &Prepared, line: &[Point]) -> Figures {
    let mut sum = Figures::default();
    let mut on_board = 0_usize;
    for pair in line.windows(2) {
        if pair[0].is_pickup() {
            on_board += 1;
        } else if pair[0].is_dropoff() {
            on_board -= 1;
        }
        let metres = i64::from(prepared.road(pair[0].place, pair[1].place).metres);
        if on_board > 0 {
            sum.loaded_m += metres;
        } else {
            sum.deadhead_m += metres;
        }
    }
    sum
}

/// A rest at home between two stops.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rest {
    /// Metres by way of home.
    pub(crate) metres: i64,
}

/// Whether the driver goes home after a stop with nobody on board instead of waiting: allowed, long enough, and cheaper.
pub(crate) fn rest_at_home(
    prepared: &Prepared,
    shift: &Shift,
    line: &[Point],
    at: usize,
    wait_s: i64,
) -> Option<Rest> {
    let rest_min = i64::from(prepared.day.rules.home_rest_s?);
    if wait_s < rest_min || at == 0 || at + 2 >= line.len() {
        return None;
    }
    let home = prepared.wheels[shift.driver].home;
    let (here, next) = (&line[at], &line[at + 1]);
    let (out, back) = (prepared.road(here.place, home), prepared.road(home, next.place));
    if out.is_unreachable() || back.is_unreachable() {
        return None;
    }
    let seconds = wait_s + here.travel - i64::from(out.seconds) - i64::from(back.seconds);
    let metres = i64::from(out.metres) + i64::from(back.metres);
    let extra = metres - i64::from(prepared.road(here.place, next.place).metres);
    let weights = &prepared.day.weights;
    let cheaper = extra * weights.deadhead_per_m < wait_s * weights.waiting_per_s;
    (seconds >= rest_min && cheaper).then_some(Rest { metres })
}

/// What figures cost.
pub(crate) fn cost(prepared: &Prepared, figures: &Figures) -> i64 {
    let weights = &prepared.day.weights;
    figures.deadhead_m * weights.deadhead_per_m
        + figures.loaded_m * weights.loaded_per_m
        + figures.wait_s * weights.waiting_per_s
        + figures.excess_s * weights.excess_per_s
}
