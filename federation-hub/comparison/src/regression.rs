//! What goes into the model of random effects: the logarithms of territories with their variances, and the columns for
//! the model, the class of density and the population. Must never take the logarithm of what may be noise.

use std::collections::BTreeSet;

use crate::{
    random_effects::{Effect, Fit, fit},
    ratio::{EstimateError, real},
    study::{Density, Measure, Observation, Place},
};

/// One territory in a regression.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Row {
    /// Which of the models compared.
    pub(crate) arm: usize,
    /// Its place.
    pub(crate) place: Place,
    /// What is known of it.
    pub(crate) effect: Effect,
}

/// The effect of a territory, where its counts stand above four standard deviations of their noise.
///
/// A share: t = ln(f/u), variance 1/f + 1/u + `σ_f²/f²` + `σ_u²/u²`. Anything else: t = ln(y/x), variance g/y + `σ_y²/y²` +
/// `σ_x²/x²`, with the grain g of what is counted (1 for persons; 0 for accounts, where τ² takes what differs).
pub(crate) fn effect(observation: &Observation, measure: Measure) -> Option<Effect> {
    let noise = |count: crate::study::Count| count.noise_variance / count.real().powi(2);
    let (above, below, sampling) = match measure {
        Measure::Share => {
            let rest = observation.rest?;
            (observation.numerator, rest, 1.0 / observation.numerator.real() + 1.0 / rest.real())
        }
        Measure::Counted { grain } => {
            (observation.numerator, observation.denominator, grain / observation.numerator.real())
        }
        Measure::Declared => (observation.numerator, observation.denominator, 0.0),
    };
    if !above.has_logarithm() || !below.has_logarithm() {
        return None;
    }
    let value = (above.real() / below.real()).ln();
    Some(Effect { value, variance: sampling + noise(above) + noise(below) })
}

/// Fits the models' columns with class of density and ln(population) beside them. Columns: 1, then one for each model
/// but the first, then one for each class of density but the first, then ln(population) less its mean; a covariate that
/// does not vary has no column.
pub(crate) fn adjusted(rows: &[Row], arms: usize) -> Result<Fit, EstimateError> {
    let classes: Vec<Density> =
        rows.iter().map(|row| row.place.density).collect::<BTreeSet<_>>().into_iter().skip(1).collect();
    let logarithms: Vec<f64> = rows.iter().map(|row| f64::from(row.place.population).ln()).collect();
    let middle = logarithms.iter().sum::<f64>() / real(rows.len().max(1));
    let varies = logarithms.iter().any(|logarithm| (logarithm - middle).abs() > 1e-9);
    let design: Vec<Vec<f64>> = rows
        .iter()
        .zip(&logarithms)
        .map(|(row, logarithm)| {
            let mut columns = vec![1.0];
            columns.extend((1..arms).map(|arm| f64::from(u8::from(row.arm == arm))));
            columns.extend(classes.iter().map(|class| f64::from(u8::from(row.place.density == *class))));
            columns.extend(varies.then_some(logarithm - middle));
            columns
        })
        .collect();
    let effects: Vec<Effect> = rows.iter().map(|row| row.effect).collect();
    fit(&effects, &design)
}

/// Fits the mean of territories alone.
pub(crate) fn mean(effects: &[Effect]) -> Result<Fit, EstimateError> {
    fit(effects, &vec![vec![1.0]; effects.len()])
}
