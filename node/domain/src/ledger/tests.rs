//! Books and statements against naive sums. Must never round its expectations.

mod books;
mod statements;

use jiff::civil::Date;
use maillage_federation::ids::Id;

use super::*;
use crate::{money::Cents, text::Line};

fn id<K>(number: u8) -> Id<K> {
    Id::new(1_790_000_000_000 + u64::from(number), [number; 10])
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// An entry of 2026 under a number of its own.
fn entry(sequence: u8, on: Date, movement: Movement, cents: i64) -> Entry {
    let number = EntryNumber { journal: movement.journal(), year: 2026, sequence: u64::from(sequence) };
    let note = Line::default();
    let new = NewEntry { books: Books(None), day: on, movement, amount: Cents::new(cents), note };
    new.book(id(sequence), number, "2026-12-31T10:00:00Z".parse().unwrap())
}
