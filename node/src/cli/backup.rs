//! `backup` and `restore`: files of the data directory, and an export of its store. Must never print a passphrase, nor stop or
//! start a node.

use std::path::Path;

use maillage_platform::{
    backup::{Key, Lock, StoreFacts},
    clock::{Clock as _, SystemClock},
    grpc::connect_local,
};
use maillage_proto::node::v1::{self as proto, status_client::StatusClient};
use serde::Serialize;

use super::{
    arguments::{Backup, Restore},
    failure::CommandError,
    local::block_on,
    session::Session,
};
use crate::backup::{self, Source};

#[derive(Serialize)]
struct Done<'a> {
    path: String,
    made_at: &'a str,
    rows: u64,
    files: usize,
    bytes: u64,
}

#[derive(Serialize)]
struct Restored<'a> {
    directory: String,
    made_at: &'a str,
    rows: u64,
}

/// Makes a backup.
pub(super) fn make(session: &mut Session<'_>, wanted: &Backup) -> Result<(), CommandError> {
    let lock = match (&wanted.passphrase_file, &wanted.recipient) {
        (Some(file), _) => Lock::passphrase(file)?,
        (None, recipient) => Lock::recipient(recipient.as_deref().unwrap_or_default())?,
    };
    let (directory, facts) = match backup::source(session.data())? {
        Source::Stopped(directory, facts) => (directory, facts),
        Source::Running(directory) => {
            let made = block_on(async {
                let (channel, token) = connect_local(&directory).await?;
                let mut node = StatusClient::with_interceptor(channel, token);
                let snapshot = node.make_snapshot(proto::MakeSnapshotRequest {}).await?;
                Ok::<_, CommandError>(snapshot.into_inner())
            })??;
            (directory, StoreFacts { sequence: made.sequence, rows: made.rows })
        }
    };
    let made = backup::make(&directory, facts, &wanted.to, &lock, SystemClock.now())?;
    let path = wanted.to.display().to_string();
    let shown = Done {
        path: path.clone(),
        made_at: &made.about.made_at,
        rows: made.about.store.rows,
        files: made.files,
        bytes: made.bytes,
    };
    session.line("backup-done", &[("path", path.into())])?;
    session.record(
        &shown,
        &[
            ("backup-rows", shown.rows.to_string()),
            ("backup-files", shown.files.to_string()),
            ("backup-size", size(shown.bytes)),
        ],
    )?;
    Ok(session.line("backup-next", &[])?)
}

/// Puts a backup back.
pub(super) fn restore(session: &mut Session<'_>, wanted: &Restore) -> Result<(), CommandError> {
    let key = match (&wanted.passphrase_file, &wanted.identity_file) {
        (Some(file), _) => Key::passphrase(file)?,
        (None, file) => Key::identity(file.as_deref().unwrap_or_else(|| Path::new("")))?,
    };
    let about = backup::restore(session.data(), &wanted.from, &key, SystemClock.now())?;
    let directory = session.data().display().to_string();
    let made = session.words().instant(&about.made_at);
    session.line("restore-done", &[("made", made.into()), ("directory", directory.clone().into())])?;
    let shown = Restored { directory, made_at: &about.made_at, rows: about.store.rows };
    session.record(&shown, &[("backup-rows", shown.rows.to_string())])?;
    Ok(session.line("restore-next", &[])?)
}

/// A size as people say it, in kilobytes or megabytes.
fn size(bytes: u64) -> String {
    if bytes < 1_000_000 {
        format!("{} kB", bytes.div_ceil(1_000))
    } else {
        format!("{} MB", bytes.div_ceil(1_000_000))
    }
}
