//! Which old entries can go without anybody owing more or less than before. Must never let a part of a sum go.

use std::collections::{BTreeMap, BTreeSet};

use maillage_federation::ids::Id;

use crate::{
    ids::EntryKind,
    ledger::{Account, Books, Entry, Party},
    money::Cents,
};

/// Of some entries whose term is over, those that come to nothing for everybody they concern, in each of the books. What is
/// left over of somebody keeps all of that person's entries in those books, and so of whoever shares one.
pub fn settled(entries: &[Entry]) -> BTreeSet<Id<EntryKind>> {
    let mut going: Vec<&Entry> = entries.iter().collect();
    loop {
        let mut sums: BTreeMap<(Books, Account, Party), Cents> = BTreeMap::new();
        for entry in &going {
            for (account, moved) in moves(entry) {
                let sum = sums.entry(account).or_default();
                *sum = sum.plus(moved);
            }
        }
        let before = going.len();
        going.retain(|entry| {
            moves(entry).all(|(account, _)| sums.get(&account).is_some_and(|sum| sum.is_zero()))
        });
        if going.len() == before {
            return going.iter().map(|entry| entry.id).collect();
        }
    }
}

/// What an entry moves of whom: debit less credit.
fn moves(entry: &Entry) -> impl Iterator<Item = ((Books, Account, Party), Cents)> {
    let books = entry.books;
    entry
        .postings()
        .into_iter()
        .filter_map(move |side| Some(((books, side.account, side.party?), side.debit.minus(side.credit))))
}
