//! Real programs that lose their data and are restored from an old backup: who carries a trip is who carried it before, an old
//! copy is listened to by nobody, and an old hub rules nobody.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use maillage_platform::refusal::Refusal;
use maillage_proto::{
    hub::v1 as hub,
    node::v1::{self as proto, handovers_client::HandoversClient, status_client::StatusClient},
};
use maillage_tests::{
    books::Books,
    coordinator::finish,
    federation::{CENTRE_TARN, Federation, MONTS_D_ALBAN, SIDOBRE},
    node::Wanted,
    programs::{Role, at},
    wait::until,
};

use super::{
    ALBAN, BINARY, DAYS, FIRST_DAY, MONDAY, TARN,
    agreements::{agree, seen},
    day, main_commune,
};

/// Two territories of which the first decides by hand, and the second has a volunteer who may be promised.
struct Two {
    federation: Federation,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_from_before_the_award_learns_who_carries_and_an_old_one_rules_nobody() -> anyhow::Result<()> {
    let mut two = Two::start().await?;
    let outcome = two.hub_is_restored().await;
    two.federation.end(outcome).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_from_before_its_acceptance_learns_what_it_holds_and_its_old_copy_is_cut_off()
-> anyhow::Result<()> {
    let mut two = Two::start().await?;
    let outcome = two.node_is_restored().await;
    two.federation.end(outcome).await
}

impl Two {
    async fn start() -> anyhow::Result<Self> {
        let federation = Federation::start(BINARY, MONDAY, &[MONTS_D_ALBAN, CENTRE_TARN]).await?;
        federation.node(ALBAN)?.set_policy(|policy| "ask".clone_into(&mut policy.awarding)).await?;
        federation.node(TARN)?.volunteer(&main_commune(CENTRE_TARN)?, true).await?;
        Ok(Self { federation })
    }

    async fn hub_is_restored(&mut self) -> anyhow::Result<()> {
        let (trip, id) = self.offered("2026-09-02T10:00").await?;
        let file = self.file("hub.age");
        let made = self.federation.hub.back_up(&file).await?;
        assert!(at(&made, "/rows").as_u64().is_some_and(|rows| rows > 5), "{made}");
        self.award(&id).await?;
        self.thread_is(&id, "held", 1).await?;
        // One that the backup knows nothing of at all.
        let (later, unknown) = self.offered("2026-09-03T10:00").await?;
        self.award(&unknown).await?;
        self.thread_is(&unknown, "held", 1).await?;
        agree(self.federation.node(ALBAN)?, self.federation.node(TARN)?).await?;
        self.federation.settle().await?;
        self.newcomer_is_seen().await?;

        self.federation.hub.kill().await?;
        let before = self.federation.hub.restore(&file).await?;
        self.federation.hub.start().await?;
        self.federation.attached().await?;
        for id in [&id, &unknown] {
            self.thread_is(id, "held", 1).await?;
        }
        let status = self.hub_status().await?;
        assert!(status.epoch > 1_000_000, "{status:?}");
        assert_eq!(status.directory_version, 2, "the newcomer is forgotten");
        for node in &self.federation.nodes {
            until("every node follows the hub's directory again", async || {
                Ok(node.status().await?.directory_version == 2)
            })
            .await?;
        }
        until("nothing is waited for", async || Ok(self.hub_status().await?.recovering == 0)).await?;
        let (alban, tarn) = (self.federation.node(ALBAN)?, self.federation.node(TARN)?);
        until("no desk has anything to know", async || {
            Ok(alban.status().await?.alarms.is_empty() && tarn.status().await?.alarms.is_empty())
        })
        .await?;
        for (trip, id) in [(&trip, &id), (&later, &unknown)] {
            assert_eq!(alban.trip(trip).await?.custody, "held-by-neighbour");
            let carried = tarn.handover(id).await?.context("no handover")?;
            assert_eq!((carried.state.as_str(), carried.trips.len()), ("held", 1));
        }
        self.agreed_still().await?;
        self.everything_ends(2).await?;
        self.thread_is(&id, "done", 1).await?;
        self.old_hub_rules_nobody(&before).await
    }

    /// A third node joins after the backup, and the first has its directory.
    async fn newcomer_is_seen(&mut self) -> anyhow::Result<()> {
        let newcomer = self.file("newcomer");
        let programs = self.federation.programs();
        programs.done(Role::Node, &newcomer, &["init", "--territory", SIDOBRE]).await?;
        let string = self.federation.hub.invite(SIDOBRE, 0).await?;
        let clock = self.federation.clock().display().to_string();
        programs.done(Role::Node, &newcomer, &["join", &string, "--clock-file", &clock]).await?;
        let alban = self.federation.node_mut(ALBAN)?;
        alban.stop().await?;
        alban.start().await?;
        until("it has heard of the newcomer", async || Ok(alban.status().await?.directory_version == 3))
            .await?;
        self.federation.attached().await
    }

    /// Somebody finds the old machine and starts it.
    async fn old_hub_rules_nobody(&mut self, before: &Path) -> anyhow::Result<()> {
        self.federation.hub.kill().await?;
        let restored = std::mem::replace(&mut self.federation.hub.data, before.to_owned());
        self.federation.hub.start().await?;
        for node in &self.federation.nodes {
            until("an old hub is refused", async || {
                let status = node.status().await?;
                Ok((status.link.as_str(), status.link_reason.as_str()) == ("refused", "hub-of-the-past"))
            })
            .await?;
        }
        let (_, id) = self.offer("2026-09-12T10:00").await?;
        assert!(self.federation.hub.threads().await?.iter().all(|thread| thread.id != id), "it was told");
        self.federation.hub.kill().await?;
        self.federation.hub.data = restored;
        self.federation.hub.start().await?;
        self.federation.attached().await?;
        self.thread_is(&id, "open", 1).await
    }

    async fn node_is_restored(&mut self) -> anyhow::Result<()> {
        let (trip, id) = self.offered("2026-09-02T10:00").await?;
        let file = self.file("node.age");
        self.federation.node(TARN)?.back_up(&file).await?;
        self.award(&id).await?;
        self.thread_is(&id, "held", 1).await?;
        self.federation.settle().await?;
        // It says yes to another one that its backup knows nothing of.
        let (_, unknown) = self.offered("2026-09-03T10:00").await?;
        self.award(&unknown).await?;
        self.thread_is(&unknown, "held", 1).await?;
        agree(self.federation.node(ALBAN)?, self.federation.node(TARN)?).await?;
        self.federation.settle().await?;

        self.federation.node_mut(TARN)?.kill().await?;
        let before = self.federation.node(TARN)?.restore(&file).await?;
        self.federation.node_mut(TARN)?.start().await?;
        self.federation.attached().await?;
        // Who is to travel went with the data: it gives both back at once, so that somebody who knows can carry them.
        for id in [&id, &unknown] {
            self.thread_is(id, "withdrawn", 2).await?;
        }
        let alban = self.federation.node(ALBAN)?;
        until("the trip is at home", async || Ok(alban.trip(&trip).await?.custody == "local")).await?;
        self.copy_is_cut_off(&before, &id).await?;
        self.agreed_still().await?;
        // The restored one goes on.
        let (_, again) = self.offered("2026-09-04T10:00").await?;
        self.award(&again).await?;
        self.thread_is(&again, "held", 1).await?;
        self.everything_ends(1).await
    }

    /// What was agreed after the backup is known to both, and the hub takes the end of it.
    async fn agreed_still(&self) -> anyhow::Result<()> {
        let (alban, tarn) = (self.federation.node(ALBAN)?, self.federation.node(TARN)?);
        for (node, other) in [(alban, tarn), (tarn, alban)] {
            until("it is in force at both", async || Ok(seen(node, other).await?.in_force == 1)).await?;
        }
        let end = proto::EndAgreementRequest { node: alban.id.clone(), last_day: "2026-12-31".to_owned() };
        tarn.agreements()?.end_agreement(end).await?;
        until("the other hears of the end", async || {
            Ok(seen(alban, tarn).await?.versions.iter().any(|version| version.ended_by == "them"))
        })
        .await
    }

    async fn copy_is_cut_off(&self, before: &Path, id: &str) -> anyhow::Result<()> {
        let tarn = self.federation.node(TARN)?;
        let copy = tarn.start_copy(before).await?;
        until("the old copy is told why", async || {
            let mut client = StatusClient::new(copy.local());
            let status = client.show_status(proto::ShowStatusRequest {}).await?.into_inner();
            Ok((status.link.as_str(), status.link_reason.as_str()) == ("refused", "node-superseded"))
        })
        .await?;
        // It believes that it holds the trip, and gives it back: nobody listens.
        let release = proto::GiveBackRequest { id: id.to_owned(), reason: "vehicle".to_owned() };
        let said = HandoversClient::new(copy.local()).release_trip(release).await;
        assert!(said.is_ok(), "{said:?}");
        assert_eq!(tarn.status().await?.link, "attached", "the restored one is listened to");
        let status = StatusClient::new(copy.local()).show_status(proto::ShowStatusRequest {}).await?;
        assert_eq!(status.into_inner().outbox, 1, "it waits for ever");
        copy.stop().await
    }

    /// Everything is driven, by exactly one each, and accounted for.
    async fn everything_ends(&self, by_neighbours: usize) -> anyhow::Result<()> {
        finish(&self.federation, day(FIRST_DAY)?, DAYS).await?;
        let books = Books::read(&self.federation, day(FIRST_DAY)?, DAYS).await?;
        let wrong = books.violations()?;
        anyhow::ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert_eq!(books.driven_by_neighbours(), by_neighbours);
        Ok(())
    }

    fn file(&self, name: &str) -> PathBuf {
        self.federation.root.path().join(name)
    }

    async fn hub_status(&self) -> anyhow::Result<hub::HubStatus> {
        Ok(self.federation.hub.admin()?.show_status(hub::ShowStatusRequest {}).await?.into_inner())
    }

    async fn offer(&self, arrive_by: &str) -> anyhow::Result<(String, String)> {
        let alban = self.federation.node(ALBAN)?;
        let from = main_commune(MONTS_D_ALBAN)?;
        let trips = alban.request(Wanted { from: &from, arrive_by, ..Default::default() }).await?;
        let trip = trips.first().context("no trip")?.id.clone();
        let id = alban.offer_out(&trip, 0).await?.id;
        Ok((trip, id))
    }

    /// A trip of the first territory that the second has proposed a driver for.
    async fn offered(&self, arrive_by: &str) -> anyhow::Result<(String, String)> {
        let (trip, id) = self.offer(arrive_by).await?;
        let alban = self.federation.node(ALBAN)?;
        until("there is a bid", async || {
            Ok(alban.handover(&id).await?.is_some_and(|handover| !handover.bids.is_empty()))
        })
        .await?;
        self.federation.settle().await?;
        Ok((trip, id))
    }

    async fn award(&self, id: &str) -> anyhow::Result<()> {
        let (alban, tarn) = (self.federation.node(ALBAN)?, self.federation.node(TARN)?);
        let award = proto::AwardToRequest { id: id.to_owned(), node: tarn.id.clone() };
        let said = alban.handovers()?.award_to(award).await;
        said.map_err(|status| anyhow::anyhow!("{}", Refusal::from_status(&status).reason().to_owned()))?;
        Ok(())
    }

    async fn thread_is(&self, id: &str, state: &str, round: u32) -> anyhow::Result<()> {
        until(&format!("the handover is {state} in round {round}"), async || {
            let threads = self.federation.hub.threads().await?;
            Ok(threads.iter().any(|thread| thread.id == id && thread.state == state && thread.round == round))
        })
        .await
    }
}
