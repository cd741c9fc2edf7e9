//! Changes this node's sealing key every three months: a new key is on the disk before anybody is told of it, the hub puts it into
//! the directory, and former keys are destroyed when nothing sealed to them can be on its way any more. Holds no rule: those are
//! in [`rotation`].

use std::sync::Arc;

use jiff::Timestamp;
use maillage_engine::Record;
use maillage_federation::{
    directory::Entry,
    rotation::{self, Announced, Mine, Next},
};
use maillage_platform::{directory::DataDirectory, random::OsEntropy, refusal::Refusal};
use maillage_proto::federation::v1::ChangeSealingKeyRequest;
use maillage_store::{
    kinds,
    settings::{self, Setting},
};
use serde::{Deserialize, Serialize};

use super::{
    hub::Hub,
    inbox::answered,
    link::LinkState,
    membership::{FOLDER, Membership},
};
use crate::app::{App, handover::recovery, refusals};

/// What the hub says when its directory has a later key of this node.
const STALE: &str = "sealing-key-stale";

/// Since when the present sealing key is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct InForce {
    number: u32,
    since_ms: i64,
}

impl Record for InForce {
    const KIND: u16 = kinds::OTHER_SETTINGS;
    const VERSION: u16 = 1;
}

impl Setting for InForce {
    const NAME: &'static str = "sealing-key";
}

/// Does what is due about this node's sealing key; gives what there is to say of it.
///
/// # Errors
/// The file system, the store; the hub refuses or is out of reach: it is tried again.
pub(super) async fn step(
    app: &Arc<App>,
    hub: &Hub,
    (membership, directory): (&Membership, &DataDirectory),
) -> Result<String, Refusal> {
    let known = app.link.directory();
    let Some(entry) = known.nodes.get(&membership.me).filter(|entry| !entry.revoked) else {
        return Ok(String::new());
    };
    let (keys, folder, now) = (&membership.keys.sealing, directory.join(FOLDER), app.now());
    let in_force = in_force(app, entry, now).await?;
    let mine = Mine {
        newest: keys.newest(),
        has_present: keys.has(&entry.sealing_key),
        since_ms: in_force.since_ms,
    };
    let now_ms = now.as_millisecond();
    match rotation::next(entry.sealing_number(), mine, now_ms) {
        Next::Nothing => {}
        Next::Make(number) => {
            keys.add(&folder, number, &OsEntropy).map_err(refusals::internal)?;
            announce(app, hub, membership).await?;
        }
        Next::Announce => announce(app, hub, membership).await?,
    }
    // Only a node that the hub speaks with has a clock that can be relied on: certificates hold it.
    let attached = app.link.view().state == LinkState::Attached;
    if mine.has_present && attached && rotation::is_former_key_over(in_force.since_ms, now_ms) {
        let number = keys.destroy_before(&folder, in_force.number).map_err(refusals::internal)?;
        if number > 0 {
            tracing::info!(number, "former sealing keys were destroyed");
        }
    }
    Ok(format!(", sealing key {} since {}", in_force.number, instant(in_force.since_ms)))
}

/// Since when the key that the directory names is in force: since this node first saw it there.
async fn in_force(app: &Arc<App>, entry: &Entry, now: Timestamp) -> Result<InForce, Refusal> {
    let number = entry.sealing_number();
    let kept = app.read(|_, view| Ok(settings::find::<InForce>(view)?))?;
    if let Some(kept) = kept.filter(|kept| kept.number == number) {
        return Ok(kept);
    }
    let seen = InForce { number, since_ms: now.as_millisecond() };
    app.transact("sealing-key.seen", move |_, transaction| Ok(settings::put(transaction, &seen)?)).await?;
    Ok(seen)
}

async fn announce(app: &Arc<App>, hub: &Hub, membership: &Membership) -> Result<(), Refusal> {
    let (_, incarnation) = recovery::lives_of(app)?;
    let keys = &membership.keys;
    let (number, key) = (keys.sealing.newest(), keys.sealing.public());
    let about = (&membership.federation, membership.me);
    let Announced { key, rotation } = Announced::sign(about, number, key, &keys.signer);
    let request = ChangeSealingKeyRequest {
        incarnation,
        number,
        sealing_key: key.as_bytes().to_vec(),
        signature: rotation.signature,
    };
    let mut relay = hub.relay(membership)?;
    // A hub of an older version does not know the call: it is asked again, ever more rarely.
    let answer = answered(app, relay.change_sealing_key(request)).await;
    if answer.as_ref().map_or_else(|refusal| refusal.reason() == STALE, |_| true) {
        tracing::info!(number, "this node has announced a sealing key");
        app.link.ask_directory();
    }
    answer.map(drop)
}

fn instant(unix_ms: i64) -> Timestamp {
    Timestamp::from_millisecond(unix_ms).unwrap_or_default()
}
