//! Connections that are cut, slow, too many, or on another network.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::sync::{Mutex, mpsc};
use tonic::service::Routes;

use maillage_platform::clock::ManualClock;
use maillage_platform::grpc::{
    Accepted, Connect, ConnectError, ConnectionRegistry, Io, Listen, ServeLimits, TcpConnect, connect_tls,
    connect_tls_lazy, serve_tls,
};
use maillage_platform::lifecycle::Shutdown;
use maillage_platform::tls::{NothingRevoked, ReloadableIdentity, client_config, server_config};

use crate::probe::{Probe, hold, who};
use crate::world::{Authority, HUB, Hub, NODE, NOW, within};

#[tokio::test]
async fn a_running_connection_is_cut_at_once_and_others_live_on() {
    let hub = Hub::start().await;
    let cut = hub.connect(hub.client(Some(hub.node()))).await.unwrap();
    let other = hub.authority.identity(&["maillage://tarn/node/200034049"], false);
    let other = hub.connect(hub.client(Some(other))).await.unwrap();
    who(&other).await.unwrap();
    let held = tokio::spawn(async move { hold(&cut).await });
    within(hub.probe.held.notified()).await;
    assert_eq!(hub.connections.cut("200034099"), 0);
    assert_eq!(hub.connections.cut("200034031"), 1);
    assert!(held.await.unwrap().is_err());
    assert_eq!(who(&other).await.unwrap(), "tarn/node/200034049");
    // The cut connection leaves the registry when its task has seen the cut.
    within(async {
        while hub.connections.connected().contains_key("200034031") {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn silent_clients_hold_up_nobody_and_are_shown_out() {
    let deadline = Duration::from_millis(300);
    let hub = Hub::with_limits(ServeLimits { handshake_deadline: deadline, ..ServeLimits::default() }).await;
    let mut silent = Vec::new();
    for _ in 0..50 {
        silent.push(TcpStream::connect(hub.address).await.unwrap());
    }
    let channel = hub.connect(hub.client(Some(hub.node()))).await.unwrap();
    assert_eq!(who(&channel).await.unwrap(), "tarn/node/200034031");
    for mut socket in silent {
        assert_eq!(within(socket.read(&mut [0])).await.unwrap(), 0, "hung up");
    }
    assert_eq!(hub.connections.open(), 1);
}

#[tokio::test]
async fn one_address_cannot_take_every_handshake() {
    let limits =
        ServeLimits { handshakes_per_address: 2, handshake_deadline: HOUR, ..ServeLimits::default() };
    let hub = Hub::with_limits(limits).await;
    let mut first = TcpStream::connect(hub.address).await.unwrap();
    let _second = TcpStream::connect(hub.address).await.unwrap();
    let mut third = TcpStream::connect(hub.address).await.unwrap();
    assert_eq!(within(third.read(&mut [0])).await.unwrap(), 0, "shown out at once");
    // The place is free again once the first has left.
    tokio::io::AsyncWriteExt::shutdown(&mut first).await.unwrap();
    assert_eq!(within(first.read(&mut [0])).await.unwrap(), 0);
    let channel = hub.connect(hub.client(Some(hub.node()))).await.unwrap();
    assert!(who(&channel).await.is_ok());
}

#[tokio::test]
async fn strangers_cannot_take_the_places_of_members() {
    let hub = Hub::with_limits(ServeLimits { anonymous: 1, ..ServeLimits::default() }).await;
    let stranger = hub.connect(hub.client(None)).await.unwrap();
    who(&stranger).await.unwrap();
    let second = hub.connect(hub.client(None)).await;
    let answered = match second {
        Ok(channel) => who(&channel).await.is_ok(),
        Err(_) => false,
    };
    assert!(!answered);
    let member = hub.connect(hub.client(Some(hub.node()))).await.unwrap();
    assert!(who(&member).await.is_ok());
}

#[tokio::test]
async fn strangers_may_not_stay() {
    let lifetime = Duration::from_millis(300);
    let hub = Hub::with_limits(ServeLimits { anonymous_lifetime: lifetime, ..ServeLimits::default() }).await;
    let stranger = hub.connect(hub.client(None)).await.unwrap();
    assert!(hold(&stranger).await.is_err());
}

#[tokio::test]
async fn members_beyond_the_limit_are_refused() {
    let hub = Hub::with_limits(ServeLimits { connections: 1, ..ServeLimits::default() }).await;
    let member = hub.connect(hub.client(Some(hub.node()))).await.unwrap();
    who(&member).await.unwrap();
    let other = hub.authority.identity(&["maillage://tarn/node/200034049"], false);
    let answered = match hub.connect(hub.client(Some(other))).await {
        Ok(channel) => who(&channel).await.is_ok(),
        Err(_) => false,
    };
    assert!(!answered);
    assert!(who(&member).await.is_ok());
}

/// After a cut in the network the hub still holds the dead connection: the new one must get in.
#[tokio::test]
async fn a_peer_at_its_limit_loses_its_oldest_connection() {
    let hub = Hub::with_limits(ServeLimits { connections_per_peer: 1, ..ServeLimits::default() }).await;
    let old = hub.connect(hub.client(Some(hub.node()))).await.unwrap();
    let held = tokio::spawn(async move { hold(&old).await });
    within(hub.probe.held.notified()).await;
    let new = hub.connect(hub.client(Some(hub.node()))).await.unwrap();
    assert!(who(&new).await.is_ok());
    assert!(held.await.unwrap().is_err());
}

#[tokio::test]
async fn shutdown_refuses_new_clients_and_cuts_those_that_linger() {
    let grace = Duration::from_millis(200);
    let mut hub = Hub::with_limits(ServeLimits { shutdown_grace: grace, ..ServeLimits::default() }).await;
    let channel = hub.connect(hub.client(Some(hub.node()))).await.unwrap();
    let held = tokio::spawn(async move { hold(&channel).await });
    within(hub.probe.held.notified()).await;
    hub.shutdown.trigger();
    within(&mut hub.served).await.unwrap();
    assert!(held.await.unwrap().is_err());
    assert!(matches!(hub.connect(hub.client(None)).await, Err(ConnectError::Unreachable { .. })));
}

#[tokio::test]
async fn addresses_that_are_not_https_are_refused() {
    let hub = Hub::start().await;
    for uri in
        ["http://localhost:1", "localhost:1", "", "https://", "https://h/path", "https://h/?a=1", "://"]
    {
        let refused = connect_tls_lazy(uri, hub.client(None), Arc::new(TcpConnect));
        assert!(matches!(refused, Err(ConnectError::Address { .. })), "{uri}");
    }
    assert!(connect_tls_lazy("https://[::1]:4443", hub.client(None), Arc::new(TcpConnect)).is_ok());
}

/// A network within the process: what a simulator injects.
struct Wires {
    incoming: Mutex<mpsc::Receiver<Box<dyn Io>>>,
}

struct Plug {
    outgoing: mpsc::Sender<Box<dyn Io>>,
}

const HOUR: Duration = Duration::from_hours(1);
const NOWHERE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1)), 443);

#[async_trait]
impl Listen for Wires {
    async fn accept(&self) -> io::Result<Accepted> {
        match self.incoming.lock().await.recv().await {
            Some(io) => Ok(Accepted { io, remote: NOWHERE }),
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(NOWHERE)
    }
}

#[async_trait]
impl Connect for Plug {
    async fn connect(&self, host: &str, port: u16) -> io::Result<Box<dyn Io>> {
        assert_eq!((host, port), ("localhost", 443));
        let (near, far) = tokio::io::duplex(64 * 1024);
        self.outgoing.send(Box::new(far)).await.map_err(|_| io::ErrorKind::ConnectionRefused)?;
        Ok(Box::new(near))
    }
}

#[tokio::test]
async fn another_network_can_be_injected() {
    let (outgoing, incoming) = mpsc::channel(4);
    let authority = Authority::new("Tarn");
    let clock = Arc::new(ManualClock::new(NOW.parse().unwrap()));
    let trusted = std::slice::from_ref(&authority.certificate);
    let identity = Arc::new(ReloadableIdentity::new(authority.identity(&[HUB], true)));
    let tls = server_config(identity, trusted, clock.clone(), Arc::new(NothingRevoked)).unwrap();
    let serving = serve_tls(
        Box::new(Wires { incoming: Mutex::new(incoming) }),
        tls,
        Routes::new(Probe::default()),
        Arc::new(ConnectionRegistry::new()),
        Shutdown::new(),
    );
    let serving = tokio::spawn(serving);
    let config = client_config(trusted, Some(authority.identity(&[NODE], false)), clock).unwrap();
    let channel = connect_tls("https://localhost", config, Arc::new(Plug { outgoing })).await.unwrap();
    assert_eq!(who(&channel).await.unwrap(), "tarn/node/200034031");
    serving.abort();
}
