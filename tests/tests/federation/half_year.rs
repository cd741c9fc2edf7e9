//! The half-year after the bad fortnight, through the same processes: the tables of persons against a naive recount from the trips, one
//! report of each node however often it is asked for and whatever dies, and one that is taken back.

use std::collections::BTreeMap;

use anyhow::Context as _;
use maillage_proto::node::v1 as proto;
use maillage_tests::{books::Books, wait::until};

use super::{EAST, Story};

const HALF_YEAR: &str = "2026-H2";
/// People a node has to know before it makes tables of persons.
const REGISTERED: usize = 20;

impl Story {
    /// The year ends. `books` are those of all trips but one, which was driven in October.
    pub(super) async fn a_half_year(&mut self, books: &Books) -> anyhow::Result<()> {
        self.federation.set_clock("2027-01-02T09:00")?;
        self.federation.attached().await?;
        self.federation.settle().await?;
        self.enough_people().await?;
        let early = self.close_at(EAST, HALF_YEAR).await;
        anyhow::ensure!(early.is_err(), "a half-year is closed before its months");
        self.close("2026-11").await?;
        self.close("2026-12").await?;
        let (persons, sixteenths) = recount(books);
        let counted = self.true_tables().await?;
        let sum =
            |prefix: &str| counted.iter().filter(|(cell, _)| cell.starts_with(prefix)).map(|(_, n)| n).sum();
        let sums: [u64; 5] = ["age-", "need-", "purpose-health", "tariff-", "rate-"].map(sum);
        // One person more, of October, whose only trip was fulfilled.
        let persons = persons + 1;
        assert_eq!(sums, [persons, persons, persons, persons, sixteenths + 16]);
        let hashes = self.close(HALF_YEAR).await?;
        self.federation.crash_hub().await?;
        self.federation.attached().await?;
        assert_eq!(self.close(HALF_YEAR).await?, hashes, "a half-year was drawn again");
        assert_eq!(self.true_tables().await?, counted, "what was counted is shown beside what left");
        assert_eq!(self.federation.hub.reports().await?.len(), 6 + 3 * 3);
        self.taken_back(&hashes).await
    }

    async fn taken_back(&self, hashes: &[String]) -> anyhow::Result<()> {
        let east = self.federation.node(EAST)?;
        let hash = hashes.get(EAST).context("no report of the east")?;
        let request =
            proto::WithdrawReportRequest { period: HALF_YEAR.to_owned(), reason: "test-data".to_owned() };
        let taken_back = east.reports()?.withdraw_report(request).await?.into_inner();
        assert_eq!((&taken_back.hash, taken_back.state.as_str()), (hash, "withdrawn"));
        let mut withdrawn = Vec::new();
        until("the hub knows that it was taken back", async || {
            withdrawn = self.federation.hub.reports().await?;
            withdrawn.retain(|report| !report.withdrawn_at.is_empty());
            Ok(!withdrawn.is_empty())
        })
        .await?;
        let told: Vec<_> = withdrawn
            .iter()
            .map(|report| (&report.node, &report.hash, report.withdrawn_because.as_str()))
            .collect();
        assert_eq!(told, [(&east.id, hash, "test-data")]);
        let journal = east.reports()?.list_journal(proto::ListJournalRequest {}).await?.into_inner().entries;
        let newest: Vec<_> =
            journal.iter().take(2).map(|entry| (entry.period.as_str(), entry.state.as_str())).collect();
        assert_eq!(newest, [(HALF_YEAR, "withdrawn"), ("2026-12", "sent")]);
        Ok(())
    }

    async fn enough_people(&self) -> anyhow::Result<()> {
        for node in &self.federation.nodes {
            for number in 0..REGISTERED {
                let person = proto::AddPersonRequest {
                    name: format!("Personne {number}"),
                    home: Some(proto::Place {
                        commune: super::main_commune(node.territory)?,
                        ..Default::default()
                    }),
                    even_if_duplicate: true,
                    ..Default::default()
                };
                node.people()?.add_person(person).await?;
            }
        }
        Ok(())
    }

    async fn close_at(&self, index: usize, period: &str) -> anyhow::Result<()> {
        let request = proto::PeriodRequest { period: period.to_owned() };
        self.federation.node(index)?.reports()?.close_month(request).await?;
        Ok(())
    }

    /// The true counts of the half-year over all nodes, by cell.
    async fn true_tables(&self) -> anyhow::Result<BTreeMap<String, u64>> {
        let mut sums = BTreeMap::new();
        for node in &self.federation.nodes {
            let request = proto::PeriodRequest { period: HALF_YEAR.to_owned() };
            let preview = node.reports()?.preview_report(request).await?.into_inner();
            anyhow::ensure!(preview.counts_known && !preview.few_beneficiaries, "{preview:?}");
            for section in preview.sections {
                for (cell, count) in section.cells.into_iter().zip(section.true_counts) {
                    *sums.entry(cell).or_default() += count;
                }
            }
        }
        Ok(sums)
    }
}

/// Persons with a trip that was served or could not be, and the sum of their rates in sixteenths, from the trips as the desks see them.
fn recount(books: &Books) -> (u64, u64) {
    let mut by_person: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for (_, trip) in books.own() {
        let fulfilled = match (trip.status.as_str(), trip.reason.as_str()) {
            ("completed", _) => 1,
            ("unmet", _) | ("cancelled", "platform") => 0,
            _ => continue,
        };
        let (served, asked) = by_person.entry(&trip.person).or_default();
        *served += fulfilled;
        *asked += 1;
    }
    let sixteenths = by_person.values().map(|(served, asked)| (32 * served + asked) / (2 * asked));
    (by_person.len() as u64, sixteenths.sum())
}
