//! A named person leaves a report out of every figure, or takes it back in, for a reason that everybody may read. The report stays as it
//! was received, with every decision about it. It must never change a figure, nor decide by itself.

use maillage_federation::{
    ids::{Id, NodeKind},
    statistics::Period,
};
use maillage_platform::refusal::Refusal;
use maillage_proto::hub::v1 as proto;

use crate::{
    limits,
    refusals::{self, store_failed},
    store::{Quarantine, Quarantined, ReceivedReport, ReportKey, Repository},
};

/// Notes down a decision; the report as it stands then.
pub(crate) async fn decide(
    store: &dyn Repository,
    request: &proto::QuarantineReportRequest,
    now_ms: i64,
) -> Result<ReceivedReport, Refusal> {
    let proto::QuarantineReportRequest { node, period, by, reason, lift } = request;
    let unknown = || Refusal::from(refusals::NODE_UNKNOWN).with("node", node.trim());
    let node: Id<NodeKind> = node.trim().parse().map_err(|_| unknown())?;
    let malformed = || Refusal::from(refusals::MALFORMED_ARGUMENT).with("value", period.trim());
    let period: Period = period.trim().parse().map_err(|_| malformed())?;
    let key = ReportKey { node, period: period.month(), vocabulary: period.vocabulary().name.to_owned() };
    let decision = Quarantine {
        at_ms: now_ms,
        by: line(by, limits::DECIDER_CHARS)?,
        reason: line(reason, limits::DECISION_CHARS)?,
        lift: *lift,
    };
    match store.quarantine(key, decision).await.map_err(|error| store_failed(&error))? {
        Quarantined::Done(report) => {
            tracing::warn!(%node, %period, lift, "somebody decided whether a report counts");
            Ok(*report)
        }
        Quarantined::Unknown => Err(Refusal::from(refusals::REPORT_UNKNOWN).with("period", period)),
        Quarantined::Already => Err(refusals::DECISION_ALREADY.into()),
        Quarantined::TooMany => Err(refusals::DECISION_TOO_MANY.into()),
    }
}

/// One line of text, not empty and not too long.
fn line(text: &str, most: usize) -> Result<String, Refusal> {
    let text = text.trim();
    let fits = !text.is_empty() && text.chars().count() <= most && !text.chars().any(char::is_control);
    fits.then(|| text.to_owned()).ok_or_else(|| refusals::DECISION_MALFORMED.into())
}
