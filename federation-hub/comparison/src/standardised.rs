//! Two models compared within classes of density and added up with the same weights for both. Must never let a class in
//! which one of them has a single territory, or none, stand for it.

use std::collections::BTreeMap;

use crate::{
    difference::{Welch, satterthwaite},
    ratio::{EstimateError, ratio},
    study::{Density, Observation},
};

/// One class of density: its inhabitants and the figures of both models in it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Stratum {
    /// Inhabitants of all territories in it, of both models.
    pub(crate) population: f64,
    /// Numerators and denominators of the first model.
    pub(crate) first: Vec<(f64, f64)>,
    /// Of the second.
    pub(crate) second: Vec<(f64, f64)>,
}

/// Sorts the territories of two models into classes of density.
pub(crate) fn strata(first: &[Observation], second: &[Observation]) -> BTreeMap<Density, Stratum> {
    let mut strata: BTreeMap<Density, Stratum> = BTreeMap::new();
    for observation in first {
        let stratum = strata.entry(observation.place.density).or_default();
        stratum.population += f64::from(observation.place.population);
        stratum.first.push(observation.pair());
    }
    for observation in second {
        let stratum = strata.entry(observation.place.density).or_default();
        stratum.population += f64::from(observation.place.population);
        stratum.second.push(observation.pair());
    }
    strata
}

/// `Σ W_s (R₁ₛ − R₂ₛ)`, direct standardisation (Cochran 1977, § 5): `W_s` is the part of the inhabitants of both models' territories
/// that live in class s; variance `Σ W_s² (v₁ₛ + v₂ₛ)` with a jackknife within each class; Satterthwaite's degrees of
/// freedom over all parts.
///
/// # Errors
/// A class with fewer than two territories of either model, a denominator, no variation.
pub(crate) fn standardised(strata: &BTreeMap<Density, Stratum>) -> Result<Welch, EstimateError> {
    let population: f64 = strata.values().map(|stratum| stratum.population).sum();
    let (mut value, mut variance, mut parts) = (0.0, 0.0, Vec::new());
    for stratum in strata.values() {
        let weight = stratum.population / population;
        let (first, second) = (ratio(&stratum.first)?.ratio, ratio(&stratum.second)?.ratio);
        value += weight * (first.value - second.value);
        for ratio in [first, second] {
            variance += weight * weight * ratio.variance;
            parts.push((weight * weight * ratio.variance, ratio.territories - 1.0));
        }
    }
    Welch::of(value, variance, satterthwaite(&parts))
}
