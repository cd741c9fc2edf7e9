//! Signed envelopes and receipts: who says what to whom, proven. The body's bytes are kept exactly as they
//! came, because the signature is over them. Must never decide what a body means.

use maillage_proto::federation::v1 as proto;
use prost::Message as _;

use crate::{
    accounts::{AccountsError, Declared},
    agreement::{self, Agreement, AgreementError, AgreementNotice},
    directory::Sight,
    handover::{Command, CommandError, NoticeKind, Record},
    ids::{EnvelopeKind, Id, IdError, NodeKind},
    limits,
    name::{FederationName, FederationNameError},
    settlement::{self, StatementError},
    signing::{Purpose, SignatureError, Signer, VerifyKey},
    statistics::{Report, ReportError, Withdrawal},
};

/// The hub, or one node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Party {
    /// The federation hub.
    Hub,
    /// A node.
    Node(Id<NodeKind>),
}

/// Who says it to whom, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Federation it belongs to.
    pub federation: FederationName,
    /// Identity of the envelope.
    pub id: Id<EnvelopeKind>,
    /// Who signed it.
    pub sender: Party,
    /// Whom it is for.
    pub recipient: Party,
    /// Sender's clock, milliseconds since 1970 UTC.
    pub sent_at_ms: i64,
}

/// An envelope whose form has been checked, but not yet its signature: [`Envelope::verify`] hands the body out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// Who says it to whom.
    pub header: Header,
    body: Vec<u8>,
    signature: Vec<u8>,
}

/// What an envelope says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// A move in a handover.
    Command(Command),
    /// A handover moved.
    Notice(Box<HandoverNotice>),
    /// Statistics of one month or half-year.
    Report(Report),
    /// A report is taken back.
    Withdrawal(Withdrawal),
    /// What a platform declares about a year.
    Accounts(Declared),
    /// A move in the agreement of two members.
    Agreement(agreement::Command),
    /// An agreement moved.
    AgreementNotice(Box<AgreementNotice>),
    /// What a member has signed about a month, for another member alone.
    Settlement(settlement::Letter),
    /// The envelope with such a letter, as the other member wrote it.
    SettlementNotice(Box<Envelope>),
}

/// The hub tells a node that a handover moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandoverNotice {
    /// Where it stands now.
    pub record: Record,
    /// What this is about.
    pub kind: NoticeKind,
    /// The signed envelope that moved it, as its sender wrote it.
    pub cause: Option<Envelope>,
}

/// Why an envelope is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// A federation name is malformed.
    #[error("the federation's name is malformed")]
    Name(#[from] FederationNameError),
    /// An identifier is malformed.
    #[error("an identifier is malformed")]
    Id(#[from] IdError),
    /// Larger than allowed.
    #[error("the envelope is too large: {0} bytes")]
    TooLarge(usize),
    /// For another federation.
    #[error("the envelope belongs to another federation")]
    OtherFederation,
    /// Not the protobuf message it should be.
    #[error("the envelope is not readable")]
    Unreadable,
    /// A kind this version does not know.
    #[error("the envelope says something this version does not know")]
    UnknownKind,
    /// Signed by somebody else, or altered.
    #[error("the envelope's signature does not hold")]
    Signature(#[from] SignatureError),
    /// A handover message is malformed.
    #[error("the handover message is malformed")]
    Handover(#[from] CommandError),
    /// A report is malformed.
    #[error("the report is malformed")]
    Report(#[from] ReportError),
    /// A declaration about a year is malformed.
    #[error("the declaration about a year is malformed")]
    Accounts(#[from] AccountsError),
    /// A message about an agreement is malformed.
    #[error("the message about an agreement is malformed")]
    Agreement(#[from] AgreementError),
    /// A letter about a month is malformed.
    #[error("the letter about a month is malformed")]
    Settlement(#[from] StatementError),
}

/// The hub's answer to an envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The envelope this answers.
    pub envelope: Id<EnvelopeKind>,
    /// `None`: applied. Otherwise the reason code of the refusal.
    pub refused: Option<String>,
    /// Where the handover stands after it.
    pub record: Option<Record>,
    /// Where the agreement stands after it.
    pub agreement: Option<Agreement>,
    /// Rises whenever the hub was restored from a backup.
    pub hub_epoch: u64,
    /// Hub's clock when it decided, milliseconds since 1970 UTC.
    pub decided_at_ms: i64,
}

impl Party {
    fn to_bytes(self) -> Vec<u8> {
        match self {
            Self::Hub => Vec::new(),
            Self::Node(id) => id.to_bytes(),
        }
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, IdError> {
        if bytes.is_empty() { Ok(Self::Hub) } else { Id::from_bytes(bytes).map(Self::Node) }
    }
}

impl Envelope {
    /// Signs a body.
    pub fn sign(header: Header, body: Body, signer: &Signer) -> Self {
        Self::sign_seeing(header, (body, None), signer)
    }

    /// Signs a body, and what its sender sees of the directory.
    pub fn sign_seeing(header: Header, (body, sight): (Body, Option<Sight>), signer: &Signer) -> Self {
        let directory = sight.map(Into::into);
        let body = proto::Body { directory, ..proto::Body::from(body) }.encode_to_vec();
        let fields = signed_fields(&header, &body);
        let signature = signer.sign(Purpose::Envelope, &fields.each_ref().map(Vec::as_slice));
        Self { header, body, signature }
    }

    /// Checks the signature and hands the body out.
    ///
    /// # Errors
    /// A signature that does not hold comes before any look at the body.
    pub fn verify(&self, federation: &FederationName, key: &VerifyKey) -> Result<Body, EnvelopeError> {
        if &self.header.federation != federation {
            return Err(EnvelopeError::OtherFederation);
        }
        let fields = signed_fields(&self.header, &self.body);
        key.verify(Purpose::Envelope, &fields.each_ref().map(Vec::as_slice), &self.signature)?;
        let body = proto::Body::decode(self.body.as_slice()).map_err(|_| EnvelopeError::Unreadable)?;
        body.try_into()
    }

    /// What its sender sees of the directory; none if it does not say so, or not readably. Only of an envelope that was verified.
    pub fn sight(&self) -> Option<Sight> {
        proto::Body::decode(self.body.as_slice()).ok()?.directory?.try_into().ok()
    }

    /// BLAKE3 hash of the signed body: what makes two envelopes the same.
    pub fn body_hash(&self) -> [u8; 32] {
        *blake3::hash(&self.body).as_bytes()
    }

    /// The envelope in bytes.
    pub fn encode(&self) -> Vec<u8> {
        proto::Envelope::from(self.clone()).encode_to_vec()
    }

    /// Reads an envelope from bytes.
    ///
    /// # Errors
    /// Malformed or too large bytes are refused.
    pub fn decode(bytes: &[u8]) -> Result<Self, EnvelopeError> {
        if bytes.len() > limits::MESSAGE_BYTES {
            return Err(EnvelopeError::TooLarge(bytes.len()));
        }
        proto::Envelope::decode(bytes).map_err(|_| EnvelopeError::Unreadable)?.try_into()
    }
}

impl TryFrom<proto::Envelope> for Envelope {
    type Error = EnvelopeError;

    fn try_from(message: proto::Envelope) -> Result<Self, EnvelopeError> {
        let proto::Envelope { federation, id, sender, recipient, sent_at_ms, body, signature } = message;
        let largest = if sender.is_empty() { limits::MESSAGE_BYTES } else { limits::BODY_BYTES };
        if body.len() > largest {
            return Err(EnvelopeError::TooLarge(body.len()));
        }
        let header = Header {
            federation: federation.parse()?,
            id: Id::from_bytes(&id)?,
            sender: Party::from_bytes(&sender)?,
            recipient: Party::from_bytes(&recipient)?,
            sent_at_ms,
        };
        Ok(Self { header, body, signature })
    }
}

impl From<Envelope> for proto::Envelope {
    fn from(envelope: Envelope) -> Self {
        let Envelope { header, body, signature } = envelope;
        Self {
            federation: header.federation.into(),
            id: header.id.to_bytes(),
            sender: header.sender.to_bytes(),
            recipient: header.recipient.to_bytes(),
            sent_at_ms: header.sent_at_ms,
            body,
            signature,
        }
    }
}

impl TryFrom<proto::Body> for Body {
    type Error = EnvelopeError;

    fn try_from(message: proto::Body) -> Result<Self, EnvelopeError> {
        use proto::body::Kind;
        Ok(match message.kind.ok_or(EnvelopeError::UnknownKind)? {
            Kind::Command(command) => Self::Command(command.try_into()?),
            Kind::Notice(notice) => Self::Notice(Box::new(notice.try_into()?)),
            Kind::Report(report) => Self::Report(report.try_into()?),
            Kind::Withdrawal(withdrawal) => Self::Withdrawal(withdrawal.try_into()?),
            Kind::Accounts(declared) => Self::Accounts(declared.try_into()?),
            Kind::Agreement(command) => Self::Agreement(command.try_into()?),
            Kind::AgreementNotice(notice) => Self::AgreementNotice(Box::new(notice.try_into()?)),
            Kind::Settlement(letter) => Self::Settlement(letter.try_into()?),
            Kind::SettlementNotice(notice) => {
                let cause = notice.cause.ok_or(StatementError::Unreadable)?;
                Self::SettlementNotice(Box::new(cause.try_into()?))
            }
        })
    }
}

impl From<Body> for proto::Body {
    fn from(body: Body) -> Self {
        use proto::body::Kind;
        let kind = match body {
            Body::Command(command) => Kind::Command(command.into()),
            Body::Notice(notice) => Kind::Notice((*notice).into()),
            Body::Report(report) => Kind::Report(report.into()),
            Body::Withdrawal(withdrawal) => Kind::Withdrawal(withdrawal.into()),
            Body::Accounts(declared) => Kind::Accounts(declared.into()),
            Body::Agreement(command) => Kind::Agreement(command.into()),
            Body::AgreementNotice(notice) => Kind::AgreementNotice((*notice).into()),
            Body::Settlement(letter) => Kind::Settlement(letter.into()),
            Body::SettlementNotice(cause) => {
                Kind::SettlementNotice(proto::SettlementNotice { cause: Some((*cause).into()) })
            }
        };
        Self { kind: Some(kind), directory: None }
    }
}

impl TryFrom<proto::HandoverNotice> for HandoverNotice {
    type Error = EnvelopeError;

    fn try_from(message: proto::HandoverNotice) -> Result<Self, EnvelopeError> {
        let kind = message.kind().try_into()?;
        let proto::HandoverNotice { record, kind: _, cause } = message;
        let record = record.ok_or(CommandError::Unknown("record"))?.try_into()?;
        Ok(Self { record, kind, cause: cause.map(Envelope::try_from).transpose()? })
    }
}

impl From<HandoverNotice> for proto::HandoverNotice {
    fn from(notice: HandoverNotice) -> Self {
        Self {
            record: Some(notice.record.into()),
            kind: proto::NoticeKind::from(notice.kind).into(),
            cause: notice.cause.map(Into::into),
        }
    }
}

impl Receipt {
    /// Signs the receipt.
    pub fn sign(self, signer: &Signer) -> proto::Receipt {
        let decision = proto::Decision::from(self).encode_to_vec();
        let signature = signer.sign(Purpose::Receipt, &[&decision]);
        proto::Receipt { decision, signature }
    }

    /// Checks the hub's signature and reads a receipt.
    ///
    /// # Errors
    /// A signature that does not hold, and a malformed receipt.
    pub fn verify(message: &proto::Receipt, key: &VerifyKey) -> Result<Self, EnvelopeError> {
        key.verify(Purpose::Receipt, &[&message.decision], &message.signature)?;
        let decision = proto::Decision::decode(message.decision.as_slice());
        decision.map_err(|_| EnvelopeError::Unreadable)?.try_into()
    }
}

impl TryFrom<proto::Decision> for Receipt {
    type Error = EnvelopeError;

    fn try_from(message: proto::Decision) -> Result<Self, EnvelopeError> {
        let verdict = message.verdict();
        let proto::Decision { envelope_id, verdict: _, reason, record, hub_epoch, decided_at_ms, agreement } =
            message;
        let refused = match verdict {
            proto::Verdict::Applied => None,
            proto::Verdict::Refused => Some(reason),
            proto::Verdict::Unspecified => return Err(EnvelopeError::UnknownKind),
        };
        Ok(Self {
            envelope: Id::from_bytes(&envelope_id)?,
            refused,
            record: record.map(Record::try_from).transpose()?,
            agreement: agreement.map(Agreement::try_from).transpose()?,
            hub_epoch,
            decided_at_ms,
        })
    }
}

impl From<Receipt> for proto::Decision {
    fn from(receipt: Receipt) -> Self {
        let verdict = match receipt.refused {
            None => proto::Verdict::Applied,
            Some(_) => proto::Verdict::Refused,
        };
        Self {
            envelope_id: receipt.envelope.to_bytes(),
            verdict: verdict.into(),
            reason: receipt.refused.unwrap_or_default(),
            record: receipt.record.map(Into::into),
            hub_epoch: receipt.hub_epoch,
            decided_at_ms: receipt.decided_at_ms,
            agreement: receipt.agreement.map(Into::into),
        }
    }
}

fn signed_fields(header: &Header, body: &[u8]) -> [Vec<u8>; 6] {
    [
        header.federation.as_str().as_bytes().to_vec(),
        header.id.to_bytes(),
        header.sender.to_bytes(),
        header.recipient.to_bytes(),
        header.sent_at_ms.to_be_bytes().to_vec(),
        body.to_vec(),
    ]
}
