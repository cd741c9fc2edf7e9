//! What is said when a trip is called off: by whom, why, and when it was told.

use jiff::Timestamp;
use maillage_domain::trip::{CancelReason, CancelledBy};

/// Who calls a trip off, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cancellation {
    /// Who.
    pub by: CancelledBy,
    /// Why.
    pub reason: CancelReason,
    /// When that was told, if it was before now.
    pub told: Option<Timestamp>,
}

impl From<CancelledBy> for Cancellation {
    /// Called off without a reason.
    fn from(by: CancelledBy) -> Self {
        Self { by, reason: CancelReason::Unspecified, told: None }
    }
}
