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
    table: Vec<Offers>,
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
        self.cheapest_below(prepared, state, request, prepared.asks[request].refusal)
    }

    /// The cheapest shift for one request that costs less than `below`.
    pub(crate) fn cheapest_below(
        &mut self,
        prepared: &Prepared,
        state: &State,
        request: usize,
        mut below: i64,
    ) -> Option<Choice> {
        let mut best: Option<Choice> = None;
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
        let mut table = std::mem::take(&mut self.table);
        table.resize_with(todo.len(), Offers::default);
        for (offers, request) in table.iter_mut().zip(todo.iter()) {
            self.survey(prepared, state, (*request, offers), (blur, dice));
        }
        while let Some(at) = most_urgent(&table, rounds) {
            let offers = table.swap_remove(at);
            let request = todo.swap_remove(at);
            let Some(Choice { shift, placement, .. }) = offers.known.first().copied() else { break };
            let was_empty = state.routes[shift].is_empty();
            state.insert(prepared, (shift, request), placement, &mut self.inserter.sheet);
            let driver = prepared.shifts[shift].driver;
            // Of several alike that are empty only one is offered: now the next.
            let next = if was_empty { next_twin(prepared, state, shift) } else { None };
            let partner = prepared.asks[request].partner;
            for (offers, request) in table.iter_mut().zip(todo.iter()) {
                offers.known.retain(|offer| prepared.shifts[offer.shift].driver != driver);
                if *request == partner || (offers.known.len() < rounds && offers.floor < offers.refusal) {
                    self.survey(prepared, state, (*request, offers), (blur, dice));
                } else {
                    let (first, past) = prepared.wheels[driver].shifts;
                    for shift in (first..past).chain(next) {
                        self.offer(prepared, state, (*request, shift, offers), (blur, dice));
                    }
                }
            }
        }
        self.table = table;
    }

    /// The cheapest rounds for one request, from nothing.
    fn survey(
        &mut self,
        prepared: &Prepared,
        state: &State,
        (request, offers): (usize, &mut Offers),
        (blur, dice): (f64, &mut Dice),
    ) {
        offers.known.clear();
        offers.refusal = prepared.asks[request].refusal;
        offers.floor = offers.refusal;
        let mut twin = NONE;
        for (shift, what) in prepared.shifts.iter().enumerate() {
            if state.routes[shift].is_empty() && std::mem::replace(&mut twin, what.twin) == what.twin {
                continue;
            }
            self.offer(prepared, state, (request, shift, offers), (blur, dice));
        }
    }

    /// Takes one round into the offers for one request, if it is among the cheapest.
    fn offer(
        &mut self,
        prepared: &Prepared,
        state: &State,
        (request, shift, offers): (usize, usize, &mut Offers),
        (blur, dice): (f64, &mut Dice),
    ) {
        let driver = prepared.shifts[shift].driver;
        if !prepared.is_allowed(request, driver) {
            return;
        }
        let preference = state.preference(prepared, request, driver);
        let below = offers.floor - preference + whole(blur / 2.0);
        let Some(placement) = self.inserter.best(state.target(prepared, shift, request), below) else {
            return;
        };
        let noise = if blur > 0.0 { whole(blur * (dice.unit() - 0.5)) } else { 0 };
        let total = placement.delta + preference + noise;
        if total < offers.floor {
            let at = offers.known.partition_point(|other| other.total <= total);
            offers.known.insert(at, Choice { shift, placement, total });
            if offers.known.len() > OFFERS {
                offers.floor = offers.known.pop().map_or(offers.floor, |last| last.total);
            }
        }
    }
}

/// Rounds kept for each request: more than are compared, since some are lost to others.
const OFFERS: usize = 6;

/// The cheapest rounds for one request: all that cost less than `floor`.
#[derive(Debug, Clone, Default)]
struct Offers {
    known: Vec<Choice>,
    floor: i64,
    refusal: i64,
}

/// The open request that loses most by waiting.
fn most_urgent(table: &[Offers], rounds: usize) -> Option<usize> {
    let regret = |offers: &Offers| {
        let first = offers.known.first()?.total;
        let others = (1..rounds).map(|at| offers.known.get(at).map_or(offers.refusal, |other| other.total));
        Some((others.map(|total| total - first).sum::<i64>(), -first))
    };
    let urgent = table.iter().enumerate().filter_map(|(at, offers)| Some((regret(offers)?, at)));
    urgent.max_by_key(|(regret, at)| (*regret, std::cmp::Reverse(*at))).map(|(_, at)| at)
}

fn next_twin(prepared: &Prepared, state: &State, shift: usize) -> Option<usize> {
    let twin = prepared.shifts[shift].twin;
    let alike = prepared.shifts.iter().enumerate().skip(shift).take_while(|(_, what)| what.twin == twin);
    alike.map(|(other, _)| other).find(|other| state.routes[*other].is_empty())
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
