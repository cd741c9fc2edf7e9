//! Reports as received, and whether they count.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    extract::{Extension, Path, State},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use maillage_platform::refusal::Refusal;
use maillage_proto::hub::v1 as proto;

use super::{
    Team,
    door::Visit,
    shown::instant,
    views::{self, Decide, NodeChoice, ReportPage, ReportRow, ReportsPage},
};
use crate::{
    dashboard::words::Words,
    refusals::{self, store_failed},
    source::Read,
    team::{self, colleague::Act},
};

pub(super) const REPORTS: &str = "/team/reports";

/// What all reports say together, made once a minute at most.
pub(super) struct Board {
    /// The newest report of each node: when it was received, and its period.
    newest: BTreeMap<String, (String, String)>,
    /// Reports that are implausible or left out.
    notable: Vec<proto::ReceivedReport>,
}

impl Board {
    fn of(read: &Read) -> Self {
        let mut board = Self { newest: BTreeMap::new(), notable: Vec::new() };
        for report in read.reports() {
            let newest = board.newest.entry(report.node.clone()).or_default();
            let this = (report.received_at.clone(), report.period.clone());
            *newest = this.max(newest.clone());
            if !report.plausibility.is_empty() || !report.quarantined_at.is_empty() {
                board.notable.push(report);
            }
        }
        board
    }

    /// The newest report of a node: when it was received, and its period.
    pub(super) fn newest(&self, node: &str) -> Option<(&str, &str)> {
        self.newest.get(node).map(|(received, period)| (received.as_str(), period.as_str()))
    }
}

impl Team {
    /// What all reports say together.
    pub(super) async fn board(&self) -> Result<Arc<Board>, Refusal> {
        let now = self.hub.parts.clock.now();
        if let Some(board) = self.board.fresh(now) {
            return Ok(board);
        }
        let read = Read::of_hub(&self.hub).await?;
        let made = tokio::task::spawn_blocking(move || Board::of(&read)).await;
        let made = Arc::new(made.map_err(|_| refusals::COMPARISON_IMPOSSIBLE)?);
        self.board.put(now, Arc::clone(&made));
        Ok(made)
    }
}

/// Reports that are worth a look, and those of a node.
pub(super) async fn reports(State(team): State<Team>, Extension(visit): Extension<Visit>) -> Response {
    match reports_page(&team, &visit).await {
        Ok(response) => response,
        Err(refusal) => views::refused(&team, &visit, &refusal),
    }
}

async fn reports_page(team: &Team, visit: &Visit) -> Result<Response, Refusal> {
    let (nodes, board, words) = (team.nodes().await?, team.board().await?, views::words(team, visit));
    let chosen = visit.fields.text("node").trim();
    let of_node = if chosen.is_empty() {
        None
    } else {
        let mut reports = of_node(team, chosen).await?;
        reports.sort_by(|one, other| other.received_at.cmp(&one.received_at));
        let rows = reports.iter().map(|report| report_row(team, &words, report)).collect();
        Some(views::reports_table(words, rows))
    };
    let (left_out, doubtful): (Vec<_>, Vec<_>) =
        board.notable.iter().partition(|report| !report.quarantined_at.is_empty());
    let table = |reports: Vec<&proto::ReceivedReport>| {
        let rows = reports.into_iter().map(|report| report_row(team, &words, report));
        views::reports_table(words, rows.collect())
    };
    let node = |node: proto::HubNode| {
        let is_chosen = node.id == chosen;
        NodeChoice { id: node.id, name: node.territory_name, is_chosen }
    };
    Ok(views::page(&ReportsPage {
        doubtful: table(doubtful),
        left_out: table(left_out),
        nodes: nodes.into_iter().map(node).collect(),
        of_node,
        frame: views::frame(team, visit, "team-reports"),
    }))
}

/// Reports of a node, with whether they are plausible among themselves.
async fn of_node(team: &Team, node: &str) -> Result<Vec<proto::ReceivedReport>, Refusal> {
    let id = node.parse().map_err(|_| Refusal::from(refusals::NODE_UNKNOWN).with("node", node))?;
    let reports = team.hub.store().reports(Some(id)).await.map_err(|error| store_failed(&error))?;
    Ok(crate::statistics::desk(&team.hub, Arc::new(reports)).list().reports)
}

fn report_row(team: &Team, words: &Words<'_>, report: &proto::ReceivedReport) -> ReportRow {
    let (key, badge) = if !report.quarantined_at.is_empty() {
        ("team-left-out", "badge bad")
    } else if !report.withdrawn_at.is_empty() {
        ("team-withdrawn", "badge")
    } else if !report.plausibility.is_empty() {
        ("team-doubtful", "badge wait")
    } else {
        ("team-counts", "badge good")
    };
    let reason = if report.quarantined_at.is_empty() && !report.plausibility.is_empty() {
        words.say(&format!("doubt-{}", report.plausibility))
    } else {
        left_out(words, &report.quarantined_by, &report.quarantined_because)
    };
    ReportRow {
        address: format!("{REPORTS}/{}/{}", report.node, report.period),
        territory: team.territory(&report.territory),
        period: report.period.clone(),
        vocabulary: report.vocabulary.clone(),
        received: instant(words, &report.received_at),
        state: words.say(key),
        badge,
        reason,
    }
}

/// Who left something out and why; nothing if nobody did.
pub(super) fn left_out(words: &Words<'_>, by: &str, reason: &str) -> String {
    if by.is_empty() {
        return String::new();
    }
    words.with("team-left-out-by", &[("by", by.into()), ("reason", reason.into())])
}

/// One report.
pub(super) async fn report(
    State(team): State<Team>,
    Extension(visit): Extension<Visit>,
    Path(which): Path<(String, String)>,
) -> Response {
    match report_page(&team, &visit, &which, String::new()).await {
        Ok(response) => response,
        Err(refusal) => views::refused(&team, &visit, &refusal),
    }
}

/// Decides whether it counts.
pub(super) async fn decide(
    State(team): State<Team>,
    Extension(visit): Extension<Visit>,
    Path(which): Path<(String, String)>,
) -> Response {
    let Some(by) = &visit.colleague else { return StatusCode::FORBIDDEN.into_response() };
    let verdict = visit.verdict(&which);
    let lift = verdict.lift;
    let refusal = match team::decide(&team.hub, by, verdict).await {
        Ok(()) => {
            team.board.forget();
            return decided(&team, &visit, if lift { "team-lifted" } else { "team-quarantined" });
        }
        Err(refusal) => refusal,
    };
    let is_typed = refusal.reason() == refusals::DECISION_MALFORMED.code;
    let wrong = views::refusal(&team, &visit, &refusal);
    match report_page(&team, &visit, &which, wrong).await {
        Ok(shown) if is_typed => (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response(),
        Ok(_) | Err(_) => views::refused(&team, &visit, &refusal),
    }
}

/// Says on the page itself what was decided.
pub(super) fn decided(team: &Team, visit: &Visit, said: &'static str) -> Response {
    team.tell(visit, |told| told.said = Some(said));
    Redirect::to(&visit.here).into_response()
}

async fn report_page(
    team: &Team,
    visit: &Visit,
    (node, period): &(String, String),
    wrong: String,
) -> Result<Response, Refusal> {
    let words = views::words(team, visit);
    let reports = of_node(team, node).await?;
    let unknown = || Refusal::from(refusals::REPORT_UNKNOWN).with("period", period);
    let found = reports.iter().find(|report| report.period == *period).ok_or_else(unknown)?;
    let lifts = !found.quarantined_at.is_empty();
    let decide = Decide {
        action: format!("{REPORTS}/{node}/{period}"),
        lifts,
        title: words.say(if lifts { "team-lift" } else { "team-leave-out" }),
        text: words.say(if lifts { "team-lift-text" } else { "team-leave-out-text" }),
        hint: words.say("team-reason-hint"),
        ..Decide::of(visit, wrong)
    };
    Ok(views::page(&ReportPage {
        report: report_row(team, &words, found),
        hash: found.hash.clone(),
        decisions: found.decisions.iter().map(|one| decision(&words, one)).collect(),
        decide: views::may(visit, Act::Decide).then_some(decide),
        frame: views::frame(team, visit, "team-report"),
    }))
}

/// A decision as it is listed.
pub(super) fn decision(words: &Words<'_>, one: &proto::QuarantineDecision) -> String {
    let key = if one.lift { "team-decision-lifted" } else { "team-decision-left-out" };
    let told = [
        ("at", instant(words, &one.at).into()),
        ("by", one.by.as_str().into()),
        ("reason", one.reason.as_str().into()),
    ];
    words.with(key, &told)
}
