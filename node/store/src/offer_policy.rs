//! The stored form of how offers are made at this node.

use maillage_domain::{
    handover::Decision,
    offer::{OfferPolicy, Pace, QuietHours},
};
use maillage_engine::{EngineError, Record};
use serde::{Deserialize, Serialize};

use crate::{fields::broken, kinds, settings::Setting};

const KIND: u16 = kinds::OFFER_POLICY;

/// How offers are made, version 1.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own, as stored")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferPolicyRecord {
    paces: Vec<PaceRecord>,
    call_under_min: u32,
    quiet_from_min: u16,
    quiet_to_min: u16,
    auto_escalation: bool,
    rounds: u8,
    tell_confirmed: bool,
    tell_day_before: bool,
    tell_cancelled: bool,
    revision: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct PaceRecord {
    lead_min: u32,
    remind_after_min: u32,
    reminders: u8,
    timeout_min: u32,
}

impl Record for OfferPolicyRecord {
    const KIND: u16 = KIND;
    const VERSION: u16 = 1;
}

impl Setting for OfferPolicyRecord {
    const NAME: &'static str = "offer-policy";
}

impl OfferPolicyRecord {
    /// The stored form of a policy and its revision.
    pub fn new(policy: &OfferPolicy, revision: u64) -> Self {
        let pace = |pace: &Pace| {
            let Pace { lead_min, remind_after_min, reminders, timeout_min } = *pace;
            PaceRecord { lead_min, remind_after_min, reminders, timeout_min }
        };
        Self {
            paces: policy.paces.iter().map(pace).collect(),
            call_under_min: policy.call_under_min,
            quiet_from_min: policy.quiet.from_min(),
            quiet_to_min: policy.quiet.to_min(),
            auto_escalation: policy.escalation == Decision::Auto,
            rounds: policy.rounds,
            tell_confirmed: policy.tell_confirmed,
            tell_day_before: policy.tell_day_before,
            tell_cancelled: policy.tell_cancelled,
            revision,
        }
    }

    /// How often it was changed.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The policy.
    ///
    /// # Errors
    /// One that contradicts itself.
    pub fn policy(self) -> Result<OfferPolicy, EngineError> {
        let pace = |pace: PaceRecord| {
            let PaceRecord { lead_min, remind_after_min, reminders, timeout_min } = pace;
            Pace { lead_min, remind_after_min, reminders, timeout_min }
        };
        let quiet = QuietHours::new(self.quiet_from_min, self.quiet_to_min).map_err(|_| broken(KIND))?;
        let policy = OfferPolicy {
            paces: self.paces.into_iter().map(pace).collect(),
            call_under_min: self.call_under_min,
            quiet,
            escalation: if self.auto_escalation { Decision::Auto } else { Decision::Ask },
            rounds: self.rounds,
            tell_confirmed: self.tell_confirmed,
            tell_day_before: self.tell_day_before,
            tell_cancelled: self.tell_cancelled,
        };
        policy.check().map_err(|_| broken(KIND))
    }
}
