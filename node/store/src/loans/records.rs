//! Loans as they are stored, and their way from and to the domain.

use maillage_domain::{
    ids::{AssetKind, LoanKind, PersonKind},
    loan::{Booking, HandOut, Loan, LoanState, LoanTerms, Settlement, TakeBack},
    money::Cents,
    span::Span,
    text::{Line, Notes},
};
use maillage_engine::{EngineError, Record};
use maillage_federation::ids::Id;
use serde::{Deserialize, Serialize};

use crate::{
    assets::RateRecord,
    fields::{broken, instant, parsed},
    kinds,
};

const KIND: u16 = kinds::LOAN;

/// A loan, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LoanRecord {
    id: Id<LoanKind>,
    person: Id<PersonKind>,
    category: String,
    from_ms: i64,
    until_ms: i64,
    purpose: String,
    notes: String,
    state: StateRecord,
    revision: u64,
    created_ms: i64,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum StateRecord {
    Requested,
    Booked { booking: BookingRecord },
    Out { booking: BookingRecord, out: OutRecord },
    Returned { booking: BookingRecord, out: OutRecord, back: BackRecord },
    Closed { booking: BookingRecord, out: OutRecord, back: BackRecord, settlement: SettlementRecord },
    Cancelled { reason: String, at_ms: i64 },
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct BookingRecord {
    asset: Id<AssetKind>,
    category: String,
    rate: Option<RateRecord>,
    deposit_cents: i64,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct OutRecord {
    at_ms: i64,
    condition: String,
    odometer_m: Option<u32>,
    deposit_cents: i64,
    documents: Vec<String>,
    by: String,
    notes: String,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct BackRecord {
    at_ms: i64,
    condition: String,
    odometer_m: Option<u32>,
    by: String,
    damage: String,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct SettlementRecord {
    contribution_due_cents: i64,
    deposit_kept_cents: i64,
    at_ms: i64,
}

impl Record for LoanRecord {
    const KIND: u16 = KIND;
    const VERSION: u16 = 1;
}

impl From<&Loan> for LoanRecord {
    fn from(loan: &Loan) -> Self {
        let Loan { id, person, terms, state, revision, created } = loan;
        let LoanTerms { category, span, purpose, notes } = terms;
        Self {
            id: *id,
            person: *person,
            category: category.code().to_owned(),
            from_ms: span.from().as_millisecond(),
            until_ms: span.until().as_millisecond(),
            purpose: purpose.code().to_owned(),
            notes: notes.as_str().to_owned(),
            state: state.into(),
            revision: *revision,
            created_ms: created.as_millisecond(),
        }
    }
}

impl TryFrom<LoanRecord> for Loan {
    type Error = EngineError;

    fn try_from(record: LoanRecord) -> Result<Self, EngineError> {
        let span = Span::new(instant(record.from_ms, KIND)?, instant(record.until_ms, KIND)?);
        let terms = LoanTerms {
            category: parsed(&record.category, KIND)?,
            span: span.map_err(|_| broken(KIND))?,
            purpose: parsed(&record.purpose, KIND)?,
            notes: Notes::parse(&record.notes).map_err(|_| broken(KIND))?,
        };
        Ok(Self {
            id: record.id,
            person: record.person,
            terms,
            state: record.state.try_into()?,
            revision: record.revision,
            created: instant(record.created_ms, KIND)?,
        })
    }
}

impl From<&LoanState> for StateRecord {
    fn from(state: &LoanState) -> Self {
        match state {
            LoanState::Requested => Self::Requested,
            LoanState::Booked(booking) => Self::Booked { booking: booking.into() },
            LoanState::Out(booking, out) => Self::Out { booking: booking.into(), out: out.into() },
            LoanState::Returned(booking, out, back) => {
                Self::Returned { booking: booking.into(), out: out.into(), back: back.into() }
            }
            LoanState::Closed(booking, out, back, settlement) => Self::Closed {
                booking: booking.into(),
                out: out.into(),
                back: back.into(),
                settlement: settlement.into(),
            },
            LoanState::Cancelled { reason, at } => {
                Self::Cancelled { reason: reason.code().to_owned(), at_ms: at.as_millisecond() }
            }
        }
    }
}

impl TryFrom<StateRecord> for LoanState {
    type Error = EngineError;

    fn try_from(record: StateRecord) -> Result<Self, EngineError> {
        Ok(match record {
            StateRecord::Requested => Self::Requested,
            StateRecord::Booked { booking } => Self::Booked(booking.try_into()?),
            StateRecord::Out { booking, out } => Self::Out(booking.try_into()?, out.try_into()?),
            StateRecord::Returned { booking, out, back } => {
                Self::Returned(booking.try_into()?, out.try_into()?, back.try_into()?)
            }
            StateRecord::Closed { booking, out, back, settlement } => {
                let (booking, out, back) = (booking.try_into()?, out.try_into()?, back.try_into()?);
                Self::Closed(booking, out, back, settlement.try_into()?)
            }
            StateRecord::Cancelled { reason, at_ms } => {
                Self::Cancelled { reason: parsed(&reason, KIND)?, at: instant(at_ms, KIND)? }
            }
        })
    }
}

impl From<&Booking> for BookingRecord {
    fn from(booking: &Booking) -> Self {
        let Booking { asset, category, rate, deposit } = booking;
        Self {
            asset: *asset,
            category: category.code().to_owned(),
            rate: rate.map(RateRecord::from),
            deposit_cents: deposit.get(),
        }
    }
}

impl TryFrom<BookingRecord> for Booking {
    type Error = EngineError;

    fn try_from(record: BookingRecord) -> Result<Self, EngineError> {
        Ok(Self {
            asset: record.asset,
            category: parsed(&record.category, KIND)?,
            rate: record.rate.map(|rate| rate.rate(KIND)).transpose()?,
            deposit: Cents::new(record.deposit_cents),
        })
    }
}

impl From<&HandOut> for OutRecord {
    fn from(out: &HandOut) -> Self {
        let HandOut { at, condition, odometer_m, deposit, documents, by, notes } = out;
        Self {
            at_ms: at.as_millisecond(),
            condition: condition.code().to_owned(),
            odometer_m: *odometer_m,
            deposit_cents: deposit.get(),
            documents: documents.iter().map(|document| document.code().to_owned()).collect(),
            by: by.as_str().to_owned(),
            notes: notes.as_str().to_owned(),
        }
    }
}

impl TryFrom<OutRecord> for HandOut {
    type Error = EngineError;

    fn try_from(record: OutRecord) -> Result<Self, EngineError> {
        Ok(Self {
            at: instant(record.at_ms, KIND)?,
            condition: parsed(&record.condition, KIND)?,
            odometer_m: record.odometer_m,
            deposit: Cents::new(record.deposit_cents),
            documents: record.documents.iter().map(|code| parsed(code, KIND)).collect::<Result<_, _>>()?,
            by: Line::parse(&record.by).map_err(|_| broken(KIND))?,
            notes: Notes::parse(&record.notes).map_err(|_| broken(KIND))?,
        })
    }
}

impl From<&TakeBack> for BackRecord {
    fn from(back: &TakeBack) -> Self {
        let TakeBack { at, condition, odometer_m, by, damage } = back;
        Self {
            at_ms: at.as_millisecond(),
            condition: condition.code().to_owned(),
            odometer_m: *odometer_m,
            by: by.as_str().to_owned(),
            damage: damage.as_str().to_owned(),
        }
    }
}

impl TryFrom<BackRecord> for TakeBack {
    type Error = EngineError;

    fn try_from(record: BackRecord) -> Result<Self, EngineError> {
        Ok(Self {
            at: instant(record.at_ms, KIND)?,
            condition: parsed(&record.condition, KIND)?,
            odometer_m: record.odometer_m,
            by: Line::parse(&record.by).map_err(|_| broken(KIND))?,
            damage: Notes::parse(&record.damage).map_err(|_| broken(KIND))?,
        })
    }
}

impl From<&Settlement> for SettlementRecord {
    fn from(settlement: &Settlement) -> Self {
        let Settlement { contribution_due, deposit_kept, at } = settlement;
        Self {
            contribution_due_cents: contribution_due.get(),
            deposit_kept_cents: deposit_kept.get(),
            at_ms: at.as_millisecond(),
        }
    }
}

impl TryFrom<SettlementRecord> for Settlement {
    type Error = EngineError;

    fn try_from(record: SettlementRecord) -> Result<Self, EngineError> {
        Ok(Self {
            contribution_due: Cents::new(record.contribution_due_cents),
            deposit_kept: Cents::new(record.deposit_kept_cents),
            at: instant(record.at_ms, KIND)?,
        })
    }
}
