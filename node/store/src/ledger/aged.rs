//! The rows of pieces whose term is over: entries that come to nothing, statements that were settled and receipts. Knows
//! every row that hangs on a piece; must never name one of a piece that stays.

use std::collections::BTreeSet;

use jiff::civil::Date;
use maillage_domain::ledger::{Settlement, settled};
use maillage_engine::{EngineError, Tree, View};
use maillage_federation::{ids::Id, month::paris};

use super::{
    DUES_TREE, ENTRIES_BY_DAY_TREE, ENTRIES_BY_PARTY_TREE, ENTRIES_TREE, RECEIPTS_BY_NUMBER_TREE,
    RECEIPTS_BY_PARTY_TREE, RECEIPTS_OF_TREE, RECEIPTS_TREE, STATEMENT_LINES_TREE,
    STATEMENTS_BY_VOLUNTEER_TREE, STATEMENTS_TREE, all_receipts, entries_between, statements_after,
};

/// Old pieces, as rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Aged {
    /// How many pieces: entries, statements, receipts.
    pub pieces: usize,
    /// Their rows, with those of the indexes.
    pub rows: Vec<(Tree, Vec<u8>)>,
}

type Ids = BTreeSet<[u8; 16]>;

/// The pieces from before a day that can go.
pub fn aged(view: &(impl View + ?Sized), before: Date) -> Result<Aged, EngineError> {
    let Ok(last) = before.yesterday() else { return Ok(Aged::default()) };
    let old = entries_between(view, (Date::MIN, last), None, usize::MAX)?;
    let entries: Ids = settled(&old).into_iter().map(Id::to_array).collect();
    let is_old = |at: jiff::Timestamp| at.to_zoned(paris()).date() < before;
    let mut receipts = Ids::new();
    for receipt in all_receipts(view, None, usize::MAX)? {
        if is_old(receipt.issued) {
            receipts.insert(receipt.id.to_array());
        }
    }
    let mut statements = Ids::new();
    for statement in statements_after(view, None, usize::MAX)? {
        let over = match statement.settlement {
            Settlement::Open => false,
            Settlement::Paid { day, .. } | Settlement::Waived { signed: day, receipt: None } => day < before,
            Settlement::Waived { signed, receipt: Some(receipt) } => {
                signed < before && receipts.contains(&receipt.to_array())
            }
        };
        if over && is_old(statement.closed) {
            statements.insert(statement.id.to_array());
        }
    }
    let mut aged = Aged { pieces: entries.len() + receipts.len() + statements.len(), rows: Vec::new() };
    for (tree, place, ids) in [
        (ENTRIES_TREE, Place::Key, &entries),
        (ENTRIES_BY_DAY_TREE, Place::KeyEnd, &entries),
        (ENTRIES_BY_PARTY_TREE, Place::KeyEnd, &entries),
        (DUES_TREE, Place::Value, &entries),
        (RECEIPTS_TREE, Place::Key, &receipts),
        (RECEIPTS_BY_NUMBER_TREE, Place::Value, &receipts),
        (RECEIPTS_BY_PARTY_TREE, Place::KeyEnd, &receipts),
        (RECEIPTS_OF_TREE, Place::Value, &receipts),
        (STATEMENTS_TREE, Place::Key, &statements),
        (STATEMENTS_BY_VOLUNTEER_TREE, Place::Value, &statements),
        (STATEMENT_LINES_TREE, Place::KeyStart, &statements),
    ] {
        if !ids.is_empty() {
            aged.add(view, tree, place, ids)?;
        }
    }
    Ok(aged)
}

/// Where a row names its piece.
#[derive(Clone, Copy)]
enum Place {
    Key,
    KeyStart,
    KeyEnd,
    Value,
}

impl Aged {
    fn add(
        &mut self,
        view: &(impl View + ?Sized),
        tree: Tree,
        place: Place,
        ids: &Ids,
    ) -> Result<(), EngineError> {
        if let Place::Key = place {
            self.rows.extend(ids.iter().map(|id| (tree, id.to_vec())));
            return Ok(());
        }
        crate::holdings::each_row::<EngineError>(view, tree, &mut |key, value| {
            let named = match place {
                Place::Key | Place::KeyStart => key.first_chunk::<16>(),
                Place::KeyEnd => key.last_chunk::<16>(),
                Place::Value => value.first_chunk::<16>(),
            };
            if named.is_some_and(|id| ids.contains(id)) {
                self.rows.push((tree, key));
            }
            Ok(())
        })
    }
}
