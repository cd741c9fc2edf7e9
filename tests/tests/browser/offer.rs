//! A driver's own page: an offer is answered in two taps, and the desk sees it.

use anyhow::Context as _;
use maillage_tests::programs::at;

use super::{Desk, PUBLIC, Scripts};

async fn a_driver_answers(scripts: Scripts) -> anyhow::Result<()> {
    let Some(mut desk) = Desk::open(scripts).await? else { return Ok(()) };
    desk.sign_in().await?;
    let (site, own) = (desk.site.clone(), desk.public_pages()?);
    let trips = [desk.request("2026-09-03T10:00").await?, desk.request("2026-09-04T10:00").await?];
    for trip in &trips {
        desk.browser.open(&format!("{site}/trips/{trip}")).await?;
        desk.browser.press("Proposer à Bénévole fictif").await?;
        desk.browser.says("Bénévole fictif n’a pas encore répondu").await?;
    }
    desk.browser.open(&format!("{site}/drivers")).await?;
    desk.browser.press("Donner un lien").await?;
    desk.browser.says("montré cette seule fois").await?;
    let shown = desk.browser.text().await?;
    let link = shown.split_whitespace().find_map(|word| word.strip_prefix(PUBLIC)).context("no link")?;
    desk.browser.open(&format!("{own}{link}")).await?;
    desk.browser.says("Bonjour Bénévole fictif").await?;
    desk.browser.says("On vous demande").await?;
    desk.browser.press("Oui, je conduis").await?;
    desk.browser.says("Merci ! C’est noté : vous conduisez").await?;
    desk.browser.press("Non, pas cette fois").await?;
    desk.browser.says("ce n’est pas possible pour vous").await?;
    let states =
        [desk.ask(&["trip", "show", &trips[0]]).await?, desk.ask(&["trip", "show", &trips[1]]).await?];
    assert_eq!(
        states.each_ref().map(|trip| at(trip, "/status").to_string()),
        ["\"confirmed\"", "\"requested\""]
    );
    desk.browser.open(&format!("{site}/?day=2026-09-03")).await?;
    desk.browser.says("Bénévole fictif").await?;
    desk.site = site;
    desk.end_at(&[&own]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_is_answered_from_the_drivers_page() -> anyhow::Result<()> {
    a_driver_answers(Scripts::On).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_is_answered_from_the_drivers_page_where_scripts_are_forbidden() -> anyhow::Result<()> {
    a_driver_answers(Scripts::Off).await
}
