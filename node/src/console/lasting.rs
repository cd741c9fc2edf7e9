//! What lasts longer than a day: referrals, series, loans and the fleet, pathways. Each has a file of its own here; what they have
//! in common is who a form is for, and how what was typed comes back. Must never tell a prescriber more than the use cases do.

mod asset;
mod basket;
mod fleet;
mod fleet_new;
mod loan;
mod loan_forms;
mod loans;
mod pathway;
mod pathways;
mod referral;
mod referrals;
mod series;
mod series_new;
mod series_one;
mod who;

use axum::{
    Router,
    http::StatusCode,
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use jiff::Timestamp;
use maillage_console::lasting::{Fact, Field, Ticks};
use maillage_domain::roles::Operation;
use maillage_federation::month::paris;
use maillage_platform::{i18n::FluentValue, refusal::Refusal};

use super::{
    Console,
    desk::{self, form::Form, form::Wrong},
    door::Visit,
    fields::Fields,
    reply::{on_to, refused, texts, words},
};

pub(super) use self::referrals::is_prescriber;

/// Rows of a list that is only looked back at.
const PAST: usize = 50;
/// Pages of a use case that are read for one list: far more than a platform has.
const PAGES: usize = 20;

/// Their addresses.
pub(super) fn routes() -> Router<Console> {
    Router::new()
        .route(referrals::PAGE, get(referrals::list))
        .route(referrals::NEW, get(referrals::show_new).post(referrals::send))
        .route("/referrals/{id}", get(referral::show))
        .route("/referrals/{id}/{what}", post(referral::act))
        .route("/series", get(series::list))
        .route(series_new::PAGE, get(series_new::show).post(series_new::send))
        .route("/series/{id}", get(series_one::show))
        .route("/series/{id}/{what}", post(series_one::act))
        .route("/fleet", get(fleet::list))
        .route(fleet_new::NEW, get(fleet_new::show).post(fleet_new::send))
        .route("/fleet/{id}", get(asset::show))
        .route("/fleet/{id}/{what}", post(asset::act))
        .route("/loans", get(loans::list))
        .route(loans::NEW, get(loans::show_new).post(loans::send))
        .route("/loans/{id}", get(loan::show))
        .route("/loans/{id}/{what}", post(loan::act))
        .route("/pathways", get(pathways::list))
        .route(pathways::NEW, get(pathways::show_new).post(pathways::send))
        .route("/pathways/{id}", get(pathway::show))
        .route("/pathways/{id}/{what}", post(pathway::act))
}

/// What can be begun for a person from the file: address and words, as far as somebody may.
pub(super) fn ways_for(console: &Console, visit: &Visit, person: &str) -> Vec<(String, String)> {
    let ways = [
        (Operation::SeriesList, format!("/series?person={person}"), "lasting-series-of"),
        (Operation::SeriesAdd, format!("{}?person={person}", series_new::PAGE), "lasting-series-new"),
        (Operation::LoanAsk, format!("{}?person={person}", loans::NEW), "lasting-loan-new"),
        (Operation::PathwayOpen, format!("{}?person={person}", pathways::NEW), "lasting-pathway-new"),
    ];
    let caller = visit.caller();
    let allowed = ways.into_iter().filter(|(operation, _, _)| operation.allows(caller.roles()));
    allowed.map(|(_, path, key)| (path, texts(console, visit).say(key))).collect()
}

/// What came of a form: on to a page, or the page it stood on with what is wrong beside the field.
fn finished(
    console: &Console,
    visit: &Visit,
    (path, done): (&str, Result<String, Refusal>),
    again: impl FnOnce(&Refusal) -> Result<Response, Refusal>,
) -> Response {
    match done {
        Ok(said) => on_to(console, visit, path, Some((false, said))),
        Err(refusal) if is_about_what_was_asked(&refusal) => unprocessable(console, visit, again(&refusal)),
        Err(refusal) => refused(console, visit, &refusal),
    }
}

/// A page that says what is wrong.
fn unprocessable(console: &Console, visit: &Visit, page: Result<Response, Refusal>) -> Response {
    match page {
        Ok(page) => (StatusCode::UNPROCESSABLE_ENTITY, page).into_response(),
        Err(refusal) => refused(console, visit, &refusal),
    }
}

/// Whether a refusal is an answer to what was typed, and belongs on the page it was typed on.
fn is_about_what_was_asked(refusal: &Refusal) -> bool {
    desk::is_about_what_was_asked(refusal)
        || matches!(refusal.reason(), "series-no-such-day" | "referral-commune" | "commune-unknown")
}

/// A refusal in the words of these pages, where the usual ones speak of commands.
fn told(console: &Console, visit: &Visit, refusal: &Refusal) -> String {
    let words = words(console, visit);
    let key = format!("lasting-refusal-{}", refusal.reason());
    if !words.catalog().has(words.language(), &key) {
        return desk::told(console, visit, refusal);
    }
    let details: Vec<(&str, FluentValue<'_>)> = refusal
        .details()
        .iter()
        .map(|(name, value)| (name.as_str(), words.detail(name, value).into()))
        .collect();
    texts(console, visit).with(&key, &details)
}

/// What is wrong, as the top of a page tells it.
fn summed(wrong: &Wrong) -> Vec<(String, String)> {
    wrong.iter().map(|(field, text)| ((*field).to_owned(), text.clone())).collect()
}

/// The fields of an address.
fn query(uri: &axum::http::Uri) -> Fields {
    Fields::read(uri.query().unwrap_or_default().as_bytes()).unwrap_or_default()
}

/// What goes along with a new form, unseen: the name of the request.
fn carried(console: &Console, visit: &Visit) -> Vec<(String, String)> {
    let request = match visit.fields.text("request_id") {
        "" => console.app.new_id::<maillage_domain::ids::RequestKind>().to_string(),
        known => known.to_owned(),
    };
    vec![("request_id".to_owned(), request)]
}

/// What was typed without what buttons and tokens send.
fn content(visit: &Visit) -> String {
    visit.fields.without(&["forgery", "request_id", "step", "letters", "etag"]).written()
}

/// What was typed into a form before, if it waits.
fn kept(visit: &Visit) -> Option<Fields> {
    visit.is_back.then(|| visit.fields.clone())
}

/// The form as it is shown again: what was changed after it was sent is something else, and is sent under another name.
fn renewed(visit: &Visit, refusal: &Refusal) -> Visit {
    let mut visit = visit.clone();
    if refusal.reason() == "request-id-reused" {
        visit.fields.set("request_id", "");
    }
    visit
}

/// Facts that have a value.
fn facts(console: &Console, visit: &Visit, rows: Vec<(&str, String)>) -> Vec<Fact> {
    let texts = texts(console, visit);
    let filled = rows.into_iter().filter(|(_, value)| !value.is_empty());
    filled.map(|(key, value)| Fact::plain(texts.say(key), value)).collect()
}

/// A box to tick by itself, `<key>`.
fn single_tick(form: &Form<'_>, name: &'static str, key: &str) -> Field {
    let label = texts(form.console, form.visit).say(key);
    let ticked = form.visit.fields.text(name) == "1";
    let tick = maillage_console::registering::Tick {
        name,
        id: name.to_owned(),
        value: "1".to_owned(),
        label,
        ticked,
    };
    Field::Ticks(Ticks {
        id: name,
        label: String::new(),
        error: form.error(name).cloned().unwrap_or_default(),
        ticks: vec![tick],
    })
}

/// Boxes to tick for some of a list of codes.
fn ticks(form: &Form<'_>, (name, key): (&'static str, &str), options: Vec<(&str, String)>) -> Field {
    let typed = form.visit.fields.pairs();
    let tick = |(value, label): (&str, String)| maillage_console::registering::Tick {
        name,
        id: format!("{name}-{value}"),
        value: value.to_owned(),
        label,
        ticked: typed.iter().any(|(field, typed)| field == name && typed == value),
    };
    Field::Ticks(Ticks {
        id: name,
        label: texts(form.console, form.visit).say(key),
        error: form.error(name).cloned().unwrap_or_default(),
        ticks: options.into_iter().map(tick).collect(),
    })
}

/// Every value that was sent under a name.
fn all_of(fields: &Fields, name: &str) -> Vec<String> {
    fields.pairs().iter().filter(|(field, _)| field == name).map(|(_, value)| value.clone()).collect()
}

/// A number with at most so many decimals, in units of the last one; none for what is no such number.
fn fixed(typed: &str, decimals: usize) -> Option<u64> {
    let typed: String = typed.chars().filter(|letter| !letter.is_whitespace()).collect();
    let typed = typed.replace(',', ".");
    let (whole, rest) = typed.split_once('.').unwrap_or((&typed, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || rest.len() > decimals || !digits(whole) || !digits(rest) {
        return None;
    }
    format!("{whole}{rest:0<decimals$}").parse().ok()
}

/// An instant as forms have it, in Europe/Paris: day and time.
fn day_and_time(at: Timestamp) -> (String, String) {
    let civil = at.to_zoned(paris()).datetime();
    (civil.date().to_string(), civil.time().strftime("%H:%M").to_string())
}

/// A day and a time of a form as one civil time; empty if neither was typed.
fn moment(day: &str, time: &str) -> String {
    match (day.trim(), time.trim()) {
        ("", "") => String::new(),
        (day, time) => format!("{day}T{time}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_type_them_and_nothing_is_guessed() {
        for (typed, decimals, expected) in [
            ("12", 2, Some(1200)),
            ("12,5", 2, Some(1250)),
            (" 1 234.05 ", 2, Some(123_405)),
            ("48210", 3, Some(48_210_000)),
            ("48210,4", 3, Some(48_210_400)),
            ("", 2, None),
            (",5", 2, None),
            ("12,345", 2, None),
            ("-1", 2, None),
            ("1e3", 2, None),
            ("1.2.3", 2, None),
        ] {
            assert_eq!(fixed(typed, decimals), expected, "{typed:?}");
        }
        assert_eq!(moment(" ", ""), "");
        assert_eq!(moment("2026-10-05", ""), "2026-10-05T", "half a time is wrong, not now");
    }
}
