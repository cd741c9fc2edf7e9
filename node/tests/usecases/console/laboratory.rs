//! The laboratory of models and the ledger of unmet need as pages.

use super::Desk;
use crate::{
    half_years,
    legal::{driven, prepared},
    world::{A, World},
};

#[tokio::test]
async fn the_trips_of_a_year_are_drawn_under_every_model_with_the_figures_behind() {
    let world = prepared();
    driven(&world);
    driven(&world);
    let desk = Desk::of(world, false);
    let mut browser = desk.signed_in("tresorerie", "treasurer").await;
    let page = browser.get("/models?period=2026-10").await;
    let models = &desk.app().catalogue.models;
    assert_eq!(page.body.matches("<svg class=\"money\" role=\"img\"").count(), models.len());
    for model in models {
        assert_eq!(page.body.matches(&format!("<th scope=\"row\">{}</th>", model.name_en)).count(), 1);
    }
    // Two trips of 30 km at 0.32 €, under the model that served them.
    assert!(page.says("Beneficiaries: 19.20 €") && page.says("2 trips served so"), "{}", page.body);
    assert!(!page.says("style=") && page.says("preserveAspectRatio"));
    let whole = browser.get("/models").await;
    assert!(whole.says("Beneficiaries: 19.20 €") && whole.value("period").as_deref() == Some("2026"));
    let none = browser.get("/models?period=2025").await;
    assert!(none.status == 200 && !none.says("<svg class=\"money\""), "{}", none.body);
    let wrong = browser.get("/models?period=octobre").await;
    assert!(wrong.status == 422 && wrong.error_of("period").is_some(), "{}", wrong.body);
    assert_eq!(wrong.value("period").as_deref(), Some("octobre"));
}

#[tokio::test]
async fn unmet_need_is_counted_by_commune_and_reason_and_told_trip_by_trip_to_the_desk_alone() {
    let world = World::empty(1);
    let person = world.person(A, "never");
    for day in ["2026-10-06", "2026-10-07", "2026-11-05"] {
        half_years::unmet(&world, person, (day, "health"));
    }
    let desk = Desk::of(world, false);
    let mut browser = desk.signed_in("accueil", "coordinator").await;
    let page = browser.get("/unmet?from=2026-10-01&to=2026-10-31").await;
    assert!(page.says("Unmet needs: 2, of which served later: 0"), "{}", page.body);
    assert!(page.says("Alban (81003)") && page.says("no driver"), "{}", page.body);
    assert_eq!(page.body.matches("href=\"/trips/").count(), 2);
    assert!(browser.get("/unmet").await.says("Unmet needs: 3"), "the whole year");
    assert!(page.says("aria-label=\"Alban: 2 unmet needs\""), "{}", page.body);
    assert_eq!(
        page.body.matches("<circle class=\"none\"").count(),
        13,
        "the communes without: {}",
        page.body
    );
    let there = page.body.split("<a href=\"").find(|link| link.contains("2 unmet needs")).unwrap();
    let there = there.split('"').next().unwrap().replace("&#38;", "&");
    assert!(there.contains("from=2026-10-01&to=2026-10-31"), "{there}");
    assert!(browser.get(&there).await.says("Unmet needs: 2"), "{there}");
    assert!(browser.get("/unmet?commune=Albi").await.says("Unmet needs: 0"));
    assert!(browser.get("/unmet?commune=alban&reason=no-driver").await.says("Unmet needs: 3"));
    assert!(browser.get("/unmet?reason=too-late").await.says("Unmet needs: 0"));
    let unclear = browser.get("/unmet?commune=Albuquerque").await;
    assert!(
        unclear.error_of("commune").is_some() && unclear.says("value=\"Albuquerque\""),
        "{}",
        unclear.body
    );
    let mut auditor = desk.signed_in("controle", "auditor").await;
    let page = auditor.get("/unmet").await;
    assert!(page.says("Unmet needs: 3") && !page.says("/trips/"), "{}", page.body);
}
