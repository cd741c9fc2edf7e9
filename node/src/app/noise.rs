//! The noise that covers every person in a report: discrete Gaussian (Canonne, Kamath & Steinke 2020) from the library
//! `prio`, in exact integers. The generator of a node in service takes its randomness from the operating system and
//! cannot be made from a seed; only tests have another.

use std::convert::Infallible;

use maillage_platform::random::{Entropy, OsEntropy};
use num_bigint::BigInt;
use num_rational::Ratio;
use prio::dp::{Rational, distributions::DiscreteGaussian};
use rand::{TryCryptoRng, TryRng, distr::Distribution};

/// Draws noise.
pub trait Noise: Send + Sync {
    /// One draw with a standard deviation.
    ///
    /// # Errors
    /// A deviation that is not positive, and a draw beyond 64 bits (which has probability below 10⁻¹⁰⁰).
    fn draw(&self, sigma: Ratio<u64>) -> Result<i64, NoiseError>;
}

/// Why no noise can be drawn. Nothing is reported then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoiseError {
    /// The deviation is not positive.
    #[error("the standard deviation of the noise must be positive")]
    Sigma,
    /// The draw does not fit.
    #[error("the noise drawn does not fit 64 bits")]
    Range,
}

/// The noise of a node in service. It has no constructor from a seed, on purpose.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemNoise;

impl Noise for SystemNoise {
    fn draw(&self, sigma: Ratio<u64>) -> Result<i64, NoiseError> {
        draw_with(&mut Generator(&OsEntropy), sigma)
    }
}

/// One draw from given randomness.
fn draw_with(generator: &mut Generator<'_>, sigma: Ratio<u64>) -> Result<i64, NoiseError> {
    let (numerator, denominator) = (u128::from(*sigma.numer()), u128::from(*sigma.denom()));
    if numerator == 0 {
        return Err(NoiseError::Sigma);
    }
    let sigma = Rational::from_unsigned(numerator, denominator).map_err(|_| NoiseError::Sigma)?;
    let gaussian = DiscreteGaussian::new(sigma).map_err(|_| NoiseError::Sigma)?;
    let draw: BigInt = gaussian.sample(generator);
    i64::try_from(draw).map_err(|_| NoiseError::Range)
}

/// Entropy in the form the sampler takes.
struct Generator<'a>(&'a dyn Entropy);

impl TryRng for Generator<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl TryCryptoRng for Generator<'_> {}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use maillage_federation::statistics::Vocabulary;
    use maillage_platform::random::SeededEntropy;

    use super::*;

    /// Exact-in-double probabilities of the discrete Gaussian, normalised over ±12 σ.
    fn probability(sigma: f64, range: i32) -> BTreeMap<i32, f64> {
        let weight = |x: i32| (-f64::from(x * x) / (2.0 * sigma * sigma)).exp();
        let total: f64 = (-range..=range).map(weight).sum();
        (-range..=range).map(|x| (x, weight(x) / total)).collect()
    }

    /// Twenty bins of a quarter of σ around zero, the rest in the tails: χ² with 21 degrees of freedom is below 49.0 with
    /// probability 0.9995.
    fn chi_squared(sigma: u32) -> f64 {
        let entropy = SeededEntropy::new(20_261_005);
        let mut generator = Generator(&entropy);
        let draws = 40_000_u32;
        let width = i32::try_from(sigma / 4).unwrap();
        let bin = |x: i32| x.div_euclid(width).clamp(-11, 10);
        let mut seen: BTreeMap<i32, f64> = BTreeMap::new();
        for _ in 0..draws {
            let x = draw_with(&mut generator, Ratio::from_integer(sigma.into())).unwrap();
            *seen.entry(bin(i32::try_from(x).unwrap())).or_default() += 1.0;
        }
        let mut expected: BTreeMap<i32, f64> = BTreeMap::new();
        for (x, probability) in probability(f64::from(sigma), 12 * i32::try_from(sigma).unwrap()) {
            *expected.entry(bin(x)).or_default() += probability * f64::from(draws);
        }
        let terms = expected.iter().map(|(bin, expected)| {
            let difference = seen.get(bin).copied().unwrap_or_default() - expected;
            difference * difference / expected
        });
        terms.sum()
    }

    #[test]
    fn draws_follow_the_discrete_gaussian_of_every_group_of_cells() {
        let groups = Vocabulary::all().into_iter().flat_map(|vocabulary| vocabulary.groups);
        let sigmas: BTreeSet<u64> = groups.map(|group| group.sigma.to_integer()).collect();
        assert_eq!(sigmas, [10, 20, 40, 160].into());
        for sigma in sigmas {
            let chi_squared = chi_squared(u32::try_from(sigma).unwrap());
            assert!(chi_squared < 49.0, "χ² = {chi_squared} of σ = {sigma}");
        }
    }

    #[test]
    fn the_system_draws_differ_and_zero_noise_is_refused() {
        let draws: Vec<i64> = (0..20).map(|_| SystemNoise.draw(Ratio::from_integer(40)).unwrap()).collect();
        assert!(draws.iter().any(|draw| draw != &draws[0]));
        assert_eq!(SystemNoise.draw(Ratio::from_integer(0)), Err(NoiseError::Sigma));
    }
}
