//! What the platform owes to authorities: the annual return to the prefect, what is missing of it first, each figure with what it
//! is made of, a form to sign, and the register of processings. Figures and identifiers; a name only for whoever may list it.

use std::sync::Arc;

use axum::{
    extract::{Extension, Path, State},
    http::Uri,
    response::Response,
};
use jiff::civil::Date;
use maillage_console::{
    books::{BookPage, Cell, Facts, Missing, Table, Way},
    parts::{Badge, Tone},
};
use maillage_domain::{
    civil::day_of,
    ids::VolunteerKind,
    roles::Operation,
    tus_return::{Driver, Figure, Item, VehicleKey},
};
use maillage_federation::ids::Id;
use maillage_platform::{i18n::FluentValue, refusal::Refusal};
use maillage_proto::node::v1 as proto;

use super::{ROWS, carrier, csv, query, shown};
use crate::{
    app::{
        carriers,
        obligations::{register as processings, tus_return},
        people::documents,
        refusals, trips,
    },
    cli::obligations::{
        register as register_words,
        tus_return::{spreadsheet, values},
    },
    console::{
        Console,
        door::Visit,
        fields::Fields,
        reply::{frame, nothing, page, texts, words},
        shown::{self as worded, names},
    },
    grpc::convert,
    limits::CARRIERS,
};

/// Papers that expire within so many days are told.
const PAPERS_WITHIN: u16 = 60;

/// The return that is due next.
pub(super) async fn show_present(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    uri: Uri,
) -> Response {
    let today = day_of(console.app.now());
    // Until March it is the year before that is returned.
    let year = if today.month() < 3 { today.year() - 1 } else { today.year() };
    let found = of_year(&console, &visit, (year, &query(&uri))).await;
    shown(&console, &visit, found)
}

/// The return of a year.
pub(super) async fn show(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path(year): Path<String>,
    uri: Uri,
) -> Response {
    let Ok(year) = year.parse() else { return nothing(State(console), Extension(visit)).await };
    let found = of_year(&console, &visit, (year, &query(&uri))).await;
    shown(&console, &visit, found)
}

/// Counts a year, on a thread of its own: a year of the largest node takes a while, and nobody else waits for it.
async fn counted(
    console: &Console,
    visit: &Visit,
    (year, asked): (i16, &Fields),
) -> Result<proto::TusReturnReply, Refusal> {
    let (app, caller, carrier) = (Arc::clone(&console.app), visit.caller(), carrier(asked.text("carrier")));
    let year = u32::try_from(year).unwrap_or_default();
    let counted = tokio::task::spawn_blocking(move || {
        tus_return::of_year(&app, &caller, year, carrier)
            .map(|year| convert::obligations::tus_return(&app, &year))
    });
    counted.await.unwrap_or_else(|error| Err(refusals::internal(error)))
}

async fn of_year(
    console: &Console,
    visit: &Visit,
    (year, asked): (i16, &Fields),
) -> Result<Response, Refusal> {
    let reply = counted(console, visit, (year, asked)).await?;
    let (texts, words) = (texts(console, visit), words(console, visit));
    let chosen = chosen(asked);
    let title = texts.about("books-return", &year.to_string());
    let mut shown = BookPage::new(frame(console, visit, title));
    shown.others = others(console, visit, (year, &chosen))?;
    shown.told.push(words.text("tus-basis", &[]));
    shown.badge = Some(deadline(console, visit, year));
    shown.first = missing(console, visit, (&reply, year, &chosen))?;
    let at = |part: &str| format!("/obligations/{year}/{part}{chosen}");
    shown.ways = vec![
        Way::first(at("form"), texts.say("books-return-form")),
        Way::new(at("table"), texts.say("books-table")),
        Way::new("/obligations/register", texts.say("books-register")),
    ];
    let leads = Operation::TusFigure.allows(visit.caller().roles());
    let row = |(code, value): (&'static str, String)| {
        let is_figure = leads && code.parse::<Figure>().is_ok() && count(&reply, code) > 0;
        let path = if is_figure { at(code) } else { String::new() };
        (words.code("tus", code), value, path)
    };
    let filled = values(&reply).into_iter().filter(|(_, value)| !value.is_empty());
    shown.facts = Some(Facts { title: texts.say("books-return-facts"), rows: filled.map(row).collect() });
    shown.notes = notes(console, visit, &reply);
    Ok(page(&shown))
}

/// The carrier of an address, to go along with the next one.
fn chosen(asked: &Fields) -> String {
    carrier(asked.text("carrier")).map(|carrier| format!("?carrier={carrier}")).unwrap_or_default()
}

/// Other years, and the other associations.
fn others(console: &Console, visit: &Visit, (year, chosen): (i16, &str)) -> Result<Vec<Way>, Refusal> {
    let texts = texts(console, visit);
    let at = |year: i16| Way::new(format!("/obligations/{year}{chosen}"), year.to_string());
    let present = day_of(console.app.now()).year();
    let mut ways = vec![at(year - 1)];
    if year < present {
        ways.push(at(year + 1));
    }
    if Operation::CarrierShow.allows(visit.caller().roles()) {
        let found = carriers::list(&console.app, &visit.caller(), None, CARRIERS)?;
        let way = |carrier: &maillage_domain::legal::Carrier| {
            let name = texts.about("books-return-of", carrier.details.name.as_str());
            Way::new(format!("/obligations/{year}?carrier={}", carrier.id), name)
        };
        ways.extend(found.iter().map(way).filter(|_| found.len() > 1));
    }
    Ok(ways)
}

/// By when the return is wanted: before the first of March of the next year.
fn deadline(console: &Console, visit: &Visit, year: i16) -> Badge {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let today = day_of(console.app.now());
    let wanted = Date::new(year.saturating_add(1), 3, 1).unwrap_or(Date::MAX);
    let days = today.until(wanted).map(|span| span.get_days()).unwrap_or_default();
    let (key, tone) = if today.year() <= year {
        ("books-return-runs", Tone::Plain)
    } else if days > 0 {
        ("books-return-due", Tone::Wait)
    } else {
        ("books-return-over", Tone::Plain)
    };
    Badge::new(texts.about(key, &words.day(wanted)), tone)
}

fn count(reply: &proto::TusReturnReply, code: &str) -> u32 {
    let found = reply.figures.iter().find(|figure| figure.figure == code);
    found.map(|figure| figure.count).unwrap_or_default()
}

/// What is missing of a return or soon will be, the gravest first.
fn missing(
    console: &Console,
    visit: &Visit,
    (reply, year, chosen): (&proto::TusReturnReply, i16, &str),
) -> Result<Vec<Missing>, Refusal> {
    let (texts, caller) = (texts(console, visit), visit.caller());
    let figure = |code: &str| format!("/obligations/{year}/{code}{chosen}");
    let number = |count: u32| usize::try_from(count).unwrap_or(usize::MAX);
    let uncosted = count(reply, "trips").saturating_sub(count(reply, "trips-costed"));
    let expiring = if Operation::VolunteerExpiries.allows(caller.roles()) {
        documents::expiring(&console.app, &caller, PAPERS_WITHIN)?.len()
    } else {
        0
    };
    let no_carrier = usize::from(reply.carrier.is_empty());
    let no_headcount = usize::from(!reply.carrier.is_empty() && reply.employees.is_none());
    let found = [
        ("carrier", Tone::Bad, no_carrier, String::new()),
        ("undecided", Tone::Bad, number(count(reply, "trips-undecided")), figure("trips-undecided")),
        ("verify", Tone::Wait, number(count(reply, "trips-to-verify")), figure("trips-to-verify")),
        ("headcount", Tone::Wait, no_headcount, String::new()),
        ("uncosted", Tone::Wait, number(uncosted), figure("trips")),
        ("papers", Tone::Wait, expiring, "/volunteers".to_owned()),
    ];
    let told = |(code, tone, count, path): (&str, Tone, usize, String)| Missing {
        badge: Badge::new(texts.say(&format!("books-missing-{code}-kind")), tone),
        what: texts.count(&format!("books-missing-{code}"), count),
        advice: texts.say(&format!("books-missing-{code}-do")),
        path,
    };
    Ok(found.into_iter().filter(|(_, _, count, _)| *count > 0).map(told).collect())
}

/// What whoever signs has to know, in the words of the command line.
fn notes(console: &Console, visit: &Visit, reply: &proto::TusReturnReply) -> Vec<String> {
    let words = words(console, visit);
    let neighbours = i64::try_from(reply.neighbours_trips).unwrap_or(i64::MAX);
    let note = |key: &str, args: &[(&str, FluentValue<'_>)]| {
        words.text("tus-note", &[("text", words.text(key, args).into())])
    };
    let carried = (neighbours > 0).then(|| note("tus-neighbours", &[("count", neighbours.into())]));
    carried.into_iter().chain([note("tus-both-grounds", &[])]).collect()
}

/// What a figure of a year is made of.
pub(super) async fn figure(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path((year, figure)): Path<(String, String)>,
    uri: Uri,
) -> Response {
    let (Ok(year), Ok(figure)) = (year.parse::<i16>(), figure.parse::<Figure>()) else {
        return nothing(State(console), Extension(visit)).await;
    };
    let found = made_of(&console, &visit, (year, figure), &query(&uri)).await;
    shown(&console, &visit, found)
}

async fn made_of(
    console: &Console,
    visit: &Visit,
    (year, figure): (i16, Figure),
    asked: &Fields,
) -> Result<Response, Refusal> {
    let (app, caller, carrier) = (Arc::clone(&console.app), visit.caller(), carrier(asked.text("carrier")));
    let counted = u32::try_from(year).unwrap_or_default();
    let items = tokio::task::spawn_blocking(move || {
        tus_return::items(&app, &caller, (counted, carrier), figure.code())
    });
    let items = items.await.unwrap_or_else(|error| Err(refusals::internal(error)))?;
    let (texts, words, chosen) = (texts(console, visit), words(console, visit), chosen(asked));
    let number = asked.text("page").parse::<usize>().unwrap_or(1).max(1);
    let skipped = number.saturating_sub(1).saturating_mul(ROWS);
    let names = names(&console.app, &visit.caller()).unwrap_or_default();
    let rows = items.iter().skip(skipped).take(ROWS).map(|item| row(console, visit, (item, &names)));
    let name = words.code("tus", figure.code());
    let title = texts.with("books-figure", &[("what", name.into()), ("year", year.to_string().into())]);
    let mut shown = BookPage::new(frame(console, visit, title));
    let back = texts.about("books-back-return", &year.to_string());
    shown.back = Some(Way::new(format!("/obligations/{year}{chosen}"), back));
    shown.told.push(texts.say("books-figure-text"));
    let more = skipped + ROWS < items.len();
    let separator = if chosen.is_empty() { "?" } else { "&" };
    let next = format!("/obligations/{year}/{figure}{chosen}{separator}page={}", number + 1);
    let keys = ["books-what", "books-which", "books-id"];
    shown.tables.push(Table {
        id: "items-title",
        title: texts.count("books-items", items.len()),
        headings: keys.map(|key| (texts.say(key), false)).into(),
        rows: rows.collect(),
        foot: Vec::new(),
        none: texts.say("books-items-none"),
        next: more.then(|| Way::new(next, texts.say("console-page-after"))),
    });
    Ok(page(&shown))
}

/// One of what a figure is made of: kind, what can be told of it, identifier with its page.
fn row(console: &Console, visit: &Visit, (item, names): (&Item, &worded::Names)) -> Vec<Cell> {
    let (words, caller) = (words(console, visit), visit.caller());
    let may = |operation: Operation| operation.allows(caller.roles());
    let name = |id: &Id<VolunteerKind>| names.get(id).map(|(name, _)| name.clone()).unwrap_or_default();
    let driver = |id: &Id<VolunteerKind>| {
        if may(Operation::TripList) {
            format!("/volunteers/{id}")
        } else if may(Operation::MoneyShow) {
            format!("/money/volunteers/{id}")
        } else {
            String::new()
        }
    };
    let (kind, told, id, path) = match item {
        Item::Trip(id) if may(Operation::TripList) => {
            let trip = trips::show(&console.app, &caller, *id).ok();
            let when = trip.map(|trip| worded::day_and_hours(words, &trip)).unwrap_or_default();
            ("trip", when, id.to_string(), format!("/trips/{id}"))
        }
        Item::Trip(id) => ("trip", String::new(), id.to_string(), String::new()),
        Item::Person(id) => {
            let path = if may(Operation::PersonShow) { format!("/people/{id}") } else { String::new() };
            ("person", String::new(), id.to_string(), path)
        }
        Item::Driver(Driver::Volunteer(id)) => ("volunteer", name(id), id.to_string(), driver(id)),
        Item::Driver(Driver::Employee(id)) => ("employee", name(id), id.to_string(), driver(id)),
        Item::Driver(Driver::Staff(id)) => ("staff", String::new(), id.to_string(), String::new()),
        Item::Vehicle(VehicleKey::Asset(id)) => ("asset", String::new(), id.to_string(), String::new()),
        Item::Vehicle(VehicleKey::Volunteer(id, index)) => {
            ("volunteer-vehicle", name(id), format!("{id}/{}", index + 1), driver(id))
        }
    };
    vec![Cell::text(words.code("figure-item", kind)), Cell::text(told), Cell::way(id, path)]
}

/// The return as a form to print and sign.
pub(super) async fn form(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path(year): Path<String>,
    uri: Uri,
) -> Response {
    let Ok(year) = year.parse() else { return nothing(State(console), Extension(visit)).await };
    let asked = query(&uri);
    let reply = match counted(&console, &visit, (year, &asked)).await {
        Ok(reply) => reply,
        Err(refusal) => return shown(&console, &visit, Err(refusal)),
    };
    let (texts, words) = (texts(&console, &visit), words(&console, &visit));
    let title = words.text("tus-heading", &[("year", year.to_string().into())]);
    let mut paper = BookPage::new(frame(&console, &visit, title));
    let back = texts.about("books-back-return", &year.to_string());
    paper.back = Some(Way::new(format!("/obligations/{year}{}", chosen(&asked)), back));
    paper.told.push(words.text("tus-basis", &[]));
    let rows =
        values(&reply).into_iter().map(|(code, value)| (words.code("tus", code), value, String::new()));
    paper.facts = Some(Facts { title: texts.say("books-return-facts"), rows: rows.collect() });
    paper.notes = crate::cli::obligations::tus_return::notes(words, &reply)
        .into_iter()
        .map(|text| words.text("tus-note", &[("text", text.into())]))
        .collect();
    paper.signature = words.text("tus-signature", &[]);
    page(&paper)
}

/// The return for a spreadsheet.
pub(super) async fn table(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path(year): Path<String>,
    uri: Uri,
) -> Response {
    let Ok(year) = year.parse() else { return nothing(State(console), Extension(visit)).await };
    let reply = counted(&console, &visit, (year, &query(&uri))).await;
    let words = words(&console, &visit);
    let file = reply.map(|reply| csv(&format!("maillage-{year}.csv"), spreadsheet(words, &reply)));
    shown(&console, &visit, file)
}

/// The register of processings, to print.
pub(super) async fn register(State(console): State<Console>, Extension(visit): Extension<Visit>) -> Response {
    let entries = match processings::show(&console.app, &visit.caller()) {
        Ok(entries) => entries,
        Err(refusal) => return shown(&console, &visit, Err(refusal)),
    };
    let (texts, words) = (texts(&console, &visit), words(&console, &visit));
    let reply = convert::obligations::register(&console.app, &entries);
    let title = [("territory", reply.territory_name.clone().into())];
    let mut paper = BookPage::new(frame(&console, &visit, words.text("register-title", &title)));
    paper.back = Some(Way::new("/obligations", texts.say("books-back-obligations")));
    paper.told.push(words.text("register-about", &[]));
    let rows = reply.processings.iter().flat_map(|processing| {
        let name = words.code("processing", &processing.code);
        let told = register_words::rows(words, processing);
        told.into_iter()
            .map(move |(key, value)| vec![Cell::text(name.clone()), Cell::text(key), Cell::text(value)])
    });
    let keys = ["books-processing", "books-what", "books-is"];
    paper.tables.push(Table {
        id: "register-title",
        title: texts.say("books-register"),
        headings: keys.map(|key| (texts.say(key), false)).into(),
        rows: rows.collect(),
        foot: Vec::new(),
        none: String::new(),
        next: None,
    });
    page(&paper)
}
