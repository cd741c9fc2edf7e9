//! Randomness as a parameter, so that a simulation repeats from its seed. It must never offer a seeded
//! generator as a default, nor fall back on anything when the operating system gives no randomness.

use std::sync::{Mutex, PoisonError};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;

/// Fills buffers with random bytes.
pub trait Entropy: Send + Sync {
    /// Fills all of `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

/// The generator of the operating system; the only one allowed for keys, tokens and noise in service.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    /// # Panics
    /// If the operating system gives no randomness: going on would make guessable keys.
    fn fill(&self, bytes: &mut [u8]) {
        if let Err(error) = getrandom::fill(bytes) {
            panic!("the operating system gives no randomness: {error}");
        }
    }
}

/// A generator that repeats from its seed (`ChaCha20`); for tests and simulation only.
#[derive(Debug)]
pub struct SeededEntropy {
    generator: Mutex<ChaCha20Rng>,
}

impl SeededEntropy {
    /// A generator whose bytes depend on `seed` alone.
    pub fn new(seed: u64) -> Self {
        Self { generator: Mutex::new(ChaCha20Rng::seed_from_u64(seed)) }
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        self.generator.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes);
    }
}

/// `N` random bytes.
pub fn bytes<const N: usize>(entropy: &dyn Entropy) -> [u8; N] {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_and_another_seed_differs() {
        let (first, again, other) = (SeededEntropy::new(7), SeededEntropy::new(7), SeededEntropy::new(8));
        let drawn = bytes::<32>(&first);
        assert_eq!(drawn, bytes::<32>(&again));
        assert_ne!(drawn, bytes::<32>(&other));
        assert_ne!(drawn, bytes::<32>(&first), "the stream goes on");
    }

    #[test]
    fn the_operating_system_does_not_repeat() {
        assert_ne!(bytes::<32>(&OsEntropy), bytes::<32>(&OsEntropy));
    }
}
