//! Sealing keys of real nodes over half a year: changed when they are due, a trip handed over under the new ones, the first ones
//! destroyed when nothing can be on its way to them any more.

use std::path::PathBuf;

use maillage_tests::{
    federation::{CENTRE_TARN, Federation, MONTS_D_ALBAN},
    node::Node,
    wait::until,
};

use super::{ALBAN, BINARY, MONDAY, TARN, main_commune, settlements::held};

#[tokio::test(flavor = "multi_thread")]
async fn sealing_keys_change_every_three_months_and_trips_go_on() -> anyhow::Result<()> {
    let mut federation = Federation::start(BINARY, MONDAY, &[MONTS_D_ALBAN, CENTRE_TARN]).await?;
    let outcome = play(&mut federation).await;
    federation.end(outcome).await
}

async fn play(federation: &mut Federation) -> anyhow::Result<()> {
    federation.node(ALBAN)?.set_policy(|policy| "ask".clone_into(&mut policy.awarding)).await?;
    for node in [federation.node(ALBAN)?, federation.node(TARN)?] {
        until("the first key is known to be in force", async || Ok(in_force(node).await? == Some(0))).await?;
    }
    federation.set_clock("2026-12-01T08:00")?;
    changed(federation, 1).await?;
    let tarn = federation.node(TARN)?;
    anyhow::ensure!(file(tarn, 0).exists(), "letters to the first key may be on their way");
    tarn.volunteer(&main_commune(CENTRE_TARN)?, true).await?;
    held(federation, "2026-12-04T10:00").await?;
    // A node that dies goes on with the key that the others know.
    let tarn = federation.node_mut(TARN)?;
    tarn.kill().await?;
    tarn.start().await?;
    federation.set_clock("2027-03-02T08:00")?;
    changed(federation, 2).await?;
    for node in [federation.node(ALBAN)?, federation.node(TARN)?] {
        until("the first key is destroyed", async || Ok(!file(node, 0).exists())).await?;
        anyhow::ensure!(file(node, 1).exists(), "letters to the second key may be on their way");
    }
    held(federation, "2027-03-05T10:00").await?;
    Ok(())
}

/// Both nodes have announced a key with a number, and have seen it in the directory.
async fn changed(federation: &Federation, number: u32) -> anyhow::Result<()> {
    federation.attached().await?;
    for node in [federation.node(ALBAN)?, federation.node(TARN)?] {
        until("a new key is in force", async || Ok(in_force(node).await? == Some(number))).await?;
    }
    Ok(())
}

/// The number of the key that a node knows to be in force.
async fn in_force(node: &Node) -> anyhow::Result<Option<u32>> {
    let jobs = node.jobs().await?;
    let membership = jobs.iter().find(|job| job.name == "membership");
    let detail = membership.and_then(|job| job.detail.split_once("sealing key "));
    Ok(detail.and_then(|(_, rest)| rest.split(' ').next()).and_then(|number| number.parse().ok()))
}

fn file(node: &Node, number: u32) -> PathBuf {
    let name = if number == 0 { "sealing.key".to_owned() } else { format!("sealing-{number}.key") };
    node.data().join("identity").join(name)
}
