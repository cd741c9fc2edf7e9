//! Series: what recurs, of everybody or of one person, with the next day of each, and the days that could not be made.

use axum::{
    extract::{Extension, State},
    http::Uri,
    response::Response,
};
use jiff::{ToSpan as _, civil::Date};
use maillage_console::{
    lasting::{ListPage, Row, Section},
    parts::{Badge, Tone},
};
use maillage_domain::{
    civil::day_of,
    ids::PersonKind,
    roles::Operation,
    series::{Back, Journey, Outbound, Pattern, Series, Standing},
};
use maillage_federation::ids::Id;
use maillage_platform::refusal::Refusal;

use super::{
    super::{
        Console, desk,
        door::Visit,
        reply::{frame, page, texts, words},
        shown,
    },
    PAGES, PAST, query, series_new,
};
use crate::{
    app::{people::names, series},
    cli::words::Words,
    limits::PAGE_MAX,
};

/// Days ahead in which the next day of a series is looked for.
const SOON: i32 = 21;

/// All series, or those of one person.
pub(in crate::console) async fn list(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    uri: Uri,
) -> Response {
    let person = query(&uri).text("person").parse().ok();
    desk::shown(&console, &visit, all(&console, &visit, person))
}

fn all(console: &Console, visit: &Visit, person: Option<Id<PersonKind>>) -> Result<Response, Refusal> {
    let (app, caller, texts) = (&console.app, visit.caller(), texts(console, visit));
    let mut found: Vec<Series> = Vec::new();
    for _ in 0..PAGES {
        let next = series::list(app, &caller, person, found.last().map(|last| last.id), PAGE_MAX)?;
        let is_last = next.len() < PAGE_MAX;
        found.extend(next);
        if is_last {
            break;
        }
    }
    let names = names::names(app, &caller, found.iter().map(|one| one.person))?;
    let name = |one: &Series| names.get(&one.person).cloned().unwrap_or_default();
    found.sort_by_cached_key(|one| (name(one), one.id));
    let today = day_of(app.now());
    let (running, mut over): (Vec<_>, Vec<_>) = found.into_iter().partition(|one| is_running(one, today));
    over.sort_by_key(|one| std::cmp::Reverse(one.last_day()));
    over.truncate(PAST);
    let mut rows = Vec::new();
    for one in &running {
        rows.push(Row {
            badge: Some(next(console, visit, one, today)?),
            ..row(console, visit, one, name(one))
        });
    }
    let section = |id, key: &str, none: &str, urgent, rows| Section {
        id,
        title: texts.say(key),
        none: texts.say(none),
        urgent,
        etag: String::new(),
        rows,
    };
    let mut sections = Vec::new();
    let unmade = if person.is_none() { unmade(console, visit, today)? } else { Vec::new() };
    if !unmade.is_empty() {
        sections.push(section("unmade", "lasting-series-unmade", "", true, unmade));
    }
    sections.push(section("running", "lasting-series-running", "lasting-series-none", false, rows));
    let over = over.iter().map(|one| row(console, visit, one, name(one))).collect::<Vec<_>>();
    if !over.is_empty() {
        sections.push(section("over", "lasting-series-over", "", false, over));
    }
    let of_whom = person.map(|person| format!("?person={person}")).unwrap_or_default();
    let adds = Operation::SeriesAdd.allows(caller.roles());
    let way = (format!("{}{of_whom}", series_new::PAGE), texts.say("lasting-series-new"));
    let (title, text) = match person {
        None => ("lasting-series", "lasting-series-text"),
        Some(_) => ("lasting-series-of", ""),
    };
    Ok(page(&ListPage {
        frame: frame(console, visit, texts.say(title)),
        text: if text.is_empty() { String::new() } else { texts.say(text) },
        ways: adds.then_some(way).into_iter().collect(),
        sections,
    }))
}

/// Whether a series has days left.
pub(super) fn is_running(series: &Series, today: Date) -> bool {
    let ends = series.pattern.end() != maillage_domain::series::End::Open;
    !ends || series.last_day().is_some_and(|last| last >= today)
}

fn row(console: &Console, visit: &Visit, series: &Series, who: String) -> Row {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let args = [
        ("days", days(console, visit, &series.pattern).into()),
        ("time", time(console, visit, &series.journey).into()),
        ("place", shown::commune(console.app.geography, &series.journey.dropoff).into()),
        ("purpose", words.code("purpose", series.journey.purpose.code()).into()),
    ];
    Row {
        path: format!("/series/{}", series.id),
        title: who,
        what: texts.with("lasting-series-row", &args),
        badge: None,
        presses: Vec::new(),
    }
}

/// The next day on which the person goes.
fn next(console: &Console, visit: &Visit, series: &Series, today: Date) -> Result<Badge, Refusal> {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let until = today.checked_add(SOON.days()).unwrap_or(today);
    let days = series::days(&console.app, &visit.caller(), series.id, (today, until))?;
    let next = days.iter().find_map(|day| match &day.planned.standing {
        Standing::Goes { on, .. } if *on >= today => Some(*on),
        Standing::Goes { .. } | Standing::Skipped(_) | Standing::Ask(_) => None,
    });
    Ok(match next {
        Some(on) => Badge::new(texts.about("lasting-series-next", &words.day(on)), Tone::Good),
        None => Badge::new(texts.say("lasting-series-not-soon"), Tone::Plain),
    })
}

/// Days to come that could not be made, each with why.
fn unmade(console: &Console, visit: &Visit, today: Date) -> Result<Vec<Row>, Refusal> {
    let (app, caller, words) = (&console.app, visit.caller(), words(console, visit));
    let mut found = series::unmade(app, &caller, None, PAGE_MAX)?;
    found.retain(|one| one.unmade.day.date >= today);
    found.truncate(PAST);
    let names = names::names(app, &caller, found.iter().filter_map(|one| one.person))?;
    let row = |one: &series::UnmadeDay| Row {
        path: format!("/series/{}", one.unmade.day.series),
        title: one.person.and_then(|person| names.get(&person).cloned()).unwrap_or_default(),
        what: words.refusal_code(&one.unmade.code),
        badge: Some(Badge::new(words.day(one.unmade.day.date), Tone::Bad)),
        presses: Vec::new(),
    };
    Ok(found.iter().map(row).collect())
}

/// On which days, in words.
pub(super) fn days(console: &Console, visit: &Visit, pattern: &Pattern) -> String {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let names = pattern.weekdays().to_string();
    let names: Vec<String> = names.split(',').map(|code| words.code("slot-day", code)).collect();
    let weeks = i64::from(pattern.every_weeks());
    texts.with("lasting-series-days", &[("days", names.join(", ").into()), ("weeks", weeks.into())])
}

/// At what time there and back, in words.
pub(super) fn time(console: &Console, visit: &Visit, journey: &Journey) -> String {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let clock = |words: Words<'_>, time: jiff::civil::Time| words.time_of_day(Date::ZERO.to_datetime(time));
    let there = match journey.outbound {
        Outbound::ArriveBy(time) => texts.about("lasting-series-there-by", &clock(words, time)),
        Outbound::PickupAt(time) => texts.about("lasting-series-fetched-at", &clock(words, time)),
    };
    match journey.back {
        None => there,
        Some(Back::WhenCalled) => texts.about("lasting-series-back-call", &there),
        Some(Back::At(time)) => {
            let args = [("there", there.into()), ("time", clock(words, time).into())];
            texts.with("lasting-series-back-at", &args)
        }
    }
}
