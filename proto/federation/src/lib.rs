//! What node and hub must agree on: identifiers, months, half-years, needs, participation models, enrolment strings,
//! signed and sealed envelopes, the handover machine, agreements and what they come to in a month, the directory, the vocabulary of
//! statistics, what is declared about a year.
//!
//! Pure: this crate must never know tokio, a store, a web server, a clock or a random generator. Time and
//! randomness come in as parameters.

pub mod accounts;
pub mod agreement;
pub mod directory;
pub mod enrolment;
pub mod envelope;
pub mod half_year;
pub mod handover;
pub mod ids;
pub mod limits;
pub mod lives;
pub mod matching;
pub mod models;
pub mod month;
pub mod name;
pub mod needs;
pub mod rotation;
pub mod sealed;
pub mod settlement;
pub mod signing;
pub mod statistics;
