//! The pages of those who answer for the platform: what leaves it, how it is, who may use it, who saw what, what it costs. Here are
//! their addresses, and what they have in common.

use axum::{
    Router,
    response::Response,
    routing::{get, post},
};
use maillage_console::texts::Texts;
use maillage_federation::month::Month;
use maillage_platform::refusal::{Refusal, RefusalKind};

use super::{
    Console,
    door::Visit,
    drivers, journal, laboratory,
    reply::{on_to, refused, words},
    statistics, status, unmet, users,
};
use crate::cli::{legal::euros, words::Words};

/// Their addresses.
pub(super) fn routes() -> Router<Console> {
    Router::new()
        .route("/statistics", get(statistics::show_all))
        .route("/statistics/{period}", get(statistics::show))
        .route("/statistics/{period}/bytes", get(statistics::bytes))
        .route("/statistics/{period}/{what}", post(statistics::act))
        .route("/status", get(status::show))
        .route("/users", get(users::show_all))
        .route("/users/new", get(users::show_new).post(users::add))
        .route("/users/{id}", get(users::show))
        .route("/users/{id}/{what}", post(users::act))
        .route("/journal", get(journal::show))
        .route("/models", get(laboratory::show))
        .route("/unmet", get(unmet::show))
        .route("/drivers", get(drivers::show))
        .route("/drivers/{id}/{what}", post(drivers::act))
}

/// On to a page that says what was done, or why it was not.
pub(super) fn answered(
    console: &Console,
    visit: &Visit,
    page: &str,
    done: Result<String, Refusal>,
) -> Response {
    let refusal = match done {
        Ok(said) => return on_to(console, visit, page, Some((false, said))),
        Err(refusal) => refusal,
    };
    match refusal.kind() {
        RefusalKind::InvalidInput | RefusalKind::Conflict => {
            on_to(console, visit, page, Some((true, words(console, visit).refusal(&refusal))))
        }
        RefusalKind::NotFound
        | RefusalKind::Forbidden
        | RefusalKind::Unauthenticated
        | RefusalKind::Unavailable
        | RefusalKind::Exhausted
        | RefusalKind::Internal => refused(console, visit, &refusal),
    }
}

/// A sum in cents.
pub(super) fn cents(words: Words<'_>, cents: u64) -> String {
    euros(words, i64::try_from(cents).unwrap_or(i64::MAX))
}

/// A month as people say it.
pub(super) fn month(texts: Texts<'_>, month: Month) -> String {
    let name = texts.say(&format!("console-month-{}", month.number()));
    texts.with("console-month", &[("month", name.into()), ("year", month.year().to_string().into())])
}
