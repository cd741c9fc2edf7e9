//! One series: the coming days with what becomes of each, what is different on single days, and its end. What somebody has decided
//! about a trip already is left, and told.

use axum::{
    extract::{Extension, Path, State},
    response::Response,
};
use jiff::{ToSpan as _, civil::Date};
use maillage_console::{
    form::Input,
    lasting::{Act, Fact, Field, OnePage, Press, Row, Section},
    parts::{Badge, Tone},
};
use maillage_domain::{
    civil::{day_of, parse_date},
    ids::SeriesKind,
    roles::Operation,
    series::{End, Exception, Reach, Series, Standing},
};
use maillage_federation::ids::Id;
use maillage_platform::refusal::Refusal;

use super::{
    super::{
        Console,
        desk::{
            self,
            form::{Form, Wrong},
        },
        door::Visit,
        reply::{frame, nothing, page, refused, texts, words},
        shown,
    },
    facts, finished,
    series::{days, is_running, time},
    single_tick, summed, told,
};
use crate::app::{
    people::names,
    refusals,
    series::{self, Change, Day, Outcome},
};

/// Days ahead that are shown: six weeks.
const AHEAD: i32 = 42;

/// One series.
pub(in crate::console) async fn show(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path(id): Path<String>,
) -> Response {
    let Ok(id) = id.parse() else { return nothing(State(console), Extension(visit)).await };
    desk::shown(&console, &visit, one(&console, &visit, id, &Wrong::new()))
}

fn one(console: &Console, visit: &Visit, id: Id<SeriesKind>, wrong: &Wrong) -> Result<Response, Refusal> {
    let (app, caller, texts) = (&console.app, visit.caller(), texts(console, visit));
    let series = series::show(app, &caller, id)?;
    let today = day_of(app.now());
    let until = today.checked_add(AHEAD.days()).unwrap_or(today);
    let coming = series::days(app, &caller, id, (today, until))?;
    let name = names::names(app, &caller, [series.person])?.remove(&series.person).unwrap_or_default();
    let is_running = is_running(&series, today);
    let (key, tone) = if is_running {
        ("lasting-series-is-running", Tone::Good)
    } else {
        ("lasting-series-is-over", Tone::Plain)
    };
    let mut sections = vec![Section {
        id: "coming",
        title: texts.say("lasting-series-coming"),
        none: texts.say("lasting-series-coming-none"),
        urgent: false,
        etag: series.revision.to_string(),
        rows: coming.iter().map(|day| self::day(console, visit, &series, day)).collect(),
    }];
    let different = exceptions(console, visit, &series, until);
    if !different.is_empty() {
        sections.push(Section {
            id: "different",
            title: texts.say("lasting-series-different"),
            etag: series.revision.to_string(),
            rows: different,
            ..Section::default()
        });
    }
    let ends = is_running && Operation::SeriesEnd.allows(caller.roles());
    Ok(page(&OnePage {
        frame: frame(console, visit, texts.say("lasting-series-one")),
        back: ("/series".to_owned(), texts.say("lasting-series-all")),
        name: name.clone(),
        badges: vec![Badge::new(texts.say(key), tone)],
        wrong: summed(wrong),
        facts: known(console, visit, &series, name),
        sections,
        next: Vec::new(),
        acts: ends.then(|| ending(console, visit, &series, wrong)).into_iter().collect(),
        moments_title: String::new(),
        moments: Vec::new(),
    }))
}

fn known(console: &Console, visit: &Visit, series: &Series, name: String) -> Vec<Fact> {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let (pattern, journey, geography) = (&series.pattern, &series.journey, console.app.geography);
    let end = match pattern.end() {
        End::Open => texts.say("lasting-series-open-end"),
        End::Until(last) => words.day(last),
        End::Count(count) => texts.count("lasting-series-times", usize::from(count)),
    };
    let from = journey.pickup.as_ref().map(|place| shown::place(geography, place));
    let companions = if journey.companions == 0 { String::new() } else { journey.companions.to_string() };
    let person = format!("/people/{}", series.person);
    let who = Fact { name: texts.say("lasting-who"), value: name, path: person };
    let follows = series.follows.map(|former| Fact {
        name: texts.say("lasting-series-follows"),
        value: texts.say("lasting-series-former"),
        path: format!("/series/{former}"),
    });
    let rows = facts(
        console,
        visit,
        vec![
            ("lasting-series-on", days(console, visit, pattern)),
            ("lasting-series-first", words.day(pattern.first())),
            ("lasting-series-last", end),
            ("console-fact-from", from.unwrap_or_else(|| texts.say("lasting-at-home"))),
            ("console-fact-to", shown::place(geography, &journey.dropoff)),
            ("lasting-series-time", time(console, visit, journey)),
            ("console-purpose", words.code("purpose", journey.purpose.code())),
            ("lasting-public-holidays", words.code("holiday-rule", pattern.public_holidays().code())),
            ("lasting-school-holidays", words.code("holiday-rule", pattern.school_holidays().code())),
            ("console-fact-companions", companions),
            ("console-fact-notes", journey.notes.as_str().to_owned()),
        ],
    );
    std::iter::once(who).chain(rows).chain(follows).collect()
}

/// A day, with what becomes of it and what can be said of it.
fn day(console: &Console, visit: &Visit, series: &Series, day: &Day) -> Row {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let date = day.planned.occurrence.date;
    let (code, why, tone, on) = match &day.planned.standing {
        Standing::Goes { on, .. } => ("goes", String::new(), Tone::Good, Some(*on).filter(|on| *on != date)),
        Standing::Skipped(why) => ("skipped", why.code().to_owned(), Tone::Plain, None),
        Standing::Ask(why) => ("ask", why.code().to_owned(), Tone::Wait, None),
    };
    let holiday = words.code("public-holiday", &why);
    let why = if holiday == why { words.code("series-why", &why) } else { holiday };
    let what = match (on, why.is_empty()) {
        (Some(on), _) => texts.about("lasting-series-moved", &words.day(on)),
        (None, false) => why,
        (None, true) => {
            day.trips.first().map(|trip| shown::badge(console, visit, trip).text).unwrap_or_default()
        }
    };
    let path = day.trips.first().map(shown::path_of).unwrap_or_default();
    let may = Operation::SeriesEdit.allows(visit.caller().roles());
    Row {
        path,
        title: words.day(date),
        what,
        badge: Some(Badge::new(words.code("series-day", code), tone)),
        presses: if may { presses(console, visit, series, date, code) } else { Vec::new() },
    }
}

/// What can be said of a day.
fn presses(console: &Console, visit: &Visit, series: &Series, date: Date, code: &str) -> Vec<Press> {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let press = |what: &str| Press {
        action: format!("/series/{}/{what}", series.id),
        name: "day",
        value: date.to_string(),
        label: texts.about(&format!("lasting-series-{what}"), &words.day(date)),
    };
    let is_different = series.exceptions.contains_key(&date);
    let mut presses = vec![press(if code == "goes" { "skip" } else { "keep" })];
    if is_different {
        presses = vec![press("as-usual")];
    } else if code == "ask" {
        presses.push(press("skip"));
    }
    presses
}

/// What is different on days later than those that are shown.
fn exceptions(console: &Console, visit: &Visit, series: &Series, after: Date) -> Vec<Row> {
    let words = words(console, visit);
    let later = series.exceptions.iter().filter(|(date, _)| **date > after);
    let row = |(date, exception): (&Date, &Exception)| {
        let code = match exception {
            Exception::Skipped => "skipped",
            Exception::Kept => "kept",
            Exception::Changed { .. } => "changed",
        };
        Row {
            title: words.day(*date),
            badge: Some(Badge::new(words.code("series-day", code), Tone::Plain)),
            presses: presses(console, visit, series, *date, code),
            ..Row::default()
        }
    };
    later.map(row).collect()
}

fn ending(console: &Console, visit: &Visit, series: &Series, wrong: &Wrong) -> Act {
    let texts = texts(console, visit);
    let form = Form { console, visit, wrong };
    let from = form.input("from", "lasting-series-end-from").of_kind("date");
    let from = Input { wanted: true, ..from.with_hint(texts.say("lasting-series-end-hint")) };
    Act {
        id: "end",
        title: texts.say("lasting-series-end"),
        text: texts.say("lasting-series-end-text"),
        action: format!("/series/{}/end", series.id),
        etag: series.revision.to_string(),
        rows: vec![
            vec![Field::Line(from)],
            vec![single_tick(&form, "even_decided", "lasting-series-even-decided")],
        ],
        button: texts.say("lasting-series-end-do"),
        folded: true,
        open: form.error("from").is_some(),
    }
}

/// Says something of one day, or ends the series, by the last part of the address.
pub(in crate::console) async fn act(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path((id, what)): Path<(String, String)>,
) -> Response {
    let Ok(id) = id.parse::<Id<SeriesKind>>() else {
        return nothing(State(console), Extension(visit)).await;
    };
    let (operation, change) = match what.as_str() {
        "skip" => (Operation::SeriesEdit, Some(Change::Skip)),
        "keep" => (Operation::SeriesEdit, Some(Change::Keep)),
        "as-usual" => (Operation::SeriesEdit, Some(Change::AsUsual)),
        "end" => (Operation::SeriesEnd, None),
        _ => return nothing(State(console), Extension(visit)).await,
    };
    if let Err(refusal) = visit.caller().check(operation) {
        return refused(&console, &visit, &refusal);
    }
    let (done, field) = match change {
        Some(change) => (on_day(&console, &visit, id, change).await, "coming-title"),
        None => (end(&console, &visit, id).await, "from"),
    };
    finished(&console, &visit, (&format!("/series/{id}"), done), |refusal| {
        one(&console, &visit, id, &vec![(field, told(&console, &visit, refusal))])
    })
}

async fn on_day(
    console: &Console,
    visit: &Visit,
    id: Id<SeriesKind>,
    change: Change,
) -> Result<String, Refusal> {
    let fields = &visit.fields;
    let day = parse_date(fields.text("day")).map_err(|_| refusals::invalid("day-format"))?;
    let (reach, etag) = (Reach::This(day), fields.text("etag").to_owned());
    let outcome = series::edit(&console.app, &visit.caller(), id, (reach, change), etag, false).await?;
    Ok(told_of(console, visit, &outcome, "lasting-series-day-done"))
}

async fn end(console: &Console, visit: &Visit, id: Id<SeriesKind>) -> Result<String, Refusal> {
    let fields = &visit.fields;
    let from = parse_date(fields.text("from")).map_err(|_| refusals::invalid("day-format"))?;
    let (etag, even_decided) = (fields.text("etag").to_owned(), fields.text("even_decided") == "1");
    let outcome = series::end(&console.app, &visit.caller(), id, from, etag, even_decided).await?;
    Ok(told_of(console, visit, &outcome, "lasting-series-end-done"))
}

/// What became of the trips, in one sentence each.
pub(super) fn told_of(console: &Console, visit: &Visit, outcome: &Outcome, key: &str) -> String {
    let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX).into();
    let report = &outcome.report;
    let args = [
        ("made", count(report.made.len())),
        ("cancelled", count(report.cancelled.len())),
        ("left", count(report.left.len())),
        ("failed", count(report.failed.len())),
    ];
    texts(console, visit).with(key, &args)
}
