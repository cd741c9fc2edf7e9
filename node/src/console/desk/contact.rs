//! Correcting how to reach a person, and the fields that registering one has in common with it. Trips planned already follow a
//! new home, or are told.

use axum::{
    extract::{Extension, Path, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use maillage_console::{
    form::{Choice, Input},
    registering::ContactPage,
};
use maillage_domain::{
    ids::PersonKind,
    person::{NewPerson, Person},
    place::NewPlace,
    roles::Operation,
};
use maillage_federation::ids::Id;
use maillage_platform::refusal::Refusal;

use super::{
    form::{Form, Wrong},
    is_about_what_was_asked,
    registering::tick,
    shown, told,
};
use crate::{
    app::{
        edit::Mask,
        people::{self, Edit, PERSON_FIELDS},
    },
    console::{
        Console,
        communes::{self, Unclear},
        door::Visit,
        reply::{frame, nothing, on_to, page, refused, texts},
    },
};

/// What is corrected on this page.
const MEANT: [&str; 5] = ["name", "phone", "email", "channel", "home"];

/// The form, with what is known.
pub(in crate::console) async fn show(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path(id): Path<String>,
) -> Response {
    let Ok(id) = id.parse() else { return nothing(State(console), Extension(visit)).await };
    shown(&console, &visit, known(&console, &visit, id).await)
}

async fn known(console: &Console, visit: &Visit, id: Id<PersonKind>) -> Result<Response, Refusal> {
    visit.caller().check(Operation::PersonUpdate)?;
    let person = people::show_person(&console.app, &visit.caller(), id).await?;
    if visit.is_back {
        return Ok(form(console, visit, &person, &Wrong::new()));
    }
    let mut visit = visit.clone();
    let present = NewPerson::of(&person.details);
    let commune = console.app.geography.commune(&person.details.home.commune);
    let commune = commune.map_or_else(|| present.home.commune.clone(), communes::shown);
    let fields = &mut visit.fields;
    fields.set("name", present.name);
    fields.set("phone", present.phone);
    fields.set("email", present.email);
    fields.set("channel", present.channel);
    fields.set("commune", commune);
    fields.set("address", present.home.address);
    fields.set("etag", person.revision.to_string());
    Ok(form(console, &visit, &person, &Wrong::new()))
}

/// Writes what was corrected.
pub(in crate::console) async fn send(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path(id): Path<String>,
) -> Response {
    let Ok(id) = id.parse() else { return nothing(State(console), Extension(visit)).await };
    if let Err(refusal) = visit.caller().check(Operation::PersonUpdate) {
        return refused(&console, &visit, &refusal);
    }
    let refusal = match corrected(&console, &visit, id).await {
        Ok(Ok(followed)) => {
            let said = texts(&console, &visit).count("desk-contact-done", followed);
            return on_to(&console, &visit, &format!("/people/{id}"), Some((false, said)));
        }
        Ok(Err(wrong)) => return again(&console, &visit, id, wrong).await,
        Err(refusal) => refusal,
    };
    if is_about_what_was_asked(&refusal) || refusal.reason() == "commune-unknown" {
        let wrong = vec![(field_of(&refusal), told(&console, &visit, &refusal))];
        return again(&console, &visit, id, wrong).await;
    }
    refused(&console, &visit, &refusal)
}

/// What is wrong with what was typed; otherwise how many planned trips the change concerns.
async fn corrected(
    console: &Console,
    visit: &Visit,
    id: Id<PersonKind>,
) -> Result<Result<usize, Wrong>, Refusal> {
    let fields = &visit.fields;
    let mut wrong = Wrong::new();
    let home = place(console, visit, &mut wrong);
    if !wrong.is_empty() {
        return Ok(Err(wrong));
    }
    let typed = NewPerson {
        name: fields.text("name").to_owned(),
        phone: fields.text("phone").to_owned(),
        email: fields.text("email").to_owned(),
        channel: fields.text("channel").to_owned(),
        home,
        ..NewPerson::default()
    };
    let mask = Mask::parse(&MEANT.map(str::to_owned), PERSON_FIELDS)?;
    let etag = fields.text("etag").to_owned();
    let edit = Edit { typed, mask, etag, outside: fields.text("outside") == "1" };
    let changed = people::update_person(&console.app, &visit.caller(), id, edit).await?;
    Ok(Ok(changed.trips.len()))
}

async fn again(console: &Console, visit: &Visit, id: Id<PersonKind>, wrong: Wrong) -> Response {
    match people::show_person(&console.app, &visit.caller(), id).await {
        Ok(person) => {
            (StatusCode::UNPROCESSABLE_ENTITY, form(console, visit, &person, &wrong)).into_response()
        }
        Err(refusal) => refused(console, visit, &refusal),
    }
}

fn form(console: &Console, visit: &Visit, person: &Person, wrong: &Wrong) -> Response {
    let fields = Form { console, visit, wrong };
    let is_outside = fields.error("commune").is_some() || visit.fields.text("outside") == "1";
    page(&ContactPage {
        frame: frame(console, visit, texts(console, visit).say("desk-contact")),
        path: format!("/people/{}", person.id),
        name: person.details.name.as_str().to_owned(),
        etag: visit.fields.text("etag").to_owned(),
        wrong: wrong.iter().map(|(field, text)| ((*field).to_owned(), text.clone())).collect(),
        confirm: is_outside.then(|| tick(&fields, "outside")).into_iter().collect(),
        communes: communes::suggested(console.app.geography, &console.app.profile.territory),
        who: who(&fields, &["name", "phone", "email"]),
        channel: channels(&fields),
        home: home(&fields),
    })
}

/// Name and ways to reach somebody.
pub(super) fn who(fields: &Form<'_>, which: &[&str]) -> Vec<Input> {
    let texts = texts(fields.console, fields.visit);
    let name = Input { wanted: true, ..fields.input("name", "desk-name") };
    let phone = fields.input("phone", "console-fact-phone").with_hint(texts.say("desk-phone-hint"));
    let all = [name, phone, fields.input("email", "console-fact-email")];
    all.into_iter().filter(|field| which.contains(&field.name)).collect()
}

/// Where somebody lives.
pub(super) fn home(fields: &Form<'_>) -> Vec<Input> {
    let texts = texts(fields.console, fields.visit);
    let commune = fields.input("commune", "desk-home-commune").with_hint(texts.say("console-commune-hint"));
    vec![
        Input { wanted: true, list: "communes", ..commune },
        fields.input("address", "desk-home-address").with_hint(texts.say("console-address-hint")),
    ]
}

/// How somebody wishes to be reached.
pub(super) fn channels(fields: &Form<'_>) -> Choice {
    fields.codes("channel", "console-fact-channel", ("channel", &["", "phone", "sms", "email", "letter"]))
}

/// The home that was typed; what is wrong with the commune is added to what is wrong.
pub(super) fn place(console: &Console, visit: &Visit, wrong: &mut Wrong) -> NewPlace {
    let (fields, texts) = (&visit.fields, texts(console, visit));
    let address = fields.text("address").to_owned();
    let typed = fields.text("commune");
    if typed.trim().is_empty() {
        wrong.push(("commune", texts.say("desk-need-commune")));
        return NewPlace { commune: String::new(), address };
    }
    let read = communes::code(console.app.geography, &console.app.profile.territory, typed);
    let commune = read.unwrap_or_else(|unclear| {
        let text = match unclear {
            Unclear::Unknown => texts.say("console-commune-unknown"),
            Unclear::Several(told) => texts.about("console-commune-several", &told.join(", ")),
        };
        wrong.push(("commune", text));
        String::new()
    });
    NewPlace { commune, address }
}

/// The field that a refusal is about.
pub(super) fn field_of(refusal: &Refusal) -> &'static str {
    let field = refusal.details().get("field").map(String::as_str).unwrap_or_default();
    match (refusal.reason(), field) {
        ("phone-character" | "phone-length" | "channel-no-phone", _) => "phone",
        ("email-form" | "channel-no-email", _) | (_, "email") => "email",
        ("birth-year", _) => "birth_year",
        (_, "home") => "commune",
        (_, "address") => "address",
        (_, "notes") => "driver_notes",
        (_, "internal_notes") => "internal_notes",
        (_, _) => "name",
    }
}
