//! Making an image anew from the truth. Must never build from less than the sentinel remembers.

use std::sync::Arc;

use crate::disk::Disk;
use crate::error::{Damage, EngineError, OpenError};
use crate::image::{Image, Images, fill};
use crate::journal::{Identity, SegmentEnd, segment_name};
use crate::sentinel::Sentinel;
use crate::snapshot::{Stored, Truth, load_truth};
use crate::status::RebuildReason;

/// A new image and where the journal ends.
pub(super) struct Rebuilt {
    pub(super) image: Arc<dyn Image>,
    pub(super) end: Option<SegmentEnd>,
}

/// The truth, checked against what the sentinel remembers.
pub(super) fn truth_to_rebuild(
    disk: &dyn Disk,
    stored: &Stored,
    sentinel: &Sentinel,
    identity: &Identity,
    sealed: bool,
) -> Result<Truth, OpenError> {
    let truth = load_truth(&stored.sources(disk, identity.store), &identity.trees)?;
    let missing = |last: u64| Damage::JournalGap { first: truth.sequence + 1, last };
    if truth.sequence < sentinel.sequence {
        return Err(missing(sentinel.sequence).into());
    }
    let last_segment = stored.segments.last().copied().unwrap_or_default();
    if last_segment < sentinel.active_segment {
        return Err(missing(sentinel.active_segment.max(truth.sequence + 1)).into());
    }
    if let Some(end) = &truth.last_segment
        && end.file_bytes < end.header.capacity
        && !sealed
    {
        // A segment keeps its full length until its successor exists: something cut this one short.
        let file = segment_name(end.header.first_sequence);
        return Err(Damage::Journal { file, offset: end.file_bytes }.into());
    }
    Ok(truth)
}

/// Loads a new image. A damaged former one is kept aside; one that was merely left open is dropped.
pub(super) fn build_image(
    images: &dyn Images,
    identity: &Identity,
    mut truth: Truth,
    reason: &RebuildReason,
) -> Result<Rebuilt, EngineError> {
    let keep_former = matches!(reason, RebuildReason::Damaged(_));
    tracing::warn!(?reason, sequence = truth.sequence, "the image is rebuilt from snapshot and journal");
    let end = truth.last_segment.take();
    let image = images.begin(&identity.trees, keep_former)?;
    fill(&*image, truth)?;
    Ok(Rebuilt { image: Arc::from(image), end })
}
