//! The nodes of the federation: who is attached, how far behind, on which version, for how long still.

use axum::{
    extract::{Extension, State},
    response::Response,
};
use jiff::Timestamp;
use maillage_platform::refusal::Refusal;
use maillage_proto::hub::v1 as proto;

use super::{
    Team,
    door::Visit,
    reports::Board,
    shown::{day, instant},
    views::{self, NodeRow, NodesPage},
};
use crate::{admin::AdminService, dashboard::words::Words, limits, refusals::store_failed};

pub(super) const NODES: &str = "/team/nodes";

impl Team {
    /// The nodes, by the names of their territories; those that are revoked come last.
    pub(super) async fn nodes(&self) -> Result<Vec<proto::HubNode>, Refusal> {
        let service = AdminService::new(std::sync::Arc::clone(&self.hub));
        let mut nodes = service.nodes().await.map_err(|error| store_failed(&error))?;
        nodes.sort_by_key(|node| (node.state == "revoked", maillage_geography::fold(&node.territory_name)));
        Ok(nodes)
    }
}

/// The nodes.
pub(super) async fn nodes(State(team): State<Team>, Extension(visit): Extension<Visit>) -> Response {
    match nodes_page(&team, &visit).await {
        Ok(response) => response,
        Err(refusal) => views::refused(&team, &visit, &refusal),
    }
}

async fn nodes_page(team: &Team, visit: &Visit) -> Result<Response, Refusal> {
    let (nodes, board) = (team.nodes().await?, team.board().await?);
    let (words, now) = (views::words(team, visit), team.hub.parts.clock.now());
    let live = nodes.iter().filter(|node| node.state != "revoked").count();
    let attached = nodes.iter().filter(|node| node.state == "attached").count();
    let told = [("attached", words.count(attached).into()), ("nodes", words.count(live).into())];
    let summary =
        if live == 0 { words.say("team-no-nodes") } else { words.with("team-nodes-summary", &told) };
    let rows = nodes.into_iter().map(|node| row(&words, node, &board, now)).collect();
    Ok(views::page(&NodesPage { summary, rows, frame: views::frame(team, visit, "team-nodes") }))
}

fn row(words: &Words<'_>, node: proto::HubNode, board: &Board, now: Timestamp) -> NodeRow {
    let proto::HubNode {
        id,
        territory,
        territory_name,
        state,
        enrolled_at: _,
        last_seen_at,
        certificate_until,
        waiting,
        waiting_since,
        version,
    } = node;
    let never = || words.say("team-never");
    let (days, days_badge) = certificate(words, &certificate_until, state == "revoked", now);
    let report = board.newest(&id).map(|(received, period)| {
        words.with("team-report-received", &[("period", period.into()), ("at", day(words, received).into())])
    });
    NodeRow {
        territory: territory_name,
        siren: territory,
        badge: match state.as_str() {
            "attached" => "badge good",
            "away" => "badge wait",
            _ => "badge bad",
        },
        state: words.say(&format!("node-{state}")),
        seen: if last_seen_at.is_empty() { never() } else { instant(words, &last_seen_at) },
        waiting: if waiting_since.is_empty() {
            words.count(waiting)
        } else {
            let since = instant(words, &waiting_since);
            words.with("team-waiting", &[("letters", words.count(waiting).into()), ("since", since.into())])
        },
        version: if version.is_empty() { "—".to_owned() } else { version },
        days,
        days_badge,
        report: report.unwrap_or_else(never),
        id,
    }
}

/// The days that a certificate is still good for, and how that is shown.
fn certificate(words: &Words<'_>, until: &str, is_revoked: bool, now: Timestamp) -> (String, &'static str) {
    let left = until.parse::<Timestamp>().ok().filter(|_| !is_revoked).map(|until| until.duration_since(now));
    match left.map(|left| (left.is_positive(), left.as_hours() / 24)) {
        None => ("—".to_owned(), ""),
        Some((false, _)) => (words.say("team-certificate-over"), "badge bad"),
        Some((true, days)) => {
            let badge = if days < limits::CERTIFICATE_DAYS_LEFT { "badge wait" } else { "" };
            (words.with("team-days", &[("days", days.into())]), badge)
        }
    }
}
