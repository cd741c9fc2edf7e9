//! Messages that leave the node, and calls to be made: a queue that is written in the transaction of the change it tells
//! about. Rows name who is told and about what; the words are put together when a row leaves. What is over stays for a
//! while, so that somebody can see what became of it.

use std::{collections::BTreeSet, ops::Bound};

use jiff::Timestamp;
use maillage_domain::{
    ids::{DriverOfferKind, MessageKind, PersonKind, VolunteerKind},
    message::{Medium, Message, MessageState, Recipient, Topic},
};
use maillage_engine::{EngineError, Key as _, Record, RecordError, Table, Transaction, Tree, View};
use maillage_federation::ids::{Id, TripKind};
use serde::{Deserialize, Serialize};

use crate::{
    fields::{after, instant, parsed, time_key},
    kinds, sequences,
};

/// Messages by identifier.
pub const TREE: Tree = Tree::named("messages");
/// Those that wait, by medium and when they are tried next; calls by when they have to be made.
pub const WAITING_TREE: Tree = Tree::named("messages_waiting");
/// Those about one offer or one trip.
pub const BY_ABOUT_TREE: Tree = Tree::named("messages_by_about");
/// Those to one recipient.
pub const BY_RECIPIENT_TREE: Tree = Tree::named("messages_by_recipient");
/// Those that are over, by when.
pub const ENDED_TREE: Tree = Tree::named("messages_ended");
/// Those that will not arrive, by when that was known.
pub const FAILED_TREE: Tree = Tree::named("messages_failed");

const MESSAGES: Table<[u8; 16], MessageRecord> = Table::new(TREE);
const KIND: u16 = kinds::MESSAGE;

/// A message, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MessageRecord {
    id: Id<MessageKind>,
    to: RecipientRecord,
    medium: String,
    topic: TopicRecord,
    not_before_ms: i64,
    expires_at_ms: i64,
    created_ms: i64,
    state: StateRecord,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RecipientRecord {
    Volunteer { id: Id<VolunteerKind> },
    Person { id: Id<PersonKind> },
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum TopicRecord {
    Offer { offer: Id<DriverOfferKind> },
    OfferReminder { offer: Id<DriverOfferKind> },
    OfferOver { offer: Id<DriverOfferKind> },
    DriveConfirmed { trip: Id<TripKind> },
    DriveCancelled { trip: Id<TripKind> },
    TripConfirmed { trip: Id<TripKind> },
    TripTomorrow { trip: Id<TripKind> },
    TripCancelled { trip: Id<TripKind> },
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum StateRecord {
    Waiting { attempts: u16, next_ms: i64 },
    Sent { at_ms: i64 },
    Failed { at_ms: i64, reason: String },
    Dropped { at_ms: i64 },
}

impl Record for MessageRecord {
    const KIND: u16 = KIND;
    const VERSION: u16 = 1;
}

/// Writes a message, new or changed, with its indexes.
pub fn put(transaction: &mut Transaction<'_>, message: &Message) -> Result<(), EngineError> {
    let old = find(transaction, message.id)?.as_ref().map(entries).unwrap_or_default();
    let new = entries(message);
    for (tree, key) in old.difference(&new) {
        transaction.delete(*tree, key)?;
    }
    for (tree, key) in new.difference(&old) {
        transaction.put(*tree, key.clone(), Vec::new())?;
    }
    MESSAGES.put(transaction, &message.id.to_array(), &MessageRecord::from(message))
}

/// One message.
pub fn find(view: &(impl View + ?Sized), id: Id<MessageKind>) -> Result<Option<Message>, EngineError> {
    MESSAGES.get(view, &id.to_array())?.map(Message::try_from).transpose()
}

/// At most `limit` messages of a medium whose time has come, longest waiting first.
pub fn due(
    view: &(impl View + ?Sized),
    medium: Medium,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<Message>, EngineError> {
    let start = medium_key(medium).to_key();
    let end = (medium_key(medium), time_key(now).saturating_add(1)).to_key();
    let rows = view.scan(WAITING_TREE, Bound::Included(&start), Bound::Excluded(&end), limit)?;
    checked(view, WAITING_TREE, rows)
}

/// At most `limit` messages of a medium that wait, in the order of their times.
pub fn waiting(
    view: &(impl View + ?Sized),
    medium: Medium,
    limit: usize,
) -> Result<Vec<Message>, EngineError> {
    let rows = view.scan_prefix(WAITING_TREE, &medium_key(medium).to_key(), limit)?;
    checked(view, WAITING_TREE, rows)
}

/// At most `limit` calls that wait, after one of them, those first that have to be made first.
pub fn calls(
    view: &(impl View + ?Sized),
    last: Option<Id<MessageKind>>,
    limit: usize,
) -> Result<Vec<Message>, EngineError> {
    let prefix = medium_key(Medium::Call).to_key();
    let end = (medium_key(Medium::Call), u64::MAX, [u8::MAX; 16]).to_key();
    let start = match last.map(|id| find(view, id)).transpose()?.flatten() {
        Some(call) => Bound::Excluded(waiting_key(&call, call.expires_at)),
        None => Bound::Included(prefix),
    };
    let rows = view.scan(WAITING_TREE, start.as_ref().map(Vec::as_slice), Bound::Included(&end), limit)?;
    checked(view, WAITING_TREE, rows)
}

/// At most `limit` messages to a recipient, newest first, after one of them.
pub fn to(
    view: &(impl View + ?Sized),
    recipient: Recipient,
    last: Option<Id<MessageKind>>,
    limit: usize,
) -> Result<Vec<Message>, EngineError> {
    let recipient = recipient_id(recipient);
    let start = (recipient, [0_u8; 16]).to_key();
    let end = match last {
        Some(id) => Bound::Excluded((recipient, id.to_array()).to_key()),
        None => Bound::Included((recipient, [u8::MAX; 16]).to_key()),
    };
    let end = end.as_ref().map(Vec::as_slice);
    let rows = view.scan_reverse(BY_RECIPIENT_TREE, Bound::Included(&start), end, limit)?;
    checked(view, BY_RECIPIENT_TREE, rows)
}

/// Makes at most `limit` messages of a store from before the index of recipients findable by it, after one of them. Gives
/// after which to go on; none once that is done for good. Doing it again changes nothing.
pub fn index_older(
    transaction: &mut Transaction<'_>,
    from: Option<Id<MessageKind>>,
    limit: usize,
) -> Result<Option<Id<MessageKind>>, EngineError> {
    if sequences::last(transaction, BY_RECIPIENT_TREE.name())? == u64::MAX {
        return Ok(None);
    }
    let mut next = None;
    for (_, record) in MESSAGES.scan(transaction, after(from), limit)? {
        let message = Message::try_from(record)?;
        let key = (recipient_id(message.to), message.id.to_array()).to_key();
        transaction.put(BY_RECIPIENT_TREE, key, Vec::new())?;
        next = Some(message.id);
    }
    if next.is_none() {
        sequences::set(transaction, BY_RECIPIENT_TREE.name(), u64::MAX)?;
    }
    Ok(next)
}

/// The messages about an offer or a trip, oldest first.
pub fn about(view: &(impl View + ?Sized), about: [u8; 16]) -> Result<Vec<Message>, EngineError> {
    let rows = view.scan_prefix(BY_ABOUT_TREE, &about, usize::MAX)?;
    checked(view, BY_ABOUT_TREE, rows)
}

/// At most `limit` messages that will not arrive, newest first, after one of them.
pub fn failed(
    view: &(impl View + ?Sized),
    last: Option<Id<MessageKind>>,
    limit: usize,
) -> Result<Vec<Message>, EngineError> {
    let last = last.map(|id| find(view, id)).transpose()?.flatten();
    let ended = last.and_then(|last| Some((time_key(last.ended_at()?), last.id.to_array()).to_key()));
    let end = ended.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
    let rows = view.scan_reverse(FAILED_TREE, Bound::Unbounded, end, limit)?;
    checked(view, FAILED_TREE, rows)
}

/// At most `limit` messages that are over, newest first.
pub fn ended(view: &(impl View + ?Sized), limit: usize) -> Result<Vec<Message>, EngineError> {
    let rows = view.scan_prefix_reverse(ENDED_TREE, &[], limit)?;
    checked(view, ENDED_TREE, rows)
}

/// At most `limit` messages that were over before an instant, oldest first, after one of them.
pub fn ended_before(
    view: &(impl View + ?Sized),
    before: Timestamp,
    last: Option<&Message>,
    limit: usize,
) -> Result<Vec<Message>, EngineError> {
    let end = time_key(before).to_key();
    let last = last.and_then(|last| Some((time_key(last.ended_at()?), last.id.to_array()).to_key()));
    let start = last.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
    let rows = view.scan(ENDED_TREE, start, Bound::Excluded(&end), limit)?;
    checked(view, ENDED_TREE, rows)
}

/// Forgets a message that is over; one that waits stays. Tells whether it went.
pub fn forget(transaction: &mut Transaction<'_>, id: Id<MessageKind>) -> Result<bool, EngineError> {
    let Some(message) = find(transaction, id)?.filter(|message| !message.is_waiting()) else {
        return Ok(false);
    };
    for (tree, key) in entries(&message) {
        transaction.delete(tree, &key)?;
    }
    MESSAGES.delete(transaction, &id.to_array())?;
    Ok(true)
}

fn medium_key(medium: Medium) -> u16 {
    match medium {
        Medium::Email => 1,
        Medium::Sms => 2,
        Medium::Call => 3,
    }
}

fn recipient_id(recipient: Recipient) -> [u8; 16] {
    match recipient {
        Recipient::Volunteer(id) => id.to_array(),
        Recipient::Person(id) => id.to_array(),
    }
}

fn waiting_key(message: &Message, due: Timestamp) -> Vec<u8> {
    (medium_key(message.medium), time_key(due), message.id.to_array()).to_key()
}

fn entries(message: &Message) -> BTreeSet<(Tree, Vec<u8>)> {
    let id = message.id.to_array();
    let mut entries = BTreeSet::from([
        (BY_ABOUT_TREE, (message.topic.about(), id).to_key()),
        (BY_RECIPIENT_TREE, (recipient_id(message.to), id).to_key()),
    ]);
    if let Some(next) = message.next() {
        let due = if message.medium == Medium::Call { message.expires_at } else { next };
        entries.insert((WAITING_TREE, waiting_key(message, due)));
    }
    if let Some(ended) = message.ended_at() {
        let key = (time_key(ended), id).to_key();
        if matches!(message.state, MessageState::Failed { .. }) {
            entries.insert((FAILED_TREE, key.clone()));
        }
        entries.insert((ENDED_TREE, key));
    }
    entries
}

fn checked(
    view: &(impl View + ?Sized),
    tree: Tree,
    rows: Vec<(Vec<u8>, Vec<u8>)>,
) -> Result<Vec<Message>, EngineError> {
    let mut messages = Vec::with_capacity(rows.len());
    for (key, _) in rows {
        let id = *key.last_chunk::<16>().ok_or(RecordError::Key("an index row of a message"))?;
        let message = MESSAGES.get(view, &id)?.map(Message::try_from).transpose()?;
        messages.extend(message.filter(|message| entries(message).contains(&(tree, key))));
    }
    Ok(messages)
}

impl From<&Message> for MessageRecord {
    fn from(message: &Message) -> Self {
        let Message { id, to, medium, topic, not_before, expires_at, created, state } = message;
        Self {
            id: *id,
            to: match *to {
                Recipient::Volunteer(id) => RecipientRecord::Volunteer { id },
                Recipient::Person(id) => RecipientRecord::Person { id },
            },
            medium: medium.to_string(),
            topic: (*topic).into(),
            not_before_ms: not_before.as_millisecond(),
            expires_at_ms: expires_at.as_millisecond(),
            created_ms: created.as_millisecond(),
            state: (*state).into(),
        }
    }
}

impl TryFrom<MessageRecord> for Message {
    type Error = EngineError;

    fn try_from(record: MessageRecord) -> Result<Self, EngineError> {
        Ok(Self {
            id: record.id,
            to: match record.to {
                RecipientRecord::Volunteer { id } => Recipient::Volunteer(id),
                RecipientRecord::Person { id } => Recipient::Person(id),
            },
            medium: parsed(&record.medium, KIND)?,
            topic: record.topic.into(),
            not_before: instant(record.not_before_ms, KIND)?,
            expires_at: instant(record.expires_at_ms, KIND)?,
            created: instant(record.created_ms, KIND)?,
            state: record.state.try_into()?,
        })
    }
}

impl From<Topic> for TopicRecord {
    fn from(topic: Topic) -> Self {
        match topic {
            Topic::Offer(offer) => Self::Offer { offer },
            Topic::OfferReminder(offer) => Self::OfferReminder { offer },
            Topic::OfferOver(offer) => Self::OfferOver { offer },
            Topic::DriveConfirmed(trip) => Self::DriveConfirmed { trip },
            Topic::DriveCancelled(trip) => Self::DriveCancelled { trip },
            Topic::TripConfirmed(trip) => Self::TripConfirmed { trip },
            Topic::TripTomorrow(trip) => Self::TripTomorrow { trip },
            Topic::TripCancelled(trip) => Self::TripCancelled { trip },
        }
    }
}

impl From<TopicRecord> for Topic {
    fn from(record: TopicRecord) -> Self {
        match record {
            TopicRecord::Offer { offer } => Self::Offer(offer),
            TopicRecord::OfferReminder { offer } => Self::OfferReminder(offer),
            TopicRecord::OfferOver { offer } => Self::OfferOver(offer),
            TopicRecord::DriveConfirmed { trip } => Self::DriveConfirmed(trip),
            TopicRecord::DriveCancelled { trip } => Self::DriveCancelled(trip),
            TopicRecord::TripConfirmed { trip } => Self::TripConfirmed(trip),
            TopicRecord::TripTomorrow { trip } => Self::TripTomorrow(trip),
            TopicRecord::TripCancelled { trip } => Self::TripCancelled(trip),
        }
    }
}

impl From<MessageState> for StateRecord {
    fn from(state: MessageState) -> Self {
        match state {
            MessageState::Waiting { attempts, next } => {
                Self::Waiting { attempts, next_ms: next.as_millisecond() }
            }
            MessageState::Sent { at } => Self::Sent { at_ms: at.as_millisecond() },
            MessageState::Failed { at, reason } => {
                Self::Failed { at_ms: at.as_millisecond(), reason: reason.to_string() }
            }
            MessageState::Dropped { at } => Self::Dropped { at_ms: at.as_millisecond() },
        }
    }
}

impl TryFrom<StateRecord> for MessageState {
    type Error = EngineError;

    fn try_from(record: StateRecord) -> Result<Self, EngineError> {
        Ok(match record {
            StateRecord::Waiting { attempts, next_ms } => {
                Self::Waiting { attempts, next: instant(next_ms, KIND)? }
            }
            StateRecord::Sent { at_ms } => Self::Sent { at: instant(at_ms, KIND)? },
            StateRecord::Failed { at_ms, reason } => {
                Self::Failed { at: instant(at_ms, KIND)?, reason: parsed(&reason, KIND)? }
            }
            StateRecord::Dropped { at_ms } => Self::Dropped { at: instant(at_ms, KIND)? },
        })
    }
}
