//! A whole hub in this process: real TLS on loopback, a clock moved by hand, a store on a disk in memory. Restarting
//! it cuts the power of that disk.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use maillage_engine::MemoryDisk;
use maillage_federation::{
    ids::{Id, NodeKind},
    signing::VerifyKey,
};
use maillage_hub::{
    authority::{self, Authority},
    hub::{Hub, Parts},
    serve::{Doors, Running, open_doors},
    store::EmbeddedStore,
};
use maillage_platform::{
    clock::{Clock as _, ManualClock},
    directory::{DataDirectory, DirectoryLock},
    grpc::{Listen as _, TcpListen, TokenInterceptor, connect_local},
    lifecycle::Shutdown,
    random::{Entropy, SeededEntropy},
    refusal::Refusal,
    secrets::random_token,
};
use maillage_proto::hub::v1::{
    InviteRequest, RevokeNodeRequest, admin_client::AdminClient, statistics_client::StatisticsClient,
};
use tonic::{Status, service::interceptor::InterceptedService, transport::Channel};

use crate::node::{Node, Wish};

/// Name of the federation of the tests.
pub(crate) const FEDERATION: &str = "essai";
/// Monts d'Alban, Centre Tarn, Sidobre: neighbours in the Tarn, each of the next.
pub(crate) const ALBAN: &str = "200034031";
pub(crate) const CENTRE_TARN: &str = "200034049";
pub(crate) const SIDOBRE: &str = "200066561";
/// Longest a test waits for what must come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A running hub and what a test moves it with.
pub(crate) struct World {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) url: String,
    pub(crate) hub_key: VerifyKey,
    pub(crate) directory: DataDirectory,
    disk: MemoryDisk,
    running: Running,
    lock: DirectoryLock,
    parent: tempfile::TempDir,
}

impl World {
    /// A new federation at noon on 10 January 2026.
    pub(crate) async fn new() -> Self {
        Self::seeded(81).await
    }

    /// Another federation of the same name, with other keys.
    pub(crate) async fn other() -> Self {
        Self::seeded(82).await
    }

    async fn seeded(seed: u64) -> Self {
        let parent = tempfile::tempdir().unwrap();
        let directory = DataDirectory::create(parent.path().join("hub"), "maillage-hub").unwrap();
        let clock = Arc::new(ManualClock::new(instant("2026-01-10T12:00:00Z")));
        let entropy: Arc<dyn Entropy> = Arc::new(SeededEntropy::new(seed));
        authority::create(&directory, &FEDERATION.parse().unwrap(), clock.now(), entropy.as_ref()).unwrap();
        let disk = MemoryDisk::new();
        let lock = directory.lock().unwrap();
        let started = start(&directory, &lock, &disk, (&clock, &entropy)).await;
        let (hub, running, url) = started;
        let hub_key = authority::signer(&directory).unwrap().verify_key();
        Self { clock, entropy, hub, url, hub_key, directory, disk, running, lock, parent }
    }

    /// The power fails, and the hub is started again on the same disk, at another port.
    pub(crate) async fn restart(self) -> Self {
        let disk = self.disk.clone();
        self.restart_on(disk).await
    }

    /// A copy of the hub's disk.
    pub(crate) fn backup(&self) -> MemoryDisk {
        let copy = self.disk.fork();
        copy.cut_power(0);
        copy
    }

    /// The power fails, and a hub is started on another disk, at another port.
    pub(crate) async fn restart_on(self, other: MemoryDisk) -> Self {
        let Self { clock, entropy, hub, url: _, hub_key, directory, disk, running, lock, parent } = self;
        disk.cut_power(0);
        let disk = other;
        running.stop().await.unwrap();
        drop(hub);
        let (hub, running, url) = start(&directory, &lock, &disk, (&clock, &entropy)).await;
        Self { clock, entropy, hub, url, hub_key, directory, disk, running, lock, parent }
    }

    /// The hub's own authority under another federation's name.
    pub(crate) fn authority_named(&self, federation: &str) -> Authority {
        Authority::load(&self.directory, federation.parse().unwrap(), Arc::clone(&self.entropy)).unwrap()
    }

    /// Operators' client.
    pub(crate) async fn admin(&self) -> AdminClient<InterceptedService<Channel, TokenInterceptor>> {
        let (channel, token) = connect_local(&self.directory).await.unwrap();
        AdminClient::with_interceptor(channel, token)
    }

    /// Statisticians' client.
    pub(crate) async fn statistics(&self) -> StatisticsClient<InterceptedService<Channel, TokenInterceptor>> {
        let (channel, token) = connect_local(&self.directory).await.unwrap();
        StatisticsClient::with_interceptor(channel, token)
    }

    /// An enrolment string for a territory.
    pub(crate) async fn invite(&self, territory: &str) -> String {
        let request = InviteRequest { territory: territory.into(), valid_hours: 0, by: String::new() };
        self.admin().await.invite(request).await.unwrap().into_inner().enrolment_string
    }

    /// A node of a territory, enrolled and able to speak.
    pub(crate) async fn node(&self, territory: &str) -> Node {
        let ticket = self.invite(territory).await;
        let wish = Wish::of(self, &ticket);
        let reply = wish.enrol().await.unwrap();
        Node::enrolled(self, wish, &reply).await
    }

    /// Revokes a node.
    pub(crate) async fn revoke(&self, node: Id<NodeKind>) {
        self.admin()
            .await
            .revoke_node(RevokeNodeRequest { id: node.to_string(), by: "Agathe Exemple".into() })
            .await
            .unwrap();
    }

    /// Whether these bytes are anywhere on the hub's disk.
    pub(crate) fn disk_holds(&self, needle: &[u8]) -> bool {
        let files = self.disk.files().into_iter().filter_map(|(name, _)| self.disk.read(&name));
        files.into_iter().any(|bytes| bytes.windows(needle.len()).any(|window| window == needle))
    }

    /// Moves the clock forward.
    pub(crate) fn pass(&self, time: Duration) {
        self.clock.advance(time);
    }

    /// The hub's clock, milliseconds since 1970 UTC.
    pub(crate) fn now_ms(&self) -> i64 {
        self.clock.now().as_millisecond()
    }
}

/// The reason code of a refusal.
pub(crate) fn reason(status: &Status) -> String {
    Refusal::from_status(status).reason().to_owned()
}

/// An instant written in RFC 3339.
pub(crate) fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// What must come within the patience of a test.
pub(crate) async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    let Ok(value) = tokio::time::timeout(PATIENCE, future).await else { panic!("{what} did not come") };
    value
}

async fn start(
    directory: &DataDirectory,
    lock: &DirectoryLock,
    disk: &MemoryDisk,
    (clock, entropy): (&Arc<ManualClock>, &Arc<dyn Entropy>),
) -> (Arc<Hub>, Running, String) {
    let federation = TcpListen::bind_loopback().await.unwrap();
    let local = TcpListen::bind_loopback().await.unwrap();
    let (port, api) = (federation.local_addr().unwrap().port(), local.local_addr().unwrap());
    let url = format!("https://localhost:{port}");
    let name = || FEDERATION.parse().unwrap();
    let parts = Parts {
        federation: name(),
        url: url.parse().unwrap(),
        authority: Authority::load(directory, name(), Arc::clone(entropy)).unwrap(),
        signer: authority::signer(directory).unwrap(),
        store: Arc::new(EmbeddedStore::open_memory(disk).unwrap()),
        clock: clock.clone(),
        entropy: Arc::clone(entropy),
        pilot: Arc::default(),
    };
    let hub = Hub::assemble(parts).await.unwrap();
    let token = random_token(entropy.as_ref());
    directory.publish_api(lock, api, &token).unwrap();
    let doors = Doors {
        federation: Box::new(federation),
        local: Box::new(local),
        token,
        hosts: vec!["localhost".into()],
        public: None,
    };
    let running = open_doors(&hub, doors, &Shutdown::new()).await.unwrap();
    (hub, running, url)
}
