//! `obligations`, `retention`, and what somebody may ask for: a copy, the log of accesses, erasure. Must never decide what is
//! owed; it only writes it down for people, spreadsheets and printers.

mod copy;
mod page;
pub(crate) mod register;
pub(crate) mod tus_return;

use clap::{Args, Subcommand};
use maillage_proto::node::v1::{self as proto, obligations_client::ObligationsClient, subject_request::Who};

use super::{arguments::Page, failure::CommandError, session::Session};

/// Commands about what is owed to authorities.
#[derive(Debug, Subcommand)]
pub(super) enum Obligations {
    TusReturn(TusReturn),
    Register {
        #[arg(long)]
        html: bool,
    },
}

/// The annual return.
#[derive(Debug, Args)]
pub(super) struct TusReturn {
    #[arg(long, value_name = "YYYY")]
    pub(super) year: u32,
    #[arg(long, default_value = "", value_name = "ID")]
    pub(super) carrier: String,
    #[arg(long, value_name = "CODE", conflicts_with_all = ["csv", "html"])]
    pub(super) figure: Option<String>,
    #[arg(long, default_value = "", value_name = "ID", requires = "figure")]
    pub(super) after: String,
    #[arg(long, default_value_t = 0, hide_default_value = true, value_name = "N", requires = "figure")]
    pub(super) limit: u32,
    #[arg(long, conflicts_with = "html")]
    pub(super) csv: bool,
    #[arg(long)]
    pub(super) html: bool,
}

/// Commands about the end of retention.
#[derive(Debug, Subcommand)]
pub(super) enum Retention {
    Preview,
    Purge {
        #[arg(long, value_name = "DIGEST")]
        confirm: String,
    },
    Erasures {
        #[command(flatten)]
        page: Page,
    },
}

/// What somebody may ask for.
#[derive(Debug, Subcommand)]
pub(super) enum Rights {
    Export {
        id: String,
        #[arg(long)]
        html: bool,
    },
    Erase {
        id: String,
        #[arg(long, required = true)]
        confirm: bool,
        #[arg(long)]
        no_statistics: bool,
    },
    AccessLog {
        id: String,
        #[command(flatten)]
        page: Page,
    },
}

/// Runs a command about what is owed to authorities.
pub(super) async fn obligations(session: &mut Session<'_>, command: Obligations) -> Result<(), CommandError> {
    match command {
        Obligations::TusReturn(asked) => tus_return::run(session, asked).await,
        Obligations::Register { html } => register::run(session, html).await,
    }
}

/// Runs a command about retention.
pub(super) async fn retention(session: &mut Session<'_>, command: Retention) -> Result<(), CommandError> {
    let mut client = session.client(ObligationsClient::with_interceptor).await?;
    match command {
        Retention::Preview => {
            let mut reply = client.preview_retention(page_of_items(String::new())).await?.into_inner();
            while !reply.next_after.is_empty() {
                let next = page_of_items(std::mem::take(&mut reply.next_after));
                let next = client.preview_retention(next).await?.into_inner();
                // Meanwhile something may have changed: then the last digest is the one that holds, and it is refused if
                // what was shown before does not fit it.
                reply.items.extend(next.items);
                (reply.next_after, reply.digest) = (next.next_after, next.digest);
            }
            preview(session, &reply)
        }
        Retention::Purge { confirm } => {
            let request = proto::PurgeRetentionRequest { digest: confirm };
            let reply = client.purge_retention(request).await?.into_inner();
            if session.json(&reply)? {
                return Ok(());
            }
            let proto::RetentionPurged { erased, passengers, rows } = reply;
            let args = [("erased", erased.into()), ("passengers", passengers.into()), ("rows", rows.into())];
            Ok(session.line("retention-purged", &args)?)
        }
        Retention::Erasures { page: Page { after, limit } } => {
            let reply = client.list_erasures(proto::ListErasuresRequest { limit, after }).await?.into_inner();
            erasures(session, &reply)
        }
    }
}

/// Runs what a beneficiary asks for.
pub(super) async fn of_person(session: &mut Session<'_>, command: Rights) -> Result<(), CommandError> {
    rights(session, command, Who::Person).await
}

/// Runs what a volunteer asks for.
pub(super) async fn of_volunteer(session: &mut Session<'_>, command: Rights) -> Result<(), CommandError> {
    rights(session, command, Who::Volunteer).await
}

/// Runs what somebody asks for who was referred and has no file.
pub(super) async fn of_referral(session: &mut Session<'_>, command: Rights) -> Result<(), CommandError> {
    rights(session, command, Who::Referral).await
}

async fn rights(
    session: &mut Session<'_>,
    command: Rights,
    who: fn(String) -> Who,
) -> Result<(), CommandError> {
    let subject = |id: String| proto::SubjectRequest { who: Some(who(id)) };
    let mut client = session.client(ObligationsClient::with_interceptor).await?;
    match command {
        Rights::Export { id, html } => copy::run(session, subject(id), html).await,
        Rights::Erase { id, confirm: _, no_statistics } => {
            let request = proto::EraseSubjectRequest { subject: Some(subject(id)), objection: no_statistics };
            let reply = client.erase_subject(request).await?.into_inner();
            if session.json(&reply)? {
                return Ok(());
            }
            let words = session.words();
            let deadline = words.instant(&reply.deadline);
            Ok(session
                .line("erasure-begun", &[("rows", reply.rows.into()), ("deadline", deadline.into())])?)
        }
        Rights::AccessLog { id, page: Page { after, limit } } => {
            let request = proto::ListAccessesRequest { subject: Some(subject(id)), limit, after };
            let reply = client.list_accesses(request).await?.into_inner();
            accesses(session, &reply)
        }
    }
}

/// The next items of a preview.
fn page_of_items(after: String) -> proto::PreviewRetentionRequest {
    proto::PreviewRetentionRequest { after, limit: ITEMS_AT_ONCE }
}

/// Items of a preview asked for at once.
const ITEMS_AT_ONCE: u32 = 500;

/// How to go on.
fn more(session: &mut Session<'_>, next_after: &str) -> Result<(), CommandError> {
    if next_after.is_empty() {
        return Ok(());
    }
    Ok(session.line("money-more", &[("after", next_after.to_owned().into())])?)
}

fn preview(session: &mut Session<'_>, reply: &proto::RetentionPreview) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    let obstacles = |item: &proto::RetentionItem| {
        let kept = item.obstacles.iter().map(|obstacle| words.code("obstacle", obstacle));
        words.one_after_another(kept)
    };
    let (goes, stays): (Vec<_>, Vec<_>) = reply.items.iter().partition(|item| item.obstacles.is_empty());
    let row = |item: &&proto::RetentionItem| {
        vec![
            words.code("retention-kind", &item.kind),
            item.name.clone(),
            words.moment(&item.last),
            obstacles(item),
            item.id.clone(),
        ]
    };
    let headings = ["field-kind", "field-name", "field-last_contact", "field-kept_by", "field-id"];
    session.line("retention-goes", &[("count", goes.len().into())])?;
    session.columns(&headings, &goes.iter().map(row).collect::<Vec<_>>())?;
    session.line("retention-stays", &[("count", stays.len().into())])?;
    session.columns(&headings, &stays.iter().map(row).collect::<Vec<_>>())?;
    let bulk = reply.bulk.iter().map(|bulk| {
        vec![words.code("retention-kind", &bulk.kind), words.moment(&bulk.before), bulk.rows.to_string()]
    });
    session.columns(&["field-kind", "field-before", "field-rows"], &bulk.collect::<Vec<_>>())?;
    Ok(session.line("retention-confirm", &[("digest", reply.digest.clone().into())])?)
}

fn erasures(session: &mut Session<'_>, reply: &proto::ListErasuresReply) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    let row = |erasure: &proto::Erasure| {
        vec![
            [&erasure.person, &erasure.volunteer, &erasure.referral].map(String::as_str).concat(),
            words.code("erasure-reason", &erasure.reason),
            words.instant(&erasure.asked_at),
            words.code("erasure-state", &erasure.state),
            words.instant(&erasure.deadline),
        ]
    };
    let rows: Vec<Vec<String>> = reply.erasures.iter().map(row).collect();
    let headings = ["field-id", "field-reason", "field-asked_at", "field-state", "field-deadline"];
    session.columns(&headings, &rows)?;
    more(session, &reply.next_after)
}

fn accesses(session: &mut Session<'_>, reply: &proto::ListAccessesReply) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    let row = |access: &proto::Access| {
        vec![
            words.instant(&access.at),
            words.code("actor", &access.actor),
            access.label.clone(),
            access.purpose.clone(),
            access.table.clone(),
            if access.table.is_empty() { String::new() } else { period(&access.from_day, &access.to_day) },
        ]
    };
    let rows: Vec<Vec<String>> = reply.accesses.iter().map(row).collect();
    let headings = ["field-at", "field-actor", "field-label", "field-purpose", "field-table", "field-days"];
    session.columns(&headings, &rows)?;
    if reply.accesses.iter().any(|access| !access.table.is_empty()) {
        session.line("access-tables-note", &[])?;
    }
    more(session, &reply.next_after)
}

/// The days a table was asked for.
fn period(from: &str, to: &str) -> String {
    format!("{from} – {to}").trim().to_owned()
}
