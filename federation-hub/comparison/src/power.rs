//! What a comparison could have found: the smallest difference that the first opinion finds four times in five, and the one that both
//! find as often. Must never be computed from the difference observed: it says what the data can carry, not what they say.

use crate::{distributions, limits, ratio::EstimateError, study::Measure};

/// How precisely an opinion knows a difference.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Precision {
    /// Variance of the difference.
    pub(crate) variance: f64,
    /// Its degrees of freedom.
    pub(crate) freedom: f64,
    /// Contrasts that its test is adjusted for.
    pub(crate) contrasts: u32,
}

/// (t_{1−α/2} + t_{0.8}) √v (Bloom 1995), with α = 5 % over the number of contrasts shown together: the first step of Holm.
pub(crate) fn detectable(variance: f64, freedom: f64, contrasts: u32) -> Result<f64, EstimateError> {
    Precision { variance, freedom, contrasts }.finds(limits::POWER)
}

/// The smallest difference that both opinions find four times in five: each of them, as they may miss it on different occasions, nine
/// times in ten (Bonferroni). The second knows it on the scale of logarithms; it is brought to the scale of the figure around the figure of
/// both models together.
pub(crate) fn detectable_by_both(
    first: Precision,
    second: Precision,
    together: f64,
    measure: Measure,
) -> Result<f64, EstimateError> {
    let each = f64::midpoint(1.0, limits::POWER);
    Ok(first.finds(each)?.max(apart(second.finds(each)?, together, measure)))
}

/// How far apart two figures around `together` are whose logarithms (log-odds for a share) are so far apart.
fn apart(logarithms: f64, together: f64, measure: Measure) -> f64 {
    let half = logarithms / 2.0;
    match measure {
        Measure::Share => {
            let odds = (together / (1.0 - together)).ln();
            let share = |odds: f64| 1.0 / (1.0 + (-odds).exp());
            share(odds + half) - share(odds - half)
        }
        Measure::Counted { .. } | Measure::Declared => together * (half.exp() - (-half).exp()),
    }
}

impl Precision {
    /// The smallest difference found with this power.
    fn finds(self, power: f64) -> Result<f64, EstimateError> {
        let level = limits::LEVEL / f64::from(self.contrasts.max(1));
        let alarm = distributions::t_quantile(1.0 - level / 2.0, self.freedom)?;
        let power = distributions::t_quantile(power, self.freedom)?;
        Ok((alarm + power) * self.variance.sqrt())
    }
}

#[cfg(test)]
mod tests {
    use super::{Measure, Precision, apart, detectable, detectable_by_both};

    #[test]
    fn both_find_what_the_less_precise_one_finds_nine_times_in_ten() {
        let precise = Precision { variance: 0.000_1, freedom: 30.0, contrasts: 1 };
        let vague = Precision { variance: 0.25, ..precise };
        let of_both = |first, second| detectable_by_both(first, second, 0.5, Measure::Share).unwrap();
        // t(0.975; 30) + t(0.9; 30) = 2.0423 + 1.3104.
        assert!((of_both(precise, Precision { variance: 1e-9, ..precise }) - 0.033_527).abs() < 1e-6);
        let by_second = apart(3.352_69 * 0.5, 0.5, Measure::Share);
        assert!((of_both(precise, vague) - by_second).abs() < 1e-5);
        assert!(detectable(precise.variance, 30.0, 1).unwrap() < of_both(precise, vague));
    }

    #[test]
    fn logarithms_apart_are_figures_apart_around_the_middle() {
        let share = apart((0.6_f64 / 0.4).ln() - (0.4_f64 / 0.6).ln(), 0.5, Measure::Share);
        assert!((share - 0.2).abs() < 1e-12, "40 % and 60 %: {share}");
        let quotient = apart(4.0_f64.ln(), 10.0, Measure::Counted { grain: 1.0 });
        assert!((quotient - 15.0).abs() < 1e-12, "5 and 20, the geometric middle of which is 10: {quotient}");
    }
}
