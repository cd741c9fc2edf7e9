//! The stored form of what counts how much when days are planned: each set of rules with its first day. Must never be read
//! but whole: which of them is in force is the domain's business.

use maillage_domain::plan_rules::PlanRules;
use maillage_engine::{EngineError, Record, Transaction, View};
use serde::{Deserialize, Serialize};

use crate::{
    fields::{broken, parsed},
    kinds,
    settings::{self, Setting},
};

const KIND: u16 = kinds::PLAN_RULES;

/// All rules that were ever set, version 1.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PlanRulesRecord {
    rules: Vec<RulesRecord>,
}

/// Rules from a day on: numbers by their name. One that is not named is the built-in one.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct RulesRecord {
    from: String,
    numbers: Vec<(String, u32)>,
}

impl Record for PlanRulesRecord {
    const KIND: u16 = KIND;
    const VERSION: u16 = 1;
}

impl Setting for PlanRulesRecord {
    const NAME: &'static str = "plan-rules";
}

impl From<&[PlanRules]> for PlanRulesRecord {
    fn from(rules: &[PlanRules]) -> Self {
        let record = |rules: &PlanRules| RulesRecord {
            from: rules.from.to_string(),
            numbers: rules.bounds().iter().map(|(name, value, ..)| ((*name).to_owned(), *value)).collect(),
        };
        Self { rules: rules.iter().map(record).collect() }
    }
}

impl TryFrom<RulesRecord> for PlanRules {
    type Error = EngineError;

    fn try_from(record: RulesRecord) -> Result<Self, EngineError> {
        let mut rules = Self { from: parsed(&record.from, KIND)?, ..Self::built_in() };
        for (name, value) in record.numbers {
            rules = rules.with(&name, value).ok_or_else(|| broken(KIND))?;
        }
        Ok(rules)
    }
}

/// Everything that was set, by first day.
///
/// # Errors
/// The store; a record that makes no sense.
pub fn all(view: &(impl View + ?Sized)) -> Result<Vec<PlanRules>, EngineError> {
    let record = settings::find::<PlanRulesRecord>(view)?.unwrap_or_default();
    record.rules.into_iter().map(PlanRules::try_from).collect()
}

/// Keeps rules, in place of others with the same first day. Beyond `most` the oldest go.
///
/// # Errors
/// The store.
pub fn put(transaction: &mut Transaction<'_>, rules: PlanRules, most: usize) -> Result<(), EngineError> {
    let mut kept = all(transaction)?;
    kept.retain(|known| known.from != rules.from);
    kept.push(rules);
    kept.sort_by_key(|rules| rules.from);
    kept.drain(..kept.len().saturating_sub(most));
    settings::put(transaction, &PlanRulesRecord::from(kept.as_slice()))
}
