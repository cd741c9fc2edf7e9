//! The members of the federation as this node knows them, and whether they see the same directory: what another member says of
//! it under its own signature is compared with what the hub has shown here. A difference is told the desk, which calls the other;
//! this node must never leave a member out by itself because of it.

use std::collections::BTreeMap;

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

use super::{Aborted, App, caller::Caller};

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

/// The members that see another directory.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Differing {
    since: BTreeMap<[u8; 16], i64>,
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
        let me = app.link.membership().ok_or_else(|| super::refusals::conflict("not-joined"))?.me;
        let differing = settings::find::<Differing>(view)?.unwrap_or_default();
        let since = |node: Id<NodeKind>| {
            let since = differing.since.get(&node.to_array())?;
            Timestamp::from_millisecond(*since).ok()
        };
        let directory = app.link.directory();
        let mut members: Vec<Member> = directory
            .nodes
            .values()
            .map(|entry| Member {
                entry: entry.clone(),
                is_me: entry.node == me,
                fingerprint: fingerprint(entry.node, &entry.signing_key),
                differs_since: since(entry.node),
            })
            .collect();
        members.sort_by_key(|member| (member.entry.reach.territory, member.entry.node));
        Ok(members)
    })
}

/// Whether a member is known to see another directory.
///
/// # Errors
/// The store.
pub(super) fn is_any_differing(view: &dyn View) -> Result<bool, EngineError> {
    Ok(settings::find::<Differing>(view)?.is_some_and(|differing| !differing.since.is_empty()))
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
    for (node, sight) in app.link.sights_to_compare() {
        note(app, transaction, (node, heads.compare(sight)))?;
    }
    Ok(heads)
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
    Ok(note(app, transaction, (node, compared))?)
}

fn note(
    app: &App,
    transaction: &mut Transaction<'_>,
    (node, compared): (Id<NodeKind>, Compared),
) -> Result<(), EngineError> {
    let mut differing = settings::find::<Differing>(transaction)?.unwrap_or_default();
    let changed = match compared {
        Compared::Same => differing.since.remove(&node.to_array()).is_some(),
        Compared::Different if differing.since.contains_key(&node.to_array()) => false,
        Compared::Different => {
            tracing::error!(%node, "the hub shows it another directory than this node: call its desk and compare with members");
            let room = differing.since.len() < DIFFERING_KEPT;
            room && differing.since.insert(node.to_array(), app.now().as_millisecond()).is_none()
        }
        Compared::NotYet | Compared::Unknown => false,
    };
    if changed { settings::put(transaction, &differing) } else { Ok(()) }
}
