//! Forgets what partners were told about trips that were over long ago. Must never forget what still waits for a trip to come.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use maillage_engine::View;
use maillage_platform::refusal::Refusal;
use maillage_store::partners::{self, PartnerNotice};

use crate::{
    app::{Aborted, App},
    limits::{FORGOTTEN_AT_ONCE, TOLD_DAYS},
};

/// Forgets what is older than is kept; gives how many.
///
/// # Errors
/// The store.
pub async fn forget_told(app: &Arc<App>) -> Result<usize, Refusal> {
    let old = app.read(old)?;
    if old.is_empty() {
        return Ok(0);
    }
    app.transact("partner.forget", move |_, transaction| {
        for notice in &old {
            partners::forget(transaction, notice)?;
        }
        Ok(old.len())
    })
    .await
}

fn old(app: &App, view: &dyn View) -> Result<Vec<PartnerNotice>, Aborted> {
    let before = app.now().saturating_sub(SignedDuration::from_hours(24 * TOLD_DAYS));
    let before_ms = before.map_or(i64::MIN, Timestamp::as_millisecond);
    let mut old = Vec::new();
    for partner in partners::list(view, None, usize::MAX)? {
        for notice in partners::notices(view, partner.id)? {
            if old.len() == FORGOTTEN_AT_ONCE {
                return Ok(old);
            }
            if notice.at_ms < before_ms && is_past(view, &notice, before_ms)? {
                old.push(notice);
            }
        }
    }
    Ok(old)
}

/// Whether the last trip a notice is about was over before an instant.
fn is_past(view: &dyn View, notice: &PartnerNotice, before_ms: i64) -> Result<bool, Aborted> {
    let kept = partners::thread(view, notice.handover)?;
    Ok(kept.is_none_or(|kept| kept.thread.offer.legs.iter().all(|leg| leg.window_end_ms < before_ms)))
}
