//! What was typed comes back: after a session that ended, a store that took no writes, another tab. To the form it was typed into,
//! of whoever typed it, and nowhere else.

use maillage_domain::ids::PersonKind;
use maillage_federation::ids::Id;
use maillage_node::{
    app::{caller::Caller, people},
    limits::DRAFTS_PER_SESSION,
};

use crate::{
    console::{Browser, Desk, PASSWORD, Page, desk::told, requests::sign_in_again, sign_in},
    world::{A, CANARIES, DAY, World},
};

const NEW: &str = "/requests/new";

async fn with_a_person() -> (Desk, Browser, Id<PersonKind>) {
    let desk = Desk::of(World::empty(1), false);
    let person = desk.world.person(A, "ask");
    let browser = desk.signed_in("guichet", "coordinator").await;
    (desk, browser, person)
}

/// The form by which somebody is reached, with another address.
fn corrected<'a>(address: &'a str, etag: &'a str) -> [(&'a str, &'a str); 7] {
    [
        ("name", CANARIES[0]),
        ("phone", "0563999999"),
        ("email", ""),
        ("channel", "phone"),
        ("commune", "Alban (81003)"),
        ("address", address),
        ("etag", etag),
    ]
}

fn address(desk: &Desk, person: Id<PersonKind>) -> String {
    let known = people::list_persons(desk.app(), &Caller::local(), None, "", 99).unwrap();
    let known = known.into_iter().find(|one| one.id == person).unwrap();
    known.details.home.address.as_str().to_owned()
}

#[tokio::test]
async fn any_form_comes_back_after_the_session_has_ended_and_is_gone_once_it_is_sent() {
    let (desk, mut browser, person) = with_a_person().await;
    let path = format!("/people/{person}/contact");
    let etag = browser.get(&path).await.value("etag").unwrap();
    desk.world.wait(121);
    let door = browser.send_form(&path, &corrected("8 rue Neuve", &etag)).await;
    assert!(door.status == 401 && door.says("is not lost") && !door.says(">8 rue Neuve"), "{}", door.body);
    assert_eq!(sign_in_again(&mut browser, &door, "guichet").await.location(), path);
    // Through a reload as well.
    for _ in 0..2 {
        let form = browser.get(&path).await;
        assert!(form.says("what you had typed") && form.says("Begin this page anew"), "{}", form.body);
        assert_eq!(form.value("address").unwrap(), "8 rue Neuve");
        assert_eq!(form.value("etag").unwrap(), etag, "what was seen when it was typed");
    }
    assert_eq!(address(&desk, person), CANARIES[2], "nothing was saved meanwhile");
    let done = browser.send_form(&path, &corrected("8 rue Neuve", &etag)).await;
    assert_eq!(done.status, 303);
    assert_eq!(address(&desk, person), "8 rue Neuve");
    let form = browser.get(&path).await;
    assert!(!form.says("what you had typed") && !form.says("Begin this page anew"), "{}", form.body);
}

#[tokio::test]
async fn a_disk_that_is_full_loses_nothing_typed_and_says_the_way_back() {
    let (desk, mut browser, person) = with_a_person().await;
    let path = format!("/people/{person}/contact");
    let etag = browser.get(&path).await.value("etag").unwrap();
    desk.world.fill_disk(A);
    let failed = browser.send_form(&path, &corrected("9 rue Haute", &etag)).await;
    assert_eq!(failed.status, 503);
    assert!(failed.says(&format!("href=\"{path}\"")) && failed.says("is not lost"), "{}", failed.body);
    desk.world.make_room(A);
    let form = browser.get(&path).await;
    assert_eq!(form.value("address").unwrap(), "9 rue Haute", "{}", form.body);
    // Somebody who has changed her or his mind begins anew.
    let anew = browser.send_form("/drafts", &[("page", &path)]).await;
    assert_eq!(anew.location(), path);
    let form = told(&mut browser, &anew).await;
    assert_eq!(form.value("address").unwrap(), CANARIES[2], "{}", form.body);
    for elsewhere in ["//evil.example", "https://evil.example"] {
        assert_eq!(browser.send_form("/drafts", &[("page", elsewhere)]).await.location(), "/");
    }
}

/// Begins a request for somebody nobody knows, and goes on to register her or him; gives both pages.
async fn unknown(browser: &mut Browser, name: &str, to: &str) -> (Page, String) {
    browser.get(NEW).await;
    let asked = [("letters", name), ("to_address", to), ("time", "10:00"), ("day", DAY)];
    let found = browser.send_form(NEW, &[&asked[..], &[("step", "find")][..]].concat()).await;
    let form = found.value("request_id").unwrap();
    let begin = [&asked[..], &[("step", "begin"), ("request_id", form.as_str())][..]].concat();
    (browser.send_form("/people/new", &begin).await, form)
}

async fn register(browser: &mut Browser, name: &str, form: &str) -> Page {
    let typed =
        [("name", name), ("commune", "Alban"), ("address", "1 rue Haute"), ("for", form), ("step", "save")];
    let sent = browser.send_form("/people/new", &typed).await;
    assert!(sent.location().contains(&format!("form={form}")), "{} {}", sent.location(), sent.body);
    told(browser, &sent).await
}

#[tokio::test]
async fn two_requests_that_are_open_at_once_never_mix() {
    let (_desk, mut browser, _) = with_a_person().await;
    let (_, first) = unknown(&mut browser, "Louise Roux", "1 place Lapérouse").await;
    let (_, second) = unknown(&mut browser, "Jeanne Puech", "9 quai de Rance").await;
    assert_ne!(first, second);
    let page = register(&mut browser, "Louise Roux", &first).await;
    assert_eq!(page.value("to_address").unwrap(), "1 place Lapérouse", "{}", page.body);
    assert!(page.says("Louise Roux") && !page.says("quai de Rance"));
    let page = register(&mut browser, "Jeanne Puech", &second).await;
    assert_eq!(page.value("to_address").unwrap(), "9 quai de Rance", "{}", page.body);
    assert!(page.says("Jeanne Puech") && !page.says("Lapérouse"));
    let again = browser.get(&format!("{NEW}?form={first}")).await;
    assert!(again.says("Louise Roux") && again.says("Lapérouse"), "it still waits: {}", again.body);
}

#[tokio::test]
async fn what_waited_outlasts_the_session_it_was_typed_in_and_a_sign_out_forgets_it() {
    let (desk, mut browser, _) = with_a_person().await;
    let (form, request) = unknown(&mut browser, "Louise Roux", "1 place Lapérouse").await;
    assert_eq!(form.value("for").unwrap(), request);
    desk.world.wait(121);
    let typed = [("name", "Louise Roux"), ("commune", "Alban"), ("for", request.as_str()), ("step", "save")];
    let door = browser.send_form("/people/new", &typed).await;
    assert_eq!(sign_in_again(&mut browser, &door, "guichet").await.location(), "/people/new");
    let form = browser.get("/people/new").await;
    assert_eq!(
        (form.value("name").unwrap(), form.value("for").unwrap()),
        ("Louise Roux".into(), request.clone())
    );
    let page = register(&mut browser, "Louise Roux", &request).await;
    assert_eq!(page.value("to_address").unwrap(), "1 place Lapérouse", "{}", page.body);
    browser.send_form("/sign-out", &[]).await;
    sign_in(&mut browser, "guichet", PASSWORD).await;
    assert!(!browser.get(NEW).await.says("Lapérouse"));
}

#[tokio::test]
async fn another_tab_keeps_any_form_of_the_same_account_and_of_nobody_else() {
    let (desk, mut browser, person) = with_a_person().await;
    let path = format!("/people/{person}/contact");
    let etag = browser.get(&path).await.value("etag").unwrap();
    let old = browser.token().to_owned();
    desk.world.wait(121);
    sign_in(&mut browser, "guichet", PASSWORD).await;
    let typed = corrected("8 rue Neuve", &etag);
    let sent = browser.post(&path, &[&[("forgery", old.as_str())][..], &typed[..]].concat()).await;
    assert_eq!((sent.status, sent.location()), (303, path.as_str()), "{}", sent.body);
    assert_eq!(browser.get(&path).await.value("address").unwrap(), "8 rue Neuve");
    assert_eq!(address(&desk, person), CANARIES[2], "nothing is done by it");
    let mut other = desk.signed_in("collegue", "coordinator").await;
    other.get("/").await;
    for token in [old.as_str(), "", "x", &format!("x.{}", old.split_once('.').unwrap().1)] {
        let sent = other.post(&path, &[&[("forgery", token)][..], &typed[..]].concat()).await;
        assert_eq!(sent.status, 403, "{token}");
        assert_eq!(other.get(&path).await.value("address").unwrap(), CANARIES[2]);
    }
}

#[tokio::test]
async fn drafts_are_a_few_and_the_oldest_goes_first() {
    let (desk, mut browser, _) = with_a_person().await;
    browser.get("/").await;
    let old = browser.token().to_owned();
    desk.world.wait(121);
    sign_in(&mut browser, "guichet", PASSWORD).await;
    let people: Vec<_> = (0..=DRAFTS_PER_SESSION).map(|_| desk.world.person(A, "ask")).collect();
    for person in &people {
        let typed = corrected("8 rue Neuve", "1");
        let path = format!("/people/{person}/contact");
        browser.post(&path, &[&[("forgery", old.as_str())][..], &typed[..]].concat()).await;
    }
    let mut waiting = Vec::new();
    for person in &people {
        waiting.push(browser.get(&format!("/people/{person}/contact")).await.says("8 rue Neuve"));
    }
    assert_eq!(waiting.iter().filter(|waits| **waits).count(), DRAFTS_PER_SESSION);
    assert!(!waiting[0] && waiting[1], "{waiting:?}");
}

#[tokio::test]
async fn what_is_wrong_with_the_kilometres_is_said_and_they_stay_in_their_field() {
    let (desk, mut browser, person) = with_a_person().await;
    let driver = desk.world.volunteer(A, "81003", true);
    let trip = desk.world.request(A, person, false)[0];
    desk.world.promise(A, trip, driver);
    let begins = desk.world.trip(A, trip).begins().unwrap();
    desk.world.clock.set(begins);
    sign_in(&mut browser, "guichet", PASSWORD).await;
    let path = format!("/trips/{trip}");
    browser.get(&path).await;
    let done = format!("{path}/done");
    let wrong = browser.send_form(&done, &[("what", "done"), ("driven", "vingt")]).await;
    let page = told(&mut browser, &wrong).await;
    assert!(page.says("notice bad") && page.says("such as 12.5"), "{}", page.body);
    assert_eq!(page.value("driven").unwrap(), "vingt");
    let right = browser.send_form(&done, &[("what", "done"), ("driven", "12,5")]).await;
    assert!(!told(&mut browser, &right).await.says("notice bad"));
}

#[tokio::test]
async fn what_was_typed_of_one_person_is_not_shown_on_the_form_of_another() {
    let (desk, mut browser, person) = with_a_person().await;
    let other = desk.world.person(A, "never");
    let form = |person: &str| format!("/series/new?person={person}");
    let person = person.to_string();
    browser.get(&form(&person)).await;
    desk.world.wait(121);
    let typed = [("person", person.as_str()), ("address", "8 rue Neuve")];
    let door = browser.send_form("/series/new", &typed).await;
    assert_eq!(door.status, 401, "{}", door.body);
    sign_in_again(&mut browser, &door, "guichet").await;
    browser.get("/status").await;
    let page = browser.get(&form(&other.to_string())).await;
    assert!(page.status == 200 && !page.says("what you had typed"), "{}", page.body);
    assert!(browser.get(&form(&person)).await.says("what you had typed"));
}
