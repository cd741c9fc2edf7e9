//! New sealing keys: a node announces one under the signing key that it had from the beginning, with a number that only rises. So
//! others follow it, and nobody else, the hub included, can put a key in its place or bring an old one back. What was sealed to a
//! former key can be read for as long as letters may be on their way; then that key is destroyed, and whoever gets hold of the
//! machine later reads nothing older. Must never hold a private key.

use maillage_proto::federation::v1 as proto;

use crate::{
    directory::{Directory, DirectoryError, Entry},
    ids::{Id, NodeKind},
    name::FederationName,
    sealed::SealingPublicKey,
    signing::{Purpose, SignatureError, Signer, VerifyKey},
};

/// How often a node changes its sealing key.
pub const ROTATE_AFTER_MS: i64 = 90 * 24 * 3_600_000;
/// For how long a former key still opens, from when its successor was announced: a letter of a member that was away meanwhile
/// can be as old as that.
pub const OVERLAP_MS: i64 = 90 * 24 * 3_600_000;

/// What makes a sealing key one that its node has announced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotation {
    /// 0 is the key of the enrolment; each later one has a higher number.
    pub number: u32,
    /// Signature of the node (64 bytes).
    pub signature: Vec<u8>,
}

/// A sealing key as its node announces it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announced {
    /// The key.
    pub key: SealingPublicKey,
    /// Its number, and the proof.
    pub rotation: Rotation,
}

/// What a node does about its sealing key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Nothing.
    Nothing,
    /// It makes a key with this number.
    Make(u32),
    /// It announces the newest key that it has.
    Announce,
}

/// The keys of a node, as far as a rule asks for them.
#[derive(Debug, Clone, Copy)]
pub struct Mine {
    /// Number of the newest key it has.
    pub newest: u32,
    /// Whether it has the key that the directory names; a node that was restored may not.
    pub has_present: bool,
    /// Since when the present key is in force, milliseconds since 1970 UTC.
    pub since_ms: i64,
}

/// What a node does about its sealing key: `number` is that of the key that the directory names.
pub fn next(number: u32, mine: Mine, now_ms: i64) -> Next {
    let is_due = !mine.has_present || now_ms.saturating_sub(mine.since_ms) >= ROTATE_AFTER_MS;
    match number.checked_add(1) {
        _ if mine.newest > number => Next::Announce,
        Some(following) if is_due => Next::Make(following),
        Some(_) | None => Next::Nothing,
    }
}

/// Whether nothing sealed to a former key can be on its way any more, by when its successor was announced.
pub fn is_former_key_over(successor_since_ms: i64, now_ms: i64) -> bool {
    now_ms.saturating_sub(successor_since_ms) >= OVERLAP_MS
}

impl Announced {
    /// Announces a key.
    pub fn sign(
        (federation, node): (&FederationName, Id<NodeKind>),
        number: u32,
        key: SealingPublicKey,
        signer: &Signer,
    ) -> Self {
        let signature =
            signed((federation, node), number, &key, |fields| signer.sign(Purpose::SealingKey, fields));
        Self { key, rotation: Rotation { number, signature } }
    }

    /// Checks that the node itself has announced it.
    ///
    /// # Errors
    /// The signature does not hold, or is that of another node, number or key.
    pub fn verify(
        &self,
        about: (&FederationName, Id<NodeKind>),
        signing_key: &VerifyKey,
    ) -> Result<(), SignatureError> {
        let Rotation { number, signature } = &self.rotation;
        signed(about, *number, &self.key, |fields| signing_key.verify(Purpose::SealingKey, fields, signature))
    }
}

/// The signed fields of an announcement.
fn signed<T>(
    (federation, node): (&FederationName, Id<NodeKind>),
    number: u32,
    key: &SealingPublicKey,
    with: impl FnOnce(&[&[u8]]) -> T,
) -> T {
    with(&[federation.as_str().as_bytes(), &node.to_array(), &number.to_be_bytes(), key.as_bytes()])
}

impl Entry {
    /// The number of its sealing key.
    pub fn sealing_number(&self) -> u32 {
        self.rotation.as_ref().map_or(0, |rotation| rotation.number)
    }

    /// The same node with a key that it has announced.
    #[must_use]
    pub fn with(self, announced: Announced) -> Self {
        Self { sealing_key: announced.key, rotation: Some(announced.rotation), ..self }
    }

    /// This node as a newer directory has it. Of two keys that it has announced the later one counts: a hub that was restored
    /// may not have heard of it yet.
    fn followed_by(&self, newer: &Self, federation: &FederationName) -> Result<Entry, DirectoryError> {
        let exchanged = || DirectoryError::KeysExchanged(self.node);
        if newer.signing_key != self.signing_key {
            return Err(exchanged());
        }
        if newer.sealing_key == self.sealing_key && newer.rotation == self.rotation {
            return Ok(newer.clone());
        }
        if newer.sealing_number() < self.sealing_number() {
            let (sealing_key, rotation) = (self.sealing_key, self.rotation.clone());
            return Ok(Entry { sealing_key, rotation, ..newer.clone() });
        }
        let rotation = newer.rotation.clone().filter(|rotation| rotation.number > self.sealing_number());
        let announced = Announced { key: newer.sealing_key, rotation: rotation.ok_or_else(exchanged)? };
        announced.verify((federation, self.node), &self.signing_key).map_err(|_| exchanged())?;
        Ok(newer.clone())
    }
}

impl Directory {
    /// A newer directory as this node takes it: every node that was known keeps its signing key, and has its sealing key or one
    /// that it has announced itself since. A hub cannot quietly put its own key in a node's place.
    ///
    /// # Errors
    /// Names the node whose keys were exchanged.
    pub fn followed_by(&self, newer: Self, federation: &FederationName) -> Result<Self, DirectoryError> {
        let Self { head, nodes } = newer;
        let follow = |(node, entry): (Id<NodeKind>, Entry)| match self.nodes.get(&node) {
            Some(known) => Ok((node, known.followed_by(&entry, federation)?)),
            None => Ok((node, entry)),
        };
        Ok(Self { head, nodes: nodes.into_iter().map(follow).collect::<Result<_, DirectoryError>>()? })
    }
}

/// What the contract says of a rotation; number 0 is none.
pub(crate) fn read(number: u32, signature: Vec<u8>) -> Option<Rotation> {
    (number > 0).then_some(Rotation { number, signature })
}

/// The fields of the contract for a rotation.
pub(crate) fn written(rotation: Option<&Rotation>) -> (u32, Vec<u8>) {
    rotation.map_or((0, Vec::new()), |rotation| (rotation.number, rotation.signature.clone()))
}

impl TryFrom<proto::ChangeSealingKeyRequest> for Announced {
    type Error = DirectoryError;

    fn try_from(message: proto::ChangeSealingKeyRequest) -> Result<Self, DirectoryError> {
        let proto::ChangeSealingKeyRequest { incarnation: _, number, sealing_key, signature } = message;
        let rotation = read(number, signature).ok_or(DirectoryError::Entry)?;
        Ok(Self { key: SealingPublicKey::from_bytes(&sealing_key)?, rotation })
    }
}
