//! Registering a person while she or he is on the line, and correcting how to reach one.

use maillage_domain::{ids::PersonKind, person::Sharing};
use maillage_federation::ids::Id;
use maillage_node::app::{caller::Caller, people};
use maillage_store::events::Subject;

use super::{is_refused, told};
use crate::{
    console::{Browser, Desk, Page, requests::sign_in_again},
    world::{A, CANARIES, DAY, World, ready},
};

const PAGE: &str = "/people/new";

/// Somebody with what is needed, and no more.
const TYPED: [(&str, &str); 6] = [
    ("name", "Louise Roux"),
    ("phone", "05 63 11 22 33"),
    ("commune", "Alban"),
    ("address", "1 rue <Haute>"),
    ("need", "walking-aid"),
    ("informed", "1"),
];

fn with<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = TYPED.iter().filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    kept.chain(changes).copied().chain([("step", "save")]).collect()
}

async fn open() -> (Desk, Browser) {
    let desk = Desk::of(World::empty(1), false);
    let browser = desk.signed_in("guichet", "coordinator").await;
    (desk, browser)
}

async fn send(browser: &mut Browser, fields: &[(&str, &str)]) -> Page {
    browser.send_form(PAGE, fields).await
}

fn known(desk: &Desk) -> usize {
    people::list_persons(desk.app(), &Caller::local(), None, "", 99).unwrap().len()
}

fn id_of(page: &Page) -> Id<PersonKind> {
    page.location().rsplit(['/', '=']).next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_person_is_registered_with_what_a_trip_needs() {
    let (desk, mut browser) = open().await;
    let name = browser.get(PAGE).await.value("request_id").unwrap();
    let mut fields = with(&[("request_id", &name), ("need", "visual")]);
    fields.push(("need", "walking-aid"));
    let sent = send(&mut browser, &fields).await;
    let again = send(&mut browser, &fields).await;
    assert_eq!((again.status, again.location()), (303, sent.location()), "pressing twice");
    assert_eq!(known(&desk), 1);
    let file = told(&mut browser, &sent).await;
    assert!(file.says("The person is registered") && file.says("1 rue &#60;Haute&#62;"), "{}", file.body);
    let person = ready(people::show_person(desk.app(), &Caller::local(), id_of(&sent))).unwrap().details;
    assert_eq!(
        person.needs.iter().map(maillage_federation::needs::Need::code).collect::<Vec<_>>(),
        ["walking-aid", "visual"]
    );
    assert_eq!((person.sharing, person.statistics_objection), (Sharing::Ask, false));
    assert_eq!(person.informed_on, Some("2026-10-01".parse().unwrap()));
    assert_eq!((person.birth_year, person.prescriber), (None, None), "what was not asked is not kept");
    assert!(!sent.location().contains("Roux"), "an address says nothing about a person");
    let other =
        send(&mut browser, &with(&[("request_id", &name), ("name", "Jeanne Puech"), ("phone", "")])).await;
    assert!(other.status == 422 && other.says("already registered from this form"), "{}", other.body);
    let fresh = other.value("request_id").unwrap();
    let other = [("request_id", fresh.as_str()), ("name", "Jeanne Puech"), ("phone", "")];
    assert_eq!(send(&mut browser, &with(&other)).await.status, 303);
    assert_eq!(known(&desk), 2);
}

#[tokio::test]
async fn what_is_wrong_stands_beside_its_field_and_what_was_typed_stays() {
    let (desk, mut browser) = open().await;
    browser.get(PAGE).await;
    for (changes, field) in [
        (vec![("name", " ")], "name"),
        (vec![("commune", "")], "commune"),
        (vec![("commune", "Albuquerque")], "commune"),
        (vec![("commune", "Saint")], "commune"),
        (vec![("commune", "99999")], "commune"),
        (vec![("phone", "0563x")], "phone"),
        (vec![("email", "louise")], "email"),
        (vec![("channel", "email")], "email"),
        (vec![("phone", ""), ("channel", "sms")], "phone"),
        (vec![("birth_year", "vieux")], "birth_year"),
        (vec![("birth_year", "2090")], "birth_year"),
    ] {
        let page = send(&mut browser, &with(&changes)).await;
        assert_eq!(page.status, 422, "{changes:?}");
        assert!(page.error_of(field).is_some(), "{changes:?}: {}", page.body);
        assert!(page.says(&format!("href=\"#{field}\"")), "{field} is told on top");
        assert_eq!(page.value("address").unwrap(), "1 rue &#60;Haute&#62;");
        assert!(
            page.says("value=\"walking-aid\" checked") && page.says("name=\"informed\" value=\"1\" checked")
        );
    }
    assert_eq!(known(&desk), 0);
}

#[tokio::test]
async fn a_home_elsewhere_and_somebody_very_like_are_meant_or_not_registered() {
    let (desk, mut browser) = open().await;
    browser.get(PAGE).await;
    let outside = send(&mut browser, &with(&[("commune", "Albi (81004)")])).await;
    assert!(outside.status == 422 && outside.says("name=\"outside\""), "{}", outside.body);
    assert!(outside.error_of("commune").unwrap().contains("tick the box"), "{}", outside.body);
    let meant = send(&mut browser, &with(&[("commune", "Albi (81004)"), ("outside", "1")])).await;
    assert_eq!(meant.status, 303);
    let first = id_of(&meant);
    browser.get(PAGE).await;
    let before = accesses(&desk, first);
    let alike = send(&mut browser, &with(&[("commune", "Albi (81004)"), ("outside", "1")])).await;
    assert!(alike.status == 422 && alike.says(&format!("href=\"/people/{first}\"")), "{}", alike.body);
    assert!(alike.says("Registered already") && alike.says("name=\"duplicate\""), "{}", alike.body);
    assert_eq!(accesses(&desk, first), before, "being told of is not being opened");
    assert_eq!(known(&desk), 1);
    let fields = with(&[("commune", "Albi (81004)"), ("outside", "1"), ("duplicate", "1")]);
    assert_eq!(send(&mut browser, &fields).await.status, 303);
    assert_eq!(known(&desk), 2);
}

fn accesses(desk: &Desk, person: Id<PersonKind>) -> usize {
    maillage_store::access_log::of(&desk.app().store, Subject::Person(person), 99).unwrap().len()
}

#[tokio::test]
async fn somebody_nobody_knows_is_registered_in_the_middle_of_a_request_and_nothing_of_it_is_lost() {
    let (_desk, mut browser) = open().await;
    browser.get("/requests/new").await;
    let asked =
        [("letters", "Louise Roux"), ("to_address", "1 place Lapérouse"), ("time", "10:00"), ("day", DAY)];
    let mut find = asked.to_vec();
    find.push(("step", "find"));
    let page = browser.send_form("/requests/new", &find).await;
    assert!(page.says("Nobody matches") && page.says("formaction=\"/people/new\""), "{}", page.body);
    let request = page.value("request_id").unwrap();
    let mut begin = asked.to_vec();
    begin.extend([("step", "begin"), ("request_id", &request)]);
    let form = send(&mut browser, &begin).await;
    assert_eq!(form.value("name").unwrap(), "Louise Roux");
    let of = form.value("for").unwrap();
    assert_eq!(of, request);
    let sent = send(&mut browser, &with(&[("for", &of)])).await;
    assert!(sent.location().starts_with("/requests/new?person="), "{} {}", sent.status, sent.location());
    let page = told(&mut browser, &sent).await;
    assert!(page.says("Louise Roux") && page.says("1 rue &#60;Haute&#62;"), "{}", page.body);
    assert_eq!(page.value("to_address").unwrap(), "1 place Lapérouse");
    assert_eq!(page.value("time").unwrap(), "10:00");
}

#[tokio::test]
async fn nothing_typed_is_lost_when_the_session_has_ended() {
    let (desk, mut browser) = open().await;
    browser.get(PAGE).await;
    desk.world.wait(121);
    let door = send(&mut browser, &with(&[])).await;
    assert_eq!(door.status, 401);
    let back = sign_in_again(&mut browser, &door, "guichet").await;
    assert_eq!((back.status, back.location()), (303, PAGE));
    let form = browser.get(PAGE).await;
    assert_eq!(form.value("name").unwrap(), "Louise Roux");
    assert!(form.says("what you had typed") && form.says("value=\"walking-aid\" checked"), "{}", form.body);
    assert_eq!(known(&desk), 0, "nothing was saved meanwhile");
    assert_eq!(send(&mut browser, &with(&[])).await.status, 303);
    assert_ne!(browser.get(PAGE).await.value("name").unwrap(), "Louise Roux");
}

#[tokio::test]
async fn contact_details_are_corrected_by_whoever_saw_them_and_planned_trips_follow() {
    let desk = Desk::of(World::empty(1), false);
    let person = desk.world.person(A, "ask");
    let trip = desk.world.request(A, person, false)[0];
    let mut browser = desk.signed_in("guichet", "coordinator").await;
    let file = format!("/people/{person}");
    let path = format!("{file}/contact");
    let before = accesses(&desk, person);
    let form = browser.get(&path).await;
    assert!(accesses(&desk, person) > before, "whoever opens it is noted");
    assert!(browser.get(&file).await.says(&format!("href=\"{path}\"")));
    assert_eq!(form.value("name").unwrap(), CANARIES[0]);
    assert_eq!(form.value("commune").unwrap(), "Alban (81003)");
    let etag = form.value("etag").unwrap();
    let fields = |address: &'static str, etag: &str| {
        let fields = [("name", CANARIES[0]), ("phone", "0563999999"), ("email", ""), ("channel", "phone")];
        let mut fields: Vec<(&str, String)> = fields.map(|(name, value)| (name, value.to_owned())).into();
        fields.extend([("commune", "Alban (81003)".to_owned()), ("address", address.to_owned())]);
        fields.push(("etag", etag.to_owned()));
        fields
    };
    let sent = fields("8 rue Neuve", &etag);
    let sent: Vec<(&str, &str)> = sent.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let done = browser.send_form(&path, &sent).await;
    assert_eq!(done.location(), file);
    let page = told(&mut browser, &done).await;
    assert!(page.says("8 rue Neuve") && page.says("0563999999"), "{}", page.body);
    assert!(page.says("One planned trip is concerned"), "{}", page.body);
    assert_eq!(desk.world.trip(A, trip).terms.pickup.address.as_str(), "8 rue Neuve");
    assert!(page.says(CANARIES[3]), "what this page does not show is as it was");
    let stale = fields("9 rue Vieille", &etag);
    let stale: Vec<(&str, &str)> = stale.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let told = browser.send_form(&path, &stale).await;
    assert!(told.status == 422 && told.says("has changed meanwhile"), "{}", told.body);
    assert_eq!(told.value("address").unwrap(), "9 rue Vieille");
    assert!(!browser.get(&file).await.says("9 rue Vieille"));
}

#[tokio::test]
async fn registering_and_correcting_are_the_desks() {
    let desk = Desk::of(World::empty(1), false);
    let path = format!("/people/{}/contact", desk.world.person(A, "ask"));
    is_refused(&desk, &[PAGE, &path], &[PAGE]).await;
    assert_eq!(known(&desk), 1);
}
