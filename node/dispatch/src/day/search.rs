//! Adaptive large neighbourhood search under simulated annealing: take some requests out, put them back, keep the
//! result if chance at this temperature says so. Only touched rounds are taken back. Must never read a clock: the
//! budget is a number of iterations, and `stop` is asked now and then as a safety stop.
#![expect(clippy::indexing_slicing, reason = "indices are those of the operators below")]

use std::cmp::Ordering;

use super::{
    destroy::{Chooser, DESTROY},
    dice::{Dice, real},
    fill::{Chance, FILL, Filler},
    local::Polisher,
    nearness::Nearness,
    plan::Ending,
    prepared::Prepared,
    state::State,
};

/// How long to search, and from which seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Iterations; the same number and seed give the same plan.
    pub iterations: u64,
    /// Seed of all chance.
    pub seed: u64,
}

/// Settings of the search, one set for every kind of day.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    /// First and last temperature of a lap, in costs of one request.
    pub(crate) temperatures: (f64, f64),
    /// Iterations for each request that make a lap worth its while, and the most laps.
    pub(crate) laps: (u64, u64),
    /// How warm the last lap begins, as a share of the first temperature.
    pub(crate) rewarmed: f64,
    /// What one more refusal than in the best plan weighs on the way, in costs of one request.
    pub(crate) eased: f64,
    /// Blur of costs, in costs of one request.
    pub(crate) blur: f64,
    /// Most requests taken out, as a share of all and as a number.
    pub(crate) removed: (f64, usize),
    /// Longest run taken out of one round.
    pub(crate) string_max: usize,
    /// Iterations between two looks at how well each way did.
    pub(crate) segment: u64,
    /// How fast the shares of the ways follow their success.
    pub(crate) reaction: f64,
}

impl Settings {
    pub(crate) const TUNED: Self = Self {
        temperatures: (1.5, 0.03),
        laps: (150, 4),
        rewarmed: 0.3,
        eased: 5.0,
        blur: 0.5,
        removed: (0.4, 16),
        string_max: 10,
        segment: 200,
        reaction: 0.2,
    };
}

/// Share that a way keeps however badly it does, as a part of the largest.
const LEAST_SHARE: f64 = 0.1;

/// How well each way did.
struct Scores {
    share: Vec<f64>,
    earned: Vec<f64>,
    used: Vec<f64>,
}

impl Scores {
    fn new(count: usize) -> Self {
        Self { share: vec![1.0; count], earned: vec![0.0; count], used: vec![0.0; count] }
    }

    fn pick(&mut self, dice: &mut Dice) -> usize {
        let total: f64 = self.share.iter().sum();
        let mut left = dice.unit() * total;
        let mut picked = 0;
        for (index, share) in self.share.iter().enumerate() {
            picked = index;
            if left < *share {
                break;
            }
            left -= share;
        }
        picked
    }

    /// Shares follow success. The least is a part of the largest: when it is cold few steps succeed at all, and the ways still
    /// differ.
    fn learn(&mut self, reaction: f64) {
        for index in 0..self.share.len() {
            if self.used[index] > 0.0 {
                let success = self.earned[index] / self.used[index];
                self.share[index] = self.share[index] * (1.0 - reaction) + success * reaction;
            }
            self.earned[index] = 0.0;
            self.used[index] = 0.0;
        }
        let largest = self.share.iter().copied().fold(0.0, f64::max);
        let least = (largest * LEAST_SHARE).max(1e-6);
        for share in &mut self.share {
            *share = share.max(least);
        }
    }
}

/// The best plan so far: nodes of each shift, copied only where they changed.
struct Best {
    cost: i64,
    /// How many nobody drives.
    absent: usize,
    nodes: Vec<Vec<usize>>,
    /// Shifts changed since it was kept.
    stale: Vec<bool>,
}

impl Best {
    fn of(state: &State) -> Self {
        let nodes = state.routes.iter().map(|route| route.nodes().collect()).collect();
        Self { cost: state.cost, absent: state.absent.len(), nodes, stale: vec![false; state.routes.len()] }
    }

    /// Takes over a better plan of somebody else; none of its own rounds can be told from it any more.
    fn learn(&mut self, better: &Self) {
        self.cost = better.cost;
        self.absent = better.absent;
        self.nodes.clone_from(&better.nodes);
        self.stale.fill(true);
    }

    fn keep(&mut self, state: &State) {
        self.cost = state.cost;
        self.absent = state.absent.len();
        for (shift, stale) in self.stale.iter_mut().enumerate() {
            if std::mem::take(stale) {
                self.nodes[shift].clear();
                self.nodes[shift].extend(state.routes[shift].nodes());
            }
        }
    }
}

/// Improves a plan in place until the budget is used up or `stop` says so; ends with the best plan found. Two searches walk side
/// by side, each with the whole budget and its own chance, and the last lap of both goes on from the better plan: where one ends
/// is luck, and a machine has two cores. The number of searches is part of what a seed promises, whatever the machine.
///
/// A panic of the search beside is passed on.
pub(crate) fn improve(
    prepared: &Prepared,
    state: &mut State,
    budget: Budget,
    settings: &Settings,
    stop: &(dyn Fn() -> bool + Sync),
) -> Ending {
    if prepared.asks.is_empty() || prepared.shifts.is_empty() || budget.iterations == 0 {
        return Ending::default();
    }
    let mut beside = state.clone();
    let mut ways =
        [Search::new(prepared, state, budget, settings), Search::new(prepared, state, budget, settings)];
    ways[1].dice = Dice::beside(budget.seed);
    let last_lap = ways[0].last_lap();
    walk(&mut ways, [state, &mut beside], stop, last_lap);
    share(&mut ways);
    walk(&mut ways, [state, &mut beside], stop, budget.iterations);
    share(&mut ways);
    let [search, other] = ways;
    let ending =
        Ending { iterations: search.done.min(other.done), cut_short: search.cut_short || other.cut_short };
    search.finish(state);
    ending
}

/// Lets both searches walk until an iteration.
fn walk(
    ways: &mut [Search<'_>; 2],
    [state, beside]: [&mut State; 2],
    stop: &(dyn Fn() -> bool + Sync),
    until: u64,
) {
    let [search, other] = ways;
    std::thread::scope(|threads| {
        threads.spawn(|| other.walk(beside, until, stop));
        search.walk(state, until, stop);
    });
}

/// The search that found less learns of the better plan; the first keeps its own if both are as good.
fn share(ways: &mut [Search<'_>; 2]) {
    let [search, other] = ways;
    match search.best.cost.cmp(&other.best.cost) {
        Ordering::Less => other.best.learn(&search.best),
        Ordering::Greater => search.best.learn(&other.best),
        Ordering::Equal => {}
    }
}

struct Search<'a> {
    prepared: &'a Prepared,
    settings: &'a Settings,
    near: Nearness,
    dice: Dice,
    filler: Filler,
    polisher: Polisher,
    destroy: Scores,
    fill: Scores,
    best: Best,
    /// Cost of one request, the unit of temperatures.
    scale: f64,
    /// How often the plan is warmed up and cooled down: where it ends is luck, so that several short laps of which the
    /// best is taken do better than a long one. Iterations of each.
    laps: u64,
    lap: u64,
    /// Iterations done.
    done: u64,
    /// Whether it was stopped before its end.
    cut_short: bool,
    todo: Vec<usize>,
}

impl<'a> Search<'a> {
    fn new(prepared: &'a Prepared, state: &State, budget: Budget, settings: &'a Settings) -> Self {
        let requests = u64::try_from(prepared.asks.len()).unwrap_or(u64::MAX).max(1);
        let laps = (budget.iterations / (requests * settings.laps.0)).clamp(1, settings.laps.1);
        Self {
            prepared,
            settings,
            laps,
            lap: (budget.iterations / laps).max(1),
            near: Nearness::new(prepared),
            dice: Dice::new(budget.seed),
            filler: Filler::default(),
            polisher: Polisher::default(),
            destroy: Scores::new(DESTROY.len()),
            fill: Scores::new(FILL.len()),
            best: Best::of(state),
            scale: Chance::scale(prepared, state),
            done: 0,
            cut_short: false,
            todo: Vec::new(),
        }
    }

    /// The iteration at which the last lap begins.
    fn last_lap(&self) -> u64 {
        self.lap * (self.laps - 1)
    }

    fn walk(&mut self, state: &mut State, until: u64, stop: &(dyn Fn() -> bool + Sync)) {
        while self.done < until && !self.cut_short {
            if self.done.is_multiple_of(64) && stop() {
                self.cut_short = true;
                return;
            }
            self.turn(state, self.done);
            self.step(state, self.done);
            self.done += 1;
        }
    }

    /// The last lap goes on from the best plan so far.
    fn turn(&mut self, state: &mut State, iteration: u64) {
        if self.laps > 1 && iteration == self.last_lap() && state.cost != self.best.cost {
            state.end();
            state.restore(self.prepared, &self.best.nodes, &mut self.filler.inserter.sheet);
            self.best.stale.fill(false);
        }
    }

    fn step(&mut self, state: &mut State, iteration: u64) {
        let before = self.eased(state);
        let ways = (self.destroy.pick(&mut self.dice), self.fill.pick(&mut self.dice));
        state.begin();
        self.take_out(state, ways.0);
        let blur = self.settings.blur * self.scale;
        self.filler.inserter.looked_at = 0;
        let mut chance = Chance { dice: &mut self.dice, blur };
        self.filler.fill(FILL[ways.1], self.prepared, state, &mut self.todo, &mut chance);
        let near_best =
            self.eased(state) < before || state.cost - self.best.cost < super::dice::whole(self.scale / 4.0);
        if !state.broken && near_best {
            self.polisher.polish(self.prepared, state, &mut self.filler.inserter);
        }
        let luck = -self.dice.unit().max(1e-9).ln() * self.temperature(iteration);
        let after = self.eased(state);
        let earned = if state.broken || real(after - before) >= luck {
            state.undo();
            0.0
        } else {
            for shift in state.touched() {
                self.best.stale[shift] = true;
            }
            self.reward(state, before, after)
        };
        self.destroy.used[ways.0] += 1.0;
        // Ways of filling earn by what they cost, so that one that looks at ten times as many rounds must do better.
        self.fill.used[ways.1] += f64::from(self.filler.inserter.looked_at) / 100.0;
        self.destroy.earned[ways.0] += earned;
        self.fill.earned[ways.1] += earned;
        if iteration % self.settings.segment == self.settings.segment - 1 {
            self.destroy.learn(self.settings.reaction);
            self.fill.learn(self.settings.reaction);
            self.scale = Chance::scale(self.prepared, state);
        }
    }

    /// The cost as the walk sees it: one more refusal than in the best plan weighs no more than a few requests, so that a
    /// tight day can be left and entered again by another way. What is kept is judged by the whole cost.
    fn eased(&self, state: &State) -> i64 {
        if state.absent.len() <= self.best.absent {
            return state.cost;
        }
        let refusals = state.absent.iter().map(|request| self.prepared.asks[*request].refusal);
        let least = refusals.min().unwrap_or(0);
        state.cost - (least - super::dice::whole(self.scale * self.settings.eased)).max(0)
    }

    fn reward(&mut self, state: &State, before: i64, after: i64) -> f64 {
        if state.cost < self.best.cost {
            self.best.keep(state);
            10.0
        } else if after < before {
            3.0
        } else if after > before {
            1.0
        } else {
            0.0
        }
    }

    /// Takes out what a way chooses; what is to be put back is that and some of what was absent before.
    fn take_out(&mut self, state: &mut State, way: usize) {
        let all = self.prepared.asks.len();
        let (share, most) = self.settings.removed;
        let share = super::dice::whole(real(i64::try_from(all).unwrap_or(0)) * share);
        let most = usize::try_from(share).unwrap_or(1).clamp(4.min(all), most);
        let count = 1 + self.dice.below(most);
        let chooser =
            Chooser { prepared: self.prepared, near: &self.near, string_max: self.settings.string_max };
        let mut chosen = std::mem::take(&mut self.todo);
        chooser.choose(DESTROY[way], count, state, &mut self.dice, &mut chosen);
        let absent_before = state.absent.len();
        state.remove_all(self.prepared, &chosen, &mut self.filler.inserter.sheet);
        if absent_before > 0 {
            let tries = absent_before.min(10);
            let first = self.dice.below(absent_before);
            chosen.clear();
            chosen.extend((0..tries).map(|step| state.absent[(first + step) % absent_before]));
            chosen.extend(&state.absent[absent_before..]);
        }
        self.todo = chosen;
    }

    fn temperature(&self, iteration: u64) -> f64 {
        let (first, last) = self.settings.temperatures;
        let lap = (iteration / self.lap).min(self.laps - 1);
        let first =
            if self.laps > 1 && lap == self.laps - 1 { first * self.settings.rewarmed } else { first };
        let count = |number: u64| real(i64::try_from(number).unwrap_or(i64::MAX));
        let progress = (count(iteration - lap * self.lap) / count(self.lap)).min(1.0);
        self.scale * first * (last / first).powf(progress)
    }

    /// Puts the best plan back.
    fn finish(mut self, state: &mut State) {
        state.end();
        if state.cost == self.best.cost {
            return;
        }
        state.restore(self.prepared, &self.best.nodes, &mut self.filler.inserter.sheet);
    }
}

#[cfg(test)]
mod tests {
    use super::{super::small_days::random_day, *};
    use crate::day::Board;

    /// The cost at which one search alone ends.
    fn alone(board: &Board, budget: Budget, dice: Dice) -> i64 {
        let mut state = board.state.clone();
        let mut search = Search::new(&board.prepared, &state, budget, &Settings::TUNED);
        search.dice = dice;
        search.walk(&mut state, budget.iterations, &|| false);
        search.finish(&mut state);
        state.cost
    }

    #[test]
    fn of_two_searches_side_by_side_the_better_is_kept() {
        let mut better = [0, 0];
        for seed in 0..60 {
            let mut board = Board::new(random_day(seed, 12, 3)).unwrap();
            board.fill();
            let budget = Budget { iterations: 6, seed };
            let apart = [Dice::new(seed), Dice::beside(seed)].map(|dice| alone(&board, budget, dice));
            board.improve(budget, &|| false);
            assert_eq!(board.state.cost, apart[0].min(apart[1]), "{seed}");
            better[0] += usize::from(apart[0] < apart[1]);
            better[1] += usize::from(apart[1] < apart[0]);
        }
        assert!(better[0] > 0 && better[1] > 0, "each is needed now and then: {better:?}");
    }

    #[test]
    fn the_last_lap_of_both_goes_on_from_the_better_plan() {
        let mut learned = 0;
        for seed in 0..20 {
            let mut board = Board::new(random_day(seed, 12, 3)).unwrap();
            board.fill();
            let (prepared, budget) = (board.prepared, Budget { iterations: 6, seed });
            let (mut state, mut beside) = (board.state.clone(), board.state);
            let search = |state| Search::new(&prepared, state, budget, &Settings::TUNED);
            let mut ways = [search(&state), search(&state)];
            ways[1].dice = Dice::beside(seed);
            walk(&mut ways, [&mut state, &mut beside], &|| false, budget.iterations);
            let best = ways[0].best.cost.min(ways[1].best.cost);
            learned += usize::from(ways[0].best.cost != ways[1].best.cost);
            share(&mut ways);
            for (search, mut state) in ways.into_iter().zip([state, beside]) {
                assert_eq!(search.best.cost, best);
                search.finish(&mut state);
                assert_eq!(state.cost, best, "the rounds are those of that cost");
            }
        }
        assert!(learned > 0);
    }

    #[test]
    fn a_search_that_is_stopped_stops_both_and_says_so() {
        let mut board = Board::new(random_day(1, 12, 3)).unwrap();
        board.fill();
        let before = board.state.cost;
        let ending = board.improve(Budget { iterations: 500, seed: 1 }, &|| true);
        assert_eq!(ending, Ending { iterations: 0, cut_short: true });
        assert_eq!(board.state.cost, before);
    }
}
