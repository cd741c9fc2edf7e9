//! Series as pages: made from a request, a day skipped, ended; what somebody decided about is left and told.

use maillage_domain::{ids::SeriesKind, place::NewPlace, series::NewSeries};
use maillage_federation::ids::Id;
use maillage_node::app::series;

use super::{are_whole, is_refused, local, open, person, told};
use crate::{
    console::{Browser, Desk},
    world::{A, CANARIES, ready},
};

const NEW: &str = "/series/new";

/// Every Tuesday and Thursday from the first trip on.
fn weekly(desk: &Desk) -> Id<SeriesKind> {
    let new = NewSeries {
        weekdays: "tue,thu".into(),
        first: "2026-10-06".into(),
        dropoff: NewPlace { commune: "81004".into(), address: "1 place Lapérouse".into() },
        arrive_by: "10:00".into(),
        return_at: "14:00".into(),
        purpose: "health".into(),
        ..NewSeries::default()
    };
    ready(series::add(desk.app(), &local(), person(desk), new)).unwrap().series.id
}

/// What is typed for a series, with changes.
fn typed<'a>(person: &'a str, changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let usual = [
        ("person", person),
        ("weekdays", "tue"),
        ("day", "2026-10-06"),
        ("every_weeks", "2"),
        ("to_commune", "Albi"),
        ("to_address", "1 place <Lapérouse>"),
        ("purpose", "health"),
        ("time", "10:00"),
        ("kind", "arrive"),
        ("back", "at"),
        ("back_time", "14:00"),
        ("public_holidays", "skip"),
        ("school_holidays", "keep"),
        ("notes", "sonne à la porte"),
        ("step", "save"),
    ];
    let kept = usual.into_iter().filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    kept.chain(changes.iter().copied()).filter(|(_, value)| !value.is_empty()).collect()
}

fn all(desk: &Desk) -> Vec<maillage_domain::series::Series> {
    series::list(desk.app(), &local(), None, None, 99).unwrap()
}

async fn etag(browser: &mut Browser, path: &str) -> String {
    browser.get(path).await.value("etag").unwrap()
}

#[tokio::test]
async fn a_series_is_made_from_the_form_of_a_request_and_keeps_what_was_typed_there() {
    let (desk, mut browser) = open().await;
    let id = person(&desk).to_string();
    let request = browser.get(&format!("/requests/new?person={id}")).await;
    assert!(request.says("formaction=\"/series/new\""), "{}", request.body);
    let form = typed(&id, &[("step", "begin"), ("weekdays", "")]);
    let page = browser.send_form(NEW, &form).await;
    assert_eq!(page.status, 200);
    for (name, value) in
        [("day", "2026-10-06"), ("to_commune", "Albi"), ("time", "10:00"), ("back_time", "14:00")]
    {
        assert_eq!(page.value(name).unwrap(), value, "{name}");
    }
    assert!(page.says("value=\"health\" checked") && page.says("sonne à la porte"), "{}", page.body);
    assert_eq!(all(&desk).len(), 0, "nothing was made");
    let name = page.value("request_id").unwrap();
    let fields = typed(&id, &[("request_id", &name)]);
    let sent = browser.send_form(NEW, &fields).await;
    let again = browser.send_form(NEW, &fields).await;
    assert_eq!((again.status, again.location()), (303, sent.location()), "pressing twice");
    let page = told(&mut browser, &sent).await;
    assert!(page.says("The series is made, with") && page.says("every 2 weeks"), "{}", page.body);
    assert!(
        page.says(CANARIES[0]) && page.says("back at 14:00") && page.says("does not go"),
        "{}",
        page.body
    );
    let made = all(&desk);
    assert_eq!(made.len(), 1);
    assert_eq!(
        (made[0].pattern.every_weeks(), made[0].pattern.weekdays().to_string()),
        (2, "tue".to_owned())
    );
    assert!(!sent.location().contains(CANARIES[0]));
    let list = browser.get("/series").await;
    assert!(
        list.says(CANARIES[0]) && list.says("Albi") && list.says("next: Tue 6 Oct 2026"),
        "{}",
        list.body
    );
}

#[tokio::test]
async fn somebody_is_found_first_and_what_is_wrong_stands_beside_its_field() {
    let (desk, mut browser) = open().await;
    let id = person(&desk).to_string();
    browser.get(NEW).await;
    let page = browser.send_form(NEW, &[("step", "find"), ("letters", "Ca")]).await;
    assert!(page.error_of("letters").is_some(), "{}", page.body);
    let page =
        browser.send_form(NEW, &[("step", "find"), ("letters", CANARIES[0]), ("day", "2026-10-06")]).await;
    assert!(page.says(&format!("name=\"person\" value=\"{id}\"")), "{}", page.body);
    assert_eq!(page.value("day").unwrap(), "2026-10-06", "what was typed goes along");
    let empty = browser.send_form(NEW, &[("step", "save"), ("person", &id)]).await;
    assert_eq!(empty.status, 422);
    for field in ["weekdays", "day", "to_commune", "purpose", "time"] {
        assert!(empty.error_of(field).is_some(), "{field}: {}", empty.body);
    }
    for (field, value) in [
        ("until", "2026-10-01"),
        ("every_weeks", "99"),
        ("every_weeks", "souvent"),
        ("back_time", "09:00"),
        ("back_time", ""),
        ("to_commune", "Albuquerque"),
        ("companions", "50"),
        ("time", "midi"),
    ] {
        let page = browser.send_form(NEW, &typed(&id, &[(field, value)])).await;
        assert_eq!(page.status, 422, "{field} {value}");
        assert!(page.error_of(field).is_some(), "{field} {value}: {}", page.body);
        assert!(
            page.says("1 place &#60;Lapérouse&#62;") && page.says("value=\"tue\" checked"),
            "{field} {value}"
        );
        assert_eq!(page.value(field).unwrap(), value);
    }
    assert_eq!(all(&desk).len(), 0);
}

#[tokio::test]
async fn a_day_is_skipped_and_goes_as_usual_again_and_a_page_out_of_date_changes_nothing() {
    let (desk, mut browser) = open().await;
    let path = format!("/series/{}", weekly(&desk));
    let seen = etag(&mut browser, &path).await;
    let page = browser.get(&path).await;
    assert!(page.says("Tue 6 Oct 2026") && page.says("/skip\""), "{}", page.body);
    let done = browser.send_form(&format!("{path}/skip"), &[("day", "2026-10-08"), ("etag", &seen)]).await;
    let page = told(&mut browser, &done).await;
    assert!(
        page.says("called off: 2") && page.says("said for that day") && page.says("/as-usual\""),
        "{}",
        page.body
    );
    let stale = browser.send_form(&format!("{path}/skip"), &[("day", "2026-10-06"), ("etag", &seen)]).await;
    assert!(stale.status == 422 && stale.says("has changed meanwhile"), "{}", stale.body);
    let now = stale.value("etag").unwrap();
    assert_ne!(now, seen);
    let series = |desk: &Desk| all(desk).remove(0);
    assert_eq!(series(&desk).exceptions.len(), 1, "the page out of date changed nothing");
    let back = browser.send_form(&format!("{path}/as-usual"), &[("day", "2026-10-08"), ("etag", &now)]).await;
    assert!(told(&mut browser, &back).await.says("Trips made: 2"));
    assert_eq!(series(&desk).exceptions.len(), 0);
    let etag = etag(&mut browser, &path).await;
    for day in ["2026-10-07", "demain"] {
        let page = browser.send_form(&format!("{path}/skip"), &[("day", day), ("etag", &etag)]).await;
        assert_eq!(page.status, 422, "{day}: {}", page.body);
    }
}

#[tokio::test]
async fn a_series_ends_and_what_was_decided_is_left_and_told() {
    let (desk, mut browser) = open().await;
    let id = weekly(&desk);
    let path = format!("/series/{id}");
    let driver = desk.world.volunteer(A, "81003", true);
    let days = series::days(
        desk.app(),
        &local(),
        id,
        ("2026-10-13".parse().unwrap(), "2026-10-13".parse().unwrap()),
    );
    let promised = days.unwrap()[0].trips[0].id();
    desk.world.promise(A, promised, driver);
    let seen = etag(&mut browser, &path).await;
    for (from, etag) in [("", seen.as_str()), ("demain", seen.as_str()), ("2026-10-13", "99")] {
        let page = browser.send_form(&format!("{path}/end"), &[("from", from), ("etag", etag)]).await;
        assert!(page.status == 422 && page.error_of("from").is_some(), "{from}: {}", page.body);
        assert_eq!(page.value("from").unwrap(), from);
    }
    let ended = browser.send_form(&format!("{path}/end"), &[("from", "2026-10-13"), ("etag", &seen)]).await;
    let page = told(&mut browser, &ended).await;
    assert!(page.says("The series ends") && page.says("already: 2"), "{}", page.body);
    assert_eq!(desk.world.trip(A, promised).status().code(), "confirmed");
    desk.world.wait(9 * 24 * 60);
    let mut browser = desk.browser();
    crate::console::sign_in(&mut browser, "guichet", crate::console::PASSWORD).await;
    let page = browser.get("/series").await;
    assert!(page.says("No series is running") && page.says("Ended"), "{}", page.body);
    assert!(!browser.get(&path).await.says("/end\""), "what has ended is not ended again");
}

#[tokio::test]
async fn series_are_the_desks_and_their_pages_whole() {
    let (desk, mut browser) = open().await;
    let path = format!("/series/{}", weekly(&desk));
    let person = all(&desk)[0].person;
    let of_one = format!("/series?person={person}");
    let new = format!("{NEW}?person={person}");
    assert!(browser.get(&of_one).await.says(CANARIES[0]));
    assert!(browser.get(&format!("/people/{person}")).await.says(&format!("href=\"{of_one}\"")));
    are_whole(&mut browser, &["/series", &of_one, &path, NEW, &new]).await;
    let forms = [NEW.to_owned(), format!("{path}/skip"), format!("{path}/end")];
    let forms: Vec<&str> = forms.iter().map(String::as_str).collect();
    for role in ["treasurer", "administrator", "auditor"] {
        is_refused(&desk, role, &["/series", &path, &new], &forms).await;
    }
    assert_eq!(browser.get("/series/x").await.status, 404);
    assert_eq!(browser.send_form(&format!("{path}/other"), &[]).await.status, 404);
    assert_eq!(all(&desk)[0].revision, 1);
}
