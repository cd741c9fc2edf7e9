//! Parts of pages that follow what happens and what is typed: they ask the same addresses as everybody, change nothing, and hold no session
//! open that nobody uses.

use super::{Browser, Desk, Page};
use crate::world::{A, DAY, World};

/// What a page that looks by itself sends along.
fn seen(page: &Page) -> String {
    let (_, rest) = page.body.split_once("\"maillage-seen\":\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

fn of_day() -> String {
    format!("/?day={DAY}")
}

async fn desk() -> (Desk, Browser) {
    let world = World::new();
    let person = world.person(A, "never");
    world.request(A, person, false);
    let desk = Desk::of(world, false);
    let browser = desk.signed_in("accueil", "coordinator").await;
    (desk, browser)
}

#[tokio::test]
async fn a_day_is_sent_again_when_it_has_changed_and_only_then() {
    let (desk, mut browser) = desk().await;
    // What is said once is said.
    browser.get(&of_day()).await;
    let first = seen(&browser.get(&of_day()).await);
    assert_eq!(first.len(), 64);
    let same = browser.poll(&of_day(), &first).await;
    assert_eq!((same.status, same.body.as_str()), (204, ""));
    let person = desk.world.person(A, "never");
    desk.world.request(A, person, false);
    let changed = browser.poll(&of_day(), &first).await;
    assert_eq!(
        (changed.status, changed.says("id=\"day-now\""), changed.says("id=\"trip-2\"")),
        (200, true, true)
    );
    assert_eq!(browser.poll(&of_day(), &seen(&changed)).await.status, 204);
}

#[tokio::test]
async fn a_page_that_looks_by_itself_takes_no_word_from_its_reader_and_holds_no_session_open() {
    let (desk, mut browser) = desk().await;
    let person = desk.world.person(A, "never");
    let path = format!("/people/{person}/contact");
    let page = browser.get(&path).await;
    let etag = page.value("etag").unwrap();
    let sent = browser
        .send_form(
            &path,
            &[("etag", &etag), ("name", "Canari Fabre"), ("commune", "Alban"), ("phone", "05 63 00 00 00")],
        )
        .await;
    assert_eq!(sent.status, 303, "{}", sent.body);
    assert!(!browser.poll(&of_day(), "").await.says("class=\"notice\" role=\"status\""));
    assert!(browser.get(&of_day()).await.says("class=\"notice\" role=\"status\""), "it was not told yet");
    // Somebody goes home and leaves the page open.
    for _ in 0..12 {
        desk.world.wait(10);
        browser.poll(&of_day(), "").await;
    }
    let over = browser.poll(&of_day(), "").await;
    assert_eq!((over.status, over.header("hx-refresh"), over.body.as_str()), (204, "true", ""));
    assert_eq!(browser.get(&of_day()).await.location(), "/sign-in?next=%2F%3Fday%3D2026-10-06");
}

#[tokio::test]
async fn what_follows_the_typing_saves_nothing_and_says_nothing_to_whoever_is_not_signed_in() {
    let (desk, mut browser) = desk().await;
    let person = desk.world.person(A, "never");
    let page = browser.get(&format!("/requests/new?person={person}")).await;
    assert!(page.says("hx-trigger=\"change delay:200ms from:#asked\""), "{}", page.body);
    browser.headers.push(("hx-request", "true".to_owned()));
    let fields =
        [("person", person.to_string()), ("step", "check".to_owned()), ("to_commune", "Albi".to_owned())];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    let partly = browser.send_form("/requests/new", &fields).await;
    assert!(partly.status == 422 && partly.says("id=\"beside\""), "{}: {}", partly.status, partly.body);
    browser.cookies.clear();
    let nobody = browser.send_form("/requests/new", &fields).await;
    assert_eq!((nobody.status, nobody.body.as_str(), nobody.location()), (204, "", ""));
}

#[tokio::test]
async fn only_our_own_script_may_run_and_it_asks_nobody_else() {
    let (_desk, mut browser) = desk().await;
    let page = browser.get("/").await;
    let policy = page.header("content-security-policy");
    assert!(policy.contains("script-src 'self';") && policy.contains("connect-src 'self';"), "{policy}");
    assert!(!policy.contains("unsafe") && policy.starts_with("default-src 'none'"), "{policy}");
    for off in [
        "\"allowEval\":false",
        "\"historyCacheSize\":0",
        "\"includeIndicatorStyles\":false",
        "\"selfRequestsOnly\":true",
    ] {
        assert!(page.says(off), "{off}");
    }
    let (_, rest) = page.body.split_once("<script src=\"").unwrap();
    let script = rest.split('"').next().unwrap().to_owned();
    browser.cookies.clear();
    browser.headers.push(("accept-encoding", "gzip".to_owned()));
    let (_, compressed) = browser.raw(&script).await;
    assert!(compressed.starts_with(&[0x1f, 0x8b]) && compressed.len() < 20_000, "{}", compressed.len());
}
