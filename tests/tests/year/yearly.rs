//! The recount of what a platform owes in a year: the return to the prefect, the statements of volunteers, tax receipts.
//! It must never ask the node to reckon for it.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;
use jiff::{ToSpan as _, civil::Date};
use maillage_proto::node::v1 as node;

use crate::{
    exports::Sheet,
    findings::Findings,
    memory::Closed,
    naive::{Fact, Paid, Verdict, flat_cents, scale_cents},
    recount::Recount,
};

/// Places of the fleet's vehicles that carry people: the association's own, and those lent to it.
const FLEET: (&[u64], &[u64]) = (&[9, 5], &[4]);

/// Kilometres of a year valued by the scale: by car.
type Counter = BTreeMap<(u8, bool), u64>;

/// What a statement comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Sums {
    loaded_m: u64,
    empty_m: u64,
    counted_m: u64,
    mileage: i64,
    expenses: i64,
}

impl Recount<'_> {
    /// The return to the prefect.
    pub(crate) async fn tus_return(&self, found: &mut Findings) -> anyhow::Result<()> {
        let request = node::TusReturnRequest { year: 2026, carrier: String::new() };
        let given = self.platform.obligations().tus_return(request).await?.into_inner();
        found.same("association of the return", self.played.opened.carrier.as_str(), given.carrier.as_str());
        let people = (Some(2), Some(12), Some(57));
        found.same("its people", people, (given.employees, given.volunteers, given.members));
        let within: Vec<&Fact> = self.facts.iter().filter(|fact| fact.verdict == Verdict::Within).collect();
        let by = |prefix: &str| -> BTreeSet<usize> {
            let of = within.iter().filter(|fact| fact.ground.starts_with(prefix));
            of.map(|fact| fact.person).collect()
        };
        let drivers: BTreeSet<usize> = within.iter().map(|fact| fact.driver).collect();
        let at_wheel: BTreeSet<usize> = self.facts.iter().map(|fact| fact.driver).collect();
        let lent = self.lent(&at_wheel)?;
        let with = |verdict| self.facts.iter().filter(|fact| fact.verdict == verdict).count();
        let figures: BTreeMap<&str, usize> = [
            ("drivers", drivers.len()),
            ("volunteer-drivers", drivers.len()),
            ("beneficiaries", by("").len()),
            ("by-residence", by("residence").len()),
            ("by-resources", by("resources").len()),
            ("own-vehicles", FLEET.0.len()),
            ("lent-vehicles", lent.len()),
            ("trips", within.len()),
            ("trips-to-verify", with(Verdict::Doubtful)),
            ("trips-other-frame", 0),
            // The desk signed for what was refused; what turned out too long when it was driven, nobody signed for.
            ("trips-excepted", self.memory().refused),
            ("trips-undecided", with(Verdict::Outside) - self.memory().refused),
            ("trips-costed", within.len()),
        ]
        .into();
        for figure in &given.figures {
            let recounted = figures.get(figure.figure.as_str()).copied().context("a figure nobody knows")?;
            found.same(&format!("return: {}", figure.figure), recounted, usize::try_from(figure.count)?);
        }
        found.same("figures of the return", figures.len(), given.figures.len());
        let loaded_m: u64 = within.iter().map(|fact| u64::from(fact.loaded_m)).sum();
        found.same("metres of the return", loaded_m, given.loaded_m);
        found.same("mean distance", mean(loaded_m, within.len()), given.mean_m);
        let tenths = |places: &[u64]| mean(places.iter().sum::<u64>() * 10, places.len());
        found.same("own places", tenths(FLEET.0), given.own_places_tenths.map(u64::from));
        found.same("lent places", tenths(&lent), given.lent_places_tenths.map(u64::from));
        let mut asked = Vec::new();
        for fact in &within {
            asked.push(self.model(fact.model)?.on(fact.day).asks(fact.quotient, fact.loaded_m));
        }
        found.same("contributions asked", asked.iter().sum(), given.contributions_cents);
        found.same("highest contribution", asked.iter().max().copied(), given.highest_contribution_cents);
        let free = asked.iter().filter(|cents| **cents == 0).count();
        found.same("free trips", u64::try_from(free)?, given.free_trips);
        let models: BTreeSet<&str> = self.facts.iter().map(|fact| fact.model).collect();
        let models: Vec<&str> = models.into_iter().collect();
        found.same("models of the year", models, given.models.iter().map(String::as_str).collect());
        let ids: BTreeSet<&str> = within.iter().map(|fact| fact.trip.as_str()).collect();
        let listed = self.trips_behind().await?;
        found.same("trips behind the return", ids, listed.iter().map(String::as_str).collect());
        Ok(())
    }

    /// Places of the vehicles lent to the association: the fleet's, and those of every volunteer who drove.
    fn lent(&self, at_wheel: &BTreeSet<usize>) -> anyhow::Result<Vec<u64>> {
        let mut places = FLEET.1.to_vec();
        for driver in at_wheel {
            let (seats, wheelchairs) = self.played.cast.volunteers.get(*driver).context("nobody")?.seats;
            places.push(u64::from(seats + wheelchairs + 1));
        }
        Ok(places)
    }

    async fn trips_behind(&self) -> anyhow::Result<Vec<String>> {
        let (mut ids, mut after) = (Vec::new(), String::new());
        loop {
            let request = node::ListFigureRequest {
                year: 2026,
                figure: "trips".to_owned(),
                after,
                limit: 500,
                ..Default::default()
            };
            let page = self.platform.obligations().list_figure(request).await?.into_inner();
            ids.extend(page.items.into_iter().map(|item| item.id));
            after = page.next_after;
            if after.is_empty() {
                return Ok(ids);
            }
        }
    }

    /// Every statement, in the order they were closed.
    pub(crate) async fn statements(&self, found: &mut Findings) -> anyhow::Result<()> {
        let sheet = Sheet::of(self.platform, "statements").await?;
        let closed = &self.memory().statements;
        found.same("statements", closed.len(), sheet.rows().count());
        let mut counters: BTreeMap<(usize, i16), Counter> = BTreeMap::new();
        let mut taken: BTreeSet<&str> = BTreeSet::new();
        let mut spent: BTreeSet<usize> = BTreeSet::new();
        // Several are closed in one moment: their numbers tell their order.
        let mut rows = Vec::new();
        for row in sheet.rows() {
            rows.push((row.cell("number")?, row));
        }
        rows.sort_by_key(|(number, _)| *number);
        for (statement, (number, row)) in closed.iter().zip(rows) {
            let volunteer = self.played.cast.volunteers.get(statement.volunteer).context("nobody")?;
            found.same(&format!("volunteer of {number}"), volunteer.id.as_str(), row.cell("volunteer")?);
            let month = statement.month.strftime("%Y-%m").to_string();
            found.same(&format!("month of {number}"), month.as_str(), row.cell("month")?);
            found.same(&format!("basis of {number}"), statement.basis.as_str(), row.cell("basis")?);
            let mut sums = Sums::default();
            for fact in self.waiting(statement, &taken)? {
                let counter = counters.entry((fact.driver, fact.day.year())).or_default();
                self.add(&mut sums, counter, fact)?;
                taken.insert(&fact.trip);
            }
            if statement.basis == "reimbursed" {
                sums.expenses = self.spent(statement, &mut spent);
            }
            let given = Sums {
                loaded_m: row.number("loaded_m")?,
                empty_m: row.number("empty_m")?,
                counted_m: row.number("counted_m")?,
                mileage: row.cents("mileage")?,
                expenses: row.cents("expenses")?,
            };
            found.same(&format!("sums of {number} ({}, {month})", statement.basis), sums, given);
            found.same(&format!("settlement of {number}"), statement.settled, row.cell("settlement")?);
        }
        found.same("trips in no statement", 0, self.facts.len() - taken.len());
        Ok(())
    }

    /// What waits for a statement when it is closed, by day.
    fn waiting(&self, statement: &Closed, taken: &BTreeSet<&str>) -> anyhow::Result<Vec<&Fact>> {
        let end = statement.month.saturating_add(1.month());
        let mut waiting = Vec::new();
        for fact in self.facts {
            let waived = self.model(fact.model)?.pays() == Paid::Waived;
            let of_basis = waived == (statement.basis == "waived");
            let known = fact.closed < statement.at && fact.day < end;
            let theirs = fact.driver == statement.volunteer;
            if theirs && known && of_basis && !taken.contains(fact.trip.as_str()) {
                waiting.push(fact);
            }
        }
        Ok(waiting)
    }

    /// One more trip in a statement.
    fn add(&self, sums: &mut Sums, counter: &mut Counter, fact: &Fact) -> anyhow::Result<()> {
        let (loaded_m, empty_m) = (u64::from(fact.loaded_m), u64::from(fact.empty_m));
        let both = loaded_m + empty_m;
        let counted = |empty: bool| if empty { both } else { loaded_m };
        let (counted_m, cents) = match self.model(fact.model)?.on(fact.day).pays() {
            Paid::Flat(rate, empty) => (counted(empty), flat_cents(rate, counted(empty))),
            Paid::Waived => (both, marginal(counter, fact, both)),
            Paid::Scale(empty) => (counted(empty), marginal(counter, fact, counted(empty))),
        };
        sums.loaded_m += loaded_m;
        sums.empty_m += empty_m;
        sums.counted_m += counted_m;
        sums.mileage += cents;
        Ok(())
    }

    /// Expenses that wait for a statement.
    fn spent(&self, statement: &Closed, taken: &mut BTreeSet<usize>) -> i64 {
        let end = statement.month.saturating_add(1.month());
        let mut cents = 0;
        for (number, spent) in self.memory().expenses.iter().enumerate() {
            if spent.volunteer == statement.volunteer && spent.day < end && taken.insert(number) {
                cents += spent.cents;
            }
        }
        cents
    }

    /// What the drivers of all trips get or could give up: as the trips say, each costed when it was driven, and as the
    /// statements say. Both count the kilometres that the scale valued, by car, whatever the models.
    pub(crate) async fn compensations(&self, found: &mut Findings) -> anyhow::Result<i64> {
        let (mut trips, mut statements) = (0, 0);
        for row in Sheet::of(self.platform, "trips").await?.rows() {
            trips += row.cents("compensation")? + row.cents("waived")?;
        }
        for row in Sheet::of(self.platform, "statements").await?.rows() {
            statements += row.cents("mileage")?;
        }
        found.same("kilometres as the trips and the statements say", statements, trips);
        Ok(statements)
    }

    /// Tax receipts, and everything else that was given out with a number of its own.
    pub(crate) async fn receipts(&self, found: &mut Findings) -> anyhow::Result<()> {
        let mut waived: BTreeMap<&str, i64> = BTreeMap::new();
        for row in Sheet::of(self.platform, "statements").await?.rows() {
            let signed: Option<Date> = row.cell("settled_on")?.parse().ok();
            if row.cell("settlement")? == "waived" && signed.is_some_and(|day| day.year() == 2026) {
                let id = self.volunteer(row.cell("volunteer")?)?;
                *waived.entry(id).or_default() += row.cents("total")?;
            }
        }
        let mut tax: BTreeMap<&str, i64> = BTreeMap::new();
        let mut others: Vec<(String, i64)> = Vec::new();
        let sheet = Sheet::of(self.platform, "receipts").await?;
        for row in sheet.rows() {
            if row.cell("paper")? == "waiver" {
                found.same("year of a tax receipt", "2026", row.cell("year")?);
                *tax.entry(self.volunteer(row.cell("party")?)?).or_default() += row.cents("amount")?;
            } else {
                others.push((row.cell("paper")?.to_owned(), row.cents("amount")?));
            }
        }
        found.same("tax receipts by volunteer", waived, tax);
        let mut known: Vec<(String, i64)> =
            self.memory().papers.iter().map(|paper| (paper.kind.to_owned(), paper.cents)).collect();
        known.sort();
        others.sort();
        found.same("other papers", known, others);
        Ok(())
    }

    fn volunteer(&self, id: &str) -> anyhow::Result<&str> {
        let found = self.played.cast.volunteers.iter().find(|volunteer| volunteer.id == id);
        Ok(found.with_context(|| format!("no volunteer {id}"))?.id.as_str())
    }
}

/// What a trip adds to the year of its car.
fn marginal(counter: &mut Counter, fact: &Fact, metres: u64) -> i64 {
    let before = counter.entry((fact.power, fact.electric)).or_default();
    let without = scale_cents(fact.power, fact.electric, *before);
    *before += metres;
    scale_cents(fact.power, fact.electric, *before) - without
}

/// The nearest whole number, a half upwards.
fn mean(sum: u64, count: usize) -> Option<u64> {
    let count = u64::try_from(count).ok().filter(|count| *count > 0)?;
    Some((sum + count / 2) / count)
}
