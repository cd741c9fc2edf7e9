//! A node that was restored from an old backup: it says nothing in its handovers before it has heard where they stand, then
//! what it had promised is its own or given back, what it had handed over is not driven here, and a month the hub has a
//! report for is never drawn again.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
use maillage_domain::{
    handover::{Concern, ConcernKind, Decision, OutgoingStanding},
    trip::UnmetReason,
};
use maillage_engine::{Engine, EngineError, TransactError, Transaction, View as _};
use maillage_federation::{
    envelope::{Body, Envelope, Receipt},
    handover::{Record, State},
    ids::{HandoverKind, Id},
    limits::PRESENTED_AFTER_MS,
    statistics::Report,
};
use maillage_node::app::{
    App,
    caller::Caller,
    handover::{
        self, Handover, candidate, concerns, origin, policy,
        recovery::{self, Told},
    },
    noise::{Noise, NoiseError},
    offers::{self, Answer},
    planning::{self, PlanWish},
    report, status, trips,
};
use maillage_platform::refusal::Refusal;
use maillage_proto::federation::v1 as proto;
use maillage_store::{
    driver_offers,
    lives::{self, HubEpoch, Incarnation},
    settings,
};
use num_rational::Ratio;
use serde_json::json;

use crate::{
    concurrency::messages,
    roles::{Desk, calls::Call},
    world::{A, B, DAY, World, ready},
};

/// What a store held at some time: every row of every tree, and when.
pub(crate) struct Backup(Vec<(maillage_engine::Tree, Vec<u8>, Vec<u8>)>, Timestamp);

/// How often somebody drew noise.
#[derive(Default)]
struct Draws(AtomicUsize);

impl Noise for Draws {
    fn draw(&self, _: Ratio<u64>) -> Result<i64, NoiseError> {
        Ok(100 + i64::try_from(self.0.fetch_add(1, Ordering::SeqCst)).unwrap())
    }
}

impl World {
    pub(crate) fn back_up(&self, node: usize) -> Backup {
        let store = &self.app(node).store;
        let rows = maillage_store::TREES.iter().flat_map(|tree| {
            let rows = store.scan_prefix(*tree, &[], usize::MAX).unwrap();
            rows.into_iter().map(|(key, value)| (*tree, key, value))
        });
        Backup(rows.collect(), self.now())
    }

    /// The node as `maillage-node restore` leaves it, and `serve` starts it.
    pub(crate) fn restore(&mut self, node: usize, backup: Backup) {
        let store = Engine::memory(maillage_store::options());
        let next = Incarnation::next(None, self.now(), backup.1);
        let put = move |transaction: &mut Transaction<'_>| {
            for (tree, key, value) in backup.0 {
                transaction.put(tree, key, value)?;
            }
            settings::put(transaction, &next)
        };
        let done: Result<(), TransactError<EngineError>> = store.transact("test.restore", put);
        done.unwrap();
        self.nodes[node].app = Arc::new(self.nodes[node].with_store(store));
    }

    /// What the hub says when it is asked: the threads that name the node, and where those stand that it presents.
    pub(crate) fn pull(&self, node: usize, reports: Vec<Report>) -> Result<(), Refusal> {
        ready(recovery::reconcile(self.app(node), self.told(node, true), self.standings(node), reports))
    }

    /// The same of a hub that tells the bids that stand, or is older.
    pub(crate) fn pull_from(&self, node: usize, tells_bids: bool) -> Result<(), Refusal> {
        let told = self.told(node, tells_bids);
        ready(recovery::reconcile(self.app(node), told, self.standings(node), Vec::new()))
    }

    fn standings(&self, node: usize) -> Vec<proto::Standing> {
        let (app, me) = (self.app(node), self.id(node));
        let membership = app.link.membership().unwrap();
        let presented = recovery::presentations(app, &membership, None).unwrap();
        let threads = || self.hub.threads.values();
        let standings = presented.into_iter().map(|presentation| {
            let named =
                threads().find(|thread| thread.record.handover.to_bytes() == presentation.handover_id);
            proto::Standing {
                record: named.map(|thread| thread.record.as_told_to(me).into()),
                handover_id: presentation.handover_id,
                ..proto::Standing::default()
            }
        });
        standings.collect()
    }

    fn told(&self, node: usize, tells_bids: bool) -> Vec<Told> {
        let me = self.id(node);
        let named = self.hub.threads.values().filter(|thread| {
            let Record { origin, state, .. } = thread.record;
            origin == me || state.entitled() == Some(me) || state.holder() == Some(me)
        });
        let told = named.map(|thread| Told {
            record: thread.record.as_told_to(me),
            offer: thread.offer.clone(),
            bids: (tells_bids && thread.record.origin == me).then(|| thread.bids.clone()),
        });
        told.collect()
    }

    pub(crate) fn lost(&self, node: usize) -> Vec<Id<HandoverKind>> {
        let (found, _) = concerns::list(self.app(node), &Caller::local(), (None, 10)).unwrap();
        let lost = |concerns: &[Concern]| concerns.iter().any(|concern| concern.what == ConcernKind::Lost);
        let lost = found.iter().filter(|(_, concerns)| lost(concerns));
        lost.map(|(handover, _)| handover.id()).collect()
    }

    pub(crate) fn alarms(&self, node: usize) -> Vec<&'static str> {
        status::show(self.app(node), &Caller::local()).map(|view| view.alarms).unwrap_or_default()
    }
}

fn reason<T: std::fmt::Debug>(refused: Result<T, Refusal>) -> String {
    refused.unwrap_err().reason().to_owned()
}

const FIRST: &str = "restored-not-reconciled";

#[test]
fn what_it_had_accepted_is_given_back_because_who_travels_went_with_the_data() {
    let mut world = World::new();
    world.policy(A, Decision::Auto, Decision::Auto);
    let (trip, handover) = world.offered();
    world.settle();
    let backup = world.back_up(B);
    world.pass(11);
    let holder = State::Held { holder: world.id(B) };
    assert_eq!(world.hub.state(handover), holder);
    world.restore(B, backup);
    assert_eq!(world.alarms(B), [FIRST]);
    let bid = ready(candidate::place_bid(world.app(B), &Caller::local(), handover, None));
    assert_eq!(reason(bid), FIRST);
    world.pull(B, Vec::new()).unwrap();
    assert!(world.alarms(B).is_empty());
    world.settle();
    assert_eq!(world.hub.record(handover).unwrap().round, 2, "given back at once");
    // Its origin offers it again by its policy, and it is carried once more, by exactly one.
    world.pass(11);
    let State::Held { holder } = world.hub.state(handover) else { panic!("{:?}", world.hub.state(handover)) };
    let number = (0..3).find(|number| world.id(*number) == holder).unwrap();
    assert_eq!(world.carried(number, handover).len(), 1);
    assert_eq!(world.at(A, trip).1, "held-by-neighbour");
}

#[test]
fn a_trip_it_carried_is_still_its_own_when_its_backup_knows_who_travels() {
    let mut world = World::new();
    let (trip, handover, carried) = world.held();
    let backup = world.back_up(B);
    world.restore(B, backup);
    world.pull(B, Vec::new()).unwrap();
    assert_eq!(world.carried(B, handover).len(), 1);
    world.complete(B, carried);
    world.settle();
    assert_eq!(world.hub.state(handover), State::Done { holder: world.id(B) });
    assert_eq!(world.at(A, trip).0, "completed");
}

#[test]
fn a_trip_it_had_accounted_for_is_not_driven_again_and_the_desk_is_told() {
    let mut world = World::new();
    let (_, handover, carried) = world.held();
    let backup = world.back_up(B);
    world.complete(B, carried);
    world.settle();
    world.restore(B, backup);
    assert_eq!(world.trip(B, carried).status().code(), "confirmed");
    world.pull(B, Vec::new()).unwrap();
    assert_eq!(world.trip(B, carried).status().code(), "cancelled");
    assert_eq!(world.alarms(B), ["handovers-lost"]);
    assert!(!world.knows_the_person(B));
    world.settle();
    assert_eq!(world.hub.state(handover), State::Done { holder: world.id(B) });
}

#[test]
fn an_origin_does_not_take_back_what_a_neighbour_has_accepted_since() {
    let mut world = World::new();
    let (trip, handover) = world.offered();
    world.settle();
    let backup = world.back_up(A);
    world.pass(11);
    world.restore(A, backup);
    assert_eq!(world.outgoing(handover).standing(), OutgoingStanding::Ours, "as it was then");
    assert_eq!(reason(ready(origin::withdraw(world.app(A), &Caller::local(), handover))), FIRST);
    // An award is due by the policy of then, to somebody who carries it already.
    assert_eq!(reason(ready(policy::tend(world.app(A)))), FIRST);
    assert!(world.waiting(A).is_empty());
    let cancel = ready(trips::cancel(
        world.app(A),
        &Caller::local(),
        trip,
        maillage_domain::trip::CancelledBy::Person,
        false,
    ));
    assert_eq!(reason(cancel), FIRST);
    world.pull(A, Vec::new()).unwrap();
    assert_eq!(world.outgoing(handover).standing(), OutgoingStanding::Theirs { holder: world.id(B) });
    assert_eq!(world.at(A, trip).1, "held-by-neighbour");
    assert!(ready(origin::withdraw(world.app(A), &Caller::local(), handover)).is_err());
}

#[test]
fn a_trip_handed_over_after_the_backup_is_found_again_by_its_places_and_times() {
    let mut world = World::new();
    let driver = world.volunteer(A, "81003", true);
    let person = world.person(A, "always");
    let trip = world.request(A, person, false)[0];
    let backup = world.back_up(A);
    let handover = world.offer(trip).handover;
    world.settle();
    world.pass(11);
    assert_eq!(world.hub.state(handover), State::Held { holder: world.id(B) });
    world.restore(A, backup);
    assert_eq!(world.at(A, trip), ("requested", "local"), "as it was then");
    let asked = ready(trips::offer_to_driver(world.app(A), &Caller::local(), trip, driver, false));
    assert_eq!(reason(asked), FIRST, "somebody may drive it already");
    world.pull(A, Vec::new()).unwrap();
    assert_eq!(world.at(A, trip).1, "held-by-neighbour");
    assert!(world.alarms(A).is_empty());
    world.complete(B, world.carried(B, handover)[0].id());
    world.settle();
    assert_eq!(world.at(A, trip).0, "completed");
}

#[test]
fn two_trips_that_could_be_meant_are_left_to_a_person() {
    let mut world = World::new();
    let (one, other) = (world.person(A, "always"), world.person(A, "always"));
    let (trip, _) = (world.request(A, one, false)[0], world.request(A, other, false)[0]);
    let backup = world.back_up(A);
    world.offer(trip);
    world.settle();
    world.pass(11);
    let made_at = backup.1;
    world.restore(A, backup);
    world.pull(A, Vec::new()).unwrap();
    assert_eq!(world.alarms(A), ["handovers-lost"]);
    let shown = status::show(world.app(A), &Caller::local()).unwrap();
    assert_eq!(shown.restored, Some((world.now(), made_at)));
    assert!(made_at < world.now());
    // The desk sees what the hub told of it, until it says that it has looked.
    let (found, _) = concerns::list(world.app(A), &Caller::local(), (None, 10)).unwrap();
    let [(Handover::Outgoing(lost), why)] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(why.iter().map(|why| why.what.code()).collect::<Vec<_>>(), ["lost"]);
    assert_eq!(lost.standing(), OutgoingStanding::Theirs { holder: world.id(B) });
    assert_eq!(lost.offer.legs.len(), 1);
    assert!(handover::show(world.app(A), &Caller::local(), lost.handover).is_err(), "it is not one of ours");
    let looked_at = |handover| ready(recovery::looked_at(world.app(A), &Caller::local(), handover));
    assert_eq!(looked_at(lost.handover).unwrap(), 0);
    assert!(world.alarms(A).is_empty() && world.lost(A).is_empty());
    assert_eq!(reason(looked_at(lost.handover)), "handover-not-lost");
}

#[test]
fn a_month_the_hub_has_a_report_for_is_never_drawn_again() {
    let mut world = World::empty(1);
    let person = world.person(A, "never");
    let declare = |world: &World| {
        let trip = world.request(A, person, false)[0];
        ready(trips::declare_unmet(world.app(A), &Caller::local(), trip, UnmetReason::NoDriver, true))
            .unwrap();
    };
    declare(&world);
    assert!(DAY.starts_with("2026-10"));
    let backup = world.back_up(A);
    world.clock.set("2026-11-02T08:00:00Z".parse().unwrap());
    let draws = Arc::new(Draws::default());
    let close = |world: &World, month: &str| {
        let month = month.parse().unwrap();
        ready(report::close(world.app(A), &Caller::local(), month, Arc::clone(&draws) as _))
    };
    let sent = close(&world, "2026-10").unwrap();
    world.settle();
    assert_eq!(draws.0.load(Ordering::SeqCst), 2);
    world.restore(A, backup);
    assert_eq!(reason(close(&world, "2026-10")), FIRST, "nothing is drawn before the hub was asked");
    let reports: Vec<Report> = world.hub.reports.iter().map(|(_, report)| report.clone()).collect();
    world.pull(A, reports.clone()).unwrap();
    let again = close(&world, "2026-10").unwrap();
    assert_eq!((again.frozen.bytes, again.spent), (sent.frozen.bytes, sent.spent));
    assert_eq!(draws.0.load(Ordering::SeqCst), 2, "no second draw");
    assert!(world.waiting(A).is_empty(), "nothing leaves again");
    // What was counted then is not counted once more.
    world.clock.set("2026-12-02T08:00:00Z".parse().unwrap());
    let preview = report::preview(world.app(A), &Caller::local(), "2026-11".parse().unwrap()).unwrap();
    assert_eq!(preview.sections.values().next(), Some(&[0, 0]));
    // Told twice, charged once.
    world.pull(A, reports).unwrap();
    assert_eq!(close(&world, "2026-10").unwrap().spent, sent.spent);
}

#[test]
fn a_hub_of_a_lower_epoch_is_refused_and_a_higher_one_is_presented_to() {
    let world = World::empty(1);
    let app = world.app(A);
    let known = |app: &App| app.read(|_, view| Ok(settings::find::<HubEpoch>(view)?.unwrap())).unwrap();
    assert!(!ready(recovery::enter_epoch(app, 1)).unwrap(), "it has seen no other");
    assert!(ready(recovery::enter_epoch(app, 5)).unwrap());
    assert_eq!(world.alarms(A), ["hub-restored"]);
    assert!(ready(recovery::enter_epoch(app, 5)).unwrap(), "until all is presented");
    assert_eq!(reason(ready(recovery::enter_epoch(app, 4))), "hub-of-the-past");
    assert_eq!(known(app).known, 5);
    ready(recovery::presented(app)).unwrap();
    assert!(!ready(recovery::enter_epoch(app, 5)).unwrap());
    assert!(world.alarms(A).is_empty());
}

#[test]
fn a_node_presents_what_the_hub_signed_and_nothing_about_who_travels() {
    let mut world = World::new();
    let (_, handover, _) = world.held();
    for node in [A, B] {
        let app = world.app(node);
        let presented = recovery::presentations(app, &app.link.membership().unwrap(), None).unwrap();
        let [one] = presented.as_slice() else { panic!("{} presentations", presented.len()) };
        assert_eq!(one.handover_id, handover.to_bytes());
        let record = match one.proof.clone().unwrap() {
            proto::presentation::Proof::Receipt(receipt) => {
                Receipt::verify(&receipt, &world.hub.signer.verify_key()).unwrap().record
            }
            proto::presentation::Proof::Notice(envelope) => {
                let envelope = Envelope::try_from(envelope).unwrap();
                match envelope.verify(&world.hub.federation, &world.hub.signer.verify_key()).unwrap() {
                    Body::Notice(notice) => Some(notice.record),
                    Body::Command(_)
                    | Body::Report(_)
                    | Body::Withdrawal(_)
                    | Body::Accounts(_)
                    | Body::Agreement(_)
                    | Body::AgreementNotice(_)
                    | Body::Settlement(_)
                    | Body::SettlementNotice(_) => None,
                }
            }
        };
        assert_eq!(record.unwrap().state, State::Held { holder: world.id(B) }, "node {node}");
        assert_eq!(one.offer.is_some(), node == A);
        let kept = app.store.scan_prefix(maillage_store::lives::PROOFS_TREE, &[], usize::MAX).unwrap();
        assert!(kept.iter().all(|(_, bytes)| bytes.len() < 2_000), "a sealed award is kept");
    }
}

#[test]
fn what_the_hub_signed_goes_when_it_is_not_presented_any_more() {
    let mut world = World::new();
    let (_, handover, _) = world.held();
    let offer = world.outgoing(handover).offer;
    let end_ms = offer.legs.iter().map(|leg| leg.window_end_ms).max().unwrap();
    let week_after = Timestamp::from_millisecond(end_ms + PRESENTED_AFTER_MS).unwrap();
    let kept = |world: &World, node: usize| {
        world.app(node).read(|_, view| Ok(lives::proof(view, handover)?.is_some())).unwrap()
    };
    for (at, still) in [(week_after, true), (week_after + Duration::from_millis(1), false)] {
        world.clock.set(at);
        for node in [A, B] {
            let forgotten = ready(recovery::forget_proofs(world.app(node))).unwrap();
            assert_eq!((kept(&world, node), forgotten), (still, usize::from(!still)), "node {node}");
            let app = world.app(node);
            let presented = recovery::presentations(app, &app.link.membership().unwrap(), None).unwrap();
            assert_eq!(presented.len(), usize::from(still), "as long as it is presented");
        }
    }
}

#[test]
fn a_handover_that_cannot_be_taken_in_holds_up_no_other() {
    let mut world = World::new();
    let (trip, handover) = world.offered();
    let other = world.request(A, world.person(A, "always"), false)[0];
    let later = world.offer(other).handover;
    world.settle();
    let mut backup = world.back_up(A);
    world.pass(11);
    assert_eq!(world.hub.state(handover), State::Held { holder: world.id(B) });
    world.hub.threads.get_mut(&later).unwrap().record.revision += 1;
    // A row is missing: what the hub says of it cannot be followed.
    let damaged = |tree: &maillage_engine::Tree, key: &[u8]| {
        *tree == maillage_store::trips::TREE && key == trip.to_array()
    };
    backup.0.retain(|(tree, key, _)| !damaged(tree, key));
    world.restore(A, backup);
    world.pull(A, Vec::new()).unwrap();
    assert_eq!(world.alarms(A), ["handovers-lost"]);
    assert_eq!(world.outgoing(later).record.as_ref(), world.hub.record(later), "the other is heard");
    assert_eq!(world.lost(A), [handover]);
    // The same after a restore of the hub.
    let standings = world.hub.threads.values().map(|thread| proto::Standing {
        record: Some(thread.record.clone().into()),
        handover_id: thread.record.handover.to_bytes(),
        ..proto::Standing::default()
    });
    assert!(ready(recovery::learn(world.app(A), standings.collect())).unwrap().is_empty());
}

#[test]
fn no_driver_is_asked_or_promised_before_it_is_known_where_the_handovers_stand() {
    let mut world = World::empty(1);
    let driver = world.volunteer(A, "81003", false);
    let asked = world.request(A, world.person(A, "always"), false)[0];
    ready(trips::offer_to_driver(world.app(A), &Caller::local(), asked, driver, false)).unwrap();
    let planned = world.request(A, world.person(A, "always"), true);
    let wish = PlanWish { date: DAY.parse().unwrap(), iterations: Some(200), seed: 7 };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let plan = runtime.block_on(planning::plan_day(world.app(A), &Caller::local(), wish)).unwrap();
    let backup = world.back_up(A);
    world.restore(A, backup);
    let accept = |world: &World| {
        let which = (plan.date, plan.id);
        ready(planning::accept(world.app(A), &Caller::local(), which, None))
    };
    assert_eq!(reason(accept(&world)), FIRST, "a neighbour may drive it already");
    let offer = driver_offers::of_trip(&world.app(A).store, asked).unwrap().remove(0);
    let says =
        |world: &World, answer| ready(offers::answer(world.app(A), &Caller::local(), offer.id(), answer));
    assert_eq!(reason(says(&world, Answer::Yes)), FIRST);
    let token = world.app(A).outreach.offer_token(&offer);
    assert_eq!(reason(ready(offers::answer_by_link(world.app(A), token, Answer::Yes))), FIRST);
    assert_eq!(world.at(A, asked).0, "offered");
    world.pull(A, Vec::new()).unwrap();
    says(&world, Answer::Yes).unwrap();
    let accepted = accept(&world).unwrap();
    assert!(!accepted.offered.is_empty());
    assert!(planned.iter().any(|trip| world.at(A, *trip).0 == "offered"));
}

/// Calls about handovers that say something, at whom, and with what; those that only look, or speak to this desk alone, say nothing.
#[test]
fn no_call_about_handovers_says_anything_before_it_is_known_where_they_stand() {
    let mut world = World::new();
    let (trip, handover, carried) = world.held();
    let asked = world.request(A, world.person(A, "always"), false)[0];
    for node in [A, B] {
        let backup = world.back_up(node);
        world.restore(node, backup);
    }
    let (id, at) = (handover.to_string(), format!("{DAY}T15:00"));
    let change = |trip: Id<_>| json!({"id": id, "trip": trip.to_string(), "pickup_at": at});
    let calls = [
        (A, "OfferOut", json!({"trip": asked.to_string()})),
        (A, "AwardTo", json!({"id": id})),
        (A, "WithdrawOffer", json!({"id": id})),
        (A, "CancelHandover", json!({"id": id})),
        (A, "JudgeOutcome", json!({"id": id})),
        (A, "AskChange", change(trip)),
        (B, "AskChange", change(carried)),
        (B, "AnswerChange", json!({"id": id, "agreed": true})),
        (A, "SendMessage", json!({"id": id, "text": "Bonjour"})),
        (B, "SendMessage", json!({"id": id, "text": "Bonjour"})),
        (B, "PlaceBid", json!({"id": id})),
        (B, "DeclineOffer", json!({"id": id})),
        (B, "AcceptAward", json!({"id": id})),
        (B, "RefuseAward", json!({"id": id, "reason": "vehicle"})),
        (B, "ReleaseTrip", json!({"id": id, "reason": "vehicle"})),
    ];
    let service = "maillage.node.v1.Handovers";
    let mut methods = messages::methods();
    methods.retain(|method| method.parent_service().full_name() == service);
    let says = |name: &str| !["List", "Show", "SettleLost"].iter().any(|look| name.starts_with(look));
    let saying: BTreeSet<_> =
        methods.iter().map(prost_reflect::MethodDescriptor::name).filter(|name| says(name)).collect();
    assert_eq!(saying, calls.iter().map(|(_, name, _)| *name).collect());
    let caller = Caller::local();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for node in [A, B] {
        let desk = runtime.block_on(Desk::of(world, node));
        for (_, name, fields) in calls.iter().filter(|(at, _, _)| *at == node) {
            let method = methods.iter().find(|method| method.name() == *name).unwrap();
            let request = messages::message(&method.input(), fields);
            let call = Call::new(format!("/{service}/{name}"), &request);
            let refused = runtime.block_on(call.ask(&desk.routes, Some(&caller))).unwrap_err();
            let refused = Refusal::from_status(&refused);
            assert_eq!(refused.reason(), FIRST, "{name}");
        }
        assert!(desk.world.waiting(node).is_empty());
        world = desk.world;
    }
}

#[test]
fn times_the_two_desks_changed_after_the_backup_are_told() {
    let mut world = World::new();
    let (_, handover, _) = world.held();
    let backups = [A, B].map(|node| world.back_up(node));
    let thread = world.hub.threads.get_mut(&handover).unwrap();
    for leg in &mut thread.offer.legs {
        leg.window_start_ms += 3_600_000;
        leg.window_end_ms += 3_600_000;
    }
    thread.record.revision += 2;
    for (node, backup) in [A, B].into_iter().zip(backups) {
        world.restore(node, backup);
        world.pull(node, Vec::new()).unwrap();
        assert_eq!(world.alarms(node), ["handovers-lost"], "node {node}");
        assert_eq!(world.lost(node), [handover], "node {node}");
    }
}

#[test]
fn what_a_restored_hub_holds_for_open_is_driven_by_its_origin_alone() {
    let mut world = World::new();
    let (_, handover, carried) = world.held();
    let held = world.hub.record(handover).unwrap();
    let open = Record { state: State::Open, revision: held.revision + 1_000, ..held.clone() };
    let (record, handover_id) = (Some(open.into()), handover.to_bytes());
    let standing = proto::Standing { record, handover_id, ..proto::Standing::default() };
    ready(recovery::learn(world.app(B), vec![standing])).unwrap();
    assert_eq!(world.trip(B, carried).status().code(), "cancelled");
    assert!(world.incoming(B, handover).trips.is_empty(), "it may be awarded once more");
    assert!(!world.knows_the_person(B));
}
