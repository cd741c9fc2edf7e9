//! Lets the node's policy act as time passes. Holds no rule: it only calls [`policy::tend`] and [`offering::tend`].

use std::sync::Arc;

use async_trait::async_trait;
use maillage_platform::{
    refusal::Refusal,
    worker::{WorkOutcome, Worker},
};

use super::link::LOOK_AGAIN;
use crate::app::{
    App,
    handover::{offering, policy},
};

/// The worker that lets the policy act.
pub struct Tending {
    app: Arc<App>,
    awards: usize,
    offers: usize,
}

impl Tending {
    /// A worker for a node.
    pub fn new(app: Arc<App>) -> Self {
        Self { app, awards: 0, offers: 0 }
    }

    async fn tend(&mut self) -> Result<(), Refusal> {
        self.awards += policy::tend(&self.app).await?;
        self.offers += offering::tend(&self.app).await?;
        Ok(())
    }
}

#[async_trait]
impl Worker for Tending {
    fn name(&self) -> &'static str {
        "policy"
    }

    fn status(&self) -> String {
        format!("{} awards issued, {} trips offered", self.awards, self.offers)
    }

    async fn work(&mut self) -> WorkOutcome {
        match self.tend().await {
            Ok(()) => WorkOutcome::Idle,
            Err(refusal) => WorkOutcome::Failed { error: refusal.reason().to_owned(), retry_after: None },
        }
    }

    async fn wait_for_work(&mut self) {
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}
