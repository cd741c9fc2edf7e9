//! Days small enough to work out by hand: who drives, why not, what would have to give, what is refused.

use maillage_dispatch::day::{
    Bar, Board, Breach, Budget, Day, DayError, End, Flag, Hold, Load, Mishap, Obstacle, Places, Plan,
    Priority, Promise, Relaxation, Request, Road, Span, Window, Wish, audit, gini, load_report, plan_day,
    plan_week,
};

use crate::day_support::{driver, hours, plane, promised, request};

const BUDGET: Budget = Budget { iterations: 200, seed: 1 };
const ALL: Wish = Wish { drivers: 10, refusals: true, relaxations: true };

/// A village at 0 km, a village at 10 km, a town at 20 km, on one road; drivers live in the first village.
fn road_day(requests: Vec<Request>, drivers: usize) -> Day {
    let matrix = plane(&[(0, 0), (10, 0), (20, 0)]);
    Day { matrix, requests, drivers: (0..drivers).map(|_| driver(0)).collect(), ..Day::default() }
}

fn planned(day: &Day) -> Plan {
    let plan = plan_day(day.clone(), None, BUDGET, &|| false).unwrap();
    assert_eq!(audit(day, &plan), Ok(()));
    plan
}

fn reasons(day: Day, request: usize) -> Vec<Obstacle> {
    let mut board = Board::new(day).unwrap();
    let drivers = board.day().drivers.len();
    (0..drivers).filter_map(|driver| board.why_not(request, driver).err()).collect()
}

#[test]
fn two_who_go_the_same_way_share_one_car() {
    let day = road_day(vec![request(0, 2, hours(10, 0)), request(1, 2, hours(10, 0))], 2);
    let plan = planned(&day);
    assert_eq!(plan.tours.len(), 1);
    // 500 m from home to a door of the same village, and again between the two doors in town.
    assert_eq!(plan.tours[0].figures.metres(), 41_000);
    assert_eq!(plan.tours[0].figures.deadhead_m, 20_500);
}

#[test]
fn who_does_not_consent_rides_alone() {
    let mut day = road_day(vec![request(0, 2, hours(10, 0)), request(1, 2, hours(10, 0))], 1);
    day.requests.iter_mut().for_each(|request| {
        request.pooling = false;
        request.dropoff.window = Span::new(hours(9, 50), hours(10, 0));
    });
    let plan = planned(&day);
    assert_eq!(plan.refused.len(), 1);
    let (driver, obstacle) = plan.refused[0].obstacle.unwrap();
    assert_eq!((driver, obstacle), (0, Obstacle::NoConsent { own: true }));
    let left = plan.refused[0].request;
    let mut board = Board::with_plan(day, &plan).unwrap();
    let relaxations = board.suggest(&[left], ALL).relaxations;
    // Her own consent is not enough: the other one has not agreed either. Other times would do.
    assert!(relaxations.iter().any(|relaxation| matches!(relaxation, Relaxation::Shift { .. })));
    assert!(!relaxations.iter().any(|relaxation| matches!(relaxation, Relaxation::Pooling { .. })));
}

#[test]
fn consent_of_one_person_can_be_what_is_missing() {
    let mut day = road_day(vec![request(0, 2, hours(10, 0)), request(1, 2, hours(10, 0))], 1);
    day.requests
        .iter_mut()
        .for_each(|request| request.dropoff.window = Span::new(hours(9, 50), hours(10, 0)));
    day.requests[1].pooling = false;
    let alone = Plan { tours: planned(&road_day(vec![day.requests[0].clone()], 1)).tours, ..Plan::default() };
    let mut board = Board::with_plan(day, &alone).unwrap();
    let relaxations = board.suggest(&[1], ALL).relaxations;
    assert!(
        relaxations.iter().any(|relaxation| matches!(relaxation, Relaxation::Pooling { .. })),
        "{relaxations:?}"
    );
}

#[test]
fn the_first_reason_comes_with_what_is_missing() {
    let one = |change: &dyn Fn(&mut Day)| {
        let mut day = road_day(vec![request(0, 2, hours(10, 0))], 1);
        change(&mut day);
        reasons(day, 0)
    };
    assert_eq!(one(&|_| {}), vec![]);
    assert_eq!(
        one(&|day| day.requests[0].barred.push((0, Bar::LeadTime))),
        vec![Obstacle::Barred(Bar::LeadTime)]
    );
    assert_eq!(one(&|day| day.requests[0].allowed = Some(vec![])), vec![Obstacle::NotAllowed]);
    assert_eq!(one(&|day| day.requests[0].needs = 6), vec![Obstacle::NeedsNotAccepted { missing: 6 }]);
    assert_eq!(
        one(&|day| day.requests[0].load.seats = 6),
        vec![Obstacle::NoVehicle { seats: 2, wheelchairs: 0 }]
    );
    assert_eq!(
        one(&|day| day.drivers[0].trip_metres_max = Some(40_000)),
        vec![Obstacle::TripTooLong { missing_m: 500 }]
    );
    // 24 minutes there, 2 + 2 minutes in and out, 24 back, leaves at the latest at 9:34, so back at 10:26.
    let window = |until| vec![Window { span: Span::new(hours(7, 0), until), start: None, end: None }];
    assert_eq!(
        one(&|day| day.drivers[0].windows = window(hours(9, 0))),
        vec![Obstacle::Unavailable { missing_s: hours(9, 56) - hours(9, 0) }]
    );
    assert_eq!(
        one(&|day| day.drivers[0].metres_max = Some(40_000)),
        vec![Obstacle::MetresOfDay { missing_m: 500 }]
    );
    // In from 9:50 on, there at 10:00 at the latest: 2 minutes to get in, 24 on the road.
    assert_eq!(
        one(&|day| day.requests[0].pickup.window.from_s = hours(9, 50)),
        vec![Obstacle::WindowTooShort { missing_s: 16 * 60 }]
    );
}

#[test]
fn a_driver_who_is_elsewhere_says_by_how_much() {
    let mut day = road_day(vec![request(0, 2, hours(10, 0)), request(2, 0, hours(10, 0))], 1);
    for request in &mut day.requests {
        request.dropoff.window.from_s = hours(9, 55);
        request.max_ride_s = Some(24 * 60);
    }
    let plan = planned(&day);
    assert_eq!(plan.refused.len(), 1);
    assert!(
        matches!(plan.refused[0].obstacle, Some((0, Obstacle::Busy { missing_s })) if missing_s > 20 * 60)
    );
}

#[test]
fn care_is_refused_last() {
    let mut day = road_day((0..3).map(|_| request(0, 2, hours(10, 0))).collect(), 1);
    day.requests.iter_mut().for_each(|request| request.pooling = false);
    day.requests[2].priority = Priority::Medical;
    let plan = planned(&day);
    assert!(plan.refused.iter().all(|refused| refused.request != 2), "{:?}", plan.refused);
}

#[test]
fn a_wheelchair_takes_the_other_configuration() {
    let mut day = road_day(vec![request(0, 2, hours(10, 0)), request(0, 2, hours(10, 0))], 1);
    day.requests[0].load = Load { seats: 0, wheelchairs: 1 };
    day.requests[1].load = Load { seats: 3, wheelchairs: 0 };
    day.drivers[0].configurations.push(Load { seats: 2, wheelchairs: 1 });
    let plan = planned(&day);
    assert_eq!(plan.refused.len(), 1);
    day.requests[1].load.seats = 2;
    let plan = planned(&day);
    assert_eq!((plan.refused.len(), plan.tours[0].configuration), (0, 1));
}

#[test]
fn a_driver_waits_or_goes_home_between_the_two_legs() {
    let pair = |ready: i64| {
        let mut back = request(2, 0, 0);
        back.pickup.window = Span::new(ready, ready + 600);
        back.dropoff.window = Span::new(ready, ready + 7200);
        back.return_of = Some(0);
        road_day(vec![request(0, 2, hours(10, 0)), back], 2)
    };
    let flags = |day: Day| {
        let mut board = Board::new(day).unwrap();
        let found = board.suggest(&[0, 1], ALL);
        assert_eq!(found.candidates.iter().filter(|found| found.legs.len() != 2).count(), 0);
        found.candidates[0].flags.clone()
    };
    assert!(matches!(flags(pair(hours(10, 30)))[..], [Flag::Waits { wait_s }] if wait_s < 3600));
    assert_eq!(flags(pair(hours(16, 0))), vec![Flag::GoesHomeBetween]);
}

#[test]
fn locked_legs_stay_and_contradictions_are_named() {
    let mut day = road_day(vec![request(0, 2, hours(10, 0)), request(2, 0, hours(10, 0))], 2);
    let promise =
        |driver, pickup_s| Promise { driver, pickup: Span::new(pickup_s, pickup_s), arrival_s: hours(10, 0) };
    day.requests[0].hold = Hold::Locked(promise(1, hours(9, 30)));
    let plan = planned(&day);
    let tour = plan.tours.iter().find(|tour| tour.driver == 1).unwrap();
    assert_eq!(tour.stops.iter().find(|stop| stop.request == 0).unwrap().begin_s, hours(9, 30));
    day.requests[1].hold = Hold::Locked(promise(1, hours(9, 30)));
    assert_eq!(
        plan_day(day, None, BUDGET, &|| false),
        Err(DayError::LocksContradict { driver: 1, requests: vec![0, 1] })
    );
}

#[test]
fn nonsense_is_refused_with_what_to_change() {
    let refused = |change: &dyn Fn(&mut Day)| {
        let mut day = road_day(vec![request(0, 2, hours(10, 0))], 1);
        change(&mut day);
        Board::new(day).err()
    };
    assert!(matches!(
        refused(&|day| day.requests[0].pickup.window.until_s = 0),
        Some(DayError::WindowReversed { request: 0, end: End::Pickup, until_s: 0, .. })
    ));
    assert_eq!(refused(&|day| day.requests[0].dropoff.place = 9), Some(DayError::UnknownPlace { place: 9 }));
    assert_eq!(
        refused(&|day| day.requests[0].usual = Some(1)),
        Some(DayError::UnknownReference { request: 0 })
    );
    assert_eq!(
        refused(&|day| day.requests[0].return_of = Some(0)),
        Some(DayError::UnknownReference { request: 0 })
    );
    assert_eq!(
        refused(&|day| day.drivers[0].configurations.clear()),
        Some(DayError::Configurations { driver: 0, configurations: 0 })
    );
    assert!(matches!(refused(&|day| day.rules.longest_road_s = 60), Some(DayError::RoadOverLimit { .. })));
    let twice = |day: &mut Day| {
        let window = day.drivers[0].windows[0];
        day.drivers[0].windows.push(window);
    };
    assert_eq!(refused(&twice), Some(DayError::AvailabilityOverlaps { driver: 0 }));
    assert_eq!(Places::new().add(None), Err(DayError::NoCoordinates { place: 0 }));
    let matrix = maillage_dispatch::day::Matrix::new(2, vec![Road::default(); 3]);
    assert_eq!(matrix, Err(DayError::MatrixSize { places: 2, roads: 3 }));
}

#[test]
fn an_unreachable_place_is_refused_alone() {
    let mut day = road_day(vec![request(0, 2, hours(10, 0)), request(0, 1, hours(12, 0))], 1);
    let roads = day.matrix.roads().iter().enumerate();
    let cut =
        roads.map(|(at, road)| if at / 3 == 2 || at % 3 == 2 { Road::UNREACHABLE } else { *road }).collect();
    day.matrix = maillage_dispatch::day::Matrix::new(3, cut).unwrap();
    let plan = planned(&day);
    assert_eq!(plan.refused[0].obstacle, Some((0, Obstacle::Unreachable)));
    assert_eq!(plan.tours[0].stops.len(), 2);
}

#[test]
fn a_budget_that_runs_out_gives_the_best_so_far_and_says_so() {
    let day = road_day(vec![request(0, 2, hours(10, 0))], 1);
    let plan = plan_day(day.clone(), None, BUDGET, &|| true).unwrap();
    assert!(plan.ending.cut_short);
    assert_eq!(plan.ending.iterations, 0);
    assert_eq!(audit(&day, &plan), Ok(()));
    assert!(plan.refused.is_empty());
}

#[test]
fn the_audit_sees_what_is_wrong() {
    let day = road_day(vec![request(0, 2, hours(10, 0)), request(1, 2, hours(10, 0))], 1);
    let plan = planned(&day);
    let broken = |change: &dyn Fn(&mut Plan)| {
        let mut plan = plan.clone();
        change(&mut plan);
        audit(&day, &plan).unwrap_err()
    };
    assert!(broken(&|plan| plan.tours[0].stops[1].begin_s -= 60).contains(&Breach::TooFast(0, 1)));
    assert!(broken(&|plan| plan.tours[0].back_s += hours(12, 0)).contains(&Breach::Availability(0)));
    assert!(broken(&|plan| plan.tours[0].stops.truncate(2)).contains(&Breach::Order(0)));
    assert!(broken(&|plan| plan.tours.clear()).contains(&Breach::NotOnce(0)));
    assert!(broken(&|plan| plan.cost.loaded += 1).contains(&Breach::Cost));
    assert!(broken(&|plan| plan.tours[0].figures.wait_s += 1).contains(&Breach::Figures(0)));
    let mut strict = day.clone();
    strict.requests[0].pooling = false;
    assert!(audit(&strict, &plan).unwrap_err().contains(&Breach::Consent(0)));
    strict.drivers[0].configurations[0].seats = 1;
    assert!(audit(&strict, &plan).unwrap_err().iter().any(|breach| matches!(breach, Breach::Capacity(0, _))));
}

#[test]
fn a_trip_that_moves_makes_room() {
    // Driver 0 takes wheelchairs and is given the walker; driver 1 takes only walkers.
    let mut day = road_day(vec![request(0, 2, hours(10, 0)), request(0, 2, hours(10, 0))], 2);
    day.drivers[0].configurations = vec![Load { seats: 2, wheelchairs: 1 }];
    day.requests[0].pooling = false;
    day.requests[1].load = Load { seats: 0, wheelchairs: 1 };
    for request in &mut day.requests {
        request.dropoff.window.from_s = hours(9, 50);
    }
    let mut first = day.clone();
    first.requests[0].allowed = Some(vec![0]);
    first.requests.truncate(1);
    let plan = planned(&first);
    let mut board = Board::with_plan(day, &plan).unwrap();
    let found = board.suggest(&[1], ALL);
    assert!(found.candidates.is_empty());
    let moved = found.relaxations.iter().find_map(|relaxation| match relaxation {
        Relaxation::Move { trip, from, to, then } => Some((*trip, *from, to.driver, then.driver)),
        Relaxation::Shift { .. } | Relaxation::LongerRide { .. } | Relaxation::Pooling { .. } => None,
    });
    assert_eq!(moved, Some((0, 0, 1, 0)));
    let day = board.day().clone();
    assert!(found.relaxations.iter().any(|relaxation| board.accept_move(relaxation)));
    let plan = board.plan();
    assert_eq!(audit(&day, &plan), Ok(()));
    assert!(plan.refused.is_empty());
}

#[test]
fn a_drop_out_hands_over_what_was_locked_at_the_promised_times() {
    let day = road_day(vec![request(0, 2, hours(10, 0)), request(1, 2, hours(15, 0))], 2);
    let plan = planned(&day);
    let mut day = promised(&day, &plan);
    day.requests[0].hold = Hold::Locked(day.requests[0].hold.promise().unwrap());
    let out = day.requests[0].hold.promise().unwrap().driver;
    let before =
        plan.tours.iter().flat_map(|tour| &tour.stops).find(|stop| stop.request == 0).unwrap().begin_s;
    let mut board = Board::with_plan(day, &plan).unwrap();
    let repair = board.repair(Mishap::DriverOut(out)).unwrap();
    assert!(repair.refused.is_empty());
    assert!(repair.moved.contains(&(0, out, 1 - out)));
    assert_eq!(board.times_of(0).unwrap().0, before);
}

#[test]
fn load_goes_to_who_has_driven_less_than_she_wishes() {
    let mut day = road_day((0..4).map(|at| request(0, 2, hours(9 + 2 * at, 0))).collect(), 2);
    for driver in &mut day.drivers {
        driver.target_metres = Some(400_000);
    }
    day.drivers[0].past_metres = 600_000;
    let plan = planned(&day);
    assert!(plan.tours.iter().all(|tour| tour.driver == 1));
    let report = load_report(&day, &plan);
    assert!(report.gini_after < report.gini_before);
    assert!((gini(vec![1.0, 1.0, 1.0])).abs() < 1e-12);
    assert!((gini(vec![0.0, 0.0, 3.0]) - 2.0 / 3.0).abs() < 1e-12);
}

#[test]
fn a_series_has_one_driver_all_week() {
    let days: Vec<Day> = (0..5)
        .map(|at| {
            let mut asked = request(1, 2, hours(10, 0));
            asked.series = Some(7);
            let mut day = road_day(vec![asked, request(0, 2, hours(14, 0))], 3);
            day.drivers.iter_mut().zip(0..).for_each(|(driver, key)| {
                driver.key = key;
                driver.target_metres = Some(5_000_000);
            });
            // The first one is away in the middle of the week.
            if at == 2 {
                day.drivers[0].windows.clear();
            }
            day
        })
        .collect();
    let days = days.into_iter().map(|day| (1, day)).collect();
    let week = plan_week(days, BUDGET, &|| false).unwrap();
    let driver = |(day, plan): &(Day, Plan)| {
        assert_eq!(audit(day, plan), Ok(()));
        let tour = plan.tours.iter().find(|tour| tour.stops.iter().any(|stop| stop.request == 0)).unwrap();
        day.drivers[tour.driver].key
    };
    let drivers: Vec<u64> = week.iter().map(driver).collect();
    assert!(drivers.iter().all(|key| *key == drivers[0]), "{drivers:?}");
    let last = &week[4].0.drivers[usize::try_from(drivers[0]).unwrap()];
    assert!(last.past_metres > 100_000, "what was driven on the days before counts");
}

#[test]
fn what_is_left_of_a_week_is_left_once_for_all_its_days() {
    let driven = |weeks: [i32; 2], limit: fn(&mut Day)| {
        let days = weeks.map(|week| {
            let mut day = road_day(vec![request(0, 2, hours(10, 0))], 1);
            limit(&mut day);
            (week, day)
        });
        let planned = plan_week(days.to_vec(), BUDGET, &|| false).unwrap();
        for (day, plan) in &planned {
            assert_eq!(audit(day, plan), Ok(()));
        }
        planned.iter().map(|(_, plan)| plan.tours.len()).collect::<Vec<_>>()
    };
    let one_trip = |day: &mut Day| day.drivers[0].trips_max = Some(1);
    assert_eq!(driven([1, 1], one_trip), [1, 0]);
    assert_eq!(driven([1, 2], one_trip), [1, 1]);
    // Each day takes most of an hour and a half.
    let hours_of_one = |day: &mut Day| day.drivers[0].seconds_max = Some(90 * 60);
    assert_eq!(driven([1, 1], hours_of_one), [1, 0]);
    assert_eq!(driven([1, 2], hours_of_one), [1, 1]);
}

#[test]
fn a_series_is_given_no_further_than_its_driver_s_week_reaches() {
    let day = || {
        let mut day = road_day(vec![request(0, 2, hours(10, 0))], 2);
        day.requests[0].series = Some(7);
        day.drivers.iter_mut().zip(0..).for_each(|(driver, key)| {
            driver.key = key;
            driver.trips_max = Some(2);
        });
        (1, day)
    };
    let planned = plan_week(vec![day(), day(), day()], BUDGET, &|| false).unwrap();
    let drivers: Vec<usize> = planned.iter().map(|(_, plan)| plan.tours[0].driver).collect();
    assert_eq!(drivers[0], drivers[1]);
    assert_ne!(drivers[1], drivers[2], "the third is one too many for the first");
}
