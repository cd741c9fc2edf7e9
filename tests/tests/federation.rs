//! Three territories and their hub as real processes on a bad fortnight: the hub dies in mid-handover, answers get
//! lost on the wire, nodes die at any moment, one is away for a week or until its certificate has run out. In the end
//! each trip was driven by exactly one, everybody agrees on who, and each was counted once.

use anyhow::Context as _;
use jiff::{ToSpan as _, civil::Date};
use maillage_geography::{Geography, Siren};
use maillage_proto::node::v1 as proto;
use maillage_tests::{
    books::{Books, Endings},
    coordinator::finish,
    federation::{CENTRE_TARN, Federation, MONTS_D_ALBAN, SIDOBRE},
    node::Wanted,
    wait::until,
};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;

#[path = "federation/agreements.rs"]
mod agreements;
#[path = "federation/half_year.rs"]
mod half_year;
#[path = "federation/keys.rs"]
mod keys;
#[path = "federation/moves.rs"]
mod moves;
#[path = "federation/privacy.rs"]
mod privacy;
#[path = "federation/restore.rs"]
mod restore;
#[path = "federation/settlements.rs"]
mod settlements;

/// The programs.
const BINARY: &str = env!("CARGO_BIN_EXE_maillage-under-test");
/// A Monday morning, a summer's civil time in Paris: 08:00.
const MONDAY: &str = "2026-08-31T06:00:00Z";
/// The day of [`MONDAY`], and how many days from it are looked at.
const FIRST_DAY: &str = "2026-08-31";
const DAYS: i64 = 34;
/// The places of the nodes in the order of enrolment.
const ALBAN: usize = 0;
const TARN: usize = 1;
const EAST: usize = 2;

/// How long one node is away, and what random moments are.
#[derive(Debug, Clone, Copy)]
struct Fortnight {
    seed: u64,
    days_away: i64,
}

/// The federation in the course of its fortnight.
struct Story {
    federation: Federation,
    random: ChaCha20Rng,
    away_until: Date,
}

#[tokio::test(flavor = "multi_thread")]
async fn each_trip_has_one_executor_and_is_counted_once_after_a_week_away() -> anyhow::Result<()> {
    play(Fortnight { seed: 7, days_away: 7 }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_trip_has_one_executor_and_is_counted_once_after_a_certificate_ran_out() -> anyhow::Result<()> {
    play(Fortnight { seed: 20, days_away: 20 }).await
}

async fn play(fortnight: Fortnight) -> anyhow::Result<()> {
    let federation = Federation::start(BINARY, MONDAY, &[MONTS_D_ALBAN, CENTRE_TARN, SIDOBRE]).await?;
    let away_until = day("2026-09-07")?.checked_add(fortnight.days_away.days())?;
    let random = ChaCha20Rng::seed_from_u64(fortnight.seed);
    let mut story = Story { federation, random, away_until };
    let outcome = story.run(fortnight).await;
    story.federation.end(outcome).await
}

impl Story {
    async fn run(&mut self, fortnight: Fortnight) -> anyhow::Result<()> {
        self.settle_in().await?;
        self.ask().await?;
        self.awards_while_the_hub_dies().await?;
        self.one_node_goes_away().await?;
        self.it_comes_back(fortnight).await?;
        finish(&self.federation, day(FIRST_DAY)?, DAYS).await?;
        let books = Books::read(&self.federation, day(FIRST_DAY)?, DAYS).await?;
        let wrong = books.violations()?;
        anyhow::ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
        let driven = books.driven_by_neighbours();
        anyhow::ensure!(driven >= 8, "only {driven} trips were driven by neighbours");
        self.close_months(&books).await?;
        self.a_half_year(&books).await
    }

    /// The first territory has nobody to drive. The second has volunteers who may be promised, the third one who
    /// may and one who is asked each time.
    async fn settle_in(&mut self) -> anyhow::Result<()> {
        for (index, standing) in [(TARN, true), (TARN, true), (TARN, true), (EAST, true), (EAST, false)] {
            let node = self.federation.node(index)?;
            node.volunteer(&main_commune(node.territory)?, standing).await?;
        }
        Ok(())
    }

    /// Requests of the first week; answers to the first envelopes get lost, and processes die at any moment.
    async fn ask(&mut self) -> anyhow::Result<()> {
        for index in [ALBAN, TARN, EAST] {
            self.federation.node(index)?.wire.cut_answers(2);
        }
        for number in 0..9_i8 {
            let date = day("2026-09-02")?.checked_add(i64::from(number % 4).days())?;
            let hour = 8 + 3 * (number / 4);
            let back = (number % 3 != 0).then(|| format!("{date}T{:02}:30", hour + 1));
            let trips = self
                .request(ALBAN, &format!("{date}T{hour:02}:30"), back.as_deref().unwrap_or_default(), &[])
                .await?;
            self.offer_out(ALBAN, &trips, 0).await?;
        }
        // The others have trips of their own: one each driven at home, one each handed over.
        for index in [TARN, EAST] {
            let trips = self.request(index, "2026-09-06T10:00", "", &[]).await?;
            self.promise_at_home(index, &trips).await?;
            let trips = self.request(index, "2026-09-05T18:00", "2026-09-05T20:00", &[]).await?;
            self.offer_out(index, &trips, 0).await?;
        }
        self.nodes_die_until_settled(3).await
    }

    /// Awards are with the hub, acceptances are not: it dies. When it is back, so are the wires, but answers get
    /// lost; it dies again when the first acceptances are in.
    async fn awards_while_the_hub_dies(&mut self) -> anyhow::Result<()> {
        for index in [TARN, EAST] {
            self.federation.node(index)?.wire.take_away();
        }
        self.federation.set_clock("2026-08-31T08:20")?;
        self.wait_for_threads("awarded", 5).await?;
        self.federation.crash_hub().await?;
        self.wait_for_threads("awarded", 5).await?;
        for index in [TARN, EAST] {
            let wire = &self.federation.node(index)?.wire;
            wire.cut_answers(2);
            wire.bring_back();
        }
        self.wait_for_threads("held", 1).await?;
        self.federation.crash_hub().await?;
        self.nodes_die_until_settled(3).await?;
        self.accept_what_was_not_firm().await?;
        let cut: u32 = self.federation.nodes.iter().map(|node| node.wire.answers_cut()).sum();
        // How bytes fall into chunks depends on how busy the machine is: not every answer asked for is found in time.
        assert!(cut >= 3, "only {cut} answers were lost: hardly anything was submitted twice");
        Ok(())
    }

    /// The second node bids, and goes away: its award lapses, its neighbour takes the trip; another offer expires.
    async fn one_node_goes_away(&mut self) -> anyhow::Result<()> {
        self.federation.set_clock("2026-09-07T08:00")?;
        self.federation.node(EAST)?.set_policy(|policy| "ask".clone_into(&mut policy.bidding)).await?;
        let lapsing = self.request(ALBAN, "2026-09-12T10:00", "2026-09-12T14:00", &[]).await?;
        let lapsing = self.offer_out(ALBAN, &lapsing, 0).await?;
        let expiring = self.request(ALBAN, "2026-09-11T10:00", "", &["wheelchair-electric"]).await?;
        let expiring = self.offer_out(ALBAN, &expiring, 60).await?;
        self.wait_for_bids(&lapsing).await?;
        self.federation.settle().await?;
        self.federation.node_mut(TARN)?.stop().await?;
        self.federation.set_clock("2026-09-07T08:30")?;
        self.wait_for_thread(&lapsing, "awarded", 1).await?;
        self.federation.set_clock("2026-09-07T13:00")?;
        self.wait_for_thread(&lapsing, "open", 2).await?;
        self.wait_for_thread(&expiring, "expired", 1).await?;
        self.federation.settle().await?;
        let bid = proto::PlaceBidRequest { id: lapsing.clone(), volunteer: String::new() };
        self.federation.node(EAST)?.handovers()?.place_bid(bid).await?;
        self.wait_for_bids(&lapsing).await?;
        self.federation.set_clock("2026-09-07T13:30")?;
        self.federation.crash_hub().await?;
        self.federation.settle().await?;
        self.accept_what_was_not_firm().await?;
        self.wait_for_thread(&lapsing, "held", 2).await
    }

    /// It is back with its old certificate and believes what it believed; mail of all that time is waiting.
    async fn it_comes_back(&mut self, fortnight: Fortnight) -> anyhow::Result<()> {
        let back = self.away_until;
        self.federation.set_clock(&format!("{back}T08:00"))?;
        self.federation.node_mut(TARN)?.start().await?;
        if fortnight.days_away > 14 {
            let node = self.federation.node(TARN)?;
            until("the certificate is renewed", async || {
                Ok(node.status().await?.certificate_until.as_str() > back.to_string().as_str())
            })
            .await?;
        }
        self.federation.attached().await?;
        self.nodes_die_until_settled(2).await
    }

    /// The month is closed at every node; answers get lost, and the hub has one report of each nevertheless.
    async fn close_months(&mut self, books: &Books) -> anyhow::Result<()> {
        self.federation.set_clock("2026-10-02T09:00")?;
        self.federation.attached().await?;
        self.federation.settle().await?;
        let Endings { fulfilled, not_fulfilled, cancelled } = books.endings();
        assert_eq!(self.true_counts("2026-09").await?, [fulfilled, not_fulfilled]);
        assert!(fulfilled >= 10 && not_fulfilled >= 1, "{fulfilled} {not_fulfilled} {cancelled}");
        let hashes = self.close("2026-09").await?;
        self.counted(&|trip| if trip.person.is_empty() { "" } else { "2026-09" }).await?;
        assert_eq!(self.true_counts("2026-10").await?, [0, 0], "counted trips are counted again");
        assert_eq!(self.true_counts("2026-09").await?, [fulfilled, not_fulfilled], "shown beside what left");
        self.federation.crash_hub().await?;
        self.federation.attached().await?;
        assert_eq!(self.close("2026-09").await?, hashes, "a report was drawn again");
        self.a_later_month(&hashes).await
    }

    /// One trip more, in the next month: the next report counts it and nothing else.
    async fn a_later_month(&mut self, september: &[String]) -> anyhow::Result<()> {
        let trips = self.request(EAST, "2026-10-03T10:00", "", &[]).await?;
        self.promise_at_home(EAST, &trips).await?;
        let trip = trips.first().context("no trip")?.id.clone();
        self.federation.set_clock("2026-10-03T10:00")?;
        let done = proto::CompleteRequest { trip: trip.clone(), ..Default::default() };
        self.federation.node(EAST)?.trips()?.complete(done).await?;
        self.federation.set_clock("2026-11-02T09:00")?;
        self.federation.attached().await?;
        assert_eq!(self.true_counts("2026-10").await?, [1, 0]);
        let october = self.close("2026-10").await?;
        assert!(october.iter().all(|hash| !september.contains(hash)));
        assert_eq!(self.federation.node(EAST)?.trip(&trip).await?.counted_in, "2026-10");
        assert_eq!(self.federation.hub.reports().await?.len(), 6);
        Ok(())
    }

    /// Closes a month at every node, losing answers; the hub must have exactly these reports for it.
    async fn close(&self, period: &str) -> anyhow::Result<Vec<String>> {
        let mut hashes = Vec::new();
        for node in &self.federation.nodes {
            node.wire.cut_answers(1);
            let request = proto::PeriodRequest { period: period.to_owned() };
            let report = node.reports()?.close_month(request).await?.into_inner();
            hashes.push(report.hash);
        }
        self.federation.settle().await?;
        let reports = self.federation.hub.reports().await?;
        for (node, hash) in self.federation.nodes.iter().zip(&hashes) {
            let of_node = reports.iter().filter(|report| report.node == node.id && report.period == period);
            let at_hub: Vec<&str> = of_node.map(|report| report.hash.as_str()).collect();
            assert_eq!(at_hub, [hash.as_str()], "reports of {} at the hub", node.territory);
            let own = node.reports()?.list_reports(proto::ListReportsRequest {}).await?.into_inner().reports;
            assert!(own.iter().all(|report| report.state == "sent"), "{own:?}");
        }
        Ok(hashes)
    }

    async fn true_counts(&self, period: &str) -> anyhow::Result<[u64; 2]> {
        let mut sums = [0, 0];
        for node in &self.federation.nodes {
            let request = proto::PeriodRequest { period: period.to_owned() };
            let preview = node.reports()?.preview_report(request).await?.into_inner();
            for section in preview.sections {
                assert_eq!(section.cells, ["trips-fulfilled", "trips-not-fulfilled"]);
                for (sum, count) in sums.iter_mut().zip(section.true_counts) {
                    *sum += count;
                }
            }
        }
        Ok(sums)
    }

    /// Every trip of September says in which report it was counted.
    async fn counted(&self, wanted: &dyn Fn(&proto::Trip) -> &'static str) -> anyhow::Result<()> {
        let books = Books::read(&self.federation, day(FIRST_DAY)?, DAYS).await?;
        for trip in books.nodes.iter().flat_map(|node| &node.trips) {
            assert_eq!(trip.counted_in, wanted(trip), "{trip:?}");
        }
        Ok(())
    }

    async fn request(
        &self,
        index: usize,
        arrive_by: &str,
        return_at: &str,
        needs: &[&str],
    ) -> anyhow::Result<Vec<proto::Trip>> {
        let node = self.federation.node(index)?;
        let from = main_commune(node.territory)?;
        node.request(Wanted { from: &from, arrive_by, return_at, needs, ..Default::default() }).await
    }

    async fn offer_out(&self, index: usize, trips: &[proto::Trip], reply_min: u32) -> anyhow::Result<String> {
        let trip = trips.first().context("no trip")?;
        Ok(self.federation.node(index)?.offer_out(&trip.id, reply_min).await?.id)
    }

    async fn promise_at_home(&self, index: usize, trips: &[proto::Trip]) -> anyhow::Result<()> {
        let trip = trips.first().context("no trip")?.id.clone();
        let mut client = self.federation.node(index)?.trips()?;
        let suggest = proto::SuggestRequest { trip: trip.clone(), single: false };
        let candidates = client.suggest(suggest).await?.into_inner().candidates;
        let volunteer = candidates.first().context("nobody can drive at home")?.volunteer.clone();
        let offer = proto::OfferToDriverRequest {
            trip: trip.clone(),
            volunteer,
            single: false,
            ..Default::default()
        };
        client.offer_to_driver(offer).await?;
        client.driver_accepts(proto::TripRequest { trip, single: false, ..Default::default() }).await?;
        Ok(())
    }

    /// Awards that need a person's confirmation get it.
    async fn accept_what_was_not_firm(&self) -> anyhow::Result<()> {
        self.federation.settle().await?;
        for node in self.federation.nodes.iter().filter(|node| node.is_running()) {
            for handover in node.all_handovers(true).await? {
                if handover.direction == "incoming" && handover.state == "awarded" {
                    let id = handover.id;
                    let accept = proto::AcceptAwardRequest { id, volunteer: String::new() };
                    node.handovers()?.accept_award(accept).await?;
                }
            }
        }
        self.federation.settle().await
    }

    /// Kills nodes while mail is under way, at moments that the seed and the machine choose.
    async fn nodes_die_until_settled(&mut self, times: u32) -> anyhow::Result<()> {
        for _ in 0..times {
            for _ in 0..self.random.random_range(0..4) {
                self.federation.is_settled().await?;
            }
            let victim = self.federation.node_mut(self.random.random_range(0..3))?;
            victim.kill().await?;
            victim.start().await?;
        }
        self.federation.attached().await?;
        self.federation.settle().await
    }

    async fn wait_for_threads(&self, state: &str, number: usize) -> anyhow::Result<()> {
        until(&format!("{number} handovers are {state}"), async || {
            let threads = self.federation.hub.threads().await?;
            Ok(threads.iter().filter(|thread| thread.state == state).count() >= number)
        })
        .await
    }

    async fn wait_for_thread(&self, id: &str, state: &str, round: u32) -> anyhow::Result<()> {
        until(&format!("a handover is {state} in round {round}"), async || {
            let threads = self.federation.hub.threads().await?;
            Ok(threads.iter().any(|thread| thread.id == id && thread.state == state && thread.round == round))
        })
        .await
    }

    async fn wait_for_bids(&self, id: &str) -> anyhow::Result<()> {
        until("the first territory knows of a bid", async || {
            let handover = self.federation.node(ALBAN)?.handover(id).await?;
            Ok(handover.is_some_and(|handover| !handover.bids.is_empty()))
        })
        .await
    }
}

fn day(text: &str) -> anyhow::Result<Date> {
    Ok(text.parse()?)
}

/// INSEE code of the main commune of a territory.
fn main_commune(siren: &str) -> anyhow::Result<String> {
    let siren = Siren::parse(siren).ok().context("not a SIREN")?;
    let territory = Geography::embedded().territory(&siren).context("no such territory")?;
    Ok(territory.main_commune.to_string())
}
