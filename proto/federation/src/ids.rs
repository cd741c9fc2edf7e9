//! Identifiers: UUID version 7, typed by what they name. Made from a given instant and given random
//! bytes; this module must never read a clock or a generator by itself.

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    marker::PhantomData,
    str::FromStr,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// An identifier of a `K`: 16 bytes, ordered by time of creation, written as a hyphenated UUID.
pub struct Id<K> {
    uuid: Uuid,
    kind: PhantomData<fn() -> K>,
}

/// What a node's identifier names.
#[derive(Debug)]
pub enum NodeKind {}
/// What a handover's identifier names.
#[derive(Debug)]
pub enum HandoverKind {}
/// What an envelope's identifier names.
#[derive(Debug)]
pub enum EnvelopeKind {}
/// What a trip's identifier names.
#[derive(Debug)]
pub enum TripKind {}

/// Why some text or bytes are not an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Not a UUID.
    #[error("an identifier is a UUID such as 01932f5e-7c3a-7000-8000-0123456789ab")]
    NotAUuid,
    /// Not 16 bytes long.
    #[error("an identifier has 16 bytes, this has {0}")]
    WrongLength(usize),
}

impl<K> Id<K> {
    /// A new identifier from an instant (milliseconds since 1970 UTC) and ten random bytes.
    pub fn new(unix_ms: u64, random: [u8; 10]) -> Self {
        Self::from_uuid(uuid::Builder::from_unix_timestamp_millis(unix_ms, &random).into_uuid())
    }

    /// The identifier in 16 bytes.
    ///
    /// # Errors
    /// Any other length is refused.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, IdError> {
        Uuid::from_slice(bytes).map(Self::from_uuid).map_err(|_| IdError::WrongLength(bytes.len()))
    }

    /// Its 16 bytes.
    pub fn to_bytes(self) -> Vec<u8> {
        self.uuid.as_bytes().to_vec()
    }

    /// Its 16 bytes, on the stack.
    pub fn to_array(self) -> [u8; 16] {
        *self.uuid.as_bytes()
    }

    /// When it was made, milliseconds since 1970 UTC: its first 48 bits.
    pub fn unix_ms(self) -> u64 {
        self.uuid.as_bytes().iter().take(6).fold(0, |ms, byte| ms << 8 | u64::from(*byte))
    }

    fn from_uuid(uuid: Uuid) -> Self {
        Self { uuid, kind: PhantomData }
    }
}

impl Id<NodeKind> {
    /// No node, but the word for "another node" in what is told to those who may not know which: see
    /// [`crate::handover::Record::as_told_to`]. Made from the instant 0, so that no node ever has it.
    pub fn another() -> Self {
        Self::new(0, [0; 10])
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for Id<K> {}

impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.uuid == other.uuid
    }
}

impl<K> Eq for Id<K> {}

impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.uuid.cmp(&other.uuid)
    }
}

impl<K> Hash for Id<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.uuid.hash(state);
    }
}

impl<K> fmt::Debug for Id<K> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl<K> fmt::Display for Id<K> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uuid.as_hyphenated().fmt(formatter)
    }
}

impl<K> FromStr for Id<K> {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        Uuid::parse_str(text.trim()).map(Self::from_uuid).map_err(|_| IdError::NotAUuid)
    }
}

impl<K> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.uuid.serialize(serializer)
    }
}

impl<'de, K> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Uuid::deserialize(deserializer).map(Self::from_uuid)
    }
}

#[cfg(test)]
mod tests {
    use super::{Id, IdError, NodeKind};

    #[test]
    fn identifiers_are_ordered_by_time_and_survive_their_text() {
        let earlier = Id::<NodeKind>::new(1_000, [0xff; 10]);
        let later = Id::<NodeKind>::new(1_001, [0; 10]);
        assert!(earlier < later);
        assert_eq!(earlier.to_string().parse(), Ok(earlier));
        assert_eq!(Id::from_bytes(&later.to_bytes()), Ok(later));
    }

    #[test]
    fn wrong_texts_and_lengths_are_refused() {
        assert_eq!("trip-12".parse::<Id<NodeKind>>(), Err(IdError::NotAUuid));
        assert_eq!(Id::<NodeKind>::from_bytes(&[0; 15]), Err(IdError::WrongLength(15)));
    }
}
