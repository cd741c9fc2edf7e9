//! The public pages of a hub over a made-up country: figures that are read, compared and moved, without a barrier.

use std::{path::Path, sync::Arc};

use anyhow::Context as _;

use futures_util::{StreamExt as _, TryStreamExt as _};
use maillage_geography::Geography;
use maillage_platform::clock::{Clock, FileClock};
use maillage_proto::hub::v1::InviteRequest;
use maillage_simulation::{
    member::{Member, Source},
    plan::{Plan, Planned, Wanted},
    reports,
};
use maillage_tests::{
    federation::{Hub, MONTS_D_ALBAN},
    programs::{Programs, Role, answering},
    wait::until,
};

use super::{BINARY, Browser, Scripts, barriers::barriers, signed_in, text};

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

/// A hub that nobody has joined yet, in May.
async fn hub(programs: &Programs, root: &tempfile::TempDir) -> anyhow::Result<Hub> {
    let clock = root.path().join("clock");
    FileClock::write(&clock, "2026-05-20T10:00:00Z".parse()?)?;
    Hub::create(programs, root.path(), "essai", &clock).await
}

/// What is made up of a country, in which the territory of the real node is left out.
fn plan() -> anyhow::Result<Plan> {
    let wanted = Wanted {
        seed: 7,
        territories: TERRITORIES,
        without: [MONTS_D_ALBAN.parse().map_err(|error| anyhow::anyhow!("{error}"))?].into(),
        until: "2026-H1".parse().map_err(|error| anyhow::anyhow!("{error}"))?,
        half_years: HALF_YEARS,
        effect: 0.6,
    };
    Ok(Plan::make(&wanted, Geography::embedded())?)
}

/// In July the territories of a plan join a hub and report to it.
async fn country(hub: &Hub, clock: &Path, plan: &Plan) -> anyhow::Result<()> {
    FileClock::write(clock, "2026-07-15T10:00:00Z".parse()?)?;
    let time: Arc<dyn Clock> = Arc::new(FileClock::open(clock)?);
    let mut tickets = Vec::new();
    for Planned { siren, .. } in &plan.territories {
        let request = InviteRequest { territory: siren.to_string(), valid_hours: 0, by: String::new() };
        tickets.push(hub.admin()?.invite(request).await?.into_inner().enrolment_string);
    }
    let play = |(number, (planned, ticket)): (usize, (&Planned, String))| {
        let (sent, time) = (reports::of(plan, planned), Arc::clone(&time));
        async move {
            let mut member = Member::join(&ticket, Source::of(number), time).await?;
            member.report(sent?.reports).await
        }
    };
    let all = futures_util::stream::iter(plan.territories.iter().zip(tickets).enumerate()).map(play);
    all.buffer_unordered(8).try_collect::<Vec<_>>().await?;
    Ok(())
}

/// It is August, and what arrived in July is published.
async fn august(hub: &mut Hub, clock: &Path) -> anyhow::Result<()> {
    hub.stop().await?;
    FileClock::write(clock, "2026-08-02T10:00:00Z".parse()?)?;
    hub.start().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_pages_have_no_barrier_and_lead_from_one_figure_to_the_next() -> anyhow::Result<()> {
    let Some(mut browser) = Browser::start(Scripts::On).await? else { return Ok(()) };
    let (programs, root) = (Programs::new(BINARY), tempfile::tempdir()?);
    let mut hub = hub(&programs, &root).await?;
    let clock = root.path().join("clock");
    country(&hub, &clock, &plan()?).await?;
    august(&mut hub, &clock).await?;
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

/// On how many reports the published figures rest.
async fn rests_on(browser: &mut Browser, site: &str) -> anyhow::Result<usize> {
    browser.open(&format!("{site}fr/compare")).await?;
    browser.says("Calculé à partir de").await?;
    let page = browser.text().await?;
    let (_, rest) = page.split_once("Calculé à partir de ").context("it does not say on what it rests")?;
    let number: String =
        rest.chars().take_while(|sign| !sign.is_alphabetic()).filter(char::is_ascii_digit).collect();
    Ok(number.parse()?)
}

/// Lets moments pass until the hub has one report more than before.
async fn one_more_arrives(hub: &Hub, clock: &Path, before: usize) -> anyhow::Result<()> {
    until("the report arrives", async || {
        let now = FileClock::open(clock)?.now();
        FileClock::write(clock, now + jiff::SignedDuration::from_secs(1))?;
        Ok(hub.reports().await?.len() > before)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_sent_from_the_console_moves_the_dashboard() -> anyhow::Result<()> {
    let Some(mut browser) = Browser::start(Scripts::Off).await? else { return Ok(()) };
    let (programs, root) = (Programs::new(BINARY), tempfile::tempdir()?);
    let mut hub = hub(&programs, &root).await?;
    let (clock, node) = (root.path().join("clock"), root.path().join("node"));
    let plan = plan()?;
    let time = clock.display().to_string();
    let ticket = hub.invite(MONTS_D_ALBAN, 0).await?;
    let model = plan.territories.first().context("no territory")?.model.to_string();
    let init = ["init", "--territory", MONTS_D_ALBAN, "--model", &model];
    programs.done(Role::Node, &node, &init).await?;
    programs.done(Role::Node, &node, &["join", &ticket, "--clock-file", &time]).await?;
    let any = "127.0.0.1:0";
    let words = ["--api-listen", any, "--console-listen", any, "--clock-file", &time];
    let mut serving = programs.serve(Role::Node, &node, &words, &root.path().join("node.log"))?;
    answering(Role::Node, &node, &mut serving).await?;
    programs
        .done(Role::Node, &node, &["account", "add", "siege", "--role", "administrator,coordinator"])
        .await?;
    country(&hub, &clock, &plan).await?;
    browser.open(&format!("{}fr/compare", hub.public_pages()?)).await?;
    browser.says("Rien n’est encore publié").await?;

    let link = programs.json(Role::Node, &node, &["account", "link", "siege"]).await?;
    let desk = signed_in(&mut browser, &text(&link, "link")?).await?;
    let received = hub.reports().await?.len();
    browser.open(&format!("{desk}/statistics")).await?;
    browser.press("Voir").await?;
    browser.says("juin 2026").await?;
    browser.says("Ce qui part").await?;
    browser.press("Tirer le bruit et envoyer").await?;
    browser.says("Le rapport est figé").await?;
    one_more_arrives(&hub, &clock, received).await?;

    let foreign = browser.foreign(&[&hub.public_pages()?, &desk]).await?;
    assert!(foreign.is_empty(), "asked for elsewhere: {foreign:?}");
    august(&mut hub, &clock).await?;
    let public = hub.public_pages()?;
    assert_eq!(rests_on(&mut browser, &public).await?, TERRITORIES * 6 * HALF_YEARS + 1);
    browser.close().await?;
    serving.stop().await?;
    hub.stop().await
}
