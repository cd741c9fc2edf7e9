//! Secrets in memory and in files: redacted when printed, wiped when dropped, written atomically and readable by
//! their owner alone. It must never print, log or compare a secret in variable time.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use data_encoding::BASE32_NOPAD;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

use crate::limits::{SECRET_FILE_BYTES, TOKEN_BYTES};
use crate::random::{self, Entropy};

/// A value that is never printed and is wiped from memory when dropped.
#[derive(Clone)]
pub struct Secret<T: Zeroize> {
    value: T,
}

impl<T: Zeroize> Secret<T> {
    /// Takes charge of `value`.
    pub fn new(value: T) -> Self {
        Self { value }
    }

    /// The value itself. Do not log it, do not put it into an error.
    pub fn expose(&self) -> &T {
        &self.value
    }
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.value.zeroize();
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("…")
    }
}

impl<T: Zeroize> From<T> for Secret<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

/// Why a secret file cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// Others than the owner may read or write the file.
    #[error("{path} can be read by others (mode {mode:04o}): run chmod 600 {path}")]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The path is a directory, a device, …
    #[error("{path} is not a regular file")]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// The file is larger than [`SECRET_FILE_BYTES`].
    #[error("{path} is larger than {SECRET_FILE_BYTES} bytes, which no secret file is")]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// The file is not text where text was expected.
    #[error("{path} is not text")]
    NotText {
        /// The file.
        path: PathBuf,
    },
    /// The operating system refused.
    #[error("{path} cannot be {action}")]
    File {
        /// The file.
        path: PathBuf,
        /// What was attempted: `read` or `written`.
        action: &'static str,
        /// What the operating system said.
        source: io::Error,
    },
}

/// Writes `content` so that the file is whole or absent, survives a power cut, and has mode 0600.
/// An existing file is replaced.
pub fn write_secret(path: &Path, content: &[u8]) -> Result<(), SecretError> {
    replace_file(path, content).map_err(|source| SecretError::File {
        path: path.to_owned(),
        action: "written",
        source,
    })
}

/// Reads a secret file of at most [`SECRET_FILE_BYTES`] bytes; refuses one that others may read or write.
pub fn read_secret(path: &Path) -> Result<Secret<Vec<u8>>, SecretError> {
    let failed = |source| SecretError::File { path: path.to_owned(), action: "read", source };
    let file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    let mode = metadata.permissions().mode() & 0o7777;
    if !metadata.is_file() {
        return Err(SecretError::NotAFile { path: path.to_owned() });
    }
    if mode & 0o077 != 0 {
        return Err(SecretError::Exposed { path: path.to_owned(), mode });
    }
    if metadata.len() > SECRET_FILE_BYTES {
        return Err(SecretError::TooLarge { path: path.to_owned() });
    }
    let length = usize::try_from(metadata.len()).unwrap_or(usize::MAX);
    let mut content = Zeroizing::new(Vec::with_capacity(length));
    file.take(SECRET_FILE_BYTES).read_to_end(&mut content).map_err(failed)?;
    Ok(Secret::new(std::mem::take(&mut *content)))
}

/// Reads a secret file that holds text; surrounding white space is dropped.
pub fn read_secret_text(path: &Path) -> Result<Secret<String>, SecretError> {
    let content = read_secret(path)?;
    let text =
        str::from_utf8(content.expose()).map_err(|_| SecretError::NotText { path: path.to_owned() })?;
    Ok(Secret::new(text.trim().to_owned()))
}

/// A new random token: 256 bits in base 32, 52 letters and digits, no padding.
pub fn random_token(entropy: &dyn Entropy) -> Secret<String> {
    let bytes = Zeroizing::new(random::bytes::<TOKEN_BYTES>(entropy));
    Secret::new(BASE32_NOPAD.encode(&*bytes))
}

/// Whether two byte strings are equal, in a time that depends on their lengths alone.
pub fn equal_in_constant_time(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}

/// Writes beside, syncs, renames, syncs the directory; the file is never visible with another mode than 0600.
fn replace_file(path: &Path, content: &[u8]) -> io::Result<()> {
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.new", std::process::id()));
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let written = write_beside(Path::new(&beside), content).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // Best effort: the first error is the one worth telling.
        drop(fs::remove_file(&beside));
    }
    written?;
    File::open(directory)?.sync_all()
}

fn write_beside(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    // The mode given at creation is narrowed by the umask; say it once more for an odd umask.
    file.set_permissions(fs::Permissions::from_mode(0o600))?;
    file.write_all(content)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{OsEntropy, SeededEntropy};

    fn mode_of(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn what_is_written_is_read_back_with_mode_600_and_nothing_left_beside() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("key");
        write_secret(&path, b"premier").unwrap();
        write_secret(&path, b"second").unwrap();
        assert_eq!(read_secret(&path).unwrap().expose(), b"second");
        assert_eq!(mode_of(&path), 0o600);
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_wide_open_file_becomes_private_when_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("key");
        fs::write(&path, "ancien").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
        write_secret(&path, b"nouveau").unwrap();
        assert_eq!(mode_of(&path), 0o600);
    }

    #[test]
    fn a_failed_write_leaves_the_old_file_and_no_trace() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("key");
        fs::create_dir(&path).unwrap();
        assert!(matches!(write_secret(&path, b"x"), Err(SecretError::File { action: "written", .. })));
        assert!(path.is_dir());
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_others_may_touch_is_refused_with_the_command_that_mends_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("key");
        for mode in [0o640, 0o604, 0o620, 0o602, 0o610, 0o777] {
            write_secret(&path, b"secret").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let error = read_secret(&path).unwrap_err();
            assert!(matches!(error, SecretError::Exposed { mode: seen, .. } if seen == mode), "{mode:o}");
            assert!(error.to_string().contains(&format!("chmod 600 {}", path.display())), "{error}");
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
        assert!(read_secret(&path).is_ok());
    }

    #[test]
    fn absent_oversized_and_strange_files_are_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("key");
        assert!(matches!(read_secret(&path), Err(SecretError::File { action: "read", .. })));
        let size = usize::try_from(SECRET_FILE_BYTES).unwrap();
        write_secret(&path, &vec![b'x'; size]).unwrap();
        assert!(read_secret(&path).is_ok());
        write_secret(&path, &vec![b'x'; size + 1]).unwrap();
        assert!(matches!(read_secret(&path), Err(SecretError::TooLarge { .. })));
        assert!(matches!(read_secret(directory.path()), Err(SecretError::NotAFile { .. })));
        write_secret(&path, &[0xff, 0xfe]).unwrap();
        assert!(matches!(read_secret_text(&path), Err(SecretError::NotText { .. })));
    }

    #[test]
    fn a_secret_is_never_printed() {
        let secret = Secret::new("mot-de-passe".to_owned());
        assert_eq!(format!("{secret:?} {:#?}", Some(&secret)), "… Some(\n    …,\n)");
    }

    #[test]
    fn tokens_are_long_and_do_not_repeat() {
        let token = random_token(&OsEntropy);
        assert_eq!(token.expose().len(), 52);
        assert_ne!(token.expose(), random_token(&OsEntropy).expose());
        assert_eq!(
            random_token(&SeededEntropy::new(1)).expose(),
            random_token(&SeededEntropy::new(1)).expose()
        );
    }

    #[test]
    fn comparison_tells_equal_from_different() {
        assert!(equal_in_constant_time(b"abc", b"abc"));
        for other in [&b"abd"[..], b"ab", b"abcd", b""] {
            assert!(!equal_in_constant_time(b"abc", other));
        }
    }
}
