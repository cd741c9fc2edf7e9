//! Small records of which there is one each: the node's territory, models in force, policy, head of the directory. Other
//! crates may add their own by [`Setting`]. Must never hold a secret key: those are files.

use maillage_domain::{
    document::{DocumentKind, RequiredDocuments},
    handover::{CirclesAfter, Decision, Offering, Policy},
};
use maillage_engine::{EngineError, Record, Transaction, Tree, View, decode_record, encode_record};
use maillage_federation::{directory::Head, models::ModelKey, month::Month};
use serde::{Deserialize, Serialize};

use crate::{
    fields::{broken, parsed},
    handover_rules::OfferingRecord,
    kinds,
    limits::MODELS,
};

/// Settings by name.
pub const TREE: Tree = Tree::named("settings");

/// A record of which there is one.
pub trait Setting: Record {
    /// The name it is kept under, never reused.
    const NAME: &'static str;
}

/// Writes a setting.
pub fn put<S: Setting>(transaction: &mut Transaction<'_>, setting: &S) -> Result<(), EngineError> {
    transaction.put(TREE, S::NAME, encode_record(setting)?)
}

/// Reads a setting; none if it was never written.
pub fn find<S: Setting>(view: &(impl View + ?Sized)) -> Result<Option<S>, EngineError> {
    let bytes = view.get(TREE, S::NAME.as_bytes())?;
    Ok(bytes.map(|bytes| decode_record(&bytes)).transpose()?)
}

/// The node's territory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Territory {
    /// SIREN of the EPCI.
    pub siren: String,
}

/// The participation models of the territory, each from the month it began, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelsInForce {
    since: Vec<ModelSince>,
}

/// A model and the first month it is in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelSince {
    /// The model.
    pub model: ModelKey,
    /// The first month.
    pub from: Month,
}

/// What the node does by itself in handovers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoverPolicy {
    auto_bid: bool,
    auto_award: bool,
    award_wait_min: u32,
    reply_within_min: u32,
    accept_within_min: u32,
    /// Since circles: minutes until the second and the third open; left out when offers are shown to all at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    circles_min: Option<(u32, u32)>,
    /// Since trips are offered by the node itself; left out where it never does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    offering: Option<OfferingRecord>,
}

/// The newest directory this node has accepted: nothing older is accepted any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryHead {
    version: u64,
    #[serde(with = "crate::fields::bytes")]
    hash: Vec<u8>,
}

/// The papers that are required of volunteers, as codes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentRules {
    required: Vec<String>,
}

impl From<&RequiredDocuments> for DocumentRules {
    fn from(required: &RequiredDocuments) -> Self {
        Self { required: required.iter().map(|kind| kind.code().to_owned()).collect() }
    }
}

impl TryFrom<DocumentRules> for RequiredDocuments {
    type Error = EngineError;

    fn try_from(rules: DocumentRules) -> Result<Self, EngineError> {
        rules.required.iter().map(|code| parsed::<DocumentKind>(code, kinds::DOCUMENT_RULES)).collect()
    }
}

/// Implements a setting of version 1.
macro_rules! setting {
    ($setting:ident, $kind:expr, $name:literal) => {
        impl Record for $setting {
            const KIND: u16 = $kind;
            const VERSION: u16 = 1;
        }

        impl Setting for $setting {
            const NAME: &'static str = $name;
        }
    };
}

setting!(DocumentRules, kinds::DOCUMENT_RULES, "document-rules");
setting!(Territory, kinds::TERRITORY, "territory");
setting!(ModelsInForce, kinds::MODELS_IN_FORCE, "models-in-force");
setting!(HandoverPolicy, kinds::HANDOVER_POLICY, "handover-policy");
setting!(DirectoryHead, kinds::DIRECTORY_HEAD, "directory-head");

impl ModelsInForce {
    /// The same with a model in force from a month on; what was to begin then or later is replaced. Beyond
    /// [`MODELS`] the oldest go.
    #[must_use]
    pub fn with(&self, model: ModelKey, from: Month) -> Self {
        let earlier = self.since.iter().filter(|since| since.from < from).cloned();
        let mut since: Vec<ModelSince> = earlier.chain([ModelSince { model, from }]).collect();
        since.drain(..since.len().saturating_sub(MODELS));
        Self { since }
    }

    /// The model in force in a month; none before the first began.
    pub fn in_month(&self, month: Month) -> Option<&ModelKey> {
        self.since.iter().rev().find(|since| since.from <= month).map(|since| &since.model)
    }

    /// All of them, in order.
    pub fn all(&self) -> &[ModelSince] {
        &self.since
    }
}

impl From<&Policy> for HandoverPolicy {
    fn from(policy: &Policy) -> Self {
        let Policy {
            offering,
            bidding,
            awarding,
            award_wait_min,
            reply_within_min,
            accept_within_min,
            circles,
        } = *policy;
        Self {
            auto_bid: bidding == Decision::Auto,
            auto_award: awarding == Decision::Auto,
            award_wait_min,
            reply_within_min,
            accept_within_min,
            circles_min: circles.map(|CirclesAfter { second_min, third_min }| (second_min, third_min)),
            offering: (offering != Offering::Ask).then(|| offering.into()),
        }
    }
}

impl From<HandoverPolicy> for Policy {
    fn from(record: HandoverPolicy) -> Self {
        let decision = |auto| if auto { Decision::Auto } else { Decision::Ask };
        Self {
            bidding: decision(record.auto_bid),
            awarding: decision(record.auto_award),
            award_wait_min: record.award_wait_min,
            reply_within_min: record.reply_within_min,
            accept_within_min: record.accept_within_min,
            circles: record.circles_min.map(|(second_min, third_min)| CirclesAfter { second_min, third_min }),
            offering: record.offering.map(Offering::from).unwrap_or_default(),
        }
    }
}

impl From<Head> for DirectoryHead {
    fn from(head: Head) -> Self {
        Self { version: head.version, hash: head.hash.to_vec() }
    }
}

impl TryFrom<DirectoryHead> for Head {
    type Error = EngineError;

    fn try_from(record: DirectoryHead) -> Result<Self, EngineError> {
        let hash = record.hash.try_into().map_err(|_| broken(kinds::DIRECTORY_HEAD))?;
        Ok(Self { version: record.version, hash })
    }
}

impl Territory {
    /// The SIREN, in whatever type the caller reads it into.
    pub fn siren<S: std::str::FromStr>(&self) -> Result<S, EngineError> {
        parsed(&self.siren, kinds::TERRITORY)
    }
}
