//! Names in lists: whoever sees them is noted before they are shown, once in a working day; what cannot be noted is not shown, and
//! the page is there all the same.

use maillage_domain::ids::PersonKind;
use maillage_federation::ids::Id;
use maillage_store::{access_log, events::Subject};

use crate::{
    console::{Desk, PASSWORD, sign_in},
    world::{A, CANARIES, DAY, World},
};

fn seen(desk: &Desk, person: Id<PersonKind>, purpose: &str) -> usize {
    let log = access_log::of(&desk.app().store, Subject::Person(person), 999).unwrap();
    log.iter().filter(|access| access.purpose == purpose).count()
}

#[tokio::test]
async fn whoever_sees_a_name_in_a_list_is_noted_once_in_a_working_day() {
    let desk = Desk::of(World::empty(1), false);
    let (driver, person) = (desk.world.volunteer(A, "81003", true), desk.world.person(A, "always"));
    let trip = desk.world.request(A, person, false)[0];
    let other = desk.world.person(A, "ask");
    desk.world.promise(A, desk.world.request(A, other, false)[0], driver);
    let handover = desk.world.offer(trip).handover;
    desk.world.request(A, desk.world.person(A, "ask"), false);
    let mut browser = desk.signed_in("guichet", "coordinator").await;
    assert_eq!(seen(&desk, person, "trip.list"), 0);
    let lists =
        ["/".into(), format!("/?day={DAY}"), format!("/planning?day={DAY}"), format!("/planning/{DAY}")];
    for path in lists.iter().chain(&lists) {
        assert!(browser.get(path).await.says(CANARIES[0]), "{path}");
    }
    browser.get(&format!("/volunteers/{driver}")).await;
    assert_eq!((seen(&desk, person, "trip.list"), seen(&desk, other, "trip.list")), (1, 1));
    for _ in 0..2 {
        assert!(browser.get(&format!("/handovers/{handover}")).await.says(CANARIES[0]));
    }
    assert_eq!(seen(&desk, person, "handover.show"), 1);
    assert_eq!(seen(&desk, other, "handover.show"), 0, "of whom the page tells, and of nobody else");
    let mut colleague = desk.signed_in("collegue", "coordinator").await;
    colleague.get(&lists[1]).await;
    assert_eq!(seen(&desk, person, "trip.list"), 2, "each reader");
    desk.world.wait(12 * 60);
    sign_in(&mut browser, "guichet", PASSWORD).await;
    browser.get(&lists[1]).await;
    assert_eq!(seen(&desk, person, "trip.list"), 3, "and another day");
}

#[tokio::test]
async fn a_name_that_nobody_can_note_stays_off_the_page_and_the_page_is_there() {
    let desk = Desk::of(World::empty(1), false);
    let person = desk.world.person(A, "always");
    desk.world.request(A, person, false);
    let mut browser = desk.signed_in("guichet", "coordinator").await;
    // What was to be said first is said.
    browser.get("/").await;
    desk.world.wait(12 * 60);
    sign_in(&mut browser, "guichet", PASSWORD).await;
    desk.world.fill_disk(A);
    for path in
        ["/".into(), format!("/?day={DAY}"), format!("/planning?day={DAY}"), format!("/planning/{DAY}")]
    {
        let page = browser.get(&path).await;
        assert!(page.status == 200 && page.says("name not shown"), "{path}: {} {}", page.status, page.body);
        assert!(page.says("Some names are not shown") && !page.says(CANARIES[0]), "{path}: {}", page.body);
    }
    desk.world.make_room(A);
    let page = browser.get(&format!("/?day={DAY}")).await;
    assert!(page.says(CANARIES[0]) && !page.says("not shown"), "{}", page.body);
}

#[tokio::test]
async fn a_day_that_is_longer_than_its_page_says_so() {
    let desk = Desk::of(World::empty(1), false);
    let person = desk.world.person(A, "ask");
    let mut browser = desk.signed_in("guichet", "coordinator").await;
    let pages = [format!("/?day={DAY}"), format!("/planning/{DAY}"), format!("/planning?day={DAY}")];
    for _ in 0..250 {
        desk.world.request(A, person, true);
    }
    for path in &pages {
        assert!(!browser.get(path).await.says("the first 500 of the day"), "{path}: there are just as many");
    }
    desk.world.request(A, person, false);
    for path in &pages {
        assert!(browser.get(path).await.says("the first 500 of the day"), "{path}");
    }
}
