//! Backups of a data directory: one encrypted file that holds everything a program needs to go on elsewhere, and the way back.
//!
//! The file is an [age](https://age-encryption.org/v1) file, encrypted with a passphrase or to a public key, that holds a tar:
//! `about.json`, then the files of the data directory below `files/`, then `store.snapshot`, the export of the store. All of it can be
//! read with the common tools `age` and `tar`, should this program ever be lost. What only concerns a running process (`run`,
//! `lock`) and the store's own files stay out: the export takes their place.
//!
//! Invariants:
//! - **Done means read back.** A backup is decrypted again and compared to the last byte, and its store counted, before it
//!   takes its name. To do so without the secret key of a recipient, one more key is made, used and thrown away.
//! - **Never half.** A backup is written under another name, made durable, then renamed; it replaces nothing. A restore
//!   is put together aside; the file that makes a directory one of the program's is moved last. What a process leaves that is ended in
//!   the middle is never taken for a backup or a data directory; the next one takes it away, or says what to do.
//! - It must never know what is in a store, nor log a name of a file that a passphrase lies in.

mod archive;
mod key;
mod make;
mod restore;

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use key::{Key, Lock};
pub use make::{Made, Wanted, make};
pub use restore::{Taking, restore};

use crate::directory::DirectoryError;
use crate::refusal::{Refusal, RefusalKind};

/// The version of what is inside; raised when an older program could not read it.
const FORMAT: u32 = 1;
const ABOUT: &str = "about.json";
const FILES: &str = "files/";
const STORE: &str = "store.snapshot";
/// The directory of the store inside a data directory.
const STORE_FOLDER: &str = "store";
/// What is not of a backup: what a running process says of itself, and what is made anew.
const LEFT_OUT: [&str; 4] = [STORE_FOLDER, "run", "lock", "program"];

/// What a store holds, as it was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreFacts {
    /// State as of this transaction.
    pub sequence: u64,
    /// Rows in it.
    pub rows: u64,
}

/// What a backup says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Version of the format.
    pub format: u32,
    /// The program it is of.
    pub program: String,
    /// Version of the program that made it.
    pub version: String,
    /// When it was made, RFC 3339.
    pub made_at: String,
    /// What the store held.
    pub store: StoreFacts,
}

/// The export of a store, from front to back.
pub type Stream = Box<dyn Read + Send>;

/// Why there is no backup, or why it cannot be put back. Nothing half done is left.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A file of that name is there.
    #[error("{0} exists already")]
    Exists(PathBuf),
    /// Inside of what is backed up.
    #[error("{0} is inside the data directory")]
    Inside(PathBuf),
    /// Not written.
    #[error("{path} cannot be written")]
    Write {
        /// The file or directory.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// Not read.
    #[error("{path} cannot be read")]
    Read {
        /// The file or directory.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// No backup at all, or one of another tool.
    #[error("not a backup of Maillage")]
    Foreign,
    /// The passphrase or key does not open it.
    #[error("the passphrase or key does not open this backup")]
    WrongKey,
    /// Damaged or cut short.
    #[error("the backup is damaged or cut short")]
    Damaged,
    /// Made by a newer version.
    #[error("the backup was made by version {0}, which is newer")]
    Newer(String),
    /// Of another program.
    #[error("the backup is one of {0}")]
    OtherProgram(String),
    /// An earlier restore was ended in the middle, and had begun to put things in place.
    #[error("an earlier restore was broken off in {0}")]
    BrokenOff(PathBuf),
    /// There is something already.
    #[error("{0} is not empty")]
    NotEmpty(PathBuf),
    /// The program that owns the store refuses.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

impl BackupError {
    fn write(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Write { path, source }
    }

    /// A data directory that could not be made, as far as it is known what the operating system said.
    fn directory(path: &Path, error: &DirectoryError) -> Self {
        let kind = io_kind(error).unwrap_or(io::ErrorKind::Other);
        Self::Write { path: path.to_owned(), source: io::Error::new(kind, error.to_string()) }
    }

    fn read(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Read { path, source }
    }
}

impl From<BackupError> for Refusal {
    fn from(error: BackupError) -> Self {
        let conflict = |reason| Self::new(RefusalKind::Conflict, reason);
        match error {
            BackupError::Exists(path) => conflict("backup-exists").with("path", path.display()),
            BackupError::Inside(path) => conflict("backup-inside-data").with("path", path.display()),
            BackupError::Write { path, source } if is_full(source.kind()) => {
                disk_full(&path.display().to_string())
            }
            BackupError::Write { path, source } => {
                conflict("backup-cannot-write").with("path", path.display()).with("cause", source)
            }
            BackupError::Read { path, source } => {
                conflict("backup-cannot-read").with("path", path.display()).with("cause", source)
            }
            BackupError::Foreign => conflict("backup-foreign"),
            BackupError::WrongKey => Self::new(RefusalKind::Forbidden, "backup-wrong-key"),
            BackupError::Damaged => conflict("backup-damaged"),
            BackupError::Newer(version) => conflict("backup-newer").with("version", version),
            BackupError::OtherProgram(owner) => conflict("backup-other-program").with("owner", owner),
            BackupError::BrokenOff(path) => conflict("restore-broken-off").with("path", path.display()),
            BackupError::NotEmpty(path) => conflict("restore-not-empty").with("path", path.display()),
            BackupError::Refused(refusal) => refusal,
        }
    }
}

/// What is said when the disk has no more space for something.
pub fn disk_full(path: &str) -> Refusal {
    Refusal::new(RefusalKind::Exhausted, "backup-disk-full").with("path", path)
}

/// Whether an error, or one behind it, is that of a full disk.
pub fn is_disk_full(error: &(dyn std::error::Error + 'static)) -> bool {
    io_kind(error).is_some_and(is_full)
}

fn is_full(kind: io::ErrorKind) -> bool {
    matches!(kind, io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// What the operating system said, wherever it is in the chain.
fn io_kind(error: &(dyn std::error::Error + 'static)) -> Option<io::ErrorKind> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<io::Error>() {
            return Some(found.kind());
        }
        next = error.source();
    }
    None
}

#[cfg(test)]
mod tests;
