//! The members of the federation as this node knows them, and whether they see the same directory: what another member says of
//! it under its own signature is compared with what the hub has shown here. A difference is told the desk, which calls the other;
//! this node must never leave a member out by itself because of it.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use maillage_domain::roles::Operation;
use maillage_engine::{EngineError, Record, Transaction, View};
use maillage_federation::{
    directory::{Compared, Entry, Head, Heads, Sight, fingerprint},
    ids::{Id, NodeKind},
};
use maillage_platform::refusal::Refusal;
use maillage_store::{
    kinds,
    settings::{self, Setting},
};
use serde::{Deserialize, Serialize};

use super::{Aborted, App, caller::Caller, refusals};

/// Members of which it is kept that they see another directory: more are not needed to call somebody.
const DIFFERING_KEPT: usize = 50;

/// A member as its neighbours know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// As the directory says, or as this node knows better.
    pub entry: Entry,
    /// Whether it is this node.
    pub is_me: bool,
    /// What two desks read to each other: six groups of five digits.
    pub fingerprint: String,
    /// Since when it is known to see another directory.
    pub differs_since: Option<Timestamp>,
}

/// The heads this node has verified.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct KeptHeads {
    epoch: u64,
    heads: Vec<(u64, [u8; 32])>,
}

/// The members that see another directory, in one epoch of the hub.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Differing {
    epoch: u64,
    members: BTreeMap<[u8; 16], Difference>,
}

/// Since when, in milliseconds since 1970 UTC, and the newest version that differed.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Difference {
    since_ms: i64,
    version: u64,
}

impl Record for KeptHeads {
    const KIND: u16 = kinds::OTHER_SETTINGS;
    const VERSION: u16 = 1;
}

impl Setting for KeptHeads {
    const NAME: &'static str = "directory-heads";
}

impl Record for Differing {
    const KIND: u16 = kinds::OTHER_SETTINGS;
    const VERSION: u16 = 1;
}

impl Setting for Differing {
    const NAME: &'static str = "directory-differing";
}

/// All members, in the order of their territories.
///
/// # Errors
/// `not-joined`; the store.
pub fn list(app: &App, caller: &Caller) -> Result<Vec<Member>, Refusal> {
    app.look(caller, Operation::StatusShow, |app, view| {
        let membership = app.link.membership().ok_or_else(|| refusals::conflict("not-joined"))?;
        let me = membership.me;
        let differing = differing(view, app.link.heads().epoch())?;
        let since = |node: Id<NodeKind>| {
            let difference = differing.members.get(&node.to_array())?;
            Timestamp::from_millisecond(difference.since_ms).ok()
        };
        let directory = app.link.directory();
        let mut members: Vec<Member> = directory
            .nodes
            .values()
            .map(|entry| Member {
                entry: entry.clone(),
                is_me: entry.node == me,
                // One's own is never taken from what the hub says of this node.
                fingerprint: if entry.node == me {
                    fingerprint(me, &membership.keys.signer.verify_key())
                } else {
                    fingerprint(entry.node, &entry.signing_key)
                },
                differs_since: since(entry.node),
            })
            .collect();
        members.sort_by_key(|member| (member.entry.reach.territory, member.entry.node));
        Ok(members)
    })
}

/// What the desk has to know of the directory, as codes: a member sees another, or the hub names another signing key for this
/// node than its own.
///
/// # Errors
/// The store.
pub(super) fn alarms(app: &App, view: &dyn View) -> Result<Vec<&'static str>, EngineError> {
    let directory = app.link.directory();
    let mut alarms = Vec::new();
    let own = app.link.membership().is_some_and(|membership| {
        let named = directory.nodes.get(&membership.me);
        named.is_some_and(|entry| entry.signing_key != membership.keys.signer.verify_key())
    });
    if own {
        alarms.push("own-key-exchanged");
    }
    let differing = differing(view, app.link.heads().epoch())?;
    let is_live = |node: &&[u8; 16]| {
        directory.nodes.values().any(|entry| entry.node.to_array() == **node && !entry.revoked)
    };
    if differing.members.keys().any(|node| is_live(&node)) {
        alarms.push("directory-differs");
    }
    Ok(alarms)
}

/// The members that see another directory in an epoch: differences of another one are no more.
fn differing(view: &dyn View, epoch: u64) -> Result<Differing, EngineError> {
    let kept = settings::find::<Differing>(view)?.filter(|kept| kept.epoch == epoch);
    Ok(kept.unwrap_or(Differing { epoch, members: BTreeMap::new() }))
}

/// The heads that were verified here, as they were kept; only the present one where an older version kept none.
///
/// # Errors
/// The store.
pub(crate) fn kept_heads(view: &dyn View, (epoch, present): (u64, Head)) -> Result<Heads, EngineError> {
    let kept = settings::find::<KeptHeads>(view)?.filter(|kept| kept.epoch == epoch);
    let heads = kept.map(|kept| kept.heads).unwrap_or_default();
    let heads = heads.into_iter().map(|(version, hash)| Head { version, hash });
    Ok(Heads::new(epoch, heads.chain([present])))
}

/// Takes in heads that were verified in an epoch, and looks again at what others have said of them.
///
/// # Errors
/// The store.
pub(crate) fn take_heads(
    app: &App,
    transaction: &mut Transaction<'_>,
    (epoch, verified): (u64, Vec<Head>),
) -> Result<Heads, EngineError> {
    let mut heads = kept_heads(transaction, (epoch, Head::default()))?;
    heads.take(epoch, verified);
    let all = heads.all().map(|head| (head.version, head.hash)).collect();
    settings::put(transaction, &KeptHeads { epoch, heads: all })?;
    // Before it has greeted the hub this node does not know in which epoch it is.
    if app.link.may_speak() {
        for (node, sight) in app.link.sights_to_compare() {
            note(app, transaction, (node, sight), heads.compare(sight))?;
        }
    }
    Ok(heads)
}

/// The hub has given the newest directory there is: a member of the same epoch that was ahead before it was asked, and still is, has
/// been shown another.
///
/// # Errors
/// The store.
pub async fn caught_up(app: &Arc<App>) -> Result<(), Refusal> {
    let epoch = app.link.heads().epoch();
    let ahead = app.link.sights_to_compare();
    let ahead: Vec<_> = ahead.into_iter().filter(|(_, sight)| sight.epoch == epoch).collect();
    if ahead.is_empty() || !app.link.may_speak() {
        return Ok(());
    }
    app.transact("directory.differs", move |app, transaction| {
        let heads = app.link.heads();
        for (node, sight) in &ahead {
            let compared = heads.compare(*sight);
            let compared = if compared == Compared::NotYet { Compared::Different } else { compared };
            note(app, transaction, (*node, *sight), compared)?;
        }
        Ok(())
    })
    .await?;
    app.link.forget_sights(epoch);
    Ok(())
}

/// Compares what a member sees with what this node does. One that is ahead makes this node ask the hub for the newest, and is
/// compared then.
///
/// # Errors
/// The store.
pub(super) fn compare(
    app: &App,
    transaction: &mut Transaction<'_>,
    (node, sight): (Id<NodeKind>, Sight),
) -> Result<(), Aborted> {
    let compared = app.link.heads().compare(sight);
    if compared == Compared::NotYet {
        app.link.compare_later(node, sight);
        app.link.ask_directory();
    }
    Ok(note(app, transaction, (node, sight), compared)?)
}

/// Keeps that a member sees another directory, until a later version is the same at both: then so is all that came before.
fn note(
    app: &App,
    transaction: &mut Transaction<'_>,
    (node, sight): (Id<NodeKind>, Sight),
    compared: Compared,
) -> Result<(), EngineError> {
    // What can be compared at all is of the same epoch.
    let mut differing = differing(transaction, sight.epoch)?;
    let (key, version) = (node.to_array(), sight.head.version);
    let known = differing.members.get(&key).copied();
    let changed = match (compared, known) {
        (Compared::Same, Some(known)) => known.version < version && differing.members.remove(&key).is_some(),
        (Compared::Different, Some(known)) => {
            let version = known.version.max(version);
            differing.members.insert(key, Difference { version, ..known });
            version > known.version
        }
        (Compared::Different, None) if differing.members.len() < DIFFERING_KEPT => {
            tracing::error!(%node, "the hub shows it another directory than this node: call its desk and compare with members");
            let since_ms = app.now().as_millisecond();
            differing.members.insert(key, Difference { since_ms, version }).is_none()
        }
        (Compared::Same | Compared::Different, None) | (Compared::NotYet | Compared::Unknown, _) => false,
    };
    if changed { settings::put(transaction, &differing) } else { Ok(()) }
}
