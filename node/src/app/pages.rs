//! Where a list that is in order of when something is due goes on: by when and which, so that what comes or goes between two
//! pages shifts nothing. Must never hold the list itself.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use maillage_federation::ids::Id;

/// A place in such a list: when, milliseconds since 1970 UTC, and which of those due then.
pub type Mark<K> = (i64, Id<K>);

/// What is no mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a page goes on after the mark that the page before it ended with")]
pub struct NotAMark;

/// At most `limit` of a list after a mark, in the order of the marks, and where the next page goes on; none after the last. For a
/// list that is worked out anew each time: where an index can be read from a place on, it is.
pub fn page<T, K>(
    mut found: Vec<T>,
    mark: impl Fn(&T) -> Mark<K>,
    (after, limit): (Option<Mark<K>>, usize),
) -> (Vec<T>, Option<Mark<K>>) {
    found.retain(|row| after.is_none_or(|after| mark(row) > after));
    found.sort_by_key(&mark);
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(mark);
    (found, next)
}

/// A mark as it is given out.
pub fn written<K>((due_ms, which): Mark<K>) -> String {
    format!("{due_ms}_{which}")
}

/// Reads a mark as [`written`] writes it.
///
/// # Errors
/// Anything else.
pub fn read<K>(text: &str) -> Result<Mark<K>, NotAMark> {
    let (due_ms, which) = text.trim().split_once('_').ok_or(NotAMark)?;
    let due_ms = due_ms.parse().map_err(|_| NotAMark)?;
    // What has no time by which it is due stands at the last moment there is: that is a mark like any other.
    let moments = Timestamp::MIN.as_millisecond()..=Timestamp::MAX.as_millisecond();
    let mark = (due_ms, which.parse().map_err(|_| NotAMark)?);
    if moments.contains(&due_ms) { Ok(mark) } else { Err(NotAMark) }
}

/// When a mark is.
pub fn due<K>((due_ms, _): Mark<K>) -> Timestamp {
    Timestamp::from_millisecond(due_ms).unwrap_or(Timestamp::MAX)
}

/// The place of what is due on a day.
pub fn on<K>(day: Date, which: Id<K>) -> Mark<K> {
    let due = day.to_zoned(TimeZone::UTC).map_or(Timestamp::MAX, |zoned| zoned.timestamp());
    (due.as_millisecond(), which)
}

/// The day of a mark made [`on`] one.
pub fn day<K>(mark: Mark<K>) -> Date {
    due(mark).to_zoned(TimeZone::UTC).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(due_ms: i64, which: u8) -> Mark<()> {
        (due_ms, Id::new(1, [which; 10]))
    }

    #[test]
    fn pages_end_to_end_are_the_list_whatever_comes_and_goes_between_them() {
        let list = vec![mark(3, 1), mark(1, 2), mark(1, 1), mark(i64::MAX, 9), mark(2, 7)];
        let (first, next) = page(list, |row| *row, (None, 2));
        assert_eq!((first, next), (vec![mark(1, 1), mark(1, 2)], Some(mark(1, 2))));
        // The row that the page ended with is gone, and one came before it.
        let later = vec![mark(0, 1), mark(2, 7), mark(3, 1), mark(i64::MAX, 9)];
        let (second, next) = page(later.clone(), |row| *row, (next, 2));
        assert_eq!((second, next), (vec![mark(2, 7), mark(3, 1)], Some(mark(3, 1))));
        assert_eq!(page(later, |row| *row, (next, 1)), (vec![mark(i64::MAX, 9)], None));
    }

    #[test]
    fn a_mark_reads_as_it_is_written_and_nothing_else_does() {
        let today = "2026-11-29".parse().unwrap();
        let last = (Timestamp::MAX.as_millisecond(), Id::new(1, [9; 10]));
        for known in [mark(-5, 200), last, on(today, Id::new(1, [7; 10]))] {
            assert_eq!(read(&written(known)), Ok(known));
        }
        assert_eq!(day(on::<()>(today, Id::new(1, [7; 10]))), today);
        for text in ["", "5", "5_", "_5", "5_xyz", "9223372036854775807_01920000-0000-7000-8000-000000000000"]
        {
            assert_eq!(read::<()>(text), Err(NotAMark), "{text}");
        }
    }
}
