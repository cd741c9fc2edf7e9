//! What lasts longer than a day, as pages: the prescriber's reduced view, series, loans and the fleet, pathways.

mod fleet;
mod loans;
mod pathways;
mod referrals;
mod series;

use maillage_domain::{
    fleet::NewAsset,
    ids::{AssetKind, PersonKind, PrescriberKind},
    prescriber::NewPrescriber,
};
use maillage_federation::ids::Id;
use maillage_node::app::{
    accounts::{self, NewAccount},
    caller::{Caller, Scope},
    fleet as fleet_of,
    people::partners,
};
use maillage_platform::i18n::Language;

use super::{Browser, Desk, Page, pages::check_whole};
use crate::world::{A, World, ready};

fn local() -> Caller {
    Caller::local()
}

/// A desk without neighbours, and somebody of the desk who is signed in.
async fn open() -> (Desk, Browser) {
    let desk = Desk::of(World::empty(1), false);
    let browser = desk.signed_in("guichet", "coordinator").await;
    (desk, browser)
}

/// The page that a form leads to.
async fn told(browser: &mut Browser, sent: &Page) -> Page {
    assert_eq!(sent.status, 303, "{}", sent.body);
    browser.get(sent.location()).await
}

/// What somebody with another role is neither shown nor allowed to do.
async fn is_refused(desk: &Desk, role: &str, pages: &[&str], forms: &[&str]) {
    let mut browser = desk.signed_in(&format!("sans-droit-{role}"), role).await;
    let home = browser.get("/").await;
    for path in pages {
        assert_eq!(browser.get(path).await.status, 403, "{role} {path}");
        assert!(!home.says(&format!("href=\"{path}\"")), "{role} is shown the way to {path}");
    }
    for path in forms {
        let sent = browser.send_form(path, &[("step", "save"), ("etag", "1"), ("day", "2026-10-06")]).await;
        assert_eq!(sent.status, 403, "{role} {path}: {}", sent.body);
    }
}

/// Every page in both languages.
async fn are_whole(browser: &mut Browser, paths: &[&str]) {
    for language in Language::ALL {
        let code = language.code();
        browser.get(&format!("/?lang={code}")).await;
        for path in paths {
            check_whole(&browser.get(path).await, path, code);
        }
    }
    browser.get("/?lang=en").await;
}

/// A registered prescriber.
fn prescriber(desk: &Desk, organisation: &str) -> Id<PrescriberKind> {
    let new = NewPrescriber { organisation: organisation.into(), ..NewPrescriber::default() };
    ready(partners::add_prescriber(desk.app(), &local(), new)).unwrap().id
}

/// A browser that a prescriber has signed in with.
async fn prescribing(desk: &Desk, label: &str) -> Browser {
    let scope = Scope::Prescriber(prescriber(desk, label));
    let new = NewAccount { label: label.into(), roles: vec!["prescriber".into()], scope, days: 0 };
    ready(accounts::add(desk.app(), &local(), new)).unwrap();
    let mut browser = desk.browser();
    assert_eq!(desk.welcome(&mut browser, &desk.link(label)).await.status, 303);
    // What is said first was read.
    browser.get("/referrals").await;
    browser
}

/// A car of the platform at 10 000 km, four euros a day, with a deposit.
fn car(desk: &Desk, label: &str) -> Id<AssetKind> {
    let new = NewAsset {
        label: label.into(),
        category: "car".into(),
        seats: 5,
        plate: "AB-123-CD".into(),
        ownership: "own".into(),
        rate_per: "day".into(),
        rate_cents: 400,
        deposit_cents: 20_000,
        ..NewAsset::default()
    };
    ready(fleet_of::add(desk.app(), &local(), new, 10_000_000)).unwrap().id
}

fn person(desk: &Desk) -> Id<PersonKind> {
    desk.world.person(A, "ask")
}

/// The last part of the address that an answer leads to.
fn id_in(page: &Page) -> String {
    page.location().rsplit('/').next().unwrap().to_owned()
}
