//! The vocabulary of statistics and its privacy accounting, in integers and exact rationals: which cells leave a
//! node, how much one person can move them, how much noise covers that. Must never draw noise, never touch a
//! float, and hold no cell beyond the vocabulary. Accounting: zero-concentrated differential privacy (Bun &
//! Steinke 2016), discrete Gaussian (Canonne, Kamath & Steinke 2020): rho = Δ² / 2σ².

use maillage_proto::federation::v1 as proto;
use num_rational::Ratio;

use crate::{
    limits,
    models::{ModelKey, ModelKeyError},
    month::{Month, MonthError},
};

/// A closed, versioned list of cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vocabulary {
    /// Its name in reports.
    pub name: &'static str,
    /// Its cells, in order.
    pub cells: &'static [&'static str],
    /// Trips of one person that one report counts, at most.
    pub person_cap: u32,
    /// Standard deviation of the noise on each cell.
    pub sigma: Ratio<u64>,
    /// Reports a year.
    pub reports_per_year: u64,
}

/// Anonymised figures of one node for one month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The month.
    pub period: Month,
    /// Name of the vocabulary it is written in.
    pub vocabulary: String,
    /// One section per model in force, ordered by model.
    pub sections: Vec<Section>,
}

/// The cells of one participation model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The model.
    pub model: ModelKey,
    /// Noisy counts, in the vocabulary's order.
    pub cells: Vec<i64>,
}

/// Why a report is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReportError {
    /// The period is no month.
    #[error("the period is not a month")]
    Period(#[from] MonthError),
    /// A model key is malformed.
    #[error("a participation model is malformed")]
    Model(#[from] ModelKeyError),
    /// Not a vocabulary of this version.
    #[error("the vocabulary is not in force")]
    Vocabulary,
    /// Too many, too few, unordered or double sections.
    #[error("the sections are not one per model, in order")]
    Sections,
    /// Too few or too many cells.
    #[error("a section has {has} cells where the vocabulary has {wants}")]
    Length {
        /// Cells in the report.
        has: usize,
        /// Cells in the vocabulary.
        wants: usize,
    },
    /// No true count is near.
    #[error("a cell is out of range")]
    Range,
}

impl Vocabulary {
    /// The monthly pulse: trips fulfilled, trips not fulfilled. At most 3 trips a person and report, σ = 40.
    pub fn pulse() -> Self {
        Self {
            name: "v1/pulse",
            cells: &["trips-fulfilled", "trips-not-fulfilled"],
            person_cap: 3,
            sigma: Ratio::from_integer(40),
            reports_per_year: 12,
        }
    }

    /// The vocabulary of a name, when this version knows it.
    pub fn named(name: &str) -> Option<Self> {
        let pulse = Self::pulse();
        (name == pulse.name).then_some(pulse)
    }

    /// Privacy spent by one report: Δ² / 2σ² where one person moves the cells by at most the cap in total, so that
    /// Δ is the cap (all of it in one cell).
    pub fn rho_per_report(&self) -> Ratio<u64> {
        let cap = Ratio::from_integer(u64::from(self.person_cap));
        cap * cap / (self.sigma * self.sigma * 2)
    }

    /// Privacy spent in a year of reports, and so the yearly budget.
    pub fn rho_per_year(&self) -> Ratio<u64> {
        self.rho_per_report() * self.reports_per_year
    }
}

impl Report {
    /// Checks a report against its vocabulary.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn check(&self) -> Result<(), ReportError> {
        let vocabulary = Vocabulary::named(&self.vocabulary).ok_or(ReportError::Vocabulary)?;
        let ordered = self.sections.iter().zip(self.sections.iter().skip(1)).all(|(a, b)| a.model < b.model);
        if self.sections.is_empty() || self.sections.len() > limits::MODEL_SECTIONS || !ordered {
            return Err(ReportError::Sections);
        }
        for section in &self.sections {
            if section.cells.len() != vocabulary.cells.len() {
                let has = section.cells.len();
                return Err(ReportError::Length { has, wants: vocabulary.cells.len() });
            }
            if section.cells.iter().any(|cell| cell.unsigned_abs() > limits::CELL.unsigned_abs()) {
                return Err(ReportError::Range);
            }
        }
        Ok(())
    }
}

impl TryFrom<proto::StatisticalReport> for Report {
    type Error = ReportError;

    fn try_from(message: proto::StatisticalReport) -> Result<Self, ReportError> {
        let proto::StatisticalReport { period, vocabulary, sections } = message;
        let sections = sections
            .into_iter()
            .map(|proto::ModelSection { model, cells }| Ok(Section { model: model.parse()?, cells }))
            .collect::<Result<_, ReportError>>()?;
        let report = Self { period: period.parse()?, vocabulary, sections };
        report.check()?;
        Ok(report)
    }
}

impl From<Report> for proto::StatisticalReport {
    fn from(report: Report) -> Self {
        let sections = report
            .sections
            .into_iter()
            .map(|Section { model, cells }| proto::ModelSection { model: model.to_string(), cells })
            .collect();
        Self { period: report.period.to_string(), vocabulary: report.vocabulary, sections }
    }
}

#[cfg(test)]
mod tests {
    use num_rational::Ratio;

    use super::{Report, ReportError, Section, Vocabulary};

    fn report(cells: &[i64]) -> Report {
        let section = Section { model: "hybride-guichet@1".parse().unwrap(), cells: cells.to_vec() };
        Report { period: "2026-10".parse().unwrap(), vocabulary: "v1/pulse".into(), sections: vec![section] }
    }

    #[test]
    fn the_pulse_spends_exactly_what_the_design_says() {
        let pulse = Vocabulary::pulse();
        assert_eq!(pulse.rho_per_report(), Ratio::new(9, 3200));
        assert_eq!(pulse.rho_per_year(), Ratio::new(27, 800));
    }

    #[test]
    fn negative_counts_pass_and_anything_beyond_the_vocabulary_is_refused() {
        assert_eq!(report(&[-12, 1_000_000]).check(), Ok(()));
        assert_eq!(report(&[1]).check(), Err(ReportError::Length { has: 1, wants: 2 }));
        assert_eq!(report(&[1, 2, 3]).check(), Err(ReportError::Length { has: 3, wants: 2 }));
        assert_eq!(report(&[1_000_001, 0]).check(), Err(ReportError::Range));
        assert_eq!(report(&[i64::MIN, 0]).check(), Err(ReportError::Range));
        let mut twice = report(&[1, 2]);
        twice.sections.push(twice.sections[0].clone());
        assert_eq!(twice.check(), Err(ReportError::Sections));
        let empty = Report { sections: vec![], ..report(&[1, 2]) };
        assert_eq!(empty.check(), Err(ReportError::Sections));
        let other = Report { vocabulary: "v2/pulse".into(), ..report(&[1, 2]) };
        assert_eq!(other.check(), Err(ReportError::Vocabulary));
    }
}
