//! The node of the year: one real process with its clock in a file, and its doors. It must never reach into the node
//! except through these doors.

use std::path::PathBuf;

use anyhow::Context as _;
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use maillage_platform::clock::FileClock;
use maillage_proto::node::v1 as node;
use maillage_tests::programs::{Local, Programs, Role, Serving, answering};
use tempfile::TempDir;

/// A node that serves.
pub(crate) struct Platform {
    root: TempDir,
    clock: PathBuf,
    serving: Serving,
    local: Local,
}

impl Platform {
    /// Makes a node for a territory and starts it at a civil time.
    pub(crate) async fn open(
        binary: &str,
        (territory, model): (&str, &str),
        begins: DateTime,
    ) -> anyhow::Result<Self> {
        let programs = Programs::new(binary);
        let root = tempfile::Builder::new().prefix("maillage-year-").tempdir()?;
        let clock = root.path().join("clock");
        FileClock::write(&clock, instant(begins)?)?;
        let data = root.path().join("node");
        let phone = "05 00 00 00 00";
        let init = ["init", "--territory", territory, "--model", model, "--phone", phone];
        programs.done(Role::Node, &data, &init).await?;
        let words = ["--api-listen", "127.0.0.1:0", "--clock-file", clock.to_str().context("a path")?];
        let mut serving = programs.serve(Role::Node, &data, &words, &root.path().join("node.log"))?;
        let local = answering(Role::Node, &data, &mut serving).await?;
        Ok(Self { root, clock, serving, local })
    }

    /// Moves the clock of the node to a civil time of Europe/Paris.
    pub(crate) fn set_clock(&self, at: DateTime) -> anyhow::Result<()> {
        Ok(FileClock::write(&self.clock, instant(at)?)?)
    }

    /// Stops the node when all went well; otherwise everything is kept, and where is said.
    pub(crate) async fn end(mut self, outcome: anyhow::Result<()>) -> anyhow::Result<()> {
        if outcome.is_err() {
            self.root.disable_cleanup(true);
        }
        outcome.with_context(|| format!("everything is kept in {}", self.root.path().display()))?;
        self.serving.stop().await
    }
}

/// One client for each service of the node.
macro_rules! doors {
    ($($door:ident: $module:ident :: $client:ident),* $(,)?) => {
        impl Platform {
            $(
                #[doc = concat!("The door `", stringify!($door), "`.")]
                pub(crate) fn $door(&self) -> node::$module::$client<Local> {
                    node::$module::$client::new(self.local.clone())
                }
            )*
        }
    };
}

doors! {
    people: people_client::PeopleClient,
    partners: partners_client::PartnersClient,
    legal: legal_client::LegalClient,
    reference: reference_client::ReferenceClient,
    models: models_client::ModelsClient,
    trips: trips_client::TripsClient,
    series: series_client::SeriesClient,
    fleet: fleet_client::FleetClient,
    loans: loans_client::LoansClient,
    services: services_client::ServicesClient,
    pathways: pathways_client::PathwaysClient,
    money: money_client::MoneyClient,
    obligations: obligations_client::ObligationsClient,
    tables: tables_client::TablesClient,
}

/// The instant of a civil time of Europe/Paris.
pub(crate) fn instant(at: DateTime) -> anyhow::Result<Timestamp> {
    Ok(at.to_zoned(TimeZone::get("Europe/Paris")?)?.timestamp())
}
