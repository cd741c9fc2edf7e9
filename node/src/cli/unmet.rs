//! `unmet`: the ledger of unmet need, with its totals, as a list or as CSV. Must never change it.

use std::collections::HashMap;

use clap::Args;
use maillage_proto::node::v1::{self as proto, trips_client::TripsClient};

use super::{arguments::Page, codes, commune::code, failure::CommandError, session::Session, words};

/// Which entries of the ledger.
#[derive(Debug, Args)]
pub(super) struct Unmet {
    #[arg(long, value_name = "YYYY-MM-DD")]
    from: String,
    #[arg(long, value_name = "YYYY-MM-DD")]
    to: String,
    #[arg(long, value_name = "COMMUNE")]
    commune: Option<String>,
    #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = codes::UNMET)]
    reason: Option<String>,
    #[arg(long, conflicts_with_all = ["after", "limit"])]
    csv: bool,
    #[command(flatten)]
    page: Page,
}

/// Entries of one page of a CSV: the most there are in one reply.
const CSV_PAGE: u32 = 500;

/// The columns of the CSV.
const COLUMNS: &str = "trip,wanted,pickup_commune,home_commune,reason,cause,needs,declared_at,declared_by,times,\
                       reopened_at,served_at\n";

/// Shows the ledger.
pub(super) async fn unmet(session: &mut Session<'_>, arguments: Unmet) -> Result<(), CommandError> {
    let request = proto::ListUnmetRequest {
        from_day: arguments.from,
        to_day: arguments.to,
        commune: arguments.commune.map(|commune| code(&commune)).transpose()?.unwrap_or_default(),
        reason: arguments.reason.unwrap_or_default(),
        after: arguments.page.after,
        limit: if arguments.csv { CSV_PAGE } else { arguments.page.limit },
    };
    if arguments.csv {
        return csv(session, request).await;
    }
    let mut client = session.client(TripsClient::with_interceptor).await?;
    let reply = client.list_unmet(request).await?.into_inner();
    if session.json(&reply)? { Ok(()) } else { show(session, &reply) }
}

fn show(session: &mut Session<'_>, reply: &proto::ListUnmetReply) -> Result<(), CommandError> {
    let words = session.words();
    let row = |entry: &proto::UnmetEntry| {
        vec![
            entry.wanted.clone(),
            words::commune(&entry.pickup_commune),
            words::commune(&entry.home_commune),
            words.code("unmet", &entry.reason),
            words.code("unmet-cause", &entry.cause),
            words.codes("need", &entry.needs),
            words.instant(&entry.served_at),
            entry.trip.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = reply.entries.iter().map(row).collect();
    let headings = [
        "field-when",
        "field-pickup",
        "field-home",
        "field-reason",
        "field-cause",
        "field-needs",
        "field-served",
        "field-id",
    ];
    session.columns(&headings, &rows)?;
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX).into();
    session.line("unmet-total", &[("total", number(reply.total)), ("served", number(reply.served))])?;
    let reasons = totals(&reply.by_reason, |reason| words.code("unmet", reason));
    session.columns(&["field-reason", "field-number"], &reasons)?;
    session.columns(&["field-pickup", "field-number"], &totals(&reply.by_commune, words::commune))?;
    if reply.next_after.is_empty() {
        return Ok(());
    }
    Ok(session.line("list-goes-on", &[("after", reply.next_after.clone().into())])?)
}

/// The largest first.
fn totals(counts: &HashMap<String, u64>, word: impl Fn(&str) -> String) -> Vec<Vec<String>> {
    let mut counts: Vec<(&String, &u64)> = counts.iter().collect();
    counts.sort_by_key(|(code, count)| (std::cmp::Reverse(**count), (*code).clone()));
    counts.into_iter().map(|(code, count)| vec![word(code), count.to_string()]).collect()
}

/// The whole ledger asked for, page after page, as CSV: codes, days and instants alone, nothing that needs quotes.
async fn csv(session: &mut Session<'_>, mut request: proto::ListUnmetRequest) -> Result<(), CommandError> {
    let mut text = COLUMNS.to_owned();
    loop {
        let mut client = session.client(TripsClient::with_interceptor).await?;
        let reply = client.list_unmet(request.clone()).await?.into_inner();
        for entry in &reply.entries {
            let fields = [
                entry.trip.clone(),
                entry.wanted.clone(),
                entry.pickup_commune.clone(),
                entry.home_commune.clone(),
                entry.reason.clone(),
                entry.cause.clone(),
                entry.needs.join(" "),
                entry.declared_at.clone(),
                entry.declared_by.replace([',', '"', '\n'], " "),
                entry.times.to_string(),
                entry.reopened_at.clone(),
                entry.served_at.clone(),
            ];
            text.push_str(&fields.join(","));
            text.push('\n');
        }
        if reply.next_after.is_empty() {
            return Ok(session.raw(text.as_bytes())?);
        }
        request.after = reply.next_after;
    }
}
