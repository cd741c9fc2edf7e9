//! A page of a list that is worked out anew each time it is asked for. It goes on by when and which, so that what comes or goes
//! between two pages shifts nothing. Must never be used where an index can be read from a place on.

use std::{fmt, str::FromStr};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use maillage_federation::ids::Id;

/// A place in such a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// When it is due, milliseconds since 1970 UTC: what the list is in order of.
    at_ms: i64,
    /// Which, among those due then.
    which: u128,
}

/// What is no mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a page goes on after the mark that the page before it ended with")]
pub struct NotAMark;

/// At most `limit` of a list after a mark, in the order of the marks, and where the next page goes on; none after the last.
pub fn page<T>(
    mut found: Vec<T>,
    mark: impl Fn(&T) -> Mark,
    (after, limit): (Option<Mark>, usize),
) -> (Vec<T>, Option<Mark>) {
    found.retain(|row| after.is_none_or(|after| mark(row) > after));
    found.sort_by_key(&mark);
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(mark);
    (found, next)
}

impl Mark {
    /// The place of what is due at an instant.
    pub fn new<K>(due: Timestamp, which: Id<K>) -> Self {
        Self { at_ms: due.as_millisecond(), which: u128::from_be_bytes(which.to_array()) }
    }

    /// The place of what is due on a day.
    pub fn on<K>(due: Date, which: Id<K>) -> Self {
        Self::new(due.to_zoned(TimeZone::UTC).map_or(Timestamp::MAX, |zoned| zoned.timestamp()), which)
    }

    /// The day and which, of a mark made [`Self::on`] a day.
    pub fn day<K>(self) -> Option<(Date, Id<K>)> {
        let due = Timestamp::from_millisecond(self.at_ms).ok()?;
        let which = Id::from_bytes(&self.which.to_be_bytes()).ok()?;
        Some((due.to_zoned(TimeZone::UTC).date(), which))
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{:032x}", self.at_ms, self.which)
    }
}

impl FromStr for Mark {
    type Err = NotAMark;

    fn from_str(text: &str) -> Result<Self, NotAMark> {
        let (at_ms, which) = text.trim().split_once('.').ok_or(NotAMark)?;
        let at_ms = at_ms.parse().map_err(|_| NotAMark)?;
        let which = u128::from_str_radix(which, 16).map_err(|_| NotAMark)?;
        Ok(Self { at_ms, which })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(at_ms: i64, which: u128) -> Mark {
        Mark { at_ms, which }
    }

    #[test]
    fn pages_end_to_end_are_the_list_whatever_comes_and_goes_between_them() {
        let list = vec![mark(3, 1), mark(1, 2), mark(1, 1), mark(i64::MAX, 9), mark(2, 7)];
        let (first, next) = page(list.clone(), |row| *row, (None, 2));
        assert_eq!((first, next), (vec![mark(1, 1), mark(1, 2)], Some(mark(1, 2))));
        // The row that the page ended with is gone, and one came before it.
        let later = vec![mark(0, 1), mark(2, 7), mark(3, 1), mark(i64::MAX, 9)];
        let (second, next) = page(later.clone(), |row| *row, (next, 2));
        assert_eq!((second, next), (vec![mark(2, 7), mark(3, 1)], Some(mark(3, 1))));
        assert_eq!(page(later, |row| *row, (next, 1)), (vec![mark(i64::MAX, 9)], None));
    }

    #[test]
    fn a_mark_reads_as_it_is_written_and_nothing_else_does() {
        for known in [mark(i64::MIN, 0), mark(-5, 200), mark(i64::MAX, u128::MAX)] {
            assert_eq!(known.to_string().parse(), Ok(known));
        }
        for text in ["", "5", "5.", ".1f", "5.xyz", "5,1f"] {
            assert_eq!(text.parse::<Mark>(), Err(NotAMark), "{text}");
        }
    }
}
