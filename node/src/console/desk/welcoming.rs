//! Registering a volunteer: how to reach somebody, with what car, for whom and when. Papers are noted on the page of the volunteer, where
//! they were seen. Whoever is known already is told, and nothing typed is lost. Must never put anything about a volunteer into an address.

use axum::{
    extract::{Extension, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use maillage_console::{form::Input, volunteer::NewVolunteerPage};
use maillage_domain::{
    ids::RequestKind,
    roles::Operation,
    vehicle::NewVehicle,
    volunteer::{NewVolunteer, Volunteer},
};
use maillage_federation::needs::Need;
use maillage_platform::refusal::Refusal;

use super::{
    contact::{channels, field_of, home, place, who},
    form::{Form, Wrong},
    is_about_what_was_asked,
    registering::{need_tick, tick},
    told,
};
use crate::{
    app::{
        once::Once,
        people::{self, Confirmed},
    },
    console::{
        Console, communes,
        door::Visit,
        reply::{frame, on_to, page, refused, texts, words},
    },
};

/// The page of this form.
pub(in crate::console) const PAGE: &str = "/volunteers/new";

/// Fields that buttons and tokens send: no part of what is registered.
const NO_CONTENT: [&str; 5] = ["forgery", "request_id", "step", "duplicate", "outside"];

/// The days of a week, Monday first: how the availability is written, and the fields of its hours.
const WEEK: [(&str, &str, &str); 7] = [
    ("lun", "from_1", "to_1"),
    ("mar", "from_2", "to_2"),
    ("mer", "from_3", "to_3"),
    ("jeu", "from_4", "to_4"),
    ("ven", "from_5", "to_5"),
    ("sam", "from_6", "to_6"),
    ("dim", "from_7", "to_7"),
];
/// Passenger seats of a usual car.
const SEATS: &str = "4";

/// An empty form, or the one that was typed before a session ended.
pub(in crate::console) async fn show(
    State(console): State<Console>,
    Extension(mut visit): Extension<Visit>,
) -> Response {
    if !visit.is_back {
        visit.fields.set("seats", SEATS);
    }
    form(&console, &visit, &Wrong::new(), Vec::new())
}

/// Registers the volunteer.
pub(in crate::console) async fn send(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
) -> Response {
    if let Err(refusal) = visit.caller().check(Operation::VolunteerAdd) {
        return refused(&console, &visit, &refusal);
    }
    let (new, confirmed) = match read(&console, &visit) {
        Ok(read) => read,
        Err(wrong) => return again(&console, &visit, &wrong, Vec::new()),
    };
    match add_once(&console, &visit, new, confirmed).await {
        Ok(volunteer) => {
            let said = texts(&console, &visit).say("desk-welcomed");
            on_to(&console, &visit, &format!("/volunteers/{}", volunteer.id), Some((false, said)))
        }
        Err(refusal) if refusal.reason() == "volunteer-duplicate" => {
            let ids = refusal.details().get("candidates").cloned().unwrap_or_default();
            let alike = alike(&console, &visit, &ids);
            let text = texts(&console, &visit).say("desk-refusal-person-duplicate");
            again(&console, &visit, &vec![("name", text)], alike)
        }
        // Changed after it was sent: somebody else, if that is meant.
        Err(refusal) if refusal.reason() == "request-id-reused" => {
            let mut visit = visit.clone();
            visit.fields.set("request_id", "");
            let wrong = vec![("name", texts(&console, &visit).say("desk-registered-already"))];
            again(&console, &visit, &wrong, Vec::new())
        }
        Err(refusal) if is_about_what_was_asked(&refusal) || refusal.reason() == "commune-unknown" => {
            let wrong = vec![(concerned(&refusal), told(&console, &visit, &refusal))];
            again(&console, &visit, &wrong, Vec::new())
        }
        Err(refusal) => refused(&console, &visit, &refusal),
    }
}

/// Registers the volunteer once, however often the button is pressed.
async fn add_once(
    console: &Console,
    visit: &Visit,
    new: NewVolunteer,
    confirmed: Confirmed,
) -> Result<Volunteer, Refusal> {
    let content = visit.fields.without(&NO_CONTENT).written();
    let once = Once::read(visit.fields.text("request_id"), Operation::VolunteerAdd, content.as_bytes())?;
    people::add_volunteer(&console.app, &visit.caller().asking_once(once), new, confirmed).await
}

/// The field that a refusal is about.
fn concerned(refusal: &Refusal) -> &'static str {
    match refusal.reason() {
        reason if reason.starts_with("vehicle") || reason.contains("seats") => "seats",
        reason if reason.contains("fiscal") => "fiscal_power",
        reason if reason.contains("slot") || reason.contains("availability") => "from_1",
        _ => field_of(refusal),
    }
}

/// Reads what was typed; everything that is missing is said at once.
fn read(console: &Console, visit: &Visit) -> Result<(NewVolunteer, Confirmed), Wrong> {
    let (fields, texts) = (&visit.fields, texts(console, visit));
    let mut wrong = Wrong::new();
    if fields.text("name").trim().is_empty() {
        wrong.push(("name", texts.say("desk-need-name")));
    }
    let home = place(console, visit, &mut wrong);
    let mut number = |name: &'static str, otherwise: u8| {
        let typed = fields.text(name).trim();
        typed.parse().unwrap_or_else(|_| {
            if !typed.is_empty() {
                wrong.push((name, texts.say("desk-need-number")));
            }
            otherwise
        })
    };
    let (seats, wheelchair_places, power) =
        (number("seats", 0), number("wheelchair_places", 0), number("fiscal_power", 0));
    let availability = availability(visit, texts.say("desk-need-hours"), &mut wrong);
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let typed = |name: &str| fields.text(name).to_owned();
    let is_ticked = |name: &str| fields.text(name) == "1";
    let accepts = fields.pairs().iter().filter(|(name, _)| name == "need").map(|(_, code)| code.clone());
    let vehicle = NewVehicle {
        seats,
        wheelchair_places,
        fiscal_power: (power > 0).then_some(power),
        electric: is_ticked("electric"),
        ..NewVehicle::default()
    };
    let new = NewVolunteer {
        name: typed("name"),
        phone: typed("phone"),
        email: typed("email"),
        channel: typed("channel"),
        home,
        vehicles: vec![vehicle],
        accepts: accepts.collect(),
        availability,
        standing_yes: is_ticked("standing_yes"),
        ..NewVolunteer::default()
    };
    Ok((new, Confirmed { outside: is_ticked("outside"), duplicate: is_ticked("duplicate") }))
}

/// The week as the rules write it; a day with one hour alone is told.
fn availability(visit: &Visit, half: String, wrong: &mut Wrong) -> String {
    let mut slots = Vec::new();
    for (day, from, to) in WEEK {
        match (visit.fields.text(from).trim(), visit.fields.text(to).trim()) {
            ("", "") => {}
            ("", _) => wrong.push((from, half.clone())),
            (_, "") => wrong.push((to, half.clone())),
            (begin, end) => slots.push(format!("{day} {begin}-{end}")),
        }
    }
    slots.join(",")
}

/// Volunteers who are known already and very like.
fn alike(console: &Console, visit: &Visit, ids: &str) -> Vec<(String, String)> {
    let named = |id: &str| {
        let known =
            id.parse().ok().and_then(|id| people::show_volunteer(&console.app, &visit.caller(), id).ok());
        let name = known.map(|known| known.details.name.as_str().to_owned());
        (format!("/volunteers/{id}"), name.unwrap_or_else(|| texts(console, visit).say("desk-alike-file")))
    };
    ids.split_whitespace().map(named).collect()
}

fn again(console: &Console, visit: &Visit, wrong: &Wrong, alike: Vec<(String, String)>) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, form(console, visit, wrong, alike)).into_response()
}

/// The form with what was typed.
fn form(console: &Console, visit: &Visit, wrong: &Wrong, alike: Vec<(String, String)>) -> Response {
    if let Err(refusal) = visit.caller().check(Operation::VolunteerAdd) {
        return refused(console, visit, &refusal);
    }
    let texts = texts(console, visit);
    let fields = Form { console, visit, wrong };
    let request = match visit.fields.text("request_id") {
        "" => console.app.new_id::<RequestKind>().to_string(),
        known => known.to_owned(),
    };
    let is_outside = fields.error("commune").is_some() || visit.fields.text("outside") == "1";
    let is_alike = !alike.is_empty() || visit.fields.text("duplicate") == "1";
    let confirmed = [(is_outside, "outside"), (is_alike, "duplicate")];
    let number = |name: &'static str, label: &str| fields.input(name, label).of_kind("number");
    page(&NewVolunteerPage {
        frame: frame(console, visit, texts.say("desk-welcome")),
        request,
        alike,
        confirm: confirmed.iter().filter(|(is, _)| *is).map(|(_, name)| tick(&fields, name)).collect(),
        communes: communes::suggested(console.app.geography, &console.app.profile.territory),
        who: who(&fields, &["name", "phone", "email"]),
        channel: channels(&fields),
        home: home(&fields),
        car: vec![
            number("seats", "desk-seats"),
            number("wheelchair_places", "desk-wheelchairs"),
            number("fiscal_power", "desk-fiscal-power").with_hint(texts.say("desk-fiscal-power-hint")),
        ],
        electric: tick(&fields, "electric"),
        accepts: Need::ALL.iter().map(|need| need_tick(&fields, *need)).collect(),
        week: WEEK.into_iter().enumerate().map(|(index, day)| hours(&fields, index + 1, day)).collect(),
        standing_yes: tick(&fields, "standing_yes"),
        wrong: wrong.iter().map(|(field, text)| ((*field).to_owned(), text.clone())).collect(),
    })
}

/// The hours of a day: from, and until.
fn hours(fields: &Form<'_>, number: usize, (_, from, to): (&str, &'static str, &'static str)) -> [Input; 2] {
    let (texts, words) = (texts(fields.console, fields.visit), words(fields.console, fields.visit));
    let day = words.code("weekday", &number.to_string());
    let field = |name: &'static str, key: &str| {
        let label = texts.about(key, &day);
        Input { label, ..fields.input(name, key).of_kind("time") }
    };
    [field(from, "desk-hours-from"), field(to, "desk-hours-to")]
}
