//! Whatever coordinators do, in whatever order the post moves and whatever it loses or repeats: never two nodes that may
//! drive the same trip, and in the end nothing hangs and the books agree. A failure prints the seed:
//! `MAILLAGE_SEED=n` plays that one again, `MAILLAGE_SEEDS=n` plays more.

use maillage_domain::{
    handover::Decision,
    ids::VolunteerKind,
    trip::{Absentee, CancelledBy, Custody, DriverRefusal, Origin, Trip, TripStatus, UnmetReason},
};
use maillage_federation::{
    handover::{GiveBackReason, State},
    ids::{HandoverKind, Id, TripKind},
};
use maillage_node::app::caller::Caller;
use maillage_node::app::{
    handover::{candidate, origin},
    trips,
};
use maillage_platform::refusal::{Refusal, RefusalKind};
use maillage_store::{handovers, outbox};

use crate::{
    dice::Dice,
    world::{A, B, C, DAY, World, ready},
};

const SEEDS: u64 = 2_000;
const STEPS: usize = 56;

#[test]
fn a_trip_is_driven_by_one_node_at_most_and_everything_comes_to_an_end() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seeds = match number("MAILLAGE_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("MAILLAGE_SEEDS").unwrap_or(SEEDS),
    };
    let halves = [0, 1].map(|half| seeds.clone().filter(move |seed| seed % 2 == half));
    let ends = std::thread::scope(|scope| {
        let players = halves.map(|half| scope.spawn(|| half.map(play).fold(Ends::default(), Ends::with)));
        players.map(|player| player.join().unwrap()).into_iter().fold(Ends::default(), Ends::with)
    });
    println!("{ends:?}");
    if seeds.clone().count() >= 1_000 {
        assert!(ends.done > 100 && ends.back > 100 && ends.cancelled > 20 && ends.rounds > 100, "{ends:?}");
    }
}

/// How the handovers of many plays ended.
#[derive(Debug, Default)]
struct Ends {
    done: usize,
    back: usize,
    cancelled: usize,
    rounds: usize,
}

impl Ends {
    fn with(self, other: Self) -> Self {
        Self {
            done: self.done + other.done,
            back: self.back + other.back,
            cancelled: self.cancelled + other.cancelled,
            rounds: self.rounds + other.rounds,
        }
    }
}

/// One play: a federation, some trips, and what has been done.
struct Play {
    seed: u64,
    world: World,
    dice: Dice,
    trips: Vec<Id<TripKind>>,
    drivers: [Id<VolunteerKind>; 3],
    /// Steps in which A leaves its offer alone, so that more of them go through.
    patience: usize,
    story: Vec<String>,
}

fn play(seed: u64) -> Ends {
    let mut play = Play::new(seed);
    for _ in 0..STEPS {
        let before = play.mark();
        play.step();
        if play.mark() != before {
            play.check();
        }
    }
    play.drain();
    play.check();
    if std::env::var("MAILLAGE_SEED").is_ok() {
        println!("{}", play.told());
    }
    play.end()
}

impl Play {
    fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let world = World::empty(seed);
        let drivers = [(A, "81003"), (B, "81222"), (C, "81042")]
            .map(|(node, home)| world.volunteer(node, home, dice.one_in(2)));
        for node in [A, B, C] {
            let decision = |dice: &mut Dice| if dice.one_in(3) { Decision::Ask } else { Decision::Auto };
            world.policy(node, decision(&mut dice), decision(&mut dice));
        }
        let person = world.person(A, "always");
        let trips = world.request(A, person, dice.one_in(3));
        let mut play = Self { seed, world, dice, trips, drivers, patience: 0, story: Vec::new() };
        play.patience = play.dice.pick(&[0, 25, 40]).unwrap();
        play.world.offer(play.trips[0]);
        play
    }

    /// A node for which there is something to carry or to deliver, if that is what is to be done.
    fn somebody(&mut self, kind: usize) -> usize {
        let busy: Vec<usize> = match kind {
            0..=6 => [A, B, C].into_iter().filter(|node| self.world.oldest(*node).is_some()).collect(),
            7..=13 => [A, B, C].into_iter().filter(|node| self.world.unread(*node) > 0).collect(),
            _ => Vec::new(),
        };
        self.dice.pick(&busy).unwrap_or_else(|| self.dice.below(3))
    }

    /// Changes whenever a node has written something or the hub has decided something.
    fn mark(&self) -> u64 {
        let written = self.world.nodes.iter().map(|node| node.app.store.durable_sequence());
        let decided = self.world.hub.threads.values().map(|thread| thread.record.revision);
        written.chain(decided).sum()
    }

    fn step(&mut self) {
        self.patience = self.patience.saturating_sub(1);
        let kind = self.dice.below(24);
        let node = self.somebody(kind);
        match kind {
            0..=6 => self.note("carry", node, |play| play.world.carry(node).is_some()),
            7..=13 => self.note("deliver", node, |play| play.world.deliver(node)),
            14 => self.note("lose", node, |play| play.world.carry_and_lose_the_answer(node)),
            15 => self.note("again", node, |play| play.deliver_again(node)),
            16..=17 => self.note("time", A, Self::time),
            18 => self.note("tend", A, |play| play.world.tend(A) > 0),
            19 if self.patience == 0 => self.origin(),
            19 => self.note("tend", A, |play| play.world.tend(A) > 0),
            20..=22 => self.candidate(1 + node % 2),
            _ => {
                if self.dice.one_in(3) {
                    let seed = self.dice.below(1_000) as u64;
                    self.note("crash", node, |play| {
                        play.world.nodes[node].crash(seed);
                        true
                    });
                }
            }
        }
    }

    fn note(&mut self, what: &str, node: usize, action: impl FnOnce(&mut Self) -> bool) {
        let happened = action(self);
        if happened {
            self.story.push(format!("{what}@{node}"));
        }
    }

    /// A coordinator did something; the rules may have said no, but nothing may have failed.
    fn did<T>(&mut self, what: &str, node: usize, answer: Result<T, Refusal>) {
        match answer {
            Ok(_) => self.story.push(format!("{what}@{node}")),
            Err(refusal) => assert_ne!(refusal.kind(), RefusalKind::Internal, "{what} {}", self.told()),
        }
    }

    fn deliver_again(&mut self, node: usize) -> bool {
        let letters = self.world.hub.mail.get(&self.world.id(node)).map_or(0, Vec::len);
        let read = letters - self.world.unread(node);
        if read > 0 {
            let index = self.dice.below(read);
            self.world.deliver_again(node, index);
        }
        read > 0
    }

    fn time(&mut self) -> bool {
        let minutes = self.dice.pick(&[1, 12, 12, 12, 12, 12, 12, 70, 70, 70, 250, 1_500]).unwrap();
        self.world.wait(minutes);
        if self.dice.one_in(2) {
            self.world.hub.let_time_pass();
        }
        true
    }

    fn origin(&mut self) {
        let trip = self.dice.pick(&self.trips.clone()).unwrap();
        let open = handovers::list_outgoing(&self.world.app(A).store, None, 10).unwrap();
        let open: Vec<_> = open.iter().map(|outgoing| outgoing.handover).collect();
        let handover = self.dice.pick(&open).unwrap();
        let app = self.world.app(A).clone();
        let single = self.dice.one_in(3);
        match self.dice.below(8) {
            0..=1 => {
                let terms = origin::OfferTerms {
                    single,
                    reply_within_min: None,
                    person_agrees: false,
                    agreed_only: false,
                    at_once: false,
                };
                self.did("offer", A, ready(origin::offer_out(&app, &Caller::local(), trip, terms)));
            }
            2..=3 => self.did("award", A, ready(origin::award(&app, &Caller::local(), handover, None))),
            4 if self.dice.one_in(2) => {
                self.did("withdraw", A, ready(origin::withdraw(&app, &Caller::local(), handover)));
            }
            5 => {
                let by = if self.dice.one_in(4) { CancelledBy::Platform } else { CancelledBy::Person };
                self.did("cancel", A, ready(trips::cancel(&app, &Caller::local(), trip, by, single)));
            }
            4 | 6 => self.drive(A, trip),
            _ => self.did(
                "ask",
                A,
                ready(trips::offer_to_driver(&app, &Caller::local(), trip, self.drivers[A], single)),
            ),
        }
    }

    fn candidate(&mut self, node: usize) {
        let known = handovers::list_incoming(&self.world.app(node).store, None, 10).unwrap();
        let known: Vec<_> = known.iter().map(|incoming| incoming.handover).collect();
        let Some(handover) = self.dice.pick(&known) else { return };
        let app = self.world.app(node).clone();
        let driver = self.dice.one_in(3).then_some(self.drivers[node]);
        match self.dice.below(9) {
            0 => self.did("bid", node, ready(candidate::place_bid(&app, &Caller::local(), handover, driver))),
            1..=2 => self.did(
                "accept",
                node,
                ready(candidate::accept_award(&app, &Caller::local(), handover, driver)),
            ),
            3 => {
                self.did(
                    "refuse",
                    node,
                    ready(candidate::refuse_award(
                        &app,
                        &Caller::local(),
                        handover,
                        GiveBackReason::NoDriver,
                    )),
                );
            }
            4 => {
                self.did(
                    "release",
                    node,
                    ready(candidate::release(&app, &Caller::local(), handover, GiveBackReason::NoDriver)),
                );
            }
            _ => {
                let carried: Vec<_> = self.world.carried(node, handover).iter().map(Trip::id).collect();
                if let Some(trip) = self.dice.pick(&carried) {
                    self.drive(node, trip);
                }
            }
        }
    }

    /// Something a coordinator does with a trip that is driven at a node.
    fn drive(&mut self, node: usize, trip: Id<TripKind>) {
        let app = self.world.app(node).clone();
        match self.dice.below(7) {
            0..=1 => {
                self.did(
                    "ask",
                    node,
                    ready(trips::offer_to_driver(&app, &Caller::local(), trip, self.drivers[node], true)),
                );
            }
            2 => self.did("yes", node, ready(trips::driver_accepts(&app, &Caller::local(), trip, true))),
            3 => self.did(
                "no",
                node,
                ready(trips::driver_refuses(&app, &Caller::local(), trip, DriverRefusal::NotFree, true)),
            ),
            4 => {
                let pick_up = || ready(trips::pick_up(&app, &Caller::local(), trip));
                let done = self.world.when_begun(node, trip, pick_up);
                self.did("pick-up", node, done);
            }
            5 => {
                let complete = || ready(trips::complete(&app, &Caller::local(), trip, 0, 0));
                let done = self.world.when_begun(node, trip, complete);
                self.did("complete", node, done);
            }
            _ if self.dice.one_in(3) => {
                self.did(
                    "unmet",
                    node,
                    ready(trips::declare_unmet(&app, &Caller::local(), trip, UnmetReason::NoDriver, true)),
                );
            }
            _ => {
                let absent = || ready(trips::no_show(&app, &Caller::local(), trip, Absentee::Person, true));
                let done = self.world.when_begun(node, trip, absent);
                self.did("no-show", node, done);
            }
        }
    }

    /// At this instant: one node at most may drive each trip or has driven it, and a holder is the only one.
    fn check(&self) {
        let outgoing = handovers::list_outgoing(&self.world.app(A).store, None, 1_000).unwrap();
        let carried = self.carried();
        for trip in &self.trips {
            let own = self.world.trip(A, *trip);
            let given_out = outgoing.iter().filter(|outgoing| outgoing.trips.contains(trip));
            let given_out: Vec<_> = given_out.map(|outgoing| outgoing.handover).collect();
            let mut drives = Vec::new();
            let ours = own.custody() == Custody::Local;
            if ours && (own.is_open() || is_done(&own)) {
                drives.push((A, own.id()));
            }
            for (node, carried) in carried.iter().filter(|(_, carried)| is_for(carried, &own, &given_out)) {
                if carried.is_open() || is_done(carried) {
                    drives.push((*node, carried.id()));
                }
            }
            assert!(drives.len() <= 1, "two may drive: {drives:?} {}", self.told());
            for handover in given_out {
                if let Some(State::Held { holder }) =
                    self.world.hub.record(handover).map(|record| record.state)
                {
                    let others = drives.iter().filter(|(node, _)| self.world.id(*node) != holder);
                    assert_eq!(others.count(), 0, "held, and another may drive: {drives:?} {}", self.told());
                }
            }
        }
    }

    /// The trips that neighbours carry, or carried.
    fn carried(&self) -> Vec<(usize, Trip)> {
        let mut found = Vec::new();
        for node in [B, C] {
            let day =
                trips::on_day(self.world.app(node), &Caller::local(), DAY.parse().unwrap(), 1_000).unwrap();
            found.extend(day.into_iter().filter(Trip::is_carried).map(|trip| (node, trip)));
        }
        found
    }

    /// The post comes through, time passes, and holders finish what they hold.
    fn drain(&mut self) {
        self.story.push("drain".to_owned());
        self.world.settle();
        self.check();
        for _ in 0..3 {
            self.world.pass(48 * 60);
            self.check();
        }
        for node in [B, C] {
            for incoming in handovers::list_incoming(&self.world.app(node).store, None, 1_000).unwrap() {
                for trip in self.world.carried(node, incoming.handover) {
                    self.finish(node, &trip);
                }
            }
        }
        self.world.settle();
    }

    fn finish(&mut self, node: usize, trip: &Trip) {
        let app = self.world.app(node).clone();
        let id = trip.id();
        match trip.status() {
            TripStatus::Requested => {
                ready(trips::declare_unmet(&app, &Caller::local(), id, UnmetReason::NoDriver, true)).unwrap();
            }
            TripStatus::Offered => {
                ready(trips::driver_accepts(&app, &Caller::local(), id, true)).unwrap();
                ready(trips::complete(&app, &Caller::local(), id, 1, 1)).unwrap();
            }
            TripStatus::Confirmed | TripStatus::PickedUp => {
                ready(trips::complete(&app, &Caller::local(), id, 1, 1)).unwrap();
            }
            TripStatus::Completed { .. }
            | TripStatus::Cancelled { .. }
            | TripStatus::NoShow(_)
            | TripStatus::Unmet(_) => {}
        }
    }

    /// In the end: every handover is over, for everybody alike, and nothing was put aside.
    fn end(&self) -> Ends {
        let mut ends = Ends::default();
        for node in [A, B, C] {
            let app = self.world.app(node);
            assert!(outbox::dead(&app.store, 10).unwrap().is_empty(), "put aside {}", self.told());
            for incoming in handovers::list_incoming(&app.store, None, 1_000).unwrap() {
                let me = self.world.id(node);
                assert!(incoming.is_over(me), "{node}: {:?} {}", incoming.standing(me), self.told());
                let done = matches!(incoming.record.state, State::Done { holder } if holder == me);
                assert!(done || incoming.details.is_none(), "details left {}", self.told());
                assert!(self.world.carried(node, incoming.handover).iter().all(|trip| !trip.is_open()));
            }
        }
        for outgoing in handovers::list_outgoing(&self.world.app(A).store, None, 1_000).unwrap() {
            assert!(outgoing.is_over(), "{:?} {}", outgoing.standing(), self.told());
            let record = self.world.hub.record(outgoing.handover);
            ends.rounds += record.map_or(0, |record| usize::from(record.round > 1));
            for trip in &outgoing.trips {
                self.agree(&self.world.trip(A, *trip), outgoing.handover, &mut ends);
            }
        }
        ends
    }

    /// A trip of A and the hub's record of one of its handovers say the same.
    fn agree(&self, own: &Trip, handover: Id<HandoverKind>, ends: &mut Ends) {
        match self.world.hub.record(handover).map(|record| record.state) {
            Some(State::Done { holder }) => {
                assert_eq!(own.custody(), Custody::HeldBy { handover, node: holder }, "{}", self.told());
                assert!(!own.is_open(), "no outcome {}", self.told());
                let carried = self.carried();
                let done = carried
                    .iter()
                    .filter(|(_, carried)| is_for(carried, own, &[handover]) && is_done(carried));
                assert_eq!(usize::from(is_done(own)), done.count(), "{}", self.told());
                ends.done += 1;
            }
            Some(State::Cancelled { .. }) => {
                assert_eq!(own.status().code(), "cancelled", "{}", self.told());
                let carried = self.carried();
                let driven =
                    carried.iter().any(|(_, carried)| is_for(carried, own, &[handover]) && is_done(carried));
                assert!(!driven, "carried out and not told of {}", self.told());
                ends.cancelled += 1;
            }
            None | Some(State::Withdrawn | State::Expired) => {
                assert_ne!(own.custody().handover(), Some(handover), "{}", self.told());
                ends.back += 1;
            }
            Some(state @ (State::Open | State::Awarded { .. } | State::Held { .. } | State::Released)) => {
                panic!("not over: {state:?} {}", self.told());
            }
        }
    }

    fn told(&self) -> String {
        format!("MAILLAGE_SEED={}: {}", self.seed, self.story.join(" "))
    }
}

/// Whether a carried trip is a neighbour's side of a trip of A that was given out in these handovers.
fn is_for(carried: &Trip, own: &Trip, given_out: &[Id<HandoverKind>]) -> bool {
    match carried.terms.origin {
        Origin::Carried { handover, .. } => {
            given_out.contains(&handover) && carried.terms.pickup.commune == own.terms.pickup.commune
        }
        Origin::Own { .. } => false,
    }
}

fn is_done(trip: &Trip) -> bool {
    matches!(trip.status(), TripStatus::Completed { .. })
}
