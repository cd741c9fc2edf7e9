//! Who can drive, why, and who cannot, why not.
//!
//! Given the legs of a request and the volunteers with what they are bound to already, [`rank()`] orders the drivers who
//! can do it by the kilometres it adds, and tells for every other driver the first reason why not, with the missing
//! amount. [`check()`] verifies a plan by other means, from the rules alone.
//!
//! [`day`] plans whole days: several requests in one car, windows, longest rides, budgets, fairness, and what would have
//! to give when nobody can.
//!
//! Pure: this crate must never know a store, a network, a clock or a random generator, and never assigns anybody: what
//! it gives is a suggestion. The same input gives the same answer, and the names of drivers change nothing but ties.

#[cfg(test)]
extern crate self as maillage_dispatch;

pub mod calibration;
pub mod check;
pub mod day;
mod drive;
pub mod limits;
mod plan;
mod rank;
pub mod ranking;
mod spans;
pub mod territory;
pub mod travel;

pub use self::{
    check::check,
    rank::rank,
    ranking::{Candidate, Commitment, LegRequest, Merit, RankError, Ranked, Ranking, RefusalReason, Refused},
    travel::{Estimator, Journey, Pair, Roads},
};
