//! Settlement of a month: what it comes to by hand, and what holds whatever the two have written down.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeMap;

use maillage_federation::{
    agreement::{Action, Agreement, Carriers, Command, Rates, Terms, Trust, decide},
    envelope::{Body, Envelope, Header, Party},
    handover::{LegOutcome, LegResult, OfferedLeg},
    ids::{Id, NodeKind},
    limits,
    name::FederationName,
    sealed::{Context, PayloadKind, SealingKey},
    settlement::{
        Difference, LegKey, Letter, Line, SettlementError, Signed, Statement, StatementError, What,
        differences,
    },
    signing::Signer,
};
use proptest::prelude::{Strategy, prop_assert, prop_assert_eq, prop_oneof, proptest};

fn node(number: u8) -> Id<NodeKind> {
    Id::new(1, [number; 10])
}

fn terms(loaded_km: u32, contributions_deducted: bool, carriers: Carriers) -> Terms {
    Terms {
        carriers,
        rates: Rates { loaded_km, empty_km: 20, trip: 150, no_show: 500, at_the_door: 300 },
        contributions_deducted,
        trust: Trust::Ordinary,
        from: "2026-10-01".parse().unwrap(),
        until: None,
    }
}

fn say(known: Option<&Agreement>, by: u8, version: u32, action: Action) -> Agreement {
    let command = Command { with: node(if by == 1 { 2 } else { 1 }), version, action };
    let header = Header {
        federation: "essai".parse().unwrap(),
        id: Id::new(2, [by; 10]),
        sender: Party::Node(node(by)),
        recipient: Party::Hub,
        sent_at_ms: 0,
    };
    let envelope = Envelope::sign(header, Body::Agreement(command.clone()), &Signer::from_seed(&[by; 32]));
    let today = "2026-10-01".parse().unwrap();
    decide(known, node(by), &command, &envelope, today).unwrap().agreement
}

/// Version 1: each for the other, 0.40 a kilometre. Version 2: 0.45, contributions taken off. Version 3: only the first of
/// the two carries.
fn agreement() -> Agreement {
    let mut known = None;
    let one_way = Carriers::Only(node(1));
    let versions =
        [terms(40, false, Carriers::Both), terms(45, true, Carriers::Both), terms(40, false, one_way)];
    for (number, terms) in (1..).zip(versions) {
        let proposed = say(known.as_ref(), 1, number, Action::Propose(terms.clone()));
        let digest = terms.digest(proposed.pair, number, node(1));
        known = Some(say(Some(&proposed), 2, number, Action::Accept(digest)));
    }
    known.unwrap()
}

fn key(number: u8) -> LegKey {
    LegKey { handover: Id::new(3, [number; 10]), leg: u32::from(number % 2) }
}

fn line(version: u32, what: What) -> Line {
    Line { day: "2026-10-15".parse().unwrap(), version, what }
}

fn driven(loaded_m: u32, empty_m: u32, contribution: u32) -> What {
    What::Driven { loaded_m, empty_m, contribution }
}

fn statement(lines: impl IntoIterator<Item = (LegKey, Line)>) -> Statement {
    let month = "2026-10".parse().unwrap();
    Statement { carrier: node(2), origin: node(1), month, lines: lines.into_iter().collect() }
}

#[test]
fn a_month_by_hand() {
    let october = statement([
        // 1.50 + 12.345 km at 0.40 (4.938: 4.94) + 3.1 km at 0.20 (0.62); what was collected is not taken off.
        (key(1), line(1, driven(12_345, 3_100, 250))),
        // 1.50 + 10 km at 0.45 (4.50) + 0 - 2.50.
        (key(2), line(2, driven(10_000, 0, 250))),
        (key(3), line(1, What::NoShow)),
        (key(4), line(2, What::AtTheDoor)),
        // More was collected than is owed: 1.50 + 0.45 - 9.00.
        (key(5), line(2, driven(1_000, 0, 900))),
    ]);
    let reckoned = october.reckon(&agreement()).unwrap();
    assert_eq!(reckoned.amounts.into_values().collect::<Vec<_>>(), [706, 350, 500, 300, -705]);
    assert_eq!(reckoned.total, 1_151);
}

#[test]
fn halves_of_a_cent_go_up_and_each_kind_of_kilometre_by_itself() {
    let rates = Rates { loaded_km: 1, empty_km: 1, ..Rates::default() };
    let amount = |loaded_m, empty_m| line(1, driven(loaded_m, empty_m, 0)).amount(&rates, false);
    assert_eq!([amount(499, 499), amount(500, 0), amount(500, 500), amount(1_499, 0)], [0, 1, 2, 1]);
}

#[test]
fn what_cannot_be_settled_is_said_to_be() {
    let agreement = agreement();
    let reckon = |statement: &Statement| statement.reckon(&agreement).unwrap_err();
    let one = |version| statement([(key(1), line(version, What::NoShow))]);
    assert_eq!(reckon(&one(4)), SettlementError::Version(4));
    assert_eq!(reckon(&one(3)), SettlementError::Version(3), "under this one the other carries");
    let other_month = Statement { month: "2026-11".parse().unwrap(), ..one(1) };
    assert_eq!(reckon(&other_month), SettlementError::OtherMonth);
    assert_eq!(reckon(&Statement { origin: node(9), ..one(1) }), SettlementError::OtherPair);
    let turned = Statement { carrier: node(1), origin: node(2), ..one(1) };
    assert_eq!(differences(&one(1), &turned, &agreement), Err(SettlementError::OtherPair));
}

#[test]
fn each_kind_of_difference_is_listed() {
    let same = (key(1), line(1, driven(10_000, 0, 0)));
    let ours = statement([same, (key(2), line(1, What::NoShow)), (key(3), line(1, driven(10_000, 0, 0)))]);
    let theirs =
        statement([same, (key(3), line(1, driven(12_000, 0, 0))), (key(4), line(1, What::AtTheDoor))]);
    let found = differences(&ours, &theirs, &agreement()).unwrap();
    let expected = [
        (key(2), Difference::MissingThere { ours: 500 }),
        (key(3), Difference::Otherwise { ours: 550, theirs: 630 }),
        (key(4), Difference::MissingHere { theirs: 300 }),
    ];
    assert_eq!(found, BTreeMap::from(expected));
    // The same sum by another way is a difference too: what is signed would not be the same.
    let day = Line { day: "2026-10-16".parse().unwrap(), ..same.1 };
    let found = differences(&statement([same]), &statement([(same.0, day)]), &agreement()).unwrap();
    assert_eq!(found[&same.0].cents(), 0);
}

fn what() -> impl Strategy<Value = What> {
    prop_oneof![
        4 => (0_u32..1_500_000, 0_u32..300_000, 0_u32..3_000).prop_map(|(loaded, empty, taken)| driven(loaded, empty, taken)),
        1 => proptest::strategy::Just(What::NoShow),
        1 => proptest::strategy::Just(What::AtTheDoor),
    ]
}

fn lines() -> impl Strategy<Value = BTreeMap<LegKey, Line>> {
    let one = (0_u8..30, 1_u32..=2, 1_i8..=31, what()).prop_map(|(number, version, day, what)| {
        (key(number), Line { day: jiff::civil::date(2026, 10, day), version, what })
    });
    proptest::collection::vec(one, 0..30).prop_map(|lines| lines.into_iter().collect())
}

proptest! {
    /// Both reckon from their own records: either they are equal to the cent, or all that makes the difference is listed.
    #[test]
    fn sums_are_equal_or_what_makes_the_difference_is_listed(
        shared in lines(), of_one in lines(), of_other in lines()
    ) {
        let agreement = agreement();
        let with = |own: &BTreeMap<LegKey, Line>| {
            let mut lines = shared.clone();
            lines.extend(own.iter().map(|(key, line)| (*key, *line)));
            statement(lines)
        };
        let (one, other) = (with(&of_one), with(&of_other));
        let (here, there) = (one.reckon(&agreement).unwrap(), other.reckon(&agreement).unwrap());
        let found = differences(&one, &other, &agreement).unwrap();
        let listed: i64 = found.values().map(|difference| difference.cents()).sum();
        prop_assert_eq!(here.total - there.total, listed);
        prop_assert_eq!(found.is_empty(), one.digest() == other.digest(), "what both sign is the same only then");
        for (key, difference) in &found {
            prop_assert!(one.lines.get(key) != other.lines.get(key), "{:?} is none", difference);
        }
        // Seen from the other side it is the same, the other way round: no cent is made or lost between the two.
        let back = differences(&other, &one, &agreement).unwrap();
        prop_assert_eq!(back.keys().collect::<Vec<_>>(), found.keys().collect::<Vec<_>>());
        prop_assert_eq!(back.values().map(|difference| difference.cents()).sum::<i64>(), -listed);
    }

    /// However lines are told apart into statements, the sum of all is the same.
    #[test]
    fn a_sum_is_the_sum_of_its_parts(all in lines(), cut in 0_u8..30) {
        let agreement = agreement();
        let total = |lines: BTreeMap<LegKey, Line>| statement(lines).reckon(&agreement).unwrap().total;
        let (before, after) = all.clone().into_iter().partition::<BTreeMap<_, _>, _>(|(at, _)| *at < key(cut));
        prop_assert_eq!(total(all), total(before) + total(after));
    }
}

fn leg_at(window_start_ms: i64) -> OfferedLeg {
    let commune = |code: &str| code.parse().unwrap();
    let window = (window_start_ms, window_start_ms + 3_600_000);
    OfferedLeg::rounded((commune("81003"), commune("81004")), window, 20_000)
}

#[test]
fn what_a_leg_comes_to_is_read_from_what_both_are_told() {
    let told = |result| LegOutcome { result, loaded_m: 9, empty_m: 8, contribution_cents: 7 };
    assert_eq!(What::of_outcome(told(LegResult::Completed)), Some(driven(9, 8, 7)));
    assert_eq!(What::of_outcome(told(LegResult::NoShow)), Some(What::NoShow));
    assert_eq!(What::of_outcome(told(LegResult::NotDone)), None);
    // Half an hour before the window begins the driver is nearly there.
    let start = 1_800_000_000_000;
    let called_off = |at| What::of_cancellation(&leg_at(start), at);
    assert_eq!(called_off(start - 1_800_001), None);
    assert_eq!(called_off(start - 1_800_000), Some(What::AtTheDoor));
}

fn federation() -> FederationName {
    "essai".parse().unwrap()
}

fn signed(statement: Statement, counter: u64) -> Signed {
    Signed::sign(statement, counter, (&federation(), node(2)), &Signer::from_seed(&[2; 32]))
}

#[test]
fn a_signature_holds_for_exactly_what_was_signed() {
    let october = || statement([(key(1), line(1, driven(12_345, 3_100, 250)))]);
    let key_of_2 = Signer::from_seed(&[2; 32]).verify_key();
    let holds = |signed: &Signed, by| signed.verify((&federation(), node(by)), &key_of_2).is_ok();
    let good = signed(october(), 4);
    assert!(holds(&good, 2));
    assert!(!holds(&good, 1), "nobody signs in another's name");
    let elsewhere = "autre".parse().unwrap();
    assert!(good.verify((&elsewhere, node(2)), &key_of_2).is_err());
    let altered: [fn(&mut Signed); 6] = [
        |signed| signed.counter += 1,
        |signed| signed.statement.month = "2026-11".parse().unwrap(),
        |signed| signed.statement.origin = node(9),
        |signed| std::mem::swap(&mut signed.statement.carrier, &mut signed.statement.origin),
        |signed| signed.statement.lines.clear(),
        |signed| {
            for line in signed.statement.lines.values_mut() {
                line.version = 2;
            }
        },
    ];
    for (number, alter) in altered.into_iter().enumerate() {
        let mut forged = good.clone();
        alter(&mut forged);
        assert!(!holds(&forged, 2), "alteration {number}");
    }
}

#[test]
fn statements_that_break_a_limit_are_not_read() {
    use maillage_proto::federation::v1 as proto;
    use prost::Message as _;

    let good = signed(statement([(key(1), line(1, driven(1, 2, 3))), (key(2), line(1, What::NoShow))]), 1);
    let read = |alter: &dyn Fn(&mut proto::SettlementStatement)| {
        let mut message = proto::SettlementStatement::decode(good.encode().as_slice()).unwrap();
        alter(&mut message);
        Signed::decode(&message.encode_to_vec()).map(|_| ())
    };
    assert_eq!(read(&|_| {}), Ok(()));
    assert_eq!(read(&|message| message.lines.reverse()), Err(StatementError::Order));
    assert_eq!(read(&|message| message.lines[1] = message.lines[0].clone()), Err(StatementError::Order));
    assert_eq!(read(&|message| message.lines[0].day = 32), Err(StatementError::Day));
    assert_eq!(read(&|message| message.month = "2026-13".to_owned()), Err(StatementError::Day));
    assert_eq!(read(&|message| message.carrier.clone_from(&message.origin)), Err(StatementError::Id));
    let range: [fn(&mut proto::SettlementLine); 5] = [
        |line| line.leg = 2,
        |line| line.version = 0,
        |line| line.loaded_m = 1_500_001,
        |line| line.empty_m = u32::MAX,
        |line| line.contribution_cents = 100_001,
    ];
    for alter in range {
        assert_eq!(read(&|message| alter(&mut message.lines[0])), Err(StatementError::Range));
    }
    let many = |message: &mut proto::SettlementStatement| {
        message.lines = vec![message.lines[0].clone(); limits::SETTLEMENT_LINES + 1];
    };
    assert_eq!(read(&many), Err(StatementError::TooMany(limits::SETTLEMENT_LINES + 1)));
    assert_eq!(Signed::decode(b"\xff").map(|_| ()), Err(StatementError::Unreadable));
}

#[test]
fn the_longest_statement_fits_into_a_letter_and_only_the_other_opens_it() {
    let longest = (0..limits::SETTLEMENT_LINES as u64).map(|number| {
        let most = (limits::DISTANCE_M, limits::DISTANCE_M, limits::CONTRIBUTION_CENTS);
        let key = LegKey { handover: Id::new(number, [255; 10]), leg: 1 };
        (key, line(limits::AGREEMENT_NUMBERS, driven(most.0, most.1, most.2)))
    });
    let plain = signed(statement(longest), u64::MAX).encode();
    let other = SealingKey::from_seed(&[1; 32]);
    let context = Context::between(PayloadKind::Settlement, node(2), node(1));
    let sealed = other.public().seal(&plain, &context, [9; 32]).unwrap();
    assert_eq!(other.open(&sealed, &context).unwrap(), plain);
    let header = Header {
        federation: federation(),
        id: Id::new(2, [7; 10]),
        sender: Party::Node(node(2)),
        recipient: Party::Hub,
        sent_at_ms: 0,
    };
    let letter = Letter { with: node(1), statement: sealed.clone() };
    let envelope = Envelope::sign(header, Body::Settlement(letter.clone()), &Signer::from_seed(&[2; 32]));
    let read = Envelope::decode(&envelope.encode()).unwrap();
    let key_of_2 = Signer::from_seed(&[2; 32]).verify_key();
    assert_eq!(read.verify(&federation(), &key_of_2), Ok(Body::Settlement(letter)));
    // Sealed for somebody, it opens for nobody else and as nothing else.
    let elsewhere = [
        Context::between(PayloadKind::Settlement, node(1), node(2)),
        Context::between(PayloadKind::Word, node(2), node(1)),
        Context { round: 1, ..context },
    ];
    assert!(elsewhere.iter().all(|context| other.open(&sealed, context).is_err()));
    let too_long = vec![0; 48 * 1024];
    assert!(other.public().seal(&too_long, &context, [9; 32]).is_err());
    let word = Context { kind: PayloadKind::Word, ..context };
    assert!(
        other.public().seal(&plain, &word, [9; 32]).is_err(),
        "other payloads stay as small as they were"
    );
}

proptest! {
    /// What is signed is read as it was signed, and no byte of it can be another.
    #[test]
    fn signed_statements_survive_their_bytes_and_nothing_else_does(
        lines in lines(), counter: u64, at in 0_usize..4_000, flipped in 0_u8..8
    ) {
        let good = signed(statement(lines), counter);
        let mut bytes = good.encode();
        prop_assert_eq!(Signed::decode(&bytes), Ok(good.clone()));
        let place = at % bytes.len();
        bytes[place] ^= 1 << flipped;
        let key_of_2 = Signer::from_seed(&[2; 32]).verify_key();
        if let Ok(read) = Signed::decode(&bytes) {
            let holds = read.verify((&federation(), node(2)), &key_of_2).is_ok();
            prop_assert!(!holds || read == good, "another statement passes for the signed one");
        }
    }
}
