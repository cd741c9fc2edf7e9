//! The books, the obligations, and lists on paper. Here are their addresses, and what they have in common. Must never put anything
//! about a person into an address, nor show what the role does not see.

mod accounts;
mod acts;
mod calls;
mod fields;
mod forms;
mod month;
mod obligations;
mod papers;
mod settlements;
mod statements;

use axum::{
    Router,
    http::{HeaderValue, Uri, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
use jiff::civil::Date;
use maillage_console::{
    books::Way,
    parts::{Badge, Tone},
};
use maillage_domain::{
    ids::CarrierKind,
    ledger::{Basis, Books, Settlement},
    money::Cents,
    roles::Operation,
};
use maillage_federation::{ids::Id, month::Month};
use maillage_platform::refusal::Refusal;

use super::{
    Console,
    door::Visit,
    fields::Fields,
    office,
    reply::{refused, texts, words},
};
use crate::cli::{legal::euros, words::Words};

/// Rows of a page: more are on the next one.
const ROWS: usize = 100;

/// Their addresses.
pub(super) fn routes() -> Router<Console> {
    Router::new()
        .route("/money", get(month::show_present))
        .route("/money/owed", get(month::owed))
        .route("/money/{month}", get(month::show))
        .route("/money/{month}/{movement}", get(month::behind))
        .route("/money/{month}/export/{kind}", get(papers::export))
        .route("/money/people/{id}", get(accounts::of_person))
        .route("/money/people/{id}/{what}", get(forms::of_person).post(forms::of_person_sent))
        .route("/money/volunteers/{id}", get(accounts::of_volunteer))
        .route("/money/volunteers/{id}/{what}", get(forms::of_volunteer).post(forms::of_volunteer_sent))
        .route("/money/drafts/{id}/{month}/{basis}", get(statements::draft))
        .route("/money/drafts/{id}/{month}/{basis}/close", get(forms::close).post(forms::close_sent))
        .route("/money/entries/{id}/{what}", get(forms::of_entry).post(forms::of_entry_sent))
        .route("/money/statements/{id}", get(statements::closed))
        .route("/money/statements/{id}/print", get(papers::statement))
        .route("/money/statements/{id}/{what}", get(forms::of_statement).post(forms::of_statement_sent))
        .route("/money/receipts/{id}", get(papers::receipt))
        .route("/money/receipts/{id}/{what}", get(forms::of_receipt).post(forms::of_receipt_sent))
        .route("/money/settlements/{node}/{month}", get(settlements::show))
        .route("/money/settlements/{node}/{month}/table", get(settlements::table))
        .route(
            "/money/settlements/{node}/{month}/{what}",
            get(forms::of_settlement).post(forms::of_settlement_sent),
        )
        .route("/obligations", get(obligations::show_present))
        .route("/obligations/register", get(obligations::register))
        .route("/obligations/{year}", get(obligations::show))
        .route("/obligations/{year}/form", get(obligations::form))
        .route("/obligations/{year}/table", get(obligations::table))
        .route("/obligations/{year}/{figure}", get(obligations::figure))
        .route("/calls/{day}", get(calls::show))
}

/// A page, or what a use case refuses.
fn shown(console: &Console, visit: &Visit, page: Result<Response, Refusal>) -> Response {
    page.unwrap_or_else(|refusal| refused(console, visit, &refusal))
}

/// What stands behind the question mark of an address.
fn query(uri: &Uri) -> Fields {
    Fields::read(uri.query().unwrap_or_default().as_bytes()).unwrap_or_default()
}

/// A sum.
fn sum(words: Words<'_>, cents: Cents) -> String {
    euros(words, cents.get())
}

/// A sum, or nothing where there is none.
fn some(words: Words<'_>, cents: Cents) -> String {
    if cents.is_zero() { String::new() } else { sum(words, cents) }
}

/// Kilometres of a sum of metres.
fn kilometres(words: Words<'_>, metres: u64) -> String {
    words.kilometres(u32::try_from(metres).unwrap_or(u32::MAX))
}

/// A month as people say it.
fn month_name(console: &Console, visit: &Visit, month: Month) -> String {
    office::month(texts(console, visit), month)
}

/// A day in a table.
fn day(words: Words<'_>, day: Date) -> String {
    words.day(day)
}

/// The page of a volunteer's statement before it is closed.
fn draft_path(volunteer: &str, month: Month, (basis, books): (Basis, Books)) -> String {
    let carrier = books.0.map(|carrier| format!("?carrier={carrier}")).unwrap_or_default();
    format!("/money/drafts/{volunteer}/{month}/{basis}{carrier}")
}

/// The carrier that an address names.
fn carrier(text: &str) -> Option<Id<CarrierKind>> {
    text.parse().ok()
}

/// How a closed statement stands.
fn standing(console: &Console, visit: &Visit, (settlement, basis): (Settlement, Basis)) -> Badge {
    let tone = match (settlement, basis) {
        (Settlement::Open, Basis::Reimbursed) => Tone::Wait,
        (Settlement::Open, Basis::Waived) => Tone::Plain,
        (Settlement::Paid { .. } | Settlement::Waived { .. }, _) => Tone::Good,
    };
    Badge::new(words(console, visit).code("money-state", settlement.code()), tone)
}

/// A way that a role has.
fn allowed(visit: &Visit, operation: Operation, way: Way) -> Option<Way> {
    operation.allows(visit.caller().roles()).then_some(way)
}

/// A table for a spreadsheet, as a file.
fn csv(name: &str, content: String) -> Response {
    let named = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    let named = named.unwrap_or(HeaderValue::from_static("attachment"));
    let kind = HeaderValue::from_static("text/csv; charset=utf-8");
    ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, named)], content).into_response()
}
