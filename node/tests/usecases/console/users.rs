//! Who may use the platform and who saw whose data, as pages: a link shown once, roles changed, an account closed; the journal
//! of a day.

use maillage_domain::account::Scope;
use maillage_node::app::{
    accounts::{self, NewAccount},
    caller::Caller,
    entry,
};
use maillage_platform::i18n::Language;

use super::{Browser, Desk, Page, pages::check_whole};
use crate::world::{A, CANARIES, World, ready};

/// The path of the link that a page shows.
fn link_in(page: &Page) -> Option<String> {
    let rest = page.body.split("http://console.test").nth(1)?;
    Some(rest[..rest.find('<')?].to_owned())
}

/// Makes an account by the form, and gives its page.
async fn make(browser: &mut Browser, label: &str, role: &str) -> (String, Page) {
    browser.get("/users/new").await;
    let made = browser.send_form("/users/new", &[("label", label), ("role", role)]).await;
    assert_eq!(made.status, 303, "{}", made.body);
    let path = made.location().to_owned();
    let page = browser.get(&path).await;
    (path, page)
}

#[tokio::test]
async fn an_account_is_made_with_a_link_that_is_shown_once_and_works_once() {
    let desk = Desk::open();
    let mut administration = desk.signed_in("administration", "administrator").await;
    let (path, page) = make(&mut administration, "accueil", "coordinator").await;
    let link = link_in(&page).expect("a link is shown");
    assert!(link.starts_with("/welcome/") && !path.contains(&link));
    assert_eq!(link_in(&administration.get(&path).await), None, "once");
    let mut accueil = desk.browser();
    assert_eq!(desk.welcome(&mut accueil, &link).await.status, 303);
    assert_eq!(accueil.get("/people").await.status, 200);
    assert_eq!(desk.browser().get(&link).await.status, 404, "used up");
    let all = administration.get("/users").await;
    assert!(all.says("accueil") && all.says("password chosen") && all.says("coordinator"), "{}", all.body);
}

#[tokio::test]
async fn an_account_and_its_link_are_made_together_or_not_at_all() {
    let desk = Desk::open();
    let new = |label: &str| NewAccount {
        label: label.into(),
        roles: vec!["coordinator".into()],
        scope: Scope::Everything,
        days: 0,
    };
    let written = desk.app().store.durable_sequence();
    let made = ready(entry::open(desk.app(), &Caller::local(), new("accueil"))).unwrap();
    assert_eq!(desk.app().store.durable_sequence(), written + 1, "one transaction");
    let link = made.url.expose().strip_prefix("http://console.test").unwrap().to_owned();
    assert_eq!(desk.browser().get(&link).await.status, 200);
    // A node that does not serve pages gives out no link: there is no account of it either.
    let world = World::empty(1);
    let refused = ready(entry::open(world.app(A), &Caller::local(), new("accueil"))).unwrap_err();
    assert_eq!(refused.reason(), "console-not-served");
    assert!(accounts::list(world.app(A), &Caller::local(), None, 9).unwrap().is_empty());
}

#[tokio::test]
async fn what_is_wrong_with_an_account_stands_beside_its_field_and_what_was_typed_stays() {
    let desk = Desk::open();
    let mut browser = desk.signed_in("administration", "administrator").await;
    browser.get("/users/new").await;
    for (fields, wrong) in [
        (vec![("label", "Pas Bon"), ("role", "coordinator")], "label"),
        (vec![("label", "administration"), ("role", "treasurer")], "label"),
        (vec![("label", "accueil")], "roles"),
        (vec![("label", "accueil"), ("role", "driver")], "whose"),
    ] {
        let page = browser.send_form("/users/new", &fields).await;
        assert_eq!(page.status, 422, "{fields:?}");
        assert!(page.error_of(wrong).is_some(), "{fields:?}: {}", page.body);
        assert_eq!(page.value("label").as_deref(), Some(fields[0].1));
    }
    let page = browser.send_form("/users/new", &[("label", "Pas Bon"), ("role", "auditor")]).await;
    assert!(page.says("value=\"auditor\" checked"), "{}", page.body);
}

#[tokio::test]
async fn roles_change_at_once_and_a_closed_account_opens_nothing() {
    let desk = Desk::open();
    let mut administration = desk.signed_in("administration", "administrator").await;
    let mut accueil = desk.signed_in("accueil", "coordinator").await;
    let all = administration.get("/users").await;
    let path = all.body.split("href=\"").filter_map(|rest| rest.split('"').next());
    let paths: Vec<String> = path.filter(|path| path.starts_with("/users/01")).map(str::to_owned).collect();
    let mut found = None;
    for path in paths {
        let page = administration.get(&path).await;
        if page.says("Account accueil") {
            found = Some((path, page.value("etag").unwrap()));
        } else {
            assert!(!page.says("/roles\""), "nobody changes the own roles: {}", page.body);
            let own = [("etag", "1"), ("role", "administrator"), ("role", "coordinator")];
            let refused = administration.send_form(&format!("{path}/roles"), &own).await;
            assert_eq!(refused.status, 403, "{}", refused.body);
            assert!(administration.get("/people").await.status == 403, "and nothing was widened");
        }
    }
    let (path, etag) = found.expect("the account is listed");
    let roles = format!("{path}/roles");
    let changed = administration.send_form(&roles, &[("etag", &etag), ("role", "treasurer")]).await;
    assert_eq!(changed.status, 303);
    assert!(administration.get(&path).await.says("The roles are changed"));
    assert_eq!(accueil.get("/people").await.status, 403);
    administration.send_form(&roles, &[("etag", &etag), ("role", "auditor")]).await;
    let page = administration.get(&path).await;
    assert!(page.says("notice bad") && page.says("treasurer"), "seen before it was changed: {}", page.body);
    let close = format!("{path}/close");
    administration.send_form(&close, &[]).await;
    assert!(administration.get(&path).await.says("Nothing was done"));
    assert_eq!(accueil.get("/").await.status, 200);
    administration.send_form(&close, &[("sure", "1")]).await;
    let page = administration.get(&path).await;
    assert!(page.says("The account is closed") && !page.says("/close\""), "{}", page.body);
    assert_eq!(accueil.get("/").await.status, 303, "at once");
}

#[tokio::test]
async fn an_auditor_sees_who_may_and_changes_nothing_and_the_desk_sees_neither() {
    let desk = Desk::open();
    let mut auditor = desk.signed_in("controle", "auditor").await;
    let all = auditor.get("/users").await;
    assert!(all.status == 200 && !all.says("/users/new"), "{}", all.body);
    assert_eq!(auditor.get("/users/new").await.status, 403);
    assert_eq!(auditor.send_form("/users/new", &[("label", "x"), ("role", "auditor")]).await.status, 403);
    let mut coordinator = desk.signed_in("accueil", "coordinator").await;
    for path in ["/users", "/users/new", "/journal"] {
        assert_eq!(coordinator.get(path).await.status, 403, "{path}");
    }
}

#[tokio::test]
async fn the_journal_of_a_day_tells_who_saw_and_changed_whom_and_names_nobody() {
    let world = World::empty(1);
    let person = world.person(A, "never");
    let desk = Desk::of(world, false);
    let mut accueil = desk.signed_in("accueil", "coordinator").await;
    accueil.get(&format!("/people/{person}")).await;
    let mut auditor = desk.signed_in("controle", "auditor").await;
    let page = auditor.get("/journal").await;
    let accounts = ["account opened", "link of an account given", "password chosen"];
    let files = ["accueil", "file looked at", "file opened", &person.to_string()];
    for told in accounts.into_iter().chain(files) {
        assert!(page.says(told), "{told}: {}", page.body);
    }
    for canary in CANARIES {
        assert!(!page.says(canary), "{canary}");
    }
    assert!(!page.says("/people/"), "the file is not the auditor's");
    for (day, lines) in [("2026-09-30", false), ("2026-10-01", true), ("2026-10-02", false)] {
        let page = auditor.get(&format!("/journal?day={day}")).await;
        assert_eq!(page.says("file looked at"), lines, "{day}");
        assert_eq!(page.says("file opened"), lines, "{day}");
    }
    assert_eq!(auditor.get("/journal?day=x&page=99999999999999999999").await.status, 200);
}

#[tokio::test]
async fn the_link_of_a_driver_is_shown_once_and_ended_at_the_desk() {
    let world = World::empty(1);
    let driver = world.volunteer(A, "81003", true);
    let desk = Desk::of(world, false);
    let mut accueil = desk.signed_in("accueil", "coordinator").await;
    assert!(accueil.get("/drivers").await.says("no link"));
    accueil.send_form(&format!("/drivers/{driver}/link"), &[]).await;
    let page = accueil.get("/drivers").await;
    assert!(page.says("https://alban.example/d/") && page.says("link valid until"), "{}", page.body);
    assert!(!accueil.get("/drivers").await.says("alban.example/d/"), "once");
    accueil.send_form(&format!("/drivers/{driver}/revoke"), &[]).await;
    let page = accueil.get("/drivers").await;
    assert!(page.says("The link is revoked") && page.says("no link"), "{}", page.body);
    let mut auditor = desk.signed_in("controle", "auditor").await;
    assert_eq!(auditor.get("/drivers").await.status, 403);
    assert_eq!(auditor.send_form(&format!("/drivers/{driver}/link"), &[]).await.status, 403);
}

#[tokio::test]
async fn the_pages_of_the_administration_are_whole_in_both_languages() {
    let desk = Desk::open();
    let mut browser = desk.signed_in("administration", "administrator").await;
    let (path, _) = make(&mut browser, "accueil", "coordinator").await;
    for language in Language::ALL {
        let code = language.code();
        browser.get(&format!("/?lang={code}")).await;
        for path in
            ["/", "/users", "/users/new", &path, "/journal", "/statistics", "/statistics/2026-09", "/status"]
        {
            check_whole(&browser.get(path).await, path, code);
        }
    }
}
