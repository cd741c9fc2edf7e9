//! The node's side of TLS: the hub must present a certificate of the federation's authority that carries a hub's
//! identity and the name that was dialled. It must never skip one of the three.

use std::fmt;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::version::TLS13;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

use super::server::roots;
use super::{
    CertificateRefusal, Identity, PeerIdentity, PeerRole, ReloadableIdentity, TlsError,
    certificate_fingerprint, protocols, provider,
};
use crate::clock::{Clock, RustlsTime};

/// Trusts hubs certified by one of `ca`, at the time of `clock`; presents `identity` if there is one.
pub fn client_config(
    ca: &[CertificateDer<'static>],
    identity: Option<Identity>,
    clock: Arc<dyn Clock>,
) -> Result<Arc<ClientConfig>, TlsError> {
    let identity = identity.map(|identity| Arc::new(ReloadableIdentity::new(identity)));
    configure(authority_trust(ca)?, identity, clock)
}

/// Like [`client_config`], with an identity that can be renewed while the configuration is in use.
pub fn reloadable_client_config(
    ca: &[CertificateDer<'static>],
    identity: Arc<ReloadableIdentity>,
    clock: Arc<dyn Clock>,
) -> Result<Arc<ClientConfig>, TlsError> {
    configure(authority_trust(ca)?, Some(identity), clock)
}

/// For enrolment, when only the fingerprint of the authority is known: trusts a hub that presents the authority's
/// certificate in its chain, with `ca_fingerprint` = SHA-256 of its DER bytes, and verifies the hub's own
/// certificate against it. Presents no certificate.
pub fn pinned_client_config(
    ca_fingerprint: [u8; 32],
    clock: Arc<dyn Clock>,
) -> Result<Arc<ClientConfig>, TlsError> {
    configure(Trust::Fingerprint(ca_fingerprint), None, clock)
}

fn authority_trust(ca: &[CertificateDer<'static>]) -> Result<Trust, TlsError> {
    let verifier = WebPkiServerVerifier::builder_with_provider(roots(ca)?, provider()).build()?;
    Ok(Trust::Authority(verifier))
}

fn configure(
    trust: Trust,
    identity: Option<Arc<ReloadableIdentity>>,
    clock: Arc<dyn Clock>,
) -> Result<Arc<ClientConfig>, TlsError> {
    let algorithms = provider().signature_verification_algorithms;
    let builder = ClientConfig::builder_with_details(provider(), Arc::new(RustlsTime::new(clock)))
        .with_protocol_versions(&[&TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(HubOnly { trust, algorithms }));
    let mut config = match identity {
        Some(identity) => builder.with_client_cert_resolver(identity),
        None => builder.with_no_client_auth(),
    };
    config.alpn_protocols = protocols();
    config.resumption = Resumption::disabled();
    Ok(Arc::new(config))
}

/// Where trust begins.
enum Trust {
    Authority(Arc<WebPkiServerVerifier>),
    Fingerprint([u8; 32]),
}

struct HubOnly {
    trust: Trust,
    algorithms: WebPkiSupportedAlgorithms,
}

impl HubOnly {
    /// A verifier that trusts the pinned authority alone, if the chain contains it.
    fn pinned(
        fingerprint: &[u8; 32],
        intermediates: &[CertificateDer<'_>],
    ) -> Result<Arc<WebPkiServerVerifier>, Error> {
        let authority = intermediates
            .iter()
            .find(|certificate| certificate_fingerprint(certificate) == *fingerprint)
            .ok_or(CertificateRefusal::FingerprintAbsent)?;
        let mut store = RootCertStore::empty();
        store.add(authority.clone().into_owned())?;
        WebPkiServerVerifier::builder_with_provider(Arc::new(store), provider())
            .build()
            .map_err(|_| Error::InvalidCertificate(CertificateError::UnknownIssuer))
    }
}

impl ServerCertVerifier for HubOnly {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let webpki = match &self.trust {
            Trust::Authority(verifier) => Arc::clone(verifier),
            Trust::Fingerprint(fingerprint) => Self::pinned(fingerprint, intermediates)?,
        };
        let verified =
            webpki.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)?;
        match PeerIdentity::from_certificate(end_entity).map_err(CertificateRefusal::Identity)?.role {
            PeerRole::Hub => Ok(verified),
            PeerRole::Node => Err(CertificateRefusal::NotAHub.into()),
        }
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General("TLS 1.2 is not spoken".to_owned()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        rustls::crypto::verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

impl fmt::Debug for HubOnly {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("HubOnly").finish_non_exhaustive()
    }
}
