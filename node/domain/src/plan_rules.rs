//! What counts how much when rides are planned, and how far a shared ride may go round: the platform's own configuration, each
//! valid from a day on. In one unit a coordinator understands: metres of empty driving that somebody would drive to avoid it.
//! Must never plan anything, nor loosen a rule of law.

use jiff::civil::Date;

/// The rules in force from a day on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanRules {
    /// The first day that is planned by them.
    pub from: Date,
    /// What counts how much.
    pub weights: PlanWeights,
    /// How far things may go.
    pub limits: PlanLimits,
}

/// What counts how much, in metre-equivalents: a metre-equivalent is a metre without passenger under the built-in weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanWeights {
    /// A request that nobody drives.
    pub refusal_m: u32,
    /// How many such a request for an appointment weighs.
    pub appointment_factor: u32,
    /// How many such a request for care weighs.
    pub medical_factor: u32,
    /// A kilometre without passenger.
    pub deadhead_m_per_km: u32,
    /// A kilometre with a passenger.
    pub loaded_m_per_km: u32,
    /// An hour that a driver waits.
    pub waiting_m_per_h: u32,
    /// A minute that a ride takes longer than the direct road.
    pub excess_m_per_min: u32,
    /// λ of fairness in thousandths; 0 spreads nothing.
    pub fairness_permille: u32,
    /// Another driver than the usual one.
    pub unusual_driver_m: u32,
    /// Outbound and return with two drivers.
    pub split_return_m: u32,
    /// Another driver than announced.
    pub change_m: u32,
}

/// How far things may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanLimits {
    /// A ride takes at most so many thousandths of the direct road's time …
    pub detour_permille: u32,
    /// … or so many minutes more, whichever is longer.
    pub detour_min: u32,
    /// A driver who waits goes home in between if that leaves so many minutes there.
    pub home_rest_min: u32,
}

impl Default for PlanWeights {
    fn default() -> Self {
        Self {
            refusal_m: 500_000,
            appointment_factor: 3,
            medical_factor: 10,
            deadhead_m_per_km: 1_000,
            loaded_m_per_km: 200,
            waiting_m_per_h: 10_000,
            excess_m_per_min: 100,
            fairness_permille: 1_000,
            unusual_driver_m: 5_000,
            split_return_m: 3_000,
            change_m: 10_000,
        }
    }
}

impl Default for PlanLimits {
    fn default() -> Self {
        Self { detour_permille: 1_500, detour_min: 20, home_rest_min: 30 }
    }
}

/// A number that is not possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{field} cannot be {value}; {least} to {most} are possible")]
pub struct PlanRulesError {
    /// Which one, as on the wire.
    pub field: &'static str,
    /// What was asked.
    pub value: u32,
    /// At least.
    pub least: u32,
    /// At most.
    pub most: u32,
}

impl PlanRules {
    /// The rules a platform has that has set none.
    pub fn built_in() -> Self {
        Self { from: Date::default(), weights: PlanWeights::default(), limits: PlanLimits::default() }
    }

    /// Whether the first day is that of rules somebody has set.
    pub fn are_built_in(&self) -> bool {
        self.from == Date::default()
    }

    /// The same, if every number is possible. A request that nobody drives weighs more than any detour worth driving, and care
    /// at least as much as anything else.
    ///
    /// # Errors
    /// The first number that is not.
    pub fn check(self) -> Result<Self, PlanRulesError> {
        for (field, value, least, most) in self.bounds() {
            if !(least..=most).contains(&value) {
                return Err(PlanRulesError { field, value, least, most });
            }
        }
        Ok(self)
    }

    /// The same with one number changed, by its name on the wire; none if there is no such number.
    #[must_use]
    pub fn with(mut self, field: &str, value: u32) -> Option<Self> {
        let (_, number, ..) = self.numbers().into_iter().find(|(name, ..)| *name == field)?;
        *number = value;
        Some(self)
    }

    /// Each number with its name on the wire, and what is possible: least and most.
    pub fn bounds(&self) -> [(&'static str, u32, u32, u32); 14] {
        let mut rules = *self;
        rules.numbers().map(|(name, number, least, most)| (name, *number, least, most))
    }

    fn numbers(&mut self) -> [(&'static str, &mut u32, u32, u32); 14] {
        let Self { from: _, weights, limits } = self;
        let appointment_factor = weights.appointment_factor;
        [
            ("refusal_m", &mut weights.refusal_m, 200_000, 5_000_000),
            ("appointment_factor", &mut weights.appointment_factor, 1, 100),
            ("medical_factor", &mut weights.medical_factor, appointment_factor, 100),
            ("deadhead_m_per_km", &mut weights.deadhead_m_per_km, 100, 10_000),
            ("loaded_m_per_km", &mut weights.loaded_m_per_km, 0, 10_000),
            ("waiting_m_per_h", &mut weights.waiting_m_per_h, 0, 100_000),
            ("excess_m_per_min", &mut weights.excess_m_per_min, 0, 10_000),
            ("fairness_permille", &mut weights.fairness_permille, 0, 10_000),
            ("unusual_driver_m", &mut weights.unusual_driver_m, 0, 100_000),
            ("split_return_m", &mut weights.split_return_m, 0, 100_000),
            ("change_m", &mut weights.change_m, 0, 100_000),
            ("detour_permille", &mut limits.detour_permille, 1_000, 3_000),
            ("detour_min", &mut limits.detour_min, 0, 120),
            ("home_rest_min", &mut limits.home_rest_min, 0, 720),
        ]
    }
}

/// The rules in force on a day: those with the latest first day that is not after it.
pub fn in_force(all: &[PlanRules], day: Date) -> PlanRules {
    let begun = all.iter().filter(|rules| rules.from <= day);
    begun.max_by_key(|rules| rules.from).copied().unwrap_or_else(PlanRules::built_in)
}

#[cfg(test)]
mod tests {
    //! Which rules are in force, and which numbers are not possible.

    use jiff::civil::date;

    use super::*;

    fn from(day: Date, fairness_permille: u32) -> PlanRules {
        let weights = PlanWeights { fairness_permille, ..PlanWeights::default() };
        PlanRules { from: day, weights, ..PlanRules::built_in() }
    }

    #[test]
    fn the_latest_that_has_begun_is_in_force() {
        let all = [from(date(2027, 1, 1), 2), from(date(2026, 6, 1), 1)];
        assert!(in_force(&all, date(2026, 5, 31)).are_built_in());
        assert_eq!(in_force(&all, date(2026, 6, 1)), all[1]);
        assert_eq!(in_force(&all, date(2026, 12, 31)), all[1]);
        assert_eq!(in_force(&all, date(2027, 1, 1)), all[0]);
    }

    #[test]
    fn every_number_is_changed_by_its_name() {
        let built_in = PlanRules::built_in();
        let before = built_in.bounds();
        for (index, (field, value, ..)) in before.into_iter().enumerate() {
            let changed = built_in.with(field, value + 1).unwrap().bounds();
            let differ = changed.iter().zip(&before).map(|(now, before)| now.1 != before.1);
            let differ: Vec<usize> =
                differ.enumerate().filter_map(|(at, differs)| differs.then_some(at)).collect();
            assert_eq!(differ, [index], "{field}");
        }
        assert_eq!(built_in.with("speed", 1), None);
    }

    #[test]
    fn built_in_rules_are_possible_and_what_is_not_is_named() {
        assert_eq!(PlanRules::built_in().check(), Ok(PlanRules::built_in()));
        let refused = |change: fn(&mut PlanRules)| {
            let mut rules = PlanRules::built_in();
            change(&mut rules);
            rules.check().unwrap_err().field
        };
        assert_eq!(refused(|rules| rules.weights.refusal_m = 199_999), "refusal_m");
        assert_eq!(refused(|rules| rules.weights.medical_factor = 2), "medical_factor");
        assert_eq!(refused(|rules| rules.weights.deadhead_m_per_km = 0), "deadhead_m_per_km");
        assert_eq!(refused(|rules| rules.limits.detour_permille = 999), "detour_permille");
    }
}
