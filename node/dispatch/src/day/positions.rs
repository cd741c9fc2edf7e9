//! The obstacle of one driver over all positions of a round: of each position the first rule that fails, of all that fails
//! last and misses least. Times of all positions from two passes over the round; whatever costs more is worked out only
//! where it could change the answer. Must never choose a driver.
#![expect(clippy::indexing_slicing, reason = "positions are made here, in a loop over all drivers")]

use super::{
    insertion::{Inserter, Target},
    route::{figures, holding},
    schedule::Point,
    why_not::{Obstacle, further, stage},
};

/// Times of a round when nobody's ride is limited.
#[derive(Debug, Clone, Default)]
pub(crate) struct Slack {
    /// The earliest.
    early: Vec<i64>,
    /// The latest that leave all that follows on time.
    latest: Vec<i64>,
}

impl Slack {
    fn of(&mut self, target: Target<'_>) {
        let route = target.route;
        let line = &route.line;
        self.early.clear();
        self.early.push(route.early[0]);
        for at in 1..line.len() {
            self.early
                .push(follows(self.early[at - 1], &line[at - 1], line[at - 1].travel).max(line[at].open));
        }
        self.latest.clear();
        self.latest.extend(line.iter().map(|point| point.close));
        for at in (0..line.len() - 1).rev() {
            let latest = self.latest[at + 1] - line[at].travel - line[at].service;
            self.latest[at] = self.latest[at].min(latest);
        }
    }
}

fn follows(begin: i64, point: &Point, travel: i64) -> i64 {
    begin + point.service + travel
}

/// Replaces `nearest` by the obstacle of a position of this round that lies further along the rules, if there is one. A
/// position without obstacle counts as one that misses a second of the driver's day.
pub(crate) fn look(target: Target<'_>, inserter: &mut Inserter, nearest: &mut Obstacle) {
    let mut slack = std::mem::take(&mut inserter.slack);
    slack.of(target);
    let ends = [0, 1].map(|end| Point::of(target.prepared, 2 * target.request + end));
    let mut walk = Walk { target, slack: &slack, ends, inserter, nearest };
    for pickup in 0..target.route.line.len() - 1 {
        walk.from(pickup);
    }
    inserter.slack = slack;
}

struct Walk<'a, 'b> {
    target: Target<'a>,
    slack: &'b Slack,
    /// Pickup and drop-off.
    ends: [Point; 2],
    inserter: &'b mut Inserter,
    nearest: &'b mut Obstacle,
}

impl Walk<'_, '_> {
    fn keep(&mut self, found: Obstacle) {
        if further(found, *self.nearest) {
            *self.nearest = found;
        }
    }

    /// Whether nobody need look on, with somebody so late already.
    fn is_too_late(&self, late: i64) -> bool {
        late > 0 && !further(Obstacle::Busy { missing_s: late }, *self.nearest)
    }

    /// All positions of the drop-off with the pickup after one point of the round.
    fn from(&mut self, pickup: usize) {
        let Target { prepared, shift, route, request, .. } = self.target;
        let [inside, outside] = self.ends;
        let (line, load) = (&route.line, prepared.asks[request].load);
        let seconds = |from: &Point, to: &Point| prepared.seconds(from.place, to.place);
        let here = &line[pickup];
        let mut time = follows(self.slack.early[pickup], here, seconds(here, &inside)).max(inside.open);
        let mut late = (time - inside.close).max(0);
        let mut before = &inside;
        let mut mask = route.rooms;
        for dropoff in pickup..line.len() - 1 {
            if dropoff > pickup {
                let point = &line[dropoff];
                time = follows(time, before, seconds(before, point)).max(point.open);
                late = late.max(time - point.close);
                before = point;
            }
            if self.is_too_late(late) {
                return;
            }
            mask = holding(&prepared.wheels[shift.driver].rooms, route.load[dropoff] + load, mask);
            let arrival = follows(time, before, seconds(before, &outside)).max(outside.open);
            let next = follows(arrival, &outside, seconds(&outside, &line[dropoff + 1]));
            let late = late.max(arrival - outside.close).max(next - self.slack.latest[dropoff + 1]);
            if late > 0 {
                self.keep(Obstacle::Busy { missing_s: late });
            } else if mask != 0 {
                self.timely(pickup, dropoff);
            } else if stage(*self.nearest).0 < 2 {
                self.keep(crowded(self.target, (pickup, dropoff)));
            }
        }
    }

    /// Everybody could be on time and has room: rides and budgets are left.
    fn timely(&mut self, pickup: usize, dropoff: usize) {
        let Target { prepared, shift, route, totals, .. } = self.target;
        let wheel = &prepared.wheels[shift.driver];
        let missing_m = totals.budgeted + self.metres(pickup, dropoff) - wheel.metres_max;
        let of_metres = Obstacle::MetresOfDay { missing_m };
        if missing_m > 0 && !further(of_metres, *self.nearest) {
            return;
        }
        if !self.inserter.has_times(self.target, (pickup, dropoff)) {
            if stage(*self.nearest).0 <= 3 {
                let (line, begin) = self.inserter.spliced(self.target, pickup, dropoff);
                for at in 1..line.len() {
                    begin[at] = follows(begin[at - 1], &line[at - 1], line[at - 1].travel).max(line[at].open);
                }
                let missing_s = rides_over(line, begin).max(1);
                self.keep(Obstacle::RideTooLong { missing_s });
            }
            return;
        }
        if missing_m > 0 {
            self.keep(of_metres);
            return;
        }
        let (line, begin, sheet) = self.inserter.laid();
        let after = figures(prepared, shift, line, begin, sheet);
        let away = totals.away - route.figures.away_s + after.away_s - wheel.seconds_max;
        self.keep(Obstacle::SecondsOfDay { missing_s: away.max(1) });
    }

    /// Metres the round gets longer, rests at home left out.
    fn metres(&self, pickup: usize, dropoff: usize) -> i64 {
        let Target { prepared, route, .. } = self.target;
        let [inside, outside] = &self.ends;
        let (here, next) = (&route.line[pickup], &route.line[dropoff + 1]);
        let metres = |from: &Point, to: &Point| i64::from(prepared.road(from.place, to.place).metres);
        let old = |at: usize| {
            if route.is_empty() { 0 } else { metres(&route.line[at], &route.line[at + 1]) }
        };
        let ends = metres(here, inside) + metres(outside, next) - old(pickup);
        if pickup == dropoff {
            return ends + metres(inside, outside);
        }
        let between = metres(inside, &route.line[pickup + 1]) + metres(&route.line[dropoff], outside);
        ends + between - old(dropoff)
    }
}

/// The longest a ride is over its limit when everybody gets in and out as early as possible.
pub(crate) fn rides_over(line: &[Point], begin: &[i64]) -> i64 {
    let over = line.iter().enumerate().skip(1).map(|(at, point)| {
        let mate = &line[point.mate];
        if point.is_dropoff() { begin[at] - begin[point.mate] - mate.service - point.ride_max } else { 0 }
    });
    over.max().unwrap_or(0)
}

/// Whether it is the room or the company that does not fit.
pub(crate) fn crowded(target: Target<'_>, (pickup, dropoff): (usize, usize)) -> Obstacle {
    let Target { prepared, shift, route, request, .. } = target;
    let people = |load: u64| load & 0xFFFF_FFFF;
    let own = people(prepared.asks[request].load);
    let loads = || route.load[pickup..=dropoff].iter().map(|load| people(*load) + own);
    let rooms = prepared.wheels[shift.driver].rooms.iter().map(|room| people(*room));
    let mut least = (u16::MAX, u16::MAX);
    for room in rooms {
        let all = loads().chain(route.load.iter().map(|load| people(*load)));
        let over = |load: u64, part: u32| (load >> part & 0xFFFF).saturating_sub(room >> part & 0xFFFF);
        let short = |part: u32| u16::try_from(all.clone().map(|load| over(load, part)).max().unwrap_or(0));
        let missing = (short(16).unwrap_or(u16::MAX), short(0).unwrap_or(u16::MAX));
        least = least.min(missing);
    }
    if least == (0, 0) {
        Obstacle::NoConsent { own: !prepared.day.requests[request].pooling }
    } else {
        Obstacle::Full { wheelchairs: least.0, seats: least.1 }
    }
}
