//! A snapshot that leaves the store, and a store made of one again: what backups are made of. The exported file is the snapshot
//! file as it is, so that there is one format and one reader. A store made of it is another store: it has its own identity,
//! so that files of the old one are refused in it. Must never make a store of bytes that do not all check.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::disk::{Disk, DiskFile, FileDisk, LOCK};
use crate::error::{EngineError, OpenError};
use crate::journal::{Identity, Journal};
use crate::options::Options;
use crate::recovery::new_store_id;
use crate::sentinel::Sentinel;
use crate::snapshot::{SnapshotReader, SnapshotWriter, snapshot_name};

/// How an export is called in errors.
const NAME: &str = "the exported snapshot";
/// So many bytes that were read last can be read once more: the reader looks twice at the last block.
const LOOK_BACK: usize = 64;

/// What an export holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Export {
    /// State as of this transaction.
    pub sequence: u64,
    /// Rows in it.
    pub rows: u64,
    /// Version of the schema it was written under.
    pub schema_version: u32,
}

/// The file of a snapshot in the directory of its store.
pub fn export_path(directory: &Path, sequence: u64) -> PathBuf {
    directory.join(snapshot_name(sequence))
}

/// Reads an export from front to back, checking every byte, and counts.
///
/// # Errors
/// Damage, a newer format or schema, and what the source says.
pub fn check_export(source: impl Read + Send + 'static, options: &Options) -> Result<Export, OpenError> {
    let reader = begin(source, options)?;
    let (sequence, schema_version) = (reader.sequence, reader.identity.schema_version);
    Ok(Export { sequence, rows: reader.verify()?, schema_version })
}

/// Makes a store of an export, in a directory that must be empty. [`crate::Engine::open`] then finds it as a store that has
/// just been made of its truth.
///
/// # Errors
/// As [`check_export`]; the file system. What was written then is no store, and has to be removed.
pub fn import(
    directory: &Path,
    source: impl Read + Send + 'static,
    options: &Options,
) -> Result<Export, OpenError> {
    let disk = Arc::new(FileDisk::lock(directory)?);
    let found = disk.list().map_err(|error| EngineError::io("list", "the store directory", &error))?;
    if let Some(file) = found.into_iter().find(|name| name != LOCK) {
        return Err(OpenError::ForeignFile { file });
    }
    let mut reader = begin(source, options)?;
    let sequence = reader.sequence;
    let identity = Identity { store: new_store_id(), ..reader.identity.clone() };
    let writing = "snapshot.writing";
    let mut writer = SnapshotWriter::begin(&*disk, writing, &identity, sequence)?;
    while let Some((tree, key, value)) = reader.next()? {
        writer.row(tree, &key, &value)?;
    }
    let (rows, _) = writer.finish()?;
    let name = snapshot_name(sequence);
    disk.rename(writing, &name)
        .and_then(|()| disk.sync_directory())
        .map_err(|error| EngineError::io("rename", &name, &error))?;
    if SnapshotReader::open(&*disk, &name)?.verify()? != rows {
        return Err(crate::error::Damage::Snapshot { file: name, offset: 0 }.into());
    }
    let schema_version = identity.schema_version;
    let mut sentinel = Sentinel::new(&identity);
    drop(Journal::create(Arc::<FileDisk>::clone(&disk), identity, options.segment_bytes, sequence + 1)?);
    (sentinel.active_segment, sentinel.sequence) = (sequence + 1, sequence);
    sentinel.write(&*disk)?;
    Ok(Export { sequence, rows, schema_version })
}

fn begin(source: impl Read + Send + 'static, options: &Options) -> Result<SnapshotReader, OpenError> {
    let stream = Stream { source: Box::new(source), at: 0, last: Vec::new() };
    let reader = SnapshotReader::begin(Box::new(Sequential(Mutex::new(stream))), NAME)?;
    let found = reader.identity.schema_version;
    if found > options.schema_version {
        return Err(OpenError::NewerSchema { found, known: options.schema_version });
    }
    Ok(reader)
}

/// A stream that the snapshot reader takes for a file: it reads from front to back.
struct Sequential(Mutex<Stream>);

struct Stream {
    source: Box<dyn Read + Send>,
    at: u64,
    last: Vec<u8>,
}

impl Stream {
    /// Fills the buffer from an offset at or shortly before where the stream is.
    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let back = usize::try_from(self.at.saturating_sub(offset)).map_err(io::Error::other)?;
        if offset > self.at || back > self.last.len() {
            return Err(io::Error::other("an export is read from front to back"));
        }
        let again: Vec<u8> = self.last.iter().skip(self.last.len() - back).copied().collect();
        let repeated = again.len().min(buffer.len());
        let (head, rest) = buffer.split_at_mut(repeated);
        head.copy_from_slice(again.get(..repeated).unwrap_or_default());
        let mut filled = 0;
        while let Some(space) = rest.get_mut(filled..).filter(|space| !space.is_empty()) {
            match self.source.read(space) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        let fresh = rest.get(..filled).unwrap_or_default();
        self.last.extend_from_slice(fresh.get(fresh.len().saturating_sub(LOOK_BACK)..).unwrap_or_default());
        self.last.drain(..self.last.len().saturating_sub(LOOK_BACK));
        self.at += u64::try_from(filled).map_err(io::Error::other)?;
        Ok(repeated + filled)
    }
}

impl DiskFile for Sequential {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).read_at(offset, buffer)
    }

    fn write_at(&self, _: u64, _: &[u8]) -> io::Result<()> {
        Err(io::ErrorKind::PermissionDenied.into())
    }

    fn set_length(&self, _: u64) -> io::Result<()> {
        Err(io::ErrorKind::PermissionDenied.into())
    }

    /// Where the stream is, and more if it goes on: then it is no export.
    fn length(&self) -> io::Result<u64> {
        let mut stream = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = stream.at;
        let more = stream.read_at(at, &mut [0])?;
        Ok(at + u64::try_from(more).map_err(io::Error::other)?)
    }

    fn sync(&self) -> io::Result<()> {
        Ok(())
    }
}
