//! A new series, from the form of a request or from the beginning: the same fields, on several days. Every field keeps what was
//! typed, and everything that is missing is said at once.

use axum::{
    extract::{Extension, State},
    http::Uri,
    response::Response,
};
use maillage_console::{
    form::{Choice, Input},
    lasting::{Field, FormPage, Group},
};
use maillage_domain::{
    person::Person,
    place::NewPlace,
    request::Purpose,
    roles::Operation,
    series::{HolidayRule, NewSeries},
};
use maillage_platform::refusal::Refusal;

use super::{
    super::{
        Console, communes,
        desk::{
            self,
            form::{Form, Wrong},
        },
        door::Visit,
        fields::Fields,
        reply::{frame, on_to, page, refused, texts, words},
    },
    all_of, carried, content, is_about_what_was_asked, kept, query, renewed,
    series_one::told_of,
    summed, ticks, told, unprocessable,
    who::asked_for,
};
use crate::app::{
    once::Once,
    series::{self, Outcome},
};

/// The page of this form.
pub(super) const PAGE: &str = "/series/new";
/// Days of the week, as they are typed and stored.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// An empty form, or the one that was typed before a session ended.
pub(in crate::console) async fn show(
    State(console): State<Console>,
    Extension(mut visit): Extension<Visit>,
    uri: Uri,
) -> Response {
    let mut fields = Fields::default();
    fields.set("person", query(&uri).text("person"));
    visit.fields = kept(&visit).unwrap_or(fields);
    taking(&console, &visit, &Wrong::new()).await
}

/// What the form was sent for.
pub(in crate::console) async fn send(
    State(console): State<Console>,
    Extension(mut visit): Extension<Visit>,
) -> Response {
    match visit.fields.text("step") {
        "save" => save(&console, &visit).await,
        // From a request: what was typed there stays, under the name of another request.
        "begin" => {
            visit.fields = visit.fields.without(&["request_id", "step"]);
            taking(&console, &visit, &Wrong::new()).await
        }
        _ => taking(&console, &visit, &Wrong::new()).await,
    }
}

async fn taking(console: &Console, visit: &Visit, wrong: &Wrong) -> Response {
    let asked = async {
        visit.caller().check(Operation::SeriesAdd)?;
        match asked_for(console, visit, (PAGE, "lasting-series-new")).await? {
            Ok(person) => Ok(form(console, visit, &person, wrong)),
            Err(choosing) => Ok(choosing),
        }
    };
    desk::shown(console, visit, asked.await)
}

async fn save(console: &Console, visit: &Visit) -> Response {
    let mut visit = visit.clone();
    let wrong = match made(console, &visit).await {
        Ok(Ok(outcome)) => {
            let said = told_of(console, &visit, &outcome, "lasting-series-made");
            return on_to(console, &visit, &format!("/series/{}", outcome.series.id), Some((false, said)));
        }
        Ok(Err(wrong)) => wrong,
        Err(refusal) if is_about_what_was_asked(&refusal) => {
            visit = renewed(&visit, &refusal);
            vec![(field_of(&refusal), told(console, &visit, &refusal))]
        }
        Err(refusal) => return refused(console, &visit, &refusal),
    };
    let again = async {
        match asked_for(console, &visit, (PAGE, "lasting-series-new")).await? {
            Ok(person) => Ok(form(console, &visit, &person, &wrong)),
            Err(choosing) => Ok(choosing),
        }
    };
    let again = again.await;
    unprocessable(console, &visit, again)
}

async fn made(console: &Console, visit: &Visit) -> Result<Result<Outcome, Wrong>, Refusal> {
    visit.caller().check(Operation::SeriesAdd)?;
    let fields = &visit.fields;
    let Ok(person) = fields.text("person").parse() else { return Ok(Err(Wrong::new())) };
    let new = match read(console, visit) {
        Ok(new) => new,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let once = Once::read(fields.text("request_id"), Operation::SeriesAdd, content(visit).as_bytes())?;
    let caller = visit.caller().asking_once(once);
    Ok(Ok(series::add(&console.app, &caller, person, new).await?))
}

fn read(console: &Console, visit: &Visit) -> Result<NewSeries, Wrong> {
    let (fields, texts) = (&visit.fields, texts(console, visit));
    let typed = |name: &str| fields.text(name).trim().to_owned();
    let mut wrong = missing(console, visit);
    let mut commune = |field: &'static str| {
        let typed = fields.text(field);
        if typed.trim().is_empty() {
            return String::new();
        }
        let read = communes::code(console.app.geography, &console.app.profile.territory, typed);
        read.unwrap_or_else(|unclear| {
            let text = match unclear {
                communes::Unclear::Unknown => texts.say("console-commune-unknown"),
                communes::Unclear::Several(told) => texts.about("console-commune-several", &told.join(", ")),
            };
            wrong.push((field, text));
            String::new()
        })
    };
    let (to, from) = (commune("to_commune"), commune("from_commune"));
    let mut number = |field: &'static str, usual: u32| match fields.text(field).trim() {
        "" => usual,
        typed => typed.parse().unwrap_or_else(|_| {
            wrong.push((field, texts.say("console-not-number")));
            usual
        }),
    };
    let (every_weeks, companions) = (number("every_weeks", 1), number("companions", 0));
    let tolerance = typed("tolerance");
    let tolerance_s = (!tolerance.is_empty()).then(|| number("tolerance", 0).saturating_mul(60));
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let is_pickup = fields.text("kind") == "pickup";
    let (arrive_by, pickup_at) =
        if is_pickup { (String::new(), typed("time")) } else { (typed("time"), String::new()) };
    let back = fields.text("back");
    Ok(NewSeries {
        weekdays: all_of(fields, "weekdays").join(","),
        every_weeks,
        first: typed("day"),
        until: typed("until"),
        count: 0,
        public_holidays: typed("public_holidays"),
        school_holidays: typed("school_holidays"),
        pickup: (!from.is_empty())
            .then(|| NewPlace { commune: from, address: fields.text("from_address").to_owned() }),
        dropoff: NewPlace { commune: to, address: fields.text("to_address").to_owned() },
        arrive_by,
        pickup_at,
        return_at: if back == "at" { typed("back_time") } else { String::new() },
        call_when_done: back == "call",
        companions,
        purpose: typed("purpose"),
        tolerance_s,
        late_ok: fields.text("late_ok") == "1",
        notes: fields.text("notes").to_owned(),
        model: String::new(),
    })
}

/// Everything that has to be there and is not, at once.
fn missing(console: &Console, visit: &Visit) -> Wrong {
    let texts = texts(console, visit);
    let back_time = if visit.fields.text("back") == "at" { "back_time" } else { "time" };
    let wanted = [
        ("weekdays", "lasting-need-weekdays"),
        ("day", "console-need-day"),
        ("to_commune", "console-need-commune"),
        ("purpose", "console-need-purpose"),
        ("time", "console-need-time"),
        (back_time, "console-need-back-time"),
    ];
    let mut wrong = Wrong::new();
    for (field, key) in wanted {
        let is_told = wrong.iter().any(|(told, _)| *told == field);
        if visit.fields.text(field).trim().is_empty() && !is_told {
            wrong.push((field, texts.say(key)));
        }
    }
    wrong
}

/// The field that a refusal is about.
fn field_of(refusal: &Refusal) -> &'static str {
    let field = refusal.details().get("field").map(String::as_str).unwrap_or_default();
    match (refusal.reason(), field) {
        ("series-weekdays", _) => "weekdays",
        ("series-weeks", _) => "every_weeks",
        ("series-order" | "series-too-long", _) => "until",
        ("day-format", _) => "day",
        ("series-return-before-arrival", _) => "back_time",
        ("series-too-much", _) => "companions",
        ("purpose-unknown", _) => "purpose",
        (_, "notes") => "notes",
        (_, "pickup") => "from_commune",
        (_, "address") => "to_address",
        (_, "dropoff") | ("commune-unknown", _) => "to_commune",
        (_, _) => "time",
    }
}

fn form(console: &Console, visit: &Visit, person: &Person, wrong: &Wrong) -> Response {
    let (app, texts) = (&console.app, texts(console, visit));
    let form = Form { console, visit, wrong };
    let mut sent = carried(console, visit);
    sent.push(("person".to_owned(), person.id.to_string()));
    page(&FormPage {
        frame: frame(console, visit, texts.say("lasting-series-new")),
        text: texts.say("lasting-series-new-text"),
        who: (format!("/people/{}", person.id), person.details.name.as_str().to_owned()),
        action: PAGE.to_owned(),
        carried: sent,
        wrong: summed(wrong),
        communes: communes::suggested(app.geography, &app.profile.territory),
        groups: vec![
            Group { id: "days", title: texts.say("lasting-series-which-days"), rows: days(&form) },
            Group { id: "where", title: texts.say("console-where"), rows: places(&form) },
            Group { id: "when", title: texts.say("console-when"), rows: times(&form) },
            Group { id: "more", title: texts.say("console-more"), rows: more(&form) },
        ],
        button: texts.say("lasting-series-make"),
    })
}

fn wanted(field: Input) -> Field {
    Field::Line(Input { wanted: true, ..field })
}

fn days(form: &Form<'_>) -> Vec<Vec<Field>> {
    let (texts, words) = (texts(form.console, form.visit), words(form.console, form.visit));
    let names = DAYS.iter().map(|code| (*code, words.code("lasting-weekday", code)));
    let hinted = |name, label, hint: &str| form.input(name, label).with_hint(texts.say(hint));
    let rules: Vec<&str> = HolidayRule::ALL.iter().map(|rule| rule.code()).collect();
    let rule = |name, label| Field::Choice(form.codes(name, label, ("holiday-rule", &rules)));
    vec![
        vec![ticks(form, ("weekdays", "lasting-series-on"), names.collect())],
        vec![
            wanted(form.input("day", "lasting-series-first").of_kind("date")),
            Field::Line(hinted("until", "lasting-series-last", "lasting-series-until-hint").of_kind("date")),
            Field::Line(hinted("every_weeks", "lasting-every-weeks", "lasting-every-weeks-hint")),
        ],
        vec![
            rule("public_holidays", "lasting-public-holidays"),
            rule("school_holidays", "lasting-school-holidays"),
        ],
    ]
}

fn places(form: &Form<'_>) -> Vec<Vec<Field>> {
    let (texts, words) = (texts(form.console, form.visit), words(form.console, form.visit));
    let commune = form.input("to_commune", "console-to-commune").with_hint(texts.say("console-commune-hint"));
    let address = form.input("to_address", "console-to-address").with_hint(texts.say("console-address-hint"));
    let purposes = Purpose::ALL.iter().map(|one| (one.code().to_owned(), words.code("purpose", one.code())));
    let purpose = unless_said(form, form.choice("purpose", "console-purpose", purposes.collect()));
    vec![
        vec![wanted(Input { list: "communes", ..commune }), Field::Line(address)],
        vec![Field::Choice(purpose)],
    ]
}

/// A choice shown at once, of which nothing is chosen until somebody says it.
fn unless_said(form: &Form<'_>, choice: Choice) -> Choice {
    let is_said = !form.visit.fields.text(choice.name).is_empty();
    let mut choice = Choice { open: true, ..choice };
    for option in &mut choice.options {
        option.chosen &= is_said;
    }
    choice
}

fn times(form: &Form<'_>) -> Vec<Vec<Field>> {
    let texts = texts(form.console, form.visit);
    let options = |codes: &[&str], list: &str| -> Vec<(String, String)> {
        codes.iter().map(|code| ((*code).to_owned(), texts.say(&format!("{list}-{code}")))).collect()
    };
    let open = |choice: Choice| Field::Choice(Choice { open: true, ..choice });
    let kind = form.choice("kind", "console-time-kind", options(&["arrive", "pickup"], "console-kind"));
    let back = form.choice("back", "console-back", options(&["none", "at", "call"], "console-back"));
    let back_time = form.input("back_time", "console-back-time").of_kind("time");
    vec![
        vec![wanted(form.input("time", "console-time").of_kind("time"))],
        vec![open(kind)],
        vec![open(back)],
        vec![Field::Line(back_time.with_hint(texts.say("console-back-time-hint")))],
    ]
}

fn more(form: &Form<'_>) -> Vec<Vec<Field>> {
    let texts = texts(form.console, form.visit);
    let from = form.input("from_commune", "console-from-commune").with_hint(texts.say("console-from-hint"));
    let tolerance = form.input("tolerance", "console-tolerance");
    vec![
        vec![Field::Text(form.lines("notes", "console-notes", "console-notes-hint"))],
        vec![
            Field::Line(Input { list: "communes", ..from }),
            Field::Line(form.input("from_address", "console-from-address")),
        ],
        vec![
            Field::Line(form.input("companions", "console-companions")),
            Field::Line(tolerance.with_hint(texts.say("console-tolerance-hint"))),
        ],
        vec![super::single_tick(form, "late_ok", "console-late-ok")],
    ]
}
