//! Fits the assumptions of the estimate to roads that a router knows: the median over pairs of communes, which a few odd roads
//! cannot move. Must never decide from when on it is used.

use maillage_geography::{DetourFactor, DetourFactorError};

use crate::{
    limits::{CALIBRATION_PAIRS, CALIBRATION_SPEEDS, CALIBRATION_STRAIGHT_M},
    travel::{Estimator, Journey},
};

/// A pair of communes: the straight line in metres, and the road a router knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// The straight line, in metres.
    pub straight_m: u32,
    /// The road.
    pub road: Journey,
}

/// A quarter of the pairs lies below the first, half below the second, three quarters below the third.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quartiles {
    /// A quarter lies below.
    pub lower: u32,
    /// Half lies below.
    pub median: u32,
    /// Three quarters lie below.
    pub upper: u32,
}

/// Assumptions as the roads of a territory have them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Calibration {
    /// Pairs it is made of.
    pub pairs: usize,
    /// Road over straight line, in thousandths.
    pub detour_thousandths: Quartiles,
    /// Metres per hour.
    pub speed_m_per_h: Quartiles,
}

/// Why assumptions cannot be fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CalibrationError {
    /// Too few roads.
    #[error("{0} pairs of communes with a road are too few")]
    TooFew(usize),
    /// No road is like that.
    #[error("the median detour cannot be")]
    Detour(#[source] DetourFactorError),
    /// No car drives like that.
    #[error("a median speed of {0} metres per hour cannot be")]
    Speed(u32),
}

impl Calibration {
    /// Fits the assumptions to pairs of communes, in any order.
    ///
    /// # Errors
    /// Too few pairs with a road that tells something, or assumptions that cannot be.
    pub fn fit(samples: impl IntoIterator<Item = Sample>) -> Result<Self, CalibrationError> {
        let telling = |sample: &Sample| {
            sample.straight_m >= CALIBRATION_STRAIGHT_M
                && sample.road.duration_s > 0
                && sample.road.distance_m > 0
        };
        let samples: Vec<Sample> = samples.into_iter().filter(telling).collect();
        let pairs = samples.len();
        let ratio = |part: u32, whole: u32, unit: u64| {
            let ratio = (u64::from(part) * unit + u64::from(whole) / 2) / u64::from(whole);
            u32::try_from(ratio).unwrap_or(u32::MAX)
        };
        let detours = samples.iter().map(|sample| ratio(sample.road.distance_m, sample.straight_m, 1_000));
        let speeds =
            samples.iter().map(|sample| ratio(sample.road.distance_m, sample.road.duration_s, 3_600));
        let (Some(detour_thousandths), Some(speed_m_per_h), true) =
            (quartiles(detours.collect()), quartiles(speeds.collect()), pairs >= CALIBRATION_PAIRS)
        else {
            return Err(CalibrationError::TooFew(pairs));
        };
        let fitted = Self { pairs, detour_thousandths, speed_m_per_h };
        fitted.apply(Estimator::DECLARED).map(|_| fitted)
    }

    /// An estimator with these assumptions; what is not measured stays.
    ///
    /// # Errors
    /// Assumptions that cannot be.
    pub fn apply(&self, estimator: Estimator) -> Result<Estimator, CalibrationError> {
        let detour = DetourFactor::from_thousandths(self.detour_thousandths.median);
        let detour = detour.map_err(CalibrationError::Detour)?;
        let speed_m_per_h = self.speed_m_per_h.median;
        if !CALIBRATION_SPEEDS.contains(&speed_m_per_h) {
            return Err(CalibrationError::Speed(speed_m_per_h));
        }
        Ok(Estimator { detour, speed_m_per_h, ..estimator })
    }
}

/// By nearest rank: each is a value that was there.
fn quartiles(mut values: Vec<u32>) -> Option<Quartiles> {
    values.sort_unstable();
    let rank = |quarters: usize| {
        let rank = (values.len() * quarters).div_ceil(4);
        values.get(rank.saturating_sub(1)).copied()
    };
    Some(Quartiles { lower: rank(1)?, median: rank(2)?, upper: rank(3)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(straight_m: u32, distance_m: u32, duration_s: u32) -> Sample {
        Sample { straight_m, road: Journey { distance_m, duration_s } }
    }

    #[test]
    fn the_median_is_fitted_and_odd_roads_do_not_move_it() {
        let honest = (0..11).map(|step| sample(10_000, 14_000 + step * 100, 1_200));
        let odd = [sample(10_000, 90_000, 60), sample(5_000, 5_000, 9_000)];
        let fitted = Calibration::fit(honest.chain(odd)).unwrap();
        assert_eq!(fitted.pairs, 13);
        assert_eq!(fitted.detour_thousandths, Quartiles { lower: 1_420, median: 1_450, upper: 1_480 });
        // 14 500 m in 20 minutes.
        assert_eq!(fitted.speed_m_per_h.median, 43_500);
        let estimator = fitted.apply(Estimator::DECLARED).unwrap();
        assert_eq!((estimator.detour.thousandths(), estimator.speed_m_per_h), (1_450, 43_500));
        assert_eq!(estimator.boarding_s, Estimator::DECLARED.boarding_s);
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let fit = |count, sample| Calibration::fit(std::iter::repeat_n(sample, count));
        assert_eq!(fit(11, sample(10_000, 13_000, 900)), Err(CalibrationError::TooFew(11)));
        assert_eq!(fit(40, sample(999, 1_300, 90)), Err(CalibrationError::TooFew(0)), "too near to tell");
        assert!(matches!(fit(40, sample(10_000, 9_000, 900)), Err(CalibrationError::Detour(_))));
        assert!(matches!(fit(40, sample(10_000, 60_000, 6_000)), Err(CalibrationError::Detour(_))));
        assert_eq!(fit(40, sample(10_000, 13_000, 90)), Err(CalibrationError::Speed(520_000)));
    }
}
