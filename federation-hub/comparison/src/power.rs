//! What a comparison could have found: the smallest difference that the first opinion finds four times in five. Must never be
//! computed from the difference observed: it says what the data can carry, not what they say.

use crate::{distributions, limits, ratio::EstimateError};

/// (t_{1−α/2} + t_{0.8}) √v (Bloom 1995), with α = 5 % over the number of contrasts shown together: the first step of Holm.
pub(crate) fn detectable(variance: f64, freedom: f64, contrasts: u32) -> Result<f64, EstimateError> {
    let level = limits::LEVEL / f64::from(contrasts.max(1));
    let alarm = distributions::t_quantile(1.0 - level / 2.0, freedom)?;
    let power = distributions::t_quantile(limits::POWER, freedom)?;
    Ok((alarm + power) * variance.sqrt())
}
