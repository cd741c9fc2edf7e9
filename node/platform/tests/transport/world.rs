//! A certificate authority, its certificates, and a hub that serves the probe, all made for one test.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::str::FromStr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, SanType,
    date_time_ymd,
};
use rustls::ClientConfig;
use rustls_pki_types::CertificateDer;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tonic::service::Routes;
use tonic::transport::Channel;

use maillage_platform::clock::ManualClock;
use maillage_platform::grpc::{
    ConnectError, ConnectionRegistry, Listen, ServeLimits, TcpConnect, TcpListen, connect_tls, serve_tls,
};
use maillage_platform::lifecycle::Shutdown;
use maillage_platform::secrets::Secret;
use maillage_platform::tls::{
    Identity, PeerIdentity, ReloadableIdentity, Revocation, client_config, server_config,
};

use crate::probe::Probe;

/// Certificates are valid from 2026-01-01 to 2026-12-31 (authority: to 2035).
pub(crate) const NOW: &str = "2026-03-01T08:00:00Z";
pub(crate) const AFTER_EXPIRY: &str = "2027-01-01T00:00:01Z";
pub(crate) const BEFORE_ISSUE: &str = "2025-12-31T23:59:59Z";
pub(crate) const NODE: &str = "maillage://tarn/node/200034031";
pub(crate) const HUB: &str = "maillage://tarn/hub/h1";

/// What is awaited, or a failed test: a fault must show as a failure, not as a test that hangs.
pub(crate) async fn within<F: IntoFuture>(awaited: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(20), awaited).await.expect("still waiting after 20 s")
}

pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub(crate) certificate: CertificateDer<'static>,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut parameters = CertificateParams::default();
        parameters.distinguished_name.push(DnType::CommonName, name);
        parameters.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        (parameters.not_before, parameters.not_after) =
            (date_time_ymd(2026, 1, 1), date_time_ymd(2035, 1, 1));
        let key = KeyPair::generate().unwrap();
        let certificate = parameters.self_signed(&key).unwrap().der().clone();
        Self { issuer: Issuer::new(parameters, key), certificate }
    }

    /// A certificate with these URI names, and `localhost` and 127.0.0.1 if it is for a server.
    pub(crate) fn identity(&self, uris: &[&str], server: bool) -> Identity {
        self.identity_with(uris, server, std::slice::from_ref(&self.certificate))
    }

    pub(crate) fn identity_with(
        &self,
        uris: &[&str],
        server: bool,
        rest: &[CertificateDer<'static>],
    ) -> Identity {
        let mut parameters = CertificateParams::default();
        (parameters.not_before, parameters.not_after) =
            (date_time_ymd(2026, 1, 1), date_time_ymd(2027, 1, 1));
        let uri = |uri: &&str| SanType::URI(FromStr::from_str(uri).unwrap());
        parameters.subject_alt_names = uris.iter().map(uri).collect();
        parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        if server {
            parameters.extended_key_usages.push(ExtendedKeyUsagePurpose::ServerAuth);
            parameters.subject_alt_names.push(SanType::DnsName(FromStr::from_str("localhost").unwrap()));
            parameters.subject_alt_names.push(SanType::IpAddress([127, 0, 0, 1].into()));
        }
        let key = KeyPair::generate().unwrap();
        let certificate = parameters.signed_by(&key, &self.issuer).unwrap();
        let mut chain = vec![certificate.der().clone()];
        chain.extend_from_slice(rest);
        let key = rustls_pki_types::PrivatePkcs8KeyDer::from(key.serialize_der());
        Identity::new(chain, key.into()).unwrap()
    }

    /// Certifies a signing request as a hub does.
    pub(crate) fn certify(&self, csr_pem: &str, key_pem: &Secret<String>) -> Identity {
        let mut request = rcgen::CertificateSigningRequestParams::from_pem(csr_pem).unwrap();
        (request.params.not_before, request.params.not_after) =
            (date_time_ymd(2026, 1, 1), date_time_ymd(2027, 1, 1));
        let certificate = request.signed_by(&self.issuer).unwrap();
        Identity::from_pem(&certificate.pem(), key_pem).unwrap()
    }
}

#[derive(Default)]
pub(crate) struct Revoked {
    pub(crate) ids: Mutex<BTreeSet<String>>,
}

impl Revocation for Revoked {
    fn is_revoked(&self, identity: &PeerIdentity) -> bool {
        self.ids.lock().unwrap().contains(&identity.id)
    }
}

/// A hub that serves the probe until it is dropped.
pub(crate) struct Hub {
    pub(crate) authority: Authority,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) identity: Arc<ReloadableIdentity>,
    pub(crate) revoked: Arc<Revoked>,
    pub(crate) connections: Arc<ConnectionRegistry>,
    pub(crate) probe: Probe,
    pub(crate) shutdown: Shutdown,
    pub(crate) address: SocketAddr,
    pub(crate) served: tokio::task::JoinHandle<()>,
}

impl Hub {
    pub(crate) async fn start() -> Self {
        Self::with_limits(ServeLimits::default()).await
    }

    pub(crate) async fn with_limits(limits: ServeLimits) -> Self {
        let authority = Authority::new("Tarn");
        let identity = authority.identity(&[HUB], true);
        Self::launch(authority, identity, limits, None).await
    }

    pub(crate) async fn with_identity(authority: Authority, identity: Identity) -> Self {
        Self::launch(authority, identity, ServeLimits::default(), None).await
    }

    pub(crate) async fn with_revocation(revocation: Arc<dyn Revocation>) -> Self {
        let authority = Authority::new("Tarn");
        let identity = authority.identity(&[HUB], true);
        Self::launch(authority, identity, ServeLimits::default(), Some(revocation)).await
    }

    async fn launch(
        authority: Authority,
        identity: Identity,
        limits: ServeLimits,
        revocation: Option<Arc<dyn Revocation>>,
    ) -> Self {
        let clock = Arc::new(ManualClock::new(NOW.parse().unwrap()));
        let identity = Arc::new(ReloadableIdentity::new(identity));
        let revoked = Arc::new(Revoked::default());
        let connections = Arc::new(ConnectionRegistry::with_limits(limits));
        let (probe, shutdown) = (Probe::default(), Shutdown::new());
        let listener = TcpListen::bind_loopback().await.unwrap();
        let address = listener.local_addr().unwrap();
        let tls = server_config(
            identity.clone(),
            std::slice::from_ref(&authority.certificate),
            clock.clone(),
            revocation.unwrap_or_else(|| revoked.clone()),
        )
        .unwrap();
        let serving = serve_tls(
            Box::new(listener),
            tls,
            Routes::new(probe.clone()),
            connections.clone(),
            shutdown.clone(),
        );
        let served = tokio::spawn(async { serving.await.unwrap() });
        Self { authority, clock, identity, revoked, connections, probe, shutdown, address, served }
    }

    pub(crate) fn node(&self) -> Identity {
        self.authority.identity(&[NODE], false)
    }

    /// The configuration of a client that trusts this hub.
    pub(crate) fn client(&self, identity: Option<Identity>) -> Arc<ClientConfig> {
        let authority = std::slice::from_ref(&self.authority.certificate);
        client_config(authority, identity, self.clock.clone()).unwrap()
    }

    pub(crate) async fn connect(&self, config: Arc<ClientConfig>) -> Result<Channel, ConnectError> {
        let uri = format!("https://localhost:{}", self.address.port());
        within(connect_tls(&uri, config, Arc::new(TcpConnect))).await
    }

    /// Does a handshake by hand until the server's first byte; the server's verdict is the error of the read,
    /// since in TLS 1.3 a client is done before the server has seen its certificate.
    pub(crate) async fn handshake(
        &self,
        config: Arc<ClientConfig>,
    ) -> Result<TlsStream<TcpStream>, rustls::Error> {
        let socket = TcpStream::connect(self.address).await.unwrap();
        let name = rustls_pki_types::ServerName::try_from("localhost").unwrap();
        let stream = within(TlsConnector::from(config).connect(name, socket)).await;
        let mut stream = stream.map_err(rustls_error)?;
        let mut byte = [0];
        match within(stream.read(&mut byte)).await {
            Ok(1) => Ok(stream),
            Ok(read) => panic!("the server hung up without a word ({read})"),
            Err(error) => Err(rustls_error(error)),
        }
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        self.served.abort();
    }
}

fn rustls_error(error: std::io::Error) -> rustls::Error {
    let inner = error.into_inner().expect("an error of rustls");
    *inner.downcast::<rustls::Error>().expect("an error of rustls")
}
