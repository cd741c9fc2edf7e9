//! What a yearly privacy budget means in words. Only arithmetic on a published figure; it must never see a count.

use maillage_federation::statistics::rho_per_year;

/// Probability that is left for the guarantee to fail, as STATISTICS.md states it.
const DELTA: f64 = 1e-6;

/// What somebody can learn at most about one person from everything a node sends in a year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Meaning {
    /// ε at δ = 10⁻⁶.
    pub(crate) epsilon: f64,
    /// How often out of 100 somebody who knows everything else guesses right whether the person is in it, where
    /// chance alone gives 50.
    pub(crate) guessed_right_in_100: f64,
}

/// The meaning of the yearly budget of all vocabularies in force.
pub(crate) fn meaning_in_force() -> Meaning {
    let rho = rho_per_year();
    meaning(exact(*rho.numer()) / exact(*rho.denom()))
}

/// The meaning of a budget of `rho` zero-concentrated differential privacy.
///
/// ε: Canonne, Kamath & Steinke 2020 (*The Discrete Gaussian for Differential Privacy*, Corollary 13):
/// ε = inf over α > 1 of αρ + ln(1/(αδ))/(α−1) + ln(1−1/α). For ρ = 71/800 = 0.08875 this is 2.007.
///
/// Guess: Gaussian noise of total budget ρ is as hard to tell apart as N(0, 1) and N(μ, 1) with μ = √(2ρ) (Dong, Roth &
/// Su 2022, Gaussian differential privacy and its composition). With even odds beforehand the best guess is right with
/// probability Φ(μ/2) = Φ(√(ρ/2)). For ρ = 71/800 this is 0.5834: 58 in 100. The noise is discrete, though: the test
/// `the_exact_noise_of_a_year_gives_the_same_guess` computes the same probability from the exact distribution of what a year of reports says
/// about the person who moves every cell by its bound, and finds 0.5834 too.
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
    use maillage_federation::statistics::Vocabulary;
    use num_rational::Ratio;

    use super::*;

    fn check(rho: f64, epsilon: f64, guess: f64) {
        let meaning = meaning(rho);
        assert!((meaning.epsilon - epsilon).abs() < 5e-4, "ε of {rho}: {}", meaning.epsilon);
        assert!((meaning.guessed_right_in_100 - guess).abs() < 0.05, "{meaning:?}");
    }

    #[test]
    fn a_year_means_what_the_handbook_says() {
        check(0.08375, 1.945, 58.1);
        check(71.0 / 800.0, 2.007, 58.3);
        assert_eq!(meaning_in_force(), meaning(71.0 / 800.0));
        check(27.0 / 800.0, 1.191, 55.2);
    }

    /// The person who moves every group by its bound, all of it in one cell, in each report of a year: whether she is in it is told best by
    /// the likelihood ratio (Neyman & Pearson 1933), whose logarithm is a sum over the reports of Δ·x/σ² less half of the same at x = Δ, where
    /// x is discrete Gaussian without her and moved by Δ with her. All Δ/σ² are whole multiples of 1/1600, so that the sum
    /// lives on whole numbers, and its distribution is a convolution without rounding to a grid. With even odds the best guess
    /// is right with probability ½ + ½·TV, the total variation between the sums with and without her.
    #[test]
    fn the_exact_noise_of_a_year_gives_the_same_guess() {
        let mut sum = vec![1.0];
        let mut moved = 0;
        for vocabulary in Vocabulary::all() {
            for group in vocabulary.groups {
                let (bound, sigma) = (u64::from(group.person_bound), group.sigma.to_integer());
                let step = Ratio::new(bound * 1600, sigma * sigma);
                assert!(step.is_integer());
                let step = usize::try_from(step.to_integer()).unwrap();
                let noise = discrete_gaussian(u32::try_from(sigma).unwrap());
                for _ in 0..vocabulary.cadence.reports_per_year() {
                    sum = convolved(&sum, &noise, step);
                    moved += step * usize::try_from(bound).unwrap();
                }
            }
        }
        assert_eq!(moved, 284, "1600 · 2ρ");
        let total: f64 = sum.iter().sum();
        let with = |place: usize| place.checked_sub(moved).and_then(|place| sum.get(place)).unwrap_or(&0.0);
        let places = 0..sum.len() + moved;
        let variation: f64 =
            places.map(|place| (sum.get(place).unwrap_or(&0.0) - with(place)).abs()).sum::<f64>() / 2.0;
        let guess = 0.5 + 0.5 * variation;
        assert!((total - 1.0).abs() < 1e-9);
        assert!((guess - 0.5834).abs() < 5e-5, "{guess}");
        assert!((100.0 * guess - meaning_in_force().guessed_right_in_100).abs() < 0.001, "{guess}");
    }

    /// Probabilities of the discrete Gaussian within 7 σ on either side; beyond there is 10⁻¹¹.
    fn discrete_gaussian(sigma: u32) -> Vec<f64> {
        let range = 7 * i64::from(sigma);
        let weight = |x: i64| {
            let x = f64::from(i32::try_from(x).unwrap()) / f64::from(sigma);
            (-x * x / 2.0).exp()
        };
        let total: f64 = (-range..=range).map(weight).sum();
        (-range..=range).map(|x| weight(x) / total).collect()
    }

    /// The distribution of a sum with `step` times the noise added, without what is below 10⁻¹⁸.
    fn convolved(sum: &[f64], noise: &[f64], step: usize) -> Vec<f64> {
        let mut out = vec![0.0; sum.len() + (noise.len() - 1) * step];
        for (place, likely) in sum.iter().enumerate().filter(|(_, likely)| **likely > 1e-18) {
            for (draw, weight) in noise.iter().enumerate() {
                out[place + draw * step] += likely * weight;
            }
        }
        out
    }

    #[test]
    fn the_normal_distribution_is_that_of_the_tables() {
        for (x, expected) in [(0.0, 0.5), (1.0, 0.841_344_746), (1.959_963_985, 0.975), (3.0, 0.998_650_102)]
        {
            assert!((normal_cdf(x) - expected).abs() < 1e-8, "{x}");
        }
    }
}
