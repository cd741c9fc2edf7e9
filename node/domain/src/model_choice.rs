//! Which participation model a request is served under, when a territory runs several at once: by service, by commune of
//! the person's home, from a day on. One rule; must never depend on anything else.

use std::{cmp::Reverse, fmt, str::FromStr};

use jiff::civil::Date;
use maillage_federation::{
    ids::Id,
    models::{LocalAmounts, ModelKey},
};
use maillage_geography::InseeCode;

use crate::{
    codes::{UnknownCode, coded},
    ids::CarrierKind,
};

/// A kind of service that a model can be for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ServedBy {
    /// Accompanied transport.
    Transport,
    /// Shuttle.
    Shuttle,
    /// Loan of a vehicle.
    Loan,
}

coded!(ServedBy { Transport = "transport", Shuttle = "shuttle", Loan = "loan" });

/// A model in force for some requests from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelRule {
    /// For this service alone; none for all.
    pub service: Option<ServedBy>,
    /// For people who live in this commune alone; none for all.
    pub commune: Option<InseeCode>,
    /// First day.
    pub from: Date,
    /// The model.
    pub model: ModelKey,
    /// Who carries trips served under it; none for the usual carrier.
    pub carrier: Option<Id<CarrierKind>>,
}

/// A territory's own amounts within a model, from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalParameters {
    /// The model they are for.
    pub model: ModelKey,
    /// First day.
    pub from: Date,
    /// The amounts; all empty means as the catalogue has it again.
    pub amounts: LocalAmounts,
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// Which service.
    pub service: ServedBy,
    /// Where the person lives; none when that is not known.
    pub commune: Option<InseeCode>,
    /// The day of the trip.
    pub on: Date,
}

/// The model of a request: of the rules that have begun and fit, one for a commune before one for everybody, one for a
/// service before one for all, then the latest; of two of the same day the later in the list. None when no rule fits: the
/// territory's general model holds.
pub fn choose<'a>(rules: &'a [ModelRule], asked: &Asked) -> Option<&'a ModelKey> {
    rule_of(rules, asked, |_| true).map(|rule| &rule.model)
}

/// The carrier of a trip that is served under a model: that of the rule which would have chosen the model. None for the
/// usual one.
pub fn carrier_of(rules: &[ModelRule], asked: &Asked, model: &ModelKey) -> Option<Id<CarrierKind>> {
    rule_of(rules, asked, |rule| rule.model == *model)?.carrier
}

fn rule_of<'a>(
    rules: &'a [ModelRule],
    asked: &Asked,
    wanted: impl Fn(&ModelRule) -> bool,
) -> Option<&'a ModelRule> {
    let fits = |rule: &ModelRule| {
        wanted(rule)
            && rule.from <= asked.on
            && rule.service.is_none_or(|service| service == asked.service)
            && rule.commune.is_none_or(|commune| asked.commune == Some(commune))
    };
    let fitting = rules.iter().enumerate().filter(|(_, rule)| fits(rule));
    let rank = |(index, rule): &(usize, &ModelRule)| {
        (rule.commune.is_some(), rule.service.is_some(), rule.from, *index)
    };
    fitting.max_by_key(rank).map(|(_, rule)| rule)
}

/// The amounts of a model on a day: those that began last.
pub fn local_amounts(parameters: &[LocalParameters], model: &ModelKey, on: Date) -> LocalAmounts {
    let begun = parameters.iter().enumerate().filter(|(_, set)| set.model == *model && set.from <= on);
    let last = begun.min_by_key(|(index, set)| (Reverse(set.from), Reverse(*index)));
    last.map(|(_, set)| set.amounts.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn rule(service: Option<ServedBy>, commune: Option<&str>, from: &str, model: &str) -> ModelRule {
        ModelRule {
            service,
            commune: commune.map(|code| code.parse().unwrap()),
            from: day(from),
            model: format!("{model}@1").parse().unwrap(),
            carrier: None,
        }
    }

    #[test]
    fn the_most_particular_rule_that_has_begun_is_chosen() {
        let loan = Some(ServedBy::Loan);
        let rules = [
            rule(None, None, "2026-01-01", "all"),
            rule(loan, None, "2026-01-01", "loans"),
            rule(None, Some("81003"), "2026-03-01", "alban"),
            rule(loan, Some("81003"), "2026-03-01", "alban-loans"),
            rule(None, None, "2026-06-01", "all-later"),
            rule(None, Some("81003"), "2026-09-01", "alban-later"),
            rule(None, Some("81003"), "2026-09-01", "alban-last"),
        ];
        let check = |service, commune: Option<&str>, on: &str, expected: Option<&str>| {
            let commune = commune.map(|code| code.parse().unwrap());
            let chosen = choose(&rules, &Asked { service, commune, on: day(on) });
            assert_eq!(chosen.map(ModelKey::id), expected, "{service} {commune:?} {on}");
        };
        let ride = ServedBy::Transport;
        check(ride, None, "2025-12-31", None);
        check(ride, None, "2026-01-01", Some("all"));
        check(ride, Some("81003"), "2026-02-28", Some("all"));
        check(ride, Some("81003"), "2026-03-01", Some("alban"));
        check(ride, Some("81004"), "2026-03-01", Some("all"));
        check(ride, Some("81004"), "2026-06-01", Some("all-later"));
        check(ride, Some("81003"), "2026-07-01", Some("alban"));
        check(ride, Some("81003"), "2026-09-01", Some("alban-last"));
        check(ServedBy::Loan, Some("81004"), "2026-07-01", Some("loans"));
        check(ServedBy::Loan, Some("81003"), "2026-02-01", Some("loans"));
        check(ServedBy::Loan, Some("81003"), "2026-10-01", Some("alban-loans"));
        check(ServedBy::Loan, None, "2026-10-01", Some("loans"));
    }

    #[test]
    fn a_trip_is_carried_by_whom_the_rule_of_its_model_names() {
        let (first, second) = (Id::new(1, [1; 10]), Id::new(1, [2; 10]));
        let named = |rule: ModelRule, carrier| ModelRule { carrier: Some(carrier), ..rule };
        let rules = [
            named(rule(None, None, "2026-01-01", "all"), first),
            named(rule(None, Some("81003"), "2026-03-01", "alban"), second),
            rule(None, None, "2026-06-01", "later"),
        ];
        let check = |commune: Option<&str>, on: &str, model: &str, expected| {
            let commune = commune.map(|code| code.parse().unwrap());
            let asked = Asked { service: ServedBy::Transport, commune, on: day(on) };
            let model = format!("{model}@1").parse().unwrap();
            assert_eq!(carrier_of(&rules, &asked, &model), expected, "{model} {on}");
        };
        check(Some("81003"), "2026-03-01", "alban", Some(second));
        check(Some("81003"), "2026-03-01", "all", Some(first));
        check(Some("81003"), "2026-02-28", "alban", None);
        check(None, "2026-07-01", "later", None);
    }

    #[test]
    fn local_amounts_are_those_that_began_last() {
        let model: ModelKey = "all@1".parse().unwrap();
        let set = |from: &str, rate| LocalParameters {
            model: model.clone(),
            from: day(from),
            amounts: LocalAmounts { rate_cents: rate, ..LocalAmounts::default() },
        };
        let sets = [set("2026-05-01", Some(25)), set("2026-01-01", Some(20)), set("2026-09-01", None)];
        let rate = |on: &str| local_amounts(&sets, &model, day(on)).rate_cents;
        assert_eq!(rate("2025-12-31"), None);
        assert_eq!(
            (rate("2026-01-01"), rate("2026-05-01"), rate("2026-08-31")),
            (Some(20), Some(25), Some(25))
        );
        assert_eq!(rate("2026-09-01"), None);
        let other: ModelKey = "all@2".parse().unwrap();
        assert_eq!(local_amounts(&sets, &other, day("2026-06-01")), LocalAmounts::default());
    }
}
