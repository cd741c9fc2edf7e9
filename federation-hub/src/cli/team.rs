//! Accounts of the team as tables for people and JSON for programs. It must never print a link twice.

use std::io;

use maillage_platform::cli::Output;
use maillage_proto::hub::v1 as proto;
use serde::Serialize;

#[derive(Serialize)]
struct Linked {
    name: String,
    full_name: String,
    role: String,
    url: String,
    expires_at: String,
}

#[derive(Serialize)]
struct Colleague {
    name: String,
    full_name: String,
    role: String,
    state: String,
    made_at: String,
}

/// A one-time link, alone on its line.
pub(super) fn linked(output: &mut Output<'_>, reply: proto::LinkColleagueReply) -> io::Result<()> {
    let proto::LinkColleagueReply { url, expires_at, colleague } = reply;
    let proto::Colleague { name, full_name, role, state: _, made_at: _ } = colleague.unwrap_or_default();
    let view = Linked { name, full_name, role, url, expires_at };
    let told = [
        ("name", view.name.as_str().into()),
        ("full-name", view.full_name.as_str().into()),
        ("expires", view.expires_at.as_str().into()),
    ];
    output.line("team-link-done", &told)?;
    output.record(&view, &[("field-link", view.url.clone()), ("field-role", view.role.clone())])?;
    output.line("team-link-next", &[])
}

/// The accounts.
pub(super) fn list(output: &mut Output<'_>, colleagues: Vec<proto::Colleague>) -> io::Result<()> {
    let views: Vec<Colleague> = colleagues.into_iter().map(Colleague::from).collect();
    let states: Vec<(String, String)> = ["invited", "active", "revoked"]
        .iter()
        .map(|state| ((*state).to_owned(), output.text(&format!("colleague-{state}"), &[])))
        .collect();
    let headings = ["column-account", "column-full-name", "column-role", "column-state", "column-made"];
    output.table(&views, &headings, |one| {
        let state = states.iter().find(|(state, _)| *state == one.state);
        vec![
            one.name.clone(),
            one.full_name.clone(),
            one.role.clone(),
            state.map_or_else(|| one.state.clone(), |(_, text)| text.clone()),
            one.made_at.clone(),
        ]
    })
}

/// An account that has ended.
pub(super) fn revoked(output: &mut Output<'_>, colleague: proto::Colleague) -> io::Result<()> {
    let view = Colleague::from(colleague);
    output.line("team-revoke-done", &[("name", view.name.as_str().into())])?;
    output.record(&view, &[("column-account", view.name.clone())])
}

impl From<proto::Colleague> for Colleague {
    fn from(colleague: proto::Colleague) -> Self {
        let proto::Colleague { name, full_name, role, state, made_at } = colleague;
        Self { name, full_name, role, state, made_at }
    }
}
