//! One transaction as bytes. Must never produce 512 zero bytes in a row: that is how a torn frame is told from a damaged one.
//!
//! Layout, little endian: magic (8 bytes, none zero), sequence (u64), first sequence of its group (u64), payload length
//! (u32), CRC-32C of payload and padding (u32), CRC-32C of the above (u32), four bytes `E5`; then the whitened payload, then
//! one to eight bytes `E5` up to a multiple of eight. Every 8-byte word of the header has a byte that is not zero.

use std::sync::Arc;

use super::bytes::Reader;

pub(crate) const MAGIC: [u8; 8] = *b"\xF7MJrnl\x9B\x01";
pub(crate) const HEADER_BYTES: usize = 40;
const PAD: u8 = 0xE5;
const WORD: usize = 8;

/// One put (some value) or delete (none).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Operation {
    pub(crate) tree: usize,
    pub(crate) key: Vec<u8>,
    pub(crate) value: Option<Arc<[u8]>>,
}

/// What a frame's header says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FrameHeader {
    pub(crate) sequence: u64,
    pub(crate) group_first: u64,
    pub(crate) payload_bytes: usize,
    checksum: u32,
}

/// Appends the frame of a transaction to a group's buffer.
pub(crate) fn encode_frame<'a>(
    out: &mut Vec<u8>,
    sequence: u64,
    group_first: u64,
    operations: impl Iterator<Item = (usize, &'a [u8], Option<&'a [u8]>)>,
) {
    let start = out.len();
    out.resize(start + HEADER_BYTES, 0);
    for (tree, key, value) in operations {
        out.extend_from_slice(&narrow16(tree).to_le_bytes());
        out.push(u8::from(value.is_some()));
        out.extend_from_slice(&narrow16(key.len()).to_le_bytes());
        out.extend_from_slice(&narrow32(value.map_or(0, <[u8]>::len)).to_le_bytes());
        out.extend_from_slice(key);
        out.extend_from_slice(value.unwrap_or_default());
    }
    let payload_bytes = out.len() - start - HEADER_BYTES;
    let padded = padded(payload_bytes);
    out.resize(start + HEADER_BYTES + padded, PAD);
    let Some((header, body)) =
        out.get_mut(start..).and_then(|frame| frame.split_at_mut_checked(HEADER_BYTES))
    else {
        return;
    };
    whiten(body.get_mut(..payload_bytes).unwrap_or_default(), sequence);
    let mut head = Vec::with_capacity(HEADER_BYTES);
    head.extend_from_slice(&MAGIC);
    head.extend_from_slice(&sequence.to_le_bytes());
    head.extend_from_slice(&group_first.to_le_bytes());
    head.extend_from_slice(&narrow32(payload_bytes).to_le_bytes());
    head.extend_from_slice(&crc32c::crc32c(body).to_le_bytes());
    head.extend_from_slice(&crc32c::crc32c(&head).to_le_bytes());
    head.extend_from_slice(&[PAD; 4]);
    header.copy_from_slice(&head);
}

/// Reads a header; none if it does not check.
pub(crate) fn decode_header(bytes: &[u8]) -> Option<FrameHeader> {
    let mut reader = Reader(bytes);
    let checked = bytes.get(..HEADER_BYTES - WORD)?;
    if reader.take(MAGIC.len())? != MAGIC {
        return None;
    }
    let (sequence, group_first) = (reader.u64()?, reader.u64()?);
    let (payload_bytes, checksum) = (reader.length()?, reader.u32()?);
    let whole = reader.u32()? == crc32c::crc32c(checked) && reader.take(4)? == [PAD; 4];
    whole.then_some(FrameHeader { sequence, group_first, payload_bytes, checksum })
}

impl FrameHeader {
    /// Length of the whole frame, in bytes.
    pub(crate) fn frame_bytes(&self) -> usize {
        HEADER_BYTES + padded(self.payload_bytes)
    }

    /// The operations of a frame whose body (payload and padding) is given; none if it does not check.
    pub(crate) fn operations(&self, body: &[u8]) -> Option<Vec<Operation>> {
        if crc32c::crc32c(body) != self.checksum {
            return None;
        }
        let mut payload = body.get(..self.payload_bytes)?.to_vec();
        whiten(&mut payload, self.sequence);
        let mut reader = Reader(&payload);
        let mut operations = Vec::new();
        while !reader.0.is_empty() {
            let (tree, put) = (usize::from(reader.u16()?), reader.u8()?);
            let (key_bytes, value_bytes) = (usize::from(reader.u16()?), reader.length()?);
            let (key, value) = (reader.take(key_bytes)?.to_vec(), reader.take(value_bytes)?);
            operations.push(Operation { tree, key, value: (put == 1).then(|| Arc::from(value)) });
        }
        Some(operations)
    }
}

/// Payload and padding: a multiple of eight with at least one byte of padding.
fn padded(payload_bytes: usize) -> usize {
    (payload_bytes / WORD + 1) * WORD
}

/// Exclusive-or with a key stream that depends on the sequence; its own inverse. Records full of zeros would otherwise
/// look like sectors never written.
fn whiten(payload: &mut [u8], sequence: u64) {
    let mut state = sequence;
    for word in payload.chunks_mut(WORD) {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        for (byte, key) in word.iter_mut().zip((mixed ^ (mixed >> 31)).to_le_bytes()) {
            *byte ^= key;
        }
    }
}

/// Lengths are limited far below; see `limits.rs`.
fn narrow16(length: usize) -> u16 {
    u16::try_from(length).unwrap_or(u16::MAX)
}

fn narrow32(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
