//! Keeps the newest directory this node has verified, durably: after a restart it still refuses an older one.

use std::sync::Arc;

use maillage_engine::{EngineError, Record};
use maillage_federation::directory::{self, Directory, Head};
use maillage_platform::refusal::Refusal;
use maillage_proto::federation::v1::SignedDirectory;
use maillage_store::{
    kinds,
    settings::{self, DirectoryHead, Setting},
};
use prost::Message as _;
use serde::{Deserialize, Serialize};

use super::membership::Membership;
use crate::app::{App, refusals};

/// The directory as the hub signed it.
#[derive(Serialize, Deserialize)]
struct SignedBytes {
    bytes: Vec<u8>,
}

impl Record for SignedBytes {
    const KIND: u16 = kinds::OTHER_SETTINGS;
    const VERSION: u16 = 1;
}

impl Setting for SignedBytes {
    const NAME: &'static str = "directory-signed";
}

/// Puts a verified directory in force and keeps it.
///
/// # Errors
/// The store.
pub async fn keep(app: &Arc<App>, signed: SignedDirectory, directory: Directory) -> Result<(), Refusal> {
    let head = directory.head;
    app.transact("directory.keep", move |_, transaction| {
        settings::put(transaction, &DirectoryHead::from(head))?;
        Ok(settings::put(transaction, &SignedBytes { bytes: signed.encode_to_vec() })?)
    })
    .await?;
    app.link.take_directory(directory);
    Ok(())
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
    app.link.take_directory(Directory { head, nodes: [].into() });
    let Ok(mut signed) = SignedDirectory::decode(kept.bytes.as_slice()) else { return Ok(()) };
    signed.links.clear();
    match directory::verify(&signed, &membership.federation, head, &membership.hub_key) {
        Ok(directory) => app.link.take_directory(directory),
        Err(error) => tracing::warn!(error = %refusals::chain(&error), "the kept directory is not usable"),
    }
    Ok(())
}
