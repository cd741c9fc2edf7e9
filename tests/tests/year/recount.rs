//! The recount: every trip, the ledger of unmet need, what people owe and paid, the numbers of papers, from the exports
//! and from what the script remembers. It must never ask the node to reckon for it.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;
use maillage_proto::node::v1 as node;

use crate::{
    exports::{Row, Sheet},
    findings::Findings,
    memory::{Memory, Outcome, Ride},
    naive::{Fact, Model, Verdict, model_of},
    platform::Platform,
    routines::Routine,
    script::Played,
};

/// What the recount works with.
pub(crate) struct Recount<'a> {
    /// The node, for its exports.
    pub(crate) platform: &'a Platform,
    /// What was played.
    pub(crate) played: &'a Played,
    /// What was driven.
    pub(crate) facts: &'a [Fact],
    /// The catalogue on paper.
    pub(crate) models: &'a [Model],
}

impl Recount<'_> {
    /// Every trip, cell by cell.
    pub(crate) async fn trips(&self, found: &mut Findings) -> anyhow::Result<()> {
        let facts: BTreeMap<&str, &Fact> = self.facts.iter().map(|fact| (fact.trip.as_str(), fact)).collect();
        // Series call for days of the next year already.
        let sheet = Sheet::until(self.platform, "trips", "2026-12-31").await?;
        found.same("trips given out", self.memory().rides.len(), sheet.rows().count());
        for row in sheet.rows() {
            let id = row.cell("id")?;
            let ride = self.memory().rides.get(id).with_context(|| format!("nobody asked for {id}"))?;
            self.trip(found, row, ride)?;
            match facts.get(id) {
                Some(fact) => self.costed(found, row, fact)?,
                None => found.same(&format!("contribution of {id}"), "", row.cell("contribution")?),
            }
        }
        for (number, routine) in self.played.routines.iter().enumerate() {
            found.same(&format!("days of series {number}"), routine.days(), self.days_of(number, routine));
        }
        Ok(())
    }

    fn trip(&self, found: &mut Findings, row: Row<'_>, ride: &Ride) -> anyhow::Result<()> {
        let id = row.cell("id")?;
        let cast = &self.played.cast;
        let person = cast.persons.get(ride.person).context("nobody")?;
        let driver = ride.driver.and_then(|driver| cast.volunteers.get(driver));
        let (status, reason, by, late, driven) = match ride.outcome {
            Outcome::Open => ("open", "", "", false, None),
            Outcome::Completed(loaded_m, empty_m) => ("completed", "", "", false, Some((loaded_m, empty_m))),
            Outcome::NoShow(who) => ("no-show", who, "", false, None),
            Outcome::Cancelled(by, reason, late) => ("cancelled", reason, by, late, None),
            Outcome::Unmet(reason) => ("unmet", reason, "", false, None),
        };
        let driven = driven.map_or((0, 0), |(loaded_m, empty_m)| (u64::from(loaded_m), u64::from(empty_m)));
        found.same(&format!("status of {id}"), status, row.cell("status")?);
        found.same(&format!("reason of {id}"), reason, row.cell("reason")?);
        found.same(&format!("who called {id} off"), by, row.cell("cancelled_by")?);
        found.same(&format!("{id} late"), if late { "oui" } else { "non" }, row.cell("late")?);
        found.same(&format!("day of {id}"), ride.day.to_string().as_str(), row.cell("day")?);
        found.same(&format!("passenger of {id}"), person.id.as_str(), row.cell("person")?);
        found.same(&format!("pickup of {id}"), ride.from.as_str(), row.cell("pickup_commune")?);
        found.same(&format!("model of {id}"), model_of(person.home, ride.day), row.cell("model")?);
        found.same(&format!("metres of {id}"), driven, (row.number("loaded_m")?, row.number("empty_m")?));
        if matches!(ride.outcome, Outcome::Completed(..)) {
            let driver = driver.map(|driver| driver.id.as_str()).unwrap_or_default();
            found.same(&format!("driver of {id}"), driver, row.cell("volunteer")?);
        }
        Ok(())
    }

    fn costed(&self, found: &mut Findings, row: Row<'_>, fact: &Fact) -> anyhow::Result<()> {
        let id = row.cell("id")?;
        let asks = self.model(fact.model)?.on(fact.day).asks(fact.quotient, fact.loaded_m);
        found.same(&format!("contribution of {id}"), asks, row.cents("contribution")?);
        let verdict = match fact.verdict {
            Verdict::Within => "within",
            Verdict::Doubtful => "to-be-verified",
            Verdict::Outside => "outside",
        };
        found.same(&format!("verdict on {id}"), verdict, row.cell("verdict")?);
        let mut ground = fact.ground.clone();
        let person = self.played.cast.persons.get(fact.person).context("nobody")?;
        if person.erased.is_some() && ground.starts_with("resources:") {
            // That there was a benefit is counted on; which it was is forgotten.
            "resources:withheld".clone_into(&mut ground);
        }
        found.same(&format!("ground of {id}"), ground.as_str(), row.cell("ground")?);
        Ok(())
    }

    fn days_of(&self, number: usize, routine: &Routine) -> Vec<jiff::civil::Date> {
        let of_series = |ride: &&Ride| {
            let off = matches!(ride.outcome, Outcome::Cancelled(_, "series", _));
            ride.series == Some(number) && ride.person == routine.pattern.person && !off
        };
        let days: BTreeSet<_> = self.memory().rides.values().filter(of_series).map(|ride| ride.day).collect();
        days.into_iter().collect()
    }

    /// The map of unmet need: by commune and reason.
    pub(crate) async fn unmet(&self, found: &mut Findings) -> anyhow::Result<()> {
        let notes = &self.memory().unmet;
        let mut recounted: BTreeMap<(String, String), u64> = BTreeMap::new();
        for note in notes.values() {
            *recounted.entry((note.commune.clone(), note.reason.to_owned())).or_default() += 1;
        }
        let mut given: BTreeMap<(String, String), u64> = BTreeMap::new();
        for row in Sheet::of(self.platform, "unmet").await?.rows() {
            let (commune, reason) = (row.cell("pickup_commune")?, row.cell("reason")?);
            *given.entry((commune.to_owned(), reason.to_owned())).or_default() += 1;
            let trip = row.cell("trip")?;
            let note = notes.get(trip).with_context(|| format!("{trip} is in the ledger"))?;
            found.same(&format!("{trip} was served"), note.served, !row.cell("served_on")?.is_empty());
            let cause = if note.withdrawn { "driver" } else { "nobody" };
            found.same(&format!("cause of {trip}"), cause, row.cell("cause")?);
        }
        found.same("unmet by commune and reason", recounted, given);
        let reasons: BTreeSet<&str> = notes.values().map(|note| note.reason).collect();
        for reason in reasons {
            self.unmet_of(found, reason).await?;
        }
        Ok(())
    }

    /// The totals of one reason.
    async fn unmet_of(&self, found: &mut Findings, reason: &str) -> anyhow::Result<()> {
        let request = node::ListUnmetRequest {
            from_day: "2026-01-01".to_owned(),
            to_day: "2026-12-31".to_owned(),
            reason: reason.to_owned(),
            limit: 1,
            ..Default::default()
        };
        let reply = self.platform.trips().list_unmet(request).await?.into_inner();
        let of_reason = || self.memory().unmet.values().filter(|note| note.reason == reason);
        let mut communes: BTreeMap<String, u64> = BTreeMap::new();
        for note in of_reason() {
            *communes.entry(note.commune.clone()).or_default() += 1;
        }
        let by_commune: BTreeMap<String, u64> = reply.by_commune.into_iter().collect();
        found.same(&format!("unmet as {reason} by commune"), communes, by_commune);
        let served = of_reason().filter(|note| note.served).count();
        found.same(&format!("unmet as {reason} and served"), u64::try_from(served)?, reply.served);
        Ok(())
    }

    /// What everybody owes and paid.
    pub(crate) async fn dues(&self, found: &mut Findings) -> anyhow::Result<()> {
        let mut owed: BTreeMap<String, i64> = BTreeMap::new();
        for fact in self.facts {
            let cents = self.model(fact.model)?.on(fact.day).asks(fact.quotient, fact.loaded_m);
            if cents > 0 {
                owed.insert(format!("trip:{}", fact.trip), cents);
            }
        }
        let mut given: BTreeMap<String, i64> = BTreeMap::new();
        let mut others: Vec<(&str, i64)> = Vec::new();
        let sheet = Sheet::of(self.platform, "contributions").await?;
        for row in sheet.rows() {
            let (source, cents) = (row.cell("source")?, row.cents("amount")?);
            if source.starts_with("trip:") {
                *given.entry(source.to_owned()).or_default() += cents;
            } else {
                others.push((source.split(':').next().unwrap_or_default(), cents));
            }
        }
        found.same("what is owed for trips", owed, given);
        let mut dues: Vec<(&str, i64)> =
            self.memory().dues.iter().map(|due| (due.source, due.cents)).collect();
        dues.sort_unstable();
        others.sort_unstable();
        found.same("what is owed beside trips", dues, others);
        self.balances(found).await
    }

    async fn balances(&self, found: &mut Findings) -> anyhow::Result<()> {
        for (number, person) in self.played.cast.persons.iter().enumerate() {
            let mut closing = 0;
            for fact in self.facts.iter().filter(|fact| fact.person == number) {
                closing += self.model(fact.model)?.on(fact.day).asks(fact.quotient, fact.loaded_m);
            }
            let dues = self.memory().dues.iter().filter(|due| due.person == number);
            closing += dues.map(|due| due.cents).sum::<i64>();
            let paid = self.memory().payments.iter().filter(|paid| paid.person == number);
            closing -= paid.map(|paid| paid.cents).sum::<i64>();
            // Whoever was taken out of the node owed nothing, and cannot be asked about any more.
            if person.erased.is_some() {
                found.same("balance of whoever was taken out", 0, closing);
                continue;
            }
            let request = node::ShowBalanceRequest { person: person.id.clone(), ..Default::default() };
            let balance = self.platform.money().show_balance(request).await?.into_inner();
            found.same(&format!("balance of person {number}"), closing, balance.closing_cents);
        }
        let received = self.memory().payments.iter().filter(|paid| paid.movement == "received");
        let received: i64 = received.map(|paid| paid.cents).sum();
        let sheet = Sheet::of(self.platform, "payments").await?;
        let mut given = 0;
        for row in sheet.rows() {
            given += row.cents("amount")?;
        }
        found.same("what was received", received, given);
        Ok(())
    }

    /// No number of any journal or paper is missing or there twice.
    pub(crate) async fn numbers(&self, found: &mut Findings) -> anyhow::Result<()> {
        let mut numbers: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        let mut take = |number: &str| -> anyhow::Result<()> {
            let (series, number) = number.rsplit_once('-').context("a number without a series")?;
            numbers
                .entry(series.to_owned())
                .or_default()
                .push(number.parse().with_context(|| format!("{series} {number}"))?);
            Ok(())
        };
        let mut after = String::new();
        loop {
            let request = node::ListEntriesRequest { after, limit: 500, ..Default::default() };
            let page = self.platform.money().list_entries(request).await?.into_inner();
            page.entries.iter().try_for_each(|entry| take(&entry.number))?;
            after = page.next_after;
            if after.is_empty() {
                break;
            }
        }
        for table in ["statements", "receipts"] {
            for row in Sheet::of(self.platform, table).await?.rows() {
                take(row.cell("number")?)?;
            }
        }
        for (series, mut numbers) in numbers {
            numbers.sort_unstable();
            let wanted: Vec<u64> = (1..=u64::try_from(numbers.len())?).collect();
            found.same(&format!("numbers of {series}"), wanted, numbers);
        }
        Ok(())
    }

    /// A model by its key.
    pub(crate) fn model(&self, key: &str) -> anyhow::Result<&Model> {
        self.models.iter().find(|model| model.key == key).with_context(|| format!("no model {key}"))
    }

    /// What the script remembers.
    pub(crate) fn memory(&self) -> &Memory {
        &self.played.memory
    }
}
