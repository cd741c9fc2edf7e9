//! What every page is: in one language throughout, with landmarks, labels and a way to the content, whatever there is to show.

use maillage_node::app::{
    caller::Caller,
    people,
    planning::{self, PlanWish},
    trips,
};
use maillage_platform::i18n::Language;

use super::{Browser, Desk, Page};
use crate::world::{A, DAY, World, ready};

/// A desk with a day that has everything: a trip to decide, one that is promised, one that does not fit any more.
async fn busy() -> (Desk, Browser, Vec<String>) {
    let world = World::new();
    let driver = world.volunteer(A, "81003", true);
    let desk = Desk::of(world, false);
    let world = &desk.world;
    let person = world.person(A, "ask");
    let (open, promised) = (world.request(A, person, true)[0], world.request(A, person, false)[0]);
    ready(trips::offer_to_driver(desk.app(), &Caller::local(), promised, driver, false)).unwrap();
    ready(trips::driver_accepts(desk.app(), &Caller::local(), promised, false)).unwrap();
    ready(people::add_absence(desk.app(), &Caller::local(), driver, DAY, DAY)).unwrap();
    let shared = world.person(A, "always");
    let handover = world.offer(world.request(A, shared, false)[0]).handover;
    let wish = PlanWish { date: DAY.parse().unwrap(), iterations: Some(100), seed: 0 };
    planning::plan_day(desk.app(), &Caller::local(), wish).await.unwrap();
    let paths = vec![
        "/".to_owned(),
        format!("/?day={DAY}"),
        "/people".to_owned(),
        format!("/people/{person}"),
        "/requests/new".to_owned(),
        format!("/requests/new?person={person}"),
        format!("/trips/{open}"),
        format!("/trips/{promised}"),
        "/planning".to_owned(),
        format!("/planning?day={DAY}"),
        format!("/planning/{DAY}"),
        "/handovers".to_owned(),
        format!("/handovers/{handover}"),
        "/people/new".to_owned(),
        format!("/people/{person}/contact"),
        "/volunteers".to_owned(),
        "/volunteers/new".to_owned(),
        format!("/volunteers/{driver}"),
        "/password".to_owned(),
        "/statistics".to_owned(),
        "/statistics/2026-10".to_owned(),
        "/status".to_owned(),
        "/models".to_owned(),
        "/unmet".to_owned(),
        "/drivers".to_owned(),
        "/money".to_owned(),
        "/money/owed".to_owned(),
        format!("/money/people/{person}"),
        format!("/money/volunteers/{driver}"),
        "/obligations".to_owned(),
        format!("/calls/{DAY}"),
        "/nothing".to_owned(),
    ];
    let browser = desk.signed_in("guichet", "coordinator").await;
    (desk, browser, paths)
}

/// Text between tags and in attributes that are read out, without addresses.
fn keys_in(page: &Page) -> Vec<&str> {
    let parts = page.body.split(['>', '<', '"']);
    parts
        .filter(|part| {
            ["console-", "desk-", "books-", "lasting-", "comfort-"].iter().any(|room| part.contains(room))
                && !part.contains('/')
                && !part.contains('=')
        })
        .collect()
}

#[tokio::test]
async fn every_page_is_whole_in_both_languages() {
    let (_desk, mut browser, paths) = busy().await;
    for language in Language::ALL {
        let code = language.code();
        let switched = browser.get(&format!("/?lang={code}")).await;
        assert_eq!((switched.status, switched.location()), (303, "/"));
        for path in &paths {
            check_whole(&browser.get(path).await, path, code);
        }
    }
}

/// A page is in one language throughout, with landmarks, labels and tokens, whatever it shows.
pub(super) fn check_whole(page: &Page, path: &str, code: &str) {
    assert!(matches!(page.status, 200 | 404), "{path}: {}", page.status);
    assert!(page.says(&format!("<html lang=\"{code}\">")), "{path}");
    assert_eq!(keys_in(page), Vec::<&str>::new(), "{path} in {code} shows the names of texts");
    for landmark in ["<main id=\"content\"", "<h1", "<title>", "class=\"skip\"", "name=\"viewport\"", "<nav "]
    {
        assert!(page.says(landmark), "{path}: {landmark}");
    }
    assert_eq!(page.body.matches("<h1").count(), 1, "{path}");
    for field in page.body.split("<input id=\"").skip(1) {
        let id = field.split('"').next().unwrap();
        assert!(page.says(&format!("for=\"{id}\"")), "{path}: the field {id} has no label");
    }
    let mut ids: Vec<&str> =
        page.body.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    ids.sort_unstable();
    assert!(ids.windows(2).all(|pair| pair[0] != pair[1]), "{path}: an id stands twice in {ids:?}");
    assert!(!page.says("<th>"), "{path}: a heading of a table that does not say of what");
    let (forms, tokens) =
        (page.body.matches("method=\"post\"").count(), page.body.matches("name=\"forgery\"").count());
    assert_eq!(forms, tokens, "{path}: a form without its token");
}

#[tokio::test]
async fn the_day_begins_with_what_has_to_be_decided() {
    let (_desk, mut browser, _) = busy().await;
    let page = browser.get("/").await;
    let place = |text: &str| page.body.find(text).unwrap_or_else(|| panic!("{text}: {}", page.body));
    assert!(place("does not fit any more") < place("to be filled"), "what was promised comes first");
    assert!(page.says("Ask the volunteer whether it is possible all the same"));
    assert!(page.says("ask the neighbours"));
    assert!(place("to be filled") < place("Trips of the day"));
    let day = browser.get(&format!("/?day={DAY}")).await;
    assert!(day.says("Canari") && day.says("By driver") && !day.says("decisions to make"), "{}", day.body);
    let sheet = browser.get(&format!("/sheets/{DAY}")).await;
    assert!(sheet.status == 200 && sheet.says("12 rue des Lilas") && !sheet.says("<style"), "{}", sheet.body);
}

#[tokio::test]
async fn the_language_is_the_browsers_until_it_is_chosen() {
    let desk = Desk::open();
    let mut browser = desk.browser();
    assert!(browser.get("/sign-in").await.says("Account name"));
    browser.headers.retain(|(name, _)| *name != "accept-language");
    assert!(browser.get("/sign-in").await.says("Nom du compte"));
    let page = browser.get("/sign-in?next=%2Fpeople&lang=en").await;
    assert_eq!(page.location(), "/sign-in?next=%2Fpeople");
    assert!(browser.get("/sign-in").await.says("Account name"));
}
