//! Civil half-years in Europe/Paris: the period of the tables of persons. On the wire and in stores a half-year goes by its last
//! month, so that every report has a month. Must never read a clock.

use std::{fmt, str::FromStr};

use jiff::Timestamp;

use crate::month::{Month, MonthError};

/// A civil half-year in Europe/Paris, written `YYYY-H1` or `YYYY-H2`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HalfYear {
    last: Month,
}

/// Why some text is not a half-year.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a half-year is written YYYY-H1 or YYYY-H2, such as 2026-H2")]
pub struct HalfYearError;

impl HalfYear {
    /// The first or the second half of a year.
    ///
    /// # Errors
    /// Numbers other than 1 and 2, and years that no month has.
    pub fn new(year: i16, number: u8) -> Result<Self, HalfYearError> {
        let last = match number {
            1 => 6,
            2 => 12,
            _ => return Err(HalfYearError),
        };
        Ok(Self { last: Month::new(year, last)? })
    }

    /// The half-year a month is in.
    pub fn of(month: Month) -> Self {
        let mut last = month;
        while last.number() % 6 != 0 {
            last = last.next();
        }
        Self { last }
    }

    /// The half-year that goes by its last month; none for another month.
    pub fn ending(month: Month) -> Option<Self> {
        (month.number() % 6 == 0).then_some(Self { last: month })
    }

    /// Its last month, by which it goes.
    pub fn last_month(self) -> Month {
        self.last
    }

    /// Its six months, in order.
    pub fn months(self) -> [Month; 6] {
        let mut months = [self.last; 6];
        let mut month = self.last;
        for place in months.iter_mut().rev() {
            *place = month;
            month = month.previous();
        }
        months
    }

    /// Its year.
    pub fn year(self) -> i16 {
        self.last.year()
    }

    /// 1 or 2.
    pub fn number(self) -> i8 {
        self.last.number() / 6
    }

    /// The half-year after it.
    #[must_use]
    pub fn next(self) -> Self {
        Self::of(self.last.next())
    }

    /// Its first instant.
    pub fn start(self) -> Timestamp {
        self.months().first().map_or(Timestamp::UNIX_EPOCH, |month| month.start())
    }

    /// The first instant after it.
    pub fn end(self) -> Timestamp {
        self.last.end()
    }
}

impl fmt::Display for HalfYear {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}-H{}", self.year(), self.number())
    }
}

impl FromStr for HalfYear {
    type Err = HalfYearError;

    fn from_str(text: &str) -> Result<Self, HalfYearError> {
        let (year, number) = text.split_once("-H").ok_or(HalfYearError)?;
        if year.len() != 4 || !year.bytes().all(|byte| byte.is_ascii_digit()) || number.len() != 1 {
            return Err(HalfYearError);
        }
        Self::new(year.parse().map_err(|_| HalfYearError)?, number.parse().map_err(|_| HalfYearError)?)
    }
}

impl From<MonthError> for HalfYearError {
    fn from(MonthError: MonthError) -> Self {
        Self
    }
}

#[cfg(test)]
mod tests {
    use super::{HalfYear, HalfYearError};

    #[test]
    fn a_half_year_has_six_months_and_goes_by_the_last() {
        let second: HalfYear = "2026-H2".parse().unwrap();
        let months = second.months().map(|month| month.to_string());
        assert_eq!(months, ["2026-07", "2026-08", "2026-09", "2026-10", "2026-11", "2026-12"]);
        assert_eq!((second.year(), second.number()), (2026, 2));
        assert_eq!(second.last_month().to_string(), "2026-12");
        assert!(second.months().into_iter().all(|month| HalfYear::of(month) == second));
        assert_eq!(HalfYear::ending("2026-12".parse().unwrap()), Some(second));
        assert_eq!(HalfYear::ending("2026-11".parse().unwrap()), None);
        assert_eq!(second.next().to_string(), "2027-H1");
        assert_eq!(second.start().to_string(), "2026-06-30T22:00:00Z");
        assert_eq!(second.end().to_string(), "2026-12-31T23:00:00Z");
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["2026", "2026-H3", "2026-H0", "26-H1", "2026-h1", "2026-06", "2026-H+1", "9999-H1"] {
            assert_eq!(text.parse::<HalfYear>(), Err(HalfYearError), "{text}");
        }
    }
}
