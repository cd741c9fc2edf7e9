//! What the search takes out of a plan before it is filled again. Locked requests stay where they are. Must never put
//! anything in.
#![expect(clippy::indexing_slicing, reason = "indices are those of the prepared day")]

use super::{
    dice::{Dice, whole},
    nearness::Nearness,
    prepared::{NONE, Prepared},
    state::State,
};

/// How requests to take out are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Destroy {
    /// Any.
    Random,
    /// Near one another in place and time.
    Related,
    /// Those that cost most where they are.
    Worst,
    /// Whole rounds.
    Rounds,
    /// Runs of neighbours out of adjacent rounds.
    Strings,
}

/// All ways.
pub(crate) const DESTROY: [Destroy; 5] =
    [Destroy::Random, Destroy::Related, Destroy::Worst, Destroy::Rounds, Destroy::Strings];

/// Chooses what to take out.
pub(crate) struct Chooser<'a> {
    pub(crate) prepared: &'a Prepared,
    pub(crate) near: &'a Nearness,
    /// Longest run taken out of one round.
    pub(crate) string_max: usize,
}

impl Chooser<'_> {
    /// About `count` requests that stand in the plan and are not locked, in no order.
    pub(crate) fn choose(
        &self,
        how: Destroy,
        count: usize,
        state: &State,
        dice: &mut Dice,
        chosen: &mut Vec<usize>,
    ) {
        chosen.clear();
        match how {
            Destroy::Random => self.random(count, state, dice, chosen),
            Destroy::Related => self.related(count, state, dice, chosen),
            Destroy::Worst => self.worst(count, state, dice, chosen),
            Destroy::Rounds => self.rounds(count, state, dice, chosen),
            Destroy::Strings => self.strings(count, state, dice, chosen),
        }
    }

    fn is_free(&self, state: &State, request: usize) -> bool {
        state.home[request] != NONE && !self.prepared.asks[request].locked
    }

    fn random(&self, count: usize, state: &State, dice: &mut Dice, chosen: &mut Vec<usize>) {
        let all = state.home.len();
        for _ in 0..count * 2 {
            let request = dice.below(all);
            if chosen.len() < count && self.is_free(state, request) && !chosen.contains(&request) {
                chosen.push(request);
            }
        }
    }

    fn related(&self, count: usize, state: &State, dice: &mut Dice, chosen: &mut Vec<usize>) {
        let seed = Self::seed(state, dice);
        if self.is_free(state, seed) {
            chosen.push(seed);
        }
        for _ in 0..count * 4 {
            if chosen.len() >= count {
                return;
            }
            let from = if chosen.is_empty() { seed } else { chosen[dice.below(chosen.len())] };
            let near = self.near.of(from);
            let nearest = skewed(near.len(), 4, dice);
            let Some(request) = near.get(nearest).copied() else { continue };
            if self.is_free(state, request) && !chosen.contains(&request) {
                chosen.push(request);
            }
        }
    }

    fn worst(&self, count: usize, state: &State, dice: &mut Dice, chosen: &mut Vec<usize>) {
        let mut ranked: Vec<(i64, usize)> = Vec::with_capacity(state.home.len());
        for (shift, route) in state.routes.iter().enumerate() {
            if route.is_empty() {
                continue;
            }
            debug_assert!(shift < self.prepared.shifts.len());
            for (at, point) in route.line.iter().enumerate() {
                if point.is_pickup() && self.is_free(state, point.node / 2) {
                    ranked.push((-self.saving(route, at, point.mate), point.node / 2));
                }
            }
        }
        ranked.sort_unstable();
        while chosen.len() < count && !ranked.is_empty() {
            let (_, request) = ranked.remove(skewed(ranked.len(), 3, dice));
            chosen.push(request);
        }
    }

    /// Metres saved without the request that gets in at one position and out at another.
    fn saving(&self, route: &super::route::Route, pickup: usize, dropoff: usize) -> i64 {
        let metres = |from: usize, to: usize| {
            i64::from(self.prepared.road(route.line[from].place, route.line[to].place).metres)
        };
        if dropoff == pickup + 1 {
            metres(pickup - 1, pickup) + metres(pickup, dropoff) + metres(dropoff, dropoff + 1)
                - metres(pickup - 1, dropoff + 1)
        } else {
            metres(pickup - 1, pickup) + metres(pickup, pickup + 1) - metres(pickup - 1, pickup + 1)
                + metres(dropoff - 1, dropoff)
                + metres(dropoff, dropoff + 1)
                - metres(dropoff - 1, dropoff + 1)
        }
    }

    fn rounds(&self, count: usize, state: &State, dice: &mut Dice, chosen: &mut Vec<usize>) {
        for _ in 0..4 {
            let shift = state.home[self.seed_in_plan(state, dice)];
            if shift == NONE {
                continue;
            }
            let fresh = |request: &usize| !self.prepared.asks[*request].locked;
            let riders: Vec<usize> = riders(state, shift).filter(fresh).collect();
            if riders.first().is_some_and(|request| chosen.contains(request)) {
                continue;
            }
            if chosen.is_empty() || chosen.len() + riders.len() <= count {
                chosen.extend(riders);
            }
        }
    }

    fn strings(&self, count: usize, state: &State, dice: &mut Dice, chosen: &mut Vec<usize>) {
        let seed = Self::seed(state, dice);
        let mut opened: Vec<usize> = Vec::new();
        let mut candidates = std::iter::once(seed).chain(self.near.of(seed).iter().copied());
        while chosen.len() < count {
            let Some(centre) = candidates.next() else { return };
            let shift = state.home[centre];
            if shift == NONE || opened.contains(&shift) {
                continue;
            }
            opened.push(shift);
            let riders: Vec<usize> = riders(state, shift).collect();
            let longest = self.string_max.min(riders.len()).min(count - chosen.len());
            let length = 1 + dice.below(longest.max(1));
            let spared = if dice.below(2) == 0 { dice.below(1 + riders.len() - length) } else { 0 };
            let spared = spared.min(self.string_max / 2);
            let middle = riders.iter().position(|request| *request == centre).unwrap_or(0);
            let span = (length + spared).min(riders.len());
            let first = middle.saturating_sub(dice.below(span)).min(riders.len() - span);
            let keep_from = first + dice.below(length.max(1));
            for (at, request) in riders.iter().enumerate().skip(first).take(span) {
                let kept = spared > 0 && at >= keep_from && at < keep_from + (span - length);
                if !kept && self.is_free(state, *request) {
                    chosen.push(*request);
                }
            }
        }
    }

    /// Any request; one of those nobody drives half of the time, if there are any.
    fn seed(state: &State, dice: &mut Dice) -> usize {
        if !state.absent.is_empty() && dice.below(2) == 0 {
            state.absent[dice.below(state.absent.len())]
        } else {
            dice.below(state.home.len())
        }
    }

    fn seed_in_plan(&self, state: &State, dice: &mut Dice) -> usize {
        let seed = Self::seed(state, dice);
        if state.home[seed] != NONE {
            return seed;
        }
        let near = self.near.of(seed);
        near.iter().copied().find(|request| state.home[*request] != NONE).unwrap_or(seed)
    }
}

/// Requests of a round in the order they get in.
fn riders(state: &State, shift: usize) -> impl Iterator<Item = usize> + '_ {
    state.routes[shift].nodes().filter(|node| node & 1 == 0).map(|node| node / 2)
}

/// An index below `count`, the small ones far more often: a uniform number to a power.
fn skewed(count: usize, power: i32, dice: &mut Dice) -> usize {
    let length = super::dice::real(i64::try_from(count).unwrap_or(i64::MAX));
    let at = whole(length * dice.unit().powi(power));
    usize::try_from(at).unwrap_or(0).min(count.saturating_sub(1))
}
