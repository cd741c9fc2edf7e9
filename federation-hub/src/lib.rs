//! The federation hub: certificate authority, signed directory, relay and arbiter, intake of statistics.
//!
//! Architecture invariants:
//! - One arbiter per handover: threads change only by the machine of `maillage-federation`, inside one transaction that
//!   also writes the letters and the receipt. The same envelope always gets the very same receipt.
//! - It cannot read a sealed payload and holds nothing about a person; no envelope body is ever logged.
//! - Who a node is comes from its certificate; what it says counts only with the signature of its directory key.
//! - Every door has a limit: messages, handshakes, attempts, mailboxes ([`limits`]).
//! - It must never know the programs of a node, its domain or its store.
//!
//! Code map: [`cli`] parses and prints; [`serve`] opens the doors; [`hub`] is what the services share; [`enrolment`] is
//! the open door, [`relay`] the certified one (`submit`, `inbox`, the arbiter's pure rules), [`admin`] the operators';
//! [`intake`] and [`ledger`] are statistics, `quarantine` is who leaves a report out, [`statistics`] what they say, [`dashboard`] the pages
//! that show it; `export` is the same as files, `source` where figures come from; [`team`] is who of the national team may look and do what; [`accounts`] is what platforms declare about their years; [`store`] is what is remembered, behind an asynchronous trait.

pub mod accounts;
pub mod admin;
pub mod authority;
mod backup;
pub mod cli;
pub mod dashboard;
mod directory;
pub mod door;
pub mod enrolment;
mod export;
pub mod hub;
mod intake;
pub mod ledger;
pub mod limits;
pub mod members;
mod quarantine;
pub mod refusals;
pub mod relay;
pub mod serve;
pub mod settings;
mod source;
pub mod statistics;
pub mod store;
pub mod team;
mod territory;
mod wording;
pub mod workers;

pub use cli::main_from;
