//! The key of a node and its request for a certificate. The private key is made here and never leaves the machine.

use std::str::FromStr;

use rcgen::{CertificateParams, KeyPair, PKCS_ED25519, SanType};
use rustls_pki_types::PrivatePkcs8KeyDer;
use zeroize::{Zeroize, Zeroizing};

use super::IdentityUri;
use crate::random::{self, Entropy};
use crate::secrets::Secret;

/// A new key and the request to certify it.
#[derive(Debug)]
pub struct IdentityRequest {
    /// The Ed25519 private key, PKCS #8 in PEM; to be stored with [`crate::secrets::write_secret`].
    pub key_pem: Secret<String>,
    /// The certificate signing request in PEM, with the identity as its only name.
    pub csr_pem: String,
}

/// The request could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the certificate request cannot be made")]
pub struct RequestError(#[from] rcgen::Error);

/// Makes an Ed25519 key from `entropy` and a signing request that carries `identity` as its URI name.
pub fn identity_request(
    identity: &IdentityUri,
    entropy: &dyn Entropy,
) -> Result<IdentityRequest, RequestError> {
    let key = new_key(entropy)?;
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name.push(rcgen::DnType::CommonName, identity.id());
    parameters.subject_alt_names = vec![SanType::URI(FromStr::from_str(&identity.to_string())?)];
    let csr_pem = parameters.serialize_request(&key)?.pem()?;
    Ok(IdentityRequest { key_pem: Secret::new(key.serialize_pem()), csr_pem })
}

/// PKCS #8 version 1 wraps the 32-byte seed of Ed25519 in a fixed prefix (RFC 8410, section 7).
fn new_key(entropy: &dyn Entropy) -> Result<KeyPair, rcgen::Error> {
    let seed = Zeroizing::new(random::bytes::<32>(entropy));
    let mut document = ED25519_PKCS8_PREFIX.to_vec();
    document.extend_from_slice(&*seed);
    let pair =
        KeyPair::from_pkcs8_der_and_sign_algo(&PrivatePkcs8KeyDer::from(document.as_slice()), &PKCS_ED25519);
    document.zeroize();
    pair
}

const ED25519_PKCS8_PREFIX: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
