//! Erasures: who was erased, when, why and how far it is. Holds identifiers that name nobody any more; it is what shows that
//! the node did it, and what lets an objection outlive the person's file. Must never hold anything of the person.

use std::collections::BTreeSet;

use jiff::Timestamp;
use maillage_domain::{
    erasure::{ErasureReason, ErasureState},
    ids::{PersonKind, ReferralKind, VolunteerKind},
};
use maillage_engine::{EngineError, Record, Table, Transaction, Tree, View};
use maillage_federation::ids::Id;
use serde::{Deserialize, Serialize};

use crate::{
    fields::{broken, instant, parsed},
    holdings::Whose,
    kinds,
};

/// Erasures by what kind of person, and which.
pub const TREE: Tree = Tree::named("erasures");

const ERASURES: Table<(u16, [u8; 16]), ErasureRecord> = Table::new(TREE);
const KIND: u16 = kinds::ERASURE;
const PERSON: u16 = 1;
const VOLUNTEER: u16 = 2;
const REFERRAL: u16 = 3;

/// An erasure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// Who was erased.
    pub whose: Whose,
    /// Why.
    pub reason: ErasureReason,
    /// When it was asked for, or purged.
    pub asked: Timestamp,
    /// Whether the person had objected to statistics: what was not counted yet will not be.
    pub objection: bool,
    /// How far it is.
    pub state: ErasureState,
    /// Rows that were emptied or removed so far.
    pub rows: u64,
    /// When no file held anything any more.
    pub done: Option<Timestamp>,
}

/// An erasure, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ErasureRecord {
    reason: String,
    asked_ms: i64,
    objection: bool,
    state: String,
    rows: u64,
    done_ms: Option<i64>,
}

impl Record for ErasureRecord {
    const KIND: u16 = KIND;
    const VERSION: u16 = 1;
}

/// Writes an erasure, new or further on.
pub fn put(transaction: &mut Transaction<'_>, erasure: &Erasure) -> Result<(), EngineError> {
    ERASURES.put(transaction, &key(erasure.whose), &ErasureRecord::from(erasure))
}

/// The erasure of somebody.
pub fn find(view: &(impl View + ?Sized), whose: Whose) -> Result<Option<Erasure>, EngineError> {
    let key = key(whose);
    ERASURES.get(view, &key)?.map(|record| record.erasure(key)).transpose()
}

/// At most `limit` erasures, beneficiaries first, after one of them.
pub fn list(
    view: &(impl View + ?Sized),
    after: Option<Whose>,
    limit: usize,
) -> Result<Vec<Erasure>, EngineError> {
    let from = after.map_or(std::ops::Bound::Unbounded, |whose| std::ops::Bound::Excluded(key(whose)));
    let rows = ERASURES.scan(view, (from, std::ops::Bound::Unbounded), limit)?;
    rows.into_iter().map(|(key, record)| record.erasure(key)).collect()
}

/// The erasures that are not done.
pub fn open(view: &(impl View + ?Sized)) -> Result<Vec<Erasure>, EngineError> {
    let mut all = list(view, None, usize::MAX)?;
    all.retain(|erasure| erasure.state != ErasureState::Done);
    Ok(all)
}

/// Beneficiaries who were erased and had objected to statistics.
pub fn objectors(view: &(impl View + ?Sized)) -> Result<BTreeSet<Id<PersonKind>>, EngineError> {
    let rows = ERASURES.scan(view, (PERSON, [0; 16])..(VOLUNTEER, [0; 16]), usize::MAX)?;
    let objecting = rows.into_iter().filter(|(_, record)| record.objection);
    objecting.map(|((_, id), _)| Id::from_bytes(&id).map_err(|_| broken(KIND))).collect()
}

fn key(whose: Whose) -> (u16, [u8; 16]) {
    let kind = match whose {
        Whose::Person(_) => PERSON,
        Whose::Volunteer(_) => VOLUNTEER,
        Whose::Referral(_) => REFERRAL,
    };
    (kind, whose.id())
}

fn whose((kind, id): (u16, [u8; 16])) -> Result<Whose, EngineError> {
    let whose = match kind {
        PERSON => Id::<PersonKind>::from_bytes(&id).map(Whose::Person),
        VOLUNTEER => Id::<VolunteerKind>::from_bytes(&id).map(Whose::Volunteer),
        REFERRAL => Id::<ReferralKind>::from_bytes(&id).map(Whose::Referral),
        _ => return Err(broken(KIND)),
    };
    whose.map_err(|_| broken(KIND))
}

impl ErasureRecord {
    fn erasure(self, key: (u16, [u8; 16])) -> Result<Erasure, EngineError> {
        let Self { reason, asked_ms, objection, state, rows, done_ms } = self;
        Ok(Erasure {
            whose: whose(key)?,
            reason: parsed(&reason, KIND)?,
            asked: instant(asked_ms, KIND)?,
            objection,
            state: parsed(&state, KIND)?,
            rows,
            done: done_ms.map(|at| instant(at, KIND)).transpose()?,
        })
    }
}

impl From<&Erasure> for ErasureRecord {
    fn from(erasure: &Erasure) -> Self {
        let Erasure { whose: _, reason, asked, objection, state, rows, done } = erasure;
        Self {
            reason: reason.code().to_owned(),
            asked_ms: asked.as_millisecond(),
            objection: *objection,
            state: state.code().to_owned(),
            rows: *rows,
            done_ms: done.map(Timestamp::as_millisecond),
        }
    }
}
