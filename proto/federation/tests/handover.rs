//! The handover machine: every transition of its table, every refusal, and what holds for any sequence.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::LazyLock;

use maillage_federation::{
    handover::{
        Action, Bid, Circumstances, Command, GiveBackReason, NoticeKind, Offer, OfferedLeg, Refused, State,
        Step, Thread, WithdrawReason, all_at_once, decide, dismiss, due_at_ms, elapse,
    },
    ids::{HandoverKind, Id, NodeKind},
    limits,
    needs::Needs,
    sealed::{Context, PayloadKind, Sealed, SealingKey},
};
use proptest::prelude::{Just, Strategy, prop_oneof, proptest};

const HOUR_MS: i64 = 3_600_000;
const NOW: i64 = 1_800_000_000_000;
/// First pickup of every offer: beyond every deadline but the ones that are about it.
const PICKUP: i64 = NOW + 1000 * HOUR_MS;

fn node(number: u8) -> Id<NodeKind> {
    Id::new(1, [number; 10])
}

fn handover() -> Id<HandoverKind> {
    Id::new(2, [9; 10])
}

fn offer(reply_by_ms: i64) -> Offer {
    let commune = |code: &str| code.parse().unwrap();
    Offer {
        origin_territory: "200034031".parse().unwrap(),
        legs: vec![OfferedLeg::rounded(
            (commune("81003"), commune("81004")),
            (PICKUP, PICKUP + HOUR_MS),
            23_456,
        )],
        seats: 1,
        needs: Needs::none(),
        reply_by_ms,
        accept_within_s: 1800,
        agreed_only: false,
        widening: None,
        goes_with: None,
    }
}

fn bid() -> Bid {
    Bid { firm: true, pickup_ms: vec![NOW], extra_m: 10_000, agreement: None }
}

/// Something sealed: made once, since that takes its time.
fn sealed() -> Sealed {
    static SEALED: LazyLock<Sealed> = LazyLock::new(seal);
    SEALED.clone()
}

fn seal() -> Sealed {
    let context = Context {
        kind: PayloadKind::Award,
        handover: handover(),
        round: 1,
        sender: node(0),
        recipient: node(1),
    };
    SealingKey::from_seed(&[1; 32]).public().seal(b"x", &context, [2; 32]).unwrap()
}

fn award_to(number: u8) -> Action {
    Action::Award { winner: node(number), details: sealed() }
}

/// Origin is node 0; nodes 1 and 2 are eligible, node 3 is not.
fn say(thread: Option<&Thread>, from: u8, round: u32, action: Action, now_ms: i64) -> Result<Step, Refused> {
    let eligible = all_at_once([node(0), node(1), node(2)]);
    let command = Command { handover: handover(), round, action };
    decide(thread, node(from), &command, &Circumstances { now_ms, eligible: &eligible })
}

fn open() -> Thread {
    say(None, 0, 1, Action::Offer(offer(NOW + 4 * HOUR_MS)), NOW).unwrap().thread
}

fn with_bids() -> Thread {
    let thread = say(Some(&open()), 1, 1, Action::Bid(bid()), NOW).unwrap().thread;
    say(Some(&thread), 2, 1, Action::Bid(bid()), NOW).unwrap().thread
}

fn awarded() -> Thread {
    say(Some(&with_bids()), 0, 1, award_to(1), NOW).unwrap().thread
}

fn held() -> Thread {
    say(Some(&awarded()), 1, 1, Action::Accept, NOW).unwrap().thread
}

fn cancelled() -> Thread {
    say(Some(&held()), 0, 1, Action::Cancel, NOW).unwrap().thread
}

/// The same thread as it would stand after all the rounds a handover may go through.
fn in_the_last_round(mut thread: Thread) -> Thread {
    thread.record.round = limits::ROUNDS;
    thread
}

fn told(step: &Step) -> Vec<(Id<NodeKind>, NoticeKind)> {
    step.notices.iter().map(|notice| (notice.to, notice.kind)).collect()
}

#[test]
fn an_offer_reaches_the_eligible_others() {
    let step = say(None, 0, 1, Action::Offer(offer(NOW + HOUR_MS)), NOW).unwrap();
    assert_eq!(step.thread.record.state, State::Open);
    assert_eq!(told(&step), [(node(1), NoticeKind::Offered), (node(2), NoticeKind::Offered)]);
}

#[test]
fn accepting_tells_the_origin_and_the_losers() {
    let step = say(Some(&awarded()), 1, 1, Action::Accept, NOW).unwrap();
    assert_eq!(step.thread.record.state, State::Held { holder: node(1) });
    assert_eq!(step.thread.record.owner(), node(1));
    assert_eq!(told(&step), [(node(0), NoticeKind::Accepted), (node(2), NoticeKind::Closed)]);
}

#[test]
fn refusing_opens_the_next_round_without_that_bid() {
    let step = say(Some(&awarded()), 1, 1, Action::Refuse(GiveBackReason::NoDriver), NOW).unwrap();
    assert_eq!((step.thread.record.state, step.thread.record.round), (State::Open, 2));
    assert_eq!(step.thread.bids.keys().copied().collect::<Vec<_>>(), [node(2)]);
    assert_eq!(told(&step), [(node(0), NoticeKind::Refused), (node(2), NoticeKind::Reopened)]);
}

#[test]
fn a_bid_is_taken_back_while_another_is_chosen_and_its_award_stands() {
    let awarded = awarded();
    let step = say(Some(&awarded), 2, 1, Action::Unbid, NOW).unwrap();
    assert_eq!(step.thread.record.state, awarded.record.state, "with the deadline it had");
    assert_eq!(told(&step), [(node(0), NoticeKind::Bid)]);
    let lapsed = say(Some(&step.thread), 1, 1, Action::Refuse(GiveBackReason::NoDriver), NOW).unwrap();
    assert!(lapsed.thread.bids.is_empty(), "nobody is next");
    assert_eq!(say(Some(&step.thread), 2, 1, Action::Unbid, NOW).unwrap_err(), Refused::NoLiveBid);
    let chosen = say(Some(&awarded), 1, 1, Action::Unbid, NOW).unwrap_err();
    assert_eq!(chosen, Refused::WrongState, "whoever is chosen refuses");
}

#[test]
fn an_award_lapses_at_its_deadline_and_not_before() {
    let deadline = NOW + 1_800_000;
    assert_eq!(elapse(&awarded(), deadline - 1), None);
    assert_eq!(say(Some(&awarded()), 1, 1, Action::Accept, deadline).unwrap_err(), Refused::TooLate);
    assert!(say(Some(&awarded()), 1, 1, Action::Accept, deadline - 1).is_ok());
    let step = elapse(&awarded(), deadline).unwrap();
    assert_eq!((step.thread.record.state, step.thread.record.round), (State::Open, 2));
    assert_eq!(
        told(&step),
        [(node(0), NoticeKind::Lapsed), (node(1), NoticeKind::Lapsed), (node(2), NoticeKind::Reopened)]
    );
    assert_eq!(
        say(Some(&step.thread), 1, 1, Action::Accept, deadline).unwrap_err(),
        Refused::WrongRound,
        "an acceptance of the lapsed round must never take the trip"
    );
}

#[test]
fn an_offer_expires_at_its_deadline() {
    let deadline = NOW + 4 * HOUR_MS;
    assert_eq!(elapse(&open(), deadline - 1), None);
    let step = elapse(&open(), deadline).unwrap();
    assert_eq!(step.thread.record.state, State::Expired);
    assert_eq!(step.notices.first().unwrap().kind, NoticeKind::Expired);
    assert_eq!(say(Some(&open()), 0, 1, award_to(1), deadline).unwrap_err(), Refused::TooLate);
}

#[test]
fn whichever_of_accept_and_withdraw_comes_first_wins() {
    let withdraw = Action::Withdraw(WithdrawReason::Coordinator);
    let withdrawn = say(Some(&awarded()), 0, 1, withdraw.clone(), NOW).unwrap().thread;
    assert_eq!(say(Some(&withdrawn), 1, 1, Action::Accept, NOW).unwrap_err(), Refused::WrongState);
    assert_eq!(say(Some(&held()), 0, 1, withdraw, NOW).unwrap_err(), Refused::WrongState);
}

#[test]
fn a_released_trip_is_the_origins_and_can_be_offered_again() {
    let step = say(Some(&held()), 1, 1, Action::Release(GiveBackReason::Vehicle), NOW).unwrap();
    assert_eq!((step.thread.record.state, step.thread.record.round), (State::Released, 2));
    assert_eq!(step.thread.record.owner(), node(0));
    assert_eq!(told(&step), [(node(0), NoticeKind::Released)]);
    let again = say(Some(&step.thread), 0, 2, Action::Offer(offer(NOW + HOUR_MS)), NOW).unwrap();
    assert_eq!((again.thread.record.state, again.thread.record.round), (State::Open, 2));
    let withdrawn = say(Some(&step.thread), 0, 2, Action::Withdraw(WithdrawReason::LocalDriver), NOW);
    assert_eq!(withdrawn.unwrap().thread.record.state, State::Withdrawn);
}

#[test]
fn a_cancellation_reaches_the_holder_and_an_outcome_the_origin() {
    let cancelled = say(Some(&held()), 0, 1, Action::Cancel, NOW).unwrap();
    assert_eq!(cancelled.thread.record.state, State::Cancelled { holder: node(1) });
    assert_eq!(told(&cancelled), [(node(1), NoticeKind::Cancelled)]);
    let done = say(Some(&held()), 1, 1, Action::Outcome(sealed()), NOW).unwrap();
    assert_eq!(done.thread.record.state, State::Done { holder: node(1) });
    assert_eq!(told(&done), [(node(0), NoticeKind::Outcome)]);
    assert_eq!(say(Some(&done.thread), 0, 1, Action::Cancel, NOW).unwrap_err(), Refused::WrongState);
}

#[test]
fn a_drive_that_crossed_the_cancellation_is_still_accounted_for_once_and_by_its_holder() {
    let cancelled = say(Some(&held()), 0, 1, Action::Cancel, NOW).unwrap().thread;
    let other = say(Some(&cancelled), 2, 1, Action::Outcome(sealed()), NOW);
    assert_eq!(other.unwrap_err(), Refused::WrongState);
    let done = say(Some(&cancelled), 1, 1, Action::Outcome(sealed()), NOW).unwrap();
    assert_eq!(done.thread.record.state, State::Done { holder: node(1) });
    assert_eq!(told(&done), [(node(0), NoticeKind::Outcome)]);
    let again = say(Some(&done.thread), 1, 1, Action::Outcome(sealed()), NOW);
    assert_eq!(again.unwrap_err(), Refused::WrongState);
}

#[test]
fn what_a_revoked_node_was_to_carry_is_the_origins_again() {
    let gone = |revoked: Id<NodeKind>| revoked == node(1);
    let released = dismiss(&held(), NOW, gone).unwrap();
    assert_eq!((released.thread.record.state, released.thread.record.round), (State::Released, 2));
    assert_eq!(told(&released), [(node(0), NoticeKind::Released)]);
    let reopened = dismiss(&awarded(), NOW, gone).unwrap();
    assert_eq!((reopened.thread.record.state, reopened.thread.record.round), (State::Open, 2));
    assert_eq!(told(&reopened), [(node(0), NoticeKind::Lapsed), (node(2), NoticeKind::Reopened)]);
    assert_eq!(dismiss(&held(), NOW, |other| other == node(2)), None);
    assert_eq!(dismiss(&with_bids(), NOW, gone), None);
}

#[test]
fn an_award_never_outlives_the_pickup() {
    let soon = PICKUP - 600_000;
    let offer = Offer { accept_within_s: 7200, ..offer(PICKUP + HOUR_MS) };
    let thread = say(None, 0, 1, Action::Offer(offer), soon).unwrap().thread;
    let thread = say(Some(&thread), 1, 1, Action::Bid(bid()), soon).unwrap().thread;
    let awarded = say(Some(&thread), 0, 1, award_to(1), soon).unwrap().thread;
    let pickup_ms = thread.offer.legs[0].window_start_ms;
    assert_eq!(awarded.record.state, State::Awarded { winner: node(1), accept_by_ms: pickup_ms });
    assert_eq!(say(Some(&thread), 0, 1, award_to(1), pickup_ms).unwrap_err(), Refused::TooLate);
}

#[test]
fn nobody_decides_what_is_not_theirs() {
    let check = |thread: &Thread, from: u8, action: Action, expected: Refused| {
        assert_eq!(
            say(Some(thread), from, 1, action.clone(), NOW).unwrap_err(),
            expected,
            "{from} {action:?}"
        );
    };
    check(&open(), 1, Action::Offer(offer(NOW + HOUR_MS)), Refused::Exists);
    check(&open(), 0, Action::Offer(offer(NOW + HOUR_MS)), Refused::Exists);
    check(&with_bids(), 2, award_to(2), Refused::NotYours);
    check(&awarded(), 2, Action::Accept, Refused::NotYours);
    check(&awarded(), 3, Action::Accept, Refused::NotYours);
    check(&awarded(), 0, Action::Accept, Refused::NotYours);
    check(&awarded(), 2, Action::Refuse(GiveBackReason::Needs), Refused::NotYours);
    check(&held(), 2, Action::Release(GiveBackReason::Needs), Refused::NotYours);
    check(&held(), 2, Action::Outcome(sealed()), Refused::NotYours);
    check(&held(), 1, Action::Cancel, Refused::NotYours);
    check(&open(), 0, Action::Bid(bid()), Refused::NotYours);
    check(&open(), 3, Action::Bid(bid()), Refused::NotEligible);
    check(&open(), 0, award_to(1), Refused::NoLiveBid);
    check(&with_bids(), 1, Action::Accept, Refused::WrongState);
    assert_eq!(say(None, 1, 1, Action::Accept, NOW).unwrap_err(), Refused::Unknown);
    assert_eq!(say(None, 0, 2, Action::Offer(offer(NOW + 1)), NOW).unwrap_err(), Refused::WrongRound);
}

#[test]
fn impossible_terms_are_refused() {
    let late = say(None, 0, 1, Action::Offer(offer(NOW)), NOW);
    assert_eq!(late.unwrap_err(), Refused::BadDeadline);
    let far = say(None, 0, 1, Action::Offer(offer(NOW + limits::REPLY_BY_MS + 1)), NOW);
    assert_eq!(far.unwrap_err(), Refused::BadDeadline);
    let two = Bid { pickup_ms: vec![NOW, NOW], ..bid() };
    assert_eq!(say(Some(&open()), 1, 1, Action::Bid(two), NOW).unwrap_err(), Refused::BadTerms);
}

#[test]
fn two_machines_cannot_go_round_for_ever() {
    let mut thread = awarded();
    let mut rounds = 0;
    while thread.record.state != State::Expired {
        let round = thread.record.round;
        thread = say(Some(&thread), 1, round, Action::Refuse(GiveBackReason::NoDriver), NOW).unwrap().thread;
        if thread.record.state == State::Open {
            let round = thread.record.round;
            thread = say(Some(&thread), 1, round, Action::Bid(bid()), NOW).unwrap().thread;
            thread = say(Some(&thread), 0, round, award_to(1), NOW).unwrap().thread;
        }
        rounds += 1;
        assert!(rounds <= limits::ROUNDS);
    }
    assert_eq!(rounds, limits::ROUNDS);
}

#[test]
fn a_loser_learns_that_it_is_not_theirs_and_neither_whose_nor_what_became_of_it() {
    let another = Id::another();
    let seen = |thread: &Thread, by: u8| thread.record.as_told_to(node(by)).state;
    let done = say(Some(&held()), 1, 1, Action::Outcome(sealed()), NOW).unwrap().thread;
    let withdraw = Action::Withdraw(WithdrawReason::Coordinator);
    let withdrawn = say(Some(&awarded()), 0, 1, withdraw, NOW).unwrap().thread;
    let released = say(Some(&held()), 1, 1, Action::Release(GiveBackReason::Vehicle), NOW).unwrap().thread;
    let expired = elapse(&open(), NOW + 4 * HOUR_MS).unwrap().thread;
    let over = [held(), cancelled(), done, withdrawn, released, expired];
    for thread in &over {
        assert_eq!(seen(thread, 2), State::Held { holder: another });
        assert_eq!(seen(thread, 0), thread.record.state, "the origin knows");
    }
    for thread in &over[..3] {
        assert_eq!(seen(thread, 1), thread.record.state, "and so does the node it names");
    }
    assert_eq!(seen(&awarded(), 2), State::Awarded { winner: another, accept_by_ms: 0 });
    assert_eq!(seen(&awarded(), 1), awarded().record.state);
    assert_eq!(with_bids().record.as_told_to(node(2)), with_bids().record, "what is open is for all");
    let told = held().record.as_told_to(node(2));
    assert_eq!(
        (told.revision, told.round),
        (held().record.revision, 1),
        "and it is as new as the whole truth"
    );
}

#[test]
fn a_holder_can_give_back_in_the_last_round_too() {
    let last = in_the_last_round(held());
    let release = Action::Release(GiveBackReason::Vehicle);
    let step = say(Some(&last), 1, limits::ROUNDS, release, NOW).unwrap();
    assert_eq!((step.thread.record.state, step.thread.record.round), (State::Expired, limits::ROUNDS));
    assert_eq!(step.thread.record.owner(), node(0));
    assert_eq!(
        told(&step),
        [
            (node(0), NoticeKind::Released),
            (node(0), NoticeKind::Expired),
            (node(1), NoticeKind::Closed),
            (node(2), NoticeKind::Closed),
        ]
    );
    let again = Action::Offer(offer(NOW + HOUR_MS));
    assert_eq!(say(Some(&step.thread), 0, limits::ROUNDS, again, NOW).unwrap_err(), Refused::Exists);
}

#[test]
fn a_node_revoked_in_the_last_round_ends_the_handover() {
    let gone = |revoked: Id<NodeKind>| revoked == node(1);
    let step = dismiss(&in_the_last_round(held()), NOW, gone).unwrap();
    assert_eq!((step.thread.record.state, step.thread.record.round), (State::Expired, limits::ROUNDS));
    assert_eq!(told(&step)[..2], [(node(0), NoticeKind::Released), (node(0), NoticeKind::Expired)]);
}

#[derive(Debug, Clone)]
enum Move {
    Say(u8, u8, u32, i64),
    Wait(i64),
}

fn action(number: u8, now_ms: i64) -> Action {
    match number {
        0 => Action::Offer(offer(now_ms + HOUR_MS)),
        1 => Action::Bid(bid()),
        2 => Action::Unbid,
        3 => award_to(1),
        4 => award_to(2),
        5 => Action::Withdraw(WithdrawReason::Coordinator),
        6 => Action::Accept,
        7 => Action::Refuse(GiveBackReason::NoDriver),
        8 => Action::Release(GiveBackReason::NoDriver),
        9 => Action::Cancel,
        _ => Action::Outcome(sealed()),
    }
}

/// The beginnings of a handover that a sequence goes on from: chance alone rarely leads to the later ones.
fn beginnings() -> impl Strategy<Value = Thread> {
    prop_oneof![Just(open()), Just(with_bids()), Just(awarded()), Just(held()), Just(cancelled())]
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let say = (0..4_u8, 0..11_u8, 0..2_u32, 0..1_000_000_i64)
        .prop_map(|(from, action, behind, later)| Move::Say(from, action, behind, later));
    let one = prop_oneof![8 => say, 1 => (1..2 * HOUR_MS).prop_map(Move::Wait)];
    proptest::collection::vec(one, 1..120)
}

proptest! {
    /// Whatever is said by whomever in whatever order: what is final does not move, a cancelled handover moves to the
    /// account of its holder alone, the revision rises by one, a round never falls, and stale rounds change nothing. The
    /// owner changes by Accept (to the awarded node, in time), by Release and Cancel (to the origin), and by the account
    /// of a drive that crossed its cancellation (to the node that held it).
    #[test]
    fn for_any_sequence_there_is_one_owner_and_he_got_it_rightly(begin in beginnings(), moves in moves()) {
        let mut now_ms = NOW;
        let mut thread = begin;
        for step in moves {
            let before = thread.clone();
            let next = match step {
                Move::Say(from, number, behind, later) => {
                    now_ms += later;
                    let round = before.record.round.saturating_sub(behind);
                    let chosen = action(number, now_ms);
                    let result = say(Some(&before), from, round, chosen.clone(), now_ms);
                    if behind > 0 {
                        assert!(result.is_err(), "a stale round moved the handover");
                    }
                    if let Ok(step) = &result
                        && step.thread.record.owner() != before.record.owner()
                    {
                        check_owner(&before, (from, &chosen), &step.thread, now_ms);
                    }
                    result.ok()
                }
                Move::Wait(ms) => {
                    now_ms += ms;
                    let step = elapse(&before, now_ms);
                    if let Some(step) = &step {
                        assert_eq!(step.thread.record.owner(), before.record.owner());
                    }
                    step
                }
            };
            for at_ms in [now_ms, now_ms + HOUR_MS] {
                let due = due_at_ms(&before).is_some_and(|due_ms| due_ms <= at_ms);
                assert_eq!(elapse(&before, at_ms).is_some(), due, "time moves it exactly when it is due");
            }
            if let Some(step) = next {
                check_follows(before.record.state, step.thread.record.state);
                assert_eq!(step.thread.record.revision, before.record.revision + 1);
                assert!(step.thread.record.round >= before.record.round);
                thread = step.thread;
            }
        }
    }
}

/// What is final stays, and a cancelled handover can only be accounted for by the node that held it.
fn check_follows(before: State, after: State) {
    assert!(!before.is_final(), "{before:?} moved");
    if let State::Cancelled { holder } = before {
        assert_eq!(after, State::Done { holder });
    }
}

/// The owner changed, and rightly so.
fn check_owner(before: &Thread, (from, action): (u8, &Action), after: &Thread, now_ms: i64) {
    let (was, is) = (before.record.state, after.record.owner());
    match action {
        Action::Accept => {
            assert_eq!(is, node(from));
            assert!(matches!(was, State::Awarded { winner, accept_by_ms }
                if winner == node(from) && now_ms < accept_by_ms));
        }
        Action::Outcome(_) => {
            assert_eq!((was, is), (State::Cancelled { holder: node(from) }, node(from)));
        }
        Action::Release(_) | Action::Cancel => assert_eq!(is, before.record.origin),
        Action::Offer(_)
        | Action::Bid(_)
        | Action::Unbid
        | Action::Award { .. }
        | Action::Withdraw(_)
        | Action::Refuse(_)
        | Action::Word(_)
        | Action::AskChange { .. }
        | Action::AnswerChange { .. } => panic!("the owner changed by {action:?}"),
    }
}
