//! `backup` and `restore`: files of the data directory, and an export of its store. It must never print a passphrase, nor stop
//! or start a hub.

use std::path::Path;

use maillage_platform::{
    backup::{Key, Lock, StoreFacts},
    cli::{Failure, Output},
    clock::{Clock as _, SystemClock},
    grpc::connect_local,
};
use maillage_proto::hub::v1::{self as proto, admin_client::AdminClient};
use serde::Serialize;

use super::arguments::{Backup, Restore};
use crate::backup::{self, Source};

#[derive(Serialize)]
struct Done {
    path: String,
    made_at: String,
    rows: u64,
    files: usize,
    bytes: u64,
}

#[derive(Serialize)]
struct Restored {
    directory: String,
    made_at: String,
    rows: u64,
}

/// Makes a backup.
pub(super) fn make(data: &Path, wanted: &Backup, output: &mut Output<'_>) -> Result<(), Failure> {
    let lock = match (&wanted.passphrase_file, &wanted.recipient) {
        (Some(file), _) => Lock::passphrase(file)?,
        (None, recipient) => Lock::recipient(recipient.as_deref().unwrap_or_default())?,
    };
    let (directory, facts) = match backup::source(data)? {
        Source::Stopped(directory, facts) => (directory, facts),
        Source::Running(directory) => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let facts = runtime.map_err(Failure::internal)?.block_on(async {
                let (channel, token) = connect_local(&directory).await?;
                let mut hub = AdminClient::with_interceptor(channel, token);
                let made = hub.make_snapshot(proto::MakeSnapshotRequest {}).await?.into_inner();
                Ok::<_, Failure>(StoreFacts { sequence: made.sequence, rows: made.rows })
            })?;
            (directory, facts)
        }
    };
    let made = backup::make(&directory, facts, &wanted.to, &lock, SystemClock.now())?;
    let shown = Done {
        path: wanted.to.display().to_string(),
        made_at: made.about.made_at,
        rows: made.about.store.rows,
        files: made.files,
        bytes: made.bytes,
    };
    let mut print = || {
        output.line("backup-done", &[("path", shown.path.as_str().into())])?;
        output.record(
            &shown,
            &[
                ("backup-rows", shown.rows.to_string()),
                ("backup-files", shown.files.to_string()),
                ("backup-size", format!("{} kB", shown.bytes.div_ceil(1_000))),
            ],
        )?;
        output.line("backup-next", &[])
    };
    print().map_err(Failure::internal)
}

/// Puts a backup back.
pub(super) fn restore(data: &Path, wanted: &Restore, output: &mut Output<'_>) -> Result<(), Failure> {
    let key = match (&wanted.passphrase_file, &wanted.identity_file) {
        (Some(file), _) => Key::passphrase(file)?,
        (None, file) => Key::identity(file.as_deref().unwrap_or_else(|| Path::new("")))?,
    };
    let about = backup::restore(data, &wanted.from, &key, SystemClock.now())?;
    let shown =
        Restored { directory: data.display().to_string(), made_at: about.made_at, rows: about.store.rows };
    let mut print = || {
        let (made, directory) = (shown.made_at.as_str(), shown.directory.as_str());
        output.line("restore-done", &[("made", made.into()), ("directory", directory.into())])?;
        output.record(&shown, &[("backup-rows", shown.rows.to_string())])?;
        output.line("restore-next", &[])
    };
    print().map_err(Failure::internal)
}
