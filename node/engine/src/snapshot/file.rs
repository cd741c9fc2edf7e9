//! The snapshot file: a header, blocks of rows sorted by tree name and key, and an end block. Every block has its checksum, bound
//! to its number, so that a flip, a swap or a truncation shows.

use std::io;

use crate::disk::{Disk, DiskFile};
use crate::error::{Damage, EngineError, OpenError};
use crate::journal::{FORMAT, Identity, Reader, decode_identity, encode_identity};

const PREFIX: &str = "snapshot-";
const MAGIC: [u8; 8] = *b"MaillSN\x01";
const BLOCK_BYTES: usize = 256 * 1024;
const END: u32 = u32::MAX;
const FIXED: usize = 16;
/// A block holds whole rows: one large row may exceed the usual size.
const LARGEST_BLOCK: usize = 64 << 20;

/// File name of the snapshot of this sequence.
pub(crate) fn snapshot_name(sequence: u64) -> String {
    format!("{PREFIX}{sequence:020}")
}

/// Sequence of a snapshot, by its file name.
pub(crate) fn snapshot_number(name: &str) -> Option<u64> {
    name.strip_prefix(PREFIX).filter(|digits| digits.len() == 20)?.parse().ok()
}

/// Writes a snapshot file from front to back.
pub(crate) struct SnapshotWriter {
    file: Box<dyn DiskFile>,
    name: String,
    at: u64,
    block: Vec<u8>,
    blocks: u32,
    rows: u64,
}

impl SnapshotWriter {
    pub(crate) fn begin(
        disk: &dyn Disk,
        name: &str,
        identity: &Identity,
        sequence: u64,
    ) -> Result<Self, EngineError> {
        let file = disk.create(name).map_err(|error| EngineError::io("create", name, &error))?;
        let mut body = encode_identity(identity);
        body.extend_from_slice(&sequence.to_le_bytes());
        let mut header = MAGIC.to_vec();
        header.extend_from_slice(&FORMAT.to_le_bytes());
        header.extend_from_slice(&length32(body.len()).to_le_bytes());
        header.extend_from_slice(&body);
        header.extend_from_slice(&crc32c::crc32c(&header).to_le_bytes());
        let mut writer = Self { file, name: name.to_owned(), at: 0, block: Vec::new(), blocks: 0, rows: 0 };
        writer.write(&header)?;
        Ok(writer)
    }

    pub(crate) fn row(&mut self, tree: usize, key: &[u8], value: &[u8]) -> Result<(), EngineError> {
        self.block.extend_from_slice(&u16::try_from(tree).unwrap_or(u16::MAX).to_le_bytes());
        self.block.extend_from_slice(&u16::try_from(key.len()).unwrap_or(u16::MAX).to_le_bytes());
        self.block.extend_from_slice(&length32(value.len()).to_le_bytes());
        self.block.extend_from_slice(key);
        self.block.extend_from_slice(value);
        self.rows += 1;
        if self.block.len() >= BLOCK_BYTES { self.flush() } else { Ok(()) }
    }

    /// Writes the end block and makes the file durable. Returns rows and bytes.
    pub(crate) fn finish(mut self) -> Result<(u64, u64), EngineError> {
        if !self.block.is_empty() {
            self.flush()?;
        }
        let mut end = END.to_le_bytes().to_vec();
        end.extend_from_slice(&self.blocks.to_le_bytes());
        end.extend_from_slice(&self.rows.to_le_bytes());
        end.extend_from_slice(&crc32c::crc32c(&end).to_le_bytes());
        self.write(&end)?;
        self.file.sync().map_err(|error| EngineError::io("sync", &self.name, &error))?;
        Ok((self.rows, self.at))
    }

    fn flush(&mut self) -> Result<(), EngineError> {
        let block = std::mem::take(&mut self.block);
        let mut bytes = length32(block.len()).to_le_bytes().to_vec();
        bytes.extend_from_slice(&block_checksum(self.blocks, &block).to_le_bytes());
        bytes.extend_from_slice(&block);
        self.blocks += 1;
        self.write(&bytes)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), EngineError> {
        let failed = |error: io::Error| EngineError::io("write", &self.name, &error);
        self.file.write_at(self.at, bytes).map_err(failed)?;
        self.at += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Ok(())
    }
}

/// Reads a snapshot file from front to back, checking everything on the way.
pub(crate) struct SnapshotReader {
    file: Box<dyn DiskFile>,
    name: String,
    pub(crate) identity: Identity,
    pub(crate) sequence: u64,
    at: u64,
    block: Vec<u8>,
    position: usize,
    blocks: u32,
    rows: u64,
    ended: bool,
}

/// A row of a snapshot: tree index of its own table, key, value.
pub(crate) type SnapshotRow = (usize, Vec<u8>, Vec<u8>);

impl SnapshotReader {
    pub(crate) fn open(disk: &dyn Disk, name: &str) -> Result<Self, OpenError> {
        let file = disk.open(name).map_err(|error| EngineError::io("read", name, &error))?;
        Self::begin(file, name)
    }

    /// Reads the header of a file that is open.
    pub(crate) fn begin(file: Box<dyn DiskFile>, name: &str) -> Result<Self, OpenError> {
        let failed = |error: io::Error| EngineError::io("read", name, &error);
        let mut fixed = [0; FIXED];
        file.read_at(0, &mut fixed).map_err(failed)?;
        let mut reader = Reader(&fixed);
        let magic = reader.take(MAGIC.len()) == Some(&MAGIC);
        let (format, length) = (reader.u32().unwrap_or_default(), reader.length().unwrap_or_default());
        if !magic || length > 1 << 20 {
            return Err(damaged(name, 0).into());
        }
        let mut body = vec![0; length + 4];
        let read = file.read_at(to_u64(FIXED), &mut body).map_err(failed)?;
        let checked = crc32c::crc32c_append(crc32c::crc32c(&fixed), body.get(..length).unwrap_or_default());
        if read != body.len() || body.get(length..) != Some(&checked.to_le_bytes()) {
            return Err(damaged(name, 0).into());
        }
        if format > FORMAT {
            return Err(OpenError::NewerFormat { found: format, known: FORMAT });
        }
        let mut reader = Reader(&body);
        let (identity, sequence) =
            decode_identity(&mut reader).zip(reader.u64()).ok_or_else(|| damaged(name, to_u64(FIXED)))?;
        let at = to_u64(FIXED + length + 4);
        let (name, block) = (name.to_owned(), Vec::new());
        Ok(Self { file, name, identity, sequence, at, block, position: 0, blocks: 0, rows: 0, ended: false })
    }

    /// The next row; none after the last one, once the end block has confirmed that nothing is missing.
    pub(crate) fn next(&mut self) -> Result<Option<SnapshotRow>, EngineError> {
        while self.position >= self.block.len() {
            if self.ended || !self.next_block()? {
                return Ok(None);
            }
        }
        let rest = self.block.get(self.position..).unwrap_or_default();
        let mut reader = Reader(rest);
        let row = read_row(&mut reader).ok_or_else(|| damaged(&self.name, self.at))?;
        self.position += rest.len() - reader.0.len();
        self.rows += 1;
        Ok(Some(row))
    }

    /// Reads all the rest, only to check it.
    pub(crate) fn verify(mut self) -> Result<u64, EngineError> {
        while self.next()?.is_some() {}
        Ok(self.rows)
    }

    fn next_block(&mut self) -> Result<bool, EngineError> {
        let head = self.read(8)?;
        let mut reader = Reader(&head);
        let (Some(length), Some(checksum)) = (reader.u32(), reader.u32()) else { return Err(self.damage()) };
        if length == END {
            return self.check_end(checksum);
        }
        let length = usize::try_from(length).ok().filter(|length| *length <= LARGEST_BLOCK);
        let block_at = self.at;
        let Some(length) = length else { return Err(self.damage()) };
        self.at += 8;
        let block = self.read(length)?;
        if block_checksum(self.blocks, &block) != checksum {
            return Err(damaged(&self.name, block_at));
        }
        self.at += to_u64(length);
        self.blocks += 1;
        (self.block, self.position) = (block, 0);
        Ok(true)
    }

    fn check_end(&mut self, blocks: u32) -> Result<bool, EngineError> {
        let end = self.read(20)?;
        let mut reader = Reader(&end);
        let sound = reader.u64().is_some()
            && reader.u64() == Some(self.rows)
            && reader.u32() == Some(crc32c::crc32c(end.get(..16).unwrap_or_default()))
            && blocks == self.blocks;
        let length = self.file.length().map_err(|error| EngineError::io("read", &self.name, &error))?;
        if !sound || length != self.at + 20 {
            return Err(self.damage());
        }
        self.ended = true;
        Ok(false)
    }

    fn read(&self, length: usize) -> Result<Vec<u8>, EngineError> {
        let mut bytes = vec![0; length];
        let read = self
            .file
            .read_at(self.at, &mut bytes)
            .map_err(|error| EngineError::io("read", &self.name, &error))?;
        if read == length { Ok(bytes) } else { Err(self.damage()) }
    }

    fn damage(&self) -> EngineError {
        damaged(&self.name, self.at)
    }
}

fn read_row(reader: &mut Reader<'_>) -> Option<SnapshotRow> {
    let (tree, key_bytes, value_bytes) = (reader.u16()?, usize::from(reader.u16()?), reader.length()?);
    Some((usize::from(tree), reader.take(key_bytes)?.to_vec(), reader.take(value_bytes)?.to_vec()))
}

fn block_checksum(number: u32, block: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&number.to_le_bytes()), block)
}

fn damaged(file: &str, offset: u64) -> EngineError {
    Damage::Snapshot { file: file.to_owned(), offset }.into()
}

fn length32(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

fn to_u64(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
