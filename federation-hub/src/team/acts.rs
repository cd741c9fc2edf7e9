//! What somebody signed in may do beyond looking, by the same use cases as the commands. Whoever's role does not allow it is refused here, whatever
//! a page has shown.

use std::sync::Arc;

use maillage_platform::refusal::Refusal;
use maillage_proto::hub::v1 as proto;

use super::colleague::{Act, Colleague, Deed, DeedKind};
use crate::{
    admin::AdminService,
    hub::{Hub, to_the_end},
    quarantine,
    refusals::{self, store_failed},
    store::Withdrawn,
};

/// A decision about what counts: about whose report or accounts, of when, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// The node.
    pub(crate) node: String,
    /// The period of a report, or the year of accounts.
    pub(crate) when: String,
    /// Why.
    pub(crate) reason: String,
    /// Whether it is to count again.
    pub(crate) lift: bool,
}

/// Invites a territory.
///
/// # Errors
/// The role; what the command refuses.
pub(crate) async fn invite(
    hub: &Arc<Hub>,
    by: &Colleague,
    (territory, valid_hours): (String, u32),
) -> Result<proto::InviteReply, Refusal> {
    check(by, Act::Invite)?;
    let request = proto::InviteRequest { territory, valid_hours, by: String::new() };
    AdminService::new(Arc::clone(hub)).make_invitation(request, by.signature()).await
}

/// Takes an invitation back, known by the hash of its secret.
///
/// # Errors
/// The role; there is none, or a node has used it; the store.
pub(crate) async fn withdraw(
    hub: &Arc<Hub>,
    by: &Colleague,
    secret_hash: Option<[u8; 32]>,
) -> Result<(), Refusal> {
    check(by, Act::Invite)?;
    let secret_hash = secret_hash.ok_or(refusals::INVITATION_UNKNOWN)?;
    let what = DeedKind::InvitationWithdrawn;
    let deed = Deed { at_ms: hub.now_ms(), by: by.signature(), what, about: String::new() };
    match hub.store().withdraw_invitation(secret_hash, deed).await.map_err(|error| store_failed(&error))? {
        Withdrawn::Done => Ok(()),
        Withdrawn::Unknown => Err(refusals::INVITATION_UNKNOWN.into()),
        Withdrawn::Used => Err(refusals::INVITATION_USED.into()),
    }
}

/// Decides whether a report counts, in one's own name.
///
/// # Errors
/// The role; what the command refuses.
pub(crate) async fn decide(hub: &Arc<Hub>, by: &Colleague, verdict: Verdict) -> Result<(), Refusal> {
    check(by, Act::Decide)?;
    let Verdict { node, when, reason, lift } = verdict;
    let public = by.full_name.clone();
    let request = proto::QuarantineReportRequest { node, period: when, by: public, reason, lift };
    let (hub, by) = (Arc::clone(hub), by.signature());
    let decided =
        to_the_end(async move { quarantine::decide(hub.store(), &request, by, hub.now_ms()).await });
    decided.await.map(drop)
}

/// Decides whether what a node has declared about a year counts, in one's own name.
///
/// # Errors
/// The role; what the command refuses.
pub(crate) async fn decide_accounts(hub: &Arc<Hub>, by: &Colleague, verdict: Verdict) -> Result<(), Refusal> {
    check(by, Act::Decide)?;
    let Verdict { node, when, reason, lift } = verdict;
    let unknown = || Refusal::from(refusals::ACCOUNTS_UNKNOWN).with("year", &when);
    let year = when.parse().map_err(|_| unknown())?;
    let request = proto::QuarantineAccountsRequest { node, year, by: by.full_name.clone(), reason, lift };
    let (hub, by) = (Arc::clone(hub), by.signature());
    let decided =
        to_the_end(async move { quarantine::decide_accounts(hub.store(), &request, by, hub.now_ms()).await });
    decided.await.map(drop)
}

fn check(by: &Colleague, act: Act) -> Result<(), Refusal> {
    if by.role.allows(act) { Ok(()) } else { Err(refusals::TEAM_FORBIDDEN.into()) }
}
