//! Makes the trips of series as time passes. Holds no rule: it only calls [`series::roll_on`].

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use maillage_domain::limits::SERIES_HORIZON_DAYS;
use maillage_platform::worker::{WorkOutcome, Worker};

use crate::app::{App, series};

/// How long until the series are looked at again: the horizon moves by a day, an hour late is soon enough.
const LOOK_AGAIN: Duration = Duration::from_hours(1);

/// The worker that makes the trips of the coming weeks.
pub struct Rolling {
    app: Arc<App>,
    made: usize,
    failed: usize,
}

impl Rolling {
    /// A worker for a node.
    pub fn new(app: Arc<App>) -> Self {
        Self { app, made: 0, failed: 0 }
    }
}

#[async_trait]
impl Worker for Rolling {
    fn name(&self) -> &'static str {
        "series"
    }

    fn status(&self) -> String {
        format!("{} trips made, {} days could not be planned the last time", self.made, self.failed)
    }

    async fn work(&mut self) -> WorkOutcome {
        match series::roll_on(&self.app, SERIES_HORIZON_DAYS).await {
            Ok(report) => {
                self.made += report.made.len();
                self.failed = report.failed.len() + report.refused.len();
                for (occurrence, code) in &report.failed {
                    tracing::warn!(series = %occurrence.series, day = %occurrence.date, code, "a day of a series cannot be planned");
                }
                for (series, code) in &report.refused {
                    tracing::warn!(%series, code, "nothing can be made of a series");
                }
                WorkOutcome::Idle
            }
            Err(refusal) => WorkOutcome::Failed { error: refusal.reason().to_owned(), retry_after: None },
        }
    }

    async fn wait_for_work(&mut self) {
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}
