//! A hub at its doors: the federation's over TLS, the operators' on this machine, the public dashboard, and the workers behind them. The
//! only place that knows all parts. It must never offer the relay without TLS, nor the local services beyond loopback.

use std::sync::Arc;

use maillage_federation::limits as contract;
use maillage_platform::{
    grpc::{self, Listen, ServeError},
    lifecycle::{Disorder, Shutdown, Tasks},
    secrets::Secret,
    tls::{self, ReloadableIdentity, TlsError},
    web,
    worker::Workers,
};
use maillage_proto::{
    DESCRIPTORS,
    federation::v1::{enrolment_server::EnrolmentServer, relay_server::RelayServer},
    hub::v1::{
        admin_server::AdminServer, declared_accounts_server::DeclaredAccountsServer,
        statistics_server::StatisticsServer,
    },
};
use tokio::net::TcpListener;
use tonic::service::Routes;

use crate::{
    accounts::AccountsService,
    admin::AdminService,
    authority::AuthorityError,
    dashboard::{Dashboard, team::Team},
    enrolment::EnrolmentService,
    hub::Hub,
    limits,
    relay::{End, RelayService},
    statistics::StatisticsService,
    team::TeamAddress,
    workers::{Deadlines, OwnCertificate},
};

/// Where a hub listens.
pub struct Doors {
    /// For nodes.
    pub federation: Box<dyn Listen>,
    /// For operators, on loopback.
    pub local: Box<dyn Listen>,
    /// What operators' programs must present.
    pub token: Secret<String>,
    /// Names and addresses of the hub's certificate.
    pub hosts: Vec<String>,
    /// For readers of the dashboard, if there is one.
    pub public: Option<Public>,
}

/// The door for readers of the dashboard.
pub struct Public {
    /// Where it listens.
    pub listener: TcpListener,
    /// By what address browsers open the team's part, if it is served.
    pub team: Option<TeamAddress>,
    /// Whether a proxy on this machine says who asks.
    pub trust_forwarded_for: bool,
}

/// A hub that serves.
#[derive(Debug)]
pub struct Running {
    shutdown: Shutdown,
    tasks: Tasks,
    workers: Workers,
}

/// Why a hub cannot open its doors.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// No certificate for the hub.
    #[error("the hub cannot certify itself")]
    Authority(#[from] AuthorityError),
    /// No TLS.
    #[error("TLS cannot be set up")]
    Tls(#[from] TlsError),
    /// The descriptors are damaged: a mistake in the program.
    #[error("the contract cannot be described")]
    Reflection(#[from] tonic_reflection::server::Error),
}

/// Opens the doors of a hub and sets its workers to work, until `shutdown`.
///
/// # Errors
/// What must be in place before the first connection is taken.
pub async fn open_doors(hub: &Arc<Hub>, doors: Doors, shutdown: &Shutdown) -> Result<Running, OpenError> {
    let Doors { federation, local, token, hosts, public } = doors;
    let clock = Arc::clone(&hub.parts.clock);
    let identity = Arc::new(ReloadableIdentity::new(hub.parts.authority.hub_identity(&hosts, clock.now())?));
    let authorities = [hub.parts.authority.certificate().clone()];
    let roll = Arc::clone(&hub.roll);
    let server_tls = tls::server_config(Arc::clone(&identity), &authorities, Arc::clone(&clock), roll)?;

    let tasks = Tasks::new(shutdown.clone());
    let routes = federation_routes(hub).await;
    let connections = Arc::clone(&hub.connections);
    tasks.spawn_vital::<ServeError>(
        "federation door",
        grpc::serve_tls(federation, server_tls, routes, connections, shutdown.clone()),
    );
    let routes = local_routes(hub).await?;
    tasks.spawn_vital::<ServeError>(
        "local door",
        grpc::serve_local(local, Arc::new(token), routes, shutdown.clone()),
    );
    if let Some(Public { listener, team, trust_forwarded_for }) = public {
        let (mut routes, connections) =
            (Dashboard::new(Arc::clone(hub)).routes(), limits::DASHBOARD_CONNECTIONS);
        if let Some(address) = team {
            routes = routes.merge(Team::new(Arc::clone(hub), address, trust_forwarded_for).routes());
        }
        tasks.spawn("dashboard", web::serve::serve(listener, routes, shutdown.clone(), connections));
    }
    let (asked, switchboard) = (shutdown.requested(), Arc::clone(&hub.switchboard));
    tasks.spawn("end streams", async move {
        asked.await;
        switchboard.end_all(End::Stopping);
    });

    let workers = Workers::new(shutdown.clone(), clock, Arc::clone(&hub.parts.entropy));
    workers.spawn(Box::new(Deadlines::new(Arc::clone(hub))));
    workers.spawn(Box::new(OwnCertificate::new(Arc::clone(hub), identity, hosts)));
    Ok(Running { shutdown: shutdown.clone(), tasks, workers })
}

impl Running {
    /// Ends when the hub is asked to stop, by a signal or by the end of a door.
    pub async fn until_asked(&self) {
        self.shutdown.requested().await;
    }

    /// Asks everything to stop and waits for it.
    ///
    /// # Errors
    /// Names what did not stop in time.
    pub async fn stop(self) -> Result<(), Disorder> {
        self.shutdown.trigger();
        self.workers.finish(limits::STOP_WITHIN).await?;
        self.tasks.finish(limits::STOP_WITHIN).await
    }
}

async fn federation_routes(hub: &Arc<Hub>) -> Routes {
    let enrolment = EnrolmentServer::new(EnrolmentService::new(Arc::clone(hub)))
        .max_decoding_message_size(contract::MESSAGE_BYTES);
    let relay = RelayServer::new(RelayService::new(Arc::clone(hub)))
        .max_decoding_message_size(contract::MESSAGE_BYTES)
        .max_encoding_message_size(contract::DIRECTORY_BYTES);
    let (reporter, health) = tonic_health::server::health_reporter();
    reporter.set_serving::<EnrolmentServer<EnrolmentService>>().await;
    reporter.set_serving::<RelayServer<RelayService>>().await;
    Routes::new(health).add_service(enrolment).add_service(relay)
}

async fn local_routes(hub: &Arc<Hub>) -> Result<Routes, OpenError> {
    let admin = AdminServer::new(AdminService::new(Arc::clone(hub)));
    let statistics = StatisticsServer::new(StatisticsService::new(Arc::clone(hub)));
    let (reporter, health) = tonic_health::server::health_reporter();
    reporter.set_serving::<AdminServer<AdminService>>().await;
    reporter.set_serving::<StatisticsServer<StatisticsService>>().await;
    reporter.set_serving::<DeclaredAccountsServer<AccountsService>>().await;
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(DESCRIPTORS)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1()?;
    let accounts = DeclaredAccountsServer::new(AccountsService::new(Arc::clone(hub)));
    let routes = Routes::new(health).add_service(reflection).add_service(admin);
    Ok(routes.add_service(statistics).add_service(accounts))
}
