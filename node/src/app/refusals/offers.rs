//! Why offers, calls and links do not do what was asked.

use maillage_domain::offer::{OfferError, OfferPolicyError};
use maillage_platform::refusal::Refusal;

use super::{conflict, internal, invalid};

/// The life of an offer.
pub fn offer(error: OfferError) -> Refusal {
    match error {
        OfferError::Closed { status } => conflict("offer-closed").with("status", status),
        OfferError::ByPhone => conflict("offer-by-phone"),
        OfferError::ByMessage => conflict("offer-by-message"),
        OfferError::Trips(_) => internal(error),
    }
}

/// How offers are made.
pub fn offer_policy(error: OfferPolicyError) -> Refusal {
    match error {
        OfferPolicyError::Paces => invalid("offer-policy-paces"),
        OfferPolicyError::Times(pace) => invalid("offer-policy-times").with("pace", pace),
        OfferPolicyError::Reminders(pace) => invalid("offer-policy-reminders").with("pace", pace),
        OfferPolicyError::CallUnder(minutes) => invalid("offer-policy-call-under").with("minutes", minutes),
        OfferPolicyError::Rounds(rounds) => invalid("offer-policy-rounds").with("rounds", rounds),
        OfferPolicyError::Quiet => invalid("offer-policy-quiet"),
    }
}
