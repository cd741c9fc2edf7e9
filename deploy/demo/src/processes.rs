//! Starts the hub and the nodes as processes of their own, waits until they answer, and stops exactly these again.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use jiff::Timestamp;
use maillage_platform::{
    clock::FileClock,
    directory::DataDirectory,
    grpc::{TokenInterceptor, connect_local},
};
use maillage_proto::{hub::v1 as hub, node::v1 as node};
use tokio::process::{Child, Command};
use tonic::{service::interceptor::InterceptedService, transport::Channel};

use crate::{
    AS_HUB, AS_NODE,
    country::{DemoTerritory, TERRITORIES},
    narrate::Narrator,
};

/// When the demo begins: a Monday morning.
pub(crate) const BEGIN: &str = "2026-08-31T06:00:00Z";
/// Longest wait for something that must happen.
const PATIENCE: Duration = Duration::from_secs(30);
/// Pause between two looks.
const LOOK: Duration = Duration::from_millis(15);

/// A channel with its token.
pub(crate) type Local = InterceptedService<Channel, TokenInterceptor>;

/// One node of the demo.
pub(crate) struct Node {
    /// Its territory.
    pub(crate) territory: DemoTerritory,
    /// Its data directory.
    pub(crate) data: PathBuf,
    /// Its local interface.
    pub(crate) local: Local,
    process: Child,
}

/// The running federation.
pub(crate) struct Federation {
    /// Where everything is.
    pub(crate) root: PathBuf,
    /// Data directory of the hub.
    pub(crate) hub_data: PathBuf,
    /// The hub's local interface.
    pub(crate) hub: Local,
    /// The nodes.
    pub(crate) nodes: Vec<Node>,
    clock: PathBuf,
    hub_process: Child,
}

impl Federation {
    /// Starts a hub, enrols three nodes and waits until their links stand.
    pub(crate) async fn start(root: &Path, narrator: &mut Narrator) -> anyhow::Result<Self> {
        std::fs::create_dir_all(root.join("logs"))?;
        let clock = root.join("clock");
        FileClock::write(&clock, BEGIN.parse()?)?;
        let hub_data = root.join("hub");
        let url = "https://127.0.0.1:0";
        let init = ["init", "--federation", "demo-tarn", "--url", url];
        run(AS_HUB, &hub_data, &init).await?;
        let doors = ["serve", "--listen", "127.0.0.1:0", "--api-listen", "127.0.0.1:0"];
        let hub_process = spawn(AS_HUB, root, "hub", &doors, &clock)?;
        let hub = answering(&hub_data, "maillage-hub").await?;
        narrator.line("demo-hub-up", &[("path", hub_data.display().to_string())])?;
        let mut federation =
            Self { root: root.to_owned(), hub_data, hub, nodes: Vec::new(), clock, hub_process };
        for territory in TERRITORIES {
            let name = federation.enrol(territory).await?;
            narrator.line("demo-node-up", &[("name", name), ("model", territory.model.to_owned())])?;
        }
        Ok(federation)
    }

    async fn enrol(&mut self, territory: DemoTerritory) -> anyhow::Result<String> {
        let data = self.root.join(territory.folder);
        let phone = "05 00 00 00 00";
        let init = ["init", "--territory", territory.siren, "--model", territory.model, "--phone", phone];
        run(AS_NODE, &data, &init).await?;
        let request =
            hub::InviteRequest { territory: territory.siren.to_owned(), valid_hours: 0, by: String::new() };
        let invited = hub::admin_client::AdminClient::new(self.hub.clone()).invite(request).await?;
        let invited = invited.into_inner();
        let clock = self.clock.display().to_string();
        run(AS_NODE, &data, &["join", &invited.enrolment_string, "--clock-file", &clock]).await?;
        let listen = ["serve", "--api-listen", "127.0.0.1:0"];
        let process = spawn(AS_NODE, &self.root, territory.folder, &listen, &self.clock)?;
        let local = answering(&data, "maillage-node").await?;
        self.nodes.push(Node { territory, data, local, process });
        let index = self.nodes.len() - 1;
        until("the link of a node stands", async || {
            Ok(self.nodes.get(index).context("no node")?.status().await?.link == "attached")
        })
        .await?;
        Ok(invited.territory_name)
    }

    /// Moves the clock of every process.
    pub(crate) fn set_clock(&self, now: Timestamp) -> anyhow::Result<()> {
        Ok(FileClock::write(&self.clock, now)?)
    }

    /// Waits until nothing is under way between the nodes and the hub: two looks in a row find nothing waiting, and no
    /// node has written anything in between (mail taken between two questions could have caused an answer).
    pub(crate) async fn settle(&self) -> anyhow::Result<()> {
        let mut before = None;
        until("everything has been delivered", async || {
            let now = self.quiet().await?;
            let settled = now.is_some() && now == before;
            before = now;
            Ok(settled)
        })
        .await
    }

    /// The last write of every node, if nothing waits anywhere.
    async fn quiet(&self) -> anyhow::Result<Option<Vec<u64>>> {
        let mut written = Vec::new();
        for node in &self.nodes {
            let status = node.status().await?;
            if status.outbox > 0 {
                return Ok(None);
            }
            written.push(status.durable_sequence);
        }
        let mut admin = hub::admin_client::AdminClient::new(self.hub.clone());
        let nodes = admin.list_nodes(hub::ListNodesRequest {}).await?.into_inner().nodes;
        Ok(nodes.iter().all(|node| node.waiting == 0).then_some(written))
    }

    /// The file that every process reads the time from.
    pub(crate) fn clock(&self) -> &Path {
        &self.clock
    }

    /// Shows what the hub answers to a command line.
    pub(crate) async fn hub_says(&self, words: &[&str]) -> anyhow::Result<()> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(AS_HUB).arg("--data").arg(&self.hub_data).args(words).stdin(Stdio::null());
        let status = command.status().await?;
        anyhow::ensure!(status.success(), "the hub's answer to {words:?} ended with {status}");
        Ok(())
    }

    /// Stops the processes that [`Federation::start`] started, nodes first.
    pub(crate) async fn stop(&mut self) -> anyhow::Result<()> {
        for node in &mut self.nodes {
            terminate(&mut node.process).await?;
        }
        terminate(&mut self.hub_process).await
    }
}

impl Node {
    /// How the node is.
    pub(crate) async fn status(&self) -> anyhow::Result<node::NodeStatus> {
        let mut client = node::status_client::StatusClient::new(self.local.clone());
        Ok(client.show_status(node::ShowStatusRequest {}).await?.into_inner())
    }
}

/// Looks again and again until something is so.
pub(crate) async fn until(
    what: &str,
    mut so: impl AsyncFnMut() -> anyhow::Result<bool>,
) -> anyhow::Result<()> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if so().await? {
            return Ok(());
        }
        tokio::time::sleep(LOOK).await;
    }
    bail!("waited {} s in vain until {what}", PATIENCE.as_secs())
}

async fn run(role: &str, data: &Path, words: &[&str]) -> anyhow::Result<()> {
    let output = Command::new(std::env::current_exe()?)
        .arg(role)
        .arg("--data")
        .arg(data)
        .args(words)
        .stdin(Stdio::null())
        .output()
        .await?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{} failed: {}", words.first().unwrap_or(&role), said.trim());
    }
    Ok(())
}

fn spawn(role: &str, root: &Path, folder: &str, words: &[&str], clock: &Path) -> anyhow::Result<Child> {
    let log = File::create(root.join("logs").join(format!("{folder}.log")))?;
    Ok(Command::new(std::env::current_exe()?)
        .arg(role)
        .arg("--data")
        .arg(root.join(folder))
        .args(words)
        .arg("--clock-file")
        .arg(clock)
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .kill_on_drop(true)
        .spawn()?)
}

async fn answering(data: &Path, program: &str) -> anyhow::Result<Local> {
    let mut found = None;
    until("a program answers", async || {
        let Ok(directory) = DataDirectory::open(data, program) else { return Ok(false) };
        if let Ok((channel, token)) = connect_local(&directory).await {
            found = Some(InterceptedService::new(channel, token));
        }
        Ok(found.is_some())
    })
    .await?;
    found.context("nobody answers")
}

async fn terminate(process: &mut Child) -> anyhow::Result<()> {
    let Some(id) = process.id().and_then(|id| i32::try_from(id).ok()) else { return Ok(()) };
    if let Some(id) = rustix::process::Pid::from_raw(id) {
        rustix::process::kill_process(id, rustix::process::Signal::TERM)?;
    }
    if tokio::time::timeout(PATIENCE, process.wait()).await.is_err() {
        process.kill().await?;
    }
    Ok(())
}
