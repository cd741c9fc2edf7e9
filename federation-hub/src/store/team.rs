//! What a store remembers of the team: accounts, invitations, and what was done by whom. A deed is never changed or forgotten.

use async_trait::async_trait;
use maillage_federation::ids::{Id, NodeKind};
use maillage_geography::Siren;

use super::StoreError;
use crate::{
    refusals::Reason,
    team::colleague::{Colleague, ColleagueName, Deed},
};

/// A pure function from an account as it is to how it is to be.
pub type ColleagueRule = Box<dyn FnOnce(Option<Colleague>) -> Result<Colleague, Reason> + Send>;

/// An invitation of a territory. The secret itself is not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// BLAKE3 of the secret.
    pub secret_hash: [u8; 32],
    /// The invited territory.
    pub territory: Siren,
    /// Not accepted from then on, milliseconds since 1970 UTC.
    pub expires_at_ms: i64,
}

/// An invitation of a territory that was made, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invited {
    /// BLAKE3 of its secret: what it is known by.
    pub secret_hash: [u8; 32],
    /// The invited territory.
    pub territory: Siren,
    /// Not accepted from then on, milliseconds since 1970 UTC.
    pub expires_at_ms: i64,
    /// Who has used it.
    pub used_by: Option<Id<NodeKind>>,
    /// Whether it was taken back.
    pub withdrawn: bool,
}

/// What became of taking an invitation back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Withdrawn {
    /// Nobody can use it any more.
    Done,
    /// There is no such invitation.
    Unknown,
    /// A node has used it.
    Used,
}

/// The part of the repository that is about the team.
#[async_trait]
pub trait TeamBook: Send + Sync {
    /// An account.
    async fn colleague(&self, name: &ColleagueName) -> Result<Option<Colleague>, StoreError>;
    /// Every account, by name.
    async fn colleagues(&self) -> Result<Vec<Colleague>, StoreError>;
    /// Changes an account by a rule, and notes the deed down with it.
    async fn change_colleague(
        &self,
        name: ColleagueName,
        rule: ColleagueRule,
        deed: Deed,
    ) -> Result<Result<Colleague, Reason>, StoreError>;
    /// Notes down a deed that changes nothing else.
    async fn note(&self, deed: Deed) -> Result<(), StoreError>;
    /// Deeds before one of them, newest first, each with its number; at most `limit`.
    async fn deeds(&self, before: Option<u64>, limit: usize) -> Result<Vec<(u64, Deed)>, StoreError>;
    /// Invitations, at most `limit`.
    async fn invitations(&self, limit: usize) -> Result<Vec<Invited>, StoreError>;
    /// Takes an invitation back, and notes that down as about its territory; again is as good as once.
    async fn withdraw_invitation(&self, secret_hash: [u8; 32], deed: Deed) -> Result<Withdrawn, StoreError>;
}
