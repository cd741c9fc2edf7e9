//! Brings the image up to what is durable, behind the writer's back, so that a transaction waits for nothing but its own sync.
//! Must never apply a batch that is not durable.

use std::sync::Arc;
use std::sync::mpsc::Receiver;

use crate::overlay::Layer;
use crate::shared::Shared;

/// A durable group and its last sequence.
pub(crate) type Batch = (Arc<Layer>, u64);

/// Most bytes laid together before they are applied.
const COALESCED_BYTES: usize = 4 << 20;

/// Applies batches until the writer is gone.
pub(crate) fn run(shared: &Shared, batches: &Receiver<Batch>) {
    while let Ok((first, mut sequence)) = batches.recv() {
        let mut rows = Layer::clone(&first);
        while rows.bytes() < COALESCED_BYTES
            && let Ok((next, last)) = batches.try_recv()
        {
            rows.absorb(Layer::clone(&next));
            sequence = last;
        }
        apply(shared, &rows, sequence);
    }
}

/// Applies one batch.
pub(crate) fn apply(shared: &Shared, rows: &Layer, sequence: u64) {
    let condition = shared.condition();
    // After a failure readers go on finding these rows in the overlay; an image put in its place already holds them.
    let skip = condition.image_failed.is_some() || condition.applied_sequence >= sequence;
    drop(condition);
    if skip {
        return;
    }
    let Ok(image) = shared.image() else { return };
    match image.apply(rows) {
        Ok(()) => shared.forget(rows, sequence),
        Err(error) => shared.image_failed(&image, &error),
    }
}
