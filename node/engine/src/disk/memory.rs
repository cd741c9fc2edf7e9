//! A disk in memory with a power switch: what was not synced can be lost or torn, bits flip, space runs out.
//! Must behave like a file system whose sectors of 512 bytes are written whole or not at all.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Disk, DiskFile};

const SECTOR: usize = 512;

/// The controls of a memory disk: the engine uses it through sessions, tests are cruel to it through this.
#[derive(Clone, Default)]
pub struct MemoryDisk {
    state: Arc<Mutex<State>>,
}

#[derive(Clone, Default)]
struct State {
    /// Sessions of an earlier epoch are dead: their process was killed or their power cut.
    epoch: u64,
    files: BTreeMap<u64, Content>,
    names: BTreeMap<String, u64>,
    durable_names: BTreeMap<String, u64>,
    next_file: u64,
    capacity_bytes: Option<u64>,
    operations: u64,
    fail_after: Option<u64>,
    fail_next_sync: bool,
    /// The next write stops after this many bytes.
    fail_next_write: Option<usize>,
}

#[derive(Clone, Default)]
struct Content {
    now: Vec<u8>,
    durable: Vec<u8>,
}

impl MemoryDisk {
    /// An empty disk.
    pub fn new() -> Self {
        Self::default()
    }

    /// The process is killed: what it wrote stays, what it had open is dead.
    pub fn kill(&self) {
        let mut state = self.state();
        state.epoch += 1;
        state.fail_after = None;
        state.fail_next_sync = false;
        state.fail_next_write = None;
    }

    /// The power fails. Everything synced stays; each unsynced sector, length and directory entry stays or is lost
    /// as `seed` decides (seed 0: all lost).
    pub fn cut_power(&self, seed: u64) {
        self.kill();
        let mut dice = Dice(seed);
        let mut state = self.state();
        let State { files, names, durable_names, .. } = &mut *state;
        for content in files.values_mut() {
            content.now = torn(content, &mut dice);
            content.durable.clone_from(&content.now);
        }
        if !dice.keep() {
            names.clone_from(durable_names);
        }
        durable_names.clone_from(names);
        let alive: Vec<u64> = names.values().copied().collect();
        files.retain(|id, _| alive.contains(id));
    }

    /// A copy of the disk as it is this moment, for cutting its power without disturbing the original.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self { state: Arc::new(Mutex::new(self.state().clone())) }
    }

    /// Every operation after this many more fails, as if the cable had been pulled, until [`MemoryDisk::kill`] or
    /// [`MemoryDisk::cut_power`].
    pub fn fail_after_operations(&self, operations: u64) {
        let mut state = self.state();
        state.fail_after = Some(state.operations + operations);
    }

    /// How many operations that change something were asked so far.
    pub fn operations(&self) -> u64 {
        self.state().operations
    }

    /// The next sync fails once.
    pub fn fail_next_sync(&self) {
        self.state().fail_next_sync = true;
    }

    /// The next write that is longer than this stops after this many bytes and fails.
    pub fn fail_next_write_after(&self, bytes: usize) {
        self.state().fail_next_write = Some(bytes);
    }

    /// Limits the total size of the files, in bytes; none: no limit.
    pub fn limit_capacity(&self, bytes: Option<u64>) {
        self.state().capacity_bytes = bytes;
    }

    /// Bytes in all files together.
    pub fn used_bytes(&self) -> u64 {
        self.state().used()
    }

    /// Names and lengths in bytes of the files.
    pub fn files(&self) -> Vec<(String, usize)> {
        let state = self.state();
        let length = |id| state.files.get(id).map_or(0, |content: &Content| content.now.len());
        state.names.iter().map(|(name, id)| (name.clone(), length(id))).collect()
    }

    /// The bytes of a file, if it exists.
    pub fn read(&self, name: &str) -> Option<Vec<u8>> {
        let state = self.state();
        state.names.get(name).and_then(|id| state.files.get(id)).map(|content| content.now.clone())
    }

    /// Changes a file behind the engine's back, for good: flips, truncations, replacement. Creates it if needed.
    pub fn tamper(&self, name: &str, change: impl FnOnce(&mut Vec<u8>)) {
        let mut state = self.state();
        let id = state.entry(name);
        let content = state.files.entry(id).or_default();
        change(&mut content.now);
        content.durable.clone_from(&content.now);
        state.durable_names.insert(name.to_owned(), id);
    }

    /// Removes a file behind the engine's back.
    pub fn lose(&self, name: &str) {
        let mut state = self.state();
        state.names.remove(name);
        state.durable_names.remove(name);
    }

    /// A session for an engine; earlier sessions are dead from now on.
    pub fn session(&self) -> Arc<dyn Disk> {
        let mut state = self.state();
        state.epoch += 1;
        Arc::new(Session { disk: self.clone(), epoch: state.epoch })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, epoch: u64, body: impl FnOnce(&mut State) -> io::Result<T>) -> io::Result<T> {
        let mut state = self.state();
        state.alive(epoch)?;
        state.operations += 1;
        if state.fail_after.is_some_and(|limit| state.operations > limit) {
            return Err(io::Error::other("the disk is gone"));
        }
        body(&mut state)
    }

    fn look<T>(&self, epoch: u64, body: impl FnOnce(&State) -> io::Result<T>) -> io::Result<T> {
        let state = self.state();
        state.alive(epoch)?;
        body(&state)
    }
}

impl State {
    fn entry(&mut self, name: &str) -> u64 {
        if let Some(id) = self.names.get(name) {
            return *id;
        }
        self.next_file += 1;
        self.names.insert(name.to_owned(), self.next_file);
        self.next_file
    }

    fn alive(&self, epoch: u64) -> io::Result<()> {
        if epoch == self.epoch { Ok(()) } else { Err(io::Error::other("this session was killed")) }
    }

    fn used(&self) -> u64 {
        let length = |id| self.files.get(id).map_or(0, |content: &Content| content.now.len());
        self.names.values().map(|id| u64::try_from(length(id)).unwrap_or(u64::MAX)).sum()
    }

    fn free(&self) -> u64 {
        self.capacity_bytes.map_or(u64::MAX / 2, |capacity| capacity.saturating_sub(self.used()))
    }

    fn file(&self, id: u64) -> io::Result<&Content> {
        self.files.get(&id).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn grow(&mut self, id: u64, length: usize) -> io::Result<&mut Content> {
        let more = length.saturating_sub(self.file(id)?.now.len());
        if u64::try_from(more).unwrap_or(u64::MAX) > self.free() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let content = self.files.get_mut(&id).ok_or(io::ErrorKind::NotFound)?;
        if content.now.len() < length {
            content.now.resize(length, 0);
        }
        Ok(content)
    }
}

struct Session {
    disk: MemoryDisk,
    epoch: u64,
}

impl Session {
    fn handle(&self, file: u64) -> Box<dyn DiskFile> {
        Box::new(MemoryFile { disk: self.disk.clone(), epoch: self.epoch, file })
    }
}

impl Disk for Session {
    fn list(&self) -> io::Result<Vec<String>> {
        self.disk.look(self.epoch, |state| Ok(state.names.keys().cloned().collect()))
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        let id = self.disk.look(self.epoch, |state| {
            state.names.get(name).copied().ok_or_else(|| io::ErrorKind::NotFound.into())
        })?;
        Ok(self.handle(id))
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        let id = self.disk.change(self.epoch, |state| {
            state.names.remove(name);
            let id = state.entry(name);
            state.files.insert(id, Content::default());
            Ok(id)
        })?;
        Ok(self.handle(id))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.disk.change(self.epoch, |state| {
            state.names.remove(name).map(|_| ()).ok_or_else(|| io::ErrorKind::NotFound.into())
        })
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.disk.change(self.epoch, |state| {
            let id = state.names.remove(from).ok_or(io::ErrorKind::NotFound)?;
            state.names.insert(to.to_owned(), id);
            Ok(())
        })
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.disk.change(self.epoch, |state| {
            state.durable_names.clone_from(&state.names);
            Ok(())
        })
    }

    fn free_bytes(&self) -> io::Result<u64> {
        self.disk.look(self.epoch, |state| Ok(state.free()))
    }
}

struct MemoryFile {
    disk: MemoryDisk,
    epoch: u64,
    file: u64,
}

impl DiskFile for MemoryFile {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.disk.look(self.epoch, |state| {
            let start = usize::try_from(offset).map_err(io::Error::other)?;
            let bytes = state.file(self.file)?.now.get(start..).unwrap_or_default();
            let length = bytes.len().min(buffer.len());
            for (to, from) in buffer.iter_mut().zip(bytes) {
                *to = *from;
            }
            Ok(length)
        })
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.disk.change(self.epoch, |state| {
            let start = usize::try_from(offset).map_err(io::Error::other)?;
            let failing = state.fail_next_write.take_if(|limit| *limit < bytes.len());
            let bytes = bytes.get(..failing.unwrap_or(bytes.len())).unwrap_or_default();
            let content = state.grow(self.file, start + bytes.len())?;
            let target =
                content.now.get_mut(start..start + bytes.len()).ok_or(io::ErrorKind::InvalidInput)?;
            target.copy_from_slice(bytes);
            if failing.is_some() {
                return Err(io::ErrorKind::StorageFull.into());
            }
            Ok(())
        })
    }

    fn set_length(&self, bytes: u64) -> io::Result<()> {
        self.disk.change(self.epoch, |state| {
            let length = usize::try_from(bytes).map_err(io::Error::other)?;
            state.grow(self.file, length)?.now.truncate(length);
            Ok(())
        })
    }

    fn length(&self) -> io::Result<u64> {
        self.disk.look(self.epoch, |state| {
            u64::try_from(state.file(self.file)?.now.len()).map_err(io::Error::other)
        })
    }

    fn sync(&self) -> io::Result<()> {
        self.disk.change(self.epoch, |state| {
            if std::mem::take(&mut state.fail_next_sync) {
                return Err(io::Error::other("the device reported an error"));
            }
            if let Some(content) = state.files.get_mut(&self.file) {
                content.durable.clone_from(&content.now);
            }
            Ok(())
        })
    }
}

/// What a power cut leaves of a file.
fn torn(content: &Content, dice: &mut Dice) -> Vec<u8> {
    if content.now == content.durable {
        return content.now.clone();
    }
    let length = if dice.keep() { content.now.len() } else { content.durable.len() };
    let mut left = content.durable.clone();
    left.resize(length, 0);
    for (index, sector) in left.chunks_mut(SECTOR).enumerate() {
        let start = index * SECTOR;
        let now = content.now.get(start..).unwrap_or_default();
        if sector.iter().zip(now).any(|(before, after)| before != after) && dice.keep() {
            for (to, from) in sector.iter_mut().zip(now) {
                *to = *from;
            }
        }
    }
    left
}

/// A small deterministic generator (splitmix64); seed 0 always says "lost".
struct Dice(u64);

impl Dice {
    fn keep(&mut self) -> bool {
        if self.0 == 0 {
            return false;
        }
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) & 1 == 1
    }
}
