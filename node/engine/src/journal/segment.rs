//! Names and headers of journal segments. A header says to which store the segment belongs, which trees its frames number,
//! and how long the file must be.

use std::io;

use super::bytes::Reader;
use super::damaged;
use crate::disk::DiskFile;
use crate::error::{EngineError, OpenError};
use crate::trees::TreeTable;

/// Version of every file format of this engine.
pub(crate) const FORMAT: u32 = 1;

const MAGIC: [u8; 8] = *b"MaillJS\x01";
const PREFIX: &str = "journal-";
const SECTOR: usize = 512;

/// What all files of a store share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) store: [u8; 16],
    pub(crate) schema_version: u32,
    pub(crate) trees: TreeTable,
}

/// Header of a segment.
#[derive(Clone, Debug)]
pub(crate) struct SegmentHeader {
    pub(crate) identity: Identity,
    pub(crate) first_sequence: u64,
    pub(crate) capacity: u64,
}

/// File name of the segment that begins with this sequence.
pub(crate) fn segment_name(first_sequence: u64) -> String {
    format!("{PREFIX}{first_sequence:020}")
}

/// First sequence of a segment, by its file name.
pub(crate) fn segment_number(name: &str) -> Option<u64> {
    name.strip_prefix(PREFIX).filter(|digits| digits.len() == 20)?.parse().ok()
}

/// Bytes before the first frame.
pub(crate) fn header_bytes(identity: &Identity) -> u64 {
    let header = SegmentHeader { identity: identity.clone(), first_sequence: 0, capacity: 0 };
    u64::try_from(encode_header(&header).len()).unwrap_or(u64::MAX)
}

/// Header, with its length and checksum, padded to whole sectors.
pub(crate) fn encode_header(header: &SegmentHeader) -> Vec<u8> {
    let mut body = encode_identity(&header.identity);
    body.extend_from_slice(&header.first_sequence.to_le_bytes());
    body.extend_from_slice(&header.capacity.to_le_bytes());
    let mut out = MAGIC.to_vec();
    out.extend_from_slice(&FORMAT.to_le_bytes());
    out.extend_from_slice(&u32::try_from(body.len()).unwrap_or(u32::MAX).to_le_bytes());
    out.extend_from_slice(&body);
    out.extend_from_slice(&crc32c::crc32c(&out).to_le_bytes());
    out.resize(out.len().next_multiple_of(SECTOR), 0xE5);
    out
}

/// Reads a segment's header; also returns where its frames begin.
pub(crate) fn read_header(file: &dyn DiskFile, name: &str) -> Result<(SegmentHeader, u64), OpenError> {
    let io = |error: io::Error| OpenError::Engine(EngineError::io("read", name, &error));
    let mut fixed = [0; 16];
    file.read_at(0, &mut fixed).map_err(io)?;
    let mut reader = Reader(&fixed);
    let magic = reader.take(MAGIC.len()) == Some(&MAGIC);
    let (format, length) = (reader.u32().unwrap_or_default(), reader.length().unwrap_or_default());
    if !magic || length > 1 << 20 {
        return Err(damaged(name, 0).into());
    }
    let mut rest = vec![0; length + 4];
    let read = file.read_at(16, &mut rest).map_err(io)?;
    let checked = crc32c::crc32c_append(crc32c::crc32c(&fixed), rest.get(..length).unwrap_or_default());
    if read != rest.len() || rest.get(length..) != Some(&checked.to_le_bytes()) {
        return Err(damaged(name, 0).into());
    }
    if format > FORMAT {
        return Err(OpenError::NewerFormat { found: format, known: FORMAT });
    }
    let header = decode_body(&rest).ok_or_else(|| damaged(name, 16))?;
    let begin = (16 + length + 4).next_multiple_of(SECTOR);
    Ok((header, u64::try_from(begin).unwrap_or(u64::MAX)))
}

fn decode_body(body: &[u8]) -> Option<SegmentHeader> {
    let mut reader = Reader(body);
    let identity = decode_identity(&mut reader)?;
    Some(SegmentHeader { identity, first_sequence: reader.u64()?, capacity: reader.u64()? })
}

/// Identity as bytes, for headers of segments and snapshots.
pub(crate) fn encode_identity(identity: &Identity) -> Vec<u8> {
    let mut out = identity.store.to_vec();
    out.extend_from_slice(&identity.schema_version.to_le_bytes());
    out.extend_from_slice(&u32::try_from(identity.trees.len()).unwrap_or(u32::MAX).to_le_bytes());
    for name in identity.trees.names() {
        out.push(u8::try_from(name.len()).unwrap_or(u8::MAX));
        out.extend_from_slice(name.as_bytes());
    }
    out
}

/// Reads what [`encode_identity`] wrote.
pub(crate) fn decode_identity(reader: &mut Reader<'_>) -> Option<Identity> {
    let (store, schema_version, count) = (reader.store_id()?, reader.u32()?, reader.length()?);
    let mut names = Vec::new();
    for _ in 0..count {
        let length = usize::from(reader.u8()?);
        names.push(String::from_utf8(reader.take(length)?.to_vec()).ok()?);
    }
    Some(Identity { store, schema_version, trees: TreeTable::from_names(names) })
}
