//! An envelope handed in: form, sender, signature, then one question to the store with a pure rule. It must never
//! look into a body before its signature holds, nor log a body.

use std::sync::Arc;

use maillage_federation::{
    accounts::Declared,
    agreement::{self, Pair},
    envelope::{Body, Envelope, Party},
    handover::{Action, Command},
    ids::{HandoverKind, Id, NodeKind},
    settlement,
    statistics::{Report, Withdrawal},
};
use maillage_platform::refusal::Refusal;
use maillage_proto::federation::v1 as proto;
use prost::Message as _;

use crate::{
    accounts,
    hub::Hub,
    intake, limits,
    refusals::{self, Reason, store_failed},
    store::{EnvelopeKey, Member, Question, Rule, Settled, StoreError, Subject},
};

/// Takes an envelope of a member and answers with the hub's signed receipt.
pub(super) async fn submit(
    hub: &Arc<Hub>,
    member: &Member,
    message: proto::Envelope,
) -> Result<proto::Receipt, Refusal> {
    let sender = member.entry.node;
    let refused = |reason: Reason| {
        tracing::warn!(node = %sender, reason = reason.code, "an envelope was refused");
        Refusal::from(reason)
    };
    let bytes = message.body.len();
    let envelope = Envelope::try_from(message).map_err(|error| refused((&error).into()))?;
    if envelope.header.sender != Party::Node(sender) {
        return Err(refused(refusals::ENVELOPE_NOT_YOURS));
    }
    if envelope.header.recipient != Party::Hub {
        return Err(refused(refusals::ENVELOPE_NOT_FOR_HUB));
    }
    let body = envelope.verify(&hub.parts.federation, &member.entry.signing_key);
    let body = body.map_err(|error| refused((&error).into()))?;
    if let Body::Report(report) = &body
        && !intake::is_over(report.period, hub.now_ms())
    {
        return Err(refused(refusals::REPORT_PERIOD_NOT_CLOSED));
    }
    if let Body::Accounts(declared) = &body
        && !declared.last_month().is_some_and(|last| intake::is_over(last, hub.now_ms()))
    {
        return Err(refused(refusals::ACCOUNTS_YEAR_NOT_OVER));
    }
    if matches!(body, Body::Agreement(_)) && bytes > limits::AGREEMENT_BODY_BYTES {
        return Err(refused(refusals::ENVELOPE_TOO_LARGE));
    }
    let key = EnvelopeKey { sender, id: envelope.header.id, body_hash: envelope.body_hash() };
    let (subject, rule) = match body {
        Body::Command(command) => about_command(hub, envelope, sender, command),
        Body::Report(report) => about_report(hub, envelope, member.clone(), report),
        Body::Withdrawal(withdrawal) => about_withdrawal(hub, envelope, sender, withdrawal),
        Body::Accounts(declared) => about_accounts(hub, envelope, member.clone(), declared),
        Body::Agreement(command) => about_agreement(hub, envelope, sender, command),
        Body::Settlement(letter) => about_settlement(hub, envelope, sender, letter),
        Body::Notice(_) | Body::AgreementNotice(_) | Body::SettlementNotice(_) => {
            about_nothing(hub, envelope, refusals::NOTICE_FROM_NODE)
        }
    };
    let question = Question { envelope: Some(key), subject };
    let settled = hub.store().settle(question, rule).await.map_err(|error| store_failed(&error))?;
    let receipt = match settled {
        Settled::Now { receipt, mail_for } => {
            hub.switchboard.wake(&mail_for);
            watch(hub, sender, &receipt);
            receipt
        }
        Settled::Before { receipt } => receipt,
        Settled::IdReused => return Err(refused(refusals::ENVELOPE_ID_REUSED)),
        Settled::Later => return Err(refusals::HANDOVER_RECOVERING.into()),
    };
    proto::Receipt::decode(receipt.as_slice()).map_err(|_| refusals::STORE_UNAVAILABLE.into())
}

/// Gives back to their origins the trips that a revoked node was to carry.
pub(crate) async fn release_from(hub: &Hub, revoked: Id<NodeKind>) -> Result<(), StoreError> {
    for thread in hub.store().threads(usize::MAX).await? {
        if thread.record.state.entitled() == Some(revoked) {
            let_time_pass(hub, thread.record.handover).await?;
        }
    }
    Ok(())
}

/// Applies to a handover what time alone does to it.
pub(crate) async fn let_time_pass(hub: &Hub, handover: Id<HandoverKind>) -> Result<(), StoreError> {
    let arbiter = hub.arbiter();
    let rule: Rule = Arc::new(move |facts| arbiter.elapse(facts));
    let question = Question { envelope: None, subject: Subject::Handover(handover) };
    if let Settled::Now { mail_for, .. } = hub.store().settle(question, rule).await? {
        hub.switchboard.wake(&mail_for);
    }
    Ok(())
}

fn about_command(
    hub: &Arc<Hub>,
    envelope: Envelope,
    sender: Id<NodeKind>,
    command: Command,
) -> (Subject, Rule) {
    let arbiter = hub.arbiter();
    let subject = match command.action {
        Action::Offer(_) | Action::Bid(_) => Subject::Circle { handover: command.handover, asker: sender },
        Action::Unbid
        | Action::Award { .. }
        | Action::Withdraw(_)
        | Action::Accept
        | Action::Refuse(_)
        | Action::Release(_)
        | Action::Cancel
        | Action::Outcome(_)
        | Action::Word(_)
        | Action::AskChange { .. }
        | Action::AnswerChange { .. } => Subject::Handover(command.handover),
    };
    (subject, Arc::new(move |facts| arbiter.command(&envelope, sender, &command, facts)))
}

fn about_agreement(
    hub: &Arc<Hub>,
    envelope: Envelope,
    sender: Id<NodeKind>,
    command: agreement::Command,
) -> (Subject, Rule) {
    let arbiter = hub.arbiter();
    let subject = Pair::of(sender, command.with).map_or(Subject::Nothing, Subject::Agreement);
    (subject, Arc::new(move |facts| arbiter.agreement(&envelope, sender, &command, facts)))
}

fn about_settlement(
    hub: &Arc<Hub>,
    envelope: Envelope,
    sender: Id<NodeKind>,
    letter: settlement::Letter,
) -> (Subject, Rule) {
    let arbiter = hub.arbiter();
    let subject = match Pair::of(sender, letter.with) {
        Some(_) => Subject::Settlement { from: sender, to: letter.with },
        None => Subject::Nothing,
    };
    (subject, Arc::new(move |facts| arbiter.hand_on(&envelope, sender, &letter, facts)))
}

fn about_report(hub: &Arc<Hub>, envelope: Envelope, member: Member, report: Report) -> (Subject, Rule) {
    let arbiter = hub.arbiter();
    let subject = Subject::Report {
        node: member.entry.node,
        period: report.period,
        vocabulary: report.vocabulary.clone(),
    };
    let catalogue = Arc::clone(&hub.catalogue);
    (subject, Arc::new(move |facts| intake::rule(&arbiter, &catalogue, &member, &envelope, &report, facts)))
}

fn about_withdrawal(
    hub: &Arc<Hub>,
    envelope: Envelope,
    sender: Id<NodeKind>,
    withdrawal: Withdrawal,
) -> (Subject, Rule) {
    let arbiter = hub.arbiter();
    let subject = Subject::Report {
        node: sender,
        period: withdrawal.period,
        vocabulary: withdrawal.vocabulary.clone(),
    };
    (subject, Arc::new(move |facts| intake::withdraw(&arbiter, &envelope, &withdrawal, facts)))
}

fn about_accounts(hub: &Arc<Hub>, envelope: Envelope, member: Member, declared: Declared) -> (Subject, Rule) {
    let arbiter = hub.arbiter();
    let subject = Subject::Accounts { node: member.entry.node, year: declared.year };
    let catalogue = Arc::clone(&hub.catalogue);
    let rule: Rule =
        Arc::new(move |facts| accounts::rule(&arbiter, &catalogue, &member, &envelope, &declared, facts));
    (subject, rule)
}

fn about_nothing(hub: &Arc<Hub>, envelope: Envelope, reason: Reason) -> (Subject, Rule) {
    let arbiter = hub.arbiter();
    (Subject::Nothing, Arc::new(move |_| arbiter.refuse(&envelope, reason.code)))
}

/// Tells the log what was refused; a second, different report is for a person to look into.
fn watch(hub: &Hub, sender: Id<NodeKind>, receipt: &[u8]) {
    let decision = proto::Receipt::decode(receipt)
        .and_then(|receipt| proto::Decision::decode(receipt.decision.as_slice()))
        .unwrap_or_default();
    let reason = decision.reason.as_str();
    let is_second = [refusals::REPORT_ALREADY_RECEIVED, refusals::ACCOUNTS_ALREADY_RECEIVED];
    if is_second.iter().any(|second| second.code == reason) {
        hub.raise_alert();
        tracing::error!(node = %sender, reason, "a second, different report or declaration was refused");
    } else if !reason.is_empty() {
        tracing::info!(node = %sender, reason, "a command or report was refused");
    }
}
