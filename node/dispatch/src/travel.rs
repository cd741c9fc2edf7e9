//! How far and how long between two communes: straight line × detour factor, at a constant speed. Declared assumptions,
//! to be shown as such, and never mixed with a router's times in one ranking.

use maillage_geography::{Commune, DetourFactor, great_circle_m};

use crate::limits::{BOARDING_S, SPEED_M_PER_H, WAIT_S, WITHIN_COMMUNE_M};

/// The assumptions that distances and times are estimated with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimator {
    /// How much longer the road is than the straight line.
    pub detour: DetourFactor,
    /// Average speed, in metres per hour; at least 1.
    pub speed_m_per_h: u32,
    /// Time to get in and out, in seconds; part of every ride.
    pub boarding_s: u32,
    /// Road distance inside one commune, in metres.
    pub within_commune_m: u32,
    /// Longest wait at the destination, in seconds.
    pub wait_s: u32,
}

/// A stretch of road.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Journey {
    /// Its length in metres.
    pub distance_m: u32,
    /// How long it takes, in seconds.
    pub duration_s: u32,
}

impl Estimator {
    /// The declared assumptions, where nobody has calibrated better ones.
    pub const DECLARED: Self = Self {
        detour: DetourFactor::DECLARED,
        speed_m_per_h: SPEED_M_PER_H,
        boarding_s: BOARDING_S,
        within_commune_m: WITHIN_COMMUNE_M,
        wait_s: WAIT_S,
    };

    /// A drive without passenger, the same both ways.
    pub fn drive(&self, from: &Commune, to: &Commune) -> Journey {
        let distance_m = if from.insee == to.insee {
            self.within_commune_m
        } else {
            self.detour.apply(great_circle_m(from.place, to.place)).max(self.within_commune_m)
        };
        let duration_s = (u64::from(distance_m) * 3600).div_ceil(u64::from(self.speed_m_per_h.max(1)));
        Journey { distance_m, duration_s: u32::try_from(duration_s).unwrap_or(u32::MAX) }
    }

    /// A ride with a passenger, who gets in and out, the same both ways.
    pub fn ride(&self, from: &Commune, to: &Commune) -> Journey {
        let drive = self.drive(from, to);
        Journey { duration_s: drive.duration_s.saturating_add(self.boarding_s), ..drive }
    }
}

impl Default for Estimator {
    fn default() -> Self {
        Self::DECLARED
    }
}

#[cfg(test)]
mod tests {
    use maillage_geography::Geography;

    use super::*;

    fn commune(code: &str) -> &'static Commune {
        Geography::embedded().commune(&code.parse().unwrap()).unwrap()
    }

    #[test]
    fn journeys_are_symmetric_and_follow_the_declared_assumptions() {
        let (alban, albi) = (commune("81003"), commune("81004"));
        let there = Estimator::DECLARED.drive(alban, albi);
        assert_eq!(there, Estimator::DECLARED.drive(albi, alban));
        assert_eq!(there.distance_m, DetourFactor::DECLARED.apply(great_circle_m(alban.place, albi.place)));
        assert!((25_000..45_000).contains(&there.distance_m), "{} m", there.distance_m);
        // 45 km/h is 12.5 m/s, seconds rounded up.
        assert_eq!(there.duration_s, (there.distance_m * 2).div_ceil(25));
        assert_eq!(Estimator::DECLARED.ride(alban, albi).duration_s, there.duration_s + 300);
    }

    #[test]
    fn inside_a_commune_there_is_still_a_way_to_go() {
        let alban = commune("81003");
        assert_eq!(Estimator::DECLARED.drive(alban, alban), Journey { distance_m: 2_000, duration_s: 160 });
    }
}
