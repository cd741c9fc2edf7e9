//! Offers in circles: who is shown an offer and when, that nobody is shown it twice or told of what was never shown, and that a
//! restored hub finds out from record and offer alone how far it had got.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use maillage_federation::{
    handover::{
        Action, Bid, Circle, Circumstances, Command, Eligible, GiveBackReason, Notice, NoticeKind, Offer,
        OfferedLeg, Refused, State, Step, Thread, Widening, WithdrawReason, decide, dismiss, due_at_ms,
        elapse, recall,
    },
    ids::{HandoverKind, Id, NodeKind},
    matching::Reach,
    needs::Needs,
    sealed::{Context, PayloadKind, Sealed, SealingKey},
};
use maillage_geography::Geography;
use proptest::prelude::{Just, Strategy, prop_oneof, proptest};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const NOW: i64 = 1_800_000_000_000;
const PICKUP: i64 = NOW + 1000 * HOUR_MS;
const SECOND: i64 = NOW + 30 * MINUTE_MS;
const THIRD: i64 = NOW + 2 * HOUR_MS;
const REPLY_BY: i64 = NOW + 6 * HOUR_MS;
const ORIGIN: u8 = 0;

fn node(number: u8) -> Id<NodeKind> {
    Id::new(1, [number; 10])
}

fn handover() -> Id<HandoverKind> {
    Id::new(2, [9; 10])
}

fn offer(now_ms: i64) -> Offer {
    let commune = |code: &str| code.parse().unwrap();
    let reply_by_ms = now_ms + REPLY_BY - NOW;
    let legs =
        vec![OfferedLeg::rounded((commune("81003"), commune("81004")), (PICKUP, PICKUP + HOUR_MS), 23_456)];
    Offer {
        origin_territory: "200034031".parse().unwrap(),
        legs,
        seats: 1,
        needs: Needs::none(),
        reply_by_ms,
        accept_within_s: 3600,
        agreed_only: false,
        widening: Some(Widening::between((now_ms, reply_by_ms), (SECOND - NOW, THIRD - NOW))),
        goes_with: None,
    }
}

fn sealed() -> Sealed {
    static SEALED: LazyLock<Sealed> = LazyLock::new(|| {
        let (kind, round) = (PayloadKind::Award, 1);
        let (sender, recipient) = (node(0), node(1));
        let context = Context { kind, handover: handover(), round, sender, recipient };
        SealingKey::from_seed(&[1; 32]).public().seal(b"x", &context, [2; 32]).unwrap()
    });
    SEALED.clone()
}

fn bid() -> Action {
    Action::Bid(Bid { firm: true, pickup_ms: vec![NOW], extra_m: 10_000, agreement: None })
}

fn award_to(number: u8) -> Action {
    Action::Award { winner: node(number), details: sealed() }
}

/// Nodes by the number of their circle.
fn circles(of: &[(u8, u32)]) -> Eligible {
    of.iter().map(|(number, circle)| (node(*number), Circle::of_number(*circle).unwrap())).collect()
}

/// One node in each circle.
fn three() -> Eligible {
    circles(&[(0, 1), (1, 1), (2, 2), (3, 3)])
}

struct Told<'a> {
    eligible: &'a Eligible,
    thread: Option<Thread>,
}

impl Told<'_> {
    fn say(&mut self, from: u8, round: u32, action: Action, now_ms: i64) -> Result<Vec<Notice>, Refused> {
        let command = Command { handover: handover(), round, action };
        let circumstances = Circumstances { now_ms, eligible: self.eligible };
        let step = decide(self.thread.as_ref(), node(from), &command, &circumstances)?;
        Ok(self.take(step))
    }

    fn wait_until(&mut self, now_ms: i64) -> Vec<Notice> {
        let mut notices = Vec::new();
        while let Some(step) = elapse(self.thread(), now_ms) {
            notices.extend(self.take(step));
        }
        notices
    }

    fn take(&mut self, step: Step) -> Vec<Notice> {
        self.thread = Some(step.thread);
        step.notices
    }

    fn thread(&self) -> &Thread {
        self.thread.as_ref().unwrap()
    }

    fn circle(&self) -> Option<Circle> {
        self.thread().record.circle
    }
}

fn offered(eligible: &Eligible) -> (Told<'_>, Vec<Notice>) {
    let mut told = Told { eligible, thread: None };
    let notices = told.say(ORIGIN, 1, Action::Offer(offer(NOW)), NOW).unwrap();
    (told, notices)
}

fn of(notices: &[Notice]) -> Vec<(u8, NoticeKind)> {
    notices.iter().map(|notice| (notice.to.to_array()[15], notice.kind)).collect()
}

#[test]
fn each_circle_hears_of_an_offer_at_its_instant_and_once() {
    let eligible = three();
    let (mut told, first) = offered(&eligible);
    assert_eq!(of(&first), [(1, NoticeKind::Offered)]);
    assert!(first.iter().all(|notice| notice.with_cause), "the offer goes along");
    assert_eq!((told.circle(), due_at_ms(told.thread())), (Some(Circle::First), Some(SECOND)));
    assert_eq!(elapse(told.thread(), SECOND - 1), None);
    let second = told.wait_until(SECOND);
    assert_eq!(of(&second), [(0, NoticeKind::Widened), (2, NoticeKind::Offered)]);
    assert!(second.iter().all(|notice| notice.with_cause == (notice.kind == NoticeKind::Offered)));
    assert_eq!((told.circle(), due_at_ms(told.thread())), (Some(Circle::Second), Some(THIRD)));
    assert_eq!(of(&told.wait_until(THIRD)), [(0, NoticeKind::Widened), (3, NoticeKind::Offered)]);
    assert_eq!((told.circle(), due_at_ms(told.thread())), (Some(Circle::Third), Some(REPLY_BY)));
    let end = told.wait_until(REPLY_BY);
    let all =
        [(0, NoticeKind::Expired), (1, NoticeKind::Closed), (2, NoticeKind::Closed), (3, NoticeKind::Closed)];
    assert_eq!(of(&end), all);
}

#[test]
fn a_hub_that_slept_opens_all_that_is_due_in_one_step() {
    let eligible = three();
    let (mut told, _) = offered(&eligible);
    let late = told.wait_until(THIRD);
    assert_eq!(of(&late), [(0, NoticeKind::Widened), (2, NoticeKind::Offered), (3, NoticeKind::Offered)]);
    assert_eq!(told.thread().record.revision, 2);
}

#[test]
fn a_circle_in_which_there_is_nobody_is_skipped_at_once() {
    for (members, first, circle, next) in [
        (vec![(1, 2), (2, 3)], vec![1], Circle::Second, THIRD),
        (vec![(1, 3), (2, 3)], vec![1, 2], Circle::Third, REPLY_BY),
        (vec![(1, 1), (2, 3)], vec![1], Circle::First, SECOND),
        (vec![(1, 1)], vec![1], Circle::Third, REPLY_BY),
        (vec![], vec![], Circle::Third, REPLY_BY),
    ] {
        let eligible = circles(&members);
        let (told, notices) = offered(&eligible);
        assert_eq!(
            of(&notices),
            first.iter().map(|number| (*number, NoticeKind::Offered)).collect::<Vec<_>>()
        );
        assert_eq!((told.circle(), due_at_ms(told.thread())), (Some(circle), Some(next)), "{members:?}");
    }
    let eligible = circles(&[(1, 1), (2, 3)]);
    let (mut told, _) = offered(&eligible);
    assert_eq!(of(&told.wait_until(SECOND)), [(0, NoticeKind::Widened), (2, NoticeKind::Offered)]);
}

#[test]
fn who_is_not_asked_yet_cannot_bid_nor_hear_of_the_end() {
    let eligible = three();
    let (mut told, _) = offered(&eligible);
    assert_eq!(told.say(2, 1, bid(), NOW), Err(Refused::NotYetAsked));
    assert_eq!(told.say(9, 1, bid(), NOW), Err(Refused::NotEligible));
    assert!(told.say(1, 1, bid(), NOW).is_ok());
    let end = told.say(ORIGIN, 1, Action::Withdraw(WithdrawReason::LocalDriver), NOW).unwrap();
    assert_eq!(of(&end), [(1, NoticeKind::Closed)]);
    assert_eq!(due_at_ms(told.thread()), None, "and nothing widens any more");
}

#[test]
fn after_a_refusal_comes_the_next_bid_or_else_the_next_circle() {
    let eligible = circles(&[(0, 1), (1, 1), (2, 1), (3, 2), (4, 3)]);
    let refuse = || Action::Refuse(GiveBackReason::NoDriver);
    let (mut told, _) = offered(&eligible);
    for number in [1, 2] {
        told.say(number, 1, bid(), NOW).unwrap();
    }
    told.say(ORIGIN, 1, award_to(1), NOW).unwrap();
    assert_eq!(told.wait_until(SECOND), [], "while one is chosen nobody else is asked");
    let mut again = Told { eligible: &eligible, thread: told.thread.clone() };
    let next = told.say(1, 1, refuse(), NOW).unwrap();
    assert_eq!(of(&next), [(0, NoticeKind::Refused), (2, NoticeKind::Reopened)], "2 can be chosen");
    told.say(ORIGIN, 2, award_to(2), NOW).unwrap();
    let next = told.say(2, 2, refuse(), NOW).unwrap();
    let wider = [(0, NoticeKind::Refused), (1, NoticeKind::Reopened), (3, NoticeKind::Offered)];
    assert_eq!((of(&next).as_slice(), told.circle()), (wider.as_slice(), Some(Circle::Second)));
    // The one chosen lets the time to accept pass: what the clock has opened meanwhile opens then.
    let lapsed = again.wait_until(NOW + HOUR_MS);
    let kinds = [
        (0, NoticeKind::Lapsed),
        (1, NoticeKind::Lapsed),
        (2, NoticeKind::Reopened),
        (0, NoticeKind::Widened),
        (3, NoticeKind::Offered),
    ];
    assert_eq!(of(&lapsed), kinds);
    let gone = dismiss(told.thread(), NOW, |_| true);
    assert_eq!(gone, None, "open: nobody is chosen");
}

#[test]
fn nobody_new_is_asked_when_a_lapse_uncovers_the_end() {
    let eligible = circles(&[(0, 1), (1, 1), (2, 2)]);
    let (mut told, _) = offered(&eligible);
    told.say(1, 1, bid(), NOW).unwrap();
    told.say(ORIGIN, 1, award_to(1), NOW).unwrap();
    let notices = told.wait_until(REPLY_BY);
    assert!(of(&notices).iter().all(|(number, _)| *number != 2), "{notices:?}");
}

#[test]
fn a_long_time_to_accept_leaves_half_of_the_time_for_bids_to_those_who_wait() {
    let eligible = circles(&[(0, 1), (1, 1), (2, 2)]);
    for (waits, until) in [(true, NOW + (REPLY_BY - NOW) / 2), (false, NOW + (REPLY_BY - NOW) * 2)] {
        let mut told = Told { eligible: &eligible, thread: None };
        let mut patient = offer(NOW);
        patient.accept_within_s = u32::try_from((REPLY_BY - NOW) * 2 / 1000).unwrap();
        patient.widening = patient.widening.filter(|_| waits);
        told.say(ORIGIN, 1, Action::Offer(patient), NOW).unwrap();
        told.say(1, 1, bid(), NOW).unwrap();
        told.say(ORIGIN, 1, award_to(1), NOW).unwrap();
        assert_eq!(told.thread().record.state, State::Awarded { winner: node(1), accept_by_ms: until });
        let lapsed = told.wait_until(until);
        let asked = of(&lapsed).contains(&(2, NoticeKind::Offered));
        assert_eq!(asked, waits, "{lapsed:?}");
    }
}

#[test]
fn what_was_given_back_is_offered_to_one_circle_more_and_again_to_all_who_knew() {
    let eligible = three();
    let (mut told, _) = offered(&eligible);
    told.say(1, 1, bid(), NOW).unwrap();
    told.say(ORIGIN, 1, award_to(1), NOW).unwrap();
    told.say(1, 1, Action::Accept, NOW).unwrap();
    told.say(1, 1, Action::Release(GiveBackReason::NoDriver), NOW + HOUR_MS).unwrap();
    let again = told.say(ORIGIN, 2, Action::Offer(offer(NOW + HOUR_MS)), NOW + HOUR_MS).unwrap();
    assert_eq!(of(&again), [(1, NoticeKind::Offered), (2, NoticeKind::Offered)]);
    assert_eq!((told.circle(), due_at_ms(told.thread())), (Some(Circle::Second), Some(THIRD + HOUR_MS)));
}

#[test]
fn an_offer_that_does_not_widen_is_shown_to_everybody_at_once() {
    let eligible = three();
    let mut told = Told { eligible: &eligible, thread: None };
    let plain = Offer { widening: None, ..offer(NOW) };
    let notices = told.say(ORIGIN, 1, Action::Offer(plain), NOW).unwrap();
    assert_eq!(notices.len(), 3);
    assert_eq!((told.circle(), due_at_ms(told.thread())), (None, Some(REPLY_BY)));
}

#[test]
fn circles_that_open_in_disorder_or_too_late_are_no_offer() {
    for (second_at_ms, third_at_ms, right) in [
        (SECOND, THIRD, true),
        (SECOND, SECOND, true),
        (THIRD, SECOND, false),
        (SECOND, REPLY_BY, false),
        (SECOND, REPLY_BY - 1, true),
    ] {
        let widening = Some(Widening { second_at_ms, third_at_ms });
        assert_eq!(Offer { widening, ..offer(NOW) }.check().is_ok(), right, "{second_at_ms} {third_at_ms}");
    }
}

#[test]
fn near_is_who_serves_both_ends_then_one_then_whose_territory_borders() {
    let geography = Geography::embedded();
    let commune = |code: &str| code.parse().unwrap();
    let origin = "200034031".parse().unwrap();
    let ends = || [commune("81003"), commune("81004")];
    let reach = |territory: &str, communes: &[&str]| Reach {
        territory: territory.parse().unwrap(),
        communes: communes.iter().map(|code| commune(code)).collect(),
    };
    let neighbour = "200034049";
    assert!(geography.are_neighbours(&neighbour.parse().unwrap(), &origin));
    let far = "243500139";
    for (reach, circle) in [
        (reach(neighbour, &["81003", "81004", "81065"]), Some(Circle::First)),
        (reach(far, &["81003", "81004"]), Some(Circle::First)),
        (reach(neighbour, &["81004"]), Some(Circle::Second)),
        (reach(far, &["81003"]), Some(Circle::Second)),
        (reach(neighbour, &["81065"]), Some(Circle::Third)),
        (reach(far, &["81065"]), None),
    ] {
        assert_eq!(reach.circle(origin, ends(), geography), circle);
    }
}

/// What can happen next.
#[derive(Debug, Clone)]
enum Move {
    Say(u8, u8),
    Gone(u8),
    Wait(i64),
}

fn moves() -> impl Strategy<Value = Move> {
    prop_oneof![
        (0_u8..6, 0_u8..8).prop_map(|(from, what)| Move::Say(from, what)),
        (1_u8..6).prop_map(Move::Gone),
        (0..5 * HOUR_MS).prop_map(Move::Wait),
        Just(Move::Wait(20 * MINUTE_MS)),
    ]
}

fn action(number: u8, now_ms: i64) -> Action {
    match number {
        0 => Action::Offer(offer(now_ms)),
        1 => bid(),
        2 => Action::Unbid,
        3 => award_to(1),
        4 => award_to(3),
        5 => Action::Accept,
        6 => Action::Refuse(GiveBackReason::NoDriver),
        _ => Action::Release(GiveBackReason::NoDriver),
    }
}

/// What every step has to leave as it says.
#[derive(Default)]
struct Seen {
    /// Who has been shown the offer since it was last made.
    shown: BTreeSet<Id<NodeKind>>,
    /// Who has been shown it at all.
    knows: BTreeSet<Id<NodeKind>>,
}

impl Seen {
    fn check(&mut self, notices: &[Notice], thread: &Thread, eligible: &Eligible, anew: bool) {
        if anew {
            self.shown.clear();
        }
        for notice in notices.iter().filter(|notice| notice.to != thread.record.origin) {
            if notice.kind == NoticeKind::Offered {
                assert!(self.shown.insert(notice.to), "shown twice");
                self.knows.insert(notice.to);
            }
            assert!(self.knows.contains(&notice.to), "told of what was never shown: {notice:?}");
        }
        assert_eq!(self.knows, thread.audience);
        assert!(thread.later.keys().all(|node| !thread.audience.contains(node)));
        if matches!(thread.record.state, State::Open | State::Awarded { .. }) {
            assert_eq!(thread.audience.len() + thread.later.len() + 1, eligible.len());
            let bare = Thread { audience: BTreeSet::new(), later: BTreeMap::new(), ..thread.clone() };
            let mut found = bare;
            recall(&mut found, eligible);
            assert_eq!((&found.audience, &found.later), (&thread.audience, &thread.later));
        } else {
            assert!(thread.later.is_empty());
        }
        if thread.record.state == State::Open && thread.later.is_empty() {
            assert_eq!(thread.record.circle, Some(Circle::Third));
        }
    }
}

proptest! {
    #[test]
    fn nobody_is_shown_an_offer_twice_or_told_of_another(
        of in proptest::collection::vec(1_u32..=3, 5),
        moves in proptest::collection::vec(moves(), 1..40),
    ) {
        let mut members: Vec<(u8, u32)> = (1..).zip(of).collect();
        members.push((ORIGIN, 1));
        let eligible = circles(&members);
        let (mut told, notices) = offered(&eligible);
        let (mut seen, mut now_ms) = (Seen::default(), NOW);
        seen.check(&notices, told.thread(), &eligible, true);
        for step in moves {
            let circle = told.circle();
            let round = told.thread().record.round;
            let (notices, anew) = match step {
                Move::Say(from, what) => {
                    let notices = told.wait_until(now_ms);
                    seen.check(&notices, told.thread(), &eligible, false);
                    let round = told.thread().record.round;
                    let said = told.say(from, round, action(what, now_ms), now_ms);
                    let anew = what == 0 && said.is_ok();
                    (said.unwrap_or_default(), anew)
                }
                Move::Gone(number) => {
                    let step = dismiss(told.thread(), now_ms, |gone| gone == node(number));
                    (step.map(|step| told.take(step)).unwrap_or_default(), false)
                }
                Move::Wait(ms) => {
                    now_ms += ms;
                    (told.wait_until(now_ms), false)
                }
            };
            seen.check(&notices, told.thread(), &eligible, anew);
            assert!(told.circle() >= circle || told.thread().record.round > round, "circles only widen");
            let due = due_at_ms(told.thread()).is_some_and(|due_ms| due_ms <= now_ms);
            assert_eq!(elapse(told.thread(), now_ms).is_some(), due);
        }
    }

    #[test]
    fn everybody_hears_of_an_offer_by_half_of_the_time_for_bids(
        within in MINUTE_MS..90 * 24 * HOUR_MS,
        second in 0..40 * 24 * HOUR_MS,
        third in 0..40 * 24 * HOUR_MS,
    ) {
        let widening = Widening::between((NOW, NOW + within), (second, third));
        let Widening { second_at_ms, third_at_ms } = widening;
        assert!(NOW <= second_at_ms && second_at_ms <= third_at_ms);
        assert!(third_at_ms - NOW <= within / 2);
        if second <= third && third <= within / 2 {
            assert_eq!((second_at_ms, third_at_ms), (NOW + second, NOW + third), "as asked for where there is time");
        }
        let legs = offer(NOW).legs;
        let asked = Offer { reply_by_ms: NOW + within, widening: Some(widening), legs, ..offer(NOW) };
        assert!(asked.check().is_ok());
        assert_eq!(widening.open_at(third_at_ms), Circle::Third);
    }
}
