//! Two models compared by their ratios of totals: Welch's t, with Satterthwaite's degrees of freedom. Must never pool
//! the variances of two models.

use crate::{
    distributions, limits,
    ratio::{EstimateError, Interval, Ratio, interval},
};

/// What Welch says of a difference.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Welch {
    /// First minus second.
    pub(crate) value: f64,
    /// Its variance.
    pub(crate) variance: f64,
    /// Degrees of freedom.
    pub(crate) freedom: f64,
    /// Two-sided p value.
    pub(crate) p: f64,
}

impl Welch {
    /// From a difference whose variance and degrees of freedom are known.
    pub(crate) fn of(value: f64, variance: f64, freedom: f64) -> Result<Self, EstimateError> {
        if variance <= 0.0 {
            return Err(EstimateError::NoVariation);
        }
        let p = distributions::t_two_sided(value / variance.sqrt(), freedom)?;
        Ok(Self { value, variance, freedom, p })
    }

    /// Interval at 95 %.
    pub(crate) fn interval(&self) -> Result<Interval, EstimateError> {
        interval(self.value, self.variance, self.freedom)
    }
}

/// R₁ − R₂ with v = v₁ + v₂ and Satterthwaite's degrees of freedom v²/Σ(vᵢ²/(nᵢ−1)). In very unequal arms (fewer than 12
/// against more than 30) Kish's effective number (Σx)²/Σx² stands for n in them (Kish 1965, § 11.7): a large arm that a few
/// territories carry must not lend its number to a small one.
///
/// # Errors
/// Both variances zero; a model carried by fewer than two effective territories.
pub(crate) fn welch(first: &Ratio, second: &Ratio) -> Result<Welch, EstimateError> {
    let numbers = numbers(first, second);
    if numbers.0 < limits::EFFECTIVE_TERRITORIES || numbers.1 < limits::EFFECTIVE_TERRITORIES {
        return Err(EstimateError::Concentrated);
    }
    let parts = [(first.variance, numbers.0 - 1.0), (second.variance, numbers.1 - 1.0)];
    Welch::of(first.value - second.value, first.variance + second.variance, satterthwaite(&parts))
}

/// (Σv)²/Σ(v²/freedom) over independent parts.
pub(crate) fn satterthwaite(parts: &[(f64, f64)]) -> f64 {
    let sum: f64 = parts.iter().map(|(variance, _)| variance).sum();
    let squares: f64 = parts.iter().map(|(variance, freedom)| variance * variance / freedom).sum();
    sum * sum / squares
}

/// Territories of each arm, or effective territories where the arms are very unequal.
pub(crate) fn numbers(first: &Ratio, second: &Ratio) -> (f64, f64) {
    if very_unequal(first.territories, second.territories) {
        (first.effective, second.effective)
    } else {
        (first.territories, second.territories)
    }
}

/// Whether one arm is small and the other large.
fn very_unequal(first: f64, second: f64) -> bool {
    let (small, large) = (f64::from(limits::UNEQUAL_SMALL), f64::from(limits::UNEQUAL_LARGE));
    first.min(second) < small && first.max(second) > large
}
