//! Lets the node's policy act as time passes: it calls [`policy::tend`], and once a minute
//! [`offering::tend`]. Decides about no trip itself. Must never let the choice among bids wait for what is looked for less often.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use maillage_platform::{
    refusal::Refusal,
    worker::{WorkOutcome, Worker},
};
use tokio::time::Instant;

use super::link::LOOK_AGAIN;
use crate::app::{
    App,
    handover::{offering, policy},
};

/// Trips that nobody here can drive are looked for so often: rules speak of hours.
const LOOK_FOR_TRIPS: Duration = Duration::from_mins(1);

/// The worker that lets the policy act.
pub struct Tending {
    app: Arc<App>,
    awards: usize,
    offers: usize,
    looks_for_trips: Instant,
}

impl Tending {
    /// A worker for a node.
    pub fn new(app: Arc<App>) -> Self {
        Self { app, awards: 0, offers: 0, looks_for_trips: Instant::now() }
    }

    async fn tend(&mut self) -> Result<(), Refusal> {
        self.awards += policy::tend(&self.app).await?;
        if Instant::now() >= self.looks_for_trips {
            self.looks_for_trips = Instant::now() + LOOK_FOR_TRIPS;
            self.offers += offering::tend(&self.app).await?;
        }
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
