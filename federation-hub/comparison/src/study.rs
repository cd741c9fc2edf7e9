//! What is compared: an indicator, and by participation model the figures of the territories that run it, as they were
//! received. Must never drop or clamp a negative count: the noise of the nodes is centred only if it is kept.

use std::collections::BTreeSet;

use crate::{limits, privacy::Privacy};

/// A territory, by the number of its SIREN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Territory(pub u32);

/// A class of population density; classes have no distance between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Density(pub u8);

/// What is public about a territory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Which one.
    pub territory: Territory,
    /// Its class of density.
    pub density: Density,
    /// Its inhabitants, at least 1.
    pub population: u32,
}

/// A sum as it was received, with the variance of the noise in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Count {
    pub(crate) value: i64,
    pub(crate) noise_variance: f64,
}

/// The figures of one territory.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observation {
    pub(crate) place: Place,
    pub(crate) numerator: Count,
    pub(crate) denominator: Count,
    /// What is not in the numerator, where the numerator is a part of the denominator.
    pub(crate) rest: Option<Count>,
}

/// The territories of one participation model.
#[derive(Debug, Clone, PartialEq)]
pub struct Arm {
    /// Its name, unique in the study.
    pub name: String,
    /// Its territories, each once.
    pub observations: Vec<Observation>,
    /// What is shown of it elsewhere.
    pub elsewhere: Elsewhere,
}

/// What is shown of a model elsewhere, as far as a figure taken off it could tell something.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Elsewhere {
    /// What is in the totals shown and not in this figure, one observation a territory.
    pub beside: Vec<Observation>,
    /// Whether a part of this figure is hidden where its other parts are shown: a month, say.
    pub hidden_part: bool,
}

/// What kind of quotient an indicator is: it decides the scale of the second opinion.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Measure {
    /// Part of a whole, both counted; log-odds.
    Share,
    /// Counted per something; logarithm of the quotient.
    Counted {
        /// What one occurrence adds to the numerator at most: 1 for persons and trips, 16 for sixteenths.
        grain: f64,
    },
    /// From accounts, per something; logarithm of the quotient, without sampling variance of the numerator.
    Declared,
}

/// Whether an indicator was declared beforehand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Declared before the data were seen.
    Primary,
    /// Everything else; said so wherever it is shown.
    Exploratory,
}

/// An indicator: `per` × sum of numerators ÷ sum of denominators.
#[derive(Debug, Clone, PartialEq)]
pub struct Indicator {
    /// Its key.
    pub key: String,
    /// Whether it was declared beforehand.
    pub standing: Standing,
    /// What kind of quotient it is.
    pub measure: Measure,
    /// Factor of the quotient: 1 000 for “per 1 000 inhabitants”, 1/16 for sixteenths; finite and above 0.
    pub per: f64,
}

/// Which pairs of models are compared, and so shown together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contrasts {
    /// Every pair.
    AllPairs,
    /// Every other model with this one.
    Against(String),
}

/// Everything one comparison needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Study {
    /// The indicator.
    pub indicator: Indicator,
    /// The models.
    pub arms: Vec<Arm>,
    /// The pairs that are shown together.
    pub contrasts: Contrasts,
    /// How the figures are protected.
    pub privacy: Privacy,
}

/// Why something is no study: a fault of whoever put it together, never of the data's message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StudyError {
    /// None, or more than [`limits::ARMS`].
    #[error("a study has no arm or too many")]
    Arms,
    /// Two arms of one name.
    #[error("two arms have the same name")]
    ArmTwice,
    /// An arm to compare with that is not there.
    #[error("the arm to compare with is not in the study")]
    Reference,
    /// More than [`limits::TERRITORIES`].
    #[error("an arm has too many territories")]
    TooManyTerritories,
    /// One territory twice in an arm.
    #[error("territory {0:?} stands twice in an arm")]
    TerritoryTwice(Territory),
    /// Nobody lives there.
    #[error("territory {0:?} has no inhabitants")]
    Population(Territory),
    /// A count beyond [`limits::COUNT`], or noise that is no variance.
    #[error("a count of territory {0:?} is out of range")]
    Count(Territory),
    /// A share without its rest.
    #[error("territory {0:?} does not say what is not in the numerator")]
    NoRest(Territory),
    /// A factor or grain that is not finite and above zero.
    #[error("a factor of the indicator is not above zero")]
    Factor,
    /// A privacy budget that is not finite and at least zero.
    #[error("the privacy budget is not a number")]
    Privacy,
    /// No period, too many, or a course of another length.
    #[error("a course does not have one observation per period")]
    Periods,
    /// A change beyond the panel.
    #[error("territory {0:?} changes outside of the panel")]
    Change(Territory),
}

impl Count {
    /// A count that carries no noise.
    pub const fn exact(value: i64) -> Self {
        Self { value, noise_variance: 0.0 }
    }

    /// A sum of so many cells, each with noise of this standard deviation.
    pub fn noisy(value: i64, cells: u32, sigma: f64) -> Self {
        Self { value, noise_variance: f64::from(cells) * sigma * sigma }
    }

    /// The sum of two, with independent noise.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        let value = self.value.saturating_add(other.value);
        Self { value, noise_variance: self.noise_variance + other.noise_variance }
    }

    /// As a real number; exact within [`limits::COUNT`].
    #[expect(clippy::cast_precision_loss, reason = "exact within limits::COUNT, which is checked")]
    pub(crate) fn real(self) -> f64 {
        self.value as f64
    }

    /// Whether it stands so far above its noise that its logarithm means something.
    pub(crate) fn has_logarithm(self) -> bool {
        self.value > 0 && self.real() > limits::LOGARITHM_NOISE_SD * self.noise_variance.sqrt()
    }

    fn in_range(self) -> bool {
        let noise = self.noise_variance;
        self.value.unsigned_abs() <= limits::COUNT.unsigned_abs() && noise.is_finite() && noise >= 0.0
    }
}

impl Observation {
    /// A part of a whole: what is in the part, and what is in the whole but not in the part.
    pub fn share(place: Place, part: Count, rest: Count) -> Self {
        Self { place, numerator: part, denominator: part.plus(rest), rest: Some(rest) }
    }

    /// Something per something else.
    pub fn quotient(place: Place, numerator: Count, denominator: Count) -> Self {
        Self { place, numerator, denominator, rest: None }
    }

    /// Two periods of one territory.
    pub(crate) fn plus(self, other: &Self) -> Self {
        let rest = self.rest.zip(other.rest).map(|(own, other)| own.plus(other));
        let numerator = self.numerator.plus(other.numerator);
        Self { numerator, denominator: self.denominator.plus(other.denominator), rest, ..self }
    }

    /// Numerator and denominator.
    pub(crate) fn pair(&self) -> (f64, f64) {
        (self.numerator.real(), self.denominator.real())
    }

    /// Checks it against the measure.
    pub(crate) fn check(&self, measure: Measure) -> Result<(), StudyError> {
        let territory = self.place.territory;
        if self.place.population == 0 {
            return Err(StudyError::Population(territory));
        }
        let counts = [Some(self.numerator), Some(self.denominator), self.rest];
        if counts.into_iter().flatten().any(|count| !count.in_range()) {
            return Err(StudyError::Count(territory));
        }
        match measure {
            Measure::Share if self.rest.is_none() => Err(StudyError::NoRest(territory)),
            Measure::Share | Measure::Counted { .. } | Measure::Declared => Ok(()),
        }
    }
}

impl Indicator {
    /// Checks its factors.
    pub(crate) fn check(&self) -> Result<(), StudyError> {
        let positive = |factor: f64| factor.is_finite() && factor > 0.0;
        let grain = match self.measure {
            Measure::Counted { grain } => grain,
            Measure::Share | Measure::Declared => 1.0,
        };
        if positive(self.per) && positive(grain) { Ok(()) } else { Err(StudyError::Factor) }
    }
}

impl Study {
    /// Checks that it is one.
    ///
    /// # Errors
    /// The first fault found.
    pub fn check(&self) -> Result<(), StudyError> {
        self.indicator.check()?;
        self.privacy.check()?;
        if self.arms.is_empty() || self.arms.len() > limits::ARMS {
            return Err(StudyError::Arms);
        }
        let names: BTreeSet<&str> = self.arms.iter().map(|arm| arm.name.as_str()).collect();
        if names.len() != self.arms.len() {
            return Err(StudyError::ArmTwice);
        }
        match &self.contrasts {
            Contrasts::Against(name) if !names.contains(name.as_str()) => return Err(StudyError::Reference),
            Contrasts::Against(_) | Contrasts::AllPairs => {}
        }
        self.arms.iter().try_for_each(|arm| arm.check(self.indicator.measure))
    }
}

impl Arm {
    fn check(&self, measure: Measure) -> Result<(), StudyError> {
        if self.observations.len() > limits::TERRITORIES {
            return Err(StudyError::TooManyTerritories);
        }
        let mut seen = BTreeSet::new();
        for observation in &self.observations {
            observation.check(measure)?;
            if !seen.insert(observation.place.territory) {
                return Err(StudyError::TerritoryTwice(observation.place.territory));
            }
        }
        Ok(())
    }
}
