//! Refusals about fleet, loans, services and pathways.

use maillage_domain::{
    fleet::{AssetError, NotBookable},
    limits::{AMOUNT_CENTS, BASKET_ITEMS, LESSON_HOURS, LOAN_DAYS},
    loan::{LoanError, NewLoanError},
    pathway::{PathwayError, ReferralError},
    service::ServiceError,
};
use maillage_platform::refusal::Refusal;

use super::{civil_time, conflict, invalid, phone, text};

/// A thing of the fleet.
pub fn asset(error: AssetError) -> Refusal {
    match error {
        AssetError::Label(error) => text("label", error),
        AssetError::Category(_) => invalid("asset-category-unknown"),
        AssetError::Ownership(_) => invalid("asset-ownership-unknown"),
        AssetError::Seats(seats, least, most) => {
            invalid("asset-seats").with("seats", seats).with("least", least).with("most", most)
        }
        AssetError::Plate(_) => invalid("asset-plate"),
        AssetError::InService => invalid("asset-in-service").with("field", "in_service"),
        AssetError::Date(kind) => invalid("asset-date").with("upkeep", kind),
        AssetError::RateUnit(_) => invalid("asset-rate-unknown"),
        AssetError::Amount(_) => amount(),
        AssetError::Odometer(metres) => invalid("odometer").with("metres", metres),
        AssetError::OdometerBackwards { known_m } => conflict("odometer-backwards").with("known_m", known_m),
        AssetError::Notes(error) => text("notes", error),
        AssetError::Outage => invalid("asset-outage-order"),
        AssetError::TooManyOutages => conflict("asset-outages"),
        AssetError::Retired(on) => conflict("asset-retired").with("since", on),
    }
}

/// A thing that cannot be booked.
pub fn not_bookable(error: NotBookable) -> Refusal {
    match error {
        NotBookable::Retired(on) => conflict("asset-retired").with("since", on),
        NotBookable::OutOfService(outage) => {
            let refusal =
                conflict("asset-out-of-service").with("outage", outage.reason).with("since", outage.from);
            match outage.until {
                Some(until) => refusal.with("until", until),
                None => refusal.with("until", "–"),
            }
        }
        NotBookable::Lapses { kind, on } => conflict("asset-lapses").with("upkeep", kind).with("until", on),
    }
}

/// A wish for a loan.
pub fn new_loan(error: NewLoanError) -> Refusal {
    match error {
        NewLoanError::Category(_) => invalid("asset-category-unknown"),
        NewLoanError::From(error) | NewLoanError::Until(error) => civil_time(error),
        NewLoanError::Span => loan_span(),
        NewLoanError::Purpose(_) => invalid("purpose-unknown"),
        NewLoanError::Notes(error) => text("notes", error),
    }
}

/// The life of a loan.
pub fn loan(error: LoanError) -> Refusal {
    match error {
        LoanError::WrongState { action, state } => {
            conflict("loan-wrong-state").with("step", action).with("loan_state", state)
        }
        LoanError::Span => loan_span(),
        LoanError::Order => invalid("loan-order"),
        LoanError::DocumentMissing(document) => conflict("loan-document-missing").with("document", document),
        LoanError::Amount => amount(),
        LoanError::KeptMoreThanDeposit => invalid("loan-deposit-kept"),
        LoanError::OdometerBackwards { known_m } => conflict("odometer-backwards").with("known_m", known_m),
        LoanError::OdometerMissing => invalid("odometer-missing"),
    }
}

/// The life of a service.
pub fn service(error: ServiceError) -> Refusal {
    match error {
        ServiceError::WrongState { action, state } => {
            conflict("service-wrong-state").with("step", action).with("service_state", state)
        }
        ServiceError::WrongKind { wanted, found } => {
            invalid("service-wrong-kind").with("wanted_service", wanted).with("service", found)
        }
        ServiceError::Subject => invalid("service-subject"),
        ServiceError::Amount => amount(),
        ServiceError::ShareAboveAmount => invalid("service-share"),
        ServiceError::NoConclusion => invalid("service-no-conclusion"),
        ServiceError::Hours => invalid("service-hours").with("max", LESSON_HOURS),
        ServiceError::InTheFuture => invalid("day-in-the-future"),
    }
}

/// The course of a pathway.
pub fn pathway(error: PathwayError) -> Refusal {
    match error {
        PathwayError::WrongStage { action, stage } => {
            conflict("pathway-wrong-stage").with("step", action).with("stage", stage)
        }
        PathwayError::InTheFuture => invalid("day-in-the-future"),
        PathwayError::TooEarly(earliest) => invalid("pathway-too-early").with("since", earliest),
        PathwayError::EmptyBasket => conflict("pathway-basket-empty"),
        PathwayError::Basket => conflict("pathway-basket"),
        PathwayError::BasketFull => conflict("pathway-basket-full").with("max", BASKET_ITEMS),
        PathwayError::AlreadyHeard(milestone) => {
            conflict("pathway-already-heard").with("milestone", milestone)
        }
    }
}

/// A referral.
pub fn referral(error: ReferralError) -> Refusal {
    match error {
        ReferralError::Reference(error) => text("reference", error),
        ReferralError::Name(error) => text("name", error),
        ReferralError::Phone(error) => phone(error),
        ReferralError::Commune => super::unknown("referral-commune"),
        ReferralError::NotAgreed => invalid("referral-not-agreed"),
        ReferralError::Decided(state) => conflict("referral-decided").with("referral_state", state),
    }
}

fn amount() -> Refusal {
    invalid("service-amount").with("max", AMOUNT_CENTS / 100)
}

fn loan_span() -> Refusal {
    invalid("loan-span").with("max", LOAN_DAYS)
}
