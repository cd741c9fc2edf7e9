//! Every limit of the engine, with its reason. Must never hold a limit that a caller is meant to tune: those are
//! in [`crate::Options`].

/// Longest key, in bytes. Keys are ids, dates and short texts; long keys make sled's inner pages large.
pub const KEY_BYTES: usize = 1024;

/// Largest value kept in one entry of the image, in bytes; longer ones are split. sled writes pages above 128 KiB to
/// files of their own, and one of its leaves can hold 16 entries and 10 changes before it is split: with the longest
/// keys, 26 × 4 KiB stay below.
pub const IMAGE_ENTRY_BYTES: usize = 3 * 1024;

/// Largest transaction, in bytes of keys and values. One group must fit in memory and in one journal segment.
pub const TRANSACTION_BYTES: usize = 8 * 1024 * 1024;

/// Most transactions made durable by one `fdatasync`.
pub const GROUP_TRANSACTIONS: usize = 512;

/// Once a group holds this many journal bytes it is written, whoever else waits.
pub const GROUP_BYTES: usize = 8 * 1024 * 1024;

/// The writer waits for the applier when this many bytes are durable but not yet in the image.
pub const OVERLAY_BYTES: usize = 32 * 1024 * 1024;

/// Rows fetched per hold of the overlay lock during a scan.
pub const SCAN_CHUNK_ROWS: usize = 512;

/// Longest tree name, in bytes.
pub const TREE_NAME_BYTES: usize = 64;

/// Most trees in a store, those of earlier schemas included.
pub const TREES: usize = 1024;

/// Keys written last that are remembered, to tell whether what somebody has read was written since. A few hundred kilobytes.
pub const RECENT_KEYS: usize = 4096;
