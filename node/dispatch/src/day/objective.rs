//! What counts how much, in one unit a coordinator understands: the kilometre-equivalent, kept as whole millimetres.
//!
//! All weights in one struct, each term reported by itself, so that an explanation can show where a score comes from.
//! Must never decide what is allowed: that is the rules' business.

use std::ops::{Add, AddAssign, Neg, Sub};

use maillage_domain::plan_rules::{PlanRules, PlanWeights};

use super::model::Priority;

/// Millimetre-equivalents of one kilometre-equivalent.
pub const KILOMETRE: i64 = 1_000_000;

/// How many metres without passenger a metre weighs at most for fairness, at λ = 1: with a refusal at 500 km, a trip of
/// 160 km from home back to home is still driven, whoever is left to drive it.
pub const STEEPEST: i64 = 2;

/// What counts how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weights {
    /// A refused request, in millimetre-equivalents: more than any detour.
    pub refusal: i64,
    /// How many ordinary refusals one of an appointment weighs.
    pub appointment_factor: i64,
    /// How many ordinary refusals one of care weighs.
    pub medical_factor: i64,
    /// A metre without passenger, in millimetre-equivalents.
    pub deadhead_per_m: i64,
    /// A metre with a passenger, in millimetre-equivalents.
    pub loaded_per_m: i64,
    /// A second the driver waits, in millimetre-equivalents.
    pub waiting_per_s: i64,
    /// A second that a ride takes longer than the direct road, in millimetre-equivalents.
    pub excess_per_s: i64,
    /// λ of fairness in thousandths: λ (x² − x₀²) / (2 × target), x the metres of 28 days; straight beyond twice the target.
    pub fairness_permille: i64,
    /// Another driver than the usual one, in millimetre-equivalents.
    pub unusual_driver: i64,
    /// Outbound and return with two drivers, in millimetre-equivalents.
    pub split_return: i64,
    /// Another driver than announced, in millimetre-equivalents.
    pub change: i64,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            refusal: 500 * KILOMETRE,
            appointment_factor: 3,
            medical_factor: 10,
            deadhead_per_m: 1_000,
            loaded_per_m: 200,
            waiting_per_s: 10 * KILOMETRE / 3600,
            excess_per_s: KILOMETRE / 10 / 60,
            fairness_permille: 1_000,
            unusual_driver: 5 * KILOMETRE,
            split_return: 3 * KILOMETRE,
            change: 10 * KILOMETRE,
        }
    }
}

impl From<&PlanRules> for Weights {
    /// Metre-equivalents as millimetre-equivalents; those of a second rounded down.
    fn from(rules: &PlanRules) -> Self {
        let PlanWeights {
            refusal_m,
            appointment_factor,
            medical_factor,
            deadhead_m_per_km,
            loaded_m_per_km,
            waiting_m_per_h,
            excess_m_per_min,
            fairness_permille,
            unusual_driver_m,
            split_return_m,
            change_m,
        } = rules.weights;
        let millimetres = |metres: u32| i64::from(metres) * 1_000;
        Self {
            refusal: millimetres(refusal_m),
            appointment_factor: appointment_factor.into(),
            medical_factor: medical_factor.into(),
            deadhead_per_m: deadhead_m_per_km.into(),
            loaded_per_m: loaded_m_per_km.into(),
            waiting_per_s: millimetres(waiting_m_per_h) / 3600,
            excess_per_s: millimetres(excess_m_per_min) / 60,
            fairness_permille: fairness_permille.into(),
            unusual_driver: millimetres(unusual_driver_m),
            split_return: millimetres(split_return_m),
            change: millimetres(change_m),
        }
    }
}

impl Weights {
    /// What a refusal costs.
    pub fn refusal_of(&self, priority: Priority) -> i64 {
        self.refusal
            * match priority {
                Priority::Ordinary => 1,
                Priority::Appointment => self.appointment_factor,
                Priority::Medical => self.medical_factor,
            }
    }

    /// λ (x² − x₀²) / (2 × target) for a driver at `past_m` who drives `today_m`, in millimetre-equivalents; rounded down.
    /// Beyond [`STEEPEST`] times the target a metre weighs no more than there: somebody who has driven far more than
    /// wished is still asked before anybody is refused.
    pub fn fairness(&self, past_m: i64, today_m: i64, target_m: Option<i64>) -> i64 {
        let Some(target_m) = target_m else { return 0 };
        if self.fairness_permille == 0 || today_m == 0 {
            return 0;
        }
        let target = i128::from(target_m.max(1));
        let bend = target * i128::from(STEEPEST);
        let square = |metres: i64| {
            let metres = i128::from(metres);
            if metres <= bend { metres * metres } else { bend * (2 * metres - bend) }
        };
        let squares = square(past_m + today_m) - square(past_m);
        let cost = squares * i128::from(self.fairness_permille) / (2 * target);
        i64::try_from(cost).unwrap_or(i64::MAX / 4)
    }
}

/// A cost, or a difference of two, term by term, each in millimetre-equivalents.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// Requests refused.
    pub refusals: i64,
    /// Metres without passenger.
    pub deadhead: i64,
    /// Metres with passengers.
    pub loaded: i64,
    /// The driver's waiting.
    pub waiting: i64,
    /// Rides longer than the direct road.
    pub excess: i64,
    /// Uneven load of the volunteers.
    pub fairness: i64,
    /// Not the usual driver, or another one for the return.
    pub preferences: i64,
    /// Not as announced.
    pub changes: i64,
}

impl Cost {
    /// All terms together, in millimetre-equivalents.
    pub fn total(&self) -> i64 {
        let Self { refusals, deadhead, loaded, waiting, excess, fairness, preferences, changes } = *self;
        refusals + deadhead + loaded + waiting + excess + fairness + preferences + changes
    }

    fn terms(self, other: Self, join: impl Fn(i64, i64) -> i64) -> Self {
        Self {
            refusals: join(self.refusals, other.refusals),
            deadhead: join(self.deadhead, other.deadhead),
            loaded: join(self.loaded, other.loaded),
            waiting: join(self.waiting, other.waiting),
            excess: join(self.excess, other.excess),
            fairness: join(self.fairness, other.fairness),
            preferences: join(self.preferences, other.preferences),
            changes: join(self.changes, other.changes),
        }
    }
}

impl Add for Cost {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        self.terms(other, |a, b| a + b)
    }
}

impl AddAssign for Cost {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Cost {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self.terms(other, |a, b| a - b)
    }
}

impl Neg for Cost {
    type Output = Self;
    fn neg(self) -> Self {
        Self::default() - self
    }
}

#[cfg(test)]
mod tests {
    //! What a platform sets is what the planner weighs by.

    use maillage_domain::plan_rules::PlanRules;

    use super::Weights;

    #[test]
    fn the_built_in_rules_are_the_built_in_weights() {
        assert_eq!(Weights::from(&PlanRules::built_in()), Weights::default());
    }

    #[test]
    fn each_number_weighs_what_it_says() {
        let mut rules = PlanRules::built_in();
        rules.weights.waiting_m_per_h = 3_600;
        rules.weights.excess_m_per_min = 60;
        rules.weights.loaded_m_per_km = 500;
        let weights = Weights::from(&rules);
        assert_eq!((weights.waiting_per_s, weights.excess_per_s, weights.loaded_per_m), (1_000, 1_000, 500));
    }
}
