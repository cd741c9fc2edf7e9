//! A federation that is made up: real territories of France with their population and density, people and trips that nobody made, models
//! assigned with a known effect and known confounding, and reports with the noise of the vocabularies, as nodes would send them.
//!
//! - [`plan`]: which territories, and under which model each works; what is true of the models.
//! - [`demand`]: the people of a territory, their trips, and what a month and a half-year count of them.
//! - [`reports`]: those counts as reports, with noise.
//! - [`measure`]: what the hub's code makes of it, beside what is true.
//! - [`member`]: a node that joins a real hub over mutual TLS and sends its reports there.
//!
//! Seeded: the same plan is the same federation. Everything in it is synthetic and has to be called so wherever it is shown. Must never
//! be part of a node or hub in service, nor read anything of one.

pub mod demand;
pub mod measure;
pub mod member;
pub mod plan;
pub mod reports;
