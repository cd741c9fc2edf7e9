//! Small exact steps on the rounds that were just changed: one request to a cheaper place, and the ends of two rounds
//! exchanged where both are empty. Must never accept what does not make the plan cheaper.
#![expect(clippy::indexing_slicing, reason = "indices are those of the prepared day")]

use super::{
    insertion::Inserter,
    prepared::{NONE, Prepared},
    state::State,
};

/// Buffers of the small steps.
#[derive(Debug, Default)]
pub(crate) struct Polisher {
    shifts: Vec<usize>,
    heads: [Vec<usize>; 2],
}

impl Polisher {
    /// Exchanges ends of touched rounds with those of all others, as long as that helps.
    pub(crate) fn polish(&mut self, prepared: &Prepared, state: &mut State, inserter: &mut Inserter) {
        self.shifts.clear();
        self.shifts.extend(state.touched());
        let mut at = 0;
        while let Some(shift) = self.shifts.get(at).copied() {
            if let Some(other) = self.exchange_ends(prepared, state, shift, inserter) {
                self.shifts.push(other);
                self.shifts.push(shift);
            }
            at += 1;
            if self.shifts.len() > 64 {
                return;
            }
        }
    }

    /// The first exchange of ends that makes the plan cheaper; gives the other round.
    fn exchange_ends(
        &mut self,
        prepared: &Prepared,
        state: &mut State,
        shift: usize,
        inserter: &mut Inserter,
    ) -> Option<usize> {
        let own = prepared.shifts[shift].driver;
        let mut twin = NONE;
        for other in 0..prepared.shifts.len() {
            let what = prepared.shifts[other];
            let hidden =
                state.routes[other].is_empty() && std::mem::replace(&mut twin, what.twin) == what.twin;
            if other == shift || what.driver == own || hidden {
                continue;
            }
            if self.try_cuts(prepared, state, [shift, other], inserter) {
                return Some(other);
            }
        }
        None
    }

    fn try_cuts(
        &mut self,
        prepared: &Prepared,
        state: &mut State,
        pair: [usize; 2],
        inserter: &mut Inserter,
    ) -> bool {
        let [a, b] = pair;
        for cut_a in 0..state.routes[a].line.len() - 1 {
            if state.routes[a].load[cut_a] != 0 {
                continue;
            }
            for cut_b in 0..state.routes[b].line.len() - 1 {
                if state.routes[b].load[cut_b] != 0 || !promising(prepared, state, pair, [cut_a, cut_b]) {
                    continue;
                }
                if self.exchange(prepared, state, pair, [cut_a, cut_b], inserter) {
                    return true;
                }
            }
        }
        false
    }

    fn exchange(
        &mut self,
        prepared: &Prepared,
        state: &mut State,
        [a, b]: [usize; 2],
        [cut_a, cut_b]: [usize; 2],
        inserter: &mut Inserter,
    ) -> bool {
        let before = state.cost;
        let nodes = |shift: usize| state.routes[shift].nodes().collect::<Vec<usize>>();
        let (old_a, old_b) = (nodes(a), nodes(b));
        let [head_a, head_b] = &mut self.heads;
        head_a.clear();
        head_a.extend(old_a[..cut_a].iter().chain(&old_b[cut_b..]));
        head_b.clear();
        head_b.extend(old_b[..cut_b].iter().chain(&old_a[cut_a..]));
        let moved_to_a: Vec<usize> = pickups(&old_b[cut_b..]);
        let moved_to_b: Vec<usize> = pickups(&old_a[cut_a..]);
        let (driver_a, driver_b) = (prepared.shifts[a].driver, prepared.shifts[b].driver);
        let allowed = moved_to_a.iter().all(|request| prepared.is_allowed(*request, driver_a))
            && moved_to_b.iter().all(|request| prepared.is_allowed(*request, driver_b));
        if !allowed {
            return false;
        }
        let sheet = &mut inserter.sheet;
        let mut fits = state.set(prepared, a, head_a, sheet) && state.set(prepared, b, head_b, sheet);
        fits = fits && state.routes[a].rooms != 0 && state.routes[b].rooms != 0;
        fits = fits && state.within_budgets(prepared, driver_a) && state.within_budgets(prepared, driver_b);
        if fits {
            for request in &moved_to_a {
                state.reassign(prepared, *request, a);
            }
            for request in &moved_to_b {
                state.reassign(prepared, *request, b);
            }
            if state.cost < before {
                return true;
            }
            for request in &moved_to_a {
                state.reassign(prepared, *request, b);
            }
            for request in &moved_to_b {
                state.reassign(prepared, *request, a);
            }
        }
        state.set(prepared, a, &old_a, sheet);
        state.set(prepared, b, &old_b, sheet);
        state.broken = false;
        false
    }
}

fn pickups(nodes: &[usize]) -> Vec<usize> {
    nodes.iter().filter(|node| *node & 1 == 0).map(|node| node / 2).collect()
}

/// Whether exchanging the ends could be in time and shorter, by the roads at the cut and at the end alone.
fn promising(prepared: &Prepared, state: &State, [a, b]: [usize; 2], [cut_a, cut_b]: [usize; 2]) -> bool {
    let (ra, rb) = (&state.routes[a], &state.routes[b]);
    let ends = |from: &super::route::Route, cut: usize, to: &super::route::Route, cut_to: usize| {
        let (here, next) = (&from.line[cut], &to.line[cut_to + 1]);
        let road = prepared.road(here.place, next.place);
        let last = next.node == NONE;
        let in_time = from.early[cut] + here.service + i64::from(road.seconds) <= to.late[cut_to + 1];
        (in_time || last, i64::from(road.metres), last)
    };
    let crossed = (ends(ra, cut_a, rb, cut_b), ends(rb, cut_b, ra, cut_a));
    let straight = (ends(ra, cut_a, ra, cut_a), ends(rb, cut_b, rb, cut_b));
    if (crossed.0.2 && crossed.1.2) || !(crossed.0.0 && crossed.1.0) {
        return false;
    }
    let home = |route: &super::route::Route, end: usize| {
        let last = &route.line[route.line.len() - 2];
        i64::from(prepared.road(last.place, end).metres)
    };
    let (end_a, end_b) = (prepared.shifts[a].end, prepared.shifts[b].end);
    let homeward = home(ra, end_b) + home(rb, end_a) - home(ra, end_a) - home(rb, end_b);
    crossed.0.1 + crossed.1.1 + homeward < straight.0.1 + straight.1.1
}
