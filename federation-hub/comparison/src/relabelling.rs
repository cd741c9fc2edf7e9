//! Exact p values: what the statistic would be had the same territories changed at each other's times. Must never draw:
//! where there are too many relabellings to go through, a fixed sequence of them stands for all, the same in every run.

use crate::{
    limits,
    ratio::{EstimateError, real},
    staggered::{Cell, Course, Statistics, Sums},
};

/// Which relabellings a p value rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relabellings {
    /// All there are.
    Every(u64),
    /// The true one and so many of a fixed sequence.
    Sampled(u32),
}

/// p values of both statistics.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Exact {
    /// Of the overall effect, two-sided.
    pub(crate) overall: f64,
    /// Of the difference before any change; nothing where nothing before it could be looked at.
    pub(crate) before: Option<f64>,
    /// What they rest on.
    pub(crate) relabellings: Relabellings,
}

/// Part of the relabellings whose statistic is at least as far from zero as the observed one. All of them where there
/// are at most [`limits::EVERY_RELABELLING`]; otherwise (1 + hits) / (1 + [`limits::SAMPLED_RELABELLINGS`]), which is exact
/// too because the true labelling is one of those counted (Hemerik & Goeman 2018).
pub(crate) fn exact(
    courses: &[Course],
    labels: &[usize],
    cohorts: &[Option<usize>],
    cells: &[Cell],
) -> Result<Exact, EstimateError> {
    let periods = courses.first().map_or(0, |course| course.outcomes.len());
    let judge =
        |labels: &[usize]| Sums::of(courses, labels, cohorts.len(), periods).statistics(cells, cohorts);
    let observed = judge(labels)?;
    let number = arrangements(labels, cohorts.len());
    if number <= limits::EVERY_RELABELLING {
        let mut tally = Tally::new(observed);
        let mut current = labels.to_vec();
        current.sort_unstable();
        loop {
            tally.count(judge(&current)?);
            if !next_arrangement(&mut current) {
                break;
            }
        }
        return Ok(tally.exact(Relabellings::Every(number)));
    }
    let mut tally = Tally::new(observed);
    tally.count(observed);
    let (mut current, mut sequence) = (labels.to_vec(), Sequence(0));
    for _ in 0..limits::SAMPLED_RELABELLINGS {
        sequence.shuffle(&mut current);
        tally.count(judge(&current)?);
    }
    Ok(tally.exact(Relabellings::Sampled(limits::SAMPLED_RELABELLINGS)))
}

struct Tally {
    observed: Statistics,
    overall: usize,
    before: usize,
    all: usize,
}

impl Tally {
    fn new(observed: Statistics) -> Self {
        Self { observed, overall: 0, before: 0, all: 0 }
    }

    /// Sums in another order differ in their last digits: what is equal but for them counts as equal.
    fn count(&mut self, other: Statistics) {
        let reaches = |value: f64, observed: f64| value.abs() >= observed.abs() * (1.0 - 1e-9);
        self.overall += usize::from(reaches(other.overall, self.observed.overall));
        if let (Some(other), Some(observed)) = (other.before, self.observed.before) {
            self.before += usize::from(reaches(other, observed));
        }
        self.all += 1;
    }

    fn exact(self, relabellings: Relabellings) -> Exact {
        let part = |hits: usize| real(hits) / real(self.all);
        let before = self.observed.before.map(|_| part(self.before));
        Exact { overall: part(self.overall), before, relabellings }
    }
}

/// Number of different arrangements of the labels: `n! / Π n_g!`, or more than [`limits::EVERY_RELABELLING`].
fn arrangements(labels: &[usize], cohorts: usize) -> u64 {
    let mut number = 1_u64;
    let mut placed = 0_u64;
    for cohort in 0..cohorts {
        let size = u64::try_from(labels.iter().filter(|label| **label == cohort).count()).unwrap_or(u64::MAX);
        for place in 1..=size {
            placed += 1;
            // Product of the binomials so far: divisible at every step.
            number = number.saturating_mul(placed) / place;
            if number > limits::EVERY_RELABELLING << 20 {
                return u64::MAX;
            }
        }
    }
    number
}

/// The next arrangement in the order of the alphabet; false after the last.
fn next_arrangement(labels: &mut [usize]) -> bool {
    let rises = labels.windows(2).rposition(|pair| pair.first() < pair.last());
    let Some(pivot) = rises else { return false };
    let value = labels.get(pivot).copied();
    let Some(other) = labels.iter().rposition(|label| Some(*label) > value) else { return false };
    labels.swap(pivot, other);
    if let Some(tail) = labels.get_mut(pivot + 1..) {
        tail.reverse();
    }
    true
}

/// A fixed sequence of numbers: the finaliser of `SplitMix64` (Steele, Lea & Flood 2014) over a counter.
pub(crate) struct Sequence(pub(crate) u64);

impl Sequence {
    /// The next one.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Fisher and Yates.
    fn shuffle(&mut self, labels: &mut [usize]) {
        for last in (1..labels.len()).rev() {
            let choices = u128::try_from(last + 1).unwrap_or(1);
            let choice = (u128::from(self.next()) * choices) >> 64;
            labels.swap(last, usize::try_from(choice).unwrap_or(0));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Sequence, arrangements, next_arrangement};

    #[test]
    fn every_arrangement_is_visited_once() {
        let mut labels = vec![0, 0, 1, 1, 1, 2];
        let mut seen = std::collections::BTreeSet::from([labels.clone()]);
        while next_arrangement(&mut labels) {
            assert!(seen.insert(labels.clone()), "{labels:?} twice");
        }
        assert_eq!(seen.len(), 60);
        assert_eq!(arrangements(&labels, 3), 60);
    }

    #[test]
    fn large_numbers_of_arrangements_are_not_counted_to_the_end() {
        assert_eq!(arrangements(&[[0; 40], [1; 40]].concat(), 2), u64::MAX);
        assert_eq!(arrangements(&[[0; 8], [1; 8]].concat(), 2), 12_870);
    }

    #[test]
    fn shuffles_are_fair_and_the_same_in_every_run() {
        let mut counts = [[0_u32; 4]; 4];
        let mut sequence = Sequence(0);
        for _ in 0..40_000 {
            let mut labels = [0, 1, 2, 3];
            sequence.shuffle(&mut labels);
            for (place, label) in labels.into_iter().enumerate() {
                counts[place][label] += 1;
            }
        }
        for count in counts.as_flattened() {
            assert!((9_700..=10_300).contains(count), "{counts:?}");
        }
        assert_eq!(Sequence(0).next(), 0xE220_A839_7B1D_CDAF, "the published first number of SplitMix64");
    }
}
