//! Domain types to messages. Must never decide anything.

pub mod accounts;
pub mod agreements;
pub mod changes;
pub mod declarations;
pub mod dispatch;
pub mod fleet;
pub mod handovers;
pub mod legal;
pub mod models;
pub mod money;
pub mod obligations;
pub mod offers;
pub mod pathways;
pub mod people;
pub mod planning;
pub mod policy;
pub mod reports;
pub mod series;
pub mod services;
pub mod settlements;
pub mod trips;
