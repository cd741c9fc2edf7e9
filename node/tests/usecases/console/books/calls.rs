//! The call list of a day on paper: who is to be called on it, once, at which number; whoever read it is noted.

use maillage_node::app::{caller::Caller, offers, trips};
use maillage_store::{access_log, events::Subject};

use super::names_nobody;
use crate::{
    console::{Desk, pages::check_whole},
    world::{A, World, ready},
};

#[tokio::test]
async fn the_list_tells_whom_to_call_on_that_day_and_reading_it_changes_nothing() {
    let world = World::empty(1);
    let (driver, person) = (world.driver("Paul", "phone"), world.passenger("phone"));
    let trip = world.request(A, person, false)[0];
    ready(trips::offer_to_driver(world.app(A), &Caller::local(), trip, driver, false)).unwrap();
    let desk = Desk::of(world, false);
    let mut browser = desk.signed_in("accueil", "coordinator").await;
    assert!(browser.get("/").await.says("href=\"/calls/2026-10-01\""));
    let page = browser.get("/calls/2026-10-01").await;
    for text in ["One call", "Paul", "href=\"tel:0600000001\"", "ask to drive", "Alban", "Albi"] {
        assert!(page.says(text), "{text}: {}", page.body);
    }
    assert!(!page.says("12 rue des Lilas") && !page.says("sonnette verte"), "{}", page.body);
    assert_eq!(page.body.matches("☐").count(), 1);
    names_nobody(&page);
    assert_eq!(desk.world.calls().len(), 1, "looking makes no call");
    // Before anybody had to be called, and after the drive, there is nobody to call.
    for day in ["2026-09-30", "2026-10-07"] {
        assert!(browser.get(&format!("/calls/{day}")).await.says("Nobody has to be called"), "{day}");
    }
    assert_eq!(browser.get("/calls/tomorrow").await.status, 404);
    for code in ["fr", "en"] {
        browser.get(&format!("/?lang={code}")).await;
        check_whole(&browser.get("/calls/2026-10-01").await, "/calls", code);
    }
}

#[tokio::test]
async fn whose_names_are_on_it_find_who_read_it_and_nobody_else_may() {
    let world = World::empty(1);
    let (driver, person) = (world.driver("Paul", "email"), world.passenger("phone"));
    let legs = world.request(A, person, true);
    ready(trips::offer_to_driver(world.app(A), &Caller::local(), legs[0], driver, false)).unwrap();
    let offer = world.offer_about(legs[0]);
    assert_eq!(offer.terms.trips, legs, "asked for both ways at once");
    ready(offers::answer(world.app(A), &Caller::local(), offer.id(), offers::Answer::Yes)).unwrap();
    let desk = Desk::of(world, false);
    let seen = || {
        let seen = access_log::of(&desk.app().store, Subject::Person(person), 999).unwrap();
        seen.iter().filter(|access| access.purpose == "call.list").count()
    };
    let mut browser = desk.signed_in("accueil", "coordinator").await;
    let page = browser.get("/calls/2026-10-01").await;
    assert!(page.says("Odette Canari") && page.says("tel:0563000001"), "{}", page.body);
    assert!(page.says("One call"), "one call tells both ways: {}", page.body);
    assert_eq!(seen(), 1);
    // The reminder of the eve stands on the list of the eve.
    let eve = browser.get("/calls/2026-10-05").await;
    assert!(eve.says("Odette Canari"), "{}", eve.body);
    for role in ["treasurer", "administrator", "auditor"] {
        let mut browser = desk.signed_in(role, role).await;
        let page = browser.get("/calls/2026-10-01").await;
        assert!(page.status == 403 && !page.says("Odette"), "{role}: {}", page.body);
    }
    assert_eq!(seen(), 2);
}
