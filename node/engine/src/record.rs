//! Typed, versioned records: kind, version, named `MessagePack` map, CRC-32C. Must never guess at a version it does not
//! know.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::value::Value;

/// A record that a tree stores. Layout: kind (u16), version (u16), `MessagePack` map with field names, CRC-32C (u32)
/// of all that precedes; integers big endian.
pub trait Record: Serialize + DeserializeOwned {
    /// Number of this kind of record, never reused.
    const KIND: u16;
    /// Version written now.
    const VERSION: u16;

    /// Reads the payload of an older version. Refuses all of them unless overridden.
    fn upgrade(version: u16, payload: &[u8]) -> Result<Self, RecordError> {
        let _ = payload;
        Err(RecordError::Unreadable { kind: Self::KIND, version })
    }
}

/// Why a record cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// Written by a newer program.
    #[error(
        "record kind {kind} has version {version}, this program knows up to {known}: upgrade the program"
    )]
    TooNew {
        /// Kind.
        kind: u16,
        /// Version found.
        version: u16,
        /// Newest version known.
        known: u16,
    },
    /// An old version without an upgrade.
    #[error("record kind {kind} has version {version}, which this program can no longer read")]
    Unreadable {
        /// Kind.
        kind: u16,
        /// Version found.
        version: u16,
    },
    /// A record of another kind.
    #[error("record kind {found} found where kind {expected} is kept")]
    WrongKind {
        /// Kind expected.
        expected: u16,
        /// Kind found.
        found: u16,
    },
    /// Too short to be a record.
    #[error("record of {0} bytes is too short")]
    Truncated(usize),
    /// The checksum does not match.
    #[error("record kind {0} fails its checksum")]
    Checksum(u16),
    /// The payload is not what its version says.
    #[error("record kind {0} cannot be decoded")]
    Payload(u16),
    /// The record cannot be encoded.
    #[error("record kind {0} cannot be encoded")]
    Encode(u16),
    /// A key has the wrong shape.
    #[error("key is not {0}")]
    Key(&'static str),
}

const HEADER: usize = 4;
const CHECKSUM: usize = 4;

/// The stored bytes of a record, as documented on [`Record`].
pub fn encode_record<R: Record>(record: &R) -> Result<Vec<u8>, RecordError> {
    sealed(R::KIND, R::VERSION, record)
}

/// A record of whatever kind and version, by its field names: for what concerns every family alike (what is held about
/// somebody, what must go). Nothing is upgraded.
#[derive(Clone, PartialEq)]
pub struct Loose {
    /// Kind.
    pub kind: u16,
    /// Version.
    pub version: u16,
    /// Fields.
    pub payload: Value,
}

impl Loose {
    /// Reads stored bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, RecordError> {
        let (kind, version, payload) = opened(bytes)?;
        let payload = rmp_serde::from_slice(payload).map_err(|_| RecordError::Payload(kind))?;
        Ok(Self { kind, version, payload })
    }

    /// The stored bytes.
    pub fn encode(&self) -> Result<Vec<u8>, RecordError> {
        sealed(self.kind, self.version, &self.payload)
    }
}

/// Reads the payload of a version, for [`Record::upgrade`].
pub fn decode_payload<T: DeserializeOwned>(kind: u16, payload: &[u8]) -> Result<T, RecordError> {
    rmp_serde::from_slice(payload).map_err(|_| RecordError::Payload(kind))
}

/// Reads stored bytes back, upgrading older versions.
pub fn decode_record<R: Record>(bytes: &[u8]) -> Result<R, RecordError> {
    let (found, version, payload) = opened(bytes)?;
    if found != R::KIND {
        return Err(RecordError::WrongKind { expected: R::KIND, found });
    }
    match version.cmp(&R::VERSION) {
        std::cmp::Ordering::Greater => Err(RecordError::TooNew { kind: R::KIND, version, known: R::VERSION }),
        std::cmp::Ordering::Less => R::upgrade(version, payload),
        std::cmp::Ordering::Equal => rmp_serde::from_slice(payload).map_err(|_| RecordError::Payload(found)),
    }
}

/// Kind, version and payload of stored bytes that check.
fn opened(bytes: &[u8]) -> Result<(u16, u16, &[u8]), RecordError> {
    let short = || RecordError::Truncated(bytes.len());
    let (body, checksum) = bytes.split_last_chunk::<CHECKSUM>().ok_or_else(short)?;
    let (header, payload) = body.split_first_chunk::<HEADER>().ok_or_else(short)?;
    let [k0, k1, v0, v1] = *header;
    let (kind, version) = (u16::from_be_bytes([k0, k1]), u16::from_be_bytes([v0, v1]));
    if crc32c::crc32c(body) != u32::from_be_bytes(*checksum) {
        return Err(RecordError::Checksum(kind));
    }
    Ok((kind, version, payload))
}

fn sealed(kind: u16, version: u16, payload: &impl Serialize) -> Result<Vec<u8>, RecordError> {
    let mut bytes = Vec::with_capacity(256);
    bytes.extend_from_slice(&kind.to_be_bytes());
    bytes.extend_from_slice(&version.to_be_bytes());
    let mut serializer = rmp_serde::Serializer::new(&mut bytes).with_struct_map();
    payload.serialize(&mut serializer).map_err(|_| RecordError::Encode(kind))?;
    let checksum = crc32c::crc32c(&bytes);
    bytes.extend_from_slice(&checksum.to_be_bytes());
    Ok(bytes)
}
