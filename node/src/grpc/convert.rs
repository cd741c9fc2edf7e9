//! Domain types to messages. Must never decide anything.

pub mod handovers;
pub mod people;
pub mod reports;
pub mod trips;
