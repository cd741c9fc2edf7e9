//! A channel to the hub that reconnects by itself, made anew when the node has joined or its certificate was renewed.

use std::sync::{Arc, Mutex, PoisonError};

use maillage_federation::limits::{DIRECTORY_BYTES, MESSAGE_BYTES};
use maillage_platform::{
    clock::Clock,
    grpc::{Connect, TcpConnect, connect_tls_lazy},
    refusal::{Refusal, RefusalKind},
};
use maillage_proto::federation::v1::relay_client::RelayClient;
use tonic::transport::Channel;

use super::membership::Membership;
use crate::app::refusals;

/// Makes and keeps the channel to the hub.
pub struct Hub {
    clock: Arc<dyn Clock>,
    connect: Arc<dyn Connect>,
    channel: Mutex<Option<Channel>>,
    /// The hub is in this process: there is nothing to dial.
    here: bool,
}

impl Hub {
    /// A hub that is reached over the network given.
    pub fn new(clock: Arc<dyn Clock>, connect: Arc<dyn Connect>) -> Self {
        Self { clock, connect, channel: Mutex::new(None), here: false }
    }

    /// A hub at the other end of a channel that is there already, and stays: a hub in this process.
    pub fn answering(clock: Arc<dyn Clock>, channel: Channel) -> Self {
        Self { clock, connect: Arc::new(TcpConnect), channel: Mutex::new(Some(channel)), here: true }
    }

    /// The relay of the hub, as this node.
    ///
    /// # Errors
    /// `hub-unreachable` when not even an attempt can be made.
    pub fn relay(&self, membership: &Membership) -> Result<RelayClient<Channel>, Refusal> {
        let mut kept = self.channel.lock().unwrap_or_else(PoisonError::into_inner);
        let channel = match kept.as_ref() {
            Some(channel) => channel.clone(),
            None => kept.insert(self.dial(membership)?).clone(),
        };
        Ok(RelayClient::new(channel)
            .max_decoding_message_size(DIRECTORY_BYTES)
            .max_encoding_message_size(MESSAGE_BYTES))
    }

    /// Forgets the channel: the next call dials anew, with the certificate then in force.
    pub fn hang_up(&self) {
        if self.here {
            return;
        }
        *self.channel.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Time, as the channel sees it.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// The network.
    pub fn network(&self) -> Arc<dyn Connect> {
        Arc::clone(&self.connect)
    }

    fn dial(&self, membership: &Membership) -> Result<Channel, Refusal> {
        let config = membership.client_config(Arc::clone(&self.clock)).map_err(refusals::internal)?;
        connect_tls_lazy(&membership.hub_url, config, Arc::clone(&self.connect)).map_err(|_| {
            Refusal::new(RefusalKind::Unavailable, "hub-unreachable").with("url", &membership.hub_url)
        })
    }
}

impl std::fmt::Debug for Hub {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Hub")
    }
}
