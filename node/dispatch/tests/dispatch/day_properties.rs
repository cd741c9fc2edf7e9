//! What holds for every day: no rule is ever broken, numbering changes nothing, more drivers never refuse more, less to do
//! never breaks a promise, and the reason why not is right.

use maillage_dispatch::day::{Board, Budget, Day, Hold, Mishap, Plan, Span, Wish, audit, plan_day};
use proptest::prelude::*;

use crate::{
    day_oracle::can_drive,
    day_support::{driver, hours, promised, random_day},
};

const BUDGET: Budget = Budget { iterations: 300, seed: 7 };

fn planned(day: &Day) -> Plan {
    let plan = plan_day(day.clone(), None, BUDGET, &|| false).unwrap();
    assert_eq!(audit(day, &plan), Ok(()));
    plan
}

/// The day with its drivers in another order.
fn relabelled(day: &Day, by: usize) -> Day {
    let count = day.drivers.len();
    let new = |old: usize| (old + by) % count;
    let mut other = day.clone();
    for (old, driver) in day.drivers.iter().enumerate() {
        other.drivers[new(old)] = driver.clone();
    }
    for request in &mut other.requests {
        request.barred.iter_mut().for_each(|(driver, _)| *driver = new(*driver));
        request.usual = request.usual.map(new);
    }
    other
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn no_plan_breaks_a_rule(seed in 0_u64..1_000_000, requests in 1_usize..14, drivers in 0_usize..5) {
        let day = random_day(seed, requests, drivers);
        let plan = planned(&day);
        // Once promised, the plan can be kept, and whatever is planned from it keeps the promises.
        let day = promised(&day, &plan);
        let again = plan_day(day.clone(), Some(&plan), BUDGET, &|| false).unwrap();
        prop_assert_eq!(audit(&day, &again), Ok(()));
        prop_assert!(again.cost.total() <= plan.cost.total());
        let from_locks = plan_day(day.clone(), None, BUDGET, &|| false).unwrap();
        prop_assert_eq!(audit(&day, &from_locks), Ok(()));
    }

    #[test]
    fn the_same_seed_gives_the_same_plan_and_numbering_changes_nothing(
        seed in 0_u64..1_000_000, requests in 4_usize..16, drivers in 2_usize..6, by in 1_usize..5,
        iterations in 1_u64..12,
    ) {
        let day = random_day(seed, requests, drivers);
        // A short search ends where chance led it: only the same steps end at the same cost.
        let short = |day: &Day| plan_day(day.clone(), None, Budget { iterations, seed: 7 }, &|| false).unwrap();
        let plan = short(&day);
        prop_assert_eq!(audit(&day, &plan), Ok(()));
        prop_assert_eq!(&short(&day), &plan);
        prop_assert_eq!(short(&relabelled(&day, by)).cost, plan.cost);
    }

    #[test]
    fn one_more_driver_never_refuses_more(
        seed in 0_u64..1_000_000, requests in 6_usize..14, home in 0_usize..10, iterations in 1_u64..12,
        useful in proptest::bool::weighted(0.3),
    ) {
        let mut day = random_day(seed, requests, 2);
        let plan = planned(&day);
        let mut newcomer = driver(home);
        if !useful {
            // With nothing to gain from the newcomer, a search that does not keep the best plan ends with a worse one.
            newcomer.windows[0].span = Span::new(hours(7, 0), hours(7, 0) + 60);
        }
        day.drivers.push(newcomer);
        // Stopped while it still takes what is worse, too: often, since most walks end where they began.
        let board = Board::with_plan(day.clone(), &plan).unwrap();
        for seed in 0..12 {
            let mut board = board.clone();
            board.improve(Budget { iterations, seed }, &|| false);
            let with_one_more = board.print();
            prop_assert_eq!(audit(&day, &with_one_more), Ok(()));
            prop_assert!(with_one_more.cost.refusals <= plan.cost.refusals, "refuses more");
            prop_assert!(with_one_more.cost.total() <= plan.cost.total(), "costs more");
        }
    }

    #[test]
    fn a_cancelled_trip_breaks_no_promise(seed in 0_u64..1_000_000, requests in 1_usize..12, gone in 0_usize..12) {
        let day = random_day(seed, requests, 3);
        let plan = planned(&day);
        let mut day = promised(&day, &plan);
        let gone = gone % requests;
        let mut board = Board::with_plan(day.clone(), &plan).unwrap();
        board.repair(Mishap::Cancelled(gone)).unwrap();
        day.requests[gone].hold = Hold::Withdrawn;
        let left = board.plan();
        prop_assert_eq!(audit(&day, &left), Ok(()));
        prop_assert_eq!(left.refused.len(), plan.refused.iter().filter(|refused| refused.request != gone).count());
    }

    #[test]
    fn a_driver_who_drops_out_breaks_no_promise_of_the_others(seed in 0_u64..1_000_000, requests in 1_usize..12) {
        let day = random_day(seed, requests, 4);
        let plan = planned(&day);
        let day = promised(&day, &plan);
        let mut board = Board::with_plan(day.clone(), &plan).unwrap();
        let repair = board.repair_and_price(Mishap::DriverOut(0)).unwrap();
        let after = board.plan();
        prop_assert_eq!(audit(board.day(), &after), Ok(()));
        prop_assert!(after.tours.iter().all(|tour| tour.driver != 0));
        prop_assert_eq!(after.refused.len(), plan.refused.len() + repair.refused.len());
        prop_assert!(repair.moved.iter().all(|(request, from, to)| *from == 0 && board.driver_of(*request) == Some(*to)));
    }

    #[test]
    fn why_not_is_right(seed in 0_u64..1_000_000, requests in 4_usize..14, spare_s in 0_u32..1800) {
        let mut day = random_day(seed, requests, 2);
        day.rules.home_rest_s = None;
        // Short rides of people who are picked up when it suits and are awaited at fixed times: whether everybody can be
        // kept short enough is seen only once all times are worked out.
        for request in day.requests.iter_mut().step_by(2) {
            let direct = day.matrix.road(request.pickup.place, request.dropoff.place);
            request.max_ride_s = Some(direct.seconds + spare_s);
            request.dropoff.window.from_s = request.dropoff.window.until_s - 120;
            request.pooling = true;
        }
        for driver in &mut day.drivers {
            driver.metres_max = None;
            driver.seconds_max = None;
        }
        let mut plan = planned(&day);
        let mut board = Board::with_plan(day.clone(), &plan).unwrap();
        let driven: Vec<usize> = (0..requests).filter(|request| board.driver_of(*request).is_some()).collect();
        for gone in driven.iter().take(2).map(|request| Some(*request)).chain([None]) {
            // The reason is asked as if the request were not planned.
            if let Some(gone) = gone {
                plan.tours.iter_mut().for_each(|tour| tour.stops.retain(|stop| stop.request != gone));
            }
            let asked: Vec<usize> = gone.map_or_else(|| plan.refused.iter().map(|refused| refused.request).collect(), |gone| vec![gone]);
            for request in asked {
                for driver in 0..day.drivers.len() {
                    let verdict = board.why_not(request, driver);
                    prop_assert_eq!(verdict.is_ok(), can_drive(&day, &plan, request, driver), "{:?}", verdict);
                }
            }
            if gone.is_some() {
                plan = board.print();
            }
        }
    }

    #[test]
    fn a_suggestion_costs_what_it_says_and_keeps_every_rule(seed in 0_u64..1_000_000, requests in 2_usize..12) {
        let day = random_day(seed, requests, 4);
        let plan = planned(&day);
        let wish = Wish { drivers: 10, refusals: true, relaxations: true };
        for request in 0..requests {
            let mut board = Board::with_plan(day.clone(), &plan).unwrap();
            let suggestions = board.suggest(&[request], wish);
            let refused: usize = suggestions.refusals.iter().map(|group| group.drivers.len()).sum();
            prop_assert_eq!(suggestions.candidates.len() + refused, 4);
            prop_assert_eq!(&board.plan().cost, &plan.cost, "a question changes nothing");
            if plan.refused.iter().all(|refused| refused.request != request) {
                continue;
            }
            for suggestion in &suggestions.candidates {
                let mut board = Board::with_plan(day.clone(), &plan).unwrap();
                prop_assert!(board.accept(suggestion));
                let after = board.plan();
                prop_assert_eq!(audit(&day, &after), Ok(()));
                let mut added = after.cost - plan.cost;
                added.refusals = 0;
                prop_assert_eq!(added, suggestion.cost);
            }
        }
    }

    #[test]
    fn both_legs_with_one_driver_keep_every_rule(seed in 0_u64..1_000_000, requests in 3_usize..10) {
        let mut day = random_day(seed, requests, 4);
        day.requests[1].return_of = Some(0);
        day.requests[0].return_of = None;
        day.requests.iter_mut().skip(2).for_each(|request| request.return_of = None);
        let plan = planned(&day);
        let mut board = Board::with_plan(day.clone(), &plan).unwrap();
        let wish = Wish { drivers: 3, refusals: true, relaxations: false };
        for suggestion in board.suggest(&[0, 1], wish).candidates {
            let mut board = Board::with_plan(day.clone(), &plan).unwrap();
            prop_assert!(board.accept(&suggestion));
            prop_assert_eq!(audit(&day, &board.plan()), Ok(()));
            prop_assert_eq!(suggestion.legs.len(), 2);
        }
    }
}
