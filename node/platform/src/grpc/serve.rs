//! The server of the federation: its own accept loop, one task and one deadline per handshake.
//! It must never wait for one client before it turns to the next.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_stream::wrappers::ReceiverStream;
use tonic::service::Routes;
use tonic::transport::Server;

use super::connections::{ConnectionInfo, ConnectionRegistry, Cuttable, HandshakePlace};
use super::{Accepted, Io, Listen};
use crate::lifecycle::Shutdown;
use crate::limits;
use crate::tls::{PeerIdentity, PeerIdentityError, ServerTls};

/// Why a server stopped.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address bound is not known.
    #[error("the listening address is not known")]
    Address(#[source] io::Error),
    /// The local API was to be reachable from elsewhere.
    #[error("the local API may only listen on this machine (127.0.0.1 or ::1), not on {address}")]
    NotLoopback {
        /// The address bound.
        address: SocketAddr,
    },
    /// The gRPC server failed.
    #[error("the gRPC server failed")]
    Transport(#[from] tonic::transport::Error),
}

/// Serves `routes` over TLS until `shutdown`, then gives running requests
/// [`limits::SHUTDOWN_GRACE`](crate::limits::SHUTDOWN_GRACE) before their connections are cut.
///
/// The peer's identity reaches handlers through [`super::peer`]; `connections` cuts a peer off.
pub async fn serve_tls(
    listener: Box<dyn Listen>,
    tls: ServerTls,
    routes: Routes,
    connections: Arc<ConnectionRegistry>,
    shutdown: Shutdown,
) -> Result<(), ServeError> {
    let (ready, incoming) = mpsc::channel(READY_QUEUE);
    let door = Door { tls, connections: Arc::clone(&connections), ready };
    let accepting = tokio::spawn(accept_loop(listener, door, shutdown.clone()));
    let end = serve_ready(server().add_routes(routes), incoming, &connections, &shutdown).await;
    accepting.abort();
    end
}

/// Serves connections that come through a channel, until shutdown and grace are over.
pub(super) async fn serve_ready<S: Io>(
    router: tonic::transport::server::Router,
    incoming: mpsc::Receiver<Cuttable<S>>,
    connections: &ConnectionRegistry,
    shutdown: &Shutdown,
) -> Result<(), ServeError> {
    use tokio_stream::StreamExt;
    let incoming = ReceiverStream::new(incoming).map(Ok::<_, io::Error>);
    let serving = router.serve_with_incoming_shutdown(incoming, shutdown.requested());
    let cutting = async {
        shutdown.requested().await;
        tokio::time::sleep(connections.limits().shutdown_grace).await;
        connections.cut_all();
        std::future::pending::<()>().await;
    };
    tokio::select! {
        end = serving => Ok(end?),
        () = cutting => Ok(()),
    }
}

/// A gRPC server with our keep-alive and limits.
pub(super) fn server() -> Server {
    Server::builder()
        .http2_keepalive_interval(Some(limits::KEEP_ALIVE_INTERVAL))
        .http2_keepalive_timeout(Some(limits::KEEP_ALIVE_TIMEOUT))
        .max_concurrent_streams(limits::STREAMS_PER_CONNECTION)
        .http2_max_header_list_size(limits::HEADER_LIST_BYTES)
}

/// Next connection; after a failure of the operating system, a pause and another attempt.
pub(super) async fn accept_next(listener: &dyn Listen) -> Accepted {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(limits::ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Connections whose handshake is done and that the server has not taken yet.
const READY_QUEUE: usize = 64;

/// What every handshake needs.
#[derive(Clone)]
struct Door {
    tls: ServerTls,
    connections: Arc<ConnectionRegistry>,
    ready: mpsc::Sender<Cuttable<TlsStream<Box<dyn Io>>>>,
}

async fn accept_loop(listener: Box<dyn Listen>, door: Door, shutdown: Shutdown) {
    let places = Arc::new(Semaphore::new(door.connections.limits().handshakes));
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await.ok()?;
            Some((place, accept_next(listener.as_ref()).await))
        };
        let (place, accepted) = tokio::select! {
            () = shutdown.requested() => return,
            next = next => match next {
                Some(next) => next,
                None => return,
            },
        };
        let Some(share) = door.connections.begin_handshake(accepted.remote.ip()) else {
            tracing::debug!(remote = %accepted.remote, "too many handshakes from one address");
            continue;
        };
        tokio::spawn(handshake(door.clone(), accepted, place, share));
    }
}

/// One client's handshake, in its own task.
async fn handshake(door: Door, accepted: Accepted, place: OwnedSemaphorePermit, share: HandshakePlace) {
    let Accepted { io, remote } = accepted;
    let acceptor = TlsAcceptor::from(Arc::clone(&door.tls.config));
    let deadline = door.connections.limits().handshake_deadline;
    let stream = match tokio::time::timeout(deadline, acceptor.accept(io)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return tracing::info!(%remote, %error, "a TLS handshake was refused"),
        Err(_) => return tracing::info!(%remote, "a TLS handshake took too long"),
    };
    drop((place, share));
    match peer_of(&stream) {
        Ok(peer) => door.let_in(stream, ConnectionInfo::new(peer, remote)).await,
        Err(error) => tracing::info!(%remote, %error, "a peer could not be identified"),
    }
}

impl Door {
    async fn let_in(&self, stream: TlsStream<Box<dyn Io>>, info: ConnectionInfo) {
        let admission = match self.connections.admit(info.peer.as_ref()) {
            Ok(admission) => admission,
            Err(error) => return tracing::info!(remote = %info.remote, %error, "a connection was refused"),
        };
        // Asked again now that `cut` can see the connection: a revocation in between must not slip through.
        if info.peer.as_ref().is_some_and(|peer| self.tls.revocation.is_revoked(peer)) {
            return;
        }
        let lifetime =
            if info.peer.is_none() { Some(self.connections.limits().anonymous_lifetime) } else { None };
        // The receiver is gone only when the server is.
        drop(self.ready.send(Cuttable::new(stream, info, admission, lifetime)).await);
    }
}

fn peer_of(stream: &TlsStream<Box<dyn Io>>) -> Result<Option<PeerIdentity>, PeerIdentityError> {
    let (_, session) = stream.get_ref();
    session.peer_certificates().and_then(<[_]>::first).map(PeerIdentity::from_certificate).transpose()
}
