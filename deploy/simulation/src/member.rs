//! A made-up node at a real hub: it joins with an invitation over mutual TLS, with keys of its own, and sends its reports, each signed.
//! It has no store and no mailbox of its own; what bench and demo need of joining is here once.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use anyhow::Context as _;
use async_trait::async_trait;
use maillage_federation::{
    enrolment::{Ticket, prove_enrolment},
    envelope::{Body, Envelope, Header, Party, Receipt},
    ids::{Id, NodeKind},
    name::FederationName,
    sealed::{SealingKey, SealingPublicKey},
    signing::{Signer, VerifyKey},
    statistics::Report,
};
use maillage_geography::{Geography, Siren};
use maillage_platform::{
    clock::Clock,
    grpc::{Connect, Io, connect_tls},
    random::{self, OsEntropy},
    tls::{
        Identity, IdentityUri, PeerRole, certificates_from_pem, client_config, identity_request,
        pinned_client_config,
    },
};
use maillage_proto::federation::v1::{
    self as proto, enrolment_client::EnrolmentClient, relay_client::RelayClient,
};
use rustls::ClientConfig;
use tokio::net::TcpSocket;
use tonic::transport::Channel;

/// A node that was never restored.
const INCARNATION: u64 = 0;
/// How often a report is sent again that found no answer, and the pause before.
const AGAIN: (u32, Duration) = (50, Duration::from_millis(200));

/// Connects from a loopback address of its own, as each node does in the world.
#[derive(Debug, Clone, Copy)]
pub struct Source(Ipv4Addr);

impl Source {
    /// The loopback address of the node of a number.
    pub fn of(number: usize) -> Self {
        let [_, _, high, low] = u32::try_from(number + 1).unwrap_or(u32::MAX).to_be_bytes();
        Self(Ipv4Addr::new(127, 1, high, low))
    }
}

#[async_trait]
impl Connect for Source {
    async fn connect(&self, host: &str, port: u16) -> io::Result<Box<dyn Io>> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::new(IpAddr::V4(self.0), 0))?;
        let host: IpAddr = host.parse().map_err(io::Error::other)?;
        let stream = socket.connect(SocketAddr::new(host, port)).await?;
        stream.set_nodelay(true)?;
        Ok(Box::new(stream))
    }
}

/// What a node has once it has joined.
pub struct Joined {
    /// Its name in the federation.
    pub me: Id<NodeKind>,
    /// Its territory.
    pub territory: Siren,
    /// The federation.
    pub federation: FederationName,
    /// Where the hub is.
    pub hub_url: String,
    /// What the hub signs with.
    pub hub_key: VerifyKey,
    /// The authority behind certificates, PEM.
    pub authority_pem: String,
    /// What the node signs with.
    pub signer: Signer,
    /// Public half of its sealing key; the secret half is kept by nobody.
    pub sealing: SealingPublicKey,
    /// Its certificate, to connect with.
    pub config: Arc<ClientConfig>,
}

impl Joined {
    /// Joins as a real node does: the invitation's secret, keys of its own, a certificate from the hub.
    ///
    /// # Errors
    /// The hub refuses or is not there.
    pub async fn enrol(ticket: &str, source: Source, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        let ticket: Ticket = ticket.parse()?;
        let signer = Signer::from_seed(&random::bytes(&OsEntropy));
        let sealing = SealingKey::from_seed(&random::bytes(&OsEntropy)).public();
        let request = identity_request(&IdentityUri::new("pending", PeerRole::Node, "pending")?, &OsEntropy)?;
        let communes = Geography::embedded().communes_of(&ticket.territory);
        let enrol = prove_enrolment(
            proto::EnrolRequest {
                secret: ticket.secret.to_vec(),
                territory: ticket.territory.to_string(),
                certificate_request_pem: request.csr_pem.clone(),
                signing_key: signer.verify_key().as_bytes().to_vec(),
                sealing_key: sealing.as_bytes().to_vec(),
                profile: Some(proto::DeskProfile {
                    communes_served: communes.map(|commune| commune.insee.to_string()).collect(),
                    phone: "05 00 00 00 00".to_owned(),
                    opening_hours: "fictif".to_owned(),
                }),
                proof: Vec::new(),
            },
            &signer,
        );
        let pinned = pinned_client_config(ticket.authority_fingerprint, Arc::clone(&clock))?;
        let channel = connect_tls(&ticket.hub_url, pinned, Arc::new(source)).await?;
        let reply = EnrolmentClient::new(channel).enrol(enrol).await?.into_inner();
        let identity = Identity::from_pem(&reply.certificate_pem, &request.key_pem)?;
        let authority = certificates_from_pem(&reply.authority_pem)?;
        Ok(Self {
            me: Id::from_bytes(&reply.node_id)?,
            territory: ticket.territory,
            federation: reply.federation.parse()?,
            hub_url: ticket.hub_url,
            hub_key: VerifyKey::from_bytes(&reply.hub_signing_key)?,
            authority_pem: reply.authority_pem,
            signer,
            sealing,
            config: client_config(&authority, Some(identity), clock)?,
        })
    }
}

/// A member of the federation that reports.
pub struct Member {
    joined: Joined,
    clock: Arc<dyn Clock>,
    relay: RelayClient<Channel>,
}

impl Member {
    /// Joins, and connects with its certificate.
    ///
    /// # Errors
    /// The hub refuses or is not there.
    pub async fn join(ticket: &str, source: Source, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        let joined = Joined::enrol(ticket, source, Arc::clone(&clock)).await?;
        let channel = connect_tls(&joined.hub_url, Arc::clone(&joined.config), Arc::new(source)).await?;
        Ok(Self { joined, clock, relay: RelayClient::new(channel) })
    }

    /// Its name in the federation.
    pub fn name(&self) -> String {
        self.joined.me.to_string()
    }

    /// Sends reports, one after the other, each until the hub has answered.
    ///
    /// # Errors
    /// The hub refuses one, or does not answer for ten seconds.
    pub async fn report(&mut self, reports: Vec<Report>) -> anyhow::Result<()> {
        for report in reports {
            let period = report.period;
            let now_ms = self.clock.now().as_millisecond();
            let header = Header {
                federation: self.joined.federation.clone(),
                id: Id::new(now_ms.unsigned_abs(), random::bytes(&OsEntropy)),
                sender: Party::Node(self.joined.me),
                recipient: Party::Hub,
                sent_at_ms: now_ms,
            };
            let receipt =
                self.submit(Envelope::sign(header, Body::Report(report), &self.joined.signer)).await?;
            if let Some(reason) = receipt.refused {
                anyhow::bail!("the hub refuses the report of {period}: {reason}");
            }
        }
        Ok(())
    }

    async fn submit(&mut self, envelope: Envelope) -> anyhow::Result<Receipt> {
        let mut again = 0;
        loop {
            let message: proto::Envelope = envelope.clone().into();
            let request = proto::SubmitRequest { envelope: Some(message), incarnation: INCARNATION };
            match self.relay.submit(request).await {
                Ok(reply) => {
                    let receipt = reply.into_inner().receipt.context("an answer without a receipt")?;
                    return Ok(Receipt::verify(&receipt, &self.joined.hub_key)?);
                }
                Err(status) if again >= AGAIN.0 => return Err(status.into()),
                Err(_) => {
                    again += 1;
                    tokio::time::sleep(AGAIN.1).await;
                }
            }
        }
    }
}
