//! Changes this node's sealing key every three months: a new key is on the disk before anybody is told of it, the hub puts it into
//! the directory, and former keys are destroyed when nothing sealed to them can be on its way any more. Holds no rule: those are
//! in [`rotation`].

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use maillage_engine::Record;
use maillage_federation::rotation::{self, Announced, Mine, Next};
use maillage_platform::{
    directory::DataDirectory,
    random::OsEntropy,
    refusal::{Refusal, RefusalKind},
};
use maillage_proto::federation::v1::ChangeSealingKeyRequest;
use maillage_store::{
    kinds,
    settings::{self, Setting},
};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::{
    hub::Hub,
    inbox::answered,
    link::LinkState,
    membership::{FOLDER, Membership},
};
use crate::app::{App, handover::recovery, refusals};

/// How long a node waits before it says again what the hub has answered.
const SAY_AGAIN_AFTER: Duration = Duration::from_hours(1);

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

/// What was done about the key since this process was started.
#[derive(Debug, Default)]
pub(super) struct Rotating {
    /// The number that was announced last, and when: it is not said again at once.
    announced: Option<(u32, Instant)>,
    /// When the directory was asked for last.
    looked_at: Option<Timestamp>,
}

impl Rotating {
    /// Does what is due about this node's sealing key; gives what there is to say of it.
    ///
    /// # Errors
    /// The file system, the store; the hub is out of reach: it is tried again.
    pub(super) async fn step(
        &mut self,
        app: &Arc<App>,
        hub: &Hub,
        (membership, directory): (&Membership, &DataDirectory),
    ) -> Result<String, Refusal> {
        let known = app.link.directory();
        let Some(entry) = known.nodes.get(&membership.me).filter(|entry| !entry.revoked) else {
            return Ok(String::new());
        };
        let (keys, folder, now) = (&membership.keys.sealing, directory.join(FOLDER), app.now());
        self.look_at_directory(app, now);
        let in_force = in_force(app, app.link.said_key(), now).await?;
        let mine = Mine {
            said: in_force.number,
            known: entry.sealing_number(),
            newest: keys.newest(),
            has_known: keys.has(&entry.sealing_key),
            since_ms: in_force.since_ms,
        };
        match rotation::next(mine, now.as_millisecond()) {
            Next::Nothing => {}
            Next::Make(number) => {
                keys.add(&folder, number, &OsEntropy).map_err(refusals::internal)?;
                self.announce(app, hub, membership).await?;
            }
            Next::Announce => self.announce(app, hub, membership).await?,
        }
        let (since_ms, attached_ms) = (in_force.since_ms, attached_since_ms(app));
        if mine.has_known && rotation::may_destroy_former(since_ms, attached_ms, now.as_millisecond()) {
            let number = keys.destroy_before(&folder, in_force.number).map_err(refusals::internal)?;
            if number > 0 {
                tracing::info!(number, "former sealing keys were destroyed");
            }
        }
        Ok(format!(", sealing key {} since {}", in_force.number, instant(in_force.since_ms)))
    }

    /// The others' keys change too: once a day somebody who stays attached asks for the directory.
    fn look_at_directory(&mut self, app: &App, now: Timestamp) {
        let since_ms = |at: Timestamp| now.as_millisecond().saturating_sub(at.as_millisecond());
        if self
            .looked_at
            .is_none_or(|at| since_ms(at).unsigned_abs() >= rotation::LOOK_AT_DIRECTORY_MS.unsigned_abs())
        {
            self.looked_at = Some(now);
            app.link.ask_directory();
        }
    }

    async fn announce(&mut self, app: &Arc<App>, hub: &Hub, membership: &Membership) -> Result<(), Refusal> {
        let (_, incarnation) = recovery::lives_of(app)?;
        let keys = &membership.keys;
        let (number, key) = (keys.sealing.newest(), keys.sealing.public());
        if self.announced.is_some_and(|(last, at)| last == number && at.elapsed() < SAY_AGAIN_AFTER) {
            return Ok(());
        }
        let about = (&membership.federation, membership.me);
        let Announced { key, rotation } = Announced::sign(about, number, key, &keys.signer);
        let request = ChangeSealingKeyRequest {
            incarnation,
            number,
            sealing_key: key.as_bytes().to_vec(),
            signature: rotation.signature,
        };
        let mut relay = hub.relay(membership)?;
        match answered(app, relay.change_sealing_key(request)).await {
            Err(refusal) if refusal.kind() == RefusalKind::Unavailable => return Err(refusal),
            Ok(_) => tracing::info!(number, "this node has announced a sealing key"),
            // A hub of an older version, or one that knows better: the directory says what counts.
            Err(refusal) => tracing::warn!(number, reason = refusal.reason(), "the sealing key is not taken"),
        }
        self.announced = Some((number, Instant::now()));
        app.link.ask_directory();
        Ok(())
    }
}

/// Since when this node is attached. Only a node that the hub speaks with has a clock that can be relied on: certificates hold it.
fn attached_since_ms(app: &App) -> Option<i64> {
    let link = app.link.view();
    (link.state == LinkState::Attached).then(|| link.since.as_millisecond())
}

/// Since when the key that the hub names is in force: since this node first saw it so.
async fn in_force(app: &Arc<App>, number: u32, now: Timestamp) -> Result<InForce, Refusal> {
    let kept = app.read(|_, view| Ok(settings::find::<InForce>(view)?))?;
    if let Some(kept) = kept.filter(|kept| kept.number == number) {
        return Ok(kept);
    }
    let seen = InForce { number, since_ms: now.as_millisecond() };
    app.transact("sealing-key.seen", move |_, transaction| Ok(settings::put(transaction, &seen)?)).await?;
    Ok(seen)
}

fn instant(unix_ms: i64) -> Timestamp {
    Timestamp::from_millisecond(unix_ms).unwrap_or_default()
}
