//! `report`: what leaves the node as statistics, and what it could tell about one person. Must never print a true count
//! except in a preview, which stays on this node.

use maillage_proto::node::v1::{self as proto, reports_client::ReportsClient};

use super::{arguments::Report, failure::CommandError, privacy, session::Session};

/// Runs a command about reports.
pub(super) async fn report(session: &mut Session<'_>, command: Report) -> Result<(), CommandError> {
    let mut reports = session.client(ReportsClient::with_interceptor).await?;
    match command {
        Report::Preview { period } => {
            let reply = reports.preview_report(proto::PeriodRequest { period }).await?.into_inner();
            preview(session, &reply)
        }
        Report::Close { period } => {
            let reply = reports.close_month(proto::PeriodRequest { period }).await?.into_inner();
            closed(session, &reply)
        }
        Report::List => {
            let reply = reports.list_reports(proto::ListReportsRequest {}).await?.into_inner();
            list(session, &reply)
        }
    }
}

/// True counts beside the noise, and what the year's reports could tell about one person.
pub(super) fn preview(session: &mut Session<'_>, preview: &proto::ReportPreview) -> Result<(), CommandError> {
    if session.json(preview)? {
        return Ok(());
    }
    let words = session.words();
    let margin = format!("± {}", preview.sigma.saturating_mul(2));
    session.line("preview-heading", &[("period", preview.period.clone().into())])?;
    let row = |section: &proto::PreviewSection| {
        let cells = section.cells.iter().zip(&section.true_counts);
        let row = |(cell, count): (&String, &u64)| {
            vec![section.model.clone(), words.code("cell", cell), count.to_string(), margin.clone()]
        };
        cells.map(row).collect::<Vec<_>>()
    };
    let rows: Vec<Vec<String>> = preview.sections.iter().flat_map(row).collect();
    session.columns(&["field-model", "field-cell", "field-true_count", "field-noise"], &rows)?;
    session.line(
        "preview-budget",
        &[("used", preview.budget_used.clone().into()), ("limit", preview.budget_limit.clone().into())],
    )?;
    let privacy::Meaning { epsilon, guessed_right_in_100 } = privacy::meaning_in_force();
    Ok(session.line(
        "preview-meaning",
        &[
            ("guess", words.decimal(guessed_right_in_100, 0).into()),
            ("epsilon", words.decimal(epsilon, 2).into()),
        ],
    )?)
}

fn closed(session: &mut Session<'_>, report: &proto::Report) -> Result<(), CommandError> {
    if session.json(report)? {
        return Ok(());
    }
    let words = session.words();
    session.fields(&[
        ("field-period", report.period.clone()),
        ("field-state", words.report_state(&report.state)),
        ("field-made_at", words.instant(&report.made_at)),
        ("field-vocabulary", report.vocabulary.clone()),
        ("field-budget_used", report.budget_used.clone()),
        ("field-hash", report.hash.clone()),
    ])?;
    let rows = report.sections.iter().flat_map(|section| {
        let cells = section.cells.iter().zip(&section.noisy_counts);
        cells.map(|(cell, count)| vec![section.model.clone(), words.code("cell", cell), count.to_string()])
    });
    let rows: Vec<Vec<String>> = rows.collect();
    session.columns(&["field-model", "field-cell", "field-noisy_count"], &rows)?;
    Ok(session.line("report-frozen", &[])?)
}

fn list(session: &mut Session<'_>, reply: &proto::ListReportsReply) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    let row = |report: &proto::Report| {
        vec![
            report.period.clone(),
            words.report_state(&report.state),
            words.instant(&report.made_at),
            report.budget_used.clone(),
            report.hash.chars().take(16).collect(),
        ]
    };
    let rows: Vec<Vec<String>> = reply.reports.iter().map(row).collect();
    let headings =
        ["field-period", "field-state", "field-made_at", "field-budget_used", "field-hash_beginning"];
    Ok(session.columns(&headings, &rows)?)
}
