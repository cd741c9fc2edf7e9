//! Civil times of Europe/Paris, read from text into instants. Must never read a clock: "now" is a parameter.

use jiff::{
    Timestamp,
    civil::{Date, DateTime, Time},
    tz::AmbiguousOffset,
};
use maillage_federation::month::paris;

/// Why some text is not an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CivilTimeError {
    /// Not a date and a time.
    #[error("a time is written like 2026-10-05T09:30, in the hour of mainland France")]
    Format,
    /// Skipped when the clocks go forward.
    #[error("{0} does not exist: the clocks go forward over it")]
    Skipped(DateTime),
    /// A date jiff cannot place.
    #[error("{0} is out of range")]
    OutOfRange(DateTime),
}

/// A text that is no date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a date is written like 2026-10-05")]
pub struct DateError;

/// Reads a date such as `2026-10-05`. Nothing more: a time or a zone would be ignored.
///
/// # Errors
/// Not a date.
pub fn parse_date(text: &str) -> Result<Date, DateError> {
    let text = text.trim();
    let plain = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if plain { text.parse().map_err(|_| DateError) } else { Err(DateError) }
}

/// Reads a date, or none if the text is blank.
///
/// # Errors
/// Neither blank nor a date.
pub fn parse_optional_date(text: &str) -> Result<Option<Date>, DateError> {
    if text.trim().is_empty() { Ok(None) } else { parse_date(text).map(Some) }
}

/// The civil day of Europe/Paris at an instant.
pub fn day_of(instant: Timestamp) -> Date {
    instant.to_zoned(paris()).date()
}

/// Reads a civil date and time of Europe/Paris such as `2026-10-05T09:30` (a space may stand for the `T`). A time that
/// happens twice, when the clocks go back, is the earlier one.
pub fn parse_civil(text: &str) -> Result<Timestamp, CivilTimeError> {
    let civil = civil(text.trim()).ok_or(CivilTimeError::Format)?;
    let ambiguous = paris().to_ambiguous_timestamp(civil);
    if matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. }) {
        return Err(CivilTimeError::Skipped(civil));
    }
    ambiguous.earlier().map_err(|_| CivilTimeError::OutOfRange(civil))
}

/// The last second of the civil day of Europe/Paris an instant lies in.
pub fn end_of_day(instant: Timestamp) -> Timestamp {
    let day = instant.to_zoned(paris()).date();
    last_second(day).unwrap_or(instant)
}

/// The instant of a civil date and time of Europe/Paris. A time that is skipped is read as if the clocks had not moved
/// yet, one that happens twice is the earlier: what recurs every week has to be somewhere on those two days too.
pub fn instant_of(day: Date, time: Time) -> Option<Timestamp> {
    paris().to_ambiguous_timestamp(day.to_datetime(time)).compatible().ok()
}

fn last_second(day: Date) -> Option<Timestamp> {
    paris().to_ambiguous_timestamp(day.at(23, 59, 59, 0)).later().ok()
}

/// A date, a `T` or a space, hours and minutes. Nothing more: an offset or zone would be ignored, and mean another time.
fn civil(text: &str) -> Option<DateTime> {
    let (date, time) = text.split_once(['T', ' '])?;
    let plain = |text: &str, separator: u8| {
        text.contains(char::from(separator))
            && text.bytes().all(|byte| byte.is_ascii_digit() || byte == separator)
    };
    if plain(date, b'-') && plain(time, b':') { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use jiff::{ToSpan as _, civil::date};
    use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};

    use super::*;

    fn check(text: &str, expected: Result<&str, CivilTimeError>) {
        assert_eq!(parse_civil(text), expected.map(|instant| instant.parse().unwrap()), "{text:?}");
    }

    #[test]
    fn civil_times_are_those_of_paris_whatever_the_season() {
        check("2026-10-05T09:30", Ok("2026-10-05T07:30:00Z"));
        check(" 2026-12-05 09:30:15 ", Ok("2026-12-05T08:30:15Z"));
    }

    #[test]
    fn the_skipped_hour_is_refused_and_the_double_hour_is_the_earlier() {
        let gap: DateTime = "2027-03-28T02:30".parse().unwrap();
        check("2027-03-28T02:30", Err(CivilTimeError::Skipped(gap)));
        check("2027-03-28T01:59", Ok("2027-03-28T00:59:00Z"));
        check("2027-03-28T03:00", Ok("2027-03-28T01:00:00Z"));
        check("2026-10-25T02:30", Ok("2026-10-25T00:30:00Z"));
        check("2026-10-25T03:00", Ok("2026-10-25T02:00:00Z"));
    }

    #[test]
    fn dates_are_plain_and_the_day_is_that_of_paris() {
        assert_eq!(parse_date(" 2026-10-05 "), Ok(jiff::civil::date(2026, 10, 5)));
        for text in ["", "05/10/2026", "2026-02-30", "2026-10-05T00:00", "20261005"] {
            assert_eq!(parse_date(text), Err(DateError), "{text:?}");
        }
        assert_eq!(parse_optional_date(" "), Ok(None));
        let late: Timestamp = "2026-10-05T22:30:00Z".parse().unwrap();
        assert_eq!(day_of(late), jiff::civil::date(2026, 10, 6));
    }

    #[test]
    fn other_texts_are_refused() {
        for text in
            ["", "demain", "2026-10-05", "09:30", "2026-10-05T25:00", "2026-13-05T09:30", "2026-10-05T0930"]
        {
            check(text, Err(CivilTimeError::Format));
        }
        for suffix in ["Z", "+00:00", "-02:00", "[Europe/Berlin]", "+02:00[Europe/Paris]"] {
            check(&format!("2026-10-05T09:30{suffix}"), Err(CivilTimeError::Format));
        }
    }

    /// A day of thirty years, and a minute of it; every third time near the hour in which the clocks change.
    fn a_time() -> impl Strategy<Value = (Date, Time)> {
        let day = (0..11_000_i64).prop_map(|offset| date(2015, 1, 1).saturating_add(offset.days()));
        let change = (2015..2045_i16, any::<bool>()).prop_map(|(year, spring)| change_of(year, spring));
        let minute = prop_oneof![2 => 0..1_440_i32, 1 => 115..185_i32];
        (prop_oneof![2 => day, 1 => change], minute)
            .prop_map(|(day, minute)| (day, Time::midnight().wrapping_add(minute.minutes())))
    }

    /// The last Sunday of March or October (directive 2000/84/EC).
    fn change_of(year: i16, spring: bool) -> Date {
        let last = date(year, if spring { 3 } else { 10 }, 31);
        last.saturating_sub(i64::from(last.weekday().to_sunday_zero_offset()).days())
    }

    proptest! {
        #[test]
        fn a_civil_time_reads_back_unless_the_clocks_skip_it((day, time) in a_time()) {
            let changes = [true, false].map(|spring| change_of(day.year(), spring));
            let skipped = day == changes[0] && time.hour() == 2;
            let read = parse_civil(&format!("{day}T{time}"));
            prop_assert_eq!(read == Err(CivilTimeError::Skipped(day.to_datetime(time))), skipped);
            let instant = instant_of(day, time).unwrap();
            prop_assert!(skipped || read == Ok(instant));
            prop_assert_eq!(day_of(instant), day);
            let shown = instant.to_zoned(paris()).time();
            let later = if skipped { time + 1.hour() } else { time };
            prop_assert_eq!(shown, later);
            prop_assert!(instant <= end_of_day(instant) && day_of(end_of_day(instant)) == day);
        }

        #[test]
        fn a_day_has_23_24_or_25_hours_and_times_follow_one_another((day, time) in a_time(), other in 0..1_440_i32) {
            let hours = match [true, false].map(|spring| change_of(day.year(), spring) == day) {
                [true, _] => 23,
                [_, true] => 25,
                [false, false] => 24,
            };
            let midnight = |day: Date| instant_of(day, Time::midnight()).unwrap();
            let length = midnight(day).duration_until(midnight(day.tomorrow().unwrap()));
            prop_assert_eq!(length, jiff::SignedDuration::from_hours(hours));
            // What comes earlier on the dial is not later in time, except across the hour that is skipped, which is read as the
            // one after it.
            let other = Time::midnight().wrapping_add(other.minutes());
            let (first, second) = (time.min(other), time.max(other));
            let in_order = instant_of(day, first) <= instant_of(day, second);
            prop_assert!(in_order || (hours == 23 && first.hour() == 2), "{day} {first} {second}");
        }
    }
}
