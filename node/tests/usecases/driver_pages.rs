//! A driver's own pages behind a secret address: looking answers nothing, one tap answers once, whose data is shown is noted, and
//! the address ends when the desk says so, with time, and with the volunteer.

use maillage_domain::{ids::VolunteerKind, trip::CancelledBy};
use maillage_federation::ids::Id;
use maillage_node::{
    app::{calendars, caller::Caller, driver_pages, people, trips},
    limits::DRIVER_LINK_DAYS,
};
use maillage_store::{
    access_log,
    events::{Actor, Subject},
};

use crate::{
    web::Door,
    world::{A, World, ready},
};

fn link(world: &World, driver: Id<VolunteerKind>) -> String {
    let link = ready(driver_pages::make_link(world.app(A), &Caller::local(), driver)).unwrap();
    let (name, link) = link;
    let known = people::show_volunteer(world.app(A), &Caller::local(), driver).unwrap();
    assert_eq!(name, known.details.name.as_str(), "it is said whose it is");
    link.expose().strip_prefix("https://alban.example").unwrap().to_owned()
}

#[tokio::test]
async fn looking_answers_nothing_and_one_tap_answers_once_and_shows_what_is_to_be_driven() {
    let world = World::empty(1);
    let (trip, driver, offer) = world.asked();
    let path = link(&world, driver);
    let answer = format!("{path}/offers/{}", offer.id());
    let door = Door::open(&world).await;
    let person = world.trip(A, trip).person().unwrap();
    let seen = || access_log::of(&world.app(A).store, Subject::Person(person), 99).unwrap().len();
    let before = seen();
    for _ in 0..2 {
        let (status, head, body) = door.ask("GET", &path, "").await;
        assert_eq!(status, 200, "{body}");
        assert!(body.contains("You are asked") && body.contains(&answer), "{body}");
        assert!(head.contains("referrer-policy: no-referrer") && head.contains("cache-control: no-store"));
        for secret in ["Lilas", "0563000001", "sonnette", "<script", "style="] {
            assert!(!body.contains(secret), "{secret}");
        }
    }
    assert_eq!(door.ask("GET", &answer, "answer=yes").await.0, 405, "an answer is no address to look at");
    assert_eq!(world.status(trip), "offered");
    assert_eq!(seen(), before, "nothing of the person was shown yet");
    assert_eq!(door.ask("POST", &answer, "answer=perhaps").await.0, 400);
    let (status, head, _) = door.ask("POST", &answer, "answer=yes").await;
    assert_eq!((status, world.status(trip)), (303, "confirmed"));
    assert!(head.contains("?said=yes"), "{head}");
    let (_, again, _) = door.ask("POST", &answer, "answer=yes").await;
    assert!(again.contains("?said=yes"), "whoever taps twice is told what holds: {again}");
    let at = world.now().as_second();
    let (_, _, old) = door.ask("GET", &format!("{path}?said=yes&at={}", at - 600), "").await;
    assert!(!old.contains("class=\"said\""), "an address that is kept says nothing later: {old}");
    let (_, _, body) = door.ask("GET", &format!("{path}?said=yes&at={at}"), "").await;
    for needed in ["you drive", "12 rue des Lilas", "sonnette verte", "6 Oct 2026"] {
        assert!(body.contains(needed), "{needed}: {body}");
    }
    assert!(!body.contains("You are asked"));
    assert_eq!(seen(), before + 1, "whose data is shown is noted, once in a while");
    let by = access_log::of(&world.app(A).store, Subject::Person(person), 99).unwrap();
    let link = Actor::Operator(format!("link:{driver}"));
    assert!(by.iter().any(|access| access.actor == link), "by whose link: {by:?}");
    let (_, head, _) = door.ask("POST", &answer, "answer=no&reason=too-far").await;
    assert!(head.contains("?said=over") && world.status(trip) == "confirmed", "{head}");
    ready(trips::cancel(world.app(A), &Caller::local(), trip, CancelledBy::Person, false)).unwrap();
    let (_, _, body) = door.ask("GET", &path, "").await;
    assert!(!body.contains("Lilas") && body.contains("Nothing is planned"), "{body}");
}

#[tokio::test]
async fn the_address_of_one_driver_opens_nothing_of_another_and_that_of_a_calendar_nothing_at_all() {
    let world = World::empty(1);
    let (trip, driver, offer) = world.asked();
    let other = world.volunteer(A, "81003", true);
    let door = Door::open(&world).await;
    let path = link(&world, other);
    let (_, _, body) = door.ask("GET", &path, "").await;
    assert!(!body.contains("Odette") && !body.contains("You are asked"), "{body}");
    let taken = door.ask("POST", &format!("{path}/offers/{}", offer.id()), "answer=yes").await;
    assert_eq!((taken.0, world.status(trip)), (404, "offered"));
    let feed = ready(calendars::make_link(world.app(A), &Caller::local(), driver)).unwrap();
    let token = feed.expose().rsplit_once('/').unwrap().1.strip_suffix(".ics").unwrap().to_owned();
    for wrong in [token.as_str(), "x", "%00", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"] {
        assert_eq!(door.ask("GET", &format!("/d/{wrong}"), "").await.0, 404, "{wrong}");
        assert_eq!(door.ask("POST", &format!("/d/{wrong}/absences"), "first=2026-10-08").await.0, 404);
    }
    let own = link(&world, driver);
    assert_eq!(door.ask("GET", &own.replace("/d/", "/c/"), "").await.0, 404);
}

#[tokio::test]
async fn a_look_is_noted_once_an_hour_and_what_cannot_be_noted_shows_nobody() {
    let world = World::empty(1);
    let (trip, driver, _) = world.asked();
    ready(trips::driver_accepts(world.app(A), &Caller::local(), trip, false)).unwrap();
    let path = link(&world, driver);
    let door = Door::open(&world).await;
    let person = world.trip(A, trip).person().unwrap();
    let seen = || access_log::of(&world.app(A).store, Subject::Person(person), 99).unwrap().len();
    let before = seen();
    assert_eq!(door.ask("HEAD", &path, "").await.0, 200);
    assert_eq!(door.ask("HEAD", "/d/x", "").await.0, 404);
    assert_eq!(seen(), before, "nothing was shown");
    // A full disk, before anybody has looked: the day is there, and who travels is not.
    world.fill_disk(A);
    let (status, _, body) = door.ask("GET", &path, "").await;
    assert!(
        status == 200 && body.contains("6 Oct 2026") && body.contains("cannot be shown right now"),
        "{status} {body}"
    );
    for secret in ["Odette", "Lilas", "0563000001", "sonnette", "Lapérouse"] {
        assert!(!body.contains(secret), "{secret}");
    }
    world.make_room(A);
    for _ in 0..3 {
        let (_, _, body) = door.ask("GET", &path, "").await;
        assert!(body.contains("12 rue des Lilas") && !body.contains("cannot be shown right now"), "{body}");
    }
    assert_eq!(seen(), before + 1);
    // It fills up again: what was noted of late is shown all the same.
    world.fill_disk(A);
    assert!(door.ask("GET", &path, "").await.2.contains("12 rue des Lilas"));
    world.make_room(A);
    world.wait(60);
    door.ask("GET", &path, "").await;
    assert_eq!(seen(), before + 2, "an hour later it is another look");
}

#[tokio::test]
async fn days_off_are_noted_from_there_and_what_is_wrong_with_them_is_said() {
    let world = World::empty(1);
    let driver = world.volunteer(A, "81003", true);
    let path = link(&world, driver);
    let door = Door::open(&world).await;
    let noted = format!("{path}/absences");
    for wrong in ["first=2026-10-09&last=2026-10-08", "first=&last=", "first=demain&last="] {
        let (status, _, body) = door.ask("POST", &noted, wrong).await;
        assert!(status == 422 && body.contains("id=\"absence-error\""), "{wrong}: {status} {body}");
    }
    let (_, _, body) = door.ask("POST", &noted, "first=2026-10-09&last=2026-10-08").await;
    assert!(body.contains("value=\"2026-10-09\"") && body.contains("value=\"2026-10-08\""), "{body}");
    assert_eq!(door.ask("POST", &noted, "first=2026-10-08&last=").await.0, 303);
    let at = world.now().as_second();
    let (_, _, body) = door.ask("GET", &format!("{path}?said=absence&at={at}"), "").await;
    assert!(body.contains("days off are noted") && body.contains("8 Oct 2026"), "{body}");
    let (_, _, body) = door.ask("GET", &format!("{path}?said=%3Cb%3E&at={at}"), "").await;
    assert!(!body.contains("class=\"said\""), "{body}");
}

#[tokio::test]
async fn the_address_ends_when_it_is_replaced_revoked_old_or_the_volunteer_leaves() {
    let world = World::empty(1);
    let driver = world.volunteer(A, "81003", true);
    let door = Door::open(&world).await;
    let first = link(&world, driver);
    assert_eq!(door.ask("GET", &first, "").await.0, 200);
    let second = link(&world, driver);
    assert_eq!((door.ask("GET", &first, "").await.0, door.ask("GET", &second, "").await.0), (404, 200));
    assert!(ready(driver_pages::revoke_link(world.app(A), &Caller::local(), driver)).unwrap());
    assert_eq!(door.ask("GET", &second, "").await.0, 404);
    let third = link(&world, driver);
    ready(people::volunteers::activate_volunteer(world.app(A), &Caller::local(), driver, false)).unwrap();
    assert_eq!(door.ask("GET", &third, "").await.0, 404);
    ready(people::volunteers::activate_volunteer(world.app(A), &Caller::local(), driver, true)).unwrap();
    assert_eq!(door.ask("GET", &third, "").await.0, 404, "whoever comes back is given another");
    let fourth = link(&world, driver);
    assert_eq!(door.ask("GET", &fourth, "").await.0, 200);
    world.wait(u64::try_from(DRIVER_LINK_DAYS * 24 * 60).unwrap());
    assert_eq!(door.ask("GET", &fourth, "").await.0, 404);
    assert_eq!(driver_pages::links(world.app(A), &Caller::local()).unwrap()[0].until, None);
}
