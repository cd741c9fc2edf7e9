//! Pathways as pages: opened, looked at together, a basket, calls, the outcome; for the desk alone.

use maillage_domain::{ids::PersonKind, pathway::Pathway, place::NewPlace, series::NewSeries};
use maillage_federation::ids::Id;
use maillage_node::app::{pathways, series};
use maillage_store::{access_log, events::Subject};

use super::{are_whole, id_in, is_refused, local, open, person, told};
use crate::{
    console::{Browser, Desk, PASSWORD, Page, sign_in},
    world::{CANARIES, ready},
};

const NEW: &str = "/pathways/new";

/// Opens a pathway; its page.
async fn opened(browser: &mut Browser, person: Id<PersonKind>) -> String {
    browser.get(&format!("{NEW}?person={person}")).await;
    let id = person.to_string();
    let fields = [("person", id.as_str()), ("entered", ""), ("notes", "vient <seule>"), ("step", "save")];
    let sent = browser.send_form(NEW, &fields).await;
    assert_eq!(sent.status, 303, "{}", sent.body);
    sent.location().to_owned()
}

async fn step(browser: &mut Browser, path: &str, what: &str, fields: &[(&str, &str)]) -> Page {
    let etag = browser.get(path).await.value("etag").unwrap_or_default();
    let mut all = vec![("etag", etag.as_str())];
    all.extend(fields);
    browser.send_form(&format!("{path}/{what}"), &all).await
}

/// A series of the person's.
fn weekly(desk: &Desk, person: Id<PersonKind>) -> String {
    let new = NewSeries {
        weekdays: "tue".into(),
        first: "2026-10-06".into(),
        dropoff: NewPlace { commune: "81004".into(), address: String::new() },
        arrive_by: "10:00".into(),
        purpose: "health".into(),
        ..NewSeries::default()
    };
    ready(series::add(desk.app(), &local(), person, new)).unwrap().series.id.to_string()
}

fn pathway(desk: &Desk, path: &str) -> Pathway {
    let id = path.rsplit('/').next().unwrap().parse().unwrap();
    ready(pathways::show(desk.app(), &local(), id)).unwrap()
}

#[tokio::test]
async fn a_pathway_is_opened_once_and_what_is_wrong_stands_beside_its_field() {
    let (desk, mut browser) = open().await;
    let person = person(&desk);
    let id = person.to_string();
    let name = browser.get(&format!("{NEW}?person={id}")).await.value("request_id").unwrap();
    let with = |entered: &'static str| {
        vec![
            ("person", id.as_str()),
            ("entered", entered),
            ("notes", "vient <seule>"),
            ("step", "save"),
            ("request_id", name.as_str()),
        ]
    };
    for entered in ["2027-01-01", "hier"] {
        let page = browser.send_form(NEW, &with(entered)).await;
        assert!(page.status == 422 && page.error_of("entered").is_some(), "{entered}: {}", page.body);
        assert_eq!(page.value("entered").unwrap(), entered);
        assert!(page.says("vient &#60;seule&#62;"), "what was typed stays: {}", page.body);
    }
    let sent = browser.send_form(NEW, &with("2026-09-28")).await;
    let again = browser.send_form(NEW, &with("2026-09-28")).await;
    assert_eq!((again.status, again.location()), (303, sent.location()), "pressing twice");
    assert!(!sent.location().contains(CANARIES[0]) && !sent.location().contains(&id));
    let page = told(&mut browser, &sent).await;
    assert!(
        page.says(CANARIES[0]) && page.says("Mon 28 Sep 2026") && page.says("vient &#60;seule&#62;"),
        "{}",
        page.body
    );
    let fields = [("person", id.as_str()), ("step", "save")];
    let second = browser.send_form(NEW, &fields).await;
    assert!(second.status == 422 && second.says("has an open pathway already"), "{}", second.body);
    assert_eq!(pathways::of_person(desk.app(), &local(), person, 9).unwrap().len(), 1);
    assert_eq!(id_in(&sent), pathway(&desk, sent.location()).id.to_string());
}

#[tokio::test]
async fn a_pathway_goes_its_way_from_the_diagnosis_to_the_outcome() {
    let (desk, mut browser) = open().await;
    let person = person(&desk);
    let series = weekly(&desk, person);
    let path = opened(&mut browser, person).await;
    let early = step(&mut browser, &path, "put", &[("item", &format!("series:{series}"))]).await;
    assert!(early.status == 422 && early.says("the page was out of date"), "{}", early.body);
    let wrong =
        step(&mut browser, &path, "diagnose", &[("diagnosed_on", "2026-12-01"), ("advice", "")]).await;
    assert!(wrong.status == 422 && wrong.error_of("diagnosed_on").is_some(), "{}", wrong.body);
    assert_eq!(wrong.value("diagnosed_on").unwrap(), "2026-12-01");
    let done = step(&mut browser, &path, "diagnose", &[("diagnosed_on", ""), ("advice", "")]).await;
    let page = told(&mut browser, &done).await;
    assert!(page.says("The diagnosis is noted") && page.says(&format!("series:{series}")), "{}", page.body);
    for item in ["", "x", "loan:x"] {
        let page = step(&mut browser, &path, "put", &[("item", item)]).await;
        assert!(page.status == 422 && page.error_of("item").is_some(), "{item}: {}", page.body);
    }
    let others = weekly(&desk, super::person(&desk));
    let page = step(&mut browser, &path, "put", &[("item", &format!("series:{others}"))]).await;
    assert!(page.status == 422 && page.error_of("item").is_some(), "another person's: {}", page.body);
    let put = step(&mut browser, &path, "put", &[("item", &format!("series:{series}"))]).await;
    let page = told(&mut browser, &put).await;
    assert!(page.says(&format!("href=\"/series/{series}\"")) && page.says("/take-out\""), "{}", page.body);
    let agreed = step(&mut browser, &path, "agree", &[("agreed_on", "")]).await;
    assert!(told(&mut browser, &agreed).await.says("at 3 months, Fri 1 Jan 2027"));
    desk.world.wait(93 * 24 * 60);
    sign_in(&mut browser, "guichet", PASSWORD).await;
    let list = browser.get("/pathways").await;
    assert!(list.says("call is late") && list.says(CANARIES[0]), "{}", list.body);
    let heard = [("milestone", "3-months"), ("called_on", ""), ("heard", "autonomy")];
    let called = step(&mut browser, &path, "follow-up", &heard).await;
    let page = told(&mut browser, &called).await;
    assert!(page.says("The call is noted") && page.says("at 3 months: "), "{}", page.body);
    let again = step(&mut browser, &path, "follow-up", &heard).await;
    assert!(again.status == 422 && again.error_of("called_on").is_some(), "{}", again.body);
    let unsaid = step(&mut browser, &path, "exit", &[("outcome", ""), ("ended_on", "")]).await;
    assert!(unsaid.status == 422 && unsaid.error_of("outcome").is_some(), "{}", unsaid.body);
    assert!(pathway(&desk, &path).is_open());
    let over = step(&mut browser, &path, "exit", &[("outcome", "licence"), ("ended_on", "")]).await;
    let page = told(&mut browser, &over).await;
    assert!(
        page.says("The pathway is over") && !page.says("/exit\"") && !page.says("/take-out\""),
        "{}",
        page.body
    );
    assert!(browser.get("/pathways").await.says("Ended"));
}

#[tokio::test]
async fn notes_are_written_by_who_saw_the_present_ones_and_what_was_typed_stays() {
    let (desk, mut browser) = open().await;
    let path = opened(&mut browser, person(&desk)).await;
    let seen = browser.get(&path).await.value("etag").unwrap();
    let note = format!("{path}/note");
    let first = browser.send_form(&note, &[("etag", &seen), ("notes", "premier")]).await;
    assert!(told(&mut browser, &first).await.says("The notes are kept"));
    let stale = browser.send_form(&note, &[("etag", &seen), ("notes", "second")]).await;
    assert!(stale.status == 422 && stale.error_of("notes").is_some(), "{}", stale.body);
    assert!(stale.says(">second</textarea>") && stale.says("premier"), "{}", stale.body);
    assert_eq!(pathway(&desk, &path).notes.as_str(), "premier");
}

#[tokio::test]
async fn pathways_are_the_desks_their_pages_whole_and_whoever_opens_one_is_noted() {
    let (desk, mut browser) = open().await;
    let person = person(&desk);
    let path = opened(&mut browser, person).await;
    let new = format!("{NEW}?person={person}");
    are_whole(&mut browser, &["/pathways", NEW, &new, &path]).await;
    step(&mut browser, &path, "diagnose", &[("diagnosed_on", "")]).await;
    weekly(&desk, person);
    are_whole(&mut browser, &[&path]).await;
    let seen = access_log::of(&desk.app().store, Subject::Person(person), 99).unwrap();
    assert!(seen.iter().any(|access| access.purpose.as_ref() == "pathway.show"));
    let forms = [NEW.to_owned(), format!("{path}/note"), format!("{path}/exit")];
    let forms: Vec<&str> = forms.iter().map(String::as_str).collect();
    for role in ["treasurer", "administrator", "auditor"] {
        is_refused(&desk, role, &["/pathways", NEW, &path], &forms).await;
    }
    assert_eq!(browser.get("/pathways/x").await.status, 404);
    assert_eq!(browser.send_form(&format!("{path}/other"), &[]).await.status, 404);
}
