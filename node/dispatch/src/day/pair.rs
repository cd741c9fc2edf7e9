//! An outbound leg and its return with one driver: where both fit best, and waiting at the destination as a suggestion of
//! its own. Must never change the plan.
#![expect(clippy::indexing_slicing, reason = "indices are those of the prepared day")]

use super::{
    board::Board,
    insertion::{Placement, is_full},
    suggest::{Flag, RefusalGroup, Suggestion, Suggestions, Wish},
    why_not::Obstacle,
};

/// Both legs in one driver's day.
struct Both {
    total: i64,
    steps: [(usize, usize, Placement); 2],
}

impl Board {
    pub(crate) fn suggest_pair(&mut self, legs: [usize; 2], wish: Wish) -> Suggestions {
        let mut found: Vec<Both> = Vec::new();
        let mut refused: Vec<(usize, Obstacle)> = Vec::new();
        for driver in 0..self.prepared.wheels.len() {
            let both = self.both(legs, driver);
            if both.is_empty() && wish.refusals {
                refused.push((self.prepared.wheels[driver].index, self.why_not_both(legs, driver)));
            }
            found.extend(both);
        }
        found.sort_by_key(|both| both.total);
        let mut candidates: Vec<Suggestion> = Vec::new();
        for both in &found {
            let known = |driver: usize| candidates.iter().filter(|kept| kept.driver == driver).count();
            let [(_, shift, _), _] = both.steps;
            let driver = self.prepared.wheels[self.prepared.shifts[shift].driver].index;
            if known(driver) == 0 && candidates.len() >= wish.drivers {
                continue;
            }
            let mut suggestion = self.describe(&both.steps);
            suggestion.legs.sort_by_key(|leg| leg.request != legs[0]);
            let waits = suggestion.flags.iter().any(|flag| matches!(flag, Flag::Waits { .. }));
            if known(driver) == 0 || (known(driver) == 1 && waits) {
                candidates.push(suggestion);
            }
        }
        Suggestions { candidates, refusals: grouped(refused), relaxations: Vec::new() }
    }

    /// The cheapest way to put both legs in, and the cheapest in which the driver waits, if that is another.
    fn both(&mut self, [first, second]: [usize; 2], driver: usize) -> Vec<Both> {
        let mut found: Vec<Both> = Vec::new();
        for [early, late] in [[first, second], [second, first]] {
            let Some((shift, placement)) = self.best_of_driver(early, driver) else { continue };
            let kept = self.state.set_journal_aside();
            self.state.begin();
            let before = self.state.cost - self.prepared.asks[early].refusal;
            self.state.insert(&self.prepared, (shift, early), placement, &mut self.filler.inserter.sheet);
            let base = self.state.cost - before;
            if let Some((other, then)) = self.best_of_driver(late, driver) {
                let preference = self.state.preference(&self.prepared, late, driver);
                let total = base + then.delta + preference;
                found.push(Both { total, steps: [(early, shift, placement), (late, other, then)] });
            }
            if early == first
                && let Some(then) = self.waiting(shift, [first, second])
            {
                let total = base + then.delta + self.state.preference(&self.prepared, second, driver);
                found.push(Both { total, steps: [(first, shift, placement), (second, shift, then)] });
            }
            self.state.undo();
            self.state.take_journal_back(kept);
        }
        found.sort_by_key(|both| both.total);
        found.dedup_by(|a, b| a.total == b.total);
        found
    }

    /// The cheapest place of an absent request with one driver, in the search's order.
    pub(crate) fn best_of_driver(&mut self, request: usize, driver: usize) -> Option<(usize, Placement)> {
        if !self.prepared.is_allowed(request, driver) {
            return None;
        }
        let (first, past) = self.prepared.wheels[driver].shifts;
        let mut below = i64::MAX / 4;
        let mut best = None;
        for shift in first..past {
            let target = self.state.target(&self.prepared, shift, request);
            if let Some(placement) = self.filler.inserter.best(target, below) {
                below = placement.delta;
                best = Some((shift, placement));
            }
        }
        best
    }

    /// The return right after the outbound's arrival.
    fn waiting(&mut self, shift: usize, [first, second]: [usize; 2]) -> Option<Placement> {
        let driver = self.prepared.shifts[shift].driver;
        let route = &self.state.routes[shift];
        let out = route.line.iter().position(|point| point.node == 2 * first + 1)?;
        let target = self.state.target(&self.prepared, shift, second);
        if !self.prepared.is_allowed(second, driver) || route.load[out] != 0 || is_full(target) {
            return None;
        }
        let rooms = self.prepared.wheels[driver].rooms.iter().enumerate();
        let load = self.prepared.asks[second].load;
        let mut fitting = rooms
            .filter(|(index, room)| route.rooms >> index & 1 == 1 && super::prepared::fits(load, **room));
        fitting.next()?;
        let (after, _) = self.filler.inserter.exact(target, out, out)?;
        Some(Placement { pickup: out, dropoff: out, delta: after - super::insertion::before(target) })
    }

    /// The reason of the leg that cannot; that they exclude one another, if each alone could.
    fn why_not_both(&mut self, legs: [usize; 2], driver: usize) -> Obstacle {
        for leg in legs {
            if let Err(found) = self.verdict(leg, driver) {
                return found;
            }
        }
        let kept = self.state.set_journal_aside();
        self.state.begin();
        let mut found = Obstacle::Busy { missing_s: 1 };
        if let Some((shift, placement)) = self.best_of_driver(legs[0], driver) {
            self.state.insert(&self.prepared, (shift, legs[0]), placement, &mut self.filler.inserter.sheet);
            found = self.verdict(legs[1], driver).err().unwrap_or(found);
        }
        self.state.undo();
        self.state.take_journal_back(kept);
        found
    }
}

fn grouped(refused: Vec<(usize, Obstacle)>) -> Vec<RefusalGroup> {
    let mut groups: Vec<RefusalGroup> = Vec::new();
    for (driver, found) in refused {
        match groups.iter_mut().find(|group| group.code == found.code()) {
            Some(group) => group.drivers.push((driver, found)),
            None => groups.push(RefusalGroup { code: found.code(), drivers: vec![(driver, found)] }),
        }
    }
    for group in &mut groups {
        group.drivers.sort_unstable();
    }
    groups.sort_by_key(|group| std::cmp::Reverse(group.drivers.len()));
    groups
}
