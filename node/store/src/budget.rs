//! The privacy budget of each year, in exact whole units of the caller's, with one share for the months and one for the half-years: a
//! thirteenth month takes nothing from a half-year. Charged in the transaction that freezes a
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
    /// On months.
    pub(crate) spent: u64,
    /// On half-years, since there are any; left out as long as nothing is.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) half_years: u64,
}

/// What a charge is for: each has a limit of its own in a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// The reports of months.
    Months,
    /// The reports of half-years.
    HalfYears,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks for it")]
fn is_zero(number: &u64) -> bool {
    *number == 0
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

/// Charges units to a share of a civil year and gives what of that share is spent then. `limit` is what the year allows for it.
///
/// # Errors
/// Nothing is charged if it would be over the limit.
pub fn charge(
    transaction: &mut Transaction<'_>,
    (year, share): (u16, Share),
    amount: u64,
    limit: u64,
) -> Result<u64, BudgetError> {
    let mut record = BUDGET.get(transaction, &year)?.unwrap_or(BudgetRecord { spent: 0, half_years: 0 });
    let of_share = match share {
        Share::Months => &mut record.spent,
        Share::HalfYears => &mut record.half_years,
    };
    let spent = *of_share;
    let exhausted = BudgetError::Exhausted { year, spent, amount, limit };
    let total = spent.checked_add(amount).filter(|total| *total <= limit).ok_or(exhausted)?;
    *of_share = total;
    BUDGET.put(transaction, &year, &record)?;
    Ok(total)
}

/// Units spent in a civil year, on everything.
pub fn spent(view: &(impl View + ?Sized), year: u16) -> Result<u64, EngineError> {
    Ok(BUDGET.get(view, &year)?.map_or(0, |record| record.spent.saturating_add(record.half_years)))
}
