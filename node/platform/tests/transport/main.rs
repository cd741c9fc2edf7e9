//! Transport between processes on real loopback sockets: TLS identities, revocation, limits, the local API.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod handshakes;
mod local;
mod pinning;
mod probe;
mod serving;
mod world;
