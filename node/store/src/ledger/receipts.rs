//! Receipts, each written once. Their numbers are taken in the transaction that writes them: one that does not happen
//! takes none.

use std::ops::Bound;

use maillage_domain::{
    ids::{CarrierKind, EntryKind, PersonKind, ReceiptKind, StatementKind, VolunteerKind},
    ledger::{Books, EntryNumber, Method, Paper, Party, Receipt, ReceiptNumber, Recipient, WaivedStatement},
    money::Cents,
    text::{Address, Line, Name},
};
use maillage_engine::{EngineError, Key as _, Record, Table, Transaction, Tree, View};
use maillage_federation::{ids::Id, month::Month};
use serde::{Deserialize, Serialize};

use super::{
    entries::id_of,
    issuers::IssuerRecord,
    keys::{books_key, party_key, year_key},
};
use crate::{
    fields::{after, broken, instant, parsed},
    kinds, sequences,
};

/// Receipts by identifier.
pub const RECEIPTS_TREE: Tree = Tree::named("money_receipts");
/// By books and number.
pub const RECEIPTS_BY_NUMBER_TREE: Tree = Tree::named("money_receipts_by_number");
/// By who got them.
pub const RECEIPTS_BY_PARTY_TREE: Tree = Tree::named("money_receipts_by_party");
/// The receipt that holds of an entry, and the credit note of a receipt.
pub const RECEIPTS_OF_TREE: Tree = Tree::named("money_receipts_of");

const RECEIPTS: Table<[u8; 16], ReceiptRecord> = Table::new(RECEIPTS_TREE);
const KIND: u16 = kinds::MONEY_RECEIPT;

/// A receipt, version 1: its whole text as it was on the day.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReceiptRecord {
    id: Id<ReceiptKind>,
    year: i16,
    sequence: u64,
    carrier: Option<Id<CarrierKind>>,
    issued_ms: i64,
    issuer: IssuerRecord,
    name: String,
    address: String,
    cents: i64,
    paper: PaperRecord,
}

/// What it acknowledges.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum PaperRecord {
    Contribution { person: Id<PersonKind>, entry: Id<EntryKind>, number: String, day: String, method: String },
    Waiver { volunteer: Id<VolunteerKind>, year: i16, statements: Vec<WaivedRecord> },
    CreditNote { receipt: Id<ReceiptKind>, year: i16, sequence: u64, reason: String },
}

/// A statement that a waiver receipt counts.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct WaivedRecord {
    statement: Id<StatementKind>,
    number: String,
    month: Month,
    signed: String,
    cents: i64,
}

impl Record for ReceiptRecord {
    const KIND: u16 = KIND;
    const VERSION: u16 = 1;
}

/// Takes the next number of some books and year. What it is taken for has to be written in the same transaction.
pub fn next_receipt_number(
    transaction: &mut Transaction<'_>,
    books: Books,
    year: i16,
) -> Result<ReceiptNumber, EngineError> {
    let carrier = books.0.map(|carrier| carrier.to_string()).unwrap_or_default();
    let sequence = sequences::next(transaction, &format!("receipts/{carrier}/{year}"))?;
    Ok(ReceiptNumber { year, sequence })
}

/// Writes a new receipt; `party` is who gets it.
pub fn add_receipt(
    transaction: &mut Transaction<'_>,
    receipt: &Receipt,
    party: Party,
) -> Result<(), EngineError> {
    let id = receipt.id.to_array();
    RECEIPTS.put(transaction, &id, &ReceiptRecord::from(receipt))?;
    let ReceiptNumber { year, sequence } = receipt.number;
    let key = (books_key(receipt.books), year_key(year), sequence).to_key();
    transaction.put(RECEIPTS_BY_NUMBER_TREE, key, id)?;
    transaction.put(RECEIPTS_BY_PARTY_TREE, (party_key(party), id).to_key(), Vec::new())?;
    match &receipt.paper {
        Paper::Contribution { entry, .. } => transaction.put(RECEIPTS_OF_TREE, entry.to_array(), id),
        Paper::CreditNote { receipt: cancelled, .. } => {
            if let Some(Paper::Contribution { entry, .. }) =
                self::receipt(transaction, *cancelled)?.map(|receipt| receipt.paper)
            {
                transaction.delete(RECEIPTS_OF_TREE, &entry.to_array())?;
            }
            transaction.put(RECEIPTS_OF_TREE, cancelled.to_array(), id)
        }
        Paper::Waiver { .. } => Ok(()),
    }
}

/// One receipt.
pub fn receipt(view: &(impl View + ?Sized), id: Id<ReceiptKind>) -> Result<Option<Receipt>, EngineError> {
    RECEIPTS.get(view, &id.to_array())?.map(Receipt::try_from).transpose()
}

/// The receipt that holds of a payment; none if it was cancelled.
pub fn receipt_of(
    view: &(impl View + ?Sized),
    entry: Id<EntryKind>,
) -> Result<Option<Id<ReceiptKind>>, EngineError> {
    view.get(RECEIPTS_OF_TREE, &entry.to_array())?.map(|bytes| id_of(&bytes)).transpose()
}

/// The credit note that cancels a receipt.
pub fn credit_note_of(
    view: &(impl View + ?Sized),
    receipt: Id<ReceiptKind>,
) -> Result<Option<Id<ReceiptKind>>, EngineError> {
    view.get(RECEIPTS_OF_TREE, &receipt.to_array())?.map(|bytes| id_of(&bytes)).transpose()
}

/// At most `limit` receipts of all books in the order they were made, after one of them.
pub fn all_receipts(
    view: &(impl View + ?Sized),
    from: Option<Id<ReceiptKind>>,
    limit: usize,
) -> Result<Vec<Receipt>, EngineError> {
    let rows = RECEIPTS.scan(view, after(from), limit)?;
    rows.into_iter().map(|(_, record)| record.try_into()).collect()
}

/// At most `limit` receipts of some books by number, after one of them.
pub fn receipts_after(
    view: &(impl View + ?Sized),
    books: Books,
    after: Option<ReceiptNumber>,
    limit: usize,
) -> Result<Vec<Receipt>, EngineError> {
    let key = |number: ReceiptNumber| (books_key(books), year_key(number.year), number.sequence).to_key();
    let from = after.map_or_else(
        || Bound::Included((books_key(books), 0_u32).to_key()),
        |number| Bound::Excluded(key(number)),
    );
    let to = (books_key(books), u32::MAX).to_key();
    let from = from.as_ref().map(Vec::as_slice);
    let rows = view.scan(RECEIPTS_BY_NUMBER_TREE, from, Bound::Excluded(&to), limit)?;
    let mut found = Vec::with_capacity(rows.len());
    for (_, id) in rows {
        found.extend(receipt(view, id_of(&id)?)?);
    }
    Ok(found)
}

/// At most `limit` receipts that somebody got, oldest first, after one of them.
pub fn receipts_of(
    view: &(impl View + ?Sized),
    party: Party,
    after: Option<Id<ReceiptKind>>,
    limit: usize,
) -> Result<Vec<Receipt>, EngineError> {
    let mut prefix = Vec::new();
    party_key(party).write_part(&mut prefix);
    let key = |id: [u8; 16]| [prefix.as_slice(), &id].concat();
    let (first, last) = (key(after.map_or([0; 16], Id::to_array)), key([u8::MAX; 16]));
    let from =
        if after.is_some() { Bound::Excluded(first.as_slice()) } else { Bound::Included(first.as_slice()) };
    let mut found = Vec::new();
    for (key, _) in view.scan(RECEIPTS_BY_PARTY_TREE, from, Bound::Included(&last), limit)? {
        let id = key.get(prefix.len()..).unwrap_or_default();
        found.extend(receipt(view, id_of(id)?)?);
    }
    Ok(found)
}

impl From<&Receipt> for ReceiptRecord {
    fn from(receipt: &Receipt) -> Self {
        let Receipt { id, number, books, issued, issuer, recipient, amount, paper } = receipt;
        Self {
            id: *id,
            year: number.year,
            sequence: number.sequence,
            carrier: books.0,
            issued_ms: issued.as_millisecond(),
            issuer: issuer.into(),
            name: recipient.name.as_str().to_owned(),
            address: recipient.address.as_str().to_owned(),
            cents: amount.get(),
            paper: paper.into(),
        }
    }
}

impl TryFrom<ReceiptRecord> for Receipt {
    type Error = EngineError;

    fn try_from(record: ReceiptRecord) -> Result<Self, EngineError> {
        Ok(Self {
            id: record.id,
            number: ReceiptNumber { year: record.year, sequence: record.sequence },
            books: Books(record.carrier),
            issued: instant(record.issued_ms, KIND)?,
            issuer: record.issuer.issuer(KIND)?,
            recipient: Recipient {
                name: Name::parse(&record.name).map_err(|_| broken(KIND))?,
                address: Address::parse(&record.address).map_err(|_| broken(KIND))?,
            },
            amount: Cents::new(record.cents),
            paper: record.paper.try_into()?,
        })
    }
}

impl From<&Paper> for PaperRecord {
    fn from(paper: &Paper) -> Self {
        match paper {
            Paper::Contribution { person, entry, number, day, method } => Self::Contribution {
                person: *person,
                entry: *entry,
                number: number.to_string(),
                day: day.to_string(),
                method: method.code().to_owned(),
            },
            Paper::Waiver { volunteer, year, statements } => Self::Waiver {
                volunteer: *volunteer,
                year: *year,
                statements: statements.iter().map(WaivedRecord::from).collect(),
            },
            Paper::CreditNote { receipt, number, reason } => Self::CreditNote {
                receipt: *receipt,
                year: number.year,
                sequence: number.sequence,
                reason: reason.as_str().to_owned(),
            },
        }
    }
}

impl TryFrom<PaperRecord> for Paper {
    type Error = EngineError;

    fn try_from(record: PaperRecord) -> Result<Self, EngineError> {
        Ok(match record {
            PaperRecord::Contribution { person, entry, number, day, method } => Self::Contribution {
                person,
                entry,
                number: parsed::<EntryNumber>(&number, KIND)?,
                day: parsed(&day, KIND)?,
                method: parsed::<Method>(&method, KIND)?,
            },
            PaperRecord::Waiver { volunteer, year, statements } => {
                let statements = statements.into_iter().map(WaivedStatement::try_from);
                Self::Waiver { volunteer, year, statements: statements.collect::<Result<_, _>>()? }
            }
            PaperRecord::CreditNote { receipt, year, sequence, reason } => Self::CreditNote {
                receipt,
                number: ReceiptNumber { year, sequence },
                reason: Line::parse(&reason).map_err(|_| broken(KIND))?,
            },
        })
    }
}

impl From<&WaivedStatement> for WaivedRecord {
    fn from(waived: &WaivedStatement) -> Self {
        let WaivedStatement { statement, number, month, signed, amount } = *waived;
        let (number, signed) = (number.to_string(), signed.to_string());
        Self { statement, number, month, signed, cents: amount.get() }
    }
}

impl TryFrom<WaivedRecord> for WaivedStatement {
    type Error = EngineError;

    fn try_from(record: WaivedRecord) -> Result<Self, EngineError> {
        let WaivedRecord { statement, number, month, signed, cents } = record;
        let (number, signed) = (parsed(&number, KIND)?, parsed(&signed, KIND)?);
        Ok(Self { statement, number, month, signed, amount: Cents::new(cents) })
    }
}
