//! `report`: what leaves the node as statistics, and what it could tell about one person. Must never print a true count
//! except in a preview, which stays on this node.

use data_encoding::HEXLOWER;
use maillage_proto::node::v1::{self as proto, reports_client::ReportsClient};
use tonic::Response;

use super::{
    arguments::Report,
    declarations::{self, Then},
    failure::CommandError,
    privacy,
    session::Session,
};

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
        Report::Withhold { period } => {
            let reply = reports.withhold_report(proto::PeriodRequest { period }).await?.into_inner();
            closed(session, &reply)
        }
        Report::Withdraw { period, reason } => {
            let request = proto::WithdrawReportRequest { period, reason };
            let reply = reports.withdraw_report(request).await?.into_inner();
            closed(session, &reply)
        }
        Report::Journal => {
            let reply = reports.list_journal(proto::ListJournalRequest {}).await?.into_inner();
            if session.json(&reply)? { Ok(()) } else { table(session, &reply.entries) }
        }
        Report::List => {
            let reply = reports.list_reports(proto::ListReportsRequest {}).await?.into_inner();
            if session.json(&reply)? { Ok(()) } else { table(session, &reply.reports) }
        }
        Report::Declare(declare) => {
            let (request, confirmed) = declarations::asked(*declare);
            let told = if confirmed { Some(reports.sign_declaration(request.clone()).await) } else { None };
            let told = told.map(|told| told.map(Response::into_inner).map_err(CommandError::from));
            let refused = match declarations::then(told, session.is_json()) {
                Then::Signed(declaration) => return declarations::signed(session, &declaration),
                Then::Failed(error) => return Err(error),
                Then::Preview(refused) => refused,
            };
            let reply = reports.preview_declaration(request).await?.into_inner();
            declarations::preview(session, &reply)?;
            refused.map_or(Ok(()), Err)
        }
        Report::Declared => {
            let reply = reports.list_declarations(proto::ListDeclarationsRequest {}).await?.into_inner();
            if session.json(&reply)? { Ok(()) } else { declarations::table(session, &reply.declarations) }
        }
        Report::Retract(retract) => {
            let reply = reports.withdraw_declaration(declarations::retracted(retract)).await?.into_inner();
            declarations::signed(session, &reply)
        }
    }
}

/// True counts beside the noise and beside what leaves once it is frozen, and what the year's reports could tell about one person.
pub(super) fn preview(session: &mut Session<'_>, preview: &proto::ReportPreview) -> Result<(), CommandError> {
    if session.json(preview)? {
        return Ok(());
    }
    let period = || [("period", preview.period.clone().into())];
    let heading = if preview.closed.is_some() { "preview-heading-closed" } else { "preview-heading" };
    session.line(heading, &period())?;
    let closed = preview.closed.as_ref();
    if preview.few_beneficiaries {
        session.line("preview-few-beneficiaries", &period())?;
    }
    match closed.filter(|closed| closed.hash.is_empty()) {
        Some(silent) => session.line(&format!("report-silent-{}", silent.state), &period())?,
        None if !preview.counts_known => session.line("preview-counts-unknown", &[])?,
        None => {}
    }
    let rows: Vec<Vec<String>> = match closed.filter(|closed| !closed.hash.is_empty()) {
        Some(report) if !preview.counts_known => rows(session, report),
        report => compared(session, preview, report),
    };
    let headings = ["field-model", "field-cell", "field-true_count", "field-noise", "field-noisy_count"];
    if !rows.is_empty() {
        session.columns(&headings, &rows)?;
    }
    if let Some(report) = closed.filter(|closed| !closed.hash.is_empty()) {
        session
            .fields(&[("field-hash", report.hash.clone()), ("field-body", HEXLOWER.encode(&report.body))])?;
    }
    meaning(session, preview)
}

/// The sentence about what somebody can guess, and the budget of the year.
fn meaning(session: &mut Session<'_>, preview: &proto::ReportPreview) -> Result<(), CommandError> {
    let words = session.words();
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

/// Cell by cell: the true count, the noise, and what leaves if it is frozen.
fn compared(
    session: &Session<'_>,
    preview: &proto::ReportPreview,
    report: Option<&proto::Report>,
) -> Vec<Vec<String>> {
    let words = session.words();
    let noisy = |model: &str, place: usize| {
        let sections = report.iter().flat_map(|report| &report.sections);
        let section = sections.into_iter().find(|section| section.model == model);
        section.and_then(|section| section.noisy_counts.get(place)).map(ToString::to_string)
    };
    let row = |section: &proto::PreviewSection| {
        let cells = section.cells.iter().zip(&section.true_counts).zip(&section.noise_2sd).enumerate();
        let row = |(place, ((cell, count), margin)): (usize, ((&String, &u64), &u32))| {
            let leaves = noisy(&section.model, place).unwrap_or_default();
            vec![
                section.model.clone(),
                words.code("cell", cell),
                count.to_string(),
                format!("± {margin}"),
                leaves,
            ]
        };
        cells.map(row).collect::<Vec<_>>()
    };
    preview.sections.iter().flat_map(row).collect()
}

/// What left of a period whose true counts are not known any more.
fn rows(session: &Session<'_>, report: &proto::Report) -> Vec<Vec<String>> {
    let words = session.words();
    let row = |section: &proto::ReportSection| {
        let cells = section.cells.iter().zip(&section.noisy_counts).zip(&section.noise_2sd);
        let row = |((cell, count), margin): ((&String, &i64), &u32)| {
            let (cell, margin) = (words.code("cell", cell), format!("± {margin}"));
            vec![section.model.clone(), cell, String::new(), margin, count.to_string()]
        };
        cells.map(row).collect::<Vec<_>>()
    };
    report.sections.iter().flat_map(row).collect()
}

fn closed(session: &mut Session<'_>, report: &proto::Report) -> Result<(), CommandError> {
    if session.json(report)? {
        return Ok(());
    }
    let words = session.words();
    let mut fields = vec![
        ("field-period", report.period.clone()),
        ("field-state", words.report_state(&report.state)),
        ("field-made_at", words.instant(&report.made_at)),
        ("field-vocabulary", report.vocabulary.clone()),
        ("field-budget_used", report.budget_used.clone()),
    ];
    if report.hash.is_empty() {
        session.fields(&fields)?;
        let period = report.period.clone();
        return Ok(session.line(&format!("report-silent-{}", report.state), &[("period", period.into())])?);
    }
    fields.push(("field-hash", report.hash.clone()));
    if !report.withdrawn_because.is_empty() {
        fields.push(("field-withdrawn_at", words.instant(&report.withdrawn_at)));
        fields.push(("field-withdrawn_because", words.code("withdrawn", &report.withdrawn_because)));
    }
    session.fields(&fields)?;
    let rows = report.sections.iter().flat_map(|section| {
        let cells = section.cells.iter().zip(&section.noisy_counts);
        cells.map(|(cell, count)| vec![section.model.clone(), words.code("cell", cell), count.to_string()])
    });
    let rows: Vec<Vec<String>> = rows.collect();
    session.columns(&["field-model", "field-cell", "field-noisy_count"], &rows)?;
    let note = if report.withdrawn_because.is_empty() { "report-frozen" } else { "report-withdrawn" };
    Ok(session.line(note, &[])?)
}

fn table(session: &mut Session<'_>, reports: &[proto::Report]) -> Result<(), CommandError> {
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
    let rows: Vec<Vec<String>> = reports.iter().map(row).collect();
    let headings =
        ["field-period", "field-state", "field-made_at", "field-budget_used", "field-hash_beginning"];
    Ok(session.columns(&headings, &rows)?)
}
