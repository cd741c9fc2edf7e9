//! What was typed, read into a request; everything that is missing is said at once.

use maillage_domain::{place::NewPlace, request::NewRequest};
use maillage_platform::refusal::Refusal;

use crate::console::{
    Console,
    communes::{self, Unclear},
    door::Visit,
    reply::texts,
};

/// What is wrong, by field.
pub(super) type Wrong = Vec<(&'static str, String)>;

/// Reads the form.
pub(super) fn read_request(console: &Console, visit: &Visit) -> Result<NewRequest, Wrong> {
    let (fields, texts) = (&visit.fields, texts(console, visit));
    let mut wrong = Wrong::new();
    let mut need = |field: &'static str, key: &str| {
        if fields.text(field).trim().is_empty() {
            wrong.push((field, texts.say(key)));
        }
    };
    need("to_commune", "console-need-commune");
    need("purpose", "console-need-purpose");
    need("day", "console-need-day");
    need("time", "console-need-time");
    let back = fields.text("back");
    if back == "at" {
        need("back_time", "console-need-back-time");
    }
    let mut commune = |field: &'static str| {
        let typed = fields.text(field);
        if typed.trim().is_empty() {
            return String::new();
        }
        communes::code(console.app.geography, &console.app.profile.territory, typed).unwrap_or_else(
            |unclear| {
                let text = match unclear {
                    Unclear::Unknown => texts.say("console-commune-unknown"),
                    Unclear::Several(told) => texts.about("console-commune-several", &told.join(", ")),
                };
                wrong.push((field, text));
                String::new()
            },
        )
    };
    let (to, from) = (commune("to_commune"), commune("from_commune"));
    let mut number = |field: &'static str| {
        let typed = fields.text(field).trim();
        if typed.is_empty() {
            return None;
        }
        let read = typed.parse::<u32>().ok();
        if read.is_none() {
            wrong.push((field, texts.say("console-not-number")));
        }
        read
    };
    let companions = number("companions").unwrap_or_default();
    let tolerance_s = number("tolerance").map(|minutes| minutes.saturating_mul(60));
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let day = fields.text("day").trim();
    let at = format!("{day}T{}", fields.text("time").trim());
    let (arrive_by, pickup_at) =
        if fields.text("kind") == "pickup" { (None, Some(at)) } else { (Some(at), None) };
    let from_address = fields.text("from_address").to_owned();
    let pickup = (!from.is_empty()).then_some(NewPlace { commune: from, address: from_address });
    Ok(NewRequest {
        pickup,
        dropoff: NewPlace { commune: to, address: fields.text("to_address").to_owned() },
        arrive_by,
        pickup_at,
        return_at: (back == "at").then(|| format!("{day}T{}", fields.text("back_time").trim())),
        call_when_done: back == "call",
        companions: u8::try_from(companions).unwrap_or(u8::MAX),
        purpose: fields.text("purpose").to_owned(),
        tolerance_s,
        late_ok: fields.text("late_ok") == "1",
        notes: fields.text("notes").to_owned(),
        model: None,
        pooling: String::new(),
    })
}

/// The field that a refusal is about.
pub(super) fn field_of(refusal: &Refusal) -> &'static str {
    let detail = |name: &str| refusal.details().get(name).map(String::as_str).unwrap_or_default();
    match (refusal.reason(), detail("which"), detail("field")) {
        (_, "return", _) | ("request-return-before-arrival", _, _) => "back_time",
        (_, "outbound", _) | ("request-one-time" | "trip-window", _, _) => "time",
        ("request-one-return", _, _) => "back_time",
        ("request-companions" | "trip-places" | "seats", _, _) => "companions",
        ("request-tolerance", _, _) => "tolerance",
        ("purpose-unknown", _, _) => "purpose",
        (_, _, "notes") => "notes",
        (_, _, "pickup") => "from_commune",
        (_, _, "address") => "to_address",
        ("exception-reason", _, _) => "sign_frame",
        (_, _, _) => "to_commune",
    }
}
