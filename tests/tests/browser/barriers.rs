//! Every page of the console: nothing that axe-core finds a barrier, nothing wider than a telephone, nothing asked for from elsewhere; in both
//! languages and both themes.

use super::{Browser, Desk, Scripts};

/// Narrowest window pages are made for, in pixels.
const TELEPHONE: u32 = 320;
const DESK: u32 = 1280;

/// What is wrong with the page that is open, in both themes.
pub(crate) async fn barriers(browser: &Browser, page: &str) -> anyhow::Result<Vec<String>> {
    let mut found = Vec::new();
    for theme in ["light", "dark"] {
        browser.prefer(theme).await?;
        found.extend(browser.violations().await?.into_iter().map(|one| format!("{page} ({theme}): {one}")));
    }
    browser.resize(TELEPHONE).await?;
    let over = browser.overhang().await?;
    if over > 0 {
        found.push(format!("{page}: {over} pixels wider than {TELEPHONE}"));
    }
    browser.resize(DESK).await?;
    Ok(found)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_of_the_console_has_a_barrier() -> anyhow::Result<()> {
    let Some(mut desk) = Desk::open(Scripts::On).await? else { return Ok(()) };
    let mut found = Vec::new();
    desk.sign_in().await?;
    let trip = desk.request("2026-09-03T10:00").await?;
    let pages = [
        "/".to_owned(),
        "/requests/new".to_owned(),
        format!("/requests/new?person={}", desk.person),
        "/people".to_owned(),
        format!("/people/{}", desk.person),
        format!("/trips/{trip}"),
        "/password".to_owned(),
        "/planning".to_owned(),
        "/planning/2026-09-03".to_owned(),
        "/handovers".to_owned(),
        "/people/new".to_owned(),
        format!("/people/{}/contact", desk.person),
        "/volunteers".to_owned(),
        "/volunteers/new".to_owned(),
        format!("/volunteers/{}", desk.volunteer),
        "/drivers".to_owned(),
        "/referrals".to_owned(),
        "/referrals/new".to_owned(),
        "/series".to_owned(),
        format!("/series/new?person={}", desk.person),
        "/pathways".to_owned(),
        format!("/pathways/new?person={}", desk.person),
        "/loans".to_owned(),
        format!("/loans/new?person={}", desk.person),
        "/fleet".to_owned(),
        "/fleet/new".to_owned(),
        "/money".to_owned(),
        "/money/owed".to_owned(),
        format!("/money/people/{}", desk.person),
        format!("/money/people/{}/pay", desk.person),
        format!("/money/volunteers/{}", desk.volunteer),
        "/obligations".to_owned(),
        "/obligations/2026/form".to_owned(),
        "/obligations/register".to_owned(),
        "/calls/2026-08-31".to_owned(),
        "/unmet".to_owned(),
        "/models".to_owned(),
        "/statistics".to_owned(),
        "/statistics/2026-08".to_owned(),
        "/status".to_owned(),
        "/users".to_owned(),
        "/users/new".to_owned(),
        "/journal".to_owned(),
        "/nothing-here".to_owned(),
    ];
    for language in ["fr", "en"] {
        for page in &pages {
            let mark = if page.contains('?') { '&' } else { '?' };
            desk.browser.open(&format!("{}{page}{mark}lang={language}", desk.site)).await?;
            found.extend(barriers(&desk.browser, &format!("{language} {page}")).await?);
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    desk.end().await
}
