//! A month between two real nodes over their hub: one ride driven, one passenger not there, signed by both, equal to the cent;
//! then one of the two puts kilometres right, and the difference is listed at the other.

use anyhow::Context as _;
use maillage_proto::node::v1 as proto;
use maillage_tests::{
    federation::{CENTRE_TARN, Federation, MONTS_D_ALBAN},
    node::{Node, Wanted},
    wait::until,
};

use super::{ALBAN, BINARY, MONDAY, TARN, agreements::agree, main_commune};

const MONTH: &str = "2026-09";

#[tokio::test(flavor = "multi_thread")]
async fn a_month_is_signed_by_both_to_the_cent_and_a_change_is_listed() -> anyhow::Result<()> {
    let mut federation = Federation::start(BINARY, MONDAY, &[MONTS_D_ALBAN, CENTRE_TARN]).await?;
    let outcome = play(&mut federation).await;
    federation.end(outcome).await
}

async fn play(federation: &mut Federation) -> anyhow::Result<()> {
    federation.node(ALBAN)?.set_policy(|policy| "ask".clone_into(&mut policy.awarding)).await?;
    let (alban, tarn) = (federation.node(ALBAN)?, federation.node(TARN)?);
    tarn.volunteer(&main_commune(CENTRE_TARN)?, true).await?;
    agree(alban, tarn).await?;
    let driven = held(federation, "2026-09-02T10:00").await?;
    let waited = held(federation, "2026-09-03T10:00").await?;
    federation.set_clock("2026-09-02T10:05")?;
    let complete = proto::CompleteRequest {
        trip: driven.clone(),
        loaded_m: 30_000,
        empty_m: 12_000,
        collected_cents: 250,
        ..Default::default()
    };
    tarn.trips()?.complete(complete).await?;
    federation.set_clock("2026-09-03T10:05")?;
    let absent = proto::TripRequest { trip: waited, absent: "person".to_owned(), ..Default::default() };
    tarn.trips()?.no_show(absent).await?;
    federation.settle().await?;

    // Nothing is lost when the carrier dies with its letter written and not answered.
    federation.set_clock("2026-10-01T09:00")?;
    federation.attached().await?;
    sign(federation.node(ALBAN)?, federation.node(TARN)?).await?;
    sign(federation.node(TARN)?, federation.node(ALBAN)?).await?;
    let node = federation.node_mut(TARN)?;
    node.kill().await?;
    node.start().await?;
    let (alban, tarn) = (federation.node(ALBAN)?, federation.node(TARN)?);
    until("the month is settled at both", async || {
        let states = [month(alban, tarn).await?.state, month(tarn, alban).await?.state];
        Ok(states.iter().all(|state| state == "settled"))
    })
    .await?;
    // 30 km at 0.40 and 12 km at 0.20; what was collected is not taken off, and nothing is agreed for absences.
    let here = month(alban, tarn).await?;
    let results: Vec<&str> = here.lines.iter().map(|line| line.result.as_str()).collect();
    assert_eq!((here.carrier.as_str(), results.len()), ("them", 2), "{here:?}");
    assert!(results.contains(&"driven") && results.contains(&"no-show"), "{here:?}");
    assert_eq!((here.total_cents, month(tarn, alban).await?.total_cents), (Some(1_440), Some(1_440)));
    assert_eq!(whole(alban, tarn).await?.net_cents, Some(-1_440));
    let collected: Vec<u32> = here.lines.iter().map(|line| line.contribution_cents).collect();
    assert_eq!(collected.iter().sum::<u32>(), 250, "the origin knows what the driver collected");
    assert!(here.differences.is_empty());

    let handover =
        here.lines.iter().find(|line| line.result == "driven").context("no drive")?.handover.clone();
    put_right(tarn, alban, &handover).await?;
    sign(tarn, alban).await?;
    until("the origin sees the difference", async || Ok(month(alban, tarn).await?.state == "different"))
        .await?;
    let differences = month(alban, tarn).await?.differences;
    let found: Vec<_> = differences
        .iter()
        .map(|found| (found.handover.clone(), found.kind.as_str(), found.ours_cents, found.theirs_cents))
        .collect();
    assert_eq!(found, [(handover, "otherwise", 1_440, 1_480)]);
    let request = asked(tarn);
    let csv = alban.settlements()?.export_settlement(request).await?.into_inner().csv;
    assert!(csv.contains(";14,40;signé des deux, différent;01/10/2026;01/10/2026"), "{csv}");
    Ok(())
}

/// A trip of the first that the second holds; the second's own trip.
pub(super) async fn held(federation: &Federation, arrive_by: &str) -> anyhow::Result<String> {
    let (alban, tarn) = (federation.node(ALBAN)?, federation.node(TARN)?);
    let from = main_commune(MONTS_D_ALBAN)?;
    let trips = alban.request(Wanted { from: &from, arrive_by, ..Default::default() }).await?;
    let id = alban.offer_out(&trips.first().context("no trip")?.id, 0).await?.id;
    until("there is a bid", async || {
        Ok(alban.handover(&id).await?.is_some_and(|handover| !handover.bids.is_empty()))
    })
    .await?;
    let award = proto::AwardToRequest { id: id.clone(), node: tarn.id.clone() };
    alban.handovers()?.award_to(award).await?;
    let mut carried = None;
    until("the second holds it", async || {
        carried = tarn.handover(&id).await?.and_then(|handover| handover.trips.first().cloned());
        Ok(carried.is_some())
    })
    .await?;
    carried.context("no trip")
}

async fn sign(node: &Node, other: &Node) -> anyhow::Result<()> {
    let etag = whole(node, other).await?.etag;
    node.settlements()?.sign_settlement(proto::SettlementRequest { etag, ..asked(other) }).await?;
    Ok(())
}

fn asked(other: &Node) -> proto::SettlementRequest {
    proto::SettlementRequest { node: other.id.clone(), month: MONTH.to_owned(), ..Default::default() }
}

/// The carrier finds that a kilometre more was driven.
async fn put_right(node: &Node, other: &Node, handover: &str) -> anyhow::Result<()> {
    let line = proto::CorrectSettlementLineRequest {
        node: other.id.clone(),
        month: MONTH.to_owned(),
        handover: handover.to_owned(),
        leg: 1,
        result: "driven".to_owned(),
        loaded_m: Some(31_000),
        reason: "kilometres".to_owned(),
        ..Default::default()
    };
    let corrected = node.settlements()?.correct_settlement_line(line).await?.into_inner();
    assert!(corrected.directions.iter().all(|direction| direction.changed_since), "{corrected:?}");
    Ok(())
}

async fn whole(node: &Node, other: &Node) -> anyhow::Result<proto::Settlement> {
    Ok(node.settlements()?.show_settlement(asked(other)).await?.into_inner())
}

/// The one direction that the agreement allows.
async fn month(node: &Node, other: &Node) -> anyhow::Result<proto::SettlementDirection> {
    let mut directions = whole(node, other).await?.directions;
    anyhow::ensure!(directions.len() == 1, "{directions:?}");
    directions.pop().context("no direction")
}
