//! Each way in which a handover can turn, one after the other, decided by the coordinators of two real nodes.

use anyhow::Context as _;
use maillage_proto::node::v1 as proto;
use maillage_tests::{
    books::Books,
    coordinator::finish,
    federation::{CENTRE_TARN, Federation, MONTS_D_ALBAN},
    node::{Node, Wanted},
    wait::until,
};
use tonic::Code;

use super::{ALBAN, BINARY, DAYS, FIRST_DAY, MONDAY, TARN, day, main_commune};

/// A federation of two in which people decide.
struct Desks {
    federation: Federation,
}

#[tokio::test(flavor = "multi_thread")]
async fn refuse_withdraw_lapse_release_and_cancel_each_move_the_trip_where_it_belongs() -> anyhow::Result<()>
{
    let federation = Federation::start(BINARY, MONDAY, &[MONTS_D_ALBAN, CENTRE_TARN]).await?;
    let desks = Desks { federation };
    let outcome = desks.play().await;
    desks.federation.end(outcome).await
}

impl Desks {
    async fn play(&self) -> anyhow::Result<()> {
        let (alban, tarn) = (self.federation.node(ALBAN)?, self.federation.node(TARN)?);
        alban.set_policy(|policy| "ask".clone_into(&mut policy.awarding)).await?;
        tarn.volunteer(&main_commune(CENTRE_TARN)?, false).await?;
        self.refuse(alban, tarn).await?;
        self.withdraw(alban, tarn).await?;
        self.lapse(alban, tarn).await?;
        self.release(alban, tarn).await?;
        self.cancel(alban, tarn).await?;
        finish(&self.federation, day(FIRST_DAY)?, DAYS).await?;
        let books = Books::read(&self.federation, day(FIRST_DAY)?, DAYS).await?;
        let wrong = books.violations()?;
        anyhow::ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert_eq!(books.driven_by_neighbours(), 0, "nothing was held to the end");
        Ok(())
    }

    async fn refuse(&self, alban: &Node, tarn: &Node) -> anyhow::Result<()> {
        let (trip, id) = self.awarded("2026-09-02T10:00").await?;
        let refuse = proto::GiveBackRequest { id: id.clone(), reason: "no-driver".to_owned() };
        tarn.handovers()?.refuse_award(refuse).await?;
        self.thread_is(&id, "open", 2).await?;
        custody_is(alban, &trip, "offered-out").await?;
        let withdraw = proto::HandoverRequest { id: id.clone() };
        alban.handovers()?.withdraw_offer(withdraw).await?;
        assert_eq!(alban.trip(&trip).await?.custody, "local", "nobody was chosen in this round: at once");
        self.thread_is(&id, "withdrawn", 2).await
    }

    async fn withdraw(&self, alban: &Node, tarn: &Node) -> anyhow::Result<()> {
        let (trip, id) = self.awarded("2026-09-03T10:00").await?;
        assert_eq!(alban.trip(&trip).await?.custody, "uncertain");
        alban.handovers()?.withdraw_offer(proto::HandoverRequest { id: id.clone() }).await?;
        self.thread_is(&id, "withdrawn", 1).await?;
        custody_is(alban, &trip, "local").await?;
        self.federation.settle().await?;
        too_late_to_accept(tarn, &id, "handover-not-awarded").await
    }

    async fn lapse(&self, alban: &Node, tarn: &Node) -> anyhow::Result<()> {
        let (trip, id) = self.awarded("2026-09-04T10:00").await?;
        self.federation.set_clock("2026-08-31T12:30")?;
        self.thread_is(&id, "open", 2).await?;
        custody_is(alban, &trip, "offered-out").await?;
        self.federation.settle().await?;
        too_late_to_accept(tarn, &id, "handover-not-awarded").await
    }

    async fn release(&self, alban: &Node, tarn: &Node) -> anyhow::Result<()> {
        let (trip, id) = self.held("2026-09-05T10:00").await?;
        let carried = self.carried(tarn, &id).await?;
        let release = proto::GiveBackRequest { id: id.clone(), reason: "vehicle".to_owned() };
        tarn.handovers()?.release_trip(release).await?;
        // This desk wants to be asked: the handover ends, and the trip waits on its list.
        self.thread_is(&id, "withdrawn", 2).await?;
        custody_is(alban, &trip, "local").await?;
        self.federation.settle().await?;
        assert_eq!(tarn.trip(&carried).await?.status, "cancelled");
        Ok(())
    }

    async fn cancel(&self, alban: &Node, tarn: &Node) -> anyhow::Result<()> {
        let (trip, id) = self.held("2026-09-06T10:00").await?;
        let carried = self.carried(tarn, &id).await?;
        self.talk((alban, &trip), (tarn, &carried), &id).await?;
        alban.handovers()?.cancel_handover(proto::HandoverRequest { id: id.clone() }).await?;
        self.thread_is(&id, "cancelled", 1).await?;
        assert_eq!(alban.trip(&trip).await?.status, "cancelled");
        until("the holder knows that the person does not travel", async || {
            Ok(tarn.trip(&carried).await?.status == "cancelled")
        })
        .await?;
        let complete = proto::CompleteRequest { trip: carried, ..Default::default() };
        let refused = tarn.trips()?.complete(complete).await.err().context("a cancelled trip was driven")?;
        assert_eq!(refused.code(), Code::FailedPrecondition);
        Ok(())
    }

    /// A word, another time that both agree on, and the same lines at both desks.
    async fn talk(
        &self,
        (alban, trip): (&Node, &str),
        (tarn, carried): (&Node, &str),
        id: &str,
    ) -> anyhow::Result<()> {
        let text = "La personne a un rendez-vous plus tard.".to_owned();
        let word = proto::SendMessageRequest { id: id.to_owned(), text: text.clone() };
        alban.handovers()?.send_message(word).await?;
        let ask = proto::AskChangeRequest {
            id: id.to_owned(),
            trip: trip.to_owned(),
            arrive_by: "2026-09-06T15:00".to_owned(),
            ..Default::default()
        };
        alban.handovers()?.ask_change(ask).await?;
        until("the other desk is asked", async || {
            Ok(lines(tarn, id).await?.iter().any(|line| line.what == "change-asked"))
        })
        .await?;
        let heard = lines(tarn, id).await?;
        assert!(heard.iter().any(|line| line.what == "message" && line.text == text));
        assert_eq!(concerns(tarn).await?, ["change-asked", "message"]);
        let answer = proto::AnswerChangeRequest { id: id.to_owned(), agreed: true, without_driver: false };
        tarn.handovers()?.answer_change(answer).await?;
        until("both have the new time", async || {
            let ends = [alban.trip(trip).await?.latest_arrival, tarn.trip(carried).await?.latest_arrival];
            Ok(ends.iter().all(|end| end == "2026-09-06T13:00:00Z"))
        })
        .await?;
        self.federation.settle().await?;
        let (ours, theirs) = (lines(alban, id).await?, lines(tarn, id).await?);
        assert_eq!(from_award(&ours), from_award(&theirs));
        assert_eq!(ours.last().map(|line| line.what.as_str()), Some("change-agreed"));
        Ok(())
    }

    /// A trip of the first territory, awarded to the second.
    async fn awarded(&self, arrive_by: &str) -> anyhow::Result<(String, String)> {
        let (alban, tarn) = (self.federation.node(ALBAN)?, self.federation.node(TARN)?);
        let from = main_commune(MONTS_D_ALBAN)?;
        let trips = alban.request(Wanted { from: &from, arrive_by, ..Default::default() }).await?;
        let trip = trips.first().context("no trip")?.id.clone();
        let id = alban.offer_out(&trip, 0).await?.id;
        until("there is a bid", async || {
            Ok(alban.handover(&id).await?.is_some_and(|handover| !handover.bids.is_empty()))
        })
        .await?;
        let award = proto::AwardToRequest { id: id.clone(), node: tarn.id.clone() };
        alban.handovers()?.award_to(award).await?;
        until("the second desk has the award", async || {
            Ok(tarn.handover(&id).await?.is_some_and(|handover| handover.state == "awarded"))
        })
        .await?;
        Ok((trip, id))
    }

    /// A trip of the first territory that the second has accepted.
    async fn held(&self, arrive_by: &str) -> anyhow::Result<(String, String)> {
        let (trip, id) = self.awarded(arrive_by).await?;
        let accept = proto::AcceptAwardRequest { id: id.clone(), volunteer: String::new() };
        self.federation.node(TARN)?.handovers()?.accept_award(accept).await?;
        self.thread_is(&id, "held", 1).await?;
        custody_is(self.federation.node(ALBAN)?, &trip, "held-by-neighbour").await?;
        Ok((trip, id))
    }

    /// The holder's trip of a handover.
    async fn carried(&self, node: &Node, id: &str) -> anyhow::Result<String> {
        let mut found = None;
        until("the holder has the trip", async || {
            found = node.handover(id).await?.and_then(|handover| handover.trips.first().cloned());
            Ok(found.is_some())
        })
        .await?;
        found.context("no trip")
    }

    async fn thread_is(&self, id: &str, state: &str, round: u32) -> anyhow::Result<()> {
        until(&format!("the handover is {state} in round {round}"), async || {
            let threads = self.federation.hub.threads().await?;
            Ok(threads.iter().any(|thread| thread.id == id && thread.state == state && thread.round == round))
        })
        .await
    }
}

async fn lines(node: &Node, id: &str) -> anyhow::Result<Vec<proto::HandoverMoment>> {
    let request = proto::HandoverRequest { id: id.to_owned() };
    Ok(node.handovers()?.show_timeline(request).await?.into_inner().moments)
}

/// The lines that both desks share.
fn from_award(lines: &[proto::HandoverMoment]) -> &[proto::HandoverMoment] {
    let award = lines.iter().position(|line| line.what == "awarded").unwrap_or(lines.len());
    lines.get(award..).unwrap_or_default()
}

/// What a desk has to look at.
async fn concerns(node: &Node) -> anyhow::Result<Vec<String>> {
    let request = proto::ListConcernsRequest::default();
    let found = node.handovers()?.list_concerns(request).await?.into_inner().handovers;
    Ok(found.iter().flat_map(|found| &found.concerns).map(|concern| concern.what.clone()).collect())
}

async fn custody_is(node: &Node, trip: &str, custody: &str) -> anyhow::Result<()> {
    until(&format!("the trip is {custody}"), async || Ok(node.trip(trip).await?.custody == custody)).await
}

async fn too_late_to_accept(node: &Node, id: &str, reason: &str) -> anyhow::Result<()> {
    let accept = proto::AcceptAwardRequest { id: id.to_owned(), volunteer: String::new() };
    let status = node.handovers()?.accept_award(accept).await.err().context("accepted too late")?;
    let refusal = maillage_platform::refusal::Refusal::from_status(&status);
    assert_eq!(refusal.reason(), reason);
    Ok(())
}
