//! Two-way fixed effects, as a diagnostic: what the usual regression would say, and how much of its weight has the wrong
//! sign. Must never be shown as an effect: territories that changed early serve as a comparison in it.

use crate::{
    ratio::{EstimateError, real},
    staggered::Course,
};

/// The usual regression.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct TwoWay {
    /// δ in Y = αᵢ + λₜ + δD.
    pub(crate) value: f64,
    /// Standard error by territory, CR1: with the factor G/(G−1).
    pub(crate) standard_error: f64,
    /// Weight of the cells of treated territories that counts against them, over the sum of all their weights.
    pub(crate) negative_weight: f64,
}

/// Weighted least squares over a complete panel: D and Y less their means by territory and by period (weights are fixed
/// by territory, so that one pass of both is exact), δ = ΣwD̃Ỹ/ΣwD̃². The weight of a treated cell is wD̃/ΣwD̃ over the
/// treated (de Chaisemartin & D'Haultfœuille 2020).
pub(crate) fn two_way(courses: &[Course], changed_at: &[Option<usize>]) -> Result<TwoWay, EstimateError> {
    let treated: Vec<Vec<f64>> = courses
        .iter()
        .zip(changed_at)
        .map(|(course, at)| {
            let periods = 0..course.outcomes.len();
            periods.map(|period| f64::from(u8::from(at.is_some_and(|at| period >= at)))).collect()
        })
        .collect();
    let weights: Vec<f64> = courses.iter().map(|course| course.weight).collect();
    let outcomes: Vec<Vec<f64>> = courses.iter().map(|course| course.outcomes.clone()).collect();
    let (treatment, outcome) = (demeaned(&treated, &weights), demeaned(&outcomes, &weights));
    let (mut squares, mut products, mut positive, mut negative) = (0.0, 0.0, 0.0, 0.0);
    for (((d, y), raw), weight) in treatment.iter().zip(&outcome).zip(&treated).zip(&weights) {
        for ((d, y), raw) in d.iter().zip(y).zip(raw) {
            squares += weight * d * d;
            products += weight * d * y;
            positive += weight * raw * d.max(0.0);
            negative += weight * raw * (-d).max(0.0);
        }
    }
    if squares <= 1e-12 * weights.iter().sum::<f64>() {
        return Err(EstimateError::Collinear);
    }
    let value = products / squares;
    let mut scores = 0.0;
    for ((d, y), weight) in treatment.iter().zip(&outcome).zip(&weights) {
        let score: f64 = d.iter().zip(y).map(|(d, y)| weight * d * (y - value * d)).sum();
        scores += score * score;
    }
    let territories = real(courses.len());
    let standard_error = (territories / (territories - 1.0) * scores).sqrt() / squares;
    Ok(TwoWay { value, standard_error, negative_weight: negative / (positive - negative) })
}

/// Values less the mean of the territory and the weighted mean of the period, plus the weighted mean of all.
fn demeaned(values: &[Vec<f64>], weights: &[f64]) -> Vec<Vec<f64>> {
    let periods = values.first().map_or(0, Vec::len);
    let total: f64 = weights.iter().sum();
    let mut by_period = vec![0.0; periods];
    for (line, weight) in values.iter().zip(weights) {
        for (sum, value) in by_period.iter_mut().zip(line) {
            *sum += weight * value / total;
        }
    }
    let all = by_period.iter().sum::<f64>() / real(periods);
    let less = |line: &Vec<f64>| {
        let own = line.iter().sum::<f64>() / real(periods);
        line.iter().zip(&by_period).map(|(value, period)| value - own - period + all).collect()
    };
    values.iter().map(less).collect()
}
