//! Who is connected, how many may be, and how to cut one off at once. It must never decide who is revoked.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tonic::Request;
use tonic::transport::server::Connected;

use super::Io;
use crate::limits;
use crate::tls::PeerIdentity;

/// How many connections may be open; the defaults and their reasons are in [`crate::limits`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServeLimits {
    /// Time to finish a handshake.
    pub handshake_deadline: Duration,
    /// Handshakes in progress.
    pub handshakes: usize,
    /// Handshakes in progress from one address.
    pub handshakes_per_address: usize,
    /// Authenticated connections.
    pub connections: usize,
    /// Authenticated connections of one peer.
    pub connections_per_peer: usize,
    /// Connections without a client certificate.
    pub anonymous: usize,
    /// Lifetime of a connection without a client certificate.
    pub anonymous_lifetime: Duration,
    /// Time running requests have to end at shutdown.
    pub shutdown_grace: Duration,
}

impl Default for ServeLimits {
    fn default() -> Self {
        Self {
            handshake_deadline: limits::HANDSHAKE_DEADLINE,
            handshakes: limits::CONCURRENT_HANDSHAKES,
            handshakes_per_address: limits::HANDSHAKES_PER_ADDRESS,
            connections: limits::CONNECTIONS,
            connections_per_peer: limits::CONNECTIONS_PER_PEER,
            anonymous: limits::ANONYMOUS_CONNECTIONS,
            anonymous_lifetime: limits::ANONYMOUS_LIFETIME,
            shutdown_grace: limits::SHUTDOWN_GRACE,
        }
    }
}

/// The open connections of a server.
#[derive(Debug, Default)]
pub struct ConnectionRegistry {
    limits: ServeLimits,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    next: u64,
    handshakes: BTreeMap<IpAddr, usize>,
    open: BTreeMap<u64, Open>,
    anonymous: usize,
    per_peer: BTreeMap<String, usize>,
}

#[derive(Debug)]
struct Open {
    peer: Option<String>,
    cut: CancellationToken,
}

/// Why a connection is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Full {
    #[error("too many connections are open")]
    Connections,
    #[error("too many connections of this peer are open")]
    Peer,
    #[error("too many connections without a certificate are open")]
    Anonymous,
}

impl ConnectionRegistry {
    /// A registry with the default limits.
    pub fn new() -> Self {
        Self::default()
    }

    /// A registry with other limits.
    pub fn with_limits(limits: ServeLimits) -> Self {
        Self { limits, state: Mutex::default() }
    }

    /// Cuts all connections of the peer with this identifier at once; says how many there were.
    /// Requests in progress on them fail.
    pub fn cut(&self, id: &str) -> usize {
        self.cut_where(|peer| peer == Some(id))
    }

    /// Cuts every connection.
    pub fn cut_all(&self) -> usize {
        self.cut_where(|_| true)
    }

    /// The peers connected, with their number of connections.
    pub fn connected(&self) -> BTreeMap<String, usize> {
        self.state().per_peer.clone()
    }

    /// Number of open connections, with and without a certificate.
    pub fn open(&self) -> usize {
        self.state().open.len()
    }

    /// The limits in force.
    pub fn limits(&self) -> ServeLimits {
        self.limits
    }

    /// A place for one more handshake from `address`, unless it has all it may have.
    pub(super) fn begin_handshake(self: &Arc<Self>, address: IpAddr) -> Option<HandshakePlace> {
        let mut state = self.state();
        let count = state.handshakes.entry(address).or_default();
        if *count >= self.limits.handshakes_per_address {
            return None;
        }
        *count += 1;
        Some(HandshakePlace { registry: Arc::clone(self), address })
    }

    /// Lets a connection in. A peer at its limit loses its oldest connection: after a cut in the network the old
    /// one is dead, the new one is not.
    pub(super) fn admit(self: &Arc<Self>, peer: Option<&PeerIdentity>) -> Result<Admission, Full> {
        let mut state = self.state();
        let id = peer.map(|peer| peer.id.clone());
        match &id {
            None if state.anonymous >= self.limits.anonymous => return Err(Full::Anonymous),
            None => state.anonymous += 1,
            Some(_) if state.open.len() - state.anonymous >= self.limits.connections => {
                return Err(Full::Connections);
            }
            Some(id) => {
                let count = state.per_peer.get(id).copied().unwrap_or_default();
                if count >= self.limits.connections_per_peer {
                    let oldest = state.open.values().find(|open| open.peer.as_ref() == Some(id));
                    oldest.ok_or(Full::Peer)?.cut.cancel();
                }
                state.per_peer.insert(id.clone(), count + 1);
            }
        }
        let (number, cut) = (state.next, CancellationToken::new());
        state.next += 1;
        state.open.insert(number, Open { peer: id, cut: cut.clone() });
        Ok(Admission { registry: Arc::clone(self), number, cut })
    }

    fn cut_where(&self, chosen: impl Fn(Option<&str>) -> bool) -> usize {
        let tokens: Vec<CancellationToken> = self
            .state()
            .open
            .values()
            .filter(|open| chosen(open.peer.as_deref()))
            .map(|open| open.cut.clone())
            .collect();
        for token in &tokens {
            token.cancel();
        }
        tokens.len()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One handshake in progress; its place is free again when dropped.
pub(super) struct HandshakePlace {
    registry: Arc<ConnectionRegistry>,
    address: IpAddr,
}

impl Drop for HandshakePlace {
    fn drop(&mut self) {
        let mut state = self.registry.state();
        if let Some(count) = state.handshakes.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                state.handshakes.remove(&self.address);
            }
        }
    }
}

/// One open connection; leaves the registry when dropped.
pub(super) struct Admission {
    registry: Arc<ConnectionRegistry>,
    number: u64,
    cut: CancellationToken,
}

impl Drop for Admission {
    fn drop(&mut self) {
        let mut state = self.registry.state();
        let Some(open) = state.open.remove(&self.number) else { return };
        match open.peer {
            None => state.anonymous = state.anonymous.saturating_sub(1),
            Some(id) => {
                let left = state.per_peer.get(&id).copied().unwrap_or_default().saturating_sub(1);
                if left == 0 {
                    state.per_peer.remove(&id);
                } else {
                    state.per_peer.insert(id, left);
                }
            }
        }
    }
}

/// What a handler can learn about the connection of its request.
#[derive(Debug, Clone)]
pub struct ConnectionInfo {
    /// Who presented a verified certificate; `None` during enrolment and on the local API.
    pub peer: Option<PeerIdentity>,
    /// The other end.
    pub remote: SocketAddr,
    /// Wrong tokens that came over this connection. Not counted by address: everybody here calls from this machine, and one
    /// program that guesses must not shut the others out.
    wrong_tokens: Arc<AtomicU32>,
}

impl ConnectionInfo {
    /// A new connection.
    pub fn new(peer: Option<PeerIdentity>, remote: SocketAddr) -> Self {
        Self { peer, remote, wrong_tokens: Arc::default() }
    }

    /// Counts a token that opened nothing.
    pub(super) fn note_wrong_token(&self) {
        self.wrong_tokens.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether no token is looked at any more.
    pub(super) fn has_guessed_enough(&self) -> bool {
        self.wrong_tokens.load(Ordering::Relaxed) >= limits::WRONG_TOKENS_PER_CONNECTION
    }
}

/// Who sent this request: the identity verified at the handshake of its connection.
pub fn peer<T>(request: &Request<T>) -> Option<PeerIdentity> {
    connection(request).and_then(|info| info.peer.clone())
}

/// The connection of this request; `None` if it did not come through [`super::serve_tls`] or
/// [`super::serve_local`].
pub fn connection<T>(request: &Request<T>) -> Option<&ConnectionInfo> {
    request.extensions().get::<ConnectionInfo>()
}

/// A stream that ends with an error once it is cut or its lifetime is over.
pub(super) struct Cuttable<S> {
    io: S,
    info: ConnectionInfo,
    cut: Pin<Box<WaitForCancellationFutureOwned>>,
    end: Option<Pin<Box<Sleep>>>,
    _admission: Admission,
}

impl<S: Io> Cuttable<S> {
    pub(super) fn new(io: S, info: ConnectionInfo, admission: Admission, lifetime: Option<Duration>) -> Self {
        let cut = Box::pin(admission.cut.clone().cancelled_owned());
        let end = lifetime.map(|lifetime| Box::pin(tokio::time::sleep(lifetime)));
        Self { io, info, cut, end, _admission: admission }
    }

    fn check(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        let over = self.cut.as_mut().poll(context).is_ready()
            || self.end.as_mut().is_some_and(|end| end.as_mut().poll(context).is_ready());
        if over { Err(io::ErrorKind::ConnectionAborted.into()) } else { Ok(()) }
    }
}

impl<S: Io> AsyncRead for Cuttable<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.check(context)?;
        Pin::new(&mut self.io).poll_read(context, buffer)
    }
}

impl<S: Io> AsyncWrite for Cuttable<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.check(context)?;
        Pin::new(&mut self.io).poll_write(context, buffer)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check(context)?;
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check(context)?;
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}

impl<S: Io> Connected for Cuttable<S> {
    type ConnectInfo = ConnectionInfo;

    fn connect_info(&self) -> ConnectionInfo {
        self.info.clone()
    }
}

impl<S> fmt::Debug for Cuttable<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Cuttable").field("info", &self.info).finish_non_exhaustive()
    }
}
