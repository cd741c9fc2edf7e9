//! The journal of access: who saw or changed whose data, by day. It shows identifiers; a name is behind them for whoever may
//! open the file, which is noted in its turn.

use axum::{
    extract::{Extension, State},
    http::Uri,
    response::Response,
};
use jiff::{ToSpan as _, civil::Date};
use maillage_console::{
    parts::{Badge, Tone},
    users::{JournalLine, JournalPage},
};
use maillage_domain::{
    civil::{day_of, parse_date},
    roles::Operation,
};
use maillage_platform::refusal::Refusal;

use super::{
    Console,
    door::Visit,
    fields::Fields,
    reply::{frame, page, refused, texts, words},
    shown::clock,
};
use crate::app::{
    caller::BY_LINK,
    obligations::journal::{self, Actor, Done, Line, Subject},
};

/// Lines of a page.
const LINES: usize = 100;

/// The journal of a day.
pub(super) async fn show(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    uri: Uri,
) -> Response {
    let query = Fields::read(uri.query().unwrap_or_default().as_bytes()).unwrap_or_default();
    let day = parse_date(query.text("day")).unwrap_or(day_of(console.app.now()));
    let number = query.text("page").parse::<usize>().unwrap_or(1).max(1);
    match of_day(&console, &visit, day, number).await {
        Ok(response) => response,
        Err(refusal) => refused(&console, &visit, &refusal),
    }
}

async fn of_day(console: &Console, visit: &Visit, day: Date, number: usize) -> Result<Response, Refusal> {
    let lines = journal::of_day(&console.app, &visit.caller(), day).await?;
    let (texts, present) = (texts(console, visit), day_of(console.app.now()));
    let link = |day: Date| format!("/journal?day={day}");
    let page_of = |number: usize| format!("/journal?day={day}&page={number}");
    let last = lines.len().div_ceil(LINES).max(1);
    let number = number.min(last);
    let shown = lines.iter().skip((number - 1) * LINES).take(LINES);
    let date = words(console, visit).day(day);
    Ok(page(&JournalPage {
        frame: frame(console, visit, texts.about("console-journal", &date)),
        day: day.to_string(),
        days: [
            link(day.checked_sub(1.day()).unwrap_or(day)),
            if day == present { String::new() } else { "/journal".to_owned() },
            link(day.checked_add(1.day()).unwrap_or(day)),
        ],
        lines: shown.map(|line| told(console, visit, line)).collect(),
        count: texts.count("console-journal-lines", lines.len()),
        pages: [
            if number > 1 { page_of(number - 1) } else { String::new() },
            if number < last { page_of(number + 1) } else { String::new() },
        ],
    }))
}

fn told(console: &Console, visit: &Visit, line: &Line) -> JournalLine {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let (key, tone, detail) = match &line.done {
        Done::Seen => ("console-journal-seen", Tone::Plain, String::new()),
        Done::Changed(fields) => ("console-journal-changed", Tone::Wait, words.codes("field", fields)),
        Done::GivenOut(table) => ("console-journal-given-out", Tone::Bad, words.code("table", table)),
    };
    let opens = Operation::PersonShow.allows(visit.caller().roles());
    let whose = |subject: &Subject| {
        let id = subject.id();
        let is_person = matches!(subject, Subject::Person(_));
        let path = if is_person && opens { format!("/people/{id}") } else { String::new() };
        (path, words.code("console-journal", subject.kind()), id)
    };
    JournalLine {
        time: clock(words, line.at),
        who: match &line.actor {
            Actor::Platform => words.code("actor", "platform"),
            Actor::Operator(label) => match label.strip_prefix(BY_LINK) {
                Some(volunteer) => texts.about("console-journal-by-link", volunteer),
                None => label.clone(),
            },
            Actor::Neighbour(_) => words.code("actor", "neighbour"),
        },
        badge: Badge::new(texts.say(key), tone),
        what: words.code("console-act", &line.what.replace('.', "-")),
        fields: detail,
        whose: line.whose.iter().map(whose).collect(),
    }
}
