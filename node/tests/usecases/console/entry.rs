//! The ways in: a one-time link, a password, a session, and when each is over.

use maillage_node::app::{accounts, caller::Caller, entry as ways_in};
use maillage_store::accounts as stored;

use super::{Desk, PASSWORD, sign_in};
use crate::world::ready;

#[tokio::test]
async fn a_link_chooses_a_password_once_and_signs_in() {
    let desk = Desk::open();
    desk.account("guichet", "coordinator");
    let link = desk.link("guichet");
    let mut browser = desk.browser();
    // Mail programs look at links too.
    for _ in 0..2 {
        let page = browser.get(&link).await;
        assert!(page.status == 200 && page.says("guichet"), "{}", page.body);
    }
    let short = browser.send_form(&link, &[("password", "short"), ("again", "short")]).await;
    assert_eq!(short.status, 422);
    assert!(short.error_of("password").unwrap().contains("too short") && !short.says("\"short\""));
    let differ = browser.send_form(&link, &[("password", PASSWORD), ("again", "other one of it")]).await;
    assert!(differ.error_of("again").is_some() && !differ.says(PASSWORD));
    let done = desk.welcome(&mut browser, &link).await;
    assert_eq!((done.status, done.location()), (303, "/"));
    let home = browser.get("/").await;
    assert!(home.status == 200 && home.says("It is saved") && home.says("Sign out"), "{}", home.body);
    assert!(!browser.get("/").await.says("It is saved"), "it is said once");
    let mut other = desk.browser();
    assert_eq!(other.get(&link).await.status, 404);
    assert_eq!(sign_in(&mut other, " Guichet ", PASSWORD).await.location(), "/");
    assert_eq!(other.get("/").await.status, 200);
}

#[tokio::test]
async fn a_link_that_was_replaced_is_too_old_or_of_a_revoked_account_opens_nothing() {
    let desk = Desk::open();
    desk.account("guichet", "coordinator");
    desk.account("autre", "coordinator");
    let (first, second) = (desk.link("guichet"), desk.link("guichet"));
    let mut browser = desk.browser();
    assert_eq!(browser.get(&first).await.status, 404);
    assert_eq!(browser.get(&second).await.status, 200);
    let mut foreign = second.clone();
    foreign.pop();
    assert_eq!(browser.get(&foreign).await.status, 404);
    let other = desk.link("autre");
    let swapped = format!("{}/{}", other.rsplit_once('/').unwrap().0, second.rsplit_once('/').unwrap().1);
    assert_eq!(browser.get(&swapped).await.status, 404, "the secret of another account");
    ready(accounts::revoke(desk.app(), &Caller::local(), "autre")).unwrap();
    assert_eq!(browser.get(&other).await.status, 404);
    desk.world.wait(48 * 60);
    assert_eq!(browser.get(&second).await.status, 404);
    let late = browser.send_form(&second, &[("password", PASSWORD), ("again", PASSWORD)]).await;
    assert_eq!(late.status, 404);
    let refused = ready(ways_in::link(desk.app(), &Caller::local(), "autre")).unwrap_err();
    assert_eq!(refused.reason(), "account-revoked");
}

#[tokio::test]
async fn neither_password_nor_link_is_stored_or_printed() {
    let desk = Desk::open();
    let _ = desk.signed_in("guichet", "coordinator").await;
    let link = desk.link("guichet");
    let secret = link.rsplit_once('/').unwrap().1;
    let store = &desk.app().store;
    for tree in maillage_store::TREES {
        for (key, value) in maillage_engine::View::scan_prefix(store, *tree, &[], usize::MAX).unwrap() {
            for hidden in [secret, PASSWORD] {
                let holds =
                    |bytes: &[u8]| bytes.windows(hidden.len()).any(|window| window == hidden.as_bytes());
                assert!(!holds(&key) && !holds(&value), "{}", tree.name());
            }
        }
    }
    let label = "guichet".parse().unwrap();
    let account = stored::labelled(store, &label).unwrap().unwrap();
    let phc = account.password.clone().unwrap();
    assert!(phc.as_phc().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", phc.as_phc());
    assert!(!format!("{account:?}").contains("argon2id"));
}

#[tokio::test]
async fn a_session_ends_unused_after_a_day_with_its_account_and_with_another_password() {
    let desk = Desk::open();
    let mut browser = desk.signed_in("guichet", "coordinator").await;
    desk.world.wait(119);
    assert_eq!(browser.get("/").await.status, 200);
    desk.world.wait(120);
    let over = browser.get("/people").await;
    assert_eq!((over.status, over.location()), (303, "/sign-in?next=%2Fpeople"));
    sign_in(&mut browser, "guichet", PASSWORD).await;
    for _ in 0..11 {
        desk.world.wait(60);
        assert_eq!(browser.get("/").await.status, 200);
    }
    desk.world.wait(60);
    assert_eq!(browser.get("/").await.status, 303, "however busy");
    sign_in(&mut browser, "guichet", PASSWORD).await;
    let mut second = desk.browser();
    sign_in(&mut second, "guichet", PASSWORD).await;
    second.get("/password").await;
    let new = "encore un autre, plus long";
    let wrong = [("present", "wrong wrong wrong"), ("password", new), ("again", new)];
    let wrong = second.send_form("/password", &wrong).await;
    assert!(wrong.status == 422 && wrong.error_of("present").is_some(), "{}", wrong.body);
    let right = [("present", PASSWORD), ("password", new), ("again", new)];
    assert_eq!(second.send_form("/password", &right).await.status, 303);
    assert!(second.get("/").await.says("other sessions are over"));
    assert_eq!(browser.get("/").await.status, 303, "the other session is over");
    ready(accounts::revoke(desk.app(), &Caller::local(), "guichet")).unwrap();
    assert_eq!(second.get("/").await.status, 303, "at once");
    assert_eq!(sign_in(&mut second, "guichet", new).await.status, 401);
}

#[tokio::test]
async fn signing_out_ends_the_session_itself_not_the_cookie_alone() {
    let desk = Desk::open();
    let mut browser = desk.signed_in("guichet", "coordinator").await;
    let kept = browser.cookies.clone();
    browser.get("/").await;
    assert_eq!(browser.send_form("/sign-out", &[]).await.location(), "/sign-in?out=1");
    assert!(!browser.cookies.contains_key("maillage-session"));
    assert!(browser.get("/sign-in?out=1").await.says("You are signed out"));
    browser.cookies = kept;
    assert_eq!(browser.get("/").await.status, 303);
}

#[tokio::test]
async fn whoever_knows_the_password_of_an_account_that_has_expired_is_told_so() {
    let desk = Desk::open();
    let _ = desk.signed_in("guichet", "coordinator").await;
    desk.world.wait(366 * 24 * 60);
    let mut browser = desk.browser();
    let told = sign_in(&mut browser, "guichet", PASSWORD).await;
    assert!(told.status == 401 && told.says("has expired"), "{}", told.body);
    assert!(!sign_in(&mut browser, "guichet", "wrong wrong wrong").await.says("has expired"));
}
