//! Entries of the books, by identity, by day, by who is concerned; which one takes which back; what was charged for what.

use std::ops::Bound;

use jiff::{Timestamp, civil::Date};
use maillage_domain::{
    ids::{CarrierKind, EntryKind, LoanKind, PersonKind, ServiceKind, StatementKind, VolunteerKind},
    ledger::{Books, DueSource, Entry, EntryNumber, Method, Movement, NewEntry, Party, WriteOffReason},
    money::Cents,
    text::Line,
};
use maillage_engine::{EngineError, Key as _, Record, RecordError, Table, Transaction, Tree, View};
use maillage_federation::ids::{Id, TripKind};
use serde::{Deserialize, Serialize};

use super::keys::{day_key, party_key, year_key};
use crate::{
    fields::{broken, instant, parsed},
    kinds, sequences,
};

/// Entries by identifier.
pub const ENTRIES_TREE: Tree = Tree::named("money_entries");
/// By day.
pub const ENTRIES_BY_DAY_TREE: Tree = Tree::named("money_entries_by_day");
/// By who is concerned, then by day; and, under the entry itself, which entry takes it back.
pub const ENTRIES_BY_PARTY_TREE: Tree = Tree::named("money_entries_by_party");
/// What is due for what: one live entry for a trip, loan, service or membership.
pub const DUES_TREE: Tree = Tree::named("money_dues");

const ENTRIES: Table<[u8; 16], EntryRecord> = Table::new(ENTRIES_TREE);
const KIND: u16 = kinds::MONEY_ENTRY;
/// First part of a key of the index by party that tells which entry takes one back: no party has this number.
const COUNTERED: u16 = 0;

/// An entry, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EntryRecord {
    id: Id<EntryKind>,
    journal: String,
    year: i16,
    sequence: u64,
    carrier: Option<Id<CarrierKind>>,
    day: String,
    booked_ms: i64,
    movement: MovementRecord,
    cents: i64,
    counters: Option<Id<EntryKind>>,
    note: String,
}

/// What moves.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum MovementRecord {
    Due { person: Id<PersonKind>, source: SourceRecord },
    Received { person: Id<PersonKind>, method: String, by: Option<Id<VolunteerKind>> },
    Refunded { person: Id<PersonKind>, method: String },
    WrittenOff { person: Id<PersonKind>, reason: String },
    Remitted { volunteer: Id<VolunteerKind>, method: String },
    Spent { volunteer: Id<VolunteerKind>, statement: Id<StatementKind> },
    Reimbursed { volunteer: Id<VolunteerKind>, statement: Id<StatementKind>, method: String },
    Waived { volunteer: Id<VolunteerKind>, statement: Id<StatementKind> },
}

/// What something is due for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum SourceRecord {
    Trip(Id<TripKind>),
    Loan(Id<LoanKind>),
    Service(Id<ServiceKind>),
    Membership(i16),
    Donation,
}

impl Record for EntryRecord {
    const KIND: u16 = KIND;
    const VERSION: u16 = 1;
}

/// Books an entry under the next number of its journal and year; `counters` is the entry it takes back.
pub fn book(
    transaction: &mut Transaction<'_>,
    new: NewEntry,
    id: Id<EntryKind>,
    (at, year): (Timestamp, i16),
    counters: Option<Id<EntryKind>>,
) -> Result<Entry, EngineError> {
    let journal = new.movement.journal();
    let books = new.books.0.map(|carrier| carrier.to_string()).unwrap_or_default();
    let sequence = sequences::next(transaction, &format!("money/{books}/{journal}/{year}"))?;
    let number = EntryNumber { journal, year, sequence };
    let entry = Entry { counters, ..new.book(id, number, at) };
    ENTRIES.put(transaction, &id.to_array(), &EntryRecord::from(&entry))?;
    let day = day_key(entry.day);
    transaction.put(ENTRIES_BY_DAY_TREE, (day, id.to_array()).to_key(), Vec::new())?;
    for party in entry.parties() {
        let key = (party_key(party), day, id.to_array()).to_key();
        transaction.put(ENTRIES_BY_PARTY_TREE, key, Vec::new())?;
    }
    if let Some(countered) = counters {
        let key = countered_key(countered);
        transaction.put(ENTRIES_BY_PARTY_TREE, key, id.to_array())?;
    }
    if let Movement::Due(person, source) = entry.movement
        && let Some(key) = source_key(person, source)
    {
        if let Some(countered) = counters {
            // A claim that was booked for somebody else under the same thing stays.
            if transaction.get(DUES_TREE, &key)?.as_deref() == Some(countered.to_array().as_slice()) {
                transaction.delete(DUES_TREE, &key)?;
            }
        } else {
            transaction.put(DUES_TREE, key, id.to_array())?;
        }
    }
    Ok(entry)
}

/// One entry.
pub fn entry(view: &(impl View + ?Sized), id: Id<EntryKind>) -> Result<Option<Entry>, EngineError> {
    ENTRIES.get(view, &id.to_array())?.map(Entry::try_from).transpose()
}

/// The entry that takes one back.
pub fn counter_of(
    view: &(impl View + ?Sized),
    id: Id<EntryKind>,
) -> Result<Option<Id<EntryKind>>, EngineError> {
    view.get(ENTRIES_BY_PARTY_TREE, &countered_key(id))?.map(|bytes| id_of(&bytes)).transpose()
}

/// The entry by which something is due from a person that was not taken back. One that names somebody else is none.
pub fn due_for(
    view: &(impl View + ?Sized),
    person: Id<PersonKind>,
    source: DueSource,
) -> Result<Option<Id<EntryKind>>, EngineError> {
    let Some(key) = source_key(person, source) else { return Ok(None) };
    let Some(id) = view.get(DUES_TREE, &key)?.map(|bytes| id_of(&bytes)).transpose()? else {
        return Ok(None);
    };
    let owes = |entry: &Entry| matches!(entry.movement, Movement::Due(payer, _) if payer == person);
    Ok(entry(view, id)?.filter(owes).map(|entry| entry.id))
}

/// At most `limit` entries that concern somebody, by day, after one of them.
pub fn entries_of(
    view: &(impl View + ?Sized),
    party: Party,
    after: Option<&Entry>,
    limit: usize,
) -> Result<Vec<Entry>, EngineError> {
    let party = party_key(party);
    let from = match after {
        Some(entry) => Bound::Excluded((party, day_key(entry.day), entry.id.to_array()).to_key()),
        None => Bound::Included((party, 0_u32).to_key()),
    };
    let to = (party, u32::MAX).to_key();
    hits(view, ENTRIES_BY_PARTY_TREE, (&from, &to), limit)
}

/// At most `limit` entries of all books from one day to another, by day, after one of them.
pub fn entries_between(
    view: &(impl View + ?Sized),
    (first, last): (Date, Date),
    after: Option<&Entry>,
    limit: usize,
) -> Result<Vec<Entry>, EngineError> {
    let from = match after {
        Some(entry) => Bound::Excluded((day_key(entry.day), entry.id.to_array()).to_key()),
        None => Bound::Included(day_key(first).to_key()),
    };
    let to = day_key(last).saturating_add(1).to_key();
    hits(view, ENTRIES_BY_DAY_TREE, (&from, &to), limit)
}

/// The entries of index rows. An entry is never changed, so that its rows are always right.
fn hits(
    view: &(impl View + ?Sized),
    tree: Tree,
    (from, to): (&Bound<Vec<u8>>, &[u8]),
    limit: usize,
) -> Result<Vec<Entry>, EngineError> {
    let rows = view.scan(tree, from.as_ref().map(Vec::as_slice), Bound::Excluded(to), limit)?;
    let mut found = Vec::with_capacity(rows.len());
    for (key, _) in rows {
        let id = *key.last_chunk::<16>().ok_or(RecordError::Key("an index row of an entry"))?;
        found.extend(ENTRIES.get(view, &id)?.map(Entry::try_from).transpose()?);
    }
    Ok(found)
}

fn countered_key(id: Id<EntryKind>) -> Vec<u8> {
    (COUNTERED, id.to_array()).to_key()
}

/// What can be charged once: nothing for donations, which are as many as people give.
fn source_key(person: Id<PersonKind>, source: DueSource) -> Option<Vec<u8>> {
    match source {
        DueSource::Trip(id) => Some((1_u16, id.to_array()).to_key()),
        DueSource::Loan(id) => Some((2_u16, id.to_array()).to_key()),
        DueSource::Service(id) => Some((3_u16, id.to_array()).to_key()),
        DueSource::Membership(year) => Some((4_u16, year_key(year), person.to_array()).to_key()),
        DueSource::Donation => None,
    }
}

/// The identifier in a row.
pub(super) fn id_of<K>(bytes: &[u8]) -> Result<Id<K>, EngineError> {
    Id::from_bytes(bytes).map_err(|_| RecordError::Key("an identifier").into())
}

impl From<&Entry> for EntryRecord {
    fn from(entry: &Entry) -> Self {
        let Entry { id, number, books, day, booked, movement, amount, counters, note } = entry;
        Self {
            id: *id,
            journal: number.journal.code().to_owned(),
            year: number.year,
            sequence: number.sequence,
            carrier: books.0,
            day: day.to_string(),
            booked_ms: booked.as_millisecond(),
            movement: (*movement).into(),
            cents: amount.get(),
            counters: *counters,
            note: note.as_str().to_owned(),
        }
    }
}

impl TryFrom<EntryRecord> for Entry {
    type Error = EngineError;

    fn try_from(record: EntryRecord) -> Result<Self, EngineError> {
        let journal = parsed(&record.journal, KIND)?;
        Ok(Self {
            id: record.id,
            number: EntryNumber { journal, year: record.year, sequence: record.sequence },
            books: Books(record.carrier),
            day: parsed(&record.day, KIND)?,
            booked: instant(record.booked_ms, KIND)?,
            movement: record.movement.try_into()?,
            amount: Cents::new(record.cents),
            counters: record.counters,
            note: Line::parse(&record.note).map_err(|_| broken(KIND))?,
        })
    }
}

impl From<Movement> for MovementRecord {
    fn from(movement: Movement) -> Self {
        let code = |method: Method| method.code().to_owned();
        match movement {
            Movement::Due(person, source) => Self::Due { person, source: source.into() },
            Movement::Received(person, method, by) => Self::Received { person, method: code(method), by },
            Movement::Refunded(person, method) => Self::Refunded { person, method: code(method) },
            Movement::WrittenOff(person, reason) => {
                Self::WrittenOff { person, reason: reason.code().to_owned() }
            }
            Movement::Remitted(volunteer, method) => Self::Remitted { volunteer, method: code(method) },
            Movement::Spent(volunteer, statement) => Self::Spent { volunteer, statement },
            Movement::Reimbursed(volunteer, statement, method) => {
                Self::Reimbursed { volunteer, statement, method: code(method) }
            }
            Movement::Waived(volunteer, statement) => Self::Waived { volunteer, statement },
        }
    }
}

impl TryFrom<MovementRecord> for Movement {
    type Error = EngineError;

    fn try_from(record: MovementRecord) -> Result<Self, EngineError> {
        let code = |text: &str| parsed::<Method>(text, KIND);
        Ok(match record {
            MovementRecord::Due { person, source } => Self::Due(person, source.into()),
            MovementRecord::Received { person, method, by } => Self::Received(person, code(&method)?, by),
            MovementRecord::Refunded { person, method } => Self::Refunded(person, code(&method)?),
            MovementRecord::WrittenOff { person, reason } => {
                Self::WrittenOff(person, parsed::<WriteOffReason>(&reason, KIND)?)
            }
            MovementRecord::Remitted { volunteer, method } => Self::Remitted(volunteer, code(&method)?),
            MovementRecord::Spent { volunteer, statement } => Self::Spent(volunteer, statement),
            MovementRecord::Reimbursed { volunteer, statement, method } => {
                Self::Reimbursed(volunteer, statement, code(&method)?)
            }
            MovementRecord::Waived { volunteer, statement } => Self::Waived(volunteer, statement),
        })
    }
}

impl From<DueSource> for SourceRecord {
    fn from(source: DueSource) -> Self {
        match source {
            DueSource::Trip(id) => Self::Trip(id),
            DueSource::Loan(id) => Self::Loan(id),
            DueSource::Service(id) => Self::Service(id),
            DueSource::Membership(year) => Self::Membership(year),
            DueSource::Donation => Self::Donation,
        }
    }
}

impl From<SourceRecord> for DueSource {
    fn from(record: SourceRecord) -> Self {
        match record {
            SourceRecord::Trip(id) => Self::Trip(id),
            SourceRecord::Loan(id) => Self::Loan(id),
            SourceRecord::Service(id) => Self::Service(id),
            SourceRecord::Membership(year) => Self::Membership(year),
            SourceRecord::Donation => Self::Donation,
        }
    }
}
