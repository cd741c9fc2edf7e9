//! The open door: invitations become members, members get new certificates. Whoever knocks has proven nothing yet:
//! attempts are counted first, keys and proofs checked before the store is asked. It must never log a secret.

use std::sync::Arc;

use jiff::Timestamp;
use maillage_federation::{
    directory::{Entry, reach},
    enrolment::{check_enrolment, check_renewal},
    ids::Id,
    limits as contract,
    sealed::SealingPublicKey,
    signing::VerifyKey,
};
use maillage_geography::{InseeCode, Siren};
use maillage_platform::{grpc, random, refusal::Refusal};
use maillage_proto::federation::v1::{self as proto, enrolment_server};
use prost::Message as _;
use tokio::time::Instant;
use tonic::{Request, Response, Status};

use crate::{
    authority::{AuthorityError, NodeRequest},
    hub::{Hub, to_the_end},
    limits,
    refusals::{self, store_failed},
    store::{Application, Enrolled, Renewal},
};

/// The enrolment service of a hub.
#[derive(Debug, Clone)]
pub struct EnrolmentService {
    hub: Arc<Hub>,
}

impl EnrolmentService {
    /// The enrolment service of this hub.
    pub fn new(hub: Arc<Hub>) -> Self {
        Self { hub }
    }

    fn let_in<T>(&self, request: &Request<T>) -> Result<(), Refusal> {
        let address = grpc::connection(request).map(|connection| connection.remote.ip());
        let admitted = address.is_some_and(|address| self.hub.addresses.lets_in(address, Instant::now()));
        if admitted { Ok(()) } else { Err(refusals::TOO_MANY_ATTEMPTS.into()) }
    }

    /// Few at a time, each to its end.
    async fn handle<T, F>(&self, work: impl FnOnce(Arc<Hub>) -> F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Refusal>> + Send + 'static,
    {
        let place = Arc::clone(&self.hub.enrolments).try_acquire_owned();
        let place = place.map_err(|_| refusals::HUB_BUSY)?;
        let work = work(Arc::clone(&self.hub));
        to_the_end(async move {
            let _place = place;
            work.await
        })
        .await
    }
}

#[tonic::async_trait]
impl enrolment_server::Enrolment for EnrolmentService {
    async fn enrol(
        &self,
        request: Request<proto::EnrolRequest>,
    ) -> Result<Response<proto::EnrolReply>, Status> {
        self.let_in(&request)?;
        let reply = self.handle(|hub| async move { enrol(&hub, request.into_inner()).await }).await;
        Ok(Response::new(reply.inspect_err(|refusal| {
            tracing::warn!(reason = refusal.reason(), "an enrolment was refused");
        })?))
    }

    async fn renew(
        &self,
        request: Request<proto::RenewRequest>,
    ) -> Result<Response<proto::RenewReply>, Status> {
        self.let_in(&request)?;
        let reply = self.handle(|hub| async move { renew(&hub, request.into_inner()).await }).await;
        Ok(Response::new(reply.inspect_err(|refusal| {
            tracing::warn!(reason = refusal.reason(), "a renewal was refused");
        })?))
    }
}

async fn enrol(hub: &Hub, request: proto::EnrolRequest) -> Result<proto::EnrolReply, Refusal> {
    let signing_key = check_enrolment(&request).map_err(|_| refusals::ENROLMENT_BAD_PROOF)?;
    let secret_hash = *blake3::hash(&request.secret).as_bytes();
    let csr =
        NodeRequest::parse(&request.certificate_request_pem).map_err(|_| refusals::ENROLMENT_BAD_REQUEST)?;
    let now = hub.parts.clock.now();
    let entry = entry(hub, request, signing_key, now)?;
    let certificate_until_ms = until_ms(now);
    let application = Application { secret_hash, entry, now_ms: now.as_millisecond(), certificate_until_ms };
    let enrolled = hub.store().enrol(application).await.map_err(|error| store_failed(&error))?;
    let node = match enrolled {
        Enrolled::New(node) | Enrolled::Again(node) => node,
        Enrolled::Refused(refused) => return Err(refusals::Reason::from(refused).into()),
    };
    hub.roll.refresh(hub.store()).await.map_err(|error| store_failed(&error))?;
    tracing::info!(%node, again = matches!(enrolled, Enrolled::Again(_)), "a node is enrolled");
    let certified =
        hub.parts.authority.certify_node(&csr, node, now).map_err(|error| cannot_certify(&error))?;
    Ok(proto::EnrolReply {
        federation: hub.parts.federation.to_string(),
        node_id: node.to_bytes(),
        certificate_pem: certified.pem,
        authority_pem: hub.parts.authority.certificate_pem().to_owned(),
        hub_signing_key: hub.parts.signer.verify_key().as_bytes().to_vec(),
    })
}

/// The entry a request asks for, with the id it gets if it is new.
fn entry(
    hub: &Hub,
    request: proto::EnrolRequest,
    signing_key: VerifyKey,
    now: Timestamp,
) -> Result<Entry, Refusal> {
    let proto::EnrolRequest {
        secret: _,
        territory,
        certificate_request_pem: _,
        signing_key: _,
        sealing_key,
        profile,
        proof: _,
    } = request;
    let proto::DeskProfile { communes_served, phone, opening_hours } = profile.unwrap_or_default();
    let too_long = |text: &String| text.chars().count() > contract::TEXT_CHARS;
    if [&phone, &opening_hours].into_iter().any(too_long) {
        return Err(refusals::ENROLMENT_MALFORMED.into());
    }
    let reach = reach(&territory, &communes_served).map_err(|_| refusals::ENROLMENT_MALFORMED)?;
    crate::territory::known(hub.geography, &reach.territory)?;
    if let Some(unknown) = reach.communes.iter().find(|code| hub.geography.commune(code).is_none()) {
        return Err(Refusal::from(refusals::ENROLMENT_UNKNOWN_COMMUNE).with("commune", unknown));
    }
    if let Some(foreign) = reach.communes.iter().find(|code| !within_reach(hub, &reach.territory, **code)) {
        return Err(Refusal::from(refusals::ENROLMENT_UNKNOWN_COMMUNE).with("commune", foreign));
    }
    let random = random::bytes(hub.parts.entropy.as_ref());
    Ok(Entry {
        node: Id::new(u64::try_from(now.as_millisecond()).unwrap_or(0), random),
        reach,
        signing_key,
        sealing_key: SealingPublicKey::from_bytes(&sealing_key).map_err(|_| refusals::ENROLMENT_MALFORMED)?,
        rotation: None,
        phone,
        opening_hours,
        revoked: false,
    })
}

/// A node serves communes of its own territory or of one that borders it: it cannot put itself forward everywhere.
fn within_reach(hub: &Hub, territory: &Siren, commune: InseeCode) -> bool {
    let owner = hub.geography.commune(&commune).and_then(|commune| commune.territory);
    owner.is_some_and(|owner| owner == *territory || hub.geography.are_neighbours(&owner, territory))
}

async fn renew(hub: &Hub, request: proto::RenewRequest) -> Result<proto::RenewReply, Refusal> {
    let node = Id::from_bytes(&request.node_id).map_err(|_| refusals::NODE_UNKNOWN)?;
    let members = hub.roll.current();
    let member = members.nodes.get(&node).ok_or(refusals::NODE_UNKNOWN)?;
    check_renewal(&request, &member.entry.signing_key).map_err(|_| refusals::RENEWAL_BAD_PROOF)?;
    if member.entry.revoked {
        return Err(refusals::NODE_REVOKED.into());
    }
    let csr =
        NodeRequest::parse(&request.certificate_request_pem).map_err(|_| refusals::ENROLMENT_BAD_REQUEST)?;
    let now = hub.parts.clock.now();
    if request.asked_at_ms.abs_diff(now.as_millisecond()) > contract::RENEWAL_SKEW_MS.unsigned_abs() {
        return Err(refusals::RENEWAL_SKEW.into());
    }
    let renewal = Renewal {
        node,
        asked_at_ms: request.asked_at_ms,
        request_hash: *blake3::hash(&request.encode_to_vec()).as_bytes(),
        certificate_until_ms: until_ms(now),
    };
    let noted = hub.store().renew(renewal).await.map_err(|error| store_failed(&error))?;
    noted.map_err(refusals::Reason::from)?;
    hub.roll.refresh(hub.store()).await.map_err(|error| store_failed(&error))?;
    tracing::info!(%node, "a certificate was renewed");
    let certified =
        hub.parts.authority.certify_node(&csr, node, now).map_err(|error| cannot_certify(&error))?;
    Ok(proto::RenewReply { certificate_pem: certified.pem })
}

fn until_ms(now: Timestamp) -> i64 {
    now.checked_add(limits::NODE_CERTIFICATE_LIFE).unwrap_or(Timestamp::MAX).as_second().saturating_mul(1000)
}

fn cannot_certify(error: &AuthorityError) -> Refusal {
    tracing::error!(error = error as &dyn std::error::Error, "a certificate could not be made");
    refusals::ENROLMENT_BAD_REQUEST.into()
}
