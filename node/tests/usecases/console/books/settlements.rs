//! Months with other members, as pages: what was read is signed, a line is put right, and no person is in any of it.

use maillage_domain::settlement::Standing;
use maillage_node::app::{caller::Caller, settlements};

use super::{fill, names_nobody, told};
use crate::{
    console::{Browser, Desk, pages::check_whole},
    settlements::agreed,
    world::{A, B, CANARIES, World},
};

/// The desk of B in November, which has carried a trip of A for €13.40.
async fn in_november() -> (Desk, Browser, String) {
    // Apart: what the world does by itself is there at once where no runtime is.
    let play = || {
        let mut world = agreed();
        world.driven_by_b();
        world.november();
        world
    };
    let world = std::thread::scope(|threads| threads.spawn(play).join().unwrap());
    let path = format!("/money/settlements/{}/2026-10", world.id(A));
    let desk = Desk::at(world, B, false);
    let browser = desk.signed_in("tresorerie", "treasurer").await;
    (desk, browser, path)
}

fn standing(world: &World) -> Standing {
    let (other, month) = (world.id(A).to_string(), "2026-10".parse().unwrap());
    let found = settlements::show(world.app(B), &Caller::local(), &other, month).unwrap();
    found.directions[0].account.standing()
}

#[tokio::test]
async fn a_month_is_read_line_by_line_and_what_was_read_is_signed() {
    let (desk, mut browser, path) = in_november().await;
    let month = browser.get("/money/2026-10").await;
    assert!(month.says(&format!("href=\"{path}\"")) && month.says("€13.40"), "{}", month.body);
    let page = browser.get(&path).await;
    assert!(page.says("We carried") && page.says("€13.40") && page.says("30.000 km"), "{}", page.body);
    assert!(!page.says("href=\"/handovers/"), "handovers are the desk's to see");
    for canary in CANARIES {
        assert!(!page.says(canary), "{canary}");
    }
    names_nobody(&page);
    let links = page.body.split("href=\"").filter_map(|rest| rest.split('"').next());
    let links: Vec<String> = links.map(|link| link.replace("&#38;", "&")).collect();
    let sign = links.iter().find(|link| link.contains("/sign?seen=")).unwrap();
    let refused = fill(&mut browser, sign, &[]).await;
    assert!(refused.status == 422 && refused.error_of("sure").is_some(), "{}", refused.body);
    assert_eq!(standing(&desk.world), Standing::Open);
    // A line is put right after the page was read: what was read is not signed any more.
    let correct = links.iter().find(|link| link.contains("/correct?handover=")).unwrap();
    let typed = [("result", "driven"), ("loaded", "x"), ("reason", "kilometres")];
    let wrong = fill(&mut browser, correct, &typed).await;
    assert!(wrong.status == 422 && wrong.error_of("loaded").is_some(), "{}", wrong.body);
    assert_eq!(wrong.value("loaded").as_deref(), Some("x"));
    let typed = [("result", "driven"), ("loaded", "31"), ("reason", "kilometres")];
    let sent = fill(&mut browser, correct, &typed).await;
    assert!(told(&mut browser, &sent).await.says("€13.80"), "40 cents for a kilometre more");
    let old = fill(&mut browser, sign, &[("sure", "1")]).await;
    assert!(old.status == 422 && old.says("have changed since you read them"), "{}", old.body);
    assert_eq!(standing(&desk.world), Standing::Open);
    let page = browser.get(&path).await;
    let mut sign = page.body.split("href=\"").filter_map(|rest| rest.split('"').next());
    let sign = sign.find(|link| link.contains("/sign?seen=")).unwrap().to_owned();
    let sent = fill(&mut browser, &sign, &[("sure", "1")]).await;
    assert!(told(&mut browser, &sent).await.says("is signed, and on its way"));
    assert_eq!(standing(&desk.world), Standing::SignedByUs);
}

#[tokio::test]
async fn others_look_and_sign_nothing_and_a_month_goes_into_a_spreadsheet() {
    let (desk, mut browser, path) = in_november().await;
    let (name, table) = browser.raw(&format!("{path}/table")).await;
    assert!(name.contains("maillage-2026-10.csv"));
    assert!(String::from_utf8(table).unwrap().contains(";13,40;"));
    for code in ["fr", "en"] {
        browser.get(&format!("/?lang={code}")).await;
        for path in [path.clone(), format!("{path}/sign"), format!("{path}/correct")] {
            check_whole(&browser.get(&path).await, &path, code);
        }
    }
    for role in ["coordinator", "auditor"] {
        let mut browser = desk.signed_in(role, role).await;
        let page = browser.get(&path).await;
        assert!(page.status == 200 && page.says("€13.40"), "{role}: {}", page.body);
        assert!(!page.says("/sign?") && !page.says("/correct"), "{role}: {}", page.body);
        for what in ["sign", "correct"] {
            let sent = browser.send_form(&format!("{path}/{what}"), &[("sure", "1")]).await;
            assert_eq!(sent.status, 403, "{role} {what}");
        }
    }
    assert_eq!(standing(&desk.world), Standing::Open);
    for path in ["/money/settlements/x/2026-10", "/money/settlements/x/y"] {
        assert!(matches!(browser.get(path).await.status, 404 | 409), "{path}");
    }
}
