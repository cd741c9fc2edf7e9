//! The stored form of the rules beside the policy of handovers, and of when trips are offered. Must never be read but whole: which
//! rule decides is the domain's business.

use maillage_domain::handover::{Decision, Offering, Rule, Rules, Scope};
use maillage_engine::{EngineError, Record};
use maillage_federation::{
    agreement::Trust,
    ids::{Id, NodeKind},
};
use serde::{Deserialize, Serialize};

use crate::{fields::broken, kinds, settings::Setting};

const KIND: u16 = kinds::HANDOVER_RULES;

/// The rules, the least specific first, version 1.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoverRules {
    rules: Vec<RuleRecord>,
}

/// A rule; what it is not for, and says nothing of, is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct RuleRecord {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trust: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    partner: Option<Id<NodeKind>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    offering: Option<OfferingRecord>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    auto_bid: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    auto_award: Option<bool>,
}

/// When trips are offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum OfferingRecord {
    /// Never by itself.
    Ask,
    /// At once.
    AtOnce,
    /// In the last hours.
    WithinH(u32),
}

impl Record for HandoverRules {
    const KIND: u16 = KIND;
    const VERSION: u16 = 1;
}

impl Setting for HandoverRules {
    const NAME: &'static str = "handover-rules";
}

impl HandoverRules {
    /// The rules.
    ///
    /// # Errors
    /// A record that makes no sense.
    pub fn rules(self) -> Result<Rules, EngineError> {
        self.rules.into_iter().map(RuleRecord::rule).collect()
    }
}

impl From<&Rules> for HandoverRules {
    fn from(rules: &Rules) -> Self {
        Self { rules: rules.iter().map(|(scope, rule)| RuleRecord::new(scope, *rule)).collect() }
    }
}

impl RuleRecord {
    fn new(scope: &Scope, rule: Rule) -> Self {
        let Rule { offering, bidding, awarding } = rule;
        let auto = |decision| decision == Decision::Auto;
        let said = Self {
            offering: offering.map(OfferingRecord::from),
            auto_bid: bidding.map(auto),
            auto_award: awarding.map(auto),
            ..Self::default()
        };
        match scope {
            Scope::Model(id) => Self { model: Some(id.clone()), ..said },
            Scope::Trust(trust) => Self { trust: Some(trust.code().to_owned()), ..said },
            Scope::Partner(id) => Self { partner: Some(*id), ..said },
        }
    }

    fn rule(self) -> Result<(Scope, Rule), EngineError> {
        let Self { model, trust, partner, offering, auto_bid, auto_award } = self;
        let scope = match (model, trust, partner) {
            (Some(id), None, None) => Scope::Model(id),
            (None, Some(code), None) => {
                let trust = Trust::ALL.into_iter().find(|trust| trust.code() == code);
                Scope::Trust(trust.ok_or_else(|| broken(KIND))?)
            }
            (None, None, Some(id)) => Scope::Partner(id),
            (_, _, _) => return Err(broken(KIND)),
        };
        let decision = |auto| if auto { Decision::Auto } else { Decision::Ask };
        let rule = Rule {
            offering: offering.map(Offering::from),
            bidding: auto_bid.map(decision),
            awarding: auto_award.map(decision),
        };
        Ok((scope, rule))
    }
}

impl From<Offering> for OfferingRecord {
    fn from(offering: Offering) -> Self {
        match offering {
            Offering::Ask => Self::Ask,
            Offering::AtOnce => Self::AtOnce,
            Offering::Within { hours } => Self::WithinH(hours),
        }
    }
}

impl From<OfferingRecord> for Offering {
    fn from(record: OfferingRecord) -> Self {
        match record {
            OfferingRecord::Ask => Self::Ask,
            OfferingRecord::AtOnce => Self::AtOnce,
            OfferingRecord::WithinH(hours) => Self::Within { hours },
        }
    }
}

#[cfg(test)]
mod tests {
    use maillage_domain::handover::Policy;
    use maillage_engine::{EngineError, decode_record, encode_record};

    use super::*;
    use crate::{
        golden::{check, unhex},
        samples::{engine, id},
        settings::{self, HandoverPolicy},
    };

    fn rules() -> Rules {
        Rules::from_iter([
            (
                Scope::Model("benevoles-association".to_owned()),
                Rule {
                    offering: Some(Offering::Within { hours: 48 }),
                    awarding: Some(Decision::Ask),
                    ..Rule::default()
                },
            ),
            (
                Scope::Model("hybride-guichet".to_owned()),
                Rule { offering: Some(Offering::Ask), ..Rule::default() },
            ),
            (Scope::Trust(Trust::Preferred), Rule { bidding: Some(Decision::Auto), ..Rule::default() }),
            (
                Scope::Partner(id(2)),
                Rule { bidding: Some(Decision::Ask), awarding: Some(Decision::Auto), ..Rule::default() },
            ),
        ])
    }

    #[test]
    fn rules_of_version_1_keep_their_bytes_and_lose_nothing() {
        check(include_str!("../golden/handover_rules.v1.hex"), &HandoverRules::from(&rules()));
        let engine = engine();
        assert_eq!(settings::find::<HandoverRules>(&engine), Ok(None));
        let record = HandoverRules::from(&rules());
        engine
            .transact::<(), EngineError, _>("put", move |transaction| settings::put(transaction, &record))
            .unwrap();
        let read = settings::find::<HandoverRules>(&engine).unwrap().unwrap();
        assert_eq!(read.rules(), Ok(rules()));
    }

    #[test]
    fn a_rule_for_two_things_or_for_none_is_broken() {
        let none = RuleRecord::default();
        let two = RuleRecord { model: Some("a".to_owned()), partner: Some(id(2)), ..RuleRecord::default() };
        let unknown = RuleRecord { trust: Some("blind".to_owned()), ..RuleRecord::default() };
        for rule in [none, two, unknown] {
            assert_eq!(HandoverRules { rules: vec![rule] }.rules(), Err(broken(KIND)));
        }
    }

    #[test]
    fn a_policy_from_before_it_said_when_trips_are_offered_reads_as_one_that_asks() {
        let old = unhex(include_str!("../golden/handover_policy.v1.hex"));
        let read: HandoverPolicy = decode_record(&old).unwrap();
        assert_eq!(Policy::from(read), Policy::default());
        // What says nothing new is written as before.
        assert_eq!(encode_record(&HandoverPolicy::from(&Policy::default())).unwrap(), old);
        let policy = Policy { offering: Offering::Within { hours: 36 }, ..Policy::default() };
        check(include_str!("../golden/handover_policy_offering.v1.hex"), &HandoverPolicy::from(&policy));
        let read: HandoverPolicy =
            decode_record(&unhex(include_str!("../golden/handover_policy_offering.v1.hex"))).unwrap();
        assert_eq!(Policy::from(read), policy);
    }
}
