//! The recount of what helps beside rides: loans, services, pathways, and how many people were accompanied, each once. It
//! must never ask the node to reckon for it.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;
use jiff::civil::{Date, date};
use maillage_proto::node::v1 as node;

use crate::{exports::Sheet, findings::Findings, recount::Recount};

/// The year.
const YEAR: (Date, Date) = (date(2026, 1, 1), date(2026, 12, 31));

impl Recount<'_> {
    /// Loans, services and pathways, row by row.
    pub(crate) async fn helped(&self, found: &mut Findings) -> anyhow::Result<()> {
        let mut lent: BTreeMap<&str, i64> = BTreeMap::new();
        for due in self.memory().dues.iter().filter(|due| due.source == "loan") {
            *lent.entry(self.id_of(due.person)?).or_default() += due.cents;
        }
        let mut given: BTreeMap<String, i64> = BTreeMap::new();
        let loans = Sheet::of(self.platform, "loans").await?;
        for row in loans.rows().filter(|row| row.cell("state").is_ok_and(|state| state == "closed")) {
            *given.entry(row.cell("person")?.to_owned()).or_default() += row.cents("contribution")?;
        }
        let given: BTreeMap<&str, i64> = given.iter().map(|(id, cents)| (id.as_str(), *cents)).collect();
        found.same("contributions to loans", lent, given);
        let mut services = Vec::new();
        for row in Sheet::of(self.platform, "services").await?.rows() {
            let cells = [row.cell("kind")?, row.cell("person")?, row.cell("rendered_on")?];
            services.push(cells.map(str::to_owned));
        }
        let mut rendered = Vec::new();
        for service in &self.memory().services {
            let person = service.person.map(|person| self.id_of(person)).transpose()?.unwrap_or_default();
            let on = service.on.map(|on| on.to_string()).unwrap_or_default();
            rendered.push([service.kind.to_owned(), person.to_owned(), on]);
        }
        services.sort();
        rendered.sort();
        found.same("services", rendered, services);
        // Whatever was refused as outside every frame was excepted the next moment.
        let exceptions = Sheet::of(self.platform, "frame-exceptions").await?;
        found.same("signed exceptions", self.memory().refused, exceptions.rows().count());
        self.pathways(found).await
    }

    async fn pathways(&self, found: &mut Findings) -> anyhow::Result<()> {
        let sheet = Sheet::of(self.platform, "pathways").await?;
        found.same("pathways", self.memory().pathways.len(), sheet.rows().count());
        for row in sheet.rows() {
            let id = row.cell("id")?;
            let note = self.memory().pathways.iter().find(|note| note.id == id);
            let note = note.with_context(|| format!("nobody opened the pathway {id}"))?;
            let stage = match (note.diagnosed, note.exited) {
                (_, Some(_)) => "exited",
                (Some(_), None) => "accompanied",
                (None, None) => "entered",
            };
            found.same(&format!("person of pathway {id}"), self.id_of(note.person)?, row.cell("person")?);
            found.same(&format!("stage of pathway {id}"), stage, row.cell("stage")?);
            let follow_ups = u64::try_from(note.follow_ups)?;
            found.same(&format!("follow-ups of pathway {id}"), follow_ups, row.number("follow_ups")?);
        }
        Ok(())
    }

    /// How many people were accompanied, each once, whoever objects to statistics left out.
    pub(crate) async fn accompanied(&self, found: &mut Findings) -> anyhow::Result<(u32, u32)> {
        let mut persons: BTreeSet<usize> = self.facts.iter().map(|fact| fact.person).collect();
        let in_year = |first: Date, last: Date| first <= YEAR.1 && YEAR.0 <= last;
        for (person, first, last) in &self.memory().acts {
            persons.extend(in_year(*first, *last).then_some(*person));
        }
        for note in &self.memory().pathways {
            let last = note.exited.unwrap_or(YEAR.1);
            persons.extend(note.diagnosed.filter(|first| in_year(*first, last)).map(|_| note.person));
        }
        let objects = |person: &usize| self.played.cast.persons.get(*person).is_some_and(|p| p.objects);
        let objecting = persons.iter().filter(|person| objects(person)).count();
        let request =
            node::CountAccompaniedRequest { first_day: YEAR.0.to_string(), last_day: YEAR.1.to_string() };
        let given = self.platform.pathways().count_accompanied(request).await?.into_inner();
        let recounted = (u32::try_from(persons.len() - objecting)?, u32::try_from(objecting)?);
        found.same("people accompanied, and objecting", recounted, (given.persons, given.objecting));
        Ok(recounted)
    }

    fn id_of(&self, person: usize) -> anyhow::Result<&str> {
        let found = self.played.cast.persons.get(person).context("no such person")?;
        Ok(found.id.as_str())
    }
}
