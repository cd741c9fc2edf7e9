//! Times of France as people write them in tables, and as telegrams write them. A time that happens twice when the clocks go
//! back carries its offset if it is the later one. Must never read a clock.

use jiff::{Timestamp, civil::DateTime, tz::AmbiguousOffset};
use maillage_federation::month::paris;

use crate::fault::{Why, repeated};

/// What a time of a table looks like.
pub(crate) const CIVIL_EXAMPLE: &str = "2026-10-05 09:30";
/// What a time of a telegram looks like.
pub(crate) const TELEGRAM_EXAMPLE: &str = "2026-10-05T09:30:00+02:00";

/// A time as a table has it: civil time of France, with the offset only where the same hour happens twice.
pub(crate) fn civil(ms: i64) -> String {
    let instant = Timestamp::from_millisecond(ms).unwrap_or_default();
    let zoned = instant.to_zoned(paris());
    let plain = zoned.strftime("%Y-%m-%d %H:%M:%S").to_string();
    let plain = plain.strip_suffix(":00").map(str::to_owned).unwrap_or(plain);
    let again = paris().to_ambiguous_timestamp(zoned.datetime());
    if again.earlier().ok() == Some(instant) { plain } else { with_offset(ms) }
}

/// A time as a telegram has it.
pub(crate) fn with_offset(ms: i64) -> String {
    let instant = Timestamp::from_millisecond(ms).unwrap_or_default();
    instant.to_zoned(paris()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// Reads a time in either form, `24/12/2026 08:15` included; without an offset it is the time of France, the earlier if it
/// happens twice. Milliseconds since 1970 UTC.
pub(crate) fn read(text: &str, example: &'static str) -> Result<i64, Why> {
    let wrong = || Why::NotATime { value: repeated(text), example };
    let text = text.trim();
    if text.len() > 40 || !text.is_ascii() {
        return Err(wrong());
    }
    let iso = iso(text);
    if let Ok(instant) = iso.parse::<Timestamp>() {
        return in_range(instant).ok_or_else(wrong);
    }
    let plain = iso.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b':' | b'T'));
    let hours = iso.split_once('T').is_some_and(|(_, time)| matches!(time.len(), 5 | 8));
    let civil: DateTime =
        if plain && hours { iso.parse().map_err(|_| wrong())? } else { return Err(wrong()) };
    let ambiguous = paris().to_ambiguous_timestamp(civil);
    if matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. }) {
        return Err(Why::SkippedTime { value: repeated(text) });
    }
    ambiguous.earlier().ok().and_then(in_range).ok_or_else(wrong)
}

/// No trip is before this century or after the next.
fn in_range(instant: Timestamp) -> Option<i64> {
    let ms = instant.as_millisecond();
    (946_684_800_000..=7_258_118_400_000).contains(&ms).then_some(ms)
}

/// Year first, and a `T` before the hour.
fn iso(text: &str) -> String {
    let (date, time) = text.split_once([' ', 'T']).unwrap_or((text, ""));
    let parts: Vec<&str> = date.split('/').collect();
    let date = match parts.as_slice() {
        [day, month, year] => format!("{year}-{month:0>2}-{day:0>2}"),
        _ => date.to_owned(),
    };
    format!("{date}T{}", time.trim())
}

#[cfg(test)]
mod tests {
    use super::{CIVIL_EXAMPLE, civil, read, with_offset};
    use crate::fault::Why;

    #[test]
    fn both_hours_of_the_night_the_clocks_go_back_are_told_apart() {
        let first = read("2026-10-25T02:30:00+02:00", CIVIL_EXAMPLE).unwrap();
        let second = read("2026-10-25T02:30:00+01:00", CIVIL_EXAMPLE).unwrap();
        assert_eq!(second - first, 3_600_000);
        assert_eq!(civil(first), "2026-10-25 02:30");
        assert_eq!(civil(second), "2026-10-25T02:30:00+01:00");
        for ms in [first, second] {
            assert_eq!(read(&civil(ms), CIVIL_EXAMPLE), Ok(ms));
            assert_eq!(read(&with_offset(ms), CIVIL_EXAMPLE), Ok(ms));
        }
    }

    #[test]
    fn french_days_are_read_and_skipped_hours_are_not() {
        assert_eq!(read("5/10/2026 09:30", CIVIL_EXAMPLE), read("2026-10-05 09:30", CIVIL_EXAMPLE));
        let skipped = Why::SkippedTime { value: "2026-03-29 02:30".to_owned() };
        assert_eq!(read("2026-03-29 02:30", CIVIL_EXAMPLE), Err(skipped));
        for wrong in ["", "09:30", "2026-10-05", "2026-10-05 9h30", "2026-13-05 09:30", "Mme Canary"] {
            assert!(matches!(read(wrong, CIVIL_EXAMPLE), Err(Why::NotATime { .. })), "{wrong}");
        }
    }
}
