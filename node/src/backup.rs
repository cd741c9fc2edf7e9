//! Backup and restore of a node: what is put into one, and what a node is told that comes out of one. A backup is made
//! while the node serves, by asking it for an export of its store, or while it is stopped, by opening the store for a
//! moment: the same command does for a nightly job and before an upgrade, and nobody has to stop a desk for it. Keys
//! never pass the interface: whoever may read the data directory makes the backup, with the rights of that account.
//! A restored node always begins a new life ([`maillage_store::lives`]). Must never start a node.

use std::path::Path;

use jiff::Timestamp;
use maillage_domain::roles::Operation;
use maillage_engine::{Engine, EngineError, Export, TransactError, check_export, export_path, import};
use maillage_platform::{
    backup::{self, About, Key, Lock, Made, StoreFacts, Stream, Taking, Wanted},
    cli::{
        Failure,
        backup::{self as cli, Source},
    },
    directory::DataDirectory,
    refusal::{Refusal, RefusalKind},
};
use maillage_store::{
    lives::Incarnation,
    settings::{self, Territory},
};

use crate::{
    app::{App, caller::Caller, refusals},
    federation::membership::{Keys, Membership},
    profile::Profile,
};

/// Directory of the store, below the data directory.
pub(crate) const STORE: &str = "store";

/// Makes an export of the store, of a running node.
///
/// # Errors
/// `not-allowed`; no space, or what is wrong with the store.
pub async fn snapshot(app: &std::sync::Arc<App>, caller: &Caller) -> Result<StoreFacts, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::BackupMake, move |app, transaction| {
        app.note(transaction, &by, Operation::BackupMake, &[])
    })
    .await?;
    let store = app.store.clone();
    let made = tokio::task::spawn_blocking(move || store.snapshot()).await.map_err(refusals::internal)?;
    let made = made.map_err(refusals::engine)?;
    Ok(StoreFacts { sequence: made.sequence, rows: made.rows })
}

/// Finds out whether the node serves; makes the export itself if it does not.
///
/// # Errors
/// `directory-missing`; a store that cannot be opened.
pub fn source(data: &Path) -> Result<Source, Failure> {
    cli::source(data, crate::PROGRAM, |directory| {
        let opened = Engine::open(&directory.join(STORE), maillage_store::options());
        let (store, _) = opened.map_err(|error| store_refused(&error))?;
        let made = store.snapshot().map_err(full_or_engine)?;
        store.close().map_err(full_or_engine)?;
        Ok(StoreFacts { sequence: made.sequence, rows: made.rows })
    })
}

/// Makes a backup of an export that was just made.
///
/// # Errors
/// What is in the way, each with what to do; then there is no file.
pub fn make(
    directory: &DataDirectory,
    facts: StoreFacts,
    to: &Path,
    lock: &Lock,
    made_at: Timestamp,
) -> Result<Made, Refusal> {
    let check = |stream: Stream| {
        let checked = check_export(stream, &maillage_store::options());
        checked.map(facts_of).map_err(|error| store_refused(&error))
    };
    let store = export_path(&directory.join(STORE), facts.sequence);
    let version = env!("CARGO_PKG_VERSION");
    Ok(backup::make(&Wanted { directory, store: &store, facts, version, made_at, to, lock, check: &check })?)
}

/// Puts a backup back into an empty directory: a node that begins a new life.
///
/// # Errors
/// What is in the way, each with what to do; then the directory is as it was.
pub fn restore(data: &Path, from: &Path, key: &Key, now: Timestamp) -> Result<About, Refusal> {
    let store = |directory: &Path, stream: Stream| {
        let imported = import(directory, stream, &maillage_store::options());
        imported.map(facts_of).map_err(|error| store_refused(&error))
    };
    let finish = |directory: &DataDirectory, about: &About| begin_new_life(directory, about, now);
    let taking = Taking { from, key, into: data, program: crate::PROGRAM, store: &store, finish: &finish };
    Ok(backup::restore(&taking)?)
}

/// Looks at keys, profile, membership and store as `serve` will, and raises the incarnation, durably.
fn begin_new_life(directory: &DataDirectory, about: &About, now: Timestamp) -> Result<(), Refusal> {
    // What exactly goes to the log.
    let unusable = |_: Refusal| refusals::conflict("backup-damaged");
    let profile = Profile::load(directory).map_err(|error| unusable(refusals::internal(error)))?;
    Keys::load(directory).map_err(|error| unusable(refusals::internal(error)))?;
    Membership::load(directory).map_err(|error| unusable(refusals::internal(error)))?;
    let opened = Engine::open(&directory.join(STORE), maillage_store::options());
    let (store, _) = opened.map_err(|error| store_refused(&error))?;
    let read = || -> Result<_, EngineError> {
        Ok((settings::find::<Territory>(&store)?, settings::find::<Incarnation>(&store)?))
    };
    let (territory, former) = read().map_err(full_or_engine)?;
    if territory.map(|territory| territory.siren) != Some(profile.territory.to_string()) {
        return Err(unusable(refusals::unknown("territory-unknown")));
    }
    let backup_at = about.made_at.parse().map_err(|_| unusable(refusals::invalid("day-format")))?;
    let next = Incarnation::next(former.as_ref(), now, backup_at);
    store
        .transact::<(), EngineError, _>("node.restored", move |transaction| settings::put(transaction, &next))
        .map_err(|error| match error {
            TransactError::Engine(error) | TransactError::Aborted(error) => full_or_engine(error),
        })?;
    store.close().map_err(full_or_engine)
}

/// The store fails while a backup is made or put back; without space, with what to do about it.
fn full_or_engine(error: EngineError) -> Refusal {
    if error.is_disk_full() { backup::disk_full(STORE) } else { refusals::engine(error) }
}

fn facts_of(export: Export) -> StoreFacts {
    StoreFacts { sequence: export.sequence, rows: export.rows }
}

/// A store that cannot be opened, with what to do about it; the whole chain goes to the log.
pub(crate) fn store_refused(error: &maillage_engine::OpenError) -> Refusal {
    use maillage_engine::OpenError;
    tracing::error!(error = %refusals::chain(error), "the store cannot be opened");
    match error {
        OpenError::NewerSchema { .. } | OpenError::NewerFormat { .. } => refusals::conflict("store-newer"),
        OpenError::ForeignFile { .. }
        | OpenError::Missing { .. }
        | OpenError::ImageWithoutJournal(_)
        | OpenError::Damaged(_) => Refusal::new(RefusalKind::Internal, "store-damaged"),
        OpenError::Engine(error) if error.is_disk_full() => backup::disk_full(STORE),
        OpenError::InUse(_) | OpenError::BadTree(_) | OpenError::Engine(_) => {
            Refusal::new(RefusalKind::Internal, "store-unavailable")
        }
    }
}

#[cfg(test)]
mod tests {
    //! What is said when there is no space. Must never fill a disk.

    use std::io;

    use super::*;

    #[test]
    fn a_full_disk_is_told_as_one_and_nothing_else_is() {
        let error = |kind| EngineError::Io {
            operation: "write",
            file: "journal".to_owned(),
            kind,
            message: "as the system says".to_owned(),
        };
        for kind in [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded] {
            assert_eq!(full_or_engine(error(kind)).reason(), "backup-disk-full");
            assert_eq!(refusals::engine(error(kind)).reason(), "store-disk-full");
        }
        let other = error(io::ErrorKind::PermissionDenied);
        assert_eq!(full_or_engine(other.clone()).reason(), "internal");
        assert_eq!(refusals::engine(other).reason(), "internal");
    }
}
