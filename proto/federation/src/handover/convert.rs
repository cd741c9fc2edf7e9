//! Handovers to and from the contract. Everything is taken apart by field name, so that a new field is a
//! compile error here; what cannot be understood is refused, never guessed.

mod circles;
mod words;

use maillage_geography::{InseeCode, Siren};
use maillage_proto::federation::v1 as proto;

use super::{
    Action, Command,
    circles::Circle,
    terms::{
        AwardDetails, AwardLeg, Bid, GiveBackReason, LegOutcome, LegResult, Meeting, Offer, OfferedLeg,
        OutcomeDetails, TermsError, WithdrawReason,
    },
    thread::{NoticeKind, Record, State},
};
use crate::{
    ids::{Id, IdError},
    limits,
    models::ModelKeyError,
    needs::{Need, Needs},
    sealed::SealError,
};

/// Why a message is not one about a handover.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// An identifier is malformed.
    #[error("an identifier is malformed")]
    Id(#[from] IdError),
    /// A kind, reason, need or state this version does not know.
    #[error("unknown or missing value: {0}")]
    Unknown(&'static str),
    /// Not the code of a commune or a territory.
    #[error("not a valid code: {0}")]
    Code(&'static str),
    /// Terms no handover can have.
    #[error("the terms are not possible")]
    Terms(#[from] TermsError),
    /// A sealed payload is malformed.
    #[error("a sealed payload is malformed")]
    Sealed(#[from] SealError),
    /// A model key is malformed.
    #[error("a participation model is malformed")]
    Model(#[from] ModelKeyError),
    /// A text is too long.
    #[error("a text is longer than {max} characters", max = limits::TEXT_CHARS)]
    TooLong,
}

impl TryFrom<proto::HandoverCommand> for Command {
    type Error = CommandError;

    fn try_from(message: proto::HandoverCommand) -> Result<Self, CommandError> {
        use proto::handover_command::Action as Kind;
        let proto::HandoverCommand { handover_id, round, action } = message;
        let action = match action.ok_or(CommandError::Unknown("action"))? {
            Kind::Offer(offer) => Action::Offer(offer.try_into()?),
            Kind::Bid(bid) => Action::Bid(bid.into()),
            Kind::Unbid(proto::Unbid {}) => Action::Unbid,
            Kind::Award(proto::Award { winner, details }) => Action::Award {
                winner: Id::from_bytes(&winner)?,
                details: details.ok_or(CommandError::Unknown("award details"))?.try_into()?,
            },
            Kind::Withdraw(message) => Action::Withdraw(message.reason().try_into()?),
            Kind::Accept(proto::Accept {}) => Action::Accept,
            Kind::Refuse(message) => Action::Refuse(message.reason().try_into()?),
            Kind::Release(message) => Action::Release(message.reason().try_into()?),
            Kind::Cancel(proto::Cancel {}) => Action::Cancel,
            Kind::Outcome(proto::Outcome { details }) => {
                Action::Outcome(details.ok_or(CommandError::Unknown("outcome details"))?.try_into()?)
            }
            Kind::Word(proto::WordBetween { word }) => {
                Action::Word(word.ok_or(CommandError::Unknown("word"))?.try_into()?)
            }
            Kind::AskChange(message) => words::change_from(message)?,
            Kind::AnswerChange(proto::AnswerChange { change, agreed }) => {
                Action::AnswerChange { change, agreed }
            }
        };
        Ok(Self { handover: Id::from_bytes(&handover_id)?, round, action })
    }
}

impl From<Command> for proto::HandoverCommand {
    fn from(command: Command) -> Self {
        use proto::handover_command::Action as Kind;
        let action = match command.action {
            Action::Offer(offer) => Kind::Offer(offer.into()),
            Action::Bid(bid) => Kind::Bid(bid.into()),
            Action::Unbid => Kind::Unbid(proto::Unbid {}),
            Action::Award { winner, details } => {
                Kind::Award(proto::Award { winner: winner.to_bytes(), details: Some(details.into()) })
            }
            Action::Withdraw(reason) => {
                Kind::Withdraw(proto::Withdraw { reason: proto::WithdrawReason::from(reason).into() })
            }
            Action::Accept => Kind::Accept(proto::Accept {}),
            Action::Refuse(reason) => {
                Kind::Refuse(proto::Refuse { reason: proto::GiveBackReason::from(reason).into() })
            }
            Action::Release(reason) => {
                Kind::Release(proto::Release { reason: proto::GiveBackReason::from(reason).into() })
            }
            Action::Cancel => Kind::Cancel(proto::Cancel {}),
            Action::Outcome(details) => Kind::Outcome(proto::Outcome { details: Some(details.into()) }),
            Action::Word(word) => Kind::Word(proto::WordBetween { word: Some(word.into()) }),
            Action::AskChange { legs, details } => Kind::AskChange(proto::AskChange {
                legs: legs.into_iter().map(Into::into).collect(),
                details: Some(details.into()),
            }),
            Action::AnswerChange { change, agreed } => {
                Kind::AnswerChange(proto::AnswerChange { change, agreed })
            }
        };
        Self { handover_id: command.handover.to_bytes(), round: command.round, action: Some(action) }
    }
}

impl TryFrom<proto::Offer> for Offer {
    type Error = CommandError;

    fn try_from(message: proto::Offer) -> Result<Self, CommandError> {
        let needs = needs_from(message.needs())?;
        let proto::Offer {
            origin_territory,
            legs,
            seats,
            needs: _,
            reply_by_ms,
            accept_within_s,
            agreed_only,
            widening,
            goes_with,
        } = message;
        let offer = Self {
            origin_territory: territory(&origin_territory)?,
            legs: legs.into_iter().map(OfferedLeg::try_from).collect::<Result<_, _>>()?,
            seats,
            needs,
            reply_by_ms,
            accept_within_s,
            agreed_only,
            widening: widening.map(Into::into),
            goes_with: (!goes_with.is_empty()).then(|| Id::from_bytes(&goes_with)).transpose()?,
        };
        offer.check()?;
        Ok(offer)
    }
}

impl From<Offer> for proto::Offer {
    fn from(offer: Offer) -> Self {
        Self {
            origin_territory: offer.origin_territory.to_string(),
            legs: offer.legs.into_iter().map(Into::into).collect(),
            seats: offer.seats,
            needs: needs_to(&offer.needs),
            reply_by_ms: offer.reply_by_ms,
            accept_within_s: offer.accept_within_s,
            agreed_only: offer.agreed_only,
            widening: offer.widening.map(Into::into),
            goes_with: offer.goes_with.map(Id::to_bytes).unwrap_or_default(),
        }
    }
}

impl TryFrom<proto::OfferedLeg> for OfferedLeg {
    type Error = CommandError;

    fn try_from(message: proto::OfferedLeg) -> Result<Self, CommandError> {
        let proto::OfferedLeg {
            pickup_commune,
            dropoff_commune,
            window_start_ms,
            window_end_ms,
            distance_band_m,
        } = message;
        Ok(Self {
            pickup: commune(&pickup_commune)?,
            dropoff: commune(&dropoff_commune)?,
            window_start_ms,
            window_end_ms,
            distance_band_m,
        })
    }
}

impl From<OfferedLeg> for proto::OfferedLeg {
    fn from(leg: OfferedLeg) -> Self {
        Self {
            pickup_commune: leg.pickup.to_string(),
            dropoff_commune: leg.dropoff.to_string(),
            window_start_ms: leg.window_start_ms,
            window_end_ms: leg.window_end_ms,
            distance_band_m: leg.distance_band_m,
        }
    }
}

impl From<proto::Bid> for Bid {
    fn from(message: proto::Bid) -> Self {
        let proto::Bid { firm, pickup_ms, extra_m, agreement } = message;
        Self { firm, pickup_ms, extra_m, agreement: (agreement > 0).then_some(agreement) }
    }
}

impl From<Bid> for proto::Bid {
    fn from(bid: Bid) -> Self {
        let agreement = bid.agreement.unwrap_or_default();
        Self { firm: bid.firm, pickup_ms: bid.pickup_ms, extra_m: bid.extra_m, agreement }
    }
}

impl TryFrom<proto::AwardDetails> for AwardDetails {
    type Error = CommandError;

    fn try_from(message: proto::AwardDetails) -> Result<Self, CommandError> {
        let needs = needs_from(message.needs())?;
        let proto::AwardDetails {
            name,
            phone,
            legs,
            needs: _,
            companions,
            driver_notes,
            desk_phone,
            model,
            agreement,
        } = message;
        for text in [&name, &phone, &driver_notes, &desk_phone] {
            check_text(text)?;
        }
        if legs.is_empty() || legs.len() > limits::LEGS {
            return Err(TermsError::Legs(legs.len()).into());
        }
        Ok(Self {
            name,
            phone,
            legs: legs.into_iter().map(AwardLeg::try_from).collect::<Result<_, _>>()?,
            needs,
            companions,
            driver_notes,
            desk_phone,
            model: model.parse()?,
            agreement: (agreement > 0).then_some(agreement),
        })
    }
}

impl From<AwardDetails> for proto::AwardDetails {
    fn from(details: AwardDetails) -> Self {
        Self {
            name: details.name,
            phone: details.phone,
            legs: details.legs.into_iter().map(Into::into).collect(),
            needs: needs_to(&details.needs),
            companions: details.companions,
            driver_notes: details.driver_notes,
            desk_phone: details.desk_phone,
            model: details.model.to_string(),
            agreement: details.agreement.unwrap_or_default(),
        }
    }
}

impl TryFrom<proto::AwardLeg> for AwardLeg {
    type Error = CommandError;

    fn try_from(message: proto::AwardLeg) -> Result<Self, CommandError> {
        let proto::AwardLeg {
            trip_id,
            pickup_commune,
            pickup_address,
            dropoff_commune,
            dropoff_address,
            earliest_pickup_ms,
            latest_arrival_ms,
            meeting,
        } = message;
        // What a newer node may mean beyond these is not needed to carry the person.
        let meeting = match proto::Meeting::try_from(meeting) {
            Ok(proto::Meeting::AtPickup) => Some(Meeting::AtPickup),
            Ok(proto::Meeting::AtDropoff) => Some(Meeting::AtDropoff),
            Ok(proto::Meeting::Unspecified) | Err(_) => None,
        };
        check_text(&pickup_address)?;
        check_text(&dropoff_address)?;
        if latest_arrival_ms <= earliest_pickup_ms {
            return Err(TermsError::Window.into());
        }
        Ok(Self {
            trip: Id::from_bytes(&trip_id)?,
            pickup: commune(&pickup_commune)?,
            pickup_address,
            dropoff: commune(&dropoff_commune)?,
            dropoff_address,
            earliest_pickup_ms,
            latest_arrival_ms,
            meeting,
        })
    }
}

impl From<AwardLeg> for proto::AwardLeg {
    fn from(leg: AwardLeg) -> Self {
        Self {
            trip_id: leg.trip.to_bytes(),
            pickup_commune: leg.pickup.to_string(),
            pickup_address: leg.pickup_address,
            dropoff_commune: leg.dropoff.to_string(),
            dropoff_address: leg.dropoff_address,
            earliest_pickup_ms: leg.earliest_pickup_ms,
            latest_arrival_ms: leg.latest_arrival_ms,
            meeting: match leg.meeting {
                None => proto::Meeting::Unspecified,
                Some(Meeting::AtPickup) => proto::Meeting::AtPickup,
                Some(Meeting::AtDropoff) => proto::Meeting::AtDropoff,
            }
            .into(),
        }
    }
}

impl TryFrom<proto::OutcomeDetails> for OutcomeDetails {
    type Error = CommandError;

    fn try_from(message: proto::OutcomeDetails) -> Result<Self, CommandError> {
        let proto::OutcomeDetails { legs } = message;
        if legs.is_empty() || legs.len() > limits::LEGS {
            return Err(TermsError::Legs(legs.len()).into());
        }
        Ok(Self { legs: legs.into_iter().map(LegOutcome::try_from).collect::<Result<_, _>>()? })
    }
}

impl From<OutcomeDetails> for proto::OutcomeDetails {
    fn from(details: OutcomeDetails) -> Self {
        Self { legs: details.legs.into_iter().map(Into::into).collect() }
    }
}

impl TryFrom<proto::LegOutcome> for LegOutcome {
    type Error = CommandError;

    fn try_from(message: proto::LegOutcome) -> Result<Self, CommandError> {
        let result = match message.result() {
            proto::LegResult::Unspecified => return Err(CommandError::Unknown("result of a leg")),
            proto::LegResult::Completed => LegResult::Completed,
            proto::LegResult::NoShow => LegResult::NoShow,
            proto::LegResult::NotDone => LegResult::NotDone,
        };
        let proto::LegOutcome { result: _, loaded_m, empty_m, contribution_cents } = message;
        if loaded_m > limits::DISTANCE_M || empty_m > limits::DISTANCE_M {
            return Err(TermsError::Distance.into());
        }
        if contribution_cents > limits::CONTRIBUTION_CENTS {
            return Err(TermsError::Contribution.into());
        }
        Ok(Self { result, loaded_m, empty_m, contribution_cents })
    }
}

impl From<LegOutcome> for proto::LegOutcome {
    fn from(outcome: LegOutcome) -> Self {
        let result = match outcome.result {
            LegResult::Completed => proto::LegResult::Completed,
            LegResult::NoShow => proto::LegResult::NoShow,
            LegResult::NotDone => proto::LegResult::NotDone,
        };
        let LegOutcome { result: _, loaded_m, empty_m, contribution_cents } = outcome;
        Self { result: result.into(), loaded_m, empty_m, contribution_cents }
    }
}

impl TryFrom<proto::HandoverRecord> for Record {
    type Error = CommandError;

    fn try_from(message: proto::HandoverRecord) -> Result<Self, CommandError> {
        let kind = message.state();
        let proto::HandoverRecord {
            handover_id,
            origin,
            state: _,
            round,
            holder,
            reply_by_ms,
            accept_by_ms,
            revision,
            circle,
        } = message;
        let state = match kind {
            proto::HandoverState::Unspecified => return Err(CommandError::Unknown("state")),
            proto::HandoverState::Open => State::Open,
            proto::HandoverState::Awarded => {
                State::Awarded { winner: Id::from_bytes(&holder)?, accept_by_ms }
            }
            proto::HandoverState::Held => State::Held { holder: Id::from_bytes(&holder)? },
            proto::HandoverState::Released => State::Released,
            proto::HandoverState::Withdrawn => State::Withdrawn,
            proto::HandoverState::Expired => State::Expired,
            proto::HandoverState::Cancelled => State::Cancelled { holder: Id::from_bytes(&holder)? },
            proto::HandoverState::Done => State::Done { holder: Id::from_bytes(&holder)? },
        };
        Ok(Self {
            handover: Id::from_bytes(&handover_id)?,
            origin: Id::from_bytes(&origin)?,
            state,
            round,
            reply_by_ms,
            revision,
            circle: (circle > 0)
                .then(|| Circle::of_number(circle).ok_or(CommandError::Unknown("circle")))
                .transpose()?,
        })
    }
}

impl From<Record> for proto::HandoverRecord {
    fn from(record: Record) -> Self {
        let (state, holder, accept_by_ms) = match record.state {
            State::Open => (proto::HandoverState::Open, None, 0),
            State::Awarded { winner, accept_by_ms } => {
                (proto::HandoverState::Awarded, Some(winner), accept_by_ms)
            }
            State::Held { holder } => (proto::HandoverState::Held, Some(holder), 0),
            State::Released => (proto::HandoverState::Released, None, 0),
            State::Withdrawn => (proto::HandoverState::Withdrawn, None, 0),
            State::Expired => (proto::HandoverState::Expired, None, 0),
            State::Cancelled { holder } => (proto::HandoverState::Cancelled, Some(holder), 0),
            State::Done { holder } => (proto::HandoverState::Done, Some(holder), 0),
        };
        Self {
            handover_id: record.handover.to_bytes(),
            origin: record.origin.to_bytes(),
            state: state.into(),
            round: record.round,
            holder: holder.map(Id::to_bytes).unwrap_or_default(),
            reply_by_ms: record.reply_by_ms,
            accept_by_ms,
            revision: record.revision,
            circle: record.circle.map(Circle::number).unwrap_or_default(),
        }
    }
}

impl TryFrom<proto::NoticeKind> for NoticeKind {
    type Error = CommandError;

    fn try_from(kind: proto::NoticeKind) -> Result<Self, CommandError> {
        Ok(match kind {
            proto::NoticeKind::Unspecified => return Err(CommandError::Unknown("kind of notice")),
            proto::NoticeKind::Offered => Self::Offered,
            proto::NoticeKind::Reopened => Self::Reopened,
            proto::NoticeKind::Bid => Self::Bid,
            proto::NoticeKind::Awarded => Self::Awarded,
            proto::NoticeKind::Accepted => Self::Accepted,
            proto::NoticeKind::Refused => Self::Refused,
            proto::NoticeKind::Lapsed => Self::Lapsed,
            proto::NoticeKind::Released => Self::Released,
            proto::NoticeKind::Closed => Self::Closed,
            proto::NoticeKind::Cancelled => Self::Cancelled,
            proto::NoticeKind::Expired => Self::Expired,
            proto::NoticeKind::Outcome => Self::Outcome,
            proto::NoticeKind::Word => Self::Word,
            proto::NoticeKind::ChangeAsked => Self::ChangeAsked,
            proto::NoticeKind::ChangeAnswered => Self::ChangeAnswered,
            proto::NoticeKind::ChangeLapsed => Self::ChangeLapsed,
            proto::NoticeKind::Widened => Self::Widened,
        })
    }
}

impl From<NoticeKind> for proto::NoticeKind {
    fn from(kind: NoticeKind) -> Self {
        match kind {
            NoticeKind::Offered => Self::Offered,
            NoticeKind::Reopened => Self::Reopened,
            NoticeKind::Bid => Self::Bid,
            NoticeKind::Awarded => Self::Awarded,
            NoticeKind::Accepted => Self::Accepted,
            NoticeKind::Refused => Self::Refused,
            NoticeKind::Lapsed => Self::Lapsed,
            NoticeKind::Released => Self::Released,
            NoticeKind::Closed => Self::Closed,
            NoticeKind::Cancelled => Self::Cancelled,
            NoticeKind::Expired => Self::Expired,
            NoticeKind::Outcome => Self::Outcome,
            NoticeKind::Word => Self::Word,
            NoticeKind::ChangeAsked => Self::ChangeAsked,
            NoticeKind::ChangeAnswered => Self::ChangeAnswered,
            NoticeKind::ChangeLapsed => Self::ChangeLapsed,
            NoticeKind::Widened => Self::Widened,
        }
    }
}

impl TryFrom<proto::WithdrawReason> for WithdrawReason {
    type Error = CommandError;

    fn try_from(reason: proto::WithdrawReason) -> Result<Self, CommandError> {
        Ok(match reason {
            proto::WithdrawReason::Unspecified => {
                return Err(CommandError::Unknown("reason of a withdrawal"));
            }
            proto::WithdrawReason::LocalDriver => Self::LocalDriver,
            proto::WithdrawReason::Cancelled => Self::Cancelled,
            proto::WithdrawReason::Coordinator => Self::Coordinator,
        })
    }
}

impl From<WithdrawReason> for proto::WithdrawReason {
    fn from(reason: WithdrawReason) -> Self {
        match reason {
            WithdrawReason::LocalDriver => Self::LocalDriver,
            WithdrawReason::Cancelled => Self::Cancelled,
            WithdrawReason::Coordinator => Self::Coordinator,
        }
    }
}

impl TryFrom<proto::GiveBackReason> for GiveBackReason {
    type Error = CommandError;

    fn try_from(reason: proto::GiveBackReason) -> Result<Self, CommandError> {
        Ok(match reason {
            proto::GiveBackReason::Unspecified => return Err(CommandError::Unknown("reason to give back")),
            proto::GiveBackReason::NoDriver => Self::NoDriver,
            proto::GiveBackReason::Needs => Self::Needs,
            proto::GiveBackReason::Vehicle => Self::Vehicle,
            proto::GiveBackReason::Details => Self::Details,
            proto::GiveBackReason::Coordinator => Self::Coordinator,
        })
    }
}

impl From<GiveBackReason> for proto::GiveBackReason {
    fn from(reason: GiveBackReason) -> Self {
        match reason {
            GiveBackReason::NoDriver => Self::NoDriver,
            GiveBackReason::Needs => Self::Needs,
            GiveBackReason::Vehicle => Self::Vehicle,
            GiveBackReason::Details => Self::Details,
            GiveBackReason::Coordinator => Self::Coordinator,
        }
    }
}

impl TryFrom<proto::Need> for Need {
    type Error = CommandError;

    fn try_from(need: proto::Need) -> Result<Self, CommandError> {
        let index = usize::try_from(i32::from(need)).ok().and_then(|number| number.checked_sub(1));
        index.and_then(|index| Self::ALL.get(index).copied()).ok_or(CommandError::Unknown("need"))
    }
}

impl From<Need> for proto::Need {
    fn from(need: Need) -> Self {
        match need {
            Need::WheelchairManual => Self::WheelchairManual,
            Need::WheelchairElectric => Self::WheelchairElectric,
            Need::TransferPossible => Self::TransferPossible,
            Need::WalkingAid => Self::WalkingAid,
            Need::Visual => Self::Visual,
            Need::Hearing => Self::Hearing,
            Need::Cognitive => Self::Cognitive,
            Need::Companion => Self::Companion,
            Need::AssistanceDog => Self::AssistanceDog,
            Need::ChildSeat => Self::ChildSeat,
            Need::DoorToDoor => Self::DoorToDoor,
            Need::Luggage => Self::Luggage,
        }
    }
}

fn needs_from(needs: impl Iterator<Item = proto::Need>) -> Result<Needs, CommandError> {
    needs.map(Need::try_from).collect()
}

fn needs_to(needs: &Needs) -> Vec<i32> {
    needs.iter().map(|need| proto::Need::from(need).into()).collect()
}

fn commune(code: &str) -> Result<InseeCode, CommandError> {
    code.parse().map_err(|_| CommandError::Code("commune"))
}

fn territory(code: &str) -> Result<Siren, CommandError> {
    code.parse().map_err(|_| CommandError::Code("territory"))
}

fn check_text(text: &str) -> Result<(), CommandError> {
    if text.chars().count() > limits::TEXT_CHARS { Err(CommandError::TooLong) } else { Ok(()) }
}
