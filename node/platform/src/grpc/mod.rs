//! gRPC transport: who listens, who connects, who is at the other end. It moves requests and knows no service.
//!
//! It must never serve the federation without TLS, the local API beyond loopback, or let one slow client hold up
//! another.

mod client;
mod connections;
mod local;
mod network;
mod serve;

pub use client::{
    ConnectError, LocalConnectError, TokenInterceptor, connect_local, connect_local_as, connect_tls,
    connect_tls_lazy,
};
pub use connections::{ConnectionInfo, ConnectionRegistry, ServeLimits, connection, peer};
pub use local::{
    Doorkeeper, REASON_TOKEN_MISSING, REASON_TOKEN_TOO_MANY, REASON_TOKEN_WRONG, serve_local, wrong_token,
};
pub use network::{Accepted, Connect, Io, Listen, TcpConnect, TcpListen};
pub use serve::{ServeError, serve_tls};
