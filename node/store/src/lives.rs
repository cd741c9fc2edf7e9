//! What survives a restore: which life of this node it is, which epoch of the hub it has seen, and what the hub has signed
//! about each handover that is not over. Must never go back: numbers only rise, but by a restore of an old backup,
//! which is what they are there to tell.

use std::ops::Bound;

use jiff::Timestamp;
use maillage_engine::{EngineError, Record, Table, Transaction, Tree, View};
use maillage_federation::{
    handover::{Offer, Record as HubRecord},
    ids::{HandoverKind, Id},
    needs::Needs,
};
use serde::{Deserialize, Serialize};

use crate::{
    fields::{broken, instant},
    handovers::OfferRecord,
    kinds,
    settings::{self, Setting},
};

/// What the hub has signed, by handover.
pub const PROOFS_TREE: Tree = Tree::named("hub_proofs");

/// Handovers that a person has to look at after a restore, by id.
pub const LOST_TREE: Tree = Tree::named("handovers_lost");

const LOST: Table<[u8; 16], LostRecord> = Table::new(LOST_TREE);
const PROOFS: Table<[u8; 16], ProofRecord> = Table::new(PROOFS_TREE);

/// Which life of this node it is: none is written in the first one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incarnation {
    /// Higher after each restore.
    pub number: u64,
    /// When it was restored, milliseconds since 1970 UTC.
    pub restored_at_ms: i64,
    /// When the backup was made, milliseconds since 1970 UTC.
    pub backup_at_ms: i64,
    /// It has not yet heard from the hub where its handovers stand.
    pub to_reconcile: bool,
    /// Handovers that an older version noted as lost here: [`move_lost`] takes them to where they are looked at.
    pub lost: Vec<[u8; 16]>,
}

/// Which epoch of the hub this node has seen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HubEpoch {
    /// The highest one.
    pub known: u64,
    /// Not everything has been presented to the hub in this epoch, or is not settled there yet.
    pub to_present: bool,
}

/// What the hub has signed last about a handover, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ProofRecord {
    pub(crate) revision: u64,
    pub(crate) receipt: bool,
    #[serde(with = "crate::fields::bytes")]
    pub(crate) bytes: Vec<u8>,
}

/// A handover that a person has to look at, version 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LostRecord {
    since_ms: i64,
    told: Option<(OfferRecord, HubRecord)>,
}

/// A handover that a person has to look at: a restore took what was known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Lost {
    /// Which.
    pub handover: Id<HandoverKind>,
    /// When that was found.
    pub since: Timestamp,
    /// What the hub told of one that is not known here at all.
    pub told: Option<(Offer, HubRecord)>,
}

/// What the hub has signed, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// A `Receipt`.
    Receipt(Vec<u8>),
    /// An `Envelope` with a notice.
    Notice(Vec<u8>),
}

impl Record for Incarnation {
    const KIND: u16 = kinds::INCARNATION;
    const VERSION: u16 = 1;
}

impl Setting for Incarnation {
    const NAME: &'static str = "incarnation";
}

impl Record for HubEpoch {
    const KIND: u16 = kinds::HUB_EPOCH;
    const VERSION: u16 = 1;
}

impl Setting for HubEpoch {
    const NAME: &'static str = "hub-epoch";
}

impl Record for ProofRecord {
    const KIND: u16 = kinds::HUB_PROOF;
    const VERSION: u16 = 1;
}

impl Record for LostRecord {
    const KIND: u16 = kinds::HANDOVER_LOST;
    const VERSION: u16 = 1;
}

impl Incarnation {
    /// When it was restored, and when the backup was made.
    pub fn restored(&self) -> Option<(Timestamp, Timestamp)> {
        let instant = |ms| Timestamp::from_millisecond(ms).ok();
        instant(self.restored_at_ms).zip(instant(self.backup_at_ms))
    }

    /// The life after this one, restored at an instant from a backup made at another. Its number is higher than any that
    /// another restore of the same backup can have had before.
    pub fn next(former: Option<&Self>, restored_at: Timestamp, backup_at: Timestamp) -> Self {
        let former = former.map_or(0, |former| former.number);
        Self {
            number: maillage_federation::lives::next(former, restored_at.as_millisecond()),
            restored_at_ms: restored_at.as_millisecond(),
            backup_at_ms: backup_at.as_millisecond(),
            to_reconcile: true,
            lost: Vec::new(),
        }
    }
}

/// Notes that a person has to look at a handover. Since when stays; of an offer, everything but the needs of whoever travels is
/// kept.
///
/// # Errors
/// Those of the engine.
pub fn lose(transaction: &mut Transaction<'_>, lost: Lost) -> Result<(), EngineError> {
    let key = lost.handover.to_array();
    let before = LOST.get(transaction, &key)?;
    let since_ms = before.map_or(lost.since.as_millisecond(), |before| before.since_ms);
    let told = lost.told.map(|(offer, record)| {
        let offer = Offer { needs: Needs::none(), ..offer };
        (OfferRecord::from(&offer), record)
    });
    LOST.put(transaction, &key, &LostRecord { since_ms, told })
}

/// Moves the handovers that an older version noted as lost to where they are kept now, found when this life began. Once: they are not
/// noted there any more.
///
/// # Errors
/// Those of the engine, and a record that no longer makes sense.
pub fn move_lost(transaction: &mut Transaction<'_>) -> Result<(), EngineError> {
    let Some(incarnation) = settings::find::<Incarnation>(transaction)? else { return Ok(()) };
    if incarnation.lost.is_empty() {
        return Ok(());
    }
    let since = instant(incarnation.restored_at_ms, kinds::INCARNATION)?;
    for handover in &incarnation.lost {
        let handover = Id::from_bytes(handover).map_err(|_| broken(kinds::INCARNATION))?;
        if !is_lost(transaction, handover)? {
            lose(transaction, Lost { handover, since, told: None })?;
        }
    }
    settings::put(transaction, &Incarnation { lost: Vec::new(), ..incarnation })
}

/// The handovers that a person has to look at, oldest first, at most `limit`.
///
/// # Errors
/// Those of the engine, and a record that no longer makes sense.
pub fn lost(view: &(impl View + ?Sized), limit: usize) -> Result<Vec<Lost>, EngineError> {
    let rows = LOST.scan(view, .., limit)?.into_iter();
    let lost = rows.map(|(key, LostRecord { since_ms, told })| {
        Ok(Lost {
            handover: Id::from_bytes(&key).map_err(|_| broken(kinds::HANDOVER_LOST))?,
            since: instant(since_ms, kinds::HANDOVER_LOST)?,
            told: told
                .map(|(offer, record)| {
                    offer.restore().map(|offer| (offer, record)).ok_or_else(|| broken(kinds::HANDOVER_LOST))
                })
                .transpose()?,
        })
    });
    lost.collect()
}

/// Whether a person has to look at a handover.
///
/// # Errors
/// Those of the engine.
pub fn is_lost(view: &(impl View + ?Sized), handover: Id<HandoverKind>) -> Result<bool, EngineError> {
    Ok(LOST.get(view, &handover.to_array())?.is_some())
}

/// Since when a person has to look at a handover, if that is so.
///
/// # Errors
/// Those of the engine.
pub fn lost_since(
    view: &(impl View + ?Sized),
    handover: Id<HandoverKind>,
) -> Result<Option<Timestamp>, EngineError> {
    let record = LOST.get(view, &handover.to_array())?;
    record.map(|record| instant(record.since_ms, kinds::HANDOVER_LOST)).transpose()
}

/// Somebody has looked at a handover; tells whether that was to be done.
///
/// # Errors
/// Those of the engine.
pub fn settle_lost(
    transaction: &mut Transaction<'_>,
    handover: Id<HandoverKind>,
) -> Result<bool, EngineError> {
    let key = handover.to_array();
    let is_lost = LOST.get(transaction, &key)?.is_some();
    LOST.delete(transaction, &key)?;
    Ok(is_lost)
}

/// Keeps what the hub has signed about a handover, if it is newer than what is kept.
///
/// # Errors
/// Those of the engine.
pub fn keep_proof(
    transaction: &mut Transaction<'_>,
    handover: Id<HandoverKind>,
    revision: u64,
    proof: Proof,
) -> Result<(), EngineError> {
    let key = handover.to_array();
    if PROOFS.get(transaction, &key)?.is_some_and(|kept| kept.revision >= revision) {
        return Ok(());
    }
    let record = match proof {
        Proof::Receipt(bytes) => ProofRecord { revision, receipt: true, bytes },
        Proof::Notice(bytes) => ProofRecord { revision, receipt: false, bytes },
    };
    PROOFS.put(transaction, &key, &record)
}

/// The handovers about which something of the hub's is kept, from one of them on, at most `limit`.
///
/// # Errors
/// Those of the engine.
pub fn proven(
    view: &(impl View + ?Sized),
    after: Option<Id<HandoverKind>>,
    limit: usize,
) -> Result<Vec<Id<HandoverKind>>, EngineError> {
    let from = after.map_or(Bound::Unbounded, |after| Bound::Excluded(after.to_array()));
    let rows = PROOFS.scan(view, (from, Bound::Unbounded), limit)?;
    rows.iter().map(|(key, _)| Id::from_bytes(key).map_err(|_| broken(kinds::HUB_PROOF))).collect()
}

/// Lets go what the hub has signed about a handover.
///
/// # Errors
/// Those of the engine.
pub fn forget_proof(
    transaction: &mut Transaction<'_>,
    handover: Id<HandoverKind>,
) -> Result<(), EngineError> {
    PROOFS.delete(transaction, &handover.to_array())
}

/// What the hub has signed last about a handover.
///
/// # Errors
/// Those of the engine.
pub fn proof(view: &(impl View + ?Sized), handover: Id<HandoverKind>) -> Result<Option<Proof>, EngineError> {
    let record = PROOFS.get(view, &handover.to_array())?;
    Ok(record.map(
        |ProofRecord { receipt, bytes, .. }| {
            if receipt { Proof::Receipt(bytes) } else { Proof::Notice(bytes) }
        },
    ))
}

#[cfg(test)]
mod tests {
    use maillage_federation::handover::{OfferedLeg, State};

    use super::*;
    use crate::golden::check;

    #[test]
    fn records_of_version_1() {
        let incarnation = Incarnation {
            number: 28_900_000,
            restored_at_ms: 1_796_125_600_000,
            backup_at_ms: 1_796_025_600_000,
            to_reconcile: true,
            lost: vec![[7; 16]],
        };
        check(include_str!("../golden/incarnation.v1.hex"), &incarnation);
        let epoch = HubEpoch { known: 28_900_001, to_present: true };
        check(include_str!("../golden/hub_epoch.v1.hex"), &epoch);
        let proof = ProofRecord { revision: 9, receipt: true, bytes: vec![1, 2, 200] };
        check(include_str!("../golden/hub_proof.v1.hex"), &proof);
        let leg =
            OfferedLeg::rounded(("81003".parse().unwrap(), "81004".parse().unwrap()), (0, 3_600_000), 31_000);
        let offer = Offer {
            origin_territory: "200034031".parse().unwrap(),
            legs: vec![leg],
            seats: 1,
            needs: Needs::none(),
            reply_by_ms: 1_000,
            accept_within_s: 600,
            agreed_only: false,
            widening: None,
            goes_with: None,
        };
        let record = HubRecord {
            circle: None,
            handover: Id::new(1, [3; 10]),
            origin: Id::new(2, [4; 10]),
            state: State::Held { holder: Id::new(3, [5; 10]) },
            round: 2,
            reply_by_ms: 1_000,
            revision: 9,
        };
        let lost =
            LostRecord { since_ms: 1_796_125_600_000, told: Some((OfferRecord::from(&offer), record)) };
        check(include_str!("../golden/handover-lost.v1.hex"), &lost);
    }

    #[test]
    fn what_an_older_version_noted_as_lost_is_looked_at_with_the_rest_and_moved_once() {
        let engine = crate::samples::engine();
        let second = |seconds| Timestamp::from_second(seconds).unwrap();
        let [one, other]: [Id<HandoverKind>; 2] = [Id::new(1, [1; 10]), Id::new(2, [2; 10])];
        let life = Incarnation::next(None, second(1_800_000_000), second(1_790_000_000));
        let life = Incarnation { lost: vec![one.to_array(), other.to_array()], ..life };
        let move_lost = |engine: &maillage_engine::Engine| {
            engine.transact::<(), EngineError, _>("test", super::move_lost).unwrap();
        };
        let write = move |transaction: &mut Transaction<'_>| {
            lose(transaction, Lost { handover: other, since: second(1_700_000_000), told: None })?;
            settings::put(transaction, &life)
        };
        engine.transact::<(), EngineError, _>("test", write).unwrap();
        move_lost(&engine);
        let found = |engine: &maillage_engine::Engine| {
            lost(engine, 9).unwrap().into_iter().map(|lost| (lost.handover, lost.since)).collect::<Vec<_>>()
        };
        assert_eq!(found(&engine), [(one, second(1_800_000_000)), (other, second(1_700_000_000))]);
        let looked_at = move |transaction: &mut Transaction<'_>| settle_lost(transaction, one).map(drop);
        engine.transact::<(), EngineError, _>("test", looked_at).unwrap();
        move_lost(&engine);
        assert_eq!(found(&engine), [(other, second(1_700_000_000))], "it was looked at");
    }

    #[test]
    fn the_life_after_is_higher_whatever_the_clock_says() {
        let at = |text: &str| text.parse().unwrap();
        let first = Incarnation::next(None, at("2026-11-29T12:00:00Z"), at("2026-11-28T12:00:00Z"));
        let again = Incarnation::next(None, at("2026-11-29T12:00:01Z"), at("2026-11-28T12:00:00Z"));
        assert!(first.number > 0 && again.number > first.number, "two restores of one backup");
        let late = Incarnation::next(Some(&again), at("2001-01-01T00:00:00Z"), at("2026-11-28T12:00:00Z"));
        assert!(late.number > again.number && late.to_reconcile);
    }
}
