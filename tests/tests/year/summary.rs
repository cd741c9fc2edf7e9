//! The year in figures, for whoever runs the test with `--nocapture`: the recount's own. It must never judge.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use anyhow::Context as _;
use jiff::civil::date;
use maillage_geography::Geography;

use crate::{
    cast::TERRITORY,
    exports::Sheet,
    findings::Findings,
    memory::Outcome,
    naive::{Fact, Verdict},
    recount::Recount,
};

impl Recount<'_> {
    /// The year in figures.
    pub(crate) async fn summary(
        &self,
        accompanied: (u32, u32),
        found: &mut Findings,
    ) -> anyhow::Result<String> {
        let mut text = String::new();
        let territory = TERRITORY.parse().ok().and_then(|siren| Geography::embedded().territory(&siren));
        let name = &territory.context("a territory")?.short_name;
        writeln!(text, "\nThe year 2026 of {name} (synthetic), recounted")?;
        self.outcomes(&mut text)?;
        writeln!(text, "  people accompanied: {}, and {} who object", accompanied.0, accompanied.1)?;
        self.grounds(&mut text)?;
        self.map(&mut text)?;
        self.volunteers(&mut text).await?;
        let kilometres = self.compensations(found).await?;
        writeln!(text, "    kilometres in all: {}, by trip as by statement", euros(kilometres).trim())?;
        self.models(&mut text)?;
        writeln!(text, "  {} steps of the desk and its drivers", self.memory().calls)?;
        writeln!(text, "  {} figures compared, {} differ", found.compared(), found.differing())?;
        Ok(text)
    }

    fn outcomes(&self, text: &mut String) -> anyhow::Result<()> {
        let mut outcomes: BTreeMap<&str, usize> = BTreeMap::new();
        for ride in self.memory().rides.values() {
            let outcome = match ride.outcome {
                Outcome::Open => "open",
                Outcome::Completed(..) => "driven",
                Outcome::NoShow(_) => "no-show",
                Outcome::Cancelled(_, "series", _) => "called off by the series",
                Outcome::Cancelled(_, _, true) => "called off late",
                Outcome::Cancelled(..) => "called off in time",
                Outcome::Unmet(_) => "unmet",
            };
            *outcomes.entry(outcome).or_default() += 1;
        }
        let outcomes: Vec<String> = outcomes.iter().map(|(name, count)| format!("{name} {count}")).collect();
        writeln!(text, "  {} trips: {}", self.memory().rides.len(), outcomes.join(", "))?;
        Ok(())
    }

    fn grounds(&self, text: &mut String) -> anyhow::Result<()> {
        let of = |prefix: &str| {
            let of = |fact: &&Fact| fact.verdict == Verdict::Within && fact.ground.starts_with(prefix);
            let facts = self.facts.iter().filter(of);
            let people: BTreeSet<usize> = facts.clone().map(|fact| fact.person).collect();
            (facts.count(), people.len())
        };
        let (residence, resources, all) = (of("residence"), of("resources"), of(""));
        let loaded_m: u64 = self.facts.iter().map(|fact| u64::from(fact.loaded_m)).sum();
        let empty_m: u64 = self.facts.iter().map(|fact| u64::from(fact.empty_m)).sum();
        writeln!(text, "  return to the prefect: {} trips of {} people", all.0, all.1)?;
        writeln!(
            text,
            "    by residence {} trips of {} people, by resources {} of {}; {} to be looked at or outside every frame",
            residence.0,
            residence.1,
            resources.0,
            resources.1,
            self.facts.len() - all.0
        )?;
        writeln!(text, "    {} km with somebody on board, {} km without", loaded_m / 1_000, empty_m / 1_000)?;
        Ok(())
    }

    fn map(&self, text: &mut String) -> anyhow::Result<()> {
        let mut communes: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
        for note in self.memory().unmet.values() {
            *communes.entry(&note.commune).or_default().entry(note.reason).or_default() += 1;
        }
        let served = self.memory().unmet.values().filter(|note| note.served).count();
        writeln!(text, "  unmet: {} entries, {served} served later", self.memory().unmet.len())?;
        for (commune, reasons) in communes {
            let known = commune.parse().ok().and_then(|code| Geography::embedded().commune(&code));
            let name = known.map_or(commune, |known| known.name.as_str());
            let reasons: Vec<String> =
                reasons.iter().map(|(reason, count)| format!("{reason} {count}")).collect();
            writeln!(text, "    {name:<24} {}", reasons.join(", "))?;
        }
        Ok(())
    }

    async fn volunteers(&self, text: &mut String) -> anyhow::Result<()> {
        let mut totals: BTreeMap<String, [i64; 3]> = BTreeMap::new();
        for row in Sheet::of(self.platform, "statements").await?.rows() {
            let sums = totals.entry(row.cell("volunteer")?.to_owned()).or_default();
            let place = match row.cell("settlement")? {
                "paid" => 0,
                "waived" => 1,
                _ => 2,
            };
            *sums.get_mut(place).context("three sums")? += row.cents("total")?;
        }
        writeln!(text, "  volunteers                 km      paid    waived      open (euros)")?;
        for (number, volunteer) in self.played.cast.volunteers.iter().enumerate() {
            let driven = self.facts.iter().filter(|fact| fact.driver == number);
            let metres: u64 = driven.map(|fact| u64::from(fact.loaded_m) + u64::from(fact.empty_m)).sum();
            let [paid, waived, open] = totals.get(&volunteer.id).copied().unwrap_or_default();
            let cars: Vec<String> = volunteer
                .cars
                .iter()
                .map(|(_, power, electric)| format!("{power} CV{}", if *electric { " el." } else { "" }))
                .collect();
            writeln!(
                text,
                "    {number:>2} {:<17} {:>7} {} {} {}",
                cars.join(", "),
                metres / 1_000,
                euros(paid),
                euros(waived),
                euros(open)
            )?;
        }
        Ok(())
    }

    fn models(&self, text: &mut String) -> anyhow::Result<()> {
        let first = date(2026, 1, 1);
        let facts: Vec<&Fact> = self.facts.iter().collect();
        writeln!(text, "  models              cost  contributed       paid     waived    deficit (euros)")?;
        for model in self.models {
            let sums = self.under(&model.on(first), first, &facts);
            let [cost, contribution, compensation, waived] = sums.shown();
            writeln!(
                text,
                "    {:<28}{} {} {} {} {}",
                model.key,
                euros(cost),
                euros(contribution),
                euros(compensation),
                euros(waived),
                euros(cost - contribution)
            )?;
        }
        Ok(())
    }
}

/// Euros with two decimals, in ten columns.
fn euros(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.unsigned_abs();
    format!("{:>10}", format!("{sign}{}.{:02}", cents / 100, cents % 100))
}
