//! How far and how long between two communes: estimated (straight line × detour factor, at a constant speed: declared
//! assumptions, to be shown as such), or looked up in what a road router answered. All roads of one optimisation come from
//! the same of the two: must never mix them.

use std::collections::{BTreeSet, HashMap};

use maillage_domain::roads::RoadsSource;
use maillage_geography::{Commune, DetourFactor, InseeCode, great_circle_m};

use crate::{
    limits::{BOARDING_S, IMPASSABLE, SPEED_M_PER_H, WAIT_S, WITHIN_COMMUNE_M},
    ranking::LegRequest,
};

/// From one commune to another; never within one.
pub type Pair = (InseeCode, InseeCode);

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
        self.with_passenger(self.drive(from, to))
    }

    fn with_passenger(&self, drive: Journey) -> Journey {
        Journey { duration_s: drive.duration_s.saturating_add(self.boarding_s), ..drive }
    }
}

/// The roads of one optimisation: all estimated, or all from a router. Within one commune both take the estimate: a router has
/// no answer from a town hall to itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roads {
    estimator: Estimator,
    routed: Option<HashMap<Pair, Journey>>,
}

impl Roads {
    /// Estimated roads.
    pub fn estimated(estimator: Estimator) -> Self {
        Self { estimator, routed: None }
    }

    /// The router's roads if `find` has one for each of these pairs, else estimated ones.
    ///
    /// # Errors
    /// The first error of `find`.
    pub fn choose<E>(
        estimator: Estimator,
        pairs: &BTreeSet<Pair>,
        mut find: impl FnMut(Pair) -> Result<Option<Journey>, E>,
    ) -> Result<Self, E> {
        let mut routed = HashMap::with_capacity(pairs.len());
        for pair in pairs {
            match find(*pair)? {
                Some(journey) => routed.insert(*pair, journey),
                None => return Ok(Self::estimated(estimator)),
            };
        }
        Ok(Self { estimator, routed: (!routed.is_empty()).then_some(routed) })
    }

    /// Where they come from.
    pub fn source(&self) -> RoadsSource {
        if self.routed.is_some() { RoadsSource::Router } else { RoadsSource::Estimate }
    }

    /// The assumptions beside them.
    pub fn estimator(&self) -> &Estimator {
        &self.estimator
    }

    /// A drive without passenger. What is missing from a router's roads is impassable: an estimate in between would be a
    /// second engine.
    pub fn drive(&self, from: &Commune, to: &Commune) -> Journey {
        match &self.routed {
            Some(routed) if from.insee != to.insee => {
                routed.get(&(from.insee, to.insee)).copied().unwrap_or(IMPASSABLE)
            }
            Some(_) | None => self.estimator.drive(from, to),
        }
    }

    /// A ride with a passenger, who gets in and out.
    pub fn ride(&self, from: &Commune, to: &Commune) -> Journey {
        self.estimator.with_passenger(self.drive(from, to))
    }
}

impl From<Estimator> for Roads {
    fn from(estimator: Estimator) -> Self {
        Self::estimated(estimator)
    }
}

/// The pairs of communes that ranking drivers with these homes for these legs asks for.
pub fn needed(legs: &[LegRequest], homes: &BTreeSet<InseeCode>) -> BTreeSet<Pair> {
    let mut pairs = BTreeSet::new();
    for leg in legs {
        pairs.insert((leg.pickup, leg.dropoff));
        pairs.extend(homes.iter().map(|home| (*home, leg.pickup)));
        pairs.extend(homes.iter().map(|home| (leg.dropoff, *home)));
    }
    pairs.extend(legs.iter().zip(legs.iter().skip(1)).map(|(there, back)| (there.dropoff, back.pickup)));
    pairs.retain(|(from, to)| from != to);
    pairs
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

    const ROUTED: Journey = Journey { distance_m: 31_234, duration_s: 2_222 };

    fn routed(known: &[Pair]) -> Roads {
        let (alban, albi) = (commune("81003").insee, commune("81004").insee);
        let find = |pair| Ok::<_, ()>(known.contains(&pair).then_some(ROUTED));
        Roads::choose(Estimator::DECLARED, &[(alban, albi), (albi, alban)].into(), find).unwrap()
    }

    #[test]
    fn one_missing_pair_makes_every_road_an_estimate() {
        let (alban, albi) = (commune("81003"), commune("81004"));
        let (there, back) = ((alban.insee, albi.insee), (albi.insee, alban.insee));
        let whole = routed(&[there, back]);
        assert_eq!((whole.source(), whole.drive(alban, albi)), (RoadsSource::Router, ROUTED));
        assert_eq!(whole.ride(albi, alban), Journey { duration_s: 2_522, ..ROUTED });
        for partly in [routed(&[there]), routed(&[back]), routed(&[])] {
            assert_eq!(partly.source(), RoadsSource::Estimate);
            assert_eq!(partly.drive(alban, albi), Estimator::DECLARED.drive(alban, albi));
            assert_eq!(partly.drive(albi, alban), Estimator::DECLARED.drive(albi, alban));
        }
    }

    #[test]
    fn a_router_is_not_asked_within_a_commune_and_nothing_is_estimated_beside_it() {
        let (alban, albi) = (commune("81003"), commune("81004"));
        let roads = routed(&[(alban.insee, albi.insee), (albi.insee, alban.insee)]);
        assert_eq!(roads.drive(alban, alban), Estimator::DECLARED.drive(alban, alban));
        assert_eq!(roads.drive(alban, commune("81065")), IMPASSABLE);
        let nowhere = Roads::choose(Estimator::DECLARED, &BTreeSet::new(), |_| Ok::<_, ()>(None)).unwrap();
        assert_eq!(nowhere.source(), RoadsSource::Estimate, "nothing was asked of a router");
    }
}
