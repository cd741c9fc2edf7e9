//! Reports after a restore: what the hub has of this node is taken back as it is and never drawn again; what the hub has forgotten is
//! sent again as it was frozen.

use jiff::Timestamp;
use maillage_engine::Transaction;
use maillage_federation::{
    accounts::Declared,
    envelope::Body,
    statistics::{Period, Report, Withdrawal},
};
use maillage_proto::federation::v1 as proto;
use maillage_store::{
    report_notes::{self, WithdrawnReport},
    report_states::{self, ReportState},
    reports::{self, FrozenReport},
};
use prost::Message as _;

use super::{Kept, charge, count, declaration, half_year, journal, kept, use_up};
use crate::{
    app::{Aborted, handover::Desk, refusals},
    limits::REPORTS_SENT_AGAIN,
};

/// What the hub has of this node's statistics.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HubReports {
    /// Reports, also those taken back.
    pub reports: Vec<Report>,
    /// Which of them were taken back.
    pub withdrawals: Vec<Withdrawal>,
    /// What was declared about years, every revision.
    pub accounts: Vec<Declared>,
}

/// Takes back, after a restore, what the hub has of this node: each period it has a report for is frozen with that report, charged
/// and sent, and never drawn again. What was done in time was counted in it. A period that was withheld after the backup is open again:
/// nothing of it has left.
///
/// # Errors
/// The store.
pub fn take_back(transaction: &mut Transaction<'_>, hub: &HubReports, at: Timestamp) -> Result<(), Aborted> {
    for report in &hub.reports {
        let Some(period) = Period::of(&report.vocabulary, report.period) else { continue };
        if reports::find(transaction, report.period, &report.vocabulary)?.is_none() {
            take_one_back(transaction, period, report, at)?;
        }
        report_states::put(transaction, report.period, &report.vocabulary, &ReportState::Sent)?;
    }
    for Withdrawal { period, vocabulary, reason, .. } in &hub.withdrawals {
        let withdrawn = WithdrawnReport { reason: *reason, at, told: true };
        let known = report_notes::withdrawal(transaction, *period, vocabulary)?;
        let withdrawn = known.map_or(withdrawn, |known| WithdrawnReport { told: true, ..known });
        report_notes::put_withdrawal(transaction, (*period, vocabulary), &withdrawn)?;
    }
    declaration::take_back(transaction, &hub.accounts, at)
}

fn take_one_back(
    transaction: &mut Transaction<'_>,
    period: Period,
    report: &Report,
    at: Timestamp,
) -> Result<(), Aborted> {
    match period {
        Period::Month(month) => {
            let pulse = count(transaction, month)?;
            use_up(transaction, &pulse, month)?;
        }
        Period::HalfYear(half) => half_year::use_up(transaction, half)?,
    }
    let bytes = proto::StatisticalReport::from(report.clone()).encode_to_vec();
    let vocabulary = report.vocabulary.clone();
    let frozen = FrozenReport { month: report.period, vocabulary, bytes, frozen_at: at };
    reports::put(transaction, &frozen).map_err(|_| refusals::conflict("report-frozen"))?;
    // More than a year allows cannot have been drawn; if it was, nothing more will be.
    match charge(transaction, period) {
        Err(Aborted::Refused(refusal)) if refusal.reason() == "report-budget-exhausted" => Ok(()),
        charged => charged,
    }
}

/// Puts the reports into the outbox again that the hub does not have any more, as they were frozen, and what it does not know to have
/// been taken back.
///
/// # Errors
/// The store.
pub fn send_again(desk: &mut Desk<'_, '_>, hub: &HubReports) -> Result<(), Aborted> {
    for frozen in reports::list(desk.transaction, REPORTS_SENT_AGAIN)? {
        let known = kept(desk.transaction, frozen)?;
        let Kept { report, state, withdrawn, .. } = &known;
        let is_this = |period, vocabulary: &str| period == report.period && vocabulary == report.vocabulary;
        let has = hub.reports.iter().any(|one| is_this(one.period, &one.vocabulary));
        if *state == ReportState::Sent && !has {
            report_states::put(desk.transaction, report.period, &report.vocabulary, &ReportState::Frozen)?;
            desk.post(Body::Report(report.clone()))?;
        }
        let knows = hub.withdrawals.iter().any(|one| is_this(one.period, &one.vocabulary));
        if let Some(withdrawn) = withdrawn
            && !knows
        {
            journal::say(desk, &known, &WithdrawnReport { told: false, ..withdrawn.clone() })?;
        }
    }
    declaration::send_again(desk, &hub.accounts)
}

impl From<Vec<Report>> for HubReports {
    fn from(reports: Vec<Report>) -> Self {
        Self { reports, ..Self::default() }
    }
}
