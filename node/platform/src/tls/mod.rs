//! TLS 1.3 between node and hub on rustls and ring: identities, who the peer is, server and client configurations.
//!
//! It must never accept an earlier version of TLS, resume a session (a resumed session would skip the check of
//! revocation and expiry), or trust the certificate authorities of the operating system.
//! Issuing certificates is the hub's business and is not here.

mod client;
mod identity;
mod peer;
mod request;
mod server;

use std::fmt;
use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::{CertificateError, OtherError};

pub use client::{client_config, pinned_client_config, reloadable_client_config};
pub use identity::{
    Identity, IdentityError, ReloadableIdentity, certificate_fingerprint, certificates_from_pem,
};
pub use peer::{IdentityUri, PeerIdentity, PeerIdentityError, PeerRole, UriReason};
pub use request::{IdentityRequest, RequestError, identity_request};
pub use server::{NothingRevoked, Revocation, ServerTls, server_config};

/// Why a TLS configuration cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// rustls refused the configuration.
    #[error("the TLS configuration is refused")]
    Configuration(#[from] rustls::Error),
    /// The certificate authority given cannot be used.
    #[error("the certificate authority cannot be used")]
    Authority(#[from] rustls::server::VerifierBuilderError),
    /// No certificate authority was given.
    #[error("no certificate authority is given")]
    NoAuthority,
}

/// Why we refuse a certificate that is otherwise valid; travels within [`rustls::Error`].
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateRefusal {
    /// The pinned authority is not in the chain.
    #[error("the chain does not contain the certificate authority with the expected fingerprint")]
    FingerprintAbsent,
    /// The server is certified, but as something else than a hub.
    #[error("the server is not a hub")]
    NotAHub,
    /// The certificate says nothing about who presents it.
    #[error("{0}")]
    Identity(PeerIdentityError),
}

impl CertificateRefusal {
    /// Our reason within an error of rustls, if it has one.
    pub fn within(error: &rustls::Error) -> Option<&Self> {
        if let rustls::Error::InvalidCertificate(CertificateError::Other(OtherError(reason))) = error {
            reason.downcast_ref()
        } else {
            None
        }
    }
}

impl fmt::Debug for CertificateRefusal {
    /// The sentence itself: it is all that rustls shows of it.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl From<CertificateRefusal> for rustls::Error {
    fn from(reason: CertificateRefusal) -> Self {
        Self::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(reason))))
    }
}

/// The one cryptographic provider, never the process-wide default.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// Protocol spoken inside TLS: HTTP/2 alone, since all our services are gRPC.
fn protocols() -> Vec<Vec<u8>> {
    vec![b"h2".to_vec()]
}
