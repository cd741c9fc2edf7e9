//! Waiting for something to be so, with a deadline. It must never wait for time to pass.

use std::time::{Duration, Instant};

use anyhow::bail;

/// Longest wait for something that must happen: a busy machine with two cores needs a few seconds.
pub const PATIENCE: Duration = Duration::from_mins(1);
/// Pause between two looks.
const LOOK: Duration = Duration::from_millis(20);

/// Looks again and again until something is so.
///
/// # Errors
/// It was not so in time, or looking failed.
pub async fn until(what: &str, mut so: impl AsyncFnMut() -> anyhow::Result<bool>) -> anyhow::Result<()> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if so().await? {
            return Ok(());
        }
        tokio::time::sleep(LOOK).await;
    }
    bail!("waited {} s in vain until {what}", PATIENCE.as_secs())
}
