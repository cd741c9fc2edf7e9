//! Invitations, members and the versions of the directory, inside transactions. Every change of what the others see
//! makes a new version; it must never change an old one.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use maillage_engine::{Transaction, View};
use maillage_federation::{
    directory::{Entry, Head, encode_entries},
    ids::{Id, NodeKind},
    rotation::Announced,
};

use super::{INVITATIONS, MEMBERS, READ_ATTEMPTS, VERSIONS, damaged};
use crate::{
    limits,
    store::{
        Application, Embodied, Enrolled, EnrolmentRefused, KeyChange, KeyChanged, Member, Members, Renewal,
        RenewalRefused, StoreError,
        records::{Bytes, MemberRecord, VersionRecord, node_id},
    },
};

/// Entries of the directory as they were read last, each with the bytes it was read from: to check the keys of a thousand members anew
/// takes far longer than all the rest of an enrolment.
#[derive(Default)]
pub(super) struct Known(Mutex<BTreeMap<[u8; 16], (Bytes, Entry)>>);

impl Known {
    /// The member of a record. Other bytes than before are read anew.
    fn member(&self, key: [u8; 16], record: &MemberRecord) -> Result<Member, StoreError> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, entry)) = known.get(&key).filter(|(bytes, _)| *bytes == record.entry) {
            return Ok(record.member(entry.clone()));
        }
        let entry = record.entry()?;
        known.insert(key, (record.entry.clone(), entry.clone()));
        Ok(record.member(entry))
    }
}

/// Turns an invitation into a member.
pub(super) fn enrol(
    transaction: &mut Transaction<'_>,
    known: &Known,
    application: &Application,
) -> Result<Enrolled, StoreError> {
    let entry = &application.entry;
    let Some(mut invitation) = INVITATIONS.get(transaction, &application.secret_hash)? else {
        return Ok(Enrolled::Refused(EnrolmentRefused::Unknown));
    };
    if let Some(user) = invitation.used_by {
        return used_before(transaction, application, user);
    }
    if invitation.withdrawn || application.now_ms >= invitation.expires_at_ms {
        return Ok(Enrolled::Refused(EnrolmentRefused::Expired));
    }
    if invitation.territory != entry.reach.territory.as_str() {
        return Ok(Enrolled::Refused(EnrolmentRefused::WrongTerritory));
    }
    let members = members(transaction, known)?;
    let territory = entry.reach.territory;
    let taken = |member: &Member| !member.entry.revoked && member.entry.reach.territory == territory;
    if members.nodes.values().any(taken) {
        return Ok(Enrolled::Refused(EnrolmentRefused::TerritoryTaken));
    }
    invitation.used_by = Some(entry.node.to_array());
    INVITATIONS.put(transaction, &application.secret_hash, &invitation)?;
    let record = MemberRecord::new(entry, application.now_ms, application.certificate_until_ms);
    MEMBERS.put(transaction, &entry.node.to_array(), &record)?;
    next_version(transaction, known, &members)?;
    Ok(Enrolled::New(entry.node))
}

/// The answer was lost and the same node asks again: the same keys get the same id, others are refused.
fn used_before(
    transaction: &mut Transaction<'_>,
    application: &Application,
    user: [u8; 16],
) -> Result<Enrolled, StoreError> {
    let mut record = MEMBERS.get(transaction, &user)?.ok_or_else(|| damaged("a used invitation"))?;
    let (known, asked) = (record.entry()?, &application.entry);
    let same = known.signing_key == asked.signing_key
        && known.sealing_key == asked.sealing_key
        && known.reach == asked.reach;
    if !same {
        return Ok(Enrolled::Refused(EnrolmentRefused::Used));
    }
    if known.revoked {
        return Ok(Enrolled::Refused(EnrolmentRefused::Revoked));
    }
    record.certificate_until_ms = application.certificate_until_ms;
    MEMBERS.put(transaction, &user, &record)?;
    Ok(Enrolled::Again(known.node))
}

/// Notes down a renewal.
pub(super) fn renew(
    transaction: &mut Transaction<'_>,
    renewal: &Renewal,
) -> Result<Result<(), RenewalRefused>, StoreError> {
    let key = renewal.node.to_array();
    let Some(mut record) = MEMBERS.get(transaction, &key)? else { return Ok(Err(RenewalRefused::Unknown)) };
    if record.entry()?.revoked {
        return Ok(Err(RenewalRefused::Revoked));
    }
    // Of the same instant is as good: who lost the answer with its power asks again, with another key, before its clock moves.
    let newer = record.renewal_asked_at_ms.is_none_or(|last| renewal.asked_at_ms >= last);
    if !newer && record.renewal_hash != Some(renewal.request_hash) {
        return Ok(Err(RenewalRefused::Stale));
    }
    record.renewal_asked_at_ms = Some(renewal.asked_at_ms);
    record.renewal_hash = Some(renewal.request_hash);
    record.certificate_until_ms = renewal.certificate_until_ms;
    MEMBERS.put(transaction, &key, &record)?;
    Ok(Ok(()))
}

/// Puts a new sealing key into the directory; the same again changes nothing.
pub(super) fn change_sealing_key(
    transaction: &mut Transaction<'_>,
    known: &Known,
    change: &KeyChange,
) -> Result<KeyChanged, StoreError> {
    let key = change.node.to_array();
    let Some(mut record) = MEMBERS.get(transaction, &key)? else { return Ok(KeyChanged::Unknown) };
    let entry = record.entry()?;
    let Announced { key: sealing_key, rotation } = &change.announced;
    if entry.sealing_key == *sealing_key && entry.rotation.as_ref() == Some(rotation) {
        return Ok(KeyChanged::Again);
    }
    if rotation.number <= entry.sealing_number() {
        return Ok(KeyChanged::Stale);
    }
    let since_ms = record.sealing_changed_ms.map(|last_ms| change.now_ms.saturating_sub(last_ms));
    // A clock that was set back does not keep anybody waiting.
    if since_ms.is_some_and(|since_ms| (0..limits::SEALING_KEY_EVERY_MS).contains(&since_ms)) {
        return Ok(KeyChanged::TooSoon);
    }
    let members = members(transaction, known)?;
    record.sealing_changed_ms = Some(change.now_ms);
    record.set_entry(&entry.with(change.announced.clone()));
    MEMBERS.put(transaction, &key, &record)?;
    next_version(transaction, known, &members)?;
    Ok(KeyChanged::Done)
}

/// Revokes a member; again is as good as once.
pub(super) fn revoke(
    transaction: &mut Transaction<'_>,
    known: &Known,
    node: Id<NodeKind>,
) -> Result<bool, StoreError> {
    let key = node.to_array();
    let Some(mut record) = MEMBERS.get(transaction, &key)? else { return Ok(false) };
    let mut entry = record.entry()?;
    if entry.revoked {
        return Ok(true);
    }
    let members = members(transaction, known)?;
    entry.revoked = true;
    record.set_entry(&entry);
    MEMBERS.put(transaction, &key, &record)?;
    next_version(transaction, known, &members)?;
    Ok(true)
}

/// A life of a member speaks.
pub(super) fn embody(
    transaction: &mut Transaction<'_>,
    node: Id<NodeKind>,
    incarnation: u64,
) -> Result<Embodied, StoreError> {
    let key = node.to_array();
    let Some(mut record) = MEMBERS.get(transaction, &key)? else { return Ok(Embodied::Same) };
    match incarnation.cmp(&record.incarnation) {
        std::cmp::Ordering::Equal => Ok(Embodied::Same),
        std::cmp::Ordering::Less => Ok(Embodied::Superseded),
        std::cmp::Ordering::Greater => {
            record.incarnation = incarnation;
            MEMBERS.put(transaction, &key, &record)?;
            Ok(Embodied::Raised)
        }
    }
}

/// Notes down when a member was seen.
pub(super) fn saw(
    transaction: &mut Transaction<'_>,
    node: Id<NodeKind>,
    at_ms: i64,
) -> Result<(), StoreError> {
    let key = node.to_array();
    if let Some(mut record) = MEMBERS.get(transaction, &key)? {
        record.last_seen_ms = Some(at_ms);
        MEMBERS.put(transaction, &key, &record)?;
    }
    Ok(())
}

/// Notes down which version of the program a member runs.
pub(super) fn runs(
    transaction: &mut Transaction<'_>,
    node: Id<NodeKind>,
    version: String,
) -> Result<(), StoreError> {
    let key = node.to_array();
    if let Some(mut record) = MEMBERS.get(transaction, &key)? {
        record.version = version;
        MEMBERS.put(transaction, &key, &record)?;
    }
    Ok(())
}

/// The members at the newest version. Outside of a transaction a commit can fall between two reads, so that members
/// and version do not fit: then both are read again.
pub(super) fn members(view: &(impl View + ?Sized), known: &Known) -> Result<Members, StoreError> {
    for _ in 0..READ_ATTEMPTS {
        let Some((version, record)) = VERSIONS.last(view)? else { return Ok(Members::default()) };
        let nodes = read_members(view, known)?;
        let (_, hash) = encode_entries(&entries(&nodes));
        if hash == record.entries_hash {
            return Ok(Members { head: Head { version, hash: record.head }, nodes });
        }
    }
    Err(damaged("the members do not fit the newest version of the directory"))
}

/// Writes the next version, for the members as this transaction leaves them.
fn next_version(
    transaction: &mut Transaction<'_>,
    known: &Known,
    before: &Members,
) -> Result<(), StoreError> {
    let nodes = read_members(transaction, known)?;
    let (_, entries_hash) = encode_entries(&entries(&nodes));
    let head = before.head.followed_by(&entries_hash);
    VERSIONS.put(transaction, &head.version, &VersionRecord { entries_hash, head: head.hash })?;
    Ok(())
}

fn read_members(
    view: &(impl View + ?Sized),
    known: &Known,
) -> Result<BTreeMap<Id<NodeKind>, Member>, StoreError> {
    let rows = MEMBERS.scan(view, .., limits::NODES)?;
    rows.iter().map(|(key, record)| Ok((node_id(key)?, known.member(*key, record)?))).collect()
}

fn entries(nodes: &BTreeMap<Id<NodeKind>, Member>) -> BTreeMap<Id<NodeKind>, Entry> {
    nodes.iter().map(|(node, member)| (*node, member.entry.clone())).collect()
}
