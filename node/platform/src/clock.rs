//! What time it is, as a parameter. Nothing else in the workspace may ask the operating system for the time,
//! so that tests and the demonstration can move it. It must never decide anything from the time it gives.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use rustls::time_provider::TimeProvider;
use rustls_pki_types::UnixTime;

/// Gives the present instant. Not required to be monotonic.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Timestamp;
}

/// The clock of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that asks the operating system for the time"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A clock that only moves when told; for tests and simulation within one process.
#[derive(Debug)]
pub struct ManualClock {
    now: Mutex<Timestamp>,
}

impl ManualClock {
    /// A clock standing still at `now`.
    pub fn new(now: Timestamp) -> Self {
        Self { now: Mutex::new(now) }
    }

    /// Moves the clock to `now`, backwards too.
    pub fn set(&self, now: Timestamp) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }

    /// Moves the clock forward; stays at the last representable instant rather than wrap.
    pub fn advance(&self, by: Duration) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        *now = now.saturating_add(by).unwrap_or(Timestamp::MAX);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A clock shared by several processes: a file holding one RFC 3339 instant, read again at each call.
/// It keeps the last good instant while the file cannot be read.
#[derive(Debug)]
pub struct FileClock {
    path: PathBuf,
    last_good: Mutex<Timestamp>,
}

/// Why a clock file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FileClockError {
    /// The file is missing or unreadable.
    #[error("the clock file {path} cannot be read or written")]
    File {
        /// The clock file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The file does not hold one RFC 3339 instant.
    #[error("the clock file {path} does not hold an instant such as 2026-03-01T08:00:00Z")]
    NotAnInstant {
        /// The clock file.
        path: PathBuf,
        /// What the parser said.
        source: jiff::Error,
    },
}

impl FileClock {
    /// Opens the clock file, which must hold an instant; warns in the log that time is virtual.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, FileClockError> {
        let path = path.into();
        let now = read_instant(&path)?;
        tracing::warn!(clock_file = %path.display(), %now, "time is virtual: it is read from a clock file");
        Ok(Self { path, last_good: Mutex::new(now) })
    }

    /// Puts `now` into the clock file at once (rename), so that no reader sees half an instant.
    pub fn write(path: impl AsRef<Path>, now: Timestamp) -> Result<(), FileClockError> {
        let path = path.as_ref();
        let mut beside = path.as_os_str().to_owned();
        beside.push(format!(".{}.new", std::process::id()));
        fs::write(&beside, format!("{now}\n"))
            .and_then(|()| fs::rename(&beside, path))
            .map_err(|source| FileClockError::File { path: path.to_owned(), source })
    }
}

impl Clock for FileClock {
    fn now(&self) -> Timestamp {
        let mut last_good = self.last_good.lock().unwrap_or_else(PoisonError::into_inner);
        if let Ok(now) = read_instant(&self.path) {
            *last_good = now;
        }
        *last_good
    }
}

fn read_instant(path: &Path) -> Result<Timestamp, FileClockError> {
    let text =
        fs::read_to_string(path).map_err(|source| FileClockError::File { path: path.to_owned(), source })?;
    text.trim().parse().map_err(|source| FileClockError::NotAnInstant { path: path.to_owned(), source })
}

/// Lets rustls judge the validity of certificates by one of our clocks.
#[derive(Clone)]
pub struct RustlsTime {
    clock: Arc<dyn Clock>,
}

impl RustlsTime {
    /// Adapts `clock`.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock }
    }
}

impl TimeProvider for RustlsTime {
    /// `None` (and so a refused handshake) before 1970.
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from(self.clock.now().as_second()).ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
    }
}

impl fmt::Debug for RustlsTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("RustlsTime").field("now", &self.clock.now()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_manual_clock_moves_only_when_told() {
        let clock = ManualClock::new(instant("2026-03-01T08:00:00Z"));
        assert_eq!(clock.now(), clock.now());
        clock.advance(Duration::from_secs(90));
        assert_eq!(clock.now(), instant("2026-03-01T08:01:30Z"));
        clock.set(instant("2025-01-01T00:00:00Z"));
        assert_eq!(clock.now(), instant("2025-01-01T00:00:00Z"));
        clock.set(Timestamp::MAX);
        clock.advance(Duration::from_secs(1));
        assert_eq!(clock.now(), Timestamp::MAX);
    }

    #[test]
    fn a_file_clock_follows_its_file_and_keeps_the_last_good_instant() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("clock");
        FileClock::write(&path, instant("2026-03-01T08:00:00Z")).unwrap();
        let clock = FileClock::open(&path).unwrap();
        assert_eq!(clock.now(), instant("2026-03-01T08:00:00Z"));
        FileClock::write(&path, instant("2026-04-01T08:00:00Z")).unwrap();
        assert_eq!(clock.now(), instant("2026-04-01T08:00:00Z"));
        for nonsense in ["", "demain", "2026-13-01T00:00:00Z"] {
            fs::write(&path, nonsense).unwrap();
            assert_eq!(clock.now(), instant("2026-04-01T08:00:00Z"), "after {nonsense:?}");
        }
        fs::remove_file(&path).unwrap();
        assert_eq!(clock.now(), instant("2026-04-01T08:00:00Z"));
    }

    #[test]
    fn a_file_clock_refuses_to_start_without_an_instant() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("clock");
        assert!(matches!(FileClock::open(&path), Err(FileClockError::File { .. })));
        fs::write(&path, "bientôt").unwrap();
        assert!(matches!(FileClock::open(&path), Err(FileClockError::NotAnInstant { .. })));
    }

    #[test]
    fn rustls_time_is_the_time_of_the_clock() {
        let clock = Arc::new(ManualClock::new(instant("1970-01-02T00:00:00Z")));
        let time = RustlsTime::new(clock.clone());
        assert_eq!(time.current_time().unwrap().as_secs(), 86_400);
        clock.set(instant("1969-12-31T23:59:59Z"));
        assert!(time.current_time().is_none());
    }
}
