//! What platforms declare about their years: taken in as their nodes sign it, every revision kept, the newest in force. It must never
//! change a figure, nor let a lower revision, or another under the same one, take the place of what was declared.

mod service;
mod sums;

use std::collections::BTreeMap;

use maillage_federation::{
    accounts::Declared,
    envelope::Envelope,
    ids::{Id, NodeKind},
    models::Catalogue,
};
use maillage_geography::Siren;

pub(crate) use self::sums::{SOLUTIONS, withheld};
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
        quarantine: vec![],
    });
    Ruling { accounts, receipt: arbiter.receipt(envelope, None, Stands::default()), ..Ruling::default() }
}

/// The declaration that counts for each territory about each year, of all that were received. Of one node it is the newest revision,
/// unless that takes the figures back or somebody has left it out; of several nodes that followed one another, that of the one that
/// enrolled last: who takes figures back takes back those of no other node. What a node declared before it was revoked stays what its
/// territory has declared, as its reports do, until another node of it declares the year: a platform that moves house keeps its past.
pub fn in_force<'a>(
    received: &'a [ReceivedAccounts],
    members: &Members,
) -> BTreeMap<(i16, Siren), &'a ReceivedAccounts> {
    let standing = |one: &ReceivedAccounts| {
        let member = members.nodes.get(&one.node);
        (
            member.is_some_and(|member| !member.entry.revoked),
            member.map(|member| member.enrolled_at_ms),
            one.node,
        )
    };
    let mut newest: BTreeMap<(i16, Id<NodeKind>), &ReceivedAccounts> = BTreeMap::new();
    for one in received {
        let known = newest.entry((one.declared.year, one.node)).or_insert(one);
        if one.declared.revision > known.declared.revision {
            *known = one;
        }
    }
    let mut counting: BTreeMap<(i16, Siren), &ReceivedAccounts> = BTreeMap::new();
    for ((year, _), one) in newest {
        if one.declared.figures().is_none() || one.quarantined().is_some() {
            continue;
        }
        let known = counting.entry((year, one.territory)).or_insert(one);
        if standing(one) > standing(known) {
            *known = one;
        }
    }
    counting
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

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeSet;

    use maillage_federation::{
        directory::Entry, ids::Id, matching::Reach, sealed::SealingPublicKey, signing::Signer,
    };

    use super::Members;
    use crate::store::Member;

    /// Members by the number their id is made of, when they enrolled, and whether they were revoked since.
    pub(crate) fn members(all: &[(u8, i64, bool)]) -> Members {
        let member = |(number, enrolled_at_ms, revoked): &(u8, i64, bool)| {
            let entry = Entry {
                node: Id::new(1, [*number; 10]),
                reach: Reach { territory: "200034031".parse().unwrap(), communes: BTreeSet::new() },
                signing_key: Signer::from_seed(&[*number; 32]).verify_key(),
                sealing_key: SealingPublicKey::from_bytes(&[*number; 32]).unwrap(),
                rotation: None,
                phone: String::new(),
                opening_hours: String::new(),
                revoked: *revoked,
            };
            (
                entry.node,
                Member {
                    entry,
                    enrolled_at_ms: *enrolled_at_ms,
                    certificate_until_ms: 0,
                    last_seen_ms: None,
                    incarnation: 0,
                    version: String::new(),
                },
            )
        };
        Members { nodes: all.iter().map(member).collect(), ..Members::default() }
    }
}
