//! A file that is there whole or not at all: it is written under another name beside its own, and gets its own name when all of it
//! is on the disk. Must never replace a file, nor leave half of one behind.

use std::{
    ffi::OsString,
    fs::File,
    io::Write as _,
    path::{Path, PathBuf},
};

use super::{failure::CommandError, tables};

/// A file that is not there yet. Dropped without being kept, it leaves nothing.
pub(super) struct Draft {
    file: File,
    beside: PathBuf,
    name: PathBuf,
}

impl Draft {
    /// Begins a file for its owner alone.
    ///
    /// # Errors
    /// `file-unusable` if there is one of this name, or none can be made there.
    pub(super) fn of(name: &Path) -> Result<Self, CommandError> {
        let Some(last) = name.file_name().filter(|_| !name.exists()) else {
            return Err(tables::unusable(name));
        };
        let mut beside = OsString::from(".");
        beside.push(last);
        beside.push(".part");
        let beside = name.with_file_name(beside);
        let file = tables::create(&beside)?;
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
        std::fs::rename(&self.beside, &self.name)?;
        if let Some(folder) = self.name.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // It has its own name, or is of no use: there is nobody to tell if it cannot be removed.
        let _ = std::fs::remove_file(&self.beside);
    }
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
}
