//! Receipts for payments, tax receipts for waived expenses, credit notes, and who gives them.

use std::sync::Arc;

use maillage_domain::{
    ids::{CarrierKind, EntryKind, ReceiptKind, VolunteerKind},
    ledger::{
        Books, Issuer, Movement, NewIssuer, Paper, Party, Receipt, ReceiptNumber, Recipient, Settlement,
        SettlementAction, Statement, WaivedStatement,
    },
    legal::CarrierDetails,
    money::Cents,
    place::Place,
    roles::Operation,
    text::{Address, Line, Name, Notes},
};
use maillage_engine::{Transaction, View};
use maillage_federation::ids::Id;
use maillage_platform::refusal::Refusal;
use maillage_store::{events::Subject, ledger, legal};

use super::{accounts, books, books_or_usual, person, statements, today, volunteer};
use crate::app::{
    Aborted, App,
    caller::Caller,
    edit::{check_said, etag_of},
    refusals,
};

/// A receipt as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The receipt.
    pub receipt: Receipt,
    /// The credit note that cancels it.
    pub cancelled_by: Option<ReceiptNumber>,
}

/// The etag of who gives receipts.
pub fn issuer_etag(issuer: &Issuer) -> String {
    let Issuer { name, address, identifier, object, quality, signatory, tax_rate_percent } = issuer;
    etag_of(&[
        name.as_str(),
        address.as_str(),
        identifier.as_str(),
        object.as_str(),
        quality.code(),
        signatory.as_str(),
        &tax_rate_percent.to_string(),
    ])
}

/// Sets who gives the receipts of some books; `etag` is that of who was seen.
///
/// # Errors
/// `issuer-…`, `changed-meanwhile`; the store.
pub async fn set_issuer(
    app: &Arc<App>,
    caller: &Caller,
    new: NewIssuer,
    carrier: Option<Id<CarrierKind>>,
    etag: String,
) -> Result<Issuer, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::IssuerSet, move |app, transaction| {
        let new = new.parse().map_err(refusals::money::issuer)?;
        let books = books_or_usual(transaction, carrier)?;
        let present = match ledger::issuer(transaction, books)? {
            Some(_) => Some(issuer_etag(&issuer(app, transaction, books)?)),
            None => None,
        };
        let now = put_issuer(app, transaction, &by, (carrier, &new))?;
        check_said(&etag, present.as_deref(), &issuer_etag(&now))?;
        Ok(now)
    })
    .await
}

/// Sets inside a transaction who gives the receipts of some books: those of a carrier, or the usual ones.
///
/// # Errors
/// `carrier-unknown`; the store.
pub(crate) fn put_issuer(
    app: &App,
    transaction: &mut Transaction<'_>,
    by: &Caller,
    (carrier, new): (Option<Id<CarrierKind>>, &Issuer),
) -> Result<Issuer, Aborted> {
    if let Some(carrier) = carrier
        && legal::carrier(transaction, carrier)?.is_none()
    {
        return Err(refusals::unknown("carrier-unknown").with("id", carrier).into());
    }
    let books = books_or_usual(transaction, carrier)?;
    ledger::put_issuer(transaction, books, new)?;
    app.note(transaction, by, Operation::IssuerSet, &[])?;
    issuer(app, transaction, books)
}

/// Who gives the receipts of some books.
///
/// # Errors
/// `issuer-missing`; the store.
pub fn show_issuer(app: &App, caller: &Caller, carrier: Option<Id<CarrierKind>>) -> Result<Issuer, Refusal> {
    app.look(caller, Operation::ReceiptShow, |app, view| issuer(app, view, books_or_usual(view, carrier)?))
}

/// Gives a receipt for what a person paid.
///
/// # Errors
/// `entry-unknown`, `receipt-not-a-payment`, `entry-already-countered`, `entry-has-receipt`, `issuer-missing`; the store.
pub async fn issue(app: &Arc<App>, caller: &Caller, entry: Id<EntryKind>) -> Result<Receipt, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::ReceiptIssue, move |app, transaction| {
        let entry = books::find(transaction, entry)?;
        let Movement::Received(payer, method, _) = entry.movement else {
            return Err(refusals::invalid("receipt-not-a-payment").with("entry", entry.number).into());
        };
        if entry.counters.is_some() || ledger::counter_of(transaction, entry.id)?.is_some() {
            return Err(refusals::conflict("entry-already-countered").into());
        }
        if ledger::receipt_of(transaction, entry.id)?.is_some() {
            return Err(refusals::conflict("entry-has-receipt").with("entry", entry.number).into());
        }
        let payer = person(transaction, payer)?;
        let recipient = recipient(app, &payer.details.name, &payer.details.home);
        let paper = Paper::Contribution {
            person: payer.id,
            entry: entry.id,
            number: entry.number,
            day: entry.day,
            method,
        };
        let draft = Draft { books: entry.books, recipient, amount: entry.amount, paper };
        let receipt = number_and_write(app, transaction, draft, Party::Person(payer.id))?;
        app.note(transaction, &by, Operation::ReceiptIssue, &[Subject::Person(payer.id)])?;
        Ok(receipt)
    })
    .await
}

/// Gives a tax receipt for what a volunteer gave up in a year and no receipt counts yet. The year is that of the
/// signatures.
///
/// # Errors
/// `volunteer-unknown`, `issuer-missing`, `issuer-without-quality`, `receipt-nothing-waived`; the store.
pub async fn issue_waiver(
    app: &Arc<App>,
    caller: &Caller,
    (giver, year): (Id<VolunteerKind>, i16),
    carrier: Option<Id<CarrierKind>>,
) -> Result<Receipt, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::ReceiptWaiver, move |app, transaction| {
        let books = books_or_usual(transaction, carrier)?;
        if !issuer(app, transaction, books)?.gives_tax_receipts() {
            return Err(refusals::conflict("issuer-without-quality").into());
        }
        let giver = volunteer(transaction, giver)?;
        let closed = ledger::statements_of(transaction, books, giver.id)?;
        let counted: Vec<(Statement, WaivedStatement)> = closed
            .into_iter()
            .filter_map(|statement| Some((statement.clone(), waived_in(&statement, year)?)))
            .collect();
        let amount: Cents = counted.iter().map(|(_, waived)| waived.amount).sum();
        if !amount.is_positive() {
            return Err(refusals::conflict("receipt-nothing-waived").with("year", year).into());
        }
        let waived = counted.iter().map(|(_, waived)| *waived).collect();
        let paper = Paper::Waiver { volunteer: giver.id, year, statements: waived };
        let recipient = recipient(app, &giver.details.name, &giver.details.home);
        let draft = Draft { books, recipient, amount, paper };
        let receipt = number_and_write(app, transaction, draft, Party::Volunteer(giver.id))?;
        for (statement, _) in &counted {
            let action = SettlementAction::Acknowledge(receipt.id);
            change(transaction, statement, action)?;
        }
        app.note(transaction, &by, Operation::ReceiptWaiver, &[Subject::Volunteer(giver.id)])?;
        Ok(receipt)
    })
    .await
}

/// Cancels a receipt by a credit note with a number of its own.
///
/// # Errors
/// `receipt-unknown`, `receipt-is-credit-note`, `receipt-already-cancelled`, `receipt-reason-missing`; the store.
pub async fn cancel(
    app: &Arc<App>,
    caller: &Caller,
    receipt: Id<ReceiptKind>,
    reason: String,
) -> Result<Receipt, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::ReceiptCancel, move |app, transaction| {
        let receipt = find(transaction, receipt)?;
        let party = match &receipt.paper {
            Paper::Contribution { person, .. } => Party::Person(*person),
            Paper::Waiver { volunteer, .. } => Party::Volunteer(*volunteer),
            Paper::CreditNote { .. } => return Err(refusals::conflict("receipt-is-credit-note").into()),
        };
        if ledger::credit_note_of(transaction, receipt.id)?.is_some() {
            return Err(refusals::conflict("receipt-already-cancelled")
                .with("number", receipt.number)
                .into());
        }
        let reason = Line::parse(&reason).map_err(refusals::money::note)?;
        if reason.as_str().is_empty() {
            return Err(refusals::invalid("receipt-reason-missing").into());
        }
        if let Paper::Waiver { statements, .. } = &receipt.paper {
            for waived in statements {
                let statement = statements::find(transaction, waived.statement)?;
                change(transaction, &statement, SettlementAction::Release(receipt.id))?;
            }
        }
        let Receipt { id, number, books, recipient, amount, .. } = receipt;
        let paper = Paper::CreditNote { receipt: id, number, reason };
        let note = number_and_write(app, transaction, Draft { books, recipient, amount, paper }, party)?;
        app.note(transaction, &by, Operation::ReceiptCancel, &[subject(party)])?;
        Ok(note)
    })
    .await
}

/// One receipt, and whether it was cancelled.
///
/// # Errors
/// `receipt-unknown`; the store.
pub fn show(app: &App, caller: &Caller, id: Id<ReceiptKind>) -> Result<Shown, Refusal> {
    app.look(caller, Operation::ReceiptShow, |_, view| shown(view, find(view, id)?))
}

/// The same for whoever reads it with the name on it: the access log keeps who did, if it is a person's.
///
/// # Errors
/// As [`show`].
pub async fn open(app: &Arc<App>, caller: &Caller, id: Id<ReceiptKind>) -> Result<Shown, Refusal> {
    let shown = show(app, caller, id)?;
    let person = match &shown.receipt.paper {
        Paper::Contribution { person, .. } => Some(*person),
        Paper::CreditNote { receipt, .. } => match show(app, caller, *receipt)?.receipt.paper {
            Paper::Contribution { person, .. } => Some(person),
            Paper::Waiver { .. } | Paper::CreditNote { .. } => None,
        },
        Paper::Waiver { .. } => None,
    };
    accounts::note(app, caller, person.into_iter().collect()).await?;
    Ok(shown)
}

/// At most `limit` receipts: of somebody, oldest first, or of some books by number, after one of them.
///
/// # Errors
/// The store.
pub fn list(
    app: &App,
    caller: &Caller,
    (party, carrier): (Option<Party>, Option<Id<CarrierKind>>),
    after: Option<ReceiptNumber>,
    limit: usize,
) -> Result<Vec<Shown>, Refusal> {
    app.look(caller, Operation::ReceiptShow, |_, view| {
        let receipts = match party {
            Some(party) => ledger::receipts_of(view, party, None, limit)?,
            None => ledger::receipts_after(view, books_or_usual(view, carrier)?, after, limit)?,
        };
        receipts.into_iter().map(|receipt| shown(view, receipt)).collect()
    })
}

/// At most `limit` receipts that somebody got, oldest first, after one of them.
///
/// # Errors
/// The store.
pub fn of_party(
    app: &App,
    caller: &Caller,
    party: Party,
    after: Option<Id<ReceiptKind>>,
    limit: usize,
) -> Result<Vec<Shown>, Refusal> {
    app.look(caller, Operation::ReceiptShow, |_, view| {
        let receipts = ledger::receipts_of(view, party, after, limit)?;
        receipts.into_iter().map(|receipt| shown(view, receipt)).collect()
    })
}

/// A receipt without number.
struct Draft {
    books: Books,
    recipient: Recipient,
    amount: Cents,
    paper: Paper,
}

/// Takes the next number and writes the receipt in the same transaction, so that no number is missing.
fn number_and_write(
    app: &App,
    transaction: &mut Transaction<'_>,
    draft: Draft,
    party: Party,
) -> Result<Receipt, Aborted> {
    let Draft { books, recipient, amount, paper } = draft;
    let issuer = issuer(app, transaction, books)?;
    let issued = app.now();
    let number = ledger::next_receipt_number(transaction, books, today(issued).year())?;
    let receipt = Receipt { id: app.new_id(), number, books, issued, issuer, recipient, amount, paper };
    ledger::add_receipt(transaction, &receipt, party)?;
    Ok(receipt)
}

/// Who gives the receipts of some books. What the carrier's own file tells (name, seat, object, tax rate) is taken from
/// there, so that it is told in one place.
fn issuer(app: &App, view: &(impl View + ?Sized), books: Books) -> Result<Issuer, Aborted> {
    let issuer = ledger::issuer(view, books)?;
    let mut issuer = issuer.ok_or_else(|| Aborted::from(refusals::conflict("issuer-missing")))?;
    let carrier = books.0.map(|carrier| legal::carrier(view, carrier)).transpose()?.flatten();
    if let Some(CarrierDetails { name, address, object, tax_rate, .. }) = carrier.map(|found| found.details) {
        issuer.address = recipient(app, &name, &address).address;
        issuer.name = name;
        issuer.tax_rate_percent = tax_rate.percent();
        if let Ok(object) = Notes::parse(object.as_str())
            && !object.as_str().is_empty()
        {
            issuer.object = object;
        }
    }
    Ok(issuer)
}

fn find(view: &(impl View + ?Sized), id: Id<ReceiptKind>) -> Result<Receipt, Aborted> {
    ledger::receipt(view, id)?.ok_or_else(|| refusals::unknown("receipt-unknown").with("id", id).into())
}

fn shown(view: &dyn View, receipt: Receipt) -> Result<Shown, Aborted> {
    let note = ledger::credit_note_of(view, receipt.id)?;
    let note = note.map(|note| find(view, note)).transpose()?;
    Ok(Shown { receipt, cancelled_by: note.map(|note| note.number) })
}

/// What a receipt of a year counts of a statement.
fn waived_in(statement: &Statement, year: i16) -> Option<WaivedStatement> {
    match statement.settlement {
        Settlement::Waived { signed, receipt: None } if signed.year() == year => Some(WaivedStatement {
            statement: statement.id,
            number: statement.number,
            month: statement.month,
            signed,
            amount: statement.totals.total(),
        }),
        Settlement::Open | Settlement::Paid { .. } | Settlement::Waived { .. } => None,
    }
}

fn change(
    transaction: &mut Transaction<'_>,
    statement: &Statement,
    action: SettlementAction,
) -> Result<(), Aborted> {
    let settlement =
        statement.settlement.apply(action, statement.basis).map_err(refusals::money::settlement)?;
    ledger::set_settlement(transaction, statement, settlement)?;
    Ok(())
}

/// Name and address as a receipt keeps them: the address with its commune.
fn recipient(app: &App, name: &Name, home: &Place) -> Recipient {
    let commune =
        app.geography.commune(&home.commune).map_or_else(String::new, |commune| commune.name.clone());
    let street = home.address.as_str();
    let whole = if street.is_empty() { commune.clone() } else { format!("{street}, {commune}") };
    // Longer than an address may be: the street alone still finds its way.
    let address = Address::parse(&whole).unwrap_or_else(|_| home.address.clone());
    Recipient { name: name.clone(), address }
}

fn subject(party: Party) -> Subject {
    match party {
        Party::Person(id) => Subject::Person(id),
        Party::Volunteer(id) => Subject::Volunteer(id),
    }
}
