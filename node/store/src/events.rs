//! The journal that people read: what happened, when, to what, by whom. Holds identifiers and codes; no personal data can
//! get in, since a kind is a word of the program and subjects are identifiers.

use jiff::Timestamp;
use maillage_domain::ids::{PersonKind, RequestKind, VolunteerKind};
use maillage_engine::{EngineError, Record, Table, TooLarge, Transaction, Tree, View};
use maillage_federation::ids::{HandoverKind, Id, NodeKind, TripKind};
use serde::{Deserialize, Serialize};

use crate::{
    fields::instant,
    kinds,
    limits::{CODE_CHARS, SUBJECTS},
    sequences,
};

/// Events by sequence.
pub const TREE: Tree = Tree::named("events");

const EVENTS: Table<u64, EventRecord> = Table::new(TREE);
const KIND: u16 = kinds::EVENT;

/// Something that happens now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// When.
    pub at: Timestamp,
    /// What, such as `trip.requested`: a word of the program, never something typed.
    pub kind: &'static str,
    /// To what; at most [`SUBJECTS`] are kept.
    pub subjects: Vec<Subject>,
    /// By whom.
    pub actor: Actor,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its place in the journal, from 1.
    pub sequence: u64,
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: String,
    /// To what.
    pub subjects: Vec<Subject>,
    /// By whom.
    pub actor: Actor,
}

/// What an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// A beneficiary.
    Person(Id<PersonKind>),
    /// A volunteer.
    Volunteer(Id<VolunteerKind>),
    /// A request.
    Request(Id<RequestKind>),
    /// A trip.
    Trip(Id<TripKind>),
    /// A handover.
    Handover(Id<HandoverKind>),
    /// A node.
    Node(Id<NodeKind>),
}

/// Who does something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Actor {
    /// This node by itself.
    Platform,
    /// Somebody at this node: the label of the account or token, at most [`CODE_CHARS`] characters.
    Operator(String),
    /// A neighbouring node.
    Neighbour(Id<NodeKind>),
}

/// An event, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EventRecord {
    at_ms: i64,
    kind: String,
    subjects: Vec<Subject>,
    actor: Actor,
}

impl Record for EventRecord {
    const KIND: u16 = KIND;
    const VERSION: u16 = 1;
}

/// Adds an event; gives its sequence.
pub fn record(transaction: &mut Transaction<'_>, event: NewEvent) -> Result<u64, EngineError> {
    event.actor.check()?;
    let sequence = sequences::next(transaction, TREE.name())?;
    EVENTS.put(transaction, &sequence, &EventRecord::from(event))?;
    Ok(sequence)
}

/// At most `limit` events before a sequence (or the newest), newest first.
pub fn list(
    view: &(impl View + ?Sized),
    before: Option<u64>,
    limit: usize,
) -> Result<Vec<Event>, EngineError> {
    let rows = EVENTS.scan_reverse(view, ..before.unwrap_or(u64::MAX), limit)?;
    rows.into_iter().map(|(sequence, record)| record.event(sequence)).collect()
}

impl Actor {
    /// Refuses a label that is too long to be one.
    pub(crate) fn check(&self) -> Result<(), EngineError> {
        match self {
            Self::Operator(label) if label.chars().count() > CODE_CHARS => {
                Err(TooLarge::Transaction { bytes: label.len(), limit: CODE_CHARS }.into())
            }
            Self::Operator(_) | Self::Platform | Self::Neighbour(_) => Ok(()),
        }
    }
}

impl Subject {
    /// Its bytes in a key: what kind of thing, and which.
    pub(crate) fn key(self) -> (u16, [u8; 16]) {
        match self {
            Self::Person(id) => (1, id.to_array()),
            Self::Volunteer(id) => (2, id.to_array()),
            Self::Request(id) => (3, id.to_array()),
            Self::Trip(id) => (4, id.to_array()),
            Self::Handover(id) => (5, id.to_array()),
            Self::Node(id) => (6, id.to_array()),
        }
    }
}

impl EventRecord {
    fn event(self, sequence: u64) -> Result<Event, EngineError> {
        let Self { at_ms, kind, subjects, actor } = self;
        Ok(Event { sequence, at: instant(at_ms, KIND)?, kind, subjects, actor })
    }
}

impl From<NewEvent> for EventRecord {
    fn from(event: NewEvent) -> Self {
        let NewEvent { at, kind, mut subjects, actor } = event;
        subjects.truncate(SUBJECTS);
        Self { at_ms: at.as_millisecond(), kind: kind.to_owned(), subjects, actor }
    }
}
