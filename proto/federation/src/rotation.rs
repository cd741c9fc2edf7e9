//! New sealing keys: a node announces one under the signing key that it had from the beginning, with a number that only rises. So
//! others follow it, and nobody else, the hub included, can put a key in its place or bring an old one back. What was sealed to a
//! former key can be read for as long as letters may be on their way; then that key is destroyed, and whoever gets hold of the
//! machine later reads nothing older. Must never hold a private key.

use std::collections::BTreeMap;

use maillage_proto::federation::v1 as proto;

use crate::{
    directory::{Directory, DirectoryError, Entry},
    ids::{Id, NodeKind},
    name::FederationName,
    sealed::SealingPublicKey,
    signing::{Purpose, SignatureError, Signer, VerifyKey},
};

const DAY_MS: i64 = 24 * 3_600_000;
/// How often a node changes its sealing key.
pub const ROTATE_AFTER_MS: i64 = 90 * DAY_MS;
/// How often a node that stays attached looks at the directory, so that it seals to the keys that the others have now.
pub const LOOK_AT_DIRECTORY_MS: i64 = DAY_MS;
/// For how long a former key still opens, from when the directory names its successor: a letter of a member that was away meanwhile
/// can be as old as that.
pub const OVERLAP_MS: i64 = 120 * DAY_MS;
/// How long a node has to be attached before it destroys a key: what waited for it has come by then. No longer, for some machines
/// are turned off every evening.
pub const QUIET_AFTER_MS: i64 = 3_600_000;
/// 1 January 2026: a number counts the seconds since then, so that a node that was restored never gives one again.
const NUMBERS_SINCE_S: i64 = 1_767_225_600;

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
    /// Number of the key that the hub names; a hub that was restored may name a former one.
    pub said: u32,
    /// Number of the last key that the others may know.
    pub known: u32,
    /// Number of the newest key it has.
    pub newest: u32,
    /// Whether it has the last key that the others may know; a node that was restored may not.
    pub has_known: bool,
    /// Since when the hub names its key, milliseconds since 1970 UTC.
    pub since_ms: i64,
}

/// What a node does about its sealing key.
pub fn next(mine: Mine, now_ms: i64) -> Next {
    let Mine { said, known, newest, has_known, since_ms } = mine;
    let is_lost = !has_known && newest <= known;
    if newest > said && !is_lost {
        return Next::Announce;
    }
    let is_due = now_ms.saturating_sub(since_ms) >= ROTATE_AFTER_MS;
    let by_time = u32::try_from(now_ms.div_euclid(1_000) - NUMBERS_SINCE_S).unwrap_or(0);
    match known.max(said).max(newest).checked_add(1) {
        Some(following) if is_lost || is_due => Next::Make(following.max(by_time)),
        Some(_) | None => Next::Nothing,
    }
}

/// Whether former keys are destroyed: nothing sealed to them can be on its way any more, by when the hub has named their successor,
/// and what waited for this node has come, by since when it is attached (`None`: it is not).
pub fn may_destroy_former(successor_since_ms: i64, attached_since_ms: Option<i64>, now_ms: i64) -> bool {
    let is_over = now_ms.saturating_sub(successor_since_ms) >= OVERLAP_MS;
    is_over && attached_since_ms.is_some_and(|since_ms| now_ms.saturating_sub(since_ms) >= QUIET_AFTER_MS)
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

    /// This node as a newer directory has it, and whether that is all as it should be. Of two keys that it has announced the later
    /// one counts: a hub that was restored may not have heard of it yet. Where keys were exchanged the known ones stay.
    fn followed_by(&self, newer: &Self, federation: &FederationName) -> (Entry, bool) {
        let (signing_key, sealing_key) = (self.signing_key, self.sealing_key);
        let known_keys =
            || Entry { signing_key, sealing_key, rotation: self.rotation.clone(), ..newer.clone() };
        if newer.signing_key != signing_key {
            return (known_keys(), false);
        }
        if newer.sealing_key == sealing_key && newer.rotation == self.rotation {
            return (newer.clone(), true);
        }
        if newer.sealing_number() < self.sealing_number() {
            return (known_keys(), true);
        }
        if newer.sealing_number() > self.sealing_number() && newer.has_announced(federation) {
            return (newer.clone(), true);
        }
        (known_keys(), false)
    }

    /// Whether the node has announced its sealing key, if it is not the one of its enrolment.
    fn has_announced(&self, federation: &FederationName) -> bool {
        self.rotation.as_ref().is_none_or(|rotation| {
            let announced = Announced { key: self.sealing_key, rotation: rotation.clone() };
            announced.verify((federation, self.node), &self.signing_key).is_ok()
        })
    }
}

/// A newer directory as a node takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Followed {
    /// It, with the keys that count.
    pub directory: Directory,
    /// Nodes whose keys were exchanged: those that were known count. Somebody calls their desks.
    pub exchanged: Vec<Id<NodeKind>>,
}

impl Directory {
    /// A newer directory as this node takes it. Every node that was known keeps its signing key, and has its sealing key or one
    /// that it has announced itself since: a hub cannot quietly put its own key in a node's place. Who is not named any more is
    /// not forgotten, but revoked: who is forgotten could be named again with other keys.
    #[must_use]
    pub fn followed_by(&self, newer: Self, federation: &FederationName) -> Followed {
        let Self { head, nodes } = newer;
        let mut followed = BTreeMap::new();
        let mut exchanged = Vec::new();
        for (node, entry) in nodes {
            let (entry, as_it_should_be) = match self.nodes.get(&node) {
                Some(known) => known.followed_by(&entry, federation),
                None if entry.has_announced(federation) => (entry, true),
                None => {
                    exchanged.push(node);
                    continue;
                }
            };
            if !as_it_should_be {
                exchanged.push(node);
            }
            followed.insert(node, entry);
        }
        for (node, known) in &self.nodes {
            followed.entry(*node).or_insert_with(|| Entry { revoked: true, ..known.clone() });
        }
        Followed { directory: Self { head, nodes: followed }, exchanged }
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
