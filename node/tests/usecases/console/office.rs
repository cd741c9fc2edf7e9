//! The pages of those who answer for the platform: what leaves it, how it is.

use maillage_domain::roles::Operation;
use maillage_federation::envelope::Body;
use maillage_node::app::{caller::Caller, report::due};

use super::{Browser, Desk};
use crate::{
    half_years::{self, set},
    world::{A, World, ready},
};

/// What the node puts on its way to the hub as reports.
fn leaving(world: &World) -> usize {
    world.waiting(A).iter().filter(|body| matches!(body, Body::Report(_))).count()
}

/// A desk in November with a person whose two trips of October nobody could carry, and somebody who may send.
async fn in_november() -> (Desk, Browser) {
    let world = World::empty(1);
    let person = world.person(A, "never");
    for day in ["2026-10-06", "2026-10-07"] {
        half_years::unmet(&world, person, (day, "health"));
    }
    set(&world, "2026-11-02T08:00:00Z");
    let desk = Desk::of(world, false);
    let browser = desk.signed_in("administration", "administrator").await;
    (desk, browser)
}

#[tokio::test]
async fn a_month_is_looked_at_sent_once_and_its_bytes_can_be_fetched() {
    let (desk, mut browser) = in_november().await;
    let all = browser.get("/statistics").await;
    assert!(all.says("One period to send or withhold") && all.says("/statistics/2026-10"), "{}", all.body);
    assert!(all.says("58 times in 100 instead of 50"), "{}", all.body);
    let open = browser.get("/statistics/2026-10").await;
    for told in ["trips not fulfilled", "<td>2</td>", "± 80", "not drawn yet", "Draw the noise and send"] {
        assert!(open.says(told), "{told}: {}", open.body);
    }
    assert_eq!(browser.get("/statistics/2026-10/bytes").await.status, 404, "nothing has left");
    assert_eq!(leaving(&desk.world), 0, "looking sends nothing");
    browser.get("/statistics/2026-10").await;
    let sent = browser.send_form("/statistics/2026-10/send", &[]).await;
    assert_eq!((sent.status, sent.location()), (303, "/statistics/2026-10"));
    let kept = browser.get("/statistics/2026-10").await;
    assert!(kept.says("is frozen") && kept.says("<b>1000</b>") && kept.says("<b>1003</b>"), "{}", kept.body);
    assert!(kept.says("<td>2</td>") && !kept.says("Draw the noise"), "the true count beside it");
    assert_eq!(leaving(&desk.world), 1);
    browser.send_form("/statistics/2026-10/send", &[]).await;
    assert_eq!(leaving(&desk.world), 1, "once");
    let bytes = browser.raw("/statistics/2026-10/bytes").await;
    let leaving = desk.world.waiting(A);
    let Some(Body::Report(report)) = leaving.first() else { panic!("a report leaves") };
    assert_eq!(bytes.1, report.body(), "to the letter");
    assert!(bytes.0.starts_with("attachment"));
    assert!(browser.get("/statistics").await.says("Nothing to send"));
}

#[tokio::test]
async fn a_month_is_withheld_by_whoever_confirms_it_and_taken_back_for_a_reason() {
    let (desk, mut browser) = in_november().await;
    browser.get("/statistics/2026-10").await;
    browser.send_form("/statistics/2026-10/withhold", &[]).await;
    let page = browser.get("/statistics/2026-10").await;
    assert!(page.says("Nothing was done") && page.says("Draw the noise and send"), "{}", page.body);
    browser.send_form("/statistics/2026-10/withhold", &[("sure", "1")]).await;
    let page = browser.get("/statistics/2026-10").await;
    assert!(page.says("withheld") && !page.says("Draw the noise"), "{}", page.body);
    browser.send_form("/statistics/2026-10/send", &[]).await;
    assert!(browser.get("/statistics/2026-10").await.says("notice bad"));
    assert_eq!(leaving(&desk.world), 0);
    set(&desk.world, "2026-12-02T08:00:00Z");
    let mut browser = desk.browser();
    super::sign_in(&mut browser, "administration", super::PASSWORD).await;
    browser.get("/statistics/2026-11").await;
    browser.send_form("/statistics/2026-11/send", &[]).await;
    let page = browser.get("/statistics/2026-11").await;
    assert!(page.says("Take this report back"), "{}", page.body);
    browser.send_form("/statistics/2026-11/withdraw", &[("reason", "nonsense")]).await;
    assert!(browser.get("/statistics/2026-11").await.says("notice bad"));
    browser.send_form("/statistics/2026-11/withdraw", &[("reason", "test-data")]).await;
    let page = browser.get("/statistics/2026-11").await;
    assert!(page.says("test data") && !page.says("Take this report back"), "{}", page.body);
}

#[tokio::test]
async fn what_is_due_is_what_can_be_closed_in_order() {
    let (world, persons) = half_years::world();
    half_years::unmet(&world, persons[0], ("2026-10-06", "health"));
    let due = || -> Vec<String> {
        let found = due::due(world.app(A), &Caller::local()).unwrap();
        found.iter().map(ToString::to_string).collect()
    };
    assert_eq!(due(), ["2026-09"], "nothing was closed yet: the last month takes the rest along");
    half_years::close_months(&world, &["2026-10"]);
    assert_eq!(due(), Vec::<String>::new(), "the month that is closed, and none before it");
    set(&world, "2027-02-01T08:00:00Z");
    assert_eq!(due(), ["2026-11", "2026-12", "2027-01"], "the half-year waits for its months");
    half_years::close_months(&world, &["2026-11", "2026-12"]);
    assert_eq!(due(), ["2027-01", "2026-H2"]);
    for period in due() {
        let closed = match period.parse().unwrap() {
            maillage_federation::statistics::Period::Month(month) => {
                ready(maillage_node::app::report::close(
                    world.app(A),
                    &Caller::local(),
                    month,
                    half_years::noise() as _,
                ))
                .map(|_| ())
            }
            maillage_federation::statistics::Period::HalfYear(_) => {
                half_years::close(&world, &period, &half_years::noise()).map(|_| ())
            }
        };
        assert_eq!(closed, Ok(()), "{period}");
    }
    assert_eq!(due(), Vec::<String>::new());
}

#[tokio::test]
async fn whoever_may_look_at_figures_sees_them_and_cannot_send() {
    let (desk, _) = in_november().await;
    for role in ["coordinator", "treasurer", "auditor"] {
        let mut browser = desk.signed_in(role, role).await;
        let page = browser.get("/statistics/2026-10").await;
        assert!(page.status == 200 && page.says("± 80") && !page.says("/send\""), "{role}: {}", page.body);
        let sent = browser.send_form("/statistics/2026-10/send", &[]).await;
        assert_eq!(sent.status, 403, "{role}");
        assert_eq!(browser.get("/status").await.status, 200, "{role}");
    }
    assert!(!Operation::ReportClose.allows(&[maillage_domain::roles::Role::Treasurer].into()));
    assert_eq!(leaving(&desk.world), 0);
}

#[tokio::test]
async fn the_status_says_in_words_what_is_not_well_and_what_to_do() {
    let desk = Desk::open();
    let mut browser = desk.signed_in("administration", "administrator").await;
    let page = browser.get("/status").await;
    for told in ["Link with the hub", "none known", "backup make", "GB free of", "Paris time"] {
        assert!(page.says(told), "{told}: {}", page.body);
    }
    maillage_node::backup::snapshot(desk.app(), &Caller::local()).await.unwrap();
    let page = browser.get("/status").await;
    assert!(page.says("recent") && !page.says("none known"), "{}", page.body);
    desk.world.wait(49 * 60);
    super::sign_in(&mut browser, "administration", super::PASSWORD).await;
    let page = browser.get("/status").await;
    assert!(page.says("The nightly backup did not run"), "{}", page.body);
}
