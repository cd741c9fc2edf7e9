//! Keeps the newest directory this node has verified, durably: after a restart it still refuses an older one, unless the hub was
//! restored since.

use std::sync::Arc;

use maillage_engine::{EngineError, Record};
use maillage_federation::{
    directory::{self, Directory, Entry, Head},
    lives,
};
use maillage_platform::refusal::Refusal;
use maillage_proto::federation::v1::{self as proto, SignedDirectory};
use maillage_store::{
    kinds,
    lives::HubEpoch,
    settings::{self, DirectoryHead, Setting},
};
use prost::Message as _;
use serde::{Deserialize, Serialize};

use super::membership::Membership;
use crate::app::{App, members, refusals};

/// The directory as the hub signed it.
#[derive(Serialize, Deserialize)]
struct SignedBytes {
    bytes: Vec<u8>,
    /// In which epoch of the hub it was taken; left out in the first.
    #[serde(default, skip_serializing_if = "is_first")]
    epoch: u64,
    /// Entries in which this node knows better, as in the contract; left out where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    known_better: Vec<Vec<u8>>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks for it")]
fn is_first(epoch: &u64) -> bool {
    *epoch <= 1
}

impl Record for SignedBytes {
    const KIND: u16 = kinds::OTHER_SETTINGS;
    const VERSION: u16 = 1;
}

impl Setting for SignedBytes {
    const NAME: &'static str = "directory-signed";
}

/// Puts a verified directory in force and keeps it: as the hub said it, and as this node follows it. `from` is the head it was
/// verified against.
///
/// # Errors
/// The store.
pub async fn keep(
    app: &Arc<App>,
    (signed, from): (SignedDirectory, Head),
    (said, directory): (Directory, Directory),
) -> Result<(), Refusal> {
    let head = directory.head;
    let verified = directory::heads_on_the_way(&signed, from).map_err(refusals::internal)?;
    let known_better = known_better(&said, &directory);
    app.link.note_said_key(said_number(app, &said));
    let heads = app.transact("directory.keep", move |app, transaction| {
        settings::put(transaction, &DirectoryHead::from(head))?;
        let epoch = settings::find::<HubEpoch>(transaction)?.unwrap_or_default().known;
        settings::put(transaction, &SignedBytes { bytes: signed.encode_to_vec(), epoch, known_better })?;
        let verified = verified.into_iter().chain([from, head]).collect();
        Ok(members::take_heads(app, transaction, (epoch.max(1), verified))?)
    });
    app.link.take_heads(heads.await?);
    app.link.forget_compared();
    app.link.take_directory(directory);
    Ok(())
}

/// The entries in which this node knows better than the hub: keys that were announced later, or exchanged, and nodes that are not
/// named any more.
fn known_better(said: &Directory, followed: &Directory) -> Vec<Vec<u8>> {
    let differs = |entry: &&Entry| said.nodes.get(&entry.node) != Some(entry);
    let entries = followed.nodes.values().filter(differs);
    entries.map(|entry| proto::DirectoryEntry::from(entry).encode_to_vec()).collect()
}

/// A directory as this node follows it.
fn as_followed(mut directory: Directory, known_better: &[Vec<u8>]) -> Directory {
    for bytes in known_better {
        let entry = proto::DirectoryEntry::decode(bytes.as_slice()).ok();
        if let Some(Ok(entry)) = entry.map(Entry::try_from) {
            directory.nodes.insert(entry.node, entry);
        }
    }
    directory
}

/// The number of this node's sealing key, as the hub has said it.
fn said_number(app: &App, said: &Directory) -> u32 {
    let me = app.link.membership().map(|membership| membership.me);
    me.and_then(|me| said.nodes.get(&me)).map_or(0, Entry::sealing_number)
}

/// Whether the kept directory is of an earlier epoch: the hub was restored since, and may have forgotten versions of it. Then its
/// history is taken from the beginning, once.
///
/// # Errors
/// The store.
pub fn is_of_an_earlier_epoch(app: &App) -> Result<bool, Refusal> {
    app.read(|_, view| {
        let known = settings::find::<HubEpoch>(view)?.unwrap_or_default().known;
        let kept = settings::find::<SignedBytes>(view)?;
        Ok(kept.is_some_and(|kept| lives::is_of_the_past(kept.epoch, known)))
    })
}

/// Puts the kept directory in force at start.
///
/// # Errors
/// The store. A kept directory that does not verify any more is left out with a warning: the head stays, so that an
/// older one is still refused.
pub fn restore(app: &App, membership: &Membership) -> Result<(), Refusal> {
    let read = || -> Result<(Option<SignedBytes>, Option<Head>), EngineError> {
        let head = settings::find::<DirectoryHead>(&app.store)?.map(Head::try_from).transpose()?;
        Ok((settings::find::<SignedBytes>(&app.store)?, head))
    };
    let (Some(kept), Some(head)) = read().map_err(refusals::engine)? else { return Ok(()) };
    let kept_heads = members::kept_heads(&app.store, (kept.epoch.max(1), head));
    app.link.take_heads(kept_heads.map_err(refusals::engine)?);
    app.link.take_directory(Directory { head, nodes: [].into() });
    let Ok(mut signed) = SignedDirectory::decode(kept.bytes.as_slice()) else { return Ok(()) };
    signed.links.clear();
    match directory::verify(&signed, &membership.federation, head, &membership.hub_key) {
        Ok(directory) => {
            let own = directory.nodes.get(&membership.me);
            app.link.note_said_key(own.map_or(0, Entry::sealing_number));
            app.link.take_directory(as_followed(directory, &kept.known_better));
        }
        Err(error) => tracing::warn!(error = %refusals::chain(&error), "the kept directory is not usable"),
    }
    Ok(())
}
