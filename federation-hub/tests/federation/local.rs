//! The operators' door and what it tells.

use maillage_federation::{
    handover::Thread,
    ids::{Id, NodeKind},
};
use maillage_hub::store::Members;
use maillage_proto::hub::v1::{ListNodesRequest, ListThreadsRequest, ShowStatusRequest};
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};

use crate::world::{ALBAN, CENTRE_TARN, World, reason, soon};

impl World {
    /// Letters waiting for a node.
    pub(crate) async fn waiting(&self, node: Id<NodeKind>) -> u64 {
        let nodes = self.admin().await.list_nodes(ListNodesRequest {}).await.unwrap().into_inner().nodes;
        nodes.iter().find(|found| found.id == node.to_string()).unwrap().waiting
    }

    /// All threads.
    pub(crate) async fn hub_threads(&self) -> Vec<Thread> {
        self.hub.store().threads(usize::MAX).await.unwrap()
    }

    /// All members.
    pub(crate) async fn hub_members(&self) -> Members {
        self.hub.store().members().await.unwrap()
    }
}

#[tokio::test]
async fn operators_see_members_threads_and_state() {
    let world = World::new().await;
    let (origin, candidate) = (world.node(ALBAN).await, world.node(CENTRE_TARN).await);
    let _inbox = candidate.inbox(0).await;
    let handover = origin.offer(3600).await;
    let mut admin = world.admin().await;
    let status = admin.show_status(ShowStatusRequest {}).await.unwrap().into_inner();
    assert_eq!((status.nodes, status.attached, status.directory_version, status.epoch), (2, 1, 2, 1));
    assert_eq!((status.clock.as_str(), status.url), ("2026-01-10T12:00:00Z", world.url.clone()));
    let threads = admin.list_threads(ListThreadsRequest { limit: 0 }).await.unwrap().into_inner().threads;
    assert_eq!((threads[0].id.clone(), threads[0].state.as_str()), (handover.to_string(), "open"));
    let nodes = admin.list_nodes(ListNodesRequest {}).await.unwrap().into_inner().nodes;
    let mut states: Vec<_> =
        nodes.iter().map(|node| (node.territory.as_str(), node.state.as_str())).collect();
    states.sort_unstable();
    assert_eq!(states, [(ALBAN, "away"), (CENTRE_TARN, "attached")]);
    world.revoke(origin.id).await;
    let nodes = admin.list_nodes(ListNodesRequest {}).await.unwrap().into_inner().nodes;
    let revoked = nodes.iter().find(|node| node.state == "revoked").unwrap();
    assert_eq!(revoked.id, origin.id.to_string());
    let unknown = maillage_proto::hub::v1::RevokeNodeRequest { id: "x".into(), by: String::new() };
    assert_eq!(reason(&admin.revoke_node(unknown).await.unwrap_err()), "node-unknown");
}

#[tokio::test]
async fn both_doors_say_how_they_are() {
    let world = World::new().await;
    let node = world.node(ALBAN).await;
    let authorities = maillage_platform::tls::certificates_from_pem(&node.authority_pem).unwrap();
    let config = maillage_platform::tls::client_config(&authorities, None, world.clock.clone()).unwrap();
    let connect = std::sync::Arc::new(maillage_platform::grpc::TcpConnect);
    let channel = maillage_platform::grpc::connect_tls(&world.url, config, connect).await.unwrap();
    let (local, _) = maillage_platform::grpc::connect_local(&world.directory).await.unwrap();
    for (channel, service) in [(channel, "maillage.federation.v1.Relay"), (local, "maillage.hub.v1.Admin")] {
        let request = HealthCheckRequest { service: service.into() };
        let reply = soon("health", HealthClient::new(channel).check(request)).await.unwrap();
        assert_eq!(reply.into_inner().status, 1, "{service}");
    }
}
