//! The rules beside the policy of handovers: shown, set and taken out. Which of them decides what, `handover::deciding` asks the
//! domain.

use std::sync::Arc;

use maillage_domain::{
    handover::{Rule, Rules, Scope},
    roles::Operation,
};
use maillage_engine::{Transaction, View};
use maillage_federation::{
    agreement::Trust,
    ids::{Id, NodeKind},
};
use maillage_platform::refusal::Refusal;
use maillage_store::{events::Subject, handover_rules::HandoverRules, partners, settings};

use super::{
    Aborted, App, agreements,
    caller::Caller,
    edit::{check_said, etag_of},
    handover::deciding,
    refusals,
};
use crate::limits::POLICY_RULES;

/// What a rule is for, as somebody names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NamedScope {
    /// A participation model, by its id.
    Model(String),
    /// A trust.
    Trust(Trust),
    /// A member by its id or the SIREN of its territory, or a partner without a node by its id.
    Partner(String),
}

/// Every rule, the least specific first.
///
/// # Errors
/// The store.
pub fn list(app: &App, caller: &Caller) -> Result<Rules, Refusal> {
    app.look(caller, Operation::StatusShow, |_, view| rules_of(view))
}

/// The etag of a rule.
pub fn rule_etag(rule: &Rule) -> String {
    let Rule { offering, bidding, awarding } = rule;
    etag_of(&[&format!("{offering:?}"), &format!("{bidding:?}"), &format!("{awarding:?}")])
}

/// Sets a rule, in the place of the one that is for the same; `etag` is that of the rule that was seen there.
///
/// # Errors
/// `policy-rule-…`, `policy-offering-hours`, `desk-unknown`, `changed-meanwhile`; the store.
pub async fn set(
    app: &Arc<App>,
    caller: &Caller,
    scope: NamedScope,
    rule: Rule,
    etag: String,
) -> Result<Rules, Refusal> {
    change(app, caller, move |app, transaction, rules| {
        let scope = known(app, transaction, scope)?;
        let rule = rule.check(&scope).map_err(refusals::policy_rule)?;
        let present = rules.get(&scope).map(rule_etag);
        check_said(&etag, present.as_deref(), &rule_etag(&rule))?;
        if present.is_none() && rules.len() >= POLICY_RULES {
            return Err(refusals::conflict("policy-rules-too-many").with("limit", POLICY_RULES).into());
        }
        rules.set(scope.clone(), rule);
        Ok(scope)
    })
    .await
}

/// Takes a rule out; `etag` is that of the rule that was seen.
///
/// # Errors
/// `policy-rule-unknown`, `etag-missing`, `changed-meanwhile`; the store.
pub async fn remove(
    app: &Arc<App>,
    caller: &Caller,
    scope: NamedScope,
    etag: String,
) -> Result<Rules, Refusal> {
    change(app, caller, move |app, transaction, rules| {
        let scope = seen(app, transaction, rules, scope)?;
        let present = rules.get(&scope).ok_or_else(|| refusals::unknown("policy-rule-unknown"))?;
        check_said(&etag, Some(&rule_etag(present)), "")?;
        rules.remove(&scope);
        Ok(scope)
    })
    .await
}

/// Changes the rules in a transaction of their own, and looks again at what they decide.
async fn change(
    app: &Arc<App>,
    caller: &Caller,
    change: impl FnOnce(&App, &Transaction<'_>, &mut Rules) -> Result<Scope, Aborted> + Send + 'static,
) -> Result<Rules, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::SettingsPolicy, move |app, transaction| {
        let mut rules = rules_of(transaction)?;
        let before = rules.clone();
        let scope = change(app, transaction, &mut rules)?;
        settings::put(transaction, &HandoverRules::from(&rules))?;
        let subjects = match &scope {
            Scope::Partner(node) => vec![Subject::Node(*node)],
            Scope::Model(_) | Scope::Trust(_) => Vec::new(),
        };
        app.note(transaction, &by, Operation::SettingsPolicy, &subjects)?;
        let bidding = |rules: &Rules| rules.get(&scope).and_then(|rule| rule.bidding);
        if bidding(&before) != bidding(&rules) {
            deciding::reconsider(app, transaction)?;
        }
        Ok(rules)
    })
    .await
}

fn rules_of(view: &(impl View + ?Sized)) -> Result<Rules, Aborted> {
    Ok(settings::find::<HandoverRules>(view)?.unwrap_or_default().rules()?)
}

/// What somebody names, if there is such a thing.
fn known(app: &App, view: &(impl View + ?Sized), scope: NamedScope) -> Result<Scope, Aborted> {
    match scope {
        NamedScope::Model(id) => {
            if app.catalogue.models.iter().all(|model| model.key.id() != id) {
                return Err(refusals::unknown("policy-rule-model").into());
            }
            Ok(Scope::Model(id))
        }
        NamedScope::Trust(trust) => Ok(Scope::Trust(trust)),
        NamedScope::Partner(name) => {
            let node = partner(app, view, &name)?;
            if app.link.membership().is_some_and(|membership| membership.me == node) {
                return Err(refusals::invalid("policy-rule-oneself").into());
            }
            Ok(Scope::Partner(node))
        }
    }
}

/// What somebody names of what there is a rule for: whether there is such a thing still does not matter.
fn seen(app: &App, view: &(impl View + ?Sized), rules: &Rules, scope: NamedScope) -> Result<Scope, Aborted> {
    let as_said = match &scope {
        NamedScope::Model(id) => Some(Scope::Model(id.clone())),
        NamedScope::Trust(trust) => Some(Scope::Trust(*trust)),
        NamedScope::Partner(name) => name.trim().parse().ok().map(Scope::Partner),
    };
    match as_said.filter(|said| rules.get(said).is_some()) {
        Some(said) => Ok(said),
        None => known(app, view, scope),
    }
}

/// A member, or a partner without a node.
fn partner(app: &App, view: &(impl View + ?Sized), name: &str) -> Result<Id<NodeKind>, Aborted> {
    let without_node = name.trim().parse().ok();
    if let Some(id) = without_node
        && partners::find(view, id)?.is_some()
    {
        return Ok(id);
    }
    agreements::named(app, name)
}
