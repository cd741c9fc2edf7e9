//! Every file operation of the journal, the snapshots and the sentinel. Must never decide anything: the same recovery
//! code runs over real files and over [`MemoryDisk`], which loses, tears, flips and fills up on demand.
//! The files of the sled image do not pass here; that is why an image is only trusted when sealed.

mod file;
mod memory;

use std::io;

pub use file::FileDisk;
pub(crate) use file::{LOCK, sync_directory};
pub use memory::MemoryDisk;

/// One directory of files.
pub trait Disk: Send + Sync {
    /// Names of the files (not of folders).
    fn list(&self) -> io::Result<Vec<String>>;
    /// Opens an existing file for reading and writing.
    fn open(&self, name: &str) -> io::Result<Box<dyn DiskFile>>;
    /// Creates a file, emptying it if it exists.
    fn create(&self, name: &str) -> io::Result<Box<dyn DiskFile>>;
    /// Removes a file.
    fn remove(&self, name: &str) -> io::Result<()>;
    /// Renames a file, replacing the target.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;
    /// Makes creations, removals and renames durable.
    fn sync_directory(&self) -> io::Result<()>;
    /// Free space, in bytes.
    fn free_bytes(&self) -> io::Result<u64>;
}

/// One open file.
pub trait DiskFile: Send + Sync {
    /// Reads up to `buffer.len()` bytes; fewer only at the end of the file.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;
    /// Writes all bytes, growing the file if needed.
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()>;
    /// Cuts or extends the file.
    fn set_length(&self, bytes: u64) -> io::Result<()>;
    /// Length in bytes.
    fn length(&self) -> io::Result<u64>;
    /// Makes the contents and length durable (`fdatasync`).
    fn sync(&self) -> io::Result<()>;
}

/// Reads a whole file.
pub(crate) fn read_all(file: &dyn DiskFile) -> io::Result<Vec<u8>> {
    let length = usize::try_from(file.length()?).map_err(io::Error::other)?;
    let mut bytes = vec![0; length];
    let read = file.read_at(0, &mut bytes)?;
    bytes.truncate(read);
    Ok(bytes)
}

/// Replaces a small file: written aside, synced, renamed, directory synced.
pub(crate) fn replace(disk: &dyn Disk, name: &str, bytes: &[u8]) -> io::Result<()> {
    let aside = format!("{name}.writing");
    let file = disk.create(&aside)?;
    file.write_at(0, bytes)?;
    file.sync()?;
    disk.rename(&aside, name)?;
    disk.sync_directory()
}
