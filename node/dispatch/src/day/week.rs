//! Several days in a row: series first, each with one driver where that is possible, then day by day with what the days
//! before have already put on everybody's shoulders. Must never look past the days it is given.

use std::collections::BTreeMap;

use super::{
    board::Board,
    model::{Day, Request},
    plan::Plan,
    prepared::NONE,
    refuse::{DayError, End},
    search::Budget,
};

/// Plans days in a row, each with the number of its civil week: what is left of a driver's trips and seconds is left of a week.
/// Drivers are the same person on two days when their `key` is the same, series when their number is. Metres of the 28 days
/// before are those of the first day; what falls out of them during the week stays in.
///
/// # Errors
/// What is wrong with a day, with its index.
pub fn plan_week(
    days: Vec<(i32, Day)>,
    budget: Budget,
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<Vec<(Day, Plan)>, (usize, DayError)> {
    let mut weeks = Vec::with_capacity(days.len());
    // Where series are settled; each day is then planned anew, since the days before it take from its budgets.
    let mut sketches = Vec::with_capacity(days.len());
    for (index, (week, day)) in days.into_iter().enumerate() {
        weeks.push(week);
        sketches.push(Board::new(day).map_err(|error| (index, error))?);
    }
    let mut settled = Vec::new();
    for legs in series(&sketches) {
        if let Some(key) = settle_series(&mut sketches, &legs) {
            settled.extend(legs.into_iter().map(|leg| (leg, key)));
        }
    }
    let mut spent = Spent::default();
    let mut planned = Vec::with_capacity(sketches.len());
    for (index, (week, sketch)) in weeks.into_iter().zip(sketches).enumerate() {
        let mut day = sketch.day().clone();
        spent.take_from(&mut day, week);
        let mut board = Board::new(day).map_err(|error| (index, error))?;
        let promised = board.print();
        for ((_, request), key) in settled.iter().filter(|((day, _), _)| *day == index) {
            board.give(*request, *key);
        }
        board.fill();
        let ending = board.improve(budget, stop);
        let plan = Plan { ending, ..board.plan() };
        let day = board.day().clone();
        spent.add(&day, week, [&promised, &plan]);
        planned.push((day, plan));
    }
    Ok(planned)
}

/// What the days before have taken of everybody, by the caller's name of the driver.
#[derive(Default)]
struct Spent {
    metres: BTreeMap<u64, i64>,
    /// Trips and seconds that are new, by week: those promised before are not in the budgets already.
    week: BTreeMap<(u64, i32), (i64, i64)>,
}

impl Spent {
    fn take_from(&self, day: &mut Day, week: i32) {
        let less = |left: u32, spent: i64| u32::try_from((i64::from(left) - spent).max(0)).unwrap_or(left);
        for driver in &mut day.drivers {
            let metres = self.metres.get(&driver.key).copied().unwrap_or(0);
            let metres = u32::try_from(metres).unwrap_or(u32::MAX);
            driver.past_metres = driver.past_metres.saturating_add(metres);
            let (trips, seconds) = self.week.get(&(driver.key, week)).copied().unwrap_or_default();
            driver.trips_max = driver.trips_max.map(|left| less(left, trips));
            driver.seconds_max = driver.seconds_max.map(|left| less(left, seconds));
        }
    }

    fn add(&mut self, day: &Day, week: i32, [promised, plan]: [&Plan; 2]) {
        for (tours, sign) in [(&promised.tours, -1), (&plan.tours, 1)] {
            for tour in tours {
                let Some(driver) = day.drivers.get(tour.driver) else { continue };
                let (trips, seconds) = self.week.entry((driver.key, week)).or_default();
                let picked_up = tour.stops.iter().filter(|stop| stop.end == End::Pickup).count();
                *trips += sign * i64::try_from(picked_up).unwrap_or(0);
                *seconds += sign * tour.figures.away_s;
            }
        }
        for tour in &plan.tours {
            let Some(driver) = day.drivers.get(tour.driver) else { continue };
            *self.metres.entry(driver.key).or_default() += tour.figures.metres();
        }
    }
}

/// Legs of each series, as day and request, the longest series first.
fn series(boards: &[Board]) -> Vec<Vec<(usize, usize)>> {
    let mut legs: BTreeMap<u64, Vec<(usize, usize)>> = BTreeMap::new();
    for (day, board) in boards.iter().enumerate() {
        for (request, asked) in board.day().requests.iter().enumerate() {
            if let Some(number) = asked.series {
                legs.entry(number).or_default().push((day, request));
            }
        }
    }
    let mut legs: Vec<Vec<(usize, usize)>> = legs.into_values().collect();
    legs.sort_by_key(|legs| std::cmp::Reverse(legs.len()));
    legs
}

/// Gives a series to the driver who can on most dates, at the least mean cost; the usual driver's bonus is in the cost. Whom;
/// nobody if nobody can.
fn settle_series(boards: &mut [Board], legs: &[(usize, usize)]) -> Option<u64> {
    let mut offers: BTreeMap<u64, (i64, i64)> = BTreeMap::new();
    for (day, request) in legs {
        let Some(board) = boards.get_mut(*day) else { continue };
        for (key, total) in board.offers(*request) {
            let offer = offers.entry(key).or_default();
            offer.0 += 1;
            offer.1 += total;
        }
    }
    let best = offers.into_iter().min_by_key(|(key, (dates, total))| (-dates, total / dates.max(&1), *key));
    let (key, _) = best?;
    for (day, request) in legs {
        if let Some(board) = boards.get_mut(*day) {
            board.give(*request, key);
        }
    }
    Some(key)
}

impl Board {
    /// What each driver who can would cost, by the caller's name of the driver; nobody if it is planned already.
    fn offers(&mut self, request: usize) -> Vec<(u64, i64)> {
        if self.state.home.get(request) != Some(&NONE) {
            return Vec::new();
        }
        let all = self.prepared.wheels.len();
        let ranked = self.rank(request, all);
        let offers = ranked.into_iter().filter_map(|choice| {
            let driver = self.prepared.shifts.get(choice.shift)?.driver;
            let index = self.prepared.wheels.get(driver)?.index;
            Some((self.prepared.day.drivers.get(index)?.key, choice.total))
        });
        offers.collect()
    }

    /// Gives an absent request to one driver, if that driver can.
    fn give(&mut self, request: usize, key: u64) {
        let Some(driver) = self.prepared.day.drivers.iter().position(|driver| driver.key == key) else {
            return;
        };
        let Some(wheel) = self.prepared.wheel_of.get(driver).copied() else { return };
        if self.state.home.get(request) != Some(&NONE) {
            return;
        }
        if let Some((shift, placement)) = self.best_of_driver(request, wheel) {
            self.state.insert(&self.prepared, (shift, request), placement, &mut self.filler.inserter.sheet);
        }
        if let Some(asked) = self.prepared.day.requests.get(request).cloned() {
            let usual = asked.usual.or(Some(driver));
            self.prepared.replace(request, Request { usual, ..asked });
            self.state.recount(&self.prepared);
        }
    }
}
