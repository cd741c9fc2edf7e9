//! Load that follows each volunteer's own wish and what was driven before, and agreed limits that nothing passes.

use maillage_dispatch::day::{Bar, Board, Breach, Budget, Day, Obstacle, Plan, audit, load_report, plan_day};

use crate::day_support::{driver, hours, plane, request};

const BUDGET: Budget = Budget { iterations: 400, seed: 3 };

fn planned(day: &Day) -> Plan {
    let plan = plan_day(day.clone(), None, BUDGET, &|| false).unwrap();
    assert_eq!(audit(day, &plan), Ok(()));
    plan
}

/// Four trips two hours apart, two drivers: the first lives 1 km nearer to them, and both have driven 300 km.
fn two_drivers() -> Day {
    let matrix = plane(&[(0, 0), (10, 0), (0, 1)]);
    let mut day = Day { matrix, ..Day::default() };
    day.requests = (0..4).map(|at| request(0, 1, hours(9 + 2 * at, 0))).collect();
    day.drivers = vec![driver(0), driver(2)];
    for (driver, wish_m) in day.drivers.iter_mut().zip([400_000, 1_200_000]) {
        driver.past_metres = 300_000;
        driver.target_metres = Some(wish_m);
    }
    day
}

fn who_drives(day: &Day) -> Vec<usize> {
    let mut who: Vec<usize> = planned(day).tours.iter().map(|tour| tour.driver).collect();
    who.dedup();
    who
}

#[test]
fn the_same_history_weighs_by_each_own_wish() {
    let mut day = two_drivers();
    assert_eq!(who_drives(&day), [1], "she wishes three times as much");
    day.weights.fairness_permille = 0;
    assert_eq!(who_drives(&day), [0], "without fairness the nearer one");
}

#[test]
fn what_was_driven_before_weighs() {
    let mut day = two_drivers();
    day.drivers[0].target_metres = Some(1_200_000);
    assert!(who_drives(&day).contains(&0), "as fresh as the other, and nearer");
    day.drivers[0].past_metres = 1_200_000;
    assert_eq!(who_drives(&day), [1]);
}

#[test]
fn fairness_costs_what_the_formula_says() {
    let mut day = two_drivers();
    day.drivers.remove(1);
    let (past, wish) = (500_000_i64, 400_000_i64);
    day.drivers[0].past_metres = 500_000;
    let plan = planned(&day);
    let metres: i64 = plan.tours.iter().map(|tour| tour.figures.metres()).sum();
    let squares = (past + metres) * (past + metres) - past * past;
    assert_eq!(plan.cost.fairness, squares * 1000 / (2 * wish));
}

#[test]
fn a_tired_driver_is_asked_before_anybody_is_refused() {
    let mut day = two_drivers();
    day.drivers.remove(1);
    day.matrix = plane(&[(0, 0), (70, 0), (0, 1)]);
    day.requests.truncate(1);
    for past_m in [400_000, 800_000, 1_600_000, 4_000_000] {
        day.drivers[0].past_metres = past_m;
        let plan = planned(&day);
        assert!(plan.refused.is_empty(), "{past_m} m driven before");
        let metres: i64 = plan.tours.iter().map(|tour| tour.figures.metres()).sum();
        assert!(plan.cost.fairness <= 2 * metres * 1000, "a metre weighs two at most");
    }
}

#[test]
fn the_report_says_who_is_over_before_and_after() {
    let mut day = two_drivers();
    day.drivers.remove(1);
    day.drivers[0].past_metres = 390_000;
    let plan = planned(&day);
    let report = load_report(&day, &plan);
    assert_eq!((report.over_before, report.over_after), (0, 1));
    let driven: i64 = plan.tours.iter().map(|tour| tour.figures.metres()).sum();
    assert_eq!(report.drivers[0].permille(), Some((975, (390_000 + driven) * 1000 / 400_000)));
    day.drivers[0].target_metres = None;
    let report = load_report(&day, &plan);
    assert_eq!((report.over_before, report.over_after, report.drivers[0].permille()), (0, 0, None));
}

#[test]
fn nobody_drives_more_trips_than_agreed() {
    let mut day = two_drivers();
    let free = planned(&day);
    day.drivers[1].trips_max = Some(1);
    let plan = planned(&day);
    assert!(plan.refused.is_empty());
    let trips = |plan: &Plan, driver: usize| {
        let theirs = plan.tours.iter().filter(|tour| tour.driver == driver);
        theirs.map(|tour| tour.stops.len() / 2).sum::<usize>()
    };
    assert_eq!((trips(&plan, 0), trips(&plan, 1)), (3, 1));
    assert!(audit(&day, &free).unwrap_err().contains(&Breach::Trips(1, 3)));
    assert!(Board::with_plan(day.clone(), &free).is_err());
    let other = (0..4).find(|request| {
        let first = plan.tours.iter().find(|tour| tour.driver == 1).unwrap();
        first.stops.iter().all(|stop| stop.request != *request)
    });
    let mut board = Board::with_plan(day, &plan).unwrap();
    assert_eq!(board.why_not(other.unwrap(), 1), Err(Obstacle::Barred(Bar::Week)));
    assert_eq!(board.why_not(other.unwrap(), 0), Ok(()));
}
