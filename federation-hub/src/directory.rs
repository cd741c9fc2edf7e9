//! The directory as nodes get it: the entries of the newest version, the chain of hashes since the version a node
//! knows, the hub's signature. It must never sign entries that do not fit their version.

use std::collections::BTreeMap;

use maillage_federation::directory::{encode_entries, sign};
use maillage_proto::federation::v1 as proto;

use crate::{hub::Hub, store::StoreError};

/// The signed directory for a node that knows a version.
pub(crate) async fn signed(hub: &Hub, known_version: u64) -> Result<proto::SignedDirectory, StoreError> {
    let members = hub.roll.current();
    let entries: BTreeMap<_, _> =
        members.nodes.iter().map(|(node, member)| (*node, member.entry.clone())).collect();
    let (bytes, _) = encode_entries(&entries);
    let mut links = hub.store().links_after(known_version).await?;
    // A version written since is not in these entries.
    links.retain(|(version, _)| *version <= members.head.version);
    Ok(sign(&hub.parts.federation, members.head, bytes, links, &hub.parts.signer))
}
