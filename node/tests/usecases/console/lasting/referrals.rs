//! The prescriber's reduced view, and what the desk decides: who sees whom, and until when.

use maillage_domain::{ids::ReferralKind, pathway::Outcome};
use maillage_federation::ids::Id;
use maillage_node::app::{pathways, people, referrals};

use super::{are_whole, local, open, person, prescribing, told};
use crate::{
    console::{Browser, Desk, Page, requests::sign_in_again},
    world::{A, CANARIES, ready},
};

const NEW: &str = "/referrals/new";
/// Somebody as a prescriber refers her.
const TYPED: [(&str, &str); 5] = [
    ("reference", "dossier 12"),
    ("name", "Louise <Roux>"),
    ("phone", "05 63 11 22 33"),
    ("commune", "Alban"),
    ("agrees", "1"),
];

fn with<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = TYPED.iter().filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    kept.chain(changes).copied().chain([("step", "save")]).collect()
}

/// Refers somebody, and gives the address of the referral.
async fn refer(browser: &mut Browser, changes: &[(&str, &str)]) -> String {
    browser.get(NEW).await;
    let sent = browser.send_form(NEW, &with(changes)).await;
    assert_eq!(sent.status, 303, "{}", sent.body);
    sent.location().to_owned()
}

fn waiting(desk: &Desk) -> usize {
    referrals::list(desk.app(), &local(), true, None, 99).unwrap().len()
}

#[tokio::test]
async fn a_prescriber_is_at_home_with_the_own_referrals_and_nowhere_else() {
    let (desk, _) = open().await;
    let person = person(&desk);
    let trip = desk.world.request(A, person, false)[0];
    let mut ccas = prescribing(&desk, "ccas").await;
    let home = ccas.get("/").await;
    assert_eq!((home.status, home.location()), (303, "/referrals"));
    let page = ccas.get("/referrals").await;
    assert!(page.says("Your referrals") && page.says(&format!("href=\"{NEW}\"")), "{}", page.body);
    let nav = page.body.split("<nav").nth(1).unwrap().split("</nav>").next().unwrap();
    let ways: Vec<&str> = nav.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(ways, ["/referrals"], "one way, and it is home");
    let pages = [
        "/people".to_owned(),
        "/people/new".to_owned(),
        format!("/people/{person}"),
        format!("/people/{person}/contact"),
        "/requests/new".to_owned(),
        format!("/requests/new?person={person}"),
        format!("/trips/{trip}"),
        "/planning".to_owned(),
        "/handovers".to_owned(),
        "/volunteers".to_owned(),
        "/drivers".to_owned(),
        "/series".to_owned(),
        format!("/series?person={person}"),
        format!("/series/new?person={person}"),
        "/loans".to_owned(),
        format!("/loans/new?person={person}"),
        "/fleet".to_owned(),
        "/pathways".to_owned(),
        format!("/pathways/new?person={person}"),
        "/unmet".to_owned(),
        "/models".to_owned(),
        "/statistics".to_owned(),
        "/status".to_owned(),
        "/users".to_owned(),
        "/journal".to_owned(),
    ];
    for path in &pages {
        let page = ccas.get(path).await;
        assert_eq!(page.status, 403, "{path}: {}", page.body);
        assert!(CANARIES.iter().all(|canary| !page.says(canary)), "{path}: {}", page.body);
    }
    let search = ccas.send_form("/people", &[("letters", CANARIES[0])]).await;
    assert!(search.status == 403 && !search.says(CANARIES[1]), "{}", search.body);
    let path = format!("/trips/{trip}/cancel");
    let cancelled = ccas.send_form(&path, &[("by", "person"), ("reason", "other")]).await;
    assert_eq!(cancelled.status, 403);
    assert_eq!(desk.world.trip(A, trip).status().code(), "requested");
}

#[tokio::test]
async fn another_prescribers_case_is_as_unknown_as_one_that_does_not_exist() {
    let (desk, _) = open().await;
    let (mut ccas, mut hospital) = (prescribing(&desk, "ccas").await, prescribing(&desk, "hopital").await);
    let theirs = refer(&mut ccas, &[]).await;
    let nobodys = format!("/referrals/{}", Id::<ReferralKind>::new(1, [9; 10]));
    let body =
        |page: &Page, browser: &Browser, path: &str| page.body.replace(browser.token(), "").replace(path, "");
    let mut answers = Vec::new();
    for path in [&theirs, &nobodys] {
        let page = hospital.get(path).await;
        assert_eq!(page.status, 404, "{path}");
        answers.push(body(&page, &hospital, path));
    }
    assert_eq!(answers[0], answers[1], "nothing tells that it exists");
    let mut statuses = Vec::new();
    for path in [&theirs, &nobodys] {
        for what in ["withdraw", "accept", "decline", "find"] {
            let fields = [("reason", "full"), ("letters", "Roux")];
            let sent = hospital.send_form(&format!("{path}/{what}"), &fields).await;
            statuses.push((what, sent.status));
            assert!(!sent.says("Roux"), "{what}: {}", sent.body);
        }
    }
    assert_eq!(statuses[..4], statuses[4..], "nor what is refused");
    assert_eq!(statuses[..4], [("withdraw", 404), ("accept", 403), ("decline", 403), ("find", 403)]);
    assert!(!hospital.get("/referrals").await.says("dossier 12"));
    assert_eq!(waiting(&desk), 1, "nothing was decided");
    let own = ccas.get(&theirs).await;
    assert!(own.says("Louise &#60;Roux&#62;") && own.says("/withdraw\""), "{}", own.body);
    for what in ["accept", "decline", "find"] {
        assert!(!own.says(&format!("/{what}\"")), "{what} is the desk's: {}", own.body);
        assert_eq!(ccas.send_form(&format!("{theirs}/{what}"), &[("reason", "full")]).await.status, 403);
    }
    assert_eq!(waiting(&desk), 1);
}

#[tokio::test]
async fn what_is_wrong_with_a_referral_stands_beside_its_field_and_what_was_typed_stays() {
    let (desk, _) = open().await;
    let mut ccas = prescribing(&desk, "ccas").await;
    let empty = {
        ccas.get(NEW).await;
        ccas.send_form(NEW, &[("step", "save")]).await
    };
    for field in ["reference", "name", "phone", "commune", "agrees"] {
        assert!(empty.error_of(field).is_some(), "{field}: {}", empty.body);
    }
    for (field, typed) in
        [("phone", "appeler le soir"), ("phone", "12"), ("commune", "Albuquerque"), ("agrees", "")]
    {
        let page = ccas.send_form(NEW, &with(&[(field, typed)])).await;
        assert_eq!(page.status, 422, "{field} {typed}");
        assert!(page.error_of(field).is_some(), "{field} {typed}: {}", page.body);
        assert!(page.says("Louise &#60;Roux&#62;") && page.says("dossier 12"), "what was typed stays");
        assert_eq!(page.value("commune").unwrap(), if field == "commune" { typed } else { "Alban" });
    }
    assert_eq!(waiting(&desk), 0);
    let name = ccas.get(NEW).await.value("request_id").unwrap();
    let fields = with(&[("request_id", &name)]);
    let sent = ccas.send_form(NEW, &fields).await;
    let again = ccas.send_form(NEW, &fields).await;
    assert_eq!((again.status, again.location()), (303, sent.location()), "pressing twice");
    assert_eq!(waiting(&desk), 1);
    assert!(!sent.location().contains("Roux") && !sent.location().contains("dossier"));
    let other = ccas.send_form(NEW, &with(&[("request_id", &name), ("reference", "dossier 13")])).await;
    assert_eq!(other.status, 422);
    let fresh = other.value("request_id").unwrap();
    assert_eq!(ccas.send_form(NEW, &with(&[("request_id", &fresh)])).await.status, 303);
}

#[tokio::test]
async fn a_prescriber_learns_what_became_of_a_case_and_not_of_whom() {
    let (desk, mut guichet) = open().await;
    let mut ccas = prescribing(&desk, "ccas").await;
    let path = refer(&mut ccas, &[]).await;
    let page = guichet.get(&path).await;
    assert!(page.says("Louise &#60;Roux&#62;") && page.says("ccas") && page.says("tel:05"), "{}", page.body);
    let accepted = guichet.send_form(&format!("{path}/accept"), &[]).await;
    assert!(accepted.location().starts_with("/pathways/"), "{}", accepted.body);
    let pathway = accepted.location().rsplit('/').next().unwrap().parse().unwrap();
    let opened = told(&mut guichet, &accepted).await;
    assert!(
        opened.says("here is the pathway") && opened.says("Louise") && opened.says("ccas"),
        "{}",
        opened.body
    );
    for page in [ccas.get(&path).await, ccas.get("/referrals").await] {
        assert!(page.says("under way") && page.says("dossier 12"), "{}", page.body);
        assert!(!page.says("Roux") && !page.says("/pathways/") && !page.says("/people/"), "{}", page.body);
    }
    assert_eq!(ccas.get(accepted.location()).await.status, 403);
    ready(pathways::exit(desk.app(), &local(), pathway, "", Outcome::JobFound)).unwrap();
    let page = ccas.get(&path).await;
    assert!(page.says("job found") && !page.says("/withdraw\""), "{}", page.body);
}

#[tokio::test]
async fn whoever_is_very_like_somebody_known_is_shown_before_anything_is_written() {
    let (desk, mut guichet) = open().await;
    let known = person(&desk);
    let mut ccas = prescribing(&desk, "ccas").await;
    let like = [("name", CANARIES[0]), ("phone", CANARIES[1])];
    let (first, second) = (refer(&mut ccas, &like).await, refer(&mut ccas, &like).await);
    guichet.get(&first).await;
    let page = guichet.send_form(&format!("{first}/accept"), &[]).await;
    assert_eq!(page.status, 422);
    assert!(page.says("Nothing was written") || page.says("nothing was written yet"), "{}", page.body);
    assert!(page.says(&format!("value=\"{known}\"")) && page.says("value=\"new\""), "{}", page.body);
    assert_eq!(waiting(&desk), 2);
    let id = known.to_string();
    let same = guichet.send_form(&format!("{first}/accept"), &[("person", &id)]).await;
    assert!(told(&mut guichet, &same).await.says(&format!("/people/{known}")));
    guichet.get(&second).await;
    let other = guichet.send_form(&format!("{second}/accept"), &[("person", "new")]).await;
    assert_eq!(other.status, 303, "{}", other.body);
    let all = people::list_persons(desk.app(), &local(), None, "", 99).unwrap();
    assert_eq!(all.len(), 2, "one was meant to be somebody else");
    assert_eq!(guichet.send_form(&format!("{first}/accept"), &[("person", "x")]).await.status, 404);
}

#[tokio::test]
async fn the_desk_finds_a_file_declines_for_a_reason_and_a_case_is_decided_once() {
    let (desk, mut guichet) = open().await;
    let known = person(&desk);
    let mut ccas = prescribing(&desk, "ccas").await;
    let path = refer(&mut ccas, &[]).await;
    assert!(guichet.get("/referrals").await.says("Louise"));
    let none = guichet.send_form(&format!("{path}/find"), &[("letters", "Zz")]).await;
    assert!(none.error_of("letters").is_some(), "{}", none.body);
    let found = guichet.send_form(&format!("{path}/find"), &[("letters", CANARIES[0])]).await;
    assert!(found.says(&format!("value=\"{known}\"")), "{}", found.body);
    let wrong = guichet.send_form(&format!("{path}/decline"), &[("reason", "x")]).await;
    assert!(wrong.status == 422 && wrong.error_of("reason").is_some(), "{}", wrong.body);
    let declined = guichet.send_form(&format!("{path}/decline"), &[("reason", "full")]).await;
    assert!(told(&mut guichet, &declined).await.says("The referral is declined"));
    let page = ccas.get(&path).await;
    assert!(page.says("declined") && page.says("no room") && !page.says("Roux"), "{}", page.body);
    let late = ccas.send_form(&format!("{path}/withdraw"), &[]).await;
    assert!(late.status == 422 && late.says("decided once"), "{}", late.body);
    let path = refer(&mut ccas, &[]).await;
    let withdrawn = ccas.send_form(&format!("{path}/withdraw"), &[]).await;
    assert!(told(&mut ccas, &withdrawn).await.says("taken back"));
    assert_eq!(waiting(&desk), 0);
}

#[tokio::test]
async fn nothing_typed_of_a_referral_is_lost_when_the_session_has_ended() {
    let (desk, _) = open().await;
    let mut ccas = prescribing(&desk, "ccas").await;
    ccas.get(NEW).await;
    desk.world.wait(121);
    let door = ccas.send_form(NEW, &with(&[])).await;
    assert_eq!(door.status, 401);
    let back = sign_in_again(&mut ccas, &door, "ccas").await;
    assert_eq!((back.status, back.location()), (303, NEW));
    let form = ccas.get(NEW).await;
    assert!(form.says("what you had typed") && form.says("Louise &#60;Roux&#62;"), "{}", form.body);
    assert_eq!(waiting(&desk), 0, "nothing was sent meanwhile");
    assert_eq!(ccas.send_form(NEW, &with(&[])).await.status, 303);
    assert!(!ccas.get(NEW).await.says("Louise"), "what is sent is forgotten");
}

#[tokio::test]
async fn the_pages_of_referrals_are_whole_and_the_treasurer_sees_none() {
    let (desk, mut guichet) = open().await;
    let mut ccas = prescribing(&desk, "ccas").await;
    let path = refer(&mut ccas, &[]).await;
    are_whole(&mut ccas, &["/referrals", NEW, &path]).await;
    are_whole(&mut guichet, &["/referrals", NEW, &path]).await;
    super::is_refused(&desk, "treasurer", &["/referrals", NEW, &path], &[NEW, &format!("{path}/accept")])
        .await;
}
