//! A named person leaves a report, or what is declared about a year, out of every figure, or takes it back in, for a reason: that of a
//! report everybody may read. Either stays as it was received, with every decision about it. It must never change a figure, nor decide by itself.

use maillage_federation::{
    ids::{Id, NodeKind},
    statistics::Period,
};
use maillage_platform::refusal::Refusal;
use maillage_proto::hub::v1 as proto;

use crate::{
    limits,
    refusals::{self, store_failed},
    store::{Quarantine, Quarantined, ReceivedAccounts, ReceivedReport, ReportKey, Repository},
    team::colleague::{Deed, DeedKind, Doer},
};

/// Notes down a decision, and in the audit who is `noted` for it; the report as it stands then.
pub(crate) async fn decide(
    store: &dyn Repository,
    request: &proto::QuarantineReportRequest,
    noted: Doer,
    now_ms: i64,
) -> Result<ReceivedReport, Refusal> {
    let proto::QuarantineReportRequest { node, period, by, reason, lift } = request;
    let node = a_node(node)?;
    let malformed = || Refusal::from(refusals::MALFORMED_ARGUMENT).with("value", period.trim());
    let period: Period = period.trim().parse().map_err(|_| malformed())?;
    let key = ReportKey { node, period: period.month(), vocabulary: period.vocabulary().name.to_owned() };
    let what = if *lift { DeedKind::Lifted } else { DeedKind::Quarantined };
    let deed = Deed { at_ms: now_ms, by: noted, what, about: format!("{node} {period}") };
    let decided = store.quarantine(key, decision((by, reason), *lift, now_ms)?, deed).await;
    let decided = decided.map_err(|error| store_failed(&error))?;
    let report = done(decided, || Refusal::from(refusals::REPORT_UNKNOWN).with("period", period))?;
    tracing::warn!(%node, %period, lift, "somebody decided whether a report counts");
    Ok(report)
}

/// As [`decide`], about the newest revision of what a node has declared about a year.
pub(crate) async fn decide_accounts(
    store: &dyn Repository,
    request: &proto::QuarantineAccountsRequest,
    noted: Doer,
    now_ms: i64,
) -> Result<ReceivedAccounts, Refusal> {
    let proto::QuarantineAccountsRequest { node, year, by, reason, lift } = request;
    let node = a_node(node)?;
    let malformed = || Refusal::from(refusals::MALFORMED_ARGUMENT).with("value", year);
    let year = i16::try_from(*year).map_err(|_| malformed())?;
    let what = if *lift { DeedKind::AccountsLifted } else { DeedKind::AccountsQuarantined };
    let deed = Deed { at_ms: now_ms, by: noted, what, about: format!("{node} {year}") };
    let decision = decision((by, reason), *lift, now_ms)?;
    let decided = store.quarantine_accounts(node, year, decision, deed).await;
    let decided = decided.map_err(|error| store_failed(&error))?;
    let accounts = done(decided, || Refusal::from(refusals::ACCOUNTS_UNKNOWN).with("year", year))?;
    tracing::warn!(%node, year, lift, "somebody decided whether declared accounts count");
    Ok(accounts)
}

fn a_node(text: &str) -> Result<Id<NodeKind>, Refusal> {
    let unknown = || Refusal::from(refusals::NODE_UNKNOWN).with("node", text.trim());
    text.trim().parse().map_err(|_| unknown())
}

fn decision((by, reason): (&str, &str), lift: bool, at_ms: i64) -> Result<Quarantine, Refusal> {
    Ok(Quarantine {
        at_ms,
        by: line(by, limits::DECIDER_CHARS)?,
        reason: line(reason, limits::DECISION_CHARS)?,
        lift,
    })
}

fn done<T>(decided: Quarantined<T>, unknown: impl FnOnce() -> Refusal) -> Result<T, Refusal> {
    match decided {
        Quarantined::Done(decided) => Ok(*decided),
        Quarantined::Unknown => Err(unknown()),
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
