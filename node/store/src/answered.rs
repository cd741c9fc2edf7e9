//! What callers were answered who named their request: so that whoever asks again because no answer came is told what was
//! done, and nothing is done twice. A row is written in the transaction of what it tells of, and goes after some weeks. Must
//! never hold what was asked: a hash tells whether it is the same.

use jiff::Timestamp;
use maillage_domain::ids::AccountKind;
use maillage_engine::{EngineError, Record, Table, Transaction, Tree, View};
use maillage_federation::ids::Id;
use serde::{Deserialize, Serialize};

use crate::{fields::broken, kinds};

/// Answers by account and the identifier the caller gave.
pub const TREE: Tree = Tree::named("answered");

/// The account (zeroes for whoever reads the data directory), the request.
type Key = ([u8; 16], [u8; 16]);

const ANSWERED: Table<Key, AnsweredRecord> = Table::new(TREE);
const KIND: u16 = kinds::ANSWERED;

/// A request that its caller named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named {
    /// Who asks; none for whoever reads the data directory.
    pub account: Option<Id<AccountKind>>,
    /// What the caller calls it.
    pub request: [u8; 16],
    /// Hash of what is asked.
    pub content: [u8; 16],
}

/// What was done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answered {
    /// Hash of what was asked.
    pub content: [u8; 16],
    /// What was made or changed.
    pub result: [u8; 16],
}

/// An answer, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AnsweredRecord {
    #[serde(with = "crate::fields::bytes")]
    pub(crate) content: Vec<u8>,
    #[serde(with = "crate::fields::bytes")]
    pub(crate) result: Vec<u8>,
    pub(crate) at_ms: i64,
}

impl Record for AnsweredRecord {
    const KIND: u16 = KIND;
    const VERSION: u16 = 1;
}

/// What was done about a request that had been asked before.
pub fn find(view: &(impl View + ?Sized), named: &Named) -> Result<Option<Answered>, EngineError> {
    ANSWERED.get(view, &named.key())?.map(Answered::try_from).transpose()
}

/// Notes what was done about a request.
pub fn put(
    transaction: &mut Transaction<'_>,
    named: &Named,
    result: [u8; 16],
    at: Timestamp,
) -> Result<(), EngineError> {
    let record = AnsweredRecord {
        content: named.content.to_vec(),
        result: result.to_vec(),
        at_ms: at.as_millisecond(),
    };
    ANSWERED.put(transaction, &named.key(), &record)
}

/// Takes at most `limit` rows out that are older than an instant; gives how many.
pub fn forget_before(
    transaction: &mut Transaction<'_>,
    before: Timestamp,
    limit: usize,
) -> Result<usize, EngineError> {
    let old = crate::holdings::older_than(transaction, TREE, before, limit)?;
    for key in &old {
        transaction.delete(TREE, key)?;
    }
    Ok(old.len())
}

impl Named {
    fn key(&self) -> Key {
        (self.account.map_or([0; 16], Id::to_array), self.request)
    }
}

impl TryFrom<AnsweredRecord> for Answered {
    type Error = EngineError;

    fn try_from(record: AnsweredRecord) -> Result<Self, EngineError> {
        let bytes = |bytes: Vec<u8>| bytes.try_into().map_err(|_| broken(KIND));
        Ok(Self { content: bytes(record.content)?, result: bytes(record.result)? })
    }
}
