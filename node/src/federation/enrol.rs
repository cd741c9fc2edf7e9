//! Joining a federation with an enrolment string. The hub is trusted only if it shows the certificate authority whose
//! fingerprint the string carries. Asking again after a lost answer is safe: the hub knows the key.

use std::{error::Error, path::Path, sync::Arc};

use data_encoding::HEXLOWER;
use maillage_federation::{
    enrolment::{Ticket, prove_enrolment},
    ids::Id,
    name::FederationName,
};
use maillage_geography::Geography;
use maillage_platform::{
    clock::Clock,
    directory::DataDirectory,
    grpc::{TcpConnect, connect_tls},
    random::OsEntropy,
    refusal::{Refusal, RefusalKind},
    tls::{
        IdentityUri, PeerRole, certificate_fingerprint, certificates_from_pem, identity_request,
        pinned_client_config,
    },
};
use maillage_proto::federation::v1::{
    DeskProfile, EnrolReply, EnrolRequest, enrolment_client::EnrolmentClient,
};

use super::membership::{self, Description, Keys, Membership};
use crate::{app::refusals, profile::Profile};

/// What joining brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// The federation.
    pub federation: String,
    /// This node in it.
    pub node_id: String,
}

/// Joins the federation that sent the enrolment string.
///
/// # Errors
/// The hub's refusal, or what is wrong on this side, each with its own code.
pub async fn join(data: &Path, ticket: Ticket, clock: Arc<dyn Clock>) -> Result<Joined, Refusal> {
    let directory = DataDirectory::open(data, crate::PROGRAM).map_err(refusals::directory)?;
    // A membership that is damaged is no membership: joining again is how it is mended.
    if matches!(Membership::load(&directory), Ok(Some(_))) {
        return Err(refusals::conflict("already-joined").with("path", data.display()));
    }
    let profile = Profile::load(&directory).map_err(refusals::internal)?;
    if profile.territory != ticket.territory {
        return Err(Refusal::new(RefusalKind::Conflict, "join-other-territory")
            .with("invited", ticket.territory)
            .with("territory", profile.territory));
    }
    if clock.now().as_millisecond() >= ticket.expires_at_ms {
        return Err(Refusal::new(RefusalKind::Conflict, "enrolment-expired"));
    }
    let keys = Keys::create(&directory, &OsEntropy).map_err(refusals::internal)?;
    let uri = IdentityUri::new("pending", PeerRole::Node, "pending").map_err(refusals::internal)?;
    let request = identity_request(&uri, &OsEntropy).map_err(refusals::internal)?;
    let enrol = prove_enrolment(
        EnrolRequest {
            secret: ticket.secret.to_vec(),
            territory: ticket.territory.to_string(),
            certificate_request_pem: request.csr_pem.clone(),
            signing_key: keys.signer.verify_key().as_bytes().to_vec(),
            sealing_key: keys.sealing.public().as_bytes().to_vec(),
            profile: Some(desk_profile(&profile)),
            proof: Vec::new(),
        },
        &keys.signer,
    );
    let reply = call(&ticket, enrol, clock).await?;
    let description = describe(&ticket, &reply)?;
    membership::store(&directory, &description, &reply.certificate_pem, &request.key_pem)
        .map_err(refusals::internal)?;
    Ok(Joined { federation: description.federation.to_string(), node_id: description.node_id.to_string() })
}

async fn call(ticket: &Ticket, enrol: EnrolRequest, clock: Arc<dyn Clock>) -> Result<EnrolReply, Refusal> {
    let config = pinned_client_config(ticket.authority_fingerprint, clock).map_err(refusals::internal)?;
    let channel = connect_tls(&ticket.hub_url, config, Arc::new(TcpConnect)).await.map_err(|error| {
        tracing::debug!(error = %refusals::chain(&error), "the hub cannot be reached");
        if is_distrust(&error) {
            return Refusal::new(RefusalKind::Forbidden, "hub-not-trusted").with("url", &ticket.hub_url);
        }
        Refusal::new(RefusalKind::Unavailable, "hub-unreachable").with("url", &ticket.hub_url)
    })?;
    let reply = EnrolmentClient::new(channel).enrol(enrol).await;
    Ok(reply.map_err(|status| Refusal::from_status(&status))?.into_inner())
}

/// Whether somebody answered who is not the hub of the enrolment string.
fn is_distrust(error: &(dyn Error + 'static)) -> bool {
    let is_certificate = |error: &(dyn Error + 'static)| {
        matches!(error.downcast_ref(), Some(rustls::Error::InvalidCertificate(_)))
    };
    // An error of input and output hides the one it wraps from `source`.
    let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    is_certificate(error)
        || wrapped.is_some_and(|wrapped| is_distrust(wrapped))
        || error.source().is_some_and(is_distrust)
}

fn describe(ticket: &Ticket, reply: &EnrolReply) -> Result<Description, Refusal> {
    let odd = || Refusal::new(RefusalKind::Internal, "hub-answer-unusable");
    let federation: FederationName = reply.federation.parse().map_err(|_| odd())?;
    let authority = certificates_from_pem(&reply.authority_pem).map_err(|_| odd())?;
    let pinned = |certificate| certificate_fingerprint(certificate) == ticket.authority_fingerprint;
    if !authority.iter().all(pinned) {
        return Err(odd());
    }
    Ok(Description {
        federation,
        node_id: Id::from_bytes(&reply.node_id).map_err(|_| odd())?,
        hub_url: ticket.hub_url.clone(),
        hub_signing_key: HEXLOWER.encode(&reply.hub_signing_key),
        authority_pem: reply.authority_pem.clone(),
    })
}

/// How this node presents itself: the whole territory, its desk's phone and hours.
fn desk_profile(profile: &Profile) -> DeskProfile {
    let communes = Geography::embedded().communes_of(&profile.territory);
    DeskProfile {
        communes_served: communes.into_iter().map(|commune| commune.insee.to_string()).collect(),
        phone: profile.phone.clone(),
        opening_hours: profile.opening_hours.clone(),
    }
}
