//! Durable ordered key-value store: a journal first, sled as its queryable image.
//!
//! What it is: named trees of ordered keys, changed by named transactions. A transaction is appended to a
//! checksummed journal, made durable by one `fdatasync` for all the transactions waiting with it, and only then
//! acknowledged. Readers see acknowledged state: a small overlay of batches not yet applied, over the image.
//!
//! Architecture invariants:
//! - **The truth is snapshot + journal, never the image.** Snapshots are made by merging the previous snapshot
//!   with the journal; nothing read from sled ever enters one while the journal is whole. An image that was not closed
//!   cleanly, or whose files changed since, is not repaired: it is moved aside and rebuilt from the truth.
//! - **Acknowledged means durable.** No reply is sent, and no reader sees a row, before its `fdatasync` returned.
//! - **A damaged acknowledged byte is never skipped.** A torn tail (written, never acknowledged) is cut off; anything
//!   else that does not check refuses to open, saying where and what to do.
//! - **One writer.** Transactions run one after the other as closures over a read-your-writes view.
//! - **A failed image does not stop the store.** It serves on from an image in memory, made of the truth, until it is restarted.
//! - It must never know a domain, a clock or a network, and never put record contents in a message.
//!
//! Code map: [`Engine`] (`engine.rs`) is what users hold; `desk.rs` and `commit.rs` run transactions; `journal/` is the log;
//! `snapshot/` the exports and the truth made of both; `image/` what readers query (sled, or a map in memory);
//! `export.rs` takes a snapshot elsewhere and makes a store of it again; `recovery.rs` opens; `footprint.rs` tells whether what was read was written since; `renewal.rs` makes the image anew when something must be forgotten; `disk/` is every file operation,
//! so that [`MemoryDisk`] can be cruel to the same code.
//!
//! Proof: `tests/conformance.rs` holds both stores to one meaning; `tests/adversary.rs` fails the memory disk at every
//! single operation, flips and truncates; `tests/campaign` kills real processes, cuts the power of real files, damages all of
//! them and fills a real disk (the long version: `MAILLAGE_ENGINE_CAMPAIGN=long cargo test -p maillage-engine --test campaign`).
//! Figures: `cargo bench -p maillage-engine`, and beside other stores `benches/comparison`.

mod applier;
mod commit;
mod desk;
mod disk;
mod engine;
mod error;
mod export;
mod footprint;
mod image;
mod journal;
mod keeper;
mod key;
pub mod limits;
mod options;
mod overlay;
mod pending;
mod record;
mod recovery;
mod renewal;
mod running;
mod sentinel;
mod shared;
mod snapshot;
mod status;
mod table;
mod transaction;
mod trees;
mod value;
mod view;

pub use disk::{Disk, DiskFile, FileDisk, MemoryDisk};
pub use engine::Engine;
pub use error::{Damage, EngineError, OpenError, ReadOnlyReason, TooLarge, TransactError};
pub use export::{Export, check_export, export_path, import};
pub use footprint::{Footprint, Reading};
pub use key::Key;
pub use options::{Options, Tree};
pub use pending::Pending;
pub use record::{Loose, Record, RecordError, decode_payload, decode_record, encode_record};
pub use status::{ImageState, Opening, RebuildReason, Retirement, SnapshotReport, Status};
pub use table::Table;
pub use transaction::Transaction;
pub use value::Value;
pub use view::{Row, View};
