//! The hub's parts put together, and what its services share. It must never listen or connect by itself.

use std::{
    collections::BTreeSet,
    fmt,
    net::IpAddr,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use maillage_federation::{
    ids::{Id, NodeKind},
    models::Catalogue,
    name::FederationName,
    signing::Signer,
};
use maillage_geography::{Geography, Siren};
use maillage_platform::{
    clock::Clock,
    grpc::ConnectionRegistry,
    random::{self, Entropy},
    refusal::Refusal,
};
use tokio::sync::Semaphore;

use crate::{
    authority::Authority,
    directory::SignedOnce,
    door::Limiter,
    limits,
    members::Roll,
    refusals,
    relay::{Arbiter, Switchboard},
    settings::HubUrl,
    store::{Epoch, ReceivedReport, Repository, StoreError},
    team::TeamAddress,
};

/// What a hub is made of.
pub struct Parts {
    /// Name of the federation.
    pub federation: FederationName,
    /// Where nodes reach it, with the port really bound.
    pub url: HubUrl,
    /// Its certificate authority.
    pub authority: Authority,
    /// Its signing key.
    pub signer: Signer,
    /// What it remembers.
    pub store: Arc<dyn Repository>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where randomness comes from.
    pub entropy: Arc<dyn Entropy>,
    /// The territories of the pilot.
    pub pilot: Arc<BTreeSet<Siren>>,
}

/// A hub, ready to serve.
pub struct Hub {
    pub(crate) parts: Parts,
    pub(crate) epoch: Epoch,
    pub(crate) geography: &'static Geography,
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) roll: Arc<Roll>,
    pub(crate) directory: SignedOnce,
    pub(crate) switchboard: Arc<Switchboard>,
    pub(crate) connections: Arc<ConnectionRegistry>,
    pub(crate) addresses: Limiter<IpAddr>,
    pub(crate) speakers: Limiter<Id<NodeKind>>,
    pub(crate) enrolments: Arc<Semaphore>,
    pub(crate) submissions: Arc<Semaphore>,
    /// By what address browsers open the team's part, once it is served.
    pub(crate) team: OnceLock<TeamAddress>,
    alerts: AtomicU64,
    reports: tokio::sync::Mutex<Option<Reports>>,
}

/// Every report, as it was under one number of the store.
struct Reports {
    version: u64,
    all: Arc<Vec<ReceivedReport>>,
}

/// Why a hub cannot be put together.
#[derive(Debug, thiserror::Error)]
pub enum HubError {
    /// The store cannot be read.
    #[error("the store of the hub cannot be read")]
    Store(#[from] StoreError),
    /// The catalogue is damaged: a mistake in the program.
    #[error("the catalogue of participation models cannot be read")]
    Catalogue(#[from] maillage_federation::models::CatalogueError),
}

impl Hub {
    /// Puts a hub together from its parts and what its store remembers.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn assemble(parts: Parts) -> Result<Arc<Self>, HubError> {
        let epoch = parts.store.epoch(parts.clock.now().as_millisecond()).await?;
        if let Some(since_ms) = epoch.since_ms {
            let recovering = parts.store.recovering().await?;
            tracing::warn!(epoch = epoch.number, since_ms, recovering, "this hub was restored from a backup");
        }
        let roll = Roll::read(parts.federation.clone(), parts.store.as_ref()).await?;
        Ok(Arc::new(Self {
            parts,
            epoch,
            geography: Geography::embedded(),
            catalogue: Arc::new(Catalogue::embedded()?),
            roll: Arc::new(roll),
            directory: SignedOnce::default(),
            switchboard: Arc::default(),
            connections: Arc::new(ConnectionRegistry::new()),
            addresses: Limiter::of_addresses(),
            speakers: Limiter::of_members(),
            enrolments: Arc::new(Semaphore::new(limits::CONCURRENT_ENROLMENTS)),
            submissions: Arc::new(Semaphore::new(limits::CONCURRENT_SUBMISSIONS)),
            team: OnceLock::new(),
            alerts: AtomicU64::new(0),
            reports: tokio::sync::Mutex::default(),
        }))
    }

    /// Every report, without the envelopes that prove them: read again only once one has changed, since figures are asked for much more
    /// often than reports come in.
    pub(crate) async fn reports(&self) -> Result<Arc<Vec<ReceivedReport>>, StoreError> {
        let mut kept = self.reports.lock().await;
        // Before they are read: what comes in meanwhile makes them old.
        let version = self.store().reports_version();
        if let Some(kept) = kept.as_ref().filter(|kept| kept.version == version) {
            return Ok(Arc::clone(&kept.all));
        }
        // Not both at once in memory.
        *kept = None;
        let mut all = self.store().reports(None).await?;
        for report in &mut all {
            report.envelope = Vec::new();
        }
        let all = Arc::new(all);
        *kept = Some(Reports { version, all: Arc::clone(&all) });
        Ok(all)
    }

    /// How often something happened since the start that a person should look into.
    pub fn alerts(&self) -> u64 {
        self.alerts.load(Ordering::Relaxed)
    }

    pub(crate) fn raise_alert(&self) {
        self.alerts.fetch_add(1, Ordering::Relaxed);
    }

    /// What this hub remembers.
    pub fn store(&self) -> &dyn Repository {
        self.parts.store.as_ref()
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.parts.clock.now().as_millisecond()
    }

    /// An arbiter for this instant: everything a rule needs is drawn now, so that the rule itself is pure.
    pub(crate) fn arbiter(&self) -> Arbiter {
        Arbiter {
            federation: self.parts.federation.clone(),
            signer: self.parts.signer.clone(),
            epoch: self.epoch,
            geography: self.geography,
            members: self.roll.current(),
            now_ms: self.now_ms(),
            seed: random::bytes(self.parts.entropy.as_ref()),
        }
    }
}

/// Runs work to its end even if whoever asked has gone away in the middle (a timeout, a broken connection): what is
/// committed must also be told to those who wait for it.
pub(crate) async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, Refusal>> + Send + 'static,
) -> Result<T, Refusal> {
    match tokio::spawn(work).await {
        Ok(answer) => answer,
        Err(error) => {
            tracing::error!(panicked = error.is_panic(), "a request was not worked to its end");
            Err(refusals::STORE_UNAVAILABLE.into())
        }
    }
}

impl fmt::Debug for Hub {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Hub")
            .field("federation", &self.parts.federation)
            .field("url", &self.parts.url)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::FutureExt as _;
    use tokio::sync::oneshot;

    use super::to_the_end;

    #[tokio::test]
    async fn work_goes_on_when_nobody_waits_for_it_any_more() {
        let (go_on, told) = oneshot::channel::<()>();
        let (ended, end) = oneshot::channel::<()>();
        let asked = to_the_end(async move {
            told.await.unwrap();
            ended.send(()).unwrap();
            Ok(())
        });
        assert!(asked.now_or_never().is_none(), "asked, and dropped before the answer");
        go_on.send(()).unwrap();
        assert!(tokio::time::timeout(Duration::from_secs(20), end).await.unwrap().is_ok());
    }
}
