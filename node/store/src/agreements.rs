//! Agreements with other members, by the other: the hub's newest record in the bytes of the contract, with the signed
//! envelopes that prove it, and what this node has said and the hub has not answered. Holds no person's data.

use maillage_domain::agreement::{Known, Said};
use maillage_engine::{EngineError, Record, Table, Transaction, Tree, View};
use maillage_federation::{
    agreement::Agreement,
    ids::{EnvelopeKind, Id, NodeKind},
};
use serde::{Deserialize, Serialize};

use crate::{
    fields::{broken, instant},
    kinds,
};

/// Where they are kept.
pub const TREE: Tree = Tree::named("agreements");

const AGREEMENTS: Table<[u8; 16], AgreementRecord> = Table::new(TREE);

/// An agreement, version 1. No record is no bytes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AgreementRecord {
    #[serde(with = "crate::fields::bytes")]
    record: Vec<u8>,
    said: Option<SaidRecord>,
    last_refusal: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct SaidRecord {
    envelope: Id<EnvelopeKind>,
    at_ms: i64,
    version: u32,
    what: String,
}

impl Record for AgreementRecord {
    const KIND: u16 = kinds::AGREEMENT;
    const VERSION: u16 = 1;
}

/// Writes what is known of the agreement with another member.
///
/// # Errors
/// Those of the engine.
pub fn put(transaction: &mut Transaction<'_>, known: &Known) -> Result<(), EngineError> {
    AGREEMENTS.put(transaction, &known.other.to_array(), &AgreementRecord::from(known))
}

/// What is known of the agreement with another member.
///
/// # Errors
/// Those of the engine, and a record that no longer makes sense.
pub fn find(view: &(impl View + ?Sized), other: Id<NodeKind>) -> Result<Option<Known>, EngineError> {
    AGREEMENTS.get(view, &other.to_array())?.map(|record| record.known(other)).transpose()
}

/// Every agreement, by the other member; at most `limit`.
///
/// # Errors
/// As [`find`].
pub fn list(view: &(impl View + ?Sized), limit: usize) -> Result<Vec<Known>, EngineError> {
    let rows = AGREEMENTS.scan(view, .., limit)?;
    let known = |(other, record): ([u8; 16], AgreementRecord)| {
        record.known(Id::from_bytes(&other).map_err(|_| broken(kinds::AGREEMENT))?)
    };
    rows.into_iter().map(known).collect()
}

impl From<&Known> for AgreementRecord {
    fn from(known: &Known) -> Self {
        let Known { other: _, agreement, said, last_refusal } = known;
        let said = said.as_ref().map(|Said { envelope, at, version, what }| SaidRecord {
            envelope: *envelope,
            at_ms: at.as_millisecond(),
            version: *version,
            what: what.clone(),
        });
        Self {
            record: agreement.as_ref().map(Agreement::encode).unwrap_or_default(),
            said,
            last_refusal: last_refusal.clone(),
        }
    }
}

impl AgreementRecord {
    fn known(self, other: Id<NodeKind>) -> Result<Known, EngineError> {
        let Self { record, said, last_refusal } = self;
        let agreement = (!record.is_empty()).then(|| Agreement::decode(&record)).transpose();
        let said = said.map(|SaidRecord { envelope, at_ms, version, what }| {
            Ok::<_, EngineError>(Said { envelope, at: instant(at_ms, kinds::AGREEMENT)?, version, what })
        });
        Ok(Known {
            other,
            agreement: agreement.map_err(|_| broken(kinds::AGREEMENT))?,
            said: said.transpose()?,
            last_refusal,
        })
    }
}

#[cfg(test)]
mod tests {
    use maillage_domain::agreement::{Known, Said};
    use maillage_engine::{Engine, EngineError};
    use maillage_federation::{
        agreement::{Action, Carriers, Command, Rates, Terms, Trust, decide},
        envelope::{Body, Envelope, Header, Party},
        signing::Signer,
    };

    use super::{AgreementRecord, find, list, put};
    use crate::samples::{id, now};

    fn known() -> Known {
        let terms = Terms {
            carriers: Carriers::Both,
            rates: Rates { loaded_km: 40, empty_km: 20, trip: 150, no_show: 500, at_the_door: 300 },
            contributions_deducted: true,
            trust: Trust::Trusted,
            from: "2026-10-01".parse().unwrap(),
            until: None,
        };
        let command = Command { with: id(2), version: 1, action: Action::Propose(terms) };
        let header = Header {
            federation: "essai".parse().unwrap(),
            id: id(9),
            sender: Party::Node(id(1)),
            recipient: Party::Hub,
            sent_at_ms: 7,
        };
        let envelope = Envelope::sign(header, Body::Agreement(command.clone()), &Signer::from_seed(&[1; 32]));
        let step = decide(None, id(1), &command, &envelope, "2026-10-01".parse().unwrap()).unwrap();
        Known {
            other: id(2),
            agreement: Some(step.agreement),
            said: Some(Said { envelope: id(8), at: now(), version: 1, what: "take-back".to_owned() }),
            last_refusal: Some("agreement-stale".to_owned()),
        }
    }

    #[test]
    fn agreements_of_version_1_keep_their_bytes_and_lose_nothing() {
        crate::golden::check(include_str!("../golden/agreement.v1.hex"), &AgreementRecord::from(&known()));
        let engine = Engine::memory(crate::options());
        let none = Known::nothing(id(3));
        let (written, nothing) = (known(), none.clone());
        engine
            .transact::<(), EngineError, _>("put", move |transaction| {
                put(transaction, &written)?;
                put(transaction, &nothing)
            })
            .unwrap();
        assert_eq!(find(&engine, id(2)).unwrap(), Some(known()));
        assert_eq!(find(&engine, id(1)).unwrap(), None);
        assert_eq!(list(&engine, 9).unwrap(), [known(), none]);
    }
}
