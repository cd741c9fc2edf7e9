//! Making a healthy image anew, so that its files hold nothing but what the store holds: sled keeps the pages of deleted and
//! replaced rows until it happens to use their place again. Must never drop the image before the truth was read and found whole.

use std::sync::Arc;

use crate::desk::Held;
use crate::error::{Damage, EngineError};
use crate::image::{Images, fill};
use crate::shared::Shared;
use crate::snapshot::{Stored, load_truth, to_engine_error};

/// Replaces the image while nothing is written.
pub(crate) fn renew(shared: &Shared, images: &dyn Images, held: &Held) -> Result<(), EngineError> {
    shared.wait_until_applied();
    if let Some(reason) = shared.condition().image_failed.clone() {
        return Err(EngineError::Image(reason));
    }
    if shared.image()?.in_memory() {
        return Err(EngineError::Image("it is in memory until the store is restarted".to_owned()));
    }
    let (disk, identity) = (&*shared.disk, &shared.identity);
    let stored = Stored::list(disk)?;
    let truth =
        load_truth(&stored.sources(disk, identity.store), &identity.trees).map_err(to_engine_error)?;
    if truth.sequence != held.sequence {
        return Err(Damage::JournalGap { first: truth.sequence + 1, last: held.sequence }.into());
    }
    images.forget_damaged()?;
    shared.exchange_image(|| {
        let image = images.begin(&identity.trees, false)?;
        fill(&*image, truth)?;
        Ok(Arc::from(image))
    })?;
    tracing::info!(sequence = held.sequence, "the image was made anew");
    Ok(())
}
