//! `settlement`: months with other members, line by line. Must never shorten what is signed: it was read.

use maillage_proto::node::v1::{self as proto, settlements_client::SettlementsClient};

use super::{
    arguments::settlements::{Corrected, MonthWith, Settlement},
    failure::CommandError,
    money::euros,
    session::Session,
    words::Words,
};

/// Runs a command about months with other members.
pub(super) async fn settlement(session: &mut Session<'_>, command: Settlement) -> Result<(), CommandError> {
    let mut client = session.client(SettlementsClient::with_interceptor).await?;
    let reply = match command {
        Settlement::List { month } => {
            let request = proto::ListSettlementsRequest { month };
            let reply = client.list_settlements(request).await?.into_inner();
            return show_rows(session, &reply);
        }
        Settlement::Export(of) => {
            let reply = client.export_settlement(asked(of)).await?.into_inner();
            return Ok(session.raw(reply.csv.as_bytes())?);
        }
        Settlement::Show(of) => client.show_settlement(asked(of)).await?,
        Settlement::Sign { of, seen } => {
            let request = asked(of);
            let present = async || {
                Ok::<_, CommandError>(client.show_settlement(request.clone()).await?.into_inner().etag)
            };
            let etag = seen.or_present(present).await?;
            client.sign_settlement(proto::SettlementRequest { etag, ..request }).await?
        }
        Settlement::Correct(corrected) => client.correct_settlement_line(put_right(corrected)?).await?,
    };
    show(session, &reply.into_inner())
}

fn asked(MonthWith { node, month }: MonthWith) -> proto::SettlementRequest {
    proto::SettlementRequest { node, month, etag: String::new() }
}

fn put_right(corrected: Corrected) -> Result<proto::CorrectSettlementLineRequest, CommandError> {
    let Corrected { of, handover, leg, outcome, loaded_km, empty_km, collected, reason } = corrected;
    let collected = collected.map(u32::try_from).transpose();
    let collected = collected.map_err(|_| CommandError::usage("settlement-line-range"))?;
    Ok(proto::CorrectSettlementLineRequest {
        node: of.node,
        month: of.month,
        handover,
        leg,
        result: outcome,
        loaded_m: loaded_km,
        empty_m: empty_km,
        contribution_cents: collected,
        reason,
    })
}

fn show(session: &mut Session<'_>, settlement: &proto::Settlement) -> Result<(), CommandError> {
    if session.json(settlement)? {
        return Ok(());
    }
    let words = session.words();
    session.fields(&[
        ("field-partner", partner(settlement)),
        ("field-partner_phone", settlement.phone.clone()),
        ("field-settlement_month", settlement.month.clone()),
        ("field-settlement_net", sum(words, settlement.net_cents)),
        ("field-etag", settlement.etag.clone()),
        ("field-node_id", settlement.node.clone()),
    ])?;
    for direction in &settlement.directions {
        session.line(&format!("heading-settlement-{}", direction.carrier), &[])?;
        show_direction(session, direction)?;
    }
    Ok(())
}

fn show_direction(
    session: &mut Session<'_>,
    direction: &proto::SettlementDirection,
) -> Result<(), CommandError> {
    let words = session.words();
    let theirs = !direction.signed_by_them.is_empty();
    let changed = if direction.changed_since { words.text("settlement-changed", &[]) } else { String::new() };
    session.fields(&[
        ("field-state", words.code("settlement-state", &direction.state)),
        ("field-settlement_total", sum(words, direction.total_cents)),
        (
            "field-settlement_their_total",
            if theirs { sum(words, direction.their_total_cents) } else { String::new() },
        ),
        ("field-settlement_trouble", trouble(words, &direction.trouble)),
        ("field-settlement_by_us", moment(words, &direction.signed_by_us)),
        ("field-settlement_changed", changed),
        (
            "field-settlement_sending",
            if direction.sending { words.text("settlement-sending", &[]) } else { String::new() },
        ),
        ("field-last_refusal", words.refusal_code(&direction.last_refusal)),
        ("field-settlement_by_them", moment(words, &direction.signed_by_them)),
    ])?;
    if !direction.lines.is_empty() {
        show_lines(session, &direction.lines)?;
    }
    if direction.differences.is_empty() {
        return Ok(());
    }
    session.line("heading-settlement-differences", &[])?;
    show_differences(session, &direction.differences)
}

fn show_lines(session: &mut Session<'_>, lines: &[proto::SettlementLine]) -> Result<(), CommandError> {
    let words = session.words();
    let row = |line: &proto::SettlementLine| {
        vec![
            words.moment(&line.day),
            line.handover.clone(),
            line.leg.to_string(),
            line.version.to_string(),
            told(words, line),
            sum(words, line.amount_cents),
            words.code("correction", &line.corrected),
        ]
    };
    let rows: Vec<Vec<String>> = lines.iter().map(row).collect();
    let headings = [
        "field-settlement_day",
        "field-settlement_handover",
        "field-settlement_leg",
        "field-settlement_version",
        "field-settlement_result",
        "field-settlement_amount",
        "field-settlement_corrected",
    ];
    Ok(session.columns(&headings, &rows)?)
}

fn show_differences(
    session: &mut Session<'_>,
    differences: &[proto::SettlementDifference],
) -> Result<(), CommandError> {
    let words = session.words();
    let row = |difference: &proto::SettlementDifference| {
        let theirs = difference.theirs.as_ref().map(|line| {
            let (day, version) = (words.moment(&line.day), line.version.to_string());
            let parts =
                [("line", told(words, line).into()), ("day", day.into()), ("version", version.into())];
            words.text("settlement-their-line", &parts)
        });
        vec![
            difference.handover.clone(),
            difference.leg.to_string(),
            words.code("settlement-difference", &difference.kind),
            euros(words, difference.ours_cents),
            euros(words, difference.theirs_cents),
            theirs.unwrap_or_default(),
        ]
    };
    let rows: Vec<Vec<String>> = differences.iter().map(row).collect();
    let headings = [
        "field-settlement_handover",
        "field-settlement_leg",
        "field-settlement_difference",
        "field-settlement_ours",
        "field-settlement_theirs",
        "field-settlement_their_line",
    ];
    Ok(session.columns(&headings, &rows)?)
}

/// What became of a leg, with the kilometres of one that was driven.
pub(crate) fn told(words: Words<'_>, line: &proto::SettlementLine) -> String {
    let result = words.code("settlement-result", &line.result);
    if line.result != "driven" {
        return result;
    }
    let km = |metres: u32| format!("{}.{:03}", metres / 1000, metres % 1000);
    let mark = words.text("decimal-mark", &[]);
    let km = |metres| km(metres).replace('.', &mark);
    let collected = euros(words, i64::from(line.contribution_cents));
    let parts = [
        ("result", result.into()),
        ("loaded", km(line.loaded_m).into()),
        ("empty", km(line.empty_m).into()),
        ("collected", collected.into()),
    ];
    words.text("settlement-driven", &parts)
}

fn show_rows(session: &mut Session<'_>, reply: &proto::ListSettlementsReply) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    let row = |settlement: &proto::Settlement| {
        let of = |carrier: &str| settlement.directions.iter().find(|found| found.carrier == carrier);
        let direction = |carrier: &str| {
            let told = of(carrier).map(|found| {
                let state = words.code("settlement-state", &found.state);
                format!("{} ({state})", sum(words, found.total_cents))
            });
            told.unwrap_or_default()
        };
        vec![
            partner(settlement),
            settlement.month.clone(),
            direction("us"),
            direction("them"),
            sum(words, settlement.net_cents),
            settlement.node.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = reply.settlements.iter().map(row).collect();
    let headings = [
        "field-partner",
        "field-settlement_month",
        "field-settlement_us",
        "field-settlement_them",
        "field-settlement_net",
        "field-node_id",
    ];
    Ok(session.columns(&headings, &rows)?)
}

fn partner(settlement: &proto::Settlement) -> String {
    let named = !settlement.territory.is_empty();
    if named { settlement.territory.clone() } else { settlement.node.clone() }
}

/// A sum, or that it cannot be said.
pub(crate) fn sum(words: Words<'_>, cents: Option<i64>) -> String {
    cents.map_or_else(|| words.text("settlement-no-sum", &[]), |cents| euros(words, cents))
}

fn moment(words: Words<'_>, at: &str) -> String {
    if at.is_empty() { String::new() } else { words.instant(at) }
}

fn trouble(words: Words<'_>, code: &str) -> String {
    if code.is_empty() { String::new() } else { words.code("settlement-trouble", code) }
}
