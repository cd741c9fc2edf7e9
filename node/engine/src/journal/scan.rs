//! Reading a segment back, and telling a torn tail from damage. Must never call acknowledged data a torn tail.
//!
//! A write that was never acknowledged can be cut short by a kill or a power cut; segments are zeros before they are written, so
//! at least one 512-byte sector of a torn frame is still all zero, and whatever lies behind it belongs to the same
//! group (`group_first`). A frame that is complete in shape but does not check, or one followed by frames of a later group,
//! was acknowledged once: that is damage.

use super::damaged;
use super::frame::{FrameHeader, HEADER_BYTES, MAGIC, Operation, decode_header};
use super::segment::{Identity, SegmentHeader, read_header};
use crate::disk::{DiskFile, read_all};
use crate::error::{EngineError, OpenError};

const SECTOR: usize = 512;
const WORD: usize = 8;

/// Bytes of a blank header that may be other than zero and still be taken for a stray flip in unused space.
const STRAY_BYTES: usize = 2;

/// Where a segment's frames end.
#[derive(Clone, Debug)]
pub(crate) struct SegmentEnd {
    pub(crate) header: SegmentHeader,
    /// Sequence that the next frame must have.
    pub(crate) next_sequence: u64,
    /// Offset of the first byte after the last good frame.
    pub(crate) tail: u64,
    /// Up to where bytes after the tail are not zero; equals `tail` when the rest is blank.
    pub(crate) torn_until: u64,
    /// Length of the file, in bytes.
    pub(crate) file_bytes: u64,
}

/// Reads all frames of a segment in order. `visit` receives the header's identity (whose trees the operations number), the
/// sequence and the operations.
pub(crate) fn scan_segment(
    file: &dyn DiskFile,
    name: &str,
    visit: &mut dyn FnMut(&Identity, u64, Vec<Operation>),
) -> Result<SegmentEnd, OpenError> {
    let (header, begin) = read_header(file, name)?;
    let bytes = read_all(file).map_err(|error| EngineError::io("read", name, &error))?;
    let mut at = usize::try_from(begin).unwrap_or(usize::MAX);
    if bytes.len() < at {
        return Err(damaged(name, 0).into());
    }
    let mut next_sequence = header.first_sequence;
    while let Some((frame, operations)) =
        good_frame(&bytes, at).filter(|(frame, _)| frame.sequence == next_sequence)
    {
        visit(&header.identity, next_sequence, operations);
        next_sequence += 1;
        at += frame.frame_bytes();
    }
    let rest = bytes.get(at..).unwrap_or_default();
    if is_damage(rest, at, next_sequence) {
        return Err(damaged(name, offset(at)).into());
    }
    let torn = rest.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    Ok(SegmentEnd {
        header,
        next_sequence,
        tail: offset(at),
        torn_until: offset(at + torn),
        file_bytes: offset(bytes.len()),
    })
}

fn offset(at: usize) -> u64 {
    u64::try_from(at).unwrap_or(u64::MAX)
}

fn good_frame(bytes: &[u8], at: usize) -> Option<(FrameHeader, Vec<Operation>)> {
    let frame = decode_header(bytes.get(at..)?)?;
    let body = bytes.get(at + HEADER_BYTES..at + frame.frame_bytes())?;
    Some((frame, frame.operations(body)?))
}

/// Whether the bytes after the last good frame can only be explained by damage to acknowledged data.
fn is_damage(rest: &[u8], at: usize, next_sequence: u64) -> bool {
    let torn_here = match decode_header(rest) {
        // A good header at the right place: the frame's own bytes tell.
        Some(frame) if frame.sequence == next_sequence => {
            rest.get(..frame.frame_bytes()).is_some_and(|frame| has_blank_sector(frame, at))
        }
        // A good frame out of sequence is never written.
        Some(_) => false,
        None => {
            let header = rest.get(..HEADER_BYTES.min(rest.len())).unwrap_or_default();
            let written = header.iter().filter(|byte| **byte != 0).count();
            written <= STRAY_BYTES || has_blank_sector(header, at)
        }
    };
    !torn_here || acknowledged_frame_follows(rest, next_sequence)
}

/// Whether one of the sectors that the bytes at this offset of the file lie in holds only zeros of them.
fn has_blank_sector(bytes: &[u8], at: usize) -> bool {
    let first = (SECTOR - at % SECTOR).min(bytes.len());
    let (head, tail) = bytes.split_at(first);
    std::iter::once(head)
        .chain(tail.chunks(SECTOR))
        .any(|sector| !sector.is_empty() && sector.iter().all(|b| *b == 0))
}

/// Whether a frame further on belongs to a group begun after the one that is torn: then the torn one was acknowledged.
fn acknowledged_frame_follows(rest: &[u8], next_sequence: u64) -> bool {
    let mut candidates = rest.chunks(WORD).enumerate().filter(|(_, word)| *word == MAGIC);
    candidates.any(|(index, _)| {
        let frame = rest.get(index * WORD..).and_then(decode_header);
        frame.is_some_and(|frame| frame.group_first > next_sequence)
    })
}
