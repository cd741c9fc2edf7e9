//! What the hub does by itself: lets deadlines pass, keeps its own certificate fresh. It must never decide more than
//! the handover machine lets time decide.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use maillage_platform::{
    tls::ReloadableIdentity,
    worker::{WorkOutcome, Worker},
};

use crate::{authority::AuthorityError, hub::Hub, limits, relay::let_time_pass, store::StoreError};

/// Applies deadlines that have passed.
pub struct Deadlines {
    hub: Arc<Hub>,
    applied: u64,
}

impl Deadlines {
    /// The worker of a hub.
    pub fn new(hub: Arc<Hub>) -> Self {
        Self { hub, applied: 0 }
    }

    /// One handover that cannot be moved does not hold up the others.
    async fn apply(&mut self) -> Result<usize, StoreError> {
        let due = self.hub.store().due(self.hub.now_ms(), limits::DEADLINES_AT_ONCE).await?;
        let mut failed = Ok(due.len());
        for handover in due {
            match let_time_pass(&self.hub, handover).await {
                Ok(()) => self.applied += 1,
                Err(error) => failed = Err(error),
            }
        }
        failed
    }
}

#[async_trait]
impl Worker for Deadlines {
    fn name(&self) -> &'static str {
        "deadlines"
    }

    fn status(&self) -> String {
        format!("{} applied", self.applied)
    }

    async fn work(&mut self) -> WorkOutcome {
        match self.apply().await {
            Ok(limits::DEADLINES_AT_ONCE) => WorkOutcome::Busy,
            Ok(_) => WorkOutcome::Idle,
            Err(error) => WorkOutcome::Failed {
                error: error.to_string(),
                retry_after: Some(limits::DEADLINE_CHECK * 5),
            },
        }
    }

    async fn wait_for_work(&mut self) {
        tokio::time::sleep(limits::DEADLINE_CHECK).await;
    }
}

/// Replaces the hub's own certificate at two thirds of its life.
pub(crate) struct OwnCertificate {
    hub: Arc<Hub>,
    identity: Arc<ReloadableIdentity>,
    hosts: Vec<String>,
}

impl OwnCertificate {
    pub(crate) fn new(hub: Arc<Hub>, identity: Arc<ReloadableIdentity>, hosts: Vec<String>) -> Self {
        Self { hub, identity, hosts }
    }

    fn is_due(&self, now: Timestamp) -> bool {
        let Ok(own) = self.identity.current().own() else { return true };
        let third = limits::HUB_CERTIFICATE_LIFE / 3;
        let due_at = own.not_after.checked_sub(third).unwrap_or(Timestamp::MIN);
        // Made at a later time than now: the clock was set back.
        let made_at = own.not_after.checked_sub(limits::HUB_CERTIFICATE_LIFE).unwrap_or(Timestamp::MIN);
        now >= due_at || now < made_at.checked_sub(limits::CERTIFICATE_BACKDATE).unwrap_or(Timestamp::MIN)
    }

    fn renew(&self) -> Result<(), AuthorityError> {
        let now = self.hub.parts.clock.now();
        if self.is_due(now) {
            self.identity.replace(self.hub.parts.authority.hub_identity(&self.hosts, now)?);
            tracing::info!("the hub has a new certificate");
        }
        Ok(())
    }
}

#[async_trait]
impl Worker for OwnCertificate {
    fn name(&self) -> &'static str {
        "own-certificate"
    }

    fn status(&self) -> String {
        self.identity.current().own().map(|own| own.not_after.to_string()).unwrap_or_default()
    }

    async fn work(&mut self) -> WorkOutcome {
        match self.renew() {
            Ok(()) => WorkOutcome::Idle,
            Err(error) => WorkOutcome::Failed { error: error.to_string(), retry_after: None },
        }
    }

    async fn wait_for_work(&mut self) {
        tokio::time::sleep(limits::DEADLINE_CHECK).await;
    }
}
