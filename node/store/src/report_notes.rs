//! What is kept beside frozen reports: periods that were closed without one, the true counts that a report was made of, and reports
//! that were taken back. All of it is about figures, never about a person. True counts never leave this node.

use jiff::Timestamp;
use maillage_engine::{EngineError, Record, Table, Transaction, Tree, View};
use maillage_federation::{models::ModelKey, month::Month, statistics::WithdrawalReason};
use serde::{Deserialize, Serialize};

use crate::{
    fields::{broken, instant, parsed},
    kinds,
    reports::key,
};

/// Periods closed without a report, by month and vocabulary.
pub const SILENCES_TREE: Tree = Tree::named("report_silences");
/// True counts of reports, by month and vocabulary.
pub const TRUTHS_TREE: Tree = Tree::named("report_truths");
/// Reports taken back, by month and vocabulary.
pub const WITHDRAWALS_TREE: Tree = Tree::named("report_withdrawals");

const SILENCES: Table<(u32, String), SilenceRecord> = Table::new(SILENCES_TREE);
const TRUTHS: Table<(u32, String), TruthRecord> = Table::new(TRUTHS_TREE);
const WITHDRAWALS: Table<(u32, String), WithdrawalRecord> = Table::new(WITHDRAWALS_TREE);

/// A period that was closed without a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silence {
    /// The month that the period goes by.
    pub month: Month,
    /// The vocabulary that it would have been reported in.
    pub vocabulary: String,
    /// Why there is none.
    pub reason: SilenceReason,
    /// When it was closed.
    pub at: Timestamp,
}

/// Why a period has no report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SilenceReason {
    /// Somebody decided so.
    Withheld,
    /// Too few people are registered for tables of persons.
    FewBeneficiaries,
}

/// The true counts that a report was made of, by model in the vocabulary's order. Never leaves this node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrueCounts {
    /// One section per model.
    pub sections: Vec<(ModelKey, Vec<u64>)>,
}

/// A report that was taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithdrawnReport {
    /// Why.
    pub reason: WithdrawalReason,
    /// When.
    pub at: Timestamp,
    /// Whether the hub knows it.
    pub told: bool,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SilenceRecord {
    pub(crate) month: String,
    pub(crate) vocabulary: String,
    pub(crate) reason: String,
    pub(crate) at_ms: i64,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TruthRecord {
    pub(crate) sections: Vec<(ModelKey, Vec<u64>)>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WithdrawalRecord {
    pub(crate) reason: String,
    pub(crate) at_ms: i64,
    pub(crate) told: bool,
}

/// Gives each record its number; all are at their first version.
macro_rules! records {
    ($($record:ident = $kind:expr),*) => {
        $(impl Record for $record {
            const KIND: u16 = $kind;
            const VERSION: u16 = 1;
        })*
    };
}

records!(
    SilenceRecord = kinds::REPORT_SILENCE,
    TruthRecord = kinds::REPORT_TRUTH,
    WithdrawalRecord = kinds::REPORT_WITHDRAWAL
);

/// Notes that a period was closed without a report.
pub fn put_silence(transaction: &mut Transaction<'_>, silence: &Silence) -> Result<(), EngineError> {
    let record = SilenceRecord {
        month: silence.month.to_string(),
        vocabulary: silence.vocabulary.clone(),
        reason: silence.reason.code().to_owned(),
        at_ms: silence.at.as_millisecond(),
    };
    SILENCES.put(transaction, &key(silence.month, &silence.vocabulary), &record)
}

/// Whether a period was closed without a report.
pub fn silence(
    view: &(impl View + ?Sized),
    month: Month,
    vocabulary: &str,
) -> Result<Option<Silence>, EngineError> {
    SILENCES.get(view, &key(month, vocabulary))?.map(Silence::try_from).transpose()
}

/// At most `limit` periods closed without a report, newest first.
pub fn silences(view: &(impl View + ?Sized), limit: usize) -> Result<Vec<Silence>, EngineError> {
    SILENCES.scan_reverse(view, .., limit)?.into_iter().map(|(_, record)| record.try_into()).collect()
}

/// Keeps the true counts of a report.
pub fn put_truth(
    transaction: &mut Transaction<'_>,
    (month, vocabulary): (Month, &str),
    TrueCounts { sections }: TrueCounts,
) -> Result<(), EngineError> {
    TRUTHS.put(transaction, &key(month, vocabulary), &TruthRecord { sections })
}

/// The true counts of a report; none for one from before they were kept, or made before a restore.
pub fn truth(
    view: &(impl View + ?Sized),
    month: Month,
    vocabulary: &str,
) -> Result<Option<TrueCounts>, EngineError> {
    let record = TRUTHS.get(view, &key(month, vocabulary))?;
    Ok(record.map(|TruthRecord { sections }| TrueCounts { sections }))
}

/// Notes that a report was taken back.
pub fn put_withdrawal(
    transaction: &mut Transaction<'_>,
    (month, vocabulary): (Month, &str),
    withdrawn: &WithdrawnReport,
) -> Result<(), EngineError> {
    let WithdrawnReport { reason, at, told } = withdrawn;
    let record =
        WithdrawalRecord { reason: reason.code().to_owned(), at_ms: at.as_millisecond(), told: *told };
    WITHDRAWALS.put(transaction, &key(month, vocabulary), &record)
}

/// Whether a report was taken back.
pub fn withdrawal(
    view: &(impl View + ?Sized),
    month: Month,
    vocabulary: &str,
) -> Result<Option<WithdrawnReport>, EngineError> {
    WITHDRAWALS.get(view, &key(month, vocabulary))?.map(WithdrawnReport::try_from).transpose()
}

impl SilenceReason {
    /// Its code, as stored and shown to programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Withheld => "withheld",
            Self::FewBeneficiaries => "few-beneficiaries",
        }
    }
}

impl TryFrom<SilenceRecord> for Silence {
    type Error = EngineError;

    fn try_from(record: SilenceRecord) -> Result<Self, EngineError> {
        let reasons = [SilenceReason::Withheld, SilenceReason::FewBeneficiaries];
        let reason = reasons.into_iter().find(|reason| reason.code() == record.reason);
        Ok(Self {
            month: parsed(&record.month, kinds::REPORT_SILENCE)?,
            vocabulary: record.vocabulary,
            reason: reason.ok_or_else(|| broken(kinds::REPORT_SILENCE))?,
            at: instant(record.at_ms, kinds::REPORT_SILENCE)?,
        })
    }
}

impl TryFrom<WithdrawalRecord> for WithdrawnReport {
    type Error = EngineError;

    fn try_from(record: WithdrawalRecord) -> Result<Self, EngineError> {
        Ok(Self {
            reason: parsed(&record.reason, kinds::REPORT_WITHDRAWAL)?,
            at: instant(record.at_ms, kinds::REPORT_WITHDRAWAL)?,
            told: record.told,
        })
    }
}
