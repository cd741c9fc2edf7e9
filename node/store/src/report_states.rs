//! What became of each frozen report on its way to the hub. Must never touch the report itself, which is frozen.

use maillage_engine::{EngineError, Record, Table, Transaction, Tree, View};
use maillage_federation::month::Month;
use serde::{Deserialize, Serialize};

use crate::kinds;

/// Where it is kept: by month and vocabulary.
pub const TREE: Tree = Tree::named("report_states");

const STATES: Table<(String, String), ReportStateRecord> = Table::new(TREE);

/// What became of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReportState {
    /// On its way.
    Frozen,
    /// The hub has it.
    Sent,
    /// The hub refused it, with a code.
    Refused(String),
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReportStateRecord {
    sent: bool,
    refused: Option<String>,
}

impl Record for ReportStateRecord {
    const KIND: u16 = kinds::REPORT_STATE;
    const VERSION: u16 = 1;
}

/// Notes what became of a report.
///
/// # Errors
/// Those of the engine.
pub fn put(
    transaction: &mut Transaction<'_>,
    month: Month,
    vocabulary: &str,
    state: &ReportState,
) -> Result<(), EngineError> {
    let record = match state {
        ReportState::Frozen => ReportStateRecord { sent: false, refused: None },
        ReportState::Sent => ReportStateRecord { sent: true, refused: None },
        ReportState::Refused(code) => ReportStateRecord { sent: false, refused: Some(code.clone()) },
    };
    STATES.put(transaction, &(month.to_string(), vocabulary.to_owned()), &record)
}

/// What became of a report; one that nothing is known of is on its way.
///
/// # Errors
/// Those of the engine.
pub fn find(view: &(impl View + ?Sized), month: Month, vocabulary: &str) -> Result<ReportState, EngineError> {
    let record = STATES.get(view, &(month.to_string(), vocabulary.to_owned()))?;
    Ok(match record {
        Some(ReportStateRecord { refused: Some(code), .. }) => ReportState::Refused(code),
        Some(ReportStateRecord { sent: true, .. }) => ReportState::Sent,
        Some(_) | None => ReportState::Frozen,
    })
}
