//! Agreements between two members: who may say what and when, and what holds whatever the two say in whatever order.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use jiff::{ToSpan as _, civil::Date};
use maillage_federation::{
    agreement::{
        Action, Agreement, AgreementNotice, BidRefused, Carriers, Command, NoticeKind, Pair, Rates, Refused,
        Step, Terms, TermsError, Trust, Unproven, decide,
    },
    envelope::{Body, Envelope, EnvelopeError, Header, Party, Receipt},
    ids::{Id, NodeKind},
    limits,
    signing::{Signer, VerifyKey},
};
use maillage_proto::federation::v1 as proto;
use proptest::prelude::{Just, Strategy, prop_assert, prop_assert_eq, prop_oneof, proptest};

const ONE: u8 = 1;
const OTHER: u8 = 2;
const STRANGER: u8 = 3;

fn node(number: u8) -> Id<NodeKind> {
    Id::new(1, [number; 10])
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn today() -> Date {
    day("2026-10-01")
}

fn signer(number: u8) -> Signer {
    Signer::from_seed(&[number; 32])
}

fn key_of(node: Id<NodeKind>) -> Option<VerifyKey> {
    [ONE, OTHER]
        .into_iter()
        .find(|number| self::node(*number) == node)
        .map(|number| signer(number).verify_key())
}

fn terms(from: &str, until: Option<&str>) -> Terms {
    Terms {
        carriers: Carriers::Both,
        rates: Rates { loaded_km: 40, empty_km: 20, trip: 150, no_show: 500, at_the_door: 300 },
        contributions_deducted: true,
        trust: Trust::Trusted,
        from: day(from),
        until: until.map(day),
    }
}

fn pair() -> Pair {
    Pair::of(node(ONE), node(OTHER)).unwrap()
}

fn command(by: u8, version: u32, action: Action) -> Command {
    Command { with: node(if by == ONE { OTHER } else { ONE }), version, action }
}

fn envelope(by: u8, command: &Command) -> Envelope {
    let header = Header {
        federation: "essai".parse().unwrap(),
        id: Id::new(2, [by; 10]),
        sender: Party::Node(node(by)),
        recipient: Party::Hub,
        sent_at_ms: 0,
    };
    Envelope::sign(header, Body::Agreement(command.clone()), &signer(by))
}

fn say_on(
    known: Option<&Agreement>,
    by: u8,
    version: u32,
    action: Action,
    today: Date,
) -> Result<Step, Refused> {
    let command = command(by, version, action);
    decide(known, node(by), &command, &envelope(by, &command), today)
}

fn say(known: Option<&Agreement>, by: u8, version: u32, action: Action) -> Result<Step, Refused> {
    say_on(known, by, version, action, today())
}

fn accept(agreement: &Agreement) -> Action {
    let proposal = agreement.proposal.as_ref().unwrap();
    Action::Accept(proposal.terms.digest(agreement.pair, proposal.number, proposal.by))
}

/// Agreed by both, one version after the other.
fn agreed(versions: &[Terms]) -> Agreement {
    let mut known = None;
    for terms in versions {
        let number = known.as_ref().map_or(1, |known: &Agreement| known.last_number + 1);
        let proposed = say(known.as_ref(), ONE, number, Action::Propose(terms.clone())).unwrap().agreement;
        known = Some(say(Some(&proposed), OTHER, number, accept(&proposed)).unwrap().agreement);
    }
    known.unwrap()
}

fn prove(agreement: &Agreement) -> Result<(), Unproven> {
    agreement.prove(&"essai".parse().unwrap(), key_of)
}

fn in_force(agreement: &Agreement, on: &str) -> Option<u32> {
    agreement.in_force(day(on)).map(|version| version.number)
}

#[test]
fn a_version_is_in_force_once_both_have_signed_it_and_from_its_day_on() {
    let proposed = say(None, ONE, 1, Action::Propose(terms("2026-11-01", None))).unwrap();
    assert_eq!((proposed.to, proposed.kind), (node(OTHER), NoticeKind::Proposed));
    assert_eq!(in_force(&proposed.agreement, "2026-12-01"), None, "nobody has accepted");
    let accepted = say(Some(&proposed.agreement), OTHER, 1, accept(&proposed.agreement)).unwrap();
    assert_eq!((accepted.to, accepted.kind), (node(ONE), NoticeKind::Accepted));
    assert_eq!(in_force(&accepted.agreement, "2026-10-31"), None);
    assert_eq!(in_force(&accepted.agreement, "2026-11-01"), Some(1));
    assert_eq!(prove(&accepted.agreement), Ok(()));
    let late = say_on(Some(&proposed.agreement), OTHER, 1, accept(&proposed.agreement), day("2026-11-20"));
    let late = late.unwrap().agreement;
    assert_eq!((in_force(&late, "2026-11-19"), in_force(&late, "2026-11-20")), (None, Some(1)));
}

#[test]
fn the_old_version_stays_in_force_until_the_day_of_the_next() {
    let first = agreed(&[terms("2026-10-01", None)]);
    let proposed = say(Some(&first), OTHER, 2, Action::Propose(terms("2027-01-01", Some("2027-06-30"))));
    let proposed = proposed.unwrap().agreement;
    assert_eq!(in_force(&proposed, "2027-02-01"), Some(1), "a proposal takes nothing away");
    let both = say(Some(&proposed), ONE, 2, accept(&proposed)).unwrap().agreement;
    let seen = ["2026-12-31", "2027-01-01", "2027-06-30", "2027-07-01"].map(|on| in_force(&both, on));
    assert_eq!(seen, [Some(1), Some(2), Some(2), None], "and the first does not come back");
    assert_eq!(both.last_day(1), Some(day("2026-12-31")));
    assert_eq!(both.last_day(2), Some(day("2027-06-30")));
    assert_eq!(prove(&both), Ok(()));
}

#[test]
fn either_ends_it_with_a_last_day_and_earlier_still() {
    let known = agreed(&[terms("2026-10-01", None), terms("2027-01-01", None)]);
    let end =
        |known: &Agreement, by, last: &str| say(Some(known), by, 2, Action::End { last_day: day(last) });
    let ended = end(&known, OTHER, "2026-12-15").unwrap();
    assert_eq!((ended.to, ended.kind), (node(ONE), NoticeKind::Ended));
    let ended = ended.agreement;
    let seen = ["2026-12-15", "2026-12-16", "2027-02-01"].map(|on| in_force(&ended, on));
    assert_eq!(seen, [Some(1), None, None], "what was to follow does not");
    assert_eq!(prove(&ended), Ok(()));
    assert_eq!(end(&ended, ONE, "2026-12-20").unwrap_err(), Refused::WrongState, "it ends before");
    assert_eq!(in_force(&end(&ended, ONE, "2026-10-01").unwrap().agreement, "2026-10-02"), None);
    assert_eq!(end(&ended, ONE, "2026-09-30").unwrap_err(), Refused::BadDay);
    let anew = say(Some(&ended), ONE, 3, Action::Propose(terms("2027-03-01", None))).unwrap().agreement;
    let anew = say(Some(&anew), OTHER, 3, accept(&anew)).unwrap().agreement;
    let seen = ["2026-12-16", "2027-03-01"].map(|on| in_force(&anew, on));
    assert_eq!(seen, [None, Some(3)], "they may agree again");
}

#[test]
fn an_end_closes_what_is_proposed_and_one_for_an_older_version_is_stale() {
    let known = agreed(&[terms("2026-10-01", None)]);
    let proposed = say(Some(&known), ONE, 2, Action::Propose(terms("2027-01-01", None))).unwrap().agreement;
    let end = Action::End { last_day: day("2026-12-31") };
    let ended = say(Some(&proposed), OTHER, 1, end.clone()).unwrap().agreement;
    assert_eq!(ended.proposal, None);
    assert_eq!(say(Some(&ended), OTHER, 2, accept(&proposed)).unwrap_err(), Refused::WrongState);
    // The same two words in the other order: the acceptance holds, and the end is told where things stand.
    let accepted = say(Some(&proposed), OTHER, 2, accept(&proposed)).unwrap().agreement;
    assert_eq!(say(Some(&accepted), OTHER, 1, end).unwrap_err(), Refused::Stale);
}

#[test]
fn only_those_concerned_answer_and_only_to_what_is_proposed_now() {
    let propose = || Action::Propose(terms("2026-11-01", None));
    let proposed = say(None, ONE, 1, propose()).unwrap().agreement;
    let refused = |by, version, action| say(Some(&proposed), by, version, action).unwrap_err();
    assert_eq!(refused(ONE, 1, accept(&proposed)), Refused::NotYours);
    assert_eq!(refused(ONE, 1, Action::Decline), Refused::NotYours);
    assert_eq!(refused(OTHER, 1, Action::TakeBack), Refused::NotYours);
    assert_eq!(refused(OTHER, 2, accept(&proposed)), Refused::Stale);
    assert_eq!(refused(OTHER, 1, propose()), Refused::Stale, "the other was first");
    assert_eq!(refused(OTHER, 2, propose()), Refused::Pending);
    assert_eq!(refused(OTHER, 1, Action::Accept([0; 32])), Refused::OtherTerms);
    assert_eq!(refused(OTHER, 1, Action::End { last_day: today() }), Refused::Unknown);
    for (by, action) in [(OTHER, Action::Decline), (ONE, Action::TakeBack)] {
        let closed = say(Some(&proposed), by, 1, action).unwrap().agreement;
        assert_eq!(say(Some(&closed), OTHER, 1, accept(&proposed)).unwrap_err(), Refused::WrongState);
        assert_eq!(
            say(Some(&closed), ONE, 1, propose()).unwrap_err(),
            Refused::Stale,
            "numbers are used once"
        );
        assert!(say(Some(&closed), OTHER, 2, propose()).is_ok());
    }
    assert_eq!(say(None, OTHER, 1, Action::Decline).unwrap_err(), Refused::Unknown);
    assert_eq!(say(None, OTHER, 0, Action::TakeBack).unwrap_err(), Refused::Unknown);
}

#[test]
fn terms_that_these_two_cannot_have_are_refused() {
    let base = terms("2026-11-01", None);
    let impossible = [
        Terms { carriers: Carriers::Only(node(STRANGER)), ..base.clone() },
        Terms { rates: Rates { loaded_km: 1_001, ..base.rates }, ..base.clone() },
        Terms { rates: Rates { at_the_door: 100_001, ..base.rates }, ..base.clone() },
        Terms { until: Some(day("2026-10-31")), ..base.clone() },
    ];
    for terms in impossible {
        assert_eq!(say(None, ONE, 1, Action::Propose(terms)).unwrap_err(), Refused::BadTerms);
    }
    let over = terms("2026-09-01", Some("2026-09-30"));
    assert_eq!(over.check(), Ok(()));
    assert_eq!(say(None, ONE, 1, Action::Propose(over)).unwrap_err(), Refused::BadDay);
    assert_eq!(terms("2026-11-01", Some("2026-10-31")).check(), Err(TermsError::Days));
    let command = Command { with: node(ONE), version: 1, action: Action::Propose(base) };
    let alone = decide(None, node(ONE), &command, &envelope(ONE, &command), today());
    assert_eq!(alone.unwrap_err(), Refused::NoSuchMember);
}

#[test]
fn proposals_and_versions_have_an_end() {
    let mut known = agreed(&vec![terms("2026-11-01", None); limits::AGREEMENT_VERSIONS]);
    let propose = |known: &Agreement| {
        say(Some(known), ONE, known.last_number + 1, Action::Propose(terms("2026-11-01", None)))
    };
    assert_eq!(propose(&known).unwrap_err(), Refused::TooMany);
    known.versions.truncate(1);
    for _ in known.last_number..limits::AGREEMENT_NUMBERS {
        let proposed = propose(&known).unwrap().agreement;
        known = say(Some(&proposed), ONE, proposed.last_number, Action::TakeBack).unwrap().agreement;
    }
    assert_eq!(propose(&known).unwrap_err(), Refused::TooMany);
}

#[test]
fn a_bid_names_the_version_in_force_on_every_day_and_goes_the_way_agreed() {
    let one_way = Terms { carriers: Carriers::Only(node(OTHER)), ..terms("2026-10-01", None) };
    let known = agreed(&[one_way, terms("2027-01-01", None)]);
    let days = |texts: &[&str]| texts.iter().map(|text| day(text)).collect::<Vec<_>>();
    let check = |number, carrier, on: &[&str]| known.check_bid(number, node(carrier), days(on));
    assert_eq!(check(1, OTHER, &["2026-12-31"]), Ok(()));
    assert_eq!(check(1, ONE, &["2026-12-31"]), Err(BidRefused::OtherWay));
    assert_eq!(check(2, ONE, &["2027-01-01"]), Ok(()));
    for (number, on) in [(1, "2027-01-01"), (2, "2026-12-31"), (3, "2026-12-31"), (1, "2026-09-30")] {
        assert_eq!(check(number, OTHER, &[on]), Err(BidRefused::NotInForce), "{number} on {on}");
    }
    assert_eq!(check(1, OTHER, &["2026-12-31", "2027-01-01"]), Err(BidRefused::NotInForce));
    let found = |carrier, on: &[&str]| known.version_for(node(carrier), days(on)).map(|found| found.number);
    assert_eq!(found(OTHER, &["2026-12-30", "2026-12-31"]), Some(1));
    assert_eq!(found(OTHER, &["2026-12-31", "2027-01-01"]), None);
    assert_eq!(found(ONE, &["2026-12-31"]), None);
}

/// What a dishonest hub does to a record.
type Alter = fn(&mut Agreement);

#[test]
fn whatever_a_hub_alters_is_not_believed() {
    let known = agreed(&[terms("2026-10-01", None)]);
    let ended = say(Some(&known), OTHER, 1, Action::End { last_day: day("2026-12-31") }).unwrap().agreement;
    let proposed = say(Some(&ended), ONE, 2, Action::Propose(terms("2027-01-01", None))).unwrap().agreement;
    assert_eq!(prove(&proposed), Ok(()));
    let altered: [(&str, Alter); 9] = [
        ("terms", |it| it.versions[0].terms.rates.loaded_km += 1),
        ("who proposed", |it| it.versions[0].by = node(OTHER)),
        ("an acceptance that is none", |it| it.versions[0].accepted = it.versions[0].proposed.clone()),
        ("an earlier day", |it| it.versions[0].first_day = day("2026-09-30")),
        ("another end", |it| it.versions[0].end.as_mut().unwrap().last_day = day("2026-11-30")),
        ("the end of another", |it| it.versions[0].end.as_mut().unwrap().by = node(ONE)),
        ("twice", |it| it.versions.push(it.versions[0].clone())),
        ("terms proposed", |it| it.proposal.as_mut().unwrap().terms.trust = Trust::Preferred),
        ("the pair", |it| it.pair = Pair::of(node(ONE), node(STRANGER)).unwrap()),
    ];
    for (what, alter) in altered {
        let mut told = proposed.clone();
        alter(&mut told);
        assert!(prove(&told).is_err(), "{what}");
    }
    // An acceptance is of one version: it proves no other with the same terms.
    let mut again = agreed(&[terms("2026-10-01", None), terms("2026-10-01", None)]);
    again.versions[1].accepted = again.versions[0].accepted.clone();
    assert_eq!(prove(&again), Err(Unproven::NotSigned));
    let unknown = proposed.prove(&"essai".parse().unwrap(), |_| None);
    assert_eq!(unknown, Err(Unproven::UnknownNode(node(ONE))));
    assert_eq!(proposed.prove(&"autre".parse().unwrap(), key_of), Err(Unproven::NotSigned));
}

#[test]
fn everything_said_survives_the_contract_and_a_signature() {
    let known =
        agreed(&[Terms { carriers: Carriers::Only(node(ONE)), ..terms("2026-10-01", Some("2027-01-31")) }]);
    let ended = say(Some(&known), OTHER, 1, Action::End { last_day: day("2026-12-31") }).unwrap().agreement;
    let proposed = say(Some(&ended), ONE, 2, Action::Propose(terms("2027-01-01", None))).unwrap().agreement;
    let read: Agreement = proto::AgreementRecord::from(proposed.clone()).try_into().unwrap();
    assert_eq!(read, proposed);
    let actions = [
        Action::Propose(terms("2027-01-01", None)),
        accept(&proposed),
        Action::Decline,
        Action::TakeBack,
        Action::End { last_day: today() },
    ];
    for action in actions {
        let command = command(ONE, 7, action);
        let body = envelope(ONE, &command).verify(&"essai".parse().unwrap(), &signer(ONE).verify_key());
        assert_eq!(body, Ok(Body::Agreement(command)));
    }
    for kind in [
        NoticeKind::Proposed,
        NoticeKind::Accepted,
        NoticeKind::Declined,
        NoticeKind::TakenBack,
        NoticeKind::Ended,
    ] {
        let cause = envelope(ONE, &command(ONE, 1, Action::Decline));
        let body =
            Body::AgreementNotice(Box::new(AgreementNotice { agreement: proposed.clone(), kind, cause }));
        assert_eq!(Body::try_from(proto::Body::from(body.clone())), Ok(body));
    }
    let receipt = Receipt {
        envelope: Id::new(1, [1; 10]),
        refused: Some("agreement-stale".to_owned()),
        record: None,
        agreement: Some(proposed),
        hub_epoch: 1,
        decided_at_ms: 2,
    };
    let signed = receipt.clone().sign(&signer(9));
    assert_eq!(Receipt::verify(&signed, &signer(9).verify_key()), Ok(receipt));
}

/// A program that knows nothing of agreements meets one: no kind that it knows, and said so.
#[test]
fn what_is_not_known_is_said_to_be() {
    let nothing = proto::Body { kind: None, directory: None };
    assert_eq!(Body::try_from(nothing), Err(EnvelopeError::UnknownKind));
    let command = proto::AgreementCommand { with: node(ONE).to_bytes(), version: 1, action: None };
    let body = proto::Body { kind: Some(proto::body::Kind::Agreement(command)), directory: None };
    assert!(matches!(Body::try_from(body), Err(EnvelopeError::Agreement(_))));
    for until in ["2026-1-31", "20260131", "2026-01-31T10:00", "9999-01-01", "-000001-01-01"] {
        let terms = proto::AgreementTerms { until: until.to_owned(), ..terms("2026-01-01", None).into() };
        assert!(Terms::try_from(terms).is_err(), "{until}");
    }
}

/// A word of one of the two: who, how far off the right version, and what.
#[derive(Debug, Clone)]
struct Move {
    by: u8,
    off: u32,
    what: What,
    days_later: i64,
}

#[derive(Debug, Clone)]
enum What {
    Propose { from: i64, until: Option<i64>, one_way: bool },
    Accept { right: bool },
    Decline,
    TakeBack,
    End { last: i64 },
}

/// A hub restored from a state decides something anew; whoever has heard the other story presents it.
fn told_twice(
    restored: &Agreement,
    decided: (u8, u32, Action),
    lost: (u8, u32, Action),
) -> (Agreement, Agreement) {
    let said = |(by, version, action)| say(Some(restored), by, version, action).unwrap().agreement;
    let (hub, presented) = (said(decided), said(lost));
    assert_eq!(hub.revision, presented.revision);
    (hub.given_back(&presented).unwrap_or(hub), presented)
}

#[test]
fn two_stories_of_one_revision_meet_above_both() {
    let known = agreed(&[terms("2026-10-01", None)]);
    let ends = |by, last: &str| (by, 1, Action::End { last_day: day(last) });
    for (first, second) in
        [("2026-11-30", "2026-12-31"), ("2026-12-31", "2026-11-30"), ("2026-11-30", "2026-11-30")]
    {
        let (whole, presented) = told_twice(&known, ends(OTHER, first), ends(ONE, second));
        assert!(whole.follows(&presented), "{whole:?}");
        assert_eq!(whole.last_day(1), Some(day("2026-11-30")), "the sooner of the two");
    }
    let proposes = |by| (by, 2, Action::Propose(terms("2027-01-01", None)));
    let (whole, presented) = told_twice(&known, proposes(OTHER), proposes(ONE));
    assert!(whole.follows(&presented) && whole.revision > presented.revision);
    assert_eq!(
        whole.proposal.as_ref().map(|proposal| proposal.by),
        Some(node(OTHER)),
        "what the hub decided"
    );
    assert_eq!(whole.given_back(&presented), None, "once is enough");
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let what = prop_oneof![
        4 => (-5_i64..40, proptest::option::of(0_i64..60), proptest::bool::ANY)
            .prop_map(|(from, until, one_way)| What::Propose { from, until, one_way }),
        4 => proptest::bool::weighted(0.9).prop_map(|right| What::Accept { right }),
        1 => Just(What::Decline),
        1 => Just(What::TakeBack),
        2 => (-2_i64..40).prop_map(|last| What::End { last }),
    ];
    let off = prop_oneof![6 => Just(0_u32), 1 => 1_u32..3];
    let one = (proptest::bool::ANY, off, what, 0_i64..6).prop_map(|(first, off, what, days_later)| Move {
        by: if first { ONE } else { OTHER },
        off,
        what,
        days_later,
    });
    proptest::collection::vec(one, 1..40)
}

/// Says a move as the one who makes it would, on what is known.
fn play(known: Option<&Agreement>, the_move: &Move, today: Date) -> (Command, Result<Step, Refused>) {
    let last = known.map_or(0, |known| known.last_number);
    let newest = known.and_then(|known| known.versions.last()).map_or(0, |version| version.number);
    let later = |days: i64| today.checked_add(days.days()).unwrap();
    let (number, action) = match the_move.what {
        What::Propose { from, until, one_way } => {
            let carriers = if one_way { Carriers::Only(node(the_move.by)) } else { Carriers::Both };
            let until = until.map(later);
            (
                last + 1,
                Action::Propose(Terms { carriers, from: later(from), until, ..terms("2026-10-01", None) }),
            )
        }
        What::Accept { right } => {
            let proposal = known.filter(|_| right).filter(|known| known.proposal.is_some());
            (last, proposal.map_or(Action::Accept([7; 32]), accept))
        }
        What::Decline => (last, Action::Decline),
        What::TakeBack => (last, Action::TakeBack),
        What::End { last } => (newest, Action::End { last_day: later(last) }),
    };
    let command = command(the_move.by, number + the_move.off, action);
    let step = decide(known, node(the_move.by), &command, &envelope(the_move.by, &command), today);
    (command, step)
}

proptest! {
    #[test]
    fn whatever_the_two_say_no_day_has_two_versions_and_none_that_both_did_not_sign(moves in moves()) {
        let mut known: Option<Agreement> = None;
        let mut today = today();
        for the_move in &moves {
            today = today.checked_add(the_move.days_later.days()).unwrap();
            let (command, step) = play(known.as_ref(), the_move, today);
            let Ok(Step { agreement: next, .. }) = step else { continue };
            let before = known.as_ref();
            prop_assert_eq!(next.revision, before.map_or(0, |before| before.revision) + 1);
            prop_assert_eq!(prove(&next), Ok(()), "all of it is signed by whom it must be");
            prop_assert_eq!(the_move.off, 0, "a word for another version was taken: {:?}", command);
            // The past is what it was: nothing said today changes which version was in force on a day before today.
            for back in 1..80_i64 {
                let past = today.checked_sub(back.days()).unwrap();
                let was = before.and_then(|before| before.in_force(past)).map(|version| version.number);
                prop_assert_eq!(next.in_force(past).map(|version| version.number), was, "on {}", past);
            }
            for ahead in 0..80_i64 {
                let on = today.checked_add(ahead.days()).unwrap();
                // Naively: a version holds on a day if nothing says that it does not.
                let holds = |index: usize| {
                    let version = &next.versions[index];
                    let later = &next.versions[index + 1..];
                    let ends = next.versions[index..].iter().filter_map(|version| version.end.as_ref());
                    version.first_day <= on
                        && version.terms.until.is_none_or(|until| on <= until)
                        && !later.iter().any(|later| later.first_day <= on)
                        && ends.map(|end| end.last_day).all(|last| on <= last)
                };
                let held: Vec<u32> =
                    (0..next.versions.len()).filter(|index| holds(*index)).map(|index| next.versions[index].number).collect();
                prop_assert!(held.len() <= 1, "{:?} on {}", held, on);
                prop_assert_eq!(next.in_force(on).map(|version| version.number), held.first().copied());
                if let Some(number) = held.first() {
                    prop_assert!(next.last_day(*number).is_none_or(|last| on <= last));
                }
            }
            known = Some(next);
        }
    }

    #[test]
    fn a_hub_that_has_forgotten_is_given_back_what_was_said_by_whoever_knows_it(
        moves in moves(),
        backup in 0_usize..40,
        lag in 0_usize..40,
        last_first in proptest::bool::ANY,
    ) {
        let mut told: Vec<Agreement> = vec![Agreement::nothing(pair())];
        let mut today = today();
        for the_move in &moves {
            today = today.checked_add(the_move.days_later.days()).unwrap();
            let known = told.last().filter(|known| known.revision > 0);
            if let (_, Ok(step)) = play(known, the_move, today) {
                told.push(step.agreement);
            }
        }
        let at = |index: usize| told[index.min(told.len() - 1)].clone();
        // One of the two has always heard the last word, the other may be behind, the backup too.
        let (restored, behind, newest) = (at(backup), at(lag), told.last().unwrap().clone());
        let presented = if last_first { [&newest, &behind] } else { [&behind, &newest] };
        let mut hub = restored;
        for presented in presented {
            hub = hub.given_back(presented).unwrap_or(hub);
            prop_assert!(hub.revision == 0 || prove(&hub) == Ok(()));
        }
        prop_assert_eq!(hub, newest);
    }

    #[test]
    fn what_was_signed_stays_whatever_a_hub_that_had_forgotten_it_has_decided_since(
        moves in moves(),
        backup in 0_usize..6,
        lag in 0_usize..6,
        since in moves(),
    ) {
        let mut told: Vec<Agreement> = vec![Agreement::nothing(pair())];
        let mut last_by = ONE;
        for the_move in &moves {
            let known = told.last().filter(|known| known.revision > 0);
            if let (_, Ok(step)) = play(known, the_move, today()) {
                told.push(step.agreement);
                last_by = the_move.by;
            }
        }
        // So many steps before the last.
        let at = |back: usize| told[told.len() - 1 - back.min(told.len() - 1)].clone();
        let (mut hub, mut behind, newest) = (at(backup), at(lag), told.last().unwrap().clone());
        hub = hub.given_back(&behind).unwrap_or(hub);
        // The one who is behind goes on with the hub alone.
        for the_move in since.iter().filter(|the_move| the_move.by != last_by) {
            let known = Some(&hub).filter(|known| known.revision > 0);
            if let (_, Ok(step)) = play(known, the_move, today()) {
                hub = step.agreement;
            }
        }
        if hub.revision > behind.revision {
            prop_assert!(hub.follows(&behind));
            behind = hub.clone();
        }
        let whole = hub.given_back(&newest).unwrap_or_else(|| hub.clone());
        for known in [&behind, &newest] {
            prop_assert!(whole.follows(known) || whole == *known, "{:?} does not go on from {:?}", whole, known);
        }
        prop_assert!(whole.revision == 0 || prove(&whole) == Ok(()));
        prop_assert_eq!(whole.given_back(&newest), None, "once is enough");
    }
}
