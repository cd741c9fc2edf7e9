//! Process scaffolding shared by the programs `maillage-node` and `maillage-hub`: time, randomness, secrets,
//! the data directory, TLS, gRPC transport, texts, command line, configuration, logs, orderly shutdown, workers.
//!
//! Architecture invariants:
//! - It knows nothing of the domain, of the stores, or of our protobuf messages: it moves bytes, names and texts.
//! - Time and randomness come in through [`clock::Clock`] and [`random::Entropy`]; only [`clock::SystemClock`]
//!   and [`random::OsEntropy`] ask the operating system.
//! - Personal data is never logged, put into an error, or put into a [`refusal::Refusal`].
//! - TLS is version 1.3 only, sessions are never resumed: revocation and expiry are checked at every handshake.

pub mod backup;
pub mod cli;
pub mod clock;
pub mod config;
pub mod directory;
pub mod disk;
pub mod grpc;
pub mod i18n;
pub mod lifecycle;
pub mod limits;
pub mod random;
pub mod refusal;
pub mod secrets;
pub mod telemetry;
pub mod tls;
pub mod web;
pub mod worker;
