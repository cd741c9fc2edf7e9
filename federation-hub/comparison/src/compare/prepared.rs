//! A model made ready: its ratio, its logarithms and what the rules of display ask, each computed once. Must never
//! compare.

use std::collections::BTreeSet;

use crate::{
    display::Facts,
    influence::Deletions,
    mix::{Mix, number},
    random_effects::Effect,
    ratio::{EstimateError, Jackknife, ratio, variances_without},
    regression::{Row, effect},
    study::{Arm, Measure, Observation, Territory},
};

/// A model of a study.
pub(super) struct Prepared {
    pub(super) name: String,
    /// Ordered by territory, so that no sum depends on the order in which they came.
    pub(super) observations: Vec<Observation>,
    pub(super) facts: Facts,
    pub(super) mix: Mix,
    pub(super) jackknife: Result<Jackknife, EstimateError>,
    /// Jackknife variance without each territory: the same for every pair it is in.
    variances: Vec<Result<f64, EstimateError>>,
    effects: Vec<Option<Effect>>,
}

impl Prepared {
    /// From the territories of a model.
    pub(super) fn of(name: &str, mut observations: Vec<Observation>, measure: Measure) -> Self {
        observations.sort_by_key(|observation| observation.place.territory);
        let pairs: Vec<(f64, f64)> = observations.iter().map(Observation::pair).collect();
        Self {
            name: name.to_owned(),
            facts: Facts::of(name, &observations),
            mix: Mix::of(&observations),
            jackknife: ratio(&pairs),
            variances: variances_without(&pairs),
            effects: observations.iter().map(|observation| effect(observation, measure)).collect(),
            observations,
        }
    }

    /// From a model of a study, with what stands beside its figure.
    pub(super) fn of_arm(arm: &Arm, measure: Measure) -> Self {
        let prepared = Self::of(&arm.name, arm.observations.clone(), measure);
        Self { facts: prepared.facts.beside(&arm.elsewhere), ..prepared }
    }

    /// Its territories above the noise, for a regression in which it is the model at `arm`.
    pub(super) fn rows(&self, arm: usize) -> impl Iterator<Item = Row> + '_ {
        self.observations.iter().zip(&self.effects).filter_map(move |(observation, effect)| {
            effect.map(|effect| Row { arm, place: observation.place, effect })
        })
    }

    /// How many of its territories are above the noise.
    pub(super) fn usable(&self) -> u32 {
        number(self.effects.iter().flatten().count())
    }

    /// Everything without each territory.
    pub(super) fn deletions(&self) -> Result<Deletions<'_>, EstimateError> {
        let jackknife = self.jackknife.as_ref().map_err(|error| *error)?;
        Ok(Deletions::of(&self.observations, jackknife, &self.variances))
    }

    fn territories(&self) -> BTreeSet<Territory> {
        self.observations.iter().map(|observation| observation.place.territory).collect()
    }

    fn without(&self, others: &BTreeSet<Territory>, measure: Measure) -> Self {
        let kept =
            self.observations.iter().filter(|observation| !others.contains(&observation.place.territory));
        let kept = Self::of(&self.name, kept.copied().collect(), measure);
        Self { facts: kept.facts.telling_as(&self.facts), ..kept }
    }
}

/// Territories that run both.
pub(super) fn shared(first: &Prepared, second: &Prepared) -> u32 {
    number(first.territories().intersection(&second.territories()).count())
}

/// Both without the territories that run both: the two models' figures of one territory are not independent. None where
/// there is no such territory.
pub(super) fn disjoint(
    first: &Prepared,
    second: &Prepared,
    measure: Measure,
) -> Option<(Prepared, Prepared)> {
    let (of_first, of_second) = (first.territories(), second.territories());
    if of_first.is_disjoint(&of_second) {
        return None;
    }
    Some((first.without(&of_second, measure), second.without(&of_first, measure)))
}
