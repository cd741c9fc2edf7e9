//! What a printed plan costs, term by term, from its figures. Must never plan.

use std::collections::BTreeMap;

use super::{
    model::{Day, Hold},
    objective::Cost,
    plan::{Figures, Plan},
};

/// The cost of a plan by term.
pub(crate) fn price(day: &Day, plan: &Plan) -> Cost {
    let weights = &day.weights;
    let mut cost = Cost::default();
    let mut by_driver: BTreeMap<usize, Figures> = BTreeMap::new();
    let mut driven_by: Vec<Option<usize>> = vec![None; day.requests.len()];
    for tour in &plan.tours {
        cost.deadhead += tour.figures.deadhead_m * weights.deadhead_per_m;
        cost.loaded += tour.figures.loaded_m * weights.loaded_per_m;
        cost.waiting += tour.figures.wait_s * weights.waiting_per_s;
        cost.excess += tour.figures.excess_s * weights.excess_per_s;
        let sum = by_driver.entry(tour.driver).or_default();
        *sum = sum.and(tour.figures);
        for stop in &tour.stops {
            if let Some(driver) = driven_by.get_mut(stop.request) {
                *driver = Some(tour.driver);
            }
        }
    }
    for (index, figures) in by_driver {
        if let Some(driver) = day.drivers.get(index) {
            let target = driver.target_metres.map(i64::from);
            cost.fairness += weights.fairness(i64::from(driver.past_metres), figures.metres(), target);
        }
    }
    for (request, driver) in day.requests.iter().zip(&driven_by) {
        let Some(driver) = driver else {
            let wanted = request.hold != Hold::Withdrawn;
            cost.refusals += if wanted { weights.refusal_of(request.priority) } else { 0 };
            continue;
        };
        let outbound = request.return_of.and_then(|leg| driven_by.get(leg).copied().flatten());
        let split = outbound.is_some_and(|outbound| outbound != *driver);
        let unusual = request.usual.is_some_and(|usual| usual != *driver);
        let changed = request.hold.promise().is_some_and(|promise| promise.driver != *driver);
        cost.preferences +=
            i64::from(split) * weights.split_return + i64::from(unusual) * weights.unusual_driver;
        cost.changes += i64::from(changed) * weights.change;
    }
    cost
}
