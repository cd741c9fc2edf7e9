//! Where one request fits best into one round: cheap tests first, surviving positions by cost, the exact schedule from
//! the cheapest. Allocates nothing once its buffers have grown. Must never change a round.
#![expect(clippy::indexing_slicing, reason = "positions are made here, in the hottest loop of all")]

use super::{
    plan::Figures,
    positions::Slack,
    prepared::{Prepared, Shift},
    route::{Route, cost, figures, holding},
    schedule::{Point, Sheet, raise},
    state::Totals,
};

/// Where a request goes into a round, and what that costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Placement {
    /// The pickup comes after this position of the round.
    pub(crate) pickup: usize,
    /// The drop-off comes after this position of the round as it was; the same if right after the pickup.
    pub(crate) dropoff: usize,
    /// What it costs more: the round and fairness, without preferences.
    pub(crate) delta: i64,
}

/// A position that passed the cheap tests.
#[derive(Debug, Clone, Copy)]
struct Position {
    bound: i64,
    pickup: usize,
    dropoff: usize,
    /// Metres more.
    metres: i64,
}

/// Buffers of the search for a place.
#[derive(Debug, Clone, Default)]
pub(crate) struct Inserter {
    positions: Vec<Position>,
    line: Vec<Point>,
    begin: Vec<i64>,
    pub(crate) sheet: Sheet,
    pub(crate) slack: Slack,
    /// Positions overlooked, one bit each, over and over.
    pub(crate) overlook: u64,
    /// Rounds looked at so far: what a way of filling costs.
    pub(crate) looked_at: u32,
}

/// One request to be put into one round.
#[derive(Clone, Copy)]
pub(crate) struct Target<'a> {
    pub(crate) prepared: &'a Prepared,
    pub(crate) shift: &'a Shift,
    pub(crate) route: &'a Route,
    /// What the driver does that day in all rounds, this one included.
    pub(crate) totals: Totals,
    pub(crate) request: usize,
}

impl Inserter {
    /// The cheapest place that costs less than `below`; none if there is none.
    pub(crate) fn best(&mut self, target: Target<'_>, below: i64) -> Option<Placement> {
        if is_full(target) {
            return None;
        }
        self.positions.clear();
        self.looked_at += 1;
        Scan::new(target).run(&mut self.positions, below);
        if self.overlook != 0 {
            let mut bits = self.overlook;
            self.positions.retain(|_| {
                bits = bits.rotate_right(1);
                bits & 1 == 0
            });
        }
        let mut below = below;
        let mut best = None;
        while let Some(position) = cheapest(&mut self.positions, below) {
            if let Some(delta) = self.delta(target, position)
                && delta < below
            {
                below = delta;
                let Position { pickup, dropoff, .. } = position;
                best = Some(Placement { pickup, dropoff, delta });
            }
        }
        best
    }

    /// Whether there is a place at all: the first that is found will do.
    pub(crate) fn has_place(&mut self, target: Target<'_>) -> bool {
        if is_full(target) {
            return false;
        }
        let mut positions = std::mem::take(&mut self.positions);
        positions.clear();
        Scan::new(target).run(&mut positions, i64::MAX);
        let found = positions.iter().any(|position| self.delta(target, *position).is_some());
        self.positions = positions;
        found
    }

    /// What a position that passed the cheap tests costs more; none if a rule is broken.
    fn delta(&mut self, target: Target<'_>, position: Position) -> Option<i64> {
        let Position { bound, pickup, dropoff, .. } = position;
        if target.prepared.times_matter {
            let (after, _) = self.exact(target, pickup, dropoff)?;
            return Some(after - before(target));
        }
        // Only roads count: the bound is exact, and a round's own length is part of its times.
        debug_assert!(
            self.exact(target, pickup, dropoff).is_none_or(|(after, _)| after - before(target) == bound),
            "the bound is exact where only roads count"
        );
        self.has_times(target, (pickup, dropoff)).then_some(bound)
    }

    /// Whether a place is one in this round, and keeps every rule.
    pub(crate) fn is_possible(&mut self, target: Target<'_>, placement: Placement) -> bool {
        let Placement { pickup, dropoff, .. } = placement;
        let Target { prepared, shift, route, request, .. } = target;
        let in_line = dropoff >= pickup && dropoff + 1 < route.line.len();
        if !in_line || is_full(target) || !prepared.is_allowed(request, shift.driver) {
            return false;
        }
        let load = prepared.asks[request].load;
        let rooms = &prepared.wheels[shift.driver].rooms;
        let held = route.load[pickup..=dropoff]
            .iter()
            .fold(route.rooms, |mask, other| holding(rooms, other + load, mask));
        held != 0 && self.exact(target, pickup, dropoff).is_some()
    }

    /// Cost of the round with fairness, and its figures, once the request is there; none if a rule is broken.
    pub(crate) fn exact(
        &mut self,
        target: Target<'_>,
        pickup: usize,
        dropoff: usize,
    ) -> Option<(i64, Figures)> {
        let Target { prepared, shift, route, totals, .. } = target;
        if !self.has_times(target, (pickup, dropoff)) {
            return None;
        }
        let after = figures(prepared, shift, &self.line, &self.begin, &mut self.sheet);
        let wheel = &prepared.wheels[shift.driver];
        let metres = totals.metres - route.figures.metres() + after.metres();
        let budgeted = totals.budgeted - route.figures.budgeted_m() + after.budgeted_m();
        let away = totals.away - route.figures.away_s + after.away_s;
        if budgeted > wheel.metres_max || away > wheel.seconds_max {
            return None;
        }
        let fairness = prepared.day.weights.fairness(wheel.past, metres, wheel.target);
        Some((cost(prepared, &after) + fairness, after))
    }

    /// The round with the request in it, and room for its times.
    pub(crate) fn spliced(
        &mut self,
        target: Target<'_>,
        pickup: usize,
        dropoff: usize,
    ) -> (&[Point], &mut [i64]) {
        self.splice(target, pickup, dropoff);
        (&self.line, &mut self.begin)
    }

    /// Whether the round with the request in it has times, whatever the budgets say.
    pub(crate) fn has_times(&mut self, target: Target<'_>, (pickup, dropoff): (usize, usize)) -> bool {
        self.splice(target, pickup, dropoff);
        raise(&self.line, &mut self.begin, pickup + 1, &target.route.early, dropoff + 3)
    }

    /// The round that was looked at last with its earliest times, and a sheet for the times to print.
    pub(crate) fn laid(&mut self) -> (&[Point], &[i64], &mut Sheet) {
        (&self.line, &self.begin, &mut self.sheet)
    }

    /// The round with the request in it, and lower bounds of its times.
    fn splice(&mut self, target: Target<'_>, pickup: usize, dropoff: usize) {
        let Target { prepared, route, request, .. } = target;
        let shifted = |mate: usize| mate + usize::from(mate > pickup) + usize::from(mate > dropoff);
        let moved = |point: &Point| Point { mate: shifted(point.mate), ..*point };
        let line = &mut self.line;
        line.clear();
        line.extend(route.line[..=pickup].iter().map(moved));
        line.push(Point { mate: dropoff + 2, ..Point::of(prepared, 2 * request) });
        line.extend(route.line[pickup + 1..=dropoff].iter().map(moved));
        line.push(Point { mate: pickup + 1, ..Point::of(prepared, 2 * request + 1) });
        line.extend(route.line[dropoff + 1..].iter().map(moved));
        for at in [pickup, pickup + 1, dropoff + 1, dropoff + 2] {
            line[at].travel = prepared.seconds(line[at].place, line[at + 1].place);
        }
        self.begin.clear();
        self.begin.extend_from_slice(&route.early[..=pickup]);
        self.begin.push(self.line[pickup + 1].open);
        self.begin.extend_from_slice(&route.early[pickup + 1..=dropoff]);
        self.begin.push(self.line[dropoff + 2].open);
        self.begin.extend_from_slice(&route.early[dropoff + 1..]);
    }
}

/// Whether the driver already drives as many that day as agreed.
pub(crate) fn is_full(target: Target<'_>) -> bool {
    target.totals.trips >= target.prepared.wheels[target.shift.driver].trips_max
}

/// Cost of a round with fairness as it is.
pub(crate) fn before(target: Target<'_>) -> i64 {
    let wheel = &target.prepared.wheels[target.shift.driver];
    target.route.cost + target.prepared.day.weights.fairness(wheel.past, target.totals.metres, wheel.target)
}

/// Takes the position with the least bound out; none if no bound is below.
fn cheapest(positions: &mut Vec<Position>, below: i64) -> Option<Position> {
    let (index, _) = positions.iter().enumerate().min_by_key(|(_, position)| position.bound)?;
    let position = positions.swap_remove(index);
    (position.bound < below).then_some(position)
}

/// The cheap tests over all pairs of positions.
struct Scan<'a> {
    target: Target<'a>,
    /// Pickup and drop-off.
    ends: [Point; 2],
    load: u64,
    rooms: &'a [u64],
    /// Metres the driver has left.
    metres_left: i64,
    waiting_per_s: i64,
    fair: bool,
    /// Only metres count, whoever is on board: no stop makes a round cheaper.
    flat: bool,
}

/// What the request adds once its pickup stands somewhere.
#[derive(Clone, Copy)]
struct Begun {
    after: usize,
    /// Earliest and latest start of the pickup.
    early: i64,
    late: i64,
    /// Cost, metres and seconds of the changed roads so far.
    cost: i64,
    metres: i64,
    seconds: i64,
}

impl<'a> Scan<'a> {
    fn new(target: Target<'a>) -> Self {
        let Target { prepared, shift, totals, request, .. } = target;
        let wheel = &prepared.wheels[shift.driver];
        Self {
            target,
            ends: [Point::of(prepared, 2 * request), Point::of(prepared, 2 * request + 1)],
            load: prepared.asks[request].load,
            rooms: &wheel.rooms,
            metres_left: wheel.metres_max - totals.budgeted,
            waiting_per_s: prepared.day.weights.waiting_per_s,
            fair: wheel.target.is_some() && prepared.day.weights.fairness_permille != 0,
            flat: !prepared.times_matter
                && prepared.day.weights.deadhead_per_m == prepared.day.weights.loaded_per_m,
        }
    }

    fn run(&self, found: &mut Vec<Position>, below: i64) {
        let Target { prepared, route, .. } = self.target;
        let [pickup, _] = &self.ends;
        let last = route.line.len() - 1;
        // Latest times grow along the round: what comes before this position is over when the pickup opens.
        let begin = route.late[1..].partition_point(|late| *late < pickup.open);
        for after in begin..last {
            let (here, next) = (&route.line[after], &route.line[after + 1]);
            if route.early[after] > pickup.close {
                break;
            }
            let first = prepared.road(here.place, pickup.place);
            let early = (route.early[after] + here.service + i64::from(first.seconds)).max(pickup.open);
            if early > pickup.close {
                break;
            }
            let second = prepared.road(pickup.place, next.place);
            let late = route.late[after + 1] - pickup.service - i64::from(second.seconds);
            if late < early {
                continue;
            }
            let mask = holding(self.rooms, route.load[after] + self.load, route.rooms);
            if mask == 0 {
                continue;
            }
            let empty = route.load[after] == 0;
            let old = prepared.road(here.place, next.place);
            let gone = self.price(old.metres, empty);
            let cost = self.price(first.metres, empty) - gone;
            // Roads rounded up may be longer than two in a row by a unit.
            if self.flat && cost + self.price(second.metres, false) >= below {
                continue;
            }
            let begun = Begun {
                after,
                early,
                late: late.min(pickup.close),
                cost,
                metres: i64::from(first.metres) - i64::from(old.metres),
                seconds: i64::from(first.seconds) - i64::from(old.seconds),
            };
            self.at_once(begun, found, below);
            if after + 1 < last {
                let begun = Begun {
                    cost: begun.cost + self.price(second.metres, false),
                    metres: begun.metres + i64::from(second.metres),
                    seconds: begun.seconds + i64::from(second.seconds),
                    ..begun
                };
                self.later(begun, mask, found, below);
            }
        }
    }

    /// The drop-off right after the pickup.
    fn at_once(&self, begun: Begun, found: &mut Vec<Position>, below: i64) {
        let Target { prepared, route, request, .. } = self.target;
        let [pickup, dropoff] = &self.ends;
        let direct = prepared.asks[request].direct;
        let arrival = (begun.early + pickup.service + i64::from(direct.seconds)).max(dropoff.open);
        if arrival > dropoff.close {
            return;
        }
        let next = &route.line[begun.after + 1];
        let onward = prepared.road(dropoff.place, next.place);
        if arrival + dropoff.service + i64::from(onward.seconds) > route.late[begun.after + 1] {
            return;
        }
        let empty = route.load[begun.after] == 0;
        let cost = begun.cost + self.price(direct.metres, false) + self.price(onward.metres, empty);
        let metres = begun.metres + i64::from(direct.metres) + i64::from(onward.metres);
        let seconds = begun.seconds + i64::from(direct.seconds) + i64::from(onward.seconds);
        self.keep(
            Position { bound: cost, pickup: begun.after, dropoff: begun.after, metres },
            seconds,
            (found, below),
        );
    }

    /// The drop-off after one of the following stops.
    fn later(&self, mut begun: Begun, mut mask: u8, found: &mut Vec<Position>, below: i64) {
        let Target { prepared, route, .. } = self.target;
        let [pickup, dropoff] = &self.ends;
        let last = route.line.len() - 1;
        let first = &route.line[begun.after + 1];
        let mut time = begun.early + pickup.service + prepared.seconds(pickup.place, first.place);
        for at in begun.after + 1..last {
            let (here, next) = (&route.line[at], &route.line[at + 1]);
            time = time.max(route.early[at]);
            mask = holding(self.rooms, route.load[at] + self.load, mask);
            if time > route.late[at] || mask == 0 {
                return;
            }
            let there = prepared.road(here.place, dropoff.place);
            let arrival = (time + here.service + i64::from(there.seconds)).max(dropoff.open);
            if arrival > dropoff.close || arrival - dropoff.ride_max - pickup.service > begun.late {
                return;
            }
            let empty = route.load[at] == 0;
            let onward = prepared.road(dropoff.place, next.place);
            let old = prepared.road(here.place, next.place);
            if arrival + dropoff.service + i64::from(onward.seconds) <= route.late[at + 1] {
                let roads = self.price(there.metres, false) + self.price(onward.metres, empty)
                    - self.price(old.metres, empty);
                let metres =
                    begun.metres + i64::from(there.metres) + i64::from(onward.metres) - i64::from(old.metres);
                let seconds = begun.seconds + i64::from(there.seconds) + i64::from(onward.seconds)
                    - i64::from(old.seconds);
                let bound = begun.cost + roads;
                self.keep(
                    Position { bound, pickup: begun.after, dropoff: at, metres },
                    seconds,
                    (found, below),
                );
            }
            // The road to the next stop is driven with the passenger from now on.
            begun.cost += self.price(old.metres, false) - self.price(old.metres, empty);
            time += here.service + here.travel;
        }
    }

    /// Keeps a position unless it cannot be below the bound. The driver cannot wait less than he did by more than the
    /// seconds the round gets longer, since a round with one more request never takes less time.
    fn keep(&self, mut position: Position, seconds: i64, (found, below): (&mut Vec<Position>, i64)) {
        if position.metres > self.metres_left {
            return;
        }
        let Target { prepared, shift, route, totals, .. } = self.target;
        if self.waiting_per_s != 0 {
            let busy = seconds + self.ends[0].service + self.ends[1].service;
            position.bound -= busy.clamp(0, route.figures.wait_s) * self.waiting_per_s;
        }
        if self.fair {
            let wheel = &prepared.wheels[shift.driver];
            let weights = &prepared.day.weights;
            position.bound += weights.fairness(wheel.past, totals.metres + position.metres, wheel.target)
                - weights.fairness(wheel.past, totals.metres, wheel.target);
        }
        if position.bound < below {
            found.push(position);
        }
    }

    fn price(&self, metres: u32, empty: bool) -> i64 {
        let weights = &self.target.prepared.day.weights;
        i64::from(metres) * if empty { weights.deadhead_per_m } else { weights.loaded_per_m }
    }
}
