//! Loans as pages: asked for, booked, handed out, late, brought back, settled; and who may do which of it.

use maillage_domain::loan::{Loan, LoanState};
use maillage_node::app::loans::{self, LoanQuery};
use maillage_store::{access_log, events::Subject};

use super::{are_whole, car, id_in, is_refused, local, open, person, told};
use crate::{
    console::{Browser, Desk, PASSWORD, Page, sign_in},
    world::{CANARIES, ready},
};

const NEW: &str = "/loans/new";
/// When somebody wishes a car.
const WISH: [(&str, &str); 7] = [
    ("category", "car"),
    ("purpose", "work-training"),
    ("from_day", "2026-10-01"),
    ("from_time", "09:00"),
    ("until_day", "2026-10-02"),
    ("until_time", "09:00"),
    ("notes", "cherche <du travail>"),
];

/// The fields of a wish, some of them changed.
fn wish<'a>(person: &'a str, changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = WISH.iter().filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    kept.chain(changes).copied().chain([("person", person), ("step", "save")]).collect()
}

/// Somebody asks for a car; the page of the loan.
async fn asked(desk: &Desk, browser: &mut Browser) -> String {
    let person = person(desk).to_string();
    browser.get(NEW).await;
    let sent = browser.send_form(NEW, &wish(&person, &[])).await;
    assert_eq!(sent.status, 303, "{}", sent.body);
    sent.location().to_owned()
}

/// Something is done to a loan with the page that is open now.
async fn step(browser: &mut Browser, path: &str, what: &str, fields: &[(&str, &str)]) -> Page {
    let etag = browser.get(path).await.value("etag").unwrap_or_default();
    let mut all = vec![("etag", etag.as_str())];
    all.extend(fields);
    browser.send_form(&format!("{path}/{what}"), &all).await
}

fn loan(desk: &Desk, path: &str) -> Loan {
    let id = path.rsplit('/').next().unwrap().parse().unwrap();
    ready(loans::show(desk.app(), &local(), id)).unwrap()
}

#[tokio::test]
async fn a_loan_is_asked_for_with_errors_beside_their_fields() {
    let (desk, mut browser) = open().await;
    let id = person(&desk).to_string();
    let empty = {
        browser.get(NEW).await;
        browser.send_form(NEW, &[("step", "save"), ("person", &id)]).await
    };
    assert_eq!(empty.status, 422);
    for field in ["category", "purpose", "from_day", "from_time", "until_day", "until_time"] {
        assert!(empty.error_of(field).is_some(), "{field}: {}", empty.body);
    }
    for (field, typed, beside) in [
        ("until_day", "2026-09-30", "until_day"),
        ("until_day", "2029-10-02", "until_day"),
        ("from_day", "demain", "from_day"),
        ("category", "tank", "category"),
    ] {
        let page = browser.send_form(NEW, &wish(&id, &[(field, typed)])).await;
        assert_eq!(page.status, 422, "{field} {typed}");
        assert!(page.error_of(beside).is_some(), "{field} {typed}: {}", page.body);
        assert!(page.says("cherche &#60;du travail&#62;"), "what was typed stays: {}", page.body);
        assert_eq!(page.value("from_time").unwrap(), "09:00");
    }
    let name = browser.get(&format!("{NEW}?person={id}")).await.value("request_id").unwrap();
    let fields = wish(&id, &[("request_id", &name)]);
    let sent = browser.send_form(NEW, &fields).await;
    let again = browser.send_form(NEW, &fields).await;
    assert_eq!((again.status, again.location()), (303, sent.location()), "pressing twice");
    assert_eq!(loans::list(desk.app(), &local(), LoanQuery::Open, 9).unwrap().len(), 1);
    assert!(!sent.location().contains(CANARIES[0]));
}

#[tokio::test]
async fn a_car_is_booked_by_who_saw_the_present_page_and_what_is_not_free_is_told_with_why() {
    let (desk, mut browser) = open().await;
    let (clio, zoe) = (car(&desk, "Clio"), car(&desk, "Zoé"));
    let (first, second) = (asked(&desk, &mut browser).await, asked(&desk, &mut browser).await);
    let page = browser.get(&first).await;
    assert!(page.says("Clio · car") && page.says("Zoé · car"), "{}", page.body);
    let done = step(&mut browser, &first, "book", &[("asset", &clio.to_string())]).await;
    assert!(told(&mut browser, &done).await.says("The vehicle is booked"));
    let page = browser.get(&second).await;
    assert!(!page.says("Clio · car") && page.says("Zoé · car"), "{}", page.body);
    assert!(page.says("What is not free") && page.says("Taken already"), "{}", page.body);
    let taken = step(&mut browser, &second, "book", &[("asset", &clio.to_string())]).await;
    assert!(taken.status == 422 && taken.error_of("asset").is_some(), "{}", taken.body);
    let nothing = step(&mut browser, &second, "book", &[("asset", "")]).await;
    assert!(nothing.status == 422 && nothing.error_of("asset").is_some(), "{}", nothing.body);
    let zoe = zoe.to_string();
    let stale = browser.send_form(&format!("{first}/book"), &[("asset", &zoe), ("etag", "1")]).await;
    assert!(stale.status == 422 && stale.says("has changed meanwhile"), "{}", stale.body);
    assert_eq!(loan(&desk, &first).booking().unwrap().asset, clio, "a page out of date changes nothing");
    let off = step(&mut browser, &first, "cancel", &[("reason", "papers")]).await;
    assert!(told(&mut browser, &off).await.says("paper"));
    assert!(browser.get(&second).await.says("Clio · car"), "free again");
}

#[tokio::test]
async fn a_car_goes_out_is_late_comes_back_and_is_settled_by_who_keeps_the_books() {
    let (desk, mut browser) = open().await;
    let clio = car(&desk, "Clio").to_string();
    let path = asked(&desk, &mut browser).await;
    step(&mut browser, &path, "book", &[("asset", &clio)]).await;
    desk.world.wait(90);
    for (fields, field) in [
        (vec![("out_condition", "good"), ("out_km", "beaucoup"), ("papers", "driving-licence")], "out_km"),
        (vec![("out_condition", "good"), ("out_km", "9 999"), ("papers", "driving-licence")], "out_km"),
        (vec![("out_condition", "good"), ("out_km", "10000"), ("papers", "identity")], "papers"),
        (vec![("out_condition", "x"), ("out_km", "10000"), ("papers", "driving-licence")], "out_condition"),
        (
            vec![("out_condition", "good"), ("papers", "driving-licence"), ("deposit", "-3"), ("out_km", "")],
            "deposit",
        ),
    ] {
        let page = step(&mut browser, &path, "hand-out", &fields).await;
        assert!(page.status == 422 && page.error_of(field).is_some(), "{fields:?}: {}", page.body);
        let km = fields.iter().find(|(name, _)| *name == "out_km").unwrap().1;
        assert_eq!(page.value("out_km").unwrap(), km, "what was typed stays");
    }
    let out = [
        ("out_condition", "good"),
        ("out_km", "10 000,5"),
        ("papers", "driving-licence"),
        ("papers", "identity"),
    ];
    let done = step(&mut browser, &path, "hand-out", &out).await;
    let page = told(&mut browser, &done).await;
    assert!(page.says("the person has the vehicle") && page.says("10000.5"), "{}", page.body);
    let again = browser.send_form(&format!("{path}/hand-out"), &out).await;
    assert!(again.status == 422 && again.says("the page was out of date"), "{}", again.body);
    assert!(browser.get("/fleet").await.says(">lent<"));
    desk.world.wait(27 * 60);
    sign_in(&mut browser, "guichet", PASSWORD).await;
    let list = browser.get("/loans").await;
    let place = |text: &str| list.body.find(text).unwrap_or_else(|| panic!("{text}: {}", list.body));
    assert!(place("Late") < place(CANARIES[0]) && place(CANARIES[0]) < place(">Out<"), "the late one first");
    let early = [("back_condition", "good"), ("back_km", "10 000"), ("damage", "phare cassé")];
    let page = step(&mut browser, &path, "take-back", &early).await;
    assert!(
        page.status == 422 && page.error_of("back_km").is_some() && page.says("phare cassé"),
        "{}",
        page.body
    );
    let back = [("back_condition", "damaged"), ("back_km", "10 120"), ("damage", "phare cassé")];
    let done = step(&mut browser, &path, "take-back", &back).await;
    let page = told(&mut browser, &done).await;
    assert!(page.says("8.00 €") && page.says("phare cassé"), "two days begun: {}", page.body);
    let mut books = desk.signed_in("tresoriere", "treasurer").await;
    let page = books.get(&path).await;
    assert!(page.says(CANARIES[0]) && page.says("/close\"") && !page.says("/people/"), "{}", page.body);
    let kept = step(&mut books, &path, "close", &[("contribution", ""), ("kept", "300")]).await;
    assert!(kept.status == 422 && kept.error_of("kept").is_some(), "{}", kept.body);
    assert_eq!(kept.value("kept").unwrap(), "300");
    let done = step(&mut books, &path, "close", &[("contribution", ""), ("kept", "50")]).await;
    assert!(told(&mut books, &done).await.says("50.00 €"));
    let settled = loan(&desk, &path).settlement().unwrap();
    assert_eq!((settled.contribution_due.get(), settled.deposit_kept.get()), (800, 5_000));
    assert_eq!(loan(&desk, &path).take_back().unwrap().by.as_str(), "guichet", "who took it back signs");
}

#[tokio::test]
async fn whoever_keeps_the_books_looks_at_loans_and_lends_nothing() {
    let (desk, mut browser) = open().await;
    let clio = car(&desk, "Clio").to_string();
    let path = asked(&desk, &mut browser).await;
    let mut books = desk.signed_in("tresoriere", "treasurer").await;
    let page = books.get(&path).await;
    assert!(page.status == 200 && !page.says("/book\"") && !page.says("/cancel\""), "{}", page.body);
    assert!(!books.get("/loans").await.says(NEW));
    assert_eq!(books.get(NEW).await.status, 403);
    let forms = [
        ("book", "asset"),
        ("hand-out", "out_condition"),
        ("take-back", "back_condition"),
        ("cancel", "reason"),
    ];
    for (what, field) in forms {
        let sent = books.send_form(&format!("{path}/{what}"), &[(field, &clio), ("etag", "1")]).await;
        assert_eq!(sent.status, 403, "{what}");
    }
    assert!(matches!(loan(&desk, &path).state, LoanState::Requested));
    for role in ["administrator", "auditor"] {
        is_refused(&desk, role, &["/loans", NEW, &path], &[NEW, &format!("{path}/close")]).await;
    }
}

#[tokio::test]
async fn the_pages_of_loans_are_whole_and_whoever_opens_one_is_noted() {
    let (desk, mut browser) = open().await;
    let clio = car(&desk, "Clio").to_string();
    let path = asked(&desk, &mut browser).await;
    let person = loan(&desk, &path).person;
    let new = format!("{NEW}?person={person}");
    are_whole(&mut browser, &["/loans", NEW, &new, &path]).await;
    step(&mut browser, &path, "book", &[("asset", &clio)]).await;
    desk.world.wait(90);
    are_whole(&mut browser, &[&path]).await;
    let out = [("out_condition", "good"), ("out_km", "10000"), ("papers", "driving-licence")];
    assert_eq!(step(&mut browser, &path, "hand-out", &out).await.status, 303);
    are_whole(&mut browser, &[&path]).await;
    let longer =
        step(&mut browser, &path, "extend", &[("extend_day", "2026-10-03"), ("extend_time", "")]).await;
    assert!(longer.status == 422 && longer.error_of("extend_day").is_some(), "{}", longer.body);
    let fields = [("extend_day", "2026-10-03"), ("extend_time", "18:00")];
    let longer = step(&mut browser, &path, "extend", &fields).await;
    assert!(told(&mut browser, &longer).await.says("The end of the loan is changed"));
    desk.world.wait(1);
    step(&mut browser, &path, "take-back", &[("back_condition", "good"), ("back_km", "10010")]).await;
    are_whole(&mut browser, &[&path]).await;
    let seen = access_log::of(&desk.app().store, Subject::Person(person), 99).unwrap();
    assert!(seen.iter().any(|access| access.purpose.as_ref() == "loan.show"));
    assert_eq!(browser.get("/loans/x").await.status, 404);
    assert_eq!(browser.send_form(&format!("{path}/other"), &[]).await.status, 404);
    assert_eq!(id_in(&longer), path.rsplit('/').next().unwrap());
}
