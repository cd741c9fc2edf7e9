//! What is sealed in a letter, opened: who travels, an account, a word, a change. Must never say what becomes of it.

use maillage_federation::{
    handover::{Action, AwardDetails, ChangeDetails, Command, OutcomeDetails, Word},
    ids::{Id, NodeKind},
    sealed::{Context, PayloadKind, Sealed},
};
use maillage_proto::federation::v1 as proto;
use prost::Message as _;

use crate::federation::membership::Membership;

/// What was sealed in a notice.
#[derive(Debug, Clone)]
pub(in crate::app::handover) enum Opened {
    Nothing,
    Award(AwardDetails),
    Outcome(OutcomeDetails),
    Word(Word),
    Change(ChangeDetails),
    Unreadable,
}

/// Opens what is sealed to this node. What its sender has no say in, or what contradicts what is told the hub, cannot be read.
pub(super) fn open(
    membership: &Membership,
    origin: Id<NodeKind>,
    cause: Option<&(Id<NodeKind>, Command)>,
) -> Opened {
    let Some((sender, command)) = cause else { return Opened::Nothing };
    let context = |kind| Context {
        kind,
        handover: command.handover,
        round: command.round,
        sender: *sender,
        recipient: membership.me,
    };
    let unseal = |sealed: &Sealed, kind| membership.keys.sealing.open(sealed, &context(kind)).ok();
    match &command.action {
        Action::Award { winner, details } if *winner == membership.me => unseal(details, PayloadKind::Award)
            .and_then(|plain| proto::AwardDetails::decode(plain.as_slice()).ok())
            .and_then(|message| AwardDetails::try_from(message).ok())
            .map_or(Opened::Unreadable, Opened::Award),
        Action::Outcome(details) => unseal(details, PayloadKind::Outcome)
            .and_then(|plain| proto::OutcomeDetails::decode(plain.as_slice()).ok())
            .and_then(|message| OutcomeDetails::try_from(message).ok())
            .map_or(Opened::Unreadable, Opened::Outcome),
        Action::Word(word) => unseal(word, PayloadKind::Word)
            .and_then(|plain| proto::Word::decode(plain.as_slice()).ok())
            .and_then(|message| Word::try_from(message).ok())
            .filter(|word| word.is_for(*sender == origin))
            .map_or(Opened::Unreadable, Opened::Word),
        Action::AskChange { legs, details } => unseal(details, PayloadKind::Change)
            .and_then(|plain| proto::ChangeDetails::decode(plain.as_slice()).ok())
            .and_then(|message| ChangeDetails::try_from(message).ok())
            .filter(|details| details.fits(legs))
            .map_or(Opened::Unreadable, Opened::Change),
        Action::Offer(_)
        | Action::Bid(_)
        | Action::Unbid
        | Action::Award { .. }
        | Action::Withdraw(_)
        | Action::Accept
        | Action::Refuse(_)
        | Action::Release(_)
        | Action::Cancel
        | Action::AnswerChange { .. } => Opened::Nothing,
    }
}
