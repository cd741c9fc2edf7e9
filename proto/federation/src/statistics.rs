//! The statistics that leave a node: which cells, with how much noise ([`Vocabulary`]), the report that carries them, and how one is
//! taken back ([`Withdrawal`]), in integers and exact rationals. Must never draw noise, never touch a
//! float, and hold no cell beyond the vocabulary.

mod vocabulary;
mod withdrawal;

use maillage_proto::federation::v1 as proto;
use prost::Message as _;

pub use self::{
    vocabulary::{BUDGET_UNITS, Cadence, CellGroup, Period, PeriodError, Vocabulary, rho_per_year},
    withdrawal::{Withdrawal, WithdrawalReason},
};
use crate::{
    envelope::Body,
    limits,
    models::{ModelKey, ModelKeyError},
    month::{Month, MonthError},
};

/// Anonymised figures of one node for one month or half-year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The month, or the last one of the half-year.
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
    /// No period of the vocabulary ends with the month.
    #[error("no period of the vocabulary ends with this month")]
    Cadence,
    /// What is said of a report taken back.
    #[error("what is said of the report that is taken back is malformed")]
    Withdrawal,
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

impl Report {
    /// The bytes of the body that is signed and leaves.
    pub fn body(&self) -> Vec<u8> {
        proto::Body::from(Body::Report(self.clone())).encode_to_vec()
    }

    /// BLAKE3 of those bytes: what node and hub know the report by.
    pub fn hash(&self) -> [u8; 32] {
        *blake3::hash(&self.body()).as_bytes()
    }

    /// Checks a report against its vocabulary.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn check(&self) -> Result<(), ReportError> {
        let vocabulary = Vocabulary::named(&self.vocabulary).ok_or(ReportError::Vocabulary)?;
        if !vocabulary.cadence.ends_with(self.period) {
            return Err(ReportError::Cadence);
        }
        let ordered = self.sections.iter().zip(self.sections.iter().skip(1)).all(|(a, b)| a.model < b.model);
        if self.sections.is_empty() || self.sections.len() > limits::MODEL_SECTIONS || !ordered {
            return Err(ReportError::Sections);
        }
        for section in &self.sections {
            let (has, wants) = (section.cells.len(), vocabulary.len());
            if has != wants {
                return Err(ReportError::Length { has, wants });
            }
            let mut cells = section.cells.iter().zip(vocabulary.cells());
            if cells.any(|(cell, (group, _))| cell.unsigned_abs() > group.most.unsigned_abs()) {
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
    use super::{Report, ReportError, Section, Withdrawal, WithdrawalReason};

    fn report(cells: &[i64]) -> Report {
        let section = Section { model: "hybride-guichet@1".parse().unwrap(), cells: cells.to_vec() };
        Report { period: "2026-10".parse().unwrap(), vocabulary: "v1/pulse".into(), sections: vec![section] }
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

    #[test]
    fn a_half_year_goes_by_its_last_month_and_each_group_of_cells_has_its_own_range() {
        let of = |period: &str, cells: Vec<i64>| Report {
            period: period.parse().unwrap(),
            vocabulary: "v1/half-year".into(),
            ..report(&cells)
        };
        let cells = |cell: usize, value: i64| {
            let mut cells = vec![0; 29];
            cells[cell] = value;
            cells
        };
        assert_eq!(of("2026-12", cells(0, -40)).check(), Ok(()));
        assert_eq!(of("2026-06", cells(0, 100_000)).check(), Ok(()));
        assert_eq!(of("2026-10", cells(0, 1)).check(), Err(ReportError::Cadence));
        assert_eq!(of("2026-12", vec![0; 28]).check(), Err(ReportError::Length { has: 28, wants: 29 }));
        assert_eq!(of("2026-12", cells(0, 100_001)).check(), Err(ReportError::Range), "persons");
        assert_eq!(of("2026-12", cells(17, 1_600_000)).check(), Ok(()), "sixteenths");
        assert_eq!(of("2026-12", cells(17, -1_600_001)).check(), Err(ReportError::Range));
        assert_eq!(of("2026-12", cells(28, 100_001)).check(), Err(ReportError::Range), "outcomes");
    }

    #[test]
    fn a_withdrawal_says_which_report_and_why_and_nothing_else() {
        let known = Withdrawal {
            period: "2026-12".parse().unwrap(),
            vocabulary: "v1/half-year".into(),
            report_hash: [7; 32],
            reason: WithdrawalReason::WrongCounts,
        };
        let message = super::proto::ReportWithdrawal::from(known.clone());
        assert_eq!(Withdrawal::try_from(message.clone()), Ok(known));
        let wrong = |change: fn(&mut super::proto::ReportWithdrawal)| {
            let mut message = message.clone();
            change(&mut message);
            Withdrawal::try_from(message)
        };
        assert_eq!(wrong(|message| message.period = "2026-11".into()), Err(ReportError::Vocabulary));
        assert_eq!(wrong(|message| message.vocabulary = "v2/pulse".into()), Err(ReportError::Vocabulary));
        assert_eq!(wrong(|message| message.report_hash = vec![7; 31]), Err(ReportError::Withdrawal));
        assert_eq!(wrong(|message| message.reason = "Mme Calvet".into()), Err(ReportError::Withdrawal));
    }
}
