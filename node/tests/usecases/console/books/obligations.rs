//! The prefect's return: what is missing first, each figure with what it is made of, a form to sign, a table.

use maillage_domain::legal::{Ground, Verdict};

use super::names_nobody;
use crate::{
    console::{Browser, Desk, Page, pages::check_whole},
    obligations::{driven, framed},
    world::{A, CANARIES, World},
};

/// A desk in January with three trips of October: two within the frame, of one person, and one to be verified.
fn in_january() -> Desk {
    let world = World::empty(1);
    let (person, other) = (world.person(A, "never"), world.person(A, "never"));
    for (who, verdict) in
        [(person, Verdict::Within), (person, Verdict::Within), (other, Verdict::ToBeVerified)]
    {
        let trip = driven(&world, who, world.volunteer(A, "81003", false));
        framed(world.app(A), trip, Ground::Resources("aah".to_owned()), verdict);
    }
    world.clock.set("2027-01-11T08:00:00Z".parse().unwrap());
    Desk::of(world, false)
}

/// How many rows a page has whose addresses begin so.
fn leading_to(page: &Page, beginning: &str) -> usize {
    page.body.matches(&format!("<a href=\"{beginning}0")).count()
}

async fn page_of(browser: &mut Browser, path: &str) -> Page {
    let page = browser.get(path).await;
    assert_eq!(page.status, 200, "{path}: {}", page.body);
    page
}

#[tokio::test]
async fn the_return_says_what_is_missing_first_and_each_figure_leads_to_what_it_is_made_of() {
    let desk = in_january();
    let mut browser = desk.signed_in("accueil", "coordinator").await;
    let page = page_of(&mut browser, "/obligations").await;
    let place = |text: &str| page.body.find(text).unwrap_or_else(|| panic!("{text}: {}", page.body));
    assert!(page.says("Return to the prefect 2026") && page.says("due before"), "{}", page.body);
    assert!(place("No association is declared") < place("One trip whose frame has to be verified"));
    assert!(place("One trip whose frame has to be verified") < place("The figures of the return"));
    for (figure, count, leads) in [
        ("trips", "2", "/trips/"),
        ("beneficiaries", "1", "/people/"),
        ("by-resources", "1 (100,0 %)", "/people/"),
        ("trips-to-verify", "1", "/trips/"),
        ("volunteer-drivers", "2", "/volunteers/"),
    ] {
        let link = format!("<a href=\"/obligations/2026/{figure}\">{count}</a>");
        assert!(page.says(&link), "{link}: {}", page.body);
        let made_of = page_of(&mut browser, &format!("/obligations/2026/{figure}")).await;
        let number: usize = count.split(' ').next().unwrap().parse().unwrap();
        assert_eq!(leading_to(&made_of, leads), number, "{figure}: {}", made_of.body);
        assert!(!made_of.says(CANARIES[0]), "a figure names no beneficiary");
        names_nobody(&made_of);
    }
    assert!(!page.says("/obligations/2026/own-vehicles"), "nothing leads to nothing");
    for path in ["/obligations/2026/other", "/obligations/x", "/obligations/2026/trips/x"] {
        assert_eq!(browser.get(path).await.status, 404, "{path}");
    }
    assert_eq!(browser.get("/obligations/1999").await.status, 409);
}

#[tokio::test]
async fn whoever_may_not_open_a_file_sees_identifiers_without_a_way_to_it() {
    let desk = in_january();
    for role in ["treasurer", "administrator", "auditor"] {
        let mut browser = desk.signed_in(role, role).await;
        let page = page_of(&mut browser, "/obligations/2026").await;
        assert!(
            page.says("/obligations/2026/trips\"") && !page.says("/volunteers\""),
            "{role}: {}",
            page.body
        );
        for (figure, leads) in [("trips", "/trips/"), ("beneficiaries", "/people/")] {
            let made_of = page_of(&mut browser, &format!("/obligations/2026/{figure}")).await;
            assert_eq!(leading_to(&made_of, leads), 0, "{role} {figure}: {}", made_of.body);
        }
        let drivers = page_of(&mut browser, "/obligations/2026/drivers").await;
        let keeps_books = role == "treasurer";
        assert_eq!(drivers.says("Bénévole</td>"), keeps_books, "{role}: {}", drivers.body);
        assert_eq!(leading_to(&drivers, "/money/volunteers/"), 2 * usize::from(keeps_books), "{role}");
    }
}

#[tokio::test]
async fn the_form_is_signed_on_paper_and_the_table_opens_in_a_spreadsheet() {
    let desk = in_january();
    let mut browser = desk.signed_in("tresorerie", "treasurer").await;
    for code in ["en", "fr"] {
        browser.get(&format!("/?lang={code}")).await;
        for path in [
            "/obligations",
            "/obligations/2026/form",
            "/obligations/2026/trips",
            "/obligations/register",
            "/obligations/2025",
        ] {
            let page = page_of(&mut browser, path).await;
            check_whole(&page, path, code);
            names_nobody(&page);
        }
    }
    let form = page_of(&mut browser, "/obligations/2026/form").await;
    for text in ["déclaration annuelle 2026", "Trajets</dt><dd>2", "class=\"sign\"", "aucune association"] {
        assert!(form.says(text), "{text}: {}", form.body);
    }
    let (name, table) = browser.raw("/obligations/2026/table").await;
    let table = String::from_utf8(table).unwrap();
    assert!(name.contains("maillage-2026.csv") && table.starts_with('\u{feff}'), "{name}");
    assert!(table.contains("\"Trajets\";\"2\"\r\n"), "{table}");
    let register = page_of(&mut browser, "/obligations/register").await;
    assert!(register.says("Durées") && register.says("<table"), "{}", register.body);
}
