//! The journal that people read: what happened, when, to what, by whom. Holds identifiers and codes; no personal data can
//! get in, since a kind is a word of the program and subjects are identifiers.

use std::ops::Bound;

use jiff::Timestamp;
use maillage_domain::ids::{
    AccountKind, AssetKind, CarrierKind, DriverOfferKind, EntryKind, ExceptionKind, LoanKind, MessageKind,
    PathwayKind, PersonKind, PrescriberKind, ReferralKind, RequestKind, SeriesKind, ServiceKind, StaffKind,
    StatementKind, VolunteerKind,
};
use maillage_engine::{
    EngineError, Key as _, Record, RecordError, Table, TooLarge, Transaction, Tree, View, decode_payload,
};
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
/// Events by what they are about, then by sequence.
pub const BY_SUBJECT_TREE: Tree = Tree::named("events_by_subject");

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
    /// Which fields were changed, if it was a change of fields.
    pub changes: Vec<FieldChange>,
}

/// A field that was changed: its name, and for a choice that somebody makes the codes before and after. Never what was
/// typed: names and codes are words of the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// Its name, as in an update mask.
    pub field: String,
    /// Its code before; empty for what is no choice.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub from: String,
    /// Its code now; empty for what is no choice.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub to: String,
}

impl FieldChange {
    /// A field of which nothing but the name is told.
    pub fn of(field: &'static str) -> Self {
        Self { field: field.to_owned(), from: String::new(), to: String::new() }
    }

    /// A choice, if it is another one.
    pub fn choice(field: &'static str, from: &'static str, to: &'static str) -> Option<Self> {
        (from != to).then(|| Self { field: field.to_owned(), from: from.to_owned(), to: to.to_owned() })
    }
}

/// The things an event can be about: name in Rust, kind of identifier, code, number in keys.
macro_rules! subjects {
    ($($(#[$documentation:meta])* $subject:ident($kind:ty) = $code:literal, $number:literal;)*) => {
        /// What an event is about. Codes and numbers are never changed or reused.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Subject {
            $($(#[$documentation])* $subject(Id<$kind>),)*
        }

        impl Subject {
            /// The codes of every kind of subject.
            pub const KINDS: &'static [&'static str] = &[$($code),*];

            /// What kind of thing it is, as programs see it.
            pub fn kind(self) -> &'static str {
                match self { $(Self::$subject(_) => $code),* }
            }

            /// Which one.
            pub fn id(self) -> String {
                match self { $(Self::$subject(id) => id.to_string()),* }
            }

            /// The subject of a kind and an identifier as programs see them; `None` if there is no such kind, or that is no
            /// identifier.
            pub fn of(kind: &str, id: &str) -> Option<Self> {
                match kind {
                    $($code => id.parse().ok().map(Self::$subject),)*
                    _ => None,
                }
            }

            /// Its bytes in a key: what kind of thing, and which.
            pub(crate) fn key(self) -> (u16, [u8; 16]) {
                match self { $(Self::$subject(id) => ($number, id.to_array())),* }
            }
        }
    };
}

subjects! {
    /// A beneficiary.
    Person(PersonKind) = "person", 1;
    /// A volunteer.
    Volunteer(VolunteerKind) = "volunteer", 2;
    /// A request.
    Request(RequestKind) = "request", 3;
    /// A trip.
    Trip(TripKind) = "trip", 4;
    /// A handover.
    Handover(HandoverKind) = "handover", 5;
    /// A node.
    Node(NodeKind) = "node", 6;
    /// A prescriber.
    Prescriber(PrescriberKind) = "prescriber", 7;
    /// A professional.
    Staff(StaffKind) = "staff", 8;
    /// A series of trips.
    Series(SeriesKind) = "series", 9;
    /// A vehicle or bike of the fleet.
    Asset(AssetKind) = "asset", 10;
    /// A loan.
    Loan(LoanKind) = "loan", 11;
    /// A service other than a ride.
    Service(ServiceKind) = "service", 12;
    /// A pathway.
    Pathway(PathwayKind) = "pathway", 13;
    /// An offer to a driver.
    DriverOffer(DriverOfferKind) = "driver-offer", 14;
    /// An outgoing message.
    Message(MessageKind) = "message", 15;
    /// A carrying association.
    Carrier(CarrierKind) = "carrier", 16;
    /// A signed exception.
    Exception(ExceptionKind) = "exception", 17;
    /// An entry of the ledger.
    Entry(EntryKind) = "entry", 18;
    /// A volunteer's statement.
    Statement(StatementKind) = "statement", 19;
    /// An account.
    Account(AccountKind) = "account", 20;
    /// A referral.
    Referral(ReferralKind) = "referral", 24;
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

/// An event, version 3: version 1 had fewer kinds of subjects, version 2 no fields that were changed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EventRecord {
    at_ms: i64,
    kind: String,
    subjects: Vec<Subject>,
    actor: Actor,
    #[serde(default)]
    changes: Vec<FieldChange>,
}

impl Record for EventRecord {
    const KIND: u16 = KIND;
    const VERSION: u16 = 3;

    fn upgrade(version: u16, payload: &[u8]) -> Result<Self, RecordError> {
        match version {
            1 | 2 => decode_payload(KIND, payload),
            _ => Err(RecordError::Unreadable { kind: KIND, version }),
        }
    }
}

/// Adds an event; gives its sequence.
pub fn record(transaction: &mut Transaction<'_>, event: NewEvent) -> Result<u64, EngineError> {
    record_changes(transaction, event, Vec::new())
}

/// Adds an event that changed fields; gives its sequence.
pub fn record_changes(
    transaction: &mut Transaction<'_>,
    event: NewEvent,
    changes: Vec<FieldChange>,
) -> Result<u64, EngineError> {
    event.actor.check()?;
    let sequence = sequences::next(transaction, TREE.name())?;
    let record = EventRecord::from(event).with(changes);
    EVENTS.put(transaction, &sequence, &record)?;
    record.index(transaction, sequence)?;
    Ok(sequence)
}

/// Makes at most `limit` events that were written before there was an index findable by their subjects; gives how many, 0 once
/// that is done for good.
pub fn index_older(transaction: &mut Transaction<'_>, limit: usize) -> Result<usize, EngineError> {
    let done = sequences::last(transaction, BY_SUBJECT_TREE.name())?;
    let rows = match done {
        u64::MAX => Vec::new(),
        done => EVENTS.scan(transaction, (Bound::Excluded(done), Bound::Unbounded), limit)?,
    };
    for (sequence, record) in &rows {
        record.index(transaction, *sequence)?;
    }
    let reached = rows.last().map_or(u64::MAX, |(sequence, _)| *sequence);
    if reached != done {
        sequences::set(transaction, BY_SUBJECT_TREE.name(), reached)?;
    }
    Ok(rows.len())
}

/// At most `limit` events after a sequence, oldest first.
pub fn after(view: &(impl View + ?Sized), sequence: u64, limit: usize) -> Result<Vec<Event>, EngineError> {
    let rows = EVENTS.scan(view, (Bound::Excluded(sequence), Bound::Unbounded), limit)?;
    rows.into_iter().map(|(sequence, record)| record.event(sequence)).collect()
}

/// At most `limit` events about something, before a sequence (or the newest), newest first.
pub fn about(
    view: &(impl View + ?Sized),
    subject: Subject,
    before: Option<u64>,
    limit: usize,
) -> Result<Vec<Event>, EngineError> {
    let from = (subject.key(), 0_u64).to_key();
    let to = (subject.key(), before.unwrap_or(u64::MAX)).to_key();
    let rows = view.scan_reverse(BY_SUBJECT_TREE, Bound::Included(&from), Bound::Excluded(&to), limit)?;
    let mut events = Vec::new();
    for (key, _) in rows {
        let (_, sequence) = <((u16, [u8; 16]), u64)>::from_key(&key)?;
        let record = EVENTS.get(view, &sequence)?.filter(|record| record.subjects.contains(&subject));
        events.extend(record.map(|record| record.event(sequence)).transpose()?);
    }
    Ok(events)
}

/// The sequence of the newest event; 0 while there is none.
pub fn newest(view: &(impl View + ?Sized)) -> Result<u64, EngineError> {
    sequences::last(view, TREE.name())
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

impl EventRecord {
    pub(crate) fn with(self, changes: Vec<FieldChange>) -> Self {
        Self { changes, ..self }
    }

    fn index(&self, transaction: &mut Transaction<'_>, sequence: u64) -> Result<(), EngineError> {
        for subject in &self.subjects {
            transaction.put(BY_SUBJECT_TREE, (subject.key(), sequence).to_key(), Vec::new())?;
        }
        Ok(())
    }

    fn event(self, sequence: u64) -> Result<Event, EngineError> {
        let Self { at_ms, kind, subjects, actor, changes } = self;
        Ok(Event { sequence, at: instant(at_ms, KIND)?, kind, subjects, actor, changes })
    }
}

impl From<NewEvent> for EventRecord {
    fn from(event: NewEvent) -> Self {
        let NewEvent { at, kind, mut subjects, actor } = event;
        subjects.truncate(SUBJECTS);
        let changes = Vec::new();
        Self { at_ms: at.as_millisecond(), kind: kind.to_owned(), subjects, actor, changes }
    }
}
