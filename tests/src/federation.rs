//! A whole federation under test: one hub, nodes with a wire each, one clock file for all of them, all of it in one
//! temporary folder.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use jiff::{SignedDuration, Timestamp};
use maillage_federation::month::paris;
use maillage_platform::clock::{Clock as _, FileClock};
use maillage_proto::hub::v1::{
    self as proto, admin_client::AdminClient, statistics_client::StatisticsClient,
};
use tempfile::TempDir;

use crate::{
    node::{NewNode, Node},
    programs::{Local, Programs, Role, Serving, answering},
    proxy::Proxy,
    wait::until,
};

/// CC des Monts d'Alban et du Villefranchois.
pub const MONTS_D_ALBAN: &str = "200034031";
/// CC Centre Tarn.
pub const CENTRE_TARN: &str = "200034049";
/// CC Sidobre Vals et Plateaux.
pub const SIDOBRE: &str = "200066561";

/// A moment on the clock of a federation: far below every deadline, however often one looks.
const MOMENT: SignedDuration = SignedDuration::from_millis(100);

/// A hub as a process.
#[derive(Debug)]
pub struct Hub {
    /// Its data directory.
    pub data: PathBuf,
    pub(crate) programs: Programs,
    clock: PathBuf,
    log: PathBuf,
    /// Where nodes reach it: chosen by the system at the first start, the same ever after.
    address: Option<SocketAddr>,
    running: Option<(Serving, Local)>,
}

/// A hub and its nodes.
#[derive(Debug)]
pub struct Federation {
    /// Everything is in here.
    pub root: TempDir,
    /// The hub.
    pub hub: Hub,
    /// The nodes, in the order they were enrolled.
    pub nodes: Vec<Node>,
    programs: Programs,
    clock: PathBuf,
}

impl Hub {
    /// Makes a hub for a federation and starts it.
    ///
    /// # Errors
    /// It does not answer in time.
    pub async fn create(programs: &Programs, root: &Path, name: &str, clock: &Path) -> anyhow::Result<Self> {
        let data = root.join(format!("hub-{name}"));
        let init = ["init", "--federation", name, "--url", "https://127.0.0.1:0"];
        programs.done(Role::Hub, &data, &init).await?;
        let log = root.join(format!("hub-{name}.log"));
        let (programs, clock) = (programs.clone(), clock.to_owned());
        let mut hub = Self { data, programs, clock, log, address: None, running: None };
        hub.start().await?;
        Ok(hub)
    }

    /// Starts the process, at the same address as before, and waits until it answers.
    ///
    /// # Errors
    /// It does not answer in time.
    pub async fn start(&mut self) -> anyhow::Result<()> {
        anyhow::ensure!(self.running.is_none(), "the hub runs already");
        let listen = self.address.map_or_else(|| "127.0.0.1:0".to_owned(), |address| address.to_string());
        let clock = self.clock.to_str().context("a path that is no text")?;
        let any = "127.0.0.1:0";
        let words = ["--listen", &listen, "--api-listen", any, "--web-listen", any, "--clock-file", clock];
        let mut serving = self.programs.serve(Role::Hub, &self.data, &words, &self.log)?;
        let local = answering(Role::Hub, &self.data, &mut serving).await?;
        let told = self.data.join("run").join("federation.addr");
        until("the hub tells its address", async || Ok(told.exists())).await?;
        self.address = Some(std::fs::read_to_string(told)?.trim().parse()?);
        self.running = Some((serving, local));
        Ok(())
    }

    /// Kills the process as a power cut would.
    ///
    /// # Errors
    /// It does not run.
    pub async fn kill(&mut self) -> anyhow::Result<()> {
        let (serving, _) = self.running.take().context("the hub does not run")?;
        serving.kill().await
    }

    /// Asks the process to end, and waits until it has.
    ///
    /// # Errors
    /// It does not run, or does not end well.
    pub async fn stop(&mut self) -> anyhow::Result<()> {
        let (serving, _) = self.running.take().context("the hub does not run")?;
        serving.stop().await
    }

    /// Whether its process runs.
    pub fn is_running(&self) -> bool {
        self.running.is_some()
    }

    /// Where nodes reach it.
    ///
    /// # Errors
    /// It has never run.
    pub fn address(&self) -> anyhow::Result<SocketAddr> {
        self.address.context("the hub has never run")
    }

    /// Where its public pages are: `http://…/`.
    ///
    /// # Errors
    /// It has not said so.
    pub fn public_pages(&self) -> anyhow::Result<String> {
        let log = String::from_utf8(self.log()?)?;
        let said = log.split_whitespace().rfind(|word| word.starts_with("http://127.0.0.1:"));
        Ok(said.context("the hub says no address of pages")?.to_owned())
    }

    /// What it logged so far.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn log(&self) -> anyhow::Result<Vec<u8>> {
        Ok(std::fs::read(&self.log)?)
    }

    fn local(&self) -> anyhow::Result<Local> {
        let (_, local) = self.running.as_ref().context("the hub does not run")?;
        Ok(local.clone())
    }

    /// Its operators' interface.
    ///
    /// # Errors
    /// It does not run.
    pub fn admin(&self) -> anyhow::Result<AdminClient<Local>> {
        Ok(AdminClient::new(self.local()?))
    }

    /// Its figures.
    ///
    /// # Errors
    /// It does not run.
    pub fn statistics(&self) -> anyhow::Result<StatisticsClient<Local>> {
        Ok(StatisticsClient::new(self.local()?))
    }

    /// Invites a territory; gives the enrolment string.
    ///
    /// # Errors
    /// The hub refuses.
    pub async fn invite(&self, territory: &str, valid_hours: u32) -> anyhow::Result<String> {
        let request =
            proto::InviteRequest { territory: territory.to_owned(), valid_hours, by: String::new() };
        Ok(self.admin()?.invite(request).await?.into_inner().enrolment_string)
    }

    /// Where every handover stands.
    ///
    /// # Errors
    /// It does not run or does not answer.
    pub async fn threads(&self) -> anyhow::Result<Vec<proto::ThreadView>> {
        Ok(self.admin()?.list_threads(proto::ListThreadsRequest { limit: 500 }).await?.into_inner().threads)
    }

    /// Its members.
    ///
    /// # Errors
    /// It does not run or does not answer.
    pub async fn members(&self) -> anyhow::Result<Vec<proto::HubNode>> {
        Ok(self.admin()?.list_nodes(proto::ListNodesRequest {}).await?.into_inner().nodes)
    }

    /// Reports it has received.
    ///
    /// # Errors
    /// It does not run or does not answer.
    pub async fn reports(&self) -> anyhow::Result<Vec<proto::ReceivedReport>> {
        let request = proto::ListReportsRequest { node: String::new() };
        Ok(self.statistics()?.list_reports(request).await?.into_inner().reports)
    }
}

impl Federation {
    /// A hub and one enrolled node per territory, all attached, at an instant.
    ///
    /// # Errors
    /// Something does not answer in time.
    pub async fn start(binary: &str, now: &str, territories: &[&'static str]) -> anyhow::Result<Self> {
        let programs = Programs::new(binary);
        let root = tempfile::Builder::new().prefix("maillage-tests-").tempdir()?;
        let clock = root.path().join("clock");
        FileClock::write(&clock, now.parse()?)?;
        let hub = Hub::create(&programs, root.path(), "essai", &clock).await?;
        let mut federation = Self { root, hub, nodes: Vec::new(), programs, clock };
        for territory in territories {
            federation.enrol(territory).await?;
        }
        federation.attached().await?;
        Ok(federation)
    }

    async fn enrol(&mut self, territory: &'static str) -> anyhow::Result<()> {
        let enrolment = self.hub.invite(territory, 0).await?;
        let wire = Proxy::to(self.hub.address()?).await?;
        let new = NewNode {
            territory,
            root: self.root.path(),
            programs: &self.programs,
            clock: &self.clock,
            enrolment: &enrolment,
            wire,
        };
        self.nodes.push(Node::enrolled(new).await?);
        Ok(())
    }

    /// The programs.
    pub fn programs(&self) -> &Programs {
        &self.programs
    }

    /// The clock file.
    pub fn clock(&self) -> &Path {
        &self.clock
    }

    /// A node by its place in the order of enrolment.
    ///
    /// # Errors
    /// There are fewer.
    pub fn node(&self, index: usize) -> anyhow::Result<&Node> {
        self.nodes.get(index).context("there are fewer nodes")
    }

    /// A node to be started or stopped.
    ///
    /// # Errors
    /// There are fewer.
    pub fn node_mut(&mut self, index: usize) -> anyhow::Result<&mut Node> {
        self.nodes.get_mut(index).context("there are fewer nodes")
    }

    /// Moves the clock of every process to a civil time of Europe/Paris, such as `2026-09-02T10:00`.
    ///
    /// # Errors
    /// Not such a time.
    pub fn set_clock(&self, civil: &str) -> anyhow::Result<()> {
        let civil: jiff::civil::DateTime = civil.parse()?;
        self.set_instant(civil.to_zoned(paris())?.timestamp())
    }

    /// Moves the clock of every process.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn set_instant(&self, instant: Timestamp) -> anyhow::Result<()> {
        Ok(FileClock::write(&self.clock, instant)?)
    }

    /// Kills the hub and starts it again at the same address.
    ///
    /// # Errors
    /// It does not answer in time.
    pub async fn crash_hub(&mut self) -> anyhow::Result<()> {
        self.hub.kill().await?;
        self.hub.start().await
    }

    /// Lets a moment pass on the clock of every process: nothing in the world happens twice at the same instant, and a
    /// hub takes a second question of the same instant for a copy of the first.
    fn let_a_moment_pass(&self) -> anyhow::Result<()> {
        let now = FileClock::open(&self.clock)?.now();
        Ok(FileClock::write(&self.clock, now.checked_add(MOMENT)?)?)
    }

    /// Waits until every node that runs is attached.
    ///
    /// # Errors
    /// Not in time.
    pub async fn attached(&self) -> anyhow::Result<()> {
        until("the nodes are attached", async || {
            self.let_a_moment_pass()?;
            for node in self.nodes.iter().filter(|node| node.is_running()) {
                if node.status().await?.link != "attached" {
                    return Ok(false);
                }
            }
            Ok(true)
        })
        .await
    }

    /// Whether nothing is under way between the nodes that run and the hub.
    ///
    /// # Errors
    /// Somebody does not answer.
    pub async fn is_settled(&self) -> anyhow::Result<bool> {
        self.let_a_moment_pass()?;
        for node in self.nodes.iter().filter(|node| node.is_running()) {
            if node.status().await?.outbox > 0 {
                return Ok(false);
            }
        }
        let running = |id: &str| self.nodes.iter().any(|node| node.is_running() && node.id == id);
        Ok(self.hub.members().await?.iter().all(|member| member.waiting == 0 || !running(&member.id)))
    }

    /// Waits until nothing is under way between the nodes that run and the hub.
    ///
    /// # Errors
    /// Not in time.
    pub async fn settle(&self) -> anyhow::Result<()> {
        // Twice in a row: what one look saw delivered may have been answered meanwhile.
        let mut seen = false;
        until("everything has been delivered", async || {
            let (before, now) = (seen, self.is_settled().await?);
            seen = now;
            Ok(before && now)
        })
        .await
    }

    /// Stops every process that runs in good order, nodes first, when all went well. Otherwise data and logs are kept.
    ///
    /// # Errors
    /// What went wrong before, with where to look; one of the processes does not stop well.
    pub async fn end(mut self, outcome: anyhow::Result<()>) -> anyhow::Result<()> {
        if outcome.is_err() {
            self.root.disable_cleanup(true);
        }
        outcome.with_context(|| format!("everything is kept in {}", self.root.path().display()))?;
        for node in &mut self.nodes {
            if node.is_running() {
                node.stop().await?;
            }
        }
        if self.hub.is_running() { self.hub.stop().await } else { Ok(()) }
    }
}

impl Drop for Federation {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.root.disable_cleanup(true);
        }
    }
}
