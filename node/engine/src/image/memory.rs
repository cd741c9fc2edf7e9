//! An image in memory, for the double, and for a store whose disk is in trouble. Must behave as the sled image does.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::{Image, Images, SealedFile};
use crate::error::EngineError;
use crate::overlay::{Layer, Range, by_ref};
use crate::trees::TreeTable;
use crate::view::Row;

/// Rows by tree index and key.
#[derive(Default)]
pub(crate) struct MemoryImage {
    trees: RwLock<Vec<Rows>>,
}

type Rows = BTreeMap<Vec<u8>, Arc<[u8]>>;

impl MemoryImage {
    pub(crate) fn new(trees: &TreeTable) -> Self {
        Self { trees: RwLock::new(vec![BTreeMap::new(); trees.len()]) }
    }
}

impl Image for MemoryImage {
    fn get(&self, tree: usize, key: &[u8]) -> Result<Option<Vec<u8>>, EngineError> {
        let trees = self.trees.read().unwrap_or_else(PoisonError::into_inner);
        Ok(trees.get(tree).and_then(|rows| rows.get(key)).map(|value| value.to_vec()))
    }

    fn scan(&self, tree: usize, range: &Range, reverse: bool, limit: usize) -> Result<Vec<Row>, EngineError> {
        let trees = self.trees.read().unwrap_or_else(PoisonError::into_inner);
        let Some(rows) = trees.get(tree).filter(|_| !range.is_empty()) else { return Ok(Vec::new()) };
        let rows = rows.range::<[u8], _>((by_ref(&range.from), by_ref(&range.to)));
        let copy = |(key, value): (&Vec<u8>, &Arc<[u8]>)| (key.clone(), value.to_vec());
        Ok(if reverse {
            rows.rev().take(limit).map(copy).collect()
        } else {
            rows.take(limit).map(copy).collect()
        })
    }

    fn apply(&self, batch: &Layer) -> Result<(), EngineError> {
        let mut trees = self.trees.write().unwrap_or_else(PoisonError::into_inner);
        for (tree, key, entry) in batch.rows() {
            let Some(rows) = trees.get_mut(tree) else { continue };
            match &entry.value {
                Some(value) => rows.insert(key.clone(), Arc::clone(value)),
                None => rows.remove(key),
            };
        }
        Ok(())
    }

    fn checkpoint(&self) -> Result<(), EngineError> {
        Ok(())
    }

    fn in_memory(&self) -> bool {
        true
    }
}

/// Memory images are begun empty each time: nothing of them survives.
pub(crate) struct MemoryImages;

impl Images for MemoryImages {
    fn exists(&self) -> bool {
        false
    }

    fn verify(&self, _seal: &[SealedFile]) -> Result<(), String> {
        Err("an image in memory does not survive".to_owned())
    }

    fn open(&self, _trees: &TreeTable) -> Result<Box<dyn Image>, String> {
        Err("an image in memory does not survive".to_owned())
    }

    fn begin(&self, trees: &TreeTable, _keep_former: bool) -> Result<Box<dyn Image>, EngineError> {
        Ok(Box::new(MemoryImage::new(trees)))
    }

    fn forget_damaged(&self) -> Result<(), EngineError> {
        Ok(())
    }

    fn seal(&self) -> Result<Option<Vec<SealedFile>>, EngineError> {
        Ok(None)
    }
}
