//! The hub's answers as tables for people and JSON for programs. Field names of the JSON are part of the interface.

use std::io;

use maillage_platform::{cli::Output, i18n::Language};
use maillage_proto::hub::v1 as proto;
use serde::Serialize;

#[derive(Serialize)]
struct Invitation {
    enrolment_string: String,
    territory_name: String,
    expires_at: String,
}

#[derive(Serialize)]
struct Node {
    id: String,
    territory: String,
    territory_name: String,
    state: String,
    enrolled_at: String,
    last_seen_at: String,
    certificate_until: String,
    waiting: u64,
    waiting_since: String,
    version: String,
}

#[derive(Serialize)]
struct Thread {
    id: String,
    origin: String,
    state: String,
    round: u32,
    holder: String,
    bids: u32,
    revision: u64,
}

#[derive(Serialize)]
struct Figures {
    model: String,
    vocabulary: String,
    name_fr: String,
    name_en: String,
    territories: u32,
    reports: u32,
    cells: Vec<Measure>,
    publishable: bool,
    not_publishable_because: String,
}

#[derive(Serialize)]
struct Measure {
    cell: String,
    total: i64,
    noise_2sd: u64,
}

#[derive(Serialize)]
struct Report {
    node: String,
    territory: String,
    period: String,
    vocabulary: String,
    hash: String,
    received_at: String,
    withdrawn_at: String,
    withdrawn_because: String,
    plausibility: String,
    quarantined_at: String,
    quarantined_by: String,
    quarantined_because: String,
    decisions: Vec<Decision>,
}

#[derive(Serialize)]
pub(super) struct Decision {
    at: String,
    by: String,
    reason: String,
    lift: bool,
}

#[derive(Serialize)]
struct Status {
    federation: String,
    url: String,
    authority_fingerprint: String,
    nodes: u32,
    attached: u32,
    directory_version: u64,
    epoch: u64,
    recovering: u32,
    clock: String,
    version: String,
}

/// An invitation: the one line to be handed on, alone on its line.
pub(super) fn invitation(output: &mut Output<'_>, reply: proto::InviteReply) -> io::Result<()> {
    let proto::InviteReply { enrolment_string, territory_name, expires_at } = reply;
    let view = Invitation { enrolment_string, territory_name, expires_at };
    let args =
        [("territory", view.territory_name.as_str().into()), ("expires", view.expires_at.as_str().into())];
    output.line("invite-done", &args)?;
    output.record(&view, &[("field-enrolment", view.enrolment_string.clone())])?;
    output.line("invite-next", &[])
}

/// The members.
pub(super) fn nodes(output: &mut Output<'_>, nodes: Vec<proto::HubNode>) -> io::Result<()> {
    let views: Vec<Node> = nodes.into_iter().map(Node::from).collect();
    let headings = [
        "column-node",
        "column-territory",
        "column-name",
        "column-state",
        "column-last-seen",
        "column-certificate-until",
        "column-waiting",
        "column-version",
    ];
    let states: Vec<(String, String)> = ["attached", "away", "revoked"]
        .iter()
        .map(|state| ((*state).to_owned(), output.text(&format!("node-{state}"), &[])))
        .collect();
    output.table(&views, &headings, |node| {
        let state = states.iter().find(|(state, _)| *state == node.state);
        vec![
            node.id.clone(),
            node.territory.clone(),
            node.territory_name.clone(),
            state.map_or_else(|| node.state.clone(), |(_, text)| text.clone()),
            node.last_seen_at.clone(),
            node.certificate_until.clone(),
            node.waiting.to_string(),
            node.version.clone(),
        ]
    })
}

/// A member that was revoked.
pub(super) fn revoked(output: &mut Output<'_>, node: proto::HubNode) -> io::Result<()> {
    let view = Node::from(node);
    output.line("revoke-done", &[("territory", view.territory_name.as_str().into())])?;
    output.record(&view, &[("column-node", view.id.clone())])
}

/// Handovers.
pub(super) fn threads(output: &mut Output<'_>, threads: Vec<proto::ThreadView>) -> io::Result<()> {
    let views: Vec<Thread> = threads.into_iter().map(Thread::from).collect();
    let states: Vec<String> =
        views.iter().map(|thread| output.text(&format!("thread-{}", thread.state), &[])).collect();
    let rows: Vec<(Thread, String)> = views.into_iter().zip(states).collect();
    if output.format() == maillage_platform::cli::Format::Json {
        let views: Vec<Thread> = rows.into_iter().map(|(thread, _)| thread).collect();
        return output.table(&views, &[], |_| vec![]);
    }
    let plain: Vec<Vec<String>> = rows
        .into_iter()
        .map(|(thread, state)| {
            vec![
                thread.id,
                thread.origin,
                state,
                thread.round.to_string(),
                thread.holder,
                thread.bids.to_string(),
                thread.revision.to_string(),
            ]
        })
        .collect();
    let headings = [
        "column-handover",
        "column-origin",
        "column-state",
        "column-round",
        "column-holder",
        "column-bids",
        "column-revision",
    ];
    output.table(&plain, &headings, Clone::clone)
}

/// National totals, with what the noise alone accounts for.
pub(super) fn totals(output: &mut Output<'_>, models: Vec<proto::ModelTotals>) -> io::Result<()> {
    let views: Vec<Figures> = models.into_iter().map(Figures::from).collect();
    if output.format() == maillage_platform::cli::Format::Json {
        return output.table(&views, &[], |_| vec![]);
    }
    let french = output.language() == Language::French;
    let mut rows = Vec::new();
    for model in &views {
        let published = if model.publishable {
            output.text("totals-publishable", &[])
        } else {
            output.text(&format!("withheld-{}", model.not_publishable_because), &[])
        };
        for cell in &model.cells {
            rows.push(vec![
                if french { model.name_fr.clone() } else { model.name_en.clone() },
                output.text(&format!("cell-{}", cell.cell), &[]),
                cell.total.to_string(),
                format!("± {}", cell.noise_2sd),
                model.territories.to_string(),
                model.reports.to_string(),
                published.clone(),
            ]);
        }
    }
    let headings = [
        "column-model",
        "column-cell",
        "column-total",
        "column-noise",
        "column-territories",
        "column-reports",
        "column-published",
    ];
    output.table(&rows, &headings, Clone::clone)?;
    if rows.is_empty() { Ok(()) } else { output.line("totals-note", &[]) }
}

/// Reports as received.
pub(super) fn reports(output: &mut Output<'_>, reports: Vec<proto::ReceivedReport>) -> io::Result<()> {
    let views: Vec<Report> = reports.into_iter().map(Report::from).collect();
    let headings = [
        "column-node",
        "column-territory",
        "column-period",
        "column-vocabulary",
        "column-received",
        "column-hash",
        "column-withdrawn",
        "column-doubt",
        "column-left-out",
    ];
    let doubt = |report: &Report| match report.plausibility.as_str() {
        "" => String::new(),
        code => output.text(&format!("doubt-{code}"), &[]),
    };
    let left_out = |report: &Report| match report.quarantined_by.as_str() {
        "" => String::new(),
        by => {
            let why = report.quarantined_because.as_str();
            output.text("reports-left-out", &[("by", by.into()), ("reason", why.into())])
        }
    };
    let because = |report: &Report| match report.withdrawn_because.as_str() {
        "" => String::new(),
        code => output.text(&format!("withdrawn-{code}"), &[]),
    };
    if output.format() == maillage_platform::cli::Format::Json {
        return output.table(&views, &[], |_| vec![]);
    }
    let row = |report: &Report| {
        vec![
            report.node.clone(),
            report.territory.clone(),
            report.period.clone(),
            report.vocabulary.clone(),
            report.received_at.clone(),
            report.hash.clone(),
            because(report),
            doubt(report),
            left_out(report),
        ]
    };
    let rows: Vec<Vec<String>> = views.iter().map(row).collect();
    output.table(&rows, &headings, Clone::clone)
}

/// The hub at a glance.
pub(super) fn status(output: &mut Output<'_>, status: proto::HubStatus) -> io::Result<()> {
    let view = Status::from(status);
    output.record(
        &view,
        &[
            ("field-federation", view.federation.clone()),
            ("field-url", view.url.clone()),
            ("field-fingerprint", view.authority_fingerprint.clone()),
            ("field-nodes", view.nodes.to_string()),
            ("field-attached", view.attached.to_string()),
            ("field-directory-version", view.directory_version.to_string()),
            ("field-epoch", view.epoch.to_string()),
            ("field-recovering", view.recovering.to_string()),
            ("field-clock", view.clock.clone()),
            ("field-version", view.version.clone()),
        ],
    )
}

/// Field by field, so that a new field is a compile error here.
macro_rules! same_fields {
    ($($message:path => $view:ident { $($field:ident),* $(,)? };)*) => {
        $(impl From<$message> for $view {
            fn from(message: $message) -> Self {
                let $message { $($field),* } = message;
                Self { $($field),* }
            }
        })*
    };
}

same_fields! {
    proto::HubNode => Node {
        id, territory, territory_name, state, enrolled_at, last_seen_at, certificate_until, waiting,
        waiting_since, version,
    };
    proto::ThreadView => Thread { id, origin, state, round, holder, bids, revision };
    proto::CellTotal => Measure { cell, total, noise_2sd };
    proto::QuarantineDecision => Decision { at, by, reason, lift };
    proto::HubStatus => Status {
        federation, url, authority_fingerprint, nodes, attached, directory_version, epoch, recovering,
        clock, version,
    };
}

impl From<proto::ReceivedReport> for Report {
    fn from(message: proto::ReceivedReport) -> Self {
        let proto::ReceivedReport {
            node,
            territory,
            period,
            vocabulary,
            hash,
            received_at,
            withdrawn_at,
            withdrawn_because,
            plausibility,
            quarantined_at,
            quarantined_by,
            quarantined_because,
            decisions,
        } = message;
        Self {
            node,
            territory,
            period,
            vocabulary,
            hash,
            received_at,
            withdrawn_at,
            withdrawn_because,
            plausibility,
            quarantined_at,
            quarantined_by,
            quarantined_because,
            decisions: decisions.into_iter().map(Decision::from).collect(),
        }
    }
}

impl From<proto::ModelTotals> for Figures {
    fn from(message: proto::ModelTotals) -> Self {
        let proto::ModelTotals {
            model,
            name_fr,
            name_en,
            territories,
            reports,
            cells,
            publishable,
            not_publishable_because,
            vocabulary,
        } = message;
        let cells = cells.into_iter().map(Measure::from).collect();
        Self {
            model,
            vocabulary,
            name_fr,
            name_en,
            territories,
            reports,
            cells,
            publishable,
            not_publishable_because,
        }
    }
}
