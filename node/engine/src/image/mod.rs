//! What readers query: the state that the journal leads to, in key order. Must never be taken for the truth: an image is only
//! trusted when it was sealed by a clean stop, and is otherwise rebuilt.

mod memory;
mod sled;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::error::EngineError;
use crate::overlay::{Entry, Layer, Range};
use crate::snapshot::Truth;
use crate::trees::TreeTable;
use crate::view::Row;

pub(crate) use self::memory::{MemoryImage, MemoryImages};
pub(crate) use self::sled::SledImages;

/// An open image.
pub(crate) trait Image: Send + Sync {
    /// The value of a key.
    fn get(&self, tree: usize, key: &[u8]) -> Result<Option<Vec<u8>>, EngineError>;
    /// At most `limit` rows of a range.
    fn scan(&self, tree: usize, range: &Range, reverse: bool, limit: usize) -> Result<Vec<Row>, EngineError>;
    /// Applies puts and deletes. Idempotent.
    fn apply(&self, batch: &Layer) -> Result<(), EngineError>;
    /// Makes what was applied durable.
    fn checkpoint(&self) -> Result<(), EngineError>;
    /// Whether this image lives in memory only.
    fn in_memory(&self) -> bool;
}

/// Stands where there is no image: it answers nothing, so that its readers wait for one.
pub(crate) struct NoImage;

impl NoImage {
    fn absent<T>() -> Result<T, EngineError> {
        Err(EngineError::Image("there is none at the moment".to_owned()))
    }
}

impl Image for NoImage {
    fn get(&self, _tree: usize, _key: &[u8]) -> Result<Option<Vec<u8>>, EngineError> {
        Self::absent()
    }

    fn scan(
        &self,
        _tree: usize,
        _range: &Range,
        _reverse: bool,
        _limit: usize,
    ) -> Result<Vec<Row>, EngineError> {
        Self::absent()
    }

    fn apply(&self, _batch: &Layer) -> Result<(), EngineError> {
        Self::absent()
    }

    fn checkpoint(&self) -> Result<(), EngineError> {
        Self::absent()
    }

    fn in_memory(&self) -> bool {
        true
    }
}

/// Where images are kept: opens, builds and seals them.
pub(crate) trait Images: Send + Sync {
    /// Whether any image is there.
    fn exists(&self) -> bool;
    /// Compares the files with how they were sealed; an error says what differs.
    fn verify(&self, seal: &[SealedFile]) -> Result<(), String>;
    /// Opens a verified image.
    fn open(&self, trees: &TreeTable) -> Result<Box<dyn Image>, String>;
    /// Begins an empty image, moving a damaged one aside or dropping a merely outdated one.
    fn begin(&self, trees: &TreeTable, keep_former: bool) -> Result<Box<dyn Image>, EngineError>;
    /// Removes a damaged image that was kept aside.
    fn forget_damaged(&self) -> Result<(), EngineError>;
    /// After the image was dropped: makes its files durable and describes them. `None` if there is nothing to seal.
    fn seal(&self) -> Result<Option<Vec<SealedFile>>, EngineError>;
}

/// One file of a sealed image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SealedFile {
    /// Path inside the image.
    pub(crate) name: String,
    /// Length.
    pub(crate) bytes: u64,
    /// CRC-32C of each 4 MiB.
    pub(crate) checksums: Vec<u32>,
}

/// Bytes of rows handed to a new image at once.
const FILL_BYTES: usize = 1 << 20;

/// Copies the truth into an empty image.
pub(crate) fn fill(image: &dyn Image, truth: Truth) -> Result<(), EngineError> {
    let sequence = truth.sequence;
    let mut rows = Layer::default();
    truth.for_each(&mut |tree, key: &[u8], value: &[u8]| {
        rows.put(tree, key.to_vec(), Entry { sequence, value: Some(Arc::from(value)) });
        if rows.bytes() < FILL_BYTES {
            return Ok(());
        }
        image.apply(&std::mem::take(&mut rows))
    })?;
    image.apply(&rows)
}
