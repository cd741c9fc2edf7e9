//! Participation models compared, from the reports as received. Every answer is computed anew from what is stored, so
//! that the same reports give the same figures. It must never change, leave out or round a count by what it is, and holds
//! no rule of display: those are `maillage-comparison`'s.

mod views;

use std::{collections::BTreeMap, str::FromStr};

use maillage_comparison::{
    Arm, Comparison, Contrasts, Count, Density, Indicator, Measure, Observation, Place, Privacy, Standing,
    Study, StudyError, Territory, compare,
};
use maillage_federation::{
    models::ModelKey,
    month::Month,
    statistics::{Vocabulary, rho_per_year},
};
use maillage_geography::{Geography, Siren};

use crate::{ledger, limits, store::ReceivedReport};

pub(crate) use self::views::reply;

/// Cells of the pulse that are compared.
const FULFILLED: &str = "trips-fulfilled";
const NOT_FULFILLED: &str = "trips-not-fulfilled";

/// An indicator that can be compared from what nodes report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IndicatorKey {
    /// Trips fulfilled among those asked for; declared beforehand.
    FulfilmentRate,
    /// Trips fulfilled in the months, per 1 000 inhabitants; exploratory.
    TripsPerThousand,
}

/// What is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The indicator.
    pub indicator: IndicatorKey,
    /// First month.
    pub from: Option<Month>,
    /// Last month.
    pub to: Option<Month>,
    /// The model to compare the others with; every pair without.
    pub against: Option<ModelKey>,
}

/// What the reports say.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The indicator.
    pub indicator: IndicatorKey,
    /// The comparison.
    pub comparison: Comparison,
    /// Reports it rests on.
    pub reports: u32,
    /// BLAKE3 over their hashes, in the order of territory, month and hash.
    pub fingerprint: [u8; 32],
    /// Reports of territories that this version's geography does not know.
    pub left_out: u32,
}

/// What one territory reported under one model.
#[derive(Debug, Clone, Copy)]
struct Own {
    fulfilled: Count,
    not_fulfilled: Count,
}

impl IndicatorKey {
    /// Every one, primary ones first.
    pub const ALL: [Self; 2] = [Self::FulfilmentRate, Self::TripsPerThousand];

    /// Its key.
    pub fn code(self) -> &'static str {
        match self {
            Self::FulfilmentRate => "fulfilment-rate",
            Self::TripsPerThousand => "trips-per-1000",
        }
    }

    fn indicator(self) -> Indicator {
        let key = self.code().to_owned();
        match self {
            Self::FulfilmentRate => {
                Indicator { key, standing: Standing::Primary, measure: Measure::Share, per: 1.0 }
            }
            Self::TripsPerThousand => Indicator {
                key,
                standing: Standing::Exploratory,
                measure: Measure::Counted { grain: 1.0 },
                per: 1_000.0,
            },
        }
    }

    fn observation(self, place: Place, own: Own) -> Observation {
        match self {
            Self::FulfilmentRate => Observation::share(place, own.fulfilled, own.not_fulfilled),
            Self::TripsPerThousand => {
                Observation::quotient(place, own.fulfilled, Count::exact(i64::from(place.population)))
            }
        }
    }
}

impl FromStr for IndicatorKey {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|indicator| indicator.code() == text).ok_or(())
    }
}

/// Compares the models over the months asked for. None where no report of these months can be compared.
///
/// # Errors
/// The model to compare with is in none of the reports.
pub fn answer(
    reports: &[ReceivedReport],
    geography: &Geography,
    question: &Question,
) -> Result<Option<Answer>, StudyError> {
    let mut within: Vec<&ReceivedReport> =
        reports.iter().filter(|report| question.includes(report)).collect();
    within.sort_by_key(|report| (report.territory, report.period, report.hash));
    let mut hasher = blake3::Hasher::new();
    let (mut used, mut left_out) = (0_u32, 0_u32);
    let mut by_model: BTreeMap<ModelKey, BTreeMap<Siren, Own>> = BTreeMap::new();
    for received in within {
        if geography.territory(&received.territory).is_none() {
            left_out += 1;
        } else if add(&mut by_model, received) {
            hasher.update(&received.hash);
            used += 1;
        }
    }
    if by_model.is_empty() {
        return Ok(None);
    }
    let arms = by_model.iter().map(|(model, territories)| Arm {
        name: model.to_string(),
        observations: territories
            .iter()
            .filter_map(|(siren, own)| Some(question.indicator.observation(place(geography, siren)?, *own)))
            .collect(),
    });
    let study = Study {
        indicator: question.indicator.indicator(),
        arms: arms.collect(),
        contrasts: match &question.against {
            Some(model) => Contrasts::Against(model.to_string()),
            None => Contrasts::AllPairs,
        },
        privacy: Privacy::Noise { rho_per_year: real(rho_per_year()) },
    };
    let comparison = compare(&study)?;
    let fingerprint = *hasher.finalize().as_bytes();
    Ok(Some(Answer { indicator: question.indicator, comparison, reports: used, fingerprint, left_out }))
}

impl Question {
    fn includes(&self, report: &ReceivedReport) -> bool {
        report.withdrawn.is_none()
            && self.from.is_none_or(|from| report.period >= from)
            && self.to.is_none_or(|to| report.period <= to)
    }
}

/// Adds one report up; false if it has not the cells that are compared.
fn add(by_model: &mut BTreeMap<ModelKey, BTreeMap<Siren, Own>>, received: &ReceivedReport) -> bool {
    let Some(vocabulary) = Vocabulary::named(&received.vocabulary) else { return false };
    let place = |name: &str| vocabulary.cells().position(|(_, cell)| cell == name);
    let (Some(fulfilled), Some(not_fulfilled)) = (place(FULFILLED), place(NOT_FULFILLED)) else {
        return false;
    };
    let Some(report) = ledger::read(received) else { return false };
    let sigma = |place: usize| vocabulary.cells().nth(place).map_or(0.0, |(group, _)| real(group.sigma));
    for section in report.sections {
        let cell =
            |place: usize| Count::noisy(section.cells.get(place).copied().unwrap_or(0), 1, sigma(place));
        let own = Own { fulfilled: cell(fulfilled), not_fulfilled: cell(not_fulfilled) };
        let territories = by_model.entry(section.model).or_default();
        territories.entry(received.territory).and_modify(|sum| *sum = sum.plus(own)).or_insert(own);
    }
    true
}

impl Own {
    fn plus(self, other: Self) -> Self {
        Self {
            fulfilled: self.fulfilled.plus(other.fulfilled),
            not_fulfilled: self.not_fulfilled.plus(other.not_fulfilled),
        }
    }
}

fn place(geography: &Geography, siren: &Siren) -> Option<Place> {
    let territory = geography.territory(siren)?;
    Some(Place {
        territory: Territory(siren.as_str().parse().ok()?),
        density: density(territory.density_tenths_per_km2),
        population: territory.population.max(1),
    })
}

/// The class of density, from inhabitants per square kilometre in tenths.
fn density(tenths_per_km2: u32) -> Density {
    let class = limits::DENSITY_CLASSES_TENTHS.iter().filter(|bound| tenths_per_km2 >= **bound).count();
    Density(u8::try_from(class).unwrap_or(u8::MAX))
}

/// A ratio of small integers.
#[expect(clippy::cast_precision_loss, reason = "numbers of a vocabulary are far below 2⁵³")]
fn real(ratio: num_rational::Ratio<u64>) -> f64 {
    *ratio.numer() as f64 / *ratio.denom() as f64
}

#[cfg(test)]
pub(crate) mod tests;
