//! The picture of a month, what each of its figures is made of, and who owes whom now.

use std::collections::BTreeMap;

use axum::{
    extract::{Extension, Path, State},
    http::Uri,
    response::Response,
};
use maillage_console::{
    books::{Bars, BookPage, Cell, Table, Tile, Way},
    models::{ModelBar, bars},
    parts::{Badge, Tone},
};
use maillage_domain::{
    ledger::{Books, Party, Totals},
    money::Cents,
    roles::Operation,
};
use maillage_federation::month::Month;
use maillage_platform::refusal::Refusal;

use super::{
    ROWS, allowed, draft_path, kilometres, month_name, query, settlements, shown, some, standing, sum,
};
use crate::{
    app::money::{
        accounts,
        export::Kind,
        picture::{self, ModelShare, Moved, StatementRow, Told},
    },
    console::{
        Console,
        door::Visit,
        reply::{frame, nothing, page, texts, words},
        statistics::model_name,
    },
};

/// What people owe, pay and get back, and what volunteers are paid, in the order they are read.
const MOVEMENTS: [&str; 8] =
    ["due", "received", "written-off", "refunded", "remitted", "spent", "reimbursed", "waived"];

/// Who pays, by the class of their part of a bar.
const PAYERS: [(&str, &str); 3] = [
    ("pays-person", "books-people"),
    ("pays-carrier", "books-carrier"),
    ("pays-volunteer", "books-volunteers"),
];

/// The running month.
pub(super) async fn show_present(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
) -> Response {
    shown(&console, &visit, of_month(&console, &visit, Month::of(console.app.now())))
}

/// The picture of a month.
pub(super) async fn show(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path(month): Path<String>,
) -> Response {
    let Ok(month) = month.parse() else { return nothing(State(console), Extension(visit)).await };
    shown(&console, &visit, of_month(&console, &visit, month))
}

fn of_month(console: &Console, visit: &Visit, month: Month) -> Result<Response, Refusal> {
    let (app, caller, texts) = (&console.app, visit.caller(), texts(console, visit));
    let may = |operation: Operation| operation.allows(caller.roles());
    if !may(Operation::MoneyShow) {
        // Whoever binds the territory sees its months with others, and nothing of a person.
        caller.check(Operation::SettlementShow)?;
    }
    let name = month_name(console, visit, month);
    let mut shown = BookPage::new(frame(console, visit, texts.about("books-month", &name)));
    let present = Month::of(app.now());
    shown.others = [
        Some(Way::new(format!("/money/{}", month.previous()), texts.say("books-month-before"))),
        (month != present).then(|| Way::new("/money", texts.say("books-month-present"))),
        (month < present)
            .then(|| Way::new(format!("/money/{}", month.next()), texts.say("books-month-after"))),
    ]
    .into_iter()
    .flatten()
    .collect();
    shown.told.push(texts.say("books-month-text"));
    if may(Operation::MoneyShow) {
        shown.tiles = tiles(console, visit, month, &picture::of_month(app, &caller, month)?);
        shown.ways = ways(console, visit, month);
    }
    if may(Operation::CostShow) && may(Operation::MoneyShow) {
        let shares = picture::shares(app, &caller, month)?;
        shown.bars = drawn(console, visit, &shares);
        shown.tables.push(share_table(console, visit, &shares));
    }
    if may(Operation::StatementList) {
        shown.tables.push(statements(console, visit, &picture::statements_of(app, &caller, month)?));
    }
    if may(Operation::SettlementShow) {
        shown.tables.extend(settlements::of_month(console, visit, month)?);
    }
    if month >= present {
        shown.notes.push(texts.say("books-month-runs"));
    }
    Ok(page(&shown))
}

fn ways(console: &Console, visit: &Visit, month: Month) -> Vec<Way> {
    let texts = texts(console, visit);
    let mut ways = vec![Way::first("/money/owed", texts.say("books-owed"))];
    let export = |(_, code): &(Kind, &'static str)| {
        let path = format!("/money/{month}/export/{code}");
        allowed(visit, Operation::MoneyExport, Way::new(path, texts.say(&format!("books-export-{code}"))))
    };
    ways.extend(Kind::CODES.iter().filter_map(export));
    ways
}

fn tiles(console: &Console, visit: &Visit, month: Month, moved: &BTreeMap<&'static str, Moved>) -> Vec<Tile> {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let tile = |code: &&'static str| {
        let Moved { entries, sum: total } = moved.get(code).copied().unwrap_or_default();
        Tile {
            name: texts.say(&format!("books-moved-{code}")),
            value: sum(words, total),
            beside: texts.count("books-entries", entries),
            path: if entries > 0 { format!("/money/{month}/{code}") } else { String::new() },
        }
    };
    MOVEMENTS.iter().map(tile).collect()
}

fn drawn(console: &Console, visit: &Visit, shares: &[ModelShare]) -> Option<Bars> {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let sums: Vec<[i64; 3]> =
        shares.iter().map(|share| [share.people, share.carrier, share.volunteers].map(Cents::get)).collect();
    let drawn = bars(PAYERS.map(|(class, _)| class), &sums);
    let bar = |(share, (parts, zero)): (&ModelShare, _)| ModelBar {
        name: model_name(console, visit, &share.model),
        used: texts.count("books-trips", share.trips),
        words: texts.with(
            "books-shares",
            &[
                ("people", sum(words, share.people).into()),
                ("carrier", sum(words, share.carrier).into()),
                ("volunteers", sum(words, share.volunteers).into()),
            ],
        ),
        parts,
        zero,
    };
    (!shares.is_empty()).then(|| Bars {
        title: texts.say("books-who-pays"),
        legend: PAYERS.iter().map(|(class, key)| (*class, texts.say(key))).collect(),
        bars: shares.iter().zip(drawn).map(bar).collect(),
    })
}

fn share_table(console: &Console, visit: &Visit, shares: &[ModelShare]) -> Table {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let cells = |name: String, trips: usize, sums: [Cents; 4]| {
        let sums = sums.into_iter().map(|cents| Cell::text(sum(words, cents)));
        [Cell::text(name), Cell::text(trips.to_string())].into_iter().chain(sums).collect::<Vec<_>>()
    };
    let parts = |share: &ModelShare| [share.cost, share.people, share.carrier, share.volunteers];
    let row = |share: &ModelShare| cells(model_name(console, visit, &share.model), share.trips, parts(share));
    let total = shares.iter().fold([Cents::ZERO; 4], |sums, share| {
        let mut both = sums.into_iter().zip(parts(share)).map(|(sum, part)| sum.plus(part));
        std::array::from_fn(|_| both.next().unwrap_or_default())
    });
    let trips = shares.iter().map(|share| share.trips).sum();
    let headings = ["books-model", "books-trips-number", "books-cost", "books-people", "books-carrier"];
    let headings = headings.into_iter().chain(["books-volunteers"]).enumerate();
    Table {
        id: "shares-title",
        title: texts.say("books-shares-table"),
        headings: headings.map(|(column, key)| (texts.say(key), column > 0)).collect(),
        rows: shares.iter().map(row).collect(),
        foot: cells(texts.say("books-total"), trips, total),
        none: texts.say("books-shares-none"),
        next: None,
    }
}

fn statements(console: &Console, visit: &Visit, rows: &[StatementRow]) -> Table {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let row = |row: &StatementRow| {
        let which = &row.which;
        let path = match &row.closed {
            Some(closed) => format!("/money/statements/{}", closed.id),
            None => {
                draft_path(&which.volunteer.to_string(), which.month, (which.basis, Books(which.carrier)))
            }
        };
        let badge = row.closed.as_ref().map_or_else(
            || Badge::new(texts.say("books-to-close"), Tone::Wait),
            |closed| standing(console, visit, (closed.settlement, closed.basis)),
        );
        let number = row.closed.as_ref().map(|closed| closed.number.to_string()).unwrap_or_default();
        vec![
            Cell::way(row.name.clone(), path).with(number),
            Cell::badge(badge),
            Cell::text(words.code("money-basis", which.basis.code())),
            Cell::text(kilometres(words, row.totals.counted_m))
                .with(per_kilometre(console, visit, row.totals)),
            Cell::text(sum(words, row.totals.mileage)),
            Cell::text(some(words, row.totals.expenses)),
            Cell::text(sum(words, row.totals.total())),
        ]
    };
    let all = |part: fn(&Totals) -> Cents| sum(words, rows.iter().map(|row| part(&row.totals)).sum());
    let metres = rows.iter().map(|row| row.totals.counted_m).sum();
    let headings = ["books-volunteer", "books-standing", "books-basis"];
    let sums = ["books-counted", "books-mileage", "books-expenses", "books-total"];
    let foot = [texts.say("books-total"), String::new(), String::new(), kilometres(words, metres)]
        .into_iter()
        .chain([all(|totals| totals.mileage), all(|totals| totals.expenses), all(Totals::total)]);
    Table {
        id: "statements-title",
        title: texts.say("books-statements"),
        headings: headings
            .map(|key| (texts.say(key), false))
            .into_iter()
            .chain(sums.map(|key| (texts.say(key), true)))
            .collect(),
        rows: rows.iter().map(row).collect(),
        foot: foot.map(Cell::text).collect(),
        none: texts.say("books-statements-none"),
        next: None,
    }
}

/// What a kilometre came to, to the nearest cent; empty without kilometres.
fn per_kilometre(console: &Console, visit: &Visit, totals: Totals) -> String {
    let (words, metres) = (words(console, visit), i64::try_from(totals.counted_m).unwrap_or(i64::MAX));
    if metres == 0 {
        return String::new();
    }
    let cents = (totals.mileage.get().saturating_mul(1_000).saturating_add(metres / 2)) / metres;
    texts(console, visit).about("books-per-kilometre", &sum(words, Cents::new(cents)))
}

/// What a figure of a month is made of.
pub(super) async fn behind(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path((month, movement)): Path<(String, String)>,
    uri: Uri,
) -> Response {
    let known = MOVEMENTS.contains(&movement.as_str());
    let Some(month) = month.parse().ok().filter(|_| known) else {
        return nothing(State(console), Extension(visit)).await;
    };
    let number = query(&uri).text("page").parse::<usize>().unwrap_or(1).max(1);
    let made_of = made_of(&console, &visit, (month, movement), number).await;
    shown(&console, &visit, made_of)
}

async fn made_of(
    console: &Console,
    visit: &Visit,
    (month, movement): (Month, String),
    number: usize,
) -> Result<Response, Refusal> {
    let (app, caller, texts, words) =
        (&console.app, visit.caller(), texts(console, visit), words(console, visit));
    let skipped = number.saturating_sub(1).saturating_mul(ROWS);
    let told = picture::behind(app, &caller, (month, movement.clone()), (skipped, ROWS)).await?;
    let row = |told: &Told| {
        let entry = &told.entry;
        let [first, second] = [told.whose.first(), told.whose.get(1)].map(|whose| {
            whose.map_or_else(Cell::default, |(party, name)| Cell::way(name.clone(), account_path(*party)))
        });
        vec![
            Cell::text(super::day(words, entry.day)).with(entry.number.to_string()),
            first,
            second,
            Cell::text(entry.note.as_str()),
            Cell::text(sum(words, entry.signed())),
        ]
    };
    let total = picture::of_month(app, &caller, month)?.get(movement.as_str()).copied().unwrap_or_default();
    let keys = ["books-day", "books-who", "books-with", "books-note"];
    let headings =
        keys.map(|key| (texts.say(key), false)).into_iter().chain([(texts.say("books-sum"), true)]);
    let foot = [texts.say("books-total-month"), String::new(), String::new(), String::new()];
    let more = skipped + told.len() < total.entries;
    let after = format!("/money/{month}/{movement}?page={}", number + 1);
    let name = month_name(console, visit, month);
    let kind = texts.say(&format!("books-moved-{movement}"));
    let title = texts.with("books-behind", &[("what", kind.into()), ("month", name.clone().into())]);
    let mut shown = BookPage::new(frame(console, visit, title));
    shown.back = Some(Way::new(format!("/money/{month}"), texts.about("books-back-month", &name)));
    shown.told.push(texts.say("books-behind-text"));
    shown.tables.push(Table {
        id: "entries-title",
        title: texts.count("books-entries", total.entries),
        headings: headings.collect(),
        rows: told.iter().map(row).collect(),
        foot: foot.into_iter().chain([sum(words, total.sum)]).map(Cell::text).collect(),
        none: texts.say("books-entries-none"),
        next: more.then(|| Way::new(after, texts.say("console-page-after"))),
    });
    Ok(page(&shown))
}

/// The account of somebody.
pub(super) fn account_path(party: Party) -> String {
    match party {
        Party::Person(id) => format!("/money/people/{id}"),
        Party::Volunteer(id) => format!("/money/volunteers/{id}"),
    }
}

/// Who owes whom now.
pub(super) async fn owed(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    uri: Uri,
) -> Response {
    let limit = if query(&uri).text("all") == "1" { usize::MAX } else { ROWS };
    let owed = match accounts::owed(&console.app, &visit.caller(), limit).await {
        Ok(owed) => owed,
        Err(refusal) => return shown(&console, &visit, Err(refusal)),
    };
    let texts = texts(&console, &visit);
    let mut shown = BookPage::new(frame(&console, &visit, texts.say("books-owed")));
    shown.back = Some(Way::new("/money", texts.say("books-back")));
    shown.told.push(texts.say("books-owed-text"));
    let words = words(&console, &visit);
    let tile = |key: &str, cents: Cents| Tile {
        name: texts.say(key),
        value: sum(words, cents),
        beside: texts.say(&format!("{key}-text")),
        path: String::new(),
    };
    shown.tiles = vec![
        tile("books-by-people", owed.by_people),
        tile("books-to-people", owed.to_people),
        tile("books-to-volunteers", owed.to_volunteers),
        tile("books-by-volunteers", owed.by_volunteers),
    ];
    shown.tables = vec![people(&console, &visit, &owed), drivers(&console, &visit, &owed)];
    page(&shown)
}

fn people(console: &Console, visit: &Visit, owed: &accounts::Owed) -> Table {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let row = |(id, name, cents): &(_, String, Cents)| {
        let cell = Cell::way(name.clone(), account_path(Party::Person(*id)));
        let [owes, credit] =
            if cents.is_positive() { [*cents, Cents::ZERO] } else { [Cents::ZERO, cents.negated()] };
        vec![cell, Cell::text(some(words, owes)), Cell::text(some(words, credit))]
    };
    let more = owed.people.len() < owed.people_count;
    let foot = [texts.say("books-total"), sum(words, owed.by_people), sum(words, owed.to_people)];
    Table {
        id: "people-title",
        title: texts.count("books-owing", owed.people_count),
        headings: vec![
            (texts.say("books-who"), false),
            (texts.say("books-by-people"), true),
            (texts.say("books-to-people"), true),
        ],
        rows: owed.people.iter().map(row).collect(),
        foot: foot.into_iter().map(Cell::text).collect(),
        none: texts.say("books-owing-none"),
        next: more.then(|| Way::new("/money/owed?all=1", texts.say("books-owing-all"))),
    }
}

fn drivers(console: &Console, visit: &Visit, owed: &accounts::Owed) -> Table {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let row = |(id, name, spent, collected): &(_, String, Cents, Cents)| {
        let cell = Cell::way(name.clone(), account_path(Party::Volunteer(*id)));
        vec![cell, Cell::text(some(words, *spent)), Cell::text(some(words, *collected))]
    };
    let foot = [texts.say("books-total"), sum(words, owed.to_volunteers), sum(words, owed.by_volunteers)];
    Table {
        id: "volunteers-title",
        title: texts.say("books-volunteers"),
        headings: vec![
            (texts.say("books-who"), false),
            (texts.say("books-to-volunteers"), true),
            (texts.say("books-by-volunteers"), true),
        ],
        rows: owed.volunteers.iter().map(row).collect(),
        foot: foot.into_iter().map(Cell::text).collect(),
        none: texts.say("books-volunteers-none"),
        next: None,
    }
}
