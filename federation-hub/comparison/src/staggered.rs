//! Territories that change model, compared with those that have not changed yet (Callaway & Sant'Anna 2021, without
//! covariates). Must never take a territory that has changed already as a comparison: its own effect would be
//! subtracted from another's.

use crate::ratio::{EstimateError, real};

/// Territories by cohort and period: everything the estimates need of them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Course {
    /// Fixed weight, above zero.
    pub(crate) weight: f64,
    /// Outcome of each period.
    pub(crate) outcomes: Vec<f64>,
}

/// One cell: those who changed in `changed_at`, in `period`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cell {
    /// Place of the cohort.
    pub(crate) cohort: usize,
    /// Period of the change.
    pub(crate) changed_at: usize,
    /// Period of the outcome.
    pub(crate) period: usize,
    /// Period it is compared with: the last before the change, or the one before where the change is still to come.
    pub(crate) base: usize,
}

/// Sums by cohort and period, for one labelling of the territories.
pub(crate) struct Sums {
    periods: usize,
    weights: Vec<f64>,
    outcomes: Vec<f64>,
}

/// The two statistics of one labelling.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Statistics {
    /// Effect of having changed, over all cells after a change.
    pub(crate) overall: f64,
    /// How far the courses differed before any change: mean square of the cells before it; nothing where there is none.
    pub(crate) before: Option<f64>,
}

/// Every cell that has somebody to be compared with, by cohort and period. Cohorts are given by their time of change;
/// `None` is the one that never changes.
pub(crate) fn cells(cohorts: &[Option<usize>], periods: usize) -> Vec<Cell> {
    let mut cells = Vec::new();
    for (cohort, changed_at) in cohorts.iter().enumerate() {
        let Some(changed_at) = *changed_at else { continue };
        for period in 1..periods {
            let base = if period >= changed_at { changed_at - 1 } else { period - 1 };
            let cell = Cell { cohort, changed_at, period, base };
            if cohorts.iter().enumerate().any(|(other, at)| cell.compares_with(other, *at)) {
                cells.push(cell);
            }
        }
    }
    cells
}

impl Cell {
    /// Whether a cohort is not treated yet in both periods, and is another.
    pub(crate) fn compares_with(&self, other: usize, changes_at: Option<usize>) -> bool {
        other != self.cohort && changes_at.is_none_or(|at| at > self.period.max(self.base))
    }

    /// Whether the change has come.
    pub(crate) fn after(&self) -> bool {
        self.period >= self.changed_at
    }
}

impl Sums {
    /// Adds the courses up by their labels, which are places of cohorts.
    pub(crate) fn of(courses: &[Course], labels: &[usize], cohorts: usize, periods: usize) -> Self {
        let mut sums = Self { periods, weights: vec![0.0; cohorts], outcomes: vec![0.0; cohorts * periods] };
        for (course, label) in courses.iter().zip(labels) {
            if let Some(weight) = sums.weights.get_mut(*label) {
                *weight += course.weight;
            }
            let line = sums.outcomes.iter_mut().skip(label * periods).take(periods);
            for (sum, outcome) in line.zip(&course.outcomes) {
                *sum += course.weight * outcome;
            }
        }
        sums
    }

    /// ATT(g,t) = mean change of those who changed in g, from the base to t, less that of those not yet treated: both
    /// means weighted by the courses' weights.
    pub(crate) fn effect(&self, cell: &Cell, cohorts: &[Option<usize>]) -> f64 {
        let others = cohorts.iter().enumerate().filter(|(other, at)| cell.compares_with(*other, **at));
        let (weight, change) = others.fold((0.0, 0.0), |(weight, change), (other, _)| {
            (weight + self.weight(other), change + self.change(other, cell))
        });
        self.change(cell.cohort, cell) / self.weight(cell.cohort) - change / weight
    }

    /// The simple aggregate `Σ w_g ATT(g,t) / Σ w_g` over the cells after a change, and `Σ w_g ATT(g,t)² / Σ w_g` over those
    /// before, with the weight of the cohort.
    pub(crate) fn statistics(
        &self,
        cells: &[Cell],
        cohorts: &[Option<usize>],
    ) -> Result<Statistics, EstimateError> {
        let (mut after, mut after_weight, mut before, mut before_weight) = (0.0, 0.0, 0.0, 0.0);
        for cell in cells {
            let (effect, weight) = (self.effect(cell, cohorts), self.weight(cell.cohort));
            if cell.after() {
                after += weight * effect;
                after_weight += weight;
            } else {
                before += weight * effect * effect;
                before_weight += weight;
            }
        }
        if after_weight <= 0.0 {
            return Err(EstimateError::TooFew);
        }
        let before = (before_weight > 0.0).then(|| before / before_weight);
        Ok(Statistics { overall: after / after_weight, before })
    }

    fn weight(&self, cohort: usize) -> f64 {
        self.weights.get(cohort).copied().unwrap_or(f64::NAN)
    }

    /// Weighted sum of changes of a cohort.
    fn change(&self, cohort: usize, cell: &Cell) -> f64 {
        let at =
            |period: usize| self.outcomes.get(cohort * self.periods + period).copied().unwrap_or(f64::NAN);
        at(cell.period) - at(cell.base)
    }
}

/// Mean of a territory's denominators: its weight, the same in every period.
pub(crate) fn weight(denominators: &[f64]) -> f64 {
    denominators.iter().sum::<f64>() / real(denominators.len().max(1))
}
