//! Partners without a node, and what this node keeps as the arbiter of handovers to them: where each stands, what each partner
//! has to be told, and what it has said already. Holds nobody: who travels is read from the trip when an award is given out.

use std::collections::{BTreeMap, BTreeSet};

use maillage_domain::{
    partner::{Partner, PartnerDetails},
    text::Name,
};
use maillage_engine::{
    EngineError, Record as EngineRecord, RecordError, Table, Transaction, Tree, View, decode_payload,
};
use maillage_federation::{
    handover::{Bid, NoticeKind, Record, Thread},
    ids::{HandoverKind, Id, NodeKind},
};
use serde::{Deserialize, Serialize};

use crate::{
    fields::{after, broken, email, email_text, instant, need_codes, needs, parsed, phone, phone_text},
    handovers::OfferRecord,
    kinds,
};

/// Partners by identifier.
pub const TREE: Tree = Tree::named("partners");
/// Handovers to partners, by handover.
pub const THREADS_TREE: Tree = Tree::named("partner_threads");
/// What partners have to be told, by partner, handover and revision.
pub const NOTICES_TREE: Tree = Tree::named("partner_notices");
/// What partners have said, by partner and mark.
pub const SAID_TREE: Tree = Tree::named("partner_said");

const PARTNERS: Table<[u8; 16], PartnerRecord> = Table::new(TREE);
const THREADS: Table<[u8; 16], ThreadRecord> = Table::new(THREADS_TREE);
const NOTICES: Table<([u8; 16], [u8; 16], u64), NoticeRecord> = Table::new(NOTICES_TREE);
const SAID: Table<([u8; 16], [u8; 16]), SaidRecord> = Table::new(SAID_TREE);

/// A handover to partners as its arbiter keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnerThread {
    /// Where it stands.
    pub thread: Thread,
    /// The partners it was offered to.
    pub asked: BTreeSet<Id<NodeKind>>,
    /// What each bidder would charge, in cents, if it was told.
    pub fares: BTreeMap<Id<NodeKind>, u32>,
}

/// Something a partner has to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartnerNotice {
    /// Whom.
    pub partner: Id<NodeKind>,
    /// About which handover.
    pub handover: Id<HandoverKind>,
    /// The revision it comes from.
    pub revision: u64,
    /// The round it is about.
    pub round: u32,
    /// What.
    pub kind: NoticeKind,
    /// Since when, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// When it was last given out, milliseconds since 1970 UTC; none while it waits.
    pub given_at_ms: Option<i64>,
}

/// A partner, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PartnerRecord {
    id: Id<NodeKind>,
    name: String,
    phone: String,
    email: String,
    format: String,
    communes: Vec<String>,
    needs: Vec<String>,
    active: bool,
    created_ms: i64,
    revision: u64,
}

/// A handover to partners, version 1. No change of it is ever asked for by file.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ThreadRecord {
    record: Record,
    offer: OfferRecord,
    bids: BTreeMap<Id<NodeKind>, Bid>,
    audience: BTreeSet<Id<NodeKind>>,
    words: u32,
    asked: BTreeSet<Id<NodeKind>>,
    fares: BTreeMap<Id<NodeKind>, u32>,
}

/// Something a partner has to be told, or was, version 2. Version 1 held what waits alone.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NoticeRecord {
    round: u32,
    kind: NoticeKind,
    at_ms: i64,
    #[serde(default)]
    given_at_ms: Option<i64>,
}

/// Something a partner has said, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SaidRecord {
    at_ms: i64,
}

impl EngineRecord for PartnerRecord {
    const KIND: u16 = kinds::PARTNER;
    const VERSION: u16 = 1;
}

impl EngineRecord for ThreadRecord {
    const KIND: u16 = kinds::PARTNER_THREAD;
    const VERSION: u16 = 1;
}

impl EngineRecord for NoticeRecord {
    const KIND: u16 = kinds::PARTNER_NOTICE;
    const VERSION: u16 = 2;

    fn upgrade(version: u16, payload: &[u8]) -> Result<Self, RecordError> {
        match version {
            1 => decode_payload(kinds::PARTNER_NOTICE, payload),
            version => Err(RecordError::Unreadable { kind: kinds::PARTNER_NOTICE, version }),
        }
    }
}

impl EngineRecord for SaidRecord {
    const KIND: u16 = kinds::PARTNER_SAID;
    const VERSION: u16 = 1;
}

/// Writes a partner, new or changed.
///
/// # Errors
/// Those of the engine.
pub fn put(transaction: &mut Transaction<'_>, partner: &Partner) -> Result<(), EngineError> {
    PARTNERS.put(transaction, &partner.id.to_array(), &PartnerRecord::from(partner))
}

/// One partner.
///
/// # Errors
/// Those of the engine, and a record that no longer makes sense.
pub fn find(view: &(impl View + ?Sized), id: Id<NodeKind>) -> Result<Option<Partner>, EngineError> {
    PARTNERS.get(view, &id.to_array())?.map(Partner::try_from).transpose()
}

/// At most `limit` partners in the order they were registered, after one of them.
///
/// # Errors
/// As [`find`].
pub fn list(
    view: &(impl View + ?Sized),
    from: Option<Id<NodeKind>>,
    limit: usize,
) -> Result<Vec<Partner>, EngineError> {
    let rows = PARTNERS.scan(view, after(from), limit)?;
    rows.into_iter().map(|(_, record)| record.try_into()).collect()
}

/// Writes a handover to partners.
///
/// # Errors
/// Those of the engine.
pub fn put_thread(transaction: &mut Transaction<'_>, kept: &PartnerThread) -> Result<(), EngineError> {
    THREADS.put(transaction, &kept.thread.record.handover.to_array(), &ThreadRecord::from(kept))
}

/// A handover to partners; none if it is none.
///
/// # Errors
/// Those of the engine, and a record that no longer makes sense.
pub fn thread(
    view: &(impl View + ?Sized),
    handover: Id<HandoverKind>,
) -> Result<Option<PartnerThread>, EngineError> {
    THREADS.get(view, &handover.to_array())?.map(PartnerThread::try_from).transpose()
}

/// Whether this node is the arbiter of a handover.
///
/// # Errors
/// Those of the engine.
pub fn is_arbiter(view: &(impl View + ?Sized), handover: Id<HandoverKind>) -> Result<bool, EngineError> {
    THREADS.contains(view, &handover.to_array())
}

/// Every handover to partners, oldest first.
///
/// # Errors
/// As [`thread`].
pub fn threads(view: &(impl View + ?Sized)) -> Result<Vec<PartnerThread>, EngineError> {
    let rows = THREADS.scan(view, .., usize::MAX)?;
    rows.into_iter().map(|(_, record)| record.try_into()).collect()
}

/// Writes something a partner has to be told, or that it was.
///
/// # Errors
/// Those of the engine.
pub fn note(transaction: &mut Transaction<'_>, notice: &PartnerNotice) -> Result<(), EngineError> {
    let PartnerNotice { round, kind, at_ms, given_at_ms, .. } = *notice;
    NOTICES.put(transaction, &key(notice), &NoticeRecord { round, kind, at_ms, given_at_ms })
}

/// What a partner has to be told and what it was told, by handover and in the order it happened.
///
/// # Errors
/// Those of the engine.
pub fn notices(
    view: &(impl View + ?Sized),
    partner: Id<NodeKind>,
) -> Result<Vec<PartnerNotice>, EngineError> {
    let rows = NOTICES.scan_prefix(view, &partner.to_array(), usize::MAX)?;
    let notice = |((_, handover, revision), record): (NoticeKey, NoticeRecord)| {
        let handover = Id::from_bytes(&handover).map_err(|_| broken(kinds::PARTNER_NOTICE))?;
        let NoticeRecord { round, kind, at_ms, given_at_ms } = record;
        Ok(PartnerNotice { partner, handover, revision, round, kind, at_ms, given_at_ms })
    };
    rows.into_iter().map(notice).collect()
}

/// Forgets something that a partner need not be told, or was told long ago.
///
/// # Errors
/// Those of the engine.
pub fn forget(transaction: &mut Transaction<'_>, notice: &PartnerNotice) -> Result<(), EngineError> {
    NOTICES.delete(transaction, &key(notice))
}

/// Marks something a partner has said; tells whether it is new. If it is not, it may not be applied again.
///
/// # Errors
/// Those of the engine.
pub fn mark_said(
    transaction: &mut Transaction<'_>,
    partner: Id<NodeKind>,
    mark: [u8; 16],
    at_ms: i64,
) -> Result<bool, EngineError> {
    let key = (partner.to_array(), mark);
    if SAID.contains(transaction, &key)? {
        return Ok(false);
    }
    SAID.put(transaction, &key, &SaidRecord { at_ms })?;
    Ok(true)
}

type NoticeKey = ([u8; 16], [u8; 16], u64);

fn key(notice: &PartnerNotice) -> NoticeKey {
    (notice.partner.to_array(), notice.handover.to_array(), notice.revision)
}

impl From<&Partner> for PartnerRecord {
    fn from(partner: &Partner) -> Self {
        let Partner { id, details, active, created, revision } = partner;
        Self {
            id: *id,
            name: details.name.as_str().to_owned(),
            phone: phone_text(details.phone.as_ref()),
            email: email_text(details.email.as_ref()),
            format: details.format.code().to_owned(),
            communes: details.communes.iter().map(ToString::to_string).collect(),
            needs: need_codes(&details.needs),
            active: *active,
            created_ms: created.as_millisecond(),
            revision: *revision,
        }
    }
}

impl TryFrom<PartnerRecord> for Partner {
    type Error = EngineError;

    fn try_from(record: PartnerRecord) -> Result<Self, EngineError> {
        const KIND: u16 = kinds::PARTNER;
        let communes = record.communes.iter().map(|code| parsed(code, KIND));
        let details = PartnerDetails {
            name: Name::parse(&record.name).map_err(|_| broken(KIND))?,
            phone: phone(&record.phone, KIND)?,
            email: email(&record.email, KIND)?,
            format: parsed(&record.format, KIND)?,
            communes: communes.collect::<Result<_, _>>()?,
            needs: needs(&record.needs, KIND)?,
        };
        let created = instant(record.created_ms, KIND)?;
        Ok(Self { id: record.id, details, active: record.active, created, revision: record.revision })
    }
}

impl From<&PartnerThread> for ThreadRecord {
    fn from(kept: &PartnerThread) -> Self {
        let Thread { record, offer, bids, audience, later: _, change: _, words } = &kept.thread;
        Self {
            record: record.clone(),
            offer: OfferRecord::from(offer),
            bids: bids.clone(),
            audience: audience.clone(),
            words: *words,
            asked: kept.asked.clone(),
            fares: kept.fares.clone(),
        }
    }
}

impl TryFrom<ThreadRecord> for PartnerThread {
    type Error = EngineError;

    fn try_from(kept: ThreadRecord) -> Result<Self, EngineError> {
        let ThreadRecord { record, offer, bids, audience, words, asked, fares } = kept;
        let offer = offer.restore().ok_or_else(|| broken(kinds::PARTNER_THREAD))?;
        Ok(Self {
            thread: Thread { record, offer, bids, audience, later: BTreeMap::new(), change: None, words },
            asked,
            fares,
        })
    }
}

#[cfg(test)]
mod tests {
    //! What is written is found, what a partner was told is kept, and what it says counts once.

    use maillage_domain::partner::NewPartner;
    use maillage_federation::{
        handover::{Offer, OfferedLeg, State},
        needs::Need,
    };

    use super::*;
    use crate::{
        golden::{check, check_old},
        samples::{engine, id, now},
    };

    fn partner() -> Partner {
        let typed = NewPartner {
            name: "Taxi Canary".to_owned(),
            phone: "05 63 12 34 56".to_owned(),
            email: "canary@exemple.fr".to_owned(),
            format: "tds".to_owned(),
            communes: vec!["81003".to_owned(), "81004".to_owned()],
            needs: vec!["walking-aid".to_owned()],
        };
        Partner::register(id(1), typed.parse().unwrap(), now())
    }

    fn kept() -> PartnerThread {
        let commune = |code: &str| code.parse().unwrap();
        let leg = OfferedLeg::rounded((commune("81003"), commune("81004")), (0, 3_600_000), 31_000);
        let offer = Offer {
            origin_territory: "200034031".parse().unwrap(),
            legs: vec![leg],
            seats: 1,
            needs: [Need::WalkingAid].into_iter().collect(),
            reply_by_ms: 1_000,
            accept_within_s: 600,
            agreed_only: false,
            widening: None,
            goes_with: None,
        };
        let state = State::Awarded { winner: id(1), accept_by_ms: 900 };
        let record = Record {
            handover: id(3),
            origin: id(2),
            state,
            round: 2,
            reply_by_ms: 1_000,
            revision: 7,
            circle: None,
        };
        let bid = Bid { firm: true, pickup_ms: vec![900], extra_m: 12_000, agreement: None };
        let thread = Thread {
            record,
            offer,
            bids: BTreeMap::from([(id(1), bid)]),
            audience: BTreeSet::from([id(1), id(4)]),
            later: BTreeMap::new(),
            change: None,
            words: 3,
        };
        PartnerThread { thread, asked: BTreeSet::from([id(1)]), fares: BTreeMap::from([(id(1), 2_500)]) }
    }

    fn notice(revision: u64, kind: NoticeKind) -> PartnerNotice {
        PartnerNotice {
            partner: id(1),
            handover: id(3),
            revision,
            round: 2,
            kind,
            at_ms: 5,
            given_at_ms: None,
        }
    }

    #[test]
    fn partners_and_threads_read_back_as_they_were() {
        let engine = engine();
        let write = |transaction: &mut Transaction<'_>| {
            put(transaction, &partner())?;
            put_thread(transaction, &kept())
        };
        engine.transact::<(), EngineError, _>("test", write).unwrap();
        assert!(find(&engine, id(1)).unwrap() == Some(partner()));
        assert!(list(&engine, None, 10).unwrap() == vec![partner()]);
        assert_eq!(list(&engine, Some(id(1)), 10).unwrap().len(), 0);
        assert_eq!(thread(&engine, id(3)).unwrap(), Some(kept()));
        assert_eq!(threads(&engine).unwrap(), vec![kept()]);
        assert!(is_arbiter(&engine, id(3)).unwrap() && !is_arbiter(&engine, id(9)).unwrap());
    }

    #[test]
    fn what_a_partner_was_told_is_kept_and_what_it_says_counts_once() {
        let engine = engine();
        let write = |transaction: &mut Transaction<'_>| {
            note(transaction, &notice(8, NoticeKind::Awarded))?;
            note(transaction, &notice(7, NoticeKind::Offered))?;
            note(transaction, &PartnerNotice { partner: id(5), ..notice(7, NoticeKind::Offered) })?;
            let first = mark_said(transaction, id(1), [1; 16], 5)?;
            let again = mark_said(transaction, id(1), [1; 16], 6)?;
            Ok((first, again, mark_said(transaction, id(5), [1; 16], 5)?))
        };
        let marks = engine.transact::<_, EngineError, _>("test", write).unwrap();
        assert_eq!(marks, (true, false, true));
        let waiting = notices(&engine, id(1)).unwrap();
        assert_eq!(waiting, [notice(7, NoticeKind::Offered), notice(8, NoticeKind::Awarded)]);
        let given = PartnerNotice { given_at_ms: Some(9), ..waiting[0] };
        let last = waiting[1];
        let give = move |transaction: &mut Transaction<'_>| {
            note(transaction, &given)?;
            forget(transaction, &last)
        };
        engine.transact::<(), EngineError, _>("test", give).unwrap();
        assert_eq!(notices(&engine, id(1)).unwrap(), [given], "what was given is kept with its moment");
    }

    #[test]
    fn every_version_of_every_record_still_reads() {
        check(include_str!("../golden/partner.v1.hex"), &PartnerRecord::from(&partner()));
        check(include_str!("../golden/partner_thread.v1.hex"), &ThreadRecord::from(&kept()));
        let waits = NoticeRecord { round: 2, kind: NoticeKind::Awarded, at_ms: 5, given_at_ms: None };
        check_old(include_str!("../golden/partner_notice.v1.hex"), &waits);
        let given = NoticeRecord { given_at_ms: Some(6), ..waits };
        check(include_str!("../golden/partner_notice.v2.hex"), &given);
        check(include_str!("../golden/partner_said.v1.hex"), &SaidRecord { at_ms: 5 });
    }
}
