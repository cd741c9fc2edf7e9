//! The federation's figures, from the reports as received: models compared, indicators and totals over time (`series`), where there is a
//! service and where there is none (`coverage`), what models cost by declared accounts (`costs`), how far the targets are (`targets`, by
//! declared accounts `solutions`), who drove for whom (`flows`), what is associated with changing model (`changes`); over which months it is
//! published (`publishing`), and which reports stand in that (`releases`); `desk` answers what can be asked,
//! `service` over the local interface. Every answer is computed anew from what is stored, so that the same reports give the same figures. It must
//! never change, leave out or round a count by what it is. Rules of display of figures are `maillage-comparison`'s, of totals
//! the ledger's.

mod changed;
mod changes;
mod costs;
mod coverage;
mod desk;
mod doubt;
mod flows;
mod indicator;
mod material;
mod publishing;
mod releases;
mod series;
mod service;
mod solutions;
mod targets;
mod told;
mod views;

use std::collections::BTreeSet;

use maillage_comparison::{Comparison, Contrasts, Privacy, Study, StudyError, compare};
use maillage_federation::{models::ModelKey, statistics::rho_per_year};
use maillage_geography::Geography;

use self::material::{Material, Part, Stands, arm_of_model, counting, fingerprint};
use crate::store::ReceivedReport;

pub use self::{
    costs::CostKey,
    indicator::{IndicatorKey, Unit},
    material::Range,
    service::StatisticsService,
};
#[cfg(test)]
pub(crate) use self::{costs::NOTES, told::SENTENCES};
pub(crate) use self::{
    desk::{Desk, decision, received},
    series::NATIONAL,
    service::{desk, published_desk},
    views::reply,
};

/// What is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The indicator.
    pub indicator: IndicatorKey,
    /// Which periods.
    pub range: Range,
    /// The model to compare the others with; every pair without.
    pub against: Option<ModelKey>,
}

/// What the reports say.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The indicator.
    pub indicator: IndicatorKey,
    /// Over which months.
    pub range: Range,
    /// The comparison.
    pub comparison: Comparison,
    /// Reports it rests on.
    pub reports: u32,
    /// BLAKE3 over their hashes, in the order of territory, month and hash.
    pub fingerprint: [u8; 32],
    /// Reports of territories that this version's geography does not know.
    pub left_out: u32,
    /// Reports that no model's figure can be made of.
    pub set_aside: u32,
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
    compared(reports, geography, question, &BTreeSet::new())
}

/// The comparison, with the models withheld of which a period is hidden.
fn compared(
    reports: &[ReceivedReport],
    geography: &Geography,
    question: &Question,
    hidden: &BTreeSet<ModelKey>,
) -> Result<Option<Answer>, StudyError> {
    let indicator = question.indicator;
    let material = Material::of(&counting(reports), geography, indicator, question.range);
    let parts: Vec<&Part> = material.parts.iter().collect();
    let of_models = parts.iter().filter(|part| part.stands == Stands::InModel);
    let models: BTreeSet<&ModelKey> = of_models.map(|part| &part.model).collect();
    if models.is_empty() {
        return Ok(None);
    }
    let arms = models
        .into_iter()
        .map(|model| arm_of_model(model, indicator, geography, &parts, hidden.contains(model)));
    let study = Study {
        indicator: indicator.indicator(),
        arms: arms.collect(),
        contrasts: match &question.against {
            Some(model) => Contrasts::Against(model.to_string()),
            None => Contrasts::AllPairs,
        },
        privacy: Privacy::Noise { rho_per_year: real(rho_per_year()) },
    };
    let comparison = compare(&study)?;
    Ok(Some(Answer {
        indicator,
        range: question.range,
        comparison,
        reports: u32::try_from(material.of_models.len()).unwrap_or(u32::MAX),
        fingerprint: fingerprint(material.of_models.iter().copied()),
        left_out: material.left_out,
        set_aside: material.set_aside,
    }))
}

/// A ratio of small integers.
#[expect(clippy::cast_precision_loss, reason = "numbers of a vocabulary are far below 2⁵³")]
fn real(ratio: num_rational::Ratio<u64>) -> f64 {
    *ratio.numer() as f64 / *ratio.denom() as f64
}

#[cfg(test)]
pub(crate) mod tests;
