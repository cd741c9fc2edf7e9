//! Several days in a row: series first, each with one driver where that is possible, then day by day with what the days
//! before have already put on everybody's shoulders. Must never look past the days it is given.

use std::collections::BTreeMap;

use super::{
    board::Board,
    model::{Day, Request},
    plan::Plan,
    prepared::NONE,
    refuse::DayError,
    search::Budget,
};

/// Plans days in a row. Drivers are the same person on two days when their `key` is the same, series when their number
/// is. Metres of the 28 days before are those of the first day; what falls out of them during the week stays in.
///
/// # Errors
/// What is wrong with a day, with its index.
pub fn plan_week(
    days: Vec<Day>,
    budget: Budget,
    stop: &mut dyn FnMut() -> bool,
) -> Result<Vec<(Day, Plan)>, (usize, DayError)> {
    let mut boards = Vec::with_capacity(days.len());
    for (index, day) in days.into_iter().enumerate() {
        boards.push(Board::new(day).map_err(|error| (index, error))?);
    }
    for legs in series(&boards) {
        settle_series(&mut boards, &legs);
    }
    let mut driven: BTreeMap<u64, i64> = BTreeMap::new();
    let mut planned = Vec::with_capacity(boards.len());
    for (index, mut board) in boards.into_iter().enumerate() {
        let series_first = board.print();
        let mut day = board.day().clone();
        for driver in &mut day.drivers {
            let before = driven.get(&driver.key).copied().unwrap_or(0);
            driver.past_metres = driver.past_metres.saturating_add(u32::try_from(before).unwrap_or(u32::MAX));
        }
        let mut board = Board::with_plan(day, &series_first).map_err(|error| (index, error))?;
        board.fill();
        let ending = board.improve(budget, stop);
        let plan = Plan { ending, ..board.plan() };
        let day = board.day().clone();
        for tour in &plan.tours {
            let Some(driver) = day.drivers.get(tour.driver) else { continue };
            *driven.entry(driver.key).or_default() += tour.figures.metres();
        }
        planned.push((day, plan));
    }
    Ok(planned)
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

/// Gives a series to the driver who can on most dates, at the least mean cost; the usual driver's bonus is in the cost.
fn settle_series(boards: &mut [Board], legs: &[(usize, usize)]) {
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
    let Some((key, _)) = best else { return };
    for (day, request) in legs {
        if let Some(board) = boards.get_mut(*day) {
            board.give(*request, key);
        }
    }
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
