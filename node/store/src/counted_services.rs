//! Which loans, services and pathways a half-year has used up: each is counted once. Trips say so themselves. Must never be undone.

use maillage_domain::ids::{LoanKind, PathwayKind, ServiceKind};
use maillage_engine::{EngineError, Record, Table, Transaction, Tree, View};
use maillage_federation::{ids::Id, month::Month};
use serde::{Deserialize, Serialize};

use crate::kinds;

/// What was used up, by what kind of thing, and which.
pub const TREE: Tree = Tree::named("counted_services");

const COUNTED: Table<(u16, [u8; 16]), CountedServiceRecord> = Table::new(TREE);

/// Something that counts once in a half-year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Countable {
    /// A loan that was handed out.
    Loan(Id<LoanKind>),
    /// A service that was rendered.
    Service(Id<ServiceKind>),
    /// A pathway that has ended.
    Pathway(Id<PathwayKind>),
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CountedServiceRecord {
    /// The month that the half-year goes by.
    pub(crate) month: String,
}

impl Record for CountedServiceRecord {
    const KIND: u16 = kinds::COUNTED_SERVICE;
    const VERSION: u16 = 1;
}

/// Notes that a half-year has used something up. What was used up before stays so.
pub fn mark(transaction: &mut Transaction<'_>, what: Countable, month: Month) -> Result<(), EngineError> {
    if is_marked(transaction, what)? {
        return Ok(());
    }
    COUNTED.put(transaction, &what.key(), &CountedServiceRecord { month: month.to_string() })
}

/// Whether a half-year has used something up.
pub fn is_marked(view: &(impl View + ?Sized), what: Countable) -> Result<bool, EngineError> {
    Ok(COUNTED.get(view, &what.key())?.is_some())
}

impl Countable {
    fn key(self) -> (u16, [u8; 16]) {
        match self {
            Self::Loan(id) => (1, id.to_array()),
            Self::Service(id) => (2, id.to_array()),
            Self::Pathway(id) => (3, id.to_array()),
        }
    }
}
