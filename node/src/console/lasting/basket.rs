//! The basket of a pathway: what was chosen for the person, and what of the person's could be put into it.

use maillage_console::lasting::{Press, Row, Section};
use maillage_domain::{
    ids::PathwayKind,
    pathway::{BasketItem, Pathway, Stage},
    roles::Operation,
    service::{Service, ServiceType},
    trip::Trip,
};
use maillage_federation::ids::Id;
use maillage_platform::refusal::Refusal;

use super::super::{
    Console,
    door::Visit,
    reply::{texts, words},
    shown::{commune, day_and_hours, path_of},
};
use crate::app::{
    loans::{self, LoanQuery},
    pathways, refusals, series,
    services::{self, ServiceQuery},
    trips,
};

/// Things of each kind that are offered: the newest ones.
const OFFERED: usize = 50;

/// Something of the person's: what it is, its page, and how it is called.
struct Thing {
    item: BasketItem,
    path: String,
    title: String,
}

/// What is in the basket, each thing with the button that takes it out.
pub(super) fn sections(console: &Console, visit: &Visit, pathway: &Pathway) -> Result<Vec<Section>, Refusal> {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let is_begun = !matches!(pathway.stage, Stage::Entered);
    if !is_begun && pathway.basket.is_empty() {
        return Ok(Vec::new());
    }
    let things = things(console, visit, pathway)?;
    let takes_out = pathway.is_open() && Operation::PathwayBasket.allows(visit.caller().roles());
    let row = |item: &BasketItem| {
        let known = things.iter().find(|thing| thing.item == *item);
        let kind = words.code("basket", kind(*item));
        let title = known.map_or_else(|| kind.clone(), |thing| thing.title.clone());
        let press = Press {
            action: format!("/pathways/{}/take-out", pathway.id),
            name: "item",
            value: written(*item),
            label: texts.about("lasting-pathway-take-out", &title),
        };
        Row {
            path: known.map(|thing| thing.path.clone()).unwrap_or_default(),
            what: kind,
            title,
            badge: None,
            presses: if takes_out { vec![press] } else { Vec::new() },
        }
    };
    Ok(vec![Section {
        id: "basket",
        title: texts.say("lasting-pathway-basket"),
        none: texts.say("lasting-pathway-basket-none"),
        urgent: false,
        etag: pathway.revision.to_string(),
        rows: pathway.basket.iter().map(row).collect(),
    }])
}

/// What could be put into the basket.
pub(super) fn offered(
    console: &Console,
    visit: &Visit,
    pathway: &Pathway,
) -> Result<Vec<(String, String)>, Refusal> {
    let words = words(console, visit);
    let things = things(console, visit, pathway)?.into_iter();
    let others = things.filter(|thing| !pathway.basket.contains(&thing.item));
    let option = |thing: Thing| {
        let kind = words.code("basket", kind(thing.item));
        (written(thing.item), format!("{kind} · {}", thing.title))
    };
    Ok(others.map(option).collect())
}

/// Advice that was held, on which a diagnosis can rest.
pub(super) fn advice(
    console: &Console,
    visit: &Visit,
    pathway: &Pathway,
) -> Result<Vec<(String, String)>, Refusal> {
    let (app, caller, words) = (&console.app, visit.caller(), words(console, visit));
    let found = services::list(app, &caller, ServiceQuery::OfPerson(pathway.person, None), OFFERED)?;
    let held = found.iter().filter(|one| one.case.kind() == ServiceType::Advice && one.rendered().is_some());
    let option = |one: &Service| {
        let on = words.instant(&one.created.to_string());
        (one.id.to_string(), texts(console, visit).about("lasting-pathway-advice-of", &on))
    };
    let none = (String::new(), texts(console, visit).say("lasting-pathway-no-advice"));
    Ok(std::iter::once(none).chain(held.map(option)).collect())
}

/// Everything of the person's that a basket can hold.
fn things(console: &Console, visit: &Visit, pathway: &Pathway) -> Result<Vec<Thing>, Refusal> {
    let (app, caller, words) = (&console.app, visit.caller(), words(console, visit));
    let person = pathway.person;
    let geography = app.geography;
    let mut things = Vec::new();
    let mut trips: Vec<Trip> = trips::of_person(app, &caller, person, OFFERED)?;
    trips.retain(|trip| trip.terms.occurrence.is_none());
    for trip in trips {
        let Some(request) = trip.request() else { continue };
        let item = BasketItem::Request(request);
        if things.iter().all(|thing: &Thing| thing.item != item) {
            let title =
                format!("{} · {}", day_and_hours(words, &trip), commune(geography, &trip.terms.dropoff));
            things.push(Thing { item, path: path_of(&trip), title });
        }
    }
    for one in series::list(app, &caller, Some(person), None, OFFERED)? {
        let days = super::series::days(console, visit, &one.pattern);
        things.push(Thing {
            item: BasketItem::Series(one.id),
            path: format!("/series/{}", one.id),
            title: format!("{days} · {}", commune(geography, &one.journey.dropoff)),
        });
    }
    for one in loans::list(app, &caller, LoanQuery::OfPerson(person, None), OFFERED)? {
        let span = one.terms.span;
        let when = words.span(&span.from().to_string(), &span.until().to_string());
        things.push(Thing {
            item: BasketItem::Loan(one.id),
            path: format!("/loans/{}", one.id),
            title: format!("{} · {when}", words.code("asset-category", one.terms.category.code())),
        });
    }
    for one in services::list(app, &caller, ServiceQuery::OfPerson(person, None), OFFERED)? {
        let since = words.instant(&one.created.to_string());
        things.push(Thing {
            item: BasketItem::Service(one.id),
            path: String::new(),
            title: format!("{} · {since}", words.code("service-kind", one.case.kind().code())),
        });
    }
    Ok(things)
}

/// Puts something into the basket, or takes it out.
pub(super) async fn change(
    console: &Console,
    visit: &Visit,
    id: Id<PathwayKind>,
    remove: bool,
) -> Result<String, Refusal> {
    let item = read(visit.fields.text("item")).ok_or_else(|| refusals::invalid("thing-not-chosen"))?;
    pathways::change_basket(&console.app, &visit.caller(), id, item, remove).await?;
    let key = if remove { "lasting-pathway-take-out-done" } else { "lasting-pathway-put-done" };
    Ok(texts(console, visit).say(key))
}

fn kind(item: BasketItem) -> &'static str {
    match item {
        BasketItem::Request(_) => "request",
        BasketItem::Series(_) => "series",
        BasketItem::Loan(_) => "loan",
        BasketItem::Service(_) => "service",
    }
}

fn written(item: BasketItem) -> String {
    let id = match item {
        BasketItem::Request(id) => id.to_string(),
        BasketItem::Series(id) => id.to_string(),
        BasketItem::Loan(id) => id.to_string(),
        BasketItem::Service(id) => id.to_string(),
    };
    format!("{}:{id}", kind(item))
}

fn read(text: &str) -> Option<BasketItem> {
    let (kind, id) = text.split_once(':')?;
    match kind {
        "request" => id.parse().ok().map(BasketItem::Request),
        "series" => id.parse().ok().map(BasketItem::Series),
        "loan" => id.parse().ok().map(BasketItem::Loan),
        "service" => id.parse().ok().map(BasketItem::Service),
        _ => None,
    }
}
