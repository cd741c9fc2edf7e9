//! Parts of the keys of the books.

use jiff::civil::Date;
use maillage_domain::ledger::{Books, Party};
use maillage_federation::{ids::Id, month::Month};

/// Whose books; zeros for the platform's own.
pub(super) fn books_key(books: Books) -> [u8; 16] {
    books.0.map(Id::to_array).unwrap_or_default()
}

/// Who stands behind an entry or receipt.
pub(super) fn party_key(party: Party) -> (u16, [u8; 16]) {
    match party {
        Party::Person(id) => (1, id.to_array()),
        Party::Volunteer(id) => (2, id.to_array()),
    }
}

/// `YYYYMMDD`.
pub(super) fn day_key(day: Date) -> u32 {
    let part = |number: i16| u32::try_from(number).unwrap_or(0);
    part(day.year()) * 10_000 + part(day.month().into()) * 100 + part(day.day().into())
}

/// `YYYYMM`.
pub(super) fn month_key(month: Month) -> u32 {
    year_key(month.year()) * 100 + u32::try_from(month.number()).unwrap_or(0)
}

/// A civil year.
pub(super) fn year_key(year: i16) -> u32 {
    u32::try_from(year).unwrap_or(0)
}
