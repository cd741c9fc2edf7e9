//! The image in sled 0.34.7, with its habits kept in check: panics become errors, opening has a deadline, large values
//! are split, files are checksummed at a clean stop and made durable by us (sled's own `flush` does not survive a power cut).
//! Must never be opened when it was not sealed.

use std::fs::{self, File};
use std::io::{self, Read};
use std::ops::Bound;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::{Image, Images, SealedFile};
use crate::error::{Damage, EngineError};
use crate::limits::IMAGE_ENTRY_BYTES;
use crate::overlay::{Entry, Layer, Range};
use crate::trees::TreeTable;
use crate::view::Row;

const FOLDER: &str = "image";
const DAMAGED: &str = "image.damaged";
const PARTS: &str = "engine/parts";
const CHUNK_BYTES: usize = 4 << 20;

/// Attempts at a split value that a writer is replacing under the reader.
const SPLIT_ATTEMPTS: u32 = 64;

/// The folder of the sled image.
pub(crate) struct SledImages {
    directory: PathBuf,
    cache_bytes: u64,
    deadline: Duration,
}

impl SledImages {
    pub(crate) fn new(directory: &Path, cache_bytes: u64, deadline_s: u64) -> Self {
        Self { directory: directory.to_owned(), cache_bytes, deadline: Duration::from_secs(deadline_s) }
    }

    fn folder(&self) -> PathBuf {
        self.directory.join(FOLDER)
    }

    /// Opens sled in a thread of its own: a damaged store may panic or never return.
    fn open_in_thread(&self, trees: &TreeTable) -> Result<SledImage, String> {
        let config = sled::Config::new()
            .path(self.folder())
            .cache_capacity(self.cache_bytes)
            .mode(sled::Mode::HighThroughput)
            .flush_every_ms(Some(500));
        let names: Vec<String> = trees.names().to_vec();
        let (reply, answer) = mpsc::channel();
        let opening = move || {
            let opened = catch_unwind(AssertUnwindSafe(|| SledImage::open(&config, names)));
            // Nobody waits any more after the deadline; then the image is simply dropped.
            drop(reply.send(opened.unwrap_or_else(|_| Err("sled panicked while opening".to_owned()))));
        };
        thread::Builder::new()
            .name("image-open".to_owned())
            .spawn(opening)
            .map_err(|error| error.to_string())?;
        answer.recv_timeout(self.deadline).map_err(|_| "sled did not open within its deadline".to_owned())?
    }

    fn failed(operation: &'static str, error: &io::Error) -> EngineError {
        EngineError::io(operation, FOLDER, error)
    }
}

impl Images for SledImages {
    fn exists(&self) -> bool {
        self.folder().exists()
    }

    fn verify(&self, seal: &[SealedFile]) -> Result<(), String> {
        let files = describe(&self.folder()).map_err(|error| format!("its files cannot be read: {error}"))?;
        difference(seal, &files).map_or(Ok(()), Err)
    }

    fn open(&self, trees: &TreeTable) -> Result<Box<dyn Image>, String> {
        Ok(Box::new(self.open_in_thread(trees)?))
    }

    fn begin(&self, trees: &TreeTable, keep_former: bool) -> Result<Box<dyn Image>, EngineError> {
        let (folder, aside) = (self.folder(), self.directory.join(DAMAGED));
        if folder.exists() {
            if aside.exists() {
                fs::remove_dir_all(&aside)
                    .map_err(|error| Self::failed("remove the older damaged copy of", &error))?;
            }
            let moved = if keep_former { fs::rename(&folder, &aside) } else { fs::remove_dir_all(&folder) };
            moved.map_err(|error| Self::failed("move aside", &error))?;
        }
        Ok(Box::new(self.open_in_thread(trees).map_err(EngineError::Image)?))
    }

    fn forget_damaged(&self) -> Result<(), EngineError> {
        match fs::remove_dir_all(self.directory.join(DAMAGED)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(Self::failed("remove the damaged copy of", &error))
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }

    fn seal(&self) -> Result<Option<Vec<SealedFile>>, EngineError> {
        let sealed = make_durable(&self.folder()).and_then(|()| describe(&self.folder()));
        sealed.map(Some).map_err(|error| Self::failed("seal", &error))
    }
}

struct SledImage {
    database: sled::Db,
    folder: PathBuf,
    trees: Vec<sled::Tree>,
    names: Vec<String>,
    parts: sled::Tree,
}

impl SledImage {
    fn open(config: &sled::Config, names: Vec<String>) -> Result<Self, String> {
        let open = || -> sled::Result<_> {
            let database = config.open()?;
            let trees = names
                .iter()
                .map(|name| database.open_tree(format!("tree/{name}")))
                .collect::<Result<_, _>>()?;
            let parts = database.open_tree(PARTS)?;
            Ok((database, trees, parts))
        };
        let (database, trees, parts) = open().map_err(|error| error.to_string())?;
        Ok(Self { database, folder: config.get_path(), trees, names, parts })
    }

    fn tree(&self, tree: usize) -> Result<&sled::Tree, EngineError> {
        self.trees.get(tree).ok_or_else(|| EngineError::UnknownTree(self.name(tree).to_owned()))
    }

    fn name(&self, tree: usize) -> &str {
        self.names.get(tree).map_or("?", String::as_str)
    }

    fn write(&self, tree: usize, key: &[u8], entry: &Entry) -> Result<(), EngineError> {
        let rows = self.tree(tree)?;
        let former = match entry.value.as_deref() {
            Some(value) if value.len() > IMAGE_ENTRY_BYTES => {
                for (index, part) in value.chunks(IMAGE_ENTRY_BYTES).enumerate() {
                    self.parts
                        .insert(self.part_key(tree, key, index), part)
                        .map_err(|error| sled_error(&error))?;
                }
                rows.insert(key, split_entry(key, value))
            }
            Some(value) => rows.insert(key, whole_entry(key, value)),
            None => rows.remove(key),
        };
        let former = former.map_err(|error| sled_error(&error))?;
        let kept = entry.value.as_deref().map_or(0, part_count);
        for index in kept..former.as_deref().and_then(split_count).unwrap_or(0) {
            self.parts.remove(self.part_key(tree, key, index)).map_err(|error| sled_error(&error))?;
        }
        Ok(())
    }

    /// The value behind a stored entry; none if it does not check.
    fn value(&self, tree: usize, key: &[u8], stored: &[u8]) -> Result<Option<Vec<u8>>, EngineError> {
        let Some((head, rest)) = stored.split_first_chunk::<5>() else { return Ok(None) };
        let [kind, checksum @ ..] = *head;
        let value = if kind == WHOLE {
            rest.to_vec()
        } else {
            let mut value = Vec::new();
            for index in 0..split_count(stored).unwrap_or(0) {
                let part =
                    self.parts.get(self.part_key(tree, key, index)).map_err(|error| sled_error(&error))?;
                value.extend_from_slice(&part.unwrap_or_default());
            }
            value
        };
        Ok((checksum == entry_checksum(key, &value)).then_some(value))
    }

    fn part_key(&self, tree: usize, key: &[u8], index: usize) -> Vec<u8> {
        let name = self.name(tree).as_bytes();
        let mut part = Vec::with_capacity(name.len() + key.len() + 9);
        part.push(u8::try_from(name.len()).unwrap_or(u8::MAX));
        part.extend_from_slice(name);
        part.extend_from_slice(&u32::try_from(key.len()).unwrap_or(u32::MAX).to_be_bytes());
        part.extend_from_slice(key);
        part.extend_from_slice(&u32::try_from(index).unwrap_or(u32::MAX).to_be_bytes());
        part
    }

    fn damaged(&self, tree: usize) -> EngineError {
        Damage::ImageEntry { tree: self.name(tree).to_owned() }.into()
    }

    fn read(&self, tree: usize, key: &[u8]) -> Result<Option<Vec<u8>>, EngineError> {
        // A split value is several entries; a reader that meets one being replaced tries again.
        for _ in 0..SPLIT_ATTEMPTS {
            let Some(stored) = self.tree(tree)?.get(key).map_err(|error| sled_error(&error))? else {
                return Ok(None);
            };
            if let Some(value) = self.value(tree, key, &stored)? {
                return Ok(Some(value));
            }
        }
        Err(self.damaged(tree))
    }

    fn row(&self, tree: usize, key: &[u8], stored: &[u8]) -> Result<Option<Vec<u8>>, EngineError> {
        match self.value(tree, key, stored)? {
            Some(value) => Ok(Some(value)),
            None => self.read(tree, key),
        }
    }

    fn rows(&self, tree: usize, range: &Range, reverse: bool, limit: usize) -> Result<Vec<Row>, EngineError> {
        let mut iterator = self.tree(tree)?.range::<Vec<u8>, _>((range.from.clone(), range.to.clone()));
        let mut rows = Vec::new();
        while rows.len() < limit {
            let Some(row) = (if reverse { iterator.next_back() } else { iterator.next() }) else { break };
            let (key, stored) = row.map_err(|error| sled_error(&error))?;
            if let Some(value) = self.row(tree, &key, &stored)? {
                rows.push((key.to_vec(), value));
            }
        }
        Ok(rows)
    }
}

impl Image for SledImage {
    fn get(&self, tree: usize, key: &[u8]) -> Result<Option<Vec<u8>>, EngineError> {
        contained(|| self.read(tree, key))
    }

    fn scan(&self, tree: usize, range: &Range, reverse: bool, limit: usize) -> Result<Vec<Row>, EngineError> {
        if range.is_empty()
            || (matches!((&range.from, &range.to), (Bound::Unbounded, Bound::Unbounded)) && limit == 0)
        {
            return Ok(Vec::new());
        }
        contained(|| self.rows(tree, range, reverse, limit))
    }

    fn apply(&self, batch: &Layer) -> Result<(), EngineError> {
        contained(|| batch.rows().try_for_each(|(tree, key, entry)| self.write(tree, key, entry)))
    }

    fn checkpoint(&self) -> Result<(), EngineError> {
        contained(|| {
            self.database.flush().map_err(|error| sled_error(&error))?;
            make_durable(&self.folder).map_err(|error| SledImages::failed("sync", &error))
        })
    }

    fn in_memory(&self) -> bool {
        false
    }
}

const WHOLE: u8 = 1;
const SPLIT: u8 = 2;

/// Stored form of a value: kind, checksum of key and value, then the value or the number of its parts.
fn whole_entry(key: &[u8], value: &[u8]) -> Vec<u8> {
    stored_entry(WHOLE, entry_checksum(key, value), value)
}

fn split_entry(key: &[u8], value: &[u8]) -> Vec<u8> {
    let count = u32::try_from(part_count(value)).unwrap_or(u32::MAX);
    stored_entry(SPLIT, entry_checksum(key, value), &count.to_le_bytes())
}

fn stored_entry(kind: u8, checksum: [u8; 4], rest: &[u8]) -> Vec<u8> {
    let mut stored = Vec::with_capacity(rest.len() + 5);
    stored.push(kind);
    stored.extend_from_slice(&checksum);
    stored.extend_from_slice(rest);
    stored
}

fn entry_checksum(key: &[u8], value: &[u8]) -> [u8; 4] {
    crc32c::crc32c_append(crc32c::crc32c(key), value).to_le_bytes()
}

fn part_count(value: &[u8]) -> usize {
    if value.len() > IMAGE_ENTRY_BYTES { value.len().div_ceil(IMAGE_ENTRY_BYTES) } else { 0 }
}

fn split_count(stored: &[u8]) -> Option<usize> {
    let (head, count) = stored.split_first_chunk::<5>()?;
    let count = <[u8; 4]>::try_from(count).ok().filter(|_| head.first() == Some(&SPLIT))?;
    usize::try_from(u32::from_le_bytes(count)).ok()
}

fn sled_error(error: &sled::Error) -> EngineError {
    EngineError::Image(error.to_string())
}

/// Runs something of sled; a panic becomes an error.
fn contained<T>(body: impl FnOnce() -> Result<T, EngineError>) -> Result<T, EngineError> {
    catch_unwind(AssertUnwindSafe(body))
        .unwrap_or_else(|_| Err(EngineError::Image("sled panicked".to_owned())))
}

/// Every file of the image, with its folders, synced.
fn make_durable(folder: &Path) -> io::Result<()> {
    for (_, path) in files(folder, "")? {
        match File::open(path) {
            Ok(file) => file.sync_all()?,
            // sled may remove a file of its own at any time while it is open.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        crate::disk::sync_directory(&folder)?;
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            }
        }
    }
    folder.parent().map_or(Ok(()), crate::disk::sync_directory)
}

fn files(folder: &Path, prefix: &str) -> io::Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            found.extend(files(&entry.path(), &format!("{name}/"))?);
        } else {
            found.push((name, entry.path()));
        }
    }
    found.sort();
    Ok(found)
}

fn describe(folder: &Path) -> io::Result<Vec<SealedFile>> {
    files(folder, "")?.into_iter().map(|(name, path)| describe_file(name, &path)).collect()
}

fn describe_file(name: String, path: &Path) -> io::Result<SealedFile> {
    let mut file = File::open(path)?;
    let (mut bytes, mut checksums, mut chunk) = (0, Vec::new(), Vec::with_capacity(CHUNK_BYTES));
    loop {
        chunk.clear();
        let read =
            file.by_ref().take(u64::try_from(CHUNK_BYTES).unwrap_or(u64::MAX)).read_to_end(&mut chunk)?;
        if read == 0 {
            return Ok(SealedFile { name, bytes, checksums });
        }
        bytes += u64::try_from(read).unwrap_or(u64::MAX);
        checksums.push(crc32c::crc32c(&chunk));
    }
}

/// What differs between the files as sealed and as found, in words.
fn difference(sealed: &[SealedFile], found: &[SealedFile]) -> Option<String> {
    for file in sealed {
        match found.iter().find(|candidate| candidate.name == file.name) {
            None => return Some(format!("its file {} is missing", file.name)),
            Some(candidate) if candidate.bytes != file.bytes => {
                return Some(format!(
                    "its file {} has {} bytes instead of {}",
                    file.name, candidate.bytes, file.bytes
                ));
            }
            Some(candidate) if candidate != file => {
                return Some(format!("its file {} has changed", file.name));
            }
            Some(_) => {}
        }
    }
    let extra = found.iter().find(|file| sealed.iter().all(|known| known.name != file.name));
    extra.map(|file| format!("an unknown file {} lies in it", file.name))
}
