//! Stored bytes of every version: what was once written must read for ever.

use std::collections::{BTreeMap, BTreeSet};

use data_encoding::HEXLOWER;
use maillage_engine::{decode_record, encode_record};
use maillage_federation::{
    accounts::{Declared, Said},
    agreement::{Action, Agreement, Carriers, Command, End, Pair, Rates, Terms, Trust, Version},
    envelope::{Body, Envelope, Header, Party},
    handover::{
        Bid, Circle, NoticeKind, Offer, OfferedLeg, PendingChange, Record as Standing, State, Thread,
        Widening,
    },
    ids::Id,
    needs::Needs,
    signing::Signer,
    statistics::WithdrawalReason,
};

use super::{
    About, AccountsRecord, AgreementRecord, AnswerRecord, Bytes, DeadlineRecord, HubRecord, InvitationRecord,
    LetterIndexRecord, LetterRecord, MailboxRecord, MemberRecord, OfferRecord, PartnerRecord, Quarantine,
    Reading, ReceivedAccounts, ReceivedReport, Record, RecoveryRecord, ReportRecord, ThreadRecord,
    VersionRecord,
    team::{ColleagueRecord, DeedRecord},
};
use crate::team::colleague::{Colleague, Deed, DeedKind, Doer, EntryLink, PasswordHash, Role};

/// Version 1 of every record, as first written: one line of hexadecimal digits each.
const GOLDEN: &str = include_str!("version-1.txt");

fn thread() -> Thread {
    let leg = OfferedLeg::rounded(
        ("81004".parse().unwrap(), "81065".parse().unwrap()),
        (1_768_000_000_000, 1_768_003_600_000),
        31_000,
    );
    Thread {
        record: Standing {
            handover: Id::new(1, [1; 10]),
            origin: Id::new(2, [2; 10]),
            state: State::Awarded { winner: Id::new(3, [3; 10]), accept_by_ms: 1_767_000_600_000 },
            round: 2,
            reply_by_ms: 1_767_500_000_000,
            revision: 7,
            circle: None,
        },
        offer: Offer {
            origin_territory: "200034031".parse().unwrap(),
            legs: vec![leg],
            seats: 1,
            needs: Needs::none(),
            reply_by_ms: 1_767_500_000_000,
            accept_within_s: 600,
            agreed_only: false,
            widening: None,
            goes_with: None,
        },
        bids: BTreeMap::from([(
            Id::new(3, [3; 10]),
            Bid { firm: true, pickup_ms: vec![1_768_000_900_000], extra_m: 4_000, agreement: None },
        )]),
        audience: BTreeSet::from([Id::new(3, [3; 10]), Id::new(4, [4; 10])]),
        later: BTreeMap::new(),
        change: None,
        words: 0,
    }
}

fn agreement() -> Agreement {
    let (one, other) = (Id::new(1, [1; 10]), Id::new(2, [2; 10]));
    let day = |text: &str| text.parse().unwrap();
    let terms = Terms {
        carriers: Carriers::Only(other),
        rates: Rates { loaded_km: 40, empty_km: 20, trip: 150, no_show: 500, at_the_door: 300 },
        contributions_deducted: true,
        trust: Trust::Trusted,
        from: day("2026-10-01"),
        until: None,
    };
    let pair = Pair::of(one, other).unwrap();
    let signed = |by: u8, number: u8, action: Action| {
        let (sender, with) = if by == 1 { (one, other) } else { (other, one) };
        let header = Header {
            federation: "essai".parse().unwrap(),
            id: Id::new(3, [number; 10]),
            sender: Party::Node(sender),
            recipient: Party::Hub,
            sent_at_ms: 1_767_000_000_000,
        };
        let command = Command { with, version: 1, action };
        Envelope::sign(header, Body::Agreement(command), &Signer::from_seed(&[by; 32]))
    };
    let proposed = signed(1, 1, Action::Propose(terms.clone()));
    let accepted = signed(2, 2, Action::Accept(terms.digest(pair, 1, one)));
    let last_day = day("2026-12-31");
    let end = Some(End { by: one, last_day, signed: signed(1, 3, Action::End { last_day }) });
    let version =
        Version { number: 1, by: one, terms, first_day: day("2026-10-02"), proposed, accepted, end };
    Agreement { pair, revision: 3, last_number: 1, versions: vec![version], proposal: None }
}

fn accounts() -> ReceivedAccounts {
    let said = Said::Withdrawn(WithdrawalReason::WrongCounts);
    ReceivedAccounts {
        node: Id::new(1, [1; 10]),
        territory: "200034031".parse().unwrap(),
        declared: Declared { year: 2026, revision: 2, said },
        hash: [7; 32],
        received_at_ms: 8,
        envelope: vec![200, 10],
        quarantine: vec![],
    }
}

fn colleague() -> Colleague {
    Colleague {
        name: "claire.exemple".parse().unwrap(),
        full_name: "Claire Exemple".to_owned(),
        role: Role::Operator,
        made_at_ms: 1,
        password: Some(PasswordHash::from_phc("$argon2id$x".to_owned())),
        link: Some(EntryLink { hash: [2; 32], expires_at_ms: 3 }),
        revoked: false,
    }
}

fn deed() -> Deed {
    Deed {
        at_ms: 4,
        by: Doer::Colleague("Claire".to_owned()),
        what: DeedKind::Invited,
        about: "200034031".to_owned(),
    }
}

fn written() -> [Vec<u8>; 18] {
    let member = MemberRecord {
        entry: Bytes(vec![1, 2, 3]),
        enrolled_at_ms: 1,
        certificate_until_ms: 2,
        last_seen_ms: Some(3),
        renewal_asked_at_ms: None,
        renewal_hash: Some([4; 32]),
        sealing_changed_ms: None,
        incarnation: 0,
        version: String::new(),
    };
    let invitation = InvitationRecord {
        territory: "200034031".into(),
        expires_at_ms: 5,
        used_by: Some([6; 16]),
        withdrawn: false,
    };
    let report = ReportRecord {
        territory: "200034031".into(),
        hash: [7; 32],
        received_at_ms: 8,
        report: Bytes(vec![9]),
        envelope: Bytes(vec![200, 10]),
        withdrawn: None,
        quarantine: vec![],
    };
    [
        encode_record(&HubRecord { epoch: 1, serving_since_ms: None }),
        encode_record(&invitation),
        encode_record(&member),
        encode_record(&VersionRecord { entries_hash: [1; 32], head: [255; 32] }),
        encode_record(&ThreadRecord::from(&thread())),
        encode_record(&DeadlineRecord {}),
        encode_record(&AnswerRecord { body_hash: [2; 32], receipt: Bytes(vec![3; 5]) }),
        encode_record(&MailboxRecord { last_sequence: 300, rows: 2, bytes: 70_000 }),
        encode_record(&LetterRecord { handover: [8; 16], envelope: Bytes(vec![0, 255]) }),
        encode_record(&LetterIndexRecord::new(
            About::Handover(Id::new(1, [1; 10]), NoticeKind::Bid),
            Some(Id::new(9, [9; 10])),
        )),
        encode_record(&report),
        encode_record(&RecoveryRecord {
            presented: vec![[1; 16], [2; 16]],
            awarded_to: Some([2; 16]),
            ..RecoveryRecord::default()
        }),
        encode_record(&AgreementRecord::from(&agreement())),
        encode_record(&PartnerRecord {}),
        encode_record(&OfferRecord { envelope: Bytes(vec![1, 2, 255]) }),
        encode_record(&AccountsRecord::from(&accounts())),
        encode_record(&ColleagueRecord::from(&colleague())),
        encode_record(&DeedRecord::from(&deed())),
    ]
    .map(Result::unwrap)
}

/// Reads stored bytes and writes them again.
type Reader = fn(&[u8]) -> Vec<u8>;

fn read_and_written_again<R: Record>(bytes: &[u8]) -> Vec<u8> {
    encode_record(&decode_record::<R>(bytes).unwrap()).unwrap()
}

#[test]
fn the_first_version_of_every_record_still_reads() {
    let readers: [Reader; 18] = [
        read_and_written_again::<HubRecord>,
        read_and_written_again::<InvitationRecord>,
        read_and_written_again::<MemberRecord>,
        read_and_written_again::<VersionRecord>,
        read_and_written_again::<ThreadRecord>,
        read_and_written_again::<DeadlineRecord>,
        read_and_written_again::<AnswerRecord>,
        read_and_written_again::<MailboxRecord>,
        read_and_written_again::<LetterRecord>,
        read_and_written_again::<LetterIndexRecord>,
        read_and_written_again::<ReportRecord>,
        read_and_written_again::<RecoveryRecord>,
        read_and_written_again::<AgreementRecord>,
        read_and_written_again::<PartnerRecord>,
        read_and_written_again::<OfferRecord>,
        read_and_written_again::<AccountsRecord>,
        read_and_written_again::<ColleagueRecord>,
        read_and_written_again::<DeedRecord>,
    ];
    let now = written().map(|bytes| HEXLOWER.encode(&bytes));
    assert_eq!(now.join("\n"), GOLDEN.trim_end());
    for (golden, reader) in GOLDEN.lines().zip(readers) {
        let bytes = HEXLOWER.decode(golden.as_bytes()).unwrap();
        assert_eq!(reader(&bytes), bytes);
    }
}

#[test]
fn a_declaration_survives_its_stored_form() {
    let bytes = encode_record(&AccountsRecord::from(&accounts())).unwrap();
    let read = decode_record::<AccountsRecord>(&bytes).unwrap();
    assert_eq!(read.received(accounts().node.to_array()).unwrap(), accounts());
    let decided =
        |lift, by: &str| Quarantine { at_ms: 11, by: by.into(), reason: "à vérifier".into(), lift };
    let decided =
        ReceivedAccounts { quarantine: vec![decided(false, "A"), decided(true, "B")], ..accounts() };
    let bytes = encode_record(&AccountsRecord::from(&decided)).unwrap();
    let read = decode_record::<AccountsRecord>(&bytes).unwrap();
    assert_eq!(read.received(decided.node.to_array()).unwrap(), decided);
    assert_eq!(HEXLOWER.encode(&bytes), include_str!("accounts-decided.txt").trim_end());
}

#[test]
fn an_account_of_the_team_and_every_deed_survive_their_stored_form() {
    let ended = colleague().ended();
    for known in [colleague(), ended] {
        let bytes = encode_record(&ColleagueRecord::from(&known)).unwrap();
        assert_eq!(
            decode_record::<ColleagueRecord>(&bytes).unwrap().colleague("claire.exemple").unwrap(),
            known
        );
    }
    for what in DeedKind::ALL {
        for by in [deed().by, Doer::Command("claire".to_owned())] {
            let done = Deed { what: *what, by, ..deed() };
            let bytes = encode_record(&DeedRecord::from(&done)).unwrap();
            assert_eq!(decode_record::<DeedRecord>(&bytes).unwrap().deed().unwrap(), done);
        }
    }
}

#[test]
fn an_agreement_survives_its_stored_form_and_its_signatures_still_hold() {
    let bytes = encode_record(&AgreementRecord::from(&agreement())).unwrap();
    let read = decode_record::<AgreementRecord>(&bytes).unwrap().agreement().unwrap();
    assert_eq!(read, agreement());
    let key = |node: Id<_>| Some(Signer::from_seed(&[node.to_array()[15]; 32]).verify_key());
    assert_eq!(read.prove(&"essai".parse().unwrap(), key), Ok(()));
}

#[test]
fn a_thread_survives_its_stored_form() {
    let bytes = encode_record(&ThreadRecord::from(&thread())).unwrap();
    assert_eq!(decode_record::<ThreadRecord>(&bytes).unwrap().thread().unwrap(), thread());
    let legs = thread().offer.legs;
    let change = Some(PendingChange { by: Id::new(2, [2; 10]), revision: 8, legs });
    let later = BTreeMap::from([(Id::new(5, [5; 10]), Circle::Second), (Id::new(6, [6; 10]), Circle::Third)]);
    let mut talked = Thread { change, words: 3, later, ..thread() };
    talked.record.circle = Some(Circle::First);
    talked.offer.widening =
        Some(Widening { second_at_ms: 1_767_100_000_000, third_at_ms: 1_767_200_000_000 });
    talked.offer.goes_with = Some(Id::new(7, [7; 10]));
    let bytes = encode_record(&ThreadRecord::from(&talked)).unwrap();
    assert_eq!(HEXLOWER.encode(&bytes), include_str!("thread-in-circles.txt").trim_end());
    assert_eq!(decode_record::<ThreadRecord>(&bytes).unwrap().thread().unwrap(), talked);
}

#[test]
fn a_report_keeps_every_decision_about_it() {
    let decided =
        |lift, by: &str| Quarantine { at_ms: 11, by: by.into(), reason: "à vérifier".into(), lift };
    let report = ReceivedReport {
        node: Id::new(1, [1; 10]),
        territory: "200034031".parse().unwrap(),
        period: "2026-06".parse().unwrap(),
        vocabulary: "v1/pulse".into(),
        hash: [7; 32],
        received_at_ms: 8,
        report: vec![9],
        envelope: vec![200, 10],
        withdrawn: None,
        quarantine: vec![decided(false, "A"), decided(true, "B")],
        reading: Reading::default(),
    };
    let bytes = encode_record(&ReportRecord::from(&report)).unwrap();
    let key = (report.node.to_array(), "2026-06".to_owned(), "v1/pulse".to_owned());
    assert_eq!(decode_record::<ReportRecord>(&bytes).unwrap().report(key).unwrap(), report);
    assert_eq!(HEXLOWER.encode(&bytes), include_str!("report-decided.txt").trim_end());
}
