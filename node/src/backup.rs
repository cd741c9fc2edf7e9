//! Backup and restore of a node: what is put into one, and what a node is told that comes out of one. A backup is made
//! while the node serves, by asking it for an export of its store, or while it is stopped, by opening the store for a
//! moment: the same command does for a nightly job and before an upgrade, and nobody has to stop a desk for it. Keys
//! never pass the interface: whoever may read the data directory makes the backup, with the rights of that account.
//! A restored node always begins a new life ([`maillage_store::lives`]). Must never start a node.

use std::path::Path;

use jiff::Timestamp;
use maillage_domain::roles::Operation;
use maillage_engine::{Engine, Export, check_export, export_path, import};
use maillage_platform::{
    backup::{self, About, Key, Lock, Made, StoreFacts, Stream, Taking, Wanted},
    directory::{DataDirectory, DirectoryError},
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

/// Who can make the export.
#[derive(Debug)]
pub enum Source {
    /// The node serves: ask it.
    Running(DataDirectory),
    /// It was stopped: this is the export.
    Stopped(DataDirectory, StoreFacts),
}

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
pub fn source(data: &Path) -> Result<Source, Refusal> {
    let directory = DataDirectory::open(data, crate::PROGRAM).map_err(refusals::directory)?;
    match directory.lock() {
        Ok(_lock) => {
            let opened = Engine::open(&directory.join(STORE), maillage_store::options());
            let (store, _) = opened.map_err(|error| store_refused(&error))?;
            let made = store.snapshot().map_err(refusals::engine)?;
            store.close().map_err(refusals::engine)?;
            Ok(Source::Stopped(directory, StoreFacts { sequence: made.sequence, rows: made.rows }))
        }
        Err(DirectoryError::InUse { .. }) => Ok(Source::Running(directory)),
        Err(error) => Err(refusals::directory(error)),
    }
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
    let read = || -> Result<_, maillage_engine::EngineError> {
        Ok((settings::find::<Territory>(&store)?, settings::find::<Incarnation>(&store)?))
    };
    let (territory, former) = read().map_err(refusals::engine)?;
    if territory.map(|territory| territory.siren) != Some(profile.territory.to_string()) {
        return Err(unusable(refusals::unknown("territory-unknown")));
    }
    let backup_at = about.made_at.parse().map_err(|_| unusable(refusals::invalid("day-format")))?;
    let next = Incarnation::next(former.as_ref(), now, backup_at);
    store
        .transact::<(), maillage_engine::EngineError, _>("node.restored", move |transaction| {
            settings::put(transaction, &next)
        })
        .map_err(refusals::internal)?;
    store.close().map_err(refusals::engine)
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
        OpenError::Engine(error) if error.is_disk_full() => {
            Refusal::new(RefusalKind::Exhausted, "backup-disk-full").with("path", "store")
        }
        OpenError::InUse(_) | OpenError::BadTree(_) | OpenError::Engine(_) => {
            Refusal::new(RefusalKind::Internal, "store-unavailable")
        }
    }
}
