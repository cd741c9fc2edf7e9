//! What a yearly privacy budget means in words. Only arithmetic on a published figure; it must never see a count.

use maillage_federation::statistics::Vocabulary;

/// Probability that is left for the guarantee to fail, as STATISTICS.md states it.
const DELTA: f64 = 1e-6;

/// What somebody can learn at most about one person from everything a node sends in a year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Meaning {
    /// ε at δ = 10⁻⁶.
    pub(super) epsilon: f64,
    /// How often out of 100 somebody who knows everything else guesses right whether the person is in it, where
    /// chance alone gives 50.
    pub(super) guessed_right_in_100: f64,
}

/// The meaning of the yearly budget of the vocabulary in force.
pub(super) fn meaning_in_force() -> Meaning {
    let rho = Vocabulary::pulse().rho_per_year();
    meaning(exact(*rho.numer()) / exact(*rho.denom()))
}

/// The meaning of a budget of `rho` zero-concentrated differential privacy.
///
/// ε: Canonne, Kamath & Steinke 2020 (*The Discrete Gaussian for Differential Privacy*, Corollary 13):
/// ε = inf over α > 1 of αρ + ln(1/(αδ))/(α−1) + ln(1−1/α). For ρ = 0.08375 this is 1.945.
///
/// Guess: Gaussian noise of total budget ρ is as hard to tell apart as N(0, 1) and N(μ, 1) with μ = √(2ρ) (Dong, Roth &
/// Su 2022, Gaussian differential privacy and its composition). With even odds beforehand the best guess is right with
/// probability Φ(μ/2) = Φ(√(ρ/2)). For ρ = 0.08375 this is 0.581: 58 in 100. The discrete Gaussian at σ = 10 and more
/// differs from it by far less than the rounding.
fn meaning(rho: f64) -> Meaning {
    Meaning { epsilon: epsilon(rho), guessed_right_in_100: 100.0 * normal_cdf((rho / 2.0).sqrt()) }
}

/// The infimum over α, found by halving an interval that contains it (the expression is convex in α there).
fn epsilon(rho: f64) -> f64 {
    let at = |alpha: f64| alpha * rho - (alpha * DELTA).ln() / (alpha - 1.0) + (-1.0 / alpha).ln_1p();
    let (mut low, mut high) = (1.000_1, 10_000.0);
    for _ in 0..200 {
        let third = (high - low) / 3.0;
        if at(low + third) < at(high - third) { high -= third } else { low += third }
    }
    at(f64::midpoint(low, high))
}

/// Distribution function of the standard normal for 0 ≤ x ≤ 4: Φ(x) = ½ + φ(x)(x + x³/3 + x⁵/15 + …) (Abramowitz &
/// Stegun 26.2.11).
fn normal_cdf(x: f64) -> f64 {
    let (mut term, mut sum) = (x, x);
    for odd in (3_u32..200).step_by(2) {
        term *= x * x / f64::from(odd);
        sum += term;
    }
    0.5 + sum * (-x * x / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt()
}

/// Numerators and denominators of budgets are far below 2³².
fn exact(number: u64) -> f64 {
    u32::try_from(number).map_or(f64::INFINITY, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rho: f64, epsilon: f64, guess: f64) {
        let meaning = meaning(rho);
        assert!((meaning.epsilon - epsilon).abs() < 5e-4, "ε of {rho}: {}", meaning.epsilon);
        assert!((meaning.guessed_right_in_100 - guess).abs() < 0.05, "{meaning:?}");
    }

    #[test]
    fn the_full_vocabulary_means_what_the_design_says() {
        check(0.08375, 1.945, 58.1);
    }

    #[test]
    fn the_pulse_alone_tells_less() {
        check(27.0 / 800.0, 1.191, 55.2);
        assert_eq!(meaning_in_force(), meaning(27.0 / 800.0));
    }

    #[test]
    fn the_normal_distribution_is_that_of_the_tables() {
        for (x, expected) in [(0.0, 0.5), (1.0, 0.841_344_746), (1.959_963_985, 0.975), (3.0, 0.998_650_102)]
        {
            assert!((normal_cdf(x) - expected).abs() < 1e-8, "{x}");
        }
    }
}
