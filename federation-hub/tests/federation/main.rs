//! The hub as nodes and operators meet it: real mutual TLS on loopback, signed envelopes, restarts, liars.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod accounts;
mod agreements;
mod circles;
mod dashboard;
mod dashboard_lists;
mod enrolment;
mod figures;
mod half_years;
mod handover;
mod keys;
mod local;
mod node;
mod process;
mod quarantine;
mod relay;
mod restart;
mod restored;
mod settlements;
mod statistics;
mod streams;
mod team;
mod team_work;
mod world;
