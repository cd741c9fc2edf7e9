//! The machines of a federation: each a disk in memory and what runs from it, which can lose its power at any moment. What runs
//! is what runs in service: the node's courier and inbox, the hub's relay, arbiter and deadlines. It must never decide what
//! happens.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use maillage_dispatch::Estimator;
use maillage_engine::{Engine, EngineError, MemoryDisk};
use maillage_geography::Geography;
use maillage_hub::{
    authority::{self, Authority},
    hub::{Hub, Parts},
    relay::RelayService,
    store::EmbeddedStore,
    workers::Deadlines,
};
use maillage_node::{
    app::{
        App, bell::Bell, handover::watch::StandingBids, outreach::Outreach, people::search::Searcher,
        planning::DayMemory, roads::RoadService,
    },
    federation::{
        courier::Courier,
        directory_book,
        hub::Hub as ToHub,
        inbox::Inbox,
        link::{Link, LinkState},
    },
    profile::Profile,
};
use maillage_platform::{
    clock::{Clock, ManualClock},
    directory::DataDirectory,
    random::Entropy,
    secrets::Secret,
    worker::{WorkOutcome, Worker as _},
};
use maillage_store::{lives::Incarnation, settings};

use crate::{
    line::{self, Line},
    template::{FEDERATION, Place, catalogue},
};

/// As long as nothing comes for this time, nothing will: longer than any pause of a node.
const SILENCE: Duration = Duration::from_secs(61);

/// A machine's own idea of the time.
pub(crate) struct Wall {
    base: Arc<ManualClock>,
    ahead_ms: AtomicI64,
}

impl Wall {
    /// A clock that is right.
    pub(crate) fn new(base: &Arc<ManualClock>) -> Arc<Self> {
        Arc::new(Self { base: Arc::clone(base), ahead_ms: AtomicI64::new(0) })
    }

    /// From now on it is off by so much.
    pub(crate) fn set_ahead(&self, ahead_ms: i64) {
        self.ahead_ms.store(ahead_ms, Ordering::SeqCst);
    }

    /// By how much it is off.
    pub(crate) fn ahead(&self) -> i64 {
        self.ahead_ms.load(Ordering::SeqCst)
    }
}

impl Clock for Wall {
    fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_millis(self.ahead());
        self.base.now().checked_add(ahead).unwrap_or(Timestamp::MAX)
    }
}

/// A disk that fails after some more operations, and then its machine with it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Failing {
    at: u64,
    pub(crate) seed: u64,
}

impl Failing {
    /// A disk fails after so many more operations.
    pub(crate) fn soon(disk: &MemoryDisk, after: u64, seed: u64) -> Self {
        disk.fail_after_operations(after);
        Self { at: disk.operations() + after, seed }
    }

    /// Whether it has failed.
    pub(crate) fn has_failed(&self, disk: &MemoryDisk) -> bool {
        disk.operations() > self.at
    }
}

/// One life of a node: a process and its disk.
pub(crate) struct Life {
    pub(crate) app: Arc<App>,
    pub(crate) disk: MemoryDisk,
    pub(crate) line: Arc<Line>,
    pub(crate) clock: Arc<Wall>,
    pub(crate) failing: Option<Failing>,
    entropy: Arc<dyn Entropy>,
    courier: Courier,
    inbox: Inbox,
}

impl Life {
    /// Starts a node from its disk.
    pub(crate) fn start(
        place: &Place,
        disk: MemoryDisk,
        (clock, entropy): (Arc<Wall>, Arc<dyn Entropy>),
        line: Arc<Line>,
    ) -> Self {
        let (store, _) = Engine::memory_with(&disk, maillage_store::options()).unwrap();
        let membership = Arc::new(place.membership());
        let link = Link::new(Some(Arc::clone(&membership)), clock.now());
        let app = App {
            store,
            clock: Arc::clone(&clock) as _,
            clock_is_virtual: true,
            entropy: Arc::clone(&entropy),
            geography: Geography::embedded(),
            estimator: Estimator::DECLARED,
            roads: RoadService::none(),
            catalogue: catalogue().clone(),
            profile: Profile {
                territory: place.entry.reach.territory,
                phone: place.entry.phone.clone(),
                opening_hours: String::new(),
            },
            link: Arc::new(link),
            outreach: Outreach::calls_alone(Secret::new([7; 32])),
            bell: Bell::default(),
            days: DayMemory::default(),
            standing_bids: StandingBids::default(),
            looks: maillage_node::app::looks::Looks::default(),
            searcher: Searcher::default(),
        };
        directory_book::restore(&app, &membership).unwrap();
        let app = Arc::new(app);
        let channel = line::channel(&line, line::caller(FEDERATION, place.entry.node));
        let hub = Arc::new(ToHub::answering(Arc::clone(&clock) as _, channel));
        let courier = Courier::new(Arc::clone(&app), Arc::clone(&hub));
        let inbox = Inbox::new(Arc::clone(&app), hub);
        Self { app, disk, line, clock, failing: None, entropy, courier, inbox }
    }

    /// The power fails, and comes back.
    pub(crate) fn crash(&mut self, place: &Place, seed: u64) {
        self.disk.cut_power(seed);
        self.disk.limit_capacity(None);
        self.line.end_streams();
        let parts = (Arc::clone(&self.clock), Arc::clone(&self.entropy));
        *self = Self::start(place, self.disk.clone(), parts, Arc::clone(&self.line));
    }

    /// What the node would be, restored from a backup now: on a disk and a line of its own.
    pub(crate) fn restored(&self, place: &Place, (backup, made_at): &(MemoryDisk, Timestamp)) -> Self {
        let disk = backup.fork();
        let (store, _) = Engine::memory_with(&disk, maillage_store::options()).unwrap();
        let former = settings::find::<Incarnation>(&store).unwrap();
        let next = Incarnation::next(former.as_ref(), self.clock.now(), *made_at);
        store
            .transact::<(), EngineError, _>("node.restored", move |transaction| {
                settings::put(transaction, &next)
            })
            .unwrap();
        store.close().unwrap();
        let parts = (Arc::clone(&self.clock), Arc::clone(&self.entropy));
        Self::start(place, disk, parts, Line::new())
    }

    /// A backup of its disk.
    pub(crate) fn back_up(&self) -> (MemoryDisk, Timestamp) {
        let copy = self.disk.fork();
        copy.cut_power(0);
        copy.limit_capacity(None);
        (copy, self.clock.now())
    }

    /// One turn of the courier.
    pub(crate) async fn carry(&mut self) -> WorkOutcome {
        self.courier.work().await
    }

    /// Some turns of the inbox; it attaches first.
    pub(crate) async fn hear(&mut self, letters: usize) {
        for _ in 0..letters {
            if self.is_attached() {
                let came = tokio::time::timeout(SILENCE, self.inbox.wait_for_work()).await.is_ok();
                if !came {
                    return;
                }
            }
            if let WorkOutcome::Failed { .. } = self.inbox.work().await {
                return;
            }
        }
    }

    /// Whether the node listens.
    pub(crate) fn is_attached(&self) -> bool {
        self.app.link.view().state == LinkState::Attached
    }
}

/// What outlives a hub's disk: keys and certificate authority, its clock.
#[derive(Clone)]
pub(crate) struct HubPlace {
    pub(crate) directory: DataDirectory,
    pub(crate) clock: Arc<Wall>,
    pub(crate) entropy: Arc<dyn Entropy>,
}

/// One life of a hub.
pub(crate) struct HubLife {
    pub(crate) disk: MemoryDisk,
    pub(crate) hub: Arc<Hub>,
    pub(crate) relay: RelayService,
    pub(crate) failing: Option<Failing>,
    deadlines: Deadlines,
}

impl HubLife {
    /// Starts a hub from its disk.
    pub(crate) async fn start(place: &HubPlace, disk: MemoryDisk) -> Self {
        let federation = || FEDERATION.parse().unwrap();
        let parts = Parts {
            federation: federation(),
            url: "https://hub.example:4443".parse().unwrap(),
            authority: Authority::load(&place.directory, federation(), Arc::clone(&place.entropy)).unwrap(),
            signer: authority::signer(&place.directory).unwrap(),
            store: Arc::new(EmbeddedStore::open_memory(&disk).unwrap()),
            clock: Arc::clone(&place.clock) as _,
            entropy: Arc::clone(&place.entropy),
            pilot: Arc::default(),
        };
        let hub = Hub::assemble(parts).await.unwrap();
        let (relay, deadlines) = (RelayService::new(Arc::clone(&hub)), Deadlines::new(Arc::clone(&hub)));
        Self { disk, hub, relay, failing: None, deadlines }
    }

    /// The power fails, and comes back.
    pub(crate) async fn crash(&mut self, place: &HubPlace, seed: u64) {
        self.disk.cut_power(seed);
        self.disk.limit_capacity(None);
        *self = Self::start(place, self.disk.clone()).await;
    }

    /// A backup of its disk.
    pub(crate) fn back_up(&self) -> MemoryDisk {
        let copy = self.disk.fork();
        copy.cut_power(0);
        copy.limit_capacity(None);
        copy
    }

    /// A hub restored from a backup, in a new epoch.
    pub(crate) async fn restored(place: &HubPlace, backup: &MemoryDisk) -> Self {
        let disk = backup.fork();
        let store = EmbeddedStore::open_memory(&disk).unwrap();
        store.begin_epoch(place.clock.now().as_millisecond()).unwrap();
        drop(store);
        Self::start(place, disk).await
    }

    /// What time does.
    pub(crate) async fn let_time_pass(&mut self) {
        self.deadlines.work().await;
    }
}
