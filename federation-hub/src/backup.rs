//! Backup and restore of a hub: its settings, its certificate authority and signing key, and an export of its store. Made while it
//! serves, by asking it for the export, or while it is stopped: the hub must not be stopped for it every night. A restored
//! hub begins a new epoch, durably, before it can serve: that is how nodes know that it may have forgotten something. It
//! must never serve, nor know what is in a store.

use std::path::Path;

use jiff::Timestamp;
use maillage_engine::{EngineError, Export, OpenError, check_export, import};
use maillage_platform::{
    backup::{self, About, Key, Lock, Made, StoreFacts, Stream, Taking, Wanted},
    cli::{
        Failure,
        backup::{self as cli, Source},
    },
    directory::DataDirectory,
    random::OsEntropy,
    refusal::{Refusal, RefusalKind},
};

use crate::{
    authority::{self, Authority},
    cli::PROGRAM,
    refusals,
    settings::Settings,
    store::EmbeddedStore,
};

/// Directory of the store, below the data directory.
pub(crate) const STORE: &str = "store";

/// Finds out whether the hub serves; makes the export itself if it does not.
pub(crate) fn source(data: &Path) -> Result<Source, Failure> {
    cli::source(data, PROGRAM, |directory| {
        let opened = EmbeddedStore::open(&directory.join(STORE));
        let (store, _) = opened.map_err(|error| store_refused(&error))?;
        store.export_now().map_err(|error| match full(&error) {
            Some(refusal) => refusal.into(),
            None => Failure::internal(error),
        })
    })
}

/// Makes a backup of an export that was just made.
pub(crate) fn make(
    directory: &DataDirectory,
    facts: StoreFacts,
    to: &Path,
    lock: &Lock,
    made_at: Timestamp,
) -> Result<Made, Refusal> {
    let check = |stream: Stream| {
        let checked = check_export(stream, &EmbeddedStore::options());
        checked.map(facts_of).map_err(|error| store_refused(&error))
    };
    let store = maillage_engine::export_path(&directory.join(STORE), facts.sequence);
    let version = env!("CARGO_PKG_VERSION");
    Ok(backup::make(&Wanted { directory, store: &store, facts, version, made_at, to, lock, check: &check })?)
}

/// Puts a backup back into an empty directory: a hub in a new epoch.
pub(crate) fn restore(data: &Path, from: &Path, key: &Key, now: Timestamp) -> Result<About, Refusal> {
    let store = |directory: &Path, stream: Stream| {
        let imported = import(directory, stream, &EmbeddedStore::options());
        imported.map(facts_of).map_err(|error| store_refused(&error))
    };
    let finish = |directory: &DataDirectory, _: &About| begin_new_epoch(directory, now);
    let taking = Taking { from, key, into: data, program: PROGRAM, store: &store, finish: &finish };
    Ok(backup::restore(&taking)?)
}

/// Looks at settings, authority, key and store as `serve` will, and raises the epoch.
fn begin_new_epoch(directory: &DataDirectory, now: Timestamp) -> Result<(), Refusal> {
    let settings = Settings::load(directory).map_err(|error| unusable(&error))?;
    let entropy = std::sync::Arc::new(OsEntropy);
    Authority::load(directory, settings.federation, entropy).map_err(|error| unusable(&error))?;
    authority::signer(directory).map_err(|error| unusable(&error))?;
    let opened = EmbeddedStore::open(&directory.join(STORE));
    let (store, _) = opened.map_err(|error| store_refused(&error))?;
    store.begin_epoch(now.as_millisecond()).map_err(|error| unusable(&error))?;
    Ok(())
}

/// What the backup holds cannot be used, unless there was only no space for it.
fn unusable(error: &(dyn std::error::Error + 'static)) -> Refusal {
    tracing::error!(error, "the backup holds something that cannot be used");
    full(error).unwrap_or_else(|| Refusal::new(RefusalKind::Conflict, "backup-damaged"))
}

/// A full disk is told as one, with what to do, wherever in the chain it was found.
fn full(error: &(dyn std::error::Error + 'static)) -> Option<Refusal> {
    let mut next = Some(error);
    let mut is_full = backup::is_disk_full(error);
    while let Some(error) = next {
        is_full |= error.downcast_ref::<EngineError>().is_some_and(EngineError::is_disk_full);
        next = error.source();
    }
    is_full.then(|| backup::disk_full(STORE))
}

fn facts_of(export: Export) -> StoreFacts {
    StoreFacts { sequence: export.sequence, rows: export.rows }
}

/// A store that cannot be opened or made, with what to do about it.
pub(crate) fn store_refused(error: &OpenError) -> Refusal {
    tracing::error!(error = error as &dyn std::error::Error, "the store cannot be opened");
    match error {
        OpenError::NewerSchema { .. } | OpenError::NewerFormat { .. } => refusals::STORE_NEWER.into(),
        OpenError::Engine(error) if error.is_disk_full() => backup::disk_full(STORE),
        OpenError::ForeignFile { .. }
        | OpenError::Missing { .. }
        | OpenError::ImageWithoutJournal(_)
        | OpenError::Damaged(_) => refusals::STORE_DAMAGED.into(),
        OpenError::InUse(_) | OpenError::BadTree(_) | OpenError::Engine(_) => {
            refusals::STORE_UNAVAILABLE.into()
        }
    }
}

#[cfg(test)]
mod tests {
    //! What is said when there is no space. It must never fill a disk.

    use std::io;

    use super::*;
    use crate::store::StoreError;

    #[test]
    fn a_full_disk_is_told_as_one_and_nothing_else_is() {
        let engine = |kind| EngineError::Io {
            operation: "write",
            file: "journal".to_owned(),
            kind,
            message: "as the system says".to_owned(),
        };
        for kind in [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded] {
            let store = StoreError::from(engine(kind));
            assert_eq!(full(&store).unwrap().reason(), "backup-disk-full");
            assert_eq!(unusable(&store).reason(), "backup-disk-full");
            assert_eq!(unusable(&io::Error::from(kind)).reason(), "backup-disk-full");
            assert_eq!(store_refused(&OpenError::Engine(engine(kind))).reason(), "backup-disk-full");
        }
        let store = StoreError::from(engine(io::ErrorKind::PermissionDenied));
        assert_eq!(full(&store), None);
        assert_eq!(unusable(&store).reason(), "backup-damaged");
        // What is in use, or cannot be read just now, is not damaged: nobody restores a backup for that.
        let denied = OpenError::Engine(engine(io::ErrorKind::PermissionDenied));
        for error in [denied, OpenError::InUse("store".into())] {
            assert_eq!(store_refused(&error).reason(), "store-unavailable", "{error}");
        }
    }
}
