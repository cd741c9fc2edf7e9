//! Which participation model a request is served under, when a territory runs several at once: by service, by commune of
//! the person's home, from a day on. One rule; must never depend on anything else.

use std::{cmp::Reverse, fmt, str::FromStr};

use jiff::civil::Date;
use maillage_federation::{
    ids::Id,
    models::{Bracket, LocalAmounts, ModelKey, Tariff},
};
use maillage_geography::InseeCode;

use crate::{
    codes::{UnknownCode, coded},
    ids::CarrierKind,
    money::Cents,
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

impl ModelRule {
    /// Whether it takes the place of another: for the same requests, from the same day on.
    pub fn replaces(&self, other: &Self) -> bool {
        (self.service, self.commune, self.from) == (other.service, other.commune, other.from)
    }
}

impl LocalParameters {
    /// Whether they take the place of others: of the same model, from the same day on.
    pub fn replaces(&self, other: &Self) -> bool {
        (&self.model, self.from) == (&other.model, other.from)
    }
}

/// What is no bracket; it shows what some are like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("700:1,50|1200:0,20/km<5,00|:free")]
pub struct NotABracket;

/// A bracket as it is typed: the quotient in euros that it reaches to (nothing for the last one), a colon, and what a trip costs
/// in it: a sum in euros, a sum per kilometre with perhaps the most it comes to, `free` or `donation`. Several are separated by
/// [`BETWEEN_BRACKETS`].
pub fn written_bracket(bracket: &Bracket) -> String {
    let euros = |cents: u32| Cents::new(cents.into()).decimal_comma();
    let end = bracket.up_to_euros.map(|end| end.to_string()).unwrap_or_default();
    let tariff = match bracket.tariff {
        Tariff::Free => "free".to_owned(),
        Tariff::Donation => "donation".to_owned(),
        Tariff::Flat { amount_cents } => euros(amount_cents),
        Tariff::PerKilometre { rate_cents, cap_cents } => {
            let cap = cap_cents.map(|cents| format!("<{}", euros(cents))).unwrap_or_default();
            format!("{}/km{cap}", euros(rate_cents))
        }
    };
    format!("{end}:{tariff}")
}

/// What separates several brackets.
pub const BETWEEN_BRACKETS: char = '|';

/// Reads a bracket as [`written_bracket`] writes it.
///
/// # Errors
/// Anything else.
pub fn read_bracket(text: &str) -> Result<Bracket, NotABracket> {
    let (end, tariff) = text.split_once(':').ok_or(NotABracket)?;
    let end = end.trim();
    let up_to_euros = if end.is_empty() { None } else { Some(end.parse().map_err(|_| NotABracket)?) };
    // Its cents are always written, so that nobody takes euros for cents.
    let cents = |text: &str| match (Cents::parse(text), text.trim().rsplit_once([',', '.'])) {
        (Ok(sum), Some((_, cents))) if cents.len() == 2 => u32::try_from(sum.get()).map_err(|_| NotABracket),
        (Ok(_) | Err(_), Some(_) | None) => Err(NotABracket),
    };
    let tariff = match (tariff.trim(), tariff.split_once("/km")) {
        ("free", _) => Tariff::Free,
        ("donation", _) => Tariff::Donation,
        (_, Some((rate, rest))) => {
            let cap_cents = match rest.trim().strip_prefix('<') {
                Some(cap) => Some(cents(cap)?),
                None if rest.trim().is_empty() => None,
                None => return Err(NotABracket),
            };
            Tariff::PerKilometre { rate_cents: cents(rate)?, cap_cents }
        }
        (sum, None) => Tariff::Flat { amount_cents: cents(sum)? },
    };
    Ok(Bracket { up_to_euros, tariff })
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
    fn a_bracket_reads_as_it_is_written() {
        let check = |up_to_euros, tariff, text: &str| {
            let known = Bracket { up_to_euros, tariff };
            assert_eq!((written_bracket(&known).as_str(), read_bracket(text)), (text, Ok(known)));
        };
        check(Some(700), Tariff::Flat { amount_cents: 150 }, "700:1,50");
        check(Some(900), Tariff::PerKilometre { rate_cents: 20, cap_cents: None }, "900:0,20/km");
        check(Some(1200), Tariff::PerKilometre { rate_cents: 20, cap_cents: Some(500) }, "1200:0,20/km<5,00");
        check(Some(300), Tariff::Free, "300:free");
        check(None, Tariff::Donation, ":donation");
        for text in [
            "",
            "700",
            "x:1,50",
            "700:",
            "700:1,50/km>5",
            "700:-1,00",
            ":gratuit",
            ":300",
            "700:1,5",
            "9:0,20/km<5",
        ] {
            assert_eq!(read_bracket(text), Err(NotABracket), "{text}");
        }
        for example in NotABracket.to_string().split(BETWEEN_BRACKETS) {
            assert_eq!(
                read_bracket(example).map(|bracket| written_bracket(&bracket)),
                Ok(example.to_owned())
            );
        }
    }

    #[test]
    fn a_choice_takes_the_place_of_one_for_the_same_requests_of_the_same_day() {
        let alban = Some("81003");
        let one = rule(None, alban, "2026-03-01", "alban");
        assert!(one.replaces(&rule(None, alban, "2026-03-01", "other")));
        for other in [
            rule(Some(ServedBy::Loan), alban, "2026-03-01", "alban"),
            rule(None, None, "2026-03-01", "alban"),
            rule(None, alban, "2026-03-02", "alban"),
        ] {
            assert!(!one.replaces(&other), "{other:?}");
        }
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
        assert!(sets[0].replaces(&set("2026-05-01", None)) && !sets[0].replaces(&sets[1]));
        assert!(!sets[0].replaces(&LocalParameters { model: other, ..sets[0].clone() }));
    }
}
