//! What the node does by itself in handovers, from and to messages.

use maillage_domain::handover::{CirclesAfter, Decided, Decision, Offering, Policy, Rule, Rules, Scope};
use maillage_engine::View;
use maillage_federation::{
    agreement::Trust,
    ids::{Id, NodeKind},
};
use maillage_platform::refusal::Refusal;
use maillage_proto::node::v1 as proto;

use super::handovers::desk;
use crate::app::{
    Aborted, App,
    handover::{
        Handover,
        deciding::Deciding,
        offering::{OfferedBy, offered_by},
    },
    policy_rules::{NamedScope, rule_etag},
    refusals,
};

/// What somebody changes of the policy: what is not said stays.
///
/// # Errors
/// `policy-decision`, `policy-offering`.
pub fn change(said: &proto::Policy) -> Result<impl FnOnce(&mut Policy) + Send + use<>, Refusal> {
    let (bidding, awarding) = (decision(&said.bidding)?, decision(&said.awarding)?);
    let offering = said_offering(&said.offering, said.offering_hours)?;
    let minutes = (said.award_wait_min, said.reply_within_min, said.accept_within_min);
    let (circles, circles_off) = (said.circles, said.circles_off);
    Ok(move |policy: &mut Policy| {
        (policy.bidding, policy.awarding) = (bidding, awarding);
        (policy.award_wait_min, policy.reply_within_min, policy.accept_within_min) = minutes;
        policy.offering = offering.unwrap_or(policy.offering);
        if circles_off {
            policy.circles = None;
        } else if let Some(proto::CirclesAfter { second_min, third_min }) = circles {
            policy.circles = Some(CirclesAfter { second_min, third_min });
        }
    })
}

/// The policy.
pub fn policy(policy: &Policy) -> proto::Policy {
    let circles = |CirclesAfter { second_min, third_min }| proto::CirclesAfter { second_min, third_min };
    proto::Policy {
        bidding: policy.bidding.code().to_owned(),
        awarding: policy.awarding.code().to_owned(),
        award_wait_min: policy.award_wait_min,
        reply_within_min: policy.reply_within_min,
        accept_within_min: policy.accept_within_min,
        etag: crate::app::settings::policy_etag(policy),
        circles: policy.circles.map(circles),
        circles_off: false,
        offering: policy.offering.code().to_owned(),
        offering_hours: hours(policy.offering),
    }
}

/// What a rule is for, which is exactly one thing.
///
/// # Errors
/// `policy-rule-scope`, `agreement-trust`.
pub fn scope(said: &proto::PolicyRule) -> Result<NamedScope, Refusal> {
    match (&*said.model, &*said.trust, &*said.partner) {
        (model, "", "") if !model.is_empty() => Ok(NamedScope::Model(model.to_owned())),
        ("", code, "") if !code.is_empty() => {
            let trust = Trust::ALL.into_iter().find(|trust| trust.code() == code);
            trust.map(NamedScope::Trust).ok_or_else(|| refusals::invalid("agreement-trust"))
        }
        ("", "", partner) if !partner.is_empty() => Ok(NamedScope::Partner(partner.to_owned())),
        (_, _, _) => Err(refusals::invalid("policy-rule-scope")),
    }
}

/// What a rule says.
///
/// # Errors
/// `policy-decision`, `policy-offering`.
pub fn rule(said: &proto::PolicyRule) -> Result<Rule, Refusal> {
    let decision = |code: &str| if code.is_empty() { Ok(None) } else { decision(code).map(Some) };
    Ok(Rule {
        offering: said_offering(&said.offering, said.offering_hours)?,
        bidding: decision(&said.bidding)?,
        awarding: decision(&said.awarding)?,
    })
}

/// The rules, with the names of partners.
pub fn rules(app: &App, rules: &Rules) -> proto::PolicyRules {
    let directory = app.link.directory();
    let message = |(scope, rule): (&Scope, &Rule)| {
        let of = scope.to_string();
        let code = |decision: Option<Decision>| decision.map(Decision::code).unwrap_or_default().to_owned();
        let said = proto::PolicyRule {
            offering: rule.offering.map(Offering::code).unwrap_or_default().to_owned(),
            offering_hours: rule.offering.map(hours).unwrap_or_default(),
            bidding: code(rule.bidding),
            awarding: code(rule.awarding),
            etag: rule_etag(rule),
            ..proto::PolicyRule::default()
        };
        match scope {
            Scope::Model(_) => proto::PolicyRule { model: of, ..said },
            Scope::Trust(_) => proto::PolicyRule { trust: of, ..said },
            Scope::Partner(node) => proto::PolicyRule {
                partner: of,
                partner_name: desk(app, Some(*node)).territory,
                partner_territory: directory
                    .nodes
                    .get(node)
                    .map(|entry| entry.reach.territory.to_string())
                    .unwrap_or_default(),
                ..said
            },
        }
    };
    proto::PolicyRules { rules: rules.iter().map(message).collect() }
}

/// Adds to a handover what the node does about it by itself, and which rule says so.
///
/// # Errors
/// The store.
pub fn explain(app: &App, shown: &Handover, message: &mut proto::Handover) -> Result<(), Refusal> {
    app.read(|app, view| {
        let Some(me) = app.link.membership().map(|membership| membership.me) else { return Ok(()) };
        let deciding = Deciding::load(view)?;
        match shown {
            Handover::Incoming(incoming) => {
                if incoming.may_bid(app.now()) {
                    let decided = deciding.bidding(view, me, incoming)?;
                    message.bidding = Some(decision_message(app, &decided, Some(incoming.origin)));
                }
            }
            Handover::Outgoing(outgoing) => {
                message.offered_by = why_offered(view, shown)?;
                let chosen = outgoing.award.is_some() || outgoing.is_over();
                for bid in message.bids.iter_mut().filter(|_| !chosen) {
                    let Ok(bidder) = bid.node.parse::<Id<NodeKind>>() else { continue };
                    let decided = deciding.awarding(view, outgoing, Some(bidder))?;
                    bid.awarding = Some(decision_message(app, &decided, Some(bidder)));
                }
            }
        }
        Ok(())
    })
}

/// Why this node made an offer without being asked.
fn why_offered(view: &dyn View, shown: &Handover) -> Result<Option<proto::PolicyDecision>, Aborted> {
    let Handover::Outgoing(outgoing) = shown else { return Ok(None) };
    let because = match offered_by(view, outgoing.handover)? {
        None => return Ok(None),
        Some(OfferedBy::Policy) => "policy",
        Some(OfferedBy::Model) => "model",
    };
    let trip = outgoing.trips.first().map(|trip| maillage_store::trips::find(view, *trip)).transpose()?;
    let model = trip.flatten().map(|trip| trip.terms.model.id().to_owned()).unwrap_or_default();
    let of = if because == "model" { model } else { String::new() };
    Ok(Some(proto::PolicyDecision { because: because.to_owned(), of, ..proto::PolicyDecision::default() }))
}

fn decision_message(
    app: &App,
    decided: &Decided<Decision>,
    about: Option<Id<NodeKind>>,
) -> proto::PolicyDecision {
    let (because, of) = match &decided.by {
        None => ("policy", String::new()),
        Some(scope) => (scope.code(), scope.to_string()),
    };
    proto::PolicyDecision {
        decision: decided.what.code().to_owned(),
        because: because.to_owned(),
        of,
        partner_name: desk(app, about).territory,
    }
}

fn decision(code: &str) -> Result<Decision, Refusal> {
    let known = [Decision::Auto, Decision::Ask].into_iter().find(|decision| decision.code() == code);
    known.ok_or_else(|| refusals::invalid("policy-decision"))
}

fn said_offering(code: &str, hours: u32) -> Result<Option<Offering>, Refusal> {
    match code {
        "" => Ok(None),
        "ask" => Ok(Some(Offering::Ask)),
        "at-once" => Ok(Some(Offering::AtOnce)),
        "within" => Ok(Some(Offering::Within { hours })),
        _ => Err(refusals::invalid("policy-offering")),
    }
}

fn hours(offering: Offering) -> u32 {
    match offering {
        Offering::Within { hours } => hours,
        Offering::Ask | Offering::AtOnce => 0,
    }
}
