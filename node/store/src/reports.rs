//! Reports that were computed: frozen. What was drawn once is what is sent, however often; there is never a second draw.

use std::fmt;

use jiff::Timestamp;
use maillage_engine::{EngineError, Record, Table, TooLarge, Transaction, Tree, View};
use maillage_federation::month::Month;
use serde::{Deserialize, Serialize};

use crate::{
    fields::{instant, parsed},
    kinds,
    limits::{CODE_CHARS, REPORT_BYTES},
};

/// Frozen reports by month and vocabulary.
pub const TREE: Tree = Tree::named("reports");

const REPORTS: Table<(u32, String), ReportRecord> = Table::new(TREE);
const KIND: u16 = kinds::REPORT;

/// A report that is not changed any more.
#[derive(Clone, PartialEq, Eq)]
pub struct FrozenReport {
    /// The month it is about, or the last one of its half-year.
    pub month: Month,
    /// The vocabulary it is written in.
    pub vocabulary: String,
    /// The report, as it is sent.
    pub bytes: Vec<u8>,
    /// When it was frozen.
    pub frozen_at: Timestamp,
}

/// Why a report cannot be frozen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FreezeError {
    /// There is another one.
    #[error("the report of {0} is frozen already, with other contents: it is not drawn again")]
    Frozen(Month),
    /// The store.
    #[error("the report cannot be frozen")]
    Engine(#[from] EngineError),
}

/// A frozen report, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReportRecord {
    month: String,
    vocabulary: String,
    #[serde(with = "crate::fields::bytes")]
    bytes: Vec<u8>,
    frozen_at_ms: i64,
}

impl Record for ReportRecord {
    const KIND: u16 = KIND;
    const VERSION: u16 = 1;
}

/// Freezes a report. The same bytes again change nothing.
///
/// # Errors
/// Other bytes for a month and vocabulary that has a report are refused.
pub fn put(transaction: &mut Transaction<'_>, report: &FrozenReport) -> Result<(), FreezeError> {
    let size = report.bytes.len().max(report.vocabulary.len().saturating_mul(REPORT_BYTES / CODE_CHARS));
    if size > REPORT_BYTES {
        let over = TooLarge::Transaction { bytes: size, limit: REPORT_BYTES };
        return Err(EngineError::TooLarge(over).into());
    }
    let key = key(report.month, &report.vocabulary);
    match REPORTS.get(transaction, &key)? {
        Some(kept) if kept.bytes == report.bytes => Ok(()),
        Some(_) => Err(FreezeError::Frozen(report.month)),
        None => Ok(REPORTS.put(transaction, &key, &ReportRecord::from(report))?),
    }
}

/// The frozen report of a month in a vocabulary.
pub fn find(
    view: &(impl View + ?Sized),
    month: Month,
    vocabulary: &str,
) -> Result<Option<FrozenReport>, EngineError> {
    REPORTS.get(view, &key(month, vocabulary))?.map(FrozenReport::try_from).transpose()
}

/// At most `limit` frozen reports, newest month first.
pub fn list(view: &(impl View + ?Sized), limit: usize) -> Result<Vec<FrozenReport>, EngineError> {
    let rows = REPORTS.scan_reverse(view, .., limit)?;
    rows.into_iter().map(|(_, record)| record.try_into()).collect()
}

/// `YYYYMM` and the vocabulary.
pub(crate) fn key(month: Month, vocabulary: &str) -> (u32, String) {
    (month_key(month), vocabulary.to_owned())
}

/// `YYYYMM`.
pub(crate) fn month_key(month: Month) -> u32 {
    let part = |number: i16| u32::try_from(number).unwrap_or(0);
    part(month.year()) * 100 + part(month.number().into())
}

impl From<&FrozenReport> for ReportRecord {
    fn from(report: &FrozenReport) -> Self {
        let FrozenReport { month, vocabulary, bytes, frozen_at } = report;
        Self {
            month: month.to_string(),
            vocabulary: vocabulary.clone(),
            bytes: bytes.clone(),
            frozen_at_ms: frozen_at.as_millisecond(),
        }
    }
}

impl TryFrom<ReportRecord> for FrozenReport {
    type Error = EngineError;

    fn try_from(record: ReportRecord) -> Result<Self, EngineError> {
        Ok(Self {
            month: parsed(&record.month, KIND)?,
            vocabulary: record.vocabulary,
            bytes: record.bytes,
            frozen_at: instant(record.frozen_at_ms, KIND)?,
        })
    }
}

impl fmt::Debug for FrozenReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("FrozenReport");
        shown.field("month", &self.month).field("vocabulary", &self.vocabulary).finish_non_exhaustive()
    }
}
