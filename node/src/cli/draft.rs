//! A file that is there whole or not at all: it is written under another name beside its own, and gets its own name when all of it
//! is on the disk. Must never replace a file, nor leave half of one behind.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::Write as _,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

use super::{failure::CommandError, tables};

/// A file that is not there yet. Dropped without being kept, it leaves nothing.
pub(super) struct Draft {
    /// Locked as long as this process lives: what is not was left by one that was ended.
    file: File,
    beside: PathBuf,
    name: PathBuf,
}

impl Draft {
    /// Begins a file for its owner alone. What a process left that was ended in the middle goes.
    ///
    /// # Errors
    /// `file-unusable` if there is one of this name, none can be made there, or another process is writing it.
    pub(super) fn of(name: &Path) -> Result<Self, CommandError> {
        let Some(last) = name.file_name().filter(|_| !name.exists()) else {
            return Err(tables::unusable(name));
        };
        let mut beside = OsString::from(".");
        beside.push(last);
        beside.push(".part");
        let beside = name.with_file_name(beside);
        take_away_what_is_left(&beside).ok_or_else(|| tables::unusable(name))?;
        let file = tables::create(&beside).map_err(|_| tables::unusable(name))?;
        if file.try_lock().is_err() {
            return Err(tables::unusable(name));
        }
        Ok(Self { file, beside, name: name.to_owned() })
    }

    /// Writes it, and gives it its name once it is on the disk.
    ///
    /// # Errors
    /// Those of the disk: nothing is left then.
    pub(super) fn keep(mut self, bytes: &[u8]) -> Result<(), CommandError> {
        self.file.write_all(bytes)?;
        self.file.sync_all()?;
        if self.name.exists() {
            return Err(tables::unusable(&self.name));
        }
        fs::rename(&self.beside, &self.name)?;
        if let Some(folder) = self.name.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // It has its own name, or is of no use: there is nobody to tell if it cannot be removed.
        let _ = fs::remove_file(&self.beside);
    }
}

/// Removes what a process left that was ended in the middle; nothing is ever written into it, for it may be somebody else's.
/// `None`: it is no file, or a process holds it.
fn take_away_what_is_left(beside: &Path) -> Option<()> {
    let Ok(named) = fs::symlink_metadata(beside) else { return Some(()) };
    let file = named.is_file().then(|| File::open(beside)).and_then(Result::ok)?;
    let opened = file.metadata().ok()?;
    let is_it = (opened.dev(), opened.ino()) == (named.dev(), named.ino());
    (is_it && file.try_lock().is_ok() && fs::remove_file(beside).is_ok()).then_some(())
}

#[cfg(test)]
mod tests {
    use std::{fs, path::PathBuf};

    use super::Draft;

    fn names(folder: &tempfile::TempDir) -> Vec<PathBuf> {
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect()
    }

    #[test]
    fn a_file_is_there_whole_or_not_at_all_and_replaces_none() {
        let folder = tempfile::tempdir().unwrap();
        let name = folder.path().join("offres.csv");
        drop(Draft::of(&name).unwrap());
        assert!(names(&folder).is_empty(), "a refusal leaves nothing");
        let draft = Draft::of(&name).unwrap();
        assert!(!name.exists());
        draft.keep(b"relais").unwrap();
        assert_eq!(names(&folder), std::slice::from_ref(&name));
        assert_eq!(fs::read(&name).unwrap(), b"relais");
        assert!(Draft::of(&name).is_err());
        assert_eq!(names(&folder), [name]);
    }

    #[test]
    fn what_a_killed_process_left_is_in_nobodys_way_and_what_a_living_one_writes_is_left_to_it() {
        let folder = tempfile::tempdir().unwrap();
        let (name, beside) = (folder.path().join("offres.csv"), folder.path().join(".offres.csv.part"));
        fs::write(&beside, b"half of something longer than what follows").unwrap();
        let draft = Draft::of(&name).unwrap();
        assert!(Draft::of(&name).is_err(), "two write one file");
        assert!(beside.exists(), "who is refused takes nothing away");
        draft.keep(b"relais").unwrap();
        assert_eq!(fs::read(&name).unwrap(), b"relais");
        let mode = fs::metadata(&name).unwrap().permissions();
        assert_eq!(
            std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777,
            0o600,
            "its owner's, whoever laid the other"
        );
        fs::remove_file(&name).unwrap();
        // Nor is anything written through a link that somebody laid there.
        let other = folder.path().join("autre.csv");
        fs::write(&other, b"autre").unwrap();
        std::os::unix::fs::symlink(&other, &beside).unwrap();
        assert!(Draft::of(&name).is_err());
        assert_eq!(fs::read(&other).unwrap(), b"autre");
    }
}
