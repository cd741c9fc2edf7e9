//! Nodes that are not, or not any more, what they say: over real mutual TLS with the keys of real nodes.

use std::{path::Path, sync::Arc};

use anyhow::Context as _;
use maillage_federation::{
    enrolment::prove_renewal,
    envelope::{Body, Envelope, Header, Party, Receipt},
    handover::{Action, Command, WithdrawReason},
    ids::{HandoverKind, Id},
    limits::{BODY_BYTES, MESSAGE_BYTES},
};
use maillage_node::federation::membership::Membership;
use maillage_platform::{
    clock::{Clock, FileClock},
    directory::DataDirectory,
    grpc::{TcpConnect, connect_tls},
    random::{self, OsEntropy},
    refusal::Refusal,
    tls::{IdentityUri, PeerRole, certificates_from_pem, client_config, identity_request},
};
use maillage_proto::federation::v1 as wire;
use maillage_tests::{
    federation::{CENTRE_TARN, Federation, Hub, MONTS_D_ALBAN},
    node::Wanted,
    programs::{Role, at},
    wait::until,
};
use tonic::{Status, transport::Channel};
use wire::{enrolment_client::EnrolmentClient, relay_client::RelayClient};

use super::{BINARY, MONDAY, REFUSED, sounds_in_both};

/// A member, with its keys, at the hub's door.
struct Member {
    membership: Membership,
    relay: RelayClient<Channel>,
}

impl Member {
    async fn of(federation: &Federation, data: &Path) -> anyhow::Result<Self> {
        let directory = DataDirectory::open(data, "maillage-node")?;
        let membership = Membership::load(&directory)?.context("has not joined")?;
        let url = format!("https://{}", federation.hub.address()?);
        let config = membership.client_config(clock(federation)?)?;
        let channel = connect_tls(&url, config, Arc::new(TcpConnect)).await?;
        Ok(Self { membership, relay: RelayClient::new(channel) })
    }

    fn header(&self) -> Header {
        Header {
            federation: self.membership.federation.clone(),
            id: Id::new(1_788_000_000_000, random::bytes(&OsEntropy)),
            sender: Party::Node(self.membership.me),
            recipient: Party::Hub,
            sent_at_ms: 1_788_000_000_000,
        }
    }

    async fn submit(&self, envelope: impl Into<wire::Envelope>) -> Result<Receipt, Status> {
        let request = wire::SubmitRequest { envelope: Some(envelope.into()), incarnation: 0 };
        let reply = self.relay.clone().submit(request).await?.into_inner();
        let receipt = reply.receipt.unwrap_or_default();
        Receipt::verify(&receipt, &self.membership.hub_key)
            .map_err(|error| Status::internal(error.to_string()))
    }

    /// Why the hub does not take an envelope.
    async fn refused(&self, envelope: impl Into<wire::Envelope>) -> anyhow::Result<String> {
        let status = self.submit(envelope).await.err().context("the hub took it")?;
        Ok(Refusal::from_status(&status).reason().to_owned())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_has_signed_sent_before_or_made_too_large_changes_nothing() -> anyhow::Result<()> {
    let federation = Federation::start(BINARY, MONDAY, &[MONTS_D_ALBAN, CENTRE_TARN]).await?;
    let handover = open_handover(&federation).await?;
    let owner = Member::of(&federation, &federation.node(0)?.data).await?;
    let other = Member::of(&federation, &federation.node(1)?.data).await?;
    let before = threads(&federation).await?;
    let withdraw = || withdrawal(&handover, 1);

    let forged = Envelope::sign(owner.header(), withdraw()?, &other.membership.keys.signer);
    assert_eq!(other.refused(forged.clone()).await?, "envelope-not-yours");
    assert_eq!(owner.refused(forged).await?, "envelope-bad-signature");
    let mut foreign = owner.header();
    foreign.federation = "autre".parse()?;
    let foreign = Envelope::sign(foreign, withdraw()?, &owner.membership.keys.signer);
    assert_eq!(owner.refused(foreign).await?, "envelope-other-federation");
    let genuine = Envelope::sign(owner.header(), withdraw()?, &owner.membership.keys.signer);
    assert_eq!(other.refused(genuine.clone()).await?, "envelope-not-yours", "a copy sent by somebody else");
    let mut altered = wire::Envelope::from(genuine.clone());
    altered.sent_at_ms += 1;
    assert_eq!(owner.refused(altered).await?, "envelope-bad-signature");
    let mut large = wire::Envelope::from(genuine.clone());
    large.body = vec![0; BODY_BYTES + 1];
    assert_eq!(owner.refused(large.clone()).await?, "envelope-too-large");
    large.body = vec![0; MESSAGE_BYTES + 1];
    assert!(owner.submit(large).await.is_err());
    // Another node may speak for itself, but not about what is not its own.
    let not_mine = Envelope::sign(other.header(), withdraw()?, &other.membership.keys.signer);
    let receipt = other.submit(not_mine).await?;
    assert_eq!(receipt.refused.as_deref(), Some("handover-not-yours"));
    assert_eq!(threads(&federation).await?, before, "something was changed");

    replayed(&federation, &owner, genuine, &handover).await?;
    federation.end(Ok(())).await
}

/// The first time it counts; again it gets the same answer, and in another round, or under a used number, none.
async fn replayed(
    federation: &Federation,
    owner: &Member,
    genuine: Envelope,
    handover: &str,
) -> anyhow::Result<()> {
    let first = owner.submit(genuine.clone()).await?;
    assert_eq!(first.refused, None);
    let after = threads(federation).await?;
    assert_eq!(owner.submit(genuine.clone()).await?, first, "the same command gets the same answer");
    let stale = Envelope::sign(owner.header(), withdrawal(handover, 1)?, &owner.membership.keys.signer);
    assert_eq!(owner.submit(stale).await?.refused.as_deref(), Some("handover-wrong-state"));
    let later = Envelope::sign(owner.header(), withdrawal(handover, 2)?, &owner.membership.keys.signer);
    assert!(owner.submit(later).await?.refused.is_some());
    let mut header = owner.header();
    header.id = genuine.header.id;
    let reused = Envelope::sign(header, withdrawal(handover, 2)?, &owner.membership.keys.signer);
    assert_eq!(owner.refused(reused).await?, "envelope-id-reused");
    assert_eq!(threads(federation).await?, after, "something was changed");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_node_is_cut_off_at_once_and_told_why() -> anyhow::Result<()> {
    let mut federation = Federation::start(BINARY, MONDAY, &[MONTS_D_ALBAN, CENTRE_TARN]).await?;
    let (programs, hub) = (federation.programs().clone(), federation.hub.data.clone());
    let (id, data) = (federation.node(0)?.id.clone(), federation.node(0)?.data.clone());
    let revoked = programs.json(Role::Hub, &hub, &["nodes", "revoke", &id]).await?;
    assert_eq!(at(&revoked, "/state"), "revoked");
    is_told(&federation).await?;
    let text = programs.done(Role::Node, &data, &["--lang", "fr", "status"]).await?;
    assert!(text.contains("refusé par le fédérateur"), "{text}");
    assert!(text.contains("Appelez l’équipe nationale"), "{text}");
    // A new connection is not let in either, not even the one that a certificate would be renewed by.
    let admitted = async || -> anyhow::Result<()> {
        let member = Member::of(&federation, &data).await?;
        member.relay.clone().fetch_directory(wire::FetchDirectoryRequest::default()).await?;
        Ok(())
    };
    assert!(admitted().await.is_err());
    let status = renew(&federation, &data, &federation.hub).await?.err().context("renewed")?;
    assert_eq!(Refusal::from_status(&status).reason(), "node-revoked");
    federation.node_mut(0)?.kill().await?;
    federation.node_mut(0)?.start().await?;
    is_told(&federation).await?;
    assert_eq!(federation.node(1)?.status().await?.link, "attached", "the other node goes on");
    federation.end(Ok(())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_of_another_federation_is_a_stranger() -> anyhow::Result<()> {
    let federation = Federation::start(BINARY, MONDAY, &[MONTS_D_ALBAN]).await?;
    let (programs, root) = (federation.programs(), federation.root.path());
    let other = Hub::create(programs, root, "autre", federation.clock()).await?;
    let data = &federation.node(0)?.data;
    let directory = DataDirectory::open(data, "maillage-node")?;
    let membership = Membership::load(&directory)?.context("has not joined")?;
    // It trusts the other hub, so that only the other hub can refuse.
    let authority = certificates_from_pem(&std::fs::read_to_string(other.data.join("authority.pem"))?)?;
    let config = client_config(&authority, Some(membership.identity.current()), clock(&federation)?)?;
    let url = format!("https://{}", other.address()?);
    let asked = async {
        let channel = connect_tls(&url, config, Arc::new(TcpConnect)).await?;
        RelayClient::new(channel).fetch_directory(wire::FetchDirectoryRequest::default()).await?;
        anyhow::Ok(())
    };
    assert!(asked.await.is_err(), "the certificate of another federation was let in");
    let status = renew(&federation, data, &other).await?.err().context("renewed")?;
    assert_eq!(Refusal::from_status(&status).reason(), "node-unknown");
    assert_eq!(other.members().await?, []);
    let nobody = ["nodes", "revoke", &federation.node(0)?.id];
    let texts = ("Vérifiez l’identifiant", "Check the identifier");
    sounds_in_both((programs, Role::Hub, &other.data), &nobody, REFUSED, texts).await?;
    federation.end(Ok(())).await
}

/// Asks a hub for a new certificate, as a node would whose own has run out.
async fn renew(
    federation: &Federation,
    data: &Path,
    hub: &Hub,
) -> anyhow::Result<Result<wire::RenewReply, Status>> {
    let directory = DataDirectory::open(data, "maillage-node")?;
    let membership = Membership::load(&directory)?.context("has not joined")?;
    let authority = certificates_from_pem(&std::fs::read_to_string(hub.data.join("authority.pem"))?)?;
    let clock = clock(federation)?;
    let config = client_config(&authority, None, Arc::clone(&clock))?;
    let url = format!("https://{}", hub.address()?);
    let channel = connect_tls(&url, config, Arc::new(TcpConnect)).await?;
    let name = IdentityUri::new(membership.federation.as_str(), PeerRole::Node, &membership.me.to_string())?;
    let request = wire::RenewRequest {
        node_id: membership.me.to_bytes(),
        certificate_request_pem: identity_request(&name, &OsEntropy)?.csr_pem,
        asked_at_ms: clock.now().as_millisecond(),
        proof: Vec::new(),
    };
    let request = prove_renewal(request, &membership.keys.signer);
    Ok(EnrolmentClient::new(channel).renew(request).await.map(tonic::Response::into_inner))
}

/// The first node knows that it was revoked.
async fn is_told(federation: &Federation) -> anyhow::Result<()> {
    until("the node is told that it was revoked", async || {
        let status = federation.node(0)?.status().await?;
        Ok(status.link == "refused" && status.link_reason == "node-revoked")
    })
    .await
}

/// A handover of the first node that nobody can take: its own desk decides what becomes of it.
async fn open_handover(federation: &Federation) -> anyhow::Result<String> {
    let node = federation.node(0)?;
    let wanted = Wanted { from: "81003", arrive_by: "2026-09-02T10:00", ..Default::default() };
    let trips = node.request(wanted).await?;
    let handover = node.offer_out(&trips.first().context("no trip")?.id, 0).await?;
    federation.settle().await?;
    Ok(handover.id)
}

fn withdrawal(handover: &str, round: u32) -> anyhow::Result<Body> {
    let handover: Id<HandoverKind> = handover.parse()?;
    Ok(Body::Command(Command { handover, round, action: Action::Withdraw(WithdrawReason::Coordinator) }))
}

async fn threads(federation: &Federation) -> anyhow::Result<Vec<(String, String, u64)>> {
    let threads = federation.hub.threads().await?;
    Ok(threads.into_iter().map(|thread| (thread.id, thread.state, thread.revision)).collect())
}

fn clock(federation: &Federation) -> anyhow::Result<Arc<dyn Clock>> {
    Ok(Arc::new(FileClock::open(federation.clock())?))
}
