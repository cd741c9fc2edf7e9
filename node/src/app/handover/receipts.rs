//! What the hub answers to our envelopes. A receipt is applied in one transaction with the removal of its outbox row; a
//! refusal brings the record that is true, and what this node believed gives way to it.

use std::sync::Arc;

use maillage_domain::handover::{Incoming, IncomingStanding, Outgoing, TakeBack};
use maillage_engine::View;
use maillage_federation::{
    envelope::{Body, Receipt},
    handover::{Action, Command, State, WithdrawReason},
    ids::{EnvelopeKind, Id},
    statistics::Report,
};
use maillage_platform::refusal::Refusal;
use maillage_store::{
    handovers,
    lives::Proof,
    moments, outbox,
    report_states::{self, ReportState},
};

use super::{
    Desk, changes, lines,
    notices::{consider, is_of_the_rules, offer_what_came_back},
    origin::take_back,
    recovery,
    settle::{account_for, learn_incoming, pursue_cancellation, settle_outgoing},
};
use crate::app::{
    Aborted, App, agreements,
    report::{declaration, journal},
    settlements::{self, book},
};

/// Applies the hub's answer to what this node said.
///
/// # Errors
/// The store.
pub async fn take(
    app: &Arc<App>,
    sequence: u64,
    said: Body,
    (receipt, signed): (Receipt, Vec<u8>),
) -> Result<(), Refusal> {
    let applied = app
        .transact("outbox.receipt", move |app, transaction| {
            outbox::remove(transaction, sequence)?;
            match said {
                Body::Command(command) => {
                    let mut desk = Desk::open(app, transaction)?;
                    if let Some(record) = &receipt.record {
                        recovery::keep_proof(&mut desk, record, Proof::Receipt(signed))?;
                    }
                    answered(&mut desk, &command, &receipt)
                }
                Body::Report(report) => reported(transaction, &report, receipt.refused.as_deref()),
                Body::Withdrawal(withdrawal) => {
                    journal::answered(transaction, &withdrawal, receipt.refused.as_deref())
                }
                Body::Accounts(declared) => {
                    declaration::answered(transaction, &declared, receipt.refused.as_deref())
                }
                Body::Agreement(command) => {
                    agreements::answered(&mut Desk::open(app, transaction)?, &command, &receipt)
                }
                Body::Settlement(letter) => {
                    settlements::answered(transaction, letter.with, (receipt.envelope, receipt.refused))
                }
                Body::Notice(_) | Body::AgreementNotice(_) | Body::SettlementNotice(_) => Ok(()),
            }
        })
        .await;
    match applied {
        Err(refusal) if is_of_the_rules(&refusal) => {
            tracing::error!(sequence, reason = refusal.reason(), "an answer of the hub cannot be applied");
            bury(app, sequence, refusal.reason().to_owned(), None).await
        }
        settled => settled,
    }
}

/// Puts aside what cannot be delivered, with the reason, for a person to look at.
///
/// # Errors
/// The store.
pub async fn bury(app: &Arc<App>, sequence: u64, reason: String, said: Option<Body>) -> Result<(), Refusal> {
    app.transact("outbox.bury", move |app, transaction| {
        let envelope = outbox::bury(transaction, sequence, &reason, app.now())?;
        if let Some(envelope) = envelope {
            moments::give_up(transaction, envelope)?;
        }
        match said {
            Some(Body::Report(report)) => reported(transaction, &report, Some(&reason)),
            Some(Body::Withdrawal(withdrawal)) => journal::answered(transaction, &withdrawal, Some(&reason)),
            Some(Body::Accounts(declared)) => declaration::answered(transaction, &declared, Some(&reason)),
            Some(Body::Command(command)) => {
                undeliverable(&mut Desk::open(app, transaction)?, &command, &reason)
            }
            Some(Body::Agreement(command)) => {
                agreements::undeliverable(transaction, command.with, envelope, &reason)
            }
            Some(Body::Settlement(letter)) => match envelope {
                Some(envelope) => settlements::answered(transaction, letter.with, (envelope, Some(reason))),
                None => Ok(()),
            },
            Some(Body::Notice(_) | Body::AgreementNotice(_) | Body::SettlementNotice(_)) | None => Ok(()),
        }
    })
    .await
}

/// Drops a withdrawal that a restored hub waits to hear more of, where nobody will ever say more: neither that hub nor the one before
/// has told this node that it knew of the offer, and the offer itself, which was said before, has been refused. Tells whether it was
/// dropped.
///
/// # Errors
/// The store.
pub async fn drop_needless(
    app: &Arc<App>,
    sequence: u64,
    envelope: Id<EnvelopeKind>,
    said: &Body,
) -> Result<bool, Refusal> {
    let Body::Command(Command { handover, action: Action::Withdraw(_), .. }) = said else { return Ok(false) };
    let handover = *handover;
    let never_known = move |view: &dyn View| {
        let outgoing = handovers::outgoing(view, handover)?;
        Ok(outgoing.is_some_and(|outgoing| {
            outgoing.record.is_none() && outgoing.taken_back && outgoing.last_refusal.is_some()
        }))
    };
    if !app.read(|_, view| never_known(view))? {
        return Ok(false);
    }
    app.transact("outbox.needless", move |app, transaction| {
        let needless = never_known(transaction)?;
        if needless {
            outbox::remove(transaction, sequence)?;
            moments::give_up(transaction, envelope)?;
            Desk::open(app, transaction)?.note_handover("handover.withdrawal-needless", handover)?;
        }
        Ok(needless)
    })
    .await
}

fn reported(
    transaction: &mut maillage_engine::Transaction<'_>,
    report: &Report,
    refused: Option<&str>,
) -> Result<(), Aborted> {
    let state = refused.map_or(ReportState::Sent, |code| ReportState::Refused(code.to_owned()));
    Ok(report_states::put(transaction, report.period, &report.vocabulary, &state)?)
}

fn answered(desk: &mut Desk<'_, '_>, command: &Command, receipt: &Receipt) -> Result<(), Aborted> {
    lines::answered(desk, command, receipt)?;
    match &command.action {
        Action::Offer(_) | Action::Award { .. } | Action::Withdraw(_) | Action::Cancel => {
            to_origin(desk, command, receipt)
        }
        Action::Bid(_)
        | Action::Unbid
        | Action::Accept
        | Action::Refuse(_)
        | Action::Release(_)
        | Action::Outcome(_) => to_candidate(desk, command, receipt),
        Action::Word(_) | Action::AskChange { .. } => between(desk, command, receipt),
        Action::AnswerChange { change, agreed } => {
            between(desk, command, receipt)?;
            if *agreed && receipt.refused.is_none() {
                changes::hold(desk, command.handover, *change)?;
            }
            // A trip that was given back meanwhile has waited for this answer.
            offer_what_came_back(desk, command.handover)
        }
    }
}

/// The answer to a word or a change: either of the two may have said it.
fn between(desk: &mut Desk<'_, '_>, command: &Command, receipt: &Receipt) -> Result<(), Aborted> {
    if handovers::outgoing(desk.transaction, command.handover)?.is_some() {
        to_origin(desk, command, receipt)
    } else {
        to_candidate(desk, command, receipt)
    }
}

/// What the hub will never take has changed nothing there. An offer it never saw binds nobody: the trips are back.
fn undeliverable(desk: &mut Desk<'_, '_>, command: &Command, reason: &str) -> Result<(), Aborted> {
    if let Some(mut outgoing) = handovers::outgoing(desk.transaction, command.handover)? {
        outgoing.last_refusal = Some(reason.to_owned());
        outgoing.taken_back |= matches!(command.action, Action::Offer(_)) && outgoing.record.is_none();
        settle_outgoing(desk, &mut outgoing)?;
        desk.keep_outgoing(&outgoing)?;
    } else if let Some(mut incoming) = handovers::incoming(desk.transaction, command.handover)? {
        incoming.last_refusal = Some(reason.to_owned());
        desk.keep_incoming(&incoming)?;
    }
    Ok(())
}

fn to_origin(desk: &mut Desk<'_, '_>, command: &Command, receipt: &Receipt) -> Result<(), Aborted> {
    let Some(mut outgoing) = handovers::outgoing(desk.transaction, command.handover)? else {
        return Ok(());
    };
    outgoing.last_refusal.clone_from(&receipt.refused);
    let refused_award = receipt.refused.is_some()
        && matches!(command.action, Action::Award { .. })
        && command.round == outgoing.round;
    if refused_award {
        outgoing.award_refused(receipt.record.clone());
    } else if let Some(record) = receipt.record.clone() {
        outgoing.learn(record);
    } else if receipt.refused.is_some() && matches!(command.action, Action::Offer(_)) {
        outgoing.taken_back = true;
    }
    settle_outgoing(desk, &mut outgoing)?;
    desk.keep_outgoing(&outgoing)?;
    if matches!(command.action, Action::Cancel) && receipt.refused.is_none() {
        book::called_off(desk, &outgoing, receipt.decided_at_ms)?;
    }
    if receipt.refused.is_some() && receipt.record.is_some() {
        insist(desk, command, outgoing)
    } else {
        Ok(())
    }
}

/// A move the hub refused, because things stood otherwise than this node knew, is made again as they stand now. Only after
/// a record: without one nothing new is known, and the same move would be refused for ever.
fn insist(desk: &mut Desk<'_, '_>, command: &Command, outgoing: Outgoing) -> Result<(), Aborted> {
    match command.action {
        Action::Offer(_) if outgoing.is_released() => {
            take_back(desk, outgoing, WithdrawReason::Coordinator).map(|_| ())
        }
        Action::Withdraw(reason) if outgoing.take_back() == TakeBack::AtOnce => {
            take_back(desk, outgoing, reason).map(|_| ())
        }
        Action::Withdraw(_) | Action::Cancel => pursue_cancellation(desk, outgoing),
        Action::Offer(_)
        | Action::Bid(_)
        | Action::Unbid
        | Action::Award { .. }
        | Action::Accept
        | Action::Refuse(_)
        | Action::Release(_)
        | Action::Outcome(_)
        | Action::Word(_)
        | Action::AskChange { .. }
        | Action::AnswerChange { .. } => Ok(()),
    }
}

fn to_candidate(desk: &mut Desk<'_, '_>, command: &Command, receipt: &Receipt) -> Result<(), Aborted> {
    let Some(mut incoming) = handovers::incoming(desk.transaction, command.handover)? else {
        return Ok(());
    };
    incoming.last_refusal.clone_from(&receipt.refused);
    learn_incoming(desk, &mut incoming, receipt.record.clone())?;
    desk.keep_incoming(&incoming)?;
    if receipt.refused.is_some() { refused(desk, command, incoming) } else { Ok(()) }
}

/// What a refusal means for a candidate or holder, once its record is known.
fn refused(desk: &mut Desk<'_, '_>, command: &Command, mut incoming: Incoming) -> Result<(), Aborted> {
    let standing = incoming.standing(desk.membership.me);
    let candidate = standing == IncomingStanding::Candidate;
    match command.action {
        // Another was chosen meanwhile: it is the next choice, if that one does not take the trip.
        Action::Bid(_) if candidate && incoming.record.state != State::Open => {
            incoming.doubt_bid();
            desk.keep_incoming(&incoming)
        }
        Action::Bid(_) if candidate => {
            if !incoming.lose_bid(command.round) {
                return Ok(());
            }
            desk.keep_incoming(&incoming)?;
            if command.round < incoming.record.round { consider(desk, incoming) } else { Ok(()) }
        }
        Action::Accept if incoming.accepted_round == Some(command.round) => {
            incoming.accepted_round = None;
            desk.keep_incoming(&incoming)
        }
        Action::Release(_) if standing == IncomingStanding::Ours => {
            account_for(desk.app, desk.transaction, command.handover)
        }
        Action::Bid(_)
        | Action::Accept
        | Action::Offer(_)
        | Action::Unbid
        | Action::Award { .. }
        | Action::Withdraw(_)
        | Action::Refuse(_)
        | Action::Release(_)
        | Action::Cancel
        | Action::Outcome(_)
        | Action::Word(_)
        | Action::AskChange { .. }
        | Action::AnswerChange { .. } => Ok(()),
    }
}
