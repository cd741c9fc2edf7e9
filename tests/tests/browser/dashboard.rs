//! The public pages of a hub over a made-up country: figures that are read, compared and moved, without a barrier.

use std::sync::Arc;

use futures_util::{StreamExt as _, TryStreamExt as _};
use maillage_geography::Geography;
use maillage_platform::clock::{Clock, FileClock};
use maillage_proto::hub::v1::InviteRequest;
use maillage_simulation::{
    member::{Member, Source},
    plan::{Plan, Planned, Wanted},
    reports,
};
use maillage_tests::{federation::Hub, programs::Programs};

use super::{BINARY, Browser, Scripts, barriers::barriers};

/// What is made up: enough territories of each model for figures to be shown.
const TERRITORIES: usize = 40;
const HALF_YEARS: usize = 2;
/// Every kind of page.
const PAGES: [&str; 9] = [
    "",
    "compare",
    "compare?indicator=persons-per-1000",
    "series",
    "coverage",
    "territories",
    "flows",
    "downloads",
    "method",
];

/// A hub to which a made-up country has reported.
async fn country(programs: &Programs, root: &tempfile::TempDir) -> anyhow::Result<Hub> {
    let clock = root.path().join("clock");
    FileClock::write(&clock, "2026-07-15T10:00:00Z".parse()?)?;
    let mut hub = Hub::create(programs, root.path(), "essai", &clock).await?;
    let wanted = Wanted {
        seed: 7,
        territories: TERRITORIES,
        without: std::collections::BTreeSet::new(),
        until: "2026-H1".parse().map_err(|error| anyhow::anyhow!("{error}"))?,
        half_years: HALF_YEARS,
        effect: 0.6,
    };
    let plan = Plan::make(&wanted, Geography::embedded())?;
    let time: Arc<dyn Clock> = Arc::new(FileClock::open(&clock)?);
    let mut tickets = Vec::new();
    for Planned { siren, .. } in &plan.territories {
        let request = InviteRequest { territory: siren.to_string(), valid_hours: 0 };
        tickets.push(hub.admin()?.invite(request).await?.into_inner().enrolment_string);
    }
    let play = |(number, (planned, ticket)): (usize, (&Planned, String))| {
        let (sent, time) = (reports::of(&plan, planned), Arc::clone(&time));
        async move {
            let mut member = Member::join(&ticket, Source::of(number), time).await?;
            member.report(sent?.reports).await
        }
    };
    let all = futures_util::stream::iter(plan.territories.iter().zip(tickets).enumerate()).map(play);
    all.buffer_unordered(8).try_collect::<Vec<_>>().await?;
    hub.stop().await?;
    FileClock::write(&clock, "2026-08-02T10:00:00Z".parse()?)?;
    hub.start().await?;
    Ok(hub)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_pages_have_no_barrier_and_lead_from_one_figure_to_the_next() -> anyhow::Result<()> {
    let Some(mut browser) = Browser::start(Scripts::On).await? else { return Ok(()) };
    let (programs, root) = (Programs::new(BINARY), tempfile::tempdir()?);
    let mut hub = country(&programs, &root).await?;
    let site = hub.public_pages()?;
    let mut found = Vec::new();
    for language in ["fr", "en"] {
        for page in PAGES {
            browser.open(&format!("{site}{language}/{page}")).await?;
            found.extend(barriers(&browser, &format!("{language}/{page}")).await?);
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    browser.open(&site).await?;
    anyhow::ensure!(browser.address().await?.ends_with("/fr/"), "{}", browser.address().await?);
    browser.press("Modèles").await?;
    browser.says("Mois comparés").await?;
    let foreign = browser.foreign(&[&site]).await?;
    assert!(foreign.is_empty(), "asked for elsewhere: {foreign:?}");
    browser.close().await?;
    hub.stop().await
}
