//! Puts a node together and runs it until it is told to stop. The only module that knows all the others.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::Context as _;
use maillage_dispatch::Estimator;
use maillage_domain::message::Medium;
use maillage_engine::{Engine, OpenError, Transaction};
use maillage_federation::{
    models::{Catalogue, ModelKey},
    month::Month,
};
use maillage_geography::{Geography, Siren};
use maillage_platform::{
    clock::{Clock, SystemClock},
    directory::{DataDirectory, DirectoryLock},
    grpc::{Listen as _, TcpConnect, TcpListen, serve_local},
    i18n::Catalog,
    lifecycle::Shutdown,
    random::{self, OsEntropy},
    refusal::{Refusal, RefusalKind},
    secrets::{self, Secret},
    worker::Workers,
};
use maillage_store::{
    events,
    settings::{self, ModelsInForce, Territory},
};

use crate::{
    PROGRAM,
    app::{
        App, bell::Bell, handover::watch::StandingBids, noise::SystemNoise, outreach::Outreach,
        people::search::Searcher, planning::DayMemory, refusals, roads::RoadService,
    },
    backup::STORE,
    cli,
    closing::Closing,
    console::{Console, ConsoleAddress, Room},
    federation::{
        courier::Courier,
        directory_book,
        hub::Hub,
        inbox::Inbox,
        link::Link,
        membership::{Keys, Membership},
        renew::Renewal,
        tending::Tending,
    },
    grpc::{Followers, Services, door::Door, routes},
    keeping::Keeping,
    messages::{
        Gateway, Mailer, OfferTending, Post,
        settings::{self as messages_settings, MessageSettings},
    },
    profile::Profile,
    roads::{
        Filling, Osrm,
        settings::{self as road_settings, RoadSettings},
    },
    rolling::Rolling,
    web::{self, Web},
};

/// Where the key of links is kept, below the data directory.
const LINK_KEY_FILE: &str = "links.key";

/// How long the workers may take to stop.
const STOP_WITHIN: Duration = Duration::from_secs(10);

/// What `init` is told.
#[derive(Debug, Clone)]
pub struct InitOptions {
    /// The territory.
    pub territory: Siren,
    /// The participation model; the first of the catalogue when none is named.
    pub model: Option<ModelKey>,
    /// Phone of the desk.
    pub phone: String,
    /// Opening hours of the desk.
    pub opening_hours: String,
}

/// What `init` made.
#[derive(Debug, Clone)]
pub struct Initialised {
    /// Name of the territory.
    pub territory_name: String,
    /// The participation model in force.
    pub model: String,
}

/// How a node is run.
#[derive(Clone)]
pub struct ServeOptions {
    /// Its data directory.
    pub data: PathBuf,
    /// Where its local interface listens; port 0 lets the system choose.
    pub api_listen: SocketAddr,
    /// Where its web interface listens, if it has one.
    pub web_listen: Option<SocketAddr>,
    /// Where its console is, if it is served.
    pub console: Option<ConsoleAddress>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Whether time is a simulated one.
    pub clock_is_virtual: bool,
}

/// Makes the data directory of a new node: keys, profile, store with its first settings.
///
/// # Errors
/// `territory-unknown`, `territory-merged`, `already-initialised`, `model-unknown`; the file system.
pub fn init(data: &Path, options: InitOptions) -> anyhow::Result<Initialised> {
    let geography = Geography::embedded();
    let catalogue = Catalogue::embedded()?;
    let territory = geography.territory(&options.territory).ok_or_else(|| {
        match geography.successor(&options.territory) {
            Some(successor) => refusals::conflict("territory-merged").with("successor", successor),
            None => refusals::unknown("territory-unknown"),
        }
        .with("territory", options.territory)
    })?;
    let model = match options.model {
        Some(model) if catalogue.model(&model).is_some() => model,
        Some(model) => return Err(refusals::unknown("model-unknown").with("model", model).into()),
        None => catalogue.models.first().map(|model| model.key.clone()).context("an empty catalogue")?,
    };
    let directory = DataDirectory::create(data, PROGRAM).map_err(refusals::directory)?;
    let _lock = directory.lock().map_err(refusals::directory)?;
    if Profile::exists(&directory) {
        return Err(refusals::conflict("already-initialised").with("path", data.display()).into());
    }
    Keys::create(&directory, &OsEntropy)?;
    let (store, _) = Engine::open(&directory.join(STORE), maillage_store::options())?;
    let (first, siren) = (model.clone(), options.territory.to_string());
    let month = Month::of(SystemClock.now());
    let since = Month::new(2000, 1).unwrap_or(month);
    store.transact::<(), maillage_engine::EngineError, _>("node.init", move |transaction| {
        settings::put(transaction, &Territory { siren })?;
        settings::put(transaction, &ModelsInForce::default().with(first, since))
    })?;
    store.close()?;
    Profile { territory: options.territory, phone: options.phone, opening_hours: options.opening_hours }
        .store(&directory)?;
    Ok(Initialised { territory_name: territory.name.clone(), model: model.to_string() })
}

/// Runs a node until it is told to stop.
///
/// # Errors
/// `directory-in-use`, `directory-missing`; a store that cannot be opened, with what to do.
pub async fn serve(options: ServeOptions) -> anyhow::Result<()> {
    let shutdown = Shutdown::new();
    shutdown.listen_for_signals()?;
    let directory = DataDirectory::open(&options.data, PROGRAM).map_err(refusals::directory)?;
    let lock = directory.lock().map_err(refusals::directory)?;
    let messages = MessageSettings::load(&directory.join(messages_settings::FILE))?;
    let desk = open_desk(&options).await?;
    let mut app = assemble(&directory, &options, &messages).await?;
    app.outreach.console_url = desk.as_ref().map(|desk| desk.url.clone());
    let app = Arc::new(app);
    let workers = Arc::new(Workers::new(shutdown.clone(), Arc::clone(&options.clock), Arc::new(OsEntropy)));
    let hub = Arc::new(Hub::new(Arc::clone(&options.clock), Arc::new(TcpConnect)));
    workers.spawn(Box::new(Renewal::new(Arc::clone(&app), Arc::clone(&hub), directory.clone())));
    workers.spawn(Box::new(Inbox::new(Arc::clone(&app), Arc::clone(&hub))));
    workers.spawn(Box::new(Courier::new(Arc::clone(&app), hub)));
    workers.spawn(Box::new(Tending::new(Arc::clone(&app))));
    workers.spawn(Box::new(Rolling::new(Arc::clone(&app))));
    workers.spawn(Box::new(Closing::new(Arc::clone(&app))));
    workers.spawn(Box::new(OfferTending::new(Arc::clone(&app))));
    workers.spawn(Box::new(Keeping::new(Arc::clone(&app))));
    if app.roads.has_router() {
        workers.spawn(Box::new(Filling::new(Arc::clone(&app))));
    }
    let served = match reach_out((&options, desk), &app, &workers, &messages, shutdown.clone()).await {
        Ok(()) => answer(&directory, &lock, &options, &app, &workers, shutdown.clone()).await,
        Err(error) => Err(error),
    };
    shutdown.trigger();
    if let Err(late) = workers.finish(STOP_WITHIN).await {
        tracing::warn!(%late, "workers were stopped in the middle of their work");
    }
    directory.withdraw_api(&lock)?;
    app.store.clone().close()?;
    served
}

async fn answer(
    directory: &DataDirectory,
    lock: &DirectoryLock,
    options: &ServeOptions,
    app: &Arc<App>,
    workers: &Arc<Workers>,
    shutdown: Shutdown,
) -> anyhow::Result<()> {
    let listener = TcpListen::bind(options.api_listen).await.map_err(|error| {
        tracing::error!(%error, address = %options.api_listen, "the local interface cannot listen");
        Refusal::new(RefusalKind::Unavailable, "api-address-in-use").with("address", options.api_listen)
    })?;
    let address = listener.local_addr()?;
    let services = Services {
        app: Arc::clone(app),
        workers: Arc::clone(workers),
        noise: Arc::new(SystemNoise),
        followers: Followers::new(shutdown.clone()),
    };
    let routes = routes(services).await.map_err(|error| anyhow::anyhow!("{error}"))?;
    let token = secrets::random_token(&OsEntropy);
    directory.publish_api(lock, address, &token)?;
    let door = Arc::new(Door::new(token, Arc::clone(app)));
    tracing::info!(%address, territory = %app.profile.territory, "the node answers");
    serve_local(Box::new(listener), door, routes, shutdown).await?;
    Ok(())
}

async fn assemble(
    directory: &DataDirectory,
    options: &ServeOptions,
    messages: &MessageSettings,
) -> anyhow::Result<App> {
    let profile = Profile::load(directory)?;
    let path = directory.join(STORE);
    let opened = tokio::task::spawn_blocking(move || Engine::open(&path, maillage_store::options())).await?;
    let (store, opening) = opened.map_err(store_unusable)?;
    tracing::info!(?opening, "the store is open");
    let membership = Membership::load(directory)?.map(Arc::new);
    let link = Arc::new(Link::new(membership.clone(), options.clock.now()));
    let app = App {
        store,
        clock: Arc::clone(&options.clock),
        clock_is_virtual: options.clock_is_virtual,
        entropy: Arc::new(OsEntropy),
        geography: Geography::embedded(),
        estimator: Estimator::DECLARED,
        roads: road_service(directory)?,
        catalogue: Catalogue::embedded()?,
        profile,
        link,
        outreach: outreach(directory, messages)?,
        bell: Bell::default(),
        days: DayMemory::default(),
        standing_bids: StandingBids::default(),
        looks: crate::app::looks::Looks::default(),
        searcher: Searcher::default(),
    };
    let people = app.searcher.warm(&app)?;
    tracing::info!(people, "people can be searched");
    index_journal(&app)?;
    index_accesses(&app)?;
    index_trips(&app)?;
    index_messages(&app)?;
    if let Some(membership) = membership {
        directory_book::restore(&app, &membership)?;
    }
    Ok(app)
}

/// The road router, if the settings name one.
fn road_service(directory: &DataDirectory) -> anyhow::Result<RoadService> {
    let Some(settings) = RoadSettings::load(&directory.join(road_settings::FILE))? else {
        return Ok(RoadService::none());
    };
    Ok(RoadService::new(Arc::new(Osrm::new(&settings)?), settings.terms()))
}

/// By what this node reaches people: as its settings say.
fn outreach(directory: &DataDirectory, messages: &MessageSettings) -> anyhow::Result<Outreach> {
    let mut outreach = Outreach::calls_alone(link_key(directory)?);
    outreach.email = messages.smtp.is_some();
    outreach.sms = messages.sms.is_some();
    outreach.public_url.clone_from(&messages.public_url);
    Ok(outreach)
}

/// Lets messages leave, and opens the web interface.
async fn reach_out(
    (options, desk): (&ServeOptions, Option<OpenDesk>),
    app: &Arc<App>,
    workers: &Arc<Workers>,
    messages: &MessageSettings,
    shutdown: Shutdown,
) -> anyhow::Result<()> {
    let catalog = Arc::new(cli::catalog()?);
    spawn_post(workers, app, &catalog, messages)?;
    if let Some(OpenDesk { listener, url }) = desk {
        let (app, catalog, secure) = (Arc::clone(app), Arc::clone(&catalog), url.starts_with("https://"));
        let room =
            Room { noise: Arc::new(SystemNoise), workers: Arc::clone(workers), data: options.data.clone() };
        let routes = Console::new((app, room), catalog, secure, messages.trust_forwarded_for).routes();
        tokio::spawn(web::serve(listener, routes, shutdown.clone()));
        if secure && !messages.trust_forwarded_for {
            tracing::warn!(
                "behind an HTTPS server everybody is one address here: set trust_forwarded_for in messages.toml"
            );
        }
        tracing::info!(%url, "the console answers; account link gives a way in");
    }
    serve_web(options, app, catalog, messages, shutdown).await
}

/// One worker for each medium that is configured.
fn spawn_post(
    workers: &Workers,
    app: &Arc<App>,
    catalog: &Arc<Catalog>,
    messages: &MessageSettings,
) -> anyhow::Result<()> {
    if let Some(smtp) = &messages.smtp {
        let mailer = Box::new(Mailer::new(smtp)?);
        workers.spawn(Box::new(Post::new(Arc::clone(app), Arc::clone(catalog), Medium::Email, mailer)));
    }
    if let Some(sms) = &messages.sms {
        let gateway = Box::new(Gateway::new(sms)?);
        workers.spawn(Box::new(Post::new(Arc::clone(app), Arc::clone(catalog), Medium::Sms, gateway)));
    }
    Ok(())
}

/// Where the console is reached.
struct OpenDesk {
    listener: tokio::net::TcpListener,
    url: String,
}

/// Opens where the console listens, if it is wanted; nobody is answered yet.
async fn open_desk(options: &ServeOptions) -> anyhow::Result<Option<OpenDesk>> {
    let Some(console) = &options.console else { return Ok(None) };
    let address = console.listen;
    let listener = tokio::net::TcpListener::bind(address).await.map_err(|error| {
        tracing::error!(%error, %address, "the console cannot listen");
        Refusal::new(RefusalKind::Unavailable, "console-address-in-use").with("address", address)
    })?;
    let url = console.opened_at(listener.local_addr()?);
    Ok(Some(OpenDesk { listener, url }))
}

/// Opens the web interface, if it is wanted.
async fn serve_web(
    options: &ServeOptions,
    app: &Arc<App>,
    catalog: Arc<Catalog>,
    messages: &MessageSettings,
    shutdown: Shutdown,
) -> anyhow::Result<()> {
    let Some(address) = options.web_listen else { return Ok(()) };
    let listener = tokio::net::TcpListener::bind(address).await.map_err(|error| {
        tracing::error!(%error, %address, "the web interface cannot listen");
        Refusal::new(RefusalKind::Unavailable, "web-address-in-use").with("address", address)
    })?;
    tracing::info!(address = %listener.local_addr()?, "the web interface answers");
    let routes = Web::new(Arc::clone(app), catalog, messages.trust_forwarded_for).routes();
    tokio::spawn(web::serve(listener, routes, shutdown));
    Ok(())
}

/// The key of the links this node gives out; made at the first start.
fn link_key(directory: &DataDirectory) -> anyhow::Result<Secret<[u8; 32]>> {
    let path = directory.join(LINK_KEY_FILE);
    if !path.exists() {
        secrets::write_secret(&path, &random::bytes::<32>(&OsEntropy))?;
    }
    let bytes = secrets::read_secret(&path)?;
    let key = bytes.expose().as_slice().try_into().context("the key of links is damaged: remove it")?;
    Ok(Secret::new(key))
}

/// Events or trips that are made findable in one transaction: far below its limit.
const INDEXED_AT_ONCE: usize = 1_000;

/// Makes the journal of a store from before its index findable by subject: once, a few thousand events a second.
fn index_journal(app: &App) -> anyhow::Result<()> {
    let index = |transaction: &mut Transaction<'_>| events::index_older(transaction, INDEXED_AT_ONCE);
    while app.store.transact("journal.index", index)? > 0 {}
    Ok(())
}

/// Makes the accesses of a store from before their index findable by their time: once.
fn index_accesses(app: &App) -> anyhow::Result<()> {
    let mut after = None::<Vec<u8>>;
    loop {
        let index = move |transaction: &mut Transaction<'_>| {
            maillage_store::access_log::index_older(transaction, after.as_deref(), INDEXED_AT_ONCE)
        };
        after = app.store.transact("accesses.index", index)?;
        if after.is_none() {
            return Ok(());
        }
    }
}

/// Makes the trips of a store from before the ledger of unmet need and the index of drivers findable by them: once.
fn index_trips(app: &App) -> anyhow::Result<()> {
    let mut after = None;
    loop {
        let index = move |transaction: &mut Transaction<'_>| {
            maillage_store::trips::index_older(transaction, after, INDEXED_AT_ONCE)
        };
        after = app.store.transact("trips.index", index)?;
        if after.is_none() {
            return Ok(());
        }
    }
}

/// Makes the messages of a store from before the index of recipients findable by it: once.
fn index_messages(app: &App) -> anyhow::Result<()> {
    let mut after = None;
    loop {
        let index = move |transaction: &mut Transaction<'_>| {
            maillage_store::messages::index_older(transaction, after, INDEXED_AT_ONCE)
        };
        after = app.store.transact("messages.index", index)?;
        if after.is_none() {
            return Ok(());
        }
    }
}

/// A store that cannot be opened, with what to do about it; the whole chain goes to the log.
fn store_unusable(error: OpenError) -> anyhow::Error {
    match error {
        OpenError::InUse(_) | OpenError::BadTree(_) | OpenError::Engine(_) => {
            tracing::error!(error = %refusals::chain(&error), "the store cannot be opened");
            error.into()
        }
        OpenError::NewerSchema { .. }
        | OpenError::NewerFormat { .. }
        | OpenError::ForeignFile { .. }
        | OpenError::Missing { .. }
        | OpenError::ImageWithoutJournal(_)
        | OpenError::Damaged(_) => crate::backup::store_refused(&error).into(),
    }
}
