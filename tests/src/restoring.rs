//! Backups of programs under test, and what becomes of the directory that was there before: it is put aside, so that a test can
//! start it again, as somebody would who finds the old machine.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use maillage_platform::secrets;

use crate::{
    federation::Hub,
    node::Node,
    programs::{Local, Programs, Role, Serving, answering},
};

/// The passphrase of every backup of a test.
const WORDS: &str = "phrase de passe fictive";

/// A second process on the data directory of a node that was restored since.
#[derive(Debug)]
pub struct Copy {
    serving: Serving,
    local: Local,
}

/// The file with the passphrase.
fn passphrase(folder: &Path) -> anyhow::Result<String> {
    let path = folder.join("passphrase");
    secrets::write_secret(&path, WORDS.as_bytes())?;
    Ok(path.to_str().context("a path that is no text")?.to_owned())
}

/// Makes a backup with the program's own command, and gives what it printed.
async fn back_up(
    programs: &Programs,
    role: Role,
    data: &Path,
    to: &Path,
) -> anyhow::Result<serde_json::Value> {
    let words = passphrase(to.parent().context("no folder")?)?;
    let to = to.to_str().context("a path that is no text")?;
    programs.json(role, data, &["backup", "--to", to, "--passphrase-file", &words]).await
}

/// Puts the data directory aside and the backup in its place; gives where the old one is.
async fn restore(programs: &Programs, role: Role, data: &Path, from: &Path) -> anyhow::Result<PathBuf> {
    let words = passphrase(from.parent().context("no folder")?)?;
    let from = from.to_str().context("a path that is no text")?;
    let mut aside = data.as_os_str().to_owned();
    aside.push(".before");
    let aside = PathBuf::from(aside);
    std::fs::rename(data, &aside)?;
    programs.done(role, data, &["restore", "--from", from, "--passphrase-file", &words]).await?;
    Ok(aside)
}

impl Hub {
    /// Makes a backup, whether it runs or not.
    ///
    /// # Errors
    /// The program refuses.
    pub async fn back_up(&self, to: &Path) -> anyhow::Result<serde_json::Value> {
        back_up(&self.programs, Role::Hub, &self.data, to).await
    }

    /// Restores it from a backup; gives where the old directory is. It must not run.
    ///
    /// # Errors
    /// The program refuses.
    pub async fn restore(&self, from: &Path) -> anyhow::Result<PathBuf> {
        anyhow::ensure!(!self.is_running(), "the hub runs");
        restore(&self.programs, Role::Hub, &self.data, from).await
    }
}

impl Node {
    /// Makes a backup, whether it runs or not.
    ///
    /// # Errors
    /// The program refuses.
    pub async fn back_up(&self, to: &Path) -> anyhow::Result<serde_json::Value> {
        back_up(&self.programs, Role::Node, &self.data, to).await
    }

    /// Restores it from a backup; gives where the old directory is. It must not run.
    ///
    /// # Errors
    /// The program refuses.
    pub async fn restore(&self, from: &Path) -> anyhow::Result<PathBuf> {
        anyhow::ensure!(!self.is_running(), "the node runs");
        restore(&self.programs, Role::Node, &self.data, from).await
    }

    /// Starts another process on another directory of this node, over the same wire.
    ///
    /// # Errors
    /// It does not answer in time.
    pub async fn start_copy(&self, data: &Path) -> anyhow::Result<Copy> {
        let clock = self.clock.to_str().context("a path that is no text")?;
        let words = ["--api-listen", "127.0.0.1:0", "--clock-file", clock];
        let mut serving = self.programs.serve(Role::Node, data, &words, &self.log)?;
        let local = answering(Role::Node, data, &mut serving).await?;
        Ok(Copy { serving, local })
    }
}

impl Copy {
    /// Its local interface.
    pub fn local(&self) -> Local {
        self.local.clone()
    }

    /// Asks the process to end, and waits until it has.
    ///
    /// # Errors
    /// It does not end well.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.serving.stop().await
    }
}
