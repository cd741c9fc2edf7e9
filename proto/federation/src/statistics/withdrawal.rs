//! A report taken back: what was sent stays sent and its budget spent, but nobody adds it up any more. Must never bring other figures
//! in its place: there is no second report.

use maillage_proto::federation::v1 as proto;

use super::{Period, ReportError};
use crate::month::Month;

/// A node takes a report back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawal {
    /// The month that the report goes by.
    pub period: Month,
    /// The vocabulary it is written in.
    pub vocabulary: String,
    /// What it is known by: [`super::Report::hash`].
    pub report_hash: [u8; 32],
    /// Why.
    pub reason: WithdrawalReason,
}

/// Why a report is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WithdrawalReason {
    /// What was counted was wrong.
    WrongCounts,
    /// It was reported under a model that was not in force.
    WrongModel,
    /// It was a test.
    TestData,
    /// Anything else.
    Other,
}

impl WithdrawalReason {
    /// Every reason, in order.
    pub const ALL: [Self; 4] = [Self::WrongCounts, Self::WrongModel, Self::TestData, Self::Other];

    /// Its code, as typed, stored and sent.
    pub fn code(self) -> &'static str {
        match self {
            Self::WrongCounts => "wrong-counts",
            Self::WrongModel => "wrong-model",
            Self::TestData => "test-data",
            Self::Other => "other",
        }
    }
}

impl std::str::FromStr for WithdrawalReason {
    type Err = ReportError;

    fn from_str(text: &str) -> Result<Self, ReportError> {
        Self::ALL.into_iter().find(|reason| reason.code() == text.trim()).ok_or(ReportError::Withdrawal)
    }
}

impl TryFrom<proto::ReportWithdrawal> for Withdrawal {
    type Error = ReportError;

    fn try_from(message: proto::ReportWithdrawal) -> Result<Self, ReportError> {
        let proto::ReportWithdrawal { period, vocabulary, report_hash, reason } = message;
        let period: Month = period.parse()?;
        if Period::of(&vocabulary, period).is_none() {
            return Err(ReportError::Vocabulary);
        }
        let report_hash = report_hash.try_into().map_err(|_| ReportError::Withdrawal)?;
        Ok(Self { period, vocabulary, report_hash, reason: reason.parse()? })
    }
}

impl From<Withdrawal> for proto::ReportWithdrawal {
    fn from(withdrawal: Withdrawal) -> Self {
        let Withdrawal { period, vocabulary, report_hash, reason } = withdrawal;
        Self {
            period: period.to_string(),
            vocabulary,
            report_hash: report_hash.to_vec(),
            reason: reason.code().to_owned(),
        }
    }
}
