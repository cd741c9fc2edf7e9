//! What counts how much when a day is planned: looked at, and set from a day on. Must never change how a day that is past
//! was planned.

use std::sync::Arc;

use jiff::civil::Date;
use maillage_domain::{
    civil::day_of,
    plan_rules::{PlanRules, in_force},
    roles::Operation,
};
use maillage_engine::View;
use maillage_platform::refusal::Refusal;
use maillage_store::plan_rules;

use crate::{
    app::{
        Aborted, App,
        caller::Caller,
        edit::{check_said, etag_of},
        refusals,
    },
    limits::PLAN_RULES,
};

/// Rules with what else is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulesSeen {
    /// Those in force on the day.
    pub rules: PlanRules,
    /// First days of all others that were set.
    pub other_days: Vec<Date>,
    /// What has to be given back to set others.
    pub etag: String,
}

/// A number that is to change, by its name on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNumber {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: u32,
}

/// The rules in force on a day.
///
/// # Errors
/// The store.
pub(super) fn on(view: &dyn View, day: Date) -> Result<PlanRules, Aborted> {
    Ok(in_force(&plan_rules::all(view)?, day))
}

/// The rules in force on a day, or today.
///
/// # Errors
/// `not-allowed`; the store.
pub fn show_rules(app: &App, caller: &Caller, day: Option<Date>) -> Result<RulesSeen, Refusal> {
    app.look(caller, Operation::PlanRulesShow, |app, view| {
        seen(view, day.unwrap_or_else(|| day_of(app.now())))
    })
}

/// Sets numbers from a day on, today or later; the others stay as they are on that day.
///
/// # Errors
/// `not-allowed`; `plan-rules-past`, `plan-number-unknown`, `plan-number`; `changed-meanwhile`; the store.
pub async fn set_rules(
    app: &Arc<App>,
    caller: &Caller,
    from: Option<Date>,
    numbers: Vec<NewNumber>,
    etag: String,
) -> Result<RulesSeen, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::PlanRulesSet, move |app, transaction| {
        let today = day_of(app.now());
        let from = from.unwrap_or(today);
        if from < today {
            return Err(refusals::invalid("plan-rules-past").with("day", from).into());
        }
        let before = seen(transaction, from)?;
        let mut rules = PlanRules { from, ..before.rules };
        for NewNumber { name, value } in numbers {
            rules = rules.with(&name, value).ok_or_else(|| refusals::invalid("plan-number-unknown"))?;
        }
        let rules = rules.check().map_err(|error| {
            refusals::invalid("plan-number")
                .with("field", error.field)
                .with("value", error.value)
                .with("least", error.least)
                .with("most", error.most)
        })?;
        check_said(&etag, Some(&before.etag), "")?;
        plan_rules::put(transaction, rules, PLAN_RULES)?;
        app.note(transaction, &by, Operation::PlanRulesSet, &[])?;
        seen(transaction, from)
    })
    .await
}

fn seen(view: &(impl View + ?Sized), day: Date) -> Result<RulesSeen, Aborted> {
    let all = plan_rules::all(view)?;
    let rules = in_force(&all, day);
    let parts: Vec<String> = all.iter().map(|rules| format!("{}{:?}", rules.from, rules.bounds())).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let other_days = all.iter().map(|rules| rules.from).filter(|from| *from != rules.from).collect();
    Ok(RulesSeen { rules, other_days, etag: etag_of(&parts) })
}
