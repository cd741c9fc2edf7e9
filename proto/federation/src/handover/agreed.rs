//! What an offer or a bid says of the agreement between origin and candidate, checked against it: when an offer is shown,
//! and again on the bid. Must never look at anything but offer, bid and agreement.

use super::{
    machine::Refused,
    terms::{Bid, Offer},
};
use crate::{
    agreement::{Agreement, BidRefused},
    ids::{Id, NodeKind},
};

/// Whether an agreement with the origin lets a member carry on the days of pickup.
pub fn is_partner(agreement: Option<&Agreement>, member: Id<NodeKind>, offer: &Offer) -> bool {
    agreement.is_some_and(|agreement| agreement.version_for(member, offer.pickup_days()).is_some())
}

/// Checks a bid against the agreement of bidder and origin: the version it names, or that it may name none.
///
/// # Errors
/// `NoAgreement`, `AgreementNotInForce`, `AgreementOtherWay`.
pub fn check_agreement(
    agreement: Option<&Agreement>,
    bidder: Id<NodeKind>,
    bid: &Bid,
    offer: &Offer,
) -> Result<(), Refused> {
    let Some(version) = bid.agreement else {
        return if offer.agreed_only { Err(Refused::NoAgreement) } else { Ok(()) };
    };
    let agreement = agreement.ok_or(Refused::AgreementNotInForce)?;
    agreement.check_bid(version, bidder, offer.pickup_days()).map_err(|refused| match refused {
        BidRefused::NotInForce => Refused::AgreementNotInForce,
        BidRefused::OtherWay => Refused::AgreementOtherWay,
    })
}
