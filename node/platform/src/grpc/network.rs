//! The network as a parameter, so that a simulator can bring its own. It must never know TLS or gRPC.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use async_trait::async_trait;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};

/// A two-way stream of bytes.
pub trait Io: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin + 'static> Io for T {}

/// A connection that came in.
pub struct Accepted {
    /// The stream of bytes.
    pub io: Box<dyn Io>,
    /// The other end.
    pub remote: SocketAddr,
}

/// Accepts connections.
#[async_trait]
pub trait Listen: Send + Sync {
    /// The next connection. Dropping the future before it ends loses none.
    async fn accept(&self) -> io::Result<Accepted>;

    /// The address actually bound.
    fn local_addr(&self) -> io::Result<SocketAddr>;
}

/// Opens connections.
#[async_trait]
pub trait Connect: Send + Sync {
    /// Connects to `port` of `host` (a name or an address without brackets).
    async fn connect(&self, host: &str, port: u16) -> io::Result<Box<dyn Io>>;
}

/// Listens on TCP.
#[derive(Debug)]
pub struct TcpListen {
    listener: TcpListener,
}

impl TcpListen {
    /// Binds `address`; port 0 lets the operating system choose.
    pub async fn bind(address: SocketAddr) -> io::Result<Self> {
        Ok(Self { listener: TcpListener::bind(address).await? })
    }

    /// Binds a port of 127.0.0.1 chosen by the operating system; for the local API and for tests.
    pub async fn bind_loopback() -> io::Result<Self> {
        Self::bind(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0)).await
    }
}

#[async_trait]
impl Listen for TcpListen {
    async fn accept(&self) -> io::Result<Accepted> {
        let (stream, remote) = self.listener.accept().await?;
        stream.set_nodelay(true)?;
        Ok(Accepted { io: Box::new(stream), remote })
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// Connects by TCP.
#[derive(Debug, Clone, Copy, Default)]
pub struct TcpConnect;

#[async_trait]
impl Connect for TcpConnect {
    async fn connect(&self, host: &str, port: u16) -> io::Result<Box<dyn Io>> {
        let stream = TcpStream::connect((host, port)).await?;
        stream.set_nodelay(true)?;
        Ok(Box::new(stream))
    }
}
