//! The rules of a territory: people, volunteers, requests and trips.
//!
//! Pure: this crate must never know tokio, a store, a message format, a web server, a clock or a random
//! generator. Instants and identifiers come in as parameters; every civil rule is in Europe/Paris.
//!
//! Invariants:
//! - What is typed is parsed once, into types that cannot be wrong: [`text`], [`place`], [`availability`].
//! - A trip changes by [`trip::Trip::apply`] alone, and is driven here only while it is ours to drive.
//! - Nothing that describes a person is printed by `Debug`.

pub mod account;
pub mod agreement;
pub mod availability;
pub mod calendar;
pub mod civil;
pub mod codes;
pub mod contact;
pub mod costing;
pub mod crow;
pub mod declaration;
pub mod document;
pub mod duplicate;
pub mod eligibility;
pub mod erasure;
pub mod fleet;
pub mod habits;
pub mod half_year;
pub mod handover;
pub mod holidays;
pub mod ids;
pub mod ledger;
pub mod legal;
pub mod limits;
pub mod loan;
pub mod message;
pub mod mileage;
pub mod model_choice;
pub mod money;
pub mod offer;
pub mod partner;
pub mod password;
pub mod past_trip;
pub mod pathway;
pub mod person;
pub mod place;
pub mod plan_rules;
pub mod prescriber;
pub mod processing;
pub mod pulse;
pub mod request;
pub mod retention;
pub mod roads;
pub mod roles;
pub mod search;
pub mod series;
pub mod service;
pub mod settlement;
pub mod span;
pub mod staff;
pub mod text;
pub mod trip;
pub mod tus_return;
pub mod unmet;
pub mod vehicle;
pub mod volunteer;
