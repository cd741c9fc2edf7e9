//! The signed, hash-chained directory of nodes. A node takes a newer one only when the hub's signature holds
//! and the chain leads from the version it knows to the new head: a hub cannot quietly rewrite the past.

mod sight;

use std::collections::BTreeMap;

use maillage_geography::{InseeCode, Siren};
use maillage_proto::federation::v1 as proto;
use prost::Message as _;

pub use self::sight::{Compared, HEADS_KEPT, Heads, Sight, fingerprint, heads_on_the_way};
use crate::{
    ids::{Id, IdError, NodeKind},
    limits,
    matching::Reach,
    name::FederationName,
    rotation::{self, Rotation},
    sealed::{SealError, SealingPublicKey},
    signing::{Purpose, SignatureError, Signer, VerifyKey},
};

/// One node as the others know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The node.
    pub node: Id<NodeKind>,
    /// Its reach: territory and communes served.
    pub reach: Reach,
    /// Key its envelopes are signed with.
    pub signing_key: VerifyKey,
    /// Key to seal to.
    pub sealing_key: SealingPublicKey,
    /// How it came to that key; none: at its enrolment.
    pub rotation: Option<Rotation>,
    /// Phone of its desk.
    pub phone: String,
    /// Opening hours of its desk.
    pub opening_hours: String,
    /// Whether the hub has revoked it.
    pub revoked: bool,
}

/// The nodes of a federation at one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directory {
    /// Version and hash this directory stands at.
    pub head: Head,
    /// The nodes by id.
    pub nodes: BTreeMap<Id<NodeKind>, Entry>,
}

/// A place in the directory's hash chain.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Head {
    /// Version, rising by one with every change; 0 before the first.
    pub version: u64,
    /// Hash of the chain up to it.
    pub hash: [u8; 32],
}

/// Why a directory is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DirectoryError {
    /// The hub's signature does not hold.
    #[error("the directory's signature does not hold")]
    Signature(#[from] SignatureError),
    /// Not readable.
    #[error("the directory is not readable")]
    Unreadable,
    /// An identifier is malformed.
    #[error("an identifier in the directory is malformed")]
    Id(#[from] IdError),
    /// A sealing key is malformed.
    #[error("a sealing key in the directory is malformed")]
    SealingKey(#[from] SealError),
    /// A code or list is out of range.
    #[error("an entry of the directory is malformed")]
    Entry,
    /// Of another federation.
    #[error("the directory belongs to another federation")]
    OtherFederation,
    /// Older than the one known.
    #[error("the directory is older than the one known: version {offered} after {known}")]
    Rollback {
        /// Version this node knows.
        known: u64,
        /// Version it was offered.
        offered: u64,
    },
    /// The chain does not lead from what is known to what is offered.
    #[error("the directory's history was changed: its hash chain does not continue the one known")]
    BrokenChain,
}

impl Head {
    /// The head after one more version.
    #[must_use]
    pub fn followed_by(self, entries_hash: &[u8; 32]) -> Self {
        let version = self.version + 1;
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.hash).update(&version.to_be_bytes()).update(entries_hash);
        Self { version, hash: *hasher.finalize().as_bytes() }
    }
}

/// Serialises entries in the order of their ids; also gives their hash for the chain.
pub fn encode_entries(nodes: &BTreeMap<Id<NodeKind>, Entry>) -> (Vec<u8>, [u8; 32]) {
    let entries = proto::DirectoryEntries { nodes: nodes.values().map(Into::into).collect() }.encode_to_vec();
    let hash = *blake3::hash(&entries).as_bytes();
    (entries, hash)
}

/// Signs a directory. `links` lead from the version the reader knows to `head`, oldest first.
pub fn sign(
    federation: &FederationName,
    head: Head,
    entries: Vec<u8>,
    links: Vec<(u64, [u8; 32])>,
    signer: &Signer,
) -> proto::SignedDirectory {
    let directory = proto::Directory {
        federation: federation.to_string(),
        version: head.version,
        head: head.hash.to_vec(),
        entries,
    }
    .encode_to_vec();
    let signature = signer.sign(Purpose::Directory, &[&directory]);
    linked(proto::SignedDirectory { directory, signature, links: Vec::new() }, links)
}

/// A signed directory with the links for a node that knows an older version. They are not signed: they prove themselves.
pub fn linked(mut signed: proto::SignedDirectory, links: Vec<(u64, [u8; 32])>) -> proto::SignedDirectory {
    let link =
        |(version, hash): (u64, [u8; 32])| proto::DirectoryLink { version, entries_hash: hash.to_vec() };
    signed.links = links.into_iter().map(link).collect();
    signed
}

/// Checks a directory against the hub's key and the head this node knows.
///
/// # Errors
/// The exact reason; the known directory stays in force then.
pub fn verify(
    message: &proto::SignedDirectory,
    federation: &FederationName,
    known: Head,
    key: &VerifyKey,
) -> Result<Directory, DirectoryError> {
    key.verify(Purpose::Directory, &[&message.directory], &message.signature)?;
    let directory =
        proto::Directory::decode(message.directory.as_slice()).map_err(|_| DirectoryError::Unreadable)?;
    if directory.federation != federation.as_str() {
        return Err(DirectoryError::OtherFederation);
    }
    let hash = directory.head.as_slice().try_into().map_err(|_| DirectoryError::Unreadable)?;
    let head = Head { version: directory.version, hash };
    if head.version < known.version {
        return Err(DirectoryError::Rollback { known: known.version, offered: head.version });
    }
    check_chain(message, known, head, &directory.entries)?;
    let entries = proto::DirectoryEntries::decode(directory.entries.as_slice())
        .map_err(|_| DirectoryError::Unreadable)?;
    let mut nodes = BTreeMap::new();
    for entry in entries.nodes {
        let entry = Entry::try_from(entry)?;
        nodes.insert(entry.node, entry);
    }
    Ok(Directory { head, nodes })
}

fn check_chain(
    message: &proto::SignedDirectory,
    known: Head,
    head: Head,
    entries: &[u8],
) -> Result<(), DirectoryError> {
    let mut reached = known;
    let mut last_hash = None;
    for link in &message.links {
        let hash = link.entries_hash.as_slice().try_into().map_err(|_| DirectoryError::BrokenChain)?;
        reached = reached.followed_by(&hash);
        if reached.version != link.version {
            return Err(DirectoryError::BrokenChain);
        }
        last_hash = Some(hash);
    }
    let entries_hash = *blake3::hash(entries).as_bytes();
    let entries_fit = last_hash.is_none_or(|hash: [u8; 32]| hash == entries_hash);
    if reached == head && entries_fit { Ok(()) } else { Err(DirectoryError::BrokenChain) }
}

impl TryFrom<proto::DirectoryEntry> for Entry {
    type Error = DirectoryError;

    fn try_from(message: proto::DirectoryEntry) -> Result<Self, DirectoryError> {
        let proto::DirectoryEntry {
            node_id,
            territory,
            signing_key,
            sealing_key,
            profile,
            revoked,
            sealing_key_number,
            sealing_key_signature,
        } = message;
        let proto::DeskProfile { communes_served, phone, opening_hours } = profile.unwrap_or_default();
        Ok(Self {
            node: Id::from_bytes(&node_id)?,
            reach: reach(&territory, &communes_served)?,
            signing_key: VerifyKey::from_bytes(&signing_key)?,
            sealing_key: SealingPublicKey::from_bytes(&sealing_key)?,
            rotation: rotation::read(sealing_key_number, sealing_key_signature),
            phone: desk_text(phone)?,
            opening_hours: desk_text(opening_hours)?,
            revoked,
        })
    }
}

impl From<&Entry> for proto::DirectoryEntry {
    fn from(entry: &Entry) -> Self {
        let (sealing_key_number, sealing_key_signature) = rotation::written(entry.rotation.as_ref());
        Self {
            node_id: entry.node.to_bytes(),
            territory: entry.reach.territory.to_string(),
            signing_key: entry.signing_key.as_bytes().to_vec(),
            sealing_key: entry.sealing_key.as_bytes().to_vec(),
            profile: Some(proto::DeskProfile {
                communes_served: entry.reach.communes.iter().map(InseeCode::to_string).collect(),
                phone: entry.phone.clone(),
                opening_hours: entry.opening_hours.clone(),
            }),
            revoked: entry.revoked,
            sealing_key_number,
            sealing_key_signature,
        }
    }
}

/// Reads territory and communes served.
///
/// # Errors
/// Malformed codes and too long lists.
pub fn reach(territory: &str, communes: &[String]) -> Result<Reach, DirectoryError> {
    if communes.len() > limits::COMMUNES_SERVED {
        return Err(DirectoryError::Entry);
    }
    let territory: Siren = territory.parse().map_err(|_| DirectoryError::Entry)?;
    let communes = communes
        .iter()
        .map(|code| code.parse::<InseeCode>().map_err(|_| DirectoryError::Entry))
        .collect::<Result<_, _>>()?;
    Ok(Reach { territory, communes })
}

fn desk_text(text: String) -> Result<String, DirectoryError> {
    if text.chars().count() > limits::TEXT_CHARS { Err(DirectoryError::Entry) } else { Ok(text) }
}
