//! Handovers on the page of either desk: whose the trip is in one sentence, and the buttons that the use cases allow.

use maillage_domain::handover::Decision;
use maillage_federation::ids::{HandoverKind, Id, TripKind};
use maillage_node::app::{
    caller::Caller,
    handover::{changes, origin},
    trips,
};

use super::{is_refused, told};
use crate::{
    console::{Browser, Desk, Page},
    world::{A, B, C, CANARIES, World, ready},
};

/// Sends a form of a handover's page, and gives the page it leads to.
async fn send(browser: &mut Browser, path: &str, what: &str, fields: &[(&str, &str)]) -> Page {
    browser.get(path).await;
    let sent = browser.send_form(&format!("{path}/{what}"), fields).await;
    assert_eq!(sent.location(), path, "{what}: {} {}", sent.status, sent.body);
    told(browser, &sent).await
}

/// Does something outside of the runtime that the pages are served on: with one about, nodes draft drives on its threads.
fn apart<T: Send>(world: &mut World, does: impl FnOnce(&mut World) -> T + Send) -> T {
    std::thread::scope(|threads| threads.spawn(|| does(world)).join().unwrap())
}

/// A desk of a node, with a trip of A that is offered to the neighbours; those that are asked decide by hand.
async fn offered(node: usize) -> (Desk, Browser, String, Id<HandoverKind>, Id<TripKind>) {
    let world = World::new();
    let mut desk = Desk::at(world, node, false);
    for one in [A, B, C] {
        desk.world.policy(one, Decision::Ask, Decision::Ask);
    }
    let (trip, handover) = desk.world.offered();
    desk.world.settle();
    let browser = desk.signed_in("guichet", "coordinator").await;
    (desk, browser, format!("/handovers/{handover}"), handover, trip)
}

#[tokio::test]
async fn the_origin_chooses_a_neighbour_and_each_page_says_whose_the_trip_is() {
    let world = World::new();
    let mut desk = Desk::of(world, false);
    desk.world.policy(A, Decision::Ask, Decision::Ask);
    let (trip, handover) = desk.world.offered();
    let mut browser = desk.signed_in("guichet", "coordinator").await;
    let path = format!("/handovers/{handover}");
    assert!(browser.get(&format!("/trips/{trip}")).await.says(&format!("href=\"{path}\"")));
    let page = browser.get(&path).await;
    assert!(page.says("The trip is yours: the offer is on its way"), "{}", page.body);
    assert!(page.says("Handover: Alban → Albi") && page.says(&format!("/trips/{trip}")));
    let on_its_way = page.value("stand").unwrap();
    desk.world.settle();
    let list = browser.get("/handovers").await;
    assert!(list.says("One decision to make") && list.says("bids to choose from"), "{}", list.body);
    assert!(list.says("Choose one of the neighbours") && list.says(&format!("href=\"{path}\"")));
    let page = browser.get(&path).await;
    assert!(page.says("none is chosen yet") && page.says("Take the trip back"), "{}", page.body);
    let node = desk.world.id(B).to_string();
    assert!(page.says(&format!("name=\"node\" value=\"{node}\"")), "{}", page.body);
    assert!(!page.says("Write to the other desk"), "there is none yet");
    let forgery = browser.token().to_owned();
    let old = [("forgery", forgery.as_str()), ("stand", on_its_way.as_str()), ("node", &node)];
    let stale = browser.post(&format!("{path}/choose"), &old).await;
    let page = told(&mut browser, &stale).await;
    assert!(
        page.says("out of date") && page.says("none is chosen yet"),
        "nothing is decided unseen: {}",
        page.body
    );
    let page = send(&mut browser, &path, "choose", &[("node", &node)]).await;
    assert!(page.says("It is not known yet whose trip this is") && page.says("notice bad"), "{}", page.body);
    assert!(!page.says("name=\"node\""), "nobody is chosen twice");
    desk.world.settle();
    let page = browser.get(&path).await;
    assert!(page.says("carries this trip.") && page.says("tel:0563000000"), "{}", page.body);
    assert!(!page.says("Take the trip back") && page.says("The person does not travel"));
    assert!(page.says("Write to the other desk") && page.says("Ask for another time"));
    let over = send(&mut browser, &path, "withdraw", &[]).await;
    assert!(over.says("notice bad"), "{}", over.body);
    assert_eq!(desk.world.at(A, trip), ("requested", "held-by-neighbour"));
}

#[tokio::test]
async fn a_trip_is_taken_back_while_nobody_has_it() {
    let (mut desk, mut browser, path, _, trip) = offered(A).await;
    let page = send(&mut browser, &path, "withdraw", &[]).await;
    desk.world.settle();
    assert!(page.says("The trip is yours again"), "{}", page.body);
    assert_eq!(desk.world.at(A, trip), ("requested", "local"));
    let list = browser.get("/handovers").await;
    assert!(list.says("taken back") && !list.says("open for bids"), "{}", list.body);
}

#[tokio::test]
async fn a_neighbour_proposes_somebody_of_standing_word_and_carries_once_chosen() {
    let (mut desk, mut browser, path, handover, _) = offered(B).await;
    let shows_nobody = |page: &Page| CANARIES.iter().all(|canary| !page.says(canary));
    let list = browser.get("/handovers").await;
    assert!(list.says("a neighbour asks: do you propose somebody?"), "{}", list.body);
    let page = browser.get(&path).await;
    assert!(page.says("who asks whether somebody of yours can carry it"), "{}", page.body);
    assert!(page.says("Propose Bénévole") && page.says("Say no") && shows_nobody(&page), "{}", page.body);
    let volunteer = page.body.split("name=\"volunteer\" value=\"").nth(1).unwrap();
    let volunteer = volunteer.split('"').next().unwrap().to_owned();
    let page = send(&mut browser, &path, "propose", &[("volunteer", &volunteer)]).await;
    assert!(page.says("the choice is not made yet") && page.says("Take your proposal back"), "{}", page.body);
    desk.world.settle();
    let chosen = desk.world.id(B);
    ready(origin::award(desk.world.app(A), &Caller::local(), handover, Some(chosen))).unwrap();
    // A driver of standing word is promised without asking, unless the desk is to be asked.
    desk.world.settle();
    let page = browser.get(&path).await;
    assert!(page.says("You carry this trip for") && page.says("In your planning"), "{}", page.body);
    assert!(
        page.says("Give this trip back") && page.says("chosen") && page.says("accepted"),
        "{}",
        page.body
    );
}

#[tokio::test]
async fn a_node_that_was_chosen_may_say_no_with_a_reason() {
    let told = async {
        let world = World::empty(1);
        world.volunteer(B, "81222", false);
        let mut desk = Desk::at(world, B, false);
        let (trip, handover) = desk.world.offered();
        desk.world.settle();
        apart(&mut desk.world, |world| world.pass(11));
        let mut browser = desk.signed_in("guichet", "coordinator").await;
        let path = format!("/handovers/{handover}");
        let page = browser.get(&path).await;
        assert!(page.says("has chosen you") && page.says("Yes, with Bénévole"), "{}", page.body);
        assert!(CANARIES.iter().all(|canary| !page.says(canary)), "{}", page.body);
        let unknown = send(&mut browser, &path, "refuse", &[("reason", "because")]).await;
        assert!(unknown.says("notice bad"), "{}", unknown.body);
        let page = send(&mut browser, &path, "refuse", &[("reason", "no-driver")]).await;
        assert!(page.says("You have said no"), "{}", page.body);
        desk.world.settle();
        assert!(!desk.world.knows_the_person(B));
        assert_ne!(desk.world.at(A, trip).1, "held-by-neighbour");
    };
    tokio::task::unconstrained(told).await;
}

#[tokio::test]
async fn a_node_that_was_chosen_says_yes_once_and_nothing_of_the_person_is_shown_before() {
    let told = async {
        let world = World::empty(1);
        world.volunteer(B, "81222", false);
        let mut desk = Desk::at(world, B, false);
        let (trip, handover) = desk.world.offered();
        desk.world.settle();
        apart(&mut desk.world, |world| world.pass(11));
        let mut browser = desk.signed_in("guichet", "coordinator").await;
        let path = format!("/handovers/{handover}");
        let page = browser.get(&path).await;
        assert!(page.says("Yes, with Bénévole") && page.says("Say no to it"), "{}", page.body);
        assert!(CANARIES.iter().all(|canary| !page.says(canary)), "{}", page.body);
        let chosen = page.value("stand").unwrap();
        let page = send(&mut browser, &path, "accept", &[]).await;
        assert!(page.says("You have said yes"), "{}", page.body);
        assert!(!page.says("Yes, with Bénévole"), "it is said already: {}", page.body);
        let forgery = browser.token().to_owned();
        let again = [("forgery", forgery.as_str()), ("stand", chosen.as_str())];
        let again = browser.post(&format!("{path}/accept"), &again).await;
        let page = super::told(&mut browser, &again).await;
        assert!(page.says("out of date"), "nothing is said twice: {}", page.body);
        desk.world.settle();
        assert_eq!(desk.world.at(A, trip).1, "held-by-neighbour");
        assert!(browser.get(&path).await.says("You carry this trip for"));
    };
    tokio::task::unconstrained(told).await;
}

#[tokio::test]
async fn what_is_written_to_the_other_desk_arrives_and_what_is_too_long_is_not_lost() {
    let told = async {
        let mut desk = Desk::of(World::new(), false);
        let (_, handover, _) = apart(&mut desk.world, World::held);
        let mut browser = desk.signed_in("guichet", "coordinator").await;
        let path = format!("/handovers/{handover}");
        let page = send(&mut browser, &path, "message", &[("text", "Sonner <fort>")]).await;
        assert!(page.says("Sonner &#60;fort&#62;") && page.says("waits for the hub since"), "{}", page.body);
        desk.world.settle();
        let page = browser.get(&path).await;
        assert!(page.says("Sonner &#60;fort&#62;") && !page.says("waits for the hub since"), "{}", page.body);
        for (text, kept) in [("", false), (&*"x".repeat(5_000), true)] {
            let refused = browser.send_form(&format!("{path}/message"), &[("text", text)]).await;
            assert_eq!(refused.status, 422);
            assert!(refused.error_of("text").is_some(), "{}", refused.body);
            assert_eq!(refused.says(&"x".repeat(5_000)), kept, "what was typed stays");
        }
    };
    tokio::task::unconstrained(told).await;
}

#[tokio::test]
async fn another_time_is_asked_for_and_agreed() {
    let told = async {
        let mut desk = Desk::at(World::new(), B, false);
        let (trip, handover, _) = apart(&mut desk.world, World::held);
        let mut browser = desk.signed_in("guichet", "coordinator").await;
        let path = format!("/handovers/{handover}");
        let page = browser.get(&path).await;
        let carried = page.value("trip").unwrap();
        let asked =
            [("trip", carried.as_str()), ("kind", "arrive"), ("day", "2026-10-06"), ("note", "gardé ici")];
        let wrong = browser.send_form(&format!("{path}/change"), &asked).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.error_of("time").is_some() && wrong.says("gardé ici"), "{}", wrong.body);
        let mut asked = asked.to_vec();
        asked.push(("time", "10:15"));
        let page = send(&mut browser, &path, "change", &asked).await;
        assert!(page.says("the time changes only if it says yes"), "{}", page.body);
        desk.world.settle();
        let page = browser.get(&path).await;
        assert!(
            page.says("A change waits for an answer") && page.says("Ask for it no more"),
            "{}",
            page.body
        );
        let before = desk.world.trip(A, trip).terms.latest_arrival;
        ready(changes::answer(desk.world.app(A), &Caller::local(), handover, (true, false))).unwrap();
        desk.world.settle();
        assert!(browser.get(&path).await.says("change agreed"));
        assert_ne!(desk.world.trip(A, trip).terms.latest_arrival, before);
    };
    tokio::task::unconstrained(told).await;
}

#[tokio::test]
async fn the_account_is_countersigned_or_disputed_once() {
    let told = async {
        let mut desk = Desk::of(World::new(), false);
        let (_, handover, carried) = apart(&mut desk.world, World::held);
        let pick_up = || ready(trips::pick_up(desk.world.app(B), &Caller::local(), carried));
        desk.world.when_begun(B, carried, pick_up).unwrap();
        desk.world.complete(B, carried);
        desk.world.settle();
        let mut browser = desk.signed_in("guichet", "coordinator").await;
        let path = format!("/handovers/{handover}");
        let page = browser.get(&path).await;
        assert!(page.says("has carried this trip and accounted for it"), "{}", page.body);
        assert!(page.says("Is the account right?") && page.says("42.0"), "{}", page.body);
        let page = send(
            &mut browser,
            &path,
            "judge",
            &[("judge", "no"), ("reason", "distance"), ("words", "25 km")],
        )
        .await;
        assert!(page.says("The dispute is on its way"), "{}", page.body);
        desk.world.settle();
        let page = browser.get(&path).await;
        assert!(page.says("account disputed") && page.says("25 km"), "{}", page.body);
        assert!(page.says("Is the account right?"), "a dispute can end in an agreement: {}", page.body);
        let page = send(&mut browser, &path, "judge", &[("judge", "yes")]).await;
        assert!(!page.says("Is the account right?"), "it is said already: {}", page.body);
        desk.world.settle();
        let page = browser.get(&path).await;
        assert!(!page.says("Is the account right?"), "{}", page.body);
    };
    tokio::task::unconstrained(told).await;
}

#[tokio::test]
async fn handovers_are_the_desks() {
    let (desk, mut browser, path, _, trip) = offered(A).await;
    is_refused(&desk, &["/handovers", &path], &[&format!("{path}/withdraw"), &format!("{path}/cancel")])
        .await;
    assert_eq!(desk.world.at(A, trip), ("requested", "offered-out"));
    for path in ["/handovers/x", "/handovers/0198a000-0000-7000-8000-000000000000"] {
        assert_eq!(browser.get(path).await.status, 404, "{path}");
    }
    assert_eq!(browser.send_form(&format!("{path}/other"), &[]).await.status, 404);
}
