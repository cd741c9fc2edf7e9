//! The second opinion: a model of random effects, with covariates or without. Territories differ (τ²), and what is
//! known of each is imprecise (v, the noise of the node included). Must never make an interval narrower because the
//! territories happen to agree.

use crate::{
    distributions,
    linear::{Symmetric, dot},
    ratio::{EstimateError, real},
};

/// Steps of Fisher scoring at most.
const STEPS: usize = 2_000;

/// Relative change at which it has arrived.
const ARRIVED: f64 = 1e-11;

/// What is known of one territory, on the scale of logarithms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Effect {
    /// Log-odds, or logarithm of a quotient.
    pub(crate) value: f64,
    /// Its variance within the territory, sampling and noise.
    pub(crate) variance: f64,
}

/// A fitted model.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fit {
    /// One per column of the design.
    pub(crate) coefficients: Vec<f64>,
    /// Their covariance after Knapp and Hartung.
    pub(crate) covariance: Symmetric,
    /// τ², the variance between territories.
    pub(crate) heterogeneity: f64,
    /// n − p.
    pub(crate) freedom: f64,
    /// Knapp and Hartung's factor before it is floored.
    pub(crate) factor: f64,
}

/// The weighted regression at one τ².
struct Step {
    inverse: Symmetric,
    coefficients: Vec<f64>,
    /// yᵀPy.
    squares: f64,
    /// yᵀPPy.
    score: f64,
    /// tr P.
    trace: f64,
    /// tr PP.
    information: f64,
}

/// Fits value = design × β + u + e with Var u = τ² by restricted maximum likelihood, by Fisher scoring from Hedges'
/// estimate (Viechtbauer 2005). Covariance after Knapp and Hartung (2003) with q = max(1, yᵀPy/(n−p)): never narrower
/// than without it (Röver, Knapp & Friede 2015), which a few territories that happen to agree would otherwise make it.
/// Tests and intervals have t with n − p degrees of freedom.
///
/// # Errors
/// No degree of freedom left, dependent columns, no variation at all, no convergence.
pub(crate) fn fit(effects: &[Effect], design: &[Vec<f64>]) -> Result<Fit, EstimateError> {
    let columns = design.first().map_or(0, Vec::len);
    if effects.len() <= columns || columns == 0 || effects.len() != design.len() {
        return Err(EstimateError::TooFew);
    }
    let freedom = real(effects.len() - columns);
    let heterogeneity = restricted_likelihood(effects, design, freedom)?;
    let step = Step::at(heterogeneity, effects, design)?;
    let factor = step.squares / freedom;
    let covariance = step.inverse.scaled(factor.max(1.0));
    Ok(Fit { coefficients: step.coefficients, covariance, heterogeneity, freedom, factor })
}

impl Fit {
    /// A coefficient with its variance.
    pub(crate) fn coefficient(&self, place: usize) -> Result<(f64, f64), EstimateError> {
        let value = self.coefficients.get(place).copied().ok_or(EstimateError::TooFew)?;
        Ok((value, self.covariance.at(place, place)))
    }

    /// Wald's F of a range of coefficients, with its p value: βᵀV⁻¹β/m against F(m, n − p).
    pub(crate) fn joint(&self, places: std::ops::Range<usize>) -> Result<(f64, f64), EstimateError> {
        let tested = self.coefficients.get(places.clone()).ok_or(EstimateError::TooFew)?;
        let number = real(tested.len());
        let weight = self.covariance.block(places).inverse()?;
        let f = dot(tested, &weight.times_vector(tested)) / number;
        Ok((f, distributions::f_above(f, (number, self.freedom))?))
    }
}

/// τ² at the top of the restricted likelihood, never below zero.
fn restricted_likelihood(
    effects: &[Effect],
    design: &[Vec<f64>],
    freedom: f64,
) -> Result<f64, EstimateError> {
    let typical = effects.iter().map(|effect| effect.variance).sum::<f64>() / real(effects.len());
    let mut current = hedges(effects, design, freedom)?.max(0.0);
    for _ in 0..STEPS {
        let step = Step::at(current, effects, design)?;
        let change = (step.score - step.trace) / step.information;
        if !change.is_finite() {
            return Err(EstimateError::NotFinite);
        }
        if change.abs() <= ARRIVED * (current + typical) || (current <= 0.0 && change < 0.0) {
            return Ok(current);
        }
        let next = current + change;
        // A step beyond zero is halved; once next to zero, the edge itself is tried.
        current = match (next > 0.0, current > 1e-9 * typical) {
            (true, _) => next,
            (false, true) => current / 2.0,
            (false, false) => 0.0,
        };
    }
    Err(EstimateError::NotConverged)
}

/// Hedges' estimate: unweighted residual variance less what the known variances explain of it.
fn hedges(effects: &[Effect], design: &[Vec<f64>], freedom: f64) -> Result<f64, EstimateError> {
    let equal = vec![1.0; effects.len()];
    let inverse = Symmetric::of_rows(design, &equal).inverse()?;
    let coefficients = inverse.times_vector(&moments(effects, design, &equal));
    let squares: f64 = effects
        .iter()
        .zip(design)
        .map(|(effect, row)| (effect.value - dot(row, &coefficients)).powi(2))
        .sum();
    let variances: Vec<f64> = effects.iter().map(|effect| effect.variance).collect();
    let known =
        variances.iter().sum::<f64>() - inverse.trace_of_product(&Symmetric::of_rows(design, &variances));
    Ok((squares - known) / freedom)
}

/// Xᵀ W y.
fn moments(effects: &[Effect], design: &[Vec<f64>], weights: &[f64]) -> Vec<f64> {
    let mut sums = vec![0.0; design.first().map_or(0, Vec::len)];
    for ((effect, row), weight) in effects.iter().zip(design).zip(weights) {
        for (sum, x) in sums.iter_mut().zip(row) {
            *sum += weight * x * effect.value;
        }
    }
    sums
}

impl Step {
    /// P = W − WX(XᵀWX)⁻¹XᵀW is never formed: its traces follow from `XᵀWᵏX`.
    fn at(heterogeneity: f64, effects: &[Effect], design: &[Vec<f64>]) -> Result<Self, EstimateError> {
        let spreads: Vec<f64> = effects.iter().map(|effect| effect.variance + heterogeneity).collect();
        if spreads.iter().any(|spread| *spread <= 0.0) {
            return Err(EstimateError::NoVariation);
        }
        let weights: Vec<f64> = spreads.iter().map(|spread| 1.0 / spread).collect();
        let squared: Vec<f64> = weights.iter().map(|weight| weight * weight).collect();
        let cubed: Vec<f64> = weights.iter().zip(&squared).map(|(weight, square)| weight * square).collect();
        let inverse = Symmetric::of_rows(design, &weights).inverse()?;
        let second = Symmetric::of_rows(design, &squared);
        let third = Symmetric::of_rows(design, &cubed);
        let coefficients = inverse.times_vector(&moments(effects, design, &weights));
        let (mut squares, mut score) = (0.0, 0.0);
        for ((effect, row), weight) in effects.iter().zip(design).zip(&weights) {
            let residual = effect.value - dot(row, &coefficients);
            squares += weight * residual * residual;
            score += (weight * residual).powi(2);
        }
        let trace = weights.iter().sum::<f64>() - inverse.trace_of_product(&second);
        let information = squared.iter().sum::<f64>() - 2.0 * inverse.trace_of_product(&third)
            + inverse.sandwich(&second).trace_of_product(&second);
        Ok(Self { inverse, coefficients, squares, score, trace, information })
    }
}
