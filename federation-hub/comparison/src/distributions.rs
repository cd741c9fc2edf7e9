//! Tails and quantiles of Student's t, Fisher's F and the normal law, over the special functions of `statrs`. Tails are
//! computed as tails, so that a small p value keeps its digits. Must never panic: what is outside of a law is an error.

use statrs::function::{beta::checked_beta_reg, erf::erf, gamma::ln_gamma};

use crate::ratio::EstimateError;

/// Newton's steps at most: far more than the smallest level over the most contrasts takes.
const STEPS: usize = 100;

/// P(|T| ≥ |t|) for Student's t with `freedom` degrees of freedom: I_{ν/(ν+t²)}(ν/2, 1/2).
pub(crate) fn t_two_sided(t: f64, freedom: f64) -> Result<f64, EstimateError> {
    let square = t * t;
    let below = freedom / (freedom + square);
    // Near the centre the argument is next to 1, where the other tail keeps the digits.
    if square < freedom {
        regularised(0.5, freedom / 2.0, square / (freedom + square)).map(|inside| 1.0 - inside)
    } else {
        regularised(freedom / 2.0, 0.5, below)
    }
}

/// The t with P(T ≤ t) = `below`, for `below` above 1/2: Newton's steps on the tail, which is convex there, so that they
/// approach it from one side and never beyond.
pub(crate) fn t_quantile(below: f64, freedom: f64) -> Result<f64, EstimateError> {
    let outside = 2.0 * (1.0 - below);
    let scale = (ln_gamma(f64::midpoint(freedom, 1.0)) - ln_gamma(freedom / 2.0)).exp();
    let scale = scale / (freedom * std::f64::consts::PI).sqrt();
    let mut t = 0.0_f64;
    for _ in 0..STEPS {
        let density = scale * (1.0 + t * t / freedom).powf(-f64::midpoint(freedom, 1.0));
        let step = (t_two_sided(t, freedom)? - outside) / (2.0 * density);
        if !step.is_finite() {
            return Err(EstimateError::NotFinite);
        }
        t += step;
        if step.abs() <= 1e-14 * t {
            return Ok(t);
        }
    }
    // The last steps are rounding.
    if t.is_finite() { Ok(t) } else { Err(EstimateError::NotFinite) }
}

/// P(F ≥ f) for Fisher's F: I_{d₂/(d₂+d₁f)}(d₂/2, d₁/2).
pub(crate) fn f_above(f: f64, freedom: (f64, f64)) -> Result<f64, EstimateError> {
    let (first, second) = freedom;
    regularised(second / 2.0, first / 2.0, second / (second + first * f.max(0.0)))
}

/// P(Z ≤ z) for the normal law.
pub(crate) fn normal_below(z: f64) -> f64 {
    f64::midpoint(1.0, erf(z / std::f64::consts::SQRT_2))
}

fn regularised(a: f64, b: f64, x: f64) -> Result<f64, EstimateError> {
    if !(a.is_finite() && b.is_finite() && x.is_finite()) {
        return Err(EstimateError::NotFinite);
    }
    let value = checked_beta_reg(a, b, x).map_err(|_| EstimateError::NotFinite)?;
    if value.is_finite() { Ok(value.clamp(0.0, 1.0)) } else { Err(EstimateError::NotFinite) }
}
