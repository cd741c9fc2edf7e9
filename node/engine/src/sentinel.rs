//! The sentinel: what a store remembers outside its journal and image, in two copies. It says which segment must exist, and,
//! after a clean stop only, what every file of the image looked like. Must never vouch for an image that is open.

use serde::{Deserialize, Serialize};

use crate::disk::{Disk, read_all, replace};
use crate::error::EngineError;
use crate::image::SealedFile;
use crate::journal::{FORMAT, Identity};

const COPIES: [&str; 2] = ["sentinel", "sentinel.copy"];
const MAGIC: [u8; 8] = *b"MaillST\x01";

/// What is remembered.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Sentinel {
    pub(crate) format: u32,
    /// Grows with each writing; the copy with the greater one counts.
    pub(crate) generation: u64,
    pub(crate) store: [u8; 16],
    pub(crate) schema_version: u32,
    /// First sequence of the segment that was active.
    pub(crate) active_segment: u64,
    /// A sequence that was durable.
    pub(crate) sequence: u64,
    /// Present after a clean stop.
    pub(crate) seal: Option<Seal>,
}

/// What a clean stop left.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Seal {
    /// Where the journal ends in its active segment, in bytes.
    pub(crate) tail: u64,
    /// The image's files; none if no image is to be trusted.
    pub(crate) image: Option<Vec<SealedFile>>,
}

/// What was found of the sentinel.
pub(crate) enum Found {
    Nothing,
    /// Both copies are damaged.
    Damaged,
    Whole(Box<Sentinel>),
}

impl Sentinel {
    /// The sentinel of a store that has nothing yet.
    pub(crate) fn new(identity: &Identity) -> Self {
        let (store, schema_version) = (identity.store, identity.schema_version);
        Self {
            format: FORMAT,
            generation: 0,
            store,
            schema_version,
            active_segment: 1,
            sequence: 0,
            seal: None,
        }
    }

    /// Reads the newer good copy.
    pub(crate) fn read(disk: &dyn Disk) -> Result<Found, EngineError> {
        let names = disk.list().map_err(|error| EngineError::io("list", "the store directory", &error))?;
        let mut found = Found::Nothing;
        for name in COPIES.iter().filter(|name| names.iter().any(|listed| listed == *name)) {
            let bytes = disk
                .open(name)
                .and_then(|file| read_all(&*file))
                .map_err(|error| EngineError::io("read", name, &error))?;
            found = match (found, decode(&bytes)) {
                (Found::Whole(best), Some(copy)) if best.generation >= copy.generation => Found::Whole(best),
                (Found::Whole(best), None) => Found::Whole(best),
                (_, Some(copy)) => Found::Whole(Box::new(copy)),
                (_, None) => Found::Damaged,
            };
        }
        Ok(found)
    }

    /// Writes both copies, one after the other.
    pub(crate) fn write(&mut self, disk: &dyn Disk) -> Result<(), EngineError> {
        self.format = FORMAT;
        self.generation += 1;
        let bytes = encode(self)?;
        for name in COPIES {
            replace(disk, name, &bytes).map_err(|error| EngineError::io("write", name, &error))?;
        }
        Ok(())
    }
}

fn encode(sentinel: &Sentinel) -> Result<Vec<u8>, EngineError> {
    let mut bytes = MAGIC.to_vec();
    let body = rmp_serde::to_vec_named(sentinel)
        .map_err(|error| EngineError::io("encode", "sentinel", &std::io::Error::other(error)))?;
    bytes.extend_from_slice(&body);
    bytes.extend_from_slice(&crc32c::crc32c(&bytes).to_le_bytes());
    Ok(bytes)
}

fn decode(bytes: &[u8]) -> Option<Sentinel> {
    let (body, checksum) = bytes.split_last_chunk::<4>()?;
    if crc32c::crc32c(body) != u32::from_le_bytes(*checksum) {
        return None;
    }
    rmp_serde::from_slice(body.strip_prefix(&MAGIC)?).ok()
}
