//! What kind of territories a model has: two models whose territories differ cannot be read as if they did not. Public
//! facts only; must never hold a count of people served.

use std::collections::BTreeMap;

use crate::study::{Density, Observation};

/// The mix of one arm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mix {
    /// Territories.
    pub territories: u32,
    /// Territories by class of density.
    pub by_density: BTreeMap<Density, u32>,
    /// Inhabitants of all of them.
    pub population: u64,
    /// Inhabitants of the middle one (the lower of two).
    pub median_population: u32,
}

impl Mix {
    /// Of these territories.
    pub(crate) fn of(observations: &[Observation]) -> Self {
        let mut by_density = BTreeMap::new();
        let mut populations: Vec<u32> = Vec::with_capacity(observations.len());
        for observation in observations {
            *by_density.entry(observation.place.density).or_insert(0) += 1;
            populations.push(observation.place.population);
        }
        populations.sort_unstable();
        Self {
            territories: number(observations.len()),
            by_density,
            population: populations.iter().map(|population| u64::from(*population)).sum(),
            median_population: populations.get(populations.len().saturating_sub(1) / 2).copied().unwrap_or(0),
        }
    }
}

/// A number of territories.
pub(crate) fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
