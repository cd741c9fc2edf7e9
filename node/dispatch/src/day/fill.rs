//! How the search puts absent requests back: one after the other where each is cheapest, or first the one that would
//! regret most to wait. Must never take anything out.
#![expect(clippy::indexing_slicing, reason = "indices are those of the prepared day")]

use super::{
    dice::{Dice, real, whole},
    insertion::{Inserter, Placement},
    prepared::{NONE, Prepared},
    state::State,
};

/// How absent requests are put back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fill {
    /// One after the other, some positions overlooked by chance.
    Greedy,
    /// First the one whose second best round is so much worse, with or without noise.
    Regret {
        /// How many rounds are compared.
        rounds: usize,
        /// Whether costs are blurred.
        noise: bool,
    },
}

/// All ways.
pub(crate) const FILL: [Fill; 5] = [
    Fill::Greedy,
    Fill::Regret { rounds: 1, noise: true },
    Fill::Regret { rounds: 2, noise: false },
    Fill::Regret { rounds: 2, noise: true },
    Fill::Regret { rounds: 4, noise: true },
];

/// Buffers for filling.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filler {
    pub(crate) inserter: Inserter,
    table: Vec<Option<Placement>>,
    keys: Vec<(i64, usize)>,
}

/// The cheapest shift for a request, with what it costs in all.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Choice {
    pub(crate) shift: usize,
    pub(crate) placement: Placement,
    pub(crate) total: i64,
}

impl Filler {
    /// Puts back what can be put back of `todo`.
    pub(crate) fn fill(
        &mut self,
        how: Fill,
        prepared: &Prepared,
        state: &mut State,
        todo: &mut Vec<usize>,
        chance: &mut Chance<'_>,
    ) {
        match how {
            Fill::Greedy => {
                self.arrange(prepared, todo, chance.dice);
                self.greedy(prepared, state, todo, Some(chance.dice));
            }
            Fill::Regret { rounds, noise } => {
                let blur = if noise { chance.blur } else { 0.0 };
                self.regret(prepared, state, todo, (rounds, blur, chance.dice));
            }
        }
    }

    /// One of several orders, by chance.
    fn arrange(&mut self, prepared: &Prepared, todo: &mut [usize], dice: &mut Dice) {
        dice.shuffle(todo);
        let how = dice.below(5);
        self.keys.clear();
        self.keys.extend(todo.iter().map(|request| {
            let (pickup, dropoff) = (&prepared.nodes[2 * request], &prepared.nodes[2 * request + 1]);
            let key = match how {
                0 => 0,
                1 => pickup.close - pickup.open + dropoff.close - dropoff.open,
                2 => -i64::from(prepared.asks[*request].direct.metres),
                3 => i64::from(prepared.asks[*request].direct.metres),
                _ => pickup.open,
            };
            (key, *request)
        }));
        self.keys.sort_by_key(|(key, _)| *key);
        for (slot, (_, request)) in todo.iter_mut().zip(&self.keys) {
            *slot = *request;
        }
    }

    /// Puts requests in one after the other, each where it is cheapest.
    pub(crate) fn greedy(
        &mut self,
        prepared: &Prepared,
        state: &mut State,
        todo: &[usize],
        mut dice: Option<&mut Dice>,
    ) {
        for request in todo {
            if let Some(dice) = dice.as_deref_mut() {
                self.inserter.overlook = dice.sparse(6);
            }
            if let Some(choice) = self.cheapest(prepared, state, *request) {
                state.insert(prepared, (choice.shift, *request), choice.placement, &mut self.inserter.sheet);
            }
        }
        self.inserter.overlook = 0;
    }

    /// The cheapest shift for one request, cheaper than refusing it.
    pub(crate) fn cheapest(&mut self, prepared: &Prepared, state: &State, request: usize) -> Option<Choice> {
        let mut best: Option<Choice> = None;
        let mut below = prepared.asks[request].refusal;
        let mut twin = NONE;
        for (shift, what) in prepared.shifts.iter().enumerate() {
            if state.routes[shift].is_empty() && std::mem::replace(&mut twin, what.twin) == what.twin {
                continue;
            }
            if !prepared.is_allowed(request, what.driver) {
                continue;
            }
            let preference = state.preference(prepared, request, what.driver);
            let target = state.target(prepared, shift, request);
            if let Some(placement) = self.inserter.best(target, below - preference) {
                below = placement.delta + preference;
                best = Some(Choice { shift, placement, total: below });
            }
        }
        best
    }

    fn regret(
        &mut self,
        prepared: &Prepared,
        state: &mut State,
        todo: &mut Vec<usize>,
        (rounds, blur, dice): (usize, f64, &mut Dice),
    ) {
        let shifts = prepared.shifts.len();
        self.table.clear();
        self.table.resize(todo.len() * shifts, None);
        let mut open: Vec<usize> = (0..todo.len()).collect();
        for shift in 0..shifts {
            self.column(prepared, state, (todo, &open), shift, (blur, dice));
        }
        while let Some((slot, at, shift)) = self.most_urgent(prepared, state, (todo, &open), rounds) {
            let request = todo[at];
            let driver = prepared.shifts[shift].driver;
            let was_empty = state.routes[shift].is_empty();
            let Some(placement) = self.table[at * shifts + shift] else { break };
            state.insert(prepared, (shift, request), placement, &mut self.inserter.sheet);
            open.swap_remove(slot);
            let (first, past) = prepared.wheels[driver].shifts;
            for same_driver in first..past {
                self.column(prepared, state, (todo, &open), same_driver, (blur, dice));
            }
            if was_empty && let Some(next) = next_twin(prepared, state, shift) {
                self.column(prepared, state, (todo, &open), next, (blur, dice));
            }
        }
        let left: Vec<usize> = open.iter().map(|at| todo[*at]).collect();
        *todo = left;
    }

    /// Places of all open requests in one shift.
    fn column(
        &mut self,
        prepared: &Prepared,
        state: &State,
        (todo, open): (&[usize], &[usize]),
        shift: usize,
        (blur, dice): (f64, &mut Dice),
    ) {
        let shifts = prepared.shifts.len();
        let hidden = state.routes[shift].is_empty() && has_earlier_twin(prepared, state, shift);
        for at in open {
            let request = todo[*at];
            let entry = &mut self.table[at * shifts + shift];
            *entry = None;
            if hidden || !prepared.is_allowed(request, prepared.shifts[shift].driver) {
                continue;
            }
            let target = state.target(prepared, shift, request);
            *entry = self.inserter.best(target, prepared.asks[request].refusal);
            if blur > 0.0
                && let Some(placement) = entry
            {
                placement.delta += whole(blur * (dice.unit() - 0.5));
            }
        }
    }

    /// The open request that loses most by waiting, and its best shift.
    fn most_urgent(
        &self,
        prepared: &Prepared,
        state: &State,
        (todo, open): (&[usize], &[usize]),
        rounds: usize,
    ) -> Option<(usize, usize, usize)> {
        let shifts = prepared.shifts.len();
        let mut most = (i64::MIN, i64::MIN);
        let mut urgent = None;
        for (slot, at) in open.iter().enumerate() {
            let request = todo[*at];
            let refusal = prepared.asks[request].refusal;
            let mut best = [(refusal, NONE); 4];
            for shift in 0..shifts {
                let Some(placement) = self.table[at * shifts + shift] else { continue };
                let total =
                    placement.delta + state.preference(prepared, request, prepared.shifts[shift].driver);
                note(&mut best, total, shift);
            }
            let (first, shift) = best[0];
            if shift == NONE {
                continue;
            }
            let regret: i64 = best.iter().take(rounds.max(1)).map(|(total, _)| total - first).sum();
            let key = (regret, -first);
            if key > most {
                most = key;
                urgent = Some((slot, *at, shift));
            }
        }
        urgent
    }
}

/// What chance has to do with filling.
pub(crate) struct Chance<'a> {
    pub(crate) dice: &'a mut Dice,
    /// How much costs are blurred, in millimetre-equivalents.
    pub(crate) blur: f64,
}

impl Chance<'_> {
    /// About what one request costs in a plan.
    pub(crate) fn scale(prepared: &Prepared, state: &State) -> f64 {
        let refusals: i64 = state.absent.iter().map(|request| prepared.asks[*request].refusal).sum();
        let served = state.home.len() - state.absent.len();
        real(state.cost - refusals) / real(i64::try_from(served.max(1)).unwrap_or(1))
    }
}

/// Keeps the four least, in order.
fn note(best: &mut [(i64, usize); 4], total: i64, shift: usize) {
    let Some(place) = best.iter().position(|(kept, _)| total < *kept) else { return };
    best[place..].rotate_right(1);
    best[place] = (total, shift);
}

fn has_earlier_twin(prepared: &Prepared, state: &State, shift: usize) -> bool {
    let twin = prepared.shifts[shift].twin;
    let earlier = prepared.shifts[..shift].iter().enumerate().rev().take_while(|(_, what)| what.twin == twin);
    earlier.into_iter().any(|(other, _)| state.routes[other].is_empty())
}

fn next_twin(prepared: &Prepared, state: &State, shift: usize) -> Option<usize> {
    let twin = prepared.shifts[shift].twin;
    let mut alike = (0..prepared.shifts.len()).filter(|other| prepared.shifts[*other].twin == twin);
    alike.find(|other| state.routes[*other].is_empty())
}
