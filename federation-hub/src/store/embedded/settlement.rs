//! One question settled in one transaction: seen before? the facts; the rule; thread, letters, report and receipt
//! together. It must never run a rule for an envelope that has its receipt already.

use std::collections::BTreeMap;

use maillage_engine::{Transaction, View};
use maillage_federation::{
    agreement::{Agreement, Pair},
    envelope::Envelope,
    handover::{Thread, recovery::Recovery},
    ids::{HandoverKind, Id, NodeKind},
};

use super::{
    ACCOUNTS, AGREEMENTS, ANSWERS, DEADLINES, OFFERS, PARTNERS, RECOVERIES, REPORTS, THREADS,
    mailbox::{self, Capacity},
};
use crate::limits;
use crate::store::{
    About, Catching, EnvelopeKey, Facts, OfferKept, Post, Quarantine, Quarantined, Question,
    ReceivedAccounts, ReceivedReport, ReportKey, Rule, Ruling, Settled, StoreError, Subject,
    records::{
        AccountsRecord, AgreementRecord, AnswerRecord, Bytes, DeadlineRecord, OfferRecord, PartnerRecord,
        RecoveryRecord, ReportRecord, ThreadRecord, deadline, node_id,
    },
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
    if ruling.later {
        return Ok(Settled::Later);
    }
    catch_up(transaction, &facts, &ruling)?;
    if let Some(agreement) = &ruling.agreement {
        put_agreement(transaction, agreement)?;
    }
    let mut mail_for = Vec::new();
    for post in &ruling.post {
        match post {
            Post::Letter(letter) => {
                if mailbox::post(transaction, letter, capacity)? {
                    mail_for.push(letter.to);
                } else {
                    tracing::warn!(node = %letter.to, about = ?letter.about, "a mailbox is full: an offer was left out");
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
    if let Some(accounts) = &ruling.accounts {
        let year = year_key(accounts.declared.year);
        let key = (accounts.node.to_array(), year, accounts.declared.revision);
        ACCOUNTS.put(transaction, &key, &AccountsRecord::from(accounts))?;
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
        Subject::Handover(handover) => about_handover(transaction, *handover)?,
        Subject::Circle { handover, asker } => {
            let facts = about_handover(transaction, *handover)?;
            let origin = facts.thread.as_ref().map_or(*asker, |thread| thread.record.origin);
            Facts { agreements: agreements_of(transaction, origin)?, ..facts }
        }
        Subject::Agreement(pair) => {
            let known = agreement(transaction, *pair)?;
            let agreements = known.into_iter().map(|known| (pair.second(), known)).collect();
            Facts { agreements, ..Facts::default() }
        }
        Subject::Settlement { from, to } => {
            let known = Pair::of(*from, *to).map(|pair| agreement(transaction, pair)).transpose()?.flatten();
            let about = About::Settlement { from: *from, to: *to };
            Facts {
                agreements: known.into_iter().map(|known| (*to, known)).collect(),
                letters_waiting: mailbox::waiting_about(transaction, *to, about)?,
                ..Facts::default()
            }
        }
        Subject::Report { node, period, vocabulary } => {
            let key = (node.to_array(), period.to_string(), vocabulary.clone());
            let report = REPORTS.get(transaction, &key)?.map(|record| record.report(key)).transpose()?;
            Facts { report, ..Facts::default() }
        }
        Subject::Accounts { node, year } => {
            let prefix = (node.to_array(), year_key(*year));
            let known = ACCOUNTS.scan_prefix(transaction, &prefix, limits::REVISIONS)?;
            let accounts = known.into_iter().map(|((_, _, revision), record)| (revision, record.hash));
            Facts { accounts: accounts.collect(), ..Facts::default() }
        }
        Subject::Nothing => Facts::default(),
    })
}

/// The thread of a handover, with what a restored hub has heard about it.
fn about_handover(transaction: &Transaction<'_>, handover: Id<HandoverKind>) -> Result<Facts, StoreError> {
    let thread = THREADS.get(transaction, &handover.to_array())?.map(|record| record.thread()).transpose()?;
    let recovery = RECOVERIES.get(transaction, &handover.to_array())?;
    let recovery = recovery.map(|recovery| recovery.recovery()).transpose()?;
    let may_widen = thread.as_ref().is_some_and(|thread| !thread.later.is_empty());
    let is_to_be_told = may_widen || recovery.as_ref().is_some_and(Recovery::is_waiting);
    let offer = if is_to_be_told { OFFERS.get(transaction, &handover.to_array())? } else { None };
    let offer = offer.map(|kept| Envelope::decode(&kept.envelope.0)).transpose();
    Ok(Facts {
        thread,
        offer: offer.map_err(|_| StoreError::Contents("the offer of a handover"))?,
        recovery,
        ..Facts::default()
    })
}

/// Writes what became of a thread, and of what is still to be heard about it.
fn catch_up(transaction: &mut Transaction<'_>, facts: &Facts, ruling: &Ruling) -> Result<(), StoreError> {
    let Some(thread) = ruling.thread.as_ref().or(facts.thread.as_ref()) else { return Ok(()) };
    let handover = thread.record.handover.to_array();
    match &ruling.offer {
        Some(OfferKept::As(offer)) => {
            OFFERS.put(transaction, &handover, &OfferRecord { envelope: Bytes(offer.encode()) })?;
        }
        Some(OfferKept::NoLonger) => {
            OFFERS.delete(transaction, &handover)?;
        }
        None => {}
    }
    let before = facts.recovery.as_ref().is_some_and(Recovery::is_waiting);
    let after = match &ruling.recovery {
        None => before,
        Some(Catching::Kept(recovery)) => {
            RECOVERIES.put(transaction, &handover, &RecoveryRecord::from(recovery))?;
            recovery.is_waiting()
        }
        Some(Catching::Over) => {
            RECOVERIES.delete(transaction, &handover)?;
            false
        }
    };
    if ruling.thread.is_none() && before == after {
        return Ok(());
    }
    put_thread(transaction, facts.thread.as_ref().map(|thread| (thread, before)), (thread, after))
}

fn agreement(view: &(impl View + ?Sized), pair: Pair) -> Result<Option<Agreement>, StoreError> {
    AGREEMENTS.get(view, &pair.key())?.map(|record| record.agreement()).transpose()
}

/// What a member has agreed, by the other member.
pub(super) fn agreements_of(
    view: &(impl View + ?Sized),
    node: Id<NodeKind>,
) -> Result<BTreeMap<Id<NodeKind>, Agreement>, StoreError> {
    let mut found = BTreeMap::new();
    for ((_, other), _) in PARTNERS.scan_prefix(view, &node.to_array(), limits::NODES)? {
        let other = node_id(&other)?;
        let known = Pair::of(node, other).map(|pair| agreement(view, pair)).transpose()?.flatten();
        found.extend(known.map(|known| (other, known)));
    }
    Ok(found)
}

/// Writes an agreement, to be found from both of the two.
fn put_agreement(transaction: &mut Transaction<'_>, agreement: &Agreement) -> Result<(), StoreError> {
    let (first, second) = (agreement.pair.first().to_array(), agreement.pair.second().to_array());
    for key in [(first, second), (second, first)] {
        PARTNERS.put(transaction, &key, &PartnerRecord {})?;
    }
    Ok(AGREEMENTS.put(transaction, &agreement.pair.key(), &AgreementRecord::from(agreement))?)
}

/// Writes a thread and moves its deadline in the index.
pub(super) fn put_thread(
    transaction: &mut Transaction<'_>,
    before: Option<(&Thread, bool)>,
    (thread, recovering): (&Thread, bool),
) -> Result<(), StoreError> {
    let handover = thread.record.handover.to_array();
    let old = before.and_then(|(thread, recovering)| deadline(thread, recovering));
    let new = deadline(thread, recovering);
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

fn year_key(year: i16) -> u32 {
    u32::try_from(year).unwrap_or_default()
}

fn put_report(transaction: &mut Transaction<'_>, report: &ReceivedReport) -> Result<(), StoreError> {
    let key = (report.node.to_array(), report.period.to_string(), report.vocabulary.clone());
    Ok(REPORTS.put(transaction, &key, &ReportRecord::from(report))?)
}

/// Notes down a decision about a report, unless it is so already.
pub(super) fn quarantine(
    transaction: &mut Transaction<'_>,
    report: &ReportKey,
    decision: &Quarantine,
) -> Result<Quarantined<ReceivedReport>, StoreError> {
    let key = (report.node.to_array(), report.period.to_string(), report.vocabulary.clone());
    let Some(record) = REPORTS.get(transaction, &key)? else { return Ok(Quarantined::Unknown) };
    let mut known = record.report(key)?;
    if let Some(refused) = undecided(&known.quarantine, decision) {
        return Ok(refused);
    }
    known.quarantine.push(decision.clone());
    put_report(transaction, &known)?;
    Ok(Quarantined::Done(Box::new(known)))
}

/// As [`quarantine`], of the newest revision of what a node has declared about a year.
pub(super) fn quarantine_accounts(
    transaction: &mut Transaction<'_>,
    node: Id<NodeKind>,
    year: i16,
    decision: &Quarantine,
) -> Result<Quarantined<ReceivedAccounts>, StoreError> {
    let of_year = (node.to_array(), year_key(year));
    let revisions = ACCOUNTS.scan_prefix(transaction, &of_year, limits::REVISIONS)?;
    let Some((key, record)) = revisions.into_iter().max_by_key(|((.., revision), _)| *revision) else {
        return Ok(Quarantined::Unknown);
    };
    let mut known = record.received(key.0)?;
    if let Some(refused) = undecided(&known.quarantine, decision) {
        return Ok(refused);
    }
    known.quarantine.push(decision.clone());
    ACCOUNTS.put(transaction, &key, &AccountsRecord::from(&known))?;
    Ok(Quarantined::Done(Box::new(known)))
}

/// Why a decision is not noted down, after those there are.
fn undecided<T>(before: &[Quarantine], decision: &Quarantine) -> Option<Quarantined<T>> {
    let is_left_out = before.last().is_some_and(|last| !last.lift);
    if is_left_out == decision.lift {
        (before.len() >= limits::DECISIONS_ABOUT_A_REPORT).then_some(Quarantined::TooMany)
    } else {
        Some(Quarantined::Already)
    }
}
