//! What a schema crate declares about its store, and what an operator may tune.

/// A named tree. Declared as constants by the schema crates; the name is what is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tree(&'static str);

impl Tree {
    /// A tree of this name (at most [`crate::limits::TREE_NAME_BYTES`] bytes).
    pub const fn named(name: &'static str) -> Self {
        Self(name)
    }

    /// The stored name.
    pub const fn name(self) -> &'static str {
        self.0
    }
}

/// How a store is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// Every tree that transactions may touch.
    pub trees: &'static [Tree],
    /// Version of the schema; a store written under a newer one is refused.
    pub schema_version: u32,
    /// Memory for sled's page cache, in bytes.
    pub cache_bytes: u64,
    /// Size of a journal segment, in bytes; written with zeros ahead of use.
    pub segment_bytes: u64,
    /// A snapshot is made by itself once the journal since the last one holds this many bytes (or as many as that
    /// snapshot itself, if it is larger, up to four times this).
    pub snapshot_after_bytes: u64,
    /// Transactions are refused while the disk has less free space than this, in bytes, so that the image can always
    /// absorb what was acknowledged.
    pub reserve_bytes: u64,
    /// How long opening the sled image may take before it is given up and rebuilt, in seconds.
    pub image_open_deadline_s: u64,
}

impl Options {
    /// Options with the defaults of a node: 64 MiB of cache, 16 MiB segments, a snapshot every 64 MiB.
    pub const fn new(trees: &'static [Tree], schema_version: u32) -> Self {
        Self {
            trees,
            schema_version,
            cache_bytes: 64 << 20,
            segment_bytes: 16 << 20,
            snapshot_after_bytes: 64 << 20,
            reserve_bytes: 48 << 20,
            image_open_deadline_s: 120,
        }
    }
}
