//! The programs as processes: run to their end, or started and later stopped, killed, started again. A process is
//! ended by its own handle only.

use std::{
    fs::OpenOptions,
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::Context as _;
use maillage_platform::{
    directory::DataDirectory,
    grpc::{TokenInterceptor, connect_local},
};
use tokio::process::{Child, Command};
use tonic::{service::interceptor::InterceptedService, transport::Channel};

use crate::wait::{PATIENCE, until};

/// A channel to a program's local interface, with its token.
pub type Local = InterceptedService<Channel, TokenInterceptor>;

/// Which of the two programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// `maillage-node`.
    Node,
    /// `maillage-hub`.
    Hub,
}

/// Where the programs are.
#[derive(Debug, Clone)]
pub struct Programs {
    /// The binary that is both of them.
    binary: PathBuf,
}

/// What a program said before it ended.
#[derive(Debug, Clone)]
pub struct Said {
    /// Its exit code; -1 when it was ended by a signal.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

/// A program that serves.
#[derive(Debug)]
pub struct Serving {
    child: Child,
}

impl Role {
    fn word(self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::Hub => "hub",
        }
    }

    /// Name of the program, as its data directory knows it.
    pub fn program(self) -> &'static str {
        match self {
            Self::Node => "maillage-node",
            Self::Hub => "maillage-hub",
        }
    }
}

impl Programs {
    /// The binary `maillage-under-test`, as a test knows it by `env!("CARGO_BIN_EXE_maillage-under-test")`.
    pub fn new(binary: &str) -> Self {
        Self { binary: PathBuf::from(binary) }
    }

    /// A command line of a program on a data directory, in an environment that says nothing of Maillage.
    pub fn command(&self, role: Role, data: &Path, words: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command.arg(role.word()).arg("--data").arg(data).args(words).stdin(Stdio::null()).kill_on_drop(true);
        for name in ["MAILLAGE_LANG", "MAILLAGE_NODE_DATA", "MAILLAGE_HUB_DATA", "LC_ALL", "LANG", "RUST_LOG"]
        {
            command.env_remove(name);
        }
        command
    }

    /// Runs a command to its end.
    ///
    /// # Errors
    /// The process cannot be started, or does not end in time.
    pub async fn run(&self, role: Role, data: &Path, words: &[&str]) -> anyhow::Result<Said> {
        let running = self.command(role, data, words).output();
        let output = tokio::time::timeout(PATIENCE, running).await.with_context(|| {
            format!("{} {} did not end", role.program(), words.first().copied().unwrap_or_default())
        })??;
        Ok(Said {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout)?,
            err: String::from_utf8(output.stderr)?,
        })
    }

    /// Runs a command that must succeed; gives its standard output.
    ///
    /// # Errors
    /// It did not succeed, with what it said.
    pub async fn done(&self, role: Role, data: &Path, words: &[&str]) -> anyhow::Result<String> {
        let said = self.run(role, data, words).await?;
        anyhow::ensure!(said.code == 0, "{} {words:?}: {said:?}", role.program());
        Ok(said.out)
    }

    /// Runs a command that must succeed with `--json`; gives what it printed.
    ///
    /// # Errors
    /// It did not succeed, or printed something else.
    pub async fn json(&self, role: Role, data: &Path, words: &[&str]) -> anyhow::Result<serde_json::Value> {
        let words: Vec<&str> = std::iter::once("--json").chain(words.iter().copied()).collect();
        let out = self.done(role, data, &words).await?;
        serde_json::from_str(&out).with_context(|| format!("{words:?} printed {out}"))
    }

    /// Starts a program that serves; what it says is added to the log file.
    ///
    /// # Errors
    /// The process cannot be started.
    pub fn serve(&self, role: Role, data: &Path, words: &[&str], log: &Path) -> anyhow::Result<Serving> {
        let log = OpenOptions::new().create(true).append(true).open(log)?;
        let words: Vec<&str> = std::iter::once("serve").chain(words.iter().copied()).collect();
        let child = self.command(role, data, &words).stdout(log.try_clone()?).stderr(log).spawn()?;
        Ok(Serving { child })
    }
}

impl Said {
    /// The reason code that was printed for a program.
    ///
    /// # Errors
    /// Something else was printed.
    pub fn reason(&self) -> anyhow::Result<String> {
        let value: serde_json::Value =
            serde_json::from_str(&self.out).with_context(|| format!("not JSON: {self:?}"))?;
        let reason = value.pointer("/error/reason").and_then(serde_json::Value::as_str);
        Ok(reason.with_context(|| format!("no reason in {value}"))?.to_owned())
    }
}

impl Serving {
    /// The process; none once it has ended.
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Whether the process has ended by itself.
    ///
    /// # Errors
    /// The operating system does not know.
    pub fn has_ended(&mut self) -> anyhow::Result<bool> {
        Ok(self.child.try_wait()?.is_some())
    }

    /// Ends the process as a power cut would: nothing is asked, nothing is written any more.
    ///
    /// # Errors
    /// The process cannot be killed.
    pub async fn kill(mut self) -> anyhow::Result<()> {
        Ok(self.child.kill().await?)
    }

    /// Asks the process to end and waits until it has, in good order.
    ///
    /// # Errors
    /// It did not end in time, or badly.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        let id = self.child.id().and_then(|id| i32::try_from(id).ok());
        let id = id.and_then(rustix::process::Pid::from_raw).context("the process has ended already")?;
        rustix::process::kill_process(id, rustix::process::Signal::TERM)?;
        let status = tokio::time::timeout(PATIENCE, self.child.wait()).await.context("does not stop")??;
        anyhow::ensure!(status.success(), "stopped with {status}");
        Ok(())
    }
}

/// What stands at a JSON pointer; null when nothing does.
pub fn at(value: &serde_json::Value, pointer: &str) -> serde_json::Value {
    value.pointer(pointer).cloned().unwrap_or_default()
}

/// Waits until the program of a data directory answers with its own token. What a killed process left behind in the
/// directory does not count.
///
/// # Errors
/// It does not answer in time, or has ended.
pub async fn answering(role: Role, data: &Path, serving: &mut Serving) -> anyhow::Result<Local> {
    let mut found = None;
    until("a program answers", async || {
        anyhow::ensure!(!serving.has_ended()?, "{} ended at start in {}", role.program(), data.display());
        let Ok(directory) = DataDirectory::open(data, role.program()) else { return Ok(false) };
        let Ok((channel, token)) = connect_local(&directory).await else { return Ok(false) };
        let local = InterceptedService::new(channel, token);
        if recognises(role, local.clone()).await {
            found = Some(local);
        }
        Ok(found.is_some())
    })
    .await?;
    found.context("nobody answers")
}

async fn recognises(role: Role, local: Local) -> bool {
    use maillage_proto::{hub::v1 as hub, node::v1 as node};
    match role {
        Role::Node => {
            let mut client = node::status_client::StatusClient::new(local);
            client.show_status(node::ShowStatusRequest {}).await.is_ok()
        }
        Role::Hub => {
            let mut client = hub::admin_client::AdminClient::new(local);
            client.show_status(hub::ShowStatusRequest {}).await.is_ok()
        }
    }
}
