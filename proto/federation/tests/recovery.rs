//! A hub restored from any old backup, after any later history, catches up with what the nodes were told: who drives is
//! who drove before, and nobody else can. Messages of the hub are lost at will; a node drives by the newest record it has.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use maillage_federation::{
    handover::{
        Action, Bid, Circle, Circumstances, Command, GiveBackReason, Offer, OfferedLeg, Record, State, Step,
        Thread, Widening, WithdrawReason, all_at_once, decide, elapse,
        recovery::{Presented, Recovery, given_up_ms, go_on, is_over, is_presented, present},
    },
    ids::{HandoverKind, Id, NodeKind},
    lives::counters_begin,
    needs::Needs,
    sealed::{Context, PayloadKind, Sealed, SealingKey},
};
use proptest::prelude::{ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};
use proptest::test_runner::TestCaseError;

const HOUR_MS: i64 = 3_600_000;
const NOW: i64 = 1_800_000_000_000;
const PICKUP: i64 = NOW + 1000 * HOUR_MS;
const ORIGIN: u8 = 0;
const EPOCH: u64 = 29_000_000;

fn node(number: u8) -> Id<NodeKind> {
    Id::new(1, [number; 10])
}

fn handover() -> Id<HandoverKind> {
    Id::new(2, [9; 10])
}

fn offer() -> Offer {
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
        reply_by_ms: NOW + 500 * HOUR_MS,
        accept_within_s: 1800,
        agreed_only: false,
        widening: None,
        goes_with: None,
    }
}

fn sealed() -> Sealed {
    static SEALED: LazyLock<Sealed> = LazyLock::new(|| {
        let context = Context {
            kind: PayloadKind::Award,
            handover: handover(),
            round: 1,
            sender: node(0),
            recipient: node(1),
        };
        SealingKey::from_seed(&[1; 32]).public().seal(b"x", &context, [2; 32]).unwrap()
    });
    SEALED.clone()
}

/// What somebody does; candidates are 1 and 2.
#[derive(Debug, Clone, Copy)]
enum Move {
    Offer,
    Bid(u8),
    Unbid(u8),
    Award(u8),
    TakeBack,
    Accept(u8),
    Refuse(u8),
    Release(u8),
    Cancel,
    Outcome(u8),
    Wait,
}

/// A move, and which of the nodes hear what the hub says about it, as bits.
type Turn = (Move, u8);

/// What a node knows: the newest record it was told, and may act on.
#[derive(Debug, Clone, Default)]
struct Knows {
    record: Option<Record>,
}

#[derive(Debug, Clone)]
struct World {
    hub: Option<Thread>,
    now_ms: i64,
    nodes: BTreeMap<u8, Knows>,
    round: u32,
    awarded: Option<u8>,
    taken_back: bool,
    /// Who has said in which round that it cannot: nobody there drives any more, whatever the hub answers.
    gave_back: BTreeSet<(u8, u32)>,
}

impl World {
    fn new() -> Self {
        let nodes = [0, 1, 2].map(|number| (number, Knows::default())).into();
        Self {
            hub: None,
            now_ms: NOW,
            nodes,
            round: 1,
            awarded: None,
            taken_back: false,
            gave_back: BTreeSet::new(),
        }
    }

    fn state(&self, number: u8) -> Option<State> {
        self.nodes[&number].record.as_ref().map(|record| record.state)
    }

    fn tell(&mut self, number: u8, record: Record) {
        let record = record.as_told_to(node(number));
        let known = self.nodes.get_mut(&number).unwrap();
        if known.record.as_ref().is_some_and(|known| known.revision >= record.revision) {
            return;
        }
        known.record = Some(record.clone());
        if number == ORIGIN && record.round > self.round {
            (self.round, self.awarded) = (record.round, None);
        }
    }

    fn drives(&self, number: u8) -> bool {
        let round = self.nodes[&number].record.as_ref().map_or(0, |record| record.round);
        self.state(number) == Some(State::Held { holder: node(number) })
            && !self.gave_back.contains(&(number, round))
    }

    /// The origin gives the trip to nobody, and may drive it itself.
    fn is_ours(&self) -> bool {
        let open = matches!(self.state(ORIGIN), None | Some(State::Open | State::Released));
        self.taken_back
            || (self.awarded.is_none() && open)
            || matches!(self.state(ORIGIN), Some(State::Withdrawn | State::Expired))
    }

    fn command(&self, turn: Move) -> Option<(u8, Action)> {
        let mine = |number: u8| self.nodes[&number].record.as_ref().map(|record| record.state);
        let chosen = |number: u8| matches!(mine(number), Some(State::Awarded { winner, .. }) if winner == node(number));
        let holds = |number: u8| mine(number) == Some(State::Held { holder: node(number) });
        let said = |number: u8, may: bool, action: Action| may.then_some((number, action));
        match turn {
            Move::Offer => {
                let may = self.state(ORIGIN).is_none() || self.state(ORIGIN) == Some(State::Released);
                said(ORIGIN, may && !self.taken_back, Action::Offer(offer()))
            }
            Move::Bid(number) => said(
                number,
                true,
                Action::Bid(Bid { firm: true, pickup_ms: vec![NOW], extra_m: 1, agreement: None }),
            ),
            Move::Unbid(number) => said(number, true, Action::Unbid),
            Move::Award(winner) => {
                let open = matches!(self.state(ORIGIN), Some(State::Open));
                let award = Action::Award { winner: node(winner), details: sealed() };
                said(ORIGIN, open && self.awarded.is_none() && !self.taken_back, award)
            }
            Move::TakeBack => said(
                ORIGIN,
                self.is_ours() || self.awarded.is_some(),
                Action::Withdraw(WithdrawReason::Coordinator),
            ),
            Move::Accept(number) => said(number, chosen(number), Action::Accept),
            Move::Refuse(number) => said(number, chosen(number), Action::Refuse(GiveBackReason::NoDriver)),
            Move::Release(number) => said(number, holds(number), Action::Release(GiveBackReason::NoDriver)),
            Move::Cancel => said(ORIGIN, true, Action::Cancel),
            Move::Outcome(number) => said(number, holds(number), Action::Outcome(sealed())),
            Move::Wait => None,
        }
    }

    fn take(&mut self, step: Step, hears: u8) {
        let record = step.thread.record.clone();
        for notice in step.notices {
            let number = (0..3).find(|number| node(*number) == notice.to);
            if let Some(number) = number.filter(|number| hears & (1 << number) != 0) {
                self.tell(number, record.clone());
            }
        }
        self.hub = Some(step.thread);
    }

    fn play(&mut self, (turn, hears): Turn) {
        if matches!(turn, Move::Wait) {
            self.now_ms += HOUR_MS;
        }
        while let Some(step) = self.hub.as_ref().and_then(|thread| elapse(thread, self.now_ms)) {
            self.take(step, hears >> 3);
        }
        let Some((sender, action)) = self.command(turn) else { return };
        let round = if sender == ORIGIN {
            self.round
        } else {
            self.nodes[&sender].record.as_ref().map_or(1, |record| record.round)
        };
        // Written down before it is said.
        if let Action::Award { winner, .. } = &action {
            self.awarded = (0..3).find(|number| node(*number) == *winner);
        } else if matches!(action, Action::Withdraw(_)) && self.awarded.is_none() {
            self.taken_back = true;
        } else if matches!(action, Action::Release(_)) {
            self.gave_back.insert((sender, round));
        }
        let eligible = all_at_once([node(0), node(1), node(2)]);
        let is_award = matches!(action, Action::Award { .. });
        let command = Command { handover: handover(), round, action };
        let circumstances = Circumstances { now_ms: self.now_ms, eligible: &eligible };
        let decided = decide(self.hub.as_ref(), node(sender), &command, &circumstances);
        let applied = decided.is_ok();
        if let Ok(step) = decided {
            self.take(step, hears);
        }
        if hears & (1 << sender) == 0 {
            return;
        }
        let Some(record) = self.hub.as_ref().map(|thread| thread.record.clone()) else { return };
        if is_award && !applied && record.round == self.round && record.state == State::Open {
            self.awarded = None;
        }
        self.tell(sender, record);
    }

    fn presented(&self, number: u8) -> Presented {
        let origin = number == ORIGIN;
        Presented {
            by: node(number),
            record: self.nodes[&number].record.clone(),
            awarded_to: self.awarded.filter(|_| origin).map(node),
            offer: origin.then(offer),
        }
    }
}

/// The restored hub, after the nodes have presented what they know, in some order, as often as it takes.
fn restored(world: &World, backup: Option<Thread>, order: &[u8]) -> (Option<Thread>, bool) {
    let mut recovery = Recovery::default();
    let mut thread = backup;
    if thread.as_ref().is_some_and(|thread| thread.record.state.is_final()) {
        return (thread, true);
    }
    for number in order.iter().chain(order) {
        let caught = present(thread.as_ref(), &recovery, &world.presented(*number));
        (thread, recovery) = (caught.thread, caught.recovery);
        if let Some(known) = &thread
            && recovery.is_waiting()
            && is_over(known, &recovery, world.now_ms, |_| false)
        {
            let (known, recovered) = go_on(known.clone(), &recovery, counters_begin(EPOCH));
            (thread, recovery) = (Some(known), recovered);
        }
    }
    (thread, !recovery.is_waiting())
}

fn check(
    turns: &[Turn],
    backup_at: usize,
    order: &[u8],
    restored_after_ms: i64,
) -> Result<(), TestCaseError> {
    let mut world = World::new();
    let mut backup = None;
    for (index, turn) in turns.iter().enumerate() {
        if index == backup_at {
            backup.clone_from(&world.hub);
        }
        world.play(*turn);
    }
    let before = world.hub.clone();
    world.now_ms += restored_after_ms;
    let (after, caught_up) = restored(&world, backup.clone(), order);
    let Some(after) = after else {
        // Nobody was told anything: the offer is still on its way.
        prop_assert!(world.nodes[&ORIGIN].record.is_none());
        return Ok(());
    };
    prop_assert!(caught_up, "everybody was heard");
    let state = after.record.state;
    for holder in 1..3 {
        if world.drives(holder) {
            let goes_on = [
                State::Held { holder: node(holder) },
                State::Cancelled { holder: node(holder) },
                State::Done { holder: node(holder) },
            ];
            prop_assert!(goes_on.contains(&state), "{holder} drives, the hub says {state:?}");
        } else if state == (State::Held { holder: node(holder) }) {
            prop_assert!(!world.is_ours(), "{holder} holds what its origin drives");
        }
    }
    if world.is_ours() {
        prop_assert_eq!(state.entitled(), None, "the origin drives, the hub says {:?}", state);
    }
    let truth = before.unwrap().record;
    let was_told = |number: u8| {
        let record = world.nodes[&number].record.as_ref();
        record.is_some_and(|told| told.revision == truth.revision && told.state == truth.state)
    };
    if (0..3).any(was_told) {
        prop_assert_eq!(after.record.owner(), truth.owner());
    }
    // Another candidate alone may have heard that it is open again: then that is decided again.
    if was_told(ORIGIN) || world.awarded.is_some_and(was_told) {
        prop_assert_eq!((state, after.record.round), (truth.state, truth.round));
    }
    let is_final = backup.is_some_and(|thread| thread.record.state.is_final());
    for knows in world.nodes.values().filter(|_| !is_final) {
        let known = knows.record.as_ref().map_or(0, |record| record.revision);
        prop_assert!(after.record.revision > known, "what comes would be taken for old");
    }
    Ok(())
}

/// The same when the origin was restored too, from the same moment: it has forgotten its award, and says so first or last.
fn check_origin_too(turns: &[Turn], backup_at: usize, order: &[u8]) -> Result<(), TestCaseError> {
    let mut world = World::new();
    let mut backup = None;
    for (index, turn) in turns.iter().enumerate() {
        if index == backup_at {
            backup = Some(world.clone());
        }
        world.play(*turn);
    }
    let Some(backup) = backup.filter(|backup| backup.hub.is_some()) else { return Ok(()) };
    world.nodes.insert(ORIGIN, backup.nodes[&ORIGIN].clone());
    (world.round, world.awarded, world.taken_back) = (backup.round, backup.awarded, backup.taken_back);
    let is_final = backup.hub.as_ref().is_some_and(|thread| thread.record.state.is_final());
    let (after, caught_up) = restored(&world, backup.hub, order);
    prop_assert!(caught_up, "everybody was heard");
    let after = after.unwrap();
    for holder in (1..3).filter(|holder| world.drives(*holder)) {
        prop_assert_eq!(after.record.state.holder(), Some(node(holder)), "{} drives", holder);
    }
    for knows in world.nodes.values().filter(|_| !is_final) {
        let known = knows.record.as_ref().map_or(0, |record| record.revision);
        prop_assert!(after.record.revision > known, "what comes would be taken for old");
    }
    Ok(())
}

fn turn() -> impl Strategy<Value = Turn> {
    let who = 1_u8..3;
    let moves = prop_oneof![
        1 => proptest::strategy::Just(Move::Offer),
        3 => who.clone().prop_map(Move::Bid),
        1 => who.clone().prop_map(Move::Unbid),
        4 => who.clone().prop_map(Move::Award),
        1 => proptest::strategy::Just(Move::TakeBack),
        4 => who.clone().prop_map(Move::Accept),
        1 => who.clone().prop_map(Move::Refuse),
        2 => who.clone().prop_map(Move::Release),
        1 => proptest::strategy::Just(Move::Cancel),
        1 => who.prop_map(Move::Outcome),
        1 => proptest::strategy::Just(Move::Wait),
    ];
    // More is heard than is lost, so that histories get somewhere.
    (moves, (any::<u8>(), any::<u8>()).prop_map(|(a, b)| a | b))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn whatever_was_forgotten_the_owner_is_the_one_before(
        turns in proptest::collection::vec(turn(), 1..24),
        backup_at in 0_usize..24,
        order in proptest::sample::select(vec![[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]),
        // At once, in the trip's own time, and when it is over and may have been accounted for.
        restored_after_h in proptest::sample::select(vec![0, 1000, 1002, 1100]),
    ) {
        let turns: Vec<Turn> = std::iter::once((Move::Offer, 0xff)).chain(turns).collect();
        check(&turns, backup_at, &order, restored_after_h * HOUR_MS)?;
    }

    #[test]
    fn an_origin_that_was_restored_too_is_not_believed_for_long(
        turns in proptest::collection::vec(turn(), 1..24),
        backup_at in 0_usize..24,
        order in proptest::sample::select(vec![[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]),
    ) {
        let turns: Vec<Turn> = std::iter::once((Move::Offer, 0xff)).chain(turns).collect();
        check_origin_too(&turns, backup_at, &order)?;
    }
}

fn held(revision: u64) -> Record {
    Record {
        handover: handover(),
        origin: node(0),
        state: State::Held { holder: node(1) },
        round: 1,
        reply_by_ms: NOW + HOUR_MS,
        revision,
        circle: None,
    }
}

fn thread(record: Record) -> Thread {
    Thread {
        record,
        offer: offer(),
        bids: BTreeMap::new(),
        audience: BTreeSet::from([node(1), node(2)]),
        later: BTreeMap::new(),
        change: None,
        words: 0,
    }
}

#[test]
fn neither_a_holder_nor_its_origin_is_enough_alone() {
    let open = thread(Record { state: State::Open, ..held(2) });
    let heard = |by: u8, record: Option<Record>, awarded_to: Option<u8>| {
        let presented = Presented { by: node(by), record, awarded_to: awarded_to.map(node), offer: None };
        let caught = present(Some(&open), &Recovery::default(), &presented);
        is_over(&caught.thread.unwrap(), &caught.recovery, NOW, |_| false)
    };
    assert!(!heard(1, Some(held(4)), None), "the person may not travel any more");
    assert!(heard(0, None, None), "an origin that has awarded nobody");
    assert!(!heard(0, None, Some(1)), "an origin that has awarded somebody");
    assert!(!heard(0, Some(held(4)), None), "an origin that names a holder");
    assert!(!heard(2, None, None), "somebody else");
}

#[test]
fn what_was_told_to_others_proves_nothing_and_what_is_older_changes_nothing() {
    let known = thread(held(9));
    let redacted = held(40).as_told_to(node(2));
    for record in
        [redacted, Record { state: State::Withdrawn, ..held(9) }, Record { origin: node(2), ..held(40) }]
    {
        let presented = Presented { by: node(2), record: Some(record), awarded_to: None, offer: None };
        let caught = present(Some(&known), &Recovery::default(), &presented);
        assert_eq!(caught.thread.unwrap(), known);
    }
    // Only its origin says what an unknown handover is about.
    for (by, made) in [(1, false), (0, true)] {
        let presented =
            Presented { by: node(by), record: Some(held(4)), awarded_to: None, offer: Some(offer()) };
        assert_eq!(present(None, &Recovery::default(), &presented).thread.is_some(), made);
    }
}

#[test]
fn nobody_is_waited_for_for_ever() {
    let known = thread(Record { state: State::Awarded { winner: node(1), accept_by_ms: NOW }, ..held(3) });
    let nobody = Recovery::default();
    let end = PICKUP + HOUR_MS;
    assert!(!is_over(&known, &nobody, end, |_| false), "driven, and perhaps not accounted for yet");
    assert!(!is_over(&known, &nobody, given_up_ms(&known) - 1, |_| false));
    assert!(is_over(&known, &nobody, given_up_ms(&known), |_| false), "nobody presents it any more");
    assert!(is_presented(&known.offer, given_up_ms(&known)));
    assert!(!is_presented(&known.offer, given_up_ms(&known) + 1));
    let origin =
        Recovery { presented: BTreeSet::from([node(0)]), awarded_to: Some(node(1)), ..Recovery::default() };
    assert!(!is_over(&known, &origin, NOW, |_| false));
    assert!(is_over(&known, &origin, NOW, |gone| gone == node(1)), "a revoked node is not waited for");
}

#[test]
fn what_is_newer_is_taken_in_until_something_was_decided() {
    let open = thread(Record { state: State::Open, ..held(2) });
    let origin = Presented { by: node(0), record: None, awarded_to: None, offer: None };
    let caught = present(Some(&open), &Recovery::default(), &origin);
    let (gone_on, recovery) = go_on(caught.thread.unwrap(), &caught.recovery, counters_begin(EPOCH));
    assert!(!recovery.is_waiting() && !recovery.is_behind_us(&gone_on));
    let holder = Presented { by: node(1), record: Some(held(5)), awarded_to: None, offer: None };
    // A bid that came in meanwhile decides nothing.
    let mut bid = gone_on.clone();
    bid.record.revision += 1;
    for known in [&gone_on, &bid] {
        let caught = present(Some(known), &recovery, &holder);
        let (late, recovery) = (caught.thread.unwrap(), caught.recovery);
        assert!(is_over(&late, &recovery, NOW, |_| false));
        let (after, _) = go_on(late, &recovery, counters_begin(EPOCH));
        assert_eq!(after.record.state, State::Held { holder: node(1) });
        assert!(after.record.revision > known.record.revision, "the origin was told as much");
    }
    // Nothing older, nothing that was told since, and nothing once somebody was chosen.
    for record in [held(2), Record { revision: gone_on.record.revision, ..held(5) }] {
        let caught =
            present(Some(&gone_on), &recovery, &Presented { record: Some(record), ..holder.clone() });
        assert_eq!(caught.thread.unwrap(), gone_on);
    }
    let mut decided = bid;
    decided.record.state = State::Withdrawn;
    assert!(recovery.is_behind_us(&decided));
    assert_eq!(present(Some(&decided), &recovery, &holder).thread.unwrap(), decided);
}

#[test]
fn how_far_an_offer_was_shown_is_not_undone_and_who_presents_was_shown_it() {
    let widening = Some(Widening { second_at_ms: NOW, third_at_ms: NOW + HOUR_MS });
    let open = Record { state: State::Open, circle: Some(Circle::First), ..held(2) };
    let mut known = thread(open.clone());
    known.offer.widening = widening;
    known.audience = BTreeSet::from([node(1)]);
    known.later = BTreeMap::from([(node(2), Circle::Second), (node(3), Circle::Third)]);
    let origin = Presented { by: node(0), record: None, awarded_to: None, offer: None };
    let caught = present(Some(&known), &Recovery::default(), &origin);
    let (mut gone_on, recovery) = go_on(caught.thread.unwrap(), &caught.recovery, counters_begin(EPOCH));
    // The second circle opens in this epoch; who was told more before it was restored comes late.
    gone_on = elapse(&gone_on, NOW).unwrap().thread;
    assert_eq!(gone_on.record.circle, Some(Circle::Second));
    let late =
        Presented { by: node(3), record: Some(Record { revision: 5, ..open.clone() }), ..origin.clone() };
    let caught = present(Some(&gone_on), &recovery, &late);
    let thread = caught.thread.unwrap();
    assert_eq!(thread.record.circle, Some(Circle::Second), "nobody is asked before it is time");
    assert!(thread.audience.contains(&node(3)) && !thread.later.contains_key(&node(3)));
    // What is older moves nothing, and says all the same that it was shown.
    let late = Presented { by: node(3), record: Some(open.as_told_to(node(3))), ..origin.clone() };
    let thread = present(Some(&gone_on), &recovery, &late).thread.unwrap();
    assert_eq!(thread.record, gone_on.record);
    assert!(thread.audience.contains(&node(3)));
    // Who has nothing of the hub's own to show was not.
    let nothing = Presented { by: node(3), ..origin };
    assert_eq!(present(Some(&gone_on), &recovery, &nothing).thread.unwrap(), gone_on);
}
