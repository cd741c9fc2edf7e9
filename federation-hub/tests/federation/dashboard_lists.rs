//! Pages of territories, flows and files: what each shows, what it withholds and why, and that every chart has its numbers beside it.

use axum::http::header;
use http_body_util::BodyExt as _;
use maillage_geography::Geography;
use maillage_hub::dashboard::Dashboard;

use crate::{
    dashboard::{PAGES, asked, get, text},
    figures::{driven, pulse, reported, reported_of, send},
    world::{ALBAN, CENTRE_TARN, SIDOBRE, World, instant},
};

/// The parts of a page between an opening and its closing tag.
fn parts<'a>(html: &'a str, tag: &str) -> Vec<&'a str> {
    let (opening, closing) = (format!("<{tag}"), format!("</{tag}>"));
    html.split(opening.as_str()).skip(1).filter_map(|rest| rest.split(closing.as_str()).next()).collect()
}

#[tokio::test]
async fn every_chart_has_its_numbers_in_a_table_and_the_other_language_is_of_the_same_query() {
    let (world, _nodes) = reported().await;
    world.clock.set(instant("2026-08-01T00:00:00Z"));
    let mut charts = 0;
    for page in PAGES {
        let html = text(&world, &format!("/fr/{page}")).await;
        let inside: Vec<&str> = [parts(&html, "section"), parts(&html, "figure")].concat();
        let drawn = |part: &&&str| part.contains("role=\"img\"");
        for part in inside.iter().filter(drawn) {
            assert!(part.contains("<table"), "{page}: {part}");
        }
        let beside: usize =
            inside.iter().filter(drawn).map(|part| part.matches("role=\"img\"").count()).sum();
        assert!(beside >= html.matches("role=\"img\"").count(), "{page}: a chart stands outside");
        charts += beside;
        if html.contains("<img src=\"/fr/map.svg\"") {
            assert!(html.contains("<table"), "{page}");
        }
        let link = format!("href=\"/en/{}\" lang=\"en\"", page.replace('&', "&#38;"));
        // An indicator that is not named is the first one.
        let link = if page == "compare" {
            "href=\"/en/compare?indicator=fulfilment-rate\"".to_owned()
        } else {
            link
        };
        let clamped = link.replace("&#38;page=2", "");
        assert!(html.contains(&link) || html.contains(&clamped), "{page}: {link}");
    }
    assert!(charts >= 5, "{charts}");
}

#[tokio::test]
async fn territories_are_found_by_name_commune_and_departement_page_after_page() {
    let (world, _nodes) = reported().await;
    world.clock.set(instant("2026-08-01T00:00:00Z"));
    let routes = Dashboard::new(std::sync::Arc::clone(&world.hub)).routes();
    let all = asked(&routes, "/fr/territories").await;
    let whole = Geography::embedded().territories().len();
    assert!(all.contains(&format!("{whole} territoires trouvés").replace("1253", "1253")), "{all}");
    assert_eq!(all.matches("<th scope=\"row\">").count(), 50);
    assert!(all.contains("rel=\"next\" href=\"/fr/territories?page=2\"") && !all.contains("rel=\"prev\""));
    let last = asked(&routes, "/fr/territories?page=9999").await;
    assert!(last.contains("rel=\"prev\"") && !last.contains("rel=\"next\""));
    assert_eq!(last.matches("<th scope=\"row\">").count(), (whole - 1) % 50 + 1);

    let alban = asked(&routes, "/fr/territories?q=monts+d%27ALBAN").await;
    assert_eq!(alban.matches("<th scope=\"row\">").count(), 1, "{alban}");
    for shown in ["a un nœud", "100 ± 35", "href=\"/fr/territories/200034031\"", "Personnes actives, 2026-H1"]
    {
        assert!(alban.contains(shown), "{shown}: {alban}");
    }
    let commune = asked(&routes, "/fr/territories?q=realmont").await;
    assert!(commune.contains("/fr/territories/200034049"), "by one of its communes: {commune}");
    let tarn = asked(&routes, "/fr/territories?departement=81").await;
    assert!(tarn.contains("<option selected>81</option>") && tarn.contains("sans nœud"));
    assert!(tarn.matches("<th scope=\"row\">").count() < 30);
    let nothing = asked(&routes, "/fr/territories?q=%3Cb%3Enulle+part").await;
    assert!(nothing.contains("Aucun territoire trouvé") && !nothing.contains("<b>nulle"), "{nothing}");
    for wrong in ["departement=99", "page=0", "page=x"] {
        assert_eq!(get(&world, &format!("/fr/territories?{wrong}")).await.status(), 404, "{wrong}");
    }
}

#[tokio::test]
async fn a_territory_shows_what_is_published_of_it_and_no_more() {
    let (world, _nodes) = reported().await;
    let page = format!("/fr/territories/{ALBAN}");
    let before = text(&world, &page).await;
    assert!(!before.contains("100 ±"), "its report enters with the month");
    world.clock.set(instant("2026-08-01T00:00:00Z"));
    let html = text(&world, &page).await;
    for shown in
        ["100 ± 35", "a un nœud", "Alban</th>", "ne sont jamais publiés", "/fr/territories/200034049"]
    {
        assert!(html.contains(shown), "{shown}: {html}");
    }
    // Its two hundred trips of each month, and its model, are its own affair.
    assert!(!html.contains(">200<") && !html.contains("hybride"), "{html}");
    let other = text(&world, "/en/territories/200067106").await;
    assert!(
        other.contains("This territory has no node") && other.contains("<p class=\"figure\">—"),
        "{other}"
    );

    let merged = Geography::embedded().successors().first().unwrap();
    let moved = get(&world, &format!("/fr/territories/{}", merged.0)).await;
    let to = format!("/fr/territories/{}", merged.1);
    assert_eq!(
        (moved.status().as_u16(), moved.headers()[header::LOCATION].to_str().unwrap()),
        (308, to.as_str())
    );
    for wrong in ["123456789", "200034032", "x", "%3Cscript%3E"] {
        assert_eq!(get(&world, &format!("/fr/territories/{wrong}")).await.status(), 404, "{wrong}");
    }
    let coverage = text(&world, "/fr/coverage").await;
    assert!(coverage.contains("href=\"/fr/territories?departement=81\""), "{coverage}");
    assert!(coverage.contains("<a href=\"/fr/map.svg\">"), "{coverage}");
}

#[tokio::test]
async fn persons_of_a_small_territory_are_hidden_with_their_reason_and_so_are_those_that_would_tell_them() {
    let (world, _nodes) = reported_of([40, 200, 300]).await;
    world.clock.set(instant("2026-08-01T00:00:00Z"));
    let small = text(&world, &format!("/fr/territories/{ALBAN}")).await;
    assert!(small.contains("<p class=\"figure\">—") && small.contains("au-delà de 46"), "{small}");
    let beside = text(&world, &format!("/fr/territories/{CENTRE_TARN}")).await;
    assert!(beside.contains("<p class=\"figure\">—") && beside.contains("laisserait calculer"), "{beside}");
    let list = text(&world, "/fr/territories?departement=81").await;
    for number in ["40 ±", "200 ±", "300 ±"] {
        assert!(!list.contains(number), "{number}: {list}");
    }
    assert!(list.contains("au-delà de 46"), "{list}");
}

#[tokio::test]
async fn flows_are_shown_of_years_that_are_told_and_pairs_with_enough_of_them() {
    let world = World::new().await;
    let (origin, often, seldom) =
        (world.node(ALBAN).await, world.node(CENTRE_TARN).await, world.node(SIDOBRE).await);
    assert!(text(&world, "/fr/flows").await.contains("Aucune année n’est encore publiée"));
    for _ in 0..11 {
        driven(&origin, &often).await;
    }
    for _ in 0..10 {
        driven(&origin, &seldom).await;
    }
    world.clock.set(instant("2026-07-02T00:00:00Z"));
    send(&origin, pulse("2026-06", [100, 0])).await;
    world.clock.set(instant("2027-03-31T22:00:00Z"));
    for page in ["/fr/flows", "/fr/flows?year=2026"] {
        let html = text(&world, page).await;
        assert_eq!(html.matches("<path class=\"flow\"").count(), 1, "{html}");
        assert!(html.contains("data-label=\"Passages de relais\">11</td>"), "{html}");
        assert!(html.contains("moins de 11 passages de relais dans l’année\u{a0}: 1."), "{html}");
        assert!(!html.contains("Sidobre") && !html.contains(">10<"), "{html}");
        assert!(html.contains("<option selected>2026</option>"), "{html}");
    }
    let territory = text(&world, &format!("/en/territories/{CENTRE_TARN}")).await;
    assert!(
        territory.contains(">11</td>") && territory.contains("Handovers of the year 2026"),
        "{territory}"
    );
    let none = text(&world, &format!("/en/territories/{SIDOBRE}")).await;
    assert!(none.contains("It takes at least 11 handovers"), "{none}");
    for wrong in ["2027", "2025", "1", "x", "99999999999"] {
        assert_eq!(get(&world, &format!("/fr/flows?year={wrong}")).await.status(), 404, "{wrong}");
    }
}

#[tokio::test]
async fn files_are_those_of_the_export_with_their_dictionary_kept_as_pages_are() {
    let (world, _nodes) = reported().await;
    let routes = Dashboard::new(std::sync::Arc::clone(&world.hub)).routes();
    world.clock.set(instant("2026-07-31T21:55:00Z"));
    assert!(!asked(&routes, "/downloads/series_totals.csv").await.contains(",1200,"));
    world.clock.set(instant("2026-07-31T22:04:00Z"));
    assert!(!asked(&routes, "/downloads/series_totals.csv").await.contains(",1200,"), "nine minutes old");
    world.clock.set(instant("2026-07-31T22:06:00Z"));
    let totals = asked(&routes, "/downloads/series_totals.csv").await;
    assert!(totals.starts_with("vocabulary,period,model,cell,total,noise_2sd,"), "{totals}");
    assert!(totals.contains("2026-01,hybride-guichet@1,trips-fulfilled,1200,139,3,3,\n"), "{totals}");

    let html = asked(&routes, "/en/downloads").await;
    assert!(
        html.contains("Figures of 2026-08-01 00:06, Paris time.") && html.contains("Licence Ouverte 2.0"),
        "{html}"
    );
    assert!(html.contains("only shown from eleven on"), "what protects people: {html}");
    let links: Vec<&str> =
        html.split("href=\"/downloads/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(links.len(), 35, "eleven tables in three forms, the dictionary, the manifest");
    for name in links {
        let response = get(&world, &format!("/downloads/{name}")).await;
        assert_eq!(response.status(), 200, "{name}");
        let told = |key: header::HeaderName| response.headers()[key].to_str().unwrap().to_owned();
        assert_eq!(told(header::CONTENT_DISPOSITION), format!("attachment; filename=\"{name}\""));
        let kind = match name.rsplit_once('.').unwrap().1 {
            "csv" => "text/csv; charset=utf-8; header=present",
            "json" => "application/json",
            _ => "application/vnd.apache.parquet",
        };
        assert_eq!(told(header::CONTENT_TYPE), kind, "{name}");
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        assert!(kind.starts_with("text") || matches!(bytes.first(), Some(b'[' | b'{' | b'P')), "{name}");
    }
    for wrong in ["series_totals.xlsx", "..%2Fhub.json", ".csv"] {
        assert_eq!(get(&world, &format!("/downloads/{wrong}")).await.status(), 404, "{wrong}");
    }
}
