//! `dispatch roads|calibrate`: the roads that drives are planned on. Also says, wherever distances are shown, where they come from. Must never
//! compute a road.

use clap::{Args, Subcommand};
use maillage_proto::node::v1::{self as proto, dispatch_client::DispatchClient};

use super::{failure::CommandError, session::Session, words::Words};

#[derive(Debug, Subcommand)]
pub(super) enum Roads {
    #[command(name = "roads")]
    Show,
    Calibrate(Calibrate),
}

#[derive(Debug, Args)]
pub(super) struct Calibrate {
    #[arg(long)]
    apply: bool,
    #[arg(long, value_name = "YYYY-MM-DD", default_value = "", hide_default_value = true)]
    from: String,
}

/// The source of a distance that a router gave.
const ROUTER: &str = "router";

/// Runs a command about roads.
pub(super) async fn roads(session: &mut Session<'_>, command: Roads) -> Result<(), CommandError> {
    let mut client = session.client(DispatchClient::with_interceptor).await?;
    match command {
        Roads::Show => {
            let reply = client.show_roads(proto::ShowRoadsRequest {}).await?.into_inner();
            show_roads(session, &reply)
        }
        Roads::Calibrate(Calibrate { apply, from }) => {
            let request = proto::CalibrateRequest { apply, from_day: from };
            show_calibration(session, &client.calibrate(request).await?.into_inner())
        }
    }
}

/// A distance with where it comes from.
pub(super) fn distance(words: Words<'_>, metres: u32, source: &str) -> String {
    let distance = words.kilometres(metres);
    if source.is_empty() { distance } else { format!("{distance} ({})", words.code("distance", source)) }
}

/// Whom to name beside a distance; nobody for an estimate.
pub(super) fn attribution(words: Words<'_>, source: &str) -> String {
    if source == ROUTER { words.text("roads-attribution", &[]) } else { String::new() }
}

/// Says where the distances above come from, and whom to name for them.
pub(super) fn show_source(session: &mut Session<'_>, source: &str) -> Result<(), CommandError> {
    match source {
        "" => Ok(()),
        ROUTER => Ok(session.line("roads-routed", &[])?),
        _ => Ok(session.line("roads-estimated", &[])?),
    }
}

/// How roads are at this node.
pub(super) fn show_roads(session: &mut Session<'_>, state: &proto::RoadsState) -> Result<(), CommandError> {
    if session.json(state)? {
        return Ok(());
    }
    let words = session.words();
    let assumed = state.assumptions.unwrap_or_default();
    let router = if state.url.is_empty() {
        words.text("roads-no-router", &[])
    } else {
        format!("{} ({})", state.url, state.engine)
    };
    let breaker = if state.url.is_empty() {
        String::new()
    } else {
        let until = words.instant(&state.breaker_until);
        words.text(&format!("roads-breaker-{}", state.breaker), &[("until", until.into())])
    };
    let last_error = if state.last_error.is_empty() {
        String::new()
    } else {
        let at = words.instant(&state.last_error_at);
        format!("{} ({at})", words.code("router-error", &state.last_error))
    };
    let calibrated = if state.calibrated_from.is_empty() {
        words.text("roads-declared", &[])
    } else {
        let from = words.moment(&state.calibrated_from);
        let pairs = state.calibrated_pairs.to_string();
        words.text("roads-calibrated", &[("from", from.into()), ("pairs", pairs.into())])
    };
    session.fields(&[
        ("roads-field-router", router),
        ("roads-field-breaker", breaker),
        ("roads-field-last_error", last_error),
        ("roads-field-roads", state.roads.to_string()),
        ("roads-field-without_road", state.without_road.to_string()),
        ("roads-field-expired", state.expired.to_string()),
        ("roads-field-data_version", state.data_version.clone()),
        ("roads-field-newest", words.instant(&state.newest)),
        ("roads-field-detour", detour(words, assumed)),
        ("roads-field-speed", speed(words, assumed)),
        ("roads-field-assumptions", calibrated),
        ("field-attribution", attribution(words, if state.url.is_empty() { "" } else { ROUTER })),
    ])?;
    Ok(())
}

/// Assumptions before and after.
pub(super) fn show_calibration(
    session: &mut Session<'_>,
    reply: &proto::CalibrateReply,
) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    let (old, new) = (reply.old.unwrap_or_default(), reply.new.unwrap_or_default());
    let (lower, upper) = (reply.lower_quartile.unwrap_or_default(), reply.upper_quartile.unwrap_or_default());
    let row = |heading: &str, shown: fn(Words<'_>, proto::RoadAssumptions) -> String| {
        let spread = format!("{} – {}", shown(words, lower), shown(words, upper));
        vec![words.text(heading, &[]), shown(words, old), shown(words, new), spread]
    };
    let rows = [row("roads-field-detour", detour), row("roads-field-speed", speed)];
    session
        .columns(&["roads-field-what", "roads-field-old", "roads-field-new", "roads-field-spread"], &rows)?;
    session.fields(&[
        ("roads-field-pairs", reply.pairs.to_string()),
        ("roads-field-without_road", reply.without_road.to_string()),
        ("field-attribution", words.text("roads-attribution", &[])),
    ])?;
    if reply.applied_from.is_empty() {
        return Ok(session.line("roads-not-applied", &[])?);
    }
    Ok(session.line("roads-applied", &[("from", words.moment(&reply.applied_from).into())])?)
}

fn detour(words: Words<'_>, assumed: proto::RoadAssumptions) -> String {
    words.decimal(f64::from(assumed.detour_thousandths) / 1_000.0, 2)
}

fn speed(words: Words<'_>, assumed: proto::RoadAssumptions) -> String {
    let speed = words.decimal(f64::from(assumed.speed_m_per_h) / 1_000.0, 1);
    words.text("roads-speed", &[("speed", speed.into())])
}
