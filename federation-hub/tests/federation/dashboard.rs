//! The public dashboard from reports of real nodes: what it shows, in which language, and what it never does.

use axum::{body::Body, http::Request, response::Response};
use http_body_util::BodyExt as _;
use maillage_hub::dashboard::Dashboard;
use tower::ServiceExt as _;

use crate::{
    figures::reported,
    world::{World, instant},
};

pub(crate) const PAGES: [&str; 12] = [
    "",
    "compare",
    "compare?indicator=persons-per-1000",
    "series?indicator=trips-per-1000",
    "coverage",
    "territories",
    "territories?q=bas&departement=81&page=2",
    "territories/200034031",
    "territories/200067106",
    "flows",
    "downloads",
    "method",
];

pub(crate) async fn get(world: &World, path: &str) -> Response {
    let routes = Dashboard::new(std::sync::Arc::clone(&world.hub)).routes();
    routes.oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap()
}

pub(crate) async fn text(world: &World, path: &str) -> String {
    let response = get(world, path).await;
    assert_eq!(response.status(), 200, "{path}");
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}

pub(crate) async fn asked(routes: &axum::Router, path: &str) -> String {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let response = routes.clone().oneshot(request).await.unwrap();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test]
async fn a_page_is_kept_for_ten_minutes_and_answers_all_who_ask_at_once() {
    let (world, _nodes) = reported().await;
    let routes = Dashboard::new(std::sync::Arc::clone(&world.hub)).routes();
    world.clock.set(instant("2026-07-31T21:55:00Z"));
    assert!(asked(&routes, "/en/compare").await.contains("Nothing is published"));
    // August in Paris: the reports have entered.
    world.clock.set(instant("2026-07-31T22:04:00Z"));
    assert!(asked(&routes, "/en/compare").await.contains("Nothing is published"), "nine minutes old");
    world.clock.set(instant("2026-07-31T22:06:00Z"));
    let at_once = futures_util::future::join_all((0..20).map(|_| asked(&routes, "/en/compare"))).await;
    assert!(at_once.iter().all(|page| page == &at_once[0] && page.contains("Months compared")));
}

#[tokio::test]
async fn every_page_is_there_in_both_languages_and_loads_nothing_from_elsewhere() {
    let (world, _nodes) = reported().await;
    world.clock.set(instant("2026-08-01T00:00:00Z"));
    for language in ["fr", "en"] {
        for page in PAGES {
            let html = text(&world, &format!("/{language}/{page}")).await;
            assert!(html.starts_with(&format!("<!doctype html>\n<html lang=\"{language}\">")), "{page}");
            for wrong in [
                "dashboard-",
                "column-",
                "comparison-",
                "figures-",
                "http://",
                "https://",
                "<script",
                "style=",
                " onclick",
            ] {
                assert!(!html.contains(wrong), "{language} {page}: {wrong}");
            }
            assert_eq!(html.matches("<h1>").count(), 1, "{page}");
            let other = if language == "fr" { "/en/" } else { "/fr/" };
            assert!(html.contains(&format!("href=\"{other}{}", page.split('?').next().unwrap())), "{page}");
        }
    }
}

#[tokio::test]
async fn what_is_shown_is_what_is_published_with_its_reasons() {
    let (world, _nodes) = reported().await;
    let nothing = text(&world, "/en/compare").await;
    assert!(nothing.contains("Nothing is published of this indicator yet"), "reports enter with a month");
    world.clock.set(instant("2026-08-01T00:00:00Z"));
    let overview = text(&world, "/en/").await;
    assert!(
        overview.contains(">600 <") && overview.contains("± 60") && overview.contains("Target: 72,000"),
        "{overview}"
    );
    assert!(overview.contains("58 times in 100"));
    assert!(
        overview.contains("accounts that territories declare carry no chance added"),
        "nor that nobody did"
    );
    let compare = text(&world, "/en/compare?indicator=trips-per-1000").await;
    assert!(
        compare.contains("exploratory") && compare.contains("Months compared: 2025-07 to 2026-06"),
        "{compare}"
    );
    assert_eq!(compare.matches("<circle").count(), 1, "the figure of the one model");
    assert!(compare.contains("has 3 territories and 5 are needed"), "why it has no interval: {compare}");
    let series = text(&world, "/fr/series?indicator=persons-per-1000").await;
    assert!(series.contains("2026-H1") && series.contains("Tous les modèles ensemble"), "{series}");
    let coverage = text(&world, "/fr/coverage").await;
    assert!(
        coverage.contains("Sans aucun service annoncé") && coverage.contains("data-label="),
        "{coverage}"
    );
}

#[tokio::test]
async fn browsers_are_told_what_to_load_and_files_keep_for_ever() {
    let (world, _nodes) = reported().await;
    let response = get(&world, "/fr/").await;
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert!(response.headers().get("set-cookie").is_none(), "nobody is followed");
    let html = text(&world, "/fr/").await;
    let sheets: Vec<&str> = html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let files = sheets.iter().filter(|path| [".css", ".svg"].iter().any(|kind| path.contains(kind)));
    let mut found = 0;
    for path in files {
        let response = get(&world, path).await;
        assert_eq!(response.status(), 200, "{path}");
        assert!(response.headers()["cache-control"].to_str().unwrap().contains("immutable"), "{path}");
        found += 1;
    }
    assert!(found >= 3, "two sheets and the sign: {sheets:?}");
    let map = get(&world, "/fr/map.svg").await;
    assert_eq!((map.status().as_u16(), &map.headers()["content-encoding"]), (200, &"gzip".parse().unwrap()));
    assert!(map.into_body().collect().await.unwrap().to_bytes().len() < 300_000);
}

#[tokio::test]
async fn what_is_not_there_is_said_to_be_and_the_language_is_the_one_wished() {
    let world = World::new().await;
    let parts = get(&world, "/fr/compare?indicator=a&indicator=b").await;
    assert_eq!(parts.status(), 404, "in words of ours");
    let slash = get(&world, "/en").await;
    assert_eq!((slash.status().as_u16(), &slash.headers()["location"]), (303, &"/en/".parse().unwrap()));
    for path in ["/fr/nothing", "/de/", "/de", "/fr/compare?indicator=%3Cb%3E", "/x", "/fr_FR/"] {
        assert_eq!(get(&world, path).await.status(), 404, "{path}");
    }
    let asked = Request::get("/").header("accept-language", "en-GB,en;q=0.9").body(Body::empty()).unwrap();
    let routes = Dashboard::new(std::sync::Arc::clone(&world.hub)).routes();
    let response = routes.oneshot(asked).await.unwrap();
    assert_eq!(
        (response.status().as_u16(), &response.headers()["location"]),
        (303, &"/en/".parse().unwrap())
    );
}
