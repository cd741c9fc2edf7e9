//! `serve`: the hub of a data directory at its doors, until it is asked to stop. It must never serve from a directory
//! that another process serves from.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use maillage_platform::{
    cli::{Failure, Output},
    clock::{Clock, FileClock, SystemClock},
    directory::{DataDirectory, DirectoryLock},
    grpc::{Listen as _, TcpListen},
    lifecycle::Shutdown,
    random::OsEntropy,
    refusal::Refusal,
    secrets,
    telemetry::{self, TelemetryError},
};
use serde::Serialize;

use super::{arguments::Serve, open_directory};
use crate::{
    authority::{self, Authority},
    backup,
    hub::{Hub, Parts},
    refusals::{self, Reason},
    serve::{Doors, Public, open_doors},
    settings::Settings,
    store::EmbeddedStore,
    team::TeamAddress,
};

/// Where nodes reach the hub really, for programs on this machine.
const FEDERATION_ADDRESS: &str = "federation.addr";

#[derive(Serialize)]
struct Serving {
    federation: String,
    url: String,
    listen: String,
    api: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    web: Option<String>,
}

/// Serves until a signal.
pub(super) fn run(data: PathBuf, wanted: &Serve, output: &mut Output<'_>) -> Result<(), Failure> {
    match telemetry::init(&wanted.log, wanted.log_format) {
        Ok(()) => telemetry::log_panics_by_place(),
        // A program that runs the hub within itself may have started its own log.
        Err(TelemetryError::Started(_)) => {}
        Err(error @ TelemetryError::Filter { .. }) => return Err(Failure::internal(error)),
    }
    let directory = open_directory(data)?;
    let settings = Settings::load(&directory)?;
    let lock = directory.lock()?;
    let clock: Arc<dyn Clock> = match &wanted.clock_file {
        Some(path) => Arc::new(FileClock::open(path).map_err(Failure::internal)?),
        None => Arc::new(SystemClock),
    };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::internal)?;
    runtime.block_on(serve(&directory, &lock, settings, wanted, clock, output))
}

async fn serve(
    directory: &DataDirectory,
    lock: &DirectoryLock,
    settings: Settings,
    wanted: &Serve,
    clock: Arc<dyn Clock>,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    let shutdown = Shutdown::new();
    shutdown.listen_for_signals().map_err(Failure::internal)?;
    let federation = bind(wanted.listen, refusals::LISTEN_ADDRESS_IN_USE).await?;
    let local = bind(wanted.api_listen, refusals::API_ADDRESS_IN_USE).await?;
    let listen = federation.local_addr().map_err(Failure::internal)?;
    let api = local.local_addr().map_err(Failure::internal)?;
    let public = match wanted.web_listen {
        Some(address) => Some(public(address, wanted).await?),
        None => None,
    };
    let web_at = public.as_ref().and_then(|public| public.listener.local_addr().ok());
    let parts = parts(directory, &settings, listen.port(), clock)?;
    let url = parts.url.clone();
    let hub = Hub::assemble(parts).await.map_err(Failure::internal)?;

    let token = secrets::random_token(&OsEntropy);
    let mut hosts = settings.addresses.clone();
    hosts.insert(0, url.host().to_owned());
    let doors = Doors {
        federation: Box::new(federation),
        local: Box::new(local),
        token: token.clone(),
        hosts,
        public,
    };
    let running = open_doors(&hub, doors, &shutdown).await.map_err(Failure::internal)?;
    // Told once the doors are open, so that whoever reads it can knock.
    directory.publish_api(lock, api, &token)?;
    let told = directory.join("run").join(FEDERATION_ADDRESS);
    secrets::write_secret(&told, format!("{listen}\n").as_bytes()).map_err(Failure::internal)?;
    let serving = Serving {
        federation: settings.federation.to_string(),
        url: url.to_string(),
        listen: listen.to_string(),
        api: api.to_string(),
        web: web_at.map(|web| format!("http://{web}/")),
    };
    print(output, &serving).map_err(Failure::internal)?;
    running.until_asked().await;
    withdraw(&told);
    directory.withdraw_api(lock)?;
    running.stop().await.map_err(Failure::internal)
}

/// The public door, with the team's part behind it if its address is given.
async fn public(address: SocketAddr, wanted: &Serve) -> Result<Public, Failure> {
    let listener = bind_web(address).await?;
    let bound = listener.local_addr().map_err(Failure::internal)?;
    let team = wanted.team_url.as_deref().map(|url| TeamAddress::read(url, bound)).transpose();
    let team = team.map_err(Refusal::from)?;
    if bound.ip().is_loopback()
        && team.as_ref().is_some_and(TeamAddress::is_secure)
        && !wanted.trust_forwarded_for
    {
        tracing::warn!(
            "without --trust-forwarded-for, tries of passwords are counted for everybody behind the proxy together"
        );
    }
    Ok(Public { listener, team, trust_forwarded_for: wanted.trust_forwarded_for })
}

async fn bind_web(address: SocketAddr) -> Result<tokio::net::TcpListener, Failure> {
    tokio::net::TcpListener::bind(address).await.map_err(|error| {
        tracing::error!(%address, error = &error as &dyn std::error::Error, "cannot listen");
        Refusal::from(refusals::WEB_ADDRESS_IN_USE).with("address", address).into()
    })
}

async fn bind(address: SocketAddr, taken: Reason) -> Result<TcpListen, Failure> {
    TcpListen::bind(address).await.map_err(|error| {
        tracing::error!(%address, error = &error as &dyn std::error::Error, "cannot listen");
        Refusal::from(taken).with("address", address).into()
    })
}

fn parts(
    directory: &DataDirectory,
    settings: &Settings,
    port: u16,
    clock: Arc<dyn Clock>,
) -> Result<Parts, Failure> {
    let entropy = Arc::new(OsEntropy);
    let authority = Authority::load(directory, settings.federation.clone(), entropy.clone());
    Ok(Parts {
        federation: settings.federation.clone(),
        url: settings.url.bound_to(port),
        authority: authority.map_err(Failure::internal)?,
        signer: authority::signer(directory).map_err(Failure::internal)?,
        store: Arc::new(open_store(&directory.join(backup::STORE))?),
        clock,
        entropy,
        pilot: Arc::new(settings.pilot.clone()),
    })
}

fn open_store(path: &Path) -> Result<EmbeddedStore, Failure> {
    use maillage_engine::OpenError;
    match EmbeddedStore::open(path) {
        Ok((store, opening)) => {
            tracing::info!(?opening, "the store is open");
            Ok(store)
        }
        Err(OpenError::NewerSchema { .. } | OpenError::NewerFormat { .. }) => {
            Err(Refusal::from(refusals::STORE_NEWER).into())
        }
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "the store cannot be opened");
            Err(Failure::internal(error))
        }
    }
}

fn print(output: &mut Output<'_>, serving: &Serving) -> std::io::Result<()> {
    output.line("serve-ready", &[("federation", serving.federation.as_str().into())])?;
    let mut fields = vec![
        ("field-url", serving.url.clone()),
        ("field-listen", serving.listen.clone()),
        ("field-api", serving.api.clone()),
    ];
    fields.extend(serving.web.clone().map(|web| ("field-web", web)));
    output.record(serving, &fields)
}

fn withdraw(path: &Path) {
    if let Err(error) = std::fs::remove_file(path) {
        tracing::warn!(%error, "the address could not be withdrawn");
    }
}
