//! The hub's side of TLS: optional client certificates of our own authority, refused at the handshake when
//! revoked, expired or without an identity. It must never let a revoked peer resume a session.

use std::fmt;
use std::sync::Arc;

use rustls::client::danger::HandshakeSignatureValid;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::version::TLS13;
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, RootCertStore, ServerConfig,
    SignatureScheme,
};
use rustls_pki_types::{CertificateDer, UnixTime};

use super::{CertificateRefusal, PeerIdentity, ReloadableIdentity, TlsError, protocols, provider};
use crate::clock::{Clock, RustlsTime};

/// Who may no longer connect. Asked at every handshake, on the connection's task: answer from memory.
pub trait Revocation: Send + Sync {
    /// Whether `identity` is revoked, by its certificate or as a whole.
    fn is_revoked(&self, identity: &PeerIdentity) -> bool;
}

/// For programs that revoke nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct NothingRevoked;

impl Revocation for NothingRevoked {
    fn is_revoked(&self, _identity: &PeerIdentity) -> bool {
        false
    }
}

/// A server configuration with the revocation it was made with.
#[derive(Clone)]
pub struct ServerTls {
    pub(crate) config: Arc<ServerConfig>,
    pub(crate) revocation: Arc<dyn Revocation>,
}

impl ServerTls {
    /// The rustls configuration itself.
    pub fn config(&self) -> &Arc<ServerConfig> {
        &self.config
    }
}

impl fmt::Debug for ServerTls {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ServerTls").finish_non_exhaustive()
    }
}

/// TLS 1.3 with `identity` (replaceable while serving), and client certificates that are optional but, when given,
/// must come from one of `client_ca`, be valid by `clock`, carry an identity and not be revoked.
///
/// For [`super::pinned_client_config`] to work, the chain of `identity` must end with the authority's certificate.
pub fn server_config(
    identity: Arc<ReloadableIdentity>,
    client_ca: &[CertificateDer<'static>],
    clock: Arc<dyn Clock>,
    revocation: Arc<dyn Revocation>,
) -> Result<ServerTls, TlsError> {
    let webpki = WebPkiClientVerifier::builder_with_provider(roots(client_ca)?, provider())
        .allow_unauthenticated()
        .build()?;
    let verifier = Arc::new(IdentifiedClients { webpki, revocation: Arc::clone(&revocation) });
    let mut config = ServerConfig::builder_with_details(provider(), Arc::new(RustlsTime::new(clock)))
        .with_protocol_versions(&[&TLS13])?
        .with_client_cert_verifier(verifier)
        .with_cert_resolver(identity);
    config.alpn_protocols = protocols();
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(ServerTls { config: Arc::new(config), revocation })
}

/// The authorities as rustls wants them.
pub(super) fn roots(authorities: &[CertificateDer<'static>]) -> Result<Arc<RootCertStore>, TlsError> {
    if authorities.is_empty() {
        return Err(TlsError::NoAuthority);
    }
    let mut store = RootCertStore::empty();
    for authority in authorities {
        store.add(authority.clone())?;
    }
    Ok(Arc::new(store))
}

struct IdentifiedClients {
    webpki: Arc<dyn ClientCertVerifier>,
    revocation: Arc<dyn Revocation>,
}

impl ClientCertVerifier for IdentifiedClients {
    fn offer_client_auth(&self) -> bool {
        self.webpki.offer_client_auth()
    }

    fn client_auth_mandatory(&self) -> bool {
        self.webpki.client_auth_mandatory()
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.webpki.root_hint_subjects()
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        let verified = self.webpki.verify_client_cert(end_entity, intermediates, now)?;
        let identity = PeerIdentity::from_certificate(end_entity).map_err(CertificateRefusal::Identity)?;
        if self.revocation.is_revoked(&identity) {
            return Err(Error::InvalidCertificate(CertificateError::Revoked));
        }
        Ok(verified)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.webpki.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.webpki.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.webpki.supported_verify_schemes()
    }
}

impl fmt::Debug for IdentifiedClients {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("IdentifiedClients").finish_non_exhaustive()
    }
}
