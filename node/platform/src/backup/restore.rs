//! Putting a backup back. It must never touch a directory that holds anything, and never leave one that a program would
//! serve from before all of it was checked.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::Read;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Component, Path, PathBuf};

use super::archive::{self, pour, through_pipe};
use super::make::sync_folder;
use super::{About, BackupError, FILES, Key, STORE, STORE_FOLDER, StoreFacts, Stream};
use crate::directory::{DataDirectory, MARKER};
use crate::refusal::Refusal;

/// Where it is put together, inside the directory it is for.
const ASIDE: &str = "restoring";

/// What is to be put back, and where.
pub struct Taking<'a> {
    /// The backup.
    pub from: &'a Path,
    /// What opens it.
    pub key: &'a Key,
    /// The directory: absent or empty.
    pub into: &'a Path,
    /// The program it must be of.
    pub program: &'a str,
    /// Makes a store of an export, in the directory given, and says what is in it.
    pub store: &'a (dyn Fn(&Path, Stream) -> Result<StoreFacts, Refusal> + Sync),
    /// Looks at the whole before it is put in place, and raises whatever says that it is a restored one.
    pub finish: &'a dyn Fn(&DataDirectory, &About) -> Result<(), Refusal>,
}

/// Puts a backup back; gives what it says of itself.
///
/// # Errors
/// What is in the way; then the directory is as it was.
pub fn restore(taking: &Taking<'_>) -> Result<About, BackupError> {
    let into = taking.into;
    let missing = prepare(into)?;
    let aside = into.join(ASIDE);
    let put = hold(&aside).and_then(|_held| {
        let about = put_together(taking, &aside)?;
        place(&aside, into)?;
        sync_made(&missing)?;
        Ok(about)
    });
    if put.is_err() {
        // Best effort: the first error is the one worth telling.
        drop(fs::remove_dir_all(&aside));
        for made in &missing {
            drop(fs::remove_dir(made));
        }
    }
    put
}

/// Makes the directory in which it is put together, and holds it: what nobody holds was left by a process that was ended.
fn hold(aside: &Path) -> Result<File, BackupError> {
    folder(aside)?;
    let held = File::open(aside).map_err(BackupError::write(aside))?;
    // A share may not know locks.
    drop(held.try_lock());
    Ok(held)
}

/// The directories that were made are there to stay.
fn sync_made(made: &[PathBuf]) -> Result<(), BackupError> {
    for parent in made.iter().filter_map(|made| made.parent()) {
        let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
        sync_folder(parent).map_err(BackupError::write(parent))?;
    }
    Ok(())
}

/// Makes sure of an empty directory; tells which had to be made, the innermost first. What a restore left that was ended in the
/// middle is taken away, as long as nothing of it was put in place.
fn prepare(into: &Path) -> Result<Vec<PathBuf>, BackupError> {
    match fs::read_dir(into) {
        Ok(entries) => {
            let names: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.file_name())).collect();
            match names.as_slice() {
                [] => Ok(Vec::new()),
                _ if !is_left(into) => Err(BackupError::NotEmpty(into.to_owned())),
                [_] => {
                    let aside = into.join(ASIDE);
                    fs::remove_dir_all(&aside).map_err(BackupError::write(aside)).map(|()| Vec::new())
                }
                _ => Err(BackupError::BrokenOff(into.to_owned())),
            }
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let absent = |path: &&Path| !path.as_os_str().is_empty() && !path.exists();
            let missing = into.ancestors().take_while(absent).map(Path::to_owned).collect();
            folder(into)?;
            Ok(missing)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => {
            Err(BackupError::NotEmpty(into.to_owned()))
        }
        Err(error) => Err(BackupError::write(into)(error)),
    }
}

/// Whether a restore was ended in the middle here: its directory is there, nobody holds it, and no program's mark is.
fn is_left(into: &Path) -> bool {
    !into.join(MARKER).exists() && File::open(into.join(ASIDE)).is_ok_and(|aside| aside.try_lock().is_ok())
}

fn put_together(taking: &Taking<'_>, aside: &Path) -> Result<About, BackupError> {
    let mut facts = None;
    let mut of_us = |about: &About| {
        if about.program == taking.program {
            Ok(())
        } else {
            Err(BackupError::OtherProgram(about.program.clone()))
        }
    };
    let about = archive::read(taking.from, taking.key, &mut of_us, &mut |name, contents| {
        if name == STORE {
            let store = aside.join(STORE_FOLDER);
            facts = Some(through_pipe(contents, |stream| (taking.store)(&store, stream))?);
            return Ok(());
        }
        let name = name.strip_prefix(FILES).ok_or(BackupError::Damaged)?;
        write(&aside.join(plain(name)?), contents)
    })?;
    if facts != Some(about.store) {
        return Err(BackupError::Damaged);
    }
    let directory = DataDirectory::create(aside, taking.program)
        .map_err(|error| BackupError::directory(aside, &error))?;
    (taking.finish)(&directory, &about)?;
    Ok(about)
}

/// Moves everything up, what makes it a data directory last.
fn place(aside: &Path, into: &Path) -> Result<(), BackupError> {
    let failed = || BackupError::write(into);
    sync_folder(aside).map_err(failed())?;
    let mut names = Vec::new();
    for entry in fs::read_dir(aside).map_err(failed())? {
        names.push(entry.map_err(failed())?.file_name());
    }
    names.sort();
    names.sort_by_key(|name| name == MARKER);
    let mut moved = Vec::new();
    let moving = names.iter().try_for_each(|name| {
        if name == MARKER {
            sync_folder(into)?;
        }
        fs::rename(aside.join(name), into.join(name))?;
        moved.push(name);
        Ok(())
    });
    let placed = moving.and_then(|()| fs::remove_dir(aside)).and_then(|()| sync_folder(into));
    placed.map_err(|error| {
        // Back where they came from, and gone with it.
        drop(folder(aside));
        for name in moved.into_iter().rev() {
            drop(fs::rename(into.join(name), aside.join(name)));
        }
        BackupError::write(into)(error)
    })
}

fn write(path: &Path, contents: &mut dyn Read) -> Result<(), BackupError> {
    let parent = path.parent().unwrap_or(path);
    folder(parent)?;
    let failed = || BackupError::write(path);
    let mut file: File =
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(failed())?;
    pour(contents, &mut file)?.map_err(failed())?;
    file.sync_all().map_err(failed())?;
    sync_folder(parent).map_err(failed())
}

fn folder(path: &Path) -> Result<(), BackupError> {
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(BackupError::write(path))
}

/// A name that leads nowhere else.
fn plain(name: &str) -> Result<PathBuf, BackupError> {
    let path = PathBuf::from(name);
    let inside = path.components().all(|component| matches!(component, Component::Normal(_)));
    if inside && !name.is_empty() { Ok(path) } else { Err(BackupError::Damaged) }
}

impl std::fmt::Debug for Taking<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Taking")
            .field("from", &self.from)
            .field("into", &self.into)
            .finish_non_exhaustive()
    }
}
