//! What platforms declare about their years: taken in as their nodes sign it, every revision kept, the newest in force. It must never
//! change a figure, nor let a lower revision, or another under the same one, take the place of what was declared.

mod service;
mod sums;

use std::collections::{BTreeMap, BTreeSet};

use maillage_federation::{
    accounts::Declared,
    envelope::Envelope,
    ids::{Id, NodeKind},
    models::Catalogue,
};
use maillage_geography::Siren;

pub(crate) use self::sums::withheld;
pub use self::{
    service::AccountsService,
    sums::{FigureSum, YearSums, sums},
};
use crate::{
    refusals::{self, Reason},
    relay::{Arbiter, Stands},
    store::{Facts, Member, Members, ReceivedAccounts, Ruling},
};

/// Decides what becomes of a declaration. The same bytes again are as good as once.
pub(crate) fn rule(
    arbiter: &Arbiter,
    catalogue: &Catalogue,
    member: &Member,
    envelope: &Envelope,
    declared: &Declared,
    facts: &Facts,
) -> Ruling {
    let hash = envelope.body_hash();
    if let Err(reason) = check(catalogue, declared, hash, &facts.accounts) {
        return arbiter.refuse(envelope, reason.code);
    }
    let is_new = !facts.accounts.contains_key(&declared.revision);
    let accounts = is_new.then(|| ReceivedAccounts {
        node: member.entry.node,
        territory: member.entry.reach.territory,
        declared: declared.clone(),
        hash,
        received_at_ms: arbiter.now_ms,
        envelope: envelope.encode(),
    });
    Ruling { accounts, receipt: arbiter.receipt(envelope, None, Stands::default()), ..Ruling::default() }
}

/// The declaration that counts for each territory about each year, of all that were received. Of one node it is the newest revision,
/// unless that takes the figures back; of several nodes, one after the other, the figures that were received last: who takes figures
/// back takes back those of no other node. Nothing counts of a node that was revoked: it could put nothing right any more.
pub fn in_force<'a>(
    received: &'a [ReceivedAccounts],
    revoked: &BTreeSet<Id<NodeKind>>,
) -> BTreeMap<(i16, Siren), &'a ReceivedAccounts> {
    let mut newest: BTreeMap<(i16, Id<NodeKind>), &ReceivedAccounts> = BTreeMap::new();
    for one in received.iter().filter(|one| !revoked.contains(&one.node)) {
        let known = newest.entry((one.declared.year, one.node)).or_insert(one);
        if one.declared.revision > known.declared.revision {
            *known = one;
        }
    }
    let mut counting: BTreeMap<(i16, Siren), &ReceivedAccounts> = BTreeMap::new();
    for ((year, _), one) in newest {
        if one.declared.figures().is_none() {
            continue;
        }
        let known = counting.entry((year, one.territory)).or_insert(one);
        if one.received_at_ms > known.received_at_ms {
            *known = one;
        }
    }
    counting
}

/// The nodes of which nothing counts.
pub(crate) fn revoked(members: &Members) -> BTreeSet<Id<NodeKind>> {
    members.nodes.iter().filter(|(_, member)| member.entry.revoked).map(|(node, _)| *node).collect()
}

fn check(
    catalogue: &Catalogue,
    declared: &Declared,
    hash: [u8; 32],
    known: &BTreeMap<u32, [u8; 32]>,
) -> Result<(), Reason> {
    let models = declared.figures().map(|figures| figures.models.as_slice()).unwrap_or_default();
    if models.iter().any(|model| catalogue.model(model).is_none()) {
        return Err(refusals::REPORT_UNKNOWN_MODEL);
    }
    match known.get(&declared.revision) {
        Some(before) if *before == hash => Ok(()),
        Some(_) => Err(refusals::ACCOUNTS_ALREADY_RECEIVED),
        None if known.keys().any(|newer| *newer > declared.revision) => Err(refusals::ACCOUNTS_STALE),
        None => Ok(()),
    }
}
