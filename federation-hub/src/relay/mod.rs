//! The door of enrolled nodes: envelopes in, letters out, the directory, where a handover stands. Who is at the other
//! end is known from its certificate alone; it must never be taken from what it says.

mod arbiter;
mod inbox;
mod submit;
mod switchboard;

use std::{pin::Pin, sync::Arc};

use futures_util::Stream;
use maillage_federation::{handover, ids::Id};
use maillage_platform::grpc;
use maillage_proto::federation::v1::{self as proto, relay_server};
use tokio::time::Instant;
use tonic::{Request, Response, Status};

pub(crate) use self::arbiter::Arbiter;
pub(crate) use self::submit::{let_time_pass, release_from};
pub use self::switchboard::{End, Switchboard};
use crate::{
    directory,
    hub::{Hub, to_the_end},
    refusals::{self, store_failed},
    store::Member,
};

/// The relay of a hub as a gRPC service.
#[derive(Debug, Clone)]
pub struct RelayService {
    hub: Arc<Hub>,
}

impl RelayService {
    /// The relay of this hub.
    pub fn new(hub: Arc<Hub>) -> Self {
        Self { hub }
    }

    fn member<T>(&self, request: &Request<T>) -> Result<Member, Status> {
        let peer = grpc::peer(request).ok_or(refusals::CERTIFICATE_REQUIRED)?;
        Ok(self.hub.roll.identify(&peer)?)
    }
}

#[tonic::async_trait]
impl relay_server::Relay for RelayService {
    type InboxStream = Pin<Box<dyn Stream<Item = Result<proto::InboxItem, Status>> + Send>>;

    async fn submit(
        &self,
        request: Request<proto::SubmitRequest>,
    ) -> Result<Response<proto::SubmitReply>, Status> {
        let member = self.member(&request)?;
        if !self.hub.speakers.admits(member.entry.node, Instant::now()) {
            return Err(refusals::TOO_MANY_ENVELOPES.into());
        }
        let proto::SubmitRequest { envelope } = request.into_inner();
        let envelope = envelope.ok_or(refusals::ENVELOPE_MISSING)?;
        let places = Arc::clone(&self.hub.submissions);
        let place = places.acquire_owned().await.map_err(|_| refusals::HUB_STOPPING)?;
        let hub = Arc::clone(&self.hub);
        let receipt = to_the_end(async move {
            let _place = place;
            submit::submit(&hub, &member, envelope).await
        });
        let receipt = receipt.await?;
        Ok(Response::new(proto::SubmitReply { receipt: Some(receipt) }))
    }

    async fn inbox(
        &self,
        request: Request<proto::InboxRequest>,
    ) -> Result<Response<Self::InboxStream>, Status> {
        let node = self.member(&request)?.entry.node;
        let proto::InboxRequest { cursor } = request.into_inner();
        Ok(Response::new(inbox::open(&self.hub, node, cursor).await?))
    }

    async fn ack(&self, request: Request<proto::AckRequest>) -> Result<Response<proto::AckReply>, Status> {
        let node = self.member(&request)?.entry.node;
        let proto::AckRequest { cursor } = request.into_inner();
        let acknowledged = self.hub.store().acknowledge(node, cursor).await;
        acknowledged.map_err(|error| store_failed(&error))?;
        Ok(Response::new(proto::AckReply {}))
    }

    async fn fetch_directory(
        &self,
        request: Request<proto::FetchDirectoryRequest>,
    ) -> Result<Response<proto::SignedDirectory>, Status> {
        self.member(&request)?;
        let proto::FetchDirectoryRequest { known_version, known_head } = request.into_inner();
        let signed = directory::signed(&self.hub, known_version, &known_head).await;
        Ok(Response::new(signed.map_err(|error| store_failed(&error))?))
    }

    async fn look_up_handover(
        &self,
        request: Request<proto::LookUpHandoverRequest>,
    ) -> Result<Response<proto::LookUpHandoverReply>, Status> {
        let node = self.member(&request)?.entry.node;
        let proto::LookUpHandoverRequest { handover_id } = request.into_inner();
        let handover = Id::from_bytes(&handover_id).map_err(|_| refusals::MALFORMED_ARGUMENT)?;
        let read = async || self.hub.store().thread(handover).await.map_err(|error| store_failed(&error));
        let mut thread = read().await?.ok_or(refusals::HANDOVER_UNKNOWN)?;
        if thread.record.origin != node && !thread.audience.contains(&node) {
            return Err(refusals::HANDOVER_UNKNOWN.into());
        }
        if handover::elapse(&thread, self.hub.now_ms()).is_some() {
            let_time_pass(&self.hub, handover).await.map_err(|error| store_failed(&error))?;
            thread = read().await?.ok_or(refusals::HANDOVER_UNKNOWN)?;
        }
        Ok(Response::new(proto::LookUpHandoverReply { record: Some(thread.record.as_told_to(node).into()) }))
    }
}
