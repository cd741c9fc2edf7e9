//! Chance from a seed: `ChaCha8` of `rand_chacha`, so that one seed gives one plan on every machine. Must never ask the
//! operating system.

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};

/// A seeded generator.
#[derive(Debug, Clone)]
pub(crate) struct Dice {
    generator: ChaCha8Rng,
}

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self { generator: ChaCha8Rng::seed_from_u64(seed) }
    }

    /// A second run of chance from the same seed, apart from [`Dice::new`].
    pub(crate) fn beside(seed: u64) -> Self {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(1);
        Self { generator }
    }

    /// Below `count`, or 0 if that is 0; the bias is under 2⁻³² × count.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        let count = u64::try_from(count).unwrap_or(u64::MAX) & u64::from(u32::MAX);
        let picked = (u64::from(self.generator.next_u32()) * count) >> 32;
        usize::try_from(picked).unwrap_or(0)
    }

    /// From 0 until just before 1.
    pub(crate) fn unit(&mut self) -> f64 {
        f64::from(self.generator.next_u32()) / 4_294_967_296.0
    }

    /// A word in which each bit is set once in 2^`halvings`.
    pub(crate) fn sparse(&mut self, halvings: u32) -> u64 {
        (0..halvings).fold(u64::MAX, |word, _| word & self.generator.next_u64())
    }

    pub(crate) fn shuffle(&mut self, items: &mut [usize]) {
        for end in (1..items.len()).rev() {
            items.swap(end, self.below(end + 1));
        }
    }
}

/// A whole number as a real one; over 2⁵³ the last digits are lost, which chance does not mind.
#[expect(clippy::cast_precision_loss, reason = "temperatures and scores need no more than 53 bits")]
pub(crate) fn real(number: i64) -> f64 {
    number as f64
}

/// A real number as a whole one, rounded down, saturated.
#[expect(clippy::cast_possible_truncation, reason = "saturates")]
pub(crate) fn whole(number: f64) -> i64 {
    number as i64
}
