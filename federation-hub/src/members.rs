//! Who is a member, in memory: what every handshake, every envelope and every offer is checked against. It follows
//! the store and must never be ahead of it.

use std::sync::{Arc, PoisonError, RwLock};

use maillage_federation::{
    ids::{Id, NodeKind},
    name::FederationName,
};
use maillage_platform::tls::{PeerIdentity, PeerRole, Revocation};

use crate::{
    refusals::{self, Reason},
    store::{Member, Members, Repository, StoreError},
};

/// The members at the newest version this process knows.
#[derive(Debug)]
pub struct Roll {
    federation: FederationName,
    current: RwLock<Arc<Members>>,
}

impl Roll {
    /// The roll of a federation, as the store has it.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn read(federation: FederationName, store: &dyn Repository) -> Result<Self, StoreError> {
        let members = store.members().await?;
        Ok(Self { federation, current: RwLock::new(Arc::new(members)) })
    }

    /// Follows the store after a change.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn refresh(&self, store: &dyn Repository) -> Result<(), StoreError> {
        let members = store.members().await?;
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if members.head.version >= current.head.version {
            *current = Arc::new(members);
        }
        Ok(())
    }

    /// The members now.
    pub fn current(&self) -> Arc<Members> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The member behind a certificate.
    ///
    /// # Errors
    /// Why the peer is none.
    pub fn identify(&self, peer: &PeerIdentity) -> Result<Member, Reason> {
        if peer.federation != self.federation.as_str() || peer.role != PeerRole::Node {
            return Err(refusals::OTHER_FEDERATION);
        }
        let node: Id<NodeKind> = peer.id.parse().map_err(|_| refusals::NODE_UNKNOWN)?;
        let member = self.current().nodes.get(&node).cloned().ok_or(refusals::NODE_UNKNOWN)?;
        if member.entry.revoked { Err(refusals::NODE_REVOKED) } else { Ok(member) }
    }
}

impl Revocation for Roll {
    fn is_revoked(&self, identity: &PeerIdentity) -> bool {
        self.identify(identity).is_err()
    }
}
