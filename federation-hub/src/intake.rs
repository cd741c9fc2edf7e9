//! The intake of statistics: one report per node, period and vocabulary, as the node signed it, and what a node takes back of its own.
//! It must never change a figure, nor take a second report in place of the first, not even of one that was taken back.

use jiff::Timestamp;
use maillage_federation::{
    envelope::Envelope,
    models::Catalogue,
    month::Month,
    statistics::{Report, Withdrawal},
};
use maillage_proto::federation::v1 as proto;
use prost::Message as _;

use crate::{
    refusals::{self, Reason},
    relay::{Arbiter, Stands},
    store::{Facts, Member, Reading, ReceivedReport, Ruling, WithdrawnReport},
};

/// Decides what becomes of a report. The same bytes again are as good as once.
pub(crate) fn rule(
    arbiter: &Arbiter,
    catalogue: &Catalogue,
    member: &Member,
    envelope: &Envelope,
    report: &Report,
    facts: &Facts,
) -> Ruling {
    let hash = envelope.body_hash();
    if let Err(reason) = check(catalogue, report) {
        return arbiter.refuse(envelope, reason.code);
    }
    match &facts.report {
        Some(before) if before.hash != hash => {
            arbiter.refuse(envelope, refusals::REPORT_ALREADY_RECEIVED.code)
        }
        Some(_) => {
            Ruling { receipt: arbiter.receipt(envelope, None, Stands::default()), ..Ruling::default() }
        }
        None => Ruling {
            report: Some(ReceivedReport {
                node: member.entry.node,
                territory: member.entry.reach.territory,
                period: report.period,
                vocabulary: report.vocabulary.clone(),
                hash,
                received_at_ms: arbiter.now_ms,
                report: proto::StatisticalReport::from(report.clone()).encode_to_vec(),
                envelope: envelope.encode(),
                withdrawn: None,
                quarantine: vec![],
                reading: Reading::default(),
            }),
            receipt: arbiter.receipt(envelope, None, Stands::default()),
            ..Ruling::default()
        },
    }
}

/// Decides what becomes of a report that its node takes back: it is kept, and counts no more. The facts are about the node that has
/// signed the envelope, so that nobody takes back a report of another. What was taken back stays so, as it was said first.
pub(crate) fn withdraw(
    arbiter: &Arbiter,
    envelope: &Envelope,
    withdrawal: &Withdrawal,
    facts: &Facts,
) -> Ruling {
    let taken_back = match &facts.report {
        None => return arbiter.refuse(envelope, refusals::REPORT_NOT_RECEIVED.code),
        Some(report) if report.hash != withdrawal.report_hash => {
            return arbiter.refuse(envelope, refusals::REPORT_IS_ANOTHER.code);
        }
        Some(report) if report.withdrawn.is_some() => None,
        Some(report) => Some(ReceivedReport {
            withdrawn: Some(WithdrawnReport {
                at_ms: arbiter.now_ms,
                reason: withdrawal.reason,
                envelope: envelope.encode(),
            }),
            ..report.clone()
        }),
    };
    let receipt = arbiter.receipt(envelope, None, Stands::default());
    Ruling { report: taken_back, receipt, ..Ruling::default() }
}

/// What its node has said of a report that it took back.
pub(crate) fn withdrawal(report: &ReceivedReport) -> Option<Withdrawal> {
    let withdrawn = report.withdrawn.as_ref()?;
    Some(Withdrawal {
        period: report.period,
        vocabulary: report.vocabulary.clone(),
        report_hash: report.hash,
        reason: withdrawn.reason,
    })
}

fn check(catalogue: &Catalogue, report: &Report) -> Result<(), Reason> {
    if report.sections.iter().any(|section| catalogue.model(&section.model).is_none()) {
        return Err(refusals::REPORT_UNKNOWN_MODEL);
    }
    Ok(())
}

/// Whether the period that goes by a month is over by the hub's clock. A report that comes before is sent back without an answer that lasts:
/// the node's clock may be a little ahead, and the same bytes are welcome later.
pub(crate) fn is_over(period: Month, now_ms: i64) -> bool {
    Timestamp::from_millisecond(now_ms).is_ok_and(|now| now >= period.end())
}
