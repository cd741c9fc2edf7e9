//! The road router of a node: what its settings say of it, how it is asked, and the worker that asks ahead. Holds no rule: which
//! roads an optimisation takes is the business of `app::roads`. Must never let an answer in that cannot be a road.

mod filling;
mod osrm;
mod reply;
pub mod settings;

pub use self::{filling::Filling, osrm::Osrm};
