//! `backup` and `restore`: files of the data directory, and an export of its store. It must never print a passphrase, nor stop
//! or start a hub.

use std::path::Path;

use maillage_platform::{
    backup::StoreFacts,
    cli::{
        Failure, Output,
        backup::{Backup, Restore, Source, show_made, show_restored},
    },
    clock::{Clock as _, SystemClock},
    grpc::connect_local,
};
use maillage_proto::hub::v1::{self as proto, admin_client::AdminClient};

use crate::backup;

/// Makes a backup.
pub(super) fn make(data: &Path, wanted: &Backup, output: &mut Output<'_>) -> Result<(), Failure> {
    let lock = wanted.lock()?;
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
    show_made(output, &wanted.to, &made).map_err(Failure::internal)
}

/// Puts a backup back.
pub(super) fn restore(data: &Path, wanted: &Restore, output: &mut Output<'_>) -> Result<(), Failure> {
    let key = wanted.key()?;
    let about = backup::restore(data, &wanted.from, &key, SystemClock.now())?;
    show_restored(output, data, &about, &about.made_at).map_err(Failure::internal)
}
