//! The fleet as pages: what expires first, a reading, dates changed by who saw the present ones, and what happened to a vehicle.

use maillage_domain::loan::NewLoan;
use maillage_node::app::{
    fleet,
    loans::{self, NewHandOut, NewTakeBack},
};

use super::{are_whole, car, is_refused, local, open, person, told};
use crate::{
    console::{Browser, Desk, Page},
    world::{CANARIES, ready},
};

const NEW: &str = "/fleet/new";

/// A vehicle that was lent and came back; its page.
fn lent(desk: &Desk) -> String {
    let (clio, app) = (car(desk, "Clio"), desk.app());
    let new = NewLoan {
        category: "car".into(),
        from: "2026-10-01T08:00".into(),
        until: "2026-10-02T09:00".into(),
        purpose: "work-training".into(),
        notes: String::new(),
    };
    let loan = ready(loans::ask(app, &local(), person(desk), new)).unwrap().id;
    ready(loans::book(app, &local(), loan, clio, String::new())).unwrap();
    let out = NewHandOut {
        condition: "good".into(),
        odometer_m: Some(10_000_000),
        documents: vec!["driving-licence".into()],
        ..NewHandOut::default()
    };
    ready(loans::hand_out(app, &local(), loan, out)).unwrap();
    desk.world.wait(60);
    let back =
        NewTakeBack { condition: "good".into(), odometer_m: Some(10_050_000), ..NewTakeBack::default() };
    ready(loans::take_back(app, &local(), loan, back)).unwrap();
    format!("/fleet/{clio}")
}

async fn send(browser: &mut Browser, path: &str, fields: &[(&str, &str)]) -> Page {
    browser.send_form(path, fields).await
}

#[tokio::test]
async fn what_expires_comes_first_and_is_changed_by_who_saw_the_present_dates() {
    let (desk, mut browser) = open().await;
    let id = car(&desk, "Clio");
    let path = format!("/fleet/{id}");
    assert!(browser.get("/fleet").await.says("No insurance, inspection or service is due"));
    let seen = browser.get(&path).await.value("etag").unwrap();
    let dates = |until: &'static str| {
        [("insurance_until", until), ("inspection_due", "2026-09-15"), ("service_due", "")]
    };
    let mut fields = dates("2026-11-15").to_vec();
    fields.push(("etag", &seen));
    let done = send(&mut browser, &format!("{path}/dates"), &fields).await;
    assert!(told(&mut browser, &done).await.says("What is due is noted"));
    let list = browser.get("/fleet").await;
    let place = |text: &str| list.body.find(text).unwrap_or_else(|| panic!("{text}: {}", list.body));
    assert!(place("late since Tue 15 Sep 2026") < place("by Sun 15 Nov 2026"), "the late one first");
    assert!(place("by Sun 15 Nov 2026") < place("One vehicle") && list.says("AB-123-CD"));
    let mut stale = dates("2030-01-01").to_vec();
    stale.push(("etag", &seen));
    let page = send(&mut browser, &format!("{path}/dates"), &stale).await;
    assert!(page.status == 422 && page.says("has changed meanwhile"), "{}", page.body);
    assert_eq!(page.value("insurance_until").unwrap(), "2030-01-01", "what was typed stays");
    let wrong = [("insurance_until", "2030-01-01"), ("inspection_due", "bientôt"), ("etag", "2")];
    let page = send(&mut browser, &format!("{path}/dates"), &wrong).await;
    assert!(page.status == 422 && page.error_of("inspection_due").is_some(), "{}", page.body);
    let kept = fleet::show(desk.app(), &local(), id).unwrap();
    assert_eq!(kept.details.upkeep.insurance_until, Some("2026-11-15".parse().unwrap()));
    assert_eq!(kept.details.label.as_str(), "Clio", "what the form does not show stays");
}

#[tokio::test]
async fn a_vehicle_tells_what_happened_to_it_and_its_odometer_never_runs_backwards() {
    let (desk, mut browser) = open().await;
    let path = lent(&desk);
    let page = browser.get(&path).await;
    for told in ["Past loans", CANARIES[0], "brought back", "handed out", "entered into the fleet", "10050.0"]
    {
        assert!(page.says(told), "{told}: {}", page.body);
    }
    assert!(
        page.says("Nobody has it and nobody waits for it") && page.says("href=\"/loans/"),
        "{}",
        page.body
    );
    for typed in ["", "10 049", "beaucoup", "99999999999"] {
        let page = send(&mut browser, &format!("{path}/odometer"), &[("kilometres", typed)]).await;
        assert!(page.status == 422 && page.error_of("kilometres").is_some(), "{typed}: {}", page.body);
        assert_eq!(page.value("kilometres").unwrap(), typed, "what was typed stays");
    }
    let done = send(&mut browser, &format!("{path}/odometer"), &[("kilometres", "10 060,4")]).await;
    assert!(told(&mut browser, &done).await.says("10060.4"));
}

#[tokio::test]
async fn a_vehicle_is_out_of_service_until_somebody_says_that_it_is_not() {
    let (desk, mut browser) = open().await;
    let path = format!("/fleet/{}", car(&desk, "Clio"));
    browser.get(&path).await;
    for (fields, field) in [
        (vec![("reason", "x")], "reason"),
        (vec![("reason", "damage"), ("from_day", "2026-10-05")], "from_day"),
        (
            vec![
                ("reason", "damage"),
                ("from_day", "2026-10-05"),
                ("from_time", "08:00"),
                ("until_day", "2026-10-04"),
                ("until_time", "08:00"),
            ],
            "until_day",
        ),
    ] {
        let page = send(&mut browser, &format!("{path}/withdraw"), &fields).await;
        assert!(page.status == 422 && page.error_of(field).is_some(), "{fields:?}: {}", page.body);
    }
    let done = send(&mut browser, &format!("{path}/withdraw"), &[("reason", "damage")]).await;
    let page = told(&mut browser, &done).await;
    assert!(page.says("noted as out of service") && page.says("/restore\""), "{}", page.body);
    assert!(browser.get("/fleet").await.says("out of service: "));
    let done = send(&mut browser, &format!("{path}/restore"), &[]).await;
    let page = told(&mut browser, &done).await;
    assert!(page.says("in service again") && page.says("/withdraw\""), "{}", page.body);
}

#[tokio::test]
async fn a_vehicle_comes_into_the_fleet_once_with_errors_beside_their_fields() {
    let (desk, mut browser) = open().await;
    let name = browser.get(NEW).await.value("request_id").unwrap();
    let usual = [
        ("label", "Clio <bleue>"),
        ("category", "car"),
        ("ownership", "own"),
        ("seats", "5"),
        ("kilometres", "48 210"),
        ("rate", "4,00"),
        ("rate_per", "day"),
        ("deposit", "200"),
        ("insurance_until", "2027-01-31"),
        ("request_id", &name),
        ("step", "save"),
    ];
    let with = |field: &'static str, typed: &'static str| -> Vec<(&str, &str)> {
        let kept = usual.iter().copied().filter(|(name, _)| *name != field);
        kept.chain([(field, typed)]).collect()
    };
    for (field, typed) in [
        ("label", ""),
        ("seats", "12"),
        ("kilometres", "-3"),
        ("rate", "quatre"),
        ("deposit", "12,345"),
        ("plate", "???"),
        ("insurance_until", "bientôt"),
        ("inspection_due", "2026-13-01"),
    ] {
        let page = send(&mut browser, NEW, &with(field, typed)).await;
        assert!(page.status == 422 && page.error_of(field).is_some(), "{field} {typed}: {}", page.body);
        assert_eq!(page.value(field).unwrap(), typed, "what was typed stays");
    }
    let sent = send(&mut browser, NEW, &usual).await;
    let again = send(&mut browser, NEW, &usual).await;
    assert_eq!((again.status, again.location()), (303, sent.location()), "pressing twice");
    let page = told(&mut browser, &sent).await;
    for known in ["Clio &#60;bleue&#62;", "48210.0", "4.00 €", "200.00 €", "31 Jan 2027"] {
        assert!(page.says(known), "{known}: {}", page.body);
    }
    assert_eq!(fleet::list(desk.app(), &local(), None, 9).unwrap().len(), 1);
}

#[tokio::test]
async fn the_fleet_is_the_desks_to_change_and_its_pages_are_whole() {
    let (desk, mut browser) = open().await;
    let path = lent(&desk);
    are_whole(&mut browser, &["/fleet", NEW, &path]).await;
    let mut books = desk.signed_in("tresoriere", "treasurer").await;
    let page = books.get(&path).await;
    assert!(
        page.status == 200 && page.says("Past loans") && !page.says("<form method=\"post\" action=\"/fleet"),
        "{}",
        page.body
    );
    assert_eq!(books.get(NEW).await.status, 403);
    assert_eq!(send(&mut books, NEW, &[("label", "x"), ("step", "save")]).await.status, 403);
    for what in ["odometer", "dates", "withdraw", "restore"] {
        let sent =
            send(&mut books, &format!("{path}/{what}"), &[("kilometres", "99000"), ("etag", "1")]).await;
        assert_eq!(sent.status, 403, "{what}");
    }
    for role in ["administrator", "auditor"] {
        is_refused(&desk, role, &["/fleet", &path], &[&format!("{path}/odometer")]).await;
    }
    assert_eq!(browser.get("/fleet/x").await.status, 404);
    assert_eq!(send(&mut browser, &format!("{path}/other"), &[]).await.status, 404);
}
