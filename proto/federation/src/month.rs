//! Civil months in Europe/Paris: the period of statistics and accounts. Must never read a clock.

use std::{fmt, str::FromStr};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// A civil month in Europe/Paris, written `YYYY-MM`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Month {
    year: i16,
    month: i8,
}

/// Why some text is not a month.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a month is written YYYY-MM, such as 2026-10")]
pub struct MonthError;

/// The time zone of every civil rule: Europe/Paris, from embedded data.
pub fn paris() -> TimeZone {
    TimeZone::get("Europe/Paris").unwrap_or(TimeZone::UTC)
}

impl Month {
    /// A month of a year.
    ///
    /// # Errors
    /// Months outside 1–12 and years outside 2000–2199 are refused.
    pub fn new(year: i16, month: i8) -> Result<Self, MonthError> {
        if (2000..2200).contains(&year) && (1..=12).contains(&month) {
            Ok(Self { year, month })
        } else {
            Err(MonthError)
        }
    }

    /// The month an instant falls into in Europe/Paris.
    pub fn of(instant: Timestamp) -> Self {
        let date = instant.to_zoned(paris()).date();
        Self { year: date.year(), month: date.month() }
    }

    /// The month a day is of.
    ///
    /// # Errors
    /// Years outside 2000–2199 are refused.
    pub fn of_day(day: Date) -> Result<Self, MonthError> {
        Self::new(day.year(), day.month())
    }

    /// Its year.
    pub fn year(self) -> i16 {
        self.year
    }

    /// Its number, 1 for January.
    pub fn number(self) -> i8 {
        self.month
    }

    /// The month after it.
    #[must_use]
    pub fn next(self) -> Self {
        if self.month == 12 {
            Self { year: self.year + 1, month: 1 }
        } else {
            Self { year: self.year, month: self.month + 1 }
        }
    }

    /// The month before it.
    #[must_use]
    pub fn previous(self) -> Self {
        if self.month == 1 {
            Self { year: self.year - 1, month: 12 }
        } else {
            Self { year: self.year, month: self.month - 1 }
        }
    }

    /// Its first instant.
    pub fn start(self) -> Timestamp {
        Date::new(self.year, self.month, 1)
            .ok()
            .and_then(|day| day.to_zoned(paris()).ok())
            .map_or(Timestamp::UNIX_EPOCH, |start| start.timestamp())
    }

    /// The first instant after it.
    pub fn end(self) -> Timestamp {
        self.next().start()
    }
}

impl fmt::Display for Month {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}-{:02}", self.year, self.month)
    }
}

impl FromStr for Month {
    type Err = MonthError;

    fn from_str(text: &str) -> Result<Self, MonthError> {
        let (year, month) = text.split_once('-').ok_or(MonthError)?;
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if year.len() != 4 || month.len() != 2 || !digits(year) || !digits(month) {
            return Err(MonthError);
        }
        Self::new(year.parse().map_err(|_| MonthError)?, month.parse().map_err(|_| MonthError)?)
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}

impl TryFrom<String> for Month {
    type Error = MonthError;

    fn try_from(text: String) -> Result<Self, MonthError> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::{Month, MonthError};

    #[test]
    fn a_month_begins_at_midnight_in_paris_whatever_the_season() {
        let october: Month = "2026-10".parse().unwrap();
        assert_eq!(october.start().to_string(), "2026-09-30T22:00:00Z");
        assert_eq!(october.end().to_string(), "2026-10-31T23:00:00Z");
        assert_eq!(Month::of("2026-10-31T22:59:59Z".parse().unwrap()), october);
        assert_eq!(Month::of("2026-10-31T23:00:00Z".parse().unwrap()), october.next());
    }

    #[test]
    fn months_follow_one_another_over_new_year() {
        let december: Month = "2026-12".parse().unwrap();
        assert_eq!(december.next().to_string(), "2027-01");
        assert_eq!(december.next().previous(), december);
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["2026", "2026-13", "2026-1", "26-01", "2026-00", "2026-+1", "9999-01"] {
            assert_eq!(text.parse::<Month>(), Err(MonthError), "{text}");
        }
    }
}
