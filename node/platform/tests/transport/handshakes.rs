//! Who gets in and who does not.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustls::client::Resumption;
use rustls::{AlertDescription, CertificateError, ClientConfig, Error};
use tokio_rustls::TlsConnector;

use maillage_platform::random::{OsEntropy, SeededEntropy};
use maillage_platform::tls::{
    CertificateRefusal, Identity, IdentityError, IdentityUri, PeerIdentity, PeerIdentityError, PeerRole,
    ReloadableIdentity, Revocation, UriReason, client_config, identity_request, reloadable_client_config,
};

use crate::probe::who;
use crate::world::{AFTER_EXPIRY, Authority, BEFORE_ISSUE, HUB, Hub, NODE};

#[tokio::test]
async fn the_right_peer_is_let_in_and_its_identity_seen() {
    let hub = Hub::start().await;
    let channel = hub.connect(hub.client(Some(hub.node()))).await.unwrap();
    assert_eq!(who(&channel).await.unwrap(), "tarn/node/200034031");
    assert_eq!(hub.connections.connected().get("200034031"), Some(&1));
    let anonymous = hub.connect(hub.client(None)).await.unwrap();
    assert_eq!(who(&anonymous).await.unwrap(), "anonymous");
    assert_eq!((hub.connections.connected().len(), hub.connections.open()), (1, 2));
}

#[tokio::test]
async fn a_signing_request_leads_to_an_identity_that_is_let_in() {
    let hub = Hub::start().await;
    let uri: IdentityUri = NODE.parse().unwrap();
    let request = identity_request(&uri, &OsEntropy).unwrap();
    let identity = hub.authority.certify(&request.csr_pem, &request.key_pem);
    let channel = hub.connect(hub.client(Some(identity))).await.unwrap();
    assert_eq!(who(&channel).await.unwrap(), "tarn/node/200034031");
    let again = |seed| identity_request(&uri, &SeededEntropy::new(seed)).unwrap().csr_pem;
    assert_eq!(again(1), again(1));
    assert_ne!(again(1), again(2));
}

#[tokio::test]
async fn a_client_of_another_authority_is_refused() {
    let hub = Hub::start().await;
    let stranger = Authority::new("Ailleurs").identity(&[NODE], false);
    let refused = hub.handshake(hub.client(Some(stranger))).await.unwrap_err();
    assert_eq!(refused, Error::AlertReceived(AlertDescription::UnknownCA));
    // The same name does not make the same authority.
    let namesake = Authority::new("Tarn").identity(&[NODE], false);
    let refused = hub.handshake(hub.client(Some(namesake))).await.unwrap_err();
    assert!(matches!(refused, Error::AlertReceived(_)), "{refused}");
    assert_eq!(hub.connections.open(), 0);
}

#[tokio::test]
async fn a_hub_of_another_authority_is_refused() {
    let hub = Hub::start().await;
    let other = [Authority::new("Ailleurs").certificate];
    let config = client_config(&other, Some(hub.node()), hub.clock.clone()).unwrap();
    let refused = hub.handshake(config).await.unwrap_err();
    assert_eq!(refused, Error::InvalidCertificate(CertificateError::UnknownIssuer));
}

#[tokio::test]
async fn a_hub_under_another_name_is_refused() {
    let hub = Hub::start().await;
    let socket = tokio::net::TcpStream::connect(hub.address).await.unwrap();
    let name = rustls_pki_types::ServerName::try_from("hub.example").unwrap();
    let refused = TlsConnector::from(hub.client(None)).connect(name, socket).await.unwrap_err();
    assert!(refused.to_string().contains("not valid for name"), "{refused}");
}

#[tokio::test]
async fn validity_follows_the_clock_on_both_sides() {
    let hub = Hub::start().await;
    for (instant, alert) in [
        (AFTER_EXPIRY, AlertDescription::CertificateExpired),
        (BEFORE_ISSUE, AlertDescription::CertificateExpired),
    ] {
        let client_clock =
            Arc::new(maillage_platform::clock::ManualClock::new(crate::world::NOW.parse().unwrap()));
        let authority = std::slice::from_ref(&hub.authority.certificate);
        let config = client_config(authority, Some(hub.node()), client_clock.clone()).unwrap();
        hub.clock.set(crate::world::NOW.parse().unwrap());
        drop(hub.handshake(config.clone()).await.unwrap());
        hub.clock.set(instant.parse().unwrap());
        let refused = hub.handshake(config.clone()).await.unwrap_err();
        assert_eq!(refused, Error::AlertReceived(alert), "{instant}");
        client_clock.set(instant.parse().unwrap());
        let refused = hub.handshake(config).await.unwrap_err();
        assert!(matches!(refused, Error::InvalidCertificate(_)), "{instant}: {refused}");
    }
}

#[tokio::test]
async fn a_revoked_peer_is_refused_at_the_handshake() {
    let hub = Hub::start().await;
    hub.revoked.ids.lock().unwrap().insert("200034031".to_owned());
    let refused = hub.handshake(hub.client(Some(hub.node()))).await.unwrap_err();
    assert_eq!(refused, Error::AlertReceived(AlertDescription::CertificateRevoked));
    let other = hub.authority.identity(&["maillage://tarn/node/200034049"], false);
    drop(hub.handshake(hub.client(Some(other))).await.unwrap());
}

/// A resumed session skips the client's certificate: a peer that keeps tickets must gain nothing by it.
#[tokio::test]
async fn a_revoked_peer_cannot_resume_a_session() {
    let hub = Hub::start().await;
    let mut config = ClientConfig::clone(&hub.client(Some(hub.node())));
    config.resumption = Resumption::in_memory_sessions(16);
    let config = Arc::new(config);
    for _ in 0..2 {
        let stream = hub.handshake(config.clone()).await.unwrap();
        assert_eq!(stream.get_ref().1.handshake_kind(), Some(rustls::HandshakeKind::Full));
    }
    hub.revoked.ids.lock().unwrap().insert("200034031".to_owned());
    let refused = hub.handshake(config).await.unwrap_err();
    assert_eq!(refused, Error::AlertReceived(AlertDescription::CertificateRevoked));
}

/// Answers "not revoked" once (during the handshake) and "revoked" from then on.
#[derive(Default)]
struct RevokedMeanwhile {
    asked: AtomicUsize,
}

impl Revocation for RevokedMeanwhile {
    fn is_revoked(&self, _identity: &PeerIdentity) -> bool {
        self.asked.fetch_add(1, Ordering::SeqCst) > 0
    }
}

#[tokio::test]
async fn a_revocation_during_the_handshake_does_not_slip_through() {
    let revocation = Arc::new(RevokedMeanwhile::default());
    let hub = Hub::with_revocation(revocation.clone()).await;
    let channel = hub.connect(hub.client(Some(hub.node()))).await;
    let answered = match channel {
        Ok(channel) => who(&channel).await.is_ok(),
        Err(_) => false,
    };
    assert!(!answered);
    assert!(revocation.asked.load(Ordering::SeqCst) >= 2);
}

#[tokio::test]
async fn a_certificate_without_one_sound_identity_is_refused() {
    let hub = Hub::start().await;
    let cases: [(&[&str], PeerIdentityError); 4] = [
        (&[], PeerIdentityError::NoIdentity),
        (&["https://example.org/"], PeerIdentityError::Malformed(UriReason::Scheme)),
        (&["maillage://tarn/driver/7"], PeerIdentityError::Malformed(UriReason::Role)),
        (&[NODE, "maillage://tarn/node/200034049"], PeerIdentityError::SeveralIdentities),
    ];
    for (uris, reason) in cases {
        let identity = hub.authority.identity(uris, false);
        assert_eq!(identity.own(), Err(reason), "{uris:?}");
        let refused = hub.handshake(hub.client(Some(identity))).await.unwrap_err();
        assert_eq!(refused, Error::AlertReceived(AlertDescription::CertificateUnknown), "{uris:?}");
    }
}

#[tokio::test]
async fn a_node_cannot_pass_for_the_hub() {
    let authority = Authority::new("Tarn");
    let imposter = authority.identity(&[NODE], true);
    let hub = Hub::with_identity(authority, imposter).await;
    let refused = hub.handshake(hub.client(None)).await.unwrap_err();
    assert_eq!(CertificateRefusal::within(&refused), Some(&CertificateRefusal::NotAHub), "{refused}");
    hub.identity.replace(hub.authority.identity(&[HUB], true));
    drop(hub.handshake(hub.client(None)).await.unwrap());
}

#[tokio::test]
async fn earlier_versions_of_tls_are_refused() {
    let hub = Hub::start().await;
    let mut roots = rustls::RootCertStore::empty();
    roots.add(hub.authority.certificate.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS12])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let refused = hub.handshake(Arc::new(config)).await.unwrap_err();
    assert_eq!(refused, Error::AlertReceived(AlertDescription::ProtocolVersion));
}

#[tokio::test]
async fn a_new_server_certificate_is_used_at_once_and_spares_running_connections() {
    let hub = Hub::start().await;
    let running = hub.connect(hub.client(None)).await.unwrap();
    who(&running).await.unwrap();
    let serial = |stream: &tokio_rustls::client::TlsStream<tokio::net::TcpStream>| {
        let certificates = stream.get_ref().1.peer_certificates().unwrap();
        PeerIdentity::from_certificate(&certificates[0]).unwrap().serial
    };
    let before = serial(&hub.handshake(hub.client(None)).await.unwrap());
    let renewed = hub.authority.identity(&[HUB], true);
    hub.identity.replace(renewed.clone());
    let after = serial(&hub.handshake(hub.client(None)).await.unwrap());
    assert_ne!(before, after);
    assert_eq!(after, renewed.own().unwrap().serial);
    assert_eq!(who(&running).await.unwrap(), "anonymous");
}

#[tokio::test]
async fn a_client_presents_its_renewed_certificate_without_a_new_configuration() {
    let hub = Hub::start().await;
    let identity = Arc::new(ReloadableIdentity::new(Authority::new("Ailleurs").identity(&[NODE], false)));
    let authority = std::slice::from_ref(&hub.authority.certificate);
    let config = reloadable_client_config(authority, identity.clone(), hub.clock.clone()).unwrap();
    assert!(hub.handshake(config.clone()).await.is_err());
    identity.replace(hub.node());
    let channel = hub.connect(config).await.unwrap();
    assert_eq!(who(&channel).await.unwrap(), "tarn/node/200034031");
}

#[test]
fn an_identity_tells_who_it_is_and_hides_its_key() {
    let identity = Authority::new("Tarn").identity(&[NODE], false);
    let own = identity.own().unwrap();
    assert_eq!((own.federation.as_str(), own.role, own.id.as_str()), ("tarn", PeerRole::Node, "200034031"));
    assert_eq!(own.not_after, "2027-01-01T00:00:00Z".parse().unwrap());
    assert!(own.is_current(own.not_after));
    assert!(!own.is_current(own.not_after + jiff::SignedDuration::from_secs(1)));
    let printed = format!("{identity:?}");
    assert!(printed.contains("key: \"…\"") && printed.contains("200034031"), "{printed}");
}

#[test]
fn a_key_of_another_certificate_is_refused() {
    let authority = Authority::new("Tarn");
    let uri: IdentityUri = NODE.parse().unwrap();
    let [one, two] = [1, 2].map(|seed| identity_request(&uri, &SeededEntropy::new(seed)).unwrap());
    let chain = pem(authority.certify(&one.csr_pem, &one.key_pem).chain());
    assert!(Identity::from_pem(&chain, &one.key_pem).is_ok());
    assert!(matches!(Identity::from_pem(&chain, &two.key_pem), Err(IdentityError::Key(_))));
    assert!(matches!(Identity::from_pem("", &one.key_pem), Err(IdentityError::NoCertificate)));
    let garbage = "clé".to_owned().into();
    assert!(matches!(Identity::from_pem(&chain, &garbage), Err(IdentityError::KeyPem)));
}

/// The chain as the PEM text of a certificate file.
fn pem(chain: &[rustls_pki_types::CertificateDer<'_>]) -> String {
    let mut text = String::new();
    for der in chain {
        text += "-----BEGIN CERTIFICATE-----\n";
        text += &data_encoding::BASE64.encode(der);
        text += "\n-----END CERTIFICATE-----\n";
    }
    text
}
