//! The coordinator's minute: somebody calls, is found by three letters, and a driver is asked. By keyboard alone, and without scripts.

use anyhow::Context as _;
use fantoccini::key::Key;
use maillage_tests::programs::at;

use super::{Desk, Scripts};

/// The third of September at ten, as the keyboard of a browser in American English takes them: the order is the browser's, not the page's.
const DAY: &str = "09032026";
const TIME: &str = "1000AM";

#[tokio::test(flavor = "multi_thread")]
async fn a_call_becomes_a_trip_that_somebody_is_asked_for_by_keyboard_alone() -> anyhow::Result<()> {
    let Some(mut desk) = Desk::open(Scripts::On).await? else { return Ok(()) };
    desk.sign_in().await?;
    let page = format!("{}/requests/new", desk.site);
    let browser = &mut desk.browser;
    browser.open(&page).await?;
    // The page begins where one types.
    assert_eq!(browser.at().await?, "letters");
    browser.type_here("fab").await?;
    browser.key(Key::Enter, true).await?;
    browser.says("Canari Fabre").await?;
    browser.tab_to("Choisir Canari Fabre").await?;
    browser.key(Key::Enter, true).await?;
    browser.says("Alban").await?;
    browser.tab_to("to_commune").await?;
    browser.type_here("Albi").await?;
    browser.tab_to("purpose").await?;
    browser.type_here(" ").await?;
    browser.tab_to("day").await?;
    browser.type_here(DAY).await?;
    browser.tab_to("time").await?;
    browser.type_here(TIME).await?;
    browser.key(Key::Enter, true).await?;
    browser.says("Si vous enregistrez").await?;
    browser.says("Bénévole fictif").await?;
    browser.tab_to("Enregistrer et proposer").await?;
    browser.key(Key::Enter, true).await?;
    browser.says("La demande est enregistrée, et proposée à Bénévole fictif").await?;
    let address = browser.address().await?;
    let (_, trip) = address.rsplit_once("/trips/").context("not the page of a trip")?;
    let trip = desk.ask(&["trip", "show", trip]).await?;
    assert_eq!(at(&trip, "/passenger"), "Canari Fabre", "{trip}");
    assert_eq!(at(&trip, "/latest_arrival"), "2026-09-03T08:00:00Z", "{trip}");
    desk.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_follow_what_is_typed_and_what_happens_meanwhile() -> anyhow::Result<()> {
    let Some(mut desk) = Desk::open(Scripts::On).await? else { return Ok(()) };
    desk.sign_in().await?;
    let site = desk.site.clone();
    desk.browser.open(&format!("{site}/requests/new")).await?;
    desk.browser.type_here("fab").await?;
    desk.browser.says("Canari Fabre").await?;
    assert_eq!(desk.browser.at().await?, "letters", "whoever types goes on typing");
    desk.browser.press("Choisir Canari Fabre").await?;
    desk.browser.fill("to_commune", "Albi").await?;
    desk.browser.choose("purpose", "health").await?;
    desk.browser.fill("day", DAY).await?;
    desk.browser.fill("time", TIME).await?;
    desk.browser.tab_to("kind").await?;
    desk.browser.says("Si vous enregistrez").await?;
    desk.browser.says("Bénévole fictif").await?;
    assert_eq!(desk.browser.at().await?, "kind", "and stays where she or he is");
    desk.browser.open(&format!("{site}/?day=2026-09-03")).await?;
    desk.browser.says("Aucun trajet").await?;
    desk.request("2026-09-03T10:00").await?;
    desk.browser.says("Canari Fabre").await?;
    desk.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_works_where_scripts_are_forbidden_and_what_is_wrong_is_beside_its_field()
-> anyhow::Result<()> {
    let Some(mut desk) = Desk::open(Scripts::Off).await? else { return Ok(()) };
    desk.sign_in().await?;
    let page = format!("{}/requests/new?person={}", desk.site, desk.person);
    let browser = &mut desk.browser;
    browser.open(&page).await?;
    browser.fill("to_commune", "Albuquerque").await?;
    browser.press("Vérifier").await?;
    let wrong = browser.field("to_commune").await?;
    assert_eq!(wrong.attr("aria-invalid").await?.as_deref(), Some("true"));
    assert_eq!(wrong.prop("value").await?.as_deref(), Some("Albuquerque"), "what was typed stays");
    browser.fill("to_commune", "Albi").await?;
    browser.fill("day", DAY).await?;
    browser.fill("time", TIME).await?;
    browser.choose("purpose", "health").await?;
    browser.press("Enregistrer la demande").await?;
    browser.says("La demande est enregistrée").await?;
    desk.end().await
}
