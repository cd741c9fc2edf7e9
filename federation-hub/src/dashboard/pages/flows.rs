//! Who drove for whom, by year: pairs of territories with enough handovers, drawn and in a table. It must never tell a pair with fewer, nor their sum.

use askama::Template;
use maillage_platform::refusal::Refusal;
use maillage_proto::hub::v1 as proto;

use super::{Frame, filled};
use crate::{
    dashboard::{charts, lists::Lists},
    limits,
};

#[derive(Template)]
#[template(path = "flows.html")]
struct FlowsPage<'a> {
    frame: Frame<'a>,
    years: Vec<Year>,
    year: String,
    chart: String,
    drawn: String,
    rows: Vec<Row>,
    withheld: String,
}

/// A year that can be chosen.
struct Year {
    year: String,
    is_chosen: bool,
}

/// A pair.
struct Row {
    from: (String, String),
    to: (String, String),
    handovers: String,
}

/// The flows of a year, the newest without one; nothing for a year that is not told.
pub(in crate::dashboard) fn flows(
    frame: Frame<'_>,
    lists: &Lists,
    year: Option<u32>,
) -> Option<Result<Vec<u8>, Refusal>> {
    let shown = match year {
        Some(year) => Some(lists.flows.iter().find(|one| one.year == year)?),
        None => lists.flows.last(),
    };
    let words = frame.words;
    let place = |siren: &str| (format!("/{}/territories/{siren}", words.code()), lists.name(siren));
    let row = |flow: &proto::Flow| Row {
        from: place(&flow.from),
        to: place(&flow.to),
        handovers: words.count(flow.handovers),
    };
    let years = lists.flows.iter().rev().map(|one| Year {
        year: one.year.to_string(),
        is_chosen: shown.is_some_and(|shown| shown.year == one.year),
    });
    let pairs = shown.map(|shown| drawn(lists, shown)).unwrap_or_default();
    let all = shown.map_or(0, |shown| shown.flows.len());
    let withheld = shown.map(|shown| {
        let arguments = [("number", shown.pairs_withheld.into()), ("needed", shown.needed.into())];
        words.with("dashboard-flows-withheld", &arguments)
    });
    let year = shown.map(|shown| shown.year.to_string()).unwrap_or_default();
    let label = words.with("dashboard-flows-of", &[("year", year.as_str().into())]);
    let drawn = if pairs.len() < all {
        words.with("dashboard-flows-drawn", &[("drawn", pairs.len().into()), ("all", all.into())])
    } else {
        String::new()
    };
    Some(filled(&FlowsPage {
        years: years.collect(),
        chart: charts::flows(&label, &pairs),
        year: if year.is_empty() { String::new() } else { label },
        drawn,
        rows: shown.iter().flat_map(|shown| &shown.flows).map(row).collect(),
        withheld: withheld.unwrap_or_default(),
        frame: frame.titled("dashboard-flows-title"),
    }))
}

/// Pairs that are drawn: all if they are few, those with most handovers otherwise, always in the order they are told in.
fn drawn(lists: &Lists, shown: &proto::FlowsReply) -> Vec<charts::Flow> {
    let mut numbers: Vec<u32> = shown.flows.iter().map(|flow| flow.handovers).collect();
    numbers.sort_unstable_by(|one, other| other.cmp(one));
    let least = numbers.get(limits::FLOWS_DRAWN - 1).copied().unwrap_or_default();
    let enough = shown.flows.iter().filter(|flow| flow.handovers >= least);
    enough
        .take(limits::FLOWS_DRAWN)
        .map(|flow| charts::Flow {
            from: lists.name(&flow.from),
            to: lists.name(&flow.to),
            number: flow.handovers,
        })
        .collect()
}
