//! `changes`: what happens at the node, in identifiers and codes. Must never go on from anything but the last change that was
//! printed.

use clap::Subcommand;
use maillage_proto::node::v1::{self as proto, changes_client::ChangesClient};

use super::{failure::CommandError, people::changed_field, session::Session};

#[derive(Debug, Subcommand)]
pub(super) enum Changes {
    List {
        #[arg(long, default_value_t = 0, hide_default_value = true, value_name = "N")]
        after: u64,
        #[arg(long, default_value_t = 0, hide_default_value = true, value_name = "N")]
        limit: u32,
        #[arg(long, value_name = "KIND", value_delimiter = ',')]
        kind: Vec<String>,
    },
    Watch {
        #[arg(long, default_value_t = 0, hide_default_value = true, value_name = "N")]
        after: u64,
        #[arg(long, value_name = "KIND", value_delimiter = ',')]
        kind: Vec<String>,
    },
    History {
        kind: String,
        id: String,
        #[arg(long, default_value_t = 0, hide_default_value = true, value_name = "N")]
        before: u64,
        #[arg(long, default_value_t = 0, hide_default_value = true, value_name = "N")]
        limit: u32,
    },
}

/// Headings of the columns.
const HEADINGS: [&str; 6] = [
    "field-change-sequence",
    "field-change-at",
    "field-change-kind",
    "field-change-actor",
    "field-change-subjects",
    "field-changes",
];

/// Runs a command about changes.
pub(super) async fn changes(session: &mut Session<'_>, command: Changes) -> Result<(), CommandError> {
    let mut client = session.client(ChangesClient::with_interceptor).await?;
    match command {
        Changes::List { after, limit, kind } => {
            let request = proto::ListChangesRequest { after, limit, kinds: kind };
            let reply = client.list_changes(request).await?.into_inner();
            if session.json(&reply)? {
                return Ok(());
            }
            show(session, &reply.changes)?;
            continues(session, reply.more, reply.next_after)
        }
        Changes::Watch { after, kind } => {
            let request = proto::WatchChangesRequest { after, kinds: kind };
            let mut stream = client.watch_changes(request).await?.into_inner();
            while let Some(change) = stream.message().await? {
                if !session.json(&change)? {
                    let line = row(session, &change).join("  ");
                    session.line("change-line", &[("line", line.into())])?;
                }
            }
            Ok(())
        }
        Changes::History { kind, id, before, limit } => {
            let subject = Some(proto::Subject { kind, id });
            let request = proto::ListHistoryRequest { subject, before, limit };
            let reply = client.list_history(request).await?.into_inner();
            if session.json(&reply)? {
                return Ok(());
            }
            show(session, &reply.changes)?;
            continues(session, reply.next_before > 0, reply.next_before)
        }
    }
}

fn show(session: &mut Session<'_>, changes: &[proto::Change]) -> Result<(), CommandError> {
    let rows: Vec<Vec<String>> = changes.iter().map(|change| row(session, change)).collect();
    Ok(session.columns(&HEADINGS, &rows)?)
}

fn continues(session: &mut Session<'_>, more: bool, cursor: u64) -> Result<(), CommandError> {
    if more {
        session.line("changes-continue", &[("cursor", cursor.to_string().into())])?;
    }
    Ok(())
}

fn row(session: &Session<'_>, change: &proto::Change) -> Vec<String> {
    let words = session.words();
    let proto::Change { sequence, at, kind, subjects, actor_kind, actor, changes } = change;
    let who = if actor.is_empty() { words.code("actor", actor_kind) } else { actor.clone() };
    let subjects = subjects.iter().map(|subject| format!("{} {}", subject.kind, subject.id));
    let subjects = subjects.collect::<Vec<_>>().join(", ");
    let changes = changes.iter().map(changed_field).collect::<Vec<_>>().join(", ");
    vec![sequence.to_string(), words.instant(at), kind.clone(), who, subjects, changes]
}
