//! Asks the router ahead for the roads between the node's own communes and those of its neighbours: one commune at a time, with a
//! rest in between. Holds no rule.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use maillage_geography::InseeCode;
use maillage_platform::{
    refusal::Refusal,
    worker::{WorkOutcome, Worker},
};

use crate::app::{App, roads};

/// The rest between two communes: the router has others to answer.
const REST: Duration = Duration::from_secs(2);
/// How long until everything is looked at again: roads expire by the day.
const LOOK_AGAIN: Duration = Duration::from_hours(1);
/// How long a router that failed is left alone.
const AFTER_FAILURE: Duration = Duration::from_mins(2);

/// The worker that asks ahead.
pub struct Filling {
    app: Arc<App>,
    left: Vec<InseeCode>,
    filled: usize,
}

impl Filling {
    /// A worker for a node with a router.
    pub fn new(app: Arc<App>) -> Self {
        let left = roads::own_communes(&app);
        Self { app, left, filled: 0 }
    }

    async fn step(&mut self) -> Result<WorkOutcome, Refusal> {
        let Some(commune) = self.left.last().copied() else {
            self.left = roads::own_communes(&self.app);
            return Ok(WorkOutcome::Idle);
        };
        let filled = roads::fill(&self.app, &roads::around(&self.app, commune)).await?;
        self.filled += filled.roads;
        if let Some(error) = filled.failed {
            return Ok(WorkOutcome::Failed {
                error: error.code().to_owned(),
                retry_after: Some(AFTER_FAILURE),
            });
        }
        self.left.pop();
        Ok(WorkOutcome::Idle)
    }
}

#[async_trait]
impl Worker for Filling {
    fn name(&self) -> &'static str {
        "roads"
    }

    fn status(&self) -> String {
        format!("{} roads fetched, {} communes to go", self.filled, self.left.len())
    }

    async fn work(&mut self) -> WorkOutcome {
        match self.step().await {
            Ok(outcome) => outcome,
            Err(refusal) => WorkOutcome::Failed { error: refusal.reason().to_owned(), retry_after: None },
        }
    }

    async fn wait_for_work(&mut self) {
        let whole_round = self.left.len() == roads::own_communes(&self.app).len();
        tokio::time::sleep(if whole_round { LOOK_AGAIN } else { REST }).await;
    }
}
