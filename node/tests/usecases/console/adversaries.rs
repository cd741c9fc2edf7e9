//! What somebody tries who should not be let in, or wants somebody else's browser to do something.

use maillage_node::limits::{SIGN_INS_OF_ACCOUNT, SIGN_INS_PER_ACCOUNT, SIGN_INS_PER_ADDRESS};

use super::{Desk, PASSWORD, sign_in};
use crate::world::World;

const WRONG: &str = "wrong wrong wrong";

#[tokio::test]
async fn a_session_that_somebody_put_into_a_browser_is_never_the_one_that_is_opened() {
    let desk = Desk::open();
    let _ = desk.signed_in("guichet", "coordinator").await;
    let mut victim = desk.browser();
    victim.cookies.insert("maillage-session".into(), "planted".into());
    assert_eq!(sign_in(&mut victim, "guichet", PASSWORD).await.status, 303);
    assert_ne!(victim.cookies["maillage-session"], "planted");
    let mut attacker = desk.browser();
    attacker.cookies.insert("maillage-session".into(), "planted".into());
    assert_eq!(attacker.get("/").await.status, 303);
    // Signing in again leaves the session before worth nothing.
    let before = victim.cookies["maillage-session"].clone();
    let page = victim.get("/").await;
    assert_eq!(page.status, 200);
    let again = [("account", "guichet"), ("password", PASSWORD)];
    assert_eq!(victim.send_form("/sign-in", &again).await.status, 303);
    assert_ne!(victim.cookies["maillage-session"], before);
    attacker.cookies.insert("maillage-session".into(), before);
    assert_eq!(attacker.get("/").await.status, 303);
}

#[tokio::test]
async fn a_form_without_the_token_of_this_very_session_does_nothing() {
    let desk = Desk::open();
    let mut browser = desk.signed_in("guichet", "coordinator").await;
    let mut other = desk.browser();
    sign_in(&mut other, "guichet", PASSWORD).await;
    other.get("/").await;
    let foreign = other.token().to_owned();
    browser.get("/").await;
    let own = browser.token().to_owned();
    assert_ne!(own, foreign);
    for token in ["", "x", foreign.as_str()] {
        for path in ["/sign-out", "/people", "/password", "/trips/x/ask"] {
            assert_eq!(browser.post(path, &[("forgery", token)]).await.status, 403, "{path}");
        }
    }
    assert_eq!(browser.get("/").await.status, 200, "still signed in");
    for (name, value) in
        [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example"), ("origin", "null")]
    {
        browser.headers.push((name, value.to_owned()));
        assert_eq!(browser.post("/sign-out", &[("forgery", &own)]).await.status, 403, "{name}: {value}");
        browser.headers.pop();
    }
    // A policy that tells no site where a form comes from makes its origin null; a proxy may put another host in.
    browser.headers.push(("sec-fetch-site", "same-origin".to_owned()));
    browser.headers.push(("origin", "null".to_owned()));
    assert_eq!(browser.post("/sign-out", &[("forgery", &own)]).await.status, 303);
}

#[tokio::test]
async fn signing_somebody_in_from_elsewhere_does_not_work_either() {
    let desk = Desk::open();
    let _ = desk.signed_in("guichet", "coordinator").await;
    let mut victim = desk.browser();
    let form = [("account", "guichet"), ("password", PASSWORD)];
    assert_eq!(victim.post("/sign-in", &form).await.status, 403, "no page was opened");
    let mut attacker = desk.browser();
    attacker.get("/sign-in").await;
    let token = attacker.token().to_owned();
    victim.get("/sign-in").await;
    let with = [("forgery", token.as_str()), form[0], form[1]];
    assert_eq!(victim.post("/sign-in", &with).await.status, 403, "the token of another browser");
    assert!(!victim.cookies.contains_key("maillage-session"));
}

#[tokio::test]
async fn an_unknown_name_and_a_wrong_password_are_told_alike() {
    let desk = Desk::open();
    let _ = desk.signed_in("guichet", "coordinator").await;
    desk.account("sans-mot", "coordinator");
    let mut answers = Vec::new();
    for label in ["guichet", "personne", "sans-mot", "Pas un Nom !"] {
        let mut browser = desk.browser();
        let page = sign_in(&mut browser, label, WRONG).await;
        assert_eq!(page.status, 401);
        assert!(!page.says(WRONG));
        let body = page.body.replace(&page.value("account").unwrap(), "").replace(browser.token(), "");
        answers.push(body);
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:#?}");
}

#[tokio::test]
async fn guessing_is_slowed_down_by_account_and_by_address_and_locks_nobody_else_out() {
    let desk = Desk::open();
    let _ = desk.signed_in("guichet", "coordinator").await;
    let at = |address: &str| {
        let mut browser = desk.browser();
        browser.address = address.parse().unwrap();
        browser
    };
    let mut guesser = at("198.51.100.1");
    for _ in 0..SIGN_INS_PER_ACCOUNT {
        assert_eq!(sign_in(&mut guesser, "guichet", WRONG).await.status, 401);
    }
    let slowed = sign_in(&mut guesser, "guichet", PASSWORD).await;
    assert_eq!((slowed.status, slowed.header("retry-after")), (429, "900"));
    assert_eq!(
        sign_in(&mut desk.browser(), "guichet", PASSWORD).await.status,
        303,
        "the desk is not locked out"
    );
    let mut one = at("203.0.113.9");
    for number in 0..SIGN_INS_PER_ADDRESS {
        assert_eq!(sign_in(&mut one, &format!("compte-{number}"), WRONG).await.status, 401);
    }
    for _ in 0..2 * SIGN_INS_OF_ACCOUNT {
        assert_eq!(sign_in(&mut one, "guichet", PASSWORD).await.status, 429);
    }
    assert_eq!(sign_in(&mut desk.browser(), "guichet", PASSWORD).await.status, 303, "others are not");
    desk.world.wait(15);
    assert_eq!(sign_in(&mut guesser, "guichet", PASSWORD).await.status, 303);
    // From everywhere at once.
    for number in 0..SIGN_INS_OF_ACCOUNT {
        let mut many = at(&format!("198.51.{number}.7"));
        sign_in(&mut many, "guichet", WRONG).await;
    }
    assert_eq!(sign_in(&mut at("192.0.2.77"), "guichet", PASSWORD).await.status, 429);
}

#[tokio::test]
async fn nobody_is_sent_to_another_site() {
    let desk = Desk::open();
    let _ = desk.signed_in("guichet", "coordinator").await;
    for next in ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", ""] {
        let mut browser = desk.browser();
        browser.get("/sign-in").await;
        let fields = [("account", "guichet"), ("password", PASSWORD), ("next", next)];
        assert_eq!(browser.send_form("/sign-in", &fields).await.location(), "/", "{next}");
    }
    let mut browser = desk.browser();
    assert_eq!(browser.get("//evil.example/x?lang=fr").await.location(), "/evil.example/x");
    let fields = [("account", "guichet"), ("password", PASSWORD), ("next", "/people")];
    browser.get("/sign-in?next=%2Fpeople").await;
    assert_eq!(browser.send_form("/sign-in", &fields).await.location(), "/people");
}

#[tokio::test]
async fn roles_hide_and_the_server_refuses() {
    let desk = Desk::open();
    let trip = {
        let person = desk.world.person(crate::world::A, "always");
        desk.world.request(crate::world::A, person, false)[0]
    };
    for role in ["treasurer", "administrator", "auditor"] {
        let mut browser = desk.signed_in(role, role).await;
        let home = browser.get("/").await;
        assert!(home.status == 200 && !home.says("/requests/new") && !home.says("Canari"), "{}", home.body);
        for path in ["/requests/new", &format!("/trips/{trip}"), "/sheets/2026-10-06"] {
            let page = browser.get(path).await;
            assert!(page.status == 403 && !page.says("Canari"), "{role} {path}: {}", page.status);
        }
        let found = browser.send_form("/people", &[("letters", "Canari")]).await;
        assert!(found.status == 403 && !found.says("0563000001"), "{role}");
        let path = format!("/trips/{trip}/cancel");
        let asked = browser.send_form(&path, &[("by", "person"), ("reason", "other")]).await;
        assert_eq!(asked.status, 403, "{role}");
    }
    assert_eq!(desk.world.trip(crate::world::A, trip).status().code(), "requested");
}

#[tokio::test]
async fn every_answer_tells_browsers_to_load_and_keep_nothing_from_elsewhere() {
    let desk = Desk::of(World::empty(1), true);
    let mut browser = desk.browser();
    let door = browser.get("/sign-in").await;
    let cookie = door.header("set-cookie");
    assert!(cookie.starts_with("__Host-maillage-door="), "{cookie}");
    for part in ["; Secure", "; HttpOnly", "; SameSite=Strict", "; Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    for path in ["/sign-in", "/", "/nothing", "/welcome/x/y"] {
        let page = browser.get(path).await;
        let policy = page.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(page.header("cache-control"), "no-store", "{path}");
        assert_eq!(
            page.header("referrer-policy"),
            "same-origin",
            "{path}: with no-referrer browsers forge our own forms"
        );
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{path}");
        assert!(page.header("strict-transport-security").starts_with("max-age="), "{path}");
        let own = page.body.matches("<script src=\"/htmx-").count();
        let pages = usize::from(!page.body.is_empty());
        assert_eq!(
            (own, page.body.matches("<script").count()),
            (pages, pages),
            "{path}: a script that is not ours"
        );
        for inline in ["style=\"", "<style", " onclick", "https://", "//fonts"] {
            assert!(!page.says(inline), "{path}: {inline}");
        }
    }
    let style = door
        .body
        .split("href=\"")
        .find_map(|rest| rest.split('"').next().filter(|path| path.starts_with("/console-")));
    let style = browser.get(style.unwrap()).await;
    assert_eq!(style.status, 200);
    assert!(style.header("cache-control").contains("immutable") && !style.says("url("));
    let long = "x".repeat(64 * 1024);
    assert_eq!(browser.post("/sign-in", &[("account", &long)]).await.status, 413);
}
