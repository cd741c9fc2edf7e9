//! Envelopes of the first version, byte for byte, in `golden/envelopes.v1.txt`: every later version reads them, signs the same
//! things in the same bytes, and keeps what a newer one added without knowing it. A line is never changed; a new kind of message
//! adds its own, by `MAILLAGE_WRITE_GOLDEN=1 cargo test -p maillage-federation --test versions`.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{collections::BTreeMap, fs, path::PathBuf};

use data_encoding::HEXLOWER;
use maillage_federation::{
    accounts::{Declared, Figures, Said, VolunteerBand},
    agreement::{self, Agreement, AgreementNotice, Carriers, Rates, Terms, Trust},
    envelope::{Body, Envelope, EnvelopeError, HandoverNotice, Header, Party, Receipt},
    handover::{
        Action, Bid, Circle, Command, CommandError, GiveBackReason, NoticeKind, Offer, OfferedLeg, Record,
        State, Widening, WithdrawReason,
    },
    ids::{HandoverKind, Id, NodeKind},
    needs::{Need, Needs},
    sealed::{Context, PayloadKind, Sealed, SealingKey},
    settlement::Letter,
    signing::{Purpose, Signer},
    statistics::{Report, Section, Withdrawal, WithdrawalReason},
};
use maillage_proto::federation::v1 as proto;
use prost::Message as _;

const NOON: i64 = 1_798_628_400_000;
const HOUR_MS: i64 = 3_600_000;

fn node(number: u8) -> Id<NodeKind> {
    Id::new(1, [number; 10])
}

fn handover() -> Id<HandoverKind> {
    Id::new(2, [9; 10])
}

fn signer() -> Signer {
    Signer::from_seed(&[3; 32])
}

fn header(sender: Party, recipient: Party) -> Header {
    Header {
        federation: "essai".parse().unwrap(),
        id: Id::new(5, [5; 10]),
        sender,
        recipient,
        sent_at_ms: NOON,
    }
}

/// A command's or a report's envelope goes to the hub, a notice's comes from it.
fn envelope(body: &Body) -> Envelope {
    let header = match body {
        Body::Command(_)
        | Body::Report(_)
        | Body::Withdrawal(_)
        | Body::Accounts(_)
        | Body::Agreement(_)
        | Body::Settlement(_) => header(Party::Node(node(1)), Party::Hub),
        Body::Notice(_) | Body::AgreementNotice(_) | Body::SettlementNotice(_) => {
            header(Party::Hub, Party::Node(node(1)))
        }
    };
    Envelope::sign(header, body.clone(), &signer())
}

fn legs() -> Vec<OfferedLeg> {
    let ends = ("81003".parse().unwrap(), "81004".parse().unwrap());
    vec![OfferedLeg::rounded(ends, (NOON, NOON + HOUR_MS), 23_456)]
}

/// As it came in the first version: what is sealed differs from one sealing to the next only by the bytes it is given.
fn sealed(kind: PayloadKind) -> Sealed {
    let context = Context { kind, handover: handover(), round: 1, sender: node(0), recipient: node(1) };
    SealingKey::from_seed(&[1; 32]).public().seal(b"x", &context, [2; 32]).unwrap()
}

fn offer() -> Offer {
    Offer {
        origin_territory: "200034031".parse().unwrap(),
        legs: legs(),
        seats: 2,
        needs: [Need::WheelchairManual, Need::Luggage].into_iter().collect::<Needs>(),
        reply_by_ms: NOON - HOUR_MS,
        accept_within_s: 1_800,
        agreed_only: true,
        widening: None,
        goes_with: None,
    }
}

fn actions() -> Vec<Action> {
    let bid = Bid { firm: false, pickup_ms: vec![NOON], extra_m: 10_000, agreement: Some(3) };
    vec![
        Action::Offer(offer()),
        Action::Bid(bid),
        Action::Unbid,
        Action::Award { winner: node(1), details: sealed(PayloadKind::Award) },
        Action::Withdraw(WithdrawReason::LocalDriver),
        Action::Accept,
        Action::Refuse(GiveBackReason::NoDriver),
        Action::Release(GiveBackReason::Vehicle),
        Action::Cancel,
        Action::Outcome(sealed(PayloadKind::Outcome)),
        Action::Word(sealed(PayloadKind::Word)),
        Action::AskChange { legs: legs(), details: sealed(PayloadKind::Change) },
        Action::AnswerChange { change: 7, agreed: true },
    ]
}

fn terms() -> Terms {
    Terms {
        carriers: Carriers::Only(node(2)),
        rates: Rates { loaded_km: 40, empty_km: 20, trip: 150, no_show: 500, at_the_door: 300 },
        contributions_deducted: true,
        trust: Trust::Preferred,
        from: "2026-10-01".parse().unwrap(),
        until: Some("2027-09-30".parse().unwrap()),
    }
}

fn agreement_actions() -> Vec<agreement::Action> {
    use agreement::Action;
    vec![
        Action::Propose(terms()),
        Action::Accept([7; 32]),
        Action::Decline,
        Action::TakeBack,
        Action::End { last_day: "2026-12-31".parse().unwrap() },
    ]
}

fn agreement_notice() -> Body {
    let command =
        agreement::Command { with: node(2), version: 1, action: agreement::Action::Propose(terms()) };
    let cause = envelope(&Body::Agreement(command.clone()));
    let step = agreement::decide(None, node(1), &command, &cause, "2026-09-30".parse().unwrap()).unwrap();
    Body::AgreementNotice(Box::new(AgreementNotice { agreement: step.agreement, kind: step.kind, cause }))
}

fn record(state: State) -> Record {
    Record {
        handover: handover(),
        origin: node(1),
        state,
        round: 2,
        reply_by_ms: NOON,
        revision: 9,
        circle: None,
    }
}

fn accounts() -> Declared {
    let figures = Figures {
        models: vec!["benevoles-association@1".parse().unwrap(), "hybride-guichet@1".parse().unwrap()],
        full_cost_cents: 4_010_000,
        subsidy_cents: 2_500_000,
        contributions_cents: 600_000,
        compensation_cents: 900_000,
        waivers_cents: 0,
        vehicles: 2,
        staff_fte_hundredths: 150,
        volunteers: VolunteerBand::From10To19,
        trips: 1_250,
        solutions_opened: 1,
    };
    Declared { year: 2026, revision: 1, said: Said::Figures(Box::new(figures)) }
}

fn bodies() -> Vec<(String, Body)> {
    let command = |action| Body::Command(Command { handover: handover(), round: 1, action });
    let said = |action| Body::Agreement(agreement::Command { with: node(2), version: 1, action });
    let cause = envelope(&command(Action::Accept));
    let notice = HandoverNotice {
        record: record(State::Held { holder: node(1) }),
        kind: NoticeKind::Accepted,
        cause: Some(cause),
    };
    let report = Report {
        period: "2026-10".parse().unwrap(),
        vocabulary: "v1/pulse".to_owned(),
        sections: vec![Section { model: "hybride-guichet@1".parse().unwrap(), cells: vec![3, -1] }],
    };
    let mut all = vec![("notice".to_owned(), Body::Notice(Box::new(notice)))];
    let widening = Some(Widening { second_at_ms: NOON - 3 * HOUR_MS, third_at_ms: NOON - 2 * HOUR_MS });
    let in_circles = Offer { widening, goes_with: Some(Id::new(4, [4; 10])), ..offer() };
    all.push(("offer-in-circles".to_owned(), command(Action::Offer(in_circles))));
    let record = Record { circle: Some(Circle::Second), ..record(State::Open) };
    let widened = HandoverNotice { record, kind: NoticeKind::Widened, cause: None };
    all.push(("notice-widened".to_owned(), Body::Notice(Box::new(widened))));
    let half_year = Report {
        period: "2026-12".parse().unwrap(),
        vocabulary: "v1/half-year".to_owned(),
        sections: vec![Section { model: "hybride-guichet@1".parse().unwrap(), cells: (-14..15).collect() }],
    };
    let withdrawal = Withdrawal {
        period: half_year.period,
        vocabulary: half_year.vocabulary.clone(),
        report_hash: half_year.hash(),
        reason: WithdrawalReason::WrongCounts,
    };
    all.push(("report".to_owned(), Body::Report(report)));
    all.push(("report-half-year".to_owned(), Body::Report(half_year)));
    all.push(("withdrawal".to_owned(), Body::Withdrawal(withdrawal)));
    all.push(("accounts".to_owned(), Body::Accounts(accounts())));
    let taken_back = Said::Withdrawn(WithdrawalReason::WrongCounts);
    all.push((
        "accounts-taken-back".to_owned(),
        Body::Accounts(Declared { year: 2026, revision: 2, said: taken_back }),
    ));
    all.push(("agreement-notice".to_owned(), agreement_notice()));
    let context = Context::between(PayloadKind::Settlement, node(1), node(2));
    let statement = SealingKey::from_seed(&[1; 32]).public().seal(b"x", &context, [2; 32]).unwrap();
    let letter = Body::Settlement(Letter { with: node(2), statement });
    all.push(("settlement-notice".to_owned(), Body::SettlementNotice(Box::new(envelope(&letter)))));
    all.push(("settlement".to_owned(), letter));
    all.extend(actions().into_iter().map(|action| (name_of(&action).to_owned(), command(action))));
    all.extend(agreement_actions().into_iter().map(|action| (said_name(&action).to_owned(), said(action))));
    all
}

/// Every action has its line: a new one is missed here at compile time, and in the golden file when it runs.
fn name_of(action: &Action) -> &'static str {
    match action {
        Action::Offer(_) => "offer",
        Action::Bid(_) => "bid",
        Action::Unbid => "unbid",
        Action::Award { .. } => "award",
        Action::Withdraw(_) => "withdraw",
        Action::Accept => "accept",
        Action::Refuse(_) => "refuse",
        Action::Release(_) => "release",
        Action::Cancel => "cancel",
        Action::Outcome(_) => "outcome",
        Action::Word(_) => "word",
        Action::AskChange { .. } => "ask-change",
        Action::AnswerChange { .. } => "answer-change",
    }
}

fn said_name(action: &agreement::Action) -> &'static str {
    match action {
        agreement::Action::Propose(_) => "agreement-propose",
        agreement::Action::Accept(_) => "agreement-accept",
        agreement::Action::Decline => "agreement-decline",
        agreement::Action::TakeBack => "agreement-take-back",
        agreement::Action::End { .. } => "agreement-end",
    }
}

fn receipt() -> Receipt {
    Receipt {
        envelope: Id::new(5, [5; 10]),
        refused: Some("handover-too-late".to_owned()),
        record: Some(record(State::Awarded { winner: node(2), accept_by_ms: NOON })),
        agreement: None::<Agreement>,
        hub_epoch: 3,
        decided_at_ms: NOON,
    }
}

fn golden_file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/envelopes.v1.txt")
}

fn golden() -> BTreeMap<String, Vec<u8>> {
    let text = fs::read_to_string(golden_file()).unwrap_or_default();
    let line = |line: &str| {
        let (name, hex) = line.split_once(' ').unwrap();
        (name.to_owned(), HEXLOWER.decode(hex.as_bytes()).unwrap())
    };
    text.lines().map(line).collect()
}

#[test]
fn what_the_first_version_wrote_is_read_and_written_the_same() {
    let now: BTreeMap<String, Vec<u8>> = bodies()
        .into_iter()
        .map(|(name, body)| (name, envelope(&body).encode()))
        .chain([("receipt".to_owned(), receipt().sign(&signer()).encode_to_vec())])
        .collect();
    let mut known = golden();
    if std::env::var_os("MAILLAGE_WRITE_GOLDEN").is_some() {
        for (name, bytes) in &now {
            known.entry(name.clone()).or_insert_with(|| bytes.clone());
        }
        let line = |(name, bytes): (&String, &Vec<u8>)| format!("{name} {}", HEXLOWER.encode(bytes));
        let lines: Vec<String> = known.iter().map(line).collect();
        fs::write(golden_file(), lines.join("\n") + "\n").unwrap();
    }
    assert_eq!(now.keys().collect::<Vec<_>>(), known.keys().collect::<Vec<_>>(), "one line for each");
    let federation = "essai".parse().unwrap();
    for (name, body) in bodies() {
        let read = Envelope::decode(&known[&name]).unwrap();
        assert_eq!(read.verify(&federation, &signer().verify_key()), Ok(body), "{name}");
        assert_eq!(now[&name], known[&name], "{name} is written otherwise than it was");
    }
    let read = proto::Receipt::decode(known["receipt"].as_slice()).unwrap();
    assert_eq!(Receipt::verify(&read, &signer().verify_key()), Ok(receipt()));
}

/// A field that this version has no name for, as a newer one would send it.
const NEWER: [u8; 5] = [0xc2, 0x3e, 0x02, 0x68, 0x69];

/// Signed by the same, with other bytes for a body.
fn with_body(envelope: &Envelope, body: Vec<u8>) -> Envelope {
    let mut message = proto::Envelope::from(envelope.clone());
    message.body = body;
    let sent_at = message.sent_at_ms.to_be_bytes();
    let fields = [
        message.federation.as_bytes(),
        &message.id,
        &message.sender,
        &message.recipient,
        &sent_at,
        &message.body,
    ];
    message.signature = signer().sign(Purpose::Envelope, &fields);
    Envelope::try_from(message).unwrap()
}

/// The body of an envelope with something newer in it, and in the message it holds.
fn newer(envelope: &Envelope) -> Vec<u8> {
    let body = proto::Envelope::from(envelope.clone()).body;
    // One field: its tag, its length, the message.
    let (tag, mut rest) = body.split_at(1);
    let length = usize::try_from(prost::encoding::decode_varint(&mut rest).unwrap()).unwrap();
    assert_eq!(rest.len(), length, "a body is one message");
    let mut newer = tag.to_vec();
    prost::encoding::encode_varint((length + NEWER.len()) as u64, &mut newer);
    [newer.as_slice(), rest, &NEWER, &NEWER].concat()
}

#[test]
fn what_a_newer_version_adds_is_passed_over_and_kept() {
    let federation = "essai".parse().unwrap();
    for (name, body) in bodies() {
        let plain = envelope(&body);
        let added = with_body(&plain, newer(&plain));
        assert_eq!(added.verify(&federation, &signer().verify_key()), Ok(body), "{name}");
        let carried_on = Envelope::decode(&added.encode()).unwrap();
        assert_eq!(carried_on, added, "{name}: what was signed is handed on as it came");
        assert_ne!(carried_on.body_hash(), plain.body_hash(), "{name}: and is not the same as without");
    }
}

#[test]
fn what_only_a_newer_version_says_is_told_from_what_is_malformed() {
    let federation = "essai".parse().unwrap();
    let key = signer().verify_key();
    let plain = envelope(&Body::Command(Command { handover: handover(), round: 1, action: Action::Accept }));
    let unknown_body = with_body(&plain, NEWER.to_vec());
    assert_eq!(unknown_body.verify(&federation, &key), Err(EnvelopeError::UnknownKind));
    let command = proto::HandoverCommand { handover_id: handover().to_bytes(), round: 1, action: None };
    let body = proto::Body { kind: Some(proto::body::Kind::Command(command)), directory: None };
    let unknown_action = with_body(&plain, body.encode_to_vec());
    let refused = unknown_action.verify(&federation, &key);
    assert_eq!(refused, Err(EnvelopeError::Handover(CommandError::Unknown("action"))));
    let accept = Some(proto::handover_command::Action::Accept(proto::Accept {}));
    let malformed = proto::HandoverCommand { handover_id: vec![1], round: 1, action: accept };
    let body = proto::Body { kind: Some(proto::body::Kind::Command(malformed)), directory: None };
    let refused = with_body(&plain, body.encode_to_vec()).verify(&federation, &key);
    assert!(matches!(refused, Err(EnvelopeError::Handover(CommandError::Id(_)))), "{refused:?}");
}
