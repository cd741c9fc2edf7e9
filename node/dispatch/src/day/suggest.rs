//! Who could take a request, or an outbound leg with its return, as the plan stands: the cheapest places of all drivers,
//! each with promised times, what it adds, whom it moves, and its score by term. Must never change the plan.
#![expect(clippy::indexing_slicing, reason = "indices are those of the prepared day")]

use std::collections::BTreeMap;

use super::{
    board::Board,
    fill::Choice,
    insertion::Placement,
    objective::Cost,
    plan::{Figures, Tour},
    prepared::NONE,
    refuse::End,
    relax::Relaxation,
    why_not::Obstacle,
};

/// What is wanted besides the ranked drivers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// At most so many drivers.
    pub drivers: usize,
    /// Why all others cannot.
    pub refusals: bool,
    /// What would have to give, if nobody can.
    pub relaxations: bool,
}

/// Everybody who was considered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Suggestions {
    /// Who can, cheapest first.
    pub candidates: Vec<Suggestion>,
    /// Who cannot, by the first reason, most drivers first.
    pub refusals: Vec<RefusalGroup>,
    /// What would have to give, cheapest first; only looked for when nobody can.
    pub relaxations: Vec<Relaxation>,
}

/// Drivers who cannot for the same kind of reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusalGroup {
    /// Code of the reason.
    pub code: &'static str,
    /// Each driver with what is missing.
    pub drivers: Vec<(usize, Obstacle)>,
}

/// One way to drive what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// Who, by index.
    pub driver: usize,
    /// The legs, in the order they were asked for.
    pub legs: Vec<SuggestedLeg>,
    /// What it adds to the cost, by term.
    pub cost: Cost,
    /// What it adds to the driver's day.
    pub adds: Figures,
    /// Other riders whose times change.
    pub affected: Vec<Affected>,
    /// What to know.
    pub flags: Vec<Flag>,
    /// Request, shift and place, in the order they are put in.
    pub(crate) steps: Vec<(usize, usize, Placement)>,
}

/// One leg with the times it would be promised with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SuggestedLeg {
    /// Which request, by index.
    pub request: usize,
    /// In which window of the driver, by index.
    pub window: usize,
    /// With which configuration of the vehicle, by index.
    pub configuration: usize,
    /// Getting in begins, in seconds.
    pub pickup_s: i64,
    /// Getting out begins, in seconds.
    pub arrival_s: i64,
}

/// Another rider whose times change, inside what was promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Affected {
    /// Which request, by index.
    pub request: usize,
    /// Pickup before and after, in seconds.
    pub pickup_s: (i64, i64),
    /// Arrival before and after, in seconds.
    pub arrival_s: (i64, i64),
}

/// Something to know about a suggestion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flag {
    /// Drives this person as a rule.
    UsualDriver,
    /// Waits at the destination between outbound and return.
    Waits {
        /// For how long, in seconds.
        wait_s: i64,
    },
    /// Goes home between outbound and return.
    GoesHomeBetween,
    /// Others are on board for a part of the ride.
    Shares {
        /// How many requests.
        others: usize,
    },
    /// Drives more than wished for in 28 days.
    OverTarget {
        /// Thousandths of the wish, this trip included.
        permille: i64,
    },
    /// Somebody else was announced.
    NotAsAnnounced,
    /// Another driver than on the other leg.
    SplitReturn,
}

/// A round as it was, and what its driver did.
struct Before {
    tours: Vec<(usize, Tour)>,
}

impl Board {
    /// Who could drive a request, or an outbound leg and its return together, as if they were not planned yet.
    /// Requests that are not there, and more than two, get no answer.
    pub fn suggest(&mut self, requests: &[usize], wish: Wish) -> Suggestions {
        let known = requests.iter().all(|request| *request < self.prepared.asks.len());
        match *requests {
            [request] if known => self.without(request, |board| board.suggest_one(request, wish)),
            [first, second] if known && first != second => self.without(first, |board| {
                board.without(second, |board| board.suggest_pair([first, second], wish))
            }),
            _ => Suggestions::default(),
        }
    }

    fn suggest_one(&mut self, request: usize, wish: Wish) -> Suggestions {
        let ranked = self.rank(request, wish.drivers);
        let candidates: Vec<Suggestion> =
            ranked.iter().map(|choice| self.describe(&[(request, choice.shift, choice.placement)])).collect();
        let refusals = if wish.refusals { self.refusals(request) } else { Vec::new() };
        let relaxations =
            if wish.relaxations && candidates.is_empty() { self.relaxations(request) } else { Vec::new() };
        Suggestions { candidates, refusals, relaxations }
    }

    /// The cheapest places of an absent request, one for each driver.
    pub(crate) fn rank(&mut self, request: usize, limit: usize) -> Vec<Choice> {
        let (prepared, state) = (&self.prepared, &self.state);
        let mut ranked: Vec<Choice> = Vec::with_capacity(limit + 1);
        for (driver, wheel) in prepared.wheels.iter().enumerate() {
            if !prepared.is_allowed(request, driver) {
                continue;
            }
            let preference = state.preference(prepared, request, driver);
            let full = ranked.len() == limit;
            let mut below = match ranked.last() {
                Some(worst) if full => worst.total - preference,
                _ => i64::MAX / 4,
            };
            let mut best = None;
            for shift in wheel.shifts.0..wheel.shifts.1 {
                if let Some(placement) =
                    self.filler.inserter.best(state.target(prepared, shift, request), below)
                {
                    below = placement.delta;
                    best = Some(Choice { shift, placement, total: below + preference });
                }
            }
            let Some(choice) = best else { continue };
            let at = ranked.partition_point(|other| other.total <= choice.total);
            ranked.insert(at, choice);
            ranked.truncate(limit);
        }
        ranked
    }

    /// Why drivers cannot, grouped.
    pub(crate) fn refusals(&mut self, request: usize) -> Vec<RefusalGroup> {
        let mut groups: BTreeMap<&'static str, Vec<(usize, Obstacle)>> = BTreeMap::new();
        for wheel in 0..self.prepared.wheels.len() {
            if let Err(found) = self.verdict(request, wheel) {
                groups.entry(found.code()).or_default().push((self.prepared.wheels[wheel].index, found));
            }
        }
        let mut groups: Vec<RefusalGroup> =
            groups.into_iter().map(|(code, drivers)| RefusalGroup { code, drivers }).collect();
        for group in &mut groups {
            group.drivers.sort_unstable();
        }
        groups.sort_by_key(|group| std::cmp::Reverse(group.drivers.len()));
        groups
    }

    /// What a placement means, found out by doing it and taking it back.
    pub(crate) fn describe(&mut self, steps: &[(usize, usize, Placement)]) -> Suggestion {
        let driver = steps.first().map_or(0, |(_, shift, _)| self.prepared.shifts[*shift].driver);
        let before = self.rounds_of(driver);
        let terms_before = self.terms(driver, &before);
        let kept = self.state.set_journal_aside();
        self.state.begin();
        for (request, shift, placement) in steps {
            self.state.insert(
                &self.prepared,
                (*shift, *request),
                *placement,
                &mut self.filler.inserter.sheet,
            );
        }
        let after = self.rounds_of(driver);
        let requests: Vec<usize> = steps.iter().map(|(request, ..)| *request).collect();
        let mut cost = self.terms(driver, &after) - terms_before;
        for request in &requests {
            let split = self.is_split(*request, driver);
            cost += self.preferences(*request, driver, split);
        }
        let legs = requests.iter().filter_map(|request| leg(&after, *request)).collect();
        let flags = self.flags(&requests, driver, &after);
        self.state.undo();
        self.state.take_journal_back(kept);
        Suggestion {
            driver: self.prepared.wheels[driver].index,
            legs,
            cost,
            adds: sum(&after).and(negative(sum(&before))),
            affected: affected(&before, &after),
            flags,
            steps: steps.to_vec(),
        }
    }

    /// Does what a suggestion of this board says; false, with the plan as it was, if the plan has changed since in a
    /// way that leaves no room for it.
    pub fn accept(&mut self, suggestion: &Suggestion) -> bool {
        let kept = self.state.set_journal_aside();
        self.state.begin();
        let mut done = true;
        for (request, ..) in &suggestion.steps {
            self.state.remove(&self.prepared, *request, &mut self.filler.inserter.sheet);
        }
        for (request, shift, placement) in &suggestion.steps {
            let target = self.state.target(&self.prepared, *shift, *request);
            done = done && !self.state.broken && self.filler.inserter.is_possible(target, *placement);
            if done {
                let sheet = &mut self.filler.inserter.sheet;
                self.state.insert(&self.prepared, (*shift, *request), *placement, sheet);
            }
        }
        if !done {
            self.state.undo();
        }
        self.state.take_journal_back(kept);
        done
    }

    /// Does what a [`Relaxation::Move`] of this board says; false, with the plan as it was, if it cannot be done any more
    /// or if it is another kind of relaxation: those change the request itself.
    pub fn accept_move(&mut self, relaxation: &Relaxation) -> bool {
        let Relaxation::Move { trip, to, then, .. } = relaxation else { return false };
        let before: Vec<Vec<usize>> = self.state.routes.iter().map(|route| route.nodes().collect()).collect();
        self.state.remove(&self.prepared, *trip, &mut self.filler.inserter.sheet);
        let done = !self.state.broken && self.accept(then) && self.accept(to);
        if !done {
            self.state.broken = false;
            self.state.restore(&self.prepared, &before, &mut self.filler.inserter.sheet);
        }
        done
    }

    /// The rounds of its driver as they would be with a suggestion of this board; none if there is no room for it any more.
    /// The plan stays as it was.
    pub fn rounds_with(&mut self, suggestion: &Suggestion) -> Option<Vec<Tour>> {
        let before: Vec<Vec<usize>> = self.state.routes.iter().map(|route| route.nodes().collect()).collect();
        let done = self.accept(suggestion);
        let rounds =
            done.then(|| self.rounds_of(suggestion.driver).tours.into_iter().map(|(_, tour)| tour).collect());
        if done {
            self.state.restore(&self.prepared, &before, &mut self.filler.inserter.sheet);
        }
        rounds
    }

    fn rounds_of(&mut self, driver: usize) -> Before {
        let (first, past) = self.prepared.wheels[driver].shifts;
        let used = |shift: &usize| !self.state.routes[*shift].is_empty();
        let shifts: Vec<usize> = (first..past).filter(used).collect();
        Before { tours: shifts.into_iter().map(|shift| (shift, self.tour(shift))).collect() }
    }

    /// Cost of a driver's rounds by term, preferences left out.
    fn terms(&self, driver: usize, rounds: &Before) -> Cost {
        let weights = &self.prepared.day.weights;
        let wheel = &self.prepared.wheels[driver];
        let figures = sum(rounds);
        Cost {
            deadhead: figures.deadhead_m * weights.deadhead_per_m,
            loaded: figures.loaded_m * weights.loaded_per_m,
            waiting: figures.wait_s * weights.waiting_per_s,
            excess: figures.excess_s * weights.excess_per_s,
            fairness: weights.fairness(wheel.past, figures.metres(), wheel.target),
            ..Cost::default()
        }
    }

    fn is_split(&self, request: usize, driver: usize) -> bool {
        let other = self.state.driver(&self.prepared, self.prepared.asks[request].partner);
        other != NONE && other != driver
    }

    fn preferences(&self, request: usize, driver: usize, split: bool) -> Cost {
        let (weights, ask) = (&self.prepared.day.weights, &self.prepared.asks[request]);
        let unusual = ask.usual != NONE && ask.usual != driver;
        let changed = ask.announced != NONE && ask.announced != driver;
        Cost {
            preferences: i64::from(unusual) * weights.unusual_driver
                + i64::from(split) * weights.split_return,
            changes: i64::from(changed) * weights.change,
            ..Cost::default()
        }
    }

    fn flags(&self, requests: &[usize], driver: usize, after: &Before) -> Vec<Flag> {
        let mut flags = Vec::new();
        for request in requests {
            let ask = &self.prepared.asks[*request];
            if ask.usual == driver {
                flags.push(Flag::UsualDriver);
            }
            if ask.announced != NONE && ask.announced != driver {
                flags.push(Flag::NotAsAnnounced);
            }
            if self.is_split(*request, driver) {
                flags.push(Flag::SplitReturn);
            }
            let others = company(after, *request);
            if others > 0 {
                flags.push(Flag::Shares { others });
            }
        }
        if let [first, second] = *requests {
            flags.extend(self.between(after, first, second));
        }
        let wheel = &self.prepared.wheels[driver];
        if let Some(target) = wheel.target.filter(|target| *target > 0) {
            let permille = (wheel.past + sum(after).metres()) * 1000 / target;
            if permille > 1000 {
                flags.push(Flag::OverTarget { permille });
            }
        }
        flags.sort_unstable();
        flags.dedup();
        flags
    }

    /// What the driver does between the two legs, if they follow one another.
    fn between(&self, after: &Before, first: usize, second: usize) -> Option<Flag> {
        let stops = after.tours.iter().flat_map(|(_, tour)| tour.stops.windows(2));
        let mut follow = stops.filter(|pair| {
            (pair[0].request, pair[0].end) == (first, End::Dropoff)
                && (pair[1].request, pair[1].end) == (second, End::Pickup)
        });
        let pair = follow.next()?;
        if pair[0].home_after {
            return Some(Flag::GoesHomeBetween);
        }
        let day = &self.prepared.day;
        let (out, inside) = (&day.requests[first].dropoff, &day.requests[second].pickup);
        let road = day.matrix.road(out.place, inside.place);
        let free_s = pair[0].begin_s + i64::from(out.service_s) + i64::from(road.seconds);
        Some(Flag::Waits { wait_s: pair[1].begin_s - free_s })
    }
}

fn sum(rounds: &Before) -> Figures {
    rounds.tours.iter().fold(Figures::default(), |sum, (_, tour)| sum.and(tour.figures))
}

fn negative(figures: Figures) -> Figures {
    Figures {
        deadhead_m: -figures.deadhead_m,
        loaded_m: -figures.loaded_m,
        wait_s: -figures.wait_s,
        excess_s: -figures.excess_s,
        rest_m: -figures.rest_m,
        away_s: -figures.away_s,
    }
}

/// Times of each request in some rounds.
fn times(rounds: &Before) -> BTreeMap<usize, (i64, i64)> {
    let mut times: BTreeMap<usize, (i64, i64)> = BTreeMap::new();
    for stop in rounds.tours.iter().flat_map(|(_, tour)| &tour.stops) {
        let entry = times.entry(stop.request).or_default();
        match stop.end {
            End::Pickup => entry.0 = stop.begin_s,
            End::Dropoff => entry.1 = stop.begin_s,
        }
    }
    times
}

fn affected(before: &Before, after: &Before) -> Vec<Affected> {
    let later = times(after);
    let changed = times(before).into_iter().filter_map(|(request, then)| {
        let now = *later.get(&request)?;
        (now != then).then_some(Affected { request, pickup_s: (then.0, now.0), arrival_s: (then.1, now.1) })
    });
    changed.collect()
}

fn leg(rounds: &Before, request: usize) -> Option<SuggestedLeg> {
    let (pickup_s, arrival_s) = *times(rounds).get(&request)?;
    let holds = |tour: &&Tour| tour.stops.iter().any(|stop| stop.request == request);
    let tour = rounds.tours.iter().map(|(_, tour)| tour).find(holds)?;
    Some(SuggestedLeg {
        request,
        window: tour.window,
        configuration: tour.configuration,
        pickup_s,
        arrival_s,
    })
}

/// How many other requests are on board during some part of a ride.
fn company(rounds: &Before, request: usize) -> usize {
    let mut on_board: Vec<usize> = Vec::new();
    let mut met: Vec<usize> = Vec::new();
    for stop in rounds.tours.iter().flat_map(|(_, tour)| &tour.stops) {
        match stop.end {
            End::Pickup => on_board.push(stop.request),
            End::Dropoff => on_board.retain(|other| *other != stop.request),
        }
        if on_board.contains(&request) {
            met.extend(on_board.iter().filter(|other| **other != request));
        }
    }
    met.sort_unstable();
    met.dedup();
    met.len()
}
