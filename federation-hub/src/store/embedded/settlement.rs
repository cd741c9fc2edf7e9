//! One question settled in one transaction: seen before? the facts; the rule; thread, letters, report and receipt
//! together. It must never run a rule for an envelope that has its receipt already.

use maillage_engine::Transaction;
use maillage_federation::handover::Thread;

use super::{
    ANSWERS, DEADLINES, REPORTS, THREADS,
    mailbox::{self, Capacity},
};
use crate::store::{
    EnvelopeKey, Facts, Post, Question, ReceivedReport, Rule, Settled, StoreError, Subject,
    records::{AnswerRecord, Bytes, DeadlineRecord, ReportRecord, ThreadRecord, deadline},
};

/// Settles a question by a rule.
pub(super) fn settle(
    transaction: &mut Transaction<'_>,
    question: &Question,
    rule: &Rule,
    capacity: Capacity,
) -> Result<Settled, StoreError> {
    if let Some(before) = answered(transaction, question.envelope)? {
        return Ok(before);
    }
    let facts = facts(transaction, &question.subject)?;
    let ruling = rule(&facts);
    if let Some(thread) = &ruling.thread {
        put_thread(transaction, facts.thread.as_ref(), thread)?;
    }
    let mut mail_for = Vec::new();
    for post in &ruling.post {
        match post {
            Post::Letter(letter) => {
                if mailbox::post(transaction, letter, capacity)? {
                    mail_for.push(letter.to);
                } else {
                    tracing::warn!(node = %letter.to, handover = %letter.handover, "a mailbox is full: an offer was left out");
                }
            }
            Post::Recall { node, handover, words } => {
                mailbox::recall(transaction, *node, *handover, *words)?;
            }
        }
    }
    if let Some(report) = &ruling.report {
        put_report(transaction, report)?;
    }
    if let Some(EnvelopeKey { sender, id, body_hash }) = question.envelope {
        let answer = AnswerRecord { body_hash, receipt: Bytes(ruling.receipt.clone()) };
        ANSWERS.put(transaction, &(sender.to_array(), id.to_array()), &answer)?;
    }
    Ok(Settled::Now { receipt: ruling.receipt, mail_for })
}

fn answered(
    transaction: &Transaction<'_>,
    envelope: Option<EnvelopeKey>,
) -> Result<Option<Settled>, StoreError> {
    let Some(EnvelopeKey { sender, id, body_hash }) = envelope else { return Ok(None) };
    let answer = ANSWERS.get(transaction, &(sender.to_array(), id.to_array()))?;
    Ok(answer.map(|answer| {
        if answer.body_hash == body_hash {
            Settled::Before { receipt: answer.receipt.0 }
        } else {
            Settled::IdReused
        }
    }))
}

fn facts(transaction: &Transaction<'_>, subject: &Subject) -> Result<Facts, StoreError> {
    Ok(match subject {
        Subject::Handover(handover) => {
            let record = THREADS.get(transaction, &handover.to_array())?;
            Facts { thread: record.map(|record| record.thread()).transpose()?, report_hash: None }
        }
        Subject::Report { node, period, vocabulary } => {
            let key = (node.to_array(), period.to_string(), vocabulary.clone());
            Facts { thread: None, report_hash: REPORTS.get(transaction, &key)?.map(|record| record.hash) }
        }
        Subject::Nothing => Facts::default(),
    })
}

/// Writes a thread and moves its deadline in the index.
fn put_thread(
    transaction: &mut Transaction<'_>,
    before: Option<&Thread>,
    thread: &Thread,
) -> Result<(), StoreError> {
    let handover = thread.record.handover.to_array();
    let (old, new) = (before.and_then(deadline), deadline(thread));
    if old != new {
        if let Some(at_ms) = old {
            DEADLINES.delete(transaction, &(at_ms, handover))?;
        }
        if let Some(at_ms) = new {
            DEADLINES.put(transaction, &(at_ms, handover), &DeadlineRecord {})?;
        }
    }
    Ok(THREADS.put(transaction, &handover, &ThreadRecord::from(thread))?)
}

fn put_report(transaction: &mut Transaction<'_>, report: &ReceivedReport) -> Result<(), StoreError> {
    let key = (report.node.to_array(), report.period.to_string(), report.vocabulary.clone());
    Ok(REPORTS.put(transaction, &key, &ReportRecord::from(report))?)
}
