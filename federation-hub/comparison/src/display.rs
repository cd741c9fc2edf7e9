//! What may be shown: every rule of display, in this one place. A [`Shown`] can be made nowhere else, so that a figure
//! that may not be shown cannot be had. Must never let a value through that is not finite, nor say of a withheld figure
//! anything from which it could be worked out.

use std::ops::Deref;

use crate::{
    limits,
    mix::number,
    ratio::{EstimateError, Interval},
    sentence::{Argument, Sentence},
    study::{Count, Density, Elsewhere, Observation},
};

/// Something that may be shown. Nobody else can make one:
///
/// ```compile_fail,E0423
/// let forged = maillage_comparison::Shown(0.5);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shown<T>(T);

/// Why something is not shown, and what would be needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Withheld {
    /// A model has too few territories.
    TooFewTerritories {
        /// The model.
        arm: String,
        /// Its territories.
        has: u32,
        /// What is needed.
        needed: u32,
    },
    /// One territory is more than 85 % of the denominator.
    OneTerritoryDominates {
        /// The model.
        arm: String,
    },
    /// The denominator does not stand out of the noise: Σx < 4σ√(n × cells summed), or not above zero.
    DenominatorInNoise {
        /// The model.
        arm: String,
        /// The sum that is needed.
        needed: u64,
    },
    /// Too few territories whose counts stand out of the noise, so that there is no second opinion.
    TooFewAboveNoise {
        /// The model.
        arm: String,
        /// Those that do.
        has: u32,
        /// What is needed.
        needed: u32,
    },
    /// A class of density with too few territories of a model.
    StratumTooThin {
        /// The model.
        arm: String,
        /// The class.
        density: Density,
        /// Its territories there.
        has: u32,
        /// What is needed.
        needed: u32,
    },
    /// What is withheld of a part could be worked out from it and the other parts.
    TellsAPart {
        /// What would tell.
        arm: String,
    },
    /// A period of it is hidden, and could be worked out from those that are shown.
    HiddenPeriod {
        /// The model.
        arm: String,
    },
    /// One territory is more than 85 % of those that changed, or of those they are compared with.
    ChangesDominated,
    /// Those that changed, or those they are compared with, do not stand out of the noise.
    ChangesInNoise,
    /// Too few territories changed model.
    TooFewChanges {
        /// Those that did.
        has: u32,
        /// What is needed.
        needed: u32,
    },
    /// Too few territories that had not changed yet to compare with.
    TooFewUnchanged {
        /// Those there are.
        has: u32,
        /// What is needed.
        needed: u32,
    },
    /// All territories give the same: there is nothing an interval could rest on.
    NoVariation,
    /// The models cannot be told from the density and population of their territories.
    Confounded,
    /// A few territories carry a model so much that degrees of freedom mean nothing.
    Concentrated,
    /// There are fewer territories than the regression has columns and needs beside them.
    TooManyColumns,
    /// The computation gave no number.
    NotEstimable,
}

/// The code of [`Withheld::DenominatorInNoise`].
const WITHIN_NOISE: &str = "denominator-in-noise";

/// Whether the reason of this code hides people: a sum or figure over several must not tell the one that is withheld for it. A figure within
/// its noise hides nobody: its counts are among the totals that are shown.
pub fn code_hides(code: &str) -> bool {
    code != WITHIN_NOISE
}

/// What the rules ask of a model.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Facts {
    name: String,
    territories: u32,
    denominator: Weight,
    /// Where the denominator is public and the numerator noisy: it is the numerator that tells of people. Where the denominator is noisy
    /// and the numerator an amount that was declared: it tells of its territory.
    numerator: Option<Weight>,
    /// What its figure would tell that may not be shown.
    tells: Option<Tells>,
}

/// What a figure would tell beside what is shown elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tells {
    /// What its totals hold and it does not.
    Beside,
    /// A part of it that is hidden.
    HiddenPart,
}

/// A sum over territories, with the largest of them and the noise in it.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Weight {
    sum: f64,
    largest: f64,
    noise_variance: f64,
}

/// Whether every number in it is finite.
pub(crate) trait Finite {
    /// Whether it is.
    fn is_finite(&self) -> bool;
}

impl<T> Shown<T> {
    /// What is shown.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Shown<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl Finite for f64 {
    fn is_finite(&self) -> bool {
        f64::is_finite(*self)
    }
}

impl Finite for Interval {
    fn is_finite(&self) -> bool {
        self.low.is_finite() && self.high.is_finite()
    }
}

impl From<EstimateError> for Withheld {
    fn from(error: EstimateError) -> Self {
        match error {
            EstimateError::NoVariation => Self::NoVariation,
            EstimateError::Collinear => Self::Confounded,
            EstimateError::Concentrated => Self::Concentrated,
            EstimateError::TooFew => Self::TooManyColumns,
            EstimateError::Denominator | EstimateError::NotConverged | EstimateError::NotFinite => {
                Self::NotEstimable
            }
        }
    }
}

impl Facts {
    /// Of the territories of one model.
    pub(crate) fn of(name: &str, observations: &[Observation]) -> Self {
        let denominator = Weight::of(observations.iter().map(|observation| observation.denominator));
        let numerator = Weight::of(observations.iter().map(|observation| observation.numerator));
        // Of an exact amount over a noisy sum, the amount tells of its territory.
        let told = (denominator.noise_variance <= 0.0) != (numerator.noise_variance <= 0.0);
        Self {
            name: name.to_owned(),
            territories: number(observations.len()),
            denominator,
            numerator: told.then_some(numerator),
            tells: None,
        }
    }

    /// The same, with what is shown of the model elsewhere.
    pub(crate) fn beside(self, elsewhere: &Elsewhere) -> Self {
        let beside = rest(&Self::of(&self.name, &elsewhere.beside)).is_err();
        let tells = match (elsewhere.hidden_part, beside) {
            (true, _) => Some(Tells::HiddenPart),
            (false, true) => Some(Tells::Beside),
            (false, false) => None,
        };
        Self { tells, ..self }
    }

    /// The same for some of its territories.
    pub(crate) fn telling_as(self, whole: &Self) -> Self {
        Self { tells: whole.tells, ..self }
    }

    /// Their number.
    pub(crate) fn territories(&self) -> u32 {
        self.territories
    }

    /// At least so many territories, none of them above 85 %, and a denominator that stands out of the noise.
    fn allow(&self, needed: u32) -> Result<(), Withheld> {
        let arm = || self.name.clone();
        if self.territories < needed {
            return Err(Withheld::TooFewTerritories { arm: arm(), has: self.territories, needed });
        }
        // Before the noise, which hides nobody: what would tell somebody is never said to be only that.
        match self.tells {
            Some(Tells::Beside) => return Err(Withheld::TellsAPart { arm: arm() }),
            Some(Tells::HiddenPart) => return Err(Withheld::HiddenPeriod { arm: arm() }),
            None => {}
        }
        for weight in [Some(self.denominator), self.numerator].into_iter().flatten() {
            let floor = limits::DENOMINATOR_NOISE_SD * weight.noise_variance.sqrt();
            if weight.sum <= 0.0 || weight.sum < floor {
                return Err(Withheld::DenominatorInNoise { arm: arm(), needed: ceiling(floor.max(1.0)) });
            }
            if weight.is_dominated() {
                return Err(Withheld::OneTerritoryDominates { arm: arm() });
            }
        }
        Ok(())
    }
}

impl Weight {
    fn of(counts: impl Iterator<Item = Count> + Clone) -> Self {
        Self {
            sum: counts.clone().map(Count::real).sum(),
            largest: counts.clone().map(|count| count.real().abs()).fold(0.0, f64::max),
            noise_variance: counts.map(|count| count.noise_variance).sum(),
        }
    }

    /// Whether one territory is nearly all of it; of a sum that is not above zero, it may be.
    fn is_dominated(self) -> bool {
        self.sum <= 0.0 || self.largest * 100.0 > f64::from(limits::LARGEST_TERRITORY_PERCENT) * self.sum
    }
}

/// What stays of a whole when everything shown of its parts is taken off: nothing, or enough territories of which none is nearly all. A
/// sum within its noise is enough: who works it out has learnt noise.
pub(crate) fn rest(rest: &Facts) -> Result<(), Withheld> {
    let few = rest.territories < limits::FIGURE_TERRITORIES;
    let dominated = rest.denominator.is_dominated() || rest.numerator.is_some_and(Weight::is_dominated);
    if rest.territories > 0 && (few || dominated) {
        return Err(Withheld::TellsAPart { arm: rest.name.clone() });
    }
    Ok(())
}

/// A figure of a model.
pub(crate) fn figure<T: Finite>(
    arm: &Facts,
    estimate: Result<T, EstimateError>,
) -> Result<Shown<T>, Withheld> {
    arm.allow(limits::FIGURE_TERRITORIES)?;
    finite(estimate)
}

/// An interval of a model, or anything that rests on its jackknife.
pub(crate) fn interval<T: Finite>(
    arm: &Facts,
    estimate: Result<T, EstimateError>,
) -> Result<Shown<T>, Withheld> {
    arm.allow(limits::INTERVAL_TERRITORIES)?;
    finite(estimate)
}

/// An interval of a model from random effects, with the number of territories above the noise.
pub(crate) fn typical<T: Finite>(
    arm: &Facts,
    usable: u32,
    estimate: Result<T, EstimateError>,
) -> Result<Shown<T>, Withheld> {
    arm.allow(limits::INTERVAL_TERRITORIES)?;
    above_noise(arm, usable)?;
    finite(estimate)
}

/// A comparison of two models.
pub(crate) fn comparison<T: Finite>(
    arms: [&Facts; 2],
    estimate: Result<T, EstimateError>,
) -> Result<Shown<T>, Withheld> {
    for arm in arms {
        arm.allow(limits::COMPARISON_TERRITORIES)?;
    }
    finite(estimate)
}

/// A second opinion on models, with the number of territories of each above the noise.
pub(crate) fn second_opinion<T: Finite>(
    arms: &[(&Facts, u32)],
    freedom: f64,
    estimate: Result<T, EstimateError>,
) -> Result<Shown<T>, Withheld> {
    for (arm, usable) in arms {
        arm.allow(limits::COMPARISON_TERRITORIES)?;
        above_noise(arm, *usable)?;
    }
    if estimate.is_ok() && freedom < f64::from(limits::REGRESSION_FREEDOM) {
        return Err(Withheld::TooManyColumns);
    }
    finite(estimate)
}

/// A comparison standardised by density, with the territories of both models in each class.
pub(crate) fn standardised<T: Finite>(
    arms: [&Facts; 2],
    strata: &[(Density, [u32; 2])],
    estimate: Result<T, EstimateError>,
) -> Result<Shown<T>, Withheld> {
    for arm in arms {
        arm.allow(limits::COMPARISON_TERRITORIES)?;
    }
    for (density, territories) in strata {
        for (arm, has) in arms.into_iter().zip(*territories) {
            let needed = limits::STRATUM_TERRITORIES;
            if has < needed {
                return Err(Withheld::StratumTooThin {
                    arm: arm.name.clone(),
                    density: *density,
                    has,
                    needed,
                });
            }
        }
    }
    finite(estimate)
}

/// The effect of changing in one period, for those who changed in another: as a figure of a model.
pub(crate) fn change_cell<T: Finite>(
    changed: &Facts,
    unchanged: &Facts,
    estimate: Result<T, EstimateError>,
) -> Result<Shown<T>, Withheld> {
    changes(changed, unchanged, limits::FIGURE_TERRITORIES)?;
    finite(estimate)
}

/// The effect of changing over all: as a comparison of models.
pub(crate) fn change_overall<T: Finite>(
    changed: &Facts,
    unchanged: &Facts,
    estimate: Result<T, EstimateError>,
) -> Result<Shown<T>, Withheld> {
    changes(changed, unchanged, limits::COMPARISON_TERRITORIES)?;
    finite(estimate)
}

fn changes(changed: &Facts, unchanged: &Facts, needed: u32) -> Result<(), Withheld> {
    if changed.territories < needed {
        return Err(Withheld::TooFewChanges { has: changed.territories, needed });
    }
    if unchanged.territories < needed {
        return Err(Withheld::TooFewUnchanged { has: unchanged.territories, needed });
    }
    for side in [changed, unchanged] {
        side.allow(needed).map_err(|withheld| {
            if matches!(withheld, Withheld::OneTerritoryDominates { .. }) {
                Withheld::ChangesDominated
            } else if matches!(withheld, Withheld::DenominatorInNoise { .. }) {
                Withheld::ChangesInNoise
            } else {
                withheld
            }
        })?;
    }
    Ok(())
}

fn above_noise(arm: &Facts, has: u32) -> Result<(), Withheld> {
    let needed = limits::SECOND_OPINION_TERRITORIES;
    if has < needed {
        return Err(Withheld::TooFewAboveNoise { arm: arm.name.clone(), has, needed });
    }
    Ok(())
}

fn finite<T: Finite>(estimate: Result<T, EstimateError>) -> Result<Shown<T>, Withheld> {
    let value = estimate?;
    if value.is_finite() { Ok(Shown(value)) } else { Err(Withheld::NotEstimable) }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "at least 1; a cast to u64 saturates"
)]
fn ceiling(value: f64) -> u64 {
    value.ceil() as u64
}

impl Withheld {
    /// The reason for a program.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooFewTerritories { .. } => "too-few-territories",
            Self::OneTerritoryDominates { .. } => "one-territory-dominates",
            Self::DenominatorInNoise { .. } => WITHIN_NOISE,
            Self::TooFewAboveNoise { .. } => "too-few-above-noise",
            Self::StratumTooThin { .. } => "stratum-too-thin",
            Self::TellsAPart { .. } => "tells-a-part",
            Self::HiddenPeriod { .. } => "hidden-period",
            Self::ChangesDominated => "changes-dominated",
            Self::ChangesInNoise => "changes-in-noise",
            Self::TooFewChanges { .. } => "too-few-changes",
            Self::TooFewUnchanged { .. } => "too-few-unchanged",
            Self::NoVariation => "no-variation",
            Self::Confounded => "confounded",
            Self::Concentrated => "concentrated",
            Self::TooManyColumns => "too-many-columns",
            Self::NotEstimable => "not-estimable",
        }
    }

    /// The reason and what would be needed, in words.
    pub fn sentence(&self) -> Sentence {
        let count = |has: &u32| Argument::Count(u64::from(*has));
        let arguments = match self {
            Self::TooFewTerritories { arm, has, needed } | Self::TooFewAboveNoise { arm, has, needed } => {
                vec![("model", Argument::Name(arm.clone())), ("has", count(has)), ("needed", count(needed))]
            }
            Self::OneTerritoryDominates { arm } => vec![
                ("model", Argument::Name(arm.clone())),
                ("percent", count(&limits::LARGEST_TERRITORY_PERCENT)),
            ],
            Self::DenominatorInNoise { arm, needed } => {
                vec![("model", Argument::Name(arm.clone())), ("needed", Argument::Count(*needed))]
            }
            Self::TellsAPart { arm } | Self::HiddenPeriod { arm } => {
                vec![("model", Argument::Name(arm.clone()))]
            }
            Self::StratumTooThin { arm, density, has, needed } => vec![
                ("model", Argument::Name(arm.clone())),
                ("density", Argument::Count(u64::from(density.0))),
                ("has", count(has)),
                ("needed", count(needed)),
            ],
            Self::TooFewChanges { has, needed } | Self::TooFewUnchanged { has, needed } => {
                vec![("has", count(has)), ("needed", count(needed))]
            }
            Self::ChangesDominated => vec![("percent", count(&limits::LARGEST_TERRITORY_PERCENT))],
            Self::ChangesInNoise
            | Self::NoVariation
            | Self::Confounded
            | Self::Concentrated
            | Self::TooManyColumns
            | Self::NotEstimable => Vec::new(),
        };
        Sentence { code: self.sentence_code(), arguments }
    }

    fn sentence_code(&self) -> &'static str {
        match self {
            Self::TooFewTerritories { .. } => "comparison-withheld-too-few-territories",
            Self::OneTerritoryDominates { .. } => "comparison-withheld-one-territory-dominates",
            Self::DenominatorInNoise { .. } => "comparison-withheld-denominator-in-noise",
            Self::TooFewAboveNoise { .. } => "comparison-withheld-too-few-above-noise",
            Self::StratumTooThin { .. } => "comparison-withheld-stratum-too-thin",
            Self::TellsAPart { .. } => "comparison-withheld-tells-a-part",
            Self::HiddenPeriod { .. } => "comparison-withheld-hidden-period",
            Self::ChangesDominated => "comparison-withheld-changes-dominated",
            Self::ChangesInNoise => "comparison-withheld-changes-in-noise",
            Self::TooFewChanges { .. } => "comparison-withheld-too-few-changes",
            Self::TooFewUnchanged { .. } => "comparison-withheld-too-few-unchanged",
            Self::NoVariation => "comparison-withheld-no-variation",
            Self::Confounded => "comparison-withheld-confounded",
            Self::Concentrated => "comparison-withheld-concentrated",
            Self::TooManyColumns => "comparison-withheld-too-many-columns",
            Self::NotEstimable => "comparison-withheld-not-estimable",
        }
    }
}
