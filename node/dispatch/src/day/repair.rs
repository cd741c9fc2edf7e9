//! When something falls through: a driver drops out, a trip is cancelled. Only what must move moves, others keep their
//! driver; what was promised keeps its times. Must never refuse what was planned without saying so.
#![expect(clippy::indexing_slicing, reason = "indices are those of the prepared day")]

use super::{
    board::Board,
    dice::Dice,
    fill::{Chance, Fill},
    model::{Hold, Request},
    objective::Cost,
    plan::Refused,
    prepared::NONE,
    refuse::DayError,
};

/// What fell through. Requests and drivers by index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mishap {
    /// A driver cannot come that day.
    DriverOut(usize),
    /// A request is cancelled.
    Cancelled(usize),
}

/// What a repair did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Repair {
    /// Requests with another driver than before, by index: the request, who drove it, who drives it.
    pub moved: Vec<(usize, usize, usize)>,
    /// Requests nobody drives any more; with the nearest obstacle after [`Board::repair_and_price`].
    pub refused: Vec<Refused>,
    /// What it added to the cost, by term.
    pub cost: Cost,
}

impl Board {
    /// Changes the plan so that it works again.
    ///
    /// # Errors
    /// A request or driver that is not there; roads that contradict one another so that a round with less to do takes
    /// longer than it may.
    pub fn repair(&mut self, mishap: Mishap) -> Result<Repair, DayError> {
        self.mend(mishap)
    }

    /// Like [`Board::repair`], with the nearest obstacle of what is refused and the difference of cost by term, which
    /// takes printing the whole plan twice.
    ///
    /// # Errors
    /// As [`Board::repair`].
    pub fn repair_and_price(&mut self, mishap: Mishap) -> Result<Repair, DayError> {
        let before = self.print().cost;
        let mut repair = self.mend(mishap)?;
        repair.refused =
            repair.refused.iter().map(|refused| self.nearest_obstacle(refused.request)).collect();
        repair.cost = self.print().cost - before;
        Ok(repair)
    }

    fn mend(&mut self, mishap: Mishap) -> Result<Repair, DayError> {
        match mishap {
            Mishap::DriverOut(driver) => {
                let wheel = self
                    .prepared
                    .wheel_of
                    .get(driver)
                    .copied()
                    .ok_or(DayError::UnknownReference { request: driver })?;
                Ok(self.driver_out(wheel))
            }
            Mishap::Cancelled(request) => self.cancelled(request),
        }
    }

    fn driver_out(&mut self, wheel: usize) -> Repair {
        let (first, past) = self.prepared.wheels[wheel].shifts;
        let rounds = (first..past).flat_map(|shift| self.state.routes[shift].nodes());
        let riders: Vec<usize> = rounds.filter(|node| node & 1 == 0).map(|node| node / 2).collect();
        for shift in first..past {
            self.clear(shift);
        }
        self.prepared.drop_out(wheel);
        self.state.recount(&self.prepared);
        let mut todo = riders.clone();
        let mut dice = Dice::new(0);
        let mut chance = Chance { dice: &mut dice, blur: 0.0 };
        let how = Fill::Regret { rounds: 2, noise: false };
        self.filler.fill(how, &self.prepared, &mut self.state, &mut todo, &mut chance);
        for request in todo {
            self.make_room_for(request);
        }
        self.report(wheel, &riders)
    }

    /// Empties a shift; its requests are absent then.
    fn clear(&mut self, shift: usize) {
        let riders: Vec<usize> =
            self.state.routes[shift].nodes().filter(|node| node & 1 == 0).map(|node| node / 2).collect();
        self.state.vacate(&self.prepared, shift, &riders, &mut self.filler.inserter.sheet);
    }

    /// Moves one other trip to another driver if that lets an absent request in.
    fn make_room_for(&mut self, request: usize) {
        let Some((shift, trip)) = self.best_move(request) else { return };
        self.state.begin();
        if let Some((_, choice)) = self.make_room(request, shift, trip) {
            let sheet = &mut self.filler.inserter.sheet;
            self.state.insert(&self.prepared, (choice.shift, trip), choice.placement, sheet);
        } else {
            self.state.undo();
        }
        self.state.end();
    }

    fn report(&mut self, wheel: usize, riders: &[usize]) -> Repair {
        let out = self.prepared.wheels[wheel].index;
        let mut repair = Repair::default();
        for request in riders {
            match self.driver_of(*request) {
                Some(driver) => repair.moved.push((*request, out, driver)),
                None => repair.refused.push(Refused { request: *request, obstacle: None }),
            }
        }
        repair
    }

    fn cancelled(&mut self, request: usize) -> Result<Repair, DayError> {
        if request >= self.prepared.asks.len() {
            return Err(DayError::UnknownReference { request });
        }
        if self.state.home[request] != NONE {
            self.state.begin();
            self.state.remove(&self.prepared, request, &mut self.filler.inserter.sheet);
            if self.state.broken {
                self.state.undo();
                self.state.end();
                return Err(DayError::PlanInvalid);
            }
            self.state.end();
        }
        let asked = self.prepared.day.requests[request].clone();
        self.prepared.replace(request, Request { hold: Hold::Withdrawn, ..asked });
        self.state.recount(&self.prepared);
        Ok(Repair::default())
    }
}
