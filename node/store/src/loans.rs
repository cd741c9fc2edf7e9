//! Loans and the ways to find them: by the time a thing is taken, by person, those that are not over. A loan is never
//! deleted.

mod records;

use std::ops::Bound;

use jiff::Timestamp;
use maillage_domain::{
    ids::{AssetKind, LoanKind, PersonKind},
    loan::{Loan, calendar::Occupation},
};
use maillage_engine::{EngineError, Key as _, Record, Table, Transaction, Tree, View};
use maillage_federation::ids::Id;
use serde::{Deserialize, Serialize};

pub(crate) use self::records::LoanRecord;
use crate::{
    fields::{after, time_key},
    indexes::{self, Entries},
    kinds,
};

/// Loans by identifier.
pub const TREE: Tree = Tree::named("loans");
/// Loans that take a thing, by the thing and by the end of the time it is taken.
pub const BY_ASSET_TREE: Tree = Tree::named("loans_by_asset");
/// Loans by person.
pub const BY_PERSON_TREE: Tree = Tree::named("loans_by_person");
/// Loans for which something is left to do, by the end of the time asked for.
pub const OPEN_TREE: Tree = Tree::named("loans_open");
/// How loans are made here.
pub const POLICY_TREE: Tree = Tree::named("loan_policy");

const LOANS: Table<[u8; 16], LoanRecord> = Table::new(TREE);
const POLICY: Table<u16, LoanPolicy> = Table::new(POLICY_TREE);
/// The only row of its tree.
const POLICY_KEY: u16 = 0;

/// How loans are made here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoanPolicy {
    /// Minutes kept free between two loans of a thing, to clean and check it.
    pub handover_min: u32,
}

impl Default for LoanPolicy {
    /// Half an hour: what checking a car together takes.
    fn default() -> Self {
        Self { handover_min: 30 }
    }
}

impl Record for LoanPolicy {
    const KIND: u16 = kinds::LOAN_POLICY;
    const VERSION: u16 = 1;
}

/// Writes a loan, new or changed, with its indexes.
pub fn put(transaction: &mut Transaction<'_>, loan: &Loan) -> Result<(), EngineError> {
    let former = find(transaction, loan.id)?;
    indexes::replace(transaction, &former.as_ref().map(entries).unwrap_or_default(), &entries(loan))?;
    LOANS.put(transaction, &loan.id.to_array(), &LoanRecord::from(loan))
}

/// One loan.
pub fn find(view: &(impl View + ?Sized), id: Id<LoanKind>) -> Result<Option<Loan>, EngineError> {
    LOANS.get(view, &id.to_array())?.map(Loan::try_from).transpose()
}

/// At most `limit` loans in the order they were asked for, after one of them.
pub fn list(
    view: &(impl View + ?Sized),
    from: Option<Id<LoanKind>>,
    limit: usize,
) -> Result<Vec<Loan>, EngineError> {
    let rows = LOANS.scan(view, after(from), limit)?;
    rows.into_iter().map(|(_, record)| record.try_into()).collect()
}

/// At most `limit` loans of a person, newest first, before one of them.
pub fn of_person(
    view: &(impl View + ?Sized),
    person: Id<PersonKind>,
    before: Option<Id<LoanKind>>,
    limit: usize,
) -> Result<Vec<Loan>, EngineError> {
    let start = (person.to_array(), [0; 16]).to_key();
    let end = (person.to_array(), before.map_or([u8::MAX; 16], Id::to_array)).to_key();
    let rows = view.scan_reverse(BY_PERSON_TREE, Bound::Included(&start), Bound::Excluded(&end), limit)?;
    checked(view, BY_PERSON_TREE, rows)
}

/// At most `limit` loans for which something is left to do, the soonest end first.
pub fn open(view: &(impl View + ?Sized), limit: usize) -> Result<Vec<Loan>, EngineError> {
    open_after(view, None, Timestamp::MAX, limit)
}

/// At most `limit` loans for which something is left to do and that should be back before an instant, the soonest end first,
/// after one of them.
pub fn open_after(
    view: &(impl View + ?Sized),
    after: Option<&Loan>,
    until: Timestamp,
    limit: usize,
) -> Result<Vec<Loan>, EngineError> {
    let key = |loan: &Loan| (time_key(loan.terms.span.until()), loan.id.to_array()).to_key();
    let start = after.map(key);
    let start = start.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
    let end = time_key(until).to_key();
    let rows = view.scan(OPEN_TREE, start, Bound::Excluded(&end), limit)?;
    checked(view, OPEN_TREE, rows)
}

/// The loans that take a thing after an instant, as they stand now; those that are out whatever the instant.
pub fn taking(
    view: &(impl View + ?Sized),
    asset: Id<AssetKind>,
    since: Timestamp,
) -> Result<Vec<Loan>, EngineError> {
    let start = (asset.to_array(), time_key(since)).to_key();
    let end = (asset.to_array(), u64::MAX, [u8::MAX; 16]).to_key();
    let rows = view.scan(BY_ASSET_TREE, Bound::Excluded(&start), Bound::Included(&end), usize::MAX)?;
    checked(view, BY_ASSET_TREE, rows)
}

/// When a thing is taken after an instant.
pub fn occupations(
    view: &(impl View + ?Sized),
    asset: Id<AssetKind>,
    since: Timestamp,
    now: Timestamp,
) -> Result<Vec<Occupation>, EngineError> {
    Ok(taking(view, asset, since)?.iter().filter_map(|loan| loan.occupation(now)).collect())
}

/// How loans are made here.
pub fn policy(view: &(impl View + ?Sized)) -> Result<LoanPolicy, EngineError> {
    Ok(POLICY.get(view, &POLICY_KEY)?.unwrap_or_default())
}

/// Sets how loans are made here.
pub fn set_policy(transaction: &mut Transaction<'_>, policy: &LoanPolicy) -> Result<(), EngineError> {
    POLICY.put(transaction, &POLICY_KEY, policy)
}

/// The index rows of a loan. What is out takes its thing until it is back, whenever that is.
fn entries(loan: &Loan) -> Entries {
    let id = loan.id.to_array();
    let mut entries = Entries::from([(BY_PERSON_TREE, (loan.person.to_array(), id).to_key())]);
    if let Some(taken) = loan.occupation(Timestamp::MIN) {
        let end = if loan.is_out() { u64::MAX } else { time_key(taken.span.until()) };
        entries.insert((BY_ASSET_TREE, (taken.asset.to_array(), end, id).to_key()));
    }
    if loan.is_open() {
        entries.insert((OPEN_TREE, (time_key(loan.terms.span.until()), id).to_key()));
    }
    entries
}

/// The loans of index rows, without those that have changed since the rows were read.
fn checked(
    view: &(impl View + ?Sized),
    tree: Tree,
    rows: Vec<(Vec<u8>, Vec<u8>)>,
) -> Result<Vec<Loan>, EngineError> {
    let mut loans = Vec::with_capacity(rows.len());
    for (key, _) in rows {
        let loan = LOANS.get(view, &indexes::last_id(&key)?)?.map(Loan::try_from).transpose()?;
        loans.extend(loan.filter(|loan| entries(loan).contains(&(tree, key))));
    }
    Ok(loans)
}
