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
    let first = changed(federation, [None; 2]).await?;
    anyhow::ensure!(first == [Some(0); 2], "{first:?}");
    federation.set_clock("2026-12-01T08:00")?;
    let second = changed(federation, first).await?;
    let tarn = federation.node(TARN)?;
    let [_, first_of_tarn] = first;
    anyhow::ensure!(file(tarn, first_of_tarn).exists(), "letters to the first key may be on their way");
    tarn.volunteer(&main_commune(CENTRE_TARN)?, true).await?;
    held(federation, "2026-12-04T10:00").await?;
    // A node that dies goes on with the key that the others know.
    let tarn = federation.node_mut(TARN)?;
    tarn.kill().await?;
    tarn.start().await?;
    federation.set_clock("2027-04-01T08:00")?;
    let third = changed(federation, second).await?;
    federation.set_clock("2027-04-01T10:00")?;
    for (node, (second, third)) in both(federation)?.into_iter().zip(second.into_iter().zip(third)) {
        anyhow::ensure!(file(node, second).exists(), "letters to the second key may be on their way");
        anyhow::ensure!(file(node, third).exists());
    }
    held(federation, "2027-04-05T10:00").await?;
    federation.set_clock("2027-08-02T08:00")?;
    let fourth = changed(federation, third).await?;
    federation.set_clock("2027-08-02T10:00")?;
    for (node, (first, fourth)) in both(federation)?.into_iter().zip(first.into_iter().zip(fourth)) {
        until("former keys are destroyed", async || Ok(!file(node, first).exists())).await?;
        anyhow::ensure!(file(node, fourth).exists());
    }
    held(federation, "2027-08-05T10:00").await?;
    Ok(())
}

fn both(federation: &Federation) -> anyhow::Result<[&Node; 2]> {
    Ok([federation.node(ALBAN)?, federation.node(TARN)?])
}

/// Both nodes have announced another key, and have seen it in the directory; its numbers.
async fn changed(federation: &Federation, before: [Option<u32>; 2]) -> anyhow::Result<[Option<u32>; 2]> {
    federation.attached().await?;
    let mut numbers = before;
    for (number, node) in numbers.iter_mut().zip(both(federation)?) {
        let former = *number;
        until("a new key is in force", async || {
            *number = in_force(node).await?;
            Ok(number.is_some() && *number != former)
        })
        .await?;
    }
    Ok(numbers)
}

/// The number of the key that a node knows to be in force.
async fn in_force(node: &Node) -> anyhow::Result<Option<u32>> {
    let jobs = node.jobs().await?;
    let membership = jobs.iter().find(|job| job.name == "membership");
    let detail = membership.and_then(|job| job.detail.split_once("sealing key "));
    Ok(detail.and_then(|(_, rest)| rest.split(' ').next()).and_then(|number| number.parse().ok()))
}

fn file(node: &Node, number: Option<u32>) -> PathBuf {
    let name = match number {
        None | Some(0) => "sealing.key".to_owned(),
        Some(number) => format!("sealing-{number}.key"),
    };
    node.data().join("identity").join(name)
}
