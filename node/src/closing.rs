//! Closes what nobody answered for once its time has passed. Holds no rule: it only calls [`unserved::close_unanswered`].

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use maillage_platform::worker::{WorkOutcome, Worker};

use crate::{
    app::{App, unserved},
    limits::UNANSWERED_GRACE,
};

/// How long until it is looked again: a day of grace has passed, an hour more is soon enough.
const LOOK_AGAIN: Duration = Duration::from_hours(1);

/// The worker that closes what nobody answered for.
pub struct Closing {
    app: Arc<App>,
    closed: usize,
}

impl Closing {
    /// A worker for a node.
    pub fn new(app: Arc<App>) -> Self {
        Self { app, closed: 0 }
    }
}

#[async_trait]
impl Worker for Closing {
    fn name(&self) -> &'static str {
        "unanswered"
    }

    fn status(&self) -> String {
        format!("{} trips closed that nobody answered for", self.closed)
    }

    async fn work(&mut self) -> WorkOutcome {
        match unserved::close_unanswered(&self.app, UNANSWERED_GRACE).await {
            Ok(closed) => {
                self.closed += closed;
                WorkOutcome::Idle
            }
            Err(refusal) => WorkOutcome::Failed { error: refusal.reason().to_owned(), retry_after: None },
        }
    }

    async fn wait_for_work(&mut self) {
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}
