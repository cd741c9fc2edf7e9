//! Telegrams of the transactional data specification of TCRP Report 210, JSON v0.8, as an ordering client speaks it. A file is
//! one telegram or a list of them, each an object with one member named after its kind. One telegram speaks of one leg.
//!
//! | telegram | member | what it is here |
//! |---|---|---|
//! | 1A | `tripRequest` | an offer: communes, window, needs; never `customerInfo`, `tripPurpose`, a street or a note, though the profile has them |
//! | 1B | `tripRequestResponse` | a bid, or that there is none |
//! | 2A | `clientOrderConfirmation` | an award, or that another carries it |
//! | 2A1 | `customerInfo` | who travels, with the award |
//! | 2B | `providerOrderConfirmation` | yes; its driver is read by nobody |
//! | 3A | `tripTask` | where and when exactly, with the award |
//! | 3B | `tripTaskConfirmation` | on board, not there, not carried out |
//! | 4A | `tripTaskCompletion` | the account of a leg |
//! | 4B | `tripScheduledConfirmation` | the account was read, or is disputed |
//! | 6A, 6B | `tripCancelRequest`, `tripCancelResponse` | the person does not travel, and the answer; of the XML profile |
//! | – | `tripStatusChange` | taken back, lapsed, called off; from a provider: given back |
//!
//! What the profile has no field for stands in a member `maillage` of its own, which it allows and others pass over: firm or
//! not, empty kilometres, until when an answer is taken, INSEE codes. Every one of them may be missing in what is read.

mod codes;
mod document;
mod read_answers;
mod read_sent;
mod walk;
mod write;

pub use self::{
    codes::{NEEDS, NEEDS_READ},
    read_answers::read_answers,
    read_sent::read_sent,
    write::{is_expressible, write_answers, write_sent},
};
