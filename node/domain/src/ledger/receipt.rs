//! Receipts: numbered without gaps per books and year, never changed, their whole text kept as it was on the day. A
//! receipt that was wrong is cancelled by a credit note with a number of its own.

use std::{fmt, str::FromStr};

use jiff::{Timestamp, civil::Date};
use maillage_federation::{ids::Id, month::Month};

use crate::{
    codes::{UnknownCode, coded},
    ids::{EntryKind, PersonKind, ReceiptKind, StatementKind, VolunteerKind},
    ledger::{Books, EntryNumber, Method, ReceiptNumber, StatementNumber, letters::in_letters},
    limits::TAX_RATES_PERCENT,
    money::Cents,
    text::{Address, Line, Name, Notes, TextError},
};

/// A receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Identity.
    pub id: Id<ReceiptKind>,
    /// Its number.
    pub number: ReceiptNumber,
    /// Whose books.
    pub books: Books,
    /// When it was made.
    pub issued: Timestamp,
    /// Who gives it, as on that day.
    pub issuer: Issuer,
    /// Who gets it, as on that day.
    pub recipient: Recipient,
    /// How much; what a credit note takes back.
    pub amount: Cents,
    /// What it acknowledges.
    pub paper: Paper,
}

/// The organisation a receipt comes from, with what the official model of a receipt for gifts (Cerfa 11580) asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    /// Its name.
    pub name: Name,
    /// Its address, with postal code and commune.
    pub address: Address,
    /// Its SIREN or RNA number.
    pub identifier: Line,
    /// Its object, as in its statutes.
    pub object: Notes,
    /// What entitles it to give tax receipts.
    pub quality: Quality,
    /// Who signs, and as what.
    pub signatory: Line,
    /// Tax reduction that its accountant applies, in per cent.
    pub tax_rate_percent: u8,
}

/// An issuer as it is typed.
#[derive(Debug, Clone, Default)]
pub struct NewIssuer {
    /// Its name.
    pub name: String,
    /// Its address.
    pub address: String,
    /// Its SIREN or RNA number.
    pub identifier: String,
    /// Its object.
    pub object: String,
    /// Code of [`Quality`].
    pub quality: String,
    /// Who signs, and as what.
    pub signatory: String,
    /// Per cent; 0 means 66.
    pub tax_rate_percent: u32,
}

/// What entitles an organisation to give tax receipts (art. 200, 1 CGI). Of the many kinds of the form, those that carry a
/// solidarity platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quality {
    /// It gives no tax receipts: not of general interest, or not decided.
    None,
    /// Œuvre ou organisme d'intérêt général (art. 200, 1 b).
    GeneralInterest,
    /// Association or foundation of recognised public utility (art. 200, 1 a).
    PublicUtility,
    /// Organisation that helps people in difficulty with food, lodging or care for free (art. 200, 1 ter).
    AidToPeopleInNeed,
    /// A territorial authority or its establishment (art. 200, 1 b, through the tax administration's doctrine).
    PublicBody,
}

coded!(Quality {
    None = "none",
    GeneralInterest = "general-interest",
    PublicUtility = "public-utility",
    AidToPeopleInNeed = "aid-to-people-in-need",
    PublicBody = "public-body",
});

/// Who gets a receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Name.
    pub name: Name,
    /// Address, with the commune.
    pub address: Address,
}

/// What a receipt acknowledges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Paper {
    /// A contribution that was paid.
    Contribution {
        /// Who paid.
        person: Id<PersonKind>,
        /// The entry of the payment.
        entry: Id<EntryKind>,
        /// Its number.
        number: EntryNumber,
        /// When it was paid.
        day: Date,
        /// How.
        method: Method,
    },
    /// Expenses given up in a year: the receipt for gifts.
    Waiver {
        /// Who gave them up.
        volunteer: Id<VolunteerKind>,
        /// The year of the gift.
        year: i16,
        /// The statements.
        statements: Vec<WaivedStatement>,
    },
    /// Takes a receipt back.
    CreditNote {
        /// The receipt.
        receipt: Id<ReceiptKind>,
        /// Its number.
        number: ReceiptNumber,
        /// Why.
        reason: Line,
    },
}

/// A statement that a waiver receipt counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaivedStatement {
    /// The statement.
    pub statement: Id<StatementKind>,
    /// Its number.
    pub number: StatementNumber,
    /// Its month.
    pub month: Month,
    /// When the volunteer signed.
    pub signed: Date,
    /// How much.
    pub amount: Cents,
}

/// Why an issuer is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IssuerError {
    /// A text.
    #[error("{0} is not accepted")]
    Text(&'static str, #[source] TextError),
    /// Not a quality.
    #[error("the quality is not known")]
    Quality(#[source] UnknownCode),
    /// Neither of the rates of the law.
    #[error("{0} % is not a rate of the law")]
    TaxRate(u32),
}

impl NewIssuer {
    /// Reads an issuer.
    ///
    /// # Errors
    /// The first thing that is not acceptable.
    pub fn parse(&self) -> Result<Issuer, IssuerError> {
        let text = |field| move |error| IssuerError::Text(field, error);
        let line = |field, typed: &str| match Line::parse(typed).map_err(text(field))? {
            line if line.as_str().is_empty() => Err(IssuerError::Text(field, TextError::Empty)),
            line => Ok(line),
        };
        let rate = if self.tax_rate_percent == 0 { 66 } else { self.tax_rate_percent };
        let known = u8::try_from(rate).ok().filter(|rate| TAX_RATES_PERCENT.contains(rate));
        Ok(Issuer {
            name: Name::parse(&self.name).map_err(text("name"))?,
            address: Address::parse(&self.address).map_err(text("address"))?,
            identifier: line("identifier", &self.identifier)?,
            object: Notes::parse(&self.object).map_err(text("object"))?,
            quality: self.quality.parse().map_err(IssuerError::Quality)?,
            signatory: line("signatory", &self.signatory)?,
            tax_rate_percent: known.ok_or(IssuerError::TaxRate(rate))?,
        })
    }
}

impl Issuer {
    /// Whether its receipts lower a tax.
    pub fn gives_tax_receipts(&self) -> bool {
        self.quality != Quality::None
    }
}

impl Receipt {
    /// Its amount in French words.
    pub fn letters(&self) -> String {
        in_letters(self.amount)
    }

    /// What a gift may lower the giver's income tax by at the organisation's rate: an indication, rounded down; the ceilings
    /// of the law are the taxpayer's.
    pub fn indicative_reduction(&self) -> Cents {
        Cents::new(self.amount.get().saturating_mul(i64::from(self.issuer.tax_rate_percent)) / 100)
    }
}

impl Paper {
    /// Its code, as stored and shown to programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Contribution { .. } => "contribution",
            Self::Waiver { .. } => "waiver",
            Self::CreditNote { .. } => "credit-note",
        }
    }
}
