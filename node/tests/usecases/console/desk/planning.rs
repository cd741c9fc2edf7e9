//! The week, the day, and plans that bind nobody before somebody accepts a line.

use maillage_domain::{ids::VolunteerKind, trip::CancelledBy};
use maillage_federation::ids::{Id, TripKind};
use maillage_node::app::{caller::Caller, people, trips};

use super::{is_refused, told};
use crate::{
    console::{Browser, Desk, Page},
    world::{A, CANARIES, DAY, World, ready},
};

/// A desk with a driver and a trip that nobody has.
async fn with_a_trip() -> (Desk, Browser, Id<VolunteerKind>, Id<TripKind>) {
    let desk = Desk::of(World::empty(1), false);
    let driver = desk.world.volunteer(A, "81003", false);
    let person = desk.world.person(A, "ask");
    let trip = desk.world.request(A, person, false)[0];
    let browser = desk.signed_in("guichet", "coordinator").await;
    (desk, browser, driver, trip)
}

fn day() -> String {
    format!("/planning/{DAY}")
}

async fn propose(browser: &mut Browser) -> Page {
    browser.get(&day()).await;
    let sent = browser.send_form(&format!("{}/propose", day()), &[]).await;
    told(browser, &sent).await
}

/// Accepts a line of the plan that is shown.
async fn accept(browser: &mut Browser, plan: &str, line: &str) -> Page {
    let sent = browser.send_form(&format!("{}/accept", day()), &[("plan", plan), ("line", line)]).await;
    assert_eq!(sent.location(), day());
    told(browser, &sent).await
}

#[tokio::test]
async fn a_week_begins_with_what_nobody_has_and_shows_who_drives_what() {
    let (desk, mut browser, driver, trip) = with_a_trip().await;
    let world = &desk.world;
    let promised = world.request(A, world.person(A, "ask"), false)[0];
    world.promise(A, promised, driver);
    let off = world.request(A, world.person(A, "ask"), false)[0];
    ready(trips::cancel(desk.app(), &Caller::local(), off, CancelledBy::Person, false)).unwrap();
    let week = browser.get(&format!("/planning?day={DAY}")).await;
    let place = |text: &str| week.body.find(text).unwrap_or_else(|| panic!("{text}: {}", week.body));
    assert!(week.says("Week of") && week.says(CANARIES[0]) && week.says("Alban → Albi"), "{}", week.body);
    assert!(place(&format!("/trips/{trip}")) < place("<table"), "what nobody has comes first");
    assert!(place(&format!("/trips/{promised}")) > place("<table"));
    assert!(!week.says(&off.to_string()), "what was called off is no work");
    assert!(week.says(&format!("href=\"/volunteers/{driver}\"")) && week.says("confirmed"));
    assert_eq!(week.body.matches("<th scope=\"col\">").count(), 8, "a driver and seven days");
    // Another week has nothing of it, and says so.
    let other = browser.get("/planning").await;
    assert!(other.says("Every trip has somebody") && !other.says(CANARIES[0]), "{}", other.body);
    assert!(other.says("One volunteer does not drive this week"), "{}", other.body);
    ready(people::add_absence(desk.app(), &Caller::local(), driver, "2026-10-02", "2026-10-02")).unwrap();
    assert!(browser.get("/planning").await.says(">away<"));
}

#[tokio::test]
async fn a_plan_binds_nobody_until_a_line_is_accepted() {
    let (desk, mut browser, _, trip) = with_a_trip().await;
    let shown = propose(&mut browser).await;
    assert!(
        shown.says("Here is what is proposed") && shown.says("Bénévole would drive this trip"),
        "{}",
        shown.body
    );
    assert!(
        shown.says("setting out at") && shown.says("Ask Bénévole") && shown.says("Distances are estimated")
    );
    assert_eq!(desk.world.at(A, trip).0, "requested", "nobody was asked");
    let plan = shown.value("plan").unwrap();
    let done = accept(&mut browser, &plan, "0").await;
    assert!(done.says("the driver of one trip is asked") && done.says("driver asked"), "{}", done.body);
    assert!(!done.says("Ask Bénévole"), "a line is accepted once");
    assert_eq!(desk.world.at(A, trip).0, "offered");
    assert!(accept(&mut browser, &plan, "all").await.says("were accepted already"));
}

#[tokio::test]
async fn lines_of_a_plan_that_was_replaced_or_overtaken_are_not_accepted() {
    let (desk, mut browser, driver, trip) = with_a_trip().await;
    let old = propose(&mut browser).await.value("plan").unwrap();
    let new = propose(&mut browser).await.value("plan").unwrap();
    assert_ne!(old, new);
    let told = accept(&mut browser, &old, "0").await;
    assert!(told.says("planned anew meanwhile") && told.says("notice bad"), "{}", told.body);
    assert_eq!(desk.world.at(A, trip).0, "requested");
    desk.world.promise(A, trip, driver);
    let page = browser.get(&day()).await;
    assert!(page.says("decided meanwhile") && !page.says("Ask Bénévole"), "{}", page.body);
    let told = accept(&mut browser, &new, "all").await;
    assert!(
        told.says("Lines left: 1") && told.says("somebody decided about this trip meanwhile"),
        "{}",
        told.body
    );
    for line in ["9", "x", "-1"] {
        let sent = browser.send_form(&format!("{}/accept", day()), &[("plan", &new), ("line", line)]).await;
        assert_eq!(sent.status, 404, "{line}");
    }
}

#[tokio::test]
async fn what_nobody_can_drive_is_told_with_what_is_missing() {
    let desk = Desk::of(World::empty(1), false);
    let person = desk.world.person(A, "ask");
    desk.world.request(A, person, false);
    let mut browser = desk.signed_in("guichet", "coordinator").await;
    let shown = propose(&mut browser).await;
    assert!(
        shown.says("Nobody can drive this trip that day") && shown.says("to be filled"),
        "{}",
        shown.body
    );
    assert!(!shown.says("name=\"line\""), "there is nothing to accept");
    let driver = desk.world.volunteer(A, "81003", true);
    ready(people::add_absence(desk.app(), &Caller::local(), driver, DAY, DAY)).unwrap();
    let shown = propose(&mut browser).await;
    assert!(shown.says("Nearest to it, Bénévole: not available"), "{}", shown.body);
}

#[tokio::test]
async fn somebody_cannot_come_and_the_rides_are_proposed_to_somebody_else() {
    let (desk, mut browser, driver, trip) = with_a_trip().await;
    desk.world.promise(A, trip, driver);
    let page = browser.get(&day()).await;
    assert!(page.says("Bénévole cannot come") && page.says("is free again"), "{}", page.body);
    let id = driver.to_string();
    let sent = browser.send_form(&format!("{}/without", day()), &[("volunteer", &id)]).await;
    let page = told(&mut browser, &sent).await;
    assert!(page.says("One trip is free again") && page.says("Proposed plan"), "{}", page.body);
    assert_eq!(desk.world.at(A, trip).0, "requested");
}

#[tokio::test]
async fn a_whole_week_is_proposed_at_one_go_and_what_is_past_is_not() {
    let (_desk, mut browser, _, _) = with_a_trip().await;
    browser.get(&format!("/planning?day={DAY}")).await;
    let sent = browser.send_form("/planning", &[("day", "2026-10-05")]).await;
    let page = told(&mut browser, &sent).await;
    assert!(page.says("One plan is proposed") && page.says("plan proposed"), "{}", page.body);
    let past = browser.get("/planning/2026-09-30").await;
    assert!(!past.says("/propose"), "{}", past.body);
    let sent = browser.send_form("/planning/2026-09-30/propose", &[]).await;
    let page = told(&mut browser, &sent).await;
    assert!(page.says("notice bad") && page.says("This day is past"), "{}", page.body);
    for path in ["/planning/2026-13-01", "/planning/x"] {
        assert_eq!(browser.get(path).await.status, 404, "{path}");
    }
    assert_eq!(browser.send_form("/planning/x/propose", &[]).await.status, 404);
    assert_eq!(browser.send_form(&format!("{}/other", day()), &[]).await.status, 404);
}

#[tokio::test]
async fn planning_is_the_desks() {
    let (desk, _, _, trip) = with_a_trip().await;
    let path = day();
    let forms = ["propose", "accept", "without"].map(|what| format!("{path}/{what}"));
    let forms: Vec<&str> = forms.iter().map(String::as_str).collect();
    is_refused(&desk, &["/planning", &path], &forms[..1]).await;
    assert_eq!(desk.world.at(A, trip).0, "requested");
}
