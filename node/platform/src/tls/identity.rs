//! The certificate chain and key of a program, in PEM files, replaceable while serving.
//! It must never print or log a key.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arc_swap::ArcSwap;
use rustls::SignatureScheme;
use rustls::client::ResolvesClientCert;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use super::{PeerIdentity, PeerIdentityError, provider};
use crate::secrets::{self, Secret, SecretError};

/// A certificate chain (own certificate first) and its private key, checked to belong together.
#[derive(Clone)]
pub struct Identity {
    certified: Arc<CertifiedKey>,
}

/// Why an identity cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The certificate file cannot be read.
    #[error("the certificate file {path} cannot be read")]
    CertificateFile {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The key file cannot be used.
    #[error("the key file cannot be used")]
    KeyFile(#[from] SecretError),
    /// The certificates are not PEM.
    #[error("the certificates are not valid PEM")]
    CertificatePem(#[source] rustls_pki_types::pem::Error),
    /// There is no certificate in the PEM text.
    #[error("there is no certificate")]
    NoCertificate,
    /// The key is not PEM. The parser's text is left out: it could quote the key.
    #[error("the private key is not valid PEM")]
    KeyPem,
    /// The key is of a kind we do not use, or does not belong to the certificate.
    #[error("the private key is unusable or does not belong to the certificate")]
    Key(#[source] rustls::Error),
}

impl Identity {
    /// Checks that key and certificate belong together.
    pub fn new(
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
    ) -> Result<Self, IdentityError> {
        if chain.is_empty() {
            return Err(IdentityError::NoCertificate);
        }
        let certified = CertifiedKey::from_der(chain, key, &provider()).map_err(IdentityError::Key)?;
        Ok(Self { certified: Arc::new(certified) })
    }

    /// Reads the PEM texts of the chain (own certificate first) and of the PKCS #8 key.
    pub fn from_pem(chain: &str, key: &Secret<String>) -> Result<Self, IdentityError> {
        let chain = certificates_from_pem(chain)?;
        let key =
            PrivateKeyDer::from_pem_slice(key.expose().as_bytes()).map_err(|_| IdentityError::KeyPem)?;
        Self::new(chain, key)
    }

    /// Reads the PEM files of the chain and of the key; the key file must be readable by its owner alone.
    pub fn from_files(chain: &Path, key: &Path) -> Result<Self, IdentityError> {
        let text = std::fs::read_to_string(chain)
            .map_err(|source| IdentityError::CertificateFile { path: chain.to_owned(), source })?;
        Self::from_pem(&text, &secrets::read_secret_text(key)?)
    }

    /// Who this certificate says we are.
    pub fn own(&self) -> Result<PeerIdentity, PeerIdentityError> {
        self.chain().first().ok_or(PeerIdentityError::Unreadable).and_then(PeerIdentity::from_certificate)
    }

    /// The chain, own certificate first.
    pub fn chain(&self) -> &[CertificateDer<'static>] {
        &self.certified.cert
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Identity").field("own", &self.own()).field("key", &"…").finish()
    }
}

/// An identity that can be replaced while connections go on; new handshakes use the new one.
pub struct ReloadableIdentity {
    current: ArcSwap<CertifiedKey>,
}

impl ReloadableIdentity {
    /// Starts with `identity`.
    pub fn new(identity: Identity) -> Self {
        Self { current: ArcSwap::new(identity.certified) }
    }

    /// Puts `identity` in place for every handshake from now on.
    pub fn replace(&self, identity: Identity) {
        self.current.store(identity.certified);
    }

    /// The identity in place.
    pub fn current(&self) -> Identity {
        Identity { certified: self.current.load_full() }
    }
}

impl From<Identity> for ReloadableIdentity {
    fn from(identity: Identity) -> Self {
        Self::new(identity)
    }
}

impl ResolvesServerCert for ReloadableIdentity {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current.load_full())
    }
}

impl ResolvesClientCert for ReloadableIdentity {
    fn resolve(&self, _hints: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(self.current.load_full())
    }

    fn has_certs(&self) -> bool {
        true
    }
}

impl fmt::Debug for ReloadableIdentity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("ReloadableIdentity").field(&self.current()).finish()
    }
}

/// All certificates of a PEM text; at least one.
pub fn certificates_from_pem(text: &str) -> Result<Vec<CertificateDer<'static>>, IdentityError> {
    let certificates = CertificateDer::pem_slice_iter(text.as_bytes())
        .collect::<Result<Vec<_>, _>>()
        .map_err(IdentityError::CertificatePem)?;
    if certificates.is_empty() { Err(IdentityError::NoCertificate) } else { Ok(certificates) }
}

/// Fingerprint of a certificate: SHA-256 of its DER bytes, the one every other tool shows too.
pub fn certificate_fingerprint(certificate: &CertificateDer<'_>) -> [u8; 32] {
    let digest = ring::digest::digest(&ring::digest::SHA256, certificate.as_ref());
    let mut fingerprint = [0; 32];
    fingerprint.copy_from_slice(digest.as_ref());
    fingerprint
}
