//! Enrolment trusts a fingerprint and nothing else.

use std::sync::Arc;

use rustls::{CertificateError, Error};

use maillage_platform::tls::{CertificateRefusal, certificate_fingerprint, pinned_client_config};

use crate::probe::who;
use crate::world::{AFTER_EXPIRY, Authority, HUB, Hub, NODE};

fn pinned(hub: &Hub, authority: &Authority) -> Arc<rustls::ClientConfig> {
    pinned_client_config(certificate_fingerprint(&authority.certificate), hub.clock.clone()).unwrap()
}

#[tokio::test]
async fn the_right_fingerprint_reaches_the_hub() {
    let hub = Hub::start().await;
    let channel = hub.connect(pinned(&hub, &hub.authority)).await.unwrap();
    assert_eq!(who(&channel).await.unwrap(), "anonymous");
}

#[tokio::test]
async fn another_fingerprint_is_refused() {
    let hub = Hub::start().await;
    let refused = hub.handshake(pinned(&hub, &Authority::new("Tarn"))).await.unwrap_err();
    let absent = CertificateRefusal::FingerprintAbsent;
    assert_eq!(CertificateRefusal::within(&refused), Some(&absent), "{refused}");
    let mut nearly = certificate_fingerprint(&hub.authority.certificate);
    nearly[31] ^= 1;
    let config = pinned_client_config(nearly, hub.clock.clone()).unwrap();
    assert!(hub.handshake(config).await.is_err());
}

/// The authority's certificate is public: an attacker can put it into a chain it did not sign.
#[tokio::test]
async fn a_chain_that_only_quotes_the_authority_is_refused() {
    let genuine = Authority::new("Tarn");
    let attacker = Authority::new("Tarn");
    let quoting = attacker.identity_with(&[HUB], true, std::slice::from_ref(&genuine.certificate));
    let hub = Hub::with_identity(attacker, quoting).await;
    let refused = hub.handshake(pinned(&hub, &genuine)).await.unwrap_err();
    assert!(
        matches!(
            refused,
            Error::InvalidCertificate(CertificateError::UnknownIssuer | CertificateError::BadSignature)
        ),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_chain_without_the_authority_is_refused() {
    let authority = Authority::new("Tarn");
    let alone = authority.identity_with(&[HUB], true, &[]);
    let hub = Hub::with_identity(authority, alone).await;
    let refused = hub.handshake(pinned(&hub, &hub.authority)).await.unwrap_err();
    let absent = CertificateRefusal::FingerprintAbsent;
    assert_eq!(CertificateRefusal::within(&refused), Some(&absent), "{refused}");
}

#[tokio::test]
async fn a_pinned_chain_must_still_be_a_valid_hub() {
    let authority = Authority::new("Tarn");
    let node = authority.identity(&[NODE], true);
    let hub = Hub::with_identity(authority, node).await;
    let refused = hub.handshake(pinned(&hub, &hub.authority)).await.unwrap_err();
    assert_eq!(CertificateRefusal::within(&refused), Some(&CertificateRefusal::NotAHub), "{refused}");
    hub.identity.replace(hub.authority.identity(&[HUB], false));
    assert!(hub.handshake(pinned(&hub, &hub.authority)).await.is_err(), "no server name");
    hub.identity.replace(hub.authority.identity(&[HUB], true));
    drop(hub.handshake(pinned(&hub, &hub.authority)).await.unwrap());
    hub.clock.set(AFTER_EXPIRY.parse().unwrap());
    assert!(hub.handshake(pinned(&hub, &hub.authority)).await.is_err(), "expired");
}
