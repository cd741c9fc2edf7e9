//! Makes sure that whoever was erased is in no file any more, and reminds that terms of retention are over. What was told
//! and how drivers were asked goes by itself when its term is over. Holds no rule, and never purges people: that is confirmed
//! by somebody.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp, civil::Date};
use maillage_federation::month::paris;
use maillage_platform::{
    refusal::Refusal,
    worker::{WorkOutcome, Worker},
};

use crate::app::{
    App, exchange,
    handover::recovery,
    messages,
    obligations::{erasure, retention},
};

/// How often it looks.
const LOOK_AGAIN: Duration = Duration::from_mins(15);
/// The hours of the night, Europe/Paris, in which the files are made anew: readers wait for seconds then.
const NIGHT: std::ops::Range<i8> = 2..5;
/// Whoever was erased this long ago does not wait for the night any more: the node may be off each night.
const AT_ONCE_AFTER: SignedDuration = SignedDuration::from_hours(48);

/// The worker that finishes erasures.
pub struct Keeping {
    app: Arc<App>,
    waiting: usize,
    due: usize,
    counted: Option<Date>,
}

impl Keeping {
    /// A worker for a node.
    pub fn new(app: Arc<App>) -> Self {
        Self { app, waiting: 0, due: 0, counted: None }
    }

    async fn look(&mut self) -> Result<(), Refusal> {
        erasure::clean_rows(&self.app).await?;
        messages::forget_old(&self.app).await?;
        self.app.forget_answered().await?;
        exchange::forget_told(&self.app).await?;
        recovery::forget_proofs(&self.app).await?;
        self.waiting = erasure::waiting_for_files(&self.app)?.len();
        self.count_due().await?;
        if files_are_due(&self.app)? {
            clean_files(&self.app).await?;
            self.waiting = erasure::waiting_for_files(&self.app)?.len();
        }
        Ok(())
    }

    /// Counts whose term is over: at the start, and then once a night, for it goes through every file.
    async fn count_due(&mut self) -> Result<(), Refusal> {
        let now = self.app.now();
        let today = now.to_zoned(paris()).date();
        let wanted = match self.counted {
            None => true,
            Some(counted) => {
                counted < today && (is_night(now) || counted < today.yesterday().unwrap_or(today))
            }
        };
        if wanted {
            self.due = retention::waiting(&self.app).await?;
            self.counted = Some(today);
        }
        Ok(())
    }
}

/// Makes the files anew, whatever the hour.
///
/// # Errors
/// The store.
pub async fn clean_files(app: &Arc<App>) -> Result<(), Refusal> {
    let cleaned = erasure::waiting_for_files(app)?;
    if cleaned.is_empty() {
        return Ok(());
    }
    blocking(app, erasure::snapshot).await?;
    erasure::between_snapshots(app, cleaned.clone()).await?;
    blocking(app, erasure::retire).await?;
    erasure::finish(app, cleaned).await
}

async fn blocking(app: &Arc<App>, work: fn(&App) -> Result<(), Refusal>) -> Result<(), Refusal> {
    let app = Arc::clone(app);
    let done = tokio::task::spawn_blocking(move || work(&app)).await;
    done.unwrap_or_else(|error| Err(crate::app::refusals::internal(error)))
}

fn files_are_due(app: &App) -> Result<bool, Refusal> {
    let now = app.now();
    let waiting = erasure::waiting_for_files(app)?;
    Ok(waiting.iter().any(|erasure| is_night(now) || now.duration_since(erasure.asked) >= AT_ONCE_AFTER))
}

fn is_night(now: Timestamp) -> bool {
    NIGHT.contains(&now.to_zoned(paris()).hour())
}

#[async_trait]
impl Worker for Keeping {
    fn name(&self) -> &'static str {
        "retention"
    }

    fn status(&self) -> String {
        format!("{} erasures wait for the files, {} people's terms are over", self.waiting, self.due)
    }

    async fn work(&mut self) -> WorkOutcome {
        match self.look().await {
            Ok(()) => WorkOutcome::Idle,
            Err(refusal) => WorkOutcome::Failed { error: refusal.reason().to_owned(), retry_after: None },
        }
    }

    async fn wait_for_work(&mut self) {
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_night_is_that_of_paris() {
        let check = |at: &str, night| assert_eq!(is_night(at.parse().unwrap()), night, "{at}");
        check("2026-07-01T00:00:00Z", true);
        check("2026-12-01T00:59:00Z", false);
        check("2026-12-01T01:00:00Z", true);
        check("2026-12-01T04:00:00Z", false);
    }
}
