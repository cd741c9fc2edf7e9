//! Volunteers: papers that expire first, absences and what they mean for promises, the coming week.

use maillage_node::app::{caller::Caller, people};

use super::{is_refused, told};
use crate::{
    console::{Browser, Desk},
    world::{A, CANARIES, DAY, World, ready},
};

/// A desk with a volunteer, who has promised a trip; the page of the volunteer.
async fn open() -> (Desk, Browser, String) {
    let desk = Desk::of(World::empty(1), false);
    let driver = desk.world.volunteer(A, "81003", true);
    let trip = desk.world.request(A, desk.world.person(A, "ask"), false)[0];
    desk.world.promise(A, trip, driver);
    let browser = desk.signed_in("guichet", "coordinator").await;
    (desk, browser, format!("/volunteers/{driver}"))
}

#[tokio::test]
async fn papers_that_expire_come_first() {
    let (_desk, mut browser, path) = open().await;
    assert!(browser.get("/volunteers").await.says("No paper expires within two months"));
    let mut etag = browser.get(&path).await.value("etag").unwrap();
    let papers = [
        ("licence", "2026-09-15", "expired on"),
        ("charter", "2026-11-15", "valid until"),
        ("training", "2030-01-01", "valid until"),
        ("insurer-acceptance", "", "does not expire"),
    ];
    for (kind, until, says) in papers {
        let fields = [("etag", etag.as_str()), ("kind", kind), ("valid_until", until), ("seen_on", "")];
        let sent = browser.send_form(&format!("{path}/paper"), &fields).await;
        let page = told(&mut browser, &sent).await;
        assert!(page.says("The paper is noted") && page.says(says), "{kind}: {}", page.body);
        etag = page.value("etag").unwrap();
    }
    let list = browser.get("/volunteers").await;
    let place = |text: &str| list.body.find(text).unwrap_or_else(|| panic!("{text}: {}", list.body));
    assert!(place("driving licence") < place("signed charter"), "the soonest first");
    assert!(place("signed charter") < place("<table") && list.says("a paper has expired"), "{}", list.body);
    assert!(!list.says("insurer") && !list.says("2030"), "what lasts is not told of: {}", list.body);
    assert!(list.says("Alban") && list.says(&format!("href=\"{path}\"")));
    for (fields, field) in [
        ([("kind", "licence"), ("seen_on", "2026-12-01"), ("valid_until", "2031-05-05")], "seen_on"),
        ([("kind", "training"), ("seen_on", ""), ("valid_until", "demain")], "valid_until"),
    ] {
        let mut sent = fields.to_vec();
        sent.push(("etag", etag.as_str()));
        let page = browser.send_form(&format!("{path}/paper"), &sent).await;
        assert_eq!(page.status, 422, "{fields:?}");
        assert!(page.error_of(field).is_some(), "{fields:?}: {}", page.body);
        assert_eq!(page.value("valid_until").unwrap(), fields[2].1, "what was typed stays");
    }
    let stale = [("etag", "1"), ("kind", "licence"), ("seen_on", ""), ("valid_until", "2031-05-05")];
    let page = browser.send_form(&format!("{path}/paper"), &stale).await;
    assert!(page.status == 422 && page.says("has changed meanwhile"), "{}", page.body);
}

#[tokio::test]
async fn an_absence_is_noted_and_what_was_promised_on_it_is_told() {
    let (_desk, mut browser, path) = open().await;
    let page = browser.get(&path).await;
    assert!(
        page.says("The coming week") && page.says(CANARIES[0]) && page.says("Alban → Albi"),
        "{}",
        page.body
    );
    assert!(page.says("No absence to come"), "{}", page.body);
    for (fields, field) in [
        (vec![("first", ""), ("last", "")], "first"),
        (vec![("first", DAY), ("last", "2026-10-05")], "last"),
        (vec![("first", DAY), ("last", "2029-10-05")], "last"),
    ] {
        let page = browser.send_form(&format!("{path}/absence"), &fields).await;
        assert_eq!(page.status, 422, "{fields:?}");
        assert!(page.error_of(field).is_some(), "{fields:?}: {}", page.body);
        assert_eq!(page.value("first").unwrap(), fields[0].1);
    }
    let sent = browser.send_form(&format!("{path}/absence"), &[("first", DAY), ("last", "")]).await;
    let page = told(&mut browser, &sent).await;
    assert!(page.says("One promised trip does not fit any more"), "{}", page.body);
    assert!(!page.says("No absence to come") && page.says(CANARIES[0]), "what was promised stays");
    assert!(browser.get("/").await.says("does not fit any more"));
}

#[tokio::test]
async fn somebody_who_is_away_or_not_asked_any_more_is_shown_so() {
    let (desk, mut browser, path) = open().await;
    let id = path.rsplit('/').next().unwrap().parse().unwrap();
    ready(people::add_absence(desk.app(), &Caller::local(), id, "2026-10-01", "2026-10-02")).unwrap();
    assert!(browser.get("/volunteers").await.says("away until"));
    ready(people::volunteers::activate_volunteer(desk.app(), &Caller::local(), id, false)).unwrap();
    for page in ["/volunteers", path.as_str()] {
        assert!(browser.get(page).await.says("not asked any more"), "{page}");
    }
    assert_eq!(browser.get("/volunteers/x").await.status, 404);
    assert_eq!(browser.send_form(&format!("{path}/other"), &[]).await.status, 404);
}

#[tokio::test]
async fn volunteers_are_the_desks() {
    let (desk, _, path) = open().await;
    let forms = ["absence", "paper"].map(|what| format!("{path}/{what}"));
    let forms: Vec<&str> = forms.iter().map(String::as_str).collect();
    is_refused(&desk, &["/volunteers", &path], &forms[..0]).await;
    let mut browser = desk.signed_in("tresoriere", "treasurer").await;
    browser.get("/").await;
    let absence = browser.send_form(forms[0], &[("first", DAY), ("last", DAY)]).await;
    assert_eq!(absence.status, 403);
    let typed = [("kind", "charter"), ("valid_until", ""), ("seen_on", ""), ("etag", "1")];
    assert_eq!(browser.send_form(forms[1], &typed).await.status, 403);
}

#[tokio::test]
async fn a_volunteer_is_registered_once_with_what_was_typed_and_can_be_asked() {
    let (desk, mut browser, _) = open().await;
    assert!(browser.get("/volunteers").await.says("href=\"/volunteers/new\""));
    let page = browser.get("/volunteers/new").await;
    let request = page.value("request_id").unwrap();
    assert_eq!(page.value("seats").as_deref(), Some("4"));
    let typed = [
        ("request_id", request.as_str()),
        ("phone", "0563"),
        ("seats", "x"),
        ("from_1", "08:00"),
        ("need", "walking-aid"),
    ];
    let wrong = browser.send_form("/volunteers/new", &typed).await;
    assert_eq!(wrong.status, 422);
    for (field, says) in
        [("name", "name"), ("commune", "commune"), ("seats", "number"), ("to_1", "both hours")]
    {
        assert!(
            wrong.error_of(field).is_some_and(|text| text.contains(says)),
            "{field}: {:?}",
            wrong.error_of(field)
        );
    }
    assert!(wrong.says("value=\"walking-aid\" checked") && wrong.value("from_1").as_deref() == Some("08:00"));
    let typed = [
        ("request_id", request.as_str()),
        ("name", "Nouvelle Bénévole"),
        ("phone", "05 63 00 00 09"),
        ("commune", "Alban"),
        ("seats", "3"),
        ("fiscal_power", "5"),
        ("need", "walking-aid"),
        ("from_2", "08:00"),
        ("to_2", "18:00"),
    ];
    let sent = browser.send_form("/volunteers/new", &typed).await;
    let page = told(&mut browser, &sent).await;
    assert!(page.says("The volunteer is registered") && page.says("Nouvelle Bénévole"), "{}", page.body);
    let again = browser.send_form("/volunteers/new", &typed).await;
    assert_eq!(again.location(), sent.location(), "pressed twice, registered once");
    let id = sent.location().rsplit('/').next().unwrap().parse().unwrap();
    let kept = people::show_volunteer(desk.app(), &Caller::local(), id).unwrap().details;
    assert_eq!(kept.vehicles.iter().next().map(|car| (car.seats(), car.fiscal_power())), Some((3, Some(5))));
    assert_eq!(kept.availability.to_string(), "tue 08:00-18:00");
    assert!(!sent.location().contains("Nouvelle"));
    let request = browser.get("/volunteers/new").await.value("request_id").unwrap();
    let mut like = typed;
    like[0].1 = &request;
    let refused = browser.send_form("/volunteers/new", &like).await;
    assert!(
        refused.status == 422 && refused.says("very like") && refused.says(sent.location()),
        "{}",
        refused.body
    );
    let meant = [like.as_slice(), &[("duplicate", "1")]].concat();
    assert_ne!(browser.send_form("/volunteers/new", &meant).await.location(), sent.location());
}

#[tokio::test]
async fn whoever_may_not_register_volunteers_is_offered_no_form() {
    let (desk, _, _) = open().await;
    let mut auditor = desk.signed_in("controle", "auditor").await;
    assert_eq!(auditor.get("/volunteers/new").await.status, 403);
    assert_eq!(auditor.send_form("/volunteers/new", &[("name", "x")]).await.status, 403);
}
