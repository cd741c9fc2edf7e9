//! The obstacle found by cheap tests against the one found the slow way: every position of every round worked out in full,
//! on small random days. Must never share more with the fast way than the rules themselves.

use std::collections::BTreeMap;

use super::{
    board::Board,
    insertion::{Inserter, Target},
    model::Day,
    positions::{crowded, rides_over},
    prepared::fits,
    route::figures,
    schedule::{Sheet, raise},
    search::Budget,
    small_days::random_day,
    why_not::{Obstacle, further, missing_availability, stage},
};

/// The first rule that fails at one position of a round; none if it is a place.
fn at_position(
    target: Target<'_>,
    (pickup, dropoff): (usize, usize),
    inserter: &mut Inserter,
) -> Option<Obstacle> {
    let Target { prepared, shift, route, totals, request } = target;
    let (line, begin) = inserter.spliced(target, pickup, dropoff);
    let mut late = 0;
    for at in 1..line.len() {
        begin[at] = line[at].open.max(begin[at - 1] + line[at - 1].service + line[at - 1].travel);
        late = late.max(begin[at] - line[at].close);
    }
    if late > 0 {
        return Some(Obstacle::Busy { missing_s: late });
    }
    let loads = route.load[pickup..=dropoff].iter().map(|load| load + prepared.asks[request].load);
    let rooms = &prepared.wheels[shift.driver].rooms;
    let held = (0..rooms.len())
        .any(|room| route.rooms >> room & 1 == 1 && loads.clone().all(|load| fits(load, rooms[room])));
    if !held {
        return Some(crowded(target, (pickup, dropoff)));
    }
    let late = rides_over(line, begin);
    begin.iter_mut().zip(line).for_each(|(time, point)| *time = point.open);
    if !raise(line, begin, 1, &[], usize::MAX) {
        return Some(Obstacle::RideTooLong { missing_s: late.max(1) });
    }
    let after = figures(prepared, shift, line, begin, &mut Sheet::default());
    let wheel = &prepared.wheels[shift.driver];
    let metres = totals.budgeted - route.figures.budgeted_m() + after.budgeted_m() - wheel.metres_max;
    if metres > 0 {
        return Some(Obstacle::MetresOfDay { missing_m: metres });
    }
    let away = totals.away - route.figures.away_s + after.away_s - wheel.seconds_max;
    (away > 0).then_some(Obstacle::SecondsOfDay { missing_s: away })
}

/// The obstacle of an absent request with a driver nothing else excludes, the slow way; none if there is a place.
fn slowly(board: &Board, (request, wheel): (usize, usize)) -> Option<Obstacle> {
    let (prepared, mut inserter) = (&board.prepared, Inserter::default());
    let (first, past) = prepared.wheels[wheel].shifts;
    let mut nearest = Obstacle::Busy { missing_s: i64::MAX };
    for shift in (first..past).filter(|shift| missing_availability(prepared, *shift, request) == 0) {
        let target = board.state.target(prepared, shift, request);
        let last = target.route.line.len() - 1;
        for position in (0..last).flat_map(|pickup| (pickup..last).map(move |dropoff| (pickup, dropoff))) {
            let found = at_position(target, position, &mut inserter)?;
            if further(found, nearest) {
                nearest = found;
            }
        }
    }
    Some(nearest)
}

/// Few drivers for many requests, so that rounds are long and every rule stops somebody.
fn planned(seed: u64) -> Board {
    let mut day: Day = random_day(seed, 24, 3);
    for driver in &mut day.drivers {
        driver.accepts = u64::MAX;
        driver.trips_max = None;
    }
    let mut board = Board::new(day).unwrap();
    board.fill();
    board.improve(Budget { iterations: 20, seed }, &|| false);
    board
}

#[test]
fn the_cheap_tests_find_the_obstacle_that_all_positions_in_full_find() {
    let mut seen: BTreeMap<&'static str, usize> = BTreeMap::new();
    for seed in 0..60 {
        let mut board = planned(seed);
        for (request, wheel) in (0..24).flat_map(|request| (0..3).map(move |wheel| (request, wheel))) {
            if !board.prepared.is_allowed(request, wheel) {
                continue;
            }
            let (found, slowly) = board.without(request, |board| {
                (board.verdict(request, wheel).err(), slowly(board, (request, wheel)))
            });
            if found.is_some_and(|found| stage(found).0 < 0) {
                continue;
            }
            assert_eq!(found, slowly, "seed {seed}, request {request} with driver {wheel}");
            *seen.entry(found.map_or("place", |found| found.code())).or_default() += 1;
        }
    }
    let expected =
        ["busy", "full", "metres-of-day", "no-consent", "place", "ride-too-long", "seconds-of-day"];
    assert!(expected.iter().all(|code| seen.contains_key(code)), "every rule stops somebody: {seen:?}");
}
