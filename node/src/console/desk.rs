//! The other pages of the desk: planning, handovers, registering people, volunteers. Each has a file of its own here; what they
//! have in common is how an action ends: on the page it was made on, with what came of it.

mod availability;
mod contact;
pub(super) mod form;
mod handover;
mod handovers;
mod planning;
mod proposals;
mod registering;
mod volunteers;
mod welcoming;

use axum::{
    Router,
    response::Response,
    routing::{get, post},
};
use maillage_platform::refusal::{Refusal, RefusalKind};

use super::{
    Console,
    door::Visit,
    reply::{on_to, refused, words},
};

use self::{registering::PAGE as NEW_PERSON, welcoming::PAGE as NEW_VOLUNTEER};

/// Trips of a day that are shown: the fullest day of the largest node.
const TRIPS: usize = 500;

/// The routes of these pages.
pub(super) fn routes() -> Router<Console> {
    Router::new()
        .route("/planning", get(planning::show_week).post(planning::propose_week))
        .route("/planning/{day}", get(planning::show_day))
        .route("/planning/{day}/{what}", post(proposals::act))
        .route(NEW_PERSON, get(registering::show).post(registering::send))
        .route("/people/{id}/contact", get(contact::show).post(contact::send))
        .route("/volunteers", get(volunteers::list))
        .route(NEW_VOLUNTEER, get(welcoming::show).post(welcoming::send))
        .route("/volunteers/{id}", get(volunteers::show))
        .route("/volunteers/{id}/{what}", post(volunteers::act))
        .route("/handovers", get(handovers::show))
        .route("/handovers/{id}", get(handover::show))
        .route("/handovers/{id}/{what}", post(handover::act))
}

/// A page, or what a use case refuses.
pub(super) fn shown(console: &Console, visit: &Visit, page: Result<Response, Refusal>) -> Response {
    page.unwrap_or_else(|refusal| refused(console, visit, &refusal))
}

/// Back to a page with what was done, or with why it could not be.
fn done(console: &Console, visit: &Visit, page: &str, what: Result<String, Refusal>) -> Response {
    match what {
        Ok(said) => on_to(console, visit, page, Some((false, said))),
        Err(refusal) if is_about_what_was_asked(&refusal) => {
            on_to(console, visit, page, Some((true, told(console, visit, &refusal))))
        }
        Err(refusal) => refused(console, visit, &refusal),
    }
}

/// Whether a refusal is an answer to what somebody asked, and belongs on the page it was asked on.
pub(super) fn is_about_what_was_asked(refusal: &Refusal) -> bool {
    match refusal.kind() {
        RefusalKind::InvalidInput | RefusalKind::Conflict => true,
        RefusalKind::NotFound
        | RefusalKind::Forbidden
        | RefusalKind::Unauthenticated
        | RefusalKind::Unavailable
        | RefusalKind::Exhausted
        | RefusalKind::Internal => false,
    }
}

/// A refusal in words.
pub(super) fn told(console: &Console, visit: &Visit, refusal: &Refusal) -> String {
    words(console, visit).refusal(refusal)
}
