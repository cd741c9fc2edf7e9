//! The call list of a day, to print for a morning at the phone: whom to call, at which number, by when and about what. Whose names
//! it tells is noted.

use axum::{
    extract::{Extension, Path, State},
    response::Response,
};
use jiff::{Timestamp, ToSpan as _, civil::Date};
use maillage_console::books::{BookPage, Cell, Table, Way};
use maillage_domain::{
    civil::{day_of, parse_date},
    message::Recipient,
    roles::Operation,
};
use maillage_platform::refusal::Refusal;

use super::shown;
use crate::{
    app::messages::{self, Call, LegFacts},
    console::{
        Console,
        door::Visit,
        reply::{frame, nothing, page, texts, words},
        shown::clock,
    },
};

/// The calls of a day.
pub(super) async fn show(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path(day): Path<String>,
) -> Response {
    let Ok(day) = parse_date(&day) else { return nothing(State(console), Extension(visit)).await };
    let found = of_day(&console, &visit, day).await;
    shown(&console, &visit, found)
}

async fn of_day(console: &Console, visit: &Visit, day: Date) -> Result<Response, Refusal> {
    let calls = messages::calls_on(&console.app, &visit.caller(), day).await?;
    let (texts, words) = (texts(console, visit), words(console, visit));
    let present = day_of(console.app.now());
    let at = |day: Date| format!("/calls/{day}");
    let mut shown = BookPage::new(frame(console, visit, texts.about("books-calls-of", &words.day(day))));
    let back = if day == present { "/".to_owned() } else { format!("/?day={day}") };
    shown.back = Some(Way::new(back, texts.say("books-back-day")));
    shown.others = vec![
        Way::new(at(day.checked_sub(1.day()).unwrap_or(day)), texts.say("console-day-before")),
        Way::new(at(day.checked_add(1.day()).unwrap_or(day)), texts.say("console-day-after")),
    ];
    if Operation::DaySheet.allows(visit.caller().roles()) {
        shown.others.push(Way::new(format!("/sheets/{day}"), texts.say("console-sheet")));
    }
    shown.told.push(texts.say("books-calls-text"));
    let keys = [
        "books-call-by",
        "books-who",
        "books-phone",
        "books-call-about",
        "books-call-drive",
        "books-call-done",
    ];
    shown.tables.push(Table {
        id: "calls-title",
        title: texts.count("books-calls-count", calls.len()),
        headings: keys.map(|key| (texts.say(key), false)).into(),
        rows: calls.iter().map(|call| row(console, visit, (day, call))).collect(),
        foot: Vec::new(),
        none: texts.say("books-calls-none"),
        next: None,
    });
    Ok(page(&shown))
}

fn row(console: &Console, visit: &Visit, (day, call): (Date, &Call)) -> Vec<Cell> {
    let (texts, words, caller) = (texts(console, visit), words(console, visit), visit.caller());
    // The hour alone on the day itself.
    let when =
        |at: Timestamp| if day_of(at) == day { clock(words, at) } else { words.instant(&at.to_string()) };
    let message = &call.message;
    let from = if message.not_before > console.app.now() && day_of(message.not_before) == day {
        texts.about("books-call-from", &when(message.not_before))
    } else {
        String::new()
    };
    let file = match message.to {
        Recipient::Person(id) if Operation::PersonShow.allows(caller.roles()) => format!("/people/{id}"),
        Recipient::Volunteer(id) if Operation::TripList.allows(caller.roles()) => format!("/volunteers/{id}"),
        Recipient::Person(_) | Recipient::Volunteer(_) => String::new(),
    };
    let phone = call.reach.phone.as_ref().map(|phone| phone.as_str().to_owned());
    let phone = phone.map_or_else(
        || Cell::text(texts.say("books-no-phone")),
        |phone| Cell::way(phone.clone(), format!("tel:{phone}")),
    );
    let drive = |leg: &LegFacts| {
        let args = [
            ("when", words.instant(&leg.pickup.to_string()).into()),
            ("from", leg.from.clone().into()),
            ("to", leg.to.clone().into()),
        ];
        words.text("letter-drive", &args)
    };
    let mut drives = call.facts.legs.iter().map(drive);
    let first = drives.next().unwrap_or_default();
    vec![
        Cell::text(when(message.expires_at)).with(from),
        Cell::way(call.reach.name.as_str(), file),
        phone,
        Cell::text(words.code("call-topic", message.topic.code())),
        Cell::text(first).with(drives.next().unwrap_or_default()),
        Cell::text("☐"),
    ]
}
