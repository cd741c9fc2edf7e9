//! The links of drivers' own pages: given out, shown once, and ended. Must never show a link twice, nor put one into an address or a log.

use axum::{
    extract::{Extension, Path, State},
    response::Response,
};
use maillage_console::users::{DriverRow, DriversPage};
use maillage_domain::ids::VolunteerKind;
use maillage_federation::ids::Id;
use maillage_platform::refusal::Refusal;

use super::{
    Console,
    door::Visit,
    office::answered,
    reply::{frame, nothing, page, refused, texts, words},
};
use crate::app::driver_pages::{self, Linked};

/// Where they are.
const PAGE: &str = "/drivers";

/// The volunteers with whether each has a link.
pub(super) async fn show(State(console): State<Console>, Extension(visit): Extension<Visit>) -> Response {
    let links = match driver_pages::links(&console.app, &visit.caller()) {
        Ok(links) => links,
        Err(refusal) => return refused(&console, &visit, &refusal),
    };
    let row = |Linked { volunteer, name, until }| DriverRow {
        path: format!("{PAGE}/{volunteer}"),
        name,
        until: until.map(|at| words(&console, &visit).instant(&at.to_string())).unwrap_or_default(),
    };
    page(&DriversPage {
        frame: frame(&console, &visit, texts(&console, &visit).say("console-drivers")),
        drivers: links.into_iter().map(row).collect(),
    })
}

/// What is done with a link, by the last part of the address.
pub(super) async fn act(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
    Path((id, what)): Path<(String, String)>,
) -> Response {
    let Ok(id) = id.parse::<Id<VolunteerKind>>() else {
        return nothing(State(console), Extension(visit)).await;
    };
    let done = match what.as_str() {
        "link" => give(&console, &visit, id).await,
        "revoke" => revoke(&console, &visit, id).await,
        _ => return nothing(State(console), Extension(visit)).await,
    };
    answered(&console, &visit, PAGE, done)
}

async fn give(console: &Console, visit: &Visit, id: Id<VolunteerKind>) -> Result<String, Refusal> {
    let (name, link) = driver_pages::make_link(&console.app, &visit.caller(), id).await?;
    let told = [("name", name.into()), ("link", link.expose().as_str().into())];
    Ok(texts(console, visit).with("console-drivers-given", &told))
}

async fn revoke(console: &Console, visit: &Visit, id: Id<VolunteerKind>) -> Result<String, Refusal> {
    driver_pages::revoke_link(&console.app, &visit.caller(), id).await?;
    Ok(texts(console, visit).say("console-drivers-revoked"))
}
