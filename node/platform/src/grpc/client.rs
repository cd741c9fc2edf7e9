//! Connecting to a hub over TLS, and to the local API of a program on this machine.
//! It must never send a token to an address beyond loopback.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use http::Uri;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};
use tower::service_fn;

use super::{Connect, Io, TcpConnect};
use crate::directory::{DataDirectory, DirectoryError};
use crate::limits;

/// Why a connection to a hub cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The address is not `https://host:port`.
    #[error("{uri} is not an address of the form https://host:port")]
    Address {
        /// The address given.
        uri: String,
    },
    /// Nothing answers there, or the handshake failed: see the chain.
    #[error("no connection to {uri}")]
    Unreachable {
        /// The address dialled.
        uri: String,
        /// What tonic, rustls or the operating system said.
        source: tonic::transport::Error,
    },
}

/// Why the local API of a program cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LocalConnectError {
    /// The program is not running, or what it left in its directory cannot be used.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// `run/api.addr` names an address beyond this machine; the token is not sent there.
    #[error("the address of the local API is not on this machine")]
    NotLoopback,
    /// The token is not printable text.
    #[error("the token of the local API is damaged: restart the program to renew it")]
    Token,
}

/// Connects to the hub at `uri` (`https://host:port`) and finishes the handshake before it returns.
/// The channel reconnects by itself later.
pub async fn connect_tls(
    uri: &str,
    client_config: Arc<ClientConfig>,
    connect: Arc<dyn Connect>,
) -> Result<Channel, ConnectError> {
    let (target, endpoint) = target(uri)?;
    let connector =
        service_fn(move |_: Uri| dial(target.clone(), Arc::clone(&client_config), Arc::clone(&connect)));
    endpoint
        .connect_with_connector(connector)
        .await
        .map_err(|source| ConnectError::Unreachable { uri: uri.to_owned(), source })
}

/// Like [`connect_tls`], but connects at the first request.
pub fn connect_tls_lazy(
    uri: &str,
    client_config: Arc<ClientConfig>,
    connect: Arc<dyn Connect>,
) -> Result<Channel, ConnectError> {
    let (target, endpoint) = target(uri)?;
    let connector =
        service_fn(move |_: Uri| dial(target.clone(), Arc::clone(&client_config), Arc::clone(&connect)));
    Ok(endpoint.connect_with_connector_lazy(connector))
}

/// Connects to the local API of the program serving from `directory`; the interceptor adds its token to requests.
pub async fn connect_local(
    directory: &DataDirectory,
) -> Result<(Channel, TokenInterceptor), LocalConnectError> {
    let api = directory.local_api()?;
    // A process that was killed leaves its address behind: nothing answers there any more.
    connect_local_as(api.address, api.token.expose(), || directory.not_running()).await
}

/// Connects to the local API at an address with the token of an account; `not_running` says that nothing answers there.
pub async fn connect_local_as(
    address: SocketAddr,
    token: &str,
    not_running: impl Fn() -> DirectoryError,
) -> Result<(Channel, TokenInterceptor), LocalConnectError> {
    if !address.ip().is_loopback() {
        return Err(LocalConnectError::NotLoopback);
    }
    let interceptor = TokenInterceptor::new(token).ok_or(LocalConnectError::Token)?;
    let endpoint = Endpoint::from_shared(format!("http://{address}"))
        .map_err(|_| not_running())?
        .connect_timeout(limits::CONNECT_TIMEOUT);
    let (host, port) = (address.ip().to_string(), address.port());
    let connector = service_fn(move |_: Uri| {
        let host = host.clone();
        async move { TcpConnect.connect(&host, port).await.map(TokioIo::new) }
    });
    let channel = endpoint.connect_with_connector(connector).await.map_err(|_| not_running())?;
    Ok((channel, interceptor))
}

/// Adds `authorization: Bearer <token>` to every request.
#[derive(Clone)]
pub struct TokenInterceptor {
    value: MetadataValue<Ascii>,
}

impl TokenInterceptor {
    /// `None` if the token has characters that no token of ours has.
    pub fn new(token: &str) -> Option<Self> {
        let mut value: MetadataValue<Ascii> = format!("Bearer {token}").parse().ok()?;
        value.set_sensitive(true);
        Some(Self { value })
    }
}

impl Interceptor for TokenInterceptor {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        request.metadata_mut().insert("authorization", self.value.clone());
        Ok(request)
    }
}

impl fmt::Debug for TokenInterceptor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TokenInterceptor(…)")
    }
}

/// Where to dial, and which name the certificate must carry.
#[derive(Clone)]
struct Target {
    host: String,
    port: u16,
    name: ServerName<'static>,
}

fn target(uri: &str) -> Result<(Target, Endpoint), ConnectError> {
    let refused = || ConnectError::Address { uri: uri.to_owned() };
    let parsed: Uri = uri.parse().map_err(|_| refused())?;
    let bare = parsed.path() == "/" && parsed.query().is_none();
    let (Some("https"), Some(host), true) = (parsed.scheme_str(), parsed.host(), bare) else {
        return Err(refused());
    };
    let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    let name = ServerName::try_from(host.clone()).map_err(|_| refused())?;
    let port = parsed.port_u16().unwrap_or(443);
    let endpoint = Endpoint::from(parsed)
        .connect_timeout(limits::CONNECT_TIMEOUT)
        .http2_keep_alive_interval(limits::KEEP_ALIVE_INTERVAL)
        .keep_alive_timeout(limits::KEEP_ALIVE_TIMEOUT)
        .keep_alive_while_idle(true);
    Ok((Target { host, port, name }, endpoint))
}

async fn dial(
    target: Target,
    config: Arc<ClientConfig>,
    connect: Arc<dyn Connect>,
) -> io::Result<TokioIo<TlsStream<Box<dyn Io>>>> {
    let attempt = async {
        let io = connect.connect(&target.host, target.port).await?;
        TlsConnector::from(config).connect(target.name, io).await
    };
    let stream = tokio::time::timeout(limits::CONNECT_TIMEOUT, attempt)
        .await
        .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
    Ok(TokioIo::new(stream))
}
