//! A trip that goes to the neighbours, followed at both desks: each in a browser of its own, over a real hub and mutual TLS.

use anyhow::Context as _;
use maillage_tests::{
    federation::{CENTRE_TARN, Federation, MONTS_D_ALBAN},
    node::Wanted,
    wait::until,
};

use super::{BINARY, Browser, MONDAY, Scripts, signed_in};

const HOME: &str = "81003";
const THERE: &str = "81004";

async fn a_neighbour_drives(scripts: Scripts) -> anyhow::Result<()> {
    let (Some(origin), Some(carrier)) = (Browser::start(scripts).await?, Browser::start(scripts).await?)
    else {
        return Ok(());
    };
    let federation = Federation::start(BINARY, MONDAY, &[MONTS_D_ALBAN, CENTRE_TARN]).await?;
    let outcome = followed(&federation, (origin, carrier)).await;
    federation.end(outcome).await
}

async fn followed(
    federation: &Federation,
    (mut origin, mut carrier): (Browser, Browser),
) -> anyhow::Result<()> {
    let (ours, theirs) = (federation.node(0)?, federation.node(1)?);
    for node in [ours, theirs] {
        let by_hand = |policy: &mut maillage_proto::node::v1::Policy| {
            for decision in [&mut policy.bidding, &mut policy.awarding] {
                "ask".clone_into(decision);
            }
        };
        node.set_policy(by_hand).await?;
    }
    theirs.volunteer("81222", false).await?;
    let wanted = Wanted { from: HOME, to: THERE, arrive_by: "2026-09-03T10:00", ..Default::default() };
    let trips = ours.request(wanted).await?;
    let trip = trips.first().context("no trip")?.id.clone();
    let site = signed_in(&mut origin, &ours.console_link("accueil", "coordinator").await?).await?;
    let there = signed_in(&mut carrier, &theirs.console_link("accueil", "coordinator").await?).await?;

    origin.open(&format!("{site}/trips/{trip}")).await?;
    origin.press("Proposer aux voisins").await?;
    origin.says("Le trajet est proposé aux voisins").await?;
    let id = ours.all_handovers(true).await?.first().context("no handover")?.id.clone();
    arrives(
        federation,
        &mut carrier,
        &format!("{there}/handovers/{id}"),
        "qui demande si quelqu’un de chez vous",
    )
    .await?;
    assert!(!carrier.text().await?.contains("Personne fictive"), "who travels is not told before the choice");
    carrier.press("Proposer Bénévole fictif").await?;
    carrier.says("Vous vous êtes proposés").await?;
    arrives(federation, &mut origin, &format!("{site}/handovers/{id}"), "Qui se propose").await?;
    origin.press("Choisir ").await?;
    origin.says("C’est envoyé").await?;
    arrives(federation, &mut carrier, &format!("{there}/handovers/{id}"), "vous a choisis").await?;
    carrier.press("Oui, avec Bénévole fictif").await?;
    carrier.says("Vous avez dit oui").await?;
    arrives(federation, &mut carrier, &format!("{there}/handovers/{id}"), "Vous assurez ce trajet").await?;
    carrier.says("Personne fictive").await?;
    arrives(federation, &mut origin, &format!("{site}/handovers/{id}"), "assure ce trajet").await?;
    for (browser, own) in [(&mut origin, &site), (&mut carrier, &there)] {
        let foreign = browser.foreign(&[own]).await?;
        anyhow::ensure!(foreign.is_empty(), "asked for elsewhere: {foreign:?}");
    }
    origin.close().await?;
    carrier.close().await
}

/// Opens a page again until it says something.
async fn arrives(
    federation: &Federation,
    browser: &mut Browser,
    page: &str,
    words: &str,
) -> anyhow::Result<()> {
    federation.settle().await?;
    let looks = async || {
        browser.open(page).await?;
        Ok(browser.text().await?.contains(words))
    };
    match until(words, looks).await {
        Ok(()) => Ok(()),
        Err(_) => anyhow::bail!("{page} does not say {words:?}:\n{}", browser.text().await?),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handover_is_followed_at_both_desks() -> anyhow::Result<()> {
    a_neighbour_drives(Scripts::On).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handover_is_followed_at_both_desks_where_scripts_are_forbidden() -> anyhow::Result<()> {
    a_neighbour_drives(Scripts::Off).await
}
