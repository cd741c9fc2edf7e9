//! What one territory does to a conclusion: everything once more without it. Must never order territories by their
//! figures: it names those without which a conclusion would be another, and the one that moves a figure most.

use crate::{
    difference::welch,
    limits,
    ratio::{EstimateError, Jackknife, Ratio},
    study::{Observation, Territory},
};

/// The territory that moves the figure of a model most.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Influence {
    /// Which one.
    pub territory: Territory,
    /// The figure less what it is without this territory.
    pub shift: f64,
}

/// Territories without which a comparison would end otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leverage {
    /// Of either model, ascending.
    pub turned_by: Vec<Territory>,
}

/// A model with its ratio, and the ratio's variance without each territory.
pub(crate) struct Deletions<'a> {
    observations: &'a [Observation],
    jackknife: &'a Jackknife,
    variances: &'a [Result<f64, EstimateError>],
}

/// The territory whose absence moves the ratio most; the lowest number of several.
pub(crate) fn most_influential(
    observations: &[Observation],
    jackknife: &Jackknife,
    per: f64,
) -> Option<Influence> {
    let moved = observations.iter().zip(&jackknife.without).map(|(observation, without)| Influence {
        territory: observation.place.territory,
        shift: per * (jackknife.ratio.value - without),
    });
    moved.max_by(|first, second| {
        first.shift.abs().total_cmp(&second.shift.abs()).then(second.territory.cmp(&first.territory))
    })
}

/// Goes through both models and leaves each territory out. Significance is judged as that of the whole comparison was:
/// with Holm's factor for it.
pub(crate) fn leverage(
    first: &Deletions<'_>,
    second: &Deletions<'_>,
    factor: f64,
) -> Result<Leverage, EstimateError> {
    let whole = verdict(&first.jackknife.ratio, &second.jackknife.ratio, factor)?;
    let mut turned_by = Vec::new();
    for (territory, without) in first.each() {
        if without.map_or(true, |without| verdict(&without, &second.jackknife.ratio, factor) != Ok(whole)) {
            turned_by.push(territory);
        }
    }
    for (territory, without) in second.each() {
        if without.map_or(true, |without| verdict(&first.jackknife.ratio, &without, factor) != Ok(whole)) {
            turned_by.push(territory);
        }
    }
    turned_by.sort_unstable();
    Ok(Leverage { turned_by })
}

/// Whether a difference is significant, and which way.
fn verdict(first: &Ratio, second: &Ratio, factor: f64) -> Result<i8, EstimateError> {
    let difference = welch(first, second)?;
    let significant = difference.p * factor <= limits::LEVEL;
    Ok(match (significant, difference.value > 0.0) {
        (false, _) => 0,
        (true, true) => 1,
        (true, false) => -1,
    })
}

impl<'a> Deletions<'a> {
    /// Of one model, with the jackknife variance without each territory.
    pub(crate) fn of(
        observations: &'a [Observation],
        jackknife: &'a Jackknife,
        variances: &'a [Result<f64, EstimateError>],
    ) -> Self {
        Self { observations, jackknife, variances }
    }

    /// Each territory with the ratio without it.
    fn each(&self) -> impl Iterator<Item = (Territory, Result<Ratio, EstimateError>)> + '_ {
        let denominators = || self.observations.iter().map(|observation| observation.denominator.real());
        let total: f64 = denominators().sum();
        let squares: f64 = denominators().map(|x| x * x).sum();
        let values = self.observations.iter().zip(&self.jackknife.without).zip(self.variances);
        values.map(move |((observation, value), variance)| {
            let x = observation.denominator.real();
            let ratio = variance.map(|variance| Ratio {
                value: *value,
                variance,
                territories: self.jackknife.ratio.territories - 1.0,
                effective: (total - x).powi(2) / (squares - x * x),
            });
            (observation.place.territory, ratio)
        })
    }
}
