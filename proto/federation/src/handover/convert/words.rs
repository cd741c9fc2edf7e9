//! Words and changes to and from the contract. Must never let through a text longer than a person would type.

use maillage_proto::federation::v1 as proto;

use super::{CommandError, check_text};
use crate::{
    handover::{
        Action,
        terms::{AwardLeg, OfferedLeg, TermsError},
        words::{CarriedBy, ChangeDetails, DisputeReason, ProgressStep, Word},
    },
    limits,
};

/// Another change is asked for.
pub(super) fn change_from(message: proto::AskChange) -> Result<Action, CommandError> {
    let proto::AskChange { legs, details } = message;
    if legs.is_empty() || legs.len() > limits::LEGS {
        return Err(TermsError::Legs(legs.len()).into());
    }
    let legs: Vec<OfferedLeg> = legs.into_iter().map(OfferedLeg::try_from).collect::<Result<_, _>>()?;
    legs.iter().try_for_each(OfferedLeg::check)?;
    Ok(Action::AskChange { legs, details: details.ok_or(CommandError::Unknown("change"))?.try_into()? })
}

impl TryFrom<proto::Word> for Word {
    type Error = CommandError;

    fn try_from(message: proto::Word) -> Result<Self, CommandError> {
        use proto::word::Kind;
        let proto::Word { kind } = message;
        Ok(match kind.ok_or(CommandError::Unknown("word"))? {
            Kind::Message(proto::Message { text }) => {
                check_text(&text)?;
                Self::Message { text }
            }
            Kind::Progress(message) => {
                let step = message.step().try_into()?;
                let proto::Progress { leg, step: _, at_ms } = message;
                Self::Progress { leg: leg_from(leg)?, step, at_ms: Some(at_ms).filter(|at_ms| *at_ms != 0) }
            }
            Kind::CarriedBy(message) => Self::CarriedBy(message.try_into()?),
            Kind::Countersigned(proto::Countersigned {}) => Self::Countersigned,
            Kind::Disputed(message) => {
                let reason = message.reason().try_into()?;
                let proto::Disputed { reason: _, text } = message;
                check_text(&text)?;
                Self::Disputed { reason, text }
            }
        })
    }
}

impl From<Word> for proto::Word {
    fn from(word: Word) -> Self {
        use proto::word::Kind;
        let kind = match word {
            Word::Message { text } => Kind::Message(proto::Message { text }),
            Word::Progress { leg, step, at_ms } => Kind::Progress(proto::Progress {
                leg,
                step: proto::ProgressStep::from(step).into(),
                at_ms: at_ms.unwrap_or(0),
            }),
            Word::CarriedBy(carried) => Kind::CarriedBy(carried.into()),
            Word::Countersigned => Kind::Countersigned(proto::Countersigned {}),
            Word::Disputed { reason, text } => {
                Kind::Disputed(proto::Disputed { reason: proto::DisputeReason::from(reason).into(), text })
            }
        };
        Self { kind: Some(kind) }
    }
}

impl TryFrom<proto::CarriedBy> for CarriedBy {
    type Error = CommandError;

    fn try_from(message: proto::CarriedBy) -> Result<Self, CommandError> {
        let proto::CarriedBy { leg, carrier, frame, verdict, ground } = message;
        check_text(&carrier)?;
        for code in [&frame, &verdict, &ground] {
            check_code(code)?;
        }
        Ok(Self { leg: leg_from(leg)?, carrier, frame, verdict, ground })
    }
}

impl From<CarriedBy> for proto::CarriedBy {
    fn from(carried: CarriedBy) -> Self {
        let CarriedBy { leg, carrier, frame, verdict, ground } = carried;
        Self { leg, carrier, frame, verdict, ground }
    }
}

impl TryFrom<proto::ChangeDetails> for ChangeDetails {
    type Error = CommandError;

    fn try_from(message: proto::ChangeDetails) -> Result<Self, CommandError> {
        let proto::ChangeDetails { legs, note } = message;
        check_text(&note)?;
        if legs.is_empty() || legs.len() > limits::LEGS {
            return Err(TermsError::Legs(legs.len()).into());
        }
        Ok(Self { legs: legs.into_iter().map(AwardLeg::try_from).collect::<Result<_, _>>()?, note })
    }
}

impl From<ChangeDetails> for proto::ChangeDetails {
    fn from(details: ChangeDetails) -> Self {
        Self { legs: details.legs.into_iter().map(Into::into).collect(), note: details.note }
    }
}

impl TryFrom<proto::ProgressStep> for ProgressStep {
    type Error = CommandError;

    fn try_from(step: proto::ProgressStep) -> Result<Self, CommandError> {
        Ok(match step {
            proto::ProgressStep::Unspecified => return Err(CommandError::Unknown("step of a leg")),
            proto::ProgressStep::DriverFound => Self::DriverFound,
            proto::ProgressStep::DriverLost => Self::DriverLost,
            proto::ProgressStep::PickedUp => Self::PickedUp,
        })
    }
}

impl From<ProgressStep> for proto::ProgressStep {
    fn from(step: ProgressStep) -> Self {
        match step {
            ProgressStep::DriverFound => Self::DriverFound,
            ProgressStep::DriverLost => Self::DriverLost,
            ProgressStep::PickedUp => Self::PickedUp,
        }
    }
}

impl TryFrom<proto::DisputeReason> for DisputeReason {
    type Error = CommandError;

    fn try_from(reason: proto::DisputeReason) -> Result<Self, CommandError> {
        Ok(match reason {
            proto::DisputeReason::Unspecified => return Err(CommandError::Unknown("reason of a dispute")),
            proto::DisputeReason::Result => Self::Result,
            proto::DisputeReason::Distance => Self::Distance,
            proto::DisputeReason::Other => Self::Other,
        })
    }
}

impl From<DisputeReason> for proto::DisputeReason {
    fn from(reason: DisputeReason) -> Self {
        match reason {
            DisputeReason::Result => Self::Result,
            DisputeReason::Distance => Self::Distance,
            DisputeReason::Other => Self::Other,
        }
    }
}

fn leg_from(leg: u32) -> Result<u32, CommandError> {
    let known = usize::try_from(leg).is_ok_and(|leg| leg < limits::LEGS);
    if known { Ok(leg) } else { Err(CommandError::Unknown("leg")) }
}

fn check_code(code: &str) -> Result<(), CommandError> {
    let plain = |character: char| character.is_ascii_alphanumeric() || "-._".contains(character);
    let short = code.len() <= limits::CODE_CHARS;
    if short && code.chars().all(plain) { Ok(()) } else { Err(CommandError::Code("word")) }
}
