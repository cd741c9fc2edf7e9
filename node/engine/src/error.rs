//! What can go wrong, told so that an operator knows what happened, why, and what to do. Messages never hold record
//! contents: trees, files, offsets and sizes only.

use std::io;
use std::path::PathBuf;

use crate::record::RecordError;

/// A failure of the engine while it runs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// A tree that the options did not declare.
    #[error("tree {0:?} is not declared in the options of this store")]
    UnknownTree(String),
    /// Something is over its limit; nothing was written.
    #[error("over a limit of the store; nothing was written")]
    TooLarge(#[from] TooLarge),
    /// The store accepts no transaction at the moment; reading goes on.
    #[error("the store is read-only; nothing was written")]
    ReadOnly(#[from] ReadOnlyReason),
    /// Stored bytes do not check.
    #[error("stored data is damaged")]
    Damaged(#[from] Damage),
    /// A record cannot be read or written.
    #[error("a stored record cannot be used")]
    Record(#[from] RecordError),
    /// The body of a transaction panicked; nothing was written and the store goes on.
    #[error("the transaction {0:?} panicked; nothing was written")]
    BodyPanicked(&'static str),
    /// A transaction was started inside another one.
    #[error("the transaction {0:?} was started inside another transaction; nothing was written")]
    Nested(&'static str),
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// The image failed (sled returned an error or panicked); acknowledged data is safe in the journal.
    #[error(
        "the queryable image failed ({0}); acknowledged data is safe in the journal: restart to rebuild it"
    )]
    Image(String),
    /// A file operation failed.
    #[error("cannot {operation} {file}: {message}")]
    Io {
        /// What was being done.
        operation: &'static str,
        /// Name of the file inside the store.
        file: String,
        /// Class of the failure.
        kind: io::ErrorKind,
        /// The system's own words.
        message: String,
    },
}

/// What is over its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TooLarge {
    /// A key is empty or too long.
    #[error("key of {bytes} bytes; 1 to {limit} are allowed")]
    Key {
        /// Its length.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// The writes of one transaction add up to too much.
    #[error("transaction of {bytes} bytes; at most {limit} are allowed: do it in several")]
    Transaction {
        /// Keys and values together.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
}

/// Why transactions are refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadOnlyReason {
    /// No space is left; the store accepts transactions again by itself once there is.
    #[error(
        "the disk is full ({free_bytes} bytes left, {wanted_bytes} wanted): free some space, writing resumes by itself"
    )]
    DiskFull {
        /// Free space seen.
        free_bytes: u64,
        /// Space needed.
        wanted_bytes: u64,
    },
    /// The system would not make written bytes durable; what is on the disk is unknown until the store is reopened.
    #[error("the system failed to make the journal durable ({0}): check the disk, then restart")]
    SyncFailed(String),
    /// The image failed, so transactions can no longer read what they need.
    #[error("the queryable image failed ({0}): restart to rebuild it")]
    ImageFailed(String),
}

/// Which stored bytes do not check.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// A journal segment fails its checksum before its end.
    #[error(
        "journal file {file} is damaged at byte {offset}, inside acknowledged data: restore this file from a backup"
    )]
    Journal {
        /// File name.
        file: String,
        /// Where.
        offset: u64,
    },
    /// A journal segment is missing.
    #[error(
        "the journal is missing transactions {first} to {last}: restore the file that holds them from a backup"
    )]
    JournalGap {
        /// First missing sequence.
        first: u64,
        /// Last missing sequence.
        last: u64,
    },
    /// A snapshot fails its checksums.
    #[error("snapshot file {file} is damaged at byte {offset}")]
    Snapshot {
        /// File name.
        file: String,
        /// Where.
        offset: u64,
    },
    /// A value in the image fails its checksum.
    #[error("an entry of tree {tree:?} in the image fails its checksum: restart to rebuild the image")]
    ImageEntry {
        /// Tree of the entry.
        tree: String,
    },
}

/// Why a store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another running process has the directory.
    #[error("{} is in use by another running process: stop it first", .0.display())]
    InUse(PathBuf),
    /// Written under a newer schema.
    #[error(
        "the store was written by a newer version (schema {found}, this program knows up to {known}): upgrade the program"
    )]
    NewerSchema {
        /// Version in the store.
        found: u32,
        /// Version of this program.
        known: u32,
    },
    /// Written in a newer file format.
    #[error(
        "the store was written by a newer engine (format {found}, this program knows up to {known}): upgrade the program"
    )]
    NewerFormat {
        /// Format in the store.
        found: u32,
        /// Format of this program.
        known: u32,
    },
    /// Files of two stores lie in one directory.
    #[error("file {file} belongs to another store: it was copied here by mistake")]
    ForeignFile {
        /// The file.
        file: String,
    },
    /// The store's data is missing (an emptied directory next to a sentinel that remembers data).
    #[error(
        "the store should hold {sequence} transactions but its journal and snapshots are missing: restore a backup"
    )]
    Missing {
        /// Last sequence that the sentinel remembers.
        sequence: u64,
    },
    /// An image lies here without any journal, snapshot or sentinel.
    #[error("an image lies in {} without its journal: restore the whole directory from a backup", .0.display())]
    ImageWithoutJournal(PathBuf),
    /// Data does not check and cannot be rebuilt from what remains.
    #[error("stored data is damaged and cannot be rebuilt from what remains; nothing was changed")]
    Damaged(#[from] Damage),
    /// The tree declarations are not usable.
    #[error("tree {0:?} is declared twice, or its name is empty or too long")]
    BadTree(String),
    /// Anything else, as an engine error.
    #[error("the store cannot be opened")]
    Engine(#[source] EngineError),
}

/// Why a transaction did not happen.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransactError<E> {
    /// The body itself returned this error; nothing was written.
    #[error("the transaction was aborted; nothing was written")]
    Aborted(E),
    /// The engine could not run it or make it durable.
    #[error("the store could not complete the transaction")]
    Engine(EngineError),
}

impl From<EngineError> for OpenError {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Damaged(damage) => Self::Damaged(damage),
            other @ (EngineError::UnknownTree(_)
            | EngineError::TooLarge(_)
            | EngineError::ReadOnly(_)
            | EngineError::Record(_)
            | EngineError::BodyPanicked(_)
            | EngineError::Nested(_)
            | EngineError::Closed
            | EngineError::Image(_)
            | EngineError::Io { .. }) => Self::Engine(other),
        }
    }
}

impl<E> From<EngineError> for TransactError<E> {
    fn from(error: EngineError) -> Self {
        Self::Engine(error)
    }
}

impl EngineError {
    /// An I/O failure with its context.
    pub(crate) fn io(operation: &'static str, file: &str, error: &io::Error) -> Self {
        Self::Io { operation, file: file.to_owned(), kind: error.kind(), message: error.to_string() }
    }

    /// Whether this is the system saying that no space is left.
    pub fn is_disk_full(&self) -> bool {
        matches!(
            self,
            Self::Io { kind: io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded, .. }
                | Self::ReadOnly(ReadOnlyReason::DiskFull { .. })
        )
    }
}
