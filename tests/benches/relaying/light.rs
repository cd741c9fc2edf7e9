//! A light synthetic node: the keys, certificate, mailbox and courier of a real one over real mutual TLS, and a policy that says
//! yes at once. It has no store, no trips and nobody's data.

use std::{
    sync::{Arc, Mutex, atomic::Ordering},
    time::Duration,
};

use anyhow::Context as _;
use maillage_federation::{
    enrolment::prove_renewal,
    envelope::{Body, Envelope, HandoverNotice, Header, Party, Receipt},
    handover::{Action, Bid, Command, NoticeKind, State},
    ids::{HandoverKind, Id, NodeKind},
    name::FederationName,
    sealed::{Context, PayloadKind, Sealed, SealingPublicKey},
    signing::{Signer, VerifyKey},
};
use maillage_geography::Siren;
use maillage_platform::{
    clock::{Clock as _, SystemClock},
    grpc::{connect_tls, connect_tls_lazy},
    random::{self, OsEntropy},
    tls::{Identity, IdentityUri, PeerRole, certificates_from_pem, client_config, identity_request},
};
use maillage_proto::federation::v1::{
    self as proto, enrolment_client::EnrolmentClient, relay_client::RelayClient,
};
use maillage_simulation::member::{Joined, Source};
use prost::Message as _;
use rand::RngExt as _;
use rustls::ClientConfig;
use tokio::sync::mpsc;
use tonic::transport::Channel;

use super::world::{OFFERED_DAY_MS, World};

/// A light node is never restored from a backup.
const INCARNATION: u64 = 0;
/// First pause of a node that has lost its hub, and the longest: those of the real one.
const PAUSE: (Duration, Duration) = (Duration::from_secs(1), Duration::from_mins(5));

/// A member of the federation, before and after it is attached.
pub(crate) struct Light {
    /// Its name in the federation.
    pub(crate) me: Id<NodeKind>,
    /// Its territory.
    pub(crate) territory: Siren,
    /// Public half of its sealing key.
    pub(crate) sealing: SealingPublicKey,
    federation: FederationName,
    hub_url: String,
    hub_key: VerifyKey,
    authority_pem: String,
    signer: Signer,
    config: Mutex<Arc<ClientConfig>>,
    source: Source,
    cursor: Mutex<u64>,
    outbox: mpsc::UnboundedSender<Command>,
    waiting: Mutex<Option<mpsc::UnboundedReceiver<Command>>>,
}

impl Light {
    /// Joins as a real node does: the invitation's secret, its own keys, a certificate from the hub.
    pub(crate) async fn enrol(ticket: &str, source: Source) -> anyhow::Result<Self> {
        let Joined { me, territory, federation, hub_url, hub_key, authority_pem, signer, sealing, config } =
            Joined::enrol(ticket, source, Arc::new(SystemClock)).await?;
        let (outbox, waiting) = mpsc::unbounded_channel();
        Ok(Self {
            me,
            territory,
            sealing,
            federation,
            hub_url,
            hub_key,
            authority_pem,
            signer,
            config: Mutex::new(config),
            source,
            cursor: Mutex::new(0),
            outbox,
            waiting: Mutex::new(Some(waiting)),
        })
    }

    /// A new certificate, with the signing key alone: how a node comes back whose certificate ran out while it was away.
    pub(crate) async fn renew(&self, now_ms: i64) -> anyhow::Result<()> {
        let uri = IdentityUri::new("pending", PeerRole::Node, "pending")?;
        let request = identity_request(&uri, &OsEntropy)?;
        let authority = certificates_from_pem(&self.authority_pem)?;
        let renew = prove_renewal(
            proto::RenewRequest {
                node_id: self.me.to_bytes(),
                certificate_request_pem: request.csr_pem.clone(),
                asked_at_ms: now_ms,
                proof: Vec::new(),
            },
            &self.signer,
        );
        let anonymous = client_config(&authority, None, Arc::new(SystemClock))?;
        let channel = connect_tls(&self.hub_url, anonymous, Arc::new(self.source)).await?;
        let reply = EnrolmentClient::new(channel).renew(renew).await?.into_inner();
        let identity = Identity::from_pem(&reply.certificate_pem, &request.key_pem)?;
        *self.config.lock().unwrap() = client_config(&authority, Some(identity), Arc::new(SystemClock))?;
        Ok(())
    }

    /// Says something to the hub, in its turn.
    pub(crate) fn say(&self, handover: Id<HandoverKind>, round: u32, action: Action) {
        self.outbox.send(Command { handover, round, action }).unwrap();
    }

    /// Attaches and stays attached until the world ends, with a courier beside the reader.
    pub(crate) fn live(self: &Arc<Self>, world: &Arc<World>) {
        let (reader, of) = (Arc::clone(self), Arc::clone(world));
        tokio::spawn(async move { reader.stay(&of).await });
        if let Some(waiting) = self.waiting.lock().unwrap().take() {
            let (courier, of) = (Arc::clone(self), Arc::clone(world));
            tokio::spawn(async move { courier.carry(waiting, &of).await });
        }
    }

    fn relay(&self) -> anyhow::Result<RelayClient<Channel>> {
        let config = Arc::clone(&self.config.lock().unwrap());
        Ok(RelayClient::new(connect_tls_lazy(&self.hub_url, config, Arc::new(self.source))?))
    }

    async fn stay(&self, world: &World) {
        let mut pause = PAUSE.0;
        while !world.is_away(self.me) {
            pause = match self.read(world).await {
                Ok(()) => PAUSE.0,
                Err(error) => {
                    world.trouble(&format!("reading: {error:#}"));
                    pause.saturating_mul(2).min(PAUSE.1)
                }
            };
            let share: f64 = rand::rng().random_range(0.5..1.0);
            tokio::time::sleep(pause.mul_f64(share)).await;
        }
    }

    /// Reads the mailbox from where it was read to, as long as the line holds.
    async fn read(&self, world: &World) -> anyhow::Result<()> {
        let mut relay = self.relay()?;
        let cursor = *self.cursor.lock().unwrap();
        let mut stream =
            relay.inbox(proto::InboxRequest { cursor, incarnation: INCARNATION }).await?.into_inner();
        let _attached = Attached::to(world);
        while let Ok(Some(item)) = stream.message().await {
            let before = std::mem::replace(&mut *self.cursor.lock().unwrap(), item.sequence);
            assert!(item.sequence > before, "mail comes in its order, once");
            self.take(world, item.envelope.context("an empty letter")?)?;
            let _ = relay.ack(proto::AckRequest { cursor: item.sequence, incarnation: INCARNATION }).await;
            if world.is_away(self.me) {
                break;
            }
        }
        Ok(())
    }

    fn take(&self, world: &World, letter: proto::Envelope) -> anyhow::Result<()> {
        let body = Envelope::try_from(letter)?.verify(&self.federation, &self.hub_key)?;
        world.delivered(self.me);
        match body {
            Body::Notice(notice) => self.answer(world, &notice),
            Body::Command(_)
            | Body::Report(_)
            | Body::Withdrawal(_)
            | Body::Accounts(_)
            | Body::Agreement(_)
            | Body::AgreementNotice(_)
            | Body::Settlement(_)
            | Body::SettlementNotice(_) => Ok(()),
        }
    }

    /// What an automatic policy says, at once.
    fn answer(&self, world: &World, notice: &HandoverNotice) -> anyhow::Result<()> {
        let (id, round) = (notice.record.handover, notice.record.round);
        match notice.kind {
            NoticeKind::Offered | NoticeKind::Reopened if !world.is_quiet() => {
                self.say(id, round, Action::Bid(bid()));
            }
            NoticeKind::Bid if notice.record.state == State::Open && world.chooses(id) => {
                let bidder = notice.cause.as_ref().context("a bid without its bidder")?.header.sender;
                let Party::Node(winner) = bidder else { anyhow::bail!("the hub bids") };
                let plain = world.details.encode_to_vec();
                let details = self.seal(world, PayloadKind::Award, (id, round), winner, &plain)?;
                self.say(id, round, Action::Award { winner, details });
            }
            NoticeKind::Awarded => {
                self.say(id, round, Action::Accept);
                let outcome = world.outcome.encode_to_vec();
                let sealed =
                    self.seal(world, PayloadKind::Outcome, (id, round), notice.record.origin, &outcome)?;
                self.say(id, round, Action::Outcome(sealed));
            }
            NoticeKind::Accepted => world.accepted(id),
            NoticeKind::Outcome => world.done(id),
            NoticeKind::Offered
            | NoticeKind::Reopened
            | NoticeKind::Bid
            | NoticeKind::Refused
            | NoticeKind::Lapsed
            | NoticeKind::Released
            | NoticeKind::Closed
            | NoticeKind::Cancelled
            | NoticeKind::Expired
            | NoticeKind::Word
            | NoticeKind::ChangeAsked
            | NoticeKind::ChangeAnswered
            | NoticeKind::ChangeLapsed
            | NoticeKind::Widened => {}
        }
        Ok(())
    }

    fn seal(
        &self,
        world: &World,
        kind: PayloadKind,
        (handover, round): (Id<HandoverKind>, u32),
        recipient: Id<NodeKind>,
        plain: &[u8],
    ) -> anyhow::Result<Sealed> {
        let context = Context { kind, handover, round, sender: self.me, recipient };
        let key = world.sealing.get(&recipient).context("a stranger")?;
        Ok(key.seal(plain, &context, random::bytes(&OsEntropy))?)
    }

    /// Carries what is said, one at a time, again and again until the hub has answered.
    async fn carry(&self, mut waiting: mpsc::UnboundedReceiver<Command>, world: &World) {
        let mut relay = self.relay().unwrap();
        while let Some(command) = waiting.recv().await {
            let now_ms = SystemClock.now().as_millisecond();
            if matches!(command.action, Action::Offer(_)) {
                world.begun(command.handover);
            }
            let header = Header {
                federation: self.federation.clone(),
                id: Id::new(now_ms.unsigned_abs(), random::bytes(&OsEntropy)),
                sender: Party::Node(self.me),
                recipient: Party::Hub,
                sent_at_ms: now_ms,
            };
            let envelope = Envelope::sign(header, Body::Command(command), &self.signer);
            let receipt = loop {
                let message: proto::Envelope = envelope.clone().into();
                match relay
                    .submit(proto::SubmitRequest { envelope: Some(message), incarnation: INCARNATION })
                    .await
                {
                    Ok(reply) => break reply.into_inner().receipt.unwrap(),
                    Err(status) => {
                        world.trouble(&format!("submitting: {} {}", status.code(), status.message()));
                        tokio::time::sleep(Duration::from_millis(200)).await;
                    }
                }
            };
            let receipt = Receipt::verify(&receipt, &self.hub_key).unwrap();
            world.submitted(receipt.refused.as_deref());
        }
    }
}

/// Counted as attached as long as it lives, however its reading ends.
struct Attached<'a>(&'a World);

impl<'a> Attached<'a> {
    fn to(world: &'a World) -> Self {
        world.attached.fetch_add(1, Ordering::SeqCst);
        Self(world)
    }
}

impl Drop for Attached<'_> {
    fn drop(&mut self) {
        self.0.attached.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A bid for the window that all offers of the bench have.
pub(crate) fn bid() -> Bid {
    Bid { firm: true, pickup_ms: vec![OFFERED_DAY_MS.0], extra_m: 9_000, agreement: None }
}
