//! The first opinion: the ratio of totals with a delete-one-territory jackknife. Must never weigh a territory by
//! anything but its own denominator, nor count anything below a territory as independent.

use crate::{distributions, limits};

/// Relative difference that is nothing but rounding.
const ROUNDING: f64 = 1e-14;

/// Why a number cannot be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EstimateError {
    /// Fewer than what the formula needs.
    #[error("too few territories")]
    TooFew,
    /// A sum of denominators, of all or without one, that is not above zero.
    #[error("a denominator is not above zero")]
    Denominator,
    /// All the same: a variance of exactly zero is no knowledge.
    #[error("territories do not differ at all")]
    NoVariation,
    /// The models cannot be told from density and population.
    #[error("the columns of the regression depend on each other")]
    Collinear,
    /// The likelihood has no top that was found.
    #[error("the estimate does not converge")]
    NotConverged,
    /// A few territories carry the model.
    #[error("too few effective territories")]
    Concentrated,
    /// Out of the range of the arithmetic.
    #[error("the result is not a number")]
    NotFinite,
}

/// Bounds of an interval at 95 %, in the unit of the figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
}

impl Interval {
    /// In another unit; `per` is above zero.
    pub(crate) fn times(self, per: f64) -> Self {
        Self { low: per * self.low, high: per * self.high }
    }
}

/// A ratio of totals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Ratio {
    /// R = Σy/Σx.
    pub(crate) value: f64,
    /// Jackknife variance.
    pub(crate) variance: f64,
    /// Number of territories.
    pub(crate) territories: f64,
    /// Kish's effective number of territories, (Σx)²/Σx².
    pub(crate) effective: f64,
}

/// A ratio of totals, and what it is without each territory.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Jackknife {
    /// Of all territories.
    pub(crate) ratio: Ratio,
    /// R without each territory, in the order of the territories.
    pub(crate) without: Vec<f64>,
}

/// R = Σy/Σx and v = (n−1)/n Σ(R₍ᵢ₎ − mean)² (Cochran 1977, § 6.17; with the mean of the R₍ᵢ₎ in the middle, as the
/// replicate weights JK1 of R's `survey` have it). Noise is independent by territory, so v contains it already.
///
/// # Errors
/// Fewer than two territories; a sum of denominators that is not above zero.
pub(crate) fn ratio(pairs: &[(f64, f64)]) -> Result<Jackknife, EstimateError> {
    if pairs.len() < 2 {
        return Err(EstimateError::TooFew);
    }
    let (numerator, total) = totals(pairs);
    let value = quotient(numerator, total)?;
    let without = pairs
        .iter()
        .map(|(y, x)| quotient(numerator - y, total - x))
        .collect::<Result<Vec<f64>, EstimateError>>()?;
    let squares: f64 = pairs.iter().map(|(_, x)| x * x).sum();
    let variance = spread(&without);
    let ratio = Ratio { value, variance, territories: real(pairs.len()), effective: total * total / squares };
    Ok(Jackknife { ratio, without })
}

/// Jackknife variance of the ratio without the territory at each place: what `influence` asks. The square of the number
/// of territories in time.
pub(crate) fn variances_without(pairs: &[(f64, f64)]) -> Vec<Result<f64, EstimateError>> {
    let (numerator, total) = totals(pairs);
    let without = |left_out: usize| {
        let (y, x) = pairs.get(left_out).ok_or(EstimateError::TooFew)?;
        let others = pairs.iter().enumerate().filter(|(place, _)| *place != left_out);
        let values = others
            .map(|(_, (other_y, other_x))| quotient(numerator - y - other_y, total - x - other_x))
            .collect::<Result<Vec<f64>, EstimateError>>()?;
        if values.len() < 2 { Err(EstimateError::TooFew) } else { Ok(spread(&values)) }
    };
    (0..pairs.len()).map(without).collect()
}

/// `value` ± t_{freedom}√variance at 95 %.
pub(crate) fn interval(value: f64, variance: f64, freedom: f64) -> Result<Interval, EstimateError> {
    if variance <= 0.0 {
        return Err(EstimateError::NoVariation);
    }
    let reach = distributions::t_quantile(1.0 - limits::LEVEL / 2.0, freedom)? * variance.sqrt();
    Ok(Interval { low: value - reach, high: value + reach })
}

/// A number of things as a real number.
#[expect(
    clippy::cast_precision_loss,
    reason = "numbers of territories, periods and relabellings are far below 2⁵³"
)]
pub(crate) fn real(number: usize) -> f64 {
    number as f64
}

fn totals(pairs: &[(f64, f64)]) -> (f64, f64) {
    pairs.iter().fold((0.0, 0.0), |(numerator, total), (y, x)| (numerator + y, total + x))
}

fn quotient(numerator: f64, denominator: f64) -> Result<f64, EstimateError> {
    if denominator > 0.0 { Ok(numerator / denominator) } else { Err(EstimateError::Denominator) }
}

/// (n−1)/n Σ(value − mean)²; exactly zero where values differ by the rounding of their quotients alone.
fn spread(values: &[f64]) -> f64 {
    let n = real(values.len());
    let mean = values.iter().sum::<f64>() / n;
    if values.iter().all(|value| (value - mean).abs() <= ROUNDING * mean.abs()) {
        return 0.0;
    }
    (n - 1.0) / n * values.iter().map(|value| (value - mean).powi(2)).sum::<f64>()
}
