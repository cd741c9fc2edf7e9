//! How an offer widens, to and from the contract. Must never judge it.

use maillage_proto::federation::v1 as proto;

use super::super::circles::Widening;

impl From<proto::Widening> for Widening {
    fn from(message: proto::Widening) -> Self {
        let proto::Widening { second_at_ms, third_at_ms } = message;
        Self { second_at_ms, third_at_ms }
    }
}

impl From<Widening> for proto::Widening {
    fn from(widening: Widening) -> Self {
        let Widening { second_at_ms, third_at_ms } = widening;
        Self { second_at_ms, third_at_ms }
    }
}
