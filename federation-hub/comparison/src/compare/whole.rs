//! Figures of parts and of the whole that they make up, so that what is withheld of one cannot be worked out from the others. Must
//! never compare.

use super::{ArmResult, prepared::Prepared};
use crate::{
    display::{self, Facts, Withheld},
    privacy::Privacy,
    study::{Arm, Contrasts, Indicator, Observation, Study, StudyError},
};

/// A whole and its parts.
#[derive(Debug, Clone, PartialEq)]
pub struct WholeAndParts {
    /// All territories together.
    pub whole: ArmResult,
    /// Each part, in the order given.
    pub parts: Vec<ArmResult>,
}

/// The figures of parts (the models of one period, say) and of all of them together. The whole is shown only if what is shown of the
/// parts, taken off it, leaves nothing that may not be shown by itself. `of_no_part` are observations of the whole that are in no part:
/// they stay too.
///
/// # Errors
/// What was put together is no study.
pub fn whole_and_parts(
    indicator: &Indicator,
    whole: Arm,
    parts: Vec<Arm>,
    of_no_part: Vec<Observation>,
) -> Result<WholeAndParts, StudyError> {
    let (measure, per) = (indicator.measure, indicator.per);
    let arms: Vec<Arm> = parts.into_iter().chain([whole]).collect();
    let study = Study {
        indicator: indicator.clone(),
        arms,
        contrasts: Contrasts::AllPairs,
        privacy: Privacy::Declared,
    };
    study.check()?;
    let mut results: Vec<ArmResult> =
        study.arms.iter().map(|arm| Prepared::of_arm(arm, measure).result(measure, per)).collect();
    let whole = results.pop().ok_or(StudyError::Arms)?;
    let hidden = study.arms.iter().zip(&results).filter(|(_, result)| result.figure.is_err());
    let hidden = hidden.flat_map(|(arm, _)| arm.observations.iter().copied());
    let rest: Vec<Observation> = hidden.chain(of_no_part).collect();
    let whole = match display::rest(&Facts::of(&whole.name, &merged(rest))) {
        Ok(()) => whole,
        Err(withheld) => whole.withheld(&withheld),
    };
    Ok(WholeAndParts { whole, parts: results })
}

/// One observation a territory.
fn merged(mut observations: Vec<Observation>) -> Vec<Observation> {
    observations.sort_by_key(|observation| observation.place.territory);
    let mut merged: Vec<Observation> = Vec::with_capacity(observations.len());
    for observation in observations {
        match merged.last_mut().filter(|last| last.place.territory == observation.place.territory) {
            Some(last) => *last = last.plus(&observation),
            None => merged.push(observation),
        }
    }
    merged
}

impl ArmResult {
    /// The same without anything that could be shown.
    fn withheld(self, withheld: &Withheld) -> Self {
        Self {
            figure: self.figure.and(Err(withheld.clone())),
            interval: self.interval.and(Err(withheld.clone())),
            typical: self.typical.and(Err(withheld.clone())),
            influence: self.influence.and(Err(withheld.clone())),
            name: self.name,
            mix: self.mix,
        }
    }
}
