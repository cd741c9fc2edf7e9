//! Mailboxes, inside transactions: letters by a sequence that never restarts, found again by handover. Offers are not
//! put into a mailbox that is full; everything else always is, because somebody's trip depends on it.

use maillage_engine::{Transaction, View};
use maillage_federation::{
    handover::NoticeKind,
    ids::{HandoverKind, Id, NodeKind},
    limits::SETTLEMENTS_WAITING,
    lives,
};

use super::{HUB, IdKey, LETTERS, LETTERS_BY_HANDOVER, MAILBOXES, SELF};
use crate::{
    limits,
    store::{
        About, Letter, NewLetter, StoreError,
        records::{Bytes, LetterIndexRecord, LetterRecord},
    },
};

/// How much a mailbox holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Capacity {
    pub(super) rows: u64,
    pub(super) bytes: u64,
}

impl Default for Capacity {
    fn default() -> Self {
        Self { rows: limits::MAILBOX_ROWS, bytes: limits::MAILBOX_BYTES }
    }
}

/// Posts a letter; `false` when it is an offer and the mailbox is full.
pub(super) fn post(
    transaction: &mut Transaction<'_>,
    letter: &NewLetter,
    capacity: Capacity,
) -> Result<bool, StoreError> {
    if let About::Handover(handover, NoticeKind::Bid) = letter.about {
        drop_older_bids(transaction, letter, handover)?;
    }
    let key = letter.to.to_array();
    let mut mailbox = MAILBOXES.get(transaction, &key)?.unwrap_or_default();
    let bytes = letter.envelope.len() as u64;
    let full = mailbox.rows >= capacity.rows || mailbox.bytes + bytes > capacity.bytes;
    if full && can_be_left_out(letter.about) {
        return Ok(false);
    }
    let epoch = HUB.get(transaction, &SELF.to_owned())?.map_or(1, |hub| hub.epoch);
    // Above everything that a node can have read before this hub was restored.
    mailbox.last_sequence = mailbox.last_sequence.max(lives::counters_begin(epoch)) + 1;
    mailbox.rows += 1;
    mailbox.bytes += bytes;
    MAILBOXES.put(transaction, &key, &mailbox)?;
    let topic = letter.about.topic();
    let record = LetterRecord { handover: topic, envelope: Bytes(letter.envelope.clone()) };
    LETTERS.put(transaction, &(key, mailbox.last_sequence), &record)?;
    let index = LetterIndexRecord::new(letter.about, letter.caused_by);
    LETTERS_BY_HANDOVER.put(transaction, &(topic, key, mailbox.last_sequence), &index)?;
    Ok(true)
}

/// Takes back what is sealed to a node about a handover and waits for it: awards and, if it carries the trip no more, words and
/// changes.
pub(super) fn recall(
    transaction: &mut Transaction<'_>,
    node: Id<NodeKind>,
    handover: Id<HandoverKind>,
    words: bool,
) -> Result<(), StoreError> {
    remove(transaction, node.to_array(), handover, |index| {
        let word = index.is(NoticeKind::Word) || index.is(NoticeKind::ChangeAsked);
        index.is(NoticeKind::Awarded) || (words && word)
    })
}

/// Forgets up to so many letters at or before a sequence; answers how many.
pub(super) fn acknowledge(
    transaction: &mut Transaction<'_>,
    node: Id<NodeKind>,
    sequence: u64,
) -> Result<usize, StoreError> {
    let key = node.to_array();
    let rows = LETTERS.scan(transaction, (key, 0)..=(key, sequence), limits::ACKNOWLEDGED_ROWS)?;
    for ((_, sequence), record) in &rows {
        forget(transaction, key, *sequence, record)?;
    }
    Ok(rows.len())
}

/// The first letter after a sequence.
pub(super) fn letter_after(
    view: &(impl View + ?Sized),
    node: Id<NodeKind>,
    sequence: u64,
) -> Result<Option<Letter>, StoreError> {
    let key = node.to_array();
    let Some(first) = sequence.checked_add(1) else { return Ok(None) };
    let rows = LETTERS.scan(view, (key, first)..=(key, u64::MAX), 1)?;
    let letter = |((_, sequence), record): ((IdKey, u64), LetterRecord)| Letter {
        sequence,
        envelope: record.envelope.0,
    };
    Ok(rows.into_iter().next().map(letter))
}

/// How many letters of a kind that can be counted wait for a node; never more than are let in.
pub(super) fn waiting_about(
    view: &(impl View + ?Sized),
    node: Id<NodeKind>,
    about: About,
) -> Result<usize, StoreError> {
    let prefix = (about.topic(), node.to_array());
    Ok(LETTERS_BY_HANDOVER.scan_prefix(view, &prefix, SETTLEMENTS_WAITING)?.len())
}

fn can_be_left_out(about: About) -> bool {
    let About::Handover(_, kind) = about else { return false };
    match kind {
        NoticeKind::Offered | NoticeKind::Reopened => true,
        NoticeKind::Bid
        | NoticeKind::Awarded
        | NoticeKind::Accepted
        | NoticeKind::Refused
        | NoticeKind::Lapsed
        | NoticeKind::Released
        | NoticeKind::Closed
        | NoticeKind::Cancelled
        | NoticeKind::Expired
        | NoticeKind::Outcome
        | NoticeKind::Word
        | NoticeKind::ChangeAsked
        | NoticeKind::ChangeAnswered
        | NoticeKind::ChangeLapsed
        | NoticeKind::Widened => false,
    }
}

/// A node that bids and takes back again and again fills nobody's mailbox: its newest word replaces the older.
fn drop_older_bids(
    transaction: &mut Transaction<'_>,
    letter: &NewLetter,
    handover: Id<HandoverKind>,
) -> Result<(), StoreError> {
    let bidder = letter.caused_by.map(Id::to_array);
    remove(transaction, letter.to.to_array(), handover, |index| {
        index.is(NoticeKind::Bid) && index.caused_by == bidder
    })
}

fn remove(
    transaction: &mut Transaction<'_>,
    node: IdKey,
    handover: Id<HandoverKind>,
    chosen: impl Fn(&LetterIndexRecord) -> bool,
) -> Result<(), StoreError> {
    let about = (handover.to_array(), node);
    for ((_, _, sequence), index) in LETTERS_BY_HANDOVER.scan_prefix(transaction, &about, usize::MAX)? {
        if !chosen(&index) {
            continue;
        }
        if let Some(record) = LETTERS.get(transaction, &(node, sequence))? {
            forget(transaction, node, sequence, &record)?;
        }
    }
    Ok(())
}

fn forget(
    transaction: &mut Transaction<'_>,
    node: IdKey,
    sequence: u64,
    record: &LetterRecord,
) -> Result<(), StoreError> {
    LETTERS.delete(transaction, &(node, sequence))?;
    LETTERS_BY_HANDOVER.delete(transaction, &(record.handover, node, sequence))?;
    let mut mailbox = MAILBOXES.get(transaction, &node)?.unwrap_or_default();
    mailbox.rows = mailbox.rows.saturating_sub(1);
    mailbox.bytes = mailbox.bytes.saturating_sub(record.envelope.0.len() as u64);
    MAILBOXES.put(transaction, &node, &mailbox)?;
    Ok(())
}
