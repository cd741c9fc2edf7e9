//! Partners without a node: a taxi firm, an association. What is said to one ([`ToPartner`]) and what one says
//! ([`FromPartner`]), as lines of a table ([`table`]) and as telegrams of the TDS profile of TCRP Report 210 ([`tds`]), by
//! file or attached to a letter ([`letter`]).
//! Pure: knows no store and no clock, decides nothing about a handover, and has no place for a person in an offer.

mod amounts;
mod fault;
mod gather;
pub mod letter;
mod mark;
mod messages;
mod shown;
pub mod table;
pub mod tds;
mod times;

pub use self::{
    fault::{Fault, NotHere, Place, Why},
    messages::{About, Award, CallOff, ExactLeg, FromPartner, Offered, OwnWords, Passenger, Said, ToPartner},
    shown::{Shown, Ticket, TicketKind},
};

/// Largest file that is looked at, in bytes: a year of a busy firm is below.
pub const FILE_BYTES: usize = 2 * 1024 * 1024;
/// Most lines or telegrams of a file.
pub const ENTRIES: usize = 5_000;
/// Most faults that are told at once: more is another kind of file.
pub const FAULTS: usize = 100;
