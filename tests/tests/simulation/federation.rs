//! A federation at some moment of a play: its machines, its lines and its time, and what happens to these. What people do is in
//! [`crate::desk`], what must hold in [`crate::checks`]. It must never repair anything by itself.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use maillage_domain::handover::{Decision, Policy};
use maillage_engine::MemoryDisk;
use maillage_node::app::{App, caller::Caller, handover::policy, settings};
use maillage_platform::{
    clock::{Clock as _, ManualClock},
    random::SeededEntropy,
    refusal::{Refusal, RefusalKind},
};

use maillage_store::outbox;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;

use crate::{
    chronicle::Chronicle,
    line::{Line, Trouble},
    machines::{Failing, HubLife, HubPlace, Life, Wall},
    operations::{Kind, NODES, Operation},
    template::{People, Place, START, Template},
};

/// Letters heard at most before a federation that goes on talking counts as one that never ends.
const TALK: usize = 400;

/// What time passes at once, in minutes: mostly as much as a node waits for better bids.
const MINUTES: [u64; 20] = [1, 1, 2, 5, 5, 11, 11, 11, 11, 11, 11, 11, 11, 11, 30, 30, 70, 70, 250, 1_500];

/// A node: the life that counts, and maybe an older one that still runs.
pub(crate) struct Node {
    pub(crate) life: Life,
    pub(crate) ghost: Option<Life>,
    backups: Vec<(MemoryDisk, Timestamp)>,
    pub(crate) people: People,
    /// How often it was restored.
    pub(crate) restores: usize,
    /// How far it was checked.
    pub(crate) checked: u64,
}

/// A federation.
pub(crate) struct Federation {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) places: Arc<Vec<Place>>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) hub: HubLife,
    /// The hub as it was before it was restored, still running.
    pub(crate) old_hub: Option<HubLife>,
    pub(crate) hub_restores: usize,
    pub(crate) chronicle: Chronicle,
    hub_place: HubPlace,
    hub_backups: Vec<MemoryDisk>,
}

impl Federation {
    /// A copy of a template, with randomness of its own.
    pub(crate) async fn open(template: &Template, seed: u64) -> Self {
        let clock = Arc::new(ManualClock::new(START.parse().unwrap()));
        let entropy = |number: u64| Arc::new(SeededEntropy::new(seed * 10 + number));
        let hub_place =
            HubPlace { directory: template.directory.clone(), clock: Wall::new(&clock), entropy: entropy(9) };
        let hub = HubLife::start(&hub_place, template.hub.fork()).await;
        let mut nodes = Vec::new();
        for (place, disk) in template.places.iter().zip(&template.nodes) {
            let line = Line::new();
            line.tie(Some(hub.relay.clone()));
            let parts = (Wall::new(&clock), entropy(place.number as u64) as _);
            nodes.push(Node {
                life: Life::start(place, disk.fork(), parts, line),
                ghost: None,
                backups: Vec::new(),
                people: template.people.get(place.number).cloned().unwrap_or_default(),
                restores: 0,
                checked: 0,
            });
        }
        let places = Arc::clone(&template.places);
        let chronicle = Chronicle::default();
        let (old_hub, hub_restores, hub_backups) = (None, 0, Vec::new());
        Self { clock, places, nodes, hub, old_hub, hub_restores, chronicle, hub_place, hub_backups }
    }

    /// The policies of a play: each node decides by itself, or leaves some of it to people.
    pub(crate) async fn set_policies(&mut self, seed: u64) {
        let mut dice = ChaCha20Rng::seed_from_u64(seed);
        for node in &self.nodes {
            let mut decision = || if dice.random_ratio(1, 5) { Decision::Ask } else { Decision::Auto };
            let policy = Policy { bidding: decision(), awarding: decision(), ..Policy::default() };
            let app = &node.life.app;
            let seen = app.read(|_, view| settings::policy(view)).unwrap();
            settings::set_policy(app, &Caller::local(), policy, settings::policy_etag(&seen)).await.unwrap();
        }
    }

    /// The hub's clock, milliseconds since 1970 UTC.
    pub(crate) fn hub_now_ms(&self) -> i64 {
        self.hub_place.clock.now().as_millisecond()
    }

    /// Copies of the disks, of the hub and of the nodes.
    pub(crate) fn disks(&self) -> (MemoryDisk, Vec<MemoryDisk>) {
        (self.hub.back_up(), self.nodes.iter().map(|node| node.life.back_up().0).collect())
    }

    /// What a use case of a node works with.
    pub(crate) fn app(&self, node: usize) -> Arc<App> {
        Arc::clone(&self.nodes[node].life.app)
    }

    /// What is durable and decided: changes whenever somebody has written something.
    pub(crate) fn mark(&self) -> Vec<u64> {
        let nodes = self.nodes.iter().flat_map(|node| {
            let ghost = node.ghost.as_ref().map_or(0, |ghost| ghost.app.store.durable_sequence());
            [node.life.app.store.durable_sequence(), ghost]
        });
        let hubs = [Some(&self.hub), self.old_hub.as_ref()];
        nodes.chain(hubs.map(|hub| hub.map_or(0, |hub| hub.disk.operations()))).collect()
    }

    /// Lets something happen that is of machines, lines or time; `None`: it is not.
    pub(crate) async fn happen(&mut self, operation: Operation) -> Option<bool> {
        let Operation { kind, at, pick } = operation;
        let happened = match kind {
            Kind::Tend => self.tend(at).await,
            Kind::Deadlines => {
                self.hub.let_time_pass().await;
                true
            }
            Kind::Carry => {
                self.carry(at, 1 + pick % 3).await;
                true
            }
            Kind::Hear => {
                self.nodes[at].life.hear(1 + pick % 3).await;
                true
            }
            Kind::Talk => {
                for at in 0..NODES {
                    self.nodes[at].life.hear(3).await;
                    self.carry(at, 3).await;
                }
                true
            }
            Kind::Advance => {
                self.advance(MINUTES[pick % MINUTES.len()]).await;
                true
            }
            Kind::Skew => {
                self.nodes[at]
                    .life
                    .clock
                    .set_ahead([-600_000, -20_000, 0, 0, 20_000, 600_000, 7_200_000][pick % 7]);
                true
            }
            Kind::SkewHub => {
                self.hub_place.clock.set_ahead([-600_000, 0, 0, 600_000, 3_600_000][pick % 5]);
                true
            }
            Kind::Ghost => self.haunt(at).await,
            _ => match self.on_the_wire(operation) {
                Some(happened) => happened,
                None => return self.break_down(operation).await,
            },
        };
        Some(happened)
    }

    /// What happens to lines.
    fn on_the_wire(&self, Operation { kind, at, pick }: Operation) -> Option<bool> {
        let line = &self.nodes[at].life.line;
        match kind {
            Kind::Lose => line.trouble(Trouble::Lost),
            Kind::LoseAnswer => line.trouble(Trouble::AnswerLost),
            Kind::Twice => line.trouble(Trouble::Twice),
            Kind::Late => line.trouble(Trouble::Late),
            Kind::EndStream => line.end_streams(),
            Kind::Cut => line.tie(None),
            Kind::Mend => self.mend(at),
            Kind::Repeat => return Some(line.repeat(pick)),
            Kind::OldHub => return Some(self.meet_old_hub(at)),
            _ => return None,
        }
        Some(true)
    }

    /// What happens to machines.
    async fn break_down(&mut self, operation: Operation) -> Option<bool> {
        let Operation { kind, at, pick } = operation;
        let seed = pick as u64;
        match kind {
            Kind::Crash => self.crash(at, seed),
            Kind::CrashSoon => {
                let life = &mut self.nodes[at].life;
                life.failing = Some(Failing::soon(&life.disk, seed % 9, seed));
            }
            Kind::CrashHub => self.crash_hub(seed).await,
            Kind::CrashHubSoon => {
                self.hub.failing = Some(Failing::soon(&self.hub.disk, seed % 9, seed));
            }
            Kind::Fill => {
                let disk = &self.nodes[at].life.disk;
                disk.limit_capacity(Some(disk.used_bytes()));
            }
            Kind::FillHub => self.hub.disk.limit_capacity(Some(self.hub.disk.used_bytes())),
            Kind::Space => self.make_space(),
            Kind::BackUp => {
                let node = &mut self.nodes[at];
                node.backups.push(node.life.back_up());
            }
            Kind::Restore => return Some(self.restore(at, pick)),
            Kind::BackUpHub => self.hub_backups.push(self.hub.back_up()),
            Kind::RestoreHub => return Some(self.restore_hub(pick).await),
            _ => return None,
        }
        Some(true)
    }

    /// A node says so much, if it has so much to say; after each envelope the onlooker sees what the hub has decided.
    async fn carry(&mut self, at: usize, envelopes: usize) {
        for _ in 0..envelopes {
            let life = &mut self.nodes[at].life;
            let waiting = outbox::pending(&life.app.store, 1).unwrap_or_default();
            if waiting.is_empty() {
                break;
            }
            life.line.room_for(1);
            life.carry().await;
            // What is wrong is found again when the step is over.
            let _seen = self.look_at_hubs().await;
        }
        self.nodes[at].life.line.room_for(usize::MAX);
    }

    /// Machines whose disk has failed stop and start again.
    pub(crate) async fn restart_the_failed(&mut self) {
        for at in 0..NODES {
            let life = &self.nodes[at].life;
            if let Some(failing) = life.failing.filter(|failing| failing.has_failed(&life.disk)) {
                self.crash(at, failing.seed);
            }
        }
        if let Some(failing) = self.hub.failing.filter(|failing| failing.has_failed(&self.hub.disk)) {
            self.crash_hub(failing.seed).await;
        }
    }

    fn crash(&mut self, at: usize, seed: u64) {
        let place = &self.places[at];
        self.nodes[at].life.crash(place, seed);
    }

    async fn crash_hub(&mut self, seed: u64) {
        self.hub.crash(&self.hub_place, seed).await;
        self.tie_all();
    }

    /// Whoever was tied to a hub is tied to the one that serves.
    fn tie_all(&self) {
        let lives = self.nodes.iter().flat_map(|node| [Some(&node.life), node.ghost.as_ref()]);
        for life in lives.flatten().filter(|life| life.line.is_tied()) {
            life.line.tie(Some(self.hub.relay.clone()));
        }
    }

    fn make_space(&self) {
        for node in &self.nodes {
            node.life.disk.limit_capacity(None);
        }
        self.hub.disk.limit_capacity(None);
    }

    fn mend(&self, at: usize) {
        self.nodes[at].life.line.tie(Some(self.hub.relay.clone()));
    }

    async fn tend(&self, at: usize) -> bool {
        // A store that cannot be written is tried again by the worker.
        policy::tend(&self.nodes[at].life.app).await.is_ok()
    }

    /// Time passes for everybody.
    pub(crate) async fn advance(&self, minutes: u64) {
        let time = Duration::from_secs(minutes * 60);
        self.clock.advance(time);
        tokio::time::advance(time).await;
    }

    /// A node begins a new life from a backup; the old machine is gone, or still runs.
    fn restore(&mut self, at: usize, pick: usize) -> bool {
        let (place, node) = (&self.places[at], &mut self.nodes[at]);
        let Some(backup) = pick.checked_rem(node.backups.len()).and_then(|index| node.backups.get(index))
        else {
            return false;
        };
        self.clock.advance(Duration::from_secs(1));
        node.life.clock.set_ahead(0);
        let life = node.life.restored(place, backup);
        life.line.tie(Some(self.hub.relay.clone()));
        let former = std::mem::replace(&mut node.life, life);
        node.ghost = pick.is_multiple_of(2).then_some(former);
        node.restores += 1;
        node.checked = 0;
        true
    }

    /// The older life of a restored node does what it would do.
    async fn haunt(&mut self, at: usize) -> bool {
        let Some(ghost) = &mut self.nodes[at].ghost else { return false };
        ghost.hear(2).await;
        ghost.carry().await;
        // It may be told that it is superseded, and its store may be what it was.
        let _tended = policy::tend(&ghost.app).await;
        ghost.carry().await;
        true
    }

    /// The hub begins a new epoch from a backup; the old machine still runs.
    async fn restore_hub(&mut self, pick: usize) -> bool {
        let backups = &self.hub_backups;
        let Some(backup) = pick.checked_rem(backups.len()).and_then(|index| backups.get(index)) else {
            return false;
        };
        self.clock.advance(Duration::from_secs(1));
        self.hub_place.clock.set_ahead(0);
        let hub = HubLife::restored(&self.hub_place, backup).await;
        let former = std::mem::replace(&mut self.hub, hub);
        former.disk.limit_capacity(None);
        self.old_hub = Some(former);
        self.hub_restores += 1;
        if !pick.is_multiple_of(3) {
            // Its name leads to the new machine at once; else each node comes over when its line is mended.
            self.tie_all();
        }
        true
    }

    /// A node's line leads to the old hub once more.
    fn meet_old_hub(&self, at: usize) -> bool {
        let Some(old) = &self.old_hub else { return false };
        self.nodes[at].life.line.tie(Some(old.relay.clone()));
        true
    }

    /// Nothing is in the way of anything any more.
    pub(crate) async fn heal(&mut self) {
        self.make_space();
        for at in 0..NODES {
            let life = &self.nodes[at].life;
            life.line.heal();
            life.clock.set_ahead(0);
            self.mend(at);
            if self.nodes[at].life.failing.is_some() {
                self.crash(at, 0);
            }
        }
        self.hub_place.clock.set_ahead(0);
        if self.hub.failing.is_some() {
            self.crash_hub(0).await;
        }
        self.old_hub = None;
    }

    /// Everybody says and hears everything.
    ///
    /// # Errors
    /// They never stop.
    pub(crate) async fn settle(&mut self) -> Result<(), String> {
        let mut before = Vec::new();
        for _ in 0..TALK {
            self.hub.let_time_pass().await;
            for at in 0..NODES {
                self.nodes[at].life.hear(4).await;
                self.carry(at, 9).await;
            }
            let now = self.mark();
            if now == before {
                return Ok(());
            }
            before = now;
        }
        Err("the nodes talk for ever".to_owned())
    }

    /// Time passes, and everybody does what is due.
    ///
    /// # Errors
    /// As [`Federation::settle`].
    pub(crate) async fn pass(&mut self, minutes: u64) -> Result<(), String> {
        self.advance(minutes).await;
        self.settle().await?;
        for at in 0..NODES {
            self.tend(at).await;
        }
        self.settle().await
    }
}

/// Whether a refusal says that a machine is in trouble, rather than what a rule says.
pub(crate) fn is_of_the_machine(refusal: &Refusal) -> bool {
    matches!(refusal.kind(), RefusalKind::Unavailable | RefusalKind::Internal)
}
