//! The intake of statistics: one report per node, month and vocabulary, as the node signed it. It must never change a
//! figure, nor take a second report in place of the first.

use jiff::Timestamp;
use maillage_federation::{envelope::Envelope, models::Catalogue, month::Month, statistics::Report};
use maillage_proto::federation::v1 as proto;
use prost::Message as _;

use crate::{
    refusals::{self, Reason},
    relay::{Arbiter, Stands},
    store::{Facts, Member, ReceivedReport, Ruling},
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
    match facts.report_hash {
        Some(before) if before != hash => arbiter.refuse(envelope, refusals::REPORT_ALREADY_RECEIVED.code),
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
            }),
            receipt: arbiter.receipt(envelope, None, Stands::default()),
            ..Ruling::default()
        },
    }
}

fn check(catalogue: &Catalogue, report: &Report) -> Result<(), Reason> {
    if report.sections.iter().any(|section| catalogue.model(&section.model).is_none()) {
        return Err(refusals::REPORT_UNKNOWN_MODEL);
    }
    Ok(())
}

/// Whether a month is over by the hub's clock. A report that comes before is sent back without an answer that lasts:
/// the node's clock may be a little ahead, and the same bytes are welcome later.
pub(crate) fn is_over(period: Month, now_ms: i64) -> bool {
    Timestamp::from_millisecond(now_ms).is_ok_and(|now| now >= period.end())
}
