//! Statements and letters from and to the messages of the contract. What breaks a limit, is of another month or is there
//! twice is refused, never repaired.

use std::collections::BTreeMap;

use jiff::civil::Date;
use maillage_proto::federation::v1 as proto;
use prost::Message as _;

use super::{LegKey, Letter, Line, Signed, Statement, What};
use crate::{
    ids::{Id, IdError},
    limits,
    month::Month,
    sealed::{SealError, Sealed},
};

/// Why a statement or a letter cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// Not the message it should be.
    #[error("the statement is not readable")]
    Unreadable,
    /// An identifier is malformed, or carrier and origin are one.
    #[error("an identifier of the statement is malformed")]
    Id,
    /// Not a month, or a day that the month does not have.
    #[error("a day of the statement is not one of its month")]
    Day,
    /// More lines than a month has.
    #[error("the statement has too many lines: {0}")]
    TooMany(usize),
    /// A distance, a sum or a leg that there cannot be.
    #[error("a line of the statement is out of range")]
    Range,
    /// Two lines about one leg, or lines in another order.
    #[error("the lines of the statement are not in order, each once")]
    Order,
    /// The sealed part is malformed.
    #[error("the sealed statement is malformed")]
    Sealed(#[from] SealError),
}

impl From<IdError> for StatementError {
    fn from(_: IdError) -> Self {
        Self::Id
    }
}

impl TryFrom<proto::SettlementLetter> for Letter {
    type Error = StatementError;

    fn try_from(message: proto::SettlementLetter) -> Result<Self, StatementError> {
        let proto::SettlementLetter { with, statement } = message;
        let statement = Sealed::try_from(statement.ok_or(StatementError::Unreadable)?)?;
        Ok(Self { with: Id::from_bytes(&with)?, statement })
    }
}

impl From<Letter> for proto::SettlementLetter {
    fn from(letter: Letter) -> Self {
        Self { with: letter.with.to_bytes(), statement: Some(letter.statement.into()) }
    }
}

impl Signed {
    /// What is sealed to the other, and stored.
    pub fn encode(&self) -> Vec<u8> {
        let Statement { carrier, origin, month, lines } = &self.statement;
        let message = proto::SettlementStatement {
            carrier: carrier.to_bytes(),
            origin: origin.to_bytes(),
            month: month.to_string(),
            counter: self.counter,
            lines: lines.iter().map(|(key, line)| written(*key, *line)).collect(),
            signature: self.signature.clone(),
        };
        message.encode_to_vec()
    }

    /// Reads a signed statement. Its signature is not checked.
    ///
    /// # Errors
    /// What is malformed or breaks a limit.
    pub fn decode(bytes: &[u8]) -> Result<Self, StatementError> {
        let message = proto::SettlementStatement::decode(bytes).map_err(|_| StatementError::Unreadable)?;
        let proto::SettlementStatement { carrier, origin, month, counter, lines, signature } = message;
        if lines.len() > limits::SETTLEMENT_LINES {
            return Err(StatementError::TooMany(lines.len()));
        }
        let (carrier, origin) = (Id::from_bytes(&carrier)?, Id::from_bytes(&origin)?);
        if carrier == origin {
            return Err(StatementError::Id);
        }
        let month: Month = month.parse().map_err(|_| StatementError::Day)?;
        let mut read = BTreeMap::new();
        for message in lines {
            let (key, line) = line(month, &message)?;
            if read.last_key_value().is_some_and(|(before, _)| *before >= key) {
                return Err(StatementError::Order);
            }
            read.insert(key, line);
        }
        Ok(Self { statement: Statement { carrier, origin, month, lines: read }, counter, signature })
    }
}

fn written(key: LegKey, line: Line) -> proto::SettlementLine {
    let result = match line.what {
        What::Driven { .. } => proto::SettlementResult::Driven,
        What::NoShow => proto::SettlementResult::NoShow,
        What::AtTheDoor => proto::SettlementResult::AtTheDoor,
    };
    let [loaded_m, empty_m, contribution_cents] = line.what.numbers();
    proto::SettlementLine {
        handover_id: key.handover.to_bytes(),
        leg: key.leg,
        day: u32::from(line.day.day().unsigned_abs()),
        version: line.version,
        result: result.into(),
        loaded_m,
        empty_m,
        contribution_cents,
    }
}

fn line(month: Month, message: &proto::SettlementLine) -> Result<(LegKey, Line), StatementError> {
    let proto::SettlementLine { leg, day, version, loaded_m, empty_m, contribution_cents, .. } = *message;
    let what = match message.result() {
        proto::SettlementResult::Unspecified => return Err(StatementError::Unreadable),
        proto::SettlementResult::Driven => {
            What::Driven { loaded_m, empty_m, contribution: contribution_cents }
        }
        proto::SettlementResult::NoShow => What::NoShow,
        proto::SettlementResult::AtTheDoor => What::AtTheDoor,
    };
    let in_range = usize::try_from(leg).is_ok_and(|leg| leg < limits::LEGS)
        && (1..=limits::AGREEMENT_NUMBERS).contains(&version)
        // Of a leg that was not driven there are none, whatever the message says.
        && What::Driven { loaded_m, empty_m, contribution: contribution_cents }.is_in_range();
    if !in_range {
        return Err(StatementError::Range);
    }
    let day = i8::try_from(day).ok().and_then(|day| Date::new(month.year(), month.number(), day).ok());
    let day = day.ok_or(StatementError::Day)?;
    let handover = Id::from_bytes(&message.handover_id)?;
    Ok((LegKey { handover, leg }, Line { day, version, what }))
}
