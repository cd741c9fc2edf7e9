//! Commands that do not speak to a running node: `init`, `join`, `serve`. Must never print an enrolment string.

use std::{future::Future, io::Read as _, path::PathBuf, sync::Arc};

use maillage_federation::{
    enrolment::{Ticket, TicketError},
    models::ModelKey,
};
use maillage_geography::Siren;
use maillage_platform::{
    cli::Failure,
    clock::{Clock, FileClock, SystemClock},
    refusal::{Refusal, RefusalKind},
    telemetry,
};
use serde::Serialize;

use super::{arguments, failure::CommandError, session::Session};
use crate::{
    console::ConsoleAddress,
    federation::enrol,
    wiring::{self, InitOptions, ServeOptions},
};

/// Longest enrolment string that is read from standard input, in bytes: far above any, so that a mistaken pipe ends.
const ENROLMENT_STRING_BYTES: u64 = 64 * 1024;

#[derive(Serialize)]
struct Initialised {
    territory: String,
    territory_name: String,
    model: String,
}

#[derive(Serialize)]
struct Joined {
    federation: String,
    node_id: String,
}

/// Creates the data directory of a territory.
pub(super) fn init(session: &mut Session<'_>, arguments: arguments::Init) -> Result<(), CommandError> {
    let arguments::Init { territory, model, phone, hours } = arguments;
    let territory = siren(&territory)?;
    let model = model.as_deref().map(model_key).transpose()?;
    let options = InitOptions { territory, model, phone, opening_hours: hours };
    let made = wiring::init(session.data(), options).map_err(CommandError::of_program)?;
    let directory = session.data().display().to_string();
    let shown = Initialised {
        territory: territory.to_string(),
        territory_name: made.territory_name.clone(),
        model: made.model.clone(),
    };
    session
        .line("init-done", &[("territory", made.territory_name.into()), ("directory", directory.into())])?;
    session.record(&shown, &[("field-territory", territory.to_string()), ("field-model", made.model)])?;
    Ok(session.line("init-next", &[])?)
}

/// Joins a federation with an enrolment string.
pub(super) fn join(session: &mut Session<'_>, arguments: arguments::Join) -> Result<(), CommandError> {
    let arguments::Join { string, clock_file } = arguments;
    let text = if string == "-" { standard_input()? } else { string };
    let ticket: Ticket = text.parse().map_err(ticket_refusal)?;
    let (clock, _) = clock(clock_file)?;
    let joined = block_on(enrol::join(session.data(), ticket, clock))??;
    let shown = Joined { federation: joined.federation.clone(), node_id: joined.node_id.clone() };
    session.line("join-done", &[("federation", joined.federation.clone().into())])?;
    session
        .record(&shown, &[("field-federation", joined.federation), ("field-node_id", joined.node_id)])
        .map_err(Into::into)
}

/// Serves until the process is told to stop.
pub(super) fn serve(session: &mut Session<'_>, arguments: arguments::Serve) -> Result<(), CommandError> {
    let arguments::Serve {
        api_listen,
        web_listen,
        web_anywhere,
        console_listen,
        console_url,
        log,
        log_format,
        clock_file,
    } = arguments;
    let console = ConsoleAddress::read(console_listen, console_url).map_err(CommandError::usage)?;
    telemetry::init(&log, log_format).map_err(Failure::internal)?;
    telemetry::log_panics_by_place();
    if web_listen.is_some_and(|address| !(web_anywhere || address.ip().is_loopback())) {
        return Err(CommandError::usage("web-listen-anywhere"));
    }
    let (clock, clock_is_virtual) = clock(clock_file)?;
    let data = session.data().to_owned();
    let options = ServeOptions { data, api_listen, web_listen, console, clock, clock_is_virtual };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(Failure::internal)?;
    runtime.block_on(wiring::serve(options)).map_err(CommandError::of_program)
}

/// Runs one command to its end.
pub(super) fn block_on<F: Future>(future: F) -> Result<F::Output, CommandError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    Ok(runtime.map_err(Failure::internal)?.block_on(future))
}

/// The SIREN of a territory as typed: spaces within are usual.
fn siren(typed: &str) -> Result<Siren, CommandError> {
    let compact: String = typed.chars().filter(|letter| !letter.is_whitespace()).collect();
    Siren::parse(&compact).map_err(|_| CommandError::usage("territory-code"))
}

/// A model as typed.
fn model_key(typed: &str) -> Result<ModelKey, CommandError> {
    typed.parse().map_err(|_| CommandError::usage("model-key"))
}

fn ticket_refusal(error: TicketError) -> Refusal {
    let reason = match error {
        TicketError::Prefix => "enrolment-string-prefix",
        TicketError::Checksum => "enrolment-string-checksum",
        TicketError::Contents => "enrolment-string-contents",
    };
    Refusal::new(RefusalKind::InvalidInput, reason)
}

fn standard_input() -> Result<String, CommandError> {
    let mut text = String::new();
    let read = std::io::stdin().take(ENROLMENT_STRING_BYTES).read_to_string(&mut text);
    read.map_err(|_| Refusal::new(RefusalKind::InvalidInput, "enrolment-string-contents"))?;
    Ok(text)
}

/// The clock to use, and whether it is virtual.
fn clock(file: Option<PathBuf>) -> Result<(Arc<dyn Clock>, bool), CommandError> {
    match file {
        Some(path) => Ok((Arc::new(FileClock::open(path)?), true)),
        None => Ok((Arc::new(SystemClock), false)),
    }
}
