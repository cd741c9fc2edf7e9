//! Making a backup. It must never replace a file, and never leave half of one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read, Write as _};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use zeroize::Zeroizing;

use super::archive::{self, add, pour, through_pipe};
use super::{ABOUT, About, BackupError, FILES, FORMAT, Key, LEFT_OUT, Lock, STORE, StoreFacts, Stream};
use crate::directory::DataDirectory;
use crate::refusal::Refusal;

/// What is to be backed up, and where to.
pub struct Wanted<'a> {
    /// The data directory.
    pub directory: &'a DataDirectory,
    /// The exported snapshot of its store.
    pub store: &'a Path,
    /// What is in it.
    pub facts: StoreFacts,
    /// Version of the program.
    pub version: &'a str,
    /// Now.
    pub made_at: Timestamp,
    /// The file to be made.
    pub to: &'a Path,
    /// What it is closed with.
    pub lock: &'a Lock,
    /// Checks an export of a store and counts what is in it.
    pub check: &'a (dyn Fn(Stream) -> Result<StoreFacts, Refusal> + Sync),
}

/// A backup that was made and read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// What it says of itself.
    pub about: About,
    /// Files in it beside the store.
    pub files: usize,
    /// Its size.
    pub bytes: u64,
}

/// How the name of a backup ends that is being made.
const UNFINISHED: &str = ".unfinished";

/// What was put in, to be compared with what comes out.
pub(super) type Put = Vec<(String, blake3::Hash)>;

/// Makes a backup, reads it back, and only then gives it its name.
///
/// # Errors
/// What is in the way; then there is no file.
pub fn make(wanted: &Wanted<'_>) -> Result<Made, BackupError> {
    let to = wanted.to;
    let folder = folder_of(to)?;
    let inside = |path: &Path| path.canonicalize().ok();
    if let (Some(data), Some(target)) = (inside(wanted.directory.path()), inside(&folder))
        && target.starts_with(data)
    {
        return Err(BackupError::Inside(to.to_owned()));
    }
    if fs::symlink_metadata(to).is_ok() {
        return Err(BackupError::Exists(to.to_owned()));
    }
    clear_unfinished(&folder);
    let (writing, file) = Unfinished::create(to)?;
    let about = About {
        format: FORMAT,
        program: wanted.directory.program().to_owned(),
        version: wanted.version.to_owned(),
        made_at: wanted.made_at.to_string(),
        store: wanted.facts,
    };
    let (put, key) = fill(wanted, &about, file)?;
    let bytes = read_back(wanted, &about, &put, (&writing.path, &key))?;
    if fs::symlink_metadata(to).is_ok() {
        return Err(BackupError::Exists(to.to_owned()));
    }
    fs::rename(&writing.path, to).map_err(BackupError::write(to))?;
    sync_folder(&folder).map_err(BackupError::write(&folder))?;
    Ok(Made { about, files: put.len() - 2, bytes })
}

/// Writes the whole of a backup into a file.
pub(super) fn fill(wanted: &Wanted<'_>, about: &About, file: File) -> Result<(Put, Key), BackupError> {
    let failed = || BackupError::write(wanted.to);
    let fitted = wanted.lock.fit();
    let file = BufWriter::new(file);
    let sealed = fitted.encryptor.wrap_output(file).map_err(failed())?;
    let mut archive = tar::Builder::new(sealed);
    let at_s = u64::try_from(wanted.made_at.as_second()).unwrap_or_default();
    let mut put = Put::new();
    let text = serde_json::to_vec_pretty(about).map_err(|error| failed()(error.into()))?;
    let mut small = |name: String, contents: &[u8]| {
        put.push((name.clone(), blake3::hash(contents)));
        add(&mut archive, &name, (contents.len() as u64, contents), at_s).map_err(failed())
    };
    small(ABOUT.to_owned(), &text)?;
    for (name, path) in files(wanted.directory)? {
        let contents = Zeroizing::new(fs::read(&path).map_err(BackupError::read(&path))?);
        small(format!("{FILES}{name}"), &contents)?;
    }
    let store = File::open(wanted.store).map_err(BackupError::read(wanted.store))?;
    let bytes = store.metadata().map_err(BackupError::read(wanted.store))?.len();
    let mut store = Hashing { source: store, hasher: blake3::Hasher::new() };
    add(&mut archive, STORE, (bytes, &mut store), at_s).map_err(failed())?;
    put.push((STORE.to_owned(), store.hasher.finalize()));
    let sealed = archive.into_inner().map_err(failed())?;
    let mut file = sealed.finish().map_err(failed())?;
    file.flush().map_err(failed())?;
    file.get_ref().sync_all().map_err(failed())?;
    Ok((put, fitted.key))
}

/// Decrypts the whole of it and compares; gives the size of the file.
fn read_back(
    wanted: &Wanted<'_>,
    about: &About,
    put: &Put,
    (written, key): (&Path, &Key),
) -> Result<u64, BackupError> {
    let mut expected = put.iter().skip(1);
    let mut facts = None;
    let found = archive::read(written, key, &mut |_| Ok(()), &mut |name, contents| {
        let (_, hash) = expected.next().filter(|(put, _)| put == name).ok_or(BackupError::Damaged)?;
        let mut contents = Hashing { source: contents, hasher: blake3::Hasher::new() };
        if name == STORE {
            facts = Some(through_pipe(&mut contents, wanted.check)?);
        } else {
            pour(&mut contents, &mut io::sink())?.map_err(BackupError::write(written))?;
        }
        if contents.hasher.finalize() == *hash { Ok(()) } else { Err(BackupError::Damaged) }
    })?;
    if expected.next().is_some() || found != *about || facts != Some(wanted.facts) {
        return Err(BackupError::Damaged);
    }
    Ok(fs::metadata(written).map_err(BackupError::read(written))?.len())
}

/// The files of a data directory that belong in a backup, by their names in it.
fn files(directory: &DataDirectory) -> Result<Vec<(String, PathBuf)>, BackupError> {
    let mut found = Vec::new();
    let mut folders = vec![(String::new(), directory.path().to_owned())];
    while let Some((prefix, folder)) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(BackupError::read(&folder))? {
            let entry = entry.map_err(BackupError::read(&folder))?;
            let path = entry.path();
            let metadata = fs::metadata(&path).map_err(BackupError::read(&path))?;
            let Some(name) = entry.file_name().to_str().map(|name| format!("{prefix}{name}")) else {
                continue;
            };
            let unfinished = path.extension().is_some_and(|extension| extension == "new");
            if LEFT_OUT.contains(&name.as_str()) || unfinished {
                continue;
            }
            if metadata.is_dir() {
                folders.push((format!("{name}/"), path));
            } else if metadata.is_file() {
                found.push((name, path));
            }
        }
    }
    found.sort();
    Ok(found)
}

fn folder_of(to: &Path) -> Result<PathBuf, BackupError> {
    let folder = match to.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => return Err(BackupError::Exists(to.to_owned())),
    };
    if folder.is_dir() {
        Ok(folder.to_owned())
    } else {
        Err(BackupError::write(to)(io::ErrorKind::NotFound.into()))
    }
}

fn beside(to: &Path) -> PathBuf {
    let mut name = to.as_os_str().to_owned();
    name.push(format!(".{}{UNFINISHED}", std::process::id()));
    PathBuf::from(name)
}

/// Takes away what earlier backups left in the folder when they were ended in the middle. What cannot be taken away is in nobody's
/// way, and told.
fn clear_unfinished(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| is_unfinished(path)) {
        let is_left = File::open(&path).is_ok_and(|file| file.try_lock().is_ok());
        let removed = if is_left { fs::remove_file(&path) } else { continue };
        match removed {
            Ok(()) => tracing::info!("an unfinished backup that was left behind is removed"),
            Err(error) => tracing::warn!(%error, "an unfinished backup could not be removed"),
        }
    }
}

/// Whether this is a name of ours: a file, the number of a process, and the ending.
fn is_unfinished(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let before = name.strip_suffix(UNFINISHED).and_then(|name| name.rsplit_once('.'));
    before.is_some_and(|(file, process)| !file.is_empty() && process.parse::<u32>().is_ok())
        && fs::symlink_metadata(path).is_ok_and(|found| found.is_file())
}

/// A stick or a share may not know how to make a folder durable.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    match File::open(folder)?.sync_all() {
        Err(error) if error.kind() != io::ErrorKind::InvalidInput => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Goes with whoever made it, unless it got its name.
struct Unfinished {
    path: PathBuf,
    /// Locked as long as this process lives: what is not was left by one that was ended. A share may not know locks.
    _held: Option<File>,
}

impl Unfinished {
    fn create(to: &Path) -> Result<(Self, File), BackupError> {
        let path = beside(to);
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        let file = file.map_err(BackupError::write(to))?;
        let held = file.try_clone().ok().filter(|held| held.try_lock().is_ok());
        Ok((Self { path, _held: held }, file))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(%error, "an unfinished backup could not be removed");
            }
            Ok(()) | Err(_) => {}
        }
    }
}

struct Hashing<R> {
    source: R,
    hasher: blake3::Hasher,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        self.hasher.update(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}

impl std::fmt::Debug for Wanted<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Wanted").field("to", &self.to).finish_non_exhaustive()
    }
}
