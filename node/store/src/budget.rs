//! The privacy budget of each year, in exact whole units of the caller's. Charged in the transaction that freezes a
//! report, so that no draw leaves without its charge.

use maillage_engine::{EngineError, Record, Table, Transaction, Tree, View};
use serde::{Deserialize, Serialize};

use crate::kinds;

/// What was spent, by civil year.
pub const TREE: Tree = Tree::named("budget");

const BUDGET: Table<u16, BudgetRecord> = Table::new(TREE);

/// What was spent in a year, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BudgetRecord {
    pub(crate) spent: u64,
}

impl Record for BudgetRecord {
    const KIND: u16 = kinds::BUDGET;
    const VERSION: u16 = 1;
}

/// Why the budget is not charged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BudgetError {
    /// It would be over the limit.
    #[error(
        "the privacy budget of {year} allows {limit} units; {spent} are spent and {amount} more are asked for"
    )]
    Exhausted {
        /// The civil year.
        year: u16,
        /// Units spent so far.
        spent: u64,
        /// Units asked for.
        amount: u64,
        /// Units allowed in the year.
        limit: u64,
    },
    /// The store.
    #[error("the privacy budget cannot be charged")]
    Engine(#[from] EngineError),
}

/// Charges units to a civil year and gives what is spent then. `limit` is what the year allows in all.
///
/// # Errors
/// Nothing is charged if it would be over the limit.
pub fn charge(
    transaction: &mut Transaction<'_>,
    year: u16,
    amount: u64,
    limit: u64,
) -> Result<u64, BudgetError> {
    let spent = spent(transaction, year)?;
    let exhausted = BudgetError::Exhausted { year, spent, amount, limit };
    let total = spent.checked_add(amount).filter(|total| *total <= limit).ok_or(exhausted)?;
    BUDGET.put(transaction, &year, &BudgetRecord { spent: total })?;
    Ok(total)
}

/// Units spent in a civil year.
pub fn spent(view: &(impl View + ?Sized), year: u16) -> Result<u64, EngineError> {
    Ok(BUDGET.get(view, &year)?.map_or(0, |record| record.spent))
}
