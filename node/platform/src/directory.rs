//! The data directory of a program: whose it is, who is serving from it, and where its local API answers.
//! It must know nothing of what the program stores inside.
//!
//! Layout: `program` (name of the program it belongs to), `lock` (held while serving; holds the process id),
//! `run/api.addr` and `run/api.token` (where and with which token the local API answers; renewed at each start).

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::net::{AddrParseError, SocketAddr};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::secrets::{self, Secret, SecretError};

/// A directory that belongs to one program.
#[derive(Debug, Clone)]
pub struct DataDirectory {
    path: PathBuf,
    program: String,
}

/// Proof that no other process serves from the directory; given back when dropped or when the process ends.
#[derive(Debug)]
pub struct DirectoryLock {
    _file: File,
}

/// Where and with which token the local API of a running program answers.
#[derive(Debug)]
pub struct LocalApi {
    /// The loopback address actually bound.
    pub address: SocketAddr,
    /// The bearer token.
    pub token: Secret<String>,
}

/// Why a data directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// Nothing has been created there.
    #[error("{path} is not a data directory of {program}: create it with {program} init")]
    Missing {
        /// The directory.
        path: PathBuf,
        /// The program that looked.
        program: String,
    },
    /// It belongs to another program.
    #[error("{path} belongs to {owner}, not to {program}")]
    OtherProgram {
        /// The directory.
        path: PathBuf,
        /// The program it belongs to.
        owner: String,
        /// The program that looked.
        program: String,
    },
    /// Another process serves from it.
    #[error("{path} is in use by a running process ({})", process_text(*pid))]
    InUse {
        /// The directory.
        path: PathBuf,
        /// The process that holds the lock, if its number could be read.
        pid: Option<u32>,
    },
    /// No program serves from it.
    #[error("{program} is not running in {path}: start it with {program} serve")]
    NotRunning {
        /// The directory.
        path: PathBuf,
        /// The program that should serve.
        program: String,
    },
    /// `run/api.addr` does not hold an address.
    #[error("{path} does not hold an address")]
    BadAddress {
        /// The file.
        path: PathBuf,
        /// What the parser said.
        source: AddrParseError,
    },
    /// A secret file cannot be used.
    #[error("the token of the local API cannot be used")]
    Secret(#[from] SecretError),
    /// The operating system refused.
    #[error("{path} cannot be used")]
    File {
        /// The file or directory.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
}

impl DataDirectory {
    /// Creates the directory (mode 0700) with its parents for `program`, or opens the one it already has.
    pub fn create(path: impl Into<PathBuf>, program: &str) -> Result<Self, DirectoryError> {
        let path = path.into();
        if path.join(MARKER).exists() {
            return Self::open(path, program);
        }
        make_directory(&path)?;
        let marker = path.join(MARKER);
        secrets::write_secret(&marker, format!("{program}\n").as_bytes())?;
        Self::open(path, program)
    }

    /// Opens the directory that `program` created.
    pub fn open(path: impl Into<PathBuf>, program: &str) -> Result<Self, DirectoryError> {
        let path = path.into();
        let owner = match fs::read_to_string(path.join(MARKER)) {
            Ok(owner) => owner.trim().to_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(DirectoryError::Missing { path, program: program.to_owned() });
            }
            Err(source) => return Err(DirectoryError::File { path: path.join(MARKER), source }),
        };
        if owner != program {
            return Err(DirectoryError::OtherProgram { path, owner, program: program.to_owned() });
        }
        make_private(&path)?;
        Ok(Self { path, program: owner })
    }

    /// Takes the exclusive lock, to be held as long as the program serves.
    pub fn lock(&self) -> Result<DirectoryLock, DirectoryError> {
        let path = self.path.join("lock");
        let failed = |source| DirectoryError::File { path: path.clone(), source };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                let pid = file.read_to_string(&mut text).ok().and_then(|_| text.trim().parse().ok());
                return Err(DirectoryError::InUse { path: self.path.clone(), pid });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", std::process::id()))
            .and_then(|()| file.sync_all())
            .map_err(failed)?;
        Ok(DirectoryLock { _file: file })
    }

    /// Tells local clients where the API answers; asks for the lock as proof that this process is the one serving.
    pub fn publish_api(
        &self,
        _lock: &DirectoryLock,
        address: SocketAddr,
        token: &Secret<String>,
    ) -> Result<(), DirectoryError> {
        make_directory(&self.path.join("run"))?;
        secrets::write_secret(&self.api_token_path(), token.expose().as_bytes())?;
        secrets::write_secret(&self.api_address_path(), format!("{address}\n").as_bytes())?;
        Ok(())
    }

    /// Withdraws what [`Self::publish_api`] told, at an orderly stop.
    pub fn withdraw_api(&self, _lock: &DirectoryLock) -> Result<(), DirectoryError> {
        for path in [self.api_address_path(), self.api_token_path()] {
            match fs::remove_file(&path) {
                Err(source) if source.kind() != io::ErrorKind::NotFound => {
                    return Err(DirectoryError::File { path, source });
                }
                Ok(()) | Err(_) => {}
            }
        }
        Ok(())
    }

    /// Where the local API answers, as the serving process told it. The process may have been killed since.
    pub fn local_api(&self) -> Result<LocalApi, DirectoryError> {
        let address = self.api_address()?;
        Ok(LocalApi { address, token: secrets::read_secret_text(&self.api_token_path())? })
    }

    /// The address of the local API, as the serving process told it.
    pub fn api_address(&self) -> Result<SocketAddr, DirectoryError> {
        let path = self.api_address_path();
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(self.not_running()),
            Err(source) => return Err(DirectoryError::File { path, source }),
        };
        text.trim().parse().map_err(|source| DirectoryError::BadAddress { path, source })
    }

    /// The error that says how to start the program.
    pub fn not_running(&self) -> DirectoryError {
        DirectoryError::NotRunning { path: self.path.clone(), program: self.program.clone() }
    }

    /// The directory itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A file or directory inside.
    pub fn join(&self, name: impl AsRef<Path>) -> PathBuf {
        self.path.join(name)
    }

    /// The program it belongs to.
    pub fn program(&self) -> &str {
        &self.program
    }

    /// `run/api.addr`: the address of the local API.
    pub fn api_address_path(&self) -> PathBuf {
        self.path.join("run").join("api.addr")
    }

    /// `run/api.token`: the token of the local API.
    pub fn api_token_path(&self) -> PathBuf {
        self.path.join("run").join("api.token")
    }
}

/// The file that makes a directory a program's.
pub(crate) const MARKER: &str = "program";

fn make_directory(path: &Path) -> Result<(), DirectoryError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|source| DirectoryError::File { path: path.to_owned(), source })
}

/// Takes away what group and others may do with a directory that was there before: it will hold personal data.
fn make_private(path: &Path) -> Result<(), DirectoryError> {
    let failed = |source| DirectoryError::File { path: path.to_owned(), source };
    let permissions = fs::metadata(path).map_err(failed)?.permissions();
    let open_to_others = permissions.mode() & 0o077;
    if open_to_others == 0 {
        return Ok(());
    }
    tracing::warn!(path = %path.display(), "others could enter the data directory: closed to them");
    fs::set_permissions(path, fs::Permissions::from_mode(0o700)).map_err(failed)
}

fn process_text(pid: Option<u32>) -> String {
    pid.map_or_else(|| "unknown process".to_owned(), |pid| format!("process {pid}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROGRAM: &str = "maillage-node";

    #[test]
    fn a_directory_that_others_could_enter_is_closed_to_them() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("data");
        fs::create_dir(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        DataDirectory::create(&path, PROGRAM).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o750)).unwrap();
        DataDirectory::open(&path, PROGRAM).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
    }

    #[test]
    fn a_directory_is_private_and_belongs_to_its_program() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("a").join("b");
        assert!(matches!(DataDirectory::open(&path, PROGRAM), Err(DirectoryError::Missing { .. })));
        let directory = DataDirectory::create(&path, PROGRAM).unwrap();
        assert_eq!(fs::metadata(directory.path()).unwrap().permissions().mode() & 0o777, 0o700);
        assert!(DataDirectory::create(&path, PROGRAM).is_ok(), "creating twice is opening");
        for attempt in
            [DataDirectory::open(&path, "maillage-hub"), DataDirectory::create(&path, "maillage-hub")]
        {
            assert!(matches!(attempt, Err(DirectoryError::OtherProgram { owner, .. }) if owner == PROGRAM));
        }
    }

    #[test]
    fn a_second_lock_is_refused_naming_the_process_until_the_first_is_dropped() {
        let parent = tempfile::tempdir().unwrap();
        let directory = DataDirectory::create(parent.path().join("data"), PROGRAM).unwrap();
        let lock = directory.lock().unwrap();
        let error = directory.lock().unwrap_err();
        let own = std::process::id();
        assert!(matches!(error, DirectoryError::InUse { pid, .. } if pid == Some(own)), "{error}");
        assert!(error.to_string().contains(&own.to_string()));
        drop(lock);
        assert!(directory.lock().is_ok());
    }

    #[test]
    fn the_local_api_is_told_privately_and_withdrawn() {
        let parent = tempfile::tempdir().unwrap();
        let directory = DataDirectory::create(parent.path().join("data"), PROGRAM).unwrap();
        let error = directory.local_api().unwrap_err();
        assert!(matches!(error, DirectoryError::NotRunning { .. }));
        assert!(error.to_string().contains("start it with maillage-node serve"), "{error}");
        let lock = directory.lock().unwrap();
        let address = "127.0.0.1:4711".parse().unwrap();
        directory.publish_api(&lock, address, &Secret::new("jeton".to_owned())).unwrap();
        let api = directory.local_api().unwrap();
        assert_eq!((api.address, api.token.expose().as_str()), (address, "jeton"));
        let mode = fs::metadata(directory.api_token_path()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        directory.withdraw_api(&lock).unwrap();
        directory.withdraw_api(&lock).unwrap();
        assert!(matches!(directory.local_api(), Err(DirectoryError::NotRunning { .. })));
    }

    #[test]
    fn a_damaged_address_and_an_exposed_token_are_refused() {
        let parent = tempfile::tempdir().unwrap();
        let directory = DataDirectory::create(parent.path().join("data"), PROGRAM).unwrap();
        let lock = directory.lock().unwrap();
        let address = "127.0.0.1:4711".parse().unwrap();
        directory.publish_api(&lock, address, &Secret::new("jeton".to_owned())).unwrap();
        fs::set_permissions(directory.api_token_path(), fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(directory.local_api(), Err(DirectoryError::Secret(SecretError::Exposed { .. }))));
        fs::write(directory.api_address_path(), "ici").unwrap();
        assert!(matches!(directory.local_api(), Err(DirectoryError::BadAddress { .. })));
    }
}
