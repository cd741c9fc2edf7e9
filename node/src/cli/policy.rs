//! `policy`: what the node does by itself in handovers, and the rules beside it. Must never decide which rule counts.

use maillage_platform::i18n::FluentValue;
use maillage_proto::node::v1::{self as proto, status_client::StatusClient};

use super::{
    arguments::policy::{Policy, PolicyRule, PolicyRuleSet, PolicySet, RuleScope},
    codes::{Offering, UNSAID},
    failure::CommandError,
    session::Session,
    words::Words,
};

/// Runs a command about what the node does by itself.
pub(super) async fn policy(session: &mut Session<'_>, command: Policy) -> Result<(), CommandError> {
    let mut node = session.client(StatusClient::with_interceptor).await?;
    let request = proto::ShowStatusRequest {};
    let policy = match command {
        Policy::Rule(command) => return rule(session, command).await,
        Policy::Show => node.show_status(request).await?.into_inner().policy,
        Policy::Set(changes) => {
            let present = node.show_status(request).await?.into_inner().policy.unwrap_or_default();
            node.set_policy(changed(present, changes)?).await?.into_inner().policy
        }
    };
    let policy = policy.unwrap_or_default();
    if session.json(&policy)? {
        return Ok(());
    }
    show(session, &policy)?;
    let rules = node.list_policy_rules(proto::ListPolicyRulesRequest {}).await?.into_inner();
    if rules.rules.is_empty() {
        return Ok(());
    }
    session.line("heading-policy-rules", &[])?;
    show_rules(session, &rules)
}

/// Runs a command about the rules beside it.
async fn rule(session: &mut Session<'_>, command: PolicyRule) -> Result<(), CommandError> {
    let mut node = session.client(StatusClient::with_interceptor).await?;
    let present = node.list_policy_rules(proto::ListPolicyRulesRequest {}).await?.into_inner();
    let rules = match command {
        PolicyRule::List => present,
        PolicyRule::Set(set) => node.set_policy_rule(rule_to_be(&present, set)).await?.into_inner(),
        PolicyRule::Remove { scope, seen } => {
            let mut rule = named(&present, scope);
            rule.etag = seen.or(rule.etag);
            let request = proto::RemovePolicyRuleRequest { rule: Some(rule) };
            node.remove_policy_rule(request).await?.into_inner()
        }
    };
    if session.json(&rules)? {
        return Ok(());
    }
    show_rules(session, &rules)
}

fn changed(policy: proto::Policy, changes: PolicySet) -> Result<proto::Policy, CommandError> {
    let circles = changes.circles.as_deref().map(circles).transpose()?;
    let Offering { code, hours } =
        changes.offering.unwrap_or(Offering { code: policy.offering, hours: policy.offering_hours });
    Ok(proto::Policy {
        bidding: changes.bidding.unwrap_or(policy.bidding),
        awarding: changes.awarding.unwrap_or(policy.awarding),
        award_wait_min: changes.award_wait_min.unwrap_or(policy.award_wait_min),
        reply_within_min: changes.reply_within_min.unwrap_or(policy.reply_within_min),
        accept_within_min: changes.accept_within_min.unwrap_or(policy.accept_within_min),
        etag: changes.seen.or(policy.etag),
        circles_off: circles.is_some_and(|circles| circles.is_none()),
        circles: circles.flatten(),
        offering: code,
        offering_hours: hours,
    })
}

/// Minutes until the second and the third circle, or that there are none.
fn circles(typed: &str) -> Result<Option<proto::CirclesAfter>, CommandError> {
    if typed == "off" {
        return Ok(None);
    }
    let (second, third) = typed.split_once(',').ok_or_else(|| CommandError::usage("policy-circles-typed"))?;
    let minutes = |text: &str| text.trim().parse().map_err(|_| CommandError::usage("policy-circles-typed"));
    Ok(Some(proto::CirclesAfter { second_min: minutes(second)?, third_min: minutes(third)? }))
}

/// The rule that is there for something; where there is none, one that says nothing.
fn named(present: &proto::PolicyRules, scope: RuleScope) -> proto::PolicyRule {
    let RuleScope { model, trust, partner } = scope;
    let [model, trust, partner] = [model, trust, partner].map(Option::unwrap_or_default);
    let same = |rule: &&proto::PolicyRule| {
        let is_partner =
            rule.partner == partner || (!partner.is_empty() && rule.partner_territory == partner);
        rule.model == model && rule.trust == trust && is_partner
    };
    let there = present.rules.iter().find(same).cloned();
    there.unwrap_or_else(|| proto::PolicyRule { model, trust, partner, ..proto::PolicyRule::default() })
}

/// The rule as it is to be: what is not given stays as it is.
fn rule_to_be(present: &proto::PolicyRules, set: PolicyRuleSet) -> proto::PolicyRule {
    let PolicyRuleSet { scope, offering, bidding, awarding, seen } = set;
    let rule = named(present, scope);
    let said = |given: Option<String>, present: String| match given {
        Some(given) if given == UNSAID => String::new(),
        given => given.unwrap_or(present),
    };
    let Offering { code, hours } =
        offering.unwrap_or(Offering { code: rule.offering, hours: rule.offering_hours });
    proto::PolicyRule {
        offering: said(Some(code), String::new()),
        offering_hours: hours,
        bidding: said(bidding, rule.bidding),
        awarding: said(awarding, rule.awarding),
        etag: seen.or(rule.etag),
        ..rule
    }
}

fn show(session: &mut Session<'_>, policy: &proto::Policy) -> Result<(), CommandError> {
    let words = session.words();
    let minutes = |minutes: u32| words.duration(u64::from(minutes) * 60);
    let circles = match policy.circles {
        Some(proto::CirclesAfter { second_min, third_min }) => words.text(
            "policy-circles",
            &[("second", minutes(second_min).into()), ("third", minutes(third_min).into())],
        ),
        None => words.text("policy-no-circles", &[]),
    };
    Ok(session.fields(&[
        ("field-offering", offering(words, &policy.offering, policy.offering_hours)),
        ("field-bidding", words.code("decision", &policy.bidding)),
        ("field-awarding", words.code("decision", &policy.awarding)),
        ("field-award_wait", minutes(policy.award_wait_min)),
        ("field-reply_within", minutes(policy.reply_within_min)),
        ("field-accept_within", minutes(policy.accept_within_min)),
        ("field-circles", circles),
        ("field-etag", policy.etag.clone()),
    ])?)
}

fn show_rules(session: &mut Session<'_>, rules: &proto::PolicyRules) -> Result<(), CommandError> {
    let words = session.words();
    let row = |rule: &proto::PolicyRule| {
        vec![
            scope(words, rule),
            offering(words, &rule.offering, rule.offering_hours),
            words.code("decision", &rule.bidding),
            words.code("decision", &rule.awarding),
            rule.etag.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = rules.rules.iter().map(row).collect();
    let headings = ["field-rule_for", "field-offering", "field-bidding", "field-awarding", "field-etag"];
    Ok(session.columns(&headings, &rows)?)
}

/// What a rule is for.
fn scope(words: Words<'_>, rule: &proto::PolicyRule) -> String {
    match (&*rule.model, &*rule.trust) {
        ("", "") if rule.partner_name.is_empty() => rule.partner.clone(),
        ("", "") => format!("{} ({})", rule.partner_name, rule.partner),
        ("", trust) => {
            words.text("rule-for-trust", &[("trust", words.code("agreement-trust", trust).into())])
        }
        (model, _) => words.text("rule-for-model", &[("model", model.to_owned().into())]),
    }
}

/// When trips are offered, in words.
fn offering(words: Words<'_>, code: &str, hours: u32) -> String {
    match code {
        "" => String::new(),
        "within" => words.text("offering-within", &[("hours", hours.into())]),
        code => words.code("offering", code),
    }
}

/// What the node does by itself about something, and why, in words; nothing where nothing was decided.
pub(super) fn decided(words: Words<'_>, decision: Option<&proto::PolicyDecision>) -> String {
    let Some(proto::PolicyDecision { decision, because, of, partner_name }) = decision else {
        return String::new();
    };
    let of = if because == "trust" { words.code("agreement-trust", of) } else { of.clone() };
    let partner: FluentValue<'_> = partner_name.clone().into();
    let why = words.text(&format!("because-{because}"), &[("of", of.into()), ("partner", partner)]);
    match decision.as_str() {
        "" => why,
        decision => {
            let what = words.code("decision", decision);
            words.text("decided-because", &[("what", what.into()), ("why", why.into())])
        }
    }
}

#[cfg(test)]
mod tests {
    use maillage_platform::i18n::Language;

    use super::*;
    use crate::cli::catalog;

    fn there() -> proto::PolicyRules {
        let rule = proto::PolicyRule {
            trust: "trusted".to_owned(),
            bidding: "ask".to_owned(),
            awarding: "auto".to_owned(),
            etag: "seen".to_owned(),
            ..proto::PolicyRule::default()
        };
        proto::PolicyRules { rules: vec![rule] }
    }

    fn set(trust: &str) -> PolicyRuleSet {
        let scope = RuleScope { model: None, trust: Some(trust.to_owned()), partner: None };
        let seen = super::super::seen::Seen::of_present();
        PolicyRuleSet { scope, offering: None, bidding: None, awarding: None, seen }
    }

    #[test]
    fn what_is_not_typed_of_a_rule_stays_and_what_is_unsaid_goes() {
        let rule =
            rule_to_be(&there(), PolicyRuleSet { awarding: Some(UNSAID.to_owned()), ..set("trusted") });
        assert_eq!((&*rule.bidding, &*rule.awarding, &*rule.etag), ("ask", "", "seen"));
        let rule =
            rule_to_be(&there(), PolicyRuleSet { bidding: Some("auto".to_owned()), ..set("ordinary") });
        assert_eq!(
            (&*rule.trust, &*rule.bidding, &*rule.awarding, &*rule.etag),
            ("ordinary", "auto", "", "")
        );
    }

    #[test]
    fn a_rule_for_a_member_is_found_by_the_siren_of_its_territory() {
        let rule = proto::PolicyRule {
            partner: "01890000-0000-7000-8000-000000000001".to_owned(),
            partner_territory: "200034049".to_owned(),
            etag: "seen".to_owned(),
            ..proto::PolicyRule::default()
        };
        let present = proto::PolicyRules { rules: vec![rule.clone()] };
        for typed in [&rule.partner, &rule.partner_territory] {
            let scope = RuleScope { model: None, trust: None, partner: Some(typed.clone()) };
            assert_eq!(named(&present, scope), rule);
        }
    }

    #[test]
    fn a_decision_is_told_with_the_rule_that_made_it() {
        let catalog = catalog().unwrap();
        for (because, of, expected) in [
            ("policy", "", "demander au coordinateur, par le réglage général"),
            (
                "trust",
                "preferred",
                "demander au coordinateur, parce que votre accord avec Albi est « préféré »",
            ),
            ("partner", "0", "demander au coordinateur, parce que vous l’avez réglé ainsi pour Albi"),
            (
                "model",
                "hybride",
                "demander au coordinateur, parce que vous l’avez réglé ainsi pour le modèle hybride",
            ),
        ] {
            let decision = proto::PolicyDecision {
                decision: "ask".to_owned(),
                because: because.to_owned(),
                of: of.to_owned(),
                partner_name: "Albi".to_owned(),
            };
            let words = Words::new(&catalog, Language::French);
            let told = decided(words, Some(&decision)).replace(['\u{a0}', '\u{2068}', '\u{2069}'], " ");
            assert_eq!(told.replace("  ", " "), expected);
            assert!(!decided(Words::new(&catalog, Language::English), Some(&decision)).is_empty());
        }
    }
}
