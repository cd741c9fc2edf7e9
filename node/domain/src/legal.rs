//! The legal frame of a trip: which rules it is carried out under, on which ground, and why, with the article. Rules are
//! dated data (`data/legal/frames.toml`), never constants here. Must never guess: what is not known is to be verified, and
//! says what is missing. Nothing here is legal advice; the carrying association answers for its trips.

mod carrier;
mod decision;
mod evaluate;
mod exception;
mod rules;

#[cfg(test)]
mod tests;

pub use self::{
    carrier::{
        Carrier, CarrierDetails, CarrierError, CarrierForm, Headcount, NewCarrier, Rna, RnaError, TaxRate,
    },
    decision::{Effect, Frame, FrameDecision, Ground, Reason, ReasonCode, Verdict},
    evaluate::{Area, CarrierFacts, HeldGround, Interchange, TripFacts, evaluate},
    exception::{ExceptionAbout, ExceptionSubject, FrameException},
    rules::{Article, GroundRule, Rules, RulesError, SocialTransport},
};
