//! `backup` and `restore` of a program: what is typed for them, whom to ask for the export, and what is printed. It must never
//! print a passphrase, stop or start a program, nor know what is in a store.

use std::{
    io,
    path::{Path, PathBuf},
};

use clap::Args;
use serde::Serialize;

use super::{Failure, Output};
use crate::{
    backup::{About, Key, Lock, Made, StoreFacts},
    directory::{DataDirectory, DirectoryError},
    refusal::Refusal,
};

/// `backup` as it is typed.
#[derive(Debug, Args)]
pub struct Backup {
    /// The file to make.
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
    /// The file with the passphrase.
    #[arg(long, value_name = "FILE", required_unless_present = "recipient")]
    pub passphrase_file: Option<PathBuf>,
    /// A public key instead.
    #[arg(long, value_name = "AGE1…", conflicts_with = "passphrase_file")]
    pub recipient: Option<String>,
}

/// `restore` as it is typed.
#[derive(Debug, Args)]
pub struct Restore {
    /// The backup.
    #[arg(long, value_name = "FILE")]
    pub from: PathBuf,
    /// The file with the passphrase.
    #[arg(long, value_name = "FILE", required_unless_present = "identity_file")]
    pub passphrase_file: Option<PathBuf>,
    /// The file with the secret key instead.
    #[arg(long, value_name = "FILE", conflicts_with = "passphrase_file")]
    pub identity_file: Option<PathBuf>,
}

/// Who can make the export.
#[derive(Debug)]
pub enum Source {
    /// The program serves: ask it.
    Running(DataDirectory),
    /// It was stopped: this is the export.
    Stopped(DataDirectory, StoreFacts),
}

#[derive(Serialize)]
struct Done<'a> {
    path: &'a str,
    made_at: &'a str,
    rows: u64,
    files: usize,
    bytes: u64,
}

#[derive(Serialize)]
struct Restored<'a> {
    directory: &'a str,
    made_at: &'a str,
    rows: u64,
}

impl Backup {
    /// What the backup is closed with.
    ///
    /// # Errors
    /// Those of [`Lock`].
    pub fn lock(&self) -> Result<Lock, Refusal> {
        match (&self.passphrase_file, &self.recipient) {
            (Some(file), _) => Lock::passphrase(file),
            (None, recipient) => Lock::recipient(recipient.as_deref().unwrap_or_default()),
        }
    }
}

impl Restore {
    /// What opens the backup.
    ///
    /// # Errors
    /// Those of [`Key`].
    pub fn key(&self) -> Result<Key, Refusal> {
        match (&self.passphrase_file, &self.identity_file) {
            (Some(file), _) => Key::passphrase(file),
            (None, file) => Key::identity(file.as_deref().unwrap_or_else(|| Path::new(""))),
        }
    }
}

/// Finds out whether a program serves; lets `export` make the export if it does not, while nobody else can begin to.
///
/// # Errors
/// No directory of the program; those of `export`.
pub fn source(
    data: &Path,
    program: &str,
    export: impl FnOnce(&DataDirectory) -> Result<StoreFacts, Failure>,
) -> Result<Source, Failure> {
    let directory = DataDirectory::open(data, program)?;
    match directory.lock() {
        Ok(_lock) => {
            let facts = export(&directory)?;
            Ok(Source::Stopped(directory, facts))
        }
        Err(DirectoryError::InUse { .. }) => Ok(Source::Running(directory)),
        Err(error) => Err(error.into()),
    }
}

/// Prints what was made.
///
/// # Errors
/// Nothing can be printed.
pub fn show_made(output: &mut Output<'_>, to: &Path, made: &Made) -> io::Result<()> {
    let path = to.display().to_string();
    let About { made_at, store, .. } = &made.about;
    let shown = Done { path: &path, made_at, rows: store.rows, files: made.files, bytes: made.bytes };
    output.line("backup-done", &[("path", path.as_str().into())])?;
    let fields = [
        ("backup-rows", store.rows.to_string()),
        ("backup-files", made.files.to_string()),
        ("backup-size", size(made.bytes)),
    ];
    output.record(&shown, &fields)?;
    output.line("backup-next", &[])
}

/// Prints what was put back; `made` is when the backup was made, as people say it.
///
/// # Errors
/// Nothing can be printed.
pub fn show_restored(output: &mut Output<'_>, data: &Path, about: &About, made: &str) -> io::Result<()> {
    let directory = data.display().to_string();
    let shown = Restored { directory: &directory, made_at: &about.made_at, rows: about.store.rows };
    output.line("restore-done", &[("made", made.into()), ("directory", directory.as_str().into())])?;
    output.record(&shown, &[("backup-rows", about.store.rows.to_string())])?;
    output.line("restore-next", &[])
}

/// A size as people say it, in kilobytes or megabytes.
fn size(bytes: u64) -> String {
    if bytes < 1_000_000 {
        format!("{} kB", bytes.div_ceil(1_000))
    } else {
        format!("{} MB", bytes.div_ceil(1_000_000))
    }
}
