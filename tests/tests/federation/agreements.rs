//! An agreement between two real nodes over their hub: proposed, accepted, seen at both desks, bid under, ended.

use anyhow::Context as _;
use maillage_proto::node::v1 as proto;
use maillage_tests::{
    federation::{CENTRE_TARN, Federation, MONTS_D_ALBAN},
    node::{Node, Wanted},
    wait::until,
};
use tonic::Code;

use super::{ALBAN, BINARY, MONDAY, TARN, main_commune};

#[tokio::test(flavor = "multi_thread")]
async fn an_agreement_is_made_bid_under_and_ended() -> anyhow::Result<()> {
    let mut federation = Federation::start(BINARY, MONDAY, &[MONTS_D_ALBAN, CENTRE_TARN]).await?;
    let outcome = play(&mut federation).await;
    federation.end(outcome).await
}

async fn play(federation: &mut Federation) -> anyhow::Result<()> {
    federation.node(ALBAN)?.set_policy(|policy| "ask".clone_into(&mut policy.awarding)).await?;
    let (alban, tarn) = (federation.node(ALBAN)?, federation.node(TARN)?);
    tarn.volunteer(&main_commune(CENTRE_TARN)?, true).await?;
    agree(alban, tarn).await?;
    let first = bid_on(alban, "2026-09-02T10:00").await?;
    assert_eq!(first.agreement, 1, "{first:?}");

    let end = proto::EndAgreementRequest { node: tarn.id.clone(), last_day: "2026-09-10".to_owned() };
    alban.agreements()?.end_agreement(end).await?;
    until("the other desk knows of the end", async || {
        let versions = seen(tarn, alban).await?.versions;
        Ok(versions.iter().any(|version| version.ended_by == "them" && version.last_day == "2026-09-10"))
    })
    .await?;
    assert_eq!(bid_on(alban, "2026-09-10T10:00").await?.agreement, 1, "its last day is one of its days");
    assert_eq!(bid_on(alban, "2026-09-11T10:00").await?.agreement, 0);
    // For partners alone, on a day on which there is none: nobody is asked.
    let trip = requested(alban, "2026-09-12T10:00").await?;
    let offer = proto::OfferOutRequest { trip, person_agrees: true, agreed_only: true, ..Default::default() };
    let offered = alban.handovers()?.offer_out(offer).await?.into_inner();
    assert!(offered.agreed_only);
    federation.settle().await?;
    assert!(tarn.handover(&offered.id).await?.is_none());

    // All of it is on the disk of both: they die, and know it again.
    for index in [ALBAN, TARN] {
        let node = federation.node_mut(index)?;
        node.kill().await?;
        node.start().await?;
    }
    let (alban, tarn) = (federation.node(ALBAN)?, federation.node(TARN)?);
    assert_eq!(seen(alban, tarn).await?.versions.len(), 1);
    assert_eq!(seen(tarn, alban).await?.in_force, 1);
    Ok(())
}

/// The second carries for the first from today on, as both have agreed; the second has joined after the first.
pub(super) async fn agree(alban: &Node, tarn: &Node) -> anyhow::Result<()> {
    let terms = proto::AgreementTerms {
        carrier: "them".to_owned(),
        loaded_km_cents: 40,
        empty_km_cents: 20,
        trust: "trusted".to_owned(),
        ..Default::default()
    };
    let propose = proto::ProposeAgreementRequest { node: tarn.id.clone(), terms: Some(terms) };
    // Asking for it makes the first fetch the newer directory.
    until("the first desk knows the second", async || {
        match alban.agreements()?.propose_agreement(propose.clone()).await {
            Ok(_) => Ok(true),
            Err(status) if status.code() == Code::NotFound => Ok(false),
            Err(status) => Err(status.into()),
        }
    })
    .await?;
    until("the other desk has the proposal", async || Ok(seen(tarn, alban).await?.proposal.is_some()))
        .await?;
    let read = seen(tarn, alban).await?.proposal.context("no proposal")?;
    assert_eq!(read.terms.context("no terms")?.carrier, "us", "seen from the other side");
    let accept = proto::AcceptAgreementRequest { node: alban.id.clone(), version: read.number };
    tarn.agreements()?.accept_agreement(accept).await?;
    for (node, other) in [(alban, tarn), (tarn, alban)] {
        until("it is in force at both", async || Ok(seen(node, other).await?.in_force == 1)).await?;
    }
    Ok(())
}

/// What a node knows of its agreement with another.
pub(super) async fn seen(node: &Node, other: &Node) -> anyhow::Result<proto::Agreement> {
    let request = proto::AgreementRequest { node: other.id.clone() };
    Ok(node.agreements()?.show_agreement(request).await?.into_inner())
}

async fn requested(node: &Node, arrive_by: &str) -> anyhow::Result<String> {
    let from = main_commune(MONTS_D_ALBAN)?;
    let trips = node.request(Wanted { from: &from, arrive_by, ..Default::default() }).await?;
    Ok(trips.first().context("no trip")?.id.clone())
}

/// Offers a trip on that day, and waits for the other's bid.
async fn bid_on(node: &Node, arrive_by: &str) -> anyhow::Result<proto::HandoverBid> {
    let trip = requested(node, arrive_by).await?;
    let id = node.offer_out(&trip, 0).await?.id;
    let mut found = None;
    until("there is a bid", async || {
        found = node.handover(&id).await?.and_then(|handover| handover.bids.first().cloned());
        Ok(found.is_some())
    })
    .await?;
    found.context("no bid")
}
