//! Registering a person while she or he is on the line: what a ride needs, and nothing more. Whoever is known already is told,
//! and nothing typed is lost. Must never put anything about a person into an address.

use axum::{
    extract::{Extension, State},
    http::{StatusCode, Uri},
    response::{IntoResponse as _, Response},
};
use maillage_console::registering::{RegisterPage, Tick};
use maillage_domain::{
    civil::day_of,
    ids::{PersonKind, RequestKind},
    person::{NewPerson, Person},
    roles::Operation,
};
use maillage_federation::{ids::Id, needs::Need};
use maillage_platform::refusal::Refusal;

use super::{
    contact::{channels, field_of, home, place, who},
    form::{Form, Wrong},
    is_about_what_was_asked, told,
};
use crate::{
    app::{
        once::Once,
        people::{self, Confirmed},
    },
    console::{
        Console, communes,
        door::Visit,
        drafts,
        fields::Fields,
        people::{detail, found},
        reply::{frame, on_to, page, refused, texts, words},
        requests,
    },
};

/// The page of this form.
pub(in crate::console) const PAGE: &str = "/people/new";

/// Fields that buttons and tokens send: no part of what is registered.
const NO_CONTENT: [&str; 6] = ["forgery", "request_id", "step", "duplicate", "letters", "outside"];

/// Situations, the one that says nothing first.
const SITUATIONS: [&str; 8] =
    ["unknown", "jobseeker", "employed", "training", "retired", "disability", "minimum-income", "other"];

/// An empty form, or the one that was typed before a session ended.
pub(in crate::console) async fn show(
    State(console): State<Console>,
    Extension(mut visit): Extension<Visit>,
    uri: Uri,
) -> Response {
    let query = Fields::read(uri.query().unwrap_or_default().as_bytes()).unwrap_or_default();
    if !visit.is_back {
        visit.fields.set("for", query.text("for"));
    }
    form(&console, &visit, Wrong::new(), Vec::new())
}

/// What the form was sent for.
pub(in crate::console) async fn send(
    State(console): State<Console>,
    Extension(mut visit): Extension<Visit>,
) -> Response {
    if let Err(refusal) = visit.caller().check(Operation::PersonAdd) {
        return refused(&console, &visit, &refusal);
    }
    match visit.fields.text("step") {
        "begin" => {
            keep_request(&console, &visit);
            visit.fields = begun(&visit);
            form(&console, &visit, Wrong::new(), Vec::new())
        }
        "save" => save(&console, &visit).await,
        _ => form(&console, &visit, Wrong::new(), Vec::new()),
    }
}

/// Somebody on the line is not known yet: what was typed of the request waits until the person is registered.
fn keep_request(console: &Console, visit: &Visit) {
    let request = visit.fields.without(&["forgery", "step", "letters", "person"]);
    // A form that has no name is none of ours.
    if !request.text("request_id").is_empty() {
        drafts::put_aside(console, visit, requests::PAGE, &request);
    }
}

/// A form that begins with the letters that found nobody.
fn begun(visit: &Visit) -> Fields {
    let letters = visit.fields.text("letters").trim();
    let is_number = letters.chars().any(|letter| letter.is_ascii_digit());
    let mut fields = Fields::default();
    fields.set(if is_number { "phone" } else { "name" }, letters);
    fields.set("for", visit.fields.text("request_id"));
    fields
}

async fn save(console: &Console, visit: &Visit) -> Response {
    let (new, confirmed) = match read(console, visit) {
        Ok(read) => read,
        Err(wrong) => return again(console, visit, wrong, Vec::new()),
    };
    match add_once(console, visit, new, confirmed).await {
        Ok(person) => added(console, visit, person.id),
        Err(refusal) if refusal.reason() == "person-duplicate" => {
            let alike = alike(console, visit, &refusal).await;
            again(console, visit, vec![("name", told(console, visit, &refusal))], alike)
        }
        // Changed after it was sent: somebody else, if that is meant.
        Err(refusal) if refusal.reason() == "request-id-reused" => {
            let mut visit = visit.clone();
            visit.fields.set("request_id", "");
            let wrong = vec![("name", texts(console, &visit).say("desk-registered-already"))];
            again(console, &visit, wrong, Vec::new())
        }
        Err(refusal) if is_about_what_was_asked(&refusal) || refusal.reason() == "commune-unknown" => {
            again(console, visit, vec![(field_of(&refusal), told(console, visit, &refusal))], Vec::new())
        }
        Err(refusal) => refused(console, visit, &refusal),
    }
}

/// Registers the person once, however often the button is pressed.
async fn add_once(
    console: &Console,
    visit: &Visit,
    new: NewPerson,
    confirmed: Confirmed,
) -> Result<Person, Refusal> {
    let content = visit.fields.without(&NO_CONTENT).written();
    let once = Once::read(visit.fields.text("request_id"), Operation::PersonAdd, content.as_bytes())?;
    people::add_person(&console.app, &visit.caller().asking_once(once), new, confirmed).await
}

/// On to the file, or back to the request that the person was registered for.
fn added(console: &Console, visit: &Visit, person: Id<PersonKind>) -> Response {
    // Into that very request, whatever other pages are open.
    let path = match visit.fields.text("for").parse::<Id<RequestKind>>() {
        Ok(form) => {
            let (form, person) = (form.to_string(), person.to_string());
            let waits = drafts::fill(console, visit, (requests::PAGE, &form), ("person", &person));
            let form = if waits { format!("&form={form}") } else { String::new() };
            format!("{}?person={person}{form}", requests::PAGE)
        }
        Err(_) => format!("/people/{person}"),
    };
    on_to(console, visit, &path, Some((false, texts(console, visit).say("desk-registered"))))
}

/// Reads what was typed; everything that is missing is said at once.
fn read(console: &Console, visit: &Visit) -> Result<(NewPerson, Confirmed), Wrong> {
    let (fields, texts) = (&visit.fields, texts(console, visit));
    let mut wrong = Wrong::new();
    if fields.text("name").trim().is_empty() {
        wrong.push(("name", texts.say("desk-need-name")));
    }
    let home = place(console, visit, &mut wrong);
    let year = fields.text("birth_year").trim();
    let birth_year = year.parse::<i32>().ok();
    if birth_year.is_none() && !year.is_empty() {
        wrong.push(("birth_year", texts.say("desk-need-year")));
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let typed = |name: &str| fields.text(name).to_owned();
    let is_ticked = |name: &str| fields.text(name) == "1";
    let today = if is_ticked("informed") { day_of(console.app.now()).to_string() } else { String::new() };
    let needs = fields.pairs().iter().filter(|(name, _)| name == "need").map(|(_, code)| code.clone());
    let new = NewPerson {
        name: typed("name"),
        phone: typed("phone"),
        email: typed("email"),
        channel: typed("channel"),
        home,
        birth_year,
        needs: needs.collect(),
        situation: typed("situation"),
        informed_on: today,
        sharing: typed("sharing"),
        statistics_objection: is_ticked("objects"),
        pooling: typed("pooling"),
        driver_notes: typed("driver_notes"),
        internal_notes: typed("internal_notes"),
        ..NewPerson::default()
    };
    Ok((new, Confirmed { outside: is_ticked("outside"), duplicate: is_ticked("duplicate") }))
}

/// Who is known already and very like. The search is noted; no file is opened.
async fn alike(console: &Console, visit: &Visit, refusal: &Refusal) -> Vec<(String, String, String)> {
    let ids = refusal.details().get("candidates").cloned().unwrap_or_default();
    let mut known: Vec<Person> = Vec::new();
    for field in ["name", "phone"] {
        let hits = found(console, visit, visit.fields.text(field)).await;
        known.extend(hits.ok().flatten().unwrap_or_default());
    }
    let shown = |id: &str| {
        let path = format!("/people/{id}");
        match known.iter().find(|person| person.id.to_string() == id) {
            Some(person) => (path, person.details.name.as_str().to_owned(), detail(console, person)),
            None => (path, texts(console, visit).say("desk-alike-file"), String::new()),
        }
    };
    ids.split_whitespace().map(shown).collect()
}

fn again(console: &Console, visit: &Visit, wrong: Wrong, alike: Vec<(String, String, String)>) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, form(console, visit, wrong, alike)).into_response()
}

/// The form with what was typed.
fn form(console: &Console, visit: &Visit, wrong: Wrong, alike: Vec<(String, String, String)>) -> Response {
    if let Err(refusal) = visit.caller().check(Operation::PersonAdd) {
        return refused(console, visit, &refusal);
    }
    let texts = texts(console, visit);
    let fields = Form { console, visit, wrong: &wrong };
    let request = match visit.fields.text("request_id") {
        "" => console.app.new_id::<RequestKind>().to_string(),
        known => known.to_owned(),
    };
    let carried = [("request_id", request), ("for", visit.fields.text("for").to_owned())];
    let rare = ["email", "birth_year", "channel", "internal_notes"];
    let is_open = |name: &&str| !visit.fields.text(name).is_empty() || fields.error(name).is_some();
    page(&RegisterPage {
        frame: frame(console, visit, texts.say("desk-register")),
        carried: carried.map(|(name, value)| (name.to_owned(), value)).into(),
        confirm: confirmations(&fields, &alike),
        communes: communes::suggested(console.app.geography, &console.app.profile.territory),
        who: who(&fields, &["name", "phone"]),
        home: home(&fields),
        needs: Need::ALL.iter().map(|need| need_tick(&fields, *need)).collect(),
        notes: fields.lines("driver_notes", "console-fact-person-notes", "desk-driver-notes-hint"),
        sharing: fields.codes("sharing", "console-fact-sharing", ("sharing", &["ask", "always", "never"])),
        choices: ["informed", "objects"].map(|name| tick(&fields, name)).into(),
        more: vec![
            fields.input("email", "console-fact-email"),
            fields.input("birth_year", "console-fact-birth"),
        ],
        more_choices: vec![
            channels(&fields),
            fields.codes("situation", "console-fact-situation", ("situation", &SITUATIONS)),
            fields.codes("pooling", "console-fact-pooling", ("pooling", &["alone", "agreed"])),
        ],
        internal: fields.lines("internal_notes", "console-fact-internal", "desk-internal-hint"),
        more_open: rare.iter().any(is_open),
        wrong: wrong.iter().map(|(field, text)| ((*field).to_owned(), text.clone())).collect(),
        alike,
    })
}

/// What has to be meant: a home elsewhere, somebody who is very like somebody known.
fn confirmations(fields: &Form<'_>, alike: &[(String, String, String)]) -> Vec<Tick> {
    let outside = fields.error("commune").is_some() || fields.visit.fields.text("outside") == "1";
    let duplicate = !alike.is_empty() || fields.visit.fields.text("duplicate") == "1";
    let asked = [(outside, "outside"), (duplicate, "duplicate")];
    asked.into_iter().filter(|(is_asked, _)| *is_asked).map(|(_, name)| tick(fields, name)).collect()
}

/// A box to tick, `desk-tick-<name>`.
pub(super) fn tick(fields: &Form<'_>, name: &'static str) -> Tick {
    let label = texts(fields.console, fields.visit).say(&format!("desk-tick-{name}"));
    let ticked = fields.visit.fields.text(name) == "1";
    Tick { name, id: name.to_owned(), value: "1".to_owned(), label, ticked }
}

/// A need to tick.
pub(super) fn need_tick(fields: &Form<'_>, need: Need) -> Tick {
    let code = need.code();
    let typed = fields.visit.fields.pairs();
    Tick {
        name: "need",
        id: format!("need-{code}"),
        value: code.to_owned(),
        label: words(fields.console, fields.visit).code("need", code),
        ticked: typed.iter().any(|(name, value)| name == "need" && value == code),
    }
}
