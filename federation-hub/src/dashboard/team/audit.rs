//! What was done by whom.

use axum::{
    extract::{Extension, State},
    response::Response,
};

use super::{
    Team,
    door::Visit,
    shown::at_ms,
    views::{self, AuditPage, DeedRow},
};
use crate::{
    dashboard::words::Words,
    limits,
    refusals::store_failed,
    team::colleague::{Deed, Doer},
};

pub(super) const AUDIT: &str = "/team/audit";

/// What was done by whom, newest first.
pub(super) async fn audit(State(team): State<Team>, Extension(visit): Extension<Visit>) -> Response {
    let before = visit.fields.text("before").trim().parse().ok();
    let found = team.hub.store().deeds(before, limits::DEEDS_ON_A_PAGE).await;
    let found = match found.map_err(|error| store_failed(&error)) {
        Ok(found) => found,
        Err(refusal) => return views::refused(&team, &visit, &refusal),
    };
    let words = views::words(&team, &visit);
    let row = |deed: &Deed| DeedRow {
        at: at_ms(&words, deed.at_ms),
        by: doer(&words, &deed.by),
        what: words.say(&format!("team-deed-{}", deed.what.code())),
        about: team.about(&deed.about),
    };
    let last = found.last().filter(|(number, _)| *number > 1 && found.len() == limits::DEEDS_ON_A_PAGE);
    views::page(&AuditPage {
        rows: found.iter().map(|(_, deed)| row(deed)).collect(),
        older: last.map(|(number, _)| format!("{AUDIT}?before={number}")).unwrap_or_default(),
        frame: views::frame(&team, &visit, "team-audit"),
    })
}

fn doer(words: &Words<'_>, doer: &Doer) -> String {
    match doer {
        Doer::Colleague(name) => name.clone(),
        Doer::Command(name) if name.is_empty() => words.say("team-by-command"),
        Doer::Command(name) => words.with("team-by-command-of", &[("name", name.as_str().into())]),
    }
}
