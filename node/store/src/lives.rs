//! What survives a restore: which life of this node it is, which epoch of the hub it has seen, and what the hub has signed
//! about each handover that is not over. Must never go back: numbers only rise, but by a restore of an old backup,
//! which is what they are there to tell.

use jiff::Timestamp;
use maillage_engine::{EngineError, Record, Table, Transaction, Tree, View};
use maillage_federation::ids::{HandoverKind, Id};
use serde::{Deserialize, Serialize};

use crate::{kinds, settings::Setting};

/// What the hub has signed, by handover.
pub const PROOFS_TREE: Tree = Tree::named("hub_proofs");

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
    /// Handovers of the time that was lost that nobody here can make sense of.
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

impl Incarnation {
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
