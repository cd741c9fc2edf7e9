//! The directory as nodes get it: the entries of the newest version, the chain of hashes since the version a node
//! knows, the hub's signature. It must never sign entries that do not fit their version.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use maillage_federation::directory::{Head, encode_entries, linked, sign};
use maillage_proto::federation::v1 as proto;

use crate::{hub::Hub, store::StoreError};

/// The newest directory that was signed, without links: when all nodes come back at once, it is signed once.
#[derive(Default)]
pub(crate) struct SignedOnce(Mutex<Option<(Head, proto::SignedDirectory)>>);

/// The signed directory for a node that knows a version; nothing if that is the newest.
pub(crate) async fn signed(
    hub: &Hub,
    known_version: u64,
    known_head: &[u8],
) -> Result<proto::SignedDirectory, StoreError> {
    let head = hub.roll.current().head;
    if head.version == known_version && head.hash == known_head {
        return Ok(proto::SignedDirectory::default());
    }
    let (head, directory) = newest(hub);
    let mut links = hub.store().links_after(known_version).await?;
    // A version written since is not in these entries.
    links.retain(|(version, _)| *version <= head.version);
    Ok(linked(directory, links))
}

fn newest(hub: &Hub) -> (Head, proto::SignedDirectory) {
    let members = hub.roll.current();
    let mut once = hub.directory.0.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((head, directory)) = once.as_ref().filter(|(head, _)| *head == members.head) {
        return (*head, directory.clone());
    }
    let entries: BTreeMap<_, _> =
        members.nodes.iter().map(|(node, member)| (*node, member.entry.clone())).collect();
    let (bytes, _) = encode_entries(&entries);
    let directory = sign(&hub.parts.federation, members.head, bytes, Vec::new(), &hub.parts.signer);
    *once = Some((members.head, directory.clone()));
    (members.head, directory)
}
