//! `backup` and `restore`: files of the data directory, and an export of its store. Must never print a passphrase, nor stop or
//! start a node.

use maillage_platform::{
    backup::StoreFacts,
    cli::backup::{Backup, Restore, Source, show_made, show_restored},
    clock::{Clock as _, SystemClock},
    grpc::connect_local,
};
use maillage_proto::node::v1::{self as proto, status_client::StatusClient};

use super::{failure::CommandError, local::block_on, session::Session};
use crate::backup;

/// Makes a backup.
pub(super) fn make(session: &mut Session<'_>, wanted: &Backup) -> Result<(), CommandError> {
    let lock = wanted.lock()?;
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
    Ok(show_made(session.output(), &wanted.to, &made)?)
}

/// Puts a backup back.
pub(super) fn restore(session: &mut Session<'_>, wanted: &Restore) -> Result<(), CommandError> {
    let key = wanted.key()?;
    let data = session.data();
    let about = backup::restore(data, &wanted.from, &key, SystemClock.now())?;
    let made = session.words().instant(&about.made_at);
    Ok(show_restored(session.output(), data, &about, &made)?)
}
