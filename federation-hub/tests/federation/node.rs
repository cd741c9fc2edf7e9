//! A node as the hub meets it: its keys, its requests, its certificate, its stream. Honest unless told otherwise.

use std::{collections::BTreeSet, sync::Arc};

use maillage_federation::{
    agreement::{self, AgreementNotice},
    enrolment::{Ticket, prove_enrolment, prove_renewal},
    envelope::{Body, Envelope, HandoverNotice, Header, Party, Receipt},
    handover::{Action, Bid, Command, NoticeKind, Offer, OfferedLeg},
    ids::{EnvelopeKind, HandoverKind, Id, NodeKind},
    needs::Needs,
    sealed::{Context, PayloadKind, Sealed, SealingKey},
    signing::{Purpose, Signer, VerifyKey},
};
use maillage_geography::{Geography, Siren};
use maillage_platform::{
    clock::{Clock, ManualClock},
    grpc::{ConnectError, TcpConnect, connect_tls},
    random::{self, Entropy},
    secrets::Secret,
    tls::{
        Identity, IdentityUri, PeerRole, certificates_from_pem, client_config, identity_request,
        pinned_client_config,
    },
};
use maillage_proto::federation::v1::{
    self as proto, enrolment_client::EnrolmentClient, relay_client::RelayClient,
};
use tonic::{Status, Streaming, transport::Channel};

use crate::world::{FEDERATION, World, soon};

/// Keys and request of a node that wants to enrol.
pub(crate) struct Wish {
    pub(crate) ticket: Ticket,
    pub(crate) request: proto::EnrolRequest,
    pub(crate) signer: Signer,
    pub(crate) sealing: SealingKey,
    pub(crate) tls_key: Secret<String>,
    clock: Arc<ManualClock>,
}

/// An enrolled node.
pub(crate) struct Node {
    pub(crate) id: Id<NodeKind>,
    pub(crate) territory: Siren,
    pub(crate) signer: Signer,
    pub(crate) sealing: SealingKey,
    pub(crate) relay: RelayClient<Channel>,
    pub(crate) tls_key: Secret<String>,
    pub(crate) certificate_pem: String,
    pub(crate) authority_pem: String,
    pub(crate) hub_key: VerifyKey,
    clock: Arc<ManualClock>,
    entropy: Arc<dyn Entropy>,
}

/// A node's stream.
pub(crate) struct Inbox {
    stream: Streaming<proto::InboxItem>,
    pub(crate) hub_key: VerifyKey,
}

/// A letter, its signature checked.
#[derive(Debug)]
pub(crate) struct Mail {
    pub(crate) sequence: u64,
    pub(crate) envelope: Envelope,
    pub(crate) notice: HandoverNotice,
}

impl Wish {
    /// A node with new keys, for the territory that its enrolment string names.
    pub(crate) fn of(world: &World, ticket: &str) -> Self {
        let ticket: Ticket = ticket.parse().unwrap();
        let entropy = world.entropy.as_ref();
        let signer = Signer::from_seed(&random::bytes(entropy));
        let sealing = SealingKey::from_seed(&random::bytes(entropy));
        let name = IdentityUri::new(FEDERATION, PeerRole::Node, "new").unwrap();
        let tls = identity_request(&name, entropy).unwrap();
        let communes = Geography::embedded().communes_of(&ticket.territory);
        let request = proto::EnrolRequest {
            secret: ticket.secret.to_vec(),
            territory: ticket.territory.to_string(),
            certificate_request_pem: tls.csr_pem,
            signing_key: signer.verify_key().as_bytes().to_vec(),
            sealing_key: sealing.public().as_bytes().to_vec(),
            profile: Some(proto::DeskProfile {
                communes_served: communes.map(|commune| commune.insee.to_string()).collect(),
                phone: "+33500000000".into(),
                opening_hours: "9-12".into(),
            }),
            proof: vec![],
        };
        let request = prove_enrolment(request, &signer);
        Self { ticket, request, signer, sealing, tls_key: tls.key_pem, clock: world.clock.clone() }
    }

    /// Signs the request again after a change.
    pub(crate) fn prove(&mut self) {
        self.request = prove_enrolment(self.request.clone(), &self.signer);
    }

    /// Asks the hub of the ticket, trusting only the authority it names.
    pub(crate) async fn enrol(&self) -> Result<proto::EnrolReply, Status> {
        let mut client = open_door(&self.ticket, self.clock.clone()).await.unwrap();
        client.enrol(self.request.clone()).await.map(tonic::Response::into_inner)
    }

    /// The reason for which the hub refuses.
    pub(crate) async fn refused(&self) -> String {
        crate::world::reason(&self.enrol().await.unwrap_err())
    }
}

/// The open door of the hub that a ticket names.
pub(crate) async fn open_door(
    ticket: &Ticket,
    clock: Arc<dyn Clock>,
) -> Result<EnrolmentClient<Channel>, ConnectError> {
    let config = pinned_client_config(ticket.authority_fingerprint, clock).unwrap();
    Ok(EnrolmentClient::new(connect_tls(&ticket.hub_url, config, Arc::new(TcpConnect)).await?))
}

/// A channel with this certificate, or why there is none. With TLS 1.3 a client learns of a refused certificate only
/// when it first reads, so a call is made as well.
pub(crate) async fn knock(
    url: &str,
    authority_pem: &str,
    certificate_pem: &str,
    key: &Secret<String>,
    clock: Arc<dyn Clock>,
) -> Result<RelayClient<Channel>, String> {
    let authorities = certificates_from_pem(authority_pem).unwrap();
    let identity = Identity::from_pem(certificate_pem, key).unwrap();
    let config = client_config(&authorities, Some(identity), clock).unwrap();
    let channel = connect_tls(url, config, Arc::new(TcpConnect)).await.map_err(|error| error.to_string())?;
    let mut relay = RelayClient::new(channel).max_decoding_message_size(4 << 20);
    let request = proto::FetchDirectoryRequest { known_version: 0, ..Default::default() };
    relay.fetch_directory(request).await.map_err(|status| crate::world::reason(&status))?;
    Ok(relay)
}

impl Node {
    /// The node that an enrolment made.
    pub(crate) async fn enrolled(world: &World, wish: Wish, reply: &proto::EnrolReply) -> Self {
        let Wish { ticket, signer, sealing, tls_key, clock, .. } = wish;
        let (certificate_pem, authority_pem) = (reply.certificate_pem.clone(), reply.authority_pem.clone());
        let relay = knock(&world.url, &authority_pem, &certificate_pem, &tls_key, clock.clone()).await;
        Self {
            id: Id::from_bytes(&reply.node_id).unwrap(),
            territory: ticket.territory,
            signer,
            sealing,
            relay: relay.unwrap(),
            tls_key,
            certificate_pem,
            authority_pem,
            hub_key: VerifyKey::from_bytes(&reply.hub_signing_key).unwrap(),
            clock,
            entropy: Arc::clone(&world.entropy),
        }
    }

    /// Connects anew, to where the hub is now, with the certificate it has.
    pub(crate) async fn reconnect(&mut self, world: &World) -> Result<(), String> {
        let clock = self.clock.clone();
        self.relay =
            knock(&world.url, &self.authority_pem, &self.certificate_pem, &self.tls_key, clock).await?;
        Ok(())
    }

    /// A renewal request, asked at an instant by its own clock.
    pub(crate) fn renewal(&self, asked_at_ms: i64) -> proto::RenewRequest {
        let name = IdentityUri::new(FEDERATION, PeerRole::Node, "again").unwrap();
        let tls = identity_request(&name, self.entropy.as_ref()).unwrap();
        let request = proto::RenewRequest {
            node_id: self.id.to_bytes(),
            certificate_request_pem: tls.csr_pem,
            asked_at_ms,
            proof: vec![],
        };
        prove_renewal(request, &self.signer)
    }

    pub(crate) fn random_id<K>(&self) -> Id<K> {
        let now = u64::try_from(self.clock.now().as_millisecond()).unwrap();
        Id::new(now, random::bytes(self.entropy.as_ref()))
    }

    /// A signed envelope to the hub.
    pub(crate) fn envelope(&self, body: Body) -> Envelope {
        Envelope::sign(self.header(self.random_id()), body, &self.signer)
    }

    /// The header of an envelope to the hub.
    pub(crate) fn header(&self, id: Id<EnvelopeKind>) -> Header {
        Header {
            federation: FEDERATION.parse().unwrap(),
            id,
            sender: Party::Node(self.id),
            recipient: Party::Hub,
            sent_at_ms: self.clock.now().as_millisecond(),
        }
    }

    /// Hands an envelope in.
    pub(crate) async fn submit(
        &self,
        envelope: impl Into<proto::Envelope>,
    ) -> Result<proto::Receipt, Status> {
        let request = proto::SubmitRequest { envelope: Some(envelope.into()), incarnation: 0 };
        let reply = self.relay.clone().submit(request).await?.into_inner();
        Ok(reply.receipt.unwrap())
    }

    /// The reason for which an envelope is not even answered with a receipt.
    pub(crate) async fn turned_away(&self, envelope: impl Into<proto::Envelope>) -> String {
        crate::world::reason(&self.submit(envelope).await.unwrap_err())
    }

    /// Hands a body in and checks the receipt.
    pub(crate) async fn say(&self, body: Body) -> Receipt {
        let envelope = self.envelope(body);
        let id = envelope.header.id;
        let receipt = Receipt::verify(&self.submit(envelope).await.unwrap(), &self.hub_key).unwrap();
        assert_eq!(receipt.envelope, id);
        receipt
    }

    /// Says a command.
    pub(crate) async fn command(&self, handover: Id<HandoverKind>, round: u32, action: Action) -> Receipt {
        self.say(Body::Command(Command { handover, round, action })).await
    }

    /// Offers a trip from this territory to Albi; the handover's id.
    pub(crate) async fn offer(&self, reply_in_s: i64) -> Id<HandoverKind> {
        let handover = self.random_id();
        let receipt = self.command(handover, 1, Action::Offer(self.an_offer(reply_in_s))).await;
        assert_eq!(receipt.refused, None);
        handover
    }

    /// An offer of a trip from this territory to Albi.
    pub(crate) fn an_offer(&self, reply_in_s: i64) -> Offer {
        let now_ms = self.clock.now().as_millisecond();
        let geography = Geography::embedded();
        let from = geography.communes_of(&self.territory).next().unwrap().insee;
        let day = 24 * 3_600_000;
        let leg = OfferedLeg::rounded(
            (from, "81004".parse().unwrap()),
            (now_ms + 3 * day, now_ms + 3 * day + 3_600_000),
            31_000,
        );
        Offer {
            origin_territory: self.territory,
            legs: vec![leg],
            seats: 1,
            needs: Needs::none(),
            reply_by_ms: now_ms + reply_in_s * 1000,
            accept_within_s: 600,
            agreed_only: false,
            widening: None,
            goes_with: None,
        }
    }

    /// A firm bid on such an offer.
    pub(crate) fn a_bid(&self) -> Action {
        let pickup_ms = vec![self.clock.now().as_millisecond() + 3 * 24 * 3_600_000];
        Action::Bid(Bid { firm: true, pickup_ms, extra_m: 4_000, agreement: None })
    }

    /// An award to a node, with details sealed to it.
    pub(crate) fn an_award(&self, handover: Id<HandoverKind>, round: u32, winner: &Self) -> Action {
        let kind = PayloadKind::Award;
        let details = self.sealed(b"Jeanne Exemple, 3 rue des Lilas", (handover, round, kind), winner);
        Action::Award { winner: winner.id, details }
    }

    /// Seals bytes to a node.
    pub(crate) fn sealed(
        &self,
        plain: &[u8],
        (handover, round, kind): (Id<HandoverKind>, u32, PayloadKind),
        to: &Self,
    ) -> Sealed {
        let context = Context { kind, handover, round, sender: self.id, recipient: to.id };
        to.sealing.public().seal(plain, &context, random::bytes(self.entropy.as_ref())).unwrap()
    }

    /// Opens the stream after a cursor.
    pub(crate) async fn inbox(&self, cursor: u64) -> Inbox {
        let stream = self
            .relay
            .clone()
            .inbox(proto::InboxRequest { cursor, incarnation: 0 })
            .await
            .unwrap()
            .into_inner();
        Inbox { stream, hub_key: self.hub_key }
    }

    /// Kinds of all letters waiting for this node.
    pub(crate) async fn waiting_kinds(&self, world: &World) -> Vec<NoticeKind> {
        let (mut inbox, mut kinds) = (self.inbox(0).await, Vec::new());
        for _ in 0..world.waiting(self.id).await {
            kinds.push(inbox.next().await.notice.kind);
        }
        kinds
    }

    /// Forgets letters up to a sequence.
    pub(crate) async fn ack(&self, cursor: u64) {
        self.relay.clone().ack(proto::AckRequest { cursor, incarnation: 0 }).await.unwrap();
    }

    /// Where a handover stands.
    pub(crate) async fn look_up(&self, handover: Id<HandoverKind>) -> Result<proto::HandoverRecord, Status> {
        let request = proto::LookUpHandoverRequest { handover_id: handover.to_bytes() };
        Ok(self.relay.clone().look_up_handover(request).await?.into_inner().record.unwrap())
    }
}

impl Inbox {
    /// The next letter.
    pub(crate) async fn next(&mut self) -> Mail {
        let item = soon("a letter", self.stream.message()).await.unwrap().expect("the stream goes on");
        let envelope = Envelope::try_from(item.envelope.unwrap()).unwrap();
        assert_eq!(envelope.header.sender, Party::Hub);
        let body = envelope.verify(&FEDERATION.parse().unwrap(), &self.hub_key).unwrap();
        let Body::Notice(notice) = body else { panic!("a letter is a notice") };
        Mail { sequence: item.sequence, envelope, notice: *notice }
    }

    /// The next letter, which must be about an agreement.
    pub(crate) async fn agreement(&mut self, kind: agreement::NoticeKind) -> AgreementNotice {
        let item = soon("a letter", self.stream.message()).await.unwrap().expect("the stream goes on");
        let envelope = Envelope::try_from(item.envelope.unwrap()).unwrap();
        let body = envelope.verify(&FEDERATION.parse().unwrap(), &self.hub_key).unwrap();
        let Body::AgreementNotice(notice) = body else { panic!("not about an agreement") };
        assert_eq!(notice.kind, kind);
        *notice
    }

    /// The next letter, which must be about a month: the envelope in it, as its sender wrote it.
    pub(crate) async fn month(&mut self) -> Envelope {
        let item = soon("a letter", self.stream.message()).await.unwrap().expect("the stream goes on");
        let envelope = Envelope::try_from(item.envelope.unwrap()).unwrap();
        let body = envelope.verify(&FEDERATION.parse().unwrap(), &self.hub_key).unwrap();
        let Body::SettlementNotice(cause) = body else { panic!("not about a month") };
        *cause
    }

    /// The next letter, which must be about this.
    pub(crate) async fn expect(&mut self, kind: NoticeKind) -> Mail {
        let mail = self.next().await;
        assert_eq!(mail.notice.kind, kind, "{mail:?}");
        mail
    }

    /// How the stream ends.
    pub(crate) async fn end(&mut self) -> Status {
        loop {
            match soon("the end of the stream", self.stream.message()).await {
                Ok(Some(_)) => {}
                Ok(None) => panic!("a stream ends with a reason"),
                Err(status) => return status,
            }
        }
    }
}

/// No two of these are equal.
pub(crate) fn all_different<T: Ord + Clone>(values: &[T]) -> bool {
    values.iter().cloned().collect::<BTreeSet<T>>().len() == values.len()
}

impl Inbox {
    /// The next letter's sequence, or the reason of the stream's end.
    pub(crate) async fn mail_or_reason(&mut self) -> Result<u64, String> {
        match soon("a letter or an end", self.stream.message()).await {
            Ok(item) => Ok(item.unwrap().sequence),
            Err(status) => Err(crate::world::reason(&status)),
        }
    }
}

impl Node {
    /// An envelope around any bytes, signed as this node signs.
    pub(crate) fn sign_bytes(&self, body: Vec<u8>) -> proto::Envelope {
        let header = self.header(self.random_id());
        let fields: [Vec<u8>; 6] = [
            header.federation.as_str().as_bytes().to_vec(),
            header.id.to_bytes(),
            self.id.to_bytes(),
            vec![],
            header.sent_at_ms.to_be_bytes().to_vec(),
            body.clone(),
        ];
        let signature = self.signer.sign(Purpose::Envelope, &fields.each_ref().map(Vec::as_slice));
        proto::Envelope {
            federation: FEDERATION.into(),
            id: header.id.to_bytes(),
            sender: self.id.to_bytes(),
            recipient: vec![],
            sent_at_ms: header.sent_at_ms,
            body,
            signature,
        }
    }
}
