//! Refusals of carriers, frames and participation models.

use maillage_domain::legal::CarrierError;
use maillage_federation::models::ModelError;
use maillage_platform::refusal::Refusal;

use super::{invalid, place, text};

/// A carrier.
pub fn carrier(error: CarrierError) -> Refusal {
    match error {
        CarrierError::Name(error) => text("name", error),
        CarrierError::Form(_) => invalid("carrier-form"),
        CarrierError::Rna(_) => invalid("carrier-rna"),
        CarrierError::Address(error) => place("address", error),
        CarrierError::Object(error) => text("object", error),
        CarrierError::TaxRate(_) => invalid("carrier-tax-rate"),
        CarrierError::Year(year) => invalid("carrier-year").with("year", year),
    }
}

/// Own amounts within a model.
pub fn model(error: ModelError) -> Refusal {
    match error {
        ModelError::Amount(cents) => invalid("model-amount").with("cents", cents),
        ModelError::NotOfModel(what) => invalid("model-amount-not-of-model").with("what", what),
        ModelError::Brackets => invalid("model-brackets"),
        ModelError::NestedMembership => super::internal(error),
    }
}
