//! What the national team's own programs ask the hub: invitations, members, threads. Local, with a token.
//! It must never give out a secret twice, or anything of an envelope.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use maillage_federation::{
    enrolment::Ticket,
    envelope::Envelope,
    ids::{Id, NodeKind},
};
use maillage_geography::Siren;
use maillage_platform::{random, refusal::Refusal};
use maillage_proto::hub::v1::{self as proto, admin_server};
use tonic::{Request, Response, Status};

use crate::{
    accounts::AccountsService,
    hub::{Hub, to_the_end},
    limits, quarantine,
    refusals::{self, store_failed},
    relay::{End, release_from},
    statistics,
    store::{Invitation, Member, StoreError},
    team::{
        self,
        colleague::{Colleague, Deed, DeedKind, Doer},
    },
    territory,
};

/// The local services of a hub.
#[derive(Debug, Clone)]
pub struct AdminService {
    hub: Arc<Hub>,
}

impl AdminService {
    /// The local services of this hub.
    pub fn new(hub: Arc<Hub>) -> Self {
        Self { hub }
    }

    async fn view(&self, member: &Member) -> Result<proto::HubNode, StoreError> {
        let Member { entry, enrolled_at_ms, certificate_until_ms, last_seen_ms, incarnation: _, version } =
            member;
        let state = if entry.revoked {
            "revoked"
        } else if self.hub.switchboard.is_attached(entry.node) {
            "attached"
        } else {
            "away"
        };
        let waiting = self.hub.store().waiting(entry.node).await?;
        Ok(proto::HubNode {
            id: entry.node.to_string(),
            territory: entry.reach.territory.to_string(),
            territory_name: self.territory_name(&entry.reach.territory),
            state: state.to_owned(),
            enrolled_at: instant(*enrolled_at_ms),
            last_seen_at: last_seen_ms.map(instant).unwrap_or_default(),
            certificate_until: instant(*certificate_until_ms),
            waiting,
            waiting_since: if waiting == 0 { String::new() } else { self.waiting_since(entry.node).await? },
            version: version.clone(),
        })
    }

    /// When the oldest letter that waits for a node was written; empty when it does not say.
    async fn waiting_since(&self, node: Id<NodeKind>) -> Result<String, StoreError> {
        let oldest = self.hub.store().letter_after(node, 0).await?;
        let written = oldest.and_then(|letter| Envelope::decode(&letter.envelope).ok());
        let at_ms = written.map(|envelope| envelope.header.sent_at_ms);
        Ok(at_ms.map(instant).unwrap_or_default())
    }

    fn territory_name(&self, siren: &Siren) -> String {
        self.hub.geography.territory(siren).map(|territory| territory.short_name.clone()).unwrap_or_default()
    }

    /// The nodes, revoked ones too.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn nodes(&self) -> Result<Vec<proto::HubNode>, StoreError> {
        // What was seen and renewed since the roll was last refreshed is only in the store.
        let members = self.hub.store().members().await?;
        let mut nodes = Vec::new();
        for member in members.nodes.values() {
            nodes.push(self.view(member).await?);
        }
        Ok(nodes)
    }

    /// Invites a territory, as somebody wishes; who that is in the request is heeded by commands alone.
    ///
    /// # Errors
    /// A territory that cannot be invited, or for too long; the store's.
    pub(crate) async fn make_invitation(
        &self,
        request: proto::InviteRequest,
        by: Doer,
    ) -> Result<proto::InviteReply, Refusal> {
        let proto::InviteRequest { territory, valid_hours, by: _ } = request;
        let siren: Siren = territory
            .trim()
            .parse()
            .map_err(|_| Refusal::from(refusals::TERRITORY_UNKNOWN).with("territory", territory.trim()))?;
        let place = territory::known(self.hub.geography, &siren)?;
        let hours = if valid_hours == 0 { limits::INVITATION_HOURS_DEFAULT } else { valid_hours };
        if hours > limits::INVITATION_HOURS {
            return Err(Refusal::from(refusals::INVITATION_TOO_LONG).with("most", limits::INVITATION_HOURS));
        }
        let members = self.hub.roll.current();
        let taken = |member: &Member| !member.entry.revoked && member.entry.reach.territory == siren;
        if let Some(member) = members.nodes.values().find(|member| taken(member)) {
            return Err(Refusal::from(refusals::TERRITORY_TAKEN).with("node", member.entry.node));
        }
        let life = Duration::from_hours(u64::from(hours));
        let expires = self.hub.parts.clock.now().checked_add(life).unwrap_or(Timestamp::MAX);
        let secret = random::bytes::<32>(self.hub.parts.entropy.as_ref());
        let invitation = Invitation {
            secret_hash: *blake3::hash(&secret).as_bytes(),
            territory: siren,
            expires_at_ms: expires.as_millisecond(),
        };
        let deed = self.deed(by, DeedKind::Invited, siren.to_string());
        self.hub.store().invite(invitation, deed).await.map_err(|error| store_failed(&error))?;
        tracing::info!(territory = %siren, "a territory was invited");
        let ticket = Ticket {
            hub_url: self.hub.parts.url.to_string(),
            authority_fingerprint: self.hub.parts.authority.fingerprint(),
            secret,
            territory: siren,
            expires_at_ms: expires.as_millisecond(),
        };
        Ok(proto::InviteReply {
            enrolment_string: ticket.to_string(),
            territory_name: place.short_name.clone(),
            expires_at: instant(expires.as_millisecond()),
        })
    }

    /// Something that is done now.
    fn deed(&self, by: Doer, what: DeedKind, about: String) -> Deed {
        Deed { at_ms: self.hub.now_ms(), by, what, about }
    }

    async fn revoke(&self, id: &str, by: &str) -> Result<proto::HubNode, Refusal> {
        let failed = |error| store_failed(&error);
        let unknown = || Refusal::from(refusals::NODE_UNKNOWN).with("node", id.trim());
        let node: Id<NodeKind> = id.parse().map_err(|_| unknown())?;
        let deed = self.deed(Doer::command(by), DeedKind::NodeRevoked, node.to_string());
        if !self.hub.store().revoke(node, deed).await.map_err(failed)? {
            return Err(unknown());
        }
        self.hub.roll.refresh(self.hub.store()).await.map_err(failed)?;
        self.hub.switchboard.end(node, End::Revoked);
        let cut = self.hub.connections.cut(&node.to_string());
        tracing::warn!(%node, connections = cut, "a node was revoked");
        release_from(&self.hub, node).await.map_err(failed)?;
        let members = self.hub.roll.current();
        self.view(members.nodes.get(&node).ok_or_else(unknown)?).await.map_err(failed)
    }
}

#[tonic::async_trait]
impl admin_server::Admin for AdminService {
    async fn invite(
        &self,
        request: Request<proto::InviteRequest>,
    ) -> Result<Response<proto::InviteReply>, Status> {
        let request = request.into_inner();
        let by = Doer::command(&request.by);
        Ok(Response::new(self.make_invitation(request, by).await?))
    }

    async fn list_nodes(
        &self,
        _request: Request<proto::ListNodesRequest>,
    ) -> Result<Response<proto::ListNodesReply>, Status> {
        let nodes = self.nodes().await.map_err(|error| store_failed(&error))?;
        Ok(Response::new(proto::ListNodesReply { nodes }))
    }

    async fn revoke_node(
        &self,
        request: Request<proto::RevokeNodeRequest>,
    ) -> Result<Response<proto::HubNode>, Status> {
        let service = self.clone();
        let proto::RevokeNodeRequest { id, by } = request.into_inner();
        let revoked = to_the_end(async move { service.revoke(&id, &by).await });
        Ok(Response::new(revoked.await?))
    }

    async fn list_threads(
        &self,
        request: Request<proto::ListThreadsRequest>,
    ) -> Result<Response<proto::ListThreadsReply>, Status> {
        let proto::ListThreadsRequest { limit } = request.into_inner();
        let limit = if limit == 0 { limits::THREADS_SHOWN_DEFAULT } else { limit.min(limits::THREADS_SHOWN) };
        let threads = self.hub.store().threads(limit as usize).await;
        let threads = threads.map_err(|error| store_failed(&error))?.into_iter().map(thread_view).collect();
        Ok(Response::new(proto::ListThreadsReply { threads }))
    }

    async fn show_status(
        &self,
        _request: Request<proto::ShowStatusRequest>,
    ) -> Result<Response<proto::HubStatus>, Status> {
        let members = self.hub.roll.current();
        let live = || members.nodes.values().filter(|member| !member.entry.revoked);
        let attached = live().filter(|member| self.hub.switchboard.is_attached(member.entry.node)).count();
        let fingerprint = self.hub.parts.authority.fingerprint();
        let recovering = self.hub.store().recovering().await.map_err(|error| store_failed(&error))?;
        Ok(Response::new(proto::HubStatus {
            federation: self.hub.parts.federation.to_string(),
            url: self.hub.parts.url.to_string(),
            authority_fingerprint: data_encoding::HEXLOWER.encode(&fingerprint),
            nodes: u32::try_from(live().count()).unwrap_or(u32::MAX),
            attached: u32::try_from(attached).unwrap_or(u32::MAX),
            directory_version: members.head.version,
            epoch: self.hub.epoch.number,
            recovering: u32::try_from(recovering).unwrap_or(u32::MAX),
            clock: self.hub.parts.clock.now().to_string(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }))
    }

    async fn quarantine_report(
        &self,
        request: Request<proto::QuarantineReportRequest>,
    ) -> Result<Response<proto::ReceivedReport>, Status> {
        let hub = Arc::clone(&self.hub);
        let decided = to_the_end(async move {
            let by = Doer::command(&request.get_ref().by);
            quarantine::decide(hub.store(), request.get_ref(), by, hub.now_ms()).await
        });
        Ok(Response::new(statistics::received(&decided.await?)))
    }

    async fn quarantine_accounts(
        &self,
        request: Request<proto::QuarantineAccountsRequest>,
    ) -> Result<Response<proto::ReceivedAccounts>, Status> {
        let hub = Arc::clone(&self.hub);
        let decided = to_the_end(async move {
            let by = Doer::command(&request.get_ref().by);
            let decided =
                quarantine::decide_accounts(hub.store(), request.get_ref(), by, hub.now_ms()).await?;
            AccountsService::new(hub).show(&decided).await
        });
        Ok(Response::new(decided.await?))
    }

    async fn link_colleague(
        &self,
        request: Request<proto::LinkColleagueRequest>,
    ) -> Result<Response<proto::LinkColleagueReply>, Status> {
        let proto::LinkColleagueRequest { name, full_name, role, valid_hours, by } = request.into_inner();
        let made = team::link(&self.hub, (&name, &full_name, &role), valid_hours, Doer::command(&by)).await?;
        Ok(Response::new(proto::LinkColleagueReply {
            url: made.url.expose().clone(),
            expires_at: instant(made.expires_at_ms),
            colleague: Some(colleague(&made.colleague)),
        }))
    }

    async fn list_colleagues(
        &self,
        _request: Request<proto::ListColleaguesRequest>,
    ) -> Result<Response<proto::ListColleaguesReply>, Status> {
        let found = self.hub.store().colleagues().await.map_err(|error| store_failed(&error))?;
        let colleagues = found.iter().map(colleague).collect();
        Ok(Response::new(proto::ListColleaguesReply { colleagues }))
    }

    async fn revoke_colleague(
        &self,
        request: Request<proto::RevokeColleagueRequest>,
    ) -> Result<Response<proto::Colleague>, Status> {
        let proto::RevokeColleagueRequest { name, by } = request.into_inner();
        let ended = team::revoke(&self.hub, &name, Doer::command(&by)).await?;
        Ok(Response::new(colleague(&ended)))
    }

    async fn make_snapshot(
        &self,
        _request: Request<proto::MakeSnapshotRequest>,
    ) -> Result<Response<proto::Snapshot>, Status> {
        let made = self.hub.store().export().await.map_err(|error| export_failed(&error))?;
        Ok(Response::new(proto::Snapshot { sequence: made.sequence, rows: made.rows }))
    }
}

fn colleague(colleague: &Colleague) -> proto::Colleague {
    proto::Colleague {
        name: colleague.name.to_string(),
        full_name: colleague.full_name.clone(),
        role: colleague.role.code().to_owned(),
        state: colleague.state().to_owned(),
        made_at: instant(colleague.made_at_ms),
    }
}

/// Why no export could be made: a full disk is something an operator can help.
fn export_failed(error: &StoreError) -> Refusal {
    match error {
        StoreError::Engine(engine) if engine.is_disk_full() => refusals::STORE_DISK_FULL.into(),
        StoreError::Engine(_) | StoreError::Contents(_) => store_failed(error),
    }
}

fn thread_view(thread: maillage_federation::handover::Thread) -> proto::ThreadView {
    let record = thread.record;
    let holder = record.state.entitled().or(record.state.holder());
    proto::ThreadView {
        id: record.handover.to_string(),
        origin: record.origin.to_string(),
        state: record.state.code().to_owned(),
        round: record.round,
        holder: holder.map(|node| node.to_string()).unwrap_or_default(),
        bids: u32::try_from(thread.bids.len()).unwrap_or(u32::MAX),
        revision: record.revision,
    }
}

/// RFC 3339, to the second.
fn instant(at_ms: i64) -> String {
    Timestamp::from_second(at_ms.div_euclid(1000)).map(|instant| instant.to_string()).unwrap_or_default()
}
