//! Agreements to and from the contract. Everything is taken apart by field name, so that a new field is a compile error
//! here; what cannot be understood is refused, never guessed.

use jiff::civil::Date;
use maillage_proto::federation::v1 as proto;
use prost::Message as _;

use super::{
    Action, Agreement, AgreementNotice, Carriers, Command, End, NoticeKind, Pair, Proposal, Rates, Terms,
    TermsError, Trust, Version, terms::is_in_range,
};
use crate::{
    envelope::{Envelope, EnvelopeError},
    ids::{Id, IdError},
    limits,
};

/// Why a message is not one about an agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AgreementError {
    /// An identifier is malformed.
    #[error("an identifier is malformed")]
    Id,
    /// A kind or level this version does not know, or something that must be there is not.
    #[error("unknown or missing value: {0}")]
    Unknown(&'static str),
    /// Not a civil day.
    #[error("a day is written YYYY-MM-DD")]
    Day,
    /// Terms no agreement can have.
    #[error("the terms are not possible")]
    Terms(#[from] TermsError),
    /// Not a digest.
    #[error("a digest has 32 bytes")]
    Digest,
    /// A record, or an envelope that proves it, is malformed.
    #[error("a record, or an envelope that proves it, is malformed")]
    Evidence,
    /// More versions than there can be.
    #[error("more versions than there can be")]
    TooMany,
}

impl TryFrom<proto::AgreementCommand> for Command {
    type Error = AgreementError;

    fn try_from(message: proto::AgreementCommand) -> Result<Self, AgreementError> {
        use proto::agreement_command::Action as Kind;
        let proto::AgreementCommand { with, version, action } = message;
        let action = match action.ok_or(AgreementError::Unknown("action"))? {
            Kind::Propose(terms) => Action::Propose(terms.try_into()?),
            Kind::Accept(proto::AcceptAgreement { digest }) => {
                Action::Accept(digest.try_into().map_err(|_| AgreementError::Digest)?)
            }
            Kind::Decline(proto::DeclineAgreement {}) => Action::Decline,
            Kind::TakeBack(proto::TakeBackAgreement {}) => Action::TakeBack,
            Kind::End(proto::EndAgreement { last_day }) => Action::End { last_day: day(&last_day)? },
        };
        Ok(Self { with: Id::from_bytes(&with)?, version, action })
    }
}

impl From<Command> for proto::AgreementCommand {
    fn from(command: Command) -> Self {
        use proto::agreement_command::Action as Kind;
        let action = match command.action {
            Action::Propose(terms) => Kind::Propose(terms.into()),
            Action::Accept(digest) => Kind::Accept(proto::AcceptAgreement { digest: digest.to_vec() }),
            Action::Decline => Kind::Decline(proto::DeclineAgreement {}),
            Action::TakeBack => Kind::TakeBack(proto::TakeBackAgreement {}),
            Action::End { last_day } => Kind::End(proto::EndAgreement { last_day: last_day.to_string() }),
        };
        Self { with: command.with.to_bytes(), version: command.version, action: Some(action) }
    }
}

impl TryFrom<proto::AgreementTerms> for Terms {
    type Error = AgreementError;

    fn try_from(message: proto::AgreementTerms) -> Result<Self, AgreementError> {
        let trust = match message.trust() {
            proto::AgreementTrust::Unspecified => return Err(AgreementError::Unknown("trust")),
            proto::AgreementTrust::Ordinary => Trust::Ordinary,
            proto::AgreementTrust::Trusted => Trust::Trusted,
            proto::AgreementTrust::Preferred => Trust::Preferred,
        };
        let proto::AgreementTerms {
            carrier,
            loaded_km_cents,
            empty_km_cents,
            trip_cents,
            no_show_cents,
            at_the_door_cents,
            contributions_deducted,
            trust: _,
            from,
            until,
        } = message;
        let carriers =
            if carrier.is_empty() { Carriers::Both } else { Carriers::Only(Id::from_bytes(&carrier)?) };
        let terms = Self {
            carriers,
            rates: Rates {
                loaded_km: loaded_km_cents,
                empty_km: empty_km_cents,
                trip: trip_cents,
                no_show: no_show_cents,
                at_the_door: at_the_door_cents,
            },
            contributions_deducted,
            trust,
            from: day(&from)?,
            until: (!until.is_empty()).then(|| day(&until)).transpose()?,
        };
        terms.check()?;
        Ok(terms)
    }
}

impl From<Terms> for proto::AgreementTerms {
    fn from(terms: Terms) -> Self {
        let Terms { carriers, rates, contributions_deducted, trust, from, until } = terms;
        let Rates { loaded_km, empty_km, trip, no_show, at_the_door } = rates;
        let trust = match trust {
            Trust::Ordinary => proto::AgreementTrust::Ordinary,
            Trust::Trusted => proto::AgreementTrust::Trusted,
            Trust::Preferred => proto::AgreementTrust::Preferred,
        };
        Self {
            carrier: match carriers {
                Carriers::Both => Vec::new(),
                Carriers::Only(node) => node.to_bytes(),
            },
            loaded_km_cents: loaded_km,
            empty_km_cents: empty_km,
            trip_cents: trip,
            no_show_cents: no_show,
            at_the_door_cents: at_the_door,
            contributions_deducted,
            trust: trust.into(),
            from: from.to_string(),
            until: until.map(|day| day.to_string()).unwrap_or_default(),
        }
    }
}

impl TryFrom<proto::AgreementRecord> for Agreement {
    type Error = AgreementError;

    fn try_from(message: proto::AgreementRecord) -> Result<Self, AgreementError> {
        let proto::AgreementRecord { first, second, revision, last_number, versions, proposal } = message;
        let pair = Pair::of(Id::from_bytes(&first)?, Id::from_bytes(&second)?);
        if versions.len() > limits::AGREEMENT_VERSIONS {
            return Err(AgreementError::TooMany);
        }
        Ok(Self {
            pair: pair.ok_or(AgreementError::Id)?,
            revision,
            last_number,
            versions: versions.into_iter().map(Version::try_from).collect::<Result<_, _>>()?,
            proposal: proposal.map(Proposal::try_from).transpose()?,
        })
    }
}

impl From<Agreement> for proto::AgreementRecord {
    fn from(agreement: Agreement) -> Self {
        let Agreement { pair, revision, last_number, versions, proposal } = agreement;
        Self {
            first: pair.first().to_bytes(),
            second: pair.second().to_bytes(),
            revision,
            last_number,
            versions: versions.into_iter().map(Into::into).collect(),
            proposal: proposal.map(Into::into),
        }
    }
}

impl Agreement {
    /// The record in the bytes of the contract.
    pub fn encode(&self) -> Vec<u8> {
        proto::AgreementRecord::from(self.clone()).encode_to_vec()
    }

    /// Reads a record from the bytes of the contract.
    ///
    /// # Errors
    /// What is malformed.
    pub fn decode(bytes: &[u8]) -> Result<Self, AgreementError> {
        let record = proto::AgreementRecord::decode(bytes).map_err(|_| AgreementError::Evidence)?;
        record.try_into()
    }
}

impl TryFrom<proto::AgreementVersion> for Version {
    type Error = AgreementError;

    fn try_from(message: proto::AgreementVersion) -> Result<Self, AgreementError> {
        let proto::AgreementVersion {
            number,
            by,
            terms,
            first_day,
            proposed,
            accepted,
            ended_by,
            last_day,
            ended,
        } = message;
        let end = || {
            Ok::<_, AgreementError>(End {
                by: Id::from_bytes(&ended_by)?,
                last_day: day(&last_day)?,
                signed: envelope(&ended)?,
            })
        };
        Ok(Self {
            number,
            by: Id::from_bytes(&by)?,
            terms: terms.ok_or(AgreementError::Unknown("terms"))?.try_into()?,
            first_day: day(&first_day)?,
            proposed: envelope(&proposed)?,
            accepted: envelope(&accepted)?,
            end: (!ended_by.is_empty()).then(end).transpose()?,
        })
    }
}

impl From<Version> for proto::AgreementVersion {
    fn from(version: Version) -> Self {
        let Version { number, by, terms, first_day, proposed, accepted, end } = version;
        let (ended_by, last_day, ended) = end.map_or_else(Default::default, |end| {
            (end.by.to_bytes(), end.last_day.to_string(), end.signed.encode())
        });
        Self {
            number,
            by: by.to_bytes(),
            terms: Some(terms.into()),
            first_day: first_day.to_string(),
            proposed: proposed.encode(),
            accepted: accepted.encode(),
            ended_by,
            last_day,
            ended,
        }
    }
}

impl TryFrom<proto::AgreementProposal> for Proposal {
    type Error = AgreementError;

    fn try_from(message: proto::AgreementProposal) -> Result<Self, AgreementError> {
        let proto::AgreementProposal { number, by, terms, proposed } = message;
        Ok(Self {
            number,
            by: Id::from_bytes(&by)?,
            terms: terms.ok_or(AgreementError::Unknown("terms"))?.try_into()?,
            proposed: envelope(&proposed)?,
        })
    }
}

impl From<Proposal> for proto::AgreementProposal {
    fn from(proposal: Proposal) -> Self {
        let Proposal { number, by, terms, proposed } = proposal;
        Self { number, by: by.to_bytes(), terms: Some(terms.into()), proposed: proposed.encode() }
    }
}

impl TryFrom<proto::AgreementNotice> for AgreementNotice {
    type Error = EnvelopeError;

    fn try_from(message: proto::AgreementNotice) -> Result<Self, EnvelopeError> {
        let kind = match message.kind() {
            proto::AgreementNoticeKind::Unspecified => {
                return Err(AgreementError::Unknown("kind of notice").into());
            }
            proto::AgreementNoticeKind::Proposed => NoticeKind::Proposed,
            proto::AgreementNoticeKind::Accepted => NoticeKind::Accepted,
            proto::AgreementNoticeKind::Declined => NoticeKind::Declined,
            proto::AgreementNoticeKind::TakenBack => NoticeKind::TakenBack,
            proto::AgreementNoticeKind::Ended => NoticeKind::Ended,
        };
        let proto::AgreementNotice { record, kind: _, cause } = message;
        Ok(Self {
            agreement: record.ok_or(AgreementError::Unknown("record"))?.try_into()?,
            kind,
            cause: cause.ok_or(AgreementError::Unknown("cause"))?.try_into()?,
        })
    }
}

impl From<NoticeKind> for proto::AgreementNoticeKind {
    fn from(kind: NoticeKind) -> Self {
        match kind {
            NoticeKind::Proposed => Self::Proposed,
            NoticeKind::Accepted => Self::Accepted,
            NoticeKind::Declined => Self::Declined,
            NoticeKind::TakenBack => Self::TakenBack,
            NoticeKind::Ended => Self::Ended,
        }
    }
}

impl From<AgreementNotice> for proto::AgreementNotice {
    fn from(notice: AgreementNotice) -> Self {
        Self {
            record: Some(notice.agreement.into()),
            kind: proto::AgreementNoticeKind::from(notice.kind).into(),
            cause: Some(notice.cause.into()),
        }
    }
}

impl From<IdError> for AgreementError {
    fn from(_: IdError) -> Self {
        Self::Id
    }
}

fn envelope(bytes: &[u8]) -> Result<Envelope, AgreementError> {
    Envelope::decode(bytes).map_err(|_| AgreementError::Evidence)
}

/// A day as it is written, and in no other way.
fn day(text: &str) -> Result<Date, AgreementError> {
    let day: Date = text.parse().map_err(|_| AgreementError::Day)?;
    if is_in_range(day) && day.to_string() == text { Ok(day) } else { Err(AgreementError::Day) }
}
