//! Finding somebody from any page, by letters or by an identifier; and lists that go on where a page ends.

use crate::{
    console::Desk,
    world::{A, CANARIES, World},
};

#[tokio::test]
async fn anybody_is_found_from_any_page_and_no_name_stands_in_an_address() {
    let desk = Desk::of(World::new(), false);
    let driver = desk.world.volunteer(A, "81003", false);
    let (trip, handover) = desk.world.offered();
    let person = desk.world.trip(A, trip).person().unwrap();
    let mut browser = desk.signed_in("guichet", "coordinator").await;
    for path in ["/", "/handovers", "/volunteers", "/status"] {
        let page = browser.get(path).await;
        assert!(page.says("<input id=\"find\"") && page.says("action=\"/people\""), "{path}: {}", page.body);
    }
    let found = browser.send_form("/people", &[("find", "can")]).await;
    assert!(
        found.status == 200 && found.says("One person found") && found.says(CANARIES[0]),
        "{}",
        found.body
    );
    assert_eq!(found.value("letters").unwrap(), "can", "to go on with");
    for (id, path) in [
        (person.to_string(), format!("/people/{person}")),
        (format!(" {trip} "), format!("/trips/{trip}")),
        (driver.to_string(), format!("/volunteers/{driver}")),
        (handover.to_string(), format!("/handovers/{handover}")),
    ] {
        let found = browser.send_form("/people", &[("find", &id)]).await;
        assert_eq!((found.status, found.location()), (303, path.as_str()), "{id}");
        assert_eq!(browser.get(&path).await.status, 200);
    }
    let unknown = browser.send_form("/people", &[("find", "0198a000-0000-7000-8000-000000000000")]).await;
    assert!(unknown.status == 200 && unknown.says("Nobody matches"), "{}", unknown.body);
    let short = browser.send_form("/people", &[("find", "c")]).await;
    assert!(short.error_of("letters").is_some(), "{}", short.body);
    let mut treasurer = desk.signed_in("tresorier", "treasurer").await;
    assert!(!treasurer.get("/").await.says("id=\"find\""));
    assert_eq!(treasurer.send_form("/people", &[("find", &trip.to_string())]).await.status, 403);
}

#[tokio::test]
async fn the_lists_of_handovers_go_on_where_a_page_ends() {
    let desk = Desk::of(World::new(), false);
    let mut handovers: Vec<_> = (0..52).map(|_| desk.world.offered().1).collect();
    let mut browser = desk.signed_in("guichet", "coordinator").await;
    let first = browser.get("/handovers").await;
    let shown = |page: &crate::console::Page| -> Vec<_> {
        let open = page.body.split("id=\"open-title\"").nth(1).unwrap().split("</section>").next().unwrap();
        handovers.iter().copied().filter(|id| open.contains(&format!("/handovers/{id}"))).collect()
    };
    let mut all = shown(&first);
    assert_eq!(all.len(), 50);
    let mut more = first.body.split("href=\"").filter_map(|rest| rest.split('"').next());
    let more = more.find(|path| path.starts_with("/handovers?open=")).unwrap().to_owned();
    let second = browser.get(&more).await;
    all.extend(shown(&second));
    assert!(second.says("From the start") && !second.says("More under way"), "{}", second.body);
    all.sort();
    handovers.sort();
    assert_eq!(all, handovers, "each once");
}
