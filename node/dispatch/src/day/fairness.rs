//! How evenly the kilometres lie on the volunteers, before and after a plan. A report for people: real numbers, rounded
//! where they are shown. Must never steer the search.

use std::collections::BTreeMap;

use super::{dice::real, model::Day, plan::Plan};

/// One driver's kilometres of 28 days.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DriverLoad {
    /// Who, by index.
    pub driver: usize,
    /// Metres of the 28 days before.
    pub before_m: i64,
    /// The same with this day.
    pub after_m: i64,
    /// Metres wished for.
    pub target_m: Option<i64>,
}

impl DriverLoad {
    /// Thousandths of the wish, before and after; none without a wish.
    pub fn permille(&self) -> Option<(i64, i64)> {
        let target_m = self.target_m.filter(|target| *target > 0)?;
        Some((self.before_m * 1000 / target_m, self.after_m * 1000 / target_m))
    }
}

/// How evenly it lies.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadReport {
    /// Every driver of the day, by index.
    pub drivers: Vec<DriverLoad>,
    /// How many drive more than they wish, before.
    pub over_before: usize,
    /// The same, with this day.
    pub over_after: usize,
    /// Gini coefficient of metres over the wish, before: 0 if all are as near to their wish, nearly 1 if one does it all.
    /// Only drivers with a wish count.
    pub gini_before: f64,
    /// The same, with this day.
    pub gini_after: f64,
}

/// Loads before and after a plan.
pub fn load_report(day: &Day, plan: &Plan) -> LoadReport {
    let mut today: BTreeMap<usize, i64> = BTreeMap::new();
    for tour in &plan.tours {
        *today.entry(tour.driver).or_default() += tour.figures.metres();
    }
    let load = |(index, driver): (usize, &super::model::Driver)| {
        let before_m = i64::from(driver.past_metres);
        let after_m = before_m + today.get(&index).copied().unwrap_or(0);
        DriverLoad { driver: index, before_m, after_m, target_m: driver.target_metres.map(i64::from) }
    };
    let drivers: Vec<DriverLoad> = day.drivers.iter().enumerate().map(load).collect();
    let shares = |metres: fn(&DriverLoad) -> i64| {
        let share =
            |load: &DriverLoad| Some(real(metres(load)) / real(load.target_m.filter(|target| *target > 0)?));
        drivers.iter().filter_map(share).collect::<Vec<f64>>()
    };
    let gini_before = gini(shares(|load| load.before_m));
    let gini_after = gini(shares(|load| load.after_m));
    let over = |which: fn((i64, i64)) -> i64| {
        drivers.iter().filter_map(DriverLoad::permille).filter(|shares| which(*shares) > 1000).count()
    };
    let (over_before, over_after) = (over(|(before, _)| before), over(|(_, after)| after));
    LoadReport { drivers, over_before, over_after, gini_before, gini_after }
}

/// Gini coefficient: Σᵢ (2i − n − 1) xᵢ / (n Σ x), x in order; 0 where there is nothing to share.
pub fn gini(mut shares: Vec<f64>) -> f64 {
    shares.sort_by(f64::total_cmp);
    let count = real(i64::try_from(shares.len()).unwrap_or(0));
    let sum: f64 = shares.iter().sum();
    if sum <= 0.0 {
        return 0.0;
    }
    let weighted = shares.iter().zip(1_i64..).map(|(share, rank)| (2.0 * real(rank) - count - 1.0) * share);
    weighted.sum::<f64>() / (count * sum)
}
