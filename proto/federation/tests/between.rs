//! Words and changes between origin and holder: who may say what to whom and until when, and what holds for any sequence.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use maillage_federation::{
    handover::{
        Action, AwardLeg, Bid, CarriedBy, ChangeDetails, Circumstances, Command, DisputeReason,
        GiveBackReason, NoticeKind, Offer, OfferedLeg, ProgressStep, Refused, State, Step, Thread, Word,
        all_at_once, decide, due_at_ms, elapse,
    },
    ids::{HandoverKind, Id, NodeKind},
    limits,
    needs::Needs,
    sealed::{Context, PayloadKind, Sealed, SealingKey},
};
use maillage_proto::federation::v1 as proto;
use proptest::prelude::{Strategy, prop_assert, prop_assert_eq, proptest};
use prost::Message as _;

const HOUR_MS: i64 = 3_600_000;
const NOW: i64 = 1_800_000_000_000;
/// First pickup of the offer.
const PICKUP: i64 = NOW + 100 * HOUR_MS;
const ORIGIN: u8 = 0;
const HOLDER: u8 = 1;
const LOSER: u8 = 2;
const STRANGER: u8 = 3;

fn node(number: u8) -> Id<NodeKind> {
    Id::new(1, [number; 10])
}

fn handover() -> Id<HandoverKind> {
    Id::new(2, [9; 10])
}

fn legs(pickup_ms: i64) -> Vec<OfferedLeg> {
    let commune = |code: &str| code.parse().unwrap();
    let ends = (commune("81003"), commune("81004"));
    vec![OfferedLeg::rounded(ends, (pickup_ms, pickup_ms + HOUR_MS), 23_456)]
}

fn sealed() -> Sealed {
    let context = Context {
        kind: PayloadKind::Word,
        handover: handover(),
        round: 1,
        sender: node(ORIGIN),
        recipient: node(HOLDER),
    };
    SealingKey::from_seed(&[1; 32]).public().seal(b"x", &context, [2; 32]).unwrap()
}

fn say(thread: Option<&Thread>, from: u8, action: Action, now_ms: i64) -> Result<Step, Refused> {
    let eligible = all_at_once([node(ORIGIN), node(HOLDER), node(LOSER)]);
    let round = thread.map_or(1, |thread| thread.record.round);
    let command = Command { handover: handover(), round, action };
    decide(thread, node(from), &command, &Circumstances { now_ms, eligible: &eligible })
}

fn after(thread: &Thread, from: u8, action: Action) -> Thread {
    say(Some(thread), from, action, NOW).unwrap().thread
}

fn open() -> Thread {
    let offer = Offer {
        origin_territory: "200034031".parse().unwrap(),
        legs: legs(PICKUP),
        seats: 1,
        needs: Needs::none(),
        reply_by_ms: NOW + 4 * HOUR_MS,
        accept_within_s: 1800,
        agreed_only: false,
        widening: None,
        goes_with: None,
    };
    say(None, ORIGIN, Action::Offer(offer), NOW).unwrap().thread
}

fn held() -> Thread {
    let bid = || Action::Bid(Bid { firm: true, pickup_ms: vec![NOW], extra_m: 10_000, agreement: None });
    let thread = after(&after(&open(), HOLDER, bid()), LOSER, bid());
    let award = Action::Award { winner: node(HOLDER), details: sealed() };
    after(&after(&thread, ORIGIN, award), HOLDER, Action::Accept)
}

fn word() -> Action {
    Action::Word(sealed())
}

fn ask(pickup_ms: i64) -> Action {
    Action::AskChange { legs: legs(pickup_ms), details: sealed() }
}

fn answer(thread: &Thread, agreed: bool) -> Action {
    Action::AnswerChange { change: thread.change.as_ref().unwrap().revision, agreed }
}

fn told(step: &Step) -> Vec<(Id<NodeKind>, NoticeKind, bool)> {
    step.notices.iter().map(|notice| (notice.to, notice.kind, notice.with_cause)).collect()
}

#[test]
fn a_word_goes_to_the_other_of_the_two_and_moves_nothing() {
    for (from, to) in [(ORIGIN, HOLDER), (HOLDER, ORIGIN)] {
        let held = held();
        let step = say(Some(&held), from, word(), NOW).unwrap();
        assert_eq!(told(&step), [(node(to), NoticeKind::Word, true)]);
        assert_eq!(
            (step.thread.record.state, step.thread.record.round),
            (held.record.state, held.record.round)
        );
        assert_eq!(step.thread.record.revision, held.record.revision + 1);
    }
    let done = after(&held(), HOLDER, Action::Outcome(sealed()));
    let step = say(Some(&done), ORIGIN, word(), NOW).unwrap();
    assert_eq!(told(&step), [(node(HOLDER), NoticeKind::Word, true)], "what is thought of the outcome");
    let cancelled = after(&held(), ORIGIN, Action::Cancel);
    assert!(say(Some(&cancelled), HOLDER, word(), NOW).is_ok());
}

#[test]
fn nobody_else_says_a_word_and_nobody_before_or_after() {
    for (thread, from, refused) in [
        (held(), LOSER, Refused::NotYours),
        (held(), STRANGER, Refused::NotYours),
        (open(), ORIGIN, Refused::WrongState),
        (after(&held(), HOLDER, Action::Release(GiveBackReason::NoDriver)), HOLDER, Refused::WrongState),
        (after(&held(), HOLDER, Action::Release(GiveBackReason::NoDriver)), ORIGIN, Refused::WrongState),
    ] {
        assert_eq!(say(Some(&thread), from, word(), NOW), Err(refused));
    }
    assert_eq!(say(None, ORIGIN, word(), NOW), Err(Refused::Unknown));
    let mut talkative = held();
    for _ in 0..limits::WORDS {
        talkative = after(&talkative, ORIGIN, word());
    }
    assert_eq!(say(Some(&talkative), HOLDER, word(), NOW), Err(Refused::TooManyWords));
    let done = after(&talkative, HOLDER, Action::Outcome(sealed()));
    assert!(say(Some(&done), ORIGIN, word(), NOW).is_ok(), "what is thought of the outcome can be said");
    let back = after(&talkative, HOLDER, Action::Release(GiveBackReason::NoDriver));
    assert_eq!(back.words, 0, "the next holder has not said anything yet");
}

#[test]
fn a_sealed_change_is_the_one_the_hub_was_told_of_and_words_are_for_those_who_have_a_say() {
    let leg = |pickup_ms| AwardLeg {
        trip: Id::new(3, [3; 10]),
        pickup: "81003".parse().unwrap(),
        pickup_address: String::new(),
        dropoff: "81004".parse().unwrap(),
        dropoff_address: String::new(),
        earliest_pickup_ms: pickup_ms,
        latest_arrival_ms: pickup_ms + HOUR_MS,
        meeting: None,
    };
    let details = |legs| ChangeDetails { legs, note: String::new() };
    let told = legs(PICKUP);
    assert!(details(vec![leg(PICKUP)]).fits(&told));
    assert!(!details(vec![leg(PICKUP - 1)]).fits(&told), "other times than the hub knows");
    assert!(!details(vec![leg(PICKUP), leg(PICKUP)]).fits(&told));
    assert!(!details(vec![]).fits(&told));
    let elsewhere = AwardLeg { dropoff: "81065".parse().unwrap(), ..leg(PICKUP) };
    assert!(!details(vec![elsewhere]).fits(&told));
    let found = Word::Progress { leg: 0, step: ProgressStep::DriverFound, at_ms: None };
    assert_eq!([Word::Countersigned.is_for(true), Word::Countersigned.is_for(false)], [true, false]);
    assert_eq!([found.is_for(true), found.is_for(false)], [false, true]);
}

#[test]
fn a_change_holds_when_the_other_agrees_and_is_asked_for_one_at_a_time() {
    for (asking, asked) in [(ORIGIN, HOLDER), (HOLDER, ORIGIN)] {
        let step = say(Some(&held()), asking, ask(PICKUP + 2 * HOUR_MS), NOW).unwrap();
        assert_eq!(told(&step), [(node(asked), NoticeKind::ChangeAsked, true)]);
        let pending = step.thread;
        assert_eq!(pending.offer.legs, legs(PICKUP), "nothing has changed yet");
        for from in [asking, asked] {
            assert_eq!(say(Some(&pending), from, ask(PICKUP), NOW), Err(Refused::ChangePending));
        }
        assert_eq!(say(Some(&pending), asking, answer(&pending, true), NOW), Err(Refused::NotYours));
        assert_eq!(say(Some(&pending), LOSER, answer(&pending, true), NOW), Err(Refused::NotYours));
        let other = Action::AnswerChange { change: pending.record.revision + 1, agreed: true };
        assert_eq!(say(Some(&pending), asked, other, NOW), Err(Refused::NoSuchChange));
        let agreed = say(Some(&pending), asked, answer(&pending, true), NOW).unwrap();
        assert_eq!(told(&agreed), [(node(asking), NoticeKind::ChangeAnswered, true)]);
        assert_eq!((agreed.thread.offer.legs, agreed.thread.change), (legs(PICKUP + 2 * HOUR_MS), None));
        for from in [asking, asked] {
            let no = say(Some(&pending), from, answer(&pending, false), NOW).unwrap();
            assert_eq!((no.thread.offer.legs, no.thread.change), (legs(PICKUP), None));
        }
    }
}

/// A question taken back and asked otherwise must not be answered by a yes to the first.
#[test]
fn a_yes_to_a_question_that_was_taken_back_is_no_yes_to_the_next() {
    let first = after(&held(), ORIGIN, ask(PICKUP + HOUR_MS));
    let yes = answer(&first, true);
    let back = after(&first, ORIGIN, answer(&first, false));
    let second = after(&back, ORIGIN, ask(PICKUP + 9 * HOUR_MS));
    assert_eq!(say(Some(&second), HOLDER, yes, NOW), Err(Refused::NoSuchChange));
}

#[test]
fn times_are_locked_a_day_before_the_earlier_of_the_two_pickups() {
    let lock = PICKUP - limits::CHANGE_LOCK_MS;
    assert!(say(Some(&held()), ORIGIN, ask(PICKUP + HOUR_MS), lock - 1).is_ok());
    assert_eq!(say(Some(&held()), ORIGIN, ask(PICKUP + HOUR_MS), lock), Err(Refused::ChangeLocked));
    let earlier = NOW + limits::CHANGE_LOCK_MS;
    assert_eq!(say(Some(&held()), ORIGIN, ask(earlier), NOW), Err(Refused::ChangeLocked));
    let pending = after(&held(), ORIGIN, ask(PICKUP + HOUR_MS));
    assert_eq!(due_at_ms(&pending), Some(lock));
    assert_eq!(say(Some(&pending), HOLDER, answer(&pending, true), lock), Err(Refused::ChangeLocked));
    assert_eq!(elapse(&pending, lock - 1), None);
    let lapsed = elapse(&pending, lock).unwrap();
    let both = [ORIGIN, HOLDER].map(|to| (node(to), NoticeKind::ChangeLapsed, false));
    assert_eq!((told(&lapsed), lapsed.thread.change.clone()), (both.to_vec(), None));
    assert_eq!(elapse(&lapsed.thread, i64::MAX), None, "a trip that is held waits for its holder");
}

#[test]
fn a_question_ends_with_the_carrying() {
    let pending = after(&held(), ORIGIN, ask(PICKUP + HOUR_MS));
    for (from, action) in [
        (HOLDER, Action::Release(GiveBackReason::NoDriver)),
        (ORIGIN, Action::Cancel),
        (HOLDER, Action::Outcome(sealed())),
    ] {
        let over = after(&pending, from, action);
        assert_eq!((over.change.clone(), due_at_ms(&over)), (None, None));
        let yes = Action::AnswerChange { change: pending.record.revision, agreed: true };
        assert_eq!(say(Some(&over), HOLDER, yes, NOW), Err(Refused::WrongState));
    }
    let wrong = Action::AskChange { legs: [legs(PICKUP), legs(PICKUP)].concat(), details: sealed() };
    assert_eq!(say(Some(&held()), ORIGIN, wrong, NOW), Err(Refused::BadTerms), "as many legs as before");
}

#[test]
fn words_and_changes_come_back_from_the_contract_as_they_were() {
    let text = || "Le portail est à gauche.".to_owned();
    let carried = CarriedBy {
        leg: 1,
        carrier: "Association d’essai".to_owned(),
        frame: "tus".to_owned(),
        verdict: "to-be-verified".to_owned(),
        ground: "residence-rural".to_owned(),
    };
    let progress = |step| Word::Progress { leg: 1, step, at_ms: Some(NOW) };
    let words = [
        Word::Message { text: text() },
        progress(ProgressStep::DriverFound),
        progress(ProgressStep::DriverLost),
        progress(ProgressStep::PickedUp),
        Word::CarriedBy(carried.clone()),
        Word::Countersigned,
        Word::Disputed { reason: DisputeReason::Distance, text: text() },
    ];
    for word in words {
        let bytes = proto::Word::from(word.clone()).encode_to_vec();
        assert!(proto::Word::decode(bytes.as_slice()).unwrap().try_into() == Ok(word));
    }
    let leg = AwardLeg {
        trip: Id::new(3, [3; 10]),
        pickup: "81003".parse().unwrap(),
        pickup_address: "1 rue Imaginaire".to_owned(),
        dropoff: "81004".parse().unwrap(),
        dropoff_address: "2 rue Imaginaire".to_owned(),
        earliest_pickup_ms: PICKUP,
        latest_arrival_ms: PICKUP + HOUR_MS,
        meeting: None,
    };
    let details = ChangeDetails { legs: vec![leg], note: text() };
    let bytes = proto::ChangeDetails::from(details.clone()).encode_to_vec();
    assert!(proto::ChangeDetails::decode(bytes.as_slice()).unwrap().try_into() == Ok(details));
    for action in [word(), ask(PICKUP), Action::AnswerChange { change: 7, agreed: true }] {
        let command = Command { handover: handover(), round: 3, action };
        let message = proto::HandoverCommand::from(command.clone());
        assert_eq!(Command::try_from(message).unwrap(), command);
    }
    let refused = |word: Word| Word::try_from(proto::Word::from(word)).is_err();
    assert!(refused(Word::Message { text: "x".repeat(limits::TEXT_CHARS + 1) }));
    assert!(refused(Word::Progress { leg: 2, step: ProgressStep::PickedUp, at_ms: None }));
    assert!(refused(Word::CarriedBy(CarriedBy { ground: "a b".to_owned(), ..carried })));
    assert!(Word::try_from(proto::Word::default()).is_err());
}

fn action(number: u8, thread: &Thread, pickup_ms: i64) -> Action {
    let change = thread.change.as_ref().map_or(thread.record.revision, |pending| pending.revision);
    match number {
        0 => word(),
        1 => ask(pickup_ms),
        2 => Action::AnswerChange { change, agreed: true },
        3 => Action::AnswerChange { change, agreed: false },
        4 => Action::Release(GiveBackReason::NoDriver),
        5 => Action::Cancel,
        _ => Action::Outcome(sealed()),
    }
}

fn moves() -> impl Strategy<Value = Vec<(u8, u8, i64, i64)>> {
    proptest::collection::vec((0..4_u8, 0..7_u8, 0..20_i64, 0..200_i64), 1..40)
}

proptest! {
    /// Whatever is said by whomever and whenever: a question is open only while the trip is held, the legs change only by a
    /// yes of the other one in time, and owner and round never change by a word, a question or an answer.
    #[test]
    fn for_any_sequence_times_change_only_by_a_yes_of_the_other(moves in moves()) {
        let (mut now_ms, mut thread) = (NOW, held());
        for (from, number, later, pickup) in moves {
            now_ms += later * HOUR_MS;
            if let Some(step) = elapse(&thread, now_ms) {
                prop_assert_eq!(&step.thread.offer, &thread.offer);
                thread = step.thread;
            }
            let chosen = action(number, &thread, NOW + pickup * HOUR_MS);
            let Ok(step) = say(Some(&thread), from, chosen.clone(), now_ms) else { continue };
            let (before, next) = (thread, step.thread);
            let held = matches!(next.record.state, State::Held { .. });
            prop_assert!(next.change.is_none() || held, "asked for while nobody carries");
            if next.offer != before.offer {
                let pending = before.change.as_ref().unwrap();
                let yes = matches!(chosen, Action::AnswerChange { agreed: true, .. });
                prop_assert!(yes, "changed otherwise than by a yes");
                prop_assert!(pending.by != node(from) && now_ms < due_at_ms(&before).unwrap());
                prop_assert_eq!(&next.offer.legs, &pending.legs);
            }
            if number < 4 {
                prop_assert_eq!(next.record.owner(), before.record.owner());
                prop_assert_eq!(next.record.round, before.record.round);
            }
            prop_assert_eq!(next.record.revision, before.record.revision + 1);
            thread = next;
        }
    }
}
