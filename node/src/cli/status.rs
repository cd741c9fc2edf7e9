//! `status`, `members`, `model` and `jobs`: how the node is, and its settings. Must never keep a setting of its own.

use maillage_proto::node::v1::{self as proto, status_client::StatusClient};

use super::{
    arguments::{Jobs, Model},
    failure::CommandError,
    session::Session,
    words::Words,
};

/// Shows the node at a glance.
pub(super) async fn status(session: &mut Session<'_>) -> Result<(), CommandError> {
    let status = fetch(session).await?;
    show(session, &status)
}

/// Shows the members of the federation.
pub(super) async fn members(session: &mut Session<'_>) -> Result<(), CommandError> {
    let mut node = session.client(StatusClient::with_interceptor).await?;
    let reply = node.list_members(proto::ListMembersRequest {}).await?.into_inner();
    if session.json(&reply)? {
        return Ok(());
    }
    let words = session.words();
    let state = |member: &proto::Member| match (member.is_me, member.revoked, &*member.differs_since) {
        (true, ..) => words.text("member-this", &[]),
        (_, true, _) => words.text("member-revoked", &[]),
        (_, _, "") => String::new(),
        (_, _, since) => words.text("member-differs", &[("since", words.instant(since).into())]),
    };
    let row = |member: &proto::Member| {
        let name = format!("{} ({})", member.territory_name, member.territory);
        vec![name, member.phone.clone(), member.fingerprint.clone(), state(member), member.node_id.clone()]
    };
    let rows: Vec<Vec<String>> = reply.members.iter().map(row).collect();
    let columns = ["field-territory", "field-phone", "field-fingerprint", "field-state", "field-node"];
    Ok(session.columns(&columns, &rows)?)
}

/// Runs a command about the participation model.
pub(super) async fn model(session: &mut Session<'_>, command: Model) -> Result<(), CommandError> {
    match command {
        Model::Set { model, former } => {
            let former = match former {
                Some(former) => former,
                None => fetch(session).await?.model,
            };
            let request = proto::SetModelRequest { model, former };
            let status =
                session.client(StatusClient::with_interceptor).await?.set_model(request).await?.into_inner();
            show(session, &status)
        }
    }
}

/// Runs a command about background jobs.
pub(super) async fn jobs(session: &mut Session<'_>, command: Jobs) -> Result<(), CommandError> {
    match command {
        Jobs::List => {
            let reply = session
                .client(StatusClient::with_interceptor)
                .await?
                .list_jobs(proto::ListJobsRequest {})
                .await?
                .into_inner();
            show_jobs(session, &reply)
        }
    }
}

async fn fetch(session: &Session<'_>) -> Result<proto::NodeStatus, CommandError> {
    Ok(session
        .client(StatusClient::with_interceptor)
        .await?
        .show_status(proto::ShowStatusRequest {})
        .await?
        .into_inner())
}

fn show(session: &mut Session<'_>, status: &proto::NodeStatus) -> Result<(), CommandError> {
    if session.json(status)? {
        return Ok(());
    }
    let words = session.words();
    let clock = words.instant(&status.clock);
    let clock =
        if status.clock_is_virtual { words.text("clock-virtual", &[("clock", clock.into())]) } else { clock };
    Ok(session.fields(&[
        ("field-territory", format!("{} ({})", status.territory_name, status.territory)),
        ("field-model", status.model.clone()),
        ("field-federation", status.federation.clone()),
        ("field-node_id", status.node_id.clone()),
        ("field-link", words.code("link", &status.link)),
        ("field-link_since", words.instant(&status.link_since)),
        ("field-link_reason", words.refusal_code(&status.link_reason)),
        ("field-alarms", alarms(words, &status.alarms)),
        ("field-restored_at", words.instant(&status.restored_at)),
        ("field-backup_at", words.instant(&status.backup_at)),
        ("field-certificate_until", words.instant(&status.certificate_until)),
        ("field-outbox", status.outbox.to_string()),
        ("field-dead_letters", status.dead_letters.to_string()),
        ("field-inbox_cursor", status.inbox_cursor.to_string()),
        ("field-directory_version", status.directory_version.to_string()),
        ("field-durable_sequence", status.durable_sequence.to_string()),
        ("field-clock", clock),
        ("field-version", status.version.clone()),
    ])?)
}

/// What the desk has to know, one sentence after the other.
fn alarms(words: Words<'_>, codes: &[String]) -> String {
    let said: Vec<String> = codes.iter().map(|code| words.code("alarm", code)).collect();
    said.join(" ; ")
}

fn show_jobs(session: &mut Session<'_>, reply: &proto::ListJobsReply) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    let row = |job: &proto::Job| {
        vec![
            words.code("job", &job.name),
            words.code("worker", &job.status),
            job.failures.to_string(),
            words.refusal_code(&job.last_error),
        ]
    };
    let rows: Vec<Vec<String>> = reply.jobs.iter().map(row).collect();
    Ok(session.columns(&["field-job", "field-status", "field-failures", "field-last_error"], &rows)?)
}
