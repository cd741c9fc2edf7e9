//! Which participation model a request is served under, when a territory runs several at once: by service, by commune of
//! the person's home, from a day on. One rule; must never depend on anything else.

use std::{cmp::Reverse, fmt, str::FromStr};

use jiff::civil::Date;
use maillage_federation::models::{LocalAmounts, ModelKey};
use maillage_geography::InseeCode;

use crate::codes::{UnknownCode, coded};

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
    let fits = |rule: &ModelRule| {
        rule.from <= asked.on
            && rule.service.is_none_or(|service| service == asked.service)
            && rule.commune.is_none_or(|commune| asked.commune == Some(commune))
    };
    let fitting = rules.iter().enumerate().filter(|(_, rule)| fits(rule));
    let rank = |(index, rule): &(usize, &ModelRule)| {
        (rule.commune.is_some(), rule.service.is_some(), rule.from, *index)
    };
    fitting.max_by_key(rank).map(|(_, rule)| &rule.model)
}

/// The amounts of a model on a day: those that began last.
pub fn local_amounts(parameters: &[LocalParameters], model: &ModelKey, on: Date) -> LocalAmounts {
    let begun = parameters.iter().enumerate().filter(|(_, set)| set.model == *model && set.from <= on);
    let last = begun.min_by_key(|(index, set)| (Reverse(set.from), Reverse(*index)));
    last.map(|(_, set)| set.amounts).unwrap_or_default()
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
