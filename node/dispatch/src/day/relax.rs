//! What would have to give when nobody can drive a request: other times, a longer ride, company, or another trip that
//! goes to somebody else. Each is tried for good and taken back. Must never change the plan or a promise.
#![expect(clippy::indexing_slicing, reason = "indices are those of the prepared day")]

use super::{
    board::Board,
    fill::Choice,
    insertion::Placement,
    model::{Hold, Request, Span},
    prepared::UNLIMITED,
    refuse::End,
    suggest::Suggestion,
};

/// Minutes that windows are shifted by, the smallest first.
const SHIFTS_MIN: [i64; 8] = [-15, 15, -30, 30, -45, 45, -60, 60];

/// Most moves of other trips that are told.
const MOVES: usize = 3;

/// What would have to give, and what would then be possible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Relaxation {
    /// Other times for this person.
    Shift {
        /// Minutes later; earlier if negative.
        minutes: i64,
        /// Who could then drive.
        then: Suggestion,
    },
    /// A longer ride for this person.
    LongerRide {
        /// Seconds over the limit.
        over_s: i64,
        /// Who could then drive.
        then: Suggestion,
    },
    /// This person would ride with others.
    Pooling {
        /// Who could then drive.
        then: Suggestion,
    },
    /// Another trip goes to another driver, at the times it was promised.
    Move {
        /// The other trip, by index.
        trip: usize,
        /// Its driver now.
        from: usize,
        /// Who drives it then, and how.
        to: Box<Suggestion>,
        /// Who could then drive this request.
        then: Suggestion,
    },
}

impl Relaxation {
    /// What it would add to the cost, in millimetre-equivalents, without what was asked to give.
    pub fn total(&self) -> i64 {
        match self {
            Self::Shift { then, .. } | Self::LongerRide { then, .. } | Self::Pooling { then } => {
                then.cost.total()
            }
            Self::Move { to, then, .. } => to.cost.total() + then.cost.total(),
        }
    }
}

impl Board {
    /// For an absent request nobody can drive.
    pub(crate) fn relaxations(&mut self, request: usize) -> Vec<Relaxation> {
        let original = self.prepared.day.requests[request].clone();
        let mut found = Vec::new();
        if original.hold == Hold::Free {
            found.extend(self.shifted(request, &original));
        }
        found.extend(self.longer(request, &original));
        if !original.pooling {
            let asked = Request { pooling: true, ..original.clone() };
            found.extend(
                self.if_it_were(request, &original, asked, None).map(|then| Relaxation::Pooling { then }),
            );
        }
        found.extend(self.moves(request));
        found.sort_by_key(Relaxation::total);
        found
    }

    /// The smallest shift to each side that helps.
    fn shifted(&mut self, request: usize, original: &Request) -> Vec<Relaxation> {
        let mut found: Vec<Relaxation> = Vec::new();
        for minutes in SHIFTS_MIN {
            let known = |other: &Relaxation| matches!(other, Relaxation::Shift { minutes: kept, .. } if (*kept < 0) == (minutes < 0));
            if found.iter().any(known) {
                continue;
            }
            let mut asked = original.clone();
            let later = |span: Span| Span::new(span.from_s + minutes * 60, span.until_s + minutes * 60);
            asked.pickup.window = later(asked.pickup.window);
            asked.dropoff.window = later(asked.dropoff.window);
            let then = self.if_it_were(request, original, asked, None);
            found.extend(then.map(|then| Relaxation::Shift { minutes, then }));
        }
        found
    }

    fn longer(&mut self, request: usize, original: &Request) -> Option<Relaxation> {
        let limit_s = self.prepared.day.ride_limit_s(original)?;
        let then = self.if_it_were(request, original, original.clone(), Some(UNLIMITED))?;
        let leg = then.legs.first()?;
        let ride_s = leg.arrival_s - leg.pickup_s - i64::from(original.pickup.service_s);
        (ride_s > limit_s).then_some(Relaxation::LongerRide { over_s: ride_s - limit_s, then })
    }

    /// The best suggestion if the request were another.
    fn if_it_were(
        &mut self,
        request: usize,
        original: &Request,
        asked: Request,
        ride_max: Option<i64>,
    ) -> Option<Suggestion> {
        match ride_max {
            Some(ride_max) => self.prepared.replace_with_ride(request, asked, ride_max),
            None => self.prepared.replace(request, asked),
        }
        let best = self.rank(request, 1).pop();
        let then = best.map(|choice| self.describe(&[(request, choice.shift, choice.placement)]));
        self.prepared.replace(request, original.clone());
        then
    }

    /// The cheapest trips whose going to somebody else would make room: what that costs, its shift, the trip.
    fn cheapest_moves(&mut self, request: usize, most: usize) -> Vec<(i64, usize, usize)> {
        let mut found: Vec<(i64, usize, usize)> = Vec::with_capacity(most + 1);
        for shift in 0..self.prepared.shifts.len() {
            if !self.prepared.is_allowed(request, self.prepared.shifts[shift].driver) {
                continue;
            }
            for trip in self.trips_in_the_way(request, shift) {
                if self.prepared.asks[trip].locked {
                    continue;
                }
                let worst = found.get(most.saturating_sub(1)).map_or(i64::MAX / 4, |(total, ..)| *total);
                if let Some(total) = self.try_move((request, shift, trip), worst) {
                    let at = found.partition_point(|kept| *kept <= (total, shift, trip));
                    found.insert(at, (total, shift, trip));
                    found.truncate(most);
                }
            }
        }
        found
    }

    /// The cheapest trip to move for a request, with its shift.
    pub(crate) fn best_move(&mut self, request: usize) -> Option<(usize, usize)> {
        self.cheapest_moves(request, 1).first().map(|(_, shift, trip)| (*shift, *trip))
    }

    /// Trips whose going to somebody else would make room, the cheapest described.
    fn moves(&mut self, request: usize) -> Vec<Relaxation> {
        let found = self.cheapest_moves(request, MOVES);
        found.into_iter().filter_map(|(_, shift, trip)| self.described_move(request, shift, trip)).collect()
    }

    /// Trips of a shift that could be under way while the request is.
    fn trips_in_the_way(&self, request: usize, shift: usize) -> Vec<usize> {
        let (inside, outside) = (&self.prepared.nodes[2 * request], &self.prepared.nodes[2 * request + 1]);
        let route = &self.state.routes[shift];
        let around = route.line.iter().enumerate().filter(|(at, point)| {
            point.is_pickup()
                && route.early[at - 1] <= outside.close
                && route.late[(point.mate + 1).min(route.late.len() - 1)] >= inside.open
        });
        around.map(|(_, point)| point.node / 2).collect()
    }

    /// What it costs in all that a trip makes room for the request in a shift; none if it does not, or not at or below
    /// `worst`.
    fn try_move(&mut self, (request, shift, trip): (usize, usize, usize), worst: i64) -> Option<i64> {
        let kept = self.state.set_journal_aside();
        self.state.begin();
        let before = self.state.cost - self.prepared.asks[request].refusal;
        let refusal = self.prepared.asks[trip].refusal;
        let total = self.let_in(request, shift, trip).and_then(|_| {
            let so_far = self.state.cost - refusal - before;
            let below = refusal.min(worst.saturating_sub(so_far).saturating_add(1));
            let other = self.filler.cheapest_below(&self.prepared, &self.state, trip, below)?;
            Some(so_far + other.total)
        });
        self.state.undo();
        self.state.take_journal_back(kept);
        total
    }

    /// Takes the trip out and puts the request in; to be taken back if that does not work.
    fn let_in(&mut self, request: usize, shift: usize, trip: usize) -> Option<Placement> {
        self.state.remove(&self.prepared, trip, &mut self.filler.inserter.sheet);
        if self.state.broken {
            return None;
        }
        let target = self.state.target(&self.prepared, shift, request);
        let placement = self.filler.inserter.best(target, i64::MAX / 4)?;
        self.state.insert(&self.prepared, (shift, request), placement, &mut self.filler.inserter.sheet);
        Some(placement)
    }

    /// Takes the trip out, puts the request in, and finds another place for the trip; to be taken back.
    pub(crate) fn make_room(
        &mut self,
        request: usize,
        shift: usize,
        trip: usize,
    ) -> Option<(Placement, Choice)> {
        let placement = self.let_in(request, shift, trip)?;
        let choice = self.filler.cheapest(&self.prepared, &self.state, trip)?;
        Some((placement, choice))
    }

    fn described_move(&mut self, request: usize, shift: usize, trip: usize) -> Option<Relaxation> {
        let from = self.prepared.wheels[self.prepared.shifts[shift].driver].index;
        let kept = self.state.set_journal_aside();
        self.state.begin();
        let made = self.make_room(request, shift, trip);
        let told = made.map(|(placement, choice)| {
            let to = Box::new(self.describe(&[(trip, choice.shift, choice.placement)]));
            self.state.undo();
            self.state.begin();
            self.state.remove(&self.prepared, trip, &mut self.filler.inserter.sheet);
            let then = self.describe(&[(request, shift, placement)]);
            Relaxation::Move { trip, from, to, then }
        });
        self.state.undo();
        self.state.take_journal_back(kept);
        told
    }

    /// Begin of service of a request in the plan as it stands, in seconds; none if absent.
    pub fn times_of(&mut self, request: usize) -> Option<(i64, i64)> {
        let shift = *self.state.home.get(request)?;
        if shift == super::prepared::NONE {
            return None;
        }
        let tour = self.tour(shift);
        let at = |end: End| tour.stops.iter().find(|stop| stop.request == request && stop.end == end);
        Some((at(End::Pickup)?.begin_s, at(End::Dropoff)?.begin_s))
    }
}
