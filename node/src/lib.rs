//! The node of one communauté de communes: its use cases, its gRPC interface, its link to the federation, its command
//! line. `wiring` is the only place that knows all of them. It must never know the hub's code.

pub mod app;
pub mod backup;
pub mod cli;
pub mod closing;
pub mod console;
pub mod federation;
pub mod grpc;
pub mod keeping;
pub mod limits;
pub mod messages;
pub mod profile;
pub mod roads;
pub mod rolling;
pub mod web;
pub mod wiring;

/// Name of the program, in data directories and messages.
pub const PROGRAM: &str = "maillage-node";
