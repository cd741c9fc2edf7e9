//! What the network and a copied line bring: envelopes, receipts, directories, sealed details, enrolment strings. Malformed bytes
//! are refused; whatever is taken keeps the limits, and is the same after writing and reading it again. Bytes are also put
//! under a good signature or checksum, since a forger may be a member.

use data_encoding::BASE32_NOPAD;
use maillage_federation::{
    agreement,
    directory::{self, Head},
    enrolment::{self, Ticket},
    envelope::{Body, Envelope, EnvelopeError, Header, Party, Receipt},
    handover::{Action, AwardDetails, OutcomeDetails},
    ids::Id,
    limits,
    name::FederationName,
    sealed::{Context, PayloadKind, Sealed, SealingKey},
    signing::{Purpose, Signer},
};
use maillage_proto::federation::v1 as proto;
use prost::Message;

/// Longest message that is read at all: what the transport lets in.
const MESSAGE: usize = limits::MESSAGE_BYTES;

/// The first byte says as what the rest is read.
pub(super) fn fuzz(bytes: &[u8]) {
    let Some((kind, bytes)) = bytes.split_first() else { return };
    if bytes.len() > MESSAGE {
        assert_eq!(Envelope::decode(bytes).err(), Some(EnvelopeError::TooLarge(bytes.len())));
        return;
    }
    match kind % 9 {
        0 => envelope(bytes),
        1 => body(bytes),
        2 => receipt(bytes),
        3 => entries(bytes),
        4 => details(bytes),
        5 => sealed(bytes),
        6 => enrolment_string(&String::from_utf8_lossy(bytes)),
        7 => enrolment_contents(bytes),
        _ => enrolment_request(bytes),
    }
}

fn envelope(bytes: &[u8]) {
    let Ok(read) = Envelope::decode(bytes) else { return };
    assert_eq!(Envelope::decode(&read.encode()).as_ref(), Ok(&read));
    assert!(read.verify(&federation(), &signer().verify_key()).is_err(), "nobody signed it");
}

/// The bytes as the body of an envelope that a member signed.
fn body(bytes: &[u8]) {
    let fields = [
        federation().as_str().as_bytes().to_vec(),
        header().id.to_bytes(),
        Vec::new(),
        Vec::new(),
        header().sent_at_ms.to_be_bytes().to_vec(),
        bytes.to_vec(),
    ];
    let signature = signer().sign(Purpose::Envelope, &fields.each_ref().map(Vec::as_slice));
    let message = proto::Envelope {
        federation: federation().to_string(),
        id: header().id.to_bytes(),
        sender: Vec::new(),
        recipient: Vec::new(),
        sent_at_ms: header().sent_at_ms,
        body: bytes.to_vec(),
        signature,
    };
    let Ok(envelope) = Envelope::try_from(message) else { return };
    let read = envelope.verify(&federation(), &signer().verify_key());
    assert!(!matches!(read, Err(EnvelopeError::Signature(_))), "it was signed well");
    let Ok(read) = read else { return };
    check_limits(&read);
    let again = Envelope::sign(header(), read.clone(), &signer());
    assert_eq!(again.verify(&federation(), &signer().verify_key()), Ok(read));
}

fn check_limits(body: &Body) {
    match body {
        Body::Command(command) => match &command.action {
            Action::Offer(offer) => {
                assert!((1..=limits::LEGS).contains(&offer.legs.len()) && offer.seats <= limits::SEATS);
            }
            Action::Bid(_)
            | Action::Unbid
            | Action::Award { .. }
            | Action::Withdraw(_)
            | Action::Accept
            | Action::Refuse(_)
            | Action::Release(_)
            | Action::Cancel
            | Action::Outcome(_)
            | Action::Word(_)
            | Action::AskChange { .. }
            | Action::AnswerChange { .. } => {}
        },
        Body::Accounts(declared) => assert_eq!(declared.check(), Ok(())),
        Body::Report(report) => assert!(report.sections.len() <= limits::MODEL_SECTIONS),
        Body::Agreement(command) => check_terms(command),
        Body::AgreementNotice(notice) => {
            assert!(notice.agreement.versions.len() <= limits::AGREEMENT_VERSIONS);
            assert!(notice.agreement.versions.iter().all(|version| version.terms.check().is_ok()));
        }
        Body::Notice(_) | Body::Withdrawal(_) | Body::Settlement(_) | Body::SettlementNotice(_) => {}
    }
}

fn check_terms(command: &agreement::Command) {
    if let agreement::Action::Propose(terms) = &command.action {
        assert_eq!(terms.check(), Ok(()));
    }
}

fn receipt(bytes: &[u8]) {
    let signature = signer().sign(Purpose::Receipt, &[bytes]);
    let message = proto::Receipt { decision: bytes.to_vec(), signature };
    let Ok(read) = Receipt::verify(&message, &signer().verify_key()) else { return };
    assert_eq!(Receipt::verify(&read.clone().sign(&signer()), &signer().verify_key()), Ok(read));
}

/// The bytes as the entries of a directory that the hub signed.
fn entries(bytes: &[u8]) {
    let hash = blake3::hash(bytes);
    let head = Head::default().followed_by(hash.as_bytes());
    let links = vec![(head.version, *hash.as_bytes())];
    let signed = directory::sign(&federation(), head, bytes.to_vec(), links, &signer());
    let read = directory::verify(&signed, &federation(), Head::default(), &signer().verify_key());
    let Ok(read) = read else { return };
    assert_eq!(read.head, head);
    assert!(read.nodes.values().all(|entry| entry.reach.communes.len() <= limits::COMMUNES_SERVED));
    let (written, hash) = directory::encode_entries(&read.nodes);
    let head = Head::default().followed_by(&hash);
    let signed = directory::sign(&federation(), head, written, vec![(head.version, hash)], &signer());
    let again = directory::verify(&signed, &federation(), Head::default(), &signer().verify_key());
    assert_eq!(again.map(|again| again.nodes), Ok(read.nodes));
}

/// The bytes as what was sealed: the sender chose them.
fn details(bytes: &[u8]) {
    if let Some(read) = decoded::<proto::AwardDetails, AwardDetails>(bytes) {
        assert!((1..=limits::LEGS).contains(&read.legs.len()), "{} legs", read.legs.len());
        let texts = [&read.name, &read.phone, &read.driver_notes, &read.desk_phone];
        assert!(texts.iter().all(|text| text.chars().count() <= limits::TEXT_CHARS));
        let written = proto::AwardDetails::from(read.clone()).encode_to_vec();
        assert!(decoded::<proto::AwardDetails, AwardDetails>(&written) == Some(read));
    }
    if let Some(read) = decoded::<proto::OutcomeDetails, OutcomeDetails>(bytes) {
        assert!((1..=limits::LEGS).contains(&read.legs.len()));
        let written = proto::OutcomeDetails::from(read.clone()).encode_to_vec();
        assert!(decoded::<proto::OutcomeDetails, OutcomeDetails>(&written) == Some(read));
    }
}

fn sealed(bytes: &[u8]) {
    let key = SealingKey::from_seed(&[9; 32]);
    let context = Context {
        kind: PayloadKind::Award,
        handover: Id::new(1, [1; 10]),
        round: 1,
        sender: Id::new(1, [2; 10]),
        recipient: Id::new(1, [3; 10]),
    };
    if let Some(read) = decoded::<proto::Sealed, Sealed>(bytes) {
        assert!(key.open(&read, &context).is_err(), "nobody sealed it");
    }
    match key.public().seal(bytes, &context, [4; 32]) {
        Ok(sealed) => assert_eq!(key.open(&sealed, &context).as_deref(), Ok(bytes)),
        Err(_) => assert!(bytes.len() > limits::SEALED_PLAIN_BYTES),
    }
}

fn enrolment_string(text: &str) {
    let Ok(ticket) = text.parse::<Ticket>() else { return };
    assert_eq!(ticket.to_string().parse(), Ok(ticket));
}

/// The bytes under a checksum that fits.
fn enrolment_contents(bytes: &[u8]) {
    let sum = blake3::hash(bytes);
    let sum = sum.as_bytes().first_chunk::<4>().expect("a hash has 32 bytes");
    enrolment_string(&format!("MAILLAGE1-{}", BASE32_NOPAD.encode(&[bytes, sum].concat())));
}

fn enrolment_request(bytes: &[u8]) {
    if let Ok(request) = proto::EnrolRequest::decode(bytes) {
        assert!(enrolment::check_enrolment(&request).is_err(), "nobody proved it");
        let key = signer().verify_key().as_bytes().to_vec();
        let proven =
            enrolment::prove_enrolment(proto::EnrolRequest { signing_key: key, ..request }, &signer());
        assert_eq!(enrolment::check_enrolment(&proven), Ok(signer().verify_key()));
    }
    if let Ok(request) = proto::RenewRequest::decode(bytes) {
        assert!(enrolment::check_renewal(&request, &signer().verify_key()).is_err(), "nobody proved it");
        let proven = enrolment::prove_renewal(request, &signer());
        assert_eq!(enrolment::check_renewal(&proven, &signer().verify_key()), Ok(()));
    }
}

fn decoded<P: Message + Default, T: TryFrom<P>>(bytes: &[u8]) -> Option<T> {
    P::decode(bytes).ok().and_then(|message| T::try_from(message).ok())
}

fn federation() -> FederationName {
    "essai".parse().expect("a name")
}

fn signer() -> Signer {
    Signer::from_seed(&[5; 32])
}

fn header() -> Header {
    Header {
        federation: federation(),
        id: Id::new(1, [6; 10]),
        sender: Party::Hub,
        recipient: Party::Hub,
        sent_at_ms: 1_790_000_000_000,
    }
}
