//! The books as an accountant's program reads them: one file per kind, a page at a time. Must never hold where somebody
//! went, or why: a line about a trip says "trip" and nothing more.

use std::{collections::BTreeMap, fmt, str::FromStr, sync::Arc};

use jiff::civil::Date;
use maillage_domain::{
    codes::UnknownCode,
    ids::{CarrierKind, EntryKind, ReceiptKind},
    ledger::{
        Account, Books, DueSource, Entry, Journal, Movement, Paper, Party, Receipt, Row, csv_heading,
        csv_lines, rows,
    },
    money::Cents,
    roles::Operation,
};
use maillage_engine::View;
use maillage_federation::ids::Id;
use maillage_platform::refusal::Refusal;
use maillage_store::{ledger, persons, volunteers};

use super::{books::EVER, today};
use crate::{
    app::{Aborted, App, caller::Caller, tables},
    limits::PAGE_MAX,
};

/// What is given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// What people owe, and what was given up of it.
    Contributions,
    /// Money that came, went or was handed on.
    Payments,
    /// What volunteers are owed.
    Statements,
    /// What volunteers gave up.
    Waivers,
    /// Receipts, by the accounts of what they acknowledge: a list to check by, not to be booked a second time.
    Receipts,
}

/// Where the next page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cursor {
    /// After an entry.
    Entry(Id<EntryKind>),
    /// After a receipt.
    Receipt(Id<ReceiptKind>),
}

/// What to give out.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// What.
    pub kind: Kind,
    /// First and last day; [`EVER`] for all.
    pub period: (Date, Date),
    /// One carrier's books; none for all.
    pub carrier: Option<Id<CarrierKind>>,
    /// Where the last page ended; none for the first.
    pub after: Option<Cursor>,
}

/// Begins to give the books out: the first page as [`page`] has it, once it is noted in the journal, and where the people they
/// tell of find who saw their data, that they are given out.
///
/// # Errors
/// `not-allowed`; the store.
pub async fn begin(
    app: &Arc<App>,
    caller: &Caller,
    asked: Asked,
) -> Result<(String, Option<Cursor>), Refusal> {
    let first = page(app, caller, asked)?;
    let (from, to) = asked.period;
    let (from, to) = ((from != EVER.0).then_some(from), (to != EVER.1).then_some(to));
    tables::note_given(app, caller, Operation::MoneyExport, (asked.kind.to_string(), from, to)).await?;
    Ok(first)
}

/// A page of the file that [`begin`] began, and where the next begins; none after the last.
///
/// # Errors
/// The store.
pub fn page(app: &App, caller: &Caller, asked: Asked) -> Result<(String, Option<Cursor>), Refusal> {
    app.look(caller, Operation::MoneyExport, |_, view| {
        let (rows, next) = match asked.kind.journal() {
            Some(journal) => entries(view, journal, asked)?,
            None => receipts(view, asked)?,
        };
        let lines = csv_lines(&rows);
        let heading = if asked.after.is_none() { csv_heading() } else { String::new() };
        Ok((heading + &lines, next))
    })
}

impl Asked {
    fn wants(&self, books: Books) -> bool {
        self.carrier.is_none() || books.0 == self.carrier
    }
}

impl Kind {
    /// Every kind with its code: that of the table that holds the same.
    pub const CODES: [(Self, &'static str); 5] = [
        (Self::Contributions, "contributions"),
        (Self::Payments, "payments"),
        (Self::Statements, "statements"),
        (Self::Waivers, "waivers"),
        (Self::Receipts, "receipts"),
    ];

    fn journal(self) -> Option<Journal> {
        match self {
            Self::Contributions => Some(Journal::Contributions),
            Self::Payments => Some(Journal::Payments),
            Self::Statements => Some(Journal::Statements),
            Self::Waivers => Some(Journal::Waivers),
            Self::Receipts => None,
        }
    }
}

impl FromStr for Kind {
    type Err = UnknownCode;

    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        let found = Self::CODES.iter().find(|(_, code)| *code == text.trim());
        let allowed = || Self::CODES.map(|(_, code)| code).join(", ");
        found.map(|(kind, _)| *kind).ok_or_else(|| UnknownCode { allowed: allowed() })
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = Self::CODES.iter().find(|(kind, _)| kind == self).map_or("", |(_, code)| code);
        formatter.write_str(code)
    }
}

/// Names of those behind the accounts, each looked up once.
#[derive(Default)]
struct Names(BTreeMap<Party, String>);

impl Names {
    /// The name of somebody; a dash for who is not there any more.
    fn of(&mut self, view: &dyn View, party: Party) -> Result<String, Aborted> {
        if let Some(name) = self.0.get(&party) {
            return Ok(name.clone());
        }
        let name = match party {
            Party::Person(id) => persons::find(view, id)?.map(|person| person.details.name),
            Party::Volunteer(id) => volunteers::find(view, id)?.map(|volunteer| volunteer.details.name),
        };
        let name = name.map_or_else(|| "–".to_owned(), |name| name.as_str().to_owned());
        self.0.insert(party, name.clone());
        Ok(name)
    }
}

fn entries(view: &dyn View, journal: Journal, asked: Asked) -> Result<(Vec<Row>, Option<Cursor>), Aborted> {
    let after = match asked.after {
        Some(Cursor::Entry(id)) => ledger::entry(view, id)?,
        Some(Cursor::Receipt(_)) | None => None,
    };
    let found = ledger::entries_between(view, asked.period, after.as_ref(), PAGE_MAX)?;
    let next = found.last().filter(|_| found.len() == PAGE_MAX).map(|entry| Cursor::Entry(entry.id));
    let mut names = Names::default();
    let mut written = Vec::new();
    let wanted = |entry: &&Entry| entry.number.journal == journal && asked.wants(entry.books);
    for entry in found.iter().filter(wanted) {
        let mut known = BTreeMap::new();
        for party in entry.parties() {
            known.insert(party, names.of(view, party)?);
        }
        written.extend(rows(entry, &label(entry), |party| known.get(&party).cloned().unwrap_or_default()));
    }
    Ok((written, next))
}

fn receipts(view: &dyn View, asked: Asked) -> Result<(Vec<Row>, Option<Cursor>), Aborted> {
    let after = match asked.after {
        Some(Cursor::Receipt(id)) => Some(id),
        Some(Cursor::Entry(_)) | None => None,
    };
    let found = ledger::all_receipts(view, after, PAGE_MAX)?;
    let next = found.last().filter(|_| found.len() == PAGE_MAX).map(|receipt| Cursor::Receipt(receipt.id));
    let mut written = Vec::new();
    for receipt in &found {
        let day = today(receipt.issued);
        if (asked.period.0..=asked.period.1).contains(&day) && asked.wants(receipt.books) {
            written.extend(receipt_rows(view, receipt, day)?);
        }
    }
    Ok((written, next))
}

/// The accounts of what a receipt acknowledges, the other way round in a credit note.
fn receipt_rows(view: &dyn View, receipt: &Receipt, day: Date) -> Result<[Row; 2], Aborted> {
    let cancelled = match &receipt.paper {
        Paper::CreditNote { receipt, .. } => ledger::receipt(view, *receipt)?.map(|receipt| receipt.paper),
        Paper::Contribution { .. } | Paper::Waiver { .. } => None,
    };
    let of_waiver = matches!(cancelled.as_ref().unwrap_or(&receipt.paper), Paper::Waiver { .. });
    let (debited, credited, label) = if of_waiver {
        (Account::VolunteerExpenses, Account::WaivedExpenses, "Reçu au titre des dons")
    } else {
        (Account::Bank, Account::People, "Reçu de participation")
    };
    let debited = match cancelled.as_ref().unwrap_or(&receipt.paper) {
        Paper::Contribution { entry, .. } => {
            let entry = ledger::entry(view, *entry)?;
            entry.map_or(debited, |entry| entry.postings()[0].account)
        }
        Paper::Waiver { .. } | Paper::CreditNote { .. } => debited,
    };
    let (debited, credited) = if cancelled.is_some() { (credited, debited) } else { (debited, credited) };
    let label = if cancelled.is_some() { format!("Annulation : {label}") } else { label.to_owned() };
    let row = |account, debit, credit| Row {
        day,
        number: receipt.number.to_string(),
        account,
        party: receipt.recipient.name.as_str().to_owned(),
        label: label.clone(),
        debit,
        credit,
    };
    Ok([row(debited, receipt.amount, Cents::ZERO), row(credited, Cents::ZERO, receipt.amount)])
}

/// What an entry is, in the words of the accounts: French, as the file.
fn label(entry: &Entry) -> String {
    let label = match entry.movement {
        Movement::Due(_, source) => match source {
            DueSource::Trip(_) => "Participation trajet",
            DueSource::Loan(_) => "Participation prêt",
            DueSource::Service(_) => "Participation service",
            DueSource::Membership(_) => "Cotisation",
            DueSource::Donation => "Don",
        },
        Movement::Received(..) => "Règlement reçu",
        Movement::Refunded(..) => "Remboursement de trop-perçu",
        Movement::WrittenOff(..) => "Abandon de créance",
        Movement::Remitted(..) => "Remise d’encaissements par un bénévole",
        Movement::Spent(..) => "État de frais",
        Movement::Reimbursed(..) => "Remboursement de frais",
        Movement::Waived(..) => "Abandon de frais",
    };
    if entry.counters.is_some() { format!("Annulation : {label}") } else { label.to_owned() }
}
